//! Meetings of the deciding body 会议: one stream for a session, whatever number of matters are on its agenda.
//!
//! What belongs to the session is here: who was called, who came, who presided, who decided in the head's absence, which
//! matters were on the agenda and what became of each, the minutes. What decides a matter (who withdrew from it, the
//! finding on its risk, positions, the head's decision, its signed record) is recorded in the matter's own case, in one
//! order with everything that its gates look at; the case takes attendance over from here by value.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::act::{AbsentMember, Entrusted, Member, Observer};
use crate::case::CorruptHistory;
use crate::check;
use crate::code::Code;
use crate::id::{CaseId, MeetingId, PersonId};
use crate::occasion::On;
use crate::rejection::Rejection;
use crate::words;
use crate::words::{DocumentRef, Outcome};

/// Call a meeting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CallMeeting {
    /// Code of the body in the directory; absent for the executive meeting 常务会议.
    pub body: Option<String>,
    /// Name of the session, e.g. 区政府第12次常务会议.
    pub session: String,
    /// Day of the meeting.
    pub held_on: Date,
    /// Where.
    pub place: String,
    /// Who is to preside; a member.
    pub chair: PersonId,
    /// Day on which members were told, from which the lead time is counted.
    pub notified_on: Date,
    /// Who is invited without being a member 列席.
    pub invited: Vec<Observer>,
    /// Members of the body on that day.
    pub members: Vec<Member>,
}

/// Call off a meeting that has not begun. Its matters are taken off with it and may go to another meeting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CallOffMeeting {
    /// Why it does not take place.
    pub reason: String,
}

/// Take attendance of the session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TakeAttendance {
    /// Members present.
    pub present: Vec<PersonId>,
    /// Members absent, with reasons; all others.
    pub absent: Vec<AbsentMember>,
    /// Who attends without being a member 列席.
    pub observers: Vec<Observer>,
    /// Who presides; a member present, not always the head.
    pub chair: PersonId,
    /// Who decides in the head's place, where the head is absent and has entrusted a member present.
    pub entrusted: Option<Entrusted>,
    /// Who takes the record.
    pub recorder: String,
}

/// Confirm what one is recorded to have said on a matter, or say that it is not so. Blocks nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConfirmStatement {
    /// The matter.
    pub case: CaseId,
    /// Whether the record is true.
    pub agrees: bool,
    /// What is not so; required where it is not true.
    pub remark: String,
}

/// Issue the minutes 会议纪要, which are a document of their own beside the signed record of each matter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IssueMinutes {
    /// Number of the document.
    pub document_no: String,
    /// Day of issue.
    pub issued_on: Date,
    /// The minutes, at least one document.
    pub documents: Vec<DocumentRef>,
}

words! {
    /// What became of a matter on the agenda.
    ItemState {
        /// On the agenda, not yet called up.
        Placed = "placed",
        /// Taken off before it was called up.
        TakenOff = "taken_off",
        /// Called up: attendance for it was taken.
        CalledUp = "called_up",
        /// The head decided.
        Decided = "decided",
        /// Its record is signed.
        Signed = "signed",
    }
}

/// A matter on the agenda.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// Its case.
    pub case: CaseId,
    /// Name of the matter when it was placed.
    pub title: String,
    /// What became of it.
    pub state: ItemState,
    /// What the head decided.
    pub outcome: Option<Outcome>,
    /// Number of the case's event that this was learnt from; what is older is no news, in whichever order it comes.
    pub n: u64,
}

impl Item {
    /// Whether it still waits for something before minutes can tell of it.
    pub const fn open(&self) -> bool {
        matches!(self.state, ItemState::Placed | ItemState::CalledUp)
    }

    /// Whether minutes wait for it: until its record is signed, or it is taken off.
    pub const fn waits(&self) -> bool {
        !matches!(self.state, ItemState::Signed | ItemState::TakenOff)
    }
}

/// What somebody said of the record of a matter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confirmation {
    /// Who.
    pub person: PersonId,
    /// What.
    pub given: ConfirmStatement,
}

/// An act on a meeting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "snake_case")]
pub enum MeetingAct {
    /// Call it.
    Call(CallMeeting),
    /// Call it off.
    CallOff(CallOffMeeting),
    /// Take attendance.
    TakeAttendance(TakeAttendance),
    /// Confirm a statement.
    ConfirmStatement(ConfirmStatement),
    /// Issue the minutes.
    IssueMinutes(IssueMinutes),
    /// A case was placed on its agenda: recorded after it, by the system.
    PlaceItem {
        /// The case.
        case: CaseId,
        /// Name of the matter.
        title: String,
        /// Number of the case's event.
        n: u64,
    },
    /// Something became of a matter on its agenda: recorded after it, by the system.
    FollowItem {
        /// The case.
        case: CaseId,
        /// What.
        state: ItemState,
        /// What the head decided.
        outcome: Option<Outcome>,
        /// Number of the case's event.
        n: u64,
    },
}

impl MeetingAct {
    /// Documents that it names.
    pub fn documents(&self) -> &[DocumentRef] {
        match self {
            Self::IssueMinutes(given) => &given.documents,
            Self::Call(_)
            | Self::CallOff(_)
            | Self::TakeAttendance(_)
            | Self::ConfirmStatement(_)
            | Self::PlaceItem { .. }
            | Self::FollowItem { .. } => &[],
        }
    }
}

/// One event of a meeting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", deny_unknown_fields)]
#[allow(missing_docs)]
pub enum MeetingEvent {
    /// It was called.
    #[serde(rename = "meeting_called")]
    Called { given: CallMeeting },
    /// It was called off.
    #[serde(rename = "meeting_called_off")]
    CalledOff { given: CallOffMeeting },
    /// Attendance of the session was taken.
    #[serde(rename = "session_attended")]
    Attended { given: TakeAttendance },
    /// A matter was placed on the agenda.
    #[serde(rename = "agenda_item_placed")]
    ItemPlaced { case: CaseId, title: String, n: u64 },
    /// Something became of a matter on the agenda.
    #[serde(rename = "agenda_item_followed")]
    ItemFollowed { case: CaseId, state: ItemState, outcome: Option<Outcome>, n: u64 },
    /// Somebody confirmed the record, or said that it is not so.
    #[serde(rename = "statement_confirmed")]
    StatementConfirmed { person: PersonId, given: ConfirmStatement },
    /// The minutes were issued.
    #[serde(rename = "minutes_issued")]
    MinutesIssued { given: IssueMinutes },
}

impl MeetingEvent {
    /// The kind, as stored.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Called { .. } => "meeting_called",
            Self::CalledOff { .. } => "meeting_called_off",
            Self::Attended { .. } => "session_attended",
            Self::ItemPlaced { .. } => "agenda_item_placed",
            Self::ItemFollowed { .. } => "agenda_item_followed",
            Self::StatementConfirmed { .. } => "statement_confirmed",
            Self::MinutesIssued { .. } => "minutes_issued",
        }
    }

    /// Documents that it names.
    pub fn documents(&self) -> &[DocumentRef] {
        match self {
            Self::MinutesIssued { given } => &given.documents,
            Self::Called { .. }
            | Self::CalledOff { .. }
            | Self::Attended { .. }
            | Self::ItemPlaced { .. }
            | Self::ItemFollowed { .. }
            | Self::StatementConfirmed { .. } => &[],
        }
    }
}

/// A meeting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Meeting {
    /// Its id.
    pub id: MeetingId,
    /// How it was called.
    pub called: CallMeeting,
    /// Why it does not take place, where it was called off.
    pub called_off: Option<String>,
    /// Attendance, once taken.
    pub attendance: Option<TakeAttendance>,
    /// The agenda, in the order in which matters were placed.
    pub items: Vec<Item>,
    /// What members said of the record.
    pub confirmations: Vec<Confirmation>,
    /// The minutes, once issued.
    pub minutes: Option<IssueMinutes>,
    /// How many events made it.
    pub n: u64,
}

impl Meeting {
    /// The meeting after one event.
    ///
    /// # Errors
    /// [`CorruptHistory`] where the event cannot follow.
    pub fn evolve(state: Option<Self>, id: MeetingId, event: &MeetingEvent) -> Result<Self, CorruptHistory> {
        let n = state.as_ref().map_or(0, |s| s.n) + 1;
        let corrupt = |why: &str| CorruptHistory { n, kind: event.kind().to_owned(), why: why.to_owned() };
        let Some(mut state) = state else {
            let MeetingEvent::Called { given } = event else {
                return Err(corrupt("the first event must call the meeting"));
            };
            return Ok(Self {
                id,
                called: given.clone(),
                called_off: None,
                attendance: None,
                items: Vec::new(),
                confirmations: Vec::new(),
                minutes: None,
                n,
            });
        };
        state.n = n;
        match event {
            MeetingEvent::Called { .. } => return Err(corrupt("the meeting is already called")),
            MeetingEvent::CalledOff { given } => state.called_off = Some(given.reason.clone()),
            MeetingEvent::Attended { given } => state.attendance = Some(given.clone()),
            MeetingEvent::ItemPlaced { case, title, n } => {
                // A matter that was taken off may come back, to the end of the agenda.
                state.items.retain(|i| i.case != *case);
                let placed = Item { case: *case, title: title.clone(), state: ItemState::Placed, outcome: None, n: *n };
                state.items.push(placed);
            }
            MeetingEvent::ItemFollowed { case, state: now, outcome, n } => {
                let item = state.items.iter_mut().find(|i| i.case == *case);
                let item = item.ok_or_else(|| corrupt("no such matter is on the agenda"))?;
                (item.state, item.outcome, item.n) = (*now, outcome.or(item.outcome), *n);
            }
            MeetingEvent::StatementConfirmed { person, given } => {
                state.confirmations.push(Confirmation { person: *person, given: given.clone() });
            }
            MeetingEvent::MinutesIssued { given } => state.minutes = Some(given.clone()),
        }
        Ok(state)
    }

    /// What an act does to a meeting, `None` for one that does not exist yet. No event where nothing is left to record.
    /// `person` is who acts in their own person; none for the system and for a delegate.
    ///
    /// # Errors
    /// A [`Rejection`] where it may not happen.
    pub fn decide(
        state: Option<&Self>,
        act: MeetingAct,
        on: On,
        person: Option<PersonId>,
    ) -> Result<Option<MeetingEvent>, Rejection> {
        on.acceptable()?;
        let there = || state.ok_or_else(|| Rejection::new(Code::NotFound));
        match act {
            MeetingAct::Call(given) => match state {
                Some(there) => Err(Rejection::new(Code::AlreadyThere).given(&there.called.session)),
                None => call(given, on).map(Some),
            },
            MeetingAct::CallOff(given) => there()?.call_off(given).map(Some),
            MeetingAct::TakeAttendance(given) => there()?.attend(given, on).map(Some),
            MeetingAct::ConfirmStatement(given) => there()?.confirm(given, person).map(Some),
            MeetingAct::IssueMinutes(given) => there()?.issue(given, on).map(Some),
            MeetingAct::PlaceItem { case, title, n } => Ok(there()?.place(case, title, n)),
            MeetingAct::FollowItem { case, state, outcome, n } => there()?.follow(case, state, outcome, n),
        }
    }

    /// Whether a matter can be placed on its agenda.
    ///
    /// # Errors
    /// `MEETING_NOT_OPEN` where it was called off, or its minutes are issued.
    pub fn open(&self) -> Result<(), Rejection> {
        let not_open = || Rejection::new(Code::MeetingNotOpen).given(&self.called.session);
        if self.called_off.is_some() {
            return Err(not_open().needed("not called off"));
        }
        if self.minutes.is_some() {
            return Err(not_open().needed("minutes not issued"));
        }
        Ok(())
    }

    /// Attendance, where it was taken.
    ///
    /// # Errors
    /// `MEETING_NOT_HELD` where it was not.
    pub fn attended(&self) -> Result<&TakeAttendance, Rejection> {
        self.attendance.as_ref().ok_or_else(|| Rejection::new(Code::MeetingNotHeld).at("meeting"))
    }

    /// How many days before the meeting members were told.
    pub fn lead_days(&self) -> i64 {
        let since = self.called.notified_on.until(self.called.held_on).map(|span| span.get_days());
        since.map_or(0, i64::from)
    }

    /// The newest word of each person on each matter's record.
    pub fn confirmed(&self) -> BTreeMap<(CaseId, PersonId), &ConfirmStatement> {
        self.confirmations.iter().map(|c| ((c.given.case, c.person), &c.given)).collect()
    }

    fn call_off(&self, given: CallOffMeeting) -> Result<MeetingEvent, Rejection> {
        self.open()?;
        check::text("reason", &given.reason)?;
        if self.attendance.is_some() {
            return Err(Rejection::new(Code::MeetingUnderWay).given(&self.called.session));
        }
        Ok(MeetingEvent::CalledOff { given })
    }

    fn attend(&self, given: TakeAttendance, on: On) -> Result<MeetingEvent, Rejection> {
        self.open()?;
        let path = if on.offline { "offline.occurred_on" } else { "held_on" };
        check::not_before(path, on.day, self.called.held_on)?;
        // A slip is put right while no matter has been called up; what a case has taken over stays as it was taken.
        if self.attendance.is_some() && self.items.iter().any(|i| i.state != ItemState::Placed) {
            return Err(Rejection::new(Code::MeetingUnderWay).given(&self.called.session));
        }
        check::line("recorder", &given.recorder)?;
        check::count("observers", given.observers.len(), 0)?;
        for (i, observer) in given.observers.iter().enumerate() {
            check::line(&format!("observers.{i}.name"), &observer.name)?;
            check::line_or_empty(&format!("observers.{i}.unit"), &observer.unit)?;
        }
        for (i, absent) in given.absent.iter().enumerate() {
            check::line(&format!("absent.{i}.reason"), &absent.reason)?;
            check::text_or_empty(&format!("absent.{i}.written_view"), &absent.written_view)?;
        }
        everyone_once(&self.called.members, given.present.iter().chain(given.absent.iter().map(|a| &a.person)))?;
        if !given.present.contains(&given.chair) {
            return Err(Rejection::new(Code::MemberAbsent).at("chair").given(given.chair));
        }
        if let Some(entrusted) = &given.entrusted {
            decider(&self.called.members, &given.present, entrusted)?;
        }
        Ok(MeetingEvent::Attended { given })
    }

    fn confirm(&self, given: ConfirmStatement, person: Option<PersonId>) -> Result<MeetingEvent, Rejection> {
        let person = person.ok_or_else(|| Rejection::new(Code::Forbidden))?;
        check::text_or_empty("remark", &given.remark)?;
        if !given.agrees && given.remark.trim().is_empty() {
            return Err(Rejection::new(Code::ReasonMissing).at("remark"));
        }
        if !self.called.members.iter().any(|m| m.person == person) {
            return Err(Rejection::new(Code::NotAMember).given(person));
        }
        if !self.attended()?.present.contains(&person) {
            return Err(Rejection::new(Code::MemberAbsent).given(person));
        }
        match self.items.iter().find(|i| i.case == given.case) {
            None => Err(Rejection::new(Code::AgendaItemUnknown).at("case").given(given.case)),
            Some(item) if matches!(item.state, ItemState::Placed | ItemState::TakenOff) => {
                Err(Rejection::new(Code::MeetingNotHeld).at("case").given(&item.title))
            }
            Some(_) => Ok(MeetingEvent::StatementConfirmed { person, given }),
        }
    }

    fn issue(&self, given: IssueMinutes, on: On) -> Result<MeetingEvent, Rejection> {
        self.open()?;
        self.attended()?;
        check::line("document_no", &given.document_no)?;
        check::not_before("issued_on", given.issued_on, self.called.held_on)?;
        check::not_after("issued_on", given.issued_on, on.today)?;
        check::documents(&given.documents, 1)?;
        if let Some(item) = self.items.iter().find(|i| i.open()) {
            return Err(Rejection::new(Code::MeetingUnderWay).given(&item.title));
        }
        if let Some(item) = self.items.iter().find(|i| i.waits()) {
            return Err(Rejection::new(Code::RecordUnsigned).at("meeting_id").given(&item.title));
        }
        Ok(MeetingEvent::MinutesIssued { given })
    }

    /// Recorded also where the meeting was called off in between: the case placed it, and is told.
    fn place(&self, case: CaseId, title: String, n: u64) -> Option<MeetingEvent> {
        let news = self.items.iter().all(|i| i.case != case || i.n < n);
        news.then_some(MeetingEvent::ItemPlaced { case, title, n })
    }

    fn follow(
        &self,
        case: CaseId,
        state: ItemState,
        outcome: Option<Outcome>,
        n: u64,
    ) -> Result<Option<MeetingEvent>, Rejection> {
        let unknown = || Rejection::new(Code::AgendaItemUnknown).at("case").given(case);
        let item = self.items.iter().find(|i| i.case == case).ok_or_else(unknown)?;
        // What was decided is told also where the signing was learnt of first.
        let (state, at) = if item.n < n { (state, n) } else { (item.state, item.n) };
        let ended_late = state == ItemState::TakenOff && !item.open();
        let news = (item.state != state && !ended_late) || (outcome.is_some() && item.outcome != outcome);
        Ok(news.then_some(MeetingEvent::ItemFollowed { case, state, outcome, n: at }))
    }
}

fn call(given: CallMeeting, on: On) -> Result<MeetingEvent, Rejection> {
    check::line("session", &given.session)?;
    check::line("place", &given.place)?;
    check::not_after("notified_on", given.notified_on, given.held_on)?;
    check::not_after("notified_on", given.notified_on, on.today)?;
    // What is called is to come; what was held is entered from its papers.
    check::not_before("held_on", given.held_on, on.day)?;
    check::count("invited", given.invited.len(), 0)?;
    for (i, observer) in given.invited.iter().enumerate() {
        check::line_or_empty(&format!("invited.{i}.unit"), &observer.unit)?;
        check::line(&format!("invited.{i}.name"), &observer.name)?;
    }
    if given.members.iter().filter(|m| m.head).count() != 1 {
        let heads = given.members.iter().filter(|m| m.head).count();
        return Err(Rejection::new(Code::ListNotAcceptable).at("members").given(heads).needed("1 head"));
    }
    if !given.members.iter().any(|m| m.person == given.chair) {
        return Err(Rejection::new(Code::NotAMember).at("chair").given(given.chair));
    }
    Ok(MeetingEvent::Called { given })
}

/// That a list names every member once and nobody else.
///
/// # Errors
/// `NOT_A_MEMBER` for somebody else, `LIST_NOT_ACCEPTABLE` where one is named twice or left out.
pub fn everyone_once<'a>(members: &[Member], named: impl Iterator<Item = &'a PersonId>) -> Result<(), Rejection> {
    let mut seen: Vec<PersonId> = Vec::new();
    for person in named {
        if !members.iter().any(|m| m.person == *person) {
            return Err(Rejection::new(Code::NotAMember).at("present").given(person));
        }
        if seen.contains(person) {
            return Err(Rejection::new(Code::ListNotAcceptable).at("present").given(person));
        }
        seen.push(*person);
    }
    let missing: Vec<_> = members.iter().filter(|m| !seen.contains(&m.person)).map(|m| m.name.as_str()).collect();
    if !missing.is_empty() {
        let refused = Rejection::new(Code::ListNotAcceptable).at("absent").given(seen.len());
        return Err(refused.needed(missing.join("、")));
    }
    Ok(())
}

/// That somebody may decide in the head's place: the head is not there, they are, as a member, and it is said on what
/// basis.
///
/// # Errors
/// `DECIDER_NOT_ACCEPTABLE`, or a rejection of the basis.
pub fn decider(members: &[Member], present: &[PersonId], entrusted: &Entrusted) -> Result<(), Rejection> {
    check::text("entrusted.basis", &entrusted.basis)?;
    let refuse = |needed: &str| {
        Err(Rejection::new(Code::DeciderNotAcceptable).at("entrusted.person").given(entrusted.person).needed(needed))
    };
    if members.iter().any(|m| m.head && present.contains(&m.person)) {
        return refuse("the head is absent");
    }
    let member = members.iter().any(|m| m.person == entrusted.person);
    if !member || !present.contains(&entrusted.person) {
        return refuse("a member present");
    }
    Ok(())
}
