//! A hearing with a public draw, on both databases: applications with sealed names, a seed that nobody could know, and
//! everything that is public of it.

use dingce_app::ports::{Destroy, EventStore, Filter, ReadRow, RowQuery, Value as Cell};
use dingce_app::read_rows::{CommentRow, ConsultationRow, HearingIntakeRow, PublicHearingRow};
use dingce_app::{AppError, Done};
use dingce_domain::code::Code;
use dingce_domain::consultation::{Channel, Commenter, SubmitComment};
use dingce_domain::draw::{Checkpoint, draw};
use dingce_domain::hearing::{Applicant, ApplyToHearing, ExcludeApplicant, HearingEvent};
use dingce_domain::id::{CaseId, HearingId};
use dingce_ledger as ledger;
use dingce_tests::acting::{asked, code, principal};
use dingce_tests::harness::{Backend, Node, Site};
use dingce_tests::on_both;
use serde_json::{Value, json};

on_both!(
    a_hearing_from_notice_to_report,
    the_seed_is_the_root_of_the_log,
    two_nodes_fix_one_seed,
    a_cancelled_hearing_takes_no_applications,
    what_comes_on_paper_is_entered_by_the_unit,
    names_stay_sealed,
    a_postponed_hearing_is_applied_for_again,
    the_public_suggests_a_hearing,
);

const GROUP: &str = "居民代表";

fn applicant(n: u32) -> Applicant {
    Applicant { name: format!("申请人{n}"), contact: format!("信箱{n}号") }
}

async fn apply(node: &Node, hearing: HearingId, n: u32) -> Result<Done, AppError> {
    let given = ApplyToHearing {
        channel: Channel::Web,
        group: GROUP.to_owned(),
        shown_as: format!("居民{n}"),
        stake: "用水大户，希望说明成本。".to_owned(),
    };
    node.app.apply_to_hearing(None, hearing, given, applicant(n)).await
}

/// A case with a draft and a hearing announced, its stream of applications open.
async fn noticed(node: &Node) -> (CaseId, HearingId) {
    let case = node.road_to("add_draft_version").await;
    node.done(case, "notice_hearing", Value::Null).await;
    node.app.settle().await.expect("the stream of applications opens");
    let hearing = node.case(case).await.file.hearing.expect("a hearing").id;
    (case, hearing)
}

async fn public(node: &Node, hearing: HearingId) -> (PublicHearingRow, Value) {
    let query = RowQuery::all(PublicHearingRow::TABLE).with(Filter::Eq("hearing", Cell::Text(hearing.to_string())));
    let row = node.app.row::<PublicHearingRow>(query).await.expect("read").expect("a public hearing");
    let sheet = serde_json::from_str(&row.sheet_json).expect("JSON");
    (row, sheet)
}

async fn seed(node: &Node, hearing: HearingId) -> Option<Checkpoint> {
    let query = RowQuery::all(HearingIntakeRow::TABLE).with(Filter::Eq("hearing", Cell::Text(hearing.to_string())));
    let row = node.app.row::<HearingIntakeRow>(query).await.expect("read").expect("a row");
    row.checkpoint_json.map(|json| serde_json::from_str(&json).expect("a checkpoint"))
}

async fn a_hearing_from_notice_to_report(backend: Backend) {
    let site = Site::new(backend).await;
    let node = site.node(1).await;
    let (case, hearing) = noticed(&node).await;
    let first = apply(&node, hearing, 1).await.expect("taken");
    for n in 2..=9 {
        apply(&node, hearing, n).await.expect("taken");
    }
    let other = ApplyToHearing {
        channel: Channel::Web,
        group: "有关部门".to_owned(),
        shown_as: "某部门".to_owned(),
        stake: "职责相关。".to_owned(),
    };
    assert_eq!(
        code(node.app.apply_to_hearing(None, hearing, other, applicant(0)).await),
        Code::HearingGroupUnknown,
        "seats that are not drawn take no applications"
    );
    let exclude = |who: &str| ExcludeApplicant { code: who.to_owned(), reason: "不是本区居民。".to_owned() };
    assert_eq!(
        code(node.app.exclude_hearing_applicant(asked("officer"), hearing, exclude("A-0099")).await),
        Code::ApplicantUnknown
    );
    node.app.exclude_hearing_applicant(asked("officer"), hearing, exclude("A-0009")).await.expect("left out in time");
    let receipt = node.app.hearing_receipt(&first.receipt.expect("a receipt")).await.expect("found");
    assert_eq!((receipt.received.code.as_str(), receipt.excluded), ("A-0001", None));

    node.days_pass(11).await;
    assert_eq!(code(apply(&node, hearing, 10).await), Code::ApplicationsClosed, "the last day is over");
    assert_eq!(
        code(node.act(case, dingce_tests::acting::ask("draw_hearing_participants", Value::Null)).await),
        Code::DrawTooEarly
    );
    assert_eq!(seed(&node, hearing).await, None, "before the instant there is no seed");
    node.days_pass(1).await;
    let fixed = seed(&node, hearing).await.expect("the seed is fixed by itself");
    assert_eq!(
        code(node.app.exclude_hearing_applicant(asked("officer"), hearing, exclude("A-0001")).await),
        Code::DrawInstantPast,
        "nobody is left out because of their lot"
    );
    node.done(case, "draw_hearing_participants", Value::Null).await;
    let (row, sheet) = public(&node, hearing).await;
    assert_eq!((row.state.as_str(), &sheet["draw"]["seed"]), ("drawn", &json!(fixed.root)));
    let eligible: Vec<&str> = sheet["draw"]["candidates"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|c| c["left_out"] == false)
        .filter_map(|c| c["code"].as_str())
        .collect();
    assert_eq!(eligible.len(), 8);
    let again = draw(&fixed.seed(), GROUP, &eligible, eligible.len());
    assert_eq!(sheet["draw"]["groups"][0]["order"], json!(again), "anyone draws the same");
    assert!(!sheet.to_string().contains("居民1"), "whoever applied is not shown before the list");

    node.done(case, "publish_hearing_participants", Value::Null).await;
    let (row, sheet) = public(&node, hearing).await;
    assert_eq!(row.state, "listed");
    assert_eq!(sheet["list"]["composition"]["interested"], 6);
    assert_eq!(sheet["list"]["participants"][0]["code"], json!(again[0]));
    node.done(case, "deliver_hearing_materials", Value::Null).await;
    let today = node.app.today();
    let held_on = node.case(case).await.file.hearing.expect("a hearing").held_on;
    node.days_pass(today.until(held_on).expect("days").get_days()).await;
    for act in [
        "open_hearing",
        "record_hearing_statement",
        "record_hearing_statement",
        "sign_hearing_record",
        "report_hearing",
    ] {
        node.done(case, act, Value::Null).await;
    }
    let (row, sheet) = public(&node, hearing).await;
    assert_eq!((row.state.as_str(), &sheet["report"]["views"][0]["uptake"]), ("reported", &json!("partial")));
    node.agrees("after a hearing").await;
    site.replays(&node, "after a hearing").await;
}

async fn the_seed_is_the_root_of_the_log(backend: Backend) {
    let site = Site::new(backend).await;
    let node = site.node(1).await;
    let (_, hearing) = noticed(&node).await;
    apply(&node, hearing, 1).await.expect("taken");
    node.days_pass(13).await;
    let fixed = seed(&node, hearing).await.expect("a seed");
    let store = node.store.as_ref() as &dyn EventStore;
    let mut leaves = store.log_leaves(0, fixed.size).await.expect("leaves");
    assert_eq!(leaves.len() as u64, fixed.size);
    let digests: Vec<_> = leaves.drain(..).map(ledger::Digest::from_bytes).collect();
    assert_eq!(fixed.root.bytes(), ledger::merkle::root(&digests).as_bytes(), "RFC 6962 over all leaves");
    let closing = node.store.events(hearing.into(), 0, 100).await.expect("events");
    let closing = closing.iter().find(|e| e.event.kind == "hearing_applications_closed").expect("closed");
    let place = store.log_place(hearing.into(), closing.n).await.expect("read").expect("a place");
    assert!(place < fixed.size, "the seed covers the closing of the list");

    // A later one goes on from what the earlier one kept, and neither goes back.
    let (_, later) = noticed(&node).await;
    node.days_pass(13).await;
    let next = seed(&node, later).await.expect("a seed");
    assert_eq!(next.number, fixed.number + 1);
    assert!(next.size > fixed.size && next.recorded_at > fixed.recorded_at && next.root != fixed.root);
    let leaves = store.log_leaves(0, next.size).await.expect("leaves");
    let digests: Vec<_> = leaves.into_iter().map(ledger::Digest::from_bytes).collect();
    assert_eq!(next.root.bytes(), ledger::merkle::root(&digests).as_bytes());
}

async fn two_nodes_fix_one_seed(backend: Backend) {
    let site = Site::new(backend).await;
    let (one, two) = (site.node(1).await, site.node(2).await);
    let (_, hearing) = noticed(&one).await;
    apply(&one, hearing, 1).await.expect("taken");
    for node in [&one, &two] {
        node.clock.move_to(one.app.today().saturating_add(jiff::Span::new().days(11)), 10);
    }
    one.app.settle().await.expect("closed");
    for node in [&one, &two] {
        node.clock.move_to(one.app.today().saturating_add(jiff::Span::new().days(2)), 10);
    }
    let (first, second) = tokio::join!(one.app.settle(), two.app.settle());
    first.expect("settles");
    second.expect("settles");
    let fixed = one.store.events(hearing.into(), 0, 100).await.expect("events");
    let seeds = fixed.iter().filter(|e| e.event.kind == "hearing_seed_fixed").count();
    assert_eq!(seeds, 1);
}

async fn a_cancelled_hearing_takes_no_applications(backend: Backend) {
    let site = Site::new(backend).await;
    let node = site.node(1).await;
    let (case, hearing) = noticed(&node).await;
    apply(&node, hearing, 1).await.expect("taken");
    node.done(case, "cancel_hearing", Value::Null).await;
    node.app.settle().await.expect("the stream is told");
    assert_eq!(code(apply(&node, hearing, 2).await), Code::ApplicationsClosed);
    node.days_pass(20).await;
    assert_eq!(seed(&node, hearing).await, None, "nothing is drawn");
    assert_eq!(public(&node, hearing).await.0.state, "cancelled");
    node.agrees("after a cancelled hearing").await;
}

/// Comments and applications that come by letter: the undertaking unit enters them, and nobody else (R713 arts. 15, 16).
async fn what_comes_on_paper_is_entered_by_the_unit(backend: Backend) {
    let site = Site::new(backend).await;
    let node = site.node(1).await;
    let (_, hearing) = noticed(&node).await;
    let letter = || ApplyToHearing {
        channel: Channel::Letter,
        group: GROUP.to_owned(),
        shown_as: "来信居民".to_owned(),
        stake: "用水大户。".to_owned(),
    };
    let enter = |who: &str| node.app.enter_hearing_application(asked(who), hearing, letter(), applicant(1));
    assert_eq!(code(enter("clerk").await), Code::RoleMissing);
    enter("officer").await.expect("entered");
    let exclude = |who: &str| {
        let given = ExcludeApplicant { code: "A-0001".to_owned(), reason: "不是本区居民。".to_owned() };
        node.app.exclude_hearing_applicant(asked(who), hearing, given)
    };
    assert_eq!(code(exclude("clerk").await), Code::RoleMissing);
    exclude("officer").await.expect("left out in time");
    assert_eq!(code(apply(&node, hearing, 0).await.and(enter("reviewer").await)), Code::RoleMissing);

    let asked_about = node.road_to("open_solicitation").await;
    node.app.settle().await.expect("the consultation opens");
    let consultation = node.case(asked_about).await.file.consultation.expect("a consultation").id;
    let comment = |who: &str| {
        let given = SubmitComment {
            channel: Channel::Letter,
            clause: "第三条".to_owned(),
            text: "第一阶梯水量偏低。".to_owned(),
            suggests_hearing: false,
        };
        node.app.enter_comment(asked(who), consultation, given, Commenter::default())
    };
    assert_eq!(code(comment("clerk").await), Code::RoleMissing);
    let entered = comment("officer").await.expect("entered");
    assert!(entered.receipt.is_some(), "whoever wrote can ask what became of it");
}

async fn names_stay_sealed(backend: Backend) {
    let site = Site::new(backend).await;
    let node = site.node(1).await;
    let (case, hearing) = noticed(&node).await;
    apply(&node, hearing, 7).await.expect("taken");
    let stored = node.store.events(hearing.into(), 1, 1).await.expect("events");
    let event = &stored[0].event;
    assert!(!event.json.contains("申请人7") && !event.json.contains("信箱7号"), "the open body has no name");
    assert!(event.sealed.is_some() && event.body_key.is_some(), "sealed, and the leaf commits to both by key");
    let read: dingce_app::envelope::Recorded<HearingEvent> = dingce_app::envelope::read(&stored[0]).expect("an event");
    assert!(matches!(read.body, HearingEvent::Received { .. }));
    let opened = node.app.open_applicant(principal("officer"), hearing, "A-0001").await.expect("for who lists them");
    assert_eq!(opened, Some(applicant(7)));
    let refused = node.app.open_applicant(principal("reviewer"), hearing, "A-0001").await;
    assert!(matches!(code(refused), Code::RoleMissing | Code::NotFound));
    let what = Destroy { stream: hearing.into(), n: 2, subject: read_application(&read.body), identity: true };
    assert_eq!(site.store().await.destroy(&what).await.expect("destroyed"), 1, "there was a sealed body");
    let fresh = site.node(3).await;
    let opened = fresh.app.open_applicant(principal("officer"), hearing, "A-0001").await.expect("still there");
    assert_eq!(opened, None, "the key is gone, and with it the name");
    assert!(fresh.case(case).await.n > 0);
}

fn read_application(body: &HearingEvent) -> String {
    let HearingEvent::Received { application, .. } = body else { panic!("an application") };
    application.to_string()
}

/// Too few were listed: the hearing is put off, the public applies again, and all who applied are drawn with a new seed.
async fn a_postponed_hearing_is_applied_for_again(backend: Backend) {
    let site = Site::new(backend).await;
    let node = &site.node(1).await;
    let (case, hearing) = noticed(node).await;
    for n in 1..=3 {
        apply(node, hearing, n).await.expect("taken");
    }
    node.days_pass(12).await;
    let first = seed(node, hearing).await.expect("the seed is fixed");
    node.done(case, "draw_hearing_participants", Value::Null).await;
    node.done(case, "publish_hearing_participants", Value::Null).await;
    assert_eq!(code(apply(node, hearing, 4).await), Code::ApplicationsClosed);

    let zone = dingce_domain::time::Zone::SHANGHAI;
    let today = node.app.today();
    let day = |days: i64| today.saturating_add(jiff::Span::new().days(days));
    let period = |until: i64, draw_after: i64| json!({ "from": today, "until": day(until), "draw_at": zone.end_of(day(draw_after)) });
    let postponed = |held: i64, period: Value| {
        dingce_tests::acting::ask("postpone_hearing", json!({ "held_on": day(held), "applications": period }))
    };
    let refused = |held: i64, given: Value| {
        let ask = postponed(held, given);
        async move {
            match node.act(case, ask).await {
                Err(AppError::Rejected(refused)) => (refused.code, refused.path),
                other => panic!("{other:?}"),
            }
        }
    };
    let at = |path: &str| (Code::DateNotAcceptable, Some(path.to_owned()));
    assert_eq!(refused(40, period(-1, 3)).await, at("applications.until"));
    assert_eq!(refused(40, period(5, 4)).await, at("applications.draw_at"), "the seed comes after the applications");
    assert_eq!(refused(4, period(5, 5)).await, at("held_on"), "the draw comes before the hearing");
    node.act(case, postponed(40, period(5, 5))).await.expect("put off, and open again");
    node.app.settle().await.expect("the stream of applications learns of it");
    let file = node.case(case).await.file.hearing.expect("a hearing");
    assert!(file.drawn.is_empty() && file.list.is_none() && file.candidates.is_empty(), "drawn and listed anew");
    assert_eq!(seed(node, hearing).await, None);
    let (row, sheet) = public(node, hearing).await;
    assert_eq!((row.state.as_str(), row.applications_until.as_deref()), ("noticed", Some(&*day(5).to_string())));
    assert_eq!(sheet["postponed"], 1);

    let again = apply(node, hearing, 4).await.expect("the public applies again");
    let receipt = node.app.hearing_receipt(&again.receipt.expect("a receipt")).await.expect("found");
    assert_eq!(receipt.received.code, "A-0004", "codes go on: nobody's changes");
    for n in 5..=9 {
        apply(node, hearing, n).await.expect("taken");
    }
    let list = dingce_tests::acting::ask("publish_hearing_participants", Value::Null);
    assert_eq!(code(node.act(case, list).await), Code::HearingNotReady, "the old list is no list");
    assert_eq!(
        code(node.act(case, dingce_tests::acting::ask("draw_hearing_participants", Value::Null)).await),
        Code::DrawTooEarly,
        "the seed of the first draw is no seed of this one"
    );
    node.days_pass(7).await;
    assert_eq!(code(apply(node, hearing, 10).await), Code::ApplicationsClosed);
    let second = seed(node, hearing).await.expect("a seed of its own");
    assert!(second.recorded_at >= zone.end_of(day(5)) && second.root != first.root, "{second:?}");
    node.done(case, "draw_hearing_participants", Value::Null).await;
    let drawn = node.case(case).await.file.hearing.expect("a hearing").drawn;
    let all: Vec<String> = (1..=9).map(|n| format!("A-{n:04}")).collect();
    let eligible: Vec<&str> = all.iter().map(String::as_str).collect();
    let group = drawn.iter().find(|d| d.group == GROUP).expect("the group");
    assert_eq!(group.order, draw(&second.seed(), GROUP, &eligible, eligible.len()), "all who applied, then or now");
    node.done(case, "publish_hearing_participants", Value::Null).await;
    node.agrees("after the second draw").await;
}

/// GD303 art. 2: citizens may suggest a hearing. It names no number of them: each is answered.
async fn the_public_suggests_a_hearing(backend: Backend) {
    let site = Site::new(backend).await;
    let node = &site.node(1).await;
    let case = node.road_to("open_solicitation").await;
    node.app.settle().await.expect("the consultation opens");
    let consultation = node.consultation(case).await;
    let comment = |suggests_hearing: bool| {
        let given = SubmitComment {
            channel: Channel::Web,
            clause: String::new(),
            text: "选址涉及我们小区，建议听证。".to_owned(),
            suggests_hearing,
        };
        node.app.submit_comment(None, consultation, given, Commenter::default())
    };
    comment(false).await.expect("taken");
    comment(true).await.expect("taken");
    comment(true).await.expect("taken");
    let query =
        RowQuery::all(ConsultationRow::TABLE).with(Filter::Eq("consultation", Cell::Text(consultation.to_string())));
    let row = node.app.row::<ConsultationRow>(query).await.expect("read").expect("a row");
    assert_eq!((row.received, row.hearing_suggestions), (3, 2));
    let of = Filter::Eq("suggests_hearing", Cell::Bool(true));
    let suggested = node.app.rows::<CommentRow>(RowQuery::all(CommentRow::TABLE).with(of)).await.expect("read");
    assert_eq!(suggested.len(), 2);
    node.days_pass(31).await;
    let report = || node.act(case, dingce_tests::acting::ask("report_participation", Value::Null));
    assert_eq!(code(report().await), Code::CommentsUnanswered, "the unit answers each of them");
    node.answer_all(consultation).await;
    node.app.settle().await.expect("the case learns of the answers");
    report().await.expect("all are answered");
    node.agrees("after the answers").await;
}
