//! Figures as files: JSON, CSV and a workbook. The same figures give the same bytes, whoever takes them and whenever.
//!
//! Both languages stand in every file, Chinese first, because a file has no reader whose language is known. A share is told by
//! numerator and denominator, each in a column of its own, and in per cent to two places; `3/4` in one cell would be read as a
//! day by spreadsheets. A share of nothing is 无 none.
//!
//! What people wrote may begin with a sign that a spreadsheet takes for a formula. In CSV such a cell begins with an apostrophe; in a
//! workbook it is a text as it stands, marked as one. See `docs/adr/0034-figures.md`.

mod csv;
mod json;
mod rows;
mod xlsx;

pub use rows::per_cent;

use crate::error::AppError;
use crate::use_cases::TakenFigures;

/// Name and version of the JSON form.
pub const FORMAT: &str = "dingce.figures/v0";

/// How figures are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FigureFormat {
    /// Canonical JSON, with the acts behind each figure.
    Json,
    /// The figures, one line each.
    Csv,
    /// The acts behind the figures, one line each.
    ActsCsv,
    /// A workbook: the figures, the acts behind them, and what both are.
    Xlsx,
}

impl FigureFormat {
    /// By the name of a file: `figures.json`, `figures.csv`, `acts.csv`, `figures.xlsx`.
    pub fn of_name(name: &str) -> Option<Self> {
        match name {
            "figures.json" => Some(Self::Json),
            "figures.csv" => Some(Self::Csv),
            "acts.csv" => Some(Self::ActsCsv),
            "figures.xlsx" => Some(Self::Xlsx),
            _ => None,
        }
    }

    /// The name of such a file.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Json => "figures.json",
            Self::Csv => "figures.csv",
            Self::ActsCsv => "acts.csv",
            Self::Xlsx => "figures.xlsx",
        }
    }

    /// Its media type.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Json => "application/json; charset=utf-8",
            Self::Csv | Self::ActsCsv => "text/csv; charset=utf-8; header=present",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }
}

/// Figures as a file.
///
/// # Errors
/// Where they cannot be written: an error of the program.
pub fn write(taken: &TakenFigures, format: FigureFormat) -> Result<Vec<u8>, AppError> {
    match format {
        FigureFormat::Json => json::write(taken),
        FigureFormat::Csv => Ok(csv::write(rows::FIGURES, rows::figures(taken))),
        FigureFormat::ActsCsv => Ok(csv::write(rows::ACTS, rows::acts(taken))),
        FigureFormat::Xlsx => xlsx::write(taken),
    }
}
