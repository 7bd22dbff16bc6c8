//! The roster of legal advisers 法律顾问、公职律师 (R713 art. 28): who was retained, for which term, and how each was assessed
//! year by year, with figures that are computed from the record of engagements.
//!
//! One stream an adviser. An adviser who left may be retained again; a code of theirs is never another's.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::case::CorruptHistory;
use crate::check;
use crate::code::Code;
use crate::id::{AdviserId, PersonId};
use crate::occasion::On;
use crate::rejection::Rejection;
use crate::words::{AdviserKind, DocumentRef};

/// Retain an adviser 聘任, or renew the term 续聘.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RetainAdviser {
    /// Adviser from outside, or lawyer in office.
    pub kind: AdviserKind,
    /// Their account, if they have one: then they give their opinions themselves.
    pub person: Option<PersonId>,
    /// Name.
    pub name: String,
    /// Law firm, university or post.
    pub firm_or_post: String,
    /// Fields that they are asked about, at least one.
    pub specialities: Vec<String>,
    /// First day of the term.
    pub from: Date,
    /// Last day of the term; absent where it has none.
    pub until: Option<Date>,
    /// By which decision or contract.
    pub basis: String,
    /// The letter of appointment, the contract.
    pub documents: Vec<DocumentRef>,
}

impl RetainAdviser {
    fn acceptable(&self) -> Result<(), Rejection> {
        let Self { kind: _, person: _, name, firm_or_post, specialities, from, until, basis, documents } = self;
        check::line("name", name)?;
        check::line("firm_or_post", firm_or_post)?;
        check::lines("specialities", specialities, 1)?;
        if let Some(until) = until {
            check::not_before("until", *until, *from)?;
        }
        check::line("basis", basis)?;
        check::documents(documents, 0)
    }
}

/// Take an adviser off the roster before the end of the term 解聘.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReleaseAdviser {
    /// Last day.
    pub until: Date,
    /// Why.
    pub reason: String,
}

/// What the record says of an adviser's year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AdviserFigures {
    /// How often they were asked in the year.
    pub engagements: u32,
    /// To how many of these they gave an opinion.
    pub opinions: u32,
    /// How many they declined, with reasons.
    pub declined: u32,
    /// Opinions adopted in full.
    pub adopted: u32,
    /// Opinions adopted in part, each with reasons.
    pub partly: u32,
    /// Opinions not adopted, each with reasons.
    pub not_adopted: u32,
}

impl AdviserFigures {
    /// Opinions of which nobody said how they were taken up.
    pub const fn undisposed(self) -> u32 {
        self.opinions.saturating_sub(self.adopted + self.partly + self.not_adopted)
    }

    /// Engagements without an opinion that were not declined.
    pub const fn unanswered(self) -> u32 {
        self.engagements.saturating_sub(self.opinions + self.declined)
    }
}

/// Assess an adviser's year 年度考核.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AssessAdviser {
    /// The year, not one to come.
    pub year: i16,
    /// The grade, by the words of the place: 优秀, 称职, …
    pub grade: String,
    /// The assessment.
    pub conclusion: String,
    /// Why an assessment of the same year is replaced; empty for the first.
    pub correction: String,
    /// What shows it.
    pub documents: Vec<DocumentRef>,
}

/// An act on an adviser who is on record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub enum AdviserAct {
    Renew(RetainAdviser),
    Release(ReleaseAdviser),
    Assess(AssessAdviser),
}

impl AdviserAct {
    /// Documents that come with it.
    pub fn documents(&self) -> &[DocumentRef] {
        match self {
            Self::Renew(RetainAdviser { documents, .. }) | Self::Assess(AssessAdviser { documents, .. }) => documents,
            Self::Release(_) => &[],
        }
    }
}

/// One event of an adviser.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", deny_unknown_fields)]
#[allow(missing_docs)]
pub enum AdviserEvent {
    /// They were retained, or retained again.
    #[serde(rename = "adviser_retained")]
    Retained { given: RetainAdviser },
    /// They left the roster.
    #[serde(rename = "adviser_released")]
    Released { given: ReleaseAdviser },
    /// A year of theirs was assessed, with what the record then said of it.
    #[serde(rename = "adviser_assessed")]
    Assessed { given: AssessAdviser, figures: AdviserFigures, on: Date },
}

impl AdviserEvent {
    /// The kind, as stored.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Retained { .. } => "adviser_retained",
            Self::Released { .. } => "adviser_released",
            Self::Assessed { .. } => "adviser_assessed",
        }
    }

    /// Documents that came with it.
    pub fn documents(&self) -> &[DocumentRef] {
        match self {
            Self::Retained { given } => &given.documents,
            Self::Assessed { given, .. } => &given.documents,
            Self::Released { .. } => &[],
        }
    }
}

/// An assessment on record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assessment {
    /// As given.
    pub given: AssessAdviser,
    /// What the record said.
    pub figures: AdviserFigures,
    /// When.
    pub on: Date,
}

/// An adviser.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Adviser {
    /// Their id.
    pub id: AdviserId,
    /// Terms, the latest last.
    pub terms: Vec<RetainAdviser>,
    /// How each term ended early, by its place among the terms.
    pub released: Vec<Option<ReleaseAdviser>>,
    /// Assessments in the order in which they were made.
    pub assessments: Vec<Assessment>,
    /// How many events made it.
    pub n: u64,
}

impl Adviser {
    /// The adviser after one event.
    ///
    /// # Errors
    /// [`CorruptHistory`] where the event cannot follow.
    pub fn evolve(state: Option<Self>, id: AdviserId, event: &AdviserEvent) -> Result<Self, CorruptHistory> {
        let n = state.as_ref().map_or(0, |s| s.n) + 1;
        let corrupt = |why: &str| CorruptHistory { n, kind: event.kind().to_owned(), why: why.to_owned() };
        let mut state = match (state, event) {
            (None, AdviserEvent::Retained { .. }) => {
                Self { id, terms: Vec::new(), released: Vec::new(), assessments: Vec::new(), n: 0 }
            }
            (None, _) => return Err(corrupt("the first event must retain somebody")),
            (Some(state), _) => state,
        };
        match event {
            AdviserEvent::Retained { given } => {
                state.terms.push(given.clone());
                state.released.push(None);
            }
            AdviserEvent::Released { given } => {
                *state.released.last_mut().ok_or_else(|| corrupt("there is no term"))? = Some(given.clone());
            }
            AdviserEvent::Assessed { given, figures, on } => {
                state.assessments.push(Assessment { given: given.clone(), figures: *figures, on: *on });
            }
        }
        state.n = n;
        Ok(state)
    }

    /// The latest term.
    pub fn term(&self) -> Option<&RetainAdviser> {
        self.terms.last()
    }

    /// Last day on the roster; none where no end is set.
    pub fn last_day(&self) -> Option<Date> {
        let released = self.released.last().and_then(Option::as_ref).map(|r| r.until);
        released.or_else(|| self.term().and_then(|t| t.until))
    }

    /// Whether they are on the roster on a day.
    pub fn serves_on(&self, day: Date) -> bool {
        self.terms.iter().zip(&self.released).any(|(term, released)| {
            let end = released.as_ref().map(|r| r.until).or(term.until);
            term.from <= day && end.is_none_or(|last| day <= last)
        })
    }

    /// Whether they were on the roster at any time of a year.
    fn served_in(&self, year: i16) -> bool {
        self.terms.iter().zip(&self.released).any(|(term, released)| {
            let end = released.as_ref().map(|r| r.until).or(term.until);
            term.from.year() <= year && end.is_none_or(|last| year <= last.year())
        })
    }

    /// Retains somebody who is not on record yet.
    ///
    /// # Errors
    /// A [`Rejection`] where a record cannot hold it.
    pub fn retain(given: RetainAdviser, on: On) -> Result<AdviserEvent, Rejection> {
        on.acceptable()?;
        given.acceptable()?;
        Ok(AdviserEvent::Retained { given })
    }

    /// What an act does to an adviser. `figures` is what the record says of the year that is assessed.
    ///
    /// # Errors
    /// A [`Rejection`] where it may not happen.
    pub fn decide(&self, act: AdviserAct, figures: AdviserFigures, on: On) -> Result<AdviserEvent, Rejection> {
        on.acceptable()?;
        match act {
            AdviserAct::Renew(given) => {
                given.acceptable()?;
                match self.last_day() {
                    None => Err(Rejection::new(Code::AlreadyThere).at("from").given(given.from)),
                    Some(last) if given.from <= last => {
                        let needed = format!("{}..", last.tomorrow().unwrap_or(last));
                        Err(Rejection::new(Code::DateNotAcceptable).at("from").given(given.from).needed(needed))
                    }
                    Some(_) => Ok(AdviserEvent::Retained { given }),
                }
            }
            AdviserAct::Release(given) => {
                check::text("reason", &given.reason)?;
                let Some(term) = self.term() else { return Err(Rejection::new(Code::NotFound)) };
                check::not_before("until", given.until, term.from)?;
                if let Some(last) = self.last_day() {
                    check::not_after("until", given.until, last)?;
                }
                if self.released.last().is_some_and(Option::is_some) {
                    return Err(Rejection::new(Code::AlreadyThere).at("until").given(given.until));
                }
                Ok(AdviserEvent::Released { given })
            }
            AdviserAct::Assess(given) => self.assess(given, figures, on),
        }
    }

    fn assess(&self, given: AssessAdviser, figures: AdviserFigures, on: On) -> Result<AdviserEvent, Rejection> {
        check::line("grade", &given.grade)?;
        check::text("conclusion", &given.conclusion)?;
        check::text_or_empty("correction", &given.correction)?;
        check::documents(&given.documents, 0)?;
        if given.year > on.day.year() || !self.served_in(given.year) {
            let needed = format!("..{}", on.day.year());
            return Err(Rejection::new(Code::DateNotAcceptable).at("year").given(given.year).needed(needed));
        }
        let before = self.assessments.iter().any(|a| a.given.year == given.year);
        match (before, given.correction.is_empty()) {
            (true, true) => Err(Rejection::new(Code::AlreadyThere).at("year").given(given.year)),
            (false, false) => Err(Rejection::new(Code::InputNotAcceptable).at("correction").needed("null")),
            _ => Ok(AdviserEvent::Assessed { given, figures, on: on.day }),
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use uuid::Uuid;

    use super::*;

    const ID: AdviserId = AdviserId::new(Uuid::from_u128(1));

    fn on(day: Date) -> On {
        On { today: day, day, offline: false }
    }

    fn term(from: Date, until: Option<Date>) -> RetainAdviser {
        RetainAdviser {
            kind: AdviserKind::LegalAdviser,
            person: None,
            name: "邓某".to_owned(),
            firm_or_post: "某某律师事务所".to_owned(),
            specialities: vec!["行政法".to_owned()],
            from,
            until,
            basis: "区府办〔2024〕2号".to_owned(),
            documents: Vec::new(),
        }
    }

    fn assess(year: i16, correction: &str) -> AdviserAct {
        AdviserAct::Assess(AssessAdviser {
            year,
            grade: "称职".to_owned(),
            conclusion: "履职良好".to_owned(),
            correction: correction.to_owned(),
            documents: Vec::new(),
        })
    }

    fn then(state: Adviser, act: AdviserAct, day: Date) -> Result<Adviser, Rejection> {
        let event = state.decide(act, AdviserFigures::default(), on(day))?;
        Ok(Adviser::evolve(Some(state), ID, &event).expect("it can follow"))
    }

    fn retained(until: Option<Date>) -> Adviser {
        let event = Adviser::retain(term(date(2024, 1, 1), until), on(date(2024, 1, 5))).expect("retained");
        Adviser::evolve(None, ID, &event).expect("it begins")
    }

    #[test]
    fn the_last_day_of_a_term_still_counts_and_the_day_after_does_not() {
        let state = retained(Some(date(2024, 12, 31)));
        assert!(!state.serves_on(date(2023, 12, 31)) && state.serves_on(date(2024, 1, 1)));
        assert!(state.serves_on(date(2024, 12, 31)) && !state.serves_on(date(2025, 1, 1)));
        let again = then(state.clone(), AdviserAct::Renew(term(date(2024, 12, 31), None)), date(2024, 12, 20));
        assert_eq!(again.unwrap_err().needed.as_deref(), Some("2025-01-01.."));
        let state = then(state, AdviserAct::Renew(term(date(2025, 1, 1), None)), date(2024, 12, 20)).expect("renewed");
        assert!(state.serves_on(date(2026, 1, 1)));
        let left = ReleaseAdviser { until: date(2025, 3, 31), reason: "任职变动".to_owned() };
        let state = then(state, AdviserAct::Release(left.clone()), date(2025, 3, 31)).expect("released");
        assert!(state.serves_on(date(2024, 5, 1)) && !state.serves_on(date(2025, 4, 1)));
        let twice = then(state, AdviserAct::Release(left), date(2025, 4, 1)).unwrap_err();
        assert_eq!(twice.code, Code::AlreadyThere);
    }

    #[test]
    fn a_year_is_assessed_once_and_corrected_with_a_reason() {
        let state = retained(Some(date(2024, 12, 31)));
        let early = then(state.clone(), assess(2025, ""), date(2024, 12, 20)).unwrap_err();
        assert_eq!(early.code, Code::DateNotAcceptable, "a year to come");
        let before = then(state.clone(), assess(2023, ""), date(2024, 12, 20)).unwrap_err();
        assert_eq!(before.code, Code::DateNotAcceptable, "not on the roster");
        let state = then(state, assess(2024, ""), date(2025, 1, 10)).expect("assessed");
        assert_eq!(then(state.clone(), assess(2024, ""), date(2025, 1, 11)).unwrap_err().code, Code::AlreadyThere);
        let state = then(state, assess(2024, "漏计一项意见"), date(2025, 1, 11)).expect("corrected");
        assert_eq!(state.assessments.len(), 2, "the first stays");
    }

    #[test]
    fn figures_say_what_is_open() {
        let figures =
            AdviserFigures { engagements: 9, opinions: 6, declined: 1, adopted: 3, partly: 1, not_adopted: 1 };
        assert_eq!((figures.undisposed(), figures.unanswered()), (1, 2));
    }
}
