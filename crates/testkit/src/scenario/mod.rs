//! Stories about the pure core: given what happened, when somebody acts, then this follows.
//!
//! A story is a YAML file. `given` is a list of steps (see [`steps`]); `when` is one act, whose input is the usual one
//! of [`acts`] with what the story says laid over it; `then` holds what the story is about and nothing else, so most
//! stories are a few lines. With `UPDATE_EXPECT=1` the `then` of a story that fails is written anew.

pub mod acts;
pub mod asked;
mod consulting;
mod expect;
mod hearing;
pub mod steps;
mod world;

use std::path::Path;

use serde::Deserialize;
use serde_json::Value;

use crate::law;
pub use asked::Asked;
pub use world::World;

/// One story.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Story {
    /// What it shows, as a sentence.
    pub story: String,
    /// The article, or the page of the design, that it follows.
    pub source: String,
    /// Number of the trap in the digest of the law.
    pub trap: Option<u32>,
    /// Parameters in the digest of the law, e.g. `T3`.
    pub parameter: Option<String>,
    /// Folder of the shipped definition that it is told under; the national one where nothing is said.
    pub definition: Option<String>,
    /// What happened before.
    #[serde(default)]
    pub given: Vec<Value>,
    /// What is done; absent where the story looks at what was.
    pub when: Option<Value>,
    /// What follows.
    pub then: Value,
}

/// What a story showed, for the list of codes that stories reach.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Told {
    /// Codes of the refusal, or of the rules that an irregularity broke.
    pub codes: Vec<String>,
    /// The act.
    pub act: String,
    /// All that was asked of the core and what it answered, in order; that of `when` is the last.
    pub asked: Vec<Asked>,
    /// Whether the last of what was asked is the `when` of the story.
    pub acts: bool,
}

/// Tells one story.
///
/// # Errors
/// A sentence for people: what differs from what the story says.
pub fn tell(path: &Path) -> Result<Told, String> {
    let text = std::fs::read_to_string(path).map_err(|error| error.to_string())?;
    let story: Story = serde_saphyr::from_str(&text).map_err(|error| format!("is no story: {error}"))?;
    let mut world = World::default();
    if let Some(folder) = &story.definition {
        world.def = law::other(folder).definition;
    }
    for step in &story.given {
        steps::play(&mut world, step).map_err(|why| format!("given {step}: {why}"))?;
    }
    let answer = match &story.when {
        None => None,
        Some(when) => Some(world.attempt(when)?),
    };
    world.replays()?;
    let seen = expect::seen(&world, answer.as_ref());
    let wrong = expect::differences("then", &story.then, &seen);
    if wrong.is_empty() {
        return Ok(Told {
            codes: expect::codes(&seen),
            act: expect::act_of(story.when.as_ref()),
            asked: world.asked,
            acts: story.when.is_some(),
        });
    }
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        let updated = expect::updated(&text, &story.then, &seen);
        std::fs::write(path, updated).map_err(|error| error.to_string())?;
    }
    Err(format!("{}\n    seen: {seen}", wrong.join("\n    ")))
}
