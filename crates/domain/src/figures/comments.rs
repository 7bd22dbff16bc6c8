//! What a consultation adds to the figures: comments that came and how they were answered. Their texts are not read.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::case::Matter;
use super::item::{Act, Apart, Item, Standing};
use super::{FigureCode, Tally};
use crate::consultation::ConsultationEvent;
use crate::id::{CommentId, ConsultationId, EventId};
use crate::words::Uptake;

#[derive(Debug, Clone)]
struct Came {
    event: EventId,
    n: u64,
    day: Date,
    late: bool,
    answered: Option<(u64, Uptake)>,
}

/// A consultation as far as it is counted: a few words a comment.
#[derive(Debug, Clone)]
pub struct CommentsFold {
    id: ConsultationId,
    came: BTreeMap<CommentId, Came>,
    closed: bool,
}

impl CommentsFold {
    /// Nothing came yet.
    pub const fn new(id: ConsultationId) -> Self {
        Self { id, came: BTreeMap::new(), closed: false }
    }

    /// Takes in one event, in the order of their numbers.
    pub fn take(&mut self, id: EventId, n: u64, day: Date, event: &ConsultationEvent) {
        match event {
            ConsultationEvent::CommentReceived { comment, late, .. } => {
                self.came.insert(*comment, Came { event: id, n, day, late: *late, answered: None });
            }
            ConsultationEvent::CommentAnswered { given, .. } => {
                if let Some(came) = self.came.get_mut(&given.comment) {
                    came.answered = Some((n, given.uptake));
                }
            }
            ConsultationEvent::Closed { .. } => self.closed = true,
            // A comment whose writer is erased was received and answered all the same.
            ConsultationEvent::Opened { .. }
            | ConsultationEvent::CommenterOpened { .. }
            | ConsultationEvent::PersonalDataErased { .. } => {}
        }
    }
}

impl Tally {
    /// Counts the comments of a matter's consultation.
    pub fn take_comments(&mut self, matter: &Matter, fold: CommentsFold) {
        let CommentsFold { id, came, closed } = fold;
        for (comment, came) in came {
            if !self.period.has(came.day) {
                continue;
            }
            let kind = "comment_received".to_owned();
            let act = Act { stream: id.into(), n: came.n, event: came.event, kind, day: came.day };
            let item = |standing: Standing| Item {
                thing: comment.to_string(),
                standing,
                day: came.day,
                act: act.clone(),
                shown_by: came.answered.map(|(n, _)| n).into_iter().collect(),
                case: Some(matter.case),
                title: matter.title.clone(),
                unit: Some(matter.unit),
                days: None,
                leave: Vec::new(),
            };
            if came.late {
                self.put(FigureCode::CommentsReceived, item(Standing::Apart(Apart::Late)));
                continue;
            }
            self.put(FigureCode::CommentsReceived, item(Standing::Counted));
            let Some((_, uptake)) = came.answered else {
                // While people may still write, nobody has to answer.
                let standing = if closed { Standing::Missed } else { Standing::Apart(Apart::NotYet) };
                self.put(FigureCode::CommentsAnswered, item(standing));
                continue;
            };
            self.put(FigureCode::CommentsAnswered, item(Standing::Counted));
            for (code, this) in [
                (FigureCode::CommentsAdopted, Uptake::Full),
                (FigureCode::CommentsPartlyAdopted, Uptake::Partial),
                (FigureCode::CommentsNotAdopted, Uptake::None),
            ] {
                self.put(code, item(Standing::of(uptake == this)));
            }
        }
    }
}
