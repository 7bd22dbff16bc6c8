//! Temporary: stands in until the proof is there.
#![allow(missing_docs)]
pub use dingce_definition::parse;
pub use dingce_definition::problem::Problem;
use dingce_domain::definition::Definition;
#[derive(Debug)]
pub struct Proof;
#[derive(Default)]
pub struct Budget;
#[derive(Debug, serde::Serialize, serde::Deserialize)]
pub struct Certificate {
    pub hash: String,
}
pub fn prove(_: &Definition, _: Budget) -> Proof {
    Proof
}
impl Proof {
    pub fn certificate(&self, def: &Definition) -> Option<Certificate> {
        Some(Certificate { hash: def.hash.to_string() })
    }
}
pub fn check_certificate(_: &Definition, _: &Certificate) -> Result<(), std::io::Error> {
    Ok(())
}
