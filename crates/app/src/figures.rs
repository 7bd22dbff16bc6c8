//! The words of the figures: their names, what counts in each, and the article that each rests on.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use dingce_domain::figures::{FigureCode, Standing};
use dingce_domain::words::Text;
use serde::Deserialize;

use crate::language::{Cited, Language};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Told {
    zh: String,
    en: String,
    counts: Text,
    law: Option<String>,
    article: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Words {
    day: Text,
    columns: BTreeMap<String, Text>,
    said: BTreeMap<String, Text>,
    figures: BTreeMap<String, Told>,
}

fn shipped() -> &'static Words {
    static SHIPPED: OnceLock<Words> = OnceLock::new();
    SHIPPED
        .get_or_init(|| serde_saphyr::from_str(include_str!("../lang/figures.yaml")).expect("figures.yaml can be read"))
}

fn told(code: FigureCode) -> Option<&'static Told> {
    shipped().figures.get(code.as_str())
}

/// Its name.
pub fn name(code: FigureCode) -> Text {
    told(code).map_or_else(|| plain(code.as_str()), |told| Text { zh: told.zh.clone(), en: told.en.clone() })
}

/// What counts, of what it is a share, and what stands apart.
pub fn counts(code: FigureCode) -> Text {
    told(code).map_or_else(|| Text { zh: String::new(), en: String::new() }, |told| told.counts.clone())
}

/// The article that it rests on, as people cite it; none where it rests on practice alone.
pub fn article(code: FigureCode) -> Option<Cited> {
    let told = told(code)?;
    Some(Cited { cite: Language::shipped().source(told.law.as_deref()?), article: told.article.clone() })
}

/// By which day things belong to the period.
pub fn by_day() -> Text {
    shipped().day.clone()
}

fn plain(text: &str) -> Text {
    Text { zh: text.to_owned(), en: text.to_owned() }
}

/// What a column of a file holds.
pub fn column(name: &str) -> Text {
    shipped().columns.get(name).cloned().unwrap_or_else(|| plain(name))
}

/// Something that files say.
pub(crate) fn said(word: &str) -> Text {
    shipped().said.get(word).cloned().unwrap_or_else(|| plain(word))
}

/// How a thing stands.
pub fn standing(standing: Standing) -> Text {
    match standing {
        Standing::Counted => Language::shipped().word("phrase", "figure_counted"),
        Standing::Missed => Language::shipped().word("phrase", "figure_missed"),
        Standing::Apart(why) => Language::shipped().word("apart", why.as_str()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_figure_is_told_in_both_languages_with_its_article_and_nothing_else_is() {
        let codes: Vec<&str> = FigureCode::ALL.iter().map(|code| code.as_str()).collect();
        for known in shipped().figures.keys() {
            assert!(codes.contains(&known.as_str()), "{known} is no figure");
        }
        for code in FigureCode::ALL {
            let (name, counts) = (name(*code), counts(*code));
            for text in [&name, &counts] {
                assert!(!text.zh.is_ascii() && text.en.is_ascii() && !text.en.is_empty(), "{code}: {text:?}");
            }
            let article = article(*code).unwrap_or_else(|| panic!("{code} rests on nothing"));
            assert!(article.cite.zh.starts_with('《') && !article.article.is_empty(), "{code}: {article:?}");
            assert_eq!(counts.en.contains("Of: "), code.is_share(), "{code} says of what it is a share");
        }
        assert!(!by_day().zh.is_empty() && by_day().en.is_ascii());
        for word in [Standing::Counted, Standing::Missed] {
            assert!(!standing(word).zh.is_ascii(), "{word:?}");
        }
    }
}
