//! Figures as a workbook: the figures, the acts behind them, and what both are.

use dingce_domain::words::Text;
use jiff::Timestamp;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, Worksheet, XlsxError};

use super::rows::{self, Cell, both};
use crate::error::AppError;
use crate::figures;
use crate::use_cases::TakenFigures;

/// Most rows of a sheet below its headings. A spreadsheet takes 1,048,576 in all.
const ROWS_MAX: usize = 1_000_000;
/// Most signs of a cell; a spreadsheet takes 32,767 units of UTF-16.
const SIGNS_MAX: usize = 16_000;

struct Look {
    head: Format,
    /// Shown as it stands, and never taken for a formula, also when the cell is edited.
    quoted: Format,
}

pub(super) fn write(taken: &TakenFigures) -> Result<Vec<u8>, AppError> {
    made(taken).map_err(|error| AppError::internal("writing a workbook", error))
}

fn made(taken: &TakenFigures) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    // Everything that tells a time tells that of the mark, so that the same figures are the same bytes.
    let created = ExcelDateTime::from_timestamp(taken.mark.at.as_second())?;
    book.set_properties(&DocProperties::new().set_title("考核数据 Figures").set_creation_datetime(&created));
    let look = Look { head: Format::new().set_bold().set_text_wrap(), quoted: Format::new().set_quote_prefix() };
    sheet(&mut book, &look, &figures::said("figures"), rows::FIGURES, &mut rows::figures(taken).peekable())?;
    sheet(&mut book, &look, &figures::said("acts"), rows::ACTS, &mut rows::acts(taken).peekable())?;
    about(&mut book, &look, taken)?;
    book.save_to_buffer()
}

/// One sheet, and more of them where there are more rows than one can hold.
fn sheet(
    book: &mut Workbook,
    look: &Look,
    name: &Text,
    columns: &[&str],
    rows: &mut std::iter::Peekable<impl Iterator<Item = Vec<Cell>>>,
) -> Result<(), XlsxError> {
    let mut number = 1;
    loop {
        let sheet = book.add_worksheet();
        let name = both(name);
        sheet.set_name(if number == 1 { name } else { format!("{name} {number}") })?;
        for (column, heading) in (0..).zip(columns) {
            sheet.write_string_with_format(0, column, both(&figures::column(heading)), &look.head)?;
            sheet.set_column_width(column, 16)?;
        }
        sheet.set_freeze_panes(1, 0)?;
        for (at, row) in (1..).zip(rows.by_ref().take(ROWS_MAX)) {
            for (column, cell) in (0..).zip(row) {
                put(sheet, look, at, column, cell)?;
            }
        }
        if rows.peek().is_none() {
            return Ok(());
        }
        number += 1;
    }
}

fn put(sheet: &mut Worksheet, look: &Look, row: u32, column: u16, cell: Cell) -> Result<(), XlsxError> {
    match cell {
        Cell::Empty => Ok(()),
        // Counts are far below what a number of a spreadsheet holds exactly.
        Cell::Number(number) => sheet.write_number(row, column, number as f64).map(|_| ()),
        Cell::Text(text) => {
            let text = clipped(text);
            if Cell::may_be_formula(&text) {
                sheet.write_string_with_format(row, column, text, &look.quoted).map(|_| ())
            } else {
                sheet.write_string(row, column, text).map(|_| ())
            }
        }
    }
}

/// A text as long as a cell can hold; where it is cut, it says so.
fn clipped(text: String) -> String {
    match text.char_indices().nth(SIGNS_MAX) {
        Some((at, _)) => format!("{}……", &text[..at]),
        None => text,
    }
}

fn about(book: &mut Workbook, look: &Look, taken: &TakenFigures) -> Result<(), XlsxError> {
    let sheet = book.add_worksheet();
    sheet.set_name(both(&figures::said("about")))?;
    sheet.set_column_width(0, 30)?.set_column_width(1, 80)?;
    let withheld: Vec<String> = taken.withheld.iter().map(|code| both(&figures::name(*code))).collect();
    let at: Timestamp = taken.mark.at;
    let by_day = figures::by_day();
    let scope = figures::said(if taken.own.is_some() { "own" } else { "whole" });
    let lines: [(Text, Cell); 11] = [
        (figures::column("organ"), taken.unit(taken.organ).into()),
        (figures::column("own"), both(&scope).into()),
        (figures::column("from"), taken.period.from().to_string().into()),
        (figures::column("to"), taken.period.to().to_string().into()),
        (figures::column("taken_as"), taken.mark.to_string().into()),
        (figures::said("log_size"), Cell::Number(taken.mark.log_size)),
        (figures::said("measured_on"), format!("{} ({at})", taken.measured_on).into()),
        (figures::said("other_procedures"), Cell::Number(taken.figures.other_procedures)),
        (figures::said("withheld"), withheld.join("；").into()),
        (figures::column("counts"), by_day.zh.into()),
        (figures::column("counts_en"), by_day.en.into()),
    ];
    for (row, (name, cell)) in (0..).zip(lines) {
        sheet.write_string_with_format(row, 0, both(&name), &look.head)?;
        put(sheet, look, row, 1, cell)?;
    }
    Ok(())
}
