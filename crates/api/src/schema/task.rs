//! What a task or an approval asks, as the definition says; the same for pages and for programs that fill it in.

use async_graphql::{Description, Object, SimpleObject};
use dingce_domain::definition::{Definition, StageSpec};
use dingce_domain::task::{self, FieldKind, Form};
use dingce_domain::words::Text;

use super::errors::Lang;
use crate::convert::Word;

/// Where a result leads.
pub type LeadKind = Word<task::LeadKind>;

/// A word that a field takes.
#[derive(Debug, Clone, SimpleObject)]
pub struct FormChoice {
    /// The word; what inputs take.
    pub word: String,
    /// Its name, in the language of the request.
    pub name: String,
}

/// What a field of a form takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, async_graphql::Enum)]
pub enum FormFieldKind {
    /// A text of so many characters.
    Text,
    /// A whole number.
    Number,
    /// Yes or no.
    Flag,
    /// A day, as a text `YYYY-MM-DD`.
    Day,
    /// One of the choices, as a text.
    Choice,
}

/// A field of a form.
#[derive(Debug, Clone, SimpleObject)]
pub struct FormField {
    /// Its name; what inputs take as `field`.
    pub field: String,
    /// What it asks, in the language of the request.
    pub name: String,
    /// Whether it must be filled in.
    pub required: bool,
    /// What it takes.
    pub kind: FormFieldKind,
    /// Least characters of a text, or the least number; none for other kinds.
    pub min: Option<i32>,
    /// Most characters of a text, or the greatest number.
    pub max: Option<i32>,
    /// The words of a choice; none for other kinds.
    pub choices: Option<Vec<FormChoice>>,
}

impl FormField {
    fn list(form: &Form, lang: Lang) -> Vec<Self> {
        let small = |n: i64| i32::try_from(n).ok();
        let told = |field: &task::Field| {
            let (kind, min, max, choices) = match &field.kind {
                FieldKind::Text { least, most } => {
                    (FormFieldKind::Text, small((*least).into()), small((*most).into()), None)
                }
                FieldKind::Number { least, most } => (FormFieldKind::Number, small(*least), small(*most), None),
                FieldKind::Flag => (FormFieldKind::Flag, None, None, None),
                FieldKind::Day => (FormFieldKind::Day, None, None, None),
                FieldKind::Choice(words) => {
                    let choice = |(word, text): &(_, Text)| FormChoice {
                        word: ToString::to_string(word as &dingce_domain::words::CriterionId),
                        name: lang.of(text.clone()),
                    };
                    (FormFieldKind::Choice, None, None, Some(words.iter().map(choice).collect()))
                }
            };
            Self {
                field: field.id.to_string(),
                name: lang.of(field.text.clone()),
                required: field.required,
                kind,
                min,
                max,
                choices,
            }
        };
        form.fields.iter().map(told).collect()
    }
}

/// Something that can be recorded in a task, or a way in which it can end.
#[derive(Debug, Clone, SimpleObject)]
pub struct TaskEntry {
    /// Its name in the definition; what inputs take as `entry` or `result`.
    pub id: String,
    /// Its name for people, in the language of the request.
    pub name: String,
    /// Where it leads; none for what is recorded while the task is under way.
    pub leads: Option<LeadKind>,
    /// The stages that are open again, besides this one, where it leads back.
    pub back: Vec<String>,
    /// What is written down with it.
    pub form: Vec<FormField>,
}

impl TaskEntry {
    fn of(entry: &task::Entry, leads: Option<&task::Lead>, lang: Lang) -> Self {
        Self {
            id: entry.id.to_string(),
            name: lang.of(entry.text.clone()),
            leads: leads.map(|lead| Word(lead.kind())),
            back: leads.into_iter().flat_map(task::Lead::back).map(ToString::to_string).collect(),
            form: FormField::list(&entry.form, lang),
        }
    }
}

/// What a task asks.
#[derive(Debug, Clone, Description)]
pub struct Task {
    spec: task::TaskSpec,
    lang: Lang,
}

impl Task {
    /// Of a stage that is one.
    pub fn of(stage: &StageSpec, lang: Lang) -> Option<Self> {
        Some(Self { spec: stage.task.clone()?, lang })
    }

    /// A result by its place.
    pub fn result(&self, place: u8) -> Option<TaskEntry> {
        let result = self.spec.results.get(usize::from(place))?;
        Some(TaskEntry::of(&result.entry, Some(&result.leads), self.lang))
    }
}

#[Object(use_type_description)]
impl Task {
    /// What can be recorded while it is under way: `recordTaskProgress`.
    async fn entries(&self) -> Vec<TaskEntry> {
        self.spec.entries.iter().map(|entry| TaskEntry::of(entry, None, self.lang)).collect()
    }

    /// How it can end: `completeTask`.
    async fn results(&self) -> Vec<TaskEntry> {
        self.spec.results.iter().map(|r| TaskEntry::of(&r.entry, Some(&r.leads), self.lang)).collect()
    }
}

/// A role that is asked for an approval.
#[derive(Debug, Clone, SimpleObject)]
pub struct ApprovalRole {
    /// Its name in the definition.
    pub id: String,
    /// Its name for people, in the language of the request.
    pub name: String,
}

/// What an approval asks.
#[derive(Debug, Clone, SimpleObject)]
pub struct Approval {
    /// The roles that are asked.
    pub roles: Vec<ApprovalRole>,
    /// How many of them must approve.
    pub needed: u32,
    /// Where a refusal leads.
    pub refused: LeadKind,
    /// What is written down by whoever asks for it: `requestApproval`.
    pub form: Vec<FormField>,
}

impl Approval {
    /// Of a stage that is one.
    pub fn of(stage: &StageSpec, def: &Definition, lang: Lang) -> Option<Self> {
        let spec = stage.approval.as_ref()?;
        let role = |id: &dingce_domain::words::RoleId| {
            let text = def.roles.iter().find(|r| r.id == *id).map(|r| r.text.clone());
            ApprovalRole { id: id.to_string(), name: text.map_or_else(|| id.to_string(), |text| lang.of(text)) }
        };
        Some(Self {
            roles: spec.roles.iter().map(role).collect(),
            needed: spec.needed,
            refused: Word(spec.refused.kind()),
            form: FormField::list(&spec.form, lang),
        })
    }
}
