//! Stubs of secret matters 涉密事项存根.
//!
//! State secrets must not be stored or handled in a system that is not approved for them (State Secrets Law art. 31), and
//! this one is not. What is kept is that a matter exists: a number, who classified it at which level and on what basis,
//! which unit holds it, and days. There is no member in which content could stand: no title, no summary, no document.
//!
//! Participation and publication do not apply to such a matter; expert review, risk assessment, legality review and
//! collective deliberation do, and are done offline. Their days are kept, so that an auditor sees that none was left out.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::case::CorruptHistory;
use crate::check;
use crate::code::Code;
use crate::id::{SecretStubId, UnitId};
use crate::rejection::Rejection;
use crate::words::{SecretLevel, SecretOutcome, SecretStep, StageKind};

/// Most characters of a stub's number.
pub const NUMBER_MAX: usize = 40;
/// Most Chinese characters in a number: what names an organ and a kind of document, e.g. 区府密〔2025〕3号. More is a title.
pub const NUMBER_HAN_MAX: usize = 8;
/// Most characters of the basis of a classification: the item of the list of what is secret, not what the item is about.
pub const BASIS_MAX: usize = 40;

/// Enter a stub.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EnterSecretStub {
    /// Number under which the unit that holds the matter keeps it, 1 to 40 characters of which at most 8 are Chinese.
    pub number: String,
    /// Level.
    pub level: SecretLevel,
    /// Who classified it: a unit of the directory, which also has outside bodies.
    pub classified_by: UnitId,
    /// Item of the list of what is secret by which it was classified, 1 to 40 characters.
    pub basis: String,
    /// Day of the classification.
    pub classified_on: Date,
    /// Day on which the secrecy ends, where a day is set.
    pub secret_until: Option<Date>,
    /// The unit that holds the matter and handles it offline.
    pub unit: UnitId,
}

/// Record that a step was done offline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordSecretStep {
    /// Which.
    pub step: SecretStep,
    /// When.
    pub done_on: Date,
}

/// End a stub.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EndSecretStub {
    /// How.
    pub outcome: SecretOutcome,
    /// When.
    pub ended_on: Date,
}

/// That something in another register is about a secret matter: its registered stub, and nothing beside it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SecretRef {
    /// The stub.
    pub stub: SecretStubId,
    /// Its number, which says nothing of what it is about and never changes.
    pub number: String,
}

impl SecretRef {
    /// That a record can hold it, and that nothing of the matter itself stands beside it: every one of `content` is empty.
    ///
    /// # Errors
    /// `SECRET_STUB_ONLY` that names the first member with content; a [`Rejection`] of the number.
    pub fn acceptable(&self, path: &str, content: &[(&str, bool)]) -> Result<(), Rejection> {
        let Self { stub: _, number } = self;
        bare(path, number, NUMBER_MAX)?;
        match content.iter().find(|(_, filled)| *filled) {
            Some((member, _)) => Err(Rejection::new(Code::SecretStubOnly).at(member).needed(path)),
            None => Ok(()),
        }
    }
}

/// One event of a stub.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", deny_unknown_fields)]
#[allow(missing_docs)]
pub enum SecretStubEvent {
    /// It was entered.
    #[serde(rename = "secret_stub_entered")]
    Entered { given: EnterSecretStub },
    /// A step was done offline.
    #[serde(rename = "secret_step_recorded")]
    StepRecorded { given: RecordSecretStep },
    /// It ended.
    #[serde(rename = "secret_stub_ended")]
    Ended { given: EndSecretStub },
}

impl SecretStubEvent {
    /// The kind, as stored.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Entered { .. } => "secret_stub_entered",
            Self::StepRecorded { .. } => "secret_step_recorded",
            Self::Ended { .. } => "secret_stub_ended",
        }
    }
}

/// A stub.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecretStub {
    /// Its id.
    pub id: SecretStubId,
    /// As entered.
    pub given: EnterSecretStub,
    /// Steps done offline, with their days.
    pub steps: BTreeMap<SecretStep, Date>,
    /// How and when it ended.
    pub ended: Option<EndSecretStub>,
    /// How many events made it.
    pub n: u64,
}

/// Stages that a secret matter does not have: what cannot be public is neither consulted on nor published (R713 arts. 14, 32).
pub const NOT_APPLICABLE: [StageKind; 2] = [StageKind::PublicParticipation, StageKind::Publication];

impl SecretStub {
    /// The stub after one event.
    ///
    /// # Errors
    /// [`CorruptHistory`] where the event cannot follow.
    pub fn evolve(state: Option<Self>, id: SecretStubId, event: &SecretStubEvent) -> Result<Self, CorruptHistory> {
        let n = state.as_ref().map_or(0, |s| s.n) + 1;
        let corrupt = |why: &str| Err(CorruptHistory { n, kind: event.kind().to_owned(), why: why.to_owned() });
        match (state, event) {
            (None, SecretStubEvent::Entered { given }) => {
                Ok(Self { id, given: given.clone(), steps: BTreeMap::new(), ended: None, n })
            }
            (None, SecretStubEvent::StepRecorded { .. } | SecretStubEvent::Ended { .. }) => {
                corrupt("the first event must enter the stub")
            }
            (Some(_), SecretStubEvent::Entered { .. }) => corrupt("the stub is already entered"),
            (Some(state), _) if state.ended.is_some() => corrupt("the stub has ended"),
            (Some(mut state), SecretStubEvent::StepRecorded { given }) => {
                if state.steps.insert(given.step, given.done_on).is_some() {
                    return corrupt("the step is already recorded");
                }
                Ok(Self { n, ..state })
            }
            (Some(state), SecretStubEvent::Ended { given }) => Ok(Self { ended: Some(*given), n, ..state }),
        }
    }

    /// The event that enters a stub on a day.
    ///
    /// # Errors
    /// `SECRET_CONTENT` where a member holds more than a stub may; a [`Rejection`] for days that cannot be.
    pub fn enter(given: EnterSecretStub, today: Date) -> Result<SecretStubEvent, Rejection> {
        bare("number", &given.number, NUMBER_MAX)?;
        let han = given.number.chars().filter(|c| ('\u{4e00}'..='\u{9fff}').contains(c)).count();
        if han > NUMBER_HAN_MAX {
            return Err(content("number", han, format!("0..{NUMBER_HAN_MAX}")));
        }
        bare("basis", &given.basis, BASIS_MAX)?;
        check::not_after("classified_on", given.classified_on, today)?;
        if let Some(until) = given.secret_until.filter(|until| *until <= given.classified_on) {
            let refusal = Rejection::new(Code::DateNotAcceptable).at("secret_until").given(until);
            return Err(refusal.needed(format!("{}..", given.classified_on)));
        }
        Ok(SecretStubEvent::Entered { given })
    }

    /// The event that records a step.
    ///
    /// # Errors
    /// A [`Rejection`] where the stub has ended, the step is there already, or the day cannot be.
    pub fn record(&self, given: RecordSecretStep, today: Date) -> Result<SecretStubEvent, Rejection> {
        self.running()?;
        if let Some(done_on) = self.steps.get(&given.step) {
            return Err(Rejection::new(Code::AlreadyThere).at("step").given(given.step).needed(done_on));
        }
        check::not_after("done_on", given.done_on, today)?;
        Ok(SecretStubEvent::StepRecorded { given })
    }

    /// The event that ends a stub.
    ///
    /// # Errors
    /// A [`Rejection`] where it has ended already, or the day cannot be. A decision is recorded as taken only after the
    /// review and the meeting (R713 arts. 25, 30).
    pub fn end(&self, given: EndSecretStub, today: Date) -> Result<SecretStubEvent, Rejection> {
        self.running()?;
        check::not_after("ended_on", given.ended_on, today)?;
        if given.outcome == SecretOutcome::Decided {
            let review = self.steps.get(&SecretStep::LegalityReview);
            let meeting = self.steps.get(&SecretStep::CollectiveDeliberation);
            if review.is_none() {
                return Err(Rejection::new(Code::LegalityMissing).at("outcome"));
            }
            if meeting.is_none() {
                return Err(Rejection::new(Code::MeetingNotHeld).at("outcome"));
            }
            if review > meeting {
                return Err(Rejection::new(Code::OutOfOrder).at("outcome"));
            }
        }
        Ok(SecretStubEvent::Ended { given })
    }

    fn running(&self) -> Result<(), Rejection> {
        match self.ended {
            None => Ok(()),
            Some(ended) => Err(Rejection::new(Code::AlreadyThere).at("stub").given(ended.outcome)),
        }
    }
}

fn content(path: &str, given: impl ToString, needed: String) -> Rejection {
    Rejection::new(Code::SecretContent).at(path).given(given.to_string()).needed(needed)
}

/// One short line: longer is content, and what was given is not repeated in the refusal.
fn bare(path: &str, text: &str, most: usize) -> Result<(), Rejection> {
    let length = text.chars().count();
    if length > most || text.contains('\n') {
        return Err(content(path, length, format!("1..{most}")));
    }
    check::line(path, text)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use uuid::Uuid;

    use super::*;

    fn stub() -> EnterSecretStub {
        EnterSecretStub {
            number: "区府密〔2025〕3号".to_owned(),
            level: SecretLevel::Confidential,
            classified_by: UnitId::new(Uuid::from_u128(1)),
            basis: "保密事项范围2.1.3".to_owned(),
            classified_on: date(2025, 3, 3),
            secret_until: Some(date(2035, 3, 3)),
            unit: UnitId::new(Uuid::from_u128(2)),
        }
    }

    fn entered() -> SecretStub {
        let event = SecretStub::enter(stub(), date(2025, 3, 4)).unwrap();
        SecretStub::evolve(None, SecretStubId::new(Uuid::from_u128(3)), &event).unwrap()
    }

    fn code(result: Result<SecretStubEvent, Rejection>) -> (Code, Option<String>) {
        let rejection = result.unwrap_err();
        (rejection.code, rejection.path)
    }

    #[test]
    fn a_stub_has_no_member_for_content() {
        let mut json = serde_json::to_value(stub()).unwrap();
        for member in ["title", "summary", "documents", "text"] {
            json[member] = "关于某事的方案".into();
            let refused = serde_json::from_value::<EnterSecretStub>(json.clone()).unwrap_err().to_string();
            assert!(refused.contains(member), "{refused}");
            json.as_object_mut().unwrap().remove(member);
        }
    }

    #[test]
    fn what_is_longer_than_a_number_is_content_and_is_not_repeated() {
        let today = date(2025, 3, 4);
        let title = EnterSecretStub { number: "关于调整某地某项重大工程的方案".to_owned(), ..stub() };
        let refused = SecretStub::enter(title, today).unwrap_err();
        assert_eq!((refused.code, refused.path.as_deref()), (Code::SecretContent, Some("number")));
        assert!(!refused.to_string().contains("工程") && refused.given.as_deref() == Some("15"));
        let basis = EnterSecretStub { basis: "因".repeat(BASIS_MAX + 1), ..stub() };
        assert_eq!(code(SecretStub::enter(basis, today)), (Code::SecretContent, Some("basis".to_owned())));
        let basis = EnterSecretStub { basis: "因".repeat(BASIS_MAX), ..stub() };
        assert!(SecretStub::enter(basis, today).is_ok());
        let until = EnterSecretStub { secret_until: Some(date(2025, 3, 3)), ..stub() };
        assert_eq!(code(SecretStub::enter(until, today)), (Code::DateNotAcceptable, Some("secret_until".to_owned())));
    }

    #[test]
    fn a_decision_stands_only_after_the_review_and_the_meeting() {
        let (today, mut stub) = (date(2025, 6, 1), entered());
        let decided = EndSecretStub { outcome: SecretOutcome::Decided, ended_on: date(2025, 5, 20) };
        assert_eq!(code(stub.end(decided, today)).0, Code::LegalityMissing);
        let step = |step, done_on| RecordSecretStep { step, done_on };
        let review = stub.record(step(SecretStep::LegalityReview, date(2025, 5, 10)), today).unwrap();
        stub = SecretStub::evolve(Some(stub.clone()), stub.id, &review).unwrap();
        assert_eq!(code(stub.end(decided, today)).0, Code::MeetingNotHeld);
        let again = step(SecretStep::LegalityReview, date(2025, 5, 11));
        assert_eq!(code(stub.record(again, today)).0, Code::AlreadyThere);
        let meeting = stub.record(step(SecretStep::CollectiveDeliberation, date(2025, 5, 9)), today).unwrap();
        let too_early = SecretStub::evolve(Some(stub.clone()), stub.id, &meeting).unwrap();
        assert_eq!(code(too_early.end(decided, today)).0, Code::OutOfOrder);
        let meeting = stub.record(step(SecretStep::CollectiveDeliberation, date(2025, 5, 12)), today).unwrap();
        stub = SecretStub::evolve(Some(stub.clone()), stub.id, &meeting).unwrap();
        let ended = stub.end(decided, today).unwrap();
        stub = SecretStub::evolve(Some(stub.clone()), stub.id, &ended).unwrap();
        assert_eq!(code(stub.end(decided, today)), (Code::AlreadyThere, Some("stub".to_owned())));
        assert!(SecretStub::evolve(Some(stub.clone()), stub.id, &ended).is_err());
    }
}
