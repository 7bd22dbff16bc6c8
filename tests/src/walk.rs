//! Acting at random: lawful and unlawful acts by right and wrong people, comments, and the passing of time.

use dingce_app::AppError;
use dingce_domain::code::Code;
use dingce_domain::id::CaseId;
use dingce_domain::occasion::Manner;
use dingce_testkit::outside::SeededChance;
use dingce_testkit::scenario::acts;
use dingce_testkit::staff;
use serde_json::{Value, json};

use crate::acting::{Ask, ask, road};
use crate::harness::Node;

/// What became of the steps of a walk.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Acts that were accepted.
    pub accepted: u32,
    /// Acts that a rule refused.
    pub refused: u32,
    /// Acts recorded as irregular.
    pub irregular: u32,
}

/// A walk over some cases.
pub struct Walk<'a> {
    node: &'a Node,
    chance: SeededChance,
    cases: Vec<CaseId>,
    /// How far along the road each case was tried.
    at: Vec<usize>,
    /// What became of the steps.
    pub tally: Tally,
}

/// Acts that the road does not have.
const BESIDE: [&str; 22] = [
    "determine_facts",
    "record_absence",
    "reaffirm_evidence",
    "cure_irregularity",
    "add_draft_version",
    "return_submission",
    "request_supplement",
    "supply_supplement",
    "respond_to_legality_opinion",
    "confirm_draft",
    "refuse_confirmation",
    "add_final_text",
    "terminate_case",
    "report_risk",
    "appoint_experts",
    "declare_interest",
    "enter_interest_declaration",
    "send_expert_materials",
    "give_expert_opinion",
    "enter_expert_opinion",
    "release_expert",
    "report_expert_review",
];

impl<'a> Walk<'a> {
    /// A walk over new cases.
    pub async fn new(node: &'a Node, seed: u64, cases: usize) -> Self {
        let mut opened = Vec::new();
        for _ in 0..cases {
            opened.push(node.open_case().await);
        }
        Self { node, chance: SeededChance::new(seed), at: vec![0; cases], cases: opened, tally: Tally::default() }
    }

    /// Takes some steps.
    pub async fn steps(&mut self, steps: usize) {
        for _ in 0..steps {
            self.step().await;
        }
        self.node.app.settle().await.expect("background work is done");
    }

    async fn step(&mut self) {
        let which = self.chance.below(self.cases.len());
        let case = self.cases[which];
        match self.chance.below(20) {
            0 => self.node.days_pass(i32::try_from(self.chance.below(12)).expect("small")).await,
            1 => self.public(case).await,
            2 | 3 => {
                let act = BESIDE[self.chance.below(BESIDE.len())];
                let ask = self.vary(ask(act, Value::Null));
                self.attempt(case, ask).await;
            }
            4 => {
                let (act, over) = &road()[self.chance.below(road().len())];
                let ask = self.vary(ask(if *act == "comments" { "open_solicitation" } else { act }, over.clone()));
                self.attempt(case, ask).await;
            }
            _ => self.onward(which, case).await,
        }
    }

    /// The next act of the road; now and then a few acts back, because something may have opened a stage again.
    async fn onward(&mut self, which: usize, case: CaseId) {
        let road = road();
        let Some((act, over)) = road.get(self.at[which]) else { return };
        if *act == "comments" {
            self.public(case).await;
            self.node.days_pass(31).await;
            if let Some(consultation) = self.node.case(case).await.file.consultation {
                self.node.answer_all(consultation.id).await;
            }
            self.node.app.settle().await.expect("background work is done");
            self.at[which] += 1;
            return;
        }
        let over = self.node.beside(case, act, over.clone()).await;
        let accepted = self.attempt(case, ask(act, over)).await;
        if accepted || self.chance.below(3) == 0 {
            self.at[which] += 1;
        } else if self.chance.below(4) == 0 {
            self.at[which] = self.at[which].saturating_sub(self.chance.below(8));
        }
    }

    async fn public(&mut self, case: CaseId) {
        self.node.app.settle().await.expect("background work is done");
        if let Some(consultation) = self.node.case(case).await.file.consultation {
            for n in 0..self.chance.below(3) {
                match self.node.comment(consultation.id, &format!("意见{n}")).await {
                    Ok(_) => {}
                    // Nobody could answer it any more.
                    Err(AppError::Rejected(r)) if r.code == Code::ConsultationOver => {}
                    Err(other) => panic!("a comment is kept as long as it can be answered: {other:?}"),
                }
            }
        }
    }

    /// Another person, another stage, on paper, or with an input that cannot be accepted.
    fn vary(&self, mut ask: Ask) -> Ask {
        match self.chance.below(6) {
            0 => ask.by = staff::PERSONS[self.chance.below(staff::PERSONS.len())].key.to_owned(),
            1 => ask.over["documents"] = json!([]),
            2 => {
                let evidence = serde_json::from_value(json!([acts::document("evidence")])).expect("a document");
                ask.manner = Manner::Offline { occurred_on: self.node.app.today(), evidence };
            }
            3 => ask.over["draft"] = json!("$draft:1"),
            _ => {}
        }
        // Not every act has every member.
        if let Some(over) = ask.over.as_object_mut() {
            let usual = acts::usual(&dingce_testkit::scenario::World::default(), &ask.act);
            over.retain(|field, _| usual.as_ref().is_some_and(|u| u.get(field).is_some()));
        }
        let stages = ["participation", "risk", "legality", "drafting", "publication"];
        if matches!(ask.act.as_str(), "record_absence" | "reaffirm_evidence") {
            ask.stage = Some(stages[self.chance.below(stages.len())].to_owned());
        }
        match (ask.act.as_str(), self.chance.below(3)) {
            ("add_draft_version", 0) => ask.over = json!({ "change": "wording_only", "reason": "改正错字" }),
            ("determine_facts", 0) => ask.over = json!({ "facts": { "harm_possible": false } }),
            ("determine_facts", 1) => ask.over = json!({ "facts": { "harm_possible": true } }),
            ("record_head_decision", 0) => ask.over = json!({ "outcome": "defer" }),
            ("record_head_decision", 1) => ask.over = json!({ "spoken_no": 2 }),
            ("conclude_legality_review", 0) => {
                ask.over = json!({ "conclusion": "procedure_missing", "early_statement": "提前" });
            }
            // Most walks are to go far.
            ("terminate_case", 0..=1) => ask.by = "officer".to_owned(),
            _ => {}
        }
        ask
    }

    /// Gives whether the act was accepted with effect; anything but an answer or a refusal fails the test.
    async fn attempt(&mut self, case: CaseId, ask: Ask) -> bool {
        self.node.upload("evidence").await;
        let act = ask.act.clone();
        match self.node.act(case, ask).await {
            Ok(done) if done.events.iter().any(|(_, kind)| kind == "irregularity_recorded") => {
                self.tally.irregular += 1;
                false
            }
            Ok(_) => {
                self.tally.accepted += 1;
                true
            }
            Err(AppError::Rejected(_)) => {
                self.tally.refused += 1;
                false
            }
            Err(other) => panic!("{act} on {case}: {other:?}"),
        }
    }
}
