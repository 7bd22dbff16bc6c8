//! The accountability file 责任追究案卷 (R713 arts. 38-41): from a clue to what the competent body found, as it stated it.
//!
//! One stream a file. The system shows facts and never says who is to answer for them: it keeps who received which clue,
//! whether it was admitted, the trace as it was frozen, harm as somebody else found it, posts and acts by number, to whom all
//! of it was handed, and what came back. Nothing is deleted: a refused clue stays, and a closed file is opened again at any
//! time, whoever of its persons has left office since (lifetime accountability 终身责任追究).

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::case::CorruptHistory;
use crate::check;
use crate::code::Code;
use crate::id::{AccountabilityFileId, CaseId, Digest, EntryId, PersonId, PostId, ProposalId, StreamId, UnitId};
use crate::occasion::On;
use crate::organisation::within;
use crate::rejection::Rejection;
use crate::words;
use crate::words::DocumentRef;

words! {
    /// Where a clue came from.
    ClueSource {
        /// Daily supervision 日常监督.
        DailyWork = "daily_work",
        /// Deputies of the people's congress 代表建议.
        Deputies = "deputies",
        /// Members of the political consultative conference 政协提案.
        Conference = "conference",
        /// Judicial advice of a court or a procuratorate 司法建议.
        JudicialAdvice = "judicial_advice",
        /// A complaint 投诉举报.
        Complaint = "complaint",
        /// The media 媒体报道.
        Media = "media",
        /// A superior 上级交办.
        Superior = "superior",
        /// Audit 审计.
        Audit = "audit",
    }

    /// What a file is about.
    SubjectKind {
        /// A case.
        Case = "case",
        /// An entry of a catalogue, e.g. one never begun.
        Entry = "entry",
        /// A proposal, e.g. one that nobody answered.
        Proposal = "proposal",
    }

    /// Where a file stands.
    AccountabilityState {
        /// The clue came, and nobody decided on it.
        Received = "received",
        /// The clue was not admitted.
        Refused = "refused",
        /// It was admitted, and no trace is frozen since.
        Admitted = "admitted",
        /// A trace is frozen.
        Traced = "traced",
        /// It was handed to the competent body.
        HandedOver = "handed_over",
        /// That body acknowledged it.
        Acknowledged = "acknowledged",
        /// That body stated a result.
        Concluded = "concluded",
        /// It is closed.
        Closed = "closed",
    }

    /// What came of a decision, or of its absence, as somebody found it (R713 art. 38).
    HarmKind {
        /// Serious loss 重大损失.
        SeriousLoss = "serious_loss",
        /// Vile effect 恶劣影响.
        VileEffect = "vile_effect",
    }

    /// In which class of persons of R713 art. 38 a post falls. It classes a post, and finds nothing about who holds it.
    PostCategory {
        /// Head of the organ or of the unit 主要负责人.
        Head = "head",
        /// Another leader 其他负责人员.
        OtherLeader = "other_leader",
        /// Whoever handled the matter 直接责任人员.
        Direct = "direct",
    }
}

/// What a file is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// A case.
    Case(CaseId),
    /// An entry of a catalogue.
    Entry(EntryId),
    /// A proposal.
    Proposal(ProposalId),
}

impl Subject {
    /// Which kind of thing.
    pub const fn kind(self) -> SubjectKind {
        match self {
            Self::Case(_) => SubjectKind::Case,
            Self::Entry(_) => SubjectKind::Entry,
            Self::Proposal(_) => SubjectKind::Proposal,
        }
    }
}

impl std::fmt::Display for Subject {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Case(case) => std::fmt::Display::fmt(case, f),
            Self::Entry(entry) => std::fmt::Display::fmt(entry, f),
            Self::Proposal(proposal) => std::fmt::Display::fmt(proposal, f),
        }
    }
}

/// Receive a clue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReceiveClue {
    /// Where it came from.
    pub source: ClueSource,
    /// Number under which the letter or lead is kept, 1 to 200 characters. Never the name of who complained.
    pub reference: String,
    /// When it came, not in the future.
    pub received_on: Date,
    /// What it is about.
    pub about: Subject,
    /// What it says, 1 to 10,000 characters.
    pub content: String,
    /// Units of which it speaks, beside those that have the matter; none twice.
    pub units: Vec<UnitId>,
    /// Persons of whom it speaks, none twice.
    pub persons: Vec<PersonId>,
    /// What came with it.
    pub documents: Vec<DocumentRef>,
}

/// Admit a clue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AdmitClue {
    /// Why.
    pub reason: String,
    /// The article on which it rests.
    pub article: String,
}

/// Refuse a clue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RefuseClue {
    /// Why.
    pub reason: String,
    /// The article on which it rests.
    pub article: String,
}

/// Freeze the trace of what the file is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FreezeTrace {
    /// Only what was recorded up to the end of this day, not in the future.
    pub as_known_on: Date,
}

/// The bytes of a frozen trace, and what they are a trace of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FrozenTrace {
    /// Digest of the canonical JSON, which is in the file store.
    pub digest: Digest,
    /// Its size in bytes.
    pub size_bytes: u64,
    /// The stream that was traced.
    pub stream: StreamId,
    /// Number of its newest event that was looked at.
    pub n: u64,
    /// Leaf hash of that event, which commits to all before it.
    pub leaf_hash: Digest,
}

/// Record that serious loss or vile effect was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordHarm {
    /// Which.
    pub harm: HarmKind,
    /// Who found it: body, or name and office. Never this system.
    pub found_by: String,
    /// When, not in the future.
    pub found_on: Date,
    /// What was found, in their words.
    pub statement: String,
    /// The material on which they found it, at least one document.
    pub documents: Vec<DocumentRef>,
}

/// A person by a post that they held, with events of the frozen trace in which they had it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NamePerson {
    /// Who.
    pub person: PersonId,
    /// In which post.
    pub post: PostId,
    /// The class of the post.
    pub category: PostCategory,
    /// Numbers of the events, at least one, none twice.
    pub acts: Vec<u64>,
}

/// Name persons by post.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NamePersons {
    /// At least one, none twice in the same post.
    pub persons: Vec<NamePerson>,
}

/// A post as the directory has it, copied when it is named.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PostNamed {
    /// Name of the person.
    pub name: String,
    /// Title of the post.
    pub title: String,
    /// The unit.
    pub unit: UnitId,
    /// Its name.
    pub unit_name: String,
}

/// Hand the file to the competent body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HandOverFile {
    /// Which body.
    pub body: String,
    /// The article by which it is competent.
    pub article: String,
    /// When, not in the future and not before the trace was frozen.
    pub handed_on: Date,
    /// The letter and what went with it, at least one document.
    pub documents: Vec<DocumentRef>,
}

/// Record the receipt of the competent body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordReceipt {
    /// Who received it: name and office.
    pub received_by: String,
    /// When, not in the future and not before it was handed over.
    pub received_on: Date,
    /// The receipt, at least one document.
    pub documents: Vec<DocumentRef>,
}

/// Record what the competent body stated as its result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordResult {
    /// When it stated it, not in the future and not before its receipt.
    pub stated_on: Date,
    /// Number of its document.
    pub number: String,
    /// What it stated, in its words.
    pub statement: String,
    /// Its document, at least one.
    pub documents: Vec<DocumentRef>,
}

/// Close the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CloseFile {
    /// Why.
    pub reason: String,
}

/// Open a closed or refused file again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReopenFile {
    /// Why.
    pub reason: String,
    /// What shows it.
    pub documents: Vec<DocumentRef>,
}

/// An act on a file that is there. What is looked up for an act by whoever decides stands in [`Found`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub enum AccountabilityAct {
    Admit(AdmitClue),
    Refuse(RefuseClue),
    Freeze(FreezeTrace),
    RecordHarm(RecordHarm),
    NamePersons(NamePersons),
    HandOver(HandOverFile),
    RecordReceipt(RecordReceipt),
    RecordResult(RecordResult),
    Close(CloseFile),
    Reopen(ReopenFile),
}

impl AccountabilityAct {
    /// Documents that are given with it.
    pub fn documents(&self) -> &[DocumentRef] {
        match self {
            Self::RecordHarm(given) => &given.documents,
            Self::HandOver(given) => &given.documents,
            Self::RecordReceipt(given) => &given.documents,
            Self::RecordResult(given) => &given.documents,
            Self::Reopen(given) => &given.documents,
            Self::Admit(_) | Self::Refuse(_) | Self::Freeze(_) | Self::NamePersons(_) | Self::Close(_) => &[],
        }
    }
}

/// One event of a file: what was given, by whom, and on which day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", deny_unknown_fields)]
#[allow(missing_docs)]
pub enum AccountabilityEvent {
    /// A clue was received.
    #[serde(rename = "clue_received")]
    Received { given: ReceiveClue, by: PersonId, on: Date },
    /// It was admitted.
    #[serde(rename = "clue_admitted")]
    Admitted { given: AdmitClue, by: PersonId, on: Date },
    /// It was refused.
    #[serde(rename = "clue_refused")]
    Refused { given: RefuseClue, by: PersonId, on: Date },
    /// A trace was frozen.
    #[serde(rename = "trace_frozen")]
    Frozen { given: FreezeTrace, trace: FrozenTrace, by: PersonId, on: Date },
    /// Loss or effect was recorded as somebody found it.
    #[serde(rename = "harm_recorded")]
    HarmRecorded { given: RecordHarm, by: PersonId, on: Date },
    /// Persons were named by post.
    #[serde(rename = "persons_named")]
    PersonsNamed { given: NamePersons, posts: Vec<PostNamed>, by: PersonId, on: Date },
    /// It was handed to the competent body.
    #[serde(rename = "accountability_handed_over")]
    HandedOver { given: HandOverFile, by: PersonId, on: Date },
    /// That body acknowledged it.
    #[serde(rename = "accountability_acknowledged")]
    Acknowledged { given: RecordReceipt, by: PersonId, on: Date },
    /// That body stated a result.
    #[serde(rename = "accountability_result_recorded")]
    ResultRecorded { given: RecordResult, by: PersonId, on: Date },
    /// It was closed.
    #[serde(rename = "accountability_closed")]
    Closed { given: CloseFile, by: PersonId, on: Date },
    /// It was opened again.
    #[serde(rename = "accountability_reopened")]
    Reopened { given: ReopenFile, by: PersonId, on: Date },
}

impl AccountabilityEvent {
    /// The kind, as stored.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Received { .. } => "clue_received",
            Self::Admitted { .. } => "clue_admitted",
            Self::Refused { .. } => "clue_refused",
            Self::Frozen { .. } => "trace_frozen",
            Self::HarmRecorded { .. } => "harm_recorded",
            Self::PersonsNamed { .. } => "persons_named",
            Self::HandedOver { .. } => "accountability_handed_over",
            Self::Acknowledged { .. } => "accountability_acknowledged",
            Self::ResultRecorded { .. } => "accountability_result_recorded",
            Self::Closed { .. } => "accountability_closed",
            Self::Reopened { .. } => "accountability_reopened",
        }
    }

    /// Who recorded it, and on which day it was done.
    pub const fn by_on(&self) -> (PersonId, Date) {
        match self {
            Self::Received { by, on, .. }
            | Self::Admitted { by, on, .. }
            | Self::Refused { by, on, .. }
            | Self::Frozen { by, on, .. }
            | Self::HarmRecorded { by, on, .. }
            | Self::PersonsNamed { by, on, .. }
            | Self::HandedOver { by, on, .. }
            | Self::Acknowledged { by, on, .. }
            | Self::ResultRecorded { by, on, .. }
            | Self::Closed { by, on, .. }
            | Self::Reopened { by, on, .. } => (*by, *on),
        }
    }

    /// Documents that came with it.
    pub fn documents(&self) -> &[DocumentRef] {
        match self {
            Self::Received { given, .. } => &given.documents,
            Self::HarmRecorded { given, .. } => &given.documents,
            Self::HandedOver { given, .. } => &given.documents,
            Self::Acknowledged { given, .. } => &given.documents,
            Self::ResultRecorded { given, .. } => &given.documents,
            Self::Reopened { given, .. } => &given.documents,
            Self::Admitted { .. }
            | Self::Refused { .. }
            | Self::Frozen { .. }
            | Self::PersonsNamed { .. }
            | Self::Closed { .. } => &[],
        }
    }

    /// Where the file stands after it; none where it stays where it was.
    const fn leads_to(&self) -> Option<AccountabilityState> {
        Some(match self {
            Self::Received { .. } => AccountabilityState::Received,
            Self::Admitted { .. } => AccountabilityState::Admitted,
            Self::Refused { .. } => AccountabilityState::Refused,
            Self::Frozen { .. } => AccountabilityState::Traced,
            Self::HandedOver { .. } => AccountabilityState::HandedOver,
            Self::Acknowledged { .. } => AccountabilityState::Acknowledged,
            Self::ResultRecorded { .. } => AccountabilityState::Concluded,
            Self::Closed { .. } => AccountabilityState::Closed,
            Self::HarmRecorded { .. } | Self::PersonsNamed { .. } | Self::Reopened { .. } => return None,
        })
    }
}

/// Whoever acts on a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keeper {
    /// Who.
    pub person: PersonId,
    /// In whose place, where by delegation.
    pub acting_for: Option<PersonId>,
    /// Units of every post that they hold, with the units these are part of.
    pub units: BTreeSet<UnitId>,
}

/// Of whom the matter speaks, as the record has it when somebody acts on the file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Concerned {
    /// Units that have or had the matter.
    pub units: BTreeSet<UnitId>,
    /// Persons who acted in it.
    pub persons: BTreeSet<PersonId>,
}

/// One event of a frozen trace, as far as naming persons needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TracedEvent {
    /// The day on which it happened.
    pub day: Date,
    /// Who acted, for whom they acted, and whose position it holds; empty for what a clock recorded.
    pub persons: BTreeSet<PersonId>,
}

/// A post that somebody held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// The post.
    pub named: PostNamed,
    /// Whether it heads an organ or a unit.
    pub heads: bool,
    /// Terms in which they held it: from a day, and until one that is no more part of it; none while it goes on.
    pub terms: Vec<(Date, Option<Date>)>,
}

/// What was looked up for an act.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Found {
    /// Of whom the matter speaks.
    pub concerned: Concerned,
    /// The trace that an act freezes.
    pub trace: Option<FrozenTrace>,
    /// Events of the newest frozen trace, by number.
    pub events: BTreeMap<u64, TracedEvent>,
    /// Posts of the persons that are named.
    pub posts: BTreeMap<(PersonId, PostId), Held>,
}

/// An accountability file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountabilityFile {
    /// Its id.
    pub id: AccountabilityFileId,
    /// The clue.
    pub clue: ReceiveClue,
    /// Where it stands.
    pub state: AccountabilityState,
    /// All that happened to it, the clue first; never empty.
    pub steps: Vec<AccountabilityEvent>,
}

impl AccountabilityFile {
    /// The file after one event.
    ///
    /// # Errors
    /// [`CorruptHistory`] where the event cannot follow.
    pub fn evolve(
        state: Option<Self>,
        id: AccountabilityFileId,
        event: &AccountabilityEvent,
    ) -> Result<Self, CorruptHistory> {
        let n = state.as_ref().map_or(0, Self::n) + 1;
        let corrupt = |why: &str| CorruptHistory { n, kind: event.kind().to_owned(), why: why.to_owned() };
        let mut state = match (state, event) {
            (None, AccountabilityEvent::Received { given, .. }) => {
                Self { id, clue: given.clone(), state: AccountabilityState::Received, steps: Vec::new() }
            }
            (None, _) => return Err(corrupt("the first event must be that a clue came")),
            (Some(_), AccountabilityEvent::Received { .. }) => return Err(corrupt("it is there already")),
            (Some(state), _) => state,
        };
        state.state = match (event, event.leads_to(), state.state) {
            (AccountabilityEvent::Reopened { .. }, _, AccountabilityState::Refused) => AccountabilityState::Received,
            (AccountabilityEvent::Reopened { .. }, _, AccountabilityState::Closed) => AccountabilityState::Admitted,
            (AccountabilityEvent::Reopened { .. }, ..) => return Err(corrupt("it is open")),
            (_, Some(next), _) => next,
            (_, None, stays) => stays,
        };
        state.steps.push(event.clone());
        Ok(state)
    }

    /// How many events made it.
    pub fn n(&self) -> u64 {
        self.steps.len() as u64
    }

    /// Traces that were frozen, the newest last.
    pub fn traces(&self) -> impl DoubleEndedIterator<Item = (&FreezeTrace, &FrozenTrace)> {
        self.steps.iter().filter_map(|step| match step {
            AccountabilityEvent::Frozen { given, trace, .. } => Some((given, trace)),
            _ => None,
        })
    }

    /// Persons named by post.
    pub fn persons(&self) -> impl Iterator<Item = (&NamePerson, &PostNamed)> {
        self.steps.iter().flat_map(|step| match step {
            AccountabilityEvent::PersonsNamed { given, posts, .. } => given.persons.iter().zip(posts).collect(),
            _ => Vec::new(),
        })
    }

    /// Whether the file itself speaks of somebody: the clue does, or they are named.
    pub fn speaks_of(&self, person: PersonId) -> bool {
        self.clue.persons.contains(&person) || self.persons().any(|(named, _)| named.person == person)
    }

    /// Who acted on the file.
    fn keepers(&self) -> BTreeSet<PersonId> {
        self.steps.iter().map(|step| step.by_on().0).collect()
    }

    fn last_day(&self) -> Option<Date> {
        self.steps.last().map(|step| step.by_on().1)
    }

    /// The day of the last step of a kind.
    fn day_of(&self, is: fn(&AccountabilityEvent) -> bool) -> Option<Date> {
        self.steps.iter().rev().find(|step| is(step)).map(|step| step.by_on().1)
    }

    /// Receives a clue.
    ///
    /// # Errors
    /// `ACCOUNTABILITY_CONFLICT` where whoever receives it is a person or of a unit that it concerns; a [`Rejection`] of what is
    /// given.
    pub fn receive(
        given: ReceiveClue,
        keeper: &Keeper,
        concerned: &Concerned,
        on: On,
    ) -> Result<AccountabilityEvent, Rejection> {
        on.acceptable()?;
        check::line("reference", &given.reference)?;
        check::text("content", &given.content)?;
        check::not_after("received_on", given.received_on, on.day)?;
        check::distinct("units", &given.units)?;
        check::distinct("persons", &given.persons)?;
        check::documents(&given.documents, 0)?;
        let units = || given.units.iter().chain(&concerned.units);
        let persons = || given.persons.iter().chain(&concerned.persons);
        unconcerned(keeper, units(), persons())?;
        Ok(AccountabilityEvent::Received { given, by: keeper.person, on: on.day })
    }

    /// What an act does.
    ///
    /// # Errors
    /// `ACCOUNTABILITY_CONFLICT` where whoever acts is a person of whom the file speaks, or of a unit that it concerns;
    /// `ACCOUNTABILITY_NOT_OPEN` where the file is not at this point; `ACT_NOT_OF_PERSON` where a person is named for an event
    /// that the frozen trace does not have of them in that post; a [`Rejection`] of what is given.
    pub fn decide(
        &self,
        act: AccountabilityAct,
        keeper: &Keeper,
        found: &Found,
        on: On,
    ) -> Result<AccountabilityEvent, Rejection> {
        use AccountabilityState as At;
        on.acceptable()?;
        let named: Vec<PersonId> = self.persons().map(|(named, _)| named.person).collect();
        let units = self.clue.units.iter().chain(&found.concerned.units);
        let persons = self.clue.persons.iter().chain(&found.concerned.persons).chain(&named);
        unconcerned(keeper, units, persons)?;
        if let Some(before) = self.last_day() {
            check::not_before("offline.occurred_on", on.day, before)?;
        }
        let (by, day) = (keeper.person, on.day);
        Ok(match act {
            AccountabilityAct::Admit(given) => {
                self.at(&[At::Received])?;
                check::text("reason", &given.reason)?;
                check::line("article", &given.article)?;
                AccountabilityEvent::Admitted { given, by, on: day }
            }
            AccountabilityAct::Refuse(given) => {
                self.at(&[At::Received])?;
                check::text("reason", &given.reason)?;
                check::line("article", &given.article)?;
                AccountabilityEvent::Refused { given, by, on: day }
            }
            AccountabilityAct::Freeze(given) => {
                self.at(&[At::Admitted, At::Traced])?;
                check::not_after("as_known_on", given.as_known_on, day)?;
                let trace = found.trace.clone().ok_or_else(|| Rejection::new(Code::NotFound).at("about"))?;
                // Opened again, the same trace may be frozen anew: it was looked at anew.
                let same = |(_, known): (&FreezeTrace, &FrozenTrace)| known.digest == trace.digest;
                if self.state == At::Traced && self.traces().next_back().is_some_and(same) {
                    return Err(Rejection::new(Code::AlreadyThere).at("as_known_on").given(trace.digest));
                }
                AccountabilityEvent::Frozen { given, trace, by, on: day }
            }
            AccountabilityAct::RecordHarm(given) => {
                self.at(&[At::Admitted, At::Traced, At::HandedOver, At::Acknowledged, At::Concluded])?;
                check::line("found_by", &given.found_by)?;
                check::not_after("found_on", given.found_on, day)?;
                check::text("statement", &given.statement)?;
                check::documents(&given.documents, 1)?;
                AccountabilityEvent::HarmRecorded { given, by, on: day }
            }
            AccountabilityAct::NamePersons(given) => {
                self.at(&[At::Traced])?;
                let posts = self.named(&given, keeper, found)?;
                AccountabilityEvent::PersonsNamed { given, posts, by, on: day }
            }
            AccountabilityAct::HandOver(given) => {
                self.at(&[At::Traced])?;
                check::line("body", &given.body)?;
                check::line("article", &given.article)?;
                check::not_after("handed_on", given.handed_on, day)?;
                if let Some(frozen) = self.day_of(|step| matches!(step, AccountabilityEvent::Frozen { .. })) {
                    check::not_before("handed_on", given.handed_on, frozen)?;
                }
                check::documents(&given.documents, 1)?;
                AccountabilityEvent::HandedOver { given, by, on: day }
            }
            AccountabilityAct::RecordReceipt(given) => {
                self.at(&[At::HandedOver])?;
                check::line("received_by", &given.received_by)?;
                check::not_after("received_on", given.received_on, day)?;
                if let Some(handed) = self.handed_on() {
                    check::not_before("received_on", given.received_on, handed)?;
                }
                check::documents(&given.documents, 1)?;
                AccountabilityEvent::Acknowledged { given, by, on: day }
            }
            AccountabilityAct::RecordResult(given) => {
                self.at(&[At::Acknowledged, At::Concluded])?;
                check::line("number", &given.number)?;
                check::text("statement", &given.statement)?;
                check::not_after("stated_on", given.stated_on, day)?;
                if let Some(received) = self.acknowledged_on() {
                    check::not_before("stated_on", given.stated_on, received)?;
                }
                check::documents(&given.documents, 1)?;
                AccountabilityEvent::ResultRecorded { given, by, on: day }
            }
            AccountabilityAct::Close(given) => {
                self.at(&[At::Concluded])?;
                check::text("reason", &given.reason)?;
                AccountabilityEvent::Closed { given, by, on: day }
            }
            AccountabilityAct::Reopen(given) => {
                self.at(&[At::Closed, At::Refused])?;
                check::text("reason", &given.reason)?;
                check::documents(&given.documents, 0)?;
                AccountabilityEvent::Reopened { given, by, on: day }
            }
        })
    }

    fn at(&self, needed: &[AccountabilityState]) -> Result<(), Rejection> {
        if needed.contains(&self.state) {
            return Ok(());
        }
        let needed = needed.iter().map(|state| state.as_str()).collect::<Vec<_>>().join(", ");
        Err(Rejection::new(Code::AccountabilityNotOpen).given(self.state).needed(needed))
    }

    fn handed_on(&self) -> Option<Date> {
        self.steps.iter().rev().find_map(|step| match step {
            AccountabilityEvent::HandedOver { given, .. } => Some(given.handed_on),
            _ => None,
        })
    }

    fn acknowledged_on(&self) -> Option<Date> {
        self.steps.iter().rev().find_map(|step| match step {
            AccountabilityEvent::Acknowledged { given, .. } => Some(given.received_on),
            _ => None,
        })
    }

    /// That each person held the post on the days of the events, and that these are theirs or what a clock recorded meanwhile.
    fn named(&self, given: &NamePersons, keeper: &Keeper, found: &Found) -> Result<Vec<PostNamed>, Rejection> {
        check::count("persons", given.persons.len(), 1)?;
        let mut keepers = self.keepers();
        keepers.extend([keeper.person].into_iter().chain(keeper.acting_for));
        let mut seen: BTreeSet<(PersonId, PostId)> = self.persons().map(|(n, _)| (n.person, n.post)).collect();
        let mut posts = Vec::with_capacity(given.persons.len());
        for (i, one) in given.persons.iter().enumerate() {
            let at = |member: &str| format!("persons.{i}.{member}");
            if keepers.contains(&one.person) {
                return Err(Rejection::new(Code::AccountabilityConflict).at(at("person")).given(one.person));
            }
            if !seen.insert((one.person, one.post)) {
                return Err(Rejection::new(Code::AlreadyThere).at(at("person")).given(one.person));
            }
            let unknown = || Rejection::new(Code::DirectoryUnknown).at(at("post")).given(one.post);
            let held = found.posts.get(&(one.person, one.post)).ok_or_else(unknown)?;
            if one.category == PostCategory::Head && !held.heads {
                let refused = Rejection::new(Code::InputNotAcceptable).at(at("category")).given(one.category);
                return Err(refused.needed("head, unit_leader"));
            }
            check::count(&at("acts"), one.acts.len(), 1)?;
            check::distinct(&at("acts"), &one.acts)?;
            for n in &one.acts {
                let event = found.events.get(n);
                let theirs = event.is_some_and(|event| {
                    (event.persons.is_empty() || event.persons.contains(&one.person)) && held.on(event.day)
                });
                if !theirs {
                    return Err(Rejection::new(Code::ActNotOfPerson).at(at("acts")).given(n));
                }
            }
            posts.push(held.named.clone());
        }
        Ok(posts)
    }
}

impl Held {
    fn on(&self, day: Date) -> bool {
        self.terms.iter().any(|(from, until)| within(day, *from, *until))
    }
}

/// That whoever acts is none of those concerned, nor of a unit concerned.
///
/// # Errors
/// `ACCOUNTABILITY_CONFLICT`, which names the person or the unit.
pub fn unconcerned<'a>(
    keeper: &Keeper,
    mut units: impl Iterator<Item = &'a UnitId>,
    mut persons: impl Iterator<Item = &'a PersonId>,
) -> Result<(), Rejection> {
    let own = |person: &&PersonId| **person == keeper.person || keeper.acting_for == Some(**person);
    if let Some(person) = persons.find(own) {
        return Err(Rejection::new(Code::AccountabilityConflict).given(person));
    }
    match units.find(|unit| keeper.units.contains(unit)) {
        Some(unit) => Err(Rejection::new(Code::AccountabilityConflict).given(unit)),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests;
