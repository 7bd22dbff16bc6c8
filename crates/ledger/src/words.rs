//! Errors for people.

use std::error::Error;

/// An error with its causes, in one sentence.
pub fn in_words(error: &dyn Error) -> String {
    let mut sentence = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        sentence.push_str(&format!(": {cause}"));
        source = cause.source();
    }
    sentence
}
