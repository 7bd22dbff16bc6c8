//! The story: 湛江市麻章区农村生活污水治理专项规划(2022-2025), the one entry of a real catalogue (湛麻府办函〔2022〕76号).
//!
//! The matter, its unit and its catalogue are real; all persons, drafts and acts are made up for the demo.

mod hearing;

use anyhow::{Context, bail, ensure};
use serde_json::{Value, json};

use super::world::{Answer, CASE_QUERY, Line, Person, RECEIPT, SUBMIT_COMMENT, World, mutation};

/// What the road leaves behind.
#[derive(Debug, Clone)]
pub struct Ending {
    /// The case.
    pub case: String,
    /// Receipt of a comment that was answered.
    pub receipt: String,
    /// How many lawful acts were accepted.
    pub accepted: usize,
    /// Codes of the attempts that were refused, in order.
    pub refused: Vec<String>,
}

/// Name of the matter.
pub const TITLE: &str = "湛江市麻章区农村生活污水治理专项规划(2022-2025)";

pub(super) const OFFICE: Person = "office_officer";
pub(super) const OFFICER: Person = "water_officer";
pub(super) const LEADER: Person = "water_leader";
pub(super) const REVIEWER: Person = "justice_reviewer";
pub(super) const ADVISER: Person = "legal_adviser";
const LAWYER: Person = "government_lawyer";
const EXPERT_WATER: Person = "expert_water";
const EXPERT_PLANNING: Person = "expert_planning";
pub(super) const HEAD: Person = "head";
pub(super) const DEPUTY: Person = "deputy_1";
pub(super) const SECRETARY: Person = "meeting_secretary";
pub(super) const ARCHIVIST: Person = "archivist";

/// Whether a mutation is about the case.
fn of_case(name: &str) -> bool {
    let of_consultation = matches!(name, "answerComment" | "enterComment");
    let of_meeting = matches!(name, "callMeeting" | "takeSessionAttendance" | "issueMinutes");
    !of_consultation && !of_meeting
}

/// Who tells the story: one act after the other, on a case at a time.
pub(super) struct Teller<'w> {
    pub world: &'w mut dyn World,
    pub when: String,
    pub case: String,
    step: usize,
    pub accepted: usize,
    refused: Vec<String>,
}

impl Teller<'_> {
    pub async fn at(&mut self, when: &str) -> anyhow::Result<()> {
        self.when = when.to_owned();
        self.world.at(when).await
    }

    pub async fn send(&mut self, who: Person, name: &str, mut input: Value) -> anyhow::Result<Answer> {
        self.step += 1;
        input["idempotencyKey"] = super::world::key(&self.step.to_string());
        if !self.case.is_empty() && of_case(name) {
            input["caseId"] = json!(self.case);
        }
        let data = self.world.officials(who, &mutation(name), json!({ "input": input })).await?;
        Ok(Answer { payload: data[name].clone() })
    }

    /// An act that must be accepted.
    pub async fn act(
        &mut self,
        who: Person,
        name: &str,
        article: &str,
        what: &str,
        input: Value,
    ) -> anyhow::Result<Value> {
        let answer = self.send(who, name, input).await?;
        ensure!(answer.codes().is_empty(), "{name} by {who} at {} was refused: {}", self.when, answer.payload);
        ensure!(answer.payload["irregularity"].is_null(), "{name} by {who} was irregular: {}", answer.payload);
        self.accepted += 1;
        let when = self.when.clone();
        self.world.tell(Line { when: &when, who, what, article, refused: None });
        Ok(answer.payload)
    }

    /// An attempt that must be refused with this code.
    pub async fn refused(
        &mut self,
        who: Person,
        name: &str,
        code: &str,
        article: &str,
        what: &str,
        input: Value,
    ) -> anyhow::Result<()> {
        let answer = self.send(who, name, input).await?;
        let codes = answer.codes();
        if codes.first().map(String::as_str) != Some(code) {
            bail!("{name} by {who} at {} should be refused with {code}, but: {}", self.when, answer.payload);
        }
        self.refused.push(code.to_owned());
        let message = answer.payload["errors"][0]["message"].as_str().unwrap_or_default();
        let what = format!("{what}：{message}");
        let when = self.when.clone();
        self.world.tell(Line { when: &when, who, what: &what, article, refused: Some(code) });
        Ok(())
    }

    /// A line of the story that is no act of an official.
    pub fn tell(&mut self, who: &str, what: &str, article: &str) {
        let when = self.when.clone();
        self.world.tell(Line { when: &when, who, what, article, refused: None });
    }

    async fn document(&mut self, who: Person, name: &str) -> anyhow::Result<Value> {
        let text = format!("{TITLE}\n{name}\n本文件为演示材料。\n");
        self.world.upload(who, name, text.into_bytes()).await
    }

    pub async fn documents(&mut self, who: Person, names: &[&str]) -> anyhow::Result<Value> {
        let mut list = Vec::new();
        for name in names {
            list.push(self.document(who, name).await?);
        }
        Ok(Value::Array(list))
    }

    async fn look(&mut self, who: Person) -> anyhow::Result<Value> {
        let data = self.world.officials(who, CASE_QUERY, json!({ "id": self.case })).await?;
        Ok(data["case"].clone())
    }

    pub async fn draft(&mut self) -> anyhow::Result<Value> {
        Ok(self.look(OFFICER).await?["currentDraft"]["id"].clone())
    }
}

/// Plays the road from catalogue to closed volume.
///
/// # Errors
/// Where an act that should be accepted is refused, or one that should be refused is accepted.
pub async fn play(world: &mut dyn World) -> anyhow::Result<Ending> {
    let mut teller =
        Teller { world, when: String::new(), case: String::new(), step: 0, accepted: 0, refused: Vec::new() };
    open(&mut teller).await.context("opening the case")?;
    draft_v1(&mut teller).await.context("drafting")?;
    let receipt = branches(&mut teller).await.context("participation and risk")?;
    first_review(&mut teller).await.context("the first review")?;
    second_round(&mut teller).await.context("the second round")?;
    tabling(&mut teller).await.context("tabling")?;
    meeting(&mut teller).await.context("the meeting")?;
    issue(&mut teller).await.context("issuing and publishing")?;
    execute(&mut teller).await.context("carrying out")?;
    close(&mut teller).await.context("closing the volume")?;
    evaluate(&mut teller).await.context("evaluating")?;
    let case = teller.case.clone();
    super::prices::play(&mut teller).await.context("the second story")?;
    super::suggested::play(&mut teller).await.context("the third story")?;
    let Teller { accepted, refused, .. } = teller;
    Ok(Ending { case, receipt, accepted, refused })
}

async fn open(t: &mut Teller<'_>) -> anyhow::Result<()> {
    t.at("2022-12-14T09:00").await?;
    let unit = t.world.id("water")?;
    let catalogue = json!({
        "organ": "湛江市麻章区人民政府", "year": 2022, "title": "湛江市麻章区人民政府2022年度重大行政决策事项目录",
        "doc_no": "湛麻府办函〔2022〕76号", "issued": "2022-12-12", "published": "2022-12-14",
        "consent_stated": ["区政府"], "party_consent_stated": false,
        "entries": [{ "no": "1", "title": TITLE, "undertaking_unit": "麻章区农业农村和水务局" }]
    });
    let published = t
        .act(
            OFFICE,
            "importCatalogues",
            "R713 3",
            "导入已公布的2022年度重大行政决策事项目录（公告仅载明政府同意，党委同意未载明，系统如实标注）",
            json!({ "source": catalogue.to_string(), "format": "JSON" }),
        )
        .await?;
    let entry = published["imported"][0]["catalogue"]["entries"]["edges"][0]["node"]["id"].clone();
    t.at("2022-12-15T09:30").await?;
    let opened = t
        .act(
            OFFICE,
            "openCase",
            "R713 10",
            "依目录立项登记",
            json!({
                "title": TITLE, "summary": "编制全区农村生活污水治理专项规划，明确治理目标、模式、项目和资金。",
                "class": "PLAN", "proposer": "UNIT", "proposalReference": "", "entry": entry,
                "undertakingUnit": unit, "facts": [{ "name": "operators_touched", "bool": false }, { "name": "technical", "bool": true }]
            }),
        )
        .await?;
    t.case = opened["case"]["id"].as_str().context("the case has an id")?.to_owned();
    t.at("2022-12-16T10:00").await?;
    let documents = t.documents(OFFICER, &["决策事项研究论证报告.txt"]).await?;
    t.act(
        OFFICER,
        "studyProposal",
        "R713 10",
        "研究论证：必要、可行，建议启动",
        json!({ "opinion": "农村生活污水治理率偏低，规划必要且可行。", "recommends": true, "documents": documents }),
    )
    .await?;
    t.at("2022-12-19T15:00").await?;
    t.act(
        HEAD,
        "decideInitiation",
        "R713 11",
        "决定启动，明确承办单位",
        json!({ "start": true, "undertakingUnit": unit, "reason": "列入年度目录，同意启动。" }),
    )
    .await?;
    Ok(())
}

async fn draft_v1(t: &mut Teller<'_>) -> anyhow::Result<()> {
    t.at("2023-01-03T11:00").await?;
    let documents = t.documents(OFFICER, &["规划（草案第一稿）.txt", "起草说明.txt"]).await?;
    t.act(
        OFFICER,
        "addDraftVersion",
        "R713 12",
        "提交草案第一稿",
        json!({ "change": "FIRST", "reason": "", "replaces": null, "documents": documents }),
    )
    .await?;
    items(t, "2023-01-04T10:00").await?;
    t.at("2023-01-05T08:40").await?;
    let draft = t.draft().await?;
    let documents = t.documents(OFFICER, &["提请审议的请示.txt"]).await?;
    t.refused(
        OFFICER,
        "requestTabling",
        "LEGALITY_MISSING",
        "R713 25",
        "未经合法性审查即提请审议",
        json!({ "draft": draft, "note": "请予上会。", "documents": documents }),
    )
    .await
}

/// The items of drafting that the gate asks for, on the current version.
async fn items(t: &mut Teller<'_>, when: &str) -> anyhow::Result<()> {
    t.at(when).await?;
    let draft = t.draft().await?;
    let items = [
        (
            OFFICER,
            "recordBasisList",
            "R713 12",
            "梳理法律依据清单：逐条与法律依据库核对",
            json!({ "bases": [
                { "name": "重大行政决策程序暂行条例", "number": "国务院令第713号", "articles": "第三条", "supports": "决策程序" },
                { "name": "城乡规划法", "articles": "第十八条", "supports": "乡规划、村庄规划的内容" }
            ] }),
        ),
        (
            OFFICER,
            "recordDepartmentConsultation",
            "R713 13",
            "征求部门意见：财政部门对配套资金比例仍有异议，争议点随件报会",
            json!({ "consulted": [
                {
                    "unit": "区财政局", "askedOn": &when[..10], "repliedOn": &when[..10], "stance": "DISAGREES",
                    "views": "区级财力有限。", "handling": "增加分年度安排。",
                    "disputes": [{
                        "point": "区级配套比例", "theirView": "不超过20%。", "ourView": "30%。",
                        "reasons": "低于30%难以完成年度任务。"
                    }]
                },
                {
                    "unit": "区生态环境分局", "askedOn": &when[..10], "repliedOn": &when[..10], "stance": "AGREES",
                    "views": "无意见。"
                }
            ] }),
        ),
        (
            OFFICER,
            "recordCostBenefit",
            "R713 12",
            "开展成本效益分析，形成报告",
            json!({
                "information": "现状调查、可行性研究报告。", "method": "费用效益对比。", "costs": "总投资估算与年运行费。",
                "benefits": "水质改善、人居环境提升。", "conclusion": "总体可行。", "effect": "采用分类治理模式。"
            }),
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
                "heldOn": &when[..10], "session": "局党组会议", "present": "领导班子成员5人", "agreed": true,
                "conclusion": "同意按程序报审。"
            }),
        ),
    ];
    for (who, name, article, what, mut input) in items {
        input["draft"] = draft.clone();
        input["documents"] = t.documents(who, &[&format!("{name}-{}.txt", &when[..10])]).await?;
        t.act(who, name, article, what, input).await?;
    }
    Ok(())
}

async fn branches(t: &mut Teller<'_>) -> anyhow::Result<String> {
    t.at("2023-01-05T09:00").await?;
    let draft = t.draft().await?;
    let documents = t.documents(OFFICER, &["公开征求意见公告.txt", "规划（征求意见稿）.txt"]).await?;
    let notice = |closes: &str, reason: Value, documents: &Value| {
        json!({
            "draft": draft, "opensOn": "2023-01-05", "closesOn": closes, "shorteningReason": reason,
            "channels": ["区政府门户网站", "村务公开栏"], "contact": "麻章区农业农村和水务局水务股",
            "documents": documents
        })
    };
    t.refused(
        OFFICER,
        "openSolicitation",
        "COMMENT_PERIOD_TOO_SHORT",
        "R713 15",
        "征求意见只给12天且公告未写理由",
        notice("2023-01-17", Value::Null, &documents),
    )
    .await?;
    t.refused(
        OFFICER,
        "openSolicitation",
        "RELEASE_NOT_REVIEWED",
        "信息公开条例 17",
        "公告和征求意见稿未经发布审查即公开",
        notice("2023-02-04", Value::Null, &documents),
    )
    .await?;
    release(t, OFFICER, &documents).await?;
    t.act(
        OFFICER,
        "openSolicitation",
        "R713 14-15",
        "向社会公开征求意见30日（至2月4日24时）",
        notice("2023-02-04", Value::Null, &documents),
    )
    .await?;
    hearing::announce(t, &draft).await.context("announcing the hearing")?;
    t.at("2023-01-06T09:00").await?;
    let plan = t.documents(OFFICER, &["风险评估方案.txt"]).await?;
    t.act(
        OFFICER,
        "startRiskAssessment",
        "R713 22",
        "与征求意见并行，启动风险评估",
        json!({ "draft": draft, "plan": "走访12个村，问卷300份。", "thirdParty": null, "documents": plan }),
    )
    .await?;
    let consultation = t.look(OFFICER).await?["consultation"]["id"].clone();
    experts(t, &draft).await.context("appointing experts")?;
    t.at("2023-01-09T16:00").await?;
    hearing::apply(t).await.context("applications to the hearing")?;
    let mut receipts = Vec::new();
    for (when, text, name) in [
        ("2023-01-10T20:15", "建议优先治理水源保护区内的村庄。", ""),
        ("2023-01-20T08:05", "太平镇的管网要不要村民出钱？希望写清楚。", "陈先生"),
        ("2023-02-04T23:59", "反对集中处理站选址在村口，气味扰民。", ""),
    ] {
        t.at(when).await?;
        receipts.push(comment(t, &consultation, text, name, false).await?);
        if receipts.len() == 1 {
            t.at("2023-01-12T09:00").await?;
            hearing::draw_and_list(t).await.context("drawing the participants of the hearing")?;
        }
    }
    t.at("2023-02-06T09:00").await?;
    comment(t, &consultation, "逾期意见：请考虑冬季低温的影响。", "", true).await?;
    report_risk(t, "2023-02-06T09:30", "MEDIUM", "项目选址可能引起部分群众反对").await?;
    t.at("2023-02-06T09:45").await?;
    hearing::hold(t).await.context("the hearing")?;
    answer_all(t, "2023-02-06T10:00", &consultation).await?;
    expert_opinions(t, &draft).await.context("the expert review")?;
    participation_report(t, "2023-02-07T10:00", "收到有效意见3条，采纳2条，部分采纳1条；逾期1条一并研究。").await?;
    let receipt = receipts.into_iter().next().context("a comment was received")?;
    let found = t.world.public(RECEIPT, json!({ "code": receipt })).await?;
    ensure!(found["receipt"]["answer"]["reason"].is_string(), "the receipt finds its answer: {found}");
    Ok(receipt)
}

/// A review for release of what is about to be published.
async fn release(t: &mut Teller<'_>, who: Person, documents: &Value) -> anyhow::Result<()> {
    t.act(
        who,
        "reviewDisclosure",
        "信息公开条例 17",
        "发布审查：逐份认定为主动公开",
        json!({ "attribute": "PUBLIC", "reason": "不涉及国家秘密、商业秘密和个人隐私。", "documents": documents }),
    )
    .await?;
    Ok(())
}

async fn experts(t: &mut Teller<'_>, draft: &Value) -> anyhow::Result<()> {
    t.at("2023-01-06T10:00").await?;
    let candidate = |code: &str, person: Value, name: &str, field: &str, excluded: Value| {
        json!({
            "code": code, "person": person, "name": name, "field": field, "employer": "某高校", "unit": null,
            "excluded": excluded
        })
    };
    let (water, planning) = (t.world.id(EXPERT_WATER)?, t.world.id(EXPERT_PLANNING)?);
    let letters = t.documents(OFFICER, &["专家聘请函.txt"]).await?;
    t.act(
        OFFICER,
        "appointExperts",
        "R713 19-20",
        "从专家库候选人中公开抽取3名论证专家，种子与候选名单入卷，任何人可复算",
        json!({
            "draft": draft, "form": "MEETING", "question": "治理模式、处理工艺和资金安排的必要性、可行性、科学性。",
            "pool": "麻章区专家库 2022年版", "selection": "DRAWN", "seats": 3,
            "candidates": [
                candidate("S-01", json!(water), "秦若川", "给排水", Value::Null),
                candidate("S-02", json!(planning), "尤筑城", "城乡规划", Value::Null),
                candidate("S-03", Value::Null, "专家丙", "财政", Value::Null),
                candidate("S-04", Value::Null, "专家丁", "环境工程", json!("参与过本规划起草"))
            ],
            "documents": letters
        }),
    )
    .await?;
    t.at("2023-01-09T10:00").await?;
    let none = "与本事项及有关企业均无直接利害关系。";
    for who in [EXPERT_WATER, EXPERT_PLANNING] {
        t.act(
            who,
            "declareInterest",
            "R713 20",
            "专家本人声明无直接利害关系",
            json!({ "interest": false, "statement": none, "documents": [] }),
        )
        .await?;
    }
    let paper = t.documents(OFFICER, &["专家丙利害关系声明（扫描件）.txt"]).await?;
    t.act(
        OFFICER,
        "enterInterestDeclaration",
        "R713 20",
        "补录书面声明：专家丙持有拟中标企业股权，退出论证",
        json!({ "expert": "S-03", "interest": true, "statement": "持有有关企业股权。", "documents": paper }),
    )
    .await?;
    let opinion = t.documents(EXPERT_WATER, &["给排水专家初步意见.txt"]).await?;
    t.refused(
        EXPERT_WATER,
        "giveExpertOpinion",
        "EXPERT_MATERIALS_MISSING",
        "R713 19",
        "材料尚未送达，专家即出具意见",
        json!({ "draft": draft, "stance": "SUPPORT", "text": "同意。", "documents": opinion }),
    )
    .await?;
    let materials = t.documents(OFFICER, &["论证材料：草案、说明、现状调查.txt"]).await?;
    t.act(
        OFFICER,
        "sendExpertMaterials",
        "R713 19",
        "向专家送达论证材料，研究时间起算",
        json!({ "deliveredOn": "2023-01-09", "note": "草案、起草说明、现状调查报告。", "documents": materials }),
    )
    .await?;
    Ok(())
}

async fn expert_opinions(t: &mut Teller<'_>, draft: &Value) -> anyhow::Result<()> {
    t.at("2023-02-07T09:00").await?;
    for (who, stance, text) in [
        (EXPERT_WATER, "SUPPORT_WITH_CHANGES", "模式可行，建议提高处理站选址的卫生防护距离。"),
        (EXPERT_PLANNING, "OPPOSE", "集中处理站布点过密，与村庄规划不衔接。"),
    ] {
        let seen = t.look(who).await?;
        let stances = seen["expertReview"]["experts"].as_array().cloned().unwrap_or_default();
        ensure!(
            stances.iter().all(|e| e["stance"].is_null()),
            "opinions are sealed from {who} before their own: {seen}"
        );
        let signed = t.documents(who, &[&format!("专家论证意见（{who}，署名）.txt")]).await?;
        t.act(
            who,
            "giveExpertOpinion",
            "R713 19",
            &format!("专家出具署名意见（{stance}）：{text}"),
            json!({ "draft": draft, "stance": stance, "text": text, "documents": signed }),
        )
        .await?;
    }
    let documents = t.documents(OFFICER, &["专家论证报告.txt"]).await?;
    t.act(
        OFFICER,
        "reportExpertReview",
        "R713 20, 29",
        "形成专家论证报告，不同意见单独载明，逐份说明采纳情况",
        json!({
            "summary": "多数认为治理模式可行。", "dissent": "规划专家认为布点过密，与村庄规划不衔接。",
            "adoption": [
                { "expert": "S-01", "uptake": "FULL", "reason": "第二稿提高防护距离。" },
                { "expert": "S-02", "uptake": "PARTIAL", "reason": "减少2处布点；其余布点与村庄规划已衔接。" }
            ],
            "documents": documents
        }),
    )
    .await?;
    let seen = t.look(OFFICER).await?;
    ensure!(seen["expertReview"]["heard"] == json!(true), "the experts are heard: {seen}");
    Ok(())
}

async fn comment(
    t: &mut Teller<'_>,
    consultation: &Value,
    text: &str,
    name: &str,
    late: bool,
) -> anyhow::Result<String> {
    t.step += 1;
    let input = json!({
        "consultationId": consultation, "clause": "", "text": text, "name": name, "contact": "",
        "formToken": format!("road-form-{}", t.step)
    });
    let data = t.world.public(SUBMIT_COMMENT, json!({ "input": input })).await?;
    let payload = &data["submitComment"];
    ensure!(payload["errors"].as_array().is_some_and(Vec::is_empty), "the comment was refused: {payload}");
    ensure!(payload["late"] == json!(late), "the comment is marked as it came: {payload}");
    t.accepted += 1;
    let what = if late { "公众逾期意见，照收并标注逾期" } else { "公众提出意见，取得回执" };
    let when = t.when.clone();
    t.world.tell(Line { when: &when, who: "public", what, article: "R713 15", refused: None });
    Ok(payload["receipt"].as_str().context("a comment has a receipt")?.to_owned())
}

async fn answer_all(t: &mut Teller<'_>, when: &str, consultation: &Value) -> anyhow::Result<()> {
    t.at(when).await?;
    let seen = t.look(OFFICER).await?;
    let comments = seen["consultation"]["comments"]["edges"].as_array().cloned().unwrap_or_default();
    for (i, edge) in comments.iter().enumerate() {
        let (uptake, reason) = match i {
            0 => ("FULL", "采纳：近期项目优先安排水源保护区村庄。"),
            1 => ("FULL", "采纳：第十二条已写明管网建设由财政承担。"),
            2 => ("PARTIAL", "部分采纳：选址增加距离要求，但集中处理模式经论证仍较合理。"),
            _ => ("NONE", "逾期意见：本区冬季水温不影响工艺，已在说明中解释。"),
        };
        t.act(
            OFFICER,
            "answerComment",
            "R713 18",
            "逐条答复公众意见并说明理由",
            json!({ "consultationId": consultation, "comment": edge["node"]["id"], "uptake": uptake, "reason": reason }),
        )
        .await?;
    }
    t.at(&format!("{}T23:00", &when[..10])).await
}

async fn participation_report(t: &mut Teller<'_>, when: &str, summary: &str) -> anyhow::Result<()> {
    t.at(when).await?;
    let documents = t.documents(OFFICER, &[&format!("公众参与情况报告-{}.txt", &when[..10])]).await?;
    t.act(
        OFFICER,
        "reportParticipation",
        "R713 18",
        "形成公众参与报告并公开反馈",
        json!({ "summary": summary, "feedback": "区政府门户网站意见反馈栏目", "documents": documents }),
    )
    .await?;
    Ok(())
}

async fn report_risk(t: &mut Teller<'_>, when: &str, level: &str, points: &str) -> anyhow::Result<()> {
    t.at(when).await?;
    let documents = t.documents(OFFICER, &[&format!("风险评估报告-{}.txt", &when[..10])]).await?;
    t.act(
        OFFICER,
        "reportRisk",
        "R713 23",
        &format!("提交风险评估报告（{level}），建议认定可控"),
        json!({
            "level": level, "proposesControllable": true, "points": points, "measures": "公示选址论证，设置卫生防护距离。",
            "contingency": "设立信访专班和应急预案。", "reusedFrom": null, "documents": documents
        }),
    )
    .await?;
    Ok(())
}

async fn submit(t: &mut Teller<'_>, when: &str) -> anyhow::Result<()> {
    t.at(when).await?;
    let draft = t.draft().await?;
    let documents = t.documents(OFFICER, &[&format!("送审材料-{}.txt", &when[..10])]).await?;
    t.act(
        OFFICER,
        "submitForLegalityReview",
        "R713 26",
        "送合法性审查，保障审查机构7个工作日",
        json!({
            "draft": draft, "note": "已完成公众参与、专家论证和风险评估；不涉及市场主体。", "materials": submission(),
            "documents": documents
        }),
    )
    .await?;
    Ok(())
}

/// The materials that the definition demands of a submission.
const SUBMISSION: [&str; 8] = [
    "request",
    "draft",
    "drafting_note",
    "legal_bases",
    "procedures",
    "countersign_opinions",
    "unit_legal_opinion",
    "unit_meeting",
];

pub(super) fn submission() -> Value {
    let answer = |material: &&str| match *material {
        "countersign_opinions" => json!({ "material": material, "enclosed": false, "note": "本事项不需会签。" }),
        _ => json!({ "material": material, "enclosed": true }),
    };
    SUBMISSION.iter().map(answer).collect()
}

pub(super) fn sheet(substance: &str) -> Value {
    json!([
        { "aspect": "AUTHORITY", "clause": "", "finding": "LAWFUL", "basis": "地方组织法第七十三条", "remark": "" },
        { "aspect": "PROCEDURE", "clause": "", "finding": "LAWFUL", "basis": "条例第二章", "remark": "" },
        { "aspect": "SUBSTANCE", "clause": "第十五条", "finding": substance, "basis": "水污染防治法", "remark": "处罚条款" }
    ])
}

async fn first_review(t: &mut Teller<'_>) -> anyhow::Result<()> {
    submit(t, "2023-02-08T09:00").await?;
    t.at("2023-02-10T16:00").await?;
    t.act(
        REVIEWER,
        "requestSupplement",
        "R713 26",
        "要求补充材料，审查期暂停",
        json!({ "items": ["部门会签意见原件", "选址论证材料"] }),
    )
    .await?;
    t.at("2023-02-14T10:00").await?;
    let documents = t.documents(OFFICER, &["补充材料.txt"]).await?;
    t.act(
        OFFICER,
        "supplySupplement",
        "R713 26",
        "补充材料，审查期恢复；暂停期间不计入",
        json!({ "note": "已补齐。", "documents": documents }),
    )
    .await?;
    t.at("2023-02-15T14:00").await?;
    let documents = t.documents(ADVISER, &["法律顾问意见书.txt"]).await?;
    t.act(
        ADVISER,
        "recordAdvice",
        "R713 28",
        "法律顾问出具意见",
        json!({ "kind": "LEGAL_ADVISER", "text": "第十五条自行设定处罚，建议删除。", "documents": documents }),
    )
    .await?;
    t.act(
        REVIEWER,
        "recordAdvice",
        "R713 28",
        "公职律师因公外出，登记缺席理由",
        json!({ "kind": "GOVERNMENT_LAWYER", "absent": true, "text": "外出办案，未能参加本次审查。", "documents": [] }),
    )
    .await?;
    let draft = t.draft().await?;
    let documents = t.documents(REVIEWER, &["合法性审查意见书（一）.txt"]).await?;
    let conclusion = json!({
        "draft": draft, "conclusion": "AMEND", "sheet": sheet("CONFLICT"),
        "opinion": "第十五条设定行政处罚缺乏依据，应当删除；其余合法。", "riskStatement": null,
        "earlyStatement": null, "documents": documents
    });
    t.at("2023-02-16T09:00").await?;
    t.refused(
        REVIEWER,
        "concludeLegalityReview",
        "EARLY_STATEMENT_MISSING",
        "R713 26",
        "保障期未满，审查人员未声明提前完成",
        conclusion.clone(),
    )
    .await?;
    t.at("2023-02-23T09:00").await?;
    t.act(REVIEWER, "concludeLegalityReview", "R713 27", "审查意见：应当修改（第十五条）", conclusion).await?;
    t.at("2023-02-24T09:00").await?;
    t.act(
        OFFICER,
        "respondToLegalityOpinion",
        "R713 28",
        "承办单位回应：全部采纳",
        json!({ "uptake": "FULL", "reasons": "", "documents": [] }),
    )
    .await?;
    Ok(())
}

async fn second_round(t: &mut Teller<'_>) -> anyhow::Result<()> {
    t.at("2023-02-27T09:00").await?;
    let old = t.draft().await?;
    let documents = t.documents(OFFICER, &["规划（草案第二稿）.txt", "修改说明.txt"]).await?;
    t.act(
        OFFICER,
        "addDraftVersion",
        "R713 18, 24, 28",
        "提交第二稿，声明为实质修改：此前各项证据失效，闸口重开",
        json!({
            "change": "MATERIAL", "reason": "删除第十五条，调整处理站选址标准。", "replaces": old, "documents": documents
        }),
    )
    .await?;
    let draft = t.draft().await?;
    let documents = t.documents(OFFICER, &["送审材料（未重做程序）.txt"]).await?;
    t.refused(
        OFFICER,
        "submitForLegalityReview",
        "CRITERION_NOT_MET",
        "R713 26",
        "第二稿未重新履行程序即送审",
        json!({ "draft": draft, "note": "请审查。", "materials": submission(), "documents": documents }),
    )
    .await?;
    items(t, "2023-02-27T15:00").await?;
    t.at("2023-02-28T09:00").await?;
    let documents = t.documents(OFFICER, &["再次征求意见公告（载明缩短理由）.txt"]).await?;
    release(t, OFFICER, &documents).await?;
    t.act(
        OFFICER,
        "openSolicitation",
        "R713 15",
        "就修改部分再次征求意见7日，缩短理由写入公告",
        json!({
            "draft": draft, "opensOn": "2023-02-28", "closesOn": "2023-03-07",
            "shorteningReason": "仅就选址标准的修改再次征求意见，汛期前须完成规划审批。",
            "channels": ["区政府门户网站"], "contact": "麻章区农业农村和水务局水务股", "documents": documents
        }),
    )
    .await?;
    let plan = t.documents(OFFICER, &["第二稿风险评估方案.txt"]).await?;
    t.act(
        OFFICER,
        "startRiskAssessment",
        "R713 24",
        "对第二稿重新评估风险",
        json!({ "draft": draft, "plan": "复核选址调整后的风险。", "thirdParty": null, "documents": plan }),
    )
    .await?;
    let note = t.documents(OFFICER, &["专家意见继续适用说明.txt"]).await?;
    t.act(
        OFFICER,
        "reaffirmEvidence",
        "R713 19",
        "说明专家论证意见对第二稿继续适用：修改即采纳专家意见",
        json!({
            "stage": "expert", "draft": draft, "reason": "第二稿的选址修改采纳专家意见，其余内容未变。", "documents": note
        }),
    )
    .await?;
    report_risk(t, "2023-03-03T10:00", "LOW", "选址标准提高后反对意见基本消除").await?;
    participation_report(t, "2023-03-08T10:00", "再次征求意见期间未收到意见（零意见亦为结果，一并公开）。").await?;
    submit(t, "2023-03-09T09:00").await?;
    t.at("2023-03-13T10:00").await?;
    let documents = t.documents(LAWYER, &["公职律师意见书.txt"]).await?;
    t.act(
        LAWYER,
        "recordAdvice",
        "R713 28",
        "公职律师出具意见",
        json!({ "kind": "GOVERNMENT_LAWYER", "text": "修改后未见违法情形。", "documents": documents }),
    )
    .await?;
    let documents = t.documents(ADVISER, &["法律顾问意见书（二）.txt"]).await?;
    t.act(
        ADVISER,
        "recordAdvice",
        "R713 28",
        "法律顾问出具意见：第十五条已删除",
        json!({ "kind": "LEGAL_ADVISER", "text": "所提意见已采纳。", "documents": documents }),
    )
    .await?;
    t.at("2023-03-21T09:00").await?;
    let documents = t.documents(REVIEWER, &["合法性审查意见书（二）.txt"]).await?;
    t.act(
        REVIEWER,
        "concludeLegalityReview",
        "R713 25, 27",
        "审查意见：合法（7个工作日保障期已满）",
        json!({
            "draft": draft, "conclusion": "LAWFUL", "sheet": sheet("LAWFUL"), "opinion": "权限、程序、内容均合法。",
            "riskStatement": null, "earlyStatement": null, "documents": documents
        }),
    )
    .await?;
    Ok(())
}

async fn tabling(t: &mut Teller<'_>) -> anyhow::Result<()> {
    t.at("2023-03-22T09:00").await?;
    let draft = t.draft().await?;
    let documents = t.documents(OFFICER, &["提请审议的请示（第二稿）.txt", "意见采纳情况.txt", "上会材料.txt"]).await?;
    t.act(
        OFFICER,
        "requestTabling",
        "R713 29",
        "提请区政府常务会议审议",
        json!({ "draft": draft, "note": "材料齐备，请予审议。", "documents": documents }),
    )
    .await?;
    t.at("2023-03-23T09:00").await?;
    t.act(
        OFFICE,
        "checkTablingFile",
        "R713 29",
        "政府办公室核对上会材料齐全",
        json!({ "complete": true, "missing": [] }),
    )
    .await?;
    t.at("2023-03-24T09:00").await?;
    t.act(DEPUTY, "reviewTabling", "R713 29", "分管副区长审核同意", json!({ "agrees": true, "opinion": "同意上会。" }))
        .await?;
    t.at("2023-03-27T09:00").await?;
    t.act(HEAD, "approveTabling", "R713 29", "区长同意列入议题", json!({ "approves": true, "opinion": "同意。" }))
        .await?;
    Ok(())
}

async fn meeting(t: &mut Teller<'_>) -> anyhow::Result<()> {
    t.at("2023-03-28T09:00").await?;
    let head = t.world.id("head")?;
    let called = t
        .act(
            SECRETARY,
            "callMeeting",
            "R713 30; ORG 78",
            "召集区政府常务会议（组成人员为区长、副区长）",
            json!({
                "session": "区政府第28次常务会议", "heldOn": "2023-03-31", "place": "区政府三楼会议室", "chair": head,
                "notifiedOn": "2023-03-28",
                "invited": [{ "unit": "区司法局", "name": "局长" }, { "unit": "区财政局", "name": "局长" }]
            }),
        )
        .await?["meeting"]["id"]
        .clone();
    t.act(SECRETARY, "conveneMeeting", "R713 30", "议题列入会议议程", json!({ "meeting": called })).await?;
    t.at("2023-03-31T09:00").await?;
    let deputies = ["deputy_1", "deputy_2", "deputy_3", "deputy_4"];
    let mut present = vec![head.clone()];
    for deputy in &deputies[..3] {
        present.push(t.world.id(deputy)?);
    }
    let absent = t.world.id(deputies[3])?;
    t.act(
        SECRETARY,
        "takeSessionAttendance",
        "R713 30",
        "到会4人、缺席1人，过半数；列席人员不计入组成人员",
        json!({
            "meeting": called, "present": present, "chair": head, "recorder": "区政府办公室会议秘书",
            "absent": [{ "person": absent, "reason": "在省里开会", "writtenView": "同意，建议优先保障饮用水水源地。" }],
            "observers": [
                { "unit": "区司法局", "name": "局长" }, { "unit": "区财政局", "name": "局长" },
                { "unit": "区农业农村和水务局", "name": "局长" }
            ]
        }),
    )
    .await?;
    t.act(SECRETARY, "recordAttendance", "R713 30", "开始审议本议题，无人回避", json!({})).await?;
    t.at("2023-03-31T09:20").await?;
    t.act(
        SECRETARY,
        "findRisk",
        "R713 24",
        "会议认定风险可控",
        json!({ "controllable": true, "reason": "第二稿风险等级为低，防范措施可行。" }),
    )
    .await?;
    for (no, deputy, position, statement) in [
        (1, deputies[0], "AGREE", "同意。"),
        (2, deputies[1], "DISAGREE", "财政配套压力过大，建议推迟两年实施。"),
        (3, deputies[2], "DISAGREE", "建议先做试点再定全区规划。"),
    ] {
        let member = t.world.id(deputy)?;
        t.act(
            SECRETARY,
            "recordPosition",
            "R713 30, 38",
            &format!("第{no}位发言（{position}）：{statement}"),
            json!({ "member": member, "position": position, "statement": statement, "spokenNo": no }),
        )
        .await?;
    }
    let decision = |reasons: Value| {
        json!({
            "outcome": "AGREE_IN_PRINCIPLE", "statement": "原则同意，按会议意见修改后印发。", "spokenNo": 4,
            "reasons": reasons, "amendments": "资金安排改为分年度实施，首年开展试点。"
        })
    };
    t.refused(
        HEAD,
        "recordHeadDecision",
        "MAJORITY_REASONS_MISSING",
        "R713 30",
        "区长决定与多数意见不一致而未说明理由",
        decision(Value::Null),
    )
    .await?;
    t.act(
        HEAD,
        "recordHeadDecision",
        "R713 30",
        "区长末位发言，原则同意；与多数意见不一致，当场说明理由",
        decision(json!("水源保护考核期限临近，推迟将导致更大风险；分年度实施可以缓解财政压力。")),
    )
    .await?;
    t.at("2023-03-31T16:00").await?;
    let documents = t.documents(SECRETARY, &["区政府第28次常务会议记录（签字扫描件）.txt"]).await?;
    t.act(
        SECRETARY,
        "signMeetingRecord",
        "R713 30",
        "会议记录签字，不同意见如实载明",
        json!({ "documents": documents }),
    )
    .await?;
    t.act(
        deputies[1],
        "confirmStatement",
        "R713 30",
        "持不同意见的副区长确认记录属实",
        json!({ "meeting": called, "agrees": true }),
    )
    .await?;
    t.at("2023-04-03T09:00").await?;
    let documents = t.documents(SECRETARY, &["区政府第28次常务会议纪要.txt"]).await?;
    t.act(
        SECRETARY,
        "issueMinutes",
        "R713 30",
        "印发会议纪要",
        json!({ "meeting": called, "documentNo": "区府常纪〔2023〕28号", "issuedOn": "2023-04-03", "documents": documents }),
    )
    .await?;
    Ok(())
}

async fn issue(t: &mut Teller<'_>) -> anyhow::Result<()> {
    let decided = t.draft().await?;
    let documents = t.documents(OFFICER, &["规划（印发稿）.txt"]).await?;
    t.act(
        OFFICER,
        "addFinalText",
        "R713 30",
        "按会议意见修改形成印发稿",
        json!({ "replaces": decided, "reason": "资金安排改为分年度实施，增加首年试点。", "documents": documents }),
    )
    .await?;
    t.at("2023-04-04T09:00").await?;
    let documents = t.documents(OFFICE, &["区委复函（扫描件）.txt"]).await?;
    t.act(
        OFFICE,
        "recordReportReply",
        "R713 31",
        "出台前请示报告同级党委，区委同意",
        json!({
            "body": "中共湛江市麻章区委员会", "reference": "麻区委函〔2023〕12号", "sentOn": "2023-04-01",
            "repliedOn": "2023-04-04", "reply": "AGREED", "comments": "", "documents": documents
        }),
    )
    .await?;
    let text = t.draft().await?;
    let unit = t.world.id("water")?;
    let documents = t.documents(OFFICE, &["印发文件.txt"]).await?;
    let issued = |on: &str| {
        json!({
            "draft": text, "documentNo": "湛麻府〔2023〕5号", "issuedOn": on, "executingUnit": unit,
            "executionDueOn": "2025-12-31", "documents": documents
        })
    };
    t.refused(
        OFFICE,
        "issueDecision",
        "LEGALITY_MISSING",
        "R713 25",
        "印发稿未经审查机构确认即印发",
        issued("2023-04-04"),
    )
    .await?;
    t.at("2023-04-06T10:00").await?;
    let statement = t.documents(REVIEWER, &["印发稿核对确认书.txt"]).await?;
    t.act(
        REVIEWER,
        "confirmDraft",
        "R713 25, 30",
        "审查机构确认印发稿符合会议决定且无其他实质变化",
        json!({ "draft": text, "statement": "与第二稿相比仅落实会议修改意见。", "documents": statement }),
    )
    .await?;
    t.at("2023-04-12T09:00").await?;
    t.act(OFFICE, "issueDecision", "R713 34", "印发，载明执行单位和期限", issued("2023-04-12")).await?;
    t.at("2023-04-14T09:00").await?;
    let documents = t.documents(OFFICE, &["公布文本.txt", "政策解读.txt"]).await?;
    release(t, OFFICE, &documents).await?;
    let internal = t.documents(OFFICE, &["上会材料.txt", "合法性审查意见书（二）.txt"]).await?;
    t.act(
        OFFICE,
        "reviewDisclosure",
        "信息公开条例 16, 18",
        "过程性文件认定为不予公开，12个月后重新评估",
        json!({
            "attribute": "WITHHELD", "basis": "政府信息公开条例第十六条", "reason": "过程性信息。", "documents": internal
        }),
    )
    .await?;
    t.act(
        OFFICE,
        "publishDecision",
        "R713 32",
        "公布决策，说明意见采纳情况，同步解读",
        json!({
            "publishedOn": "2023-04-14", "channels": ["区政府门户网站", "政府公报"],
            "wideConcern": true, "adoptionAccount": "征求意见3条，采纳2条，部分采纳1条；再次征求意见未收到意见。",
            "explanation": "随文发布图文解读。", "documents": documents
        }),
    )
    .await?;
    Ok(())
}

/// The executing unit reports; what is carried out is filed apart from the decision.
async fn execute(t: &mut Teller<'_>) -> anyhow::Result<()> {
    t.at("2023-04-18T09:00").await?;
    let documents = t.documents(OFFICER, &["首年试点进展报告.txt"]).await?;
    t.act(
        OFFICER,
        "reportExecution",
        "R713 34",
        "执行单位报告试点进展",
        json!({ "asOf": "2023-04-17", "progress": "两个试点村已开工。", "documents": documents }),
    )
    .await?;
    Ok(())
}

/// Whoever assessed the risk of the decision does not evaluate it, under whatever name of its department.
async fn evaluate(t: &mut Teller<'_>) -> anyhow::Result<()> {
    t.at("2024-04-22T09:00").await?;
    let water = t.world.id("water")?;
    t.refused(
        HEAD,
        "startEvaluation",
        "EVALUATOR_BARRED",
        "R713 36",
        "拟由承担风险评估的股室所在的局作决策后评估",
        json!({
            "triggers": ["THOUGHT_NECESSARY"], "reason": "印发已满一年。", "evaluatingUnit": water, "dueOn": "2024-07-31",
        }),
    )
    .await
}

/// Answers for every material that the shipped definition demands of a decision volume; stages that did not apply have none.
pub(super) fn materials(absent: &[&str]) -> Vec<Value> {
    [
        ("initiation", "proposal"),
        ("drafting", "department_consultation"),
        ("participation", "participation_report"),
        ("participation", "hearing_report"),
        ("expert", "expert_report"),
        ("risk", "risk_report"),
        ("tabling", "meeting_file"),
        ("meeting", "meeting_record"),
        ("party_report", "party_reply"),
        ("issuance", "issued_document"),
        ("publication", "explanation"),
        ("archiving", "volume"),
    ]
    .into_iter()
    .chain(SUBMISSION.map(|material| ("legality", material)))
    .map(|(stage, material)| {
        let there = !absent.contains(&stage);
        json!({ "stage": stage, "material": material, "onFile": there, "note": if there { "" } else { "本环节不适用。" } })
    })
    .collect()
}

async fn close(t: &mut Teller<'_>) -> anyhow::Result<()> {
    t.at("2023-04-20T09:00").await?;
    let materials = materials(&[]);
    t.refused(
        ARCHIVIST,
        "checkVolume",
        "MATERIALS_MISSING",
        "R713 33",
        "未逐项核对材料即称齐全",
        json!({ "complete": true, "missing": [], "materials": &materials[1..] }),
    )
    .await?;
    t.act(
        ARCHIVIST,
        "checkVolume",
        "R713 33",
        "检查决策卷材料齐全",
        json!({ "complete": true, "missing": [], "retention": "PERMANENT", "materials": materials }),
    )
    .await?;
    t.at("2023-04-21T09:00").await?;
    t.act(ARCHIVIST, "closeVolume", "R713 33", "决策卷封卷", json!({ "volume": "DECISION" })).await?;
    let seen = t.look(ARCHIVIST).await?;
    ensure!(seen["ending"] == json!("CLOSED"), "the volume is closed: {seen}");
    Ok(())
}
