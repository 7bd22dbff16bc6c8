//! Supervision notices, and inspection mandates with what they let their teams see.

use std::collections::{BTreeMap, BTreeSet};

use dingce_domain::accountability::Subject;
use dingce_domain::code::Code;
use dingce_domain::file::CaseUnits;
use dingce_domain::id::{CaseId, InspectionMandateId, PersonId, SupervisionNoticeId, UnitId};
use dingce_domain::mandate::{EnterMandate, InspectionMandate, MandateAct};
use dingce_domain::rejection::Rejection;
use dingce_domain::supervision::{IssueNotice, NoticeAct, SupervisionNotice};

use super::accountability::keeper;
use super::cases::Asked;
use crate::app::App;
use crate::error::AppError;
use crate::policy::Right;
use crate::ports::{Direction, Filter, ReadRow, RowQuery, Value};
use crate::principal::{Hat, Principal};
use crate::read_rows::{MandateMemberRow, MandateRow, NoticeRow};
use crate::stream::Loaded;
use crate::write::Done;

impl App {
    /// Issues a supervision notice.
    ///
    /// # Errors
    /// `FORBIDDEN`; `NOT_FOUND` where the organ has no such case; `ACCOUNTABILITY_CONFLICT`; a rejection of what is given.
    pub async fn issue_notice(&self, asked: Asked, given: IssueNotice) -> Result<Done, AppError> {
        if let Some(done) = self.first_answer(asked.key.as_ref()).await? {
            return Ok(done);
        }
        let hat = self.entitled(asked.who, Right::IssueNotices).await?;
        self.case_of_organ(hat.organ, given.case, "case").await?;
        self.unit_known(hat.organ, given.unit, "unit").await?;
        self.documents_known(&given.documents).await?;
        self.manner_known(&asked.manner).await?;
        let directory = self.directory(hat.organ).await?;
        let concerned = self.concerned(Subject::Case(given.case), &[], &directory.state).await?;
        let (on, keeper, calendar) = (self.on(&asked.manner), keeper(&hat)?, self.calendar());
        let writing = self.writing(hat.actor, asked.manner, hat.organ, asked.key);
        let id = SupervisionNoticeId::new(self.chance.id(writing.now));
        self.write::<SupervisionNotice, _>(id, writing, |_| {
            Ok(vec![SupervisionNotice::issue(given.clone(), &keeper, &concerned, &calendar, on)?.into()])
        })
        .await
    }

    /// Answers a notice, or looks at the correction again.
    ///
    /// # Errors
    /// `FORBIDDEN`; `NOT_FOUND` also where the actor may not know of it; a rejection by the notice itself.
    pub async fn act_on_notice(&self, asked: Asked, id: SupervisionNoticeId, act: NoticeAct) -> Result<Done, AppError> {
        if let Some(done) = self.first_answer(asked.key.as_ref()).await? {
            return Ok(done);
        }
        let hats = asked.hats.keep(self.hats(asked.who, self.today()).await?);
        let missing = || AppError::not_found(id);
        let loaded = self.load::<SupervisionNotice>(id).await?.ok_or_else(missing)?;
        let unit = loaded.state.given.unit;
        if !self.may_read_notice(&hats, loaded.tip.organ, unit) {
            return Err(missing());
        }
        let right = match &act {
            NoticeAct::Answer(_) => Right::AnswerNotices,
            NoticeAct::Recheck(_) => Right::IssueNotices,
        };
        let hat = hats
            .iter()
            .find(|hat| hat.organ == loaded.tip.organ && self.allowed_as_undertaking(hat, right, &[unit]))
            .ok_or_else(|| Rejection::new(Code::Forbidden).given(asked.who.person).needed(right))?;
        self.documents_known(act.documents()).await?;
        self.manner_known(&asked.manner).await?;
        let (on, keeper, calendar) = (self.on(&asked.manner), keeper(hat)?, self.calendar());
        // The last day may have passed, and its timer not have fired yet: that goes on the record first, as nobody's act.
        self.wake_notice(id.into()).await?;
        let writing = self.writing(hat.actor.clone(), asked.manner, hat.organ, asked.key);
        self.write::<SupervisionNotice, _>(id, writing, |loaded| {
            let state = &loaded.ok_or_else(missing)?.state;
            Ok(vec![state.decide(act.clone(), &keeper, &calendar, on)?.into()])
        })
        .await
    }

    /// Whether one of the hats may read a notice to a unit.
    pub fn may_read_notice(&self, hats: &[Hat], organ: UnitId, unit: UnitId) -> bool {
        hats.iter().any(|hat| hat.organ == organ && self.allowed_as_undertaking(hat, Right::ReadNotices, &[unit]))
    }

    /// The query of notices that somebody may read, the latest first.
    ///
    /// # Errors
    /// `FORBIDDEN` where they hold no post.
    pub async fn notice_query(&self, who: Principal) -> Result<RowQuery, AppError> {
        let hats = self.hats(who, self.today()).await?;
        let organ = hats.first().map(|hat| Value::Text(hat.organ.to_string()));
        let mut query = RowQuery::all(NoticeRow::TABLE);
        query.filters.extend(organ.map(|organ| Filter::Eq("organ", organ)));
        if !self.allowed(&hats, Right::ReadNotices) {
            let own = hats.iter().filter(|hat| self.allowed_as_undertaking(hat, Right::ReadNotices, &[hat.unit]));
            let units = own.flat_map(|hat| hat.units.iter().map(|unit| Value::Text(unit.to_string()))).collect();
            query.filters.push(Filter::In("unit", units));
        }
        query.order = vec!["issued_at"];
        query.direction = Direction::Descending;
        Ok(query)
    }

    /// Enters an inspection mandate.
    ///
    /// # Errors
    /// `FORBIDDEN`; `DIRECTORY_UNKNOWN` or `NOT_FOUND` where the organ has no such person, unit or case; a rejection of what is
    /// given.
    pub async fn enter_mandate(&self, asked: Asked, given: EnterMandate) -> Result<Done, AppError> {
        if let Some(done) = self.first_answer(asked.key.as_ref()).await? {
            return Ok(done);
        }
        let hat = self.entitled(asked.who, Right::KeepMandates).await?;
        let directory = self.directory(hat.organ).await?;
        let mut units_of: BTreeMap<PersonId, BTreeSet<UnitId>> = BTreeMap::new();
        for (i, member) in given.members.iter().enumerate() {
            if !directory.state.persons.contains_key(member) {
                let unknown = Rejection::new(Code::DirectoryUnknown).at(format!("members.{i}"));
                return Err(unknown.given(member).into());
            }
            let posts = directory.state.posts_of(*member, self.today());
            // A section is of its department, and a unit of what it was before: whoever is of one of them inspects none.
            units_of.insert(*member, posts.flat_map(|(_, post)| with_line(&directory.state, post.unit)).collect());
        }
        for (i, unit) in given.units.iter().enumerate() {
            self.unit_known(hat.organ, *unit, &format!("units.{i}")).await?;
        }
        for (i, case) in given.cases.iter().enumerate() {
            self.case_of_organ(hat.organ, *case, &format!("cases.{i}")).await?;
        }
        self.documents_known(&given.documents).await?;
        self.manner_known(&asked.manner).await?;
        let (on, by) = (self.on(&asked.manner), keeper(&hat)?.person);
        let writing = self.writing(hat.actor, asked.manner, hat.organ, asked.key);
        let id = InspectionMandateId::new(self.chance.id(writing.now));
        self.write::<InspectionMandate, _>(id, writing, |_| {
            Ok(vec![InspectionMandate::enter(given.clone(), by, &units_of, on)?.into()])
        })
        .await
    }

    /// Revokes an inspection mandate.
    ///
    /// # Errors
    /// `FORBIDDEN`; `NOT_FOUND`; a rejection by the mandate itself.
    pub async fn act_on_mandate(
        &self,
        asked: Asked,
        id: InspectionMandateId,
        act: MandateAct,
    ) -> Result<Done, AppError> {
        if let Some(done) = self.first_answer(asked.key.as_ref()).await? {
            return Ok(done);
        }
        let hats = asked.hats.keep(self.hats(asked.who, self.today()).await?);
        let missing = || AppError::not_found(id);
        let loaded = self.load::<InspectionMandate>(id).await?.ok_or_else(missing)?;
        let hat = self.of_register(&hats, loaded.tip.organ, Right::KeepMandates, missing)?;
        self.manner_known(&asked.manner).await?;
        let (on, by) = (self.on(&asked.manner), keeper(hat)?.person);
        let writing = self.writing(hat.actor.clone(), asked.manner, hat.organ, asked.key);
        self.write::<InspectionMandate, _>(id, writing, |loaded| {
            let state = &loaded.ok_or_else(missing)?.state;
            let MandateAct::Revoke(given) = act.clone();
            Ok(vec![state.revoke(given, by, on)?.into()])
        })
        .await
    }

    /// The query of mandates of somebody's organ, the latest first.
    ///
    /// # Errors
    /// `FORBIDDEN`.
    pub async fn mandate_query(&self, who: Principal) -> Result<RowQuery, AppError> {
        let hat = self.entitled(who, Right::ReadMandates).await?;
        let organ = Value::Text(hat.organ.to_string());
        let mut query = RowQuery::all(MandateRow::TABLE).with(Filter::Eq("organ", organ));
        query.order = vec!["entered_at"];
        query.direction = Direction::Descending;
        Ok(query)
    }

    /// Mandates in force today whose team somebody is of. They are for their members in person: nobody inspects in another's
    /// place, and who holds no post on the day inspects nothing.
    async fn mandates_of(&self, hats: &[Hat]) -> Result<Vec<std::sync::Arc<Loaded<InspectionMandate>>>, AppError> {
        let Some(hat) = hats.first() else { return Ok(Vec::new()) };
        let Some(person) = hat.persons().next() else { return Ok(Vec::new()) };
        let today = self.today();
        let query = RowQuery::all(MandateMemberRow::TABLE)
            .with(Filter::Eq("person", Value::Text(person.to_string())))
            .with(Filter::Ge("until_on", Value::Text(today.to_string())));
        let mut mandates = Vec::new();
        for member in self.all_rows::<MandateMemberRow>(query).await? {
            let unreadable = |error| AppError::internal("reading a mandate's id", error);
            let id: InspectionMandateId = member.mandate.parse().map_err(unreadable)?;
            let loaded = self.load::<InspectionMandate>(id).await?;
            let of_organ = |l: &std::sync::Arc<Loaded<InspectionMandate>>| {
                l.tip.organ == hat.organ && l.state.in_force(person, today)
            };
            mandates.extend(loaded.filter(of_organ));
        }
        Ok(mandates)
    }

    /// Whether a mandate in force today lets somebody read and trace a case. A member who has come into a unit of the case since
    /// looks into it no more.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn mandated(
        &self,
        hats: &[Hat],
        organ: UnitId,
        case: CaseId,
        units: CaseUnits,
    ) -> Result<bool, AppError> {
        let own = |hat: &Hat| units.all().any(|unit| hat.all_units.contains(&unit));
        if hats.iter().any(|hat| hat.organ != organ || own(hat)) {
            return Ok(false);
        }
        let mandates = self.mandates_of(hats).await?;
        Ok(mandates.iter().any(|mandate| mandate.state.names(case, units.all())))
    }

    /// Cases and units that mandates in force today name for somebody, as values: lists hold these cases, and those of these
    /// units, beside what their posts let them see.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn mandated_scope(&self, hats: &[Hat]) -> Result<Vec<Value>, AppError> {
        let mut named = Vec::new();
        for mandate in self.mandates_of(hats).await? {
            named.extend(mandate.state.given.cases.iter().map(|case| Value::Text(case.to_string())));
            named.extend(mandate.state.given.units.iter().map(|unit| Value::Text(unit.to_string())));
        }
        Ok(named)
    }

    async fn case_of_organ(&self, organ: UnitId, case: CaseId, path: &str) -> Result<(), AppError> {
        if self.organ_of_subject(Subject::Case(case)).await? == Some(organ) {
            return Ok(());
        }
        Err(Rejection::new(Code::NotFound).at(path).given(case).into())
    }
}

fn with_line(directory: &dingce_domain::organisation::Organisation, unit: UnitId) -> Vec<UnitId> {
    directory.lineage(unit).into_iter().chain([unit]).collect()
}
