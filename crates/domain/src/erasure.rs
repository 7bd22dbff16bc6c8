//! Erasure of personal data 个人信息删除 (PIPL art. 47): a register of its own, one entry for each body of the record that
//! somebody of the public wrote.
//!
//! Who wrote is sealed apart under a key of that one comment, application or proposal, so it can be destroyed while every
//! leaf, chain and root stays as it was. Two persons decide, each in person: one asks, another approves. What an official
//! did is not erased while liability for it runs (R713 arts. 38 to 41; PIPL art. 47 para. 2). What was written is a statutory
//! record and stays; where it is itself personal, it is masked wherever the record is shown and packed.
//!
//! Approved, it is carried out by messages: first the record's own stream says what is erased ([`PersonalDataErased`]), then
//! keys and ciphertext are destroyed, then the register says that it was done. No body is ever destroyed without its event.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::case::CorruptHistory;
use crate::check;
use crate::code::Code;
use crate::consultation::Channel;
use crate::id::{Digest, ErasureId, PersonId, StreamId};
use crate::occasion::Actor;
use crate::rejection::Rejection;
use crate::words;

/// What stands in the place of a text that was masked.
pub const MASK: &str = "＊＊＊";

words! {
    /// What of a body is erased.
    ErasurePart {
        /// Name and contact: their key, the key of their commitment and their ciphertext are destroyed.
        Identity = "identity",
        /// What they wrote, where it is itself personal: masked wherever the record is shown and packed.
        Text = "text",
    }
}

words! {
    /// On which ground of PIPL art. 47 para. 1 something is erased, in the order of its items.
    ErasureGround {
        /// Item 1: the purpose is achieved, cannot be achieved, or the data are no longer necessary for it.
        PurposeEnded = "purpose_ended",
        /// Item 2: the service is no longer provided, or the period of keeping has ended.
        PeriodEnded = "period_ended",
        /// Item 3: the individual withdrew consent.
        ConsentWithdrawn = "consent_withdrawn",
        /// Item 4: the data were handled in breach of laws, regulations or an agreement.
        UnlawfulHandling = "unlawful_handling",
        /// Item 5: another case that laws or administrative regulations provide for, which the request cites.
        OtherLaw = "other_law",
    }
}

impl ErasureGround {
    /// The item of PIPL art. 47 para. 1, as a code of the record: article, paragraph, item.
    pub const fn article(self) -> &'static str {
        match self {
            Self::PurposeEnded => "PIPL-47-1-1",
            Self::PeriodEnded => "PIPL-47-1-2",
            Self::ConsentWithdrawn => "PIPL-47-1-3",
            Self::UnlawfulHandling => "PIPL-47-1-4",
            Self::OtherLaw => "PIPL-47-1-5",
        }
    }
}

words! {
    /// Where a request of the register stands.
    ErasureState {
        /// Somebody asked, and nobody else has spoken.
        Requested = "requested",
        /// Another person refused it.
        Refused = "refused",
        /// It was withdrawn.
        Withdrawn = "withdrawn",
        /// Another person approved it; it is being carried out.
        Approved = "approved",
        /// It was carried out.
        CarriedOut = "carried_out",
    }
}

/// Which body of the record: where it stands, and under which random id its sender is sealed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ErasureSubject {
    /// The stream that holds it: a consultation, a hearing's applications, or a proposal.
    pub stream: StreamId,
    /// Number of its event there.
    pub n: u64,
    /// Id of the comment, application or proposal.
    pub subject: String,
    /// How it came.
    pub channel: Channel,
    /// When it was recorded.
    pub received_at: Timestamp,
}

/// Ask that something be erased.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RequestErasure {
    /// What of it, at least one part.
    pub parts: BTreeSet<ErasurePart>,
    /// On which ground.
    pub ground: ErasureGround,
    /// For `other_law` the rule, as people cite it; empty for every other ground. One line.
    pub basis: String,
    /// Why, 1 to 10,000 characters. Name nobody in it: it is kept.
    pub reason: String,
}

/// What was said against a request, or why it was withdrawn.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EndErasure {
    /// Why, 1 to 10,000 characters.
    pub reason: String,
}

/// That something of a body was erased, as the body's own stream says it: codes, ids, digests and instants, nothing else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PersonalDataErased {
    /// Id of the comment, application or proposal.
    pub subject: String,
    /// Number in this stream of the event that held it.
    pub n: u64,
    /// What of it.
    pub parts: BTreeSet<ErasurePart>,
    /// On which ground.
    pub ground: ErasureGround,
    /// The article, as [`ErasureGround::article`] says it.
    pub article: String,
    /// The entry of the register.
    pub erasure: ErasureId,
    /// Number in the register's stream of the event that approved it.
    pub approved_n: u64,
    /// Leaf hash of that event: one chain vouches for the other.
    pub approved_leaf: Digest,
    /// How it came.
    pub channel: Channel,
    /// When it was recorded.
    pub received_at: Timestamp,
}

/// What the register says when it was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CarriedOut {
    /// Number of the event by which the body's own stream says it.
    pub recorded_n: u64,
    /// Its leaf hash.
    pub recorded_leaf: Digest,
}

/// One event of the register.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", deny_unknown_fields)]
#[allow(missing_docs)]
pub enum ErasureEvent {
    /// Somebody asked.
    #[serde(rename = "erasure_requested")]
    Requested { subject: ErasureSubject, given: RequestErasure, article: String, by: PersonId, on: Date },
    /// Another person approved.
    #[serde(rename = "erasure_approved")]
    Approved { by: PersonId, on: Date },
    /// Another person refused.
    #[serde(rename = "erasure_refused")]
    Refused { given: EndErasure, by: PersonId, on: Date },
    /// It was withdrawn.
    #[serde(rename = "erasure_withdrawn")]
    Withdrawn { given: EndErasure, by: PersonId, on: Date },
    /// Keys and ciphertext are destroyed.
    #[serde(rename = "erasure_carried_out")]
    CarriedOut { given: CarriedOut },
}

impl ErasureEvent {
    /// The kind, as stored.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Requested { .. } => "erasure_requested",
            Self::Approved { .. } => "erasure_approved",
            Self::Refused { .. } => "erasure_refused",
            Self::Withdrawn { .. } => "erasure_withdrawn",
            Self::CarriedOut { .. } => "erasure_carried_out",
        }
    }
}

/// One request, with what came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErasureRequest {
    /// What was asked.
    pub given: RequestErasure,
    /// The article.
    pub article: String,
    /// Who asked.
    pub by: PersonId,
    /// When.
    pub on: Date,
    /// Where it stands.
    pub state: ErasureState,
    /// Who approved, refused or withdrew it, and when.
    pub ended: Option<(PersonId, Date)>,
    /// Why it was refused or withdrawn.
    pub against: Option<String>,
    /// Number of the event that approved it.
    pub approved_n: Option<u64>,
    /// How it was carried out.
    pub carried_out: Option<CarriedOut>,
}

/// The register's entry of one body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Erasure {
    /// Its id.
    pub id: ErasureId,
    /// Of which body.
    pub subject: ErasureSubject,
    /// Requests, the latest last; at least one.
    pub requests: Vec<ErasureRequest>,
    /// What was erased.
    pub erased: BTreeSet<ErasurePart>,
    /// How many events made it.
    pub n: u64,
}

/// What of a body there is to erase.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Holds {
    /// Whether somebody is sealed in it, or was until they were erased.
    pub identity: bool,
}

/// The person who acts, who does so in person: nobody stands in for either of the two.
fn in_person(by: &Actor) -> Result<PersonId, Rejection> {
    match by {
        Actor::Official { person, acting_for: None, .. } => Ok(*person),
        Actor::Official { person, acting_for: Some(principal), .. } => {
            Err(Rejection::new(Code::ErasureNotInPerson).given(person).needed(principal))
        }
        Actor::Public | Actor::System => Err(Rejection::new(Code::Forbidden)),
    }
}

impl Erasure {
    /// The entry after one event.
    ///
    /// # Errors
    /// [`CorruptHistory`] where the event cannot follow.
    pub fn evolve(state: Option<Self>, id: ErasureId, event: &ErasureEvent) -> Result<Self, CorruptHistory> {
        let n = state.as_ref().map_or(0, |s| s.n) + 1;
        let corrupt = |why: &str| CorruptHistory { n, kind: event.kind().to_owned(), why: why.to_owned() };
        if let ErasureEvent::Requested { subject, given, article, by, on } = event {
            let new = Self { id, subject: subject.clone(), requests: Vec::new(), erased: BTreeSet::new(), n };
            let mut state = state.unwrap_or(new);
            if state.requests.last().is_some_and(|last| is_open(last.state)) {
                return Err(corrupt("a request is still open"));
            }
            if state.subject != *subject {
                return Err(corrupt("it is of another body"));
            }
            state.requests.push(ErasureRequest {
                given: given.clone(),
                article: article.clone(),
                by: *by,
                on: *on,
                state: ErasureState::Requested,
                ended: None,
                against: None,
                approved_n: None,
                carried_out: None,
            });
            return Ok(Self { n, ..state });
        }
        let mut state = state.ok_or_else(|| corrupt("the first event must be a request"))?;
        let last = state.requests.last_mut().ok_or_else(|| corrupt("there is no request"))?;
        let needed = match event {
            ErasureEvent::CarriedOut { .. } => ErasureState::Approved,
            ErasureEvent::Requested { .. }
            | ErasureEvent::Approved { .. }
            | ErasureEvent::Refused { .. }
            | ErasureEvent::Withdrawn { .. } => ErasureState::Requested,
        };
        if last.state != needed {
            return Err(corrupt("the request is not at this point"));
        }
        match event {
            ErasureEvent::Requested { .. } => {}
            ErasureEvent::Approved { by, on } => {
                last.state = ErasureState::Approved;
                last.ended = Some((*by, *on));
                last.approved_n = Some(n);
            }
            ErasureEvent::Refused { given, by, on } => {
                last.state = ErasureState::Refused;
                last.ended = Some((*by, *on));
                last.against = Some(given.reason.clone());
            }
            ErasureEvent::Withdrawn { given, by, on } => {
                last.state = ErasureState::Withdrawn;
                last.ended = Some((*by, *on));
                last.against = Some(given.reason.clone());
            }
            ErasureEvent::CarriedOut { given } => {
                last.state = ErasureState::CarriedOut;
                last.carried_out = Some(*given);
                state.erased.extend(last.given.parts.iter().copied());
            }
        }
        state.n = n;
        Ok(state)
    }

    /// The latest request.
    pub fn latest(&self) -> Option<&ErasureRequest> {
        self.requests.last()
    }

    /// Where the latest request stands.
    pub fn stands(&self) -> ErasureState {
        self.latest().map_or(ErasureState::Requested, |last| last.state)
    }

    /// The event by which somebody asks, in person.
    ///
    /// # Errors
    /// `ERASURE_NOT_IN_PERSON`; a [`Rejection`] of parts, basis or reason; `NOTHING_TO_ERASE` where nobody is sealed in it;
    /// `ERASURE_NOT_OPEN` where a request is open; `ALREADY_THERE` where a part was erased before.
    pub fn request(
        state: Option<&Self>,
        subject: ErasureSubject,
        holds: Holds,
        given: RequestErasure,
        by: &Actor,
        on: Date,
    ) -> Result<ErasureEvent, Rejection> {
        let by = in_person(by)?;
        check::count("parts", given.parts.len(), 1)?;
        check::text("reason", &given.reason)?;
        if given.ground == ErasureGround::OtherLaw {
            check::line("basis", &given.basis)?;
        } else if !given.basis.is_empty() {
            let refused = Rejection::new(Code::InputNotAcceptable).at("basis").given(&given.basis);
            return Err(refused.needed(ErasureGround::OtherLaw));
        }
        if given.parts.contains(&ErasurePart::Identity) && !holds.identity {
            return Err(Rejection::new(Code::NothingToErase).at("parts").given(ErasurePart::Identity));
        }
        if let Some(state) = state {
            if is_open(state.stands()) {
                return Err(not_open(state.stands(), "refused, withdrawn, carried_out"));
            }
            if let Some(part) = given.parts.intersection(&state.erased).next() {
                return Err(Rejection::new(Code::AlreadyThere).at("parts").given(part));
            }
        }
        let article = given.ground.article().to_owned();
        Ok(ErasureEvent::Requested { subject, given, article, by, on })
    }

    /// The event by which another person approves, in person.
    ///
    /// # Errors
    /// `ERASURE_NOT_OPEN` where nothing is asked; `ERASURE_NOT_IN_PERSON`; `FOUR_EYES` for whoever asked.
    pub fn approve(&self, by: &Actor, on: Date) -> Result<ErasureEvent, Rejection> {
        let by = self.another(by)?;
        Ok(ErasureEvent::Approved { by, on })
    }

    /// The event by which another person refuses, in person. Whoever asked withdraws.
    ///
    /// # Errors
    /// As [`Erasure::approve`], and a [`Rejection`] of the reason.
    pub fn refuse(&self, given: EndErasure, by: &Actor, on: Date) -> Result<ErasureEvent, Rejection> {
        check::text("reason", &given.reason)?;
        let by = self.another(by)?;
        Ok(ErasureEvent::Refused { given, by, on })
    }

    /// The event by which a request is withdrawn before anybody approved it, in person.
    ///
    /// # Errors
    /// `ERASURE_NOT_OPEN` where nothing is asked; `ERASURE_NOT_IN_PERSON`; a [`Rejection`] of the reason.
    pub fn withdraw(&self, given: EndErasure, by: &Actor, on: Date) -> Result<ErasureEvent, Rejection> {
        check::text("reason", &given.reason)?;
        self.asked()?;
        let by = in_person(by)?;
        Ok(ErasureEvent::Withdrawn { given, by, on })
    }

    /// What the body's own stream is to say, once it is approved; nothing at any other point.
    pub fn to_record(&self, approved_leaf: Digest) -> Option<PersonalDataErased> {
        let last = self.latest().filter(|last| last.state == ErasureState::Approved)?;
        Some(PersonalDataErased {
            subject: self.subject.subject.clone(),
            n: self.subject.n,
            parts: last.given.parts.clone(),
            ground: last.given.ground,
            article: last.article.clone(),
            erasure: self.id,
            approved_n: last.approved_n?,
            approved_leaf,
            channel: self.subject.channel,
            received_at: self.subject.received_at,
        })
    }

    /// That it was done. Harmless twice: nothing where no approved request waits.
    pub fn carry_out(&self, given: CarriedOut) -> Option<ErasureEvent> {
        (self.stands() == ErasureState::Approved).then_some(ErasureEvent::CarriedOut { given })
    }

    fn asked(&self) -> Result<&ErasureRequest, Rejection> {
        let stands = self.stands();
        let asked = self.latest().filter(|last| last.state == ErasureState::Requested);
        asked.ok_or_else(|| not_open(stands, ErasureState::Requested.as_str()))
    }

    fn another(&self, by: &Actor) -> Result<PersonId, Rejection> {
        let asked = self.asked()?;
        let person = in_person(by)?;
        if person == asked.by {
            return Err(Rejection::new(Code::FourEyes).given(person));
        }
        Ok(person)
    }
}

const fn is_open(state: ErasureState) -> bool {
    matches!(state, ErasureState::Requested | ErasureState::Approved)
}

fn not_open(stands: ErasureState, needed: &str) -> Rejection {
    Rejection::new(Code::ErasureNotOpen).given(stands).needed(needed)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use uuid::Uuid;

    use super::*;
    use crate::id::{PostId, UnitId};

    const TODAY: Date = date(2026, 3, 2);

    fn official(n: u128, acting_for: Option<u128>) -> Actor {
        Actor::Official {
            person: PersonId::new(Uuid::from_u128(n)),
            name: "某".to_owned(),
            post: PostId::new(Uuid::from_u128(n + 100)),
            post_title: "科员".to_owned(),
            unit: UnitId::new(Uuid::from_u128(7)),
            unit_name: "区档案局".to_owned(),
            acting_for: acting_for.map(|n| PersonId::new(Uuid::from_u128(n))),
        }
    }

    fn subject() -> ErasureSubject {
        ErasureSubject {
            stream: StreamId { kind: crate::id::StreamKind::Consultation, value: Uuid::from_u128(1) },
            n: 2,
            subject: "cmt_00000000000000000000000000000001".to_owned(),
            channel: Channel::Web,
            received_at: Timestamp::UNIX_EPOCH,
        }
    }

    fn given() -> RequestErasure {
        RequestErasure {
            parts: [ErasurePart::Identity].into(),
            ground: ErasureGround::PurposeEnded,
            basis: String::new(),
            reason: "意见已答复，不再需要联系方式。".to_owned(),
        }
    }

    const HELD: Holds = Holds { identity: true };

    fn request(state: Option<&Erasure>, given: RequestErasure) -> Result<ErasureEvent, Rejection> {
        Erasure::request(state, subject(), HELD, given, &official(1, None), TODAY)
    }

    fn then(state: Option<Erasure>, event: &ErasureEvent) -> Erasure {
        Erasure::evolve(state, ErasureId::new(Uuid::from_u128(9)), event).unwrap()
    }

    fn requested() -> Erasure {
        then(None, &request(None, given()).unwrap())
    }

    fn end() -> EndErasure {
        EndErasure { reason: "保存期限未满。".to_owned() }
    }

    const DONE: CarriedOut = CarriedOut { recorded_n: 5, recorded_leaf: Digest::new([5; 32]) };

    #[test]
    fn two_persons_decide_each_in_person() {
        let asked = requested();
        // The same person, in whatever post; and whoever stands in for somebody, on either side.
        assert_eq!(asked.approve(&official(1, None), TODAY).unwrap_err().code, Code::FourEyes);
        assert_eq!(asked.refuse(end(), &official(1, None), TODAY).unwrap_err().code, Code::FourEyes);
        for by in [official(2, Some(3)), official(2, Some(1)), official(1, Some(2))] {
            assert_eq!(asked.approve(&by, TODAY).unwrap_err().code, Code::ErasureNotInPerson, "{by:?}");
        }
        let by = official(2, Some(1));
        let delegated = Erasure::request(None, subject(), HELD, given(), &by, TODAY);
        assert_eq!(delegated.unwrap_err().code, Code::ErasureNotInPerson);
        for nobody in [Actor::Public, Actor::System] {
            assert_eq!(asked.approve(&nobody, TODAY).unwrap_err().code, Code::Forbidden);
        }
        let approved = then(Some(asked.clone()), &asked.approve(&official(2, None), TODAY).unwrap());
        assert_eq!(approved.stands(), ErasureState::Approved);
        assert_eq!(approved.approve(&official(3, None), TODAY).unwrap_err().code, Code::ErasureNotOpen);
    }

    #[test]
    fn what_is_asked_names_parts_ground_and_reason() {
        let none = RequestErasure { parts: BTreeSet::new(), ..given() };
        assert_eq!(request(None, none).unwrap_err().code, Code::ListNotAcceptable);
        let silent = RequestErasure { reason: " ".to_owned(), ..given() };
        assert_eq!(request(None, silent).unwrap_err().code, Code::TextNotAcceptable);
        let uncited = RequestErasure { ground: ErasureGround::OtherLaw, ..given() };
        assert_eq!(request(None, uncited.clone()).unwrap_err().path.as_deref(), Some("basis"));
        let cited = RequestErasure { basis: "某条例第三条".to_owned(), ..uncited };
        let ErasureEvent::Requested { article, .. } = request(None, cited).unwrap() else { panic!() };
        assert_eq!(article, "PIPL-47-1-5");
        let twice = RequestErasure { basis: "某条例第三条".to_owned(), ..given() };
        assert_eq!(request(None, twice).unwrap_err().code, Code::InputNotAcceptable);
        let empty = Holds { identity: false };
        let nobody = Erasure::request(None, subject(), empty, given(), &official(1, None), TODAY);
        assert_eq!(nobody.unwrap_err().code, Code::NothingToErase);
        let text = RequestErasure { parts: [ErasurePart::Text].into(), ..given() };
        assert!(Erasure::request(None, subject(), empty, text, &official(1, None), TODAY).is_ok());
    }

    #[test]
    fn a_request_ends_once_and_may_be_made_again() {
        let asked = requested();
        assert_eq!(request(Some(&asked), given()).unwrap_err().code, Code::ErasureNotOpen);
        assert!(asked.to_record(Digest::new([1; 32])).is_none() && asked.carry_out(DONE).is_none());
        let refused = then(Some(asked.clone()), &asked.refuse(end(), &official(2, None), TODAY).unwrap());
        assert_eq!(refused.latest().unwrap().against.as_deref(), Some("保存期限未满。"));
        assert_eq!(refused.withdraw(end(), &official(1, None), TODAY).unwrap_err().code, Code::ErasureNotOpen);
        let withdrawn = then(Some(asked.clone()), &asked.withdraw(end(), &official(1, None), TODAY).unwrap());
        assert_eq!(withdrawn.stands(), ErasureState::Withdrawn);
        let again = then(Some(refused.clone()), &request(Some(&refused), given()).unwrap());
        assert_eq!((again.requests.len(), again.stands()), (2, ErasureState::Requested));
    }

    #[test]
    fn a_part_is_erased_once() {
        let asked = requested();
        let approved = then(Some(asked.clone()), &asked.approve(&official(2, None), TODAY).unwrap());
        let said = approved.to_record(Digest::new([1; 32])).unwrap();
        assert_eq!((said.n, said.approved_n, said.article.as_str()), (2, 2, "PIPL-47-1-1"));
        assert_eq!(request(Some(&approved), given()).unwrap_err().code, Code::ErasureNotOpen);
        let done = then(Some(approved.clone()), &approved.carry_out(DONE).unwrap());
        assert!(done.carry_out(DONE).is_none(), "harmless twice");
        assert_eq!(request(Some(&done), given()).unwrap_err().code, Code::AlreadyThere);
        let text = RequestErasure { parts: [ErasurePart::Text].into(), ..given() };
        assert!(request(Some(&done), text).is_ok(), "the text is another part");
    }

    #[test]
    fn an_event_that_cannot_follow_is_corrupt() {
        let id = ErasureId::new(Uuid::from_u128(9));
        let carried = ErasureEvent::CarriedOut { given: DONE };
        assert!(Erasure::evolve(None, id, &carried).is_err());
        assert!(Erasure::evolve(Some(requested()), id, &carried).is_err());
        assert!(Erasure::evolve(Some(requested()), id, &request(None, given()).unwrap()).is_err());
        let asked = requested();
        let refused = then(Some(asked.clone()), &asked.refuse(end(), &official(2, None), TODAY).unwrap());
        let ErasureEvent::Requested { mut subject, given, article, by, on } = request(None, given()).unwrap() else {
            panic!()
        };
        subject.n = 3;
        let of_another = ErasureEvent::Requested { subject, given, article, by, on };
        assert!(Erasure::evolve(Some(refused), id, &of_another).is_err());
    }

    #[test]
    fn what_the_record_says_holds_no_free_text() {
        let asked = requested();
        let approved = then(Some(asked.clone()), &asked.approve(&official(2, None), TODAY).unwrap());
        let said = serde_json::to_string(&approved.to_record(Digest::new([1; 32])).unwrap()).unwrap();
        assert!(said.is_ascii() && !said.contains("reason"), "{said}");
    }
}
