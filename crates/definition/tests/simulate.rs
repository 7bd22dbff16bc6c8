//! Simulated cases of shipped and drawn procedures agree with the auditor. Longer runs, which also hold histories against the
//! read tables: `dingce simulate`.
#![allow(clippy::print_stdout)] // counts, for whoever looks

use std::collections::BTreeMap;

use crate::common;
use dingce_definition::simulate::simulate;
use dingce_domain::verb::Verb;
use jiff::civil::date;

/// Done on other streams, by nobody, or only in what is not simulated: matters taken in midway, and seats that are drawn.
const ELSEWHERE: [Verb; 8] = [
    Verb::OpenCase,
    Verb::TakeOverStage,
    Verb::AnswerComment,
    Verb::EnterComment,
    Verb::EnterHearingApplication,
    Verb::ExcludeHearingApplicant,
    Verb::DrawHearingParticipants,
    Verb::ChairHearing,
];

#[test]
fn every_answer_is_as_the_auditor_says() {
    let definitions: Vec<_> = common::SHIPPED.iter().map(|folder| common::whole(folder).definition).collect();
    let calendar = common::calendar();
    let run = |seed, acts| {
        simulate(&definitions, &calendar, date(2024, 1, 2), seed, acts, &mut |_| Ok(()))
            .unwrap_or_else(|d| panic!("{d}"))
    };
    let mut done: BTreeMap<&str, u64> = BTreeMap::new();
    for seed in 1..=4 {
        let tally = run(seed, 25_000);
        assert!(tally.accepted > 3_000 && tally.refused.len() >= 40 && tally.closed > 10 && tally.procedures >= 2);
        for (verb, count) in &tally.done {
            *done.entry(verb).or_default() += count;
        }
    }
    println!("{done:#?}");
    assert_eq!(run(1, 10_000), run(1, 10_000), "the same seed gives the same acts");
    let never: Vec<_> = Verb::ALL.iter().filter(|verb| !done.contains_key(verb.as_str())).collect();
    assert_eq!(never, ELSEWHERE.iter().collect::<Vec<_>>(), "every other act was done");
}
