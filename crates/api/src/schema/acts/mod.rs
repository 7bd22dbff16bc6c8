//! Mutations: one for each legal act. Each only converts what was given, calls the use case, and converts back.

mod accountability;
mod advisers;
mod applications;
mod catalogue;
mod comments;
mod confirmations;
mod deliberation;
mod determinations;
mod dossiers;
mod drafting;
mod drafting_items;
mod ending;
mod erasures;
mod evaluation;
mod execution;
mod expert;
mod hearing;
mod legal_bases;
mod legality;
mod meetings;
mod opening;
mod participation;
mod perform;
mod proposals;
mod publishing;
mod registry;
mod secrets;
mod tabling;
mod tasks;

use async_graphql::MergedObject;

pub(super) use perform::law_of;

/// Mutations of officials: one for each legal act, named like it.
///
/// In a few groups of groups: the library nests each member in the one before it, and the compiler follows only so deep.
#[derive(MergedObject, Default)]
pub struct Mutation(Preparing, Deciding, Following, Keeping, Registering, Supervising);

/// From the proposal to the reports on participation, experts and risk.
#[derive(MergedObject, Default)]
pub struct Preparing(
    opening::OpeningActs,
    drafting::DraftingActs,
    drafting_items::DraftingItemActs,
    participation::ParticipationActs,
    comments::CommentActs,
    hearing::HearingActs,
    applications::ApplicationActs,
    expert::ExpertActs,
);

/// From the legality review to publication.
#[derive(MergedObject, Default)]
pub struct Deciding(
    legality::LegalityActs,
    tabling::TablingActs,
    meetings::MeetingActs,
    deliberation::DeliberationActs,
    ending::EndingActs,
    publishing::PublishingActs,
);

/// After the decision; and what other procedures are made of.
#[derive(MergedObject, Default)]
pub struct Following(execution::ExecutionActs, evaluation::EvaluationActs, tasks::TaskActs);

/// What is kept beside cases.
#[derive(MergedObject, Default)]
pub struct Keeping(
    registry::RegistryActs,
    dossiers::DossierActs,
    secrets::SecretActs,
    erasures::ErasureActs,
    legal_bases::LegalBasisActs,
    confirmations::ConfirmationActs,
    catalogue::CatalogueBeginnings,
    catalogue::CatalogueActs,
);

/// Registers beside cases: proposals, determinations, printed agendas, legal advisers.
#[derive(MergedObject, Default)]
pub struct Registering(
    proposals::ProposalEntry,
    proposals::ProposalActs,
    determinations::DeterminationBeginnings,
    determinations::DeterminationActs,
    determinations::PrintedAgendaActs,
    advisers::AdviserBeginnings,
    advisers::AdviserActs,
    advisers::EngagementActs,
);

/// Supervision: accountability files, notices, mandates.
#[derive(MergedObject, Default)]
pub struct Supervising(
    accountability::SupervisionBeginnings,
    accountability::AccountabilityActs,
    accountability::NoticeActs,
    accountability::MandateActs,
);

/// Declares acts on a case: for each an input with the members of the act, and a mutation that does it.
macro_rules! case_acts {
    ($group:ident { $(
        $(#[$doc:meta])*
        $method:ident as $name:literal: $act:ident from $input:ident {
            $($(#[$field_doc:meta])* $field:ident: $kind:ty,)*
            $(; $($more:ident: $value:expr,)*)?
        }
    )* }) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, async_graphql::InputObject)]
            pub struct $input {
                /// The case.
                pub case_id: async_graphql::ID,
                /// Name of the stage; needed where the definition has several of the kind, and for acts on any stage.
                pub stage: Option<String>,
                $($(#[$field_doc])* pub $field: $kind,)*
                /// A key under which the request may be sent again without being done twice, 1 to 200 characters.
                pub idempotency_key: Option<String>,
                /// Given back in the payload.
                pub client_mutation_id: Option<String>,
                /// Where it was done earlier, on paper or in a room.
                pub offline: Option<$crate::convert::inputs::OfflineInput>,
            }

            impl $crate::schema::acts::perform::CaseAct for $input {
                const NAME: &'static str = $name;

                fn split(self) -> (
                    $crate::schema::acts::perform::Frame,
                    Result<dingce_domain::act::Act, dingce_domain::rejection::Rejection>,
                ) {
                    let Self { case_id, stage, $($field,)* idempotency_key, client_mutation_id, offline } = self;
                    let act = || {
                        Ok(dingce_domain::act::Act::$act(dingce_domain::act::$act {
                            $($field: $crate::convert::Given::given($field, stringify!($field))?,)*
                            $($($more: $value,)*)?
                        }))
                    };
                    let act = act();
                    let frame = $crate::schema::acts::perform::Frame {
                        case_id, stage, idempotency_key, client_mutation_id, offline,
                    };
                    (frame, act)
                }
            }
        )*

        /// Acts of one part of the road.
        #[derive(Debug, Clone, Copy, Default)]
        pub struct $group;

        #[async_graphql::Object]
        impl $group {
            $(
                $(#[$doc])*
                async fn $method(
                    &self,
                    ctx: &async_graphql::Context<'_>,
                    input: $input,
                ) -> async_graphql::Result<Option<$crate::schema::payload::CaseActPayload>> {
                    $crate::schema::acts::perform::perform(ctx, input).await
                }
            )*
        }
    };
}

use case_acts;

/// Declares acts on a stream that is no case: for each an input, and a mutation that does it.
macro_rules! stream_acts {
    ($(#[$group_doc:meta])* $group:ident on $id:ident, $id_doc:literal, $payload:ident from $kind:ty { $(
        $(#[$doc:meta])*
        $method:ident as $name:literal from $input:ident {
            $($(#[$field_doc:meta])* $field:ident: $field_kind:ty,)*
        } => $act:expr;
    )* }) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, async_graphql::InputObject)]
            pub struct $input {
                #[doc = $id_doc]
                pub $id: async_graphql::ID,
                $($(#[$field_doc])* pub $field: $field_kind,)*
                /// A key under which the request may be sent again without being done twice, 1 to 200 characters.
                pub idempotency_key: Option<String>,
                /// Given back in the payload.
                pub client_mutation_id: Option<String>,
                /// Where it was done earlier, on paper or in a room.
                pub offline: Option<$crate::convert::inputs::OfflineInput>,
            }
        )*

        $(#[$group_doc])*
        #[derive(Debug, Clone, Copy, Default)]
        pub struct $group;

        #[async_graphql::Object]
        impl $group {
            $(
                $(#[$doc])*
                async fn $method(
                    &self,
                    ctx: &async_graphql::Context<'_>,
                    input: $input,
                ) -> async_graphql::Result<Option<$crate::schema::payload::$payload>> {
                    let $input { $id, $($field,)* idempotency_key, client_mutation_id, offline } = input;
                    let act = || -> std::result::Result<$kind, dingce_domain::rejection::Rejection> { Ok($act) };
                    let act = act();
                    let frame = $crate::schema::acts::perform::StreamFrame {
                        id: $id,
                        at: stringify!($id),
                        idempotency_key,
                        offline,
                    };
                    let outcome = $crate::schema::acts::perform::perform_on(ctx, $name, frame, act).await?;
                    Ok(Some($crate::schema::payload::$payload { client_mutation_id, outcome }))
                }
            )*
        }
    };
}

use stream_acts;
