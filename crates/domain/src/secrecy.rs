//! Matters that are state secrets: they never enter beyond a stub, because this system is not approved to hold them (State
//! Secrets Law; law digest §15, trap 18).

use serde::{Deserialize, Serialize};

use crate::check;
use crate::code::Code;
use crate::rejection::Rejection;
use crate::words;

words! {
    /// Levels of state secrets.
    SecrecyLevel {
        /// Top secret.
        TopSecret = "top_secret",
        /// Secret.
        Secret = "secret",
        /// Confidential.
        Confidential = "confidential",
    }
}

/// All that is kept of a secret matter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SecretStub {
    /// Number under which its custodian keeps it; says nothing of what it is about.
    pub reference: String,
    /// Level.
    pub level: SecrecyLevel,
    /// Who keeps the papers.
    pub custodian: String,
}

impl SecretStub {
    /// That a record can hold it, and that nothing of the matter itself stands beside it: every one of `content` is empty.
    ///
    /// # Errors
    /// `SECRET_STUB_ONLY` that names the first member with content; a [`Rejection`] of the stub itself.
    pub fn acceptable(&self, path: &str, content: &[(&str, bool)]) -> Result<(), Rejection> {
        let Self { reference, level: _, custodian } = self;
        check::line(&format!("{path}.reference"), reference)?;
        check::line(&format!("{path}.custodian"), custodian)?;
        match content.iter().find(|(_, filled)| *filled) {
            Some((member, _)) => Err(Rejection::new(Code::SecretStubOnly).at(member).needed(path)),
            None => Ok(()),
        }
    }
}
