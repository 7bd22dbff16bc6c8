//! The order of the stages, by the days on which they were done (R713 arts. 10, 25, 26, 29-32).

use super::record::{Milestone, Record, Step};
use super::{Against, ExcuseGround, Finding, Rule, Sketch};

/// What comes first, and what comes then. Broken only where that is certain whatever a vague day means.
fn held(record: &Record<'_>, line: &mut Sketch, rule: Rule, earlier: Option<&Step>, later: Option<&Step>) {
    let (Some(earlier), Some(later)) = (earlier, later) else { return };
    line.step(earlier);
    line.step(later);
    if earlier.first <= later.last {
        return line.keep();
    }
    let explained = record.explained.iter().find(|e| e.rules.contains(&rule) && e.at.is_none_or(|at| at == later.n));
    match explained {
        Some(e) => line.excuse_by(ExcuseGround::Explained, e.by.clone(), &e.reason, "", e.n),
        None => line.fail(Finding::Late, earlier.first, later.last),
    }
}

/// The newest step of a milestone that was recorded before the decision.
fn newest<'r>(record: &'r Record<'_>, at: Milestone) -> Option<&'r Step> {
    let until = if record.of_case { record.until_decided() } else { u64::MAX };
    record.at(at).rfind(|s| s.n < until)
}

/// Submission for review, or in a record that does not tell it the review itself; where
/// papers tell neither, the decision.
fn review<'r>(record: &'r Record<'_>) -> Option<&'r Step> {
    let review = newest(record, Milestone::Submitted).or_else(|| newest(record, Milestone::Reviewed));
    review.or_else(|| if record.of_case { None } else { newest(record, Milestone::Decided) })
}

pub(super) fn begun_before_draft(record: &Record<'_>, _: &Against<'_>, line: &mut Sketch) {
    let (begun, drafted) = (record.at(Milestone::Begun).next(), record.at(Milestone::Drafted).next());
    held(record, line, Rule::BegunBeforeDraft, begun, drafted);
    if let (None, Some(drafted), true) = (begun, drafted, record.of_case) {
        line.step(drafted);
        line.fail(Finding::Missing, "", "");
    }
}

fn branch(record: &Record<'_>, line: &mut Sketch, rule: Rule, at: Milestone) {
    // Participation and the rest may be held again after a review; only what a review rests on is held against it.
    let review = review(record);
    let done = match review {
        Some(review) if record.of_case => {
            let mut before = record.at(at).filter(|s| s.n < review.n);
            before.next_back().or_else(|| newest(record, at))
        }
        None if record.of_case => newest(record, at),
        // Papers are printed in any order: what ended last counts.
        _ => record.at(at).max_by_key(|s| s.first),
    };
    held(record, line, rule, done, review);
}

pub(super) fn participation_before_review(record: &Record<'_>, _: &Against<'_>, line: &mut Sketch) {
    branch(record, line, Rule::ParticipationBeforeReview, Milestone::Participation);
}

pub(super) fn experts_before_review(record: &Record<'_>, _: &Against<'_>, line: &mut Sketch) {
    branch(record, line, Rule::ExpertsBeforeReview, Milestone::Experts);
}

pub(super) fn risk_before_review(record: &Record<'_>, _: &Against<'_>, line: &mut Sketch) {
    branch(record, line, Rule::RiskBeforeReview, Milestone::Risk);
}

pub(super) fn review_before_meeting(record: &Record<'_>, _: &Against<'_>, line: &mut Sketch) {
    let Some(decided) = record.at(Milestone::Decided).next_back() else { return };
    // Of the reviews of the text that was decided, the first counts: later ones are of other stages of its way.
    let of_text = |step: &&Step| match (step.draft, decided.draft) {
        (Some(reviewed), Some(decided)) => record.same(reviewed, decided),
        _ => true,
    };
    let mut reviews = record.at(Milestone::Reviewed).filter(of_text);
    let review = if record.of_case { reviews.next() } else { reviews.next_back() };
    held(record, line, Rule::ReviewBeforeMeeting, review, Some(decided));
}

pub(super) fn tabled_before_meeting(record: &Record<'_>, _: &Against<'_>, line: &mut Sketch) {
    let decided = record.at(Milestone::Decided).next_back();
    let tabled = decided.and_then(|d| record.at(Milestone::Tabled).rfind(|s| !record.of_case || s.n < d.n));
    held(record, line, Rule::TabledBeforeMeeting, tabled, decided);
}

pub(super) fn decided_before_issue(record: &Record<'_>, _: &Against<'_>, line: &mut Sketch) {
    let (decided, issued) = (record.at(Milestone::Decided).next_back(), record.at(Milestone::Issued).next_back());
    held(record, line, Rule::DecidedBeforeIssue, decided, issued);
}

pub(super) fn issued_before_publication(record: &Record<'_>, _: &Against<'_>, line: &mut Sketch) {
    let issued = record.at(Milestone::Issued).next_back();
    let published = record.at(Milestone::Published).next_back();
    // Where the papers tell no issue, the decision itself stands for it.
    let issued = if record.of_case { issued } else { issued.or_else(|| record.at(Milestone::Decided).next_back()) };
    held(record, line, Rule::IssuedBeforePublication, issued, published);
}
