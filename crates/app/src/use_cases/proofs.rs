//! Proofs of published definitions: held against their bytes at start, made anew when the rules of the engine changed.

use dingce_definition as workflow;
use dingce_domain::id::DefinitionId;
use dingce_domain::occasion::{Actor, Manner};

use super::definitions::{PublishError, read};
use crate::app::App;
use crate::error::AppError;
use crate::ports::{ReadRow, RowQuery};
use crate::read_rows::DefinitionRow;
use crate::streams::{DefinitionEvent, KeptDefinition, PublishedDefinition};

impl App {
    /// Holds every published definition against its certificate. Run at start, before serving.
    ///
    /// Gives how many are proven under the rules of this program. Others are told in the log: running cases keep them,
    /// and no case is opened under them.
    ///
    /// # Errors
    /// Where one has no certificate for its bytes.
    pub async fn check_certificates(&self) -> Result<usize, AppError> {
        let rows = self.rows::<DefinitionRow>(RowQuery::all(DefinitionRow::TABLE)).await?;
        let mut proven = 0;
        for row in &rows {
            let def = read(row)?;
            match workflow::check_certificate(&def, &certificate(row)?) {
                Ok(()) => proven += 1,
                Err(problem @ workflow::CertificateProblem::OtherRules { .. }) => {
                    tracing::warn!(name = row.name, version = row.version, %problem,
                        "no case can be opened under a definition");
                }
                Err(problem) => {
                    return Err(AppError::internal(format!("checking the certificate of {}", row.name), problem));
                }
            }
        }
        Ok(proven)
    }

    /// Proves every published definition again, under the rules of this program, and keeps the new certificates where
    /// the rules are other ones. Run by `migrate`. Gives how many are proven.
    ///
    /// One that is no longer proven is told in the log: running cases keep it, and no case is opened under it.
    ///
    /// # Errors
    /// Where one cannot be read or written. The first that is not proven, if none is.
    pub async fn prove_again(&self) -> Result<usize, PublishError> {
        let rows = self.rows::<DefinitionRow>(RowQuery::all(DefinitionRow::TABLE)).await?;
        let mut proven = 0;
        let mut first = None;
        for row in &rows {
            match self.prove_in_background(&row.source).await {
                Ok(again) => {
                    proven += 1;
                    self.keep_certificate(row, again).await?;
                }
                Err(PublishError::App(error)) => return Err(error.into()),
                Err(not_proven) => {
                    tracing::error!(name = row.name, version = row.version, error = %not_proven,
                        "a published definition is no longer proven; no case can be opened under it");
                    first = first.or(Some(not_proven));
                }
            }
        }
        match first {
            Some(not_proven) if proven == 0 => Err(not_proven),
            _ => Ok(proven),
        }
    }

    async fn keep_certificate(&self, row: &DefinitionRow, again: PublishedDefinition) -> Result<(), AppError> {
        let id: DefinitionId =
            row.definition.parse().map_err(|error| AppError::internal("reading a definition", error))?;
        let loaded = self.load::<KeptDefinition>(id).await?.ok_or_else(|| AppError::not_found(id))?;
        let def = read(row)?;
        let writing = self.writing(Actor::System, Manner::Online, loaded.tip.organ, None);
        self.write::<KeptDefinition, _>(id, writing, |loaded| {
            // The same rules prove the same; only another version of them is worth a line in the record.
            let vouched = loaded
                .and_then(|l| serde_json::from_value(l.state.given.certificate.clone()).ok())
                .is_some_and(|known: workflow::Certificate| workflow::check_certificate(&def, &known).is_ok());
            Ok(match vouched {
                true => Vec::new(),
                false => vec![DefinitionEvent::ProvenAgain { certificate: again.certificate.clone() }.into()],
            })
        })
        .await?;
        Ok(())
    }
}

/// The certificate kept with a definition.
pub(super) fn certificate(row: &DefinitionRow) -> Result<workflow::Certificate, AppError> {
    serde_json::from_str(&row.certificate_json)
        .map_err(|error| AppError::internal(format!("reading the certificate of {}", row.name), error))
}
