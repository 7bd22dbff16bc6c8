//! The stream of applications to a hearing.

use std::collections::BTreeMap;

use dingce_domain::case::CorruptHistory;
use dingce_domain::erasure::{ErasurePart, MASK};
use dingce_domain::hearing::{Hearing, HearingEvent};
use dingce_domain::id::{HearingId, StreamId};
use dingce_domain::time::Zone;

use crate::envelope::{Marks, Recorded};
use crate::ports::{Deadline, DeadlineChange, ReadRow};
use crate::read_rows::{HearingApplicationRow, HearingIntakeRow, PublicApplicationRow, PublicExclusionRow};
use crate::stream::{Follows, Loaded, Stream};

/// The end of the last day of applications.
pub(crate) const CLOSING: &str = "closing";
/// The instant that fixes the seed.
pub(crate) const SEED: &str = "seed";

impl Stream for Hearing {
    type Id = HearingId;
    type Event = HearingEvent;
    const SHAPE: u32 = 2;

    fn id(stream: StreamId) -> HearingId {
        HearingId::new(stream.value)
    }

    fn evolve(state: Option<Self>, id: HearingId, event: &Recorded<HearingEvent>) -> Result<Self, CorruptHistory> {
        Self::evolve(state, id, &event.body)
    }

    fn marks(event: &HearingEvent) -> Marks {
        let opinion = match event {
            HearingEvent::PersonalDataErased { given } => Some(given.ground.to_string()),
            _ => None,
        };
        Marks { kind: event.kind(), opinion, committed: event.by_the_public(), ..Marks::default() }
    }

    fn follows(id: HearingId, after: &Loaded<Self>, events: &[Recorded<HearingEvent>]) -> Follows {
        let state = &after.state;
        let mut follows = Follows::default();
        let count = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
        let timer = |clock: &str, at: jiff::Timestamp| {
            DeadlineChange::Set(Deadline {
                stream: id.into(),
                clock: clock.to_owned(),
                due_at: Some(at.as_millisecond()),
            })
        };
        let clear = |clock: &str| DeadlineChange::Clear { stream: id.into(), clock: clock.to_owned() };
        for recorded in events {
            let envelope = &recorded.envelope;
            let at = envelope.recorded_at.as_millisecond();
            match &recorded.body {
                HearingEvent::Opened { given } => {
                    follows.deadlines.push(timer(CLOSING, Zone::SHANGHAI.end_of(given.until)));
                }
                HearingEvent::Received { application, code, receipt, given } => {
                    let row = HearingApplicationRow {
                        application: application.to_string(),
                        hearing: id.to_string(),
                        code: code.clone(),
                        n: count(envelope.n),
                        seat_group: given.group.clone(),
                        channel: given.channel.to_string(),
                        shown_as: given.shown_as.clone(),
                        stake: given.stake.clone(),
                        received_at: at,
                    };
                    follows.rows.push(row.put());
                    let row = PublicApplicationRow {
                        receipt: receipt.clone(),
                        hearing: id.to_string(),
                        code: code.clone(),
                        seat_group: given.group.clone(),
                        received_at: at,
                    };
                    follows.rows.push(row.put());
                }
                HearingEvent::Excluded { given } => follows.rows.push(
                    PublicExclusionRow {
                        hearing: id.to_string(),
                        code: given.code.clone(),
                        reason: given.reason.clone(),
                    }
                    .put(),
                ),
                HearingEvent::Closed { .. } => {
                    follows.deadlines.push(clear(CLOSING));
                    follows.deadlines.push(timer(SEED, state.opening.draw_at));
                }
                HearingEvent::Reopened { given } => {
                    follows.deadlines.push(clear(SEED));
                    follows.deadlines.push(timer(CLOSING, Zone::SHANGHAI.end_of(given.until)));
                }
                HearingEvent::SeedFixed { .. } => follows.deadlines.push(clear(SEED)),
                HearingEvent::PersonalDataErased { given } => {
                    let Some((code, known)) = state.application(&given.subject) else { continue };
                    let (row, destroy) = super::erased(id, given, &known.erased, envelope);
                    follows.rows.push(row);
                    if given.parts.contains(&ErasurePart::Text) {
                        let row = HearingApplicationRow {
                            application: given.subject.clone(),
                            hearing: id.to_string(),
                            code: code.clone(),
                            n: count(given.n),
                            seat_group: known.group.clone(),
                            channel: given.channel.to_string(),
                            shown_as: MASK.to_owned(),
                            stake: MASK.to_owned(),
                            received_at: given.received_at.as_millisecond(),
                        };
                        follows.rows.push(row.put());
                    }
                    follows.outbox.push(destroy);
                }
                HearingEvent::Ended {} => {
                    follows.deadlines.push(clear(CLOSING));
                    follows.deadlines.push(clear(SEED));
                }
            }
        }
        let seed = state.seed.as_ref().map(|(checkpoint, _)| checkpoint);
        follows.rows.push(
            HearingIntakeRow {
                hearing: id.to_string(),
                case_id: state.opening.case.to_string(),
                opens_on: state.opening.from.to_string(),
                closes_on: state.opening.until.to_string(),
                draw_at: state.opening.draw_at.as_millisecond(),
                received: count(state.applications.len() as u64),
                excluded_json: super::json(&excluded(state)),
                closed: state.closed_n.is_some(),
                ended: state.ended,
                checkpoint_json: seed.map(super::json),
            }
            .put(),
        );
        follows
    }
}

/// Why applicants were left out, by code.
fn excluded(state: &Hearing) -> BTreeMap<&str, &str> {
    let all = state.applications.iter();
    all.filter_map(|(code, known)| Some((code.as_str(), known.excluded.as_deref()?))).collect()
}
