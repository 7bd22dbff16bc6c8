//! Acts on meetings of the deciding body (R713 art. 30).

use async_graphql::{Context, ID, InputObject, Object, Result};
use dingce_app::use_cases::Asked;
use dingce_app::{App, AppError, Done};
use dingce_domain::id::MeetingId;
use dingce_domain::meeting::{CallMeeting, CallOffMeeting, ConfirmStatement, IssueMinutes, MeetingAct, TakeAttendance};

use super::perform::{StreamAct, StreamFrame, asked, perform_on};
use crate::convert::inputs::{AbsentMemberInput, DocumentInput, EntrustedInput, ObserverInput, OfflineInput};
use crate::convert::{Date, Given};
use crate::schema::errors::UserError;
use crate::schema::payload::{MeetingPayload, told};
use crate::schema::scope::Scope;

/// Call a meeting.
#[derive(Debug, Clone, InputObject)]
pub struct CallMeetingInput {
    /// Code of the body in the directory; absent for the executive meeting 常务会议.
    pub body: Option<String>,
    /// Name of the session, e.g. 区政府第12次常务会议, 1 to 200 characters.
    pub session: String,
    /// Day of the meeting.
    pub held_on: Date,
    /// Where.
    pub place: String,
    /// Id of the member who is to preside.
    pub chair: ID,
    /// Day on which members were told.
    pub notified_on: Date,
    /// Who is invited without being a member 列席.
    #[graphql(default)]
    pub invited: Vec<ObserverInput>,
    /// A key under which the request may be sent again without being done twice, 1 to 200 characters.
    pub idempotency_key: Option<String>,
    /// Given back in the payload.
    pub client_mutation_id: Option<String>,
    /// Where it was done earlier, on paper or in a room.
    pub offline: Option<OfflineInput>,
}

/// Call off a meeting.
#[derive(Debug, Clone, InputObject)]
pub struct CallOffMeetingInput {
    /// The meeting.
    pub meeting: ID,
    /// Why it does not take place.
    pub reason: String,
    /// A key under which the request may be sent again without being done twice, 1 to 200 characters.
    pub idempotency_key: Option<String>,
    /// Given back in the payload.
    pub client_mutation_id: Option<String>,
    /// Where it was done earlier, on paper or in a room.
    pub offline: Option<OfflineInput>,
}

/// Take attendance of a session.
#[derive(Debug, Clone, InputObject)]
pub struct TakeSessionAttendanceInput {
    /// The meeting.
    pub meeting: ID,
    /// Ids of the members present.
    pub present: Vec<ID>,
    /// Members absent, with reasons; all others.
    pub absent: Vec<AbsentMemberInput>,
    /// Who attends without being a member.
    #[graphql(default)]
    pub observers: Vec<ObserverInput>,
    /// Id of the member who presides; not always the head.
    pub chair: ID,
    /// Who decides in the head's place, where the head is absent and has entrusted a member present.
    pub entrusted: Option<EntrustedInput>,
    /// Who takes the record.
    pub recorder: String,
    /// A key under which the request may be sent again without being done twice, 1 to 200 characters.
    pub idempotency_key: Option<String>,
    /// Given back in the payload.
    pub client_mutation_id: Option<String>,
    /// Where it was done earlier, on paper or in a room.
    pub offline: Option<OfflineInput>,
}

/// Confirm what one is recorded to have said, or say that it is not so.
#[derive(Debug, Clone, InputObject)]
pub struct ConfirmStatementInput {
    /// The meeting.
    pub meeting: ID,
    /// The case.
    pub case_id: ID,
    /// Whether the record is true.
    pub agrees: bool,
    /// What is not so; required where it is not true.
    #[graphql(default)]
    pub remark: String,
    /// A key under which the request may be sent again without being done twice, 1 to 200 characters.
    pub idempotency_key: Option<String>,
    /// Given back in the payload.
    pub client_mutation_id: Option<String>,
}

/// Issue the minutes.
#[derive(Debug, Clone, InputObject)]
pub struct IssueMinutesInput {
    /// The meeting.
    pub meeting: ID,
    /// Number of the document.
    pub document_no: String,
    /// Day of issue.
    pub issued_on: Date,
    /// The minutes, at least one document.
    pub documents: Vec<DocumentInput>,
    /// A key under which the request may be sent again without being done twice, 1 to 200 characters.
    pub idempotency_key: Option<String>,
    /// Given back in the payload.
    pub client_mutation_id: Option<String>,
    /// Where it was done earlier, on paper or in a room.
    pub offline: Option<OfflineInput>,
}

/// Acts on meetings.
#[derive(Debug, Clone, Copy, Default)]
pub struct MeetingActs;

impl StreamAct for MeetingAct {
    type Id = MeetingId;

    async fn act(self, app: &App, asked: Asked, id: MeetingId) -> std::result::Result<Done, AppError> {
        app.act_on_meeting(asked, id, self).await
    }
}

/// What stands around an act on a meeting.
fn frame(meeting: ID, idempotency_key: Option<String>, offline: Option<OfflineInput>) -> StreamFrame {
    StreamFrame { id: meeting, at: "meeting", idempotency_key, offline }
}

#[Object]
impl MeetingActs {
    /// Call a meeting. Its members are those of the body on that day, as the directory knows them. Matters are placed on
    /// its agenda by `conveneMeeting`.
    async fn call_meeting(&self, ctx: &Context<'_>, input: CallMeetingInput) -> Result<Option<MeetingPayload>> {
        let scope = Scope::of(ctx)?;
        let CallMeetingInput {
            body,
            session,
            held_on,
            place,
            chair,
            notified_on,
            invited,
            idempotency_key,
            client_mutation_id,
            offline,
        } = input;
        let done = async {
            let given = CallMeeting {
                body,
                session,
                held_on: held_on.0,
                place,
                chair: chair.given("chair")?,
                notified_on: notified_on.0,
                invited: invited.given("invited")?,
                members: Vec::new(),
            };
            let manner = OfflineInput::manner(offline)?;
            let key = idempotency_key.as_deref();
            let asked = asked(scope, "callMeeting", key, manner.clone(), &(&given, &manner))?;
            scope.app.call_meeting(asked, given).await
        };
        let outcome = told(done.await, scope, |rejection| UserError::of(rejection, None, scope.lang))?;
        Ok(Some(MeetingPayload { client_mutation_id, outcome }))
    }

    /// Call off a meeting that has not begun. The matters on its agenda are taken off and may go to another meeting.
    async fn call_off_meeting(&self, ctx: &Context<'_>, input: CallOffMeetingInput) -> Result<Option<MeetingPayload>> {
        let CallOffMeetingInput { meeting, reason, idempotency_key: key, client_mutation_id, offline } = input;
        let frame = frame(meeting, key, offline);
        let outcome =
            perform_on(ctx, "callOffMeeting", frame, Ok(MeetingAct::CallOff(CallOffMeeting { reason }))).await?;
        Ok(Some(MeetingPayload { client_mutation_id, outcome }))
    }

    /// Take attendance of a session, once for all its matters. Each matter takes it over when it is called up
    /// (`recordAttendance`).
    async fn take_session_attendance(
        &self,
        ctx: &Context<'_>,
        input: TakeSessionAttendanceInput,
    ) -> Result<Option<MeetingPayload>> {
        let TakeSessionAttendanceInput {
            meeting,
            present,
            absent,
            observers,
            chair,
            entrusted,
            recorder,
            idempotency_key: key,
            client_mutation_id,
            offline,
        } = input;
        let given = || {
            Ok(MeetingAct::TakeAttendance(TakeAttendance {
                present: present.given("present")?,
                absent: absent.given("absent")?,
                observers: observers.given("observers")?,
                chair: chair.given("chair")?,
                entrusted: entrusted.given("entrusted")?,
                recorder,
            }))
        };
        let given = given();
        let frame = frame(meeting, key, offline);
        let outcome = perform_on(ctx, "takeSessionAttendance", frame, given).await?;
        Ok(Some(MeetingPayload { client_mutation_id, outcome }))
    }

    /// Confirm what one is recorded to have said on a matter, or say that it is not so. For members who were present; it
    /// blocks nothing.
    async fn confirm_statement(
        &self,
        ctx: &Context<'_>,
        input: ConfirmStatementInput,
    ) -> Result<Option<MeetingPayload>> {
        let ConfirmStatementInput { meeting, case_id, agrees, remark, idempotency_key: key, client_mutation_id } =
            input;
        let given = case_id
            .given("case_id")
            .map(|case| MeetingAct::ConfirmStatement(ConfirmStatement { case, agrees, remark }));
        let frame = frame(meeting, key, None);
        let outcome = perform_on(ctx, "confirmStatement", frame, given).await?;
        Ok(Some(MeetingPayload { client_mutation_id, outcome }))
    }

    /// Issue the minutes, once every matter on the agenda is decided, its record signed, or taken off.
    async fn issue_minutes(&self, ctx: &Context<'_>, input: IssueMinutesInput) -> Result<Option<MeetingPayload>> {
        let IssueMinutesInput {
            meeting,
            document_no,
            issued_on,
            documents,
            idempotency_key: key,
            client_mutation_id,
            offline,
        } = input;
        let given = documents
            .given("documents")
            .map(|documents| MeetingAct::IssueMinutes(IssueMinutes { document_no, issued_on: issued_on.0, documents }));
        let frame = frame(meeting, key, offline);
        let outcome = perform_on(ctx, "issueMinutes", frame, given).await?;
        Ok(Some(MeetingPayload { client_mutation_id, outcome }))
    }
}
