//! Figures of the road, over HTTP and by the command line: what the road comes to by hand, the files and who is given them.
//!
//! The road takes long to play; `how_to.rs` played it, and asks here.

use std::path::Path;

use dingce_server::demo::{HttpWorld, World};
use reqwest::{Response, StatusCode};
use serde_json::{Value, json};

const YEAR: &str = "from=2023-01-01&to=2023-12-31";

async fn get(world: &HttpWorld, who: Option<&str>, path: &str) -> Response {
    let client = reqwest::Client::builder().no_proxy().build().expect("a client");
    let mut request = client.get(format!("http://{}{path}", world.address()));
    if let Some(who) = who {
        request = request.bearer_auth(world.token(who).expect("a token"));
    }
    request.send().await.expect("it answers")
}

fn whole<'v>(figures: &'v Value, code: &str) -> &'v Value {
    let list = figures["figures"].as_array().expect("figures");
    list.iter().find(|f| f["code"] == code && f["isPart"] == false).unwrap_or_else(|| panic!("{code} is missing"))
}

/// What the stories of the demo come to, counted by hand in `crates/server/src/demo`, and the files of it.
pub async fn of_the_road(world: &mut HttpWorld, taken: &Value) {
    let query = "query($taken: String!) { figures(from: \"2023-01-01\", to: \"2023-12-31\", takenAs: $taken) { \
        takenAs withheld figures { code isPart numerator denominator share { basisPoints } apart { why count } \
        days { total least most of } } } }";
    let asked = json!({ "taken": taken["takenAs"] });
    let told =
        world.officials("auditor", query, asked.clone()).await.expect("the auditor takes figures")["figures"].clone();
    assert_eq!((&told["takenAs"], &told["withheld"]), (&taken["takenAs"], &json!([])));
    let numbers = |code: &str| (whole(&told, code)["numerator"].clone(), whole(&told, code)["denominator"].clone());
    // Three comments in time, of which two are adopted and one in part; one came a day late.
    assert_eq!(numbers("comments_received"), (json!(3), Value::Null));
    assert_eq!(whole(&told, "comments_received")["apart"], json!([{ "why": "LATE", "count": 1 }]));
    assert_eq!(numbers("comments_answered"), (json!(3), json!(3)));
    assert_eq!(numbers("comments_adopted"), (json!(2), json!(3)));
    assert_eq!(numbers("comments_partly_adopted"), (json!(1), json!(3)));
    assert_eq!(whole(&told, "comments_adopted")["share"]["basisPoints"], json!(6667));
    assert_eq!(numbers("comments_not_adopted"), (json!(0), json!(3)));
    // Thirty days for the first draft; a week for the second, with the reason in the notice.
    let periods = whole(&told, "comment_periods");
    assert_eq!(numbers("comment_periods"), (json!(1), json!(1)));
    assert_eq!(periods["apart"], json!([{ "why": "EXCUSED", "count": 1 }]));
    assert_eq!(periods["days"], json!({ "total": 30, "least": 30, "most": 30, "of": 1 }));
    // To be amended first, then lawful; two of three deputies dissent, and the head decides against them.
    assert_eq!(numbers("cases_decided"), (json!(1), Value::Null));
    assert_eq!((numbers("reviews_to_amend"), numbers("reviews_lawful")), ((json!(1), json!(2)), (json!(1), json!(2))));
    assert_eq!((numbers("dissents"), numbers("against_majority")), ((json!(2), json!(3)), (json!(1), json!(1))));
    for code in
        ["participation_held", "experts_heard", "risk_assessed", "reviewed_before_meeting", "discussed_collectively"]
    {
        assert_eq!(numbers(code), (json!(1), json!(1)), "{code}");
    }
    // The text that was issued was confirmed; the one that was decided had been reviewed.
    assert_eq!(numbers("legality_reviewed"), (json!(1), json!(1)));

    // The same as files, for whoever may read them.
    let organ = taken["organ"].as_str().expect("the organ");
    let mark = taken["takenAs"].as_str().expect("a mark").replace('@', "%40").replace(':', "%3A");
    for (file, media_type, begins) in [
        ("figures.json", "application/json", &b"{\"by_day\""[..]),
        ("figures.csv", "text/csv", b"\xEF\xBB\xBF"),
        ("acts.csv", "text/csv", b"\xEF\xBB\xBF"),
        ("figures.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", b"PK"),
    ] {
        let path = format!("/figures/{organ}/{file}?{YEAR}&taken_as={mark}");
        let answer = get(world, Some("auditor"), &path).await;
        assert_eq!(answer.status(), StatusCode::OK, "{file}");
        let header = |name: &str| answer.headers()[name].to_str().expect("a text").to_owned();
        assert!(header("content-type").starts_with(media_type), "{file}");
        assert_eq!(header("x-taken-as"), taken["takenAs"].as_str().expect("a mark"), "{file}");
        assert!(header("content-disposition").ends_with(&format!("2023-01-01_2023-12-31_{file}\"")), "{file}");
        assert_eq!(
            (header("cache-control").as_str(), header("x-content-type-options").as_str()),
            ("private, no-store", "nosniff")
        );
        let bytes = answer.bytes().await.expect("bytes");
        assert!(bytes.starts_with(begins), "{file}");
        let again = get(world, Some("auditor"), &path).await.bytes().await.expect("bytes");
        assert_eq!(bytes, again, "{file}: the same figures are the same bytes");
    }
    for (who, path, status) in [
        (None, format!("/figures/{organ}/figures.csv?{YEAR}"), StatusCode::UNAUTHORIZED),
        (Some("expert_water"), format!("/figures/{organ}/figures.csv?{YEAR}"), StatusCode::FORBIDDEN),
        (Some("auditor"), format!("/figures/{organ}/figures.pdf?{YEAR}"), StatusCode::NOT_FOUND),
        (Some("auditor"), format!("/figures/unit_{}/figures.csv?{YEAR}", "0".repeat(32)), StatusCode::NOT_FOUND),
        (Some("auditor"), format!("/figures/{organ}/figures.csv?from=2023-01-01"), StatusCode::UNPROCESSABLE_ENTITY),
        (
            Some("auditor"),
            format!("/figures/{organ}/figures.csv?from=2023-01-02&to=2023-01-01"),
            StatusCode::UNPROCESSABLE_ENTITY,
        ),
        (
            Some("auditor"),
            format!("/figures/{organ}/figures.csv?from=2023-02-29&to=2023-03-01"),
            StatusCode::UNPROCESSABLE_ENTITY,
        ),
        (
            Some("auditor"),
            format!("/figures/{organ}/figures.csv?{YEAR}&taken_as=yesterday"),
            StatusCode::UNPROCESSABLE_ENTITY,
        ),
    ] {
        let answer = get(world, who, &path).await;
        assert_eq!(answer.status(), status, "{who:?} {path}");
        let refused: Value = answer.json().await.expect("JSON");
        assert!(refused["code"].is_string() && refused["message"].is_string(), "{refused}");
    }
    // A unit is told of its own.
    let own = "{ figures(from: \"2023-01-01\", to: \"2023-12-31\") { ownUnitsOnly withheld } }";
    let told = world.officials("water_officer", own, json!({})).await.expect("the unit takes its own");
    assert_eq!(told["figures"]["ownUnitsOnly"], json!(true));
    assert!(world.officials("expert_water", own, json!({})).await.is_err(), "an expert takes none");
}

/// The same from the command line, after the server stopped.
pub fn on_the_console(data: &Path, taken: &Value) {
    let mark = taken["takenAs"].as_str().expect("a mark");
    let run = |arguments: &[&str]| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_dingce"));
        command.current_dir(data).env_clear().args(["figures", "--from", "2023-01-01", "--to", "2023-12-31"]);
        let told = command.args(arguments).arg("--data").arg(data).output().expect("the program runs");
        (told.status.success(), String::from_utf8_lossy(&told.stdout).into_owned(), told.stderr)
    };
    let (done, text, failure) = run(&["--taken-as", mark]);
    assert!(done, "{}", String::from_utf8_lossy(&failure));
    assert!(text.contains("公众意见全部采纳率 / Comments adopted in full: 2 / 3 = 66.67%"), "{text}");
    assert!(text.contains("收到的公众意见 / Comments received: 3（逾期收到、单列 1）"), "{text}");
    for form in ["json", "csv", "acts-csv", "xlsx"] {
        let files = ["one", "two"].map(|name| data.join(format!("{name}.{form}")));
        for file in &files {
            let out = file.to_str().expect("a path");
            let (done, text, failure) = run(&["--taken-as", mark, "--format", form, "--out", out]);
            assert!(done && text.contains(mark), "{text}{}", String::from_utf8_lossy(&failure));
        }
        let [one, two] = files.map(|file| std::fs::read(file).expect("the file"));
        assert!(!one.is_empty() && one == two, "{form}: the same figures are the same bytes");
    }
    let json: Value = serde_json::from_slice(&std::fs::read(data.join("one.json")).expect("the file")).expect("JSON");
    assert_eq!(json["taken_as"], json!(mark));
    for wrong in [&["--taken-as", "yesterday"][..], &["--organ", "unit_0"], &["--format", "json"]] {
        assert!(!run(wrong).0, "{wrong:?}");
    }
}
