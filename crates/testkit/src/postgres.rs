//! An ephemeral PostgreSQL server for tests: one for each test binary, one fresh database for each call.
//!
//! The machine's own `initdb` and `postgres` are used, so nothing is downloaded. The server listens on a socket in its
//! own folder, not on a port. A guard process holds it: when the test binary ends, however it ends, the guard reads the
//! end of its input, stops the server and removes the folder. Databases sort texts as ICU does for `zh-Hans-CN`, so
//! that a test fails where a column relies on the order of the database instead of naming its own.

use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

const MISSING: &str = "PostgreSQL's programs `initdb`, `postgres` and `psql` were not found on PATH or in \
     /usr/lib/postgresql/*/bin. Install the Debian package `postgresql` (its server need not run).";

/// What the guard runs: the server, until its own input ends.
const GUARD: &str = r#"
trap "" INT TERM HUP
"$1/postgres" -D "$2/data" -k "$2" -c listen_addresses= -c fsync="$3" -c max_connections=300 \
    -c shared_buffers=64MB -c max_wal_size=256MB -c autovacuum=off >"$2/log" 2>&1 </dev/null &
server=$!
cat >/dev/null
kill -QUIT "$server"
wait "$server"
rm -rf "$2"
"#;

struct Server {
    programs: PathBuf,
    folder: PathBuf,
    /// Owns the pipe whose end stops the server; never dropped while the test binary runs.
    _guard: Child,
}

/// Whether a server waits for the disk at each commit. Tests do not need it; a measurement of writes means little
/// without it.
#[derive(Clone, Copy)]
enum Disk {
    /// What is committed is lost when the machine stops.
    NotAwaited,
    /// As in use.
    Awaited,
}

static SERVER: OnceLock<Server> = OnceLock::new();
static DURABLE: OnceLock<Server> = OnceLock::new();
static DATABASES: AtomicU32 = AtomicU32::new(1);

/// The URL of a fresh, empty database.
///
/// # Panics
/// If PostgreSQL is not installed or does not start: the sentence says which package is missing.
pub async fn database() -> String {
    tokio::task::spawn_blocking(|| make_database(Disk::NotAwaited)).await.expect("the database was made")
}

/// The URL of a fresh, empty database whose tables and indexes lie on this disk.
///
/// # Panics
/// As [`database`].
pub async fn database_on(disk: &Path) -> String {
    let disk = disk.to_owned();
    let made = tokio::task::spawn_blocking(move || make_database_on(Disk::NotAwaited, Some(&disk)));
    made.await.expect("the database was made")
}

/// The URL of a fresh, empty database of a server that waits for the disk at each commit, as one in use does.
///
/// # Panics
/// As [`database`].
pub async fn durable_database() -> String {
    tokio::task::spawn_blocking(|| make_database(Disk::Awaited)).await.expect("the database was made")
}

/// The folder that holds PostgreSQL's programs.
///
/// # Panics
/// If PostgreSQL is not installed.
pub fn programs() -> PathBuf {
    let on_path = std::env::var_os("PATH").map(|path| std::env::split_paths(&path).collect::<Vec<_>>());
    let mut folders = on_path.unwrap_or_default();
    let mut installed: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .map(|versions| versions.flatten().map(|version| version.path().join("bin")).collect())
        .unwrap_or_default();
    installed.sort();
    folders.extend(installed.into_iter().rev());
    let whole = |folder: &PathBuf| ["initdb", "postgres", "psql"].iter().all(|name| folder.join(name).is_file());
    folders.into_iter().find(whole).unwrap_or_else(|| panic!("{MISSING}"))
}

fn make_database(disk: Disk) -> String {
    make_database_on(disk, None)
}

fn make_database_on(disk: Disk, tables: Option<&Path>) -> String {
    let server = match disk {
        Disk::NotAwaited => &SERVER,
        Disk::Awaited => &DURABLE,
    };
    let server = server.get_or_init(|| start(disk));
    let name = format!("t{}", DATABASES.fetch_add(1, Ordering::Relaxed));
    let well = |sql: &str| {
        let made = psql(server, sql);
        assert!(made.status.success(), "PostgreSQL refused {sql}: {}", String::from_utf8_lossy(&made.stderr));
    };
    let mut place = "pg_default";
    if let Some(tables) = tables {
        let folder = tables.join(&name);
        std::fs::create_dir(&folder).expect("a folder for tables");
        if let Some((user, group)) = other_owner() {
            std::os::unix::fs::chown(&folder, Some(user), Some(group)).expect("PostgreSQL's user gets the folder");
        }
        well(&format!("CREATE TABLESPACE {name} LOCATION '{}'", folder.display()));
        place = &name;
    }
    well(&format!(
        "CREATE DATABASE {name} TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'zh-Hans-CN' ENCODING 'UTF8' TABLESPACE {place}"
    ));
    format!("postgres://postgres@localhost/{name}?host={}", server.folder.display())
}

fn psql(server: &Server, sql: &str) -> Output {
    Command::new(server.programs.join("psql"))
        .args(["--no-psqlrc", "--quiet", "--username=postgres", "--dbname=postgres", "--command", sql])
        .arg(format!("--host={}", server.folder.display()))
        .stdin(Stdio::null())
        .output()
        .expect("psql runs")
}

fn start(disk: Disk) -> Server {
    let programs = programs();
    let folder =
        tempfile::Builder::new().prefix("dingce-pg-").tempdir_in("/tmp").expect("a folder for PostgreSQL").keep();
    let owner = other_owner();
    if let Some((user, group)) = owner {
        std::os::unix::fs::chown(&folder, Some(user), Some(group)).expect("PostgreSQL's user gets the folder");
    }
    let made = as_owner(owner, &programs.join("initdb"))
        .args(["--no-sync", "--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C", "--pgdata"])
        .arg(folder.join("data"))
        .stdin(Stdio::null())
        .output()
        .expect("initdb runs");
    assert!(made.status.success(), "initdb failed: {}", String::from_utf8_lossy(&made.stderr));
    let guard = as_owner(owner, Path::new("/bin/sh"))
        .args(["-c", GUARD, "guard"])
        .args([&programs, &folder])
        .arg(match disk {
            Disk::NotAwaited => "off",
            Disk::Awaited => "on",
        })
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .process_group(0)
        .spawn()
        .expect("the guard of PostgreSQL starts");
    let server = Server { programs, folder, _guard: guard };
    let since = Instant::now();
    while !psql(&server, "SELECT 1").status.success() {
        let log = || std::fs::read_to_string(server.folder.join("log")).unwrap_or_default();
        assert!(since.elapsed() < Duration::from_secs(30), "PostgreSQL did not start within 30 seconds: {}", log());
        std::thread::sleep(Duration::from_millis(50));
    }
    server
}

/// The user and group that must run PostgreSQL where the tests run as root, which PostgreSQL refuses.
fn other_owner() -> Option<(u32, u32)> {
    let id = |args: &[&str]| -> Option<u32> {
        let output = Command::new("id").args(args).output().ok()?;
        String::from_utf8(output.stdout).ok()?.trim().parse().ok()
    };
    if id(&["-u"]) != Some(0) {
        return None;
    }
    let found = id(&["-u", "postgres"]).zip(id(&["-g", "postgres"]));
    Some(found.unwrap_or_else(|| panic!("PostgreSQL cannot run as root and there is no user `postgres`. {MISSING}")))
}

fn as_owner(owner: Option<(u32, u32)>, program: &Path) -> Command {
    let mut command = Command::new(program);
    if let Some((user, group)) = owner {
        command.uid(user).gid(group);
    }
    command.current_dir("/");
    command
}
