//! Who looked what up: rows that are only ever added, numbered without gaps.

use dingce_app::ports::{Lookup, StoreError};
use dingce_domain::id::UnitId;
use sea_orm::sea_query::ExprTrait as _;
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect};

use crate::Store;
use crate::bind::{signed, unsigned};
use crate::entity::ledger::lookups;
use crate::error::{Doing, Failure};
use crate::read::parse;

/// How often a number is tried that another node took.
const TRIES: u32 = 20;

impl Store {
    pub(crate) async fn write_lookup(&self, lookup: &Lookup) -> Result<u64, StoreError> {
        let doing = "recording a look-up";
        for _ in 0..TRIES {
            let number = self.last_lookup().await? + 1;
            let row = lookups::Model {
                number: signed(number)?,
                organ: lookup.organ.to_string(),
                at: lookup.at,
                person: lookup.person.to_string(),
                post: lookup.post.to_string(),
                kind: lookup.kind.clone(),
                subject: lookup.subject.clone(),
            };
            let insert = lookups::Entity::insert(row.into_active_model());
            match insert.exec_without_returning(&self.writer).await.map_err(Failure::from) {
                Ok(_) => return Ok(number),
                // Its number was taken meanwhile.
                Err(Failure::Constraint(_) | Failure::Transient(_)) => {}
                Err(Failure::Broken(error)) => return Err(StoreError::new(doing, error)),
            }
        }
        Err(StoreError::new(doing, "others look up too much at once"))
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
