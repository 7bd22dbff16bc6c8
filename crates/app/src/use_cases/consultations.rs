//! Comments of the public: received in a lane of their own, answered by the undertaking unit.

use std::sync::Arc;

use dingce_domain::case::Case;
use dingce_domain::consultation::{AnswerComment, Commenter, Consultation, ConsultationEvent, SubmitComment};
use dingce_domain::decide::refusal;
use dingce_domain::definition::Definition;
use dingce_domain::id::{ConsultationId, EventId, UnitId};
use dingce_domain::occasion::{Actor, Manner, Occasion};
use dingce_domain::permits::{Relations, permits};
use dingce_domain::verb::Verb;
use dingce_domain::words::StageKind;

use super::cases::{Asked, relations};
use crate::app::App;
use crate::committer::Lane;
use crate::error::AppError;
use crate::principal::{Hat, Principal};
use crate::stream::Loaded;
use crate::write::{Decided, Done, RequestKey, Secret, Writing};

/// A receipt code: 20 characters without those that look alike, 100 bits.
pub(super) fn receipt_code(random: [u8; 32]) -> String {
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
        self.manner_known(&asked.manner).await?;
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
        self.manner_known(&asked.manner).await?;
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
            Some(verdict) if self.may_read(&hats, file.organ, file.units(), &file.hats) => {
                Err(refusal(&def, verb, at, verdict).into())
            }
            _ => Err(missing()),
        }
    }

    /// Opens the consultation's stream, as the follow-up of the case's event.
    pub(crate) async fn open_consultation(
        &self,
        opening: ConsultationEvent,
        id: ConsultationId,
        organ: UnitId,
        answers: (EventId, String),
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

fn sealed_commenter(body: &ConsultationEvent, commenter: &Commenter) -> Result<Option<Secret>, AppError> {
    let ConsultationEvent::CommentReceived { comment, .. } = body else {
        return Ok(None);
    };
    if *commenter == Commenter::default() {
        return Ok(None);
    }
    let plain = serde_json::to_value(commenter).map_err(|error| AppError::internal("sealing a body", error))?;
    Ok(Some(Secret { subject: comment.to_string(), plain }))
}
