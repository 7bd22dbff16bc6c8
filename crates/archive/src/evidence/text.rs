//! The sentences, from their language file.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::sync::OnceLock;

use serde::Deserialize;

use crate::four::Sentence;

/// One entry for each sentence of `lang/evidence.yaml`.
macro_rules! texts {
    ($($text:ident = $key:literal),* $(,)?) => {
        /// Which sentence.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(super) enum Text { $($text),* }

        impl Text {
            #[cfg(test)]
            const ALL: &[Self] = &[$(Self::$text),*];

            const fn key(self) -> &'static str {
                match self { $(Self::$text => $key),* }
            }
        }
    };
}

texts! {
    LogSigned = "log_signed",
    Cosigned = "cosigned",
    QuorumMet = "quorum_met",
    Included = "included",
    LeadsToRoot = "leads_to_root",
    LeafSays = "leaf_says",
    ReceiptsChain = "receipts_chain",
    ReportSigned = "report_signed",
    RowsIncluded = "rows_included",
    ReportOverdue = "report_overdue",
    TilesHold = "tiles_hold",
    EntriesHold = "entries_hold",
    Continues = "continues",
    SameTree = "same_tree",
    OlderSigned = "older_signed",
    CannotRead = "cannot_read",
    TooLarge = "too_large",
    Unrecognised = "unrecognised",
    Malformed = "malformed",
    CheckpointRefused = "checkpoint_refused",
    ReportRefused = "report_refused",
    ReportUnsigned = "report_unsigned",
    OlderRefused = "older_refused",
    NotIncluded = "not_included",
    LeafMissing = "leaf_missing",
    NotPublished = "not_published",
    LeafNotOurs = "leaf_not_ours",
    ChainBroken = "chain_broken",
    NumberTwice = "number_twice",
    FileMissing = "file_missing",
    FileDiffers = "file_differs",
    RootDiffers = "root_differs",
    OtherLog = "other_log",
    WentBack = "went_back",
    Fork = "fork",
    NotContinued = "not_continued",
    OtherStart = "other_start",
    NoOlder = "no_older",
    NoTiles = "no_tiles",
    ReportWord = "report_word",
    RowsUnpublished = "rows_unpublished",
    NoTrust = "no_trust",
    NoWitness = "no_witness",
    KeyAndWitnesses = "key_and_witnesses",
    NoOlderGiven = "no_older_given",
    NotNewest = "not_newest",
    OnlyRecorded = "only_recorded",
    Clocks = "clocks",
    OtherLines = "other_lines",
    ExtraData = "extra_data",
    NoEntries = "no_entries",
    StreamsUnread = "streams_unread",
    OtherFiles = "other_files",
    OlderQuorum = "older_quorum",
    OlderUnjudged = "older_unjudged",
    More = "more",
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    zh: String,
    en: String,
}

fn entries() -> &'static BTreeMap<String, Entry> {
    static ENTRIES: OnceLock<BTreeMap<String, Entry>> = OnceLock::new();
    ENTRIES.get_or_init(|| {
        serde_saphyr::from_str(include_str!("../../lang/evidence.yaml")).expect("evidence.yaml can be read")
    })
}

impl Text {
    /// The sentence in both languages with these values filled in.
    pub(super) fn say(self, values: &[(&str, &dyn Display)]) -> Sentence {
        let entry = &entries()[self.key()];
        Sentence { zh: filled(&entry.zh, values), en: filled(&entry.en, values) }
    }
}

/// The text with each `{name}` replaced, in one pass: what is filled in is never looked into.
fn filled(text: &str, values: &[(&str, &dyn Display)]) -> String {
    let mut told = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        told.push_str(before);
        let Some((name, after)) = after.split_once('}') else { break };
        if let Some((_, value)) = values.iter().find(|(known, _)| *known == name) {
            // What comes from a file must not move the cursor or colour the terminal.
            told.extend(value.to_string().chars().map(|c| if c.is_control() { ' ' } else { c }));
        }
        rest = after;
    }
    told + rest
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn names(text: &str) -> BTreeSet<&str> {
        text.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name).collect()
    }

    #[test]
    fn every_sentence_is_there_in_both_languages_with_the_same_values() {
        let known: BTreeSet<&str> = Text::ALL.iter().map(|text| text.key()).collect();
        let found: BTreeSet<&str> = entries().keys().map(String::as_str).collect();
        assert_eq!(known, found);
        for (key, Entry { zh, en }) in entries() {
            assert_eq!(names(zh), names(en), "{key}");
            assert!(!zh.is_ascii() && en.is_ascii(), "{key}");
        }
    }

    #[test]
    fn what_is_filled_in_is_not_looked_into() {
        let said = Text::OtherLog.say(&[("older", &"{newer}\u{1b}[31m"), ("newer", &"b")]);
        assert_eq!(said.en, "The checkpoints are of different logs: {newer} [31m and b.");
    }
}
