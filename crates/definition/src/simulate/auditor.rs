//! An auditor with a small model of their own. It says beforehand what the answer to a command must be, and afterwards how the
//! case must stand. It calls neither `permits` nor `decide`, and reads the control only to hold it against the model.

use std::collections::BTreeSet;

use dingce_domain::act::{Act, Command};
use dingce_domain::case::Case;
use dingce_domain::condition::{Condition, FactValue, Facts, Path, Test};
use dingce_domain::control::{ApprovalProgress, Detail, Ending};
use dingce_domain::definition::{Definition, StageSpec};
use dingce_domain::id::PersonId;
use dingce_domain::occasion::Actor;
use dingce_domain::permits::Relations;
use dingce_domain::task::{Answers, FieldKind, Form, Lead};
use dingce_domain::verb::Verb;
use dingce_domain::words::{CriterionId, FactId, RoleId, StageId, StageKind, Status};

/// What the answer must be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Expected {
    Accepted,
    /// Refused, and by which of the auditor's rules.
    Refused(&'static str),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stands {
    Open,
    Begun,
    Done,
}

#[derive(Debug, Clone)]
struct Seen {
    stands: Stands,
    /// Of a task the newest result, of an approval how far it is.
    word: String,
    asked_by: BTreeSet<PersonId>,
    voices: Vec<(RoleId, BTreeSet<PersonId>, bool)>,
}

/// A case of a procedure without drafts and meetings, as the auditor sees it.
#[derive(Debug, Clone)]
pub(super) struct Auditor<'d> {
    def: &'d Definition,
    stages: Vec<Seen>,
    facts: Facts,
    ended: bool,
    closed: bool,
    checked: bool,
}

fn fresh() -> Seen {
    Seen { stands: Stands::Open, word: "none".into(), asked_by: BTreeSet::new(), voices: Vec::new() }
}

fn persons(actor: &Actor) -> BTreeSet<PersonId> {
    actor.persons().collect()
}

impl<'d> Auditor<'d> {
    pub fn new(def: &'d Definition, facts: Facts) -> Self {
        let stages = def.stages.iter().map(|_| fresh()).collect();
        Self { def, stages, facts, ended: false, closed: false, checked: false }
    }

    fn at(&self, id: &StageId) -> Option<usize> {
        self.def.stages.iter().position(|s| s.id == *id)
    }

    fn value(&self, path: &Path) -> Option<FactValue> {
        let word = |text: &str| Some(FactValue::Word(text.to_owned()));
        match path {
            Path::Fact(id) => self.facts.get(id).cloned(),
            Path::Result { stage, .. } => word(&self.stages[self.at(stage)?].word),
            Path::Status(stage) => word(match self.stages[self.at(stage)?].stands {
                Stands::Open => "available",
                Stands::Begun => "active",
                Stands::Done => "completed",
            }),
            Path::Evidence(stage) => {
                word(if self.stages[self.at(stage)?].stands == Stands::Done { "current" } else { "none" })
            }
            _ => None,
        }
    }

    fn holds(&self, condition: &Condition) -> bool {
        match condition {
            Condition::All(list) => list.iter().all(|c| self.holds(c)),
            Condition::Any(list) => list.iter().any(|c| self.holds(c)),
            Condition::Not(inner) => !self.holds(inner),
            Condition::Test(path, test) => match (self.value(path), test) {
                (Some(value), Test::In(list)) => list.contains(&value),
                (Some(FactValue::Number(n)), Test::Less(bound)) => n < *bound,
                (Some(FactValue::Number(n)), Test::AtMost(bound)) => n <= *bound,
                (Some(FactValue::Number(n)), Test::Greater(bound)) => n > *bound,
                (Some(FactValue::Number(n)), Test::AtLeast(bound)) => n >= *bound,
                _ => false,
            },
        }
    }

    /// Whether the road is at its end: what must be done is.
    fn finished(&self) -> bool {
        let done = |(spec, seen): (&StageSpec, &Seen)| match seen.stands {
            Stands::Done => true,
            Stands::Open => spec.optional || spec.kind == StageKind::Archiving,
            Stands::Begun => spec.kind == StageKind::Archiving,
        };
        self.def.stages.iter().zip(&self.stages).all(done)
    }

    /// What the answer to a command must be.
    pub fn expects(&self, command: &Command, actor: &Actor, who: &Relations) -> Expected {
        use Expected::{Accepted, Refused};
        let verb = command.act.verb();
        let at = command.stage.as_ref().and_then(|id| self.at(id));
        let may = self.def.roles.iter().any(|role| {
            let there = role.stages.is_empty() || command.stage.as_ref().is_some_and(|s| role.stages.contains(s));
            let general = matches!(
                verb,
                Verb::RecordTaskProgress | Verb::CompleteTask | Verb::RequestApproval | Verb::GiveApproval
            );
            role.verbs.contains(&verb) && who.roles.contains(&role.id) && (there || !general)
        });
        if !may {
            return Refused("nobody's to do");
        }
        let over = self.closed || (self.ended && !matches!(verb, Verb::CheckVolume | Verb::CloseVolume));
        if over {
            return Refused("the case is over");
        }
        let on = |kind: StageKind| at.filter(|at| self.def.stages[*at].kind == kind);
        let asks = |list: &[dingce_domain::definition::Criterion]| list.iter().all(|c| self.holds(&c.condition));
        match &command.act {
            Act::RecordTaskProgress(given) => {
                let Some(at) = on(StageKind::Task) else { return Refused("no task") };
                let (spec, seen) = (&self.def.stages[at], &self.stages[at]);
                let Some(task) = &spec.task else { return Refused("no task") };
                if seen.stands == Stands::Done || !asks(&spec.entry) {
                    return Refused("not open");
                }
                match task.entries.iter().find(|e| e.id == given.entry) {
                    Some(entry) if fits(&entry.form, &given.answers) => Accepted,
                    _ => Refused("not what is asked"),
                }
            }
            Act::CompleteTask(given) => {
                let Some(at) = on(StageKind::Task) else { return Refused("no task") };
                let (spec, seen) = (&self.def.stages[at], &self.stages[at]);
                let Some(task) = &spec.task else { return Refused("no task") };
                let begins = seen.stands == Stands::Open;
                if seen.stands == Stands::Done || (begins && !asks(&spec.entry)) || !asks(&spec.exit) {
                    return Refused("not open");
                }
                match task.results.iter().find(|r| r.entry.id == given.result) {
                    Some(result) if fits(&result.entry.form, &given.answers) => Accepted,
                    _ => Refused("not what is asked"),
                }
            }
            Act::RequestApproval(given) => {
                let Some(at) = on(StageKind::Approval) else { return Refused("no approval") };
                let (spec, seen) = (&self.def.stages[at], &self.stages[at]);
                let Some(approval) = &spec.approval else { return Refused("no approval") };
                if seen.stands != Stands::Open || !asks(&spec.entry) {
                    return Refused("not open");
                }
                if fits(&approval.form, &given.answers) { Accepted } else { Refused("not what is asked") }
            }
            Act::GiveApproval(given) => {
                let Some(at) = on(StageKind::Approval) else { return Refused("no approval") };
                let (spec, seen) = (&self.def.stages[at], &self.stages[at]);
                if seen.stands != Stands::Begun || !asks(&spec.exit) {
                    return Refused("not open");
                }
                let me = persons(actor);
                if !seen.asked_by.is_disjoint(&me) || seen.voices.iter().any(|(_, who, _)| !who.is_disjoint(&me)) {
                    return Refused("two pairs of eyes");
                }
                if self.voice(spec, seen, who).is_none() {
                    return Refused("spoken for");
                }
                if given.approves || !given.reason.is_empty() { Accepted } else { Refused("no reason") }
            }
            Act::DetermineFacts(given) => {
                let known = |id: &FactId| self.def.facts.iter().any(|f| f.id == *id);
                if given.facts.keys().all(known) { Accepted } else { Refused("no such fact") }
            }
            Act::TerminateCase(_) => Accepted,
            Act::CheckVolume(_) | Act::CloseVolume(_) if on(StageKind::Archiving).is_none() => Refused("no archive"),
            Act::CheckVolume(_) if self.ended || self.finished() => Accepted,
            Act::CloseVolume(_) if self.checked && (self.ended || self.finished()) => Accepted,
            _ => Refused("not finished"),
        }
    }

    /// The role in which somebody speaks.
    fn voice(&self, spec: &StageSpec, seen: &Seen, who: &Relations) -> Option<RoleId> {
        let asked = &spec.approval.as_ref()?.roles;
        asked.iter().find(|r| who.roles.contains(r) && !seen.voices.iter().any(|(role, ..)| role == *r)).cloned()
    }

    fn led(&mut self, at: usize, lead: &Lead, word: &str) {
        match lead {
            Lead::On | Lead::End => {
                self.stages[at].stands = Stands::Done;
                self.ended |= *lead == Lead::End;
            }
            Lead::Back(others) => {
                for id in others {
                    if let Some(other) = self.at(id) {
                        self.stages[other] = fresh();
                    }
                }
                self.stages[at] = fresh();
            }
        }
        self.stages[at].word = word.to_owned();
    }

    /// Takes in what was accepted.
    pub fn take(&mut self, command: &Command, actor: &Actor, who: &Relations) {
        let def = self.def;
        let at = command.stage.as_ref().and_then(|id| self.at(id)).unwrap_or_default();
        match &command.act {
            Act::RecordTaskProgress(_) => self.stages[at].stands = Stands::Begun,
            Act::CompleteTask(given) => {
                let results = def.stages[at].task.iter().flat_map(|t| &t.results);
                if let Some(result) = results.into_iter().find(|r| r.entry.id == given.result) {
                    self.led(at, &result.leads, given.result.as_str());
                }
            }
            Act::RequestApproval(_) => {
                let seen = Seen {
                    stands: Stands::Begun,
                    word: "requested".into(),
                    asked_by: persons(actor),
                    voices: Vec::new(),
                };
                self.stages[at] = seen;
            }
            Act::GiveApproval(given) => {
                let Some(approval) = &def.stages[at].approval else { return };
                let Some(role) = self.voice(&def.stages[at], &self.stages[at], who) else { return };
                let voices = &mut self.stages[at].voices;
                voices.push((role, persons(actor), given.approves));
                let approved = voices.iter().filter(|(_, _, yes)| *yes).count();
                let left = approval.roles.len() - voices.len();
                if approved >= approval.needed as usize {
                    self.stages[at].stands = Stands::Done;
                    self.stages[at].word = "granted".into();
                } else if approved + left < approval.needed as usize {
                    self.led(at, &approval.refused, "refused");
                }
            }
            Act::DetermineFacts(given) => self.facts.extend(given.facts.clone()),
            Act::TerminateCase(_) => self.ended = true,
            Act::CheckVolume(given) => self.checked = given.complete,
            Act::CloseVolume(_) => self.closed = true,
            _ => {}
        }
    }

    /// What differs between the model and the case.
    pub fn differs(&self, case: &Case) -> Option<String> {
        let ending = match (self.closed, self.ended) {
            (true, _) => Ending::Closed,
            (false, true) => Ending::Terminated,
            (false, false) => Ending::Running,
        };
        if case.control.ending != ending {
            return Some(format!("the case is {}, and must be {ending}", case.control.ending));
        }
        if case.facts != self.facts {
            return Some("the facts are others".into());
        }
        for ((spec, seen), stage) in self.def.stages.iter().zip(&self.stages).zip(&case.control.stages) {
            let status = match seen.stands {
                _ if spec.kind == StageKind::Archiving => continue,
                Stands::Open => Status::Available,
                Stands::Begun => Status::Active,
                Stands::Done => Status::Completed,
            };
            let word = match stage.detail {
                Detail::Task { result: None } => "none".to_owned(),
                Detail::Task { result: Some(place) } => {
                    let results = spec.task.as_ref().map(|t| &t.results);
                    let result = results.and_then(|r| r.get(usize::from(place)));
                    result.map(|r| r.entry.id.to_string()).unwrap_or_default()
                }
                Detail::Approval { progress: ApprovalProgress::None } => "none".to_owned(),
                Detail::Approval { progress } => progress.to_string(),
                _ => continue,
            };
            if stage.status != status || word != seen.word {
                let (id, is, must) = (&spec.id, stage.status, &seen.word);
                return Some(format!("{id} is {is} ({word}), and must be {status} ({must})"));
            }
        }
        None
    }
}

/// Whether a form takes these answers.
fn fits(form: &Form, given: &Answers) -> bool {
    let known = |id: &CriterionId| form.fields.iter().any(|f| f.id == *id);
    given.keys().all(known)
        && form.fields.iter().all(|field| match (given.get(&field.id), &field.kind) {
            (None, _) => !field.required,
            (Some(FactValue::Number(n)), FieldKind::Number { least, most }) => (least..=most).contains(&n),
            (Some(FactValue::Bool(_)), FieldKind::Flag) => true,
            (Some(FactValue::Word(word)), FieldKind::Choice(words)) => words.iter().any(|(w, _)| w.as_str() == word),
            (Some(FactValue::Word(day)), FieldKind::Day) => day.len() == 10 && day.parse::<jiff::civil::Date>().is_ok(),
            (Some(FactValue::Word(text)), FieldKind::Text { least, most }) => {
                let length = text.chars().count();
                (*least as usize..=*most as usize).contains(&length) && (*least == 0 || !text.trim().is_empty())
            }
            _ => false,
        })
}
