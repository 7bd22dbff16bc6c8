//! What a document may contain, in numbers.
//!
//! All are checked before any resolver runs. They hold per operation of the document, through fragments: a fragment
//! used twice counts twice, as it is resolved twice. The schema builder keeps async-graphql's own limits besides.

use super::{Refusal, document::Documents};
use async_graphql::Variables;

/// What a document may contain. Bounds are inclusive.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Length of the document. Unit: bytes. Default 65,536.
    pub document_bytes_max: usize,
    /// Names, numbers, strings and punctuation; comments are free. Default 5,000.
    pub tokens_max: u64,
    /// Fields above each other, the leaf included; fragments add none. Default 15, which the usual introspection
    /// query just fits.
    pub depth_max: u64,
    /// Fields with an alias. Default 30.
    pub aliases_max: u64,
    /// Fields at the root of the operation. Default 20.
    pub root_fields_max: u64,
    /// Directives of any kind. Default 50.
    pub directives_max: u64,
    /// Values the operation could return; see [`Limits::check`]. Default 20,000. A batch shares one budget.
    pub cost_max: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            document_bytes_max: 64 * 1024,
            tokens_max: 5_000,
            depth_max: 15,
            aliases_max: 30,
            root_fields_max: 20,
            directives_max: 50,
            cost_max: 20_000,
        }
    }
}

/// The cost of a page whose size is not known before execution: the largest page the API allows.
pub(super) const PAGE_UNKNOWN: u64 = 100;

impl Limits {
    /// Measures a document as an endpoint would and returns its cost.
    ///
    /// A field costs 1, plus the cost of its children times the size of its page. The size is the larger of `first`
    /// and `last`, as a literal, a variable or a variable's default; 100 when it cannot be read so, and when neither
    /// is given although `edges` or `nodes` is selected. A list in `ids` multiplies by its length. A size counts at
    /// least 1. `@skip` and `@include` are not looked at.
    ///
    /// # Errors
    ///
    /// `SYNTAX_ERROR`, `FRAGMENT_CYCLE`, `DOCUMENT_TOO_LARGE`, or the `…_EXCEEDED` code of the first bound crossed, in
    /// the order tokens, depth, aliases, root fields, directives, cost; with what was given and what is allowed.
    pub fn check(&self, document: &str, variables: &Variables) -> Result<u64, Refusal> {
        Documents::new(self.clone(), 1).cost(document, variables)
    }
}
