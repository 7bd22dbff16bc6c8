//! Rows as CSV after RFC 4180, in UTF-8 with a byte order mark: without one, a spreadsheet in China reads the file as GBK.

use super::rows::{Cell, both};
use crate::figures;
use crate::printed_file::line;

/// The byte order mark.
const MARK: &str = "\u{FEFF}";

fn written(cell: Cell) -> String {
    match cell {
        Cell::Empty => String::new(),
        Cell::Number(number) => number.to_string(),
        // An apostrophe before it makes it a text to every spreadsheet, and is seen by whoever reads the file otherwise.
        Cell::Text(text) if Cell::may_be_formula(&text) => format!("'{text}"),
        Cell::Text(text) => text,
    }
}

pub(super) fn write(columns: &[&str], rows: impl Iterator<Item = Vec<Cell>>) -> Vec<u8> {
    let head: Vec<String> = columns.iter().map(|column| both(&figures::column(column))).collect();
    let mut text = String::from(MARK);
    text.push_str(&line(&head));
    for row in rows {
        let cells: Vec<String> = row.into_iter().map(written).collect();
        text.push_str(&line(&cells));
    }
    text.into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_that_could_be_a_formula_is_a_text() {
        for (text, cell) in [
            ("=1+1", "'=1+1"),
            ("+86", "'+86"),
            ("-1", "'-1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", "'\t=1"),
            ("\r=1", "'\r=1"),
            ("  =1", "'  =1"),
            ("＝1", "'＝1"),
            ("水价调整=听证", "水价调整=听证"),
            ("", ""),
        ] {
            assert_eq!(written(text.into()), cell);
        }
        assert_eq!(written(Cell::Number(7)), "7");
    }

    #[test]
    fn a_file_begins_with_its_mark_and_its_headings() {
        let bytes = write(&["code", "name"], [vec!["=a,b".into(), Cell::Empty]].into_iter());
        let text = String::from_utf8(bytes).expect("UTF-8");
        assert_eq!(text, "\u{FEFF}指标代码 Code,指标 Figure\r\n\"'=a,b\",\r\n");
    }
}
