//! The register of determinations 是否属于重大行政决策的认定: whether a matter is a major decision, of which class, or on
//! which ground it is excluded (R713 art. 3; law digest §1).
//!
//! One stream a matter. A determination is never edited: a wrong one is followed by another that says why, and both stay.
//! Being in the yearly catalogue does not make a matter major, nor being outside it minor (trap 19), so the register stands
//! beside the catalogue and is tied to it.

use std::collections::BTreeSet;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::case::CorruptHistory;
use crate::check;
use crate::code::Code;
use crate::definition::Authority;
use crate::id::DeterminationId;
use crate::occasion::On;
use crate::rejection::Rejection;
use crate::secret::SecretRef;
use crate::tie::{TieMatter, Ties};
use crate::words;
use crate::words::{DocumentRef, MatterClass};

words! {
    /// Why a matter is no major decision.
    ExclusionGround {
        /// Macro-control such as fiscal and monetary policy.
        MacroControl = "macro_control",
        /// Government legislation.
        Legislation = "legislation",
        /// Decisions in the response to an emergency.
        Emergency = "emergency",
        /// Carries out what a superior decided, or forwards it without instructions of its own.
        SuperiorDecision = "superior_decision",
        /// Personnel or internal management.
        InternalManagement = "internal_management",
        /// Another law sets the procedure of its decision.
        OtherProcedure = "other_procedure",
        /// None of the five classes: no major effect.
        NotMajor = "not_major",
    }

    /// What a reader of a determination must know.
    DeterminationFlag {
        /// The ground is not in the law of this place.
        GroundNotBinding = "ground_not_binding",
        /// It takes the place of an earlier determination.
        CorrectsEarlier = "corrects_earlier",
    }
}

/// Where a ground stands, as the rules of the place say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GroundSource {
    /// How far it binds here.
    pub authority: Authority,
    /// The text.
    pub cite: String,
    /// The article; empty where there is none.
    pub article: String,
}

/// Determine whether a matter is a major decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Determine {
    /// Name of the matter, 1 to 200 characters; empty for a secret one.
    pub title: String,
    /// What it is about, up to 10,000 characters; empty for a secret one.
    pub content: String,
    /// The registered stub of a secret matter.
    pub secret: Option<SecretRef>,
    /// Whether it is a major decision.
    pub major: bool,
    /// Its class; given if and only if it is major.
    pub class: Option<MatterClass>,
    /// Why it is none; given if and only if it is not major.
    pub ground: Option<ExclusionGround>,
    /// The article on which the exclusion rests, as people cite it; given if and only if it is not major.
    pub basis: String,
    /// Special laws that add steps of their own, as people cite them: planning, expropriation, prices, environment.
    pub overlays: Vec<String>,
    /// Why; empty for a secret matter.
    pub reason: String,
    /// Who determined it: name and office, or body and number of the meeting.
    pub determined_by: String,
    /// When, not in the future.
    pub determined_on: Date,
    /// What shows it.
    pub documents: Vec<DocumentRef>,
}

impl Determine {
    fn acceptable(&self) -> Result<(), Rejection> {
        let Self {
            title,
            content,
            secret,
            major,
            class,
            ground,
            basis,
            overlays,
            reason,
            determined_by,
            determined_on: _,
            documents,
        } = self;
        match secret {
            Some(stub) => {
                let content = [
                    ("title", !title.is_empty()),
                    ("content", !content.is_empty()),
                    ("reason", !reason.is_empty()),
                    ("overlays", !overlays.is_empty()),
                    ("documents", !documents.is_empty()),
                ];
                stub.acceptable("secret", &content)?;
            }
            None => {
                check::line("title", title)?;
                check::text_or_empty("content", content)?;
                check::text("reason", reason)?;
            }
        }
        let refused = |at: &str, needed: &str| Err(Rejection::new(Code::InputNotAcceptable).at(at).needed(needed));
        match (major, class, ground) {
            (true, None, _) => return refused("class", "a class"),
            (true, Some(_), Some(_)) => return refused("ground", "null"),
            (false, Some(_), _) => return refused("class", "null"),
            (false, None, None) => return refused("ground", "a ground"),
            (true, Some(_), None) if !basis.is_empty() => return refused("basis", "null"),
            (true, Some(_), None) => {}
            (false, None, Some(_)) => check::line("basis", basis)?,
        }
        check::lines("overlays", overlays, 0)?;
        check::line("determined_by", determined_by)?;
        check::documents(documents, 0)
    }
}

/// An act on a determination.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub enum DeterminationAct {
    /// A new determination of the same matter takes the place of the last one.
    Correct(Determine),
    Link(TieMatter),
    Unlink(TieMatter),
}

/// One event of a determination.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", deny_unknown_fields)]
#[allow(missing_docs)]
pub enum DeterminationEvent {
    /// It was determined, for the first time or anew.
    #[serde(rename = "determination_made")]
    Made { given: Determine, number: u32, source: Option<GroundSource>, flags: BTreeSet<DeterminationFlag> },
    /// It was tied to something.
    #[serde(rename = "determination_linked")]
    Linked { given: TieMatter },
    /// It was untied.
    #[serde(rename = "determination_unlinked")]
    Unlinked { given: TieMatter },
}

impl DeterminationEvent {
    /// The kind, as stored.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Made { .. } => "determination_made",
            Self::Linked { .. } => "determination_linked",
            Self::Unlinked { .. } => "determination_unlinked",
        }
    }
}

/// One determination of a matter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Made {
    /// Its number, from 1.
    pub number: u32,
    /// What was determined.
    pub given: Determine,
    /// Where the ground stands.
    pub source: Option<GroundSource>,
    /// What a reader must know.
    pub flags: BTreeSet<DeterminationFlag>,
}

/// Whether a matter is a major decision, as determined so far.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Determination {
    /// Its id.
    pub id: DeterminationId,
    /// Determinations; the last one holds.
    pub made: Vec<Made>,
    /// What it is tied to.
    pub ties: Ties,
    /// How many events made it.
    pub n: u64,
}

impl Determination {
    /// The determination after one event.
    ///
    /// # Errors
    /// [`CorruptHistory`] where the event cannot follow.
    pub fn evolve(
        state: Option<Self>,
        id: DeterminationId,
        event: &DeterminationEvent,
    ) -> Result<Self, CorruptHistory> {
        let n = state.as_ref().map_or(0, |s| s.n) + 1;
        let corrupt = |why: &str| CorruptHistory { n, kind: event.kind().to_owned(), why: why.to_owned() };
        let mut state = match (state, event) {
            (None, DeterminationEvent::Made { .. }) => Self { id, made: Vec::new(), ties: Ties::default(), n: 0 },
            (None, _) => return Err(corrupt("the first event must determine something")),
            (Some(state), _) => state,
        };
        match event {
            DeterminationEvent::Made { given, number, source, flags } => {
                if *number as usize != state.made.len() + 1 {
                    return Err(corrupt("its number does not follow"));
                }
                let (given, source, flags) = (given.clone(), source.clone(), flags.clone());
                state.made.push(Made { number: *number, given, source, flags });
            }
            DeterminationEvent::Linked { given } => state.ties.tie(given),
            DeterminationEvent::Unlinked { given } if state.ties.untie(given) => {}
            DeterminationEvent::Unlinked { .. } => return Err(corrupt("it is not tied to that")),
        }
        state.n = n;
        Ok(state)
    }

    /// The one that holds.
    pub fn current(&self) -> Option<&Made> {
        self.made.last()
    }

    /// Determines a matter, for the first time (`None`) or anew. `source` says where the ground stands in this place.
    ///
    /// # Errors
    /// A [`Rejection`] where it may not be recorded.
    pub fn determine(
        state: Option<&Self>,
        given: Determine,
        source: Option<GroundSource>,
        on: On,
    ) -> Result<DeterminationEvent, Rejection> {
        on.acceptable()?;
        given.acceptable()?;
        check::not_after("determined_on", given.determined_on, on.today)?;
        let before = state.and_then(Self::current);
        let mut flags = BTreeSet::new();
        if let Some(before) = before {
            if before.given == given {
                return Err(Rejection::new(Code::AlreadyThere).given(before.number));
            }
            check::not_before("determined_on", given.determined_on, before.given.determined_on)?;
            flags.insert(DeterminationFlag::CorrectsEarlier);
        }
        if source.as_ref().is_some_and(|s| !s.authority.is_hard()) {
            flags.insert(DeterminationFlag::GroundNotBinding);
        }
        let number = before.map_or(1, |b| b.number + 1);
        Ok(DeterminationEvent::Made { given, number, source, flags })
    }

    /// What an act on the ties does.
    ///
    /// # Errors
    /// A [`Rejection`] where it may not happen.
    pub fn link(&self, given: TieMatter) -> Result<DeterminationEvent, Rejection> {
        self.ties.may_tie(&given)?;
        Ok(DeterminationEvent::Linked { given })
    }

    /// The same, for untying.
    ///
    /// # Errors
    /// A [`Rejection`] where it may not happen.
    pub fn unlink(&self, given: TieMatter) -> Result<DeterminationEvent, Rejection> {
        self.ties.may_untie(&given)?;
        Ok(DeterminationEvent::Unlinked { given })
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use uuid::Uuid;

    use super::*;
    use crate::id::SecretStubId;

    const ID: DeterminationId = DeterminationId::new(Uuid::from_u128(1));
    const DAY: Date = date(2024, 3, 1);
    const ON: On = On { today: DAY, day: DAY, offline: false };

    fn major() -> Determine {
        Determine {
            title: "城乡供水价格调整".to_owned(),
            content: String::new(),
            secret: None,
            major: true,
            class: Some(MatterClass::PublicPolicy),
            ground: None,
            basis: String::new(),
            overlays: vec!["《价格法》第23条".to_owned()],
            reason: "涉及公众切身利益".to_owned(),
            determined_by: "区司法局".to_owned(),
            determined_on: DAY,
            documents: Vec::new(),
        }
    }

    fn excluded(ground: ExclusionGround) -> Determine {
        let basis = "《重大行政决策程序暂行条例》第3条".to_owned();
        Determine { major: false, class: None, ground: Some(ground), basis, ..major() }
    }

    fn source(authority: Authority) -> Option<GroundSource> {
        Some(GroundSource { authority, cite: "R713".to_owned(), article: "3".to_owned() })
    }

    /// R713 art. 3: a class for what is major, a ground with its basis for what is not; never both, never neither.
    #[test]
    fn what_is_major_has_a_class_and_what_is_not_has_a_ground() {
        let refused = |given: Determine| Determination::determine(None, given, None, ON).unwrap_err().path;
        assert_eq!(refused(Determine { class: None, ..major() }).as_deref(), Some("class"));
        let both = Determine { ground: Some(ExclusionGround::Emergency), ..major() };
        assert_eq!(refused(both).as_deref(), Some("ground"));
        let emergency = || excluded(ExclusionGround::Emergency);
        assert_eq!(refused(Determine { basis: String::new(), ..emergency() }).as_deref(), Some("basis"));
        assert_eq!(refused(Determine { ground: None, ..emergency() }).as_deref(), Some("ground"));
        assert_eq!(refused(Determine { class: Some(MatterClass::Plan), ..emergency() }).as_deref(), Some("class"));
        assert_eq!(refused(Determine { reason: " ".to_owned(), ..emergency() }).as_deref(), Some("reason"));
        Determination::determine(None, emergency(), source(Authority::Binding), ON).expect("an exclusion of R713");
    }

    /// A ground borrowed from another place refuses nothing and exempts nobody in silence.
    #[test]
    fn a_ground_that_does_not_bind_here_is_flagged() {
        let flags = |authority| {
            let given = excluded(ExclusionGround::InternalManagement);
            match Determination::determine(None, given, source(authority), ON).expect("it is recorded") {
                DeterminationEvent::Made { flags, .. } => flags.into_iter().collect::<Vec<_>>(),
                other => panic!("{other:?}"),
            }
        };
        assert_eq!(flags(Authority::Borrowed), [DeterminationFlag::GroundNotBinding]);
        assert_eq!(flags(Authority::LocalRule), []);
    }

    /// A correction is another determination; the first stays as it was.
    #[test]
    fn a_correction_leaves_the_first_as_it_was() {
        let first = Determination::determine(None, excluded(ExclusionGround::NotMajor), None, ON).expect("recorded");
        let state = Determination::evolve(None, ID, &first).expect("it begins");
        let same = Determination::determine(Some(&state), excluded(ExclusionGround::NotMajor), None, ON);
        assert_eq!(same.unwrap_err().code, Code::AlreadyThere);
        let earlier = Determine { determined_on: date(2024, 2, 1), ..major() };
        let refused = Determination::determine(Some(&state), earlier, None, ON).unwrap_err();
        assert_eq!(refused.code, Code::DateNotAcceptable);
        let second = Determination::determine(Some(&state), major(), None, ON).expect("recorded");
        let state = Determination::evolve(Some(state), ID, &second).expect("it follows");
        assert_eq!(state.made.iter().map(|m| (m.number, m.given.major)).collect::<Vec<_>>(), [(1, false), (2, true)]);
        assert!(state.current().expect("one holds").flags.contains(&DeterminationFlag::CorrectsEarlier));
        assert!(Determination::evolve(Some(state), ID, &second).is_err(), "the same number twice");
    }

    /// Trap 18: of a secret matter nothing but the stub.
    #[test]
    fn a_secret_matter_is_a_stub() {
        let stub = SecretRef { stub: SecretStubId::new(Uuid::from_u128(9)), number: "机要〔2024〕3号".to_owned() };
        let told = Determine { secret: Some(stub.clone()), ..major() };
        let refused = Determination::determine(None, told, None, ON).unwrap_err();
        assert_eq!((refused.code, refused.path.as_deref()), (Code::SecretStubOnly, Some("title")));
        let bare = Determine {
            title: String::new(),
            reason: String::new(),
            overlays: Vec::new(),
            secret: Some(stub),
            ..major()
        };
        Determination::determine(None, bare, None, ON).expect("the stub alone");
    }
}
