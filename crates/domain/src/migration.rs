//! Moving a case to another version of its definition: what would change for it, what stands against it, and the act.
//!
//! A case keeps the version that it was opened under until somebody moves it. What was done stays as it was recorded and
//! is not judged again; what is still to come follows the new version. [`plan`] looks only at the two definitions and
//! the case; that some case under the new one can stand where this one then stands is for the proof to say.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::case::Case;
use crate::check;
use crate::code::Code;
use crate::condition::Facts;
use crate::control::{Detail, Ending, StageControl};
use crate::definition::{ClockSpec, Criterion, Definition, Material, Role, StageSpec};
use crate::event::{CaseEvent, DefinitionRef, StageRef};
use crate::rejection::Rejection;
use crate::task::{Form, TaskSpec};
use crate::verb::Verb;
use crate::words;
use crate::words::{ClockId, RoleId, StageId, StageKind, Status, Text};

words! {
    /// Why a case cannot be moved.
    MigrationObstacle {
        /// It runs under this version already.
        SameVersion = "same_version",
        /// The definition has another name: it is another procedure.
        OtherName = "other_name",
        /// The definition is of another family.
        OtherFamily = "other_family",
        /// The case has ended, or its decision volume is closed.
        CaseOver = "case_over",
        /// An irregularity is open.
        IrregularityOpen = "irregularity_open",
        /// A stage that is under way or done is not in the version.
        StageMissing = "stage_missing",
        /// A stage of this name is of another kind there.
        StageKind = "stage_kind",
        /// A stage that is under way or done is filed in another volume there.
        StageVolume = "stage_volume",
        /// A stage is new there that comes before what is under way or done already, or would have begun with it.
        StageTooLate = "stage_too_late",
        /// A stage is recorded as not running, and the version does not allow that under the facts.
        AbsenceNotAllowed = "absence_not_allowed",
        /// A fact was determined that the version does not ask for.
        FactUnknown = "fact_unknown",
        /// A fact has a value that the version does not know.
        FactValue = "fact_value",
        /// A special law applies to the case that the version does not know.
        OverlayUnknown = "overlay_unknown",
        /// The newest result of a task is another one there.
        ResultMoved = "result_moved",
        /// An approval is asked for whose terms are others there.
        ApprovalChanged = "approval_changed",
        /// A clock that runs is of another kind there.
        ClockKind = "clock_kind",
        /// No case under the version can be where this one would be: the proof knows no such state.
        StateUnknown = "state_unknown",
        /// It was not found out in time whether some case under the version can be where this one would be.
        StateUndecided = "state_undecided",
    }

    /// What differs between two versions of a definition.
    MigrationChange {
        /// What must hold for a stage to be opened.
        Entry = "entry",
        /// What must hold for a stage to be closed.
        Exit = "exit",
        /// When a stage may be recorded as not running.
        Absence = "absence",
        /// When a hearing must be held.
        Hearing = "hearing",
        /// What must be on file.
        Material = "material",
        /// What is written down in a task or an approval, its results, or whose approval is asked.
        Form = "form",
        /// Whether a stage need not be begun.
        Optional = "optional",
        /// A fact that is asked for.
        Fact = "fact",
        /// A special law, and what it settles.
        Overlay = "overlay",
        /// A role: who holds it, and what it may do.
        Role = "role",
        /// A separation of duties.
        Separation = "separation",
        /// A number from the law.
        Parameter = "parameter",
        /// A value that only advises and that the organ confirmed: for one version only, the other advises.
        Confirmation = "confirmation",
        /// A clock: what moves it, and what waits for it.
        Clock = "clock",
        /// A clock that runs and is not in the version: it stops.
        ClockStops = "clock_stops",
        /// A clock that waits for another role there.
        ClockHolder = "clock_holder",
        /// A clock that an act done already would have started: it is not started backwards.
        ClockNotStarted = "clock_not_started",
        /// An outcome of the meeting.
        Outcome = "outcome",
        /// An item of drafting.
        DraftingItem = "drafting_item",
        /// Something that must never be.
        Invariant = "invariant",
    }
}

/// What whoever moves a case gives.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MigrateCase {
    /// Why, 1 to 10,000 characters.
    pub reason: String,
    /// What it rests on, e.g. the transition clause of the new rules, 1 to 10,000 characters.
    pub basis: String,
}

/// Something that stands against it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Obstacle {
    /// Why.
    pub why: MigrationObstacle,
    /// The stage, fact or clock, where it is one.
    pub name: Option<String>,
}

/// Something that would be another way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// What.
    pub what: MigrationChange,
    /// The stage, parameter, clock, role or fact; of a criterion the stage and its own name, with a dot between them.
    pub name: String,
    /// As it is; none where it is new.
    pub before: Option<Text>,
    /// As it would be; none where it goes.
    pub after: Option<Text>,
    /// Whether this case comes to it still. What it has behind it is not asked again.
    pub ahead: bool,
}

/// What a move would do to a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// The version that it runs under.
    pub from: DefinitionRef,
    /// The version that it would run under.
    pub to: DefinitionRef,
    /// Stages that stay as they are.
    pub kept: Vec<StageId>,
    /// Stages that come in, not begun.
    pub added: Vec<StageId>,
    /// Stages that go: nothing was done in them.
    pub dropped: Vec<StageId>,
    /// What else would be another way.
    pub changes: Vec<Change>,
    /// What stands against it; none where it can be done.
    pub obstacles: Vec<Obstacle>,
    /// Number of the event of the case that was the last one looked at.
    pub seen_n: u64,
    stages: Vec<StageRef>,
    facts: Facts,
    stops: Vec<ClockId>,
    holders: BTreeMap<ClockId, RoleId>,
}

impl Definition {
    /// How a case names it.
    pub fn reference(&self) -> DefinitionRef {
        DefinitionRef { name: self.name.clone(), version: self.version, hash: self.hash }
    }

    /// Its stages, as a case copies them.
    pub fn stage_refs(&self) -> Vec<StageRef> {
        self.stages.iter().map(|s| StageRef { id: s.id.clone(), kind: s.kind, volume: s.volume }).collect()
    }
}

/// Whether anything was done in a stage.
fn touched(stage: &StageControl) -> bool {
    stage.status != Status::Absent && *stage != StageControl::fresh(stage.kind)
}

/// Where the law puts a kind of stage (R713 arts. 10 to 37); nothing for those whose place the definition says.
const fn place(kind: StageKind) -> Option<u8> {
    Some(match kind {
        StageKind::Initiation => 0,
        StageKind::Drafting => 1,
        StageKind::PublicParticipation | StageKind::ExpertReview | StageKind::RiskAssessment => 2,
        StageKind::LegalityReview => 3,
        StageKind::Tabling => 4,
        StageKind::CollectiveDeliberation => 5,
        StageKind::PreIssuanceReporting => 6,
        StageKind::Issuance => 7,
        StageKind::Publication | StageKind::Implementation | StageKind::PostEvaluation => 8,
        StageKind::Archiving => 9,
        StageKind::Task | StageKind::Approval => return None,
    })
}

/// What moving a case from one version of its definition to another would do.
///
/// `from` is the version that the case runs under.
pub fn plan(from: &Definition, to: &Definition, case: &Case) -> Plan {
    let mut obstacles = Vec::new();
    let mut refuse = |why, name: Option<&str>| obstacles.push(Obstacle { why, name: name.map(str::to_owned) });
    if to.hash == case.file.definition.hash {
        refuse(MigrationObstacle::SameVersion, None);
    }
    if to.name != from.name {
        refuse(MigrationObstacle::OtherName, None);
    }
    if to.family != from.family {
        refuse(MigrationObstacle::OtherFamily, None);
    }
    if case.control.ending != Ending::Running {
        refuse(MigrationObstacle::CaseOver, None);
    }
    if case.control.irregular {
        refuse(MigrationObstacle::IrregularityOpen, None);
    }
    let standing = || case.file.stages.iter().zip(&case.control.stages);
    let (mut kept, mut dropped) = (Vec::new(), Vec::new());
    for (stage, control) in standing() {
        let there = to.stage(&stage.id);
        match there {
            Some(spec) if spec.kind != stage.kind => refuse(MigrationObstacle::StageKind, Some(stage.id.as_str())),
            Some(spec) if touched(control) && spec.volume() != stage.volume() => {
                refuse(MigrationObstacle::StageVolume, Some(stage.id.as_str()));
            }
            None if touched(control) => refuse(MigrationObstacle::StageMissing, Some(stage.id.as_str())),
            _ => {}
        }
        if there.is_some() { kept.push(stage.id.clone()) } else { dropped.push(stage.id.clone()) }
    }
    let new = |spec: &&StageSpec| case.position(&spec.id).is_none();
    let added: Vec<StageId> = to.stages.iter().filter(new).map(|s| s.id.clone()).collect();
    for spec in to.stages.iter().filter(new) {
        if too_late(spec.kind, case) {
            refuse(MigrationObstacle::StageTooLate, Some(spec.id.as_str()));
        }
    }
    let (facts, strangers) = facts(from, to, case);
    for (why, name) in strangers {
        refuse(why, Some(&name));
    }
    // The law of a land does not cease to apply because a version is silent about it.
    for id in case.file.overlays.iter().filter(|id| to.overlay(id).is_none()) {
        refuse(MigrationObstacle::OverlayUnknown, Some(id.as_str()));
    }
    let after = control_after(to, case);
    for (at, spec) in to.stages.iter().enumerate() {
        let control = &after.stages[at];
        if control.status == Status::Absent
            && !spec.absent_if.as_ref().is_some_and(|c| c.condition.holds(&|id| to.position(id), &after, &facts))
        {
            refuse(MigrationObstacle::AbsenceNotAllowed, Some(spec.id.as_str()));
        }
        let Some(was) = from.stage(&spec.id) else { continue };
        match control.detail {
            Detail::Task { result: Some(place) } if result(was, place) != result(spec, place) => {
                refuse(MigrationObstacle::ResultMoved, Some(spec.id.as_str()));
            }
            Detail::Approval { .. } if control.status == Status::Active && was.approval != spec.approval => {
                refuse(MigrationObstacle::ApprovalChanged, Some(spec.id.as_str()));
            }
            _ => {}
        }
    }
    let (mut stops, mut holders) = (Vec::new(), BTreeMap::new());
    for (id, clock) in &case.file.clocks {
        match to.clocks.iter().find(|spec| spec.id == *id) {
            None => stops.push(id.clone()),
            Some(spec) if spec.kind != clock.run.kind() => refuse(MigrationObstacle::ClockKind, Some(id.as_str())),
            Some(spec) if spec.holder != clock.holder => {
                holders.insert(id.clone(), spec.holder.clone());
            }
            Some(_) => {}
        }
    }
    obstacles.sort();
    Plan {
        from: case.file.definition.clone(),
        to: to.reference(),
        kept,
        added,
        dropped,
        changes: changes(from, to, case, &stops, &holders),
        obstacles,
        seen_n: case.n,
        stages: to.stage_refs(),
        facts,
        stops,
        holders,
    }
}

impl Plan {
    /// The case as its gates would see it afterwards, for the proof to say whether such a case can be.
    #[must_use]
    pub fn moved(&self, case: &Case) -> Case {
        let mut moved = case.clone();
        moved.control.stages = carried(&self.stages, case);
        moved.facts.clone_from(&self.facts);
        moved.file.stages.clone_from(&self.stages);
        moved.file.definition = self.to.clone();
        moved.file.clocks.retain(|id, _| !self.stops.contains(id));
        moved
    }

    /// The same with one more thing that stands against it.
    pub fn refuse(&mut self, why: MigrationObstacle) {
        self.obstacles.push(Obstacle { why, name: None });
    }
}

/// The events that move a case, where nothing stands against it.
///
/// `today` is where the organ is: a clock that stops may be over time.
///
/// # Errors
/// `MIGRATION_IMPOSSIBLE` with the first obstacle; a refusal of what is given.
pub fn migrate(
    plan: &Plan,
    case: &Case,
    given: MigrateCase,
    today: jiff::civil::Date,
) -> Result<Vec<CaseEvent>, Rejection> {
    check::text("reason", &given.reason)?;
    check::text("basis", &given.basis)?;
    if let Some(obstacle) = plan.obstacles.first() {
        let refused = Rejection::new(Code::MigrationImpossible).at("definition").given(obstacle.why);
        return Err(match &obstacle.name {
            Some(name) => refused.needed(name),
            None => refused,
        });
    }
    let moved = CaseEvent::CaseMigrated {
        given,
        from: plan.from.clone(),
        to: plan.to.clone(),
        stages: plan.stages.clone(),
        facts: plan.facts.clone(),
        holders: plan.holders.clone(),
    };
    let stopped = plan.stops.iter().map(|clock| CaseEvent::ClockDropped {
        clock: clock.clone(),
        overdue: case.file.clocks.get(clock).is_some_and(|c| c.run.elapsed(today)),
    });
    Ok(std::iter::once(moved).chain(stopped).collect())
}

/// The control of stages by name: as they stand, and not begun where they are new.
pub(crate) fn carried(stages: &[StageRef], case: &Case) -> Vec<StageControl> {
    let stands = |stage: &StageRef| case.position(&stage.id).and_then(|at| case.control.stages.get(at)).copied();
    stages.iter().map(|stage| stands(stage).unwrap_or_else(|| StageControl::fresh(stage.kind))).collect()
}

/// Why these stages cannot take the place of those of a case, whatever a definition says: what replay itself refuses.
pub(crate) fn torn(stages: &[StageRef], case: &Case) -> Option<&'static str> {
    for (stage, control) in case.file.stages.iter().zip(&case.control.stages) {
        match stages.iter().find(|other| other.id == stage.id) {
            Some(other) if other.kind != stage.kind => return Some("a stage is of another kind now"),
            None if touched(control) => return Some("a stage in which something was done is gone"),
            _ => {}
        }
    }
    None
}

fn control_after(to: &Definition, case: &Case) -> crate::control::Control {
    crate::control::Control { stages: carried(&to.stage_refs(), case), ..case.control.clone() }
}

/// Whether a new stage of this kind comes too late: what the law puts after it is under way or done, or it would have
/// begun with something that is done.
fn too_late(kind: StageKind, case: &Case) -> bool {
    let of = |kind| case.control.stages.iter().filter(move |s| s.kind == kind);
    let done = |kind| of(kind).any(|s| s.status == Status::Completed);
    let overtaken = place(kind).is_some_and(|own| {
        case.control.stages.iter().any(|s| {
            matches!(s.status, Status::Active | Status::Completed) && place(s.kind).is_some_and(|other| other > own)
        })
    });
    overtaken
        || match kind {
            StageKind::Initiation => true,
            StageKind::Drafting => done(StageKind::Initiation),
            StageKind::Implementation => done(StageKind::Issuance),
            _ => false,
        }
}

fn result(spec: &StageSpec, place: u8) -> Option<&str> {
    let results = &spec.task.as_ref()?.results;
    Some(results.get(usize::from(place))?.entry.id.as_str())
}

/// The facts afterwards, and those that stand against it.
fn facts(from: &Definition, to: &Definition, case: &Case) -> (Facts, Vec<(MigrationObstacle, String)>) {
    let mut against = Vec::new();
    for (id, value) in &case.facts {
        let default = from.facts.iter().find(|f| f.id == *id).map(|f| &f.default);
        match to.facts.iter().find(|f| f.id == *id) {
            // What was never determined says nothing.
            None if default == Some(value) => {}
            None => against.push((MigrationObstacle::FactUnknown, id.to_string())),
            Some(spec) if !spec.kind.values().contains(value) => {
                against.push((MigrationObstacle::FactValue, id.to_string()));
            }
            Some(_) => {}
        }
    }
    let known = |spec: &crate::definition::FactSpec| {
        let value = case.facts.get(&spec.id).filter(|value| spec.kind.values().contains(value));
        (spec.id.clone(), value.unwrap_or(&spec.default).clone())
    };
    let mut facts: Facts = to.facts.iter().map(known).collect();
    // What a special law of the case settles there is so from then on.
    for overlay in to.overlays_of(&case.file.overlays) {
        facts.extend(overlay.facts.clone());
    }
    (facts, against)
}

/// Gathers what differs.
struct Differences(Vec<Change>);

impl Differences {
    fn add(
        &mut self,
        what: MigrationChange,
        name: impl ToString,
        before: Option<Text>,
        after: Option<Text>,
        ahead: bool,
    ) {
        self.0.push(Change { what, name: name.to_string(), before, after, ahead });
    }

    /// Things that have names: told where one is new, gone, or not the same.
    fn named<'d, T: PartialEq + 'd, N: Ord + ToString>(
        &mut self,
        what: MigrationChange,
        ahead: bool,
        (before, after): (impl IntoIterator<Item = &'d T>, impl IntoIterator<Item = &'d T>),
        name: impl Fn(&T) -> N,
        text: impl Fn(&T) -> Text,
    ) {
        let before: BTreeMap<N, &T> = before.into_iter().map(|one| (name(one), one)).collect();
        let mut after: BTreeMap<N, &T> = after.into_iter().map(|one| (name(one), one)).collect();
        for (id, was) in before {
            match after.remove(&id) {
                Some(is) if is == was => {}
                is => self.add(what, id.to_string(), Some(text(was)), is.map(&text), ahead),
            }
        }
        for (id, is) in after {
            self.add(what, id.to_string(), None, Some(text(is)), ahead);
        }
    }
}

fn plain(text: impl ToString) -> Text {
    let text = text.to_string();
    Text { zh: text.clone(), en: text }
}

fn changes(
    from: &Definition,
    to: &Definition,
    case: &Case,
    stops: &[ClockId],
    holders: &BTreeMap<ClockId, RoleId>,
) -> Vec<Change> {
    let mut found = Differences(Vec::new());
    for spec in &to.stages {
        let was = from.stage(&spec.id);
        if let (Some(was), Some(at)) = (was, case.position(&spec.id)) {
            gates(&mut found, was, spec, case.control.stages[at].status);
        }
    }
    let (before, after) = (&from.facts, &to.facts);
    found.named(MigrationChange::Fact, true, (before, after), |f| f.id.clone(), |f| f.text.clone());
    let overlays = (&from.overlays, &to.overlays);
    found.named(MigrationChange::Overlay, true, overlays, |o| o.id.clone(), |o| o.text.clone());
    found.named(MigrationChange::Role, true, (&from.roles, &to.roles), |r| r.id.clone(), role);
    let forbids = (&from.forbids, &to.forbids);
    let named = |f: &crate::definition::Forbid| format!("{}.{}", f.verb, f.relation);
    found.named(MigrationChange::Separation, true, forbids, named, |f| plain(format!("{} {}", f.verb, f.relation)));
    let parameters = (from.parameters.values(), to.parameters.values());
    found.named(MigrationChange::Parameter, true, parameters, |p| p.id.clone(), |p| p.value.text());
    // A confirmation is of one version; it does not follow a case to another.
    let ids: BTreeSet<_> = from.confirmed.keys().chain(to.confirmed.keys()).collect();
    for id in ids.into_iter().filter(|id| from.confirmed.get(*id) != to.confirmed.get(*id)) {
        let binding = |def: &Definition| {
            let confirmed = def.confirmed.get(id).is_some_and(|bindings| !bindings.is_empty());
            def.parameters.get(id).filter(|_| confirmed).map(|p| p.value.text())
        };
        found.add(MigrationChange::Confirmation, id, binding(from), binding(to), true);
    }
    found.named(MigrationChange::Clock, true, (&from.clocks, &to.clocks), |c| c.id.clone(), |c| c.text.clone());
    for id in stops {
        let text = from.clocks.iter().find(|c| c.id == *id).map(|c| c.text.clone());
        found.add(MigrationChange::ClockStops, id, text, None, true);
    }
    for (id, holder) in holders {
        let role = |def: &Definition, id: &RoleId| {
            def.roles.iter().find(|r| r.id == *id).map_or_else(|| plain(id), |r| r.text.clone())
        };
        let before = case.file.clocks.get(id).map(|clock| role(from, &clock.holder));
        found.add(MigrationChange::ClockHolder, id, before, Some(role(to, holder)), true);
    }
    for spec in to.clocks.iter().filter(|spec| missed(spec, from, case)) {
        found.add(MigrationChange::ClockNotStarted, &spec.id, None, Some(spec.text.clone()), false);
    }
    found.named(MigrationChange::Outcome, true, (&from.outcomes, &to.outcomes), |o| *o, |o| plain(o));
    let items = (&from.drafting_items, &to.drafting_items);
    found.named(MigrationChange::DraftingItem, true, items, |i| *i, |i| plain(i));
    let invariants = (&from.invariants, &to.invariants);
    found.named(MigrationChange::Invariant, true, invariants, |i| i.id.clone(), |i| i.text.clone());
    found.0
}

fn gates(found: &mut Differences, was: &StageSpec, is: &StageSpec, status: Status) {
    let available = status == Status::Available;
    let open = matches!(status, Status::Available | Status::Active);
    let name = |c: &Criterion| format!("{}.{}", is.id, c.id);
    let text = |c: &Criterion| c.text.clone();
    found.named(MigrationChange::Entry, available, (&was.entry, &is.entry), name, text);
    found.named(MigrationChange::Exit, open, (&was.exit, &is.exit), name, text);
    found.named(MigrationChange::Absence, available, (&was.absent_if, &is.absent_if), name, text);
    found.named(MigrationChange::Hearing, open, (&was.hearing_if, &is.hearing_if), name, text);
    let named = |m: &Material| format!("{}.{}", is.id, m.id);
    found.named(MigrationChange::Material, true, (&was.materials, &is.materials), named, |m| m.text.clone());
    if was.task != is.task || was.approval != is.approval {
        let fields = |form: &Form| form.fields.iter().map(|f| f.id.to_string()).collect::<Vec<_>>();
        let of_task = |task: &TaskSpec| {
            let entries = task.entries.iter().map(|e| e.id.to_string());
            entries.chain(task.results.iter().map(|r| r.entry.id.to_string())).collect::<Vec<_>>()
        };
        let told = |spec: &StageSpec| {
            let approval = spec.approval.as_ref().map(|a| {
                let roles = a.roles.iter().map(ToString::to_string);
                fields(&a.form).into_iter().chain(roles).collect::<Vec<_>>()
            });
            spec.task.as_ref().map(of_task).or(approval).map(|words| plain(words.join(", ")))
        };
        found.add(MigrationChange::Form, &is.id, told(was), told(is), open);
    }
    if was.optional != is.optional {
        let told = |spec: &StageSpec| Some(plain(spec.optional));
        found.add(MigrationChange::Optional, &is.id, told(was), told(is), available);
    }
}

/// A clock that is new, that something done already would have started, and that nothing done since would have stopped.
fn missed(spec: &ClockSpec, from: &Definition, case: &Case) -> bool {
    let done = |verb: Verb| verb == Verb::OpenCase || case.file.days.contains_key(&verb);
    from.clocks.iter().all(|c| c.id != spec.id) && spec.starts.verbs().any(done) && !spec.stops.verbs().any(done)
}

fn role(role: &Role) -> Text {
    let words: BTreeSet<&str> = role.posts.iter().map(|p| p.as_str()).collect();
    let verbs: Vec<&str> = role.verbs.iter().map(|v| v.as_str()).collect();
    let told = format!("({} {}): {}", role.unit, words.into_iter().collect::<Vec<_>>().join(", "), verbs.join(", "));
    Text { zh: format!("{}{told}", role.text.zh), en: format!("{} {told}", role.text.en) }
}
