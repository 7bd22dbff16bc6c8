//! What a large dossier costs on its whole way, each step in a process of its own: time, and the most memory at once.
//!
//! `cargo bench -p dingce-server --bench package` plays the demo's road over HTTP with documents of 5 GB in all, of which one is
//! larger than 4 GiB, and reads that one back; exports the decision volume, verifies the package, exports it once more, kills an
//! export in the middle and lets another go on with it, and brings lost documents back from a copy. It fails where a process had
//! more than 256 MiB at once, where two packages differ, or where the interrupted export wrote a document again that was whole. The
//! peak is `VmHWM` of the process, which counts the program itself too; it is looked at every few milliseconds.
//!
//! `DINGCE_BENCH_BYTES` sets the size. Up to four times as much disk is used below the folder for temporary files (`TMPDIR`).

#[path = "../tests/support/heavy.rs"]
mod heavy;

use std::collections::BTreeMap;
use std::io::Write as _;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};

/// Size of the dossier, if nothing else is said. Unit: bytes.
const BYTES: u64 = 5_000_000_000;
/// The part of it that the largest document has: of 5 GB, 4.3 GB, which no 32 bits count.
const LARGEST_PER_MILLE: u64 = 860;
/// The most memory that a process may have had at once. Unit: KiB.
const PEAK_KIB_MAX: u64 = 256 * 1024;
/// How often a process is looked at.
const LOOK: Duration = Duration::from_millis(5);

const PLAY: &str = "DINGCE_BENCH_PLAY";

fn main() -> anyhow::Result<()> {
    let bytes = match std::env::var("DINGCE_BENCH_BYTES") {
        Ok(given) => given.parse().context("DINGCE_BENCH_BYTES is not a number")?,
        Err(_) => BYTES,
    };
    if let Some(folder) = std::env::var_os(PLAY) {
        let folder = Path::new(&folder);
        // The road's other cases have documents too.
        let (data, total, largest) = (folder.join("data"), bytes + bytes / 50, bytes * LARGEST_PER_MILLE / 1000);
        let case = tokio::runtime::Runtime::new()?.block_on(heavy::dossier(&data, total, largest))?;
        return Ok(std::fs::write(folder.join("case"), case)?);
    }
    let folder = tempfile::tempdir()?;
    let bench = Bench { folder: folder.path() };
    let mut play = Command::new(std::env::current_exe()?);
    bench.step("upload, the road, download", play.env(PLAY, folder.path()))?;
    let case = std::fs::read_to_string(folder.path().join("case"))?;
    let documents = files(&folder.path().join("data/files"))?;
    let total: u64 = documents.values().map(|file| file.size).sum();
    let largest = documents.values().map(|file| file.size).max().unwrap_or_default();
    say(&format!("{} documents, {total} bytes, the largest {largest}", documents.len()));

    let package = bench.export("export", &case, "one")?;
    let packed: u64 = files(&folder.path().join("one"))?.values().map(|file| file.size).sum();
    say(&format!("a package of {packed} bytes"));
    ensure!(packed >= bytes, "the dossier is too small");
    bench.step("verify", &mut Bench::dingce(&["verify", &format!("one/{case}-decision")]))?;
    let again = bench.export("export once more", &case, "one")?;
    ensure!(again == package, "the same volume gave {package} and {again}");
    std::fs::remove_dir_all(folder.path().join("one"))?;

    let written = bench.interrupted(&case, packed * 9 / 10)?;
    let resumed = bench.export("export, resumed", &case, "two")?;
    ensure!(resumed == package, "the resumed export gave {resumed}, another {package}");
    let finished = files(&folder.path().join("two").join(format!("{case}-decision")))?;
    let (mut kept, mut again) = (0, 0);
    for (path, file) in written.iter().filter(|(path, _)| path.to_string_lossy().contains("电子档案")) {
        match finished.get(path).context("a document is gone")? {
            now if now.inode == file.inode => kept += file.size,
            now if now.size == file.size => bail!("{} was whole and was written again", path.display()),
            _ => again += file.size,
        }
    }
    say(&format!("of the interrupted export {kept} bytes of documents were kept, and {again} written again"));

    std::fs::rename(folder.path().join("data/files"), folder.path().join("copy"))?;
    std::fs::remove_dir_all(folder.path().join("two"))?;
    bench.step(
        "lost documents back from a copy",
        &mut Bench::dingce(&["ledger", "return", "--files", "copy", "--data", "data"]),
    )?;
    let back: u64 = files(&folder.path().join("data/files"))?.values().map(|file| file.size).sum();
    ensure!(back == total, "{back} of {total} bytes came back");
    Ok(())
}

struct Bench<'a> {
    folder: &'a Path,
}

impl Bench<'_> {
    fn dingce(arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_dingce"));
        command.args(arguments);
        command
    }

    /// Runs a process to its end, tells what it took, and gives what it printed.
    fn step(&self, what: &str, command: &mut Command) -> anyhow::Result<String> {
        let begun = Instant::now();
        let mut child = self.started(command)?;
        let mut peak_kib = 0;
        let status = loop {
            peak_kib = peak_kib.max(peak(&child).unwrap_or_default());
            match child.try_wait()? {
                Some(status) => break status,
                None => std::thread::sleep(LOOK),
            }
        };
        let printed = std::fs::read_to_string(self.folder.join("printed"))?;
        ensure!(status.success(), "{what}: {printed}");
        say(&format!("{what}: {:.0} s, at most {} MiB", begun.elapsed().as_secs_f64(), peak_kib.div_ceil(1024)));
        ensure!(peak_kib > 0 && peak_kib <= PEAK_KIB_MAX, "{what} had {peak_kib} KiB, and {PEAK_KIB_MAX} are allowed");
        Ok(printed)
    }

    fn started(&self, command: &mut Command) -> anyhow::Result<Child> {
        let printed = std::fs::File::create(self.folder.join("printed"))?;
        command.current_dir(self.folder).stdout(printed).stderr(Stdio::inherit());
        command.spawn().with_context(|| format!("{command:?} could not be run"))
    }

    /// Exports the decision volume, and gives the hash of the package.
    fn export(&self, what: &str, case: &str, out: &str) -> anyhow::Result<String> {
        let printed =
            self.step(what, &mut Self::dingce(&["case", "export", case, "--out", out, "--data", "data", "--json"]))?;
        let told: serde_json::Value = serde_json::from_str(&printed)?;
        Ok(told["package"].as_str().context("no hash was printed")?.to_owned())
    }

    /// Kills an export once it has written as many bytes; gives what it had written.
    fn interrupted(&self, case: &str, bytes: u64) -> anyhow::Result<BTreeMap<PathBuf, Written>> {
        let partial = self.folder.join("two").join(format!(".{case}-decision.partial"));
        let mut child = self.started(&mut Self::dingce(&["case", "export", case, "--out", "two", "--data", "data"]))?;
        loop {
            let written = files(&partial).unwrap_or_default();
            if written.values().map(|file| file.size).sum::<u64>() >= bytes {
                child.kill()?;
                child.wait()?;
                return Ok(written);
            }
            if let Some(status) = child.try_wait()? {
                bail!("the export ended before it could be interrupted: {status}");
            }
            std::thread::sleep(LOOK);
        }
    }
}

/// The most memory that a process had so far. Unit: KiB. None once it has ended.
fn peak(child: &Child) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().trim_end_matches("kB").trim().parse().ok()
}

struct Written {
    size: u64,
    inode: u64,
}

/// The files below a folder, by path.
fn files(folder: &Path) -> std::io::Result<BTreeMap<PathBuf, Written>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(here) = folders.pop() {
        for entry in std::fs::read_dir(here)? {
            let entry = entry?;
            let about = entry.metadata()?;
            if about.is_dir() {
                folders.push(entry.path());
            } else {
                let path = entry.path().strip_prefix(folder).unwrap_or(&entry.path()).to_owned();
                found.insert(path, Written { size: about.len(), inode: about.ino() });
            }
        }
    }
    Ok(found)
}

fn say(text: &str) {
    // The one output of a benchmark.
    let _ = writeln!(std::io::stdout(), "{text}");
}
