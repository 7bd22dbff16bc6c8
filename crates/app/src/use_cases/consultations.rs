//! Comments of the public: received in a lane of their own, answered by the undertaking unit.

use std::sync::Arc;

use dingce_domain::case::Case;
use dingce_domain::code::Code;
use dingce_domain::consultation::{AnswerComment, Commenter, Consultation, SubmitComment};
use dingce_domain::decide::refusal;
use dingce_domain::definition::Definition;
use dingce_domain::id::{CommentId, ConsultationId, UnitId};
use dingce_domain::occasion::{Actor, Manner, Occasion};
use dingce_domain::permits::{Relations, permits};
use dingce_domain::rejection::Rejection;
use dingce_domain::verb::Verb;
use dingce_domain::words::StageKind;
use dingce_ledger as ledger;

use super::cases::{Asked, relations};
use crate::app::App;
use crate::committer::Lane;
use crate::error::AppError;
use crate::policy::Right;
use crate::ports::{Filter, ReadRow, RowQuery, Value};
use crate::principal::{Hat, Principal};
use crate::read_rows::{PublicAnswerRow, PublicReceiptRow};
use crate::stream::Loaded;
use crate::write::{Decided, Done, RequestKey, Secret, Writing};

/// What a receipt code finds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// That the comment was received.
    pub received: PublicReceiptRow,
    /// Its answer, once there is one.
    pub answer: Option<PublicAnswerRow>,
}

/// Who sent a comment, opened for somebody with the right to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenedComment {
    /// Which.
    pub comment: CommentId,
    /// Who; `None` where nothing was given, or it was erased.
    pub commenter: Option<Commenter>,
}

/// A receipt code: 20 characters without those that look alike, 100 bits.
fn receipt_code(random: [u8; 32]) -> String {
    const ALPHABET: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
    let code: Vec<char> = random[..20].iter().map(|b| char::from(ALPHABET[usize::from(b % 32)])).collect();
    code.chunks(5).map(|c| c.iter().collect::<String>()).collect::<Vec<_>>().join("-")
}

impl App {
    /// Takes a comment from the public. The receipt in the answer is for the sender alone.
    ///
    /// # Errors
    /// A rejection where there is no such consultation, it has not opened, or the text cannot be accepted; overloaded
    /// where too many comments wait.
    pub async fn submit_comment(
        &self,
        key: Option<RequestKey>,
        consultation: ConsultationId,
        given: SubmitComment,
        commenter: Commenter,
    ) -> Result<Done, AppError> {
        if let Some(done) = self.first_answer(key.as_ref()).await? {
            return Ok(done);
        }
        self.take_comment(&self.public, Actor::Public, Manner::Online, key, consultation, given, commenter).await
    }

    /// Enters a comment that came by letter, telephone or visit.
    ///
    /// # Errors
    /// As [`App::submit_comment`], and where the actor has no role for it.
    pub async fn enter_comment(
        &self,
        asked: Asked,
        consultation: ConsultationId,
        given: SubmitComment,
        commenter: Commenter,
    ) -> Result<Done, AppError> {
        if let Some(done) = self.first_answer(asked.key.as_ref()).await? {
            return Ok(done);
        }
        let (hat, ..) = self.of_case(asked.who, consultation, Verb::EnterComment).await?;
        self.take_comment(&self.officials, hat.actor, asked.manner, asked.key, consultation, given, commenter).await
    }

    async fn take_comment(
        &self,
        lane: &Lane,
        actor: Actor,
        manner: Manner,
        key: Option<RequestKey>,
        consultation: ConsultationId,
        given: SubmitComment,
        commenter: Commenter,
    ) -> Result<Done, AppError> {
        let now = self.now();
        let calendar = self.calendar();
        let receipt = receipt_code(self.chance.bytes32());
        let loaded = self.load::<Consultation>(consultation).await?.ok_or_else(|| AppError::not_found(consultation))?;
        let writing = Writing {
            lane,
            actor: actor.clone(),
            manner: manner.clone(),
            now,
            organ: loaded.tip.organ,
            key,
            answers: None,
            receipt: Some(receipt.clone()),
        };
        self.write::<Consultation, _>(consultation, writing, |loaded| {
            let state = &loaded.ok_or_else(|| AppError::not_found(consultation))?.state;
            let on = Occasion {
                actor: actor.clone(),
                who: Relations::default(),
                now,
                manner: manner.clone(),
                calendar: &calendar,
                ids: self.ids(now),
            };
            let body = state.receive(given.clone(), &commenter, receipt.clone(), &on)?;
            let sealed = sealed_commenter(&body, &commenter)?;
            Ok(vec![Decided { body, sealed }])
        })
        .await
    }

    /// Answers a comment: adopted or not, and why.
    ///
    /// # Errors
    /// A rejection where the actor may not, or the comment is unknown or answered.
    pub async fn answer_comment(
        &self,
        asked: Asked,
        consultation: ConsultationId,
        given: AnswerComment,
    ) -> Result<Done, AppError> {
        if let Some(done) = self.first_answer(asked.key.as_ref()).await? {
            return Ok(done);
        }
        let (hat, loaded, ..) = self.of_case(asked.who, consultation, Verb::AnswerComment).await?;
        let writing = Writing {
            lane: &self.officials,
            actor: hat.actor,
            manner: asked.manner,
            now: self.now(),
            organ: loaded.tip.organ,
            key: asked.key,
            answers: None,
            receipt: None,
        };
        self.write::<Consultation, _>(consultation, writing, |loaded| {
            let state = &loaded.ok_or_else(|| AppError::not_found(consultation))?.state;
            Ok(vec![state.answer(given.clone())?.into()])
        })
        .await
    }

    /// The hat for a verb on the consultation's case, after the case's own `permits`.
    async fn of_case(
        &self,
        who: Principal,
        consultation: ConsultationId,
        verb: Verb,
    ) -> Result<(Hat, Arc<Loaded<Case>>, Arc<Definition>), AppError> {
        let missing = || AppError::not_found(consultation);
        let hats = self.hats(who, self.today()).await?;
        let case = self.load::<Consultation>(consultation).await?.ok_or_else(missing)?.state.case;
        let loaded = self.load::<Case>(case).await?.ok_or_else(missing)?;
        let file = &loaded.state.file;
        let def = self.definition(file.definition.hash).await?;
        let time = loaded.state.time_class(&def, self.today());
        let Some(at) = def.positions(StageKind::PublicParticipation).next() else { return Err(missing()) };
        let mut first = None;
        for hat in hats.iter().filter(|h| h.organ == file.organ) {
            let who = relations(hat, &def, &loaded.state, verb);
            let verdict = permits(&def, &loaded.state.control, &loaded.state.facts, time, &who, verb, at);
            if verdict.permitted() {
                return Ok((hat.clone(), loaded, def));
            }
            first = first.or(Some(verdict));
        }
        match first {
            Some(verdict) if self.may_read(&hats, file.organ, file.undertaking_unit) => {
                Err(refusal(&def, verb, at, verdict).into())
            }
            _ => Err(missing()),
        }
    }

    /// What a receipt code finds. Whoever has the code may ask.
    ///
    /// # Errors
    /// `NOT_FOUND` where there is none.
    pub async fn receipt(&self, code: &str) -> Result<Receipt, AppError> {
        let text = |text: &str| Value::Text(text.to_owned());
        let code: String = code.trim().to_uppercase().chars().take(40).collect();
        let query = RowQuery::all(PublicReceiptRow::TABLE).with(Filter::Eq("receipt", text(&code)));
        let received = self
            .row::<PublicReceiptRow>(query)
            .await?
            .ok_or_else(|| AppError::from(Rejection::new(Code::NotFound).at("receipt")))?;
        let query = RowQuery::all(PublicAnswerRow::TABLE).with(Filter::Eq("comment_id", text(&received.comment_id)));
        Ok(Receipt { answer: self.row::<PublicAnswerRow>(query).await?, received })
    }

    /// Opens who sent a comment.
    ///
    /// # Errors
    /// Where the actor has no right to it, or there is no such comment.
    pub async fn open_commenter(
        &self,
        who: Principal,
        event: dingce_domain::id::EventId,
    ) -> Result<OpenedComment, AppError> {
        self.entitled(who, Right::Trace).await?;
        let stored = self.store.event(event).await?.ok_or_else(|| AppError::not_found(event))?;
        let recorded = crate::envelope::read::<dingce_domain::consultation::ConsultationEvent>(&stored)?;
        let dingce_domain::consultation::ConsultationEvent::CommentReceived { comment, .. } = recorded.body else {
            return Err(AppError::not_found(event));
        };
        let commenter = match stored.event.sealed {
            None => None,
            Some(sealed) => match self.store.subject_key(&sealed.subject).await? {
                None => None,
                Some(wrapped) => {
                    let internal = |error: ledger::seal::SealError| AppError::internal("opening a sealed body", error);
                    let master = ledger::seal::MasterKey(self.master.0);
                    let subject = sealed.subject.as_bytes();
                    let key = ledger::seal::unwrap(&master, subject, &wrapped).map_err(internal)?;
                    let plain = ledger::seal::open(&key, subject, &sealed.bytes).map_err(internal)?;
                    let opened = serde_json::from_slice(&plain)
                        .map_err(|error| AppError::internal("reading a sealed body", error))?;
                    Some(opened)
                }
            },
        };
        Ok(OpenedComment { comment, commenter })
    }

    /// Opens the consultation's stream, as the follow-up of the case's event.
    pub(crate) async fn open_consultation(
        &self,
        opening: dingce_domain::consultation::ConsultationEvent,
        id: ConsultationId,
        organ: UnitId,
        answers: (dingce_domain::id::EventId, String),
    ) -> Result<Done, AppError> {
        let writing = Writing {
            lane: &self.officials,
            actor: Actor::System,
            manner: Manner::Online,
            now: self.now(),
            organ,
            key: None,
            answers: Some(answers),
            receipt: None,
        };
        self.write::<Consultation, _>(id, writing, |loaded| {
            Ok(match loaded {
                Some(_) => Vec::new(),
                None => vec![opening.clone().into()],
            })
        })
        .await
    }
}

fn sealed_commenter(
    body: &dingce_domain::consultation::ConsultationEvent,
    commenter: &Commenter,
) -> Result<Option<Secret>, AppError> {
    let dingce_domain::consultation::ConsultationEvent::CommentReceived { comment, .. } = body else {
        return Ok(None);
    };
    if *commenter == Commenter::default() {
        return Ok(None);
    }
    let plain = serde_json::to_value(commenter).map_err(|error| AppError::internal("sealing a body", error))?;
    Ok(Some(Secret { subject: comment.to_string(), plain }))
}
