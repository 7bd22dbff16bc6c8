//! Opening cases and acting on them.

use std::collections::BTreeSet;
use std::sync::Arc;

use dingce_domain::act::{Act, Command, OnboardedMatter, OpenCase};
use dingce_domain::case::Case;
use dingce_domain::code::Code;
use dingce_domain::condition::{FactValue, Facts};
use dingce_domain::definition::Definition;
use dingce_domain::file::CaseUnits;
use dingce_domain::hearing::HEARING_REQUIRED;
use dingce_domain::id::{CaseId, UnitId};
use dingce_domain::occasion::{Actor, Ids, Manner, Occasion};
use dingce_domain::permits::Relations;
use dingce_domain::rejection::Rejection;
use dingce_domain::verb::Verb;
use dingce_domain::words::{DocumentRef, Relation, StageId};
use dingce_domain::{check, decide};

use crate::app::App;
use crate::error::AppError;
use crate::principal::{FoundHats, Hat, Principal, system_relations};
use crate::stream::Loaded;
use crate::streams::case::DOCUMENT_NO;
use crate::write::{Decided, Done, RequestKey, Writing};

/// What an act comes with besides itself.
#[derive(Debug, Clone)]
pub struct Asked {
    /// Who asks.
    pub who: Principal,
    /// The key under which it may be repeated.
    pub key: Option<RequestKey>,
    /// How it was done.
    pub manner: Manner,
    /// Where the posts that were found for the act are left, for whoever shows what came of it: finding them takes
    /// several reads.
    pub hats: FoundHats,
}

impl App {
    /// Opens a case under a definition: the named version that is in force on the day, or the newest one.
    ///
    /// # Errors
    /// A rejection where the actor may not, or what is given cannot be accepted.
    pub async fn open_case(&self, asked: Asked, definition: Option<&str>, given: OpenCase) -> Result<Done, AppError> {
        self.begin_case(asked, definition, given, None).await
    }

    /// Opens a case for a matter that is under way elsewhere. What was done before comes in stage by stage, as late records.
    ///
    /// # Errors
    /// As [`App::open_case`].
    pub async fn onboard_case(
        &self,
        asked: Asked,
        definition: Option<&str>,
        opening: OpenCase,
        matter: OnboardedMatter,
    ) -> Result<Done, AppError> {
        self.begin_case(asked, definition, opening, Some(matter)).await
    }

    async fn begin_case(
        &self,
        asked: Asked,
        definition: Option<&str>,
        given: OpenCase,
        onboarded: Option<OnboardedMatter>,
    ) -> Result<Done, AppError> {
        if let Some(done) = self.first_answer(asked.key.as_ref()).await? {
            return Ok(done);
        }
        let now = self.now();
        let calendar = self.calendar();
        // Rights are those of the day on which it is entered: who enters it answers for the entry.
        let day = self.today();
        let hats = asked.hats.keep(self.hats(asked.who, day).await?);
        let def = self.definition_in_force(definition, day).await?;
        let units = CaseUnits { undertaking: given.undertaking_unit, executing: None, evaluating: None };
        let hat = pick(&hats, &def, units, Verb::OpenCase);
        let organ = hat.organ;
        self.unit_known(organ, given.undertaking_unit, "undertaking_unit").await?;
        if let Some(adjusted) = given.adjusts {
            self.adjustable(organ, adjusted).await?;
        }
        let mut given = given;
        if let Some(entry) = given.entry
            && self.entry_known(organ, entry).await? == Some(true)
        {
            listed_hearing(&def, &mut given.facts)?;
        }
        let study = self.proposal_to_open(hat, &given).await?;
        self.manner_known(&asked.manner).await?;
        if let Some(matter) = &onboarded {
            self.documents_known(&matter.documents).await?;
        }
        let id = CaseId::new(self.chance.id(now));
        let writing = Writing { now, ..self.writing(hat.actor.clone(), asked.manner.clone(), organ, asked.key) };
        self.write::<Case, _>(id, writing, |_| {
            let on = Occasion {
                actor: hat.actor.clone(),
                who: hat.relations(&def, units, Default::default(), Verb::OpenCase),
                now,
                manner: asked.manner.clone(),
                calendar: &calendar,
                ids: self.ids(now),
            };
            let given = given.clone();
            let events = match (onboarded.clone(), &study) {
                (Some(matter), _) => decide::onboard(&def, organ, given, matter, &on)?,
                (None, Some(study)) => decide::open_from_proposal(&def, organ, given, study.clone(), &on)?,
                (None, None) => decide::open(&def, organ, given, &on)?,
            };
            Ok(events.into_iter().map(Decided::from).collect())
        })
        .await
    }

    /// Does an act on a case.
    ///
    /// # Errors
    /// A rejection; `NOT_FOUND` also where the actor may not know of the case.
    pub async fn act(&self, asked: Asked, case: CaseId, command: Command) -> Result<Done, AppError> {
        if let Some(done) = self.first_answer(asked.key.as_ref()).await? {
            return Ok(done);
        }
        let now = self.now();
        let verb = command.act.verb();
        let day = self.today();
        let hats = asked.hats.keep(self.hats(asked.who, day).await?);
        let loaded = self.load::<Case>(case).await?.ok_or_else(|| AppError::not_found(case))?;
        let def = self.definition_of(&loaded).await?;
        let hat = self
            .hat_for(&hats, &def, &loaded, verb, command.stage.as_ref())
            .ok_or_else(|| AppError::not_found(case))?;
        self.documents_known(command.act.documents()).await?;
        self.manner_known(&asked.manner).await?;
        let command = self.complete(command, &loaded, &asked.manner).await?;
        let organ = loaded.tip.organ;
        let calendar = self.calendar();
        let writing = Writing { now, ..self.writing(hat.actor.clone(), asked.manner.clone(), organ, asked.key) };
        let done = self.write_on::<Case, _>(case, Some(Arc::clone(&loaded)), writing, |loaded| {
            let loaded = loaded.ok_or_else(|| AppError::not_found(case))?;
            let on = Occasion {
                actor: hat.actor.clone(),
                who: relations(hat, &def, &loaded.state, verb),
                now,
                manner: asked.manner.clone(),
                calendar: &calendar,
                ids: self.ids(now),
            };
            let events = decide::decide(&def, &loaded.state, command.clone(), &on)?;
            Ok(events.into_iter().map(Decided::from).collect())
        });
        match (done.await, &command.act) {
            (Err(AppError::Rejected(refused)), Act::IssueDecision(given))
                if refused.code == Code::DocumentNumberTaken =>
            {
                Err(self.number_taken(organ, &given.document_no, *refused).await?)
            }
            (done, _) => done,
        }
    }

    /// The refusal of a document number, with the decision that bears it.
    async fn number_taken(&self, organ: UnitId, number: &str, refused: Rejection) -> Result<AppError, AppError> {
        let refused = Rejection { verb: Some(Verb::IssueDecision), ..refused.given(number) };
        let Some(other) = self.store.claimed(organ, DOCUMENT_NO, number.trim()).await? else {
            return Ok(refused.into());
        };
        let other = self.load::<Case>(CaseId::new(other.value)).await?;
        Ok(other.map_or_else(|| refused.clone(), |case| refused.clone().needed(&case.state.file.title)).into())
    }

    /// Does what the system itself does to a case: the follow-up of another stream.
    pub(crate) async fn act_as_system(
        &self,
        case: CaseId,
        command: Command,
        answers: (dingce_domain::id::EventId, String),
    ) -> Result<Done, AppError> {
        let now = self.now();
        // Not a refusal: both must be there, and a message is not done because they are not.
        let missing = || AppError::internal("following up another stream", format!("{case} is not there"));
        let loaded = self.load::<Case>(case).await?.ok_or_else(missing)?;
        let def = self.definition_of(&loaded).await.map_err(|error| match error {
            AppError::Rejected(refused) => AppError::internal("following up another stream", *refused),
            other => other,
        })?;
        let calendar = self.calendar();
        let writing = Writing { now, ..self.follow_up(loaded.tip.organ, answers) };
        self.write_on::<Case, _>(case, Some(Arc::clone(&loaded)), writing, |loaded| {
            let loaded = loaded.ok_or_else(|| AppError::not_found(case))?;
            let on = Occasion {
                actor: Actor::System,
                who: system_relations(&def),
                now,
                manner: Manner::Online,
                calendar: &calendar,
                ids: self.ids(now),
            };
            let events = decide::decide(&def, &loaded.state, command.clone(), &on)?;
            Ok(events.into_iter().map(Decided::from).collect())
        })
        .await
    }

    /// Loads a case for somebody who may read it.
    ///
    /// # Errors
    /// `NOT_FOUND` also where they may not know of it.
    pub async fn case(&self, who: Principal, case: CaseId) -> Result<Arc<Loaded<Case>>, AppError> {
        let hats = self.hats(who, self.today()).await?;
        let loaded = self.load::<Case>(case).await?.ok_or_else(|| AppError::not_found(case))?;
        let file = &loaded.state.file;
        let readable = self.may_read(&hats, file.organ, file.units(), &file.hats)
            || self.mandated(&hats, file.organ, case, file.units()).await?;
        if readable { Ok(loaded) } else { Err(AppError::not_found(case)) }
    }

    /// That one of the hats may read a case.
    ///
    /// # Errors
    /// `NOT_FOUND` also where they may not know of it.
    pub(crate) async fn readable_case(&self, hats: &[Hat], case: CaseId) -> Result<(), AppError> {
        let missing = || AppError::not_found(case);
        let loaded = self.load::<Case>(case).await?.ok_or_else(missing)?;
        let file = &loaded.state.file;
        if self.may_read(hats, file.organ, file.units(), &file.hats) { Ok(()) } else { Err(missing()) }
    }

    /// Ids for one act.
    pub(crate) fn ids(&self, now: jiff::Timestamp) -> Ids {
        Ids::new((0..Ids::NEEDED).map(|_| self.chance.id(now)))
    }

    /// The hat to act in: of those that hold a role for the verb or may read the case, the one that fares best, as
    /// [`crate::use_cases::availability()`] tells it; an own post before one held for somebody else.
    fn hat_for<'a>(
        &self,
        hats: &'a [Hat],
        def: &Definition,
        loaded: &Loaded<Case>,
        verb: Verb,
        stage: Option<&StageId>,
    ) -> Option<&'a Hat> {
        let file = &loaded.state.file;
        hats.iter()
            .filter(|h| h.organ == file.organ)
            .filter_map(|hat| {
                let who = relations(hat, def, &loaded.state, verb);
                let granted = def.roles.iter().any(|r| r.may(verb, stage) && who.roles.contains(&r.id));
                let barred = def.forbids.iter().any(|f| f.verb == verb && who.relations.contains(&f.relation));
                let seen =
                    granted || { self.may_read(std::slice::from_ref(hat), file.organ, file.units(), &file.hats) };
                seen.then_some((hat, (!granted, barred)))
            })
            .min_by_key(|(_, fares)| *fares)
            .map(|(hat, _)| hat)
    }

    /// Checks how an act was done: offline on a day that has come, shown by documents on file.
    pub(crate) async fn manner_known(&self, manner: &Manner) -> Result<(), AppError> {
        let Manner::Offline { occurred_on, evidence } = manner else { return Ok(()) };
        check::not_after("occurred_on", *occurred_on, self.today())?;
        check::documents(evidence, 1).map_err(of_evidence)?;
        self.documents_known(evidence).await.map_err(|error| match error {
            AppError::Rejected(rejection) => of_evidence(*rejection).into(),
            other => other,
        })
    }

    /// Checks that documents are in the file store with the size stated.
    pub(crate) async fn documents_known(&self, documents: &[DocumentRef]) -> Result<(), AppError> {
        for (i, document) in documents.iter().enumerate() {
            let refuse = || Rejection::new(Code::DocumentUnknown).at(format!("documents.{i}")).given(document.digest);
            match self.files.stat(document.digest).await? {
                None => return Err(refuse().into()),
                Some(known) if known.size_bytes != document.size_bytes => {
                    // The bytes are there: what is wrong is what was said of them.
                    let size = format!("documents.{i}.size_bytes");
                    let needed = format!("{} bytes", known.size_bytes);
                    let given = format!("{} bytes", document.size_bytes);
                    return Err(Rejection::new(Code::DocumentUnknown).at(size).given(given).needed(needed).into());
                }
                Some(_) => {}
            }
        }
        Ok(())
    }

    pub(crate) async fn unit_known(&self, organ: UnitId, unit: UnitId, path: &str) -> Result<(), AppError> {
        if self.directory(organ).await?.state.units.contains_key(&unit) {
            return Ok(());
        }
        Err(Rejection::new(Code::DirectoryUnknown).at(path).given(unit).into())
    }
}

/// What shows an offline act stands apart from the documents of the act.
fn of_evidence(mut rejection: Rejection) -> Rejection {
    let rest = rejection.path.as_deref().and_then(|path| path.strip_prefix("documents")).map(str::to_owned);
    if let Some(rest) = rest {
        rejection.path = Some(format!("evidence{rest}"));
    }
    rejection
}

/// Where the catalogue says that a hearing is held, it is required from the start, and nobody opens the case otherwise. What
/// the catalogue keeps silent about, law may still ask for.
fn listed_hearing(def: &Definition, facts: &mut Facts) -> Result<(), Rejection> {
    let Some(spec) = def.facts.iter().find(|f| f.id.as_str() == HEARING_REQUIRED) else { return Ok(()) };
    match facts.insert(spec.id.clone(), FactValue::Bool(true)) {
        Some(given) if given != FactValue::Bool(true) => {
            Err(Rejection::new(Code::FactNotAcceptable).at(format!("facts.{}", spec.id)).given("false").needed("true"))
        }
        _ => Ok(()),
    }
}

fn pick<'a>(hats: &'a [Hat], def: &Definition, units: CaseUnits, verb: Verb) -> &'a Hat {
    hats.iter()
        .find(|h| {
            let who = h.relations(def, units, Default::default(), verb);
            def.roles_for(verb).any(|r| who.roles.contains(&r.id))
        })
        .unwrap_or(&hats[0])
}

/// What a hat is to a case, for a verb: under delegation both persons bring their past with them.
pub(crate) fn relations(hat: &Hat, def: &Definition, case: &Case, verb: Verb) -> Relations {
    let mut past: BTreeSet<Relation> = hat.persons().flat_map(|p| case.relations(Some(p), None)).collect();
    // Duties are separated between persons: whichever unit of theirs assessed counts.
    if hat.all_units.iter().any(|unit| case.file.assessors.units.contains(unit)) {
        past.insert(Relation::OfAssessingUnit);
    }
    hat.relations(def, case.file.units(), past, verb)
}
