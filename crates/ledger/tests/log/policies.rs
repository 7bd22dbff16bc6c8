//! Policies: what they may say, and what they accept.

use dingce_ledger::key::{Ed25519Cosigner, Ed25519Signer, KeyId};
use dingce_ledger::note::{NoteError, SignatureLine};
use dingce_ledger::policy::{LineProblem, POLICY_MAX_BYTES, POLICY_MAX_ITEMS, PolicyError};
use dingce_ledger::{Checkpoint, Policy, SignedCheckpoint, sha256};

use crate::sample::{ORIGIN, TIME, checkpoint, cosign, line, log_key, name, policy, policy_text, sm2_key, witness};

fn problem(text: &str) -> LineProblem {
    match text.parse::<Policy>() {
        Err(PolicyError::Line { problem, .. }) => problem,
        other => panic!("{text}: {other:?}"),
    }
}

#[test]
fn a_quorum_decides() {
    let accepted = policy().verify(&checkpoint(20, &[2, 0])).unwrap();
    assert_eq!(accepted.checkpoint(), checkpoint(20, &[]).claimed());
    assert_eq!(accepted.log_keys().len(), 2);
    let cosigned: Vec<_> = accepted.cosigned().iter().map(|c| (c.witness.as_str(), c.time_s)).collect();
    assert_eq!(cosigned, [("discipline", TIME), ("audit", TIME + 2)]);
    for too_few in [&[][..], &[0], &[1], &[2]] {
        let error = policy().verify(&checkpoint(20, too_few)).unwrap_err();
        assert!(matches!(&error, PolicyError::Quorum { quorum, .. } if quorum == "supervisors"), "{error}");
    }
    // Twice the same witness is one witness, and its later time counts.
    let twice = cosign(checkpoint(20, &[1]), &witness(1), TIME + 500);
    assert!(matches!(policy().verify(&twice), Err(PolicyError::Quorum { cosigned, .. }) if cosigned == ["archives"]));
    let thrice = cosign(twice, &witness(0), TIME);
    let times: Vec<u64> = policy().verify(&thrice).unwrap().cosigned().iter().map(|c| c.time_s).collect();
    assert_eq!(times, [TIME, TIME + 500]);
    // A cosignature over another text does not count, and spoils the note.
    let foreign = checkpoint(21, &[0]).note().lines()[2].clone();
    let mixed = checkpoint(20, &[1, 2]).with(foreign).unwrap();
    assert!(matches!(policy().verify(&mixed), Err(PolicyError::Witness(NoteError::Bad { .. }))));
}

#[test]
fn only_the_log_speaks_for_its_origin() {
    let root = sha256(b"");
    let own = Checkpoint::new(name(ORIGIN), 0, root).unwrap();
    let other_key = Ed25519Signer::new(name("other.example"), &[9; 32]);
    let text = format!("log {}\nlog {}\nquorum none\n", log_key().verifier(), other_key.verifier());
    let both: Policy = text.parse().unwrap();
    assert!(both.verify(&SignedCheckpoint::sign(own.clone(), &[&log_key()]).unwrap()).is_ok());
    // Another listed log signs under this origin.
    let usurped = SignedCheckpoint::sign(own.clone(), &[&other_key]).unwrap();
    assert_eq!(both.verify(&usurped), Err(PolicyError::Log(NoteError::Unsigned)));
    let foreign = Checkpoint::new(name("third.example"), 0, root).unwrap();
    let foreign = SignedCheckpoint::sign(foreign, &[&log_key(), &other_key]).unwrap();
    assert_eq!(both.verify(&foreign), Err(PolicyError::Origin { origin: name("third.example") }));
    // The witness's key under the log's name is no key of the log.
    let signed = cosign(
        SignedCheckpoint::sign(own, &[&other_key]).unwrap(),
        &Ed25519Cosigner::new(name(ORIGIN), &[1; 32]),
        TIME,
    );
    assert_eq!(both.verify(&signed), Err(PolicyError::Log(NoteError::Unsigned)));
}

#[test]
fn either_key_of_the_log_is_enough_and_a_bad_one_is_too_much() {
    let text = checkpoint(20, &[]).claimed().to_string();
    for only in [line(&text, &log_key()), line(&text, &sm2_key())] {
        let note = format!("{text}\n{only}\n");
        let signed = SignedCheckpoint::parse(note.as_bytes()).unwrap();
        let signed = cosign(cosign(signed, &witness(0), TIME), &witness(1), TIME);
        assert_eq!(policy().verify(&signed).unwrap().log_keys().len(), 1);
    }
    let bad = SignatureLine { name: name(ORIGIN), id: KeyId::of(&name(ORIGIN), b"x"), signature: vec![0; 64] };
    assert!(policy().verify(&checkpoint(20, &[0, 1]).with(bad.clone()).unwrap()).is_ok(), "an unknown key");
    let id = line(&text, &sm2_key()).id;
    let bad = SignatureLine { id, ..bad };
    let error = policy().verify(&checkpoint(20, &[0, 1]).with(bad).unwrap()).unwrap_err();
    assert!(matches!(error, PolicyError::Log(NoteError::Bad { .. })), "{error}");
}

#[test]
fn groups_of_groups() {
    // The example of the specification.
    let witnesses: String = (0..6_u8)
        .map(|i| {
            let (group, place) = (["X", "Y"][usize::from(i / 3)], i % 3 + 1);
            let key = Ed25519Cosigner::new(name(&format!("w{i}")), &[40 + i; 32]);
            format!("witness {group}{place} {} https://example.com/{i}\n", key.verifier())
        })
        .collect();
    let text = format!(
        "log {}\n\n{witnesses}group X-witnesses 2 X1 X2 X3\ngroup Y-witnesses any Y1 Y2 Y3\n\
         group X-and-Y all X-witnesses Y-witnesses\nquorum X-and-Y\n",
        log_key().verifier()
    );
    let policy: Policy = text.parse().unwrap();
    for (names, enough) in [
        (&["X1", "X2", "Y3"][..], true),
        (&["X1", "X2", "X3"], false),
        (&["X1", "Y1", "Y2", "Y3"], false),
        (&["X3", "X1", "Y1", "Y2"], true),
        (&["X-witnesses", "Y1"], false),
        (&["X-and-Y"], false),
        (&["X1", "X1", "Y1"], false),
        (&[], false),
    ] {
        assert_eq!(policy.is_quorum(names), enough, "{names:?}");
    }
    let printed = policy.to_string();
    assert_eq!(printed.parse::<Policy>().unwrap(), policy);
    assert_eq!(policy.witnesses()[5].url.as_deref(), Some("https://example.com/5"));
    assert!(printed.contains("group X-and-Y 2 X-witnesses Y-witnesses\n"), "{printed}");

    let one: Policy = format!("{witnesses}quorum Y2\n").parse().unwrap();
    assert!(one.is_quorum(&["Y2"]) && !one.is_quorum(&["Y1"]));
    assert!(matches!(one.verify(&checkpoint(3, &[])), Err(PolicyError::Origin { .. })), "it lists no log");
}

#[test]
fn what_a_policy_may_say() {
    let (log, w) = (log_key().verifier().to_string(), witness(0).verifier().to_string());
    let w2 = witness(1).verifier().to_string();
    assert!(format!("\t log  {log}\thttps://x \n  # 注\u{3000}释\n\n quorum none").parse::<Policy>().is_ok());
    assert_eq!(policy_text().parse::<Policy>().unwrap().to_string().parse::<Policy>().unwrap(), policy());

    assert_eq!("".parse::<Policy>(), Err(PolicyError::NoQuorum));
    assert_eq!(problem("quorum none\nquorum none\n"), LineProblem::SecondQuorum);
    for form in [
        "log",
        "log a b c",
        "witness a",
        "witness a b c d",
        "group a",
        "group a 1",
        "group a any",
        "quorum",
        "quorum a b",
        "Log a",
        "quorum\u{3000}none",
        "x",
    ] {
        assert_eq!(problem(form), LineProblem::Form, "{form}");
    }
    for characters in ["quorum none\r\n", "quo\0rum", "# \u{1b}", "# \u{7f}"] {
        assert_eq!(problem(characters), LineProblem::Characters, "{characters:?}");
    }
    assert!(matches!(
        Policy::parse(b"# \xff\nquorum none\n"),
        Err(PolicyError::Line { line: 1, problem: LineProblem::Characters })
    ));
    assert!(matches!(problem("log nothing"), LineProblem::Key(_)));
    assert_eq!(problem(&format!("log {w}")), LineProblem::Kind);
    assert_eq!(problem(&format!("witness a {log}")), LineProblem::Kind);
    assert_eq!(problem(&format!("witness a {}", sm2_key().verifier())), LineProblem::Kind);

    // The same key under another name is the same hand, as log or as witness.
    let renamed_log = Ed25519Signer::new(name("renamed"), &[1; 32]);
    let renamed_witness = Ed25519Cosigner::new(name("renamed"), &[10; 32]);
    let own_witness = Ed25519Cosigner::new(name("renamed"), &[1; 32]);
    for text in [
        format!("log {log}\nlog {log}\n"),
        format!("log {log}\nlog {}\n", renamed_log.verifier()),
        format!("witness a {w}\nwitness b {}\n", renamed_witness.verifier()),
        format!("log {log}\nwitness a {}\n", own_witness.verifier()),
    ] {
        assert_eq!(problem(&text), LineProblem::DuplicateKey, "{text}");
    }
    let duplicate = |name: &str| LineProblem::DuplicateName { name: name.to_owned() };
    assert_eq!(problem(&format!("witness a {w}\nwitness a {w2}")), duplicate("a"));
    assert_eq!(problem(&format!("witness none {w}")), duplicate("none"));
    assert_eq!(problem(&format!("witness a {w}\ngroup a any a")), duplicate("a"));
    let unknown = |name: &str| LineProblem::Unknown { name: name.to_owned() };
    assert_eq!(problem("quorum a"), unknown("a"));
    assert_eq!(problem("group a any b"), unknown("b"));
    assert_eq!(problem("group a any a"), unknown("a"));
    assert_eq!(problem(&format!("group g any a\nwitness a {w}")), unknown("a"));
    assert_eq!(problem(&format!("witness a {w}\ngroup g any a none")), unknown("none"));
    let member = |name: &str| LineProblem::DuplicateMember { name: name.to_owned() };
    assert_eq!(problem(&format!("witness a {w}\ngroup g any a a")), member("a"));
    assert_eq!(problem(&format!("witness a {w}\ngroup g any a\ngroup h any a")), member("a"));
    for given in ["0", "2", "01", "-1", "most", "99999999999999999999"] {
        let text = format!("witness a {w}\ngroup g {given} a");
        assert_eq!(problem(&text), LineProblem::Threshold { given: given.to_owned(), members: 1 });
    }
}

#[test]
fn policies_have_bounds() {
    let long = format!("{}\nquorum none\n", "#".repeat(POLICY_MAX_BYTES));
    assert!(matches!(long.parse::<Policy>(), Err(PolicyError::Size { .. })));
    let logs = |count: usize| -> String {
        let seed = |i: usize| [(i % 251) as u8, (i / 251) as u8, 3, 4].repeat(8).try_into().unwrap();
        let line = |i: usize| format!("log {}\n", Ed25519Signer::new(name(&format!("l{i}")), &seed(i)).verifier());
        (0..count).map(line).collect()
    };
    assert!(format!("{}quorum none\n", logs(POLICY_MAX_ITEMS)).parse::<Policy>().is_ok());
    assert_eq!(problem(&logs(POLICY_MAX_ITEMS + 1)), LineProblem::Many);
}
