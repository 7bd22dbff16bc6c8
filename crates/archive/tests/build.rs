//! Building: what a package holds, that it is repeatable, and what is refused.

use std::fs;

use crate::common::{CONTENT, Documents, failed, read_tree, sample};
use dingce_archive::build::LOCK_FILE;
use dingce_archive::{BuildError, DocumentEntry, VolumeInput, build, verify};
use dingce_ledger::{leaf_hash, sha256};

#[test]
fn a_sample_volume_verifies() {
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("package");
    let (input, documents) = sample();
    let built = build(&input, &documents, &target).unwrap();
    let report = verify(&target);
    assert!(report.ok(), "{report:#?}");
    assert_eq!(report.facts.as_ref(), Some(&built.facts));
    assert_eq!(report.package, Some(built.package));
    assert_eq!(built.facts.last_leaf, leaf_hash(&input.events[2].leaf));
    assert_eq!((built.facts.count, built.facts.root), (2, input.volume_root));
    assert_eq!(built.path, target);

    let files = read_tree(&target);
    let names: Vec<&str> = files.keys().map(String::as_str).collect();
    let content = |path: &str| format!("{CONTENT}/{path}");
    let package = |path: &str| CONTENT.replace("representations/rep1/data", path);
    let mut expected = vec![
        "VERIFY.md".to_owned(),
        "bag-info.txt".to_owned(),
        "bagit.txt".to_owned(),
        package("METS.xml"),
        package("documentation/VERIFY.md"),
        package("metadata/descriptive/dc.xml"),
        package("metadata/preservation/premis.xml"),
        package("representations/rep1/METS.xml"),
        content("ledger/beside-leaves.jsonl"),
        content("ledger/beside-openings.jsonl"),
        content("ledger/definition.yaml"),
        content("ledger/leaves.jsonl"),
        content("ledger/openings.jsonl"),
        content("ledger/volume.json"),
        content("其他/filelist.html"),
        content("文件目录.XML"),
        content(&format!("电子档案/{}-document", sha256(b"draft text").to_hex())),
        content(&format!("电子档案/{}-_意见_100_.txt", sha256(&[0xff; 7]).to_hex())),
        content(&format!("电子档案/{}-建议.txt", sha256(b"letter").to_hex())),
        content("说明文件.TXT"),
        package("schemas/catalogue.xsd"),
        "manifest-sha256.txt".to_owned(),
        "manifest-sha512.txt".to_owned(),
        "manifest-sm3.txt".to_owned(),
        "tagmanifest-sha256.txt".to_owned(),
        "tagmanifest-sha512.txt".to_owned(),
        "tagmanifest-sm3.txt".to_owned(),
    ];
    expected.sort();
    assert_eq!(names, expected);
    let info = String::from_utf8(files["bag-info.txt"].clone()).unwrap();
    assert!(info.starts_with("Bagging-Date: 2026-11-20\n"), "{info}");
    assert!(info.contains(&format!("Payload-Oxum: {}.{}\n", built.payload_bytes, built.payload_files)), "{info}");
    let leaves: Vec<u8> = input.events.iter().flat_map(|event| [event.leaf.as_slice(), b"\n"].concat()).collect();
    assert_eq!(files[&content("ledger/leaves.jsonl")], leaves);
    let text = |path: String| String::from_utf8(files[&path].clone()).unwrap();
    let catalogue = text(content("文件目录.XML"));
    for told in [
        "<顺序号>2</顺序号>",
        "<档号>J001-WS·2026-Y-BGS-0008</档号>",
        "<责任者>区水务局</责任者>",
        "<题名>../意见 100%.txt</题名>",
        "<公开属性>不予公开</公开属性>",
        "<保管期限>永久</保管期限>",
    ] {
        assert!(catalogue.contains(told), "{told}: {catalogue}");
    }
    let notes = text(content("说明文件.TXT"));
    assert!(notes.contains("档号：J001-WS·2026-Y-BGS-0007 至 J001-WS·2026-Y-BGS-0009\n文件件数：3\n"), "{notes}");
    let mets = text(package("representations/rep1/METS.xml"));
    assert!(mets.contains(&format!("CHECKSUM=\"{}\"", sha256(b"letter").to_hex())), "{mets}");
    let premis = text(package("metadata/preservation/premis.xml"));
    assert!(premis.contains("<messageDigestAlgorithm>SM3</messageDigestAlgorithm>"), "{premis}");
    assert!(premis.contains("<originalName>建议.txt</originalName>"), "{premis}");
}

#[test]
fn sm3_is_an_option() {
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("package");
    let (input, documents) = sample();
    build(&VolumeInput { sm3: false, ..input }, &documents, &target).unwrap();
    assert!(verify(&target).ok());
    assert!(!read_tree(&target).keys().any(|path| path.contains("sm3")));
    // Whether it has them, the description says: neither can be added nor taken away.
    fs::write(target.join("manifest-sm3.txt"), b"").unwrap();
    assert!(failed(&verify(&target)).contains(&"bag.layout"));
}

#[test]
fn a_rule_that_gives_no_number_is_told() {
    let wrong = |change: fn(&mut dingce_archive::Numbering)| match refused(|input, _| {
        change(input.numbering.as_mut().unwrap())
    }) {
        BuildError::Input { problems } => problems.join("; "),
        other => panic!("{other}"),
    };
    assert!(wrong(|numbering| numbering.rule = "{fonds".to_owned()).contains("{fonds"));
    assert!(wrong(|numbering| numbering.retention.clear()).contains("permanent"));
    // The last document is the one that does not fit any more.
    assert!(wrong(|numbering| numbering.first_item = 9998).contains("10000"));
}

#[test]
fn the_same_volume_gives_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let (input, documents) = sample();
    let (one, two) = (folder.path().join("one"), folder.path().join("two"));
    let first = build(&input, &documents, &one).unwrap();
    let second = build(&input, &documents, &two).unwrap();
    assert_eq!(read_tree(&one), read_tree(&two));
    assert_eq!(first.package, second.package);
    // Building it once more finds it done.
    assert_eq!(build(&input, &documents, &one).unwrap(), first);
    let mut left: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    left.sort();
    assert_eq!(left, [LOCK_FILE, "one", "two"]);
}

#[test]
fn leftovers_of_a_crash_are_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let (input, documents) = sample();
    let partial = folder.path().join(".package.partial");
    fs::create_dir_all(partial.join("data/other")).unwrap();
    fs::write(partial.join("data/volume.json"), b"half").unwrap();
    build(&input, &documents, &folder.path().join("package")).unwrap();
    assert!(!partial.exists());
    fs::write(&partial, b"a file").unwrap();
    build(&input, &documents, &folder.path().join("package")).unwrap();
    assert!(!partial.exists());
}

#[test]
fn another_package_is_never_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("package");
    let (input, documents) = sample();
    build(&input, &documents, &target).unwrap();
    let before = read_tree(&target);
    let other = VolumeInput { title: "another".to_owned(), ..input.clone() };
    assert!(matches!(build(&other, &documents, &target), Err(BuildError::Exists { .. })));
    assert_eq!(read_tree(&target), before);
    // Neither is a damaged one, nor an empty folder, nor a file.
    fs::write(target.join(CONTENT).join("其他/filelist.html"), b"<q>").unwrap();
    assert!(matches!(build(&input, &documents, &target), Err(BuildError::Exists { .. })));
    let (empty, file) = (folder.path().join("empty"), folder.path().join("file"));
    fs::create_dir(&empty).unwrap();
    fs::write(&file, b"").unwrap();
    for taken in [empty, file] {
        assert!(matches!(build(&input, &documents, &taken), Err(BuildError::Exists { .. })));
    }
    assert!(matches!(build(&input, &documents, &folder.path().join("no/where")), Err(BuildError::Target { .. })));
}

/// The error of building a changed sample, after which nothing may be left.
fn refused(change: impl FnOnce(&mut VolumeInput, &mut Documents)) -> BuildError {
    let folder = tempfile::tempdir().unwrap();
    let (mut input, mut documents) = sample();
    change(&mut input, &mut documents);
    let error = build(&input, &documents, &folder.path().join("package")).unwrap_err();
    let left: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(left.iter().all(|name| name == LOCK_FILE), "{left:?}");
    error
}

#[test]
fn a_document_with_other_bytes_is_named() {
    let draft = sha256(b"draft text");
    for bytes in [&b"draft tex"[..], b"draft texT", b"draft text and more"] {
        let error = refused(|_, documents| {
            documents.0.insert(draft, bytes.to_vec());
        });
        assert!(matches!(&error, BuildError::DocumentDiffers { digest, .. } if *digest == draft), "{error}");
        assert!(error.to_string().contains(&draft.to_string()));
    }
    let error = refused(|_, documents| {
        documents.0.remove(&draft);
    });
    assert!(matches!(&error, BuildError::Document { digest, .. } if *digest == draft), "{error}");
    // Two rows of one document cannot claim two sizes.
    let error = refused(|input, _| {
        let twice = DocumentEntry { size_bytes: 3, ..input.documents[1].clone() };
        input.documents.push(twice);
    });
    assert!(matches!(error, BuildError::DoesNotVerify { .. }), "{error}");
}

#[test]
fn contradictions_of_the_input_are_told() {
    let input_error = |change: fn(&mut VolumeInput)| match refused(|input, _| change(input)) {
        BuildError::Input { problems } => problems.join("; "),
        other => panic!("{other}"),
    };
    assert!(input_error(|input| input.closed_on = "2026-02-30".to_owned()).contains("closing date"));
    assert!(input_error(|input| input.title = "\n".to_owned()).contains("title"));
    assert!(input_error(|input| input.case = String::new()).contains("case"));
    assert!(input_error(|input| input.volume = "决策卷".to_owned()).contains("volume"));
    assert!(input_error(|input| input.readable.clear()).contains("filelist.html"));
    assert!(input_error(|input| input.readable.push(input.readable[0].clone())).contains("each once"));
    for name in ["../x.html", "a/b", "omitted.txt"] {
        let error = refused(|input, _| input.readable.push((name.to_owned(), Vec::new())));
        assert!(matches!(error, BuildError::Input { .. }), "{name}: {error}");
    }
    assert!(input_error(|input| input.events.clear()).contains("closing event"));
    assert!(input_error(|input| input.events[1].event_json.as_mut().unwrap().push(b' ')).contains("event 2"));
    assert!(input_error(|input| input.events[0].event_json = Some(b"[]".to_vec())).contains("event 1"));
}

#[test]
fn a_history_that_does_not_hold_together_is_not_packed() {
    let not_verified = |change: fn(&mut VolumeInput)| match refused(|input, _| change(input)) {
        BuildError::DoesNotVerify { problems } => problems.join("; "),
        other => panic!("{other}"),
    };
    assert!(not_verified(|input| input.count = 3).contains("ledger.closing"));
    assert!(not_verified(|input| input.volume_root = sha256(b"")).contains("ledger.closing"));
    assert!(not_verified(|input| input.definition.push(b' ')).contains("ledger.definition"));
    assert!(not_verified(|input| input.documents.truncate(1)).contains("ledger.documents"));
    assert!(not_verified(|input| drop(input.events.remove(1))).contains("ledger.chain"));
    assert!(not_verified(|input| input.events.truncate(2)).contains("ledger.closing"));
    assert!(not_verified(|input| input.events[0].leaf.push(b'\n')).contains("ledger."));
    assert!(not_verified(|input| input.events[0].n = 2).contains("ledger.envelopes"));
    assert!(not_verified(|input| input.events[1].body_key = None).contains("ledger.bodies"));
    assert!(not_verified(|input| input.events[0].sealed_present = true).contains("ledger.bodies"));
    assert!(not_verified(|input| input.case = "case_other".to_owned()).contains("ledger.envelopes"));
    let kept_shorter = not_verified(|input| {
        input.retention = Some("years_30".to_owned());
        input.numbering = None;
    });
    assert!(kept_shorter.contains("ledger.closing"), "{kept_shorter}");
}

#[test]
fn names_may_be_hostile_and_repeat() {
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("package");
    let (mut input, documents) = sample();
    input.documents[0].name = format!("/../{}\r\n%0A\u{202e}\0.pdf", "很长".repeat(300));
    let name = input.documents[0].name.clone();
    input.documents[1].name = name;
    // The same document under two names is one file.
    input.documents.push(DocumentEntry { name: "second name".to_owned(), ..input.documents[0].clone() });
    build(&input, &documents, &target).unwrap();
    let report = verify(&target);
    assert!(report.ok(), "{:?}", failed(&report));
    let stored = read_tree(&target).into_keys().filter(|path| path.contains("/电子档案/")).count();
    assert_eq!(stored, 3);
}

/// A volume without documents whose one comment lost its bodies: `said` is what an event after it says was erased.
fn without_bodies(said: &[serde_json::Value]) -> Result<dingce_archive::VerifyReport, BuildError> {
    let folder = tempfile::tempdir().unwrap();
    let mut writer = crate::common::Writer::default();
    let entry = writer.add("comment_received", Vec::new(), &serde_json::json!({"text": "x"}), Some([1; 32]));
    let mut event: serde_json::Value = serde_json::from_slice(entry.event_json.as_ref().unwrap()).unwrap();
    event.as_object_mut().unwrap().remove("body");
    entry.event_json = Some(dingce_ledger::jcs::to_canonical(&event).unwrap());
    entry.body_key = None;
    entry.sealed_present = false;
    for given in said {
        let body = serde_json::json!({"kind": dingce_archive::ERASURE_KIND, "given": given});
        writer.add(dingce_archive::ERASURE_KIND, Vec::new(), &body, None);
    }
    let (count, volume_root) = writer.close();
    let (events, beside, documents) = (writer.events, Vec::new(), Vec::new());
    let input = VolumeInput { events, beside, documents, count, volume_root, ..sample().0 };
    let target = folder.path().join("package");
    build(&input, &Documents::default(), &target)?;
    Ok(verify(&target))
}

#[test]
fn what_is_gone_was_lawfully_erased_or_is_reported() {
    let said =
        |parts: &[&str]| serde_json::json!({"n": 1, "parts": parts, "article": "PIPL-47-1-3", "subject": "cmt_1"});
    let report = without_bodies(&[said(&["identity"]), said(&["text"])]).unwrap();
    assert!(report.ok(), "{:?}", failed(&report));
    let bodies = report.checks.iter().find(|check| check.id.as_str() == "ledger.bodies").unwrap();
    assert_eq!(bodies.detail, "3 open bodies, 1 left out or erased, 1 sealed bodies erased");
    let [told] = &report.erased[..] else { panic!("{:?}", report.erased) };
    assert_eq!((told.n, told.identity, told.text), (1, true, true));
    assert_eq!((told.at.as_str(), told.article.as_str()), ("2026-03-02T01:30:00Z", "PIPL-47-1-3"));

    let problems = |said: &[serde_json::Value]| match without_bodies(said) {
        Err(BuildError::DoesNotVerify { problems }) => problems.join("; "),
        other => panic!("{other:?}"),
    };
    let destroyed = problems(&[]);
    assert!(destroyed.contains("event 1: its sealed body is gone"), "{destroyed}");
    assert!(destroyed.contains("event 1: its open body is gone"), "{destroyed}");
    let one = problems(&[said(&["identity"])]);
    assert!(one.contains("its open body is gone") && !one.contains("its sealed body is gone"), "{one}");
    assert!(problems(&[said(&["text"])]).contains("its sealed body is gone"));
    // What is said of another event, of a later one, or in another form excuses nothing.
    let of = |n: u64| serde_json::json!({"n": n, "parts": ["identity", "text"], "article": "PIPL-47-1-3"});
    assert!(problems(&[of(2)]).contains("it erases the later event 2"));
    assert!(problems(&[of(1), of(2)]).contains("nothing was sealed in it"));
    assert!(problems(&[serde_json::json!({"n": 1})]).contains("cannot be read"));
}

#[test]
fn what_is_said_to_be_erased_is_gone() {
    let folder = tempfile::tempdir().unwrap();
    let mut writer = crate::common::Writer::default();
    writer.add("comment_received", Vec::new(), &serde_json::json!({"text": "x"}), Some([1; 32]));
    let given = serde_json::json!({"n": 1, "parts": ["identity"], "article": "PIPL-47-1-3"});
    let body = serde_json::json!({"kind": dingce_archive::ERASURE_KIND, "given": given});
    writer.add(dingce_archive::ERASURE_KIND, Vec::new(), &body, None);
    let (count, volume_root) = writer.close();
    let (events, beside, documents) = (writer.events, Vec::new(), Vec::new());
    let input = VolumeInput { events, beside, documents, count, volume_root, ..sample().0 };
    let refused = build(&input, &Documents::default(), &folder.path().join("package")).unwrap_err();
    let BuildError::DoesNotVerify { problems } = refused else { panic!("{refused}") };
    assert!(problems.join("; ").contains("its sealed body is still kept"), "{problems:?}");
}

#[test]
fn what_is_filed_in_another_volume_is_here_as_a_leaf_only() {
    let (mut input, documents) = crate::common::sample_of_second_volume();
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("case-execution");
    build(&input, &documents, &target).unwrap();
    let report = verify(&target);
    assert!(report.ok(), "{:#?}", failed(&report));
    let files = read_tree(&target);
    let content = CONTENT.replace("-decision", "-execution");
    let lines = |name: &str| files[&format!("{content}/ledger/{name}")].iter().filter(|b| **b == b'\n').count();
    assert_eq!((lines("leaves.jsonl"), lines("openings.jsonl")), (4, 2));
    assert!(!files.keys().any(|path| path.contains("/电子档案/")), "documents of another volume stay there");
    // Neither more nor less than what the closing event counted.
    let withheld = input.events[2].event_json.take();
    assert!(build(&input, &documents, &folder.path().join("less")).is_err());
    input.events[2].event_json = withheld;
    let last = input.events[3].event_json.take();
    assert!(build(&input, &documents, &folder.path().join("ends-elsewhere")).is_err());
    input.events[3].event_json = last;
    assert!(build(&input, &documents, &folder.path().join("whole")).is_ok());
}
