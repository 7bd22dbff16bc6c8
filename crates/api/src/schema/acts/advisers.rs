//! Legal advisers: the roster and engagements (R713 art. 28).

use async_graphql::{Context, ID, InputObject, Object, Result};
use dingce_app::use_cases::Asked;
use dingce_app::{App, AppError, Done};
use dingce_domain::adviser::{AdviserAct, AssessAdviser, ReleaseAdviser, RetainAdviser};
use dingce_domain::code::Code;
use dingce_domain::engagement::{AskAdviser, DeclineAdvice, DisposeAdvice, EngagementAct, GiveAdvice};
use dingce_domain::id::{AdviserId, EngagementId};
use dingce_domain::rejection::Rejection;
use dingce_domain::words::{AdviserKind, Uptake};

use super::perform::{StreamAct, asked};
use super::stream_acts;
use crate::convert::inputs::{DocumentInput, OfflineInput};
use crate::convert::{Date, Given, Word};
use crate::schema::errors::UserError;
use crate::schema::payload::{AdviserActPayload, EngagementActPayload, told};
use crate::schema::scope::Scope;

/// A term on the roster.
#[derive(Debug, Clone, InputObject)]
pub struct AdviserTermInput {
    /// Adviser from outside, or lawyer in office.
    pub kind: Word<AdviserKind>,
    /// Id of the person in the directory, if they have an account: then they give their opinions themselves.
    pub person: Option<ID>,
    /// Name.
    pub name: String,
    /// Law firm, university or post.
    pub firm_or_post: String,
    /// Fields that they are asked about, at least one.
    pub specialities: Vec<String>,
    /// First day.
    pub from: Date,
    /// Last day; absent where it has none.
    pub until: Option<Date>,
    /// By which decision or contract.
    pub basis: String,
    /// The letter of appointment, the contract.
    #[graphql(default)]
    pub documents: Vec<DocumentInput>,
}

impl Given<RetainAdviser> for AdviserTermInput {
    fn given(self, _: &str) -> std::result::Result<RetainAdviser, Rejection> {
        let Self { kind, person, name, firm_or_post, specialities, from, until, basis, documents } = self;
        Ok(RetainAdviser {
            kind: kind.0,
            person: person.given("person")?,
            name,
            firm_or_post,
            specialities,
            from: from.0,
            until: until.map(|day| day.0),
            basis,
            documents: documents.given("documents")?,
        })
    }
}

/// Put an adviser on the roster 聘任.
#[derive(Debug, Clone, InputObject)]
pub struct RetainAdviserInput {
    /// The term.
    pub term: AdviserTermInput,
    /// A key under which the request may be sent again without being done twice, 1 to 200 characters.
    pub idempotency_key: Option<String>,
    /// Given back in the payload.
    pub client_mutation_id: Option<String>,
    /// Where it was done earlier, on paper.
    pub offline: Option<OfflineInput>,
}

/// Ask an adviser.
#[derive(Debug, Clone, InputObject)]
pub struct AskAdviserInput {
    /// Id of the adviser.
    pub adviser: ID,
    /// Id of the case; absent for a matter outside any.
    pub case: Option<ID>,
    /// Name of the stage of the case; absent for the whole of it.
    pub stage: Option<String>,
    /// About what, 1 to 10,000 characters.
    pub question: String,
    /// By when an opinion is asked for; absent where nobody sets a day.
    pub reply_by: Option<Date>,
    /// What the adviser is given to read.
    #[graphql(default)]
    pub documents: Vec<DocumentInput>,
    /// A key under which the request may be sent again without being done twice, 1 to 200 characters.
    pub idempotency_key: Option<String>,
    /// Given back in the payload.
    pub client_mutation_id: Option<String>,
    /// Where it was done earlier, on paper.
    pub offline: Option<OfflineInput>,
}

/// Acts that begin with an adviser.
#[derive(Debug, Clone, Copy, Default)]
pub struct AdviserBeginnings;

#[Object]
impl AdviserBeginnings {
    /// Put a legal adviser or government lawyer on the roster 聘任 (R713 art. 28).
    async fn retain_adviser(&self, ctx: &Context<'_>, input: RetainAdviserInput) -> Result<Option<AdviserActPayload>> {
        let scope = Scope::of(ctx)?;
        let RetainAdviserInput { term, idempotency_key, client_mutation_id, offline } = input;
        let done = async {
            let given: RetainAdviser = term.given("term")?;
            let manner = OfflineInput::manner(offline)?;
            let input = (&given, &manner);
            let asked = asked(scope, "retainAdviser", idempotency_key.as_deref(), manner.clone(), &input)?;
            scope.app.retain_adviser(asked, given).await
        };
        let outcome = told(done.await, scope, |rejection| UserError::of(rejection, None, scope.lang))?;
        Ok(Some(AdviserActPayload { client_mutation_id, outcome }))
    }

    /// Ask an adviser who is on the roster, at any stage of a case or outside one (R713 art. 28).
    async fn ask_adviser(&self, ctx: &Context<'_>, input: AskAdviserInput) -> Result<Option<EngagementActPayload>> {
        let scope = Scope::of(ctx)?;
        let AskAdviserInput {
            adviser,
            case,
            stage,
            question,
            reply_by,
            documents,
            idempotency_key,
            client_mutation_id,
            offline,
        } = input;
        let done = async {
            let stage = stage
                .map(|name| name.parse().map_err(|_| Rejection::new(Code::StageUnknown).at("stage").given(&name)))
                .transpose()?;
            let given = AskAdviser {
                adviser: adviser.given("adviser")?,
                case: case.given("case")?,
                stage,
                question,
                reply_by: reply_by.map(|day| day.0),
                documents: documents.given("documents")?,
            };
            let manner = OfflineInput::manner(offline)?;
            let input = (&given, &manner);
            let asked = asked(scope, "askAdviser", idempotency_key.as_deref(), manner.clone(), &input)?;
            scope.app.ask_adviser(asked, given).await
        };
        let outcome = told(done.await, scope, |rejection| UserError::of(rejection, None, scope.lang))?;
        Ok(Some(EngagementActPayload { client_mutation_id, outcome }))
    }
}

impl StreamAct for AdviserAct {
    type Id = AdviserId;

    async fn act(self, app: &App, asked: Asked, id: AdviserId) -> std::result::Result<Done, AppError> {
        app.act_on_adviser(asked, id, self).await
    }
}

impl StreamAct for EngagementAct {
    type Id = EngagementId;

    async fn act(self, app: &App, asked: Asked, id: EngagementId) -> std::result::Result<Done, AppError> {
        app.act_on_engagement(asked, id, self).await
    }
}

stream_acts! {
    /// Acts on the roster.
    AdviserActs on adviser_id, "The adviser.", AdviserActPayload from AdviserAct {
        /// Renew a term 续聘, after the last one ended or on the day after its end.
        renew_adviser as "renewAdviser" from RenewAdviserInput {
            /// The new term.
            term: AdviserTermInput,
        } => AdviserAct::Renew(term.given("term")?);

        /// Take an adviser off the roster before the end of the term 解聘.
        release_adviser as "releaseAdviser" from ReleaseAdviserInput {
            /// Last day.
            until: Date,
            /// Why.
            reason: String,
        } => AdviserAct::Release(ReleaseAdviser { until: until.0, reason });

        /// Assess an adviser's year 年度考核. What the record says of it is added.
        assess_adviser as "assessAdviser" from AssessAdviserInput {
            /// The year, not one to come.
            year: i16,
            /// The grade, by the words of the place: 优秀, 称职, …
            grade: String,
            /// The assessment.
            conclusion: String,
            /// Why an assessment of the same year is replaced; empty for the first.
            #[graphql(default)]
            correction: String,
            /// What shows it.
            #[graphql(default)]
            documents: Vec<DocumentInput>,
        } => AdviserAct::Assess(AssessAdviser {
            year,
            grade,
            conclusion,
            correction,
            documents: documents.given("documents")?,
        });
    }
}

stream_acts! {
    /// Acts on an engagement.
    EngagementActs on engagement_id, "The engagement.", EngagementActPayload from EngagementAct {
        /// Give an opinion: the adviser themself, or whoever enters a signed one.
        give_advice as "giveAdvice" from GiveAdviceInput {
            /// The opinion.
            opinion: String,
            /// The signed opinion.
            #[graphql(default)]
            documents: Vec<DocumentInput>,
        } => EngagementAct::Give(GiveAdvice { opinion, documents: documents.given("documents")? });

        /// Decline to advise.
        decline_advice as "declineAdvice" from DeclineAdviceInput {
            /// Why: an interest, no time, not their field.
            reason: String,
        } => EngagementAct::Decline(DeclineAdvice { reason });

        /// Say how an opinion was taken up, by the unit that asked.
        dispose_advice as "disposeAdvice" from DisposeAdviceInput {
            /// How.
            uptake: Word<Uptake>,
            /// Why; required unless it was adopted in full.
            #[graphql(default)]
            reason: String,
        } => EngagementAct::Dispose(DisposeAdvice { uptake: uptake.0, reason });
    }
}
