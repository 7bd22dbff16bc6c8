//! Process managers: what one stream's event asks of another stream. Delivered at least once; the message is marked done
//! in the transaction of what it asks for, so doing it twice writes nothing.
//!
//! Messages to one stream are delivered in their order; one that cannot be delivered holds up those to the same stream
//! and no others. Where the other stream refuses for good, e.g. because the case was ended, the message is done.

use std::collections::HashSet;

use dingce_domain::act::{Act, CloseSolicitation, Command, PostponeMeeting, SettleComments};
use dingce_domain::code::Code;
use dingce_domain::consultation::ConsultationEvent;
use dingce_domain::hearing::HearingOpening;
use dingce_domain::hearing::acts::ApplicationPeriod;
use dingce_domain::id::{
    CaseId, ConsultationId, Digest, DraftId, EntryId, ErasureId, EventId, HearingId, MeetingId, ProposalId, StreamId,
    UnitId,
};
use dingce_domain::meeting::MeetingAct;
use jiff::civil::Date;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::app::App;
use crate::error::AppError;
use crate::ports::{Destroy, OutboxMessage};
use crate::streams::topics;

/// Messages read at once.
const PAGE: u64 = 200;

#[derive(Deserialize)]
struct OpenConsultation {
    consultation: ConsultationId,
    case: CaseId,
    draft: DraftId,
    title: String,
    opens_on: Date,
    closes_on: Date,
    organ: UnitId,
}

#[derive(Deserialize)]
struct Closed {
    consultation: ConsultationId,
    case: CaseId,
    received: u64,
    n: u64,
}

#[derive(Deserialize)]
struct Settled {
    consultation: ConsultationId,
    case: CaseId,
    adopted: u64,
    partly: u64,
    not_adopted: u64,
}

#[derive(Deserialize)]
struct OpenHearing {
    hearing: HearingId,
    organ: UnitId,
    opening: HearingOpening,
}

#[derive(Deserialize)]
struct ReopenHearing {
    hearing: HearingId,
    applications: ApplicationPeriod,
}

#[derive(Deserialize)]
struct EndHearing {
    hearing: HearingId,
}

#[derive(Deserialize)]
struct Opened {
    case: CaseId,
    entry: EntryId,
}

#[derive(Deserialize)]
struct OpenedFrom {
    case: CaseId,
    proposal: ProposalId,
}

#[derive(Deserialize)]
struct OnAgenda {
    meeting: MeetingId,
    act: MeetingAct,
}

#[derive(Deserialize)]
struct OffAgenda {
    meeting: MeetingId,
    case: CaseId,
    reason: String,
}

#[derive(Deserialize)]
struct RecordErasure {
    erasure: ErasureId,
    stream: StreamId,
    organ: UnitId,
}

#[derive(Deserialize)]
struct DestroyErased {
    erasure: ErasureId,
    stream: StreamId,
    subject: String,
    n: u64,
    recorded_n: u64,
    identity: bool,
    organ: UnitId,
}

/// What a message asks for.
enum Task {
    Agenda(OnAgenda),
    TakeOff(OffAgenda),
    Link(Opened),
    LinkProposal(OpenedFrom),
    Open(OpenConsultation),
    Close(Closed),
    Settle(Settled),
    Hear(OpenHearing),
    ReopenHearing(ReopenHearing),
    EndHearing(EndHearing),
    RecordErasure(RecordErasure),
    DestroyErased(DestroyErased),
}

impl Task {
    fn of(message: &OutboxMessage) -> Result<Self, AppError> {
        fn payload<T: DeserializeOwned>(message: &OutboxMessage) -> Result<T, AppError> {
            serde_json::from_str(&message.payload).map_err(|error| AppError::internal("reading a message", error))
        }
        // What concerns one of several streams names it after a slash.
        let topic = message.topic.split('/').next().unwrap_or_default();
        match topic {
            topics::PLACE_ON_AGENDA | topics::FOLLOW_AGENDA => payload(message).map(Self::Agenda),
            topics::TAKE_OFF_AGENDA => payload(message).map(Self::TakeOff),
            topics::OPEN_CONSULTATION => payload(message).map(Self::Open),
            topics::CLOSE_SOLICITATION => payload(message).map(Self::Close),
            topics::LINK_ENTRY => payload(message).map(Self::Link),
            topics::LINK_PROPOSAL => payload(message).map(Self::LinkProposal),
            topics::SETTLE_COMMENTS => payload(message).map(Self::Settle),
            topics::OPEN_HEARING => payload(message).map(Self::Hear),
            topics::REOPEN_HEARING => payload(message).map(Self::ReopenHearing),
            topics::END_HEARING => payload(message).map(Self::EndHearing),
            topics::RECORD_ERASURE => payload(message).map(Self::RecordErasure),
            topics::DESTROY_ERASED => payload(message).map(Self::DestroyErased),
            other => Err(AppError::internal("delivering a message", format!("no manager takes {other}"))),
        }
    }

    /// The stream that it asks something of.
    fn target(&self) -> StreamId {
        match self {
            Self::Open(OpenConsultation { consultation, .. }) => (*consultation).into(),
            Self::Agenda(OnAgenda { meeting, .. }) => (*meeting).into(),
            Self::TakeOff(OffAgenda { case, .. }) => (*case).into(),
            Self::Close(Closed { case, .. }) | Self::Settle(Settled { case, .. }) => (*case).into(),
            Self::Hear(OpenHearing { hearing, .. })
            | Self::ReopenHearing(ReopenHearing { hearing, .. })
            | Self::EndHearing(EndHearing { hearing }) => (*hearing).into(),
            // Ties of one case keep their order; the catalogue itself is looked up when the message is delivered.
            Self::Link(Opened { case, .. }) => (*case).into(),
            Self::LinkProposal(OpenedFrom { proposal, .. }) => (*proposal).into(),
            Self::RecordErasure(RecordErasure { stream, .. }) => *stream,
            Self::DestroyErased(DestroyErased { erasure, .. }) => (*erasure).into(),
        }
    }

    /// Whether a refusal may pass by itself: another act came in between, or what must come first is still on its way,
    /// or this node's clock is behind the one that closed the consultation.
    fn may_come_later(&self, code: Code) -> bool {
        match self {
            Self::Open(_)
            | Self::Link(_)
            | Self::LinkProposal(_)
            | Self::Hear(_)
            | Self::ReopenHearing(_)
            | Self::EndHearing(_)
            | Self::RecordErasure(_)
            | Self::DestroyErased(_)
            | Self::TakeOff(_) => code == Code::Conflict,
            Self::Agenda(_) => matches!(code, Code::Conflict | Code::AgendaItemUnknown),
            Self::Close(_) => matches!(code, Code::Conflict | Code::PeriodRunning),
            Self::Settle(_) => matches!(code, Code::Conflict | Code::SolicitationNotClosed),
        }
    }
}

/// A message as it is put off.
pub(crate) type MessageKey = (EventId, String);

impl App {
    /// Delivers all messages that wait, oldest first. Gives how many were done.
    ///
    /// # Errors
    /// Where the store fails; messages not done stay.
    pub async fn deliver_messages(&self) -> Result<usize, AppError> {
        let mut done = 0;
        let mut tried: HashSet<MessageKey> = HashSet::new();
        let mut limit = PAGE;
        loop {
            let messages = self.store.outbox(limit).await?;
            let full = messages.len() as u64 == limit;
            let mut held_up = HashSet::new();
            let mut fresh = false;
            for message in messages {
                let key = (message.event, message.topic.clone());
                let task = Task::of(&message);
                let target = task.as_ref().map(Task::target).ok();
                let waits = target.is_some_and(|t| held_up.contains(&t));
                if waits || self.late_messages.rests(&key) || !tried.insert(key.clone()) {
                    held_up.extend(target);
                    continue;
                }
                fresh = true;
                let delivered = match task {
                    Ok(task) => self.deliver(&message, task).await,
                    Err(unreadable) => Err(unreadable),
                };
                match delivered {
                    Ok(()) => {
                        self.late_messages.done(&key);
                        done += 1;
                    }
                    Err(error) if error.is_of_the_store() => return Err(error),
                    Err(error) => {
                        tracing::error!(topic = message.topic, event = %message.event,
                            error = &error as &dyn std::error::Error, "a message could not be delivered and is put off");
                        self.late_messages.put_off(key);
                        held_up.extend(target);
                    }
                }
            }
            if !fresh && !full {
                return Ok(done);
            }
            if !fresh {
                // All of the page wait for another time: look past them.
                limit += PAGE;
            }
        }
    }

    async fn deliver(&self, message: &OutboxMessage, task: Task) -> Result<(), AppError> {
        let answers = (message.event, message.topic.clone());
        let later = |code| task.may_come_later(code);
        let result = match &task {
            Task::Link(Opened { case, entry }) => self.link_opened_case(*entry, *case, answers).await,
            Task::LinkProposal(OpenedFrom { case, proposal }) => {
                self.link_opened_proposal(*proposal, *case, answers).await
            }
            Task::Hear(OpenHearing { hearing, organ, opening }) => {
                self.open_hearing(opening.clone(), *hearing, *organ, answers).await
            }
            Task::ReopenHearing(ReopenHearing { hearing, applications }) => {
                self.reopen_hearing(*hearing, *applications, answers).await
            }
            Task::EndHearing(EndHearing { hearing }) => self.end_hearing(*hearing, answers).await,
            Task::RecordErasure(RecordErasure { erasure, stream: _, organ }) => {
                self.record_erasure(*erasure, *organ, answers).await
            }
            Task::DestroyErased(DestroyErased { erasure, stream, subject, n, recorded_n, identity, organ }) => {
                let what = Destroy { stream: *stream, n: *n, subject: subject.clone(), identity: *identity };
                self.destroy_erased(*erasure, *organ, &what, *recorded_n, answers).await
            }
            Task::Agenda(OnAgenda { meeting, act }) => self.meeting_follows(*meeting, act.clone(), answers).await,
            Task::TakeOff(OffAgenda { meeting, case, reason }) => {
                let given = PostponeMeeting { meeting: Some(*meeting), reason: reason.clone() };
                self.act_as_system(*case, Command { stage: None, act: Act::PostponeMeeting(given) }, answers).await
            }
            Task::Open(OpenConsultation { consultation, case, draft, title, opens_on, closes_on, organ }) => {
                let opening = ConsultationEvent::Opened {
                    case: *case,
                    draft: *draft,
                    title: title.clone(),
                    opens_on: *opens_on,
                    closes_on: *closes_on,
                };
                self.open_consultation(opening, *consultation, *organ, answers).await
            }
            Task::Close(Closed { consultation, case, received, n }) => {
                let closing = self.store.event(message.event).await?.ok_or_else(|| {
                    AppError::internal("delivering a message", format!("there is no event {}", message.event))
                })?;
                let given = CloseSolicitation {
                    consultation: *consultation,
                    received: *received,
                    closing_n: *n,
                    closing_leaf: Digest::new(closing.event.leaf_hash),
                };
                let command = Command { stage: None, act: Act::CloseSolicitation(given) };
                self.act_as_system(*case, command, answers).await
            }
            Task::Settle(Settled { consultation, case, adopted, partly, not_adopted }) => {
                let given = SettleComments {
                    consultation: *consultation,
                    adopted: *adopted,
                    partly: *partly,
                    not_adopted: *not_adopted,
                };
                let command = Command { stage: None, act: Act::SettleComments(given) };
                self.act_as_system(*case, command, answers).await
            }
        };
        match result {
            // Nothing was written because there was nothing left to write.
            Ok(done) if done.events.is_empty() => Ok(self.store.outbox_done(message.event, &message.topic).await?),
            Ok(_) => Ok(()),
            Err(AppError::Rejected(rejection)) if !later(rejection.code) => {
                // The other stream has moved past it, e.g. the case was ended meanwhile. That stands in its record.
                tracing::warn!(topic = message.topic, event = %message.event, code = %rejection.code,
                    "a message asks for what can no longer be done");
                Ok(self.store.outbox_done(message.event, &message.topic).await?)
            }
            Err(other) => Err(other),
        }
    }
}
