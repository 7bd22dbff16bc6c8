//! Figures for an appraisal 考核: counted from the streams of an organ, one case after the other, as they stood at one place of the log.
//!
//! Nothing is kept of it, and no read table is asked: what is counted is what was recorded. A case is read whole, a consultation
//! page by page; then they are forgotten, but for what was counted (see `docs/adr/0034-figures.md` for what that costs).

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;
use std::sync::{Arc, PoisonError};

use dingce_domain::accountability::AccountabilityEvent;
use dingce_domain::catalogue::CatalogueEvent;
use dingce_domain::code::Code;
use dingce_domain::compliance::Entry;
use dingce_domain::consultation::ConsultationEvent;
use dingce_domain::definition::Definition;
use dingce_domain::event::CaseEvent;
use dingce_domain::figures::{
    CaseRecord, CatalogueFold, ClockRef, CommentsFold, FigureCode, Figures, FileFold, NoticeFold, Period, Tally, With,
};
use dingce_domain::id::{
    AccountabilityFileId, CaseId, CatalogueId, ConsultationId, StreamId, StreamKind, SupervisionNoticeId, UnitId,
};
use dingce_domain::organisation::{Organisation, OrganisationEvent};
use dingce_domain::rejection::Rejection;
use dingce_domain::supervision::NoticeEvent;
use dingce_domain::time::Zone;
use dingce_domain::words::{ParameterId, StageId, Text};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::de::DeserializeOwned;

use super::lookups::LookupKind;
use crate::app::App;
use crate::envelope::{self, Recorded};
use crate::error::AppError;
use crate::language::Cited;
use crate::policy::Right;
use crate::ports::Millis;
use crate::principal::{Hat, Principal};
use crate::stream::Stream;

/// How many streams are read at once.
const PAGE: u64 = 1000;

/// Up to where the record was looked at: the events among the first `log_size` of the log that were recorded by `at`. The same mark
/// gives the same figures at any later time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    /// How many entries of the log.
    pub log_size: u64,
    /// The instant, to the millisecond.
    pub at: Timestamp,
}

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.log_size, self.at)
    }
}

impl FromStr for Mark {
    type Err = Rejection;

    fn from_str(text: &str) -> Result<Self, Rejection> {
        let refuse =
            || Rejection::new(Code::InputNotAcceptable).at("taken_as").given(text).needed("120@2026-01-05T01:00:00Z");
        let (size, at) = text.split_once('@').ok_or_else(refuse)?;
        let plain = size.bytes().all(|b| b.is_ascii_digit());
        let log_size = size.parse().ok().filter(|_| plain).ok_or_else(refuse)?;
        let at: Timestamp = at.parse().map_err(|_| refuse())?;
        let mark = Self { log_size, at: envelope::to_millis(at) };
        // One mark has one spelling.
        if mark.to_string() == text { Ok(mark) } else { Err(refuse()) }
    }
}

/// What figures are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asking {
    /// The days.
    pub period: Period,
    /// As they were taken before; absent for now.
    pub mark: Option<Mark>,
}

/// The clock of a part, as people know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClockTold {
    /// Name of the procedure.
    pub procedure: Text,
    /// Name of the clock.
    pub text: Text,
    /// The text that sets it, and the article; none where the definition cites none.
    pub source: Option<Cited>,
    /// Whether its length binds by its own authority; what the act itself states does.
    pub binds: bool,
}

/// Figures as they were taken.
#[derive(Debug, Clone)]
pub struct TakenFigures {
    /// The organ.
    pub organ: UnitId,
    /// The days.
    pub period: Period,
    /// Up to where the record was looked at.
    pub mark: Mark,
    /// The day on which it was looked at.
    pub measured_on: Date,
    /// The units whose own matters are counted; absent where all of the organ are.
    pub own: Option<BTreeSet<UnitId>>,
    /// Figures that the reader may not see, and that are not among them.
    pub withheld: Vec<FigureCode>,
    /// The figures.
    pub figures: Figures,
    /// Names of the organ's units, as of the mark.
    pub units: BTreeMap<UnitId, String>,
    /// The clocks of the parts.
    pub clocks: BTreeMap<ClockRef, ClockTold>,
}

impl TakenFigures {
    /// The name of a unit; its id where the directory does not know it.
    pub fn unit(&self, unit: UnitId) -> String {
        self.units.get(&unit).cloned().unwrap_or_else(|| unit.to_string())
    }
}

/// Who asks, as far as it matters for what is counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reader {
    own: Option<BTreeSet<UnitId>>,
    notices: bool,
    accountability: bool,
}

/// Figures that were taken, with all that they depend on beside the record.
pub(crate) type KeptFigures = ((UnitId, Period, Mark, Reader, String), Arc<TakenFigures>);

/// How many are kept.
const KEPT: usize = 2;

impl App {
    /// The figures of an organ, for somebody who may read them: whole, or of what their own units undertake.
    ///
    /// The figures of the whole organ lead to acts in everybody's files, so they are a look-up, whose subject is the period and the
    /// mark: taken with it again, they show what was seen. Whoever counts for their own unit reads what they work on.
    ///
    /// # Errors
    /// `FORBIDDEN`; `NOT_FOUND` for an organ that is not theirs; `INPUT_NOT_ACCEPTABLE` for a mark that is yet to come; where
    /// the store fails, or the record cannot be read.
    pub async fn figures(&self, who: Principal, organ: UnitId, asked: Asking) -> Result<Arc<TakenFigures>, AppError> {
        let hats = self.hats(who, self.today()).await?;
        let reader = self.figures_reader(who, &hats)?;
        let hat = hats.iter().find(|hat| hat.organ == organ).ok_or_else(|| AppError::not_found(organ))?;
        let whole = reader.own.is_none();
        let taken = self.take_figures(organ, asked, reader).await?;
        if whole {
            let TakenFigures { period, mark, .. } = taken.as_ref();
            let subject = format!("{}/{} {mark}", period.from(), period.to());
            self.looks_up(hat, LookupKind::TakeFigures, subject).await?;
        }
        Ok(taken)
    }

    /// The figures of an organ, for who has the database anyway.
    ///
    /// # Errors
    /// As [`App::figures`].
    pub async fn figures_unchecked(&self, organ: UnitId, asked: Asking) -> Result<Arc<TakenFigures>, AppError> {
        let reader = Reader { own: None, notices: true, accountability: true };
        self.take_figures(organ, asked, reader).await
    }

    fn figures_reader(&self, who: Principal, hats: &[Hat]) -> Result<Reader, AppError> {
        if self.allowed(hats, Right::ReadFigures) {
            let notices = self.allowed(hats, Right::ReadNotices);
            let accountability = self.allowed(hats, Right::ReadAccountability);
            return Ok(Reader { own: None, notices, accountability });
        }
        let mut own = BTreeSet::new();
        let mut notices = false;
        for hat in hats.iter().filter(|hat| self.allowed_as_undertaking(hat, Right::ReadFigures, &hat.units)) {
            notices |= self.allowed_as_undertaking(hat, Right::ReadNotices, &hat.units);
            own.extend(hat.units.iter().filter(|unit| **unit != hat.organ));
        }
        if own.is_empty() {
            return Err(Rejection::new(Code::Forbidden).given(who.person).needed(Right::ReadFigures).into());
        }
        Ok(Reader { own: Some(own), notices, accountability: false })
    }

    async fn take_figures(&self, organ: UnitId, asked: Asking, reader: Reader) -> Result<Arc<TakenFigures>, AppError> {
        let Asking { period, mark } = asked;
        let mark = match mark {
            Some(mark) => self.past(mark).await?,
            None => {
                // What was committed a moment ago has its place first; where another node gives the places, within a second.
                self.sequence_log().await?;
                let at = envelope::to_millis(self.now());
                Mark { log_size: self.store.log_size().await?, at }
            }
        };
        let key = (organ, period, mark, reader, self.calendar().digest().to_string());
        let kept = || {
            let kept = self.figures_kept.lock().unwrap_or_else(PoisonError::into_inner);
            kept.iter().find(|(of, _)| *of == key).map(|(_, taken)| Arc::clone(taken))
        };
        if let Some(taken) = kept() {
            return Ok(taken);
        }
        let turn = self.counting.acquire().await;
        let _turn = turn.map_err(|error| AppError::internal("waiting for a turn to count", error))?;
        if let Some(taken) = kept() {
            return Ok(taken);
        }
        let taken = Arc::new(self.count_figures(organ, period, mark, key.3.clone()).await?);
        let mut kept = self.figures_kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.insert(0, (key, Arc::clone(&taken)));
        kept.truncate(KEPT);
        Ok(taken)
    }

    async fn count_figures(
        &self,
        organ: UnitId,
        period: Period,
        mark: Mark,
        reader: Reader,
    ) -> Result<TakenFigures, AppError> {
        let measured_on = Zone::SHANGHAI.date_of(mark.at);
        let directory = self.directory_at(organ, mark).await?;
        let calendar = self.calendar();
        let with = With { directory: &directory, calendar: &calendar };
        let mut tally = Tally::new(period, measured_on, reader.own.clone());
        let mut procedures: BTreeMap<StageId, Arc<Definition>> = BTreeMap::new();
        let mut after = None;
        loop {
            let page = self.store.streams(after, PAGE).await?;
            let Some((last, _)) = page.last() else { break };
            after = Some(*last);
            for (stream, _) in page.iter().filter(|(_, of)| *of == organ) {
                match stream.kind {
                    StreamKind::Case => {
                        if let Some(def) = self.count_case(CaseId::new(stream.value), mark, &mut tally, with).await? {
                            let known = procedures.entry(def.name.clone()).or_insert_with(|| Arc::clone(&def));
                            if known.version < def.version {
                                *known = def;
                            }
                        }
                    }
                    StreamKind::Catalogue => {
                        let mut fold = CatalogueFold::new(CatalogueId::new(stream.value), period.to());
                        self.each_event::<CatalogueEvent>(*stream, mark, |Recorded { envelope, body }| {
                            let taken = fold.take(envelope.event, envelope.n, envelope.day(), &envelope.by, body);
                            taken.map_err(|source| AppError::Corrupt { stream: stream.to_string(), source })
                        })
                        .await?;
                        tally.take_catalogue(fold);
                    }
                    StreamKind::SupervisionNotice if reader.notices => {
                        let mut fold = NoticeFold::new(SupervisionNoticeId::new(stream.value));
                        self.each_event::<NoticeEvent>(*stream, mark, |Recorded { envelope, body }| {
                            fold.take(envelope.event, envelope.n, envelope.day(), body);
                            Ok(())
                        })
                        .await?;
                        tally.take_notice(fold);
                    }
                    StreamKind::AccountabilityFile if reader.accountability => {
                        let mut fold = FileFold::new(AccountabilityFileId::new(stream.value));
                        self.each_event::<AccountabilityEvent>(*stream, mark, |Recorded { envelope, body }| {
                            fold.take(envelope.event, envelope.n, envelope.day(), body);
                            Ok(())
                        })
                        .await?;
                        tally.take_file(fold);
                    }
                    // A consultation is read with its case; of a secret matter nothing is read; the rest is in no figure.
                    StreamKind::SupervisionNotice
                    | StreamKind::AccountabilityFile
                    | StreamKind::Consultation
                    | StreamKind::Hearing
                    | StreamKind::Organisation
                    | StreamKind::Definition
                    | StreamKind::Dossier
                    | StreamKind::Proposal
                    | StreamKind::Determination
                    | StreamKind::PrintedAgenda
                    | StreamKind::Adviser
                    | StreamKind::Engagement
                    | StreamKind::SecretStub
                    | StreamKind::Meeting
                    | StreamKind::LegalBases
                    | StreamKind::InspectionMandate
                    | StreamKind::LogNote
                    | StreamKind::Erasure => {}
                }
            }
        }
        let mut figures = tally.finish();
        let hidden = |code: FigureCode| {
            (code.is_of_notices() && !reader.notices) || (code.is_of_accountability() && !reader.accountability)
        };
        figures.list.retain(|figure| !hidden(figure.code));
        let withheld = FigureCode::ALL.iter().copied().filter(|code| hidden(*code)).collect();
        let clocks = figures
            .list
            .iter()
            .filter_map(|figure| figure.about.clock.clone())
            .filter_map(|clock| Some((clock.clone(), told(&clock, procedures.get(&clock.definition)?)?)))
            .collect();
        let units = directory.units.into_iter().map(|(id, unit)| (id, unit.name)).collect();
        let own = reader.own;
        Ok(TakenFigures { organ, period, mark, measured_on, own, withheld, figures, units, clocks })
    }

    /// A mark of figures that can have been taken.
    async fn past(&self, mark: Mark) -> Result<Mark, AppError> {
        let log_size = self.store.log_size().await?;
        let now = envelope::to_millis(self.now());
        if mark.log_size <= log_size && mark.at <= now {
            return Ok(mark);
        }
        let newest = Mark { log_size, at: now };
        Err(Rejection::new(Code::InputNotAcceptable).at("taken_as").given(mark).needed(format!("..{newest}")).into())
    }

    /// Counts a case with its consultations; gives the definition that it runs under, where it is counted.
    async fn count_case(
        &self,
        case: CaseId,
        mark: Mark,
        tally: &mut Tally,
        with: With<'_>,
    ) -> Result<Option<Arc<Definition>>, AppError> {
        let mut recorded: Vec<Recorded<CaseEvent>> = Vec::new();
        self.each_event::<CaseEvent>(case.into(), mark, |event| {
            recorded.push(event.clone());
            Ok(())
        })
        .await?;
        let events = recorded.iter().map(|Recorded { envelope, body }| {
            let entry = Entry {
                n: envelope.n,
                day: envelope.day(),
                offline: envelope.occurred_on.is_some(),
                evidence: &envelope.evidence,
                by: &envelope.by,
                event: body,
            };
            (envelope.event, entry)
        });
        let record = CaseRecord { id: case, events: events.collect() };
        let Some(hash) = record.definition() else { return Ok(None) };
        let def = self.definition(hash).await?;
        let Some(matter) = tally.take_case(&record, &def, with) else { return Ok(None) };
        for consultation in &matter.consultations {
            let fold = self.comments_of(*consultation, mark).await?;
            tally.take_comments(&matter, fold);
        }
        Ok(Some(def))
    }

    async fn comments_of(&self, consultation: ConsultationId, mark: Mark) -> Result<CommentsFold, AppError> {
        let mut fold = CommentsFold::new(consultation);
        self.each_event::<ConsultationEvent>(consultation.into(), mark, |Recorded { envelope, body }| {
            fold.take(envelope.event, envelope.n, envelope.day(), body);
            Ok(())
        })
        .await?;
        Ok(fold)
    }

    /// The directory of an organ as it stood at a mark.
    async fn directory_at(&self, organ: UnitId, mark: Mark) -> Result<Organisation, AppError> {
        let id = self.directory(organ).await?.state.id;
        let mut state: Option<Organisation> = None;
        self.each_event::<OrganisationEvent>(id.into(), mark, |event| {
            let next = <Organisation as Stream>::evolve(state.take(), id, event);
            state = Some(next.map_err(|source| AppError::Corrupt { stream: id.to_string(), source })?);
            Ok(())
        })
        .await?;
        state.ok_or_else(|| AppError::not_found(organ))
    }

    /// Does something with every event of a stream up to a mark, in order, a page at a time.
    async fn each_event<E: DeserializeOwned>(
        &self,
        stream: StreamId,
        mark: Mark,
        mut take: impl FnMut(&Recorded<E>) -> Result<(), AppError>,
    ) -> Result<(), AppError> {
        let until = self.known_to(stream, mark).await?;
        self.each_stored(stream, 0, until, |stored| take(&envelope::read::<E>(&stored)?)).await
    }

    /// Number of the newest event of a stream that a mark has; 0 where it has none.
    ///
    /// Both the places in the log and the times of the record grow with the numbers of a stream, so what a mark has of it is its
    /// beginning.
    async fn known_to(&self, stream: StreamId, mark: Mark) -> Result<u64, AppError> {
        let at: Millis = mark.at.as_millisecond();
        let by_time = self.store.known_at(&[stream], at).await?;
        let mut most = by_time.first().map_or(0, |(_, n)| *n);
        // A stream that stood still since is asked about once.
        let mut least = 0;
        let mut probe = most;
        while least < most {
            let place = self.store.log_place(stream, probe).await?;
            if place.is_some_and(|place| place < mark.log_size) {
                least = probe;
            } else {
                most = probe - 1;
            }
            probe = least + (most - least).div_ceil(2);
        }
        Ok(least)
    }
}

fn told(clock: &ClockRef, def: &Definition) -> Option<ClockTold> {
    let spec = def.clocks.iter().find(|spec| spec.id == clock.clock)?;
    let cite = def.sources.get(&spec.source.source).map(|known| known.cite.clone());
    let source = cite.map(|cite| Cited { cite, article: spec.source.article.clone() });
    let hard = |id: &ParameterId| def.parameters.get(id).is_some_and(|parameter| parameter.authority.is_hard());
    let binds = spec.parameter.as_ref().is_none_or(hard);
    Some(ClockTold { procedure: def.title.clone(), text: spec.text.clone(), source, binds })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_has_one_spelling() {
        let mark = Mark { log_size: 120, at: "2026-01-05T01:00:00.25Z".parse().expect("an instant") };
        assert_eq!(mark.to_string(), "120@2026-01-05T01:00:00.25Z");
        assert_eq!(mark.to_string().parse::<Mark>().expect("it is read back"), mark);
        for other in ["", "120", "@2026-01-05T01:00:00Z", "+1@2026-01-05T01:00:00Z", "01@2026-01-05T01:00:00Z"] {
            assert_eq!(other.parse::<Mark>().unwrap_err().code, Code::InputNotAcceptable, "{other}");
        }
        assert!("1@2026-01-05T01:00:00.0001Z".parse::<Mark>().is_err(), "finer than the record");
        assert!("1@2026-01-05T09:00:00+08:00".parse::<Mark>().is_err(), "another zone");
    }
}
