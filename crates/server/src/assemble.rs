//! Putting the application together: for the server, the commands, the demonstration and tests alike.

use std::sync::Arc;

use anyhow::{Context, bail};
use dingce_api::auth::Verifier;
use dingce_api::schema::{OfficialsSchema, PublicSchema, officials_schema, public_schema};
use dingce_app::policy::Policy;
use dingce_app::ports::{Chance, Clock};
use dingce_app::read_rows::TABLES;
use dingce_app::{App, Parts, Publisher};
use dingce_store::{FileAnchor, ObjectFiles, ObjectLog, OpenError, Store, StoreOptions};

use crate::outside::SystemChance;
use crate::settings::Settings;
use crate::{calendars, keys, tokens, witnesses};

/// The application with everything around it, not yet serving.
pub struct Assembled {
    /// The use cases.
    pub app: Arc<App>,
    /// The database behind them.
    pub store: Store,
    /// The settings it was made with.
    pub settings: Settings,
    /// Its clock.
    pub clock: Arc<dyn Clock>,
    /// Its chance; operation ids come from it too.
    pub chance: Arc<dyn Chance>,
    /// The schema of the console.
    pub officials: OfficialsSchema,
    /// The schema of the public.
    pub public: PublicSchema,
    /// Who verifies bearer tokens.
    pub verifier: Arc<Verifier>,
}

impl std::fmt::Debug for Assembled {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Assembled").field("store", &self.store).finish_non_exhaustive()
    }
}

/// How a database that is not ready is met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opening {
    /// An empty database is given its schema; anything else that does not fit is refused.
    ToServe,
    /// The same, but read tables may wait to be filled: for the commands that fill them.
    ToRebuild,
}

/// Puts the application together with the operating system's chance. Must be called inside a tokio runtime.
///
/// An empty database is given its schema; an older or newer one is refused.
///
/// # Errors
/// A sentence for the operator, with what to do where something can be done.
pub async fn assemble(settings: Settings, clock: Arc<dyn Clock>) -> anyhow::Result<Assembled> {
    assemble_with(settings, clock, Arc::new(SystemChance::default()), Opening::ToServe).await
}

/// The same with a chance of one's own, so that a demonstration or a test can be repeated.
///
/// # Errors
/// As [`assemble()`].
pub async fn assemble_with(
    settings: Settings,
    clock: Arc<dyn Clock>,
    chance: Arc<dyn Chance>,
    opening: Opening,
) -> anyhow::Result<Assembled> {
    keys::private_folder(&settings.data)?;
    let calendar = calendars::load(settings.calendars.as_deref())?;
    let policy = Policy::parse(Policy::SHIPPED)?;
    let master = keys::master(&settings)?;
    let verifier = Arc::new(tokens::verifier(&settings, Arc::clone(&clock))?);
    let files = ObjectFiles::folder(&settings.files(), settings.upload_limit_bytes)
        .with_context(|| format!("the folder of documents {} cannot be used", settings.files().display()))?;
    let store = open(&settings, opening).await?;
    let app = App::new(Parts {
        store: Arc::new(store.clone()),
        files: Arc::new(files),
        clock: Arc::clone(&clock),
        chance: Arc::clone(&chance),
        master,
        calendar,
        policy,
        publisher: Some(publisher(&settings)?),
    });
    let officials = officials_schema(Arc::clone(&app));
    let public = public_schema(Arc::clone(&app));
    Ok(Assembled { app, store, settings, clock, chance, officials, public, verifier })
}

/// Who publishes the log under these settings.
fn publisher(settings: &Settings) -> anyhow::Result<Publisher> {
    let signer = keys::log(settings)?;
    let key = signer.verifier().clone();
    let folder = ObjectLog::folder(&settings.published_log())
        .with_context(|| format!("the folder of the log {} cannot be used", settings.published_log().display()))?;
    let anchor = FileAnchor::folder(&settings.anchor())
        .with_context(|| format!("the folder of the anchor {} cannot be used", settings.anchor().display()))?;
    let cosigning = witnesses::cosigning(settings, &key)?;
    let mut publisher =
        Publisher::new(key, Arc::new(signer), Arc::new(folder), Arc::new(anchor)).after(keys::retired_log(settings)?);
    if let Some(sm2) = keys::log_sm2(settings)? {
        publisher = publisher.signing_beside(sm2.verifier().clone(), Arc::new(sm2));
    }
    Ok(match cosigning {
        Some(cosigning) => publisher.with_cosigning(cosigning),
        None => publisher,
    })
}

/// How the store is opened under these settings.
///
/// # Errors
/// Where the database's password cannot be read.
pub fn store_options(settings: &Settings) -> anyhow::Result<StoreOptions> {
    let mut options = StoreOptions::new(settings.database_url()?, TABLES.to_vec());
    options.connections = settings.database_connections;
    Ok(options)
}

async fn open(settings: &Settings, opening: Opening) -> anyhow::Result<Store> {
    let options = store_options(settings)?;
    let missing = settings.sqlite_file().filter(|file| !file.exists());
    if let Some(folder) = missing.as_ref().and_then(|file| file.parent()).filter(|f| !f.as_os_str().is_empty()) {
        keys::private_folder(folder)?;
    }
    let empty = match &missing {
        Some(_) => true,
        None => match Store::open(options.clone()).await {
            Ok(store) => return ready(store, opening).await,
            Err(OpenError::Older { found: 0, .. }) => true,
            Err(error @ (OpenError::Older { .. } | OpenError::OtherTables { .. })) => {
                return Err(anyhow::Error::new(error)
                    .context("the database was written by an older program: back it up, then run `dingce migrate`"));
            }
            Err(error @ OpenError::Newer { .. }) => {
                return Err(anyhow::Error::new(error).context(
                    "the database was written by a newer program: run that one, or restore a backup of this one",
                ));
            }
            Err(error) => return Err(error).context("the database cannot be opened"),
        },
    };
    if empty {
        let done = Store::migrate(&options).await.context("the empty database could not be given its schema")?;
        tracing::info!(version = done.to, "an empty database was given its schema");
    }
    ready(Store::open(options).await.context("the database cannot be opened")?, opening).await
}

async fn ready(store: Store, opening: Opening) -> anyhow::Result<Store> {
    let waiting = store.needs_rebuild().await.context("the database cannot be read")?;
    if opening == Opening::ToServe && !waiting.is_empty() {
        bail!(
            "read tables are not filled yet ({}): run `dingce migrate` or `dingce store rebuild`",
            waiting.join(", ")
        );
    }
    Ok(store)
}
