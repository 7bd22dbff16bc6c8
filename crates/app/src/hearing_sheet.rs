//! What is public of a hearing: all that acts of publication said of it, and the draw with everything that is needed to
//! draw again. Names of applicants who are not on the list, and days of delivery, are not.

use dingce_domain::draw::Checkpoint;
use dingce_domain::hearing::acts::{HearingParticipant, HearingView};
use dingce_domain::hearing::{Composition, HearingFile, HearingGroup, HearingRole, SeatsDrawn};
use dingce_domain::words::DocumentRef;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// Somebody who took part in the draw.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicCandidate {
    /// Code.
    pub code: String,
    /// Group.
    pub group: String,
    /// Whether they were left out before the seed was known.
    pub left_out: bool,
}

/// The draw, as anyone can compute it again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicDraw {
    /// The checkpoint that fixed the seed.
    pub checkpoint: Checkpoint,
    /// The seed.
    pub seed: String,
    /// All who applied.
    pub candidates: Vec<PublicCandidate>,
    /// The lots, by group.
    pub groups: Vec<SeatsDrawn>,
}

/// Somebody with a part of their own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicStaff {
    /// Which part.
    pub role: HearingRole,
    /// Name.
    pub name: String,
    /// Unit and post.
    pub post: String,
}

/// The list of participants.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicList {
    /// Day of publication.
    pub published_on: Date,
    /// Participants.
    pub participants: Vec<HearingParticipant>,
    /// Chair, presenters, recorder and others.
    pub staff: Vec<PublicStaff>,
    /// Who sits there, in numbers.
    pub composition: Composition,
    /// Documents.
    pub documents: Vec<DocumentRef>,
}

/// The report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicReport {
    /// When, where, who took part, how it went.
    pub summary: String,
    /// Views and what became of them.
    pub views: Vec<HearingView>,
    /// Whether most were against the draft.
    pub mostly_opposed: bool,
    /// What was studied further.
    pub further_study: String,
    /// Documents.
    pub documents: Vec<DocumentRef>,
}

/// All that is public of a hearing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HearingSheet {
    /// When it begins, as printed.
    pub starts_at: String,
    /// Where.
    pub place: String,
    /// How participants are selected.
    pub selection_method: String,
    /// Seats by group.
    pub groups: Vec<HearingGroup>,
    /// First day of applications.
    pub applications_from: Option<Date>,
    /// Last day.
    pub applications_until: Option<Date>,
    /// The instant that fixes the seed.
    pub draw_at: Option<Timestamp>,
    /// Whom to ask.
    pub contact: String,
    /// Notice, draft and explanation.
    pub documents: Vec<DocumentRef>,
    /// How often it was put off.
    pub postponed: u32,
    /// Why it was last put off, or cancelled.
    pub change_reason: Option<String>,
    /// The draw, once held.
    pub draw: Option<PublicDraw>,
    /// The list, once published.
    pub list: Option<PublicList>,
    /// How many came, once it was opened.
    pub present: Option<u64>,
    /// The report, once made.
    pub report: Option<PublicReport>,
}

impl HearingSheet {
    /// What is public of this hearing.
    pub fn of(file: &HearingFile) -> Self {
        let notice = &file.notice;
        Self {
            starts_at: file.starts_at.clone(),
            place: file.place.clone(),
            selection_method: notice.selection_method.clone(),
            groups: notice.groups.clone(),
            applications_from: notice.applications_from,
            applications_until: notice.applications_until,
            draw_at: notice.draw_at,
            contact: notice.contact.clone(),
            documents: notice.documents.clone(),
            postponed: file.postponed,
            change_reason: file.change_reason.clone(),
            draw: draw(file),
            list: list(file),
            present: file.present.as_ref().map(|present| present.len() as u64),
            report: file.report.as_ref().map(|report| PublicReport {
                summary: report.summary.clone(),
                views: report.views.clone(),
                mostly_opposed: report.mostly_opposed,
                further_study: report.further_study.clone(),
                documents: report.documents.clone(),
            }),
        }
    }
}

fn draw(file: &HearingFile) -> Option<PublicDraw> {
    let checkpoint = file.checkpoint.clone()?;
    let candidate = |c: &dingce_domain::hearing::acts::DrawCandidate| PublicCandidate {
        code: c.code.clone(),
        group: c.group.clone(),
        left_out: c.excluded.is_some(),
    };
    Some(PublicDraw {
        seed: checkpoint.seed(),
        checkpoint,
        candidates: file.candidates.iter().map(candidate).collect(),
        groups: file.drawn.clone(),
    })
}

fn list(file: &HearingFile) -> Option<PublicList> {
    let (list, composition) = (file.list.as_ref()?, file.composition.clone()?);
    let staff = |s: &dingce_domain::hearing::acts::HearingStaff| PublicStaff {
        role: s.role,
        name: s.name.clone(),
        post: s.post.clone(),
    };
    Some(PublicList {
        published_on: list.published_on,
        participants: list.participants.clone(),
        staff: list.staff.iter().map(staff).collect(),
        composition,
        documents: list.documents.clone(),
    })
}
