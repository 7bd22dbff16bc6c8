//! Meetings of the deciding body: calling them, taking attendance, following their agenda, issuing minutes.

use std::sync::Arc;

use dingce_domain::act::Member;
use dingce_domain::code::Code;
use dingce_domain::definition::PostKind;
use dingce_domain::id::{EventId, MeetingId, UnitId};
use dingce_domain::meeting::{CallMeeting, Meeting, MeetingAct};
use dingce_domain::occasion::{Actor, Manner};
use dingce_domain::rejection::Rejection;

use super::cases::Asked;
use crate::app::App;
use crate::error::AppError;
use crate::policy::Right;
use crate::stream::Loaded;
use crate::write::Done;

/// Who may do an act. Confirming what one said is for whoever was there, which the meeting itself knows.
const fn right_of(act: &MeetingAct) -> Right {
    match act {
        MeetingAct::ConfirmStatement(_) => Right::ReadMeetings,
        MeetingAct::Call(_)
        | MeetingAct::CallOff(_)
        | MeetingAct::TakeAttendance(_)
        | MeetingAct::IssueMinutes(_)
        | MeetingAct::PlaceItem { .. }
        | MeetingAct::FollowItem { .. } => Right::KeepMeetings,
    }
}

impl App {
    /// Calls a meeting. Its members are those of the body on that day, as the directory knows them.
    ///
    /// # Errors
    /// `FORBIDDEN`; `DIRECTORY_UNKNOWN` where there is no such body; a rejection of what is given.
    pub async fn call_meeting(&self, asked: Asked, mut given: CallMeeting) -> Result<Done, AppError> {
        if let Some(done) = self.first_answer(asked.key.as_ref()).await? {
            return Ok(done);
        }
        let hat = self.entitled(asked.who, Right::KeepMeetings).await?;
        given.members = self.members(hat.organ, &given).await?;
        let id = MeetingId::new(self.chance.id(self.now()));
        self.on_meeting(asked, hat.actor, hat.organ, id, MeetingAct::Call(given)).await
    }

    /// Does an act on a meeting that is called.
    ///
    /// # Errors
    /// `FORBIDDEN`, `NOT_FOUND`, or a rejection by the meeting itself.
    pub async fn act_on_meeting(&self, asked: Asked, id: MeetingId, act: MeetingAct) -> Result<Done, AppError> {
        if let Some(done) = self.first_answer(asked.key.as_ref()).await? {
            return Ok(done);
        }
        let hat = self.entitled(asked.who, right_of(&act)).await?;
        let missing = || AppError::not_found(id);
        let loaded = self.load::<Meeting>(id).await?.filter(|l| l.tip.organ == hat.organ).ok_or_else(missing)?;
        self.documents_known(act.documents()).await?;
        self.on_meeting(asked, hat.actor, loaded.tip.organ, id, act).await
    }

    /// A meeting as it stands; none where there is none.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn meeting(&self, id: MeetingId) -> Result<Option<Arc<Loaded<Meeting>>>, AppError> {
        self.load::<Meeting>(id).await
    }

    async fn on_meeting(
        &self,
        asked: Asked,
        actor: Actor,
        organ: UnitId,
        id: MeetingId,
        act: MeetingAct,
    ) -> Result<Done, AppError> {
        self.manner_known(&asked.manner).await?;
        let on = self.on(&asked.manner);
        // What somebody said is theirs alone to confirm, never a delegate's.
        let person = asked.who.acting_for.is_none().then_some(asked.who.person);
        let writing = self.writing(actor, asked.manner, organ, asked.key);
        self.write::<Meeting, _>(id, writing, |loaded| {
            let event = Meeting::decide(loaded.map(|l| &l.state), act.clone(), on, person)?;
            Ok(event.into_iter().map(Into::into).collect())
        })
        .await
    }

    /// Records on a meeting what a case did with it.
    pub(crate) async fn meeting_follows(
        &self,
        id: MeetingId,
        act: MeetingAct,
        answers: (EventId, String),
    ) -> Result<Done, AppError> {
        let loaded = self.load::<Meeting>(id).await?.ok_or_else(|| AppError::not_found(id))?;
        let on = self.on(&Manner::Online);
        self.write::<Meeting, _>(id, self.follow_up(loaded.tip.organ, answers), |loaded| {
            let event = Meeting::decide(loaded.map(|l| &l.state), act.clone(), on, None)?;
            Ok(event.into_iter().map(Into::into).collect())
        })
        .await
    }

    /// Members of the body on the day of the meeting, as the directory knows them.
    async fn members(&self, organ: UnitId, given: &CallMeeting) -> Result<Vec<Member>, AppError> {
        let directory = self.directory(organ).await?;
        let directory = &directory.state;
        let unknown = |code: &String| Rejection::new(Code::DirectoryUnknown).at("body").given(code);
        let body = match &given.body {
            None => None,
            Some(code) => Some(directory.body(code, given.held_on).ok_or_else(|| unknown(code))?),
        };
        let mut members: Vec<Member> = Vec::new();
        for (person, post) in directory.body_members(body, given.held_on) {
            let head = post.kind == PostKind::Head;
            // One person is one member, with one voice, whatever number of posts they hold; as head, where they are.
            match members.iter_mut().find(|m| m.person == person) {
                Some(known) if known.head || !head => {}
                Some(known) => (known.post_title, known.head) = (post.title.clone(), true),
                None => members.push(Member {
                    person,
                    name: directory.persons.get(&person).cloned().unwrap_or_default(),
                    post_title: post.title.clone(),
                    head,
                }),
            }
        }
        Ok(members)
    }
}
