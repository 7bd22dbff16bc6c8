//! A workflow definition as the engine sees it: checked, without file format. The `definition` crate makes it from
//! YAML and proves it; a place, a law or a number is never written in Rust.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::condition::{Condition, FactValue, Facts};
use crate::control::EventClass;
use crate::id::Digest;
use crate::task::{ApprovalSpec, TaskSpec};
use crate::time::{ClockKind, DUE_SOON_DEFAULT, Limit, WorkingDays};
use crate::verb::Verb;
use crate::words;
use crate::words::{
    AdviserKind, ClockId, CriterionId, DraftingItem, FactId, Outcome, OverlayId, ParameterId, Relation, RoleId,
    SourceId, StageId, StageKind, Text, Volume,
};

words! {
    /// The family of a procedure; the legal floor built into the engine depends on it.
    Family {
        /// Major administrative decisions 重大行政决策 (Decree No. 713).
        MajorDecision = "major_decision",
        /// Normative documents 行政规范性文件 (State Council General Office 国办发〔2018〕37号, 115号).
        NormativeDocument = "normative_document",
        /// No floor of its own.
        General = "general",
    }

    /// How far a value may be enforced.
    Authority {
        /// Binding law: may refuse.
        Binding = "BINDING",
        /// A rule of the place: may refuse.
        LocalRule = "LOCAL_RULE",
        /// Borrowed from another place or from practice: advises until confirmed.
        Borrowed = "BORROWED",
        /// Our own design: advises until confirmed.
        Design = "DESIGN",
        /// From a repealed or unseen source: advises until confirmed.
        Unconfirmed = "UNCONFIRMED",
    }

    /// What kind of post a role asks for.
    PostKind {
        /// Head of the organ 行政首长.
        Head = "head",
        /// Deputy head 副职.
        DeputyHead = "deputy_head",
        /// Leader of a unit 单位负责人.
        UnitLeader = "unit_leader",
        /// Officer 经办人.
        Officer = "officer",
        /// Legality reviewer 合法性审查人员.
        LegalityReviewer = "legality_reviewer",
        /// Legal adviser 法律顾问.
        LegalAdviser = "legal_adviser",
        /// Government lawyer 公职律师.
        GovernmentLawyer = "government_lawyer",
        /// Meeting secretary 会议秘书.
        MeetingSecretary = "meeting_secretary",
        /// Archivist 档案管理员.
        Archivist = "archivist",
        /// Expert of the pool 咨询论证专家.
        Expert = "expert",
        /// Auditor 审计监督人员.
        Auditor = "auditor",
        /// Administrator of the directory 组织管理员.
        Registrar = "registrar",
    }

    /// Which unit a role binds to.
    UnitBinding {
        /// The undertaking unit of the case 承办单位.
        UndertakingUnit = "undertaking_unit",
        /// The executing unit of the case 决策执行单位, named at issuance.
        ExecutingUnit = "executing_unit",
        /// The unit named to evaluate the decision 决策后评估单位.
        EvaluatingUnit = "evaluating_unit",
        /// The decision organ itself 决策机关.
        Organ = "organ",
        /// The organ's office 政府办公室.
        Office = "office",
        /// The unit in charge of justice 司法行政部门.
        Justice = "justice",
        /// The archives 档案部门.
        Archives = "archives",
        /// The audit and supervision bodies with a mandate.
        Supervision = "supervision",
        /// The market-regulation department 市场监督管理部门.
        MarketRegulation = "market_regulation",
        /// Any unit of the organ.
        Any = "any",
    }
}

impl Authority {
    /// Whether a value of this authority may refuse.
    pub const fn is_hard(self) -> bool {
        matches!(self, Self::Binding | Self::LocalRule)
    }
}

/// A legal source a definition cites.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// How to cite it.
    pub cite: Text,
    /// First day in force.
    pub in_force_from: Date,
    /// First day no longer in force.
    pub repealed_on: Option<Date>,
}

/// A place in a legal source.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Citation {
    /// Which source.
    pub source: SourceId,
    /// Which article, e.g. `25`; empty where the source has none.
    pub article: String,
}

/// A role: which posts hold it, and what they may do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Role {
    /// Its name.
    pub id: RoleId,
    /// For people.
    pub text: Text,
    /// Posts that hold it.
    pub posts: BTreeSet<PostKind>,
    /// The unit those posts must be in.
    pub unit: UnitBinding,
    /// What its holder must be to the case, e.g. an expert appointed in it; `None`: nothing.
    pub relation: Option<Relation>,
    /// What it may do.
    pub verbs: BTreeSet<Verb>,
    /// The stages on which it may do so, of those of the general kinds; empty for all of them.
    pub stages: BTreeSet<StageId>,
}

impl Role {
    /// Whether it may do a verb on a stage.
    pub fn may(&self, verb: Verb, stage: Option<&StageId>) -> bool {
        let general = verb.kind().is_some_and(StageKind::is_general);
        let there = !general || self.stages.is_empty() || stage.is_none_or(|stage| self.stages.contains(stage));
        self.verbs.contains(&verb) && there
    }

    /// The parts in which its holders advise the reviewer themselves (R713 art. 28), as their posts say; none for whoever
    /// only enters what others said.
    pub fn advises(&self) -> impl Iterator<Item = AdviserKind> + '_ {
        self.posts.iter().filter_map(|post| match post {
            PostKind::LegalAdviser => Some(AdviserKind::LegalAdviser),
            PostKind::GovernmentLawyer => Some(AdviserKind::GovernmentLawyer),
            _ => None,
        })
    }
}

/// A separation of duties: nobody with this relation to the case may do this.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forbid {
    /// What may not be done.
    pub verb: Verb,
    /// By whom.
    pub relation: Relation,
    /// Why.
    pub source: Citation,
}

/// What values a declared fact may have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FactKind {
    /// True or false.
    Bool,
    /// One of these words.
    Word(Vec<String>),
    /// A whole number from the first to the second, both included; at most 64 values apart.
    Number(i64, i64),
}

impl FactKind {
    /// All values, in order.
    pub fn values(&self) -> Vec<FactValue> {
        match self {
            Self::Bool => vec![FactValue::Bool(false), FactValue::Bool(true)],
            Self::Word(words) => words.iter().cloned().map(FactValue::Word).collect(),
            Self::Number(from, to) => (*from..=*to).map(FactValue::Number).collect(),
        }
    }
}

/// A fact that conditions may ask for. Facts change only by an act.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FactSpec {
    /// Its name.
    pub id: FactId,
    /// Its values.
    pub kind: FactKind,
    /// Its value in a new case.
    pub default: FactValue,
    /// For people: the question that it answers.
    pub text: Text,
    /// Why it is asked.
    pub source: Citation,
}

/// A criterion of a gate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Criterion {
    /// Its name.
    pub id: CriterionId,
    /// What must hold.
    pub condition: Condition,
    /// For people: what must hold.
    pub text: Text,
    /// By which article.
    pub source: Citation,
}

/// Material that must be on file at a gate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Material {
    /// Its name.
    pub id: CriterionId,
    /// For people.
    pub text: Text,
    /// By which article.
    pub source: Citation,
}

/// A stage of a definition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StageSpec {
    /// Its name.
    pub id: StageId,
    /// Its kind.
    pub kind: StageKind,
    /// For people.
    pub text: Text,
    /// The article that asks for it.
    pub source: Citation,
    /// What must hold for the act that opens it.
    pub entry: Vec<Criterion>,
    /// What must hold for the act that closes it.
    pub exit: Vec<Criterion>,
    /// When it may be recorded as not running; `None`: never.
    pub absent_if: Option<Criterion>,
    /// When a hearing must be held in it; `None`: never. Only where the public takes part.
    pub hearing_if: Option<Criterion>,
    /// What must be on file when it closes.
    pub materials: Vec<Material>,
    /// The volume in which it is filed, where that is not the one of its kind. Only of the general kinds.
    pub volume: Option<Volume>,
    /// Whether it need not be begun: what was not begun is not waited for. Only of the general kinds; a stage that the law
    /// asks for is recorded as absent instead.
    pub optional: bool,
    /// What is done in it; exactly where it is a task.
    pub task: Option<TaskSpec>,
    /// What is approved in it; exactly where it is an approval.
    pub approval: Option<ApprovalSpec>,
}

impl StageSpec {
    /// The volume in which its events are filed; `None` for archiving, whose events are filed in the volume that they name.
    pub const fn volume(&self) -> Option<Volume> {
        match self.volume {
            Some(volume) => Some(volume),
            None => self.kind.volume(),
        }
    }

    /// The word by which clocks tell events of this class on this stage apart from others: see [`Trigger::word`].
    pub fn word(&self, class: EventClass) -> Option<&str> {
        let task = self.task.as_ref();
        match class {
            EventClass::TaskProgressed { entry } => Some(task?.entries.get(usize::from(entry))?.id.as_str()),
            EventClass::TaskCompleted { result, .. } => Some(task?.results.get(usize::from(result))?.entry.id.as_str()),
            EventClass::ApprovalGiven { standing, .. } => Some(standing.as_str()),
            _ => None,
        }
    }
}

/// An act that moves a clock or waits for it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Trigger {
    /// What is done.
    pub verb: Verb,
    /// On which stage; `None` for any. Only of the general kinds, and of acts that are on any stage.
    pub stage: Option<StageId>,
    /// With which word: the entry or result of a task, where an approval stands; `None` for any. Not where a clock guards.
    pub word: Option<CriterionId>,
}

impl From<Verb> for Trigger {
    fn from(verb: Verb) -> Self {
        Self { verb, stage: None, word: None }
    }
}

/// Acts that move a clock in one way, or wait for it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Triggers(BTreeSet<Trigger>);

impl Triggers {
    /// Whether this act, on this stage and with this word, is one of them.
    pub fn take(&self, verb: Verb, stage: Option<&StageId>, word: Option<&str>) -> bool {
        self.0.iter().any(|t| {
            t.verb == verb
                && t.stage.as_ref().is_none_or(|there| Some(there) == stage)
                && t.word.as_ref().is_none_or(|said| Some(said.as_str()) == word)
        })
    }

    /// Whether the verb is among them, on whatever stage.
    pub fn contains(&self, verb: &Verb) -> bool {
        self.0.iter().any(|t| t.verb == *verb)
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &Trigger> {
        self.0.iter()
    }

    /// Their verbs.
    pub fn verbs(&self) -> impl Iterator<Item = Verb> {
        self.0.iter().map(|t| t.verb)
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether some act is in both.
    pub fn meets(&self, other: &Self) -> impl Iterator<Item = &Trigger> {
        self.0.iter().filter(move |t| other.0.iter().any(|o| t.overlaps(o)))
    }

    /// Whether each of them is in the other.
    pub fn within(&self, other: &Self) -> bool {
        self.0.iter().all(|t| other.take(t.verb, t.stage.as_ref(), t.word.as_ref().map(CriterionId::as_str)))
    }

    /// Adds one; `false` where it was there.
    pub fn insert(&mut self, trigger: Trigger) -> bool {
        self.0.insert(trigger)
    }
}

impl Trigger {
    fn overlaps(&self, other: &Self) -> bool {
        let alike = |a: Option<&str>, b: Option<&str>| a.is_none() || b.is_none() || a == b;
        self.verb == other.verb
            && alike(self.stage.as_ref().map(StageId::as_str), other.stage.as_ref().map(StageId::as_str))
            && alike(self.word.as_ref().map(CriterionId::as_str), other.word.as_ref().map(CriterionId::as_str))
    }
}

/// Value of a parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ParameterValue {
    /// A period.
    Period(Limit),
    /// A count.
    Count(u32),
    /// A share, as a fraction of whole numbers, and whether exactly that share suffices.
    Share {
        /// Numerator.
        of: u32,
        /// Denominator, not 0.
        parts: u32,
        /// Whether more than the share is needed.
        exclusive: bool,
    },
    /// A day, from which on something holds.
    Day(Date),
}

impl std::fmt::Display for ParameterValue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text().en)
    }
}

impl ParameterValue {
    /// For people.
    pub fn text(&self) -> Text {
        let both = |text: String| Text { zh: text.clone(), en: text };
        match self {
            Self::Period(limit) => {
                let zh = match limit {
                    Limit::Calendar(days) => format!("{}日", days.get()),
                    Limit::Working(days) => format!("{}个工作日", days.get()),
                };
                Text { zh, en: limit.to_string() }
            }
            Self::Count(count) => both(count.to_string()),
            Self::Share { of, parts, exclusive } => {
                both(format!("{} {of}/{parts}", if *exclusive { ">" } else { "≥" }))
            }
            Self::Day(day) => both(day.to_string()),
        }
    }
}

/// A number from the law.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameter {
    /// Its name.
    pub id: ParameterId,
    /// Its value.
    pub value: ParameterValue,
    /// How far it may be enforced.
    pub authority: Authority,
    /// For people.
    pub text: Text,
    /// Where it stands.
    pub source: Citation,
}

/// A clock: which act starts it, which stop, pause and resume it, and which waits for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClockSpec {
    /// Its name.
    pub id: ClockId,
    /// Floor, cap, or guaranteed.
    pub kind: ClockKind,
    /// Its length: a parameter of a period. `None`: as the act that starts it states, e.g. the time limit of execution.
    pub parameter: Option<ParameterId>,
    /// For people.
    pub text: Text,
    /// Acts that start it, anew if it runs.
    pub starts: Triggers,
    /// Outcomes of the meeting with which its start is one; empty for any.
    pub outcomes: Outcomes,
    /// Acts that stop it.
    pub stops: Triggers,
    /// Acts that pause it.
    pub pauses: Triggers,
    /// Acts that resume it.
    pub resumes: Triggers,
    /// Acts that must wait until it has run out (floor and guaranteed).
    pub guards: Triggers,
    /// How many working days before its last day it says that this is near: a parameter. `None`: as the program does by default.
    pub warn_before: Option<ParameterId>,
    /// Who holds the matter while it runs.
    pub holder: RoleId,
    /// By which article.
    pub source: Citation,
}

/// Where an outcome of the meeting leads. Fixed by the engine for each outcome; a definition chooses which it offers.
pub type Outcomes = BTreeSet<Outcome>;

/// Something that must never be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invariant {
    /// Its name.
    pub id: CriterionId,
    /// The condition that must never hold.
    pub never: Condition,
    /// For people.
    pub text: Text,
    /// By which article.
    pub source: Citation,
}

/// A special law 特别法 that prevails over part of the procedure in matters that fall under it (R713 art. 3). It only asks
/// more: it settles facts, and what is asked follows from them as from any fact; and it may make the period of comments
/// longer, or a plain minimum.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overlay {
    /// Its name.
    pub id: OverlayId,
    /// For people: what it asks of which matters.
    pub text: Text,
    /// Where it stands.
    pub source: Citation,
    /// Values that facts have in a case to which it applies.
    pub facts: Facts,
    /// The least period of comments that it sets; `None`: that of the definition.
    pub comment_period: Option<Limit>,
    /// Whether no reason makes the period of comments shorter.
    pub comment_period_fixed: bool,
}

impl Overlay {
    /// Whether it says how long the public may comment, where the notice says why the period is shorter, or does not.
    pub const fn holds_period(&self, explained: bool) -> bool {
        self.comment_period_fixed || (self.comment_period.is_some() && !explained)
    }
}

/// A definition on which another stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Base {
    /// Its name.
    pub name: StageId,
    /// Its version.
    pub version: u32,
    /// SHA-256 of its whole text.
    pub hash: Digest,
}

/// A checked definition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Definition {
    /// Its name, e.g. `major_decision_national`.
    pub name: StageId,
    /// Its version, from 1.
    pub version: u32,
    /// SHA-256 of the file's bytes.
    pub hash: Digest,
    /// Its family.
    pub family: Family,
    /// For people.
    pub title: Text,
    /// First day on which a case may be opened under it.
    pub valid_from: Date,
    /// First day on which none may any more.
    pub valid_to: Option<Date>,
    /// Legal sources.
    pub sources: BTreeMap<SourceId, Source>,
    /// Facts.
    pub facts: Vec<FactSpec>,
    /// Roles.
    pub roles: Vec<Role>,
    /// Separations of duties.
    pub forbids: Vec<Forbid>,
    /// Parameters.
    pub parameters: BTreeMap<ParameterId, Parameter>,
    /// Clocks.
    pub clocks: Vec<ClockSpec>,
    /// Stages, in the order in which people read them.
    pub stages: Vec<StageSpec>,
    /// Outcomes of the meeting that are offered.
    pub outcomes: Outcomes,
    /// Items of drafting that apply, so that others are not asked for.
    pub drafting_items: BTreeSet<DraftingItem>,
    /// Declared invariants.
    pub invariants: Vec<Invariant>,
    /// Special laws that prevail over part of it, where a case says that it falls under them.
    pub overlays: Vec<Overlay>,
    /// The definitions that it was made from, the nearest first: told to people, asked by no rule.
    pub stands_on: Vec<Base>,
    /// Values that one organ's justice bureau confirmed. No part of the file and of its hash; empty in a definition as it was
    /// published.
    pub confirmed: BTreeMap<ParameterId, Vec<Binding>>,
}

/// From when to when a value that only advises binds an organ, because it was confirmed there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binding {
    /// First day on which it binds.
    pub from: Date,
    /// First day on which it binds no longer.
    pub until: Option<Date>,
    /// The rule by which it binds, as people cite it.
    pub basis: String,
}

impl Binding {
    /// Whether it binds on a day.
    pub fn is_on(&self, day: Date) -> bool {
        self.from <= day && self.until.is_none_or(|until| day < until)
    }
}

impl Definition {
    /// Position of a stage.
    pub fn position(&self, stage: &StageId) -> Option<usize> {
        self.stages.iter().position(|s| &s.id == stage)
    }

    /// A stage by name.
    pub fn stage(&self, stage: &StageId) -> Option<&StageSpec> {
        self.stages.iter().find(|s| &s.id == stage)
    }

    /// Positions of the stages of a kind.
    pub fn positions(&self, kind: StageKind) -> impl Iterator<Item = usize> {
        self.stages.iter().enumerate().filter(move |(_, s)| s.kind == kind).map(|(i, _)| i)
    }

    /// The facts of a new case.
    pub fn initial_facts(&self) -> Facts {
        self.facts.iter().map(|f| (f.id.clone(), f.default.clone())).collect()
    }

    /// Position of a clock.
    pub fn clock_position(&self, clock: &ClockId) -> Option<usize> {
        self.clocks.iter().position(|c| &c.id == clock)
    }

    /// A special law by name.
    pub fn overlay(&self, overlay: &OverlayId) -> Option<&Overlay> {
        self.overlays.iter().find(|o| &o.id == overlay)
    }

    /// Those of these special laws that it knows, in its own order.
    pub fn overlays_of<'a>(&'a self, named: &'a BTreeSet<OverlayId>) -> impl Iterator<Item = &'a Overlay> {
        self.overlays.iter().filter(|o| named.contains(&o.id))
    }

    /// The floors of the period of comments: clocks that the opening of a solicitation starts.
    pub fn comment_floors(&self) -> impl Iterator<Item = &ClockSpec> {
        self.clocks.iter().filter(|c| c.kind == ClockKind::Floor && c.starts.contains(&Verb::OpenSolicitation))
    }

    /// The least periods of comments in a case to which a special law applies: its own, else those of the definition.
    pub fn comment_periods<'a>(&'a self, overlay: &Overlay) -> impl Iterator<Item = Limit> + use<'a> {
        let own = overlay.comment_period;
        let general = self.comment_floors().filter_map(|clock| self.length(clock)).filter(move |_| own.is_none());
        own.into_iter().chain(general)
    }

    /// The volume in which what a verb does on the stage at a position is filed; `None` for verbs on the whole case or on any
    /// stage.
    pub fn volume(&self, verb: Verb, at: usize) -> Option<Volume> {
        let general = verb.kind().is_some_and(StageKind::is_general);
        if general { self.stages.get(at).and_then(StageSpec::volume) } else { verb.volume() }
    }

    /// The volume in which a clock is filed: that of the acts that it waits for.
    pub fn volume_of(&self, clock: &ClockSpec) -> Volume {
        let filed = |triggers: &Triggers| {
            triggers.iter().find_map(|t| match &t.stage {
                Some(stage) => self.stage(stage)?.volume(),
                None => t.verb.kind()?.volume(),
            })
        };
        // What is not published is looked at again for years: in the volume that stays open longest.
        if clock.starts.contains(&Verb::ReviewDisclosure) {
            return Volume::Evaluation;
        }
        filed(&clock.stops).or_else(|| filed(&clock.starts)).unwrap_or(Volume::Decision)
    }

    /// The length of a clock, where a parameter gives it.
    pub fn length(&self, clock: &ClockSpec) -> Option<Limit> {
        self.period(clock.parameter.as_ref()?)
    }

    /// How long before its last day a clock says that this is near; `None` where nobody is late when it ends: what waits for a floor may
    /// go on, and a guaranteed time obliges nobody to be quicker (R713 art. 26).
    pub fn lead(&self, clock: &ClockSpec) -> Option<WorkingDays> {
        match (clock.kind, &clock.warn_before) {
            (ClockKind::Floor | ClockKind::Guaranteed, _) => None,
            (ClockKind::Cap | ClockKind::Backward, None) => Some(DUE_SOON_DEFAULT),
            (ClockKind::Cap | ClockKind::Backward, Some(parameter)) => match self.period(parameter) {
                Some(Limit::Working(days)) => Some(days),
                Some(Limit::Calendar(_)) | None => None,
            },
        }
    }

    /// The period of a parameter; `None` if it is no period.
    pub fn period(&self, parameter: &ParameterId) -> Option<Limit> {
        match self.parameters.get(parameter)?.value {
            ParameterValue::Period(limit) => Some(limit),
            _ => None,
        }
    }

    /// A parameter by its plain name.
    pub fn parameter(&self, name: &str) -> Option<&Parameter> {
        self.parameters.iter().find(|(id, _)| id.as_str() == name).map(|(_, p)| p)
    }

    /// Whether a value may refuse what is done on a day: by its own authority, or because it was confirmed before.
    pub fn binds(&self, parameter: &Parameter, day: Date) -> bool {
        parameter.authority.is_hard() || self.confirmed_on(parameter, day).is_some()
    }

    /// By which confirmation a value binds on a day; none where it does not, or binds by its own authority alone.
    pub fn confirmed_on(&self, parameter: &Parameter, day: Date) -> Option<&Binding> {
        self.confirmed.get(&parameter.id)?.iter().rev().find(|binding| binding.is_on(day))
    }

    /// Roles that may do a verb, on whatever stage.
    pub fn roles_for(&self, verb: Verb) -> impl Iterator<Item = &Role> {
        self.roles.iter().filter(move |r| r.verbs.contains(&verb))
    }

    /// Roles that may do a verb on the stage at a position.
    pub fn roles_at(&self, verb: Verb, at: usize) -> impl Iterator<Item = &Role> {
        let stage = self.stages.get(at).map(|s| &s.id);
        self.roles.iter().filter(move |r| r.may(verb, stage))
    }
}
