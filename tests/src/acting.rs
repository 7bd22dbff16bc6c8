//! Acts with their usual input, by whoever usually does them; and the shortest lawful road.

use bytes::Bytes;
use dingce_app::principal::FoundHats;
use dingce_app::use_cases::Asked;
use dingce_app::{AppError, Done, Principal, RequestKey};
use dingce_domain::act::{Act, Command, Observer};
use dingce_domain::case::Case;
use dingce_domain::code::Code;
use dingce_domain::consultation::{AnswerComment, Channel, Commenter, SubmitComment};
use dingce_domain::id::{CaseId, ConsultationId, MeetingId};
use dingce_domain::meeting::{CallMeeting, MeetingAct, TakeAttendance};
use dingce_domain::occasion::Manner;
use dingce_domain::proposal::SubmitProposal;
use dingce_domain::words::{Proposer, Uptake};
use dingce_testkit::scenario::{World, acts};
use dingce_testkit::staff;
use futures_util::stream;
use jiff::ToSpan;
use serde_json::{Value, json};

use crate::harness::Node;

/// An act on a case, ready to be asked for.
#[derive(Debug, Clone)]
pub struct Ask {
    /// Its name.
    pub act: String,
    /// Who, by name of the staff; whoever usually does it where empty.
    pub by: String,
    /// In which it differs from the usual.
    pub over: Value,
    /// The stage, where it must be named.
    pub stage: Option<String>,
    /// The key.
    pub key: Option<RequestKey>,
    /// How.
    pub manner: Manner,
}

/// The usual act of this name.
///
/// `stage` among the differences names the stage, as in stories.
pub fn ask(act: &str, mut over: Value) -> Ask {
    // Which of the advisers speaks follows from the input.
    let by = if act == "record_advice" { String::new() } else { acts::usual_actor(act).to_owned() };
    let stage = over.as_object_mut().and_then(|o| o.remove("stage")).and_then(|s| s.as_str().map(str::to_owned));
    Ask { act: act.to_owned(), by, over, stage, key: None, manner: Manner::Online }
}

/// A person of the staff, in any of their posts.
pub fn principal(key: &str) -> Principal {
    Principal { person: staff::person(key), post: None, acting_for: None }
}

/// What an official asks with.
pub fn asked(key: &str) -> Asked {
    Asked { who: principal(key), key: None, manner: Manner::Online, hats: FoundHats::default() }
}

/// The code of a refusal; anything else fails the test.
pub fn code<T: std::fmt::Debug>(result: Result<T, AppError>) -> Code {
    match result {
        Err(AppError::Rejected(rejection)) => rejection.code,
        other => panic!("expected a refusal, but got {other:?}"),
    }
}

impl Node {
    /// Uploads a document whose content is its name.
    pub async fn upload(&self, content: &str) {
        let bytes = Bytes::copy_from_slice(content.as_bytes());
        let bytes = Box::pin(stream::iter([Ok(bytes)]));
        self.app.upload(principal("officer"), bytes, None, None).await.expect("a document is kept");
    }

    /// Uploads every document that an input names.
    pub async fn upload_all(&self, input: &Value) {
        let mut waiting = vec![input];
        while let Some(value) = waiting.pop() {
            match value {
                Value::Array(list) => waiting.extend(list),
                Value::Object(map) if map.contains_key("digest") => {
                    let name = map["name"].as_str().unwrap_or_default();
                    self.upload(name.trim_end_matches(".pdf")).await;
                }
                Value::Object(map) => waiting.extend(map.values()),
                _ => {}
            }
        }
    }

    /// The case as this node has it.
    pub async fn case(&self, case: CaseId) -> Case {
        self.app.case(principal("auditor"), case).await.expect("the auditor reads every case").state.clone()
    }

    /// A meeting called for today, all members told today.
    pub async fn call_meeting(&self) -> MeetingId {
        let given = CallMeeting {
            body: None,
            session: "区政府第12次常务会议".to_owned(),
            held_on: self.app.today(),
            place: "第一会议室".to_owned(),
            chair: staff::person("head"),
            notified_on: self.app.today(),
            invited: Vec::new(),
            members: Vec::new(),
        };
        let done = self.app.call_meeting(asked("secretary"), given).await.expect("a meeting is called");
        MeetingId::new(done.stream.value)
    }

    /// Attendance of a session at which all members are.
    pub async fn all_attend(&self, meeting: MeetingId) {
        let given = TakeAttendance {
            present: staff::members().map(|m| staff::person(m.key)).collect(),
            absent: Vec::new(),
            observers: vec![Observer { unit: "区司法局".to_owned(), name: "局长".to_owned() }],
            chair: staff::person("head"),
            entrusted: None,
            recorder: "会议秘书".to_owned(),
        };
        let act = MeetingAct::TakeAttendance(given);
        self.app.act_on_meeting(asked("secretary"), meeting, act).await.expect("attendance is taken");
    }

    /// The input of an act as JSON.
    pub async fn input(&self, case: Option<CaseId>, asked: &Ask) -> Value {
        let case = match case {
            Some(case) => Some(self.case(case).await),
            None => None,
        };
        let world = World::of(case, self.app.today());
        let mut input = acts::usual(&world, &asked.act).unwrap_or_else(|| panic!("no act is called {}", asked.act));
        for (field, value) in asked.over.as_object().into_iter().flatten() {
            input[field.as_str()] = acts::resolve(&world, value).expect("a name that is known");
        }
        acts::fill(&world, &asked.act, &mut input);
        input
    }

    /// The command of an act, with its documents uploaded.
    pub async fn command(&self, case: CaseId, asked: &Ask) -> Command {
        let input = self.input(Some(case), asked).await;
        self.upload_all(&input).await;
        let act: Act = serde_json::from_value(json!({ asked.act.as_str(): input })).expect("an act");
        let stage = asked.stage.as_ref().map(|s| s.parse().expect("a name"));
        Command { stage, act }
    }

    /// Does an act.
    pub async fn act(&self, case: CaseId, ask: Ask) -> Result<Done, AppError> {
        let command = self.command(case, &ask).await;
        let by = match &command.act {
            Act::RecordAdvice(given) if ask.by.is_empty() => acts::usual_doer(&ask.act, &json!({ "kind": given.kind })),
            _ => &ask.by,
        };
        let asked = Asked { who: principal(by), key: ask.key, manner: ask.manner, hats: FoundHats::default() };
        self.app.act(asked, case, command).await
    }

    /// What must be there beside the case before an act of the road, and the act's input with it: a matter is placed on the
    /// agenda of a meeting of its own, unless another is named, and attendance of its session is taken before it is called
    /// up.
    pub async fn beside(&self, case: CaseId, act: &str, over: Value) -> Value {
        match (act, self.case(case).await.file.meeting) {
            ("convene_meeting", _) if over["meeting"].is_null() => json!({ "meeting": self.call_meeting().await }),
            ("record_attendance", Some(meeting)) if meeting.attendance.is_none() => {
                self.all_attend(meeting.called.meeting).await;
                over
            }
            _ => over,
        }
    }

    /// Does a usual act that must be accepted.
    pub async fn done(&self, case: CaseId, act: &str, over: Value) -> Done {
        let over = self.beside(case, act, over).await;
        self.act(case, ask(act, over)).await.unwrap_or_else(|error| panic!("{act}: {error}"))
    }

    /// Opens a case.
    pub async fn open_case(&self) -> CaseId {
        let input = self.input(None, &ask("open_case", Value::Null)).await;
        let given = serde_json::from_value(input).expect("an act");
        let done = self.app.open_case(asked("clerk"), None, given).await.expect("a case opens");
        CaseId::new(done.stream.value)
    }

    /// The consultation of a case.
    pub async fn consultation(&self, case: CaseId) -> ConsultationId {
        self.case(case).await.file.consultation.expect("a consultation was opened").id
    }

    /// A comment of the public.
    pub async fn comment(&self, consultation: ConsultationId, text: &str) -> Result<Done, AppError> {
        let given = SubmitComment {
            channel: Channel::Web,
            clause: String::new(),
            text: text.to_owned(),
            suggests_hearing: false,
        };
        let commenter = Commenter { name: "王某".to_owned(), contact: "138 0000 0000".to_owned() };
        self.app.submit_comment(None, consultation, given, commenter).await
    }

    /// Answers every comment of a consultation that has no answer; gives how many.
    pub async fn answer_all(&self, consultation: ConsultationId) -> usize {
        let mut answered = 0;
        for comment in self.unanswered(consultation).await {
            let uptake = if answered % 2 == 0 { Uptake::Full } else { Uptake::None };
            let given = AnswerComment { comment, uptake, reason: "已研究。".to_owned() };
            self.app.answer_comment(asked("officer"), consultation, given).await.expect("an answer is kept");
            answered += 1;
        }
        answered
    }

    /// Moves the clock to ten o'clock some days later and lets everything due happen.
    pub async fn days_pass(&self, days: i32) {
        self.clock.move_to(self.app.today().saturating_add(days.days()), 10);
        self.app.settle().await.expect("background work is done");
    }

    /// Walks a new case along the shortest lawful road, up to and including an act.
    pub async fn road_to(&self, last: &str) -> CaseId {
        let case = self.open_case().await;
        self.go_on(case, last).await;
        case
    }

    /// A supplement comes weeks late, the reviewer takes weeks more than guaranteed, and the office publishes late.
    ///
    /// # Panics
    /// If the store fails.
    pub async fn delayed(&self) -> CaseId {
        let case = self.road_to("submit_for_legality_review").await;
        self.days_pass(2).await;
        self.done(case, "request_supplement", Value::Null).await;
        self.days_pass(40).await;
        self.done(case, "supply_supplement", Value::Null).await;
        self.days_pass(25).await;
        for _ in 0..2 {
            self.done(case, "record_advice", Value::Null).await;
        }
        self.done(case, "conclude_legality_review", Value::Null).await;
        self.go_on_after(case, "conclude_legality_review", "issue_decision").await;
        self.days_pass(60).await;
        self.done(case, "publish_decision", Value::Null).await;
        self.app.settle().await.expect("background work is done");
        case
    }

    /// Walks a case that was just opened along the road, up to and including an act.
    pub async fn go_on(&self, case: CaseId, last: &str) {
        self.go_on_after(case, "", last).await;
    }

    /// Walks a case on which an act was just done further along the road, up to and including another act.
    pub async fn go_on_after(&self, case: CaseId, done: &str, last: &str) {
        let road = road();
        let from = road.iter().rposition(|(act, _)| *act == done).map_or(0, |at| at + 1);
        let end = road.iter().rposition(|(act, _)| *act == last).map_or(road.len(), |at| at + 1);
        // Of an act that is done several times in a row the last one; items of drafting and positions are not looked for.
        for (act, over) in road.into_iter().take(end).skip(from) {
            match act {
                "comments" => {
                    self.app.settle().await.expect("the consultation opens");
                    let consultation = self.consultation(case).await;
                    for text in ["阶梯水价过高", "建议分步实施"] {
                        self.comment(consultation, text).await.expect("a comment is taken");
                    }
                    self.days_pass(31).await;
                    self.answer_all(consultation).await;
                    self.app.settle().await.expect("the case learns of the answers");
                }
                _ => {
                    self.done(case, act, over).await;
                }
            }
        }
    }
}

/// The road as acts with what is not usual about them; `comments` is the time of the public.
pub fn road() -> Vec<(&'static str, Value)> {
    let none = || Value::Null;
    let mut road = vec![("study_proposal", none()), ("decide_initiation", none()), ("add_draft_version", none())];
    road.push(("review_disclosure", none()));
    road.push(("record_absence", json!({ "stage": "expert", "reason": "专业性、技术性不强。" })));
    for item in ["basis_list", "department_consultation", "fair_competition", "unit_legal_check"] {
        road.push(("record_drafting_item", json!({ "item": item })));
    }
    for act in ["open_solicitation", "comments", "report_participation", "start_risk_assessment", "report_risk"] {
        road.push((act, none()));
    }
    for act in ["submit_for_legality_review", "record_advice", "record_advice"] {
        road.push((act, none()));
    }
    road.push(("conclude_legality_review", json!({ "early_statement": "审查已完成。" })));
    for act in ["request_tabling", "check_tabling_file", "review_tabling", "approve_tabling", "convene_meeting"] {
        road.push((act, none()));
    }
    road.extend([("record_attendance", none()), ("find_risk", none())]);
    for (n, member) in (1..).zip(["deputy", "member_1", "member_2", "member_3"]) {
        road.push(("record_position", json!({ "member": format!("$person:{member}"), "spoken_no": n })));
    }
    for act in ["record_head_decision", "sign_meeting_record", "record_report_reply", "issue_decision"] {
        road.push((act, none()));
    }
    for act in ["publish_decision", "check_volume", "close_volume"] {
        road.push((act, none()));
    }
    road
}

/// What a deputy of the people's congress proposes by letter.
pub fn proposal_of_a_deputy() -> SubmitProposal {
    SubmitProposal {
        proposer: Proposer::Deputy,
        proposed_by: "区人大代表某某".to_owned(),
        unit: None,
        channel: Channel::Letter,
        title: "关于调整供水价格的建议".to_owned(),
        text: "建议按成本调整。".to_owned(),
        argument: None,
        suggestion: None,
        documents: Vec::new(),
    }
}
