//! Reverse trace 倒查 (R713 art. 38), by the application, on both databases: who held a matter how long, who acted for whom and
//! in which post, what a successor answers for, who dissented, and what was known on an earlier day.

use std::collections::BTreeSet;

use dingce_app::Principal;
use dingce_app::clock_history::clock_history;
use dingce_app::ports::{ActPage, ActQuery, Direction, EventStore, Filter, ReadRow, RowQuery, Value as Cell};
use dingce_app::read_rows::{ClockEventRow, HoldRow, PositionRow};
use dingce_app::use_cases::{Asked, CaseTrace, Party, TracedHold};
use dingce_domain::code::Code;
use dingce_domain::holding::ConflictKind;
use dingce_domain::id::{CaseId, DelegationId, UnitId};
use dingce_domain::organisation::{OrganisationEvent, UnitKind, UnitRelation};
use dingce_domain::time::ClockKind;
use dingce_testkit::staff;
use dingce_tests::acting::{Ask, ask, asked, code, principal};
use dingce_tests::harness::{Backend, Node, Site};
use dingce_tests::on_both;
use jiff::ToSpan;
use jiff::civil::Date;
use serde_json::{Value, json};
use uuid::Uuid;

on_both!(
    a_case_is_delayed_in_three_hands,
    holding_and_pauses_add_up_to_the_time_of_the_case,
    an_earlier_day_knows_less,
    a_delegate_acts_and_one_person_has_two_posts,
    a_successor_is_traced_with_what_it_came_from,
    who_dissented_is_found_by_person,
    only_who_may_trace_is_told,
);

async fn traced(node: &Node, case: CaseId, on: Option<Date>) -> CaseTrace {
    let trace = node.app.trace_case(principal("auditor"), case, on).await.expect("the auditor may trace");
    trace.expect("the case is known")
}

fn party(trace: &CaseTrace, unit: &str) -> Party {
    let wanted = Some(staff::unit(unit));
    trace
        .parties
        .iter()
        .find(|party| party.unit == wanted)
        .cloned()
        .unwrap_or_else(|| panic!("{unit}: {:?}", trace.parties))
}

fn hold<'t>(trace: &'t CaseTrace, clock: &str) -> &'t TracedHold {
    trace.holds.iter().rfind(|held| held.hold.clock.as_str() == clock).unwrap_or_else(|| panic!("no {clock}"))
}

async fn a_case_is_delayed_in_three_hands(backend: Backend) {
    let site = Site::new(backend).await;
    let node = site.node(1).await;
    let case = node.delayed().await;
    let trace = traced(&node, case, None).await;

    // The undertaking unit: it had 40 days for what a few were given.
    let supplement = hold(&trace, "supplement_period");
    assert_eq!((supplement.unit, supplement.measure.days), (Some(staff::unit("water")), 40));
    assert!(supplement.hold.overdue() && supplement.measure.beyond > Some(0), "{supplement:?}");
    assert_eq!(supplement.hold.end.as_ref().and_then(|end| end.person), Some(staff::person("officer")));
    // The reviewer: 67 days, of which those of the supplement are nobody's; a guaranteed time is no limit that was missed.
    let review = hold(&trace, "legality_period");
    assert_eq!(review.unit, Some(staff::unit("justice")));
    assert_eq!((review.measure.days, review.measure.paused_days, review.measure.held_days()), (67, 41, 26));
    assert!(!review.hold.overdue() && review.measure.beyond > Some(0), "{review:?}");
    let concluded = trace.acts.iter().find(|act| act.kind == "legality_concluded").expect("it was concluded");
    assert_eq!((review.act, trace.days_since_before(concluded.n)), (Some(concluded.n), Some(0)));
    // The office: it published late.
    let publication = hold(&trace, "publication_target");
    assert_eq!((publication.unit, publication.measure.days), (Some(staff::unit("office")), 60));
    assert!(publication.hold.overdue(), "{publication:?}");
    let published = trace.acts.iter().find(|act| act.kind == "decision_published").expect("it was published");
    assert_eq!((publication.act, trace.days_since_before(published.n)), (Some(published.n), Some(60)));

    for (unit, late) in [("water", true), ("justice", false), ("office", true)] {
        let party = party(&trace, unit);
        assert!(party.acts > 0 && party.held_days > 0, "{party:?}");
        assert_eq!((party.overdue > 0, party.overrun_days > 0), (late, late), "{unit}: {party:?}");
        assert!(party.overrun_days <= party.held_days, "{party:?}");
    }
    // What members had before them is the file that was tabled, on the version reviewed.
    let [meeting] = &trace.materials[..] else { panic!("one meeting: {:?}", trace.materials) };
    let tabled = trace.acts.iter().find(|act| act.kind == "tabling_requested").expect("it was tabled");
    assert_eq!((meeting.tabled_n, meeting.draft), (Some(tabled.n), tabled.draft));
    assert!(
        !meeting.file.is_empty() && !meeting.draft_documents.is_empty() && meeting.present.len() > 1,
        "{meeting:?}"
    );

    // The same from the unit's side, in any case.
    for unit in ["water", "office"] {
        let units = [staff::unit(unit)];
        let query = node.app.overdue_of_units(staff::unit("organ"), &units).await.expect("a query");
        let rows: Vec<HoldRow> = node.app.rows(query).await.expect("rows");
        let known = node.app.known(None);
        let held = node.app.overdue_as_known(staff::unit("organ"), &units, &rows, known).await.expect("holds");
        assert!(held.iter().flatten().any(|held| held.case == case), "{unit}: {rows:?}");
        assert!(held.iter().flatten().all(|held| held.unit == Some(units[0])), "{unit}: {held:?}");
    }
    let rebuilt = node.app.rebuild(false, &|_, _| {}).await.expect("the events are replayed");
    assert_eq!(rebuilt.differing, 0, "{:?}", rebuilt.differences);
}

async fn holding_and_pauses_add_up_to_the_time_of_the_case(backend: Backend) {
    let site = Site::new(backend).await;
    let node = site.node(2).await;
    let case = node.delayed().await;
    let trace = traced(&node, case, None).await;
    let today = node.app.today();
    let mut everything: BTreeSet<Date> = BTreeSet::new();
    for held in &trace.holds {
        let until = held.hold.end.as_ref().map_or(today, |end| end.on);
        // Counted from the dates alone.
        let span = u32::try_from((until - held.hold.from).get_days().max(0)).expect("not before it began");
        assert_eq!(held.measure.held_days() + held.measure.paused_days, span, "{held:?}");
        let mut day = held.hold.from;
        while day < until {
            day = day.saturating_add(1.day());
            everything.insert(day);
        }
    }
    assert_eq!(trace.days.total, everything.len() as u64);
    assert_eq!(trace.days.held + trace.days.paused, trace.days.total);
    let shares: u64 = trace.parties.iter().map(|party| party.held_days).sum();
    assert!(shares >= trace.days.held, "what all parties held covers every day that somebody did");
    assert!(trace.holds.iter().any(|held| held.measure.paused_days > 0), "something was paused");

    // The clocks tell the same story, but that a guaranteed period which ran out leaves the matter in its holder's hands.
    let mut query = RowQuery::all(ClockEventRow::TABLE).with(Filter::Eq("case_id", Cell::Text(case.to_string())));
    query.order = vec!["n"];
    let rows: Vec<ClockEventRow> = node.app.rows(query).await.expect("rows");
    let spans = clock_history(&rows).expect("they are read");
    assert_eq!(spans.len(), trace.holds.len(), "nothing was handed over");
    for (span, held) in spans.iter().zip(&trace.holds) {
        assert_eq!((span.clock.as_str(), &span.run), (held.hold.clock.as_str(), held.hold.run().expect("a clock")));
        assert_eq!(span.holder, held.hold.holder.as_str());
        if span.run.kind() != ClockKind::Guaranteed {
            assert_eq!(
                span.end.map(|end| (end.on, end.by)),
                held.hold.end.as_ref().map(|end| (end.on, end.by)),
                "{held:?}"
            );
            assert_eq!(span.overdue, held.hold.overdue(), "{held:?}");
        }
    }
}

async fn an_earlier_day_knows_less(backend: Backend) {
    let site = Site::new(backend).await;
    let node = site.node(3).await;
    let before = node.app.today().saturating_sub(1.day());
    let case = node.road_to("submit_for_legality_review").await;
    let submitted_on = node.app.today();
    node.days_pass(2).await;
    node.done(case, "request_supplement", Value::Null).await;
    for _ in 0..2 {
        node.days_pass(20).await;
    }
    node.done(case, "supply_supplement", Value::Null).await;
    node.app.settle().await.expect("background work is done");

    let now = traced(&node, case, None).await;
    let then = traced(&node, case, Some(submitted_on)).await;
    assert!(then.n() < now.n() && then.acts.iter().all(|act| now.acts.contains(act)), "{} {}", then.n(), now.n());
    let review = hold(&then, "legality_period");
    assert!(review.hold.end.is_none() && review.measure.paused_days == 0, "the pause was not known: {review:?}");
    assert!(then.holds.iter().all(|held| held.hold.clock.as_str() != "supplement_period"));
    assert_eq!((then.known.day, review.measure.days), (submitted_on, 0));
    assert!(hold(&now, "legality_period").measure.paused_days > 30);
    // In the middle of the wait it was not over and, once its last day had passed, already late.
    let middle = traced(&node, case, Some(submitted_on.saturating_add(30.days()))).await;
    let supplement = hold(&middle, "supplement_period");
    assert!(supplement.hold.end.is_none() && supplement.hold.overdue(), "{supplement:?}");
    assert!(!now.acts.is_empty() && hold(&now, "supplement_period").hold.end.is_some());
    let first = traced(&node, case, Some(submitted_on.saturating_add(3.days()))).await;
    assert!(!hold(&first, "supplement_period").hold.overdue());
    let units = [staff::unit("water")];
    let query = node.app.overdue_of_units(staff::unit("organ"), &units).await.expect("a query");
    let rows: Vec<HoldRow> = node.app.rows(query).await.expect("rows");
    assert!(!rows.is_empty());
    let known = node.app.known(Some(submitted_on.saturating_add(3.days())));
    let held = node.app.overdue_as_known(staff::unit("organ"), &units, &rows, known).await.expect("holds");
    assert!(held.iter().all(Option::is_none), "nothing was late yet: {held:?}");
    let none = node.app.trace_case(principal("auditor"), case, Some(before)).await.expect("the auditor may trace");
    assert!(none.is_none(), "there was no case yet");
}

async fn a_delegate_acts_and_one_person_has_two_posts(backend: Backend) {
    let site = Site::new(backend).await;
    let node = site.node(4).await;
    let today = node.app.today();
    let entries = vec![
        OrganisationEvent::DelegationGranted {
            delegation: DelegationId::new(Uuid::from_u128(1)),
            principal: staff::person("head"),
            post: staff::post("head"),
            agent: staff::person("deputy"),
            verbs: BTreeSet::new(),
            from: today,
            until: today.saturating_add(10.days()),
            basis: "区政府党组会议决定".to_owned(),
        },
        OrganisationEvent::PostTaken {
            person: staff::person("officer"),
            post: staff::post("clerk"),
            from: today,
            until: None,
        },
    ];
    node.app.enter_directory(asked("registrar"), staff::DIRECTORY, entries).await.expect("they are entered");
    let given = serde_json::from_value(node.input(None, &ask("open_case", Value::Null)).await).expect("an act");
    let who = Principal { post: Some(staff::post("clerk")), ..principal("officer") };
    let opened = node.app.open_case(Asked { who, ..asked("officer") }, None, given).await.expect("a case opens");
    let case = CaseId::new(opened.stream.value);
    node.done(case, "study_proposal", Value::Null).await;
    node.act(case, Ask { by: "deputy".to_owned(), ..ask("decide_initiation", Value::Null) }).await.expect("delegated");
    let add = node.command(case, &ask("add_draft_version", Value::Null)).await;
    let who = Principal { post: Some(staff::post("officer")), ..principal("officer") };
    node.app.act(Asked { who, ..asked("officer") }, case, add).await.expect("a version comes");

    let trace = traced(&node, case, None).await;
    let decided = trace.acts.iter().find(|act| act.kind == "initiation_decided").expect("it was decided");
    assert_eq!(decided.actor, Some(staff::person("deputy")));
    assert_eq!((decided.acting_for, decided.post), (Some(staff::person("head")), Some(staff::post("head"))));
    let two = trace.conflicts.iter().find(|c| c.kind == ConflictKind::TwoPosts).expect("two posts");
    assert_eq!((two.person, two.parts.len()), (Some(staff::person("officer")), 2));
    let organ = party(&trace, "organ");
    let did = &organ.persons[&staff::person("deputy")];
    assert_eq!((did.acts, did.in_place_of.contains(&staff::person("head"))), (1, true));

    // Both the one who acted and the one in whose place are found by person.
    for who in ["deputy", "head"] {
        let query = ActQuery::Person { person: staff::person(who), organ: staff::unit("organ") };
        let page = ActPage { until: None, direction: Direction::Descending, after: None, limit: 10 };
        let acts = node.store.acts(&query, page).await.expect("acts");
        assert!(acts.iter().any(|act| act.stream == case.into() && act.n == decided.n), "{who}: {acts:?}");
        assert_eq!(node.store.count_acts(&query, None).await.expect("a number"), acts.len() as u64);
        let before = ActPage { until: Some(decided.recorded_at - 1), ..page };
        let acts = node.store.acts(&query, before).await.expect("acts");
        assert!(acts.iter().all(|act| act.recorded_at < decided.recorded_at), "{who}: {acts:?}");
    }
}

async fn a_successor_is_traced_with_what_it_came_from(backend: Backend) {
    let site = Site::new(backend).await;
    let node = site.node(5).await;
    let case = node.road_to("add_draft_version").await;
    let merged = UnitId::new(Uuid::from_u128(0x1F7));
    let from = node.app.today();
    let entries = vec![
        OrganisationEvent::UnitRegistered {
            unit: merged,
            name: "区水务和农业农村局".to_owned(),
            unit_kind: UnitKind::Department,
            from,
        },
        OrganisationEvent::UnitRelated {
            unit: merged,
            relation: UnitRelation::SuccessorOf,
            to: staff::unit("water"),
            from,
            until: None,
        },
    ];
    node.app.enter_directory(asked("registrar"), staff::DIRECTORY, entries).await.expect("they are entered");
    let (row, units) = node
        .app
        .trace_unit(principal("auditor"), merged)
        .await
        .expect("the auditor may trace")
        .expect("the unit is known");
    assert_eq!((row.name.as_str(), units[0]), ("区水务和农业农村局", merged));
    assert!(units.contains(&staff::unit("water")) && !units.contains(&staff::unit("justice")), "{units:?}");
    let organ = staff::unit("organ");
    let page = ActPage { until: None, direction: Direction::Descending, after: None, limit: 2 };
    let query = ActQuery::Units { units, organ };
    let mut seen = Vec::new();
    let mut after = None;
    loop {
        let acts = node.store.acts(&query, ActPage { after, ..page }).await.expect("acts");
        let Some(last) = acts.last() else { break };
        after = Some(last.place());
        seen.extend(acts);
    }
    assert!(seen.iter().any(|act| act.stream == case.into() && act.kind == "draft_version_added"), "{seen:?}");
    assert!(seen.windows(2).all(|two| two[0].place() > two[1].place()), "newest first, none twice");
    assert_eq!(node.store.count_acts(&query, None).await.expect("a number"), seen.len() as u64);
    let alone = ActQuery::Units { units: vec![merged], organ };
    assert_eq!(node.store.count_acts(&alone, None).await.expect("a number"), 0, "the new one has done nothing itself");
}

async fn who_dissented_is_found_by_person(backend: Backend) {
    let site = Site::new(backend).await;
    let node = site.node(6).await;
    let case = node.road_to("find_risk").await;
    let said = [("deputy", "agree"), ("member_1", "disagree"), ("member_2", "reserve"), ("member_3", "agree")];
    for (spoken_no, (member, position)) in (1..).zip(said) {
        let statement = format!("{position}：意见和理由。");
        let member = format!("$person:{member}");
        let given = json!({ "member": member, "position": position, "statement": statement, "spoken_no": spoken_no });
        node.done(case, "record_position", given).await;
    }
    let trace = traced(&node, case, None).await;
    let organ = party(&trace, "organ");
    assert_eq!(organ.against, 2, "{organ:?}");
    let did = |who: &str| organ.persons[&staff::person(who)].clone();
    assert_eq!((did("member_1").dissents, did("member_1").reservations), (1, 0));
    assert_eq!((did("member_2").dissents, did("member_2").reservations), (0, 1));
    assert_eq!((did("deputy").dissents, did("deputy").reservations), (0, 0));
    assert_eq!(trace.positions.len(), 4);
    let against = |member: &str| {
        RowQuery::all(PositionRow::TABLE)
            .with(Filter::Holds("against"))
            .with(Filter::Eq("member", Cell::Text(staff::person(member).to_string())))
    };
    let rows: Vec<PositionRow> = node.app.rows(against("member_1")).await.expect("rows");
    let [row] = &rows[..] else { panic!("one dissent: {rows:?}") };
    assert_eq!((row.case_id.as_str(), row.position.as_str()), (case.to_string().as_str(), "disagree"));
    assert_eq!(row.entered_by, Some(staff::person("secretary").to_string()), "whoever entered it, it is the member's");
    let rows: Vec<PositionRow> = node.app.rows(against("deputy")).await.expect("rows");
    assert!(rows.is_empty(), "{rows:?}");
}

async fn only_who_may_trace_is_told(backend: Backend) {
    let site = Site::new(backend).await;
    let node = site.node(7).await;
    let case = node.open_case().await;
    let missing = CaseId::new(Uuid::from_u128(0xDEAD));
    for who in staff::PERSONS.iter().map(|person| person.key).filter(|key| *key != "auditor") {
        for case in [case, missing] {
            let refused = node.app.trace_case(principal(who), case, None).await.map(|_| ());
            assert_eq!(code(refused), Code::Forbidden, "{who}: whether it is there or not");
        }
        let refused = node.app.trace_person(principal(who), staff::person("head")).await.map(|_| ());
        assert_eq!(code(refused), Code::Forbidden, "{who}");
        let refused = node.app.trace_unit(principal(who), staff::unit("water")).await.map(|_| ());
        assert_eq!(code(refused), Code::Forbidden, "{who}");
    }
    let none = node.app.trace_case(principal("auditor"), missing, None).await.expect("the auditor may trace");
    assert!(none.is_none());
}
