//! Durable timers: any node fires them, and firing twice is harmless.

use std::time::Duration;

use dingce_domain::case::Case;
use dingce_domain::consultation::Consultation;
use dingce_domain::decide;
use dingce_domain::id::{StreamId, StreamKind};
use dingce_domain::occasion::{Actor, Manner, Occasion};
use dingce_domain::permits::Relations;

use crate::app::App;
use crate::error::AppError;
use crate::ports::Deadline;
use crate::stream::Stream;
use crate::write::Writing;

/// Timers fired at once.
const PAGE: u64 = 200;

impl App {
    /// Fires all timers that are due, and those that waited for a calendar that is now there. Gives how many streams
    /// were woken.
    ///
    /// # Errors
    /// Where the store fails; timers not fired stay due.
    pub async fn fire_timers(&self) -> Result<usize, AppError> {
        let mut woken = 0;
        loop {
            let due = self.store.due(self.now().as_millisecond(), PAGE).await?;
            let last = (due.len() as u64) < PAGE;
            let mut progressed = false;
            for deadline in due {
                progressed |= self.wake(&deadline).await?;
                woken += 1;
            }
            if last || !progressed {
                break;
            }
        }
        for deadline in self.store.pending_deadlines(PAGE).await? {
            if self.wake(&deadline).await? {
                woken += 1;
            }
        }
        Ok(woken)
    }

    /// Wakes the stream of a timer. Gives whether something was written or the timer removed.
    async fn wake(&self, deadline: &Deadline) -> Result<bool, AppError> {
        let written = match deadline.stream.kind {
            StreamKind::Case => self.wake_case(deadline.stream).await?,
            StreamKind::Consultation => self.wake_consultation(deadline.stream).await?,
            StreamKind::Catalogue | StreamKind::Organisation | StreamKind::Definition => false,
        };
        if !written && deadline.due_at.is_some() {
            // The stream has nothing to say at this time: the timer is a leftover, or another node was faster.
            self.store.drop_deadline(deadline.stream, &deadline.clock).await?;
            return Ok(true);
        }
        Ok(written)
    }

    async fn wake_case(&self, stream: StreamId) -> Result<bool, AppError> {
        let id = <Case as Stream>::id(stream);
        let Some(loaded) = self.load::<Case>(id).await? else { return Ok(false) };
        let def = self.definition(loaded.state.file.definition.hash).await?;
        let now = self.now();
        let calendar = self.calendar();
        let before = loaded.tip.n;
        let done = self
            .write::<Case, _>(id, self.by_time(loaded.tip.organ), |loaded| {
                let Some(loaded) = loaded else { return Ok(Vec::new()) };
                let on = Occasion {
                    actor: Actor::System,
                    who: Relations::default(),
                    now,
                    manner: Manner::Online,
                    calendar: &calendar,
                    ids: self.ids(now),
                };
                Ok(decide::time_passes(&def, &loaded.state, &on).into_iter().map(Into::into).collect())
            })
            .await?;
        Ok(done.n > before)
    }

    async fn wake_consultation(&self, stream: StreamId) -> Result<bool, AppError> {
        let id = <Consultation as Stream>::id(stream);
        let Some(loaded) = self.load::<Consultation>(id).await? else { return Ok(false) };
        let today = self.today();
        let before = loaded.tip.n;
        let done = self
            .write::<Consultation, _>(id, self.by_time(loaded.tip.organ), |loaded| {
                Ok(loaded.and_then(|l| l.state.time_passes(today)).into_iter().map(Into::into).collect())
            })
            .await?;
        Ok(done.n > before)
    }

    fn by_time(&self, organ: dingce_domain::id::UnitId) -> Writing<'_> {
        Writing {
            lane: &self.officials,
            actor: Actor::System,
            manner: Manner::Online,
            now: self.now(),
            organ,
            key: None,
            answers: None,
            receipt: None,
        }
    }

    /// Runs everything that follows from writes and from time, until nothing is left to do: timers, messages, places in
    /// the log. The demo and tests call it after moving their clock.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn settle(&self) -> Result<(), AppError> {
        loop {
            let woken = self.fire_timers().await?;
            let answered = self.deliver_messages().await?;
            let placed = self.sequence_log().await?;
            if woken == 0 && answered == 0 && placed == 0 {
                return Ok(());
            }
        }
    }

    /// Runs for as long as the node lives: what [`App::settle`] does, after every write and at least once a second.
    pub async fn run_background(&self, mut stop: tokio::sync::watch::Receiver<bool>) {
        loop {
            if let Err(error) = self.settle().await {
                // The rows stay; the next round tries again.
                tracing::error!(error = &error as &dyn std::error::Error, "background work failed and will be retried");
            }
            tokio::select! {
                () = self.written() => {}
                () = tokio::time::sleep(Duration::from_secs(1)) => {}
                changed = stop.changed() => {
                    if changed.is_err() || *stop.borrow() {
                        return;
                    }
                }
            }
        }
    }
}
