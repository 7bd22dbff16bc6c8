//! The meeting: who is there, what they say, and what the head decides last.

use std::collections::BTreeMap;

use dingce_domain::act::{Act, RecordHeadDecision};
use dingce_domain::control::{Adoption, DraftState, Ending, Meeting};
use dingce_domain::definition::ParameterValue;
use dingce_domain::id::PersonId;
use dingce_domain::words::{Outcome, Position, StageKind, Status};

use super::{Auditor, Sheet, rule};

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Session {
    pub meeting: Meeting,
    members: Vec<(PersonId, bool)>,
    present: Vec<PersonId>,
    pub controllable: Option<bool>,
    positions: BTreeMap<PersonId, (Position, u32)>,
    pub all_spoke: bool,
    /// What settled the matter.
    pub outcome: Option<Outcome>,
    pub signed: bool,
}

impl Default for Session {
    fn default() -> Self {
        Self {
            meeting: Meeting::None,
            members: Vec::new(),
            present: Vec::new(),
            controllable: None,
            positions: BTreeMap::new(),
            all_spoke: false,
            outcome: None,
            signed: false,
        }
    }
}

impl Session {
    pub fn called(&self) -> bool {
        !matches!(self.meeting, Meeting::None | Meeting::Adjourned)
    }

    /// Whether somebody sat together and what they said is not signed for.
    fn record_owed(&self) -> bool {
        matches!(self.meeting, Meeting::Quorate | Meeting::Adjourned) && !self.signed
    }

    pub fn adopted(&self) -> bool {
        self.outcome.is_some_and(|outcome| matches!(outcome, Outcome::Agree | Outcome::AgreeInPrinciple))
    }

    /// What was not adopted is over at once; what was, when the record is signed.
    pub fn over(&self) -> bool {
        self.outcome.is_some() && (self.signed || !self.adopted())
    }

    fn head(&self) -> Option<PersonId> {
        self.members.iter().find(|(_, head)| *head).map(|(person, _)| *person)
    }

    fn count(&self, wanted: &[Position]) -> usize {
        self.positions.values().filter(|(position, _)| wanted.contains(position)).count()
    }

    fn for_it(&self) -> usize {
        self.count(&[Position::Agree, Position::AgreeWithChanges])
    }

    fn against_majority(&self, outcome: Outcome) -> bool {
        let (yes, no) = (self.for_it(), self.count(&[Position::Disagree]));
        match outcome {
            Outcome::Agree | Outcome::AgreeInPrinciple => no > yes,
            Outcome::Disagree => yes > no,
            _ => false,
        }
    }

    fn head_first(&self, given: &RecordHeadDecision) -> bool {
        self.positions.values().any(|(_, spoken_no)| *spoken_no > given.spoken_no)
    }
}

/// How many of so many a share of the definition asks for.
fn share(value: &ParameterValue, of: usize) -> Option<usize> {
    match value {
        ParameterValue::Share { of: part, parts, exclusive } => {
            let (part, parts) = (*part as usize, *parts as usize);
            // The least number that reaches the share, or is above it.
            (0..=of + 1).find(|n| if *exclusive { n * parts > of * part } else { n * parts >= of * part })
        }
        ParameterValue::Count(count) => usize::try_from(*count).ok(),
        _ => None,
    }
}

impl Auditor<'_> {
    /// A meeting that was held, and is not signed for, stays to be signed for.
    pub(super) fn break_off(&mut self) {
        for seen in &mut self.stages {
            if let Sheet::Session(session) = &mut seen.sheet {
                let meeting = if session.record_owed() { Meeting::Adjourned } else { Meeting::None };
                *session = Session { meeting, ..Session::default() };
            }
        }
    }

    pub(super) fn records_owed(&self) -> bool {
        self.stages.iter().any(|seen| matches!(&seen.sheet, Sheet::Session(session) if session.record_owed()))
    }

    fn on_the_table(&self) -> bool {
        self.of(StageKind::Tabling).all(|(_, seen)| matches!(seen.sheet, Sheet::Tabling(4)))
    }

    pub(super) fn meets(&self, act: &Act, at: usize) -> Result<(), &'static str> {
        let Sheet::Session(session) = &self.stages[at].sheet else { return Err("another stage's") };
        let cleared = || rule(self.cleared(), "not cleared");
        let discussing = || {
            rule(session.meeting == Meeting::Quorate, "no meeting, or no quorum")?;
            let open = self.adopted == Adoption::None && self.text.state != DraftState::ToAmend;
            rule(open && session.outcome.is_none() && !session.signed, "decided")
        };
        match act {
            Act::ConveneMeeting(_) => {
                cleared()?;
                rule(self.on_the_table(), "not on the table")?;
                let free = matches!(session.meeting, Meeting::None | Meeting::Inquorate | Meeting::Adjourned);
                rule(session.outcome.is_none() && (free || self.irregular > 0), "under way, or decided")?;
                rule(!session.record_owed(), "a record is not signed")?;
                self.enters(at)
            }
            Act::PostponeMeeting(_) => rule(session.meeting == Meeting::Convened, "nothing is called"),
            Act::RecordAttendance(_) => {
                cleared()?;
                rule(session.meeting == Meeting::Convened, "nothing is called")
            }
            Act::FindRisk(_) => {
                cleared()?;
                discussing()
            }
            Act::RecordPosition(given) => {
                cleared()?;
                discussing()?;
                let there = session.present.contains(&given.member) && session.head() != Some(given.member);
                rule(there && !session.positions.contains_key(&given.member), "not there, the head, or has spoken")
            }
            Act::RecordHeadDecision(given) => {
                cleared()?;
                rule(self.on_the_table(), "not on the table")?;
                discussing()?;
                rule(session.all_spoke, "not all have spoken")?;
                rule(self.irregular == 0, "irregular")?;
                if given.outcome.adopts() {
                    let assessed =
                        self.of(StageKind::RiskAssessment).any(|(at, _)| self.status(at) == Status::Completed);
                    rule(!assessed || session.controllable == Some(true), "the risk was not found controllable")?;
                    self.leaves(at)?;
                }
                rule(self.def.outcomes.contains(&given.outcome), "not an outcome here")?;
                // What truly happened is kept as it was.
                if session.head_first(given) {
                    return Ok(());
                }
                let reasons = given.reasons.as_deref().is_some_and(|reasons| !reasons.trim().is_empty());
                rule(reasons || !session.against_majority(given.outcome), "no reasons against the majority")?;
                rule(self.carried(session, given.outcome), "not carried")
            }
            Act::SignMeetingRecord(_) => {
                let broken_off = self.irregular > 0 || self.ended.is_some();
                let over = session.meeting == Meeting::Adjourned || (session.meeting == Meeting::Quorate && broken_off);
                rule((session.outcome.is_some() || over) && !session.signed, "nothing to sign")
            }
            _ => Err("another stage's"),
        }
    }

    /// Where a ballot decides, the outcome is that of the votes, the head's among them.
    fn carried(&self, session: &Session, outcome: Outcome) -> bool {
        let needed = self.hard("ballot_majority").and_then(|p| share(&p.value, session.members.len()));
        let Some(needed) = needed else { return true };
        let votes = session.for_it() + usize::from(outcome.adopts());
        match outcome {
            Outcome::Agree | Outcome::AgreeInPrinciple => votes >= needed,
            Outcome::Disagree => votes < needed,
            _ => true,
        }
    }

    pub(super) fn met(&mut self, act: &Act, at: usize) {
        let quorum = self.def.parameter("meeting_quorum").map(|p| p.value.clone());
        let Sheet::Session(session) = &mut self.stages[at].sheet else { return };
        match act {
            Act::ConveneMeeting(given) => {
                let members = given.members.iter().map(|m| (m.person, m.head)).collect();
                *session = Session { meeting: Meeting::Convened, members, ..Session::default() };
            }
            Act::PostponeMeeting(_) => *session = Session::default(),
            Act::RecordAttendance(given) => {
                let members = session.members.len();
                let needed = quorum.and_then(|value| share(&value, members)).unwrap_or(members / 2 + 1);
                session.present.clone_from(&given.present);
                session.meeting = if given.present.len() >= needed { Meeting::Quorate } else { Meeting::Inquorate };
            }
            Act::FindRisk(given) => session.controllable = Some(given.controllable),
            Act::RecordPosition(given) => {
                session.positions.insert(given.member, (given.position, given.spoken_no));
                let head = session.head();
                let mut others = session.present.iter().filter(|person| Some(**person) != head);
                session.all_spoke = others.all(|person| session.positions.contains_key(person));
            }
            Act::RecordHeadDecision(given) => {
                if session.head_first(given) {
                    self.irregular += 1;
                    return;
                }
                self.decided(at, given.outcome);
            }
            Act::SignMeetingRecord(_) if session.outcome.is_some() => session.signed = true,
            // Nothing was settled: the next meeting begins anew.
            Act::SignMeetingRecord(_) => *session = Session::default(),
            _ => {}
        }
    }

    fn decided(&mut self, at: usize, outcome: Outcome) {
        let Sheet::Session(session) = &mut self.stages[at].sheet else { return };
        match outcome {
            Outcome::Agree | Outcome::AgreeInPrinciple => {
                session.outcome = Some(outcome);
                self.text.state = DraftState::Decided;
                self.adopted = if outcome == Outcome::Agree { Adoption::Agreed } else { Adoption::InPrinciple };
            }
            Outcome::Disagree => {
                session.outcome = Some(outcome);
                self.ended = Some(Ending::NotAdopted);
            }
            Outcome::Amend => {
                self.untable();
                self.text.state = DraftState::ToAmend;
                self.draft_again();
            }
            Outcome::Defer | Outcome::DiscussAgain => self.break_off(),
        }
    }
}
