//! A disk that is really full: a small one is mounted where only the test's own process sees it.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use dingce_app::publisher::PublishLogError;
use dingce_app::{AppError, Publisher, RequestKey};
use dingce_domain::consultation::{Channel, Commenter, SubmitComment};
use dingce_ledger::SignedCheckpoint;
use dingce_store::{FileAnchor, ObjectLog};
use dingce_tests::harness::{Backend, Node, Site};
use dingce_tests::log_in_memory::{LogInMemory, accepted, signer};

const DISK: &str = "DINGCE_TEST_SMALL_DISK";

#[test]
fn a_full_disk_stops_publishing_and_nothing_else() {
    on_a_disk("1m", "full_disk::on_a_small_disk");
}

#[test]
fn a_full_disk_of_the_database_is_said_and_nothing_is_half_written() {
    on_a_disk("48m", "full_disk::the_database_on_a_small_disk::sqlite");
    on_a_disk("160m", "full_disk::the_database_on_a_small_disk::postgres");
}

/// Runs a test in a process of its own, in whose view of the file system a folder is a disk of this size.
fn on_a_disk(size: &str, test: &str) {
    let folder = tempfile::tempdir().expect("a folder");
    let program = std::env::current_exe().expect("this program");
    // Mounting needs root, or to be it in a user namespace. There PostgreSQL, which refuses root, runs as another in one more.
    let script = format!(
        "mount -t tmpfs -o size={size} tmpfs \"${DISK}\" && \
         if [ \"$1\" = root ]; then exec \"$0\" --exact {test} --ignored --nocapture; \
         else exec unshare --map-user=1000 \"$0\" --exact {test} --ignored --nocapture; fi"
    );
    let root = Command::new("id").arg("-u").output().is_ok_and(|id| id.stdout == b"0\n");
    let (options, who): (&[&str], _) =
        if root { (&["--mount"], "root") } else { (&["--map-root-user", "--mount"], "another") };
    let child = Command::new("unshare")
        .args(options)
        .args(["sh", "-c", &script])
        .arg(&program)
        .arg(who)
        .env(DISK, folder.path())
        .output()
        .expect("unshare, of the Debian package util-linux, runs");
    let said = format!("{}{}", String::from_utf8_lossy(&child.stdout), String::from_utf8_lossy(&child.stderr));
    assert!(child.status.success(), "{said}\nwithout root it needs user namespaces (kernel.unprivileged_userns_clone)");
    assert!(said.contains("1 passed"), "{said}");
}

fn small_disk() -> PathBuf {
    PathBuf::from(std::env::var_os(DISK).expect("a small disk"))
}

/// Run by [`a_full_disk_of_the_database_is_said_and_nothing_is_half_written`], which mounts the disk.
mod the_database_on_a_small_disk {
    use super::{Backend, small_disk, the_database_is_full};

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    #[ignore = "needs a small disk"]
    async fn sqlite() {
        the_database_is_full(Backend::Sqlite, &small_disk()).await;
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    #[ignore = "needs a small disk"]
    async fn postgres() {
        the_database_is_full(Backend::Postgres, &small_disk()).await;
    }
}

async fn the_database_is_full(backend: Backend, disk: &Path) {
    let site = Site::on_disk(backend, disk).await;
    let outside = Arc::new(LogInMemory::default());
    let node = site.publishing_node(1, outside.publisher()).await;
    let case = node.road_to("open_solicitation").await;
    node.app.settle().await.expect("the consultation opens");
    let consultation = node.consultation(case).await;
    let opened = node.events(consultation).await.len();
    let ballast = fill(disk);

    let submit = |n: usize| {
        let given = SubmitComment {
            channel: Channel::Web,
            clause: String::new(),
            text: format!("{n}{}", "水价过高。".repeat(1900)),
            suggests_hearing: false,
        };
        let sender = Commenter { name: "某某".to_owned(), contact: "某路".to_owned() };
        let key = RequestKey::new("form", "submitComment", &n.to_string(), &(&given, &sender)).expect("a key");
        node.app.submit_comment(Some(key), consultation, given, sender)
    };
    // What room the database holds already is used up: refused three times, an act finds none any more. SQLite may find some again
    // after a refusal, where its write-ahead log could be emptied.
    let (mut taken, mut refused) = (0, Vec::new());
    while refused.len() < 3 {
        match submit(taken).await {
            Ok(_) => {
                taken += 1;
                refused.clear();
            }
            Err(error) => refused.push(error),
        }
        assert!(taken < 5000, "the disk is not full");
    }
    for error in refused {
        let AppError::Unavailable(why) = &error else { panic!("{error:?}") };
        let why = format!("{why:?}");
        assert!(why.contains("full") || why.contains("No space left"), "the operator's log says why: {why}");
    }
    // What was confirmed is there, nothing else is, and it is read.
    assert_eq!(node.events(consultation).await.len(), opened + taken);
    node.agrees("with a full disk").await;
    assert_eq!(node.case(case).await.file.id, case);
    let other = site.publishing_node(2, outside.publisher()).await;
    assert_eq!(other.events(consultation).await.len(), opened + taken);

    std::fs::remove_file(ballast).expect("room is made");
    let done = submit(taken).await.expect("the same act is taken");
    assert_eq!(submit(taken).await.expect("the first answer"), done, "once");
    assert_eq!(node.events(consultation).await.len(), opened + taken + 1);
    node.app.settle().await.expect("settled");
    node.agrees("after room was made").await;
    assert_eq!(node.app.audit_log().await.expect("read").difference, None);
    accepted(outside.on_disk().path(), &[]);
    other.clock.move_to(node.app.today(), 12);
    other.app.check_log().await.expect("it agrees");
    other.road_to("add_draft_version").await;
}

#[tokio::test]
#[ignore = "run by a_full_disk_stops_publishing_and_nothing_else, which mounts the disk"]
async fn on_a_small_disk() {
    let disk = small_disk();
    let roomy = tempfile::tempdir().expect("a folder");
    for (log, anchor) in
        [(disk.join("log"), roomy.path().join("anchor")), (roomy.path().join("log"), disk.join("anchor"))]
    {
        let site = Site::new(Backend::Sqlite).await;
        let node = node(&site, 1, &log, &anchor).await;
        node.road_to("add_draft_version").await;
        node.app.settle().await.expect("settled");
        let size = published(&log);
        let ballast = fill(&disk);

        // Acts go on; what was published stays and holds; what is new is not published.
        let case = node.road_to("add_draft_version").await;
        node.app.sequence_log().await.expect("placed");
        let error = node.app.publish_log().await.expect_err("the disk is full");
        assert!(matches!(error, PublishLogError::Unavailable(_)), "{error:?}");
        assert_eq!(published(&log), size);
        accepted(&log, &[]);
        let events = node.events(case).await;
        let receipt = node.app.log_receipt(events[0].event.event).await.expect("a receipt");
        assert!(receipt.proof.is_none(), "a receipt waits");

        // Room is made: it goes on where it broke off, in this process and after a restart.
        std::fs::remove_file(ballast).expect("room is made");
        node.app.publish_log().await.expect("published");
        assert!(published(&log) > size);
        accepted(&log, &[]);
        let again = self::node(&site, 2, &log, &anchor).await;
        again.clock.move_to(node.app.today(), 12);
        again.app.check_log().await.expect("it agrees");
        assert_eq!(again.app.audit_log().await.expect("read").difference, None);
        for folder in [&log, &anchor] {
            std::fs::remove_dir_all(folder).expect("removed");
        }
    }
}

async fn node(site: &Site, seed: u64, log: &Path, anchor: &Path) -> Node {
    let files = ObjectLog::folder(log).expect("a folder of the log");
    let anchor = FileAnchor::folder(anchor).expect("an anchor");
    let publisher = Publisher::new(signer().verifier().clone(), Arc::new(signer()), Arc::new(files), Arc::new(anchor));
    site.publishing_node(seed, publisher).await
}

/// Fills the disk to its last byte.
fn fill(disk: &Path) -> PathBuf {
    let path = disk.join("ballast");
    let mut file = std::fs::File::create(&path).expect("a file");
    while file.write_all(&[0; 4096]).is_ok() {}
    while file.write_all(&[0]).is_ok() {}
    path
}

fn published(log: &Path) -> u64 {
    let bytes = std::fs::read(log.join("checkpoint")).expect("a checkpoint");
    SignedCheckpoint::parse(&bytes).expect("a checkpoint").claimed().size()
}
