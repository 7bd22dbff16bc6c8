//! The register of printed agendas 会议议题: what stood on the agenda of an executive meeting, item by item, as printed, and
//! the case or determination that each item belongs to. An item with neither was never asked whether it is a major
//! decision (R713 arts. 3, 30; law digest §1, supervision of scope).
//!
//! This is the printed list, taken over as it is. What happens at a meeting, who is present and who says what, is not here: it is
//! the [`Meeting`]'s, and a print may name the meeting whose session it was printed for. What stands on one and not on the other is
//! [told](PrintedAgenda::reconcile), and nothing is changed by it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::case::CorruptHistory;
use crate::catalogue::{Printed, printed};
use crate::check;
use crate::code::Code;
use crate::id::{CaseId, DeterminationId, MeetingId, PrintedAgendaId, PrintedItemId};
use crate::meeting::{ItemState, Meeting};
use crate::occasion::On;
use crate::rejection::Rejection;
use crate::secret::SecretRef;
use crate::words;

words! {
    /// What an item of an agenda belongs to.
    ItemTarget {
        /// A case.
        Case = "case",
        /// A determination.
        Determination = "determination",
    }
}

/// One item as printed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PrintedItem {
    /// Its id.
    pub id: PrintedItemId,
    /// Its number, as printed; empty where none is.
    pub no: String,
    /// Its title, 1 to 200 characters; empty for a secret one.
    pub title: String,
    /// Who reports on it 汇报单位, as printed.
    pub reporter: Option<String>,
    /// Who attends for it 列席单位, as printed.
    pub attendees: Option<Vec<String>>,
    /// The registered stub of a secret item.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<SecretRef>,
    /// Other columns, as printed.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub printed: BTreeMap<String, Printed>,
    /// Members that a file left out where others say null.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left_out: Vec<String>,
}

impl PrintedItem {
    /// That a record can hold it.
    ///
    /// # Errors
    /// A [`Rejection`] that names the member under `path`.
    pub fn acceptable(&self, path: &str) -> Result<(), Rejection> {
        let Self { id: _, no, title, reporter, attendees, secret, printed: rest, left_out } = self;
        let at = |member: &str| format!("{path}.{member}");
        check::line_or_empty(&at("no"), no)?;
        match secret {
            Some(stub) => {
                let (title_at, reporter_at, attendees_at, printed_at) =
                    (at("title"), at("reporter"), at("attendees"), at("printed"));
                let content = [
                    (title_at.as_str(), !title.is_empty()),
                    (reporter_at.as_str(), reporter.is_some()),
                    (attendees_at.as_str(), attendees.is_some()),
                    (printed_at.as_str(), !rest.is_empty()),
                ];
                stub.acceptable(&at("secret"), &content)?;
            }
            None => check::line(&at("title"), title)?,
        }
        if let Some(reporter) = reporter {
            check::line(&at("reporter"), reporter)?;
        }
        if let Some(attendees) = attendees {
            check::lines(&at("attendees"), attendees, 0)?;
        }
        check::lines(&at("left_out"), left_out, 0)?;
        printed::acceptable(&at("printed"), rest)
    }
}

/// What stands above the items.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PrintedAgendaHead {
    /// Which session, as printed: 十届区政府第30次常务会议. A meeting that is recorded here is found by it.
    pub session: String,
    /// Whose agenda it is, as printed; absent for the organ itself.
    pub organ: Option<String>,
    /// When the meeting is held, as printed.
    pub held: Option<String>,
    /// All else, as printed.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub printed: BTreeMap<String, Printed>,
    /// Members that a file left out where others say null.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left_out: Vec<String>,
}

impl PrintedAgendaHead {
    /// That a record can hold it.
    ///
    /// # Errors
    /// A [`Rejection`] that names the member.
    pub fn acceptable(&self) -> Result<(), Rejection> {
        let Self { session, organ, held, printed: rest, left_out } = self;
        check::line("session", session)?;
        for (at, text) in [("organ", organ), ("held", held)] {
            if let Some(text) = text {
                check::line(at, text)?;
            }
        }
        check::lines("left_out", left_out, 0)?;
        printed::acceptable("printed", rest)
    }

    /// The day of the meeting, where the print says it to the day.
    pub fn held_on(&self) -> Option<Date> {
        let text = self.held.as_deref()?;
        text.parse::<Date>().ok().filter(|day| day.to_string() == text)
    }
}

/// Take a printed agenda over, as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImportAgenda {
    /// What stands above the items.
    pub head: PrintedAgendaHead,
    /// Items, at least one.
    pub items: Vec<PrintedItem>,
}

/// What an item belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ItemTie {
    /// A case.
    Case(CaseId),
    /// A determination.
    Determination(DeterminationId),
}

impl ItemTie {
    /// What kind of thing it is.
    pub const fn target(self) -> ItemTarget {
        match self {
            Self::Case(_) => ItemTarget::Case,
            Self::Determination(_) => ItemTarget::Determination,
        }
    }
}

impl std::fmt::Display for ItemTie {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Case(case) => std::fmt::Display::fmt(case, f),
            Self::Determination(determination) => std::fmt::Display::fmt(determination, f),
        }
    }
}

/// Tie an item to what it belongs to, or untie it: a bundle may belong to several.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TieItem {
    /// Which item.
    pub item: PrintedItemId,
    /// To what.
    pub to: ItemTie,
    /// Why.
    pub reason: String,
}

/// Add an item that the printed agenda does not have: one put on at the meeting 临时议题.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AddItem {
    /// The item.
    pub item: PrintedItem,
    /// Why it is added.
    pub reason: String,
}

/// Name the meeting whose session the agenda was printed for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PairMeeting {
    /// The meeting.
    pub meeting: MeetingId,
    /// By what they are known to be the same session.
    pub reason: String,
}

/// Take that back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UnpairMeeting {
    /// Why.
    pub reason: String,
}

/// What a print is held against before it is paired with a meeting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldSession {
    /// Day of the meeting.
    pub held_on: Date,
    /// Names of the organ and of the body that meets, as the directory knows them.
    pub organs: Vec<String>,
}

/// What stands on one of print and meeting and not on the other.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reconciliation {
    /// Matters on the agenda of the meeting, and not taken off, to which no printed or added item is tied.
    pub not_printed: Vec<CaseId>,
    /// Items that are tied to no matter on the agenda of the meeting.
    pub not_on_meeting: Vec<PrintedItemId>,
}

/// An act on an agenda.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub enum PrintedAgendaAct {
    AddItem(AddItem),
    Link(TieItem),
    Unlink(TieItem),
    Pair(PairMeeting),
    Unpair(UnpairMeeting),
}

/// One event of an agenda.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", deny_unknown_fields)]
#[allow(missing_docs)]
pub enum PrintedAgendaEvent {
    /// It was taken over as printed.
    #[serde(rename = "printed_agenda_imported")]
    Imported { given: ImportAgenda },
    /// An item was added to it.
    #[serde(rename = "printed_item_added")]
    ItemAdded { given: AddItem },
    /// An item was tied to what it belongs to.
    #[serde(rename = "printed_item_linked")]
    ItemLinked { given: TieItem },
    /// It was untied.
    #[serde(rename = "printed_item_unlinked")]
    ItemUnlinked { given: TieItem },
    /// It was paired with a meeting.
    #[serde(rename = "printed_agenda_paired")]
    Paired { given: PairMeeting },
    /// That was taken back.
    #[serde(rename = "printed_agenda_unpaired")]
    Unpaired { given: UnpairMeeting },
}

impl PrintedAgendaEvent {
    /// The kind, as stored.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Imported { .. } => "printed_agenda_imported",
            Self::ItemAdded { .. } => "printed_item_added",
            Self::ItemLinked { .. } => "printed_item_linked",
            Self::ItemUnlinked { .. } => "printed_item_unlinked",
            Self::Paired { .. } => "printed_agenda_paired",
            Self::Unpaired { .. } => "printed_agenda_unpaired",
        }
    }
}

/// The printed agenda of one session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PrintedAgenda {
    /// Its id.
    pub id: PrintedAgendaId,
    /// What stands above the items.
    pub head: PrintedAgendaHead,
    /// Items as printed, and then those added.
    pub items: Vec<PrintedItem>,
    /// How many of them are printed.
    pub printed_items: usize,
    /// What items belong to, and why.
    pub ties: BTreeMap<PrintedItemId, BTreeMap<ItemTie, String>>,
    /// The meeting whose session it was printed for, once somebody named it.
    pub meeting: Option<PairMeeting>,
    /// How many events made it.
    pub n: u64,
}

impl PrintedAgenda {
    /// The agenda after one event.
    ///
    /// # Errors
    /// [`CorruptHistory`] where the event cannot follow.
    pub fn evolve(
        state: Option<Self>,
        id: PrintedAgendaId,
        event: &PrintedAgendaEvent,
    ) -> Result<Self, CorruptHistory> {
        let n = state.as_ref().map_or(0, |s| s.n) + 1;
        let corrupt = |why: &str| CorruptHistory { n, kind: event.kind().to_owned(), why: why.to_owned() };
        let mut state = match (state, event) {
            (None, PrintedAgendaEvent::Imported { given }) => {
                let ImportAgenda { head, items } = given.clone();
                let (printed_items, ties) = (items.len(), BTreeMap::new());
                return Ok(Self { id, head, printed_items, items, ties, meeting: None, n });
            }
            (None, _) => return Err(corrupt("the first event must take it over")),
            (Some(state), _) => state,
        };
        match event {
            PrintedAgendaEvent::Imported { .. } => return Err(corrupt("it is there already")),
            PrintedAgendaEvent::ItemAdded { given } => state.items.push(given.item.clone()),
            PrintedAgendaEvent::ItemLinked { given } => {
                state.item(given.item).map_err(|_| corrupt("it has no such item"))?;
                state.ties.entry(given.item).or_default().insert(given.to, given.reason.clone());
            }
            PrintedAgendaEvent::ItemUnlinked { given } => {
                let tied = state.ties.get_mut(&given.item).and_then(|ties| ties.remove(&given.to));
                tied.ok_or_else(|| corrupt("the item is not tied to that"))?;
            }
            PrintedAgendaEvent::Paired { .. } if state.meeting.is_some() => {
                return Err(corrupt("it is paired already"));
            }
            PrintedAgendaEvent::Paired { given } => state.meeting = Some(given.clone()),
            PrintedAgendaEvent::Unpaired { .. } => {
                state.meeting.take().ok_or_else(|| corrupt("it is not paired"))?;
            }
        }
        state.n = n;
        Ok(state)
    }

    /// Items as they were printed.
    pub fn printed(&self) -> &[PrintedItem] {
        self.items.get(..self.printed_items).unwrap_or(&self.items)
    }

    /// What an item belongs to.
    pub fn ties_of(&self, item: PrintedItemId) -> impl Iterator<Item = (ItemTie, &str)> {
        self.ties.get(&item).into_iter().flatten().map(|(to, reason)| (*to, reason.as_str()))
    }

    fn item(&self, item: PrintedItemId) -> Result<&PrintedItem, Rejection> {
        let unknown = || Rejection::new(Code::PrintedItemUnknown).at("item").given(item);
        self.items.iter().find(|known| known.id == item).ok_or_else(unknown)
    }

    fn tied(&self, given: &TieItem) -> bool {
        self.ties.get(&given.item).is_some_and(|ties| ties.contains_key(&given.to))
    }

    /// Takes a printed agenda over.
    ///
    /// # Errors
    /// A [`Rejection`] where it is there already, or a record cannot hold it.
    pub fn import(state: Option<&Self>, given: ImportAgenda) -> Result<PrintedAgendaEvent, Rejection> {
        if let Some(there) = state {
            return Err(Rejection::new(Code::AlreadyThere).given(&there.head.session));
        }
        given.head.acceptable()?;
        check::count("items", given.items.len(), 1)?;
        let mut seen = BTreeSet::new();
        for (i, item) in given.items.iter().enumerate() {
            item.acceptable(&format!("items.{i}"))?;
            if !seen.insert(item.id) {
                return Err(Rejection::new(Code::ListNotAcceptable).at(format!("items.{i}.id")).given(item.id));
            }
        }
        Ok(PrintedAgendaEvent::Imported { given })
    }

    /// What stands on one of print and meeting and not on the other. An item that belongs to a determination alone was found
    /// to be no major decision, and is on no meeting of cases: it is listed all the same, and its determination tells why.
    pub fn reconcile(&self, meeting: &Meeting) -> Reconciliation {
        let tied = |item: &PrintedItem| -> Vec<CaseId> {
            let case = |(to, _): (ItemTie, &str)| match to {
                ItemTie::Case(case) => Some(case),
                ItemTie::Determination(_) => None,
            };
            self.ties_of(item.id).filter_map(case).collect()
        };
        let printed: BTreeSet<CaseId> = self.items.iter().flat_map(&tied).collect();
        let there: BTreeSet<CaseId> = meeting.items.iter().map(|i| i.case).collect();
        let wanted = meeting.items.iter().filter(|i| i.state != ItemState::TakenOff).map(|i| i.case);
        let nowhere = self.items.iter().filter(|item| !tied(item).iter().any(|case| there.contains(case)));
        Reconciliation {
            not_printed: wanted.filter(|case| !printed.contains(case)).collect(),
            not_on_meeting: nowhere.map(|item| item.id).collect(),
        }
    }

    /// A print names another day or another body than the meeting: they are not of the same session. What it does not say
    /// to the day, or does not say at all, is held against nothing.
    fn pair(&self, given: PairMeeting, session: &HeldSession) -> Result<PrintedAgendaEvent, Rejection> {
        check::text("reason", &given.reason)?;
        if let Some(paired) = &self.meeting {
            return Err(Rejection::new(Code::AlreadyThere).at("meeting").given(paired.meeting));
        }
        let other = |at: &str| Rejection::new(Code::AgendaNotOfMeeting).at(at);
        if let Some(day) = self.head.held_on().filter(|day| *day != session.held_on) {
            return Err(other("held").given(day).needed(session.held_on));
        }
        if let Some(printed) = &self.head.organ {
            // A print may say the name in full and the directory in short, or the other way round.
            let same = |known: &String| printed.ends_with(known.as_str()) || known.ends_with(printed.as_str());
            if !session.organs.iter().any(same) {
                return Err(other("organ").given(printed).needed(session.organs.join(", ")));
            }
        }
        Ok(PrintedAgendaEvent::Paired { given })
    }

    /// What an act does to it. `session` is what is known of the meeting that it is to be paired with.
    ///
    /// # Errors
    /// A [`Rejection`] where it may not happen.
    pub fn decide(
        &self,
        act: PrintedAgendaAct,
        session: Option<&HeldSession>,
        on: On,
    ) -> Result<PrintedAgendaEvent, Rejection> {
        on.acceptable()?;
        match act {
            PrintedAgendaAct::AddItem(given) => {
                given.item.acceptable("item")?;
                check::text("reason", &given.reason)?;
                check::count("items", self.items.len() + 1, 1)?;
                Ok(PrintedAgendaEvent::ItemAdded { given })
            }
            PrintedAgendaAct::Link(given) => {
                check::text("reason", &given.reason)?;
                self.item(given.item)?;
                if self.tied(&given) {
                    return Err(Rejection::new(Code::AlreadyThere).at("to").given(given.to));
                }
                Ok(PrintedAgendaEvent::ItemLinked { given })
            }
            PrintedAgendaAct::Unlink(given) => {
                check::text("reason", &given.reason)?;
                self.item(given.item)?;
                if !self.tied(&given) {
                    return Err(Rejection::new(Code::NotFound).at("to").given(given.to));
                }
                Ok(PrintedAgendaEvent::ItemUnlinked { given })
            }
            PrintedAgendaAct::Pair(given) => {
                let missing = || Rejection::new(Code::NotFound).at("meeting").given(given.meeting);
                let session = session.ok_or_else(missing)?;
                self.pair(given, session)
            }
            PrintedAgendaAct::Unpair(given) => {
                check::text("reason", &given.reason)?;
                if self.meeting.is_none() {
                    return Err(Rejection::new(Code::NotFound).at("meeting"));
                }
                Ok(PrintedAgendaEvent::Unpaired { given })
            }
        }
    }
}
