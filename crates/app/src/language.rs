//! Words for people: the language files, and refusals told in them.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use dingce_domain::code::Code;
use dingce_domain::definition::Definition;
use dingce_domain::rejection::Rejection;
use dingce_domain::words::{Relation, Text};
use serde::Deserialize;

use crate::template::{filled, range};

#[derive(Debug, Clone, Deserialize)]
struct Sentences {
    title: String,
    message: String,
    remedy: String,
    #[serde(default)]
    line: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
struct Cite {
    cite: String,
    article: String,
}

#[derive(Debug, Clone, Deserialize)]
struct Entry {
    zh: Sentences,
    en: Sentences,
    source: Vec<Cite>,
    words: Vec<String>,
}

/// The language files.
#[derive(Debug)]
pub struct Language {
    refusals: BTreeMap<String, Entry>,
    words: BTreeMap<String, BTreeMap<String, Text>>,
    sources: BTreeMap<String, Text>,
}

/// A legal source as people cite it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cited {
    /// The source.
    pub cite: Text,
    /// The article; empty where there is none.
    pub article: String,
}

/// A refusal as people read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// Its code; `docs/errors/<code>.md` has its page.
    pub code: String,
    /// Short.
    pub title: Text,
    /// What was wrong.
    pub message: Text,
    /// What to do.
    pub remedy: Text,
    /// By which articles.
    pub sources: Vec<Cited>,
}

impl Language {
    /// The files that are shipped.
    ///
    /// # Panics
    /// If they cannot be read: they are part of the program, and a test reads them.
    pub fn shipped() -> &'static Self {
        static SHIPPED: OnceLock<Language> = OnceLock::new();
        SHIPPED.get_or_init(|| {
            let mut refusals: BTreeMap<String, Entry> =
                serde_saphyr::from_str(include_str!("../lang/refusals.yaml")).expect("refusals.yaml can be read");
            let transport: BTreeMap<String, Entry> =
                serde_saphyr::from_str(include_str!("../lang/transport.yaml")).expect("transport.yaml can be read");
            for (code, entry) in transport {
                refusals.entry(code).or_insert(entry);
            }
            Language {
                refusals,
                words: serde_saphyr::from_str(include_str!("../lang/words.yaml")).expect("words.yaml can be read"),
                sources: serde_saphyr::from_str(include_str!("../lang/sources.yaml"))
                    .expect("sources.yaml can be read"),
            }
        })
    }

    /// The name of a stored word of a section; the word itself where it has none.
    pub fn word(&self, section: &str, word: &str) -> Text {
        self.words
            .get(section)
            .and_then(|s| s.get(word))
            .cloned()
            .unwrap_or_else(|| Text { zh: word.to_owned(), en: word.to_owned() })
    }

    /// A legal source by its short name, as people cite it; the short name itself where it has none.
    pub fn source(&self, short: &str) -> Text {
        let plain = || Text { zh: short.to_owned(), en: short.to_owned() };
        self.sources.get(short).cloned().unwrap_or_else(plain)
    }

    /// The name of the opinion, conclusion, position or outcome that an event of this kind carries.
    pub fn opinion(&self, kind: &str, word: &str) -> Text {
        let section = match kind {
            "legality_concluded" => "legality_conclusion",
            "position_recorded" => "position",
            "decision_adopted" | "decision_declined" => "outcome",
            "report_replied" => "report_reply",
            "disclosure_reviewed" => "disclosure",
            "expert_opinion_given" => "expert_stance",
            "risk_reported" => "risk_level",
            "legality_answered" => "uptake",
            "execution_trouble_reported" | "execution_suspended" => "execution_trouble",
            "evaluation_reported" | "evaluation_concluded" => "evaluation_conclusion",
            "clue_received" => "clue_source",
            "harm_recorded" => "harm_kind",
            "approval_given" => "approval_answer",
            _ => "",
        };
        self.word(section, word)
    }

    /// The name of a kind of event, of any stream.
    pub fn event(&self, kind: &str) -> Text {
        [
            "case_event",
            "consultation_event",
            "hearing_event",
            "organisation_event",
            "catalogue_event",
            "definition_event",
            "historical_dossier_event",
            "proposal_event",
            "determination_event",
            "printed_agenda_event",
            "adviser_event",
            "engagement_event",
            "secret_stub_event",
            "meeting_event",
            "legal_basis_event",
            "accountability_event",
            "notice_event",
            "mandate_event",
            "log_note_event",
            "erasure_event",
        ]
        .iter()
        .find_map(|section| self.words.get(*section)?.get(kind).cloned())
        .unwrap_or_else(|| Text { zh: kind.to_owned(), en: kind.to_owned() })
    }

    /// Tells a refusal. `def` gives the names of its stages, criteria and clocks, where the refusal is of a case.
    pub fn tell(&self, rejection: &Rejection, def: Option<&Definition>) -> Told {
        let code = rejection.code.as_str();
        let Some(entry) = self.refusals.get(code) else {
            let text = |t: String| Text { zh: t.clone(), en: t };
            return Told {
                code: code.to_owned(),
                title: text(code.to_owned()),
                message: text(rejection.to_string()),
                remedy: text(String::new()),
                sources: Vec::new(),
            };
        };
        let slots = self.slots(rejection, def, &entry.words);
        let fill = |pick: fn(&Sentences) -> &String| Text {
            zh: filled(pick(&entry.zh), &|name| slots.get(name).map(|t| t.zh.clone())),
            en: filled(pick(&entry.en), &|name| slots.get(name).map(|t| t.en.clone())),
        };
        Told {
            code: code.to_owned(),
            title: fill(|s| &s.title),
            message: fill(|s| &s.message),
            remedy: fill(|s| &s.remedy),
            sources: self.sources_of(rejection, def, entry),
        }
    }

    /// The line of a checklist for a code: what must hold. `separates` is what nobody may have been, where the line keeps
    /// duties apart. The title of the refusal where the code is no line of a gate.
    pub fn line(&self, code: Code, separates: Option<Relation>) -> Text {
        if let Some(relation) = separates {
            return self.word("separation", relation.as_str());
        }
        let plain = || Text { zh: code.as_str().to_owned(), en: code.as_str().to_owned() };
        let Some(entry) = self.refusals.get(code.as_str()) else { return plain() };
        let pick = |told: &Sentences| told.line.clone().unwrap_or_else(|| filled(&told.title, &|_| None));
        Text { zh: pick(&entry.zh), en: pick(&entry.en) }
    }

    /// Tells a code of the transport, without what was given and what is allowed.
    pub fn tell_code(&self, code: &str) -> Option<Told> {
        self.tell_code_with(code, &|_| None)
    }

    /// Tells a code of the transport, with what was given and what is allowed.
    pub fn tell_code_with(&self, code: &str, slot: &dyn Fn(&str) -> Option<String>) -> Option<Told> {
        let entry = self.refusals.get(code)?;
        let text = |pick: fn(&Sentences) -> &String| Text {
            zh: filled(pick(&entry.zh), slot),
            en: filled(pick(&entry.en), slot),
        };
        Some(Told {
            code: code.to_owned(),
            title: text(|s| &s.title),
            message: text(|s| &s.message),
            remedy: text(|s| &s.remedy),
            sources: Vec::new(),
        })
    }

    /// The name of a member of an input, from its path in the domain: `documents.0.name` is the name of the first document.
    /// As it stands in the input where it has no name.
    pub fn field(&self, path: &str) -> Text {
        let named = |segment: &str| {
            let plain = || Text { zh: segment.to_owned(), en: segment.to_owned() };
            self.words.get("field").and_then(|fields| fields.get(segment)).cloned().unwrap_or_else(plain)
        };
        let mut told: Option<Text> = None;
        for segment in path.split('.').filter(|segment| !segment.is_empty()) {
            told = Some(match (told, segment.parse::<u32>()) {
                (Some(Text { zh, en }), Ok(at)) => {
                    let at = at.saturating_add(1);
                    Text { zh: format!("{zh}第{at}项"), en: format!("{en}, number {at}") }
                }
                (Some(Text { zh, en }), Err(_)) => {
                    let own = named(segment);
                    Text { zh: format!("{zh}的{}", own.zh), en: format!("{en}: {}", own.en) }
                }
                (None, _) => named(segment),
            });
        }
        told.unwrap_or_else(|| Text { zh: path.to_owned(), en: path.to_owned() })
    }

    fn slots(&self, rejection: &Rejection, def: Option<&Definition>, sections: &[String]) -> BTreeMap<&str, Text> {
        let plain = |t: &str| Text { zh: t.to_owned(), en: t.to_owned() };
        let one = |word: &str| {
            let named = |section: &String| self.words.get(section)?.get(word).cloned();
            sections
                .iter()
                .find_map(named)
                .or_else(|| def?.roles.iter().find(|r| r.id.as_str() == word).map(|r| r.text.clone()))
                .or_else(|| def?.stages.iter().find(|s| s.id.as_str() == word).map(|s| s.text.clone()))
                .or_else(|| {
                    def?.stages
                        .iter()
                        .flat_map(|s| &s.materials)
                        .find(|m| m.id.as_str() == word)
                        .map(|m| m.text.clone())
                })
                .or_else(|| range(word))
                .unwrap_or_else(|| plain(word))
        };
        let phrase = |value: &str| sections.iter().find_map(|section| self.words.get(section)?.get(value).cloned());
        let list = |value: &str| {
            let parts: Vec<Text> = value.split(", ").map(one).collect();
            Text {
                zh: parts.iter().map(|t| t.zh.as_str()).collect::<Vec<_>>().join("、"),
                en: parts.iter().map(|t| t.en.as_str()).collect::<Vec<_>>().join(", "),
            }
        };
        let mut slots = BTreeMap::new();
        // What was given is one thing, also where it holds a comma; an empty one says nothing.
        if let Some(given) = rejection.given.as_deref().filter(|g| !g.is_empty()) {
            slots.insert("given", one(given));
        }
        if let Some(needed) = rejection.needed.as_deref().filter(|n| !n.is_empty()) {
            // A phrase with a comma is one thing.
            slots.insert("needed", phrase(needed).unwrap_or_else(|| list(needed)));
        }
        if let Some(path) = &rejection.path {
            slots.insert("path", self.field(path));
        }
        if let Some(verb) = rejection.verb {
            slots.insert("verb", self.word("verb", verb.as_str()));
        }
        if let Some(stage) = &rejection.stage {
            let text = def.and_then(|d| d.stage(stage)).map(|s| s.text.clone());
            slots.insert("stage", text.unwrap_or_else(|| plain(stage.as_str())));
        }
        if let Some(criterion) = &rejection.criterion {
            let all = def
                .into_iter()
                .flat_map(|d| &d.stages)
                .flat_map(|s| s.entry.iter().chain(&s.exit).chain(&s.hearing_if));
            let text = all.into_iter().find(|c| &c.id == criterion).map(|c| c.text.clone());
            slots.insert("criterion", text.unwrap_or_else(|| plain(criterion.as_str())));
        }
        if let Some(clock) = &rejection.clock {
            let text = def.and_then(|d| d.clocks.iter().find(|c| &c.id == clock)).map(|c| c.text.clone());
            slots.insert("clock", text.unwrap_or_else(|| plain(clock.as_str())));
        }
        slots
    }

    fn sources_of(&self, rejection: &Rejection, def: Option<&Definition>, entry: &Entry) -> Vec<Cited> {
        let of_definition = rejection.basis.as_ref().and_then(|basis| {
            let source = def?.sources.get(&basis.source)?;
            Some(Cited { cite: source.cite.clone(), article: basis.article.clone() })
        });
        let confirmed = rejection
            .confirmed
            .as_ref()
            .map(|basis| Cited { cite: Text { zh: basis.clone(), en: basis.clone() }, article: String::new() });
        match confirmed.or(of_definition) {
            Some(cited) => vec![cited],
            None => entry
                .source
                .iter()
                .map(|s| Cited {
                    cite: self
                        .sources
                        .get(&s.cite)
                        .cloned()
                        .unwrap_or_else(|| Text { zh: s.cite.clone(), en: s.cite.clone() }),
                    article: s.article.clone(),
                })
                .collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_told_in_both_languages_without_open_slots() {
        let language = Language::shipped();
        for code in Code::ALL {
            let told = language.tell(&Rejection::new(*code), None);
            for text in [&told.title, &told.message, &told.remedy] {
                assert!(!text.zh.is_empty() && !text.en.is_empty(), "{code} has a text in both languages");
                assert!(!text.zh.contains('{') && !text.en.contains('{'), "{code}: {text:?}");
            }
        }
    }

    #[test]
    fn what_is_given_stays_one_thing_and_what_is_empty_is_left_out() {
        let language = Language::shipped();
        let told = |r: Rejection| language.tell(&r, None).message;
        let told_given = told(Rejection::new(Code::KeyReused).given("a, b"));
        assert!(!told_given.zh.contains('、') || told_given.zh.contains("a, b"), "{told_given:?}");
        assert_eq!(told(Rejection::new(Code::ReasonMissing).given("")), told(Rejection::new(Code::ReasonMissing)));
    }

    #[test]
    fn every_phrase_of_a_refusal_has_a_name_in_both_languages() {
        // As the rules write them into `given` and `needed`, with the code they come with.
        for (code, phrase) in [
            (Code::ChangeNotAcceptable, "first"),
            (Code::ChangeNotAcceptable, "material, wording_only"),
            (Code::ConclusionContradicted, "no line in conflict"),
            (Code::ConclusionContradicted, "risk_stated"),
            (Code::ConclusionContradicted, "authority found lawful"),
            (Code::ConclusionContradicted, "a line that finds no rule"),
            (Code::DefinitionNotUsable, "a proof under the rules of this program"),
            (Code::DefinitionNotUsable, "null"),
            (Code::DirectoryConflict, "organisation_opened"),
            (Code::DraftMovedOn, "null"),
            (Code::FactNotAcceptable, "true"),
            (Code::FactNotAcceptable, "false"),
            (Code::Forbidden, "a post on this day"),
            (Code::Forbidden, "keep_directory"),
            (Code::ListNotAcceptable, "1 head"),
            (Code::ListNotAcceptable, "each document once"),
            (Code::ReasonMissing, "null"),
            (Code::ReasonMissing, "wide concern"),
            (Code::ReasonMissing, "technical nature"),
            (Code::ReleaseNotReviewed, "null"),
            (Code::StageUnknown, "null"),
            (Code::StageUnknown, "stage"),
            (Code::VolumeNotChecked, "closed"),
        ] {
            let language = Language::shipped();
            let rejection = Rejection::new(code).given(phrase).needed(phrase);
            let sections = &language.refusals[code.as_str()].words;
            let slots = language.slots(&rejection, None, sections);
            let zh = &slots["needed"].zh;
            assert!(!zh.is_ascii(), "{code}: {phrase} is told as {zh}");
        }
    }
}
