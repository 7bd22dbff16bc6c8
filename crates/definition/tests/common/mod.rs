//! What the tests of this crate share: the shipped files.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use dingce_definition::Whole;
use dingce_definition::reference::BaseFile;
use dingce_definition::shipped::DEFINITIONS;
use dingce_domain::definition::Definition;
use dingce_domain::time::Calendar;
use dingce_domain::words::StageId;

/// Folders of the shipped definitions, each after the one that it stands on.
pub const SHIPPED: [&str; DEFINITIONS.len()] = {
    let mut folders = [""; DEFINITIONS.len()];
    let mut i = 0;
    while i < folders.len() {
        folders[i] = DEFINITIONS[i].0;
        i += 1;
    }
    folders
};

/// What is said of each, on as many threads as there are processors; a proof takes seconds.
pub fn each<T: Sync>(all: &[T], said: impl Fn(&T) -> Option<String> + Sync) -> Vec<String> {
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let next = AtomicUsize::new(0);
    let work =
        || std::iter::from_fn(|| all.get(next.fetch_add(1, Ordering::Relaxed))).filter_map(&said).collect::<Vec<_>>();
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        workers.into_iter().flat_map(|worker| worker.join().unwrap()).collect()
    })
}

pub fn workflows() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../workflows")
}

pub fn file(folder: &str) -> PathBuf {
    workflows().join(folder).join("definition.yaml")
}

/// A shipped definition by its name: what others stand on.
pub fn bases(name: &StageId, _version: u32) -> Option<BaseFile> {
    let folder = name.as_str().replace('_', "-");
    let bytes = std::fs::read(file(&folder)).ok()?;
    Some(BaseFile { path: format!("{folder}/definition.yaml"), bytes })
}

/// A shipped definition with all that it stands on.
pub fn whole(folder: &str) -> Whole {
    let bytes = std::fs::read(file(folder)).unwrap();
    dingce_definition::whole(&bytes, folder, &bases).unwrap_or_else(|problems| {
        let list: Vec<_> = problems.iter().map(ToString::to_string).collect();
        panic!("{}", list.join("\n"))
    })
}

pub fn shipped_text() -> String {
    std::fs::read_to_string(file(SHIPPED[0])).unwrap()
}

pub fn shipped() -> Definition {
    dingce_definition::parse(shipped_text().as_bytes(), "definition.yaml").unwrap()
}

pub fn calendar() -> Calendar {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(workflows().join("calendars")).unwrap() {
        let path = entry.unwrap().path();
        files.push((path.display().to_string(), std::fs::read(path).unwrap()));
    }
    dingce_definition::calendar::calendar(files).unwrap()
}

/// A definition of `tests/mutants/` that stands on the national one as it is now.
pub fn for_tests(name: &str) -> Whole {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/mutants").join(name).with_extension("yaml");
    let text = std::fs::read_to_string(path).unwrap();
    let national = dingce_definition::hash(shipped_text().as_bytes()).to_string();
    let text = text.replacen("\"HASH\"", &format!("\"{national}\""), 1);
    dingce_definition::whole(text.as_bytes(), name, &bases).unwrap_or_else(|problems| {
        let list: Vec<_> = problems.iter().map(ToString::to_string).collect();
        panic!("{}", list.join("\n"))
    })
}
