//! Every story in `tests/scenarios`, told to the pure core with the shipped definition and calendars; and which codes
//! of refusal they reach.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use dingce_domain::code::Code;
use dingce_testkit::scenario::{self, Story};
use dingce_tests::stories::{files as stories, short};

#[test]
fn every_story_is_true() {
    let failed: Vec<String> = stories()
        .iter()
        .filter_map(|path| scenario::tell(path).err().map(|why| format!("{}\n    {why}", short(path))))
        .collect();
    assert!(failed.is_empty(), "{} stories are not true:\n{}", failed.len(), failed.join("\n"));
}

#[test]
fn every_story_has_its_own_name_and_its_source() {
    let mut names: BTreeMap<String, PathBuf> = BTreeMap::new();
    for path in stories() {
        let text = std::fs::read_to_string(&path).expect("a story");
        let story: Story = serde_saphyr::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", short(&path)));
        assert!(!story.source.trim().is_empty(), "{} names no source", short(&path));
        assert!(text.contains("\nthen:"), "{}: `then` is a member of its own", short(&path));
        if let Some(other) = names.insert(story.story.clone(), path.clone()) {
            panic!("{} and {} tell the same story", short(&other), short(&path));
        }
    }
    assert!(names.len() >= 90, "only {} stories", names.len());
}

/// Traps of the digest of the law that belong to stages that are here. Others belong to stages that are not yet there,
/// or to parts outside the pure core.
const TRAPS: [u32; 27] =
    [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 21, 22, 23, 24, 25, 26, 28, 29, 30];

#[test]
fn every_trap_of_these_stages_has_a_story() {
    let told: BTreeSet<u32> = stories()
        .iter()
        .filter_map(|path| {
            let story: Story =
                serde_saphyr::from_str(&std::fs::read_to_string(path).expect("a story")).expect("a story");
            story.trap
        })
        .collect();
    let missing: Vec<_> = TRAPS.iter().filter(|t| !told.contains(t)).collect();
    assert!(missing.is_empty(), "no story shows the traps {missing:?}");
}

/// Codes that no story can reach, and the test that reaches them.
const ELSEWHERE: &[(Code, &str, &str)] = &[
    (Code::MigrationImpossible, "tests/migration.rs", "a_state_that_no_case_can_be_in_is_refused"),
    (Code::DirectoryUnknown, "tests/rights.rs", "the_directory_refuses_what_it_does_not_know"),
    (Code::DirectoryConflict, "tests/rights.rs", "the_directory_refuses_what_contradicts_it"),
    (Code::Forbidden, "tests/rights.rs", "only_the_registrar_keeps_the_directory"),
    (Code::UploadNotAcceptable, "tests/rights.rs", "a_broken_upload_is_refused"),
    (Code::ParticipantsTooFew, "tests/another_law.rs", "a_place_may_bind_a_hearing"),
    (Code::ApplicationsClosed, "tests/hearing.rs", "a_hearing_from_notice_to_report"),
    (Code::DrawInstantPast, "tests/hearing.rs", "a_hearing_from_notice_to_report"),
    (Code::CalendarMissing, "tests/another_law.rs", "a_period_in_working_days_of_an_unknown_year_is_not_announced"),
    (Code::RecordIncomplete, "tests/healing.rs", "a_stream_with_lost_events_is_locked_until_they_return"),
    (Code::KeyReused, "tests/repetition.rs", "a_key_is_for_one_input"),
    (Code::MeetingNotOpen, "tests/meetings.rs", "a_meeting_is_called_off"),
    (Code::AgendaItemUnknown, "tests/meetings.rs", "only_who_was_there_speaks_to_the_record"),
    (Code::CatalogueConsentMissing, "tests/catalogues.rs", "publication_needs_both_consents_to_the_list_as_it_stands"),
    (Code::CatalogueNotOpen, "tests/catalogues.rs", "publication_needs_both_consents_to_the_list_as_it_stands"),
    (Code::EntryNotOpen, "tests/catalogues.rs", "unfinished_entries_are_reported_or_named"),
    (Code::SecretContent, "tests/secrets.rs", "only_a_stub_is_kept"),
    (Code::EntryUnknown, "tests/catalogues.rs", "an_unfinished_entry_is_carried_over"),
    (Code::ProposalArgumentMissing, "tests/proposals.rs", "a_unit_argues_what_it_proposes"),
    (Code::ProposalNotOpen, "tests/proposals.rs", "a_case_is_opened_from_a_decided_proposal"),
    (Code::SecretStubOnly, "tests/registers.rs", "a_secret_item_is_a_stub"),
    (Code::PrintedItemUnknown, "tests/registers.rs", "every_item_belongs_to_a_case_or_a_determination"),
    (Code::AgendaNotOfMeeting, "tests/registers.rs", "a_print_names_the_meeting_it_was_printed_for"),
    (Code::AdviserNotServing, "tests/advisers.rs", "only_an_adviser_on_the_roster_is_asked"),
    (Code::DocumentNumberTaken, "tests/wall.rs", "one_decision_bears_a_document_number"),
    (Code::ConsultationOver, "tests/wall.rs", "nobody_comments_where_nobody_answers"),
    (Code::AccountabilityNotOpen, "tests/accountability.rs", "a_clue_goes_its_road_and_is_opened_again"),
    (Code::AccountabilityConflict, "tests/accountability.rs", "nobody_keeps_a_file_that_speaks_of_them"),
    (Code::ActNotOfPerson, "tests/accountability.rs", "persons_are_named_by_what_the_trace_has_of_them"),
    (Code::NoticeNotOpen, "tests/accountability.rs", "a_notice_is_corrected_late_and_looked_at_again"),
    (Code::ErasureNotAllowed, "tests/erasure.rs", "what_an_official_did_is_not_erased"),
    (Code::ErasureNotInPerson, "tests/erasure.rs", "two_persons_decide_each_in_person"),
    (Code::ErasureNotOpen, "tests/erasure.rs", "one_request_at_a_time_and_once"),
    (Code::NothingToErase, "tests/erasure.rs", "one_request_at_a_time_and_once"),
    (Code::EngagementNotOpen, "tests/advisers.rs", "a_review_takes_the_opinion_over"),
];

/// Codes that nothing in the core and the application gives, and why they are there.
const UNREACHED: &[(Code, &str)] = &[
    (Code::MeetingInsideReview, "the guard of the reviewer's period says PERIOD_RUNNING; kept for convening online"),
    (Code::UndertakingUnitMissing, "the undertaking unit is a required member of the input"),
    (Code::Overloaded, "given by the transport when a queue is full"),
    (Code::NotAuthenticated, "given by the transport, and tested there"),
];

#[test]
fn every_code_of_refusal_is_reached() {
    let mut reached: BTreeSet<String> = BTreeSet::new();
    for path in stories() {
        if let Ok(told) = scenario::tell(&path) {
            reached.extend(told.codes);
        }
    }
    for (code, file, test) in ELSEWHERE {
        let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap_or_default();
        let named = format!("{code:?}");
        assert!(text.contains(&format!("fn {test}(")) && text.contains(&named), "{file} has no {test} for {code}");
        assert!(!reached.contains(code.as_str()), "{code} is reached by a story and needs no mention");
        reached.insert(code.to_string());
    }
    for (code, why) in UNREACHED {
        assert!(reached.insert(code.to_string()), "{code} is reached and needs no excuse: {why}");
    }
    let missing: Vec<_> = Code::ALL.iter().filter(|c| !reached.contains(c.as_str())).collect();
    assert!(missing.is_empty(), "no story and no test reaches {missing:?}");
}
