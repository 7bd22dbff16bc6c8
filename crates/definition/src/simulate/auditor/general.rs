//! Tasks and approvals.

use std::collections::BTreeSet;

use dingce_domain::act::Act;
use dingce_domain::condition::FactValue;
use dingce_domain::control::{ApprovalProgress, Detail, Ending};
use dingce_domain::definition::StageSpec;
use dingce_domain::id::PersonId;
use dingce_domain::occasion::Actor;
use dingce_domain::permits::Relations;
use dingce_domain::task::{Answers, FieldKind, Form, Lead};
use dingce_domain::words::{CriterionId, RoleId, StageKind, Status, Volume};

use super::{Auditor, Seen, Sheet, rule};

/// A task or an approval.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct General {
    begun: bool,
    done: bool,
    /// Of a task the newest result, of an approval how far it is.
    pub word: String,
    asked_by: BTreeSet<PersonId>,
    voices: Vec<(RoleId, BTreeSet<PersonId>, bool)>,
}

impl Default for General {
    fn default() -> Self {
        Self { begun: false, done: false, word: "none".into(), asked_by: BTreeSet::new(), voices: Vec::new() }
    }
}

impl General {
    pub fn status(&self) -> Status {
        match (self.begun, self.done) {
            (_, true) => Status::Completed,
            (true, false) => Status::Active,
            (false, false) => Status::Available,
        }
    }
}

/// The word of a stage as the case has it.
pub(super) fn word(spec: &StageSpec, detail: &Detail) -> String {
    match detail {
        Detail::Task { result: Some(place) } => {
            let results = spec.task.as_ref().map(|t| &t.results);
            results.and_then(|r| r.get(usize::from(*place))).map(|r| r.entry.id.to_string()).unwrap_or_default()
        }
        Detail::Approval { progress } if *progress != ApprovalProgress::None => progress.to_string(),
        _ => "none".into(),
    }
}

impl Auditor<'_> {
    /// Whether what is filed in a volume is done, so that the volume can be closed or the next begun.
    pub(super) fn finished(&self, volume: Volume) -> bool {
        let whole = volume == Volume::Decision && !self.has(StageKind::Issuance);
        let filed = self.def.stages.iter().enumerate().filter(|(_, spec)| spec.volume() == Some(volume));
        filed.filter(|(_, spec)| whole || spec.kind.is_general()).all(|(at, spec)| match self.status(at) {
            Status::Completed | Status::Absent => true,
            Status::Available => spec.optional || volume != Volume::Decision,
            Status::Active => false,
        })
    }

    fn in_its_turn(&self, at: usize) -> Result<(), &'static str> {
        if self.def.stages[at].volume() == Some(Volume::Decision) {
            return Ok(());
        }
        let decided = if self.has(StageKind::Issuance) { self.issued() } else { self.finished(Volume::Decision) };
        rule(decided, "what comes after the decision")
    }

    pub(super) fn proceeds(&self, act: &Act, at: usize, actor: &Actor, who: &Relations) -> Result<(), &'static str> {
        let (spec, Seen { sheet, .. }) = (&self.def.stages[at], &self.stages[at]);
        let Sheet::General(seen) = sheet else { return Err("another stage's") };
        self.in_its_turn(at)?;
        match (act, &spec.task, &spec.approval) {
            (Act::RecordTaskProgress(given), Some(task), _) => {
                rule(!seen.done, "not open")?;
                self.enters(at)?;
                let entry = task.entries.iter().find(|e| e.id == given.entry);
                rule(entry.is_some_and(|e| fits(&e.form, &given.answers)), "not what is asked")
            }
            (Act::CompleteTask(given), Some(task), _) => {
                rule(!seen.done, "not open")?;
                if !seen.begun {
                    self.enters(at)?;
                }
                self.leaves(at)?;
                let result = task.results.iter().find(|r| r.entry.id == given.result);
                rule(result.is_some_and(|r| fits(&r.entry.form, &given.answers)), "not what is asked")
            }
            (Act::RequestApproval(given), _, Some(approval)) => {
                rule(!seen.begun && !seen.done, "not open")?;
                self.enters(at)?;
                rule(fits(&approval.form, &given.answers), "not what is asked")
            }
            (Act::GiveApproval(given), _, Some(_)) => {
                rule(seen.begun && !seen.done, "not open")?;
                self.leaves(at)?;
                let me: BTreeSet<_> = actor.persons().collect();
                let apart =
                    seen.asked_by.is_disjoint(&me) && seen.voices.iter().all(|(_, who, _)| who.is_disjoint(&me));
                rule(apart, "two pairs of eyes")?;
                rule(voice(spec, seen, who).is_some(), "spoken for")?;
                rule(given.approves || !given.reason.is_empty(), "no reason")
            }
            _ => Err("another stage's"),
        }
    }

    fn led(&mut self, at: usize, lead: &Lead, word: &str) {
        let now = General { word: word.to_owned(), ..General::default() };
        self.stages[at].sheet = Sheet::General(match lead {
            Lead::On | Lead::End => General { begun: true, done: true, ..now },
            Lead::Back(_) => now,
        });
        if let Lead::Back(others) = lead {
            let others: Vec<_> = others.iter().filter_map(|id| self.at(id)).filter(|other| *other != at).collect();
            for other in others {
                self.stages[other].sheet = Sheet::General(General::default());
            }
        }
        if *lead == Lead::End {
            self.ended = Some(Ending::Terminated);
        }
    }

    pub(super) fn proceeded(&mut self, act: &Act, at: usize, actor: &Actor, who: &Relations) {
        let spec = &self.def.stages[at];
        let Sheet::General(seen) = &mut self.stages[at].sheet else { return };
        match act {
            Act::RecordTaskProgress(_) => seen.begun = true,
            Act::CompleteTask(given) => {
                let results = spec.task.iter().flat_map(|t| &t.results);
                if let Some(result) = results.into_iter().find(|r| r.entry.id == given.result) {
                    self.led(at, &result.leads, given.result.as_str());
                }
            }
            Act::RequestApproval(_) => {
                let asked_by = actor.persons().collect();
                *seen = General { begun: true, word: "requested".into(), asked_by, ..General::default() };
            }
            Act::GiveApproval(given) => {
                let (Some(approval), Some(role)) = (&spec.approval, voice(spec, seen, who)) else { return };
                seen.voices.push((role, actor.persons().collect(), given.approves));
                let approved = seen.voices.iter().filter(|(_, _, yes)| *yes).count();
                let left = approval.roles.len() - seen.voices.len();
                if approved >= approval.needed as usize {
                    seen.done = true;
                    seen.word = "granted".into();
                } else if approved + left < approval.needed as usize {
                    self.led(at, &approval.refused, "refused");
                }
            }
            _ => {}
        }
    }
}

/// The role in which somebody speaks.
fn voice(spec: &StageSpec, seen: &General, who: &Relations) -> Option<RoleId> {
    let asked = &spec.approval.as_ref()?.roles;
    asked.iter().find(|r| who.roles.contains(r) && !seen.voices.iter().any(|(role, ..)| role == *r)).cloned()
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
