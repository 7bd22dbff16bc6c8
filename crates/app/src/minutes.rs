//! Records of matters 会议记录 and minutes of meetings 会议纪要, written from what was recorded: drafts for whoever signs them.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use dingce_domain::act::{FindRisk, Member, RecordAttendance, RecordHeadDecision, RecordPosition};
use dingce_domain::event::CaseEvent;
use dingce_domain::file::decider;
use dingce_domain::id::{CaseId, MeetingId, PersonId};
use dingce_domain::meeting::{Item, Meeting};
use dingce_domain::stage::take;
use dingce_domain::words::{Position, Text};
use jiff::civil::Date;

use crate::app::App;
use crate::envelope;
use crate::error::AppError;
use crate::language::Language;
use crate::template::filled;

/// What was recorded of one matter at one meeting.
#[derive(Debug, Clone, Default)]
struct Heard {
    attendance: Option<(RecordAttendance, u32, bool)>,
    risk: Option<FindRisk>,
    positions: Vec<RecordPosition>,
    decision: Option<RecordHeadDecision>,
}

impl Heard {
    fn take(&mut self, event: CaseEvent) {
        match event {
            CaseEvent::AttendanceTaken { given, needed, quorum, .. } => self.attendance = Some((given, needed, quorum)),
            CaseEvent::RiskFound { given, .. } => self.risk = Some(given),
            CaseEvent::PositionRecorded { given, .. } => take(&mut self.positions, given),
            CaseEvent::DecisionAdopted { given, .. } | CaseEvent::DecisionDeclined { given, .. } => {
                self.decision = Some(given);
            }
            _ => {}
        }
    }
}

type Lines = BTreeMap<String, Text>;

fn templates() -> &'static Lines {
    static SHIPPED: OnceLock<Lines> = OnceLock::new();
    SHIPPED
        .get_or_init(|| serde_saphyr::from_str(include_str!("../lang/minutes.yaml")).expect("minutes.yaml can be read"))
}

fn plain(text: impl ToString) -> Text {
    let text = text.to_string();
    Text { zh: text.clone(), en: text }
}

fn phrase(key: &str) -> Text {
    templates().get(key).cloned().unwrap_or_else(|| plain(key))
}

/// A paper in both languages, line by line.
#[derive(Default)]
struct Paper(Text);

impl Paper {
    fn line(&mut self, key: &str, slots: &[(&str, Text)]) {
        let template = phrase(key);
        let slot = |pick: fn(&Text) -> &String| {
            move |name: &str| {
                let value = slots.iter().find(|(slot, _)| *slot == name).map(|(_, text)| pick(text).clone());
                value.filter(|text| !text.is_empty())
            }
        };
        for (paper, line) in [
            (&mut self.0.zh, filled(&template.zh, &slot(|t| &t.zh))),
            (&mut self.0.en, filled(&template.en, &slot(|t| &t.en))),
        ] {
            if !line.is_empty() {
                paper.push_str(&line);
                paper.push('\n');
            }
        }
    }
}

fn listed(all: Vec<String>) -> Text {
    let between = phrase("between");
    Text { zh: all.join(&between.zh), en: all.join(&between.en) }
}

/// A day as papers write it.
fn day(date: Date) -> Text {
    let zh = format!("{}年{}月{}日", date.year(), date.month(), date.day());
    Text { zh, en: date.to_string() }
}

/// What somebody said, ended as a sentence is.
fn said_as(text: &str) -> Text {
    let text = text.trim();
    if text.is_empty() || text.ends_with(['。', '！', '？', '；', '…', '”', '.', '!', '?']) {
        return plain(text);
    }
    Text { zh: format!("{text}。"), en: format!("{text}.") }
}

/// Name and post of a member, as of the day of the meeting; what a post says in brackets stands in the same ones.
fn named(members: &[Member], person: PersonId) -> String {
    let post = |title: &str| title.replace(['（', '('], "，").replace(['）', ')'], "");
    let known = members.iter().find(|m| m.person == person);
    known.map_or_else(|| person.to_string(), |m| format!("{}（{}）", m.name, post(&m.post_title)))
}

fn session(meeting: &Meeting, paper: &mut Paper) {
    let called = &meeting.called;
    paper.line("time", &[("held_on", day(called.held_on))]);
    paper.line("place", &[("place", plain(&called.place))]);
    if let Some(attendance) = &meeting.attendance {
        paper.line("chair", &[("person", plain(named(&called.members, attendance.chair)))]);
        paper.line("recorder", &[("recorder", plain(&attendance.recorder))]);
    }
    match meeting.lead_days() {
        0 => paper.line("notice_same_day", &[]),
        days => paper.line("notice", &[("days", plain(days))]),
    }
}

fn attendance(members: &[Member], given: &RecordAttendance, paper: &mut Paper) {
    let name = |person: &PersonId| named(members, *person);
    let with_reason = |person: &PersonId, reason: &str| format!("{}：{reason}", name(person));
    paper.line(
        "present",
        &[
            ("persons", listed(given.present.iter().map(name).collect())),
            ("members", plain(members.len())),
            ("count", plain(given.present.len())),
        ],
    );
    let absent = given.absent.iter().map(|a| with_reason(&a.person, &a.reason)).collect();
    paper.line("absent", &[("persons", listed(absent))]);
    let recused = given.recused.iter().map(|r| with_reason(&r.person, &r.reason)).collect();
    paper.line("recused", &[("persons", listed(recused))]);
    let observers = given.observers.iter().map(|o| format!("{}{}", o.unit, o.name)).collect();
    paper.line("observers", &[("persons", listed(observers))]);
    if let Some(entrusted) = &given.entrusted {
        let slots = [("person", plain(name(&entrusted.person))), ("basis", plain(&entrusted.basis))];
        paper.line("entrusted", &slots);
    }
}

fn record(meeting: &Meeting, no: usize, item: &Item, heard: &Heard) -> Text {
    let words = Language::shipped();
    let members = &meeting.called.members;
    let mut paper = Paper::default();
    paper.line("record_title", &[("session", plain(&meeting.called.session)), ("no", plain(no))]);
    paper.line("matter", &[("title", plain(&item.title))]);
    session(meeting, &mut paper);
    if let Some((given, needed, quorum)) = &heard.attendance {
        attendance(members, given, &mut paper);
        let result = phrase(if *quorum { "quorum_met" } else { "quorum_missing" });
        paper.line("quorum", &[("needed", plain(needed)), ("result", result)]);
        for absent in given.absent.iter().filter(|a| !a.written_view.is_empty()) {
            let person = plain(named(members, absent.person));
            paper.line("written_view", &[("person", person), ("text", said_as(&absent.written_view))]);
        }
    }
    if let Some(risk) = &heard.risk {
        let finding = phrase(if risk.controllable { "controllable" } else { "not_controllable" });
        paper.line("risk", &[("finding", finding), ("reason", said_as(&risk.reason))]);
    }
    let mut positions: Vec<_> = heard.positions.iter().collect();
    positions.sort_by_key(|p| p.spoken_no);
    for said in &positions {
        let slots = [
            ("no", plain(said.spoken_no)),
            ("person", plain(named(members, said.member))),
            ("position", words.word("position", said.position.as_str())),
            ("statement", said_as(&said.statement)),
        ];
        paper.line("speaker", &slots);
    }
    if heard.attendance.is_some() {
        let dissent = positions.iter().filter(|p| matches!(p.position, Position::Disagree | Position::Reserve));
        let dissent: Vec<_> = dissent.map(|p| named(members, p.member)).collect();
        match dissent.is_empty() {
            true => paper.line("no_dissent", &[]),
            false => paper.line("dissent", &[("persons", listed(dissent))]),
        }
    }
    match &heard.decision {
        None => paper.line("undecided", &[]),
        Some(decided) => {
            let person = decider(members, heard.attendance.as_ref().map(|(given, ..)| given));
            let slots = [
                ("person", plain(person.map(|p| named(members, p)).unwrap_or_default())),
                ("no", plain(decided.spoken_no)),
                ("outcome", words.word("outcome", decided.outcome.as_str())),
                ("statement", said_as(&decided.statement)),
            ];
            paper.line("decision", &slots);
            paper.line("reasons", &[("text", said_as(decided.reasons.as_deref().unwrap_or_default()))]);
            paper.line("amendments", &[("text", said_as(decided.amendments.as_deref().unwrap_or_default()))]);
        }
    }
    paper.0
}

fn minutes(meeting: &Meeting, heard: &[Heard]) -> Text {
    let words = Language::shipped();
    let called = &meeting.called;
    let mut paper = Paper::default();
    paper.line("minutes_title", &[("session", plain(&called.session))]);
    if let Some(given) = &meeting.attendance {
        let opening = [
            ("held_on", day(called.held_on)),
            ("person", plain(named(&called.members, given.chair))),
            ("place", plain(&called.place)),
            ("session", plain(&called.session)),
        ];
        paper.line("minutes_opening", &opening);
        let name = |person: &PersonId| named(&called.members, *person);
        let present = listed(given.present.iter().map(name).collect());
        let count = [("members", plain(called.members.len())), ("count", plain(given.present.len()))];
        let [members, count] = count;
        paper.line("present", &[("persons", present), members, count]);
        let absent = given.absent.iter().map(|a| name(&a.person)).collect();
        paper.line("absent", &[("persons", listed(absent))]);
        let observers = given.observers.iter().map(|o| format!("{}{}", o.unit, o.name)).collect();
        paper.line("observers", &[("persons", listed(observers))]);
    }
    paper.line("minutes_items", &[]);
    for ((no, item), heard) in (1..).zip(&meeting.items).zip(heard) {
        let (no, title) = (("no", plain(no)), ("title", plain(&item.title)));
        match &heard.decision {
            Some(decided) => {
                let outcome = ("outcome", words.word("outcome", decided.outcome.as_str()));
                paper.line("minutes_item", &[no, title, outcome, ("statement", said_as(&decided.statement))]);
                paper.line("amendments", &[("text", said_as(decided.amendments.as_deref().unwrap_or_default()))]);
            }
            None => {
                let state = words.word("item_state", item.state.as_str());
                paper.line("minutes_open", &[no, title, ("state", state)]);
            }
        }
    }
    paper.0
}

impl App {
    /// A draft of the record of one matter, from what was recorded of it at this meeting; none where it is not on the
    /// agenda.
    ///
    /// # Errors
    /// Where the store fails or the record cannot be read.
    pub async fn draft_record(&self, meeting: &Meeting, case: CaseId) -> Result<Option<Text>, AppError> {
        let Some(at) = meeting.items.iter().position(|i| i.case == case) else { return Ok(None) };
        let heard = self.heard(meeting.id, case).await?;
        Ok(Some(record(meeting, at + 1, &meeting.items[at], &heard)))
    }

    /// A draft of the minutes of a meeting, from what was recorded of its matters.
    ///
    /// # Errors
    /// As [`App::draft_record`].
    pub async fn draft_minutes(&self, meeting: &Meeting) -> Result<Text, AppError> {
        let mut heard = Vec::with_capacity(meeting.items.len());
        for item in &meeting.items {
            heard.push(self.heard(meeting.id, item.case).await?);
        }
        Ok(minutes(meeting, &heard))
    }

    /// What the case recorded of one meeting; it may have been on several.
    async fn heard(&self, meeting: MeetingId, case: CaseId) -> Result<Heard, AppError> {
        let mut heard = Heard::default();
        let mut here = false;
        self.each_stored(case.into(), 0, u64::MAX, |stored| {
            let event = envelope::read::<CaseEvent>(&stored)?.body;
            if let CaseEvent::MeetingConvened { given, .. } = &event {
                here = given.meeting == meeting;
                if here {
                    heard = Heard::default();
                }
            }
            if here {
                heard.take(event);
            }
            Ok(())
        })
        .await?;
        Ok(heard)
    }
}
