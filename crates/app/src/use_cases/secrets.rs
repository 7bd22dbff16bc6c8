//! Stubs of secret matters: entered, followed and ended by the office, without any content.

use dingce_domain::code::Code;
use dingce_domain::id::{SecretStubId, UnitId};
use dingce_domain::occasion::Manner;
use dingce_domain::rejection::Rejection;
use dingce_domain::secret::{EndSecretStub, EnterSecretStub, RecordSecretStep, SecretRef, SecretStub, SecretStubEvent};
use jiff::civil::Date;

use super::cases::Asked;
use crate::app::App;
use crate::envelope::uuid_named;
use crate::error::AppError;
use crate::policy::Right;
use crate::write::Done;

/// The id follows from organ and number, so that on no two nodes one number becomes two stubs.
fn stub_id(organ: UnitId, number: &str) -> SecretStubId {
    SecretStubId::new(uuid_named(format!("secret\n{organ}\n{number}").as_bytes()))
}

impl App {
    /// Fills in the number of the stub that a record of another register names by its id, where it names one.
    ///
    /// # Errors
    /// `NOT_FOUND` where the organ has registered none.
    pub(super) async fn secret_named(&self, organ: UnitId, secret: Option<&mut SecretRef>) -> Result<(), AppError> {
        let Some(SecretRef { stub, number }) = secret else { return Ok(()) };
        let missing = || AppError::from(Rejection::new(Code::NotFound).at("secret").given(&stub));
        let loaded = self.load::<SecretStub>(*stub).await?.filter(|l| l.tip.organ == organ).ok_or_else(missing)?;
        number.clone_from(&loaded.state.given.number);
        Ok(())
    }

    /// The stub with this number.
    ///
    /// # Errors
    /// `NOT_FOUND` where the organ has registered none.
    pub(super) async fn secret_numbered(&self, organ: UnitId, number: &str) -> Result<SecretRef, AppError> {
        let stub = stub_id(organ, number);
        let missing = || AppError::from(Rejection::new(Code::NotFound).at("secret").given(number));
        self.load::<SecretStub>(stub).await?.ok_or_else(missing)?;
        Ok(SecretRef { stub, number: number.to_owned() })
    }

    /// Enters the stub of a secret matter. Its number is its own in the organ.
    ///
    /// # Errors
    /// `FORBIDDEN`; `SECRET_CONTENT` where more than a stub is given; `ALREADY_THERE` where the number is taken.
    pub async fn enter_secret_stub(&self, asked: Asked, given: EnterSecretStub) -> Result<Done, AppError> {
        if let Some(done) = self.first_answer(asked.key.as_ref()).await? {
            return Ok(done);
        }
        let hat = self.entitled(asked.who, Right::KeepSecretStubs).await?;
        let event = SecretStub::enter(given.clone(), self.today())?;
        self.unit_known(hat.organ, given.classified_by, "classified_by").await?;
        self.unit_known(hat.organ, given.unit, "unit").await?;
        let id = stub_id(hat.organ, &given.number);
        let writing = self.writing(hat.actor, Manner::Online, hat.organ, asked.key);
        self.write::<SecretStub, _>(id, writing, |loaded| match loaded {
            Some(_) => Err(Rejection::new(Code::AlreadyThere).at("number").into()),
            None => Ok(vec![event.clone().into()]),
        })
        .await
    }

    /// Records that a step of a secret matter was done offline.
    ///
    /// # Errors
    /// `FORBIDDEN`; `NOT_FOUND`; a rejection for the step.
    pub async fn record_secret_step(
        &self,
        asked: Asked,
        stub: SecretStubId,
        given: RecordSecretStep,
    ) -> Result<Done, AppError> {
        self.on_stub(asked, stub, |known, today| known.record(given, today)).await
    }

    /// Ends the stub of a secret matter.
    ///
    /// # Errors
    /// `FORBIDDEN`; `NOT_FOUND`; a rejection for the end.
    pub async fn end_secret_stub(
        &self,
        asked: Asked,
        stub: SecretStubId,
        given: EndSecretStub,
    ) -> Result<Done, AppError> {
        self.on_stub(asked, stub, |known, today| known.end(given, today)).await
    }

    async fn on_stub(
        &self,
        asked: Asked,
        stub: SecretStubId,
        decide: impl Fn(&SecretStub, Date) -> Result<SecretStubEvent, Rejection>,
    ) -> Result<Done, AppError> {
        if let Some(done) = self.first_answer(asked.key.as_ref()).await? {
            return Ok(done);
        }
        let hat = self.entitled(asked.who, Right::KeepSecretStubs).await?;
        let missing = || AppError::not_found(stub);
        let loaded = self.load::<SecretStub>(stub).await?.ok_or_else(missing)?;
        if loaded.tip.organ != hat.organ {
            return Err(missing());
        }
        let today = self.today();
        let writing = self.writing(hat.actor, Manner::Online, hat.organ, asked.key);
        self.write::<SecretStub, _>(stub, writing, |loaded| {
            let loaded = loaded.ok_or_else(missing)?;
            Ok(vec![decide(&loaded.state, today)?.into()])
        })
        .await
    }
}
