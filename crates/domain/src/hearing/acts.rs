//! What people give with the acts of a hearing.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{CancellationGround, HearingGroup, HearingRole, PostponementGround, Speech};
use crate::act::acts;
use crate::draw::Checkpoint;
use crate::id::{Digest, DraftId, PersonId};
use crate::words::{DocumentRef, Uptake};

/// When the public may apply, and the instant that fixes the seed of the draw that follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ApplicationPeriod {
    /// First day of applications.
    pub from: Date,
    /// Last day, to its end.
    pub until: Date,
    /// The instant that fixes the seed: the first checkpoint of the log at or after it.
    pub draw_at: Timestamp,
}

acts! {
    /// Decide whether a hearing is held.
    DecideHearing {
        /// Whether.
        hold: bool,
        /// Why; the answer to those who suggested one.
        reasons: String,
        /// The article, as people cite it; empty where none asks for it.
        basis: String,
        /// Who suggested a hearing, by kind and number; no private persons by name. Empty where nobody did.
        suggested_by: String,
        /// What shows it.
        documents: Vec<DocumentRef>,
    }

    /// Announce a hearing.
    NoticeHearing {
        /// The version on which it is held.
        draft: DraftId,
        /// Day of the hearing.
        held_on: Date,
        /// When it begins, as printed, e.g. `上午9:00`.
        starts_at: String,
        /// Where.
        place: String,
        /// How participants are selected 遴选办法.
        selection_method: String,
        /// Seats by group, at least one group.
        groups: Vec<HearingGroup>,
        /// First day of applications; given exactly where seats are drawn, as the next two are.
        applications_from: Option<Date>,
        /// Last day of applications, to its end.
        applications_until: Option<Date>,
        /// The instant that fixes the seed of the draw: the first checkpoint of the log at or after it.
        draw_at: Option<Timestamp>,
        /// Where it is published, at least one.
        channels: Vec<String>,
        /// Whom to ask, and how to apply otherwise than here. A unit, not a private person.
        contact: String,
        /// Notice, draft and explanation, at least one.
        documents: Vec<DocumentRef>,
    }

    /// Somebody who applied, as they enter the draw.
    DrawCandidate {
        /// Code.
        code: String,
        /// Group.
        group: String,
        /// How they appear on the list, as they wrote themselves.
        shown_as: String,
        /// Why they were left out before the seed was known; absent where they were not.
        excluded: Option<String>,
    }

    /// Draw the participants. All is filled in from the record: whoever acts gives nothing.
    DrawHearingParticipants {
        /// The checkpoint that fixes the seed; absent while none is recorded.
        checkpoint: Option<Checkpoint>,
        /// All who applied.
        candidates: Vec<DrawCandidate>,
        /// Number of the event that fixed the seed in the hearing's own stream.
        seed_n: u64,
        /// Its leaf hash.
        seed_leaf: Option<Digest>,
    }

    /// A participant.
    HearingParticipant {
        /// Code; of those drawn, the one in the draw.
        code: String,
        /// Group.
        group: String,
        /// As they appear on the public list; no identity numbers and no contact.
        shown_as: String,
        /// Who they are to the matter, as published.
        stake: String,
    }

    /// Somebody whose lot was drawn and who does not take part: the next lot takes the seat.
    DeclinedSeat {
        /// Code.
        code: String,
        /// Why.
        reason: String,
    }

    /// Somebody with a part of their own at the hearing.
    HearingStaff {
        /// Which part.
        role: HearingRole,
        /// Their account, if they have one.
        person: Option<PersonId>,
        /// Name.
        name: String,
        /// Unit and post.
        post: String,
    }

    /// Publish the list of participants.
    PublishHearingParticipants {
        /// Participants, at least one.
        participants: Vec<HearingParticipant>,
        /// Those whose lot was drawn and who do not take part.
        declined: Vec<DeclinedSeat>,
        /// Chair, presenters, recorder and others.
        staff: Vec<HearingStaff>,
        /// Day of publication.
        published_on: Date,
        /// Where, at least one.
        channels: Vec<String>,
        /// The list.
        documents: Vec<DocumentRef>,
    }

    /// Deliver the materials.
    DeliverHearingMaterials {
        /// Day on which they had them 送达; not the day of dispatch (trap 2).
        delivered_on: Date,
        /// Codes of those who had them; empty for all on the list.
        to: Vec<String>,
        /// What was delivered, and how.
        note: String,
        /// The materials and what shows the delivery, at least one.
        documents: Vec<DocumentRef>,
    }

    /// Put the hearing off.
    PostponeHearing {
        /// On which ground.
        ground: PostponementGround,
        /// Why.
        reason: String,
        /// The new day.
        held_on: Date,
        /// When it begins, as printed.
        starts_at: String,
        /// Where.
        place: String,
        /// Where applications are taken again: whoever applied before stays in, all are drawn anew with a seed of their own,
        /// and the list is published again. Groups and seats stay as they were announced.
        applications: Option<ApplicationPeriod>,
        /// The notice.
        documents: Vec<DocumentRef>,
    }

    /// Cancel a hearing that was announced, or set aside one that was held.
    CancelHearing {
        /// On which ground.
        ground: CancellationGround,
        /// Why.
        reason: String,
        /// What shows it.
        documents: Vec<DocumentRef>,
    }

    /// A participant who is not there.
    AbsentParticipant {
        /// Code.
        code: String,
        /// Why, as far as it is known.
        reason: String,
    }

    /// Open the hearing and take attendance.
    OpenHearing {
        /// Codes of participants present.
        present: Vec<String>,
        /// All others on the list.
        absent: Vec<AbsentParticipant>,
        /// How many listened in 旁听.
        listeners: u32,
        /// Attendance sheet.
        documents: Vec<DocumentRef>,
    }

    /// Record what somebody said.
    RecordHearingStatement {
        /// Place in the order in which people spoke, from 1.
        spoken_no: u32,
        /// What they did.
        speech: Speech,
        /// Code of a participant, or the name of somebody with a part of their own.
        speaker: String,
        /// What they said.
        text: String,
    }

    /// A participant who did not sign the record.
    UnsignedParticipant {
        /// Code.
        code: String,
        /// Why.
        reason: String,
    }

    /// Confirm and sign the record.
    SignHearingRecord {
        /// Codes of those who signed.
        signed: Vec<String>,
        /// All others who were present.
        unsigned: Vec<UnsignedParticipant>,
        /// The signed record, at least one document.
        documents: Vec<DocumentRef>,
    }

    /// A view that was heard, and what became of it.
    HearingView {
        /// The view.
        view: String,
        /// How it was taken up.
        uptake: Uptake,
        /// What was changed, or why not; required unless in full.
        reason: String,
    }

    /// Report on the hearing.
    ReportHearing {
        /// When, where, who took part, how it went.
        summary: String,
        /// All views, also those against, and their adoption with reasons.
        views: Vec<HearingView>,
        /// Whether most were against the draft.
        mostly_opposed: bool,
        /// What was studied further where they were; empty where not.
        further_study: String,
        /// How participants were told.
        feedback: String,
        /// The report, at least one document.
        documents: Vec<DocumentRef>,
    }
}
