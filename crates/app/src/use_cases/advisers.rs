//! Legal advisers: the roster, engagements at any stage of a case, and what the record says of a year (R713 art. 28).

use dingce_domain::act::RecordAdvice;
use dingce_domain::adviser::{Adviser, AdviserAct, AdviserFigures, RetainAdviser};
use dingce_domain::case::Case;
use dingce_domain::code::Code;
use dingce_domain::definition::Definition;
use dingce_domain::engagement::{self, AskAdviser, Engagement, EngagementAct, EngagementState};
use dingce_domain::id::{AdviserId, EngagementId, PersonId, UnitId};
use dingce_domain::organisation::UnitKind;
use dingce_domain::rejection::Rejection;
use dingce_domain::verb::Verb;
use dingce_domain::words::Uptake;

use super::cases::Asked;
use crate::app::App;
use crate::error::AppError;
use crate::policy::Right;
use crate::ports::{Filter, ReadRow, RowQuery, Value};
use crate::principal::{Hat, Principal};
use crate::read_rows::{AdviserRow, EngagementRow};
use crate::stream::Loaded;
use crate::write::Done;

impl App {
    /// Puts somebody on the roster.
    ///
    /// # Errors
    /// `FORBIDDEN`, or a rejection of what is given.
    pub async fn retain_adviser(&self, asked: Asked, given: RetainAdviser) -> Result<Done, AppError> {
        if let Some(done) = self.first_answer(asked.key.as_ref()).await? {
            return Ok(done);
        }
        let hat = self.entitled(asked.who, Right::KeepAdvisers).await?;
        self.account_known(hat.organ, given.person).await?;
        self.documents_known(&given.documents).await?;
        self.manner_known(&asked.manner).await?;
        let on = self.on(&asked.manner);
        let writing = self.writing(hat.actor, asked.manner, hat.organ, asked.key);
        let id = AdviserId::new(self.chance.id(writing.now));
        self.write::<Adviser, _>(id, writing, |_| Ok(vec![Adviser::retain(given.clone(), on)?.into()])).await
    }

    /// Renews a term, ends one, or assesses a year, with what the record then says of it.
    ///
    /// # Errors
    /// `FORBIDDEN`, `NOT_FOUND`, or a rejection by the roster itself.
    pub async fn act_on_adviser(&self, asked: Asked, id: AdviserId, act: AdviserAct) -> Result<Done, AppError> {
        if let Some(done) = self.first_answer(asked.key.as_ref()).await? {
            return Ok(done);
        }
        let hats = asked.hats.keep(self.hats(asked.who, self.today()).await?);
        let missing = || AppError::not_found(id);
        let loaded = self.load::<Adviser>(id).await?.ok_or_else(missing)?;
        let hat = self.of_register(&hats, loaded.tip.organ, Right::KeepAdvisers, missing)?;
        let figures = match &act {
            AdviserAct::Assess(given) => self.adviser_figures(id, given.year).await?,
            AdviserAct::Renew(given) => {
                self.account_known(hat.organ, given.person).await?;
                AdviserFigures::default()
            }
            AdviserAct::Release(_) => AdviserFigures::default(),
        };
        self.documents_known(act.documents()).await?;
        self.manner_known(&asked.manner).await?;
        let on = self.on(&asked.manner);
        let writing = self.writing(hat.actor.clone(), asked.manner, hat.organ, asked.key);
        self.write::<Adviser, _>(id, writing, |loaded| {
            let state = &loaded.ok_or_else(missing)?.state;
            Ok(vec![state.decide(act.clone(), figures, on)?.into()])
        })
        .await
    }

    /// What the record says of an adviser's year: of the engagements that began in it.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn adviser_figures(&self, adviser: AdviserId, year: i16) -> Result<AdviserFigures, AppError> {
        let day = |year: i16| Value::Text(format!("{year:04}-01-01"));
        let query = RowQuery::all(EngagementRow::TABLE)
            .with(Filter::Eq("adviser", Value::Text(adviser.to_string())))
            .with(Filter::Ge("asked_on", day(year)))
            .with(Filter::Lt("asked_on", day(year.saturating_add(1))));
        let mut figures = AdviserFigures::default();
        for row in self.all_rows::<EngagementRow>(query).await? {
            figures.engagements += 1;
            match EngagementState::from_word(&row.state) {
                Some(EngagementState::Declined) => figures.declined += 1,
                Some(EngagementState::Advised | EngagementState::Disposed) => figures.opinions += 1,
                Some(EngagementState::Asked) | None => {}
            }
            match row.uptake.as_deref().and_then(Uptake::from_word) {
                Some(Uptake::Full) => figures.adopted += 1,
                Some(Uptake::Partial) => figures.partly += 1,
                Some(Uptake::None) => figures.not_adopted += 1,
                None => {}
            }
        }
        Ok(figures)
    }

    /// Advisers of somebody's organ in the order in which they were first retained, with what the record says of a year.
    ///
    /// # Errors
    /// `FORBIDDEN`.
    pub async fn advisers(&self, who: Principal, year: i16) -> Result<Vec<(AdviserRow, AdviserFigures)>, AppError> {
        let hat = self.entitled(who, Right::ReadAdvisers).await?;
        let mut query = RowQuery::all(AdviserRow::TABLE).with(Filter::Eq("organ", Value::Text(hat.organ.to_string())));
        query.order = vec!["retained_at"];
        let mut told = Vec::new();
        for row in self.all_rows::<AdviserRow>(query).await? {
            let id = row.adviser.parse().map_err(|error| AppError::internal("reading an adviser's id", error))?;
            let figures = self.adviser_figures(id, year).await?;
            told.push((row, figures));
        }
        Ok(told)
    }

    async fn account_known(&self, organ: UnitId, person: Option<PersonId>) -> Result<(), AppError> {
        let Some(person) = person else { return Ok(()) };
        if self.directory(organ).await?.state.persons.contains_key(&person) {
            return Ok(());
        }
        Err(Rejection::new(Code::DirectoryUnknown).at("person").given(person).into())
    }

    /// Asks an adviser who is on the roster on that day.
    ///
    /// # Errors
    /// `FORBIDDEN`; `NOT_FOUND` for an adviser or a case that the asker may not know of; `ADVISER_NOT_SERVING`; a rejection
    /// of what is given.
    pub async fn ask_adviser(&self, asked: Asked, given: AskAdviser) -> Result<Done, AppError> {
        if let Some(done) = self.first_answer(asked.key.as_ref()).await? {
            return Ok(done);
        }
        let hats = asked.hats.keep(self.hats(asked.who, self.today()).await?);
        let hat = hats
            .iter()
            .find(|h| self.allowed(std::slice::from_ref(h), Right::AskAdviser))
            .ok_or_else(|| Rejection::new(Code::Forbidden).given(asked.who.person).needed(Right::AskAdviser))?;
        let missing = || AppError::not_found(given.adviser);
        let adviser = self.load::<Adviser>(given.adviser).await?.filter(|l| l.tip.organ == hat.organ);
        let adviser = adviser.ok_or_else(missing)?;
        self.manner_known(&asked.manner).await?;
        let on = self.on(&asked.manner);
        let term = adviser.state.term().filter(|_| adviser.state.serves_on(on.day));
        let Some(term) = term else {
            let last = adviser.state.last_day().map_or_else(String::new, |day| format!("..{day}"));
            return Err(Rejection::new(Code::AdviserNotServing).at("adviser").given(on.day).needed(last).into());
        };
        if let Some(case) = given.case {
            self.readable_case(&hats, case).await?;
            if let Some(stage) = &given.stage {
                let loaded = self.load::<Case>(case).await?.ok_or_else(|| AppError::not_found(case))?;
                if !loaded.state.file.stages.iter().any(|known| known.id == *stage) {
                    return Err(Rejection::new(Code::StageUnknown).at("stage").given(stage).into());
                }
            }
        }
        self.documents_known(&given.documents).await?;
        // A section asks for the unit that it is part of.
        let directory = self.directory(hat.organ).await?;
        let section = |unit: &&UnitId| directory.state.units.get(unit).is_some_and(|u| u.kind == UnitKind::Section);
        let by_unit = hat.units.iter().find(|unit| !section(unit)).copied().unwrap_or(hat.unit);
        let whom = engagement::Asked { person: term.person, name: term.name.clone(), kind: term.kind, by_unit };
        let writing = self.writing(hat.actor.clone(), asked.manner, hat.organ, asked.key);
        let id = EngagementId::new(self.chance.id(writing.now));
        self.write::<Engagement, _>(id, writing, |_| Ok(vec![Engagement::ask(given.clone(), whom.clone(), on)?.into()]))
            .await
    }

    /// Gives or declines advice, by the adviser or entered from a signed opinion; or says how it was taken up, by the unit
    /// that asked.
    ///
    /// # Errors
    /// `FORBIDDEN`, `NOT_FOUND`, or a rejection by the engagement itself.
    pub async fn act_on_engagement(
        &self,
        asked: Asked,
        id: EngagementId,
        act: EngagementAct,
    ) -> Result<Done, AppError> {
        if let Some(done) = self.first_answer(asked.key.as_ref()).await? {
            return Ok(done);
        }
        let hats = asked.hats.keep(self.hats(asked.who, self.today()).await?);
        let missing = || AppError::not_found(id);
        let loaded = self.load::<Engagement>(id).await?.ok_or_else(missing)?;
        let whom = &loaded.state.whom;
        if !self.may_read_engagement(&hats, loaded.tip.organ, whom.by_unit, whom.person) {
            return Err(missing());
        }
        let (right, in_person) = match &act {
            EngagementAct::Give(_) | EngagementAct::Decline(_) => (Right::EnterAdvice, whom.person),
            EngagementAct::Dispose(_) => (Right::DisposeAdvice, None),
        };
        let hat = hats
            .iter()
            .filter(|h| h.organ == loaded.tip.organ)
            .find(|h| is_person(h, in_person) || self.allowed_as_undertaking(h, right, &[whom.by_unit]))
            .ok_or_else(|| Rejection::new(Code::Forbidden).given(asked.who.person).needed(right))?;
        self.documents_known(act.documents()).await?;
        self.manner_known(&asked.manner).await?;
        let on = self.on(&asked.manner);
        let writing = self.writing(hat.actor.clone(), asked.manner, hat.organ, asked.key);
        self.write::<Engagement, _>(id, writing, |loaded| {
            let state = &loaded.ok_or_else(missing)?.state;
            Ok(vec![state.decide(act.clone(), hat.actor.person(), on)?.into()])
        })
        .await
    }

    /// Whether one of the hats may read an engagement: some all of the organ's, the unit that asked its own, and the
    /// adviser what they are asked.
    pub fn may_read_engagement(&self, hats: &[Hat], organ: UnitId, by_unit: UnitId, adviser: Option<PersonId>) -> bool {
        hats.iter().any(|h| {
            h.organ == organ
                && (is_person(h, adviser) || self.allowed_as_undertaking(h, Right::ReadEngagements, &[by_unit]))
        })
    }

    /// Fills in what a legality review takes over from an engagement: the opinion is not typed twice.
    ///
    /// # Errors
    /// `NOT_FOUND` where the case has no such engagement; `ENGAGEMENT_NOT_OPEN` where no opinion was given;
    /// `DUTIES_SEPARATED` where the adviser may not advise in this case; `INPUT_NOT_ACCEPTABLE` where an opinion is given
    /// besides.
    pub(super) async fn advice_taken_over(
        &self,
        def: &Definition,
        case: &Loaded<Case>,
        given: &mut RecordAdvice,
    ) -> Result<(), AppError> {
        let Some(id) = given.engagement else { return Ok(()) };
        if given.absent || !given.text.is_empty() || !given.documents.is_empty() {
            return Err(Rejection::new(Code::InputNotAcceptable).at("text").needed("null").into());
        }
        let missing = || AppError::not_found(id);
        let loaded = self.load::<Engagement>(id).await?.filter(|l| l.tip.organ == case.tip.organ);
        let state = &loaded.filter(|l| l.state.given.case == Some(case.state.file.id)).ok_or_else(missing)?.state;
        let Some((advice, _)) = &state.advice else {
            let refused = Rejection::new(Code::EngagementNotOpen).at("engagement").given(state.stands());
            return Err(refused.needed(EngagementState::Advised).into());
        };
        // The adviser's own past counts, whoever enters the opinion (R713 art. 28).
        let past = case.state.relations(state.whom.person, None);
        let barred = def.forbids.iter().find(|f| f.verb == Verb::RecordAdvice && past.contains(&f.relation));
        if let Some(barred) = barred {
            let refused = Rejection::new(Code::DutiesSeparated).at("engagement").given(barred.relation);
            return Err(refused.by(&barred.source).into());
        }
        given.kind = state.whom.kind;
        given.text = advice.opinion.clone();
        given.documents = advice.documents.clone();
        Ok(())
    }
}

fn is_person(hat: &Hat, person: Option<PersonId>) -> bool {
    person.is_some_and(|wanted| hat.actor.person() == Some(wanted))
}
