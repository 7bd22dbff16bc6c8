//! Simulated cases of shipped and drawn procedures agree with the auditor. Longer runs: `dingce simulate`.
#![allow(clippy::print_stdout)] // counts, for whoever looks

mod common;

use dingce_definition::simulate::simulate;
use jiff::civil::date;

#[test]
fn every_answer_is_as_the_auditor_says() {
    let definitions: Vec<_> = common::SHIPPED.iter().map(|folder| common::whole(folder).definition).collect();
    let calendar = common::calendar();
    for seed in 1..=4 {
        let tally = simulate(&definitions, &calendar, date(2024, 1, 2), seed, 10_000).unwrap_or_else(|d| panic!("{d}"));
        println!("{tally:?}");
        assert!(tally.accepted > 1_000 && tally.refused.len() >= 6 && tally.closed > 10 && tally.procedures >= 2);
        let again = simulate(&definitions, &calendar, date(2024, 1, 2), seed, 10_000);
        assert_eq!(again, Ok(tally), "the same seed gives the same acts");
    }
}
