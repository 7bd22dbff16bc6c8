//! Drives the real `decide` along abstract steps: for a verb, a stage and a wished class of event it writes a plausible
//! full command and occasion. Shows that a proven road is one that a case can truly go, and feeds tests of other crates.
//!
//! Nothing is drawn: ids, documents and texts follow from a counter, so the same wishes give the same bytes.

mod acts;
mod hearing;

use std::collections::BTreeMap;

use dingce_domain::act::{Command, OnboardedMatter, OpenCase};
use dingce_domain::case::{Case, CorruptHistory};
use dingce_domain::condition::Facts;
use dingce_domain::control::{Ending, EventClass};
use dingce_domain::decide::{decide, onboard, open, time_passes};
use dingce_domain::definition::{Definition, Family, Role, UnitBinding};
use dingce_domain::event::CaseEvent;
use dingce_domain::id::{CaseId, PersonId, PostId, UnitId};
use dingce_domain::occasion::{Actor, Ids, Manner, Occasion};
use dingce_domain::permits::Relations;
use dingce_domain::rejection::Rejection;
use dingce_domain::task::ApprovalStanding;
use dingce_domain::time::Calendar;
use dingce_domain::verb::Verb;
use dingce_domain::words::{MatterClass, Proposer, RoleId, Volume};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use crate::prove::RoadStep;

/// Why a wish could not be driven.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum DriveError {
    /// `decide` refused.
    #[error("{verb} was refused")]
    Refused {
        /// What was tried.
        verb: Verb,
        /// Why.
        #[source]
        rejection: Rejection,
    },
    /// The events that `decide` gave cannot follow.
    #[error("the events of {verb} cannot follow")]
    Corrupt {
        /// What was tried.
        verb: Verb,
        /// Why.
        #[source]
        history: CorruptHistory,
    },
    /// No command of this verb can yield the wished class in this case.
    #[error("no command of {verb} yields {class:?} here")]
    NoCommand {
        /// What was tried.
        verb: Verb,
        /// What was wished.
        class: EventClass,
    },
}

/// A case on its way, with all its events.
#[derive(Debug)]
pub struct Drive<'a> {
    def: &'a Definition,
    calendar: &'a Calendar,
    number: u64,
    now: Timestamp,
    drawn: u64,
    events: Vec<(Actor, CaseEvent)>,
    acts: Vec<Driven>,
    case: Case,
}

/// When and how one act was done, and which is its first event.
#[derive(Debug)]
struct Driven {
    first: usize,
    at: Timestamp,
    manner: Manner,
}

/// One act of a history: its events, who did it, when, and how.
#[derive(Debug, Clone)]
pub struct PastAct {
    /// Who.
    pub actor: Actor,
    /// When it was recorded.
    pub at: Timestamp,
    /// Here and now, or on paper before.
    pub manner: Manner,
    /// What came of it, in order; at least one.
    pub events: Vec<CaseEvent>,
}

impl<'a> Drive<'a> {
    /// Opens a case on a day, under these facts.
    ///
    /// # Errors
    /// [`DriveError`] where the opening is refused.
    pub fn open(def: &'a Definition, calendar: &'a Calendar, day: Date, facts: Facts) -> Result<Self, DriveError> {
        Self::begin(def, calendar, 1, day, facts, None)
    }

    /// The same as one case among many: cases of different numbers share no id.
    ///
    /// # Errors
    /// [`DriveError`] where the opening is refused.
    pub fn numbered(
        def: &'a Definition,
        calendar: &'a Calendar,
        number: u64,
        day: Date,
        facts: Facts,
    ) -> Result<Self, DriveError> {
        Self::begin(def, calendar, number, day, facts, None)
    }

    /// The same for a matter that was begun elsewhere on an earlier day.
    ///
    /// # Errors
    /// [`DriveError`] where the opening is refused.
    pub fn onboard(
        def: &'a Definition,
        calendar: &'a Calendar,
        begun_on: Date,
        day: Date,
        facts: Facts,
    ) -> Result<Self, DriveError> {
        let documents = vec![acts::document(99)];
        let given = OnboardedMatter { begun_on, reason: "已在线下办理。".into(), documents };
        Self::begin(def, calendar, 1, day, facts, Some(given))
    }

    fn begin(
        def: &'a Definition,
        calendar: &'a Calendar,
        number: u64,
        day: Date,
        facts: Facts,
        onboarded: Option<OnboardedMatter>,
    ) -> Result<Self, DriveError> {
        let refused = |rejection| DriveError::Refused { verb: Verb::OpenCase, rejection };
        let corrupt = |history| DriveError::Corrupt { verb: Verb::OpenCase, history };
        let given = OpenCase {
            title: "城区供水价格调整方案".into(),
            summary: "关于调整城区供水价格的重大行政决策。".into(),
            class: (def.family == Family::MajorDecision).then_some(MatterClass::PublicPolicy),
            proposer: Proposer::Unit,
            proposal_reference: String::new(),
            entry: None,
            adjusts: None,
            proposal: None,
            undertaking_unit: unit(UnitBinding::UndertakingUnit),
            facts,
            overlays: Default::default(),
        };
        let now = calendar.zone().start_of(day) + SignedDuration::from_hours(9);
        let role = def.roles_for(Verb::OpenCase).next();
        let actor = role.map_or(Actor::System, |role| actor(def, role));
        let who = Relations { roles: role.map(|r| r.id.clone()).into_iter().collect(), relations: Default::default() };
        let on = Occasion { actor: actor.clone(), who, now, manner: Manner::Online, calendar, ids: ids(number, 1) };
        let id = CaseId::new(Uuid::from_u128(u128::from(number)));
        let organ = unit(UnitBinding::Organ);
        let first = match onboarded {
            None => open(def, organ, given, &on),
            Some(matter) => onboard(def, organ, given, matter, &on),
        };
        let first = first.map_err(refused)?;
        let mut case = None;
        for event in &first {
            case = Some(Case::evolve_on(case, id, &actor, Some(day), event).map_err(corrupt)?);
        }
        let case = case.ok_or(DriveError::NoCommand { verb: Verb::OpenCase, class: EventClass::Neutral })?;
        let events = first.into_iter().map(|e| (actor.clone(), e)).collect();
        let acts = vec![Driven { first: 0, at: now, manner: Manner::Online }];
        Ok(Self { def, calendar, number, now, drawn: 100, events, acts, case })
    }

    /// The case as it stands.
    pub fn case(&self) -> &Case {
        &self.case
    }

    /// All events so far, each with who did it.
    pub fn events(&self) -> &[(Actor, CaseEvent)] {
        &self.events
    }

    /// All acts so far; a day on which only clocks ran out is one too.
    pub fn history(&self) -> Vec<PastAct> {
        let ends = self.acts.iter().skip(1).map(|act| act.first).chain([self.events.len()]);
        let acts = self.acts.iter().zip(ends).filter(|(act, end)| act.first < *end);
        let past = |(act, end): (&Driven, usize)| PastAct {
            actor: self.events[act.first].0.clone(),
            at: act.at,
            manner: act.manner.clone(),
            events: self.events[act.first..end].iter().map(|(_, event)| event.clone()).collect(),
        };
        acts.map(past).collect()
    }

    /// The case as its history gives it.
    ///
    /// # Errors
    /// [`CorruptHistory`] where an event cannot follow.
    pub fn replayed(&self) -> Result<Option<Case>, CorruptHistory> {
        let mut case = None;
        for act in self.history() {
            let day = day_of(self.calendar, act.at, &act.manner);
            for event in &act.events {
                case = Some(Case::evolve_on(case, self.case.file.id, &act.actor, Some(day), event)?);
            }
        }
        Ok(case)
    }

    /// The present day.
    pub fn today(&self) -> Date {
        self.calendar.zone().date_of(self.now)
    }

    /// Lets days pass; clocks that run out are recorded.
    ///
    /// # Errors
    /// [`DriveError::Corrupt`] where a clock's event cannot follow.
    pub fn wait(&mut self, days: u32) -> Result<(), DriveError> {
        self.now += SignedDuration::from_hours(24 * i64::from(days));
        let verb = Verb::OpenCase;
        let actor = Actor::System;
        let on = Occasion {
            actor: actor.clone(),
            who: Relations::default(),
            now: self.now,
            manner: Manner::Online,
            calendar: self.calendar,
            ids: ids(self.number, 0),
        };
        let events = time_passes(self.def, &self.case, &on);
        self.take(verb, &actor, Manner::Online, events)
    }

    /// Waits until no clock that guards this verb runs, and until an open solicitation is over if it is to be closed, or
    /// the day of a hearing if it is to be opened.
    /// A paused clock is not waited for.
    ///
    /// # Errors
    /// As [`wait`](Self::wait).
    pub fn wait_for(&mut self, verb: Verb) -> Result<(), DriveError> {
        let guards = self.def.clocks.iter().filter(|c| c.guards.contains(&verb));
        let due = guards.filter_map(|c| self.case.file.clocks.get(&c.id)).filter_map(|c| c.run.due_on());
        let closes = self.case.file.consultation.as_ref().map(|c| c.closes_on);
        let last = due.chain(closes.filter(|_| verb == Verb::CloseSolicitation)).max();
        let hearing = self.case.file.hearing.as_ref().map(|h| h.held_on).filter(|_| verb == Verb::OpenHearing);
        // On the day of the hearing itself, and not after it.
        let last = last.into_iter().chain(hearing.and_then(|day| day.yesterday().ok())).max();
        let days = last.and_then(|last| self.today().until(last).ok()).map_or(-1, |span| span.get_days()) + 1;
        match u32::try_from(days) {
            Ok(days) if days > 0 => self.wait(days),
            _ => Ok(()),
        }
    }

    /// The command of a verb on the stage at a position that should yield this class of event; `None` if none can.
    /// `roll` decides what is free, such as which fact changes.
    pub fn command(&self, verb: Verb, at: usize, class: EventClass, roll: u64) -> Option<Command> {
        let stage = self.def.stages.get(at).map(|s| s.id.clone());
        let act = acts::Writer { def: self.def, case: &self.case, today: self.today(), drawn: self.drawn, roll }
            .act(verb, at, class)?;
        Some(Command { stage, act })
    }

    /// Who does a verb, and what they are to the case: the first role that may do it; of advice, whoever says why there is
    /// none in either part.
    pub fn doer(&self, verb: Verb) -> (Actor, Relations) {
        let advises = |role: &&Role| verb == Verb::RecordAdvice && role.advises().next().is_some();
        let Some(role) = self.def.roles_for(verb).min_by_key(advises) else {
            return (Actor::System, Relations::default());
        };
        self.held(role)
    }

    /// Who does a verb on the stage at a position: of an approval, the first who has not spoken.
    pub fn doer_at(&self, verb: Verb, at: usize) -> (Actor, Relations) {
        let Some(stage) = self.def.stages.get(at).filter(|s| s.kind.is_general() && verb.kind() == Some(s.kind)) else {
            return self.doer(verb);
        };
        let spoken = |role: &Role| {
            verb == Verb::GiveApproval
                && self.case.file.approvals.get(&stage.id).is_some_and(|a| a.given.iter().any(|v| v.role == role.id))
        };
        let Some(role) = self.def.roles_at(verb, at).find(|role| !spoken(role)) else { return self.doer(verb) };
        self.held(role)
    }

    /// Whoever holds a role, and what they are to the case.
    pub fn held(&self, role: &Role) -> (Actor, Relations) {
        let actor = actor(self.def, role);
        let relations = self.case.relations(actor.person(), actor.unit());
        (actor, Relations { roles: [role.id.clone()].into(), relations })
    }

    /// Does one act, now, by whoever may; the events that came of it are appended.
    ///
    /// # Errors
    /// [`DriveError`]; the case is then as it was.
    pub fn act(&mut self, verb: Verb, at: usize, class: EventClass, roll: u64) -> Result<(), DriveError> {
        let command = self.command(verb, at, class, roll).ok_or(DriveError::NoCommand { verb, class })?;
        let doer = self.doer_at(verb, at);
        self.submit(command, doer, Manner::Online)
    }

    /// Goes one step of a road, waiting for the clocks that guard it. The step at which all have spoken, or all
    /// advisers are heard, is one act for each who has not; before something is published it is reviewed for release.
    ///
    /// # Errors
    /// [`DriveError`]; the case is then as far as it came.
    pub fn step(&mut self, step: &RoadStep) -> Result<(), DriveError> {
        self.wait_for(step.verb)?;
        if matches!(step.verb, Verb::OpenSolicitation | Verb::PublishDecision) {
            // Nothing is published that nobody reviewed for release.
            self.act(Verb::ReviewDisclosure, 0, EventClass::DocumentAnnotated, 0)?;
        }
        self.act(step.verb, step.at, step.class, 0)?;
        let more = |step: &RoadStep, last: Option<&(Actor, CaseEvent)>| match step.class {
            EventClass::PositionRecorded { complete: true, .. } => {
                matches!(last, Some((_, CaseEvent::PositionRecorded { complete: false, .. })))
            }
            EventClass::ApprovalGiven { standing: ApprovalStanding::Granted | ApprovalStanding::Refused, .. } => {
                matches!(last, Some((_, CaseEvent::ApprovalGiven { standing: ApprovalStanding::Open, .. })))
            }
            EventClass::AdviceRecorded { complete: true } => {
                matches!(last, Some((_, CaseEvent::AdviceRecorded { complete: false, .. })))
            }
            _ => false,
        };
        while more(step, self.events.last()) {
            self.act(step.verb, step.at, step.class, 0)?;
        }
        Ok(())
    }

    /// Submits any command, by anybody, in any manner.
    ///
    /// # Errors
    /// [`DriveError`]; the case is then as it was.
    pub fn submit(&mut self, command: Command, doer: (Actor, Relations), manner: Manner) -> Result<(), DriveError> {
        let verb = command.act.verb();
        let (actor, who) = doer;
        let on = Occasion {
            actor: actor.clone(),
            who,
            now: self.now,
            manner: manner.clone(),
            calendar: self.calendar,
            ids: ids(self.number, self.drawn),
        };
        self.drawn += Ids::NEEDED as u64;
        let events =
            decide(self.def, &self.case, command, &on).map_err(|rejection| DriveError::Refused { verb, rejection })?;
        self.take(verb, &actor, manner, events)
    }

    /// Evidence of an act on paper today.
    pub fn offline(&self) -> Manner {
        Manner::Offline { occurred_on: self.today(), evidence: vec![acts::document(self.drawn)] }
    }

    fn take(&mut self, verb: Verb, actor: &Actor, manner: Manner, events: Vec<CaseEvent>) -> Result<(), DriveError> {
        let mut case = self.case.clone();
        let day = day_of(self.calendar, self.now, &manner);
        for event in &events {
            let id = case.file.id;
            case = Case::evolve_on(Some(case), id, actor, Some(day), event)
                .map_err(|history| DriveError::Corrupt { verb, history })?;
        }
        self.case = case;
        self.acts.push(Driven { first: self.events.len(), at: self.now, manner });
        self.events.extend(events.into_iter().map(|e| (actor.clone(), e)));
        Ok(())
    }
}

/// Goes a proven road in full, from the opening to the closed volume, trying each combination of facts that it may
/// have been proven for.
///
/// # Errors
/// The error of the combination that went furthest.
pub fn follow<'a>(
    def: &'a Definition,
    calendar: &'a Calendar,
    day: Date,
    road: &[RoadStep],
) -> Result<Drive<'a>, DriveError> {
    let mut furthest = (0, DriveError::NoCommand { verb: Verb::OpenCase, class: EventClass::Neutral });
    for facts in combinations(def) {
        match along(def, calendar, day, facts, road) {
            Ok(drive) => return Ok(drive),
            Err((steps, error)) if steps >= furthest.0 => furthest = (steps, error),
            Err(_) => {}
        }
    }
    Err(furthest.1)
}

/// The error comes with the number of steps gone.
fn along<'a>(
    def: &'a Definition,
    calendar: &'a Calendar,
    day: Date,
    facts: Facts,
    road: &[RoadStep],
) -> Result<Drive<'a>, (usize, DriveError)> {
    let mut drive = Drive::open(def, calendar, day, facts).map_err(|error| (0, error))?;
    for (gone, step) in road.iter().enumerate() {
        drive.step(step).map_err(|error| (gone, error))?;
    }
    match drive.case.control.ending {
        Ending::Closed => Ok(drive),
        _ => Err((
            road.len(),
            DriveError::NoCommand { verb: Verb::CloseVolume, class: EventClass::VolumeClosed(Volume::Decision) },
        )),
    }
}

/// Every combination of facts of a definition.
pub fn combinations(def: &Definition) -> Vec<Facts> {
    let mut all: Vec<Facts> = vec![BTreeMap::new()];
    for spec in &def.facts {
        all = all
            .into_iter()
            .flat_map(|known| {
                spec.kind.values().into_iter().map(move |value| {
                    let mut facts = known.clone();
                    facts.insert(spec.id.clone(), value);
                    facts
                })
            })
            .collect();
    }
    all
}

/// Ids of one case, none of which another has.
fn ids(number: u64, from: u64) -> Ids {
    let first = 0x1d_0000_0000 + (u128::from(number) << 64);
    Ids::new((0..Ids::NEEDED as u64).map(|i| Uuid::from_u128(first + u128::from(from + i))))
}

/// The day of an act: that on which it happened.
fn day_of(calendar: &Calendar, at: Timestamp, manner: &Manner) -> Date {
    match manner {
        Manner::Online => calendar.zone().date_of(at),
        Manner::Offline { occurred_on, .. } => *occurred_on,
    }
}

/// The unit that a binding stands for.
pub fn unit(binding: UnitBinding) -> UnitId {
    UnitId::new(Uuid::from_u128(0x00a0_0000 + binding as u128))
}

/// The person who holds a role: one for each role.
pub fn person(def: &Definition, role: &RoleId) -> PersonId {
    let at = def.roles.iter().position(|r| &r.id == role).unwrap_or_default();
    PersonId::new(Uuid::from_u128(0x00be_0000 + at as u128))
}

fn actor(def: &Definition, role: &Role) -> Actor {
    if role.posts.is_empty() {
        return Actor::System;
    }
    let person = person(def, &role.id);
    Actor::Official {
        person,
        name: "张三".into(),
        post: PostId::new(Uuid::from_u128(0x00ce_0000 + (person.uuid().as_u128() & 0xffff))),
        post_title: role.text.zh.clone(),
        unit: unit(role.unit),
        unit_name: role.unit.to_string(),
        acting_for: None,
    }
}
