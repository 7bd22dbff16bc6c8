//! Figures for an appraisal 考核: each with the acts from which it is counted.

use std::sync::Arc;

use async_graphql::{Context, Description, ID, Object, Result, SimpleObject};
use dingce_app::figures::{article, by_day, counts, name, standing};
use dingce_app::language::Language;
use dingce_app::use_cases::{Asking, ClockTold, TakenFigures};
use dingce_domain::figures::{Apart, Figure as Counted, FigureMeasure, Item, Leave, Period, Standing};

use super::case::DecisionCase;
use super::errors::{Failure, Lang, StatuteRef};
use super::page::{Page, PageArgs, page_of};
use super::scope::Scope;
use crate::convert::{Date, DateTime, Given, Long, Word};

/// Figures of an organ for a period, all taken at one place of the log. A number is the length of a list of acts, and of nothing else.
/// They rank nobody.
#[derive(Debug, Clone, Description)]
pub struct AppraisalFigures(Arc<TakenFigures>);

/// One figure: of the whole, or of one unit's times against one clock.
#[derive(Debug, Clone, Description)]
pub struct Figure {
    taken: Arc<TakenFigures>,
    at: usize,
}

/// One thing that a figure counts or keeps apart, with the act that shows it.
#[derive(Debug, Clone, Description)]
pub struct FigureThing {
    taken: Arc<TakenFigures>,
    figure: usize,
    at: usize,
}

/// A share as it is, without rounding.
#[derive(Debug, Clone, SimpleObject)]
pub struct FigureShare {
    /// How many.
    pub numerator: Long,
    /// Of how many, at least 1.
    pub denominator: Long,
    /// For people: in hundredths of a per cent, rounded half up; 10000 is the whole.
    pub basis_points: Long,
}

/// Things of a figure that are in no number.
#[derive(Debug, Clone, SimpleObject)]
pub struct FigureApartCount {
    /// What keeps them apart.
    pub why: Word<Apart>,
    /// The same in the language of the request.
    pub label: String,
    /// How many.
    pub count: Long,
}

/// Days of the things of a figure that have any.
#[derive(Debug, Clone, SimpleObject)]
pub struct FigureDays {
    /// All of them together.
    pub total: Long,
    /// The fewest.
    pub least: u32,
    /// The most.
    pub most: u32,
    /// Of how many things.
    pub of: Long,
}

/// The unit of a part of a figure, under its name as of the figures.
#[derive(Debug, Clone, SimpleObject)]
pub struct FigureUnit {
    /// Its id.
    pub id: ID,
    /// Its name.
    pub name: String,
}

/// The clock of a part of a figure.
#[derive(Debug, Clone, SimpleObject)]
pub struct FigureClock {
    /// Name of the procedure, as in its definition.
    pub procedure: String,
    /// Name of the clock, as in the definition.
    pub clock: String,
    /// Its name in the language of the request.
    pub label: String,
    /// Where its length stands; none where the definition cites nothing.
    pub source: Option<StatuteRef>,
    /// Whether its length binds by its own authority. Whoever is late by one that only advises broke no law.
    pub binds: bool,
}

/// On which ground a thing is excused, or something was dropped.
#[derive(Debug, Clone, SimpleObject)]
pub struct FigureLeave {
    /// Id of the person who recorded it; none where the record names nobody.
    pub person: Option<ID>,
    /// Their name, as of the act.
    pub name: Option<String>,
    /// Their post, as of the act.
    pub post_title: Option<String>,
    /// Their unit, as of the act.
    pub unit_name: Option<String>,
    /// Why, as recorded.
    pub reason: String,
    /// The article that they cite; empty where they cite none.
    pub basis: String,
}

impl AppraisalFigures {
    /// Takes the figures.
    ///
    /// # Errors
    /// `FORBIDDEN`, `NOT_FOUND`; a refusal of the period or the mark; where the store fails.
    pub async fn take(
        scope: &Scope,
        organ: Option<ID>,
        from: Date,
        to: Date,
        taken_as: Option<String>,
    ) -> Result<Self, Failure> {
        let who = scope.principal()?;
        let period = Period::new(from.0, to.0).map_err(|refused| scope.fail(refused))?;
        let mark = taken_as.map(|mark| mark.parse()).transpose().map_err(|refused| scope.fail(refused))?;
        let organ = match organ {
            Some(organ) => organ.given("organ").map_err(|refused| scope.fail(refused))?,
            None => scope.organ().await?,
        };
        let taken = scope.app.figures(who, organ, Asking { period, mark }).await;
        Ok(Self(taken.map_err(|error| scope.fail(error))?))
    }
}

fn lang(ctx: &Context<'_>) -> Lang {
    Scope::of(ctx).map(|scope| scope.lang).unwrap_or_default()
}

#[Object(use_type_description)]
impl AppraisalFigures {
    /// Id of the organ.
    async fn organ(&self) -> ID {
        ID(self.0.organ.to_string())
    }

    /// Its name, as of the figures.
    async fn organ_name(&self) -> String {
        self.0.unit(self.0.organ)
    }

    /// First day.
    async fn from(&self) -> Date {
        Date(self.0.period.from())
    }

    /// Last day.
    async fn to(&self) -> Date {
        Date(self.0.period.to())
    }

    /// Up to where the record was looked at, as one text. Given back as `takenAs`, it gives the same figures again.
    async fn taken_as(&self) -> String {
        self.0.mark.to_string()
    }

    /// How many entries of the log were looked at.
    async fn log_size(&self) -> Long {
        Long(self.0.mark.log_size)
    }

    /// The instant: nothing recorded after it was looked at.
    async fn taken_at(&self) -> DateTime {
        DateTime(self.0.mark.at)
    }

    /// The day on which what still runs was looked at.
    async fn measured_on(&self) -> Date {
        Date(self.0.measured_on)
    }

    /// Whether only what the reader's own units undertake, and times that they held, are counted.
    async fn own_units_only(&self) -> bool {
        self.0.own.is_some()
    }

    /// Codes of figures that the reader may not see.
    async fn withheld(&self) -> Vec<String> {
        self.0.withheld.iter().map(|code| code.to_string()).collect()
    }

    /// How many cases run under a procedure that is not one of major decisions, and are in no figure.
    async fn other_procedures(&self) -> Long {
        Long(self.0.figures.other_procedures)
    }

    /// By which day things belong to the period, in the language of the request.
    async fn by_day(&self, ctx: &Context<'_>) -> String {
        lang(ctx).of(by_day())
    }

    /// The figures, in a fixed order; the parts of one after its whole.
    async fn figures(
        &self,
        #[graphql(desc = "Only those with one of these codes.")] codes: Option<Vec<String>>,
        #[graphql(default, desc = "Only wholes, and no unit's or clock's part.")] wholes: bool,
    ) -> Vec<Figure> {
        let wanted = |figure: &Counted| {
            let code = codes.as_ref().is_none_or(|codes| codes.iter().any(|code| code == figure.code.as_str()));
            code && !(wholes && figure.about.part)
        };
        let list = self.0.figures.list.iter().enumerate().filter(|(_, figure)| wanted(figure));
        list.map(|(at, _)| Figure { taken: Arc::clone(&self.0), at }).collect()
    }
}

impl Figure {
    fn counted(&self) -> &Counted {
        &self.taken.figures.list[self.at]
    }
}

#[Object(use_type_description)]
impl Figure {
    /// Its code; stable.
    async fn code(&self) -> String {
        self.counted().code.to_string()
    }

    /// Its name, in the language of the request.
    async fn name(&self, ctx: &Context<'_>) -> String {
        lang(ctx).of(name(self.counted().code))
    }

    /// What counts, of what it is a share, and what stands apart; in the language of the request.
    async fn counts(&self, ctx: &Context<'_>) -> String {
        lang(ctx).of(counts(self.counted().code))
    }

    /// The article that it rests on.
    async fn article(&self, ctx: &Context<'_>) -> Option<StatuteRef> {
        StatuteRef::list(article(self.counted().code).into_iter().collect(), lang(ctx)).pop()
    }

    /// What its things are.
    async fn measure(&self) -> Word<FigureMeasure> {
        Word(self.counted().code.measure())
    }

    /// Whether it is of one unit's times against one clock, and not of the whole.
    async fn is_part(&self) -> bool {
        self.counted().about.part
    }

    /// The unit that held the matter; none in a whole, and for a role that no one unit has.
    async fn unit(&self) -> Option<FigureUnit> {
        let unit = self.counted().about.unit?;
        Some(FigureUnit { id: ID(unit.to_string()), name: self.taken.unit(unit) })
    }

    /// The clock; none in a whole.
    async fn clock(&self, ctx: &Context<'_>) -> Option<FigureClock> {
        let clock = self.counted().about.clock.as_ref()?;
        let lang = lang(ctx);
        let ClockTold { text, source, binds, .. } = self.taken.clocks.get(clock)?.clone();
        Some(FigureClock {
            procedure: clock.definition.to_string(),
            clock: clock.clock.to_string(),
            label: lang.of(text),
            source: StatuteRef::list(source.into_iter().collect(), lang).pop(),
            binds,
        })
    }

    /// How many things count.
    async fn numerator(&self) -> Long {
        Long(self.counted().numerator())
    }

    /// Of how many; none where the figure is a number and no share.
    async fn denominator(&self) -> Option<Long> {
        self.counted().denominator().map(Long)
    }

    /// The share; none where there is nothing to be a share of.
    async fn share(&self) -> Option<FigureShare> {
        let share = self.counted().share()?;
        let (numerator, denominator) = (Long(share.numerator), Long(share.denominator));
        Some(FigureShare { numerator, denominator, basis_points: Long(share.basis_points()) })
    }

    /// Things that are in no number, by what keeps them apart.
    async fn apart(&self, ctx: &Context<'_>) -> Vec<FigureApartCount> {
        let label = |why| lang(ctx).of(standing(Standing::Apart(why)));
        let apart = self.counted().apart().into_iter();
        apart.map(|(why, count)| FigureApartCount { why: Word(why), label: label(why), count: Long(count) }).collect()
    }

    /// Days of the things that are in a number; none where none has days.
    async fn days(&self) -> Option<FigureDays> {
        let days = self.counted().days()?;
        Some(FigureDays { total: Long(days.total), least: days.least, most: days.most, of: Long(days.of) })
    }

    /// What was counted and what stands apart, by day, each with the act that shows it. To turn pages, give `takenAs` back: otherwise
    /// each page is of the record as it stands then.
    async fn acts(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Option<Page<FigureThing>>> {
        let scope = Scope::of(ctx)?;
        let args = PageArgs::new(first, after, last, before);
        let thing = |at| FigureThing { taken: Arc::clone(&self.taken), figure: self.at, at };
        let things = (0..self.counted().items.len()).map(thing).collect();
        Ok(Some(page_of(scope.lang, &args, things, |thing: &FigureThing| thing.item().thing.clone())?))
    }
}

impl FigureThing {
    fn item(&self) -> &Item {
        &self.taken.figures.list[self.figure].items[self.at]
    }
}

#[Object(use_type_description)]
impl FigureThing {
    /// What it is, by a name that is its alone in the figure.
    async fn thing(&self) -> &str {
        &self.item().thing
    }

    /// Whether it counts.
    async fn counted(&self) -> bool {
        self.item().standing == Standing::Counted
    }

    /// Whether it is in the whole of which the figure is a share.
    async fn in_whole(&self) -> bool {
        self.item().standing.in_whole()
    }

    /// Why it is in no number; none where it is in one.
    async fn apart(&self) -> Option<Word<Apart>> {
        match self.item().standing {
            Standing::Apart(why) => Some(Word(why)),
            Standing::Counted | Standing::Missed => None,
        }
    }

    /// How it stands, in the language of the request.
    async fn label(&self, ctx: &Context<'_>) -> String {
        lang(ctx).of(standing(self.item().standing))
    }

    /// The day by which it belongs to the period.
    async fn day(&self) -> Date {
        Date(self.item().day)
    }

    /// Id of the event that shows it.
    async fn event(&self) -> ID {
        ID(self.item().act.event.to_string())
    }

    /// Kind of the event.
    async fn kind(&self) -> &str {
        &self.item().act.kind
    }

    /// Its name, in the language of the request.
    async fn kind_label(&self, ctx: &Context<'_>) -> String {
        lang(ctx).of(Language::shipped().event(&self.item().act.kind))
    }

    /// Id of what the event is recorded in: a case, a consultation, a catalogue, a notice or a file.
    async fn stream(&self) -> ID {
        ID(self.item().act.stream.to_string())
    }

    /// Number of the event there; `timeline` of a case shows the same numbers.
    async fn n(&self) -> Long {
        Long(self.item().act.n)
    }

    /// The day on which it happened.
    async fn act_day(&self) -> Date {
        Date(self.item().act.day)
    }

    /// Numbers of other events of the same stream that show it.
    async fn shown_by(&self) -> Vec<Long> {
        self.item().shown_by.iter().copied().map(Long).collect()
    }

    /// Id of its case; none for what is of no case.
    async fn case_id(&self) -> Option<ID> {
        self.item().case.map(|case| ID(case.to_string()))
    }

    /// Its case, where the reader may read it.
    async fn case(&self, ctx: &Context<'_>) -> Result<Option<DecisionCase>> {
        let Some(case) = self.item().case else { return Ok(None) };
        let scope = Scope::of(ctx)?;
        Ok(scope.case_row(case).await?.map(|row| DecisionCase::of(row, scope)).transpose()?)
    }

    /// Name of the matter; empty where it has none.
    async fn title(&self) -> &str {
        &self.item().title
    }

    /// The unit that undertakes the matter, or held it.
    async fn unit(&self) -> Option<FigureUnit> {
        let unit = self.item().unit?;
        Some(FigureUnit { id: ID(unit.to_string()), name: self.taken.unit(unit) })
    }

    /// Days: of a period for comments its length, of a time how long the matter was held, net of pauses.
    async fn days(&self) -> Option<u32> {
        self.item().days
    }

    /// On which grounds it is excused or was dropped, and who recorded them.
    async fn leave(&self) -> Vec<FigureLeave> {
        self.item().leave.iter().cloned().map(FigureLeave::from).collect()
    }
}

impl From<Leave> for FigureLeave {
    fn from(leave: Leave) -> Self {
        let Leave { by, reason, basis } = leave;
        let (person, name, post_title, unit_name) = match by {
            Some(by) => (Some(ID(by.person.to_string())), Some(by.name), Some(by.post_title), Some(by.unit_name)),
            None => (None, None, None, None),
        };
        Self { person, name, post_title, unit_name, reason, basis }
    }
}
