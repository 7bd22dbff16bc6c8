//! What a witness answers, and that it never goes back.

use dingce_ledger::key::{Cosigner, Ed25519Signer, KeyId, KeyName, SignError, VerifierKey};
use dingce_ledger::merkle::{MerkleError, consistency_proof, root};
use dingce_ledger::note::{NoteError, SignatureLine};
use dingce_ledger::witness::{AddCheckpoint, Answer, RequestError, Signed, decide, read_answer};
use dingce_ledger::{Checkpoint, Digest, SignedCheckpoint, leaf_hash, sha256};
use proptest::prelude::*;

use crate::sample::{ORIGIN, TIME, checkpoint, leaves, log_key, name, policy, sm2_key, witness};

fn request(old: usize, new: usize) -> AddCheckpoint {
    let proof = if old == 0 { Vec::new() } else { consistency_proof(&leaves(new), old as u64).unwrap() };
    AddCheckpoint { old: old as u64, proof, checkpoint: checkpoint(new, &[]) }
}

fn last(size: usize) -> Signed {
    Signed { size: size as u64, root: root(&leaves(size)), time_s: TIME }
}

fn logs() -> Vec<VerifierKey> {
    vec![log_key().verifier().clone()]
}

fn answer(request: &AddCheckpoint, last: Option<&Signed>, now_s: u64) -> Answer {
    decide(request, &logs(), last, &witness(0), now_s)
}

#[test]
fn a_consistent_checkpoint_is_cosigned() {
    for (old, new) in [(0, 0), (0, 7), (7, 7), (7, 8), (8, 20), (1, 20)] {
        let request = request(old, new);
        assert_eq!(AddCheckpoint::parse(request.to_string().as_bytes()).unwrap(), request);
        let kept = last(old);
        let kept = (old > 0).then_some(&kept);
        let answer = answer(&request, kept, TIME + 9);
        let Answer::Cosigned { next, .. } = &answer else { panic!("{answer:?}") };
        assert_eq!(*next, Signed { time_s: TIME + 9, ..last(new) });
        assert_eq!(answer.status(), 200);
        // The log reads it back, and its policy counts it.
        let keys = [witness(0).verifier().clone(), witness(1).verifier().clone()];
        let lines = read_answer(answer.body().as_bytes(), &request.checkpoint, &keys).unwrap();
        let signed = checkpoint(new, &[1]).with(lines[0].clone()).unwrap();
        assert_eq!(policy().verify(&signed).unwrap().cosigned()[0].time_s, TIME + 9);
    }
    // A last checkpoint of size 0 is as good as none.
    let empty = Signed { size: 0, root: sha256(b""), time_s: TIME };
    assert_eq!(answer(&request(0, 7), Some(&empty), TIME).status(), 200);
}

#[test]
fn each_refusal() {
    let good = request(7, 20);
    let status = |request: &AddCheckpoint| answer(request, Some(&last(7)), TIME).status();
    assert_eq!(status(&good), 200);

    assert_eq!(decide(&good, &[], Some(&last(7)), &witness(0), TIME), Answer::UnknownLog);
    let other = Ed25519Signer::new(name("other"), &[9; 32]);
    let unknown = decide(&good, &[other.verifier().clone()], Some(&last(7)), &witness(0), TIME);
    assert_eq!((unknown.status(), unknown.body().as_str()), (404, ""));

    let usurper = Ed25519Signer::new(name(ORIGIN), &[9; 32]);
    let text = good.checkpoint.claimed().clone();
    let usurped = AddCheckpoint { checkpoint: SignedCheckpoint::sign(text, &[&usurper]).unwrap(), ..good.clone() };
    assert_eq!(answer(&usurped, Some(&last(7)), TIME), Answer::Untrusted(NoteError::Unsigned));
    let bad = SignatureLine { name: name(ORIGIN), id: logs_id(), signature: vec![0; 64] };
    let spoilt = AddCheckpoint { checkpoint: good.checkpoint.clone().with(bad).unwrap(), ..good.clone() };
    assert_eq!(status(&spoilt), 403);

    let backwards = AddCheckpoint { old: 21, ..good.clone() };
    assert_eq!(answer(&backwards, Some(&last(7)), TIME), Answer::Backwards { old: 21, size: 20 });

    for (old, kept) in [(7, 6), (7, 8), (7, 0), (7, 20), (7, 30), (0, 7)] {
        let kept_signed = last(kept);
        let conflict = answer(&request(old, 20), (kept > 0).then_some(&kept_signed), TIME);
        assert_eq!(conflict, Answer::Conflict { size: kept as u64 });
        assert_eq!((conflict.status(), conflict.body()), (409, format!("{kept}\n")));
    }
    let forked = Signed { root: sha256(b"another history"), ..last(20) };
    assert_eq!(answer(&request(20, 20), Some(&forked), TIME), Answer::Conflict { size: 20 });

    for proof in [vec![], good.proof[1..].to_vec(), [good.proof.clone(), vec![sha256(b"")]].concat()] {
        assert_eq!(status(&AddCheckpoint { proof, ..good.clone() }), 422);
    }
    let rewritten = Signed { root: sha256(b"another history"), ..last(7) };
    let inconsistent = answer(&good, Some(&rewritten), TIME);
    assert!(matches!(inconsistent, Answer::Inconsistent(MerkleError::Root { .. })), "{inconsistent:?}");
    assert_eq!((inconsistent.status(), inconsistent.body().as_str()), (422, ""));
    let superfluous = AddCheckpoint { proof: vec![sha256(b"")], ..request(0, 20) };
    assert_eq!(answer(&superfluous, None, TIME).status(), 422);
    let superfluous = AddCheckpoint { proof: vec![sha256(b"")], ..request(20, 20) };
    assert_eq!(answer(&superfluous, Some(&last(20)), TIME).status(), 422);

    assert_eq!(
        answer(&good, Some(&last(7)), TIME - 1),
        Answer::ClockBehind { last_s: TIME, now_s: TIME - 1 },
        "time never decreases"
    );
    assert_eq!(answer(&request(0, 20), None, 0).status(), 503, "a clock that shows nothing");
}

fn logs_id() -> KeyId {
    let text = checkpoint(1, &[]).claimed().to_string();
    crate::sample::line(&text, &log_key()).id
}

#[test]
fn any_key_of_the_log_will_do() {
    let keys = [sm2_key().verifier().clone()];
    assert_eq!(decide(&request(7, 20), &keys, Some(&last(7)), &witness(0), TIME).status(), 200);
}

struct Silent(KeyName);

impl Cosigner for Silent {
    fn name(&self) -> &KeyName {
        &self.0
    }

    fn id(&self) -> KeyId {
        KeyId([0; 4])
    }

    fn cosign(&self, _: &str, _: u64) -> Result<Vec<u8>, SignError> {
        Err(SignError { name: self.0.clone(), reason: "the device is locked".to_owned() })
    }
}

#[test]
fn a_silent_key_is_said() {
    let answer = decide(&request(7, 20), &logs(), Some(&last(7)), &Silent(name("hsm")), TIME);
    assert!(matches!(&answer, Answer::KeySilent(error) if error.to_string().contains("the device is locked")));
    assert_eq!(answer.status(), 503);
}

#[test]
fn answers_are_read_with_care() {
    let request = request(7, 20);
    let keys = [witness(0).verifier().clone()];
    let body = answer(&request, Some(&last(7)), TIME).body();
    let read = |body: &str| read_answer(body.as_bytes(), &request.checkpoint, &keys);
    assert_eq!(read(&body).unwrap().len(), 1);
    // Lines of others are left out, and nothing else is taken.
    assert_eq!(read(&format!("\u{2014} somebody AAAAAAA=\n{body}")).unwrap().len(), 1);
    assert_eq!(read("\u{2014} somebody AAAAAAA=\n"), Err(NoteError::Unsigned));
    assert_eq!(read(""), Err(NoteError::Form));
    assert_eq!(read(body.trim_end()), Err(NoteError::Form));
    assert!(matches!(read(&format!("\n{body}")), Err(NoteError::Line { .. })));
    assert!(read_answer(b"\xff\n", &request.checkpoint, &keys).is_err());
    let other = read_answer(body.as_bytes(), &checkpoint(19, &[]), &keys);
    assert!(matches!(other, Err(NoteError::Bad { .. })), "a cosignature over another checkpoint: {other:?}");
}

#[test]
fn requests_have_one_form() {
    let good = request(7, 20).to_string();
    let refused = |text: String| assert!(AddCheckpoint::parse(text.as_bytes()).is_err(), "{text}");
    assert!(good.starts_with("old 7\n"), "{good}");
    for wrong in ["old 07", "old +7", "old  7", "old 7 ", "Old 7", "old", "old ", "7", "old 9223372036854775808"] {
        let text = good.replacen("old 7", wrong, 1);
        assert!(matches!(AddCheckpoint::parse(text.as_bytes()), Err(RequestError::Old { .. })), "{wrong}");
    }
    refused(String::new());
    refused("\n\n".to_owned());
    refused(good.replacen("\n\n", "\n", 1));
    refused(good.replace('\n', "\r\n"));
    refused(format!("{good}\n"));
    refused(good.trim_end().to_owned());
    let line = good.lines().nth(1).unwrap();
    refused(good.replacen(line, &[line; 64].join("\n"), 1));
    refused(good.replacen(line, &line.to_lowercase().replace('=', ""), 1));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    /// However requests of an honest and a forked log come, and whatever the clock says: what is cosigned is one history
    /// that only grows, and its times do not decrease.
    #[test]
    fn a_witness_never_goes_back(steps in prop::collection::vec((0_usize..14, 0_usize..14, any::<bool>(), 0_u64..40, any::<bool>()), 1..40)) {
        let history = |forked: bool, size: usize| -> Vec<Digest> {
            (0..size).map(|i| leaf_hash(&[u8::from(forked && i >= 4), i as u8])).collect()
        };
        let mut kept: Option<Signed> = None;
        let mut line_of: Option<Vec<Digest>> = None;
        for (old, new, forked, tick, follow) in steps {
            let old = if follow { kept.map_or(0, |kept| kept.size as usize) } else { old };
            let tree = history(forked, new.max(old));
            let proof = if old == 0 { vec![] } else { consistency_proof(&tree, old as u64).unwrap() };
            let checkpoint = Checkpoint::new(name(ORIGIN), tree.len() as u64, root(&tree)).unwrap();
            let checkpoint = SignedCheckpoint::sign(checkpoint, &[&log_key()]).unwrap();
            let request = AddCheckpoint { old: old as u64, proof, checkpoint };
            if let Answer::Cosigned { next, .. } = answer(&request, kept.as_ref(), TIME + tick) {
                if let (Some(kept), Some(before)) = (kept, &line_of) {
                    prop_assert!(next.size >= kept.size && next.time_s >= kept.time_s);
                    prop_assert_eq!(&tree[..before.len()], before.as_slice(), "one history");
                }
                prop_assert_eq!(next.root, root(&tree));
                (kept, line_of) = (Some(next), Some(tree));
            }
        }
    }
}
