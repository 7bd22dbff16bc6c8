//! Moving a case to another version of its definition: what is planned, what stands against it, and the act by way of
//! application and store.

use dingce_app::AppError;
use dingce_app::ports::{Filter, ReadRow, RowQuery, Value as Cell};
use dingce_app::read_rows::{CaseRow, ClockEventRow, ClockRow};
use dingce_archive::verify;
use dingce_definition::hash;
use dingce_domain::act::OpenCase;
use dingce_domain::case::Case;
use dingce_domain::code::Code;
use dingce_domain::condition::FactValue;
use dingce_domain::control::{ApprovalProgress, Detail, Ending};
use dingce_domain::definition::{Definition, FactKind, Family};
use dingce_domain::event::CaseEvent;
use dingce_domain::id::CaseId;
use dingce_domain::migration::{MigrateCase, MigrationChange, MigrationObstacle, Plan, migrate, plan};
use dingce_domain::occasion::Actor;
use dingce_domain::rejection::Rejection;
use dingce_domain::time::ClockKind;
use dingce_domain::words::{Evidence, StageKind, Status, Volume};
use dingce_testkit::law;
use dingce_testkit::scenario::{World, steps};
use dingce_tests::acting::{ask, asked, code, principal};
use dingce_tests::harness::{Backend, Node, Site};
use dingce_tests::packages::content;
use dingce_tests::{on_both, small};
use jiff::civil::date;
use serde_json::{Value, json};

on_both!(
    a_case_moves_in_the_middle_of_parallel_branches,
    what_a_version_adds_and_drops,
    a_state_that_no_case_can_be_in_is_refused,
    only_who_may_and_only_what_was_seen,
);

// What is planned: the core alone.

fn case_after(given: &[Value]) -> Case {
    let mut world = World::default();
    for step in given {
        steps::play(&mut world, step).unwrap_or_else(|why| panic!("{step}: {why}"));
    }
    world.case.expect("a case")
}

/// The national definition in a second version that says the same.
fn second() -> Definition {
    let mut def = law::definition();
    def.version = 2;
    def.hash = hash(b"second");
    def
}

fn given() -> MigrateCase {
    MigrateCase {
        reason: "新规施行。".to_owned(), basis: "新规第三十条：施行前未办结的，适用新规。".to_owned()
    }
}

/// What stands against moving a case to a version that differs so.
fn against(case: &Case, differs: impl FnOnce(&mut Definition)) -> Vec<(MigrationObstacle, Option<String>)> {
    let (from, mut to) = (law::definition(), second());
    differs(&mut to);
    obstacles(&plan(&from, &to, case), case)
}

fn obstacles(plan: &Plan, case: &Case) -> Vec<(MigrationObstacle, Option<String>)> {
    let done = migrate(plan, case, given(), date(2024, 3, 1));
    assert_eq!(done.is_ok(), plan.obstacles.is_empty(), "what stands against it refuses the act");
    if let Err(Rejection { code, given, .. }) = done {
        assert_eq!((code, given), (Code::MigrationImpossible, Some(plan.obstacles[0].why.to_string())));
    }
    plan.obstacles.iter().map(|o| (o.why, o.name.clone())).collect()
}

fn one(why: MigrationObstacle, name: &str) -> Vec<(MigrationObstacle, Option<String>)> {
    vec![(why, Some(name.to_owned()))]
}

fn bare(why: MigrationObstacle) -> Vec<(MigrationObstacle, Option<String>)> {
    vec![(why, None)]
}

/// Two branches under way at once: comments are taken, and the risk is assessed.
fn in_parallel() -> Case {
    case_after(&[json!({ "road_to": "solicitation_opened" }), json!("risk_started")])
}

#[test]
fn nothing_stands_against_a_version_that_says_the_same() {
    let case = in_parallel();
    let (from, to) = (law::definition(), second());
    let plan = plan(&from, &to, &case);
    assert_eq!(plan.kept.len(), from.stages.len());
    assert!(plan.added.is_empty() && plan.dropped.is_empty() && plan.changes.is_empty(), "{plan:#?}");
    let events = migrate(&plan, &case, given(), date(2024, 3, 1)).expect("it moves");
    let after = Case::evolve(Some(case.clone()), case.file.id, &Actor::System, &events[0]).expect("it follows");
    assert_eq!((&after.control, &after.facts), (&case.control, &case.facts), "nothing of what was done changes");
    assert_eq!(after.file.clocks, case.file.clocks, "clocks go on as they are");
    assert_eq!(after.file.definition, to.reference());
    let again = Case::evolve(Some(after), case.file.id, &Actor::System, &events[0]).expect_err("it is there already");
    assert!(again.why.contains("another definition"), "{again}");
}

#[test]
fn what_it_is_and_where_it_stands_can_be_against_it() {
    let case = in_parallel();
    assert_eq!(against(&case, |to| to.hash = law::definition().hash), bare(MigrationObstacle::SameVersion));
    let other = |to: &mut Definition| to.name = "another".parse().expect("a name");
    assert_eq!(against(&case, other), bare(MigrationObstacle::OtherName));
    assert_eq!(against(&case, |to| to.family = Family::General), bare(MigrationObstacle::OtherFamily));
    let mut irregular = case.clone();
    irregular.control.irregular = true;
    assert_eq!(against(&irregular, |_| ()), bare(MigrationObstacle::IrregularityOpen));
    for ending in [Ending::Terminated, Ending::NotAdopted, Ending::Closed] {
        let mut over = case.clone();
        over.control.ending = ending;
        assert_eq!(against(&over, |_| ()), bare(MigrationObstacle::CaseOver), "{ending}");
    }
}

#[test]
fn every_branch_under_way_or_done_must_be_there_as_it_is() {
    let case = in_parallel();
    for branch in ["risk", "participation", "initiation", "drafting"] {
        let without = |to: &mut Definition| to.stages.retain(|s| s.id.as_str() != branch);
        assert_eq!(against(&case, without), one(MigrationObstacle::StageMissing, branch));
    }
    // Recorded as absent, or not begun: nothing was done in them.
    for untouched in ["expert", "party_report", "post_evaluation"] {
        let without = |to: &mut Definition| to.stages.retain(|s| s.id.as_str() != untouched);
        assert_eq!(against(&case, without), [], "{untouched}");
    }
    let stage = |to: &mut Definition, id: &str| {
        to.stages.iter().position(|s| s.id.as_str() == id).expect("a stage of that name")
    };
    let of_another_kind = |to: &mut Definition| {
        let at = stage(to, "risk");
        to.stages[at].kind = StageKind::ExpertReview;
    };
    assert_eq!(against(&case, of_another_kind), one(MigrationObstacle::StageKind, "risk"));
    let elsewhere = |to: &mut Definition| {
        let at = stage(to, "risk");
        to.stages[at].volume = Some(Volume::Execution);
    };
    assert_eq!(against(&case, elsewhere), one(MigrationObstacle::StageVolume, "risk"));
    let never_absent = |to: &mut Definition| {
        let at = stage(to, "expert");
        to.stages[at].absent_if = None;
    };
    assert_eq!(against(&case, never_absent), one(MigrationObstacle::AbsenceNotAllowed, "expert"));
}

#[test]
fn a_new_stage_does_not_stand_before_what_is_done() {
    let add = |kind: StageKind| {
        move |to: &mut Definition| {
            let like = to.stages.iter().find(|s| s.kind == kind).expect("a stage of that kind").clone();
            to.stages.push(dingce_domain::definition::StageSpec { id: "second".parse().expect("a name"), ..like });
        }
    };
    let early = in_parallel();
    for fits in
        [StageKind::RiskAssessment, StageKind::LegalityReview, StageKind::Publication, StageKind::Implementation]
    {
        assert_eq!(against(&early, add(fits)), [], "{fits}");
    }
    for late in [StageKind::Initiation, StageKind::Drafting] {
        assert_eq!(against(&early, add(late)), one(MigrationObstacle::StageTooLate, "second"), "{late}");
    }
    // Whatever prepares the review comes too late once it is under way (R713 art. 26).
    for step in ["submitted", "cleared"] {
        let reviewed = case_after(&[json!({ "road_to": step })]);
        let late = against(&reviewed, add(StageKind::RiskAssessment));
        assert_eq!(late, one(MigrationObstacle::StageTooLate, "second"), "{step}");
    }
    let issued = case_after(&[json!({ "road_to": "issued" })]);
    assert_eq!(against(&issued, add(StageKind::Implementation)), one(MigrationObstacle::StageTooLate, "second"));
    assert_eq!(against(&issued, add(StageKind::PostEvaluation)), []);
}

#[test]
fn what_was_determined_must_be_known_there() {
    let facts = json!({ "act": "determine_facts", "facts": { "operators_touched": true }, "reason": "涉及经营者。" });
    let mut world = World::default();
    steps::play(&mut world, &json!({ "road_to": "draft_v1" })).expect("a draft");
    world.attempt(&facts).expect("an act").expect("facts are determined");
    let case = world.case.expect("a case");
    let without = |name: &'static str| move |to: &mut Definition| to.facts.retain(|f| f.id.as_str() != name);
    assert_eq!(against(&case, without("operators_touched")), one(MigrationObstacle::FactUnknown, "operators_touched"));
    assert_eq!(against(&case, without("groups_affected")), [], "it was never determined");
    let in_words = |to: &mut Definition| {
        let fact = to.facts.iter_mut().find(|f| f.id.as_str() == "operators_touched").expect("the fact");
        fact.kind = FactKind::Word(vec!["none".to_owned(), "some".to_owned()]);
        fact.default = FactValue::Word("none".to_owned());
    };
    assert_eq!(against(&case, in_words), one(MigrationObstacle::FactValue, "operators_touched"));
    let (from, mut to) = (law::definition(), second());
    let mut new = to.facts[0].clone();
    new.id = "brand_new".parse().expect("a name");
    new.default = FactValue::Bool(true);
    to.facts.push(new);
    let moved = plan(&from, &to, &case).moved(&case);
    assert_eq!(moved.facts.get("brand_new".parse().as_ref().expect("a name")), Some(&FactValue::Bool(true)));
    assert_eq!(moved.facts.len(), case.facts.len() + 1);
}

#[test]
fn a_result_keeps_its_meaning_and_an_approval_its_terms() {
    let from = law::other("enforcement-dispute").definition;
    let mut world = World::default();
    world.def = from.clone();
    world.attempt(&json!({ "act": "open_case", "by": "justice_officer" })).expect("an act").expect("it opens");
    let mut case = world.case.expect("a case");
    let at = |case: &Case, id: &str| case.file.stages.iter().position(|s| s.id.as_str() == id).expect("a stage");
    let (application, opinion) = (at(&case, "application"), at(&case, "opinion"));
    case.control.stages[application].detail = Detail::Task { result: Some(0) };
    case.control.stages[application].status = Status::Completed;
    case.control.stages[application].evidence = Evidence::Current;
    let to = Definition { version: 2, hash: hash(b"second"), ..from.clone() };
    assert_eq!(obstacles(&plan(&from, &to, &case), &case), []);
    let mut moved = to.clone();
    moved.stages[application].task.as_mut().expect("a task").results.reverse();
    assert_eq!(obstacles(&plan(&from, &moved, &case), &case), one(MigrationObstacle::ResultMoved, "application"));
    let mut stricter = to.clone();
    stricter.stages[opinion].approval.as_mut().expect("an approval").needed = 1;
    assert_eq!(obstacles(&plan(&from, &stricter, &case), &case), [], "nobody asked for it");
    case.control.stages[opinion].detail = Detail::Approval { progress: ApprovalProgress::Requested };
    case.control.stages[opinion].status = Status::Active;
    assert_eq!(obstacles(&plan(&from, &stricter, &case), &case), one(MigrationObstacle::ApprovalChanged, "opinion"));
}

#[test]
fn clocks_go_on_stop_change_hands_or_are_named() {
    let case = in_parallel();
    let from = law::definition();
    let of = |def: &Definition, id: &str| def.clocks.iter().position(|c| c.id.as_str() == id).expect("a clock");
    let mut other_kind = second();
    let at = of(&other_kind, "comment_period");
    other_kind.clocks[at].kind = ClockKind::Cap;
    assert_eq!(obstacles(&plan(&from, &other_kind, &case), &case), one(MigrationObstacle::ClockKind, "comment_period"));

    let mut without = second();
    without.clocks.retain(|c| c.id.as_str() != "comment_period");
    let stops = plan(&from, &without, &case);
    let events = migrate(&stops, &case, given(), date(2024, 3, 1)).expect("it moves");
    assert!(
        matches!(&events[1..], [CaseEvent::ClockDropped { clock, overdue: false }] if clock.as_str() == "comment_period")
    );
    let change = |plan: &Plan, what| plan.changes.iter().any(|c| c.what == what && c.name == "comment_period");
    assert!(change(&stops, MigrationChange::ClockStops));

    let mut other_holder = second();
    other_holder.clocks[at].holder = "head".parse().expect("a role");
    let hands = plan(&from, &other_holder, &case);
    assert!(change(&hands, MigrationChange::ClockHolder));
    let events = migrate(&hands, &case, given(), date(2024, 3, 1)).expect("it moves");
    let after = Case::evolve(Some(case.clone()), case.file.id, &Actor::System, &events[0]).expect("it follows");
    let (clock, before) = (&other_holder.clocks[at].id, &case.file.clocks);
    assert_eq!(after.file.clocks[clock].holder.as_str(), "head");
    assert_eq!(after.file.clocks[clock].run, before[clock].run, "its last day is the one on record");

    let mut more = second();
    let mut new = more.clocks[at].clone();
    new.id = "brand_new".parse().expect("a name");
    new.starts = dingce_domain::definition::Triggers::default();
    new.starts.insert(dingce_domain::verb::Verb::DecideInitiation.into());
    more.clocks.push(new);
    let named = plan(&from, &more, &case);
    let told = named.changes.iter().find(|c| c.what == MigrationChange::ClockNotStarted).expect("it is told");
    assert_eq!((told.name.as_str(), told.ahead), ("brand_new", false));
    assert_eq!(named.moved(&case).file.clocks, case.file.clocks, "nothing is started backwards");
}

#[test]
fn it_is_told_what_is_ahead_of_the_case_and_what_is_behind() {
    let case = in_parallel();
    let (from, mut to) = (law::definition(), second());
    for stage in &mut to.stages {
        stage.entry.clear();
    }
    let plan = plan(&from, &to, &case);
    let entry = |name: &str| {
        let found = plan.changes.iter().find(|c| c.what == MigrationChange::Entry && c.name == name);
        found.unwrap_or_else(|| panic!("{name} is told: {plan:#?}")).ahead
    };
    assert!(!entry("participation.public"), "it was opened under the earlier version");
    assert!(entry("legality.unit_checked"));
}

#[test]
fn a_confirmation_is_of_one_version() {
    let case = in_parallel();
    let (mut from, to) = (law::definition(), second());
    let id = from.parameters.keys().next().expect("a parameter").clone();
    let binding =
        dingce_domain::definition::Binding { from: date(2024, 1, 1), until: None, basis: "区政府决定".to_owned() };
    from.confirmed.insert(id.clone(), vec![binding]);
    let plan = plan(&from, &to, &case);
    let told: Vec<_> = plan.changes.iter().map(|c| (c.what, c.name.clone(), c.after.is_none())).collect();
    assert_eq!(told, [(MigrationChange::Confirmation, id.to_string(), true)]);
    assert!(plan.obstacles.is_empty());
}

#[test]
fn who_moves_a_case_says_why_and_on_what_it_rests() {
    let case = in_parallel();
    let (from, to) = (law::definition(), second());
    let plan = plan(&from, &to, &case);
    for (reason, basis, path) in [("", "新规", "reason"), ("新规", " ", "basis")] {
        let given = MigrateCase { reason: reason.to_owned(), basis: basis.to_owned() };
        let refused = migrate(&plan, &case, given, date(2024, 3, 1)).expect_err("a text is missing");
        assert_eq!((refused.code, refused.path.as_deref()), (Code::TextNotAcceptable, Some(path)));
    }
}

// The act, by way of application and store.

/// The national definition in a second version: comments for longer, and alternatives weighed before the review.
fn national_second() -> String {
    let text = law::NATIONAL
        .replacen("\nversion: 1\n", "\nversion: 2\n", 1)
        .replacen("    value: { calendar_days: 30 }\n", "    value: { calendar_days: 40 }\n", 1)
        .replacen(
            "      unit_checked:\n        when: drafting.unit_legal_check == 'current'\n",
            "      alternatives_weighed:\n        when: drafting.alternatives == 'current'\n        text: { zh: \"已在本稿上比较备选方案\", en: \
             \"Alternatives were weighed on this draft\" }\n        source: { source: r713, article: \"12\" }\n      \
             unit_checked:\n        when: drafting.unit_legal_check == 'current'\n",
            1,
        );
    assert!(text.contains("calendar_days: 40") && text.contains("alternatives_weighed") && text.contains("version: 2"));
    text
}

async fn moved(node: &Node, by: &str, case: CaseId, to: &str) -> Result<dingce_app::Done, AppError> {
    let seen_n = node.case(case).await.n;
    node.app.migrate_case(asked(by), case, to, seen_n, given()).await
}

async fn a_case_moves_in_the_middle_of_parallel_branches(backend: Backend) {
    let site = Site::new(backend).await;
    let node = site.node(1).await;
    let case = node.road_to("open_solicitation").await;
    node.done(case, "start_risk_assessment", Value::Null).await;
    let second = national_second();
    node.app.publish_definition(asked("reviewer"), &second).await.expect("it is proven");
    let name = "major_decision_national@2";
    let planned = node.app.plan_migration(principal("clerk"), case, name).await.expect("a plan");
    assert!(planned.plan.obstacles.is_empty(), "{:#?}", planned.plan.obstacles);
    let period = planned.plan.changes.iter().find(|c| c.name == "comment_period").expect("the period is told");
    let told = |text: &Option<dingce_domain::words::Text>| text.as_ref().map(|t| t.zh.clone()).unwrap_or_default();
    assert_eq!((told(&period.before), told(&period.after)), ("30日".to_owned(), "40日".to_owned()));
    let before = node.case(case).await;
    let done = moved(&node, "clerk", case, name).await.expect("it moves");
    assert_eq!(done.events.iter().map(|(_, kind)| kind.as_str()).collect::<Vec<_>>(), ["case_migrated"]);
    let after = node.case(case).await;
    assert_eq!((&after.control, &after.file.clocks), (&before.control, &before.file.clocks));
    let row = RowQuery::all(CaseRow::TABLE).with(Filter::Eq("case_id", Cell::Text(case.to_string())));
    let row: CaseRow = node.app.row(row).await.expect("rows").expect("the case");
    assert_eq!(row.definition, hash(second.as_bytes()).to_string());
    let clocks = RowQuery::all(ClockRow::TABLE).with(Filter::Eq("case_id", Cell::Text(case.to_string())));
    let clocks: Vec<ClockRow> = node.app.rows(clocks).await.expect("rows");
    assert!(!clocks.is_empty() && clocks.iter().all(|c| c.definition == row.definition), "{clocks:?}");
    node.agrees("after the move").await;
    site.replays(&node, "after the move").await;

    // Comments close when they were announced to close; then the new gate is asked.
    node.go_on_after(case, "open_solicitation", "report_participation").await;
    node.done(case, "report_risk", Value::Null).await;
    let refused = node.act(case, ask("submit_for_legality_review", Value::Null)).await;
    let Err(AppError::Rejected(refused)) = refused else { panic!("{refused:?}") };
    let criterion = refused.criterion.as_ref().map(ToString::to_string);
    assert_eq!((refused.code, criterion.as_deref()), (Code::CriterionNotMet, Some("alternatives_weighed")));
    node.done(case, "record_drafting_item", json!({ "item": "alternatives" })).await;
    node.go_on_after(case, "report_risk", "publish_decision").await;
    node.app.settle().await.expect("background work is done");
    node.done(case, "check_volume", Value::Null).await;
    node.done(case, "close_volume", Value::Null).await;
    let over = node.app.plan_migration(principal("clerk"), case, "major_decision_national@1").await.expect("a plan");
    assert_eq!(over.plan.obstacles.iter().map(|o| o.why).collect::<Vec<_>>(), [MigrationObstacle::CaseOver]);
    let out = tempfile::tempdir().expect("a folder");
    node.app.export_volume_unchecked(case, Volume::Decision, out.path()).await.expect("a package");
    let package = out.path().join(format!("{case}-decision"));
    let report = verify(&package);
    assert!(report.ok(), "{:#?}", report.checks);
    let earlier = hash(law::NATIONAL.as_bytes()).to_string();
    let earlier =
        content(&package).join(format!("ledger/earlier-definition-{}.yaml", earlier.trim_start_matches("sha256:")));
    assert_eq!(std::fs::read_to_string(&earlier).expect("the earlier version"), law::NATIONAL);
    assert_eq!(std::fs::read_to_string(content(&package).join("ledger/definition.yaml")).expect("the version"), second);
    std::fs::write(&earlier, "name: another\n").expect("it is changed");
    assert!(!verify(&package).ok(), "another text is noticed");
    let sheet = node.app.compliance_of_case(case).await.expect("a sheet").expect("the case");
    assert_eq!(sheet.1.version, 2);
    node.agrees("at the end").await;
}

/// A later version of the same, changed so.
fn tasks(version: u32, change: impl FnOnce(String) -> String) -> String {
    let text = change(small::TWO_TASKS.replacen("version: 1", &format!("version: {version}"), 1));
    assert_ne!(text, small::TWO_TASKS);
    text
}

async fn published(node: &Node, text: &str) {
    node.app.publish_definition(asked("reviewer"), text).await.expect("it is proven");
}

async fn opened(node: &Node) -> CaseId {
    published(node, small::TWO_TASKS).await;
    let input = node.input(None, &ask("open_case", json!({ "class": null }))).await;
    let given: OpenCase = serde_json::from_value(input).expect("an input");
    let done = node.app.open_case(asked("clerk"), Some("tasks"), given).await.expect("a case opens");
    CaseId::new(done.stream.value)
}

fn third_task() -> String {
    format!("{}  archiving:\n", small::task("third", "第三项", "Third"))
}

async fn what_a_version_adds_and_drops(backend: Backend) {
    let site = Site::new(backend).await;
    let node = site.node(1).await;
    let case = opened(&node).await;
    let without_clock = |text: String| {
        let (before, rest) = text.split_once("clocks:\n").expect("clocks");
        let (_, after) = rest.split_once("stages:\n").expect("stages");
        format!("{before}stages:\n{after}").replacen("  archiving:\n", &third_task(), 1)
    };
    published(&node, &tasks(2, without_clock)).await;
    let done = moved(&node, "reviewer", case, "tasks@2").await.expect("it moves");
    let kinds: Vec<_> = done.events.iter().map(|(_, kind)| kind.as_str()).collect();
    assert_eq!(kinds, ["case_migrated", "clock_dropped"]);
    let of_case = |table| RowQuery::all(table).with(Filter::Eq("case_id", Cell::Text(case.to_string())));
    let clocks: Vec<ClockRow> = node.app.rows(of_case(ClockRow::TABLE)).await.expect("rows");
    assert!(clocks.is_empty(), "nobody waits any more: {clocks:?}");
    let told: Vec<ClockEventRow> = node.app.rows(of_case(ClockEventRow::TABLE)).await.expect("rows");
    let history = dingce_app::clock_history::clock_history(&told).expect("a history");
    assert!(history.len() == 1 && history[0].end.is_some_and(|end| end.by.is_none()), "{history:?}");
    assert_eq!(node.case(case).await.file.stages.len(), 5);
    node.agrees("after a clock was dropped").await;

    for (act, over) in [
        ("study_proposal", Value::Null),
        ("decide_initiation", Value::Null),
        ("complete_task", json!({ "stage": "third" })),
    ] {
        node.done(case, act, over).await;
    }
    published(&node, &tasks(3, |text| text)).await;
    let refused = moved(&node, "reviewer", case, "tasks@3").await;
    let Err(AppError::Rejected(refused)) = refused else { panic!("{refused:?}") };
    let said = (refused.code, refused.given.as_deref(), refused.needed.as_deref());
    assert_eq!(said, (Code::MigrationImpossible, Some("stage_missing"), Some("third")));
    // What nothing was done in may go.
    let other = |text: String| {
        let (before, rest) = text.split_once("  second:\n").expect("the second task");
        let (_, after) = rest.split_once("  archiving:\n").expect("archiving");
        format!("{before}{}{after}", third_task())
    };
    published(&node, &tasks(4, other)).await;
    let planned = node.app.plan_migration_unchecked(case, "tasks@4").await.expect("a plan");
    assert_eq!(planned.plan.dropped.iter().map(ToString::to_string).collect::<Vec<_>>(), ["second"]);
    moved(&node, "reviewer", case, "tasks@4").await.expect("it moves");
    node.done(case, "complete_task", json!({ "stage": "first" })).await;
    node.app.settle().await.expect("background work is done");
    node.done(case, "check_volume", json!({ "materials": [] })).await;
    node.done(case, "close_volume", Value::Null).await;
    let out = tempfile::tempdir().expect("a folder");
    node.app.export_volume_unchecked(case, Volume::Decision, out.path()).await.expect("a package");
    assert!(verify(&out.path().join(format!("{case}-decision"))).ok());
    node.agrees("at the end").await;
    site.replays(&node, "at the end").await;
}

async fn a_state_that_no_case_can_be_in_is_refused(backend: Backend) {
    let site = Site::new(backend).await;
    let node = site.node(1).await;
    let case = opened(&node).await;
    let in_turn = |text: String| {
        let second = small::task("second", "第二项", "Second");
        let entry = "    entry:\n      first_done:\n        when: stage.first.result == 'done'\n        text: { zh: \"第一项已经完成\", en: \
                     \"The first is done\" }\n        source: { source: rule, article: \"1\" }\n    task:\n";
        text.replacen(&second, &second.replacen("    task:\n", entry, 1), 1)
    };
    let text = tasks(2, in_turn);
    assert!(text.contains("first_done"));
    published(&node, &text).await;
    for act in ["study_proposal", "decide_initiation"] {
        node.done(case, act, Value::Null).await;
    }
    let planned = node.app.plan_migration(principal("clerk"), case, "tasks@2").await.expect("a plan");
    assert!(planned.plan.obstacles.is_empty(), "neither was begun: {:?}", planned.plan.obstacles);
    node.done(case, "complete_task", json!({ "stage": "second" })).await;
    let refused = moved(&node, "clerk", case, "tasks@2").await;
    let Err(AppError::Rejected(refused)) = refused else { panic!("{refused:?}") };
    assert_eq!((refused.code, refused.given.as_deref()), (Code::MigrationImpossible, Some("state_unknown")));
    node.done(case, "complete_task", json!({ "stage": "first" })).await;
    moved(&node, "clerk", case, "tasks@2").await.expect("now both are done, as in that version");
    node.agrees("after the move").await;
}

async fn only_who_may_and_only_what_was_seen(backend: Backend) {
    let site = Site::new(backend).await;
    let node = site.node(1).await;
    let case = opened(&node).await;
    published(&node, &tasks(2, |text| text)).await;
    let later = tasks(3, |text| text.replacen("valid_from: 2019-09-01", "valid_from: 2031-01-01", 1));
    published(&node, &later).await;
    for by in ["officer", "auditor"] {
        let may_not = code(moved(&node, by, case, "tasks@2").await);
        assert!(matches!(may_not, Code::Forbidden | Code::NotFound), "{by}: {may_not}");
        let plan = node.app.plan_migration(principal(by), case, "tasks@2").await;
        assert!(matches!(code(plan), Code::Forbidden | Code::NotFound), "{by}");
    }
    for unusable in ["tasks@9", "tasks@3", "tasks@x", "sha256:00", "another@1"] {
        assert_eq!(code(moved(&node, "clerk", case, unusable).await), Code::DefinitionNotUsable, "{unusable}");
    }
    let seen_n = node.case(case).await.n;
    node.done(case, "study_proposal", Value::Null).await;
    let stale = node.app.migrate_case(asked("clerk"), case, "tasks@2", seen_n, given()).await;
    assert_eq!(code(stale), Code::Conflict);
    // Two at once, on two nodes that saw the same.
    let (seen_n, other) = (node.case(case).await.n, site.node(2).await);
    let by_hash = hash(tasks(2, |text| text).as_bytes()).to_string();
    let (one, two) = tokio::join!(
        node.app.migrate_case(asked("clerk"), case, "tasks@2", seen_n, given()),
        other.app.migrate_case(asked("reviewer"), case, &by_hash, seen_n, given()),
    );
    assert_eq!([&one, &two].iter().filter(|done| done.is_ok()).count(), 1, "{one:?} {two:?}");
    let refused = if one.is_ok() { two } else { one };
    assert_eq!(code(refused), Code::Conflict);
    let events = node.events(case).await;
    assert_eq!(events.iter().filter(|e| e.event.json.contains("\"case_migrated\"")).count(), 1);
    let again = moved(&node, "clerk", case, "tasks@2").await;
    let Err(AppError::Rejected(again)) = again else { panic!("{again:?}") };
    assert_eq!((again.code, again.given.as_deref()), (Code::MigrationImpossible, Some("same_version")));
    node.agrees("after two at once").await;
    site.replays(&node, "after two at once").await;
}
