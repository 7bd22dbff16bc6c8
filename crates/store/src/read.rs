//! Reading events, heads, snapshots, keys and clearances.

use dingce_app::ports::{
    ClearanceKind, ClearanceRow, EventQuery, Millis, NewEvent, SealedBody, Snapshot, StoreError, StoredEvent,
};
use dingce_domain::id::{CaseId, DraftId, EventId, StreamId, UnitId};
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{ActiveValue, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select};

use crate::Store;
use crate::bind::{has_nul, rows_per_statement, signed, unsigned};
use crate::entity::event::{claims, events, heads, legality_clearance, sealed_bodies, subject_keys};
use crate::entity::work::snapshots;
use crate::error::Doing;

impl Store {
    pub(crate) async fn read_streams(
        &self,
        after: Option<StreamId>,
        limit: u64,
    ) -> Result<Vec<(StreamId, UnitId)>, StoreError> {
        let mut query = heads::Entity::find().order_by_asc(heads::Column::Stream).limit(limit);
        if let Some(after) = after {
            query = query.filter(heads::Column::Stream.gt(after.to_string()));
        }
        let found = query.all(&self.reader).await.doing("listing streams")?;
        found.into_iter().map(|row| Ok((parse(&row.stream)?, parse(&row.organ)?))).collect()
    }

    pub(crate) async fn read_events(
        &self,
        stream: StreamId,
        after: u64,
        limit: u64,
    ) -> Result<Vec<StoredEvent>, StoreError> {
        let query = events::Entity::find()
            .filter(events::Column::Stream.eq(stream.to_string()))
            .filter(events::Column::N.gt(signed(after)?))
            .order_by_asc(events::Column::N)
            .limit(limit);
        self.with_sealed(query).await
    }

    pub(crate) async fn read_events_at(
        &self,
        stream: StreamId,
        numbers: &[u64],
    ) -> Result<Vec<StoredEvent>, StoreError> {
        let mut all = Vec::with_capacity(numbers.len());
        for some in numbers.chunks(rows_per_statement(self.backend(), 1)) {
            let some = some.iter().map(|n| signed(*n)).collect::<Result<Vec<_>, _>>()?;
            let query = events::Entity::find()
                .filter(events::Column::Stream.eq(stream.to_string()))
                .filter(events::Column::N.is_in(some))
                .order_by_asc(events::Column::N);
            all.extend(self.with_sealed(query).await?);
        }
        Ok(all)
    }

    pub(crate) async fn read_timeline(
        &self,
        query: EventQuery,
        after: Option<(Millis, StreamId, u64)>,
        limit: u64,
    ) -> Result<Vec<StoredEvent>, StoreError> {
        use events::Column::{Actor, N, RecordedAt, Stream};
        let person = match query {
            EventQuery::Stream(stream) => return self.read_events(stream, after.map_or(0, |(_, _, n)| n), limit).await,
            EventQuery::Actor(person) => person,
        };
        let mut select = events::Entity::find().filter(Actor.eq(person.to_string()));
        if let Some((at, stream, n)) = after {
            let place = [Expr::val(at), Expr::val(stream.to_string()), Expr::val(signed(n)?)];
            let columns = [RecordedAt, Stream, N].map(Expr::col);
            select = select.filter(Expr::tuple(columns).lt(Expr::tuple(place)));
        }
        let select = select.order_by_desc(RecordedAt).order_by_desc(Stream).order_by_desc(N).limit(limit);
        self.with_sealed(select).await
    }

    pub(crate) async fn read_event(&self, event: EventId) -> Result<Option<StoredEvent>, StoreError> {
        let query = events::Entity::find().filter(events::Column::Event.eq(event.to_string()));
        Ok(self.with_sealed(query).await?.pop())
    }

    /// The events of a query with their sealed bodies: two kinds of statement, whatever the number of events.
    async fn with_sealed(&self, query: Select<events::Entity>) -> Result<Vec<StoredEvent>, StoreError> {
        let rows = query.all(&self.reader).await.doing("reading events")?;
        let ids: Vec<&str> = rows.iter().map(|row| row.event.as_str()).collect();
        let mut sealed = std::collections::HashMap::new();
        for chunk in ids.chunks(rows_per_statement(self.backend(), 1)) {
            let bodies =
                sealed_bodies::Entity::find().filter(sealed_bodies::Column::Event.is_in(chunk.iter().copied()));
            let bodies = bodies.all(&self.reader).await.doing("reading sealed bodies")?;
            sealed.extend(bodies.into_iter().map(|body| (body.event.clone(), body)));
        }
        rows.into_iter()
            .map(|row| {
                let body = sealed.remove(&row.event);
                stored(row, body)
            })
            .collect()
    }

    pub(crate) async fn read_snapshot(&self, stream: StreamId) -> Result<Option<Snapshot>, StoreError> {
        let found = snapshots::Entity::find_by_id(stream.to_string()).one(&self.reader).await;
        let Some(row) = found.doing("reading a snapshot")? else { return Ok(None) };
        let snapshots::Model { stream: _, n, leaf_hash, shape, json } = row;
        let shape = u32::try_from(shape).doing("reading the shape of a snapshot")?;
        Ok(Some(Snapshot { n: unsigned(n)?, leaf_hash: hash(leaf_hash)?, shape, json }))
    }

    /// A snapshot of the same event but another shape replaces the old one; that is how a new release moves on.
    pub(crate) async fn write_snapshot(&self, stream: StreamId, snapshot: Snapshot) -> Result<(), StoreError> {
        use snapshots::Column::{Json, LeafHash, N, Shape, Stream};
        let Snapshot { n, leaf_hash, shape, json } = snapshot;
        let row = snapshots::ActiveModel {
            stream: ActiveValue::Set(stream.to_string()),
            n: ActiveValue::Set(signed(n)?),
            leaf_hash: ActiveValue::Set(leaf_hash.to_vec()),
            shape: ActiveValue::Set(i64::from(shape)),
            json: ActiveValue::Set(json),
        };
        let mut newer = OnConflict::column(Stream);
        newer.update_columns([N, LeafHash, Shape, Json]);
        newer.action_and_where(Expr::cust("snapshots.n <= excluded.n"));
        let insert = snapshots::Entity::insert(row).on_conflict(newer);
        insert.exec_without_returning(&self.writer).await.doing("keeping a snapshot")?;
        Ok(())
    }

    pub(crate) async fn read_subject_key(&self, subject: &str) -> Result<Option<Vec<u8>>, StoreError> {
        if has_nul(subject) {
            return Ok(None);
        }
        let found =
            subject_keys::Entity::find_by_id(subject).one(&self.reader).await.doing("reading a subject's key")?;
        Ok(found.map(|row| row.wrapped))
    }

    pub(crate) async fn read_clearance(
        &self,
        case: CaseId,
        draft: DraftId,
    ) -> Result<Option<ClearanceRow>, StoreError> {
        let key = (StreamId::from(case).to_string(), draft.to_string());
        let found = legality_clearance::Entity::find_by_id(key).one(&self.reader).await.doing("reading a clearance")?;
        let Some(row) = found else { return Ok(None) };
        let kinds = [ClearanceKind::Lawful, ClearanceKind::RiskStated, ClearanceKind::Confirmed];
        let kind = kinds.into_iter().find(|kind| kind.as_str() == row.kind);
        let kind = kind.ok_or("an unknown kind of clearance").doing("reading a clearance")?;
        Ok(Some(ClearanceRow { case, draft, event: parse(&row.event)?, kind }))
    }

    pub(crate) async fn read_claim(
        &self,
        organ: UnitId,
        kind: &str,
        name: &str,
    ) -> Result<Option<StreamId>, StoreError> {
        if has_nul(name) {
            return Ok(None);
        }
        let key = (organ.to_string(), kind.to_owned(), name.to_owned());
        let found = claims::Entity::find_by_id(key).one(&self.reader).await.doing("reading a claim")?;
        found.map(|row| parse(&row.stream)).transpose()
    }

    /// Answers if the database can be reached and its schema is the one this program writes.
    pub(crate) async fn check_ready(&self) -> Result<(), StoreError> {
        // The writer too: a readable database whose writer is gone cannot serve.
        self.writer.execute_unprepared("SELECT 1").await.doing("reaching the database")?;
        crate::migrate::require_current(&self.reader, &self.tables).await.doing("checking the schema")
    }
}

pub(crate) fn parse<T>(text: &str) -> Result<T, StoreError>
where
    T: std::str::FromStr<Err: std::error::Error + Send + Sync + 'static>,
{
    text.parse().doing("reading an identifier")
}

pub(crate) fn hash(bytes: Vec<u8>) -> Result<[u8; 32], StoreError> {
    <[u8; 32]>::try_from(bytes).map_err(|_| "not 32 bytes").doing("reading a hash or key")
}

fn stored(row: events::Model, body: Option<sealed_bodies::Model>) -> Result<StoredEvent, StoreError> {
    let events::Model {
        stream,
        n,
        event,
        kind,
        version,
        organ: _,
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
    } = row;
    let sealed = body.map(|body| {
        let sealed_bodies::Model { event: _, subject, bytes, commitment_key } = body;
        Ok::<_, StoreError>(SealedBody { subject, bytes, commitment_key: hash(commitment_key)? })
    });
    let event = NewEvent {
        event: parse(&event)?,
        kind,
        version: u16::try_from(version).doing("reading the version of an event")?,
        actor: actor.as_deref().map(parse).transpose()?,
        post: post.as_deref().map(parse).transpose()?,
        unit: unit.as_deref().map(parse).transpose()?,
        acting_for: acting_for.as_deref().map(parse).transpose()?,
        stage,
        draft: draft.as_deref().map(parse).transpose()?,
        adopts_draft: adopts_draft.as_deref().map(parse).transpose()?,
        opinion,
        occurred_on,
        recorded_at,
        json,
        leaf,
        leaf_hash: hash(leaf_hash)?,
        body_key: body_key.map(hash).transpose()?,
        sealed: sealed.transpose()?,
    };
    Ok(StoredEvent { stream: parse(&stream)?, n: unsigned(n)?, event })
}
