//! What was asked of the core at each step of a story and what it answered, with the lines of the gate and each running
//! clock beside the day: for counting which rules the stories show.

use dingce_domain::act::Act;
use dingce_domain::case::Case;
use dingce_domain::code::Code;
use dingce_domain::definition::Definition;
use dingce_domain::event::CaseEvent;
use dingce_domain::occasion::Occasion;
use dingce_domain::permits::{Item, permits};
use dingce_domain::time::ClockKind;
use dingce_domain::verb::Verb;
use dingce_domain::words::{ClockId, Relation, StageId, StageKind, Status};
use jiff::civil::Date;
use serde_json::Value;

use super::world::Answer;

/// How the core answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answered {
    /// It happened.
    Accepted,
    /// It was recorded as it was, without effect.
    Irregular,
    /// It was refused.
    Refused,
}

/// What became of a clock that ran when something was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Touched {
    /// Nothing: it runs on.
    Not,
    /// What was done ended it; the flag says whether its due day was past.
    Stopped(bool),
    /// Time alone found its due day past.
    Fired,
    /// What was asked waits for it: permitted, or refused because it runs.
    Guarded(bool),
}

/// A running clock, beside the day on which something was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Beside {
    /// The clock.
    pub clock: ClockId,
    /// What its end means.
    pub kind: ClockKind,
    /// The day that counts, less the due day: 0 on the last day, 1 on the day after.
    pub days_over: i32,
    /// What became of it.
    pub touched: Touched,
}

/// One thing asked of the core, and the answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// The act, by its name in stories.
    pub act: String,
    /// The verb; `None` for the passing of time.
    pub verb: Option<Verb>,
    /// The stage; `None` for acts on the whole case, and for a stage that nobody can find.
    pub stage: Option<(StageId, StageKind)>,
    /// The day on which it was done.
    pub day: Date,
    /// The answer.
    pub answered: Answered,
    /// The code of the refusal, or of the rules that an irregularity broke.
    pub codes: Vec<Code>,
    /// Every line of the gate that was asked, met or not.
    pub lines: Vec<Item>,
    /// The relations that barred the actor.
    pub barred: Vec<Relation>,
    /// Each clock that ran.
    pub clocks: Vec<Beside>,
    /// The kinds of stages that were completed by it.
    pub completed: Vec<StageKind>,
}

/// What stood before the answer.
pub(super) struct Before {
    verb: Option<Verb>,
    stage: Option<(StageId, StageKind)>,
    lines: Vec<Item>,
    barred: Vec<Relation>,
    guarded: Vec<ClockId>,
    running: Vec<(ClockId, ClockKind, Date)>,
    completed: Vec<bool>,
}

impl Before {
    /// Before a case is opened.
    pub fn opening(def: &Definition, act: &str, on: &Occasion<'_>) -> Self {
        let met = def.roles_for(Verb::OpenCase).any(|role| on.who.roles.contains(&role.id));
        let line = Item { code: Code::RoleMissing, criterion: None, clock: None, met };
        let opens = matches!(act, "open_case" | "onboard_case");
        Self {
            verb: opens.then_some(Verb::OpenCase),
            stage: None,
            lines: vec![line],
            barred: Vec::new(),
            guarded: Vec::new(),
            running: Vec::new(),
            completed: Vec::new(),
        }
    }

    /// Before time alone does anything.
    pub fn waiting(case: &Case) -> Self {
        Self {
            verb: None,
            stage: None,
            lines: Vec::new(),
            barred: Vec::new(),
            guarded: Vec::new(),
            running: running(case),
            completed: completed(case),
        }
    }

    /// Before an act on a case.
    pub fn acting(def: &Definition, case: &Case, named: Option<&StageId>, act: &Act, on: &Occasion<'_>) -> Self {
        let verb = act.verb();
        let at = match (named, verb.kind()) {
            (Some(id), _) => def.position(id),
            (None, Some(kind)) => def.positions(kind).next(),
            (None, None) if verb.on_any_stage() => None,
            (None, None) => Some(0),
        };
        let on_stage = verb.kind().is_some() || verb.on_any_stage();
        let spec = at.and_then(|at| def.stages.get(at)).filter(|_| on_stage);
        let time = case.time_class(def, on.day());
        let ask = |at| permits(def, &case.control, &case.facts, time, &on.who, verb, at).items;
        let barred = def.forbids.iter().filter(|f| f.verb == verb && on.who.relations.contains(&f.relation));
        Self {
            verb: Some(verb),
            stage: spec.map(|spec| (spec.id.clone(), spec.kind)),
            lines: at.map(ask).unwrap_or_default(),
            barred: barred.map(|f| f.relation).collect(),
            guarded: def.clocks.iter().filter(|c| c.guards.contains(&verb)).map(|c| c.id.clone()).collect(),
            running: running(case),
            completed: completed(case),
        }
    }

    /// With the answer.
    pub fn answered(self, act: &str, day: Date, answer: &Answer, after: Option<&Case>) -> Asked {
        let (answered, codes) = read(answer);
        let events = answer.as_deref().unwrap_or_default();
        let counts = events.first().and_then(stated_day).unwrap_or(day);
        let beside = |(clock, kind, due): (ClockId, ClockKind, Date)| {
            let waits = self.guarded.contains(&clock);
            let early = codes.contains(&Code::EarlyStatementMissing) && kind == ClockKind::Guaranteed;
            let touched = touched(events, &clock).unwrap_or_else(|| {
                let runs = self.lines.iter().any(|line| line.clock.as_ref() == Some(&clock) && !line.met);
                match answered {
                    _ if runs || early => Touched::Guarded(false),
                    Answered::Accepted if waits => Touched::Guarded(true),
                    _ => Touched::Not,
                }
            });
            let days_over = due.until(counts).map_or(i32::MAX, |span| span.get_days());
            Beside { clock, kind, days_over, touched }
        };
        let clocks = self.running.into_iter().map(beside).collect();
        let now = after.map(completed).unwrap_or_default();
        let kinds = after.map(|case| case.control.stages.iter().map(|s| s.kind).collect::<Vec<_>>());
        let newly = |at: &usize| now[*at] && !self.completed.get(*at).copied().unwrap_or(false);
        let completed = (0..now.len()).filter(newly).map(|at| kinds.as_ref().map(|k| k[at])).collect::<Option<_>>();
        Asked {
            act: act.to_owned(),
            verb: self.verb,
            stage: self.stage,
            day,
            answered,
            codes,
            lines: self.lines,
            barred: self.barred,
            clocks,
            completed: completed.unwrap_or_default(),
        }
    }
}

impl Asked {
    /// What was asked of another stream than the case's: nothing but the verb and the answer is known.
    pub(super) fn elsewhere(act: &str, day: Date, answer: &Answer) -> Self {
        let (answered, codes) = read(answer);
        Self {
            act: act.to_owned(),
            verb: Verb::from_word(act),
            stage: None,
            day,
            answered,
            codes,
            lines: Vec::new(),
            barred: Vec::new(),
            clocks: Vec::new(),
            completed: Vec::new(),
        }
    }
}

fn running(case: &Case) -> Vec<(ClockId, ClockKind, Date)> {
    let due = |(id, clock): (&ClockId, &dingce_domain::file::CaseClock)| {
        Some((id.clone(), clock.run.kind(), clock.run.due_on()?))
    };
    case.file.clocks.iter().filter_map(due).collect()
}

fn completed(case: &Case) -> Vec<bool> {
    case.control.stages.iter().map(|s| s.status == Status::Completed).collect()
}

fn read(answer: &Answer) -> (Answered, Vec<Code>) {
    match answer {
        Err(rejection) => (Answered::Refused, vec![rejection.code]),
        Ok(events) => match events.first().filter(|e| e["kind"] == "irregularity_recorded") {
            None => (Answered::Accepted, Vec::new()),
            Some(first) => {
                let broken = first["broken"].as_array().into_iter().flatten();
                (Answered::Irregular, broken.filter_map(|b| Code::from_word(b["code"].as_str()?)).collect())
            }
        },
    }
}

/// The day from which clocks count where the act itself states it; none where that is the day of the act.
fn stated_day(event: &Value) -> Option<Date> {
    serde_json::from_value::<CaseEvent>(event.clone()).ok()?.stated_day()
}

fn touched(events: &[Value], clock: &ClockId) -> Option<Touched> {
    let of = events.iter().filter(|e| e["clock"] == clock.as_str());
    of.filter_map(|e| match e["kind"].as_str()? {
        "clock_stopped" => Some(Touched::Stopped(e["overdue"].as_bool()?)),
        "clock_overdue" | "clock_elapsed" => Some(Touched::Fired),
        _ => None,
    })
    .next()
}
