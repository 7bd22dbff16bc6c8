//! The thirty traps of the law digest, one test each: what simple software gets wrong, and what this does.
//!
//! A trap within the pure core is told by its stories: all of them are true, and those named here show what matters of it.
//! A trap outside the pure core is done here, or beside its stories.

use std::path::Path;

use dingce_app::catalogue_file::{self, Format};
use dingce_app::ports::{ReadRow, RowQuery};
use dingce_app::read_rows::{CatalogueLinkRow, EntryRow};
use dingce_domain::catalogue::{CatalogueAct, TieEntry};
use dingce_domain::code::Code::{self, *};
use dingce_domain::dossier::{DossierEvent, EnterDossier, HistoricalDossier, HistoricalDossierEvent};
use dingce_domain::id::UnitId;
use dingce_domain::organisation::{Organisation, OrganisationEvent, UnitKind, UnitRelation};
use dingce_domain::words::Volume;
use dingce_testkit::scenario::asked::Answered;
use dingce_testkit::{law, staff};
use dingce_tests::acting::{asked, code};
use dingce_tests::harness::{Backend, Site};
use dingce_tests::packages::content;
use dingce_tests::stories::{Shown, files, read, short, told};
use jiff::civil::date;
use serde_json::json;
use uuid::Uuid;

/// How a story ends.
enum Ends {
    /// It happens.
    Done,
    /// It is refused, first by this.
    Refused(Code),
    /// It is recorded as it was, without effect, having broken this among others.
    Irregular(Code),
}
use Ends::{Done, Irregular, Refused};

/// Every story of a trap is true, and those named are among them and end so.
fn tells(trap: u32, named: &[(&str, Ends)]) {
    let stories: Vec<&Shown> = told().iter().filter(|s| s.story.trap == Some(trap)).collect();
    for path in files().iter().filter(|path| read(path).trap == Some(trap)) {
        let name = short(path);
        assert!(stories.iter().any(|s| s.name == name), "{name} is not true");
    }
    for (name, ends) in named {
        let shown = stories.iter().find(|s| s.name.trim_end_matches(".yaml") == *name);
        let shown = shown.unwrap_or_else(|| panic!("no story {name} is of trap {trap}"));
        let last = shown.told.asked.last().filter(|_| shown.told.acts).unwrap_or_else(|| panic!("{name} asks nothing"));
        let so = match ends {
            Done => last.answered == Answered::Accepted,
            Refused(code) => last.answered == Answered::Refused && last.codes == [*code],
            Irregular(code) => last.answered == Answered::Irregular && last.codes.contains(code),
        };
        assert!(so, "{name}: {:?} {:?}", last.answered, last.codes);
    }
}

#[test]
fn trap_01_the_reviewers_time_is_a_floor() {
    tells(
        1,
        &[
            ("legality_review/day_7_without_statement", Refused(EarlyStatementMissing)),
            ("legality_review/day_8_without_statement", Done),
            ("legality_review/day_2_with_statement", Done),
            ("legality_review/late_review_is_no_breach", Done),
            ("collective_deliberation/held_inside_the_review", Irregular(PeriodRunning)),
        ],
    );
}

#[test]
fn trap_02_days_are_not_working_days() {
    tells(
        2,
        &[
            ("public_participation/closed_on_last_day", Refused(PeriodRunning)),
            ("public_participation/closed_day_after", Done),
            ("legality_review/make_up_saturday", Done),
            ("legality_review/spring_festival", Done),
            ("hearing/delivered_to_some", Refused(HearingMaterialsLate)),
            ("publication/day_21_overdue", Done),
        ],
    );
}

#[test]
fn trap_03_not_every_stage_runs_and_two_always_do() {
    tells(
        3,
        &[
            ("whole_case/absence_needs_reason", Refused(TextNotAcceptable)),
            ("whole_case/absence_needs_basis", Refused(TextNotAcceptable)),
            ("whole_case/absence_of_legality", Refused(AbsenceNotAllowed)),
            ("whole_case/absence_of_meeting", Refused(AbsenceNotAllowed)),
            ("expert_review/recorded_absent", Done),
            ("whole_case/absence_undone_by_facts", Done),
        ],
    );
}

#[test]
fn trap_04_the_head_decides_and_nobody_counts_votes() {
    tells(
        4,
        &[
            ("collective_deliberation/against_majority_without_reasons", Refused(MajorityReasonsMissing)),
            ("collective_deliberation/against_majority_with_reasons", Done),
            ("collective_deliberation/even", Done),
        ],
    );
}

#[test]
fn trap_05_who_attends_is_no_member() {
    tells(
        5,
        &[
            ("collective_deliberation/attendee_is_no_member", Refused(NotAMember)),
            ("collective_deliberation/position_of_attendee", Refused(NotAMember)),
            ("collective_deliberation/chair_from_outside", Refused(NotAMember)),
        ],
    );
}

#[test]
fn trap_06_the_head_speaks_last_and_is_recorded_as_they_did() {
    tells(
        6,
        &[
            ("collective_deliberation/head_spoke_first", Irregular(HeadNotLast)),
            ("collective_deliberation/decide_while_irregular", Refused(IrregularityOpen)),
            ("collective_deliberation/decide_after_cure", Done),
            ("collective_deliberation/same_place_in_order", Refused(ListNotAcceptable)),
        ],
    );
}

#[test]
fn trap_07_silence_and_absence_are_no_dissent() {
    tells(
        7,
        &[
            ("collective_deliberation/silence_is_no_dissent", Refused(PositionsMissing)),
            ("collective_deliberation/absence_is_no_dissent", Refused(MemberAbsent)),
            ("collective_deliberation/dissent_needs_reason", Refused(DissentReasonMissing)),
            ("collective_deliberation/signed_twice", Refused(RecordSigned)),
            ("collective_deliberation/position_twice", Refused(PositionTaken)),
        ],
    );
}

#[test]
fn trap_08_conclusions_belong_to_a_version() {
    tells(
        8,
        &[
            ("drafting/material_change_reopens", Done),
            ("tabling/changed_after_clearance", Refused(LegalityMissing)),
            ("collective_deliberation/on_changed_draft", Refused(LegalityMissing)),
            ("expert_review/opinion_on_other_version", Refused(DraftMovedOn)),
            ("legality_review/confirm_material", Refused(NothingToConfirm)),
            ("whole_case/reaffirm_participation", Done),
        ],
    );
}

#[test]
fn trap_09_agreed_in_principle_is_revised_and_verified() {
    tells(
        9,
        &[
            ("collective_deliberation/in_principle_without_amendments", Refused(ReasonMissing)),
            ("issuance/in_principle_as_tabled", Refused(FinalTextUnconfirmed)),
            ("issuance/final_text_unconfirmed", Refused(LegalityMissing)),
            ("issuance/final_text_confirmed", Done),
        ],
    );
}

#[test]
fn trap_10_decided_is_not_issued() {
    tells(
        10,
        &[
            ("pre_issuance_reporting/issued_without_reply", Refused(ReportingMissing)),
            ("issuance/before_decision", Refused(DecisionMissing)),
            ("issuance/issued_on_paper_too_early", Irregular(ReportingMissing)),
            ("publication/before_issuance", Refused(DecisionMissing)),
            ("issuance/issued", Done),
        ],
    );
}

#[test]
fn trap_11_nothing_replaces_the_legality_review() {
    tells(
        11,
        &[
            ("legality_review/advice_alone_clears_nothing", Refused(LegalityMissing)),
            ("legality_review/risk_stated", Done),
            ("legality_review/risk_stated_with_conflict", Refused(ConclusionContradicted)),
            ("legality_review/gap_gives_no_authority", Refused(ConclusionContradicted)),
            ("legality_review/no_rule_unexplained", Refused(ReasonMissing)),
            ("legality_review/must_not_be_tabled_on_paper", Irregular(LegalityMissing)),
            ("tabling/requested_before_clearance", Irregular(OutOfOrder)),
        ],
    );
}

#[test]
fn trap_12_high_risk_is_no_rejection_and_low_no_pass() {
    tells(
        12,
        &[
            ("collective_deliberation/high_risk_adopted", Done),
            ("risk_assessment/reported_low_is_no_pass", Refused(RiskNotFound)),
            ("collective_deliberation/risk_not_controllable", Refused(RiskNotFound)),
            ("collective_deliberation/risk_not_controllable_amend", Done),
        ],
    );
}

#[test]
fn trap_13_nothing_is_assessed_twice() {
    tells(13, &[("risk_assessment/reused", Done)]);
}

#[test]
fn trap_14_a_hearing_is_may_and_repealed_bases_are_known() {
    tells(
        14,
        &[
            ("hearing/decided_against", Done),
            ("by_reference/hearing_listed", Done),
            ("by_reference/district_listed_hearing_missing", Refused(HearingMissing)),
            ("drafting/stale_basis_is_no_refusal", Done),
        ],
    );
    // The register that is shipped knows that the old hearing order is gone, and since when.
    let register = include_str!("../../workflows/legal-bases/bases.yaml");
    let about = register.split("\n  - ").find(|entry| entry.contains("183")).expect("Order 183 is in the register");
    assert!(about.contains("2024-01-01"), "repealed from that day: {about}");
}

#[test]
fn trap_15_the_reason_for_a_short_period_is_in_the_notice() {
    tells(
        15,
        &[
            ("public_participation/opened_29", Refused(CommentPeriodTooShort)),
            ("public_participation/opened_29_with_reason", Done),
            ("public_participation/shortening_reason_blank", Refused(TextNotAcceptable)),
        ],
    );
}

#[test]
fn trap_16_no_comments_are_a_result() {
    tells(
        16,
        &[
            ("public_participation/zero_comments", Done),
            ("onboarding/participation_uncounted", Refused(InputNotAcceptable)),
        ],
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn trap_17_comments_may_be_anonymous_and_names_stay_sealed() {
    tells(17, &[("public_participation/comment_anonymous", Done)]);
    let site = Site::new(Backend::Sqlite).await;
    let node = site.node(1).await;
    let case = node.road_to("open_solicitation").await;
    node.app.settle().await.expect("the consultation opens");
    let consultation = node.consultation(case).await;
    node.comment(consultation, "第一阶梯水量偏低。").await.expect("taken");
    let events = node.app.store().events(consultation.into(), 0, 100).await.expect("events");
    let received = events.iter().find(|e| e.event.json.contains("第一阶梯")).expect("the comment");
    assert!(
        !received.event.json.contains("王某") && !received.event.json.contains("138 0000"),
        "names are sealed apart"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn trap_18_of_secret_matters_nothing_comes_in() {
    tells(
        18,
        &[
            ("by_reference/district_not_public_nobody_asked", Refused(CriterionNotMet)),
            ("hearing/not_public", Refused(CriterionNotMet)),
            ("publication/not_public", Refused(CriterionNotMet)),
            ("publication/not_public_absent", Done),
        ],
    );
    // What bears the mark of a state secret is no case, whatever field it stands in.
    let site = Site::new(Backend::Sqlite).await;
    let node = site.node(1).await;
    let marked = dingce_tests::acting::ask("open_case", json!({ "summary": "机密★10年 某事项" }));
    let given = serde_json::from_value(node.input(None, &marked).await).expect("an act");
    assert_eq!(code(node.app.open_case(asked("clerk"), None, given).await), SecretContent);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn trap_19_the_catalogue_does_not_define_what_is_major() {
    let site = Site::new(Backend::Sqlite).await;
    let node = site.node(1).await;
    // Two matters that no catalogue lists are begun all the same.
    let (one, two) = (node.open_case().await, node.open_case().await);
    let list = json!([{
        "year": 2024, "title": "某区2024年度目录", "organ": "某区人民政府",
        "entries": [{ "no": "1", "title": "“十五五”系列规划（有关部门）" }, { "no": "2", "title": "供水价格" }],
    }]);
    let list = catalogue_file::read(list.to_string().as_bytes(), Format::Json).expect("a catalogue");
    let done = node.app.import_catalogues(asked("clerk"), list).await.expect("it is taken over");
    let id = done[0].id;
    let mut query = RowQuery::all(EntryRow::TABLE);
    query.order = vec!["position"];
    let rows: Vec<EntryRow> = node.app.rows(query).await.expect("rows");
    let entries: Vec<_> = rows.iter().map(|row| row.entry.parse().expect("an id")).collect();
    // A bundle opens into several decisions, and one decision may be of several entries.
    for (entry, case) in [(entries[0], one), (entries[0], two), (entries[1], two)] {
        let tie = TieEntry { entry, case, reason: "本系列之一".to_owned() };
        node.app.act_on_catalogue(asked("clerk"), id, CatalogueAct::LinkEntry(tie)).await.expect("tied");
    }
    let links: Vec<CatalogueLinkRow> = node.app.rows(RowQuery::all(CatalogueLinkRow::TABLE)).await.expect("rows");
    assert_eq!(links.len(), 3);
}

#[test]
fn trap_20_organisations_change_and_persons_stay() {
    let mut district = None;
    let mut enter = |event: OrganisationEvent| {
        if let Some(known) = &district {
            Organisation::accept(known, &event).unwrap_or_else(|refused| panic!("{event:?}: {refused}"));
        }
        let next = Organisation::evolve(district.take(), staff::DIRECTORY, &event).expect("it follows");
        district = Some(next);
    };
    staff::directory().into_iter().for_each(&mut enter);
    let merged = UnitId::new(Uuid::from_u128(0x1F7));
    let from = date(2025, 1, 1);
    let name = "区水务和农业农村局".to_owned();
    enter(OrganisationEvent::UnitRegistered { unit: merged, name, unit_kind: UnitKind::Department, from });
    let (relation, to) = (UnitRelation::SuccessorOf, staff::unit("water"));
    enter(OrganisationEvent::UnitRelated { unit: merged, relation, to, from, until: None });
    let (officer, post) = (staff::person("officer"), staff::post("officer"));
    enter(OrganisationEvent::PostLeft { person: officer, post, until: from });
    let district = district.expect("a directory");
    assert_eq!(district.lineage(merged), [to], "what the old bureau did counts for the new one");
    assert_eq!(district.units[&to].name, "区水务局", "and keeps the name under which it was done");
    assert_eq!(district.posts_of(officer, date(2024, 12, 31)).count(), 1, "who held which office when is known");
    assert_eq!(district.posts_of(officer, from).count(), 0);
    let again = OrganisationEvent::PersonRegistered { person: officer, name: "别人".to_owned() };
    assert!(district.accept(&again).is_err(), "an identity is never given to another");
    assert!(district.persons.contains_key(&officer), "and never deleted");
}

#[test]
fn trap_21_one_person_has_two_hats() {
    tells(
        21,
        &[
            ("legality_review/reviewer_drafted", Refused(DutiesSeparated)),
            ("legality_review/confirm_by_colleague", Refused(DutiesSeparated)),
            ("expert_review/drafter_is_no_expert", Refused(DutiesSeparated)),
            ("whole_case/duties_of_the_one_acted_for", Refused(DutiesSeparated)),
        ],
    );
    // Where nothing forbids it, both hats are on the record.
    let hats = told().iter().find(|s| s.name == "hearing/two_hats.yaml").expect("it is true");
    assert!(hats.told.asked.last().is_some_and(|asked| asked.answered == Answered::Accepted));
}

#[test]
fn trap_22_who_sits_there_is_shown_by_group() {
    tells(22, &[("hearing/listed", Done)]);
    let few = told().iter().find(|s| s.name == "hearing/few_interested.yaml").expect("it is true");
    assert_eq!(few.story.then["event"]["composition"]["interested_least"], 21, "three of 42, where half are asked");
}

#[test]
fn trap_23_independence_has_a_memory() {
    tells(
        23,
        &[
            ("post_evaluation/assessing_unit_barred", Refused(EvaluatorBarred)),
            ("post_evaluation/successor_barred", Refused(EvaluatorBarred)),
            ("post_evaluation/third_party_barred", Refused(EvaluatorBarred)),
            ("post_evaluation/reported_by_a_colleague", Refused(DutiesSeparated)),
            ("expert_review/opinion_with_interest_on_paper", Irregular(ExpertExcluded)),
            ("expert_review/interest_comes_to_light", Done),
        ],
    );
}

#[test]
fn trap_24_fair_competition_moved_in_2024() {
    tells(
        24,
        &[
            ("drafting/self_review_before_the_regulation", Done),
            ("drafting/self_review_after_the_regulation", Refused(FairCompetitionBody)),
            ("drafting/regulator_before_the_regulation", Refused(FairCompetitionBody)),
            ("drafting/regulator_reviews_from_the_regulation_on", Done),
            ("drafting/department_reviews_its_own", Done),
        ],
    );
}

#[test]
fn trap_25_what_is_suspended_is_not_deleted() {
    tells(
        25,
        &[
            ("implementation/suspended", Done),
            ("implementation/completed_while_suspended", Refused(ExecutionSuspended)),
            ("implementation/adjusted", Done),
            ("drafting/final_text_after_issuance", Refused(AlreadyThere)),
            ("whole_case/terminate_adopted", Refused(DraftAdopted)),
        ],
    );
}

#[test]
fn trap_26_a_deferral_is_asked_about_and_does_not_lapse() {
    tells(
        26,
        &[
            ("collective_deliberation/deferral_day_366", Done),
            ("collective_deliberation/deferred_over_a_year", Done),
            ("by_reference/district_deferral_day_366", Done),
        ],
    );
}

#[test]
fn trap_27_labels_lie_and_imports_go_by_content() {
    let dossier = |stage: &str, day: &str| EnterDossier {
        title: "某镇生活污水处理工程".to_owned(),
        organ: None,
        province: None,
        source_urls: vec![None],
        source_note: None,
        legal_bases_cited: None,
        events: vec![
            DossierEvent {
                stage: stage.to_owned(),
                date: Some(Some(day.to_owned())),
                fact: "社会稳定风险评估报告；网站归入“决策后评估”栏目".to_owned(),
            },
            DossierEvent {
                stage: "collective_decision".to_owned(),
                date: Some(Some("2024-05-20".to_owned())),
                fact: "区政府常务会议审议通过；已经合法性审查".to_owned(),
            },
            DossierEvent { stage: "procedures".to_owned(), date: None, fact: "已履行法定程序".to_owned() },
        ],
        notes: None,
    };
    let def = law::definition();
    let found = |stage: &str, day: &str| {
        let given = dossier(stage, day);
        match HistoricalDossier::enter(given.clone(), &def).expect("it can be kept") {
            HistoricalDossierEvent::Entered { given: kept, departures, .. } => {
                assert_eq!(kept, given, "what was printed stays as it was printed");
                departures.iter().map(|rule| rule.code).collect::<Vec<_>>()
            }
            other => panic!("{other:?}"),
        }
    };
    // Mapped by what it is, an assessment before the decision is in its place, and one after it is not.
    assert_eq!(found("risk_assessment", "2024-04-10"), []);
    assert_eq!(found("risk_assessment", "2024-06-10"), [OutOfOrder]);
    // By the label of the page the same paper would be held against nothing.
    assert_eq!(found("post_evaluation", "2024-06-10"), []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn trap_28_an_archive_is_no_backup() {
    tells(
        28,
        &[
            ("archiving/after_closing", Refused(CaseEnded)),
            ("archiving/execution_closed_twice", Refused(VolumeClosed)),
            ("implementation/closed_on_paper", Refused(VolumeClosed)),
            ("archiving/checked", Done),
            ("archiving/closed", Done),
        ],
    );
    let site = Site::new(Backend::Sqlite).await;
    let node = site.node(1).await;
    let case = node.road_to("close_volume").await;
    node.app.settle().await.expect("background work is done");
    let out = tempfile::tempdir().expect("a folder");
    node.app.export_volume_unchecked(case, Volume::Decision, out.path()).await.expect("a package");
    let package = out.path().join(format!("{case}-decision"));
    assert!(dingce_archive::verify(&package).ok(), "it proves itself without the database");
    flip(&content(&package).join("ledger/volume.json"));
    assert!(!dingce_archive::verify(&package).ok(), "and a changed byte is noticed");
}

fn flip(path: &Path) {
    let mut bytes = std::fs::read(path).expect("a file of the package");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(path, bytes).expect("it is changed");
}

#[test]
fn trap_29_documents_are_withheld_one_by_one() {
    tells(
        29,
        &[
            ("publication/unreviewed_document", Refused(ReleaseNotReviewed)),
            ("publication/withheld_document", Refused(ReleaseNotReviewed)),
            ("publication/withheld_needs_basis", Refused(ReasonMissing)),
            ("publication/withheld_is_looked_at_again", Done),
            ("whole_case/published_is_not_withheld", Refused(DocumentReleased)),
        ],
    );
}

#[test]
fn trap_30_one_engine_serves_several_organs() {
    tells(
        30,
        &[
            ("by_reference/district_road", Done),
            ("by_reference/department_road", Done),
            ("by_reference/town_road", Done),
            ("by_reference/functional_zone_road", Done),
        ],
    );
    let organs = ["guangdong-district", "guangdong-town", "department", "functional-zone", "county-ballot"];
    let bodies: Vec<String> = organs
        .iter()
        .map(|organ| format!("major-decision-{organ}"))
        .filter_map(|folder| law::other(&folder).definition.stages.into_iter().find(|s| s.id.as_str() == "meeting"))
        .map(|meeting| meeting.text.zh)
        .collect();
    assert_eq!(bodies.len(), organs.len());
    assert!(
        bodies.iter().enumerate().all(|(i, body)| !bodies[..i].contains(body)),
        "each has a body of its own: {bodies:?}"
    );
}
