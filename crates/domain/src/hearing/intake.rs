//! Applications to take part in a hearing: a stream of their own.
//!
//! Who applies is a sealed body under a key of that application, as who comments is. The open body holds what the public
//! list will show. Who is left out is said before the seed is known, never after: so nobody can be left out because of
//! their lot.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::HearingGroup;
use super::acts::{ApplicationPeriod, DrawCandidate};
use crate::case::CorruptHistory;
use crate::check;
use crate::code::Code;
use crate::consultation::Channel;
use crate::draw::Checkpoint;
use crate::erasure::{ErasurePart, MASK, PersonalDataErased};
use crate::id::{ApplicationId, CaseId, HearingId};
use crate::occasion::Occasion;
use crate::rejection::Rejection;

/// An application as it is given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ApplyToHearing {
    /// How it came.
    pub channel: Channel,
    /// For the seats of which group.
    pub group: String,
    /// How the applicant appears on the public list if they take part, e.g. `居民陈某`; 1 to 200 characters.
    pub shown_as: String,
    /// What the matter is to them, and what they think of it, 1 to 10,000 characters.
    pub stake: String,
}

/// Who applied, sealed apart from the application.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Applicant {
    /// Name, 1 to 200 characters.
    pub name: String,
    /// How to reach them, 1 to 200 characters.
    pub contact: String,
}

/// Leaves an applicant out of the draw.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExcludeApplicant {
    /// Code.
    pub code: String,
    /// Why; the applicant reads it.
    pub reason: String,
}

/// How the stream begins: what binds of the notice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HearingOpening {
    /// The case.
    pub case: CaseId,
    /// Name of the matter.
    pub title: String,
    /// Groups whose seats are drawn.
    pub groups: Vec<HearingGroup>,
    /// First day of applications.
    pub from: Date,
    /// Last day, to its end.
    pub until: Date,
    /// The instant that fixes the seed.
    pub draw_at: Timestamp,
}

/// One event of a hearing's stream.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", deny_unknown_fields)]
#[allow(missing_docs)] // fields repeat the names of the types that document them
pub enum HearingEvent {
    /// Applications are asked for.
    #[serde(rename = "hearing_applications_opened")]
    Opened { given: HearingOpening },
    /// An application came. The applicant is in the sealed body.
    #[serde(rename = "hearing_application_received")]
    Received { application: ApplicationId, code: String, receipt: String, given: ApplyToHearing },
    /// An applicant was left out.
    #[serde(rename = "hearing_applicant_excluded")]
    Excluded { given: ExcludeApplicant },
    /// The last day is over.
    #[serde(rename = "hearing_applications_closed")]
    Closed { received: u64 },
    /// The seed of the draw is fixed.
    #[serde(rename = "hearing_seed_fixed")]
    SeedFixed { checkpoint: Checkpoint },
    /// Applications are asked for again: the hearing was put off. Those who applied before stay in.
    #[serde(rename = "hearing_applications_reopened")]
    Reopened { given: ApplicationPeriod },
    /// The hearing was cancelled.
    #[serde(rename = "hearing_applications_ended")]
    Ended {},
    /// Something of an application was erased (PIPL art. 47).
    #[serde(rename = "personal_data_erased")]
    PersonalDataErased { given: PersonalDataErased },
}

impl HearingEvent {
    /// The kind, as stored.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Opened { .. } => "hearing_applications_opened",
            Self::Received { .. } => "hearing_application_received",
            Self::Excluded { .. } => "hearing_applicant_excluded",
            Self::Closed { .. } => "hearing_applications_closed",
            Self::SeedFixed { .. } => "hearing_seed_fixed",
            Self::Reopened { .. } => "hearing_applications_reopened",
            Self::Ended {} => "hearing_applications_ended",
            Self::PersonalDataErased { .. } => "personal_data_erased",
        }
    }

    /// Whether the open body was written by the public, so that the leaf holds a keyed commitment and not a digest.
    pub const fn by_the_public(&self) -> bool {
        matches!(self, Self::Received { .. })
    }
}

/// What is remembered of one application.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApplicationState {
    /// Its id, under which the applicant is sealed.
    pub application: ApplicationId,
    /// Group.
    pub group: String,
    /// As on the public list.
    pub shown_as: String,
    /// Why it was left out.
    pub excluded: Option<String>,
    /// What of it was erased.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub erased: BTreeSet<ErasurePart>,
}

/// Applications to one hearing, without their texts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hearing {
    /// Its id.
    pub id: HearingId,
    /// How it began.
    pub opening: HearingOpening,
    /// Applications by code.
    pub applications: BTreeMap<String, ApplicationState>,
    /// Number of the event that closed applications.
    pub closed_n: Option<u64>,
    /// The seed's checkpoint, once fixed, and the number of its event.
    pub seed: Option<(Checkpoint, u64)>,
    /// Whether the hearing was cancelled.
    pub ended: bool,
    /// How many events made it.
    pub n: u64,
}

impl Hearing {
    /// The stream after one event.
    ///
    /// # Errors
    /// [`CorruptHistory`] where the event cannot follow.
    pub fn evolve(state: Option<Self>, id: HearingId, event: &HearingEvent) -> Result<Self, CorruptHistory> {
        let corrupt = |n: u64, why: &str| CorruptHistory { n, kind: event.kind().to_owned(), why: why.to_owned() };
        let mut state = match (state, event) {
            (None, HearingEvent::Opened { given }) => {
                let opening = given.clone();
                let applications = BTreeMap::new();
                return Ok(Self { id, opening, applications, closed_n: None, seed: None, ended: false, n: 1 });
            }
            (None, _) => return Err(corrupt(1, "the first event must open the stream")),
            (Some(state), HearingEvent::Opened { .. }) => return Err(corrupt(state.n + 1, "it is already open")),
            (Some(state), _) => state,
        };
        state.n += 1;
        match event {
            HearingEvent::Opened { .. } => {}
            HearingEvent::Received { application, code, given, .. } => {
                let ApplyToHearing { group, shown_as, .. } = given.clone();
                let erased = BTreeSet::new();
                let known = ApplicationState { application: *application, group, shown_as, excluded: None, erased };
                if state.applications.insert(code.clone(), known).is_some() {
                    return Err(corrupt(state.n, "the code is taken"));
                }
            }
            HearingEvent::Excluded { given } => {
                let n = state.n;
                let known = state.applications.get_mut(&given.code).ok_or_else(|| corrupt(n, "no such applicant"))?;
                known.excluded = Some(given.reason.clone());
            }
            HearingEvent::Closed { .. } => state.closed_n = Some(state.n),
            HearingEvent::SeedFixed { checkpoint } => state.seed = Some((checkpoint.clone(), state.n)),
            HearingEvent::Reopened { given } => {
                if state.ended {
                    return Err(corrupt(state.n, "the hearing was cancelled"));
                }
                let ApplicationPeriod { from, until, draw_at } = *given;
                state.opening = HearingOpening { from, until, draw_at, ..state.opening };
                (state.closed_n, state.seed) = (None, None);
            }
            HearingEvent::Ended {} => state.ended = true,
            HearingEvent::PersonalDataErased { given } => {
                let n = state.n;
                let mut all = state.applications.values_mut();
                let known = all.find(|known| known.application.to_string() == given.subject);
                let known = known.ok_or_else(|| corrupt(n, "no such applicant"))?;
                known.erased.extend(given.parts.iter().copied());
                if given.parts.contains(&ErasurePart::Text) {
                    MASK.clone_into(&mut known.shown_as);
                }
            }
        }
        Ok(state)
    }

    /// An application comes. `receipt` is a random code drawn by the application, by which its sender finds it again.
    ///
    /// The applicant's own code is the next number: whoever applies cannot choose it, and so cannot choose a lot.
    ///
    /// # Errors
    /// A [`Rejection`] outside the days for it, or where what is given cannot be accepted.
    pub fn receive(
        &self,
        given: ApplyToHearing,
        applicant: &Applicant,
        receipt: String,
        on: &Occasion<'_>,
    ) -> Result<HearingEvent, Rejection> {
        let HearingOpening { from, until, ref groups, .. } = self.opening;
        let day = on.day();
        if self.ended || self.closed_n.is_some() || day < from || day > until {
            let days = if self.ended { String::new() } else { format!("{from}..{until}") };
            return Err(Rejection::new(Code::ApplicationsClosed).given(day).needed(days));
        }
        if !groups.iter().any(|g| g.name == given.group) {
            let names: Vec<_> = groups.iter().map(|g| g.name.as_str()).collect();
            return Err(Rejection::new(Code::HearingGroupUnknown)
                .at("group")
                .given(&given.group)
                .needed(names.join(", ")));
        }
        check::line("shown_as", &given.shown_as)?;
        check::text("stake", &given.stake)?;
        check::line("name", &applicant.name)?;
        check::line("contact", &applicant.contact)?;
        let application = ApplicationId::new(on.ids.next());
        let code = format!("A-{:04}", self.applications.len() + 1);
        Ok(HearingEvent::Received { application, code, receipt, given })
    }

    /// An applicant is left out.
    ///
    /// # Errors
    /// A [`Rejection`] where there is none of that code, they are left out already, or the instant of the draw has come.
    pub fn exclude(&self, given: ExcludeApplicant, now: Timestamp) -> Result<HearingEvent, Rejection> {
        check::text("reason", &given.reason)?;
        let Some(known) = self.applications.get(&given.code) else {
            return Err(Rejection::new(Code::ApplicantUnknown).at("code").given(&given.code));
        };
        if known.excluded.is_some() {
            return Err(Rejection::new(Code::AlreadyThere).at("code").given(&given.code));
        }
        if now >= self.opening.draw_at || self.seed.is_some() {
            return Err(Rejection::new(Code::DrawInstantPast).given(now).needed(self.opening.draw_at));
        }
        Ok(HearingEvent::Excluded { given })
    }

    /// Applications are taken again, as the notice of a postponement says. Harmless twice.
    pub fn reopen(&self, given: ApplicationPeriod) -> Option<HearingEvent> {
        let HearingOpening { from, until, draw_at, .. } = self.opening;
        let new = given != ApplicationPeriod { from, until, draw_at };
        (new && !self.ended).then_some(HearingEvent::Reopened { given })
    }

    /// The application with this id, and its code.
    pub fn application(&self, subject: &str) -> Option<(&String, &ApplicationState)> {
        self.applications.iter().find(|(_, known)| known.application.to_string() == subject)
    }

    /// Something of an application is erased. Harmless twice: nothing where all of it was erased before.
    ///
    /// # Errors
    /// A [`Rejection`] where there is no such application.
    pub fn erase(&self, given: PersonalDataErased) -> Result<Option<HearingEvent>, Rejection> {
        let known = self.application(&given.subject);
        let (_, known) =
            known.ok_or_else(|| Rejection::new(Code::ApplicantUnknown).at("subject").given(&given.subject))?;
        let new = !given.parts.is_subset(&known.erased);
        Ok(new.then_some(HearingEvent::PersonalDataErased { given }))
    }

    /// What time alone does: closes applications after the last day. Harmless twice.
    pub fn time_passes(&self, today: Date) -> Option<HearingEvent> {
        let over = self.closed_n.is_none() && !self.ended && today > self.opening.until;
        over.then_some(HearingEvent::Closed { received: self.applications.len() as u64 })
    }

    /// Whether the seed is to be fixed now: applications are closed and the instant has come.
    pub fn awaits_seed(&self, now: Timestamp) -> bool {
        self.closed_n.is_some() && self.seed.is_none() && !self.ended && now >= self.opening.draw_at
    }

    /// All who applied, as they enter the draw.
    pub fn candidates(&self) -> Vec<DrawCandidate> {
        let candidate = |(code, known): (&String, &ApplicationState)| {
            let ApplicationState { application: _, group, shown_as, excluded, erased: _ } = known.clone();
            DrawCandidate { code: code.clone(), group, shown_as, excluded }
        };
        self.applications.iter().map(candidate).collect()
    }
}
