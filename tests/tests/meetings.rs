//! Meetings with many matters, by the application, on both databases: one attendance, who withdraws from which matter, who
//! decides in the head's place, meetings called off, records and minutes written from what was recorded.

use dingce_app::{AppError, Done};
use dingce_domain::act::{AbsentMember, Entrusted};
use dingce_domain::code::Code;
use dingce_domain::id::{CaseId, MeetingId, PersonId};
use dingce_domain::meeting::{
    CallMeeting, CallOffMeeting, ConfirmStatement, IssueMinutes, ItemState, Meeting, MeetingAct, TakeAttendance,
};
use dingce_domain::organisation::OrganisationEvent;
use dingce_domain::words::{DocumentRef, Outcome};
use dingce_testkit::staff;
use dingce_tests::acting::{ask, asked, code};
use dingce_tests::harness::{Backend, Node, Site};
use dingce_tests::on_both;
use jiff::ToSpan;
use serde_json::{Value, json};

on_both!(
    one_meeting_for_two_matters,
    an_absent_head_entrusts_a_deputy,
    a_meeting_is_called_off,
    a_body_is_as_the_directory_says,
    only_who_was_there_speaks_to_the_record,
    an_ended_matter_keeps_no_meeting_open,
);

async fn on(node: &Node, who: &str, meeting: MeetingId, act: MeetingAct) -> Result<Done, AppError> {
    node.app.act_on_meeting(asked(who), meeting, act).await
}

async fn state(node: &Node, meeting: MeetingId) -> Meeting {
    node.app.settle().await.expect("messages are delivered");
    node.app.meeting(meeting).await.expect("the store answers").expect("the meeting is there").state.clone()
}

fn items(meeting: &Meeting) -> Vec<(CaseId, ItemState)> {
    meeting.items.iter().map(|i| (i.case, i.state)).collect()
}

fn attendance(absent: &[&str]) -> TakeAttendance {
    let away = |key: &&str| AbsentMember {
        person: staff::person(key),
        reason: "公出".to_owned(),
        written_view: String::new(),
    };
    let there = |key: &str| !absent.contains(&key);
    TakeAttendance {
        present: staff::members().filter(|m| there(m.key)).map(|m| staff::person(m.key)).collect(),
        absent: absent.iter().map(away).collect(),
        observers: Vec::new(),
        chair: staff::person(if there("head") { "head" } else { "deputy" }),
        entrusted: None,
        recorder: "会议秘书".to_owned(),
    }
}

/// A document with this content, on file.
async fn document(node: &Node, name: &str) -> DocumentRef {
    node.upload(name).await;
    serde_json::from_value(dingce_testkit::scenario::acts::document(name)).expect("a document")
}

async fn positions(node: &Node, case: CaseId, members: &[&str]) {
    for (no, member) in (1..).zip(members) {
        let said = json!({ "member": format!("$person:{member}"), "spoken_no": no });
        node.done(case, "record_position", said).await;
    }
}

/// Does an act as it is, without the attendance that `done` would take first.
async fn act(node: &Node, case: CaseId, name: &str, over: Value) -> Result<Done, AppError> {
    node.act(case, ask(name, over)).await
}

async fn one_meeting_for_two_matters(backend: Backend) {
    let site = Site::new(backend).await;
    let node = &site.node(1).await;
    let first = node.road_to("approve_tabling").await;
    let second = node.road_to("approve_tabling").await;
    let meeting = node.call_meeting().await;
    for case in [first, second] {
        node.done(case, "convene_meeting", json!({ "meeting": meeting })).await;
    }
    assert_eq!(items(&state(node, meeting).await), [(first, ItemState::Placed), (second, ItemState::Placed)]);
    assert_eq!(
        code(act(node, first, "record_attendance", Value::Null).await),
        Code::MeetingNotHeld,
        "a matter is called up once the session's attendance is taken"
    );
    let early = IssueMinutes {
        document_no: "区府常纪〔2024〕12号".to_owned(),
        issued_on: node.app.today(),
        documents: vec![document(node, "minutes").await],
    };
    let refused = on(node, "secretary", meeting, MeetingAct::IssueMinutes(early.clone())).await;
    assert_eq!(code(refused), Code::MeetingNotHeld, "there are no minutes of what was not held");

    node.all_attend(meeting).await;
    act(node, first, "record_attendance", Value::Null).await.expect("the first matter is called up");
    let recused = json!({ "recused": [{ "person": "$person:member_3", "reason": "配偶在供水企业任职" }] });
    act(node, second, "record_attendance", recused).await.expect("the second matter is called up");
    node.app.settle().await.expect("messages are delivered");
    let again = on(node, "secretary", meeting, MeetingAct::TakeAttendance(attendance(&[]))).await;
    assert_eq!(code(again), Code::MeetingUnderWay, "what a matter has taken over stays as it was taken");

    let taken = |case: dingce_domain::case::Case| case.file.meeting.expect("a meeting").attendance.expect("taken");
    let (of_first, of_second) = (taken(node.case(first).await), taken(node.case(second).await));
    assert_eq!((of_first.present.len(), of_first.recused.len()), (5, 0));
    assert_eq!((of_second.present.len(), of_second.recused.len()), (4, 1), "withdrawn from one matter only");
    let stands = state(node, meeting).await.n;
    assert!(of_first.meeting_n <= of_second.meeting_n && of_second.meeting_n < stands, "each names what it took over");

    for (case, members) in [
        (first, ["deputy", "member_1", "member_2", "member_3"].as_slice()),
        (second, ["deputy", "member_1", "member_2"].as_slice()),
    ] {
        node.done(case, "find_risk", Value::Null).await;
        positions(node, case, members).await;
    }
    node.done(first, "record_head_decision", Value::Null).await;
    let refused = on(node, "secretary", meeting, MeetingAct::IssueMinutes(early.clone())).await;
    assert_eq!(code(refused), Code::MeetingUnderWay, "minutes tell of every matter");
    let deferred = json!({ "outcome": "defer", "reasons": "尚不成熟。" });
    node.done(second, "record_head_decision", deferred).await;
    node.done(first, "sign_meeting_record", Value::Null).await;

    let held = state(node, meeting).await;
    let outcomes: Vec<_> = held.items.iter().map(|i| (i.state, i.outcome)).collect();
    let expected = [(ItemState::Signed, Some(Outcome::Agree)), (ItemState::Decided, Some(Outcome::Defer))];
    assert_eq!(outcomes, expected);

    let record = node.app.draft_record(&held, second).await.expect("the store answers").expect("on the agenda");
    for said in ["第2项议题", "回避：吴五（副区长）：配偶在供水企业任职", "应到5人，实到4人", "暂缓", "不同意见：无"]
    {
        assert!(record.zh.contains(said), "the record says {said}: {}", record.zh);
    }
    assert!(record.en.contains("Withdrew: ") && record.en.contains("Deferred"), "{}", record.en);
    let minutes = node.app.draft_minutes(&held).await.expect("the store answers");
    assert!(minutes.zh.contains("1．区城镇供水价格调整方案：同意。"), "{}", minutes.zh);
    assert!(minutes.zh.contains("2．区城镇供水价格调整方案：暂缓。"), "{}", minutes.zh);

    let refused = on(node, "secretary", meeting, MeetingAct::IssueMinutes(early.clone())).await;
    assert_eq!(code(refused), Code::RecordUnsigned, "minutes wait for the signed record of every matter");
    node.done(second, "sign_meeting_record", Value::Null).await;
    node.app.settle().await.expect("messages are delivered");
    on(node, "secretary", meeting, MeetingAct::IssueMinutes(early)).await.expect("the minutes are issued");
    let third = node.road_to("approve_tabling").await;
    let late = act(node, third, "convene_meeting", json!({ "meeting": meeting })).await;
    assert_eq!(code(late), Code::MeetingNotOpen, "a meeting with minutes takes no more matters");
    let rebuilt = node.app.rebuild(false, &|_, _| {}).await.expect("the events are replayed");
    assert_eq!(rebuilt.differing, 0, "replay = read tables: {:?}", rebuilt.differences);
}

async fn an_absent_head_entrusts_a_deputy(backend: Backend) {
    let site = Site::new(backend).await;
    let node = &site.node(1).await;
    let case = node.road_to("approve_tabling").await;
    let meeting = node.call_meeting().await;
    node.done(case, "convene_meeting", json!({ "meeting": meeting })).await;
    let with = |person: &str, absent: &[&str]| {
        let entrusted = Entrusted { person: staff::person(person), basis: "区长委托书〔2024〕1号".to_owned() };
        MeetingAct::TakeAttendance(TakeAttendance { entrusted: Some(entrusted), ..attendance(absent) })
    };
    let beside = on(node, "secretary", meeting, with("deputy", &["member_3"])).await;
    assert_eq!(code(beside), Code::DeciderNotAcceptable, "where the head is present, the head decides");
    let absent = on(node, "secretary", meeting, with("member_3", &["head", "member_3"])).await;
    assert_eq!(code(absent), Code::DeciderNotAcceptable, "nobody decides from afar");
    on(node, "secretary", meeting, with("deputy", &["head"])).await.expect("attendance is taken");
    act(node, case, "record_attendance", Value::Null).await.expect("the matter is called up");
    node.done(case, "find_risk", Value::Null).await;
    let own = act(node, case, "record_position", json!({ "member": "$person:deputy" })).await;
    assert_eq!(code(own), Code::HeadNotLast, "the word of whoever decides is the decision");
    positions(node, case, &["member_1", "member_2", "member_3"]).await;
    node.done(case, "record_head_decision", Value::Null).await;
    let held = state(node, meeting).await;
    let record = node.app.draft_record(&held, case).await.expect("the store answers").expect("on the agenda");
    assert!(record.zh.contains("受委托决定：陈二（副区长）（区长委托书〔2024〕1号）"), "{}", record.zh);
    assert!(record.zh.contains("决定（陈二（副区长），第9位发言）：同意"), "{}", record.zh);
}

async fn a_meeting_is_called_off(backend: Backend) {
    let site = Site::new(backend).await;
    let node = &site.node(1).await;
    let (first, second) = (node.road_to("approve_tabling").await, node.road_to("approve_tabling").await);
    let meeting = node.call_meeting().await;
    for case in [first, second] {
        node.done(case, "convene_meeting", json!({ "meeting": meeting })).await;
    }
    let off = MeetingAct::CallOff(CallOffMeeting { reason: "区长外出公务。".to_owned() });
    assert_eq!(code(on(node, "officer", meeting, off.clone()).await), Code::Forbidden);
    on(node, "secretary", meeting, off.clone()).await.expect("it is called off");
    assert_eq!(code(on(node, "secretary", meeting, off).await), Code::MeetingNotOpen, "once");
    let there = state(node, meeting).await;
    assert_eq!(items(&there), [(first, ItemState::TakenOff), (second, ItemState::TakenOff)]);
    let on_it = act(node, first, "convene_meeting", json!({ "meeting": meeting })).await;
    assert_eq!(code(on_it), Code::MeetingNotOpen);
    let next = node.call_meeting().await;
    node.done(first, "convene_meeting", json!({ "meeting": next })).await;
    assert_eq!(items(&state(node, next).await), [(first, ItemState::Placed)], "its matters go to another meeting");
}

async fn a_body_is_as_the_directory_says(backend: Backend) {
    let site = Site::new(backend).await;
    let node = &site.node(1).await;
    let given = |body: Option<&str>, chair: PersonId| CallMeeting {
        body: body.map(str::to_owned),
        session: "区政府全体会议".to_owned(),
        held_on: node.app.today(),
        place: "礼堂".to_owned(),
        chair,
        notified_on: node.app.today(),
        invited: Vec::new(),
        members: Vec::new(),
    };
    let head = staff::person("head");
    let unknown = node.app.call_meeting(asked("secretary"), given(Some("plenary"), head)).await;
    assert_eq!(code(unknown), Code::DirectoryUnknown);
    let posts = ["head", "deputy", "leader"].map(staff::post).to_vec();
    let entry = OrganisationEvent::BodyRegistered {
        body: "plenary".to_owned(),
        name: "区政府全体会议".to_owned(),
        posts,
        from: node.app.today(),
        basis: "地方组织法第七十八条".to_owned(),
    };
    node.app.enter_directory(asked("registrar"), staff::DIRECTORY, vec![entry]).await.expect("it is entered");
    let stranger = given(Some("plenary"), staff::person("member_1"));
    assert_eq!(
        code(node.app.call_meeting(asked("secretary"), stranger).await),
        Code::NotAMember,
        "who presides is one"
    );
    let mut late = given(Some("plenary"), head);
    late.notified_on = node.app.today().saturating_add(1.day());
    assert_eq!(code(node.app.call_meeting(asked("secretary"), late).await), Code::DateNotAcceptable);
    let done = node.app.call_meeting(asked("secretary"), given(Some("plenary"), head)).await.expect("it is called");
    let meeting = state(node, MeetingId::new(done.stream.value)).await;
    let members: Vec<_> = meeting.called.members.iter().map(|m| m.name.as_str()).collect();
    assert_eq!(members, ["林一", "陈二", "张七"], "the directors are members of the plenary meeting");
    assert_eq!(code(node.app.call_meeting(asked("officer"), given(None, head)).await), Code::Forbidden);
}

async fn only_who_was_there_speaks_to_the_record(backend: Backend) {
    let site = Site::new(backend).await;
    let node = &site.node(1).await;
    let case = node.road_to("approve_tabling").await;
    let other = node.road_to("approve_tabling").await;
    let meeting = node.call_meeting().await;
    node.done(case, "convene_meeting", json!({ "meeting": meeting })).await;
    let said = |case, agrees, remark: &str| {
        MeetingAct::ConfirmStatement(ConfirmStatement { case, agrees, remark: remark.to_owned() })
    };
    let before = on(node, "deputy", meeting, said(case, true, "")).await;
    assert_eq!(code(before), Code::MeetingNotHeld);
    let taken = MeetingAct::TakeAttendance(attendance(&["member_3"]));
    on(node, "secretary", meeting, taken).await.expect("attendance is taken");
    node.app.settle().await.expect("messages are delivered");
    assert_eq!(
        code(on(node, "deputy", meeting, said(case, true, "")).await),
        Code::MeetingNotHeld,
        "not called up yet"
    );
    act(node, case, "record_attendance", Value::Null).await.expect("the matter is called up");
    node.app.settle().await.expect("messages are delivered");
    assert_eq!(code(on(node, "deputy", meeting, said(other, true, "")).await), Code::AgendaItemUnknown);
    assert_eq!(code(on(node, "secretary", meeting, said(case, true, "")).await), Code::NotAMember);
    assert_eq!(code(on(node, "member_3", meeting, said(case, true, "")).await), Code::MemberAbsent);
    assert_eq!(code(on(node, "deputy", meeting, said(case, false, " ")).await), Code::ReasonMissing);
    on(node, "deputy", meeting, said(case, false, "原话为“建议先试点”。")).await.expect("it is kept");
    on(node, "deputy", meeting, said(case, true, "")).await.expect("it is kept");
    let there = state(node, meeting).await;
    assert_eq!(there.confirmations.len(), 2, "both stay on the record");
    assert!(there.confirmed()[&(case, staff::person("deputy"))].agrees, "the newest counts");
}

async fn an_ended_matter_keeps_no_meeting_open(backend: Backend) {
    let site = Site::new(backend).await;
    let node = &site.node(1).await;
    let case = node.road_to("approve_tabling").await;
    let meeting = node.call_meeting().await;
    node.done(case, "convene_meeting", json!({ "meeting": meeting })).await;
    node.done(case, "terminate_case", Value::Null).await;
    assert_eq!(items(&state(node, meeting).await), [(case, ItemState::TakenOff)]);
    node.all_attend(meeting).await;
    let minutes = IssueMinutes {
        document_no: "区府常纪〔2024〕12号".to_owned(),
        issued_on: node.app.today(),
        documents: vec![document(node, "minutes").await],
    };
    on(node, "secretary", meeting, MeetingAct::IssueMinutes(minutes)).await.expect("nothing is open");
}
