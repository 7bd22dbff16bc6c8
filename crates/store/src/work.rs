//! Answers that are kept, timers, and messages for process managers.

use dingce_app::ports::{Deadline, IdempotencyRecord, Millis, OutboxMessage, StoreError};
use dingce_domain::id::{EventId, StreamId};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::Store;
use crate::bind::{has_nul, insert_all};
use crate::entity::work::{deadlines, idempotency, outbox};
use crate::error::Doing;
use crate::read::parse;

impl Store {
    pub(crate) async fn read_answer(
        &self,
        scope: &str,
        operation: &str,
        key: &str,
    ) -> Result<Option<IdempotencyRecord>, StoreError> {
        if [scope, operation, key].into_iter().any(has_nul) {
            return Ok(None);
        }
        let key = (scope.to_owned(), operation.to_owned(), key.to_owned());
        let found = idempotency::Entity::find_by_id(key).one(&self.reader).await.doing("reading a kept answer")?;
        Ok(found.map(|row| {
            let idempotency::Model { scope, operation, key, input_digest, answer, stream: _, n: _ } = row;
            IdempotencyRecord { scope, operation, key, input_digest, answer }
        }))
    }

    pub(crate) async fn read_due(&self, now: Millis, limit: u64) -> Result<Vec<Deadline>, StoreError> {
        let due = deadlines::Entity::find().filter(deadlines::Column::DueAt.lte(now));
        self.timers(due.order_by_asc(deadlines::Column::DueAt).limit(limit)).await
    }

    pub(crate) async fn read_next_due(&self) -> Result<Option<Millis>, StoreError> {
        let first = deadlines::Entity::find()
            .filter(deadlines::Column::DueAt.is_not_null())
            .order_by_asc(deadlines::Column::DueAt);
        Ok(first.one(&self.reader).await.doing("reading the next timer")?.and_then(|row| row.due_at))
    }

    pub(crate) async fn read_pending_deadlines(&self, limit: u64) -> Result<Vec<Deadline>, StoreError> {
        self.timers(deadlines::Entity::find().filter(deadlines::Column::DueAt.is_null()).limit(limit)).await
    }

    pub(crate) async fn read_all_deadlines(&self) -> Result<Vec<Deadline>, StoreError> {
        self.timers(deadlines::Entity::find()).await
    }

    /// Timers of a query; those with the same instant, or all without one, by stream and clock.
    async fn timers(&self, query: sea_orm::Select<deadlines::Entity>) -> Result<Vec<Deadline>, StoreError> {
        let query = query.order_by_asc(deadlines::Column::Stream).order_by_asc(deadlines::Column::Clock);
        let rows = query.all(&self.reader).await.doing("reading timers")?;
        let timer = |row: deadlines::Model| {
            let deadlines::Model { stream, clock, due_at } = row;
            Ok(Deadline { stream: parse(&stream)?, clock, due_at })
        };
        rows.into_iter().map(timer).collect()
    }

    pub(crate) async fn remove_deadline(&self, stream: StreamId, clock: &str) -> Result<(), StoreError> {
        if has_nul(clock) {
            return Ok(());
        }
        let key = (stream.to_string(), clock.to_owned());
        deadlines::Entity::delete_by_id(key).exec(&self.writer).await.doing("removing a timer")?;
        Ok(())
    }

    pub(crate) async fn refill_deadlines(&self, timers: Vec<Deadline>) -> Result<(), StoreError> {
        let doing = "replacing all timers";
        let rows = timers.into_iter().map(|timer| {
            let Deadline { stream, clock, due_at } = timer;
            deadlines::Model { stream: stream.to_string(), clock, due_at }
        });
        let tx = self.begin().await.doing(doing)?;
        deadlines::Entity::delete_many().exec(&tx).await.doing(doing)?;
        insert_all::<deadlines::Entity, _>(&tx, rows.collect(), None).await.doing(doing)?;
        tx.commit().await.doing(doing)
    }

    pub(crate) async fn read_outbox(&self, limit: u64) -> Result<Vec<OutboxMessage>, StoreError> {
        let open = outbox::Entity::find()
            .filter(outbox::Column::DoneAt.is_null())
            .order_by_asc(outbox::Column::CreatedAt)
            .order_by_asc(outbox::Column::N)
            .order_by_asc(outbox::Column::Event)
            .order_by_asc(outbox::Column::Topic)
            .limit(limit);
        let rows = open.all(&self.reader).await.doing("reading the outbox")?;
        let message = |row: outbox::Model| {
            let outbox::Model { event, topic, payload, created_at: _, done_at: _, n: _ } = row;
            Ok(OutboxMessage { event: parse(&event)?, topic, payload })
        };
        rows.into_iter().map(message).collect()
    }

    /// The instant of an answer without events is not known here; the message's own stands for it.
    pub(crate) async fn finish_outbox(&self, event: EventId, topic: &str) -> Result<(), StoreError> {
        if has_nul(topic) {
            return Ok(());
        }
        let done = outbox::Entity::update_many()
            .col_expr(outbox::Column::DoneAt, Expr::col(outbox::Column::CreatedAt))
            .filter(outbox::Column::Event.eq(event.to_string()))
            .filter(outbox::Column::Topic.eq(topic))
            .filter(outbox::Column::DoneAt.is_null());
        done.exec(&self.writer).await.doing("marking a message done")?;
        Ok(())
    }
}
