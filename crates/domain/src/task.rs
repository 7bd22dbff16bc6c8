//! The two general kinds of stage, with which other procedures are written and no Rust: a *task*, something that is done,
//! recorded on a form and ends with one of its results, and an *approval*, which several people of named roles give.
//!
//! What they ask for stands in the definition; this is its shape, and the check of what is given against it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::check;
use crate::code::Code;
use crate::condition::FactValue;
use crate::definition::Citation;
use crate::rejection::Rejection;
use crate::words;
use crate::words::{CriterionId, RoleId, StageId, Text};

/// Most fields of a form.
pub const FIELDS_MAX: usize = 32;
/// Most results, or entries, of a task: their places are kept in one byte.
pub const RESULTS_MAX: usize = 16;

words! {
    /// Where a result leads, as a word: what the control needs to know of it.
    LeadKind {
        /// The stage is finished.
        On = "on",
        /// The case has ended.
        End = "end",
        /// Stages, this one among them, are open again.
        Back = "back",
    }

    /// What somebody who is asked for an approval says.
    ApprovalAnswer {
        /// It is approved.
        Approve = "approve",
        /// It is refused.
        Refuse = "refuse",
    }

    /// Where an approval stands after somebody spoke.
    ApprovalStanding {
        /// Others are still to speak.
        Open = "open",
        /// Enough have approved.
        Granted = "granted",
        /// So many have refused that it cannot be granted any more.
        Refused = "refused",
    }
}

/// What is written into a form: by field. Texts, whole numbers, true or false; a day is a text of the form `YYYY-MM-DD`.
pub type Answers = BTreeMap<CriterionId, FactValue>;

/// What a field takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FieldKind {
    /// A text of so many characters, the last included.
    Text {
        /// Least characters.
        least: u32,
        /// Most characters, at most 10,000.
        most: u32,
    },
    /// A whole number, both ends included.
    Number {
        /// Least.
        least: i64,
        /// Most.
        most: i64,
    },
    /// Yes or no.
    Flag,
    /// A day.
    Day,
    /// One of these words, each with what people read.
    Choice(Vec<(CriterionId, Text)>),
}

/// One field of a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Its name.
    pub id: CriterionId,
    /// For people.
    pub text: Text,
    /// Whether it must be filled in.
    pub required: bool,
    /// What it takes.
    pub kind: FieldKind,
}

/// A form: a JSON Schema object in the definition, of which only what every page can show is taken.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Form {
    /// Its fields, in the order in which people read them.
    pub fields: Vec<Field>,
}

impl Form {
    /// Holds what is given against the form.
    ///
    /// # Errors
    /// A [`Rejection`] that names the first field that is unknown, missing or unfit, and what it takes.
    pub fn check(&self, given: &Answers) -> Result<(), Rejection> {
        if let Some(stranger) = given.keys().find(|id| !self.fields.iter().any(|f| f.id == **id)) {
            let fields: Vec<_> = self.fields.iter().map(|f| f.id.as_str()).collect();
            return Err(Rejection::new(Code::InputNotAcceptable)
                .at(format!("answers.{stranger}"))
                .given(stranger)
                .needed(fields.join(", ")));
        }
        self.fields.iter().try_for_each(|field| match given.get(&field.id) {
            Some(value) => field.check(value),
            None if field.required => Err(field.unfit("null")),
            None => Ok(()),
        })
    }
}

impl Form {
    /// What was written into it, for people, in the order of the form.
    pub fn filled(&self, given: &Answers) -> Vec<Filled> {
        let filled = |field: &Field| {
            let value = field.shown(given.get(&field.id)?);
            Some(Filled { label: field.text.clone(), value })
        };
        self.fields.iter().filter_map(filled).collect()
    }
}

impl Field {
    fn shown(&self, value: &FactValue) -> Text {
        let same = |text: String| Text { zh: text.clone(), en: text };
        match (value, &self.kind) {
            (FactValue::Bool(true), _) => Text { zh: "是".into(), en: "yes".into() },
            (FactValue::Bool(false), _) => Text { zh: "否".into(), en: "no".into() },
            (FactValue::Number(n), _) => same(n.to_string()),
            (FactValue::Word(word), FieldKind::Choice(words)) => words
                .iter()
                .find(|(w, _)| w.as_str() == word)
                .map_or_else(|| same(word.clone()), |(_, text)| text.clone()),
            (FactValue::Word(word), _) => same(word.clone()),
        }
    }

    fn unfit(&self, given: impl ToString) -> Rejection {
        let needed = match &self.kind {
            FieldKind::Text { least, most } => format!("{least}..{most}"),
            FieldKind::Number { least, most } => format!("{least}..{most}"),
            FieldKind::Flag => "true, false".to_owned(),
            FieldKind::Day => "YYYY-MM-DD".to_owned(),
            FieldKind::Choice(words) => words.iter().map(|(w, _)| w.as_str()).collect::<Vec<_>>().join(", "),
        };
        Rejection::new(Code::InputNotAcceptable).at(format!("answers.{}", self.id)).given(given).needed(needed)
    }

    fn check(&self, value: &FactValue) -> Result<(), Rejection> {
        let path = format!("answers.{}", self.id);
        match (&self.kind, value) {
            (FieldKind::Text { least, most }, FactValue::Word(text)) => {
                check::text_or_empty(&path, text)?;
                let length = text.chars().count();
                let fits = (*least as usize..=*most as usize).contains(&length);
                // What must be said is not said with blanks.
                if fits && (*least == 0 || check::text(&path, text).is_ok()) { Ok(()) } else { Err(self.unfit(length)) }
            }
            (FieldKind::Number { least, most }, FactValue::Number(n)) if (least..=most).contains(&n) => Ok(()),
            (FieldKind::Flag, FactValue::Bool(_)) => Ok(()),
            (FieldKind::Day, FactValue::Word(day)) if day.len() == 10 && day.parse::<Date>().is_ok() => Ok(()),
            (FieldKind::Choice(words), FactValue::Word(word)) if words.iter().any(|(w, _)| w.as_str() == word) => {
                Ok(())
            }
            (_, FactValue::Bool(b)) => Err(self.unfit(b)),
            (_, FactValue::Number(n)) => Err(self.unfit(n)),
            (_, FactValue::Word(w)) => Err(self.unfit(w)),
        }
    }
}

/// A field as it was filled in, for people: copied into the record, which must be readable without the definition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filled {
    /// What the field asks.
    pub label: Text,
    /// What was written into it.
    pub value: Text,
}

/// Where a result leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lead {
    /// On: the stage is finished.
    On,
    /// The case has ended; it is archived as it stands.
    End,
    /// Back: this stage and these others of the general kinds are open again, as if they had not begun.
    Back(BTreeSet<StageId>),
}

impl Lead {
    /// The same as a word.
    pub const fn kind(&self) -> LeadKind {
        match self {
            Self::On => LeadKind::On,
            Self::End => LeadKind::End,
            Self::Back(_) => LeadKind::Back,
        }
    }

    /// The other stages that are open again.
    pub fn back(&self) -> impl Iterator<Item = &StageId> {
        match self {
            Self::Back(stages) => Some(stages),
            Self::On | Self::End => None,
        }
        .into_iter()
        .flatten()
    }
}

/// Something that is recorded while a task is under way, as often as it happens; it does not end the task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its name.
    pub id: CriterionId,
    /// For people.
    pub text: Text,
    /// By which article.
    pub source: Citation,
    /// What is written down.
    pub form: Form,
}

/// A way in which a task ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskResult {
    /// Its name, and what is written down with it.
    pub entry: Entry,
    /// Where it leads.
    pub leads: Lead,
}

/// What a task asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskSpec {
    /// What can be recorded while it is under way.
    pub entries: Vec<Entry>,
    /// How it can end; at least one.
    pub results: Vec<TaskResult>,
}

impl TaskSpec {
    /// An entry by name, with its place.
    pub fn entry(&self, id: &CriterionId) -> Option<(u8, &Entry)> {
        (0..).zip(&self.entries).find(|(_, e)| e.id == *id)
    }

    /// A result by name, with its place.
    pub fn result(&self, id: &CriterionId) -> Option<(u8, &TaskResult)> {
        (0..).zip(&self.results).find(|(_, r)| r.entry.id == *id)
    }
}

/// What an approval asks for: so many of these roles, each by somebody else, and nobody who asked for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApprovalSpec {
    /// What is written down by whoever asks for it.
    pub form: Form,
    /// Roles that may approve, in the order in which they are asked; at least `needed`.
    pub roles: Vec<RoleId>,
    /// How many of them must approve, from 1.
    pub needed: u32,
    /// Where a refusal leads.
    pub refused: Lead,
}

impl ApprovalSpec {
    /// Where it stands after so many approved and so many refused.
    pub fn standing(&self, approved: usize, refused: usize) -> ApprovalStanding {
        let needed = self.needed as usize;
        if approved >= needed {
            ApprovalStanding::Granted
        } else if self.roles.len() - refused.min(self.roles.len()) < needed {
            ApprovalStanding::Refused
        } else {
            ApprovalStanding::Open
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(name: &str) -> CriterionId {
        name.parse().unwrap()
    }

    fn form() -> Form {
        let field = |name: &str, required, kind| Field { id: id(name), text: Text::default(), required, kind };
        Form {
            fields: vec![
                field("said", true, FieldKind::Text { least: 1, most: 5 }),
                field("note", false, FieldKind::Text { least: 0, most: 5 }),
                field("copies", false, FieldKind::Number { least: 1, most: 9 }),
                field("urgent", false, FieldKind::Flag),
                field("on", false, FieldKind::Day),
                field("way", false, FieldKind::Choice(vec![(id("mail"), Text::default())])),
            ],
        }
    }

    #[test]
    fn what_a_field_does_not_take_is_refused_by_name() {
        let said = (id("said"), FactValue::Word("准予公开".into()));
        let with = |name: &str, value| form().check(&Answers::from([said.clone(), (id(name), value)]));
        let word = |text: &str| FactValue::Word(text.into());
        for (name, value) in [
            ("said", word("")),
            ("said", word("   ")),
            ("said", word("一二三四五六")),
            ("said", FactValue::Bool(true)),
            ("note", word("a\u{202e}b")),
            ("copies", FactValue::Number(0)),
            ("copies", word("3")),
            ("urgent", word("true")),
            ("on", word("2025-02-29")),
            ("on", word("2025-2-1")),
            ("way", word("fax")),
            ("stranger", word("x")),
        ] {
            let refused = with(name, value.clone()).unwrap_err();
            assert_eq!(refused.path, Some(format!("answers.{name}")), "{value:?}");
            assert!(refused.given.is_some() && refused.needed.is_some());
        }
        for (name, value) in [
            ("said", word("一二三四五")),
            ("note", word("")),
            ("copies", FactValue::Number(9)),
            ("urgent", FactValue::Bool(false)),
            ("on", word("2024-02-29")),
            ("way", word("mail")),
        ] {
            assert_eq!(with(name, value), Ok(()), "{name}");
        }
        assert_eq!(form().check(&Answers::new()).unwrap_err().path.as_deref(), Some("answers.said"));
    }

    #[test]
    fn so_many_of_so_many() {
        let roles = ["a", "b", "c"].map(|r| r.parse().unwrap()).to_vec();
        let spec = ApprovalSpec { form: Form::default(), roles, needed: 2, refused: Lead::End };
        let stands = |approved, refused| spec.standing(approved, refused);
        assert_eq!(stands(0, 0), ApprovalStanding::Open);
        assert_eq!(stands(1, 1), ApprovalStanding::Open);
        assert_eq!(stands(2, 0), ApprovalStanding::Granted);
        assert_eq!(stands(2, 1), ApprovalStanding::Granted);
        assert_eq!(stands(1, 2), ApprovalStanding::Refused);
        assert_eq!(stands(0, 2), ApprovalStanding::Refused);
    }
}
