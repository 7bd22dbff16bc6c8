//! Whether every clause of law that binds the procedure is shown by stories or tests, or is not for software to do; and the
//! page that says so.
//!
//! With `UPDATE_EXPECT=1` the page is written anew: read the diff.

#![allow(clippy::print_stdout)] // the counts are part of what this suite tells

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::{Path, PathBuf};

use dingce_tests::stories::{files, read, short, test_exists};
use serde::Deserialize;

/// The clauses, as they are kept beside the stories.
const CLAUSES: &str = include_str!("../data/law-clauses.yaml");

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    laws: Vec<Law>,
    clauses: Vec<Clause>,
    parameters: Vec<Member>,
    traps: Vec<Member>,
}

/// A law, with the names under which stories cite it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Law {
    id: String,
    names: Vec<String>,
    zh: String,
    en: String,
}

/// What an article asks, in our own words.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Clause {
    id: String,
    law: String,
    article: String,
    zh: String,
    en: String,
    /// Stories, as folder and file; a `*` stands for any text.
    #[serde(default)]
    covered_by: Vec<String>,
    /// The citations under which those stories show it, where they are not of the clause's own article.
    #[serde(default)]
    cited_as: Vec<String>,
    /// Tests of what is outside the pure core, as `file::function`.
    #[serde(default)]
    tests: Vec<String>,
    not_software: Option<Reason>,
}

/// A parameter, or a trap: stories name it themselves.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Member {
    id: Id,
    zh: String,
    en: String,
    #[serde(default)]
    tests: Vec<String>,
    not_software: Option<Reason>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(untagged)]
enum Id {
    Number(u32),
    Word(String),
}

impl std::fmt::Display for Id {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Number(number) => write!(f, "{number}"),
            Self::Word(word) => f.write_str(word),
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Reason {
    zh: String,
    en: String,
}

/// What a story cites: a law by the name that the story uses, and an article.
type Citation = (String, u32);

/// A story, by what it cites.
struct Cited {
    name: String,
    source: String,
    citations: BTreeSet<Citation>,
    trap: Option<u32>,
    parameter: Option<String>,
}

/// The articles in a list such as `13-14` or `36, 37`; none where it names them in another way.
fn articles(list: &str) -> Vec<u32> {
    let mut found = Vec::new();
    for part in list.split(',') {
        let (from, to) = part.trim().split_once('-').unwrap_or((part.trim(), part.trim()));
        match (from.trim().parse::<u32>(), to.trim().parse::<u32>()) {
            (Ok(from), Ok(to)) if from <= to => found.extend(from..=to),
            _ => return Vec::new(),
        }
    }
    found
}

/// What a source cites: `R713 arts. 36, 37; GD288 art. 3`.
fn citations(source: &str) -> BTreeSet<Citation> {
    let one = |part: &str| {
        let (law, list) = part.split_once(" arts. ").or_else(|| part.split_once(" art. "))?;
        Some(articles(list).into_iter().map(|article| (law.trim().to_owned(), article)).collect::<Vec<_>>())
    };
    source.split(';').filter_map(one).flatten().collect()
}

fn stories() -> Vec<Cited> {
    let cited = |path: PathBuf| {
        let story = read(&path);
        Cited {
            name: short(&path).trim_end_matches(".yaml").to_owned(),
            citations: citations(&story.source),
            source: story.source,
            trap: story.trap,
            parameter: story.parameter,
        }
    };
    files().into_iter().map(cited).collect()
}

/// Whether a name is of a pattern, where `*` stands for any text.
fn fits(pattern: &str, name: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == name,
        Some((before, after)) => name.strip_prefix(before).is_some_and(|rest| {
            (0..=rest.len()).filter(|at| rest.is_char_boundary(*at)).any(|at| fits(after, &rest[at..]))
        }),
    }
}

/// What shows one line of the table, and what is wrong with it.
#[derive(Default)]
struct Shown {
    stories: BTreeSet<String>,
    wrong: Vec<String>,
}

fn tests_exist(id: &impl std::fmt::Display, tests: &[String], wrong: &mut Vec<String>) {
    for test in tests {
        let found = test.split_once("::").is_some_and(|(file, name)| test_exists(file, name, &[]));
        if !found {
            wrong.push(format!("{id}: there is no test {test}"));
        }
    }
}

fn clause_shown(clause: &Clause, law: &Law, stories: &[Cited]) -> Shown {
    let mut shown = Shown::default();
    let own = articles(&clause.article);
    let elsewhere: BTreeSet<Citation> = clause.cited_as.iter().flat_map(|source| citations(source)).collect();
    let cites = |story: &Cited| {
        let of_own = |(name, article): &Citation| law.names.contains(name) && own.contains(article);
        let as_is = clause.cited_as.contains(&story.source);
        story.citations.iter().any(|c| elsewhere.contains(c) || (elsewhere.is_empty() && of_own(c))) || as_is
    };
    for pattern in &clause.covered_by {
        let named = stories.iter().filter(|story| fits(pattern, &story.name) && cites(story));
        let before = shown.stories.len();
        shown.stories.extend(named.map(|story| story.name.clone()));
        if shown.stories.len() == before {
            shown.wrong.push(format!("{}: no other story {pattern} cites its article", clause.id));
        }
    }
    tests_exist(&clause.id, &clause.tests, &mut shown.wrong);
    covered(&clause.id, &shown.stories.clone(), &clause.tests, clause.not_software.as_ref(), &mut shown.wrong);
    shown
}

fn covered(
    id: &impl std::fmt::Display,
    stories: &BTreeSet<String>,
    tests: &[String],
    reason: Option<&Reason>,
    wrong: &mut Vec<String>,
) {
    match (stories.is_empty() && tests.is_empty(), reason) {
        (true, None) => wrong.push(format!("{id} is not shown by anything")),
        (true, Some(reason)) if reason.zh.is_empty() || reason.en.is_empty() => {
            wrong.push(format!("{id} says in one language only why it is not for software"));
        }
        (false, Some(_)) => wrong.push(format!("{id} is shown, and said not to be for software")),
        _ => {}
    }
}

fn member_shown(member: &Member, of: impl Fn(&Cited) -> bool, stories: &[Cited]) -> Shown {
    let mut shown = Shown::default();
    shown.stories.extend(stories.iter().filter(|story| of(story)).map(|story| story.name.clone()));
    tests_exist(&member.id, &member.tests, &mut shown.wrong);
    covered(&member.id, &shown.stories.clone(), &member.tests, member.not_software.as_ref(), &mut shown.wrong);
    shown
}

fn row(out: &mut String, first: &str, zh: &str, en: &str, shown: &Shown, tests: &[String], reason: Option<&Reason>) {
    let story = |name: &String| format!("[{name}](../tests/scenarios/{name}.yaml)");
    let test = |test: &String| {
        let (file, name) = test.split_once("::").unwrap_or((test, ""));
        format!("[`{name}`](../{file})")
    };
    let mut told: Vec<String> = shown.stories.iter().map(story).chain(tests.iter().map(test)).collect();
    told.extend(reason.map(|reason| format!("Not for software: {} {}", reason.zh, reason.en)));
    let _ = writeln!(out, "| {first} | {zh}<br>{en} | {} |", told.join(", "));
}

/// The page, and all that is wrong with the table.
fn page(table: &Table, stories: &[Cited]) -> (String, Vec<String>) {
    let mut wrong = Vec::new();
    let mut body = String::new();
    let (mut by_stories, mut by_tests, mut not_software) = (0, 0, 0);
    for law in &table.laws {
        let of_it: Vec<_> = table.clauses.iter().filter(|clause| clause.law == law.id).collect();
        if of_it.is_empty() {
            wrong.push(format!("no clause is of {}", law.id));
        }
        let _ = writeln!(body, "\n## {}\n\n{}\n\n| Article | Clause | Shown by |\n| --- | --- | --- |", law.zh, law.en);
        for clause in of_it {
            let shown = clause_shown(clause, law, stories);
            match (shown.stories.is_empty(), clause.tests.is_empty()) {
                (false, _) => by_stories += 1,
                (true, false) => by_tests += 1,
                (true, true) => not_software += 1,
            }
            let reason = clause.not_software.as_ref();
            row(&mut body, &clause.article, &clause.zh, &clause.en, &shown, &clause.tests, reason);
            wrong.extend(shown.wrong);
        }
    }
    body.push_str("\n## Parameters\n\nNumbers and choices that a place can set, numbered as in the law digest.\n\n");
    body.push_str("| Parameter | What | Shown by |\n| --- | --- | --- |\n");
    for member in &table.parameters {
        let id = member.id.to_string();
        let shown = member_shown(member, |story| story.parameter.as_deref() == Some(&id), stories);
        row(&mut body, &id, &member.zh, &member.en, &shown, &member.tests, member.not_software.as_ref());
        wrong.extend(shown.wrong);
    }
    body.push_str(
        "\n## Traps\n\nWhat simple software gets wrong, numbered as in the law digest. Each has a test of its own in\n",
    );
    body.push_str("[traps.rs](../tests/tests/traps.rs).\n\n| Trap | What | Shown by |\n| --- | --- | --- |\n");
    for member in &table.traps {
        let is = |story: &Cited| story.trap.map(Id::Number).as_ref() == Some(&member.id);
        let shown = member_shown(member, is, stories);
        row(
            &mut body,
            &member.id.to_string(),
            &member.zh,
            &member.en,
            &shown,
            &member.tests,
            member.not_software.as_ref(),
        );
        wrong.extend(shown.wrong);
    }
    let clauses = table.clauses.len();
    let mut out = String::from("# What shows that the law is kept\n\n");
    out.push_str("Made from `tests/data/law-clauses.yaml` and the stories by `tests/tests/law_coverage.rs`; do not edit. The clauses are in our\n");
    out.push_str("own words, and are no legal advice. A story is told to the pure core in every run of the tests, and each names its article;\n");
    out.push_str("what is outside the pure core is shown by a test.\n\n");
    let _ = writeln!(
        out,
        "{clauses} clauses: {by_stories} shown by stories, {by_tests} by tests alone, {not_software} not for software to do."
    );
    out.push_str(&body);
    (out, wrong)
}

fn table() -> Table {
    serde_saphyr::from_str(CLAUSES).unwrap_or_else(|error| panic!("law-clauses.yaml: {error}"))
}

#[test]
fn every_clause_is_shown_or_is_not_for_software() {
    let (table, stories) = (table(), stories());
    let (page, wrong) = page(&table, &stories);
    println!("{}", page.lines().find(|line| line.contains(" clauses: ")).unwrap_or_default());
    assert!(wrong.is_empty(), "{} lines of the table do not hold:\n{}", wrong.len(), wrong.join("\n"));
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/law-coverage.md");
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(&path, &page).expect("the page is written");
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        kept == page,
        "docs/law-coverage.md is not what is shown; run this test with UPDATE_EXPECT=1 and read the diff"
    );
}

#[test]
fn the_table_is_whole() {
    let table = table();
    let ids: Vec<&str> = table.clauses.iter().map(|clause| clause.id.as_str()).collect();
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len(), "a clause is there twice");
    let of_r713: BTreeSet<u32> =
        table.clauses.iter().filter(|c| c.law == "R713").flat_map(|c| articles(&c.article)).collect();
    let missing: Vec<_> = (2..=44).filter(|article| !of_r713.contains(article)).collect();
    assert!(missing.is_empty(), "no clause is of the articles {missing:?} of the regulation");
    let parameters: Vec<String> = table.parameters.iter().map(|p| p.id.to_string()).collect();
    assert_eq!(parameters, (1..=34).map(|n| format!("T{n}")).collect::<Vec<_>>());
    let traps: Vec<Id> = table.traps.iter().map(|t| t.id.clone()).collect();
    assert_eq!(traps, (1..=30).map(Id::Number).collect::<Vec<_>>());
}

#[test]
fn every_citation_of_these_laws_is_of_an_article_in_the_table() {
    let table = table();
    let named: BTreeMap<&str, &Law> =
        table.laws.iter().flat_map(|law| law.names.iter().map(move |name| (name.as_str(), law))).collect();
    let known = |law: &Law, article: u32| {
        table.clauses.iter().any(|clause| clause.law == law.id && articles(&clause.article).contains(&article))
    };
    let mut wrong = Vec::new();
    for story in stories() {
        for (name, article) in &story.citations {
            if named.get(name.as_str()).is_some_and(|law| !known(law, *article)) {
                wrong.push(format!("{}: {name} art. {article}", story.name));
            }
        }
        if story.source.contains(".md") && !story.source.contains("docs/") {
            wrong.push(format!("{}: {} is not in the repository", story.name, story.source));
        }
    }
    assert!(wrong.is_empty(), "cited, and in no clause:\n{}", wrong.join("\n"));
}

#[test]
fn every_trap_has_a_test_of_its_number() {
    let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/traps.rs")).expect("traps.rs");
    let missing: Vec<_> = (1..=30).filter(|n| !text.contains(&format!("fn trap_{n:02}_"))).collect();
    assert!(missing.is_empty(), "no test is named after the traps {missing:?}");
}

#[test]
fn patterns_and_citations_are_read_as_written() {
    assert!(fits("a/b_*", "a/b_c") && fits("*/x", "a/x") && fits("a/*_c*", "a/b_cd") && fits("a/b", "a/b"));
    assert!(!fits("a/b", "a/bc") && !fits("a/b_*", "a/c_b_") && !fits("*x", "xy"));
    let cited = |source: &str| citations(source).into_iter().map(|(law, n)| format!("{law} {n}")).collect::<Vec<_>>();
    assert_eq!(cited("R713 arts. 13-14; GD288 art. 3"), ["GD288 3", "R713 13", "R713 14"]);
    assert_eq!(cited("R713 arts. 36, 37"), ["R713 36", "R713 37"]);
    assert_eq!(cited("design §4"), Vec::<String>::new());
}
