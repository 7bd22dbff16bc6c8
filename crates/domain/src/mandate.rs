//! Inspection mandates 督察授权: a named team may read and trace what its mandate names, within its days, and nothing else
//! (R713 arts. 8, 9; law digest §17).
//!
//! One stream a mandate. It gives no right to act. It ends with its last day, or earlier by a revocation, and stays on record.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::case::CorruptHistory;
use crate::check;
use crate::code::Code;
use crate::id::{CaseId, InspectionMandateId, PersonId, UnitId};
use crate::occasion::On;
use crate::rejection::Rejection;
use crate::words::DocumentRef;

/// Enter a mandate that was issued on paper.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EnterMandate {
    /// Name of the team.
    pub team: String,
    /// Who is of it: at least one, none twice.
    pub members: Vec<PersonId>,
    /// Cases that they look into; none twice.
    pub cases: Vec<CaseId>,
    /// Units whose cases they look into; none twice. At least one case or unit is named.
    pub units: Vec<UnitId>,
    /// First day.
    pub from: Date,
    /// Last day, not before the first and not past already.
    pub until: Date,
    /// Who issued it: body, or name and office.
    pub issued_by: String,
    /// Number of the paper.
    pub number: String,
    /// The paper, at least one document.
    pub documents: Vec<DocumentRef>,
}

/// Revoke a mandate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RevokeMandate {
    /// Why.
    pub reason: String,
}

/// One event of a mandate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", deny_unknown_fields)]
#[allow(missing_docs)]
pub enum MandateEvent {
    /// It was entered.
    #[serde(rename = "inspection_mandate_entered")]
    Entered { given: EnterMandate, by: PersonId, on: Date },
    /// It was revoked.
    #[serde(rename = "inspection_mandate_revoked")]
    Revoked { given: RevokeMandate, by: PersonId, on: Date },
}

impl MandateEvent {
    /// The kind, as stored.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Entered { .. } => "inspection_mandate_entered",
            Self::Revoked { .. } => "inspection_mandate_revoked",
        }
    }
}

/// An act on a mandate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub enum MandateAct {
    Revoke(RevokeMandate),
}

/// A mandate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InspectionMandate {
    /// Its id.
    pub id: InspectionMandateId,
    /// As it was entered.
    pub given: EnterMandate,
    /// Why and when it was revoked.
    pub revoked: Option<(RevokeMandate, Date)>,
}

impl InspectionMandate {
    /// The mandate after one event.
    ///
    /// # Errors
    /// [`CorruptHistory`] where the event cannot follow.
    pub fn evolve(state: Option<Self>, id: InspectionMandateId, event: &MandateEvent) -> Result<Self, CorruptHistory> {
        let corrupt = |n: u64, why: &str| CorruptHistory { n, kind: event.kind().to_owned(), why: why.to_owned() };
        match (state, event) {
            (None, MandateEvent::Entered { given, .. }) => Ok(Self { id, given: given.clone(), revoked: None }),
            (None, MandateEvent::Revoked { .. }) => Err(corrupt(1, "the first event must enter it")),
            (Some(state), MandateEvent::Revoked { given, on, .. }) if state.revoked.is_none() => {
                Ok(Self { revoked: Some((given.clone(), *on)), ..state })
            }
            (Some(state), _) => Err(corrupt(2 + u64::from(state.revoked.is_some()), "it is there, or over, already")),
        }
    }

    /// Enters a mandate. `units_of` are the units of every post that a member holds, with those these are part of.
    ///
    /// # Errors
    /// `FOUR_EYES` where whoever enters it is of the team; `ACCOUNTABILITY_CONFLICT` where a member is of a unit that it names;
    /// a [`Rejection`] of what is given.
    pub fn enter(
        given: EnterMandate,
        by: PersonId,
        units_of: &BTreeMap<PersonId, BTreeSet<UnitId>>,
        on: On,
    ) -> Result<MandateEvent, Rejection> {
        on.acceptable()?;
        check::line("team", &given.team)?;
        check::count("members", given.members.len(), 1)?;
        check::distinct("members", &given.members)?;
        check::distinct("cases", &given.cases)?;
        check::distinct("units", &given.units)?;
        if given.cases.is_empty() {
            check::count("units", given.units.len(), 1)?;
        }
        check::not_before("until", given.until, given.from)?;
        check::not_before("until", given.until, on.today)?;
        check::line("issued_by", &given.issued_by)?;
        check::line("number", &given.number)?;
        check::documents(&given.documents, 1)?;
        if let Some(i) = given.members.iter().position(|member| *member == by) {
            return Err(Rejection::new(Code::FourEyes).at(format!("members.{i}")).given(by));
        }
        for (i, member) in given.members.iter().enumerate() {
            let own = units_of.get(member).into_iter().flatten().find(|unit| given.units.contains(unit));
            if let Some(unit) = own {
                return Err(Rejection::new(Code::AccountabilityConflict).at(format!("members.{i}")).given(unit));
            }
        }
        Ok(MandateEvent::Entered { given, by, on: on.day })
    }

    /// Revokes it.
    ///
    /// # Errors
    /// `ALREADY_THERE` where it was revoked before; a [`Rejection`] of the reason.
    pub fn revoke(&self, given: RevokeMandate, by: PersonId, on: On) -> Result<MandateEvent, Rejection> {
        on.acceptable()?;
        check::text("reason", &given.reason)?;
        match self.revoked {
            Some((_, day)) => Err(Rejection::new(Code::AlreadyThere).given(day)),
            None => Ok(MandateEvent::Revoked { given, by, on: on.day }),
        }
    }

    /// Whether it gives something to somebody on a day: they are of the team, the day is one of its days, and it is not revoked.
    pub fn in_force(&self, person: PersonId, day: Date) -> bool {
        let within = (self.given.from..=self.given.until).contains(&day);
        self.given.members.contains(&person) && self.revoked.is_none() && within
    }

    /// Whether it names a case or one of its units.
    pub fn names(&self, case: CaseId, units: impl IntoIterator<Item = UnitId>) -> bool {
        self.given.cases.contains(&case) || units.into_iter().any(|unit| self.given.units.contains(&unit))
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use uuid::Uuid;

    use super::*;
    use crate::id::Digest;

    const ID: InspectionMandateId = InspectionMandateId::new(Uuid::from_u128(1));
    const MEMBER: PersonId = PersonId::new(Uuid::from_u128(11));
    const AUDITOR: PersonId = PersonId::new(Uuid::from_u128(12));
    const WATER: UnitId = UnitId::new(Uuid::from_u128(31));
    const CASE: CaseId = CaseId::new(Uuid::from_u128(2));
    const OTHER: CaseId = CaseId::new(Uuid::from_u128(3));

    fn on(day: Date) -> On {
        On { today: day, day, offline: false }
    }

    fn given() -> EnterMandate {
        let (name, media_type) = ("授权书".to_owned(), "application/pdf".to_owned());
        EnterMandate {
            team: "第一督察组".to_owned(),
            members: vec![MEMBER],
            cases: vec![CASE],
            units: Vec::new(),
            from: date(2024, 2, 28),
            until: date(2024, 2, 29),
            issued_by: "区委全面依法治区委员会".to_owned(),
            number: "督授〔2024〕1号".to_owned(),
            documents: vec![DocumentRef { digest: Digest::new([1; 32]), name, media_type, size_bytes: 1 }],
        }
    }

    fn entered(given: EnterMandate) -> InspectionMandate {
        let event = InspectionMandate::enter(given, AUDITOR, &BTreeMap::new(), on(date(2024, 2, 28))).expect("entered");
        InspectionMandate::evolve(None, ID, &event).expect("it begins")
    }

    #[test]
    fn a_mandate_covers_its_team_its_days_and_its_scope() {
        let mandate = entered(given());
        let covers = |person, day, case| mandate.in_force(person, day) && mandate.names(case, [WATER]);
        assert!(covers(MEMBER, date(2024, 2, 28), CASE) && covers(MEMBER, date(2024, 2, 29), CASE), "both its days");
        for (person, day, case) in [
            (MEMBER, date(2024, 2, 27), CASE),
            (MEMBER, date(2024, 3, 1), CASE),
            (AUDITOR, date(2024, 2, 28), CASE),
            (MEMBER, date(2024, 2, 28), OTHER),
        ] {
            assert!(!covers(person, day, case), "{person} {day} {case}");
        }
        let of_unit = entered(EnterMandate { cases: Vec::new(), units: vec![WATER], ..given() });
        assert!(of_unit.names(OTHER, [WATER]) && !of_unit.names(OTHER, []));
        let day = on(date(2024, 2, 29));
        let reason = || RevokeMandate { reason: "任务完成。".to_owned() };
        let revoked = mandate.revoke(reason(), AUDITOR, day).expect("revoked");
        let over = InspectionMandate::evolve(Some(mandate.clone()), ID, &revoked).expect("it follows");
        assert!(!over.in_force(MEMBER, date(2024, 2, 28)));
        assert_eq!(over.revoke(reason(), AUDITOR, day).unwrap_err().code, Code::AlreadyThere);
        assert!(InspectionMandate::evolve(Some(over), ID, &revoked).is_err());
        assert!(InspectionMandate::evolve(None, ID, &revoked).is_err());
    }

    #[test]
    fn nobody_mandates_themselves_nor_inspects_their_own_unit() {
        let enter = |given: EnterMandate| {
            let units = BTreeMap::from([(MEMBER, BTreeSet::from([WATER]))]);
            InspectionMandate::enter(given, AUDITOR, &units, on(date(2024, 2, 28))).map_err(|refused| refused.code)
        };
        assert!(enter(given()).is_ok());
        for (wrong, code) in [
            (EnterMandate { members: vec![MEMBER, AUDITOR], ..given() }, Code::FourEyes),
            (EnterMandate { units: vec![WATER], ..given() }, Code::AccountabilityConflict),
            (EnterMandate { cases: Vec::new(), ..given() }, Code::ListNotAcceptable),
            (EnterMandate { members: Vec::new(), ..given() }, Code::ListNotAcceptable),
            (EnterMandate { members: vec![MEMBER, MEMBER], ..given() }, Code::ListNotAcceptable),
            (EnterMandate { until: date(2024, 2, 27), ..given() }, Code::DateNotAcceptable),
            (EnterMandate { from: date(2023, 12, 1), until: date(2023, 12, 31), ..given() }, Code::DateNotAcceptable),
            (EnterMandate { documents: Vec::new(), ..given() }, Code::DocumentMissing),
        ] {
            assert_eq!(enter(wrong), Err(code));
        }
    }
}
