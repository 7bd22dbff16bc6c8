//! What happened, as readers of a case see it.

use std::sync::Arc;

use async_graphql::{ComplexObject, Context, ID, Result, SimpleObject};
use dingce_app::envelope::{self, Envelope};
use dingce_app::language::Language;
use dingce_app::ports::StoredEvent;
use dingce_app::streams::{Spoken, spoken};
use dingce_domain::event::CaseEvent;
use dingce_domain::id::DraftId;
use dingce_domain::occasion::Actor;

use super::drafts::{SaidDetail, opinion_label};
use super::errors::Failure;
use super::law::{Done, LawInForce};
use super::parts::{Document, EventClock};
use super::scope::Scope;
use crate::convert::{Date, DateTime, Long};

/// Who acted, as of the act: names and posts are copied into the record and do not change with the directory.
#[derive(Debug, Clone, SimpleObject)]
pub struct ActorThen {
    /// Id of the person.
    pub person: ID,
    /// Name.
    pub name: String,
    /// Id of the post.
    pub post: ID,
    /// Title of the post.
    pub post_title: String,
    /// Id of the unit.
    pub unit: ID,
    /// Name of the unit.
    pub unit_name: String,
    /// Id of the person in whose place they acted, where by delegation.
    pub acting_for: Option<ID>,
}

/// One event of a case.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(complex)]
pub struct TimelineEvent {
    /// The case; none for events that are about no clock.
    #[graphql(skip)]
    pub clock_of: Option<String>,
    /// What says under which law it was done; none where the record names no definition.
    #[graphql(skip)]
    pub done: Option<Done>,
    /// Whether the reader sees what was said, and not only that it happened.
    #[graphql(skip)]
    pub open: bool,
    /// Its number in the case, from 1.
    pub n: Long,
    /// Its id. Opaque.
    pub event: ID,
    /// Its kind, as stored, e.g. `draft_version_added`.
    pub kind: String,
    /// Name of the kind, in the language of the request.
    pub label: String,
    /// Who acted; none for the public and for the system itself, e.g. a clock.
    pub actor: Option<ActorThen>,
    /// The post in which they acted.
    pub post: Option<String>,
    /// The unit for which they acted.
    pub unit: Option<String>,
    /// The stage.
    pub stage: Option<String>,
    /// Id of the draft version that it is about.
    pub draft: Option<ID>,
    /// Opinion, conclusion, position or outcome in it, as a stored word.
    pub opinion: Option<String>,
    /// The same in the language of the request.
    pub opinion_label: Option<String>,
    /// What was said with it: the opinion, report, reason or account; none where the act gives none.
    pub text: Option<String>,
    /// What was said beside that: on what ground and basis, by whom it was done, on which days.
    pub details: Vec<SaidDetail>,
    /// Which item, of an item of drafting; in the language of the request.
    pub item: Option<String>,
    /// When it was recorded.
    pub recorded_at: DateTime,
    /// When it happened, for what was done on paper or in a room and entered afterwards.
    pub occurred_on: Option<Date>,
    /// What was attached, and what shows an offline act.
    pub documents: Vec<Document>,
}

/// What shows that an event was recorded. To be kept by whoever acted; checked by any program that knows C2SP tlog-proof.
#[derive(Debug, Clone, SimpleObject)]
pub struct LogReceipt {
    /// The leaf: canonical JSON without free text; who acted, in which post, on which draft, with which opinion.
    pub leaf: String,
    /// That the leaf is in the published log (tlog-proof, with the signed checkpoint); none while it is not published, a second or
    /// two after the act.
    pub proof: Option<String>,
}

#[ComplexObject]
impl TimelineEvent {
    /// The clock that it is about; none for other events.
    async fn clock(&self, ctx: &Context<'_>) -> Result<Option<EventClock>> {
        let Some(case) = &self.clock_of else { return Ok(None) };
        Ok(EventClock::of_event(Scope::of(ctx)?, case, self.n.0).await?)
    }

    /// What shows anybody, without this system, that it was recorded and not changed since; none where the reader sees only that
    /// it happened.
    async fn log_receipt(&self, ctx: &Context<'_>) -> Result<Option<LogReceipt>> {
        let scope = Scope::of(ctx)?;
        let Ok(event) = self.event.parse() else { return Ok(None) };
        if !self.open {
            return Ok(None);
        }
        let receipt = scope.app.log_receipt(event).await.map_err(|error| scope.fail(error))?;
        Ok(Some(LogReceipt { leaf: receipt.leaf, proof: receipt.proof.map(|proof| proof.to_string()) }))
    }

    /// Under which law it was done: the version of the definition that decided it, and the articles that this version names
    /// for it, each with how it stood on that day.
    async fn law_in_force(&self, ctx: &Context<'_>) -> Result<Option<LawInForce>> {
        let Some(done) = &self.done else { return Ok(None) };
        Ok(Some(LawInForce::of(done, Scope::of(ctx)?).await?))
    }
}

impl TimelineEvent {
    /// That it happened, without what was said and attached.
    pub fn without_content(self) -> Self {
        Self {
            opinion: None,
            opinion_label: None,
            text: None,
            details: Vec::new(),
            documents: Vec::new(),
            open: false,
            ..self
        }
    }

    /// An event of a case as its readers see it.
    ///
    /// # Errors
    /// Where the record cannot be read.
    pub fn of(stored: &StoredEvent, scope: &Scope) -> Result<Self, Failure> {
        let recorded = envelope::read::<CaseEvent>(stored).map_err(|error| scope.fail(error))?;
        let on = recorded.envelope.day();
        let Envelope {
            kind, n, event, organ, recorded_at, occurred_on, evidence, by, stage, draft, opinion, law, ..
        } = recorded.envelope;
        let documents = recorded.body.documents().iter().chain(&evidence).cloned().map(Document::from).collect();
        let (text, details) = match spoken(&recorded.body) {
            Some(Spoken { text, details }) => (Some(text.to_owned()).filter(|text| !text.is_empty()), details),
            None => (None, Vec::new()),
        };
        let item = match &recorded.body {
            CaseEvent::DraftingItemRecorded { given, .. } => {
                let word = Language::shipped().word("drafting_item", given.content.item().as_str());
                Some(scope.lang.of(word))
            }
            _ => None,
        };
        let actor = actor(by);
        let clock_of = recorded.body.clock().map(|_| stored.stream.to_string());
        let event_of_case = Arc::new(recorded.body);
        // A case is opened under the definition that its first event names.
        let opened = match &*event_of_case {
            CaseEvent::CaseOpened { definition, .. } => Some(definition.hash),
            _ => None,
        };
        let done = law.or(opened).map(|law| Done { law, organ, on, recorded_at, event: event_of_case });
        Ok(Self {
            clock_of,
            open: true,
            done,
            n: Long(n),
            event: event.to_string().into(),
            label: scope.lang.of(Language::shipped().event(&kind)),
            opinion_label: opinion.as_ref().map(|word| opinion_label(&kind, word, &details, scope.lang)),
            text,
            details: SaidDetail::list(details, scope.lang),
            item,
            kind,
            post: actor.as_ref().map(|a| a.post_title.clone()),
            unit: actor.as_ref().map(|a| a.unit_name.clone()),
            actor,
            stage,
            draft: draft.map(|d: DraftId| d.to_string().into()),
            opinion,
            recorded_at: DateTime(recorded_at),
            occurred_on: occurred_on.map(Date),
            documents,
        })
    }

    /// Its number.
    pub fn number(&self) -> u64 {
        self.n.0
    }
}

/// Who acted; none for the public and for the system itself.
pub fn actor(by: Actor) -> Option<ActorThen> {
    match by {
        Actor::Official { person, name, post, post_title, unit, unit_name, acting_for } => Some(ActorThen {
            person: person.to_string().into(),
            name,
            post: post.to_string().into(),
            post_title,
            unit: unit.to_string().into(),
            unit_name,
            acting_for: acting_for.map(|p| p.to_string().into()),
        }),
        Actor::Public | Actor::System => None,
    }
}
