//! The log with witnesses: no quorum, no publication. Witnesses here are real ones, each with its memory in a folder; they are reached, lose
//! their answers, or are away. What is published at any time is what Go's own code accepts with the witnesses' keys.

use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use dingce_app::Cosigning;
use dingce_app::ports::{EventStore, StoreError, Witness, WitnessAnswer};
use dingce_app::use_cases::{CosignaturesAdded, CosignaturesError};
use dingce_ledger::Policy;
use dingce_ledger::key::{Ed25519Cosigner, KeyName, VerifierKey};
use dingce_ledger::policy::PolicyError;
use dingce_ledger::witness::{AddCheckpoint, Answer};
use dingce_store::WitnessFolder;
use dingce_tests::harness::{Backend, Node, Site};
use dingce_tests::log_in_memory::{self, LogInMemory, signer};
use dingce_tests::on_both;
use tempfile::TempDir;

on_both!(
    what_witnesses_cosigned_is_published_and_others_accept_it,
    no_quorum_no_publication_and_acts_go_on,
    an_answer_that_is_lost_is_given_again,
    every_step_fails_and_nothing_uncosigned_is_published,
    cosignatures_come_by_file,
    another_history_gets_no_cosignature,
);

const NAMES: [&str; 2] = ["archives", "discipline"];

const UP: u8 = 0;
const AWAY: u8 = 1;
const LOSES: u8 = 2;

/// A witness, and how it is reached.
struct Real {
    key: VerifierKey,
    witness: WitnessFolder,
    reached: AtomicU8,
    knocks: AtomicU64,
    asked: AtomicU64,
    statuses: Mutex<Vec<u16>>,
    _folder: TempDir,
}

impl Real {
    fn new(number: u8) -> Arc<Self> {
        let folder = tempfile::tempdir().expect("a folder");
        let name = format!("{}.example.gov.cn", NAMES[usize::from(number)]);
        let cosigner = Ed25519Cosigner::new(KeyName::new(&name).expect("a name"), &[20 + number; 32]);
        let key = cosigner.verifier().clone();
        let logs = vec![signer().verifier().clone()];
        let witness = WitnessFolder::open(folder.path(), logs, Arc::new(cosigner), key.clone()).expect("a folder");
        Arc::new(Self {
            key,
            witness,
            reached: AtomicU8::new(UP),
            knocks: AtomicU64::new(0),
            asked: AtomicU64::new(0),
            statuses: Mutex::default(),
            _folder: folder,
        })
    }

    fn is(&self, reached: u8) {
        self.reached.store(reached, Ordering::SeqCst);
    }

    fn judge(&self, request: &AddCheckpoint) -> dingce_store::witness::Judged {
        let now_s = 1_795_000_000 + self.asked.fetch_add(1, Ordering::SeqCst);
        let judged = self.witness.add_checkpoint(request, now_s).expect("its folder is there");
        self.statuses.lock().unwrap().push(judged.answer.status());
        judged
    }
}

#[async_trait]
impl Witness for Real {
    fn key(&self) -> &VerifierKey {
        &self.key
    }

    async fn add_checkpoint(&self, request: &AddCheckpoint) -> Result<WitnessAnswer, StoreError> {
        // As it goes over the wire.
        let request = AddCheckpoint::parse(request.to_string().as_bytes()).expect("its own form");
        let reached = self.reached.load(Ordering::SeqCst);
        self.knocks.fetch_add(1, Ordering::SeqCst);
        if reached == AWAY {
            return Err(StoreError::new("asking a witness", "it does not answer"));
        }
        let answer = self.judge(&request).answer;
        if reached == LOSES && answer.status() == 200 {
            return Err(StoreError::new("asking a witness", "the answer was lost"));
        }
        Ok(match answer {
            Answer::Cosigned { .. } => WitnessAnswer::Lines(answer.body().into_bytes()),
            Answer::Conflict { size } => WitnessAnswer::Size(size),
            other => WitnessAnswer::Refused(other.status()),
        })
    }
}

/// Both witnesses of the policy must have cosigned, or `k` of them.
fn policy(witnesses: &[Arc<Real>], k: usize) -> Policy {
    let mut text = format!("log {}\n", signer().verifier());
    for (name, witness) in NAMES.iter().zip(witnesses) {
        text.push_str(&format!("witness {name} {}\n", witness.key));
    }
    let names: Vec<&str> = NAMES.iter().copied().take(witnesses.len()).collect();
    text.push_str(&format!("group all {k} {}\nquorum all\n", names.join(" ")));
    text.parse().expect("a policy")
}

/// A node whose log these witnesses cosign; `asked` of them can be reached over the network.
async fn node(
    site: &Site,
    seed: u64,
    outside: &Arc<LogInMemory>,
    witnesses: &[Arc<Real>],
    k: usize,
    asked: usize,
) -> Node {
    let publisher = outside.publisher().with_cosigning(Cosigning {
        policy: policy(witnesses, k),
        witnesses: witnesses.iter().take(asked).map(|witness| Arc::clone(witness) as Arc<dyn Witness>).collect(),
        alarm: Duration::ZERO,
    });
    site.publishing_node(seed, publisher).await
}

/// What Go's own code says of the folder, with the keys of log and witnesses.
fn accepted(outside: &LogInMemory, witnesses: &[Arc<Real>]) {
    let keys: Vec<String> = witnesses.iter().map(|witness| witness.key.to_string()).collect();
    log_in_memory::accepted(outside.on_disk().path(), &keys);
}

async fn what_witnesses_cosigned_is_published_and_others_accept_it(backend: Backend) {
    let site = Site::new(backend).await;
    let (outside, witnesses) = (Arc::new(LogInMemory::default()), [Real::new(0), Real::new(1)]);
    let node = node(&site, 1, &outside, &witnesses, 2, 2).await;
    node.app.check_log().await.expect("nothing was signed yet");
    let mut sizes = Vec::new();
    for _ in 0..3 {
        node.road_to("conclude_legality_review").await;
        node.app.settle().await.expect("settled");
        sizes.push(outside.published_size());
        policy(&witnesses, 2).verify(&outside.checkpoint().expect("published")).expect("both cosigned");
        accepted(&outside, &witnesses);
    }
    assert!(sizes.is_sorted_by(|a, b| a < b), "{sizes:?}");
    assert!(!node.app.log_late());
    assert_eq!(node.app.audit_log().await.expect("audited").difference, None);
    // The log knows from the first on what each cosigned; another node is told, once.
    let others = || -> Vec<u16> {
        let statuses = witnesses[0].statuses.lock().unwrap();
        statuses.iter().copied().filter(|status| *status != 200).collect()
    };
    assert!(others().is_empty(), "{:?}", others());
    let other = self::node(&site, 2, &outside, &witnesses, 2, 2).await;
    other.road_to("conclude_legality_review").await;
    other.app.settle().await.expect("settled");
    assert_eq!(others(), [409]);
    accepted(&outside, &witnesses);
}

async fn no_quorum_no_publication_and_acts_go_on(backend: Backend) {
    let site = Site::new(backend).await;
    let (outside, witnesses) = (Arc::new(LogInMemory::default()), [Real::new(0), Real::new(1)]);
    let node = node(&site, 1, &outside, &witnesses, 2, 2).await;
    node.app.settle().await.expect("settled");
    let before = outside.checkpoint().expect("published");
    witnesses[1].is(AWAY);
    let case = node.road_to("conclude_legality_review").await;
    node.app.settle().await.expect("acts go on");
    assert_eq!(outside.checkpoint(), Some(before.clone()), "what is published stays");
    assert!(outside.anchored_size() > outside.published_size());
    assert!(node.app.log_late() && node.app.log_blocked().is_none());
    let missing = node.app.cosign_log().await.expect("asked").expect("one is away");
    assert_eq!(missing, PolicyError::Quorum { quorum: "all".to_owned(), cosigned: vec!["archives".to_owned()] });
    // Receipts rest on what is published.
    let events = node.events(case).await;
    let last = node.app.log_receipt(events[events.len() - 1].event.event).await.expect("a receipt");
    assert_eq!(last.proof, None);
    assert_eq!(node.app.audit_log().await.expect("audited").difference, None, "an older checkpoint is no difference");
    accepted(&outside, &witnesses);
    // The node ends; another asks again, and publishes the newest.
    let after = self::node(&site, 2, &outside, &witnesses, 2, 2).await;
    after.app.check_log().await.expect("it agrees");
    after.app.cosign_log().await.expect("asked").expect("one is away");
    witnesses[1].is(UP);
    assert_eq!(after.app.cosign_log().await.expect("asked"), None);
    assert_eq!(outside.published_size(), outside.anchored_size());
    assert!(!after.app.log_late());
    accepted(&outside, &witnesses);
    // With one of two as quorum, nobody waits for the one who is away.
    let one = self::node(&site, 3, &outside, &witnesses, 1, 2).await;
    witnesses[1].is(AWAY);
    let before = witnesses[1].knocks.load(Ordering::SeqCst);
    one.road_to("conclude_legality_review").await;
    one.app.settle().await.expect("settled");
    assert_eq!(outside.published_size(), outside.anchored_size());
    assert_eq!(witnesses[1].knocks.load(Ordering::SeqCst), before + 1, "who is away is not asked at every checkpoint");
    accepted(&outside, &witnesses[..1]);
}

async fn an_answer_that_is_lost_is_given_again(backend: Backend) {
    let site = Site::new(backend).await;
    let (outside, witnesses) = (Arc::new(LogInMemory::default()), [Real::new(0)]);
    let node = node(&site, 1, &outside, &witnesses, 1, 1).await;
    witnesses[0].is(LOSES);
    node.app.settle().await.expect("settled");
    assert_eq!(outside.checkpoint(), None, "the witness cosigned, and nobody knows");
    let anchored = outside.anchored_size();
    // The same checkpoint is answered again, for the log learns where the witness stands.
    witnesses[0].is(UP);
    assert_eq!(node.app.cosign_log().await.expect("asked"), None);
    assert_eq!(outside.published_size(), anchored);
    assert_eq!(*witnesses[0].statuses.lock().unwrap(), [200, 409, 200]);
    accepted(&outside, &witnesses);
}

async fn every_step_fails_and_nothing_uncosigned_is_published(backend: Backend) {
    let site = Site::new(backend).await;
    let (first, witnesses) = (Arc::new(LogInMemory::default()), [Real::new(0)]);
    let before = node(&site, 1, &first, &witnesses, 1, 1).await;
    before.app.settle().await.expect("settled");
    let old = first.published_size();
    before.road_to("conclude_legality_review").await;
    before.app.sequence_log().await.expect("placed");
    let mut steps = 0;
    for lands in [false, true] {
        for step in 1.. {
            let outside = Arc::new(first.copy().failing(step, lands));
            let publishing = node(&site, 3, &outside, &witnesses, 1, 1).await;
            let answer = publishing.app.publish_log().await;
            accepted(&outside, &witnesses);
            let ended = answer.is_ok();
            if ended {
                steps += step - 1;
            } else {
                let after = if step % 2 == 0 { publishing } else { node(&site, 4, &outside, &witnesses, 1, 1).await };
                after.app.check_log().await.expect("it agrees");
                after.app.publish_log().await.expect("published");
            }
            let size = before.store.log_size().await.expect("the log");
            assert_eq!((outside.published_size(), outside.anchored_size()), (size, size));
            assert!(size > old);
            accepted(&outside, &witnesses);
            if ended {
                break;
            }
        }
    }
    assert!(steps >= 8, "{steps} steps failed");
}

async fn cosignatures_come_by_file(backend: Backend) {
    let site = Site::new(backend).await;
    let (outside, witnesses) = (Arc::new(LogInMemory::default()), [Real::new(0), Real::new(1)]);
    // The second is in a network of its own.
    let node = node(&site, 1, &outside, &witnesses, 2, 1).await;
    node.app.settle().await.expect("settled");
    assert_eq!(outside.checkpoint(), None);
    let request = node.app.cosignature_request(0).await.expect("a request");
    // Meanwhile the log goes on, and the first witness with it.
    node.road_to("conclude_legality_review").await;
    node.app.settle().await.expect("settled");
    assert!(outside.anchored_size() > request.checkpoint.claimed().size());
    let cosigned = witnesses[1].judge(&request).cosigned.expect("cosigned").to_string();
    // Every byte counts.
    for at in 0..cosigned.len() {
        let mut forged = cosigned.clone().into_bytes();
        forged[at] ^= 1;
        assert!(node.app.add_cosignatures(&forged).await.is_err(), "byte {at}");
    }
    let size = request.checkpoint.claimed().size();
    let added = node.app.add_cosignatures(cosigned.as_bytes()).await.expect("taken");
    assert_eq!(added, CosignaturesAdded::Published { size });
    assert_eq!(outside.published_size(), size);
    accepted(&outside, &witnesses);
    assert_eq!(node.app.audit_log().await.expect("audited").difference, None);
    // The next from there; one that nobody of the policy cosigned is refused.
    let request = node.app.cosignature_request(size).await.expect("a request");
    let uncosigned = request.checkpoint.to_string();
    let refused = node.app.add_cosignatures(uncosigned.as_bytes()).await;
    assert!(matches!(refused, Err(CosignaturesError::Uncosigned)), "{refused:?}");
    let cosigned = witnesses[1].judge(&request).cosigned.expect("cosigned").to_string();
    let size = request.checkpoint.claimed().size();
    assert_eq!(
        node.app.add_cosignatures(cosigned.as_bytes()).await.expect("taken"),
        CosignaturesAdded::Published { size }
    );
    accepted(&outside, &witnesses);
    // Where both come by file, the first is kept and the second completes it; what is older is kept and not published.
    let apart = self::node(&site, 2, &outside, &witnesses, 2, 0).await;
    apart.road_to("conclude_legality_review").await;
    apart.app.settle().await.expect("settled");
    let request = apart.app.cosignature_request(size).await.expect("a request");
    let [one, two] =
        [0, 1].map(|number: usize| witnesses[number].judge(&request).cosigned.expect("cosigned").to_string());
    let waits = apart.app.add_cosignatures(one.as_bytes()).await.expect("taken");
    assert!(matches!(waits, CosignaturesAdded::Waiting { .. }), "{waits:?}");
    let published = apart.app.add_cosignatures(two.as_bytes()).await.expect("taken");
    assert!(matches!(published, CosignaturesAdded::Published { .. }), "{published:?}");
    accepted(&outside, &witnesses);
    let older = apart.app.add_cosignatures(cosigned.as_bytes()).await.expect("taken");
    assert_eq!(older, CosignaturesAdded::Older { size });
    accepted(&outside, &witnesses);
    let beyond = apart.app.cosignature_request(1 << 40).await;
    assert!(matches!(beyond, Err(CosignaturesError::Size { .. })), "{beyond:?}");
}

async fn another_history_gets_no_cosignature(backend: Backend) {
    let (one, other) = (Site::new(backend).await, Site::new(backend).await);
    let (outside, witnesses) = (Arc::new(LogInMemory::default()), [Real::new(0)]);
    let honest = node(&one, 1, &outside, &witnesses, 1, 1).await;
    honest.road_to("conclude_legality_review").await;
    honest.app.settle().await.expect("settled");
    let kept = outside.checkpoint().expect("published");
    // Who has the log's key and everything of the operator's begins another history, greater than the first.
    let forged = Arc::new(LogInMemory::default());
    let liar = node(&other, 2, &forged, &witnesses, 1, 1).await;
    for _ in 0..2 {
        liar.road_to("conclude_legality_review").await;
    }
    liar.app.settle().await.expect("settled");
    assert!(forged.anchored_size() > kept.claimed().size());
    assert_eq!(forged.checkpoint(), None, "the witness saw another history");
    assert_eq!(witnesses[0].statuses.lock().unwrap().last(), Some(&422));
    assert!(liar.app.log_late());
    // A checkpoint of the other history, cosigned by a witness that knew nothing of the first, is not taken by file.
    let fresh = [Real::new(0)];
    let request = liar.app.cosignature_request(0).await.expect("a request");
    let cosigned = fresh[0].judge(&request).cosigned.expect("cosigned").to_string();
    let refused = honest.app.add_cosignatures(cosigned.as_bytes()).await;
    assert!(matches!(refused, Err(CosignaturesError::Ahead { .. })), "{refused:?}");
    honest.road_to("conclude_legality_review").await;
    honest.road_to("conclude_legality_review").await;
    honest.app.settle().await.expect("settled");
    let refused = honest.app.add_cosignatures(cosigned.as_bytes()).await;
    assert!(matches!(refused, Err(CosignaturesError::History { .. })), "{refused:?}");
    accepted(&outside, &witnesses);
}
