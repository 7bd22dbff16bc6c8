//! The world of one story: a case, its consultation, the day, and who acts.

use std::collections::BTreeSet;

use dingce_domain::act::{Act, Command, OnboardedMatter, OpenCase};
use dingce_domain::case::Case;
use dingce_domain::consultation::Consultation;
use dingce_domain::decide;
use dingce_domain::definition::{Definition, Family, UnitBinding};
use dingce_domain::event::CaseEvent;
use dingce_domain::id::CaseId;
use dingce_domain::occasion::{Actor, Ids, Manner, Occasion};
use dingce_domain::organisation::UnitKind;
use dingce_domain::permits::Relations;
use dingce_domain::rejection::Rejection;
use dingce_domain::time::Calendar;
use dingce_domain::words::RoleId;
use jiff::ToSpan;
use jiff::civil::{Date, date};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::acts;
use super::asked::{Asked, Before};
use crate::outside::instant;
use crate::{law, staff};

/// What an attempt gave: the events as JSON, or the refusal.
pub type Answer = Result<Vec<Value>, Rejection>;

/// The world of one story.
#[derive(Debug)]
pub struct World {
    /// The definition.
    pub def: Definition,
    /// The calendar.
    pub calendar: Calendar,
    /// The present day.
    pub today: Date,
    /// The case, once opened.
    pub case: Option<Case>,
    /// Its events, each with the day on which what it tells was done.
    pub history: Vec<(Actor, Date, CaseEvent)>,
    /// Its consultation, once opened.
    pub consultation: Option<Consultation>,
    /// What was asked of the core, and what it answered, in order.
    pub asked: Vec<Asked>,
    pub(super) drawn: u128,
}

/// Friday, 1 March 2024.
const FIRST_DAY: Date = date(2024, 3, 1);

impl Default for World {
    fn default() -> Self {
        Self {
            def: law::definition(),
            calendar: law::calendars(),
            today: FIRST_DAY,
            case: None,
            history: Vec::new(),
            consultation: None,
            asked: Vec::new(),
            drawn: 0x1000,
        }
    }
}

/// How a story says an act: who, when, how, on which stage, with which input.
struct Said {
    act: String,
    by: Value,
    offline: Value,
    stage: Option<String>,
    over: Map<String, Value>,
}

impl World {
    /// The world as a case stands in it on a day: for the usual inputs of acts on a case that lives elsewhere.
    pub fn of(case: Option<Case>, today: Date) -> Self {
        Self { case, today, ..Self::default() }
    }

    pub(super) fn id() -> CaseId {
        CaseId::new(Uuid::from_u128(0xCA5E))
    }

    /// The case.
    ///
    /// # Errors
    /// Where none was opened.
    pub fn open(&self) -> Result<&Case, String> {
        self.case.as_ref().ok_or_else(|| "no case was opened".to_owned())
    }

    /// Moves to a later day; what time alone does is a step of its own.
    pub fn pass(&mut self, days: i32) {
        self.today = self.today.saturating_add(days.days());
    }

    fn said(&mut self, when: &Value) -> Result<Said, String> {
        let mut over = when.as_object().cloned().ok_or("an act is a map")?;
        let act = over.remove("act").and_then(|a| a.as_str().map(str::to_owned)).ok_or("an act has a name")?;
        if let Some(on) = over.remove("on") {
            self.today = on.as_str().and_then(|d| d.parse().ok()).ok_or("`on` is a date")?;
        }
        let by = over.remove("by").unwrap_or(Value::Null);
        let offline = over.remove("offline").unwrap_or(Value::Null);
        let stage = over.remove("stage").and_then(|s| s.as_str().map(str::to_owned));
        Ok(Said { act, by, offline, stage, over })
    }

    /// Does what a story says somebody does.
    ///
    /// # Errors
    /// Where the story cannot be read; a refusal by a rule is an answer.
    pub fn attempt(&mut self, when: &Value) -> Result<Answer, String> {
        let said = self.said(when)?;
        if said.act == "time_passes" {
            return Ok(Ok(self.time_passes()?));
        }
        if let Some(answer) = self.consult(&said.act, &said.over)? {
            self.asked.push(Asked::elsewhere(&said.act, self.today, &answer));
            return Ok(answer);
        }
        let mut input = acts::usual(self, &said.act).ok_or_else(|| format!("no act is called {}", said.act))?;
        for (field, value) in &said.over {
            input[field.as_str()] = acts::resolve(self, value)?;
        }
        acts::fill(self, &said.act, &mut input);
        let by = if said.by.is_null() { json!(acts::usual_doer(&said.act, &input)) } else { said.by };
        let (actor, who) = self.who(&by, &said.act)?;
        let manner = self.manner(&said.offline)?;
        let on = self.occasion(actor.clone(), who, manner);
        let day = on.day();
        let unreadable = |error: serde_json::Error| format!("{} cannot be read: {error}", said.act);
        let mut before = Before::opening(&self.def, &said.act, &on);
        let decided = if said.act == "open_case" {
            let given: OpenCase = serde_json::from_value(input).map_err(unreadable)?;
            decide::open(&self.def, staff::unit("organ"), given, &on)
        } else if said.act == "onboard_case" {
            let opening: OpenCase = serde_json::from_value(input["opening"].take()).map_err(unreadable)?;
            input.as_object_mut().map(|matter| matter.remove("opening"));
            let matter: OnboardedMatter = serde_json::from_value(input).map_err(unreadable)?;
            decide::onboard(&self.def, staff::unit("organ"), opening, matter, &on)
        } else {
            let act: Act = serde_json::from_value(json!({ said.act.as_str(): input })).map_err(unreadable)?;
            let stage = said.stage.as_deref().map(str::parse).transpose().map_err(|e| format!("{e}"))?;
            before = Before::acting(&self.def, self.open()?, stage.as_ref(), &act, &on);
            decide::decide(&self.def, self.open()?, Command { stage, act }, &on)
        };
        drop(on);
        self.drawn += 0x10;
        let answer = match decided {
            Err(rejection) => Err(rejection),
            Ok(events) => Ok(self.happened(&actor, day, events)?),
        };
        self.asked.push(before.answered(&said.act, day, &answer, self.case.as_ref()));
        Ok(answer)
    }

    pub(super) fn occasion(&self, actor: Actor, who: Relations, manner: Manner) -> Occasion<'_> {
        let ids = (0..Ids::NEEDED).map(|i| Uuid::from_u128(self.drawn + u128::try_from(i).unwrap_or(0)));
        Occasion { actor, who, now: instant(self.today, 10), manner, calendar: &self.calendar, ids: Ids::new(ids) }
    }

    fn manner(&self, offline: &Value) -> Result<Manner, String> {
        let day = match offline {
            Value::Null | Value::Bool(false) => return Ok(Manner::Online),
            Value::Bool(true) => self.today,
            day => day.as_str().and_then(|d| d.parse().ok()).ok_or("`offline` is true or a date")?,
        };
        let evidence = serde_json::from_value(json!([acts::document("evidence")])).map_err(|e| e.to_string())?;
        Ok(Manner::Offline { occurred_on: day, evidence })
    }

    /// Who acts: a name of the staff, or `{person, role, unit}`; nobody said means whoever usually does it.
    fn who(&self, by: &Value, act: &str) -> Result<(Actor, Relations), String> {
        let usual = acts::usual_actor(act);
        let text = |field: &str| by.get(field).and_then(Value::as_str);
        let key = by.as_str().or_else(|| text("person")).unwrap_or(usual);
        if key == "system" {
            let roles = self.def.roles.iter().filter(|r| r.posts.is_empty()).map(|r| r.id.clone()).collect();
            return Ok((Actor::System, Relations { roles, relations: BTreeSet::new() }));
        }
        let mut actor = staff::actor(key);
        let mut roles = match self.def.family {
            Family::MajorDecision => staff::roles(key),
            Family::NormativeDocument | Family::General => self.roles_by_post(key),
        };
        if let Some(role) = text("role") {
            roles = BTreeSet::from([role.parse().map_err(|e| format!("{e}"))?]);
        }
        if let (Some(key), Actor::Official { unit, .. }) = (text("unit"), &mut actor) {
            *unit = staff::unit(key);
        }
        if let (Some(key), Actor::Official { acting_for, .. }) = (text("acting_for"), &mut actor) {
            *acting_for = Some(staff::person(key));
        }
        let relations = match &self.case {
            None => BTreeSet::new(),
            Some(case) => {
                let mut past = case.relations(actor.person(), actor.unit());
                if let Actor::Official { acting_for, .. } = &actor {
                    past.extend(case.relations(*acting_for, None));
                }
                past
            }
        };
        // Some roles are held only by who is something to the case.
        roles.retain(|role| {
            let asked = self.def.roles.iter().find(|r| &r.id == role).and_then(|r| r.relation);
            asked.is_none_or(|relation| relations.contains(&relation))
        });
        Ok((actor, Relations { roles, relations }))
    }

    /// Roles that a person's post holds under a definition of another family.
    fn roles_by_post(&self, key: &str) -> BTreeSet<RoleId> {
        let spec = staff::spec(key);
        let kind = staff::UNITS.iter().find(|u| u.key == spec.unit).map(|u| u.kind);
        let undertaking = self.case.as_ref().map_or(staff::unit("water"), |c| c.file.undertaking_unit);
        let bound = |binding: UnitBinding| match binding {
            UnitBinding::UndertakingUnit => staff::unit(spec.unit) == undertaking,
            UnitBinding::ExecutingUnit | UnitBinding::EvaluatingUnit => false,
            UnitBinding::Organ => kind == Some(UnitKind::Organ),
            UnitBinding::Office => kind == Some(UnitKind::Office),
            UnitBinding::Justice => kind == Some(UnitKind::Justice),
            UnitBinding::Archives => kind == Some(UnitKind::Archives),
            UnitBinding::Supervision => kind == Some(UnitKind::Supervision),
            UnitBinding::MarketRegulation => kind == Some(UnitKind::MarketRegulation),
            UnitBinding::Any => true,
        };
        let held = self.def.roles.iter().filter(|r| r.posts.contains(&spec.post_kind) && bound(r.unit));
        held.map(|r| r.id.clone()).collect()
    }

    /// Takes events into the case.
    pub(super) fn happened(&mut self, actor: &Actor, day: Date, events: Vec<CaseEvent>) -> Result<Vec<Value>, String> {
        let mut told = Vec::new();
        for event in events {
            let case = Case::evolve_on(self.case.take(), Self::id(), actor, Some(day), &event);
            let case = case.map_err(|e| e.to_string())?;
            self.case = Some(case);
            self.opens_consultation(&event)?;
            told.push(serde_json::to_value(&event).map_err(|e| e.to_string())?);
            self.history.push((actor.clone(), day, event));
        }
        Ok(told)
    }

    /// What time alone does to the case, and to its consultation.
    ///
    /// # Errors
    /// Where no case was opened.
    pub fn time_passes(&mut self) -> Result<Vec<Value>, String> {
        let on = self.occasion(Actor::System, Relations::default(), Manner::Online);
        let events = decide::time_passes(&self.def, self.open()?, &on);
        drop(on);
        let before = Before::waiting(self.open()?);
        let told = self.happened(&Actor::System, self.today, events)?;
        self.asked.push(before.answered("time_passes", self.today, &Ok(told.clone()), self.case.as_ref()));
        Ok(told)
    }

    /// Whether the stored form of the history makes the same case again.
    ///
    /// # Errors
    /// Where it does not.
    pub fn replays(&self) -> Result<(), String> {
        let mut again = None;
        for (actor, day, event) in &self.history {
            let stored = serde_json::to_string(event).map_err(|e| e.to_string())?;
            let read: CaseEvent = serde_json::from_str(&stored).map_err(|e| format!("{stored}: {e}"))?;
            if &read != event {
                return Err(format!("{stored} comes back as another event"));
            }
            let next = Case::evolve_on(again, Self::id(), actor, Some(*day), &read);
            again = Some(next.map_err(|e| e.to_string())?);
        }
        if again == self.case { Ok(()) } else { Err("the replayed case differs from the live one".to_owned()) }
    }
}
