//! `dingce backup` and `dingce restore`.

use std::path::Path;

use anyhow::Context;
use dingce_store::Store;

use crate::assemble::store_options;
use crate::backup::{self, Copied};
use crate::console::Console;
use crate::settings::Settings;

pub(super) async fn backup(settings: Settings, out: &Path) -> anyhow::Result<bool> {
    let store = Store::open(store_options(&settings)?).await.context("the database cannot be opened")?;
    Console.progress("copying database, documents and keys …");
    let Copied { files, bytes } = backup::backup(&store, &settings, out).await?;
    store.close().await?;
    Console.result(format!("{}: {files} files, {bytes} bytes; every digest was checked", out.display()));
    Ok(true)
}

pub(super) async fn restore(settings: Settings, from: &Path) -> anyhow::Result<bool> {
    Console.progress("checking every digest of the backup …");
    let Copied { files, bytes } = backup::restore(&settings, from).await?;
    Console.result(format!("{files} files, {bytes} bytes were brought back"));
    Ok(true)
}
