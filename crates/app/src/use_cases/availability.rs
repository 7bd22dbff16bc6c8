//! What can be done, and what is missing: the same `permits` that would refuse, asked beforehand.

use std::collections::BTreeSet;

use dingce_domain::case::time_class;
use dingce_domain::definition::Definition;
use dingce_domain::file::CaseUnits;
use dingce_domain::id::UnitId;
use dingce_domain::permits::{Verdict, permits};
use dingce_domain::verb::Verb;
use dingce_domain::words::{Relation, StageId};
use jiff::civil::Date;

use crate::error::AppError;
use crate::principal::Hat;
use crate::read_rows::CaseRow;
use crate::streams::CaseState;

/// What gates need of a case, from its row alone.
#[derive(Debug, Clone)]
pub struct CaseGlance {
    /// The state.
    pub state: CaseState,
    /// The organ.
    pub organ: UnitId,
    /// The units that it names.
    pub units: CaseUnits,
}

impl CaseGlance {
    /// Reads a row.
    ///
    /// # Errors
    /// Where the row is of another program's shape: rebuild the read tables.
    pub fn of(row: &CaseRow) -> Result<Self, AppError> {
        let id = |error| AppError::internal("reading a case's row", error);
        Ok(Self {
            state: serde_json::from_str(&row.state_json)
                .map_err(|error| AppError::internal("reading a case's row", error))?,
            organ: row.organ.parse().map_err(id)?,
            units: row.units().map_err(id)?,
        })
    }
}

/// One act on one stage, and what stands against it.
#[derive(Debug, Clone)]
pub struct Availability {
    /// The act.
    pub verb: Verb,
    /// The stage; `None` for acts on the whole case.
    pub stage: Option<StageId>,
    /// Every line that was asked.
    pub verdict: Verdict,
}

/// What each act of the definition would be told now, in the order of stages and verbs.
///
/// Each is asked in the hat that fares best: one that is permitted, else one with a role for it.
pub fn availability(def: &Definition, glance: &CaseGlance, hats: &[Hat], day: Date) -> Vec<Availability> {
    let time = time_class(def, &glance.state.clocks, day);
    let mut list = Vec::new();
    for verb in Verb::ALL.iter().copied().filter(|v| *v != Verb::OpenCase) {
        let positions: Vec<Option<usize>> = match (verb.kind(), verb) {
            (Some(kind), _) => def.positions(kind).map(Some).collect(),
            (None, verb) if verb.on_any_stage() => (0..def.stages.len()).map(Some).collect(),
            (None, _) => vec![None],
        };
        for at in positions {
            let asked = hats
                .iter()
                .filter(|h| h.organ == glance.organ)
                .map(|hat| {
                    let mut past: BTreeSet<Relation> = hat
                        .persons()
                        .filter_map(|p| glance.state.hats.get(&p))
                        .flat_map(|relations| relations.iter().copied())
                        .collect();
                    if hat.all_units.iter().any(|unit| glance.state.assessing_units.contains(unit)) {
                        past.insert(Relation::OfAssessingUnit);
                    }
                    let who = hat.relations(def, glance.units, past, verb);
                    permits(def, &glance.state.control, &glance.state.facts, time, &who, verb, at.unwrap_or(0))
                })
                .min_by_key(|v| v.items.iter().filter(|i| !i.met).count());
            if let Some(verdict) = asked {
                list.push(Availability { verb, stage: at.map(|i| def.stages[i].id.clone()), verdict });
            }
        }
    }
    list.sort_by_key(|a| a.stage.as_ref().and_then(|s| def.position(s)).unwrap_or(usize::MAX));
    list
}
