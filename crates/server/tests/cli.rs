//! The program as a script sees it: status, standard output, and nothing needed that is not said.

use std::path::{Path, PathBuf};
use std::process::Output;

use clap::CommandFactory;
use dingce_server::cli::Cli;
use serde_json::Value;

use crate::support::dingce;

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("UTF-8")
}

fn told(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn well(output: Output) -> String {
    assert!(output.status.success(), "{}", told(&output));
    out(&output)
}

fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)
}

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a folder")
}

/// Every command by its words, the program itself included.
fn commands(command: &clap::Command, words: Vec<String>, all: &mut Vec<Vec<String>>) {
    for inner in command.get_subcommands().filter(|c| c.get_name() != "help") {
        let mut longer = words.clone();
        longer.push(inner.get_name().to_owned());
        commands(inner, longer, all);
    }
    all.push(words);
}

#[test]
fn every_command_tells_its_help() {
    let mut all = Vec::new();
    commands(&Cli::command(), Vec::new(), &mut all);
    for name in ["serve", "migrate", "demo", "token", "verify", "backup", "restore", "sdl"] {
        assert!(all.contains(&vec![name.to_owned()]), "{name}");
    }
    for names in [
        "organisation import",
        "organisation show",
        "workflow check",
        "workflow show",
        "workflow outline",
        "case export",
    ] {
        assert!(all.contains(&names.split(' ').map(str::to_owned).collect::<Vec<_>>()), "{names}");
    }
    for words in all {
        let mut arguments: Vec<&str> = words.iter().map(String::as_str).collect();
        arguments.push("--help");
        let help = well(dingce(Path::new("."), &arguments));
        assert!(help.contains("Usage: dingce"), "{words:?}: {help}");
    }
    Cli::command().debug_assert();
}

#[test]
fn verifying_what_is_no_package_fails_and_tells_each_check_in_both_languages() {
    let folder = folder();
    let output = dingce(folder.path(), &["verify", "missing"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(out(&output).contains("bag.declaration") && out(&output).contains("核验未通过"), "{}", out(&output));
    let output = dingce(folder.path(), &["verify", "missing", "--json"]);
    assert_eq!(output.status.code(), Some(1));
    let report: Value = serde_json::from_str(&out(&output)).expect("JSON");
    assert_eq!(report["ok"], false);
    assert_eq!(report["checks"].as_array().map(Vec::len), Some(21));
    assert_eq!(report["four_checks"]["checks"].as_array().map(Vec::len), Some(4));
    assert!(!folder.path().join(".dingce").exists(), "verifying makes nothing");
}

#[test]
fn a_setting_that_is_not_known_stops_every_command_but_those_that_need_none() {
    let folder = folder();
    std::fs::write(folder.path().join("dingce.toml"), "listne = 1\n").expect("written");
    let output = dingce(folder.path(), &["config", "show"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(told(&output).contains("listne"), "{}", told(&output));
    let workflow = repository("workflows/major-decision-national");
    well(dingce(folder.path(), &["workflow", "outline", &workflow.to_string_lossy()]));
}

#[test]
fn settings_are_shown_with_where_they_came_from() {
    let folder = folder();
    std::fs::write(folder.path().join("dingce.toml"), "drain_seconds = 3\n").expect("written");
    let shown = well(dingce(folder.path(), &["config", "show", "--json", "--database", "postgres://a:secret@b/c"]));
    let shown: Value = serde_json::from_str(&shown).expect("JSON");
    assert_eq!(shown["drain_seconds"]["value"], 3);
    assert!(shown["drain_seconds"]["from"].as_str().is_some_and(|f| f.starts_with("file ")));
    assert_eq!(shown["database"]["value"], "postgres://a:***@b/c");
    assert_eq!(shown["database"]["from"], "flag --database");
}

#[test]
fn a_workflow_is_proven_in_the_form_that_scripts_read() {
    let folder = folder();
    let path = repository("workflows/major-decision-national").to_string_lossy().into_owned();
    let report: Value =
        serde_json::from_str(&well(dingce(folder.path(), &["workflow", "check", &path, "--json"]))).expect("JSON");
    let keys: Vec<&String> = report.as_object().expect("an object").keys().collect();
    let mut expected =
        ["definition", "hash", "rules_version", "states", "transitions", "seconds", "violations", "problems"];
    expected.sort_unstable();
    assert_eq!(keys.len(), expected.len());
    assert!(expected.iter().all(|k| keys.iter().any(|key| key == k)), "{keys:?}");
    assert!(report["states"].as_u64().is_some_and(|n| n > 1_000));

    let broken = folder.path().join("definition.yaml");
    std::fs::write(&broken, "name: 1\nsurprise: true\n").expect("written");
    let output = dingce(folder.path(), &["workflow", "check", "."]);
    assert_eq!(output.status.code(), Some(1));
    assert!(out(&output).contains("./definition.yaml:"), "each problem has its place: {}", out(&output));
    let output = dingce(folder.path(), &["workflow", "check", ".", "--json"]);
    assert_eq!(output.status.code(), Some(1));
    let report: Value = serde_json::from_str(&out(&output)).expect("JSON");
    assert!(report["problems"].as_array().is_some_and(|p| !p.is_empty()));
    assert_eq!(dingce(folder.path(), &["workflow", "check", "nowhere"]).status.code(), Some(1));
}

#[test]
fn a_definition_by_reference_is_shown_whole_and_its_problems_in_their_files() {
    let folder = folder();
    let run = |arguments: &[&str]| dingce(folder.path(), arguments);
    let district = repository("workflows/major-decision-guangdong-district").to_string_lossy().into_owned();
    let whole = well(run(&["workflow", "show", &district]));
    assert!(whole.contains("stands_on:") && whole.contains("执行情况报告") && whole.contains("区长"), "{whole}");
    assert!(well(run(&["workflow", "outline", &district])).contains("区政府常务会议"));

    // What it stands on is looked for beside it first, then among what is shipped.
    let shipped =
        std::fs::read_to_string(repository("workflows/major-decision-department/definition.yaml")).expect("read");
    std::fs::create_dir_all(folder.path().join("place")).expect("a folder");
    std::fs::write(folder.path().join("place/definition.yaml"), &shipped).expect("written");
    assert!(well(run(&["workflow", "show", "place"])).contains("局长办公会议"));
    std::fs::write(
        folder.path().join("place/definition.yaml"),
        shipped.replace("stages:\n", "stages:\n  risk: null\n"),
    )
    .expect("written");
    let told = run(&["workflow", "show", "place"]);
    assert_eq!(told.status.code(), Some(1));
    let told = out(&told);
    assert!(
        told.contains("(shipped) major-decision-national/definition.yaml:") && told.contains("D-COND-PATH"),
        "{told}"
    );
    let beside = folder.path().join("major-decision-guangdong-district");
    std::fs::create_dir_all(&beside).expect("a folder");
    std::fs::write(beside.join("definition.yaml"), format!("{whole}\n# changed\n")).expect("written");
    std::fs::write(folder.path().join("place/definition.yaml"), &shipped).expect("written");
    assert!(out(&run(&["workflow", "show", "place"])).contains("D-BASE-HASH"));
}

#[test]
fn only_a_shipped_definition_can_be_named_in_the_settings() {
    let folder = folder();
    std::fs::write(folder.path().join("dingce.toml"), "definitions = [\"major-decision-moon\"]\n").expect("written");
    let file = repository("workflows/demo-organisation/organisation.yaml").to_string_lossy().into_owned();
    let output = dingce(folder.path(), &["organisation", "import", &file]);
    assert_eq!(output.status.code(), Some(1));
    assert!(told(&output).contains("major-decision-guangdong-town"), "what may be named is told: {}", told(&output));
}

#[test]
fn an_organisation_is_imported_named_and_backed_up() {
    let folder = folder();
    let run = |arguments: &[&str]| dingce(folder.path(), arguments);
    let file = repository("workflows/demo-organisation/organisation.yaml").to_string_lossy().into_owned();
    let done: Value = serde_json::from_str(&well(run(&["organisation", "import", &file, "--json"]))).expect("JSON");
    assert_eq!(done["definitions"], serde_json::json!(["major-decision-national"]));
    let again: Value = serde_json::from_str(&well(run(&["organisation", "import", &file, "--json"]))).expect("JSON");
    assert_eq!(again["entries"], 0, "an open directory is left as it is");
    assert_eq!(again["organisation"], done["organisation"], "the same file gives the same ids");

    let names: Value = serde_json::from_str(&well(run(&["organisation", "show", "--json"]))).expect("JSON");
    let names = names["湛江市麻章区人民政府"].as_array().expect("a list");
    assert!(names.iter().any(|n| n["kind"] == "person" && n["key"] == "registrar"));
    let unimported = well(run(&["organisation", "show", "--json", "--file", &file]));
    assert_eq!(
        serde_json::from_str::<Value>(&unimported).expect("JSON")["湛江市麻章区人民政府"],
        Value::from(names.clone())
    );

    let token = well(run(&["token", "--person", "key:water_officer", "--minutes", "5"]));
    assert_eq!(token.trim().split('.').count(), 3, "a JWT and nothing else: {token}");
    assert_eq!(run(&["token", "--person", "key:nobody"]).status.code(), Some(1));

    well(run(&["migrate"]));
    well(run(&["store", "rebuild", "--check"]));
    well(run(&["backup", "--out", "copy"]));
    assert_eq!(run(&["backup", "--out", "copy"]).status.code(), Some(1), "a backup is not overwritten");
    assert_eq!(run(&["restore", "--from", "copy"]).status.code(), Some(1), "what is there is not overwritten");
    well(run(&["restore", "--from", "copy", "--data", "elsewhere"]));
    well(run(&["store", "rebuild", "--check", "--data", "elsewhere"]));
    for file in ["keys/master.key", "keys/token.key", "keys/log.key", "directory-keys.json"] {
        let [old, new] = [".dingce", "elsewhere"].map(|data| std::fs::read(folder.path().join(data).join(file)).ok());
        assert!(old.is_some() && old == new, "{file} is brought back");
    }

    let database = folder.path().join("copy/database/database.sqlite");
    let mut bytes = std::fs::read(&database).expect("the copy");
    bytes[5_000] ^= 1;
    std::fs::write(&database, bytes).expect("changed");
    let output = run(&["restore", "--from", "copy", "--data", "third"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(told(&output).contains("database/database.sqlite was changed"), "{}", told(&output));
    assert!(!folder.path().join("third/dingce.db").exists(), "nothing is written before every digest is checked");
}

#[test]
fn mistakes_in_a_directory_file_are_told_at_once() {
    let folder = folder();
    let file = "- { kind: organisation_opened, organ: organ, name: 某区人民政府, from: 2021-01-01 }\n\
                - { kind: post_registered, post: head, unit: nowhere, title: 区长, post_kind: head, \
                    member_of_body: true, from: 2021-01-01 }\n\
                - { kind: post_taken, person: nobody, post: head, from: 2021-01-01, until: null }\n";
    std::fs::write(folder.path().join("staff.yaml"), file).expect("written");
    let output = dingce(folder.path(), &["organisation", "import", "staff.yaml"]);
    assert_eq!(output.status.code(), Some(1));
    for told_of in ["entry 2: unit: no entry declares \"nowhere\"", "entry 3: person: no entry declares \"nobody\""] {
        assert!(told(&output).contains(told_of), "{}", told(&output));
    }
}

#[test]
fn both_schemas_are_printed() {
    let folder = folder();
    let officials = well(dingce(folder.path(), &["sdl"]));
    let public = well(dingce(folder.path(), &["sdl", "--public"]));
    assert!(officials.contains("type DecisionCase") && !public.contains("type DecisionCase"));
    assert!(!folder.path().join(".dingce").exists(), "printing a schema makes nothing");
}

#[test]
fn a_simulation_agrees_and_can_be_repeated() {
    let folder = folder();
    let run = |acts: &str| well(dingce(folder.path(), &["simulate", "--seed", "5", "--acts", acts]));
    let told = run("12000");
    for words in
        ["无分歧", "accepted adopt_draft", "accepted issue_decision", "refused LEGALITY_MISSING", "read rows compared"]
    {
        assert!(told.contains(words), "{words}: {told}");
    }
    let counts = |told: &str| told.lines().skip(1).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(counts(&run("2000")), counts(&run("2000")), "but for the seconds");
}
