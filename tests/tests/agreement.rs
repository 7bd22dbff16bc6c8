//! All copies of the truth agree: events, live state, read tables, timers; and the same input gives the same bytes.

use dingce_domain::words::Volume;
use dingce_tests::harness::{Backend, Site};
use dingce_tests::on_both;
use dingce_tests::walk::{Tally, Walk};

on_both!(the_whole_road_agrees, random_walks_agree);

async fn the_whole_road_agrees(backend: Backend) {
    let site = Site::new(backend).await;
    let node = site.node(1).await;
    let case = node.road_to("close_volume").await;
    node.app.settle().await.expect("background work is done");
    node.agrees("at the end of the road").await;
    site.replays(&node, "at the end of the road").await;
    let kinds = node.kinds(case).await;
    assert_eq!(kinds.last().map(String::as_str), Some("volume_closed"), "{kinds:?}");
    // Nothing, not even time, adds to a closed volume. That the execution is late, and that nobody evaluated, is filed in
    // volumes that are open.
    let filed = node.case(case).await.file.count(Volume::Decision);
    node.days_pass(400).await;
    assert_eq!(node.case(case).await.file.count(Volume::Decision), filed);
    assert_eq!(node.kinds(case).await[kinds.len()..], ["clock_overdue", "clock_overdue"]);
    node.agrees("long after the closing").await;
    site.replays(&node, "long after the closing").await;
    let report = node.app.rebuild(true, &|_, _| {}).await.expect("tables are written anew");
    assert_eq!(report.differing, 0, "{:#?}", report.differences);
}

async fn random_walks_agree(backend: Backend) {
    let mut all = Tally::default();
    for seed in [11, 12, 13] {
        let site = Site::new(backend).await;
        let node = site.node(seed).await;
        let mut walk = Walk::new(&node, seed, 3).await;
        for round in 0..3 {
            walk.steps(60).await;
            let when = format!("seed {seed}, round {round}, {:?}", walk.tally);
            node.agrees(&when).await;
            site.replays(&node, &when).await;
        }
        all.accepted += walk.tally.accepted;
        all.refused += walk.tally.refused;
        all.irregular += walk.tally.irregular;
    }
    assert!(all.accepted > 150 && all.refused > 50 && all.irregular > 2, "the walks went nowhere: {all:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_seed_gives_the_same_bytes_on_both_databases() {
    let mut runs = Vec::new();
    for backend in [Backend::Sqlite, Backend::Sqlite, Backend::Postgres] {
        let site = Site::new(backend).await;
        let node = site.node(21).await;
        let mut walk = Walk::new(&node, 21, 2).await;
        walk.steps(120).await;
        runs.push((walk.tally, node.everything().await));
    }
    assert!(runs[0].1.len() > 60, "too little happened: {:?}", runs[0].0);
    for (tally, everything) in &runs[1..] {
        assert_eq!(tally, &runs[0].0);
        for (place, event) in &runs[0].1 {
            assert_eq!(everything.get(place), Some(event), "{place:?}");
        }
        assert_eq!(everything.len(), runs[0].1.len());
    }
}
