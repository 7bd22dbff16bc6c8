//! The published files against an independent list of every day, and the days that were special.

use dingce_domain::time::{Calendar, DayKind, NoCalendarData};

use crate::reader::{FILES, calendar, day, invented_2027, published, read};

#[test]
fn every_day_agrees_with_an_independent_source() {
    let calendar = published();
    let mut days = 0;
    for line in include_str!("../data/working-days.csv").lines().skip(2) {
        let (date, working) = line.split_once(',').expect("two columns");
        assert_eq!(calendar.is_working(day(date)), Ok(working == "1"), "{date}");
        days += 1;
    }
    assert_eq!(days, 8 * 365 + 2, "every day of 2019 to 2026, two of them leap days");
}

#[test]
fn each_file_is_of_the_year_in_its_name_and_cites_its_notice() {
    for (year, text) in FILES {
        let file = read(text);
        assert_eq!(file.year, year);
        assert_eq!(file.source.title, format!("国务院办公厅关于{year}年部分节假日安排的通知"));
        for notice in std::iter::once(&file.source).chain(&file.amended_by) {
            assert!(notice.doc_no.starts_with("国办发明电〔"), "{}", notice.doc_no);
            assert!(notice.url.as_deref().is_some_and(|url| url.starts_with("https://www.gov.cn/")));
        }
    }
}

#[test]
fn amended_years_hold_the_amended_days() {
    let calendar = published();
    let working = |date| calendar.is_working(day(date)).unwrap();
    // Labour Day 2019: four days instead of one, 国办发明电〔2019〕3号.
    assert!(working("2019-04-28") && !working("2019-05-03") && working("2019-05-05"));
    // Spring Festival 2020 extended: a make-up Saturday became a day off, 国办发明电〔2020〕1号.
    assert!(!working("2020-01-31") && !working("2020-02-01") && working("2020-02-03"));
    // New Year's Eve of the lunar year is a holiday since 2025, State Council Order No. 795.
    assert!(working("2024-02-09") && !working("2025-01-28"));
    assert_eq!(calendar.years()[&2020].amended_by()[0].doc_no, "国办发明电〔2020〕1号");
}

#[test]
fn a_day_says_what_it_is() {
    let calendar = published();
    let kind = |date| calendar.day(day(date)).unwrap();
    assert_eq!(kind("2023-01-20"), DayKind::Weekday);
    assert_eq!(kind("2023-01-28"), DayKind::MakeUpWorkday);
    assert_eq!(kind("2023-02-04"), DayKind::Weekend);
    assert!(matches!(kind("2023-01-27"), DayKind::Holiday(span) if span.name_zh == "春节"));
}

#[test]
fn a_year_without_data_has_no_answer() {
    let calendar = published();
    assert!(calendar.covers(2026) && !calendar.covers(2027));
    // A Sunday, but nobody has said yet that it is not a make-up workday.
    assert_eq!(calendar.is_working(day("2027-01-03")), Err(NoCalendarData { year: 2027 }));
}

#[test]
fn the_digest_covers_days_and_notices_but_not_names() {
    let digest = |calendar: &Calendar| calendar.canonical_text();
    let (_, text) = FILES[4];
    let plain = read(text);
    let mut renamed = plain.clone();
    renamed.holidays[0].name_en = "New Year".to_owned();
    let mut moved = plain.clone();
    moved.workdays.pop();
    let mut recited = plain.clone();
    recited.source.doc_no = "国办发明电〔2022〕17号".to_owned();
    let plain = digest(&calendar([plain]));
    assert_eq!(digest(&calendar([renamed])), plain);
    assert_ne!(digest(&calendar([moved])), plain);
    assert_ne!(digest(&calendar([recited])), plain);
}

#[test]
fn the_canonical_text_is_as_documented() {
    let expected = "dingce calendar v0\nzone +08:00\nyear 2027\nnotice none\n\
                    off 2027-01-01\noff 2027-01-02\noff 2027-01-03\n";
    let calendar = calendar([invented_2027()]);
    assert_eq!(calendar.canonical_text(), expected);
    assert_eq!(calendar.digest(), "0".repeat(64));
}
