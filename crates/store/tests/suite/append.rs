//! Appending: conflicts, keys, order, and what is written with the events.

use dingce_app::ports::{
    Append, AppendError, CLAIM_TAKEN, Claim, Deadline, DeadlineChange, Destroy, EventStore, IdempotencyRecord,
    NewEvent, OutboxMessage, ReadRow, RowChange, RowQuery, SealedBody, Snapshot, Value,
};
use dingce_store::{OUTBOX_ANSWERED, TEXT_WITHOUT_NUL};

use crate::support::{Db, PairRow, TownRow, append, event, event_id, on_both, stream};

on_both!(
    a_head_moves_only_from_where_it_was_expected,
    everything_of_an_append_comes_back,
    of_two_batches_on_one_stream_one_wins,
    many_batches_at_once_lose_nothing,
    a_hundred_streams_in_one_batch,
    a_key_is_taken_once,
    a_name_is_claimed_once,
    only_the_guilty_is_refused,
    a_message_is_answered_once,
    messages_of_one_millisecond_keep_the_order_of_their_events,
    timers_are_set_moved_and_cleared,
    rows_keep_their_final_value,
    texts_with_nul_are_refused,
    an_append_that_makes_no_sense_is_refused,
    a_snapshot_is_never_replaced_by_an_older_one,
);

fn refused(error: AppendError) -> String {
    match error {
        AppendError::Refused { constraint } => constraint,
        other => panic!("expected a refusal, but got {other:?}"),
    }
}

async fn a_name_is_claimed_once(db: Db) {
    let claiming = |number: u128, name: &str| Append {
        claims: vec![Claim { kind: "document_no", name: name.to_owned() }],
        ..append(stream(number), 0, vec![event("x")])
    };
    // Two in one batch: the first stands, the other is refused alone, and a third is none of its business.
    let answers = db.store.append(vec![claiming(1, "6"), claiming(2, "6"), claiming(3, "7")]).await;
    let said: Vec<_> = answers.into_iter().map(|answer| answer.map(|done| done.n).map_err(refused)).collect();
    assert_eq!(said, [Ok(1), Err(CLAIM_TAKEN.to_owned()), Ok(1)]);
    assert_eq!(refused(db.one(claiming(4, "6")).await.expect_err("taken")), CLAIM_TAKEN);
    assert_eq!((db.count("claims").await, db.count("events").await), (2, 2), "nothing of the refused ones is left");
    let organ = append(stream(1), 0, vec![]).organ;
    for (name, bearer) in [("6", Some(stream(1))), ("7", Some(stream(3))), ("8", None)] {
        assert_eq!(db.store.claimed(organ, "document_no", name).await.expect("read"), bearer);
    }
    let elsewhere = Append { organ: dingce_domain::id::UnitId::new(uuid::Uuid::from_u128(2)), ..claiming(5, "6") };
    db.one(elsewhere).await.expect("another organ has numbers of its own");
}

async fn a_head_moves_only_from_where_it_was_expected(db: Db) {
    let one = stream(1);
    assert_eq!(db.store.head(one).await.expect("a head"), None);
    let two_events = vec![event("case_opened"), NewEvent { leaf_hash: [9; 32], ..event("draft_version_added") }];
    assert_eq!(db.one(append(one, 0, two_events)).await.expect("written").n, 2);
    for expected in [0, 1, 3] {
        let answer = db.one(append(one, expected, vec![event("draft_version_added")])).await;
        assert!(matches!(answer, Err(AppendError::Conflict { expected: at }) if at == expected), "{answer:?}");
    }
    assert!(matches!(db.one(append(stream(2), 4, vec![event("x")])).await, Err(AppendError::Conflict { expected: 4 })));
    let head = db.store.head(one).await.expect("a head").expect("there");
    assert_eq!((head.n, head.leaf_hash), (2, [9; 32]));
    assert_eq!(db.one(append(one, 2, vec![event("x")])).await.expect("written").n, 3);
    let numbers: Vec<u64> = db.store.events(one, 1, 10).await.expect("events").iter().map(|e| e.n).collect();
    assert_eq!(numbers, [2, 3]);
    assert_eq!(db.count("events").await, 3, "losers left nothing");
}

async fn everything_of_an_append_comes_back(db: Db) {
    let person = dingce_domain::id::PersonId::new(uuid::Uuid::from_u128(5));
    let given = NewEvent {
        version: 3,
        actor: Some(person),
        post: Some(dingce_domain::id::PostId::new(uuid::Uuid::from_u128(6))),
        unit: Some(dingce_domain::id::UnitId::new(uuid::Uuid::from_u128(7))),
        acting_for: Some(dingce_domain::id::PersonId::new(uuid::Uuid::from_u128(8))),
        stage: Some("公众参与".into()),
        draft: Some(crate::support::draft(9)),
        opinion: Some("agree".into()),
        occurred_on: Some("2026-11-23".into()),
        json: r#"{"题":"关于“老旧小区”改造\u0000"}"#.into(),
        leaf: vec![0, 1, 255],
        body_key: Some([3; 32]),
        sealed: Some(SealedBody { subject: "subject-1".into(), bytes: vec![0, 9], commitment_key: [4; 32] }),
        ..event("public_comment_received")
    };
    let keys = vec![("subject-1".to_owned(), vec![1, 2, 3])];
    db.one(Append { subject_keys: keys, ..append(stream(1), 0, vec![given.clone()]) }).await.expect("written");
    let stored = db.store.event(given.event).await.expect("read").expect("there");
    assert_eq!((stored.stream, stored.n, &stored.event), (stream(1), 1, &given));
    assert_eq!(db.store.events(stream(1), 0, 5).await.expect("read"), [stored]);
    assert_eq!(db.store.subject_key("subject-1").await.expect("read"), Some(vec![1, 2, 3]));
    let what = Destroy { stream: stream(1), n: 1, subject: "subject-1".to_owned(), identity: true };
    let text = Destroy { identity: false, ..what.clone() };
    assert_eq!(db.store.destroy(&text).await.expect("nothing sealed goes"), 0);
    assert_eq!(db.store.subject_key("subject-1").await.expect("read"), Some(vec![1, 2, 3]));
    assert_eq!(db.store.destroy(&what).await.expect("destroyed"), 1);
    assert_eq!(db.store.destroy(&what).await.expect("nothing left"), 0);
    assert_eq!(db.store.subject_key("subject-1").await.expect("read"), None);
    let left = db.store.event(given.event).await.expect("read").expect("there").event;
    assert_eq!(left, NewEvent { sealed: None, ..given });
    assert_eq!(db.store.event(event_id(1)).await.expect("read"), None);
}

async fn of_two_batches_on_one_stream_one_wins(db: Db) {
    db.one(append(stream(1), 0, vec![event("case_opened")])).await.expect("written");
    for round in 1..=10 {
        let batch =
            |other| vec![append(stream(1), round, vec![event("a")]), append(stream(other), 0, vec![event("b")])];
        let (here, there) = (batch(1000 + u128::from(round)), batch(2000 + u128::from(round)));
        let (here, there) = tokio::join!(db.store.append(here), db.store.append(there));
        let won: Vec<bool> = [&here, &there].map(|answers| answers[0].is_ok()).to_vec();
        assert_eq!(won.iter().filter(|won| **won).count(), 1, "{here:?} {there:?}");
        assert!(here[1].is_ok() && there[1].is_ok(), "the other stream of each batch is written");
    }
    let same = vec![append(stream(2), 0, vec![event("a")]), append(stream(2), 0, vec![event("b")])];
    let answers = db.store.append(same).await;
    assert!(answers[0].is_ok() && matches!(answers[1], Err(AppendError::Conflict { expected: 0 })));
}

async fn many_batches_at_once_lose_nothing(db: Db) {
    let writers = (0..8_u128).map(|writer| {
        let store = db.store.clone();
        tokio::spawn(async move {
            let mut written = 0;
            for round in 0..10_u128 {
                // The same streams in another order on each writer, so that locks taken out of order would meet.
                let order = (0..20_u128).map(|at| if writer % 2 == 0 { at } else { 19 - at });
                let mut batch = Vec::new();
                for number in order.map(|at| 1 + (at + round) % 20) {
                    let n = store.head(stream(number)).await.expect("a head").map_or(0, |head| head.n);
                    batch.push(append(stream(number), n, vec![event("x")]));
                }
                for answer in store.append(batch).await {
                    match answer {
                        Ok(_) => written += 1,
                        Err(AppendError::Conflict { .. }) => {}
                        Err(other) => panic!("{other:?}"),
                    }
                }
            }
            written
        })
    });
    let mut written = 0;
    for writer in writers.collect::<Vec<_>>() {
        written += writer.await.expect("a writer");
    }
    assert!(written >= 200, "{written}");
    assert_eq!(db.count("events").await, written);
    assert_eq!(db.count("log_pending").await, written);
    for number in 1..=20 {
        let events = db.store.events(stream(number), 0, 1000).await.expect("events");
        let n = db.store.head(stream(number)).await.expect("a head").expect("there").n;
        assert_eq!(events.iter().map(|e| e.n).collect::<Vec<_>>(), (1..=n).collect::<Vec<_>>());
    }
}

async fn a_hundred_streams_in_one_batch(db: Db) {
    let batch = |n| (1..=100).map(|number| append(stream(number), n, (0..40).map(|_| event("x")).collect())).collect();
    for n in [0, 40] {
        let answers = db.store.append(batch(n)).await;
        assert_eq!(answers.len(), 100);
        assert!(answers.iter().all(|answer| answer.as_ref().is_ok_and(|done| done.n == n + 40)));
    }
    assert_eq!(db.count("events").await, 8000);
    let first = db.store.streams(None, 60).await.expect("streams");
    let rest = db.store.streams(first.last().map(|(stream, _)| *stream), 60).await.expect("streams");
    let all: Vec<_> = first.iter().chain(&rest).map(|(stream, _)| *stream).collect();
    assert_eq!(all, (1..=100).map(stream).collect::<Vec<_>>());
}

fn record(key: &str) -> IdempotencyRecord {
    IdempotencyRecord {
        scope: "person".into(),
        operation: "open".into(),
        key: key.into(),
        input_digest: "ab".into(),
        answer: r#"{"案":1}"#.into(),
    }
}

async fn a_key_is_taken_once(db: Db) {
    let keyed = |number, key| Append { idempotency: Some(record(key)), ..append(stream(number), 0, vec![event("x")]) };
    db.one(keyed(1, "k")).await.expect("written");
    assert!(matches!(db.one(keyed(2, "k")).await, Err(AppendError::KeyTaken)));
    assert_eq!(db.store.head(stream(2)).await.expect("a head"), None);
    let answers = db.store.append(vec![keyed(3, "k"), keyed(4, "m"), keyed(5, "m")]).await;
    assert!(matches!(answers[..], [Err(AppendError::KeyTaken), Ok(_), Err(AppendError::KeyTaken)]), "{answers:?}");
    let kept = db.store.idempotency("person", "open", "m").await.expect("read");
    assert_eq!(kept, Some(record("m")));
    assert_eq!(db.store.idempotency("person", "close", "m").await.expect("read"), None);
}

async fn only_the_guilty_is_refused(db: Db) {
    let first = event("x");
    db.one(append(stream(1), 0, vec![first.clone()])).await.expect("written");
    let mut batch: Vec<Append> = (2..=9).map(|number| append(stream(number), 0, vec![event("x")])).collect();
    batch[3].events = vec![first];
    batch.push(append(stream(1), 0, vec![event("late")]));
    let answers = db.store.append(batch).await;
    for (at, answer) in answers.iter().enumerate() {
        match at {
            3 => assert!(matches!(answer, Err(AppendError::Refused { .. })), "{answer:?}"),
            8 => assert!(matches!(answer, Err(AppendError::Conflict { expected: 0 })), "{answer:?}"),
            _ => assert!(answer.is_ok(), "{answer:?}"),
        }
    }
    assert_eq!(db.store.head(stream(5)).await.expect("a head"), None);
    assert_eq!(db.count("events").await, 8);
}

async fn a_message_is_answered_once(db: Db) {
    let cause = event("x");
    let message = OutboxMessage { event: cause.event, topic: "catalogue".into(), payload: "{}".into() };
    let other = OutboxMessage { topic: "mail".into(), ..message.clone() };
    let outbox = vec![message.clone(), other.clone()];
    db.one(Append { outbox, ..append(stream(1), 0, vec![cause.clone()]) }).await.expect("written");
    assert_eq!(db.store.outbox(10).await.expect("outbox"), [message.clone(), other.clone()]);
    let answers = Some((cause.event, "catalogue".to_owned()));
    let answering = |number| Append { answers: answers.clone(), ..append(stream(number), 0, vec![event("followed")]) };
    let both = db.store.append(vec![answering(2), answering(3)]).await;
    assert!(both[0].is_ok());
    let [_, second] = <[_; 2]>::try_from(both).expect("two answers");
    assert_eq!(refused(second.expect_err("the second is refused")), OUTBOX_ANSWERED);
    assert_eq!(refused(db.one(answering(4)).await.expect_err("refused")), OUTBOX_ANSWERED);
    assert_eq!(db.store.head(stream(4)).await.expect("a head"), None, "nothing is written");
    assert_eq!(db.store.outbox(10).await.expect("outbox"), std::slice::from_ref(&other));
    db.store.outbox_done(other.event, "mail").await.expect("done");
    db.store.outbox_done(other.event, "mail").await.expect("done twice");
    assert_eq!(db.store.outbox(10).await.expect("outbox"), []);
}

async fn messages_of_one_millisecond_keep_the_order_of_their_events(db: Db) {
    // The later event has the smaller id, as random ids of one millisecond may.
    let (first, second) = (event("first"), event("second"));
    let (first, second) = (NewEvent { event: second.event, ..first }, NewEvent { event: first.event, ..second });
    let message = |of: &NewEvent| OutboxMessage { event: of.event, topic: "t".into(), payload: "{}".into() };
    for (n, one) in (0..).zip([&first, &second]) {
        let outbox = vec![message(one)];
        db.one(Append { outbox, ..append(stream(1), n, vec![one.clone()]) }).await.expect("written");
    }
    assert_eq!(db.store.outbox(10).await.expect("outbox"), [message(&first), message(&second)]);
}

async fn timers_are_set_moved_and_cleared(db: Db) {
    let timer = |number, clock: &str, due_at| Deadline { stream: stream(number), clock: clock.into(), due_at };
    let set = |number, clock, due_at| DeadlineChange::Set(timer(number, clock, due_at));
    let deadlines = vec![set(1, "comment", Some(30)), set(1, "review", None), set(1, "comment", Some(20))];
    let one = Append { deadlines, ..append(stream(1), 0, vec![event("x")]) };
    let two = Append { deadlines: vec![set(2, "comment", Some(10))], ..append(stream(2), 0, vec![event("x")]) };
    assert!(db.store.append(vec![one, two]).await.iter().all(Result::is_ok));
    assert_eq!(db.store.due(9, 10).await.expect("due"), []);
    assert_eq!(
        db.store.due(20, 10).await.expect("due"),
        [timer(2, "comment", Some(10)), timer(1, "comment", Some(20))]
    );
    assert_eq!(db.store.due(20, 1).await.expect("due").len(), 1);
    assert_eq!(db.store.next_due().await.expect("next"), Some(10));
    assert_eq!(db.store.pending_deadlines(10).await.expect("pending"), [timer(1, "review", None)]);
    let clear = DeadlineChange::Clear { stream: stream(1), clock: "comment".into() };
    let deadlines = vec![clear, set(1, "review", Some(5))];
    db.one(Append { deadlines, ..append(stream(1), 1, vec![event("x")]) }).await.expect("written");
    let left = [timer(1, "review", Some(5)), timer(2, "comment", Some(10))];
    assert_eq!(db.store.all_deadlines().await.expect("all"), left);
    db.store.drop_deadline(stream(1), "review").await.expect("dropped");
    assert_eq!(db.store.next_due().await.expect("next"), Some(10));
    db.store.replace_deadlines(vec![timer(7, "comment", None)]).await.expect("replaced");
    assert_eq!(db.store.all_deadlines().await.expect("all"), [timer(7, "comment", None)]);
    assert_eq!(db.store.next_due().await.expect("next"), None);
}

async fn rows_keep_their_final_value(db: Db) {
    let town = |id: &str, people| TownRow { id: id.into(), name: "城".into(), people, walled: true };
    let pair = PairRow { left_id: "a".into(), right_id: "b".into() };
    let rows = vec![town("a", None).put(), town("b", Some(1)).put(), town("a", Some(2)).put(), pair.clone().put()];
    let one = Append { rows, ..append(stream(1), 0, vec![event("x")]) };
    let gone = RowChange::Remove { table: TownRow::TABLE, key: vec![Value::Text("b".into())] };
    let two = Append { rows: vec![gone, pair.clone().put()], ..append(stream(2), 0, vec![event("x")]) };
    assert!(db.store.append(vec![one, two]).await.iter().all(Result::is_ok));
    let towns = db.store.rows(&RowQuery::all(TownRow::TABLE)).await.expect("rows");
    assert_eq!(towns, [town("a", Some(2)).into_row()]);
    assert_eq!(db.store.rows(&RowQuery::all(PairRow::TABLE)).await.expect("rows"), [pair.into_row()]);
    let rows = vec![town("a", None).put()];
    let loser = Append { rows, ..append(stream(1), 0, vec![event("x")]) };
    assert!(db.one(loser).await.is_err());
    assert_eq!(db.store.rows(&RowQuery::all(TownRow::TABLE)).await.expect("rows").len(), 1);
    let unfit = RowChange::Put { table: TownRow::TABLE, row: vec![Value::Null; 4] };
    let unfit = Append { rows: vec![unfit], ..append(stream(3), 0, vec![event("x")]) };
    assert_eq!(refused(db.one(unfit).await.expect_err("refused")), "read_row_fits_its_table");
}

async fn texts_with_nul_are_refused(db: Db) {
    let bad = "a\0b".to_owned();
    let town = TownRow { id: bad.clone(), name: String::new(), people: None, walled: false };
    let plain = || append(stream(1), 0, vec![event("x")]);
    let with = |event: NewEvent| append(stream(1), 0, vec![event]);
    let control = "\u{1}\t\r\n\u{7f}\u{fffd}".to_owned();
    let cases = [
        with(NewEvent { json: bad.clone(), ..event("x") }),
        with(NewEvent { opinion: Some(bad.clone()), ..event("x") }),
        with(event("a\0")),
        Append { idempotency: Some(record(&bad)), ..plain() },
        Append { subject_keys: vec![(bad.clone(), vec![])], ..plain() },
        Append { answers: Some((event_id(1), bad.clone())), ..plain() },
    ];
    for case in cases {
        assert_eq!(refused(db.one(case).await.expect_err("refused")), TEXT_WITHOUT_NUL);
    }
    let row = Append { rows: vec![town.put()], ..plain() };
    assert_eq!(refused(db.one(row).await.expect_err("refused")), "read_row_fits_its_table");
    let given = NewEvent { json: control, ..event("x") };
    db.one(with(given.clone())).await.expect("other control characters are kept");
    assert_eq!(db.store.event(given.event).await.expect("read").expect("there").event, given);
}

async fn an_append_that_makes_no_sense_is_refused(db: Db) {
    assert_eq!(refused(db.one(append(stream(1), 0, vec![])).await.expect_err("refused")), "append_has_events");
    let far = append(stream(1), u64::MAX - 1, vec![event("x")]);
    assert_eq!(refused(db.one(far).await.expect_err("refused")), "events_n_fits");
    let mut foreign =
        crate::support::clearing(1, 0, crate::support::draft(1), dingce_app::ports::ClearanceKind::Lawful);
    foreign.stream = stream(2);
    let said = refused(db.one(foreign).await.expect_err("refused"));
    assert_eq!(said, "legality_clearance_given_by_this_append");
    assert!(db.store.append(vec![]).await.is_empty());
}

async fn a_snapshot_is_never_replaced_by_an_older_one(db: Db) {
    let snapshot = |n, shape| Snapshot { n, leaf_hash: [1; 32], shape, json: format!("{{\"n\":{n}}}") };
    for (put, left) in [((5, 1), (5, 1)), ((4, 1), (5, 1)), ((5, 2), (5, 2)), ((9, 1), (9, 1))] {
        db.store.put_snapshot(stream(1), snapshot(put.0, put.1)).await.expect("kept");
        let kept = db.store.snapshot(stream(1)).await.expect("read");
        assert_eq!(kept, Some(snapshot(left.0, left.1)));
    }
    assert_eq!(db.store.snapshot(stream(2)).await.expect("read"), None);
}
