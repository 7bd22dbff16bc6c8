//! Proposals over HTTP, by the very queries of the how-to, on both databases.

use crate::support::page::Page;
use crate::support::served;
use serde_json::{Value, json};

const PAGE: Page = Page(include_str!("../../../docs/how-to/keep-proposals.md"));

async fn from_the_public_to_a_case(database: Option<String>) {
    let served = served(|settings| settings.database = database).await;
    let (office, water, justice) = ("office_officer", "water_officer", "justice_reviewer");

    // The public: sent twice, it is taken once; with the receipt its sender finds it, and nobody without.
    let token = json!({ "token": "f1" });
    let sent = PAGE.ask(&served, None, "submit", token.clone()).await["submitProposal"].clone();
    assert_eq!(sent["errors"], json!([]));
    let again = PAGE.ask(&served, None, "submit", token).await["submitProposal"]["receipt"].clone();
    assert_eq!(again, sent["receipt"]);
    let code = json!({ "code": sent["receipt"] });
    let found = PAGE.ask(&served, None, "receipt", code.clone()).await["proposalReceipt"].clone();
    assert_eq!((&found["state"], &found["receivedOn"]), (&json!("RECEIVED"), &json!("2023-05-04")));
    let nothing = PAGE.ask(&served, None, "receipt", json!({ "code": "22222-22222-22222-22222" })).await;
    assert_eq!(nothing["proposalReceipt"], Value::Null);
    let list = "{ proposals(first: 10) { totalCount nodes { id proposer proposedBy text } } }";
    let told = served.graphql(Some(office), list, json!({})).await;
    assert_eq!(told["proposals"]["totalCount"], 1);
    assert!(!told.to_string().contains("王某"), "{told}");
    let id = told["proposals"]["nodes"][0]["id"].clone();
    let hidden = served.graphql(Some(water), list, json!({})).await;
    assert_eq!(hidden["proposals"]["totalCount"], 0, "not theirs");

    // Handed over, studied late, passed to another procedure, answered.
    let hand = json!({ "proposal": id, "unit": served.ids["water"] });
    assert_eq!(PAGE.refused(&served, justice, "hand", hand.clone()).await, "FORBIDDEN");
    let handed = PAGE.done(&served, office, "hand", hand).await;
    assert_eq!((&handed["state"], &handed["dueOn"]), (&json!("UNDER_STUDY"), &json!("2023-05-20")));
    let decide = |outcome: &str, procedure: &str| json!({ "proposal": id, "outcome": outcome, "procedure": procedure });
    assert_eq!(PAGE.refused(&served, office, "decide", decide("START", "")).await, "PROPOSAL_NOT_STUDIED");
    served.clock.set("2023-06-05T01:00:00Z".parse().expect("an instant"));
    let lists = PAGE.ask(&served, Some(office), "lists", json!({})).await;
    assert_eq!(lists["overdue"]["nodes"][0]["dueOn"], "2023-05-20");
    assert_eq!(lists["old"]["nodes"][0]["daysWaiting"], 32);
    served.clock.set("2023-05-04T02:00:00Z".parse().expect("an instant"));
    let opinion = json!({ "proposal": id, "recommends": "OTHER_PROCEDURE" });
    assert_eq!(PAGE.done(&served, water, "opinion", opinion).await["state"], "STUDIED");
    let other = decide("OTHER_PROCEDURE", "城市公共交通规划编制程序");
    assert_eq!(PAGE.refused(&served, office, "decide", decide("NOT_START", "另一程序")).await, "INPUT_NOT_ACCEPTABLE");
    assert_eq!(PAGE.done(&served, office, "decide", other).await["state"], "DECIDED");
    let found = PAGE.ask(&served, None, "receipt", code.clone()).await["proposalReceipt"].clone();
    assert_eq!((&found["state"], &found["outcome"]), (&json!("DECIDED"), &Value::Null));
    PAGE.done(&served, office, "answer", json!({ "proposal": id })).await;
    let found = PAGE.ask(&served, None, "receipt", code).await["proposalReceipt"].clone();
    assert_eq!((&found["outcome"], &found["answeredOn"]), (&json!("OTHER_PROCEDURE"), &json!("2023-05-04")));

    // Who sent it is opened by whoever may trace, and the opening is on record.
    let open = json!({ "proposal": id, "reason": "核查同一人重复反映的问题。" });
    for who in [office, water, justice, "head", "archivist"] {
        assert_eq!(PAGE.refused(&served, who, "sender", open.clone()).await, "FORBIDDEN", "{who}");
    }
    let opened = PAGE.ask(&served, Some("auditor"), "sender", open).await["openProposalSender"].clone();
    assert_eq!(opened["sender"], json!({ "name": "王某", "contact": "wang@example.org" }), "{opened}");
    let auditor = &served.ids["auditor"];
    assert_eq!(opened["proposal"]["senderOpenings"][0]["by"], json!(auditor));
    assert_eq!(opened["proposal"]["senderOpenings"].as_array().map(Vec::len), Some(1), "refusals opened nothing");
    let log = "query($id: ID!) { proposal(id: $id) { state senderOpenings { reason } } }";
    let told = served.graphql(Some(office), log, json!({ "id": id })).await["proposal"].clone();
    assert_eq!(told, json!({ "state": "ANSWERED", "senderOpenings": null }));

    // A unit argues its own proposal, and a case is opened from it without asking for a study again.
    let entered = PAGE.ask(&served, Some(water), "enter", json!({ "unit": served.ids["water"] })).await;
    let unit = entered["enterProposal"]["proposal"].clone();
    assert_eq!(unit["state"], "STUDIED", "{entered}");
    let open = json!({ "proposal": unit["id"], "unit": served.ids["water"] });
    assert_eq!(PAGE.refused(&served, office, "open", open.clone()).await, "PROPOSAL_NOT_OPEN");
    let start = json!({ "proposal": unit["id"], "outcome": "START", "procedure": "" });
    PAGE.done(&served, office, "decide", start).await;
    let case = PAGE.done(&served, office, "open", open).await;
    let kinds = case["timeline"]["nodes"].to_string();
    assert!(kinds.contains("proposal_studied") || kinds.contains("PROPOSAL_STUDIED"), "{kinds}");
    served.assembled.app.settle().await.expect("background work is done");
    let both = "query($case: ID!, $proposal: ID!) { case(id: $case) { proposals { id } } proposal(id: $proposal) { cases { id } } }";
    let told = served.graphql(Some(office), both, json!({ "case": case["id"], "proposal": unit["id"] })).await;
    assert_eq!(told["case"]["proposals"][0]["id"], unit["id"]);
    assert_eq!(told["proposal"]["cases"][0]["id"], case["id"]);
    let nowhere = json!({ "proposal": unit["id"], "entry": format!("entry_{}", "0".repeat(32)) });
    assert_eq!(PAGE.refused(&served, office, "link", nowhere).await, "ENTRY_UNKNOWN");

    let rebuilt = served.assembled.app.rebuild(false, &|_, _| {}).await.expect("the events are replayed");
    assert_eq!(rebuilt.differing, 0, "{:?}", rebuilt.differences);
}

#[tokio::test(flavor = "multi_thread")]
async fn from_the_public_to_a_case_on_sqlite() {
    from_the_public_to_a_case(None).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn from_the_public_to_a_case_on_postgresql() {
    from_the_public_to_a_case(Some(dingce_testkit::postgres::database().await)).await;
}
