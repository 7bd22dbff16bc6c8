//! Publishing the yearly catalogue.

use dingce_domain::catalogue::{Catalogue, PublishCatalogue};
use dingce_domain::id::{CatalogueId, EntryId};

use super::cases::Asked;
use crate::app::App;
use crate::error::AppError;
use crate::policy::Right;
use crate::write::{Done, Writing};

impl App {
    /// Publishes a catalogue as a list. Entry ids are drawn here; those given are not used.
    ///
    /// # Errors
    /// `FORBIDDEN`, or a rejection where the list cannot be accepted.
    pub async fn publish_catalogue(&self, asked: Asked, mut given: PublishCatalogue) -> Result<Done, AppError> {
        if let Some(done) = self.first_answer(asked.key.as_ref()).await? {
            return Ok(done);
        }
        let hat = self.entitled(asked.who, Right::PublishCatalogue).await?;
        self.manner_known(&asked.manner).await?;
        let now = self.now();
        let today = self.today();
        for entry in &mut given.entries {
            entry.id = EntryId::new(self.chance.id(now));
        }
        let id = CatalogueId::new(self.chance.id(now));
        let writing = Writing {
            lane: &self.officials,
            actor: hat.actor,
            manner: asked.manner,
            now,
            organ: hat.organ,
            key: asked.key,
            answers: None,
            receipt: None,
        };
        self.write::<Catalogue, _>(id, writing, |_| Ok(vec![Catalogue::publish(given.clone(), today)?.into()])).await
    }
}
