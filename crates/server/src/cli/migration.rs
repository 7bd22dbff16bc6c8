//! `dingce case migrate`.

use dingce_app::language::Language;
use dingce_app::principal::FoundHats;
use dingce_app::use_cases::{Asked, PlannedMigration};
use dingce_domain::definition::Definition;
use dingce_domain::id::CaseId;
use dingce_domain::migration::MigrateCase;
use dingce_domain::occasion::Manner;
use dingce_domain::words::{StageId, Text};
use serde_json::json;

use super::{assembled, principal};
use crate::assemble::Opening;
use crate::console::Console;
use crate::settings::Settings;

/// Tells what a move would do and, where somebody is named who does it and nothing stands against it, does it.
pub(super) async fn run(
    settings: Settings,
    case: CaseId,
    to: &str,
    act: Option<(String, MigrateCase)>,
    as_json: bool,
) -> anyhow::Result<bool> {
    let act = match act {
        Some((by, given)) => Some((principal(&settings, &by)?, given)),
        None => None,
    };
    let assembled = assembled(settings, Opening::ToServe).await?;
    let app = &assembled.app;
    let planned = match &act {
        Some((who, _)) => app.plan_migration(*who, case, to).await?,
        None => app.plan_migration_unchecked(case, to).await?,
    };
    if as_json {
        Console.json(&told(&planned))?;
    } else {
        tell(&planned);
    }
    if !planned.plan.obstacles.is_empty() {
        return Ok(false);
    }
    let Some((who, given)) = act else { return Ok(true) };
    let asked = Asked { who, key: None, manner: Manner::Online, hats: FoundHats::default() };
    let done = app.migrate_case(asked, case, to, planned.plan.seen_n, given).await?;
    Console.progress(format!("moved; the case now has {} events", done.n));
    Ok(true)
}

fn both(text: &Text) -> String {
    format!("{} {}", text.zh, text.en)
}

fn tell(planned: &PlannedMigration) {
    let PlannedMigration { plan, from, to } = planned;
    let words = Language::shipped();
    Console.result(format!("{}@{} → {}@{}", from.name, from.version, to.name, to.version));
    let named = |def: &Definition, id: &StageId| {
        def.stage(id).map_or_else(|| id.to_string(), |spec| format!("{id} {}", both(&spec.text)))
    };
    for (mark, def, stages) in [("=", to, &plan.kept), ("+", to, &plan.added), ("-", from, &plan.dropped)] {
        for id in stages {
            Console.result(format!("{mark} {}", named(def, id)));
        }
    }
    for change in &plan.changes {
        let what = both(&words.word("migration_change", change.what.as_str()));
        let shown = |text: &Option<Text>| text.as_ref().map_or_else(|| "—".to_owned(), both);
        let behind = if change.ahead { "" } else { "  (不再适用于本事项 behind this case)" };
        Console.result(format!("~ {what}: {}{behind}", change.name));
        Console.result(format!("    {} → {}", shown(&change.before), shown(&change.after)));
    }
    for obstacle in &plan.obstacles {
        let why = both(&words.word("migration_obstacle", obstacle.why.as_str()));
        Console.result(format!("✗ {why} {}", obstacle.name.as_deref().unwrap_or_default()).trim_end());
    }
    Console.result(if plan.obstacles.is_empty() {
        "可以变更版本。 Nothing stands against it."
    } else {
        "不能变更版本。 The case cannot be moved."
    });
}

fn told(planned: &PlannedMigration) -> serde_json::Value {
    let PlannedMigration { plan, from, to } = planned;
    let reference = |def: &Definition| json!({"name": def.name, "version": def.version, "hash": def.hash});
    let changes: Vec<_> = plan
        .changes
        .iter()
        .map(|c| json!({"what": c.what, "name": c.name, "before": c.before, "after": c.after, "ahead": c.ahead}))
        .collect();
    let obstacles: Vec<_> = plan.obstacles.iter().map(|o| json!({"code": o.why, "name": o.name})).collect();
    json!({"from": reference(from), "to": reference(to), "version": plan.seen_n, "kept": plan.kept,
           "added": plan.added, "dropped": plan.dropped, "changes": changes, "obstacles": obstacles})
}
