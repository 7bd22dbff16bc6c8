//! Workflow definitions: the law of a place as data, published with its proof.

use async_graphql::{Context, Description, Object, Result, SimpleObject};
use dingce_app::ports::{Filter, ReadRow, RowQuery, Value};
use dingce_app::read_rows::{ConfirmationRow, DefinitionRow};
use dingce_domain::confirmation::Confirmation;
use dingce_domain::definition::{Base, Definition, FactKind, Family, Parameter};
use dingce_domain::words::StageKind;

use super::errors::{Failure, Lang, StatuteRef};
use super::law::Overlay;
use super::parts::Document;
use super::scope::Scope;
use super::task::{Approval, Task};
use super::timeline::{ActorThen, actor};
use crate::convert::{Date, DateTime, Word};

/// Which definition a case runs under.
#[derive(Debug, Clone, SimpleObject)]
pub struct DefinitionSummary {
    /// Its name, e.g. `major_decision_national`.
    pub name: String,
    /// Its version, from 1.
    pub version: u32,
    /// SHA-256 of its bytes, `sha256:` and 64 hex digits.
    pub hash: String,
    /// Its title, in the language of the request.
    pub title: String,
    /// Its family.
    pub family: Word<Family>,
}

impl DefinitionSummary {
    /// A definition as people name it.
    pub fn of(def: &Definition, lang: Lang) -> Self {
        Self {
            name: def.name.to_string(),
            version: def.version,
            hash: def.hash.to_string(),
            title: lang.of(def.title.clone()),
            family: Word(def.family),
        }
    }
}

/// A stage of a definition.
#[derive(Debug, Clone, SimpleObject)]
pub struct DefinitionStage {
    /// Its name; what inputs take as `stage`.
    pub id: String,
    /// Its kind.
    pub kind: Word<StageKind>,
    /// Its name for people, in the language of the request.
    pub name: String,
    /// Materials that must be on file, or be answered for, when the volume of the stage is checked.
    pub materials: Vec<DefinitionMaterial>,
    /// What a task asks; none where it is none.
    pub task: Option<Task>,
    /// What an approval asks; none where it is none.
    pub approval: Option<Approval>,
}

/// A material that a definition demands.
#[derive(Debug, Clone, SimpleObject)]
pub struct DefinitionMaterial {
    /// Its name in its stage; what `checkVolume` takes as `material`.
    pub id: String,
    /// Its name for people, in the language of the request.
    pub name: String,
}

/// A fact that a definition asks for.
#[derive(Debug, Clone, SimpleObject)]
pub struct DefinitionFact {
    /// Its name; what inputs take.
    pub name: String,
    /// The question that it answers, in the language of the request.
    pub text: String,
    /// The words that it may be; none where it is not a word.
    pub words: Option<Vec<String>>,
    /// The smallest number that it may be; none where it is not a number. A fact without words and bounds is true or
    /// false.
    pub min: Option<i32>,
    /// The largest number that it may be.
    pub max: Option<i32>,
}

/// A definition that another was made from.
#[derive(Debug, Clone, SimpleObject)]
pub struct DefinitionBase {
    /// Its name.
    pub name: String,
    /// Its version, from 1.
    pub version: u32,
    /// SHA-256 of its whole text, `sha256:` and 64 hex digits.
    pub hash: String,
}

/// That a value which only advises binds the reader's organ.
#[derive(Debug, Clone, SimpleObject)]
pub struct ParameterConfirmation {
    /// The rule by which it binds, as people cite it.
    pub basis: String,
    /// First day on which it binds.
    pub from: Date,
    /// First day on which it binds no longer; none while it was not withdrawn. Not after `from` where it was withdrawn before
    /// it began: then it never binds.
    pub until: Option<Date>,
    /// Who confirmed it.
    pub by: Option<ActorThen>,
    /// When it was recorded.
    pub recorded_at: DateTime,
    /// Why it was withdrawn.
    pub withdrawn_because: Option<String>,
    /// What shows it.
    pub documents: Vec<Document>,
}

impl From<Confirmation> for ParameterConfirmation {
    fn from(confirmation: Confirmation) -> Self {
        let until = confirmation.until().map(Date);
        let Confirmation { confirmed, n: _, by, recorded_at, withdrawn } = confirmation;
        let given = confirmed.given;
        Self {
            basis: given.basis,
            from: Date(given.from),
            until,
            by: actor(by),
            recorded_at: DateTime(recorded_at),
            withdrawn_because: withdrawn.map(|w| w.reason),
            documents: given.documents.into_iter().map(Document::from).collect(),
        }
    }
}

/// A number of a definition, with how far it may be enforced.
#[derive(Debug, Clone, Description)]
pub struct DefinitionParameter {
    parameter: Parameter,
    source: Option<StatuteRef>,
    /// Of the reader's organ, in the order of their record.
    confirmations: Vec<Confirmation>,
}

#[Object(use_type_description)]
impl DefinitionParameter {
    /// Its name; what `confirmParameter` takes as `parameter`.
    async fn id(&self) -> &str {
        self.parameter.id.as_str()
    }

    /// Its name for people, in the language of the request.
    async fn name(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        Ok(Some(Scope::of(ctx)?.lang.of(self.parameter.text.clone())))
    }

    /// Its value, in the language of the request.
    async fn value(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        Ok(Some(Scope::of(ctx)?.lang.of(self.parameter.value.text())))
    }

    /// How far the definition itself lets it be enforced: `BINDING` and `LOCAL_RULE` bind; `BORROWED`, `DESIGN` and
    /// `UNCONFIRMED` advise until they are confirmed.
    async fn authority(&self) -> &str {
        self.parameter.authority.as_str()
    }

    /// Whether it may refuse what the reader's organ does on a day, today where none is given; a day to come is told as
    /// it is now on record.
    async fn binds(&self, ctx: &Context<'_>, on: Option<Date>) -> Result<Option<bool>> {
        let day = on.map_or_else(|| Scope::of(ctx).map(|scope| scope.app.today()), |on| Ok(on.0))?;
        Ok(Some(self.parameter.authority.is_hard() || self.confirmations.iter().any(|c| c.is_on(day))))
    }

    /// Where it stands.
    async fn source(&self) -> Option<&StatuteRef> {
        self.source.as_ref()
    }

    /// What the justice bureau of the reader's organ confirmed of it, in the order of the record.
    async fn confirmations(&self) -> Vec<ParameterConfirmation> {
        self.confirmations.iter().cloned().map(Into::into).collect()
    }
}

/// A published definition. It never changes, and old ones stay.
#[derive(Debug, Clone, Description)]
pub struct WorkflowDefinition(DefinitionRow);

impl From<DefinitionRow> for WorkflowDefinition {
    fn from(row: DefinitionRow) -> Self {
        Self(row)
    }
}

impl WorkflowDefinition {
    /// A definition by its printed hash.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn find(scope: &Scope, hash: &str) -> Result<Option<Self>, Failure> {
        Ok(scope.one::<DefinitionRow>(hash).await?.map(Self))
    }

    /// A definition by its stream.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn of_stream(scope: &Scope, stream: &str) -> Result<Option<Self>, Failure> {
        let query = RowQuery::all(DefinitionRow::TABLE).with(Filter::Eq("definition", Value::Text(stream.to_owned())));
        Ok(scope.rows::<DefinitionRow>(query).await?.into_iter().next().map(Self))
    }
}

#[Object(use_type_description)]
impl WorkflowDefinition {
    /// SHA-256 of its bytes, `sha256:` and 64 hex digits.
    async fn hash(&self) -> &str {
        &self.0.hash
    }

    /// Its name; what `openCase` takes as `definition`.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Its version, from 1.
    async fn version(&self) -> i64 {
        self.0.version
    }

    /// Its title, in the language of the request.
    async fn title(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        let DefinitionRow { title_zh, title_en, .. } = &self.0;
        Ok(Some(match Scope::of(ctx)?.lang {
            Lang::Zh => title_zh.clone(),
            Lang::En => title_en.clone(),
        }))
    }

    /// Its family.
    async fn family(&self, ctx: &Context<'_>) -> Result<Option<Word<Family>>> {
        Ok(Some(Word(Scope::of(ctx)?.definition(&self.0.hash).await?.family)))
    }

    /// First day on which a case may be opened under it.
    async fn valid_from(&self) -> Option<Date> {
        self.0.valid_from.parse().ok().map(Date)
    }

    /// First day on which none may any more; none where no end is set.
    async fn valid_to(&self) -> Option<Date> {
        self.0.valid_to.as_ref()?.parse().ok().map(Date)
    }

    /// When it was published.
    async fn published_at(&self) -> DateTime {
        DateTime::of_millis(self.0.published_at)
    }

    /// The file, byte for byte: YAML. Of a definition that stands on others, the whole, which needs them no more.
    async fn source(&self) -> &str {
        &self.0.source
    }

    /// The definitions that it was made from, the nearest first; none where it stands by itself.
    async fn stands_on(&self, ctx: &Context<'_>) -> Result<Option<Vec<DefinitionBase>>> {
        let def = Scope::of(ctx)?.definition(&self.0.hash).await?;
        let base = |base: &Base| DefinitionBase {
            name: base.name.to_string(),
            version: base.version,
            hash: base.hash.to_string(),
        };
        Ok(Some(def.stands_on.iter().map(base).collect()))
    }

    /// The certificate of its proof: JSON.
    async fn certificate(&self) -> &str {
        &self.0.certificate_json
    }

    /// Its stages, in the order in which people read them.
    async fn stages(&self, ctx: &Context<'_>) -> Result<Option<Vec<DefinitionStage>>> {
        let scope = Scope::of(ctx)?;
        let def = scope.definition(&self.0.hash).await?;
        let stage = |s: &dingce_domain::definition::StageSpec| DefinitionStage {
            id: s.id.to_string(),
            kind: Word(s.kind),
            name: scope.lang.of(s.text.clone()),
            task: Task::of(s, scope.lang),
            approval: Approval::of(s, &def, scope.lang),
            materials: s
                .materials
                .iter()
                .map(|m| DefinitionMaterial { id: m.id.to_string(), name: scope.lang.of(m.text.clone()) })
                .collect(),
        };
        Ok(Some(def.stages.iter().map(stage).collect()))
    }

    /// The facts that it asks for.
    async fn facts(&self, ctx: &Context<'_>) -> Result<Option<Vec<DefinitionFact>>> {
        let scope = Scope::of(ctx)?;
        let def = scope.definition(&self.0.hash).await?;
        let fact = |f: &dingce_domain::definition::FactSpec| {
            let (words, min, max) = match &f.kind {
                FactKind::Bool => (None, None, None),
                FactKind::Word(words) => (Some(words.clone()), None, None),
                FactKind::Number(min, max) => (None, i32::try_from(*min).ok(), i32::try_from(*max).ok()),
            };
            DefinitionFact { name: f.id.to_string(), text: scope.lang.of(f.text.clone()), words, min, max }
        };
        Ok(Some(def.facts.iter().map(fact).collect()))
    }

    /// Special laws 特别法 that prevail over part of it, where a case says that it falls under them (R713 art. 3).
    async fn overlays(&self, ctx: &Context<'_>) -> Result<Option<Vec<Overlay>>> {
        let scope = Scope::of(ctx)?;
        let def = scope.definition(&self.0.hash).await?;
        Ok(Some(def.overlays.iter().map(|overlay| Overlay::of(overlay, &def, scope.lang)).collect()))
    }

    /// Its numbers, by name, with how far each may be enforced in the reader's organ.
    async fn parameters(&self, ctx: &Context<'_>) -> Result<Option<Vec<DefinitionParameter>>> {
        let scope = Scope::of(ctx)?;
        let def = scope.definition(&self.0.hash).await?;
        let mut confirmed = Vec::new();
        if let Some(hat) = scope.hats().await?.first() {
            let mut query = RowQuery::all(ConfirmationRow::TABLE)
                .with(Filter::Eq("definition", Value::Text(self.0.hash.clone())))
                .with(Filter::Eq("organ", Value::Text(hat.organ.to_string())));
            query.order = vec!["n"];
            for row in scope.rows::<ConfirmationRow>(query).await? {
                confirmed.push(scope.read::<Confirmation, ConfirmationRow>(&row.confirmation_json)?);
            }
        }
        let of = |parameter: &Parameter| DefinitionParameter {
            source: def.sources.get(&parameter.source.source).map(|known| StatuteRef {
                cite: scope.lang.of(known.cite.clone()),
                article: parameter.source.article.clone(),
            }),
            confirmations: confirmed.iter().filter(|c| c.confirmed.given.parameter == parameter.id).cloned().collect(),
            parameter: parameter.clone(),
        };
        Ok(Some(def.parameters.values().map(of).collect()))
    }
}
