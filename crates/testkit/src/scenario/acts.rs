//! The usual input of every act, and who usually does it. A story lays over it only what it is about.

use dingce_domain::definition::{Family, Material};
use dingce_domain::file::{PanelExpert, PanelFile};
use dingce_domain::id::{CaseId, ConsultationId, Digest, DraftId, IrregularityId, MeetingId};
use dingce_domain::words::{AdviserKind, ExpertStance, StageKind, Volume};
use jiff::ToSpan;
use serde_json::{Value, json};
use uuid::Uuid;

use super::world::World;
use crate::staff;

/// A document as acts name it; its digest follows from its name.
pub fn document(name: &str) -> Value {
    let digest: Digest = dingce_definition::hash(name.as_bytes());
    json!({ "digest": digest, "name": format!("{name}.pdf"), "media_type": "application/pdf", "size_bytes": name.len() })
}

/// Who usually does an act, by name of the staff.
pub fn usual_actor(act: &str) -> &'static str {
    match act {
        "open_case"
        | "onboard_case"
        | "take_over_stage"
        | "check_tabling_file"
        | "record_report_reply"
        | "issue_decision"
        | "publish_decision"
        | "publish_explanation"
        | "record_task_progress"
        | "complete_task"
        | "request_approval" => "clerk",
        "give_approval" => "office_leader",
        "decide_initiation" | "approve_tabling" | "terminate_case" | "suspend_execution" | "resume_execution" => "head",
        "start_evaluation" | "conclude_evaluation" => "head",
        "record_evaluation_voice" | "report_evaluation" => "clerk",
        "adjust_execution" | "terminate_execution" => "clerk",
        "review_tabling" => "deputy",
        "return_submission"
        | "request_supplement"
        | "conclude_legality_review"
        | "confirm_draft"
        | "refuse_confirmation" => "reviewer",
        "record_advice" => "adviser",
        "declare_interest" | "give_expert_opinion" => "expert_1",
        "convene_meeting"
        | "postpone_meeting"
        | "record_attendance"
        | "find_risk"
        | "record_position"
        | "record_head_decision"
        | "sign_meeting_record"
        | "cure_irregularity" => "secretary",
        "check_volume" | "close_volume" => "archivist",
        "close_solicitation" | "settle_comments" => "system",
        _ => "officer",
    }
}

/// Who usually does an act with this input: of the advisers, whoever is of the part that is heard.
pub fn usual_doer(act: &str, input: &Value) -> &'static str {
    match (act, input["kind"].as_str()) {
        ("record_advice", Some("government_lawyer")) => "lawyer",
        _ => usual_actor(act),
    }
}

impl World {
    fn draft(&self, number: Option<usize>) -> Value {
        let drafts = self.case.as_ref().map(|c| c.file.drafts.as_slice()).unwrap_or_default();
        let draft = match number {
            None => drafts.last(),
            Some(number) => drafts.get(number.wrapping_sub(1)),
        };
        json!(draft.map_or(DraftId::new(Uuid::from_u128(0xDEAD)), |d| d.id))
    }

    fn consultation_id(&self) -> ConsultationId {
        self.case
            .as_ref()
            .and_then(|c| c.file.consultation.as_ref())
            .map_or(ConsultationId::new(Uuid::from_u128(0xDEAD)), |c| c.id)
    }
}

/// The text, or a text of that many characters where it is `$text:N`.
pub fn long(text: &str) -> String {
    match text.strip_prefix("$text:").and_then(|n| n.parse().ok()) {
        Some(length) => "字".repeat(length),
        None => text.to_owned(),
    }
}

/// Replaces what a story names by `$…`: drafts, documents, persons, units, texts of a length.
///
/// # Errors
/// Where nothing has that name.
pub fn resolve(world: &World, value: &Value) -> Result<Value, String> {
    Ok(match value {
        Value::Array(list) => list.iter().map(|v| resolve(world, v)).collect::<Result<_, _>>()?,
        Value::Object(map) => {
            map.iter().map(|(k, v)| Ok((k.clone(), resolve(world, v)?))).collect::<Result<_, String>>()?
        }
        Value::String(text) if text.starts_with("$text:") => json!(long(text)),
        Value::String(text) if text.starts_with('$') => {
            let (name, argument) = text[1..].split_once(':').unwrap_or((&text[1..], ""));
            match name {
                "draft" => world.draft(argument.parse().ok()),
                "unknown_draft" => json!(DraftId::new(Uuid::from_u128(0xDEAD))),
                "unknown_consultation" => json!(ConsultationId::new(Uuid::from_u128(0xDEAD))),
                "this_case" => json!(world.open()?.file.id),
                "unknown_irregularity" => json!(IrregularityId::new(Uuid::from_u128(0xDEAD))),
                "document" => document(argument),
                "digest" => document(argument)["digest"].clone(),
                "person" => json!(staff::person(argument)),
                "unit" => json!(staff::unit(argument)),
                "member" => member(argument),
                "candidate" => candidate(argument.parse().map_err(|_| format!("{text} names no candidate"))?),
                "line" => sheet_line(argument),
                "control" => json!("坏\u{0}字"),
                "events" => json!(world.open()?.n),
                "filed" => {
                    let volume =
                        Volume::from_word(argument).ok_or_else(|| format!("no volume is called {argument}"))?;
                    json!(world.open()?.file.count(volume))
                }
                _ => return Err(format!("nothing is called {text}")),
            }
        }
        other => other.clone(),
    })
}

/// A line of the review sheet: `aspect=finding`.
fn sheet_line(said: &str) -> Value {
    let (aspect, finding) = said.split_once('=').unwrap_or((said, "lawful"));
    let remark = if finding == "lawful" { "" } else { "理由如下。" };
    json!({ "aspect": aspect, "clause": "", "finding": finding, "basis": "水法", "remark": remark })
}

/// A candidate; the first two have accounts, the third is of the undertaking unit.
fn candidate(number: usize) -> Value {
    let person = (number <= 2).then(|| staff::person(&format!("expert_{number}")));
    let unit = (number == 3).then(|| staff::unit("water"));
    json!({
        "code": format!("E-0{number}"), "person": person, "name": format!("专家{number}"), "field": "给排水",
        "employer": if number == 3 { "区水务局" } else { "某大学" }, "unit": unit, "excluded": null,
    })
}

/// A document number that no other case has.
fn document_no(world: &World) -> String {
    let case = world.case.as_ref().map_or(6, |case| case.file.id.uuid().as_u128() % 1_000_000_007);
    format!("区府〔2024〕{case}号")
}

fn panel(world: &World) -> Option<&PanelFile> {
    world.case.as_ref().and_then(|c| c.file.panel.as_ref())
}

fn panel_draft(world: &World) -> Value {
    panel(world).map_or_else(|| world.draft(None), |p| json!(p.draft))
}

/// Code of the first expert who sits and is so; one that nobody has where there is none.
fn expert(world: &World, is: impl Fn(&PanelExpert) -> bool) -> String {
    let found = panel(world).and_then(|p| p.experts.iter().find(|e| e.sits() && is(e)));
    found.map_or_else(|| "E-99".to_owned(), |e| e.code.clone())
}

fn member(key: &str) -> Value {
    let spec = staff::spec(key);
    json!({
        "person": staff::person(key), "name": spec.name, "post_title": spec.title, "head": key == "head",
    })
}

/// Fills in what follows from the rest of an input: the materials of the volume that is checked, all on file; what an item
/// of drafting says besides what the story says of it.
pub fn fill(world: &World, act: &str, input: &mut Value) {
    // What a story says of an item lies in what the item says.
    if let (true, Some(map)) = (act == "record_drafting_item", input.as_object_mut()) {
        let item = map.remove("item").and_then(|i| i.as_str().map(str::to_owned)).unwrap_or_default();
        let mut content = drafting_content(world, &item);
        let inside: Vec<String> = map.keys().filter(|k| *k != "draft" && *k != "documents").cloned().collect();
        for field in inside {
            content[field.as_str()] = map.remove(&field).unwrap_or_default();
        }
        map.insert("content".to_owned(), content);
    }
    // What sends a draft back finds a line that is not lawful, where a story does not say which.
    let plain = ["authority", "procedure", "substance"].map(sheet_line);
    let back = matches!(input["conclusion"].as_str(), Some("amend" | "procedure_missing" | "must_not_be_tabled"));
    if act == "conclude_legality_review" && back && input["sheet"] == json!(plain) {
        input["sheet"] = json!(["authority", "procedure=conflict", "substance=conflict"].map(sheet_line));
    }
    let volume = input.get("volume").and_then(Value::as_str).and_then(Volume::from_word);
    if let (true, Some(volume)) = (act == "check_volume" && input["materials"].is_null(), volume) {
        let on_file = |(stage, material)| json!({ "stage": stage, "material": material, "on_file": true, "note": "" });
        input["materials"] = dingce_domain::stage::demanded(&world.def, volume).map(on_file).collect();
    }
}

/// What an item of drafting usually says. Fair competition is reviewed by whoever is to do it on that day for a measure of
/// the government.
fn drafting_content(world: &World, item: &str) -> Value {
    let today = world.today;
    let mut content = match item {
        "basis_list" => json!({ "bases": [basis("重大行政决策程序暂行条例", "国务院令第713号")] }),
        "alternatives" => {
            let option = |name: &str| json!({ "name": name, "content": "分步调价。", "advantages": "负担平缓。", "drawbacks": "周期较长。" });
            json!({
                "differences": "调价幅度。", "options": [option("方案一"), option("方案二")], "preferred": 1,
                "reasons": "负担较轻。",
            })
        }
        "department_consultation" => json!({
            "none_reason": "",
            "consulted": [{
                "unit": "区财政局", "asked_on": today, "replied_on": today, "stance": "agrees", "views": "无意见。",
                "handling": "", "disputes": [],
            }],
        }),
        "cost_benefit" => json!({
            "information": "成本监审报告。", "method": "对比分析。", "costs": "年增支出120万元。", "benefits": "节水8%。",
            "conclusion": "效益大于成本。", "effect": "采用分步方案。",
        }),
        "fair_competition" => {
            let regulator = today >= jiff::civil::date(2024, 8, 1);
            json!({
                "issuer": "government",
                "reviewer": if regulator { "market_regulation" } else { "undertaking_unit" },
                "reviewing_unit": regulator.then(|| staff::unit("market")),
                "preliminary": if regulator { "初审未发现排除、限制竞争内容。" } else { "" },
                "heard": ["区供水企业：无不同意见"], "conclusion": "passes", "opinion": "符合审查标准。",
                "exception": null,
            })
        }
        "countersign" => json!({
            "signed": [{ "unit": "区财政局", "signatory": "局长", "signed_on": today, "agrees": true, "opinion": "" }],
        }),
        "leadership_meeting" => json!({
            "held_on": today, "session": "局务会2024年第3次", "present": "局领导班子成员5人", "agreed": true,
            "conclusion": "同意按程序报审。",
        }),
        _ => json!({ "checked_by": "政策法规科", "lawful": true, "opinion": "符合要求。" }),
    };
    content["item"] = json!(item);
    content
}

/// A citation as people make it; the register says nothing of it here.
fn basis(name: &str, number: &str) -> Value {
    json!({ "name": name, "number": number, "articles": "第十二条", "supports": "拟订程序。", "standing": null })
}

/// The usual input of an act; `None` where no act has that name.
pub fn usual(world: &World, act: &str) -> Option<Value> {
    let today = world.today;
    let draft = world.draft(None);
    let sheet = ["authority", "procedure", "substance"].map(sheet_line);
    let first = world.case.as_ref().is_none_or(|c| c.file.drafts.is_empty());
    let docs = |name: &str| json!([document(name)]);
    if let Some(input) = super::hearing::usual(world, act, &draft) {
        return Some(input);
    }
    Some(match act {
        "open_case" => json!({
            "title": "区城镇供水价格调整方案", "summary": "调整居民用水阶梯价格。",
            "class": (world.def.family == Family::MajorDecision).then_some("public_policy"), "proposer": "unit",
            "proposal_reference": "水务〔2024〕3号", "entry": null, "adjusts": null, "undertaking_unit": staff::unit("water"), "facts": {},
        }),
        "onboard_case" => json!({
            "opening": usual(world, "open_case"), "begun_on": "2023-11-01", "reason": "系统启用前已经启动。",
            "documents": docs("under_way"),
        }),
        "take_over_stage" => json!({
            "draft": if first { Value::Null } else { draft }, "done_by": "原承办单位", "unit": null, "account": "已于接入前完成。",
            "opened_on": null, "closed_on": null, "shortening_reason": null, "heard": null, "level": null,
            "documents": docs("late_record"),
        }),
        "determine_facts" => json!({ "facts": { "operators_touched": true }, "reason": "方案影响供水企业经营。" }),
        "record_absence" => json!({
            "ground": "not_applicable", "reason": "依法无需进行。", "basis": "暂行条例第二十二条", "documents": [],
        }),
        "reaffirm_evidence" => json!({ "draft": draft, "reason": "修改不触及原结论。", "documents": [] }),
        "cure_irregularity" => {
            let open = |case: &dingce_domain::case::Case| {
                case.file.irregularities.iter().filter(|(_, i)| i.open).map(|(id, _)| *id).next_back()
            };
            let which = world.case.as_ref().and_then(open);
            json!({
                "irregularity": which.unwrap_or(IrregularityId::new(Uuid::from_u128(0xDEAD))),
                "how": "已重新召开会议。", "documents": docs("cure"),
            })
        }
        "terminate_case" => json!({ "reason": "情况变化。", "basis": "区政府常务会议纪要" }),
        "study_proposal" => json!({ "opinion": "必要、可行。", "recommends": true, "documents": docs("study") }),
        "decide_initiation" => {
            json!({ "start": true, "undertaking_unit": staff::unit("water"), "reason": "同意启动。" })
        }
        "add_draft_version" => json!({
            "change": if first { "first" } else { "material" }, "reason": if first { "" } else { "按意见修改。" },
            "replaces": if first { Value::Null } else { draft },
            "documents": docs(&format!("draft-{}", world.case.as_ref().map_or(0, |c| c.file.drafts.len()) + 1)),
        }),
        "add_final_text" => {
            json!({ "replaces": draft, "reason": "落实会议修改意见。", "documents": docs("final-text") })
        }
        "record_drafting_item" => json!({ "item": "unit_legal_check", "draft": draft, "documents": docs("item") }),
        "open_solicitation" => json!({
            "draft": draft, "opens_on": today, "closes_on": today.saturating_add(30.days()), "shortening_reason": null,
            "channels": ["区政府门户网站"], "contact": "区水务局办公室", "documents": docs("notice"),
        }),
        "close_solicitation" => json!({
            "consultation": world.consultation_id(), "received": 2, "closing_n": 4,
            "closing_leaf": dingce_definition::hash(b"closing"),
        }),
        "settle_comments" => {
            json!({ "consultation": world.consultation_id(), "adopted": 1, "partly": 1, "not_adopted": 0 })
        }
        "record_participation" => json!({
            "draft": draft, "form": "symposium", "held_on": today, "heard": "居民代表12人，其中低收入家庭3人。",
            "groups": ["低收入家庭：社区居委会代表发言"], "views": "多数同意；有人认为过高。", "materials_on": null,
            "documents": docs("symposium"),
        }),
        "report_participation" => json!({
            "summary": "收到意见，采纳情况如下。", "feedback": "区政府门户网站", "documents": docs("participation-report"),
        }),
        "appoint_experts" => json!({
            "draft": draft, "form": "meeting", "question": "方案的必要性、可行性、科学性。", "complex": false,
            "pool": "省专家库 2024年版", "pool_version": null, "candidates": (1..=6).map(candidate).collect::<Vec<_>>(), "selection": "chosen",
            "seats": 5, "chosen": ["E-01", "E-02", "E-03", "E-04", "E-05"], "reasons": "按专业领域各选一人。",
            "seed": null, "seed_source": null, "documents": docs("appointment"),
        }),
        "declare_interest" => json!({ "interest": false, "statement": "与本事项无直接利害关系。", "documents": [] }),
        "enter_interest_declaration" => json!({
            "expert": expert(world, |e| e.interest.is_none() && e.person.is_none()), "interest": false,
            "statement": "与本事项无直接利害关系。", "documents": docs("declaration"),
        }),
        "release_expert" => {
            json!({ "expert": expert(world, |e| e.stance.is_none()), "reason": "因病不能参加。" })
        }
        "send_expert_materials" => {
            json!({ "delivered_on": today, "note": "草案、说明、成本监审报告。", "documents": docs("expert-materials") })
        }
        "give_expert_opinion" => json!({
            "draft": panel_draft(world), "stance": "support", "text": "方案可行。", "documents": docs("expert-opinion"),
        }),
        "enter_expert_opinion" => {
            let code = expert(world, |e| e.stance.is_none() && e.person.is_none());
            json!({
                "expert": code, "draft": panel_draft(world), "stance": "support", "text": "方案可行。",
                "documents": docs(&format!("expert-opinion-{code}")),
            })
        }
        "report_expert_review" => {
            let heard: Vec<_> = panel(world).into_iter().flat_map(|p| &p.experts).filter(|e| e.sits()).collect();
            let opposed = heard.iter().any(|e| e.stance == Some(ExpertStance::Oppose));
            let line = |e: &&PanelExpert| json!({ "expert": e.code, "uptake": "full", "reason": "" });
            json!({
                "summary": "专家认为方案可行。", "dissent": if opposed { "有专家认为负担过重。" } else { "" },
                "adoption": heard.iter().filter(|e| e.stance.is_some()).map(line).collect::<Vec<_>>(),
                "documents": docs("expert-report"),
            })
        }
        "start_risk_assessment" => {
            json!({ "draft": draft, "plan": "走访、抽样。", "third_party": null, "documents": docs("risk-plan") })
        }
        "report_risk" => json!({
            "level": "medium", "proposes_controllable": true, "points": "低收入家庭负担。", "measures": "设保障水量。",
            "contingency": "价格应急预案。", "reused_from": null, "documents": docs("risk-report"),
        }),
        "submit_for_legality_review" => {
            let stage = world.def.stages.iter().find(|s| s.kind == StageKind::LegalityReview);
            let enclosed = |m: &Material| json!({ "material": m.id, "enclosed": true, "note": "" });
            let materials: Vec<_> = stage.into_iter().flat_map(|s| &s.materials).map(enclosed).collect();
            let note = "已履行公众参与、风险评估。";
            json!({ "draft": draft, "note": note, "materials": materials, "documents": docs("submission") })
        }
        "return_submission" => json!({ "reason": "缺少依据清单。" }),
        "request_supplement" => json!({ "items": ["成本监审报告"] }),
        "supply_supplement" => json!({ "note": "已补充。", "documents": docs("supplement") }),
        // Whichever part is not heard yet.
        "record_advice" => {
            let heard = |kind| world.case.as_ref().is_some_and(|c| c.file.advised(kind));
            let kind = if heard(AdviserKind::LegalAdviser) { "government_lawyer" } else { "legal_adviser" };
            json!({ "kind": kind, "absent": false, "text": "未见违法之处。", "documents": docs(kind) })
        }
        "conclude_legality_review" => json!({
            "draft": draft, "conclusion": "lawful", "sheet": sheet, "opinion": "合法。", "no_rule_reason": null, "risk_statement": null,
            "early_statement": null, "documents": docs("legality-opinion"),
        }),
        "respond_to_legality_opinion" => json!({ "uptake": "full", "reasons": "", "documents": [] }),
        "confirm_draft" => json!({ "draft": draft, "statement": "与原审查稿无实质差异。", "documents": [] }),
        "refuse_confirmation" => json!({ "draft": draft, "reason": "第三条有实质变化。" }),
        "request_tabling" => json!({ "draft": draft, "note": "提请审议。", "documents": docs("meeting-file") }),
        "check_tabling_file" => json!({ "complete": true, "missing": [] }),
        "review_tabling" => json!({ "agrees": true, "opinion": "同意提请。" }),
        "approve_tabling" => json!({ "approves": true, "opinion": "同意上会。" }),
        "convene_meeting" => json!({
            "meeting": MeetingId::new(Uuid::from_u128(0x4EE7)),
            "session": "区政府第12次常务会议", "held_on": today, "place": "第一会议室", "chair": staff::person("head"),
            "members": staff::members().map(|m| member(m.key)).collect::<Vec<_>>(),
        }),
        "postpone_meeting" => json!({ "reason": "区长外出公务。" }),
        "record_attendance" => json!({
            "present": staff::members().map(|m| staff::person(m.key)).collect::<Vec<_>>(), "absent": [], "recused": [],
            "observers": [{ "unit": "区司法局", "name": "局长" }], "chair": staff::person("head"), "entrusted": null,
            "meeting_n": 2, "meeting_leaf": dingce_definition::hash(b"meeting"),
        }),
        "find_risk" => json!({ "controllable": true, "reason": "保障水量可化解。" }),
        "record_position" => json!({
            "member": staff::person("deputy"), "position": "agree", "statement": "同意。", "spoken_no": 1,
        }),
        "record_head_decision" => json!({
            "outcome": "agree", "statement": "同意。", "spoken_no": 9, "reasons": null, "amendments": null,
        }),
        "sign_meeting_record" => json!({ "documents": docs("meeting-record") }),
        "record_report_reply" => json!({
            "body": "区委", "reference": "区委〔2024〕8号", "sent_on": today, "replied_on": today, "reply": "agreed",
            "comments": "", "documents": docs("party-reply"),
        }),
        "issue_decision" => json!({
            "draft": draft, "document_no": document_no(world), "issued_on": today, "executing_unit": staff::unit("water"),
            "execution_due_on": today.saturating_add(60.days()), "documents": docs("issued"),
        }),
        "publish_decision" => json!({
            "published_on": today, "channels": ["区政府门户网站"], "wide_concern": true, "adoption_account": "意见采纳情况。",
            "explanation": "政策解读。", "documents": docs("published"),
        }),
        "publish_explanation" => json!({
            "published_on": today, "channels": ["区政府门户网站"], "text": "政策解读。", "documents": [],
        }),
        "review_disclosure" => json!({
            "attribute": "public", "basis": "", "reason": "不涉及国家秘密、商业秘密、个人隐私。",
            "documents": [document("notice"), document("published")],
        }),
        "record_paper_original" => json!({
            "document": document("published")["digest"], "location": "档案室3柜2层5盒", "pages": 12, "signatory": "林一",
            "seal": "区人民政府",
        }),
        "report_execution" => {
            json!({ "as_of": today, "progress": "已完成水表改造一期。", "documents": docs("progress") })
        }
        "report_execution_trouble" => json!({
            "trouble": "change_of_circumstances", "description": "原水价格大幅上涨。", "effect": "成本测算不再成立。",
            "proposal": "建议中止执行。", "documents": docs("trouble"),
        }),
        "enter_execution_comment" => {
            json!({ "channel": "telephone", "received_on": today, "text": "二次加压小区未按新价执行。" })
        }
        "answer_execution_comment" => json!({ "number": 1, "handling": "已核实并督促整改。", "documents": [] }),
        "suspend_execution" => json!({
            "trouble": "change_of_circumstances", "reason": "继续执行将造成亏损供水。", "measures": "暂按原价供水。",
            "documents": docs("suspension"),
        }),
        "resume_execution" => json!({ "reason": "原水价格已回落。", "documents": docs("resumption") }),
        "adjust_execution" => json!({
            "by_case": CaseId::new(Uuid::from_u128(0xCA5F)), "reason": "阶梯分档调整。", "document_no": "区府〔2025〕3号",
            "issued_on": today,
        }),
        "terminate_execution" => json!({
            "meeting": "区政府第30次常务会议", "decided_on": today, "reason": "上位政策调整。", "measures": "多收水费退还。",
            "documents": docs("termination"),
        }),
        "complete_execution" => json!({
            "completed_on": today, "summary": "新水价全面执行。", "documents": docs("completion"),
        }),
        "start_evaluation" => json!({
            "triggers": ["thought_necessary"], "reason": "实施已满一年。", "evaluating_unit": staff::unit("finance"),
            "third_party": null, "due_on": today.saturating_add(90.days()), "documents": docs("evaluation-plan"), "lineage": [],
        }),
        "record_evaluation_voice" => {
            json!({ "voice": "public", "heard": true, "summary": "多数认为可以接受。", "documents": [] })
        }
        "report_evaluation" => json!({
            "methods": "抽样调查、走访。", "results": "用水量下降，成本可控。", "problems": "二次加压小区执行不一。",
            "proposal": "continue", "documents": docs("evaluation-report"),
        }),
        "conclude_evaluation" => {
            json!({ "conclusion": "continue", "reasons": "目标已实现。", "meeting": null, "documents": [] })
        }
        "record_task_progress" => json!({ "entry": "noted", "answers": {}, "note": "", "documents": [] }),
        "complete_task" => json!({ "result": "done", "answers": {}, "reason": "已经办结。", "documents": [] }),
        "request_approval" => json!({ "answers": {}, "reason": "需要审批。", "documents": [] }),
        "give_approval" => json!({ "approves": true, "reason": "", "documents": [] }),
        "check_volume" => json!({
            "volume": "decision", "complete": true, "missing": [], "retention": "permanent", "materials": null,
        }),
        "close_volume" => json!({
            "volume": "decision", "count": world.case.as_ref().map_or(0, |c| c.file.count(Volume::Decision)),
            "root": dingce_definition::hash(b"root"),
        }),
        _ => return None,
    })
}
