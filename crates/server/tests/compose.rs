//! `docker-compose.yml` says what the program understands, and holds no secret.

use std::path::Path;

use clap::Parser;
use dingce_server::Settings;
use dingce_server::cli::{Cli, Command};
use dingce_server::settings::Flags;
use serde_json::Value;

fn repository(file: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(file);
    std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

fn compose() -> Value {
    serde_saphyr::from_str(&repository("docker-compose.yml")).expect("docker-compose.yml is YAML")
}

fn words(value: &Value) -> Vec<String> {
    let words = value.as_array().expect("a list").iter().map(|w| w.as_str().expect("a text").to_owned());
    words.collect()
}

#[test]
fn the_command_is_one_that_the_program_has() {
    let command = words(&compose()["services"]["dingce"]["command"]);
    let cli = Cli::try_parse_from(std::iter::once("dingce".to_owned()).chain(command.clone())).expect("a command");
    let Command::Serve { listen: Some(listen) } = cli.command else { panic!("{command:?} does not serve") };
    assert!(listen.ip().is_unspecified(), "inside a container the program listens on every address");
    let ports = words(&compose()["services"]["dingce"]["ports"]);
    assert_eq!(ports, [format!("127.0.0.1:8080:{}", listen.port())], "and the machine gives it to itself only");
    let image = repository("Dockerfile");
    assert!(image.contains(r#"CMD ["serve", "--listen", "0.0.0.0:8080"]"#), "the image serves by the same command");
}

#[test]
fn the_environment_is_settings_and_the_password_comes_from_a_file() {
    let compose = compose();
    let folder = tempfile::tempdir().expect("a folder");
    let secret = folder.path().join("password");
    std::fs::write(&secret, "a/b\n").expect("the secret is written");
    let given = compose["services"]["dingce"]["environment"].as_object().expect("an environment");
    let environment = given.iter().map(|(name, value)| {
        let value =
            value.as_str().expect("a text").replace("/run/secrets/postgres-password", &secret.to_string_lossy());
        (name.clone(), value)
    });
    let settings = Settings::load(&Flags::default(), environment).expect("the settings can be used").settings;
    assert_eq!(settings.database_url().expect("a URL"), "postgres://dingce:a%2Fb@database:5432/dingce");
}

#[test]
fn the_database_is_healthy_before_the_program_starts_and_everything_outlives_its_container() {
    let compose = compose();
    let [database, dingce] = ["database", "dingce"].map(|name| &compose["services"][name]);
    assert_eq!(database["image"], "postgres:15");
    assert_eq!(words(&database["healthcheck"]["test"])[..2], ["CMD", "pg_isready"]);
    assert_eq!(dingce["depends_on"]["database"]["condition"], "service_healthy");
    assert_eq!(dingce["build"], ".");
    for (service, path) in [(database, "/var/lib/postgresql/data"), (dingce, "/var/lib/dingce")] {
        let volume = words(&service["volumes"]).into_iter().find(|v| v.ends_with(&format!(":{path}")));
        let name = volume.expect("a volume").replace(&format!(":{path}"), "");
        assert!(compose["volumes"].as_object().expect("volumes").contains_key(&name), "{name} is declared");
    }
    let drain = u64::from(Settings::default().drain_seconds);
    let grace = dingce["stop_grace_period"].as_str().and_then(|g| g.strip_suffix('s')).expect("seconds");
    assert!(grace.parse::<u64>().expect("a number") > drain, "requests under way are finished before the end");
}

#[test]
fn no_secret_stands_in_it() {
    let compose = compose();
    let environment = &compose["services"]["database"]["environment"];
    assert_eq!(environment["POSTGRES_PASSWORD_FILE"], "/run/secrets/postgres-password");
    assert!(environment.get("POSTGRES_PASSWORD").is_none());
    assert_eq!(compose["secrets"]["postgres-password"]["file"], "./secrets/postgres-password");
    assert!(repository("Dockerfile").contains("\nUSER dingce\n"), "the image does not run as root");
}
