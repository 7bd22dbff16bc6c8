//! One plausible act for each verb and class of event.

use dingce_domain::act::*;
use dingce_domain::case::Case;
use dingce_domain::condition::FactValue;
use dingce_domain::consultation::Channel;
use dingce_domain::control::EventClass;
use dingce_domain::definition::{Definition, Material, UnitBinding};
use dingce_domain::drafting::{
    Alternatives, BasisList, CitedBasis, CostBenefit, Countersign, Countersignature, DepartmentConsultation,
    DraftOption, DraftingContent, FairCompetition, FairCompetitionConclusion, FairCompetitionReviewer,
    LeadershipMeeting, MeasureIssuer, UnitLegalCheck,
};
use dingce_domain::file::{FiledDocument, PanelExpert};
use dingce_domain::id::{CaseId, Digest, DraftId, MeetingId, PersonId};
use dingce_domain::stage::demanded;
use dingce_domain::task::{Answers, ApprovalStanding, Field, FieldKind, Form, TaskSpec};
use dingce_domain::verb::Verb;
use dingce_domain::words::{
    AbsenceGround, AdviserKind, CriterionId, Disclosure, DocumentRef, DraftChange, DraftingItem, EvaluationConclusion,
    EvaluationTrigger, EvaluationVoice, ExecutionTrouble, ExpertReviewForm, ExpertSelection, ExpertStance,
    LegalityAspect, LegalityConclusion, LegalityFinding, Majority, Outcome, ParticipationForm, Position, ReportReply,
    Retention, StageId, StageKind, Uptake,
};
use jiff::ToSpan;
use jiff::civil::Date;
use uuid::Uuid;

/// Days of comment that a driven notice announces.
const COMMENT_DAYS: i64 = 30;

pub(super) struct Writer<'a> {
    pub def: &'a Definition,
    pub case: &'a Case,
    pub today: Date,
    pub drawn: u64,
    pub roll: u64,
}

/// A document that nobody else has.
pub(super) fn document(number: u64) -> DocumentRef {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&number.to_be_bytes());
    DocumentRef {
        digest: Digest::new(bytes),
        name: format!("材料{number}.pdf"),
        media_type: "application/pdf".into(),
        size_bytes: 1024,
    }
}

fn member(number: u128, head: bool) -> Member {
    let post_title = if head { "区长" } else { "副区长" };
    Member {
        person: PersonId::new(Uuid::from_u128(0x00de_0000 + number)),
        name: format!("成员{number}"),
        post_title: post_title.into(),
        head,
    }
}

/// Every field of a form filled in, with as little as it takes.
fn answers(form: &Form, today: Date) -> Answers {
    let fill = |field: &Field| match &field.kind {
        FieldKind::Text { least, .. } => FactValue::Word("说".repeat(*least as usize)),
        FieldKind::Number { least, .. } => FactValue::Number(*least),
        FieldKind::Flag => FactValue::Bool(true),
        FieldKind::Day => FactValue::Word(today.to_string()),
        FieldKind::Choice(words) => {
            FactValue::Word(words.first().map(|(word, _)| word.to_string()).unwrap_or_default())
        }
    };
    form.fields.iter().map(|field| (field.id.clone(), fill(field))).collect()
}

impl Writer<'_> {
    /// A late record of what was done in the days before today.
    fn late_record(&self, class: EventClass, documents: Vec<DocumentRef>) -> TakeOverStage {
        let (of, level) = match class {
            EventClass::StageTakenOver { of, level } => (Some(of), level),
            _ => (None, None),
        };
        let participation = of == Some(StageKind::PublicParticipation);
        TakeOverStage {
            draft: self.case.file.current().map(|d| d.id).filter(|_| of != Some(StageKind::Initiation)),
            done_by: "原承办单位".into(),
            unit: None,
            account: "已于接入前完成。".into(),
            opened_on: participation.then(|| self.today.saturating_sub((COMMENT_DAYS + 1).days())),
            closed_on: participation.then_some(self.today),
            shortening_reason: None,
            heard: (participation || of == Some(StageKind::ExpertReview)).then_some(9),
            level,
            documents,
        }
    }

    pub(super) fn documents(&self) -> Vec<DocumentRef> {
        vec![document(self.drawn)]
    }

    pub(super) fn draft(&self) -> DraftId {
        self.case.file.current().map_or(DraftId::new(Uuid::from_u128(0)), |d| d.id)
    }

    fn task(&self, at: usize) -> Option<&TaskSpec> {
        self.def.stages.get(at)?.task.as_ref()
    }

    /// The act on the stage at a position, or nothing where the class belongs to another verb or the case lacks what the act must name.
    pub fn act(&self, verb: Verb, at: usize, class: EventClass) -> Option<Act> {
        let text = || "说明。".to_owned();
        let documents = self.documents();
        let draft = self.draft();
        Some(match (verb, class) {
            (Verb::DetermineFacts, _) => self.facts()?,
            (Verb::RecordAbsence, _) => Act::RecordAbsence(RecordAbsence {
                ground: AbsenceGround::NotApplicable,
                reason: text(),
                basis: "第713号令".into(),
                documents,
            }),
            (Verb::TakeOverStage, class) => Act::TakeOverStage(self.late_record(class, documents)),
            (Verb::ReaffirmEvidence, _) => Act::ReaffirmEvidence(ReaffirmEvidence { draft, reason: text(), documents }),
            (Verb::CureIrregularity, _) => {
                let open = self.case.file.irregularities.iter().find(|(_, i)| i.open);
                Act::CureIrregularity(CureIrregularity { irregularity: *open?.0, how: text(), documents })
            }
            (Verb::TerminateCase, _) => {
                Act::TerminateCase(TerminateCase { reason: text(), basis: "第713号令".into() })
            }
            (Verb::ReviewDisclosure, _) => Act::ReviewDisclosure(ReviewDisclosure {
                attribute: if self.roll % 3 == 2 { Disclosure::Withheld } else { Disclosure::Public },
                basis: "政府信息公开条例第十六条".into(),
                reason: text(),
                documents,
            }),
            (Verb::RecordPaperOriginal, _) => Act::RecordPaperOriginal(RecordPaperOriginal {
                document: *self.case.file.documents.keys().next()?,
                location: "档案室3柜2层".into(),
                pages: 12,
                signatory: String::new(),
                seal: "区政府".into(),
            }),
            (Verb::RecordTaskProgress, EventClass::TaskProgressed { entry }) => {
                let spec = self.task(at)?.entries.get(usize::from(entry))?;
                let answers = answers(&spec.form, self.today);
                Act::RecordTaskProgress(RecordTaskProgress { entry: spec.id.clone(), answers, note: text(), documents })
            }
            (Verb::CompleteTask, EventClass::TaskCompleted { result, .. }) => {
                let spec = &self.task(at)?.results.get(usize::from(result))?.entry;
                let answers = answers(&spec.form, self.today);
                Act::CompleteTask(CompleteTask { result: spec.id.clone(), answers, reason: text(), documents })
            }
            (Verb::RequestApproval, _) => {
                let answers = answers(&self.def.stages.get(at)?.approval.as_ref()?.form, self.today);
                Act::RequestApproval(RequestApproval { answers, reason: text(), documents })
            }
            (Verb::GiveApproval, EventClass::ApprovalGiven { standing, .. }) => Act::GiveApproval(GiveApproval {
                approves: standing != ApprovalStanding::Refused,
                reason: text(),
                documents,
            }),
            (Verb::StudyProposal, _) => {
                Act::StudyProposal(StudyProposal { opinion: text(), recommends: true, documents })
            }
            (Verb::DecideInitiation, EventClass::InitiationDecided { start }) => {
                Act::DecideInitiation(DecideInitiation {
                    start,
                    undertaking_unit: super::unit(UnitBinding::UndertakingUnit),
                    reason: text(),
                })
            }
            (Verb::AddDraftVersion, EventClass::DraftVersionAdded(change)) => Act::AddDraftVersion(AddDraftVersion {
                change,
                reason: text(),
                replaces: self.case.file.current().map(|d| d.id).filter(|_| change != DraftChange::First),
                documents,
            }),
            (Verb::AddFinalText, _) => Act::AddFinalText(AddFinalText { replaces: draft, reason: text(), documents }),
            (verb, EventClass::DraftingItemRecorded { item, in_order }) if item.verb() == verb => {
                let content = self.drafting_content(item, in_order);
                Act::RecordDraftingItem(RecordDraftingItem { draft, content, documents })
            }
            (Verb::OpenSolicitation, _) => Act::OpenSolicitation(OpenSolicitation {
                draft,
                opens_on: self.today,
                closes_on: self.today.saturating_add(COMMENT_DAYS.days()),
                shortening_reason: None,
                channels: vec!["政府网站".into()],
                contact: "承办单位".into(),
                documents: vec![self.public()?],
            }),
            (Verb::CloseSolicitation, EventClass::SolicitationClosed { zero }) => {
                Act::CloseSolicitation(CloseSolicitation {
                    consultation: self.case.file.consultation.as_ref()?.id,
                    received: if zero { 0 } else { 2 },
                    closing_n: 4,
                    closing_leaf: Digest::new([7; 32]),
                })
            }
            (Verb::SettleComments, _) => Act::SettleComments(SettleComments {
                consultation: self.case.file.consultation.as_ref()?.id,
                adopted: 1,
                partly: 0,
                not_adopted: 1,
            }),
            (Verb::RecordParticipation, EventClass::ParticipationRecorded { groups }) => {
                Act::RecordParticipation(RecordParticipation {
                    draft,
                    form: ParticipationForm::Symposium,
                    held_on: self.today,
                    heard: "居民代表12人。".into(),
                    groups: if groups { vec!["低收入家庭".into()] } else { Vec::new() },
                    views: text(),
                    materials_on: None,
                    documents,
                })
            }
            (hearing, class) if hearing.of_hearing() => super::hearing::act(self, hearing, class)?,
            (Verb::ReportParticipation, _) => {
                Act::ReportParticipation(ReportParticipation { summary: text(), feedback: text(), documents })
            }
            (Verb::AppointExperts, _) => self.experts(),
            (Verb::DeclareInterest, _) => {
                Act::DeclareInterest(DeclareInterest { interest: false, statement: text(), documents })
            }
            (Verb::EnterInterestDeclaration, EventClass::ExpertsHeard { complete }) => {
                Act::EnterInterestDeclaration(EnterInterestDeclaration {
                    expert: self.expert(|e| e.interest.is_none() && e.person.is_none())?,
                    interest: complete,
                    statement: text(),
                    documents,
                })
            }
            (Verb::ReleaseExpert, _) => {
                let expert = self.expert(|e| e.stance.is_none())?;
                Act::ReleaseExpert(ReleaseExpert { expert, reason: text() })
            }
            (Verb::SendExpertMaterials, _) => {
                Act::SendExpertMaterials(SendExpertMaterials { delivered_on: self.today, note: text(), documents })
            }
            (Verb::GiveExpertOpinion, _) => Act::GiveExpertOpinion(GiveExpertOpinion {
                draft: self.case.file.panel.as_ref()?.draft,
                stance: ExpertStance::Support,
                text: text(),
                documents,
            }),
            (Verb::EnterExpertOpinion, _) => Act::EnterExpertOpinion(EnterExpertOpinion {
                expert: self.expert(|e| e.stance.is_none() && e.interest == Some(false) && e.person.is_none())?,
                draft: self.case.file.panel.as_ref()?.draft,
                stance: if self.roll.is_multiple_of(2) { ExpertStance::Support } else { ExpertStance::Oppose },
                text: text(),
                documents,
            }),
            (Verb::ReportExpertReview, _) => self.expert_report()?,
            (Verb::StartRiskAssessment, _) => {
                Act::StartRiskAssessment(StartRiskAssessment { draft, plan: text(), third_party: None, documents })
            }
            (Verb::ReportRisk, EventClass::RiskReported { level }) => Act::ReportRisk(ReportRisk {
                level,
                proposes_controllable: true,
                points: text(),
                measures: text(),
                contingency: text(),
                reused_from: None,
                documents,
            }),
            _ => return self.later(verb, class),
        })
    }

    fn later(&self, verb: Verb, class: EventClass) -> Option<Act> {
        let text = || "说明。".to_owned();
        let documents = self.documents();
        let draft = self.draft();
        Some(match (verb, class) {
            (Verb::SubmitForLegalityReview, _) => {
                let stage = self.def.stages.iter().find(|s| s.kind == StageKind::LegalityReview)?;
                let enclosed =
                    |m: &Material| SubmittedMaterial { material: m.id.clone(), enclosed: true, note: String::new() };
                let materials = stage.materials.iter().map(enclosed).collect();
                Act::SubmitForLegalityReview(SubmitForLegalityReview { draft, note: text(), materials, documents })
            }
            (Verb::ReturnSubmission, _) => Act::ReturnSubmission(ReturnSubmission { reason: text() }),
            (Verb::RequestSupplement, _) => Act::RequestSupplement(RequestSupplement { items: vec![text()] }),
            (Verb::SupplySupplement, _) => Act::SupplySupplement(SupplySupplement { note: text(), documents }),
            (Verb::RecordAdvice, EventClass::AdviceRecorded { complete }) => {
                let heard = |kind: AdviserKind| self.case.file.advised(kind);
                let all = |with: AdviserKind| AdviserKind::ALL.iter().all(|k| *k == with || heard(*k));
                let left = || AdviserKind::ALL.iter().find(|k| !heard(**k));
                let kind = *AdviserKind::ALL.iter().find(|k| all(**k) == complete).or_else(left)?;
                let absent = self.def.roles_for(verb).any(|role| role.advises().next().is_none());
                Act::RecordAdvice(RecordAdvice { engagement: None, kind, absent, text: text(), documents })
            }
            (Verb::ConcludeLegalityReview, EventClass::LegalityConcluded(conclusion)) => self.conclude(conclusion),
            (Verb::RespondToLegalityOpinion, _) => Act::RespondToLegalityOpinion(RespondToLegalityOpinion {
                uptake: Uptake::Full,
                reasons: String::new(),
                documents,
            }),
            (Verb::ConfirmDraft, _) => Act::ConfirmDraft(ConfirmDraft { draft, statement: text(), documents }),
            (Verb::RefuseConfirmation, _) => Act::RefuseConfirmation(RefuseConfirmation { draft, reason: text() }),
            (Verb::RequestTabling, _) => Act::RequestTabling(RequestTabling { draft, note: text(), documents }),
            (Verb::CheckTablingFile, EventClass::TablingChecked { complete }) => {
                let missing = if complete { Vec::new() } else { vec![text()] };
                Act::CheckTablingFile(CheckTablingFile { complete, missing })
            }
            (Verb::ReviewTabling, EventClass::TablingReviewed { agreed }) => {
                Act::ReviewTabling(ReviewTabling { agrees: agreed, opinion: text() })
            }
            (Verb::ApproveTabling, class) => {
                let approves = matches!(class, EventClass::TablingApproved);
                Act::ApproveTabling(ApproveTabling { approves, opinion: text() })
            }
            (Verb::ConveneMeeting, _) => Act::ConveneMeeting(ConveneMeeting {
                meeting: MeetingId::new(Uuid::from_u128(0x4EE7)),
                session: "区政府第12次常务会议".into(),
                held_on: self.today,
                place: "第一会议室".into(),
                chair: member(0, true).person,
                members: vec![member(0, true), member(1, false), member(2, false)],
            }),
            (Verb::PostponeMeeting, _) => Act::PostponeMeeting(PostponeMeeting { meeting: None, reason: text() }),
            (Verb::RecordAttendance, EventClass::AttendanceTaken { quorum }) => self.attendance(quorum)?,
            (Verb::FindRisk, EventClass::RiskFound { controllable }) => {
                Act::FindRisk(FindRisk { controllable, reason: text() })
            }
            (Verb::RecordPosition, EventClass::PositionRecorded { majority, .. }) => self.position(majority)?,
            (Verb::AdoptDraft | Verb::DeclineDraft, EventClass::HeadDecided(outcome)) => self.head(outcome, false),
            (Verb::AdoptDraft, EventClass::IrregularityRecorded) => self.head(Outcome::Agree, true),
            (Verb::DeclineDraft, EventClass::IrregularityRecorded) => self.head(Outcome::Defer, true),
            (Verb::SignMeetingRecord, _) => Act::SignMeetingRecord(SignMeetingRecord { documents }),
            (Verb::RecordReportReply, EventClass::ReportReplied(reply)) => {
                let comments = if reply == ReportReply::Agreed { String::new() } else { text() };
                Act::RecordReportReply(RecordReportReply {
                    body: "区委".into(),
                    reference: "区委复〔2024〕1号".into(),
                    sent_on: self.today,
                    replied_on: self.today,
                    reply,
                    comments,
                    documents,
                })
            }
            (Verb::IssueDecision, _) => Act::IssueDecision(IssueDecision {
                draft,
                document_no: "区府〔2024〕1号".into(),
                issued_on: self.today,
                executing_unit: super::unit(UnitBinding::UndertakingUnit),
                execution_due_on: self.today.saturating_add(365.days()),
                documents,
            }),
            (Verb::PublishDecision, _) => Act::PublishDecision(PublishDecision {
                published_on: self.today,
                channels: vec!["政府网站".into()],
                wide_concern: true,
                adoption_account: Some(text()),
                explanation: self.roll.is_multiple_of(2).then(text),
                documents: vec![self.public()?],
            }),
            (Verb::PublishExplanation, _) => Act::PublishExplanation(PublishExplanation {
                published_on: self.today,
                channels: vec!["政府网站".into()],
                text: text(),
                documents: Vec::new(),
            }),
            (Verb::ReportExecution, _) => {
                Act::ReportExecution(ReportExecution { as_of: self.today, progress: text(), documents })
            }
            (Verb::ReportExecutionTrouble, _) => Act::ReportExecutionTrouble(ReportExecutionTrouble {
                trouble: ExecutionTrouble::ChangeOfCircumstances,
                description: text(),
                effect: text(),
                proposal: text(),
                documents,
            }),
            (Verb::EnterExecutionComment, _) => Act::EnterExecutionComment(EnterExecutionComment {
                channel: Channel::Letter,
                received_on: self.today,
                text: text(),
            }),
            (Verb::AnswerExecutionComment, EventClass::ExecutionCommentAnswered { none_left }) => {
                let mut open = self.case.file.execution_comments.iter().filter(|(_, answered)| !**answered);
                let number = *open.next()?.0;
                if none_left != open.next().is_none() {
                    return None;
                }
                Act::AnswerExecutionComment(AnswerExecutionComment { number, handling: text(), documents })
            }
            (Verb::SuspendExecution, _) => Act::SuspendExecution(SuspendExecution {
                trouble: ExecutionTrouble::ForceMajeure,
                reason: text(),
                measures: text(),
                documents,
            }),
            (Verb::ResumeExecution, _) => Act::ResumeExecution(ResumeExecution { reason: text(), documents }),
            (Verb::AdjustExecution, _) => Act::AdjustExecution(AdjustExecution {
                by_case: CaseId::new(Uuid::from_u128(0xadc0_0000_0000_0000)),
                reason: text(),
                document_no: "区府〔2025〕2号".into(),
                issued_on: self.today,
            }),
            (Verb::TerminateExecution, _) => Act::TerminateExecution(TerminateExecution {
                meeting: "区政府第30次常务会议".into(),
                decided_on: self.today,
                reason: text(),
                measures: text(),
                documents,
            }),
            (Verb::CompleteExecution, _) => {
                Act::CompleteExecution(CompleteExecution { completed_on: self.today, summary: text(), documents })
            }
            (Verb::StartEvaluation, _) => Act::StartEvaluation(StartEvaluation {
                triggers: vec![EvaluationTrigger::ThoughtNecessary],
                reason: text(),
                evaluating_unit: super::unit(UnitBinding::EvaluatingUnit),
                third_party: None,
                due_on: self.today.saturating_add(90.days()),
                documents,
                lineage: Vec::new(),
            }),
            (Verb::RecordEvaluationVoice, EventClass::EvaluationHeard { complete }) => self.voice(complete)?,
            (Verb::ReportEvaluation, _) => Act::ReportEvaluation(ReportEvaluation {
                methods: text(),
                results: text(),
                problems: text(),
                proposal: EvaluationConclusion::Amend,
                documents,
            }),
            (Verb::ConcludeEvaluation, EventClass::EvaluationConcluded(conclusion)) => {
                let meeting = Some("区政府第40次常务会议".into());
                Act::ConcludeEvaluation(ConcludeEvaluation { conclusion, reasons: text(), meeting, documents })
            }
            (
                Verb::CheckVolume | Verb::CheckExecutionVolume | Verb::CheckEvaluationVolume,
                EventClass::VolumeChecked { volume, complete },
            ) => {
                let missing = if complete { Vec::new() } else { vec![text()] };
                let on_file = |(stage, material): (&StageId, &CriterionId)| MaterialAnswer {
                    stage: stage.clone(),
                    material: material.clone(),
                    on_file: true,
                    note: String::new(),
                };
                let materials = demanded(self.def, volume).map(on_file).collect();
                Act::CheckVolume(CheckVolume { volume, complete, missing, retention: Retention::Permanent, materials })
            }
            (
                Verb::CloseVolume | Verb::CloseExecutionVolume | Verb::CloseEvaluationVolume,
                EventClass::VolumeClosed(volume),
            ) => Act::CloseVolume(CloseVolume {
                volume,
                count: self.case.file.count(volume),
                root: Digest::new([9; 32]),
            }),
            // Opening is not an act on a case; comments are answered on the consultation's own stream.
            _ => return None,
        })
    }

    /// Two experts, of whom the first is whoever holds the role of experts.
    fn experts(&self) -> Act {
        let role = self.def.roles_for(Verb::GiveExpertOpinion).next();
        let candidate = |at: u64| ExpertCandidate {
            code: format!("E-{}-{at}", self.drawn),
            person: role.filter(|_| at == 0 && self.case.file.panel.is_none()).map(|r| super::person(self.def, &r.id)),
            name: "专家".into(),
            field: "水务".into(),
            employer: "某大学".into(),
            unit: None,
            excluded: None,
        };
        let candidates: Vec<_> = (0..2).map(candidate).collect();
        Act::AppointExperts(AppointExperts {
            draft: self.draft(),
            form: ExpertReviewForm::Meeting,
            question: "必要性、可行性、科学性。".into(),
            complex: false,
            pool: String::new(),
            pool_version: None,
            candidates,
            selection: ExpertSelection::Drawn,
            seats: 2,
            chosen: Vec::new(),
            reasons: String::new(),
            seed: None,
            seed_source: None,
            documents: self.documents(),
        })
    }

    /// The first expert who sits and is so.
    fn expert(&self, is: impl Fn(&PanelExpert) -> bool) -> Option<String> {
        let panel = self.case.file.panel.as_ref()?;
        panel.experts.iter().find(|e| e.sits() && is(e)).map(|e| e.code.clone())
    }

    fn expert_report(&self) -> Option<Act> {
        let opinions = self.case.file.panel.as_ref()?.experts.iter().filter(|e| e.sits() && e.stance.is_some());
        let opposed = opinions.clone().any(|e| e.stance == Some(ExpertStance::Oppose));
        let line =
            |e: &PanelExpert| ExpertAdoption { expert: e.code.clone(), uptake: Uptake::Full, reason: String::new() };
        Some(Act::ReportExpertReview(ReportExpertReview {
            summary: "论证意见。".into(),
            dissent: if opposed { "不同意见。".into() } else { String::new() },
            adoption: opinions.map(line).collect(),
            documents: self.documents(),
        }))
    }

    fn facts(&self) -> Option<Act> {
        let many = u64::try_from(self.def.facts.len()).ok().filter(|n| *n > 0)?;
        let spec = &self.def.facts[usize::try_from(self.roll % many).ok()?];
        let values = spec.kind.values();
        let known = self.case.facts.get(&spec.id)?;
        let at = values.iter().position(|v| v == known)?;
        let next = values[(at + 1) % values.len()].clone();
        Some(Act::DetermineFacts(DetermineFacts {
            facts: [(spec.id.clone(), next)].into(),
            reason: "情况变化。".into(),
            overlays: None,
        }))
    }

    /// A voice whose record answers for all of them, or does not yet.
    fn voice(&self, complete: bool) -> Option<Act> {
        let known = &self.case.file.voices;
        let all = |with: EvaluationVoice| EvaluationVoice::ALL.iter().all(|v| *v == with || known.contains(v));
        let voice = *EvaluationVoice::ALL
            .iter()
            .find(|v| !known.contains(v) && all(**v) == complete)
            .or_else(|| EvaluationVoice::ALL.iter().find(|v| all(**v) == complete))?;
        Some(Act::RecordEvaluationVoice(RecordEvaluationVoice {
            voice,
            heard: true,
            summary: "意见。".into(),
            documents: self.documents(),
        }))
    }

    /// A document that may be published.
    fn public(&self) -> Option<DocumentRef> {
        let public = |d: &&FiledDocument| d.disclosure.as_ref().is_some_and(|f| f.attribute == Disclosure::Public);
        self.case.file.documents.values().find(public).map(|d| d.document.clone())
    }

    fn drafting_content(&self, item: DraftingItem, in_order: bool) -> DraftingContent {
        let text = || "说明。".to_owned();
        match item {
            DraftingItem::BasisList => {
                let (name, supports) = ("水法".to_owned(), text());
                let basis =
                    CitedBasis { name, number: String::new(), articles: String::new(), supports, standing: None };
                DraftingContent::BasisList(BasisList { bases: vec![basis] })
            }
            DraftingItem::Alternatives => {
                let option = |name: &str| DraftOption {
                    name: name.to_owned(),
                    content: text(),
                    advantages: text(),
                    drawbacks: text(),
                };
                let options = vec![option("方案一"), option("方案二")];
                DraftingContent::Alternatives(Alternatives {
                    differences: text(),
                    options,
                    preferred: 1,
                    reasons: text(),
                })
            }
            DraftingItem::DepartmentConsultation => DraftingContent::DepartmentConsultation(DepartmentConsultation {
                consulted: Vec::new(),
                none_reason: text(),
            }),
            DraftingItem::CostBenefit => DraftingContent::CostBenefit(CostBenefit {
                information: text(),
                method: text(),
                costs: text(),
                benefits: text(),
                conclusion: text(),
                effect: text(),
            }),
            DraftingItem::FairCompetition => DraftingContent::FairCompetition(FairCompetition {
                issuer: MeasureIssuer::Department,
                reviewer: FairCompetitionReviewer::UndertakingUnit,
                reviewing_unit: None,
                preliminary: String::new(),
                heard: vec![text()],
                conclusion: if in_order { FairCompetitionConclusion::Passes } else { FairCompetitionConclusion::Fails },
                opinion: text(),
                exception: None,
            }),
            DraftingItem::UnitLegalCheck => DraftingContent::UnitLegalCheck(UnitLegalCheck {
                checked_by: "法规科".into(),
                lawful: in_order,
                opinion: text(),
            }),
            DraftingItem::Countersign => {
                let signed = Countersignature {
                    unit: "财政局".into(),
                    signatory: "局长".into(),
                    signed_on: self.today,
                    agrees: in_order,
                    opinion: text(),
                };
                DraftingContent::Countersign(Countersign { signed: vec![signed] })
            }
            DraftingItem::LeadershipMeeting => DraftingContent::LeadershipMeeting(LeadershipMeeting {
                held_on: self.today,
                session: "局务会".into(),
                present: text(),
                agreed: in_order,
                conclusion: text(),
            }),
        }
    }

    fn conclude(&self, conclusion: LegalityConclusion) -> Act {
        let finding = match conclusion {
            LegalityConclusion::Lawful => LegalityFinding::Lawful,
            LegalityConclusion::RiskStated => LegalityFinding::NoRule,
            LegalityConclusion::Amend | LegalityConclusion::ProcedureMissing | LegalityConclusion::MustNotBeTabled => {
                LegalityFinding::Conflict
            }
        };
        // Nobody has authority by a gap in the law.
        let own = |aspect: LegalityAspect| match (aspect, finding) {
            (LegalityAspect::Authority, LegalityFinding::NoRule) => LegalityFinding::Lawful,
            _ => finding,
        };
        let line = |aspect: &LegalityAspect| SheetLine {
            aspect: *aspect,
            clause: String::new(),
            finding: own(*aspect),
            basis: "第713号令第二十七条".into(),
            remark: "说明。".into(),
        };
        Act::ConcludeLegalityReview(ConcludeLegalityReview {
            draft: self.draft(),
            conclusion,
            sheet: LegalityAspect::ALL.iter().map(line).collect(),
            opinion: "审查意见。".into(),
            no_rule_reason: Some("国家尚无明确规定。".into()),
            risk_statement: Some("风险如下。".into()),
            early_statement: Some("审查已完成。".into()),
            documents: self.documents(),
        })
    }

    fn attendance(&self, quorum: bool) -> Option<Act> {
        let members: Vec<_> = self.case.file.meeting.as_ref()?.called.members.iter().map(|m| m.person).collect();
        let present = if quorum { members.len() } else { 1 };
        let absent = members[present..].iter();
        Some(Act::RecordAttendance(RecordAttendance {
            present: members[..present].to_vec(),
            absent: absent
                .map(|person| AbsentMember { person: *person, reason: "出差".into(), written_view: String::new() })
                .collect(),
            recused: Vec::new(),
            observers: vec![Observer { unit: "司法局".into(), name: "局长".into() }],
            chair: members[0],
            entrusted: None,
            meeting_n: 1,
            meeting_leaf: Digest::new([7; 32]),
        }))
    }

    /// The next member who has not spoken. Their places in the order begin at 2, so that the head can be told to have
    /// spoken first.
    fn position(&self, majority: Majority) -> Option<Act> {
        let meeting = self.case.file.meeting.as_ref()?;
        let next = meeting
            .called
            .members
            .iter()
            .find(|m| !m.head && !meeting.positions.iter().any(|p| p.member == m.person))?;
        let position = match majority {
            Majority::For => Position::Agree,
            Majority::Against => Position::Disagree,
            Majority::Even => Position::Reserve,
        };
        Some(Act::RecordPosition(RecordPosition {
            member: next.person,
            position,
            statement: "意见。".into(),
            spoken_no: u32::try_from(meeting.positions.len()).ok()? + 2,
        }))
    }

    fn head(&self, outcome: Outcome, first: bool) -> Act {
        let spoken = self.case.file.meeting.as_ref().map_or(0, |m| m.positions.len());
        let last = u32::try_from(spoken).unwrap_or(u32::MAX - 2) + 2;
        Act::RecordHeadDecision(RecordHeadDecision {
            outcome,
            statement: "决定。".into(),
            spoken_no: if first { 1 } else { last },
            reasons: Some("综合考虑。".into()),
            amendments: Some("修改有关条款。".into()),
        })
    }
}
