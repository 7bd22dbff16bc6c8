//! Reads the events of a case.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::line::who;
use super::record::{Cited, Entry, HearingDays, Milestone, Period, Record, Step};
use crate::drafting::DraftingContent;
use crate::event::CaseEvent;
use crate::words::{DraftChange, StageKind};

/// The record of a case, from its events in the order of their numbers.
pub fn of_case<'a>(acts: impl IntoIterator<Item = Entry<'a>>) -> Record<'a> {
    let mut record = Record {
        of_case: true,
        acts: acts.into_iter().collect(),
        steps: Vec::new(),
        periods: Vec::new(),
        hearings: Vec::new(),
        cited: Vec::new(),
        explained: Vec::new(),
        told: false,
        printed: Vec::new(),
    };
    record.steps = record.acts.iter().filter_map(|entry| step(entry, &record.acts)).collect();
    record.periods = record.acts.iter().filter_map(period).collect();
    record.cited = record.acts.iter().flat_map(cited).collect();
    record.hearings = hearings(&record.acts);
    record
}

fn step(entry: &Entry<'_>, acts: &[Entry<'_>]) -> Option<Step> {
    let (at, day) = match entry.event {
        CaseEvent::InitiationDecided { given, .. } if given.start => (Milestone::Begun, entry.day),
        CaseEvent::StageTakenOver { of, .. } => {
            let at = match of {
                StageKind::Initiation => Milestone::Begun,
                StageKind::PublicParticipation => Milestone::Participation,
                StageKind::ExpertReview => Milestone::Experts,
                StageKind::RiskAssessment => Milestone::Risk,
                _ => return None,
            };
            (at, entry.day)
        }
        CaseEvent::DraftVersionAdded { given, .. } if given.change == DraftChange::First => {
            (Milestone::Drafted, entry.day)
        }
        CaseEvent::ParticipationReported { .. } => (Milestone::Participation, entry.day),
        CaseEvent::ExpertReviewReported { .. } => (Milestone::Experts, entry.day),
        CaseEvent::RiskReported { .. } => (Milestone::Risk, entry.day),
        CaseEvent::LegalityReviewRequested { .. } => (Milestone::Submitted, entry.day),
        CaseEvent::LegalityConcluded { given, .. } if given.conclusion.clears() => (Milestone::Reviewed, entry.day),
        CaseEvent::TablingApproved { .. } => (Milestone::Tabled, entry.day),
        // The head decided on the day of the meeting, whenever that was entered.
        CaseEvent::DecisionAdopted { meeting, .. } => {
            let called = acts.iter().rev().find_map(|e| match e.event {
                CaseEvent::MeetingConvened { given, .. } if given.meeting == *meeting => Some(given.held_on),
                _ => None,
            });
            (Milestone::Decided, called.unwrap_or(entry.day))
        }
        CaseEvent::DecisionIssued { given, .. } => (Milestone::Issued, given.issued_on),
        CaseEvent::DecisionPublished { given, .. } => (Milestone::Published, given.published_on),
        CaseEvent::ExplanationPublished { given, .. } => (Milestone::Explained, given.published_on),
        _ => return None,
    };
    Some(Step { at, first: day, last: day, n: entry.n, draft: entry.event.draft() })
}

/// A solicitation counts from its first day, or from the day on which it was opened where that is later: nobody comments on
/// what is not announced.
fn period<'a>(entry: &Entry<'a>) -> Option<Period<'a>> {
    let (first, last, reason) = match entry.event {
        CaseEvent::SolicitationOpened { given, .. } => {
            (given.opens_on.max(entry.day), given.closes_on, given.shortening_reason.as_deref())
        }
        CaseEvent::StageTakenOver { given, .. } => {
            (given.opened_on?, given.closed_on?, given.shortening_reason.as_deref())
        }
        _ => return None,
    };
    let reason = reason.filter(|r| !r.trim().is_empty());
    Some(Period { first, last, reason, by: who(entry.by), n: entry.n })
}

fn cited(entry: &Entry<'_>) -> Vec<Cited> {
    let (day, n) = (entry.day, entry.n);
    let free = |text: &String| Cited { name: text.clone(), number: None, day, n };
    match entry.event {
        CaseEvent::DraftingItemRecorded { given, .. } => match &given.content {
            DraftingContent::BasisList(list) => {
                let cited = list.bases.iter().map(|basis| Cited {
                    name: basis.name.clone(),
                    number: Some(basis.number.clone()),
                    day,
                    n,
                });
                cited.collect()
            }
            _ => Vec::new(),
        },
        CaseEvent::AbsenceRecorded { given, .. } => vec![free(&given.basis)],
        CaseEvent::HearingDecided { given, .. } => vec![free(&given.basis)],
        CaseEvent::LegalityConcluded { given, .. } => given.sheet.iter().map(|line| free(&line.basis)).collect(),
        _ => Vec::new(),
    }
}

fn hearings(acts: &[Entry<'_>]) -> Vec<HearingDays> {
    let mut all: Vec<HearingDays> = Vec::new();
    // Everybody's first delivery counts: what is sent again later takes no day away.
    let mut delivered: BTreeMap<String, Date> = BTreeMap::new();
    for entry in acts {
        let n = entry.n;
        if let CaseEvent::HearingNoticed { given, .. } = entry.event {
            delivered.clear();
            let (noticed, held) = (Some((entry.day, n)), Some((given.held_on, n)));
            all.push(HearingDays { noticed, held, ..HearingDays::default() });
            continue;
        }
        let Some(hearing) = all.last_mut() else { continue };
        match entry.event {
            CaseEvent::HearingPostponed { given, .. } => {
                hearing.held = Some((given.held_on, n));
                if given.applications.is_some() {
                    (hearing.listed, hearing.delivered) = (None, None);
                    delivered.clear();
                }
            }
            CaseEvent::HearingParticipantsPublished { given, .. } => hearing.listed = Some((given.published_on, n)),
            CaseEvent::HearingMaterialsDelivered { given, to, .. } => {
                for code in to {
                    let day = delivered.entry(code.clone()).or_insert(given.delivered_on);
                    *day = (*day).min(given.delivered_on);
                }
                hearing.delivered = delivered.values().max().map(|day| (*day, n));
            }
            CaseEvent::HearingOpened { .. } => hearing.held = Some((entry.day, n)),
            CaseEvent::HearingReported { .. } => hearing.reported = Some((entry.day, n)),
            CaseEvent::HearingCancelled { .. } => hearing.cancelled = true,
            _ => {}
        }
    }
    all
}
