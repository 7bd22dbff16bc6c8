//! One act as one append: its events chained to the stream, what follows from them, and what is sealed.

use dingce_domain::id::{EventId, StreamId};
use dingce_ledger as ledger;
use jiff::Timestamp;

use crate::app::App;
use crate::envelope::{self, Act, Drawn, Recorded};
use crate::error::AppError;
use crate::load::advance;
use crate::ports::{Append, IdempotencyRecord, SealedBody};
use crate::stream::{Loaded, Stream};
use crate::write::{Decided, Done, Secret, Writing};

impl App {
    #[allow(clippy::type_complexity)]
    pub(crate) fn prepare<S: Stream>(
        &self,
        id: S::Id,
        loaded: Option<&Loaded<S>>,
        decided: Vec<Decided<S::Event>>,
        writing: &Writing<'_>,
    ) -> Result<(Append, Done, Loaded<S>), AppError> {
        let stream: StreamId = id.into();
        let expected_n = loaded.map_or(0, |l| l.tip.n);
        let calendar = self.calendar_digest();
        // Times of a stream never go back, even where another node's clock was ahead of this one's.
        let last_at = loaded.and_then(|l| Timestamp::from_millisecond(l.tip.last_at).ok());
        let now = last_at.map_or(writing.now, |last| writing.now.max(last));
        let mut state: Option<Loaded<S>> = loaded.cloned();
        let mut events = Vec::with_capacity(decided.len());
        let mut recorded = Vec::with_capacity(decided.len());
        let mut subject_keys = Vec::new();
        for Decided { body, sealed } in decided {
            let act = Act {
                stream,
                organ: writing.organ,
                actor: &writing.actor,
                manner: &writing.manner,
                now,
                law: state.as_ref().and_then(|l| l.state.law()),
                cal: calendar,
            };
            let n = state.as_ref().map_or(0, |l| l.tip.n) + 1;
            let prev = state.as_ref().map(|l| l.tip.leaf_hash);
            let drawn = Drawn {
                event: EventId::new(self.chance.id(now)),
                salt: self.chance.bytes32(),
                body_key: self.chance.bytes32(),
            };
            let (sealed, commitment) = match sealed {
                None => (None, None),
                Some(secret) => {
                    let (sealed, commitment, wrapped) = self.seal(secret)?;
                    subject_keys.push((sealed.subject.clone(), wrapped));
                    (Some(sealed), Some(commitment))
                }
            };
            let marks = S::marks(&body);
            let (envelope, event) = envelope::record(&act, n, prev, &body, marks, drawn, sealed, commitment)?;
            let one = Recorded { envelope, body };
            state = Some(advance(id, state, &one, event.leaf_hash)?);
            events.push(event);
            recorded.push(one);
        }
        let after = state.ok_or_else(|| AppError::internal("appending", "no event was decided"))?;
        let follows = S::follows(id, &after, &recorded);
        let done = Done {
            stream,
            n: after.tip.n,
            events: recorded.iter().map(|r| (r.envelope.event, r.envelope.kind.clone())).collect(),
            receipt: writing.receipt.clone(),
        };
        let answer = serde_json::to_string(&done).map_err(|error| AppError::internal("keeping an answer", error))?;
        let idempotency = writing.key.as_ref().map(|key| IdempotencyRecord {
            scope: key.scope.clone(),
            operation: key.operation.clone(),
            key: key.key.clone(),
            input_digest: key.input_digest.clone(),
            answer,
        });
        let append = Append {
            stream,
            organ: writing.organ,
            expected_n,
            events,
            rows: follows.rows,
            deadlines: follows.deadlines,
            outbox: follows.outbox,
            answers: writing.answers.clone(),
            clearances: follows.clearances,
            claims: follows.claims,
            idempotency,
            subject_keys,
        };
        Ok((append, done, after))
    }

    /// Encrypts a secret under a new key of its subject.
    fn seal(&self, secret: Secret) -> Result<(SealedBody, ledger::BodyRef, Vec<u8>), AppError> {
        let internal = |error: ledger::seal::SealError| AppError::internal("sealing a body", error);
        let plain =
            ledger::jcs::to_canonical(&secret.plain).map_err(|error| AppError::internal("sealing a body", error))?;
        let key = ledger::seal::SubjectKey(self.chance.bytes32());
        let master = ledger::seal::MasterKey(self.master.0);
        let subject = secret.subject.as_bytes();
        let bytes = ledger::seal::seal(&key, self.chance.bytes24(), subject, &plain).map_err(internal)?;
        let wrapped = ledger::seal::wrap(&master, self.chance.bytes24(), subject, &key).map_err(internal)?;
        let commitment_key = self.chance.bytes32();
        let commitment = ledger::BodyRef::committed(&commitment_key, &plain);
        Ok((SealedBody { subject: secret.subject, bytes, commitment_key }, commitment, wrapped))
    }
}
