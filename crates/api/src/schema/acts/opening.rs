//! Opening a case, and acts on the whole of it.

use async_graphql::ID;
use dingce_domain::words::AbsenceGround;

use super::case_acts;
use crate::convert::Word;
use crate::convert::inputs::{DocumentInput, FactInput};

case_acts! {
    OpeningActs {
        /// State or correct declared facts, on which gates depend.
        determine_facts as "determineFacts": DetermineFacts from DetermineFactsInput {
            /// The facts, at least one; the others stay.
            facts: Vec<FactInput>,
            /// Why they are so.
            reason: String,
        }

        /// Record that a stage does not run, why and on what basis.
        record_absence as "recordAbsence": RecordAbsence from RecordAbsenceInput {
            /// On which ground.
            ground: Word<AbsenceGround>,
            /// Why.
            reason: String,
            /// The article that allows it, as people cite it.
            basis: String,
            /// What shows it.
            documents: Vec<DocumentInput>,
        }

        /// Record why evidence on an earlier version holds for the current one.
        reaffirm_evidence as "reaffirmEvidence": ReaffirmEvidence from ReaffirmEvidenceInput {
            /// Id of the current version.
            draft: ID,
            /// Why the change does not touch what was found.
            reason: String,
            /// What shows it.
            documents: Vec<DocumentInput>,
        }

        /// Record how an irregularity was cured.
        cure_irregularity as "cureIrregularity": CureIrregularity from CureIrregularityInput {
            /// Id of the irregularity.
            irregularity: ID,
            /// How: held again, completed afterwards, or what else.
            how: String,
            /// What shows it.
            documents: Vec<DocumentInput>,
        }

        /// End the case before a decision.
        terminate_case as "terminateCase": TerminateCase from TerminateCaseInput {
            /// Why.
            reason: String,
            /// On what basis.
            basis: String,
        }

        /// Give the study opinion on the proposal (R713 art. 10).
        study_proposal as "studyProposal": StudyProposal from StudyProposalInput {
            /// Necessity, feasibility, lawfulness.
            opinion: String,
            /// Whether it recommends to begin.
            recommends: bool,
            /// The report.
            documents: Vec<DocumentInput>,
        }

        /// Decide whether to begin, and name the undertaking unit (R713 art. 11).
        decide_initiation as "decideInitiation": DecideInitiation from DecideInitiationInput {
            /// Whether to begin.
            start: bool,
            /// Id of the undertaking (lead) unit.
            undertaking_unit: ID,
            /// Why.
            reason: String,
        }
    }
}
