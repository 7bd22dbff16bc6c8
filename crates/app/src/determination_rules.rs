//! On which grounds a matter is no major decision, as data: `workflows/determination/rules.yaml`.

use std::sync::OnceLock;

use dingce_domain::definition::Authority;
use dingce_domain::determination::{ExclusionGround, GroundSource};
use serde::Deserialize;

use crate::catalogue_rules::RuleSource;

/// One ground.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GroundRule {
    /// Which.
    pub ground: ExclusionGround,
    /// How far it binds here: what does not bind is recorded with a flag.
    pub authority: Authority,
    /// By which text.
    pub source: RuleSource,
}

/// The grounds of a place.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeterminationRules {
    /// Each ground once.
    pub grounds: Vec<GroundRule>,
}

impl DeterminationRules {
    /// The rules that are shipped.
    ///
    /// # Panics
    /// If they cannot be read: they are part of the program, and a test reads them.
    pub fn shipped() -> &'static Self {
        static SHIPPED: OnceLock<DeterminationRules> = OnceLock::new();
        SHIPPED.get_or_init(|| {
            serde_saphyr::from_str(include_str!("../../../workflows/determination/rules.yaml"))
                .expect("workflows/determination/rules.yaml can be read")
        })
    }

    /// Where a ground stands.
    pub fn source_of(&self, ground: ExclusionGround) -> Option<GroundSource> {
        let GroundRule { ground: _, authority, source: RuleSource { cite, article } } =
            self.grounds.iter().find(|rule| rule.ground == ground)?.clone();
        Some(GroundSource { authority, cite, article })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_ground_has_its_source_once() {
        for ground in ExclusionGround::ALL {
            let rules = DeterminationRules::shipped().grounds.iter().filter(|rule| rule.ground == *ground);
            assert_eq!(rules.count(), 1, "{ground}");
        }
        let hard = |ground| DeterminationRules::shipped().source_of(ground).is_some_and(|s| s.authority.is_hard());
        assert!(hard(ExclusionGround::Emergency) && hard(ExclusionGround::SuperiorDecision));
        assert!(!hard(ExclusionGround::InternalManagement), "borrowed from another city");
    }
}
