//! Comments of the public, as officials enter and answer them (R713 arts. 15, 18).

use async_graphql::{Context, ID, InputObject, Object, Result};
use dingce_app::AppError;
use dingce_domain::consultation::{AnswerComment, Channel, Commenter, OpenCommenter, SubmitComment};
use dingce_domain::id::{CommentId, ConsultationId};
use dingce_domain::occasion::Manner;
use dingce_domain::words::Uptake;

use super::perform::{asked, law_of};
use crate::convert::inputs::OfflineInput;
use crate::convert::{Given, Word};
use crate::schema::errors::{Failure, UserError};
use crate::schema::payload::{CommentBy, CommentPayload, OpenCommenterPayload, Outcome, told};
use crate::schema::scope::Scope;

/// Enter a comment that came by letter, telephone or visit.
#[derive(Debug, Clone, InputObject)]
pub struct EnterCommentInput {
    /// The consultation.
    pub consultation_id: ID,
    /// How it came.
    pub channel: Word<Channel>,
    /// Which clause it is about; empty for the whole.
    #[graphql(default)]
    pub clause: String,
    /// What it says, 1 to 10,000 characters, plain text.
    pub text: String,
    /// Whether it suggests a hearing.
    #[graphql(default)]
    pub suggests_hearing: bool,
    /// Name of whoever sent it, up to 200 characters; empty where not given. Sealed apart from the comment.
    #[graphql(default)]
    pub name: String,
    /// How to answer them, up to 200 characters; empty where not given. Sealed apart from the comment.
    #[graphql(default)]
    pub contact: String,
    /// A key under which the request may be sent again without being done twice, 1 to 200 characters.
    pub idempotency_key: Option<String>,
    /// Given back in the payload.
    pub client_mutation_id: Option<String>,
    /// Where it came earlier than it is entered.
    pub offline: Option<OfflineInput>,
}

/// Answer a comment: adopted or not, and why.
#[derive(Debug, Clone, InputObject)]
pub struct AnswerCommentInput {
    /// The consultation.
    pub consultation_id: ID,
    /// Id of the comment.
    pub comment: ID,
    /// How it was taken up.
    pub uptake: Word<Uptake>,
    /// Why; required always, because whoever commented reads it.
    pub reason: String,
    /// A key under which the request may be sent again without being done twice, 1 to 200 characters.
    pub idempotency_key: Option<String>,
    /// Given back in the payload.
    pub client_mutation_id: Option<String>,
}

/// Open who sent a comment.
#[derive(Debug, Clone, InputObject)]
pub struct OpenCommenterInput {
    /// The consultation.
    pub consultation_id: ID,
    /// Id of the comment.
    pub comment: ID,
    /// Why it is necessary to know, 1 to 10,000 characters. It is recorded with who asked, and when.
    pub reason: String,
    /// A key under which the request may be sent again and is recorded once, 1 to 200 characters.
    pub idempotency_key: Option<String>,
    /// Given back in the payload.
    pub client_mutation_id: Option<String>,
}

/// Acts on comments.
#[derive(Debug, Clone, Copy, Default)]
pub struct CommentActs;

#[Object]
impl CommentActs {
    /// Enter a comment that came by letter, telephone or visit.
    async fn enter_comment(&self, ctx: &Context<'_>, input: EnterCommentInput) -> Result<Option<CommentPayload>> {
        let scope = Scope::of(ctx)?;
        let EnterCommentInput {
            consultation_id,
            channel,
            clause,
            text,
            suggests_hearing,
            name,
            contact,
            idempotency_key,
            client_mutation_id,
            offline,
        } = input;
        let done = async {
            let consultation: ConsultationId = consultation_id.clone().given("consultation_id")?;
            let manner = OfflineInput::manner(offline)?;
            let given = SubmitComment { channel: channel.0, clause, text, suggests_hearing };
            let commenter = Commenter { name, contact };
            let input = (consultation, &given, &commenter, &manner);
            let asked = asked(scope, "enterComment", idempotency_key.as_deref(), manner.clone(), &input)?;
            let done = scope.app.enter_comment(asked, consultation, given, commenter).await?;
            let by = CommentBy::Number(done.n);
            Ok((done, consultation, by))
        };
        let outcome = outcome(scope, &consultation_id, done.await).await?;
        Ok(Some(CommentPayload { client_mutation_id, outcome }))
    }

    /// Answer a comment: adopted or not, and why.
    async fn answer_comment(&self, ctx: &Context<'_>, input: AnswerCommentInput) -> Result<Option<CommentPayload>> {
        let scope = Scope::of(ctx)?;
        let AnswerCommentInput { consultation_id, comment, uptake, reason, idempotency_key, client_mutation_id } =
            input;
        let done = async {
            let consultation: ConsultationId = consultation_id.clone().given("consultation_id")?;
            let comment: CommentId = comment.given("comment")?;
            let given = AnswerComment { comment, uptake: uptake.0, reason };
            let input = (consultation, &given);
            let asked = asked(scope, "answerComment", idempotency_key.as_deref(), Manner::Online, &input)?;
            let done = scope.app.answer_comment(asked, consultation, given).await?;
            Ok((done, consultation, CommentBy::Id(comment)))
        };
        let outcome = outcome(scope, &consultation_id, done.await).await?;
        Ok(Some(CommentPayload { client_mutation_id, outcome }))
    }

    /// Open who sent a comment: for those whose role answers comments, to write back to them. The opening is itself an act,
    /// recorded with its reason before anything is told.
    async fn open_commenter(
        &self,
        ctx: &Context<'_>,
        input: OpenCommenterInput,
    ) -> Result<Option<OpenCommenterPayload>> {
        let scope = Scope::of(ctx)?;
        let OpenCommenterInput { consultation_id, comment, reason, idempotency_key, client_mutation_id } = input;
        let done = async {
            let consultation: ConsultationId = consultation_id.clone().given("consultation_id")?;
            let comment: CommentId = comment.clone().given("comment")?;
            let given = OpenCommenter { comment, reason };
            let input = (consultation, &given);
            let asked = asked(scope, "openCommenter", idempotency_key.as_deref(), Manner::Online, &input)?;
            scope.app.open_comment_sender(asked, consultation, given).await
        };
        let outcome = outcome(scope, &consultation_id, done.await).await?;
        Ok(Some(OpenCommenterPayload { client_mutation_id, comment: comment.to_string(), outcome }))
    }
}

async fn outcome<T>(
    scope: &Scope,
    consultation: &ID,
    done: std::result::Result<T, AppError>,
) -> std::result::Result<Outcome<T>, Failure> {
    let def = match &done {
        Err(AppError::Rejected(_)) => match scope.one::<dingce_app::read_rows::ConsultationRow>(&**consultation).await?
        {
            Some(row) => law_of(scope, &row.case_id).await?,
            None => None,
        },
        _ => None,
    };
    told(done, scope, |rejection| UserError::of(rejection, def.as_deref(), scope.lang))
}
