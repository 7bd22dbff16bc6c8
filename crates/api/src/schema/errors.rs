//! What people are told: refusals as data, and everything else as a top-level error with a stable code.

use std::sync::Arc;

use async_graphql::{Error, ErrorExtensions, SimpleObject};
use dingce_app::AppError;
use dingce_app::language::{Cited, Language, Told};
use dingce_domain::code::Code;
use dingce_domain::definition::Definition;
use dingce_domain::permits::Item;
use dingce_domain::rejection::Rejection;
use dingce_domain::verb::Verb;
use dingce_domain::words::{Relation, StageId, Text};

use crate::convert::camel;

/// The language in which a request is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Lang {
    /// Simplified Chinese.
    #[default]
    Zh,
    /// English.
    En,
}

impl Lang {
    /// The text in this language.
    pub fn of(self, text: Text) -> String {
        match self {
            Self::Zh => text.zh,
            Self::En => text.en,
        }
    }
}

/// A legal source as people cite it.
#[derive(Debug, Clone, SimpleObject)]
pub struct StatuteRef {
    /// The source, e.g. 重大行政决策程序暂行条例.
    pub cite: String,
    /// The article, e.g. `25`; empty where the source has none.
    pub article: String,
}

impl StatuteRef {
    /// Citations in a language.
    pub fn list(cited: Vec<Cited>, lang: Lang) -> Vec<Self> {
        cited.into_iter().map(|Cited { cite, article }| Self { cite: lang.of(cite), article }).collect()
    }
}

/// One line of a checklist.
#[derive(Debug, Clone, SimpleObject)]
pub struct GateItem {
    /// What it is about, and the refusal if it is not met; `docs/errors/<code>.md` explains it.
    pub code: String,
    /// The criterion of the definition, where it is one.
    pub criterion: Option<String>,
    /// The clock, where it is one.
    pub clock: Option<String>,
    /// What must hold, or the period that must be over, in the language of the request. Where it is met, all is well.
    pub text: String,
    /// Whether it is met.
    pub met: bool,
    /// By which articles.
    pub source: Vec<StatuteRef>,
}

impl GateItem {
    /// All lines of a gate, in their order. `def` gives the names and articles of criteria and clocks, and says which
    /// duties each of the lines keeps apart.
    pub fn list(
        items: &[Item],
        verb: Option<Verb>,
        stage: Option<&StageId>,
        def: Option<&Definition>,
        lang: Lang,
    ) -> Vec<Self> {
        let separating = |item: &&Item| item.code == Code::DutiesSeparated;
        let forbids: Vec<_> = def.into_iter().flat_map(|d| &d.forbids).filter(|f| Some(f.verb) == verb).collect();
        // Each of them asks for one line; where only some are told, which one is meant is not known.
        let all = items.iter().filter(separating).count() == forbids.len();
        let mut relations = forbids.iter().map(|f| f.relation).filter(|_| all);
        let line = |item: &Item| {
            let relation = if separating(&item) { relations.next() } else { None };
            Self::of(item, relation, verb, stage, def, lang)
        };
        items.iter().map(line).collect()
    }

    fn of(
        item: &Item,
        separates: Option<Relation>,
        verb: Option<Verb>,
        stage: Option<&StageId>,
        def: Option<&Definition>,
        lang: Lang,
    ) -> Self {
        let criterion = def.zip(item.criterion.as_ref()).and_then(|(def, id)| {
            def.stages
                .iter()
                .flat_map(|s| s.entry.iter().chain(&s.exit).chain(&s.absent_if).chain(&s.hearing_if))
                .find(|c| &c.id == id)
        });
        let clock = def.zip(item.clock.as_ref()).and_then(|(def, id)| def.clocks.iter().find(|c| &c.id == id));
        let mut asked = Rejection::new(item.code);
        asked.verb = verb;
        asked.stage = stage.cloned();
        asked.criterion.clone_from(&item.criterion);
        asked.clock.clone_from(&item.clock);
        asked.basis = criterion.map(|c| &c.source).or(clock.map(|c| &c.source)).cloned();
        let Told { code, sources, .. } = Language::shipped().tell(&asked, def);
        let line = || Language::shipped().line(item.code, separates);
        let text = criterion.map(|c| &c.text).or(clock.map(|c| &c.text)).cloned().unwrap_or_else(line);
        Self {
            code,
            criterion: item.criterion.as_ref().map(ToString::to_string),
            clock: item.clock.as_ref().map(ToString::to_string),
            text: lang.of(text),
            met: item.met,
            source: StatuteRef::list(sources, lang),
        }
    }
}

/// Why an act was refused: which rule, what was given, what is needed, and what to do. Nothing was written.
#[derive(Debug, Clone, SimpleObject)]
pub struct UserError {
    /// The rule; stable. `docs/errors/<code>.md` explains it.
    pub code: String,
    /// In a few words, in the language of the request.
    pub title: String,
    /// What was wrong.
    pub message: String,
    /// What to do.
    pub remedy: String,
    /// The member of the input that it is about, from `input` on; empty where it is about none.
    pub path: Vec<String>,
    /// What was given.
    pub given: Option<String>,
    /// What is needed.
    pub needed: Option<String>,
    /// By which articles.
    pub source: Vec<StatuteRef>,
    /// Every line of the gate, met and not met, where a gate refused.
    pub gate: Vec<GateItem>,
}

impl UserError {
    /// A refusal as people read it. `def` gives the names of its stages, criteria and clocks.
    pub fn of(rejection: &Rejection, def: Option<&Definition>, lang: Lang) -> Self {
        let Told { code, title, message, remedy, sources } = Language::shipped().tell(rejection, def);
        Self {
            code,
            title: lang.of(title),
            message: lang.of(message),
            remedy: lang.of(remedy),
            path: rejection.path.as_deref().map(path).unwrap_or_default(),
            given: rejection.given.clone(),
            needed: rejection.needed.clone(),
            source: StatuteRef::list(sources, lang),
            gate: GateItem::list(&rejection.gate, rejection.verb, rejection.stage.as_ref(), def, lang),
        }
    }
}

/// The path in the input of a path in the domain. The commenter's members stand in the input itself; when an offline act
/// was done, and what shows it, in its member `offline`.
pub fn path(dotted: &str) -> Vec<String> {
    let dotted = dotted.strip_prefix("commenter.").unwrap_or(dotted);
    let first = dotted.split('.').next().unwrap_or_default();
    let within = matches!(first, "occurred_on" | "evidence").then_some("offline");
    let members = within.into_iter().chain(dotted.split('.')).map(camel);
    std::iter::once("input".to_owned()).chain(members).collect()
}

/// Why there is no answer; a top-level error with `extensions.code`.
#[derive(Debug, Clone)]
pub struct Failure {
    code: String,
    message: String,
    operation: Option<String>,
    rejection: Option<Arc<Rejection>>,
}

impl Failure {
    /// A failure by its stable code.
    pub fn of_code(code: &str, lang: Lang) -> Self {
        let message = Language::shipped().tell_code(code).map_or_else(|| code.to_owned(), |told| lang.of(told.message));
        Self { code: code.to_owned(), message, operation: None, rejection: None }
    }

    /// A failure of the request's own form, told in plain words.
    pub fn bad_input(message: impl Into<String>) -> Self {
        Self { code: "BAD_INPUT".to_owned(), message: message.into(), operation: None, rejection: None }
    }

    /// The same, where `def` gives the names of roles, stages, criteria and clocks.
    pub fn of_case(error: AppError, def: Option<&Definition>, lang: Lang, operation: &str) -> Self {
        let told = match &error {
            AppError::Rejected(rejection) => Some(Language::shipped().tell(rejection, def).message),
            _ => None,
        };
        let failure = Self::of(error, lang, operation);
        match told {
            Some(message) => Self { message: lang.of(message), ..failure },
            None => failure,
        }
    }

    /// What a use case failed with. What is not a refusal is logged here and told without anything internal.
    pub fn of(error: AppError, lang: Lang, operation: &str) -> Self {
        let code = match error {
            AppError::Rejected(rejection) => {
                let told = Language::shipped().tell(&rejection, None);
                return Self {
                    code: told.code,
                    message: lang.of(told.message),
                    operation: None,
                    rejection: Some(Arc::from(rejection)),
                };
            }
            AppError::Overloaded => "OVERLOADED",
            AppError::Unavailable(_) => "UNAVAILABLE",
            AppError::Corrupt { .. } | AppError::Internal { .. } => "INTERNAL",
        };
        let cause = &error as &dyn std::error::Error;
        match error {
            AppError::Overloaded => {
                tracing::warn!(operation_id = operation, error = cause, "a request was turned away")
            }
            _ => tracing::error!(operation_id = operation, error = cause, "a request failed unexpectedly"),
        }
        Self { operation: Some(operation.to_owned()), ..Self::of_code(code, lang) }
    }

    /// The refusal, where it is one.
    pub fn rejection(&self) -> Option<&Rejection> {
        self.rejection.as_deref()
    }

    /// Whether the thing is not there, or not for this reader.
    pub fn is_not_found(&self) -> bool {
        self.rejection().is_some_and(|r| r.code == Code::NotFound)
    }
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        let Failure { code, message, operation, rejection: _ } = failure;
        Self::new(message).extend_with(|_, extensions| {
            extensions.set("code", code);
            if let Some(operation) = operation {
                extensions.set("operationId", operation);
            }
        })
    }
}

/// What was found; nothing where it is not there or not for this reader.
pub fn found<T>(result: Result<T, Failure>) -> Result<Option<T>, Failure> {
    match result {
        Ok(found) => Ok(Some(found)),
        Err(failure) if failure.is_not_found() => Ok(None),
        Err(failure) => Err(failure),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_names_members_as_the_input_does() {
        assert_eq!(path("documents.0.media_type"), ["input", "documents", "0", "mediaType"]);
        assert_eq!(path("commenter.name"), ["input", "name"]);
        assert_eq!(path("occurred_on"), ["input", "offline", "occurredOn"]);
        assert_eq!(path("evidence.0.name"), ["input", "offline", "evidence", "0", "name"]);
    }
}
