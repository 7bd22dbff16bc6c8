//! Tampering: every small change of a package is noticed, and no input makes the verifier panic.

use std::fs;
use std::path::{Path, PathBuf};

use crate::common::{CONTENT, failed, failed_beside_metadata, read_tree, reseal, sample};
use dingce_archive::{build, verify};
use proptest::prelude::*;
use tempfile::TempDir;

fn package() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("package");
    let (input, documents) = sample();
    build(&input, &documents, &target).unwrap();
    (folder, target)
}

/// The checks that fail after a change, which is undone by using a new package.
fn after(change: impl FnOnce(&Path)) -> Vec<&'static str> {
    let (_folder, target) = package();
    change(&target);
    failed(&verify(&target))
}

/// The same for somebody who seals the bag anew: PREMIS and METS no longer fit, and what else is noticed is given.
fn after_resealed(change: impl FnOnce(&Path)) -> Vec<&'static str> {
    let (_folder, target) = package();
    change(&target);
    reseal(&target);
    let report = verify(&target);
    assert!(failed(&report).contains(&"package.premis") && failed(&report).contains(&"package.mets"));
    failed_beside_metadata(&report)
}

/// A file of the content.
fn content(target: &Path, path: &str) -> PathBuf {
    target.join(CONTENT).join(path)
}

fn edit(path: &Path, from: &str, to: &str) {
    let text = fs::read_to_string(path).unwrap();
    assert!(text.contains(from), "{from} is not in {}", path.display());
    fs::write(path, text.replacen(from, to, 1)).unwrap();
}

/// Flips each byte of each chosen file once, and gives the places that went unnoticed.
fn unnoticed(target: &Path, chosen: impl Fn(&str) -> bool, mask: u8, resealed: bool) -> Vec<String> {
    let before = read_tree(target);
    let files: Vec<(&String, &Vec<u8>)> = before.iter().filter(|(path, _)| chosen(path)).collect();
    // Halves of the work have a package each.
    let half = |odd: usize| {
        let (_folder, target) = package();
        let mut places = Vec::new();
        let bytes_of = files.iter().map(|(path, bytes)| (path, bytes, (odd..bytes.len()).step_by(2)));
        for (path, bytes, at) in bytes_of.flat_map(|(path, bytes, all)| all.map(move |at| (path, bytes, at))) {
            let full = target.join(path);
            let mut changed = bytes.to_vec();
            changed[at] ^= mask;
            fs::write(&full, &changed).unwrap();
            if resealed {
                reseal(&target);
            }
            let report = verify(&target);
            let noticed = if resealed { failed_beside_metadata(&report) } else { failed(&report) };
            if noticed.is_empty() {
                places.push(format!("{path} at {at}"));
            }
            fs::write(&full, bytes).unwrap();
        }
        if resealed {
            reseal(&target);
        }
        assert_eq!(read_tree(&target), before);
        assert!(verify(&target).ok());
        places
    };
    std::thread::scope(|threads| {
        let other = threads.spawn(|| half(1));
        [half(0), other.join().unwrap()].concat()
    })
}

#[test]
fn every_flipped_byte_is_noticed() {
    let (_folder, target) = package();
    assert_eq!(unnoticed(&target, |_| true, 0x01, false), Vec::<String>::new());
}

#[test]
fn every_change_of_case_in_a_tag_manifest_is_noticed() {
    // 0x20 turns `a` into `A`, which public tools read as the same digest.
    let (_folder, target) = package();
    assert_eq!(unnoticed(&target, |path| path.starts_with("tagmanifest-"), 0x20, false), Vec::<String>::new());
}

#[test]
fn a_flipped_byte_under_new_manifests_is_noticed_by_the_ledger() {
    let (_folder, target) = package();
    // Readable pages are not in the ledger. Nor are these: title, closing date, volume and names of `volume.json`, which
    // nobody vouches for, and of the stored form what the leaf does not hold.
    // METS and PREMIS follow from the files and would notice each flip; what the ledger itself notices is asked here.
    let vouched = |path: &str| path.contains("/电子档案/") || path.ends_with(".yaml") || path.ends_with("leaves.jsonl");
    assert_eq!(unnoticed(&target, vouched, 0x01, true), Vec::<String>::new());
    let events = unnoticed(&target, |path| path.ends_with("openings.jsonl"), 0x01, true);
    let files = read_tree(&target);
    // Left are `by`, which no leaf holds, and the name of a member that is null: under another name it says nothing.
    let open = |path: &str, at: usize| {
        let text = std::str::from_utf8(&files[path]).unwrap();
        let parts = ["\"by\":\"x\"", "\"post\":null", "\"law\":null"];
        parts.iter().any(|part| text.match_indices(part).any(|(start, part)| (start..start + part.len()).contains(&at)))
    };
    for place in events {
        let (path, at) = place.split_once(" at ").unwrap();
        assert!(open(path, at.parse().unwrap()), "{place}");
    }
}

#[test]
fn files_removed_added_and_truncated() {
    let (_folder, target) = package();
    let before = read_tree(&target);
    for (path, bytes) in &before {
        let full = target.join(path);
        fs::remove_file(&full).unwrap();
        assert!(!verify(&target).ok(), "{path} removed");
        fs::write(&full, b"").unwrap();
        assert!(!verify(&target).ok(), "{path} emptied");
        fs::write(&full, &bytes[..bytes.len() - 1]).unwrap();
        assert!(!verify(&target).ok(), "{path} cut short");
        fs::write(&full, [bytes.as_slice(), b"\n"].concat()).unwrap();
        assert!(!verify(&target).ok(), "{path} made longer");
        fs::write(&full, bytes).unwrap();
    }
    for path in
        ["new.txt", "data/new.txt", "CONTENT/new.txt", "CONTENT/电子档案/new.txt", "tagmanifest-md5.txt", "fetch.txt"]
    {
        let path = path.replace("CONTENT", CONTENT);
        fs::write(target.join(&path), b"").unwrap();
        assert!(failed(&verify(&target)).contains(&"bag.layout"), "{path} added");
        fs::remove_file(target.join(&path)).unwrap();
    }
    for path in ["other", "data/other", "CONTENT/电子档案/other", "CONTENT/ledger/proofs/a/b/c"] {
        let full = target.join(path.replace("CONTENT", CONTENT));
        fs::create_dir_all(&full).unwrap();
        assert_eq!(failed(&verify(&target)), ["bag.layout"], "{path} added");
        fs::remove_dir_all(full).unwrap();
        let _ = fs::remove_dir_all(content(&target, "ledger/proofs"));
    }
    assert!(verify(&target).ok());
}

#[test]
fn a_stray_file_under_new_manifests_is_noticed() {
    assert_eq!(
        after(|target| {
            fs::write(target.join("data/new.txt"), b"new").unwrap();
            reseal(target);
        }),
        ["bag.layout"]
    );
}

#[test]
fn swapped_documents_are_noticed() {
    let swap = |target: &Path| {
        let paths: Vec<PathBuf> =
            fs::read_dir(content(target, "电子档案")).unwrap().map(|entry| entry.unwrap().path()).collect();
        let (a, b) = (fs::read(&paths[0]).unwrap(), fs::read(&paths[1]).unwrap());
        fs::write(&paths[0], b).unwrap();
        fs::write(&paths[1], a).unwrap();
    };
    assert!(after(swap).contains(&"bag.payload-sha256"));
    assert_eq!(after_resealed(swap), ["ledger.documents"]);
}

#[test]
fn swapped_and_dropped_events_are_noticed() {
    let lines = |target: &Path, file: &str, change: fn(&mut Vec<String>)| {
        let path = content(target, "ledger").join(file);
        let mut lines: Vec<String> =
            fs::read_to_string(&path).unwrap().lines().map(|line| format!("{line}\n")).collect();
        change(&mut lines);
        fs::write(&path, lines.concat()).unwrap();
        reseal(target);
    };
    assert!(after(|t| lines(t, "leaves.jsonl", |l| l.swap(0, 1))).contains(&"ledger.chain"));
    assert!(after(|t| lines(t, "leaves.jsonl", |l| drop(l.pop()))).contains(&"ledger.chain"));
    assert!(after(|t| lines(t, "leaves.jsonl", Vec::clear)).contains(&"ledger.chain"));
    assert!(after(|t| lines(t, "openings.jsonl", |l| l.swap(0, 1))).contains(&"ledger.envelopes"));
    assert!(after(|t| lines(t, "openings.jsonl", |l| drop(l.pop()))).contains(&"ledger.envelopes"));
    let both = after_resealed(|t| {
        lines(t, "openings.jsonl", |l| drop(l.pop()));
        lines(t, "leaves.jsonl", |l| drop(l.pop()));
    });
    assert_eq!(both, ["ledger.closing"]);
}

#[test]
fn an_envelope_that_contradicts_its_leaf_is_noticed() {
    let resealed =
        |from: &str, to: &str| after_resealed(|target| edit(&content(target, "ledger/openings.jsonl"), from, to));
    assert_eq!(resealed("\"actor\":\"person_1\"", "\"actor\":\"person_2\""), ["ledger.envelopes"]);
    assert_eq!(resealed("\"actor\":\"person_1\",", ""), ["ledger.envelopes"]);
    assert_eq!(resealed("\"actor\":\"person_1\"", "\"actor\":null"), ["ledger.envelopes"]);
    assert_eq!(resealed("\"post\":null", "\"post\":\"post_1\""), ["ledger.envelopes"]);
    assert_eq!(resealed("\"kind\":\"case_opened\"", "\"kind\":\"case_closed\""), ["ledger.envelopes"]);
    assert_eq!(resealed("\"kind\":\"case_opened\",", ""), ["ledger.envelopes"]);
    assert_eq!(resealed("2026-03-02T01:30:00Z", "2026-03-01T01:30:00Z"), ["ledger.envelopes"]);
    assert_eq!(resealed("垃圾分类", "垃圾不分类"), ["ledger.bodies"]);
    assert_eq!(resealed("同意", "反对"), ["ledger.bodies"]);
    assert_eq!(resealed(&"09".repeat(32), &"08".repeat(32)), ["ledger.bodies"]);
    assert_eq!(resealed("\"body\":{\"title\":\"垃圾分类\"},", ""), ["ledger.bodies"]);
    assert_eq!(resealed("\"body\":{\"text\":\"同意\"},", ""), ["ledger.bodies"]);
    assert!(resealed("\"count\":2", "\"count\":1").contains(&"ledger.closing"));
}

#[test]
fn manifests_cannot_lead_out_of_the_package() {
    for path in ["../outside.txt", "/etc/hostname", "data/../../outside.txt", "~/x"] {
        let failing = after(|target| {
            fs::write(target.parent().unwrap().join("outside.txt"), b"").unwrap();
            let manifest = target.join("manifest-sha256.txt");
            let empty = dingce_ledger::sha256(b"").to_hex();
            let text = fs::read_to_string(&manifest).unwrap();
            fs::write(&manifest, format!("{empty}  {path}\n{text}")).unwrap();
        });
        assert!(failing.contains(&"bag.payload-sha256"), "{path}");
    }
}

#[cfg(unix)]
#[test]
fn links_and_odd_names_are_refused() {
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::symlink;
    let failing = after(|target| {
        let (file, moved) = (content(target, "其他/filelist.html"), target.parent().unwrap().join("moved.html"));
        fs::rename(&file, &moved).unwrap();
        symlink(&moved, &file).unwrap();
    });
    assert!(failing.contains(&"bag.layout"));
    let failing = after(|target| {
        let (documents, moved) = (content(target, "电子档案"), target.parent().unwrap().join("moved"));
        fs::rename(&documents, &moved).unwrap();
        symlink(&moved, &documents).unwrap();
    });
    assert!(failing.contains(&"bag.layout"));
    // A ring of links ends, too.
    assert_eq!(after(|target| symlink(target, target.join("data/ring")).unwrap()), ["bag.layout"]);
    let odd = std::ffi::OsStr::from_bytes(b"data/\xff\xfe");
    assert_eq!(after(|target| fs::write(target.join(odd), b"").unwrap()), ["bag.layout"]);
}

#[test]
fn what_is_no_package_at_all() {
    let folder = tempfile::tempdir().unwrap();
    let report = verify(&folder.path().join("nowhere"));
    assert!(!report.ok() && report.checks.iter().all(|check| !check.ok) && report.facts.is_none());
    assert!(verify(folder.path()).checks.iter().all(|check| !check.ok));
    fs::write(folder.path().join("file"), b"").unwrap();
    assert!(!verify(&folder.path().join("file")).ok());
}

#[test]
fn a_huge_line_is_not_read_to_its_end() {
    for file in [
        "CONTENT/ledger/openings.jsonl",
        "CONTENT/ledger/leaves.jsonl",
        "CONTENT/ledger/volume.json",
        "manifest-sha256.txt",
        "bag-info.txt",
    ] {
        let file = file.replace("CONTENT", CONTENT);
        // A sparse file of 17 MiB of zeros: one line without end.
        assert!(!after(|target| fs::File::create(target.join(&file)).unwrap().set_len(17 << 20).unwrap()).is_empty());
    }
}

#[test]
fn every_check_says_what_it_shows() {
    let (_folder, target) = package();
    for check in verify(&target).checks {
        assert!(
            check.ok && check.en.ends_with('.') && check.zh.ends_with('。') && !check.detail.is_empty(),
            "{check:?}"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn random_files_never_panic(
        file in prop::sample::select(vec![
            "CONTENT/ledger/openings.jsonl", "CONTENT/ledger/leaves.jsonl", "CONTENT/ledger/volume.json",
            "CONTENT/../METS.xml", "manifest-sha512.txt", "bagit.txt",
        ]),
        bytes in prop::collection::vec(any::<u8>(), 0..300),
    ) {
        prop_assert!(!after(|target| fs::write(target.join(file.replace("CONTENT", CONTENT)), &bytes).unwrap()).is_empty());
    }
}

#[test]
fn the_records_beside_the_case_are_whole_and_their_own() {
    let leaves = |target: &Path| content(target, "ledger/beside-leaves.jsonl");
    let cut = after(|target| {
        let text = fs::read_to_string(leaves(target)).unwrap();
        let kept: Vec<&str> = text.lines().take(3).collect();
        fs::write(leaves(target), format!("{}\n", kept.join("\n"))).unwrap();
        reseal(target);
    });
    assert!(cut.contains(&"ledger.beside"), "{cut:?}");
    let swapped = after_resealed(|target| {
        // Both files tell of the other stream first: each chain is whole, and is not where volume.json says.
        for name in ["ledger/beside-leaves.jsonl", "ledger/beside-openings.jsonl"] {
            let path = content(target, name);
            let text = fs::read_to_string(&path).unwrap();
            let lines: Vec<&str> = text.lines().collect();
            fs::write(&path, format!("{}\n", [&lines[2..], &lines[..2]].concat().join("\n"))).unwrap();
        }
    });
    assert_eq!(swapped, ["ledger.beside"]);
    let untold = after(|target| {
        let path = content(target, "ledger/volume.json");
        let text = fs::read_to_string(&path).unwrap();
        let (from, to) = (text.find("\"beside\":[").unwrap(), text.find("],\"case\"").unwrap());
        fs::write(&path, format!("{}{}", &text[..from], &text[to + 2..])).unwrap();
        reseal(target);
    });
    assert!(untold.contains(&"bag.layout") && untold.contains(&"ledger.documents"), "{untold:?}");
}

#[test]
fn metadata_that_say_something_else_are_noticed() {
    // Whoever keeps the package may seal the bag anew; METS, PREMIS, catalogue and notes still say what the files give.
    let package = |path: &str| CONTENT.replace("representations/rep1/data", path);
    for (file, from, to, id) in [
        (package("METS.xml"), "OBJID=\"case_", "OBJID=\"case-", "package.mets"),
        (package("METS.xml"), "AIP", "SIP", "package.mets"),
        (package("representations/rep1/METS.xml"), "SIZE=\"7\"", "SIZE=\"8\"", "package.mets"),
        (package("metadata/descriptive/dc.xml"), "垃圾", "污水", "package.mets"),
        (package("metadata/preservation/premis.xml"), "SHA-512", "SHA-256", "package.premis"),
        (format!("{CONTENT}/文件目录.XML"), "0007", "0017", "package.catalogue"),
        (format!("{CONTENT}/说明文件.TXT"), "永久", "10年", "package.catalogue"),
        (package("documentation/VERIFY.md"), "BagIt", "Bagit", "package.catalogue"),
    ] {
        let failing = after(|target| {
            edit(&target.join(&file), from, to);
            reseal(target);
        });
        assert!(failing.contains(&id), "{file}: {failing:?}");
        assert!(failing.iter().all(|id| id.starts_with("package.")), "{file}: {failing:?}");
    }
    let gone = after(|target| {
        fs::remove_file(target.join(package("METS.xml"))).unwrap();
        reseal(target);
    });
    assert_eq!(gone, ["bag.layout", "package.mets"]);
}
