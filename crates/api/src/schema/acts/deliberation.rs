//! Collective deliberation and decision 集体讨论决定 (R713 arts. 24, 30).

use async_graphql::ID;
use dingce_domain::id::{Digest, PersonId};
use dingce_domain::words::{Outcome, Position};
use uuid::Uuid;

use super::case_acts;
use crate::convert::Word;
use crate::convert::inputs::{DocumentInput, EntrustedInput, RecusedMemberInput};

case_acts! {
    DeliberationActs {
        /// Place the matter on the agenda of a meeting that was called (`callMeeting`).
        convene_meeting as "conveneMeeting": ConveneMeeting from ConveneMeetingInput {
            /// The meeting.
            meeting: ID,
            ;
            session: String::new(),
            held_on: jiff::civil::Date::default(),
            place: String::new(),
            chair: PersonId::new(Uuid::nil()),
            members: Vec::new(),
        }

        /// Take the matter off the agenda of a meeting that has not called it up; it may then be placed on another.
        postpone_meeting as "postponeMeeting": PostponeMeeting from PostponeMeetingInput {
            /// Why.
            reason: String,
            ;
            meeting: None,
        }

        /// Call the matter up: attendance is that of the session (`takeSessionAttendance`), without whoever withdraws from
        /// this matter.
        record_attendance as "recordAttendance": RecordAttendance from RecordAttendanceInput {
            /// Members who withdraw from this matter, for an interest in it 回避; they are not counted as present.
            #[graphql(default)]
            recused: Vec<RecusedMemberInput>,
            /// Who decides this matter, where the head withdraws from it; else as the session has it.
            entrusted: Option<EntrustedInput>,
            ;
            present: Vec::new(),
            absent: Vec::new(),
            observers: Vec::new(),
            chair: PersonId::new(Uuid::nil()),
            meeting_n: 0,
            meeting_leaf: Digest::new([0; 32]),
        }

        /// Record the organ's finding on the risk (R713 art. 24).
        find_risk as "findRisk": FindRisk from FindRiskInput {
            /// Whether it is controllable.
            controllable: bool,
            /// Why.
            reason: String,
        }

        /// Record a member's position. The head speaks last.
        record_position as "recordPosition": RecordPosition from RecordPositionInput {
            /// Id of the member.
            member: ID,
            /// Their position.
            position: Word<Position>,
            /// What was said; reasons are required for a dissent or a reservation.
            statement: String,
            /// Place in the order in which people spoke, from 1.
            spoken_no: u32,
        }

        /// Record the head's decision, which ends the discussion.
        record_head_decision as "recordHeadDecision": RecordHeadDecision from RecordHeadDecisionInput {
            /// Outcome.
            outcome: Word<Outcome>,
            /// What was said.
            statement: String,
            /// Place in the order in which people spoke: after all members present.
            spoken_no: u32,
            /// Reasons, where it goes against the majority (R713 art. 30).
            reasons: Option<String>,
            /// Amendments decided, where it is in principle or to amend.
            amendments: Option<String>,
        }

        /// Sign the record of the meeting, also of one that decided nothing for good. Nothing in it changes afterwards.
        sign_meeting_record as "signMeetingRecord": SignMeetingRecord from SignMeetingRecordInput {
            /// The signed record, at least one document.
            documents: Vec<DocumentInput>,
        }
    }
}
