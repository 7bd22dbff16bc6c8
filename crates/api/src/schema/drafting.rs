//! What drafting answers for, as officials see it.

use async_graphql::{Context, Description, ID, Object, Result, SimpleObject, Union};
use dingce_app::AppError;
use dingce_app::read_rows::{DraftingRow, PersonRow};
use dingce_domain::drafting::{
    self, DepartmentStance, DraftingContent as Content, FairCompetitionConclusion, FairCompetitionGround,
    FairCompetitionReviewer, MeasureIssuer,
};
use dingce_domain::id::UnitId;
use dingce_domain::legal_bases::BasisState;
use dingce_domain::words::{DocumentRef, DraftingItem, SourceId};

use super::directory::Person;
use super::errors::Failure;
use super::parts::Document;
use super::scope::Scope;
use crate::convert::shown::shown;
use crate::convert::{Date, DateTime, Long, Shown, Word};

impl Shown<ID> for UnitId {
    fn shown(self) -> ID {
        self.to_string().into()
    }
}

impl Shown<String> for SourceId {
    fn shown(self) -> String {
        self.to_string()
    }
}

shown! {
    /// How a citation stood on a day, as the register of legal bases knew it then.
    BasisStanding of dingce_domain::legal_bases::BasisStanding {
        /// How it stood. `REPEALED` and `NOT_YET` are a warning: the citation is stale.
        state: Word<BasisState>,
        /// Key of the document in the register; none where it is not there.
        basis: Option<String>,
        /// First day in force.
        in_force_from: Option<Date>,
        /// First day no longer.
        repealed_on: Option<Date>,
        /// What took its place, as people cite it.
        succeeded_by: Option<String>,
        /// How many entries the register had.
        register_version: Long,
    }

    /// One entry of the list of bases.
    CitedBasis of drafting::CitedBasis {
        /// Name of the document.
        name: String,
        /// Its number; empty where it has none.
        number: String,
        /// Which articles; empty for the whole.
        articles: String,
        /// What in the draft rests on it.
        supports: String,
        /// How it stood on the day of the act; a repeal that came later changes nothing here.
        standing: Option<BasisStanding>,
    }

    /// The list of legal and policy bases 依据清单 (R713 art. 12).
    BasisList of drafting::BasisList {
        /// The bases.
        bases: Vec<CitedBasis>,
    }

    /// One of several solutions.
    DraftOption of drafting::DraftOption {
        /// Its name.
        name: String,
        /// What it does.
        content: String,
        /// What speaks for it.
        advantages: String,
        /// What speaks against it.
        drawbacks: String,
    }

    /// Several solutions, where views differ widely (R713 art. 12).
    Alternatives of drafting::Alternatives {
        /// On what views differ.
        differences: String,
        /// The solutions.
        options: Vec<DraftOption>,
        /// Place of the one that the unit prefers, from 1.
        preferred: u32,
        /// Why.
        reasons: String,
    }

    /// A point on which a department and the undertaking unit do not agree (R713 art. 13).
    DisputedPoint of drafting::DisputedPoint {
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
    ConsultedUnit of drafting::ConsultedUnit {
        /// Name.
        unit: String,
        /// Day on which it was asked.
        asked_on: Date,
        /// Day of its reply; none where it gave none.
        replied_on: Option<Date>,
        /// Where it stands at the end.
        stance: Word<DepartmentStance>,
        /// What it said.
        views: String,
        /// What became of it in the draft.
        handling: String,
        /// What is disputed; goes with the file to the meeting.
        disputes: Vec<DisputedPoint>,
    }

    /// Consultation of departments and lower governments 部门征求意见 (R713 art. 13).
    DepartmentConsultation of drafting::DepartmentConsultation {
        /// Who was asked.
        consulted: Vec<ConsultedUnit>,
        /// Why nobody was; empty where somebody was.
        none_reason: String,
    }

    /// Analysis of costs and benefits 成本效益分析 (R713 art. 12).
    CostBenefit of drafting::CostBenefit {
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

    /// Why a measure may stand that restricts competition (Fair Competition Review Regulation art. 12).
    FairCompetitionException of drafting::FairCompetitionException {
        /// The ground.
        ground: Word<FairCompetitionGround>,
        /// How the measure serves it.
        purpose: String,
        /// Why nothing less restrictive does.
        no_milder: String,
        /// When it ends.
        ends: String,
    }

    /// Fair-competition review 公平竞争审查.
    FairCompetition of drafting::FairCompetition {
        /// Who issues the measure.
        issuer: Word<MeasureIssuer>,
        /// Who reviewed it.
        reviewer: Word<FairCompetitionReviewer>,
        /// Id of the market-regulation department that did; none where the undertaking unit did.
        reviewing_unit: Option<ID>,
        /// The preliminary review of the undertaking unit.
        preliminary: String,
        /// Who was heard, each with what they said.
        heard: Vec<String>,
        /// What the review found.
        conclusion: Word<FairCompetitionConclusion>,
        /// What it rests on.
        opinion: String,
        /// The exception that is claimed.
        exception: Option<FairCompetitionException>,
    }

    /// The unit's own legal check 承办单位合法性初审.
    UnitLegalCheck of drafting::UnitLegalCheck {
        /// The section or lawyer that checked.
        checked_by: String,
        /// Whether they found it lawful.
        lawful: bool,
        /// What they say.
        opinion: String,
    }

    /// What a department set under the draft.
    Countersignature of drafting::Countersignature {
        /// Department.
        unit: String,
        /// Who signed, with post.
        signatory: String,
        /// When.
        signed_on: Date,
        /// Whether it agrees.
        agrees: bool,
        /// What it says.
        opinion: String,
    }

    /// Countersigning by the departments concerned 会签.
    Countersign of drafting::Countersign {
        /// Who signed.
        signed: Vec<Countersignature>,
    }

    /// The unit's leadership meeting 承办单位集体研究.
    LeadershipMeeting of drafting::LeadershipMeeting {
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

/// What an item of drafting says.
#[derive(Debug, Clone, Union)]
#[allow(clippy::large_enum_variant)] // one at a time, and at once written out
pub enum DraftingContent {
    /// The list of bases.
    BasisList(BasisList),
    /// Several solutions.
    Alternatives(Alternatives),
    /// Consultation of departments.
    DepartmentConsultation(DepartmentConsultation),
    /// Costs and benefits.
    CostBenefit(CostBenefit),
    /// Fair-competition review.
    FairCompetition(FairCompetition),
    /// The unit's own legal check.
    UnitLegalCheck(UnitLegalCheck),
    /// Countersigning.
    Countersign(Countersign),
    /// The unit's leadership meeting.
    LeadershipMeeting(LeadershipMeeting),
}

impl From<Content> for DraftingContent {
    fn from(content: Content) -> Self {
        match content {
            Content::BasisList(given) => Self::BasisList(given.shown()),
            Content::Alternatives(given) => Self::Alternatives(given.shown()),
            Content::DepartmentConsultation(given) => Self::DepartmentConsultation(given.shown()),
            Content::CostBenefit(given) => Self::CostBenefit(given.shown()),
            Content::FairCompetition(given) => Self::FairCompetition(given.shown()),
            Content::UnitLegalCheck(given) => Self::UnitLegalCheck(given.shown()),
            Content::Countersign(given) => Self::Countersign(given.shown()),
            Content::LeadershipMeeting(given) => Self::LeadershipMeeting(given.shown()),
        }
    }
}

/// An item of drafting as it was answered for. Recorded again it is a record of its own; the newest stands.
#[derive(Debug, Clone, Description)]
pub struct DraftingRecord {
    row: DraftingRow,
    item: DraftingItem,
    content: Content,
    documents: Vec<DocumentRef>,
    stands: bool,
}

impl DraftingRecord {
    /// The records of a case, in the order of their entry.
    ///
    /// # Errors
    /// Where a row is of another program's shape.
    pub fn all(rows: Vec<DraftingRow>, scope: &Scope) -> Result<Vec<Self>, Failure> {
        let wrong = |error| scope.fail(AppError::internal("reading a row of drafting", error));
        let mut records = Vec::with_capacity(rows.len());
        for row in rows {
            let content: Content = serde_json::from_str(&row.content_json).map_err(wrong)?;
            let documents = serde_json::from_str(&row.documents_json).map_err(wrong)?;
            records.push(Self { item: content.item(), row, content, documents, stands: false });
        }
        for item in DraftingItem::ALL {
            if let Some(newest) = records.iter_mut().rev().find(|r| r.item == *item) {
                newest.stands = true;
            }
        }
        Ok(records)
    }
}

#[Object(use_type_description)]
impl DraftingRecord {
    /// Which item.
    async fn item(&self) -> Word<DraftingItem> {
        Word(self.item)
    }

    /// Id of the version that it is about.
    async fn draft_id(&self) -> ID {
        self.row.draft.as_str().into()
    }

    /// Whether it is in order, so that a gate may rest on it.
    async fn in_order(&self) -> bool {
        self.row.in_order
    }

    /// Whether it is the newest of its item.
    async fn stands(&self) -> bool {
        self.stands
    }

    /// What it says.
    async fn content(&self) -> DraftingContent {
        self.content.clone().into()
    }

    /// Citations that were stale on the day of the act: a warning, no defect. None where it is no list of bases.
    async fn stale_bases(&self) -> Vec<CitedBasis> {
        let Content::BasisList(list) = &self.content else { return Vec::new() };
        let stale = list.bases.iter().filter(|b| b.standing.as_ref().is_some_and(|s| s.is_stale()));
        stale.cloned().map(Shown::shown).collect()
    }

    /// What shows it.
    async fn documents(&self) -> Vec<Document> {
        self.documents.iter().cloned().map(Document::from).collect()
    }

    /// Who recorded it.
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
}

/// A citation in a free text of the case that was stale on the day of its act: a warning, by the register as it is now.
#[derive(Debug, Clone, SimpleObject)]
pub struct StaleCitation {
    /// Number of the event in the case.
    n: Long,
    /// Its kind, as stored.
    kind: String,
    /// Which member of the act's input, e.g. `sheet.0.basis`.
    path: String,
    /// The document, as the register cites it.
    cited: String,
    /// How it stood on the day of the act, and what took its place.
    standing: BasisStanding,
}

impl From<dingce_app::use_cases::StaleCitation> for StaleCitation {
    fn from(found: dingce_app::use_cases::StaleCitation) -> Self {
        let dingce_app::use_cases::StaleCitation { n, kind, path, cited, standing } = found;
        Self { n: Long(n), kind, path, cited, standing: standing.shown() }
    }
}
