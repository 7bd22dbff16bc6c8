//! What the sender of a comment finds with their receipt, and who sent a comment, for those with the right to know.

use dingce_domain::code::Code;
use dingce_domain::consultation::{Commenter, ConsultationEvent};
use dingce_domain::id::{CommentId, EventId, StreamKind};
use dingce_domain::rejection::Rejection;
use dingce_ledger as ledger;
use serde::de::DeserializeOwned;

use super::consultations::receipt_typed;
use super::lookups::LookupKind;
use crate::app::App;
use crate::envelope;
use crate::error::AppError;
use crate::policy::Right;
use crate::ports::{Filter, ReadRow, RowQuery, SealedBody, Value};
use crate::principal::Principal;
use crate::read_rows::{PublicAnswerRow, PublicReceiptRow};

/// What a receipt code finds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// That the comment was received.
    pub received: PublicReceiptRow,
    /// Its answer, once there is one.
    pub answer: Option<PublicAnswerRow>,
}

/// Who sent a comment, opened for somebody with the right to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenedComment {
    /// Which.
    pub comment: CommentId,
    /// Who; `None` where nothing was given, or it was erased.
    pub commenter: Option<Commenter>,
}

impl App {
    /// What a receipt code finds. Whoever has the code may ask.
    ///
    /// # Errors
    /// `NOT_FOUND` where there is none.
    pub async fn receipt(&self, code: &str) -> Result<Receipt, AppError> {
        let text = |text: &str| Value::Text(text.to_owned());
        let code = receipt_typed(code);
        let query = RowQuery::all(PublicReceiptRow::TABLE).with(Filter::Eq("receipt", text(&code)));
        let received = self
            .row::<PublicReceiptRow>(query)
            .await?
            .ok_or_else(|| AppError::from(Rejection::new(Code::NotFound).at("receipt")))?;
        let query = RowQuery::all(PublicAnswerRow::TABLE).with(Filter::Eq("comment_id", text(&received.comment_id)));
        Ok(Receipt { answer: self.row::<PublicAnswerRow>(query).await?, received })
    }

    /// Opens who sent a comment, for somebody who may trace in the organ of the consultation.
    ///
    /// # Errors
    /// `FORBIDDEN` where the actor has no right to it; `NOT_FOUND` where their organ has no such comment.
    pub async fn open_commenter(&self, who: Principal, event: EventId) -> Result<OpenedComment, AppError> {
        let hat = self.entitled(who, Right::Trace).await?;
        self.looks_up(&hat, LookupKind::OpenCommenter, event).await?;
        let missing = || AppError::not_found(event);
        let stored = self.store.event(event).await?.ok_or_else(missing)?;
        if stored.stream.kind != StreamKind::Consultation {
            return Err(missing());
        }
        let recorded = envelope::read::<ConsultationEvent>(&stored)?;
        let ConsultationEvent::CommentReceived { comment, .. } = recorded.body else { return Err(missing()) };
        if recorded.envelope.organ != hat.organ {
            return Err(missing());
        }
        let commenter = self.open_sealed(stored.event.sealed.as_ref()).await?;
        Ok(OpenedComment { comment, commenter })
    }

    /// What is in a sealed body; `None` where there is none, or its key was erased.
    pub(super) async fn open_sealed<T: DeserializeOwned>(
        &self,
        sealed: Option<&SealedBody>,
    ) -> Result<Option<T>, AppError> {
        let Some(sealed) = sealed else { return Ok(None) };
        let Some(wrapped) = self.store.subject_key(&sealed.subject).await? else { return Ok(None) };
        let internal = |error: ledger::seal::SealError| AppError::internal("opening a sealed body", error);
        let master = ledger::seal::MasterKey(self.master.0);
        let subject = sealed.subject.as_bytes();
        let key = ledger::seal::unwrap(&master, subject, &wrapped).map_err(internal)?;
        let plain = ledger::seal::open(&key, subject, &sealed.bytes).map_err(internal)?;
        serde_json::from_slice(&plain).map(Some).map_err(|error| AppError::internal("reading a sealed body", error))
    }
}
