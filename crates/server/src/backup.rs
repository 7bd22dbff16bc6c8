//! Copying a deployment out and back in: database, documents and keys, held together by a manifest of digests.
//!
//! The database is copied first and documents after it. Documents are written before the events that name them and are
//! never removed, so the copy has every document that its events name, while the server goes on.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Read, Write};
use std::path::{Component, Path, PathBuf};

use anyhow::{Context, bail, ensure};
use dingce_store::Store;

use crate::assemble::store_options;
use crate::keys;
use crate::settings::Settings;
use crate::whole;

/// Name of the manifest: a line for each file, as `sha256sum --check` reads it.
pub const MANIFEST: &str = "manifest-sha256.txt";

const DATABASE: &str = "database";
const FILES: &str = "files";
const KEYS: &str = "keys";
const MASTER: &str = "master.key";
const NAMES: &str = "directory-keys.json";

/// What was copied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Copied {
    /// How many files.
    pub files: usize,
    /// Their size.
    pub bytes: u64,
}

/// Copies a deployment into a folder that is empty or not there. The manifest is written last: without it there is no
/// backup.
///
/// # Errors
/// Where the folder is not empty, or something cannot be read or written.
pub async fn backup(store: &Store, settings: &Settings, out: &Path) -> anyhow::Result<Copied> {
    ensure!(is_empty(out)?, "{} is not empty; choose an empty folder", out.display());
    keys::private_folder(out)?;
    keys::private_folder(&out.join(DATABASE))?;
    store.backup_database(&out.join(DATABASE)).await?;
    let (settings, out) = (settings.clone(), out.to_owned());
    tokio::task::spawn_blocking(move || {
        // Only documents under their digest: what lies beside them is an upload that is not finished.
        copy_tree(&settings.files().join("sha256"), &out.join(FILES).join("sha256"))?;
        copy_keys(&settings, &out)?;
        let listed = list(&out)?;
        write_manifest(&out, &listed)?;
        // Read back: a copy that cannot be read is told of now, not when it is needed.
        check(&out)
    })
    .await
    .context("copying broke off")?
}

/// What lies beside the master key, and its name in a backup; each where it is there. What a witness has is no part of it: a
/// deployment that is brought back must not make its witness forget.
fn beside(settings: &Settings) -> [(PathBuf, &'static str); 7] {
    let key = |name| (settings.keys().join(name), name);
    [
        key(keys::TOKEN_KEY),
        key(keys::LOG_KEY),
        key(keys::NEXT_LOG_KEY),
        key(keys::LOG_SM2_KEY),
        key(keys::NEXT_LOG_SM2_KEY),
        key(keys::RETIRED_LOG_KEYS),
        (settings.directory_keys(), NAMES),
    ]
}

fn copy_keys(settings: &Settings, out: &Path) -> anyhow::Result<()> {
    let folder = out.join(KEYS);
    keys::private_folder(&folder)?;
    copy_private(&settings.master_key(), &folder.join(MASTER))?;
    for (from, name) in beside(settings) {
        if from.exists() {
            copy_private(&from, &folder.join(name))?;
        }
    }
    Ok(())
}

/// Brings a backup back into an empty place. Every digest is checked before anything is written, and what was written
/// is checked again.
///
/// # Errors
/// Where the backup is not whole, the place is not empty, or something cannot be written.
pub async fn restore(settings: &Settings, from: &Path) -> anyhow::Result<Copied> {
    let checked = {
        let from = from.to_owned();
        tokio::task::spawn_blocking(move || check(&from)).await.context("checking broke off")??
    };
    ensure!(is_empty(&settings.files())?, "{} is not empty", settings.files().display());
    ensure!(is_empty(&settings.keys())?, "{} is not empty", settings.keys().display());
    ensure!(!settings.master_key().exists(), "{} is there already", settings.master_key().display());
    keys::private_folder(&settings.data)?;
    if let Some(folder) = settings.sqlite_file().as_deref().and_then(Path::parent).filter(|f| !f.as_os_str().is_empty())
    {
        keys::private_folder(folder)?;
    }
    let options = store_options(settings)?;
    Store::restore_database(&options.url, &from.join(DATABASE)).await?;
    let (settings, from) = (settings.clone(), from.to_owned());
    tokio::task::spawn_blocking(move || {
        copy_tree(&from.join(FILES), &settings.files())?;
        keys::private_folder(&settings.keys())?;
        let master = settings.master_key();
        if let Some(folder) = master.parent().filter(|f| !f.as_os_str().is_empty()) {
            keys::private_folder(folder)?;
        }
        let copied = from.join(KEYS);
        copy_private(&copied.join(MASTER), &master)?;
        for (to, name) in beside(&settings) {
            if copied.join(name).exists() && !to.exists() {
                copy_private(&copied.join(name), &to)?;
            }
        }
        same(&from.join(FILES), &settings.files())
    })
    .await
    .context("restoring broke off")??;
    Ok(checked)
}

/// Checks that a backup is exactly what its manifest lists.
///
/// # Errors
/// The first file that is missing, changed or too many.
pub fn check(folder: &Path) -> anyhow::Result<Copied> {
    let text = std::fs::read_to_string(folder.join(MANIFEST))
        .with_context(|| format!("{} holds no finished backup: it has no {MANIFEST}", folder.display()))?;
    let mut listed = BTreeMap::new();
    for line in text.lines() {
        let (digest, path) = line.split_once("  ").context("the manifest has a line of another form")?;
        listed.insert(path.to_owned(), digest.to_owned());
    }
    let found = list(folder)?;
    let mut bytes = 0;
    for (path, (digest, size)) in &found {
        match listed.remove(path) {
            Some(expected) if expected == *digest => bytes += size,
            Some(_) => bail!("the backup is not whole: {path} was changed"),
            None => bail!("the backup is not whole: {path} is not in its manifest"),
        }
    }
    if let Some(missing) = listed.keys().next() {
        bail!("the backup is not whole: {missing} is missing");
    }
    ensure!(found.keys().any(|path| path.starts_with("database/")), "the backup holds no database");
    Ok(Copied { files: found.len(), bytes })
}

fn same(one: &Path, other: &Path) -> anyhow::Result<()> {
    ensure!(!one.exists() || list(one)? == list(other)?, "{} was not copied as it is", one.display());
    Ok(())
}

fn is_empty(folder: &Path) -> anyhow::Result<bool> {
    match std::fs::read_dir(folder) {
        Ok(mut entries) => Ok(entries.next().is_none()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(true),
        Err(error) => Err(error).with_context(|| format!("{} cannot be read", folder.display())),
    }
}

/// Every file below a folder: its path, its SHA-256 in hex, and its size. Links are refused.
fn list(folder: &Path) -> anyhow::Result<BTreeMap<String, (String, u64)>> {
    let mut found = BTreeMap::new();
    for path in walk(folder)? {
        let name = name_of(folder, &path)?;
        if name != MANIFEST {
            found.insert(name, digest(&path)?);
        }
    }
    Ok(found)
}

fn walk(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(here) = folders.pop() {
        let entries = match std::fs::read_dir(&here) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
            entries => entries.with_context(|| format!("{} cannot be read", here.display()))?,
        };
        for entry in entries {
            let entry = entry?;
            let kind = entry.file_type()?;
            if kind.is_dir() {
                folders.push(entry.path());
            } else if kind.is_file() {
                files.push(entry.path());
            } else {
                bail!("{} is neither a file nor a folder", entry.path().display());
            }
        }
    }
    files.sort();
    Ok(files)
}

/// A path below a folder, with `/` between its parts on every system.
fn name_of(folder: &Path, path: &Path) -> anyhow::Result<String> {
    let parts: Option<Vec<&str>> = path
        .strip_prefix(folder)?
        .components()
        .map(|part| match part {
            Component::Normal(name) => name.to_str().filter(|n| !n.contains(['\n', '\r'])),
            _ => None,
        })
        .collect();
    Ok(parts.with_context(|| format!("{} has a name that a manifest cannot hold", path.display()))?.join("/"))
}

/// SHA-256 in hex, and size.
fn digest(path: &Path) -> anyhow::Result<(String, u64)> {
    pass(path, |_| Ok(()))
}

/// The same, while the bytes go on a piece at a time.
fn pass(path: &Path, mut on: impl FnMut(&[u8]) -> anyhow::Result<()>) -> anyhow::Result<(String, u64)> {
    let about = || format!("{} cannot be read", path.display());
    let mut file = File::open(path).with_context(about)?;
    let mut hasher = dingce_ledger::Hasher::new();
    let mut piece = vec![0; 64 * 1024];
    let mut size = 0;
    loop {
        let read = file.read(&mut piece).with_context(about)?;
        if read == 0 {
            return Ok((hex::encode(hasher.finish().as_bytes()), size));
        }
        hasher.update(&piece[..read]);
        on(&piece[..read])?;
        size += read as u64;
    }
}

/// Copies documents that are missing here, each only where its bytes have the digest that is its name. Gives how many. Of a
/// document 64 KiB are held.
///
/// # Errors
/// Where something cannot be read or written, or a document is not what its name says. Those before it are copied, and it is not.
pub fn copy_missing_documents(from: &Path, to: &Path) -> anyhow::Result<usize> {
    let (from, to) = (from.join("sha256"), to.join("sha256"));
    let mut copied = 0;
    for path in walk(&from)? {
        let name = name_of(&from, &path)?;
        let target = to.join(&name);
        if name.contains('#') || target.exists() {
            continue;
        }
        let folder = target.parent().context("a document has no folder")?;
        std::fs::create_dir_all(folder).with_context(|| format!("{} cannot be made", folder.display()))?;
        whole::fill(&target, |file| {
            let written =
                |piece: &[u8]| file.write_all(piece).with_context(|| format!("{} cannot be written", target.display()));
            let (digest, _) = pass(&path, written)?;
            ensure!(name.ends_with(&digest), "{} is not the document that its name says", path.display());
            Ok(())
        })?;
        copied += 1;
    }
    Ok(copied)
}

fn copy_tree(from: &Path, to: &Path) -> anyhow::Result<()> {
    for path in walk(from)? {
        // The file store leaves `<digest>#<number>` where a process ended in the middle; no digest names it.
        if path.file_name().is_some_and(|n| n.to_string_lossy().contains('#')) {
            continue;
        }
        let target = to.join(path.strip_prefix(from)?);
        if let Some(folder) = target.parent() {
            std::fs::create_dir_all(folder).with_context(|| format!("{} cannot be made", folder.display()))?;
        }
        std::fs::copy(&path, &target).with_context(|| format!("{} cannot be written", target.display()))?;
        File::open(&target)?.sync_all()?;
    }
    Ok(())
}

fn copy_private(from: &Path, to: &Path) -> anyhow::Result<()> {
    let bytes = std::fs::read(from).with_context(|| format!("{} cannot be read", from.display()))?;
    keys::write_private(to, &bytes).with_context(|| format!("{} cannot be written", to.display()))
}

fn write_manifest(folder: &Path, listed: &BTreeMap<String, (String, u64)>) -> anyhow::Result<()> {
    let lines = listed.iter().map(|(path, (digest, _))| format!("{digest}  {path}\n"));
    whole::write(&folder.join(MANIFEST), lines.collect::<String>())
}
