//! Applications to a hearing, as officials enter them and leave them out (R713 art. 16).

use async_graphql::{Context, ID, InputObject, Object, Result};
use dingce_app::{AppError, Done};
use dingce_domain::consultation::Channel;
use dingce_domain::hearing::{Applicant, ApplyToHearing, ExcludeApplicant};
use dingce_domain::id::HearingId;
use dingce_domain::occasion::Manner;

use super::perform::{asked, law_of};
use crate::convert::inputs::OfflineInput;
use crate::convert::{Given, Word};
use crate::schema::errors::{Failure, UserError};
use crate::schema::hearing::HearingApplicationPayload;
use crate::schema::payload::{Outcome, told};
use crate::schema::scope::Scope;

/// Enter an application that came by letter, telephone or visit.
#[derive(Debug, Clone, InputObject)]
pub struct EnterHearingApplicationInput {
    /// The hearing.
    pub hearing_id: ID,
    /// How it came.
    pub channel: Word<Channel>,
    /// Name of the group of seats.
    pub group: String,
    /// How the applicant appears on the public list if they take part.
    pub shown_as: String,
    /// What the matter is to them, and what they think of it.
    pub stake: String,
    /// Name of the applicant, 1 to 200 characters. Sealed apart from the application.
    pub name: String,
    /// How to reach them, 1 to 200 characters. Sealed apart from the application.
    pub contact: String,
    /// A key under which the request may be sent again without being done twice, 1 to 200 characters.
    pub idempotency_key: Option<String>,
    /// Given back in the payload.
    pub client_mutation_id: Option<String>,
    /// Where it came earlier than it is entered.
    pub offline: Option<OfflineInput>,
}

/// Leave an applicant out of the draw.
#[derive(Debug, Clone, InputObject)]
pub struct ExcludeHearingApplicantInput {
    /// The hearing.
    pub hearing_id: ID,
    /// Code of the applicant.
    pub code: String,
    /// Why; the applicant reads it.
    pub reason: String,
    /// A key under which the request may be sent again without being done twice, 1 to 200 characters.
    pub idempotency_key: Option<String>,
    /// Given back in the payload.
    pub client_mutation_id: Option<String>,
}

/// Acts on applications.
#[derive(Debug, Clone, Copy, Default)]
pub struct ApplicationActs;

#[Object]
impl ApplicationActs {
    /// Enter an application to a hearing that came by letter, telephone or visit, within the days for it.
    async fn enter_hearing_application(
        &self,
        ctx: &Context<'_>,
        input: EnterHearingApplicationInput,
    ) -> Result<Option<HearingApplicationPayload>> {
        let scope = Scope::of(ctx)?;
        let EnterHearingApplicationInput {
            hearing_id,
            channel,
            group,
            shown_as,
            stake,
            name,
            contact,
            idempotency_key,
            client_mutation_id,
            offline,
        } = input;
        let done = async {
            let hearing: HearingId = hearing_id.clone().given("hearing_id")?;
            let manner = OfflineInput::manner(offline)?;
            let given = ApplyToHearing { channel: channel.0, group, shown_as, stake };
            let applicant = Applicant { name, contact };
            let input = (hearing, &given, &applicant, &manner);
            let asked = asked(scope, "enterHearingApplication", idempotency_key.as_deref(), manner.clone(), &input)?;
            scope.app.enter_hearing_application(asked, hearing, given, applicant).await
        };
        let outcome = outcome(scope, &hearing_id, done.await).await?;
        Ok(Some(HearingApplicationPayload { client_mutation_id, outcome }))
    }

    /// Leave an applicant out of the draw, with a reason. Only before the instant that fixes its seed.
    async fn exclude_hearing_applicant(
        &self,
        ctx: &Context<'_>,
        input: ExcludeHearingApplicantInput,
    ) -> Result<Option<HearingApplicationPayload>> {
        let scope = Scope::of(ctx)?;
        let ExcludeHearingApplicantInput { hearing_id, code, reason, idempotency_key, client_mutation_id } = input;
        let done = async {
            let hearing: HearingId = hearing_id.clone().given("hearing_id")?;
            let given = ExcludeApplicant { code, reason };
            let input = (hearing, &given);
            let asked = asked(scope, "excludeHearingApplicant", idempotency_key.as_deref(), Manner::Online, &input)?;
            scope.app.exclude_hearing_applicant(asked, hearing, given).await
        };
        let outcome = outcome(scope, &hearing_id, done.await).await?;
        Ok(Some(HearingApplicationPayload { client_mutation_id, outcome }))
    }
}

async fn outcome(
    scope: &Scope,
    hearing: &ID,
    done: std::result::Result<Done, AppError>,
) -> std::result::Result<Outcome<Done>, Failure> {
    let def = match &done {
        Err(AppError::Rejected(_)) => match scope.one::<dingce_app::read_rows::HearingRow>(&**hearing).await? {
            Some(row) => law_of(scope, &row.case_id).await?,
            None => None,
        },
        _ => None,
    };
    told(done, scope, |rejection| UserError::of(rejection, def.as_deref(), scope.lang))
}
