//! Every act in every state, conflicts, and files that are opened again.

use jiff::civil::date;
use uuid::Uuid;

use super::*;

const ID: AccountabilityFileId = AccountabilityFileId::new(Uuid::from_u128(1));
/// A leap day.
const DAY: Date = date(2024, 2, 29);
const LEADER: PersonId = PersonId::new(Uuid::from_u128(11));
const AUDITOR: PersonId = PersonId::new(Uuid::from_u128(12));
const POST: PostId = PostId::new(Uuid::from_u128(21));
const WATER: UnitId = UnitId::new(Uuid::from_u128(31));
const AUDIT: UnitId = UnitId::new(Uuid::from_u128(32));

fn on(day: Date) -> On {
    On { today: day, day, offline: false }
}

fn keeper() -> Keeper {
    Keeper { person: AUDITOR, acting_for: None, units: BTreeSet::from([AUDIT]) }
}

fn document(content: u8) -> DocumentRef {
    let (name, media_type) = ("材料".to_owned(), "application/pdf".to_owned());
    DocumentRef { digest: Digest::new([content; 32]), name, media_type, size_bytes: 1 }
}

fn clue() -> ReceiveClue {
    ReceiveClue {
        source: ClueSource::Audit,
        reference: "审线〔2024〕1号".to_owned(),
        received_on: DAY,
        about: Subject::Case(CaseId::new(Uuid::from_u128(2))),
        content: "决策久拖不决。".to_owned(),
        units: Vec::new(),
        persons: Vec::new(),
        documents: Vec::new(),
    }
}

fn found() -> Found {
    let trace = FrozenTrace {
        digest: Digest::new([1; 32]),
        size_bytes: 10,
        stream: CaseId::new(Uuid::from_u128(2)).into(),
        n: 3,
        leaf_hash: Digest::new([2; 32]),
    };
    let named =
        PostNamed {
            name: "张七".to_owned(), title: "局长".to_owned(), unit: WATER, unit_name: "区水务局".to_owned()
        };
    let events = [(1, Some(LEADER)), (2, None), (3, Some(AUDITOR))];
    let events = events.map(|(n, person)| (n, TracedEvent { day: DAY, persons: person.into_iter().collect() }));
    let terms = vec![(date(2020, 1, 1), Some(date(2024, 3, 1)))];
    Found {
        concerned: Concerned { units: BTreeSet::from([WATER]), persons: BTreeSet::from([LEADER]) },
        trace: Some(trace),
        events: BTreeMap::from(events),
        posts: BTreeMap::from([((LEADER, POST), Held { named, heads: true, terms })]),
    }
}

fn name(acts: &[u64]) -> AccountabilityAct {
    let category = PostCategory::Head;
    let person = NamePerson { person: LEADER, post: POST, category, acts: acts.to_vec() };
    AccountabilityAct::NamePersons(NamePersons { persons: vec![person] })
}

fn text() -> String {
    "理由".to_owned()
}

/// One act of each kind that is acceptable where the file is at that point.
fn acts() -> Vec<AccountabilityAct> {
    let (reason, article, documents) = (text(), "《重大行政决策程序暂行条例》第38条".to_owned(), vec![document(9)]);
    vec![
        AccountabilityAct::Admit(AdmitClue { reason: reason.clone(), article: article.clone() }),
        AccountabilityAct::Refuse(RefuseClue { reason: reason.clone(), article: article.clone() }),
        AccountabilityAct::Freeze(FreezeTrace { as_known_on: DAY }),
        AccountabilityAct::RecordHarm(RecordHarm {
            harm: HarmKind::SeriousLoss,
            found_by: "区审计局".to_owned(),
            found_on: DAY,
            statement: text(),
            documents: documents.clone(),
        }),
        name(&[1, 2]),
        AccountabilityAct::HandOver(HandOverFile {
            body: "区监察委员会".to_owned(),
            article,
            handed_on: DAY,
            documents: documents.clone(),
        }),
        AccountabilityAct::RecordReceipt(RecordReceipt {
            received_by: "案件监督管理室".to_owned(),
            received_on: DAY,
            documents: documents.clone(),
        }),
        AccountabilityAct::RecordResult(RecordResult {
            stated_on: DAY,
            number: "监字〔2024〕1号".to_owned(),
            statement: text(),
            documents: documents.clone(),
        }),
        AccountabilityAct::Close(CloseFile { reason: reason.clone() }),
        AccountabilityAct::Reopen(ReopenFile { reason, documents }),
    ]
}

const ADMIT: usize = 0;
const REFUSE: usize = 1;
const FREEZE: usize = 2;
const HARM: usize = 3;
const NAME: usize = 4;
const HAND: usize = 5;
const RECEIPT: usize = 6;
const RESULT: usize = 7;
const CLOSE: usize = 8;
const REOPEN: usize = 9;

fn received() -> AccountabilityFile {
    let event = AccountabilityFile::receive(clue(), &keeper(), &found().concerned, on(DAY)).expect("received");
    AccountabilityFile::evolve(None, ID, &event).expect("it begins")
}

fn after(mut file: AccountabilityFile, done: &[usize]) -> AccountabilityFile {
    for which in done {
        let event = file.decide(acts()[*which].clone(), &keeper(), &found(), on(DAY));
        let event = event.unwrap_or_else(|refused| panic!("{which} at {}: {refused}", file.state));
        file = AccountabilityFile::evolve(Some(file), ID, &event).expect("it follows");
    }
    file
}

#[test]
fn every_act_has_its_place() {
    use AccountabilityState as At;
    let road = [ADMIT, FREEZE, HAND, RECEIPT, RESULT, CLOSE];
    let states: [(&[usize], At, &[usize]); 8] = [
        (&[], At::Received, &[ADMIT, REFUSE]),
        (&[REFUSE], At::Refused, &[REOPEN]),
        (&road[..1], At::Admitted, &[FREEZE, HARM]),
        // The same trace is not frozen twice, so freezing is refused here for another reason: see below.
        (&road[..2], At::Traced, &[HARM, NAME, HAND]),
        (&road[..3], At::HandedOver, &[HARM, RECEIPT]),
        (&road[..4], At::Acknowledged, &[HARM, RESULT]),
        (&road[..5], At::Concluded, &[HARM, RESULT, CLOSE]),
        (&road, At::Closed, &[REOPEN]),
    ];
    assert_eq!(states.len(), AccountabilityState::ALL.len());
    for (done, state, allowed) in states {
        let file = after(received(), done);
        assert_eq!(file.state, state);
        for (which, act) in acts().into_iter().enumerate() {
            let decided = file.decide(act, &keeper(), &found(), on(DAY));
            match decided {
                Ok(event) => {
                    assert!(allowed.contains(&which), "{which} at {state}");
                    let next = AccountabilityFile::evolve(Some(file.clone()), ID, &event).expect("it follows");
                    assert_eq!(next.n(), file.n() + 1);
                }
                Err(refused) if (which, state) == (FREEZE, At::Traced) => {
                    assert_eq!(refused.code, Code::AlreadyThere);
                }
                Err(refused) => {
                    assert!(!allowed.contains(&which), "{which} at {state}: {refused}");
                    assert_eq!(refused.code, Code::AccountabilityNotOpen, "{which} at {state}");
                    assert_eq!(refused.given.as_deref(), Some(state.as_str()));
                }
            }
        }
    }
}

#[test]
fn a_file_begins_with_a_clue_and_with_nothing_else() {
    let file = received();
    let admitted = file.decide(acts()[ADMIT].clone(), &keeper(), &found(), on(DAY)).expect("admitted");
    assert!(AccountabilityFile::evolve(None, ID, &admitted).is_err());
    let again = file.steps[0].clone();
    assert!(AccountabilityFile::evolve(Some(file.clone()), ID, &again).is_err(), "a clue comes once");
    let (given, by) = (ReopenFile { reason: text(), documents: Vec::new() }, AUDITOR);
    let reopened = AccountabilityEvent::Reopened { given, by, on: DAY };
    assert!(AccountabilityFile::evolve(Some(file), ID, &reopened).is_err(), "what is open is not opened");
}

#[test]
fn a_closed_file_is_opened_again_and_goes_the_whole_road_again() {
    let road = [ADMIT, FREEZE, NAME, HARM, HAND, RECEIPT, RESULT, CLOSE];
    let closed = after(received(), &road);
    // Years later, after the person has left office.
    let later = on(date(2031, 12, 31));
    let event = closed.decide(acts()[REOPEN].clone(), &keeper(), &found(), later).expect("reopened");
    let open = AccountabilityFile::evolve(Some(closed.clone()), ID, &event).expect("it follows");
    assert_eq!((open.state, open.n()), (AccountabilityState::Admitted, closed.n() + 1));
    assert_eq!(open.persons().count(), 1, "what was named stays");
    let early = open.decide(acts()[HAND].clone(), &keeper(), &found(), later).unwrap_err();
    assert_eq!(early.code, Code::AccountabilityNotOpen, "the trace is looked at anew");
    let frozen =
        open.decide(acts()[FREEZE].clone(), &keeper(), &found(), later).expect("the same trace, looked at anew");
    let open = AccountabilityFile::evolve(Some(open), ID, &frozen).expect("it follows");
    let before = open.decide(acts()[HAND].clone(), &keeper(), &found(), later).unwrap_err();
    assert_eq!((before.code, before.path.as_deref()), (Code::DateNotAcceptable, Some("handed_on")));
    let back = open.decide(acts()[HARM].clone(), &keeper(), &found(), on(DAY)).unwrap_err();
    assert_eq!(back.code, Code::DateNotAcceptable, "days of a file do not go back");
}

#[test]
fn a_refused_clue_stays_and_may_be_looked_at_again() {
    let refused = after(received(), &[REFUSE]);
    assert_eq!(refused.steps.len(), 2);
    let again = after(refused, &[REOPEN]);
    assert_eq!(again.state, AccountabilityState::Received);
    assert_eq!(after(again, &[ADMIT]).steps.len(), 4, "all of it is kept");
}

#[test]
fn nobody_keeps_a_file_that_speaks_of_them() {
    let conflict = |given: ReceiveClue, keeper: &Keeper, concerned: &Concerned| {
        AccountabilityFile::receive(given, keeper, concerned, on(DAY)).unwrap_err()
    };
    let concerned = found().concerned;
    let by = |person, acting_for, unit| Keeper { person, acting_for, units: BTreeSet::from([unit]) };
    for (given, who) in [
        (clue(), by(LEADER, None, AUDIT)),
        (clue(), by(AUDITOR, Some(LEADER), AUDIT)),
        (clue(), by(AUDITOR, None, WATER)),
        (ReceiveClue { persons: vec![AUDITOR], ..clue() }, keeper()),
        (ReceiveClue { units: vec![AUDIT], ..clue() }, keeper()),
    ] {
        assert_eq!(conflict(given, &who, &concerned).code, Code::AccountabilityConflict, "{who:?}");
    }
    // Whoever is of the unit meanwhile does nothing more on it, not even close it.
    let file = after(received(), &[ADMIT, FREEZE, HAND, RECEIPT, RESULT]);
    let moved = by(AUDITOR, None, WATER);
    let refused = file.decide(acts()[CLOSE].clone(), &moved, &found(), on(DAY)).unwrap_err();
    assert_eq!(refused.code, Code::AccountabilityConflict);
    // And nobody who kept it is named in it.
    let file = after(received(), &[ADMIT, FREEZE]);
    let other = by(PersonId::new(Uuid::from_u128(13)), None, AUDIT);
    let person = NamePerson { person: AUDITOR, post: POST, category: PostCategory::Direct, acts: vec![3] };
    let act = AccountabilityAct::NamePersons(NamePersons { persons: vec![person] });
    let refused = file.decide(act, &other, &found(), on(DAY)).unwrap_err();
    assert_eq!((refused.code, refused.path.as_deref()), (Code::AccountabilityConflict, Some("persons.0.person")));
}

#[test]
fn persons_are_named_by_post_and_by_what_the_trace_has_of_them() {
    let file = after(received(), &[ADMIT, FREEZE]);
    let decide = |act: AccountabilityAct, found: &Found| file.decide(act, &keeper(), found, on(DAY));
    for numbers in [&[3][..], &[4], &[1, 3]] {
        assert_eq!(decide(name(numbers), &found()).unwrap_err().code, Code::ActNotOfPerson, "{numbers:?}");
    }
    assert_eq!(decide(name(&[]), &found()).unwrap_err().code, Code::ListNotAcceptable);
    assert_eq!(decide(name(&[1, 1]), &found()).unwrap_err().code, Code::ListNotAcceptable);
    decide(name(&[2]), &found()).expect("what a clock recorded while they held the post");
    // The post ended with the day before, also where that is a leap day or the last of a year.
    for (until, held) in [(date(2024, 2, 29), false), (date(2024, 3, 1), true), (date(2023, 12, 31), false)] {
        let mut known = found();
        known.posts.get_mut(&(LEADER, POST)).expect("the post").terms = vec![(date(2020, 1, 1), Some(until))];
        assert_eq!(decide(name(&[1]), &known).is_ok(), held, "{until}");
    }
    let mut known = found();
    known.posts.get_mut(&(LEADER, POST)).expect("the post").heads = false;
    assert_eq!(decide(name(&[1]), &known).unwrap_err().code, Code::InputNotAcceptable);
    assert_eq!(
        decide(name(&[1]), &Found { posts: BTreeMap::new(), ..found() }).unwrap_err().code,
        Code::DirectoryUnknown
    );
    let named = after(file.clone(), &[NAME]);
    let twice = named.decide(name(&[1]), &keeper(), &found(), on(DAY)).unwrap_err();
    assert_eq!(twice.code, Code::AlreadyThere);
    assert!(named.speaks_of(LEADER) && !file.speaks_of(LEADER));
}

#[test]
fn what_is_handed_over_and_comes_back_has_its_documents_and_days() {
    for which in [HARM, HAND, RECEIPT, RESULT] {
        let done: &[usize] = match which {
            HARM | HAND => &[ADMIT, FREEZE],
            RECEIPT => &[ADMIT, FREEZE, HAND],
            _ => &[ADMIT, FREEZE, HAND, RECEIPT],
        };
        let file = after(received(), done);
        let decide = |act| file.decide(act, &keeper(), &found(), on(DAY)).unwrap_err().code;
        for (days, code) in [(0, Code::DocumentMissing), (1, Code::DateNotAcceptable), (-1, Code::DateNotAcceptable)] {
            let day = DAY.saturating_add(jiff::Span::new().days(days));
            let documents = if days == 0 { Vec::new() } else { vec![document(9)] };
            let mut act = acts()[which].clone();
            match &mut act {
                AccountabilityAct::RecordHarm(given) => (given.found_on, given.documents) = (day, documents),
                AccountabilityAct::HandOver(given) => (given.handed_on, given.documents) = (day, documents),
                AccountabilityAct::RecordReceipt(given) => (given.received_on, given.documents) = (day, documents),
                AccountabilityAct::RecordResult(given) => (given.stated_on, given.documents) = (day, documents),
                other => panic!("{other:?}"),
            }
            // Harm was found when it was found, also long ago.
            if (which, days) != (HARM, -1) {
                assert_eq!(decide(act), code, "{which} {days}");
            }
        }
    }
    let later = FreezeTrace { as_known_on: date(2024, 3, 1) };
    let refused = after(received(), &[ADMIT]).decide(AccountabilityAct::Freeze(later), &keeper(), &found(), on(DAY));
    assert_eq!(refused.unwrap_err().code, Code::DateNotAcceptable, "nobody knows what is to come");
}
