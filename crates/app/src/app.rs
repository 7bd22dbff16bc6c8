//! The application: everything that use cases share.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, RwLock};

use dingce_domain::definition::Definition;
use dingce_domain::id::{Digest, OrganisationId, UnitId};
use dingce_domain::time::Calendar;
use jiff::Timestamp;
use jiff::civil::Date;
use tokio::sync::{Notify, Semaphore};

use crate::cache::Cache;
use crate::committer::{Lane, Turns};
use crate::held::Held;
use crate::policy::Policy;
use crate::ports::{Chance, Clock, EventStore, FileStore, MasterKey};
use crate::publisher::Publisher;
use crate::use_cases::figures::KeptFigures;
use crate::use_cases::managers::MessageKey;
use crate::use_cases::sequencing::Lease;
use crate::use_cases::timers::Timer;

/// What the application is made of.
pub struct Parts {
    /// Events and read tables.
    pub store: Arc<dyn EventStore>,
    /// Documents.
    pub files: Arc<dyn FileStore>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Chance.
    pub chance: Arc<dyn Chance>,
    /// The key that wraps subjects' keys.
    pub master: MasterKey,
    /// Working days.
    pub calendar: Calendar,
    /// Rights outside cases.
    pub policy: Policy,
    /// Who publishes the log; `None` where it is only kept.
    pub publisher: Option<Publisher>,
}

/// A definition as an organ confirmed it, with the day for which that is settled.
pub(crate) type Settled = (Date, Arc<Definition>);

/// The application. Use cases are its methods, in `use_cases/`.
pub struct App {
    pub(crate) store: Arc<dyn EventStore>,
    pub(crate) files: Arc<dyn FileStore>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) chance: Arc<dyn Chance>,
    pub(crate) master: MasterKey,
    pub(crate) policy: Policy,
    pub(crate) publisher: Option<Publisher>,
    pub(crate) officials: Lane,
    pub(crate) public: Lane,
    pub(crate) calendar: RwLock<Arc<Calendar>>,
    pub(crate) definitions: RwLock<HashMap<Digest, Arc<Definition>>>,
    /// Definitions as organs confirmed them, as of a day.
    pub(crate) confirmed: RwLock<HashMap<(Digest, UnitId), Settled>>,
    /// Directories of organs, once found.
    pub(crate) directories: RwLock<HashMap<UnitId, OrganisationId>>,
    pub(crate) cache: Cache,
    /// Turns at streams, whatever the lane.
    pub(crate) turns: Turns,
    /// Told after every commit of this node, so that timers, process managers and the sequencer need not poll.
    pub(crate) written: Notify,
    /// Timers that had nothing to say or could not be fired.
    pub(crate) idle_timers: Held<Timer>,
    /// Messages that could not be delivered yet.
    pub(crate) late_messages: Held<MessageKey>,
    /// Digest of the calendar that all clocks were last held against.
    pub(crate) followed: Mutex<Option<String>>,
    /// Figures as they were last taken, for those who turn pages.
    pub(crate) figures_kept: Mutex<Vec<KeptFigures>>,
    /// How many may count figures at once: each holds what it counted.
    pub(crate) counting: Semaphore,
    /// The sequencer's lease.
    pub(crate) lease: Mutex<Option<Lease>>,
    /// The name under which this node holds leases.
    pub(crate) node: String,
    /// The day for which this node last saw the heads of all streams on record.
    pub(crate) heads_on: Mutex<Option<Date>>,
    /// Number of the last look-up that this node knows to be in the log.
    pub(crate) lookups_recorded: Mutex<u64>,
}

impl App {
    /// Puts the application together. Must be called inside a tokio runtime.
    pub fn new(parts: Parts) -> Arc<Self> {
        let Parts { store, files, clock, chance, master, calendar, policy, publisher } = parts;
        let node = chance.id(clock.now()).to_string();
        Arc::new(Self {
            officials: Lane::open(Arc::clone(&store)),
            public: Lane::open(Arc::clone(&store)),
            store,
            files,
            clock,
            chance,
            master,
            policy,
            publisher,
            calendar: RwLock::new(Arc::new(calendar)),
            definitions: RwLock::new(HashMap::new()),
            confirmed: RwLock::new(HashMap::new()),
            directories: RwLock::new(HashMap::new()),
            cache: Cache::default(),
            turns: Turns::default(),
            written: Notify::new(),
            idle_timers: Held::default(),
            late_messages: Held::default(),
            followed: Mutex::new(None),
            figures_kept: Mutex::new(Vec::new()),
            counting: Semaphore::new(2),
            lease: Mutex::new(None),
            node,
            heads_on: Mutex::new(None),
            lookups_recorded: Mutex::new(0),
        })
    }

    /// The present instant.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The present day where the organ is.
    pub fn today(&self) -> Date {
        self.calendar().zone().date_of(self.now())
    }

    /// The calendar in use.
    pub fn calendar(&self) -> Arc<Calendar> {
        Arc::clone(&self.calendar.read().unwrap_or_else(std::sync::PoisonError::into_inner))
    }

    /// The digest by which records name the calendar.
    pub(crate) fn calendar_digest(&self) -> Option<Digest> {
        format!("sha256:{}", self.calendar().digest()).parse().ok()
    }

    /// Takes another calendar into use; clocks follow when timers next run.
    pub fn use_calendar(&self, calendar: Calendar) {
        *self.calendar.write().unwrap_or_else(std::sync::PoisonError::into_inner) = Arc::new(calendar);
    }

    /// The store, for reads that no use case adds anything to.
    pub fn store(&self) -> &Arc<dyn EventStore> {
        &self.store
    }

    /// The file store.
    pub fn files(&self) -> &Arc<dyn FileStore> {
        &self.files
    }

    /// Waits until this node has written something.
    pub async fn written(&self) {
        self.written.notified().await;
    }
}
