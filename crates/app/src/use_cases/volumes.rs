//! Closed volumes as packages that a stranger can verify.

use std::collections::BTreeMap;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use dingce_archive as archive;
use dingce_domain::case::Case;
use dingce_domain::code::Code;
use dingce_domain::control::Ending;
use dingce_domain::event::CaseEvent;
use dingce_domain::id::{CaseId, Digest};
use dingce_domain::rejection::Rejection;
use dingce_domain::words::Volume;
use dingce_ledger as ledger;
use futures_util::StreamExt;
use tokio::io::AsyncWriteExt;

use crate::app::App;
use crate::envelope::{self, Recorded};
use crate::error::AppError;
use crate::policy::Right;
use crate::ports::{Filter, ReadRow, RowQuery, StoredEvent, Value};
use crate::principal::Principal;
use crate::read_rows::DefinitionRow;
use crate::stream::Loaded;

/// Why a volume was not exported.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// It could not be read, or the actor may not.
    #[error(transparent)]
    App(#[from] AppError),
    /// It could not be packed.
    #[error("the package could not be built")]
    Build(#[from] archive::BuildError),
}

impl App {
    /// Exports the closed decision volume of a case as a package folder `<out>/<case>-decision`.
    ///
    /// # Errors
    /// Where the actor has no right to it, the volume is not closed, or something on file is missing.
    pub async fn export_volume(
        &self,
        who: Principal,
        case: CaseId,
        out: &Path,
    ) -> Result<archive::PackageReport, ExportError> {
        self.entitled(who, Right::ExportVolume).await?;
        self.case(who, case).await?;
        self.export_volume_unchecked(case, out).await
    }

    /// The same for whoever runs the program on the machine itself: the command line.
    ///
    /// # Errors
    /// As [`App::export_volume`], without the right.
    pub async fn export_volume_unchecked(
        &self,
        case: CaseId,
        out: &Path,
    ) -> Result<archive::PackageReport, ExportError> {
        let loaded = self.load::<Case>(case).await?.ok_or_else(|| AppError::not_found(case))?;
        if loaded.state.control.ending != Ending::Closed {
            let refused = Rejection::new(Code::VolumeNotChecked).given(loaded.state.control.ending);
            return Err(AppError::from(refused.needed(Ending::Closed)).into());
        }
        let events = self.volume_events(case).await?;
        let (input, closing) = self.volume_input(&loaded, &events).await?;
        let fetched = tempfile::tempdir().map_err(|e| AppError::internal("making a temporary folder", e))?;
        let mut source = FetchedDocuments(BTreeMap::new());
        for document in loaded.state.file.documents.values().map(|d| &d.document).chain(&closing) {
            let path = fetched.path().join(hex::encode(document.digest.bytes()));
            self.fetch(document.digest, &path).await?;
            source.0.insert(*document.digest.bytes(), path);
        }
        let making = |e: io::Error| AppError::internal(format!("making the folder {}", out.display()), e);
        tokio::fs::create_dir_all(out).await.map_err(making)?;
        let target = out.join(format!("{case}-{}", Volume::Decision));
        let report = tokio::task::spawn_blocking(move || {
            let _keep = &fetched;
            archive::build(&input, &source, &target)
        })
        .await
        .map_err(|error| AppError::internal("building a package", error))??;
        Ok(report)
    }

    /// The events of the decision volume: all up to the one that closed it. They are held in memory, some kilobytes each;
    /// documents are not.
    async fn volume_events(&self, case: CaseId) -> Result<Vec<StoredEvent>, AppError> {
        let closes = |e: &StoredEvent| e.event.kind == "volume_closed";
        let mut all: Vec<StoredEvent> = Vec::new();
        loop {
            let page = self.store.events(case.into(), all.len() as u64, 1000).await?;
            if page.is_empty() {
                return Ok(all);
            }
            all.extend(page);
            // What the closing itself stopped, a clock, stands after it and outside.
            if let Some(last) = all.iter().position(closes) {
                all.truncate(last + 1);
                return Ok(all);
            }
        }
    }

    async fn volume_input(
        &self,
        loaded: &Loaded<Case>,
        events: &[StoredEvent],
    ) -> Result<(archive::VolumeInput, Vec<dingce_domain::words::DocumentRef>), AppError> {
        let file = &loaded.state.file;
        let query =
            RowQuery::all(DefinitionRow::TABLE).with(Filter::Eq("hash", Value::Text(file.definition.hash.to_string())));
        let definition =
            self.row::<DefinitionRow>(query).await?.ok_or_else(|| AppError::not_found(file.definition.hash))?;
        let recorded =
            events.iter().map(envelope::read::<CaseEvent>).collect::<Result<Vec<Recorded<CaseEvent>>, _>>()?;
        let Some(CaseEvent::VolumeClosed { count, root, .. }) = recorded.last().map(|r| &r.body) else {
            return Err(AppError::internal("exporting a volume", "its last event does not close it"));
        };
        // Evidence of offline acts is on file too, though no act attached it.
        let evidence: Vec<_> = recorded
            .iter()
            .flat_map(|r| r.envelope.evidence.iter().cloned())
            .filter(|d| !file.documents.contains_key(&d.digest))
            .collect();
        let closed_at = recorded.last().map(|r| r.envelope.recorded_at).unwrap_or_default();
        let closed_on = self.calendar().zone().date_of(closed_at).to_string();
        let mut seen = std::collections::BTreeSet::new();
        let documents = file
            .documents
            .values()
            .map(|d| &d.document)
            .chain(&evidence)
            .filter(|d| seen.insert(d.digest))
            .map(|d| archive::DocumentEntry {
                digest: ledger::Digest::from_bytes(*d.digest.bytes()),
                name: d.name.clone(),
                media_type: d.media_type.clone(),
                size_bytes: d.size_bytes,
            })
            .collect();
        let input = archive::VolumeInput {
            case: file.id.to_string(),
            volume: Volume::Decision.to_string(),
            title: file.title.clone(),
            closed_on,
            definition: definition.source.into_bytes(),
            events: events
                .iter()
                .map(|e| archive::EventEntry {
                    n: e.n,
                    event_json: e.event.json.clone().into_bytes(),
                    leaf: e.event.leaf.clone(),
                    body_key: e.event.body_key,
                    sealed_present: e.event.sealed.is_some(),
                })
                .collect(),
            documents,
            readable: vec![(
                "filelist.html".to_owned(),
                crate::dossier::file_list(&loaded.state, &recorded).into_bytes(),
            )],
            count: *count,
            volume_root: ledger::Digest::from_bytes(*root.bytes()),
        };
        Ok((input, evidence))
    }

    /// Copies a document out of the file store, a piece at a time.
    async fn fetch(&self, digest: Digest, to: &Path) -> Result<(), AppError> {
        let mut bytes = self.files.get(digest).await?.ok_or_else(|| AppError::not_found(digest))?;
        let writing = |error: io::Error| AppError::internal("copying a document", error);
        let mut file = tokio::fs::File::create(to).await.map_err(writing)?;
        while let Some(piece) = bytes.next().await {
            file.write_all(&piece?).await.map_err(writing)?;
        }
        // The file is written in the background: only this says that all of it was.
        file.flush().await.map_err(writing)
    }
}

/// Documents copied out of the file store, by digest.
struct FetchedDocuments(BTreeMap<[u8; 32], PathBuf>);

impl archive::DocumentSource for FetchedDocuments {
    fn open(&self, digest: &ledger::Digest) -> io::Result<Box<dyn Read + '_>> {
        let path = self
            .0
            .get(digest.as_bytes())
            .ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, format!("no document {digest} is on file")))?;
        Ok(Box::new(std::fs::File::open(path)?))
    }
}
