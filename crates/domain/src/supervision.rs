//! Supervision notices 督察建议书、督办通知: a unit is asked to correct something in a case, answers, and is looked at again
//! (R713 arts. 8, 9, 38; law digest §17).
//!
//! One stream a notice. That a last day passed without the answer is an event of its own, written when it passes; it stays on
//! the record, whatever is answered later. A notice says what is to be corrected and by which article; it finds nobody guilty.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::accountability::{Concerned, Keeper, unconcerned};
use crate::case::CorruptHistory;
use crate::check;
use crate::code::Code;
use crate::id::{CaseId, PersonId, SupervisionNoticeId, UnitId};
use crate::occasion::On;
use crate::rejection::Rejection;
use crate::time::{Calendar, ClockKind, Limit, Run};
use crate::words;
use crate::words::DocumentRef;

words! {
    /// Which kind of notice.
    NoticeKind {
        /// Supervision advice 督察建议书.
        Advice = "advice",
        /// Supervised handling 督办通知.
        Urging = "urging",
    }

    /// Where a notice stands.
    NoticeState {
        /// The unit is to correct, and has not answered.
        Open = "open",
        /// The unit answered, and nobody looked yet.
        Answered = "answered",
        /// It was looked at again, and is in order.
        Passed = "passed",
    }
}

/// Issue a notice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IssueNotice {
    /// Which kind.
    pub notice: NoticeKind,
    /// Its number, as on paper.
    pub number: String,
    /// To which unit.
    pub unit: UnitId,
    /// About which case.
    pub case: CaseId,
    /// What is to be corrected, at least one.
    pub correct: Vec<String>,
    /// The article on which it rests.
    pub article: String,
    /// When it was issued, not in the future.
    pub issued_on: Date,
    /// Within how many days after that day it is to be corrected.
    pub within: Limit,
    /// The notice as it was sent, at least one document.
    pub documents: Vec<DocumentRef>,
}

/// Answer a notice: what was corrected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnswerNotice {
    /// What was done.
    pub correction: String,
    /// What shows it, at least one document.
    pub documents: Vec<DocumentRef>,
}

/// Look at a correction again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecheckNotice {
    /// Whether it is in order.
    pub passed: bool,
    /// What was seen.
    pub seen: String,
    /// Within how many days after this day it is to be corrected again; given if and only if it is not in order.
    pub within: Option<Limit>,
    /// What shows it.
    pub documents: Vec<DocumentRef>,
}

/// An act on a notice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub enum NoticeAct {
    Answer(AnswerNotice),
    Recheck(RecheckNotice),
}

impl NoticeAct {
    /// Documents that are given with it.
    pub fn documents(&self) -> &[DocumentRef] {
        match self {
            Self::Answer(given) => &given.documents,
            Self::Recheck(given) => &given.documents,
        }
    }
}

/// One event of a notice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", deny_unknown_fields)]
#[allow(missing_docs)]
pub enum NoticeEvent {
    /// It was issued.
    #[serde(rename = "supervision_notice_issued")]
    Issued { given: IssueNotice, due_on: Date, by: PersonId },
    /// The last day passed without an answer.
    #[serde(rename = "supervision_notice_overdue")]
    Overdue { due_on: Date },
    /// The unit answered; `late` where the last day had passed.
    #[serde(rename = "supervision_notice_answered")]
    Answered { given: AnswerNotice, by: PersonId, on: Date, late: bool },
    /// It was looked at again; `due_on` is the next last day where it is not in order.
    #[serde(rename = "supervision_notice_rechecked")]
    Rechecked { given: RecheckNotice, due_on: Option<Date>, by: PersonId, on: Date },
}

impl NoticeEvent {
    /// The kind, as stored.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Issued { .. } => "supervision_notice_issued",
            Self::Overdue { .. } => "supervision_notice_overdue",
            Self::Answered { .. } => "supervision_notice_answered",
            Self::Rechecked { .. } => "supervision_notice_rechecked",
        }
    }

    /// Documents that came with it.
    pub fn documents(&self) -> &[DocumentRef] {
        match self {
            Self::Issued { given, .. } => &given.documents,
            Self::Answered { given, .. } => &given.documents,
            Self::Rechecked { given, .. } => &given.documents,
            Self::Overdue { .. } => &[],
        }
    }
}

/// A notice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SupervisionNotice {
    /// Its id.
    pub id: SupervisionNoticeId,
    /// As it was issued.
    pub given: IssueNotice,
    /// Where it stands.
    pub state: NoticeState,
    /// The last day for the answer that is awaited, or was given.
    pub due_on: Date,
    /// Whether the last day that runs now has passed without an answer.
    pub overdue: bool,
    /// All that happened to it; never empty.
    pub steps: Vec<NoticeEvent>,
}

impl SupervisionNotice {
    /// The notice after one event.
    ///
    /// # Errors
    /// [`CorruptHistory`] where the event cannot follow.
    pub fn evolve(state: Option<Self>, id: SupervisionNoticeId, event: &NoticeEvent) -> Result<Self, CorruptHistory> {
        let n = state.as_ref().map_or(0, |s| s.steps.len() as u64) + 1;
        let corrupt = |why: &str| CorruptHistory { n, kind: event.kind().to_owned(), why: why.to_owned() };
        let mut state = match (state, event) {
            (None, NoticeEvent::Issued { given, due_on, .. }) => {
                let (given, due_on) = (given.clone(), *due_on);
                Self { id, given, state: NoticeState::Open, due_on, overdue: false, steps: Vec::new() }
            }
            (None, _) => return Err(corrupt("the first event must issue it")),
            (Some(_), NoticeEvent::Issued { .. }) => return Err(corrupt("it is issued already")),
            (Some(state), _) => state,
        };
        match event {
            NoticeEvent::Issued { .. } => {}
            NoticeEvent::Overdue { .. } => state.overdue = true,
            NoticeEvent::Answered { .. } => state.state = NoticeState::Answered,
            NoticeEvent::Rechecked { due_on: Some(due_on), .. } => {
                state.state = NoticeState::Open;
                state.due_on = *due_on;
                state.overdue = false;
            }
            NoticeEvent::Rechecked { due_on: None, .. } => state.state = NoticeState::Passed,
        }
        state.steps.push(event.clone());
        Ok(state)
    }

    /// How often a last day passed without an answer.
    pub fn times_overdue(&self) -> usize {
        self.steps.iter().filter(|step| matches!(step, NoticeEvent::Overdue { .. })).count()
    }

    /// Issues a notice.
    ///
    /// # Errors
    /// `ACCOUNTABILITY_CONFLICT` where whoever issues it is of the unit that it is sent to, or acted in the case;
    /// `CALENDAR_MISSING` where its last day cannot be counted yet; a [`Rejection`] of what is given.
    pub fn issue(
        given: IssueNotice,
        keeper: &Keeper,
        concerned: &Concerned,
        calendar: &Calendar,
        on: On,
    ) -> Result<NoticeEvent, Rejection> {
        on.acceptable()?;
        unconcerned(keeper, [&given.unit].into_iter(), concerned.persons.iter())?;
        check::line("number", &given.number)?;
        check::lines("correct", &given.correct, 1)?;
        check::line("article", &given.article)?;
        check::not_after("issued_on", given.issued_on, on.day)?;
        check::documents(&given.documents, 1)?;
        let due_on = last_day(given.within, given.issued_on, calendar)?;
        Ok(NoticeEvent::Issued { given, due_on, by: keeper.person })
    }

    /// What an act does.
    ///
    /// # Errors
    /// `NOTICE_NOT_OPEN` where the notice is not at this point; `ACCOUNTABILITY_CONFLICT` where whoever looks again is of the
    /// unit; `CALENDAR_MISSING`; a [`Rejection`] of what is given.
    pub fn decide(
        &self,
        act: NoticeAct,
        keeper: &Keeper,
        calendar: &Calendar,
        on: On,
    ) -> Result<NoticeEvent, Rejection> {
        on.acceptable()?;
        check::not_before("offline.occurred_on", on.day, self.last_day())?;
        let by = keeper.person;
        match act {
            NoticeAct::Answer(given) => {
                self.at(NoticeState::Open)?;
                check::text("correction", &given.correction)?;
                check::documents(&given.documents, 1)?;
                Ok(NoticeEvent::Answered { given, by, on: on.day, late: self.due_on < on.day })
            }
            NoticeAct::Recheck(given) => {
                self.at(NoticeState::Answered)?;
                unconcerned(keeper, [&self.given.unit].into_iter(), [].into_iter())?;
                check::text("seen", &given.seen)?;
                check::documents(&given.documents, 0)?;
                let due_on = match (given.passed, given.within) {
                    (true, None) => None,
                    (false, Some(within)) => Some(last_day(within, on.day, calendar)?),
                    (true, Some(_)) => {
                        return Err(Rejection::new(Code::InputNotAcceptable).at("within").needed("null"));
                    }
                    (false, None) => return Err(Rejection::new(Code::InputNotAcceptable).at("within").needed("days")),
                };
                Ok(NoticeEvent::Rechecked { given, due_on, by, on: on.day })
            }
        }
    }

    /// What follows from the time alone: that the last day passed. Once a last day.
    pub fn time_passes(&self, today: Date) -> Option<NoticeEvent> {
        let missed = self.state == NoticeState::Open && !self.overdue && self.due_on < today;
        missed.then_some(NoticeEvent::Overdue { due_on: self.due_on })
    }

    fn at(&self, needed: NoticeState) -> Result<(), Rejection> {
        if self.state == needed {
            return Ok(());
        }
        Err(Rejection::new(Code::NoticeNotOpen).given(self.state).needed(needed))
    }

    fn last_day(&self) -> Date {
        let day = |step: &NoticeEvent| match step {
            NoticeEvent::Issued { given, .. } => Some(given.issued_on),
            NoticeEvent::Answered { on, .. } | NoticeEvent::Rechecked { on, .. } => Some(*on),
            NoticeEvent::Overdue { .. } => None,
        };
        self.steps.iter().rev().find_map(day).unwrap_or(self.given.issued_on)
    }
}

fn last_day(within: Limit, from: Date, calendar: &Calendar) -> Result<Date, Rejection> {
    let run = Run::start(ClockKind::Cap, within, from, calendar);
    run.due_on().ok_or_else(|| Rejection::new(Code::CalendarMissing).at("within").given(from))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use jiff::civil::date;
    use uuid::Uuid;

    use super::*;
    use crate::id::Digest;
    use crate::time::{CalendarDays, WorkingDays, Zone};

    const ID: SupervisionNoticeId = SupervisionNoticeId::new(Uuid::from_u128(1));
    const WATER: UnitId = UnitId::new(Uuid::from_u128(31));
    const AUDIT: UnitId = UnitId::new(Uuid::from_u128(32));

    fn calendar() -> Calendar {
        Calendar::new(Zone::SHANGHAI, Vec::new(), |_| [0; 32]).expect("a calendar")
    }

    fn days(n: u16) -> Limit {
        Limit::Calendar(CalendarDays::new(n).expect("a period"))
    }

    fn on(day: Date) -> On {
        On { today: day, day, offline: false }
    }

    fn keeper(unit: UnitId) -> Keeper {
        Keeper { person: PersonId::new(Uuid::from_u128(12)), acting_for: None, units: BTreeSet::from([unit]) }
    }

    fn documents() -> Vec<DocumentRef> {
        let (name, media_type) = ("通知".to_owned(), "application/pdf".to_owned());
        vec![DocumentRef { digest: Digest::new([1; 32]), name, media_type, size_bytes: 1 }]
    }

    fn given(issued_on: Date, within: Limit) -> IssueNotice {
        IssueNotice {
            notice: NoticeKind::Advice,
            number: "督建〔2024〕1号".to_owned(),
            unit: WATER,
            case: CaseId::new(Uuid::from_u128(2)),
            correct: vec!["补充征求意见的反馈。".to_owned()],
            article: "《重大行政决策程序暂行条例》第15条".to_owned(),
            issued_on,
            within,
            documents: documents(),
        }
    }

    fn issued(issued_on: Date, within: Limit) -> SupervisionNotice {
        let concerned = Concerned::default();
        let event =
            SupervisionNotice::issue(given(issued_on, within), &keeper(AUDIT), &concerned, &calendar(), on(issued_on));
        SupervisionNotice::evolve(None, ID, &event.expect("issued")).expect("it begins")
    }

    fn answer() -> NoticeAct {
        NoticeAct::Answer(AnswerNotice { correction: "已补充。".to_owned(), documents: documents() })
    }

    fn recheck(passed: bool, within: Option<Limit>) -> NoticeAct {
        NoticeAct::Recheck(RecheckNotice {
            passed, seen: "查看补充材料。".to_owned(), within, documents: Vec::new()
        })
    }

    fn then(notice: SupervisionNotice, act: NoticeAct, unit: UnitId, day: Date) -> SupervisionNotice {
        let event = notice.decide(act, &keeper(unit), &calendar(), on(day)).expect("done");
        SupervisionNotice::evolve(Some(notice), ID, &event).expect("it follows")
    }

    #[test]
    fn a_last_day_passes_over_leap_days_and_the_end_of_a_year() {
        for (issued_on, within, due) in [
            (date(2024, 1, 30), 30, date(2024, 2, 29)),
            (date(2023, 1, 30), 30, date(2023, 3, 1)),
            (date(2023, 12, 17), 15, date(2024, 1, 1)),
            (date(2023, 12, 16), 15, date(2023, 12, 31)),
        ] {
            let notice = issued(issued_on, days(within));
            assert_eq!(notice.due_on, due);
            assert_eq!(notice.time_passes(due), None, "the last day runs to its end");
            let late = notice.time_passes(due.tomorrow().expect("a day")).expect("it passed");
            let late = SupervisionNotice::evolve(Some(notice), ID, &late).expect("it follows");
            assert_eq!(late.time_passes(date(2030, 1, 1)), None, "once");
            let answered = then(late, answer(), WATER, due.tomorrow().expect("a day"));
            assert!(matches!(answered.steps.last(), Some(NoticeEvent::Answered { late: true, .. })));
            assert_eq!(
                (answered.times_overdue(), answered.state),
                (1, NoticeState::Answered),
                "it stays on the record"
            );
        }
        let working = Limit::Working(WorkingDays::new(3).expect("a period"));
        let asked = given(date(2024, 1, 30), working);
        let refused =
            SupervisionNotice::issue(asked, &keeper(AUDIT), &Concerned::default(), &calendar(), on(date(2024, 1, 30)));
        assert_eq!(refused.unwrap_err().code, Code::CalendarMissing);
    }

    #[test]
    fn a_correction_is_answered_and_looked_at_until_it_is_in_order() {
        let day = date(2024, 2, 28);
        let notice = issued(day, days(1));
        let early = notice.decide(recheck(true, None), &keeper(AUDIT), &calendar(), on(day)).unwrap_err();
        assert_eq!((early.code, early.needed.as_deref()), (Code::NoticeNotOpen, Some("answered")));
        let answered = then(notice, answer(), WATER, date(2024, 2, 29));
        assert!(matches!(answered.steps.last(), Some(NoticeEvent::Answered { late: false, .. })), "on the last day");
        let twice = answered.decide(answer(), &keeper(WATER), &calendar(), on(date(2024, 2, 29))).unwrap_err();
        assert_eq!(twice.code, Code::NoticeNotOpen);
        let own = answered.decide(recheck(true, None), &keeper(WATER), &calendar(), on(date(2024, 3, 1))).unwrap_err();
        assert_eq!(own.code, Code::AccountabilityConflict, "nobody looks at their own correction");
        for (passed, within) in [(true, Some(days(5))), (false, None)] {
            let refused = answered.decide(recheck(passed, within), &keeper(AUDIT), &calendar(), on(date(2024, 3, 1)));
            assert_eq!(refused.unwrap_err().code, Code::InputNotAcceptable);
        }
        let again = then(answered, recheck(false, Some(days(10))), AUDIT, date(2024, 3, 1));
        assert_eq!((again.state, again.due_on), (NoticeState::Open, date(2024, 3, 11)));
        let back = again.decide(answer(), &keeper(WATER), &calendar(), on(date(2024, 2, 29))).unwrap_err();
        assert_eq!(back.code, Code::DateNotAcceptable);
        let answered = then(again, answer(), WATER, date(2024, 3, 5));
        let passed = then(answered, recheck(true, None), AUDIT, date(2024, 3, 6));
        assert_eq!((passed.state, passed.steps.len()), (NoticeState::Passed, 5));
        assert_eq!(passed.time_passes(date(2030, 1, 1)), None);
        for act in [answer(), recheck(true, None)] {
            let over = passed.decide(act, &keeper(AUDIT), &calendar(), on(date(2024, 3, 7))).unwrap_err();
            assert_eq!(over.code, Code::NoticeNotOpen);
        }
    }

    #[test]
    fn who_is_of_the_unit_or_acted_in_the_case_sends_no_notice() {
        let day = date(2024, 3, 1);
        let issue = |given: IssueNotice, keeper: &Keeper, concerned: &Concerned| {
            SupervisionNotice::issue(given, keeper, concerned, &calendar(), on(day)).unwrap_err().code
        };
        let nobody = Concerned::default();
        assert_eq!(issue(given(day, days(5)), &keeper(WATER), &nobody), Code::AccountabilityConflict);
        let acted = Concerned { persons: BTreeSet::from([keeper(AUDIT).person]), ..Concerned::default() };
        assert_eq!(issue(given(day, days(5)), &keeper(AUDIT), &acted), Code::AccountabilityConflict);
        let empty = IssueNotice { correct: Vec::new(), ..given(day, days(5)) };
        assert_eq!(issue(empty, &keeper(AUDIT), &nobody), Code::ListNotAcceptable);
        let unsent = IssueNotice { documents: Vec::new(), ..given(day, days(5)) };
        assert_eq!(issue(unsent, &keeper(AUDIT), &nobody), Code::DocumentMissing);
        let early = IssueNotice { issued_on: date(2024, 3, 2), ..given(day, days(5)) };
        assert_eq!(issue(early, &keeper(AUDIT), &nobody), Code::DateNotAcceptable);
    }
}
