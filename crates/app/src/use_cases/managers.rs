//! Process managers: what one stream's event asks of another stream. Delivered at least once; the message is marked done
//! in the transaction of what it asks for, so doing it twice writes nothing.

use dingce_domain::act::{Act, CloseSolicitation, Command, SettleComments};
use dingce_domain::consultation::ConsultationEvent;
use dingce_domain::id::{CaseId, ConsultationId, Digest, DraftId, UnitId};
use jiff::civil::Date;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::app::App;
use crate::error::AppError;
use crate::ports::OutboxMessage;
use crate::streams::topics;

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

fn payload<T: DeserializeOwned>(message: &OutboxMessage) -> Result<T, AppError> {
    serde_json::from_str(&message.payload).map_err(|error| AppError::internal("reading a message", error))
}

impl App {
    /// Delivers all messages that wait, oldest first. Gives how many were done.
    ///
    /// # Errors
    /// Where the store fails; messages not done stay.
    pub async fn deliver_messages(&self) -> Result<usize, AppError> {
        let mut done = 0;
        loop {
            let messages = self.store.outbox(200).await?;
            if messages.is_empty() {
                return Ok(done);
            }
            for message in messages {
                self.deliver(&message).await?;
                done += 1;
            }
        }
    }

    async fn deliver(&self, message: &OutboxMessage) -> Result<(), AppError> {
        let answers = (message.event, message.topic.clone());
        let result = match message.topic.as_str() {
            topics::OPEN_CONSULTATION => {
                let OpenConsultation { consultation, case, draft, title, opens_on, closes_on, organ } =
                    payload(message)?;
                let opening = ConsultationEvent::Opened { case, draft, title, opens_on, closes_on };
                self.open_consultation(opening, consultation, organ, answers).await
            }
            topics::CLOSE_SOLICITATION => {
                let Closed { consultation, case, received, n } = payload(message)?;
                let closing =
                    self.store.event(message.event).await?.ok_or_else(|| AppError::not_found(message.event))?;
                let given = CloseSolicitation {
                    consultation,
                    received,
                    closing_n: n,
                    closing_leaf: Digest::new(closing.event.leaf_hash),
                };
                let command = Command { stage: None, act: Act::CloseSolicitation(given) };
                self.act_as_system(case, command, answers).await
            }
            topics::SETTLE_COMMENTS => {
                let Settled { consultation, case, adopted, partly, not_adopted } = payload(message)?;
                let given = SettleComments { consultation, adopted, partly, not_adopted };
                let command = Command { stage: None, act: Act::SettleComments(given) };
                self.act_as_system(case, command, answers).await
            }
            other => Err(AppError::internal("delivering a message", format!("no manager takes {other}"))),
        };
        match result {
            // Nothing was written because there was nothing left to write.
            Ok(done) if done.events.is_empty() => Ok(self.store.outbox_done(message.event, &message.topic).await?),
            Ok(_) => Ok(()),
            Err(AppError::Rejected(rejection)) => {
                // The other stream has moved past it, e.g. the case was ended meanwhile. That stands in its record.
                tracing::warn!(topic = message.topic, event = %message.event, code = %rejection.code,
                    "a message asks for what can no longer be done");
                Ok(self.store.outbox_done(message.event, &message.topic).await?)
            }
            Err(other) => Err(other),
        }
    }
}
