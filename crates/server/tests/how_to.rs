//! Every GraphQL example of the how-to pages is sent as it stands there, by the person whom the page is for, to a server on
//! which the whole road was played: queries must be answered in full, mutations must be understood.

use std::path::Path;
use std::sync::Arc;

use dingce_server::demo::{HttpWorld, World, play, run};
use dingce_server::{ManualClock, Settings};
use serde_json::{Map, Value, json};

use crate::figures;

/// Whom a page is for.
const READERS: [(&str, &str); 18] = [
    ("keep-the-legal-bases.md", "justice_reviewer"),
    ("take-a-matter-in-midway.md", "office_officer"),
    ("move-a-case.md", "office_officer"),
    ("keep-secret-stubs.md", "office_officer"),
    ("use-the-api.md", "office_officer"),
    ("take-part-as-a-citizen.md", "office_officer"),
    ("run-a-case.md", "water_officer"),
    ("give-an-expert-opinion.md", "expert_water"),
    ("advise-a-review.md", "legal_adviser"),
    ("review-legality.md", "justice_reviewer"),
    ("keep-a-meeting.md", "meeting_secretary"),
    ("decide-as-head.md", "head"),
    ("close-a-volume.md", "archivist"),
    ("look-into-a-decision.md", "auditor"),
    ("read-the-compliance-sheet.md", "auditor"),
    ("keep-the-log.md", "auditor"),
    ("take-figures.md", "auditor"),
    ("trace-accountability.md", "auditor"),
];

/// Pages whose examples are run by tests of their own, in this folder.
const ELSEWHERE: [(&str, &str); 10] = [
    ("erase-personal-data.md", "erasure.rs"),
    ("hold-to-account.md", "accountability.rs"),
    ("confirm-a-value.md", "registers.rs"),
    ("run-another-procedure.md", "procedures.rs"),
    ("keep-the-catalogue.md", "catalogue.rs"),
    ("keep-historical-dossiers.md", "dossiers.rs"),
    ("hold-a-hearing.md", "hearing.rs"),
    ("keep-proposals.md", "proposals.rs"),
    ("keep-determinations-and-agendas.md", "registers.rs"),
    ("keep-advisers.md", "registers.rs"),
];

struct Example {
    page: String,
    text: String,
}

impl Example {
    fn asks(&self) -> bool {
        !self.text.trim_start().starts_with("mutation")
    }

    /// Names of its variables with their types.
    fn variables(&self) -> Vec<(String, String)> {
        let head = self.text.split('{').next().unwrap_or_default();
        let Some((_, declared)) = head.split_once('(') else { return Vec::new() };
        let declared = declared.trim_end().trim_end_matches(')');
        let one = |part: &str| {
            let (name, kind) = part.split_once(':')?;
            Some((name.trim().trim_start_matches('$').to_owned(), kind.trim().to_owned()))
        };
        declared.split(',').filter_map(one).collect()
    }
}

fn examples() -> Vec<Example> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/how-to");
    let of = |folder: &Path| -> Vec<_> {
        std::fs::read_dir(folder).expect("the pages").map(|e| e.expect("a page").path()).collect()
    };
    let (folders, mut pages): (Vec<_>, Vec<_>) = of(&folder).into_iter().partition(|path| path.is_dir());
    pages.extend(folders.iter().flat_map(|folder| of(folder)));
    pages.sort();
    let mut examples = Vec::new();
    for path in pages {
        let page = path.file_name().expect("a name").to_string_lossy().into_owned();
        let text = std::fs::read_to_string(&path).expect("a page");
        let blocks = text.split("```graphql\n").skip(1).filter_map(|rest| rest.split("```").next());
        examples.extend(blocks.map(|block| Example { page: page.clone(), text: block.to_owned() }));
    }
    examples
}

/// A value for a variable: what the road left behind where the name says so, else something of its type; none of a type of
/// the schema's own, whose examples are sent by the tests of their pages.
fn value(name: &str, kind: &str, known: &Value) -> Option<Value> {
    Some(match (known.get(name), kind.trim_end_matches('!')) {
        (Some(known), _) => known.clone(),
        (None, "Date") => json!("2026-11-25"),
        (None, "Long" | "Int") => json!(0),
        (None, "Boolean") => json!(true),
        (None, "String") => json!("示例"),
        (None, "ID") => json!(format!("{name}_0")),
        (None, list) if list.starts_with('[') => json!([]),
        (None, _) => return None,
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn every_example_is_understood() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let settings = Settings::in_folder(&folder.path().join("data"));
    let clock = Arc::new(ManualClock::at(run::beginning()));
    let (assembled, ids) = run::prepare(settings, Arc::clone(&clock)).await.expect("the deployment is prepared");
    let mut world = HttpWorld::start(Arc::clone(&assembled), clock, ids, Box::new(|_| {})).await.expect("it serves");
    let ending = play(&mut world).await.expect("the road runs to its end");

    let asked = "query($id: ID!) { case(id: $id) { currentDraft { id } undertakingUnit { id } consultation { id } } \
                 meetings(first: 1) { nodes { id } } catalogues(first: 1) { nodes { id } } me { person { id } } }";
    let left = world.officials("office_officer", asked, json!({ "id": ending.case })).await.expect("the case");
    let asked = "{ figures(from: \"2023-01-01\", to: \"2023-12-31\") { organ takenAs } }";
    let taken = world.officials("auditor", asked, json!({})).await.expect("the figures")["figures"].clone();
    let known = json!({
        "from": "2023-01-01", "to": "2023-12-31", "takenAs": taken["takenAs"],
        "case": ending.case, "id": ending.case, "code": ending.receipt, "target": "major_decision_national@1",
        "draft": left["case"]["currentDraft"]["id"], "unit": left["case"]["undertakingUnit"]["id"],
        "consultation": left["case"]["consultation"]["id"], "meeting": left["meetings"]["nodes"][0]["id"],
        "catalogue": left["catalogues"]["nodes"][0]["id"], "person": left["me"]["person"]["id"],
    });

    let mut asked = 0;
    for example in examples() {
        let Some((_, who)) = READERS.iter().find(|(page, _)| *page == example.page) else { continue };
        let variables: Option<Map<String, Value>> = example
            .variables()
            .into_iter()
            .map(|(name, kind)| Some((name.clone(), value(&name, &kind, &known)?)))
            .collect();
        // Whole inputs as one variable are shown with their JSON beside them.
        let Some(variables) = variables else { continue };
        let variables = Value::Object(variables);
        // An example is for officials or for the public; the one that it is not for does not know its fields.
        let officials = world.officials(who, &example.text, variables.clone()).await;
        let answer = match officials {
            Ok(answer) => Ok(answer),
            Err(refused) => world.public(&example.text, variables).await.map_err(|_| refused),
        };
        let answer = answer.unwrap_or_else(|error| panic!("{}: {error:#}\n{}", example.page, example.text));
        if example.asks() {
            for (field, told) in answer.as_object().expect("data") {
                assert!(!told.is_null(), "{} is told nothing of {field} on {}:\n{}", who, example.page, example.text);
            }
        }
        asked += 1;
    }
    assert!(asked > 30, "{asked} examples were sent");
    clean(&mut world, &ending.case).await;
    figures::of_the_road(&mut world, &taken).await;
    world.stop().await.expect("it stops");
    on_the_console(&folder.path().join("data"), &ending.case);
    figures::on_the_console(&folder.path().join("data"), &taken);
}

/// The same sheet as a script reads it, and a case that is not there.
fn on_the_console(data: &Path, case: &str) {
    let run = |arguments: &[&str]| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_dingce"));
        command.current_dir(data).env_clear().args(["case", "compliance"]).args(arguments);
        command.arg("--data").arg(data).output().expect("the program runs")
    };
    // The program looks at it on the day on which the test runs: by then the execution of the demo may be overdue.
    let told = run(&[case, "--json"]);
    let sheet: Value = serde_json::from_slice(&told.stdout).expect("JSON");
    let lines = sheet["lines"].as_array().expect("lines");
    let failed: Vec<&Value> = lines.iter().filter(|l| l["verdict"] == "failed").collect();
    assert!(failed.iter().all(|l| l["rule"] == "execution_in_time"), "{failed:#?}");
    assert_eq!((told.status.success(), &sheet["counts"]["failed"]), (failed.is_empty(), &json!(failed.len())));
    assert!(lines.iter().all(|l| l["zh"].is_string() && l["en"].is_string()));
    let told = run(&[case]);
    let text = String::from_utf8_lossy(&told.stdout).into_owned();
    assert!(text.contains("公开征求意见达到规定期限") && text.contains("公告载明缩短理由"), "{text}");
    assert!(!text.contains("- 尚未到该环节"), "only what was looked at is told: {text}");
    let all = String::from_utf8_lossy(&run(&[case, "--all"]).stdout).into_owned();
    assert!(all.contains("- 不适用"), "{all}");
    let told = run(&["case_00000000000070008000000000000000"]);
    assert!(!told.status.success() && String::from_utf8_lossy(&told.stderr).contains("there is no case"), "{told:?}");
    traces_on_the_console(data, case);
}

/// The traces of a case, a person and a unit, as people and as scripts read them.
fn traces_on_the_console(data: &Path, case: &str) {
    let run = |arguments: &[&str]| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_dingce"));
        command.current_dir(data).env_clear().arg("trace").args(arguments);
        let told = command.arg("--data").arg(data).output().expect("the program runs");
        (told.status.success(), String::from_utf8_lossy(&told.stdout).into_owned(), told.stderr)
    };
    let (done, text, _) = run(&[case]);
    assert!(done && text.contains("各方持有 / Who held it") && text.contains("合法性审查"), "{text}");
    assert!(text.contains("财政配套压力过大") && text.contains("暂停5日 / held"), "{text}");
    let json = |arguments: &[&str]| -> Value {
        let (done, text, failure) = run(arguments);
        assert!(done, "{}", String::from_utf8_lossy(&failure));
        serde_json::from_str(&text).expect("JSON")
    };
    let whole = json(&[case, "--json"]);
    let earlier = json(&[case, "--json", "--as-known-on", "2023-02-12"]);
    let acts = |trace: &Value| trace["acts"].as_array().expect("acts").len();
    assert!(acts(&whole) > acts(&earlier) && acts(&earlier) > 10);
    let days = |part: &str| whole["days"][part].as_u64().expect("a number");
    assert_eq!(days("held") + days("paused"), days("total"));
    let person = json(&["key:deputy_2", "--json"]);
    assert!(person["against"][0]["statement"].is_string(), "{person}");
    let unit = json(&["key:water", "--json", "--first", "3"]);
    assert_eq!(unit["acts"].as_array().expect("acts").len(), 3);
    assert!(unit["traced_with"].as_array().expect("units").len() > 1, "{unit}");
    let (done, _, failure) = run(&["case_00000000000070008000000000000000"]);
    assert!(!done && String::from_utf8_lossy(&failure).contains("there is no case"));
}

/// The road that the demo plays breaks no rule of the compliance sheet, and who may not read sheets is shown none.
async fn clean(world: &mut HttpWorld, case: &str) {
    let sheet = "query($id: ID!) { case(id: $id) { complianceSheet { failed passed advised lines { rule verdict \
                 found { text } excusedBy { ground name } evidence { n kind documents { digest } } } } } }";
    let asked = json!({ "id": case });
    let answer = world.officials("auditor", sheet, asked.clone()).await.expect("the auditor reads sheets");
    let told = &answer["case"]["complianceSheet"];
    let lines = told["lines"].as_array().expect("lines");
    let broken: Vec<&Value> = lines.iter().filter(|l| l["verdict"] == "FAILED").collect();
    assert!(broken.is_empty() && told["failed"] == 0, "{broken:#?}");
    assert!(told["passed"].as_u64().is_some_and(|passed| passed > 40), "{told:#}");
    assert!(lines.iter().any(|l| l["evidence"][0]["n"].is_u64()), "evidence is told");
    // The unit that undertakes it looks at its own procedure; an expert of the review does not.
    let own = world.officials("water_officer", sheet, asked.clone()).await.expect("the undertaking unit reads its own");
    assert_eq!(own["case"]["complianceSheet"]["failed"], 0);
    let expert = world.officials("expert_water", sheet, asked).await.expect("an expert reads the case");
    assert_eq!(expert["case"]["complianceSheet"], Value::Null, "{expert:#}");
}

#[test]
fn every_page_with_examples_is_tried() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    for (page, test) in ELSEWHERE {
        let text = std::fs::read_to_string(folder.join(test)).expect("the test");
        assert!(text.contains(page), "{test} tries {page}");
    }
    let tried = |page: &str| {
        READERS.iter().map(|(own, _)| own).chain(ELSEWHERE.iter().map(|(own, _)| own)).any(|own| *own == page)
    };
    for example in examples() {
        assert!(tried(&example.page), "nobody tries the examples of {}", example.page);
    }
    for (page, _) in READERS {
        assert!(examples().iter().any(|e| e.page == page), "{page} has examples");
    }
}
