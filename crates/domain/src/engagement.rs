//! Engagements of legal advisers: who asked whom about what, at whatever stage of a case or outside one, the opinion that was
//! given, and how it was taken up (R713 art. 28).
//!
//! A stream of its own: an engagement may come before there is a case or concern none, and a year is assessed across cases.
//! The legality review takes an opinion over by naming the engagement (`RecordAdvice::engagement`); it is not typed twice.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::case::CorruptHistory;
use crate::check;
use crate::code::Code;
use crate::id::{AdviserId, CaseId, EngagementId, PersonId, UnitId};
use crate::occasion::On;
use crate::rejection::Rejection;
use crate::words;
use crate::words::{AdviserKind, DocumentRef, StageId, Uptake};

words! {
    /// Where an engagement stands.
    EngagementState {
        /// The adviser was asked.
        Asked = "asked",
        /// The adviser gave an opinion, and nobody said yet how it is taken up.
        Advised = "advised",
        /// It is said how the opinion was taken up.
        Disposed = "disposed",
        /// The adviser declined.
        Declined = "declined",
    }
}

/// Ask an adviser.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AskAdviser {
    /// Whom.
    pub adviser: AdviserId,
    /// In which case; absent for a matter outside any.
    pub case: Option<CaseId>,
    /// At which stage of the case; absent for the whole of it.
    pub stage: Option<StageId>,
    /// About what, 1 to 10,000 characters.
    pub question: String,
    /// By when an opinion is asked for; absent where nobody set a day.
    pub reply_by: Option<Date>,
    /// What the adviser is given to read.
    pub documents: Vec<DocumentRef>,
}

/// Give an opinion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GiveAdvice {
    /// The opinion.
    pub opinion: String,
    /// The signed opinion.
    pub documents: Vec<DocumentRef>,
}

/// Decline to advise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeclineAdvice {
    /// Why: an interest, no time, not their field.
    pub reason: String,
}

/// Say how an opinion was taken up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DisposeAdvice {
    /// How.
    pub uptake: Uptake,
    /// Why; required unless it was adopted in full.
    pub reason: String,
}

/// An act on an engagement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub enum EngagementAct {
    Give(GiveAdvice),
    Decline(DeclineAdvice),
    Dispose(DisposeAdvice),
}

impl EngagementAct {
    /// Documents that come with it.
    pub fn documents(&self) -> &[DocumentRef] {
        match self {
            Self::Give(GiveAdvice { documents, .. }) => documents,
            Self::Decline(_) | Self::Dispose(_) => &[],
        }
    }
}

/// Who is asked, as of the act: the roster may change afterwards.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// Their account, if they have one.
    pub person: Option<PersonId>,
    /// Name.
    pub name: String,
    /// Adviser from outside, or lawyer in office.
    pub kind: AdviserKind,
    /// The unit that asks.
    pub by_unit: UnitId,
}

/// One event of an engagement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", deny_unknown_fields)]
#[allow(missing_docs)]
pub enum EngagementEvent {
    /// An adviser was asked.
    #[serde(rename = "engagement_asked")]
    Asked { given: AskAdviser, whom: Asked, on: Date },
    /// The adviser gave an opinion.
    #[serde(rename = "engagement_advised")]
    Advised { given: GiveAdvice, on: Date },
    /// The adviser declined.
    #[serde(rename = "engagement_declined")]
    Declined { given: DeclineAdvice, on: Date },
    /// It was said how the opinion was taken up.
    #[serde(rename = "engagement_disposed")]
    Disposed { given: DisposeAdvice, on: Date },
}

impl EngagementEvent {
    /// The kind, as stored.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Asked { .. } => "engagement_asked",
            Self::Advised { .. } => "engagement_advised",
            Self::Declined { .. } => "engagement_declined",
            Self::Disposed { .. } => "engagement_disposed",
        }
    }

    /// Documents that came with it.
    pub fn documents(&self) -> &[DocumentRef] {
        match self {
            Self::Asked { given, .. } => &given.documents,
            Self::Advised { given, .. } => &given.documents,
            Self::Declined { .. } | Self::Disposed { .. } => &[],
        }
    }
}

/// An engagement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Engagement {
    /// Its id.
    pub id: EngagementId,
    /// What was asked.
    pub given: AskAdviser,
    /// Whom, as of the act.
    pub whom: Asked,
    /// When.
    pub asked_on: Date,
    /// The opinion, and when it was given.
    pub advice: Option<(GiveAdvice, Date)>,
    /// Why the adviser declined, and when.
    pub declined: Option<(DeclineAdvice, Date)>,
    /// How it was taken up, and when that was said.
    pub disposal: Option<(DisposeAdvice, Date)>,
    /// How many events made it.
    pub n: u64,
}

impl Engagement {
    /// The engagement after one event.
    ///
    /// # Errors
    /// [`CorruptHistory`] where the event cannot follow.
    pub fn evolve(state: Option<Self>, id: EngagementId, event: &EngagementEvent) -> Result<Self, CorruptHistory> {
        let n = state.as_ref().map_or(0, |s| s.n) + 1;
        let corrupt = |why: &str| CorruptHistory { n, kind: event.kind().to_owned(), why: why.to_owned() };
        let mut state = match (state, event) {
            (None, EngagementEvent::Asked { given, whom, on }) => {
                let (given, whom) = (given.clone(), whom.clone());
                return Ok(Self { id, given, whom, asked_on: *on, advice: None, declined: None, disposal: None, n });
            }
            (None, _) => return Err(corrupt("the first event must ask somebody")),
            (Some(state), _) => state,
        };
        match event {
            EngagementEvent::Asked { .. } => return Err(corrupt("somebody is asked already")),
            EngagementEvent::Advised { given, on } => state.advice = Some((given.clone(), *on)),
            EngagementEvent::Declined { given, on } => state.declined = Some((given.clone(), *on)),
            EngagementEvent::Disposed { given, on } => state.disposal = Some((given.clone(), *on)),
        }
        state.n = n;
        Ok(state)
    }

    /// Where it stands.
    pub const fn stands(&self) -> EngagementState {
        match (&self.disposal, &self.advice, &self.declined) {
            (Some(_), ..) => EngagementState::Disposed,
            (None, Some(_), _) => EngagementState::Advised,
            (None, None, Some(_)) => EngagementState::Declined,
            (None, None, None) => EngagementState::Asked,
        }
    }

    /// How the opinion was taken up.
    pub fn uptake(&self) -> Option<Uptake> {
        self.disposal.as_ref().map(|(given, _)| given.uptake)
    }

    /// Asks an adviser who is on the roster.
    ///
    /// # Errors
    /// A [`Rejection`] where a record cannot hold it.
    pub fn ask(given: AskAdviser, whom: Asked, on: On) -> Result<EngagementEvent, Rejection> {
        on.acceptable()?;
        check::text("question", &given.question)?;
        check::documents(&given.documents, 0)?;
        if given.stage.is_some() && given.case.is_none() {
            return Err(Rejection::new(Code::InputNotAcceptable).at("stage").needed("case"));
        }
        if let Some(day) = given.reply_by {
            check::not_before("reply_by", day, on.day)?;
        }
        Ok(EngagementEvent::Asked { given, whom, on: on.day })
    }

    /// Whether somebody enters what the adviser said on paper. Who has an account speaks for themselves: what they said on
    /// paper is entered as the offline act that it was.
    fn entered(&self, by: Option<PersonId>, on: On) -> Result<bool, Rejection> {
        let entered = by.is_none() || by != self.whom.person;
        if entered && self.whom.person.is_some() && !on.offline {
            return Err(Rejection::new(Code::NotInPerson)
                .at("engagement_id")
                .given(&self.whom.name)
                .needed(&self.whom.name));
        }
        Ok(entered)
    }

    /// What an act by somebody does to it.
    ///
    /// # Errors
    /// A [`Rejection`] where it may not happen: `NOT_IN_PERSON` and `DOCUMENT_MISSING` also for an opinion that somebody
    /// other than the adviser enters online, or without the signed original.
    pub fn decide(&self, act: EngagementAct, by: Option<PersonId>, on: On) -> Result<EngagementEvent, Rejection> {
        on.acceptable()?;
        check::not_before("occurred_on", on.day, self.asked_on)?;
        match act {
            EngagementAct::Give(given) => {
                check::text("opinion", &given.opinion)?;
                check::documents(&given.documents, 0)?;
                self.stand(EngagementState::Asked)?;
                if self.entered(by, on)? && given.documents.is_empty() {
                    return Err(Rejection::new(Code::DocumentMissing).at("documents").given(0).needed(1));
                }
                Ok(EngagementEvent::Advised { given, on: on.day })
            }
            EngagementAct::Decline(given) => {
                check::text("reason", &given.reason)?;
                self.stand(EngagementState::Asked)?;
                self.entered(by, on)?;
                Ok(EngagementEvent::Declined { given, on: on.day })
            }
            EngagementAct::Dispose(given) => {
                check::text_or_empty("reason", &given.reason)?;
                self.stand(EngagementState::Advised)?;
                if given.uptake != Uptake::Full && given.reason.trim().is_empty() {
                    return Err(Rejection::new(Code::ReasonMissing).at("reason").given(given.uptake));
                }
                if let Some((_, advised_on)) = &self.advice {
                    check::not_before("occurred_on", on.day, *advised_on)?;
                }
                Ok(EngagementEvent::Disposed { given, on: on.day })
            }
        }
    }

    fn stand(&self, needed: EngagementState) -> Result<(), Rejection> {
        let stands = self.stands();
        if stands == needed {
            return Ok(());
        }
        Err(Rejection::new(Code::EngagementNotOpen).given(stands).needed(needed))
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use uuid::Uuid;

    use super::*;
    use crate::id::Digest;

    const ID: EngagementId = EngagementId::new(Uuid::from_u128(1));
    const DAY: Date = date(2024, 3, 1);

    fn on(day: Date) -> On {
        On { today: day, day, offline: false }
    }

    fn asked() -> Engagement {
        let given = AskAdviser {
            adviser: AdviserId::new(Uuid::from_u128(2)),
            case: None,
            stage: None,
            question: "草案第三条是否合法？".to_owned(),
            reply_by: None,
            documents: Vec::new(),
        };
        let whom = Asked {
            person: None,
            name: "邓某".to_owned(),
            kind: AdviserKind::LegalAdviser,
            by_unit: UnitId::new(Uuid::from_u128(3)),
        };
        let event = Engagement::ask(given, whom, on(DAY)).expect("asked");
        Engagement::evolve(None, ID, &event).expect("it begins")
    }

    fn then(state: Engagement, act: EngagementAct, day: Date) -> Result<Engagement, Rejection> {
        let event = state.decide(act, None, on(day))?;
        Ok(Engagement::evolve(Some(state), ID, &event).expect("it can follow"))
    }

    fn dispose(uptake: Uptake, reason: &str) -> EngagementAct {
        EngagementAct::Dispose(DisposeAdvice { uptake, reason: reason.to_owned() })
    }

    /// R713 art. 28: what is not adopted has its reasons.
    #[test]
    fn what_is_not_adopted_has_its_reasons() {
        let signed = DocumentRef {
            digest: Digest::new([1; 32]),
            name: "意见书".to_owned(),
            media_type: "application/pdf".to_owned(),
            size_bytes: 1,
        };
        let give = |documents: &[DocumentRef]| {
            EngagementAct::Give(GiveAdvice {
                opinion: "第三条缺少依据".to_owned(), documents: documents.to_vec()
            })
        };
        assert_eq!(then(asked(), give(&[]), DAY).unwrap_err().code, Code::DocumentMissing);
        let give = || give(std::slice::from_ref(&signed));
        let refused = then(asked(), dispose(Uptake::Full, ""), DAY).unwrap_err();
        assert_eq!((refused.code, refused.needed.as_deref()), (Code::EngagementNotOpen, Some("advised")));
        let state = then(asked(), give(), date(2024, 3, 4)).expect("advised");
        assert_eq!(then(state.clone(), give(), date(2024, 3, 5)).unwrap_err().code, Code::EngagementNotOpen);
        for uptake in [Uptake::Partial, Uptake::None] {
            let refused = then(state.clone(), dispose(uptake, " "), date(2024, 3, 5)).unwrap_err();
            assert_eq!(refused.code, Code::ReasonMissing);
        }
        let early = then(state.clone(), dispose(Uptake::Full, ""), date(2024, 3, 3)).unwrap_err();
        assert_eq!(early.code, Code::DateNotAcceptable, "before the opinion");
        let state = then(state, dispose(Uptake::None, "另有规章依据"), date(2024, 3, 5)).expect("disposed");
        assert_eq!((state.stands(), state.uptake()), (EngagementState::Disposed, Some(Uptake::None)));
    }

    #[test]
    fn an_adviser_may_decline_with_reasons() {
        let decline = |reason: &str| EngagementAct::Decline(DeclineAdvice { reason: reason.to_owned() });
        assert_eq!(then(asked(), decline(""), DAY).unwrap_err().code, Code::TextNotAcceptable);
        let state = then(asked(), decline("曾代理相对人"), DAY).expect("declined");
        assert_eq!(state.stands(), EngagementState::Declined);
    }
}
