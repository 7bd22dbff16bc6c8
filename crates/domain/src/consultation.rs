//! A public consultation 公开征求意见: its own stream, so that a flood of comments never blocks the case.
//!
//! The text of a comment is a statutory record and is kept; identity and contact are sealed apart, under a key that can
//! be erased. Comments after the last day are kept and marked late (nothing is dropped). Zero comments are normal.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::case::CorruptHistory;
use crate::check;
use crate::code::Code;
use crate::erasure::{ErasurePart, PersonalDataErased};
use crate::id::{CaseId, CommentId, ConsultationId, Digest, DraftId};
use crate::occasion::Occasion;
use crate::rejection::Rejection;
use crate::words;
use crate::words::Uptake;

words! {
    /// How a comment came.
    Channel {
        /// By the portal or the API.
        Web = "web",
        /// By letter.
        Letter = "letter",
        /// By e-mail.
        Email = "email",
        /// By telephone.
        Telephone = "telephone",
        /// In person.
        Visit = "visit",
        /// From another unit, in writing.
        Unit = "unit",
    }
}

/// A comment as it is given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SubmitComment {
    /// How it came.
    pub channel: Channel,
    /// Which clause it is about; empty for the whole.
    pub clause: String,
    /// What it says, 1 to 10,000 characters, plain text.
    pub text: String,
    /// Whether it suggests a hearing: it is answered as every comment is (Guangdong Order 303 art. 2 names no number of them).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub suggests_hearing: bool,
}

/// Who of the public wrote, sealed apart from what they wrote. All of it is optional (trap 17).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub struct Commenter {
    /// Name, up to 200 characters.
    pub name: String,
    /// How to answer them, up to 200 characters.
    pub contact: String,
}

impl Commenter {
    /// That a record can hold it; `path` is where it stands in the input.
    ///
    /// # Errors
    /// A [`Rejection`] that names the member.
    pub fn acceptable(&self, path: &str) -> Result<(), Rejection> {
        let Self { name, contact } = self;
        check::line_or_empty(&format!("{path}.name"), name)?;
        check::line_or_empty(&format!("{path}.contact"), contact)
    }
}

/// The answer to a comment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnswerComment {
    /// Which.
    pub comment: CommentId,
    /// How it was taken up.
    pub uptake: Uptake,
    /// Why; required always, because the commenter reads it.
    pub reason: String,
}

/// Open who sent a comment, which is sealed apart from it. The opening is an act, recorded before anything is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OpenCommenter {
    /// Which.
    pub comment: CommentId,
    /// Why it is necessary to know.
    pub reason: String,
}

/// One event of a consultation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", deny_unknown_fields)]
#[allow(missing_docs)]
pub enum ConsultationEvent {
    /// It opened, for this case and version.
    #[serde(rename = "consultation_opened")]
    Opened { case: CaseId, draft: DraftId, title: String, opens_on: Date, closes_on: Date },
    /// A comment came. The commenter is in the sealed body.
    #[serde(rename = "comment_received")]
    CommentReceived { comment: CommentId, receipt: String, late: bool, given: SubmitComment },
    /// A comment was answered.
    #[serde(rename = "comment_answered")]
    CommentAnswered { given: AnswerComment, left: u64 },
    /// Who sent a comment was opened to somebody who answers it.
    #[serde(rename = "commenter_opened")]
    CommenterOpened { given: OpenCommenter },
    /// The last day is over.
    #[serde(rename = "consultation_closed")]
    Closed { received: u64 },
    /// Something of a comment was erased (PIPL art. 47).
    #[serde(rename = "personal_data_erased")]
    PersonalDataErased { given: PersonalDataErased },
}

impl ConsultationEvent {
    /// The kind, as stored.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Opened { .. } => "consultation_opened",
            Self::CommentReceived { .. } => "comment_received",
            Self::CommentAnswered { .. } => "comment_answered",
            Self::CommenterOpened { .. } => "commenter_opened",
            Self::Closed { .. } => "consultation_closed",
            Self::PersonalDataErased { .. } => "personal_data_erased",
        }
    }

    /// Whether the open body was written by the public, so that the leaf holds a keyed commitment and not a digest.
    pub const fn by_the_public(&self) -> bool {
        matches!(self, Self::CommentReceived { .. })
    }
}

/// What is remembered of one comment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommentState {
    /// Whether it came after the last day.
    pub late: bool,
    /// Its answer.
    pub answered: Option<Uptake>,
    /// Whether it suggests a hearing.
    pub suggests_hearing: bool,
    /// What of it was erased.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub erased: BTreeSet<ErasurePart>,
}

/// A consultation, without the texts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consultation {
    /// Its id.
    pub id: ConsultationId,
    /// The case.
    pub case: CaseId,
    /// The version consulted on.
    pub draft: DraftId,
    /// First day.
    pub opens_on: Date,
    /// Last day, to its end.
    pub closes_on: Date,
    /// Whether closing is recorded.
    pub closed: bool,
    /// Comments.
    pub comments: BTreeMap<CommentId, CommentState>,
    /// How many events made it.
    pub n: u64,
}

impl Consultation {
    /// The consultation after one event.
    ///
    /// # Errors
    /// [`CorruptHistory`] where the event cannot follow.
    pub fn evolve(state: Option<Self>, id: ConsultationId, event: &ConsultationEvent) -> Result<Self, CorruptHistory> {
        let corrupt = |n: u64, why: &str| CorruptHistory { n, kind: event.kind().to_owned(), why: why.to_owned() };
        match (state, event) {
            (None, ConsultationEvent::Opened { case, draft, opens_on, closes_on, .. }) => Ok(Self {
                id,
                case: *case,
                draft: *draft,
                opens_on: *opens_on,
                closes_on: *closes_on,
                closed: false,
                comments: BTreeMap::new(),
                n: 1,
            }),
            (None, _) => Err(corrupt(1, "the first event must open the consultation")),
            (Some(state), ConsultationEvent::Opened { .. }) => Err(corrupt(state.n + 1, "it is already open")),
            (Some(mut state), ConsultationEvent::CommentReceived { comment, late, given, .. }) => {
                let suggests_hearing = given.suggests_hearing;
                let erased = BTreeSet::new();
                state.comments.insert(*comment, CommentState { late: *late, answered: None, suggests_hearing, erased });
                state.n += 1;
                Ok(state)
            }
            (Some(mut state), ConsultationEvent::CommentAnswered { given, .. }) => {
                let n = state.n + 1;
                let comment = state.comments.get_mut(&given.comment).ok_or_else(|| corrupt(n, "no such comment"))?;
                comment.answered = Some(given.uptake);
                state.n = n;
                Ok(state)
            }
            (Some(mut state), ConsultationEvent::CommenterOpened { given }) => {
                let n = state.n + 1;
                if !state.comments.contains_key(&given.comment) {
                    return Err(corrupt(n, "no such comment"));
                }
                state.n = n;
                Ok(state)
            }
            (Some(mut state), ConsultationEvent::Closed { .. }) => {
                state.closed = true;
                state.n += 1;
                Ok(state)
            }
            (Some(mut state), ConsultationEvent::PersonalDataErased { given }) => {
                let n = state.n + 1;
                let comment = given.subject.parse().ok().and_then(|id: CommentId| state.comments.get_mut(&id));
                let comment = comment.ok_or_else(|| corrupt(n, "no such comment"))?;
                comment.erased.extend(given.parts.iter().copied());
                state.n = n;
                Ok(state)
            }
        }
    }

    /// Comments in time that have no answer.
    pub fn unanswered(&self) -> u64 {
        self.comments.values().filter(|c| !c.late && c.answered.is_none()).count() as u64
    }

    /// Comments that came in time.
    pub fn received(&self) -> u64 {
        self.comments.values().filter(|c| !c.late).count() as u64
    }

    /// Comments, also late ones, that suggest a hearing.
    pub fn hearing_suggestions(&self) -> u64 {
        self.comments.values().filter(|c| c.suggests_hearing).count() as u64
    }

    /// Comments in time with this answer.
    pub fn answered_with(&self, uptake: Uptake) -> u64 {
        self.comments.values().filter(|c| !c.late && c.answered == Some(uptake)).count() as u64
    }

    /// A comment comes. `receipt` is a random code drawn by the application, by which its sender finds the answer.
    ///
    /// # Errors
    /// A [`Rejection`] before the first day, or where the text cannot be accepted.
    pub fn receive(
        &self,
        given: SubmitComment,
        commenter: &Commenter,
        receipt: String,
        on: &Occasion<'_>,
    ) -> Result<ConsultationEvent, Rejection> {
        let day = on.day();
        if day < self.opens_on {
            return Err(Rejection::new(Code::ConsultationClosed).given(day).needed(self.opens_on));
        }
        check::text("text", &given.text)?;
        check::line_or_empty("clause", &given.clause)?;
        commenter.acceptable("commenter")?;
        let comment = CommentId::new(on.ids.next());
        let late = self.closed || day > self.closes_on;
        Ok(ConsultationEvent::CommentReceived { comment, receipt, late, given })
    }

    /// A comment is answered.
    ///
    /// # Errors
    /// A [`Rejection`] where there is no such comment, or it has its answer.
    pub fn answer(&self, given: AnswerComment) -> Result<ConsultationEvent, Rejection> {
        check::text("reason", &given.reason)?;
        let state = self
            .comments
            .get(&given.comment)
            .ok_or_else(|| Rejection::new(Code::CommentUnknown).at("comment").given(given.comment))?;
        if state.answered.is_some() {
            return Err(Rejection::new(Code::CommentAnswered).at("comment").given(given.comment));
        }
        let left = self.unanswered().saturating_sub(u64::from(!state.late));
        Ok(ConsultationEvent::CommentAnswered { given, left })
    }

    /// Who sent a comment is opened.
    ///
    /// # Errors
    /// A [`Rejection`] where no reason is given, or there is no such comment.
    pub fn open_commenter(&self, given: OpenCommenter) -> Result<ConsultationEvent, Rejection> {
        check::text("reason", &given.reason)?;
        if !self.comments.contains_key(&given.comment) {
            return Err(Rejection::new(Code::CommentUnknown).at("comment").given(given.comment));
        }
        Ok(ConsultationEvent::CommenterOpened { given })
    }

    /// Something of a comment is erased. Harmless twice: nothing where all of it was erased before.
    ///
    /// # Errors
    /// A [`Rejection`] where there is no such comment.
    pub fn erase(&self, given: PersonalDataErased) -> Result<Option<ConsultationEvent>, Rejection> {
        let comment = given.subject.parse().ok().and_then(|id: CommentId| self.comments.get(&id));
        let comment =
            comment.ok_or_else(|| Rejection::new(Code::CommentUnknown).at("subject").given(&given.subject))?;
        let new = !given.parts.is_subset(&comment.erased);
        Ok(new.then_some(ConsultationEvent::PersonalDataErased { given }))
    }

    /// What time alone does: closes it after the last day. Harmless twice.
    pub fn time_passes(&self, today: Date) -> Option<ConsultationEvent> {
        (!self.closed && today > self.closes_on).then(|| ConsultationEvent::Closed { received: self.received() })
    }
}

/// What a case must record of a consultation that closed or was answered in full; copied by value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closing {
    /// Number of the closing event.
    pub n: u64,
    /// Its leaf hash.
    pub leaf: Digest,
    /// Comments in time.
    pub received: u64,
}
