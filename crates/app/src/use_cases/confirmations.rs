//! Confirmations of a definition's values by the justice bureau of an organ, and the definition as it binds there.

use std::sync::{Arc, PoisonError};

use dingce_domain::case::Case;
use dingce_domain::confirmation::{ConfirmParameter, Confirmations, WithdrawConfirmation};
use dingce_domain::definition::Definition;
use dingce_domain::id::{Digest, UnitId};
use dingce_domain::occasion::Manner;
use dingce_domain::rejection::Rejection;
use dingce_domain::words::DocumentRef;
use jiff::ToSpan;

use super::cases::Asked;
use super::definitions::stream_of;
use crate::app::App;
use crate::error::AppError;
use crate::policy::Right;
use crate::stream::Loaded;
use crate::streams::{DefinitionEvent, KeptDefinition};
use crate::write::Done;

/// How long after midnight a definition as confirmed is read anew for every act: an act of the day before may still be
/// on its way to the store, and the clocks of nodes differ a little.
const SETTLING_MINUTES: i64 = 15;

impl App {
    /// Confirms that a value of a definition, which only advises by itself, binds the confirmer's organ from a day after
    /// this one.
    ///
    /// # Errors
    /// `FORBIDDEN`; `NOT_FOUND` for a definition that was not published here; a rejection by [`Confirmations::confirm`].
    pub async fn confirm_parameter(
        &self,
        asked: Asked,
        definition: Digest,
        given: ConfirmParameter,
    ) -> Result<Done, AppError> {
        self.on_confirmations(asked, definition, &given.documents, |known, def, organ, today| {
            Ok(DefinitionEvent::ParameterConfirmed { given: known.confirm(def, organ, given.clone(), today)? })
        })
        .await
    }

    /// Withdraws what the organ confirmed, from a day after this one.
    ///
    /// # Errors
    /// `FORBIDDEN`; `NOT_FOUND` for a definition that was not published here; a rejection by [`Confirmations::withdraw`].
    pub async fn withdraw_confirmation(
        &self,
        asked: Asked,
        definition: Digest,
        given: WithdrawConfirmation,
    ) -> Result<Done, AppError> {
        self.on_confirmations(asked, definition, &[], |known, _, organ, today| {
            Ok(DefinitionEvent::ConfirmationWithdrawn { given: known.withdraw(organ, given.clone(), today)? })
        })
        .await
    }

    async fn on_confirmations(
        &self,
        asked: Asked,
        definition: Digest,
        documents: &[DocumentRef],
        decide: impl Fn(&Confirmations, &Definition, UnitId, jiff::civil::Date) -> Result<DefinitionEvent, Rejection>,
    ) -> Result<Done, AppError> {
        if let Some(done) = self.first_answer(asked.key.as_ref()).await? {
            return Ok(done);
        }
        let hat = self.entitled(asked.who, Right::ConfirmParameter).await?;
        let def = self.definition(definition).await?;
        self.documents_known(documents).await?;
        let missing = || AppError::not_found(definition);
        let writing = self.writing(hat.actor, Manner::Online, hat.organ, asked.key);
        // The day on which it is recorded, also where the act crosses midnight.
        let today = self.calendar().zone().date_of(writing.now);
        self.write::<KeptDefinition, _>(stream_of(&def.name.to_string(), def.version), writing, |loaded| {
            let known = loaded.ok_or_else(missing)?;
            Ok(vec![decide(&known.state.confirmations, &def, hat.organ, today)?.into()])
        })
        .await
    }

    /// The definition under which a case runs, as it binds the organ of the case today and on every day before.
    ///
    /// # Errors
    /// As [`App::definition`].
    pub(crate) async fn definition_of(&self, case: &Loaded<Case>) -> Result<Arc<Definition>, AppError> {
        self.definition_for(case.state.file.definition.hash, case.tip.organ).await
    }

    /// A published definition as it binds an organ, today and on every day before.
    ///
    /// It is kept in memory for the day, without asking the store at every act, and is exact on every node all the same:
    /// confirmations and withdrawals take effect on a day after the one on which they are recorded, so what is recorded
    /// today changes nothing for acts of today or earlier.
    ///
    /// # Errors
    /// As [`App::definition`].
    pub async fn definition_for(&self, hash: Digest, organ: UnitId) -> Result<Arc<Definition>, AppError> {
        let today = self.today();
        let kept = self.confirmed.read().unwrap_or_else(PoisonError::into_inner).get(&(hash, organ)).cloned();
        if let Some((_, def)) = kept.filter(|(day, _)| *day == today) {
            return Ok(def);
        }
        let settled = self.calendar().zone().date_of(self.now() - SETTLING_MINUTES.minutes());
        let plain = self.definition(hash).await?;
        let stream = self.load::<KeptDefinition>(stream_of(&plain.name.to_string(), plain.version)).await?;
        let confirmed = stream.map(|kept| kept.state.confirmations.of(organ)).unwrap_or_default();
        let def = if confirmed.is_empty() { plain } else { Arc::new(Definition { confirmed, ..(*plain).clone() }) };
        let mut kept = self.confirmed.write().unwrap_or_else(PoisonError::into_inner);
        kept.insert((hash, organ), (settled, Arc::clone(&def)));
        Ok(def)
    }
}
