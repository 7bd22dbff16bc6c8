//! Acts on yearly catalogues (R713 art. 3).

use async_graphql::{Context, ID, InputObject, Object, Result};
use dingce_app::catalogue_file::{self, Format, Problem};
use dingce_app::use_cases::Asked;
use dingce_app::{App, AppError, Done};
use dingce_domain::catalogue::{
    AbandonAdjustment, AddEntry, CallForEntries, CarriedFrom, CatalogueAct, CatalogueKind, ChangeEntry, ConsentBody,
    DropEntry, Entry, FinishEntry, Head, MoveEntry, OpenAdjustment, PublishCatalogue, RecordConsent, ReportUnfinished,
    ScreenEntry, ScreeningResult, TieEntry,
};
use dingce_domain::code::Code;
use dingce_domain::id::{CatalogueId, EntryId};
use dingce_domain::occasion::Manner;
use dingce_domain::rejection::Rejection;

use super::perform::{StreamAct, asked};
use super::stream_acts;
use crate::convert::inputs::{DocumentInput, OfflineInput};
use crate::convert::words::CatalogueFileFormat;
use crate::convert::{Date, Given, Word};
use crate::schema::errors::UserError;
use crate::schema::payload::{CatalogueActPayload, ImportCataloguesPayload, told};
use crate::schema::scope::Scope;

/// The entry of an earlier catalogue that one goes on from.
#[derive(Debug, Clone, InputObject)]
pub struct CarriedFromInput {
    /// The earlier catalogue.
    pub catalogue: ID,
    /// Its entry.
    pub entry: ID,
}

impl Given<CarriedFrom> for CarriedFromInput {
    fn given(self, at: &str) -> std::result::Result<CarriedFrom, Rejection> {
        let Self { catalogue, entry } = self;
        Ok(CarriedFrom {
            catalogue: catalogue.given(&format!("{at}.catalogue"))?,
            entry: entry.given(&format!("{at}.entry"))?,
        })
    }
}

/// An entry as it shall stand in the list.
#[derive(Debug, Clone, InputObject)]
pub struct CatalogueEntryInput {
    /// Its number in the list; empty where none is.
    #[graphql(default)]
    pub no: String,
    /// Name of the matter, 1 to 200 characters.
    pub title: String,
    /// What it is about.
    pub content: Option<String>,
    /// Undertaking unit or units as they shall be printed, also 有关部门.
    pub undertaking_unit: Option<String>,
    /// Ids of the units of the directory that are meant, several or none.
    #[graphql(default)]
    pub units: Vec<ID>,
    /// Procedures that the list asks for.
    pub procedures: Option<Vec<String>>,
    /// Legal and policy basis.
    pub basis: Option<String>,
    /// Whether a hearing is to be held; absent where the list does not say.
    pub hearing: Option<bool>,
    /// Planned time: a month, a quarter, a range.
    pub planned_time: Option<String>,
    /// Whether it opens into several decisions.
    #[graphql(default)]
    pub bundle: bool,
    /// The entry of an earlier catalogue that it goes on from 结转. Not changed afterwards.
    pub carried_from: Option<CarriedFromInput>,
}

impl CatalogueEntryInput {
    fn with(self, id: EntryId) -> std::result::Result<Entry, Rejection> {
        let Self {
            no,
            title,
            content,
            undertaking_unit,
            units,
            procedures,
            basis,
            hearing,
            planned_time,
            bundle,
            carried_from,
        } = self;
        Ok(Entry {
            no,
            content,
            undertaking_unit,
            units: units.given("entry.units")?,
            procedures,
            basis,
            hearing,
            planned_time,
            bundle,
            carried_from: carried_from.given("entry.carried_from")?,
            ..Entry::named(id, &title)
        })
    }
}

impl StreamAct for CatalogueAct {
    type Id = CatalogueId;

    async fn act(self, app: &App, asked: Asked, id: CatalogueId) -> std::result::Result<Done, AppError> {
        app.act_on_catalogue(asked, id, self).await
    }
}

stream_acts! {
    /// Acts on a catalogue.
    CatalogueActs on catalogue_id, "The catalogue.", CatalogueActPayload from CatalogueAct {
        /// Call units, towns or the public to name entries 征集.
        call_for_catalogue_entries as "callForCatalogueEntries" from CallForCatalogueEntriesInput {
            /// Last day, to its end. Entries named later are taken and marked.
            closes_on: Date,
            /// How entries may be named, at least one.
            channels: Vec<String>,
            /// Who is called.
            addressees: String,
            /// The text of the call.
            text: String,
        } => CatalogueAct::CallForEntries(CallForEntries { closes_on: closes_on.0, channels, addressees, text });

        /// Name an entry for the draft, or add one to it.
        add_catalogue_entry as "addCatalogueEntry" from AddCatalogueEntryInput {
            /// The entry.
            entry: CatalogueEntryInput,
            /// Who named it; empty for whoever compiles.
            #[graphql(default)]
            nominated_by: String,
            /// Why; required in an adjustment.
            #[graphql(default)]
            reason: String,
        } => CatalogueAct::AddEntry(AddEntry {
            entry: entry.with(EntryId::new(uuid::Uuid::nil()))?,
            nominated_by,
            reason,
        });

        /// Change an entry of the draft: rename it, give it another unit or time.
        change_catalogue_entry as "changeCatalogueEntry" from ChangeCatalogueEntryInput {
            /// Id of the entry.
            entry_id: ID,
            /// The entry as it shall stand, with all members; `carriedFrom` is not changed.
            entry: CatalogueEntryInput,
            /// Why; required in an adjustment.
            #[graphql(default)]
            reason: String,
        } => CatalogueAct::ChangeEntry(ChangeEntry { entry: entry.with(entry_id.given("entry_id")?)?, reason });

        /// Give an entry of the draft another place.
        move_catalogue_entry as "moveCatalogueEntry" from MoveCatalogueEntryInput {
            /// Id of the entry.
            entry: ID,
            /// Its new place, from 1.
            place: u32,
            /// Why; required in an adjustment.
            #[graphql(default)]
            reason: String,
        } => CatalogueAct::MoveEntry(MoveEntry { entry: entry.given("entry")?, place, reason });

        /// Take an entry out of the draft.
        drop_catalogue_entry as "dropCatalogueEntry" from DropCatalogueEntryInput {
            /// Id of the entry.
            entry: ID,
            /// Why.
            reason: String,
        } => CatalogueAct::DropEntry(DropEntry { entry: entry.given("entry")?, reason });

        /// Screen an entry of the draft 审核.
        screen_catalogue_entry as "screenCatalogueEntry" from ScreenCatalogueEntryInput {
            /// Id of the entry.
            entry: ID,
            /// What was found.
            result: Word<ScreeningResult>,
            /// Why; required unless it is fit.
            #[graphql(default)]
            reason: String,
        } => CatalogueAct::ScreenEntry(ScreenEntry { entry: entry.given("entry")?, result: result.0, reason });

        /// Record what the executive meeting or the Party committee decided on the draft as it stands (R713 art. 3).
        record_catalogue_consent as "recordCatalogueConsent" from RecordCatalogueConsentInput {
            /// Which body.
            body: Word<ConsentBody>,
            /// Whether it consented.
            granted: bool,
            /// Number of the meeting or of the reply.
            number: String,
            /// Day of the decision.
            decided_on: Date,
            /// Its remarks; required where it did not consent.
            #[graphql(default)]
            remarks: String,
            /// Minutes, reply.
            #[graphql(default)]
            documents: Vec<DocumentInput>,
        } => CatalogueAct::RecordConsent(RecordConsent {
            body: body.0,
            granted,
            number,
            decided_on: decided_on.0,
            remarks,
            documents: documents.given("documents")?,
        });

        /// Publish the draft. Without both consents to the list as it stands it is refused (R713 art. 3), with what is
        /// missing; a publication on paper is recorded as it was, with its flags.
        publish_catalogue as "publishCatalogue" from PublishCatalogueInput {
            /// Day of publication.
            published_on: Date,
            /// Document number.
            doc_no: Option<String>,
            /// Where, at least one.
            channels: Vec<String>,
        } => CatalogueAct::Publish(PublishCatalogue { published_on: published_on.0, doc_no, channels });

        /// Begin an adjustment 动态调整: a draft that takes the road of the first, with both consents.
        open_catalogue_adjustment as "openCatalogueAdjustment" from OpenCatalogueAdjustmentInput {
            /// Why.
            reason: String,
            /// Who proposed it.
            proposed_by: String,
        } => CatalogueAct::OpenAdjustment(OpenAdjustment { reason, proposed_by });

        /// Give the adjustment under way up; the list in force stays.
        abandon_catalogue_adjustment as "abandonCatalogueAdjustment" from AbandonCatalogueAdjustmentInput {
            /// Why.
            reason: String,
        } => CatalogueAct::AbandonAdjustment(AbandonAdjustment { reason });

        /// Tie an entry in force to a case. An entry may have several cases, a case several entries.
        link_catalogue_entry as "linkCatalogueEntry" from LinkCatalogueEntryInput {
            /// Id of the entry.
            entry: ID,
            /// Id of the case.
            case: ID,
            /// Why.
            reason: String,
        } => CatalogueAct::LinkEntry(TieEntry { entry: entry.given("entry")?, case: case.given("case")?, reason });

        /// Untie an entry from a case.
        unlink_catalogue_entry as "unlinkCatalogueEntry" from UnlinkCatalogueEntryInput {
            /// Id of the entry.
            entry: ID,
            /// Id of the case.
            case: ID,
            /// Why.
            reason: String,
        } => CatalogueAct::UnlinkEntry(TieEntry { entry: entry.given("entry")?, case: case.given("case")?, reason });

        /// Record that the matter of an entry is finished.
        finish_catalogue_entry as "finishCatalogueEntry" from FinishCatalogueEntryInput {
            /// Id of the entry.
            entry: ID,
            /// Day on which it was finished.
            finished_on: Date,
            /// How: the document issued, or why nothing is left to decide.
            how: String,
        } => CatalogueAct::FinishEntry(FinishEntry { entry: entry.given("entry")?, finished_on: finished_on.0, how });

        /// Report an unfinished entry: reason and progress.
        report_unfinished_entry as "reportUnfinishedEntry" from ReportUnfinishedEntryInput {
            /// Id of the entry.
            entry: ID,
            /// Why it is not finished.
            reason: String,
            /// How far it is.
            progress: String,
        } => CatalogueAct::ReportUnfinished(ReportUnfinished { entry: entry.given("entry")?, reason, progress });
    }
}

/// Begin a yearly catalogue, or a batch of one, as a draft.
#[derive(Debug, Clone, InputObject)]
pub struct CompileCatalogueInput {
    /// What it is a list of.
    #[graphql(default_with = "Word(CatalogueKind::Decision)")]
    pub kind: Word<CatalogueKind>,
    /// The year that it is for, 1949 to 9999.
    pub year: i16,
    /// Which batch of the year, 1 to 99.
    #[graphql(default = 1)]
    pub batch: u16,
    /// Title.
    pub title: String,
    /// A key under which the request may be sent again without being done twice, 1 to 200 characters.
    pub idempotency_key: Option<String>,
    /// Given back in the payload.
    pub client_mutation_id: Option<String>,
    /// Where it was done earlier, on paper or in a room.
    pub offline: Option<OfflineInput>,
}

/// Take printed catalogues over, as they are.
#[derive(Debug, Clone, InputObject)]
pub struct ImportCataloguesInput {
    /// The file, up to 8 MiB.
    pub source: String,
    /// How it is written.
    pub format: Word<CatalogueFileFormat>,
    /// A key under which the request may be sent again without being done twice, 1 to 200 characters.
    pub idempotency_key: Option<String>,
    /// Given back in the payload.
    pub client_mutation_id: Option<String>,
}

/// Acts that begin a catalogue.
#[derive(Debug, Clone, Copy, Default)]
pub struct CatalogueBeginnings;

#[Object]
impl CatalogueBeginnings {
    /// Begin a yearly catalogue, or a batch of one, as a draft (R713 art. 3).
    async fn compile_catalogue(
        &self,
        ctx: &Context<'_>,
        input: CompileCatalogueInput,
    ) -> Result<Option<CatalogueActPayload>> {
        let scope = Scope::of(ctx)?;
        let CompileCatalogueInput { kind, year, batch, title, idempotency_key, client_mutation_id, offline } = input;
        let done = async {
            let head = Head { kind: kind.0, year, batch, title, doc_no: None };
            let manner = OfflineInput::manner(offline)?;
            let input = (&head, &manner);
            let asked = asked(scope, "compileCatalogue", idempotency_key.as_deref(), manner.clone(), &input)?;
            scope.app.compile_catalogue(asked, head).await
        };
        let outcome = told(done.await, scope, |rejection| UserError::of(rejection, None, scope.lang))?;
        Ok(Some(CatalogueActPayload { client_mutation_id, outcome }))
    }

    /// Take printed catalogues over, as they are: consents that a print does not state are flagged. All or none; harmless
    /// twice. Every problem of the file is told at once.
    async fn import_catalogues(
        &self,
        ctx: &Context<'_>,
        input: ImportCataloguesInput,
    ) -> Result<Option<ImportCataloguesPayload>> {
        let scope = Scope::of(ctx)?;
        let ImportCataloguesInput { source, format, idempotency_key, client_mutation_id } = input;
        let tell = |rejection: &Rejection| UserError::of(rejection, None, scope.lang);
        let format = match format.0 {
            CatalogueFileFormat::Json => Format::Json,
            CatalogueFileFormat::Csv => Format::Csv,
        };
        let asked = asked(scope, "importCatalogues", idempotency_key.as_deref(), Manner::Online, &source);
        let outcome = match (asked, catalogue_file::read(source.as_bytes(), format)) {
            (Err(error), _) => told(Err(error), scope, tell)?,
            (Ok(_), Err(problems)) => Err(problems.iter().map(|p| tell(&problem(p))).collect()),
            (Ok(asked), Ok(files)) => told(scope.app.import_catalogues(asked, files).await, scope, tell)?,
        };
        Ok(Some(ImportCataloguesPayload { client_mutation_id, outcome }))
    }
}

pub(super) fn problem(problem: &Problem) -> Rejection {
    let mut rejection = Rejection::new(Code::InputNotAcceptable).at("source");
    // In full: a problem names its place in the file first.
    rejection.given = Some(problem.to_string());
    rejection
}
