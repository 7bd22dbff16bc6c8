//! The hearing 听证会 (R713 arts. 16, 17).

use async_graphql::ID;
use dingce_domain::hearing::{CancellationGround, PostponementGround, Speech};

use super::case_acts;
use crate::convert::hearing::{
    ApplicationPeriodInput, CodeAndReasonInput, HearingGroupInput, HearingParticipantInput, HearingStaffInput,
    HearingViewInput,
};
use crate::convert::inputs::DocumentInput;
use crate::convert::{Date, DateTime, Word};

case_acts! {
    HearingActs {
        /// Decide whether a hearing is held, and answer those who suggested one. What was decided to be held is held, or
        /// cancelled with a reason, before participation is reported on.
        decide_hearing as "decideHearing": DecideHearing from DecideHearingInput {
            /// Whether.
            hold: bool,
            /// Why; the answer to those who suggested one.
            reasons: String,
            /// The article, as people cite it; empty where none asks for it.
            #[graphql(default)]
            basis: String,
            /// Who suggested a hearing, by kind and number; no private persons by name.
            #[graphql(default)]
            suggested_by: String,
            /// What shows it.
            #[graphql(default)]
            documents: Vec<DocumentInput>,
        }

        /// Announce a hearing. Where seats are drawn, applications are taken on the public endpoint, and the seed of the draw
        /// is fixed by the first checkpoint of the log recorded at or after `drawAt`.
        notice_hearing as "noticeHearing": NoticeHearing from NoticeHearingInput {
            /// Id of the version on which it is held: the current one.
            draft: ID,
            /// Day of the hearing.
            held_on: Date,
            /// When it begins, as printed.
            starts_at: String,
            /// Where.
            place: String,
            /// How participants are selected 遴选办法.
            selection_method: String,
            /// Seats by group, at least one group.
            groups: Vec<HearingGroupInput>,
            /// First day of applications; given exactly where seats are drawn, as the next two are.
            applications_from: Option<Date>,
            /// Last day of applications, to its end.
            applications_until: Option<Date>,
            /// The instant that fixes the seed of the draw; not before applications are closed.
            draw_at: Option<DateTime>,
            /// Where it is published: website, newspaper and so on; at least one.
            channels: Vec<String>,
            /// Whom to ask, and how to apply otherwise than here. A unit, not a private person.
            contact: String,
            /// Notice, draft and explanation, at least one. They become public.
            documents: Vec<DocumentInput>,
        }

        /// Draw the participants, once the seed is fixed. All that the draw needs is on record: nothing is given.
        draw_hearing_participants as "drawHearingParticipants": DrawHearingParticipants from DrawHearingParticipantsInput {
            ;
            checkpoint: None,
            candidates: Vec::new(),
            seed_n: 0,
            seed_leaf: None,
        }

        /// Publish the list of participants, and who chairs, presents and keeps the record. May be done again until the hearing
        /// is opened. Seats that are drawn go to the smallest lots; where somebody declines, the next one follows.
        publish_hearing_participants as "publishHearingParticipants": PublishHearingParticipants from PublishHearingParticipantsInput {
            /// Participants, at least one. What is given becomes public.
            participants: Vec<HearingParticipantInput>,
            /// Those whose lot was drawn and who do not take part, with the reason.
            #[graphql(default)]
            declined: Vec<CodeAndReasonInput>,
            /// Chair, presenters, recorder and others.
            staff: Vec<HearingStaffInput>,
            /// Day of publication; not in the future.
            published_on: Date,
            /// Where, at least one.
            channels: Vec<String>,
            /// The list. It becomes public.
            #[graphql(default)]
            documents: Vec<DocumentInput>,
        }

        /// Record that participants had the materials: seven days before the hearing, by the day of delivery (R713 art. 16).
        deliver_hearing_materials as "deliverHearingMaterials": DeliverHearingMaterials from DeliverHearingMaterialsInput {
            /// Day on which they had them; not in the future, and not the day of dispatch.
            delivered_on: Date,
            /// Codes of those who had them; empty for all on the list.
            #[graphql(default)]
            to: Vec<String>,
            /// What was delivered, and how.
            note: String,
            /// The materials and what shows the delivery, at least one document.
            documents: Vec<DocumentInput>,
        }

        /// Put the hearing off to another day. It is published.
        postpone_hearing as "postponeHearing": PostponeHearing from PostponeHearingInput {
            /// On which ground.
            ground: Word<PostponementGround>,
            /// Why.
            reason: String,
            /// The new day.
            held_on: Date,
            /// When it begins, as printed.
            starts_at: String,
            /// Where.
            place: String,
            /// Where applications are taken again: whoever applied before stays in, all are drawn anew, and the list is
            /// published again. Groups and seats stay as announced.
            applications: Option<ApplicationPeriodInput>,
            /// The notice. It becomes public.
            #[graphql(default)]
            documents: Vec<DocumentInput>,
        }

        /// Cancel a hearing that was announced, or set aside one that was held. Another one can be announced after it.
        cancel_hearing as "cancelHearing": CancelHearing from CancelHearingInput {
            /// On which ground.
            ground: Word<CancellationGround>,
            /// Why. It becomes public.
            reason: String,
            /// What shows it.
            #[graphql(default)]
            documents: Vec<DocumentInput>,
        }

        /// Open the hearing on its day and take attendance. Refused where a participant did not have the materials in time.
        open_hearing as "openHearing": OpenHearing from OpenHearingInput {
            /// Codes of participants present.
            present: Vec<String>,
            /// All others on the list, each with the reason as far as it is known.
            #[graphql(default)]
            absent: Vec<CodeAndReasonInput>,
            /// How many listened in 旁听.
            #[graphql(default)]
            listeners: u32,
            /// Attendance sheet.
            #[graphql(default)]
            documents: Vec<DocumentInput>,
        }

        /// Record what somebody said. The unit presents first; what counts is the order in which people spoke.
        record_hearing_statement as "recordHearingStatement": RecordHearingStatement from RecordHearingStatementInput {
            /// Place in the order in which people spoke, from 1.
            spoken_no: u32,
            /// What they did.
            speech: Word<Speech>,
            /// Code of a participant, or the name of somebody with a part of their own.
            speaker: String,
            /// What they said.
            text: String,
        }

        /// Confirm and sign the record: the hearing was held.
        sign_hearing_record as "signHearingRecord": SignHearingRecord from SignHearingRecordInput {
            /// Codes of those who signed.
            signed: Vec<String>,
            /// All others who were present, each with the reason.
            #[graphql(default)]
            unsigned: Vec<CodeAndReasonInput>,
            /// The signed record, at least one document.
            documents: Vec<DocumentInput>,
        }

        /// Report on the hearing. The report becomes public.
        report_hearing as "reportHearing": ReportHearing from ReportHearingInput {
            /// When, where, who took part, how it went.
            summary: String,
            /// All views, also those against, and their adoption with reasons.
            views: Vec<HearingViewInput>,
            /// Whether most were against the draft.
            mostly_opposed: bool,
            /// What was studied further where they were; empty where not.
            #[graphql(default)]
            further_study: String,
            /// How participants were told.
            feedback: String,
            /// The report, at least one document.
            documents: Vec<DocumentInput>,
        }
    }
}
