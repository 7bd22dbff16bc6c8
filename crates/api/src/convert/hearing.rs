//! Inputs of the acts of a hearing.

use async_graphql::{ID, InputObject};
use dingce_domain::hearing::acts::{
    AbsentParticipant, ApplicationPeriod, DeclinedSeat, HearingParticipant, HearingStaff, HearingView,
    UnsignedParticipant,
};
use dingce_domain::hearing::{HearingGroup, HearingGroupKind, HearingRole, SeatSelection};
use dingce_domain::rejection::Rejection;
use dingce_domain::words::Uptake;

use super::{Date, DateTime, Given, Word};

/// When the public may apply again, and the instant of the draw that follows.
#[derive(Debug, Clone, Copy, InputObject)]
pub struct ApplicationPeriodInput {
    /// First day of applications.
    pub from: Date,
    /// Last day, to its end.
    pub until: Date,
    /// The instant that fixes the seed of the draw; not before applications are closed.
    pub draw_at: DateTime,
}

impl Given<ApplicationPeriod> for ApplicationPeriodInput {
    fn given(self, _: &str) -> Result<ApplicationPeriod, Rejection> {
        let Self { from, until, draw_at } = self;
        Ok(ApplicationPeriod { from: from.0, until: until.0, draw_at: draw_at.0 })
    }
}

/// Seats of one group, as the notice announces them.
#[derive(Debug, Clone, InputObject)]
pub struct HearingGroupInput {
    /// Its name, 1 to 200 characters, its alone in the hearing; it is a line of what the draw hashes.
    pub name: String,
    /// For whom it is.
    pub kind: Word<HearingGroupKind>,
    /// How many seats, at least 1.
    pub seats: u32,
    /// How they are filled.
    pub selection: Word<SeatSelection>,
}

impl Given<HearingGroup> for HearingGroupInput {
    fn given(self, _: &str) -> Result<HearingGroup, Rejection> {
        let Self { name, kind, seats, selection } = self;
        Ok(HearingGroup { name, kind: kind.0, seats, selection: selection.0 })
    }
}

/// A participant on the list. All of it becomes public.
#[derive(Debug, Clone, InputObject)]
pub struct HearingParticipantInput {
    /// Code; of those drawn, the one in the draw.
    pub code: String,
    /// Name of the group.
    pub group: String,
    /// As they appear on the list; no identity numbers and no contact.
    pub shown_as: String,
    /// Who they are to the matter.
    pub stake: String,
}

impl Given<HearingParticipant> for HearingParticipantInput {
    fn given(self, _: &str) -> Result<HearingParticipant, Rejection> {
        let Self { code, group, shown_as, stake } = self;
        Ok(HearingParticipant { code, group, shown_as, stake })
    }
}

/// Somebody with a part of their own at the hearing.
#[derive(Debug, Clone, InputObject)]
pub struct HearingStaffInput {
    /// Which part.
    pub role: Word<HearingRole>,
    /// Id of the person, if they have an account: what they were to the case is then held against their part.
    pub person: Option<ID>,
    /// Name.
    pub name: String,
    /// Unit and post.
    pub post: String,
}

impl Given<HearingStaff> for HearingStaffInput {
    fn given(self, at: &str) -> Result<HearingStaff, Rejection> {
        let Self { role, person, name, post } = self;
        Ok(HearingStaff { role: role.0, person: person.given(&format!("{at}.person"))?, name, post })
    }
}

/// A participant by code, with a reason.
#[derive(Debug, Clone, InputObject)]
pub struct CodeAndReasonInput {
    /// Code.
    pub code: String,
    /// Why.
    pub reason: String,
}

macro_rules! code_and_reason {
    ($($name:ident),*) => {$(
        impl Given<$name> for CodeAndReasonInput {
            fn given(self, _: &str) -> Result<$name, Rejection> {
                let Self { code, reason } = self;
                Ok($name { code, reason })
            }
        }
    )*};
}

code_and_reason!(DeclinedSeat, AbsentParticipant, UnsignedParticipant);

/// A view that was heard, and what became of it.
#[derive(Debug, Clone, InputObject)]
pub struct HearingViewInput {
    /// The view.
    pub view: String,
    /// How it was taken up.
    pub uptake: Word<Uptake>,
    /// What was changed, or why not; required unless in full.
    #[graphql(default)]
    pub reason: String,
}

impl Given<HearingView> for HearingViewInput {
    fn given(self, _: &str) -> Result<HearingView, Rejection> {
        let Self { view, uptake, reason } = self;
        Ok(HearingView { view, uptake: uptake.0, reason })
    }
}
