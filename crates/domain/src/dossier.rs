//! Historical dossiers 历史决策案卷: decisions that were finished, or run elsewhere, before they were entered here.
//!
//! They are never live cases: nothing is permitted, no clock runs, and legality is never presumed. What is known of them
//! is kept as it was printed, messy as it is, and comes out again unchanged. What departs from the rules is marked when
//! it is entered, by a definition in force on the day; a departure is explained afterwards, never removed.

use jiff::civil::Date;
use serde::{Deserialize, Deserializer, Serialize};

use crate::case::CorruptHistory;
use crate::check;
use crate::code::Code;
use crate::definition::{Citation, Definition};
use crate::id::{Digest, DossierId};
use crate::rejection::Rejection;
use crate::time::Limit;
use crate::words::{DocumentRef, StageKind};

/// A member that may be absent, present and null, or present with a value; all three come out as they came in.
fn printed<'de, D: Deserializer<'de>, T: Deserialize<'de>>(from: D) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(from).map(Some)
}

/// Something that happened to the matter, as printed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DossierEvent {
    /// What it was, by the word of whoever collected it, e.g. `consultation_start`.
    pub stage: String,
    /// When: a day, a month or a year, or from one to another with a slash between, as printed; nothing where it is not
    /// known.
    #[serde(default, deserialize_with = "printed", skip_serializing_if = "Option::is_none")]
    pub date: Option<Option<String>>,
    /// What is known of it.
    pub fact: String,
}

/// A finished decision, as its papers tell it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EnterDossier {
    /// Name of the matter.
    pub title: String,
    /// Who decided or undertook it, as printed.
    #[serde(default, deserialize_with = "printed", skip_serializing_if = "Option::is_none")]
    pub organ: Option<Option<String>>,
    /// Province, as printed.
    #[serde(default, deserialize_with = "printed", skip_serializing_if = "Option::is_none")]
    pub province: Option<Option<String>>,
    /// Where it was found; nothing for a page without a known address.
    pub source_urls: Vec<Option<String>>,
    /// About the source.
    #[serde(default, deserialize_with = "printed", skip_serializing_if = "Option::is_none")]
    pub source_note: Option<Option<String>>,
    /// Legal bases that its papers cite, as printed.
    #[serde(default, deserialize_with = "printed", skip_serializing_if = "Option::is_none")]
    pub legal_bases_cited: Option<Option<Vec<String>>>,
    /// What happened, in the order of the record.
    pub events: Vec<DossierEvent>,
    /// Remarks.
    #[serde(default, deserialize_with = "printed", skip_serializing_if = "Option::is_none")]
    pub notes: Option<Option<String>>,
}

/// Explain a departure: the reason that was printed elsewhere, or what else excuses it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExplainDeparture {
    /// Which, from 1.
    pub departure: u32,
    /// The explanation.
    pub reason: String,
    /// What shows it.
    pub documents: Vec<DocumentRef>,
}

/// One event of a dossier.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", deny_unknown_fields)]
#[allow(missing_docs)]
pub enum HistoricalDossierEvent {
    /// It was entered, and held against a definition.
    #[serde(rename = "dossier_entered")]
    Entered { given: EnterDossier, definition: Digest, departures: Vec<Rejection> },
    /// A departure was explained.
    #[serde(rename = "departure_explained")]
    Explained { given: ExplainDeparture },
}

impl HistoricalDossierEvent {
    /// The kind, as stored.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Entered { .. } => "dossier_entered",
            Self::Explained { .. } => "departure_explained",
        }
    }
}

/// A departure from the rules, and its explanation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Departure {
    /// The rule, what the record says, and what the rule asks.
    pub rule: Rejection,
    /// Why it was so; the newest explanation.
    pub explained: Option<String>,
}

/// A historical dossier.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoricalDossier {
    /// Its id.
    pub id: DossierId,
    /// As entered.
    pub given: EnterDossier,
    /// The definition that it was held against.
    pub definition: Digest,
    /// Departures, in the order of the record.
    pub departures: Vec<Departure>,
    /// How many events made it.
    pub n: u64,
}

impl HistoricalDossier {
    /// The dossier after one event.
    ///
    /// # Errors
    /// [`CorruptHistory`] where the event cannot follow.
    pub fn evolve(state: Option<Self>, id: DossierId, event: &HistoricalDossierEvent) -> Result<Self, CorruptHistory> {
        let n = state.as_ref().map_or(0, |s| s.n) + 1;
        let corrupt = |why: &str| CorruptHistory { n, kind: event.kind().to_owned(), why: why.to_owned() };
        match (state, event) {
            (None, HistoricalDossierEvent::Entered { given, definition, departures }) => {
                let departures = departures.iter().map(|rule| Departure { rule: rule.clone(), explained: None });
                Ok(Self { id, given: given.clone(), definition: *definition, departures: departures.collect(), n })
            }
            (Some(mut state), HistoricalDossierEvent::Explained { given }) => {
                let which = position(given.departure).and_then(|at| state.departures.get_mut(at));
                let departure = which.ok_or_else(|| corrupt("there is no such departure"))?;
                departure.explained = Some(given.reason.clone());
                Ok(Self { n, ..state })
            }
            (None, HistoricalDossierEvent::Explained { .. }) => Err(corrupt("the first event must enter the dossier")),
            (Some(_), HistoricalDossierEvent::Entered { .. }) => Err(corrupt("the dossier is already entered")),
        }
    }

    /// The event that enters a dossier, held against a definition.
    ///
    /// # Errors
    /// A [`Rejection`] where what is given cannot be kept.
    pub fn enter(given: EnterDossier, def: &Definition) -> Result<HistoricalDossierEvent, Rejection> {
        form(&given)?;
        let departures = departures(&given, def);
        Ok(HistoricalDossierEvent::Entered { given, definition: def.hash, departures })
    }

    /// The event that explains a departure.
    ///
    /// # Errors
    /// A [`Rejection`] where there is no such departure, or the explanation says nothing.
    pub fn explain(&self, given: ExplainDeparture) -> Result<HistoricalDossierEvent, Rejection> {
        let known = self.departures.len();
        if position(given.departure).is_none_or(|at| at >= known) {
            let refusal = Rejection::new(Code::NotFound).at("departure").given(given.departure);
            return Err(refusal.needed(format!("1..{known}")));
        }
        check::text("reason", &given.reason)?;
        check::documents(&given.documents, 0)?;
        Ok(HistoricalDossierEvent::Explained { given })
    }

    /// How many departures nobody has explained.
    pub fn unexplained(&self) -> usize {
        self.departures.iter().filter(|d| d.explained.is_none()).count()
    }
}

fn position(number: u32) -> Option<usize> {
    usize::try_from(number).ok()?.checked_sub(1)
}

fn form(given: &EnterDossier) -> Result<(), Rejection> {
    let EnterDossier { title, organ, province, source_urls, source_note, legal_bases_cited, events, notes } = given;
    check::line("title", title)?;
    for (path, line) in [("organ", organ), ("province", province)] {
        line.as_ref().and_then(Option::as_ref).map_or(Ok(()), |line| check::line_or_empty(path, line))?;
    }
    check::count("source_urls", source_urls.len(), 0)?;
    for (i, url) in source_urls.iter().enumerate() {
        url.as_ref().map_or(Ok(()), |url| check::line_or_empty(&format!("source_urls.{i}"), url))?;
    }
    for (path, text) in [("source_note", source_note), ("notes", notes)] {
        text.as_ref().and_then(Option::as_ref).map_or(Ok(()), |text| check::text_or_empty(path, text))?;
    }
    if let Some(Some(bases)) = legal_bases_cited {
        check::lines("legal_bases_cited", bases, 0)?;
    }
    check::count("events", events.len(), 1)?;
    for (i, event) in events.iter().enumerate() {
        check::line(&format!("events.{i}.stage"), &event.stage)?;
        check::text(&format!("events.{i}.fact"), &event.fact)?;
        if let Some(Some(date)) = &event.date {
            check::line(&format!("events.{i}.date"), date)?;
            // Words are kept as printed and not judged; a date that no calendar has is a slip.
            let numeric = date.chars().all(|c| c.is_ascii_digit() || c == '-' || c == '/');
            if numeric && Span::of(date).is_none() {
                let refusal = Rejection::new(Code::DateNotAcceptable).at(format!("events.{i}.date")).given(date);
                return Err(refusal.needed("YYYY, YYYY-MM, YYYY-MM-DD, …/…"));
            }
        }
    }
    Ok(())
}

/// What a word of the record stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum DossierStep {
    Consultation,
    ConsultationStart,
    ConsultationEnd,
    /// Participation, expert review or risk assessment of another kind: before the review.
    Branch(StageKind),
    Review,
    Decision,
    Made,
    /// Says in words which procedures were performed.
    Told,
    Other,
}

impl DossierStep {
    fn of(word: &str) -> Self {
        match word {
            "consultation_start" => Self::ConsultationStart,
            "consultation_end" => Self::ConsultationEnd,
            "consultation" => Self::Consultation,
            "consultation_result" | "public_participation" | "hearing" | "hearing_report" => {
                Self::Branch(StageKind::PublicParticipation)
            }
            "risk_assessment" => Self::Branch(StageKind::RiskAssessment),
            "legality_review" => Self::Review,
            "collective_decision" => Self::Decision,
            "announcement" | "publication" | "issuance" => Self::Made,
            "procedures" => Self::Told,
            _ => Self::Other,
        }
    }
}

/// The days that a printed date can mean, both included; or, written `from/to`, a period with both its ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Span {
    first: Date,
    last: Date,
    period: bool,
}

impl Span {
    fn of(printed: &str) -> Option<Self> {
        let day = |text: &str| text.parse::<Date>().ok();
        // A remark may follow: `2025-05-14 (paper date)`.
        let printed = printed.split_whitespace().next()?;
        if let Some((from, to)) = printed.split_once('/') {
            let (from, to) = (Self::of(from)?, Self::of(to)?);
            let fits = !from.period && !to.period && from.first <= to.last;
            return fits.then_some(Self { first: from.first, last: to.last, period: true });
        }
        let (first, last) = match printed.len() {
            4 => (day(&format!("{printed}-01-01"))?, day(&format!("{printed}-12-31"))?),
            7 => {
                let first = day(&format!("{printed}-01"))?;
                (first, first.last_of_month())
            }
            10 => (day(printed)?, day(printed)?),
            _ => return None,
        };
        Some(Self { first, last, period: false })
    }

    /// The longest that a period from the one to the other can have been, in calendar days.
    fn days_until(self, end: Self) -> i32 {
        self.first.until(end.last).map_or(0, |span| span.get_days())
    }
}

/// What the record shows to depart from a definition. Only what is certain whatever a vague date means; what happened
/// before the definition was in force is not held against it.
fn departures(given: &EnterDossier, def: &Definition) -> Vec<Rejection> {
    let steps: Vec<(usize, DossierStep, Option<Span>)> = given
        .events
        .iter()
        .enumerate()
        .map(|(i, e)| (i, DossierStep::of(&e.stage), e.date.as_ref().and_then(Option::as_deref).and_then(Span::of)))
        .filter(|(_, _, span)| span.is_none_or(|s| s.first >= def.valid_from))
        .collect();
    let mut found = Vec::new();
    found.extend(short_periods(&steps, def));
    found.extend(out_of_order(&steps, def));
    found.extend(not_on_record(&steps, def));
    found
}

type Steps = [(usize, DossierStep, Option<Span>)];

/// Comment periods that are certainly shorter than the definition asks (trap 15).
fn short_periods(steps: &Steps, def: &Definition) -> Vec<Rejection> {
    let Some((parameter, Limit::Calendar(least))) =
        def.parameter("comment_period").and_then(|p| Some((p, def.period(&p.id)?)))
    else {
        return Vec::new();
    };
    let mut began: Option<Span> = None;
    let mut found = Vec::new();
    for (at, step, span) in steps {
        let days = match (step, span) {
            (DossierStep::ConsultationStart, span) => {
                began = *span;
                None
            }
            (DossierStep::ConsultationEnd, Some(end)) => began.take().map(|start| start.days_until(*end)),
            (DossierStep::Consultation, Some(span)) if span.period => Some(span.days_until(*span)),
            _ => None,
        };
        if let Some(days) = days.filter(|days| *days < i32::from(least.get())) {
            let rule = Rejection::new(Code::CommentPeriodTooShort).at(format!("events.{at}"));
            found.push(rule.given(days).needed(least.get()).by(&parameter.source));
        }
    }
    found
}

fn source(def: &Definition, kind: StageKind) -> Option<&Citation> {
    def.positions(kind).next().map(|at| &def.stages[at].source)
}

/// What certainly happened before something that the law puts first (R713 arts. 25, 26, 30).
fn out_of_order(steps: &Steps, def: &Definition) -> Vec<Rejection> {
    let rank = |step: DossierStep| match step {
        DossierStep::Consultation
        | DossierStep::ConsultationStart
        | DossierStep::ConsultationEnd
        | DossierStep::Branch(_) => Some(0),
        DossierStep::Review => Some(1),
        DossierStep::Decision => Some(2),
        DossierStep::Made => Some(3),
        DossierStep::Told | DossierStep::Other => None,
    };
    let kind = |step: DossierStep| match step {
        DossierStep::Branch(kind) => kind,
        DossierStep::Review => StageKind::LegalityReview,
        DossierStep::Decision => StageKind::CollectiveDeliberation,
        _ => StageKind::PublicParticipation,
    };
    let mut found = Vec::new();
    for (at, later, span) in steps {
        let (Some(rank_of_later), Some(span)) = (rank(*later), span) else { continue };
        // A page of results or a report is published for its own sake; only decisions are held against what precedes.
        if rank_of_later < 2 {
            continue;
        }
        let late = steps.iter().filter_map(|(_, step, other)| Some((*step, rank(*step)?, (*other)?)));
        let last = late.filter(|(_, r, other)| *r < rank_of_later && other.first > span.last).max_by_key(|l| l.2.first);
        if let Some((step, _, other)) = last {
            let mut rule = Rejection::new(Code::OutOfOrder)
                .at(format!("events.{at}"))
                .given(span.last)
                .needed(format!("{}..", other.first));
            rule.basis = source(def, kind(step)).cloned();
            found.push(rule);
        }
    }
    found
}

/// Procedures that are never left out, of which the record of a decision that was made says nothing. It may be the
/// record that is incomplete; that is for somebody to say.
fn not_on_record(steps: &Steps, def: &Definition) -> Vec<Rejection> {
    let has = |wanted: DossierStep| steps.iter().any(|(_, step, _)| *step == wanted);
    let decided = has(DossierStep::Decision);
    if !decided || has(DossierStep::Told) || has(DossierStep::Review) {
        return Vec::new();
    }
    let mut rule = Rejection::new(Code::LegalityMissing).at("events").given("—");
    rule.basis = source(def, StageKind::LegalityReview).cloned();
    vec![rule]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_printed_date_means_all_its_days() {
        let span = |text| Span::of(text).map(|s| (s.first.to_string(), s.last.to_string()));
        let days = |a: &str, b: &str| Some((a.to_owned(), b.to_owned()));
        assert_eq!(span("2024-02"), days("2024-02-01", "2024-02-29"));
        assert_eq!(span("2023"), days("2023-01-01", "2023-12-31"));
        assert_eq!(span("2023-09-05"), days("2023-09-05", "2023-09-05"));
        assert_eq!(span("2025-05-14 (paper date)"), days("2025-05-14", "2025-05-14"));
        assert_eq!(span("2021-04-23/2021-05"), days("2021-04-23", "2021-05-31"));
        for bad in ["2023-02-30", "2023-13", "下旬", "", "23", "2023/09/05", "2023-02/2023-01", "/"] {
            assert_eq!(span(bad), None, "{bad}");
        }
    }
}
