//! What the record knows better than whoever asks: the session and who came, the root of the volume.

use std::sync::Arc;

use dingce_domain::act::{Act, AppointExperts, Command, ConveneMeeting, RecordAttendance};
use dingce_domain::case::Case;
use dingce_domain::code::Code;
use dingce_domain::drafting::DraftingContent;
use dingce_domain::id::{CaseId, Digest, MeetingId, PersonId, UnitId};
use dingce_domain::meeting::Meeting;
use dingce_domain::occasion::Manner;
use dingce_domain::organisation::within;
use dingce_domain::rejection::Rejection;
use dingce_domain::words::Volume;
use dingce_ledger as ledger;
use jiff::civil::Date;

use crate::app::App;
use crate::error::AppError;
use crate::stream::Loaded;

impl App {
    /// Fills in what the record knows better than the asker: the session and who came, root of the volume, how what is cited
    /// stood on the day of the act.
    pub(super) async fn complete(
        &self,
        mut command: Command,
        loaded: &Loaded<Case>,
        manner: &Manner,
    ) -> Result<Command, AppError> {
        let day = match manner {
            Manner::Online => self.today(),
            Manner::Offline { occurred_on, .. } => *occurred_on,
        };
        let organ = loaded.tip.organ;
        match &mut command.act {
            Act::DecideInitiation(given) => {
                self.unit_known(organ, given.undertaking_unit, "undertaking_unit").await?;
            }
            Act::RecordAdvice(given) => {
                let def = self.definition(loaded.state.file.definition.hash).await?;
                self.advice_taken_over(&def, loaded, given).await?;
            }
            Act::RecordDraftingItem(given) => match &mut given.content {
                DraftingContent::BasisList(list) => self.held_against_register(organ, list, day).await?,
                DraftingContent::FairCompetition(review) => {
                    if let Some(unit) = review.reviewing_unit {
                        self.market_regulator_known(organ, unit).await?;
                    }
                }
                _ => {}
            },
            Act::TakeOverStage(given) => {
                if let Some(unit) = given.unit {
                    self.unit_known(organ, unit, "unit").await?;
                }
            }
            Act::AppointExperts(given) => self.candidates_known(organ, given).await?,
            Act::IssueDecision(given) => self.unit_known(organ, given.executing_unit, "executing_unit").await?,
            Act::StartEvaluation(given) => {
                self.unit_known(organ, given.evaluating_unit, "evaluating_unit").await?;
                given.lineage = self.directory(organ).await?.state.lineage(given.evaluating_unit);
            }
            Act::AdjustExecution(given) => {
                let (document_no, issued_on) = self.adjustment(loaded, given.by_case).await?;
                given.document_no = document_no;
                given.issued_on = issued_on;
            }
            Act::DrawHearingParticipants(given) => self.fill_draw(loaded, given).await?,
            Act::PublishHearingParticipants(given) => {
                let directory = self.directory(organ).await?;
                for (i, staff) in given.staff.iter().enumerate() {
                    if let Some(person) = staff.person.filter(|p| !directory.state.persons.contains_key(p)) {
                        let path = format!("staff.{i}.person");
                        return Err(Rejection::new(Code::DirectoryUnknown).at(path).given(person).into());
                    }
                }
            }
            Act::ConveneMeeting(given) => self.session_of_meeting(organ, given).await?,
            Act::RecordAttendance(given) => self.attendance_of_session(loaded, given).await?,
            Act::CloseVolume(given) => {
                let (count, root) = self.volume_root(loaded, given.volume).await?;
                given.count = count;
                given.root = root;
            }
            _ => {}
        }
        Ok(command)
    }

    /// Candidates with an account, or of a unit of the directory, are those that it knows; one whose code is in the pool
    /// is the expert of that code, and still in it.
    async fn candidates_known(&self, organ: UnitId, given: &mut AppointExperts) -> Result<(), AppError> {
        let directory = self.directory(organ).await?;
        let today = self.today();
        given.pool_version = None;
        for (i, candidate) in given.candidates.iter_mut().enumerate() {
            let Some(known) = directory.state.pool.get(&candidate.code) else { continue };
            let here = within(today, known.from, known.until);
            if !here || candidate.name != known.name || candidate.person.is_some_and(|p| known.person != Some(p)) {
                return Err(Rejection::new(Code::DirectoryConflict)
                    .at(format!("candidates.{i}"))
                    .given(&candidate.code)
                    .needed(&known.name)
                    .into());
            }
            candidate.person = known.person;
            given.pool_version = Some(directory.state.pool_version);
        }
        for (i, candidate) in given.candidates.iter().enumerate() {
            let unknown = |field: &str, given: String| {
                Rejection::new(Code::DirectoryUnknown).at(format!("candidates.{i}.{field}")).given(given)
            };
            if let Some(person) = candidate.person.filter(|p| !directory.state.persons.contains_key(p)) {
                return Err(unknown("person", person.to_string()).into());
            }
            if let Some(unit) = candidate.unit.filter(|u| !directory.state.units.contains_key(u)) {
                return Err(unknown("unit", unit.to_string()).into());
            }
        }
        Ok(())
    }

    /// That the decision of a case can still be adjusted by another: it is of this organ, and issued.
    ///
    /// # Errors
    /// `ADJUSTMENT_NOT_DECIDED` where it is not.
    pub(super) async fn adjustable(&self, organ: UnitId, adjusted: CaseId) -> Result<(), AppError> {
        let refused = || Rejection::new(Code::AdjustmentNotDecided).at("adjusts").given(adjusted);
        let Some(loaded) = self.load::<Case>(adjusted).await? else { return Err(refused().into()) };
        if loaded.tip.organ == organ && loaded.state.file.issued_on.is_some() {
            return Ok(());
        }
        Err(refused().into())
    }

    /// Number and day of the decision that adjusts this one: of a case that names it and is issued (R713 art. 37).
    async fn adjustment(&self, adjusted: &Loaded<Case>, by: CaseId) -> Result<(String, Date), AppError> {
        let refused = || Rejection::new(Code::AdjustmentNotDecided).at("by_case").given(by);
        let Some(new) = self.load::<Case>(by).await? else { return Err(refused().into()) };
        let names_it = new.tip.organ == adjusted.tip.organ && new.state.file.adjusts == Some(adjusted.state.file.id);
        match (&new.state.file.document_no, new.state.file.issued_on) {
            (Some(document_no), Some(issued_on)) if names_it => Ok((document_no.clone(), issued_on)),
            _ => Err(refused().into()),
        }
    }

    /// What the meeting's own record says of the session on whose agenda the matter is placed.
    async fn session_of_meeting(&self, organ: UnitId, given: &mut ConveneMeeting) -> Result<(), AppError> {
        let meeting = self.meeting_of(organ, given.meeting).await?;
        meeting.state.open()?;
        let called = &meeting.state.called;
        given.session.clone_from(&called.session);
        given.held_on = called.held_on;
        given.place.clone_from(&called.place);
        given.chair = called.chair;
        given.members.clone_from(&called.members);
        Ok(())
    }

    /// Attendance of the session, without whoever withdraws from this matter.
    async fn attendance_of_session(&self, loaded: &Loaded<Case>, given: &mut RecordAttendance) -> Result<(), AppError> {
        // Before it is on an agenda, the rules say so better.
        let Some(file) = &loaded.state.file.meeting else { return Ok(()) };
        let meeting = self.meeting_of(loaded.tip.organ, file.called.meeting).await?;
        let session = meeting.state.attended()?;
        let withdraws = |person: &PersonId| given.recused.iter().any(|r| r.person == *person);
        given.present = session.present.iter().copied().filter(|p| !withdraws(p)).collect();
        given.absent.clone_from(&session.absent);
        given.observers.clone_from(&session.observers);
        given.entrusted = given.entrusted.take().or_else(|| session.entrusted.clone());
        // Whoever presides and withdraws hands over to whoever decides.
        let decides = given.entrusted.as_ref().map(|e| e.person);
        given.chair = if withdraws(&session.chair) { decides.unwrap_or(session.chair) } else { session.chair };
        given.meeting_n = meeting.tip.n;
        given.meeting_leaf = Digest::new(meeting.tip.leaf_hash);
        Ok(())
    }

    async fn meeting_of(&self, organ: UnitId, id: MeetingId) -> Result<Arc<Loaded<Meeting>>, AppError> {
        let loaded = self.load::<Meeting>(id).await?.filter(|loaded| loaded.tip.organ == organ);
        loaded.ok_or_else(|| Rejection::new(Code::NotFound).at("meeting").given(id).into())
    }

    /// Count of and RFC 6962 root over the leaves that are filed in a volume so far.
    async fn volume_root(&self, loaded: &Loaded<Case>, volume: Volume) -> Result<(u64, Digest), AppError> {
        let file = &loaded.state.file;
        let mut range = ledger::merkle::CompactRange::new();
        self.each_stored(file.id.into(), 0, loaded.tip.n, |stored| {
            if file.volume_of(stored.n) == Some(volume) {
                range.push(ledger::Digest::from_bytes(stored.event.leaf_hash));
            }
            Ok(())
        })
        .await?;
        Ok((range.size(), Digest::new(*range.root().as_bytes())))
    }
}
