//! Nodes over a real database: the invented district entered, the shipped definition published, time and chance in the
//! hands of the test.

use std::path::Path;
use std::sync::Arc;

use dingce_app::policy::Policy;
use dingce_app::ports::{Append, EventStore, MasterKey};
use dingce_app::{App, Parts, Publisher};
use dingce_domain::time::Calendar;
use dingce_store::{ObjectFiles, Store, StoreOptions};
use dingce_testkit::outside::{ManualClock, SeededChance};
use dingce_testkit::{law, staff};
use jiff::civil::{Date, date};
use tempfile::TempDir;
use tokio::sync::OnceCell;

use crate::between::Between;

/// Which database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    /// Embedded.
    Sqlite,
    /// A server.
    Postgres,
}

impl Backend {
    /// An empty database: its URL, and the folder that holds it, if one does.
    async fn database(self) -> (Option<TempDir>, String) {
        match self {
            Self::Sqlite => {
                let (folder, url) = dingce_testkit::sqlite::database();
                (Some(folder), url)
            }
            Self::Postgres => (None, dingce_testkit::postgres::database().await),
        }
    }
}

/// Runs each test on both databases: each name is an `async fn(Backend)` beside.
#[macro_export]
macro_rules! on_both {
    ($($name:ident),+ $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                super::$name($crate::harness::Backend::Sqlite).await;
            })+
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                super::$name($crate::harness::Backend::Postgres).await;
            })+
        }
    };
}

/// Most bytes of a document.
pub const DOCUMENT_MAX: u64 = 1024 * 1024;
/// Friday, 1 March 2024: where every test's clock stands at first.
pub const FIRST_DAY: Date = date(2024, 3, 1);

/// A database and a folder of documents, both gone with this value.
pub struct Site {
    /// Which database.
    pub backend: Backend,
    /// How to reach it.
    pub url: String,
    /// The documents.
    pub files: TempDir,
    _folder: Option<TempDir>,
}

/// One node of the application.
pub struct Node {
    /// The application.
    pub app: Arc<App>,
    /// What stands before its store.
    pub store: Arc<Between>,
    /// Its clock.
    pub clock: Arc<ManualClock>,
}

impl Site {
    /// An empty database that is migrated but not set up.
    pub async fn bare(backend: Backend) -> Self {
        let (folder, url) = backend.database().await;
        Store::migrate(&options(&url)).await.expect("the migration runs");
        Self { backend, url, files: tempfile::tempdir().expect("a folder for documents"), _folder: folder }
    }

    /// A database with the district and the definition.
    pub async fn new(backend: Backend) -> Self {
        Self::bare(backend).await.with_the_district().await
    }

    /// The same, whose database lies on this disk; of PostgreSQL tables and indexes do, and the write-ahead log does not.
    pub async fn on_disk(backend: Backend, disk: &Path) -> Self {
        let url = match backend {
            Backend::Sqlite => format!("sqlite://{}", disk.join("dingce.sqlite").display()),
            Backend::Postgres => dingce_testkit::postgres::database_on(disk).await,
        };
        Store::migrate(&options(&url)).await.expect("the migration runs");
        let files = tempfile::tempdir().expect("a folder for documents");
        Self { backend, url, files, _folder: None }.with_the_district().await
    }

    async fn with_the_district(self) -> Self {
        let store = self.store().await;
        for append in set_up().await {
            let answers = store.append(vec![append.clone()]).await;
            assert!(answers.iter().all(Result::is_ok), "{answers:?}");
        }
        store.close().await.expect("the store closes");
        self
    }

    /// Another site with the database as it is now, as a backup brings it back; documents are the same.
    pub async fn restored(&self) -> Self {
        let copy = tempfile::tempdir().expect("a folder");
        let store = self.store().await;
        store.backup_database(copy.path()).await.expect("copied");
        store.close().await.expect("the store closes");
        let (folder, url) = self.backend.database().await;
        Store::restore_database(&url, copy.path()).await.expect("restored");
        let files = tempfile::tempdir().expect("a folder for documents");
        for entry in walk(self.files.path()) {
            let to = files.path().join(entry.strip_prefix(self.files.path()).expect("below"));
            std::fs::create_dir_all(to.parent().expect("a folder")).expect("made");
            std::fs::copy(&entry, to).expect("copied");
        }
        Self { backend: self.backend, url, files, _folder: folder }
    }

    /// A handle to the store of its own.
    pub async fn store(&self) -> Store {
        Store::open(options(&self.url)).await.expect("the store opens")
    }

    /// A node with chance from this seed, whose clock stands on the first day.
    pub async fn node(&self, seed: u64) -> Node {
        self.node_with(seed, law::calendars()).await
    }

    /// The same with other calendars.
    pub async fn node_with(&self, seed: u64, calendar: Calendar) -> Node {
        self.node_of(seed, calendar, None).await
    }

    /// A node that publishes the log.
    pub async fn publishing_node(&self, seed: u64, publisher: Publisher) -> Node {
        self.node_of(seed, law::calendars(), Some(publisher)).await
    }

    async fn node_of(&self, seed: u64, calendar: Calendar, publisher: Option<Publisher>) -> Node {
        let store = Between::new(Arc::new(self.store().await));
        let clock = Arc::new(ManualClock::at(FIRST_DAY));
        let files = ObjectFiles::folder(self.files.path(), DOCUMENT_MAX).expect("a folder for documents");
        let app = App::new(Parts {
            store: Arc::clone(&store) as Arc<dyn EventStore>,
            files: Arc::new(files),
            clock: Arc::clone(&clock) as _,
            chance: Arc::new(SeededChance::new(seed)),
            master: MasterKey([7; 32]),
            calendar,
            policy: Policy::parse(Policy::SHIPPED).expect("the shipped policy can be read"),
            publisher,
        });
        Node { app, store, clock }
    }
}

/// Every file below a folder.
fn walk(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() { files.extend(walk(&path)) } else { files.push(path) }
    }
    files
}

fn options(url: &str) -> StoreOptions {
    let mut options = StoreOptions::new(url, dingce_app::read_rows::TABLES.to_vec());
    options.connections = 4;
    options
}

/// What set-up appends, made once: a proof takes seconds, and every database gets the same bytes.
async fn set_up() -> &'static [Append] {
    static APPENDS: OnceCell<Vec<Append>> = OnceCell::const_new();
    APPENDS
        .get_or_init(|| async {
            let site = Site::bare(Backend::Sqlite).await;
            let node = site.node(0x5E7).await;
            node.app.set_up_directory(staff::DIRECTORY, staff::directory()).await.expect("the directory opens");
            node.app.set_up_definition(staff::unit("organ"), law::NATIONAL).await.expect("the definition is proven");
            node.store.appended()
        })
        .await
}
