//! Collections of finished decisions as JSON files: into the records, and out again as they came.
//!
//! A file is a list of dossiers, or an object with such a list as `decisions`; other members of the object are not
//! looked at. Every problem of a file is told at once, and a file with one enters nothing.

use anyhow::{Context, bail, ensure};
use dingce_app::Principal;
use dingce_app::policy::Right;
use dingce_app::ports::{Filter, ReadRow, RowQuery, Value as Cell};
use dingce_app::read_rows::DossierRow;
use dingce_domain::dossier::{EnterDossier, HistoricalDossier, HistoricalDossierEvent};
use serde_json::{Value, json};

use crate::assemble::Assembled;

/// What an import did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct Imported {
    /// Dossiers in the file.
    pub dossiers: usize,
    /// Departures from the rules that were marked.
    pub departures: usize,
    /// Dossiers with at least one.
    pub departing: usize,
}

/// The dossiers of a file.
///
/// # Errors
/// Every problem of the file, each with its place.
pub fn read(json: &str) -> anyhow::Result<Vec<EnterDossier>> {
    let whole: Value = serde_json::from_str(json).context("the file is no JSON")?;
    let list = match whole {
        Value::Array(list) => list,
        Value::Object(mut members) => match members.remove("decisions") {
            Some(Value::Array(list)) => list,
            _ => bail!("expected a list of dossiers, or an object with such a list as `decisions`"),
        },
        _ => bail!("expected a list of dossiers, or an object with such a list as `decisions`"),
    };
    ensure!(!list.is_empty(), "the list of dossiers is empty");
    let mut dossiers = Vec::with_capacity(list.len());
    let mut problems = Vec::new();
    for (at, value) in list.into_iter().enumerate() {
        match serde_json::from_value(value) {
            Ok(dossier) => dossiers.push(dossier),
            Err(error) => problems.push(format!("decisions[{at}]: {error}")),
        }
    }
    told(problems)?;
    Ok(dossiers)
}

fn told(problems: Vec<String>) -> anyhow::Result<()> {
    ensure!(problems.is_empty(), "{} problem(s):\n{}", problems.len(), problems.join("\n"));
    Ok(())
}

/// Enters dossiers into the records of somebody's organ, held against the definition in force or the named one. Harmless
/// twice: what was imported before is left as it is.
///
/// # Errors
/// Where they have no right to it; where a dossier cannot be kept, with every such problem and before anything is entered; where the store fails.
pub async fn import(
    assembled: &Assembled,
    who: Principal,
    definition: Option<&str>,
    dossiers: Vec<EnterDossier>,
) -> anyhow::Result<Imported> {
    let app = &assembled.app;
    app.entitled(who, Right::KeepDossiers).await?;
    let def = app.definition_in_force(definition, app.today()).await?;
    let mut done = Imported { dossiers: dossiers.len(), departures: 0, departing: 0 };
    let mut problems = Vec::new();
    for (at, dossier) in dossiers.iter().enumerate() {
        match HistoricalDossier::enter(dossier.clone(), &def) {
            Ok(HistoricalDossierEvent::Entered { departures, .. }) => {
                done.departures += departures.len();
                done.departing += usize::from(!departures.is_empty());
            }
            Ok(HistoricalDossierEvent::Explained { .. }) => {}
            Err(refused) => problems.push(format!("decisions[{at}] ({}): {refused}", dossier.title)),
        }
    }
    told(problems)?;
    for (at, dossier) in dossiers.into_iter().enumerate() {
        let title = dossier.title.clone();
        let entered = app.import_dossier(who, definition, dossier).await;
        entered.with_context(|| format!("decisions[{at}] ({title})"))?;
    }
    Ok(done)
}

/// The dossiers of somebody's organ as a file that [`read`] takes, in the order in which they were entered.
///
/// # Errors
/// Where they have no right to it; where the store fails.
pub async fn export(assembled: &Assembled, who: Principal) -> anyhow::Result<Value> {
    let organ = assembled.app.entitled(who, Right::ReadDossiers).await?.organ;
    let mut query = RowQuery::all(DossierRow::TABLE).with(Filter::Eq("organ", Cell::Text(organ.to_string())));
    query.order = vec!["entered_at"];
    let rows = assembled.app.rows::<DossierRow>(query).await?;
    let given = rows.iter().map(|row| serde_json::from_str::<Value>(&row.given_json));
    let decisions: Vec<Value> = given.collect::<Result<_, _>>().context("a row of a dossier cannot be read")?;
    Ok(json!({ "decisions": decisions }))
}
