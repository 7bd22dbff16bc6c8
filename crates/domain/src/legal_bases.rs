//! The register of legal bases 法律依据库 of an organ: which documents there are, and from when to when each is in force.
//!
//! A citation is held against it on the day of the act, and what was found is kept with the act: a repeal that is entered
//! later changes nothing that was done before. A stale citation is told and never refused: what people wrote is what
//! they wrote (Guangdong Order 183 was still cited in notices after its repeal).

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::case::CorruptHistory;
use crate::check;
use crate::code::Code;
use crate::file::plain_name;
use crate::rejection::Rejection;
use crate::words;
use crate::words::SourceId;

words! {
    /// What a document is in the order of law.
    LegalBasisKind {
        /// A law 法律.
        Law = "law",
        /// An administrative regulation 行政法规.
        AdministrativeRegulation = "administrative_regulation",
        /// A local regulation 地方性法规.
        LocalRegulation = "local_regulation",
        /// A rule of a department 部门规章.
        DepartmentRule = "department_rule",
        /// A rule of a local government 地方政府规章.
        GovernmentRule = "government_rule",
        /// A normative document 规范性文件.
        NormativeDocument = "normative_document",
        /// A policy document 政策文件.
        Policy = "policy",
    }

    /// How a cited document stood on a day.
    BasisState {
        /// In force.
        InForce = "in_force",
        /// Not in force yet.
        NotYet = "not_yet",
        /// No longer in force.
        Repealed = "repealed",
        /// In the register, without the day from which it is in force.
        Undated = "undated",
        /// Not in the register.
        Unknown = "unknown",
    }
}

/// Add a document to the register.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AddLegalBasis {
    /// Its key: short, and never used for another.
    pub basis: SourceId,
    /// Name of the document.
    pub name: String,
    /// Its number 发文字号; empty where it has none.
    #[serde(default)]
    pub number: String,
    /// What it is.
    pub kind: LegalBasisKind,
    /// Who issued it.
    pub issued_by: String,
    /// First day in force; absent where it is not known.
    #[serde(default)]
    pub in_force_from: Option<Date>,
    /// First day no longer in force, if it is repealed.
    #[serde(default)]
    pub repealed_on: Option<Date>,
    /// Key of what took its place, if anything did; already in the register.
    #[serde(default)]
    pub succeeded_by: Option<SourceId>,
    /// What a reader must know, e.g. that its text was not seen; empty where nothing.
    #[serde(default)]
    pub note: String,
}

/// Record that a document is repealed; recorded again, the newer record stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RepealLegalBasis {
    /// Its key.
    pub basis: SourceId,
    /// First day no longer in force.
    pub repealed_on: Date,
    /// Key of what took its place, if anything did.
    pub succeeded_by: Option<SourceId>,
    /// By which document.
    pub by: String,
}

/// One event of a register.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", deny_unknown_fields)]
#[allow(missing_docs)]
pub enum LegalBasisEvent {
    /// A document was added.
    #[serde(rename = "legal_basis_added")]
    Added { given: AddLegalBasis },
    /// A document is repealed.
    #[serde(rename = "legal_basis_repealed")]
    Repealed { given: RepealLegalBasis },
}

impl LegalBasisEvent {
    /// The kind, as stored.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Added { .. } => "legal_basis_added",
            Self::Repealed { .. } => "legal_basis_repealed",
        }
    }

    /// Key of the document it is about.
    pub const fn basis(&self) -> &SourceId {
        match self {
            Self::Added { given } => &given.basis,
            Self::Repealed { given } => &given.basis,
        }
    }
}

/// How a citation stood on a day, as the register knew it then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BasisStanding {
    /// How it stood.
    pub state: BasisState,
    /// Key of the document in the register; none where it is not there.
    pub basis: Option<SourceId>,
    /// First day in force.
    pub in_force_from: Option<Date>,
    /// First day no longer.
    pub repealed_on: Option<Date>,
    /// What took its place, as people cite it.
    pub succeeded_by: Option<String>,
    /// How many entries the register had.
    pub register_version: u64,
}

impl BasisStanding {
    /// Whether whoever cites it must be told.
    pub const fn is_stale(&self) -> bool {
        matches!(self.state, BasisState::NotYet | BasisState::Repealed)
    }
}

/// A register: one an organ.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct LegalBases {
    /// The documents, by key.
    pub bases: BTreeMap<SourceId, AddLegalBasis>,
    /// How many events made it.
    pub n: u64,
}

impl LegalBases {
    /// The register after one event.
    ///
    /// # Errors
    /// [`CorruptHistory`] where the event cannot follow.
    pub fn evolve(state: Option<Self>, event: &LegalBasisEvent) -> Result<Self, CorruptHistory> {
        let mut state = state.unwrap_or_default();
        state.n += 1;
        let corrupt = |n, why: &str| CorruptHistory { n, kind: event.kind().to_owned(), why: why.to_owned() };
        match event {
            LegalBasisEvent::Added { given } => {
                if state.bases.insert(given.basis.clone(), given.clone()).is_some() {
                    return Err(corrupt(state.n, "the key is taken"));
                }
            }
            LegalBasisEvent::Repealed { given } => {
                let n = state.n;
                let known = state.bases.get_mut(&given.basis).ok_or_else(|| corrupt(n, "there is no such document"))?;
                known.repealed_on = Some(given.repealed_on);
                known.succeeded_by.clone_from(&given.succeeded_by);
            }
        }
        Ok(state)
    }

    /// The event that adds a document; nothing where it is there just so.
    ///
    /// # Errors
    /// A [`Rejection`] where the key is taken, or what is given cannot be kept.
    pub fn add(&self, given: AddLegalBasis) -> Result<Option<LegalBasisEvent>, Rejection> {
        check::line("name", &given.name)?;
        check::line_or_empty("number", &given.number)?;
        check::line("issued_by", &given.issued_by)?;
        check::text_or_empty("note", &given.note)?;
        if let (Some(from), Some(to)) = (given.in_force_from, given.repealed_on) {
            check::not_before("repealed_on", to, from)?;
        }
        self.successor(&given.basis, given.succeeded_by.as_ref())?;
        match self.bases.get(&given.basis) {
            Some(known) if *known == given => return Ok(None),
            Some(known) => {
                return Err(Rejection::new(Code::AlreadyThere).at("basis").given(&given.basis).needed(&known.name));
            }
            None => {}
        }
        let same =
            |known: &&AddLegalBasis| !given.number.is_empty() && plain_name(&known.number) == plain_name(&given.number);
        if let Some(known) = self.bases.values().find(same) {
            return Err(Rejection::new(Code::AlreadyThere).at("number").given(&given.number).needed(&known.basis));
        }
        Ok(Some(LegalBasisEvent::Added { given }))
    }

    /// The event that repeals a document; nothing where that is recorded just so.
    ///
    /// # Errors
    /// A [`Rejection`] where there is no such document, or the day lies before its first.
    pub fn repeal(&self, given: RepealLegalBasis) -> Result<Option<LegalBasisEvent>, Rejection> {
        check::text("by", &given.by)?;
        let unknown = || Rejection::new(Code::NotFound).at("basis").given(&given.basis);
        let known = self.bases.get(&given.basis).ok_or_else(unknown)?;
        if let Some(from) = known.in_force_from {
            check::not_before("repealed_on", given.repealed_on, from)?;
        }
        self.successor(&given.basis, given.succeeded_by.as_ref())?;
        let so = known.repealed_on == Some(given.repealed_on) && known.succeeded_by == given.succeeded_by;
        Ok((!so).then_some(LegalBasisEvent::Repealed { given }))
    }

    fn successor(&self, of: &SourceId, successor: Option<&SourceId>) -> Result<(), Rejection> {
        match successor {
            Some(successor) if successor == of || !self.bases.contains_key(successor) => {
                Err(Rejection::new(Code::NotFound).at("succeeded_by").given(successor))
            }
            _ => Ok(()),
        }
    }

    /// How a document stood on a day that is cited so. A number says which it is; a name alone means the one of that name
    /// in force on the day, for several may have borne it in turn.
    pub fn standing(&self, name: &str, number: &str, day: Date) -> BasisStanding {
        let found = self.cited(name, number, day);
        let state = found.map_or(BasisState::Unknown, |basis| match (basis.in_force_from, basis.repealed_on) {
            (_, Some(to)) if day >= to => BasisState::Repealed,
            (Some(from), _) if day < from => BasisState::NotYet,
            (Some(_), _) => BasisState::InForce,
            (None, _) => BasisState::Undated,
        });
        let successor = found.and_then(|basis| self.bases.get(basis.succeeded_by.as_ref()?));
        BasisStanding {
            state,
            basis: found.map(|basis| basis.basis.clone()),
            in_force_from: found.and_then(|basis| basis.in_force_from),
            repealed_on: found.and_then(|basis| basis.repealed_on),
            succeeded_by: successor.map(AddLegalBasis::cite),
            register_version: self.n,
        }
    }

    /// Documents that a free text cites and that are stale on a day: by their number, or by their name with the number of the
    /// order somewhere beside it (第183号); a name without a number means the one of that name in force on the day. What the
    /// register does not know is not told: a text is no list.
    pub fn stale_in(&self, text: &str, day: Date) -> Vec<BasisStanding> {
        self.cited_in(text, day).into_iter().filter(BasisStanding::is_stale).collect()
    }

    /// The same for all that a text cites and the register knows, stale or not: by number first, then the longest name.
    pub fn cited_in(&self, text: &str, day: Date) -> Vec<BasisStanding> {
        let mut left = plain_name(text);
        let mut found: Vec<(String, BasisStanding)> = Vec::new();
        let mut names: Vec<String> = self.bases.values().map(|basis| plain_name(&basis.name)).collect();
        // A name may lie in a longer one, and then the longer is meant.
        names.sort_by(|a, b| b.chars().count().cmp(&a.chars().count()).then_with(|| a.cmp(b)));
        names.dedup();
        let whole = left.clone();
        let numbered = |basis: &&AddLegalBasis| {
            let number = plain_name(&basis.number);
            !number.is_empty() && whole.contains(&number)
        };
        for basis in self.bases.values().filter(numbered) {
            found.push((plain_name(&basis.name), self.standing(&basis.name, &basis.number, day)));
        }
        for name in names.into_iter().filter(|name| !name.is_empty()) {
            if !left.contains(&name) {
                continue;
            }
            left = left.replace(&name, "\n");
            if found.iter().any(|(known, _)| *known == name) {
                continue;
            }
            let ordered = |basis: &&AddLegalBasis| {
                plain_name(&basis.name) == name && order(&basis.number).is_some_and(|order| whole.contains(&order))
            };
            let standing = match self.bases.values().find(ordered) {
                Some(basis) => self.standing(&basis.name, &basis.number, day),
                None => self.standing(&name, "", day),
            };
            found.push((name, standing));
        }
        found.into_iter().map(|(_, standing)| standing).collect()
    }

    fn cited(&self, name: &str, number: &str, day: Date) -> Option<&AddLegalBasis> {
        let (name, number) = (plain_name(name), plain_name(number));
        if !number.is_empty() {
            return self.bases.values().find(|basis| plain_name(&basis.number) == number);
        }
        let in_force = |basis: &&AddLegalBasis| {
            basis.in_force_from.is_none_or(|from| from <= day) && basis.repealed_on.is_none_or(|to| day < to)
        };
        let named: Vec<&AddLegalBasis> = self.bases.values().filter(|basis| plain_name(&basis.name) == name).collect();
        // Where none of them is in force, the one that was last.
        let newest = || named.iter().copied().max_by_key(|basis| (basis.in_force_from, basis.repealed_on));
        named.iter().copied().find(in_force).or_else(newest)
    }
}

/// The number of an order without who gave it: 第183号 of 粤府令第183号, for people write 省政府令第183号 too.
fn order(number: &str) -> Option<String> {
    let plain = plain_name(number);
    let from = plain.find('第')?;
    let to = plain[from..].find('号').map(|at| from + at + '号'.len_utf8())?;
    plain.get(from..to).map(str::to_owned)
}

impl AddLegalBasis {
    /// As people cite it: name and number.
    pub fn cite(&self) -> String {
        if self.number.is_empty() { self.name.clone() } else { format!("{}（{}）", self.name, self.number) }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn basis(key: &str, number: &str, from: Option<Date>, to: Option<Date>, successor: Option<&str>) -> AddLegalBasis {
        AddLegalBasis {
            basis: key.parse().expect("a key"),
            name: "广东省重大行政决策听证规定".to_owned(),
            number: number.to_owned(),
            kind: LegalBasisKind::GovernmentRule,
            issued_by: "广东省人民政府".to_owned(),
            in_force_from: from,
            repealed_on: to,
            succeeded_by: successor.map(|s| s.parse().expect("a key")),
            note: String::new(),
        }
    }

    fn register() -> LegalBases {
        let mut state = None;
        let newer = basis("gd303", "粤府令第303号", Some(date(2024, 1, 1)), None, None);
        let older = basis("gd183", "粤府令第183号", Some(date(2013, 6, 1)), Some(date(2024, 1, 1)), Some("gd303"));
        for given in [newer, older] {
            let event = LegalBases::default();
            let event = state.as_ref().unwrap_or(&event).add(given).expect("it can be kept").expect("it is new");
            state = Some(LegalBases::evolve(state, &event).expect("it follows"));
        }
        state.expect("two documents")
    }

    #[test]
    fn a_number_says_which_document_and_the_day_how_it_stood() {
        let register = register();
        let on = |number: &str, day| register.standing("广东省重大行政决策听证规定", number, day);
        let last = on("粤府令第183号", date(2023, 12, 31));
        assert_eq!((last.state, last.is_stale()), (BasisState::InForce, false));
        let after = on("粤府令 第183号", date(2024, 1, 1));
        assert_eq!((after.state, after.is_stale()), (BasisState::Repealed, true));
        assert_eq!(after.succeeded_by.as_deref(), Some("广东省重大行政决策听证规定（粤府令第303号）"));
        assert_eq!(on("粤府令第303号", date(2023, 12, 31)).state, BasisState::NotYet);
        assert_eq!(on("粤府令第999号", date(2024, 1, 1)).state, BasisState::Unknown);
    }

    #[test]
    fn a_text_cites_by_number_or_by_name() {
        let register = register();
        let stale = |text: &str, day| {
            let found = register.stale_in(text, day);
            found.into_iter().filter_map(|s| s.basis.map(|b| b.to_string())).collect::<Vec<_>>()
        };
        let day = date(2025, 3, 1);
        for text in [
            "依据粤府令 第１８３号第八条",
            "根据《广东省重大行政决策听证规定》（省政府令第183号）举行听证。",
            "根据《广东省重大行政决策听证规定》（粤府令第183号）举行听证。",
        ] {
            assert_eq!(stale(text, day), ["gd183"], "{text}");
            assert_eq!(stale(text, date(2023, 3, 1)), [""; 0], "in force then: {text}");
        }
        for text in [
            "根据《广东省重大行政决策听证规定》举行听证。",
            "根据《广东省重大行政决策听证规定》（粤府令第303号）举行听证。",
            "共收到第183号以内的来信若干件。",
            "",
        ] {
            assert_eq!(stale(text, day), [""; 0], "{text}");
        }
        let both = "原依据粤府令第183号，现依据粤府令第303号。";
        assert_eq!(stale(both, day), ["gd183"]);
    }

    #[test]
    fn a_name_alone_means_the_one_in_force_on_the_day() {
        let register = register();
        let key = |day| register.standing("广东省重大行政决策听证规定", "", day).basis.map(|b| b.to_string());
        assert_eq!(key(date(2023, 12, 31)).as_deref(), Some("gd183"));
        assert_eq!(key(date(2024, 1, 1)).as_deref(), Some("gd303"));
        // Before any of them: the one that is told is not in force.
        assert_eq!(register.standing("广东省重大行政决策听证规定", "", date(2010, 1, 1)).state, BasisState::NotYet);
    }

    #[test]
    fn a_key_and_a_number_are_for_one_document_and_adding_twice_is_harmless() {
        let register = register();
        let there = register.bases.values().next().expect("a document").clone();
        assert_eq!(register.add(there), Ok(None));
        let taken = register.add(basis("gd183", "粤府令第1号", None, None, None)).expect_err("the key is taken");
        assert_eq!(taken.code, Code::AlreadyThere);
        let number =
            register.add(basis("gd_other", "粤府令第 303 号", None, None, None)).expect_err("so is the number");
        assert_eq!((number.code, number.path.as_deref()), (Code::AlreadyThere, Some("number")));
    }

    #[test]
    fn a_repeal_names_a_known_document_and_a_later_record_stands() {
        let register = register();
        let repeal = |basis: &str, day, successor: Option<&str>| RepealLegalBasis {
            basis: basis.parse().expect("a key"),
            repealed_on: day,
            succeeded_by: successor.map(|s| s.parse().expect("a key")),
            by: "粤府令第400号".to_owned(),
        };
        let unknown = register.repeal(repeal("gd1", date(2026, 1, 1), None)).expect_err("it is not there");
        assert_eq!((unknown.code, unknown.path.as_deref()), (Code::NotFound, Some("basis")));
        let own = register.repeal(repeal("gd303", date(2026, 1, 1), Some("gd303"))).expect_err("its own successor");
        assert_eq!(own.path.as_deref(), Some("succeeded_by"));
        let early = register.repeal(repeal("gd303", date(2023, 1, 1), None)).expect_err("before its first day");
        assert_eq!(early.code, Code::DateNotAcceptable);
        let event = register.repeal(repeal("gd303", date(2026, 1, 1), None)).expect("it can be kept").expect("new");
        let after = LegalBases::evolve(Some(register), &event).expect("it follows");
        assert_eq!(after.standing("", "粤府令第303号", date(2026, 1, 1)).state, BasisState::Repealed);
        assert_eq!(after.repeal(repeal("gd303", date(2026, 1, 1), None)), Ok(None), "twice is harmless");
    }
}
