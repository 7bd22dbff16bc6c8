//! What holds for yearly catalogues, as data: `workflows/catalogue/rules.yaml`.

use std::sync::OnceLock;

use dingce_domain::catalogue::{ConsentBody, Rules};
use dingce_domain::definition::Authority;
use jiff::civil::Date;
use serde::Deserialize;

/// By which text a value holds.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleSource {
    /// The text.
    pub cite: String,
    /// The article; empty where there is none.
    pub article: String,
}

/// Whether publication needs the consent of a body.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConsentRule {
    /// Which body.
    pub body: ConsentBody,
    /// Whether it is needed.
    pub required: bool,
    /// How far it binds.
    pub authority: Authority,
    /// By which text.
    pub source: RuleSource,
}

/// The day of the next year to whose end unfinished entries are reported.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReportRule {
    /// Month, 1 to 12.
    pub month: i8,
    /// Day of the month.
    pub day: i8,
    /// How far it binds: a missed day is listed, nothing is refused by it.
    pub authority: Authority,
    /// By which text.
    pub source: RuleSource,
}

/// The rules of a place.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CatalogueRules {
    /// Consents.
    pub consents: Vec<ConsentRule>,
    /// The day for reports; absent where the place has none.
    pub unfinished_reported_by: Option<ReportRule>,
}

impl CatalogueRules {
    /// The rules that are shipped.
    ///
    /// # Panics
    /// If they cannot be read: they are part of the program, and a test reads them.
    pub fn shipped() -> &'static Self {
        static SHIPPED: OnceLock<CatalogueRules> = OnceLock::new();
        SHIPPED.get_or_init(|| {
            serde_saphyr::from_str(include_str!("../../../workflows/catalogue/rules.yaml"))
                .expect("workflows/catalogue/rules.yaml can be read")
        })
    }

    /// What holds for the catalogue of a year.
    pub fn of_year(&self, year: i16) -> Rules {
        let required = self.consents.iter().filter(|c| c.required && c.authority.is_hard()).map(|c| c.body).collect();
        let report_by = self
            .unfinished_reported_by
            .as_ref()
            .and_then(|rule| Date::new(year.checked_add(1)?, rule.month, rule.day).ok());
        Rules { required, report_by }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_rules_ask_for_both_consents_and_a_report_in_january() {
        let rules = CatalogueRules::shipped().of_year(2022);
        assert_eq!(rules.required, [ConsentBody::Government, ConsentBody::Party].into());
        assert_eq!(rules.report_by, Some(jiff::civil::date(2023, 1, 31)));
        assert_eq!(CatalogueRules::shipped().of_year(9999).report_by, None, "no such year is written");
    }

    #[test]
    fn what_only_advises_is_not_required() {
        let mut rules = CatalogueRules::shipped().clone();
        for rule in &mut rules.consents {
            rule.authority = Authority::Borrowed;
        }
        assert!(rules.of_year(2022).required.is_empty());
    }
}
