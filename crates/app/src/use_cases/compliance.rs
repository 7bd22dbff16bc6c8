//! The compliance sheet of a case and of a historical dossier: made from the stored events each time it is asked for, and
//! kept nowhere, so that it never says less than the record does.

use std::sync::Arc;

use dingce_domain::case::Case;
use dingce_domain::compliance::{Against, Entry, Sheet, of_case, of_dossier};
use dingce_domain::definition::Definition;
use dingce_domain::dossier::{HistoricalDossier, HistoricalDossierEvent};
use dingce_domain::event::CaseEvent;
use dingce_domain::id::{CaseId, DossierId, StreamId, UnitId};
use dingce_domain::legal_bases::LegalBases;
use serde::de::DeserializeOwned;

use crate::app::App;
use crate::envelope::{self, Recorded};
use crate::error::AppError;

impl App {
    /// The compliance sheet of a case, as its record stands today, with the definition that it was held against; none where there is no such case.
    ///
    /// # Errors
    /// Where the store fails, or the record cannot be read.
    pub async fn compliance_of_case(&self, case: CaseId) -> Result<Option<(Sheet, Arc<Definition>)>, AppError> {
        let Some(loaded) = self.load::<Case>(case).await? else { return Ok(None) };
        let def = self.definition_of(&loaded).await?;
        let recorded = self.all_recorded::<CaseEvent>(case.into()).await?;
        let entries = recorded.iter().map(|Recorded { envelope, body }| Entry {
            n: envelope.n,
            day: envelope.day(),
            offline: envelope.occurred_on.is_some(),
            evidence: &envelope.evidence,
            by: &envelope.by,
            event: body,
        });
        let register = self.register_of_bases(loaded.tip.organ).await?;
        let calendar = self.calendar();
        let against = Against { def: &def, calendar: &calendar, bases: register.as_ref(), as_of: self.today() };
        let sheet = Sheet::of(&of_case(entries), &against);
        Ok(Some((sheet, def)))
    }

    /// The compliance sheet of a historical dossier, with the definition that it was entered under and is
    /// held against; none where there is no such dossier.
    ///
    /// # Errors
    /// Where the store fails, or the record cannot be read.
    pub async fn compliance_of_dossier(
        &self,
        dossier: DossierId,
    ) -> Result<Option<(Sheet, Arc<Definition>)>, AppError> {
        let Some(loaded) = self.load::<HistoricalDossier>(dossier).await? else { return Ok(None) };
        let def = self.definition(loaded.state.definition).await?;
        let recorded = self.all_recorded::<HistoricalDossierEvent>(dossier.into()).await?;
        let events = recorded.iter().map(|recorded| (&recorded.envelope.by, &recorded.body));
        let register = self.register_of_bases(loaded.tip.organ).await?;
        let calendar = self.calendar();
        let against = Against { def: &def, calendar: &calendar, bases: register.as_ref(), as_of: self.today() };
        let sheet = Sheet::of(&of_dossier(events, &def), &against);
        Ok(Some((sheet, def)))
    }

    pub(super) async fn all_recorded<E: DeserializeOwned>(
        &self,
        stream: StreamId,
    ) -> Result<Vec<Recorded<E>>, AppError> {
        let mut all = Vec::new();
        self.each_stored(stream, 0, u64::MAX, |stored| {
            all.push(envelope::read::<E>(&stored)?);
            Ok(())
        })
        .await?;
        Ok(all)
    }

    /// The register of legal bases; none while nothing was entered, for an empty one would find everything unknown.
    async fn register_of_bases(&self, organ: UnitId) -> Result<Option<LegalBases>, AppError> {
        Ok(Some(self.legal_bases(organ).await?).filter(|register| register.n > 0))
    }
}
