//! Accountability files, supervision notices and inspection mandates (R713 arts. 8, 9, 38-41).

use async_graphql::{Context, ID, InputObject, Object, Result};
use dingce_app::use_cases::Asked;
use dingce_app::{App, AppError, Done};
use dingce_domain::accountability::{
    AccountabilityAct, AdmitClue, CloseFile, ClueSource, FreezeTrace, HandOverFile, HarmKind, NamePerson, NamePersons,
    PostCategory, ReceiveClue, RecordHarm, RecordReceipt, RecordResult, RefuseClue, ReopenFile, Subject,
};
use dingce_domain::code::Code;
use dingce_domain::id::{AccountabilityFileId, InspectionMandateId, SupervisionNoticeId};
use dingce_domain::mandate::{EnterMandate, MandateAct, RevokeMandate};
use dingce_domain::rejection::Rejection;
use dingce_domain::supervision::{AnswerNotice, IssueNotice, NoticeAct, NoticeKind, RecheckNotice};
use dingce_domain::time::{CalendarDays, Limit, WorkingDays};

use super::perform::{StreamAct, asked};
use super::stream_acts;
use crate::convert::inputs::{DocumentInput, OfflineInput};
use crate::convert::{Date, Given, Long, Word};
use crate::schema::errors::UserError;
use crate::schema::payload::{AccountabilityPayload, MandatePayload, NoticePayload, told};
use crate::schema::scope::Scope;

/// Exactly one of a case, an entry and a proposal.
fn about(case: Option<ID>, entry: Option<ID>, proposal: Option<ID>) -> std::result::Result<Subject, Rejection> {
    match (case, entry, proposal) {
        (Some(case), None, None) => Ok(Subject::Case(case.given("case")?)),
        (None, Some(entry), None) => Ok(Subject::Entry(entry.given("entry")?)),
        (None, None, Some(proposal)) => Ok(Subject::Proposal(proposal.given("proposal")?)),
        _ => Err(Rejection::new(Code::InputNotAcceptable).at("case").needed("case | entry | proposal")),
    }
}

/// A period in days.
#[derive(Debug, Clone, InputObject)]
pub struct PeriodInput {
    /// How many days, from 1.
    pub days: u16,
    /// Whether only working days count.
    #[graphql(default)]
    pub working: bool,
}

impl Given<Limit> for PeriodInput {
    fn given(self, at: &str) -> std::result::Result<Limit, Rejection> {
        let Self { days, working } = self;
        let limit = if working {
            WorkingDays::new(days).map(Limit::Working)
        } else {
            CalendarDays::new(days).map(Limit::Calendar)
        };
        limit.map_err(|_| Rejection::new(Code::InputNotAcceptable).at(at).given(days).needed("at least 1"))
    }
}

/// A person by a post that they held.
#[derive(Debug, Clone, InputObject)]
pub struct PersonByPostInput {
    /// Id of the person.
    pub person: ID,
    /// Id of the post.
    pub post: ID,
    /// The class of the post (R713 art. 38).
    pub category: Word<PostCategory>,
    /// Numbers of events of the newest frozen trace: what they did, what was done in their place, their positions, or what a
    /// clock recorded, while they held the post.
    pub acts: Vec<Long>,
}

impl Given<NamePerson> for PersonByPostInput {
    fn given(self, at: &str) -> std::result::Result<NamePerson, Rejection> {
        let Self { person, post, category, acts } = self;
        Ok(NamePerson {
            person: person.given(&format!("{at}.person"))?,
            post: post.given(&format!("{at}.post"))?,
            category: category.0,
            acts: acts.given(&format!("{at}.acts"))?,
        })
    }
}

/// Receive a clue: exactly one of `case`, `entry` and `proposal` says what it is about.
#[derive(Debug, Clone, InputObject)]
pub struct ReceiveClueInput {
    /// Where it came from.
    pub source: Word<ClueSource>,
    /// Number under which the letter or lead is kept, 1 to 200 characters. Never the name of who complained.
    pub reference: String,
    /// When it came.
    pub received_on: Date,
    /// Id of the case.
    pub case: Option<ID>,
    /// Id of the entry of a catalogue, e.g. one never begun.
    pub entry: Option<ID>,
    /// Id of the proposal, e.g. one that nobody answered.
    pub proposal: Option<ID>,
    /// What it says, 1 to 10,000 characters.
    pub content: String,
    /// Ids of units of which it speaks, beside those that have the matter.
    #[graphql(default)]
    pub units: Vec<ID>,
    /// Ids of persons of whom it speaks.
    #[graphql(default)]
    pub persons: Vec<ID>,
    /// What came with it.
    #[graphql(default)]
    pub documents: Vec<DocumentInput>,
    /// A key under which the request may be sent again without being done twice, 1 to 200 characters.
    pub idempotency_key: Option<String>,
    /// Given back in the payload.
    pub client_mutation_id: Option<String>,
    /// Where it was done earlier, on paper or in a room.
    pub offline: Option<OfflineInput>,
}

/// Issue a supervision notice.
#[derive(Debug, Clone, InputObject)]
pub struct IssueSupervisionNoticeInput {
    /// Which kind.
    pub kind: Word<NoticeKind>,
    /// Its number, as on paper.
    pub number: String,
    /// Id of the unit.
    pub unit: ID,
    /// Id of the case.
    pub case: ID,
    /// What is to be corrected, at least one.
    pub correct: Vec<String>,
    /// The article on which it rests.
    pub article: String,
    /// When it was issued.
    pub issued_on: Date,
    /// Within how long after that day it is to be corrected.
    pub within: PeriodInput,
    /// The notice as it was sent.
    pub documents: Vec<DocumentInput>,
    /// A key under which the request may be sent again without being done twice, 1 to 200 characters.
    pub idempotency_key: Option<String>,
    /// Given back in the payload.
    pub client_mutation_id: Option<String>,
    /// Where it was done earlier, on paper or in a room.
    pub offline: Option<OfflineInput>,
}

/// Enter an inspection mandate that was issued on paper.
#[derive(Debug, Clone, InputObject)]
pub struct EnterInspectionMandateInput {
    /// Name of the team.
    pub team: String,
    /// Ids of its members, at least one; not whoever enters it.
    pub members: Vec<ID>,
    /// Ids of cases that they look into.
    #[graphql(default)]
    pub cases: Vec<ID>,
    /// Ids of units whose cases they look into. At least one case or unit is named.
    #[graphql(default)]
    pub units: Vec<ID>,
    /// First day.
    pub from: Date,
    /// Last day.
    pub until: Date,
    /// Who issued it: body, or name and office.
    pub issued_by: String,
    /// Number of the paper.
    pub number: String,
    /// The paper.
    pub documents: Vec<DocumentInput>,
    /// A key under which the request may be sent again without being done twice, 1 to 200 characters.
    pub idempotency_key: Option<String>,
    /// Given back in the payload.
    pub client_mutation_id: Option<String>,
    /// Where it was done earlier, on paper or in a room.
    pub offline: Option<OfflineInput>,
}

/// Acts that begin an accountability file, a notice or a mandate.
#[derive(Debug, Clone, Copy, Default)]
pub struct SupervisionBeginnings;

#[Object]
impl SupervisionBeginnings {
    /// Receive a clue 收到线索, which opens an accountability file 责任追究案卷 (R713 art. 38). Not for whoever acted in the matter or
    /// is of a unit that has it.
    async fn receive_clue(&self, ctx: &Context<'_>, input: ReceiveClueInput) -> Result<Option<AccountabilityPayload>> {
        let scope = Scope::of(ctx)?;
        let ReceiveClueInput {
            source,
            reference,
            received_on,
            case,
            entry,
            proposal,
            content,
            units,
            persons,
            documents,
            idempotency_key,
            client_mutation_id,
            offline,
        } = input;
        let done = async {
            let given = ReceiveClue {
                source: source.0,
                reference,
                received_on: received_on.0,
                about: about(case, entry, proposal)?,
                content,
                units: units.given("units")?,
                persons: persons.given("persons")?,
                documents: documents.given("documents")?,
            };
            let manner = OfflineInput::manner(offline)?;
            let input = (&given, &manner);
            let asked = asked(scope, "receiveClue", idempotency_key.as_deref(), manner.clone(), &input)?;
            scope.app.receive_clue(asked, given).await
        };
        let outcome = told(done.await, scope, |rejection| UserError::of(rejection, None, scope.lang))?;
        Ok(Some(AccountabilityPayload { client_mutation_id, outcome }))
    }

    /// Issue a supervision notice 督察建议书、督办通知 to a unit about a case: what is to be corrected, by which article, by when.
    async fn issue_supervision_notice(
        &self,
        ctx: &Context<'_>,
        input: IssueSupervisionNoticeInput,
    ) -> Result<Option<NoticePayload>> {
        let scope = Scope::of(ctx)?;
        let IssueSupervisionNoticeInput {
            kind,
            number,
            unit,
            case,
            correct,
            article,
            issued_on,
            within,
            documents,
            idempotency_key,
            client_mutation_id,
            offline,
        } = input;
        let done = async {
            let given = IssueNotice {
                notice: kind.0,
                number,
                unit: unit.given("unit")?,
                case: case.given("case")?,
                correct,
                article,
                issued_on: issued_on.0,
                within: within.given("within")?,
                documents: documents.given("documents")?,
            };
            let manner = OfflineInput::manner(offline)?;
            let input = (&given, &manner);
            let asked = asked(scope, "issueSupervisionNotice", idempotency_key.as_deref(), manner.clone(), &input)?;
            scope.app.issue_notice(asked, given).await
        };
        let outcome = told(done.await, scope, |rejection| UserError::of(rejection, None, scope.lang))?;
        Ok(Some(NoticePayload { client_mutation_id, outcome }))
    }

    /// Enter an inspection mandate 督察授权: its members may read and trace what it names, within its days, and nothing else.
    async fn enter_inspection_mandate(
        &self,
        ctx: &Context<'_>,
        input: EnterInspectionMandateInput,
    ) -> Result<Option<MandatePayload>> {
        let scope = Scope::of(ctx)?;
        let EnterInspectionMandateInput {
            team,
            members,
            cases,
            units,
            from,
            until,
            issued_by,
            number,
            documents,
            idempotency_key,
            client_mutation_id,
            offline,
        } = input;
        let done = async {
            let given = EnterMandate {
                team,
                members: members.given("members")?,
                cases: cases.given("cases")?,
                units: units.given("units")?,
                from: from.0,
                until: until.0,
                issued_by,
                number,
                documents: documents.given("documents")?,
            };
            let manner = OfflineInput::manner(offline)?;
            let input = (&given, &manner);
            let asked = asked(scope, "enterInspectionMandate", idempotency_key.as_deref(), manner.clone(), &input)?;
            scope.app.enter_mandate(asked, given).await
        };
        let outcome = told(done.await, scope, |rejection| UserError::of(rejection, None, scope.lang))?;
        Ok(Some(MandatePayload { client_mutation_id, outcome }))
    }
}

impl StreamAct for AccountabilityAct {
    type Id = AccountabilityFileId;

    async fn act(self, app: &App, asked: Asked, id: AccountabilityFileId) -> std::result::Result<Done, AppError> {
        app.act_on_accountability(asked, id, self).await
    }
}

impl StreamAct for NoticeAct {
    type Id = SupervisionNoticeId;

    async fn act(self, app: &App, asked: Asked, id: SupervisionNoticeId) -> std::result::Result<Done, AppError> {
        app.act_on_notice(asked, id, self).await
    }
}

impl StreamAct for MandateAct {
    type Id = InspectionMandateId;

    async fn act(self, app: &App, asked: Asked, id: InspectionMandateId) -> std::result::Result<Done, AppError> {
        app.act_on_mandate(asked, id, self).await
    }
}

stream_acts! {
    /// Acts on an accountability file.
    AccountabilityActs on file_id, "The file.", AccountabilityPayload from AccountabilityAct {
        /// Admit a clue 受理.
        admit_clue as "admitClue" from AdmitClueInput {
            /// Why.
            reason: String,
            /// The article on which it rests.
            article: String,
        } => AccountabilityAct::Admit(AdmitClue { reason, article });

        /// Refuse a clue 不予受理. It stays on record, and may be opened again.
        refuse_clue as "refuseClue" from RefuseClueInput {
            /// Why.
            reason: String,
            /// The article on which it rests.
            article: String,
        } => AccountabilityAct::Refuse(RefuseClue { reason, article });

        /// Freeze the trace 固定倒查结果: its bytes are kept by their digest, and the log names it.
        freeze_trace as "freezeTrace" from FreezeTraceInput {
            /// Only what was recorded up to the end of this day.
            as_known_on: Date,
        } => AccountabilityAct::Freeze(FreezeTrace { as_known_on: as_known_on.0 });

        /// Record serious loss 重大损失 or vile effect 恶劣影响 as somebody outside this system found it, on which material.
        record_harm as "recordHarm" from RecordHarmInput {
            /// Which.
            harm: Word<HarmKind>,
            /// Who found it: body, or name and office.
            found_by: String,
            /// When.
            found_on: Date,
            /// What was found, in their words.
            statement: String,
            /// The material, at least one document.
            documents: Vec<DocumentInput>,
        } => AccountabilityAct::RecordHarm(RecordHarm {
            harm: harm.0,
            found_by,
            found_on: found_on.0,
            statement,
            documents: documents.given("documents")?,
        });

        /// Name persons by the posts that they held 按职务列明, each with numbers of the frozen trace. Facts, and no finding.
        name_persons_by_post as "namePersonsByPost" from NamePersonsByPostInput {
            /// At least one.
            persons: Vec<PersonByPostInput>,
        } => AccountabilityAct::NamePersons(NamePersons { persons: persons.given("persons")? });

        /// Hand the file to the competent body 移送有权机关.
        hand_over_accountability_file as "handOverAccountabilityFile" from HandOverAccountabilityFileInput {
            /// Which body.
            body: String,
            /// The article by which it is competent.
            article: String,
            /// When.
            handed_on: Date,
            /// The letter and what went with it, at least one document.
            documents: Vec<DocumentInput>,
        } => AccountabilityAct::HandOver(HandOverFile {
            body,
            article,
            handed_on: handed_on.0,
            documents: documents.given("documents")?,
        });

        /// Record the receipt 签收 of the competent body.
        record_accountability_receipt as "recordAccountabilityReceipt" from RecordAccountabilityReceiptInput {
            /// Who received it: name and office.
            received_by: String,
            /// When.
            received_on: Date,
            /// The receipt, at least one document.
            documents: Vec<DocumentInput>,
        } => AccountabilityAct::RecordReceipt(RecordReceipt {
            received_by,
            received_on: received_on.0,
            documents: documents.given("documents")?,
        });

        /// Record the result as the competent body stated it; a later one, e.g. after a review, stands beside it.
        record_accountability_result as "recordAccountabilityResult" from RecordAccountabilityResultInput {
            /// When it stated it.
            stated_on: Date,
            /// Number of its document.
            number: String,
            /// What it stated, in its words.
            statement: String,
            /// Its document, at least one.
            documents: Vec<DocumentInput>,
        } => AccountabilityAct::RecordResult(RecordResult {
            stated_on: stated_on.0,
            number,
            statement,
            documents: documents.given("documents")?,
        });

        /// Close the file 结案.
        close_accountability_file as "closeAccountabilityFile" from CloseAccountabilityFileInput {
            /// Why.
            reason: String,
        } => AccountabilityAct::Close(CloseFile { reason });

        /// Open a closed or refused file again 重启, at any time, whoever has left office since.
        reopen_accountability_file as "reopenAccountabilityFile" from ReopenAccountabilityFileInput {
            /// Why.
            reason: String,
            /// What shows it.
            #[graphql(default)]
            documents: Vec<DocumentInput>,
        } => AccountabilityAct::Reopen(ReopenFile { reason, documents: documents.given("documents")? });
    }
}

stream_acts! {
    /// Acts on a supervision notice.
    NoticeActs on notice_id, "The notice.", NoticePayload from NoticeAct {
        /// Answer a supervision notice 反馈整改情况, for the unit that it was sent to.
        answer_supervision_notice as "answerSupervisionNotice" from AnswerSupervisionNoticeInput {
            /// What was done.
            correction: String,
            /// What shows it, at least one document.
            documents: Vec<DocumentInput>,
        } => NoticeAct::Answer(AnswerNotice { correction, documents: documents.given("documents")? });

        /// Look at a correction again 复查: it is in order, or is to be corrected again.
        recheck_supervision_notice as "recheckSupervisionNotice" from RecheckSupervisionNoticeInput {
            /// Whether it is in order.
            passed: bool,
            /// What was seen.
            seen: String,
            /// Within how long it is to be corrected again; given if and only if it is not in order.
            within: Option<PeriodInput>,
            /// What shows it.
            #[graphql(default)]
            documents: Vec<DocumentInput>,
        } => NoticeAct::Recheck(RecheckNotice {
            passed,
            seen,
            within: within.given("within")?,
            documents: documents.given("documents")?,
        });
    }
}

stream_acts! {
    /// Acts on an inspection mandate.
    MandateActs on mandate_id, "The mandate.", MandatePayload from MandateAct {
        /// Revoke an inspection mandate 撤销督察授权: what it let its members see is closed to them at once.
        revoke_inspection_mandate as "revokeInspectionMandate" from RevokeInspectionMandateInput {
            /// Why.
            reason: String,
        } => MandateAct::Revoke(RevokeMandate { reason });
    }
}
