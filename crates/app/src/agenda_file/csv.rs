//! Agendas as CSV: one line an item, the agenda's own columns before the item's.

use dingce_domain::printed_agenda::{PrintedAgendaHead, PrintedItem};

use super::{AgendaFile, NO_ITEM, numbered};
use crate::printed_file::Problems;
use crate::printed_file::csv::{self, Column, Line, Sheet, list, map};

/// Columns of the agenda, and then of the item, each with the headings under which it is read.
const COLUMNS: [Column; 12] = [
    ("session", &["会议届次", "会议名称", "会议"]),
    ("organ", &["决策机关", "机关"]),
    ("held", &["会议日期", "会议时间", "召开时间", "开会时间"]),
    ("agenda_printed", &["会议其他内容"]),
    ("agenda_left_out", &[]),
    ("no", &["序号", "编号"]),
    ("title", &["议题", "议题名称", "议题标题"]),
    ("reporter", &["汇报单位", "汇报人"]),
    ("attendees", &["列席单位", "列席人员"]),
    ("secret", &["涉密议题存根"]),
    ("printed", &["其他内容"]),
    ("left_out", &[]),
];
/// How many of the columns are the agenda's.
const OF_AGENDA: usize = 5;

const SHEET: Sheet = Sheet { columns: &COLUMNS, needed: &["session", "title"], of_thing: OF_AGENDA };

/// Agendas of a file, each with the line on which it begins.
pub(super) fn read(text: &str, problems: &mut Problems) -> Vec<(String, AgendaFile)> {
    let begin = |line: &mut Line, problems: &mut Problems| AgendaFile { head: head(line, problems), items: Vec::new() };
    csv::read(text, &SHEET, problems, begin, |file, line, problems| file.items.push(item(line, problems)))
}

fn head(line: &mut Line, problems: &mut Problems) -> PrintedAgendaHead {
    PrintedAgendaHead {
        session: line.take("session").unwrap_or_default(),
        organ: line.take("organ"),
        held: line.take("held"),
        printed: line.map("agenda_printed", problems),
        left_out: line.list("agenda_left_out", problems).unwrap_or_default(),
    }
}

fn item(mut line: Line, problems: &mut Problems) -> PrintedItem {
    let mut printed = line.map("printed", problems);
    printed.append(&mut line.odd);
    PrintedItem {
        id: NO_ITEM,
        no: line.take("no").unwrap_or_default(),
        title: line.take("title").unwrap_or_default(),
        reporter: line.take("reporter"),
        attendees: line.list("attendees", problems),
        secret: line.take("secret").map(numbered),
        printed,
        left_out: line.list("left_out", problems).unwrap_or_default(),
    }
}

/// The file with these agendas.
pub fn write(files: &[AgendaFile]) -> String {
    let text = |t: &Option<String>| t.clone().unwrap_or_default();
    let out = |names: &Vec<String>| list(Some(names).filter(|n| !n.is_empty()));
    let lines = files.iter().flat_map(|AgendaFile { head, items }| {
        let PrintedAgendaHead { session, organ, held, printed, left_out } = head;
        let head = [session.clone(), text(organ), text(held), map(printed), out(left_out)];
        items.iter().map(move |item| {
            let PrintedItem { id: _, no, title, reporter, attendees, secret, printed, left_out } = item;
            let secret = secret.as_ref().map_or_else(String::new, |secret| secret.number.clone());
            let cells = [
                no.clone(),
                title.clone(),
                text(reporter),
                list(attendees.as_ref()),
                secret,
                map(printed),
                out(left_out),
            ];
            head.iter().cloned().chain(cells).collect()
        })
    });
    csv::write(&COLUMNS, lines)
}
