//! What comes after the decision: reporting, issue, publication, execution, evaluation, and the volumes.

use dingce_domain::act::Act;
use dingce_domain::control::{Adoption, DraftState, Ending, Evaluation, Execution, Filing, VOLUMES};
use dingce_domain::words::{EvaluationConclusion, EvaluationVoice, ReportReply, StageKind, Status, Volume};

use super::{Auditor, Sheet, rule};

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Executed {
    pub execution: Execution,
    entered: u32,
    answered: u32,
    /// What an evaluation asks for and nobody has done.
    pub due: Option<EvaluationConclusion>,
}

impl Default for Executed {
    fn default() -> Self {
        Self { execution: Execution::NotBegun, entered: 0, answered: 0, due: None }
    }
}

impl Executed {
    pub fn begun(&self) -> bool {
        self.execution != Execution::NotBegun
    }

    fn goes_on(&self) -> bool {
        matches!(self.execution, Execution::InForce | Execution::Suspended)
    }

    pub fn over(&self) -> bool {
        self.begun() && !self.goes_on()
    }

    pub fn unanswered(&self) -> bool {
        self.answered < self.entered
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Evaluated {
    pub evaluation: Evaluation,
    voices: Vec<EvaluationVoice>,
    pub once_concluded: bool,
}

impl Default for Evaluated {
    fn default() -> Self {
        Self { evaluation: Evaluation::None, voices: Vec::new(), once_concluded: false }
    }
}

impl Evaluated {
    pub fn runs(&self) -> bool {
        self.evaluation != Evaluation::None
    }

    pub fn concluded(&self) -> bool {
        self.evaluation == Evaluation::Concluded
    }

    fn hearing(&self) -> bool {
        matches!(self.evaluation, Evaluation::Started | Evaluation::Heard)
    }
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Archive {
    pub looked_at: bool,
    checked: [bool; VOLUMES],
    pub closed: [bool; VOLUMES],
}

impl Archive {
    pub fn filing(&self) -> [Filing; VOLUMES] {
        std::array::from_fn(|volume| match (self.checked[volume], self.closed[volume]) {
            (_, true) => Filing::Closed,
            (true, false) => Filing::Checked,
            (false, false) => Filing::Open,
        })
    }
}

impl Auditor<'_> {
    pub(super) fn issued(&self) -> bool {
        self.of(StageKind::Issuance).any(|(_, seen)| seen.sheet == Sheet::Once(true))
    }

    fn executed(&self) -> Executed {
        let found = self.stages.iter().find_map(|seen| match &seen.sheet {
            Sheet::Execution(executed) => Some(executed.clone()),
            _ => None,
        });
        found.unwrap_or_default()
    }

    fn all(&self, kind: StageKind, absent_too: bool) -> bool {
        self.of(kind).all(|(at, _)| match self.status(at) {
            Status::Completed => true,
            Status::Absent => absent_too,
            _ => false,
        })
    }

    /// The text that goes out is the one decided, or one that carries the decision out and was confirmed.
    fn settled(&self) -> bool {
        match self.adopted {
            Adoption::None => false,
            Adoption::Agreed => matches!(self.text.state, DraftState::Decided | DraftState::Confirmed),
            Adoption::InPrinciple => self.text.state == DraftState::Confirmed,
        }
    }

    pub(super) fn follows(&self, act: &Act, at: usize) -> Result<(), &'static str> {
        match (&self.stages[at].sheet, act) {
            (Sheet::Reporting(reply), Act::RecordReportReply(_)) => {
                rule(self.adopted != Adoption::None && reply.is_none() && !self.issued(), "nothing to report")?;
                self.enters(at)
            }
            (Sheet::Once(done), Act::IssueDecision(_)) => {
                rule(self.adopted != Adoption::None && self.cleared() && self.settled(), "no settled text")?;
                rule(self.all(StageKind::PreIssuanceReporting, true), "not reported")?;
                rule(self.all(StageKind::CollectiveDeliberation, false), "the record is not signed")?;
                rule(self.irregular == 0 && !done, "irregular, or issued")?;
                self.enters(at)
            }
            (Sheet::Once(done), Act::PublishDecision(_)) => {
                rule(self.issued() && !done, "not issued, or published")?;
                self.enters(at)
            }
            (Sheet::Once(done), Act::PublishExplanation(_)) => rule(self.issued() && *done, "not published"),
            (Sheet::Execution(seen), act) => self.executes(seen, act, at),
            (Sheet::Evaluation(seen), act) => {
                rule(self.executed().begun() && self.filed(Volume::Decision), "nothing to evaluate yet")?;
                match act {
                    Act::StartEvaluation(given) => {
                        rule(!seen.runs() || seen.concluded(), "runs")?;
                        self.enters(at)?;
                        rule(!self.assessors.contains(&given.evaluating_unit), "assessed before")
                    }
                    Act::RecordEvaluationVoice(_) => rule(seen.hearing(), "not open"),
                    Act::ReportEvaluation(_) => rule(seen.evaluation == Evaluation::Heard, "not all were heard"),
                    Act::ConcludeEvaluation(_) => {
                        rule(seen.evaluation == Evaluation::Reported, "not reported")?;
                        self.leaves(at)
                    }
                    _ => Err("another stage's"),
                }
            }
            (Sheet::Archive(archive), act) => self.files(archive, act, at),
            _ => Err("another stage's"),
        }
    }

    fn executes(&self, seen: &Executed, act: &Act, at: usize) -> Result<(), &'static str> {
        rule(seen.begun(), "not begun")?;
        let suspended = seen.execution == Execution::Suspended;
        match act {
            Act::EnterExecutionComment(_) | Act::AnswerExecutionComment(_) => Ok(()),
            Act::SuspendExecution(_) => rule(seen.execution == Execution::InForce, "not in force"),
            Act::ResumeExecution(_) => {
                rule(suspended && seen.due != Some(EvaluationConclusion::Stop), "not suspended, or to be ended")
            }
            Act::CompleteExecution(_) => {
                rule(seen.execution == Execution::InForce, "not in force")?;
                rule(!seen.unanswered() && seen.due.is_none(), "something is owed")?;
                self.leaves(at)
            }
            Act::ReportExecution(_)
            | Act::ReportExecutionTrouble(_)
            | Act::AdjustExecution(_)
            | Act::TerminateExecution(_) => rule(seen.goes_on(), "over"),
            _ => Err("another stage's"),
        }
    }

    fn files(&self, archive: &Archive, act: &Act, at: usize) -> Result<(), &'static str> {
        let (volume, closes) = match act {
            Act::CheckVolume(given) => (given.volume, false),
            Act::CloseVolume(given) => (given.volume, true),
            _ => return Err("another stage's"),
        };
        let general = |volume| self.def.stages.iter().any(|s| s.kind.is_general() && s.volume() == Some(volume));
        // Somebody has begun what is filed there.
        let begun = |volume| {
            self.def.stages.iter().enumerate().any(|(at, s)| {
                let at_work = matches!(self.status(at), Status::Active | Status::Completed);
                s.kind.is_general() && s.volume() == Some(volume) && at_work
            })
        };
        let decided = self.filed(Volume::Decision);
        match volume {
            Volume::Decision => {
                let ended = self.ended.is_some();
                if self.has(StageKind::Issuance) {
                    let published = self.issued() && self.all(StageKind::Publication, true);
                    rule(ended || published, "not published")?;
                }
                if general(volume) || !self.has(StageKind::Issuance) {
                    rule(ended || self.finished(volume), "not finished")?;
                }
                rule(!self.records_owed(), "a record is not signed")?;
                if closes { self.leaves(at)? } else { self.enters(at)? }
            }
            Volume::Execution => {
                let executed = self.executed();
                rule(decided && (executed.begun() || begun(volume)), "not begun")?;
                rule(!executed.goes_on() && !executed.unanswered(), "goes on")?;
                rule(!general(volume) || self.finished(volume), "not finished")?;
            }
            Volume::Evaluation => {
                let evaluation = self.stages.iter().find_map(|seen| match &seen.sheet {
                    Sheet::Evaluation(evaluated) => Some(evaluated.clone()),
                    _ => None,
                });
                let evaluation = evaluation.unwrap_or_default();
                let other = !evaluation.runs() && begun(volume);
                rule(decided && (evaluation.concluded() || other), "not concluded")?;
                rule(!general(volume) || self.finished(volume), "not finished")?;
            }
        }
        rule(self.irregular == 0, "irregular")?;
        rule(!closes || archive.checked[volume as usize], "not checked")
    }

    pub(super) fn followed(&mut self, act: &Act, at: usize) {
        match (&mut self.stages[at].sheet, act) {
            (Sheet::Reporting(reply), Act::RecordReportReply(given)) => {
                *reply = Some(given.reply);
                self.replied(given.reply, at);
            }
            (Sheet::Once(done), Act::IssueDecision(_)) => {
                *done = true;
                for seen in &mut self.stages {
                    if let Sheet::Execution(executed) = &mut seen.sheet {
                        executed.execution = Execution::InForce;
                    }
                }
            }
            (Sheet::Once(done), Act::PublishDecision(_)) => *done = true,
            (Sheet::Execution(seen), act) => carry_on(seen, act),
            (Sheet::Evaluation(seen), act) => {
                let concluded = evaluate(seen, act);
                // What is filed is not touched again.
                if let Some(conclusion) = concluded.filter(|_| !self.filed(Volume::Execution)) {
                    for seen in &mut self.stages {
                        if let Sheet::Execution(executed) = &mut seen.sheet {
                            let to_do = match conclusion {
                                EvaluationConclusion::Amend | EvaluationConclusion::Stop => executed.goes_on(),
                                EvaluationConclusion::Suspend => executed.execution == Execution::InForce,
                                EvaluationConclusion::Continue => false,
                            };
                            executed.due = to_do.then_some(conclusion);
                        }
                    }
                }
            }
            (Sheet::Archive(archive), Act::CheckVolume(given)) => {
                archive.looked_at |= given.volume == Volume::Decision;
                archive.checked[given.volume as usize] = given.complete;
            }
            (Sheet::Archive(archive), Act::CloseVolume(given)) => archive.closed[given.volume as usize] = true,
            _ => {}
        }
    }

    fn replied(&mut self, reply: ReportReply, at: usize) {
        match reply {
            ReportReply::Agreed => {}
            ReportReply::WithComments => {
                self.adopted = Adoption::InPrinciple;
                // A text from before the comments does not carry them out.
                if matches!(self.text.state, DraftState::Confirmed | DraftState::Final) {
                    self.text.state = DraftState::Decided;
                }
            }
            ReportReply::NotAgreed => {
                self.stages[at].sheet = Sheet::Reporting(None);
                self.ended = Some(Ending::NotAdopted);
            }
            ReportReply::Returned => {
                self.adopted = Adoption::None;
                if self.text.state != DraftState::ToAmend {
                    self.text.state = DraftState::Working;
                }
                self.break_off();
                self.again(StageKind::PreIssuanceReporting);
            }
        }
    }
}

fn carry_on(seen: &mut Executed, act: &Act) {
    let now = match act {
        Act::EnterExecutionComment(_) => {
            seen.entered += 1;
            return;
        }
        Act::AnswerExecutionComment(_) => {
            seen.answered += 1;
            return;
        }
        Act::SuspendExecution(_) => Execution::Suspended,
        Act::ResumeExecution(_) => Execution::InForce,
        Act::AdjustExecution(_) => Execution::Adjusted,
        Act::TerminateExecution(_) => Execution::Terminated,
        Act::CompleteExecution(_) => Execution::Completed,
        _ => return,
    };
    seen.execution = now;
    let suspended_as_asked = now == Execution::Suspended && seen.due == Some(EvaluationConclusion::Suspend);
    if seen.over() || suspended_as_asked {
        seen.due = None;
    }
}

fn evaluate(seen: &mut Evaluated, act: &Act) -> Option<EvaluationConclusion> {
    match act {
        Act::StartEvaluation(_) => {
            seen.evaluation = Evaluation::Started;
            seen.voices.clear();
        }
        Act::RecordEvaluationVoice(given) => {
            seen.voices.push(given.voice);
            let all = EvaluationVoice::ALL.iter().all(|voice| seen.voices.contains(voice));
            seen.evaluation = if all { Evaluation::Heard } else { Evaluation::Started };
        }
        Act::ReportEvaluation(_) => seen.evaluation = Evaluation::Reported,
        Act::ConcludeEvaluation(given) => {
            seen.evaluation = Evaluation::Concluded;
            seen.once_concluded = true;
            return Some(given.conclusion);
        }
        _ => {}
    }
    None
}
