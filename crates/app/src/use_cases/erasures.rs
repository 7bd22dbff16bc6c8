//! Erasure of what the public gave of themselves: asked for, approved by another, and carried out by messages.
//!
//! The steps, what a crash right after each leaves, and who repairs it:
//!
//! 1. *Approved* in the register, with the message [`topics::RECORD_ERASURE`](crate::streams::topics). Nothing is erased yet; the
//!    message is delivered when the program runs again.
//! 2. The body's own stream says that it is erased, in one transaction with the message
//!    [`topics::DESTROY_ERASED`](crate::streams::topics). Readers are told so; keys and ciphertext are still there, and a package
//!    made now does not verify itself and is not made. The message is delivered again.
//! 3. Keys, ciphertext and what could confirm a guess are destroyed in one transaction of the store; twice is as once.
//! 4. The register says that it was done, and the message is answered in that transaction.

use dingce_domain::code::Code;
use dingce_domain::consultation::{Channel, Consultation, ConsultationEvent};
use dingce_domain::erasure::{CarriedOut, EndErasure, Erasure, ErasureEvent, ErasureSubject, Holds, RequestErasure};
use dingce_domain::hearing::{Hearing, HearingEvent};
use dingce_domain::id::{
    CommentId, ConsultationId, Digest, ErasureId, EventId, HearingId, ProposalId, StreamId, StreamKind, UnitId,
};
use dingce_domain::occasion::{Actor, Manner};
use dingce_domain::proposal::{Proposal, ProposalEvent};
use dingce_domain::rejection::Rejection;
use dingce_domain::words::Proposer;
use dingce_ledger as ledger;
use jiff::civil::Date;
use serde::de::IgnoredAny;

use super::cases::Asked;
use crate::app::App;
use crate::envelope::{self, uuid_named};
use crate::error::AppError;
use crate::policy::Right;
use crate::ports::{Destroy, Direction, Filter, ReadRow, RowQuery, StoredEvent, Value};
use crate::principal::Principal;
use crate::read_rows::{CommentRow, ErasureRow, HearingApplicationRow};
use crate::stream::Stream;
use crate::write::{Decided, Done};

/// What somebody wants erased, as they name it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub enum ErasureTarget {
    /// A comment of the public.
    Comment(CommentId),
    /// An application to take part in a hearing, by its code.
    Application(HearingId, String),
    /// A proposal of the public.
    Proposal(ProposalId),
    /// Whatever an event of the record holds.
    Event(EventId),
}

/// The id follows from the body, so that two who ask at once for one body write one stream.
pub(super) fn erasure_id(stream: StreamId, subject: &str) -> ErasureId {
    ErasureId::new(uuid_named(format!("erasure\n{stream}\n{subject}").as_bytes()))
}

impl App {
    /// Asks that something of a body of the public be erased.
    ///
    /// # Errors
    /// `FORBIDDEN`; `NOT_FOUND` where the organ has no such body; `ERASURE_NOT_ALLOWED` for what an official did; a rejection by
    /// [`Erasure::request`].
    pub async fn request_erasure(
        &self,
        asked: Asked,
        target: ErasureTarget,
        given: RequestErasure,
    ) -> Result<Done, AppError> {
        if let Some(done) = self.first_answer(asked.key.as_ref()).await? {
            return Ok(done);
        }
        let hat = self.entitled(asked.who, Right::RequestErasure).await?;
        let (subject, holds) = self.body_of(&target, hat.organ).await?;
        let id = erasure_id(subject.stream, &subject.subject);
        let today = self.today();
        let actor = hat.actor.clone();
        let writing = self.writing(hat.actor, Manner::Online, hat.organ, asked.key);
        self.write::<Erasure, _>(id, writing, |loaded| {
            let state = loaded.map(|l| &l.state);
            Ok(vec![Erasure::request(state, subject.clone(), holds, given.clone(), &actor, today)?.into()])
        })
        .await
    }

    /// Approves an erasure that somebody else asked for. It is then carried out without further acts.
    ///
    /// # Errors
    /// `FORBIDDEN`; `NOT_FOUND`; a rejection by [`Erasure::approve`].
    pub async fn approve_erasure(&self, asked: Asked, id: ErasureId) -> Result<Done, AppError> {
        self.on_erasure(asked, id, Right::ApproveErasure, |known, by, on| known.approve(by, on)).await
    }

    /// Refuses an erasure that somebody else asked for.
    ///
    /// # Errors
    /// `FORBIDDEN`; `NOT_FOUND`; a rejection by [`Erasure::refuse`].
    pub async fn refuse_erasure(&self, asked: Asked, id: ErasureId, given: EndErasure) -> Result<Done, AppError> {
        self.on_erasure(asked, id, Right::ApproveErasure, |known, by, on| known.refuse(given.clone(), by, on)).await
    }

    /// Withdraws a request for erasure before anybody approved it.
    ///
    /// # Errors
    /// `FORBIDDEN`; `NOT_FOUND`; a rejection by [`Erasure::withdraw`].
    pub async fn withdraw_erasure(&self, asked: Asked, id: ErasureId, given: EndErasure) -> Result<Done, AppError> {
        self.on_erasure(asked, id, Right::RequestErasure, |known, by, on| known.withdraw(given.clone(), by, on)).await
    }

    /// The register of somebody's organ, the latest first.
    ///
    /// # Errors
    /// `FORBIDDEN`.
    pub async fn erasures(&self, who: Principal) -> Result<Vec<Erasure>, AppError> {
        let hat = self.entitled(who, Right::ReadErasures).await?;
        let mut query = RowQuery::all(ErasureRow::TABLE).with(Filter::Eq("organ", Value::Text(hat.organ.to_string())));
        query.order = vec!["requested_at"];
        query.direction = Direction::Descending;
        let rows = self.all_rows::<ErasureRow>(query).await?;
        let read = |row: ErasureRow| serde_json::from_str(&row.erasure_json);
        rows.into_iter().map(read).collect::<Result<_, _>>().map_err(|e| AppError::internal("reading an erasure", e))
    }

    async fn on_erasure(
        &self,
        asked: Asked,
        id: ErasureId,
        right: Right,
        decide: impl Fn(&Erasure, &Actor, Date) -> Result<ErasureEvent, Rejection>,
    ) -> Result<Done, AppError> {
        if let Some(done) = self.first_answer(asked.key.as_ref()).await? {
            return Ok(done);
        }
        let hat = self.entitled(asked.who, right).await?;
        let missing = || AppError::not_found(id);
        let loaded = self.load::<Erasure>(id).await?.ok_or_else(missing)?;
        if loaded.tip.organ != hat.organ {
            return Err(missing());
        }
        let today = self.today();
        let actor = hat.actor.clone();
        let writing = self.writing(hat.actor, Manner::Online, hat.organ, asked.key);
        self.write::<Erasure, _>(id, writing, |loaded| {
            let loaded = loaded.ok_or_else(missing)?;
            Ok(vec![decide(&loaded.state, &actor, today)?.into()])
        })
        .await
    }

    /// The body that somebody names, and what of it there is to erase.
    async fn body_of(&self, target: &ErasureTarget, organ: UnitId) -> Result<(ErasureSubject, Holds), AppError> {
        let (missing, stored) = match target {
            ErasureTarget::Comment(comment) => {
                let key = Filter::Eq("comment_id", Value::Text(comment.to_string()));
                let row = self.row::<CommentRow>(RowQuery::all(CommentRow::TABLE).with(key)).await?;
                let place = row.and_then(|row| Some((row.consultation.parse::<ConsultationId>().ok()?.into(), row.n)));
                (AppError::not_found(comment), self.event_at(place).await?)
            }
            ErasureTarget::Application(hearing, code) => {
                let query = RowQuery::all(HearingApplicationRow::TABLE)
                    .with(Filter::Eq("hearing", Value::Text(hearing.to_string())))
                    .with(Filter::Eq("code", Value::Text(code.clone())));
                let row = self.row::<HearingApplicationRow>(query).await?;
                (AppError::not_found(hearing), self.event_at(row.map(|row| ((*hearing).into(), row.n))).await?)
            }
            ErasureTarget::Proposal(proposal) => {
                (AppError::not_found(proposal), self.event_at(Some(((*proposal).into(), 1))).await?)
            }
            ErasureTarget::Event(event) => (AppError::not_found(event), self.store.event(*event).await?),
        };
        let Some(stored) = stored else { return Err(missing) };
        let known = envelope::read::<IgnoredAny>(&stored)?.envelope;
        if known.organ != organ {
            return Err(missing);
        }
        let official = || Rejection::new(Code::ErasureNotAllowed).given(&stored.event.kind);
        let (subject, channel) = of_the_public(&stored)?.ok_or_else(official)?;
        let leaf = ledger::Leaf::parse(&stored.event.leaf)
            .map_err(|error| AppError::internal("reading the leaf of an event", error))?;
        let holds = Holds { identity: leaf.input().sealed.is_some() };
        let (stream, n, received_at) = (stored.stream, stored.n, known.recorded_at);
        Ok((ErasureSubject { stream, n, subject, channel, received_at }, holds))
    }

    async fn event_at(&self, place: Option<(StreamId, i64)>) -> Result<Option<StoredEvent>, AppError> {
        let Some((stream, n)) = place else { return Ok(None) };
        let before = u64::try_from(n).unwrap_or_default().saturating_sub(1);
        Ok(self.store.events(stream, before, 1).await?.into_iter().next())
    }

    /// Lets the body's own stream say that it is erased, as the follow-up of the approval.
    pub(crate) async fn record_erasure(
        &self,
        id: ErasureId,
        organ: UnitId,
        answers: (EventId, String),
    ) -> Result<Done, AppError> {
        let internal = |what: String| AppError::internal("carrying out an erasure", what);
        let loaded = self.load::<Erasure>(id).await?.ok_or_else(|| internal(format!("{id} is not there")))?;
        let approval = self.store.event(answers.0).await?;
        let approval = approval.ok_or_else(|| internal(format!("there is no event {}", answers.0)))?;
        let stream = loaded.state.subject.stream;
        let Some(given) = loaded.state.to_record(Digest::new(approval.event.leaf_hash)) else {
            return Ok(Done { stream, n: 0, events: Vec::new(), receipt: None });
        };
        let writing = self.follow_up(organ, answers);
        let missing = || internal(format!("{stream} is not there"));
        match stream.kind {
            StreamKind::Consultation => {
                self.write::<Consultation, _>(<Consultation as Stream>::id(stream), writing, |loaded| {
                    said(loaded.ok_or_else(missing)?.state.erase(given.clone()))
                })
                .await
            }
            StreamKind::Hearing => {
                self.write::<Hearing, _>(<Hearing as Stream>::id(stream), writing, |loaded| {
                    said(loaded.ok_or_else(missing)?.state.erase(given.clone()))
                })
                .await
            }
            StreamKind::Proposal => {
                self.write::<Proposal, _>(<Proposal as Stream>::id(stream), writing, |loaded| {
                    said(loaded.ok_or_else(missing)?.state.erase(given.clone()))
                })
                .await
            }
            _ => Err(internal(format!("{stream} holds nothing of the public"))),
        }
    }

    /// Destroys what the body's own stream says is erased, and lets the register say that it was done.
    ///
    /// Keys of what was not to be erased stay: where only a text is masked, who wrote it stays sealed.
    pub(crate) async fn destroy_erased(
        &self,
        id: ErasureId,
        organ: UnitId,
        what: &Destroy,
        recorded_n: u64,
        answers: (EventId, String),
    ) -> Result<Done, AppError> {
        let internal = |what: String| AppError::internal("carrying out an erasure", what);
        let recorded = self.store.event(answers.0).await?;
        let recorded = recorded.ok_or_else(|| internal(format!("there is no event {}", answers.0)))?;
        // Not a failure of the store to its callers: where somebody reads so long that a file cannot be cleaned, this message
        // waits, and no other waits for it.
        self.store.destroy(what).await.map_err(|error| AppError::internal("destroying what was erased", error))?;
        let given = CarriedOut { recorded_n, recorded_leaf: Digest::new(recorded.event.leaf_hash) };
        self.write::<Erasure, _>(id, self.follow_up(organ, answers), |loaded| {
            let state = &loaded.ok_or_else(|| internal(format!("{id} is not there")))?.state;
            Ok(state.carry_out(given).into_iter().map(Into::into).collect())
        })
        .await
    }
}

/// What an erasure makes of a stream, as the write road takes it.
fn said<E>(decided: Result<Option<E>, Rejection>) -> Result<Vec<Decided<E>>, AppError> {
    Ok(decided?.into_iter().map(Into::into).collect())
}

/// Under which id somebody of the public is sealed in an event, and how it came; `None` for every act of an official.
pub(super) fn of_the_public(stored: &StoredEvent) -> Result<Option<(String, Channel)>, AppError> {
    Ok(match stored.stream.kind {
        StreamKind::Consultation => match envelope::read::<ConsultationEvent>(stored)?.body {
            ConsultationEvent::CommentReceived { comment, given, .. } => Some((comment.to_string(), given.channel)),
            _ => None,
        },
        StreamKind::Hearing => match envelope::read::<HearingEvent>(stored)?.body {
            HearingEvent::Received { application, given, .. } => Some((application.to_string(), given.channel)),
            _ => None,
        },
        StreamKind::Proposal => match envelope::read::<ProposalEvent>(stored)?.body {
            ProposalEvent::Received { given, .. } if given.proposer == Proposer::Public => {
                Some((stored.stream.to_string(), given.channel))
            }
            _ => None,
        },
        _ => None,
    })
}
