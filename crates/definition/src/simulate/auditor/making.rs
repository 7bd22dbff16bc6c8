//! How a draft is made: initiation, drafting, public participation with its hearing, experts, risk.

use dingce_domain::act::Act;
use dingce_domain::control::{Adoption, Comments, DraftState, Ending, ExpertPanel, HearingProgress, Solicitation};
use dingce_domain::drafting::DraftingContent;
use dingce_domain::id::PersonId;
use dingce_domain::occasion::Actor;
use dingce_domain::words::{DraftChange, DraftingItem, Evidence, ExpertStance, Relation, StageKind, Status};
use jiff::ToSpan;
use jiff::civil::Date;

use super::{Auditor, Seen, Sheet, rule};

/// A round of hearing or assessing: on which substance it was begun, and whether it came to its end.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Round {
    on: Option<u32>,
    over: bool,
    /// The substance that the newest finding is about.
    pub found_on: Option<u32>,
}

impl Round {
    pub fn status(&self, now: u32) -> Status {
        match (self.on, self.over) {
            (None, _) => Status::Available,
            (Some(_), false) => Status::Active,
            (Some(on), true) if on == now => Status::Completed,
            // What was found on another text has to be found again.
            (Some(_), true) => Status::Available,
        }
    }

    fn begin(&mut self, now: u32) {
        (self.on, self.over) = (Some(now), false);
    }

    fn end(&mut self) {
        (self.over, self.found_on) = (true, self.on);
    }

    fn holds_for(&mut self, now: u32) {
        (self.on, self.over, self.found_on) = (Some(now), true, Some(now));
    }
}

/// A hearing, from its announcement on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Hearing {
    on: u32,
    day: Date,
    listed: bool,
    delivered: Option<Date>,
    open: bool,
    presented: bool,
    signed: bool,
    off: bool,
    reported: bool,
    /// The substance for which it stands.
    stands_for: Option<u32>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Participation {
    pub round: Round,
    pub solicitation: Solicitation,
    until: Option<Date>,
    pub comments: Comments,
    /// On which substance groups were heard.
    pub groups_on: Option<u32>,
    hearing: Option<Hearing>,
}

impl Default for Participation {
    fn default() -> Self {
        Self {
            round: Round::default(),
            solicitation: Solicitation::None,
            until: None,
            comments: Comments::None,
            groups_on: None,
            hearing: None,
        }
    }
}

impl Participation {
    fn noticed(&self) -> bool {
        self.hearing.as_ref().is_some_and(|h| !h.off && !h.reported)
    }

    /// Reported on the present substance; what was reported on another has to be heard again.
    fn heard(&self, now: u32) -> bool {
        self.hearing.as_ref().is_some_and(|h| h.reported && h.on == now)
    }

    pub fn progress(&self, now: u32) -> HearingProgress {
        match (self.noticed(), self.heard(now)) {
            (true, _) => HearingProgress::Noticed,
            (false, true) => HearingProgress::Reported,
            (false, false) => HearingProgress::None,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Expert {
    code: String,
    person: Option<PersonId>,
    interest: Option<bool>,
    /// What others entered for them gives way to their own word.
    released: bool,
    stance: Option<ExpertStance>,
}

impl Expert {
    fn sits(&self) -> bool {
        !self.released && self.interest != Some(true)
    }
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Experts {
    pub round: Round,
    informed: bool,
    panel: Vec<Expert>,
}

impl Experts {
    fn all_spoke(&self) -> bool {
        let spoke = |e: &&Expert| e.interest.is_some() && e.stance.is_some();
        let mut sitting = self.panel.iter().filter(|e| e.sits());
        sitting.clone().any(|e| e.stance.is_some()) && sitting.all(|e| spoke(&e))
    }

    pub fn panel(&self) -> ExpertPanel {
        match (self.round.on.is_some(), self.informed) {
            (false, _) => ExpertPanel::None,
            // Also where those who came later, and had nothing yet, are out again.
            (true, _) if self.all_spoke() => ExpertPanel::Heard,
            (true, true) => ExpertPanel::Informed,
            (true, false) => ExpertPanel::Appointed,
        }
    }
}

impl Auditor<'_> {
    pub(super) fn items(&self) -> usize {
        DraftingItem::ALL.len()
    }

    /// What stands for an item of drafting.
    pub(super) fn item(&self, item: usize) -> Evidence {
        let found = self.stages.iter().find_map(|seen| match &seen.sheet {
            Sheet::Drafting { items, .. } => Some(items.get(item).copied().flatten()),
            _ => None,
        });
        match found.flatten() {
            None => Evidence::None,
            Some(on) if on == self.text.substance => Evidence::Current,
            Some(_) => Evidence::Stale,
        }
    }

    pub(super) fn items_open(&self) -> Result<(), &'static str> {
        rule(self.adopted == Adoption::None, "adopted")?;
        rule(!self.under_review(), "under review")
    }

    pub(super) fn hearing_noticed(&self, at: usize) -> bool {
        matches!(&self.stages[at].sheet, Sheet::Participation(seen) if seen.noticed())
    }

    /// Whether a hearing that must be held is not.
    pub(super) fn hearing_missing(&self) -> bool {
        self.of(StageKind::PublicParticipation).any(|(at, seen)| {
            let must = self.def.stages[at].hearing_if.as_ref().is_some_and(|c| self.holds(&c.condition));
            let Sheet::Participation(noted) = &seen.sheet else { return false };
            let now = self.text.substance;
            let stands = noted.hearing.as_ref().is_some_and(|h| !h.off && h.stands_for == Some(now));
            must && !seen.absent && !stands
        })
    }

    /// There is a text that can be worked on.
    fn workable(&self) -> Result<(), &'static str> {
        rule(self.text.state != DraftState::None, "no draft")?;
        rule(self.text.state != DraftState::ToAmend, "a draft that must be amended")?;
        rule(self.adopted == Adoption::None, "adopted")
    }

    pub(super) fn drafts(&self, act: &Act, at: usize) -> Result<(), &'static str> {
        match (&self.stages[at].sheet, act) {
            (Sheet::Initiation { studied, decided, .. }, Act::StudyProposal(_)) => {
                rule(!decided && !studied, "studied")
            }
            (Sheet::Initiation { studied, decided, .. }, Act::DecideInitiation(_)) => {
                rule(!decided && *studied, "not studied, or decided")?;
                self.leaves(at)
            }
            (Sheet::Drafting { begun, .. }, act) => {
                rule(*begun, "not begun")?;
                match act {
                    Act::AddDraftVersion(given) => {
                        let refused_after = self.text.state == DraftState::ToAmend;
                        rule(self.adopted == Adoption::None || refused_after, "adopted")?;
                        self.enters(at)?;
                        let first = self.text.state == DraftState::None;
                        rule(first == (given.change == DraftChange::First), "not a change that can be")
                    }
                    Act::AddFinalText(_) => {
                        rule(self.adopted != Adoption::None && !self.issued(), "not decided, or issued")
                    }
                    Act::RecordDraftingItem(_) => {
                        rule(self.text.state != DraftState::None, "no draft")?;
                        self.items_open()
                    }
                    _ => Err("another stage's"),
                }
            }
            _ => Err("another stage's"),
        }
    }

    /// Another substance, with a text of its own or without: all that rests on the old one has to be done again.
    pub(super) fn changed(&mut self) {
        self.text.substance += 1;
        self.text.words += 1;
        self.text.state = DraftState::Working;
        self.again(StageKind::LegalityReview);
        self.untable();
        self.draft_again();
    }

    /// The draft is worked on again.
    pub(super) fn draft_again(&mut self) {
        for seen in &mut self.stages {
            if let Sheet::Drafting { begun, handed_in, .. } = &mut seen.sheet {
                (*begun, *handed_in) = (true, false);
            }
        }
    }

    fn reworded(&mut self, state: DraftState) {
        self.text.words += 1;
        self.text.state = state;
        for seen in &mut self.stages {
            if let Sheet::Review(review) = &mut seen.sheet {
                review.leave();
            }
        }
    }

    pub(super) fn drafted(&mut self, act: &Act, at: usize, actor: &Actor) {
        let substance = self.text.substance;
        match (&mut self.stages[at].sheet, act) {
            (Sheet::Initiation { studied, .. }, Act::StudyProposal(_)) => *studied = true,
            (Sheet::Initiation { decided, begun, .. }, Act::DecideInitiation(given)) => {
                (*decided, *begun) = (true, given.start);
                self.undertaking = given.undertaking_unit;
                if !given.start {
                    self.ended = Some(Ending::Terminated);
                    return;
                }
                for seen in &mut self.stages {
                    if let Sheet::Drafting { begun, .. } = &mut seen.sheet {
                        *begun = true;
                    }
                }
            }
            (Sheet::Drafting { .. }, Act::AddDraftVersion(given)) => {
                self.wear(actor, Relation::Drafted);
                match given.change {
                    DraftChange::First => {
                        self.text = super::Text { substance: 1, words: 1, state: DraftState::Working };
                    }
                    DraftChange::Material => self.changed(),
                    DraftChange::WordingOnly | DraftChange::CarriesOutDecision => {
                        self.reworded(DraftState::Working);
                        self.untable();
                    }
                }
            }
            (Sheet::Drafting { .. }, Act::AddFinalText(_)) => {
                self.wear(actor, Relation::Drafted);
                self.reworded(DraftState::Final);
            }
            (Sheet::Drafting { items, .. }, Act::RecordDraftingItem(given)) => {
                items.resize(DraftingItem::ALL.len(), None);
                let item = DraftingItem::of(act.verb()).map(|item| item as usize);
                let in_order = match &given.content {
                    DraftingContent::FairCompetition(review) => {
                        review.conclusion != dingce_domain::drafting::FairCompetitionConclusion::Fails
                    }
                    DraftingContent::UnitLegalCheck(check) => check.lawful,
                    DraftingContent::Countersign(countersign) => countersign.signed.iter().all(|s| s.agrees),
                    DraftingContent::LeadershipMeeting(meeting) => meeting.agreed,
                    _ => true,
                };
                if let Some(found) = item.and_then(|item| items.get_mut(item)) {
                    *found = in_order.then_some(substance);
                }
            }
            _ => {}
        }
    }

    pub(super) fn reaffirm(&mut self, at: usize) {
        let now = self.text.substance;
        match &mut self.stages[at].sheet {
            Sheet::Drafting { items, .. } => items.iter_mut().flatten().for_each(|on| *on = now),
            Sheet::Participation(seen) => {
                seen.round.holds_for(now);
                if let Some(hearing) = &mut seen.hearing {
                    hearing.stands_for = (hearing.reported && !hearing.off).then_some(now);
                }
            }
            Sheet::Experts(Experts { round, .. }) | Sheet::Risk { round, .. } => round.holds_for(now),
            _ => {}
        }
    }

    pub(super) fn hears_the_public(&self, act: &Act, at: usize, today: Date) -> Result<(), &'static str> {
        let Seen { sheet: Sheet::Participation(seen), .. } = &self.stages[at] else { return Err("another stage's") };
        let (status, now) = (seen.round.status(self.text.substance), self.text.substance);
        let asked = |is: Solicitation| rule(seen.solicitation == is, "the public is not asked, or still asked");
        let untabled = || rule(self.adopted == Adoption::None && !self.tabled(), "tabled");
        match act {
            Act::OpenSolicitation(given) => {
                self.workable()?;
                rule(seen.solicitation != Solicitation::Open && status == Status::Available, "asked")?;
                self.enters(at)?;
                let least = self.calendar_days("comment_period").unwrap_or(1);
                let long_enough = given.closes_on >= given.opens_on.saturating_add(least.days());
                rule(long_enough || given.shortening_reason.is_some(), "too short")
            }
            Act::CloseSolicitation(_) => {
                asked(Solicitation::Open)?;
                rule(seen.until.is_some_and(|until| today > until), "the last day is not over")
            }
            Act::SettleComments(_) => {
                asked(Solicitation::Closed)?;
                rule(seen.comments == Comments::Open, "nothing to settle")
            }
            Act::RecordParticipation(_) => {
                rule(self.text.state != DraftState::None && self.adopted == Adoption::None, "no draft, or adopted")?;
                rule(matches!(status, Status::Available | Status::Active), "reported")
            }
            Act::ReportParticipation(_) => {
                rule(status == Status::Active, "not open")?;
                asked(Solicitation::Closed)?;
                rule(seen.comments != Comments::Open, "comments without an answer")?;
                rule(!seen.noticed(), "a hearing is announced")?;
                let must = self.def.stages[at].hearing_if.as_ref().is_some_and(|c| self.holds(&c.condition));
                rule(!must || seen.heard(now), "a hearing that must be held")?;
                self.leaves(at)?;
                rule(!self.hearing_owed, "a hearing that was decided on")
            }
            Act::DecideHearing(_) => untabled(),
            Act::NoticeHearing(given) => {
                self.workable()?;
                untabled()?;
                rule(status != Status::Completed || !self.under_review(), "under review")?;
                rule(!seen.noticed(), "a hearing is announced")?;
                self.enters(at)?;
                let least = self.calendar_days("hearing_notice").unwrap_or(0);
                rule(given.held_on >= today.saturating_add(least.days()), "announced too late")
            }
            _ => {
                let Some(hearing) = seen.hearing.as_ref().filter(|_| seen.noticed()) else {
                    return Err("no hearing is announced");
                };
                match act {
                    // Seats are invited in these cases.
                    Act::DrawHearingParticipants(_) => Err("nothing is drawn"),
                    Act::PublishHearingParticipants(given) => {
                        rule(!hearing.open, "opened")?;
                        let least = self.count("hearing_participants_least").unwrap_or(0);
                        rule(given.participants.len() >= least, "too few")
                    }
                    Act::DeliverHearingMaterials(_) => rule(hearing.listed, "no list"),
                    Act::PostponeHearing(_) => rule(!hearing.signed, "signed"),
                    Act::CancelHearing(_) => Ok(()),
                    Act::OpenHearing(given) => {
                        rule(hearing.listed && !hearing.open && today == hearing.day, "not ready, or not the day")?;
                        let before = self.calendar_days("hearing_materials");
                        let last = before.map(|days| hearing.day.saturating_sub(days.days()));
                        let had = |last: Date| hearing.delivered.is_some_and(|had| had <= last);
                        rule(last.is_none_or(had), "materials too late")?;
                        rule(given.present.len() >= self.count("hearing_attendance_least").unwrap_or(0), "too few")
                    }
                    Act::RecordHearingStatement(_) => rule(hearing.open && !hearing.signed, "not open, or signed"),
                    Act::SignHearingRecord(_) => {
                        rule(hearing.open && hearing.presented && !hearing.signed, "nothing to sign")
                    }
                    Act::ReportHearing(_) => rule(hearing.signed, "not signed"),
                    _ => Err("another stage's"),
                }
            }
        }
    }

    pub(super) fn public_heard(&mut self, act: &Act, at: usize, today: Date) {
        let now = self.text.substance;
        let Sheet::Participation(seen) = &mut self.stages[at].sheet else { return };
        match act {
            Act::OpenSolicitation(given) => {
                seen.round.begin(now);
                (seen.solicitation, seen.until) = (Solicitation::Open, Some(given.closes_on));
                seen.comments = Comments::None;
            }
            Act::CloseSolicitation(given) => {
                seen.solicitation = Solicitation::Closed;
                seen.comments = if given.received == 0 { Comments::None } else { Comments::Open };
            }
            Act::SettleComments(_) => seen.comments = Comments::Answered,
            Act::RecordParticipation(given) if !given.groups.is_empty() => seen.groups_on = Some(now),
            Act::ReportParticipation(_) => seen.round.end(),
            Act::DecideHearing(given) => self.hearing_owed = given.hold,
            Act::NoticeHearing(given) => {
                let again = seen.round.status(now) == Status::Completed;
                if again {
                    seen.round.begin(now);
                    seen.round.found_on = None;
                    seen.solicitation = Solicitation::Closed;
                }
                seen.hearing = Some(Hearing {
                    on: now,
                    day: given.held_on,
                    listed: false,
                    delivered: None,
                    open: false,
                    presented: false,
                    signed: false,
                    off: false,
                    reported: false,
                    stands_for: None,
                });
                if again {
                    self.again(StageKind::LegalityReview);
                }
            }
            _ => {
                let Some(hearing) = &mut seen.hearing else { return };
                match act {
                    Act::PublishHearingParticipants(_) => hearing.listed = true,
                    Act::DeliverHearingMaterials(_) => hearing.delivered = hearing.delivered.or(Some(today)),
                    Act::PostponeHearing(given) => {
                        hearing.day = given.held_on;
                        (hearing.open, hearing.presented) = (false, false);
                    }
                    Act::CancelHearing(_) => {
                        hearing.off = true;
                        self.hearing_owed = false;
                    }
                    Act::OpenHearing(_) => hearing.open = true,
                    Act::RecordHearingStatement(_) => hearing.presented = true,
                    Act::SignHearingRecord(_) => hearing.signed = true,
                    Act::ReportHearing(_) => {
                        hearing.reported = true;
                        hearing.stands_for = Some(hearing.on);
                        self.hearing_owed = false;
                    }
                    _ => {}
                }
            }
        }
    }

    pub(super) fn hears_experts(&self, act: &Act, at: usize, actor: &Actor) -> Result<(), &'static str> {
        let Seen { sheet: Sheet::Experts(seen), .. } = &self.stages[at] else { return Err("another stage's") };
        let status = seen.round.status(self.text.substance);
        let named = |code: &str| seen.panel.iter().find(|e| e.code == code).ok_or("not an expert of the review");
        let own = || {
            let me = actor.person();
            seen.panel.iter().find(|e| me.is_some() && e.person == me).ok_or("not an expert of the review")
        };
        if let Act::AppointExperts(given) = act {
            self.workable()?;
            rule(matches!(status, Status::Available | Status::Active), "reviewed")?;
            self.enters(at)?;
            let goes_on = status == Status::Active && seen.round.on == Some(self.text.substance);
            let sitting = seen.panel.iter().filter(|e| goes_on && e.sits()).count();
            let least = self.count("experts_least").unwrap_or(0);
            let seats = usize::try_from(given.seats).unwrap_or(usize::MAX);
            return rule(sitting + seats.min(given.candidates.len()) >= least, "too few experts");
        }
        rule(status == Status::Active, "not open")?;
        match act {
            Act::SendExpertMaterials(_) => Ok(()),
            Act::DeclareInterest(given) => declares(own()?, given.interest),
            Act::EnterInterestDeclaration(given) => {
                let expert = named(&given.expert)?;
                rule(expert.person.is_none(), "to be said in person")?;
                declares(expert, given.interest)
            }
            Act::ReleaseExpert(given) => rule(named(&given.expert)?.stance.is_none(), "has spoken"),
            Act::GiveExpertOpinion(_) => {
                rule(seen.informed || seen.all_spoke(), "no materials")?;
                speaks(own()?)
            }
            Act::EnterExpertOpinion(given) => {
                rule(seen.informed || seen.all_spoke(), "no materials")?;
                let expert = named(&given.expert)?;
                rule(expert.person.is_none(), "to be said in person")?;
                speaks(expert)
            }
            Act::ReportExpertReview(given) => {
                rule(seen.all_spoke(), "not all have spoken")?;
                self.leaves(at)?;
                let spoke = || seen.panel.iter().filter(|e| e.sits() && e.stance.is_some());
                let dissent = spoke().any(|e| e.stance == Some(ExpertStance::Oppose));
                rule(!dissent || !given.dissent.is_empty(), "dissent is not told")?;
                let each = spoke().all(|e| given.adoption.iter().any(|line| line.expert == e.code));
                rule(each && given.adoption.len() == spoke().count(), "not each is answered")
            }
            _ => Err("another stage's"),
        }
    }

    pub(super) fn experts_heard(&mut self, act: &Act, at: usize, actor: &Actor) {
        let now = self.text.substance;
        let Sheet::Experts(seen) = &mut self.stages[at].sheet else { return };
        let me = actor.person();
        match act {
            Act::AppointExperts(given) => {
                let goes_on = seen.round.status(now) == Status::Active && seen.round.on == Some(now);
                if !goes_on {
                    seen.panel.clear();
                }
                seen.round.begin(now);
                seen.informed = false;
                // All candidates are seated in these cases.
                let expert = |c: &dingce_domain::act::ExpertCandidate| Expert {
                    code: c.code.clone(),
                    person: c.person,
                    interest: None,
                    released: false,
                    stance: None,
                };
                seen.panel.extend(given.candidates.iter().map(expert));
                for person in given.candidates.iter().filter_map(|c| c.person) {
                    self.hats.entry(person).or_default().insert(Relation::AppointedExpert);
                }
            }
            Act::SendExpertMaterials(_) => seen.informed = true,
            Act::ReportExpertReview(_) => seen.round.end(),
            _ => {
                let named = |e: &&mut Expert, code: &str| e.code == code;
                let own = |e: &&mut Expert| me.is_some() && e.person == me;
                let mut panel = seen.panel.iter_mut();
                let expert = match act {
                    Act::DeclareInterest(_) | Act::GiveExpertOpinion(_) => panel.find(own),
                    Act::EnterInterestDeclaration(given) => panel.find(|e| named(e, &given.expert)),
                    Act::ReleaseExpert(given) => panel.find(|e| named(e, &given.expert)),
                    Act::EnterExpertOpinion(given) => panel.find(|e| named(e, &given.expert)),
                    _ => None,
                };
                let Some(expert) = expert else { return };
                match act {
                    Act::DeclareInterest(given) => expert.interest = Some(given.interest),
                    Act::EnterInterestDeclaration(given) => expert.interest = Some(given.interest),
                    Act::ReleaseExpert(_) => expert.released = true,
                    Act::GiveExpertOpinion(given) => expert.stance = Some(given.stance),
                    Act::EnterExpertOpinion(given) => expert.stance = Some(given.stance),
                    _ => {}
                }
            }
        }
    }

    pub(super) fn assesses(&self, act: &Act, at: usize) -> Result<(), &'static str> {
        let Sheet::Risk { round, .. } = &self.stages[at].sheet else { return Err("another stage's") };
        let status = round.status(self.text.substance);
        match act {
            Act::StartRiskAssessment(_) => {
                self.workable()?;
                rule(status == Status::Available, "assessed")?;
                self.enters(at)
            }
            Act::ReportRisk(_) => {
                rule(status == Status::Active, "not begun")?;
                self.leaves(at)
            }
            _ => Err("another stage's"),
        }
    }

    pub(super) fn assessed(&mut self, act: &Act, at: usize, actor: &Actor) {
        let now = self.text.substance;
        let Sheet::Risk { round, level } = &mut self.stages[at].sheet else { return };
        match act {
            Act::StartRiskAssessment(_) => {
                round.begin(now);
                *level = None;
            }
            Act::ReportRisk(given) => {
                *level = Some(given.level);
                round.end();
                self.wear(actor, Relation::AssessedRisk);
                self.assessors.extend(actor.unit());
            }
            _ => {}
        }
    }
}

/// An interest takes an expert out at any time; nobody declares themselves in again.
fn declares(expert: &Expert, interest: bool) -> Result<(), &'static str> {
    rule(!expert.released, "released")?;
    rule(expert.interest.is_none() || (expert.interest == Some(false) && interest), "declared")
}

fn speaks(expert: &Expert) -> Result<(), &'static str> {
    rule(expert.sits(), "does not sit")?;
    rule(expert.interest.is_some(), "nothing declared")?;
    rule(expert.stance.is_none(), "has spoken")
}
