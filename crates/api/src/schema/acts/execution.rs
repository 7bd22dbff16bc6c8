//! Carrying out the decision (R713 arts. 34 to 37).

use async_graphql::ID;
use dingce_domain::consultation::Channel;
use dingce_domain::words::ExecutionTrouble;

use super::case_acts;
use crate::convert::inputs::DocumentInput;
use crate::convert::{Date, Word};

case_acts! {
    ExecutionActs {
        /// Report on the progress of execution (R713 art. 34).
        report_execution as "reportExecution": ReportExecution from ReportExecutionInput {
            /// The day up to which it reports; not in the future.
            as_of: Date,
            /// What was done, and what comes next.
            progress: String,
            /// What shows it.
            #[graphql(default)]
            documents: Vec<DocumentInput>,
        }

        /// Report what stands in the way of the decision's aim (R713 art. 35).
        report_execution_trouble as "reportExecutionTrouble": ReportExecutionTrouble from ReportExecutionTroubleInput {
            /// Of which kind.
            trouble: Word<ExecutionTrouble>,
            /// What happened.
            description: String,
            /// What it does to the aim of the decision, in whole or in part.
            effect: String,
            /// What the unit proposes.
            proposal: String,
            /// What shows it.
            #[graphql(default)]
            documents: Vec<DocumentInput>,
        }

        /// Enter what a citizen, legal person or organisation says of the execution (R713 art. 35). Neither name nor
        /// contact is kept.
        enter_execution_comment as "enterExecutionComment": EnterExecutionComment from EnterExecutionCommentInput {
            /// How it came.
            channel: Word<Channel>,
            /// The day on which it came.
            received_on: Date,
            /// What it says, 1 to 10,000 characters.
            text: String,
        }

        /// Answer a comment on the execution.
        answer_execution_comment as "answerExecutionComment": AnswerExecutionComment from AnswerExecutionCommentInput {
            /// Its number in the case, from 1.
            number: u32,
            /// What was done about it, and why.
            handling: String,
            /// What shows it.
            #[graphql(default)]
            documents: Vec<DocumentInput>,
        }

        /// Suspend the execution as head, in urgency (R713 art. 37). It must then be resumed, adjusted or ended.
        suspend_execution as "suspendExecution": SuspendExecution from SuspendExecutionInput {
            /// The situation of R713 art. 35 that is at hand.
            trouble: Word<ExecutionTrouble>,
            /// Why it cannot wait.
            reason: String,
            /// How loss is kept small.
            measures: String,
            /// What shows it.
            #[graphql(default)]
            documents: Vec<DocumentInput>,
        }

        /// Let a suspended execution go on.
        resume_execution as "resumeExecution": ResumeExecution from ResumeExecutionInput {
            /// Why.
            reason: String,
            /// What shows it.
            #[graphql(default)]
            documents: Vec<DocumentInput>,
        }

        /// Record that the decision of another case takes the place of this one (R713 art. 37). That case was opened
        /// with `adjusts`, went through the procedure, and is issued.
        adjust_execution as "adjustExecution": AdjustExecution from AdjustExecutionInput {
            /// Id of the case that adjusts it. Number and day of its document are worked out.
            by_case: ID,
            /// What changes, and why.
            reason: String,
            ;
            document_no: String::new(),
            issued_on: jiff::civil::Date::ZERO,
        }

        /// Record that the meeting ended the execution (R713 art. 37).
        terminate_execution as "terminateExecution": TerminateExecution from TerminateExecutionInput {
            /// The meeting and its minutes, e.g. 区政府第12次常务会议纪要.
            meeting: String,
            /// Day of its decision.
            decided_on: Date,
            /// Why.
            reason: String,
            /// How loss is kept small.
            measures: String,
            /// The decision, at least one document.
            documents: Vec<DocumentInput>,
        }

        /// Report that the execution is complete. A suspended one cannot be (R713 art. 37).
        complete_execution as "completeExecution": CompleteExecution from CompleteExecutionInput {
            /// The day on which it was.
            completed_on: Date,
            /// What was achieved, held against the aim.
            summary: String,
            /// The report, at least one document.
            documents: Vec<DocumentInput>,
        }
    }
}
