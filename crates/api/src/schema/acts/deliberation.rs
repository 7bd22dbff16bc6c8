//! Collective deliberation and decision 集体讨论决定 (R713 arts. 24, 30).

use async_graphql::ID;
use dingce_domain::words::{Outcome, Position};

use super::case_acts;
use crate::convert::inputs::{AbsentMemberInput, DocumentInput, ObserverInput};
use crate::convert::{Date, Word};

case_acts! {
    DeliberationActs {
        /// Call the meeting. Its members are those of the body on that day, as the directory knows them.
        convene_meeting as "conveneMeeting": ConveneMeeting from ConveneMeetingInput {
            /// Name of the body and session, e.g. 区政府第12次常务会议.
            session: String,
            /// Day of the meeting.
            held_on: Date,
            /// Where.
            place: String,
            /// Id of the person who presides.
            chair: ID,
            ;
            members: Vec::new(),
        }

        /// Put off a meeting that was called and does not take place; another one may then be called.
        postpone_meeting as "postponeMeeting": PostponeMeeting from PostponeMeetingInput {
            /// Why it does not take place.
            reason: String,
        }

        /// Take attendance.
        record_attendance as "recordAttendance": RecordAttendance from RecordAttendanceInput {
            /// Ids of the members present.
            present: Vec<ID>,
            /// Members absent, with reasons; all others.
            absent: Vec<AbsentMemberInput>,
            /// Who attends without being a member.
            observers: Vec<ObserverInput>,
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
