//! The hearing 听证会, within public participation (R713 arts. 16, 17): decided on, announced, participants drawn and
//! published, materials delivered in time, held in the order that the law gives, signed, and reported on.
//!
//! Gates look at three words (none, noticed, reported); how far a hearing has come in between is content. Numbers that the definition names and
//! that do not bind are written beside what was, and refuse nothing.

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::{Bench, misplaced};
use crate::act::Act;
use crate::check;
use crate::code::Code;
use crate::control::{Adoption, Control, Detail, DraftState, HearingProgress, Submission, TablingProgress};
use crate::definition::{Parameter, ParameterValue};
use crate::draw::draw;
use crate::event::CaseEvent;
use crate::hearing::acts::{
    ApplicationPeriod, DeliverHearingMaterials, DrawHearingParticipants, NoticeHearing, OpenHearing, PostponeHearing,
    PublishHearingParticipants, RecordHearingStatement, SignHearingRecord,
};
use crate::hearing::{
    Composition, GroupCount, HearingFile, HearingGroupKind, HearingRole, SeatSelection, SeatsDrawn, Speech,
};
use crate::id::HearingId;
use crate::permits::{Item, Scene, Verdict};
use crate::rejection::Rejection;
use crate::time::days::DAYS_MAX;
use crate::time::{ClockKind, Run};
use crate::verb::Verb;
use crate::words::{StageKind, Status};

fn tabled(control: &Control) -> bool {
    control.stages.iter().any(|s| matches!(s.detail, Detail::Tabling { progress } if progress != TablingProgress::None))
}

fn under_review(control: &Control) -> bool {
    let waits = |d: &Detail| matches!(d, Detail::LegalityReview { submission, .. } if *submission != Submission::None);
    control.stages.iter().any(|s| waits(&s.detail))
}

pub(super) fn requires(scene: &Scene<'_>, verb: Verb, verdict: &mut Verdict) {
    let stage = scene.stage();
    let Detail::PublicParticipation { hearing, .. } = stage.detail else { return };
    match verb {
        Verb::DecideHearing => {
            verdict.ask(Code::DraftAdopted, scene.control.adoption == Adoption::None);
            verdict.ask(Code::TablingOrder, !tabled(scene.control));
        }
        Verb::NoticeHearing => {
            verdict.ask(Code::DraftMissing, scene.control.draft != DraftState::None);
            verdict.ask(Code::DraftToBeAmended, scene.control.draft != DraftState::ToAmend);
            verdict.ask(Code::DraftAdopted, scene.control.adoption == Adoption::None);
            verdict.ask(Code::TablingOrder, !tabled(scene.control));
            // Participation that is finished opens again; a reviewer who has it before them returns it first.
            let finished = stage.status == Status::Completed;
            verdict.ask(Code::AlreadyUnderReview, !finished || !under_review(scene.control));
            verdict.ask(Code::HearingUnderWay, hearing != HearingProgress::Noticed);
        }
        // Who chairs is named with the list; nobody does it here.
        Verb::ChairHearing => verdict.ask(Code::InputNotAcceptable, false),
        _ => verdict.ask(Code::HearingNotReady, hearing == HearingProgress::Noticed),
    }
}

/// The line of the participation report: no hearing is left on the way, and one that must be held was.
pub(super) fn finished(scene: &Scene<'_>, verdict: &mut Verdict) {
    let Detail::PublicParticipation { hearing, .. } = scene.stage().detail else { return };
    verdict.ask(Code::HearingUnderWay, hearing != HearingProgress::Noticed);
    if let Some(must) = &scene.def.stages[scene.at].hearing_if {
        let met = hearing == HearingProgress::Reported || !scene.holds(must);
        verdict.items.push(Item { code: Code::HearingMissing, criterion: Some(must.id.clone()), clock: None, met });
    }
}

/// That a hearing which must be held was held, on this text: asked again where the file leaves the unit, because facts can
/// be found after participation was reported on. It refuses more than `permits` and never less.
pub(super) fn not_owed(bench: &Bench<'_>) -> Result<(), Rejection> {
    let stages = bench.def.stages.iter().enumerate().filter(|(_, s)| s.kind == StageKind::PublicParticipation);
    for (at, spec) in stages {
        let Some(must) = &spec.hearing_if else { continue };
        let case = bench.case;
        let scene = Scene { def: bench.def, control: &case.control, facts: &case.facts, at };
        let absent = scene.stage().status == Status::Absent;
        let heard = case.file.hearing.as_ref().is_some_and(|h| h.stands);
        if !absent && !heard && scene.holds(must) {
            let mut refused = Rejection::new(Code::HearingMissing).by(&must.source);
            refused.criterion = Some(must.id.clone());
            return Err(refused);
        }
    }
    Ok(())
}

pub(super) fn decide(bench: &Bench<'_>, act: Act) -> Result<Vec<CaseEvent>, Rejection> {
    let stage = bench.stage();
    match act {
        Act::DecideHearing(given) => Ok(vec![CaseEvent::HearingDecided { stage, given }]),
        Act::NoticeHearing(given) => notice(bench, given),
        Act::DrawHearingParticipants(given) => drawn(bench, given),
        Act::PublishHearingParticipants(given) => publish(bench, given),
        Act::DeliverHearingMaterials(given) => deliver(bench, given),
        Act::PostponeHearing(given) => postpone(bench, given),
        Act::CancelHearing(given) => Ok(vec![CaseEvent::HearingCancelled { stage, hearing: known(bench)?.id, given }]),
        Act::OpenHearing(given) => open(bench, given),
        Act::RecordHearingStatement(given) => speak(bench, given),
        Act::SignHearingRecord(given) => sign(bench, given),
        Act::ReportHearing(given) => {
            bench.not_before(&[Verb::SignHearingRecord])?;
            let hearing = known(bench)?;
            if !hearing.signed {
                return Err(Rejection::new(Code::HearingNotReady).needed("signed"));
            }
            let current = substance_stands(bench, hearing);
            Ok(vec![CaseEvent::HearingReported { stage, hearing: hearing.id, given, current }])
        }
        other => Err(misplaced(&other)),
    }
}

/// Whether no version after the one that was heard changed the substance.
fn substance_stands(bench: &Bench<'_>, hearing: &HearingFile) -> bool {
    let after = bench.case.file.drafts.iter().skip_while(|d| d.id != hearing.draft()).skip(1);
    after.clone().all(|d| d.change != crate::words::DraftChange::Material)
}

fn known<'a>(bench: &'a Bench<'_>) -> Result<&'a HearingFile, Rejection> {
    bench.case.file.hearing.as_ref().ok_or_else(|| Rejection::new(Code::HearingNotReady))
}

fn count(parameter: Option<&Parameter>) -> Option<u32> {
    match parameter?.value {
        ParameterValue::Count(count) => Some(count),
        ParameterValue::Period(_) | ParameterValue::Share { .. } | ParameterValue::Day(_) => None,
    }
}

fn number(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

/// The latest day for what must be done so long before the hearing; nothing where the definition does not say, or no
/// calendar can tell.
fn latest(bench: &Bench<'_>, parameter: &str, held_on: Date) -> Option<Date> {
    let asked = &bench.def.parameter(parameter)?.id;
    Run::start(ClockKind::Backward, bench.def.period(asked)?, held_on, bench.on.calendar).due_on()
}

fn notice(bench: &Bench<'_>, given: NoticeHearing) -> Result<Vec<CaseEvent>, Rejection> {
    bench.current(given.draft)?;
    bench.not_before(&[Verb::AddDraftVersion])?;
    let day = bench.on.day();
    if let (Some(from), Some(until), Some(draw_at)) = (given.applications_from, given.applications_until, given.draw_at)
    {
        let period = ApplicationPeriod { from, until, draw_at };
        applications(bench, period, given.held_on, ["applications_from", "applications_until", "draw_at"])?;
    }
    check::not_before("held_on", given.held_on, day)?;
    let far = day.saturating_add(jiff::Span::new().days(i64::from(DAYS_MAX)));
    check::not_after("held_on", given.held_on, far)?;
    let asked = bench.def.parameter("hearing_notice");
    let in_time = latest(bench, "hearing_notice", given.held_on).map(|latest| day <= latest);
    if let (Some(asked), Some(false)) = (asked, in_time)
        && bench.binds(asked)
    {
        let earliest =
            bench.def.period(&asked.id).map(|limit| Run::start(ClockKind::Floor, limit, day, bench.on.calendar));
        let needed = earliest.and_then(|run| run.due_on()).map_or_else(String::new, |day| format!("{day}.."));
        let refused = Rejection::new(Code::DateNotAcceptable).at("held_on").given(given.held_on).needed(needed);
        return Err(bench.by_value(refused, asked));
    }
    let hearing = HearingId::new(bench.on.ids.next());
    Ok(vec![CaseEvent::HearingNoticed { stage: bench.stage(), hearing, given, in_time }])
}

/// Days on which the public may apply, and the instant of the draw, before the day of the hearing. `paths` name them.
fn applications(
    bench: &Bench<'_>,
    period: ApplicationPeriod,
    held_on: Date,
    paths: [&str; 3],
) -> Result<(), Rejection> {
    let ApplicationPeriod { from, until, draw_at } = period;
    let zone = bench.on.calendar.zone();
    check::not_before(paths[0], from, bench.on.day())?;
    check::not_before(paths[1], until, from)?;
    // The seed comes after the list of applicants is closed, or somebody could apply to suit it.
    if draw_at < zone.end_of(until) {
        return Err(Rejection::new(Code::DateNotAcceptable)
            .at(paths[2])
            .given(draw_at)
            .needed(format!("{}..", zone.end_of(until))));
    }
    check::not_before("held_on", held_on, zone.date_of(draw_at))
}

fn drawn(bench: &Bench<'_>, given: DrawHearingParticipants) -> Result<Vec<CaseEvent>, Rejection> {
    let hearing = known(bench)?;
    let Some(draw_at) = hearing.notice.draw_at else {
        return Err(Rejection::new(Code::HearingNotReady).needed(SeatSelection::Drawn));
    };
    if !hearing.drawn.is_empty() {
        return Err(Rejection::new(Code::AlreadyThere).given(hearing.id));
    }
    let early = |given: String| Rejection::new(Code::DrawTooEarly).given(given).needed(draw_at);
    if bench.on.now < draw_at {
        return Err(early(bench.on.now.to_string()));
    }
    // The checkpoint is recorded by itself soon after the instant.
    let Some(checkpoint) = given.checkpoint.as_ref().filter(|c| c.recorded_at >= draw_at) else {
        return Err(early("null".into()));
    };
    let seed = checkpoint.seed();
    let lots = |group: &crate::hearing::HearingGroup| {
        let eligible: Vec<&str> = given
            .candidates
            .iter()
            .filter(|c| c.group == group.name && c.excluded.is_none())
            .map(|c| c.code.as_str())
            .collect();
        SeatsDrawn {
            group: group.name.clone(),
            seats: group.seats,
            order: draw(&seed, &group.name, &eligible, eligible.len()),
        }
    };
    let drawn: Vec<_> = hearing.drawn_groups().map(lots).collect();
    Ok(vec![CaseEvent::HearingParticipantsDrawn { stage: bench.stage(), hearing: hearing.id, given, seed, drawn }])
}

fn publish(bench: &Bench<'_>, given: PublishHearingParticipants) -> Result<Vec<CaseEvent>, Rejection> {
    let hearing = known(bench)?;
    if hearing.present.is_some() {
        return Err(Rejection::new(Code::HearingNotReady).given("opened").needed("published"));
    }
    check::not_after("published_on", given.published_on, bench.on.day())?;
    let noticed = bench.done(Verb::NoticeHearing);
    noticed.map_or(Ok(()), |day| check::not_before("published_on", given.published_on, day))?;
    for (i, participant) in given.participants.iter().enumerate() {
        if hearing.group(&participant.group).is_none() {
            let names: Vec<_> = hearing.notice.groups.iter().map(|g| g.name.as_str()).collect();
            return Err(Rejection::new(Code::HearingGroupUnknown)
                .at(format!("participants.{i}.group"))
                .given(&participant.group)
                .needed(names.join(", ")));
        }
    }
    for group in &hearing.notice.groups {
        seats(hearing, group, &given)?;
    }
    chair(bench, &given)?;
    let composition = composition(bench, hearing, &given);
    let least = bench.def.parameter("hearing_participants_least");
    if let (Some(needed), Some(asked)) = (composition.participants_least, least)
        && bench.binds(asked)
        && composition.participants < needed
    {
        let refused = Rejection::new(Code::ParticipantsTooFew).at("participants").given(composition.participants);
        return Err(bench.by_value(refused.needed(needed), asked));
    }
    let in_time = latest(bench, "hearing_list", hearing.held_on).map(|latest| given.published_on <= latest);
    let past = |person| bench.case.relations(Some(person), None);
    let hats = HearingFile::two_hats(&given.staff, &past);
    Ok(vec![CaseEvent::HearingParticipantsPublished {
        stage: bench.stage(),
        hearing: hearing.id,
        given,
        composition,
        in_time,
        hats,
    }])
}

/// A drawn group is seated by its lots, in their order, and nobody else; no group has more than its seats.
fn seats(
    hearing: &HearingFile,
    group: &crate::hearing::HearingGroup,
    given: &PublishHearingParticipants,
) -> Result<(), Rejection> {
    let listed: Vec<&str> =
        given.participants.iter().filter(|p| p.group == group.name).map(|p| p.code.as_str()).collect();
    if group.selection == SeatSelection::Drawn {
        if !hearing.drawn.iter().any(|d| d.group == group.name) {
            return Err(Rejection::new(Code::HearingNotReady).at("participants").given(&group.name).needed("drawn"));
        }
        let seated = hearing.seated(&group.name, &given.declined);
        let same: BTreeSet<&str> = seated.iter().copied().collect();
        if listed.len() != seated.len() || !listed.iter().all(|code| same.contains(code)) {
            return Err(Rejection::new(Code::ParticipantsNotAsDrawn)
                .at("participants")
                .given(listed.join(", "))
                .needed(seated.join(", ")));
        }
    } else if number(listed.len()) > group.seats {
        return Err(Rejection::new(Code::ListNotAcceptable).at("participants").given(listed.len()).needed(group.seats));
    }
    Ok(())
}

/// Whoever chairs is held against the duties that the definition separates (trap 21).
fn chair(bench: &Bench<'_>, given: &PublishHearingParticipants) -> Result<(), Rejection> {
    for (i, chair) in given.staff.iter().enumerate().filter(|(_, s)| s.role == HearingRole::Chair) {
        let past = bench.case.relations(chair.person, None);
        let forbids = bench.def.forbids.iter().filter(|f| f.verb == Verb::ChairHearing);
        if let Some(forbid) = forbids.into_iter().find(|f| past.contains(&f.relation)) {
            return Err(Rejection::new(Code::DutiesSeparated)
                .at(format!("staff.{i}"))
                .given(&chair.name)
                .by(&forbid.source));
        }
    }
    Ok(())
}

fn composition(bench: &Bench<'_>, hearing: &HearingFile, given: &PublishHearingParticipants) -> Composition {
    let listed = |name: &str| number(given.participants.iter().filter(|p| p.group == name).count());
    let groups: Vec<_> = hearing
        .notice
        .groups
        .iter()
        .map(|g| GroupCount { name: g.name.clone(), kind: g.kind, seats: g.seats, listed: listed(&g.name) })
        .collect();
    let participants = number(given.participants.len());
    let interested =
        groups.iter().filter(|g| g.kind == HearingGroupKind::InterestedParty).map(|g| g.listed).sum::<u32>();
    let share = |parameter: &Parameter| match parameter.value {
        ParameterValue::Share { of, parts, exclusive: _ } => {
            let needed = (u64::from(participants) * u64::from(of)).div_ceil(u64::from(parts.max(1)));
            u32::try_from(needed).ok()
        }
        ParameterValue::Count(_) | ParameterValue::Period(_) | ParameterValue::Day(_) => None,
    };
    Composition {
        groups,
        participants,
        participants_least: count(bench.def.parameter("hearing_participants_least")),
        interested,
        interested_least: bench.def.parameter("hearing_interested_least").and_then(share),
    }
}

fn deliver(bench: &Bench<'_>, given: DeliverHearingMaterials) -> Result<Vec<CaseEvent>, Rejection> {
    let hearing = known(bench)?;
    if hearing.list.is_none() {
        return Err(Rejection::new(Code::HearingNotReady).needed("published"));
    }
    check::not_after("delivered_on", given.delivered_on, bench.on.day())?;
    let noticed = bench.done(Verb::NoticeHearing);
    noticed.map_or(Ok(()), |day| check::not_before("delivered_on", given.delivered_on, day))?;
    on_the_list(hearing, "to", &given.to)?;
    let to = if given.to.is_empty() {
        hearing.participants().iter().map(|p| p.code.clone()).collect()
    } else {
        given.to.clone()
    };
    let in_time = latest(bench, "hearing_materials", hearing.held_on).map(|latest| given.delivered_on <= latest);
    Ok(vec![CaseEvent::HearingMaterialsDelivered { stage: bench.stage(), hearing: hearing.id, given, to, in_time }])
}

fn on_the_list<'c>(
    hearing: &HearingFile,
    path: &str,
    codes: impl IntoIterator<Item = &'c String>,
) -> Result<(), Rejection> {
    for (i, code) in codes.into_iter().enumerate() {
        if !hearing.lists(code) {
            let listed: Vec<_> = hearing.participants().iter().map(|p| p.code.as_str()).collect();
            return Err(Rejection::new(Code::ApplicantUnknown)
                .at(format!("{path}.{i}"))
                .given(code)
                .needed(listed.join(", ")));
        }
    }
    Ok(())
}

fn postpone(bench: &Bench<'_>, given: PostponeHearing) -> Result<Vec<CaseEvent>, Rejection> {
    let hearing = known(bench)?;
    unsigned(hearing)?;
    check::not_before("held_on", given.held_on, bench.on.day())?;
    let far = bench.on.day().saturating_add(jiff::Span::new().days(i64::from(DAYS_MAX)));
    check::not_after("held_on", given.held_on, far)?;
    if let Some(period) = given.applications {
        // Who may sit there is announced once: a hearing to which nobody applies has nothing to open again.
        if hearing.notice.draw_at.is_none() {
            return Err(Rejection::new(Code::HearingNotReady).at("applications").needed(SeatSelection::Drawn));
        }
        // What came in on a day that is over came in late: paper does not open applications for the past.
        check::not_before("applications.until", period.until, bench.on.today())?;
        applications(
            bench,
            period,
            given.held_on,
            ["applications.from", "applications.until", "applications.draw_at"],
        )?;
    }
    Ok(vec![CaseEvent::HearingPostponed { stage: bench.stage(), hearing: hearing.id, given }])
}

fn open(bench: &Bench<'_>, given: OpenHearing) -> Result<Vec<CaseEvent>, Rejection> {
    let hearing = known(bench)?;
    if hearing.list.is_none() {
        return Err(Rejection::new(Code::HearingNotReady).needed("published"));
    }
    if hearing.present.is_some() {
        return Err(Rejection::new(Code::AlreadyThere).given(hearing.id));
    }
    let day = bench.on.day();
    if day != hearing.held_on {
        return Err(Rejection::new(Code::DateNotAcceptable).at("occurred_on").given(day).needed(hearing.held_on));
    }
    on_the_list(hearing, "present", &given.present)?;
    on_the_list(hearing, "absent", given.absent.iter().map(|a| &a.code))?;
    each_once(hearing, "absent", &given.present, given.absent.iter().map(|a| &a.code))?;
    let materials = bench.def.parameter("hearing_materials");
    if let (true, Some(latest)) =
        (materials.is_some_and(|p| bench.binds(p)), latest(bench, "hearing_materials", hearing.held_on))
        && let Some(without) = hearing.without_materials_by(latest).next()
    {
        let had = hearing.delivered.get(&without.code).map_or_else(|| "null".to_owned(), ToString::to_string);
        let refused =
            Rejection::new(Code::HearingMaterialsLate).at(&without.code).given(had).needed(format!("..{latest}"));
        return Err(materials.map_or(refused.clone(), |asked| bench.by_value(refused, asked)));
    }
    let asked = bench.def.parameter("hearing_attendance_least");
    let (present, least) = (number(given.present.len()), count(asked));
    if let (Some(needed), Some(asked)) = (least, asked)
        && bench.binds(asked)
        && present < needed
    {
        let refused = Rejection::new(Code::ParticipantsTooFew).at("present").given(present).needed(needed);
        return Err(bench.by_value(refused, asked));
    }
    Ok(vec![CaseEvent::HearingOpened { stage: bench.stage(), hearing: hearing.id, given, present, least }])
}

/// Of all on the list, each is named once: here or there.
fn each_once<'c>(
    hearing: &'c HearingFile,
    path: &str,
    here: &'c [String],
    there: impl Iterator<Item = &'c String>,
) -> Result<(), Rejection> {
    once(path, hearing.participants().iter().map(|p| p.code.as_str()), here, there)
}

fn once<'c>(
    path: &str,
    all: impl Iterator<Item = &'c str>,
    here: &'c [String],
    there: impl Iterator<Item = &'c String>,
) -> Result<(), Rejection> {
    let mut named = BTreeSet::new();
    for code in here.iter().chain(there) {
        if !named.insert(code.as_str()) {
            return Err(Rejection::new(Code::ListNotAcceptable).at(path).given(code).needed("each participant once"));
        }
    }
    let mut all = all;
    match all.find(|code| !named.contains(code)) {
        None => Ok(()),
        Some(left) => Err(Rejection::new(Code::ListNotAcceptable).at(path).given(left).needed("each participant once")),
    }
}

fn opened(hearing: &HearingFile) -> Result<&[String], Rejection> {
    hearing.present.as_deref().ok_or_else(|| Rejection::new(Code::HearingNotReady).needed("opened"))
}

/// Nothing in a signed record changes.
fn unsigned(hearing: &HearingFile) -> Result<(), Rejection> {
    if hearing.signed { Err(Rejection::new(Code::RecordSigned).given(hearing.id)) } else { Ok(()) }
}

fn speak(bench: &Bench<'_>, given: RecordHearingStatement) -> Result<Vec<CaseEvent>, Rejection> {
    let hearing = known(bench)?;
    unsigned(hearing)?;
    let present = opened(hearing)?;
    bench.not_before(&[Verb::OpenHearing])?;
    let staff = hearing.staff().iter().find(|s| s.name == given.speaker);
    if staff.is_none() && !present.contains(&given.speaker) {
        return Err(Rejection::new(Code::ApplicantUnknown)
            .at("speaker")
            .given(&given.speaker)
            .needed(present.join(", ")));
    }
    if hearing.statements.contains_key(&given.spoken_no) {
        return Err(Rejection::new(Code::AlreadyThere).at("spoken_no").given(given.spoken_no));
    }
    // First the unit presents; what counts is the order in which they spoke, not that of the entry (trap 6).
    let presented = hearing.statements.iter().any(|(no, s)| *s == Speech::Presents && *no < given.spoken_no);
    if given.speech != Speech::Presents && !presented {
        return Err(Rejection::new(Code::HearingOrder).at("spoken_no").given(given.spoken_no).needed(Speech::Presents));
    }
    Ok(vec![CaseEvent::HearingStatementRecorded { stage: bench.stage(), hearing: hearing.id, given }])
}

fn sign(bench: &Bench<'_>, given: SignHearingRecord) -> Result<Vec<CaseEvent>, Rejection> {
    let hearing = known(bench)?;
    unsigned(hearing)?;
    let present = opened(hearing)?;
    bench.not_before(&[Verb::OpenHearing])?;
    if !hearing.statements.values().any(|s| *s == Speech::Presents) {
        return Err(Rejection::new(Code::HearingOrder).given("null").needed(Speech::Presents));
    }
    for (path, code) in
        given.signed.iter().map(|c| ("signed", c)).chain(given.unsigned.iter().map(|u| ("unsigned", &u.code)))
    {
        if !present.contains(code) {
            return Err(Rejection::new(Code::ApplicantUnknown).at(path).given(code).needed(present.join(", ")));
        }
    }
    let unsigned = given.unsigned.iter().map(|u| &u.code);
    once("unsigned", present.iter().map(String::as_str), &given.signed, unsigned)?;
    Ok(vec![CaseEvent::HearingRecordSigned { stage: bench.stage(), hearing: hearing.id, given }])
}
