//! Playing the demo: its own data folder, its own clock, its own server, and a package at the end.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, ensure};
use dingce_app::ports::Clock;
use dingce_domain::id::CaseId;
use dingce_domain::words::Volume;
use jiff::Timestamp;

use super::http_world::HttpWorld;
use super::road::{self, Ending};
use super::world::Line;
use crate::assemble::{Assembled, assemble};
use crate::outside::ManualClock;
use crate::settings::Settings;

/// What a played demo leaves in its data folder.
#[derive(Debug, Clone)]
pub struct Played {
    /// How the road ended.
    pub ending: Ending,
    /// The package of the decision volume.
    pub package: PathBuf,
    /// Whether the package verifies.
    pub verified: bool,
}

/// The instant at which the road begins: 2022-12-14 08:30 in Shanghai.
pub fn beginning() -> Timestamp {
    // 00:30 in UTC.
    Timestamp::from_second(1_670_977_800).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// Prepares a deployment for the road: the demo's staff, the shipped definition and register of legal bases, at
/// the road's beginning.
///
/// # Errors
/// Where the data folder is in use, or the staff cannot be entered.
pub async fn prepare(
    settings: Settings,
    clock: Arc<ManualClock>,
) -> anyhow::Result<(Arc<Assembled>, BTreeMap<String, String>)> {
    let time: Arc<dyn Clock> = clock;
    let assembled = Arc::new(assemble(settings, time).await?);
    let ids = crate::directory::set_up_demo(&assembled).await.context("the demo's staff could not be entered")?;
    let bases = crate::legal_bases::read(crate::legal_bases::SHIPPED)?;
    for organ in crate::setup::organs(&assembled).await? {
        assembled.app.import_legal_bases(organ, bases.clone()).await.context("the register of legal bases")?;
    }
    Ok((assembled, ids))
}

/// Plays the demo into a data folder, which must not hold anything yet.
///
/// # Errors
/// Where the folder is not empty or the road cannot be played to its end.
pub async fn run(data: &Path, tell: Box<dyn FnMut(Line<'_>) + Send>) -> anyhow::Result<Played> {
    let occupied = data.exists()
        && std::fs::read_dir(data).with_context(|| format!("{} cannot be read", data.display()))?.next().is_some();
    ensure!(!occupied, "{} is not empty: name another folder with --data, or remove it", data.display());
    let clock = Arc::new(ManualClock::at(beginning()));
    let (assembled, ids) = prepare(Settings::in_folder(data), Arc::clone(&clock)).await?;
    let mut world = HttpWorld::start(Arc::clone(&assembled), clock, ids, tell).await?;
    let played = road::play(&mut world).await;
    let ending = match played {
        Ok(ending) => ending,
        Err(error) => {
            world.stop().await?;
            return Err(error);
        }
    };
    let case: CaseId = ending.case.parse()?;
    let report = assembled.app.export_volume_unchecked(case, Volume::Decision, &data.join("packages")).await?;
    let package = report.path;
    let at = package.clone();
    let verified = tokio::task::spawn_blocking(move || dingce_archive::verify(&at).ok()).await?;
    world.stop().await?;
    Ok(Played { ending, package, verified })
}
