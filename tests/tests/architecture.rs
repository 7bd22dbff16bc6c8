//! The direction of dependencies, held against what cargo knows: house style is a table here, and a failing test names
//! the edge that broke it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// What each crate may build upon. Crates of other places than `crates/` may use everything.
const MAY_USE: [(&str, &[&str]); 10] = [
    ("domain", &[]),
    ("ledger", &[]),
    ("definition", &["domain"]),
    ("archive", &["domain", "ledger"]),
    ("app", &["domain", "ledger", "definition", "archive"]),
    ("store", &["app", "domain", "ledger", "definition", "archive"]),
    ("api", &["app", "domain", "ledger", "definition", "archive"]),
    ("web", &["app", "domain", "ledger", "definition", "archive"]),
    ("testkit", &["app", "domain", "ledger", "definition", "archive"]),
    ("server", &["domain", "ledger", "definition", "archive", "app", "store", "api", "web"]),
];

/// Libraries whose types stay where they are: the database, GraphQL, HTTP, templates, tokens, errors of the process.
const ONLY_IN: [(&str, &[&str]); 8] = [
    ("sea-orm", &["store"]),
    ("sqlx", &["store", "tests"]),
    ("async-graphql", &["api", "server"]),
    ("poem", &["api", "web", "server"]),
    ("askama", &["web"]),
    ("jsonwebtoken", &["api"]),
    ("anyhow", &["server"]),
    ("clap", &["server"]),
];

/// What a pure crate may use: nothing that waits, draws, asks the time or reaches outside.
const PURE: [(&str, &[&str]); 2] = [
    ("domain", &["hex", "jiff", "serde", "sha2", "thiserror", "uuid"]),
    (
        "ledger",
        &[
            "base64",
            "chacha20poly1305",
            "ed25519-dalek",
            "hex",
            "hmac",
            "serde",
            "serde_json",
            "serde_json_canonicalizer",
            "sha2",
            "sm2",
            "thiserror",
        ],
    ),
];

struct Crate {
    ours: BTreeSet<String>,
    others: BTreeSet<String>,
    in_tests: BTreeSet<String>,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn crates() -> BTreeMap<String, Crate> {
    let cargo = std::env::var("CARGO").expect("cargo runs this test");
    let asked = ["metadata", "--no-deps", "--offline", "--format-version", "1"];
    let output = Command::new(cargo).args(asked).current_dir(root()).output().expect("cargo answers");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let told: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let name = |value: &Value| value["name"].as_str().expect("a name").to_owned();
    let of = |package: &Value, dev: bool| -> BTreeSet<String> {
        let all = package["dependencies"].as_array().expect("a list").iter();
        all.filter(|d| (d["kind"] == "dev") == dev).map(name).collect()
    };
    let packages = told["packages"].as_array().expect("a list").iter();
    packages
        .map(|package| {
            let (ours, others) = of(package, false).into_iter().partition(|d| d.starts_with("dingce-"));
            let plain = name(package).trim_start_matches("dingce-").to_owned();
            (plain, Crate { ours, others, in_tests: of(package, true) })
        })
        .collect()
}

#[test]
fn dependencies_point_downwards() {
    let crates = crates();
    let rows: BTreeMap<_, _> = MAY_USE.into_iter().collect();
    for (name, found) in crates.iter().filter(|(name, _)| !["tests", "xtask"].contains(&name.as_str())) {
        let may = rows.get(name.as_str()).unwrap_or_else(|| panic!("{name} has no row in this table"));
        for used in &found.ours {
            let used = used.trim_start_matches("dingce-");
            assert!(may.contains(&used), "{name} uses {used}, which stands above or beside it");
        }
    }
}

#[test]
fn the_testkit_is_for_tests() {
    for (name, found) in crates() {
        let built_in = found.ours.contains("dingce-testkit");
        assert!(!built_in || name == "tests", "{name} builds the testkit into the product");
        assert!(!found.in_tests.contains("dingce-tests"), "{name} depends on the tests of the whole");
    }
}

#[test]
fn libraries_stay_where_they_belong() {
    for (name, found) in crates() {
        for (library, places) in ONLY_IN {
            let used = found.others.contains(library);
            assert!(!used || places.contains(&name.as_str()), "{name} uses {library}, which belongs in {places:?}");
        }
    }
}

#[test]
fn pure_crates_use_nothing_that_reaches_outside() {
    let crates = crates();
    for (name, may) in PURE {
        let may: BTreeSet<String> = may.iter().map(|m| (*m).to_owned()).collect();
        let more: Vec<_> = crates[name].others.difference(&may).collect();
        assert!(more.is_empty(), "{name} is pure, and uses {more:?}");
    }
}

#[test]
fn the_top_level_is_the_one_asked_for() {
    for path in ["Cargo.toml", "crates", "workflows", "schema", "tests", "docker-compose.yml"] {
        assert!(root().join(path).exists(), "{path} is missing");
    }
    for (name, _) in crates().into_iter().filter(|(name, _)| !["tests", "xtask"].contains(&name.as_str())) {
        assert!(root().join("crates").join(&name).is_dir(), "{name} does not lie under its name");
    }
    let deny = std::fs::read_to_string(root().join("deny.toml")).expect("deny.toml");
    assert!(deny.contains(r#"crate = "sea-orm", wrappers = ["dingce-store"]"#), "deny.toml lets sea-orm out");
}

/// A file that no root names is compiled by nobody, and its tests are run by nobody.
#[test]
fn every_file_of_tests_is_run() {
    let mut roots = 0;
    let crates = std::fs::read_dir(root().join("crates")).expect("crates").map(|entry| entry.expect("an entry").path());
    for of in crates.chain([root().join("tests"), root().join("xtask")]) {
        let folder = of.join("tests");
        for inner in entries(&folder).into_iter().filter(|path| path.is_dir()).chain([folder]) {
            let Ok(text) = std::fs::read_to_string(inner.join("main.rs")) else { continue };
            roots += 1;
            for path in entries(&inner) {
                let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
                let module = path.extension().is_some_and(|end| end == "rs") || path.join("mod.rs").exists();
                let named = name == "main" || text.lines().any(|line| line == format!("mod {name};"));
                assert!(named || !module, "{} names no `mod {name};`", inner.join("main.rs").display());
            }
        }
    }
    assert!(roots >= 8, "only {roots} roots of tests were looked at");
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let read = std::fs::read_dir(folder).into_iter().flatten();
    read.map(|entry| entry.expect("an entry").path()).collect()
}
