//! An auditor with a small model of their own. It says beforehand what the answer to a command must be, and afterwards how the
//! case must stand. It calls neither `permits` nor `decide`, and reads the case only to hold it against the model.
//!
//! The model is written from the law and not from the engine: texts are numbered, and whatever was found names the number
//! it was found on. Whether it still holds is asked when it matters; nothing is marked stale.

mod after;
mod general;
mod making;
mod meeting;
mod review;

use std::collections::{BTreeMap, BTreeSet};

use dingce_domain::act::{Act, Command};
use dingce_domain::case::Case;
use dingce_domain::condition::{Condition, FactValue, Facts, Path, Test};
use dingce_domain::control::{Adoption, Detail, DraftState, Ending};
use dingce_domain::definition::{Criterion, Definition, Parameter, ParameterValue, StageSpec};
use dingce_domain::id::{PersonId, UnitId};
use dingce_domain::occasion::Actor;
use dingce_domain::permits::Relations;
use dingce_domain::time::Limit;
use dingce_domain::verb::Verb;
use dingce_domain::words::{Evidence, FactId, Relation, StageId, StageKind, Status, Volume};
use jiff::civil::Date;

use after::{Archive, Evaluated, Executed};
use general::General;
use making::{Experts, Participation, Round};
use meeting::Session;
use review::Review;

/// What the answer must be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Expected {
    Accepted,
    /// Refused, and by which of the auditor's rules.
    Refused(&'static str),
}

/// Accepted where a rule holds, and refused by its name where it does not.
fn rule(holds: bool, name: &'static str) -> Result<(), &'static str> {
    if holds { Ok(()) } else { Err(name) }
}

/// The texts of a case by number: a change of substance gives both a new number, a change of words only one.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Text {
    substance: u32,
    words: u32,
    state: DraftState,
}

/// What the auditor has noted of a stage.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Sheet {
    Initiation {
        studied: bool,
        decided: bool,
        begun: bool,
    },
    /// On which substance each item was found in order.
    Drafting {
        begun: bool,
        handed_in: bool,
        items: Vec<Option<u32>>,
    },
    Participation(Participation),
    Experts(Experts),
    Risk {
        round: Round,
        level: Option<dingce_domain::words::RiskLevel>,
    },
    Review(Review),
    /// How many of the four steps are done.
    Tabling(u8),
    Session(Session),
    Reporting(Option<dingce_domain::words::ReportReply>),
    /// Issued, or published.
    Once(bool),
    Execution(Executed),
    Evaluation(Evaluated),
    Archive(Archive),
    General(General),
}

impl Sheet {
    fn fresh(kind: StageKind) -> Self {
        match kind {
            StageKind::Initiation => Self::Initiation { studied: false, decided: false, begun: false },
            StageKind::Drafting => Self::Drafting { begun: false, handed_in: false, items: Vec::new() },
            StageKind::PublicParticipation => Self::Participation(Participation::default()),
            StageKind::ExpertReview => Self::Experts(Experts::default()),
            StageKind::RiskAssessment => Self::Risk { round: Round::default(), level: None },
            StageKind::LegalityReview => Self::Review(Review::default()),
            StageKind::Tabling => Self::Tabling(0),
            StageKind::CollectiveDeliberation => Self::Session(Session::default()),
            StageKind::PreIssuanceReporting => Self::Reporting(None),
            StageKind::Issuance | StageKind::Publication => Self::Once(false),
            StageKind::Implementation => Self::Execution(Executed::default()),
            StageKind::PostEvaluation => Self::Evaluation(Evaluated::default()),
            StageKind::Archiving => Self::Archive(Archive::default()),
            StageKind::Task | StageKind::Approval => Self::General(General::default()),
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Seen {
    absent: bool,
    sheet: Sheet,
}

/// A case as the auditor sees it.
#[derive(Debug, Clone)]
pub(super) struct Auditor<'d> {
    def: &'d Definition,
    stages: Vec<Seen>,
    facts: Facts,
    text: Text,
    adopted: Adoption,
    /// Irregularities that nobody cured.
    irregular: u32,
    /// Ended without a decision, or not adopted.
    ended: Option<Ending>,
    /// What persons did here, and which units assessed.
    hats: BTreeMap<PersonId, BTreeSet<Relation>>,
    undertaking: UnitId,
    assessors: BTreeSet<UnitId>,
    /// It was decided to hold a hearing, and none was held or called off since.
    hearing_owed: bool,
}

impl<'d> Auditor<'d> {
    pub fn new(def: &'d Definition, facts: Facts, undertaking: UnitId) -> Self {
        let stages = def.stages.iter().map(|s| Seen { absent: false, sheet: Sheet::fresh(s.kind) }).collect();
        Self {
            def,
            stages,
            facts,
            text: Text { substance: 0, words: 0, state: DraftState::None },
            adopted: Adoption::None,
            irregular: 0,
            ended: None,
            hats: BTreeMap::new(),
            undertaking,
            assessors: BTreeSet::new(),
            hearing_owed: false,
        }
    }

    fn at(&self, id: &StageId) -> Option<usize> {
        self.def.stages.iter().position(|s| s.id == *id)
    }

    /// The stages of a kind, with what was noted of each.
    fn of(&self, kind: StageKind) -> impl Iterator<Item = (usize, &Seen)> {
        self.stages.iter().enumerate().filter(move |(at, _)| self.def.stages[*at].kind == kind)
    }

    fn has(&self, kind: StageKind) -> bool {
        self.of(kind).next().is_some()
    }

    fn again(&mut self, kind: StageKind) {
        for (spec, seen) in self.def.stages.iter().zip(&mut self.stages).filter(|(spec, _)| spec.kind == kind) {
            *seen = Seen { absent: false, sheet: Sheet::fresh(spec.kind) };
        }
    }

    /// Where a stage stands.
    fn status(&self, at: usize) -> Status {
        let seen = &self.stages[at];
        let begun_done = |begun: bool, done: bool| match (begun, done) {
            (_, true) => Status::Completed,
            (true, false) => Status::Active,
            (false, false) => Status::Available,
        };
        if seen.absent {
            return Status::Absent;
        }
        match &seen.sheet {
            Sheet::Initiation { decided, .. } => begun_done(true, *decided),
            Sheet::Drafting { begun, handed_in, .. } => begun_done(*begun, *handed_in),
            Sheet::Participation(seen) => seen.round.status(self.text.substance),
            Sheet::Experts(seen) => seen.round.status(self.text.substance),
            Sheet::Risk { round, .. } => round.status(self.text.substance),
            Sheet::Review(seen) => begun_done(seen.runs(), seen.cleared == Some(self.text.words)),
            Sheet::Tabling(steps) => begun_done(*steps > 0, *steps == 4),
            Sheet::Session(seen) => begun_done(seen.called(), seen.over()),
            Sheet::Reporting(reply) => begun_done(false, reply.is_some()),
            Sheet::Once(done) => begun_done(false, *done),
            Sheet::Execution(seen) => begun_done(seen.begun(), seen.over()),
            Sheet::Evaluation(seen) => begun_done(seen.runs(), seen.concluded()),
            Sheet::Archive(seen) => begun_done(seen.looked_at, seen.closed[0]),
            Sheet::General(seen) => seen.status(),
        }
    }

    /// What a stage shows for the current text.
    fn evidence(&self, at: usize) -> Evidence {
        let holds = |yes: bool| if yes { Evidence::Current } else { Evidence::None };
        let on = |found: Option<u32>, now: u32| match found {
            None => Evidence::None,
            Some(found) if found == now => Evidence::Current,
            Some(_) => Evidence::Stale,
        };
        let seen = &self.stages[at];
        match &seen.sheet {
            _ if seen.absent => Evidence::None,
            Sheet::Initiation { begun, .. } => holds(*begun),
            Sheet::Drafting { .. } | Sheet::Archive(_) => Evidence::None,
            Sheet::Participation(seen) => on(seen.round.found_on, self.text.substance),
            Sheet::Experts(seen) => on(seen.round.found_on, self.text.substance),
            Sheet::Risk { round, .. } => on(round.found_on, self.text.substance),
            Sheet::Review(seen) => on(seen.cleared, self.text.words),
            Sheet::Tabling(steps) => holds(*steps == 4),
            Sheet::Session(seen) => holds(seen.adopted()),
            Sheet::Reporting(reply) => holds(reply.is_some()),
            Sheet::Once(done) => holds(*done),
            Sheet::Execution(seen) => holds(seen.over()),
            Sheet::Evaluation(seen) => holds(seen.once_concluded),
            Sheet::General(seen) => holds(seen.status() == Status::Completed),
        }
    }

    fn value(&self, path: &Path) -> Option<FactValue> {
        let word = |text: &str| Some(FactValue::Word(text.to_owned()));
        let flag = |yes: bool| Some(FactValue::Bool(yes));
        let sheet = |id: &StageId| self.at(id).map(|at| &self.stages[at].sheet);
        match path {
            Path::Fact(id) => self.facts.get(id).cloned(),
            Path::Status(id) => word(self.status(self.at(id)?).as_str()),
            Path::Evidence(id) => word(self.evidence(self.at(id)?).as_str()),
            Path::Item(item) => word(self.item(*item as usize).as_str()),
            Path::RiskLevel(id) => match sheet(id)? {
                Sheet::Risk { level, .. } => word(level.map_or("none", |level| level.as_str())),
                _ => None,
            },
            Path::Reply(id) => match sheet(id)? {
                Sheet::Reporting(reply) => word(reply.map_or("none", |reply| reply.as_str())),
                _ => None,
            },
            Path::ResponseDue(id) => match sheet(id)? {
                Sheet::Review(review) => flag(review.answer_owed),
                _ => None,
            },
            Path::RiskControllable(id) => match sheet(id)? {
                Sheet::Session(session) => word(match session.controllable {
                    Some(true) => "yes",
                    Some(false) => "no",
                    None => "none",
                }),
                _ => None,
            },
            Path::GroupsHeard(id) => match sheet(id)? {
                Sheet::Participation(seen) => flag(seen.groups_on == Some(self.text.substance)),
                _ => None,
            },
            Path::Result { stage, .. } => match sheet(stage)? {
                Sheet::General(seen) => word(&seen.word),
                _ => None,
            },
            Path::Draft => word(self.text.state.as_str()),
            Path::Adoption => word(self.adopted.as_str()),
            Path::Irregular => flag(self.irregular > 0),
            Path::Cleared => flag(self.cleared()),
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

    fn asked(&self, criteria: &[Criterion]) -> Result<(), &'static str> {
        rule(criteria.iter().all(|c| self.holds(&c.condition)), "a criterion of the definition")
    }

    fn enters(&self, at: usize) -> Result<(), &'static str> {
        self.asked(&self.def.stages[at].entry)
    }

    fn leaves(&self, at: usize) -> Result<(), &'static str> {
        self.asked(&self.def.stages[at].exit)
    }

    /// A number of the definition that may refuse.
    fn hard(&self, name: &str) -> Option<&Parameter> {
        self.def.parameter(name).filter(|parameter| parameter.authority.is_hard())
    }

    fn calendar_days(&self, name: &str) -> Option<i64> {
        match self.hard(name)?.value {
            ParameterValue::Period(Limit::Calendar(days)) => Some(i64::from(days.get())),
            _ => None,
        }
    }

    fn count(&self, name: &str) -> Option<usize> {
        match self.hard(name)?.value {
            ParameterValue::Count(count) => usize::try_from(count).ok(),
            _ => None,
        }
    }

    /// What somebody did in this case, and which units they are of.
    fn past(&self, actor: &Actor) -> BTreeSet<Relation> {
        let mut past: BTreeSet<_> = actor.persons().filter_map(|p| self.hats.get(&p)).flatten().copied().collect();
        past.extend((actor.unit() == Some(self.undertaking)).then_some(Relation::OfUndertakingUnit));
        let assessed = actor.unit().is_some_and(|unit| self.assessors.contains(&unit));
        past.extend(assessed.then_some(Relation::OfAssessingUnit));
        past
    }

    fn wear(&mut self, actor: &Actor, hat: Relation) {
        for person in actor.persons() {
            self.hats.entry(person).or_default().insert(hat);
        }
    }

    /// Whether the whole decision is filed.
    fn filed(&self, volume: Volume) -> bool {
        self.of(StageKind::Archiving)
            .any(|(_, seen)| matches!(&seen.sheet, Sheet::Archive(archive) if archive.closed[volume as usize]))
    }

    /// Who may, what may not be in one hand, and whether anything may be done at all.
    fn lawful(&self, verb: Verb, at: usize, actor: &Actor, who: &Relations) -> Result<(), &'static str> {
        let stage = self.def.stages.get(at);
        let general = verb.kind().is_some_and(StageKind::is_general);
        let role = |role: &dingce_domain::definition::Role| {
            let there = !general || role.stages.is_empty() || stage.is_some_and(|s| role.stages.contains(&s.id));
            role.verbs.contains(&verb) && who.roles.contains(&role.id) && there
        };
        rule(self.def.roles.iter().any(role), "nobody's to do")?;
        let past = self.past(actor);
        let apart = self.def.forbids.iter().filter(|f| f.verb == verb).all(|f| !past.contains(&f.relation));
        rule(apart, "duties that are kept apart")?;
        let noted = matches!(verb, Verb::ReviewDisclosure | Verb::RecordPaperOriginal);
        let volume = self.def.volume(verb, at);
        let runs = match (self.filed(Volume::Decision), self.ended) {
            (true, _) if noted => Volume::ALL.iter().any(|v| !self.filed(*v)),
            (true, _) => verb == Verb::CureIrregularity || volume.is_some_and(|v| v != Volume::Decision),
            (false, Some(_)) => {
                noted
                    || matches!(verb, Verb::CheckVolume | Verb::CloseVolume | Verb::CureIrregularity)
                    || matches!(verb, Verb::SignMeetingRecord | Verb::PublishDecision)
            }
            (false, None) => true,
        };
        rule(runs, "the case is over")?;
        if let Some(kind) = verb.kind() {
            rule(stage.is_some_and(|s| s.kind == kind), "another stage's")?;
            rule(!self.stages[at].absent, "the stage does not run")?;
        }
        rule(volume.is_none_or(|v| v == Volume::Decision || !self.filed(v)), "the volume is closed")
    }

    /// What the answer to a command must be.
    pub fn expects(&self, command: &Command, actor: &Actor, who: &Relations, today: Date) -> Expected {
        let verb = command.act.verb();
        // Where an act is about any stage, its stage is named.
        let whole = if verb.on_any_stage() { None } else { Some(0) };
        let Some(at) = command.stage.as_ref().map_or(whole, |id| self.at(id)) else {
            return Expected::Refused("no such stage");
        };
        let answer = self.lawful(verb, at, actor, who).and_then(|()| match verb.kind() {
            None => self.whole_case(&command.act, at),
            Some(StageKind::Initiation | StageKind::Drafting) => self.drafts(&command.act, at),
            Some(StageKind::PublicParticipation) => self.hears_the_public(&command.act, at, today),
            Some(StageKind::ExpertReview) => self.hears_experts(&command.act, at, actor),
            Some(StageKind::RiskAssessment) => self.assesses(&command.act, at),
            Some(StageKind::LegalityReview) => self.reviews(&command.act, at, who),
            Some(StageKind::Tabling) => self.tables(&command.act, at),
            Some(StageKind::CollectiveDeliberation) => self.meets(&command.act, at),
            Some(StageKind::Task | StageKind::Approval) => self.proceeds(&command.act, at, actor, who),
            Some(_) => self.follows(&command.act, at),
        });
        answer.map_or_else(Expected::Refused, |()| Expected::Accepted)
    }

    /// Acts on the whole case, or on any stage.
    fn whole_case(&self, act: &Act, at: usize) -> Result<(), &'static str> {
        let open = self.status(at) == Status::Available;
        match act {
            Act::DetermineFacts(given) => {
                rule(!self.tabled() && self.adopted == Adoption::None, "tabled under the facts as they were")?;
                let known = |id: &FactId| self.def.facts.iter().any(|f| f.id == *id);
                rule(given.facts.keys().all(known), "no such fact")
            }
            Act::RecordAbsence(_) => {
                let may = self.def.stages[at].absent_if.as_ref().is_some_and(|c| self.holds(&c.condition));
                rule(may && open && !self.hearing_noticed(at), "a stage that must run, or runs")
            }
            Act::ReaffirmEvidence(_) => match &self.stages[at].sheet {
                Sheet::Drafting { .. } => {
                    self.items_open()?;
                    let stale = (0..self.items()).any(|item| self.item(item) == Evidence::Stale);
                    rule(stale, "nothing was overtaken")
                }
                Sheet::Participation(_) | Sheet::Experts(_) | Sheet::Risk { .. } => {
                    let stale = open && self.evidence(at) == Evidence::Stale;
                    rule(stale && !self.hearing_noticed(at), "nothing was overtaken")
                }
                _ => Err("nothing that could be reaffirmed"),
            },
            Act::CureIrregularity(_) => rule(self.irregular > 0, "nothing to cure"),
            Act::TerminateCase(_) => rule(self.adopted == Adoption::None, "adopted"),
            Act::ReviewDisclosure(_) | Act::RecordPaperOriginal(_) => Ok(()),
            // None of these cases came here from elsewhere.
            Act::TakeOverStage(_) => Err("no late records"),
            _ => Err("no such act"),
        }
    }

    /// Takes in what was accepted.
    pub fn take(&mut self, command: &Command, actor: &Actor, who: &Relations, today: Date) {
        let at = command.stage.as_ref().and_then(|id| self.at(id)).unwrap_or_default();
        match &command.act {
            Act::DetermineFacts(given) => {
                self.facts.extend(given.facts.clone());
                let returned = |(at, seen): (usize, &Seen)| {
                    let absent_if = self.def.stages[at].absent_if.as_ref();
                    (seen.absent && !absent_if.is_some_and(|c| self.holds(&c.condition))).then_some(at)
                };
                let returned: Vec<_> = self.stages.iter().enumerate().filter_map(returned).collect();
                for at in &returned {
                    self.stages[*at] = Seen { absent: false, sheet: Sheet::fresh(self.def.stages[*at].kind) };
                }
                if !returned.is_empty() {
                    self.again(StageKind::LegalityReview);
                }
            }
            Act::RecordAbsence(_) => self.stages[at].absent = true,
            Act::ReaffirmEvidence(_) => self.reaffirm(at),
            Act::CureIrregularity(_) => self.irregular -= 1,
            Act::TerminateCase(_) => self.ended = Some(Ending::Terminated),
            act => match act.verb().kind() {
                None => {}
                Some(StageKind::Initiation | StageKind::Drafting) => self.drafted(act, at, actor),
                Some(StageKind::PublicParticipation) => self.public_heard(act, at, today),
                Some(StageKind::ExpertReview) => self.experts_heard(act, at, actor),
                Some(StageKind::RiskAssessment) => self.assessed(act, at, actor),
                Some(StageKind::LegalityReview) => self.reviewed(act, at, actor),
                Some(StageKind::Tabling) => self.tabling(act, at),
                Some(StageKind::CollectiveDeliberation) => self.met(act, at),
                Some(StageKind::Task | StageKind::Approval) => self.proceeded(act, at, actor, who),
                Some(_) => self.followed(act, at),
            },
        }
    }

    /// What differs between the model and the case.
    pub fn differs(&self, case: &Case) -> Option<String> {
        let control = &case.control;
        let ending = match (self.filed(Volume::Decision), self.ended) {
            (true, _) => Ending::Closed,
            (false, Some(ending)) => ending,
            (false, None) => Ending::Running,
        };
        let whole = [
            ("the case is", control.ending.as_str(), ending.as_str()),
            ("the text is", control.draft.as_str(), self.text.state.as_str()),
            ("the adoption is", control.adoption.as_str(), self.adopted.as_str()),
        ];
        if let Some((what, is, must)) = whole.into_iter().find(|(_, is, must)| is != must) {
            return Some(format!("{what} {is}, and must be {must}"));
        }
        if control.irregular != (self.irregular > 0) {
            return Some(format!("irregular is {}, and {} are open", control.irregular, self.irregular));
        }
        if case.facts != self.facts {
            return Some("the facts are others".into());
        }
        let stages = self.def.stages.iter().zip(&control.stages).enumerate();
        for (at, (spec, stage)) in stages {
            let StageSpec { id, .. } = spec;
            let (status, evidence) = (self.status(at), self.evidence(at));
            if stage.status != status {
                return Some(format!("{id} is {}, and must be {status}", stage.status));
            }
            if stage.evidence != evidence {
                return Some(format!("the evidence of {id} is {}, and must be {evidence}", stage.evidence));
            }
            if let Some(what) = self.noted(at, &stage.detail) {
                return Some(format!("{id}: {what}: {:?}, and must be {:?}", stage.detail, self.stages[at].sheet));
            }
        }
        None
    }

    /// What of a stage's details is not as it was noted.
    fn noted(&self, at: usize, detail: &Detail) -> Option<&'static str> {
        let same = match (detail, &self.stages[at].sheet) {
            (Detail::Initiation { studied }, Sheet::Initiation { studied: noted, .. }) => studied == noted,
            (Detail::Drafting { items }, Sheet::Drafting { .. }) => {
                items.iter().enumerate().all(|(item, is)| self.item(item) == *is)
            }
            (
                Detail::PublicParticipation { solicitation, comments, groups_heard, hearing },
                Sheet::Participation(noted),
            ) => {
                noted.solicitation == *solicitation
                    && noted.comments == *comments
                    && *groups_heard == (noted.groups_on == Some(self.text.substance))
                    && noted.progress(self.text.substance) == *hearing
            }
            (Detail::ExpertReview { panel }, Sheet::Experts(noted)) => noted.panel() == *panel,
            (Detail::RiskAssessment { level }, Sheet::Risk { level: noted, .. }) => level == noted,
            (Detail::LegalityReview { submission, advised, response_due }, Sheet::Review(noted)) => {
                noted.submission == *submission && noted.advised() == *advised && noted.answer_owed == *response_due
            }
            (Detail::Tabling { progress }, Sheet::Tabling(steps)) => *progress as u8 == *steps,
            (
                Detail::CollectiveDeliberation {
                    meeting, risk_controllable, positions_complete, decided, signed, ..
                },
                Sheet::Session(noted),
            ) => {
                noted.meeting == *meeting
                    && noted.controllable == *risk_controllable
                    && noted.all_spoke == *positions_complete
                    && noted.outcome.is_some() == *decided
                    && noted.signed == *signed
            }
            (Detail::PreIssuanceReporting { reply }, Sheet::Reporting(noted)) => reply == noted,
            (Detail::Implementation { execution, unanswered, due }, Sheet::Execution(noted)) => {
                noted.execution == *execution && noted.unanswered() == *unanswered && noted.due == *due
            }
            (Detail::PostEvaluation { evaluation }, Sheet::Evaluation(noted)) => noted.evaluation == *evaluation,
            (Detail::Archiving { filing }, Sheet::Archive(noted)) => noted.filing() == *filing,
            (Detail::Task { .. } | Detail::Approval { .. }, Sheet::General(noted)) => {
                noted.word == general::word(&self.def.stages[at], detail)
            }
            (Detail::Issuance | Detail::Publication, Sheet::Once(_)) => true,
            _ => false,
        };
        (!same).then_some("what was noted is not what is")
    }
}
