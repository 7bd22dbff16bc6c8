//! Builds that end before their end: by death after each step, by a source that breaks off, by a full disk's error.

use std::cell::RefCell;
use std::fs;
use std::io::{self, Read};
use std::path::Path;
use std::process::Command;

use crate::common::{Documents, read_tree, sample};
use dingce_archive::build::{LOCK_FILE, Step, build_observed};
use dingce_archive::{BuildError, DocumentSource, build, verify};
use dingce_ledger::Digest;

const TARGET: &str = "DINGCE_TEST_BUILD_TARGET";
const DIE_AFTER: &str = "DINGCE_TEST_DIE_AFTER";

/// How many steps a build of the sample has.
fn steps() -> Vec<Step> {
    let folder = tempfile::tempdir().unwrap();
    let (input, documents) = sample();
    let mut steps = Vec::new();
    build_observed(&input, &documents, &folder.path().join("package"), &mut |step| steps.push(step.clone())).unwrap();
    steps
}

/// Run by [`whatever_step_the_program_dies_after_the_next_build_goes_through`] in a process of its own; without its
/// variables there is nothing to do.
#[test]
fn dies_when_told_to() {
    let (Ok(target), Ok(after)) = (std::env::var(TARGET), std::env::var(DIE_AFTER)) else { return };
    let mut left: usize = after.parse().unwrap();
    let (input, documents) = sample();
    let _ = build_observed(&input, &documents, Path::new(&target), &mut |_| {
        if left == 0 {
            // No destructor runs, as when the power fails.
            std::process::abort();
        }
        left -= 1;
    });
}

#[test]
fn whatever_step_the_program_dies_after_the_next_build_goes_through() {
    let folder = tempfile::tempdir().unwrap();
    let (input, documents) = sample();
    let whole = folder.path().join("whole");
    build(&input, &documents, &whole).unwrap();
    let whole = read_tree(&whole);
    let steps = steps();
    assert!(steps.len() > 20 && steps.contains(&Step::Verified) && steps.last() == Some(&Step::Named), "{steps:?}");
    for (n, step) in steps.iter().enumerate() {
        let place = folder.path().join(n.to_string());
        fs::create_dir(&place).unwrap();
        let target = place.join("package");
        let died = Command::new(std::env::current_exe().unwrap())
            .args(["interrupted::dies_when_told_to", "--exact", "--test-threads=1"])
            .env(TARGET, &target)
            .env(DIE_AFTER, n.to_string())
            .output()
            .unwrap();
        assert!(!died.status.success(), "it should have died after {step:?}");
        // Under its name there is nothing, or all of it.
        assert_eq!(target.exists(), *step == Step::Named, "after {step:?}");
        if target.exists() {
            assert!(verify(&target).ok());
        }
        build(&input, &documents, &target).unwrap_or_else(|error| panic!("after {step:?}: {error}"));
        assert_eq!(read_tree(&target), whole, "after {step:?}");
        let left: Vec<_> = fs::read_dir(&place).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert!(left.iter().all(|name| name == LOCK_FILE || name == "package"), "after {step:?}: {left:?}");
    }
}

/// A source whose documents break off after some bytes.
struct Breaking(Documents, usize);

impl DocumentSource for Breaking {
    fn open(&self, digest: &Digest) -> io::Result<Box<dyn Read + '_>> {
        let bytes = self.0.open(digest)?;
        Ok(Box::new(bytes.take(self.1 as u64).chain(Failing)))
    }
}

struct Failing;

impl Read for Failing {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        Err(io::Error::other("the line went dead"))
    }
}

#[test]
fn a_document_that_breaks_off_leaves_nothing() {
    for after in 0..6 {
        let folder = tempfile::tempdir().unwrap();
        let (input, documents) = sample();
        let target = folder.path().join("package");
        let error = build(&input, &Breaking(documents.clone(), after), &target).unwrap_err();
        assert!(matches!(error, BuildError::Document { .. }), "{error}");
        let left: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(left, [LOCK_FILE]);
        build(&input, &documents, &target).unwrap();
    }
}

/// Documents, with those that were asked for.
struct Counting(Documents, RefCell<Vec<Digest>>);

impl DocumentSource for Counting {
    fn open(&self, digest: &Digest) -> io::Result<Box<dyn Read + '_>> {
        self.1.borrow_mut().push(*digest);
        self.0.open(digest)
    }
}

/// A folder of a build that was broken off before its end: the finished package, under the name of one that is not.
fn broken_off(folder: &Path) -> std::path::PathBuf {
    let (input, documents) = sample();
    build(&input, &documents, &folder.join("package")).unwrap();
    let partial = folder.join(".package.partial");
    fs::rename(folder.join("package"), &partial).unwrap();
    partial
}

#[test]
fn documents_that_were_written_are_not_asked_for_again() {
    let folder = tempfile::tempdir().unwrap();
    let partial = broken_off(folder.path());
    let whole = read_tree(&partial);
    let paths: Vec<String> = whole.keys().filter(|path| path.contains("电子档案")).cloned().collect();
    let [first, second, third] = &paths[..] else { panic!("{paths:?}") };
    let of = |path: &String| dingce_ledger::sha256(&whole[path]);
    // One was cut short and one was altered; beside them lies what is in no package.
    fs::write(partial.join(first), &whole[first][1..]).unwrap();
    let mut altered = whole[second].clone();
    altered[0] ^= 1;
    fs::write(partial.join(second), altered).unwrap();
    fs::create_dir_all(partial.join("data/stray/deep")).unwrap();
    fs::write(partial.join("data/stray/deep/file"), "stray").unwrap();
    std::os::unix::fs::symlink("/etc/passwd", partial.join(first).with_file_name("link")).unwrap();

    let (input, documents) = sample();
    let (source, mut kept) = (Counting(documents, RefCell::default()), Vec::new());
    let target = folder.path().join("package");
    build_observed(&input, &source, &target, &mut |step| {
        if let Step::Kept { path } = step {
            kept.push(path.clone());
        }
    })
    .unwrap();
    assert_eq!(kept, std::slice::from_ref(third));
    let mut asked = source.1.into_inner();
    asked.sort();
    let mut wanted = vec![of(first), of(second)];
    wanted.sort();
    assert_eq!(asked, wanted);
    assert_eq!(read_tree(&target), whole);
}

#[test]
fn a_link_in_the_place_of_what_was_left_is_removed_and_not_followed() {
    let (folder, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let partial = broken_off(folder.path());
    let (whole, moved) = (read_tree(&partial), elsewhere.path().join("moved"));
    fs::rename(&partial, &moved).unwrap();
    std::os::unix::fs::symlink(&moved, &partial).unwrap();
    let (input, documents) = sample();
    build(&input, &documents, &folder.path().join("package")).unwrap();
    assert_eq!(read_tree(&moved), whole, "what the link named is as it was");
    assert_eq!(read_tree(&folder.path().join("package")), whole);
    assert!(fs::symlink_metadata(&partial).is_err());
}
