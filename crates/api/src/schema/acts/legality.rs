//! Legality review 合法性审查 (R713 arts. 25 to 28).

use async_graphql::ID;
use dingce_domain::words::{AdviserKind, LegalityConclusion, Uptake};

use super::case_acts;
use crate::convert::Word;
use crate::convert::inputs::{DocumentInput, SheetLineInput, SubmittedMaterialInput};

case_acts! {
    LegalityActs {
        /// Submit the draft for legality review. The reviewer's guaranteed period begins (R713 art. 26).
        submit_for_legality_review as "submitForLegalityReview":
        SubmitForLegalityReview from SubmitForLegalityReviewInput {
            /// Id of the version submitted.
            draft: ID,
            /// Procedures performed, and reasons for those not.
            note: String,
            /// What becomes of each material that the definition demands of the stage, as
            /// `WorkflowDefinition.stages.materials` tells them: all of them.
            materials: Vec<SubmittedMaterialInput>,
            /// Request, drafting note, bases and the rest, at least one.
            documents: Vec<DocumentInput>,
        }

        /// Return a deficient submission.
        return_submission as "returnSubmission": ReturnSubmission from ReturnSubmissionInput {
            /// What is deficient.
            reason: String,
        }

        /// Ask for a supplement. The reviewer's period pauses until it comes.
        request_supplement as "requestSupplement": RequestSupplement from RequestSupplementInput {
            /// What is to be supplied, at least one line.
            items: Vec<String>,
        }

        /// Supply it.
        supply_supplement as "supplySupplement": SupplySupplement from SupplySupplementInput {
            /// What is supplied.
            note: String,
            /// The materials, at least one.
            documents: Vec<DocumentInput>,
        }

        /// Record the opinion of an adviser, or why there is none (R713 art. 28). The review is concluded only when legal
        /// adviser and government lawyer are both heard, or their absence is explained.
        record_advice as "recordAdvice": RecordAdvice from RecordAdviceInput {
            /// Id of the engagement whose opinion is taken over; then part, text and documents are its own and not given.
            engagement: Option<ID>,
            /// The adviser's part.
            kind: Word<AdviserKind>,
            /// Whether nobody of that part could advise; the text then says why.
            #[graphql(default)]
            absent: bool,
            /// The opinion, or the reason why there is none.
            #[graphql(default)]
            text: String,
            /// The signed opinion.
            #[graphql(default)]
            documents: Vec<DocumentInput>,
        }

        /// Conclude the legality review (R713 arts. 25, 27).
        conclude_legality_review as "concludeLegalityReview":
        ConcludeLegalityReview from ConcludeLegalityReviewInput {
            /// Id of the version reviewed.
            draft: ID,
            /// The conclusion.
            conclusion: Word<LegalityConclusion>,
            /// The sheet: authority, procedure and substance each at least once.
            sheet: Vec<SheetLineInput>,
            /// Reasons and advice.
            opinion: String,
            /// For `RISK_STATED`: why the state has no clear rule on it.
            no_rule_reason: Option<String>,
            /// For `RISK_STATED`: the legal risk, stated openly.
            risk_statement: Option<String>,
            /// The reviewer's own statement that they finish before the guaranteed period ends.
            early_statement: Option<String>,
            /// The signed opinion, at least one document.
            documents: Vec<DocumentInput>,
        }

        /// Respond to the reviewer's conclusion: what was taken up, and why not the rest.
        respond_to_legality_opinion as "respondToLegalityOpinion":
        RespondToLegalityOpinion from RespondToLegalityOpinionInput {
            /// How it was taken up.
            uptake: Word<Uptake>,
            /// Why not in full; required unless it was.
            #[graphql(default)]
            reasons: String,
            /// What shows it; the written reasons to the organ, where it was not taken up in full.
            documents: Vec<DocumentInput>,
        }

        /// Confirm that the current version does not differ in substance from a cleared one.
        confirm_draft as "confirmDraft": ConfirmDraft from ConfirmDraftInput {
            /// Id of the version confirmed.
            draft: ID,
            /// The reviewer's statement.
            statement: String,
            /// The signed statement.
            documents: Vec<DocumentInput>,
        }

        /// Refuse to confirm it.
        refuse_confirmation as "refuseConfirmation": RefuseConfirmation from RefuseConfirmationInput {
            /// Id of the version.
            draft: ID,
            /// What differs.
            reason: String,
        }
    }
}
