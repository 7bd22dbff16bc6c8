//! Drafting: bases, departments, fair competition, the unit's own check (R713 arts. 12, 13, 29), and on which text everything
//! rests.

use super::record::{Entry, Record};
use super::{Against, ExcuseGround, Finding, Sketch};
use crate::definition::ParameterValue;
use crate::drafting::{DepartmentStance, DraftingContent, FairCompetitionReviewer, MeasureIssuer};
use crate::event::CaseEvent;
use crate::id::DraftId;
use crate::legal_bases::BasisState;
use crate::words::{DraftingItem, StageKind};

/// What was recorded of an item, the newest first.
fn items<'r, 'a: 'r>(
    record: &'r Record<'a>,
    item: DraftingItem,
) -> impl Iterator<Item = (&'r Entry<'a>, &'a DraftingContent, DraftId)> {
    record.acts.iter().rev().filter_map(move |entry| match entry.event {
        CaseEvent::DraftingItemRecorded { given, .. } if given.content.item() == item => {
            Some((entry, &given.content, given.draft))
        }
        _ => None,
    })
}

/// The newest entry of an item before an event.
fn newest<'r, 'a: 'r>(
    record: &'r Record<'a>,
    item: DraftingItem,
    before: u64,
) -> Option<(&'r Entry<'a>, &'a DraftingContent, DraftId)> {
    items(record, item).find(|(entry, _, _)| entry.n < before)
}

pub(super) fn bases_in_force(record: &Record<'_>, against: &Against<'_>, line: &mut Sketch) {
    let Some(register) = against.bases else { return line.untold() };
    if record.cited.is_empty() {
        return;
    }
    for cited in &record.cited {
        let stale = match &cited.number {
            Some(number) => vec![register.standing(&cited.name, number, cited.day)],
            None => register.stale_in(&cited.name, cited.day),
        };
        line.saw(cited.n);
        line.keep();
        for standing in stale {
            // Papers do not tell the day on which they cite: that a basis came into force later is then no certainty.
            let stale = standing.state == BasisState::Repealed || (record.of_case && standing.is_stale());
            if stale {
                let until = standing.repealed_on.or(standing.in_force_from);
                let name = format!("{} {}", cited.name, cited.number.as_deref().unwrap_or_default());
                line.fail(Finding::NotEntitled, name.trim(), until.map(|day| day.to_string()).unwrap_or_default());
            }
        }
    }
}

/// Number of the newest submission for review, or the present.
fn submitted(record: &Record<'_>) -> Option<u64> {
    record.acts.iter().rev().find(|e| matches!(e.event, CaseEvent::LegalityReviewRequested { .. })).map(|e| e.n)
}

pub(super) fn departments_asked(record: &Record<'_>, against: &Against<'_>, line: &mut Sketch) {
    if !against.def.drafting_items.contains(&DraftingItem::DepartmentConsultation) {
        return line.not_applicable();
    }
    let decided = record.decided();
    let before = decided.map_or(u64::MAX, |d| d.entry.n);
    let Some((entry, DraftingContent::DepartmentConsultation(given), _)) =
        newest(record, DraftingItem::DepartmentConsultation, before)
    else {
        if let (Some(decided), true) = (decided, record.of_case) {
            line.see(decided.entry);
            line.fail(Finding::Missing, "", "");
        }
        return;
    };
    line.see(entry);
    if given.consulted.is_empty() {
        match given.none_reason.trim() {
            "" => line.fail(Finding::Unreasoned, "", ""),
            reason => line.excuse(ExcuseGround::NotHeard, entry, reason, ""),
        }
        return;
    }
    line.keep();
    for asked in &given.consulted {
        if asked.replied_on.is_some_and(|day| day < asked.asked_on) {
            line.fail(Finding::Early, asked.replied_on.map(|d| d.to_string()).unwrap_or_default(), asked.asked_on);
        }
    }
}

pub(super) fn disputes_tabled(record: &Record<'_>, _: &Against<'_>, line: &mut Sketch) {
    let tabled = record.acts.iter().rev().find_map(|entry| match entry.event {
        CaseEvent::TablingRequested { drafting, .. } => Some((entry, drafting)),
        _ => None,
    });
    let Some((entry, drafting)) = tabled else { return };
    let Some((asked, DraftingContent::DepartmentConsultation(given), _)) =
        newest(record, DraftingItem::DepartmentConsultation, entry.n)
    else {
        return line.not_applicable();
    };
    let disputed = given.consulted.iter().filter(|c| c.stance == DepartmentStance::Disagrees);
    let points: Vec<_> = disputed.flat_map(|c| c.disputes.iter().map(move |p| (&c.unit, &p.point))).collect();
    if points.is_empty() {
        return line.not_applicable();
    }
    line.see(asked);
    line.see(entry);
    for (unit, point) in points {
        let told = drafting.disputes.iter().any(|d| &d.unit == unit && &d.point.point == point);
        line.hold(told, Finding::Missing, format!("{unit}: {point}"), "");
    }
}

pub(super) fn fair_competition_reviewed(record: &Record<'_>, against: &Against<'_>, line: &mut Sketch) {
    if !record.is("operators_touched") {
        if record.of_case && record.decided().is_some() {
            line.not_applicable();
        }
        return;
    }
    let decided = record.adopted();
    let before = decided.map_or(u64::MAX, |d| d.entry.n);
    let Some((entry, DraftingContent::FairCompetition(review), draft)) =
        newest(record, DraftingItem::FairCompetition, before)
    else {
        if let Some(decided) = decided {
            line.see(decided.entry);
            line.fail(Finding::Missing, "", "");
        }
        return;
    };
    line.see(entry);
    let content = DraftingItem::FairCompetition;
    let passes = items(record, content).find(|(e, _, _)| e.n == entry.n).is_some_and(|(_, c, _)| c.in_order());
    line.hold(passes, Finding::Differs, review.conclusion, "");
    let from = against.def.parameter("market_regulation_review_from").and_then(|p| match p.value {
        ParameterValue::Day(day) => Some(day),
        _ => None,
    });
    let by_regulator = review.issuer == MeasureIssuer::Government && from.is_some_and(|day| entry.day >= day);
    if by_regulator && review.reviewer != FairCompetitionReviewer::MarketRegulation {
        line.fail(Finding::NotEntitled, review.reviewer, FairCompetitionReviewer::MarketRegulation);
    }
    if let Some(text) = record.text().filter(|text| !record.same(*text, draft)) {
        on_other_text(record, line, StageKind::Drafting, draft, text, before);
    }
}

pub(super) fn unit_checked(record: &Record<'_>, against: &Against<'_>, line: &mut Sketch) {
    if !against.def.drafting_items.contains(&DraftingItem::UnitLegalCheck) {
        return line.not_applicable();
    }
    let Some(submitted) = submitted(record) else { return };
    match newest(record, DraftingItem::UnitLegalCheck, submitted) {
        Some((entry, DraftingContent::UnitLegalCheck(check), _)) => {
            line.see(entry);
            line.hold(check.lawful, Finding::Differs, &check.opinion, "");
        }
        _ => {
            line.saw(submitted);
            line.fail(Finding::Missing, "", "");
        }
    }
}

/// The version on which the newest evidence of a stage rests.
fn rests_on(record: &Record<'_>, kind: StageKind, before: u64) -> Option<(u64, DraftId)> {
    record.acts.iter().rev().filter(|e| e.n < before).find_map(|entry| {
        let draft = match (kind, entry.event) {
            (StageKind::PublicParticipation, CaseEvent::SolicitationOpened { given, .. }) => given.draft,
            (StageKind::ExpertReview, CaseEvent::ExpertsAppointed { given, .. }) => given.draft,
            (StageKind::RiskAssessment, CaseEvent::RiskAssessmentStarted { given, .. }) => given.draft,
            (_, CaseEvent::StageTakenOver { of, given, .. }) if *of == kind => given.draft?,
            _ => return None,
        };
        Some((entry.n, draft))
    })
}

/// Evidence on another text counts where it was reaffirmed for this one.
fn on_other_text(record: &Record<'_>, line: &mut Sketch, kind: StageKind, from: DraftId, text: DraftId, before: u64) {
    let reaffirmed = record.acts.iter().rev().filter(|e| e.n < before).find_map(|entry| match entry.event {
        CaseEvent::EvidenceReaffirmed { stage, given }
            if record.kind_of(stage) == Some(kind) && record.same(given.draft, text) =>
        {
            Some((entry, given))
        }
        _ => None,
    });
    match reaffirmed {
        Some((entry, given)) if !given.reason.trim().is_empty() => {
            line.excuse(ExcuseGround::Reaffirmed, entry, &given.reason, "");
        }
        _ => line.fail(Finding::Differs, format!("{kind} {}", record.version(from)), record.version(text)),
    }
}

pub(super) fn evidence_on_text(record: &Record<'_>, _: &Against<'_>, line: &mut Sketch) {
    let Some(text) = record.text() else { return };
    let before = record.until_decided();
    for kind in [StageKind::PublicParticipation, StageKind::ExpertReview, StageKind::RiskAssessment] {
        if record.absence(kind).is_some() {
            continue;
        }
        let Some((n, draft)) = rests_on(record, kind, before) else { continue };
        line.saw(n);
        if record.same(draft, text) {
            line.keep();
        } else {
            on_other_text(record, line, kind, draft, text, before);
        }
    }
}
