//! What the law puts before each act, from the proposal to the closed volumes.

use dingce_domain::control::{
    Adoption, Comments, Control, Detail, DraftState, Ending, Evaluation, EventClass, Execution, ExpertPanel, Filing,
    HearingProgress, Meeting, Solicitation, Submission, TablingProgress,
};
use dingce_domain::definition::{Criterion, Definition};
use dingce_domain::words::{
    DraftChange, DraftingItem, EvaluationConclusion, Evidence, LegalityConclusion, Outcome, ReportReply, StageKind,
    Status, Volume,
};

use super::{Event, Rule, of};

rules! {
    STUDIED = "P-FLOOR-STUDIED", "R713 arts. 10-11", "决策事项建议未经研究论证就决定启动，或者未启动就拟订草案。",
        "A matter is started without its study, or a draft is made before the matter is started.";
    DRAFT = "P-FLOOR-DRAFT", "R713 arts. 12, 14, 19, 22", "还没有草案，就征求意见、论证、评估或者送审。",
        "The public, experts, assessors or the reviewer are asked about a draft that is not there.";
    AMEND = "P-FLOOR-AMEND", "R713 arts. 25, 28, 30", "应当修改的草案未经修改又被提出，或者不经修改就不再算作应当修改。",
        "A draft that must be amended is put forward as it is, or ceases to be so otherwise than by another text.";
    CHANGED = "P-FLOOR-CHANGED", "R713 arts. 25-26", "草案改变之后，对原稿的审查通过、论证、评估或者决定仍被当作对现稿的。",
        "After a change of the draft the clearance, the evidence or the decision on the earlier one counts for the new one.";
    PARTICIPATION = "P-FLOOR-PARTICIPATION", "R713 arts. 14-18", "公众参与没有进行、没有结束，或者意见没有处理，就被当作完成。",
        "Participation counts as done though nobody was asked, it is still under way, or comments are left unanswered.";
    SECRET = "P-FLOOR-SECRET", "R713 arts. 14, 32", "依法不予公开的事项，向社会公开征求意见、举行听证或者公布。",
        "In a matter that is lawfully not public the public is asked, a hearing announced, or the decision published.";
    HEARING = "P-FLOOR-HEARING", "R713 arts. 16-17", "应当举行的听证没有举行，或者没有举行的听证被当作已经报告。",
        "A hearing that must be held is not, or one is reported on that nobody announced.";
    EXPERTS = "P-FLOOR-EXPERTS", "R713 art. 19", "专家没有提出意见，专家论证就被当作完成。",
        "Expert review counts as done though the experts have not spoken.";
    ASSESSED = "P-FLOOR-ASSESSED", "R713 arts. 22-23", "没有开展风险评估，就提出评估报告。",
        "A risk is reported though no assessment is under way.";
    LATE = "P-FLOOR-LATE", "R713 art. 26", "已经开始、已有结果或者审查开始之后的阶段，又按此前已办登记。",
        "A stage is recorded as done before, though it has begun here or the review has.";
    BASES = "P-FLOOR-BASES", "R713 art. 12", "承办单位未全面梳理法律依据、未自查，就送审。",
        "The draft is submitted though the unit has not sorted the legal bases and checked it itself.";
    REVIEWED = "P-FLOOR-REVIEWED", "R713 arts. 25-28", "没有送审、没有听取法律顾问和公职律师意见就作出审查结论，未通过的被当作通过，或者对审查意见没有回应就再次送审。",
        "A review is concluded on what is not before the reviewer or without advisers, a conclusion that does not clear clears, or \
         a draft is submitted again without an answer to the opinion.";
    ITEMS = "P-FLOOR-ITEMS", "R713 arts. 26, 30", "送审期间或者决定之后，草案所附的事项又被改变。",
        "What is on file with the draft changes while the reviewer has it before them, or after the decision on it.";
    TABLED = "P-FLOOR-TABLED", "R713 art. 29", "会议材料未经审核、审定就批准提请，或者未经提请就召开会议、作出决定。",
        "Tabling is approved out of its order, or a meeting is held, or decides, on what was not tabled.";
    DECIDED = "P-FLOOR-DECIDED", "R713 art. 30", "会议未从头进行，或者首长决定之后又有表态、认定。",
        "A meeting goes on from an earlier one, or a position or finding is recorded after the head decided.";
    IRREGULAR = "P-FLOOR-IRREGULAR", "R713 arts. 3, 38", "存在未处理的违规情形，就作出决定或者印发，或者违规情形没有留下痕迹。",
        "A decision is taken or issued while a breach of the procedure is open, or a breach leaves no trace.";
    REPLY = "P-FLOOR-REPLY", "R713 art. 31", "请示报告未获同意、被退回或者附有意见，却照原样办理。",
        "A reply that refuses, returns or comments leaves everything as it was.";
    ENDED = "P-FLOOR-ENDED", "R713 arts. 30, 37", "已经作出的决定不经法定程序就被终止，或者不同意的决定没有终结程序。",
        "A decision that was taken is ended without a procedure, or one not to adopt the draft ends nothing.";
    PUBLISHED = "P-FLOOR-PUBLISHED", "R713 art. 32", "未印发的决策被公布。", "What was not issued is published.";
    ANSWERED = "P-FLOOR-ANSWERED", "R713 art. 35", "对执行的意见建议没有答复，就办结执行或者封卷，或者收到的意见没有登记为待答复。",
        "An execution is completed, or its volume closed, while comments on it are unanswered, or one that came in asks for no answer.";
    CONCLUSION = "P-FLOOR-CONCLUSION", "R713 art. 36", "决策后评估的结论没有落实，就恢复或者办结执行，或者结论不要求任何落实。",
        "An execution goes on, or is completed, against what the evaluation concluded, or the conclusion binds nobody.";
    EVALUATED = "P-FLOOR-EVALUATED", "R713 art. 36", "决策后评估没有启动、没有听取意见或者没有报告，就有了结果。",
        "An evaluation has a result though it was not started, its voices were not heard, or it was not reported.";
    VOLUME = "P-FLOOR-VOLUME", "R713 art. 33", "案卷未齐全、未检查就封卷，或者封卷没有效力。",
        "A volume is closed before what belongs in it is there and was checked, or closing it closes nothing.";
}

/// The rules that an event breaks.
pub(super) fn broken(def: &Definition, event: Event<'_>, found: &mut Vec<&'static Rule>) {
    let mut never = |rule: &'static Rule, holds: bool| {
        if holds {
            found.push(rule);
        }
    };
    let Event { before, at, class, after, .. } = event;
    before_the_review(def, event, &mut never);
    review_and_meeting(event, &mut never);
    after_the_decision(event, &mut never);
    if let EventClass::DraftVersionAdded(change) = class {
        never(&CHANGED, outlives(change, after));
    }
    never(&CHANGED, matches!(class, EventClass::ConfirmationRefused) && after.cleared());
    // Whatever opens a stage again, or changes a text, leaves nobody's clearance behind; `REVIEW` says so.
    let stage = before.stages.get(at);
    let untouched = stage.is_some_and(|s| {
        let first = if s.kind == StageKind::Initiation { Status::Active } else { Status::Available };
        s.evidence == Evidence::None && s.status == first
    });
    let reviewed =
        of(before, StageKind::LegalityReview).any(|s| (s.status, s.evidence) != (Status::Available, Evidence::None));
    never(&LATE, matches!(class, EventClass::StageTakenOver { .. }) && (!untouched || reviewed));
}

/// Up to the submission: initiation, the draft, participation, experts, risk.
fn before_the_review(def: &Definition, event: Event<'_>, never: &mut impl FnMut(&'static Rule, bool)) {
    let Event { before, at, class, after, facts, .. } = event;
    let stage = before.stages.get(at);
    let detail = stage.map(|s| s.detail);
    let active = stage.is_some_and(|s| s.status == Status::Active);
    let started = of(before, StageKind::Initiation).all(|s| s.status == Status::Completed);
    match class {
        EventClass::InitiationDecided { .. } => {
            never(&STUDIED, !matches!(detail, Some(Detail::Initiation { studied: true })));
        }
        EventClass::DraftVersionAdded(_) => never(&STUDIED, !started),
        _ => {}
    }
    let of_a_draft = match class {
        EventClass::StageTakenOver { of, .. } => of != StageKind::Initiation,
        EventClass::SolicitationOpened
        | EventClass::HearingNoticed
        | EventClass::ExpertsAppointed
        | EventClass::RiskAssessmentStarted
        | EventClass::LegalitySubmitted => true,
        _ => false,
    };
    let asks = matches!(class, EventClass::ParticipationRecorded { .. } | EventClass::DraftingItemRecorded { .. });
    never(&DRAFT, (of_a_draft || asks) && before.draft == DraftState::None);
    let forward = of_a_draft
        || matches!(class, EventClass::TablingRequested | EventClass::DraftConfirmed)
        || matches!(class, EventClass::HeadDecided(outcome) if outcome.adopts());
    let to_amend = before.draft == DraftState::ToAmend;
    never(&AMEND, forward && to_amend);
    let to_be_amended = match class {
        EventClass::LegalityConcluded(conclusion) => {
            matches!(conclusion, LegalityConclusion::Amend | LegalityConclusion::MustNotBeTabled)
        }
        EventClass::HeadDecided(outcome) => outcome == Outcome::Amend,
        EventClass::ConfirmationRefused => before.adoption != Adoption::None,
        _ => false,
    };
    never(&AMEND, to_be_amended && after.draft != DraftState::ToAmend);
    let another = matches!(class, EventClass::DraftVersionAdded(_));
    never(&AMEND, to_amend && after.draft != DraftState::ToAmend && !another && after.ending == Ending::Running);

    let ground = |criterion: &Option<Criterion>| {
        criterion.as_ref().is_some_and(|c| c.condition.holds(&|id| def.position(id), before, facts))
    };
    let spec = def.stages.get(at);
    let to_the_public = match class {
        EventClass::StageTakenOver { of, .. } => of == StageKind::PublicParticipation,
        EventClass::SolicitationOpened | EventClass::HearingNoticed | EventClass::DecisionPublished => true,
        _ => false,
    };
    never(&SECRET, to_the_public && spec.is_some_and(|s| ground(&s.absent_if)));
    if let Some(Detail::PublicParticipation { solicitation, comments, hearing, .. }) = detail {
        let held = hearing == HearingProgress::Reported;
        match class {
            EventClass::SolicitationClosed { .. } => never(&PARTICIPATION, solicitation != Solicitation::Open),
            EventClass::ParticipationReported => {
                let over = active && solicitation == Solicitation::Closed && comments != Comments::Open;
                never(&PARTICIPATION, !over);
                never(&HEARING, !held && spec.is_some_and(|s| ground(&s.hearing_if)));
            }
            EventClass::HearingReported { .. } => never(&HEARING, hearing != HearingProgress::Noticed),
            _ => {}
        }
    }
    for (was, is) in before.stages.iter().zip(&after.stages) {
        let on_the_way = matches!(is.detail, Detail::PublicParticipation { hearing: HearingProgress::Noticed, .. });
        let over = |status| matches!(status, Status::Completed | Status::Absent);
        never(&PARTICIPATION, on_the_way && over(is.status) && !over(was.status));
    }
    match (class, detail) {
        (EventClass::ExpertReviewReported, Some(Detail::ExpertReview { panel })) => {
            never(&EXPERTS, !active || panel != ExpertPanel::Heard);
        }
        (EventClass::RiskReported { .. }, _) => never(&ASSESSED, !active),
        _ => {}
    }
}

/// From the submission to the decision.
fn review_and_meeting(event: Event<'_>, never: &mut impl FnMut(&'static Rule, bool)) {
    let Event { before, at, class, after, .. } = event;
    let detail = before.stages.get(at).map(|s| s.detail);
    if let Some(Detail::LegalityReview { submission, advised, response_due }) = detail {
        match class {
            EventClass::LegalitySubmitted => {
                never(&REVIEWED, response_due);
                never(&BASES, !checked(before));
                let advised = after
                    .stages
                    .get(at)
                    .is_some_and(|s| matches!(s.detail, Detail::LegalityReview { advised: true, .. }));
                never(&REVIEWED, advised);
            }
            EventClass::LegalityConcluded(conclusion) => {
                never(&REVIEWED, submission != Submission::UnderReview || !advised);
                never(&REVIEWED, !conclusion.clears() && after.cleared());
            }
            _ => {}
        }
    }
    let under_review = before
        .stages
        .iter()
        .any(|s| matches!(s.detail, Detail::LegalityReview { submission, .. } if submission != Submission::None));
    let of_drafting = matches!(detail, Some(Detail::Drafting { .. }));
    let answers = matches!(class, EventClass::DraftingItemRecorded { .. })
        || (matches!(class, EventClass::EvidenceReaffirmed) && of_drafting);
    never(&ITEMS, answers && (under_review || before.adoption != Adoption::None));
    if let Some(Detail::Tabling { progress }) = detail {
        let needed = match class {
            EventClass::TablingRequested => TablingProgress::None,
            EventClass::TablingChecked { .. } => TablingProgress::Requested,
            EventClass::TablingReviewed { .. } => TablingProgress::Checked,
            EventClass::TablingApproved => TablingProgress::Reviewed,
            _ => progress,
        };
        never(&TABLED, progress != needed);
    }
    let tabled = of(before, StageKind::Tabling).all(|s| s.status == Status::Completed);
    never(&TABLED, matches!(class, EventClass::MeetingConvened | EventClass::HeadDecided(_)) && !tabled);
    let sent_back = matches!(class, EventClass::HeadDecided(Outcome::Amend));
    never(&TABLED, sent_back && of(after, StageKind::Tabling).any(|s| s.status == Status::Completed));
    if let (EventClass::MeetingConvened, Some(stage)) = (class, after.stages.get(at)) {
        let anew = Detail::CollectiveDeliberation {
            meeting: Meeting::Convened,
            risk_controllable: None,
            positions_complete: false,
            majority: dingce_domain::words::Majority::Even,
            decided: false,
            signed: false,
        };
        never(&DECIDED, stage.detail != anew);
    }
    let speaks = matches!(class, EventClass::PositionRecorded { .. } | EventClass::RiskFound { .. });
    let decided = matches!(detail, Some(Detail::CollectiveDeliberation { decided: true, .. }));
    never(&DECIDED, speaks && decided);
    let decides = matches!(class, EventClass::HeadDecided(_) | EventClass::DecisionIssued);
    never(&IRREGULAR, decides && before.irregular);
    never(&IRREGULAR, matches!(class, EventClass::IrregularityRecorded) && !after.irregular);
}

/// From the decision on.
fn after_the_decision(event: Event<'_>, never: &mut impl FnMut(&'static Rule, bool)) {
    let Event { before, at, class, after, .. } = event;
    let detail = before.stages.get(at).map(|s| s.detail);
    let issued = of(before, StageKind::Issuance).any(|s| s.status == Status::Completed);
    match class {
        EventClass::ReportReplied(ReportReply::NotAgreed) => never(&REPLY, after.ending == Ending::Running),
        EventClass::ReportReplied(ReportReply::Returned) => never(&REPLY, after.adoption != Adoption::None),
        EventClass::ReportReplied(ReportReply::WithComments) => {
            let carried_out = matches!(after.draft, DraftState::Confirmed | DraftState::Final);
            never(&REPLY, after.adoption != Adoption::InPrinciple || carried_out);
        }
        _ => {}
    }
    let terminated = before.ending == Ending::Running && after.ending == Ending::Terminated;
    never(&ENDED, terminated && before.adoption != Adoption::None);
    let refused = matches!(class, EventClass::HeadDecided(Outcome::Disagree));
    never(&ENDED, refused && after.ending == Ending::Running);
    never(&PUBLISHED, matches!(class, EventClass::DecisionPublished) && !issued);
    if let Some(Detail::Implementation { unanswered, due, .. }) = detail {
        let completed = matches!(class, EventClass::ExecutionCompleted);
        never(&ANSWERED, completed && unanswered);
        let against = completed && due.is_some()
            || matches!(class, EventClass::ExecutionResumed) && due == Some(EvaluationConclusion::Stop);
        never(&CONCLUSION, against);
    }
    let implementation = |control: &Control| {
        control.stages.iter().find_map(|s| match s.detail {
            Detail::Implementation { execution, unanswered, due } => Some((execution, unanswered, due)),
            _ => None,
        })
    };
    if let (Some((execution, ..)), Some((_, unanswered, due))) = (implementation(before), implementation(after)) {
        never(&ANSWERED, matches!(class, EventClass::ExecutionCommentEntered) && !unanswered);
        if let EventClass::EvaluationConcluded(conclusion) = class {
            let to_do = match conclusion {
                EvaluationConclusion::Amend | EvaluationConclusion::Stop => {
                    matches!(execution, Execution::InForce | Execution::Suspended)
                }
                EvaluationConclusion::Suspend => execution == Execution::InForce,
                EvaluationConclusion::Continue => false,
            };
            never(&CONCLUSION, to_do && !before.closed(Volume::Execution) && due != Some(conclusion));
        }
    }
    if let Some(Detail::PostEvaluation { evaluation }) = detail {
        let in_turn = match class {
            EventClass::EvaluationHeard { .. } => matches!(evaluation, Evaluation::Started | Evaluation::Heard),
            EventClass::EvaluationReported => evaluation == Evaluation::Heard,
            EventClass::EvaluationConcluded(_) => evaluation == Evaluation::Reported,
            _ => true,
        };
        never(&EVALUATED, !in_turn);
    }
    if let EventClass::VolumeClosed(volume) = class {
        let unanswered =
            before.stages.iter().any(|s| matches!(s.detail, Detail::Implementation { unanswered: true, .. }));
        never(&ANSWERED, volume == Volume::Execution && unanswered);
        never(&VOLUME, !whole(before, volume) || before.filing(volume) != Filing::Checked || !after.closed(volume));
    }
}

/// Whether the unit sorted the legal bases of the draft and checked it itself.
fn checked(control: &Control) -> bool {
    let item = DraftingItem::UnitLegalCheck as usize;
    of(control, StageKind::Drafting)
        .any(|s| matches!(s.detail, Detail::Drafting { items } if items[item] == Evidence::Current))
}

/// Whether anything that was found on an earlier text counts for the one that took its place.
fn outlives(change: DraftChange, after: &Control) -> bool {
    let current = |kind| of(after, kind).any(|s| s.evidence == Evidence::Current);
    let again = change == DraftChange::Material;
    let items = after
        .stages
        .iter()
        .any(|s| matches!(s.detail, Detail::Drafting { items } if items.contains(&Evidence::Current)));
    let prepared = [StageKind::PublicParticipation, StageKind::ExpertReview, StageKind::RiskAssessment];
    // A round on the earlier text goes on, and what it finds is found on that.
    let rounds =
        prepared.into_iter().any(|kind| of(after, kind).any(|s| s.status == Status::Active && s.on_current_draft));
    let groups =
        after.stages.iter().any(|s| matches!(s.detail, Detail::PublicParticipation { groups_heard: true, .. }));
    let tabled = of(after, StageKind::Tabling).any(|s| {
        !matches!(s.detail, Detail::Tabling { progress: TablingProgress::None }) || s.status == Status::Completed
    });
    let decided = after.adoption != Adoption::None || tabled;
    match change {
        DraftChange::First => false,
        // What carries out a decision leaves it standing; the reviewer looks at the text again.
        DraftChange::CarriesOutDecision => current(StageKind::LegalityReview),
        DraftChange::Material | DraftChange::WordingOnly => {
            current(StageKind::LegalityReview)
                || decided
                || (again && (items || rounds || groups || prepared.into_iter().any(current)))
        }
    }
}

/// Whether what belongs in a volume is there.
fn whole(before: &Control, volume: Volume) -> bool {
    match volume {
        Volume::Decision => {
            let issued = of(before, StageKind::Issuance).any(|s| s.status == Status::Completed);
            let published =
                of(before, StageKind::Publication).all(|s| matches!(s.status, Status::Completed | Status::Absent));
            before.ending != Ending::Running || (issued && published)
        }
        Volume::Execution => {
            let ended =
                matches!(before.execution(), Execution::Completed | Execution::Adjusted | Execution::Terminated);
            before.closed(Volume::Decision) && ended
        }
        Volume::Evaluation => before.closed(Volume::Decision) && before.evaluation() == Evaluation::Concluded,
    }
}
