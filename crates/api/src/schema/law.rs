//! The law of a definition as people read it: special laws, and under which law an act was done.

use std::sync::Arc;

use async_graphql::SimpleObject;
use dingce_domain::definition::{self, Citation, Definition, ParameterValue};
use dingce_domain::event::CaseEvent;
use dingce_domain::id::{Digest, UnitId};
use dingce_domain::law_in_force::{ActLaw, LawUse, law_of};
use dingce_domain::legal_bases::{self, BasisState};
use jiff::Timestamp;
use jiff::civil;

use super::definition::DefinitionSummary;
use super::drafting::BasisStanding;
use super::errors::{Failure, Lang};
use super::parts::Fact;
use super::scope::Scope;
use crate::convert::{Date, Shown, Word};

/// An article, with the days of its source as the definition gives them.
#[derive(Debug, Clone, SimpleObject)]
pub struct DatedStatuteRef {
    /// The source, e.g. 城乡规划法.
    pub cite: String,
    /// The article, e.g. `26`; empty where the source has none.
    pub article: String,
    /// First day in force.
    pub in_force_from: Option<Date>,
    /// First day no longer in force.
    pub repealed_on: Option<Date>,
}

impl DatedStatuteRef {
    fn of(citation: &Citation, def: &Definition, lang: Lang) -> Self {
        let source = def.sources.get(&citation.source);
        Self {
            cite: source.map_or_else(|| citation.source.to_string(), |source| lang.of(source.cite.clone())),
            article: citation.article.clone(),
            in_force_from: source.map(|source| Date(source.in_force_from)),
            repealed_on: source.and_then(|source| source.repealed_on).map(Date),
        }
    }
}

/// A special law 特别法 that prevails over part of the procedure in matters that fall under it (R713 art. 3). It only asks
/// more.
#[derive(Debug, Clone, SimpleObject)]
pub struct Overlay {
    /// Its name; what `openCase` and `determineFacts` take in `overlays`.
    pub id: String,
    /// What it asks of which matters, in the language of the request.
    pub text: String,
    /// Where it stands.
    pub source: DatedStatuteRef,
    /// Facts that it settles: in a case to which it applies they have these values.
    pub facts: Vec<Fact>,
    /// The least period of comments that it sets, in the language of the request; none where it leaves that to the
    /// definition.
    pub comment_period: Option<String>,
    /// Whether no reason makes the period of comments shorter.
    pub comment_period_fixed: bool,
}

impl Overlay {
    /// A special law of a definition.
    pub fn of(overlay: &definition::Overlay, def: &Definition, lang: Lang) -> Self {
        let definition::Overlay { id, text, source, facts, comment_period, comment_period_fixed } = overlay;
        Self {
            id: id.to_string(),
            text: lang.of(text.clone()),
            source: DatedStatuteRef::of(source, def, lang),
            facts: facts.iter().map(|(name, value)| Fact::of(name.as_str(), value, def, lang)).collect(),
            comment_period: comment_period.map(|limit| lang.of(ParameterValue::Period(limit).text())),
            comment_period_fixed: *comment_period_fixed,
        }
    }
}

/// The law under which an act was done: a case keeps the version of its definition until it is moved, and each act keeps
/// the one that decided it.
#[derive(Debug, Clone, SimpleObject)]
pub struct LawInForce {
    /// The version of the definition by which the act was decided; of a migration the one from which the case was moved.
    pub definition: DefinitionSummary,
    /// The day on which the act was done, to which `standing` refers.
    pub on: Date,
    /// What that version names for the act: the article of its stage, of the facts and special laws that were stated, and of
    /// the periods that it moves or waits for.
    pub sources: Vec<LawSource>,
}

/// An article under which an act was done.
#[derive(Debug, Clone, SimpleObject)]
pub struct LawSource {
    /// For what of the act.
    pub of: Word<LawUse>,
    /// The stage, fact, special law, clock or parameter.
    pub name: String,
    /// The same in the language of the request.
    pub text: String,
    /// The source.
    pub cite: String,
    /// The article; empty where the source has none.
    pub article: String,
    /// First day in force, by the definition.
    pub in_force_from: Option<Date>,
    /// First day no longer in force, by the definition.
    pub repealed_on: Option<Date>,
    /// How it stood on the day of the act, by the definition.
    pub standing: Word<BasisState>,
    /// How it stood on the day of the act, by the organ's register of legal bases as it was when the act was recorded; none
    /// where the register did not know it then.
    pub register_then: Option<BasisStanding>,
    /// The same by the register as it is now: what became known later is told here. None where it does not know it.
    pub register_now: Option<BasisStanding>,
}

/// What is needed of an event to say under which law it was done.
#[derive(Debug, Clone)]
pub struct Done {
    /// The definition that decided it.
    pub law: Digest,
    /// The organ, whose register is looked at.
    pub organ: UnitId,
    /// The day on which it was done.
    pub on: civil::Date,
    /// When it was recorded.
    pub recorded_at: Timestamp,
    /// The event.
    pub event: Arc<CaseEvent>,
}

impl LawInForce {
    /// The law of an event. However many events a request asks about, each definition and the register are read once.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn of(done: &Done, scope: &Scope) -> Result<Self, Failure> {
        let def = scope.definition(&done.law.to_string()).await?;
        let (then, now) = scope.registers(done.organ, done.recorded_at).await?;
        let source = |law: ActLaw| {
            let known = def.sources.get(&law.citation.source);
            // The register has the documents by their Chinese names.
            let cite = known.map(|source| source.cite.zh.as_str()).unwrap_or_default();
            let told = |register: &legal_bases::LegalBases| {
                register.cited_in(cite, done.on).into_iter().next().map(Shown::<BasisStanding>::shown)
            };
            let DatedStatuteRef { cite, article, in_force_from, repealed_on } =
                DatedStatuteRef::of(&law.citation, &def, scope.lang);
            LawSource {
                of: Word(law.of),
                name: law.name,
                text: scope.lang.of(law.text),
                standing: Word(known.map_or(BasisState::Unknown, |source| source.state_on(done.on))),
                register_then: told(&then),
                register_now: told(&now),
                cite,
                article,
                in_force_from,
                repealed_on,
            }
        };
        Ok(Self {
            definition: DefinitionSummary::of(&def, scope.lang),
            on: Date(done.on),
            sources: law_of(&def, &done.event).into_iter().map(source).collect(),
        })
    }
}
