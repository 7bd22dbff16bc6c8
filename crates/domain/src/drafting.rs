//! What drafting answers for besides the draft itself: one struct an item, with its form.
//!
//! An item says what was found and by whom. Only what is in order opens a gate that asks for it; what disputes or fails is
//! kept all the same, and goes with the file to the meeting (R713 arts. 13, 29).

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::check;
use crate::code::Code;
use crate::id::{DraftId, UnitId};
use crate::legal_bases::BasisStanding;
use crate::rejection::Rejection;
use crate::verb::Verb;
use crate::words;
use crate::words::DraftingItem;

words! {
    /// Where a department that was asked stands at the end of the talks (R713 art. 13).
    DepartmentStance {
        /// Agrees.
        Agrees = "agrees",
        /// Agrees after the draft was changed or explained.
        AgreesAfterTalks = "agrees_after_talks",
        /// Does not agree: what is disputed is reported to the organ.
        Disagrees = "disagrees",
        /// Gave no reply in the time that it had.
        Silent = "silent",
    }

    /// Who issues a measure that touches operators: it decides who reviews it.
    MeasureIssuer {
        /// The government.
        Government = "government",
        /// A department.
        Department = "department",
    }

    /// Who reviewed a measure for fair competition.
    FairCompetitionReviewer {
        /// The unit that drafts it.
        UndertakingUnit = "undertaking_unit",
        /// The market-regulation department of the same level 市场监督管理部门.
        MarketRegulation = "market_regulation",
    }

    /// What the review found.
    FairCompetitionConclusion {
        /// Nothing excludes or restricts competition.
        Passes = "passes",
        /// Something does, and no exception holds.
        Fails = "fails",
        /// Something does, and an exception holds (Fair Competition Review Regulation art. 12).
        Exception = "exception",
    }

    /// On which ground an exception holds (Fair Competition Review Regulation art. 12).
    FairCompetitionGround {
        /// To safeguard national security.
        NationalSecurity = "national_security",
        /// To further progress of science and technology.
        TechnicalProgress = "technical_progress",
        /// To save energy, protect the environment, relieve disasters and the like.
        PublicInterest = "public_interest",
        /// As a law or administrative regulation says.
        OtherByLaw = "other_by_law",
    }
}

macro_rules! parts {
    ($($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident: $kind:ty,)* })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct $name {
            $($(#[$field_doc])* pub $field: $kind,)*
        }
    )*};
}

parts! {
    /// One entry of the list of bases.
    CitedBasis {
        /// Name of the document.
        name: String,
        /// Its number 发文字号; empty where it has none.
        number: String,
        /// Which articles, as people cite them; empty for the whole.
        articles: String,
        /// What in the draft rests on it.
        supports: String,
        /// How it stood on that day in the register of legal bases; the record knows it, whoever asks does not say it.
        standing: Option<BasisStanding>,
    }

    /// The list of legal and policy bases 依据清单 (R713 art. 12).
    BasisList {
        /// The bases, at least one.
        bases: Vec<CitedBasis>,
    }

    /// One of several solutions.
    DraftOption {
        /// Its name, e.g. 方案一.
        name: String,
        /// What it does.
        content: String,
        /// What speaks for it.
        advantages: String,
        /// What speaks against it.
        drawbacks: String,
    }

    /// Several solutions, where views differ widely (R713 art. 12).
    Alternatives {
        /// On what views differ.
        differences: String,
        /// The solutions, at least two.
        options: Vec<DraftOption>,
        /// Place of the one that the unit prefers, from 1.
        preferred: u32,
        /// Why.
        reasons: String,
    }

    /// A point on which a department and the undertaking unit do not agree (R713 art. 13).
    DisputedPoint {
        /// What is disputed.
        point: String,
        /// What the department says.
        their_view: String,
        /// What the undertaking unit says.
        our_view: String,
        /// Its reasons and the basis for them.
        reasons: String,
    }

    /// A department or lower government that was asked.
    ConsultedUnit {
        /// Name.
        unit: String,
        /// Day on which it was asked.
        asked_on: Date,
        /// Day of its reply; absent where it gave none.
        replied_on: Option<Date>,
        /// Where it stands at the end.
        stance: DepartmentStance,
        /// What it said; empty where it gave no reply.
        views: String,
        /// What became of it in the draft.
        handling: String,
        /// What is disputed: at least one point exactly where it does not agree.
        disputes: Vec<DisputedPoint>,
    }

    /// Consultation of departments and lower governments whose duties are touched 部门征求意见 (R713 art. 13).
    DepartmentConsultation {
        /// Who was asked.
        consulted: Vec<ConsultedUnit>,
        /// Why nobody was; required exactly where nobody was.
        none_reason: String,
    }

    /// Analysis of costs and benefits 成本效益分析 (R713 art. 12).
    CostBenefit {
        /// Information used and where it comes from.
        information: String,
        /// Method.
        method: String,
        /// People, money, resources and the environment that it takes.
        costs: String,
        /// Economic, social and environmental benefits.
        benefits: String,
        /// Conclusion.
        conclusion: String,
        /// What it means for the draft.
        effect: String,
    }

    /// Why a measure may stand that restricts competition (Fair Competition Review Regulation art. 12).
    FairCompetitionException {
        /// The ground.
        ground: FairCompetitionGround,
        /// How the measure serves it.
        purpose: String,
        /// Why nothing less restrictive does.
        no_milder: String,
        /// When it ends: a reasonable term or condition.
        ends: String,
    }

    /// Fair-competition review 公平竞争审查.
    FairCompetition {
        /// Who issues the measure.
        issuer: MeasureIssuer,
        /// Who reviewed it.
        reviewer: FairCompetitionReviewer,
        /// The market-regulation department that did; absent where the undertaking unit did.
        reviewing_unit: Option<UnitId>,
        /// The preliminary review of the undertaking unit 初审; required where another body reviewed.
        preliminary: String,
        /// Operators, associations and others that were heard, each with what they said; at least one.
        heard: Vec<String>,
        /// What the review found.
        conclusion: FairCompetitionConclusion,
        /// What it rests on.
        opinion: String,
        /// The exception, exactly where one is claimed.
        exception: Option<FairCompetitionException>,
    }

    /// The unit's own legal check 承办单位合法性初审.
    UnitLegalCheck {
        /// The section or lawyer that checked.
        checked_by: String,
        /// Whether they found it lawful.
        lawful: bool,
        /// What they say.
        opinion: String,
    }

    /// What a department set under the draft.
    Countersignature {
        /// Department.
        unit: String,
        /// Who signed, with post.
        signatory: String,
        /// When.
        signed_on: Date,
        /// Whether it agrees.
        agrees: bool,
        /// What it says; required where it does not agree.
        opinion: String,
    }

    /// Countersigning by the departments concerned 会签.
    Countersign {
        /// Who signed, at least one.
        signed: Vec<Countersignature>,
    }

    /// The unit's leadership meeting 承办单位集体研究.
    LeadershipMeeting {
        /// Day on which it was held.
        held_on: Date,
        /// Name of the meeting.
        session: String,
        /// Who was there.
        present: String,
        /// Whether it agreed to go on.
        agreed: bool,
        /// What it concluded.
        conclusion: String,
    }
}

/// What an item says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "item", rename_all = "snake_case")]
#[allow(missing_docs)] // each variant carries the item of its name, documented there
pub enum DraftingContent {
    BasisList(BasisList),
    Alternatives(Alternatives),
    DepartmentConsultation(DepartmentConsultation),
    CostBenefit(CostBenefit),
    FairCompetition(FairCompetition),
    UnitLegalCheck(UnitLegalCheck),
    Countersign(Countersign),
    LeadershipMeeting(LeadershipMeeting),
}

impl DraftingContent {
    /// Which item it is.
    pub const fn item(&self) -> DraftingItem {
        match self {
            Self::BasisList(_) => DraftingItem::BasisList,
            Self::Alternatives(_) => DraftingItem::Alternatives,
            Self::DepartmentConsultation(_) => DraftingItem::DepartmentConsultation,
            Self::CostBenefit(_) => DraftingItem::CostBenefit,
            Self::FairCompetition(_) => DraftingItem::FairCompetition,
            Self::UnitLegalCheck(_) => DraftingItem::UnitLegalCheck,
            Self::Countersign(_) => DraftingItem::Countersign,
            Self::LeadershipMeeting(_) => DraftingItem::LeadershipMeeting,
        }
    }

    /// Whether it is in order, so that a gate may rest on it. A dispute is no defect: it is reported.
    pub fn in_order(&self) -> bool {
        match self {
            Self::BasisList(_) | Self::Alternatives(_) | Self::DepartmentConsultation(_) | Self::CostBenefit(_) => true,
            Self::FairCompetition(review) => review.conclusion != FairCompetitionConclusion::Fails,
            Self::UnitLegalCheck(check) => check.lawful,
            Self::Countersign(given) => given.signed.iter().all(|s| s.agrees),
            Self::LeadershipMeeting(meeting) => meeting.agreed,
        }
    }

    /// How many documents it needs: a review or meeting is shown by what it wrote.
    const fn documents_least(&self) -> usize {
        match self {
            Self::CostBenefit(_) | Self::FairCompetition(_) | Self::LeadershipMeeting(_) => 1,
            Self::BasisList(_)
            | Self::Alternatives(_)
            | Self::DepartmentConsultation(_)
            | Self::UnitLegalCheck(_)
            | Self::Countersign(_) => 0,
        }
    }

    /// The days on which what it tells of happened.
    pub(crate) fn days(&self) -> Vec<(String, Date)> {
        match self {
            Self::DepartmentConsultation(given) => {
                let days = given.consulted.iter().enumerate().flat_map(|(i, unit)| {
                    let replied = unit.replied_on.map(|day| (format!("consulted.{i}.replied_on"), day));
                    std::iter::once((format!("consulted.{i}.asked_on"), unit.asked_on)).chain(replied)
                });
                days.collect()
            }
            Self::Countersign(given) => {
                let day = |(i, s): (usize, &Countersignature)| (format!("signed.{i}.signed_on"), s.signed_on);
                given.signed.iter().enumerate().map(day).collect()
            }
            Self::LeadershipMeeting(given) => vec![("held_on".to_owned(), given.held_on)],
            Self::BasisList(_)
            | Self::Alternatives(_)
            | Self::CostBenefit(_)
            | Self::FairCompetition(_)
            | Self::UnitLegalCheck(_) => Vec::new(),
        }
    }

    /// What is disputed, with the department that disputes it.
    pub fn disputes(&self) -> Vec<Dispute> {
        let Self::DepartmentConsultation(given) = self else { return Vec::new() };
        let of = |unit: &ConsultedUnit| {
            let name = unit.unit.clone();
            unit.disputes.clone().into_iter().map(move |point| Dispute { unit: name.clone(), point })
        };
        given.consulted.iter().flat_map(of).collect()
    }

    /// Whether it is of the form that its type promises.
    pub(crate) fn form(&self, documents: usize) -> Result<(), Rejection> {
        match self {
            Self::BasisList(given) => basis_list(given),
            Self::Alternatives(given) => alternatives(given),
            Self::DepartmentConsultation(given) => department_consultation(given),
            Self::CostBenefit(given) => texts(&[
                ("information", &given.information),
                ("method", &given.method),
                ("costs", &given.costs),
                ("benefits", &given.benefits),
                ("conclusion", &given.conclusion),
                ("effect", &given.effect),
            ]),
            Self::FairCompetition(given) => fair_competition(given),
            Self::UnitLegalCheck(given) => {
                check::line("checked_by", &given.checked_by)?;
                check::text("opinion", &given.opinion)
            }
            Self::Countersign(given) => countersign(given),
            Self::LeadershipMeeting(given) => {
                check::line("session", &given.session)?;
                texts(&[("present", &given.present), ("conclusion", &given.conclusion)])
            }
        }?;
        let least = self.documents_least();
        if documents < least {
            return Err(Rejection::new(Code::DocumentMissing).at("documents").given(documents).needed(least));
        }
        Ok(())
    }
}

impl DraftingItem {
    /// The act that answers for it.
    pub const fn verb(self) -> Verb {
        match self {
            Self::BasisList => Verb::RecordBasisList,
            Self::DepartmentConsultation => Verb::RecordDepartmentConsultation,
            Self::FairCompetition => Verb::RecordFairCompetition,
            Self::UnitLegalCheck => Verb::RecordUnitLegalCheck,
            Self::LeadershipMeeting => Verb::RecordLeadershipMeeting,
            Self::CostBenefit => Verb::RecordCostBenefit,
            Self::Alternatives => Verb::RecordAlternatives,
            Self::Countersign => Verb::RecordCountersign,
        }
    }

    /// The item that an act answers for.
    pub fn of(verb: Verb) -> Option<Self> {
        Self::ALL.iter().copied().find(|item| item.verb() == verb)
    }

    /// Whether it can be found not to be in order.
    pub const fn can_fail(self) -> bool {
        matches!(self, Self::FairCompetition | Self::UnitLegalCheck | Self::Countersign | Self::LeadershipMeeting)
    }
}

/// A disputed point, and who disputes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dispute {
    /// The department.
    pub unit: String,
    /// The point.
    #[serde(flatten)]
    pub point: DisputedPoint,
}

/// What of drafting goes with the file to the meeting (R713 arts. 13, 29), whether or not anybody attaches it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct DraftingFile {
    /// The version that the newest consultation of departments was about.
    pub consulted_on: Option<DraftId>,
    /// What it left disputed.
    pub disputes: Vec<Dispute>,
    /// The newest alternatives.
    pub alternatives: Option<Alternatives>,
    /// The newest fair-competition review.
    pub fair_competition: Option<FairCompetition>,
}

impl DraftingFile {
    pub(crate) fn take(&mut self, draft: DraftId, content: &DraftingContent) {
        match content {
            DraftingContent::DepartmentConsultation(_) => {
                self.consulted_on = Some(draft);
                self.disputes = content.disputes();
            }
            DraftingContent::Alternatives(given) => self.alternatives = Some(given.clone()),
            DraftingContent::FairCompetition(given) => self.fair_competition = Some(given.clone()),
            DraftingContent::BasisList(_)
            | DraftingContent::CostBenefit(_)
            | DraftingContent::UnitLegalCheck(_)
            | DraftingContent::Countersign(_)
            | DraftingContent::LeadershipMeeting(_) => {}
        }
    }
}

fn texts(list: &[(&str, &String)]) -> Result<(), Rejection> {
    list.iter().try_for_each(|(path, text)| check::text(path, text))
}

fn basis_list(given: &BasisList) -> Result<(), Rejection> {
    check::count("bases", given.bases.len(), 1)?;
    for (i, basis) in given.bases.iter().enumerate() {
        check::line(&format!("bases.{i}.name"), &basis.name)?;
        check::line_or_empty(&format!("bases.{i}.number"), &basis.number)?;
        check::line_or_empty(&format!("bases.{i}.articles"), &basis.articles)?;
        check::text(&format!("bases.{i}.supports"), &basis.supports)?;
    }
    Ok(())
}

fn alternatives(given: &Alternatives) -> Result<(), Rejection> {
    check::text("differences", &given.differences)?;
    check::count("options", given.options.len(), 2)?;
    for (i, option) in given.options.iter().enumerate() {
        check::line(&format!("options.{i}.name"), &option.name)?;
        check::text(&format!("options.{i}.content"), &option.content)?;
        check::text(&format!("options.{i}.advantages"), &option.advantages)?;
        check::text(&format!("options.{i}.drawbacks"), &option.drawbacks)?;
    }
    let places = given.options.len();
    if !usize::try_from(given.preferred).is_ok_and(|place| (1..=places).contains(&place)) {
        return Err(Rejection::new(Code::ListNotAcceptable)
            .at("preferred")
            .given(given.preferred)
            .needed(format!("1..{places}")));
    }
    check::text("reasons", &given.reasons)
}

fn department_consultation(given: &DepartmentConsultation) -> Result<(), Rejection> {
    check::count("consulted", given.consulted.len(), 0)?;
    check::text_or_empty("none_reason", &given.none_reason)?;
    if given.consulted.is_empty() && given.none_reason.trim().is_empty() {
        return Err(Rejection::new(Code::ReasonMissing).at("none_reason").given(""));
    }
    for (i, unit) in given.consulted.iter().enumerate() {
        let at = |member: &str| format!("consulted.{i}.{member}");
        check::line(&at("unit"), &unit.unit)?;
        check::text_or_empty(&at("views"), &unit.views)?;
        check::text_or_empty(&at("handling"), &unit.handling)?;
        let silent = unit.stance == DepartmentStance::Silent;
        if unit.replied_on.is_some() == silent {
            return Err(Rejection::new(Code::DateNotAcceptable)
                .at(at("replied_on"))
                .given(unit.replied_on.map_or_else(|| "null".to_owned(), |day| day.to_string()))
                .needed(unit.stance));
        }
        if let Some(day) = unit.replied_on {
            check::not_before(&at("replied_on"), day, unit.asked_on)?;
        }
        disputes(unit, i)?;
    }
    Ok(())
}

/// What is disputed is told exactly where a department does not agree.
fn disputes(unit: &ConsultedUnit, i: usize) -> Result<(), Rejection> {
    let at = format!("consulted.{i}.disputes");
    let disagrees = unit.stance == DepartmentStance::Disagrees;
    check::count(&at, unit.disputes.len(), 0)?;
    if disagrees && unit.disputes.is_empty() {
        return Err(Rejection::new(Code::DisputeUntold).at(at).given(&unit.unit).needed(1));
    }
    if !disagrees && !unit.disputes.is_empty() {
        return Err(Rejection::new(Code::ListNotAcceptable).at(at).given(unit.disputes.len()).needed(0));
    }
    for (n, point) in unit.disputes.iter().enumerate() {
        let DisputedPoint { point, their_view, our_view, reasons } = point;
        let members = [("point", point), ("their_view", their_view), ("our_view", our_view), ("reasons", reasons)];
        members.iter().try_for_each(|(member, text)| check::text(&format!("{at}.{n}.{member}"), text))?;
    }
    Ok(())
}

fn fair_competition(given: &FairCompetition) -> Result<(), Rejection> {
    check::text("opinion", &given.opinion)?;
    check::text_or_empty("preliminary", &given.preliminary)?;
    check::lines("heard", &given.heard, 1)?;
    let elsewhere = given.reviewer == FairCompetitionReviewer::MarketRegulation;
    if elsewhere && given.preliminary.trim().is_empty() {
        return Err(Rejection::new(Code::ReasonMissing).at("preliminary").given(given.reviewer));
    }
    if elsewhere != given.reviewing_unit.is_some() {
        let unit = given.reviewing_unit.map_or_else(|| "null".to_owned(), |unit| unit.to_string());
        return Err(Rejection::new(Code::InputNotAcceptable).at("reviewing_unit").given(unit).needed(given.reviewer));
    }
    let claimed = given.conclusion == FairCompetitionConclusion::Exception;
    match &given.exception {
        Some(FairCompetitionException { ground: _, purpose, no_milder, ends }) if claimed => {
            texts(&[("exception.purpose", purpose), ("exception.no_milder", no_milder), ("exception.ends", ends)])
        }
        None if claimed => Err(Rejection::new(Code::ReasonMissing).at("exception").given(given.conclusion)),
        Some(_) => {
            let needed = FairCompetitionConclusion::Exception;
            Err(Rejection::new(Code::InputNotAcceptable).at("conclusion").given(given.conclusion).needed(needed))
        }
        None => Ok(()),
    }
}

fn countersign(given: &Countersign) -> Result<(), Rejection> {
    check::count("signed", given.signed.len(), 1)?;
    for (i, signed) in given.signed.iter().enumerate() {
        check::line(&format!("signed.{i}.unit"), &signed.unit)?;
        check::line(&format!("signed.{i}.signatory"), &signed.signatory)?;
        let opinion = format!("signed.{i}.opinion");
        check::text_or_empty(&opinion, &signed.opinion)?;
        if !signed.agrees && signed.opinion.trim().is_empty() {
            return Err(Rejection::new(Code::ReasonMissing).at(opinion).given(&signed.unit));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_item_has_an_act_of_its_own() {
        for item in DraftingItem::ALL {
            assert_eq!(DraftingItem::of(item.verb()), Some(*item));
        }
        assert_eq!(DraftingItem::of(Verb::AddDraftVersion), None);
    }
}
