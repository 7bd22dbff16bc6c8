//! Determinations and printed agendas through application and store: what is a major decision, and what was on the table
//! without anybody asking (R713 art. 3).

use dingce_app::agenda_file::{self, AgendaFile, Format};
use dingce_app::ports::{Filter, ReadRow, RowQuery, Value as Cell};
use dingce_app::read_rows::{DeterminationRow, PrintedAgendaRow, PrintedItemRow};
use dingce_app::{AppError, Done};
use dingce_domain::code::Code;
use dingce_domain::determination::{DeterminationAct, Determine, ExclusionGround};
use dingce_domain::id::{DeterminationId, MeetingId, PrintedAgendaId, PrintedItemId, SecretStubId};
use dingce_domain::printed_agenda::{
    AddItem, ItemTie, PairMeeting, PrintedAgendaAct, PrintedItem, TieItem, UnpairMeeting,
};
use dingce_domain::secret::{EnterSecretStub, SecretRef};
use dingce_domain::tie::{Tie, TieMatter};
use dingce_domain::words::{MatterClass, SecretLevel};
use dingce_testkit::staff;
use dingce_tests::acting::{asked, code, principal};
use dingce_tests::harness::{Backend, Node, Site};
use dingce_tests::on_both;
use jiff::civil::date;
use serde_json::{Value, json};
use uuid::Uuid;

on_both!(
    a_correction_is_another_determination,
    a_ground_from_elsewhere_is_flagged,
    an_agenda_comes_out_as_it_went_in,
    every_item_belongs_to_a_case_or_a_determination,
    a_secret_item_is_a_stub,
    a_print_names_the_meeting_it_was_printed_for,
    rights_to_registers_are_default_deny,
);

fn major(node: &Node) -> Determine {
    Determine {
        title: "城乡供水价格调整".to_owned(),
        content: String::new(),
        secret: None,
        major: true,
        class: Some(MatterClass::PublicPolicy),
        ground: None,
        basis: String::new(),
        overlays: vec!["《价格法》第23条".to_owned()],
        reason: "涉及公众切身利益。".to_owned(),
        determined_by: "区司法局".to_owned(),
        determined_on: node.app.today(),
        documents: Vec::new(),
    }
}

fn excluded(node: &Node, ground: ExclusionGround) -> Determine {
    let basis = "条例第3条".to_owned();
    Determine { major: false, class: None, ground: Some(ground), basis, overlays: Vec::new(), ..major(node) }
}

async fn determined(node: &Node, given: Determine) -> DeterminationId {
    DeterminationId::new(node.app.determine(asked("reviewer"), given).await.expect("determined").stream.value)
}

async fn row(node: &Node, id: DeterminationId) -> DeterminationRow {
    let query = RowQuery::all(DeterminationRow::TABLE).with(Filter::Eq("determination", Cell::Text(id.to_string())));
    node.app.row(query).await.expect("rows are read").expect("it is there")
}

async fn a_correction_is_another_determination(backend: Backend) {
    let site = Site::new(backend).await;
    let node = site.node(1).await;
    let id = determined(&node, excluded(&node, ExclusionGround::NotMajor)).await;
    let again = DeterminationAct::Correct(Determine { reason: "复核：影响面广。".to_owned(), ..major(&node) });
    node.app.act_on_determination(asked("reviewer"), id, again.clone()).await.expect("corrected");
    let same = node.app.act_on_determination(asked("reviewer"), id, again).await;
    assert_eq!(code(same), Code::AlreadyThere);
    let held = row(&node, id).await;
    assert!(held.major && held.flagged && !held.has_case);
    let whole: Value = serde_json::from_str(&held.determination_json).expect("JSON");
    assert_eq!(whole["made"][0]["given"]["ground"], "not_major", "the first stays as it was");
    let overlays = &whole["made"][1]["given"]["overlays"];
    assert_eq!(overlays[0], "《价格法》第23条", "a special law that prevails is named (R713 art. 3)");
    let case = node.open_case().await;
    let tie = TieMatter { to: Tie::Case(case), reason: "同一事项".to_owned() };
    let link = DeterminationAct::Link(tie.clone());
    node.app.act_on_determination(asked("reviewer"), id, link.clone()).await.expect("tied");
    assert_eq!(code(node.app.act_on_determination(asked("reviewer"), id, link).await), Code::AlreadyThere);
    assert!(row(&node, id).await.has_case);
    node.app.act_on_determination(asked("clerk"), id, DeterminationAct::Unlink(tie)).await.expect("untied");
    assert!(!row(&node, id).await.has_case);
    node.agrees("after the ties").await;
}

async fn a_ground_from_elsewhere_is_flagged(backend: Backend) {
    let site = Site::new(backend).await;
    let node = site.node(1).await;
    let borrowed = determined(&node, excluded(&node, ExclusionGround::InternalManagement)).await;
    let held = row(&node, borrowed).await;
    assert!(held.flagged && held.determination_json.contains("BORROWED"), "{}", held.determination_json);
    let local = determined(&node, excluded(&node, ExclusionGround::SuperiorDecision)).await;
    assert!(!row(&node, local).await.flagged);
}

/// Agendas as they are printed: odd columns, missing members, an item that is secret.
fn printed() -> Value {
    json!({ "agendas": [
        {
            "session": "十届区政府第30次常务会议", "organ": null, "held": "2024-03-08", "主持人": "区长",
            "items": [
                { "no": "一", "title": "审议城乡供水价格调整方案", "reporter": "区水务局", "attendees": ["区发改局", "区财政局"] },
                { "no": "二", "title": "传达上级会议精神", "reporter": "区政府办公室", "attendees": null, "用时": 10 },
                { "no": "三", "title": "", "reporter": null, "attendees": null,
                  "secret": "机要〔2024〕3号" },
            ],
        },
        { "session": "十届区政府第31次常务会议", "held": "4月中旬", "items": [{ "title": "研究人事事项" }] },
    ] })
}

/// The stub that the printed agenda names.
async fn registered(node: &Node) -> SecretStubId {
    let given = EnterSecretStub {
        number: "机要〔2024〕3号".to_owned(),
        level: SecretLevel::Secret,
        classified_by: staff::unit("office"),
        basis: "保密事项范围2.1.3".to_owned(),
        classified_on: date(2024, 1, 8),
        secret_until: None,
        unit: staff::unit("office"),
    };
    let done = node.app.enter_secret_stub(asked("clerk"), given).await.expect("the stub is entered");
    SecretStubId::new(done.stream.value)
}

fn read(file: &Value) -> Vec<AgendaFile> {
    agenda_file::read(file.to_string().as_bytes(), Format::Json).unwrap_or_else(|problems| panic!("{problems:?}"))
}

async fn import(node: &Node, files: Vec<AgendaFile>) -> Vec<PrintedAgendaId> {
    let done = node.app.import_agendas(asked("clerk"), files).await.expect("taken over");
    done.into_iter().map(|one| one.id).collect()
}

async fn an_agenda_comes_out_as_it_went_in(backend: Backend) {
    let site = Site::new(backend).await;
    let node = site.node(1).await;
    let files = read(&printed());
    registered(&node).await;
    import(&node, files.clone()).await;
    let out = node.app.export_agendas(principal("clerk"), &[]).await.expect("written");
    let text = agenda_file::write_json(&out);
    assert_eq!(serde_json::from_str::<Value>(&text).expect("JSON"), printed());
    // By way of CSV nothing is lost either, and importing again writes nothing.
    let csv = agenda_file::write_csv(&out);
    let again = agenda_file::read(csv.as_bytes(), Format::Csv).unwrap_or_else(|problems| panic!("{problems:?}"));
    assert_eq!(again, files);
    let done = node.app.import_agendas(asked("clerk"), again).await.expect("there already");
    assert!(done.iter().all(|one| !one.new));
    // The same session with another content is refused, and all before it too.
    let mut other = printed();
    other["agendas"][1]["items"][0]["title"] = json!("别的议题");
    other["agendas"][0]["session"] = json!("十届区政府第32次常务会议");
    let refused = node.app.import_agendas(asked("clerk"), read(&other)).await;
    let Err(AppError::Rejected(rejection)) = refused else { panic!("{refused:?}") };
    assert_eq!((rejection.code, rejection.path.as_deref()), (Code::AlreadyThere, Some("agendas.1")));
    assert_eq!(node.app.export_agendas(principal("clerk"), &[]).await.expect("written").len(), 2);
    // A sheet with the headings that people use.
    let sheet = "会议届次,会议日期,序号,议题,汇报单位,列席单位,备注\r\n第5次常务会议,2024-04-01,1,审议方案,区水务局,区财政局、区司法局,书面\r\n,,2,通报情况,,,\r\n";
    let sheet = agenda_file::read(sheet.as_bytes(), Format::Csv).unwrap_or_else(|problems| panic!("{problems:?}"));
    assert_eq!((sheet.len(), sheet[0].items.len()), (1, 2));
    assert_eq!(sheet[0].items[0].attendees.as_deref().map(<[_]>::len), Some(2));
    let bad = br#"[{"session": "", "items": [{"title": 3}, {"title": "t", "secret": {"number": "3"}}]}]"#;
    let problems = agenda_file::read(bad, Format::Json).expect_err("refused");
    let places: Vec<_> = problems.iter().map(|p| p.place.as_str()).collect();
    for place in ["[0].items[0].title", "[0].items[1].secret", "[0].session"] {
        assert!(places.contains(&place), "{place}: {places:?}");
    }
    node.agrees("after the imports").await;
}

async fn items(node: &Node, agenda: PrintedAgendaId) -> Vec<PrintedItemRow> {
    let mut query = RowQuery::all(PrintedItemRow::TABLE).with(Filter::Eq("agenda", Cell::Text(agenda.to_string())));
    query.order = vec!["position"];
    node.app.rows(query).await.expect("rows are read")
}

async fn act(node: &Node, id: PrintedAgendaId, act: PrintedAgendaAct) -> Result<Done, AppError> {
    node.app.act_on_agenda(asked("clerk"), id, act).await
}

async fn every_item_belongs_to_a_case_or_a_determination(backend: Backend) {
    let site = Site::new(backend).await;
    let node = site.node(1).await;
    registered(&node).await;
    let ids = import(&node, read(&printed())).await;
    let unlinked = || async {
        let rows = node.app.unlinked_items(principal("auditor")).await.expect("listed");
        rows.into_iter().map(|row| row.title).collect::<Vec<_>>()
    };
    assert_eq!(
        unlinked().await,
        ["审议城乡供水价格调整方案", "传达上级会议精神", "机要〔2024〕3号", "研究人事事项"],
        "of the secret one the number only"
    );
    let of_first = items(&node, ids[0]).await;
    let item = |at: usize| of_first[at].item.parse::<PrintedItemId>().expect("an id");
    let link = |item, to| PrintedAgendaAct::Link(TieItem { item, to, reason: "同一事项".to_owned() });
    let case = node.open_case().await;
    act(&node, ids[0], link(item(0), ItemTie::Case(case))).await.expect("tied");
    let forwarded = determined(&node, excluded(&node, ExclusionGround::SuperiorDecision)).await;
    act(&node, ids[0], link(item(1), ItemTie::Determination(forwarded))).await.expect("tied");
    assert_eq!(unlinked().await, ["机要〔2024〕3号", "研究人事事项"]);
    assert_eq!(code(act(&node, ids[0], link(item(0), ItemTie::Case(case))).await), Code::AlreadyThere);
    let nobody = link(PrintedItemId::new(Uuid::from_u128(1)), ItemTie::Case(case));
    assert_eq!(code(act(&node, ids[0], nobody).await), Code::PrintedItemUnknown);
    assert_eq!(code(act(&node, ids[1], link(item(0), ItemTie::Case(case))).await), Code::PrintedItemUnknown);
    let nothing = ItemTie::Determination(DeterminationId::new(Uuid::from_u128(1)));
    assert_eq!(code(act(&node, ids[0], link(item(2), nothing)).await), Code::NotFound);
    // Put on at the meeting: in the register, and not in the print.
    let added = PrintedItem {
        id: PrintedItemId::new(Uuid::nil()),
        no: String::new(),
        title: "临时议题：防汛物资储备".to_owned(),
        reporter: None,
        attendees: None,
        secret: None,
        printed: Default::default(),
        left_out: Vec::new(),
    };
    let add = PrintedAgendaAct::AddItem(AddItem { item: added, reason: "区长同意增加".to_owned() });
    act(&node, ids[0], add).await.expect("added");
    assert_eq!(items(&node, ids[0]).await.iter().filter(|row| row.added).count(), 1);
    let out = node.app.export_agendas(principal("clerk"), &ids[..1]).await.expect("written");
    assert_eq!(out[0].items.len(), 3);
    let untie = TieItem { item: item(0), to: ItemTie::Case(case), reason: "误关联".to_owned() };
    act(&node, ids[0], PrintedAgendaAct::Unlink(untie)).await.expect("untied");
    let query = RowQuery::all(PrintedAgendaRow::TABLE).with(Filter::Eq("agenda", Cell::Text(ids[0].to_string())));
    let held = node.app.row::<PrintedAgendaRow>(query).await.expect("rows are read").expect("it is there");
    assert_eq!((held.items, held.unlinked, held.held_on.as_deref()), (4, 3, Some("2024-03-08")));
    node.agrees("after the ties").await;
}

async fn a_secret_item_is_a_stub(backend: Backend) {
    let site = Site::new(backend).await;
    let node = site.node(1).await;
    let nowhere = SecretStubId::new(Uuid::from_u128(7));
    let named = |stub| Some(SecretRef { stub, number: String::new() });
    let bare = |secret| {
        let (title, reason) = (String::new(), String::new());
        Determine { title, reason, overlays: Vec::new(), secret, ..major(&node) }
    };
    assert_eq!(
        code(node.app.determine(asked("reviewer"), bare(named(nowhere))).await),
        Code::NotFound,
        "not registered"
    );
    let unknown = node.app.import_agendas(asked("clerk"), read(&printed())).await;
    let Err(AppError::Rejected(refused)) = unknown else { panic!("{unknown:?}") };
    assert_eq!((refused.code, refused.path.as_deref()), (Code::NotFound, Some("agendas.0.items.2.secret")));
    assert!(node.app.export_agendas(principal("clerk"), &[]).await.expect("read").is_empty(), "none was written");
    let stub = registered(&node).await;
    let told = Determine { secret: named(stub), ..major(&node) };
    assert_eq!(code(node.app.determine(asked("reviewer"), told).await), Code::SecretStubOnly);
    let id = determined(&node, bare(named(stub))).await;
    let held = row(&node, id).await;
    assert_eq!(held.title, "机要〔2024〕3号");
    assert!(held.determination_json.contains(&stub.to_string()), "{}", held.determination_json);
    let agenda = import(&node, read(&printed())).await[0];
    assert!(items(&node, agenda).await[2].item_json.contains(&stub.to_string()), "the same stub, by its number");
    let mut file = printed();
    file["agendas"][0]["items"][2]["title"] = json!("某涉密事项");
    let problems = agenda_file::read(file.to_string().as_bytes(), Format::Json).expect_err("refused");
    assert_eq!(problems[0].place, "agendas[0].items[2].title", "{problems:?}");
}

fn pair(meeting: MeetingId) -> PrintedAgendaAct {
    PrintedAgendaAct::Pair(PairMeeting { meeting, reason: "届次、日期一致".to_owned() })
}

/// A print of this day, of this organ, with these titles.
async fn printed_on(node: &Node, session: &str, organ: Value, held: &str, titles: &[&str]) -> PrintedAgendaId {
    let items: Vec<_> = titles.iter().map(|title| json!({ "title": title })).collect();
    import(node, read(&json!([{ "session": session, "organ": organ, "held": held, "items": items }]))).await[0]
}

/// What was printed and what was met about are held against each other; the wrong session is refused.
async fn a_print_names_the_meeting_it_was_printed_for(backend: Backend) {
    let site = Site::new(backend).await;
    let node = &site.node(1).await;
    let on_both_lists = node.road_to("approve_tabling").await;
    let unprinted = node.road_to("approve_tabling").await;
    let meeting = node.call_meeting().await;
    for case in [on_both_lists, unprinted] {
        node.done(case, "convene_meeting", json!({ "meeting": meeting })).await;
    }
    node.app.settle().await.expect("messages are delivered");
    let today = node.app.today().to_string();

    let refused = |agenda| async move {
        match act(node, agenda, pair(meeting)).await {
            Err(AppError::Rejected(refused)) => (refused.code, refused.path),
            other => panic!("{other:?}"),
        }
    };
    let path = |at: &str| (Code::AgendaNotOfMeeting, Some(at.to_owned()));
    let other_day = printed_on(node, "第10次", Value::Null, "2020-01-02", &["事项"]).await;
    assert_eq!(refused(other_day).await, path("held"));
    let other_organ = printed_on(node, "第11次", json!("太平镇人民政府"), &today, &["事项"]).await;
    assert_eq!(refused(other_organ).await, path("organ"));
    let nowhere = MeetingId::new(Uuid::from_u128(5));
    let agenda =
        printed_on(node, "第12次", json!("湛江市麻章区人民政府"), &today, &["供水", "未上会的事项", "传达文件"]).await;
    assert_eq!(code(act(node, agenda, pair(nowhere)).await), Code::NotFound);
    let unpair = || PrintedAgendaAct::Unpair(UnpairMeeting { reason: "对应有误".to_owned() });
    assert_eq!(code(act(node, agenda, unpair()).await), Code::NotFound, "nothing to take back");
    let not_theirs = node.app.act_on_agenda(asked("reviewer"), agenda, pair(meeting)).await;
    assert_eq!(code(not_theirs), Code::Forbidden);
    act(node, agenda, pair(meeting)).await.expect("the same session");
    assert_eq!(code(act(node, agenda, pair(meeting)).await), Code::AlreadyThere);
    // A print that says no day is held against nothing, and one meeting has one print.
    let vague = printed_on(node, "第13次", Value::Null, "3月上旬", &["事项"]).await;
    assert_eq!(code(act(node, vague, pair(meeting)).await), Code::AlreadyThere);

    let of_agenda = items(node, agenda).await;
    let item = |at: usize| of_agenda[at].item.parse::<PrintedItemId>().expect("an id");
    let link = |item, to| PrintedAgendaAct::Link(TieItem { item, to, reason: "同一事项".to_owned() });
    act(node, agenda, link(item(0), ItemTie::Case(on_both_lists))).await.expect("tied");
    let forwarded = determined(node, excluded(node, ExclusionGround::SuperiorDecision)).await;
    act(node, agenda, link(item(2), ItemTie::Determination(forwarded))).await.expect("tied");
    let held = node.app.meeting(meeting).await.expect("read").expect("it is there");
    let state = node.app.printed_agenda(agenda).await.expect("read").expect("it is there");
    let found = state.state.reconcile(&held.state);
    assert_eq!(found.not_printed, [unprinted]);
    assert_eq!(found.not_on_meeting, [item(1), item(2)]);
    act(node, agenda, unpair()).await.expect("taken back");
    act(node, vague, pair(meeting)).await.expect("and another is paired");
    node.agrees("after the pairing").await;
}

async fn rights_to_registers_are_default_deny(backend: Backend) {
    let site = Site::new(backend).await;
    let node = site.node(1).await;
    assert_eq!(code(node.app.determine(asked("officer"), major(&node)).await), Code::Forbidden);
    assert_eq!(code(node.app.import_agendas(asked("reviewer"), read(&printed())).await), Code::Forbidden);
    assert_eq!(code(node.app.export_agendas(principal("officer"), &[]).await), Code::Forbidden);
    assert_eq!(code(node.app.unlinked_items(principal("officer")).await), Code::Forbidden);
    let id = determined(&node, major(&node)).await;
    let act = DeterminationAct::Correct(excluded(&node, ExclusionGround::NotMajor));
    assert_eq!(code(node.app.act_on_determination(asked("auditor"), id, act).await), Code::Forbidden);
}
