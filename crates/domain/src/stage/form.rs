//! The form of what is given: texts, lists and documents, apart from any case. Asked also of an act that broke a rule,
//! because whatever is recorded must be fit to be kept.

use crate::act::{
    Act, AddDraftVersion, AppointExperts, ConveneMeeting, ExpertCandidate, MaterialAnswer, RecordAttendance,
    RecordHeadDecision,
};
use crate::check;
use crate::code::Code;
use crate::rejection::Rejection;
use crate::time::days::DAYS_MAX;
use crate::words::{
    Disclosure, DocumentRef, DraftChange, ExpertSelection, LegalityConclusion, LegalityFinding, Outcome, Position,
    ReportReply, Uptake,
};

/// Whether an act is of the form that its type promises.
#[allow(clippy::too_many_lines)] // one arm an act
pub(crate) fn form(act: &Act) -> Result<(), Rejection> {
    match act {
        Act::DetermineFacts(given) => {
            check::text("reason", &given.reason)?;
            check::count("facts", given.facts.len(), usize::from(given.overlays.is_none()))
        }
        Act::RecordAbsence(given) => {
            check::text("reason", &given.reason)?;
            check::line("basis", &given.basis)?;
            check::documents(&given.documents, 0)
        }
        Act::ReaffirmEvidence(given) => text_and_documents("reason", &given.reason, &given.documents, 0),
        Act::CureIrregularity(given) => text_and_documents("how", &given.how, &given.documents, 1),
        Act::TerminateCase(given) => {
            check::text("reason", &given.reason)?;
            check::line("basis", &given.basis)
        }
        Act::TakeOverStage(given) => {
            check::line("done_by", &given.done_by)?;
            if let Some(reason) = &given.shortening_reason {
                check::text("shortening_reason", reason)?;
            }
            text_and_documents("account", &given.account, &given.documents, 1)
        }
        Act::StudyProposal(given) => text_and_documents("opinion", &given.opinion, &given.documents, 0),
        Act::DecideInitiation(given) => check::text("reason", &given.reason),
        Act::AddDraftVersion(given) => version(given),
        Act::AddFinalText(given) => text_and_documents("reason", &given.reason, &given.documents, 1),
        Act::RecordDraftingItem(given) => {
            given.content.form(given.documents.len())?;
            check::documents(&given.documents, 0)
        }
        Act::OpenSolicitation(given) => {
            check::lines("channels", &given.channels, 1)?;
            check::text("contact", &given.contact)?;
            if let Some(reason) = &given.shortening_reason {
                check::text("shortening_reason", reason)?;
            }
            check::documents(&given.documents, 1)
        }
        Act::RecordTaskProgress(given) => {
            check::text_or_empty("note", &given.note)?;
            check::documents(&given.documents, 0)
        }
        Act::CompleteTask(given) => text_and_documents("reason", &given.reason, &given.documents, 0),
        Act::RequestApproval(given) => text_and_documents("reason", &given.reason, &given.documents, 0),
        Act::GiveApproval(given) => {
            let said = if given.approves { check::text_or_empty } else { check::text };
            said("reason", &given.reason)?;
            check::documents(&given.documents, 0)
        }
        // From the consultation's own stream, and the hearing's: filled in by the record.
        Act::CloseSolicitation(_) | Act::SettleComments(_) | Act::DrawHearingParticipants(_) => Ok(()),
        Act::DecideHearing(_)
        | Act::NoticeHearing(_)
        | Act::PublishHearingParticipants(_)
        | Act::DeliverHearingMaterials(_)
        | Act::PostponeHearing(_)
        | Act::CancelHearing(_)
        | Act::OpenHearing(_)
        | Act::RecordHearingStatement(_)
        | Act::SignHearingRecord(_)
        | Act::ReportHearing(_) => crate::hearing::form(act),
        Act::RecordParticipation(given) => {
            check::text("heard", &given.heard)?;
            check::lines("groups", &given.groups, 0)?;
            if let Some(day) = given.materials_on {
                check::not_after("materials_on", day, given.held_on)?;
            }
            text_and_documents("views", &given.views, &given.documents, 1)
        }
        Act::ReportParticipation(given) => {
            check::text("summary", &given.summary)?;
            text_and_documents("feedback", &given.feedback, &given.documents, 1)
        }
        Act::AppointExperts(given) => experts(given),
        Act::DeclareInterest(given) => text_and_documents("statement", &given.statement, &given.documents, 0),
        Act::EnterInterestDeclaration(given) => {
            check::line("expert", &given.expert)?;
            text_and_documents("statement", &given.statement, &given.documents, 1)
        }
        Act::ReleaseExpert(given) => {
            check::line("expert", &given.expert)?;
            check::text("reason", &given.reason)
        }
        Act::SendExpertMaterials(given) => text_and_documents("note", &given.note, &given.documents, 1),
        Act::GiveExpertOpinion(given) => text_and_documents("text", &given.text, &given.documents, 1),
        Act::EnterExpertOpinion(given) => {
            check::line("expert", &given.expert)?;
            text_and_documents("text", &given.text, &given.documents, 1)
        }
        Act::ReportExpertReview(given) => {
            check::text_or_empty("dissent", &given.dissent)?;
            check::count("adoption", given.adoption.len(), 0)?;
            for (i, line) in given.adoption.iter().enumerate() {
                let path = format!("adoption.{i}.reason");
                check::line(&format!("adoption.{i}.expert"), &line.expert)?;
                check::text_or_empty(&path, &line.reason)?;
                if line.uptake != Uptake::Full && line.reason.trim().is_empty() {
                    return Err(Rejection::new(Code::ReasonMissing).at(path).given(line.uptake));
                }
            }
            text_and_documents("summary", &given.summary, &given.documents, 1)
        }
        Act::StartRiskAssessment(given) => {
            if let Some(third_party) = &given.third_party {
                check::line("third_party", third_party)?;
            }
            text_and_documents("plan", &given.plan, &given.documents, 0)
        }
        Act::ReportRisk(given) => {
            check::text("points", &given.points)?;
            check::text("measures", &given.measures)?;
            check::text("contingency", &given.contingency)?;
            if let Some(earlier) = &given.reused_from {
                check::line("reused_from", earlier)?;
            }
            check::documents(&given.documents, 1)
        }
        Act::SubmitForLegalityReview(given) => {
            check::count("materials", given.materials.len(), 0)?;
            for (i, answer) in given.materials.iter().enumerate() {
                if given.materials[..i].iter().any(|other| other.material == answer.material) {
                    let path = format!("materials.{i}.material");
                    return Err(Rejection::new(Code::ListNotAcceptable).at(path).given(&answer.material));
                }
                let note = format!("materials.{i}.note");
                check::text_or_empty(&note, &answer.note)?;
                if !answer.enclosed && answer.note.trim().is_empty() {
                    return Err(Rejection::new(Code::ReasonMissing).at(note).given(&answer.material));
                }
            }
            text_and_documents("note", &given.note, &given.documents, 1)
        }
        Act::ReturnSubmission(given) => check::text("reason", &given.reason),
        Act::RequestSupplement(given) => check::lines("items", &given.items, 1),
        Act::SupplySupplement(given) => text_and_documents("note", &given.note, &given.documents, 1),
        Act::RecordAdvice(given) => text_and_documents("text", &given.text, &given.documents, 0),
        Act::ConcludeLegalityReview(given) => {
            check::count("sheet", given.sheet.len(), 1)?;
            for (i, line) in given.sheet.iter().enumerate() {
                check::line_or_empty(&format!("sheet.{i}.clause"), &line.clause)?;
                check::text(&format!("sheet.{i}.basis"), &line.basis)?;
                let remark = format!("sheet.{i}.remark");
                check::text_or_empty(&remark, &line.remark)?;
                if line.finding != LegalityFinding::Lawful && line.remark.trim().is_empty() {
                    return Err(Rejection::new(Code::ReasonMissing).at(remark).given(line.finding));
                }
            }
            let statements = [
                ("no_rule_reason", &given.no_rule_reason),
                ("risk_statement", &given.risk_statement),
                ("early_statement", &given.early_statement),
            ];
            for (path, text) in statements {
                // A blank statement is none; whether one is needed is asked later.
                let blank = path == "early_statement" && text.as_ref().is_some_and(|said| said.trim().is_empty());
                if let Some(text) = text.as_ref().filter(|_| !blank) {
                    check::text(path, text)?;
                }
            }
            if given.conclusion == LegalityConclusion::RiskStated {
                let missing = statements[..2].iter().find(|(_, text)| text.is_none());
                if let Some((path, _)) = missing {
                    return Err(Rejection::new(Code::ReasonMissing).at(path).given("null"));
                }
            }
            text_and_documents("opinion", &given.opinion, &given.documents, 1)
        }
        Act::RespondToLegalityOpinion(given) => {
            check::text_or_empty("reasons", &given.reasons)?;
            if given.uptake != Uptake::Full && given.reasons.trim().is_empty() {
                return Err(Rejection::new(Code::ReasonMissing).at("reasons").given(given.uptake));
            }
            // What is not taken up goes to the organ in writing.
            check::documents(&given.documents, usize::from(given.uptake != Uptake::Full))
        }
        Act::ConfirmDraft(given) => text_and_documents("statement", &given.statement, &given.documents, 0),
        Act::RefuseConfirmation(given) => check::text("reason", &given.reason),
        Act::RequestTabling(given) => text_and_documents("note", &given.note, &given.documents, 1),
        Act::CheckTablingFile(given) => missing(given.complete, &given.missing),
        Act::ReviewTabling(given) => check::text("opinion", &given.opinion),
        Act::ApproveTabling(given) => check::text("opinion", &given.opinion),
        Act::ConveneMeeting(given) => called(given),
        Act::PostponeMeeting(given) => check::text("reason", &given.reason),
        Act::RecordAttendance(given) => attendance(given),
        Act::FindRisk(given) => check::text("reason", &given.reason),
        Act::RecordPosition(given) => {
            spoken(given.spoken_no)?;
            let dissent = matches!(given.position, Position::Disagree | Position::Reserve);
            if dissent && given.statement.trim().is_empty() {
                return Err(Rejection::new(Code::DissentReasonMissing).at("statement").given(given.position));
            }
            check::text_or_empty("statement", &given.statement)
        }
        Act::RecordHeadDecision(given) => head(given),
        Act::SignMeetingRecord(given) => check::documents(&given.documents, 1),
        Act::RecordReportReply(given) => {
            check::line("body", &given.body)?;
            check::line_or_empty("reference", &given.reference)?;
            check::text_or_empty("comments", &given.comments)?;
            if given.reply != ReportReply::Agreed && given.comments.trim().is_empty() {
                return Err(Rejection::new(Code::ReasonMissing).at("comments").given(given.reply));
            }
            check::not_before("replied_on", given.replied_on, given.sent_on)?;
            check::documents(&given.documents, 1)
        }
        Act::IssueDecision(given) => {
            check::line("document_no", &given.document_no)?;
            // A time limit gives at least one day after that of issue.
            if given.execution_due_on <= given.issued_on {
                return Err(Rejection::new(Code::ExecutionMissing)
                    .at("execution_due_on")
                    .given(given.execution_due_on)
                    .needed(format!("{}..", given.issued_on.tomorrow().unwrap_or(given.issued_on))));
            }
            let latest = given.issued_on.saturating_add(jiff::Span::new().days(i64::from(DAYS_MAX)));
            check::not_after("execution_due_on", given.execution_due_on, latest)?;
            check::documents(&given.documents, 1)
        }
        Act::PublishDecision(given) => {
            check::lines("channels", &given.channels, 1)?;
            for (path, text) in [("adoption_account", &given.adoption_account), ("explanation", &given.explanation)] {
                text.as_ref().map_or(Ok(()), |text| check::text(path, text))?;
            }
            check::documents(&given.documents, 1)
        }
        Act::PublishExplanation(given) => {
            check::lines("channels", &given.channels, 1)?;
            text_and_documents("text", &given.text, &given.documents, 0)
        }
        Act::ReviewDisclosure(given) => {
            check::line_or_empty("basis", &given.basis)?;
            if given.attribute != Disclosure::Public && given.basis.trim().is_empty() {
                return Err(Rejection::new(Code::ReasonMissing).at("basis").given(given.attribute));
            }
            text_and_documents("reason", &given.reason, &given.documents, 1)
        }
        Act::RecordPaperOriginal(given) => {
            check::line("location", &given.location)?;
            check::line_or_empty("signatory", &given.signatory)?;
            check::line_or_empty("seal", &given.seal)?;
            if given.pages == 0 {
                return Err(Rejection::new(Code::ListNotAcceptable).at("pages").given(0).needed("1.."));
            }
            Ok(())
        }
        Act::ReportExecution(given) => text_and_documents("progress", &given.progress, &given.documents, 0),
        Act::ReportExecutionTrouble(given) => {
            check::text("description", &given.description)?;
            check::text("effect", &given.effect)?;
            text_and_documents("proposal", &given.proposal, &given.documents, 0)
        }
        Act::EnterExecutionComment(given) => check::text("text", &given.text),
        Act::AnswerExecutionComment(given) => text_and_documents("handling", &given.handling, &given.documents, 0),
        Act::SuspendExecution(given) => {
            check::text("reason", &given.reason)?;
            text_and_documents("measures", &given.measures, &given.documents, 0)
        }
        Act::ResumeExecution(given) => text_and_documents("reason", &given.reason, &given.documents, 0),
        Act::AdjustExecution(given) => {
            check::line("document_no", &given.document_no)?;
            check::text("reason", &given.reason)
        }
        Act::TerminateExecution(given) => {
            check::line("meeting", &given.meeting)?;
            check::text("reason", &given.reason)?;
            text_and_documents("measures", &given.measures, &given.documents, 1)
        }
        Act::CompleteExecution(given) => text_and_documents("summary", &given.summary, &given.documents, 1),
        Act::StartEvaluation(given) => {
            check::count("triggers", given.triggers.len(), 1)?;
            for (i, trigger) in given.triggers.iter().enumerate() {
                if given.triggers[..i].contains(trigger) {
                    return Err(Rejection::new(Code::ListNotAcceptable).at(format!("triggers.{i}")).given(*trigger));
                }
            }
            if let Some(party) = &given.third_party {
                check::line("third_party", party)?;
            }
            text_and_documents("reason", &given.reason, &given.documents, 0)
        }
        Act::RecordEvaluationVoice(given) => text_and_documents("summary", &given.summary, &given.documents, 0),
        Act::ReportEvaluation(given) => {
            check::text("methods", &given.methods)?;
            check::text("results", &given.results)?;
            text_and_documents("problems", &given.problems, &given.documents, 1)
        }
        Act::ConcludeEvaluation(given) => {
            if let Some(meeting) = &given.meeting {
                check::line("meeting", meeting)?;
            }
            text_and_documents("reasons", &given.reasons, &given.documents, 0)
        }
        Act::CheckVolume(given) => {
            missing(given.complete, &given.missing)?;
            check::count("materials", given.materials.len(), 0)?;
            for (i, answer) in given.materials.iter().enumerate() {
                let twice =
                    |other: &MaterialAnswer| (&other.stage, &other.material) == (&answer.stage, &answer.material);
                if given.materials[..i].iter().any(twice) {
                    let given = format!("{}.{}", answer.stage, answer.material);
                    return Err(Rejection::new(Code::ListNotAcceptable).at(format!("materials.{i}")).given(given));
                }
                let note = format!("materials.{i}.note");
                check::text_or_empty(&note, &answer.note)?;
                if !answer.on_file && answer.note.trim().is_empty() {
                    return Err(Rejection::new(Code::ReasonMissing).at(note).given(&answer.material));
                }
            }
            Ok(())
        }
        Act::CloseVolume(_) => Ok(()),
    }
}

fn text_and_documents(path: &str, text: &str, documents: &[DocumentRef], least: usize) -> Result<(), Rejection> {
    check::text(path, text)?;
    check::documents(documents, least)
}

/// Candidates each once, and as many of them selected as there are seats.
fn experts(given: &AppointExperts) -> Result<(), Rejection> {
    check::text("question", &given.question)?;
    check::line_or_empty("pool", &given.pool)?;
    check::count("candidates", given.candidates.len(), 1)?;
    for (i, candidate) in given.candidates.iter().enumerate() {
        check::line(&format!("candidates.{i}.code"), &candidate.code)?;
        check::line(&format!("candidates.{i}.name"), &candidate.name)?;
        check::line(&format!("candidates.{i}.field"), &candidate.field)?;
        check::line_or_empty(&format!("candidates.{i}.employer"), &candidate.employer)?;
        if let Some(why) = &candidate.excluded {
            check::text(&format!("candidates.{i}.excluded"), why)?;
        }
        let before = &given.candidates[..i];
        let same = |c: &ExpertCandidate| {
            c.code == candidate.code || (candidate.person.is_some() && c.person == candidate.person)
        };
        if before.iter().any(same) {
            return Err(Rejection::new(Code::ListNotAcceptable)
                .at(format!("candidates.{i}"))
                .given(&candidate.code)
                .needed("each candidate once"));
        }
    }
    for (path, text) in [("seed", &given.seed), ("seed_source", &given.seed_source)] {
        if let Some(text) = text {
            check::line(path, text)?;
        }
    }
    selected(given)?;
    check::documents(&given.documents, 0)
}

fn selected(given: &AppointExperts) -> Result<(), Rejection> {
    let refuse = |path: &str, given: String, needed: String| {
        Err(Rejection::new(Code::ListNotAcceptable).at(path).given(given).needed(needed))
    };
    let eligible: Vec<&str> =
        given.candidates.iter().filter(|c| c.excluded.is_none()).map(|c| c.code.as_str()).collect();
    let seats = usize::try_from(given.seats).unwrap_or(usize::MAX);
    if seats == 0 || seats > eligible.len() {
        return refuse("seats", given.seats.to_string(), format!("1..{}", eligible.len()));
    }
    match given.selection {
        ExpertSelection::Chosen => {
            if given.chosen.len() != seats {
                return refuse("chosen", given.chosen.len().to_string(), seats.to_string());
            }
            for (i, code) in given.chosen.iter().enumerate() {
                if !eligible.contains(&code.as_str()) || given.chosen[..i].contains(code) {
                    return refuse(&format!("chosen.{i}"), code.clone(), "a candidate not left out, once".into());
                }
            }
            if given.seed.is_some() || given.seed_source.is_some() {
                return refuse("seed", "1".into(), "0".into());
            }
            if given.reasons.trim().is_empty() {
                return Err(Rejection::new(Code::ReasonMissing).at("reasons").given(given.selection));
            }
            check::text("reasons", &given.reasons)
        }
        ExpertSelection::Drawn => {
            if !given.chosen.is_empty() {
                return refuse("chosen", given.chosen.len().to_string(), "0".into());
            }
            if given.seed.is_some() != given.seed_source.is_some() {
                return Err(Rejection::new(Code::ReasonMissing)
                    .at("seed_source")
                    .given("null")
                    .needed("seed, seed_source"));
            }
            check::text_or_empty("reasons", &given.reasons)
        }
    }
}

fn version(given: &AddDraftVersion) -> Result<(), Rejection> {
    if given.change == DraftChange::First {
        check::text_or_empty("reason", &given.reason)?;
    } else if given.reason.trim().is_empty() {
        return Err(Rejection::new(Code::ReasonMissing).at("reason").given("").needed(given.change));
    } else {
        check::text("reason", &given.reason)?;
    }
    check::documents(&given.documents, 1)
}

/// What is missing is named exactly where something is.
fn missing(complete: bool, list: &[String]) -> Result<(), Rejection> {
    check::lines("missing", list, usize::from(!complete))?;
    if complete && !list.is_empty() {
        return Err(Rejection::new(Code::ListNotAcceptable).at("missing").given(list.len()).needed(0));
    }
    Ok(())
}

fn spoken(place: u32) -> Result<(), Rejection> {
    if place == 0 {
        return Err(Rejection::new(Code::ListNotAcceptable).at("spoken_no").given(place).needed("1.."));
    }
    Ok(())
}

fn called(given: &ConveneMeeting) -> Result<(), Rejection> {
    check::line("session", &given.session)?;
    check::line("place", &given.place)?;
    check::count("members", given.members.len(), 2)?;
    let heads = given.members.iter().filter(|m| m.head).count();
    if heads != 1 {
        return Err(Rejection::new(Code::ListNotAcceptable).at("members").given(heads).needed("1 head"));
    }
    for (i, member) in given.members.iter().enumerate() {
        if given.members[..i].iter().any(|m| m.person == member.person) {
            return Err(Rejection::new(Code::ListNotAcceptable).at(format!("members.{i}")).given(member.person));
        }
    }
    if !given.members.iter().any(|m| m.person == given.chair) {
        return Err(Rejection::new(Code::NotAMember).at("chair").given(given.chair));
    }
    Ok(())
}

fn attendance(given: &RecordAttendance) -> Result<(), Rejection> {
    check::count("present", given.present.len(), 0)?;
    check::count("absent", given.absent.len(), 0)?;
    for (i, absent) in given.absent.iter().enumerate() {
        check::line(&format!("absent.{i}.reason"), &absent.reason)?;
        check::text_or_empty(&format!("absent.{i}.written_view"), &absent.written_view)?;
    }
    check::count("recused", given.recused.len(), 0)?;
    for (i, recused) in given.recused.iter().enumerate() {
        check::text(&format!("recused.{i}.reason"), &recused.reason)?;
    }
    check::count("observers", given.observers.len(), 0)?;
    for (i, observer) in given.observers.iter().enumerate() {
        check::line(&format!("observers.{i}.unit"), &observer.unit)?;
        check::line(&format!("observers.{i}.name"), &observer.name)?;
    }
    Ok(())
}

fn head(given: &RecordHeadDecision) -> Result<(), Rejection> {
    spoken(given.spoken_no)?;
    check::text("statement", &given.statement)?;
    for (path, text) in [("reasons", &given.reasons), ("amendments", &given.amendments)] {
        if let Some(text) = text {
            check::text(path, text)?;
        }
    }
    if matches!(given.outcome, Outcome::AgreeInPrinciple | Outcome::Amend) && given.amendments.is_none() {
        return Err(Rejection::new(Code::ReasonMissing).at("amendments").given(given.outcome));
    }
    Ok(())
}
