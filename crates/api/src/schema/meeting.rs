//! Meetings of the deciding body and their agendas.

use std::sync::Arc;

use async_graphql::{Context, Description, ID, InputObject, Object, Result, SimpleObject};
use dingce_app::AppError;
use dingce_app::policy::Right;
use dingce_app::ports::{Filter, ReadRow, RowQuery, Value};
use dingce_app::read_rows::{MeetingItemRow, MeetingRow};
use dingce_domain::act::{AbsentMember, Member, Observer};
use dingce_domain::id::{CaseId, PersonId};
use dingce_domain::meeting::{ItemState, Meeting as State};
use dingce_domain::words::Outcome;

use super::case::DecisionCase;
use super::determination::PrintedAgenda;
use super::errors::Failure;
use super::scope::Scope;
use crate::convert::words::MeetingState;
use crate::convert::{Date, Long, Word};

/// A member of the body on the day of the meeting.
#[derive(Debug, Clone, SimpleObject)]
pub struct BodyMember {
    /// Id of the person.
    pub person: ID,
    /// Name as of that day.
    pub name: String,
    /// Post as of that day.
    pub post_title: String,
    /// Whether they are the administrative head.
    pub head: bool,
    /// Whether they were present; none before attendance was taken.
    pub present: Option<bool>,
    /// Why they were absent; empty where they were not.
    pub absence_reason: String,
    /// What they sent in writing; empty where nothing was.
    pub written_view: String,
}

/// Somebody who attends without being a member 列席.
#[derive(Debug, Clone, SimpleObject)]
pub struct MeetingObserver {
    /// Unit.
    pub unit: String,
    /// Name and post.
    pub name: String,
}

impl From<Observer> for MeetingObserver {
    fn from(Observer { unit, name }: Observer) -> Self {
        Self { unit, name }
    }
}

/// Attendance of a session.
#[derive(Debug, Clone, SimpleObject)]
pub struct SessionAttendance {
    /// How many members were present.
    pub present: Long,
    /// How many members the body has.
    pub members: Long,
    /// Id of who presided.
    pub chair: ID,
    /// Id of who decides in the head's place; none where the head does.
    pub entrusted: Option<ID>,
    /// By which instrument of the head.
    pub entrusted_basis: Option<String>,
    /// Who took the record.
    pub recorder: String,
    /// Who attended without being a member.
    pub observers: Vec<MeetingObserver>,
}

/// What a member said of the record of a matter.
#[derive(Debug, Clone, SimpleObject)]
pub struct StatementConfirmation {
    /// Id of the case.
    pub case: ID,
    /// Id of the member.
    pub person: ID,
    /// Whether the record is true.
    pub agrees: bool,
    /// What is not so.
    pub remark: String,
}

/// The minutes of a meeting 会议纪要.
#[derive(Debug, Clone, SimpleObject)]
pub struct Minutes {
    /// Number of the document.
    pub document_no: String,
    /// Day of issue.
    pub issued_on: Date,
    /// SHA-256 of each document, as it can be fetched.
    pub documents: Vec<String>,
}

/// A matter on the agenda of a meeting.
#[derive(Debug, Clone, Description)]
pub struct AgendaItem {
    meeting: Arc<State>,
    at: usize,
}

#[Object(use_type_description)]
impl AgendaItem {
    /// Its place on the agenda, from 1.
    async fn no(&self) -> Long {
        Long(self.at as u64 + 1)
    }

    /// Name of the matter when it was placed.
    async fn title(&self) -> &str {
        &self.meeting.items[self.at].title
    }

    /// What became of it.
    async fn state(&self) -> Word<ItemState> {
        Word(self.meeting.items[self.at].state)
    }

    /// What the head decided; none before.
    async fn outcome(&self) -> Option<Word<Outcome>> {
        self.meeting.items[self.at].outcome.map(Word)
    }

    /// Its case; null where the reader may not see it.
    async fn case(&self, ctx: &Context<'_>) -> Result<Option<DecisionCase>> {
        Ok(DecisionCase::find(Scope::of(ctx)?, &self.meeting.items[self.at].case.to_string()).await?)
    }

    /// A draft of its record, written from what was recorded of it: for whoever signs it. Null where the reader may not
    /// see the case.
    async fn record_draft(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        let scope = Scope::of(ctx)?;
        let case = self.meeting.items[self.at].case;
        if scope.case_row(case).await?.is_none() {
            return Ok(None);
        }
        let draft = scope.app.draft_record(&self.meeting, case).await.map_err(|error| scope.fail(error))?;
        Ok(draft.map(|text| scope.lang.of(text)))
    }
}

/// A meeting of the deciding body, with all matters on its agenda.
#[derive(Debug, Clone, Description)]
pub struct Meeting {
    row: MeetingRow,
    state: Arc<State>,
}

impl Meeting {
    /// The meeting of a row.
    ///
    /// # Errors
    /// Where the row is of another program's shape.
    pub fn of(row: MeetingRow, scope: &Scope) -> std::result::Result<Self, Failure> {
        let state = serde_json::from_str(&row.meeting_json)
            .map_err(|error| scope.fail(AppError::internal("reading the row of a meeting", error)))?;
        Ok(Self { row, state: Arc::new(state) })
    }

    /// The meeting with this id, where the reader may see it.
    ///
    /// # Errors
    /// Where the store fails, or the reader holds no post.
    pub async fn find(scope: &Scope, id: &str) -> std::result::Result<Option<Self>, Failure> {
        if !scope.app.allowed(&scope.hats().await?, Right::ReadMeetings) {
            return Ok(None);
        }
        let organ = scope.organ().await?.to_string();
        let row = scope.one::<MeetingRow>(id).await?.filter(|row| row.organ == organ);
        row.map(|row| Self::of(row, scope)).transpose()
    }

    /// The meeting.
    pub fn held(&self) -> &State {
        &self.state
    }

    /// Those matters on its agenda that are of these cases.
    pub fn items_of(&self, cases: &[CaseId]) -> Vec<AgendaItem> {
        let of = |at: &usize| cases.contains(&self.state.items[*at].case);
        let item = |at| AgendaItem { meeting: Arc::clone(&self.state), at };
        (0..self.state.items.len()).filter(of).map(item).collect()
    }

    fn member(&self, member: &Member) -> BodyMember {
        let Member { person, name, post_title, head } = member;
        let attendance = self.state.attendance.as_ref();
        let absent: Option<&AbsentMember> =
            attendance.and_then(|a| a.absent.iter().find(|absent| absent.person == *person));
        BodyMember {
            person: id(person),
            name: name.clone(),
            post_title: post_title.clone(),
            head: *head,
            present: attendance.map(|a| a.present.contains(person)),
            absence_reason: absent.map(|a| a.reason.clone()).unwrap_or_default(),
            written_view: absent.map(|a| a.written_view.clone()).unwrap_or_default(),
        }
    }
}

fn id(person: &PersonId) -> ID {
    person.to_string().into()
}

#[Object(use_type_description)]
impl Meeting {
    /// Its id. Opaque.
    pub async fn id(&self) -> ID {
        self.row.meeting.as_str().into()
    }

    /// Name of the session.
    async fn session(&self) -> &str {
        &self.row.session
    }

    /// Code of the body in the directory; none for the executive meeting 常务会议.
    async fn body(&self) -> Option<&str> {
        self.state.called.body.as_deref()
    }

    /// Day of the meeting.
    async fn held_on(&self) -> Date {
        Date(self.state.called.held_on)
    }

    /// Where.
    async fn place(&self) -> &str {
        &self.state.called.place
    }

    /// How many days before the meeting members were told.
    async fn lead_days(&self) -> i64 {
        self.state.lead_days()
    }

    /// Where it stands.
    async fn state(&self) -> Option<Word<MeetingState>> {
        Word::of(&self.row.state)
    }

    /// Why it was called off; none where it was not.
    async fn called_off(&self) -> Option<&str> {
        self.state.called_off.as_deref()
    }

    /// Members of the body on that day.
    async fn members(&self) -> Vec<BodyMember> {
        self.state.called.members.iter().map(|m| self.member(m)).collect()
    }

    /// Who was invited without being a member.
    async fn invited(&self) -> Vec<MeetingObserver> {
        self.state.called.invited.iter().cloned().map(MeetingObserver::from).collect()
    }

    /// Attendance; none before it was taken.
    async fn attendance(&self) -> Option<SessionAttendance> {
        let given = self.state.attendance.clone()?;
        Some(SessionAttendance {
            present: Long(given.present.len() as u64),
            members: Long(self.state.called.members.len() as u64),
            chair: id(&given.chair),
            entrusted: given.entrusted.as_ref().map(|e| id(&e.person)),
            entrusted_basis: given.entrusted.map(|e| e.basis),
            recorder: given.recorder,
            observers: given.observers.into_iter().map(MeetingObserver::from).collect(),
        })
    }

    /// The agenda, in its order.
    async fn items(&self) -> Vec<AgendaItem> {
        (0..self.state.items.len()).map(|at| AgendaItem { meeting: Arc::clone(&self.state), at }).collect()
    }

    /// The agenda as it was printed for this session; none where none is named, or the reader may not see it.
    async fn printed_agenda(&self, ctx: &Context<'_>) -> Result<Option<PrintedAgenda>> {
        Ok(PrintedAgenda::of_meeting(Scope::of(ctx)?, &self.row.meeting).await?)
    }

    /// How many matters still wait for a decision or a signed record; the minutes wait for them.
    async fn open_items(&self) -> Long {
        Long::of(self.row.open_items)
    }

    /// The newest word of each member on each matter's record. It blocks nothing.
    async fn confirmations(&self) -> Vec<StatementConfirmation> {
        let told = |((case, person), given): ((_, _), &dingce_domain::meeting::ConfirmStatement)| {
            let (case, person): (CaseId, PersonId) = (case, person);
            StatementConfirmation {
                case: case.to_string().into(),
                person: id(&person),
                agrees: given.agrees,
                remark: given.remark.clone(),
            }
        };
        self.state.confirmed().into_iter().map(told).collect()
    }

    /// The minutes; none before they were issued.
    async fn minutes(&self) -> Option<Minutes> {
        self.state.minutes.as_ref().map(|m| Minutes {
            document_no: m.document_no.clone(),
            issued_on: Date(m.issued_on),
            documents: m.documents.iter().map(|d| d.digest.to_string()).collect(),
        })
    }

    /// A draft of the minutes, written from what was recorded.
    async fn minutes_draft(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        let scope = Scope::of(ctx)?;
        // Whoever may read no cases is told of none.
        if !scope.reads_all().await? {
            return Ok(None);
        }
        let draft = scope.app.draft_minutes(&self.state).await.map_err(|error| scope.fail(error))?;
        Ok(Some(scope.lang.of(draft)))
    }
}

/// That a matter was on the agenda of a meeting.
#[derive(Debug, Clone, Description)]
pub struct CaseMeeting(MeetingItemRow);

impl From<MeetingItemRow> for CaseMeeting {
    fn from(row: MeetingItemRow) -> Self {
        Self(row)
    }
}

#[Object(use_type_description)]
impl CaseMeeting {
    /// Name of the session.
    async fn session(&self) -> &str {
        &self.0.session
    }

    /// Day of the meeting.
    async fn held_on(&self) -> Option<Date> {
        self.0.held_on.parse().ok().map(Date)
    }

    /// Its place on the agenda, from 1.
    async fn no(&self) -> Long {
        Long::of(self.0.no)
    }

    /// What became of it there.
    async fn state(&self) -> Option<Word<ItemState>> {
        Word::of(&self.0.state)
    }

    /// What the head decided there; none where nothing was.
    async fn outcome(&self) -> Option<Word<Outcome>> {
        self.0.outcome.as_deref().and_then(Word::of)
    }

    /// The meeting; null where the reader may not see it.
    async fn meeting(&self, ctx: &Context<'_>) -> Result<Option<Meeting>> {
        Ok(Meeting::find(Scope::of(ctx)?, &self.0.meeting).await?)
    }
}

/// Which meetings.
#[derive(Debug, Clone, Default, InputObject)]
pub struct MeetingFilter {
    /// Only those that stand here.
    pub state: Option<Word<MeetingState>>,
    /// Only those on this day or later.
    pub from: Option<Date>,
    /// Only those that wait for something: called or held, and their minutes are not issued; or only those that do not.
    pub open: Option<bool>,
}

/// The rows that the reader may see, by day.
///
/// # Errors
/// `FORBIDDEN` where the reader may see none.
pub async fn listed(scope: &Scope, filter: MeetingFilter) -> std::result::Result<RowQuery, Failure> {
    scope.entitled(Right::ReadMeetings).await?;
    let MeetingFilter { state, from, open } = filter;
    let organ = Value::Text(scope.organ().await?.to_string());
    let mut query = RowQuery::all(MeetingRow::TABLE).with(Filter::Eq("organ", organ));
    query.filters.extend(state.map(|s| Filter::Eq("state", Value::Text(s.0.to_string()))));
    query.filters.extend(from.map(|d| Filter::Ge("held_on", Value::Text(d.0.to_string()))));
    let stands = |words: [&str; 2]| Filter::In("state", words.map(|word| Value::Text(word.to_owned())).to_vec());
    match open {
        Some(true) => query.filters.push(stands(["called", "held"])),
        Some(false) => query.filters.push(stands(["called_off", "closed"])),
        None => {}
    }
    query.order = vec!["held_on"];
    Ok(query)
}
