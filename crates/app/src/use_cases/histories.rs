//! Simulated cases, written as live ones are: prepared act by act, with what follows from each, and held against the walls of
//! the store. What is then read back, and what a rebuild computes, can be held against the case that was simulated.

use std::sync::Arc;

use dingce_definition::drive::PastAct;
use dingce_domain::case::Case;
use dingce_domain::id::{CaseId, StreamKind, UnitId};

use crate::app::App;
use crate::error::AppError;
use crate::stream::Loaded;
use crate::write::{Decided, Writing};

impl App {
    /// Writes the history of a simulated case, each act an append of its own, and reads the case back from the store.
    ///
    /// Only into a store of simulated cases: where anything else is kept, nothing is written.
    ///
    /// # Errors
    /// Where the store keeps other streams, refuses an append, or gives back what cannot be read.
    pub async fn keep_simulated(&self, id: CaseId, organ: UnitId, acts: Vec<PastAct>) -> Result<Case, AppError> {
        let others = self.store.streams(None, 1).await?;
        if others.iter().any(|(stream, _)| stream.kind != StreamKind::Case) {
            return Err(AppError::internal("keeping a simulated case", "the store keeps what is no simulated case"));
        }
        let mut loaded: Option<Loaded<Case>> = None;
        for PastAct { actor, at, manner, events } in acts {
            let decided = events.into_iter().map(Decided::from).collect();
            let lane = &self.officials;
            let writing = Writing { lane, actor, manner, now: at, organ, key: None, answers: None, receipt: None };
            let (append, _, after) = self.prepare(id, loaded.as_ref(), decided, &writing)?;
            lane.commit(append).await?;
            loaded = Some(after);
        }
        let kept = self.load::<Case>(id).await?;
        let kept = kept.ok_or_else(|| AppError::internal("reading a simulated case", "it has no event"))?;
        Ok(Arc::unwrap_or_clone(kept).state)
    }
}
