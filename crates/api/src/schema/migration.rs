//! What moving a case to another version of its definition would do.

use async_graphql::SimpleObject;
use dingce_app::language::Language;
use dingce_app::use_cases::PlannedMigration;
use dingce_domain::definition::Definition;
use dingce_domain::migration::{Change, MigrationChange, MigrationObstacle, Obstacle};
use dingce_domain::words::StageId;

use super::definition::DefinitionSummary;
use super::errors::Lang;
use crate::convert::{Long, Word};

/// What moving a case to another version of its definition would do. Nothing is done by asking.
#[derive(Debug, Clone, SimpleObject)]
pub struct MigrationPlan {
    /// The version that the case runs under.
    pub from: DefinitionSummary,
    /// The version that it would run under.
    pub to: DefinitionSummary,
    /// How many events of the case were looked at; what `migrateCase` takes as `version`.
    pub version: Long,
    /// Stages that stay as they are.
    pub kept: Vec<MigrationStage>,
    /// Stages that come in, not begun.
    pub added: Vec<MigrationStage>,
    /// Stages that go: nothing was done in them.
    pub dropped: Vec<MigrationStage>,
    /// What else would be another way.
    pub changes: Vec<MigrationDifference>,
    /// What stands against it; empty where it can be done.
    pub obstacles: Vec<MigrationHindrance>,
}

/// A stage of either version.
#[derive(Debug, Clone, SimpleObject)]
pub struct MigrationStage {
    /// Its name.
    pub id: String,
    /// Its name for people, in the language of the request.
    pub name: String,
}

/// Something that would be another way.
#[derive(Debug, Clone, SimpleObject)]
pub struct MigrationDifference {
    /// What.
    pub what: Word<MigrationChange>,
    /// The stage, parameter, clock, role or fact; of a criterion the stage and its own name, with a dot between them.
    pub name: String,
    /// As it is, in the language of the request; none where it is new. Where only the condition behind a sentence changed, the
    /// sentence is the same before and after.
    pub before: Option<String>,
    /// As it would be; none where it goes.
    pub after: Option<String>,
    /// Whether this case comes to it still. What it has behind it is not asked again.
    pub ahead: bool,
}

/// Something that stands against it.
#[derive(Debug, Clone, SimpleObject)]
pub struct MigrationHindrance {
    /// Why; stable.
    pub code: Word<MigrationObstacle>,
    /// The stage, fact or clock, where it is one.
    pub name: Option<String>,
    /// The same as a sentence, in the language of the request.
    pub text: String,
}

impl MigrationPlan {
    /// A plan for people.
    pub fn of(planned: PlannedMigration, lang: Lang) -> Self {
        let PlannedMigration { plan, from, to } = planned;
        let named = |def: &Definition, id: &StageId| MigrationStage {
            id: id.to_string(),
            name: def.stage(id).map_or_else(|| id.to_string(), |spec| lang.of(spec.text.clone())),
        };
        let stages =
            |def: &Definition, ids: Vec<StageId>| ids.iter().map(|id| named(def, id)).collect::<Vec<MigrationStage>>();
        Self {
            version: Long::of(i64::try_from(plan.seen_n).unwrap_or(i64::MAX)),
            kept: stages(&to, plan.kept),
            added: stages(&to, plan.added),
            dropped: stages(&from, plan.dropped),
            changes: plan.changes.into_iter().map(|change| MigrationDifference::of(change, lang)).collect(),
            obstacles: plan.obstacles.into_iter().map(|obstacle| MigrationHindrance::of(obstacle, lang)).collect(),
            from: DefinitionSummary::of(&from, lang),
            to: DefinitionSummary::of(&to, lang),
        }
    }
}

impl MigrationDifference {
    fn of(change: Change, lang: Lang) -> Self {
        let Change { what, name, before, after, ahead } = change;
        let told = |text: Option<dingce_domain::words::Text>| text.map(|text| lang.of(text));
        Self { what: Word(what), name, before: told(before), after: told(after), ahead }
    }
}

impl MigrationHindrance {
    fn of(obstacle: Obstacle, lang: Lang) -> Self {
        let Obstacle { why, name } = obstacle;
        let text = lang.of(Language::shipped().word("migration_obstacle", why.as_str()));
        let text = name.as_ref().map_or_else(|| text.clone(), |name| format!("{text} ({name})"));
        Self { code: Word(why), name, text }
    }
}
