//! Figures, and the acts behind them, as rows of cells.

use std::borrow::Cow;

use dingce_domain::figures::{Act, Figure, Item, Leave, Standing};
use dingce_domain::words::Text;

use crate::figures;
use crate::language::{Cited, Language};
use crate::use_cases::TakenFigures;

/// A cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Cell {
    /// Nothing.
    Empty,
    /// A number.
    Number(u64),
    /// A text.
    Text(String),
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        if text.is_empty() { Self::Empty } else { Self::Text(text) }
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

impl From<Option<u64>> for Cell {
    fn from(number: Option<u64>) -> Self {
        number.map_or(Self::Empty, Self::Number)
    }
}

impl Cell {
    /// Whether a spreadsheet might take the text for a formula, whatever stands before it in the cell: `=`, `+`, `-`, `@`, also as wide
    /// as a Chinese sign, and the tabulator and ends of lines by which a cell could be left.
    pub(super) fn may_be_formula(text: &str) -> bool {
        let sign = |c: char| matches!(c, '=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠' | '\t' | '\r' | '\n');
        // Spaces before it are skipped by some programs.
        text.starts_with(sign) || text.trim_start().starts_with(sign)
    }
}

/// Columns of a figure.
pub(super) const FIGURES: &[&str] = &[
    "code",
    "name",
    "name_en",
    "part_unit",
    "procedure",
    "clock",
    "clock_source",
    "binds",
    "measure",
    "numerator",
    "denominator",
    "share",
    "apart",
    "days_total",
    "days_least",
    "days_most",
    "counts",
    "counts_en",
    "article",
    "organ",
    "own",
    "from",
    "to",
    "taken_as",
];

/// Columns of an act.
pub(super) const ACTS: &[&str] = &[
    "code",
    "name",
    "part_unit",
    "clock",
    "thing",
    "standing",
    "standing_text",
    "day",
    "event",
    "stream",
    "n",
    "kind",
    "kind_text",
    "act_day",
    "shown_by",
    "case",
    "title",
    "unit",
    "days",
    "leave_by",
    "leave_reason",
    "leave_basis",
];

/// Both languages in one cell.
pub(super) fn both(text: &Text) -> String {
    if text.zh == text.en { text.zh.clone() } else { format!("{} {}", text.zh, text.en) }
}

/// A share in per cent, to two places.
pub fn per_cent(figure: &Figure) -> Option<String> {
    let points = figure.share()?.basis_points();
    Some(format!("{}.{:02}%", points / 100, points % 100))
}

fn cited(cited: &Cited) -> String {
    match cited.article.as_str() {
        "" => cited.cite.zh.clone(),
        article => format!("{}第{article}条", cited.cite.zh),
    }
}

/// What a part is of: its unit, procedure and clock, with the source and whether it binds; all empty for a whole.
fn part(figure: &Figure, taken: &TakenFigures) -> [Cell; 5] {
    if !figure.about.part {
        return [const { Cell::Empty }; 5];
    }
    let unit = figure.about.unit.map_or_else(|| both(&figures::said("no_one_unit")), |unit| taken.unit(unit));
    let Some(clock) = figure.about.clock.as_ref() else {
        return [unit.into(), Cell::Empty, Cell::Empty, Cell::Empty, Cell::Empty];
    };
    let Some(told) = taken.clocks.get(clock) else {
        return [unit.into(), clock.definition.as_str().into(), clock.clock.as_str().into(), Cell::Empty, Cell::Empty];
    };
    let binds = both(&figures::said(if told.binds { "binds" } else { "advises" }));
    let source = told.source.as_ref().map(cited).unwrap_or_default();
    [unit.into(), both(&told.procedure).into(), both(&told.text).into(), source.into(), binds.into()]
}

/// One row a figure.
pub(super) fn figures(taken: &TakenFigures) -> impl Iterator<Item = Vec<Cell>> + '_ {
    taken.figures.list.iter().map(|figure| {
        let code = figure.code;
        let (name, counts) = (figures::name(code), figures::counts(code));
        let [unit, procedure, clock, source, binds] = part(figure, taken);
        let none = || both(&figures::said("none"));
        let share = if code.is_share() { per_cent(figure).unwrap_or_else(none) } else { String::new() };
        let apart = figure.apart().into_iter().map(|(why, count)| {
            let why = figures::standing(Standing::Apart(why));
            format!("{} {count}", both(&why))
        });
        let days = figure.days();
        vec![
            code.as_str().into(),
            name.zh.into(),
            name.en.into(),
            unit,
            procedure,
            clock,
            source,
            binds,
            both(&Language::shipped().word("figure_measure", code.measure().as_str())).into(),
            Cell::Number(figure.numerator()),
            figure.denominator().into(),
            share.into(),
            apart.collect::<Vec<_>>().join("；").into(),
            days.map(|days| days.total).into(),
            days.map(|days| days.least.into()).into(),
            days.map(|days| days.most.into()).into(),
            counts.zh.into(),
            counts.en.into(),
            figures::article(code).as_ref().map(cited).unwrap_or_default().into(),
            taken.unit(taken.organ).into(),
            both(&figures::said(if taken.own.is_some() { "own" } else { "whole" })).into(),
            taken.period.from().to_string().into(),
            taken.period.to().to_string().into(),
            taken.mark.to_string().into(),
        ]
    })
}

/// One row a thing of a figure, with the act that shows it.
pub(super) fn acts(taken: &TakenFigures) -> impl Iterator<Item = Vec<Cell>> + '_ {
    taken.figures.list.iter().flat_map(move |figure| {
        let name = figures::name(figure.code);
        let [unit, _, clock, _, _] = part(figure, taken);
        let head = [figure.code.as_str().into(), Cell::from(name.zh), unit, clock];
        figure.items.iter().map(move |item| head.iter().cloned().chain(act(item, taken)).collect())
    })
}

fn act(item: &Item, taken: &TakenFigures) -> Vec<Cell> {
    let Item { thing, standing, day, act, shown_by, case, title, unit, days, leave } = item;
    let Act { stream, n, event, kind, day: act_day } = act;
    let joined = |one: fn(&Leave) -> Cow<'_, str>| -> Cell {
        let mut texts: Vec<Cow<'_, str>> = leave.iter().map(one).filter(|text| !text.is_empty()).collect();
        texts.dedup();
        texts.join("；").into()
    };
    let shown_by: Vec<String> = shown_by.iter().map(|n| format!("#{n}")).collect();
    vec![
        thing.as_str().into(),
        standing.as_str().into(),
        both(&figures::standing(*standing)).into(),
        day.to_string().into(),
        event.to_string().into(),
        stream.to_string().into(),
        Cell::Number(*n),
        kind.as_str().into(),
        both(&Language::shipped().event(kind)).into(),
        act_day.to_string().into(),
        shown_by.join(" ").into(),
        case.map(|case| case.to_string()).unwrap_or_default().into(),
        title.as_ref().into(),
        unit.map(|unit| taken.unit(unit)).unwrap_or_default().into(),
        days.map(u64::from).into(),
        joined(|leave| match &leave.by {
            Some(by) => format!("{} {} {}", by.unit_name, by.post_title, by.name).into(),
            None => "".into(),
        }),
        joined(|leave| leave.reason.as_str().into()),
        joined(|leave| leave.basis.as_str().into()),
    ]
}
