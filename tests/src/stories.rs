//! The stories in `tests/scenarios`: where they lie, and what they say of themselves.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use dingce_testkit::scenario::{self, Story, Told};

/// A story that is true, with what it showed.
#[derive(Debug)]
pub struct Shown {
    /// Folder and file.
    pub name: String,
    /// What the file says.
    pub story: Story,
    /// What it showed.
    pub told: Told,
}

impl Shown {
    /// The folder: the kind of stage that it is about.
    pub fn folder(&self) -> &str {
        self.name.split('/').next().unwrap_or_default()
    }
}

/// The folder of the stories.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios")
}

/// The files, in order.
///
/// # Panics
/// If they cannot be listed.
pub fn files() -> Vec<PathBuf> {
    let mut files = Vec::new();
    for stage in std::fs::read_dir(folder()).expect("the folder of stories") {
        for story in std::fs::read_dir(stage.expect("a stage").path()).expect("the folder of a stage") {
            files.push(story.expect("a story").path());
        }
    }
    files.sort();
    files
}

/// Folder and file of a story.
pub fn short(path: &Path) -> String {
    path.strip_prefix(folder()).unwrap_or(path).display().to_string()
}

/// What a story says, untold.
///
/// # Panics
/// If the file is no story.
pub fn read(path: &Path) -> Story {
    let text = std::fs::read_to_string(path).expect("a story");
    serde_saphyr::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", short(path)))
}

/// Every story that is true, told once. One that is not is for the test of the stories themselves.
pub fn told() -> &'static [Shown] {
    static TOLD: OnceLock<Vec<Shown>> = OnceLock::new();
    TOLD.get_or_init(tell)
}

fn tell() -> Vec<Shown> {
    let tell = |path: PathBuf| {
        let told = scenario::tell(&path).ok()?;
        Some(Shown { name: short(&path), story: read(&path), told })
    };
    files().into_iter().filter_map(tell).collect()
}

/// Whether a test of this name is in a file, and names all of these.
pub fn test_exists(file: &str, test: &str, named: &[&str]) -> bool {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let text = std::fs::read_to_string(root.join(file)).unwrap_or_default();
    text.contains(&format!("fn {test}(")) && named.iter().all(|name| text.contains(name))
}
