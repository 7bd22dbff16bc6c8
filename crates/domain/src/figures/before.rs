//! What a case adds to the figures before its decision: comment periods, hearings, experts, reviews, positions.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::case::Seen;
use super::clocks::held_days;
use super::item::{Apart, Leave, Standing};
use super::{FigureCode, Tally, With};
use crate::compliance::{Entry, Who};
use crate::definition::Definition;
use crate::event::CaseEvent;
use crate::holding::Hold;
use crate::id::{EventId, HearingId, MeetingId, PersonId};
use crate::time::{ClockKind, Limit, due_after_calendar_days, due_after_working_days};
use crate::words::{ExpertStance, LegalityConclusion, Position};

impl Tally {
    /// Periods for comments: those held here, and those that were taken over.
    pub(super) fn count_periods(&mut self, seen: &Seen<'_>, def: &Definition, with: With<'_>) {
        let general = def.parameter("comment_period").and_then(|p| def.period(&p.id));
        for at in &seen.record.events {
            let entry = &at.1;
            let (first, last, reason) = match entry.event {
                // Nobody comments on what is not announced.
                CaseEvent::SolicitationOpened { given, .. } => {
                    (given.opens_on.max(entry.day), given.closes_on, given.shortening_reason.as_deref())
                }
                CaseEvent::StageTakenOver { given, .. } => match (given.opened_on, given.closed_on) {
                    (Some(first), Some(last)) => (first, last, given.shortening_reason.as_deref()),
                    _ => continue,
                },
                _ => continue,
            };
            if !self.period.has(first) {
                continue;
            }
            let reason = reason.map(str::trim).filter(|reason| !reason.is_empty());
            let due = |limit: Limit| match limit {
                Limit::Calendar(days) => Some(due_after_calendar_days(first, days)),
                Limit::Working(days) => due_after_working_days(with.calendar, first, days).date(),
            };
            // A special law of the matter goes before; where it sets a plain minimum, no reason excuses (R713 art. 3).
            let special: Vec<Limit> = def
                .overlays_of(&seen.overlays)
                .filter(|overlay| overlay.holds_period(reason.is_some()))
                .flat_map(|overlay| def.comment_periods(overlay))
                .collect();
            let too_short = |limits: &[Limit]| limits.iter().try_fold(false, |short, l| Some(short || last < due(*l)?));
            let standing = match (too_short(&special), too_short(general.as_slice())) {
                (None, _) | (_, None) => Standing::Apart(Apart::Pending),
                (Some(true), _) => Standing::Missed,
                (Some(false), Some(false)) => Standing::Counted,
                (Some(false), Some(true)) if reason.is_some() => Standing::Apart(Apart::Excused),
                (Some(false), Some(true)) => Standing::Missed,
            };
            let mut item = seen.event(at, standing, first);
            item.days = Some(u32::try_from((last - first).get_days()).unwrap_or(0));
            if let (Standing::Apart(Apart::Excused), Some(reason)) = (standing, reason) {
                let (by, reason) = (Who::of(entry.by), reason.to_owned());
                item.leave.push(Leave { by, reason, basis: String::new() });
            }
            self.put(FigureCode::CommentPeriods, item);
        }
    }

    /// Hearings that were held, each on the day on which its record was signed.
    pub(super) fn count_hearings(&mut self, seen: &Seen<'_>) {
        let mut held: BTreeMap<HearingId, (usize, Standing)> = BTreeMap::new();
        for (at, (_, entry)) in seen.record.events.iter().enumerate() {
            match entry.event {
                CaseEvent::HearingRecordSigned { hearing, .. } => _ = held.insert(*hearing, (at, Standing::Counted)),
                CaseEvent::HearingCancelled { hearing, .. } => {
                    if let Some((_, standing)) = held.get_mut(hearing) {
                        *standing = Standing::Apart(Apart::Dropped);
                    }
                }
                _ => {}
            }
        }
        for (at, standing) in held.into_values() {
            let Some(at) = seen.record.events.get(at).filter(|(_, entry)| self.period.has(entry.day)) else { continue };
            self.put(FigureCode::HearingsHeld, seen.event(at, standing, at.1.day));
        }
    }

    /// Opinions of experts. An expert's own word takes the place of what was entered for them.
    pub(super) fn count_experts(&mut self, seen: &Seen<'_>) {
        let mut panel = 0_u32;
        let mut given_by: BTreeMap<(u32, &str), (usize, ExpertStance)> = BTreeMap::new();
        for (at, (_, entry)) in seen.record.events.iter().enumerate() {
            match entry.event {
                CaseEvent::ExpertsAppointed { anew: true, .. } => panel += 1,
                CaseEvent::ExpertOpinionGiven { expert, given, .. } => {
                    given_by.insert((panel, expert), (at, given.stance));
                }
                _ => {}
            }
        }
        for (at, stance) in given_by.into_values() {
            let Some(at) = seen.record.events.get(at).filter(|(_, entry)| self.period.has(entry.day)) else { continue };
            let day = at.1.day;
            self.put(FigureCode::ExpertOpinions, seen.event(at, Standing::Counted, day));
            let opposes = Standing::of(stance == ExpertStance::Oppose);
            self.put(FigureCode::ExpertOpinionsOpposing, seen.event(at, opposes, day));
        }
    }

    /// Submissions for legality review and what became of them.
    pub(super) fn count_reviews(&mut self, seen: &Seen<'_>) {
        let mut asked: Option<&(EventId, Entry<'_>)> = None;
        for at in &seen.record.events {
            let entry = &at.1;
            match entry.event {
                CaseEvent::LegalityReviewRequested { .. } => asked = Some(at),
                CaseEvent::LegalitySubmissionReturned { .. } => {
                    self.count_submission(seen, asked.take(), at, Standing::Counted);
                }
                CaseEvent::LegalityConcluded { given, .. } => {
                    self.count_submission(seen, asked.take(), at, Standing::Missed);
                    if !self.period.has(entry.day) {
                        continue;
                    }
                    let found = |these: &[LegalityConclusion]| Standing::of(these.contains(&given.conclusion));
                    use LegalityConclusion as Conclusion;
                    for (code, these) in [
                        (FigureCode::ReviewsLawful, &[Conclusion::Lawful][..]),
                        (FigureCode::ReviewsRiskStated, &[Conclusion::RiskStated]),
                        (FigureCode::ReviewsToAmend, &[Conclusion::Amend]),
                        (FigureCode::ReviewsNotPassed, &[Conclusion::ProcedureMissing, Conclusion::MustNotBeTabled]),
                    ] {
                        self.put(code, seen.event(at, found(these), entry.day));
                    }
                    self.count_guaranteed(seen, at, given.early_statement.as_deref());
                }
                _ => {}
            }
        }
    }

    fn count_submission(
        &mut self,
        seen: &Seen<'_>,
        asked: Option<&(EventId, Entry<'_>)>,
        answered: &(EventId, Entry<'_>),
        standing: Standing,
    ) {
        let day = answered.1.day;
        if self.period.has(day) {
            let mut item = seen.event(answered, standing, day);
            item.shown_by.extend(asked.map(|(_, entry)| entry.n));
            self.put(FigureCode::SubmissionsReturned, item);
        }
    }

    /// Whether the reviewer had the guaranteed time, or said themself that they needed less.
    fn count_guaranteed(&mut self, seen: &Seen<'_>, at: &(EventId, Entry<'_>), early: Option<&str>) {
        let entry = &at.1;
        let guaranteed =
            |hold: &&Hold| hold.n < entry.n && hold.run().is_some_and(|run| run.kind() == ClockKind::Guaranteed);
        let Some(hold) = seen.holdings.list.iter().rev().find(guaranteed) else { return };
        let early = early.map(str::trim).filter(|said| !said.is_empty());
        let standing = match hold.run().and_then(|run| run.due_on()) {
            None => Standing::Apart(Apart::Pending),
            Some(due) if due < entry.day => Standing::Counted,
            Some(_) if early.is_some() => Standing::Apart(Apart::Excused),
            Some(_) => Standing::Missed,
        };
        let mut item = seen.event(at, standing, entry.day);
        item.shown_by.push(hold.n);
        item.days = Some(held_days(hold, self.measured_on));
        if let (Standing::Apart(Apart::Excused), Some(said)) = (standing, early) {
            let (by, reason) = (Who::of(entry.by), said.to_owned());
            item.leave.push(Leave { by, reason, basis: String::new() });
        }
        self.put(FigureCode::ReviewersHadTime, item);
    }

    /// Positions, and whether the head decided against them. The newest of a member at a meeting stands.
    pub(super) fn count_positions(&mut self, seen: &Seen<'_>) {
        let mut called: BTreeMap<MeetingId, Date> = BTreeMap::new();
        let mut taken: BTreeMap<(MeetingId, PersonId), (usize, Position)> = BTreeMap::new();
        for (i, at) in seen.record.events.iter().enumerate() {
            let entry = &at.1;
            match entry.event {
                CaseEvent::MeetingConvened { given, .. } => _ = called.insert(given.meeting, given.held_on),
                CaseEvent::PositionRecorded { meeting, given, .. } => {
                    taken.insert((*meeting, given.member), (i, given.position));
                }
                CaseEvent::DecisionAdopted { meeting, against_majority, .. }
                | CaseEvent::DecisionDeclined { meeting, against_majority, .. } => {
                    let day = called.get(meeting).copied().unwrap_or(entry.day);
                    if self.period.has(day) {
                        let declined = matches!(entry.event, CaseEvent::DecisionDeclined { .. });
                        let not_adopted = seen.event(at, Standing::of(declined), day);
                        self.put(FigureCode::DecisionsNotAdopted, not_adopted);
                        let against = seen.event(at, Standing::of(*against_majority), day);
                        self.put(FigureCode::AgainstMajority, against);
                    }
                }
                _ => {}
            }
        }
        for ((meeting, _), (at, position)) in taken {
            let Some(at) = seen.record.events.get(at) else { continue };
            let day = called.get(&meeting).copied().unwrap_or(at.1.day);
            if self.period.has(day) {
                let dissent = seen.event(at, Standing::of(position == Position::Disagree), day);
                self.put(FigureCode::Dissents, dissent);
                let reservation = seen.event(at, Standing::of(position == Position::Reserve), day);
                self.put(FigureCode::Reservations, reservation);
            }
        }
    }
}
