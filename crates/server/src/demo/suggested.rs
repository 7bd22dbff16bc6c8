//! The third story: a citizen proposes a matter, a unit studies it, the organ refuses with reasons, and the citizen reads
//! the answer with the receipt. No case is opened, and the refusal stays on record all the same (R713 art. 10).
//!
//! Matter, persons and acts are made up.

use anyhow::{Context, ensure};
use serde_json::{Value, json};

use super::road::{HEAD, OFFICE, OFFICER, Teller};
use super::world::{PROPOSAL_RECEIPT, SUBMIT_PROPOSAL};

const TITLE: &str = "建议在水源保护区开放垂钓（演示）";
const NAME: &str = "周某（演示）";

/// Plays the third story.
///
/// # Errors
/// Where an act that should be accepted is refused, or one that should be refused is accepted.
pub(super) async fn play(t: &mut Teller<'_>) -> anyhow::Result<()> {
    t.case.clear();
    let receipt = proposed(t).await.context("the proposal comes")?;
    let proposal = on_the_list(t).await.context("the office finds it")?;
    studied(t, &proposal).await.context("study")?;
    refused(t, &proposal).await.context("refusal and answer")?;
    found(t, &receipt, &proposal).await.context("the citizen asks again")
}

async fn proposed(t: &mut Teller<'_>) -> anyhow::Result<Value> {
    t.at("2025-12-01T20:10").await?;
    let input = json!({
        "title": TITLE, "text": "水库风景好，建议开放垂钓并收取管理费，用于村集体。", "name": NAME, "contact": "由村委会转",
        "formToken": "road-proposal"
    });
    let taken = t.world.public(SUBMIT_PROPOSAL, json!({ "input": input })).await?;
    ensure!(taken["submitProposal"]["errors"] == json!([]), "the proposal is taken: {taken}");
    let receipt = taken["submitProposal"]["receipt"].clone();
    ensure!(receipt.is_string(), "a receipt is told: {taken}");
    t.tell("公众", "村民在公众端提出决策建议，领取回执；姓名、联系方式单独加密", "R713 10");
    Ok(receipt)
}

async fn on_the_list(t: &mut Teller<'_>) -> anyhow::Result<Value> {
    t.at("2025-12-02T09:00").await?;
    let query = "{ proposals(first: 10, filter: { state: RECEIVED }) { nodes { id title proposer proposedBy } } }";
    let listed = t.world.officials(OFFICE, query, json!({})).await?;
    let nodes = listed["proposals"]["nodes"].as_array().cloned().unwrap_or_default();
    let here = nodes.into_iter().find(|n| n["title"] == TITLE).context("the office has it on its list")?;
    ensure!(here["proposedBy"] == "" && !listed.to_string().contains(NAME), "its sender stands in no list: {listed}");
    Ok(here["id"].clone())
}

async fn studied(t: &mut Teller<'_>, proposal: &Value) -> anyhow::Result<()> {
    let decision = json!({
        "proposalId": proposal, "outcome": "NOT_START", "reason": "不宜开放。", "decider": "PERSON",
        "decidedBy": "区长", "decidedOn": "2025-12-02"
    });
    let what = "未经研究论证即决定不启动";
    t.refused(OFFICE, "decideProposal", "PROPOSAL_NOT_STUDIED", "R713 10", what, decision).await?;
    let unit = t.world.id("water")?;
    let hand = json!({ "proposalId": proposal, "unit": unit, "studyBy": "2025-12-19", "note": "请研究论证。" });
    t.act(OFFICE, "handOverProposal", "R713 10", "决策建议交农业农村和水务局研究论证", hand).await?;
    t.at("2025-12-12T16:00").await?;
    let documents = t.documents(OFFICER, &["决策建议研究论证意见.txt"]).await?;
    let opinion = json!({
        "proposalId": proposal, "recommends": "NOT_START", "documents": documents,
        "opinion": "该水库为饮用水水源一级保护区，法律禁止在保护区内垂钓，不具备合法性、可行性。"
    });
    let what = "研究论证：饮用水水源一级保护区内禁止垂钓，建议不启动";
    t.act(OFFICER, "giveProposalOpinion", "R713 10", what, opinion).await?;
    Ok(())
}

async fn refused(t: &mut Teller<'_>, proposal: &Value) -> anyhow::Result<()> {
    t.at("2025-12-16T10:00").await?;
    let decision = json!({
        "proposalId": proposal, "outcome": "NOT_START", "decider": "PERSON", "decidedBy": "区长", "decidedOn": "2025-12-16",
        "reason": "与水污染防治法第六十五条相抵触，不启动决策程序。"
    });
    let what = "决定不启动决策程序，载明理由和决定人；建议及其理由留存在案";
    t.act(HEAD, "decideProposal", "R713 10-11", what, decision).await?;
    t.at("2025-12-17T09:30").await?;
    let answer = json!({
        "proposalId": proposal,
        "text": "您的建议已经研究。该水库是饮用水水源一级保护区，法律禁止在保护区内垂钓，故不启动决策程序。感谢您关心家乡发展。"
    });
    t.act(OFFICE, "answerProposal", "R713 10", "向建议人答复并说明理由", answer).await?;
    Ok(())
}

async fn found(t: &mut Teller<'_>, receipt: &Value, proposal: &Value) -> anyhow::Result<()> {
    t.at("2025-12-18T19:00").await?;
    let told = t.world.public(PROPOSAL_RECEIPT, json!({ "code": receipt })).await?;
    let told = &told["proposalReceipt"];
    ensure!(
        told["state"] == "ANSWERED" && told["outcome"] == "NOT_START" && told["answeredOn"] == "2025-12-17",
        "the receipt finds the refusal: {told}"
    );
    ensure!(told["answer"].as_str().is_some_and(|a| a.contains("一级保护区")), "and its reasons: {told}");
    t.tell("公众", "建议人凭回执查得结果：不启动，理由如答复", "R713 10");
    // A refused proposal is no case, and is still found by whoever supervises.
    let query = "{ proposals(first: 10, filter: { outcome: NOT_START }) { nodes { id cases { id } } } }";
    let listed = t.world.officials("auditor", query, json!({})).await?;
    let nodes = listed["proposals"]["nodes"].as_array().cloned().unwrap_or_default();
    ensure!(
        nodes == [json!({ "id": proposal, "cases": [] })],
        "the refused proposal is listed, without a case: {listed}"
    );
    t.tell("auditor", "审计人员列出未启动的决策建议：建议、研究论证、决定和答复俱在", "R713 10");
    Ok(())
}
