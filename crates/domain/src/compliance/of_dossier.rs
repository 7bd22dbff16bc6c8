//! Reads a historical dossier: what its papers tell, with days that may be vague. Only what is certain whatever a vague day
//! means is held against anybody, and what happened before the definition was in force is not.

use jiff::civil::Date;

use super::Rule;
use super::line::{Evidence, who};
use super::record::{Cited, Explained, HearingDays, Milestone, Period, Record, Step};
use crate::code::Code;
use crate::definition::Definition;
use crate::dossier::{DossierEvent, HistoricalDossierEvent};
use crate::occasion::Actor;
use crate::rejection::Rejection;

/// The record of a historical dossier, from its events in order, each with who did it.
pub fn of_dossier<'a>(
    events: impl IntoIterator<Item = (&'a Actor, &'a HistoricalDossierEvent)>,
    def: &Definition,
) -> Record<'a> {
    let mut record = Record {
        of_case: false,
        acts: Vec::new(),
        steps: Vec::new(),
        periods: Vec::new(),
        hearings: Vec::new(),
        cited: Vec::new(),
        explained: Vec::new(),
        told: false,
        printed: Vec::new(),
    };
    let mut marked: &[Rejection] = &[];
    for (n, (actor, event)) in (1_u64..).zip(events) {
        match event {
            HistoricalDossierEvent::Entered { given, departures, .. } => {
                read(&mut record, &given.events, def);
                let bases = given.legal_bases_cited.as_ref().and_then(Option::as_deref).unwrap_or_default();
                // Repealed before anything of the matter happened: certainly stale whenever it was cited.
                if let Some(first) = record.printed.iter().filter_map(|e| e.day).min() {
                    let cite = |name: &String| Cited { name: name.clone(), number: None, day: first, n: 0 };
                    record.cited = bases.iter().map(cite).collect();
                }
                marked = departures;
            }
            HistoricalDossierEvent::Explained { given } => {
                let at = usize::try_from(given.departure).ok().and_then(|number| number.checked_sub(1));
                let Some(departure) = at.and_then(|at| marked.get(at)) else { continue };
                let place = departure.path.as_deref().and_then(|p| p.strip_prefix("events.")?.parse::<u64>().ok());
                record.explained.push(Explained {
                    rules: rules_of(departure.code),
                    at: place.map(|place| place + 1),
                    by: who(actor),
                    reason: given.reason.clone(),
                    n,
                });
            }
        }
    }
    record
}

/// Which rules of the sheet a departure that was marked at entry is about.
const fn rules_of(code: Code) -> &'static [Rule] {
    match code {
        Code::CommentPeriodTooShort => &[Rule::CommentPeriod],
        Code::OutOfOrder => &[
            Rule::ParticipationBeforeReview,
            Rule::ExpertsBeforeReview,
            Rule::RiskBeforeReview,
            Rule::ReviewBeforeMeeting,
            Rule::DecidedBeforeIssue,
            Rule::IssuedBeforePublication,
        ],
        Code::LegalityMissing => &[Rule::LegalityReviewed],
        _ => &[],
    }
}

/// The first and the last day that a printed date can mean, and whether it is a period with both its ends.
fn span(printed: &str) -> Option<(Date, Date, bool)> {
    // A remark may follow: `2025-05-14 (paper date)`.
    let printed = printed.split_whitespace().next()?;
    if let Some((from, to)) = printed.split_once('/') {
        let ((from, _, false), (_, to, false)) = (span(from)?, span(to)?) else { return None };
        return (from <= to).then_some((from, to, true));
    }
    let day = |text: String| text.parse::<Date>().ok();
    match printed.len() {
        4 => Some((day(format!("{printed}-01-01"))?, day(format!("{printed}-12-31"))?, false)),
        7 => day(format!("{printed}-01")).map(|first| (first, first.last_of_month(), false)),
        10 => day(printed.to_owned()).map(|day| (day, day, false)),
        _ => None,
    }
}

fn milestone(word: &str) -> Option<Milestone> {
    Some(match word {
        "initiation" => Milestone::Begun,
        "draft" => Milestone::Drafted,
        // A page of results or a report is published for its own sake, and often later.
        "consultation" | "consultation_end" | "public_participation" | "hearing" => Milestone::Participation,
        "expert_review" => Milestone::Experts,
        "risk_assessment" => Milestone::Risk,
        "submission_for_review" => Milestone::Submitted,
        "legality_review" => Milestone::Reviewed,
        "tabling" => Milestone::Tabled,
        "collective_decision" => Milestone::Decided,
        "issuance" => Milestone::Issued,
        "announcement" | "publication" => Milestone::Published,
        "explanation" => Milestone::Explained,
        _ => return None,
    })
}

fn read(record: &mut Record<'_>, events: &[DossierEvent], def: &Definition) {
    let mut began: Option<Date> = None;
    for (n, event) in (1_u64..).zip(events) {
        let span = event.date.as_ref().and_then(Option::as_deref).and_then(span);
        let day = span.filter(|(first, last, _)| first == last).map(|(day, _, _)| day);
        record.printed.push(Evidence { n, kind: event.stage.clone(), day, documents: Vec::new() });
        record.told |= event.stage == "procedures";
        let Some((first, last, period)) = span else {
            began = None;
            continue;
        };
        if first < def.valid_from {
            continue;
        }
        match event.stage.as_str() {
            "consultation_start" => began = Some(first),
            "consultation_end" => {
                if let Some(first) = began.take() {
                    record.periods.push(Period { first, last, reason: None, by: None, n });
                }
            }
            "consultation" if period => record.periods.push(Period { first, last, reason: None, by: None, n }),
            word => hearing(record, word, first, last, n),
        }
        if let Some(at) = milestone(&event.stage) {
            record.steps.push(Step { at, first, last, n, draft: None });
        }
    }
}

/// Days of a hearing: where they are vague, those are taken that are best for whoever held it.
fn hearing(record: &mut Record<'_>, word: &str, first: Date, last: Date, n: u64) {
    if word == "hearing_notice" {
        record.hearings.push(HearingDays { noticed: Some((first, n)), ..HearingDays::default() });
        return;
    }
    if !matches!(word, "hearing_list" | "hearing_materials" | "hearing" | "hearing_report") {
        return;
    }
    if record.hearings.is_empty() {
        record.hearings.push(HearingDays::default());
    }
    let Some(hearing) = record.hearings.last_mut() else { return };
    match word {
        "hearing_list" => hearing.listed = Some((first, n)),
        "hearing_materials" => hearing.delivered = Some((first, n)),
        "hearing" => hearing.held = Some((last, n)),
        _ => hearing.reported = Some((first, n)),
    }
}
