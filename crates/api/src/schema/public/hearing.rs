//! A hearing as the public sees it: notice, draw, list, composition, report.

use async_graphql::{Context, Description, ID, Object, Result, SimpleObject};
use dingce_app::AppError;
use dingce_app::hearing_sheet::{HearingSheet, PublicCandidate, PublicDraw, PublicList, PublicReport};
use dingce_app::read_rows::{PublicDecisionRow, PublicHearingRow};
use dingce_app::use_cases::ApplicationReceipt;
use dingce_domain::hearing::HearingState;
use dingce_domain::hearing::acts::HearingParticipant;

use super::types::{PublicDecision, PublicDocument};
use crate::convert::{Date, DateTime, Long, Word};
use crate::schema::errors::Failure;
use crate::schema::hearing::{GroupLots, HeardView, HearingComposition, HearingSeats, ListedStaff, LogCheckpoint};
use crate::schema::scope::Scope;

/// A hearing 听证会 (R713 arts. 16, 17).
#[derive(Debug, Clone, Description)]
pub struct PublicHearing {
    row: PublicHearingRow,
    sheet: HearingSheet,
}

impl PublicHearing {
    /// The hearing of a row.
    ///
    /// # Errors
    /// Where the row is of another program's shape.
    pub fn of(row: PublicHearingRow, scope: &Scope) -> std::result::Result<Self, Failure> {
        let sheet = serde_json::from_str(&row.sheet_json)
            .map_err(|error| scope.fail(AppError::internal("reading a hearing", error)))?;
        Ok(Self { row, sheet })
    }
}

#[Object(name = "Hearing", use_type_description)]
impl PublicHearing {
    /// Its id: the permanent address; what `applyToHearing` takes. Opaque.
    async fn id(&self) -> ID {
        self.row.hearing.as_str().into()
    }

    /// Name of the matter.
    async fn title(&self) -> &str {
        &self.row.title
    }

    /// How far it is.
    async fn state(&self) -> Option<Word<HearingState>> {
        Word::of(&self.row.state)
    }

    /// Day of the hearing, after changes.
    async fn held_on(&self) -> Option<Date> {
        self.row.held_on.parse().ok().map(Date)
    }

    /// When it begins, as printed.
    async fn starts_at(&self) -> &str {
        &self.sheet.starts_at
    }

    /// Where.
    async fn place(&self) -> &str {
        &self.sheet.place
    }

    /// How participants are selected 遴选办法.
    async fn selection_method(&self) -> &str {
        &self.sheet.selection_method
    }

    /// Seats by group.
    async fn groups(&self) -> Vec<HearingSeats> {
        self.sheet.groups.iter().cloned().map(HearingSeats::from).collect()
    }

    /// First day of applications; none where no seats are drawn.
    async fn applications_from(&self) -> Option<Date> {
        self.sheet.applications_from.map(Date)
    }

    /// Last day of applications, to its end.
    async fn applications_until(&self) -> Option<Date> {
        self.sheet.applications_until.map(Date)
    }

    /// The instant that fixes the seed of the draw: the first checkpoint of the log recorded at or after it.
    async fn draw_at(&self) -> Option<DateTime> {
        self.sheet.draw_at.map(DateTime)
    }

    /// Whom to ask, and how to apply otherwise than here.
    async fn contact(&self) -> &str {
        &self.sheet.contact
    }

    /// Notice, the text and its explanation.
    async fn documents(&self) -> Vec<PublicDocument> {
        self.sheet.documents.iter().cloned().map(PublicDocument::from).collect()
    }

    /// How often it was put off.
    async fn put_off(&self) -> u32 {
        self.sheet.postponed
    }

    /// Why it was last put off, or cancelled.
    async fn change_reason(&self) -> Option<&str> {
        self.sheet.change_reason.as_deref()
    }

    /// The draw; none before it.
    async fn draw(&self) -> Option<PublicHearingDraw> {
        self.sheet.draw.clone().map(PublicHearingDraw::from)
    }

    /// The list of participants; none before it.
    async fn list(&self) -> Option<PublicHearingList> {
        self.sheet.list.clone().map(PublicHearingList::from)
    }

    /// How many participants came; none before it was opened.
    async fn present(&self) -> Option<Long> {
        self.sheet.present.map(Long)
    }

    /// The report; none before it.
    async fn report(&self) -> Option<PublicHearingReport> {
        self.sheet.report.clone().map(PublicHearingReport::from)
    }

    /// The decision that it is about.
    async fn decision(&self, ctx: &Context<'_>) -> Result<Option<PublicDecision>> {
        let scope = Scope::of_anybody(ctx)?;
        let row = scope.one::<PublicDecisionRow>(&self.row.case_id).await?;
        Ok(row.map(|row| PublicDecision::of(row, scope)).transpose()?)
    }

    /// When this last changed.
    async fn updated_at(&self) -> DateTime {
        DateTime::of_millis(self.row.updated_at)
    }
}

/// Somebody who applied, by code; their name is not public.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(name = "HearingCandidate")]
pub struct PublicHearingCandidate {
    /// Code.
    code: String,
    /// Name of the group of seats.
    group: String,
    /// Whether they were left out, before the seed could be known.
    left_out: bool,
}

/// A draw with all that is needed to draw again: docs/formats/draw.md.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(name = "HearingDraw")]
pub struct PublicHearingDraw {
    /// The checkpoint that fixed the seed.
    checkpoint: LogCheckpoint,
    /// The seed: the root of the checkpoint, as printed.
    seed: String,
    /// All who applied.
    candidates: Vec<PublicHearingCandidate>,
    /// The lots, by group.
    groups: Vec<GroupLots>,
}

impl From<PublicDraw> for PublicHearingDraw {
    fn from(draw: PublicDraw) -> Self {
        let PublicDraw { checkpoint, seed, candidates, groups } = draw;
        let candidate = |c: PublicCandidate| {
            let PublicCandidate { code, group, left_out } = c;
            PublicHearingCandidate { code, group, left_out }
        };
        Self {
            checkpoint: checkpoint.into(),
            seed,
            candidates: candidates.into_iter().map(candidate).collect(),
            groups: groups.into_iter().map(GroupLots::from).collect(),
        }
    }
}

/// A participant on the list.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(name = "HearingParticipant")]
pub struct PublicHearingParticipant {
    /// Code.
    code: String,
    /// Group.
    group: String,
    /// As they are shown.
    shown_as: String,
    /// Who they are to the matter.
    stake: String,
}

impl From<HearingParticipant> for PublicHearingParticipant {
    fn from(participant: HearingParticipant) -> Self {
        let HearingParticipant { code, group, shown_as, stake } = participant;
        Self { code, group, shown_as, stake }
    }
}

/// The list of participants.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(name = "HearingList")]
pub struct PublicHearingList {
    /// Day of publication.
    published_on: Date,
    /// Participants.
    participants: Vec<PublicHearingParticipant>,
    /// Chair, presenters, recorder and others.
    staff: Vec<ListedStaff>,
    /// Who sits there, in numbers.
    composition: HearingComposition,
    /// The list as a document.
    documents: Vec<PublicDocument>,
}

impl From<PublicList> for PublicHearingList {
    fn from(list: PublicList) -> Self {
        let PublicList { published_on, participants, staff, composition, documents } = list;
        let shown = |s: dingce_app::hearing_sheet::PublicStaff| ListedStaff::of(s.role, s.name, s.post);
        Self {
            published_on: Date(published_on),
            participants: participants.into_iter().map(PublicHearingParticipant::from).collect(),
            staff: staff.into_iter().map(shown).collect(),
            composition: composition.into(),
            documents: documents.into_iter().map(PublicDocument::from).collect(),
        }
    }
}

/// The report on a hearing 听证报告.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(name = "HearingReport")]
pub struct PublicHearingReport {
    /// When, where, who took part, how it went.
    summary: String,
    /// Views and what became of them.
    views: Vec<HeardView>,
    /// Whether most were against it.
    mostly_opposed: bool,
    /// What was studied further; empty where nothing was.
    further_study: String,
    /// Documents.
    documents: Vec<PublicDocument>,
}

impl From<PublicReport> for PublicHearingReport {
    fn from(report: PublicReport) -> Self {
        let PublicReport { summary, views, mostly_opposed, further_study, documents } = report;
        Self {
            summary,
            views: views.into_iter().map(HeardView::from).collect(),
            mostly_opposed,
            further_study,
            documents: documents.into_iter().map(PublicDocument::from).collect(),
        }
    }
}

/// That an application was received.
#[derive(Debug, Clone, Description)]
pub struct PublicApplicationReceipt(ApplicationReceipt);

impl From<ApplicationReceipt> for PublicApplicationReceipt {
    fn from(receipt: ApplicationReceipt) -> Self {
        Self(receipt)
    }
}

#[Object(name = "HearingReceipt", use_type_description)]
impl PublicApplicationReceipt {
    /// When it came.
    async fn received_at(&self) -> DateTime {
        DateTime::of_millis(self.0.received.received_at)
    }

    /// Code under which it enters the draw; look for it among the lots.
    async fn code(&self) -> &str {
        &self.0.received.code
    }

    /// Name of the group of seats.
    async fn group(&self) -> &str {
        &self.0.received.seat_group
    }

    /// Why it was left out of the draw; none where it was not.
    async fn left_out(&self) -> Option<&str> {
        self.0.excluded.as_ref().map(|excluded| excluded.reason.as_str())
    }

    /// The hearing.
    async fn hearing(&self, ctx: &Context<'_>) -> Result<Option<PublicHearing>> {
        let scope = Scope::of_anybody(ctx)?;
        let row = scope.one::<PublicHearingRow>(&self.0.received.hearing).await?;
        Ok(row.map(|row| PublicHearing::of(row, scope)).transpose()?)
    }
}
