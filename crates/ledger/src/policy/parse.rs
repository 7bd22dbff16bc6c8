//! Reading of policy files.

use std::collections::HashSet;
use std::str::FromStr;

use super::{
    Group, LineProblem, POLICY_MAX_BYTES, POLICY_MAX_ITEMS, Policy, PolicyError, PolicyLog, PolicyWitness, Quorum,
};
use crate::key::{KeyKind, NoteVerifier as _, VerifierKey};
use crate::lines;

impl Policy {
    /// Reads a policy file. The specification allows any bytes above 0x7F; here they must be UTF-8.
    ///
    /// # Errors
    /// [`PolicyError::Line`] for the first line that is wrong; [`PolicyError::NoQuorum`]; [`PolicyError::Size`].
    pub fn parse(bytes: &[u8]) -> Result<Self, PolicyError> {
        if bytes.len() > POLICY_MAX_BYTES {
            return Err(PolicyError::Size { found: bytes.len() });
        }
        let mut reading = Reading::default();
        for (place, line) in bytes.split(|b| *b == b'\n').enumerate() {
            reading.line(line).map_err(|problem| PolicyError::Line { line: place + 1, problem })?;
        }
        let Reading { logs, witnesses, groups, quorum, .. } = reading;
        Ok(Self { logs, witnesses, groups, quorum: quorum.ok_or(PolicyError::NoQuorum)? })
    }
}

impl FromStr for Policy {
    type Err = PolicyError;

    fn from_str(text: &str) -> Result<Self, PolicyError> {
        Self::parse(text.as_bytes())
    }
}

/// What the lines so far define.
#[derive(Default)]
struct Reading {
    logs: Vec<PolicyLog>,
    witnesses: Vec<PolicyWitness>,
    groups: Vec<Group>,
    quorum: Option<Quorum>,
    names: HashSet<String>,
    members: HashSet<String>,
    /// Public keys by curve: the same key under another kind or name is still the same hand.
    keys: HashSet<(bool, Vec<u8>)>,
}

impl Reading {
    fn line(&mut self, line: &[u8]) -> Result<(), LineProblem> {
        let text = std::str::from_utf8(line).map_err(|_| LineProblem::Characters)?;
        if text.bytes().any(|b| (b < b' ' && b != b'\t') || b == 0x7f) {
            return Err(LineProblem::Characters);
        }
        let items: Vec<&str> = text.split([' ', '\t']).filter(|item| !item.is_empty()).collect();
        match items.as_slice() {
            [] => Ok(()),
            [first, ..] if first.starts_with('#') => Ok(()),
            ["log", key, url @ ..] if url.len() <= 1 => self.log(key, url.first()),
            ["witness", name, key, url @ ..] if url.len() <= 1 => self.witness(name, key, url.first()),
            ["group", name, threshold, members @ ..] if !members.is_empty() => self.group(name, threshold, members),
            ["quorum", name] => self.quorum(name),
            _ => Err(LineProblem::Form),
        }
    }

    fn log(&mut self, key: &str, url: Option<&&str>) -> Result<(), LineProblem> {
        let key: VerifierKey = key.parse()?;
        if key.kind() == KeyKind::CosignatureV1 {
            return Err(LineProblem::Kind);
        }
        self.key(&key)?;
        self.logs.push(PolicyLog { key, url: url.map(|url| (*url).to_owned()) });
        few(&self.logs)
    }

    fn witness(&mut self, name: &str, key: &str, url: Option<&&str>) -> Result<(), LineProblem> {
        let key: VerifierKey = key.parse()?;
        if key.kind() != KeyKind::CosignatureV1 {
            return Err(LineProblem::Kind);
        }
        self.key(&key)?;
        self.name(name)?;
        self.witnesses.push(PolicyWitness { name: name.to_owned(), key, url: url.map(|url| (*url).to_owned()) });
        few(&self.witnesses)
    }

    fn group(&mut self, name: &str, threshold: &str, members: &[&str]) -> Result<(), LineProblem> {
        for member in members {
            if !self.names.contains(*member) {
                return Err(LineProblem::Unknown { name: (*member).to_owned() });
            }
            if !self.members.insert((*member).to_owned()) {
                return Err(LineProblem::DuplicateMember { name: (*member).to_owned() });
            }
        }
        let count = match threshold {
            "any" => Some(1),
            "all" => Some(members.len()),
            number => lines::decimal(number).and_then(|number| usize::try_from(number).ok()),
        };
        let wrong = || LineProblem::Threshold { given: lines::shown(threshold), members: members.len() };
        let threshold = count.filter(|count| (1..=members.len()).contains(count)).ok_or_else(wrong)?;
        self.name(name)?;
        let members = members.iter().map(|member| (*member).to_owned()).collect();
        self.groups.push(Group { name: name.to_owned(), threshold, members });
        few(&self.groups)
    }

    fn quorum(&mut self, name: &str) -> Result<(), LineProblem> {
        let quorum = match name {
            "none" => Quorum::None,
            name if self.names.contains(name) => Quorum::Name(name.to_owned()),
            name => return Err(LineProblem::Unknown { name: name.to_owned() }),
        };
        match self.quorum.replace(quorum) {
            None => Ok(()),
            Some(_) => Err(LineProblem::SecondQuorum),
        }
    }

    fn name(&mut self, name: &str) -> Result<(), LineProblem> {
        if name != "none" && self.names.insert(name.to_owned()) {
            return Ok(());
        }
        Err(LineProblem::DuplicateName { name: name.to_owned() })
    }

    /// Stricter than the specification, which lets one key be log and witness: such a witness only repeats the log's word.
    fn key(&mut self, key: &VerifierKey) -> Result<(), LineProblem> {
        // Two keys of one name and id would leave open whose signature a line is.
        let twin = |other: &VerifierKey| other.name() == key.name() && other.id() == key.id();
        let logs = self.logs.iter().map(|log| &log.key);
        let twins = logs.chain(self.witnesses.iter().map(|witness| &witness.key)).any(twin);
        let new = self.keys.insert((key.kind() == KeyKind::Sm2, key.public_key()));
        if new && !twins { Ok(()) } else { Err(LineProblem::DuplicateKey) }
    }
}

fn few<T>(items: &[T]) -> Result<(), LineProblem> {
    if items.len() > POLICY_MAX_ITEMS { Err(LineProblem::Many) } else { Ok(()) }
}
