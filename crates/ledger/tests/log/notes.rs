//! Notes, keys and checkpoints, against the published sample and against `signed_note`.

use dingce_ledger::checkpoint::CheckpointError;
use dingce_ledger::key::{
    BadSignature, Cosigner, Ed25519Signer, KeyError, KeyId, KeyKind, KeyName, NoteSigner, NoteVerifier, Sm2Signer,
    VerifierKey, cosigned_message,
};
use dingce_ledger::note::{NOTE_MAX_BYTES, Note, NoteError, SIGNATURES_MAX, SignatureLine};
use dingce_ledger::{Checkpoint, SignedCheckpoint, sha256};
use proptest::prelude::*;
use signed_note::{Signer as _, StandardSigner, StandardVerifier, VerifierList};

use crate::sample::{ORIGIN, TIME, checkpoint, line, log_key, name, sm2_key, witness};

// The sample of the Go authors' `note` package.
const VKEY: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
const SKEY: &str = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
const NOTE: &str = "If you think cryptography is the answer to your problem,\n\
    then you don't know what your problem is.\n\n\
    \u{2014} PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";

fn key(text: &str) -> VerifierKey {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}

#[test]
fn the_published_sample() {
    let note = Note::parse(NOTE.as_bytes()).unwrap();
    assert_eq!(note.to_string(), NOTE);
    let signed = note.open(&[&key(VKEY)]).unwrap();
    assert_eq!((signed.len(), signed[0].name.as_str(), signed[0].attested.time_s), (1, "PeterNeumann", None));
    // The same seed signs the same bytes.
    let signer = peter();
    assert_eq!(signer.verifier(), &key(VKEY));
    assert_eq!(Note::sign(note.text(), &[&signer]).unwrap(), note);
}

/// Our signer with the sample's secret key: the type byte and 32 bytes of seed at the end of it.
fn peter() -> Ed25519Signer {
    use base64::Engine as _;
    let key = SKEY.splitn(5, '+').last().unwrap();
    let bytes = base64::engine::general_purpose::STANDARD.decode(key).unwrap();
    Ed25519Signer::new(name("PeterNeumann"), bytes[1..].try_into().unwrap())
}

#[test]
fn verifier_keys_have_one_form() {
    for right in [
        VKEY.to_owned(),
        log_key().verifier().to_string(),
        sm2_key().verifier().to_string(),
        witness(0).verifier().to_string(),
    ] {
        assert_eq!(key(&right).to_string(), right);
        for at in 0..right.len() {
            let mut changed = right.clone().into_bytes();
            changed[at] ^= 1;
            let text = String::from_utf8_lossy(&changed);
            assert!(text.parse::<VerifierKey>().is_err(), "{text}");
            assert!(right[..at].parse::<VerifierKey>().is_err());
        }
        assert!(right.to_uppercase().parse::<VerifierKey>().is_err());
        assert!(format!("{right}\n").parse::<VerifierKey>().is_err());
        assert!(format!(" {right}").parse::<VerifierKey>().is_err());
    }
    assert_eq!(sm2_key().verifier().kind(), KeyKind::Sm2);
    assert_eq!(sm2_key().verifier().public_key().len(), 65);
    assert_eq!(witness(0).verifier().kind(), KeyKind::CosignatureV1);
}

#[test]
fn keys_under_which_anybody_signs_are_refused() {
    let kinds = [KeyKind::Ed25519, KeyKind::CosignatureV1];
    let mut identity = [0; 32];
    identity[0] = 1;
    // y = 0 is of order 4; p + 1 writes the identity a second time; the sign of x = 0 a third.
    let mut beyond = [0xff; 32];
    (beyond[0], beyond[31]) = (0xee, 0x7f);
    let mut negative = identity;
    negative[31] = 0x80;
    for weak in [[0; 32], identity, beyond, negative, [0xff; 32]] {
        for kind in kinds {
            assert_eq!(VerifierKey::new(name("a"), kind, &weak).unwrap_err(), KeyError::Point { kind });
        }
    }
    let good = log_key().verifier().public_key();
    assert!(VerifierKey::new(name("a"), KeyKind::Ed25519, &good[..31]).is_err());

    let point = sm2_key().verifier().public_key();
    let refused = |bytes: &[u8]| VerifierKey::new(name("a"), KeyKind::Sm2, bytes).is_err();
    assert!(!refused(&point));
    let mut compressed = point[..33].to_vec();
    compressed[0] = 0x02 + (point[64] & 1);
    for wrong in [&[][..], &[0], &point[..64], &compressed, &[&point[..], &[0]].concat(), &[4; 65]] {
        assert!(refused(wrong), "{wrong:?}");
    }
}

#[test]
fn names() {
    for right in ["a", "example.com/log", "定策.示例", &"x".repeat(255)] {
        assert_eq!(KeyName::new(right).unwrap().as_str(), right);
    }
    for wrong in ["", "a b", "a+b", "a\nb", "a\tb", "a\u{a0}b", "定\u{3000}策", "a\u{2028}", "\0", &"x".repeat(256)] {
        assert!(matches!(KeyName::new(wrong), Err(KeyError::Name { .. })), "{wrong:?}");
    }
}

#[test]
fn secret_numbers_of_sm2_have_bounds() {
    let order_less = |last: u8| {
        let mut bytes: [u8; 32] = hex::decode("fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123")
            .unwrap()
            .try_into()
            .unwrap();
        bytes[31] -= last;
        Sm2Signer::new(name("a"), &bytes).map(|_| ())
    };
    assert_eq!(order_less(2), Ok(()));
    assert_eq!(order_less(1), Err(KeyError::Secret));
    assert_eq!(order_less(0), Err(KeyError::Secret));
    assert_eq!(Sm2Signer::new(name("a"), &[0; 32]).map(|_| ()), Err(KeyError::Secret));
    let mut one = [0; 32];
    one[31] = 1;
    let signer = Sm2Signer::new(name("a"), &one).unwrap();
    let signature = signer.sign("text\n").unwrap();
    assert!(signer.verifier().verify("text\n", &signature).is_ok());
    assert!(!format!("{signer:?}").contains("secret"));
}

#[test]
fn every_kind_of_signature_is_bound_to_key_and_text() {
    let text = "a text\n";
    let ours = witness(1);
    let cases: [(VerifierKey, Vec<u8>); 3] = [
        (log_key().verifier().clone(), log_key().sign(text).unwrap()),
        (sm2_key().verifier().clone(), sm2_key().sign(text).unwrap()),
        (ours.verifier().clone(), ours.cosign(text, TIME).unwrap()),
    ];
    for (key, signature) in &cases {
        assert!(key.verify(text, signature).is_ok());
        assert_eq!(key.verify("a texT\n", signature), Err(BadSignature));
        for at in 0..signature.len() {
            for bit in 0..8 {
                let mut changed = signature.clone();
                changed[at] ^= 1 << bit;
                assert_eq!(key.verify(text, &changed), Err(BadSignature), "{:?} {at}", key.kind());
            }
            assert_eq!(key.verify(text, &signature[..at]), Err(BadSignature));
        }
        assert_eq!(key.verify(text, &[&signature[..], &[0]].concat()), Err(BadSignature));
        for (other, _) in cases.iter().filter(|(other, _)| other != key) {
            assert_eq!(other.verify(text, signature), Err(BadSignature));
        }
    }
    assert_eq!(cases[2].0.verify(text, &cases[2].1).unwrap().time_s, Some(TIME));
    assert_eq!(cosigned_message(text, TIME), format!("cosignature/v1\ntime {TIME}\na text\n"));
    for wrong in [0, 1 << 63, u64::MAX] {
        assert!(ours.cosign(text, wrong).is_err(), "{wrong}");
        // Nor is such a time believed where the key did sign it.
        let plain = Ed25519Signer::new(name("a"), &[11; 32]);
        let forged = [&wrong.to_be_bytes()[..], &plain.sign(&cosigned_message(text, wrong)).unwrap()].concat();
        assert_eq!(ours.verifier().verify(text, &forged), Err(BadSignature));
    }
}

#[test]
fn unknown_lines_are_ignored_and_bad_ones_are_not() {
    let text = "text\n";
    let (ours, other) = (log_key(), Ed25519Signer::new(name("other"), &[7; 32]));
    let note = Note::sign(text, &[&other, &ours]).unwrap();
    assert_eq!(note.open(&[ours.verifier()]).unwrap().len(), 1);
    assert_eq!(note.open(&[ours.verifier(), other.verifier()]).unwrap().len(), 2);
    assert_eq!(note.open(&[]), Err(NoteError::Unsigned));
    assert_eq!(note.open(&[witness(0).verifier()]), Err(NoteError::Unsigned));
    let ambiguous = NoteError::Ambiguous { name: name(ORIGIN), id: ours.id() };
    assert_eq!(note.open(&[ours.verifier(), ours.verifier()]), Err(ambiguous));

    // A line under our name with another id, and one under another name with our id, are unknown.
    let mut twin = line(text, &ours);
    twin.id = KeyId([0; 4]);
    let mut namesake = line(text, &ours);
    namesake.name = name("somebody");
    let note = note.with(twin).unwrap().with(namesake).unwrap();
    assert_eq!(note.open(&[ours.verifier()]).unwrap().len(), 1);
    // One under our name and id that is not ours spoils the note, though a good one is there too.
    let bad = SignatureLine { name: name(ORIGIN), id: ours.id(), signature: vec![1; 64] };
    let spoilt = note.clone().with(bad).unwrap();
    assert_eq!(spoilt.open(&[ours.verifier()]), Err(NoteError::Bad { name: name(ORIGIN), id: ours.id() }));
    // A line that is there already is not repeated.
    assert_eq!(note.clone().with(line(text, &ours)).unwrap(), note);
}

#[test]
fn notes_have_one_form() {
    let good = format!("text\n\n{}\n", line("text\n", &log_key()));
    assert!(Note::parse(good.as_bytes()).is_ok());
    let empty_lines = format!("\n\na\n\n\n\n{}\n", line("\n\na\n\n\n", &log_key()));
    let note = Note::parse(empty_lines.as_bytes()).unwrap();
    assert_eq!((note.text(), note.open(&[log_key().verifier()]).unwrap().len()), ("\n\na\n\n\n", 1));

    for (wrong, error) in [
        (String::new(), NoteError::Form),
        ("text\n".to_owned(), NoteError::Form),
        ("text\n\n".to_owned(), NoteError::Form),
        (good.trim_end().to_owned(), NoteError::Form),
        (good.replacen("\n\n", "\n", 1), NoteError::Form),
        (good.replace('\n', "\r\n"), NoteError::Characters { at: 4 }),
        (good.replace("text", "te\0t"), NoteError::Characters { at: 2 }),
        (good.replace("text", "te\tt"), NoteError::Characters { at: 2 }),
    ] {
        assert_eq!(Note::parse(wrong.as_bytes()), Err(error), "{wrong:?}");
    }
    assert_eq!(Note::parse(b"te\xff\n"), Err(NoteError::Characters { at: 2 }));
    let line_of = |line: &str| Note::parse(format!("text\n\n{line}\n").as_bytes());
    for wrong in [
        "- a AAAAAAA=",
        "\u{2014}a AAAAAAA=",
        "\u{2014}  a AAAAAAA=",
        "\u{2014} a",
        "\u{2014} a ",
        "\u{2014} a AAAAAAA= ",
        "\u{2014} a  AAAAAAA=",
        "\u{2014} a AAAAAA==",
        "\u{2014} a AAAAAAB=",
        "\u{2014} a AAAAAAA",
        "\u{2014} a AAAA_AA=",
        " \u{2014} a AAAAAAA=",
        "\u{2014} a AAAAAAA=\nx",
    ] {
        assert!(matches!(line_of(wrong), Err(NoteError::Line { .. } | NoteError::Name(_))), "{wrong:?}");
    }
    assert!(matches!(line_of("\u{2014} a+b AAAAAAA="), Err(NoteError::Name(_))));
    assert!(matches!(line_of("\u{2014} a\u{a0}b AAAAAAA="), Err(NoteError::Name(_))));
    assert!(line_of("\u{2014} a AAAAAAA=").is_ok());

    assert_eq!(Note::sign("text", &[&log_key()]), Err(NoteError::Form));
    assert_eq!(Note::sign("", &[&log_key()]), Err(NoteError::Form));
    assert_eq!(Note::sign("text\n", &[]), Err(NoteError::Form));
    assert_eq!(Note::sign("te\rxt\n", &[&log_key()]), Err(NoteError::Characters { at: 2 }));
}

#[test]
fn notes_have_bounds() {
    let many = |count: usize| {
        let lines: String = (0..count).map(|i| format!("\u{2014} witness{i} AAAAAAA=\n")).collect();
        Note::parse(format!("text\n\n{lines}").as_bytes())
    };
    assert_eq!(many(SIGNATURES_MAX).map(|note| note.lines().len()), Ok(100));
    assert_eq!(many(SIGNATURES_MAX + 1), Err(NoteError::Signatures { found: 101 }));
    let full = many(SIGNATURES_MAX).unwrap();
    assert_eq!(full.with(line("text\n", &log_key())), Err(NoteError::Signatures { found: 101 }));
    let long = format!("{}\n", "x".repeat(NOTE_MAX_BYTES));
    assert!(matches!(Note::sign(&long, &[&log_key()]), Err(NoteError::Size { .. })));
    assert_eq!(Note::parse(&vec![b'x'; NOTE_MAX_BYTES + 1]), Err(NoteError::Size { found: NOTE_MAX_BYTES + 1 }));
}

#[test]
fn checkpoints_have_one_form() {
    let root = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
    let right =
        [format!("a\n0\n{root}\n"), format!("a\n7\n{root}\n"), format!("定策\n9223372036854775807\n{root}\nmore\n")];
    for text in &right {
        assert_eq!(text.parse::<Checkpoint>().unwrap().to_string(), *text);
    }
    assert_eq!(right[2].parse::<Checkpoint>().unwrap().extensions(), ["more"]);
    assert_eq!(right[0].parse(), Checkpoint::new(name("a"), 0, sha256(b"")));
    let other = "AAAAQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
    for wrong in [
        String::new(),
        "\n".to_owned(),
        format!("a\n7\n{root}"),
        "a\n7\n".to_owned(),
        format!("\n7\n{root}\n"),
        format!("a b\n7\n{root}\n"),
        format!("a+b\n7\n{root}\n"),
        format!("a\n07\n{root}\n"),
        format!("a\n-7\n{root}\n"),
        format!("a\n+7\n{root}\n"),
        format!("a\n7 \n{root}\n"),
        format!("a\n9223372036854775808\n{root}\n"),
        format!("a\n7\n{}\n", &root[1..]),
        format!("a\n7\n{}\n", root.replace("FU=", "FV=")),
        format!("a\n7\n{}\n", root.trim_end_matches('=')),
        format!("a\n7\n{root}\n\n"),
        format!("a\n7\n{root}\n\nmore\n"),
        format!("a\n7\n{root}\nmo\rre\n"),
        format!("a\n0\n{other}\n"),
    ] {
        assert!(wrong.parse::<Checkpoint>().is_err(), "{wrong:?}");
    }
    assert!(matches!(Checkpoint::new(name("a"), 1 << 63, sha256(b"")), Err(CheckpointError::Size { .. })));
}

/// `signed_note` knows Ed25519 alone; it must open our notes and ignore what it does not know.
fn theirs() -> VerifierList {
    VerifierList::new(vec![Box::new(StandardVerifier::new(&log_key().verifier().to_string()).unwrap())])
}

#[test]
fn signed_note_opens_our_checkpoint() {
    let ours = checkpoint(20, &[0, 1, 2]);
    let note = signed_note::Note::from_bytes(ours.to_string().as_bytes()).unwrap();
    let (verified, unknown) = note.verify(&theirs()).unwrap();
    assert_eq!((verified.len(), unknown.len()), (1, 4));
    assert_eq!(note.to_bytes(), ours.to_string().into_bytes());
    let read = tlog_tiles::Checkpoint::from_bytes(note.text()).unwrap();
    assert_eq!((read.origin(), read.size(), &read.hash().0), (ORIGIN, 20, ours.claimed().root().as_bytes()));
    let forged = ours.to_string().replace("\n20\n", "\n21\n");
    assert!(signed_note::Note::from_bytes(forged.as_bytes()).unwrap().verify(&theirs()).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn both_sign_and_open_alike(lines in prop::collection::vec("[ -~\u{4e00}-\u{4eff}]{0,20}", 1..6)) {
        let text = format!("{}\n", lines.join("\n"));
        let ours = Note::sign(&text, &[&peter()]).unwrap();
        let signer = StandardSigner::new(SKEY).unwrap();
        let mut other = signed_note::Note::new(text.as_bytes(), &[]).unwrap();
        other.add_sigs(&[&signer]).unwrap();
        prop_assert_eq!(signer.name(), "PeterNeumann");
        prop_assert_eq!(other.to_bytes(), ours.to_string().into_bytes());
        prop_assert_eq!(Note::parse(&other.to_bytes()).unwrap(), ours);
    }

    /// What we accept, others accept; where only they accept, we were the stricter.
    #[test]
    fn what_we_accept_signed_note_accepts(at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let mut bytes = checkpoint(20, &[0, 1]).to_string().into_bytes();
        let place = at.index(bytes.len());
        bytes[place] = byte;
        if let Ok(note) = Note::parse(&bytes) {
            let other = signed_note::Note::from_bytes(&bytes).unwrap();
            prop_assert_eq!(other.text(), note.text().as_bytes());
            prop_assert_eq!(other.verify(&theirs()).is_ok(), note.open(&[log_key().verifier()]).is_ok());
        }
    }

    #[test]
    fn checkpoints_print_as_they_were_read(size in 0..=dingce_ledger::merkle::SIZE_MAX, root in any::<[u8; 32]>()) {
        let checkpoint = Checkpoint::new(name(ORIGIN), size.max(1), dingce_ledger::Digest::from_bytes(root)).unwrap();
        prop_assert_eq!(&checkpoint.to_string().parse::<Checkpoint>().unwrap(), &checkpoint);
        let signed = SignedCheckpoint::sign(checkpoint, &[&log_key()]).unwrap();
        prop_assert_eq!(&SignedCheckpoint::parse(signed.to_string().as_bytes()).unwrap(), &signed);
    }
}
