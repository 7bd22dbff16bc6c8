//! What the schemas answer before any application is asked.

use async_graphql::{Request, Value};
use dingce_api::schema::{Lang, officials_shape, public_shape};

async fn code(request: Request) -> Option<String> {
    let response = officials_shape().execute(request).await;
    let error = response.errors.first()?;
    match error.extensions.as_ref()?.get("code")? {
        Value::String(code) => Some(code.clone()),
        _ => None,
    }
}

const DOCUMENT: &str = r#"{ digest: "sha256:0000000000000000000000000000000000000000000000000000000000000000", name: "n", mediaType: "text/plain", sizeBytes: 5000000000 }"#;

/// One well-formed input for each mutation.
fn inputs() -> Vec<(&'static str, String)> {
    let id = |prefix: &str| format!("\"{prefix}_{}\"", "0".repeat(32));
    let (draft, unit, person) = (id("draft"), id("unit"), id("person"));
    let case = format!("caseId: {}", id("case"));
    let docs = format!("documents: [{DOCUMENT}]");
    let (catalogue, entry) = (format!("catalogueId: {}", id("cat")), id("entry"));
    let meeting = id("meet");
    let consultation = format!("consultationId: {}", id("cons"));
    let proposal = format!("proposalId: {}", id("prop"));
    let (determination, agenda) = (format!("determinationId: {}", id("det")), format!("agendaId: {}", id("agenda")));
    let (adviser, engagement) = (format!("adviserId: {}", id("adv")), format!("engagementId: {}", id("eng")));
    let determined = "{ title: \"t\", major: false, ground: EMERGENCY, basis: \"b\", reason: \"r\", determinedBy: \"d\", determinedOn: \"2024-03-01\" }";
    let term = format!(
        "{{ kind: LEGAL_ADVISER, person: {person}, name: \"n\", firmOrPost: \"f\", specialities: [\"s\"], from: \"2024-01-01\", until: \"2024-12-31\", basis: \"b\" }}"
    );
    let (file, notice) = (format!("fileId: {}", id("acct")), format!("noticeId: {}", id("notice")));
    let hearing = format!("hearingId: {}", id("hear"));
    vec![
        (
            "openCase",
            format!(
                "title: \"t\", summary: \"s\", class: PLAN, proposer: UNIT, undertakingUnit: {unit}, facts: [{{ name: \"f\", bool: true }}]"
            ),
        ),
        (
            "onboardCase",
            format!(
                "opening: {{ title: \"t\", summary: \"s\", class: PLAN, proposer: UNIT, undertakingUnit: {unit} }}, begunOn: \"2023-11-01\", reason: \"r\", {docs}"
            ),
        ),
        ("migrateCase", format!("{case}, definition: \"d@2\", version: 3, reason: \"r\", basis: \"b\"")),
        (
            "takeOverStage",
            format!("{case}, stage: \"risk\", draft: {draft}, doneBy: \"d\", account: \"a\", level: LOW, {docs}"),
        ),
        ("determineFacts", format!("{case}, facts: [{{ name: \"f\", number: 2 }}], reason: \"r\"")),
        (
            "recordAbsence",
            format!("{case}, stage: \"risk\", ground: NOT_APPLICABLE, reason: \"r\", basis: \"b\", {docs}"),
        ),
        ("reaffirmEvidence", format!("{case}, draft: {draft}, reason: \"r\", {docs}")),
        ("cureIrregularity", format!("{case}, irregularity: {}, how: \"h\", {docs}", id("irreg"))),
        ("terminateCase", format!("{case}, reason: \"r\", basis: \"b\"")),
        ("studyProposal", format!("{case}, opinion: \"o\", recommends: true, {docs}")),
        ("decideInitiation", format!("{case}, start: true, undertakingUnit: {unit}, reason: \"r\"")),
        ("addDraftVersion", format!("{case}, change: FIRST, {docs}")),
        ("addFinalText", format!("{case}, replaces: {draft}, reason: \"r\", {docs}")),
        ("recordBasisList", format!("{case}, draft: {draft}, bases: [{{ name: \"n\", supports: \"s\" }}]")),
        (
            "recordAlternatives",
            format!(
                "{case}, draft: {draft}, differences: \"d\", preferred: 1, reasons: \"r\", \
                 options: [{{ name: \"n\", content: \"c\", advantages: \"a\", drawbacks: \"d\" }}]"
            ),
        ),
        (
            "recordDepartmentConsultation",
            format!(
                "{case}, draft: {draft}, consulted: [{{ unit: \"u\", askedOn: \"2023-01-03\", stance: DISAGREES, \
                 disputes: [{{ point: \"p\", theirView: \"t\", ourView: \"o\", reasons: \"r\" }}] }}]"
            ),
        ),
        (
            "recordCostBenefit",
            format!(
                "{case}, draft: {draft}, information: \"i\", method: \"m\", costs: \"c\", benefits: \"b\", \
                 conclusion: \"c\", effect: \"e\", {docs}"
            ),
        ),
        (
            "recordFairCompetition",
            format!(
                "{case}, draft: {draft}, issuer: GOVERNMENT, reviewer: MARKET_REGULATION, reviewingUnit: {unit}, \
                 heard: [\"h\"], conclusion: EXCEPTION, opinion: \"o\", \
                 exception: {{ ground: PUBLIC_INTEREST, purpose: \"p\", noMilder: \"n\", ends: \"e\" }}, {docs}"
            ),
        ),
        ("recordUnitLegalCheck", format!("{case}, draft: {draft}, checkedBy: \"c\", lawful: true, opinion: \"o\"")),
        (
            "recordCountersign",
            format!(
                "{case}, draft: {draft}, \
                 signed: [{{ unit: \"u\", signatory: \"s\", signedOn: \"2023-01-03\", agrees: true }}]"
            ),
        ),
        (
            "recordLeadershipMeeting",
            format!(
                "{case}, draft: {draft}, heldOn: \"2023-01-03\", session: \"s\", present: \"p\", agreed: true, \
                 conclusion: \"c\", {docs}"
            ),
        ),
        (
            "openSolicitation",
            format!(
                "{case}, draft: {draft}, opensOn: \"2023-01-05\", closesOn: \"2023-02-04\", channels: [\"w\"], contact: \"c\", {docs}"
            ),
        ),
        ("openCommenter", format!("{consultation}, comment: {}, reason: \"r\"", id("cmt"))),
        ("answerComment", format!("{consultation}, comment: {}, uptake: FULL, reason: \"r\"", id("cmt"))),
        ("enterComment", format!("{consultation}, channel: LETTER, text: \"t\", suggestsHearing: true")),
        (
            "recordParticipation",
            format!(
                "{case}, draft: {draft}, form: SYMPOSIUM, heldOn: \"2023-01-20\", heard: \"h\", views: \"v\", {docs}"
            ),
        ),
        ("decideHearing", format!("{case}, hold: true, reasons: \"r\"")),
        (
            "noticeHearing",
            format!(
                "{case}, draft: {draft}, heldOn: \"2023-03-20\", startsAt: \"9:00\", place: \"p\", selectionMethod: \"m\", groups: [{{ name: \"g\", kind: PUBLIC, seats: 2, selection: DRAWN }}], applicationsFrom: \"2023-02-01\", applicationsUntil: \"2023-02-20\", drawAt: \"2023-02-22T01:00:00Z\", channels: [\"w\"], contact: \"c\", {docs}"
            ),
        ),
        (
            "enterHearingApplication",
            format!(
                "{hearing}, channel: LETTER, group: \"g\", shownAs: \"s\", stake: \"t\", name: \"n\", contact: \"c\""
            ),
        ),
        ("excludeHearingApplicant", format!("{hearing}, code: \"A-0001\", reason: \"r\"")),
        ("drawHearingParticipants", case.clone()),
        (
            "publishHearingParticipants",
            format!(
                "{case}, participants: [{{ code: \"A-0001\", group: \"g\", shownAs: \"s\", stake: \"t\" }}], staff: [{{ role: CHAIR, person: {person}, name: \"n\", post: \"p\" }}], publishedOn: \"2023-03-01\", channels: [\"w\"]"
            ),
        ),
        ("deliverHearingMaterials", format!("{case}, deliveredOn: \"2023-03-10\", note: \"n\", {docs}")),
        (
            "postponeHearing",
            format!(
                "{case}, ground: TOO_FEW, reason: \"r\", heldOn: \"2023-04-01\", startsAt: \"9:00\", place: \"p\", applications: {{ from: \"2023-03-01\", until: \"2023-03-10\", drawAt: \"2023-03-12T01:00:00Z\" }}"
            ),
        ),
        ("cancelHearing", format!("{case}, ground: VOID, reason: \"r\"")),
        ("openHearing", format!("{case}, present: [\"A-0001\"], absent: [{{ code: \"A-0002\", reason: \"r\" }}]")),
        ("recordHearingStatement", format!("{case}, spokenNo: 1, speech: PRESENTS, speaker: \"n\", text: \"t\"")),
        ("signHearingRecord", format!("{case}, signed: [\"A-0001\"], {docs}")),
        (
            "reportHearing",
            format!(
                "{case}, summary: \"s\", views: [{{ view: \"v\", uptake: FULL }}], mostlyOpposed: false, feedback: \"f\", {docs}"
            ),
        ),
        ("reportParticipation", format!("{case}, summary: \"s\", feedback: \"f\", {docs}")),
        (
            "appointExperts",
            format!(
                "{case}, draft: {draft}, form: MEETING, question: \"q\", candidates: [{{ code: \"E\", person: {person}, name: \"n\", field: \"f\", unit: {unit} }}], selection: DRAWN, seats: 1, {docs}"
            ),
        ),
        ("declareInterest", format!("{case}, interest: false, statement: \"s\", {docs}")),
        ("enterInterestDeclaration", format!("{case}, expert: \"E\", interest: true, statement: \"s\", {docs}")),
        ("releaseExpert", format!("{case}, expert: \"E\", reason: \"r\"")),
        ("sendExpertMaterials", format!("{case}, deliveredOn: \"2023-02-01\", note: \"n\", {docs}")),
        ("giveExpertOpinion", format!("{case}, draft: {draft}, stance: SUPPORT, text: \"t\", {docs}")),
        ("enterExpertOpinion", format!("{case}, expert: \"E\", draft: {draft}, stance: OPPOSE, text: \"t\", {docs}")),
        (
            "reportExpertReview",
            format!("{case}, summary: \"s\", dissent: \"d\", adoption: [{{ expert: \"E\", uptake: FULL }}], {docs}"),
        ),
        ("startRiskAssessment", format!("{case}, draft: {draft}, plan: \"p\", {docs}")),
        (
            "reportRisk",
            format!(
                "{case}, level: LOW, proposesControllable: true, points: \"p\", measures: \"m\", contingency: \"c\", {docs}"
            ),
        ),
        (
            "submitForLegalityReview",
            format!(
                "{case}, draft: {draft}, note: \"n\", materials: [{{ material: \"draft\", enclosed: true }}], {docs}"
            ),
        ),
        ("returnSubmission", format!("{case}, reason: \"r\"")),
        ("requestSupplement", format!("{case}, items: [\"i\"]")),
        ("supplySupplement", format!("{case}, note: \"n\", {docs}")),
        ("recordAdvice", format!("{case}, kind: LEGAL_ADVISER, text: \"t\", {docs}")),
        (
            "concludeLegalityReview",
            format!(
                "{case}, draft: {draft}, conclusion: LAWFUL, sheet: [{{ aspect: AUTHORITY, finding: LAWFUL, basis: \"b\" }}], opinion: \"o\", {docs}"
            ),
        ),
        ("respondToLegalityOpinion", format!("{case}, uptake: FULL, {docs}")),
        ("confirmDraft", format!("{case}, draft: {draft}, statement: \"s\", {docs}")),
        ("refuseConfirmation", format!("{case}, draft: {draft}, reason: \"r\"")),
        ("requestTabling", format!("{case}, draft: {draft}, note: \"n\", {docs}")),
        ("checkTablingFile", format!("{case}, complete: true")),
        ("reviewTabling", format!("{case}, agrees: true, opinion: \"o\"")),
        ("approveTabling", format!("{case}, approves: true, opinion: \"o\"")),
        ("conveneMeeting", format!("{case}, meeting: {meeting}")),
        (
            "recordAttendance",
            format!(
                "{case}, recused: [{{ person: {person}, reason: \"r\" }}], entrusted: {{ person: {person}, basis: \"b\" }}"
            ),
        ),
        (
            "callMeeting",
            format!(
                "session: \"s\", heldOn: \"2023-03-31\", place: \"p\", chair: {person}, notifiedOn: \"2023-03-28\""
            ),
        ),
        ("callOffMeeting", format!("meeting: {meeting}, reason: \"r\"")),
        (
            "takeSessionAttendance",
            format!(
                "meeting: {meeting}, present: [{person}], absent: [{{ person: {person}, reason: \"r\" }}], observers: [{{ unit: \"u\", name: \"n\" }}], chair: {person}, recorder: \"r\""
            ),
        ),
        ("confirmStatement", format!("meeting: {meeting}, {case}, agrees: true")),
        ("issueMinutes", format!("meeting: {meeting}, documentNo: \"d\", issuedOn: \"2023-04-03\", {docs}")),
        ("findRisk", format!("{case}, controllable: true, reason: \"r\"")),
        ("recordPosition", format!("{case}, member: {person}, position: AGREE, statement: \"s\", spokenNo: 1")),
        ("recordHeadDecision", format!("{case}, outcome: AGREE_IN_PRINCIPLE, statement: \"s\", spokenNo: 4")),
        ("postponeMeeting", format!("{case}, reason: \"r\"")),
        ("signMeetingRecord", format!("{case}, {docs}")),
        (
            "recordReportReply",
            format!(
                "{case}, body: \"b\", reference: \"r\", sentOn: \"2023-04-01\", repliedOn: \"2023-04-04\", reply: AGREED, {docs}"
            ),
        ),
        (
            "issueDecision",
            format!(
                "{case}, draft: {draft}, documentNo: \"d\", issuedOn: \"2023-04-12\", executingUnit: {unit}, executionDueOn: \"2025-12-31\", {docs}"
            ),
        ),
        (
            "publishDecision",
            format!(
                "{case}, publishedOn: \"2023-04-14\", channels: [\"w\"], adoptionAccount: \"a\", explanation: \"e\", {docs}"
            ),
        ),
        ("publishExplanation", format!("{case}, publishedOn: \"2023-04-14\", channels: [\"w\"], text: \"t\", {docs}")),
        ("reviewDisclosure", format!("{case}, attribute: WITHHELD, basis: \"b\", reason: \"r\", {docs}")),
        (
            "recordPaperOriginal",
            format!("{case}, document: \"sha256:{}\", location: \"l\", pages: 2, seal: \"s\"", "0".repeat(64)),
        ),
        ("reportExecution", format!("{case}, asOf: \"2023-05-01\", progress: \"p\", {docs}")),
        (
            "reportExecutionTrouble",
            format!("{case}, trouble: FORCE_MAJEURE, description: \"d\", effect: \"e\", proposal: \"p\", {docs}"),
        ),
        ("enterExecutionComment", format!("{case}, channel: LETTER, receivedOn: \"2023-05-01\", text: \"t\"")),
        ("answerExecutionComment", format!("{case}, number: 1, handling: \"h\"")),
        ("suspendExecution", format!("{case}, trouble: PROBLEM, reason: \"r\", measures: \"m\", {docs}")),
        ("resumeExecution", format!("{case}, reason: \"r\"")),
        ("adjustExecution", format!("{case}, byCase: {}, reason: \"r\"", id("case"))),
        (
            "terminateExecution",
            format!("{case}, meeting: \"m\", decidedOn: \"2023-05-01\", reason: \"r\", measures: \"m\", {docs}"),
        ),
        ("completeExecution", format!("{case}, completedOn: \"2023-05-01\", summary: \"s\", {docs}")),
        (
            "startEvaluation",
            format!("{case}, triggers: [BASIS_CHANGED], reason: \"r\", evaluatingUnit: {unit}, dueOn: \"2024-05-01\""),
        ),
        ("recordEvaluationVoice", format!("{case}, voice: GRASS_ROOTS, heard: true, summary: \"s\"")),
        (
            "reportEvaluation",
            format!("{case}, methods: \"m\", results: \"r\", problems: \"p\", proposal: CONTINUE, {docs}"),
        ),
        ("concludeEvaluation", format!("{case}, conclusion: AMEND, reasons: \"r\", meeting: \"m\", {docs}")),
        (
            "checkVolume",
            format!(
                "{case}, volume: EXECUTION, complete: true, retention: PERMANENT, materials: [{{ stage: \"s\", material: \"m\", onFile: true }}]"
            ),
        ),
        (
            "closeVolume",
            format!("{case}, offline: {{ occurredOn: \"2023-04-21\", evidence: [{DOCUMENT}] }}, idempotencyKey: \"k\""),
        ),
        ("recordTaskProgress", format!("{case}, entry: \"e\", answers: [], note: \"n\"")),
        ("completeTask", format!("{case}, result: \"r\", reason: \"r\"")),
        ("requestApproval", format!("{case}, stage: \"s\", reason: \"r\"")),
        ("giveApproval", format!("{case}, approves: true")),
        ("publishDefinition", "source: \"name: x\"".to_owned()),
        (
            "confirmParameter",
            format!("definition: \"h\", parameter: \"experts_least\", basis: \"b\", from: \"2024-05-01\", {docs}"),
        ),
        (
            "withdrawConfirmation",
            "definition: \"h\", parameter: \"experts_least\", reason: \"r\", from: \"2024-05-01\"".to_owned(),
        ),
        ("addLegalBasis", "basis: \"r713\", name: \"n\", kind: LAW, issuedBy: \"i\"".to_owned()),
        ("repealLegalBasis", "basis: \"gd183\", repealedOn: \"2024-01-01\", by: \"b\"".to_owned()),
        ("enterDossier", "title: \"t\", events: [{ stage: \"s\", fact: \"f\" }]".to_owned()),
        ("explainDeparture", format!("dossier: {}, departure: 1, reason: \"r\"", id("dossier"))),
        (
            "enterSecretStub",
            format!(
                "number: \"n\", level: SECRET, classifiedBy: {unit}, basis: \"b\", classifiedOn: \"2024-03-01\", unit: {unit}"
            ),
        ),
        ("recordSecretStep", format!("stub: {}, step: LEGALITY_REVIEW, doneOn: \"2024-03-01\"", id("secret"))),
        ("endSecretStub", format!("stub: {}, outcome: GIVEN_UP, endedOn: \"2024-03-01\"", id("secret"))),
        (
            "requestErasure",
            format!("comment: {}, parts: [IDENTITY], ground: CONSENT_WITHDRAWN, reason: \"r\"", id("cmt")),
        ),
        ("approveErasure", format!("erasure: {}", id("erase"))),
        ("refuseErasure", format!("erasure: {}, reason: \"r\"", id("erase"))),
        ("withdrawErasure", format!("erasure: {}, reason: \"r\"", id("erase"))),
        (
            "enterDirectory",
            format!("directory: {}, entries: [{{ personRegistered: {{ person: {person}, name: \"n\" }} }}]", id("org")),
        ),
        ("compileCatalogue", "year: 2022, title: \"t\"".to_owned()),
        ("importCatalogues", "source: \"[]\", format: JSON".to_owned()),
        (
            "callForCatalogueEntries",
            format!("{catalogue}, closesOn: \"2022-01-31\", channels: [\"w\"], addressees: \"a\", text: \"t\""),
        ),
        (
            "addCatalogueEntry",
            format!(
                "{catalogue}, entry: {{ title: \"t\", units: [{unit}], carriedFrom: {{ catalogue: {}, entry: {entry} }} }}",
                id("cat")
            ),
        ),
        ("changeCatalogueEntry", format!("{catalogue}, entryId: {entry}, entry: {{ title: \"t\" }}, reason: \"r\"")),
        ("moveCatalogueEntry", format!("{catalogue}, entry: {entry}, place: 1")),
        ("dropCatalogueEntry", format!("{catalogue}, entry: {entry}, reason: \"r\"")),
        ("screenCatalogueEntry", format!("{catalogue}, entry: {entry}, result: FIT")),
        (
            "recordCatalogueConsent",
            format!("{catalogue}, body: PARTY, granted: true, number: \"n\", decidedOn: \"2022-03-01\""),
        ),
        ("publishCatalogue", format!("{catalogue}, publishedOn: \"2022-12-14\", channels: [\"w\"]")),
        ("openCatalogueAdjustment", format!("{catalogue}, reason: \"r\", proposedBy: \"p\"")),
        ("abandonCatalogueAdjustment", format!("{catalogue}, reason: \"r\"")),
        ("linkCatalogueEntry", format!("{catalogue}, entry: {entry}, case: {}, reason: \"r\"", id("case"))),
        ("unlinkCatalogueEntry", format!("{catalogue}, entry: {entry}, case: {}, reason: \"r\"", id("case"))),
        ("finishCatalogueEntry", format!("{catalogue}, entry: {entry}, finishedOn: \"2022-12-14\", how: \"h\"")),
        ("reportUnfinishedEntry", format!("{catalogue}, entry: {entry}, reason: \"r\", progress: \"p\"")),
        (
            "enterProposal",
            format!(
                "proposer: DEPUTY, proposedBy: \"p\", channel: LETTER, title: \"t\", text: \"t\", argument: {{ necessity: \"n\" }}, suggestion: {{ number: \"n\", replyBy: \"2024-06-01\" }}, sender: {{ name: \"n\" }}, {docs}"
            ),
        ),
        ("openProposalSender", format!("{proposal}, reason: \"r\"")),
        ("handOverProposal", format!("{proposal}, unit: {unit}, studyBy: \"2024-03-20\", note: \"n\"")),
        ("giveProposalOpinion", format!("{proposal}, opinion: \"o\", recommends: START, {docs}")),
        (
            "decideProposal",
            format!(
                "{proposal}, outcome: OTHER_PROCEDURE, procedure: \"p\", reason: \"r\", decider: MEETING, decidedBy: \"m\", decidedOn: \"2024-03-25\", {docs}"
            ),
        ),
        ("answerProposal", format!("{proposal}, text: \"t\"")),
        ("linkProposal", format!("{proposal}, case: {}, reason: \"r\"", id("case"))),
        ("unlinkProposal", format!("{proposal}, entry: {entry}, reason: \"r\"")),
        ("determineMatter", format!("determination: {determined}")),
        ("correctDetermination", format!("{determination}, determination: {determined}")),
        ("linkDetermination", format!("{determination}, case: {}, reason: \"r\"", id("case"))),
        ("unlinkDetermination", format!("{determination}, entry: {entry}, reason: \"r\"")),
        ("importPrintedAgendas", "source: \"[]\", format: CSV".to_owned()),
        ("addPrintedItem", format!("{agenda}, secret: {}, reason: \"r\"", id("secret"))),
        ("pairPrintedAgenda", format!("{agenda}, meeting: {}, reason: \"r\"", id("meet"))),
        ("unpairPrintedAgenda", format!("{agenda}, reason: \"r\"")),
        ("linkPrintedItem", format!("{agenda}, item: {}, case: {}, reason: \"r\"", id("item"), id("case"))),
        ("unlinkPrintedItem", format!("{agenda}, item: {}, determination: {}, reason: \"r\"", id("item"), id("det"))),
        ("retainAdviser", format!("term: {term}")),
        ("renewAdviser", format!("{adviser}, term: {term}")),
        ("releaseAdviser", format!("{adviser}, until: \"2024-06-30\", reason: \"r\"")),
        ("assessAdviser", format!("{adviser}, year: 2024, grade: \"g\", conclusion: \"c\"")),
        (
            "askAdviser",
            format!("adviser: {}, case: {}, stage: \"drafting\", question: \"q\", {docs}", id("adv"), id("case")),
        ),
        ("giveAdvice", format!("{engagement}, opinion: \"o\", {docs}")),
        ("declineAdvice", format!("{engagement}, reason: \"r\"")),
        ("disposeAdvice", format!("{engagement}, uptake: NONE, reason: \"r\"")),
        (
            "receiveClue",
            format!(
                "source: AUDIT, reference: \"n\", receivedOn: \"2024-03-01\", case: {}, content: \"c\", units: [{unit}], persons: [{person}], {docs}",
                id("case")
            ),
        ),
        ("admitClue", format!("{file}, reason: \"r\", article: \"a\"")),
        ("refuseClue", format!("{file}, reason: \"r\", article: \"a\"")),
        ("freezeTrace", format!("{file}, asKnownOn: \"2024-03-01\"")),
        (
            "recordHarm",
            format!("{file}, harm: SERIOUS_LOSS, foundBy: \"b\", foundOn: \"2024-03-01\", statement: \"s\", {docs}"),
        ),
        (
            "namePersonsByPost",
            format!("{file}, persons: [{{ person: {person}, post: {}, category: HEAD, acts: [1] }}]", id("post")),
        ),
        (
            "handOverAccountabilityFile",
            format!("{file}, body: \"b\", article: \"a\", handedOn: \"2024-03-01\", {docs}"),
        ),
        ("recordAccountabilityReceipt", format!("{file}, receivedBy: \"b\", receivedOn: \"2024-03-01\", {docs}")),
        (
            "recordAccountabilityResult",
            format!("{file}, statedOn: \"2024-03-01\", number: \"n\", statement: \"s\", {docs}"),
        ),
        ("closeAccountabilityFile", format!("{file}, reason: \"r\"")),
        ("reopenAccountabilityFile", format!("{file}, reason: \"r\", {docs}")),
        (
            "issueSupervisionNotice",
            format!(
                "kind: ADVICE, number: \"n\", unit: {unit}, case: {}, correct: [\"c\"], article: \"a\", issuedOn: \"2024-03-01\", within: {{ days: 30 }}, {docs}",
                id("case")
            ),
        ),
        ("answerSupervisionNotice", format!("{notice}, correction: \"c\", {docs}")),
        (
            "recheckSupervisionNotice",
            format!("{notice}, passed: false, seen: \"s\", within: {{ days: 5, working: true }}"),
        ),
        (
            "enterInspectionMandate",
            format!(
                "team: \"t\", members: [{person}], cases: [{}], from: \"2024-03-01\", until: \"2024-03-31\", issuedBy: \"i\", number: \"n\", {docs}",
                id("case")
            ),
        ),
        ("revokeInspectionMandate", format!("mandateId: {}, reason: \"r\"", id("mandate"))),
    ]
}

#[tokio::test]
async fn no_mutation_is_done_for_nobody() {
    let inputs = inputs();
    let offered = officials_shape().execute("{ __schema { mutationType { fields { name } } } }").await;
    let offered = offered.data.into_json().expect("introspection answers");
    let offered = offered["__schema"]["mutationType"]["fields"].as_array().map_or(0, Vec::len);
    assert_eq!(offered, inputs.len(), "every mutation is tried");
    for (name, input) in inputs {
        let query = format!("mutation {{ {name}(input: {{ {input} }}) {{ errors {{ code }} }} }}");
        assert_eq!(code(Request::new(query)).await.as_deref(), Some("NOT_AUTHENTICATED"), "{name}");
    }
}

#[tokio::test]
async fn no_query_is_answered_for_nobody() {
    let id = format!("case_{}", "0".repeat(32));
    for query in [
        format!("{{ node(id: \"{id}\") {{ id }} }}"),
        format!("{{ nodes(ids: [\"{id}\"]) {{ id }} }}"),
        format!("{{ case(id: \"{id}\") {{ id }} }}"),
        "{ cases(first: 1) { totalCount } }".to_owned(),
        "{ catalogues(first: 1) { totalCount } }".to_owned(),
        format!("{{ catalogue(id: \"{id}\") {{ id }} }}"),
        "{ catalogueEntries(first: 1) { totalCount } }".to_owned(),
        format!("{{ consultation(id: \"{id}\") {{ id }} }}"),
        "{ units(first: 1) { totalCount } }".to_owned(),
        "{ persons(first: 1) { totalCount } }".to_owned(),
        "{ expertPool { version } }".to_owned(),
        format!("{{ proposal(id: \"{id}\") {{ id }} }}"),
        "{ proposals(first: 1) { totalCount } }".to_owned(),
        format!("{{ determination(id: \"{id}\") {{ id }} }}"),
        "{ determinations(first: 1) { totalCount } }".to_owned(),
        format!("{{ printedAgenda(id: \"{id}\") {{ id }} }}"),
        "{ printedAgendas(first: 1) { totalCount } }".to_owned(),
        "{ printedItems(first: 1, linked: false) { totalCount } }".to_owned(),
        format!("{{ adviser(id: \"{id}\") {{ id }} }}"),
        "{ advisers(first: 1) { totalCount } }".to_owned(),
        format!("{{ engagement(id: \"{id}\") {{ id }} }}"),
        "{ engagements(first: 1) { totalCount } }".to_owned(),
        format!("{{ accountabilityFile(id: \"{id}\") {{ id }} }}"),
        "{ accountabilityFiles(first: 1) { totalCount } }".to_owned(),
        format!("{{ supervisionNotice(id: \"{id}\") {{ id }} }}"),
        "{ supervisionNotices(first: 1) { totalCount } }".to_owned(),
        format!("{{ inspectionMandate(id: \"{id}\") {{ id }} }}"),
        "{ inspectionMandates(first: 1) { totalCount } }".to_owned(),
        "{ legalBases(first: 1) { totalCount } }".to_owned(),
        "{ legalBasisStanding(name: \"n\") { state } }".to_owned(),
        "{ me { person { id } } }".to_owned(),
        "{ now { today } }".to_owned(),
        "{ definition(hash: \"x\") { name } }".to_owned(),
        "{ definitions(first: 1) { totalCount } }".to_owned(),
        "{ changes(first: 1) { next } }".to_owned(),
        "{ deadlines(first: 1) { totalCount } }".to_owned(),
    ] {
        assert_eq!(code(Request::new(&query)).await.as_deref(), Some("NOT_AUTHENTICATED"), "{query}");
    }
}

#[tokio::test]
async fn a_refusal_to_serve_is_told_in_the_language_of_the_request() {
    let told = |lang: Lang| async move {
        let response = officials_shape().execute(Request::new("{ me { person { id } } }").data(lang)).await;
        response.errors.into_iter().next().map(|e| e.message).unwrap_or_default()
    };
    let (zh, en) = (told(Lang::Zh).await, told(Lang::En).await);
    assert!(en.is_ascii() && !zh.is_ascii() && !zh.is_empty(), "{zh} / {en}");
}

#[tokio::test]
async fn a_day_that_does_not_exist_is_refused_clearly() {
    let query = "mutation { publishCatalogue(input: { catalogueId: \"cat\", publishedOn: \"2023-02-30\", \
                 channels: [] }) { errors { code } } }";
    let response = officials_shape().execute(query).await;
    let message = response.errors.first().map(|e| e.message.clone()).unwrap_or_default();
    // Either way no act is reached: without a principal that is said first.
    assert!(message.contains("there is no 2023-02-30") || message.contains("Failed to parse"), "{message}");
}

#[tokio::test]
async fn the_public_schema_can_be_introspected() {
    let answer = public_shape().execute("{ __schema { queryType { fields { name } } } }").await;
    assert!(answer.errors.is_empty(), "{:?}", answer.errors);
    let fields = answer.data.into_json().expect("introspection answers");
    let mut names: Vec<_> = fields["__schema"]["queryType"]["fields"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|f| f["name"].as_str().map(str::to_owned))
        .collect();
    names.sort();
    let expected = [
        "catalogue",
        "catalogues",
        "consultation",
        "consultations",
        "decision",
        "decisions",
        "hearing",
        "hearingReceipt",
        "hearings",
        "proposalReceipt",
        "receipt",
    ];
    assert_eq!(names, expected);
}
