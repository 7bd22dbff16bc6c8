//! Rules about stages: what the family asks for, what may be there twice, criteria that somebody asks.

use dingce_domain::definition::{Definition, Family};
use dingce_domain::verb::{Edge, Verb};
use dingce_domain::words::StageKind;

use super::{Known, place};
use crate::problem::{instead, written};
use crate::read::Reader;

/// Kinds of which a definition may have several.
const SEVERAL: [StageKind; 4] =
    [StageKind::RiskAssessment, StageKind::PreIssuanceReporting, StageKind::Task, StageKind::Approval];
/// Kinds that every normative document goes through (国办发〔2018〕37号 parts 2-3).
const OF_A_NORMATIVE_DOCUMENT: [StageKind; 9] = [
    StageKind::Initiation,
    StageKind::Drafting,
    StageKind::PublicParticipation,
    StageKind::LegalityReview,
    StageKind::Tabling,
    StageKind::CollectiveDeliberation,
    StageKind::Issuance,
    StageKind::Publication,
    StageKind::Archiving,
];

pub(super) fn check(reader: &mut Reader<'_>, def: &Definition, known: Known) {
    let at = place(reader, "stages");
    // R713 ch. 2-3: what cannot run in a matter is recorded as absent; it is never left out of the definition.
    let needed = |kind: StageKind| match def.family {
        Family::MajorDecision => !kind.is_general(),
        Family::NormativeDocument => OF_A_NORMATIVE_DOCUMENT.contains(&kind),
        Family::General => kind == StageKind::Archiving,
    };
    for kind in StageKind::ALL.iter().filter(|k| needed(**k) && def.positions(**k).next().is_none()) {
        reader.add(
            "D-STAGE-MISSING",
            at,
            format!("缺少 {kind} 阶段。"),
            format!("A stage of the kind `{kind}` is missing."),
            written(kind),
        );
    }
    for &kind in StageKind::ALL {
        if let Some(second) = def.positions(kind).nth(1).filter(|_| !SEVERAL.contains(&kind)) {
            let at = place(reader, &format!("stages.{}", def.stages[second].id));
            reader.add(
                "D-STAGE-TWICE",
                at,
                format!("{kind} 阶段只能有一个。"),
                format!("There is a second stage of the kind `{kind}`."),
                instead("只留一个", "one"),
            );
        }
    }
    for stage in &def.stages {
        let hears = stage.kind == StageKind::PublicParticipation && def.roles_for(Verb::ReportHearing).next().is_some();
        let public = stage.kind == StageKind::PublicParticipation;
        // Who holds hearings is not known where a role was read with a mistake.
        if stage.hearing_if.is_some() && !hears && (known.roles || !public) {
            let at = place(reader, &format!("stages.{}", stage.id));
            reader.add(
                "D-HEARING-IMPOSSIBLE",
                at,
                "要求举行听证的阶段，必须是公众参与，且有角色可以办理听证。",
                "A hearing is asked for where nobody can hold one: it belongs to public participation, and roles for its \
                 acts are needed.",
                instead("public_participation 阶段，且有角色可以做 notice_hearing 至 report_hearing", "public_participation, and a role with notice_hearing … report_hearing"),
            );
        }
        let asked = |edge| Verb::ALL.iter().any(|v| v.kind() == Some(stage.kind) && v.edge() == edge);
        for (edge, list) in [(Edge::Entry, &stage.entry), (Edge::Exit, &stage.exit)] {
            if !list.is_empty() && !asked(edge) {
                let at = place(reader, &format!("stages.{}", stage.id));
                reader.add(
                    "D-CRITERION-NEVER-ASKED",
                    at,
                    format!("{} 类阶段没有对应 {edge} 的行为，条件永远不会被检查。", stage.kind),
                    format!(
                        "No act stands at the {edge} of a `{}` stage, so its criteria are never asked.",
                        stage.kind
                    ),
                    instead("写在本阶段的另一端，或写在下一阶段", "the other end of this stage, or the next one"),
                );
            }
        }
    }
    super::general::check(reader, def, known);
    let meets = def.positions(StageKind::CollectiveDeliberation).next().is_some();
    if meets && known.outcomes && !def.outcomes.iter().any(|o| o.adopts()) {
        let at = place(reader, "outcomes");
        reader.add(
            "D-OUTCOMES",
            at,
            "会议没有可以通过草案的结果。",
            "No outcome of the meeting adopts the draft.",
            written("agree"),
        );
    }
}
