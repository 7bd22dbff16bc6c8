//! From the text of a document to one parsed and within its limits, remembering the recent ones.

use super::{Code, Limits, Refusal, measure, scan::scan, variables};
use async_graphql::Variables;
use async_graphql_parser::parse_query;
use async_graphql_parser::types::{DocumentOperations, ExecutableDocument, OperationDefinition, OperationType};
use lru::LruCache;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError};

/// The longest document worth remembering. Bounds the memory of the cache whatever callers send. Unit: bytes.
const CACHED_BYTES_MAX: usize = 16 * 1024;

/// Parses and measures documents for one endpoint.
pub(super) struct Documents {
    limits: Limits,
    /// By the whole text, so that two documents never share an entry.
    recent: Mutex<LruCache<String, Arc<Known>>>,
}

struct Known {
    document: ExecutableDocument,
    /// The cost, when no variables can change it: then the limits need no second look.
    fixed_cost: Option<u64>,
}

/// A document that may be executed.
pub(super) struct Prepared {
    pub(super) document: ExecutableDocument,
    pub(super) operation_type: OperationType,
    pub(super) cost: u64,
}

impl Documents {
    pub(super) fn new(limits: Limits, cached_max: usize) -> Self {
        let capacity = NonZeroUsize::new(cached_max).unwrap_or(NonZeroUsize::MIN);
        Self { limits, recent: Mutex::new(LruCache::new(capacity)) }
    }

    pub(super) fn cost_max(&self) -> u64 {
        self.limits.cost_max
    }

    /// Finds the operation to execute, holds the document against the limits and the variables against their
    /// definitions.
    pub(super) fn prepare(
        &self,
        text: &str,
        operation_name: Option<&str>,
        given: &Variables,
    ) -> Result<Prepared, Refusal> {
        let known = self.recent.lock().unwrap_or_else(PoisonError::into_inner).get(text).cloned();
        let known = match known {
            Some(known) => known,
            None => self.read(text, given)?,
        };
        let cost = match known.fixed_cost {
            Some(cost) => cost,
            None => measure::measure(&known.document, given, &self.limits)?.cost,
        };
        let operation = operation(&known.document, operation_name)?;
        variables::check(operation, given)?;
        Ok(Prepared { document: known.document.clone(), operation_type: operation.ty, cost })
    }

    /// The cost of a document, whichever operation is executed.
    pub(super) fn cost(&self, text: &str, given: &Variables) -> Result<u64, Refusal> {
        Ok(measure::measure(&self.read(text, given)?.document, given, &self.limits)?.cost)
    }

    /// Only documents that parse and keep the limits are remembered; the rest cannot push them out.
    fn read(&self, text: &str, given: &Variables) -> Result<Arc<Known>, Refusal> {
        scan(text, &self.limits)?;
        let document = parse_query(text).map_err(|error| Refusal {
            locations: error.positions().collect(),
            ..Refusal::new(Code::SyntaxError, format!("Expected a GraphQL document. {error}"))
        })?;
        let measured = measure::measure(&document, given, &self.limits)?;
        let fixed_cost = (!measured.depends_on_variables).then_some(measured.cost);
        let known = Arc::new(Known { document, fixed_cost });
        if text.len() <= CACHED_BYTES_MAX {
            let mut recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
            recent.put(text.to_owned(), Arc::clone(&known));
        }
        Ok(known)
    }
}

/// `GetOperation()` of the GraphQL specification.
fn operation<'a>(document: &'a ExecutableDocument, name: Option<&str>) -> Result<&'a OperationDefinition, Refusal> {
    let found = match (&document.operations, name) {
        (DocumentOperations::Single(operation), None) => Some(operation),
        (DocumentOperations::Multiple(operations), Some(name)) => operations.get(name),
        (DocumentOperations::Multiple(operations), None) if operations.len() == 1 => operations.values().next(),
        (DocumentOperations::Single(_), Some(_)) | (DocumentOperations::Multiple(_), None) => None,
    };
    found.map(|operation| &operation.node).ok_or_else(|| {
        Refusal::new(
            Code::UnknownOperation,
            match name {
                Some(_) => "Expected operationName to name an operation of the document, but it names none.",
                None => "Expected operationName, because the document has several operations.",
            },
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repeated_document_is_remembered_and_its_variables_are_measured_again() {
        let documents = Documents::new(Limits::default(), 2);
        let text = "query($n: Int) { list(first: $n) { edges { cursor } } }";
        let variables = |n: i64| Variables::from_json(serde_json::json!({ "n": n }));
        assert_eq!(documents.prepare(text, None, &variables(10)).map(|p| p.cost).ok(), Some(21));
        assert_eq!(documents.recent.lock().map(|recent| recent.len()).ok(), Some(1));
        assert_eq!(documents.prepare(text, None, &variables(50)).map(|p| p.cost).ok(), Some(101));
        let refused = documents.prepare(text, None, &variables(20_000)).err().map(|refusal| refusal.code);
        assert_eq!(refused, Some(Code::CostExceeded));
    }

    #[test]
    fn refused_documents_are_not_remembered() {
        let documents = Documents::new(Limits::default(), 2);
        for text in ["{", "fragment a on A { ...a } { ...a }"] {
            assert!(documents.prepare(text, None, &Variables::default()).is_err());
        }
        assert_eq!(documents.recent.lock().map(|recent| recent.len()).ok(), Some(0));
    }

    #[test]
    fn the_oldest_document_makes_room() {
        let documents = Documents::new(Limits::default(), 2);
        for text in ["{ a }", "{ b }", "{ c }"] {
            assert!(documents.prepare(text, None, &Variables::default()).is_ok());
        }
        assert_eq!(documents.recent.lock().map(|recent| recent.contains("{ a }")).ok(), Some(false));
    }
}
