//! Versions of the draft and what drafting answers for (R713 arts. 12, 13).

use async_graphql::ID;
use dingce_domain::words::{DraftChange, DraftingItem};

use super::case_acts;
use crate::convert::Word;
use crate::convert::inputs::DocumentInput;

case_acts! {
    DraftingActs {
        /// Add a version of the draft. A material change turns evidence on the earlier version stale and reopens gates.
        add_draft_version as "addDraftVersion": AddDraftVersion from AddDraftVersionInput {
            /// How it relates to the one before; anything but `CARRIES_OUT_DECISION`.
            change: Word<DraftChange>,
            /// What changed and why; may be empty for the first version only.
            #[graphql(default)]
            reason: String,
            /// Id of the version that was seen as current; absent for the first.
            replaces: Option<ID>,
            /// The text and what explains it, at least one.
            documents: Vec<DocumentInput>,
        }

        /// Add the text that carries out the meeting's decision; the reviewer must confirm it before issuance.
        add_final_text as "addFinalText": AddFinalText from AddFinalTextInput {
            /// Id of the version that was seen as current.
            replaces: ID,
            /// How it carries out what was decided.
            reason: String,
            /// The text, at least one document.
            documents: Vec<DocumentInput>,
        }

        /// Answer for an item of drafting.
        record_drafting_item as "recordDraftingItem": RecordDraftingItem from RecordDraftingItemInput {
            /// Which.
            item: Word<DraftingItem>,
            /// Id of the version that it is about.
            draft: ID,
            /// Whether it is in order; a review that failed is recorded as not in order.
            in_order: bool,
            /// What was found.
            conclusion: String,
            /// What shows it.
            documents: Vec<DocumentInput>,
        }
    }
}
