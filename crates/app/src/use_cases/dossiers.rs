//! Historical dossiers: entering finished decisions, and explaining what departed from the rules.

use dingce_domain::dossier::{EnterDossier, ExplainDeparture, HistoricalDossier};
use dingce_domain::id::DossierId;
use dingce_domain::occasion::Manner;

use super::cases::Asked;
use crate::app::App;
use crate::error::AppError;
use crate::policy::Right;
use crate::principal::{FoundHats, Principal};
use crate::write::{Done, RequestKey};

impl App {
    /// Enters a finished decision as a dossier, and marks what departs from the definition in force today, or from the
    /// named one.
    ///
    /// # Errors
    /// `FORBIDDEN`, or a rejection where what is given cannot be kept.
    pub async fn enter_dossier(
        &self,
        asked: Asked,
        definition: Option<&str>,
        given: EnterDossier,
    ) -> Result<Done, AppError> {
        if let Some(done) = self.first_answer(asked.key.as_ref()).await? {
            return Ok(done);
        }
        let hat = self.entitled(asked.who, Right::KeepDossiers).await?;
        self.manner_known(&asked.manner).await?;
        let def = self.definition_in_force(definition, self.today()).await?;
        let writing = self.writing(hat.actor, asked.manner, hat.organ, asked.key);
        let id = DossierId::new(self.chance.id(writing.now));
        self.write::<HistoricalDossier, _>(id, writing, |_| {
            Ok(vec![HistoricalDossier::enter(given.clone(), &def)?.into()])
        })
        .await
    }

    /// The same for imports of collections. Harmless twice: a dossier of the same title and organ, as printed, is left as
    /// it is.
    ///
    /// # Errors
    /// As [`App::enter_dossier`].
    pub async fn import_dossier(
        &self,
        who: Principal,
        definition: Option<&str>,
        given: EnterDossier,
    ) -> Result<Done, AppError> {
        let key = RequestKey::new("import", "importDossier", &title_key(&given), &given)?;
        let asked = Asked { who, key: Some(key), manner: Manner::Online, hats: FoundHats::default() };
        self.enter_dossier(asked, definition, given).await
    }

    /// Explains a departure of a dossier.
    ///
    /// # Errors
    /// `FORBIDDEN`; `NOT_FOUND` where there is no such dossier or departure; a rejection for the explanation.
    pub async fn explain_departure(
        &self,
        asked: Asked,
        dossier: DossierId,
        given: ExplainDeparture,
    ) -> Result<Done, AppError> {
        if let Some(done) = self.first_answer(asked.key.as_ref()).await? {
            return Ok(done);
        }
        let hat = self.entitled(asked.who, Right::KeepDossiers).await?;
        let missing = || AppError::not_found(dossier);
        let loaded = self.load::<HistoricalDossier>(dossier).await?.ok_or_else(missing)?;
        if loaded.tip.organ != hat.organ {
            return Err(missing());
        }
        self.documents_known(&given.documents).await?;
        self.manner_known(&asked.manner).await?;
        let writing = self.writing(hat.actor, asked.manner, hat.organ, asked.key);
        self.write::<HistoricalDossier, _>(dossier, writing, |loaded| {
            let loaded = loaded.ok_or_else(|| AppError::not_found(dossier))?;
            Ok(vec![loaded.state.explain(given.clone())?.into()])
        })
        .await
    }
}

/// The key of an import: at most 200 characters, as keys are.
fn title_key(given: &EnterDossier) -> String {
    let organ = given.organ.as_ref().and_then(Option::as_deref).unwrap_or_default();
    let whole = format!("{} {organ}", given.title);
    format!("dossier {}", dingce_ledger::sha256(whole.as_bytes()))
}
