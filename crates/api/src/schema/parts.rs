//! Parts of a case: stages, facts, clocks, irregularities, documents.

use std::sync::Arc;

use async_graphql::{ComplexObject, Context, Description, Object, Result, SimpleObject};
use dingce_app::clock_history::{ClockEnd, ClockSpan, ClockStanding, clock_history};
use dingce_app::read_rows::{ClockEventRow, ClockRow, DocumentRow, IrregularityRow, OpinionRow, UnitRow};
use dingce_domain::act::RecordPaperOriginal;
use dingce_domain::condition::FactValue;
use dingce_domain::definition::{Definition, UnitBinding};
use dingce_domain::event::BrokenRule;
use dingce_domain::id::Digest;
use dingce_domain::organisation::UnitKind;
use dingce_domain::permits::Item;
use dingce_domain::time::Run;
use dingce_domain::verb::Verb;
use dingce_domain::words::{Disclosure, DocumentRef, Evidence, StageKind, Status};

use super::case::DecisionCase;
use super::directory::Unit;
use super::drafts::Opinion;
use super::errors::{Failure, GateItem, Lang};
use super::loaders::Of;
use super::scope::Scope;
use super::task::{Approval, Task, TaskEntry};
use crate::convert::shown::shown;
use crate::convert::words::{ClockKind, ClockState};
use crate::convert::{Date, Long, Shown, Word};

/// Events of the general kinds of stage.
const GENERAL: [&str; 4] = ["task_progressed", "task_completed", "approval_requested", "approval_given"];

/// A stage of a case.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(complex)]
pub struct Stage {
    /// Its name in the definition; what inputs take as `stage`.
    pub id: String,
    /// Its kind.
    pub kind: Word<StageKind>,
    /// Its name for people, in the language of the request.
    pub name: String,
    /// What the case is at in it.
    pub status: Word<Status>,
    /// Whether it has produced what gates ask for, and on which version.
    pub evidence: Word<Evidence>,
    /// What a task asks, as the definition says; none where it is none.
    pub task: Option<Task>,
    /// How it ended, the newest time; none before, and where it is no task.
    pub result: Option<TaskEntry>,
    /// What an approval asks; none where it is none.
    pub approval: Option<Approval>,
    /// The case.
    #[graphql(skip)]
    pub case: String,
}

#[ComplexObject]
impl Stage {
    /// What was recorded of a task or an approval, oldest first: what happened, results, requests, who approved.
    async fn records(&self, ctx: &Context<'_>) -> Result<Vec<Opinion>> {
        let scope = Scope::of(ctx)?;
        let rows =
            scope.all(Of::<OpinionRow>::new("case_id", &self.case, "n")).await.map_err(async_graphql::Error::from)?;
        let general = |row: &OpinionRow| GENERAL.contains(&row.kind.as_str()) && row.stage.as_ref() == Some(&self.id);
        Ok(rows.into_iter().filter(general).map(Opinion::from).collect())
    }

    /// Why it does not run, where that was recorded last: ground and basis are among the details.
    async fn absence(&self, ctx: &Context<'_>) -> Result<Option<Opinion>> {
        if self.status.0 != Status::Absent {
            return Ok(None);
        }
        Ok(self.said(Scope::of(ctx)?, "absence_recorded").await?)
    }

    /// The account of how it was done before the case came here, by whom and when; none where it was not taken over.
    async fn taken_over(&self, ctx: &Context<'_>) -> Result<Option<Opinion>> {
        Ok(self.said(Scope::of(ctx)?, "stage_taken_over").await?)
    }
}

impl Stage {
    async fn said(&self, scope: &Scope, kind: &str) -> Result<Option<Opinion>, Failure> {
        let rows = scope.all(Of::<OpinionRow>::new("case_id", &self.case, "n")).await?;
        let of_stage = |row: &OpinionRow| row.kind == kind && row.stage.as_ref() == Some(&self.id);
        Ok(rows.into_iter().rfind(of_stage).map(Opinion::from))
    }
}

/// A declared fact of a case, on which gates depend. Exactly one of `bool`, `word` and `number` is set.
#[derive(Debug, Clone, SimpleObject)]
pub struct Fact {
    /// Its name in the definition.
    pub name: String,
    /// The question that it answers, in the language of the request.
    pub text: String,
    /// True or false.
    pub bool: Option<bool>,
    /// One of the declared words.
    pub word: Option<String>,
    /// A whole number.
    pub number: Option<i32>,
}

impl Fact {
    /// A fact as people read it.
    pub fn of(name: &str, value: &FactValue, def: &Definition, lang: Lang) -> Self {
        let text = def.facts.iter().find(|f| f.id.as_str() == name).map(|f| lang.of(f.text.clone()));
        let mut fact =
            Self { name: name.to_owned(), text: text.unwrap_or_default(), bool: None, word: None, number: None };
        match value {
            FactValue::Bool(truth) => fact.bool = Some(*truth),
            FactValue::Word(word) => fact.word = Some(word.clone()),
            FactValue::Number(number) => fact.number = i32::try_from(*number).ok(),
        }
        fact
    }
}

/// A document on file.
#[derive(Debug, Clone, SimpleObject)]
pub struct Document {
    /// SHA-256 of its bytes, `sha256:` and 64 hex digits.
    pub digest: String,
    /// Its name, as it came first.
    pub name: String,
    /// Media type.
    pub media_type: String,
    /// Its size. Unit: bytes.
    pub size_bytes: Long,
    /// The stage it came in; none where that is not said here.
    pub stage: Option<String>,
    /// Whether an act of publication released it to the public; none where that is not said here.
    pub released: Option<bool>,
    /// How it is disclosed; none before a review for release, and where that is not said here.
    pub disclosure: Option<Word<Disclosure>>,
    /// The article that it is not published by; empty where it is.
    pub disclosure_basis: Option<String>,
    /// Who reviewed it for release, with unit.
    pub reviewed_by: Option<String>,
    /// Number of the event of that review in the case.
    pub reviewed_n: Option<Long>,
    /// When it is to be looked at again; none where it is published.
    pub again_on: Option<Date>,
    /// Where its paper original lies; none where that is not known.
    pub paper: Option<PaperOriginal>,
}

shown! {
    /// Where the paper original of a document lies.
    PaperOriginal of RecordPaperOriginal {
        /// Digest of the document.
        document: String,
        /// Room, box, folder.
        location: String,
        /// How many pages it has.
        pages: u32,
        /// Who signed it; empty where nobody did.
        signatory: String,
        /// Whose seal it bears; empty where it bears none.
        seal: String,
    }
}

impl Shown<String> for Digest {
    fn shown(self) -> String {
        self.to_string()
    }
}

impl From<DocumentRow> for Document {
    fn from(row: DocumentRow) -> Self {
        let DocumentRow {
            case_id: _,
            digest,
            name,
            media_type,
            size_bytes,
            stage,
            n: _,
            released,
            disclosure,
            disclosure_basis,
            reviewed_by,
            reviewed_n,
            again_on,
            paper_json,
        } = row;
        let paper = paper_json.and_then(|json| serde_json::from_str::<RecordPaperOriginal>(&json).ok());
        Self {
            digest,
            name,
            media_type,
            size_bytes: Long::of(size_bytes),
            stage,
            released: Some(released),
            disclosure: disclosure.and_then(|word| Word::of(&word)),
            disclosure_basis,
            reviewed_by,
            reviewed_n: reviewed_n.map(Long::of),
            again_on: again_on.and_then(|day| day.parse().ok()).map(Date),
            paper: paper.map(Shown::shown),
        }
    }
}

impl From<DocumentRef> for Document {
    fn from(document: DocumentRef) -> Self {
        let DocumentRef { digest, name, media_type, size_bytes } = document;
        Self {
            digest: digest.to_string(),
            name,
            media_type,
            size_bytes: Long(size_bytes),
            stage: None,
            released: None,
            disclosure: None,
            disclosure_basis: None,
            reviewed_by: None,
            reviewed_n: None,
            again_on: None,
            paper: None,
        }
    }
}

/// A clock of a case: a period of the law in motion, and who holds the matter meanwhile.
#[derive(Debug, Clone, Description)]
pub struct Clock {
    case: String,
    name: String,
    state: ClockState,
    due_soon: bool,
    run: Run,
    holder: String,
    end: Option<ClockEnd>,
}

impl Clock {
    /// The clock of a row.
    ///
    /// # Errors
    /// Where the row is of another program's shape.
    pub fn of(row: ClockRow, scope: &Scope) -> Result<Self, Failure> {
        let run: Run = scope.read::<_, ClockRow>(&row.run_json)?;
        let state = Word::of(&row.state).map_or(ClockState::Ended, |w| w.0);
        let ended = run.due_on().filter(|_| state == ClockState::Ended);
        let end = ended.map(|on| ClockEnd { on, by: None });
        Ok(Self { case: row.case_id, name: row.clock, state, due_soon: row.due_soon, run, holder: row.holder, end })
    }

    /// All clocks of a case from first to last, those that ended too.
    ///
    /// # Errors
    /// Where the store fails, or a row is of another program's shape.
    pub async fn all(scope: &Scope, case: &str, def: &Definition) -> Result<Vec<Self>, Failure> {
        let clock = |span: ClockSpan| {
            let state = match span.standing(def) {
                ClockStanding::Running => ClockState::Running,
                ClockStanding::Paused => ClockState::Paused,
                ClockStanding::Pending => ClockState::Pending,
                ClockStanding::Overdue => ClockState::Overdue,
                ClockStanding::Met => ClockState::Met,
                ClockStanding::Ended => ClockState::Ended,
            };
            let ClockSpan { clock: name, holder, run, end, due_soon, .. } = span;
            let due_soon = due_soon && state == ClockState::Running;
            Self { case: case.to_owned(), name, state, due_soon, run, holder, end }
        };
        Ok(Self::spans(scope, case).await?.into_iter().map(clock).collect())
    }

    async fn spans(scope: &Scope, case: &str) -> Result<Vec<ClockSpan>, Failure> {
        let rows = scope.all(Of::<ClockEventRow>::new("case_id", case, "n")).await?;
        clock_history(&rows).map_err(|error| scope.fail(error))
    }
}

async fn definition_of(scope: &Scope, case: &str) -> Result<Option<Arc<Definition>>, Failure> {
    match scope.case_row(case).await? {
        Some(row) => scope.definition(&row.definition).await.map(Some),
        None => Ok(None),
    }
}

/// Name of a clock of a case, in the language of the request.
async fn clock_text(scope: &Scope, case: &str, clock: &str) -> Result<Option<String>, Failure> {
    let def = definition_of(scope, case).await?;
    Ok(def.and_then(|def| def.clocks.iter().find(|c| c.id.as_str() == clock).map(|c| scope.lang.of(c.text.clone()))))
}

/// Name of a role of a case's definition, in the language of the request.
async fn role_text(scope: &Scope, case: &str, role: &str) -> Result<Option<String>, Failure> {
    let def = definition_of(scope, case).await?;
    Ok(def.and_then(|def| def.roles.iter().find(|r| r.id.as_str() == role).map(|r| scope.lang.of(r.text.clone()))))
}

/// The unit whose people have a role in a case, where it is one: a unit that the case names, or the only one of its kind.
async fn role_unit(scope: &Scope, case: &str, role: &str) -> Result<Option<Unit>, Failure> {
    let Some(row) = scope.case_row(case).await? else { return Ok(None) };
    let def = scope.definition(&row.definition).await?;
    let Some(role) = def.roles.iter().find(|r| r.id.as_str() == role) else { return Ok(None) };
    let kind = match role.unit {
        UnitBinding::UndertakingUnit => return Unit::find(scope, &row.undertaking_unit).await,
        UnitBinding::ExecutingUnit => {
            let Some(unit) = &row.executing_unit else { return Ok(None) };
            return Unit::find(scope, unit).await;
        }
        UnitBinding::EvaluatingUnit => {
            let Some(unit) = &row.evaluating_unit else { return Ok(None) };
            return Unit::find(scope, unit).await;
        }
        UnitBinding::Organ => return Unit::find(scope, &row.organ).await,
        UnitBinding::Office => UnitKind::Office,
        UnitBinding::Justice => UnitKind::Justice,
        UnitBinding::Archives => UnitKind::Archives,
        UnitBinding::Supervision => UnitKind::Supervision,
        UnitBinding::MarketRegulation => UnitKind::MarketRegulation,
        UnitBinding::Any => return Ok(None),
    };
    let kind = kind.to_string();
    let mut of_kind = scope.all(Of::<UnitRow>::new("organ", &row.organ, "unit")).await?;
    of_kind.retain(|unit| unit.kind == kind && unit.valid_until.is_none());
    Ok(of_kind.pop().filter(|_| of_kind.is_empty()).map(Unit::from))
}

#[Object(use_type_description)]
impl Clock {
    /// Its name in the definition.
    async fn name(&self) -> &str {
        &self.name
    }

    /// What it counts, in the language of the request.
    async fn text(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        Ok(clock_text(Scope::of(ctx)?, &self.case, &self.name).await?)
    }

    /// What its end means.
    async fn kind(&self) -> Word<ClockKind> {
        Word(match self.run.kind() {
            dingce_domain::time::ClockKind::Floor => ClockKind::Floor,
            dingce_domain::time::ClockKind::Cap => ClockKind::Cap,
            dingce_domain::time::ClockKind::Backward => ClockKind::Backward,
            dingce_domain::time::ClockKind::Guaranteed => ClockKind::Guaranteed,
        })
    }

    /// Where it stands.
    async fn state(&self) -> Word<ClockState> {
        Word(self.state)
    }

    /// Whether it runs and it is on the record that its last day is near.
    async fn due_soon(&self) -> bool {
        self.due_soon
    }

    /// The day from which it is on the record that its last day is near, if the act is not done by then; none where that is never said, and
    /// while it is paused or pending.
    async fn warns_on(&self) -> Option<Date> {
        self.run.warns_on().map(Date)
    }

    /// The day of the start, itself not counted; for a backward clock, the day of the event.
    async fn started_on(&self) -> Date {
        Date(self.run.started_on())
    }

    /// The last day, to its end; none while it is paused, or pending for want of a year's holiday arrangement.
    async fn due_on(&self) -> Option<Date> {
        self.run.due_on().map(Date)
    }

    /// How many days are left after today, in the unit of the period; 0 on the last day. None where a year's holiday
    /// arrangement is not loaded, and for a clock that ended.
    async fn days_left(&self, ctx: &Context<'_>) -> Result<Option<u32>> {
        if self.end.is_some() {
            return Ok(None);
        }
        let scope = Scope::of(ctx)?;
        Ok(self.run.days_left(scope.app.today(), &scope.app.calendar()).ok())
    }

    /// Whether the last day is past; of a clock that an act ended, whether it was past on the day of the act.
    async fn elapsed(&self, ctx: &Context<'_>) -> Result<Option<bool>> {
        let today = Scope::of(ctx)?.app.today();
        Ok(Some(self.run.elapsed(self.end.filter(|end| end.by.is_some()).map_or(today, |end| end.on))))
    }

    /// The day on which it ended; none where it did not.
    async fn ended_on(&self) -> Option<Date> {
        self.end.map(|end| Date(end.on))
    }

    /// The act that ended it; none where it did not end, where its time was over, or where it was started anew.
    async fn ended_by(&self) -> Option<Word<Verb>> {
        self.end.and_then(|end| end.by).map(Word)
    }

    /// The role of the definition that holds the matter while it runs.
    async fn holder(&self) -> &str {
        &self.holder
    }

    /// Name of that role, in the language of the request.
    async fn holder_name(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        Ok(role_text(Scope::of(ctx)?, &self.case, &self.holder).await?)
    }

    /// The unit whose people have that role, where it is one.
    async fn holder_unit(&self, ctx: &Context<'_>) -> Result<Option<Unit>> {
        Ok(role_unit(Scope::of(ctx)?, &self.case, &self.holder).await?)
    }

    /// The case that it is a clock of.
    async fn case(&self, ctx: &Context<'_>) -> Result<Option<DecisionCase>> {
        Ok(DecisionCase::find(Scope::of(ctx)?, &self.case).await?)
    }
}

/// The clock that an event is about.
#[derive(Debug, Clone, Description)]
pub struct EventClock {
    case: String,
    span: ClockSpan,
}

impl EventClock {
    /// The clock of the event with this number; nothing for events about none.
    ///
    /// # Errors
    /// Where the store fails, or a row is of another program's shape.
    pub async fn of_event(scope: &Scope, case: &str, n: u64) -> Result<Option<Self>, Failure> {
        let n = i64::try_from(n).unwrap_or(i64::MAX);
        let mut rows = scope.all(Of::<ClockEventRow>::new("case_id", case, "n")).await?;
        rows.retain(|row| row.n <= n);
        let Some(name) = rows.last().filter(|row| row.n == n).and_then(|row| row.clock.clone()) else {
            return Ok(None);
        };
        let spans = clock_history(&rows).map_err(|error| scope.fail(error))?;
        let span = spans.into_iter().rfind(|span| span.clock == name);
        Ok(span.map(|span| Self { case: case.to_owned(), span }))
    }
}

#[Object(use_type_description)]
impl EventClock {
    /// Its name in the definition.
    async fn name(&self) -> &str {
        &self.span.clock
    }

    /// What it counts, in the language of the request.
    async fn text(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        Ok(clock_text(Scope::of(ctx)?, &self.case, &self.span.clock).await?)
    }

    /// The last day as it was after the event; none while paused, or pending for want of a year's holiday arrangement.
    async fn due_on(&self) -> Option<Date> {
        self.span.run.due_on().map(Date)
    }

    /// The role of the definition that held the matter.
    async fn holder(&self) -> Option<&str> {
        Some(&self.span.holder)
    }

    /// Name of that role, in the language of the request.
    async fn holder_name(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        Ok(role_text(Scope::of(ctx)?, &self.case, &self.span.holder).await?)
    }

    /// The unit whose people have that role in the case now, where it is one.
    async fn unit(&self, ctx: &Context<'_>) -> Result<Option<Unit>> {
        Ok(role_unit(Scope::of(ctx)?, &self.case, &self.span.holder).await?)
    }
}

/// An act that was recorded as it was although it broke a rule: it has no effect and opens no gate until it is cured.
#[derive(Debug, Clone, Description)]
pub struct Irregularity {
    row: IrregularityRow,
    verb: Verb,
    broken: Vec<BrokenRule>,
}

impl Irregularity {
    /// The irregularity of a row.
    ///
    /// # Errors
    /// Where the row is of another program's shape.
    pub fn of(row: IrregularityRow, scope: &Scope) -> Result<Self, Failure> {
        let wrong = |why: String| scope.fail(dingce_app::AppError::internal("reading an irregularity's row", why));
        let broken = serde_json::from_str(&row.broken_json).map_err(|error| wrong(error.to_string()))?;
        let verb = Verb::from_word(&row.verb).ok_or_else(|| wrong(format!("no verb {}", row.verb)))?;
        Ok(Self { row, verb, broken })
    }
}

#[Object(use_type_description)]
impl Irregularity {
    /// Its id; what `cureIrregularity` takes. Opaque.
    async fn id(&self) -> async_graphql::ID {
        self.row.irregularity.as_str().into()
    }

    /// What was done.
    async fn verb(&self) -> Word<Verb> {
        Word(self.verb)
    }

    /// The rules that it broke; none of them is met.
    async fn broken(&self, ctx: &Context<'_>) -> Result<Option<Vec<GateItem>>> {
        let scope = Scope::of(ctx)?;
        let Some(case) = scope.case_row(&self.row.case_id).await? else { return Ok(None) };
        let def = scope.definition(&case.definition).await?;
        let item = |rule: &BrokenRule| {
            let BrokenRule { code, criterion, clock } = rule.clone();
            Item { code, criterion, clock, met: false }
        };
        let items: Vec<Item> = self.broken.iter().map(item).collect();
        Ok(Some(GateItem::list(&items, Some(self.verb), None, Some(&def), scope.lang)))
    }

    /// Whether it is open, that is not cured.
    async fn open(&self) -> bool {
        self.row.open
    }

    /// How it was cured, by whom and when; none while it is open.
    async fn cure(&self, ctx: &Context<'_>) -> Result<Option<Opinion>> {
        let Some(n) = self.row.cured_n else { return Ok(None) };
        let rows = Scope::of(ctx)?.all(Of::<OpinionRow>::new("case_id", &self.row.case_id, "n")).await?;
        Ok(rows.into_iter().find(|row| row.n == n).map(Opinion::from))
    }

    /// Number of its event in the case.
    async fn n(&self) -> Long {
        Long::of(self.row.n)
    }
}
