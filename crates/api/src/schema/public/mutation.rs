//! What the public may do: comment, propose, and apply to take part in a hearing.

use async_graphql::{Context, Description, ID, InputObject, Object, Result, SimpleObject};
use dingce_app::{AppError, RequestKey};
use dingce_domain::consultation::{Channel, Commenter, SubmitComment};
use dingce_domain::hearing::{Applicant, ApplyToHearing};
use dingce_domain::id::{ConsultationId, HearingId, UnitId};
use dingce_domain::rejection::Rejection;

use super::types::PublicUserError;
use crate::convert::Given;
use crate::schema::scope::Scope;

/// Comment on a draft.
#[derive(Debug, Clone, InputObject)]
pub struct SubmitCommentInput {
    /// The consultation.
    pub consultation_id: ID,
    /// Which clause it is about; empty for the whole.
    #[graphql(default)]
    pub clause: String,
    /// What you say, 1 to 10,000 characters, plain text. It is kept as part of the file.
    pub text: String,
    /// Whether you suggest that a hearing be held. You are answered either way.
    #[graphql(default)]
    pub suggests_hearing: bool,
    /// Your name, up to 200 characters, if you wish; kept sealed apart from the comment.
    #[graphql(default)]
    pub name: String,
    /// How to answer you, up to 200 characters, if you wish; kept sealed apart from the comment.
    #[graphql(default)]
    pub contact: String,
    /// A random token of this form, 1 to 200 characters: sent twice, the comment is taken once.
    pub form_token: String,
    /// Given back in the payload.
    pub client_mutation_id: Option<String>,
}

/// What came of a comment.
#[derive(Debug, Clone, Default, SimpleObject)]
pub struct SubmitCommentPayload {
    /// As given.
    client_mutation_id: Option<String>,
    /// The code by which the answer is found again. It is told only now, and only to you.
    receipt: Option<String>,
    /// Whether it came after the last day. It is kept either way.
    late: Option<bool>,
    /// Why it was not taken; empty where it was.
    errors: Vec<PublicUserError>,
}

/// Propose a matter for decision 决策建议 (R713 art. 10).
#[derive(Debug, Clone, InputObject)]
pub struct SubmitProposalInput {
    /// Id of the organ that it is for; not needed where there is one only.
    pub organ: Option<ID>,
    /// The matter, 1 to 200 characters.
    pub title: String,
    /// What you propose and why, 1 to 10,000 characters, plain text. It is kept as part of the file. No state secrets.
    pub text: String,
    /// Your name, or that of your organisation, up to 200 characters, if you wish; kept sealed apart from the proposal.
    #[graphql(default)]
    pub name: String,
    /// How to answer you, up to 200 characters, if you wish; kept sealed apart from the proposal.
    #[graphql(default)]
    pub contact: String,
    /// A random token of this form, 1 to 200 characters: sent twice, the proposal is taken once.
    pub form_token: String,
    /// Given back in the payload.
    pub client_mutation_id: Option<String>,
}

/// What came of a proposal.
#[derive(Debug, Clone, Default, SimpleObject)]
pub struct SubmitProposalPayload {
    /// As given.
    client_mutation_id: Option<String>,
    /// The code by which the answer is found again. It is told only now, and only to you.
    receipt: Option<String>,
    /// Why it was not taken; empty where it was.
    errors: Vec<PublicUserError>,
}

/// Apply to take part in a hearing.
#[derive(Debug, Clone, InputObject)]
pub struct ApplyToHearingInput {
    /// The hearing.
    pub hearing_id: ID,
    /// Name of the group of seats.
    pub group: String,
    /// How you appear on the public list if you take part, 1 to 200 characters.
    pub shown_as: String,
    /// What the matter is to you, and what you think of it, 1 to 10,000 characters, plain text. It is kept as part of the file.
    pub stake: String,
    /// Your name, 1 to 200 characters; kept sealed apart from the application.
    pub name: String,
    /// How to reach you, 1 to 200 characters; kept sealed apart from the application.
    pub contact: String,
    /// A random token of this form, 1 to 200 characters: sent twice, the application is taken once.
    pub form_token: String,
    /// Given back in the payload.
    pub client_mutation_id: Option<String>,
}

/// What came of an application.
#[derive(Debug, Clone, Default, SimpleObject)]
pub struct ApplyToHearingPayload {
    /// As given.
    client_mutation_id: Option<String>,
    /// The code by which the application is found again. It is told only now, and only to you.
    receipt: Option<String>,
    /// The code under which it enters the draw. It is public, your name is not.
    code: Option<String>,
    /// Why it was not taken; empty where it was.
    errors: Vec<PublicUserError>,
}

/// Mutations of the public.
#[derive(Debug, Clone, Copy, Default, Description)]
pub struct PublicMutation;

#[Object(name = "Mutation", use_type_description)]
impl PublicMutation {
    /// Apply to take part in a hearing whose seats are drawn.
    async fn apply_to_hearing(
        &self,
        ctx: &Context<'_>,
        input: ApplyToHearingInput,
    ) -> Result<Option<ApplyToHearingPayload>> {
        let scope = Scope::of_anybody(ctx)?;
        let ApplyToHearingInput { hearing_id, group, shown_as, stake, name, contact, form_token, client_mutation_id } =
            input;
        let done = async {
            let hearing: HearingId = hearing_id.given("hearing_id")?;
            let given = ApplyToHearing { channel: Channel::Web, group, shown_as, stake };
            let applicant = Applicant { name, contact };
            let key = RequestKey::new(
                format!("public:{form_token}"),
                "applyToHearing",
                &form_token,
                &(hearing, &given, &applicant),
            )?;
            let done = scope.app.apply_to_hearing(Some(key), hearing, given, applicant).await?;
            let code = match &done.receipt {
                Some(receipt) => Some(scope.app.hearing_receipt(receipt).await?.received.code),
                None => None,
            };
            Ok((done.receipt, code))
        };
        match done.await {
            Ok((receipt, code)) => {
                Ok(Some(ApplyToHearingPayload { client_mutation_id, receipt, code, errors: Vec::new() }))
            }
            Err(AppError::Rejected(rejection)) => {
                let errors = vec![PublicUserError::of(&of_the_form(&rejection), scope.lang)];
                Ok(Some(ApplyToHearingPayload { client_mutation_id, errors, ..Default::default() }))
            }
            Err(error) => Err(scope.fail(error).into()),
        }
    }

    /// Comment on a draft, with or without a name.
    async fn submit_comment(
        &self,
        ctx: &Context<'_>,
        input: SubmitCommentInput,
    ) -> Result<Option<SubmitCommentPayload>> {
        let scope = Scope::of_anybody(ctx)?;
        let SubmitCommentInput {
            consultation_id,
            clause,
            text,
            suggests_hearing,
            name,
            contact,
            form_token,
            client_mutation_id,
        } = input;
        let done = async {
            let consultation: ConsultationId = consultation_id.given("consultation_id")?;
            let given = SubmitComment { channel: Channel::Web, clause, text, suggests_hearing };
            let commenter = Commenter { name, contact };
            let key = RequestKey::new(
                format!("public:{form_token}"),
                "submitComment",
                &form_token,
                &(consultation, &given, &commenter),
            )?;
            let done = scope.app.submit_comment(Some(key), consultation, given, commenter).await?;
            let late = match &done.receipt {
                Some(code) => Some(scope.app.receipt(code).await?.received.late),
                None => None,
            };
            Ok((done.receipt, late))
        };
        match done.await {
            Ok((receipt, late)) => {
                Ok(Some(SubmitCommentPayload { client_mutation_id, receipt, late, errors: Vec::new() }))
            }
            Err(AppError::Rejected(rejection)) => {
                let errors = vec![PublicUserError::of(&of_the_form(&rejection), scope.lang)];
                Ok(Some(SubmitCommentPayload { client_mutation_id, errors, ..Default::default() }))
            }
            Err(error) => Err(scope.fail(error).into()),
        }
    }

    /// Propose a matter for decision 决策建议, with or without a name.
    async fn submit_proposal(
        &self,
        ctx: &Context<'_>,
        input: SubmitProposalInput,
    ) -> Result<Option<SubmitProposalPayload>> {
        let scope = Scope::of_anybody(ctx)?;
        let SubmitProposalInput { organ, title, text, name, contact, form_token, client_mutation_id } = input;
        let done = async {
            let organ: Option<UnitId> = organ.given("organ")?;
            let sender = Commenter { name, contact };
            let key = RequestKey::new(
                format!("public:{form_token}"),
                "submitProposal",
                &form_token,
                &(organ, &title, &text, &sender),
            )?;
            scope.app.submit_proposal(Some(key), organ, title, text, sender).await
        };
        match done.await {
            Ok(done) => {
                Ok(Some(SubmitProposalPayload { client_mutation_id, receipt: done.receipt, errors: Vec::new() }))
            }
            Err(AppError::Rejected(rejection)) => {
                let errors = vec![PublicUserError::of(&of_the_form(&rejection), scope.lang)];
                Ok(Some(SubmitProposalPayload { client_mutation_id, errors, ..Default::default() }))
            }
            Err(error) => Err(scope.fail(error).into()),
        }
    }
}

/// The public's input has no idempotency key: its form token is one.
fn of_the_form(rejection: &Rejection) -> Rejection {
    let mut told = rejection.clone();
    if told.path.as_deref() == Some("idempotency_key") {
        told.path = Some("form_token".to_owned());
    }
    told
}
