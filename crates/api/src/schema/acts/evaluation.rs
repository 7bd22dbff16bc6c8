//! Evaluation after the decision (R713 art. 36).

use async_graphql::ID;
use dingce_domain::words::{EvaluationConclusion, EvaluationTrigger, EvaluationVoice};

use super::case_acts;
use crate::convert::inputs::DocumentInput;
use crate::convert::{Date, Word};

case_acts! {
    EvaluationActs {
        /// Start an evaluation and name who evaluates (R713 art. 36): never a unit, or one that it came from or went into, or
        /// a third party that did the main assessment before the decision.
        start_evaluation as "startEvaluation": StartEvaluation from StartEvaluationInput {
            /// Why, at least one.
            triggers: Vec<Word<EvaluationTrigger>>,
            /// What shows that it is so.
            reason: String,
            /// Id of the unit that evaluates, or for which a third party does.
            evaluating_unit: ID,
            /// The third party that evaluates for it, if any, 1 to 200 characters.
            third_party: Option<String>,
            /// By when it is to be reported.
            due_on: Date,
            /// What shows it.
            #[graphql(default)]
            documents: Vec<DocumentInput>,
            ;
            lineage: Vec::new(),
        }

        /// Record whom the evaluation heard, or why not (R713 art. 36). Every voice is answered for before the report.
        record_evaluation_voice as "recordEvaluationVoice": RecordEvaluationVoice from RecordEvaluationVoiceInput {
            /// Whose voice.
            voice: Word<EvaluationVoice>,
            /// Whether it was heard.
            heard: bool,
            /// What was said; or, where it was not heard, why not.
            summary: String,
            /// What shows it.
            #[graphql(default)]
            documents: Vec<DocumentInput>,
        }

        /// Report the evaluation.
        report_evaluation as "reportEvaluation": ReportEvaluation from ReportEvaluationInput {
            /// Process and methods.
            methods: String,
            /// What was reached, held against the aim; cost and benefit; acceptance.
            results: String,
            /// Problems and their causes.
            problems: String,
            /// What it proposes.
            proposal: Word<EvaluationConclusion>,
            /// The report, at least one document.
            documents: Vec<DocumentInput>,
        }

        /// Conclude from the evaluation as organ. AMEND and STOP are the meeting's to decide (R713 art. 37).
        conclude_evaluation as "concludeEvaluation": ConcludeEvaluation from ConcludeEvaluationInput {
            /// What follows.
            conclusion: Word<EvaluationConclusion>,
            /// Why.
            reasons: String,
            /// The meeting that decided, and its minutes; required for AMEND and STOP.
            meeting: Option<String>,
            /// What shows it; the document of the meeting for AMEND and STOP.
            #[graphql(default)]
            documents: Vec<DocumentInput>,
        }
    }
}
