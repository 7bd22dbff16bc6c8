//! The legality review of a case, step by step.

use async_graphql::{Context, Description, ID, Object, Result, Union};
use dingce_app::AppError;
use dingce_app::read_rows::{LegalityRow, PersonRow};
use dingce_app::streams::CaseState;
use dingce_domain::act;
use dingce_domain::id::{DraftId, EngagementId};
use dingce_domain::words::{
    AdviserKind, CriterionId, DocumentRef, LegalityAspect, LegalityConclusion, LegalityFinding, Uptake,
};
use serde::de::DeserializeOwned;

use super::directory::Person;
use super::errors::Failure;
use super::parts::Document;
use super::scope::Scope;
use crate::convert::shown::shown;
use crate::convert::{DateTime, Long, Shown, Word};

impl Shown<ID> for DraftId {
    fn shown(self) -> ID {
        self.to_string().into()
    }
}

impl Shown<ID> for EngagementId {
    fn shown(self) -> ID {
        self.to_string().into()
    }
}

impl Shown<String> for CriterionId {
    fn shown(self) -> String {
        self.to_string()
    }
}

impl Shown<Document> for DocumentRef {
    fn shown(self) -> Document {
        self.into()
    }
}

shown! {
    /// What becomes of a material that is demanded of a submission.
    SubmittedMaterial of act::SubmittedMaterial {
        /// Its name in the definition.
        material: String,
        /// Whether it is enclosed.
        enclosed: bool,
        /// Where it lies; or, where it is not enclosed, why.
        note: String,
    }

    /// A submission.
    LegalitySubmission of act::SubmitForLegalityReview {
        /// Id of the version submitted.
        draft: ID,
        /// Procedures performed, and reasons for those not.
        note: String,
        /// What becomes of each material that is demanded.
        materials: Vec<SubmittedMaterial>,
        /// What came with it.
        documents: Vec<Document>,
    }

    /// A submission that was returned.
    LegalityReturn of act::ReturnSubmission {
        /// What is deficient.
        reason: String,
    }

    /// A supplement that was asked for; the reviewer's period stands until it comes.
    SupplementRequest of act::RequestSupplement {
        /// What is to be supplied.
        items: Vec<String>,
    }

    /// A supplement.
    Supplement of act::SupplySupplement {
        /// What is supplied.
        note: String,
        /// The materials.
        documents: Vec<Document>,
    }

    /// The opinion of an adviser, or why there is none.
    LegalAdvice of act::RecordAdvice {
        /// Id of the engagement whose opinion was taken over; none where it was entered here.
        engagement: Option<ID>,
        /// The adviser's part.
        kind: Word<AdviserKind>,
        /// Whether nobody of that part could advise.
        absent: bool,
        /// The opinion, or the reason why there is none.
        text: String,
        /// The signed opinion.
        documents: Vec<Document>,
    }

    /// One line of the review sheet (R713 art. 27).
    SheetLine of act::SheetLine {
        /// What it looks at.
        aspect: Word<LegalityAspect>,
        /// Which clause of the draft; empty for the whole.
        clause: String,
        /// What it finds.
        finding: Word<LegalityFinding>,
        /// By which law.
        basis: String,
        /// Remark; why, where it does not find the draft in accordance with law.
        remark: String,
    }

    /// The reviewer's opinion. For internal use: it is process information.
    LegalityOpinion of act::ConcludeLegalityReview {
        /// Id of the version reviewed.
        draft: ID,
        /// The conclusion.
        conclusion: Word<LegalityConclusion>,
        /// The sheet.
        sheet: Vec<SheetLine>,
        /// Reasons and advice.
        opinion: String,
        /// Why the state has no clear rule on it, for exploratory reform.
        no_rule_reason: Option<String>,
        /// The legal risk, for exploratory reform.
        risk_statement: Option<String>,
        /// The reviewer's own statement that they finished early.
        early_statement: Option<String>,
        /// The signed opinion.
        documents: Vec<Document>,
    }

    /// The unit's response to a conclusion.
    LegalityResponse of act::RespondToLegalityOpinion {
        /// How it was taken up.
        uptake: Word<Uptake>,
        /// Why not in full; goes with the file to the meeting.
        reasons: String,
        /// The written reasons.
        documents: Vec<Document>,
    }
}

/// What a step of legality review says.
#[derive(Debug, Clone, Union)]
pub enum LegalityContent {
    /// Submitted.
    Submission(LegalitySubmission),
    /// Returned.
    Return(LegalityReturn),
    /// A supplement asked for.
    SupplementRequest(SupplementRequest),
    /// A supplement.
    Supplement(Supplement),
    /// Advice.
    Advice(LegalAdvice),
    /// Concluded.
    Opinion(LegalityOpinion),
    /// Answered.
    Response(LegalityResponse),
}

/// A step of legality review 合法性审查.
#[derive(Debug, Clone, Description)]
pub struct LegalityStep {
    row: LegalityRow,
    content: LegalityContent,
    replaced_by: Option<i64>,
}

impl LegalityStep {
    /// The step of a row, with what stands in its place in its case.
    ///
    /// # Errors
    /// Where the row is of another program's shape.
    pub fn of(row: LegalityRow, state: &CaseState, scope: &Scope) -> Result<Self, Failure> {
        fn read<T: DeserializeOwned + Shown<U>, U>(json: &str) -> serde_json::Result<U> {
            serde_json::from_str::<T>(json).map(Shown::shown)
        }
        let given = row.given_json.as_str();
        let content = match row.kind.as_str() {
            "legality_review_requested" => {
                read::<act::SubmitForLegalityReview, _>(given).map(LegalityContent::Submission)
            }
            "legality_submission_returned" => read::<act::ReturnSubmission, _>(given).map(LegalityContent::Return),
            "supplement_requested" => read::<act::RequestSupplement, _>(given).map(LegalityContent::SupplementRequest),
            "supplement_supplied" => read::<act::SupplySupplement, _>(given).map(LegalityContent::Supplement),
            "advice_recorded" => read::<act::RecordAdvice, _>(given).map(LegalityContent::Advice),
            "legality_concluded" => read::<act::ConcludeLegalityReview, _>(given).map(LegalityContent::Opinion),
            _ => read::<act::RespondToLegalityOpinion, _>(given).map(LegalityContent::Response),
        };
        let content = content.map_err(|error| scope.fail(AppError::internal("reading a row of legality", error)))?;
        let replaced_by = state.replaced_by(row.n);
        Ok(Self { row, content, replaced_by })
    }
}

#[Object(use_type_description)]
impl LegalityStep {
    /// The round of review that it belongs to, from 1.
    async fn round(&self) -> i64 {
        self.row.round
    }

    /// What it says.
    async fn content(&self) -> LegalityContent {
        self.content.clone()
    }

    /// Who did it.
    async fn recorded_by(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        let Some(person) = &self.row.person else { return Ok(None) };
        Ok(Scope::of(ctx)?.one::<PersonRow>(person).await?.map(Person::from))
    }

    /// When.
    async fn recorded_at(&self) -> DateTime {
        DateTime::of_millis(self.row.recorded_at)
    }

    /// Number of its event in the case.
    async fn n(&self) -> Long {
        Long::of(self.row.n)
    }

    /// Number of the event that stands in its place, where an adviser said it anew, or advised after they were said to be
    /// absent. Both stay on the record.
    async fn replaced_by(&self) -> Option<Long> {
        self.replaced_by.map(Long::of)
    }
}
