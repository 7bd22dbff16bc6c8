//! A state and its representative lead to the same: the claim on which the smallness of the graph rests.

use std::collections::BTreeSet;

use dingce_domain::definition::Definition;
use dingce_domain::verb::Verb;
use dingce_domain::words::StageKind;
use indexmap::IndexSet;
use rustc_hash::FxBuildHasher;

use super::{Space, State};

fn shipped(name: &str) -> Definition {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../workflows").join(name);
    crate::parse(&std::fs::read(path.join("definition.yaml")).unwrap(), "definition.yaml").unwrap()
}

/// What is done, on which stage, and the state that it leads to, written out.
type Step = (Verb, usize, String);

/// What can be done in a state and the representatives to which it leads, but for what changes nothing.
fn leads(space: &Space<'_>, state: &State, stays: &State) -> BTreeSet<Step> {
    space
        .steps(state, &mut |_| {})
        .into_iter()
        .map(|edge| (edge.verb, edge.at, space.fold(edge.to)))
        .filter(|(_, _, to)| to != stays)
        .map(|(verb, at, to)| (verb, at, format!("{to:?}")))
        .collect()
}

/// Holds true states against their representatives, every `stride`-th of all that are reached; says how many differed.
fn compare(def: &Definition, stride: usize) -> usize {
    let space = Space::new(def);
    let mut folded: IndexSet<State, FxBuildHasher> = space.initial().into_iter().map(|s| space.fold(s)).collect();
    let mut compared = 0;
    let mut true_ones: IndexSet<State, FxBuildHasher> = IndexSet::default();
    let mut here = 0;
    while here < folded.len() {
        let state = folded[here].clone();
        for edge in space.steps(&state, &mut |_| {}) {
            let mut truly = edge.to;
            // A case that began here: nothing of it was under way elsewhere, and nothing can be taken over.
            truly.control.onboarded = true;
            let representative = space.fold(truly.clone());
            folded.insert(representative.clone());
            if truly == representative || !true_ones.insert(truly.clone()) || !true_ones.len().is_multiple_of(stride) {
                continue;
            }
            compared += 1;
            let of_it = leads(&space, &truly, &representative);
            let of_the_other = leads(&space, &representative, &representative);
            // Stale items of drafting stand for unanswered ones as well: to reaffirm some is to answer for each of them.
            let answers =
                |(verb, at, _): &&Step| *verb == Verb::ReaffirmEvidence && def.stages[*at].kind == StageKind::Drafting;
            let answered: BTreeSet<_> = of_the_other.iter().map(|(_, _, to)| to).collect();
            let lost: Vec<_> =
                of_it.difference(&of_the_other).filter(|step| !(answers(step) && answered.contains(&step.2))).collect();
            assert!(lost.is_empty(), "{truly:?}\nleads where its representative does not:\n{lost:#?}");
            let gained: Vec<_> = of_the_other.difference(&of_it).filter(|step| !answers(step)).collect();
            assert!(gained.is_empty(), "the representative of\n{truly:?}\nleads further:\n{gained:#?}");
        }
        here += 1;
    }
    compared
}

#[test]
fn a_representative_leads_where_its_states_lead() {
    let compared = compare(&shipped("major-decision-national"), 40);
    assert!(compared > 500, "{compared}");
}
