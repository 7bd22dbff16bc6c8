//! The register of legal bases: kept by the unit in charge of justice, looked at by acts that cite.

use std::sync::Arc;

use dingce_domain::case::{Case, CorruptHistory};
use dingce_domain::check;
use dingce_domain::code::Code;
use dingce_domain::drafting::BasisList;
use dingce_domain::event::CaseEvent;
use dingce_domain::id::{CaseId, LegalBasesId, UnitId};
use dingce_domain::legal_bases::{AddLegalBasis, BasisStanding, LegalBases, LegalBasisEvent, RepealLegalBasis};
use dingce_domain::occasion::{Actor, Manner};
use dingce_domain::rejection::Rejection;
use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::Value;

use super::cases::Asked;
use crate::app::App;
use crate::envelope::{self, Envelope};
use crate::error::AppError;
use crate::policy::Right;
use crate::stream::Loaded;
use crate::write::{Decided, Done, RequestKey};

/// Kinds of events whose free texts cite: notices, absences, hearing, reviews for release, legality.
const CITING: [&str; 10] = [
    "absence_recorded",
    "solicitation_opened",
    "hearing_decided",
    "hearing_noticed",
    "hearing_postponed",
    "hearing_cancelled",
    "disclosure_reviewed",
    "legality_concluded",
    "advice_recorded",
    "decision_published",
];

/// A citation in a free text that was stale on the day of its act.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StaleCitation {
    /// Number of the event.
    pub n: u64,
    /// Its kind.
    pub kind: String,
    /// Which member of what was given, e.g. `sheet.0.basis`.
    pub path: String,
    /// The document, as the register cites it.
    pub cited: String,
    /// How it stood on that day.
    pub standing: BasisStanding,
}

/// A register with the time at which each of its entries was made.
#[derive(Debug, Clone, Default)]
pub struct RegisterHistory(Vec<(Timestamp, LegalBasisEvent)>);

impl RegisterHistory {
    /// How many entries were there at an instant.
    pub fn entries_at(&self, at: Timestamp) -> usize {
        // Within a stream, times never go back.
        self.0.partition_point(|(recorded_at, _)| *recorded_at <= at)
    }

    /// How many entries there are.
    pub fn entries(&self) -> usize {
        self.0.len()
    }

    /// The register as its first entries make it.
    ///
    /// # Errors
    /// Where an entry cannot follow: the store is damaged.
    pub fn after(&self, entries: usize) -> Result<LegalBases, AppError> {
        let mut first = self.0.iter().take(entries).map(|(_, event)| event);
        let made = first.try_fold(None, |state, event| LegalBases::evolve(state, event).map(Some));
        made.map(Option::unwrap_or_default).map_err(|error| AppError::internal("reading a register", error))
    }
}

/// Every text in a value, with its path.
fn texts(value: &Value, path: &str, each: &mut impl FnMut(&str, &str)) {
    let below = |member: &str| if path.is_empty() { member.to_owned() } else { format!("{path}.{member}") };
    match value {
        Value::String(text) => each(path, text),
        Value::Array(list) => {
            for (i, value) in list.iter().enumerate() {
                texts(value, &below(&i.to_string()), each);
            }
        }
        Value::Object(map) => {
            for (member, value) in map {
                texts(value, &below(member), each);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// One entry into a register.
#[derive(Debug, Clone)]
pub enum BasisEntry {
    /// A document comes.
    Add(AddLegalBasis),
    /// A document is repealed.
    Repeal(RepealLegalBasis),
}

impl App {
    /// Makes an entry into the register of the asker's organ.
    ///
    /// # Errors
    /// `FORBIDDEN`, or a rejection where what is given cannot be kept.
    pub async fn enter_legal_basis(&self, asked: Asked, entry: BasisEntry) -> Result<Done, AppError> {
        if let Some(done) = self.first_answer(asked.key.as_ref()).await? {
            return Ok(done);
        }
        let hat = self.entitled(asked.who, Right::KeepLegalBases).await?;
        self.manner_known(&asked.manner).await?;
        self.enter_bases(hat.organ, hat.actor, asked.manner, asked.key, &[entry]).await
    }

    /// Takes documents over from a file, for whoever runs the deployment. Harmless twice: what is there just so is left.
    ///
    /// # Errors
    /// A rejection that names the document by its place; then none is taken.
    pub async fn import_legal_bases(&self, organ: UnitId, list: Vec<AddLegalBasis>) -> Result<Done, AppError> {
        check::count("bases", list.len(), 1)?;
        let entries: Vec<_> = list.into_iter().map(BasisEntry::Add).collect();
        self.enter_bases(organ, Actor::System, Manner::Online, None, &entries).await
    }

    async fn enter_bases(
        &self,
        organ: UnitId,
        actor: Actor,
        manner: Manner,
        key: Option<RequestKey>,
        entries: &[BasisEntry],
    ) -> Result<Done, AppError> {
        let writing = self.writing(actor, manner, organ, key);
        self.write::<LegalBases, _>(register_of(organ), writing, |loaded| {
            let mut state = loaded.map(|l| l.state.clone()).unwrap_or_default();
            let mut decided = Vec::new();
            for (i, entry) in entries.iter().enumerate() {
                let told = |rejection: Rejection| {
                    let path = rejection.path.clone().unwrap_or_default();
                    if entries.len() > 1 { rejection.at(format!("bases.{i}.{path}")) } else { rejection }
                };
                let Some(event) = entered(&state, entry.clone()).map_err(told)? else { continue };
                let corrupt = |error: CorruptHistory| AppError::internal("entering a legal basis", error);
                state = LegalBases::evolve(Some(state), &event).map_err(corrupt)?;
                decided.push(Decided::from(event));
            }
            Ok(decided)
        })
        .await
    }

    /// The register of an organ; empty where nothing was entered.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn legal_bases(&self, organ: UnitId) -> Result<LegalBases, AppError> {
        let loaded: Option<Arc<Loaded<LegalBases>>> = self.load(register_of(organ)).await?;
        Ok(loaded.map(|l| l.state.clone()).unwrap_or_default())
    }

    /// The register of an organ with the times of its entries.
    ///
    /// # Errors
    /// Where the store fails, or the record cannot be read.
    pub async fn register_history(&self, organ: UnitId) -> Result<RegisterHistory, AppError> {
        let recorded = self.all_recorded::<LegalBasisEvent>(register_of(organ).into()).await?;
        Ok(RegisterHistory(recorded.into_iter().map(|entry| (entry.envelope.recorded_at, entry.body)).collect()))
    }

    /// Says of each citation how it stood on the day of the act: a warning where it is stale, never a refusal.
    pub(super) async fn held_against_register(
        &self,
        organ: UnitId,
        list: &mut BasisList,
        day: Date,
    ) -> Result<(), AppError> {
        let register = self.legal_bases(organ).await?;
        for basis in &mut list.bases {
            basis.standing = Some(register.standing(&basis.name, &basis.number, day));
        }
        Ok(())
    }

    /// Citations of a case in the free texts of notices, absences, reviews for release and sheets of the legality review that
    /// are stale on the day of the act, by the register as it is now. Advice only: nothing is refused for them. Items of
    /// drafting say it of their own list of bases.
    ///
    /// # Errors
    /// Where the store fails, or the record cannot be read.
    pub async fn stale_citations(&self, case: CaseId, after: u64) -> Result<Vec<StaleCitation>, AppError> {
        let Some(loaded) = self.load::<Case>(case).await? else { return Ok(Vec::new()) };
        let register = self.legal_bases(loaded.tip.organ).await?;
        let mut stale = Vec::new();
        self.each_stored(case.into(), after, u64::MAX, |stored| {
            if !CITING.contains(&stored.event.kind.as_str()) {
                return Ok(());
            }
            let recorded = envelope::read::<CaseEvent>(&stored)?;
            let day = recorded.envelope.day();
            let Envelope { n, kind, .. } = recorded.envelope;
            let body = serde_json::to_value(&recorded.body)
                .map_err(|error| AppError::internal("reading what an act cites", error))?;
            texts(&body["given"], "", &mut |path, text| {
                for standing in register.stale_in(text, day) {
                    let cited = standing.basis.as_ref().and_then(|key| register.bases.get(key));
                    stale.push(StaleCitation {
                        n,
                        kind: kind.clone(),
                        path: path.to_owned(),
                        cited: cited.map(AddLegalBasis::cite).unwrap_or_default(),
                        standing,
                    });
                }
            });
            Ok(())
        })
        .await?;
        Ok(stale)
    }

    /// The market-regulation department that reviewed is one.
    pub(super) async fn market_regulator_known(&self, organ: UnitId, unit: UnitId) -> Result<(), AppError> {
        use dingce_domain::organisation::UnitKind::MarketRegulation;
        let directory = self.directory(organ).await?;
        match directory.state.units.get(&unit) {
            Some(known) if known.kind == MarketRegulation => Ok(()),
            _ => Err(Rejection::new(Code::DirectoryUnknown)
                .at("reviewing_unit")
                .given(unit)
                .needed(MarketRegulation)
                .into()),
        }
    }
}

/// One register an organ, found without looking it up.
fn register_of(organ: UnitId) -> LegalBasesId {
    LegalBasesId::new(organ.uuid())
}

fn entered(state: &LegalBases, entry: BasisEntry) -> Result<Option<LegalBasisEvent>, Rejection> {
    match entry {
        BasisEntry::Add(given) => state.add(given),
        BasisEntry::Repeal(given) => state.repeal(given),
    }
}
