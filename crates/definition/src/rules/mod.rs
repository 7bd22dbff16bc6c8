//! Rules that a definition keeps without being explored: citations, counts, roles, clocks, the kinds its family asks for.

mod clocks;
mod general;
mod roles;
mod stages;

use dingce_domain::definition::Definition;
use dingce_domain::words::StageKind;

use crate::problem::{Place, instead};
use crate::read::{Cite, Reader};

/// Most stages of a definition.
pub const STAGES_MAX: usize = 24;
/// Most clocks of a definition: their states are bits of one word.
pub const CLOCKS_MAX: usize = 64;
/// Most combinations of values that all facts together may have: the proof looks at each.
pub const FACT_COMBINATIONS_MAX: usize = 256;

/// Which parts were read without a mistake. Rules about what is missing wait for the part to be whole, so that one
/// mistake is told once.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Known {
    /// `valid_from` is known.
    pub dated: bool,
    /// All roles are known.
    pub roles: bool,
    /// All stages are known.
    pub stages: bool,
    /// All outcomes are known.
    pub outcomes: bool,
}

pub(crate) fn check(reader: &mut Reader<'_>, def: &Definition, known: Known) {
    validity(reader, def, known);
    counts(reader, def);
    // A floor that was read with a mistake may be the one that is asked for.
    if known.stages && reader.broken.is_empty() {
        overlays(reader, def);
    }
    clocks::check(reader, def, known);
    if known.stages {
        stages::check(reader, def, known);
    }
    if known.roles {
        roles::check(reader, def, known);
    }
}

/// Where something stands; the top of the file if it is not there.
pub(crate) fn place(reader: &Reader<'_>, key: &str) -> Place {
    reader.places.get(key).copied().unwrap_or(Place::TOP)
}

fn validity(reader: &mut Reader<'_>, def: &Definition, known: Known) {
    if let Some(end) = def.valid_to.filter(|end| known.dated && *end <= def.valid_from) {
        let at = place(reader, "valid_to");
        reader.add(
            "D-VALIDITY",
            at,
            format!("失效日 {end} 不晚于生效日。"),
            format!("valid_to {end} is not after valid_from."),
            instead(format!("晚于 {}", def.valid_from), format!("after {}", def.valid_from)),
        );
    }
    for (id, source) in &def.sources {
        if source.repealed_on.is_some_and(|end| end <= source.in_force_from) {
            let at = place(reader, &format!("sources.{id}"));
            reader.add(
                "D-SOURCE-INTERVAL",
                at,
                "废止日不晚于施行日。",
                "repealed_on is not after in_force_from.",
                None,
            );
        }
    }
    if !known.dated {
        return;
    }
    for Cite { source: id, at, from } in reader.cites.clone() {
        let begins = from.map_or(def.valid_from, |day| day.max(def.valid_from));
        let Some(source) = def.sources.get(&id) else { continue };
        if let Some(end) = source.repealed_on.filter(|end| *end <= begins) {
            reader.add(
                "D-SOURCE-REPEALED",
                at,
                format!("{id} 已于 {end} 废止，不能作为本定义的依据。"),
                format!("`{id}` was repealed on {end}, before this definition begins."),
                instead("现行有效的依据", "a source in force"),
            );
        }
        if source.in_force_from > begins {
            reader.add(
                "D-SOURCE-NOT-YET",
                at,
                format!("{id} 自 {} 起施行，本定义更早生效。", source.in_force_from),
                format!("`{id}` is in force from {}, after this definition begins.", source.in_force_from),
                instead(format!("{begins} 当日有效的依据"), format!("a source in force on {begins}")),
            );
        }
    }
}

/// A special law that says how long the public may comment needs somebody who asks the public, and a plain minimum a number.
fn overlays(reader: &mut Reader<'_>, def: &Definition) {
    let asked = def.positions(StageKind::PublicParticipation).next().is_some();
    for overlay in &def.overlays {
        let says = overlay.comment_period.is_some() || overlay.comment_period_fixed;
        let numbered = overlay.comment_period.is_some() || def.comment_floors().next().is_some();
        if says && !(asked && numbered) {
            let at = place(reader, &format!("overlays.{}", overlay.id));
            reader.add(
                "D-OVERLAY-PERIOD",
                at,
                "本定义没有征求意见的期限，特别法无从规定。",
                "The definition has no period of comments that a special law could set.",
                instead(
                    "public_participation 阶段，以及此处的期限或由 open_solicitation 启动的 floor 时钟",
                    "a public_participation stage, and a period here or a floor that open_solicitation starts",
                ),
            );
        }
    }
}

fn counts(reader: &mut Reader<'_>, def: &Definition) {
    if def.stages.len() > STAGES_MAX {
        let at = place(reader, "stages");
        reader.add(
            "D-STAGES-MANY",
            at,
            "阶段过多。",
            "There are too many stages.",
            instead(format!("不超过 {STAGES_MAX} 个"), format!("at most {STAGES_MAX}")),
        );
    }
    if def.clocks.len() > CLOCKS_MAX {
        let at = place(reader, "clocks");
        reader.add(
            "D-CLOCKS-MANY",
            at,
            "时钟过多。",
            "There are too many clocks.",
            instead(format!("不超过 {CLOCKS_MAX} 个"), format!("at most {CLOCKS_MAX}")),
        );
    }
    let combinations = def.facts.iter().try_fold(1_usize, |n, f| n.checked_mul(f.kind.values().len()));
    if combinations.is_none_or(|n| n > FACT_COMBINATIONS_MAX) {
        let at = place(reader, "facts");
        reader.add(
            "D-FACTS-MANY",
            at,
            "事实的取值组合过多，无法证明。",
            "The facts together have too many combinations of values to be proven.",
            instead(
                format!("组合不超过 {FACT_COMBINATIONS_MAX} 种"),
                format!("at most {FACT_COMBINATIONS_MAX} combinations"),
            ),
        );
    }
}
