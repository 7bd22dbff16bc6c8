//! The application over a store in memory that does what a test orders: conflicts, lost answers, two nodes, lost events.

mod memory;
mod messages;
mod nodes;
mod reading;
mod rights;
mod timers;
mod writes;
