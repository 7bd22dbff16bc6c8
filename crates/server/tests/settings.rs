//! Settings: four places, one precedence, and nothing unknown.

use std::path::{Path, PathBuf};

use dingce_server::Settings;
use dingce_server::settings::{Flags, Loaded, LogFormat};

fn load(file: Option<&str>, environment: &[(&str, &str)], flags: Flags) -> anyhow::Result<Loaded> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("settings.toml");
    // An empty file stands in for none, so that no dingce.toml of the working folder is read.
    std::fs::write(&path, file.unwrap_or_default())?;
    let environment = environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Settings::load(&Flags { config: Some(path), ..flags }, environment.collect::<Vec<_>>())
}

#[test]
fn flags_stand_before_the_environment_before_the_file_before_the_defaults() {
    let flag = || Flags { log_level: Some("error".into()), ..Flags::default() };
    let file = Some("log_level = \"debug\"\n");
    let environment: &[_] = &[("DINGCE_LOG_LEVEL", "warn")];
    let none: &[(&str, &str)] = &[];
    for (file, environment, flags, expected, from) in [
        (None, none, Flags::default(), "info", "default"),
        (file, none, Flags::default(), "debug", "file"),
        (None, environment, Flags::default(), "warn", "environment DINGCE_LOG_LEVEL"),
        (file, environment, Flags::default(), "warn", "environment DINGCE_LOG_LEVEL"),
        (None, none, flag(), "error", "flag --log-level"),
        (file, none, flag(), "error", "flag --log-level"),
        (None, environment, flag(), "error", "flag --log-level"),
        (file, environment, flag(), "error", "flag --log-level"),
    ] {
        let loaded = load(file, environment, flags).expect("the settings can be used");
        assert_eq!(loaded.settings.log_level, expected);
        let shown = loaded.shown().expect("the settings can be shown");
        assert!(shown["log_level"].from.starts_with(from), "{} is not from {from}", shown["log_level"].from);
    }
}

#[test]
fn a_key_that_no_setting_has_is_refused_with_its_name() {
    let file = load(Some("listne = \"127.0.0.1:1\"\n"), &[], Flags::default()).expect_err("unknown in the file");
    let variable = load(None, &[("DINGCE_LISTNE", "127.0.0.1:1")], Flags::default()).expect_err("unknown outside");
    for error in [file, variable] {
        assert!(error.to_string().contains("listne"), "{error}");
    }
    load(None, &[("HOME", "/"), ("DINGCELING", "1")], Flags::default()).expect("others' variables are not ours");
}

#[test]
fn values_of_the_environment_are_read_by_the_kind_of_their_setting() {
    let environment = [
        ("DINGCE_JWT_ISSUER", "123"),
        ("DINGCE_JWT_AUDIENCE", "one, two"),
        ("DINGCE_JWT_PUBLIC_KEY_FILES", "/a.pem,/b.pem"),
        ("DINGCE_UPLOAD_LIMIT_BYTES", "1024"),
        ("DINGCE_LISTEN", "0.0.0.0:9000"),
        ("DINGCE_LOG_FORMAT", "json"),
        ("DINGCE_LOG_SM2", "true"),
        ("DINGCE_DATA", "/somewhere"),
    ];
    let settings = load(None, &environment, Flags::default()).expect("the settings can be used").settings;
    assert_eq!(settings.jwt_issuer, "123");
    assert_eq!(settings.jwt_audience, ["one", "two"]);
    assert_eq!(settings.jwt_public_key_files, [PathBuf::from("/a.pem"), PathBuf::from("/b.pem")]);
    assert_eq!(settings.upload_limit_bytes, 1024);
    assert_eq!(settings.listen.to_string(), "0.0.0.0:9000");
    assert_eq!(settings.log_format, LogFormat::Json);
    assert!(settings.log_sm2);
    assert_eq!(settings.database_url().expect("a URL"), "sqlite:/somewhere/dingce.db");
    assert_eq!(settings.master_key(), Path::new("/somewhere/keys/master.key"));
}

#[test]
fn values_that_cannot_be_used_are_refused() {
    for (key, value) in [
        ("DINGCE_LISTEN", "nowhere"),
        ("DINGCE_UPLOAD_LIMIT_BYTES", "many"),
        ("DINGCE_UPLOAD_LIMIT_BYTES", "0"),
        ("DINGCE_LOG_FORMAT", "xml"),
        ("DINGCE_LOG_SM2", "perhaps"),
        ("DINGCE_DATABASE", "mysql://a/b"),
        ("DINGCE_JWT_AUDIENCE", ""),
        ("DINGCE_JWT_JWKS_URL", "http://id.example/keys"),
        ("DINGCE_DATABASE_PASSWORD_FILE", "/for/sqlite"),
        ("DINGCE_CONFIG", "/no/such/file"),
    ] {
        // Without a flag for the file, so that DINGCE_CONFIG counts.
        let environment = [(key.to_owned(), value.to_owned())];
        assert!(Settings::load(&Flags::default(), environment).is_err(), "{key}={value}");
    }
    let both = [("DINGCE_JWT_JWKS_URL", "https://id.example/keys"), ("DINGCE_JWT_PUBLIC_KEY_FILES", "/a.pem")];
    assert!(load(None, &both, Flags::default()).is_err(), "keys from two places");
}

#[test]
fn the_example_has_every_key_and_shows_the_defaults() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../dingce.example.toml");
    let text = std::fs::read_to_string(path).expect("the example");
    let loaded = load(Some(&text), &[], Flags::default()).expect("the example can be used");
    assert_eq!(loaded.settings, Settings::default());
    let manual = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/how-to/configure.md");
    let manual = std::fs::read_to_string(manual).expect("the manual");
    for key in loaded.shown().expect("shown").keys() {
        let named = text.lines().any(|l| l.trim_start_matches("# ").starts_with(&format!("{key} = ")));
        assert!(named, "dingce.example.toml does not show {key}");
        assert!(manual.contains(&format!("| `{key}` |")), "configure.md does not explain {key}");
    }
}

#[test]
fn a_password_in_the_url_is_not_shown() {
    let environment = [("DINGCE_DATABASE", "postgres://dingce:secret@db/dingce")];
    let loaded = load(None, &environment, Flags::default()).expect("the settings can be used");
    let shown = serde_json::to_string(&loaded.shown().expect("shown")).expect("JSON");
    assert!(!shown.contains("secret") && shown.contains("postgres://dingce:***@db/dingce"), "{shown}");
}
