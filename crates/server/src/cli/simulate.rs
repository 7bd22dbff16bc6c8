//! Many cases at once against an auditor who knows every answer; and each case through the store, against the read tables.

use std::sync::Arc;
use std::time::Instant;

use anyhow::Context;
use dingce_app::policy::Policy;
use dingce_app::ports::MasterKey;
use dingce_app::read_rows::TABLES;
use dingce_app::{App, Parts};
use dingce_definition::drive::PastAct;
use dingce_definition::shipped::{self, DEFINITIONS};
use dingce_definition::simulate::{Disagreement, Tally, simulate};
use dingce_definition::whole;
use dingce_domain::case::Case;
use dingce_domain::id::UnitId;
use dingce_store::{ObjectFiles, Store, StoreOptions};
use futures_util::future::join_all;
use jiff::civil::date;
use tempfile::TempDir;
use tokio::sync::mpsc;

use crate::calendars;
use crate::console::Console;
use crate::outside::{SystemChance, SystemClock};

/// The first day of the simulated time: the shipped calendars cover the years around it.
const FIRST_DAY: jiff::civil::Date = date(2024, 1, 2);
/// Cases that are written at once.
const AT_ONCE: usize = 64;
/// After so many cases the read tables are held against the events, and a new store is begun.
const BATCH: u64 = 512;
/// Documents of simulated cases are names alone.
const NO_DOCUMENTS: u64 = 1;

pub(super) fn run(seed: u64, acts: u64) -> anyhow::Result<bool> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(simulated(seed, acts))
}

/// A case that was put away.
struct PutAway {
    case: Case,
    acts: Vec<PastAct>,
}

async fn simulated(seed: u64, acts: u64) -> anyhow::Result<bool> {
    let calendar = calendars::load(None)?;
    let mut definitions = Vec::new();
    for (folder, text) in DEFINITIONS {
        let read = whole(text.as_bytes(), folder, &shipped::base);
        definitions.push(read.map_err(|_| anyhow::anyhow!("the shipped definition {folder} has problems"))?.definition);
    }
    Console.progress(format!("simulating {acts} acts, seed {seed} …"));
    let begun = Instant::now();
    let (put_away, mut waiting) = mpsc::channel(2 * AT_ONCE);
    let simulation = tokio::task::spawn_blocking(move || {
        simulate(&definitions, &calendar, FIRST_DAY, seed, acts, &mut |drive| {
            let case = PutAway { case: drive.case().clone(), acts: drive.history() };
            // Nobody waits for it any more once a difference was found.
            put_away.blocking_send(case).map_err(|_| "the store found a difference".to_owned())
        })
    });
    let mut kept = Kept::default();
    let mut difference = None;
    loop {
        let mut cases = Vec::new();
        if waiting.recv_many(&mut cases, AT_ONCE).await == 0 {
            break;
        }
        difference = kept.take(cases).await?;
        if difference.is_some() {
            break;
        }
    }
    if difference.is_none() {
        difference = kept.compare().await?;
    }
    drop(waiting);
    let answer = simulation.await.context("the simulation broke off")?;
    Ok(told(answer, difference, &kept, begun))
}

fn told(answer: Result<Tally, Box<Disagreement>>, difference: Option<String>, kept: &Kept, begun: Instant) -> bool {
    let tally = match (answer, difference) {
        (_, Some(difference)) => {
            Console.result(format!("有分歧。 Disagreement: {difference}"));
            return false;
        }
        (Err(disagreement), None) => {
            Console.result(format!("有分歧。 Disagreement: {disagreement}"));
            return false;
        }
        (Ok(tally), None) => tally,
    };
    let refused: u64 = tally.refused.values().sum();
    Console.result(format!(
        "{} acts in {:.1} seconds: {} accepted, {refused} refused; {} cases, {} closed; {} procedures drawn and proven, {} not proven",
        tally.acts,
        begun.elapsed().as_secs_f64(),
        tally.accepted,
        tally.cases,
        tally.closed,
        tally.procedures,
        tally.not_proven,
    ));
    Console.result(format!("{} events of {} cases kept, {} read rows compared", kept.events, kept.cases, kept.rows));
    for (words, counts) in [("accepted", &tally.done), ("refused", &tally.refused)] {
        for (word, count) in counts {
            Console.result(format!("  {words} {word} {count}"));
        }
    }
    Console.result(
        "无分歧。 No disagreement: every answer and every state was as the auditor said; histories, living cases and read tables agree.",
    );
    true
}

/// Cases in a store of their own, in a folder that goes with it.
#[derive(Default)]
struct Kept {
    store: Option<(Arc<App>, TempDir)>,
    in_store: u64,
    cases: u64,
    events: u64,
    rows: u64,
}

impl Kept {
    /// Writes cases and holds what the store gives back against those that were alive; says what differs.
    async fn take(&mut self, cases: Vec<PutAway>) -> anyhow::Result<Option<String>> {
        let app = match &self.store {
            Some((app, _)) => Arc::clone(app),
            None => {
                let folder = tempfile::tempdir()?;
                let app = store(&folder).await?;
                self.store = Some((Arc::clone(&app), folder));
                app
            }
        };
        let (count, ids): (u64, Vec<_>) = (cases.len() as u64, cases.iter().map(|c| c.case.file.id).collect());
        let alive: Vec<_> = cases.iter().map(|c| c.case.clone()).collect();
        // Each case is of an organ of its own: what one organ must not have twice, many cases have here.
        let keep = |case: PutAway| {
            let id = case.case.file.id;
            app.keep_simulated(id, UnitId::new(id.uuid()), case.acts)
        };
        for ((id, alive), read) in ids.into_iter().zip(alive).zip(join_all(cases.into_iter().map(keep)).await) {
            let read = read.with_context(|| format!("the case {id} cannot be kept"))?;
            if read != alive {
                return Ok(Some(format!("the case {id} is read back as another than it was")));
            }
        }
        self.cases += count;
        self.in_store += count;
        if self.in_store >= BATCH { self.compare().await } else { Ok(None) }
    }

    /// Holds the read tables against the events; the store ends with it.
    async fn compare(&mut self) -> anyhow::Result<Option<String>> {
        let Some((app, _folder)) = self.store.take() else { return Ok(None) };
        self.in_store = 0;
        let report = app.rebuild(false, &|_, _| {}).await?;
        self.events += report.events;
        self.rows += report.rows;
        let first = report.differences.first();
        Ok(first.map(|first| format!("{} read rows differ from the events; the first: {first:?}", report.differing)))
    }
}

async fn store(folder: &TempDir) -> anyhow::Result<Arc<App>> {
    let file = folder.path().join("simulated.sqlite");
    let options = StoreOptions::new(format!("sqlite://{}", file.display()), TABLES.to_vec());
    Store::migrate(&options).await?;
    Ok(App::new(Parts {
        store: Arc::new(Store::open(options).await?),
        files: Arc::new(ObjectFiles::folder(&folder.path().join("files"), NO_DOCUMENTS)?),
        clock: Arc::new(SystemClock::default()),
        chance: Arc::new(SystemChance::default()),
        master: MasterKey([0; 32]),
        calendar: calendars::load(None)?,
        policy: Policy::parse(Policy::SHIPPED)?,
        publisher: None,
    }))
}

#[cfg(test)]
mod tests {
    use dingce_app::ports::ReadRow;
    use dingce_app::read_rows::CaseRow;
    use dingce_definition::drive::{self, Drive};
    use dingce_domain::control::EventClass;
    use dingce_domain::verb::Verb;

    use super::*;

    fn put_away() -> PutAway {
        let (folder, text) = DEFINITIONS[0];
        let Ok(read) = whole(text.as_bytes(), folder, &shipped::base) else { panic!("{folder} has problems") };
        let (def, calendar) = (read.definition, calendars::load(None).expect("calendars"));
        let facts = drive::combinations(&def).remove(0);
        let mut drive = Drive::numbered(&def, &calendar, 7, FIRST_DAY, facts).expect("a case");
        drive.act(Verb::ReviewDisclosure, 0, EventClass::DocumentAnnotated, 0).expect("a review");
        PutAway { case: drive.case().clone(), acts: drive.history() }
    }

    #[tokio::test]
    async fn a_case_that_is_read_back_as_another_is_told() {
        let mut kept = Kept::default();
        assert_eq!(kept.take(vec![put_away()]).await.expect("kept"), None);
        let mut other = put_away();
        other.case.file.title.push('！');
        let difference = Kept::default().take(vec![other]).await.expect("kept").expect("told");
        assert!(difference.contains("read back"), "{difference}");
    }

    #[tokio::test]
    async fn a_read_row_that_differs_is_told() {
        let mut kept = Kept::default();
        kept.take(vec![put_away()]).await.expect("kept");
        let (app, _) = kept.store.as_ref().expect("a store");
        app.store().replace_rows(CaseRow::TABLE, Vec::new()).await.expect("emptied");
        let difference = kept.compare().await.expect("compared").expect("told");
        assert!(difference.contains("read rows differ"), "{difference}");
        assert_eq!(kept.cases, 1);
    }
}
