//! Applications of the public to take part in a hearing, and what the draw is told of them.

use std::sync::Arc;

use dingce_domain::case::Case;
use dingce_domain::hearing::acts::{ApplicationPeriod, DrawHearingParticipants};
use dingce_domain::hearing::{Applicant, ApplyToHearing, ExcludeApplicant, Hearing, HearingEvent, HearingOpening};
use dingce_domain::id::{Digest, EventId, HearingId, UnitId};
use dingce_domain::occasion::{Actor, Manner, Occasion};
use dingce_domain::permits::Relations;
use dingce_domain::verb::Verb;

use super::cases::Asked;
use super::consultations::{receipt_code, receipt_typed};
use crate::app::App;
use crate::committer::Lane;
use crate::envelope;
use crate::error::AppError;
use crate::ports::{Filter, ReadRow, RowQuery, Value};
use crate::principal::{Hat, Principal};
use crate::read_rows::{PublicApplicationRow, PublicExclusionRow};
use crate::stream::Loaded;
use crate::write::{Decided, Done, RequestKey, Secret, Writing};

/// What a receipt code of an application finds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApplicationReceipt {
    /// That the application was received.
    pub received: PublicApplicationRow,
    /// Why the applicant was left out of the draw, if they were.
    pub excluded: Option<PublicExclusionRow>,
}

impl App {
    /// Takes an application from the public. The receipt in the answer is for the sender alone.
    ///
    /// # Errors
    /// A rejection where there is no such hearing, it takes no applications now, or what is given cannot be accepted;
    /// overloaded where too many wait.
    pub async fn apply_to_hearing(
        &self,
        key: Option<RequestKey>,
        hearing: HearingId,
        given: ApplyToHearing,
        applicant: Applicant,
    ) -> Result<Done, AppError> {
        if let Some(done) = self.first_answer(key.as_ref()).await? {
            return Ok(done);
        }
        self.take_application(&self.public, Actor::Public, Manner::Online, key, hearing, given, applicant).await
    }

    /// Enters an application that came by letter, telephone or visit.
    ///
    /// # Errors
    /// As [`App::apply_to_hearing`], and where the actor has no role for it.
    pub async fn enter_hearing_application(
        &self,
        asked: Asked,
        hearing: HearingId,
        given: ApplyToHearing,
        applicant: Applicant,
    ) -> Result<Done, AppError> {
        if let Some(done) = self.first_answer(asked.key.as_ref()).await? {
            return Ok(done);
        }
        let (hat, _) = self.of_hearing(asked.who, hearing, Verb::EnterHearingApplication).await?;
        self.manner_known(&asked.manner).await?;
        self.take_application(&self.officials, hat.actor, asked.manner, asked.key, hearing, given, applicant).await
    }

    async fn take_application(
        &self,
        lane: &Lane,
        actor: Actor,
        manner: Manner,
        key: Option<RequestKey>,
        hearing: HearingId,
        given: ApplyToHearing,
        applicant: Applicant,
    ) -> Result<Done, AppError> {
        let now = self.now();
        let calendar = self.calendar();
        let receipt = receipt_code(self.chance.bytes32());
        let loaded = self.load::<Hearing>(hearing).await?.ok_or_else(|| AppError::not_found(hearing))?;
        let writing = self.writing(actor.clone(), manner.clone(), loaded.tip.organ, key);
        let writing = Writing { lane, now, receipt: Some(receipt.clone()), ..writing };
        self.write::<Hearing, _>(hearing, writing, |loaded| {
            let state = &loaded.ok_or_else(|| AppError::not_found(hearing))?.state;
            let on = Occasion {
                actor: actor.clone(),
                who: Relations::default(),
                now,
                manner: manner.clone(),
                calendar: &calendar,
                ids: self.ids(now),
            };
            let body = state.receive(given.clone(), &applicant, receipt.clone(), &on)?;
            let sealed = sealed_applicant(&body, &applicant)?;
            Ok(vec![Decided { body, sealed }])
        })
        .await
    }

    /// Leaves an applicant out of the draw, before its seed can be known.
    ///
    /// # Errors
    /// A rejection where the actor may not, there is none of that code, or the instant of the draw has come.
    pub async fn exclude_hearing_applicant(
        &self,
        asked: Asked,
        hearing: HearingId,
        given: ExcludeApplicant,
    ) -> Result<Done, AppError> {
        if let Some(done) = self.first_answer(asked.key.as_ref()).await? {
            return Ok(done);
        }
        let (hat, loaded) = self.of_hearing(asked.who, hearing, Verb::ExcludeHearingApplicant).await?;
        let now = self.now();
        let writing = Writing { now, ..self.writing(hat.actor, asked.manner, loaded.tip.organ, asked.key) };
        self.write::<Hearing, _>(hearing, writing, |loaded| {
            let state = &loaded.ok_or_else(|| AppError::not_found(hearing))?.state;
            Ok(vec![state.exclude(given.clone(), now)?.into()])
        })
        .await
    }

    /// Who applied under a code, for those who list participants: they must be told that they were drawn.
    ///
    /// # Errors
    /// As [`App::exclude_hearing_applicant`]; `None` where the key was erased.
    pub async fn open_applicant(
        &self,
        who: Principal,
        hearing: HearingId,
        code: &str,
    ) -> Result<Option<Applicant>, AppError> {
        self.of_hearing(who, hearing, Verb::PublishHearingParticipants).await?;
        let missing = || AppError::not_found(hearing);
        let mut after = 0;
        loop {
            let page = self.store.events(hearing.into(), after, 1000).await?;
            let Some(last) = page.last() else { return Err(missing()) };
            after = last.n;
            for stored in &page {
                let recorded = envelope::read::<HearingEvent>(stored)?;
                if matches!(&recorded.body, HearingEvent::Received { code: known, .. } if known == code) {
                    return self.open_sealed(stored.event.sealed.as_ref()).await;
                }
            }
        }
    }

    /// What a receipt code of an application finds. Whoever has the code may ask.
    ///
    /// # Errors
    /// `NOT_FOUND` where there is none.
    pub async fn hearing_receipt(&self, code: &str) -> Result<ApplicationReceipt, AppError> {
        let text = |text: &str| Value::Text(text.to_owned());
        let code = receipt_typed(code);
        let query = RowQuery::all(PublicApplicationRow::TABLE).with(Filter::Eq("receipt", text(&code)));
        let received = self.row::<PublicApplicationRow>(query).await?.ok_or_else(|| AppError::not_found("receipt"))?;
        let query = RowQuery::all(PublicExclusionRow::TABLE)
            .with(Filter::Eq("hearing", text(&received.hearing)))
            .with(Filter::Eq("code", text(&received.code)));
        Ok(ApplicationReceipt { excluded: self.row::<PublicExclusionRow>(query).await?, received })
    }

    /// Fills in the draw from the hearing's own stream: all who applied, and the checkpoint that fixed the seed.
    pub(super) async fn fill_draw(
        &self,
        loaded: &Loaded<Case>,
        given: &mut DrawHearingParticipants,
    ) -> Result<(), AppError> {
        *given = DrawHearingParticipants { checkpoint: None, candidates: Vec::new(), seed_n: 0, seed_leaf: None };
        let Some(hearing) = &loaded.state.file.hearing else { return Ok(()) };
        let Some(applications) = self.load::<Hearing>(hearing.id).await? else { return Ok(()) };
        let state = &applications.state;
        given.candidates = state.candidates();
        if let Some((checkpoint, n)) = &state.seed {
            let fixed = self.store.events(hearing.id.into(), n - 1, 1).await?;
            given.checkpoint = Some(checkpoint.clone());
            given.seed_n = *n;
            given.seed_leaf = fixed.first().map(|stored| Digest::new(stored.event.leaf_hash));
        }
        Ok(())
    }

    /// The hat for a verb on the case of a hearing, after the case's own `permits`.
    async fn of_hearing(
        &self,
        who: Principal,
        hearing: HearingId,
        verb: Verb,
    ) -> Result<(Hat, Arc<Loaded<Case>>), AppError> {
        let missing = || AppError::not_found(hearing);
        let hats = self.hats(who, self.today()).await?;
        let case = self.load::<Hearing>(hearing).await?.ok_or_else(missing)?.state.opening.case;
        let loaded = self.load::<Case>(case).await?.ok_or_else(missing)?;
        Ok((self.hat_in_participation(&hats, &loaded, verb).await?.ok_or_else(missing)?, loaded))
    }

    /// Opens the stream of applications, as the follow-up of the case's event.
    pub(crate) async fn open_hearing(
        &self,
        opening: HearingOpening,
        id: HearingId,
        organ: UnitId,
        answers: (EventId, String),
    ) -> Result<Done, AppError> {
        self.follow_hearing(id, organ, answers, |loaded| match loaded {
            Some(_) => None,
            None => Some(HearingEvent::Opened { given: opening.clone() }),
        })
        .await
    }

    /// Takes applications again, because the hearing was put off and its notice says so.
    pub(crate) async fn reopen_hearing(
        &self,
        id: HearingId,
        period: ApplicationPeriod,
        answers: (EventId, String),
    ) -> Result<Done, AppError> {
        let organ = self.organ_of_hearing(id).await?;
        self.follow_hearing(id, organ, answers, |loaded| loaded.and_then(|state| state.reopen(period))).await
    }

    async fn organ_of_hearing(&self, id: HearingId) -> Result<UnitId, AppError> {
        // Not a refusal: the message that opens it comes first.
        let missing = || AppError::internal("following up another stream", format!("{id} is not there"));
        Ok(self.load::<Hearing>(id).await?.ok_or_else(missing)?.tip.organ)
    }

    /// Takes no more applications, because the hearing was cancelled.
    pub(crate) async fn end_hearing(&self, id: HearingId, answers: (EventId, String)) -> Result<Done, AppError> {
        let organ = self.organ_of_hearing(id).await?;
        self.follow_hearing(id, organ, answers, |loaded| {
            loaded.filter(|state| !state.ended).map(|_| HearingEvent::Ended {})
        })
        .await
    }

    async fn follow_hearing(
        &self,
        id: HearingId,
        organ: UnitId,
        answers: (EventId, String),
        what: impl Fn(Option<&Hearing>) -> Option<HearingEvent>,
    ) -> Result<Done, AppError> {
        self.write::<Hearing, _>(id, self.follow_up(organ, answers), |loaded| {
            Ok(what(loaded.map(|l| &l.state)).into_iter().map(Into::into).collect())
        })
        .await
    }
}

fn sealed_applicant(body: &HearingEvent, applicant: &Applicant) -> Result<Option<Secret>, AppError> {
    let HearingEvent::Received { application, .. } = body else { return Ok(None) };
    let plain = serde_json::to_value(applicant).map_err(|error| AppError::internal("sealing a body", error))?;
    Ok(Some(Secret { subject: application.to_string(), plain }))
}
