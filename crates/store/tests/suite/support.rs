//! One fresh database for each test, and short ways to write events.

use std::sync::atomic::{AtomicU64, Ordering};

use dingce_app::ports::{Append, AppendError, Appended, ClearanceKind, ClearanceRow, EventStore, NewEvent, Table};
use dingce_domain::id::{CaseId, DraftId, EventId, StreamId, UnitId};
use dingce_store::{Store, StoreOptions};
use sea_orm::{ConnectionTrait, Database, DatabaseConnection, DbErr};
use tempfile::TempDir;
use uuid::Uuid;

dingce_app::read_rows! {
    /// A town, to try read tables with.
    TownRow in "town" key [id] indexes [[name], [people, name]] {
        /// Which one.
        id: String,
        /// Its name.
        name: String,
        /// How many live there; absent where not counted.
        people: Option<i64>,
        /// Whether it has a wall.
        walled: bool,
    }
    /// A pair, whose columns are all part of the key.
    PairRow in "pair" key [left_id, right_id] indexes [] {
        /// One side.
        left_id: String,
        /// The other side.
        right_id: String,
    }
}

pub const TABLES: [&Table; 2] =
    [<TownRow as dingce_app::ports::ReadRow>::TABLE, <PairRow as dingce_app::ports::ReadRow>::TABLE];

pub struct Db {
    pub store: Store,
    pub url: String,
    _folder: Option<TempDir>,
}

pub async fn sqlite_url() -> (Option<TempDir>, String) {
    let (folder, url) = dingce_testkit::sqlite::database();
    (Some(folder), url)
}

pub async fn postgres_url() -> (Option<TempDir>, String) {
    (None, dingce_testkit::postgres::database().await)
}

impl Db {
    pub async fn new((folder, url): (Option<TempDir>, String)) -> Self {
        let options = StoreOptions::new(&url, TABLES.to_vec());
        Store::migrate(&options).await.expect("the migration runs");
        let store = Store::open(options).await.expect("the store opens");
        Self { store, url, _folder: folder }
    }

    /// A database that exists already.
    pub async fn reopened(url: &str) -> Self {
        let store = Store::open(StoreOptions::new(url, TABLES.to_vec())).await.expect("the store opens");
        Self { store, url: url.to_owned(), _folder: None }
    }

    /// A connection past the store, as an administrator has.
    pub async fn direct(&self) -> DatabaseConnection {
        Database::connect(self.url.as_str()).await.expect("a direct connection")
    }

    /// Runs SQL past the store.
    pub async fn sql(&self, sql: &str) -> Result<u64, DbErr> {
        let direct = self.direct().await;
        let done = direct.execute_unprepared(sql).await.map(|done| done.rows_affected());
        direct.close().await.expect("the direct connection closes");
        done
    }

    pub async fn one(&self, append: Append) -> Result<Appended, AppendError> {
        self.store.append(vec![append]).await.pop().expect("one answer")
    }

    pub async fn count(&self, table: &str) -> i64 {
        let direct = self.direct().await;
        let sql = format!("SELECT count(*) FROM {table}");
        let row = direct.query_one_raw(sea_orm::Statement::from_string(direct.get_database_backend(), sql)).await;
        row.expect("a count").expect("a row").try_get_by_index(0).expect("a number")
    }
}

/// Runs each test on both databases.
macro_rules! on_both {
    ($($name:ident),+ $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                super::$name($crate::support::Db::new($crate::support::sqlite_url().await).await).await;
            })+
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                super::$name($crate::support::Db::new($crate::support::postgres_url().await).await).await;
            })+
        }
    };
}
pub(crate) use on_both;

static NEXT: AtomicU64 = AtomicU64::new(1);

pub fn case(number: u128) -> CaseId {
    CaseId::new(Uuid::from_u128(number))
}

pub fn stream(number: u128) -> StreamId {
    case(number).into()
}

pub fn draft(number: u128) -> DraftId {
    DraftId::new(Uuid::from_u128(number))
}

pub fn event_id(number: u128) -> EventId {
    EventId::new(Uuid::from_u128(number))
}

/// The organ of every stream here.
pub fn organ() -> UnitId {
    UnitId::new(Uuid::from_u128(1))
}

/// An event with an id greater than those before it, and another than in any other process.
pub fn event(kind: &str) -> NewEvent {
    let (process, next) = (u128::from(std::process::id()), u128::from(NEXT.fetch_add(1, Ordering::Relaxed)));
    event_with(event_id((next << 96) + (process << 32)), kind)
}

pub fn event_with(event: EventId, kind: &str) -> NewEvent {
    NewEvent {
        event,
        kind: kind.to_owned(),
        version: 1,
        actor: None,
        post: None,
        unit: None,
        acting_for: None,
        stage: None,
        draft: None,
        adopts_draft: None,
        opinion: None,
        occurred_on: None,
        recorded_at: 1_790_000_000_000,
        json: "{}".to_owned(),
        leaf: event.uuid().as_bytes().to_vec(),
        leaf_hash: [7; 32],
        body_key: None,
        sealed: None,
    }
}

pub fn append(stream: StreamId, expected_n: u64, events: Vec<NewEvent>) -> Append {
    Append {
        stream,
        organ: organ(),
        expected_n,
        events,
        rows: vec![],
        deadlines: vec![],
        outbox: vec![],
        answers: None,
        clearances: vec![],
        claims: vec![],
        idempotency: None,
        subject_keys: vec![],
    }
}

/// An append of one event that clears a draft.
pub fn clearing(number: u128, expected_n: u64, cleared: DraftId, kind: ClearanceKind) -> Append {
    let concluded = event("legality_review_concluded");
    let row = ClearanceRow { case: case(number), draft: cleared, event: concluded.event, kind };
    Append { clearances: vec![row], ..append(stream(number), expected_n, vec![concluded]) }
}
