//! Comments of the public: received in a lane of their own, answered by the undertaking unit.

use std::sync::Arc;

use dingce_domain::case::Case;
use dingce_domain::code::Code;
use dingce_domain::consultation::{
    AnswerComment, Commenter, Consultation, ConsultationEvent, OpenCommenter, SubmitComment,
};
use dingce_domain::control::Ending;
use dingce_domain::decide::refusal;
use dingce_domain::id::{ConsultationId, EventId, UnitId};
use dingce_domain::occasion::{Actor, Manner, Occasion};
use dingce_domain::permits::{Relations, permits};
use dingce_domain::rejection::Rejection;
use dingce_domain::verb::Verb;
use dingce_domain::words::StageKind;

use super::cases::{Asked, relations};
use crate::app::App;
use crate::committer::Lane;
use crate::error::AppError;
use crate::ports::{Filter, ReadRow, RowQuery, Value};
use crate::principal::{Hat, Principal};
use crate::read_rows::{CommentRow, PublicConsultationRow};
use crate::stream::Loaded;
use crate::write::{Decided, Done, RequestKey, Secret, Writing};

/// A receipt code: 20 characters without those that look alike, 100 bits.
pub(super) fn receipt_code(random: [u8; 32]) -> String {
    const ALPHABET: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
    let code: Vec<char> = random[..20].iter().map(|b| char::from(ALPHABET[usize::from(b % 32)])).collect();
    code.chunks(5).map(|c| c.iter().collect::<String>()).collect::<Vec<_>>().join("-")
}

/// A receipt code as it was given out, from what somebody typed, with or without hyphens and blanks; what is too long for
/// one finds nothing.
pub(super) fn receipt_typed(code: &str) -> String {
    let typed = code.chars().filter(|c| !c.is_whitespace() && !matches!(c, '-' | '－' | '–' | '—'));
    let signs: Vec<char> = typed.flat_map(char::to_uppercase).take(40).collect();
    signs.chunks(5).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join("-")
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
        let (hat, _) = self.of_case(asked.who, consultation, Verb::EnterComment).await?;
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
        self.answerable(&loaded.state).await?;
        let writing = self.writing(actor.clone(), manner.clone(), loaded.tip.organ, key);
        let writing = Writing { lane, now, receipt: Some(receipt.clone()), ..writing };
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

    /// That somebody can still answer: nothing is answered in a matter that has ended. Whoever comes later is told where to
    /// turn.
    async fn answerable(&self, consultation: &Consultation) -> Result<(), AppError> {
        let Some(case) = self.load::<Case>(consultation.case).await? else { return Ok(()) };
        if case.state.control.ending == Ending::Running {
            return Ok(());
        }
        let query = RowQuery::all(PublicConsultationRow::TABLE)
            .with(Filter::Eq("consultation", Value::Text(consultation.id.to_string())));
        let row = self.row::<PublicConsultationRow>(query).await?;
        let contact = row.map_or_else(String::new, |row| row.contact);
        Err(Rejection::new(Code::ConsultationOver)
            .at("consultation")
            .given(consultation.closes_on)
            .needed(contact)
            .into())
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
        let (hat, loaded) = self.of_case(asked.who, consultation, Verb::AnswerComment).await?;
        self.manner_known(&asked.manner).await?;
        let writing = self.writing(hat.actor, asked.manner, loaded.tip.organ, asked.key);
        self.write::<Consultation, _>(consultation, writing, |loaded| {
            let state = &loaded.ok_or_else(|| AppError::not_found(consultation))?.state;
            Ok(vec![state.answer(given.clone())?.into()])
        })
        .await
    }

    /// Opens who sent a comment, for those whose role answers comments in its case, also after the case has gone on. The
    /// opening is recorded with its reason in the consultation's own stream before anything is told; `None` where nothing was
    /// given, or it was erased.
    ///
    /// # Errors
    /// `NOT_FOUND` for whoever may not know of the case; `ROLE_MISSING` for its other readers; a rejection where no reason is
    /// given, or there is no such comment.
    pub async fn open_comment_sender(
        &self,
        asked: Asked,
        consultation: ConsultationId,
        given: OpenCommenter,
    ) -> Result<(Done, Option<Commenter>), AppError> {
        let missing = || AppError::not_found(consultation);
        // Asked anew at every repetition: a role that was lost opens nothing, whatever was answered before.
        let hats = self.hats(asked.who, self.today()).await?;
        let case = self.load::<Consultation>(consultation).await?.ok_or_else(missing)?.state.case;
        let loaded = self.load::<Case>(case).await?.ok_or_else(missing)?;
        let file = &loaded.state.file;
        if !self.may_read(&hats, file.organ, file.units(), &file.hats) {
            return Err(missing());
        }
        let def = self.definition(file.definition.hash).await?;
        let answers = |hat: &&Hat| {
            let who = relations(hat, &def, &loaded.state, Verb::AnswerComment);
            hat.organ == file.organ && def.roles_for(Verb::AnswerComment).any(|r| who.roles.contains(&r.id))
        };
        let Some(hat) = hats.iter().find(answers) else {
            let roles: Vec<_> = def.roles_for(Verb::AnswerComment).map(|r| r.id.to_string()).collect();
            let mut refused = Rejection::new(Code::RoleMissing).needed(roles.join(", "));
            refused.verb = Some(Verb::AnswerComment);
            return Err(refused.into());
        };
        let comment = given.comment;
        let done = match self.first_answer(asked.key.as_ref()).await? {
            Some(done) => done,
            None => {
                let writing = self.writing(hat.actor.clone(), Manner::Online, loaded.tip.organ, asked.key);
                self.write::<Consultation, _>(consultation, writing, |loaded| {
                    let state = &loaded.ok_or_else(missing)?.state;
                    Ok(vec![state.open_commenter(given.clone())?.into()])
                })
                .await?
            }
        };
        let row = RowQuery::all(CommentRow::TABLE).with(Filter::Eq("comment_id", Value::Text(comment.to_string())));
        let row = self.row::<CommentRow>(row).await?.ok_or_else(missing)?;
        let before = u64::try_from(row.n).unwrap_or_default().saturating_sub(1);
        let first = self.store.events(consultation.into(), before, 1).await?.into_iter().next().ok_or_else(missing)?;
        Ok((done, self.open_sealed(first.event.sealed.as_ref()).await?))
    }

    /// The hat for a verb on the consultation's case, after the case's own `permits`.
    async fn of_case(
        &self,
        who: Principal,
        consultation: ConsultationId,
        verb: Verb,
    ) -> Result<(Hat, Arc<Loaded<Case>>), AppError> {
        let missing = || AppError::not_found(consultation);
        let hats = self.hats(who, self.today()).await?;
        let case = self.load::<Consultation>(consultation).await?.ok_or_else(missing)?.state.case;
        let loaded = self.load::<Case>(case).await?.ok_or_else(missing)?;
        Ok((self.hat_in_participation(&hats, &loaded, verb).await?.ok_or_else(missing)?, loaded))
    }

    /// The hat for a verb that is done beside a case in its public participation, on a stream of the public's: the case's
    /// own `permits` says who may. `None` for whoever may not know of the case, and where it has no such stage.
    ///
    /// # Errors
    /// The refusal, for whoever may read the case.
    pub(super) async fn hat_in_participation(
        &self,
        hats: &[Hat],
        loaded: &Loaded<Case>,
        verb: Verb,
    ) -> Result<Option<Hat>, AppError> {
        let state = &loaded.state;
        let file = &state.file;
        let def = self.definition_of(loaded).await?;
        let time = state.time_class(&def, self.today());
        let Some(at) = def.positions(StageKind::PublicParticipation).next() else { return Ok(None) };
        let mut first = None;
        for hat in hats.iter().filter(|h| h.organ == file.organ) {
            let who = relations(hat, &def, state, verb);
            let verdict = permits(&def, &state.control, &state.facts, time, &who, verb, at);
            if verdict.permitted() {
                return Ok(Some(hat.clone()));
            }
            first = first.or(Some(verdict));
        }
        match first {
            Some(verdict) if self.may_read(hats, file.organ, file.units(), &file.hats) => {
                Err(refusal(&def, verb, at, verdict).into())
            }
            _ => Ok(None),
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
        self.write::<Consultation, _>(id, self.follow_up(organ, answers), |loaded| {
            Ok(match loaded {
                Some(_) => Vec::new(),
                None => vec![opening.clone().into()],
            })
        })
        .await
    }
}

fn sealed_commenter(body: &ConsultationEvent, commenter: &Commenter) -> Result<Option<Secret>, AppError> {
    match body {
        ConsultationEvent::CommentReceived { comment, .. } => Secret::of(comment, commenter),
        ConsultationEvent::Opened { .. }
        | ConsultationEvent::CommentAnswered { .. }
        | ConsultationEvent::CommenterOpened { .. }
        | ConsultationEvent::PersonalDataErased { .. }
        | ConsultationEvent::Closed { .. } => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_receipt_is_found_however_its_groups_are_typed() {
        let code = receipt_code([7; 32]);
        let bare = code.replace('-', "");
        for typed in [code.clone(), bare.clone(), code.replace('-', " "), format!(" {} ", bare.to_lowercase())] {
            assert_eq!(receipt_typed(&typed), code, "{typed}");
        }
        assert_ne!(receipt_typed(&bare[1..]), code);
    }
}
