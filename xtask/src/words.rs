//! Every word that is stored and shown has a name in both languages.

use std::collections::BTreeSet;
use std::path::Path;

use dingce_domain::accountability::{AccountabilityState, ClueSource, HarmKind, PostCategory, SubjectKind};
use dingce_domain::catalogue::{CatalogueFlag, CatalogueKind, ChangeKind, ConsentBody, ScreeningResult};
use dingce_domain::code::Code;
use dingce_domain::compliance::{ExcuseGround, Finding, Verdict};
use dingce_domain::consultation::Channel;
use dingce_domain::control::{
    Adoption, ApprovalProgress, Comments, DraftState, Ending, Evaluation, Execution, ExpertPanel, Filing,
    HearingProgress, Meeting, Solicitation, Submission, TablingProgress,
};
use dingce_domain::definition::{Authority, Family, PostKind, UnitBinding};
use dingce_domain::determination::{DeterminationFlag, ExclusionGround};
use dingce_domain::drafting::{
    DepartmentStance, FairCompetitionConclusion, FairCompetitionGround, FairCompetitionReviewer, MeasureIssuer,
};
use dingce_domain::engagement::EngagementState;
use dingce_domain::erasure::{ErasureGround, ErasurePart, ErasureState};
use dingce_domain::event::CaseEvent;
use dingce_domain::figures::{Apart, FigureMeasure};
use dingce_domain::hearing::{
    CancellationGround, HearingGroupKind, HearingRole, HearingState, PostponementGround, SeatSelection, Speech,
};
use dingce_domain::holding::ConflictKind;
use dingce_domain::law_in_force::LawUse;
use dingce_domain::legal_bases::{BasisState, LegalBasisKind};
use dingce_domain::meeting::ItemState;
use dingce_domain::migration::{MigrationChange, MigrationObstacle};
use dingce_domain::organisation::{UnitKind, UnitRelation};
use dingce_domain::printed_agenda::ItemTarget;
use dingce_domain::proposal::{ArgumentPart, Decider, ProposalOutcome, ProposalState};
use dingce_domain::supervision::{NoticeKind, NoticeState};
use dingce_domain::task::{ApprovalAnswer, ApprovalStanding, LeadKind};
use dingce_domain::tie::TieTarget;
use dingce_domain::time::ClockKind;
use dingce_domain::verb::{Edge, Verb};
use dingce_domain::words::{
    AbsenceGround, AdviserKind, Disclosure, DraftChange, DraftingItem, EvaluationConclusion, EvaluationTrigger,
    EvaluationVoice, Evidence, ExecutionTrouble, ExpertReviewForm, ExpertSelection, ExpertStance, LegalityAspect,
    LegalityConclusion, LegalityFinding, Majority, MatterClass, Outcome, ParticipationForm, Position, Proposer,
    Relation, ReportReply, Retention, RiskLevel, SecretLevel, SecretOutcome, SecretStep, StageKind, Status, Uptake,
    Volume,
};

use crate::Outcome as Said;
use crate::lang::{DIRECTORY, Lang, Words};
use crate::scan;

/// A section of `words.yaml` and the words it must name.
struct Section {
    name: String,
    words: Vec<String>,
}

macro_rules! sections {
    ($($type:ident),+ $(,)?) => {
        vec![$(Section {
            name: snake_case(stringify!($type)),
            words: <$type>::ALL.iter().map(|word| word.as_str().to_owned()).collect(),
        }),+]
    };
}

/// `Code` is missing on purpose: its names are in `refusals.yaml`, and the check of the error pages looks at them.
fn from_types() -> Vec<Section> {
    sections![
        AbsenceGround,
        AccountabilityState,
        Adoption,
        AdviserKind,
        ApprovalAnswer,
        ApprovalProgress,
        ApprovalStanding,
        Apart,
        ArgumentPart,
        Authority,
        CancellationGround,
        BasisState,
        CatalogueFlag,
        CatalogueKind,
        ConflictKind,
        ChangeKind,
        Channel,
        ClueSource,
        Comments,
        ConsentBody,
        Decider,
        DepartmentStance,
        Disclosure,
        DeterminationFlag,
        DraftChange,
        DraftState,
        DraftingItem,
        Edge,
        Ending,
        EngagementState,
        ErasureGround,
        ErasurePart,
        ErasureState,
        Evaluation,
        EvaluationConclusion,
        EvaluationTrigger,
        EvaluationVoice,
        Evidence,
        ExclusionGround,
        ExcuseGround,
        Execution,
        ExecutionTrouble,
        ExpertPanel,
        ExpertReviewForm,
        ExpertSelection,
        ExpertStance,
        FairCompetitionConclusion,
        FairCompetitionGround,
        FairCompetitionReviewer,
        Family,
        FigureMeasure,
        Filing,
        Finding,
        HarmKind,
        HearingGroupKind,
        HearingProgress,
        HearingRole,
        HearingState,
        ItemState,
        ItemTarget,
        LawUse,
        LegalBasisKind,
        LeadKind,
        LegalityAspect,
        LegalityConclusion,
        LegalityFinding,
        Majority,
        MatterClass,
        MeasureIssuer,
        Meeting,
        MigrationChange,
        MigrationObstacle,
        NoticeKind,
        NoticeState,
        Outcome,
        ParticipationForm,
        Position,
        PostCategory,
        PostKind,
        ProposalOutcome,
        ProposalState,
        PostponementGround,
        Proposer,
        Relation,
        ReportReply,
        Retention,
        RiskLevel,
        ScreeningResult,
        SeatSelection,
        SecretLevel,
        SecretOutcome,
        SecretStep,
        Solicitation,
        Speech,
        StageKind,
        Status,
        SubjectKind,
        Submission,
        TablingProgress,
        TieTarget,
        UnitBinding,
        UnitKind,
        UnitRelation,
        Uptake,
        Verb,
        Verdict,
        Volume,
    ]
}

/// Words of other crates, and words that are no `words!` type.
fn others(root: &Path) -> Vec<Section> {
    let section = |name: &str, words: Vec<String>| Section { name: name.to_owned(), words };
    let of_app = scan::word_types(root, "crates/app/src").into_iter();
    let mut sections: Vec<Section> = of_app.map(|t| section(&snake_case(&t.name), t.words)).collect();
    sections.push(section("case_event", CaseEvent::KINDS.iter().map(|kind| (*kind).to_owned()).collect()));
    for (file, name) in [
        ("crates/domain/src/consultation.rs", "ConsultationEvent"),
        ("crates/domain/src/hearing/intake.rs", "HearingEvent"),
        ("crates/domain/src/organisation.rs", "OrganisationEvent"),
        ("crates/domain/src/catalogue/acts.rs", "CatalogueEvent"),
        ("crates/app/src/streams/definition.rs", "DefinitionEvent"),
        ("crates/domain/src/dossier.rs", "HistoricalDossierEvent"),
        ("crates/domain/src/proposal/acts.rs", "ProposalEvent"),
        ("crates/domain/src/determination.rs", "DeterminationEvent"),
        ("crates/domain/src/printed_agenda.rs", "PrintedAgendaEvent"),
        ("crates/domain/src/adviser.rs", "AdviserEvent"),
        ("crates/domain/src/engagement.rs", "EngagementEvent"),
        ("crates/domain/src/secret.rs", "SecretStubEvent"),
        ("crates/domain/src/meeting.rs", "MeetingEvent"),
        ("crates/domain/src/legal_bases.rs", "LegalBasisEvent"),
        ("crates/domain/src/accountability.rs", "AccountabilityEvent"),
        ("crates/domain/src/supervision.rs", "NoticeEvent"),
        ("crates/domain/src/mandate.rs", "MandateEvent"),
        ("crates/domain/src/log_note.rs", "LogNoteEvent"),
        ("crates/domain/src/erasure.rs", "ErasureEvent"),
    ] {
        sections.push(section(&snake_case(name), scan::event_kinds(root, file, name)));
    }
    sections.push(section("clock_kind", clock_kinds()));
    sections.push(section("separation", Relation::ALL.iter().map(|relation| relation.as_str().to_owned()).collect()));
    sections
}

/// Exactly the codes that gates ask for have a line of a checklist, in both languages.
fn lines(root: &Path, lang: &Lang) -> Vec<String> {
    let asked = scan::gate_codes(root);
    let mut problems = Vec::new();
    for code in Code::ALL {
        let Some(entry) = lang.refusals.get(code.as_str()) else { continue };
        let is_asked = asked.contains(&format!("{code:?}"));
        for (told, language) in [(&entry.zh, "zh"), (&entry.en, "en")] {
            let has = told.line.as_deref().is_some_and(|line| !line.trim().is_empty());
            match (is_asked, has) {
                (true, false) => {
                    problems.push(format!("refusals.yaml: {code} has no {language} line, and gates ask for it"))
                }
                (false, true) => {
                    problems.push(format!("refusals.yaml: {code} has a {language} line that no gate asks for"))
                }
                _ => {}
            }
        }
    }
    if asked.is_empty() {
        problems.push("no gate was found in the domain: the scan has lost its way".to_owned());
    }
    problems
}

fn clock_kinds() -> Vec<String> {
    let stored = |kind: ClockKind| match kind {
        // Named one by one, so that a new kind stops the build here.
        ClockKind::Floor | ClockKind::Cap | ClockKind::Backward | ClockKind::Guaranteed => {
            serde_json::to_value(kind).ok().and_then(|value| value.as_str().map(str::to_owned))
        }
    };
    [ClockKind::Floor, ClockKind::Cap, ClockKind::Backward, ClockKind::Guaranteed]
        .into_iter()
        .filter_map(stored)
        .collect()
}

/// The section of phrases that no type lists.
const PHRASES: &str = "phrase";

/// The section of the names of members of inputs.
const FIELDS: &str = "field";

/// Compares `words.yaml` with the domain.
pub fn check(root: &Path) -> Said {
    let lang = Lang::load(root)?;
    let typed = from_types();
    let mut problems = forgotten(root, &typed);
    let sections: Vec<Section> = typed.into_iter().chain(others(root)).collect();
    problems.extend(compare(&lang.words, &sections));
    problems.extend(lines(root, &lang));
    let fields = lang.words.get(FIELDS);
    let unnamed = scan::field_names(root).into_iter().filter(|name| fields.is_none_or(|all| !all.contains_key(name)));
    problems.extend(
        unnamed.map(|name| format!("`{name}` is what a refusal is about, and has no name. Add it to `{FIELDS}`.")),
    );
    if problems.is_empty() {
        let count: usize = lang.words.values().map(|section| section.len()).sum();
        return Ok(format!("{count} words have their names.\n"));
    }
    Err(problems)
}

fn forgotten(root: &Path, typed: &[Section]) -> Vec<String> {
    scan::word_types(root, "crates/domain/src")
        .into_iter()
        .filter(|t| t.name != "Code" && !typed.iter().any(|s| s.name == snake_case(&t.name)))
        .map(|t| {
            let (name, section) = (&t.name, snake_case(&t.name));
            format!(
                "{} declares the words of `{name}`, but nothing checks that they have names. Add `{name}` to the list \
                 in xtask/src/words.rs, and a section `{section}` to {DIRECTORY}/words.yaml.",
                t.file
            )
        })
        .collect()
}

fn compare(words: &Words, sections: &[Section]) -> Vec<String> {
    let mut problems = Vec::new();
    for section in sections {
        let Some(named) = words.get(&section.name) else {
            problems.push(format!(
                "{DIRECTORY}/words.yaml has no section `{}`. Add it, with `word: {{zh: …, en: …}}` for each of {}.",
                section.name,
                section.words.join(", ")
            ));
            continue;
        };
        for word in section.words.iter().filter(|word| !named.contains_key(*word)) {
            problems.push(format!(
                "`{word}` has no name. Add `{word}: {{zh: …, en: …}}` to the section `{}` of {DIRECTORY}/words.yaml.",
                section.name
            ));
        }
        for word in named.keys().filter(|word| !section.words.contains(word)) {
            problems.push(format!(
                "{DIRECTORY}/words.yaml names `{word}` in the section `{}`, but the domain has no such word. Correct \
                 its spelling or remove it.",
                section.name
            ));
        }
    }
    let known: BTreeSet<&str> = sections.iter().map(|s| s.name.as_str()).chain([PHRASES, FIELDS]).collect();
    for name in words.keys().filter(|name| !known.contains(name.as_str())) {
        problems.push(format!("{DIRECTORY}/words.yaml has a section `{name}` that belongs to no type. Remove it."));
    }
    for (name, section) in words {
        for (word, text) in section {
            if text.zh.trim().is_empty() || text.en.trim().is_empty() {
                problems.push(format!("`{word}` in the section `{name}` of {DIRECTORY}/words.yaml lacks a language."));
            }
        }
    }
    problems
}

/// `StageKind` becomes `stage_kind`.
fn snake_case(name: &str) -> String {
    let mut snake = String::new();
    for (i, c) in name.chars().enumerate() {
        if c.is_ascii_uppercase() && i > 0 {
            snake.push('_');
        }
        snake.push(c.to_ascii_lowercase());
    }
    snake
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lang::Text;
    use std::collections::BTreeMap;

    #[test]
    fn a_missing_a_surplus_and_an_empty_name_are_told_at_once() {
        let text = |zh: &str| Text { zh: zh.to_owned(), en: "x".to_owned() };
        let named = BTreeMap::from([("low".to_owned(), text("低")), ("hihg".to_owned(), text(""))]);
        let words = BTreeMap::from([("risk_level".to_owned(), named)]);
        let sections = [Section { name: "risk_level".to_owned(), words: vec!["low".to_owned(), "high".to_owned()] }];
        let problems = compare(&words, &sections);
        assert_eq!(problems.len(), 3, "{problems:?}");
        assert!(problems[0].starts_with("`high` has no name."), "{}", problems[0]);
    }

    #[test]
    fn names_of_types_become_names_of_sections() {
        assert_eq!(snake_case("LegalityConclusion"), "legality_conclusion");
        assert_eq!(snake_case("Verb"), "verb");
    }
}
