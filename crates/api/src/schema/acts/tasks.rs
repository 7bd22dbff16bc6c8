//! Tasks and approvals: the general kinds of stage, with which procedures are written that the engine does not know.

use super::case_acts;
use crate::convert::inputs::{AnswerInput, DocumentInput};

case_acts! {
    TaskActs {
        /// Record something that happened in a task under way, as often as it happens. It does not end the task.
        record_task_progress as "recordTaskProgress": RecordTaskProgress from RecordTaskProgressInput {
            /// Which of the entries that the definition names for the stage.
            entry: String,
            /// What the form of the entry asks.
            #[graphql(default)]
            answers: Vec<AnswerInput>,
            /// What else is to be said; may be empty.
            #[graphql(default)]
            note: String,
            /// What shows it.
            #[graphql(default)]
            documents: Vec<DocumentInput>,
        }

        /// Complete a task, with one of the results that the definition names: it leads on, ends the case, or leads back.
        complete_task as "completeTask": CompleteTask from CompleteTaskInput {
            /// Which result.
            result: String,
            /// What the form of the result asks.
            #[graphql(default)]
            answers: Vec<AnswerInput>,
            /// Why this result.
            reason: String,
            /// What shows it.
            #[graphql(default)]
            documents: Vec<DocumentInput>,
        }

        /// Ask for an approval, which several people of named roles give.
        request_approval as "requestApproval": RequestApproval from RequestApprovalInput {
            /// What the form asks.
            #[graphql(default)]
            answers: Vec<AnswerInput>,
            /// Why it is asked for.
            reason: String,
            /// What shows it.
            #[graphql(default)]
            documents: Vec<DocumentInput>,
        }

        /// Approve or refuse, as one of those who are asked. Nobody approves what they asked for, and nobody speaks twice.
        give_approval as "giveApproval": GiveApproval from GiveApprovalInput {
            /// Whether it is approved.
            approves: bool,
            /// Why; required where it is refused.
            #[graphql(default)]
            reason: String,
            /// What shows it.
            #[graphql(default)]
            documents: Vec<DocumentInput>,
        }
    }
}
