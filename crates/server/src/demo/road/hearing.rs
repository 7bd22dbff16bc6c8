//! The hearing of the story: announced with the solicitation, drawn in public, held after the comments closed.

use anyhow::{Context, ensure};
use serde_json::{Value, json};

use super::{LAWYER, OFFICER, Teller};
use crate::demo::world::APPLY_TO_HEARING;

const GROUP: &str = "村民代表";
const PRESENTER: &str = "规划陈述人";

/// With the notice of the solicitation.
pub(super) async fn announce(t: &mut Teller<'_>, draft: &Value) -> anyhow::Result<()> {
    t.act(
        OFFICER,
        "decideHearing",
        "R713 16",
        "村民来信建议听证，研究后决定举行，并答复理由",
        json!({ "hold": true, "reasons": "选址涉及村民切身利益，分歧较大。", "basis": "暂行条例第十六条", "suggestedBy": "村民来信2件" }),
    )
    .await?;
    let documents = t.documents(OFFICER, &["听证公告.txt"]).await?;
    t.act(
        OFFICER,
        "noticeHearing",
        "R713 16",
        "公布听证公告：席位按类别、遴选办法、报名期，以及抽取时刻（其后首个检查点即为种子）",
        json!({
            "draft": draft, "heldOn": "2023-02-06", "startsAt": "上午9:45", "place": "区政府一楼会议室",
            "selectionMethod": "村民代表自愿报名、公开抽取；其余由有关组织、单位推荐。",
            "groups": [
                { "name": GROUP, "kind": "INTERESTED_PARTY", "seats": 5, "selection": "DRAWN" },
                { "name": "人大代表", "kind": "DEPUTY", "seats": 1, "selection": "INVITED" },
                { "name": "有关单位", "kind": "UNIT", "seats": 2, "selection": "INVITED" }
            ],
            "applicationsFrom": "2023-01-05", "applicationsUntil": "2023-01-09", "drawAt": "2023-01-11T01:00:00Z",
            "channels": ["区政府门户网站", "村务公开栏"], "contact": "麻章区农业农村和水务局水务股", "documents": documents
        }),
    )
    .await?;
    Ok(())
}

/// Applications on the public endpoint, on a day of their own.
pub(super) async fn apply(t: &mut Teller<'_>) -> anyhow::Result<()> {
    let hearing = t.look(OFFICER).await?["hearing"]["id"].clone();
    for n in 1..=8 {
        let input = json!({
            "hearingId": hearing, "group": GROUP, "shownAs": format!("村民代表{n}"), "stake": "本村在规划范围内。",
            "name": format!("报名人{n}"), "contact": "由村委会转", "formToken": format!("hearing-{n}")
        });
        let taken = t.world.public(APPLY_TO_HEARING, json!({ "input": input })).await?;
        ensure!(taken["applyToHearing"]["errors"] == json!([]), "the application is taken: {taken}");
    }
    t.tell("公众", "8名村民在公众端报名；姓名、联系方式单独加密，编号按收到顺序", "R713 16");
    t.refused(OFFICER, "drawHearingParticipants", "DRAW_TOO_EARLY", "R713 16", "抽取时刻未到即要求抽取", json!({}))
        .await
}

/// After the instant of the draw: draw, list, materials.
pub(super) async fn draw_and_list(t: &mut Teller<'_>) -> anyhow::Result<()> {
    t.act(OFFICER, "drawHearingParticipants", "R713 16", "公开抽取听证参加人，任何人可凭公众端数据复算", json!({}))
        .await?;
    let seen = t.look(OFFICER).await?;
    let order = seen["hearing"]["draw"]["groups"][0]["order"].as_array().context("the lots")?.clone();
    ensure!(order.len() == 8, "all who applied have their lot: {seen}");
    let seat =
        |code: &Value, group: &str| json!({ "code": code, "group": group, "shownAs": group, "stake": "与规划有关。" });
    let mut participants: Vec<Value> = order[..5].iter().map(|code| seat(code, GROUP)).collect();
    participants
        .extend([("D-1", "人大代表"), ("U-1", "有关单位"), ("U-2", "有关单位")].map(|(c, g)| seat(&json!(c), g)));
    let chair = t.world.id(LAWYER)?;
    t.act(
        OFFICER,
        "publishHearingParticipants",
        "R713 16",
        "公布听证参加人名单和构成（8人，其中利害关系人5人），主持人未参与起草",
        json!({
            "participants": participants, "publishedOn": "2023-01-12", "channels": ["区政府门户网站"],
            "staff": [
                { "role": "CHAIR", "person": chair, "name": "听证主持人", "post": "公职律师" },
                { "role": "PRESENTER", "name": PRESENTER, "post": "区农业农村和水务局" },
                { "role": "RECORDER", "name": "听证记录员", "post": "区农业农村和水务局" }
            ]
        }),
    )
    .await?;
    let documents = t.documents(OFFICER, &["听证会材料及送达回证.txt"]).await?;
    t.act(
        OFFICER,
        "deliverHearingMaterials",
        "R713 16",
        "听证会材料送达全部参加人（法定须在7日前，按送达日计）",
        json!({ "deliveredOn": "2023-01-12", "note": "草案、起草说明，专人送达。", "documents": documents }),
    )
    .await?;
    Ok(())
}

/// On its day, in the order of the law; and its report.
pub(super) async fn hold(t: &mut Teller<'_>) -> anyhow::Result<()> {
    let seen = t.look(OFFICER).await?;
    let present: Vec<Value> =
        seen["hearing"]["participants"].as_array().into_iter().flatten().map(|p| p["code"].clone()).collect();
    t.act(OFFICER, "openHearing", "R713 17", "听证会开始，8人到会", json!({ "present": present, "listeners": 12 }))
        .await?;
    let says = |no: u32, speech: &str, speaker: &Value, text: &str| json!({ "spokenNo": no, "speech": speech, "speaker": speaker, "text": text });
    let unit = json!(PRESENTER);
    t.refused(
        OFFICER,
        "recordHearingStatement",
        "HEARING_ORDER",
        "R713 17",
        "承办单位陈述之前即记录参加人发言",
        says(1, "STATES", &present[0], "处理站不要设在村口。"),
    )
    .await?;
    for (no, speech, speaker, text) in [
        (1, "PRESENTS", &unit, "陈述草案、依据和有关情况。"),
        (2, "STATES", &present[0], "处理站不要设在村口。"),
        (3, "ASKS", &present[1], "管网费用由谁承担？"),
        (4, "ANSWERS", &unit, "由区财政和上级补助承担，村民不出钱。"),
    ] {
        let what = format!("听证发言（第{no}位）：{text}");
        t.act(OFFICER, "recordHearingStatement", "R713 17", &what, says(no, speech, speaker, text)).await?;
    }
    let documents = t.documents(OFFICER, &["听证笔录（参加人签名）.txt"]).await?;
    t.act(
        OFFICER,
        "signHearingRecord",
        "R713 17",
        "听证参加人核对笔录并签名",
        json!({ "signed": present, "documents": documents }),
    )
    .await?;
    let documents = t.documents(OFFICER, &["听证报告.txt"]).await?;
    t.act(
        OFFICER,
        "reportHearing",
        "R713 17-18",
        "形成听证报告，逐项说明采纳情况和理由，向社会公布",
        json!({
            "summary": "听证会如期举行，参加人8人，旁听12人。",
            "views": [
                { "view": "处理站不要设在村口", "uptake": "PARTIAL", "reason": "第二稿调整2处选址，其余已满足防护距离。" },
                { "view": "写明管网费用不由村民承担", "uptake": "FULL" }
            ],
            "mostlyOpposed": false, "feedback": "书面反馈听证参加人。", "documents": documents
        }),
    )
    .await?;
    Ok(())
}
