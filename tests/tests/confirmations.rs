//! Values that only advise, confirmed by the justice bureau: from which day they bind, whom, and until when; on both
//! databases.

use dingce_app::ports::{Filter, ReadRow, RowQuery, Value as Cell};
use dingce_app::read_rows::ConfirmationRow;
use dingce_app::use_cases::Asked;
use dingce_app::{AppError, Done};
use dingce_domain::act::{Act, Command, OpenCase};
use dingce_domain::code::Code;
use dingce_domain::compliance::{Rule, Verdict};
use dingce_domain::confirmation::{ConfirmParameter, Confirmation, WithdrawConfirmation};
use dingce_domain::id::{CaseId, Digest, OrganisationId, UnitId};
use dingce_domain::occasion::Manner;
use dingce_domain::organisation::OrganisationEvent;
use dingce_domain::rejection::Rejection;
use dingce_testkit::scenario::acts::document;
use dingce_testkit::scenario::{World, acts};
use dingce_testkit::{law, staff};
use dingce_tests::acting::{Ask, ask, asked, code};
use dingce_tests::harness::{Backend, FIRST_DAY, Node, Site};
use dingce_tests::on_both;
use jiff::ToSpan;
use jiff::civil::Date;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use uuid::Uuid;

on_both!(
    a_confirmed_value_refuses_from_its_day_on,
    what_cannot_be_confirmed_is_refused,
    a_withdrawn_confirmation_binds_no_more,
    acts_on_paper_are_judged_by_their_own_day,
    another_organ_is_not_bound,
    of_two_officers_at_once_one_confirms,
    the_sheet_knows_from_when_a_value_binds,
    what_lands_about_midnight_is_seen,
);

const BASIS: &str = "《某市重大行政决策专家论证办法》第九条";

fn national() -> Digest {
    law::definition().hash
}

fn confirm(parameter: &str, from: Date) -> ConfirmParameter {
    let parameter = parameter.parse().expect("a name");
    ConfirmParameter { parameter, basis: BASIS.to_owned(), from, documents: Vec::new() }
}

fn withdraw(parameter: &str, from: Date) -> WithdrawConfirmation {
    WithdrawConfirmation {
        parameter: parameter.parse().expect("a name"), reason: "该办法已废止。".to_owned(), from
    }
}

fn after(day: Date, days: i32) -> Date {
    day.saturating_add(days.days())
}

/// A case with a draft, for which no experts were appointed yet.
async fn drafted(node: &Node) -> CaseId {
    let case = node.open_case().await;
    for act in ["study_proposal", "decide_initiation", "add_draft_version"] {
        node.done(case, act, Value::Null).await;
    }
    case
}

fn two_experts() -> Value {
    json!({ "seats": 2, "chosen": ["E-01", "E-04"], "candidates": ["$candidate:1", "$candidate:2", "$candidate:4"] })
}

async fn appoint_two(node: &Node, case: CaseId) -> Result<Done, AppError> {
    node.act(case, ask("appoint_experts", two_experts())).await
}

async fn appoint_two_on_paper(node: &Node, case: CaseId, occurred_on: Date) -> Result<Done, AppError> {
    let evidence = document("evidence");
    node.upload_all(&evidence).await;
    let evidence = vec![serde_json::from_value(evidence).expect("a document")];
    let manner = Manner::Offline { occurred_on, evidence };
    node.act(case, Ask { manner, ..ask("appoint_experts", two_experts()) }).await
}

fn rejection<T: std::fmt::Debug>(result: Result<T, AppError>) -> Rejection {
    match result {
        Err(AppError::Rejected(rejection)) => *rejection,
        other => panic!("expected a refusal, but got {other:?}"),
    }
}

async fn kept(node: &Node) -> Vec<Confirmation> {
    let mut query =
        RowQuery::all(ConfirmationRow::TABLE).with(Filter::Eq("definition", Cell::Text(national().to_string())));
    query.order = vec!["n"];
    let rows = node.app.rows::<ConfirmationRow>(query).await.expect("rows are read");
    rows.iter().map(|row| serde_json::from_str(&row.confirmation_json).expect("a confirmation")).collect()
}

async fn a_confirmed_value_refuses_from_its_day_on(backend: Backend) {
    let site = Site::new(backend).await;
    let (node, other) = (&site.node(1).await, &site.node(2).await);
    let cases = [drafted(node).await, drafted(node).await, drafted(node).await];
    // Both nodes have the definition in memory before anything is confirmed.
    let before = drafted(other).await;
    appoint_two(other, before).await.expect("a value that only advises refuses nothing");
    let from = after(FIRST_DAY, 1);
    node.app.confirm_parameter(asked("reviewer"), national(), confirm("experts_least", from)).await.expect("confirmed");
    appoint_two(node, cases[0]).await.expect("it binds from tomorrow on");

    for node in [node, other] {
        node.clock.move_to(from, 10);
    }
    for (node, case) in [(node, cases[1]), (other, cases[2])] {
        let refused = rejection(appoint_two(node, case).await);
        assert_eq!((refused.code, refused.needed.as_deref()), (Code::ExpertsTooFew, Some("5")));
        assert_eq!(refused.confirmed.as_deref(), Some(BASIS), "the rule by which it binds is named");
        let told = dingce_app::language::Language::shipped().tell(&refused, Some(&law::definition()));
        assert_eq!(told.sources[0].cite.zh, BASIS);
    }
    let [confirmation] = kept(node).await.try_into().expect("one confirmation");
    assert_eq!(confirmation.confirmed.organ, staff::unit("organ"));
    assert_eq!(
        (confirmation.confirmed.value.as_str(), confirmation.confirmed.authority.as_str()),
        ("5", "UNCONFIRMED")
    );
    assert_eq!(confirmation.by.person(), Some(staff::person("reviewer")));
    node.agrees("after a confirmation").await;
    site.replays(node, "after a confirmation").await;
}

async fn what_cannot_be_confirmed_is_refused(backend: Backend) {
    let site = Site::new(backend).await;
    let node = &site.node(1).await;
    let tomorrow = after(FIRST_DAY, 1);
    let by = |who: &'static str, given: ConfirmParameter| node.app.confirm_parameter(asked(who), national(), given);
    for who in ["officer", "clerk", "justice_officer", "head"] {
        assert_eq!(code(by(who, confirm("experts_least", tomorrow)).await), Code::Forbidden, "{who}");
    }
    let unknown = rejection(by("reviewer", confirm("experts_most", tomorrow)).await);
    assert_eq!((unknown.code, unknown.path.as_deref()), (Code::InputNotAcceptable, Some("parameter")));
    let open = unknown.needed.expect("what can be confirmed");
    assert!(open.split(", ").any(|name| name == "experts_least"), "{open}");
    assert!(!open.split(", ").any(|name| name == "comment_period"), "it binds by itself: {open}");
    let hard = rejection(by("reviewer", confirm("comment_period", tomorrow)).await);
    assert_eq!((hard.code, hard.needed.as_deref()), (Code::AlreadyThere, Some(open.as_str())));
    for early in [FIRST_DAY, after(FIRST_DAY, -30)] {
        let refused = rejection(by("reviewer", confirm("experts_least", early)).await);
        assert_eq!((refused.code, refused.path.as_deref()), (Code::DateNotAcceptable, Some("from")));
    }
    let blank = ConfirmParameter { basis: " ".to_owned(), ..confirm("experts_least", tomorrow) };
    assert_eq!(code(by("reviewer", blank).await), Code::TextNotAcceptable);
    let missing = serde_json::from_value(document("never uploaded")).expect("a document");
    let missing = ConfirmParameter { documents: vec![missing], ..confirm("experts_least", tomorrow) };
    assert_eq!(code(by("reviewer", missing).await), Code::DocumentUnknown);
    let nowhere =
        node.app.confirm_parameter(asked("reviewer"), Digest::new([7; 32]), confirm("experts_least", tomorrow));
    assert_eq!(code(nowhere.await), Code::NotFound);
    let nothing = node.app.withdraw_confirmation(asked("reviewer"), national(), withdraw("experts_least", tomorrow));
    assert_eq!(code(nothing.await), Code::InputNotAcceptable);
    assert!(kept(node).await.is_empty(), "a refusal records nothing");

    by("justice_leader", confirm("experts_least", tomorrow)).await.expect("the leader of the bureau may");
    assert_eq!(code(by("reviewer", confirm("experts_least", after(tomorrow, 5))).await), Code::AlreadyThere);
    let again =
        rejection(by("reviewer", confirm("experts_most", tomorrow)).await).needed.expect("what can be confirmed");
    assert!(!again.split(", ").any(|name| name == "experts_least"), "{again}");
}

async fn a_withdrawn_confirmation_binds_no_more(backend: Backend) {
    let site = Site::new(backend).await;
    let node = &site.node(1).await;
    let (bound, free, anew) = (drafted(node).await, drafted(node).await, drafted(node).await);
    let confirmed = |from| node.app.confirm_parameter(asked("reviewer"), national(), confirm("experts_least", from));
    let withdrawn =
        |from| node.app.withdraw_confirmation(asked("reviewer"), national(), withdraw("experts_least", from));
    confirmed(after(FIRST_DAY, 1)).await.expect("confirmed");
    node.clock.move_to(after(FIRST_DAY, 1), 10);
    assert_eq!(code(withdrawn(after(FIRST_DAY, 1)).await), Code::DateNotAcceptable, "today's acts stay bound");
    withdrawn(after(FIRST_DAY, 3)).await.expect("withdrawn");
    assert_eq!(code(withdrawn(after(FIRST_DAY, 4)).await), Code::InputNotAcceptable, "nothing is confirmed any more");
    node.clock.move_to(after(FIRST_DAY, 2), 10);
    assert_eq!(code(appoint_two(node, bound).await), Code::ExpertsTooFew, "the day before it ends");
    node.clock.move_to(after(FIRST_DAY, 3), 10);
    appoint_two(node, free).await.expect("it only advises again");
    confirmed(after(FIRST_DAY, 4)).await.expect("it is confirmed anew");
    node.clock.move_to(after(FIRST_DAY, 4), 10);
    assert_eq!(code(appoint_two(node, anew).await), Code::ExpertsTooFew);
    let ends: Vec<_> = kept(node).await.iter().map(Confirmation::until).collect();
    assert_eq!(ends, [Some(after(FIRST_DAY, 3)), None]);
    node.agrees("after a withdrawal").await;

    // What is withdrawn before it begins never binds.
    let other =
        |from| node.app.confirm_parameter(asked("reviewer"), national(), confirm("experts_complex_least", from));
    other(after(FIRST_DAY, 30)).await.expect("confirmed");
    let given = withdraw("experts_complex_least", after(FIRST_DAY, 5));
    node.app.withdraw_confirmation(asked("justice_leader"), national(), given).await.expect("withdrawn");
    node.clock.move_to(after(FIRST_DAY, 40), 10);
    let def = node.app.definition_for(national(), staff::unit("organ")).await.expect("the definition");
    let complex = def.parameter("experts_complex_least").expect("the value");
    assert!((0..60).all(|day| !def.binds(complex, after(FIRST_DAY, day))));
}

async fn acts_on_paper_are_judged_by_their_own_day(backend: Backend) {
    let site = Site::new(backend).await;
    let node = &site.node(1).await;
    let (before, since) = (drafted(node).await, drafted(node).await);
    let from = after(FIRST_DAY, 3);
    node.app.confirm_parameter(asked("reviewer"), national(), confirm("experts_least", from)).await.expect("confirmed");
    node.clock.move_to(after(FIRST_DAY, 10), 10);
    // What broke a rule is kept as it was, without effect.
    let broke = appoint_two_on_paper(node, since, from).await.expect("kept as an irregularity");
    assert_eq!(broke.events[0].1, "irregularity_recorded");
    let state = node.case(since).await;
    let broken: Vec<_> = state.file.irregularities.values().flat_map(|i| &i.broken).map(|b| b.code).collect();
    assert_eq!((broken.as_slice(), state.file.panel.is_none()), ([Code::ExpertsTooFew].as_slice(), true));
    appoint_two_on_paper(node, before, after(from, -1)).await.expect("nobody is bound by what came after they acted");
    node.agrees("after acts on paper").await;
}

/// The same of a second district: its units, posts and persons have other ids.
fn elsewhere<T: Serialize + DeserializeOwned>(of: &T) -> T {
    let json = serde_json::to_string(of).expect("JSON");
    serde_json::from_str(&json.replace("_0000000000000000", "_00000000000000ee")).expect("the same, elsewhere")
}

fn asked_elsewhere(key: &str) -> Asked {
    let mut asked = asked(key);
    asked.who.person = elsewhere(&asked.who.person);
    asked
}

async fn another_organ_is_not_bound(backend: Backend) {
    let site = Site::new(backend).await;
    let node = &site.node(1).await;
    let directory = OrganisationId::new(Uuid::from_u128(0xD2));
    let entries: Vec<OrganisationEvent> = elsewhere(&staff::directory());
    node.app.set_up_directory(directory, entries).await.expect("a second district");
    let (here, there): (UnitId, UnitId) = (staff::unit("organ"), elsewhere(&staff::unit("organ")));
    assert_ne!(here, there);

    let open: OpenCase =
        serde_json::from_value(node.input(None, &ask("open_case", Value::Null)).await).expect("an input");
    let opened = node.app.open_case(asked_elsewhere("clerk"), None, elsewhere(&open)).await.expect("a case there");
    let case = CaseId::new(opened.stream.value);
    let act = async |act: &str, over: Value| {
        let state = node.app.case(asked_elsewhere("auditor").who, case).await.expect("the case there").state.clone();
        let world = World::of(Some(state), node.app.today());
        let mut input = acts::usual(&world, act).expect("a usual act");
        for (field, value) in over.as_object().into_iter().flatten() {
            input[field.as_str()] = acts::resolve(&world, value).expect("a name that is known");
        }
        acts::fill(&world, act, &mut input);
        node.upload_all(&input).await;
        let given: Act = serde_json::from_value(json!({ act: input })).expect("an act");
        let command = Command { stage: None, act: elsewhere(&given) };
        node.app.act(asked_elsewhere(acts::usual_actor(act)), case, command).await
    };
    for road in ["study_proposal", "decide_initiation", "add_draft_version"] {
        act(road, Value::Null).await.unwrap_or_else(|error| panic!("{road}: {error}"));
    }
    let own = drafted(node).await;
    let from = after(FIRST_DAY, 1);
    node.app.confirm_parameter(asked("reviewer"), national(), confirm("experts_least", from)).await.expect("confirmed");
    node.clock.move_to(from, 10);
    assert_eq!(code(appoint_two(node, own).await), Code::ExpertsTooFew);
    act("appoint_experts", two_experts()).await.expect("what one organ confirmed binds no other");

    // Each organ confirms for itself, on the same definition, and withdraws only its own.
    let nothing = withdraw("experts_least", after(from, 1));
    let nothing = node.app.withdraw_confirmation(asked_elsewhere("reviewer"), national(), nothing).await;
    assert_eq!(code(nothing), Code::InputNotAcceptable);
    let given = confirm("experts_least", after(from, 1));
    node.app.confirm_parameter(asked_elsewhere("reviewer"), national(), given).await.expect("there too");
    let organs: Vec<_> = kept(node).await.iter().map(|c| c.confirmed.organ).collect();
    assert_eq!(organs, [here, there]);
    node.clock.move_to(after(from, 1), 10);
    for organ in [here, there] {
        let def = node.app.definition_for(national(), organ).await.expect("the definition");
        let least = def.parameter("experts_least").expect("the value");
        assert_eq!((def.binds(least, from), def.binds(least, after(from, 1))), (organ == here, true));
    }
    node.agrees("after two organs confirmed").await;
}

async fn of_two_officers_at_once_one_confirms(backend: Backend) {
    let site = Site::new(backend).await;
    let (a, b) = (site.node(1).await, site.node(2).await);
    let given = || confirm("experts_least", after(FIRST_DAY, 1));
    let (one, two) = tokio::join!(
        a.app.confirm_parameter(asked("reviewer"), national(), given()),
        b.app.confirm_parameter(asked("justice_leader"), national(), given()),
    );
    let (landed, refused) = if one.is_ok() { (one, two) } else { (two, one) };
    landed.expect("one of them lands");
    assert_eq!(code(refused), Code::AlreadyThere);
    assert_eq!(kept(&a).await.len(), 1);
    a.agrees("after two officers at once").await;
}

/// A node whose clock runs a little behind records yesterday what another node already reads today.
async fn what_lands_about_midnight_is_seen(backend: Backend) {
    let site = Site::new(backend).await;
    let (late, early) = (site.node(1).await, site.node(2).await);
    let (first, second) = (drafted(&early).await, drafted(&early).await);
    let from = after(FIRST_DAY, 1);
    early.clock.move_to(from, 0);
    appoint_two(&early, first).await.expect("nothing is confirmed yet");
    let given = confirm("experts_least", from);
    late.app.confirm_parameter(asked("reviewer"), national(), given).await.expect("there it is still the day before");
    assert_eq!(code(appoint_two(&early, second).await), Code::ExpertsTooFew);
}

async fn the_sheet_knows_from_when_a_value_binds(backend: Backend) {
    let site = Site::new(backend).await;
    let node = &site.node(1).await;
    let (before, since) = (drafted(node).await, drafted(node).await);
    let from = after(FIRST_DAY, 1);
    // Five are appointed, as the value asks; one turns out to have an interest and no longer sits.
    let four_sit = async |case| {
        let candidates: Vec<_> = [1, 2, 4, 5, 6].iter().map(|n| format!("$candidate:{n}")).collect();
        let chosen = ["E-01", "E-02", "E-04", "E-05", "E-06"];
        let five = json!({ "seats": 5, "chosen": chosen, "candidates": candidates });
        node.done(case, "appoint_experts", five).await;
        node.done(case, "enter_interest_declaration", json!({ "expert": "E-04", "interest": true })).await;
    };
    let told = async |case| {
        let (sheet, _) = node.app.compliance_of_case(case).await.expect("a sheet").expect("the case");
        sheet.lines.iter().find(|line| line.rule == Rule::ExpertsEnough).expect("the rule").verdict
    };
    four_sit(before).await;
    assert_eq!(told(before).await, Verdict::Advised);
    node.app.confirm_parameter(asked("reviewer"), national(), confirm("experts_least", from)).await.expect("confirmed");
    node.clock.move_to(from, 10);
    four_sit(since).await;
    assert_eq!(told(since).await, Verdict::Failed, "on that day it bound");
    assert_eq!(told(before).await, Verdict::Advised, "what was done before stays advice");
}
