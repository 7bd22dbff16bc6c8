//! The record that rules read: what happened, when, and by whom, of a case and of a historical dossier alike.

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::Rule;
use super::line::{Evidence, Who};
use crate::act::{RecordAbsence, RecordAttendance, RecordHeadDecision, RecordPosition, TakeOverStage};
use crate::condition::{FactValue, Facts};
use crate::event::CaseEvent;
use crate::id::{DraftId, MeetingId};
use crate::occasion::Actor;
use crate::words::{DocumentRef, DraftChange, OverlayId, StageId, StageKind};

/// An event of a case with what its envelope says.
#[derive(Debug, Clone, Copy)]
pub struct Entry<'a> {
    /// Its number in the case, from 1.
    pub n: u64,
    /// The day on which it happened.
    pub day: Date,
    /// Whether it was entered afterwards, from paper.
    pub offline: bool,
    /// What shows an act that was entered afterwards.
    pub evidence: &'a [DocumentRef],
    /// Who acted.
    pub by: &'a Actor,
    /// What happened.
    pub event: &'a CaseEvent,
}

/// A milestone of the procedure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Milestone {
    Begun,
    Drafted,
    Participation,
    Experts,
    Risk,
    Submitted,
    Reviewed,
    Tabled,
    Decided,
    Issued,
    Published,
    Explained,
}

/// When a milestone was reached: on one of the days from the first to the last, where the record is vague.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Step {
    pub(super) at: Milestone,
    pub(super) first: Date,
    pub(super) last: Date,
    pub(super) n: u64,
    pub(super) draft: Option<DraftId>,
}

/// A solicitation of comments. The longest that it can have been is from `first` to `last`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Period<'a> {
    pub(super) first: Date,
    pub(super) last: Date,
    pub(super) reason: Option<&'a str>,
    pub(super) by: Option<Who>,
    pub(super) n: u64,
}

/// The days of a hearing, as far as they are known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct HearingDays {
    pub(super) noticed: Option<(Date, u64)>,
    pub(super) listed: Option<(Date, u64)>,
    pub(super) delivered: Option<(Date, u64)>,
    pub(super) held: Option<(Date, u64)>,
    pub(super) reported: Option<(Date, u64)>,
    pub(super) cancelled: bool,
}

/// A legal basis as it was cited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cited {
    pub(super) name: String,
    /// Its number; nothing where `name` is a free text that may cite several.
    pub(super) number: Option<String>,
    pub(super) day: Date,
    pub(super) n: u64,
}

/// Why a rule was not kept, as somebody explained it afterwards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Explained {
    pub(super) rules: &'static [Rule],
    pub(super) at: Option<u64>,
    pub(super) by: Option<Who>,
    pub(super) reason: String,
    pub(super) n: u64,
}

/// What happened in a decision.
#[derive(Debug, Clone)]
pub struct Record<'a> {
    /// Whether it is a case that was kept here, so that what is not on record was not done.
    pub(super) of_case: bool,
    pub(super) acts: Vec<Entry<'a>>,
    pub(super) steps: Vec<Step>,
    pub(super) periods: Vec<Period<'a>>,
    pub(super) hearings: Vec<HearingDays>,
    pub(super) cited: Vec<Cited>,
    pub(super) explained: Vec<Explained>,
    /// Whether its papers say in words that procedures were performed, without their days.
    pub(super) told: bool,
    pub(super) printed: Vec<Evidence>,
}

/// The decision of the meeting, and what was copied into it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Decided<'r, 'a> {
    pub(super) entry: &'r Entry<'a>,
    pub(super) stage: &'a StageId,
    pub(super) meeting: MeetingId,
    pub(super) draft: DraftId,
    pub(super) given: &'a RecordHeadDecision,
    pub(super) members: &'a [crate::act::Member],
    pub(super) attendance: &'a RecordAttendance,
    pub(super) positions: &'a [RecordPosition],
}

impl Decided<'_, '_> {
    /// Whether the draft was adopted.
    pub(super) fn adopts(&self) -> bool {
        self.given.outcome.adopts()
    }
}

impl<'a> Record<'a> {
    pub(super) fn evidence(&self, n: u64) -> Option<Evidence> {
        if !self.of_case {
            return self.printed.iter().find(|e| e.n == n).cloned();
        }
        let entry = self.acts.iter().find(|e| e.n == n)?;
        let documents = entry.event.documents().iter().chain(entry.evidence).cloned().collect();
        Some(Evidence { n, kind: entry.event.kind().to_owned(), day: Some(entry.day), documents })
    }

    /// Steps of a milestone, in the order of the record.
    pub(super) fn at(&self, at: Milestone) -> impl DoubleEndedIterator<Item = &Step> {
        self.steps.iter().filter(move |s| s.at == at)
    }

    /// The newest decision of a meeting.
    pub(super) fn decided(&self) -> Option<Decided<'_, 'a>> {
        self.acts.iter().rev().find_map(|entry| match entry.event {
            CaseEvent::DecisionAdopted { stage, meeting, draft, given, members, attendance, positions, .. }
            | CaseEvent::DecisionDeclined { stage, meeting, draft, given, members, attendance, positions, .. } => {
                let (meeting, draft) = (*meeting, *draft);
                Some(Decided { entry, stage, meeting, draft, given, members, attendance, positions })
            }
            _ => None,
        })
    }

    /// The newest decision that adopts.
    pub(super) fn adopted(&self) -> Option<Decided<'_, 'a>> {
        self.decided().filter(Decided::adopts)
    }

    /// Number of the newest decision, or of what would be the next event.
    pub(super) fn until_decided(&self) -> u64 {
        self.decided().map_or(u64::MAX, |d| d.entry.n)
    }

    /// The absence of a stage of a kind that stands when the matter was decided, or now.
    pub(super) fn absence(&self, kind: StageKind) -> Option<(&Entry<'a>, &'a RecordAbsence)> {
        let mut standing = None;
        for entry in &self.acts {
            match entry.event {
                CaseEvent::AbsenceRecorded { stage, given } if self.kind_of(stage) == Some(kind) => {
                    standing = Some((entry, given));
                }
                CaseEvent::StageReopened { stage } if self.kind_of(stage) == Some(kind) => standing = None,
                _ => {}
            }
        }
        standing
    }

    /// The stage of a kind that was taken over.
    pub(super) fn taken_over(&self, kind: StageKind) -> Option<(&Entry<'a>, &'a TakeOverStage)> {
        self.acts.iter().rev().find_map(|entry| match entry.event {
            CaseEvent::StageTakenOver { of, given, .. } if *of == kind => Some((entry, given)),
            _ => None,
        })
    }

    /// The kind of a stage of the case.
    pub(super) fn kind_of(&self, stage: &StageId) -> Option<StageKind> {
        self.acts.iter().find_map(|entry| match entry.event {
            CaseEvent::CaseOpened { stages, .. } => stages.iter().find(|s| s.id == *stage).map(|s| s.kind),
            _ => None,
        })
    }

    /// The declared facts as they stood before the event of this number.
    pub(super) fn facts(&self, before: u64) -> Option<&'a Facts> {
        self.acts.iter().take_while(|e| e.n < before).filter_map(facts_of).last()
    }

    /// The special laws that applied when the matter was decided, or do now.
    pub(super) fn overlays(&self) -> BTreeSet<OverlayId> {
        let until = self.until_decided();
        let named = self.acts.iter().take_while(|e| e.n < until).filter_map(|entry| match entry.event {
            CaseEvent::CaseOpened { given, .. } => Some(&given.overlays),
            CaseEvent::FactsDetermined { given, .. } => given.overlays.as_ref(),
            _ => None,
        });
        named.last().cloned().unwrap_or_default()
    }

    /// Whether a declared fact was true when the matter was decided, or is now.
    pub(super) fn is(&self, fact: &str) -> bool {
        let facts = self.facts(self.until_decided());
        facts.into_iter().flatten().any(|(id, value)| id.as_str() == fact && *value == FactValue::Bool(true))
    }

    /// Which versions are the same in substance: each with the number of the text that it repeats.
    pub(super) fn substance(&self, draft: DraftId) -> Option<usize> {
        let mut text = 0;
        for entry in &self.acts {
            let (id, change) = match entry.event {
                CaseEvent::DraftVersionAdded { draft, given, .. } => (*draft, given.change),
                CaseEvent::FinalTextAdded { draft, .. } => (*draft, DraftChange::CarriesOutDecision),
                _ => continue,
            };
            text += usize::from(change != DraftChange::WordingOnly);
            if id == draft {
                return Some(text);
            }
        }
        None
    }

    /// Whether two versions are the same in substance.
    pub(super) fn same(&self, one: DraftId, other: DraftId) -> bool {
        one == other || (self.substance(one).is_some() && self.substance(one) == self.substance(other))
    }

    /// The number of a version, as people cite it.
    pub(super) fn version(&self, draft: DraftId) -> String {
        let number = self.acts.iter().find_map(|entry| match entry.event {
            CaseEvent::DraftVersionAdded { draft: id, number, .. }
            | CaseEvent::FinalTextAdded { draft: id, number, .. }
                if *id == draft =>
            {
                Some(*number)
            }
            _ => None,
        });
        number.map_or_else(|| draft.to_string(), |number| format!("v{number}"))
    }

    /// The text that was decided, or is before the reviewer or the meeting.
    pub(super) fn text(&self) -> Option<DraftId> {
        self.decided().map(|d| d.draft).or_else(|| {
            self.acts.iter().rev().find_map(|entry| match entry.event {
                CaseEvent::TablingRequested { given, .. } => Some(given.draft),
                CaseEvent::LegalityReviewRequested { given, .. } => Some(given.draft),
                _ => None,
            })
        })
    }
}

fn facts_of<'a>(entry: &Entry<'a>) -> Option<&'a Facts> {
    match entry.event {
        CaseEvent::CaseOpened { facts, .. } | CaseEvent::FactsDetermined { facts, .. } => Some(facts),
        _ => None,
    }
}
