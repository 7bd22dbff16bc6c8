//! Who looked what up: rows that are only ever added, numbered without gaps.

use dingce_app::ports::{Lookup, StoreError};
use dingce_domain::id::UnitId;
use sea_orm::sea_query::ExprTrait as _;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
    Statement,
};

use crate::Store;
use crate::bind::{signed, unsigned};
use crate::entity::ledger::lookups;
use crate::error::Doing;
use crate::read::parse;

/// Key of the advisory lock under which look-ups are numbered on PostgreSQL. Never change it: nodes of two releases must agree.
const LOCK: i64 = 0x6c6f_6f6b_7570;

impl Store {
    /// One after another, on every node: on SQLite by the write lock, on PostgreSQL by an advisory one.
    pub(crate) async fn write_lookup(&self, lookup: &Lookup) -> Result<u64, StoreError> {
        let doing = "recording a look-up";
        let tx = self.begin().await.doing(doing)?;
        if tx.get_database_backend() == DbBackend::Postgres {
            let lock = "SELECT pg_advisory_xact_lock($1)";
            let lock = Statement::from_sql_and_values(DbBackend::Postgres, lock, [LOCK.into()]);
            tx.query_one_raw(lock).await.doing(doing)?;
        }
        let last = lookups::Entity::find().order_by_desc(lookups::Column::Number).one(&tx).await.doing(doing)?;
        let number = last.map_or(0, |row| row.number) + 1;
        let row = lookups::Model {
            number,
            organ: lookup.organ.to_string(),
            at: lookup.at,
            person: lookup.person.to_string(),
            post: lookup.post.to_string(),
            kind: lookup.kind.clone(),
            subject: lookup.subject.clone(),
        };
        lookups::Entity::insert(row.into_active_model()).exec_without_returning(&tx).await.doing(doing)?;
        tx.commit().await.doing(doing)?;
        unsigned(number)
    }

    pub(crate) async fn last_lookup(&self) -> Result<u64, StoreError> {
        let last = lookups::Entity::find().order_by_desc(lookups::Column::Number).one(&self.reader).await;
        last.doing("reading the number of the last look-up")?.map_or(Ok(0), |row| unsigned(row.number))
    }

    pub(crate) async fn read_lookups(
        &self,
        organ: Option<UnitId>,
        after: u64,
        until: u64,
        newest: u64,
    ) -> Result<Vec<Lookup>, StoreError> {
        use lookups::Column::{Number, Organ};
        let mut query = lookups::Entity::find().filter(Number.gt(signed(after)?).and(Number.lte(signed(until)?)));
        if let Some(organ) = organ {
            query = query.filter(Organ.eq(organ.to_string()));
        }
        let rows = query.order_by_desc(Number).limit(newest).all(&self.reader).await.doing("reading look-ups")?;
        rows.into_iter()
            .rev()
            .map(|row| {
                let lookups::Model { number, organ, at, person, post, kind, subject } = row;
                let (organ, person, post) = (parse(&organ)?, parse(&person)?, parse(&post)?);
                Ok(Lookup { number: unsigned(number)?, organ, at, person, post, kind, subject })
            })
            .collect()
    }
}
