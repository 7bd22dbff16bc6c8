//! Read tables: filters and keyset pages, with absent values and Chinese text.

use dingce_app::ports::{Direction, EventStore, Filter, ReadRow, Row, RowQuery, Value};

use crate::support::{Db, TownRow, on_both};

on_both!(pages_walk_the_whole_order, filters_select, a_query_that_makes_no_sense_is_refused);

const NAMES: [&str; 7] = ["鼓楼区", "玄武区", "a_b", "a%b", "Ａ区", "ä", "Zürich"];

fn town(number: usize) -> TownRow {
    TownRow {
        id: format!("{number:05}"),
        name: format!("{}{}", NAMES[number % NAMES.len()], number % 11),
        people: (!number.is_multiple_of(4)).then_some((number % 13) as i64 - 3),
        walled: number.is_multiple_of(3),
    }
}

async fn filled(db: &Db, count: usize) -> Vec<Row> {
    let rows: Vec<Row> = (0..count).map(|number| town(number).into_row()).collect();
    db.store.replace_rows(TownRow::TABLE, rows.clone()).await.expect("filled");
    rows
}

/// The order both databases must keep: absent first, texts by their bytes.
fn expected(mut rows: Vec<Row>, order: &[&str], direction: Direction) -> Vec<Row> {
    let positions: Vec<usize> = order.iter().filter_map(|name| TownRow::TABLE.position(name)).collect();
    let key = |row: &Row| positions.iter().map(|at| row[*at].clone()).collect::<Row>();
    rows.sort_by_key(key);
    if direction == Direction::Descending {
        rows.reverse();
    }
    rows
}

async fn pages_walk_the_whole_order(db: Db) {
    let rows = filled(&db, 3_000).await;
    for order in [vec![], vec!["name"], vec!["people", "name"], vec!["people"], vec!["walled", "people"]] {
        for direction in [Direction::Ascending, Direction::Descending] {
            let mut query = RowQuery { order: order.clone(), direction, limit: 700, ..RowQuery::all(TownRow::TABLE) };
            let total = query.total_order();
            let mut seen: Vec<Row> = Vec::new();
            loop {
                let page = db.store.rows(&query).await.expect("a page");
                let Some(last) = page.last() else { break };
                let place = |name: &&str| last[TownRow::TABLE.position(name).expect("a column")].clone();
                query.after = Some(total.iter().map(place).collect());
                seen.extend(page);
            }
            assert!(seen == expected(rows.clone(), &total, direction), "{order:?} {direction:?}");
            assert_eq!(db.store.count(&query).await.expect("a count"), 3_000, "a count knows no page");
        }
    }
}

async fn filters_select(db: Db) {
    let rows = filled(&db, 500).await;
    let text = |text: &str| Value::Text(text.to_owned());
    let at = |row: &Row, name| row[TownRow::TABLE.position(name).expect("a column")].clone();
    let has = |row: &Row, part: &str| matches!(at(row, "name"), Value::Text(name) if name.contains(part));
    let int = |row: &Row| if let Value::Int(people) = at(row, "people") { Some(people) } else { None };
    type Check<'a> = Box<dyn Fn(&Row) -> bool + 'a>;
    let cases: Vec<(Filter, Check<'_>)> = vec![
        (Filter::Eq("people", Value::Null), Box::new(|row| at(row, "people") == Value::Null)),
        (Filter::Eq("people", Value::Int(-1)), Box::new(|row| at(row, "people") == Value::Int(-1))),
        (Filter::Eq("walled", Value::Bool(true)), Box::new(|row| at(row, "walled") == Value::Bool(true))),
        (Filter::In("people", vec![]), Box::new(|_| false)),
        (
            Filter::In("people", vec![Value::Null, Value::Int(4)]),
            Box::new(|row| [Value::Null, Value::Int(4)].contains(&at(row, "people"))),
        ),
        (
            Filter::NotIn("people", vec![Value::Null, Value::Int(4)]),
            Box::new(|row| ![Value::Null, Value::Int(4)].contains(&at(row, "people"))),
        ),
        (Filter::NotIn("people", vec![Value::Int(4)]), Box::new(|row| at(row, "people") != Value::Int(4))),
        (Filter::NotIn("people", vec![]), Box::new(|_| true)),
        (Filter::In("id", vec![text("00003"), text("'; --")]), Box::new(|row| at(row, "id") == text("00003"))),
        (Filter::Lt("people", Value::Int(0)), Box::new(|row| int(row).is_some_and(|people| people < 0))),
        (Filter::Ge("people", Value::Int(5)), Box::new(|row| int(row).is_some_and(|people| people >= 5))),
        (Filter::Lt("people", Value::Null), Box::new(|_| false)),
        (Filter::Ge("name", text("玄")), Box::new(|row| at(row, "name") >= text("玄"))),
        (Filter::Contains("name", "武".into()), Box::new(|row| has(row, "武"))),
        (Filter::Contains("name", "_b".into()), Box::new(|row| has(row, "_b"))),
        (Filter::Contains("name", "%".into()), Box::new(|row| has(row, "%"))),
        (Filter::Contains("name", "A".into()), Box::new(|row| has(row, "A"))),
        (Filter::Contains("name", String::new()), Box::new(|_| true)),
    ];
    for (filter, check) in cases {
        let wanted: Vec<Row> = rows.iter().filter(|row| check(row)).cloned().collect();
        let query = RowQuery::all(TownRow::TABLE).with(filter);
        assert_eq!(db.store.rows(&query).await.expect("rows"), wanted, "{:?}", query.filters);
        assert_eq!(db.store.count(&query).await.expect("a count"), wanted.len() as u64);
    }
    let both = RowQuery::all(TownRow::TABLE)
        .with(Filter::Ge("people", Value::Int(0)))
        .with(Filter::Lt("people", Value::Int(2)));
    let wanted = rows.iter().filter(|row| int(row).is_some_and(|people| (0..2).contains(&people))).count();
    assert_eq!(db.store.rows(&both).await.expect("rows").len(), wanted);
}

async fn a_query_that_makes_no_sense_is_refused(db: Db) {
    let all = || RowQuery::all(TownRow::TABLE);
    let queries = [
        all().with(Filter::Eq("colour", Value::Null)),
        all().with(Filter::Eq("people", Value::Text("many".into()))),
        all().with(Filter::Eq("name", Value::Text("a\0".into()))),
        all().with(Filter::Contains("people", "1".into())),
        RowQuery { order: vec!["colour"], ..all() },
        RowQuery { limit: 0, ..all() },
        RowQuery { limit: 1001, ..all() },
        RowQuery { after: Some(vec![]), ..all() },
        RowQuery { after: Some(vec![Value::Int(1)]), ..all() },
    ];
    for query in queries {
        db.store.rows(&query).await.expect_err("refused");
    }
    db.store.replace_rows(TownRow::TABLE, vec![vec![Value::Null]]).await.expect_err("refused");
    let twice = vec![town(1).into_row(), town(1).into_row()];
    filled(&db, 5).await;
    db.store.replace_rows(TownRow::TABLE, twice).await.expect_err("refused");
    assert_eq!(db.store.count(&all()).await.expect("a count"), 5, "a failed replacement changes nothing");
}
