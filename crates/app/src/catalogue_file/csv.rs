//! Catalogues as CSV: one line an entry, the catalogue's own columns before the entry's.

use std::collections::BTreeMap;

use dingce_domain::catalogue::{CatalogueKind, Entry, Head, Printed, PrintedHead};
use dingce_domain::id::EntryId;
use serde_json::Value;
use uuid::Uuid;

use super::{CatalogueFile, Problems, json, table};

/// Columns of the catalogue, and then of the entry, each with the headings under which it is read.
const COLUMNS: [(&str, &[&str]); 25] = [
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
];
/// Left out of the list above because no print has it.
const ENTRY_LEFT_OUT: &str = "left_out";
/// How many of the columns are the catalogue's.
const OF_CATALOGUE: usize = 15;

/// A record by the names of its columns.
struct Line<'a> {
    place: String,
    cells: BTreeMap<&'a str, String>,
    odd: BTreeMap<String, Printed>,
}

impl Line<'_> {
    fn take(&mut self, name: &str) -> Option<String> {
        self.cells.remove(name).filter(|cell| !cell.is_empty())
    }

    fn wrong(&self, name: &str, zh: &str, en: &str, problems: &mut Problems) {
        problems.say(format!("{}, {name}", self.place), format!("应当是{zh}。"), format!("Expected {en}."));
    }

    fn truth(&mut self, name: &str, problems: &mut Problems) -> Option<bool> {
        let cell = self.take(name)?;
        match cell.trim() {
            "是" | "true" | "TRUE" | "True" | "1" | "yes" => Some(true),
            "否" | "false" | "FALSE" | "False" | "0" | "no" => Some(false),
            _ => {
                self.wrong(name, "是、否或者空白", "是 (yes), 否 (no) or nothing", problems);
                None
            }
        }
    }

    /// A list: a JSON list, or texts with 、 or ； between.
    fn list(&mut self, name: &str, problems: &mut Problems) -> Option<Vec<String>> {
        let cell = self.take(name)?;
        if !cell.starts_with('[') {
            return Some(cell.split(['、', '；', ';']).map(|t| t.trim().to_owned()).collect());
        }
        let list = serde_json::from_str(&cell).ok();
        if list.is_none() {
            self.wrong(name, "JSON文本列表", "a JSON list of texts", problems);
        }
        list
    }

    fn map(&mut self, name: &str, problems: &mut Problems) -> BTreeMap<String, Printed> {
        let Some(cell) = self.take(name) else { return BTreeMap::new() };
        let map = serde_json::from_str::<Value>(&cell).ok().and_then(json::printed);
        let Some(Printed::Map(map)) = map else {
            self.wrong(name, "JSON对象（只用整数）", "a JSON object with whole numbers only", problems);
            return BTreeMap::new();
        };
        map
    }
}

/// Catalogues of a file, each with the line on which it begins.
pub(super) fn read(text: &str, problems: &mut Problems) -> Vec<(String, CatalogueFile)> {
    let records = match table::parse(text) {
        Ok(records) => records,
        Err(line) => {
            problems.say(format!("line {line}"), "引号没有闭合。", "A quote is opened and never closed.");
            return Vec::new();
        }
    };
    let mut records = records.into_iter();
    let Some((first, heading)) = records.next() else { return Vec::new() };
    let Some(names) = headings(first, &heading, problems) else { return Vec::new() };
    let mut found: Vec<(String, CatalogueFile)> = Vec::new();
    let mut heads: Vec<Vec<String>> = Vec::new();
    for (line, record) in records {
        let place = format!("line {line}");
        if record.len() > names.len() {
            let (given, most) = (record.len(), names.len());
            problems.say(
                &place,
                format!("有{given}列，表头只有{most}列。"),
                format!("It has {given} fields under {most} headings."),
            );
            continue;
        }
        let mut of_line = Line { place: place.clone(), cells: BTreeMap::new(), odd: BTreeMap::new() };
        for (name, cell) in names.iter().zip(record) {
            match name {
                Heading::Known(name) => _ = of_line.cells.insert(name, cell),
                Heading::Odd(_) if cell.is_empty() => {}
                Heading::Odd(name) => _ = of_line.odd.insert(name.clone(), Printed::Text(cell)),
            }
        }
        let head: Vec<String> = COLUMNS[..OF_CATALOGUE]
            .iter()
            .map(|(name, _)| of_line.cells.get(name).cloned().unwrap_or_default())
            .collect();
        let at = match heads.iter().position(|h| *h == head) {
            Some(at) => at,
            // A sheet may say whose list it is on its first line only.
            None if head.iter().all(String::is_empty) && !heads.is_empty() => heads.len() - 1,
            None => {
                let file = catalogue(&mut of_line, problems);
                heads.push(head);
                found.push((place, file));
                heads.len() - 1
            }
        };
        let entry = entry(of_line, problems);
        if let Some((_, file)) = found.get_mut(at) {
            file.entries.push(entry);
        }
    }
    found
}

enum Heading {
    Known(&'static str),
    Odd(String),
}

fn headings(line: usize, given: &[String], problems: &mut Problems) -> Option<Vec<Heading>> {
    let mut names: Vec<Heading> = Vec::new();
    let before = problems.0.len();
    for text in given {
        let text = text.trim();
        let known = COLUMNS.iter().find(|(name, also)| *name == text || also.contains(&text)).map(|(name, _)| *name);
        let known = known.or((text == ENTRY_LEFT_OUT).then_some(ENTRY_LEFT_OUT));
        let twice = names.iter().any(|n| match n {
            Heading::Known(name) => known == Some(*name),
            Heading::Odd(name) => known.is_none() && name == text,
        });
        if twice || text.is_empty() {
            let place = format!("line {line}");
            problems.say(
                place,
                format!("表头“{text}”为空或者重复。"),
                format!("The heading {text:?} is empty or given twice."),
            );
        }
        names.push(known.map_or_else(|| Heading::Odd(text.to_owned()), Heading::Known));
    }
    for needed in ["year", "catalogue", "title"] {
        if !names.iter().any(|n| matches!(n, Heading::Known(name) if *name == needed)) {
            let also = COLUMNS.iter().find(|(name, _)| *name == needed).and_then(|(_, also)| also.first());
            problems.say(
                format!("line {line}"),
                format!("缺少列“{}”。", also.unwrap_or(&needed)),
                format!("There is no column {needed}."),
            );
        }
    }
    (problems.0.len() == before).then_some(names)
}

fn catalogue(line: &mut Line<'_>, problems: &mut Problems) -> CatalogueFile {
    fn number<T: std::str::FromStr>(
        line: &mut Line<'_>,
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

fn entry(mut line: Line<'_>, problems: &mut Problems) -> Entry {
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
        left_out: line.list(ENTRY_LEFT_OUT, problems).unwrap_or_default(),
        printed,
        ..Entry::named(EntryId::new(Uuid::nil()), &title)
    }
}

/// The file with these catalogues, with a byte-order mark, by which spreadsheets know UTF-8.
pub fn write(files: &[CatalogueFile]) -> String {
    let mut heading: Vec<String> = COLUMNS.iter().map(|(name, _)| (*name).to_owned()).collect();
    heading.push(ENTRY_LEFT_OUT.to_owned());
    let mut out = String::from("\u{feff}") + &table::line(&heading);
    for file in files {
        let head = head(file);
        for entry in &file.entries {
            let mut fields = head.clone();
            fields.extend(cells(entry));
            out.push_str(&table::line(&fields));
        }
    }
    out
}

/// A list as JSON, nothing for none: an empty list is something.
fn list(list: Option<&Vec<String>>) -> String {
    list.map_or_else(String::new, crate::streams::json)
}

fn map(map: &BTreeMap<String, Printed>) -> String {
    if map.is_empty() { String::new() } else { json::unprinted(&Printed::Map(map.clone())).to_string() }
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
