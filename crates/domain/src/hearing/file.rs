//! What a case remembers of its hearing.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::acts::{
    ApplicationPeriod, DeclinedSeat, HearingParticipant, HearingStaff, NoticeHearing, PublishHearingParticipants,
    ReportHearing,
};
use super::{HearingGroup, HearingGroupKind, HearingState, SeatSelection, Speech};
use crate::draw::Checkpoint;
use crate::id::{DraftId, HearingId, PersonId};
use crate::words::Relation;

/// The lots of one group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeatsDrawn {
    /// The group.
    pub group: String,
    /// How many seats.
    pub seats: u32,
    /// Codes of all who took part, by their lots: the first ones are drawn, the others follow where somebody declines.
    pub order: Vec<String>,
}

/// How many of a group are on the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupCount {
    /// The group.
    pub name: String,
    /// For whom it is.
    pub kind: HearingGroupKind,
    /// How many seats.
    pub seats: u32,
    /// How many on the list.
    pub listed: u32,
}

/// Who sits at the hearing, in numbers (trap 22), beside what is advised.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Composition {
    /// By group, also those without anybody.
    pub groups: Vec<GroupCount>,
    /// How many in all.
    pub participants: u32,
    /// Least number that the definition names (T9); it may advise only.
    pub participants_least: Option<u32>,
    /// How many are interested parties.
    pub interested: u32,
    /// Least number of them that the definition's share makes (T10); it advises only.
    pub interested_least: Option<u32>,
}

/// Somebody who wears more than one hat (trap 21).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TwoHats {
    /// Name.
    pub name: String,
    /// Their parts at the hearing, as words.
    pub roles: BTreeSet<super::HearingRole>,
    /// What they have been to the case.
    pub relations: BTreeSet<Relation>,
}

/// The hearing under way or last held.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HearingFile {
    /// Its id, and that of the stream of applications.
    pub id: HearingId,
    /// As it was announced.
    pub notice: NoticeHearing,
    /// The day, after postponements.
    pub held_on: Date,
    /// When it begins.
    pub starts_at: String,
    /// Where.
    pub place: String,
    /// How often it was put off.
    pub postponed: u32,
    /// Why it was last put off, or cancelled.
    pub change_reason: Option<String>,
    /// The checkpoint of the draw, once drawn.
    pub checkpoint: Option<Checkpoint>,
    /// All who took part in the draw, with the reasons of those left out.
    pub candidates: Vec<super::acts::DrawCandidate>,
    /// The lots, once drawn.
    pub drawn: Vec<SeatsDrawn>,
    /// The list, once published.
    pub list: Option<PublishHearingParticipants>,
    /// Who sits there, once published.
    pub composition: Option<Composition>,
    /// Days on which participants first had the materials, by code.
    pub delivered: BTreeMap<String, Date>,
    /// Codes of those present, once open.
    pub present: Option<Vec<String>>,
    /// Statements on record, by their place.
    pub statements: BTreeMap<u32, Speech>,
    /// Whether the record is signed.
    pub signed: bool,
    /// Whether it was cancelled or set aside.
    pub cancelled: bool,
    /// The report, once made.
    pub report: Option<ReportHearing>,
    /// Whether what was heard stands for the current draft: the report was made on it, or reaffirmed.
    pub stands: bool,
}

impl HearingFile {
    /// A hearing as it was announced.
    pub fn noticed(id: HearingId, notice: NoticeHearing) -> Self {
        Self {
            id,
            held_on: notice.held_on,
            starts_at: notice.starts_at.clone(),
            place: notice.place.clone(),
            notice,
            postponed: 0,
            change_reason: None,
            checkpoint: None,
            candidates: Vec::new(),
            drawn: Vec::new(),
            list: None,
            composition: None,
            delivered: BTreeMap::new(),
            present: None,
            statements: BTreeMap::new(),
            signed: false,
            cancelled: false,
            report: None,
            stands: false,
        }
    }

    /// Applications are taken again: what was drawn, listed and delivered was for those who applied before.
    pub fn apply_again(&mut self, period: &ApplicationPeriod) {
        self.notice.applications_from = Some(period.from);
        self.notice.applications_until = Some(period.until);
        self.notice.draw_at = Some(period.draw_at);
        self.checkpoint = None;
        self.candidates.clear();
        self.drawn.clear();
        self.list = None;
        self.composition = None;
        self.delivered.clear();
    }

    /// What the public sees of it.
    pub fn state(&self) -> HearingState {
        match self {
            _ if self.cancelled => HearingState::Cancelled,
            _ if self.report.is_some() => HearingState::Reported,
            _ if self.signed => HearingState::Held,
            _ if self.present.is_some() => HearingState::Open,
            _ if self.list.is_some() => HearingState::Listed,
            _ if !self.drawn.is_empty() => HearingState::Drawn,
            _ => HearingState::Noticed,
        }
    }

    /// The version on which it is held.
    pub fn draft(&self) -> DraftId {
        self.notice.draft
    }

    /// Groups whose seats are drawn.
    pub fn drawn_groups(&self) -> impl Iterator<Item = &HearingGroup> {
        self.notice.groups.iter().filter(|g| g.selection == SeatSelection::Drawn)
    }

    /// A group by name.
    pub fn group(&self, name: &str) -> Option<&HearingGroup> {
        self.notice.groups.iter().find(|g| g.name == name)
    }

    /// Participants on the list.
    pub fn participants(&self) -> &[HearingParticipant] {
        self.list.as_ref().map_or(&[], |list| list.participants.as_slice())
    }

    /// Whether somebody on the list has this code.
    pub fn lists(&self, code: &str) -> bool {
        self.participants().iter().any(|p| p.code == code)
    }

    /// Those with a part of their own.
    pub fn staff(&self) -> &[HearingStaff] {
        self.list.as_ref().map_or(&[], |list| list.staff.as_slice())
    }

    /// Codes that a list must hold for a drawn group: the smallest lots that nobody declined.
    pub fn seated(&self, group: &str, declined: &[DeclinedSeat]) -> Vec<&str> {
        let Some(drawn) = self.drawn.iter().find(|d| d.group == group) else { return Vec::new() };
        let takes = |code: &&String| !declined.iter().any(|d| d.code == **code);
        let seats = usize::try_from(drawn.seats).unwrap_or(usize::MAX);
        drawn.order.iter().filter(takes).take(seats).map(String::as_str).collect()
    }

    /// Everybody on the list who has had no materials by a day.
    pub fn without_materials_by(&self, day: Date) -> impl Iterator<Item = &HearingParticipant> {
        self.participants().iter().filter(move |p| self.delivered.get(&p.code).is_none_or(|had| *had > day))
    }

    /// Those who wear more than one hat: two parts at the hearing, or one and a part in the making of the draft.
    pub fn two_hats(staff: &[HearingStaff], past: &dyn Fn(PersonId) -> BTreeSet<Relation>) -> Vec<TwoHats> {
        let mut hats: Vec<TwoHats> = Vec::new();
        for one in staff {
            let relations = one.person.map(past).unwrap_or_default();
            match hats.iter_mut().find(|h| h.name == one.name) {
                Some(known) => {
                    known.roles.insert(one.role);
                    known.relations.extend(relations);
                }
                None => hats.push(TwoHats { name: one.name.clone(), roles: [one.role].into(), relations }),
            }
        }
        hats.retain(|h| h.roles.len() > 1 || !h.relations.is_empty());
        hats
    }
}
