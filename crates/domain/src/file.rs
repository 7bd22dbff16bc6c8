//! The content of a case: everything that is not finite. Gates do not look at it; data checks do.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::act;
use crate::drafting::DraftingFile;
use crate::event::{BrokenRule, DefinitionRef, StageRef};
use crate::hearing::HearingFile;
use crate::holding::Holdings;
use crate::id::{CaseId, ConsultationId, Digest, DraftId, EngagementId, EntryId, IrregularityId, PersonId, UnitId};
use crate::time::{Run, Zone};
use crate::verb::Verb;
use crate::words::{
    AdviserKind, ClockId, Disclosure, DocumentRef, DraftChange, EvaluationVoice, ExpertStance, LegalityConclusion,
    MatterClass, OverlayId, Relation, Retention, RoleId, StageId, Volume,
};

/// One version of the draft.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// Its id.
    pub id: DraftId,
    /// Its number, from 1.
    pub number: u32,
    /// How it relates to the one before.
    pub change: DraftChange,
    /// Digests of its documents.
    pub documents: Vec<DocumentRef>,
    /// The day on which it was there, where the record says.
    pub added_on: Option<Date>,
}

/// A clock of the case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseClock {
    /// The clock in motion.
    pub run: Run,
    /// Who holds the matter while it runs.
    pub holder: RoleId,
    /// Whether it is on the record that the last day that it has is near.
    pub due_soon: bool,
    /// Whether its end was recorded.
    pub ended: bool,
    /// The volume in which all that becomes of it is filed.
    pub volume: Volume,
}

impl CaseClock {
    /// Takes the clock as it is from now on. What was said of its last day is said no longer where it has none, or a later one.
    pub(crate) fn moved(&mut self, run: Run) {
        self.due_soon &= run.due_no_later_than(&self.run);
        self.run = run;
    }

    /// Whether the last day of this clock, or of the same clock under another calendar, is to be put on record as near.
    pub(crate) fn says_soon(&self, run: &Run, today: Date) -> bool {
        let said = self.due_soon && run.due_no_later_than(&self.run);
        !said && !self.ended && !run.elapsed(today) && run.warns_on().is_some_and(|on| on <= today)
    }

    /// The instant from which time alone has something to say of it; none where its end is on record, while paused, and while pending.
    pub fn speaks_at(&self, zone: Zone) -> Option<Timestamp> {
        let due_on = self.run.due_on().filter(|_| !self.ended)?;
        let warns_on = self.run.warns_on().filter(|_| !self.due_soon);
        Some(warns_on.map_or_else(|| zone.end_of(due_on), |on| zone.start_of(on)))
    }
}

/// An approval that was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approvals {
    /// Who asked for it and, under delegation, for whom.
    pub asked_by: BTreeSet<PersonId>,
    /// Who has spoken, in their order.
    pub given: Vec<ApprovalVoice>,
}

/// One who approved or refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApprovalVoice {
    /// In which role.
    pub role: RoleId,
    /// Who and, under delegation, for whom.
    pub persons: BTreeSet<PersonId>,
    /// Whether they approved.
    pub approves: bool,
}

/// When a matter that was under way elsewhere was begun, and when it came here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Onboarding {
    /// Day on which it was begun.
    pub begun_on: Date,
    /// Day on which it came here.
    pub onboarded_on: Date,
}

/// The consultation under way or last closed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsultationRef {
    /// Its stream.
    pub id: ConsultationId,
    /// The version consulted on.
    pub draft: DraftId,
    /// First day.
    pub opens_on: Date,
    /// Last day.
    pub closes_on: Date,
    /// How many comments came in time, once closed.
    pub received: Option<u64>,
}

/// One expert of a review.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PanelExpert {
    /// Code, theirs alone in the review.
    pub code: String,
    /// Their account, if they have one.
    pub person: Option<PersonId>,
    /// Name as of the appointment.
    pub name: String,
    /// Whether they are of the undertaking unit.
    pub in_house: bool,
    /// What they declared: whether they have a direct interest; nothing before they did.
    pub interest: Option<bool>,
    /// Number of the event by which it was entered from paper for somebody who has an account: their own word takes its
    /// place.
    pub interest_entered: Option<u64>,
    /// Whether they were released.
    pub released: bool,
    /// Where they stand, once they gave their opinion.
    pub stance: Option<ExpertStance>,
    /// Number of the event by which it was entered from paper for somebody who has an account: their own word takes its
    /// place.
    pub stance_entered: Option<u64>,
}

impl PanelExpert {
    /// Whether their opinion is asked for: no interest declared, not released.
    pub fn sits(&self) -> bool {
        !self.released && self.interest != Some(true)
    }

    /// Whether nothing is owed by them.
    pub fn done(&self) -> bool {
        !self.sits() || (self.interest.is_some() && self.stance.is_some())
    }
}

/// The expert review under way or last held.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PanelFile {
    /// The version reviewed.
    pub draft: DraftId,
    /// The experts, in the order of appointment.
    pub experts: Vec<PanelExpert>,
    /// Day on which they last had materials.
    pub informed_on: Option<Date>,
}

impl PanelFile {
    /// An expert by code.
    pub fn expert(&self, code: &str) -> Option<&PanelExpert> {
        self.experts.iter().find(|e| e.code == code)
    }

    /// Whether all who are left have given their opinions, and somebody has.
    pub fn heard(&self) -> bool {
        self.experts.iter().all(PanelExpert::done) && self.experts.iter().any(|e| e.sits() && e.stance.is_some())
    }
}

/// One opinion of an adviser in the round of legality review under way, or why there is none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AdviceGiven {
    /// Number of its event.
    pub n: u64,
    /// The adviser's part.
    pub kind: AdviserKind,
    /// Whose it is, where they gave it themselves.
    pub by: Option<PersonId>,
    /// The engagement that it was taken over from.
    pub engagement: Option<EngagementId>,
    /// Whether it says that nobody of that part could advise.
    pub absent: bool,
}

impl AdviceGiven {
    /// Whether it takes the place of an earlier one: the newest of a person stands, and whoever advises is not absent.
    pub fn replaces(&self, earlier: &Self) -> bool {
        let same = (self.by.is_some() && self.by == earlier.by)
            || (self.engagement.is_some() && self.engagement == earlier.engagement);
        self.kind == earlier.kind && (earlier.absent || (same && !self.absent))
    }
}

/// The meeting under way or last held.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MeetingFile {
    /// How the matter was placed on its agenda.
    pub called: act::ConveneMeeting,
    /// Attendance, once taken.
    pub attendance: Option<act::RecordAttendance>,
    /// Positions, in the order of entry.
    pub positions: Vec<act::RecordPosition>,
}

impl MeetingFile {
    /// Whose word is the decision: the head's, or that of whoever the head has entrusted.
    pub fn decider(&self) -> Option<PersonId> {
        decider(&self.called.members, self.attendance.as_ref())
    }
}

/// Whose word is the decision, of these members and with this attendance.
pub fn decider(members: &[act::Member], attendance: Option<&act::RecordAttendance>) -> Option<PersonId> {
    let entrusted = attendance.and_then(|a| a.entrusted.as_ref()).map(|e| e.person);
    entrusted.or_else(|| members.iter().find(|m| m.head).map(|m| m.person))
}

/// An irregularity on the record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Irregularity {
    /// What was done.
    pub verb: Verb,
    /// Which rules it broke.
    pub broken: Vec<BrokenRule>,
    /// Number of its event in the stream.
    pub n: u64,
    /// Whether it is open.
    pub open: bool,
    /// The volume in which it is filed, with its cure.
    pub volume: Volume,
}

/// Events in a row that are filed in one volume.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filed {
    /// Which volume.
    pub volume: Volume,
    /// Number of the first.
    pub first: u64,
    /// Number of the last.
    pub last: u64,
}

/// A document on file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FiledDocument {
    /// The document, under the name by which it came first.
    pub document: DocumentRef,
    /// The stage it came in first.
    pub stage: Option<StageId>,
    /// Number of the event it came with first.
    pub n: u64,
    /// Whether an act of publication released it to the public; never taken back.
    pub released: bool,
    /// What its newest review for release found; nothing before one.
    pub disclosure: Option<DisclosureFinding>,
    /// Where its paper original lies, where that is known.
    pub paper: Option<act::RecordPaperOriginal>,
}

/// What a review for release found of a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DisclosureFinding {
    /// How it is disclosed.
    pub attribute: Disclosure,
    /// The article it rests on; empty where it is published.
    pub basis: String,
    /// Who reviewed it, with unit, as of the review.
    pub by: String,
    /// Number of the event.
    pub n: u64,
    /// When it is to be looked at again; nothing where it is published.
    pub again_on: Option<Date>,
}

/// The decision as published.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Published {
    /// When.
    pub on: Date,
    /// How opinions were adopted.
    pub adoption_account: Option<String>,
    /// The newest explanation.
    pub explanation: Option<String>,
    /// All that is published of it, in the order in which it was.
    pub documents: Vec<DocumentRef>,
}

impl Published {
    pub(crate) fn add(&mut self, documents: &[DocumentRef]) {
        for document in documents {
            if !self.documents.iter().any(|known| known.digest == document.digest) {
                self.documents.push(document.clone());
            }
        }
    }
}

/// The content of a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct File {
    /// The case.
    pub id: CaseId,
    /// The decision organ.
    pub organ: UnitId,
    /// The definition it runs under.
    pub definition: DefinitionRef,
    /// Its stages, in order.
    pub stages: Vec<StageRef>,
    /// Name of the matter.
    pub title: String,
    /// Class of decision.
    pub class: Option<MatterClass>,
    /// The undertaking unit.
    pub undertaking_unit: UnitId,
    /// Versions of the draft, oldest first.
    pub drafts: Vec<Draft>,
    /// The newest version that was cleared, and how.
    pub cleared: Option<(DraftId, Option<LegalityConclusion>)>,
    /// The day on which it was cleared.
    pub cleared_on: Option<Date>,
    /// The version that the meeting adopted.
    pub decided: Option<DraftId>,
    /// Rounds of legality review, so far.
    pub review_rounds: u32,
    /// What advisers said in the round of legality review under way, or why there is nothing of their part.
    pub advice: Vec<AdviceGiven>,
    /// What somebody said again: number of the event that is replaced, and of the one that stands in its place. Both stay.
    pub replaced: BTreeMap<u64, u64>,
    /// The consultation.
    pub consultation: Option<ConsultationRef>,
    /// The hearing.
    pub hearing: Option<HearingFile>,
    /// Whether it was decided to hold a hearing, and none was reported on since.
    pub hearing_decided: bool,
    /// The expert review.
    pub panel: Option<PanelFile>,
    /// The meeting.
    pub meeting: Option<MeetingFile>,
    /// Where it was under way elsewhere before it came here.
    #[serde(default)]
    pub onboarded: Option<Onboarding>,
    /// Irregularities.
    pub irregularities: BTreeMap<IrregularityId, Irregularity>,
    /// Clocks.
    pub clocks: BTreeMap<ClockId, CaseClock>,
    /// The day on which acts that others must follow were last done; a text that carries out the decision counts as
    /// `add_draft_version`.
    pub days: BTreeMap<Verb, Date>,
    /// What persons have been to this case.
    pub hats: BTreeMap<PersonId, BTreeSet<Relation>>,
    /// Day of issue.
    pub issued_on: Option<Date>,
    /// How it was published, once it was.
    pub published: Option<Published>,
    /// Number of the issued document.
    pub document_no: Option<String>,
    /// The unit that carries it out.
    pub executing_unit: Option<UnitId>,
    /// Comments on the execution: by number, whether they are answered.
    pub execution_comments: BTreeMap<u32, bool>,
    /// The unit named to evaluate the decision.
    pub evaluating_unit: Option<UnitId>,
    /// Voices that the evaluation under way answered for.
    pub voices: BTreeSet<EvaluationVoice>,
    /// Third party of the risk assessment under way.
    pub assessing_party: Option<String>,
    /// Who did the main assessment before the decision.
    pub assessors: Assessors,
    /// The decision that this one would take the place of.
    pub adjusts: Option<CaseId>,
    /// The catalogue entry it comes from.
    pub entry: Option<EntryId>,
    /// How long each volume that was checked is kept.
    pub retention: BTreeMap<Volume, Retention>,
    /// Approvals asked for, by stage: those of the newest request.
    #[serde(default)]
    pub approvals: BTreeMap<StageId, Approvals>,
    /// Which events are filed in which volume, in their order and without gap.
    pub filed: Vec<Filed>,
    /// All documents attached.
    pub documents: BTreeMap<Digest, FiledDocument>,
    /// What of drafting goes with the file to the meeting.
    pub drafting: DraftingFile,
    /// Special laws that apply to the matter.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub overlays: BTreeSet<OverlayId>,
    /// Who held the matter, against which clock.
    #[serde(default)]
    pub holdings: Holdings,
}

/// The units that a case names: roles bind to them, and those who belong to them may read it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CaseUnits {
    /// The undertaking unit.
    pub undertaking: UnitId,
    /// The executing unit, once the decision is issued.
    pub executing: Option<UnitId>,
    /// The evaluating unit, once an evaluation started.
    pub evaluating: Option<UnitId>,
}

/// Who did the main assessment before the decision: barred from evaluating it after (R713 art. 36).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Assessors {
    /// Units that assessed themselves.
    pub units: BTreeSet<UnitId>,
    /// Third parties that assessed for a unit, by [`plain_name`].
    pub third_parties: BTreeSet<String>,
}

/// A name without what people write differently each time: blanks, punctuation, full and half width, upper and lower case.
pub fn plain_name(name: &str) -> String {
    let half_width = |c: char| match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        other => other,
    };
    name.chars().map(half_width).filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

impl CaseUnits {
    /// All of them.
    pub fn all(self) -> impl Iterator<Item = UnitId> {
        std::iter::once(self.undertaking).chain(self.executing).chain(self.evaluating)
    }
}

fn volume_in(filed: &[Filed], n: u64) -> Option<Volume> {
    let at = filed.partition_point(|run| run.last < n);
    filed.get(at).filter(|run| run.first <= n).map(|run| run.volume)
}

impl File {
    /// Whether a part of advisers is answered for in the round of legality review under way.
    pub fn advised(&self, kind: AdviserKind) -> bool {
        self.advice.iter().any(|advice| advice.kind == kind)
    }

    /// How many events are filed in a volume.
    pub fn count(&self, volume: Volume) -> u64 {
        self.filed.iter().filter(|run| run.volume == volume).map(|run| run.last - run.first + 1).sum()
    }

    /// The volume in which an event is filed; `None` for one that is not there.
    pub fn volume_of(&self, n: u64) -> Option<Volume> {
        volume_in(&self.filed, n)
    }

    pub(crate) fn file(&mut self, volume: Volume, n: u64) {
        match self.filed.last_mut() {
            Some(run) if run.volume == volume => run.last = n,
            _ => self.filed.push(Filed { volume, first: n, last: n }),
        }
    }

    /// The units that the case names.
    pub const fn units(&self) -> CaseUnits {
        CaseUnits {
            undertaking: self.undertaking_unit,
            executing: self.executing_unit,
            evaluating: self.evaluating_unit,
        }
    }

    /// The current version of the draft.
    pub fn current(&self) -> Option<&Draft> {
        self.drafts.last()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_the_same_however_it_is_written() {
        let plain = plain_name("湛江市ABC咨询(有限)公司");
        for same in ["湛江市 ＡＢＣ 咨询（有限）公司", " 湛江市abc咨询有限公司 ", "湛江市Abc咨询·有限公司。"]
        {
            assert_eq!(plain_name(same), plain, "{same}");
        }
        assert_ne!(plain_name("湛江市ABD咨询(有限)公司"), plain);
    }

    #[test]
    fn every_event_is_filed_once_and_found_again() {
        let filed = |volume, first, last| Filed { volume, first, last };
        let runs = [
            filed(Volume::Decision, 1, 4),
            filed(Volume::Execution, 5, 5),
            filed(Volume::Decision, 6, 7),
            filed(Volume::Evaluation, 8, 9),
        ];
        for run in runs {
            for n in run.first..=run.last {
                assert_eq!(volume_in(&runs, n), Some(run.volume), "{n}");
            }
        }
        assert_eq!((volume_in(&runs, 0), volume_in(&runs, 10)), (None, None));
    }
}
