//! Nodes over one store, and the acts that the tests do.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};

use async_trait::async_trait;
use dingce_app::envelope::{self, Act, Drawn};
use dingce_app::policy::Policy;
use dingce_app::ports::*;
use dingce_app::principal::FoundHats;
use dingce_app::read_rows::DefinitionRow;
use dingce_app::stream::{Loaded, Stream, Tip};
use dingce_app::use_cases::Asked;
use dingce_app::{App, AppError, Done, Parts, Principal, RequestKey};
use dingce_definition::Certificate;
use dingce_definition::prove::RULES_VERSION;
use dingce_domain::act::{OpenCase, OpenSolicitation};
use dingce_domain::case::Case;
use dingce_domain::catalogue::{CatalogueKind, Head};
use dingce_domain::code::Code;
use dingce_domain::consultation::{Channel, Commenter, Consultation, ConsultationEvent, SubmitComment};
use dingce_domain::event::CaseEvent;
use dingce_domain::id::{CaseId, ConsultationId, Digest, DraftId, EventId, StreamId};
use dingce_domain::occasion::{Actor, Manner};
use dingce_domain::time::Calendar;
use dingce_domain::words::{MatterClass, Proposer, StageKind};
use dingce_testkit::law;
use dingce_testkit::outside::{ManualClock, SeededChance};
use dingce_testkit::staff;
use jiff::Timestamp;
use jiff::civil::{Date, date};
use uuid::Uuid;

use crate::memory::MemoryStore;

/// The day on which every test begins, at ten in the morning.
pub const TODAY: Date = date(2026, 3, 2);
/// The consultation of the tests.
pub const CONSULTATION: ConsultationId = ConsultationId::new(Uuid::from_u128(0xC0));

/// No documents: the tests attach none.
struct NoFiles;

#[async_trait]
impl FileStore for NoFiles {
    async fn put(&self, _: ByteStream, _: Option<u64>, _: Option<Digest>) -> Result<StoredFile, UploadError> {
        Err(UploadError::TooLarge { limit_bytes: 0 })
    }
    async fn stat(&self, _: Digest) -> Result<Option<StoredFile>, StoreError> {
        Ok(None)
    }
    async fn get(&self, _: Digest) -> Result<Option<ByteStream>, StoreError> {
        Ok(None)
    }
}

/// One node: its application and its clock.
pub struct Node {
    pub app: Arc<App>,
    pub clock: Arc<ManualClock>,
}

/// A node over a store. The seed makes its chance differ from that of other nodes.
pub fn node(store: &Arc<MemoryStore>, seed: u64) -> Node {
    node_with(store, seed, law::calendars())
}

pub fn node_with(store: &Arc<MemoryStore>, seed: u64, calendar: Calendar) -> Node {
    let clock = Arc::new(ManualClock::at(TODAY));
    let app = App::new(Parts {
        store: Arc::clone(store) as Arc<dyn EventStore>,
        files: Arc::new(NoFiles),
        clock: Arc::clone(&clock) as Arc<dyn Clock>,
        chance: Arc::new(SeededChance::new(seed)),
        master: MasterKey([7; 32]),
        calendar,
        policy: Policy::parse(Policy::SHIPPED).expect("the shipped policy"),
        publisher: None,
    });
    Node { app, clock }
}

/// A store with the directory of the invented district, and a node over it.
pub async fn district() -> (Arc<MemoryStore>, Node) {
    let store = Arc::new(MemoryStore::new());
    let first = node(&store, 1);
    first.app.set_up_directory(staff::DIRECTORY, staff::directory()).await.expect("the directory opens");
    (store, first)
}

pub fn principal(who: &str) -> Principal {
    Principal { person: staff::person(who), post: None, acting_for: None }
}

pub fn asked(who: &str, key: Option<RequestKey>) -> Asked {
    Asked { who: principal(who), key, manner: Manner::Online, hats: FoundHats::default() }
}

pub fn key(who: &str, key: &str, input: &str) -> Option<RequestKey> {
    Some(RequestKey::new(staff::person(who), "operation", key, &input).expect("a key"))
}

pub fn code<T: std::fmt::Debug>(result: Result<T, AppError>) -> Code {
    match result {
        Err(AppError::Rejected(rejection)) => rejection.code,
        other => panic!("expected a refusal, but got {other:?}"),
    }
}

/// A catalogue that no other call gives: an act that asks for little.
pub fn catalogue(title: &str) -> Head {
    static DRAWN: AtomicU16 = AtomicU16::new(0);
    let drawn = DRAWN.fetch_add(1, Ordering::Relaxed);
    let year = 2026 + i16::try_from(drawn / 99).expect("few are drawn");
    Head { kind: CatalogueKind::Decision, year, batch: drawn % 99 + 1, title: title.to_owned(), doc_no: None }
}

pub async fn publish(app: &App, key: Option<RequestKey>, title: &str) -> Result<Done, AppError> {
    app.compile_catalogue(asked("clerk", key), catalogue(title)).await
}

pub async fn comment(app: &App, key: Option<RequestKey>, text: &str) -> Result<Done, AppError> {
    let given =
        SubmitComment { channel: Channel::Web, clause: String::new(), text: text.to_owned(), suggests_hearing: false };
    app.submit_comment(key, CONSULTATION, given, Commenter::default()).await
}

/// Appends events to a stream past all rules, chained and with all that follows.
pub async fn seed<S: Stream>(store: &MemoryStore, id: S::Id, bodies: Vec<S::Event>) -> Vec<EventId> {
    let stream: StreamId = id.into();
    let (actor, manner, now) = (Actor::System, Manner::Online, dingce_testkit::outside::instant(TODAY, 9));
    let organ = staff::unit("organ");
    let mut loaded: Option<Loaded<S>> = None;
    for stored in store.all(stream) {
        let recorded = envelope::read::<S::Event>(&stored).expect("a readable event");
        loaded = Some(after(id, loaded, &recorded, stored.event.leaf_hash));
    }
    let expected_n = loaded.as_ref().map_or(0, |l| l.tip.n);
    let (mut events, mut recorded) = (Vec::new(), Vec::new());
    for body in bodies {
        let n = loaded.as_ref().map_or(0, |l| l.tip.n) + 1;
        let prev = loaded.as_ref().map(|l| l.tip.leaf_hash);
        let event = EventId::new(Uuid::from_u128(stream.value.as_u128() << 16 | u128::from(n)));
        let drawn = Drawn { event, salt: [1; 32], body_key: [2; 32] };
        let act = Act { stream, organ, actor: &actor, manner: &manner, now, law: None, cal: None };
        let marks = S::marks(&body);
        let (envelope, new) = envelope::record(&act, n, prev, &body, marks, drawn, None, None).expect("an event");
        let one = envelope::Recorded { envelope, body };
        loaded = Some(after(id, loaded, &one, new.leaf_hash));
        events.push(new);
        recorded.push(one);
    }
    let follows = S::follows(id, &loaded.expect("at least one event"), &recorded);
    let ids = events.iter().map(|e| e.event).collect();
    let append = Append {
        stream,
        organ,
        expected_n,
        events,
        rows: follows.rows,
        deadlines: follows.deadlines,
        outbox: follows.outbox,
        answers: None,
        clearances: follows.clearances,
        claims: follows.claims,
        idempotency: None,
        subject_keys: Vec::new(),
    };
    store.append(vec![append]).await.remove(0).expect("the seed is written");
    ids
}

fn after<S: Stream>(
    id: S::Id,
    before: Option<Loaded<S>>,
    recorded: &envelope::Recorded<S::Event>,
    leaf_hash: [u8; 32],
) -> Loaded<S> {
    let at = recorded.envelope.recorded_at.as_millisecond();
    let tip = Tip { n: recorded.envelope.n, leaf_hash, first_at: at, last_at: at, organ: recorded.envelope.organ };
    Loaded { state: S::evolve(before.map(|l| l.state), id, recorded).expect("a possible event"), tip }
}

/// Opens the consultation of the tests, from today to its last day, without a case.
pub async fn consult(store: &MemoryStore, closes_on: Date) {
    let opened = ConsultationEvent::Opened {
        case: CaseId::new(Uuid::from_u128(0xCA)),
        draft: DraftId::new(Uuid::from_u128(0xD)),
        title: "事项".to_owned(),
        opens_on: TODAY,
        closes_on,
    };
    seed::<Consultation>(store, CONSULTATION, vec![opened]).await;
}

/// Opens a case of the water bureau under the national definition, which counts as proven.
pub async fn case(store: &MemoryStore, app: &App) -> CaseId {
    let def = law::definition();
    let certificate = Certificate {
        definition: def.hash,
        rules_version: RULES_VERSION,
        states: 1,
        transitions: 1,
        proven_at: Timestamp::UNIX_EPOCH,
    };
    let row = DefinitionRow {
        hash: def.hash.to_string(),
        definition: dingce_domain::id::DefinitionId::new(Uuid::from_u128(1)).to_string(),
        name: def.name.to_string(),
        version: i64::from(def.version),
        title_zh: def.title.zh.clone(),
        title_en: def.title.en.clone(),
        valid_from: def.valid_from.to_string(),
        valid_to: None,
        source: law::NATIONAL.to_owned(),
        certificate_json: serde_json::to_string(&certificate).expect("a certificate as JSON"),
        published_at: 0,
    };
    store.put_rows(vec![row.put()]);
    let given = OpenCase {
        title: "事项".to_owned(),
        summary: "摘要".to_owned(),
        class: Some(MatterClass::Plan),
        proposer: Proposer::Unit,
        proposal_reference: String::new(),
        entry: None,
        adjusts: None,
        proposal: None,
        undertaking_unit: staff::unit("water"),
        facts: BTreeMap::new(),
        overlays: Default::default(),
    };
    let done = app.open_case(asked("clerk", None), None, given).await.expect("a case opens");
    CaseId::new(done.stream.value)
}

/// Opens the solicitation of the case past all rules; the consultation follows by message.
pub async fn solicit(store: &MemoryStore, case: CaseId, closes_on: Date) -> EventId {
    let given = OpenSolicitation {
        draft: DraftId::new(Uuid::from_u128(0xD)),
        opens_on: TODAY,
        closes_on,
        shortening_reason: Some("紧急".to_owned()),
        channels: vec!["网站".to_owned()],
        contact: "区水务局".to_owned(),
        documents: Vec::new(),
    };
    let def = law::definition();
    let at = def.positions(StageKind::PublicParticipation).next().expect("a stage for participation");
    let stage = def.stages[at].id.clone();
    let event = CaseEvent::SolicitationOpened { stage, consultation: CONSULTATION, given };
    seed::<Case>(store, case, vec![event]).await[0]
}
