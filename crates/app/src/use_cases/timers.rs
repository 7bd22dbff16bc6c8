//! Durable timers: any node fires them, and firing twice is harmless.
//!
//! A timer is written with the event that sets it and removed with the event that ends it, never apart from events:
//! between seeing that a timer has nothing to say and removing it, another act may set it again. A leftover, which only
//! damage could make, is passed over and tried again seldom; `dingce store rebuild` removes it.

use std::collections::BTreeSet;

use dingce_domain::case::Case;
use dingce_domain::catalogue::Catalogue;
use dingce_domain::code::Code;
use dingce_domain::consultation::Consultation;
use dingce_domain::decide;
use dingce_domain::hearing::{Hearing, HearingEvent};
use dingce_domain::id::{StreamId, StreamKind};
use dingce_domain::occasion::{Actor, Manner, Occasion};
use dingce_domain::permits::Relations;
use dingce_domain::supervision::SupervisionNotice;

use crate::app::App;
use crate::error::AppError;
use crate::ports::Deadline;
use crate::stream::Stream;
use crate::write::Writing;

/// Timers fired at once.
const PAGE: u64 = 200;

/// A timer as it is put off: when it is set anew, it is another one.
pub(crate) type Timer = (StreamId, String, Option<i64>);

fn timer(deadline: &Deadline) -> Timer {
    (deadline.stream, deadline.clock.clone(), deadline.due_at)
}

impl App {
    /// Fires all timers that are due, and lets all clocks follow a calendar that is new to this node. Gives how many
    /// streams said something.
    ///
    /// A stream that cannot be read, or has nothing to say, holds up no other; it is tried again later.
    ///
    /// # Errors
    /// Where the store fails; timers not fired stay due.
    pub async fn fire_timers(&self) -> Result<usize, AppError> {
        let mut woken = self.follow_calendar().await?;
        let mut tried = BTreeSet::new();
        let mut limit = PAGE;
        loop {
            let due = self.store.due(self.now().as_millisecond(), limit).await?;
            let full = due.len() as u64 == limit;
            let fresh: Vec<_> =
                due.iter().filter(|d| !self.idle_timers.rests(&timer(d)) && !tried.contains(&d.stream)).collect();
            if fresh.is_empty() && !full {
                return Ok(woken);
            }
            if fresh.is_empty() {
                // All of the page wait for another time: look past them.
                limit += PAGE;
            }
            for deadline in fresh {
                if tried.insert(deadline.stream) && self.wake(deadline).await? {
                    woken += 1;
                }
            }
        }
    }

    /// Wakes every case with a timer once after this node got another calendar: due dates that waited for it are fixed,
    /// those that it changes are moved. Clocks started later are counted with it anyway.
    async fn follow_calendar(&self) -> Result<usize, AppError> {
        let digest = self.calendar().digest().to_string();
        let lock = || self.followed.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if lock().as_ref() == Some(&digest) {
            return Ok(0);
        }
        let mut woken = 0;
        let mut all = true;
        let mut seen = BTreeSet::new();
        for deadline in self.store.all_deadlines().await? {
            let case = deadline.stream.kind == StreamKind::Case;
            if case && seen.insert(deadline.stream) && !self.idle_timers.rests(&timer(&deadline)) {
                match self.wake_case(deadline.stream).await {
                    Ok(wrote) => woken += usize::from(wrote),
                    Err(error) => {
                        // Others came in between; whatever else stands against it needs another program.
                        all &= !matches!(&error, AppError::Rejected(refused) if refused.code == Code::Conflict);
                        self.put_off(&deadline, error)?;
                    }
                }
            }
        }
        if all {
            *lock() = Some(digest);
        }
        Ok(woken)
    }

    /// Wakes the stream of a timer. Gives whether something was written.
    async fn wake(&self, deadline: &Deadline) -> Result<bool, AppError> {
        let woken = match deadline.stream.kind {
            StreamKind::Case => self.wake_case(deadline.stream).await,
            StreamKind::Consultation => self.wake_consultation(deadline.stream).await,
            StreamKind::Catalogue => self.wake_catalogue(deadline.stream).await,
            StreamKind::Hearing => self.wake_hearing(deadline.stream).await,
            StreamKind::SupervisionNotice => self.wake_notice(deadline.stream).await,
            StreamKind::Organisation
            | StreamKind::Definition
            | StreamKind::Dossier
            | StreamKind::LegalBases
            | StreamKind::Proposal
            | StreamKind::Determination
            | StreamKind::PrintedAgenda
            | StreamKind::Adviser
            | StreamKind::Engagement
            | StreamKind::SecretStub
            | StreamKind::Meeting
            | StreamKind::AccountabilityFile
            | StreamKind::InspectionMandate
            | StreamKind::LogNote
            | StreamKind::Erasure => Ok(false),
        };
        let wrote = matches!(woken, Ok(true));
        match woken {
            Ok(true) => self.idle_timers.done(&timer(deadline)),
            // Another node was faster, or its clock is ahead of this one's, or the timer is a leftover.
            Ok(false) => self.idle_timers.put_off(timer(deadline)),
            Err(error) => self.put_off(deadline, error)?,
        }
        Ok(wrote)
    }

    /// Puts a timer off whose stream cannot be written; gives the error back where the store itself fails.
    fn put_off(&self, deadline: &Deadline, error: AppError) -> Result<(), AppError> {
        if error.is_of_the_store() {
            return Err(error);
        }
        tracing::error!(stream = %deadline.stream, clock = deadline.clock, error = &error as &dyn std::error::Error,
            "a timer could not be fired and is put off");
        self.idle_timers.put_off(timer(deadline));
        Ok(())
    }

    async fn wake_case(&self, stream: StreamId) -> Result<bool, AppError> {
        let id = <Case as Stream>::id(stream);
        let Some(loaded) = self.load::<Case>(id).await? else { return Ok(false) };
        let def = self.definition_of(&loaded).await?;
        let now = self.now();
        let calendar = self.calendar();
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
        Ok(!done.events.is_empty())
    }

    async fn wake_consultation(&self, stream: StreamId) -> Result<bool, AppError> {
        let id = <Consultation as Stream>::id(stream);
        let Some(loaded) = self.load::<Consultation>(id).await? else { return Ok(false) };
        let today = self.today();
        let done = self
            .write::<Consultation, _>(id, self.by_time(loaded.tip.organ), |loaded| {
                Ok(loaded.and_then(|l| l.state.time_passes(today)).into_iter().map(Into::into).collect())
            })
            .await?;
        Ok(!done.events.is_empty())
    }

    /// Closes applications after their last day, and fixes the seed of the draw at its instant.
    async fn wake_hearing(&self, stream: StreamId) -> Result<bool, AppError> {
        let id = <Hearing as Stream>::id(stream);
        let Some(loaded) = self.load::<Hearing>(id).await? else { return Ok(false) };
        let (today, now) = (self.today(), self.now());
        let mut seed = None;
        if loaded.state.awaits_seed(now)
            && let Some(closed) = loaded.state.closed_n
        {
            // The seed covers the closing of the list, so that nobody could apply to suit it.
            self.sequence_log().await?;
            seed = self.checkpoint_after(loaded.state.opening.draw_at, (stream, closed)).await?;
        }
        let done = self
            .write::<Hearing, _>(id, self.by_time(loaded.tip.organ), |loaded| {
                let Some(state) = loaded.map(|l| &l.state) else { return Ok(Vec::new()) };
                let fixed = seed.clone().filter(|_| state.awaits_seed(now));
                let fixed = fixed.map(|checkpoint| HearingEvent::SeedFixed { checkpoint });
                Ok(state.time_passes(today).or(fixed).into_iter().map(Into::into).collect())
            })
            .await?;
        Ok(!done.events.is_empty())
    }

    async fn wake_catalogue(&self, stream: StreamId) -> Result<bool, AppError> {
        let id = <Catalogue as Stream>::id(stream);
        let Some(loaded) = self.load::<Catalogue>(id).await? else { return Ok(false) };
        let today = self.today();
        let done = self
            .write::<Catalogue, _>(id, self.by_time(loaded.tip.organ), |loaded| {
                Ok(loaded.and_then(|l| l.state.time_passes(today)).into_iter().map(Into::into).collect())
            })
            .await?;
        Ok(!done.events.is_empty())
    }

    pub(super) async fn wake_notice(&self, stream: StreamId) -> Result<bool, AppError> {
        let id = <SupervisionNotice as Stream>::id(stream);
        let Some(loaded) = self.load::<SupervisionNotice>(id).await? else { return Ok(false) };
        let today = self.today();
        let done = self
            .write::<SupervisionNotice, _>(id, self.by_time(loaded.tip.organ), |loaded| {
                Ok(loaded.and_then(|l| l.state.time_passes(today)).into_iter().map(Into::into).collect())
            })
            .await?;
        Ok(!done.events.is_empty())
    }

    fn by_time(&self, organ: dingce_domain::id::UnitId) -> Writing<'_> {
        self.writing(Actor::System, Manner::Online, organ, None)
    }
}
