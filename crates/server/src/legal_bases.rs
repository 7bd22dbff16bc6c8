//! Registers of legal bases as YAML files.

use anyhow::Context;
use dingce_domain::legal_bases::AddLegalBasis;
use serde::Deserialize;

/// The register that is shipped: a first list, to be confirmed and kept on.
pub const SHIPPED: &str = include_str!("../../../workflows/legal-bases/bases.yaml");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    bases: Vec<AddLegalBasis>,
}

/// The documents of a file.
///
/// # Errors
/// The place of what cannot be read.
pub fn read(yaml: &str) -> anyhow::Result<Vec<AddLegalBasis>> {
    let File { bases } = serde_saphyr::from_str(yaml).context("the file is no list of legal bases")?;
    Ok(bases)
}
