//! Public participation and risk assessment (R713 arts. 14 to 18, 22 to 24).

use async_graphql::ID;
use dingce_domain::words::{ParticipationForm, RiskLevel};

use super::case_acts;
use crate::convert::inputs::DocumentInput;
use crate::convert::{Date, Word};

case_acts! {
    ParticipationActs {
        /// Open the solicitation of public comments (R713 art. 15). It closes by itself after its last day.
        open_solicitation as "openSolicitation": OpenSolicitation from OpenSolicitationInput {
            /// Id of the version on which comments are asked.
            draft: ID,
            /// First day, on which the notice is published.
            opens_on: Date,
            /// Last day, to its end.
            closes_on: Date,
            /// Why the period is shorter than the law asks; printed in the notice.
            shortening_reason: Option<String>,
            /// Where it is published: website, newspaper and so on; at least one.
            channels: Vec<String>,
            /// Whom to ask, and how to comment otherwise than here. A unit, not a private person.
            contact: String,
            /// Notice, draft and explanation, at least one. They become public.
            documents: Vec<DocumentInput>,
        }

        /// Record a symposium, field visit, written consultation, questionnaire or poll (R713 art. 14). May be done before,
        /// during and after the solicitation of comments, until the report.
        record_participation as "recordParticipation": RecordParticipation from RecordParticipationInput {
            /// Id of the version that people were asked about: the current one.
            draft: ID,
            /// Which form.
            form: Word<ParticipationForm>,
            /// Day on which it was held or, for a questionnaire or poll, ended; not in the future.
            held_on: Date,
            /// Who was heard, by kind and number; no private persons by name.
            heard: String,
            /// Affected groups that were heard, each with who spoke for it.
            #[graphql(default)]
            groups: Vec<String>,
            /// All views that were told, also those against.
            views: String,
            /// Day on which those invited had the materials, where they were sent beforehand.
            materials_on: Option<Date>,
            /// What shows it, at least one document.
            documents: Vec<DocumentInput>,
        }

        /// Report on public participation (R713 arts. 18, 29).
        report_participation as "reportParticipation": ReportParticipation from ReportParticipationInput {
            /// Summary of views and of adoption with reasons.
            summary: String,
            /// Where feedback was given to the public.
            feedback: String,
            /// The report, at least one document.
            documents: Vec<DocumentInput>,
        }

        /// Begin the risk assessment (R713 art. 22).
        start_risk_assessment as "startRiskAssessment": StartRiskAssessment from StartRiskAssessmentInput {
            /// Id of the version assessed.
            draft: ID,
            /// How it will be done.
            plan: String,
            /// Commissioned third party, if any (R713 art. 23).
            third_party: Option<String>,
            /// The plan.
            documents: Vec<DocumentInput>,
        }

        /// Report the risk assessment, with the unit's proposal. The finding itself is the organ's (R713 art. 24).
        report_risk as "reportRisk": ReportRisk from ReportRiskInput {
            /// Level found.
            level: Word<RiskLevel>,
            /// Whether the unit proposes to find the risk controllable.
            proposes_controllable: bool,
            /// Risk points, at least one sentence.
            points: String,
            /// Preventive measures.
            measures: String,
            /// Contingency plan.
            contingency: String,
            /// The earlier report that is reused instead of assessing twice, as people cite it (R713 art. 22).
            reused_from: Option<String>,
            /// The report, at least one document.
            documents: Vec<DocumentInput>,
        }
    }
}
