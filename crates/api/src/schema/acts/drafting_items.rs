//! What drafting answers for besides the draft itself: one mutation an item (R713 arts. 12, 13).

use async_graphql::ID;
use dingce_domain::drafting::{
    self, DepartmentStance, FairCompetitionConclusion, FairCompetitionGround, FairCompetitionReviewer, MeasureIssuer,
};

use crate::convert::inputs::DocumentInput;
use crate::convert::shown::inputs;
use crate::convert::{Date, Word};

inputs! {
    /// One entry of the list of bases. It is held against the register of legal bases on the day of the act.
    CitedBasisInput for drafting::CitedBasis {
        /// Name of the document.
        name: String,
        /// Its number 发文字号; empty where it has none. It says which of several of one name is meant.
        #[graphql(default)]
        number: String,
        /// Which articles, as people cite them; empty for the whole.
        #[graphql(default)]
        articles: String,
        /// What in the draft rests on it.
        supports: String,
        ; standing: None,
    }

    /// One of several solutions.
    DraftOptionInput for drafting::DraftOption {
        /// Its name, e.g. 方案一.
        name: String,
        /// What it does.
        content: String,
        /// What speaks for it.
        advantages: String,
        /// What speaks against it.
        drawbacks: String,
    }

    /// A point on which a department and the undertaking unit do not agree (R713 art. 13).
    DisputedPointInput for drafting::DisputedPoint {
        /// What is disputed.
        point: String,
        /// What the department says.
        their_view: String,
        /// What the undertaking unit says.
        our_view: String,
        /// Its reasons and the basis for them.
        reasons: String,
    }

    /// A department or lower government that was asked.
    ConsultedUnitInput for drafting::ConsultedUnit {
        /// Name.
        unit: String,
        /// Day on which it was asked.
        asked_on: Date,
        /// Day of its reply; absent where it gave none.
        replied_on: Option<Date>,
        /// Where it stands at the end.
        stance: Word<DepartmentStance>,
        /// What it said; empty where it gave no reply.
        #[graphql(default)]
        views: String,
        /// What became of it in the draft.
        #[graphql(default)]
        handling: String,
        /// What is disputed: at least one point exactly where it does not agree.
        #[graphql(default)]
        disputes: Vec<DisputedPointInput>,
    }

    /// Why a measure may stand that restricts competition (Fair Competition Review Regulation art. 12).
    FairCompetitionExceptionInput for drafting::FairCompetitionException {
        /// The ground.
        ground: Word<FairCompetitionGround>,
        /// How the measure serves it.
        purpose: String,
        /// Why nothing less restrictive does.
        no_milder: String,
        /// When it ends: a reasonable term or condition.
        ends: String,
    }

    /// What a department set under the draft.
    CountersignatureInput for drafting::Countersignature {
        /// Department.
        unit: String,
        /// Who signed, with post.
        signatory: String,
        /// When.
        signed_on: Date,
        /// Whether it agrees.
        agrees: bool,
        /// What it says; required where it does not agree.
        #[graphql(default)]
        opinion: String,
    }
}

/// Declares items of drafting: for each an input with the members of the item, and a mutation that records it.
macro_rules! items {
    ($($(#[$doc:meta])* $method:ident as $name:literal: $item:ident from $input:ident {
        $($(#[$field_doc:meta])* $field:ident: $kind:ty,)*
    })*) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, async_graphql::InputObject)]
            pub struct $input {
                /// The case.
                pub case_id: ID,
                /// Name of the stage; needed where the definition has several of the kind.
                pub stage: Option<String>,
                /// Id of the version that it is about.
                pub draft: ID,
                $($(#[$field_doc])* pub $field: $kind,)*
                /// What shows it.
                #[graphql(default)]
                pub documents: Vec<DocumentInput>,
                /// A key under which the request may be sent again without being done twice, 1 to 200 characters.
                pub idempotency_key: Option<String>,
                /// Given back in the payload.
                pub client_mutation_id: Option<String>,
                /// Where it was done earlier, on paper or in a room.
                pub offline: Option<crate::convert::inputs::OfflineInput>,
            }

            impl super::perform::CaseAct for $input {
                const NAME: &'static str = $name;

                fn split(self) -> (
                    super::perform::Frame,
                    Result<dingce_domain::act::Act, dingce_domain::rejection::Rejection>,
                ) {
                    use crate::convert::Given;
                    let Self {
                        case_id, stage, draft, $($field,)* documents, idempotency_key, client_mutation_id, offline,
                    } = self;
                    let act = || {
                        let item = drafting::$item { $($field: $field.given(stringify!($field))?,)* };
                        Ok(dingce_domain::act::Act::RecordDraftingItem(dingce_domain::act::RecordDraftingItem {
                            draft: draft.given("draft")?,
                            content: drafting::DraftingContent::$item(item),
                            documents: documents.given("documents")?,
                        }))
                    };
                    let act = act();
                    (super::perform::Frame { case_id, stage, idempotency_key, client_mutation_id, offline }, act)
                }
            }
        )*

        /// What drafting answers for.
        #[derive(Debug, Clone, Copy, Default)]
        pub struct DraftingItemActs;

        #[async_graphql::Object]
        impl DraftingItemActs {
            $(
                $(#[$doc])*
                async fn $method(
                    &self,
                    ctx: &async_graphql::Context<'_>,
                    input: $input,
                ) -> async_graphql::Result<Option<crate::schema::payload::CaseActPayload>> {
                    super::perform::perform(ctx, input).await
                }
            )*
        }
    };
}

items! {
    /// Record the list of legal and policy bases 依据清单. Each entry is held against the register of legal bases; one that
    /// is stale on that day is told as a warning in `DraftingRecord.staleBases` and not refused.
    record_basis_list as "recordBasisList": BasisList from RecordBasisListInput {
        /// The bases, at least one.
        bases: Vec<CitedBasisInput>,
    }

    /// Record several solutions, where views differ widely (R713 art. 12).
    record_alternatives as "recordAlternatives": Alternatives from RecordAlternativesInput {
        /// On what views differ.
        differences: String,
        /// The solutions, at least two.
        options: Vec<DraftOptionInput>,
        /// Place of the one that the unit prefers, from 1.
        preferred: u32,
        /// Why.
        reasons: String,
    }

    /// Record the consultation of departments and lower governments whose duties are touched (R713 art. 13). What is
    /// disputed stops nothing and goes with the file to the meeting.
    record_department_consultation as "recordDepartmentConsultation":
        DepartmentConsultation from RecordDepartmentConsultationInput {
        /// Who was asked.
        #[graphql(default)]
        consulted: Vec<ConsultedUnitInput>,
        /// Why nobody was; required exactly where nobody was.
        #[graphql(default)]
        none_reason: String,
    }

    /// Record the analysis of costs and benefits 成本效益分析 (R713 art. 12), with its report.
    record_cost_benefit as "recordCostBenefit": CostBenefit from RecordCostBenefitInput {
        /// Information used and where it comes from.
        information: String,
        /// Method.
        method: String,
        /// People, money, resources and the environment that it takes.
        costs: String,
        /// Economic, social and environmental benefits.
        benefits: String,
        /// Conclusion.
        conclusion: String,
        /// What it means for the draft.
        effect: String,
    }

    /// Record the fair-competition review 公平竞争审查 by the body that is to do it on that day, with its written
    /// conclusion. By the undertaking unit or by the market-regulation department itself.
    record_fair_competition as "recordFairCompetition": FairCompetition from RecordFairCompetitionInput {
        /// Who issues the measure.
        issuer: Word<MeasureIssuer>,
        /// Who reviewed it.
        reviewer: Word<FairCompetitionReviewer>,
        /// Id of the market-regulation department that did; absent where the undertaking unit did.
        reviewing_unit: Option<ID>,
        /// The preliminary review of the undertaking unit 初审; required where another body reviewed.
        #[graphql(default)]
        preliminary: String,
        /// Operators, associations and others that were heard, each with what they said; at least one.
        heard: Vec<String>,
        /// What the review found. A measure that fails is not tabled and not issued.
        conclusion: Word<FairCompetitionConclusion>,
        /// What it rests on.
        opinion: String,
        /// The exception, exactly where one is claimed.
        exception: Option<FairCompetitionExceptionInput>,
    }

    /// Record the unit's own legal check 承办单位合法性初审.
    record_unit_legal_check as "recordUnitLegalCheck": UnitLegalCheck from RecordUnitLegalCheckInput {
        /// The section or lawyer that checked.
        checked_by: String,
        /// Whether they found it lawful.
        lawful: bool,
        /// What they say.
        opinion: String,
    }

    /// Record the countersigning by the departments concerned 会签.
    record_countersign as "recordCountersign": Countersign from RecordCountersignInput {
        /// Who signed, at least one.
        signed: Vec<CountersignatureInput>,
    }

    /// Record the unit's leadership meeting 承办单位集体研究, with its minutes.
    record_leadership_meeting as "recordLeadershipMeeting": LeadershipMeeting from RecordLeadershipMeetingInput {
        /// Day on which it was held.
        held_on: Date,
        /// Name of the meeting.
        session: String,
        /// Who was there.
        present: String,
        /// Whether it agreed to go on.
        agreed: bool,
        /// What it concluded.
        conclusion: String,
    }
}
