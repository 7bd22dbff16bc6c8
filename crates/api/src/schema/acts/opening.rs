//! Opening a case, and acts on the whole of it.

use async_graphql::ID;
use dingce_domain::words::{AbsenceGround, RiskLevel};

use super::case_acts;
use crate::convert::inputs::{DocumentInput, FactInput};
use crate::convert::{Date, Word};

case_acts! {
    OpeningActs {
        /// State or correct declared facts, on which gates depend, or which special laws apply.
        determine_facts as "determineFacts": DetermineFacts from DetermineFactsInput {
            /// The facts; at least one, unless `overlays` is given. The others stay.
            facts: Vec<FactInput>,
            /// Why they are so.
            reason: String,
            /// Names of all special laws of the definition that apply from now on (R713 art. 3); none where they stay as they
            /// are. What one settled stays so when it no longer applies, until it is determined anew.
            overlays: Option<Vec<String>>,
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

        /// Take over a stage that was done before a matter came here midway 补录: initiation, participation, expert review or risk
        /// assessment. It is a late record: `offline` says on which day it was done and what shows it. Legality review, and all
        /// after it, is done here.
        take_over_stage as "takeOverStage": TakeOverStage from TakeOverStageInput {
            /// Id of the current version, on which it was done; absent for initiation.
            draft: Option<ID>,
            /// Who did it, as the papers name them; for a risk assessment whoever assessed.
            done_by: String,
            /// Id of their unit, where the directory knows it: whoever assessed does not evaluate (R713 art. 36).
            unit: Option<ID>,
            /// What was done and what came of it: for participation and experts also how each opinion was taken up.
            account: String,
            /// First day of the solicitation of comments; for participation.
            opened_on: Option<Date>,
            /// Last day of the solicitation; for participation.
            closed_on: Option<Date>,
            /// Why that was shorter than the law asks, as the notice said (R713 art. 15).
            shortening_reason: Option<String>,
            /// How many comments came, or experts gave signed opinions; for participation and expert review.
            heard: Option<u32>,
            /// Level found; for a risk assessment.
            level: Option<Word<RiskLevel>>,
            /// The papers, at least one.
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
