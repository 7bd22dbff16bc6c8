//! The demonstration: a deployment of its own with an invented staff.

use std::net::SocketAddr;
use std::path::PathBuf;

use crate::assemble::Assembled;
use crate::directory::{self, DirectoryFile, Imported};

/// How the demonstration was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// Its data folder.
    pub data: PathBuf,
    /// Whether to serve it afterwards, and where.
    pub serve: Option<SocketAddr>,
}

/// Sets the stage: the directory of the invented staff and the shipped definitions.
///
/// # Errors
/// Where the stage cannot be set.
pub async fn set_stage(assembled: &Assembled) -> anyhow::Result<(DirectoryFile, Imported)> {
    let file = DirectoryFile::read(directory::DEMO)?;
    let imported = directory::import(assembled, &file).await?;
    Ok((file, imported))
}
