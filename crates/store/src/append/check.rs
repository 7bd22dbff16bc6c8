//! What is refused before any SQL runs, with the same words on both databases.

use dingce_app::ports::{Append, DeadlineChange, NewEvent, RowChange, SealedBody, Table};

use super::TEXT_WITHOUT_NUL;
use crate::bind::{fits, has_nul, row_fits};

/// Why an append cannot be written, if so.
pub(super) fn problem(append: &Append, tables: &[&'static Table]) -> Option<&'static str> {
    let last = append.expected_n.checked_add(append.events.len() as u64);
    if append.events.is_empty() {
        return Some("append_has_events");
    }
    if last.is_none_or(|last| i64::try_from(last).is_err()) {
        return Some("events_n_fits");
    }
    if texts(append).into_iter().any(has_nul) {
        return Some(TEXT_WITHOUT_NUL);
    }
    let own = |clearance: &dingce_app::ports::ClearanceRow| {
        append.stream == clearance.case.into() && append.events.iter().any(|event| event.event == clearance.event)
    };
    if !append.clearances.iter().all(own) {
        return Some("legality_clearance_given_by_this_append");
    }
    append.rows.iter().find_map(|change| row_problem(change, tables))
}

fn row_problem(change: &RowChange, tables: &[&'static Table]) -> Option<&'static str> {
    let (table, sound) = match change {
        RowChange::Put { table, row } => (table, row_fits(table, row)),
        RowChange::Remove { table, key } => {
            let column = |name: &&str| table.columns.iter().find(|column| column.name == *name);
            let mut columns = table.key.iter().filter_map(column).zip(key);
            (table, key.len() == table.key.len() && columns.all(|(column, value)| fits(column.kind, value)))
        }
    };
    let known = tables.iter().any(|one| std::ptr::eq(*one, *table) || one == table);
    match (known, sound) {
        (false, _) => Some("read_table_known"),
        (true, false) => Some("read_row_fits_its_table"),
        (true, true) => None,
    }
}

/// Every text of an append except those in read rows, which [`row_problem`] reads.
fn texts(append: &Append) -> Vec<&str> {
    let Append {
        stream: _,
        organ: _,
        expected_n: _,
        events,
        rows: _,
        deadlines,
        outbox,
        answers,
        clearances: _,
        claims,
        idempotency,
        subject_keys,
    } = append;
    let mut texts: Vec<&str> = events.iter().flat_map(event_texts).collect();
    texts.extend(deadlines.iter().map(|change| match change {
        DeadlineChange::Set(deadline) => deadline.clock.as_str(),
        DeadlineChange::Clear { stream: _, clock } => clock,
    }));
    texts.extend(outbox.iter().flat_map(|message| [message.topic.as_str(), &message.payload]));
    texts.extend(claims.iter().map(|claim| claim.name.as_str()));
    texts.extend(answers.iter().map(|(_, topic)| topic.as_str()));
    texts.extend(idempotency.iter().flat_map(|record| {
        [record.scope.as_str(), &record.operation, &record.key, &record.input_digest, &record.answer]
    }));
    texts.extend(subject_keys.iter().map(|(subject, _)| subject.as_str()));
    texts
}

fn event_texts(event: &NewEvent) -> impl Iterator<Item = &str> {
    let NewEvent { kind, json, stage, opinion, occurred_on, sealed, .. } = event;
    let subject = sealed.as_ref().map(|SealedBody { subject, .. }| subject.as_str());
    let optional = [stage.as_deref(), opinion.as_deref(), occurred_on.as_deref(), subject];
    [kind.as_str(), json].into_iter().chain(optional.into_iter().flatten())
}
