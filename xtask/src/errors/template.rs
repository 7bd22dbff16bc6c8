//! What a message must be, so that it reads well whatever of it is absent.

use std::collections::BTreeSet;

use crate::lang::{Entry, Told};

/// What a message may name.
const PLACES: [&str; 7] = ["given", "needed", "verb", "stage", "criterion", "clock", "path"];

/// Everything that is wrong with the words of an entry.
pub fn flaws(entry: &Entry) -> Vec<String> {
    let Entry { zh, en, source: _, words: _, meaning, cause } = entry;
    let mut flaws = told("zh", zh, "。");
    flaws.extend(told("en", en, ". "));
    for (name, text) in [("meaning", meaning), ("cause", cause)] {
        if !text.ends_with('.') || !places(text).is_empty() {
            flaws.push(format!("{name} is one or more whole sentences and no template."));
        }
    }
    if places(&zh.message) != places(&en.message) {
        flaws.push("the messages in zh and en name different values.".to_owned());
    }
    flaws
}

fn told(language: &str, told: &Told, between: &str) -> Vec<String> {
    let Told { title, message, remedy, line } = told;
    let mut flaws = Vec::new();
    let end = between.trim_end();
    if title.trim().is_empty() || title.ends_with(end) || !places(title).is_empty() {
        flaws.push(format!("{language}.title is a few words, without a stop and without values."));
    }
    for (name, text) in [("message", message), ("remedy", remedy)] {
        if !text.ends_with(end) {
            flaws.push(format!("{language}.{name} ends with \"{end}\"."));
        }
    }
    if line.as_ref().is_some_and(|line| line.trim().is_empty() || line.ends_with(end) || !places(line).is_empty()) {
        flaws.push(format!("{language}.line says what must hold, without a stop and without values."));
    }
    let first = message.split(between).next().unwrap_or_default();
    if !places(first).is_empty() {
        flaws.push(format!("{language}.message: the first sentence names no value, because it must stand alone."));
    }
    if !places(remedy).is_empty() {
        flaws.push(format!("{language}.remedy names no value."));
    }
    for place in places(message).iter().filter(|place| !PLACES.contains(&place.as_str())) {
        flaws.push(format!("{language}.message names {{{place}}}, which no refusal has. Use {}.", PLACES.join(", ")));
    }
    flaws
}

/// The names in braces of a text.
fn places(text: &str) -> BTreeSet<String> {
    text.split('{').skip(1).map(|rest| rest.split('}').next().unwrap_or(rest).to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(zh: &str, en: &str) -> Entry {
        let told = |message: &str, stop: &str| Told {
            title: "t".to_owned(),
            message: message.to_owned(),
            remedy: format!("r{stop}"),
            line: None,
        };
        Entry {
            zh: told(zh, "。"),
            en: told(en, "."),
            source: Vec::new(),
            words: Vec::new(),
            meaning: "m.".to_owned(),
            cause: "c.".to_owned(),
        }
    }

    #[test]
    fn a_message_whose_values_stand_in_later_sentences_is_fine() {
        assert_eq!(flaws(&entry("过短。给出:{given}。", "Too short. Given was {given}.")), Vec::<String>::new());
    }

    #[test]
    fn what_would_read_badly_is_told() {
        for (zh, en) in [
            ("给出:{given}。", "Given was {given}."),
            ("过短。给出:{given}。", "Too short."),
            ("过短。给出:{giben}。", "Too short. Given was {giben}."),
            ("过短", "Too short"),
        ] {
            assert!(!flaws(&entry(zh, en)).is_empty(), "{zh} {en}");
        }
    }
}
