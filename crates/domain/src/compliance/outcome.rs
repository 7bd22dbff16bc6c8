//! From the decision to its publication and explanation (R713 arts. 31, 32, 34; Open Government Information Regulation arts.
//! 17, 26).

use jiff::civil::Date;

use super::record::{Milestone, Record, Step};
use super::{Against, ExcuseGround, Finding, Sketch};
use crate::act::{IssueDecision, PublishDecision};
use crate::definition::Parameter;
use crate::drafting::DraftingContent;
use crate::event::CaseEvent;
use crate::time::{Limit, due_after_calendar_days, due_after_working_days};
use crate::words::{Disclosure, DocumentRef, Outcome, ReportReply, StageKind};

use super::record::Entry;

fn issued<'r, 'a: 'r>(record: &'r Record<'a>) -> impl DoubleEndedIterator<Item = (&'r Entry<'a>, &'a IssueDecision)> {
    record.acts.iter().filter_map(|entry| match entry.event {
        CaseEvent::DecisionIssued { given, .. } => Some((entry, given)),
        _ => None,
    })
}

fn publication<'r, 'a>(record: &'r Record<'a>) -> Option<(&'r Entry<'a>, &'a PublishDecision)> {
    record.acts.iter().rev().find_map(|entry| match entry.event {
        CaseEvent::DecisionPublished { given, .. } => Some((entry, given)),
        _ => None,
    })
}

pub(super) fn reported(record: &Record<'_>, against: &Against<'_>, line: &mut Sketch) {
    let mut stages =
        against.def.positions(StageKind::PreIssuanceReporting).map(|at| &against.def.stages[at].id).peekable();
    if stages.peek().is_none() {
        return line.not_applicable();
    }
    let (Some(decided), Some((entry, given))) = (record.adopted(), issued(record).next_back()) else { return };
    for stage in stages {
        let reply =
            record.acts.iter().rev().filter(|e| decided.entry.n < e.n && e.n < entry.n).find_map(|e| match e.event {
                CaseEvent::ReportReplied { stage: of, given } if of == stage => Some((e, given)),
                _ => None,
            });
        let absent = record.acts.iter().find_map(|e| match e.event {
            CaseEvent::AbsenceRecorded { stage: of, given } if of == stage => Some((e, given)),
            _ => None,
        });
        match (reply, absent) {
            (Some((e, reply)), _) => {
                line.see(e);
                let allows = matches!(reply.reply, ReportReply::Agreed | ReportReply::WithComments);
                line.hold(allows, Finding::Differs, reply.reply, ReportReply::Agreed);
                if reply.replied_on > given.issued_on {
                    line.see(entry);
                    line.fail(Finding::Late, reply.replied_on, given.issued_on);
                }
                if reply.sent_on > reply.replied_on {
                    line.fail(Finding::Late, reply.sent_on, reply.replied_on);
                }
            }
            (None, Some((e, given))) => line.excuse(ExcuseGround::Absence, e, &given.reason, &given.basis),
            (None, None) => {
                line.see(entry);
                line.fail(Finding::Missing, stage, "");
            }
        }
    }
}

pub(super) fn issued_text(record: &Record<'_>, _: &Against<'_>, line: &mut Sketch) {
    let Some((entry, given)) = issued(record).next_back() else { return };
    line.see(entry);
    let Some(decided) = record.adopted() else { return };
    line.see(decided.entry);
    let confirmed = record.acts.iter().filter(|e| decided.entry.n < e.n && e.n < entry.n).find_map(|e| match e.event {
        CaseEvent::DraftConfirmed { given: confirmed, .. } if confirmed.draft == given.draft => Some((e, confirmed)),
        _ => None,
    });
    if let Some((e, confirmed)) = confirmed {
        return line.excuse(ExcuseGround::Confirmed, e, &confirmed.statement, "");
    }
    if given.draft != decided.draft {
        return line.fail(Finding::Differs, record.version(given.draft), record.version(decided.draft));
    }
    // Agreed in principle, or with comments: the text as it was tabled is not the one that was decided (trap 9).
    let comments = record.acts.iter().any(|e| {
        decided.entry.n < e.n
            && e.n < entry.n
            && matches!(e.event, CaseEvent::ReportReplied { given, .. } if given.reply == ReportReply::WithComments)
    });
    let revised = decided.given.outcome == Outcome::AgreeInPrinciple || comments;
    line.hold(!revised, Finding::Missing, record.version(given.draft), "draft_confirmed");
}

pub(super) fn execution_named(record: &Record<'_>, _: &Against<'_>, line: &mut Sketch) {
    let Some((entry, given)) = issued(record).next_back() else { return };
    line.see(entry);
    line.hold(given.execution_due_on >= given.issued_on, Finding::Early, given.execution_due_on, given.issued_on);
    line.hold(!given.documents.is_empty(), Finding::Missing, "documents", "");
}

pub(super) fn number_alone(record: &Record<'_>, _: &Against<'_>, line: &mut Sketch) {
    let Some((entry, given)) = issued(record).next_back() else { return };
    line.see(entry);
    line.keep();
    let plain = |text: &str| -> String { text.chars().filter(|c| !c.is_whitespace()).collect() };
    let number = plain(&given.document_no);
    if number.is_empty() {
        return line.fail(Finding::Missing, "", "");
    }
    let mut others: Vec<(&Entry<'_>, &str)> =
        issued(record).filter(|(e, _)| e.n != entry.n).map(|(e, given)| (e, given.document_no.as_str())).collect();
    for e in &record.acts {
        match e.event {
            CaseEvent::ReportReplied { given, .. } => others.push((e, given.reference.as_str())),
            CaseEvent::DraftingItemRecorded { given, .. } => {
                if let DraftingContent::BasisList(list) = &given.content {
                    others.extend(list.bases.iter().map(|b| (e, b.number.as_str())));
                }
            }
            _ => {}
        }
    }
    for (other, _) in others.into_iter().filter(|(_, other)| plain(other) == number) {
        line.see(other);
        line.fail(Finding::TooMany, &given.document_no, "");
    }
}

fn due(against: &Against<'_>, parameter: &Parameter, from: Date) -> Option<Date> {
    match against.def.period(&parameter.id)? {
        Limit::Calendar(days) => Some(due_after_calendar_days(from, days)),
        Limit::Working(days) => due_after_working_days(against.calendar, from, days).date(),
    }
}

/// From when the days of publication count: the issue, or in papers that tell none the decision.
fn made<'r>(record: &'r Record<'_>) -> Option<&'r Step> {
    let issued = record.at(Milestone::Issued).next_back();
    if record.of_case { issued } else { issued.or_else(|| record.at(Milestone::Decided).next_back()) }
}

fn in_days(record: &Record<'_>, against: &Against<'_>, line: &mut Sketch, parameter: &str) {
    let Some(parameter) = against.def.parameter(parameter) else { return line.not_applicable() };
    line.rests_on(against, parameter);
    if let Some((entry, given)) = record.absence(StageKind::Publication) {
        return line.excuse(ExcuseGround::Absence, entry, &given.reason, &given.basis);
    }
    let Some(made) = made(record) else { return };
    // Counted from the last day that a vague date can mean.
    let Some(due) = due(against, parameter, made.last) else { return };
    line.step(made);
    match record.at(Milestone::Published).next_back() {
        Some(published) => {
            line.step(published);
            line.hold(published.first <= due, Finding::Late, published.first, due);
        }
        None if record.of_case && due < against.as_of => line.fail(Finding::Missing, "", due),
        None => {}
    }
}

pub(super) fn published(record: &Record<'_>, against: &Against<'_>, line: &mut Sketch) {
    in_days(record, against, line, "publication_period");
}

pub(super) fn target(record: &Record<'_>, against: &Against<'_>, line: &mut Sketch) {
    in_days(record, against, line, "publication_target");
}

pub(super) fn published_text(record: &Record<'_>, _: &Against<'_>, line: &mut Sketch) {
    let Some((entry, given)) = publication(record) else { return };
    let Some((issue, issued)) = issued(record).next_back() else { return };
    line.see(entry);
    line.see(issue);
    let papers = |of: crate::id::DraftId, same: bool| {
        record.acts.iter().filter_map(move |e| match e.event {
            CaseEvent::DraftVersionAdded { draft, given, .. } if (*draft == of) == same => {
                Some(given.documents.as_slice())
            }
            CaseEvent::FinalTextAdded { draft, given, .. } if (*draft == of) == same => {
                Some(given.documents.as_slice())
            }
            _ => None,
        })
    };
    let among = |docs: &[DocumentRef], d: &DocumentRef| docs.iter().any(|other| other.digest == d.digest);
    let own = |d: &DocumentRef| among(&issued.documents, d) || papers(issued.draft, true).any(|docs| among(docs, d));
    if given.documents.iter().any(own) {
        return line.keep();
    }
    // A document of another version is certainly not what was issued; one that the file does not know is to be compared by eye.
    let other = given.documents.iter().find(|d| papers(issued.draft, false).any(|docs| among(docs, d)));
    match other {
        Some(other) => line.fail(Finding::Differs, &other.name, record.version(issued.draft)),
        None => line.untold(),
    }
}

pub(super) fn release_reviewed(record: &Record<'_>, _: &Against<'_>, line: &mut Sketch) {
    let Some((entry, given)) = publication(record) else { return };
    line.see(entry);
    line.keep();
    for document in &given.documents {
        let newest = record.acts.iter().rev().filter(|e| e.n < entry.n).find_map(|e| match e.event {
            CaseEvent::DisclosureReviewed { given, .. }
                if given.documents.iter().any(|d| d.digest == document.digest) =>
            {
                Some((e, given.attribute))
            }
            _ => None,
        });
        match newest {
            None => line.fail(Finding::Missing, &document.name, ""),
            Some((e, attribute)) if attribute != Disclosure::Public => {
                line.see(e);
                line.fail(Finding::Differs, format!("{}: {attribute}", document.name), Disclosure::Public);
            }
            Some((e, _)) if e.day > given.published_on => {
                line.see(e);
                line.fail(Finding::Late, e.day, given.published_on);
            }
            Some((e, _)) => line.see(e),
        }
    }
}

pub(super) fn adoption_told(record: &Record<'_>, _: &Against<'_>, line: &mut Sketch) {
    let Some((entry, given)) = publication(record) else { return };
    if !given.wide_concern && !record.is("technical") {
        return line.not_applicable();
    }
    line.see(entry);
    let told = given.adoption_account.as_deref().is_some_and(|t| !t.trim().is_empty());
    line.hold(told, Finding::Missing, "", "");
}

pub(super) fn explained(record: &Record<'_>, against: &Against<'_>, line: &mut Sketch) {
    let Some(parameter) = against.def.parameter("explanation_period") else { return line.not_applicable() };
    line.rests_on(against, parameter);
    let Some(published) = record.at(Milestone::Published).next_back() else { return };
    line.step(published);
    let with_it = publication(record)
        .is_some_and(|(_, given)| given.explanation.as_deref().is_some_and(|t| !t.trim().is_empty()));
    if with_it {
        return line.keep();
    }
    let Some(due) = due(against, parameter, published.last) else { return };
    match record.at(Milestone::Explained).next() {
        Some(explained) => {
            line.step(explained);
            line.hold(explained.first <= due, Finding::Late, explained.first, due);
        }
        None if record.of_case && due < against.as_of => line.fail(Finding::Missing, "", due),
        None => {}
    }
}
