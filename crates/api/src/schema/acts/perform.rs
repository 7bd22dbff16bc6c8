//! Doing an act on a case for whoever asks.

use std::sync::Arc;

use async_graphql::{Context, ID};
use dingce_app::read_rows::DraftRow;
use dingce_app::use_cases::Asked;
use dingce_app::{App, AppError, Done, RequestKey};
use dingce_domain::act::{Act, Command};
use dingce_domain::code::Code;
use dingce_domain::definition::Definition;
use dingce_domain::id::CaseId;
use dingce_domain::occasion::Manner;
use dingce_domain::rejection::Rejection;
use dingce_domain::words::StageId;
use serde::Serialize;

use crate::convert::Given;
use crate::convert::given::Id;
use crate::convert::inputs::OfflineInput;
use crate::schema::errors::{Failure, Lang, UserError};
use crate::schema::payload::{CaseActPayload, Outcome, told};
use crate::schema::scope::Scope;

/// What every input of an act on a case holds besides the act.
#[derive(Debug, Clone)]
pub struct Frame {
    /// The case.
    pub case_id: ID,
    /// The stage.
    pub stage: Option<String>,
    /// The key.
    pub idempotency_key: Option<String>,
    /// Given back.
    pub client_mutation_id: Option<String>,
    /// Where it was done earlier.
    pub offline: Option<OfflineInput>,
}

/// An input that is an act on a case.
pub trait CaseAct: Send {
    /// Name of the mutation.
    const NAME: &'static str;

    /// The act, and what stands around it.
    fn split(self) -> (Frame, Result<Act, Rejection>);
}

/// Who asks, how it was done, and under which key.
///
/// # Errors
/// A rejection where the key or the evidence cannot be accepted.
pub fn asked(
    scope: &Scope,
    operation: &str,
    key: Option<&str>,
    manner: Manner,
    input: &impl Serialize,
) -> Result<Asked, AppError> {
    let not_known = |_: Failure| AppError::from(Rejection::new(Code::NotAuthenticated));
    let who = scope.principal().map_err(not_known)?;
    let key = key.map(|key| RequestKey::new(who.person, operation, key, input)).transpose()?;
    Ok(Asked { who, key, manner, hats: scope.found.clone() })
}

/// Does the act.
///
/// # Errors
/// `NOT_AUTHENTICATED`, and failures that are nobody's input; refusals are in the payload.
pub async fn perform<I: CaseAct>(ctx: &Context<'_>, input: I) -> async_graphql::Result<Option<CaseActPayload>> {
    let scope = Scope::of(ctx)?;
    let (frame, act) = input.split();
    let Frame { case_id, stage, idempotency_key, client_mutation_id, offline } = frame;
    let done = async {
        let case: CaseId = case_id.clone().given("case_id")?;
        let stage = stage.map(stage_named).transpose()?;
        let command = Command { stage, act: act? };
        let manner = OfflineInput::manner(offline)?;
        let asked = asked(scope, I::NAME, idempotency_key.as_deref(), manner.clone(), &(case, &command, &manner))?;
        scope.app.act(asked, case, command).await
    };
    let done = done.await;
    let def = match &done {
        Err(AppError::Rejected(_)) => law_of(scope, &case_id).await?,
        _ => None,
    };
    let mut outcome = told(done, scope, |rejection| UserError::of(rejection, def.as_deref(), scope.lang))?;
    // The expert who acts is not named in the input.
    let by_expert = matches!(I::NAME, "declareInterest" | "giveExpertOpinion");
    for error in outcome.as_mut().err().into_iter().flatten() {
        number_drafts(scope, error).await?;
        if by_expert && error.path.get(1).is_some_and(|member| member == "expert") {
            error.path.clear();
        }
    }
    Ok(Some(CaseActPayload { client_mutation_id, outcome }))
}

/// What every input of an act on a stream that is no case holds besides the act.
#[derive(Debug, Clone)]
pub struct StreamFrame {
    /// Which stream.
    pub id: ID,
    /// Name of that member.
    pub at: &'static str,
    /// The key.
    pub idempotency_key: Option<String>,
    /// Where it was done earlier.
    pub offline: Option<OfflineInput>,
}

/// An act on a stream that is no case.
pub trait StreamAct: Serialize + Send + Sync {
    /// The stream's id.
    type Id: Id + Serialize + Copy + Send + Sync;

    /// Does it.
    fn act(self, app: &App, asked: Asked, id: Self::Id) -> impl Future<Output = Result<Done, AppError>> + Send;
}

/// Does the act.
///
/// # Errors
/// `NOT_AUTHENTICATED`, and failures that are nobody's input; refusals are in the outcome.
pub async fn perform_on<A: StreamAct>(
    ctx: &Context<'_>,
    name: &str,
    frame: StreamFrame,
    act: Result<A, Rejection>,
) -> Result<Outcome<Done>, Failure> {
    let scope = Scope::of(ctx)?;
    let StreamFrame { id, at, idempotency_key, offline } = frame;
    let done = async {
        let id: A::Id = id.given(at)?;
        let act = act?;
        let manner = OfflineInput::manner(offline)?;
        let asked = asked(scope, name, idempotency_key.as_deref(), manner.clone(), &(id, &act, &manner))?;
        act.act(&scope.app, asked, id).await
    };
    told(done.await, scope, |rejection| UserError::of(rejection, None, scope.lang))
}

fn stage_named(name: String) -> Result<StageId, Rejection> {
    name.parse().map_err(|_| Rejection::new(Code::StageUnknown).at("stage").given(name))
}

/// Says by number which versions of the draft a refusal is about, beside their ids.
async fn number_drafts(scope: &Scope, error: &mut UserError) -> Result<(), Failure> {
    if error.code != Code::DraftMovedOn.as_str() {
        return Ok(());
    }
    for id in [error.given.clone(), error.needed.clone()].into_iter().flatten() {
        let Some(draft) = scope.one::<DraftRow>(&id).await? else { continue };
        if scope.case_row(&draft.case_id).await?.is_none() {
            continue;
        }
        let told = match scope.lang {
            Lang::Zh => format!("第{}稿（{id}）", draft.number),
            Lang::En => format!("version {} ({id})", draft.number),
        };
        error.message = error.message.replace(&id, &told);
    }
    Ok(())
}

/// The definition of a case that the asker may see, which gives the words of a refusal.
///
/// # Errors
/// Where the store fails.
pub async fn law_of(scope: &Scope, case: &str) -> Result<Option<Arc<Definition>>, Failure> {
    // Whoever holds no post is told so by the refusal itself.
    let row = match scope.case_row(case).await {
        Ok(row) => row,
        Err(failure) if failure.rejection().is_some() => None,
        Err(failure) => return Err(failure),
    };
    match row {
        Some(row) => scope.definition(&row.definition).await.map(Some),
        None => Ok(None),
    }
}
