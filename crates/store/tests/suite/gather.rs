//! Small reads that are made together: everybody gets what they asked for, as of when they asked or later.

use dingce_app::ports::{EventStore, Filter, NewEvent, ReadRow, RowQuery, Value};

use crate::support::{Db, PairRow, TownRow, append, event, on_both, stream};

on_both!(
    everybody_gets_what_they_asked_for,
    who_asks_sees_what_was_written_before,
    a_failed_read_is_told_to_all_who_asked
);

fn town(number: usize) -> TownRow {
    TownRow { id: format!("镇{number:03}"), name: format!("第{number}镇"), people: None, walled: false }
}

fn by_ids(ids: Vec<String>) -> RowQuery {
    RowQuery::all(TownRow::TABLE).with(Filter::In("id", ids.into_iter().map(Value::Text).collect()))
}

async fn everybody_gets_what_they_asked_for(db: Db) {
    db.store
        .replace_rows(TownRow::TABLE, (0..100).map(|number| town(number).into_row()).collect())
        .await
        .expect("filled");
    let asks = (0..300_usize).map(|at| {
        let store = db.store.clone();
        async move {
            // Of three that are asked for, in no order and one of them twice, the last may not be there.
            let numbers = [at % 100, at * 7 % 100, at % 100, 60 + at % 80];
            let ids = numbers.map(|number| town(number).id);
            let found = store.rows(&by_ids(ids.to_vec())).await.expect("read");
            let mut expected: Vec<usize> = numbers.into_iter().filter(|number| *number < 100).collect();
            expected.sort_unstable();
            expected.dedup();
            let expected: Vec<_> = expected.into_iter().map(|number| town(number).into_row()).collect();
            assert_eq!(found, expected);
            let one = RowQuery::all(TownRow::TABLE).with(Filter::Eq("id", Value::Text(town(at).id)));
            let one = store.rows(&RowQuery { limit: 1, ..one }).await.expect("read");
            assert_eq!(one, (at < 100).then(|| town(at).into_row()).into_iter().collect::<Vec<_>>());
        }
    });
    futures_util::future::join_all(asks.map(tokio::spawn)).await.into_iter().for_each(|ran| ran.expect("ran"));
}

async fn who_asks_sees_what_was_written_before(db: Db) {
    let writers = (0..24_u128).map(|at| {
        let store = db.store.clone();
        async move {
            let stream = stream(at + 1);
            assert_eq!(store.head(stream).await.expect("read"), None);
            for n in 0..6 {
                let leaf_hash = [u8::try_from(n + 1).expect("a small number"); 32];
                let one = NewEvent { leaf_hash, ..event("case_opened") };
                store.append(vec![append(stream, n, vec![one])]).await.pop().expect("one answer").expect("written");
                let head = store.head(stream).await.expect("read").expect("there");
                assert_eq!((head.n, head.leaf_hash), (n + 1, leaf_hash));
            }
        }
    });
    futures_util::future::join_all(writers.map(tokio::spawn)).await.into_iter().for_each(|ran| ran.expect("ran"));
}

async fn a_failed_read_is_told_to_all_who_asked(db: Db) {
    db.sql("DROP TABLE town").await.expect("dropped by an administrator");
    let asks = (0..20).map(|number| {
        let store = db.store.clone();
        async move { store.rows(&by_ids(vec![town(number).id])).await.map_err(|error| error.to_string()) }
    });
    for answer in futures_util::future::join_all(asks.map(tokio::spawn)).await {
        assert_eq!(answer.expect("ran"), Err("reading town".to_owned()));
    }
    assert_eq!(db.store.rows(&RowQuery::all(PairRow::TABLE)).await.expect("others are read"), Vec::<Vec<Value>>::new());
    assert_eq!(db.store.head(stream(1)).await.expect("heads too"), None);
}
