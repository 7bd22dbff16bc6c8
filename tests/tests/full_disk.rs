//! A disk that is really full: a small one is mounted where only the test's own process sees it.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use dingce_app::Publisher;
use dingce_app::publisher::PublishLogError;
use dingce_ledger::SignedCheckpoint;
use dingce_store::{FileAnchor, ObjectLog};
use dingce_tests::harness::{Backend, Node, Site};
use dingce_tests::log_in_memory::{accepted, signer};

const DISK: &str = "DINGCE_TEST_SMALL_DISK";

/// Runs `on_a_small_disk` in a process of its own, in whose view of the file system a folder is a disk of one megabyte.
#[test]
fn a_full_disk_stops_publishing_and_nothing_else() {
    let folder = tempfile::tempdir().expect("a folder");
    let program = std::env::current_exe().expect("this program");
    let script = format!(
        "mount -t tmpfs -o size=1m tmpfs \"${DISK}\" && exec \"$0\" --exact full_disk::on_a_small_disk --ignored --nocapture"
    );
    let child = Command::new("unshare")
        .args(["--map-root-user", "--mount", "sh", "-c", &script])
        .arg(&program)
        .env(DISK, folder.path())
        .output()
        .expect("unshare, of the Debian package util-linux, runs");
    let said = format!("{}{}", String::from_utf8_lossy(&child.stdout), String::from_utf8_lossy(&child.stderr));
    assert!(child.status.success(), "{said}\nwithout root it needs user namespaces (kernel.unprivileged_userns_clone)");
    assert!(said.contains("1 passed"), "{said}");
}

#[tokio::test]
#[ignore = "run by a_full_disk_stops_publishing_and_nothing_else, which mounts the disk"]
async fn on_a_small_disk() {
    let disk = PathBuf::from(std::env::var_os(DISK).expect("a small disk"));
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
