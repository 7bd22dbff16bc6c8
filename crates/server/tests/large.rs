//! A dossier that is larger than the memory there is, on its whole way.
#![cfg(target_os = "linux")]

use std::path::Path;
use std::process::{Command, Output};

use super::support::heavy;

/// Not a name that the program reads as a setting.
const FOLDER: &str = "LARGE_DOSSIER_FOLDER";
/// The size of the dossier and of its largest document. Unit: bytes.
const DOSSIER: (u64, u64) = (300 << 20, 240 << 20);
/// What a process may have of memory that is its own, counted by the kernel before it is used. Unit: KiB.
const MEMORY_KIB: u64 = 160 << 10;

/// Runs a program that gets no more memory than [`MEMORY_KIB`]: one that asks for more ends.
fn bounded(program: &Path, folder: &Path, arguments: &[&str]) -> Output {
    let script = format!("ulimit -d {MEMORY_KIB} && exec \"$0\" \"$@\"");
    let mut command = Command::new("sh");
    command.args(["-c", &script]).arg(program).args(arguments).current_dir(folder).env_clear().env(FOLDER, folder);
    command.output().expect("sh runs")
}

fn well(output: &Output) -> String {
    let told = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{told}");
    told
}

/// Run by [`a_dossier_passes_that_is_larger_than_the_memory`] in a process of its own; without its variable there is nothing to do.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn plays_when_told_to() {
    let Some(folder) = std::env::var_os(FOLDER) else { return };
    let folder = Path::new(&folder);
    let case = heavy::dossier(&folder.join("data"), DOSSIER.0, DOSSIER.1).await.expect("the road is played");
    std::fs::write(folder.join("case"), case).expect("written");
}

#[test]
fn a_dossier_passes_that_is_larger_than_the_memory() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let own = std::env::current_exe().expect("this program");
    let told = well(&bounded(&own, folder, &["large::plays_when_told_to", "--exact", "--test-threads=1"]));
    assert!(told.contains("1 passed"), "{told}");
    let case = std::fs::read_to_string(folder.join("case")).expect("a case");

    let dingce = Path::new(env!("CARGO_BIN_EXE_dingce"));
    let run = |arguments: &[&str]| well(&bounded(dingce, folder, arguments));
    run(&["case", "export", &case, "--out", "packages", "--data", "data"]);
    let package = format!("packages/{case}-decision");
    run(&["verify", &package]);
    // Another build finds the same bytes.
    run(&["case", "export", &case, "--out", "packages", "--data", "data"]);
    // A document that was lost comes back from a copy.
    let (documents, copy) = (folder.join("data/files"), folder.join("copy"));
    std::fs::rename(&documents, &copy).expect("moved");
    let copied = run(&["ledger", "return", "--files", "copy", "--data", "data"]);
    assert!(copied.contains(" documents copied"), "{copied}");
    run(&["case", "export", &case, "--out", "packages", "--data", "data"]);
}
