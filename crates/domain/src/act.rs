//! What people ask for: one struct an act, with what they give and nothing that the system works out.

use std::collections::BTreeSet;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::condition::Facts;
use crate::consultation::Channel;
use crate::drafting::DraftingContent;
/// Those of a hearing are declared beside it.
pub use crate::hearing::acts::{
    CancelHearing, DecideHearing, DeliverHearingMaterials, DrawHearingParticipants, NoticeHearing, OpenHearing,
    PostponeHearing, PublishHearingParticipants, RecordHearingStatement, ReportHearing, SignHearingRecord,
};
use crate::id::{
    CaseId, ConsultationId, Digest, DraftId, EngagementId, EntryId, IrregularityId, MeetingId, PersonId, ProposalId,
    UnitId,
};
use crate::task::Answers;
use crate::verb::Verb;
use crate::words::{
    AbsenceGround, AdviserKind, CriterionId, Disclosure, DocumentRef, DraftChange, EvaluationConclusion,
    EvaluationTrigger, EvaluationVoice, ExecutionTrouble, ExpertReviewForm, ExpertSelection, ExpertStance,
    LegalityAspect, LegalityConclusion, LegalityFinding, MatterClass, Outcome, OverlayId, ParticipationForm, Position,
    Proposer, ReportReply, Retention, RiskLevel, StageId, Uptake, Volume,
};

macro_rules! acts {
    ($($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident: $kind:ty,)* })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct $name {
            $($(#[$field_doc])* pub $field: $kind,)*
        }
    )*};
}

pub(crate) use acts;

acts! {
    /// Open a case.
    OpenCase {
        /// Name of the matter, 1 to 200 characters.
        title: String,
        /// What it is about, up to 10,000 characters.
        summary: String,
        /// Class of decision (R713 art. 3); asked of major decisions, and of nothing else.
        class: Option<MatterClass>,
        /// Who proposed it (R713 art. 10).
        proposer: Proposer,
        /// The proposal: number and date as people cite it; empty where there is none.
        proposal_reference: String,
        /// Catalogue entry it comes from, if any: a matter outside the catalogue still follows the procedure.
        entry: Option<EntryId>,
        /// The decision in force that this one would take the place of, if any: a major adjustment goes through the
        /// procedure again (R713 art. 37).
        adjusts: Option<CaseId>,
        /// The decided proposal that it is opened from, if it is on record here; its study is taken over.
        proposal: Option<ProposalId>,
        /// The unit that is to study it.
        undertaking_unit: UnitId,
        /// Facts known from the start; the rest have the definition's defaults.
        facts: Facts,
        /// Special laws of the definition that apply to the matter (R713 art. 3): what they settle is so from the start.
        #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
        overlays: BTreeSet<OverlayId>,
    }

    /// What makes a matter that is under way elsewhere a case here 中途接入. What was done before comes in stage by stage, as late
    /// records.
    OnboardedMatter {
        /// The day on which the matter was begun, before this one.
        begun_on: Date,
        /// Why it comes here now.
        reason: String,
        /// What shows that it is under way, at least one.
        documents: Vec<DocumentRef>,
    }

    /// Take over a stage that was done before the case came here: a late record of what happened, by whom, and what shows it.
    TakeOverStage {
        /// The current version, on which it was done; absent for initiation, which came before any.
        draft: Option<DraftId>,
        /// Who did it, as the papers name them; for a risk assessment whoever assessed.
        done_by: String,
        /// Their unit, where the directory knows it.
        unit: Option<UnitId>,
        /// What was done and what came of it: for participation and experts also how each opinion was taken up.
        account: String,
        /// First day of the solicitation of comments; for participation.
        opened_on: Option<Date>,
        /// Last day of the solicitation; for participation.
        closed_on: Option<Date>,
        /// Why that was shorter than the law asks, as the notice said (R713 art. 15).
        shortening_reason: Option<String>,
        /// How many comments came, or experts gave signed opinions; for participation and expert review.
        heard: Option<u32>,
        /// Level found; for a risk assessment.
        level: Option<RiskLevel>,
        /// The papers, at least one.
        documents: Vec<DocumentRef>,
    }

    /// State or correct declared facts, or which special laws apply.
    DetermineFacts {
        /// The facts; at least one, unless special laws are given.
        facts: Facts,
        /// Why they are so.
        reason: String,
        /// All special laws that apply from now on; none where they stay as they are.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        overlays: Option<BTreeSet<OverlayId>>,
    }

    /// Record that a stage does not run.
    RecordAbsence {
        /// On which ground.
        ground: AbsenceGround,
        /// Why.
        reason: String,
        /// The article that allows it, as people cite it.
        basis: String,
        /// What shows it.
        documents: Vec<DocumentRef>,
    }

    /// Record why evidence on an earlier version holds for the current one.
    ReaffirmEvidence {
        /// The current version.
        draft: DraftId,
        /// Why the change does not touch what was found.
        reason: String,
        /// What shows it.
        documents: Vec<DocumentRef>,
    }

    /// Record how an irregularity was cured.
    CureIrregularity {
        /// Which.
        irregularity: IrregularityId,
        /// How: held again, completed afterwards, or what else.
        how: String,
        /// What shows it.
        documents: Vec<DocumentRef>,
    }

    /// End the case before a decision.
    TerminateCase {
        /// Why.
        reason: String,
        /// On what basis.
        basis: String,
    }

    /// Give the study opinion on the proposal.
    StudyProposal {
        /// Necessity, feasibility, lawfulness.
        opinion: String,
        /// Whether it recommends to begin.
        recommends: bool,
        /// The report.
        documents: Vec<DocumentRef>,
    }

    /// Decide whether to begin.
    DecideInitiation {
        /// Whether to begin.
        start: bool,
        /// The undertaking (lead) unit (R713 art. 11).
        undertaking_unit: UnitId,
        /// Why.
        reason: String,
    }

    /// Add a version of the draft.
    AddDraftVersion {
        /// How it relates to the one before; anything but `carries_out_decision`.
        change: DraftChange,
        /// What changed and why; required but for the first version.
        reason: String,
        /// The version the user saw as current; absent for the first.
        replaces: Option<DraftId>,
        /// The text and what explains it, at least one.
        documents: Vec<DocumentRef>,
    }

    /// Add the text that carries out the decision.
    AddFinalText {
        /// The version the user saw as current.
        replaces: DraftId,
        /// How it carries out what was decided.
        reason: String,
        /// The text, at least one document.
        documents: Vec<DocumentRef>,
    }

    /// Answer for an item of drafting.
    RecordDraftingItem {
        /// The version it is about.
        draft: DraftId,
        /// Which item, and what it says.
        content: DraftingContent,
        /// What shows it.
        documents: Vec<DocumentRef>,
    }

    /// Open the solicitation of public comments.
    OpenSolicitation {
        /// The version on which comments are asked.
        draft: DraftId,
        /// First day, on which the notice is published.
        opens_on: Date,
        /// Last day, to its end.
        closes_on: Date,
        /// Why the period is shorter than the law asks; printed in the notice (R713 art. 15).
        shortening_reason: Option<String>,
        /// Where it is published: website, newspaper and so on; at least one.
        channels: Vec<String>,
        /// Whom to ask, and how to comment otherwise than here. A unit, not a private person.
        contact: String,
        /// Notice, draft and explanation, at least one.
        documents: Vec<DocumentRef>,
    }

    /// Record that the solicitation closed; from the consultation's own stream.
    CloseSolicitation {
        /// Which consultation.
        consultation: ConsultationId,
        /// How many comments came in time.
        received: u64,
        /// Number and leaf hash of the consultation's closing event.
        closing_n: u64,
        /// Leaf hash of the consultation's closing event.
        closing_leaf: Digest,
    }

    /// Record that all comments are answered; from the consultation's own stream.
    SettleComments {
        /// Which consultation.
        consultation: ConsultationId,
        /// How many were adopted in full.
        adopted: u64,
        /// How many in part.
        partly: u64,
        /// How many not.
        not_adopted: u64,
    }

    /// Record one form of participation.
    RecordParticipation {
        /// Version that people were asked about.
        draft: DraftId,
        /// Which form.
        form: ParticipationForm,
        /// Day on which it was held or, for a questionnaire or poll, ended.
        held_on: Date,
        /// Who was heard, by kind and number; no private persons by name.
        heard: String,
        /// Affected groups that were heard, each with who spoke for it; none where nobody of a particular group was
        /// (R713 art. 14).
        groups: Vec<String>,
        /// All views that were told, also those against.
        views: String,
        /// Day on which those invited had the materials, where they were sent beforehand.
        materials_on: Option<Date>,
        /// What shows it, at least one document.
        documents: Vec<DocumentRef>,
    }

    /// Report on public participation.
    ReportParticipation {
        /// Summary of views and of adoption with reasons (R713 arts. 18, 29).
        summary: String,
        /// Where feedback was given to the public.
        feedback: String,
        /// The report, at least one document.
        documents: Vec<DocumentRef>,
    }

    /// Somebody who could be an expert of a review.
    ExpertCandidate {
        /// Code under which they stand in the pool, or any other that is theirs alone in this review.
        code: String,
        /// Their account, if they have one here: they then declare and give their opinion themselves.
        person: Option<PersonId>,
        /// Name.
        name: String,
        /// Field of knowledge.
        field: String,
        /// Where they work.
        employer: String,
        /// The same as a unit of the directory, if it is one.
        unit: Option<UnitId>,
        /// Why they are left out before the selection; absent where they are not.
        excluded: Option<String>,
    }

    /// Appoint experts.
    AppointExperts {
        /// Version reviewed.
        draft: DraftId,
        /// In which way they review (R713 art. 20).
        form: ExpertReviewForm,
        /// What they are asked: necessity, feasibility, soundness and so on (R713 art. 19).
        question: String,
        /// Whether the matter is complex, disputed or sensitive, so that more experts are asked for.
        complex: bool,
        /// The pool and its version as people cite it, e.g. that of the province; empty where they come from outside any.
        pool: String,
        /// Version of the organ's own pool, where a candidate's code is in it; the directory knows it.
        pool_version: Option<u32>,
        /// All who were considered, also those left out, at least one.
        candidates: Vec<ExpertCandidate>,
        /// How they were selected.
        selection: ExpertSelection,
        /// How many are appointed.
        seats: u32,
        /// Codes of those chosen; empty for a draw.
        chosen: Vec<String>,
        /// By which rule and why these; required where they were chosen.
        reasons: String,
        /// Seed of a draw that was held elsewhere; absent where the system is to draw one.
        seed: Option<String>,
        /// Where that seed comes from, as named before; given exactly with it.
        seed_source: Option<String>,
        /// Letters of appointment.
        documents: Vec<DocumentRef>,
    }

    /// An expert's declaration.
    DeclareInterest {
        /// Whether they have a direct interest; it takes them out of the review (R713 art. 20).
        interest: bool,
        /// What they declare.
        statement: String,
        /// The signed declaration.
        documents: Vec<DocumentRef>,
    }

    /// An expert's declaration that came on paper.
    EnterInterestDeclaration {
        /// Code of the expert.
        expert: String,
        /// Whether they have a direct interest.
        interest: bool,
        /// What they declare.
        statement: String,
        /// The signed declaration, at least one document.
        documents: Vec<DocumentRef>,
    }

    /// Release an expert.
    ReleaseExpert {
        /// Code of the expert.
        expert: String,
        /// Why.
        reason: String,
    }

    /// Send the experts what they are to review.
    SendExpertMaterials {
        /// Day on which they had it.
        delivered_on: Date,
        /// What was sent.
        note: String,
        /// The materials, at least one.
        documents: Vec<DocumentRef>,
    }

    /// An expert's opinion.
    GiveExpertOpinion {
        /// The version it is about: the one that the experts were appointed for.
        draft: DraftId,
        /// Where they stand.
        stance: ExpertStance,
        /// Their opinion.
        text: String,
        /// The signed or sealed opinion, at least one document (R713 art. 19).
        documents: Vec<DocumentRef>,
    }

    /// An expert's opinion that came on paper.
    EnterExpertOpinion {
        /// Code of the expert.
        expert: String,
        /// The version it is about.
        draft: DraftId,
        /// Where they stand.
        stance: ExpertStance,
        /// Their opinion.
        text: String,
        /// The signed or sealed opinion, at least one document (R713 art. 19).
        documents: Vec<DocumentRef>,
    }

    /// How one expert's opinion was taken up.
    ExpertAdoption {
        /// Code of the expert.
        expert: String,
        /// How.
        uptake: Uptake,
        /// What was changed, or why not; required unless in full.
        reason: String,
    }

    /// Report on the expert review.
    ReportExpertReview {
        /// What the experts found, without the dissent.
        summary: String,
        /// What those said who oppose; empty exactly where nobody does.
        dissent: String,
        /// How each opinion was taken up: one line an opinion.
        adoption: Vec<ExpertAdoption>,
        /// The report, at least one document.
        documents: Vec<DocumentRef>,
    }

    /// Begin the risk assessment.
    StartRiskAssessment {
        /// Version assessed.
        draft: DraftId,
        /// How it will be done.
        plan: String,
        /// Commissioned third party, if any (R713 art. 23).
        third_party: Option<String>,
        /// The plan.
        documents: Vec<DocumentRef>,
    }

    /// Report the risk assessment.
    ReportRisk {
        /// Level found.
        level: RiskLevel,
        /// Whether the unit proposes to find the risk controllable. The finding itself is the organ's (R713 art. 24).
        proposes_controllable: bool,
        /// Risk points, at least one sentence.
        points: String,
        /// Preventive measures.
        measures: String,
        /// Contingency plan.
        contingency: String,
        /// The earlier report that is reused instead of assessing twice, as people cite it (R713 art. 22).
        reused_from: Option<String>,
        /// The report, at least one document.
        documents: Vec<DocumentRef>,
    }

    /// Submit the draft for legality review.
    SubmitForLegalityReview {
        /// Version submitted.
        draft: DraftId,
        /// Procedures performed, and reasons for those not (R713 art. 26).
        note: String,
        /// What becomes of each material that the definition demands of the stage: all of them.
        materials: Vec<SubmittedMaterial>,
        /// Request, drafting note, bases and the rest, at least one.
        documents: Vec<DocumentRef>,
    }

    /// What becomes of a material that is demanded of a submission.
    SubmittedMaterial {
        /// Its name in the definition.
        material: CriterionId,
        /// Whether it is enclosed.
        enclosed: bool,
        /// Where it lies; or, where it is not enclosed, why.
        note: String,
    }

    /// Return a deficient submission.
    ReturnSubmission {
        /// What is deficient.
        reason: String,
    }

    /// Ask for a supplement.
    RequestSupplement {
        /// What is to be supplied, at least one line.
        items: Vec<String>,
    }

    /// Supply it.
    SupplySupplement {
        /// What is supplied.
        note: String,
        /// The materials, at least one.
        documents: Vec<DocumentRef>,
    }

    /// An adviser's opinion, or why there is none.
    RecordAdvice {
        /// The engagement whose opinion is taken over: the application fills in the rest.
        engagement: Option<EngagementId>,
        /// The adviser's part. Each is heard, or its absence explained.
        kind: AdviserKind,
        /// Whether nobody of that part could advise.
        absent: bool,
        /// The opinion, or the reason why there is none.
        text: String,
        /// The signed opinion.
        documents: Vec<DocumentRef>,
    }

    /// One line of the review sheet.
    SheetLine {
        /// What it looks at.
        aspect: LegalityAspect,
        /// Which clause of the draft; empty for the whole.
        clause: String,
        /// What it finds.
        finding: LegalityFinding,
        /// By which law.
        basis: String,
        /// Remark.
        remark: String,
    }

    /// Conclude the legality review.
    ConcludeLegalityReview {
        /// The version reviewed.
        draft: DraftId,
        /// The conclusion.
        conclusion: LegalityConclusion,
        /// The sheet: authority, procedure and substance each at least once.
        sheet: Vec<SheetLine>,
        /// Reasons and advice.
        opinion: String,
        /// For `risk_stated`: why the state has no clear rule on it.
        no_rule_reason: Option<String>,
        /// For `risk_stated`: the legal risk.
        risk_statement: Option<String>,
        /// The reviewer's own statement that they finish before the guaranteed period ends.
        early_statement: Option<String>,
        /// The signed opinion, at least one document.
        documents: Vec<DocumentRef>,
    }

    /// Respond to the reviewer's conclusion.
    RespondToLegalityOpinion {
        /// How it was taken up.
        uptake: Uptake,
        /// Why not in full; required unless it was.
        reasons: String,
        /// What shows it.
        documents: Vec<DocumentRef>,
    }

    /// Confirm that the current version does not differ in substance.
    ConfirmDraft {
        /// The version confirmed.
        draft: DraftId,
        /// The reviewer's statement.
        statement: String,
        /// The signed statement.
        documents: Vec<DocumentRef>,
    }

    /// Refuse to confirm.
    RefuseConfirmation {
        /// The version.
        draft: DraftId,
        /// What differs.
        reason: String,
    }

    /// Ask to table the draft.
    RequestTabling {
        /// The version.
        draft: DraftId,
        /// The request.
        note: String,
        /// The file for the meeting, at least one document (R713 art. 29).
        documents: Vec<DocumentRef>,
    }

    /// Check the file.
    CheckTablingFile {
        /// Whether it is complete.
        complete: bool,
        /// What is missing; empty exactly where it is complete.
        missing: Vec<String>,
    }

    /// Review as deputy in charge.
    ReviewTabling {
        /// Whether it may go on.
        agrees: bool,
        /// Opinion.
        opinion: String,
    }

    /// Decide as head whether to table.
    ApproveTabling {
        /// Whether to table.
        approves: bool,
        /// Opinion.
        opinion: String,
    }

    /// A member of the deciding body on the day of the meeting.
    Member {
        /// Who.
        person: PersonId,
        /// Name as of that day.
        name: String,
        /// Post as of that day.
        post_title: String,
        /// Whether they are the administrative head.
        head: bool,
    }

    /// Place the matter on the agenda of a meeting that was called. What it says of the session is taken over from the
    /// meeting's own record.
    ConveneMeeting {
        /// The meeting.
        meeting: MeetingId,
        /// Name of the body and session, e.g. 区政府第12次常务会议.
        session: String,
        /// Day of the meeting.
        held_on: Date,
        /// Where.
        place: String,
        /// Who is to preside.
        chair: PersonId,
        /// Members of the body on that day; attendees are not members.
        members: Vec<Member>,
    }

    /// Take the matter off the agenda of a meeting that has not called it up.
    PostponeMeeting {
        /// Which meeting is meant; absent for the one that it is on.
        meeting: Option<MeetingId>,
        /// Why.
        reason: String,
    }

    /// Somebody who is not there.
    AbsentMember {
        /// Who.
        person: PersonId,
        /// Why.
        reason: String,
        /// What they sent in writing, to be read out; empty where nothing was. It is heard and not counted.
        #[serde(default)]
        written_view: String,
    }

    /// A member who is there and withdraws from a matter, for an interest in it 回避.
    RecusedMember {
        /// Who.
        person: PersonId,
        /// Which interest.
        reason: String,
    }

    /// Who decides in the head's place, where the head is absent or withdraws 受委托主持并决定.
    Entrusted {
        /// A member present.
        person: PersonId,
        /// By which instrument of the head.
        basis: String,
    }

    /// Somebody who attends without being a member 列席.
    Observer {
        /// Unit.
        unit: String,
        /// Name and post.
        name: String,
    }

    /// Call the matter up: attendance as the meeting's own record tells it, without whoever withdraws from this matter.
    RecordAttendance {
        /// Members present at this matter.
        present: Vec<PersonId>,
        /// Members absent from the session, with reasons.
        absent: Vec<AbsentMember>,
        /// Members who withdraw from this matter; they are not present for the quorum. All members are in one of the three.
        recused: Vec<RecusedMember>,
        /// Observers.
        observers: Vec<Observer>,
        /// Who presides over this matter.
        chair: PersonId,
        /// Who decides in the head's place.
        entrusted: Option<Entrusted>,
        /// Number of the meeting's newest event when this was taken over.
        meeting_n: u64,
        /// Its leaf hash.
        meeting_leaf: Digest,
    }

    /// The organ's finding on the risk.
    FindRisk {
        /// Whether it is controllable.
        controllable: bool,
        /// Why.
        reason: String,
    }

    /// A member's position.
    RecordPosition {
        /// Whose.
        member: PersonId,
        /// Which.
        position: Position,
        /// What was said; reasons are required for a dissent or a reservation.
        statement: String,
        /// Place in the order in which people spoke, from 1.
        spoken_no: u32,
    }

    /// The head's decision.
    RecordHeadDecision {
        /// Outcome.
        outcome: Outcome,
        /// What was said.
        statement: String,
        /// Place in the order in which people spoke.
        spoken_no: u32,
        /// Reasons, where it goes against the majority (R713 art. 30).
        reasons: Option<String>,
        /// Amendments decided, where it is in principle or to amend.
        amendments: Option<String>,
    }

    /// Sign the record.
    SignMeetingRecord {
        /// The signed record, at least one document.
        documents: Vec<DocumentRef>,
    }

    /// The reply of the body asked before issuance.
    RecordReportReply {
        /// The body, e.g. the Party committee.
        body: String,
        /// Number of its reply.
        reference: String,
        /// Day the report was sent.
        sent_on: Date,
        /// Day of the reply.
        replied_on: Date,
        /// The reply.
        reply: ReportReply,
        /// Its comments.
        comments: String,
        /// Scan of the reply.
        documents: Vec<DocumentRef>,
    }

    /// Issue the decision.
    IssueDecision {
        /// The version issued.
        draft: DraftId,
        /// Document number 发文字号.
        document_no: String,
        /// Day of issue.
        issued_on: Date,
        /// Who executes it.
        executing_unit: UnitId,
        /// By when.
        execution_due_on: Date,
        /// The issued document, at least one.
        documents: Vec<DocumentRef>,
    }

    /// Publish the decision.
    PublishDecision {
        /// Day of publication.
        published_on: Date,
        /// Where, at least one.
        channels: Vec<String>,
        /// Whether the matter is of wide concern to the public.
        wide_concern: bool,
        /// How public and expert opinions were adopted; required for matters of wide concern or technical nature (R713
        /// art. 32).
        adoption_account: Option<String>,
        /// Policy explanation 解读, where it is published together with the decision.
        explanation: Option<String>,
        /// What is published; each reviewed for release.
        documents: Vec<DocumentRef>,
    }

    /// Publish an explanation of the decision.
    PublishExplanation {
        /// Day of publication.
        published_on: Date,
        /// Where, at least one.
        channels: Vec<String>,
        /// The explanation.
        text: String,
        /// What is published; each reviewed for release.
        documents: Vec<DocumentRef>,
    }

    /// Review documents for release.
    ReviewDisclosure {
        /// How they are disclosed.
        attribute: Disclosure,
        /// The article it rests on; required unless they are published.
        basis: String,
        /// Why; what was looked at before a release.
        reason: String,
        /// The documents, at least one; on file or coming now.
        documents: Vec<DocumentRef>,
    }

    /// Record where a paper original lies.
    RecordPaperOriginal {
        /// Digest of the document on file whose original it is.
        document: Digest,
        /// Where it lies: room, box, folder.
        location: String,
        /// How many pages it has.
        pages: u32,
        /// Who signed it; empty where nobody did.
        signatory: String,
        /// Whose seal it bears; empty where it bears none.
        seal: String,
    }

    /// Report on the progress of execution (R713 art. 34).
    ReportExecution {
        /// The day up to which it reports; not in the future.
        as_of: Date,
        /// What was done, and what comes next.
        progress: String,
        /// What shows it.
        documents: Vec<DocumentRef>,
    }

    /// Report what stands in the way of the decision's aim (R713 art. 35).
    ReportExecutionTrouble {
        /// Of which kind.
        trouble: ExecutionTrouble,
        /// What happened.
        description: String,
        /// What it does to the aim of the decision, in whole or in part.
        effect: String,
        /// What the unit proposes.
        proposal: String,
        /// What shows it.
        documents: Vec<DocumentRef>,
    }

    /// Enter what a citizen, legal person or organisation says of the execution (R713 art. 35). Neither name nor contact
    /// is kept: a comment needs none to be handled.
    EnterExecutionComment {
        /// How it came.
        channel: Channel,
        /// The day on which it came.
        received_on: Date,
        /// What it says.
        text: String,
    }

    /// Answer it.
    AnswerExecutionComment {
        /// Its number, from 1.
        number: u32,
        /// What was done about it, and why.
        handling: String,
        /// What shows it.
        documents: Vec<DocumentRef>,
    }

    /// Suspend the execution as head, in urgency (R713 art. 37).
    SuspendExecution {
        /// The situation of R713 art. 35 that is at hand.
        trouble: ExecutionTrouble,
        /// Why it cannot wait.
        reason: String,
        /// How loss is kept small.
        measures: String,
        /// What shows it.
        documents: Vec<DocumentRef>,
    }

    /// Let a suspended execution go on.
    ResumeExecution {
        /// Why.
        reason: String,
        /// What shows it.
        documents: Vec<DocumentRef>,
    }

    /// Record that a decision of another case takes the place of this one (R713 art. 37).
    AdjustExecution {
        /// The case that adjusts it: it names this one and is issued.
        by_case: CaseId,
        /// What changes, and why.
        reason: String,
        /// Number of the new document. Worked out from that case.
        document_no: String,
        /// Day on which it was issued. Worked out from that case.
        issued_on: Date,
    }

    /// Record that the meeting ended the execution (R713 art. 37).
    TerminateExecution {
        /// The meeting, e.g. 区政府第12次常务会议, and its minutes.
        meeting: String,
        /// Day of its decision.
        decided_on: Date,
        /// Why.
        reason: String,
        /// How loss is kept small.
        measures: String,
        /// The decision, at least one document.
        documents: Vec<DocumentRef>,
    }

    /// Report that the execution is complete.
    CompleteExecution {
        /// The day on which it was.
        completed_on: Date,
        /// What was achieved, held against the aim.
        summary: String,
        /// The report, at least one document.
        documents: Vec<DocumentRef>,
    }

    /// Start an evaluation (R713 art. 36).
    StartEvaluation {
        /// Why, at least one.
        triggers: Vec<EvaluationTrigger>,
        /// What shows that it is so.
        reason: String,
        /// The unit that evaluates, or for which a third party does.
        evaluating_unit: UnitId,
        /// The third party that evaluates for it, if any.
        third_party: Option<String>,
        /// By when it is to be reported.
        due_on: Date,
        /// What shows it.
        documents: Vec<DocumentRef>,
        /// Units that count as one with the evaluating unit: by succession, its parts, and what it is part of. Worked out
        /// from the directory.
        lineage: Vec<UnitId>,
    }

    /// Record whom the evaluation heard, or why not (R713 art. 36).
    RecordEvaluationVoice {
        /// Whose voice.
        voice: EvaluationVoice,
        /// Whether it was heard.
        heard: bool,
        /// What was said; or, where it was not heard, why not.
        summary: String,
        /// What shows it.
        documents: Vec<DocumentRef>,
    }

    /// Report the evaluation.
    ReportEvaluation {
        /// Process and methods.
        methods: String,
        /// What was reached, held against the aim; cost and benefit; acceptance.
        results: String,
        /// Problems and their causes.
        problems: String,
        /// What it proposes.
        proposal: EvaluationConclusion,
        /// The report, at least one document.
        documents: Vec<DocumentRef>,
    }

    /// Conclude from the evaluation as organ.
    ConcludeEvaluation {
        /// What follows.
        conclusion: EvaluationConclusion,
        /// Why.
        reasons: String,
        /// The meeting that decided, and its minutes; required where the decision is amended or stopped (R713 art. 37).
        meeting: Option<String>,
        /// What shows it; the document of the meeting where one is required.
        documents: Vec<DocumentRef>,
    }

    /// Record something that happened in a task under way.
    RecordTaskProgress {
        /// Which of the entries that the definition names.
        entry: CriterionId,
        /// What the form of the entry asks.
        answers: Answers,
        /// What else is to be said; may be empty.
        note: String,
        /// What shows it.
        documents: Vec<DocumentRef>,
    }

    /// Complete a task.
    CompleteTask {
        /// With which of the results that the definition names.
        result: CriterionId,
        /// What the form of the result asks.
        answers: Answers,
        /// Why this result.
        reason: String,
        /// What shows it.
        documents: Vec<DocumentRef>,
    }

    /// Ask for an approval.
    RequestApproval {
        /// What the form asks.
        answers: Answers,
        /// Why it is asked for.
        reason: String,
        /// What shows it.
        documents: Vec<DocumentRef>,
    }

    /// Approve or refuse.
    GiveApproval {
        /// Whether it is approved.
        approves: bool,
        /// Why; required where it is refused.
        reason: String,
        /// What shows it.
        documents: Vec<DocumentRef>,
    }

    /// What becomes of a material that the definition demands of a volume.
    MaterialAnswer {
        /// The stage that demands it.
        stage: StageId,
        /// Its name there.
        material: CriterionId,
        /// Whether it is on file; if not, it is not applicable.
        on_file: bool,
        /// Where it lies; or, where it is not applicable, why.
        note: String,
    }

    /// Check the volume.
    CheckVolume {
        /// Which.
        volume: Volume,
        /// Whether it is complete.
        complete: bool,
        /// What is missing; empty exactly where it is complete.
        missing: Vec<String>,
        /// How long it is kept.
        retention: Retention,
        /// What becomes of each material that the definition demands of the stages filed in it; all of them where it is
        /// complete.
        materials: Vec<MaterialAnswer>,
    }

    /// Close the volume.
    CloseVolume {
        /// Which.
        volume: Volume,
        /// How many events are filed in it, all before the closing one.
        count: u64,
        /// RFC 6962 root over their leaf hashes.
        root: Digest,
    }
}

/// One act on a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)] // each variant carries the act of its name, documented there
pub enum Act {
    DetermineFacts(DetermineFacts),
    RecordAbsence(RecordAbsence),
    ReaffirmEvidence(ReaffirmEvidence),
    CureIrregularity(CureIrregularity),
    TerminateCase(TerminateCase),
    TakeOverStage(TakeOverStage),
    StudyProposal(StudyProposal),
    DecideInitiation(DecideInitiation),
    AddDraftVersion(AddDraftVersion),
    AddFinalText(AddFinalText),
    RecordDraftingItem(RecordDraftingItem),
    OpenSolicitation(OpenSolicitation),
    CloseSolicitation(CloseSolicitation),
    SettleComments(SettleComments),
    RecordParticipation(RecordParticipation),
    DecideHearing(DecideHearing),
    NoticeHearing(NoticeHearing),
    DrawHearingParticipants(DrawHearingParticipants),
    PublishHearingParticipants(PublishHearingParticipants),
    DeliverHearingMaterials(DeliverHearingMaterials),
    PostponeHearing(PostponeHearing),
    CancelHearing(CancelHearing),
    OpenHearing(OpenHearing),
    RecordHearingStatement(RecordHearingStatement),
    SignHearingRecord(SignHearingRecord),
    ReportHearing(ReportHearing),
    ReportParticipation(ReportParticipation),
    AppointExperts(AppointExperts),
    DeclareInterest(DeclareInterest),
    EnterInterestDeclaration(EnterInterestDeclaration),
    ReleaseExpert(ReleaseExpert),
    SendExpertMaterials(SendExpertMaterials),
    GiveExpertOpinion(GiveExpertOpinion),
    EnterExpertOpinion(EnterExpertOpinion),
    ReportExpertReview(ReportExpertReview),
    StartRiskAssessment(StartRiskAssessment),
    ReportRisk(ReportRisk),
    SubmitForLegalityReview(SubmitForLegalityReview),
    ReturnSubmission(ReturnSubmission),
    RequestSupplement(RequestSupplement),
    SupplySupplement(SupplySupplement),
    RecordAdvice(RecordAdvice),
    ConcludeLegalityReview(ConcludeLegalityReview),
    RespondToLegalityOpinion(RespondToLegalityOpinion),
    ConfirmDraft(ConfirmDraft),
    RefuseConfirmation(RefuseConfirmation),
    RequestTabling(RequestTabling),
    CheckTablingFile(CheckTablingFile),
    ReviewTabling(ReviewTabling),
    ApproveTabling(ApproveTabling),
    ConveneMeeting(ConveneMeeting),
    PostponeMeeting(PostponeMeeting),
    RecordAttendance(RecordAttendance),
    FindRisk(FindRisk),
    RecordPosition(RecordPosition),
    RecordHeadDecision(RecordHeadDecision),
    SignMeetingRecord(SignMeetingRecord),
    RecordReportReply(RecordReportReply),
    IssueDecision(IssueDecision),
    PublishDecision(PublishDecision),
    PublishExplanation(PublishExplanation),
    ReviewDisclosure(ReviewDisclosure),
    RecordPaperOriginal(RecordPaperOriginal),
    ReportExecution(ReportExecution),
    ReportExecutionTrouble(ReportExecutionTrouble),
    EnterExecutionComment(EnterExecutionComment),
    AnswerExecutionComment(AnswerExecutionComment),
    SuspendExecution(SuspendExecution),
    ResumeExecution(ResumeExecution),
    AdjustExecution(AdjustExecution),
    TerminateExecution(TerminateExecution),
    CompleteExecution(CompleteExecution),
    StartEvaluation(StartEvaluation),
    RecordEvaluationVoice(RecordEvaluationVoice),
    ReportEvaluation(ReportEvaluation),
    ConcludeEvaluation(ConcludeEvaluation),
    RecordTaskProgress(RecordTaskProgress),
    CompleteTask(CompleteTask),
    RequestApproval(RequestApproval),
    GiveApproval(GiveApproval),
    CheckVolume(CheckVolume),
    CloseVolume(CloseVolume),
}

/// An act, and the stage it is on where the definition has several of its kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Command {
    /// The stage; needed for acts on any stage, and where the definition has several of the kind.
    pub stage: Option<StageId>,
    /// The act.
    pub act: Act,
}

impl Act {
    /// What is done.
    pub fn verb(&self) -> Verb {
        match self {
            Self::DetermineFacts(_) => Verb::DetermineFacts,
            Self::RecordAbsence(_) => Verb::RecordAbsence,
            Self::ReaffirmEvidence(_) => Verb::ReaffirmEvidence,
            Self::CureIrregularity(_) => Verb::CureIrregularity,
            Self::TerminateCase(_) => Verb::TerminateCase,
            Self::TakeOverStage(_) => Verb::TakeOverStage,
            Self::StudyProposal(_) => Verb::StudyProposal,
            Self::DecideInitiation(_) => Verb::DecideInitiation,
            Self::AddDraftVersion(_) => Verb::AddDraftVersion,
            Self::AddFinalText(_) => Verb::AddFinalText,
            Self::RecordDraftingItem(given) => given.content.item().verb(),
            Self::OpenSolicitation(_) => Verb::OpenSolicitation,
            Self::CloseSolicitation(_) => Verb::CloseSolicitation,
            Self::SettleComments(_) => Verb::SettleComments,
            Self::RecordParticipation(_) => Verb::RecordParticipation,
            Self::DecideHearing(_) => Verb::DecideHearing,
            Self::NoticeHearing(_) => Verb::NoticeHearing,
            Self::DrawHearingParticipants(_) => Verb::DrawHearingParticipants,
            Self::PublishHearingParticipants(_) => Verb::PublishHearingParticipants,
            Self::DeliverHearingMaterials(_) => Verb::DeliverHearingMaterials,
            Self::PostponeHearing(_) => Verb::PostponeHearing,
            Self::CancelHearing(_) => Verb::CancelHearing,
            Self::OpenHearing(_) => Verb::OpenHearing,
            Self::RecordHearingStatement(_) => Verb::RecordHearingStatement,
            Self::SignHearingRecord(_) => Verb::SignHearingRecord,
            Self::ReportHearing(_) => Verb::ReportHearing,
            Self::ReportParticipation(_) => Verb::ReportParticipation,
            Self::AppointExperts(_) => Verb::AppointExperts,
            Self::DeclareInterest(_) => Verb::DeclareInterest,
            Self::EnterInterestDeclaration(_) => Verb::EnterInterestDeclaration,
            Self::ReleaseExpert(_) => Verb::ReleaseExpert,
            Self::SendExpertMaterials(_) => Verb::SendExpertMaterials,
            Self::GiveExpertOpinion(_) => Verb::GiveExpertOpinion,
            Self::EnterExpertOpinion(_) => Verb::EnterExpertOpinion,
            Self::ReportExpertReview(_) => Verb::ReportExpertReview,
            Self::StartRiskAssessment(_) => Verb::StartRiskAssessment,
            Self::ReportRisk(_) => Verb::ReportRisk,
            Self::SubmitForLegalityReview(_) => Verb::SubmitForLegalityReview,
            Self::ReturnSubmission(_) => Verb::ReturnSubmission,
            Self::RequestSupplement(_) => Verb::RequestSupplement,
            Self::SupplySupplement(_) => Verb::SupplySupplement,
            Self::RecordAdvice(_) => Verb::RecordAdvice,
            Self::ConcludeLegalityReview(_) => Verb::ConcludeLegalityReview,
            Self::RespondToLegalityOpinion(_) => Verb::RespondToLegalityOpinion,
            Self::ConfirmDraft(_) => Verb::ConfirmDraft,
            Self::RefuseConfirmation(_) => Verb::RefuseConfirmation,
            Self::RequestTabling(_) => Verb::RequestTabling,
            Self::CheckTablingFile(_) => Verb::CheckTablingFile,
            Self::ReviewTabling(_) => Verb::ReviewTabling,
            Self::ApproveTabling(_) => Verb::ApproveTabling,
            Self::ConveneMeeting(_) => Verb::ConveneMeeting,
            Self::PostponeMeeting(_) => Verb::PostponeMeeting,
            Self::RecordAttendance(_) => Verb::RecordAttendance,
            Self::FindRisk(_) => Verb::FindRisk,
            Self::RecordPosition(_) => Verb::RecordPosition,
            Self::RecordHeadDecision(given) if given.outcome.adopts() => Verb::AdoptDraft,
            Self::RecordHeadDecision(_) => Verb::DeclineDraft,
            Self::SignMeetingRecord(_) => Verb::SignMeetingRecord,
            Self::RecordReportReply(_) => Verb::RecordReportReply,
            Self::IssueDecision(_) => Verb::IssueDecision,
            Self::PublishDecision(_) => Verb::PublishDecision,
            Self::PublishExplanation(_) => Verb::PublishExplanation,
            Self::ReviewDisclosure(_) => Verb::ReviewDisclosure,
            Self::RecordPaperOriginal(_) => Verb::RecordPaperOriginal,
            Self::ReportExecution(_) => Verb::ReportExecution,
            Self::ReportExecutionTrouble(_) => Verb::ReportExecutionTrouble,
            Self::EnterExecutionComment(_) => Verb::EnterExecutionComment,
            Self::AnswerExecutionComment(_) => Verb::AnswerExecutionComment,
            Self::SuspendExecution(_) => Verb::SuspendExecution,
            Self::ResumeExecution(_) => Verb::ResumeExecution,
            Self::AdjustExecution(_) => Verb::AdjustExecution,
            Self::TerminateExecution(_) => Verb::TerminateExecution,
            Self::CompleteExecution(_) => Verb::CompleteExecution,
            Self::StartEvaluation(_) => Verb::StartEvaluation,
            Self::RecordEvaluationVoice(_) => Verb::RecordEvaluationVoice,
            Self::ReportEvaluation(_) => Verb::ReportEvaluation,
            Self::ConcludeEvaluation(_) => Verb::ConcludeEvaluation,
            Self::RecordTaskProgress(_) => Verb::RecordTaskProgress,
            Self::CompleteTask(_) => Verb::CompleteTask,
            Self::RequestApproval(_) => Verb::RequestApproval,
            Self::GiveApproval(_) => Verb::GiveApproval,
            Self::CheckVolume(given) => match given.volume {
                Volume::Decision => Verb::CheckVolume,
                Volume::Execution => Verb::CheckExecutionVolume,
                Volume::Evaluation => Verb::CheckEvaluationVolume,
            },
            Self::CloseVolume(given) => match given.volume {
                Volume::Decision => Verb::CloseVolume,
                Volume::Execution => Verb::CloseExecutionVolume,
                Volume::Evaluation => Verb::CloseEvaluationVolume,
            },
        }
    }

    /// The version of the draft that the act names as the one it is about.
    pub const fn draft(&self) -> Option<DraftId> {
        match self {
            Self::ReaffirmEvidence(given) => Some(given.draft),
            Self::TakeOverStage(given) => given.draft,
            Self::RecordDraftingItem(given) => Some(given.draft),
            Self::OpenSolicitation(given) => Some(given.draft),
            Self::RecordParticipation(given) => Some(given.draft),
            Self::NoticeHearing(given) => Some(given.draft),
            Self::AppointExperts(given) => Some(given.draft),
            Self::GiveExpertOpinion(given) => Some(given.draft),
            Self::EnterExpertOpinion(given) => Some(given.draft),
            Self::StartRiskAssessment(given) => Some(given.draft),
            Self::SubmitForLegalityReview(given) => Some(given.draft),
            Self::ConcludeLegalityReview(given) => Some(given.draft),
            Self::ConfirmDraft(given) => Some(given.draft),
            Self::RefuseConfirmation(given) => Some(given.draft),
            Self::RequestTabling(given) => Some(given.draft),
            Self::IssueDecision(given) => Some(given.draft),
            _ => None,
        }
    }

    /// Documents that the act attaches.
    pub fn documents(&self) -> &[DocumentRef] {
        match self {
            Self::RecordAbsence(RecordAbsence { documents, .. })
            | Self::ReaffirmEvidence(ReaffirmEvidence { documents, .. })
            | Self::CureIrregularity(CureIrregularity { documents, .. })
            | Self::TakeOverStage(TakeOverStage { documents, .. })
            | Self::StudyProposal(StudyProposal { documents, .. })
            | Self::AddDraftVersion(AddDraftVersion { documents, .. })
            | Self::AddFinalText(AddFinalText { documents, .. })
            | Self::RecordDraftingItem(RecordDraftingItem { documents, .. })
            | Self::OpenSolicitation(OpenSolicitation { documents, .. })
            | Self::RecordParticipation(RecordParticipation { documents, .. })
            | Self::DecideHearing(DecideHearing { documents, .. })
            | Self::NoticeHearing(NoticeHearing { documents, .. })
            | Self::PublishHearingParticipants(PublishHearingParticipants { documents, .. })
            | Self::DeliverHearingMaterials(DeliverHearingMaterials { documents, .. })
            | Self::PostponeHearing(PostponeHearing { documents, .. })
            | Self::CancelHearing(CancelHearing { documents, .. })
            | Self::OpenHearing(OpenHearing { documents, .. })
            | Self::SignHearingRecord(SignHearingRecord { documents, .. })
            | Self::ReportHearing(ReportHearing { documents, .. })
            | Self::ReportParticipation(ReportParticipation { documents, .. })
            | Self::AppointExperts(AppointExperts { documents, .. })
            | Self::DeclareInterest(DeclareInterest { documents, .. })
            | Self::EnterInterestDeclaration(EnterInterestDeclaration { documents, .. })
            | Self::SendExpertMaterials(SendExpertMaterials { documents, .. })
            | Self::GiveExpertOpinion(GiveExpertOpinion { documents, .. })
            | Self::EnterExpertOpinion(EnterExpertOpinion { documents, .. })
            | Self::ReportExpertReview(ReportExpertReview { documents, .. })
            | Self::StartRiskAssessment(StartRiskAssessment { documents, .. })
            | Self::ReportRisk(ReportRisk { documents, .. })
            | Self::SubmitForLegalityReview(SubmitForLegalityReview { documents, .. })
            | Self::SupplySupplement(SupplySupplement { documents, .. })
            | Self::RecordAdvice(RecordAdvice { documents, .. })
            | Self::ConcludeLegalityReview(ConcludeLegalityReview { documents, .. })
            | Self::RespondToLegalityOpinion(RespondToLegalityOpinion { documents, .. })
            | Self::ConfirmDraft(ConfirmDraft { documents, .. })
            | Self::RequestTabling(RequestTabling { documents, .. })
            | Self::SignMeetingRecord(SignMeetingRecord { documents })
            | Self::RecordReportReply(RecordReportReply { documents, .. })
            | Self::IssueDecision(IssueDecision { documents, .. })
            | Self::PublishDecision(PublishDecision { documents, .. })
            | Self::PublishExplanation(PublishExplanation { documents, .. })
            | Self::ReviewDisclosure(ReviewDisclosure { documents, .. })
            | Self::ReportExecution(ReportExecution { documents, .. })
            | Self::ReportExecutionTrouble(ReportExecutionTrouble { documents, .. })
            | Self::AnswerExecutionComment(AnswerExecutionComment { documents, .. })
            | Self::SuspendExecution(SuspendExecution { documents, .. })
            | Self::ResumeExecution(ResumeExecution { documents, .. })
            | Self::TerminateExecution(TerminateExecution { documents, .. })
            | Self::CompleteExecution(CompleteExecution { documents, .. })
            | Self::StartEvaluation(StartEvaluation { documents, .. })
            | Self::RecordEvaluationVoice(RecordEvaluationVoice { documents, .. })
            | Self::ReportEvaluation(ReportEvaluation { documents, .. })
            | Self::ConcludeEvaluation(ConcludeEvaluation { documents, .. })
            | Self::RecordTaskProgress(RecordTaskProgress { documents, .. })
            | Self::CompleteTask(CompleteTask { documents, .. })
            | Self::RequestApproval(RequestApproval { documents, .. })
            | Self::GiveApproval(GiveApproval { documents, .. }) => documents,
            Self::DetermineFacts(_)
            | Self::RecordPaperOriginal(_)
            | Self::TerminateCase(_)
            | Self::DecideInitiation(_)
            | Self::CloseSolicitation(_)
            | Self::SettleComments(_)
            | Self::DrawHearingParticipants(_)
            | Self::RecordHearingStatement(_)
            | Self::ReleaseExpert(_)
            | Self::ReturnSubmission(_)
            | Self::RequestSupplement(_)
            | Self::RefuseConfirmation(_)
            | Self::CheckTablingFile(_)
            | Self::ReviewTabling(_)
            | Self::ApproveTabling(_)
            | Self::ConveneMeeting(_)
            | Self::PostponeMeeting(_)
            | Self::RecordAttendance(_)
            | Self::FindRisk(_)
            | Self::RecordPosition(_)
            | Self::RecordHeadDecision(_)
            | Self::EnterExecutionComment(_)
            | Self::AdjustExecution(_)
            | Self::CheckVolume(_)
            | Self::CloseVolume(_) => &[],
        }
    }
}
