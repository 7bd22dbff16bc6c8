//! The one transaction of a batch.

use std::collections::BTreeSet;

use dingce_app::ports::{Append, Claim, ClearanceRow, IdempotencyRecord, NewEvent, OutboxMessage, SealedBody, Table};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ConnectionTrait, DatabaseTransaction, Statement, Value};

use super::{OUTBOX_ANSWERED, fold, heads};
use crate::Store;
use crate::bind::{insert_all, placeholders, rows_per_statement};
use crate::entity::event::{claims, events, legality_clearance, sealed_bodies, subject_keys};
use crate::entity::ledger::log_pending;
use crate::entity::work::{deadlines, idempotency, outbox};
use crate::error::{Constraint, Failure};
use crate::rows::{delete_keys, upsert};

impl Store {
    /// Writes a batch in one transaction; says for each append whether it moved its head and so was written.
    pub(super) async fn write_once(&self, batch: &[&Append]) -> Result<Vec<bool>, Failure> {
        let tx = self.begin().await?;
        match self.fill(&tx, batch).await {
            Ok(won) => {
                self.reached("before_commit");
                tx.commit().await?;
                self.reached("after_commit");
                Ok(won)
            }
            Err(failure) => {
                if let Err(error) = tx.rollback().await {
                    tracing::debug!(%error, "the rollback failed; the connection is given up");
                }
                Err(failure)
            }
        }
    }

    /// Writes a batch into an open transaction.
    pub(crate) async fn fill(&self, tx: &DatabaseTransaction, batch: &[&Append]) -> Result<Vec<bool>, Failure> {
        self.reached("begin");
        let moved = heads::move_all(tx, batch).await?;
        self.reached("heads");
        let won: Vec<bool> = batch.iter().map(|append| moved.contains(&append.stream.to_string())).collect();
        let winners: Vec<&Append> =
            batch.iter().zip(&won).filter(|(_, won)| **won).map(|(append, _)| *append).collect();
        if winners.is_empty() {
            return Ok(won);
        }
        write_events(tx, &winners).await?;
        self.reached("events");
        write_work(tx, &winners).await?;
        for (table, rows) in fold::rows(&winners) {
            write_rows(tx, table, rows).await?;
        }
        self.reached("rows");
        Ok(won)
    }
}

/// Clearances come before events, because an event that adopts a draft refers to the draft's clearance.
async fn write_events(tx: &DatabaseTransaction, winners: &[&Append]) -> Result<(), Failure> {
    let key = |(subject, wrapped): &(String, Vec<u8>)| subject_keys::Model {
        subject: subject.clone(),
        wrapped: wrapped.clone(),
    };
    let keys = winners.iter().flat_map(|append| &append.subject_keys).map(key).collect();
    insert_all::<subject_keys::Entity, _>(tx, keys, None).await?;

    let clearances = winners.iter().flat_map(|append| &append.clearances).map(clearance_model).collect();
    let claims =
        winners.iter().flat_map(|append| append.claims.iter().map(|claim| claim_model(append, claim))).collect();
    insert_all::<claims::Entity, _>(tx, claims, None).await?;

    let first_stands = OnConflict::new().do_nothing().to_owned();
    insert_all::<legality_clearance::Entity, _>(tx, clearances, Some(first_stands)).await?;

    let (mut rows, mut sealed, mut pending) = (Vec::new(), Vec::new(), Vec::new());
    for append in winners {
        for (event, n) in append.events.iter().zip(append.expected_n as i64 + 1..) {
            rows.push(event_model(append, event, n));
            sealed.extend(event.sealed.as_ref().map(|body| sealed_model(event, body)));
            let (event, stream) = (event.event.to_string(), append.stream.to_string());
            pending.push(log_pending::Model { event, stream, n });
        }
    }
    insert_all::<events::Entity, _>(tx, rows, None).await?;
    insert_all::<sealed_bodies::Entity, _>(tx, sealed, None).await?;
    insert_all::<log_pending::Entity, _>(tx, pending, None).await?;
    Ok(())
}

async fn write_work(tx: &DatabaseTransaction, winners: &[&Append]) -> Result<(), Failure> {
    let answers = winners.iter().filter_map(|append| Some((*append, append.idempotency.as_ref()?)));
    let answers = answers.map(|(append, record)| idempotency_model(append, record)).collect();
    insert_all::<idempotency::Entity, _>(tx, answers, None).await?;

    answer_outbox(tx, winners).await?;
    let messages = winners.iter().flat_map(|append| append.outbox.iter().map(|one| outbox_model(append, one)));
    insert_all::<outbox::Entity, _>(tx, messages.collect(), None).await?;

    let (mut set, mut cleared) = (Vec::new(), Vec::new());
    for ((stream, clock), change) in fold::deadlines(winners) {
        match change {
            Some(due_at) => set.push(deadlines::Model { stream, clock, due_at }),
            None => cleared.push(vec![stream.into(), clock.into()]),
        }
    }
    delete_keys(tx, "deadlines", &["stream", "clock"], cleared).await?;
    let moved = OnConflict::columns([deadlines::Column::Stream, deadlines::Column::Clock])
        .update_column(deadlines::Column::DueAt)
        .to_owned();
    insert_all::<deadlines::Entity, _>(tx, set, Some(moved)).await?;
    Ok(())
}

/// Marks the messages done that the appends answer. Each must still be open, or its append is refused.
async fn answer_outbox(tx: &DatabaseTransaction, winners: &[&Append]) -> Result<(), Failure> {
    let answered: Vec<(String, String, i64)> = winners
        .iter()
        .filter_map(|append| {
            let (event, topic) = append.answers.as_ref()?;
            Some((event.to_string(), topic.clone(), append.events.last()?.recorded_at))
        })
        .collect();
    let already = || Failure::Constraint(Constraint::Other(OUTBOX_ANSWERED.to_owned()));
    let distinct: BTreeSet<(&str, &str)> = answered.iter().map(|(event, topic, _)| (&**event, &**topic)).collect();
    if distinct.len() < answered.len() {
        return Err(already());
    }
    let backend = tx.get_database_backend();
    for chunk in answered.chunks(rows_per_statement(backend, 3)) {
        let sql = format!(
            "WITH v (event, topic, done_at) AS (VALUES {}) UPDATE outbox SET done_at = v.done_at FROM v \
             WHERE outbox.event = v.event AND outbox.topic = v.topic AND outbox.done_at IS NULL",
            placeholders(chunk.len(), 3)
        );
        let values = chunk
            .iter()
            .flat_map(|(event, topic, at)| [Value::from(event.clone()), Value::from(topic.clone()), Value::from(*at)]);
        let done = tx.execute_raw(Statement::from_sql_and_values(backend, sql, values)).await?;
        if done.rows_affected() != chunk.len() as u64 {
            return Err(already());
        }
    }
    Ok(())
}

async fn write_rows(tx: &DatabaseTransaction, table: &'static Table, rows: fold::FinalRows) -> Result<(), Failure> {
    let (mut put, mut removed) = (Vec::new(), Vec::new());
    for (key, row) in rows {
        match row {
            Some(row) => put.push(row),
            None => removed.push(crate::rows::key_parameters(table, key)),
        }
    }
    delete_keys(tx, table.name, table.key, removed).await?;
    upsert(tx, table, put).await?;
    Ok(())
}

fn event_model(append: &Append, event: &NewEvent, n: i64) -> events::Model {
    let NewEvent {
        event,
        kind,
        version,
        actor,
        post,
        unit,
        acting_for,
        stage,
        draft,
        adopts_draft,
        opinion,
        occurred_on,
        recorded_at,
        json,
        leaf,
        leaf_hash,
        body_key,
        sealed: _,
    } = event;
    events::Model {
        stream: append.stream.to_string(),
        n,
        event: event.to_string(),
        kind: kind.clone(),
        version: i64::from(*version),
        organ: append.organ.to_string(),
        actor: actor.map(|id| id.to_string()),
        post: post.map(|id| id.to_string()),
        unit: unit.map(|id| id.to_string()),
        acting_for: acting_for.map(|id| id.to_string()),
        stage: stage.clone(),
        draft: draft.map(|id| id.to_string()),
        adopts_draft: adopts_draft.map(|id| id.to_string()),
        opinion: opinion.clone(),
        occurred_on: occurred_on.clone(),
        recorded_at: *recorded_at,
        json: json.clone(),
        leaf: leaf.clone(),
        leaf_hash: leaf_hash.to_vec(),
        body_key: body_key.map(|key| key.to_vec()),
    }
}

fn sealed_model(event: &NewEvent, body: &SealedBody) -> sealed_bodies::Model {
    let SealedBody { subject, bytes, commitment_key } = body;
    sealed_bodies::Model {
        event: event.event.to_string(),
        subject: subject.clone(),
        bytes: bytes.clone(),
        commitment_key: commitment_key.to_vec(),
    }
}

fn claim_model(append: &Append, claim: &Claim) -> claims::Model {
    claims::Model {
        organ: append.organ.to_string(),
        kind: claim.kind.to_owned(),
        name: claim.name.clone(),
        stream: append.stream.to_string(),
    }
}

fn clearance_model(clearance: &ClearanceRow) -> legality_clearance::Model {
    let ClearanceRow { case, draft, event, kind } = clearance;
    legality_clearance::Model {
        case_stream: case.to_string(),
        draft: draft.to_string(),
        event: event.to_string(),
        kind: kind.as_str().to_owned(),
    }
}

fn idempotency_model(append: &Append, record: &IdempotencyRecord) -> idempotency::Model {
    let IdempotencyRecord { scope, operation, key, input_digest, answer } = record.clone();
    let n = append.expected_n as i64 + append.events.len() as i64;
    idempotency::Model { scope, operation, key, input_digest, answer, stream: append.stream.to_string(), n }
}

/// A message is as old as the event it follows from, and has its number.
fn outbox_model(append: &Append, message: &OutboxMessage) -> outbox::Model {
    let OutboxMessage { event, topic, payload } = message.clone();
    let at = append.events.iter().position(|one| one.event == event);
    let at = at.unwrap_or_else(|| append.events.len().saturating_sub(1));
    let created_at = append.events.get(at).map_or(0, |event| event.recorded_at);
    let n = append.expected_n as i64 + at as i64 + 1;
    outbox::Model { event: event.to_string(), topic, payload, created_at, done_at: None, n }
}
