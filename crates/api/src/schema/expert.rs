//! The expert review of a case, as officials and its experts see it.

use async_graphql::SimpleObject;
use dingce_domain::file::{PanelExpert, PanelFile};
use dingce_domain::organisation::Organisation;
use dingce_domain::words::ExpertStance;

use crate::convert::{Date, Word};

/// An expert review: on which version, by whom, and how far each expert has come. What they said is among the opinions.
#[derive(Debug, Clone, SimpleObject)]
pub struct ExpertReview {
    /// Id of the version reviewed; the one that opinions name.
    pub draft_id: async_graphql::ID,
    /// The experts, in the order of their appointment.
    pub experts: Vec<ReviewExpert>,
    /// Day on which they last had materials; none before.
    pub informed_on: Option<Date>,
    /// Whether all who are left have given their opinions.
    pub heard: bool,
}

/// One expert of a review.
#[derive(Debug, Clone, SimpleObject)]
pub struct ReviewExpert {
    /// Code, theirs alone in this review.
    pub code: String,
    /// Name as of the appointment.
    pub name: String,
    /// Whether they are of the undertaking unit.
    pub in_house: bool,
    /// Whether they declared a direct interest; none before they declared.
    pub interest: Option<bool>,
    /// Whether that was entered from paper for somebody who has an account: they may still declare themselves.
    pub interest_entered: bool,
    /// Whether they were released.
    pub released: bool,
    /// Where they stand; none before they gave their opinion.
    pub stance: Option<Word<ExpertStance>>,
    /// Whether that was entered from paper for somebody who has an account: they may still give their own.
    pub stance_entered: bool,
}

impl From<PanelFile> for ExpertReview {
    fn from(panel: PanelFile) -> Self {
        let heard = panel.heard();
        let PanelFile { draft, experts, informed_on } = panel;
        let experts = experts.into_iter().map(ReviewExpert::from).collect();
        Self { draft_id: draft.to_string().into(), experts, informed_on: informed_on.map(Date), heard }
    }
}

impl From<PanelExpert> for ReviewExpert {
    fn from(expert: PanelExpert) -> Self {
        let PanelExpert {
            code,
            person: _,
            name,
            in_house,
            interest,
            interest_entered,
            released,
            stance,
            stance_entered,
        } = expert;
        let (interest_entered, stance_entered) = (interest_entered.is_some(), stance_entered.is_some());
        Self { code, name, in_house, interest, interest_entered, released, stance: stance.map(Word), stance_entered }
    }
}

/// The pool of experts, as the directory knows it.
#[derive(Debug, Clone, SimpleObject)]
pub struct ExpertPool {
    /// Its version: how many entries were made into it. An appointment names the one that it looked at.
    pub version: u32,
    /// The experts, by code.
    pub experts: Vec<PooledExpert>,
}

/// An expert of the pool.
#[derive(Debug, Clone, SimpleObject)]
pub struct PooledExpert {
    /// Code, never used for another.
    pub code: String,
    /// Name.
    pub name: String,
    /// Field of knowledge.
    pub field: String,
    /// Where they work; empty where it is not said.
    pub employer: String,
    /// Whether they have an account here.
    pub account: bool,
    /// First day.
    pub valid_from: Date,
    /// First day no longer; none while they are in it.
    pub valid_until: Option<Date>,
}

impl ExpertPool {
    /// The pool of a directory.
    pub fn of(directory: &Organisation) -> Self {
        let experts = directory.pool.iter().map(|(code, known)| PooledExpert {
            code: code.clone(),
            name: known.name.clone(),
            field: known.field.clone(),
            employer: known.employer.clone(),
            account: known.person.is_some(),
            valid_from: Date(known.from),
            valid_until: known.until.map(Date),
        });
        Self { version: directory.pool_version, experts: experts.collect() }
    }
}
