//! What others' code says of a package that the product exports: accepted as it is, refused with every forgery.
//!
//! The judges are the Library of Congress's bagit and eark-validator (through `tests/outside/python/judge.py`); neither shares
//! a line with the archive. Each forgery is one that a keeper of the package could try. eark-validator compares no digests:
//! those in METS and PREMIS are compared by hashlib.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use dingce_app::ports::{Filter, ReadRow as _, RowQuery, Value as Cell};
use dingce_app::read_rows::CommentRow;
use dingce_app::use_cases::{ErasureTarget, Export};
use dingce_archive::Numbering;
use dingce_domain::erasure::ErasurePart;
use dingce_domain::words::Volume;
use dingce_tests::harness::{Backend, Site};
use dingce_tests::log_in_memory::{LogInMemory, accepted};
use dingce_tests::on_both;
use dingce_tests::outside::{Verdict, bagit, eark_validator};
use dingce_tests::packages::{content, information_package};
use serde_json::Value;
use tempfile::TempDir;

use super::erasure::{closed_from_a_proposal, erase};

on_both!(others_accept_what_is_exported, others_accept_what_was_lawfully_erased,);

/// The decision volume of a real case, whole and redacted.
async fn exported(backend: Backend, out: &Path) -> [PathBuf; 2] {
    let site = Site::new(backend).await;
    let node = site.node(1).await;
    let case = node.road_to("publish_decision").await;
    node.app.settle().await.expect("background work is done");
    node.done(case, "check_volume", Value::Null).await;
    node.done(case, "close_volume", Value::Null).await;
    let numbering = Numbering {
        rule: dingce_archive::numbers::DAT22_RULE.to_owned(),
        fonds: "J001".to_owned(),
        category: "WS".to_owned(),
        year: 2026,
        unit: "BGS".to_owned(),
        retention: ["permanent", "years_30", "years_10"].map(|period| (period.to_owned(), "Y".to_owned())).into(),
        first_item: 1,
    };
    let whole = Export { sm3: true, numbering: Some(numbering), ..Export::default() };
    let redacted = Export { redacted: true, ..Export::default() };
    let mut packages = Vec::new();
    for how in [whole, redacted] {
        packages.push(node.app.export_volume_as(case, Volume::Decision, out, &how).await.expect("a package").path);
    }
    packages.try_into().expect("two packages")
}

async fn others_accept_what_is_exported(backend: Backend) {
    let out = TempDir::new().expect("a folder");
    for package in exported(backend, out.path()).await {
        for verdict in [bagit(&package), eark_validator(&information_package(&package))] {
            assert!(verdict.accepted, "{}: {}", package.display(), verdict.said);
        }
    }
}

/// The decision volume of a case in which somebody who commented and whoever proposed it were erased. The Go authors' tlog judges the
/// proofs in it, against the published log.
async fn others_accept_what_was_lawfully_erased(backend: Backend) {
    let site = Site::new(backend).await;
    let outside = Arc::new(LogInMemory::default());
    let node = site.publishing_node(1, outside.publisher()).await;
    let (case, proposal) = closed_from_a_proposal(&node).await;
    let consultation = node.consultation(case).await;
    let query = RowQuery::all(CommentRow::TABLE).with(Filter::Eq("consultation", Cell::Text(consultation.to_string())));
    let commented = node.app.row::<CommentRow>(query).await.expect("read").expect("a comment");
    let commented = commented.comment_id.parse().expect("an id");
    let out = TempDir::new().expect("a folder");
    let export = |name: &str, how: Export| {
        let (to, app) = (out.path().join(name), &node.app);
        async move { app.export_volume_as(case, Volume::Decision, &to, &how).await.expect("a package") }
    };
    let redacted = || Export { redacted: true, ..Export::default() };
    let before = export("before", Export::default()).await;
    // Comments are not in the volume one by one: who wrote them never is.
    erase(&node, &ErasureTarget::Comment(commented), &[ErasurePart::Identity]).await;
    let then = export("then", Export::default()).await;
    assert_eq!(then.package, before.package, "the same bytes");
    erase(&node, &ErasureTarget::Proposal(proposal), &[ErasurePart::Identity, ErasurePart::Text]).await;
    let proven = Export { proofs: true, sm3: true, ..Export::default() };
    let after = [
        export("whole", Export::default()).await.path,
        export("redacted", redacted()).await.path,
        export("proven", proven).await.path,
    ];
    for package in &after {
        for verdict in [bagit(package), eark_validator(&information_package(package))] {
            assert!(verdict.accepted, "{}: {}", package.display(), verdict.said);
        }
        let report = dingce_archive::verify(package);
        assert!(report.ok() && report.erased.len() == 1, "{}: {:?}", package.display(), report.erased);
    }
    // Each leaf's proof, beside the log that was published.
    let log = outside.on_disk();
    fs::create_dir_all(log.path().join("proofs")).expect("a folder");
    let mut proofs = 0;
    for entry in fs::read_dir(content(&after[2]).join("ledger/proofs")).expect("proofs") {
        let path = entry.expect("an entry").path();
        let text = fs::read_to_string(&path).expect("a proof");
        let index = text.lines().find_map(|line| line.strip_prefix("index ")).expect("its place");
        fs::copy(&path, log.path().join("proofs").join(index)).expect("copied");
        proofs += 1;
    }
    assert!(proofs > 20, "{proofs} proofs");
    accepted(log.path(), &[]);

    // What is gone without a record is told by name, whatever else fails where somebody takes it out by hand.
    for (what, of, from, to, told) in [
        ("a sealed body", &before.path, "\"sealed_kept\":true", "\"sealed_kept\":false", "its sealed body is gone"),
        ("an open body", &after[0], "[\"identity\",\"text\"]", "[\"identity\"]", "its open body is gone"),
    ] {
        let package = out.path().join(what);
        copied(of, &package);
        replace(&content(&package).join("ledger/beside-openings.jsonl"), from, to);
        let report = dingce_archive::verify(&package);
        assert!(!report.ok(), "{what}");
        let problems: Vec<_> = report.checks.iter().filter(|c| !c.ok).map(|c| c.detail.as_str()).collect();
        let named = problems.iter().any(|p| p.contains(told) && p.contains("it was lost or destroyed"));
        assert!(named, "{what}: {problems:#?}");
        assert!(!bagit(&package).accepted, "{what}");
    }
}

fn copied(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copied(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).expect("copied");
        }
    }
}

fn replace(path: &Path, from: &str, to: &str) {
    let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    assert!(text.contains(from), "{from} is not in {}", path.display());
    fs::write(path, text.replacen(from, to, 1)).expect("written");
}

fn remove(path: &Path) {
    fs::remove_file(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
}

/// The first document of a package.
fn document(package: &Path) -> PathBuf {
    let mut all: Vec<PathBuf> = fs::read_dir(content(package).join("电子档案"))
        .expect("documents")
        .map(|e| e.expect("an entry").path())
        .collect();
    all.sort();
    all.into_iter().next().expect("a document")
}

type Forgery = (&'static str, fn(&Path));

/// Makes each forgery on a copy of its own, and asks the judge.
fn refuses(whole: &Path, judge: impl Fn(&Path) -> Verdict, forgeries: &[Forgery]) {
    for (what, forge) in forgeries {
        let folder = TempDir::new().expect("a folder");
        let package = folder.path().join("package");
        copied(whole, &package);
        forge(&package);
        let verdict = judge(&package);
        assert!(!verdict.accepted, "{what}: {}", verdict.said);
        assert!(!dingce_archive::verify(&package).ok(), "{what}: our own verifier");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn they_refuse_every_forgery() {
    let out = TempDir::new().expect("a folder");
    let [whole, _] = exported(Backend::Sqlite, out.path()).await;

    refuses(
        &whole,
        bagit,
        &[
            ("a document changed", |p| {
                let mut bytes = fs::read(document(p)).expect("a file");
                bytes[0] ^= 1;
                fs::write(document(p), bytes).expect("written");
            }),
            ("a leaf changed", |p| replace(&content(p).join("ledger/leaves.jsonl"), "\"n\":1", "\"n\":2")),
            ("a document removed", |p| remove(&document(p))),
            ("a file added", |p| fs::write(p.join("data/stray.txt"), "stray").expect("written")),
            ("a tag file changed", |p| replace(&p.join("bag-info.txt"), "Dingce-Format", "Dingce-formaT")),
            ("instructions changed", |p| replace(&p.join("VERIFY.md"), "BagIt", "bagit")),
            ("a tag file removed", |p| remove(&p.join("bag-info.txt"))),
            ("a manifest changed", |p| {
                let text = fs::read_to_string(p.join("manifest-sha256.txt")).expect("a manifest");
                let flipped = if text.starts_with('0') { "1" } else { "0" };
                fs::write(p.join("manifest-sha256.txt"), format!("{flipped}{}", &text[1..])).expect("written");
            }),
            ("a line of a manifest removed", |p| {
                let text = fs::read_to_string(p.join("manifest-sha512.txt")).expect("a manifest");
                let (_, rest) = text.split_once('\n').expect("lines");
                fs::write(p.join("manifest-sha512.txt"), rest).expect("written");
            }),
            ("the declaration removed", |p| remove(&p.join("bagit.txt"))),
        ],
    );

    refuses(
        &whole,
        |package| eark_validator(&information_package(package)),
        &[
            ("METS missing", |p| remove(&information_package(p).join("METS.xml"))),
            ("METS of the representation missing", |p| {
                remove(&information_package(p).join("representations/rep1/METS.xml"));
            }),
            ("PREMIS missing", |p| remove(&information_package(p).join("metadata/preservation/premis.xml"))),
            ("the profile missing", |p| {
                let profile = " PROFILE=\"https://earkcsip.dilcis.eu/profile/E-ARK-CSIP.xml\"";
                replace(&information_package(p).join("METS.xml"), profile, "");
            }),
            ("an attribute that METS does not know", |p| {
                replace(&information_package(p).join("METS.xml"), " PROFILE=", " EXTRA=\"1\" PROFILE=");
            }),
            ("the identifier empty", |p| {
                let objid = information_package(p).file_name().expect("a name").to_string_lossy().into_owned();
                replace(&information_package(p).join("METS.xml"), &format!("OBJID=\"{objid}\""), "OBJID=\"\"");
            }),
            ("a file's media type missing", |p| {
                replace(&information_package(p).join("METS.xml"), " MIMETYPE=\"text/markdown\"", "");
            }),
            ("the software's role missing", |p| {
                replace(&information_package(p).join("METS.xml"), " OTHERTYPE=\"SOFTWARE\"", "");
            }),
            ("the kind of package unknown", |p| {
                replace(&information_package(p).join("METS.xml"), "\"AIP\"", "\"XIP\"")
            }),
            ("the metadata folder gone", |p| {
                fs::remove_dir_all(information_package(p).join("metadata")).expect("removed");
            }),
            ("a document changed", |p| {
                let mut bytes = fs::read(document(p)).expect("a file");
                bytes[0] ^= 1;
                fs::write(document(p), bytes).expect("written");
            }),
            ("a document added", |p| fs::write(document(p).with_file_name("stray"), "stray").expect("written")),
        ],
    );
}
