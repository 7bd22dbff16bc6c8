//! Legal advisers through application and store: the roster, what each was asked, and what became of it (R713 art. 28).

use dingce_app::ports::{Filter, ReadRow, RowQuery, Value as Cell};
use dingce_app::read_rows::{EngagementRow, TieRow};
use dingce_app::use_cases::Asked;
use dingce_app::{AppError, Done};
use dingce_domain::adviser::{AdviserAct, AdviserFigures, AssessAdviser, ReleaseAdviser, RetainAdviser};
use dingce_domain::code::Code;
use dingce_domain::engagement::{AskAdviser, DeclineAdvice, DisposeAdvice, EngagementAct, GiveAdvice};
use dingce_domain::id::{AdviserId, CaseId, EngagementId};
use dingce_domain::occasion::Manner;
use dingce_domain::words::{AdviserKind, Uptake};
use dingce_testkit::scenario::acts::document;
use dingce_testkit::staff;
use dingce_tests::acting::{Ask, ask, asked, code, principal};
use dingce_tests::harness::{Backend, Node, Site};
use dingce_tests::on_both;
use jiff::civil::{Date, date};
use serde_json::{Value, json};

on_both!(
    only_an_adviser_on_the_roster_is_asked,
    a_review_takes_the_opinion_over,
    a_year_is_assessed_by_the_record,
    rights_to_advice_are_default_deny,
);

fn term(name: &str, person: Option<&str>, until: Option<Date>) -> RetainAdviser {
    RetainAdviser {
        kind: AdviserKind::LegalAdviser,
        person: person.map(staff::person),
        name: name.to_owned(),
        firm_or_post: "某某律师事务所".to_owned(),
        specialities: vec!["行政法".to_owned()],
        from: date(2024, 1, 1),
        until,
        basis: "区府办〔2024〕2号".to_owned(),
        documents: Vec::new(),
    }
}

async fn retained(node: &Node, given: RetainAdviser) -> AdviserId {
    AdviserId::new(node.app.retain_adviser(asked("reviewer"), given).await.expect("retained").stream.value)
}

fn question(adviser: AdviserId, case: Option<CaseId>) -> AskAdviser {
    let stage = case.map(|_| "drafting".parse().expect("a stage"));
    let question = "草案第三条是否合法？".to_owned();
    AskAdviser { adviser, case, stage, question, reply_by: Some(date(2024, 3, 8)), documents: Vec::new() }
}

async fn engaged(node: &Node, who: &str, given: AskAdviser) -> EngagementId {
    EngagementId::new(node.app.ask_adviser(asked(who), given).await.expect("asked").stream.value)
}

async fn act(node: &Node, who: &str, id: EngagementId, act: EngagementAct) -> Result<Done, AppError> {
    node.app.act_on_engagement(asked(who), id, act).await
}

fn give(text: &str) -> EngagementAct {
    EngagementAct::Give(GiveAdvice { opinion: text.to_owned(), documents: Vec::new() })
}

async fn signed(node: &Node, text: &str) -> EngagementAct {
    let document = document("signed-advice");
    node.upload_all(&document).await;
    let documents = vec![serde_json::from_value(document).expect("a document")];
    EngagementAct::Give(GiveAdvice { opinion: text.to_owned(), documents })
}

fn dispose(uptake: Uptake, reason: &str) -> EngagementAct {
    EngagementAct::Dispose(DisposeAdvice { uptake, reason: reason.to_owned() })
}

async fn only_an_adviser_on_the_roster_is_asked(backend: Backend) {
    let site = Site::new(backend).await;
    let node = site.node(1).await;
    let adviser = retained(&node, term("邓某", None, Some(date(2024, 3, 31)))).await;
    let case = node.open_case().await;
    let wrong = AskAdviser { stage: Some("nowhere".parse().expect("a name")), ..question(adviser, Some(case)) };
    assert_eq!(code(node.app.ask_adviser(asked("officer"), wrong).await), Code::StageUnknown);
    let open = engaged(&node, "officer", question(adviser, Some(case))).await;
    // The day asked for passes, and is only shown.
    node.clock.move_to(date(2024, 3, 9), 10);
    let overdue = RowQuery::all(EngagementRow::TABLE).with(Filter::Lt("due_on", Cell::Text("2024-03-09".to_owned())));
    assert_eq!(node.app.rows::<EngagementRow>(overdue.clone()).await.expect("rows are read").len(), 1);
    let unsigned = act(&node, "reviewer", open, give("第三条有依据。")).await;
    assert_eq!(code(unsigned), Code::DocumentMissing, "what somebody else enters has its signed original");
    let signed = signed(&node, "第三条有依据。").await;
    act(&node, "reviewer", open, signed).await.expect("a signed opinion is entered");
    assert!(node.app.rows::<EngagementRow>(overdue).await.expect("rows are read").is_empty(), "answered");
    node.clock.move_to(date(2024, 4, 1), 10);
    let late = AskAdviser { reply_by: None, ..question(adviser, None) };
    assert_eq!(code(node.app.ask_adviser(asked("officer"), late.clone()).await), Code::AdviserNotServing);
    let renewed = RetainAdviser { from: date(2024, 4, 1), ..term("邓某", None, None) };
    node.app.act_on_adviser(asked("reviewer"), adviser, AdviserAct::Renew(renewed)).await.expect("renewed");
    let outside = engaged(&node, "officer", late.clone()).await;
    act(&node, "reviewer", outside, EngagementAct::Decline(DeclineAdvice { reason: "曾代理相对人。".to_owned() }))
        .await
        .expect("declined");
    let left = ReleaseAdviser { until: date(2024, 4, 1), reason: "任职变动".to_owned() };
    node.app.act_on_adviser(asked("reviewer"), adviser, AdviserAct::Release(left)).await.expect("released");
    node.clock.move_to(date(2024, 4, 2), 10);
    assert_eq!(code(node.app.ask_adviser(asked("officer"), late).await), Code::AdviserNotServing);
    node.agrees("after the terms").await;
}

/// The opinion is written once: the legality review takes it over by naming the engagement.
async fn a_review_takes_the_opinion_over(backend: Backend) {
    let site = Site::new(backend).await;
    let node = site.node(1).await;
    let adviser = retained(&node, term("邓乙", Some("adviser"), None)).await;
    let case = node.road_to("submit_for_legality_review").await;
    let given = AskAdviser { reply_by: None, ..question(adviser, Some(case)) };
    let engagement = engaged(&node, "reviewer", given).await;
    let over = |over: Value| ask("record_advice", over);
    let named = json!({ "engagement": engagement.to_string(), "text": "", "documents": [] });
    assert_eq!(code(node.act(case, over(named.clone())).await), Code::EngagementNotOpen, "no opinion yet");
    act(&node, "adviser", engagement, give("权限、程序、内容均合法。")).await.expect("the adviser gives it");
    let twice = json!({ "engagement": engagement.to_string() });
    assert_eq!(code(node.act(case, over(twice)).await), Code::InputNotAcceptable, "an opinion is given besides");
    let other = node.open_case().await;
    let foreign = Ask { by: "reviewer".to_owned(), ..over(named.clone()) };
    assert!(node.act(other, foreign).await.is_err(), "not of that case");
    // Whoever drafted does not advise, whoever enters it (R713 art. 28).
    let drafter = retained(&node, term("李六", Some("officer"), None)).await;
    let given = AskAdviser { reply_by: None, ..question(drafter, Some(case)) };
    let own = engaged(&node, "reviewer", given).await;
    act(&node, "officer", own, give("自拟自审。")).await.expect("given");
    let barred = json!({ "engagement": own.to_string(), "text": "", "documents": [] });
    let barred = node.act(case, Ask { by: "reviewer".to_owned(), ..over(barred) }).await;
    assert_eq!(code(barred), Code::DutiesSeparated);
    node.act(case, Ask { by: "reviewer".to_owned(), ..over(named) }).await.expect("taken over");
    let events = node.app.store().events(case.into(), 0, 1000).await.expect("events are read");
    let advice = events.iter().find(|e| e.event.kind == "advice_recorded").expect("it is in the case");
    assert!(advice.event.json.contains("权限、程序、内容均合法。") && advice.event.json.contains("legal_adviser"));
    let ties = RowQuery::all(TieRow::TABLE).with(Filter::Eq("source", Cell::Text(engagement.to_string())));
    let ties = node.app.rows::<TieRow>(ties).await.expect("rows are read");
    assert_eq!(ties.iter().map(|tie| tie.target.clone()).collect::<Vec<_>>(), [case.to_string()]);
    // The gate of the review is the one it was (R713 art. 28): the other part is heard too.
    node.done(case, "record_advice", Value::Null).await;
    node.done(case, "conclude_legality_review", json!({ "early_statement": "审查已完成。" })).await;
    node.agrees("after the review").await;
}

async fn a_year_is_assessed_by_the_record(backend: Backend) {
    let site = Site::new(backend).await;
    let node = site.node(1).await;
    let adviser = retained(&node, term("邓乙", Some("adviser"), None)).await;
    let ask_once = || async { engaged(&node, "officer", question(adviser, None)).await };
    for (uptake, reason) in
        [(Uptake::Full, ""), (Uptake::Partial, "部分条款另有依据。"), (Uptake::None, "与上位法一致。")]
    {
        let id = ask_once().await;
        act(&node, "adviser", id, give("意见。")).await.expect("given");
        if uptake != Uptake::Full {
            assert_eq!(code(act(&node, "officer", id, dispose(uptake, "")).await), Code::ReasonMissing);
        }
        act(&node, "officer", id, dispose(uptake, reason)).await.expect("disposed");
    }
    let undisposed = ask_once().await;
    act(&node, "adviser", undisposed, give("意见。")).await.expect("given");
    ask_once().await;
    let expected = AdviserFigures { engagements: 5, opinions: 4, declined: 0, adopted: 1, partly: 1, not_adopted: 1 };
    assert_eq!(node.app.adviser_figures(adviser, 2024).await.expect("counted"), expected);
    assert_eq!(node.app.adviser_figures(adviser, 2023).await.expect("counted"), AdviserFigures::default());
    let assess = |correction: &str| {
        AdviserAct::Assess(AssessAdviser {
            year: 2024,
            grade: "称职".to_owned(),
            conclusion: "履职良好。".to_owned(),
            correction: correction.to_owned(),
            documents: Vec::new(),
        })
    };
    let done = node.app.act_on_adviser(asked("reviewer"), adviser, assess("")).await.expect("assessed");
    let event = node.app.store().events(done.stream, done.n - 1, 1).await.expect("read").pop().expect("the event");
    assert!(event.event.json.contains(r#""engagements":5"#), "{}", event.event.json);
    assert_eq!(code(node.app.act_on_adviser(asked("reviewer"), adviser, assess("")).await), Code::AlreadyThere);
    node.app.act_on_adviser(asked("reviewer"), adviser, assess("漏计一项。")).await.expect("corrected");
    let told = node.app.advisers(principal("clerk"), 2024).await.expect("listed");
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].1.undisposed(), 1);
    node.agrees("after the assessments").await;
}

async fn rights_to_advice_are_default_deny(backend: Backend) {
    let site = Site::new(backend).await;
    let node = site.node(1).await;
    let refused = node.app.retain_adviser(asked("officer"), term("邓某", None, None)).await;
    assert_eq!(code(refused), Code::Forbidden);
    let adviser = retained(&node, term("邓乙", Some("adviser"), None)).await;
    assert_eq!(code(node.app.ask_adviser(asked("auditor"), question(adviser, None)).await), Code::Forbidden);
    let id = engaged(&node, "officer", question(adviser, None)).await;
    assert_eq!(code(act(&node, "finance_officer", id, give("代笔。")).await), Code::NotFound, "not theirs to know of");
    assert_eq!(code(act(&node, "auditor", id, give("代笔。")).await), Code::Forbidden);
    // Who has an account speaks for themselves; their word on paper is an offline act.
    let typed = signed(&node, "代填：合法。").await;
    assert_eq!(code(act(&node, "officer", id, typed.clone()).await), Code::NotInPerson);
    let declined = EngagementAct::Decline(DeclineAdvice { reason: "代为谢绝。".to_owned() });
    assert_eq!(code(act(&node, "officer", id, declined).await), Code::NotInPerson);
    let paper = Manner::Offline { occurred_on: node.app.today(), evidence: typed.documents().to_vec() };
    let other = engaged(&node, "officer", question(adviser, None)).await;
    let on_paper = Asked { manner: paper, ..asked("officer") };
    node.app.act_on_engagement(on_paper, other, typed).await.expect("entered from paper");
    act(&node, "adviser", id, give("意见。")).await.expect("the adviser");
    assert_eq!(
        code(act(&node, "adviser", id, dispose(Uptake::Full, "")).await),
        Code::Forbidden,
        "the unit that asked"
    );
    act(&node, "leader", id, dispose(Uptake::Full, "")).await.expect("of the unit that asked");
    let secret = node.app.ask_adviser(
        asked("officer"),
        AskAdviser { case: Some(CaseId::new(uuid::Uuid::nil())), ..question(adviser, None) },
    );
    assert_eq!(code(secret.await), Code::NotFound, "a case nobody may know of");
}
