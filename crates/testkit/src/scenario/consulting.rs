//! What happens on the consultation's own stream: comments, answers, closing.

use dingce_domain::consultation::{AnswerComment, Channel, Commenter, Consultation, ConsultationEvent, SubmitComment};
use dingce_domain::event::CaseEvent;
use dingce_domain::id::CommentId;
use dingce_domain::occasion::{Actor, Manner};
use dingce_domain::permits::Relations;
use dingce_domain::words::Uptake;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::world::{Answer, World};

fn text(over: &Map<String, Value>, field: &str, usual: &str) -> String {
    over.get(field).and_then(Value::as_str).unwrap_or(usual).to_owned()
}

impl World {
    /// Opens the consultation's stream, as the process manager does.
    pub(super) fn opens_consultation(&mut self, event: &CaseEvent) -> Result<(), String> {
        let CaseEvent::SolicitationOpened { consultation, given, .. } = event else { return Ok(()) };
        let opened = ConsultationEvent::Opened {
            case: Self::id(),
            draft: given.draft,
            title: "水价".to_owned(),
            opens_on: given.opens_on,
            closes_on: given.closes_on,
        };
        self.consultation =
            Some(Consultation::evolve(None, *consultation, &opened).map_err(|error| error.to_string())?);
        Ok(())
    }

    fn comment_named(&self, over: &Map<String, Value>) -> Result<CommentId, String> {
        let consultation = self.consultation.as_ref().ok_or("no consultation was opened")?;
        let number = over.get("number").and_then(Value::as_u64).unwrap_or(1);
        let at = usize::try_from(number).map_err(|e| e.to_string())?.saturating_sub(1);
        Ok(consultation.comments.keys().nth(at).copied().unwrap_or(CommentId::new(Uuid::from_u128(0xDEAD))))
    }

    /// Does an act on the consultation; `None` where the act is not one of those.
    pub(super) fn consult(&mut self, act: &str, over: &Map<String, Value>) -> Result<Option<Answer>, String> {
        let known = || self.consultation.clone().ok_or_else(|| "no consultation was opened".to_owned());
        let decided = match act {
            "submit_comment" => {
                let given = SubmitComment {
                    channel: Channel::Web,
                    clause: text(over, "clause", ""),
                    text: super::acts::long(&text(over, "text", "阶梯水价过高")),
                    suggests_hearing: false,
                };
                let commenter = Commenter { name: text(over, "name", ""), contact: text(over, "contact", "") };
                let on = self.occasion(Actor::Public, Relations::default(), Manner::Online);
                known()?.receive(given, &commenter, "ABCDE".to_owned(), &on).map(Some)
            }
            "answer_comment" => {
                let uptake = Uptake::from_word(&text(over, "uptake", "full")).ok_or("no such uptake")?;
                let comment = self.comment_named(over)?;
                known()?.answer(AnswerComment { comment, uptake, reason: text(over, "reason", "已采纳") }).map(Some)
            }
            "consultation_time_passes" => Ok(known()?.time_passes(self.today)),
            _ => return Ok(None),
        };
        self.drawn += 0x10;
        let event = match decided {
            Err(rejection) => return Ok(Some(Err(rejection))),
            Ok(None) => return Ok(Some(Ok(Vec::new()))),
            Ok(Some(event)) => event,
        };
        let before = self.consultation.take();
        let id = before.as_ref().map(|c| c.id).ok_or("no consultation was opened")?;
        self.consultation = Some(Consultation::evolve(before, id, &event).map_err(|e| e.to_string())?);
        Ok(Some(Ok(vec![serde_json::to_value(&event).map_err(|e| e.to_string())?])))
    }
}
