//! The checked-in SDL is the schema; what it shows is complete, and nothing internal is in the public one.

use std::collections::BTreeSet;
use std::path::Path;

use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{BaseType, ServiceDocument, Type, TypeKind, TypeSystemDefinition};
use dingce_api::schema::{mutation_of, officials_sdl, public_sdl};
use dingce_domain::verb::Verb;

/// Compares with the file, or writes it where `UPDATE_EXPECT=1` says so.
fn same_as_file(name: &str, sdl: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schema").join(name);
    if std::env::var_os("UPDATE_EXPECT").is_some_and(|v| v == "1") {
        std::fs::write(&path, sdl).expect("the schema can be written");
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == sdl, "schema/{name} is not the schema; run this test with UPDATE_EXPECT=1 and read the diff");
}

fn document(sdl: &str) -> ServiceDocument {
    parse_schema(sdl).expect("the SDL can be parsed")
}

/// Names of types, and what the fields and arguments of each refer to.
fn types(sdl: &str) -> Vec<(String, TypeKind)> {
    document(sdl)
        .definitions
        .into_iter()
        .filter_map(|definition| match definition {
            TypeSystemDefinition::Type(found) => Some((found.node.name.node.to_string(), found.node.kind)),
            _ => None,
        })
        .collect()
}

fn fields(sdl: &str, of: &str) -> Vec<(String, Vec<(String, Type)>)> {
    types(sdl)
        .into_iter()
        .filter(|(name, _)| name == of)
        .flat_map(|(_, kind)| match kind {
            TypeKind::Object(object) => object.fields,
            other => panic!("{of} is no object but {other:?}"),
        })
        .map(|field| {
            let arguments = field.node.arguments.iter().map(|a| (a.node.name.node.to_string(), a.node.ty.node.clone()));
            (field.node.name.node.to_string(), arguments.collect())
        })
        .collect()
}

fn named(of: &Type) -> String {
    match &of.base {
        BaseType::Named(name) => name.to_string(),
        BaseType::List(inner) => named(inner),
    }
}

#[test]
fn the_officials_schema_is_the_one_checked_in() {
    same_as_file("dingce.graphql", &officials_sdl());
}

#[test]
fn the_public_schema_is_the_one_checked_in() {
    same_as_file("dingce-public.graphql", &public_sdl());
}

#[test]
fn every_act_has_its_mutation_and_nothing_else_does() {
    let offered: BTreeSet<String> = fields(&officials_sdl(), "Mutation").into_iter().map(|(name, _)| name).collect();
    let mut expected: BTreeSet<String> = Verb::ALL.iter().copied().filter_map(mutation_of).collect();
    assert_eq!(mutation_of(Verb::CloseSolicitation), None, "the system's own");
    assert_eq!(mutation_of(Verb::SettleComments), None, "the system's own");
    assert_eq!(mutation_of(Verb::ChairHearing), None, "named, not done");
    for outside in [
        "publishDefinition",
        "confirmParameter",
        "withdrawConfirmation",
        "enterDirectory",
        "enterDossier",
        "explainDeparture",
        "onboardCase",
        "migrateCase",
        "enterSecretStub",
        "recordSecretStep",
        "endSecretStub",
        "requestErasure",
        "approveErasure",
        "refuseErasure",
        "withdrawErasure",
        "callMeeting",
        "callOffMeeting",
        "takeSessionAttendance",
        "confirmStatement",
        "issueMinutes",
        "addLegalBasis",
        "repealLegalBasis",
        "compileCatalogue",
        "importCatalogues",
        "callForCatalogueEntries",
        "addCatalogueEntry",
        "changeCatalogueEntry",
        "moveCatalogueEntry",
        "dropCatalogueEntry",
        "screenCatalogueEntry",
        "recordCatalogueConsent",
        "publishCatalogue",
        "openCatalogueAdjustment",
        "abandonCatalogueAdjustment",
        "linkCatalogueEntry",
        "unlinkCatalogueEntry",
        "finishCatalogueEntry",
        "reportUnfinishedEntry",
        "enterProposal",
        "openCommenter",
        "openProposalSender",
        "handOverProposal",
        "giveProposalOpinion",
        "decideProposal",
        "answerProposal",
        "linkProposal",
        "unlinkProposal",
        "determineMatter",
        "correctDetermination",
        "linkDetermination",
        "unlinkDetermination",
        "importPrintedAgendas",
        "addPrintedItem",
        "pairPrintedAgenda",
        "unpairPrintedAgenda",
        "linkPrintedItem",
        "unlinkPrintedItem",
        "retainAdviser",
        "renewAdviser",
        "releaseAdviser",
        "assessAdviser",
        "askAdviser",
        "giveAdvice",
        "declineAdvice",
        "disposeAdvice",
        "receiveClue",
        "admitClue",
        "refuseClue",
        "freezeTrace",
        "recordHarm",
        "namePersonsByPost",
        "handOverAccountabilityFile",
        "recordAccountabilityReceipt",
        "recordAccountabilityResult",
        "closeAccountabilityFile",
        "reopenAccountabilityFile",
        "issueSupervisionNotice",
        "answerSupervisionNotice",
        "recheckSupervisionNotice",
        "enterInspectionMandate",
        "revokeInspectionMandate",
    ] {
        expected.insert(outside.to_owned());
    }
    assert_eq!(offered, expected);
}

#[test]
fn every_mutation_takes_one_input_of_its_own() {
    for sdl in [officials_sdl(), public_sdl()] {
        for (name, arguments) in fields(&sdl, "Mutation") {
            let mut input = name.clone();
            input[..1].make_ascii_uppercase();
            assert_eq!(arguments.len(), 1, "{name} takes one argument");
            assert_eq!(arguments[0].0, "input", "{name}");
            assert_eq!(arguments[0].1.to_string(), format!("{input}Input!"), "{name}");
        }
    }
}

#[test]
fn everything_that_readers_of_the_sdl_see_is_described() {
    for sdl in [officials_sdl(), public_sdl()] {
        for definition in document(&sdl).definitions {
            let TypeSystemDefinition::Type(found) = definition else { continue };
            let name = found.node.name.node.to_string();
            // Made by the library for pages, each field described.
            let paging = name.ends_with("Connection") || name.ends_with("Edge") || name == "PageInfo";
            assert!(paging || found.node.description.is_some(), "{name} has no description");
            if let TypeKind::InputObject(input) = found.node.kind {
                for field in input.fields {
                    assert!(field.node.description.is_some(), "{name}.{} has no description", field.node.name.node);
                }
            } else if let TypeKind::Object(object) = found.node.kind {
                for field in object.fields {
                    assert!(field.node.description.is_some(), "{name}.{} has no description", field.node.name.node);
                }
            }
        }
    }
}

/// Every type of the public schema. Adding one means deciding that all of it is for everybody.
const PUBLIC: &[&str] = &[
    "Answer",
    "ApplyToHearingInput",
    "ApplyToHearingPayload",
    "Catalogue",
    "CatalogueChange",
    "CatalogueConnection",
    "CatalogueDifference",
    "CatalogueEdge",
    "CatalogueEntry",
    "CatalogueFlag",
    "CatalogueKind",
    "CatalogueVersion",
    "Consultation",
    "ConsultationConnection",
    "ConsultationEdge",
    "Date",
    "DateTime",
    "Decision",
    "DecisionConnection",
    "DecisionEdge",
    "DecisionState",
    "Document",
    "GroupLots",
    "GroupOnList",
    "HeardView",
    "Hearing",
    "HearingCandidate",
    "HearingComposition",
    "HearingConnection",
    "HearingDraw",
    "HearingEdge",
    "HearingGroupKind",
    "HearingList",
    "HearingParticipant",
    "HearingReceipt",
    "HearingReport",
    "HearingRole",
    "HearingSeats",
    "HearingState",
    "ListedStaff",
    "LogCheckpoint",
    "Long",
    "Mutation",
    "PageInfo",
    "ProposalOutcome",
    "ProposalReceipt",
    "ProposalState",
    "Query",
    "Receipt",
    "SeatSelection",
    "StatuteRef",
    "SubmitCommentInput",
    "SubmitCommentPayload",
    "SubmitProposalInput",
    "SubmitProposalPayload",
    "Uptake",
    "UserError",
];

#[test]
fn nothing_internal_can_be_reached_from_the_public_schema() {
    let sdl = public_sdl();
    let allowed: BTreeSet<&str> = PUBLIC.iter().copied().collect();
    let found = types(&sdl);
    let names: BTreeSet<&str> = found.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, allowed);
    let builtin: BTreeSet<&str> = ["Boolean", "Float", "ID", "Int", "String"].into_iter().collect();
    for (name, kind) in &found {
        let referred: Vec<String> = match kind {
            TypeKind::Object(object) => object
                .fields
                .iter()
                .flat_map(|f| f.node.arguments.iter().map(|a| named(&a.node.ty.node)).chain([named(&f.node.ty.node)]))
                .collect(),
            TypeKind::InputObject(input) => input.fields.iter().map(|f| named(&f.node.ty.node)).collect(),
            TypeKind::Interface(_) | TypeKind::Union(_) => panic!("{name}: the public schema has no abstract types"),
            TypeKind::Scalar | TypeKind::Enum(_) => Vec::new(),
        };
        for other in referred {
            let known = allowed.contains(other.as_str()) || builtin.contains(other.as_str());
            assert!(known, "{name} reaches {other}");
        }
    }
    for word in ["actor", "person", "post", "opinion", "draft", "irregular", "gate", "stage", "clock", "commenter"] {
        for (name, kind) in &found {
            if let TypeKind::Object(object) = kind {
                for field in &object.fields {
                    let field = field.node.name.node.to_lowercase();
                    assert!(!field.contains(word), "{name}.{field} looks internal");
                }
            }
        }
    }
}
