//! Tabling (R713 art. 29).

use super::record::Record;
use super::{Against, Finding, Sketch};
use crate::event::CaseEvent;

/// A step of tabling: the kind of its event, and how it is told from others.
type Step = (&'static str, fn(&CaseEvent) -> bool);

/// The last round of tabling before the decision: its complete check, the deputy's agreement, the head's approval.
pub(super) fn in_order(record: &Record<'_>, _: &Against<'_>, line: &mut Sketch) {
    let until = record.until_decided();
    let requested =
        record.acts.iter().rev().find(|e| e.n < until && matches!(e.event, CaseEvent::TablingRequested { .. }));
    let Some(requested) = requested else {
        if let Some(decided) = record.adopted() {
            line.see(decided.entry);
            line.fail(Finding::Missing, "tabling_requested", "");
        }
        return;
    };
    line.see(requested);
    if requested.event.documents().is_empty() {
        line.fail(Finding::Missing, "documents", "");
    }
    let mut round = record.acts.iter().filter(|e| requested.n < e.n && e.n < until);
    let steps: [Step; 3] = [
        (
            "tabling_file_checked",
            |e| matches!(e, CaseEvent::TablingFileChecked { given, .. } if given.complete && given.missing.is_empty()),
        ),
        ("tabling_reviewed", |e| matches!(e, CaseEvent::TablingReviewed { given, .. } if given.agrees)),
        ("tabling_approved", |e| matches!(e, CaseEvent::TablingApproved { .. })),
    ];
    let mut before = requested.day;
    for (name, is) in steps {
        // Each is looked for after the one before it.
        match round.find(|e| is(e.event)) {
            Some(entry) => {
                line.see(entry);
                line.hold(entry.day >= before, Finding::Early, entry.day, before);
                before = before.max(entry.day);
            }
            None => {
                if record.decided().is_some() {
                    line.fail(Finding::Missing, name, "");
                }
                return;
            }
        }
    }
}

pub(super) fn text(record: &Record<'_>, _: &Against<'_>, line: &mut Sketch) {
    let Some(decided) = record.decided() else { return };
    let approved = record.acts.iter().rev().filter(|e| e.n < decided.entry.n).find_map(|entry| match entry.event {
        CaseEvent::TablingApproved { draft, .. } => Some((entry, *draft)),
        _ => None,
    });
    let Some((entry, draft)) = approved else { return };
    line.see(entry);
    line.see(decided.entry);
    line.hold(draft == decided.draft, Finding::Differs, record.version(decided.draft), record.version(draft));
}
