//! Versions of the draft (R713 art. 12).

use async_graphql::ID;
use dingce_domain::words::DraftChange;

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
    }
}
