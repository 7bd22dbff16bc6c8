//! What the log has on record about itself, and who looked what up.

use async_graphql::{Context, Description, ID, Object, Result, SimpleObject};
use dingce_app::policy::Right;
use dingce_app::ports::{self, Direction, ReadRow as _, RowQuery};
use dingce_app::read_rows::LogNoteRow;
use dingce_app::use_cases::{LOOKUPS_MAX, LookupKind};
use dingce_domain::log_note::LogNoteEvent;

use super::directory::{Person, person};
use super::errors::Failure;
use super::page::{Page, PageArgs, page};
use super::scope::Scope;
use crate::convert::{Date, DateTime, Long, Word};

/// A note of the log about itself: written by the system, with a leaf of its own like every act.
#[derive(Debug, Clone, Description)]
pub struct LogNote {
    row: LogNoteRow,
    said: LogNoteEvent,
}

impl LogNote {
    fn of(row: LogNoteRow, scope: &Scope) -> std::result::Result<Self, Failure> {
        let said = scope.read::<_, LogNoteRow>(&row.said_json)?;
        Ok(Self { row, said })
    }
}

#[Object(use_type_description)]
impl LogNote {
    /// Its id. Opaque.
    async fn id(&self) -> ID {
        self.row.note.as_str().into()
    }

    /// What kind of note, as its leaf names it.
    async fn kind(&self) -> &str {
        &self.row.kind
    }

    /// The same in the reader's language.
    async fn name(&self, ctx: &Context<'_>) -> Result<String> {
        Ok(Scope::of(ctx)?.lang.of(dingce_app::language::Language::shipped().event(&self.row.kind)))
    }

    /// When it was recorded.
    async fn recorded_at(&self) -> DateTime {
        DateTime::of_millis(self.row.recorded_at)
    }

    /// The day that it is about; none but for heads of streams.
    async fn on(&self) -> Option<Date> {
        match &self.said {
            LogNoteEvent::HeadsRecorded { on, .. } => Some(Date(*on)),
            _ => None,
        }
    }

    /// How many entries the log had, or has after it was restored.
    async fn size(&self) -> Option<Long> {
        match &self.said {
            LogNoteEvent::HeadsRecorded { size, .. } | LogNoteEvent::Timestamped { size, .. } => Some(Long(*size)),
            LogNoteEvent::Restored { to, .. } => Some(Long(*to)),
            _ => None,
        }
    }

    /// Of how many streams it speaks.
    async fn streams(&self) -> Option<Long> {
        match &self.said {
            LogNoteEvent::HeadsRecorded { streams, .. } | LogNoteEvent::Restored { streams, .. } => {
                Some(Long(*streams))
            }
            _ => None,
        }
    }

    /// The root or digest that its leaf names.
    async fn digest(&self) -> Option<String> {
        self.said.digest().map(|digest| digest.to_string())
    }

    /// How many events are lost after it; none where it is not about that.
    async fn lost(&self) -> Option<Long> {
        match &self.said {
            LogNoteEvent::Restored { lost, .. } | LogNoteEvent::EventsReturned { lost, .. } => Some(Long(*lost)),
            _ => None,
        }
    }

    /// The key that signs from here on, as a verifier takes it.
    async fn key(&self) -> Option<&str> {
        match &self.said {
            LogNoteEvent::KeyRotated { to, .. } => Some(to),
            _ => None,
        }
    }
}

/// That somebody looked something up.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(complex)]
pub struct Lookup {
    /// Its number; they have no gaps.
    pub number: Long,
    /// When.
    pub at: DateTime,
    /// What kind of look-up.
    pub kind: Word<LookupKind>,
    /// About what: the id of a case, a person, a unit, an event or a file.
    pub subject: ID,
    #[graphql(skip)]
    by: dingce_domain::id::PersonId,
}

#[async_graphql::ComplexObject]
impl Lookup {
    /// Who.
    async fn person(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        Ok(person(Scope::of(ctx)?, Some(self.by)).await?)
    }
}

/// Notes of the log, the latest first.
///
/// # Errors
/// `FORBIDDEN`, and `BAD_CURSOR` for the arguments.
pub async fn notes(scope: &Scope, args: PageArgs) -> std::result::Result<Page<LogNote>, Failure> {
    scope.entitled(Right::ReadLookups).await?;
    let mut query = RowQuery::all(LogNoteRow::TABLE);
    query.order = vec!["recorded_at"];
    query.direction = Direction::Descending;
    page(scope, args, query, |row: LogNoteRow| LogNote::of(row, scope)).await
}

/// Look-ups of the reader's organ, the latest first.
///
/// # Errors
/// `FORBIDDEN`; where the store fails.
pub async fn lookups(
    scope: &Scope,
    before: Option<Long>,
    first: Option<i32>,
) -> std::result::Result<Vec<Lookup>, Failure> {
    let limit = first.map_or(LOOKUPS_MAX, |first| u64::try_from(first).unwrap_or(0).min(LOOKUPS_MAX));
    let found = scope.app.lookups(scope.principal()?, before.map(|before| before.0), limit).await;
    let told = |lookup: ports::Lookup| -> std::result::Result<Lookup, Failure> {
        let kind = Word::of(&lookup.kind).ok_or_else(|| {
            scope.fail(dingce_app::AppError::internal("reading a look-up", format!("no kind {}", lookup.kind)))
        })?;
        let (number, at, subject) = (Long(lookup.number), DateTime::of_millis(lookup.at), ID(lookup.subject));
        Ok(Lookup { number, at, kind, subject, by: lookup.person })
    };
    found.map_err(|error| scope.fail(error))?.into_iter().map(told).collect()
}
