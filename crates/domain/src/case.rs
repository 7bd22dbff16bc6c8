//! A case: its control, its facts and its file, and how each event changes them.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::act::AppointExperts;
use crate::condition::Facts;
use crate::control::{Adoption, Control};
use crate::drafting::DraftingFile;
use crate::event::{CaseEvent, StageRef};
use crate::file::{
    AdviceGiven, ApprovalVoice, Approvals, Assessors, CaseClock, ConsultationRef, DisclosureFinding, Draft, File,
    Filed, FiledDocument, Irregularity, MeetingFile, Onboarding, PanelExpert, PanelFile, Published, plain_name,
};
use crate::hearing::HearingFile;
use crate::holding::Holdings;
use crate::id::{CaseId, PersonId, UnitId};
use crate::migration;
use crate::permits::TimeClass;
use crate::time::RunState;
use crate::verb::Verb;
use crate::words::{
    ClockId, Disclosure, DraftChange, LegalityConclusion, Relation, StageId, StageKind, Uptake, Volume,
};
use crate::{definition::Definition, occasion::Actor};

/// A recorded event that cannot follow the ones before it: the store is damaged, or the program is older than it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("event {n} ({kind}) cannot follow: {why}")]
pub struct CorruptHistory {
    /// Number of the event in its stream, as far as it is known.
    pub n: u64,
    /// Its kind.
    pub kind: String,
    /// Why it cannot follow.
    pub why: String,
}

/// A case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Case {
    /// The finite part.
    pub control: Control,
    /// Declared facts.
    pub facts: Facts,
    /// The content.
    pub file: File,
    /// How many events made it.
    pub n: u64,
}

impl Case {
    /// Position of a stage.
    pub fn position(&self, stage: &StageId) -> Option<usize> {
        self.file.stages.iter().position(|s| &s.id == stage)
    }

    /// What a person of a unit has been to this case.
    pub fn relations(&self, person: Option<PersonId>, unit: Option<UnitId>) -> BTreeSet<Relation> {
        let mut relations = person.and_then(|p| self.file.hats.get(&p)).cloned().unwrap_or_default();
        if unit == Some(self.file.undertaking_unit) {
            relations.insert(Relation::OfUndertakingUnit);
        }
        if unit.is_some_and(|unit| self.file.assessors.units.contains(&unit)) {
            relations.insert(Relation::OfAssessingUnit);
        }
        relations
    }

    /// The volume in which an event that comes now is filed: that of its stage; for a clock that of what it waits for; for
    /// the cure of an irregularity that of the irregularity. Follows from what was recorded alone.
    pub fn volume_of(&self, event: &CaseEvent) -> Volume {
        let of_stage = |stage: &StageId| {
            let spec = self.file.stages.iter().find(|s| &s.id == stage);
            spec.and_then(StageRef::volume)
        };
        let found = match event {
            CaseEvent::VolumeChecked { given, .. } => Some(given.volume),
            CaseEvent::VolumeClosed { given, .. } => Some(given.volume),
            CaseEvent::ClockStarted { volume, .. } => Some(*volume),
            CaseEvent::DisclosureReviewed { .. } | CaseEvent::PaperOriginalRecorded { .. } => {
                self.control.open_volume()
            }
            CaseEvent::IrregularityCured { given, .. } => {
                self.file.irregularities.get(&given.irregularity).map(|i| i.volume)
            }
            other => match other.clock() {
                Some(clock) => self.file.clocks.get(clock).map(|c| c.volume),
                None => other.stage().and_then(of_stage),
            },
        };
        found.unwrap_or(Volume::Decision)
    }

    /// Whether a volume is closed: nothing is ever added to it again.
    pub fn closed(&self, volume: Volume) -> bool {
        self.control.closed(volume)
    }

    /// Which clocks of the definition still run on a day, as a class.
    pub fn time_class(&self, def: &Definition, day: Date) -> TimeClass {
        time_class(def, &self.file.clocks, day)
    }

    /// [`evolve_on`](Self::evolve_on) where the day is not known: the case does not remember it.
    ///
    /// # Errors
    /// [`CorruptHistory`] where the event cannot follow.
    pub fn evolve(case: Option<Self>, id: CaseId, actor: &Actor, event: &CaseEvent) -> Result<Self, CorruptHistory> {
        Self::evolve_on(case, id, actor, None, event)
    }

    /// The case after one recorded event. Never asks the time, the definition or the law.
    ///
    /// `actor` is the one of the event's envelope, `day` the one on which the act was done: where the organ is, and for
    /// what was entered afterwards the day on which it happened. A first event makes the case.
    ///
    /// # Errors
    /// [`CorruptHistory`] where the event cannot follow.
    pub fn evolve_on(
        case: Option<Self>,
        id: CaseId,
        actor: &Actor,
        day: Option<Date>,
        event: &CaseEvent,
    ) -> Result<Self, CorruptHistory> {
        let corrupt = |n: u64, why: &str| CorruptHistory { n, kind: event.kind().to_owned(), why: why.to_owned() };
        match (case, event) {
            (None, CaseEvent::CaseOpened { given, organ, definition, stages, facts }) => {
                let mut opened = Self {
                    control: Control::opened(stages.iter().map(|s| s.kind)),
                    facts: facts.clone(),
                    file: File {
                        id,
                        organ: *organ,
                        definition: definition.clone(),
                        stages: stages.clone(),
                        title: given.title.clone(),
                        class: given.class,
                        undertaking_unit: given.undertaking_unit,
                        drafts: Vec::new(),
                        cleared: None,
                        cleared_on: None,
                        decided: None,
                        review_rounds: 0,
                        advice: Vec::new(),
                        replaced: BTreeMap::new(),
                        consultation: None,
                        hearing: None,
                        hearing_decided: false,
                        panel: None,
                        meeting: None,
                        onboarded: None,
                        irregularities: BTreeMap::new(),
                        clocks: BTreeMap::new(),
                        days: BTreeMap::new(),
                        hats: BTreeMap::new(),
                        issued_on: None,
                        published: None,
                        document_no: None,
                        executing_unit: None,
                        execution_comments: BTreeMap::new(),
                        evaluating_unit: None,
                        voices: BTreeSet::new(),
                        assessing_party: None,
                        assessors: Assessors::default(),
                        adjusts: given.adjusts,
                        entry: given.entry,
                        retention: BTreeMap::new(),
                        approvals: BTreeMap::new(),
                        filed: vec![Filed { volume: Volume::Decision, first: 1, last: 1 }],
                        documents: BTreeMap::new(),
                        drafting: DraftingFile::default(),
                        overlays: given.overlays.clone(),
                        holdings: Holdings::default(),
                    },
                    n: 1,
                };
                opened.hold(1, actor, day, event);
                Ok(opened)
            }
            (None, _) => Err(corrupt(1, "the first event of a case must open it")),
            (Some(case), CaseEvent::CaseOpened { .. }) => Err(corrupt(case.n + 1, "the case is already open")),
            (Some(mut case), event) => {
                let n = case.n + 1;
                let at = match event.stage() {
                    None => 0,
                    Some(stage) => case.position(stage).ok_or_else(|| corrupt(n, "the case has no such stage"))?,
                };
                let class = event.class();
                case.control.admits(at, class).map_err(|why| corrupt(n, why))?;
                let volume = case.volume_of(event);
                if case.closed(volume) {
                    return Err(corrupt(n, "nothing is added to a closed volume"));
                }
                case.file.file(volume, n);
                case.control.apply(at, class);
                case.fill(actor, event).map_err(|why| corrupt(n, why))?;
                case.date(day, event);
                case.hold(n, actor, day, event);
                case.n = n;
                Ok(case)
            }
        }
    }

    fn wear(&mut self, actor: &Actor, hat: Relation) {
        let Actor::Official { person, acting_for, .. } = actor else { return };
        for who in std::iter::once(*person).chain(*acting_for) {
            self.file.hats.entry(who).or_default().insert(hat);
        }
    }

    /// Remembers who holds the matter; where the day is not known, nothing of it.
    fn hold(&mut self, n: u64, actor: &Actor, day: Option<Date>, event: &CaseEvent) {
        if let Some(day) = day {
            self.file.holdings.take(n, actor, day, event);
        }
    }

    /// Remembers the day of an act that others must follow.
    fn date(&mut self, day: Option<Date>, event: &CaseEvent) {
        let verb = match event {
            CaseEvent::StageTakenOver { of: StageKind::Initiation, .. } => Verb::DecideInitiation,
            CaseEvent::StageTakenOver { of: StageKind::PublicParticipation, .. } => Verb::ReportParticipation,
            CaseEvent::StageTakenOver { of: StageKind::ExpertReview, .. } => Verb::ReportExpertReview,
            CaseEvent::StageTakenOver { of: StageKind::RiskAssessment, .. } => Verb::ReportRisk,
            CaseEvent::ProposalStudied { .. } => Verb::StudyProposal,
            CaseEvent::InitiationDecided { .. } => Verb::DecideInitiation,
            CaseEvent::DraftVersionAdded { .. } | CaseEvent::FinalTextAdded { .. } => {
                if let Some(newest) = self.file.drafts.last_mut() {
                    newest.added_on = day;
                }
                Verb::AddDraftVersion
            }
            CaseEvent::HearingNoticed { .. } => Verb::NoticeHearing,
            CaseEvent::HearingParticipantsPublished { .. } => Verb::PublishHearingParticipants,
            CaseEvent::HearingOpened { .. } => Verb::OpenHearing,
            CaseEvent::HearingRecordSigned { .. } => Verb::SignHearingRecord,
            CaseEvent::ParticipationReported { .. } => Verb::ReportParticipation,
            CaseEvent::ExpertsAppointed { .. } => Verb::AppointExperts,
            CaseEvent::ExpertReviewReported { .. } => Verb::ReportExpertReview,
            CaseEvent::RiskAssessmentStarted { .. } => Verb::StartRiskAssessment,
            CaseEvent::RiskReported { .. } => Verb::ReportRisk,
            CaseEvent::LegalityReviewRequested { .. } => Verb::SubmitForLegalityReview,
            CaseEvent::SupplementRequested { .. } => Verb::RequestSupplement,
            CaseEvent::SupplementSupplied { .. } => Verb::SupplySupplement,
            CaseEvent::AdviceRecorded { .. } => Verb::RecordAdvice,
            CaseEvent::LegalityConcluded { .. } => Verb::ConcludeLegalityReview,
            CaseEvent::TablingRequested { .. } => Verb::RequestTabling,
            CaseEvent::TablingFileChecked { .. } => Verb::CheckTablingFile,
            CaseEvent::TablingReviewed { .. } => Verb::ReviewTabling,
            CaseEvent::TablingApproved { .. } => Verb::ApproveTabling,
            CaseEvent::ExecutionSuspended { .. } => Verb::SuspendExecution,
            CaseEvent::ExecutionResumed { .. } => Verb::ResumeExecution,
            CaseEvent::EvaluationStarted { .. } => Verb::StartEvaluation,
            CaseEvent::EvaluationReported { .. } => Verb::ReportEvaluation,
            CaseEvent::DraftConfirmed { .. } => {
                self.file.cleared_on = day;
                return;
            }
            CaseEvent::ReportReplied { given, .. } => {
                self.file.days.insert(Verb::RecordReportReply, given.replied_on);
                return;
            }
            _ => return,
        };
        if let Some(day) = day {
            self.file.days.insert(verb, day);
        }
        if matches!(event, CaseEvent::LegalityConcluded { given, .. } if given.conclusion.clears()) {
            self.file.cleared_on = day;
        }
    }

    /// The content after an event.
    fn fill(&mut self, actor: &Actor, event: &CaseEvent) -> Result<(), &'static str> {
        let n = self.n + 1;
        // What was found to be public only when it was looked at again is released by that, once the decision is published.
        let found_public = matches!(event, CaseEvent::DisclosureReviewed { given, .. }
            if given.attribute == Disclosure::Public && self.file.published.is_some());
        let released = found_public
            || matches!(
                event,
                CaseEvent::SolicitationOpened { .. }
                    | CaseEvent::HearingNoticed { .. }
                    | CaseEvent::HearingParticipantsPublished { .. }
                    | CaseEvent::HearingPostponed { .. }
                    | CaseEvent::HearingReported { .. }
                    | CaseEvent::DecisionPublished { .. }
                    | CaseEvent::ExplanationPublished { .. }
            );
        for document in event.documents() {
            let filed = self.file.documents.entry(document.digest).or_insert_with(|| FiledDocument {
                document: document.clone(),
                stage: event.stage().cloned(),
                n,
                released: false,
                disclosure: None,
                paper: None,
            });
            filed.released |= released;
        }
        match event {
            CaseEvent::FactsDetermined { given, facts } => {
                self.facts = facts.clone();
                if let Some(overlays) = &given.overlays {
                    self.file.overlays.clone_from(overlays);
                }
            }
            CaseEvent::CaseMigrated { from, to, stages, facts, holders, .. } => {
                if *from != self.file.definition {
                    return Err("the case runs under another definition");
                }
                if let Some(why) = migration::torn(stages, self) {
                    return Err(why);
                }
                self.control.stages = migration::carried(stages, self);
                self.file.approvals.retain(|id, _| stages.iter().any(|s| s.id == *id));
                self.file.stages.clone_from(stages);
                self.file.definition = to.clone();
                self.facts = facts.clone();
                for (clock, holder) in holders {
                    self.file.clocks.get_mut(clock).ok_or("no such clock runs")?.holder = holder.clone();
                }
            }
            CaseEvent::CaseOnboarded { given, onboarded_on } => {
                self.file.onboarded = Some(Onboarding { begun_on: given.begun_on, onboarded_on: *onboarded_on });
            }
            CaseEvent::StageTakenOver { of: StageKind::RiskAssessment, given, .. } => match given.unit {
                Some(unit) => {
                    self.file.assessors.units.insert(unit);
                }
                None => {
                    self.file.assessors.third_parties.insert(plain_name(&given.done_by));
                }
            },
            CaseEvent::InitiationDecided { given, .. } => self.file.undertaking_unit = given.undertaking_unit,
            CaseEvent::DraftVersionAdded { draft, number, given, .. } => {
                self.version(Draft {
                    id: *draft,
                    number: *number,
                    change: given.change,
                    documents: given.documents.clone(),
                    added_on: None,
                })?;
                self.wear(actor, Relation::Drafted);
                self.file.decided = None;
                if given.change == DraftChange::Material {
                    self.overtake_hearing();
                }
            }
            CaseEvent::FinalTextAdded { draft, number, given, .. } => {
                self.version(Draft {
                    id: *draft,
                    number: *number,
                    change: DraftChange::CarriesOutDecision,
                    documents: given.documents.clone(),
                    added_on: None,
                })?;
                self.wear(actor, Relation::Drafted);
            }
            CaseEvent::DraftingItemRecorded { given, .. } => self.file.drafting.take(given.draft, &given.content),
            CaseEvent::SolicitationOpened { consultation, given, .. } => {
                self.file.consultation = Some(ConsultationRef {
                    id: *consultation,
                    draft: given.draft,
                    opens_on: given.opens_on,
                    closes_on: given.closes_on,
                    received: None,
                });
            }
            CaseEvent::SolicitationClosed { given, .. } => {
                let consultation = self.file.consultation.as_mut().ok_or("no solicitation was opened")?;
                consultation.received = Some(given.received);
            }
            CaseEvent::HearingDecided { given, .. } => self.file.hearing_decided = given.hold,
            CaseEvent::HearingNoticed { hearing, given, .. } => {
                self.file.hearing = Some(HearingFile::noticed(*hearing, given.clone()));
            }
            CaseEvent::HearingParticipantsDrawn { given, drawn, .. } => {
                let hearing = self.hearing()?;
                hearing.checkpoint.clone_from(&given.checkpoint);
                hearing.candidates.clone_from(&given.candidates);
                hearing.drawn.clone_from(drawn);
            }
            CaseEvent::HearingParticipantsPublished { given, composition, .. } => {
                let hearing = self.hearing()?;
                hearing.list = Some(given.clone());
                hearing.composition = Some(composition.clone());
                for person in given.staff.iter().filter_map(|s| s.person) {
                    self.file.hats.entry(person).or_default().insert(Relation::ServedAtHearing);
                }
            }
            CaseEvent::HearingMaterialsDelivered { given, to, .. } => {
                let hearing = self.hearing()?;
                for code in to {
                    let day = hearing.delivered.entry(code.clone()).or_insert(given.delivered_on);
                    *day = given.delivered_on.min(*day);
                }
            }
            CaseEvent::HearingPostponed { given, .. } => {
                let hearing = self.hearing()?;
                hearing.held_on = given.held_on;
                hearing.starts_at.clone_from(&given.starts_at);
                hearing.place.clone_from(&given.place);
                hearing.postponed += 1;
                hearing.change_reason = Some(given.reason.clone());
                hearing.present = None;
                hearing.statements.clear();
                if let Some(period) = &given.applications {
                    hearing.apply_again(period);
                }
            }
            CaseEvent::HearingCancelled { given, .. } => {
                let hearing = self.hearing()?;
                hearing.cancelled = true;
                hearing.stands = false;
                hearing.change_reason = Some(given.reason.clone());
                self.file.hearing_decided = false;
            }
            CaseEvent::HearingOpened { given, .. } => self.hearing()?.present = Some(given.present.clone()),
            CaseEvent::HearingStatementRecorded { given, .. } => {
                if self.hearing()?.statements.insert(given.spoken_no, given.speech).is_some() {
                    return Err("the place in the order is taken");
                }
            }
            CaseEvent::HearingRecordSigned { .. } => self.hearing()?.signed = true,
            CaseEvent::HearingReported { given, current, .. } => {
                let hearing = self.hearing()?;
                hearing.report = Some(given.clone());
                hearing.stands = *current;
                self.file.hearing_decided = false;
            }
            CaseEvent::EvidenceReaffirmed { .. } => self.reaffirm_hearing(event),
            CaseEvent::ExpertsAppointed { given, anew, appointed, .. } => self.appoint(given, *anew, appointed)?,
            CaseEvent::InterestDeclared { expert, entered, given, .. } => {
                let known = self.expert(expert)?;
                known.interest = Some(given.interest);
                let entered = Some(n).filter(|_| *entered && known.person.is_some());
                let before = std::mem::replace(&mut known.interest_entered, entered);
                self.file.replaced.extend(before.map(|before| (before, n)));
            }
            CaseEvent::ExpertReleased { given, .. } => self.expert(&given.expert)?.released = true,
            CaseEvent::ExpertMaterialsSent { given, .. } => {
                self.file.panel.as_mut().ok_or("no experts were appointed")?.informed_on = Some(given.delivered_on);
            }
            CaseEvent::ExpertOpinionGiven { expert, entered, given, .. } => {
                let known = self.expert(expert)?;
                known.stance = Some(given.stance);
                let entered = Some(n).filter(|_| *entered && known.person.is_some());
                let before = std::mem::replace(&mut known.stance_entered, entered);
                self.file.replaced.extend(before.map(|before| (before, n)));
            }
            CaseEvent::RiskAssessmentStarted { given, .. } => self.file.assessing_party.clone_from(&given.third_party),
            CaseEvent::RiskReported { .. } => {
                self.wear(actor, Relation::AssessedRisk);
                match (&self.file.assessing_party, actor) {
                    (Some(party), _) => {
                        self.file.assessors.third_parties.insert(plain_name(party));
                    }
                    (None, Actor::Official { unit, .. }) => {
                        self.file.assessors.units.insert(*unit);
                    }
                    (None, Actor::Public | Actor::System) => {}
                }
            }
            CaseEvent::EvaluationStarted { given, .. } => {
                self.file.evaluating_unit = Some(given.evaluating_unit);
                self.file.voices.clear();
            }
            CaseEvent::EvaluationVoiceRecorded { given, .. } => {
                self.file.voices.insert(given.voice);
            }
            CaseEvent::LegalityReviewRequested { round, .. } => {
                self.file.review_rounds = *round;
                self.file.advice.clear();
            }
            CaseEvent::AdviceRecorded { given, entered, .. } => {
                let said = AdviceGiven {
                    n,
                    kind: given.kind,
                    by: actor.person().filter(|_| !entered && given.engagement.is_none()),
                    engagement: given.engagement,
                    absent: given.absent,
                };
                let gone = self.file.advice.iter().filter(|earlier| said.replaces(earlier));
                self.file.replaced.extend(gone.map(|earlier| (earlier.n, n)));
                self.file.advice.retain(|earlier| !said.replaces(earlier));
                self.file.advice.push(said);
                if !given.absent {
                    self.wear(actor, Relation::Advised);
                }
            }
            CaseEvent::LegalityAnswered { given, .. } => {
                if given.uptake != Uptake::Full {
                    self.file.drafting.not_adopted.push(given.clone());
                }
            }
            CaseEvent::LegalityConcluded { given, .. } => {
                self.wear(actor, Relation::ReviewedLegality);
                if given.conclusion.clears() {
                    self.file.cleared = Some((given.draft, Some(given.conclusion)));
                }
            }
            CaseEvent::DraftConfirmed { given, .. } => {
                self.wear(actor, Relation::ReviewedLegality);
                self.file.cleared = Some((given.draft, None::<LegalityConclusion>));
            }
            CaseEvent::ConfirmationRefused { .. } => {
                self.file.decided = None;
                self.wear(actor, Relation::ReviewedLegality);
                // What was declared a change of words is one of substance.
                if self.control.adoption == Adoption::None {
                    self.overtake_hearing();
                }
            }
            CaseEvent::MeetingConvened { given, .. } => {
                self.file.meeting =
                    Some(MeetingFile { called: given.clone(), attendance: None, positions: Vec::new() });
            }
            CaseEvent::AttendanceTaken { given, .. } => {
                self.file.meeting.as_mut().ok_or("no meeting was called")?.attendance = Some(given.clone());
            }
            CaseEvent::PositionRecorded { given, .. } => {
                let meeting = self.file.meeting.as_mut().ok_or("no meeting was called")?;
                crate::stage::take(&mut meeting.positions, given.clone());
            }
            CaseEvent::DecisionAdopted { draft, .. } => self.file.decided = Some(*draft),
            CaseEvent::DecisionIssued { given, .. } => {
                self.file.issued_on = Some(given.issued_on);
                self.file.document_no = Some(given.document_no.clone());
                self.file.executing_unit = Some(given.executing_unit);
            }
            CaseEvent::DecisionPublished { given, .. } => {
                self.file.published = Some(Published {
                    on: given.published_on,
                    adoption_account: given.adoption_account.clone(),
                    explanation: given.explanation.clone(),
                    documents: given.documents.clone(),
                });
            }
            CaseEvent::ExplanationPublished { given, .. } => {
                let published = self.file.published.as_mut().ok_or("the decision is not published")?;
                published.explanation = Some(given.text.clone());
                published.add(&given.documents);
            }
            CaseEvent::DisclosureReviewed { given, again_on, .. } => {
                let by = match actor {
                    Actor::Official { name, unit_name, .. } => format!("{unit_name} {name}"),
                    Actor::Public | Actor::System => String::new(),
                };
                if let Some(published) = self.file.published.as_mut().filter(|_| found_public) {
                    published.add(&given.documents);
                }
                for document in &given.documents {
                    let filed = self.file.documents.get_mut(&document.digest).ok_or("the document is not on file")?;
                    filed.disclosure = Some(DisclosureFinding {
                        attribute: given.attribute,
                        basis: given.basis.clone(),
                        by: by.clone(),
                        n,
                        again_on: *again_on,
                    });
                }
            }
            CaseEvent::PaperOriginalRecorded { given } => {
                let filed = self.file.documents.get_mut(&given.document).ok_or("the document is not on file")?;
                filed.paper = Some(given.clone());
            }
            CaseEvent::ExecutionCommentEntered { number, .. } => {
                if self.file.execution_comments.insert(*number, false).is_some() {
                    return Err("the number of the comment does not follow");
                }
            }
            CaseEvent::ExecutionCommentAnswered { given, .. } => {
                *self.file.execution_comments.get_mut(&given.number).ok_or("there is no such comment")? = true;
            }
            CaseEvent::IrregularityRecorded { irregularity, verb, broken, .. } => {
                let volume = self.volume_of(event);
                let known = Irregularity { verb: *verb, broken: broken.clone(), n, open: true, volume };
                self.file.irregularities.insert(*irregularity, known);
            }
            CaseEvent::IrregularityCured { given, .. } => {
                self.file.irregularities.get_mut(&given.irregularity).ok_or("there is no such irregularity")?.open =
                    false;
            }
            CaseEvent::ClockStarted { clock, run, holder, volume } => {
                let (run, holder) = (run.clone(), holder.clone());
                let started = CaseClock { run, holder, due_soon: false, ended: false, volume: *volume };
                self.file.clocks.insert(clock.clone(), started);
            }
            CaseEvent::ClockPaused { clock, run, .. }
            | CaseEvent::ClockResumed { clock, run, .. }
            | CaseEvent::DueDateFixed { clock, run }
            | CaseEvent::DueDateRecomputed { clock, run, .. } => {
                self.file.clocks.get_mut(clock).ok_or("no such clock runs")?.moved(run.clone());
            }
            CaseEvent::ClockStopped { clock, .. } | CaseEvent::ClockDropped { clock, .. } => {
                self.file.clocks.remove(clock).ok_or("no such clock runs")?;
            }
            CaseEvent::ClockDueSoon { clock, .. } => {
                self.file.clocks.get_mut(clock).ok_or("no such clock runs")?.due_soon = true;
            }
            CaseEvent::ClockElapsed { clock, .. } | CaseEvent::ClockOverdue { clock, .. } => {
                self.file.clocks.get_mut(clock).ok_or("no such clock runs")?.ended = true;
            }
            CaseEvent::ApprovalRequested { stage, .. } => {
                let asked = Approvals { asked_by: actor.persons().collect(), given: Vec::new() };
                self.file.approvals.insert(stage.clone(), asked);
            }
            CaseEvent::ApprovalGiven { stage, role, given, .. } => {
                let asked = self.file.approvals.get_mut(stage).ok_or("nobody asked for this approval")?;
                let persons = actor.persons().collect();
                asked.given.push(ApprovalVoice { role: role.clone(), persons, approves: given.approves });
            }
            CaseEvent::StageSentBack { stage } => {
                self.file.approvals.remove(stage);
            }
            CaseEvent::VolumeChecked { given, .. } => {
                self.file.retention.insert(given.volume, given.retention);
            }
            CaseEvent::VolumeClosed { given, .. } => {
                for clock in self.file.clocks.values_mut().filter(|c| c.volume == given.volume) {
                    clock.ended = true;
                }
            }
            CaseEvent::CaseOpened { .. }
            | CaseEvent::StageTakenOver { .. }
            | CaseEvent::StageReopened { .. }
            | CaseEvent::AbsenceRecorded { .. }
            | CaseEvent::CaseTerminated { .. }
            | CaseEvent::ProposalStudied { .. }
            | CaseEvent::CommentsSettled { .. }
            | CaseEvent::ParticipationRecorded { .. }
            | CaseEvent::ParticipationReported { .. }
            | CaseEvent::ExpertReviewReported { .. }
            | CaseEvent::LegalitySubmissionReturned { .. }
            | CaseEvent::SupplementRequested { .. }
            | CaseEvent::SupplementSupplied { .. }
            | CaseEvent::TablingRequested { .. }
            | CaseEvent::TablingFileChecked { .. }
            | CaseEvent::TablingReviewed { .. }
            | CaseEvent::TablingApproved { .. }
            | CaseEvent::TablingDeclined { .. }
            | CaseEvent::MeetingPostponed { .. }
            | CaseEvent::RiskFound { .. }
            | CaseEvent::DecisionDeclined { .. }
            | CaseEvent::MeetingRecordSigned { .. }
            | CaseEvent::ReportReplied { .. }
            | CaseEvent::ExecutionReported { .. }
            | CaseEvent::ExecutionTroubleReported { .. }
            | CaseEvent::ExecutionSuspended { .. }
            | CaseEvent::ExecutionResumed { .. }
            | CaseEvent::ExecutionAdjusted { .. }
            | CaseEvent::ExecutionTerminated { .. }
            | CaseEvent::ExecutionCompleted { .. }
            | CaseEvent::TaskProgressed { .. }
            | CaseEvent::TaskCompleted { .. }
            | CaseEvent::EvaluationReported { .. }
            | CaseEvent::EvaluationConcluded { .. } => {}
        }
        Ok(())
    }

    fn hearing(&mut self) -> Result<&mut HearingFile, &'static str> {
        self.file.hearing.as_mut().ok_or("no hearing was announced")
    }

    /// What was heard was on another text.
    fn overtake_hearing(&mut self) {
        if let Some(hearing) = &mut self.file.hearing {
            hearing.stands = false;
        }
    }

    /// What was heard holds for the current text too, where that of the whole participation was found to.
    fn reaffirm_hearing(&mut self, event: &CaseEvent) {
        let kind = event.stage().and_then(|id| self.file.stages.iter().find(|s| &s.id == id)).map(|s| s.kind);
        if let (Some(StageKind::PublicParticipation), Some(hearing)) = (kind, &mut self.file.hearing) {
            hearing.stands = hearing.report.is_some() && !hearing.cancelled;
        }
    }

    /// The panel after an appointment: with more experts, or a new one.
    fn appoint(&mut self, given: &AppointExperts, anew: bool, appointed: &[String]) -> Result<(), &'static str> {
        let unit = self.file.undertaking_unit;
        let mut experts = Vec::new();
        for code in appointed {
            let candidate = given.candidates.iter().find(|c| c.code == *code).ok_or("no candidate has that code")?;
            if let Some(person) = candidate.person {
                self.file.hats.entry(person).or_default().insert(Relation::AppointedExpert);
            }
            experts.push(PanelExpert {
                code: code.clone(),
                person: candidate.person,
                name: candidate.name.clone(),
                in_house: candidate.unit == Some(unit),
                interest: None,
                interest_entered: None,
                released: false,
                stance: None,
                stance_entered: None,
            });
        }
        match &mut self.file.panel {
            Some(panel) if !anew => {
                panel.draft = given.draft;
                panel.experts.extend(experts);
            }
            panel => *panel = Some(PanelFile { draft: given.draft, experts, informed_on: None }),
        }
        Ok(())
    }

    fn expert(&mut self, code: &str) -> Result<&mut PanelExpert, &'static str> {
        let panel = self.file.panel.as_mut().ok_or("no experts were appointed")?;
        panel.experts.iter_mut().find(|e| e.code == code).ok_or("no expert has that code")
    }

    fn version(&mut self, draft: Draft) -> Result<(), &'static str> {
        let expected = self.file.drafts.len() + 1;
        if draft.number as usize != expected {
            return Err("the number of the draft version does not follow");
        }
        self.file.drafts.push(draft);
        Ok(())
    }

    /// Whether a clock is paused.
    pub fn paused(&self, clock: &ClockId) -> bool {
        self.file.clocks.get(clock).is_some_and(|c| matches!(c.run.state(), RunState::Paused { .. }))
    }
}

/// Which clocks of the definition still run on a day, as a class.
///
/// A clock that never started holds nobody up: the gate's own rules ask for the act that starts it.
pub fn time_class(def: &Definition, clocks: &BTreeMap<ClockId, CaseClock>, day: Date) -> TimeClass {
    def.clocks
        .iter()
        .enumerate()
        .filter(|(_, spec)| clocks.get(&spec.id).is_some_and(|clock| !clock.run.elapsed(day)))
        .fold(TimeClass::default(), |class, (position, _)| class.with(position))
}
