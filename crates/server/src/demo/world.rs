//! What the road needs of the world it is played in.

use async_trait::async_trait;
use serde_json::{Value, json};

/// A person of the demo's directory, by the key in its file.
pub type Person = &'static str;

/// The answer to one GraphQL operation.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The payload: the value of the operation's one field.
    pub payload: Value,
}

impl Answer {
    /// Codes of the refusals in it.
    pub fn codes(&self) -> Vec<String> {
        let errors = self.payload["errors"].as_array().cloned().unwrap_or_default();
        errors.iter().filter_map(|e| e["code"].as_str().map(str::to_owned)).collect()
    }
}

/// A running system with a clock that can be moved, and people who hold tokens for it.
#[async_trait]
pub trait World: Send {
    /// Moves the clock to a local time `YYYY-MM-DDTHH:MM`, never back, and lets everything due happen.
    async fn at(&mut self, local_time: &str) -> anyhow::Result<()>;

    /// Sends an operation to the officials' endpoint as a person; gives the whole `data`.
    async fn officials(&mut self, who: Person, query: &str, variables: Value) -> anyhow::Result<Value>;

    /// Sends an operation to the public endpoint; gives the whole `data`.
    async fn public(&mut self, query: &str, variables: Value) -> anyhow::Result<Value>;

    /// Uploads a document as a person; gives what mutations take as a document.
    async fn upload(&mut self, who: Person, name: &str, bytes: Vec<u8>) -> anyhow::Result<Value>;

    /// The id of a unit, post or person of the directory, by its key.
    fn id(&self, key: &str) -> anyhow::Result<String>;

    /// Tells a line of the story.
    fn tell(&mut self, line: Line<'_>);
}

/// A line of the story.
#[derive(Debug, Clone, Copy)]
pub struct Line<'a> {
    /// When, local.
    pub when: &'a str,
    /// Who.
    pub who: &'a str,
    /// What happened.
    pub what: &'a str,
    /// By which article.
    pub article: &'a str,
    /// Whether it was refused, and with which code.
    pub refused: Option<&'a str>,
}

/// The GraphQL document of a mutation of the officials' schema.
pub fn mutation(name: &str) -> String {
    let mut input = name.to_owned();
    if let Some(first) = input.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    let case = "case { id ending adoption currentDraft { id number } }";
    let body = match name {
        "importCatalogues" => "imported { new catalogue { id entries(first: 100) { edges { node { id title } } } } }",
        "answerComment" | "enterComment" => "consultation { id }",
        "callMeeting" | "takeSessionAttendance" | "issueMinutes" | "confirmStatement" => "meeting { id state }",
        "handOverProposal" | "giveProposalOpinion" | "decideProposal" | "answerProposal" => {
            "proposal { id state answeredOn }"
        }
        _ => case,
    };
    let irregularity = match name {
        "importCatalogues" | "answerComment" | "enterComment" | "openCase" => "",
        "callMeeting" | "takeSessionAttendance" | "issueMinutes" | "confirmStatement" => "",
        "handOverProposal" | "giveProposalOpinion" | "decideProposal" | "answerProposal" => "",
        _ => "irregularity { id verb broken { code } }",
    };
    format!(
        "mutation($input: {input}Input!) {{ {name}(input: $input) {{ {body} {irregularity} \
         errors {{ code title message remedy path source {{ cite article }} }} }} }}"
    )
}

/// The officials' view of a case that the road and tests look at.
pub const CASE_QUERY: &str = "query($id: ID!) { case(id: $id) { id title ending adoption currentDraft { id number } \
    stages { id kind status evidence } consultation { id closed received unanswered \
    comments(first: 50) { edges { node { id text late answer { uptake } } } } } \
    hearing { id state draw { groups { order } } participants { code } } expertReview { draftId heard experts { code stance } } clocks { name kind state startedOn dueOn } irregularities { id verb open } \
    timeline(first: 100) { edges { node { n kind recordedAt occurredOn } } } } }";

/// The comment form of the public schema.
pub const SUBMIT_COMMENT: &str = "mutation($input: SubmitCommentInput!) { submitComment(input: $input) { \
    receipt late errors { code title message remedy path source { cite article } } } }";

/// The form of applications to a hearing, of the public schema.
pub const APPLY_TO_HEARING: &str = "mutation($input: ApplyToHearingInput!) { applyToHearing(input: $input) { \
    receipt code errors { code title message remedy path source { cite article } } } }";

/// The receipt page of the public schema.
pub const RECEIPT: &str = "query($code: String!) { receipt(code: $code) { receivedAt late answer { uptake reason } } }";

/// The form of proposals, of the public schema.
pub const SUBMIT_PROPOSAL: &str = "mutation($input: SubmitProposalInput!) { submitProposal(input: $input) { \
    receipt errors { code title message remedy path source { cite article } } } }";

/// What the receipt of a proposal finds, of the public schema.
pub const PROPOSAL_RECEIPT: &str = "query($code: String!) { proposalReceipt(code: $code) { \
    title receivedOn state outcome procedure answer answeredOn } }";

/// A key for an operation of the road: the same road gives the same keys.
pub fn key(step: &str) -> Value {
    json!(format!("road-{step}"))
}
