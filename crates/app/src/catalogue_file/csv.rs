//! Catalogues as CSV: one line an entry, the catalogue's own columns before the entry's.

use dingce_domain::catalogue::{CatalogueKind, Entry, Head, PrintedHead};
use dingce_domain::id::EntryId;
use uuid::Uuid;

use super::CatalogueFile;
use crate::printed_file::Problems;
use crate::printed_file::csv::{self, Column, Line, Sheet, list, map};

/// Columns of the catalogue, and then of the entry, each with the headings under which it is read.
const COLUMNS: [Column; 26] = [
    ("organ", &["决策机关", "机关"]),
    ("level", &["层级"]),
    ("province", &["省份"]),
    ("year", &["年度"]),
    ("batch", &["批次"]),
    ("kind", &["目录种类"]),
    ("catalogue", &["目录名称"]),
    ("doc_no", &["文号", "发文字号"]),
    ("issued", &["印发日期", "成文日期"]),
    ("published", &["公布日期", "发布日期"]),
    ("source_url", &["来源网址"]),
    ("source_kind", &["来源种类"]),
    ("columns", &["原表列名"]),
    ("catalogue_printed", &["目录其他内容"]),
    ("catalogue_left_out", &[]),
    ("no", &["序号", "编号"]),
    ("title", &["决策事项名称", "决策事项", "事项名称", "重大行政决策事项", "重大行政决策事项名称", "决策项目"]),
    ("content", &["主要内容"]),
    ("undertaking_unit", &["承办单位", "责任单位", "申报单位", "决策承办单位"]),
    ("hearing", &["是否听证"]),
    ("procedures", &["履行程序要求", "决策程序"]),
    ("basis", &["法律政策依据", "决策依据", "依据"]),
    ("planned_time", &["计划完成时间", "完成时限", "拟决策时间"]),
    ("bundle", &["是否打包事项"]),
    ("printed", &["其他内容"]),
    ("left_out", &[]),
];
/// How many of the columns are the catalogue's.
const OF_CATALOGUE: usize = 15;

const SHEET: Sheet = Sheet { columns: &COLUMNS, needed: &["year", "catalogue", "title"], of_thing: OF_CATALOGUE };

/// Catalogues of a file, each with the line on which it begins.
pub(super) fn read(text: &str, problems: &mut Problems) -> Vec<(String, CatalogueFile)> {
    csv::read(text, &SHEET, problems, catalogue, |file, line, problems| file.entries.push(entry(line, problems)))
}

fn catalogue(line: &mut Line, problems: &mut Problems) -> CatalogueFile {
    fn number<T: std::str::FromStr>(
        line: &mut Line,
        name: &str,
        otherwise: Option<T>,
        problems: &mut Problems,
    ) -> Option<T> {
        match line.take(name) {
            None if otherwise.is_some() => otherwise,
            cell => {
                let number = cell.and_then(|c| c.trim().parse().ok());
                if number.is_none() {
                    line.wrong(name, "整数", "a whole number in its range", problems);
                }
                number
            }
        }
    }
    let kind = match line.take("kind") {
        None => CatalogueKind::Decision,
        Some(word) => CatalogueKind::from_word(&word).unwrap_or_else(|| {
            line.wrong(
                "kind",
                "decision_catalogue或hearing_catalogue",
                "decision_catalogue or hearing_catalogue",
                problems,
            );
            CatalogueKind::Decision
        }),
    };
    let head = Head {
        kind,
        year: number(line, "year", None, problems).unwrap_or(1949),
        batch: number(line, "batch", Some(1), problems).unwrap_or(1),
        title: line.take("catalogue").unwrap_or_default(),
        doc_no: line.take("doc_no"),
    };
    let printed = PrintedHead {
        organ: line.take("organ"),
        level: line.take("level"),
        province: line.take("province"),
        issued: line.take("issued"),
        published: line.take("published"),
        source_url: line.take("source_url"),
        source_kind: line.take("source_kind"),
        columns: line.list("columns", problems),
        printed: line.map("catalogue_printed", problems),
        left_out: line.list("catalogue_left_out", problems).unwrap_or_default(),
    };
    CatalogueFile { head, printed, entries: Vec::new() }
}

fn entry(mut line: Line, problems: &mut Problems) -> Entry {
    let title = line.take("title").unwrap_or_default();
    let no = line.take("no").unwrap_or_default();
    let mut printed = line.map("printed", problems);
    printed.append(&mut line.odd);
    Entry {
        no,
        content: line.take("content"),
        undertaking_unit: line.take("undertaking_unit"),
        procedures: line.list("procedures", problems),
        basis: line.take("basis"),
        hearing: line.truth("hearing", problems),
        planned_time: line.take("planned_time"),
        bundle: line.truth("bundle", problems).unwrap_or(false),
        left_out: line.list("left_out", problems).unwrap_or_default(),
        printed,
        ..Entry::named(EntryId::new(Uuid::nil()), &title)
    }
}

/// The file with these catalogues.
pub fn write(files: &[CatalogueFile]) -> String {
    let lines = files.iter().flat_map(|file| {
        let head = head(file);
        file.entries.iter().map(move |entry| [head.clone(), cells(entry)].concat())
    });
    csv::write(&COLUMNS, lines)
}

fn head(file: &CatalogueFile) -> Vec<String> {
    let Head { kind, year, batch, title, doc_no } = &file.head;
    let PrintedHead { organ, level, province, issued, published, source_url, source_kind, columns, printed, left_out } =
        &file.printed;
    let text = |t: &Option<String>| t.clone().unwrap_or_default();
    vec![
        text(organ),
        text(level),
        text(province),
        year.to_string(),
        batch.to_string(),
        kind.to_string(),
        title.clone(),
        text(doc_no),
        text(issued),
        text(published),
        text(source_url),
        text(source_kind),
        list(columns.as_ref()),
        map(printed),
        list(Some(left_out).filter(|l| !l.is_empty())),
    ]
}

fn cells(entry: &Entry) -> Vec<String> {
    let Entry {
        id: _,
        no,
        title,
        content,
        undertaking_unit,
        units: _,
        procedures,
        basis,
        hearing,
        planned_time,
        bundle,
        carried_from: _,
        printed,
        left_out,
    } = entry;
    let text = |t: &Option<String>| t.clone().unwrap_or_default();
    let yes = |truth: bool| if truth { "是" } else { "否" }.to_owned();
    vec![
        no.clone(),
        title.clone(),
        text(content),
        text(undertaking_unit),
        hearing.map_or_else(String::new, yes),
        list(procedures.as_ref()),
        text(basis),
        text(planned_time),
        if *bundle { yes(true) } else { String::new() },
        map(printed),
        list(Some(left_out).filter(|l| !l.is_empty())),
    ]
}
