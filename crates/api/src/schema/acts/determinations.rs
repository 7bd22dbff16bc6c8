//! The register of determinations, and of printed agendas (R713 art. 3).

use async_graphql::{Context, ID, InputObject, Object, Result};
use dingce_app::agenda_file::{self, Format};
use dingce_app::use_cases::Asked;
use dingce_app::{App, AppError, Done};
use dingce_domain::code::Code;
use dingce_domain::determination::{DeterminationAct, Determine, ExclusionGround};
use dingce_domain::id::{DeterminationId, PrintedAgendaId, PrintedItemId, SecretStubId};
use dingce_domain::occasion::Manner;
use dingce_domain::printed_agenda::{
    AddItem, ItemTie, PairMeeting, PrintedAgendaAct, PrintedItem, TieItem, UnpairMeeting,
};
use dingce_domain::rejection::Rejection;
use dingce_domain::secret::SecretRef;
use dingce_domain::words::MatterClass;

use super::catalogue::problem;
use super::perform::{StreamAct, asked};
use super::proposals::tie;
use super::stream_acts;
use crate::convert::inputs::{DocumentInput, OfflineInput};
use crate::convert::words::CatalogueFileFormat;
use crate::convert::{Date, Given, Word};
use crate::schema::errors::UserError;
use crate::schema::payload::{DeterminationActPayload, ImportPrintedAgendasPayload, told};
use crate::schema::scope::Scope;

/// The stub of this id; the application fills its number in.
fn secret_given(stub: Option<ID>) -> std::result::Result<Option<SecretRef>, Rejection> {
    let stub: Option<SecretStubId> = stub.given("secret")?;
    Ok(stub.map(|stub| SecretRef { stub, number: String::new() }))
}

/// What is determined of a matter.
#[derive(Debug, Clone, InputObject)]
pub struct DeterminationInput {
    /// Name of the matter, 1 to 200 characters; empty for a secret one.
    #[graphql(default)]
    pub title: String,
    /// What it is about, up to 10,000 characters; empty for a secret one.
    #[graphql(default)]
    pub content: String,
    /// Id of the registered stub of a secret matter: beside it, everything that would say what it is about is empty.
    pub secret: Option<ID>,
    /// Whether it is a major decision.
    pub major: bool,
    /// Its class; given if and only if it is major.
    pub class: Option<Word<MatterClass>>,
    /// Why it is none; given if and only if it is not major.
    pub ground: Option<Word<ExclusionGround>>,
    /// The article on which the exclusion rests; given if and only if it is not major.
    #[graphql(default)]
    pub basis: String,
    /// Special laws that add steps of their own.
    #[graphql(default)]
    pub overlays: Vec<String>,
    /// Why; empty for a secret matter.
    #[graphql(default)]
    pub reason: String,
    /// Who determined it: name and office, or body and number of the meeting.
    pub determined_by: String,
    /// When.
    pub determined_on: Date,
    /// What shows it.
    #[graphql(default)]
    pub documents: Vec<DocumentInput>,
}

impl Given<Determine> for DeterminationInput {
    fn given(self, at: &str) -> std::result::Result<Determine, Rejection> {
        let Self {
            title,
            content,
            secret,
            major,
            class,
            ground,
            basis,
            overlays,
            reason,
            determined_by,
            determined_on,
            documents,
        } = self;
        Ok(Determine {
            title,
            content,
            secret: secret_given(secret)?,
            major,
            class: class.given(at)?,
            ground: ground.given(at)?,
            basis,
            overlays,
            reason,
            determined_by,
            determined_on: determined_on.0,
            documents: documents.given("documents")?,
        })
    }
}

/// Determine whether a matter is a major decision.
#[derive(Debug, Clone, InputObject)]
pub struct DetermineMatterInput {
    /// What is determined.
    pub determination: DeterminationInput,
    /// A key under which the request may be sent again without being done twice, 1 to 200 characters.
    pub idempotency_key: Option<String>,
    /// Given back in the payload.
    pub client_mutation_id: Option<String>,
    /// Where it was done earlier, on paper or in a room.
    pub offline: Option<OfflineInput>,
}

/// Take printed agendas over, as they are.
#[derive(Debug, Clone, InputObject)]
pub struct ImportPrintedAgendasInput {
    /// The file, up to 8 MiB.
    pub source: String,
    /// How it is written.
    pub format: Word<CatalogueFileFormat>,
    /// A key under which the request may be sent again without being done twice, 1 to 200 characters.
    pub idempotency_key: Option<String>,
    /// Given back in the payload.
    pub client_mutation_id: Option<String>,
}

/// Acts that begin a determination or an agenda.
#[derive(Debug, Clone, Copy, Default)]
pub struct DeterminationBeginnings;

#[Object]
impl DeterminationBeginnings {
    /// Determine whether a matter is a major decision 认定 (R713 art. 3): of which class, or excluded on which ground.
    async fn determine_matter(
        &self,
        ctx: &Context<'_>,
        input: DetermineMatterInput,
    ) -> Result<Option<DeterminationActPayload>> {
        let scope = Scope::of(ctx)?;
        let DetermineMatterInput { determination, idempotency_key, client_mutation_id, offline } = input;
        let done = async {
            let given: Determine = determination.given("determination")?;
            let manner = OfflineInput::manner(offline)?;
            let input = (&given, &manner);
            let asked = asked(scope, "determineMatter", idempotency_key.as_deref(), manner.clone(), &input)?;
            scope.app.determine(asked, given).await
        };
        let outcome = told(done.await, scope, |rejection| UserError::of(rejection, None, scope.lang))?;
        Ok(Some(DeterminationActPayload { client_mutation_id, outcome }))
    }

    /// Take printed agendas over, as they are. All or none; harmless twice. Every problem of the file is told at once.
    async fn import_printed_agendas(
        &self,
        ctx: &Context<'_>,
        input: ImportPrintedAgendasInput,
    ) -> Result<Option<ImportPrintedAgendasPayload>> {
        let scope = Scope::of(ctx)?;
        let ImportPrintedAgendasInput { source, format, idempotency_key, client_mutation_id } = input;
        let tell = |rejection: &Rejection| UserError::of(rejection, None, scope.lang);
        let format = match format.0 {
            CatalogueFileFormat::Json => Format::Json,
            CatalogueFileFormat::Csv => Format::Csv,
        };
        let asked = asked(scope, "importPrintedAgendas", idempotency_key.as_deref(), Manner::Online, &source);
        let outcome = match (asked, agenda_file::read(source.as_bytes(), format)) {
            (Err(error), _) => told(Err(error), scope, tell)?,
            (Ok(_), Err(problems)) => Err(problems.iter().map(|p| tell(&problem(p))).collect()),
            (Ok(asked), Ok(files)) => told(scope.app.import_agendas(asked, files).await, scope, tell)?,
        };
        Ok(Some(ImportPrintedAgendasPayload { client_mutation_id, outcome }))
    }
}

impl StreamAct for DeterminationAct {
    type Id = DeterminationId;

    async fn act(self, app: &App, asked: Asked, id: DeterminationId) -> std::result::Result<Done, AppError> {
        app.act_on_determination(asked, id, self).await
    }
}

impl StreamAct for PrintedAgendaAct {
    type Id = PrintedAgendaId;

    async fn act(self, app: &App, asked: Asked, id: PrintedAgendaId) -> std::result::Result<Done, AppError> {
        app.act_on_agenda(asked, id, self).await
    }
}

stream_acts! {
    /// Acts on a determination.
    DeterminationActs on determination_id, "The determination.", DeterminationActPayload from DeterminationAct {
        /// Determine a matter anew: a wrong determination is followed by another that says why, and both stay.
        correct_determination as "correctDetermination" from CorrectDeterminationInput {
            /// What is determined, in full.
            determination: DeterminationInput,
        } => DeterminationAct::Correct(determination.given("determination")?);

        /// Tie a determination to a case or to a catalogue entry.
        link_determination as "linkDetermination" from LinkDeterminationInput {
            /// Id of the case.
            case: Option<ID>,
            /// Id of the catalogue entry.
            entry: Option<ID>,
            /// Why.
            reason: String,
        } => DeterminationAct::Link(tie(case, entry, reason)?);

        /// Untie a determination from a case or from a catalogue entry.
        unlink_determination as "unlinkDetermination" from UnlinkDeterminationInput {
            /// Id of the case.
            case: Option<ID>,
            /// Id of the catalogue entry.
            entry: Option<ID>,
            /// Why.
            reason: String,
        } => DeterminationAct::Unlink(tie(case, entry, reason)?);
    }
}

/// Exactly one of a case and a determination.
fn tie_item(
    item: ID,
    case: Option<ID>,
    determination: Option<ID>,
    reason: String,
) -> std::result::Result<TieItem, Rejection> {
    let to = match (case, determination) {
        (Some(case), None) => ItemTie::Case(case.given("case")?),
        (None, Some(determination)) => ItemTie::Determination(determination.given("determination")?),
        _ => return Err(Rejection::new(Code::InputNotAcceptable).at("case").needed("case | determination")),
    };
    Ok(TieItem { item: item.given("item")?, to, reason })
}

stream_acts! {
    /// Acts on an agenda.
    PrintedAgendaActs on agenda_id, "The agenda.", PrintedAgendaPayload from PrintedAgendaAct {
        /// Add an item that the print does not have: one put on at the meeting 临时议题.
        add_printed_item as "addPrintedItem" from AddPrintedItemInput {
            /// Its number; empty where none is.
            #[graphql(default)]
            no: String,
            /// Its title, 1 to 200 characters; empty for a secret one.
            #[graphql(default)]
            title: String,
            /// Who reports on it.
            reporter: Option<String>,
            /// Who attends for it.
            attendees: Option<Vec<String>>,
            /// Id of the registered stub of a secret item: nothing else is told of it.
            secret: Option<ID>,
            /// Why it is added.
            reason: String,
        } => PrintedAgendaAct::AddItem(AddItem {
            item: PrintedItem {
                id: PrintedItemId::new(uuid::Uuid::nil()),
                no,
                title,
                reporter,
                attendees,
                secret: secret_given(secret)?,
                printed: Default::default(),
                left_out: Vec::new(),
            },
            reason,
        });

        /// Say what an item belongs to: a case, or a determination.
        link_printed_item as "linkPrintedItem" from LinkPrintedItemInput {
            /// Id of the item.
            item: ID,
            /// Id of the case.
            case: Option<ID>,
            /// Id of the determination.
            determination: Option<ID>,
            /// Why.
            reason: String,
        } => PrintedAgendaAct::Link(tie_item(item, case, determination, reason)?);

        /// Take back what an item belongs to.
        unlink_printed_item as "unlinkPrintedItem" from UnlinkPrintedItemInput {
            /// Id of the item.
            item: ID,
            /// Id of the case.
            case: Option<ID>,
            /// Id of the determination.
            determination: Option<ID>,
            /// Why.
            reason: String,
        } => PrintedAgendaAct::Unlink(tie_item(item, case, determination, reason)?);

        /// Name the meeting whose session the agenda was printed for. Refused where the print names another day or another
        /// organ; `reconciliation` then tells what stands on one of them only.
        pair_printed_agenda as "pairPrintedAgenda" from PairPrintedAgendaInput {
            /// Id of the meeting.
            meeting: ID,
            /// By what they are known to be the same session.
            reason: String,
        } => PrintedAgendaAct::Pair(PairMeeting { meeting: meeting.given("meeting")?, reason });

        /// Take back which meeting the agenda was printed for.
        unpair_printed_agenda as "unpairPrintedAgenda" from UnpairPrintedAgendaInput {
            /// Why.
            reason: String,
        } => PrintedAgendaAct::Unpair(UnpairMeeting { reason });
    }
}
