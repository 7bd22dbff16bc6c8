//! The form of what is given with the acts of a hearing.

use super::acts::{NoticeHearing, OpenHearing, PublishHearingParticipants, ReportHearing, SignHearingRecord};
use super::{HearingRole, SeatSelection};
use crate::act::Act;
use crate::check;
use crate::code::Code;
use crate::rejection::Rejection;
use crate::words::Uptake;

/// Whether an act of a hearing is of the form that its type promises; of others nothing is asked.
pub(crate) fn form(act: &Act) -> Result<(), Rejection> {
    match act {
        Act::DecideHearing(given) => {
            check::text("reasons", &given.reasons)?;
            check::line_or_empty("basis", &given.basis)?;
            check::text_or_empty("suggested_by", &given.suggested_by)?;
            check::documents(&given.documents, 0)
        }
        Act::NoticeHearing(given) => notice(given),
        Act::PublishHearingParticipants(given) => publish(given),
        Act::DeliverHearingMaterials(given) => {
            check::lines("to", &given.to, 0)?;
            check::text("note", &given.note)?;
            check::documents(&given.documents, 1)
        }
        Act::PostponeHearing(given) => {
            check::text("reason", &given.reason)?;
            check::line("starts_at", &given.starts_at)?;
            check::line("place", &given.place)?;
            check::documents(&given.documents, 0)
        }
        Act::CancelHearing(given) => {
            check::text("reason", &given.reason)?;
            check::documents(&given.documents, 0)
        }
        Act::OpenHearing(given) => open(given),
        Act::RecordHearingStatement(given) => {
            if given.spoken_no == 0 {
                return Err(Rejection::new(Code::ListNotAcceptable).at("spoken_no").given(0).needed("1.."));
            }
            check::line("speaker", &given.speaker)?;
            check::text("text", &given.text)
        }
        Act::SignHearingRecord(given) => sign(given),
        Act::ReportHearing(given) => report(given),
        _ => Ok(()),
    }
}

fn notice(given: &NoticeHearing) -> Result<(), Rejection> {
    check::line("starts_at", &given.starts_at)?;
    check::line("place", &given.place)?;
    check::text("selection_method", &given.selection_method)?;
    check::count("groups", given.groups.len(), 1)?;
    for (i, group) in given.groups.iter().enumerate() {
        check::line(&format!("groups.{i}.name"), &group.name)?;
        if given.groups[..i].iter().any(|g| g.name == group.name) {
            return Err(Rejection::new(Code::ListNotAcceptable)
                .at(format!("groups.{i}"))
                .given(&group.name)
                .needed("each group once"));
        }
        if group.seats == 0 {
            return Err(Rejection::new(Code::ListNotAcceptable).at(format!("groups.{i}.seats")).given(0).needed("1.."));
        }
    }
    let drawn = given.groups.iter().any(|g| g.selection == SeatSelection::Drawn);
    let dates = [given.applications_from.is_some(), given.applications_until.is_some(), given.draw_at.is_some()];
    for (path, is) in ["applications_from", "applications_until", "draw_at"].into_iter().zip(dates) {
        if is != drawn {
            let told = if is { "1" } else { "null" };
            return Err(Rejection::new(Code::ListNotAcceptable).at(path).given(told).needed(u8::from(drawn)));
        }
    }
    check::lines("channels", &given.channels, 1)?;
    check::text("contact", &given.contact)?;
    check::documents(&given.documents, 1)
}

fn publish(given: &PublishHearingParticipants) -> Result<(), Rejection> {
    check::count("participants", given.participants.len(), 1)?;
    for (i, participant) in given.participants.iter().enumerate() {
        check::line(&format!("participants.{i}.code"), &participant.code)?;
        check::line(&format!("participants.{i}.group"), &participant.group)?;
        check::line(&format!("participants.{i}.shown_as"), &participant.shown_as)?;
        check::text(&format!("participants.{i}.stake"), &participant.stake)?;
        if given.participants[..i].iter().any(|p| p.code == participant.code) {
            return Err(Rejection::new(Code::ListNotAcceptable)
                .at(format!("participants.{i}"))
                .given(&participant.code)
                .needed("each participant once"));
        }
    }
    check::count("declined", given.declined.len(), 0)?;
    for (i, declined) in given.declined.iter().enumerate() {
        check::line(&format!("declined.{i}.code"), &declined.code)?;
        check::text(&format!("declined.{i}.reason"), &declined.reason)?;
    }
    check::count("staff", given.staff.len(), 1)?;
    for (i, staff) in given.staff.iter().enumerate() {
        check::line(&format!("staff.{i}.name"), &staff.name)?;
        check::line(&format!("staff.{i}.post"), &staff.post)?;
    }
    let with = |role| given.staff.iter().filter(|s| s.role == role).count();
    if with(HearingRole::Chair) != 1 {
        return Err(Rejection::new(Code::ListNotAcceptable)
            .at("staff")
            .given(with(HearingRole::Chair))
            .needed("1 chair"));
    }
    for role in [HearingRole::Presenter, HearingRole::Recorder] {
        if with(role) == 0 {
            return Err(Rejection::new(Code::ListNotAcceptable).at("staff").given(0).needed(role));
        }
    }
    check::lines("channels", &given.channels, 1)?;
    check::documents(&given.documents, 0)
}

fn open(given: &OpenHearing) -> Result<(), Rejection> {
    check::lines("present", &given.present, 0)?;
    check::count("absent", given.absent.len(), 0)?;
    for (i, absent) in given.absent.iter().enumerate() {
        check::line(&format!("absent.{i}.code"), &absent.code)?;
        check::text(&format!("absent.{i}.reason"), &absent.reason)?;
    }
    check::documents(&given.documents, 0)
}

fn sign(given: &SignHearingRecord) -> Result<(), Rejection> {
    check::lines("signed", &given.signed, 0)?;
    check::count("unsigned", given.unsigned.len(), 0)?;
    for (i, unsigned) in given.unsigned.iter().enumerate() {
        check::line(&format!("unsigned.{i}.code"), &unsigned.code)?;
        check::text(&format!("unsigned.{i}.reason"), &unsigned.reason)?;
    }
    check::documents(&given.documents, 1)
}

fn report(given: &ReportHearing) -> Result<(), Rejection> {
    check::text("summary", &given.summary)?;
    check::count("views", given.views.len(), 1)?;
    for (i, line) in given.views.iter().enumerate() {
        let path = format!("views.{i}.reason");
        check::text(&format!("views.{i}.view"), &line.view)?;
        check::text_or_empty(&path, &line.reason)?;
        if line.uptake != Uptake::Full && line.reason.trim().is_empty() {
            return Err(Rejection::new(Code::ReasonMissing).at(path).given(line.uptake));
        }
    }
    check::text_or_empty("further_study", &given.further_study)?;
    check::text("feedback", &given.feedback)?;
    check::documents(&given.documents, 1)
}
