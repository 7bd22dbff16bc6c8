//! A witness's memory: of each log, the checkpoint that it cosigned last, in a file of its own.
//!
//! The file is the checkpoint itself with the log's lines and the witness's, so it vouches for itself: one that is damaged or that
//! another key cosigned is refused, and nothing is cosigned for that log until it is put right. Judging, remembering and answering
//! are under a lock of the operating system, in this order:
//!
//! | Step | A crash right after it leaves |
//! | --- | --- |
//! | the lock is taken, what is remembered is read, the request is judged and cosigned in memory | nothing |
//! | what is remembered is replaced, durably | a cosignature that nobody has; the same checkpoint is answered again, another of that size never |
//! | the answer is sent | nothing |
//!
//! Losing the folder, or bringing an older one back, makes the witness forget, and it may then cosign a fork: it belongs in no backup.

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use dingce_app::ports::StoreError;
use dingce_ledger::key::{Cosigner, KeyName, NoteVerifier, VerifierKey};
use dingce_ledger::note::{NOTE_MAX_BYTES, SignatureLine};
use dingce_ledger::witness::{AddCheckpoint, Answer, Signed, decide};
use dingce_ledger::{SignedCheckpoint, sha256};

use crate::durable;
use crate::error::Doing;

/// How many requests that show a log to lie are kept for each log; later ones of the same log say nothing new.
const EVIDENCE_MAX: usize = 64;
const JUDGING: &str = "reading what this witness cosigned last";

/// A witness with its memory in a folder: which logs it knows, and its key.
pub struct WitnessFolder {
    folder: PathBuf,
    logs: Vec<VerifierKey>,
    cosigner: Arc<dyn Cosigner + Send + Sync>,
    own: VerifierKey,
}

impl std::fmt::Debug for WitnessFolder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WitnessFolder").field("folder", &self.folder).field("own", &self.own).finish_non_exhaustive()
    }
}

/// What came of a request.
#[derive(Debug)]
pub struct Judged {
    /// What to answer.
    pub answer: Answer,
    /// The checkpoint with the log's lines and the new one, where it was cosigned; remembered already.
    pub cosigned: Option<SignedCheckpoint>,
    /// Where the request was kept, if it shows that the log signed two histories.
    pub evidence: Option<PathBuf>,
}

impl WitnessFolder {
    /// The witness whose memory is in this folder, which is made if there is none. `own` is the public key of `cosigner`; each
    /// key of `logs` is trusted for the origin that is its name.
    ///
    /// # Errors
    /// If the folder cannot be made.
    pub fn open(
        folder: &Path,
        logs: Vec<VerifierKey>,
        cosigner: Arc<dyn Cosigner + Send + Sync>,
        own: VerifierKey,
    ) -> Result<Self, StoreError> {
        std::fs::create_dir_all(folder).doing("making the folder of the witness")?;
        Ok(Self { folder: folder.to_owned(), logs, cosigner, own })
    }

    /// The keys of logs that it cosigns for.
    pub fn logs(&self) -> &[VerifierKey] {
        &self.logs
    }

    /// What it cosigned last of this log; `None` for nothing.
    ///
    /// # Errors
    /// Where the file cannot be read, or is not a checkpoint of this log that this key cosigned.
    pub fn last(&self, origin: &KeyName) -> Result<Option<(SignedCheckpoint, Signed)>, StoreError> {
        let path = self.folder.join(name(origin));
        let file = match File::open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error).doing(JUDGING),
        };
        let mut bytes = Vec::new();
        file.take(NOTE_MAX_BYTES as u64 + 1).read_to_end(&mut bytes).doing(JUDGING)?;
        let damaged = |why: String| {
            let path = path.display();
            StoreError::new(JUDGING, format!("{path} is not the checkpoint that this witness cosigned last: {why}"))
        };
        let signed = SignedCheckpoint::parse(&bytes).map_err(|error| damaged(error.to_string()))?;
        let lines = signed.note().open(&[&self.own]).map_err(|error| damaged(error.to_string()))?;
        let claimed = signed.claimed();
        let time_s = lines.iter().filter_map(|line| line.attested.time_s).max();
        match time_s {
            Some(time_s) if claimed.origin() == origin => {
                let last = Signed { size: claimed.size(), root: *claimed.root(), time_s };
                Ok(Some((signed, last)))
            }
            _ => Err(damaged("it is of another log, or bears no time".to_owned())),
        }
    }

    /// Judges a request to cosign, and remembers what it cosigns before it returns. Blocks.
    ///
    /// # Errors
    /// Where its memory cannot be read or written. Nothing is answered then but that.
    pub fn add_checkpoint(&self, request: &AddCheckpoint, now_s: u64) -> Result<Judged, StoreError> {
        let origin = request.checkpoint.claimed().origin();
        let keys: Vec<&VerifierKey> = self.logs.iter().filter(|key| key.name() == origin).collect();
        let mut judged = Judged { answer: Answer::UnknownLog, cosigned: None, evidence: None };
        if keys.is_empty() {
            // Before any file is made: strangers may name as many logs as they like.
            return Ok(judged);
        }
        let _lock = durable::lock(&self.folder.join(format!("{}.lock", name(origin)))).doing("locking the witness")?;
        let last = self.last(origin)?.map(|(_, last)| last);
        judged.answer = decide(request, &self.logs, last.as_ref(), self.cosigner.as_ref(), now_s);
        match &judged.answer {
            Answer::Cosigned { line, .. } => {
                let of_log = |line: &SignatureLine| keys.iter().any(|key| line.is_of(*key));
                let cosigned = request.checkpoint.clone().keeping(of_log).and_then(|log| log.with(line.clone()));
                let cosigned = cosigned.doing("keeping what was cosigned")?;
                durable::replace(&self.folder, &name(origin), cosigned.to_string().as_bytes())
                    .doing("keeping what was cosigned")?;
                judged.cosigned = Some(cosigned);
            }
            Answer::Inconsistent(_) => judged.evidence = self.kept(request)?,
            Answer::Conflict { size } if *size == request.checkpoint.claimed().size() && *size > 0 => {
                // The log signed this size; another root than the one remembered is another history.
                let other = last.is_some_and(|last| last.root != *request.checkpoint.claimed().root());
                judged.evidence = if other { self.kept(request)? } else { None };
            }
            _ => {}
        }
        Ok(judged)
    }

    /// Keeps a request that may show that the log lies, with what was cosigned before.
    fn kept(&self, request: &AddCheckpoint) -> Result<Option<PathBuf>, StoreError> {
        let doing = "keeping evidence";
        let folder = self.folder.join(format!("{}.evidence", name(request.checkpoint.claimed().origin())));
        std::fs::create_dir_all(&folder).doing(doing)?;
        let text = request.to_string();
        let file = format!("{}.add-checkpoint", sha256(text.as_bytes()).to_hex());
        let path = folder.join(&file);
        if path.exists() {
            return Ok(Some(path));
        }
        if std::fs::read_dir(&folder).doing(doing)?.count() >= EVIDENCE_MAX {
            return Ok(None);
        }
        durable::replace(&folder, &file, text.as_bytes()).doing(doing)?;
        Ok(Some(path))
    }
}

/// The name of a log's file: an origin may hold any letter, and slashes.
fn name(origin: &KeyName) -> String {
    sha256(origin.as_str().as_bytes()).to_hex()
}

#[cfg(test)]
mod tests {
    use dingce_ledger::key::{Ed25519Cosigner, Ed25519Signer, NoteSigner as _};
    use dingce_ledger::{Checkpoint, Digest, merkle};

    use super::*;

    const ORIGIN: &str = "log.example.gov.cn/dingce";

    fn log(seed: u8) -> Ed25519Signer {
        Ed25519Signer::new(KeyName::new(ORIGIN).expect("a name"), &[seed; 32])
    }

    fn witness(folder: &Path) -> WitnessFolder {
        let cosigner = Ed25519Cosigner::new(KeyName::new("archives.example.gov.cn").expect("a name"), &[9; 32]);
        let own = cosigner.verifier().clone();
        WitnessFolder::open(folder, vec![log(1).verifier().clone()], Arc::new(cosigner), own).expect("a folder")
    }

    fn leaves(size: u8, kind: u8) -> Vec<Digest> {
        (0..size).map(|n| Digest::from_bytes([if n < 3 { n } else { n ^ kind }; 32])).collect()
    }

    /// From `old` leaves to these, signed by the log's key with this seed.
    fn request(old: usize, leaves: &[Digest], seed: u8) -> AddCheckpoint {
        let old = old as u64;
        let proof = if old == 0 { Vec::new() } else { merkle::consistency_proof(leaves, old).expect("a proof") };
        let origin = KeyName::new(ORIGIN).expect("a name");
        let checkpoint = Checkpoint::new(origin, leaves.len() as u64, merkle::root(leaves)).expect("a checkpoint");
        let checkpoint = SignedCheckpoint::sign(checkpoint, &[&log(seed)]).expect("signed");
        AddCheckpoint { old, proof, checkpoint }
    }

    fn status(witness: &WitnessFolder, request: &AddCheckpoint, now_s: u64) -> u16 {
        witness.add_checkpoint(request, now_s).expect("judged").answer.status()
    }

    #[test]
    fn it_remembers_before_it_answers_and_never_goes_back() {
        let folder = tempfile::tempdir().expect("a folder");
        let seen = leaves(9, 0);
        let first = witness(folder.path()).add_checkpoint(&request(0, &seen[..5], 1), 100).expect("judged");
        let kept = first.cosigned.expect("cosigned");
        let own = witness(folder.path()).own;
        assert_eq!(kept.note().open(&[&own]).expect("cosigned")[0].attested.time_s, Some(100));
        // The answer was lost: the log learns the size, and is answered for the same checkpoint, later.
        let again = witness(folder.path());
        assert_eq!(
            again.add_checkpoint(&request(0, &seen[..5], 1), 101).expect("judged").answer,
            Answer::Conflict { size: 5 }
        );
        assert_eq!(status(&again, &request(5, &seen[..5], 1), 101), 200);
        // Another tree of that size never, and it is kept as evidence; nor one that does not continue it.
        let fork = again.add_checkpoint(&request(5, &leaves(5, 64), 1), 102).expect("judged");
        assert_eq!(fork.answer, Answer::Conflict { size: 5 });
        let evidence = std::fs::read(fork.evidence.expect("kept")).expect("a file");
        assert_eq!(AddCheckpoint::parse(&evidence), Ok(request(5, &leaves(5, 64), 1)));
        let fork = again.add_checkpoint(&request(5, &leaves(9, 64), 1), 102).expect("judged");
        assert_eq!((fork.answer.status(), fork.evidence.is_some()), (422, true));
        // Not back, not with an earlier time, not for strangers.
        assert_eq!(status(&again, &request(3, &seen[..4], 1), 102), 409);
        assert_eq!(status(&again, &request(5, &seen, 1), 50), 503);
        assert_eq!(status(&again, &request(5, &seen, 2), 102), 403);
        assert_eq!(status(&again, &request(5, &seen, 1), 102), 200);
        let (_, last) = again.last(log(1).name()).expect("read").expect("cosigned");
        assert_eq!((last.size, last.time_s), (9, 102));
        assert_eq!(status(&again, &request(5, &seen[..6], 1), 103), 409);
    }

    #[test]
    fn a_stranger_makes_no_files() {
        let folder = tempfile::tempdir().expect("a folder");
        let witness = witness(folder.path());
        let mut request = request(0, &leaves(2, 0), 1);
        let other = Ed25519Signer::new(KeyName::new("other.example/log").expect("a name"), &[1; 32]);
        let checkpoint = Checkpoint::new(other.name().clone(), 2, merkle::root(&leaves(2, 0))).expect("a checkpoint");
        request.checkpoint = SignedCheckpoint::sign(checkpoint, &[&other]).expect("signed");
        assert_eq!(status(&witness, &request, 1), 404);
        assert_eq!(std::fs::read_dir(folder.path()).expect("a folder").count(), 0);
    }

    #[test]
    fn what_is_damaged_is_not_taken_for_nothing() {
        let folder = tempfile::tempdir().expect("a folder");
        let witness = witness(folder.path());
        assert_eq!(status(&witness, &request(0, &leaves(5, 0), 1), 1), 200);
        let file = folder.path().join(name(log(1).name()));
        let honest = std::fs::read(&file).expect("a file");
        let judged = |witness: &WitnessFolder| witness.add_checkpoint(&request(5, &leaves(9, 0), 1), 2);
        for at in 0..honest.len() {
            let mut damaged = honest.clone();
            damaged[at] ^= 1;
            std::fs::write(&file, damaged).expect("written");
            // What counts is that this witness cosigned this: the log's own line may be damaged without harm.
            assert!(judged(&witness).is_err() || is_of_log(&honest, at), "byte {at}");
            std::fs::write(&file, &honest).expect("written");
        }
        std::fs::write(&file, b"").expect("written");
        assert!(judged(&witness).is_err(), "an empty file is not none");
        assert!(witness.add_checkpoint(&request(0, &leaves(9, 0), 1), 2).is_err(), "an empty file is not none");
    }

    /// Whether this byte is in the signature line of the log, the first.
    fn is_of_log(note: &[u8], at: usize) -> bool {
        let text = note.windows(2).position(|pair| pair == b"\n\n").expect("a note") + 2;
        let end = text + note[text..].iter().position(|b| *b == b'\n').expect("a line");
        (text..end).contains(&at)
    }

    #[test]
    fn of_many_at_once_each_continues_the_one_before() {
        let folder = tempfile::tempdir().expect("a folder");
        let witness = Arc::new(witness(folder.path()));
        let (ours, theirs) = (leaves(40, 0), leaves(40, 64));
        let racing: Vec<_> = (0..8_u8)
            .map(|thread| {
                let (witness, leaves) =
                    (Arc::clone(&witness), if thread % 2 == 0 { ours.clone() } else { theirs.clone() });
                std::thread::spawn(move || {
                    let mut cosigned = Vec::new();
                    let mut old = 0;
                    for size in (4..=40).step_by(4) {
                        for _ in 0..3 {
                            let request = request(old.min(size), &leaves[..size], 1);
                            match witness.add_checkpoint(&request, 7).expect("judged").answer {
                                Answer::Cosigned { next, .. } => {
                                    old = size;
                                    cosigned.push((next.size, next.root));
                                    break;
                                }
                                Answer::Conflict { size } => old = usize::try_from(size).expect("small"),
                                _ => break,
                            }
                        }
                    }
                    cosigned
                })
            })
            .collect();
        let all: Vec<_> = racing.into_iter().flat_map(|thread| thread.join().expect("ended")).collect();
        let of = |leaves: &[Digest]| {
            all.iter()
                .filter(|(size, root)| *root == merkle::root(&leaves[..usize::try_from(*size).expect("small")]))
                .count()
        };
        assert!(
            !all.is_empty() && (of(&ours) == 0 || of(&theirs) == 0),
            "one history: {} and {}",
            of(&ours),
            of(&theirs)
        );
    }
}
