//! Legal advisers 法律顾问、公职律师, and what they are asked.

use async_graphql::{Context, Description, ID, InputObject, Object, Result, SimpleObject};
use dingce_app::policy::Right;
use dingce_app::ports::{Direction, Filter, ReadRow, RowQuery, Value};
use dingce_app::read_rows::{AdviserRow, EngagementRow, TieRow};
use dingce_domain::adviser::{self, AdviserFigures as Figures, Assessment, ReleaseAdviser, RetainAdviser};
use dingce_domain::engagement::{self, EngagementState};
use dingce_domain::words::{AdviserKind, Uptake};

use super::case::DecisionCase;
use super::directory::Unit;
use super::errors::Failure;
use super::loaders::Of;
use super::page::{Page, PageArgs, page};
use super::parts::Document;
use super::scope::{Scope, units};
use crate::convert::{Date, Word};

/// What the record says of an adviser's year: of the engagements that began in it.
#[derive(Debug, Clone, Copy, SimpleObject)]
pub struct AdviserFigures {
    /// How often they were asked.
    engagements: u32,
    /// To how many of these they gave an opinion.
    opinions: u32,
    /// How many they declined.
    declined: u32,
    /// Opinions adopted in full.
    adopted: u32,
    /// Opinions adopted in part, each with reasons.
    partly: u32,
    /// Opinions not adopted, each with reasons.
    not_adopted: u32,
    /// Opinions of which nobody said how they were taken up.
    undisposed: u32,
    /// Engagements without an opinion that were not declined.
    unanswered: u32,
}

impl From<Figures> for AdviserFigures {
    fn from(figures: Figures) -> Self {
        let (undisposed, unanswered) = (figures.undisposed(), figures.unanswered());
        let Figures { engagements, opinions, declined, adopted, partly, not_adopted } = figures;
        Self { engagements, opinions, declined, adopted, partly, not_adopted, undisposed, unanswered }
    }
}

/// A term on the roster.
#[derive(Debug, Clone, SimpleObject)]
pub struct AdviserTerm {
    /// Name, as of then.
    name: String,
    /// Adviser from outside, or lawyer in office.
    kind: Word<AdviserKind>,
    /// Law firm, university or post.
    firm_or_post: String,
    /// Fields that they are asked about.
    specialities: Vec<String>,
    /// First day.
    from: Date,
    /// Last day, as agreed; none where it has none.
    until: Option<Date>,
    /// By which decision or contract.
    basis: String,
    /// Last day, where it ended early.
    released_on: Option<Date>,
    /// Why it ended early.
    release_reason: Option<String>,
    /// The letter of appointment, the contract.
    documents: Vec<Document>,
}

/// An assessment of a year 年度考核.
#[derive(Debug, Clone, SimpleObject)]
pub struct AdviserAssessment {
    /// The year.
    year: i16,
    /// The grade.
    grade: String,
    /// The assessment.
    conclusion: String,
    /// Why an earlier one of the same year was replaced; empty for the first.
    correction: String,
    /// What the record said of the year when it was assessed.
    figures: AdviserFigures,
    /// When.
    on: Date,
    /// What shows it.
    documents: Vec<Document>,
}

/// A legal adviser or government lawyer on the roster, or formerly on it.
#[derive(Debug, Clone, Description)]
pub struct Adviser {
    row: AdviserRow,
    state: adviser::Adviser,
}

impl Adviser {
    /// The adviser of a row.
    ///
    /// # Errors
    /// Where the row is of another program's shape.
    pub fn of(row: AdviserRow, scope: &Scope) -> std::result::Result<Self, Failure> {
        let state = scope.read::<_, AdviserRow>(&row.adviser_json)?;
        Ok(Self { row, state })
    }

    /// The adviser with this id, where the reader may see the roster.
    ///
    /// # Errors
    /// Where the store fails, or the reader holds no post.
    pub async fn find(scope: &Scope, id: &str) -> std::result::Result<Option<Self>, Failure> {
        let hats = scope.hats().await?;
        if !scope.app.allowed(&hats, Right::ReadAdvisers) {
            return Ok(None);
        }
        let organ = scope.organ().await?.to_string();
        let row = scope.one::<AdviserRow>(id).await?.filter(|row| row.organ == organ);
        row.map(|row| Self::of(row, scope)).transpose()
    }
}

#[Object(use_type_description)]
impl Adviser {
    /// Their id. Opaque.
    pub async fn id(&self) -> ID {
        self.row.adviser.as_str().into()
    }

    /// Name.
    async fn name(&self) -> &str {
        &self.row.name
    }

    /// Adviser from outside, or lawyer in office.
    async fn kind(&self) -> Option<Word<AdviserKind>> {
        Word::of(&self.row.kind)
    }

    /// Law firm, university or post.
    async fn firm_or_post(&self) -> Option<&str> {
        self.state.term().map(|term| term.firm_or_post.as_str())
    }

    /// Fields that they are asked about.
    async fn specialities(&self) -> &[String] {
        self.state.term().map_or(&[], |term| term.specialities.as_slice())
    }

    /// Whether they are on the roster today.
    async fn serving(&self, ctx: &Context<'_>) -> Result<bool> {
        Ok(self.state.serves_on(Scope::of(ctx)?.app.today()))
    }

    /// Terms, the latest last.
    async fn terms(&self) -> Vec<AdviserTerm> {
        let told = |(term, released): (&RetainAdviser, &Option<ReleaseAdviser>)| {
            let RetainAdviser { kind, person: _, name, firm_or_post, specialities, from, until, basis, documents } =
                term.clone();
            AdviserTerm {
                name,
                kind: Word(kind),
                firm_or_post,
                specialities,
                from: Date(from),
                until: until.map(Date),
                basis,
                released_on: released.as_ref().map(|r| Date(r.until)),
                release_reason: released.as_ref().map(|r| r.reason.clone()),
                documents: documents.into_iter().map(Document::from).collect(),
            }
        };
        self.state.terms.iter().zip(&self.state.released).map(told).collect()
    }

    /// Assessments in the order in which they were made; of one year the last one holds.
    async fn assessments(&self) -> Vec<AdviserAssessment> {
        let told = |assessment: &Assessment| {
            let Assessment { given, figures, on } = assessment.clone();
            let adviser::AssessAdviser { year, grade, conclusion, correction, documents } = given;
            AdviserAssessment {
                year,
                grade,
                conclusion,
                correction,
                figures: figures.into(),
                on: Date(on),
                documents: documents.into_iter().map(Document::from).collect(),
            }
        };
        self.state.assessments.iter().map(told).collect()
    }

    /// What the record says of a year, as of now.
    async fn figures(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The year.")] year: i16,
    ) -> Result<Option<AdviserFigures>> {
        let scope = Scope::of(ctx)?;
        let figures = scope.app.adviser_figures(self.state.id, year).await.map_err(|error| scope.fail(error))?;
        Ok(Some(figures.into()))
    }
}

/// Advisers of the reader's organ, in the order in which they were first retained.
///
/// # Errors
/// `FORBIDDEN`, and `BAD_INPUT` or `BAD_CURSOR` for the arguments.
pub async fn advisers(scope: &Scope, args: PageArgs) -> std::result::Result<Page<Adviser>, Failure> {
    scope.entitled(Right::ReadAdvisers).await?;
    let organ = Value::Text(scope.organ().await?.to_string());
    let mut query = RowQuery::all(AdviserRow::TABLE).with(Filter::Eq("organ", organ));
    query.order = vec!["retained_at"];
    page(scope, args, query, |row: AdviserRow| Adviser::of(row, scope)).await
}

/// How an opinion was taken up.
#[derive(Debug, Clone, SimpleObject)]
pub struct AdviceDisposal {
    /// How.
    uptake: Word<Uptake>,
    /// Why; may be empty where it was adopted in full.
    reason: String,
    /// When that was said.
    on: Date,
}

/// Which engagements.
#[derive(Debug, Clone, Default, InputObject)]
pub struct EngagementFilter {
    /// Only those of this adviser.
    pub adviser: Option<ID>,
    /// Only those that stand here.
    pub state: Option<Word<EngagementState>>,
    /// Only those whose opinion was taken up so.
    pub uptake: Option<Word<Uptake>>,
    /// true: only those past the day by which an opinion was asked for.
    pub overdue: Option<bool>,
}

/// That an adviser was asked about something (R713 art. 28).
#[derive(Debug, Clone, Description)]
pub struct Engagement {
    row: EngagementRow,
    state: engagement::Engagement,
}

impl Engagement {
    /// The engagement of a row.
    ///
    /// # Errors
    /// Where the row is of another program's shape.
    pub fn of(row: EngagementRow, scope: &Scope) -> std::result::Result<Self, Failure> {
        let state = scope.read::<_, EngagementRow>(&row.engagement_json)?;
        Ok(Self { row, state })
    }

    async fn seen(row: EngagementRow, scope: &Scope) -> std::result::Result<Option<Self>, Failure> {
        let one = Self::of(row, scope)?;
        let (Ok(organ), whom) = (one.row.organ.parse(), &one.state.whom) else { return Ok(None) };
        let seen = scope.app.may_read_engagement(&scope.hats().await?, organ, whom.by_unit, whom.person);
        Ok(seen.then_some(one))
    }

    /// The engagement with this id, where the reader may see it.
    ///
    /// # Errors
    /// Where the store fails, or the reader holds no post.
    pub async fn find(scope: &Scope, id: &str) -> std::result::Result<Option<Self>, Failure> {
        match scope.one::<EngagementRow>(id).await? {
            Some(row) => Self::seen(row, scope).await,
            None => Ok(None),
        }
    }

    /// Engagements in a case, as far as the reader may see them, in the order in which they began.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn in_case(scope: &Scope, case: &str) -> std::result::Result<Vec<Self>, Failure> {
        let mut found = Vec::new();
        for row in scope.all(Of::<EngagementRow>::new("case_id", case, "asked_at")).await? {
            found.extend(Self::seen(row, scope).await?);
        }
        Ok(found)
    }
}

#[Object(use_type_description)]
impl Engagement {
    /// Its id. Opaque.
    pub async fn id(&self) -> ID {
        self.row.engagement.as_str().into()
    }

    /// The adviser, where the reader may see the roster.
    async fn adviser(&self, ctx: &Context<'_>) -> Result<Option<Adviser>> {
        Ok(Adviser::find(Scope::of(ctx)?, &self.row.adviser).await?)
    }

    /// Name of the adviser, as of the act.
    async fn adviser_name(&self) -> &str {
        &self.state.whom.name
    }

    /// The unit that asked.
    async fn by_unit(&self, ctx: &Context<'_>) -> Result<Option<Unit>> {
        Ok(Unit::find(Scope::of(ctx)?, &self.row.by_unit).await?)
    }

    /// The case, where there is one and the reader may see it.
    async fn case(&self, ctx: &Context<'_>) -> Result<Option<DecisionCase>> {
        let Some(case) = &self.row.case_id else { return Ok(None) };
        Ok(DecisionCase::find(Scope::of(ctx)?, case).await?)
    }

    /// Name of the stage of the case; none where it is about the whole.
    async fn stage(&self) -> Option<String> {
        self.state.given.stage.as_ref().map(ToString::to_string)
    }

    /// About what.
    async fn question(&self) -> &str {
        &self.state.given.question
    }

    /// What the adviser was given to read.
    async fn documents(&self) -> Vec<Document> {
        self.state.given.documents.iter().cloned().map(Document::from).collect()
    }

    /// When.
    async fn asked_on(&self) -> Date {
        Date(self.state.asked_on)
    }

    /// By when an opinion was asked for; none where nobody set a day.
    async fn reply_by(&self) -> Option<Date> {
        self.state.given.reply_by.map(Date)
    }

    /// Where it stands.
    async fn state(&self) -> Word<EngagementState> {
        Word(self.state.stands())
    }

    /// The opinion.
    async fn opinion(&self) -> Option<&str> {
        self.state.advice.as_ref().map(|(given, _)| given.opinion.as_str())
    }

    /// The signed opinion.
    async fn opinion_documents(&self) -> Vec<Document> {
        self.state.advice.iter().flat_map(|(given, _)| given.documents.iter().cloned().map(Document::from)).collect()
    }

    /// When the opinion was given.
    async fn advised_on(&self) -> Option<Date> {
        self.state.advice.as_ref().map(|(_, on)| Date(*on))
    }

    /// Why the adviser declined.
    async fn declined(&self) -> Option<&str> {
        self.state.declined.as_ref().map(|(given, _)| given.reason.as_str())
    }

    /// How the opinion was taken up.
    async fn disposal(&self) -> Option<AdviceDisposal> {
        let (engagement::DisposeAdvice { uptake, reason }, on) = self.state.disposal.clone()?;
        Some(AdviceDisposal { uptake: Word(uptake), reason, on: Date(on) })
    }

    /// Whether the legality review of the case took the opinion over.
    async fn in_legality_review(&self, ctx: &Context<'_>) -> Result<bool> {
        let ties = Scope::of(ctx)?.all(Of::<TieRow>::new("source", &self.row.engagement, "target")).await?;
        Ok(!ties.is_empty())
    }
}

/// Engagements that the reader may see, the latest first.
///
/// # Errors
/// `BAD_INPUT` or `BAD_CURSOR` for the arguments.
pub async fn engagements(
    scope: &Scope,
    args: PageArgs,
    filter: EngagementFilter,
) -> std::result::Result<Page<Engagement>, Failure> {
    let EngagementFilter { adviser, state, uptake, overdue } = filter;
    let text = |value: &dyn ToString| Value::Text(value.to_string());
    let hats = scope.hats().await?;
    let mut query = RowQuery::all(EngagementRow::TABLE).with(Filter::Eq("organ", text(&scope.organ().await?)));
    if !scope.app.allowed(&hats, Right::ReadEngagements) {
        // What one's unit asked, and what one is asked oneself: units and persons have different ids.
        let own = hats.iter().filter(|h| scope.app.allowed_as_undertaking(h, Right::ReadEngagements, &[h.unit]));
        let mut values = units(own);
        values.push(text(&scope.principal()?.person));
        query.filters.push(Filter::AnyIn(vec!["by_unit", "person"], values));
    }
    query.filters.extend(adviser.map(|a| Filter::Eq("adviser", text(&a.as_str()))));
    query.filters.extend(state.map(|s| Filter::Eq("state", text(&s.0))));
    query.filters.extend(uptake.map(|u| Filter::Eq("uptake", text(&u.0))));
    if overdue == Some(true) {
        query.filters.push(Filter::Lt("due_on", text(&scope.app.today())));
    }
    query.order = vec!["asked_at"];
    query.direction = Direction::Descending;
    page(scope, args, query, |row: EngagementRow| Engagement::of(row, scope)).await
}
