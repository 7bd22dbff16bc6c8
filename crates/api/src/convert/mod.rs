//! Between GraphQL and the domain: scalars, enums made of the domain's words, and inputs made into acts.
//!
//! Nothing here decides anything. What cannot be read is refused with the path of the input it came by.

pub mod given;
pub mod hearing;
pub mod inputs;
pub mod scalars;
pub(crate) mod shown;
pub mod words;

pub use given::Given;
pub use scalars::{Date, DateTime, Long};
pub use shown::Shown;
pub use words::{Word, Words};

/// `camelCase` of a `snake_case` name.
pub fn camel(snake: &str) -> String {
    let mut out = String::with_capacity(snake.len());
    let mut upper = false;
    for c in snake.chars() {
        match c {
            '_' => upper = true,
            c if upper => {
                out.extend(c.to_uppercase());
                upper = false;
            }
            c => out.push(c),
        }
    }
    out
}
