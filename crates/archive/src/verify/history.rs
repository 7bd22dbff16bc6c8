//! The history: leaves, events, and what they say about documents, definition and closing.

use std::collections::BTreeSet;
use std::path::Path;

use dingce_ledger::chain::{ChainBreak, ChainError};
use dingce_ledger::merkle::CompactRange;
use dingce_ledger::{BodyAlg, ChainVerifier, Digest, LeafInput, Policy, in_words, jcs};
use serde_json::{Map, Value};

use super::bag::Bag;
use super::checks::{CheckId, Findings};
use super::erasure::{ErasedBody, Gone};
use super::log;
use crate::lines::{Lines, read_small};
use crate::names::{proof_file, proof_number};
use crate::volume::{
    BESIDE_LEAVES, BESIDE_OPENINGS, BesideRow, DEFINITION, ENVELOPE, EventLine, LEAVES, OPENINGS, VolumeFile,
    earlier_definition,
};

/// Checks leaves and events side by side, one at a time.
///
/// Gives what was lawfully erased.
pub(super) fn check(
    root: &Path,
    bag: &Bag,
    volume: &VolumeFile,
    policy: Option<&Policy>,
    findings: &mut Findings,
) -> Vec<ErasedBody> {
    let mut history = History { policy, ..History::new(volume) };
    match history.read(root, findings).and_then(|()| history.read_beside(root, findings)) {
        Ok(()) => history.finish(bag, findings),
        Err((id, sentence)) => {
            findings.problem(id, sentence);
            Vec::new()
        }
    }
}

/// What was read so far; grows only with the number of different documents.
struct History<'a> {
    volume: &'a VolumeFile,
    /// Who must have signed the checkpoints of proofs, if the caller knows.
    policy: Option<&'a Policy>,
    chain: ChainVerifier,
    /// Over all leaves of the volume but the last one read.
    range: CompactRange,
    /// Leaves of other volumes, so far.
    elsewhere: u64,
    /// Whether the last leaf read is of another volume.
    ends_elsewhere: bool,
    last: Option<(LeafInput, Digest, Option<Value>)>,
    mentioned: BTreeSet<Digest>,
    with_law: u64,
    /// The definitions that leaves name.
    laws: BTreeSet<Digest>,
    /// Open bodies that are not there.
    withheld: u64,
    /// What of the case's own stream is gone.
    gone: Gone,
    /// What was lawfully erased of the streams beside the case.
    erased: Vec<ErasedBody>,
    /// The events that volume.json says are left out, and those that were met.
    left_out: BTreeSet<(&'a str, u64)>,
    left_out_met: usize,
    /// Leaves whose proofs are here, and have not been met yet.
    proofs: BTreeSet<u64>,
}

impl<'a> History<'a> {
    fn new(volume: &'a VolumeFile) -> Self {
        Self {
            volume,
            policy: None,
            chain: ChainVerifier::new(),
            range: CompactRange::new(),
            elsewhere: 0,
            ends_elsewhere: false,
            last: None,
            mentioned: BTreeSet::new(),
            with_law: 0,
            laws: BTreeSet::new(),
            withheld: 0,
            gone: Gone::default(),
            erased: Vec::new(),
            left_out: volume.omitted_openings(),
            left_out_met: 0,
            proofs: volume.log.iter().filter_map(|name| proof_number(name.strip_prefix("proofs/")?)).collect(),
        }
    }

    /// Reads both files to their ends; stops at the first leaf that breaks the chain, because nothing after it is known.
    fn read(&mut self, root: &Path, findings: &mut Findings) -> Result<(), (CheckId, String)> {
        let leaves_err = |sentence: String| (CheckId::Leaves, format!("{LEAVES}: {sentence}"));
        let events_err = |sentence: String| (CheckId::Envelopes, format!("{OPENINGS}: {sentence}"));
        let mut leaves = Lines::open(&root.join(self.volume.content(LEAVES))).map_err(leaves_err)?;
        let mut events = Lines::open(&root.join(self.volume.content(OPENINGS))).map_err(events_err)?;
        // The next event, which belongs to this leaf or to a later one.
        let mut waiting: Option<EventLine> = None;
        let mut lines = 0;
        loop {
            if waiting.is_none() {
                waiting = match events.next_line().map_err(events_err)? {
                    None => None,
                    Some(line) => {
                        lines += 1;
                        let wrong = |sentence| events_err(format!("line {lines}: {sentence}"));
                        Some(parse_event(&line).map_err(wrong)?)
                    }
                };
            }
            let Some(leaf) = leaves.next_line().map_err(leaves_err)? else {
                return match (waiting, &self.last) {
                    (Some(_), _) => Err((CheckId::Chain, "there are fewer leaves than events".to_owned())),
                    (None, None) => Err((CheckId::Chain, "there is no leaf".to_owned())),
                    (None, Some(_)) => Ok(()),
                };
            };
            let (leaf, hash) = self.chain.push(&leaf).map_err(break_sentence)?;
            let event = waiting.take_if(|line| line.n <= leaf.n || self.elsewhere >= self.volume.filed_elsewhere);
            self.ends_elsewhere = event.is_none();
            self.every(&leaf, findings);
            if self.proofs.remove(&leaf.n) {
                let path = self.volume.content(&format!("ledger/proofs/{}", proof_file(leaf.n)));
                if let Err(sentence) =
                    read_small(&root.join(&path)).and_then(|proof| log::check(&proof, &hash, self.policy))
                {
                    findings.problem(CheckId::Log, format!("the proof of leaf {}: {sentence}", leaf.n));
                }
            }
            match event {
                Some(event) => self.take(leaf, hash, event, findings),
                None if self.elsewhere < self.volume.filed_elsewhere => self.elsewhere += 1,
                None => return Err((CheckId::Envelopes, "there are fewer events than leaves".to_owned())),
            }
        }
    }

    /// Reads the streams beside the case, each a chain of its own from 1; every leaf of them has its event.
    fn read_beside(&mut self, root: &Path, findings: &mut Findings) -> Result<(), (CheckId, String)> {
        let rows = &self.volume.beside;
        if rows.is_empty() {
            findings.done(CheckId::Beside, "0 streams");
            return Ok(());
        }
        let wrong = |sentence: String| (CheckId::Beside, sentence);
        let mut leaves = Lines::open(&root.join(self.volume.content(BESIDE_LEAVES))).map_err(wrong)?;
        let mut events = Lines::open(&root.join(self.volume.content(BESIDE_OPENINGS))).map_err(wrong)?;
        for BesideRow { stream, count, last_leaf } in rows {
            let mut chain = ChainVerifier::new();
            let (mut last, mut gone) = (None, Gone::default());
            for n in 1..=*count {
                let missing = || wrong(format!("{stream} ends before its event {n}"));
                let leaf = leaves.next_line().map_err(wrong)?.ok_or_else(missing)?;
                let (leaf, hash) = chain.push(&leaf).map_err(|error| wrong(break_sentence(error).1))?;
                let line = events.next_line().map_err(wrong)?.ok_or_else(missing)?;
                let line = parse_event(&line).map_err(|why| wrong(format!("{stream}, event {n}: {why}")))?;
                findings.expect(leaf.stream == *stream, CheckId::Beside, || {
                    format!("a leaf of {} stands where {stream} is told of", leaf.stream)
                });
                let left_out = self.left_out.contains(&(stream.as_str(), n));
                self.left_out_met += usize::from(left_out);
                let agreement = agreement(&leaf, &line, left_out);
                for (_, sentence) in &agreement.problems {
                    findings.problem(CheckId::Beside, format!("{stream}, event {n}: {sentence}"));
                }
                gone.take(&leaf, &line.event, line.sealed_kept, agreement.withheld && !left_out);
                self.mentioned.extend(leaf.docs.iter().copied());
                last = Some(hash);
            }
            let (erased, destroyed) = gone.judge(stream);
            self.erased.extend(erased);
            for sentence in destroyed {
                findings.problem(CheckId::Beside, format!("{stream}, {sentence}"));
            }
            findings.expect(last == Some(*last_leaf), CheckId::Beside, || format!("{stream} has another last leaf"));
        }
        let more = leaves.next_line().map_err(wrong)?.is_some() || events.next_line().map_err(wrong)?.is_some();
        findings
            .expect(!more, CheckId::Beside, || "there are more leaves or events than volume.json tells of".to_owned());
        let erased = self.erased.len();
        findings.done(CheckId::Beside, format!("{} streams, something of {erased} bodies erased", rows.len()));
        Ok(())
    }

    /// What holds for every leaf of the chain, whichever volume it is filed in.
    fn every(&mut self, leaf: &LeafInput, findings: &mut Findings) {
        findings.expect(leaf.stream == self.volume.case, CheckId::Envelopes, || {
            format!("leaf {} is of another case, {}", leaf.n, leaf.stream)
        });
        if let Some(law) = leaf.law {
            self.with_law += 1;
            self.laws.insert(law);
            let packed = law == self.volume.definition || self.volume.earlier_definitions.contains(&law);
            findings.expect(packed, CheckId::Definition, || format!("leaf {} names the definition {law}", leaf.n));
        }
    }

    fn take(&mut self, leaf: LeafInput, hash: Digest, line: EventLine, findings: &mut Findings) {
        let left_out = self.left_out.contains(&(self.volume.case.as_str(), leaf.n));
        self.left_out_met += usize::from(left_out);
        let found = agreement(&leaf, &line, left_out);
        for (id, sentence) in found.problems {
            findings.problem(id, format!("event {}: {sentence}", leaf.n));
        }
        self.withheld += u64::from(found.withheld);
        self.gone.take(&leaf, &line.event, line.sealed_kept, found.withheld && !left_out);
        let event = line.event;
        self.mentioned.extend(leaf.docs.iter().copied());
        let body = event.get("body").cloned();
        if let Some((_, before, _)) = self.last.replace((leaf, hash, body)) {
            self.range.push(before);
        }
    }

    fn finish(mut self, bag: &Bag, findings: &mut Findings) -> Vec<ErasedBody> {
        let events = self.range.size() + 1;
        let leaves = events + self.elsewhere;
        findings.done(CheckId::Leaves, format!("{leaves} leaves"));
        findings.done(CheckId::Chain, format!("{leaves} leaves"));
        findings.expect(self.elsewhere == self.volume.filed_elsewhere, CheckId::Envelopes, || {
            format!("{} leaves have no event, but volume.json says {}", self.elsewhere, self.volume.filed_elsewhere)
        });
        findings.done(CheckId::Envelopes, format!("{events} events, {} filed in other volumes", self.elsewhere));
        let (erased, destroyed) = std::mem::take(&mut self.gone).judge(&self.volume.case);
        for sentence in destroyed {
            findings.problem(CheckId::Bodies, sentence);
        }
        let sealed = erased.iter().filter(|body| body.identity).count();
        let withheld = self.withheld;
        findings.done(
            CheckId::Bodies,
            format!("{} open bodies, {withheld} left out or erased, {sealed} sealed bodies erased", events - withheld),
        );
        self.erased.extend(erased);
        findings.expect(self.left_out_met == self.left_out.len(), CheckId::Envelopes, || {
            "volume.json tells of an event left out that is not of this volume".to_owned()
        });
        self.finish_documents(findings);
        self.finish_definition(bag, findings);
        self.finish_log(bag, findings);
        let erased = std::mem::take(&mut self.erased);
        self.finish_closing(findings);
        erased
    }

    fn finish_log(&self, bag: &Bag, findings: &mut Findings) {
        for n in &self.proofs {
            findings.problem(CheckId::Log, format!("there is a proof of leaf {n}, but no such leaf"));
        }
        let proofs = self.volume.log.iter().filter(|name| name.starts_with("proofs/")).count();
        let has = |name: &str| bag.files.contains_key(&self.volume.content(&format!("ledger/{name}")));
        let checkpoint = if has("checkpoint") { "a checkpoint" } else { "no checkpoint" };
        let signed = match self.policy {
            Some(_) => "signed as the policy asks",
            None => "who signed was not judged, for no policy was given",
        };
        findings.done(CheckId::Log, format!("{proofs} proofs, {checkpoint}; {signed}"));
    }

    fn finish_documents(&self, findings: &mut Findings) {
        let packed: BTreeSet<Digest> = self.volume.documents.iter().map(|row| row.digest).collect();
        let left_out: BTreeSet<Digest> = self.volume.omitted_documents().collect();
        for digest in left_out.intersection(&packed) {
            findings.problem(CheckId::Documents, format!("{digest} is here, but volume.json says that it is left out"));
        }
        for digest in left_out.difference(&self.mentioned) {
            findings.problem(CheckId::Documents, format!("{digest} is left out, but no leaf mentions it"));
        }
        for digest in self.mentioned.difference(&packed).filter(|digest| !left_out.contains(digest)) {
            findings.problem(CheckId::Documents, format!("a leaf mentions {digest}, which is missing"));
        }
        for digest in packed.difference(&self.mentioned) {
            findings.problem(CheckId::Documents, format!("no leaf mentions {digest}"));
        }
        findings.done(CheckId::Documents, format!("{} documents, {} left out", packed.len(), left_out.len()));
    }

    fn finish_definition(&self, bag: &Bag, findings: &mut Findings) {
        let found = bag.files.get(&self.volume.content(DEFINITION)).map(|fixity| fixity.sha256);
        let expected = self.volume.definition;
        findings.expect(found == Some(expected), CheckId::Definition, || {
            format!("expected {DEFINITION} to have the digest {expected}")
        });
        for earlier in &self.volume.earlier_definitions {
            let path = self.volume.content(&earlier_definition(earlier));
            let found = bag.files.get(&path).map(|fixity| fixity.sha256);
            findings.expect(found == Some(*earlier), CheckId::Definition, || {
                format!("expected {path} to have the digest {earlier}")
            });
            findings.expect(self.laws.contains(earlier), CheckId::Definition, || {
                format!("no leaf names the definition {earlier}")
            });
        }
        findings.expect(self.with_law > 0, CheckId::Definition, || "no leaf names a definition".to_owned());
        findings.done(CheckId::Definition, format!("named by {} leaves", self.with_law));
    }

    fn finish_closing(self, findings: &mut Findings) {
        let Some((leaf, hash, body)) = self.last else {
            return;
        };
        let (count, root) = (self.range.size(), self.range.root());
        let mut expect = |holds: bool, sentence: &str| {
            findings.expect(holds, CheckId::Closing, || sentence.to_owned());
        };
        expect(!self.ends_elsewhere, "the last leaf is filed in another volume");
        expect(self.volume.count == count, "volume.json states another count of leaves");
        expect(self.volume.root == root, "volume.json states another root");
        expect(self.volume.last_leaf == hash, "volume.json states another last leaf");
        expect(leaf.body.alg == BodyAlg::Sha256, "the closing leaf does not hold a plain digest of its body");
        expect(self.volume.closed_at == leaf.at, "volume.json states another instant of closing");
        let stated = |member: &str| body.as_ref().and_then(|body| body.get(member));
        expect(
            stated("count").and_then(Value::as_u64) == Some(count),
            "the closing event states another count of leaves",
        );
        let stated_root = stated("root").and_then(Value::as_str).and_then(|text| text.parse::<Digest>().ok());
        expect(stated_root == Some(root), "the closing event states another root");
        expect(
            stated("retention").and_then(Value::as_str) == self.volume.retention.as_deref(),
            "the closing event states another retention period",
        );
        findings.done(CheckId::Closing, format!("count {count}, root {root}"));
    }
}

/// How an event and its leaf agree.
struct Agreement {
    /// What they disagree on, and by which check of the case.
    problems: Vec<(CheckId, String)>,
    /// Whether the open body is withheld together with its key.
    withheld: bool,
}

/// `left_out` says that a redacted package leaves this opening out: then nothing may be there but what the leaf says too.
fn agreement(leaf: &LeafInput, line: &EventLine, left_out: bool) -> Agreement {
    let EventLine { n, event, body_key, sealed_kept } = line;
    let mut problems: Vec<_> = disagreements(leaf, event).into_iter().map(|s| (CheckId::Envelopes, s)).collect();
    if *n != leaf.n {
        problems.push((CheckId::Envelopes, format!("its line is numbered {n}")));
    }
    let body = if left_out {
        let more = event.keys().find(|member| !ENVELOPE.contains(&member.as_str())).map(String::as_str);
        match more.or(body_key.as_ref().map(|_| "body_key")) {
            Some(member) => Err(format!("volume.json says that it is left out, but it has `{member}`")),
            None => Ok(false),
        }
    } else {
        body_problem(leaf, event.get("body"), body_key.as_deref())
    };
    let withheld = body == Ok(false);
    problems.extend(body.err().map(|sentence| (CheckId::Bodies, sentence)));
    if leaf.sealed.is_none() && *sealed_kept {
        problems.push((CheckId::Bodies, "it claims a sealed body that its leaf does not know".to_owned()));
    }
    Agreement { problems, withheld }
}

/// Which check a broken chain belongs to, and why it is broken.
fn break_sentence(error: ChainError) -> (CheckId, String) {
    let id = if matches!(error.reason, ChainBreak::Leaf(_)) { CheckId::Leaves } else { CheckId::Chain };
    (id, in_words(&error))
}

fn parse_event(line: &[u8]) -> Result<EventLine, String> {
    let value = jcs::parse_canonical(line).map_err(|error| error.to_string())?;
    serde_json::from_value(value).map_err(|error| error.to_string())
}

/// What an event and its leaf disagree on, a sentence each.
///
/// Every member that repeats the leaf must be there where the leaf has it; absent and `null` are the same.
fn disagreements(leaf: &LeafInput, event: &Map<String, Value>) -> Vec<String> {
    let text = |text: &String| Some(Value::from(text.as_str()));
    let digest = |digest: Option<Digest>| digest.map(|digest| Value::from(digest.to_string()));
    let repeated = [
        ("kind", text(&leaf.k)),
        ("stream", text(&leaf.stream)),
        ("n", Some(Value::from(leaf.n))),
        ("event", text(&leaf.event)),
        ("recorded_at", text(&leaf.at)),
        ("occurred_on", leaf.on.as_ref().and_then(text)),
        ("actor", leaf.actor.as_ref().and_then(text)),
        ("post", leaf.post.as_ref().and_then(text)),
        ("unit", leaf.unit.as_ref().and_then(text)),
        ("acting_for", leaf.acting_for.as_ref().and_then(text)),
        ("stage", leaf.stage.as_ref().and_then(text)),
        ("draft", leaf.draft.as_ref().and_then(text)),
        ("opinion", leaf.op.as_ref().and_then(text)),
        ("law", digest(leaf.law)),
        ("cal", digest(leaf.cal)),
    ];
    let differs = |(member, expected): (&str, Option<Value>)| {
        let given = event.get(member).filter(|value| !value.is_null());
        (given != expected.as_ref()).then(|| format!("`{member}` differs from its leaf"))
    };
    repeated.into_iter().filter_map(differs).collect()
}

/// Whether the body is there and right; `false` if a committed body is withheld together with its key.
fn body_problem(leaf: &LeafInput, body: Option<&Value>, key: Option<&str>) -> Result<bool, String> {
    let key = key.map(parse_key).transpose()?;
    match (body, leaf.body.alg) {
        (Some(body), _) => {
            let bytes = jcs::to_canonical(body).map_err(|error| error.to_string())?;
            leaf.body.verify(&bytes, key.as_ref()).map(|()| true).map_err(|error| error.to_string())
        }
        (None, BodyAlg::Sha256) => Err("the body is missing, and a plain digest is never withheld".to_owned()),
        (None, BodyAlg::HmacSha256) if key.is_none() => Ok(false),
        (None, BodyAlg::HmacSha256) => Err("there is a key, but no body".to_owned()),
    }
}

fn parse_key(text: &str) -> Result<[u8; 32], String> {
    let mut key = [0; 32];
    match hex::decode_to_slice(text, &mut key) {
        Ok(()) if hex::encode(key) == text => Ok(key),
        _ => Err("the key is not 64 lower-case hex digits".to_owned()),
    }
}
