//! Moving a case to another version of its definition: what it would change, and the act.

use std::sync::Arc;

use dingce_definition as workflow;
use dingce_definition::Budget;
use dingce_definition::prove::Explorer;
use dingce_domain::case::Case;
use dingce_domain::code::Code;
use dingce_domain::definition::Definition;
use dingce_domain::id::{CaseId, Digest};
use dingce_domain::migration::{self, MigrateCase, MigrationObstacle, Plan};
use dingce_domain::occasion::Manner;
use dingce_domain::rejection::Rejection;

use super::cases::Asked;
use super::definitions::read;
use super::proofs::certificate;
use crate::app::App;
use crate::error::AppError;
use crate::policy::Right;
use crate::ports::{Filter, ReadRow, RowQuery, Value};
use crate::principal::{Hat, Principal};
use crate::read_rows::DefinitionRow;
use crate::stream::Loaded;
use crate::write::{Decided, Done};

/// What a move would do to a case, with both definitions.
#[derive(Debug, Clone)]
pub struct PlannedMigration {
    /// What it would do, and what stands against it.
    pub plan: Plan,
    /// The definition that the case runs under.
    pub from: Arc<Definition>,
    /// The one that it would run under.
    pub to: Arc<Definition>,
}

impl App {
    /// What moving a case to another version of its definition would do. Reads only.
    ///
    /// `target` is the printed hash of a published definition, or its name and version as `NAME@VERSION`. Where nothing else
    /// stands against it, the states of the target are explored as for its proof: seconds of one core.
    ///
    /// # Errors
    /// `FORBIDDEN` without the right to do it, `NOT_FOUND` also where the reader may not know of the case,
    /// `DEFINITION_NOT_USABLE` where there is no such definition, or it is not valid today, or not proven.
    pub async fn plan_migration(
        &self,
        who: Principal,
        case: CaseId,
        target: &str,
    ) -> Result<PlannedMigration, AppError> {
        let (_, loaded) = self.movable(who, case).await?;
        self.examine(&loaded, target).await
    }

    /// The same for whoever runs the program, without asking for their rights.
    ///
    /// # Errors
    /// As [`App::plan_migration`].
    pub async fn plan_migration_unchecked(&self, case: CaseId, target: &str) -> Result<PlannedMigration, AppError> {
        let loaded = self.load::<Case>(case).await?.ok_or_else(|| AppError::not_found(case))?;
        self.examine(&loaded, target).await
    }

    /// Moves a case to another version of its definition.
    ///
    /// `seen_n` is the number of the last event of the case that was seen, as the plan says it: what came in since may change what is
    /// explained.
    ///
    /// # Errors
    /// As [`App::plan_migration`]; `CONFLICT` where the case moved on since, `MIGRATION_IMPOSSIBLE` with the obstacle.
    pub async fn migrate_case(
        &self,
        asked: Asked,
        case: CaseId,
        target: &str,
        seen_n: u64,
        given: MigrateCase,
    ) -> Result<Done, AppError> {
        if let Some(done) = self.first_answer(asked.key.as_ref()).await? {
            return Ok(done);
        }
        let (hat, loaded) = self.movable(asked.who, case).await?;
        seen(&loaded, seen_n)?;
        let PlannedMigration { plan, .. } = self.examine(&loaded, target).await?;
        let today = self.today();
        let writing = self.writing(hat.actor, Manner::Online, loaded.tip.organ, asked.key);
        self.write_on::<Case, _>(case, Some(Arc::clone(&loaded)), writing, |loaded| {
            let loaded = loaded.ok_or_else(|| AppError::not_found(case))?;
            // What was explained is about the case as it was seen, and so is what the proof knows.
            seen(loaded, seen_n)?;
            let events = migration::migrate(&plan, &loaded.state, given.clone(), today)?;
            Ok(events.into_iter().map(Decided::from).collect())
        })
        .await
    }

    /// The hat that may move the case, and the case.
    async fn movable(&self, who: Principal, case: CaseId) -> Result<(Hat, Arc<Loaded<Case>>), AppError> {
        let hats = self.hats(who, self.today()).await?;
        let loaded = self.load::<Case>(case).await?.ok_or_else(|| AppError::not_found(case))?;
        let file = &loaded.state.file;
        if !self.may_read(&hats, file.organ, file.units(), &file.hats) {
            return Err(AppError::not_found(case));
        }
        let may = |hat: &Hat| hat.organ == file.organ && self.allowed(std::slice::from_ref(hat), Right::MigrateCase);
        let forbidden = || Rejection::new(Code::Forbidden).given(who.person).needed(Right::MigrateCase);
        let hat = hats.into_iter().find(may).ok_or_else(forbidden)?;
        Ok((hat, loaded))
    }

    async fn examine(&self, loaded: &Loaded<Case>, target: &str) -> Result<PlannedMigration, AppError> {
        let file = &loaded.state.file;
        let from = self.definition_for(file.definition.hash, file.organ).await?;
        let to = self.definition_for(self.usable(target).await?, file.organ).await?;
        let mut plan = migration::plan(&from, &to, &loaded.state);
        if plan.obstacles.is_empty() {
            let moved = plan.moved(&loaded.state);
            let law = Arc::clone(&to);
            // An exploration takes seconds of one core: it must not hold up requests.
            let known = tokio::task::spawn_blocking(move || Explorer::new(&law).knows(&moved, Budget::default()))
                .await
                .map_err(|error| AppError::internal("exploring a definition", error))?;
            match known {
                Some(true) => {}
                Some(false) => plan.refuse(MigrationObstacle::StateUnknown),
                None => plan.refuse(MigrationObstacle::StateUndecided),
            }
        }
        Ok(PlannedMigration { plan, from, to })
    }

    /// A published definition that is valid today and proven under the rules of this program.
    async fn usable(&self, target: &str) -> Result<Digest, AppError> {
        let refuse =
            |needed: String| Rejection::new(Code::DefinitionNotUsable).at("definition").given(target).needed(needed);
        let query = RowQuery::all(DefinitionRow::TABLE);
        let query = match target.split_once('@') {
            Some((name, version)) => {
                let version: u32 = version.parse().map_err(|_| refuse("NAME@VERSION".to_owned()))?;
                query
                    .with(Filter::Eq("name", Value::Text(name.to_owned())))
                    .with(Filter::Eq("version", Value::Int(i64::from(version))))
            }
            None => query.with(Filter::Eq("hash", Value::Text(target.to_owned()))),
        };
        let row = self.row::<DefinitionRow>(query).await?.ok_or_else(|| refuse("NAME@VERSION, sha256:…".to_owned()))?;
        let today = self.today().to_string();
        if row.valid_from > today || row.valid_to.as_ref().is_some_and(|end| *end <= today) {
            return Err(refuse(today).into());
        }
        let def = read(&row)?;
        if workflow::check_certificate(&def, &certificate(&row)?).is_err() {
            return Err(refuse("a proof under the rules of this program".to_owned()).into());
        }
        Ok(def.hash)
    }
}

/// The case is as it was seen.
fn seen(loaded: &Loaded<Case>, seen_n: u64) -> Result<(), Rejection> {
    if loaded.tip.n == seen_n {
        return Ok(());
    }
    Err(Rejection::new(Code::Conflict).at("version").given(seen_n).needed(loaded.tip.n))
}
