//! A redacted package: what is left out is named, the rest verifies, and nothing left out can be found in it.

use crate::common::{CASE, CONTENT, ENGAGEMENT, PROPOSAL, failed, failed_beside_metadata, read_tree, reseal, sample};
use dingce_archive::volume::{Omission, OmissionReason};
use dingce_archive::{BuildError, Redaction, VolumeInput, build, four_checks, verify};
use dingce_ledger::sha256;

fn redacted() -> (VolumeInput, crate::common::Documents) {
    let (mut input, documents) = sample();
    input.redaction = Some(Redaction {
        openings: [
            ((CASE.to_owned(), 1), OmissionReason::Internal),
            ((CASE.to_owned(), 2), OmissionReason::Personal),
            ((PROPOSAL.to_owned(), 1), OmissionReason::Personal),
            ((ENGAGEMENT.to_owned(), 1), OmissionReason::Internal),
            // Nothing that is not here is told of.
            ((CASE.to_owned(), 77), OmissionReason::Internal),
        ]
        .into(),
        documents: [
            (sha256(b"draft text"), OmissionReason::Withheld),
            (sha256(b"letter"), OmissionReason::NotReviewed),
            (sha256(b"of another volume"), OmissionReason::Withheld),
        ]
        .into(),
    });
    (input, documents)
}

#[test]
fn what_is_left_out_is_named_and_the_rest_verifies() {
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("redacted");
    let (input, documents) = redacted();
    let whole =
        build(&VolumeInput { redaction: None, ..input.clone() }, &documents, &folder.path().join("whole")).unwrap();
    let built = build(&input, &documents, &target).unwrap();
    assert!(built.facts.redacted && !whole.facts.redacted);
    assert_eq!((built.facts.last_leaf, built.facts.root), (whole.facts.last_leaf, whole.facts.root));

    let report = verify(&target);
    assert!(report.ok(), "{:?}", failed(&report));
    assert_eq!(report.omitted.len(), 6, "{:?}", report.omitted);
    assert!(
        report.omitted.contains(&Omission::Document { digest: sha256(b"letter"), reason: OmissionReason::NotReviewed })
    );
    let completeness = &four_checks(&report).checks[1];
    assert!(completeness.not_proven.iter().any(|sentence| sentence.en.contains("6 things are left out")));

    let files = read_tree(&target);
    let content = CONTENT.replace("-decision", "-decision-redacted");
    let all: String = files.values().map(|bytes| String::from_utf8_lossy(bytes).into_owned()).collect();
    for gone in ["draft text", "letter", "建议.txt", "同意", "垃圾分类\"", &"09".repeat(32), &"07".repeat(32)] {
        assert!(!all.contains(gone), "{gone} is still there");
    }
    let kept: Vec<_> = files.keys().filter(|path| path.contains("/电子档案/")).collect();
    assert_eq!(kept.len(), 1, "{kept:?}");
    let list = String::from_utf8(files[&format!("{content}/其他/omitted.txt")].clone()).unwrap();
    assert!(list.contains(&format!("{CASE} #2：公众个人所写")) && list.contains("不予公开"), "{list}");
    // A document keeps its number, whatever is left out around it.
    let catalogue = String::from_utf8(files[&format!("{content}/文件目录.XML")].clone()).unwrap();
    assert!(catalogue.contains("<顺序号>1</顺序号>") && !catalogue.contains("<顺序号>2</顺序号>"), "{catalogue}");
    // All leaves are there, byte by byte.
    let leaves = |files: &std::collections::BTreeMap<String, Vec<u8>>, content: &str| {
        ["leaves", "beside-leaves"].map(|name| files[&format!("{content}/ledger/{name}.jsonl")].clone())
    };
    assert_eq!(leaves(&files, &content), leaves(&read_tree(&folder.path().join("whole")), CONTENT));
}

#[test]
fn a_redacted_package_cannot_hide_more_or_less_than_it_says() {
    let folder = tempfile::tempdir().unwrap();
    let (input, documents) = redacted();
    let content = CONTENT.replace("-decision", "-decision-redacted");
    let edited = |n: u32, file: &str, from: &str, to: &str| {
        let target = folder.path().join(n.to_string());
        build(&input, &documents, &target).unwrap();
        let path = target.join(&content).join(file);
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "{from}");
        std::fs::write(&path, text.replacen(from, to, 1)).unwrap();
        reseal(&target);
        failed_beside_metadata(&verify(&target))
    };
    // An opening that is left out has nothing more than its leaf.
    let more = edited(1, "ledger/openings.jsonl", "\"kind\":\"case_opened\"", "\"by\":\"x\",\"kind\":\"case_opened\"");
    assert!(more.contains(&"ledger.envelopes") || more.contains(&"ledger.bodies"), "{more:?}");
    // An opening that is not said to be left out is there.
    let hidden =
        edited(2, "ledger/volume.json", "{\"n\":1,\"reason\":\"internal\",", "{\"n\":3,\"reason\":\"internal\",");
    assert!(hidden.contains(&"ledger.bodies"), "{hidden:?}");
    // A document that is not said to be left out is missed.
    let letter = sha256(b"letter").to_string();
    let other = sha256(b"other").to_string();
    let missed = edited(3, "ledger/volume.json", &letter, &other);
    assert!(missed.contains(&"ledger.documents") || missed.contains(&"volume.description"), "{missed:?}");
}

#[test]
fn the_closing_is_never_left_out() {
    let folder = tempfile::tempdir().unwrap();
    let (mut input, documents) = redacted();
    input.redaction.as_mut().unwrap().openings.insert((CASE.to_owned(), 3), OmissionReason::Internal);
    let error = build(&input, &documents, &folder.path().join("package")).unwrap_err();
    assert!(
        matches!(&error, BuildError::DoesNotVerify { problems } if problems.join(";").contains("ledger.closing")),
        "{error}"
    );
}
