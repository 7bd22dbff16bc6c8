//! The second story: a matter outside the catalogue and what befalls it. Nobody comments; the head is away, and the deputy who
//! decides in the head's place speaks before the others, which is recorded, cured and held again; the Party committee has
//! remarks; the decision is suspended, and another case adjusts it.
//!
//! Matter, persons and acts are made up.

use anyhow::{Context, ensure};
use jiff::ToSpan;
use jiff::civil::Date;
use serde_json::{Value, json};

use super::road::{
    ADVISER, ARCHIVIST, DEPUTY, HEAD, LEADER, OFFICE, OFFICER, REVIEWER, SECRETARY, Teller, materials, sheet,
    submission,
};
use super::world::{Line, Person};

/// A matter that walks the whole road.
struct Matter {
    title: &'static str,
    /// Day on which its case is opened.
    begins: Date,
    /// The case whose decision it is to take the place of.
    adjusts: Option<String>,
    /// Numbers of its sessions, of its reply and of its document.
    sessions: [u32; 2],
    reply_no: &'static str,
    document_no: &'static str,
}

impl Matter {
    /// Nine o'clock, some days after it began.
    fn at(&self, days: i64) -> String {
        format!("{}T09:00", self.day(days))
    }

    fn day(&self, days: i64) -> Date {
        self.begins.saturating_add(days.days())
    }
}

/// Plays the second story.
///
/// # Errors
/// Where an act that should be accepted is refused, or one that should be refused is accepted.
pub(super) async fn play(t: &mut Teller<'_>) -> anyhow::Result<()> {
    listed(t).await.context("the catalogue of the year")?;
    let first = Matter {
        title: "麻章区农村集中供水水价调整方案",
        begins: jiff::civil::date(2024, 5, 7),
        adjusts: None,
        sessions: [11, 12],
        reply_no: "麻委复〔2024〕15号",
        document_no: "湛麻府〔2024〕9号",
    };
    prepared(t, &first).await.context("from opening to tabling")?;
    out_of_order(t, &first).await.context("the meeting at which the order was broken")?;
    decided(t, &first).await.context("the meeting held again")?;
    issued(t, &first, true).await.context("issuing")?;
    close_decision_volume(t, first.day(90)).await.context("closing the volume")?;
    let suspended = t.case.clone();
    suspend(t).await.context("suspending")?;
    let second = Matter {
        title: "麻章区农村集中供水水价调整方案（修订）",
        begins: jiff::civil::date(2024, 10, 16),
        adjusts: Some(suspended.clone()),
        sessions: [20, 21],
        reply_no: "麻委复〔2024〕33号",
        document_no: "湛麻府〔2024〕21号",
    };
    prepared(t, &second).await.context("the adjusting case, from opening to tabling")?;
    decided(t, &second).await.context("the adjusting case, at the meeting")?;
    issued(t, &second, false).await.context("the adjusting case, issuing")?;
    adjust(t, &second, suspended).await.context("adjusting")?;
    evaluated(t).await.context("evaluating")?;
    never_started(t).await.context("looking at what was never begun")
}

/// An act with its papers.
async fn put(
    t: &mut Teller<'_>,
    who: Person,
    name: &str,
    article: &str,
    what: &str,
    mut input: Value,
    papers: &[&str],
) -> anyhow::Result<Value> {
    if !papers.is_empty() {
        input["documents"] = t.documents(who, papers).await?;
    }
    t.act(who, name, article, what, input).await
}

async fn listed(t: &mut Teller<'_>) -> anyhow::Result<()> {
    t.case.clear();
    t.at("2024-05-06T09:00").await?;
    let catalogue = json!({
        "organ": "湛江市麻章区人民政府", "year": 2024, "title": "湛江市麻章区人民政府2024年度重大行政决策事项目录（演示）",
        "consent_stated": ["区政府", "区委"], "party_consent_stated": true, "published": "2024-05-06",
        "entries": [{ "no": "1", "title": "麻章区城区内涝治理工程（演示）", "undertaking_unit": "麻章区农业农村和水务局" }]
    });
    let source = json!({ "source": catalogue.to_string(), "format": "JSON" });
    t.act(OFFICE, "importCatalogues", "R713 3", "2024年度目录公布，所列一项后来始终未启动", source).await?;
    Ok(())
}

async fn prepared(t: &mut Teller<'_>, m: &Matter) -> anyhow::Result<()> {
    t.case.clear();
    t.at(&m.at(0)).await?;
    let unit = t.world.id("water")?;
    let what = match m.adjusts {
        None => "目录外事项立项登记：目录不是重大行政决策的定义",
        Some(_) => "立项登记：对执行中的决策作重大调整，履行完整程序",
    };
    let opened = t
        .act(
            OFFICE,
            "openCase",
            "R713 3, 10, 37",
            what,
            json!({
                "title": m.title, "summary": "调整农村集中供水居民生活用水价格，对低收入家庭设保障水量。",
                "class": "PUBLIC_POLICY", "proposer": "UNIT", "undertakingUnit": unit, "adjusts": m.adjusts,
                "facts": [{ "name": "operators_touched", "bool": false }, { "name": "technical", "bool": false }]
            }),
        )
        .await?;
    t.case = opened["case"]["id"].as_str().context("the case has an id")?.to_owned();
    let study = json!({ "opinion": "成本监审表明现价不能弥补运行费用，必要、可行。", "recommends": true });
    put(t, OFFICER, "studyProposal", "R713 10", "研究论证：建议启动", study, &["研究论证报告.txt"]).await?;
    let start = json!({ "start": true, "undertakingUnit": unit, "reason": "同意启动。" });
    put(t, HEAD, "decideInitiation", "R713 11", "决定启动，明确承办单位", start, &[]).await?;
    drafted(t, m).await.context("drafting")?;
    asked(t, m).await.context("participation and risk")?;
    reviewed(t, m).await.context("the legality review")
}

async fn drafted(t: &mut Teller<'_>, m: &Matter) -> anyhow::Result<()> {
    t.at(&m.at(2)).await?;
    let papers = ["水价调整方案（草案）.txt", "起草说明.txt"];
    put(t, OFFICER, "addDraftVersion", "R713 12", "提交草案", json!({ "change": "FIRST" }), &papers).await?;
    let draft = t.draft().await?;
    let day = m.day(2);
    for (who, name, article, what, mut input) in [
        (
            OFFICER,
            "recordBasisList",
            "R713 12",
            "梳理法律依据清单",
            json!({ "bases": [{
                "name": "重大行政决策程序暂行条例", "number": "国务院令第713号", "articles": "第三条", "supports": "决策程序"
            }] }),
        ),
        (
            OFFICER,
            "recordDepartmentConsultation",
            "R713 13",
            "征求部门意见，无分歧",
            json!({ "consulted": [{
                "unit": "区发展和改革局", "askedOn": day, "repliedOn": day, "stance": "AGREES", "views": "无意见。"
            }] }),
        ),
        (
            OFFICER,
            "recordUnitLegalCheck",
            "R713 12",
            "承办单位合法性初审",
            json!({ "checkedBy": "政策法规股", "lawful": true, "opinion": "未发现违反上位法的内容。" }),
        ),
        (
            LEADER,
            "recordLeadershipMeeting",
            "通行做法",
            "承办单位集体研究通过",
            json!({
                "heldOn": day, "session": "局党组会议", "present": "领导班子成员5人", "agreed": true,
                "conclusion": "同意按程序报审。"
            }),
        ),
    ] {
        input["draft"] = draft.clone();
        put(t, who, name, article, what, input, &[&format!("{name}-{day}.txt")]).await?;
    }
    let absent = json!({
        "stage": "expert", "ground": "NOT_APPLICABLE", "reason": "不属于专业性、技术性较强的事项。",
        "basis": "暂行条例第十九条"
    });
    put(
        t,
        OFFICER,
        "recordAbsence",
        "R713 19, 26",
        "专家论证不适用：谁、为何、依据，一并记载",
        absent,
        &["不适用说明.txt"],
    )
    .await?;
    Ok(())
}

async fn release(t: &mut Teller<'_>, who: Person, papers: &[&str]) -> anyhow::Result<()> {
    let found = json!({ "attribute": "PUBLIC", "reason": "不涉及国家秘密、商业秘密和个人隐私。" });
    put(t, who, "reviewDisclosure", "信息公开条例 17", "发布审查：认定为主动公开", found, papers).await?;
    Ok(())
}

async fn asked(t: &mut Teller<'_>, m: &Matter) -> anyhow::Result<()> {
    t.at(&m.at(3)).await?;
    let draft = t.draft().await?;
    let notice = json!({
        "draft": draft, "opensOn": m.day(3), "closesOn": m.day(33), "channels": ["区政府门户网站", "供水站公告栏"],
        "contact": "麻章区农业农村和水务局水务股"
    });
    release(t, OFFICER, &["征求意见公告.txt"]).await?;
    put(t, OFFICER, "openSolicitation", "R713 15", "公开征求意见30日", notice, &["征求意见公告.txt"]).await?;
    let plan = json!({ "draft": draft, "plan": "走访用水户，抽样问卷。", "thirdParty": null });
    put(t, OFFICER, "startRiskAssessment", "R713 22", "启动风险评估", plan, &["风险评估方案.txt"]).await?;
    t.at(&m.at(24)).await?;
    let evidence = t.documents(OFFICER, &["座谈会签到表和记录（扫描件）.txt"]).await?;
    let symposium = json!({
        "draft": draft, "form": "SYMPOSIUM", "heldOn": m.day(13), "heard": "用水户代表9人，其中低收入家庭2人。",
        "views": "多数同意；有人要求分两年到位。", "offline": { "occurredOn": m.day(13), "evidence": evidence }
    });
    let what = "补录11天前线下召开的座谈会：发生日期与录入日期分别记载";
    put(t, OFFICER, "recordParticipation", "R713 14", what, symposium, &["座谈会记录.txt"]).await?;
    t.at(&m.at(35)).await?;
    let report = json!({ "summary": "公开征求意见期间未收到意见（零意见亦为结果）；座谈会意见已研究采纳。", "feedback": "区政府门户网站" });
    let what = "公众参与报告：公开征求意见零意见，如实报告并公开";
    put(t, OFFICER, "reportParticipation", "R713 18", what, report, &["公众参与情况报告.txt"]).await?;
    let risk = json!({
        "level": "LOW", "proposesControllable": true, "points": "低收入家庭负担。", "measures": "每户每月4立方米保障水量。",
        "contingency": "价格应急预案。"
    });
    put(t, OFFICER, "reportRisk", "R713 23", "提交风险评估报告（低风险），建议认定可控", risk, &["风险评估报告.txt"])
        .await?;
    Ok(())
}

async fn reviewed(t: &mut Teller<'_>, m: &Matter) -> anyhow::Result<()> {
    t.at(&m.at(36)).await?;
    let draft = t.draft().await?;
    let note =
        json!({ "draft": draft, "note": "已履行公众参与、风险评估；专家论证不适用。", "materials": submission() });
    put(t, OFFICER, "submitForLegalityReview", "R713 26", "送合法性审查", note, &["送审材料.txt"]).await?;
    t.at(&m.at(40)).await?;
    let advice = json!({ "kind": "LEGAL_ADVISER", "text": "未见违法情形。" });
    put(t, ADVISER, "recordAdvice", "R713 28", "法律顾问出具意见", advice, &["法律顾问意见书.txt"]).await?;
    let absent = json!({ "kind": "GOVERNMENT_LAWYER", "absent": true, "text": "公职律师外出办案。", "documents": [] });
    put(t, REVIEWER, "recordAdvice", "R713 28", "公职律师缺席，登记理由", absent, &[]).await?;
    t.at(&m.at(50)).await?;
    let conclusion = json!({
        "draft": draft, "conclusion": "LAWFUL", "sheet": sheet("LAWFUL"), "opinion": "权限、程序、内容均合法。"
    });
    let papers = ["合法性审查意见书.txt"];
    put(t, REVIEWER, "concludeLegalityReview", "R713 25-27", "审查意见：合法", conclusion, &papers).await?;
    t.at(&m.at(51)).await?;
    let request = json!({ "draft": draft, "note": "请予审议。" });
    put(t, OFFICER, "requestTabling", "R713 29", "提请审议", request, &["上会材料.txt"]).await?;
    put(t, OFFICE, "checkTablingFile", "R713 29", "核对上会材料", json!({ "complete": true }), &[]).await?;
    let agrees = json!({ "agrees": true, "opinion": "同意上会。" });
    put(t, DEPUTY, "reviewTabling", "R713 29", "分管副区长审核同意", agrees, &[]).await?;
    let approves = json!({ "approves": true, "opinion": "同意。" });
    put(t, HEAD, "approveTabling", "R713 29", "区长同意列入议题", approves, &[]).await?;
    Ok(())
}

/// A session at which the head is away, a deputy presides and decides, up to the positions of the others. Gives the meeting.
async fn session(t: &mut Teller<'_>, m: &Matter, which: usize, days: i64) -> anyhow::Result<Value> {
    let name = format!("区政府第{}次常务会议", m.sessions[which]);
    t.at(&m.at(days - 4)).await?;
    let (head, deputy) = (t.world.id(HEAD)?, t.world.id(DEPUTY)?);
    let called = json!({
        "session": name, "heldOn": m.day(days), "place": "区政府三楼会议室", "chair": head, "notifiedOn": m.day(days - 4)
    });
    let meeting = put(t, SECRETARY, "callMeeting", "R713 30", &format!("召集{name}"), called, &[]).await?;
    let meeting = meeting["meeting"]["id"].clone();
    put(t, SECRETARY, "conveneMeeting", "R713 30", "议题列入会议议程", json!({ "meeting": meeting }), &[]).await?;
    t.at(&m.at(days)).await?;
    let mut present = Vec::new();
    for who in [DEPUTY, "deputy_2", "deputy_3", "deputy_4"] {
        present.push(t.world.id(who)?);
    }
    let attendance = json!({
        "meeting": meeting, "present": present, "absent": [{ "person": head, "reason": "在省里开会" }], "chair": deputy,
        "entrusted": { "person": deputy, "basis": format!("区长委托书〔2024〕{}号", m.sessions[which]) },
        "recorder": "区政府办公室会议秘书"
    });
    let what = "区长因公缺席，书面委托常务副区长主持并决定；到会4人，过半数";
    put(t, SECRETARY, "takeSessionAttendance", "R713 30; ORG 6", what, attendance, &[]).await?;
    put(t, SECRETARY, "recordAttendance", "R713 30", "开始审议本议题，无人回避", json!({}), &[]).await?;
    let risk = json!({ "controllable": true, "reason": "保障水量可化解。" });
    put(t, SECRETARY, "findRisk", "R713 24", "会议认定风险可控", risk, &[]).await?;
    for (no, who) in (2..).zip(["deputy_2", "deputy_3", "deputy_4"]) {
        let member = t.world.id(who)?;
        let said = json!({ "member": member, "position": "AGREE", "statement": "同意。", "spokenNo": no });
        put(t, SECRETARY, "recordPosition", "R713 30", &format!("第{no}位发言：同意。"), said, &[]).await?;
    }
    Ok(meeting)
}

/// Whoever decides spoke first: recorded as it was, without effect; cured, to be held again.
async fn out_of_order(t: &mut Teller<'_>, m: &Matter) -> anyhow::Result<()> {
    let meeting = session(t, m, 0, 60).await?;
    let decision = json!({ "outcome": "AGREE", "statement": "我看可以。", "spokenNo": 1 });
    let answer = t.send(SECRETARY, "recordHeadDecision", decision).await?;
    let irregularity = answer.payload["irregularity"]["id"].clone();
    ensure!(answer.payload["irregularity"]["broken"][0]["code"] == "HEAD_NOT_LAST", "{}", answer.payload);
    t.accepted += 1;
    let when = t.when.clone();
    let what = "主持决定的负责人先于其他人发言：如实记载为违规情形，不产生决策效力";
    t.world.tell(Line { when: &when, who: SECRETARY, what, article: "R713 30", refused: None });
    let papers = ["会议记录（违规情形）.txt"];
    put(t, SECRETARY, "signMeetingRecord", "R713 30", "会议记录签字，瑕疵如实载明", json!({}), &papers).await?;
    t.at(&m.at(61)).await?;
    let cure = json!({ "irregularity": irregularity, "how": "原会议未作出决定，改期重新审议。" });
    put(t, SECRETARY, "cureIrregularity", "R713 30", "补正：改期重新审议", cure, &["补正说明.txt"]).await?;
    minutes(t, m, &meeting, 0, 61).await
}

async fn minutes(t: &mut Teller<'_>, m: &Matter, meeting: &Value, which: usize, days: i64) -> anyhow::Result<()> {
    let issued = json!({
        "meeting": meeting, "documentNo": format!("区府常纪〔2024〕{}号", m.sessions[which]), "issuedOn": m.day(days)
    });
    put(t, SECRETARY, "issueMinutes", "R713 30", "印发会议纪要", issued, &["会议纪要.txt"]).await?;
    Ok(())
}

async fn decided(t: &mut Teller<'_>, m: &Matter) -> anyhow::Result<()> {
    let meeting = session(t, m, 1, 67).await?;
    let decision = json!({ "outcome": "AGREE", "statement": "综合大家意见，同意。", "spokenNo": 5 });
    put(t, SECRETARY, "recordHeadDecision", "R713 30", "受委托副区长末位发言，作出决定：同意", decision, &[]).await?;
    put(t, SECRETARY, "signMeetingRecord", "R713 30", "会议记录签字", json!({}), &["会议记录.txt"]).await?;
    t.at(&m.at(68)).await?;
    minutes(t, m, &meeting, 1, 68).await
}

async fn issued(t: &mut Teller<'_>, m: &Matter, remarks: bool) -> anyhow::Result<()> {
    t.at(&m.at(72)).await?;
    let (reply, comments) =
        if remarks { ("WITH_COMMENTS", "施行时间推迟到秋收以后。") } else { ("AGREED", "") };
    let said = json!({
        "body": "区委", "reference": m.reply_no, "sentOn": m.day(69), "repliedOn": m.day(72), "reply": reply, "comments": comments
    });
    let what =
        if remarks { "区委答复：同意并提出意见，须修改后印发" } else { "区委答复：同意" };
    put(t, OFFICE, "recordReportReply", "R713 31", what, said, &["区委答复.txt"]).await?;
    if remarks {
        let decided = t.draft().await?;
        let text = json!({ "replaces": decided, "reason": "按区委意见推迟施行时间。" });
        put(t, OFFICER, "addFinalText", "R713 30-31", "答复意见使文本重新进入修改：形成印发稿", text, &["印发稿.txt"])
            .await?;
        t.at(&m.at(74)).await?;
        let draft = t.draft().await?;
        let statement = json!({ "draft": draft, "statement": "除施行时间外无变化。" });
        let what = "审查机构确认印发稿无其他实质变化";
        put(t, REVIEWER, "confirmDraft", "R713 25", what, statement, &["核对确认书.txt"]).await?;
    }
    t.at(&m.at(76)).await?;
    let (draft, unit) = (t.draft().await?, t.world.id("water")?);
    let document = json!({
        "draft": draft, "documentNo": m.document_no, "issuedOn": m.day(76), "executingUnit": unit,
        "executionDueOn": m.day(300)
    });
    put(t, OFFICE, "issueDecision", "R713 34", "印发，载明执行单位和期限", document, &["印发文本.txt"]).await?;
    t.at(&m.at(78)).await?;
    let published = json!({
        "publishedOn": m.day(78), "channels": ["区政府门户网站"], "adoptionAccount": "公开征求意见未收到意见。",
        "explanation": "随文发布图文解读。"
    });
    release(t, OFFICE, &["公布文本.txt"]).await?;
    put(t, OFFICE, "publishDecision", "R713 32", "公布并同步解读", published, &["公布文本.txt"]).await?;
    Ok(())
}

async fn close_decision_volume(t: &mut Teller<'_>, day: Date) -> anyhow::Result<()> {
    t.at(&format!("{day}T09:00")).await?;
    let materials = materials(&["expert"]);
    let check = json!({ "complete": true, "retention": "PERMANENT", "materials": materials });
    put(t, ARCHIVIST, "checkVolume", "R713 33", "检查决策卷：专家论证不适用，其余材料齐全", check, &[]).await?;
    put(t, ARCHIVIST, "closeVolume", "R713 33", "关闭决策卷", json!({}), &[]).await?;
    Ok(())
}

async fn suspend(t: &mut Teller<'_>) -> anyhow::Result<()> {
    t.at("2024-10-14T09:00").await?;
    let trouble = json!({
        "trouble": "CHANGE_OF_CIRCUMSTANCES", "description": "原水价格大幅上涨。", "effect": "成本测算不再成立。",
        "proposal": "建议中止执行并调整方案。"
    });
    put(t, OFFICER, "reportExecutionTrouble", "R713 35", "执行单位报告客观情况发生重大变化", trouble, &["报告.txt"])
        .await?;
    t.at("2024-10-15T09:00").await?;
    let order = json!({
        "trouble": "CHANGE_OF_CIRCUMSTANCES", "reason": "继续执行将造成亏损供水。", "measures": "暂按原价供水。"
    });
    put(t, HEAD, "suspendExecution", "R713 37", "情况紧急，区长决定先中止执行", order, &["中止执行决定.txt"]).await?;
    Ok(())
}

async fn adjust(t: &mut Teller<'_>, by: &Matter, suspended: String) -> anyhow::Result<()> {
    t.at(&by.at(80)).await?;
    let new = std::mem::replace(&mut t.case, suspended);
    let adjusted = json!({ "byCase": new, "reason": "以新方案取代：原决策保留在案，中止状态就此终结。" });
    put(t, OFFICE, "adjustExecution", "R713 37", "原决策由经完整程序作出的新决策调整，中止终结", adjusted, &[]).await?;
    t.case = new;
    close_decision_volume(t, by.day(90)).await
}

/// A year on, a unit that had no part in the assessment evaluates; its volume is closed after that of the execution.
async fn evaluated(t: &mut Teller<'_>) -> anyhow::Result<()> {
    t.at("2025-10-20T09:00").await?;
    let done = json!({ "completedOn": "2025-10-17", "summary": "新水价全面执行。" });
    put(t, OFFICER, "completeExecution", "R713 34", "执行完毕", done, &["执行总结.txt"]).await?;
    let finance = t.world.id("finance")?;
    let started = json!({
        "triggers": ["THOUGHT_NECESSARY"], "reason": "施行将满一年。", "evaluatingUnit": finance, "dueOn": "2025-12-31"
    });
    let what = "启动决策后评估，由未承担过论证评估的财政局评估";
    put(t, HEAD, "startEvaluation", "R713 36", what, started, &["评估方案.txt"]).await?;
    t.at("2025-11-20T09:00").await?;
    for voice in
        ["PUBLIC", "DEPUTIES", "CONFERENCE_MEMBERS", "PEOPLES_ORGANISATIONS", "GRASS_ROOTS", "SOCIAL_ORGANISATIONS"]
    {
        let heard = json!({ "voice": voice, "heard": true, "summary": "多数认为可以接受。" });
        put(t, FINANCE, "recordEvaluationVoice", "R713 36", &format!("听取意见（{voice}）"), heard, &[]).await?;
    }
    let report = json!({
        "methods": "抽样调查、走访。", "results": "用水量下降，成本可控。", "problems": "个别村执行不一。", "proposal": "CONTINUE"
    });
    put(t, FINANCE, "reportEvaluation", "R713 36", "提交评估报告：建议继续执行", report, &["评估报告.txt"]).await?;
    t.at("2025-11-25T09:00").await?;
    let conclusion = json!({ "conclusion": "CONTINUE", "reasons": "目标已实现。" });
    put(t, HEAD, "concludeEvaluation", "R713 36", "决策机关作出评估结论：继续执行", conclusion, &[]).await?;
    for volume in ["EXECUTION", "EVALUATION"] {
        let check = json!({
            "volume": volume, "complete": true, "retention": "PERMANENT", "materials": demanded(volume)
        });
        put(t, ARCHIVIST, "checkVolume", "R713 33", &format!("检查案卷（{volume}）"), check, &[]).await?;
        let close = json!({ "volume": volume });
        put(t, ARCHIVIST, "closeVolume", "R713 33", &format!("关闭案卷（{volume}），决策卷此前已关闭"), close, &[])
            .await?;
    }
    Ok(())
}

const FINANCE: Person = "finance_officer";

/// What the shipped definition demands of these volumes.
fn demanded(volume: &str) -> Value {
    match volume {
        "EXECUTION" => json!([
            { "stage": "implementation", "material": "execution_reports", "onFile": true },
            { "stage": "implementation", "material": "suspension", "onFile": false, "note": "未中止执行。" }
        ]),
        _ => json!([
            { "stage": "post_evaluation", "material": "evaluation_report", "onFile": true },
            { "stage": "post_evaluation", "material": "voices", "onFile": true }
        ]),
    }
}

async fn never_started(t: &mut Teller<'_>) -> anyhow::Result<()> {
    let query = "{ catalogueEntries(first: 10, filter: { neverStarted: true }) { nodes { title } } }";
    let data = t.world.officials("auditor", query, json!({})).await?;
    let titles = data["catalogueEntries"]["nodes"].as_array().cloned().unwrap_or_default();
    ensure!(
        titles.iter().any(|n| n["title"] == "麻章区城区内涝治理工程（演示）"),
        "what was never begun is listed: {data}"
    );
    let when = t.when.clone();
    let what = "审计人员列出从未启动的目录事项：麻章区城区内涝治理工程（演示）";
    t.world.tell(Line { when: &when, who: "auditor", what, article: "R713 3", refused: None });
    Ok(())
}
