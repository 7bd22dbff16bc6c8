//! Figures as canonical JSON (RFC 8785), with the acts behind each.

use std::collections::BTreeMap;

use dingce_domain::figures::{About, Act, Days, Figure, Item, Leave, Share};
use dingce_domain::id::{CaseId, UnitId};
use dingce_domain::words::Text;
use dingce_ledger as ledger;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;

use super::FORMAT;
use crate::error::AppError;
use crate::figures;
use crate::language::Language;
use crate::use_cases::TakenFigures;

#[derive(Serialize)]
struct Document<'a> {
    format: &'static str,
    organ: UnitId,
    organ_name: String,
    from: Date,
    to: Date,
    taken_as: String,
    log_size: u64,
    taken_at: Timestamp,
    measured_on: Date,
    own_units: Option<Vec<UnitId>>,
    withheld: Vec<&'static str>,
    other_procedures: u64,
    by_day: Text,
    units: &'a BTreeMap<UnitId, String>,
    figures: Vec<FigureDocument<'a>>,
}

#[derive(Serialize)]
struct Source {
    cite: Text,
    article: String,
}

#[derive(Serialize)]
struct ClockDocument {
    procedure: Text,
    text: Text,
    source: Option<Source>,
    binds: bool,
}

#[derive(Serialize)]
struct FigureDocument<'a> {
    code: &'static str,
    name: Text,
    counts: Text,
    article: Option<Source>,
    measure: &'static str,
    measure_text: Text,
    about: &'a About,
    clock: Option<ClockDocument>,
    numerator: u64,
    denominator: Option<u64>,
    share: Option<Share>,
    apart: BTreeMap<&'static str, u64>,
    days: Option<Days>,
    acts: Vec<ItemDocument<'a>>,
}

#[derive(Serialize)]
struct ItemDocument<'a> {
    thing: &'a str,
    standing: &'static str,
    day: Date,
    act: &'a Act,
    shown_by: &'a [u64],
    case: Option<CaseId>,
    title: &'a str,
    unit: Option<UnitId>,
    days: Option<u32>,
    leave: &'a [Leave],
}

pub(super) fn write(taken: &TakenFigures) -> Result<Vec<u8>, AppError> {
    ledger::jcs::to_canonical(&document(taken))
        .map_err(|error| AppError::internal("writing figures as canonical JSON", error))
}

fn document(taken: &TakenFigures) -> Document<'_> {
    Document {
        format: FORMAT,
        organ: taken.organ,
        organ_name: taken.unit(taken.organ),
        from: taken.period.from(),
        to: taken.period.to(),
        taken_as: taken.mark.to_string(),
        log_size: taken.mark.log_size,
        taken_at: taken.mark.at,
        measured_on: taken.measured_on,
        own_units: taken.own.as_ref().map(|own| own.iter().copied().collect()),
        withheld: taken.withheld.iter().map(|code| code.as_str()).collect(),
        other_procedures: taken.figures.other_procedures,
        by_day: figures::by_day(),
        units: &taken.units,
        figures: taken.figures.list.iter().map(|figure| of(figure, taken)).collect(),
    }
}

fn of<'a>(figure: &'a Figure, taken: &TakenFigures) -> FigureDocument<'a> {
    let told = figure.about.clock.as_ref().and_then(|clock| taken.clocks.get(clock));
    let source = |cited: crate::language::Cited| Source { cite: cited.cite, article: cited.article };
    FigureDocument {
        code: figure.code.as_str(),
        name: figures::name(figure.code),
        counts: figures::counts(figure.code),
        article: figures::article(figure.code).map(source),
        measure: figure.code.measure().as_str(),
        measure_text: Language::shipped().word("figure_measure", figure.code.measure().as_str()),
        about: &figure.about,
        clock: told.cloned().map(|told| ClockDocument {
            procedure: told.procedure,
            text: told.text,
            source: told.source.map(source),
            binds: told.binds,
        }),
        numerator: figure.numerator(),
        denominator: figure.denominator(),
        share: figure.share(),
        apart: figure.apart().into_iter().map(|(why, count)| (why.as_str(), count)).collect(),
        days: figure.days(),
        acts: figure.items.iter().map(item).collect(),
    }
}

fn item(item: &Item) -> ItemDocument<'_> {
    let Item { thing, standing, day, act, shown_by, case, title, unit, days, leave } = item;
    ItemDocument {
        thing,
        standing: standing.as_str(),
        day: *day,
        act,
        shown_by,
        case: *case,
        title,
        unit: *unit,
        days: *days,
        leave,
    }
}
