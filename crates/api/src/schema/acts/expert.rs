//! Expert review 专家论证 (R713 arts. 19 to 21).

use async_graphql::ID;
use dingce_domain::words::{ExpertReviewForm, ExpertSelection, ExpertStance};

use super::case_acts;
use crate::convert::inputs::{DocumentInput, ExpertAdoptionInput, ExpertCandidateInput};
use crate::convert::{Date, Word};

case_acts! {
    ExpertActs {
        /// Appoint experts (R713 art. 20): drawn, so that anyone can draw again, or chosen with reasons. Where a review
        /// runs on the current draft, the new ones come to those who are there; else a new review begins.
        appoint_experts as "appointExperts": AppointExperts from AppointExpertsInput {
            /// Id of the version reviewed.
            draft: ID,
            /// In which way they review.
            form: Word<ExpertReviewForm>,
            /// What they are asked: necessity, feasibility, soundness and so on (R713 art. 19).
            question: String,
            /// Whether the matter is complex, disputed or sensitive, so that more experts are asked for.
            #[graphql(default)]
            complex: bool,
            /// The pool and its version as people cite it; empty where they come from outside any, or from the organ's own,
            /// whose version the directory knows.
            #[graphql(default)]
            pool: String,
            /// All who were considered, also those left out, at least one.
            candidates: Vec<ExpertCandidateInput>,
            /// How they are selected.
            selection: Word<ExpertSelection>,
            /// How many are appointed.
            seats: u32,
            /// Codes of those chosen; empty for a draw.
            #[graphql(default)]
            chosen: Vec<String>,
            /// By which rule and why these; required where they are chosen.
            #[graphql(default)]
            reasons: String,
            /// Seed of a draw that was held elsewhere; absent where the system is to draw one.
            seed: Option<String>,
            /// Where that seed comes from, as named before; given exactly with it.
            seed_source: Option<String>,
            /// Letters of appointment.
            documents: Vec<DocumentInput>,
            ;
            pool_version: None,
        }

        /// Declare, as an expert, whether one has a direct interest. Comes before everything else; an interest takes the
        /// expert out of the review (R713 art. 20).
        declare_interest as "declareInterest": DeclareInterest from DeclareInterestInput {
            /// Whether there is a direct interest.
            interest: bool,
            /// What is declared.
            statement: String,
            /// The signed declaration.
            documents: Vec<DocumentInput>,
        }

        /// Enter an expert's declaration that came on paper. For an expert who has an account only as done offline; they may
        /// still declare themselves, and theirs then stands. Whoever thinks that an expert has an interest releases them.
        enter_interest_declaration as "enterInterestDeclaration":
        EnterInterestDeclaration from EnterInterestDeclarationInput {
            /// Code of the expert.
            expert: String,
            /// Whether there is a direct interest.
            interest: bool,
            /// What is declared.
            statement: String,
            /// The signed declaration, at least one document.
            documents: Vec<DocumentInput>,
        }

        /// Release an expert who cannot or does not give an opinion.
        release_expert as "releaseExpert": ReleaseExpert from ReleaseExpertInput {
            /// Code of the expert.
            expert: String,
            /// Why.
            reason: String,
        }

        /// Send the experts the draft and what explains it.
        send_expert_materials as "sendExpertMaterials": SendExpertMaterials from SendExpertMaterialsInput {
            /// Day on which they had it; not in the future, not before the appointment.
            delivered_on: Date,
            /// What was sent.
            note: String,
            /// The materials, at least one.
            documents: Vec<DocumentInput>,
        }

        /// Give one's signed opinion as an expert (R713 art. 19). It stands: nothing changes it afterwards.
        give_expert_opinion as "giveExpertOpinion": GiveExpertOpinion from GiveExpertOpinionInput {
            /// Id of the version that it is about: the one that the experts were appointed for.
            draft: ID,
            /// Where the expert stands.
            stance: Word<ExpertStance>,
            /// The opinion.
            text: String,
            /// The signed or sealed opinion, at least one document.
            documents: Vec<DocumentInput>,
        }

        /// Enter an expert's signed opinion that came on paper. For an expert who has an account only as done offline; they
        /// may still give their own, and theirs then stands.
        enter_expert_opinion as "enterExpertOpinion": EnterExpertOpinion from EnterExpertOpinionInput {
            /// Code of the expert.
            expert: String,
            /// Id of the version that it is about.
            draft: ID,
            /// Where the expert stands.
            stance: Word<ExpertStance>,
            /// The opinion.
            text: String,
            /// The signed or sealed opinion, at least one document.
            documents: Vec<DocumentInput>,
        }

        /// Report on the expert review: summary, dissent apart from it, and how each opinion was taken up (R713 arts.
        /// 20, 29).
        report_expert_review as "reportExpertReview": ReportExpertReview from ReportExpertReviewInput {
            /// What the experts found, without the dissent.
            summary: String,
            /// What those said who oppose; empty where nobody does.
            #[graphql(default)]
            dissent: String,
            /// How each opinion was taken up: one line an opinion.
            adoption: Vec<ExpertAdoptionInput>,
            /// The report, at least one document.
            documents: Vec<DocumentInput>,
        }
    }
}
