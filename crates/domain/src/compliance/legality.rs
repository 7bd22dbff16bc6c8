//! Legality review (R713 arts. 25-28).

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::participation::days_of;
use super::record::{Entry, Milestone, Record};
use super::{Against, ExcuseGround, Finding, Rule, Sketch};
use crate::act::ConcludeLegalityReview;
use crate::definition::Definition;
use crate::event::CaseEvent;
use crate::id::{PersonId, UnitId};
use crate::occasion::Actor;
use crate::time::{Limit, NoCalendarData};
use crate::verb::Verb;
use crate::words::{
    AdviserKind, LegalityAspect, LegalityConclusion, LegalityFinding, Relation, StageId, StageKind, Uptake,
};

/// Conclusions of a stage, the newest first.
fn conclusions<'r, 'a: 'r>(
    record: &'r Record<'a>,
    of: &'r StageId,
) -> impl Iterator<Item = (&'r Entry<'a>, &'a ConcludeLegalityReview)> {
    record.acts.iter().rev().filter_map(move |entry| match entry.event {
        CaseEvent::LegalityConcluded { stage, given } if stage == of => Some((entry, given)),
        _ => None,
    })
}

fn stages<'d>(against: &Against<'d>) -> impl Iterator<Item = &'d StageId> + use<'d> {
    let def = against.def;
    def.positions(StageKind::LegalityReview).map(|at| &def.stages[at].id)
}

/// Number of the submission that a conclusion answers, and its day.
fn submission(record: &Record<'_>, of: &StageId, before: u64) -> Option<(u64, Date)> {
    record.acts.iter().rev().filter(|e| e.n < before).find_map(|entry| match entry.event {
        CaseEvent::LegalityReviewRequested { stage, .. } if stage == of => Some((entry.n, entry.day)),
        _ => None,
    })
}

/// A historical dossier: whether a review is told at all.
fn of_papers(record: &Record<'_>, line: &mut Sketch) {
    if let Some(step) = record.at(Milestone::Reviewed).next() {
        line.step(step);
        return line.keep();
    }
    let Some(decided) = record.at(Milestone::Decided).next() else { return };
    if record.told {
        return line.untold();
    }
    line.step(decided);
    match record.explained.iter().find(|e| e.rules.contains(&Rule::LegalityReviewed)) {
        Some(e) => line.excuse_by(ExcuseGround::Explained, e.by.clone(), &e.reason, "", e.n),
        None => line.fail(Finding::Missing, "", ""),
    }
}

pub(super) fn reviewed(record: &Record<'_>, against: &Against<'_>, line: &mut Sketch) {
    if !record.of_case {
        return of_papers(record, line);
    }
    let Some(decided) = record.adopted() else { return };
    line.see(decided.entry);
    for stage in stages(against) {
        let before = |(entry, _): &(&Entry<'_>, &ConcludeLegalityReview)| entry.n < decided.entry.n;
        let mut of_stage = conclusions(record, stage).filter(before).peekable();
        if of_stage.peek().is_none() {
            line.fail(Finding::Missing, record.version(decided.draft), "");
            continue;
        }
        let newest = of_stage.peek().map(|(_, given)| given.draft);
        match of_stage.find(|(_, given)| record.same(given.draft, decided.draft)) {
            Some((entry, given)) if given.draft == decided.draft => {
                line.see(entry);
                line.keep();
            }
            // Wording only: the reviewer says whether it is.
            Some((entry, given)) => match confirmed(record, stage, &decided.draft, decided.entry.n) {
                Some((confirmed, statement)) => {
                    line.see(entry);
                    line.excuse(ExcuseGround::Confirmed, confirmed, statement, "");
                }
                None => line.fail(Finding::Differs, record.version(given.draft), record.version(decided.draft)),
            },
            None => {
                let reviewed = newest.map(|draft| record.version(draft)).unwrap_or_default();
                line.fail(Finding::Differs, reviewed, record.version(decided.draft));
            }
        }
    }
}

fn confirmed<'r, 'a>(
    record: &'r Record<'a>,
    of: &StageId,
    draft: &crate::id::DraftId,
    before: u64,
) -> Option<(&'r Entry<'a>, &'a str)> {
    record.acts.iter().filter(|e| e.n < before).find_map(|entry| match entry.event {
        CaseEvent::DraftConfirmed { stage, given, .. } if stage == of && given.draft == *draft => {
            Some((entry, given.statement.as_str()))
        }
        _ => None,
    })
}

pub(super) fn not_barred(record: &Record<'_>, against: &Against<'_>, line: &mut Sketch) {
    let tabled = record
        .acts
        .iter()
        .rev()
        .find(|e| matches!(e.event, CaseEvent::TablingRequested { .. } | CaseEvent::DecisionAdopted { .. }));
    for stage in stages(against) {
        let before = tabled.map_or(u64::MAX, |e| e.n);
        let Some((entry, given)) = conclusions(record, stage).find(|(e, _)| e.n < before) else { continue };
        line.see(entry);
        match tabled {
            Some(tabled) if !given.conclusion.clears() => {
                line.see(tabled);
                line.fail(Finding::Differs, given.conclusion, LegalityConclusion::Lawful);
            }
            _ => line.keep(),
        }
    }
}

/// Whole working days between a submission and a conclusion, without those on which a supplement was waited for.
fn owed(
    record: &Record<'_>,
    against: &Against<'_>,
    of: &StageId,
    limit: Limit,
    from: (u64, Date),
    to: (u64, Date),
) -> Result<u16, NoCalendarData> {
    let mut pauses: Vec<(Date, Option<Date>)> = Vec::new();
    for entry in record.acts.iter().filter(|e| from.0 < e.n && e.n < to.0) {
        match entry.event {
            CaseEvent::SupplementRequested { stage, .. } if stage == of => pauses.push((entry.day, None)),
            CaseEvent::SupplementSupplied { stage, .. } if stage == of => {
                if let Some(open) = pauses.last_mut() {
                    open.1 = Some(entry.day);
                }
            }
            _ => {}
        }
    }
    let waits = |day: Date| pauses.iter().any(|(from, to)| *from <= day && to.is_none_or(|to| day <= to));
    let (mut day, mut days) = (from.1, 0_u16);
    while let Ok(next) = day.tomorrow() {
        day = next;
        if day >= to.1 {
            break;
        }
        let counts = match limit {
            Limit::Calendar(_) => true,
            Limit::Working(_) => against.calendar.is_working(day)?,
        };
        days = days.saturating_add(u16::from(counts && !waits(day)));
    }
    Ok(days)
}

pub(super) fn time(record: &Record<'_>, against: &Against<'_>, line: &mut Sketch) {
    let parameter = against.def.parameter("legality_period");
    let Some((parameter, limit)) = parameter.and_then(|p| Some((p, against.def.period(&p.id)?))) else {
        return line.not_applicable();
    };
    line.rests_on(against, parameter);
    for stage in stages(against) {
        for (entry, given) in conclusions(record, stage).filter(|(_, given)| given.conclusion.clears()) {
            let Some((n, submitted)) = submission(record, stage, entry.n) else { continue };
            line.saw(n);
            line.see(entry);
            match owed(record, against, stage, limit, (n, submitted), (entry.n, entry.day)) {
                Err(NoCalendarData { .. }) => line.untold(),
                Ok(days) if days >= days_of(limit) => line.keep(),
                Ok(days) => match given.early_statement.as_deref().map(str::trim).filter(|s| !s.is_empty()) {
                    Some(statement) => line.excuse(ExcuseGround::EarlyStatement, entry, statement, ""),
                    None => line.fail(Finding::TooFew, days, days_of(limit)),
                },
            }
        }
    }
}

pub(super) fn whole(record: &Record<'_>, against: &Against<'_>, line: &mut Sketch) {
    for stage in stages(against) {
        let Some((entry, given)) = conclusions(record, stage).next() else { continue };
        line.see(entry);
        for aspect in LegalityAspect::ALL {
            let looked = given.sheet.iter().any(|l| l.aspect == *aspect);
            line.hold(looked, Finding::Missing, aspect, "");
        }
        line.hold(!given.documents.is_empty(), Finding::Missing, "documents", "");
        let conflict = given.sheet.iter().find(|l| l.finding == LegalityFinding::Conflict);
        if let (true, Some(conflict)) = (given.conclusion.clears(), conflict) {
            line.fail(Finding::Differs, given.conclusion, format!("{}: {}", conflict.aspect, conflict.finding));
        }
        if given.conclusion == LegalityConclusion::RiskStated {
            for (part, text) in [("no_rule_reason", &given.no_rule_reason), ("risk_statement", &given.risk_statement)] {
                let said = text.as_deref().is_some_and(|t| !t.trim().is_empty());
                line.hold(said, Finding::Missing, part, "");
            }
        }
    }
}

pub(super) fn advisers(record: &Record<'_>, against: &Against<'_>, line: &mut Sketch) {
    for stage in stages(against) {
        let Some((entry, _)) = conclusions(record, stage).find(|(_, given)| given.conclusion.clears()) else {
            continue;
        };
        let Some((from, _)) = submission(record, stage, entry.n) else { continue };
        line.see(entry);
        for kind in AdviserKind::ALL {
            let heard = record.acts.iter().filter(|e| from < e.n && e.n < entry.n).find_map(|e| match e.event {
                CaseEvent::AdviceRecorded { given, .. } if given.kind == *kind => Some((e, given)),
                _ => None,
            });
            match heard {
                Some((e, given)) if given.absent => line.excuse(ExcuseGround::NotHeard, e, &given.text, ""),
                Some((e, _)) => {
                    line.see(e);
                    line.keep();
                }
                None => line.fail(Finding::Missing, kind, ""),
            }
        }
    }
}

pub(super) fn answered(record: &Record<'_>, against: &Against<'_>, line: &mut Sketch) {
    for stage in stages(against) {
        let mut any = false;
        for (entry, _) in conclusions(record, stage).filter(|(_, given)| !given.conclusion.clears()) {
            any = true;
            line.see(entry);
            let answer = record.acts.iter().filter(|e| e.n > entry.n).find_map(|e| match e.event {
                CaseEvent::LegalityAnswered { stage: of, given } if of == stage => Some((e, given)),
                _ => None,
            });
            // While nothing rests on it, the unit may still answer.
            let rests = record.acts.iter().any(|e| {
                let on_it = matches!(e.event, CaseEvent::TablingRequested { .. } | CaseEvent::DecisionAdopted { .. });
                e.n > entry.n && on_it
            });
            match answer {
                Some((e, given)) => {
                    line.see(e);
                    let reasoned = given.uptake == Uptake::Full || !given.reasons.trim().is_empty();
                    line.hold(reasoned, Finding::Unreasoned, given.uptake, "");
                }
                None if rests => line.fail(Finding::Unanswered, "", ""),
                None => {}
            }
        }
        if !any && record.decided().is_some() {
            line.not_applicable();
        }
    }
}

/// Whoever acts and, under delegation, whoever they act for: both bring their past with them.
fn acting(actor: &Actor) -> Vec<PersonId> {
    match actor {
        Actor::Official { person, acting_for, .. } => std::iter::once(*person).chain(*acting_for).collect(),
        Actor::Public | Actor::System => Vec::new(),
    }
}

/// Persons who were that to the case before an event, as far as the record of the case tells.
fn were(record: &Record<'_>, relation: Relation, before: u64) -> BTreeSet<PersonId> {
    let mut persons = BTreeSet::new();
    for entry in record.acts.iter().filter(|e| e.n < before) {
        let so = match (relation, entry.event) {
            (Relation::Drafted, CaseEvent::DraftVersionAdded { .. } | CaseEvent::FinalTextAdded { .. })
            | (Relation::AssessedRisk, CaseEvent::RiskReported { .. }) => true,
            (Relation::Advised, CaseEvent::AdviceRecorded { entered, .. }) => !entered,
            _ => false,
        };
        if so {
            persons.extend(acting(entry.by));
        }
    }
    persons
}

/// The unit that undertook the matter before an event.
fn undertaking(record: &Record<'_>, before: u64) -> Option<UnitId> {
    record.acts.iter().rev().filter(|e| e.n < before).find_map(|e| match e.event {
        CaseEvent::InitiationDecided { given, .. } => Some(given.undertaking_unit),
        CaseEvent::CaseOpened { given, .. } => Some(given.undertaking_unit),
        _ => None,
    })
}

/// What a definition keeps apart from an act, held against whoever did it.
fn separated(record: &Record<'_>, def: &Definition, line: &mut Sketch, entry: &Entry<'_>, verb: Verb) {
    let persons = acting(entry.by);
    if persons.is_empty() {
        return;
    }
    line.see(entry);
    line.keep();
    let name = super::line::who(entry.by).map(|w| w.name).unwrap_or_default();
    for relation in def.forbids.iter().filter(|f| f.verb == verb).map(|f| f.relation) {
        let broken = match relation {
            Relation::OfUndertakingUnit => {
                let unit = undertaking(record, entry.n);
                unit.is_some() && entry.by.unit() == unit
            }
            other => {
                let were = were(record, other, entry.n);
                persons.iter().any(|p| were.contains(p))
            }
        };
        if broken {
            line.fail(Finding::NotEntitled, &name, relation);
        }
    }
}

pub(super) fn apart(record: &Record<'_>, against: &Against<'_>, line: &mut Sketch) {
    for entry in &record.acts {
        if matches!(entry.event, CaseEvent::LegalityConcluded { .. }) {
            separated(record, against.def, line, entry, Verb::ConcludeLegalityReview);
        }
    }
}

pub(super) fn duties_apart(record: &Record<'_>, against: &Against<'_>, line: &mut Sketch) {
    for entry in &record.acts {
        let verb = match entry.event {
            CaseEvent::DraftConfirmed { .. } => Verb::ConfirmDraft,
            // What somebody else typed from paper says nothing of who typed it.
            CaseEvent::AdviceRecorded { entered: false, given, .. } if !given.absent => Verb::RecordAdvice,
            CaseEvent::ExpertOpinionGiven { entered: false, .. } => Verb::GiveExpertOpinion,
            _ => continue,
        };
        separated(record, against.def, line, entry, verb);
    }
}
