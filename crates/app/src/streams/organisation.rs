//! The directory stream.

use dingce_domain::case::CorruptHistory;
use dingce_domain::id::{OrganisationId, StreamId};
use dingce_domain::organisation::{Organisation, OrganisationEvent, UnitKind};

use super::json;
use crate::envelope::{Marks, Recorded};
use crate::ports::ReadRow;
use crate::read_rows::{DelegationRow, HoldingRow, OrganRow, PersonRow, PostRow, UnitRow};
use crate::stream::{Follows, Loaded, Stream};

impl Stream for Organisation {
    type Id = OrganisationId;
    type Event = OrganisationEvent;
    const SHAPE: u32 = 2;

    fn id(stream: StreamId) -> OrganisationId {
        OrganisationId::new(stream.value)
    }

    fn evolve(
        state: Option<Self>,
        id: OrganisationId,
        event: &Recorded<OrganisationEvent>,
    ) -> Result<Self, CorruptHistory> {
        Self::evolve(state, id, &event.body)
    }

    fn marks(event: &OrganisationEvent) -> Marks {
        Marks { kind: event.kind(), ..Marks::default() }
    }

    fn follows(id: OrganisationId, after: &Loaded<Self>, events: &[Recorded<OrganisationEvent>]) -> Follows {
        let mut follows = Follows::default();
        let state = &after.state;
        let organ = state.organ.to_string();
        let mut put = |row| follows.rows.push(row);
        for recorded in events {
            let holding = |person, post, from: jiff::civil::Date, until: Option<jiff::civil::Date>| HoldingRow {
                event: recorded.envelope.event.to_string(),
                organ: organ.clone(),
                person: ToString::to_string(person),
                post: ToString::to_string(post),
                valid_from: from.to_string(),
                valid_until: until.map(|d| d.to_string()),
                known_from: recorded.envelope.recorded_at.as_millisecond(),
            };
            match &recorded.body {
                OrganisationEvent::Opened { organ: unit, name, from } => {
                    put(OrganRow { organ: unit.to_string(), organisation: id.to_string(), name: name.clone() }.put());
                    put(UnitRow {
                        unit: unit.to_string(),
                        organ: organ.clone(),
                        name: name.clone(),
                        kind: UnitKind::Organ.to_string(),
                        valid_from: from.to_string(),
                        valid_until: state.units.get(unit).and_then(|u| u.until).map(|d| d.to_string()),
                    }
                    .put());
                }
                OrganisationEvent::UnitRegistered { unit, .. } | OrganisationEvent::UnitEnded { unit, .. } => {
                    if let Some(known) = state.units.get(unit) {
                        put(UnitRow {
                            unit: unit.to_string(),
                            organ: organ.clone(),
                            name: known.name.clone(),
                            kind: known.kind.to_string(),
                            valid_from: known.from.to_string(),
                            valid_until: known.until.map(|d| d.to_string()),
                        }
                        .put());
                    }
                }
                // Relations, bodies and the pool of experts are asked of the directory itself.
                OrganisationEvent::UnitRelated { .. }
                | OrganisationEvent::BodyRegistered { .. }
                | OrganisationEvent::ExpertEntered { .. }
                | OrganisationEvent::ExpertLeft { .. } => {}
                OrganisationEvent::PostRegistered { post, unit, title, post_kind, member_of_body, from } => {
                    put(PostRow {
                        post: post.to_string(),
                        organ: organ.clone(),
                        unit: unit.to_string(),
                        title: title.clone(),
                        kind: post_kind.to_string(),
                        member_of_body: *member_of_body,
                        valid_from: from.to_string(),
                    }
                    .put());
                }
                OrganisationEvent::PersonRegistered { person, name } => {
                    put(PersonRow { person: person.to_string(), organ: organ.clone(), name: name.clone() }.put());
                }
                OrganisationEvent::PostTaken { person, post, from, until } => {
                    put(holding(person, post, *from, *until).put());
                }
                // A new row, known from now: what was known before stays as it was known.
                OrganisationEvent::PostLeft { person, post, until } => {
                    let from = state
                        .holdings
                        .iter()
                        .find(|h| h.person == *person && h.post == *post && h.until == Some(*until))
                        .map_or(*until, |h| h.from);
                    put(holding(person, post, from, Some(*until)).put());
                }
                OrganisationEvent::DelegationGranted { delegation, .. }
                | OrganisationEvent::DelegationEnded { delegation, .. } => {
                    if let Some(known) = state.delegations.get(delegation) {
                        put(DelegationRow {
                            delegation: delegation.to_string(),
                            organ: organ.clone(),
                            principal: known.principal.to_string(),
                            post: known.post.to_string(),
                            agent: known.agent.to_string(),
                            verbs_json: json(&known.verbs),
                            valid_from: known.from.to_string(),
                            valid_until: known.until.to_string(),
                        }
                        .put());
                    }
                }
            }
        }
        follows
    }
}
