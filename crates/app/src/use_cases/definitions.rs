//! Workflow definitions: published with their proof, found by hash or by day.

use std::sync::Arc;

use dingce_definition as workflow;
use dingce_definition::reference::BaseFile;
use dingce_domain::code::Code;
use dingce_domain::definition::Definition;
use dingce_domain::id::{DefinitionId, Digest, UnitId};
use dingce_domain::occasion::{Actor, Manner};
use dingce_domain::rejection::Rejection;
use dingce_domain::words::StageId;
use dingce_ledger as ledger;
use jiff::Timestamp;
use jiff::civil::Date;

use super::cases::Asked;
use super::proofs::certificate;
use crate::app::App;
use crate::envelope::uuid_named;
use crate::error::AppError;
use crate::policy::Right;
use crate::ports::{Filter, ReadRow, RowQuery, Value};
use crate::read_rows::DefinitionRow;
use crate::streams::{DefinitionEvent, KeptDefinition, PublishedDefinition};
use crate::write::Done;

/// Why a definition was not published.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// The file has problems.
    #[error("the definition has {} problems", .0.len())]
    Problems(Vec<workflow::problem::Problem>),
    /// The proof found a story that must not be, or could not be finished.
    #[error("the definition is not proven")]
    NotProven(Box<workflow::Proof>),
    /// It could not be written.
    #[error(transparent)]
    App(#[from] AppError),
}

impl App {
    /// Publishes a definition after proving it. Harmless twice: the same bytes are one definition.
    ///
    /// One that stands on another must find it published here; its whole is proven and kept, so that no case ever depends
    /// on the other.
    ///
    /// # Errors
    /// Problems with file and line, the stories of violations, or a rejection.
    pub async fn publish_definition(&self, asked: Asked, source: &str) -> Result<Done, PublishError> {
        if let Some(done) = self.first_answer(asked.key.as_ref()).await? {
            return Ok(done);
        }
        let hat = self.entitled(asked.who, Right::PublishDefinition).await?;
        let key = asked.key.clone();
        let bases = self.published_base(source).await?;
        let whole = workflow::whole(source.as_bytes(), "definition.yaml", &bases).map_err(PublishError::Problems)?;
        let prepared = self.prove_in_background(&whole.text).await?;
        Ok(self.write_definition(hat.actor, hat.organ, key, prepared).await?)
    }

    /// The published definition on which a file says that it stands. Of a version there is one text for ever.
    async fn published_base(&self, source: &str) -> Result<impl workflow::reference::Bases + use<>, AppError> {
        let mut found = None;
        if let Some(named) = workflow::reference::based_on(source.as_bytes()) {
            let query = RowQuery::all(DefinitionRow::TABLE)
                .with(Filter::Eq("name", Value::Text(named.name.to_string())))
                .with(Filter::Eq("version", Value::Int(i64::from(named.version))));
            found = self.row::<DefinitionRow>(query).await?;
        }
        Ok(move |_: &StageId, _: u32| {
            found.as_ref().map(|row| BaseFile {
                path: format!("{} {}", row.name, row.version),
                bytes: row.source.clone().into_bytes(),
            })
        })
    }

    /// Publishes the whole text of a shipped definition at set-up: by whoever runs the program, on the record as the system's act.
    ///
    /// # Errors
    /// As [`App::publish_definition`].
    pub async fn set_up_definition(&self, organ: UnitId, source: &str) -> Result<Done, PublishError> {
        let prepared = self.prove_in_background(source).await?;
        Ok(self.write_definition(Actor::System, organ, None, prepared).await?)
    }

    /// A proof takes seconds of one core: it must not hold up requests.
    pub(super) async fn prove_in_background(&self, source: &str) -> Result<PublishedDefinition, PublishError> {
        let source = source.to_owned();
        let now = self.now();
        tokio::task::spawn_blocking(move || prove(&source, now))
            .await
            .map_err(|error| AppError::internal("proving a definition", error))?
    }

    async fn write_definition(
        &self,
        actor: Actor,
        organ: UnitId,
        key: Option<crate::write::RequestKey>,
        published: PublishedDefinition,
    ) -> Result<Done, AppError> {
        let id = stream_of(&published.name, published.version);
        let writing = self.writing(actor, Manner::Online, organ, key);
        self.write::<KeptDefinition, _>(id, writing, |loaded| match loaded {
            Some(known) if known.state.given.hash == published.hash => Ok(Vec::new()),
            Some(_) => Err(Rejection::new(Code::AlreadyThere)
                .at("version")
                .given(format!("{} {}", published.name, published.version))
                .needed(published.version.saturating_add(1))
                .into()),
            None => Ok(vec![DefinitionEvent::Published { given: published.clone() }.into()]),
        })
        .await
    }

    /// A published definition by its hash. Old ones load for ever.
    ///
    /// # Errors
    /// Where it was never published here, or its bytes are no longer the ones that were.
    pub async fn definition(&self, hash: Digest) -> Result<Arc<Definition>, AppError> {
        if let Some(known) =
            self.definitions.read().unwrap_or_else(std::sync::PoisonError::into_inner).get(&hash).cloned()
        {
            return Ok(known);
        }
        let query = RowQuery::all(DefinitionRow::TABLE).with(Filter::Eq("hash", Value::Text(hash.to_string())));
        let row = self.row::<DefinitionRow>(query).await?.ok_or_else(|| AppError::not_found(hash))?;
        let def = Arc::new(read(&row)?);
        self.definitions.write().unwrap_or_else(std::sync::PoisonError::into_inner).insert(hash, Arc::clone(&def));
        Ok(def)
    }

    /// The newest version of a definition that is valid on a day; of the only one, where no name is given.
    ///
    /// # Errors
    /// `DEFINITION_NOT_USABLE` where there is none, or several and no name.
    pub async fn definition_in_force(&self, name: Option<&str>, day: Date) -> Result<Arc<Definition>, AppError> {
        let mut query = RowQuery::all(DefinitionRow::TABLE);
        if let Some(name) = name {
            query = query.with(Filter::Eq("name", Value::Text(name.to_owned())));
        }
        let day = day.to_string();
        let mut valid: Vec<_> = self
            .rows::<DefinitionRow>(query)
            .await?
            .into_iter()
            .filter(|d| d.valid_from <= day && d.valid_to.as_ref().is_none_or(|end| &day < end))
            .collect();
        valid.sort_by_key(|d| d.version);
        let refuse = |needed: String| {
            Rejection::new(Code::DefinitionNotUsable).at("definition").given(name.unwrap_or("null")).needed(needed)
        };
        let Some(newest) = valid.last() else { return Err(refuse(day).into()) };
        if valid.iter().any(|d| d.name != newest.name) {
            let mut names: Vec<_> = valid.iter().map(|d| d.name.as_str()).collect();
            names.dedup();
            return Err(refuse(names.join(", ")).into());
        }
        let hash = newest.hash.parse().map_err(|error| AppError::internal("reading a definition", error))?;
        let def = self.definition(hash).await?;
        if workflow::check_certificate(&def, &certificate(newest)?).is_err() {
            return Err(refuse("a proof under the rules of this program".to_owned()).into());
        }
        Ok(def)
    }
}

/// The stream of a definition. It follows from name and version: publishing twice meets the same stream, and two files
/// cannot become one version, on whichever nodes they are published at once.
pub(super) fn stream_of(name: &str, version: u32) -> DefinitionId {
    DefinitionId::new(uuid_named(format!("{name}\n{version}").as_bytes()))
}

pub(super) fn read(row: &DefinitionRow) -> Result<Definition, AppError> {
    let def = workflow::parse(row.source.as_bytes(), &row.name).map_err(|problems| {
        let first = problems.first().map(ToString::to_string).unwrap_or_default();
        AppError::internal(format!("reading the published definition {}", row.name), first)
    })?;
    if def.hash.to_string() != row.hash {
        return Err(AppError::internal(
            format!("reading the published definition {}", row.name),
            format!("its bytes have the hash {}, not {}", def.hash, row.hash),
        ));
    }
    Ok(def)
}

fn prove(source: &str, now: Timestamp) -> Result<PublishedDefinition, PublishError> {
    let def = workflow::parse(source.as_bytes(), "definition.yaml").map_err(PublishError::Problems)?;
    let proof = workflow::prove(&def, workflow::Budget::default());
    let Some(certificate) = workflow::Certificate::of(&def, &proof, now) else {
        return Err(PublishError::NotProven(Box::new(proof)));
    };
    let certificate =
        serde_json::to_value(&certificate).map_err(|error| AppError::internal("writing a certificate", error))?;
    Ok(PublishedDefinition {
        hash: Digest::new(*ledger::sha256(source.as_bytes()).as_bytes()),
        name: def.name.to_string(),
        version: def.version,
        title_zh: def.title.zh.clone(),
        title_en: def.title.en.clone(),
        valid_from: def.valid_from,
        valid_to: def.valid_to,
        source: source.to_owned(),
        certificate,
    })
}
