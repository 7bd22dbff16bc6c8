//! One plausible act of a hearing for each verb: invited seats, everybody there, materials in time.

use dingce_domain::act::Act;
use dingce_domain::control::EventClass;
use dingce_domain::hearing::acts::*;
use dingce_domain::hearing::{
    CancellationGround, HearingGroup, HearingGroupKind, HearingRole, PostponementGround, SeatSelection, Speech,
};
use dingce_domain::verb::Verb;
use dingce_domain::words::Uptake;
use jiff::ToSpan;

use super::acts::Writer;

/// Days from the notice to the hearing: as long before as any place is known to ask.
const NOTICE_DAYS: i64 = 31;
const GROUP: &str = "居民代表";

fn code(number: u32) -> String {
    format!("P-{number}")
}

/// The act, or nothing where the case lacks what it must name.
pub(super) fn act(writer: &Writer<'_>, verb: Verb, class: EventClass) -> Option<Act> {
    let text = || "说明。".to_owned();
    let documents = writer.documents();
    let hearing = writer.case.file.hearing.as_ref();
    let codes =
        || -> Vec<String> { hearing.into_iter().flat_map(|h| h.participants()).map(|p| p.code.clone()).collect() };
    let held_on = writer.today.saturating_add(NOTICE_DAYS.days());
    Some(match verb {
        Verb::DecideHearing => Act::DecideHearing(DecideHearing {
            hold: writer.roll.is_multiple_of(2),
            reasons: text(),
            basis: String::new(),
            suggested_by: String::new(),
            documents,
        }),
        Verb::NoticeHearing => Act::NoticeHearing(NoticeHearing {
            draft: writer.draft(),
            held_on,
            starts_at: "上午9:00".into(),
            place: "会议室".into(),
            selection_method: text(),
            groups: vec![HearingGroup {
                name: GROUP.into(),
                kind: HearingGroupKind::InterestedParty,
                seats: 8,
                selection: SeatSelection::Invited,
            }],
            applications_from: None,
            applications_until: None,
            draw_at: None,
            channels: vec!["政府网站".into()],
            contact: "承办单位".into(),
            documents,
        }),
        Verb::PublishHearingParticipants => {
            let participant = |number| HearingParticipant {
                code: code(number),
                group: GROUP.into(),
                shown_as: format!("居民代表{number}"),
                stake: text(),
            };
            let staff =
                |role, name: &str| HearingStaff { role, person: None, name: name.into(), post: "承办单位".into() };
            Act::PublishHearingParticipants(PublishHearingParticipants {
                participants: (1..=8).map(participant).collect(),
                declined: Vec::new(),
                staff: vec![
                    staff(HearingRole::Chair, "主持人"),
                    staff(HearingRole::Presenter, "陈述人"),
                    staff(HearingRole::Recorder, "记录员"),
                ],
                published_on: writer.today,
                channels: vec!["政府网站".into()],
                documents,
            })
        }
        Verb::DeliverHearingMaterials => Act::DeliverHearingMaterials(DeliverHearingMaterials {
            delivered_on: writer.today,
            to: Vec::new(),
            note: text(),
            documents,
        }),
        Verb::PostponeHearing => Act::PostponeHearing(PostponeHearing {
            ground: PostponementGround::Other,
            reason: text(),
            held_on,
            starts_at: "上午9:00".into(),
            place: "会议室".into(),
            applications: None,
            documents,
        }),
        Verb::CancelHearing => {
            Act::CancelHearing(CancelHearing { ground: CancellationGround::NotHeld, reason: text(), documents })
        }
        Verb::OpenHearing => {
            Act::OpenHearing(OpenHearing { present: codes(), absent: Vec::new(), listeners: 0, documents })
        }
        Verb::RecordHearingStatement => {
            let spoken_no = hearing.map_or(0, |h| h.statements.len()) + 1;
            Act::RecordHearingStatement(RecordHearingStatement {
                spoken_no: u32::try_from(spoken_no).ok()?,
                speech: Speech::Presents,
                speaker: "陈述人".into(),
                text: text(),
            })
        }
        Verb::SignHearingRecord => {
            Act::SignHearingRecord(SignHearingRecord { signed: codes(), unsigned: Vec::new(), documents })
        }
        Verb::ReportHearing if matches!(class, EventClass::HearingReported { .. }) => {
            Act::ReportHearing(ReportHearing {
                summary: text(),
                views: vec![HearingView { view: text(), uptake: Uptake::Full, reason: String::new() }],
                mostly_opposed: false,
                further_study: String::new(),
                feedback: text(),
                documents,
            })
        }
        // Seats are invited here, so nothing is drawn; the rest is done on another stream, or by nobody.
        _ => return None,
    })
}
