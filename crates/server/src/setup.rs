//! Bringing a deployment to what this program ships: definitions, their proofs, and read tables of a new shape.

use dingce_app::ports::{ReadRow, RowQuery};
use dingce_app::read_rows::OrganRow;
use dingce_app::use_cases::PublishError;
use dingce_domain::id::UnitId;

use anyhow::{Context, anyhow, bail};
use dingce_definition::shipped::{DEFINITIONS, base};

use crate::assemble::Assembled;

/// The whole text of a shipped definition.
fn whole(folder: &str) -> anyhow::Result<String> {
    let Some((name, text)) = DEFINITIONS.iter().find(|(name, _)| *name == folder) else {
        let known: Vec<_> = DEFINITIONS.iter().map(|(name, _)| *name).collect();
        bail!("no definition {folder:?} is shipped; `definitions` may name {}", known.join(", "));
    };
    let whole = dingce_definition::whole(text.as_bytes(), name, &base);
    Ok(whole.map_err(|problems| told(name, PublishError::Problems(problems)))?.text)
}

/// What was published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    /// The folder it stands in.
    pub name: String,
    /// Whether it is new here; else it was published before.
    pub new: bool,
}

/// Organs whose directory is kept here.
///
/// # Errors
/// Where the store fails.
pub async fn organs(assembled: &Assembled) -> anyhow::Result<Vec<UnitId>> {
    let rows = assembled.app.rows::<OrganRow>(RowQuery::all(OrganRow::TABLE)).await?;
    rows.iter().map(|row| row.organ.parse().context("reading an organ's id")).collect()
}

/// Publishes the shipped definitions that the settings name for an organ, each whole and after proving it. Harmless twice.
///
/// # Errors
/// Where one is not shipped or not proven, or cannot be written.
pub async fn publish_shipped(assembled: &Assembled, organ: UnitId) -> anyhow::Result<Vec<Published>> {
    let mut published = Vec::new();
    for name in &assembled.settings.definitions {
        let source = whole(name)?;
        let done = assembled.app.set_up_definition(organ, &source).await.map_err(|error| told(name, error))?;
        published.push(Published { name: name.clone(), new: !done.events.is_empty() });
    }
    assembled.app.settle().await?;
    Ok(published)
}

/// Says why a definition was not published, with every problem or violation.
pub fn told(name: &str, error: PublishError) -> anyhow::Error {
    match error {
        PublishError::Problems(problems) => {
            let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
            anyhow!("the definition {name} has problems:\n  {}", lines.join("\n  "))
        }
        PublishError::NotProven(_) => {
            anyhow!("the definition {name} is not proven; `dingce workflow check` shows the stories that must not be")
        }
        PublishError::App(error) => anyhow::Error::new(error).context(format!("the definition {name}")),
    }
}
