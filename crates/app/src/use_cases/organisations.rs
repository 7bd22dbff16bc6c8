//! The directory: opened at set-up, kept by the registrar.

use dingce_domain::id::OrganisationId;
use dingce_domain::occasion::{Actor, Manner};
use dingce_domain::organisation::{Organisation, OrganisationEvent};
use dingce_domain::rejection::Rejection;
use dingce_domain::{check, code::Code};

use super::cases::Asked;
use crate::app::App;
use crate::error::AppError;
use crate::policy::Right;
use crate::write::Done;

impl App {
    /// Makes entries into a directory, all or none.
    ///
    /// # Errors
    /// `FORBIDDEN` for all but the registrar; a rejection that names the entry by its place.
    pub async fn enter_directory(
        &self,
        asked: Asked,
        id: OrganisationId,
        entries: Vec<OrganisationEvent>,
    ) -> Result<Done, AppError> {
        if let Some(done) = self.first_answer(asked.key.as_ref()).await? {
            return Ok(done);
        }
        let hat = self.entitled(asked.who, Right::KeepDirectory).await?;
        self.manner_known(&asked.manner).await?;
        let organ = hat.organ;
        let actor = hat.actor;
        let writing = self.writing(actor, asked.manner, organ, asked.key);
        check::count("entries", entries.len(), 1)?;
        self.write::<Organisation, _>(id, writing, |loaded| {
            let loaded = loaded.filter(|l| l.tip.organ == organ).ok_or_else(|| AppError::not_found(id))?;
            accepted(loaded.state.clone(), id, &entries)?;
            Ok(entries.iter().cloned().map(Into::into).collect())
        })
        .await
    }

    /// Sets up a directory, at installation: by whoever runs the program, on the record as the system's act.
    ///
    /// Harmless twice: a directory that is open is left as it is.
    ///
    /// # Errors
    /// A rejection that names the entry by its place.
    pub async fn set_up_directory(
        &self,
        id: OrganisationId,
        entries: Vec<OrganisationEvent>,
    ) -> Result<Done, AppError> {
        let Some(OrganisationEvent::Opened { organ, name, .. }) = entries.first() else {
            return Err(Rejection::new(Code::DirectoryConflict).at("entries.0").needed("organisation_opened").into());
        };
        check::line("entries.0.name", name)?;
        let writing = self.writing(Actor::System, Manner::Online, *organ, None);
        self.write::<Organisation, _>(id, writing, |loaded| {
            if loaded.is_some() {
                return Ok(Vec::new());
            }
            let corrupt = |error| AppError::internal("setting up a directory", error);
            let opened = Organisation::evolve(None, id, &entries[0]).map_err(corrupt)?;
            accepted(opened, id, &entries[1..])?;
            Ok(entries.iter().cloned().map(Into::into).collect())
        })
        .await
    }
}

/// Checks entries one after the other, each on the directory as the ones before leave it.
fn accepted(mut state: Organisation, id: OrganisationId, entries: &[OrganisationEvent]) -> Result<(), AppError> {
    for (i, entry) in entries.iter().enumerate() {
        state.accept(entry).map_err(|mut rejection| {
            let inner = rejection.path.take().map(|p| format!(".{p}")).unwrap_or_default();
            rejection.at(format!("entries.{i}{inner}"))
        })?;
        state = Organisation::evolve(Some(state), id, entry)
            .map_err(|error| AppError::internal("entering into a directory", error))?;
    }
    Ok(())
}
