//! Days, calendars and clocks, tested on the published calendars of 2019 to 2026.

mod clocks;
mod counting;
mod data;
mod problems;
mod reader;
mod units;
