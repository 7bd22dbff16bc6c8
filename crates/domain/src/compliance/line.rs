//! What a rule says of a record.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::record::{Entry, Record, Step};
use super::{Against, ExcuseGround, Finding, Rule, Verdict};
use crate::definition::{Authority, Binding, Citation, Parameter};
use crate::id::PersonId;
use crate::occasion::Actor;
use crate::words::DocumentRef;

/// Something that the record shows and the rule does not allow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// In which way.
    pub finding: Finding,
    /// What the record says: a day, a number, a name, or the word of a stage; empty where it says nothing.
    pub given: String,
    /// What the rule asks; empty where the title says it.
    pub needed: String,
}

/// Somebody who excused something, as of the act.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Who {
    /// Their account.
    pub person: PersonId,
    /// Name.
    pub name: String,
    /// Post.
    pub post_title: String,
    /// Unit.
    pub unit_name: String,
}

/// Who excused what, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Excuse {
    /// On which ground.
    pub ground: ExcuseGround,
    /// Who; none where the record names nobody.
    pub by: Option<Who>,
    /// Why, as recorded.
    pub reason: String,
    /// The article that they cite; empty where they cite none.
    pub basis: String,
    /// Number of the event; for a historical dossier, of its own events.
    pub n: u64,
}

/// An event that shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// Number of the event in the case; for a historical dossier the place of the printed event, from 1.
    pub n: u64,
    /// Kind of the event; for a historical dossier the word of whoever collected it.
    pub kind: String,
    /// The day on which it happened, where that is known to the day.
    pub day: Option<Date>,
    /// Documents that came with it.
    pub documents: Vec<DocumentRef>,
}

/// A line of the sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The rule.
    pub rule: Rule,
    /// What became of it.
    pub verdict: Verdict,
    /// The article of the definition on which the number rests, where the rule has one.
    pub source: Option<Citation>,
    /// How far that number may be enforced.
    pub authority: Option<Authority>,
    /// What was found; empty unless it failed or departs from advice.
    pub found: Vec<Found>,
    /// Who excused what; also where something else failed.
    pub excused: Vec<Excuse>,
    /// What shows it.
    pub evidence: Vec<Evidence>,
}

/// A line while a rule writes it.
#[derive(Debug)]
pub(super) struct Sketch {
    of_case: bool,
    kept: bool,
    hard: bool,
    plain: Option<Verdict>,
    source: Option<Citation>,
    authority: Option<Authority>,
    /// When the number was confirmed.
    confirmed: Vec<Binding>,
    /// The event that was seen last.
    last: Option<u64>,
    /// Events seen before what was found against a number that only advises by itself.
    advised_after: Vec<u64>,
    found: Vec<Found>,
    excused: Vec<Excuse>,
    seen: Vec<u64>,
}

impl Sketch {
    pub(super) fn of(record: &Record<'_>) -> Self {
        Self {
            of_case: record.of_case,
            kept: false,
            hard: false,
            plain: None,
            source: None,
            authority: None,
            confirmed: Vec::new(),
            last: None,
            advised_after: Vec::new(),
            found: Vec::new(),
            excused: Vec::new(),
            seen: Vec::new(),
        }
    }

    /// The rule is kept in what was looked at.
    pub(super) fn keep(&mut self) {
        self.kept = true;
    }

    /// The rule does not apply.
    pub(super) fn not_applicable(&mut self) {
        self.plain = Some(Verdict::NotApplicable);
    }

    /// The record does not tell.
    pub(super) fn untold(&mut self) {
        self.plain = Some(Verdict::Untold);
    }

    /// The rule rests on this number.
    pub(super) fn rests_on(&mut self, against: &Against<'_>, parameter: &Parameter) {
        self.source = Some(parameter.source.clone());
        self.authority = Some(parameter.authority);
        self.confirmed = against.def.confirmed.get(&parameter.id).cloned().unwrap_or_default();
    }

    /// The rule rests on a special law.
    pub(super) fn rests_on_law(&mut self, source: &Citation) {
        self.source = Some(source.clone());
        self.authority = Some(Authority::Binding);
        self.confirmed = Vec::new();
    }

    /// The rule is broken. Where it rests on a number that only advises, the line is advice, unless the number was confirmed
    /// before the last event that was seen of it happened.
    pub(super) fn fail(&mut self, finding: Finding, given: impl ToString, needed: impl ToString) {
        let advice = self.authority.is_some_and(|a| !a.is_hard());
        if advice {
            self.advised_after.extend(self.last);
        }
        self.hard |= !advice;
        self.found.push(Found { finding, given: given.to_string(), needed: needed.to_string() });
    }

    /// The record departs from what only advises, whatever number the rule rests on.
    pub(super) fn advise(&mut self, finding: Finding, given: impl ToString, needed: impl ToString) {
        self.found.push(Found { finding, given: given.to_string(), needed: needed.to_string() });
    }

    /// Kept, or broken so.
    pub(super) fn hold(&mut self, holds: bool, finding: Finding, given: impl ToString, needed: impl ToString) {
        if holds { self.keep() } else { self.fail(finding, given, needed) }
    }

    /// Excused by whoever did an act.
    pub(super) fn excuse(&mut self, ground: ExcuseGround, entry: &Entry<'_>, reason: &str, basis: &str) {
        self.see(entry);
        self.excuse_by(ground, who(entry.by), reason, basis, entry.n);
    }

    /// Excused by somebody.
    pub(super) fn excuse_by(&mut self, ground: ExcuseGround, by: Option<Who>, reason: &str, basis: &str, n: u64) {
        let excuse = Excuse { ground, by, reason: reason.to_owned(), basis: basis.to_owned(), n };
        if !self.excused.contains(&excuse) {
            self.excused.push(excuse);
        }
    }

    /// This event shows it.
    pub(super) fn see(&mut self, entry: &Entry<'_>) {
        self.saw(entry.n);
    }

    /// This step shows it.
    pub(super) fn step(&mut self, step: &Step) {
        self.saw(step.n);
    }

    /// The event of this number shows it.
    pub(super) fn saw(&mut self, n: u64) {
        self.last = Some(n);
        if let Err(at) = self.seen.binary_search(&n) {
            self.seen.insert(at, n);
        }
    }

    pub(super) fn line(self, rule: Rule, record: &Record<'_>) -> Line {
        let nothing = if self.of_case { Verdict::NotYet } else { Verdict::Untold };
        let days = self.advised_after.iter().filter_map(|n| record.acts.iter().find(|e| e.n == *n)).map(|e| e.day);
        let hard = self.hard || days.into_iter().any(|day| self.confirmed.iter().any(|binding| binding.is_on(day)));
        let verdict = match self {
            _ if hard => Verdict::Failed,
            Self { ref found, .. } if !found.is_empty() => Verdict::Advised,
            Self { ref excused, .. } if !excused.is_empty() => Verdict::Excused,
            Self { kept: true, .. } => Verdict::Passed,
            Self { plain, .. } => plain.unwrap_or(nothing),
        };
        let evidence = self.seen.iter().filter_map(|n| record.evidence(*n)).collect();
        let Self { source, authority, found, excused, .. } = self;
        Line { rule, verdict, source, authority, found, excused, evidence }
    }
}

impl Who {
    /// A person as of an act; none where nobody acted.
    pub fn of(actor: &Actor) -> Option<Self> {
        who(actor)
    }
}

/// A person as of an act.
pub(super) fn who(actor: &Actor) -> Option<Who> {
    match actor {
        Actor::Official { person, name, post_title, unit_name, .. } => Some(Who {
            person: *person,
            name: name.clone(),
            post_title: post_title.clone(),
            unit_name: unit_name.clone(),
        }),
        Actor::Public | Actor::System => None,
    }
}
