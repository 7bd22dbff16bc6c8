//! Yearly catalogues 决策事项目录.

use std::collections::{BTreeMap, BTreeSet};

use async_graphql::{Context, Description, ID, InputObject, Object, Result, SimpleObject};
use dingce_app::ports::{Direction, Filter, ReadRow, RowQuery, Value};
use dingce_app::read_rows::{CaseRow, CatalogueLinkRow, CatalogueRow, CatalogueVersionRow, EntryRow};
use dingce_domain::catalogue::{
    CatalogueFlag, CatalogueKind, ChangeKind, Consent, ConsentBody, Difference, Draft, Entry, PrintedHead, Progress,
    Report, Rules, ScreeningResult, Version, differences,
};

use super::case::DecisionCase;
use super::determination::Determination;
use super::directory::{Unit, units};
use super::errors::Failure;
use super::loaders::Of;
use super::page::{Page, PageArgs, page};
use super::proposal::Proposal;
use super::scope::Scope;
use crate::convert::words::{CatalogueState, EntryState};
use crate::convert::{Date, Long, Word};

/// A consent to a catalogue (R713 art. 3).
#[derive(Debug, Clone, SimpleObject)]
pub struct CatalogueConsent {
    /// Whose.
    body: Word<ConsentBody>,
    /// Whether it consented.
    granted: bool,
    /// Number of the meeting or of the reply; none where a print states the consent only.
    number: Option<String>,
    /// Day; none where a print states the consent only.
    decided_on: Option<Date>,
    /// Remarks.
    remarks: String,
    /// Whether it is to the list as it stands: a list that changed afterwards needs it again.
    current: bool,
}

fn consents(given: &BTreeMap<ConsentBody, Consent>, revision: Option<u32>) -> Vec<CatalogueConsent> {
    let shown = |(body, consent): (&ConsentBody, &Consent)| {
        let Consent { granted, number, decided_on, remarks, revision: to } = consent.clone();
        CatalogueConsent {
            body: Word(*body),
            granted,
            number,
            decided_on: decided_on.map(Date),
            remarks,
            current: revision.is_none_or(|r| r == to),
        }
    };
    given.iter().map(shown).collect()
}

/// Why an entry was added, changed, moved or dropped.
#[derive(Debug, Clone, SimpleObject)]
pub struct EntryReason {
    /// Id of the entry.
    entry: ID,
    /// Why.
    reason: String,
}

fn reasons(given: &[(dingce_domain::id::EntryId, String)]) -> Vec<EntryReason> {
    given.iter().map(|(e, reason)| EntryReason { entry: e.to_string().into(), reason: reason.clone() }).collect()
}

/// What differs in one entry between two lists.
#[derive(Debug, Clone, SimpleObject)]
pub struct CatalogueDifference {
    /// Id of the entry.
    entry: ID,
    /// What differs.
    change: Word<ChangeKind>,
    /// As it was; none where there was nothing.
    before: Option<String>,
    /// As it is; none where there is nothing.
    after: Option<String>,
}

impl From<Difference> for CatalogueDifference {
    fn from(difference: Difference) -> Self {
        let Difference { entry, change, before, after } = difference;
        Self { entry: entry.to_string().into(), change: Word(change), before, after }
    }
}

/// An entry as a list has it.
#[derive(Debug, Clone, SimpleObject)]
pub struct ListedEntry {
    /// Its id; the same in all versions. Opaque.
    id: ID,
    /// Its number in the list, as printed; empty where none is.
    no: String,
    /// Name of the matter.
    title: String,
    /// What it is about.
    content: Option<String>,
    /// Undertaking unit or units, as printed.
    undertaking_unit: Option<String>,
    /// Ids of the units of the directory that are meant.
    units: Vec<ID>,
    /// Whether nobody in particular is named: no unit, or only such as 有关部门.
    unit_not_named: bool,
    /// Procedures that the list asks for, as printed.
    procedures: Option<Vec<String>>,
    /// Legal and policy basis, as printed.
    basis: Option<String>,
    /// Whether a hearing is to be held; none where the list does not say.
    hearing: Option<bool>,
    /// Planned time, as printed.
    planned_time: Option<String>,
    /// Whether it opens into several decisions.
    bundle: bool,
    /// Id of the entry of an earlier catalogue that it goes on from.
    carried_from: Option<ID>,
    /// Other columns, as printed: a JSON object; none where there are none.
    printed: Option<String>,
}

impl From<Entry> for ListedEntry {
    fn from(entry: Entry) -> Self {
        let unit_not_named = entry.unit_not_named();
        let Entry {
            id,
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
            printed,
            left_out: _,
        } = entry;
        Self {
            id: id.to_string().into(),
            no,
            title,
            content,
            undertaking_unit,
            units: units.into_iter().map(|u| u.to_string().into()).collect(),
            unit_not_named,
            procedures,
            basis,
            hearing,
            planned_time,
            bundle,
            carried_from: carried_from.map(|c| c.entry.to_string().into()),
            printed: (!printed.is_empty()).then(|| serde_json::to_string(&printed).unwrap_or_default()),
        }
    }
}

/// What screening found of an entry.
#[derive(Debug, Clone, SimpleObject)]
pub struct EntryScreening {
    /// Id of the entry.
    entry: ID,
    /// What was found.
    result: Word<ScreeningResult>,
    /// Why.
    reason: String,
    /// When.
    on: Date,
}

/// A call for entries 征集.
#[derive(Debug, Clone, SimpleObject)]
pub struct EntriesCall {
    /// Last day, to its end.
    closes_on: Date,
    /// How entries may be named.
    channels: Vec<String>,
    /// Who is called.
    addressees: String,
    /// Its text.
    text: String,
}

/// Who named an entry.
#[derive(Debug, Clone, SimpleObject)]
pub struct EntryNomination {
    /// Id of the entry.
    entry: ID,
    /// Who named it; empty where whoever compiles did.
    nominated_by: String,
    /// Whether it came after the call's last day.
    late: bool,
}

/// The draft of a catalogue's next version.
#[derive(Debug, Clone, SimpleObject)]
pub struct CatalogueDraft {
    /// Number of the version that it will be.
    number: u32,
    /// When it was begun.
    opened_on: Date,
    /// Why the list is adjusted; empty for the first.
    reason: String,
    /// Who proposed the adjustment; empty for the first.
    proposed_by: String,
    /// The call for entries.
    call: Option<EntriesCall>,
    /// The list.
    entries: Vec<ListedEntry>,
    /// Who named which entry, as far as known.
    nominations: Vec<EntryNomination>,
    /// What screening found.
    screenings: Vec<EntryScreening>,
    /// The last decision of each body, also to a list that changed since.
    consents: Vec<CatalogueConsent>,
    /// Bodies whose consent publication still needs (R713 art. 3).
    consents_missing: Vec<Word<ConsentBody>>,
    /// What would have to be known of the list if it were published as it stands.
    flags: Vec<Word<CatalogueFlag>>,
    /// Why entries were added, changed, moved or dropped, in order.
    reasons: Vec<EntryReason>,
    /// What differs from the list in force.
    differences: Vec<CatalogueDifference>,
}

impl CatalogueDraft {
    fn of(draft: Draft, rules: &Rules, current: Option<&Version>) -> Self {
        let flags = draft.flags(rules, None);
        let consents_missing = rules.required.iter().filter(|b| draft.consent(**b).is_none()).map(|b| Word(*b));
        let consents_missing = consents_missing.collect();
        let before = current.map(|v| v.entries.as_slice()).unwrap_or_default();
        let differences = differences(before, &draft.entries).into_iter().map(CatalogueDifference::from).collect();
        let Draft {
            number,
            opened_on,
            reason,
            proposed_by,
            revision,
            call,
            entries,
            nominated_by,
            late,
            screenings,
            consents: given,
            reasons: why,
        } = draft;
        let named: BTreeSet<_> = nominated_by.keys().chain(&late).copied().collect();
        Self {
            number,
            opened_on: Date(opened_on),
            reason,
            proposed_by,
            call: call.map(|c| EntriesCall {
                closes_on: Date(c.closes_on),
                channels: c.channels,
                addressees: c.addressees,
                text: c.text,
            }),
            entries: entries.into_iter().map(ListedEntry::from).collect(),
            nominations: named
                .into_iter()
                .map(|e| EntryNomination {
                    entry: e.to_string().into(),
                    nominated_by: nominated_by.get(&e).cloned().unwrap_or_default(),
                    late: late.contains(&e),
                })
                .collect(),
            screenings: screenings
                .into_iter()
                .map(|(e, s)| EntryScreening {
                    entry: e.to_string().into(),
                    result: Word(s.result),
                    reason: s.reason,
                    on: Date(s.on),
                })
                .collect(),
            consents: consents(&given, Some(revision)),
            consents_missing,
            flags: flags.into_iter().map(Word).collect(),
            reasons: reasons(&why),
            differences,
        }
    }
}

/// A published version of a catalogue.
#[derive(Debug, Clone, SimpleObject)]
pub struct CatalogueVersion {
    /// Its number, from 1.
    number: u32,
    /// Day of publication, where known to the day.
    published_on: Option<Date>,
    /// Document number.
    doc_no: Option<String>,
    /// Where it was published.
    channels: Vec<String>,
    /// Why it replaced the version before; empty for the first.
    reason: String,
    /// Its list.
    entries: Vec<ListedEntry>,
    /// Consents that it was published with.
    consents: Vec<CatalogueConsent>,
    /// What a reader must know of it, missing consents above all.
    flags: Vec<Word<CatalogueFlag>>,
    /// Why entries differ from the version before.
    reasons: Vec<EntryReason>,
}

impl From<Version> for CatalogueVersion {
    fn from(version: Version) -> Self {
        let Version { number, published_on, doc_no, channels, reason, entries, consents: given, flags, reasons: why } =
            version;
        Self {
            number,
            published_on: published_on.map(Date),
            doc_no,
            channels,
            reason,
            entries: entries.into_iter().map(ListedEntry::from).collect(),
            consents: consents(&given, None),
            flags: flags.into_iter().map(Word).collect(),
            reasons: reasons(&why),
        }
    }
}

/// What a print says of a catalogue besides its list, as it was found.
#[derive(Debug, Clone, SimpleObject)]
pub struct CataloguePrint {
    /// Whose it is.
    organ: Option<String>,
    /// Day of issue, as found.
    issued: Option<String>,
    /// Day of publication, as found.
    published: Option<String>,
    /// Where it was found.
    source_url: Option<String>,
    /// What kind of source that is.
    source_kind: Option<String>,
    /// Columns of the list, as printed.
    columns: Option<Vec<String>>,
    /// All else: a JSON object.
    rest: String,
}

/// Which catalogues.
#[derive(Debug, Clone, Default, InputObject)]
pub struct CatalogueFilter {
    /// Only those of this kind.
    pub kind: Option<Word<CatalogueKind>>,
    /// Only those that stand here.
    pub state: Option<Word<CatalogueState>>,
    /// true: only those whose version in force lacks a consent (R713 art. 3); false: only the others.
    pub consent_missing: Option<bool>,
}

/// Which entries.
#[derive(Debug, Clone, Default, InputObject)]
pub struct CatalogueEntryFilter {
    /// Only those of catalogues for this year.
    pub year: Option<i32>,
    /// Only those of this catalogue.
    pub catalogue: Option<ID>,
    /// Only those that stand here.
    pub state: Option<Word<EntryState>>,
    /// true: only those in force of which no case came and that are not finished.
    pub never_started: Option<bool>,
    /// true: only those in force that are not finished, whose day for the report is past and that have none by then.
    pub unfinished_and_unreported: Option<bool>,
    /// true: only those with a hearing: the list of hearings 听证事项目录.
    pub hearing: Option<bool>,
}

impl CatalogueEntryFilter {
    /// As conditions on rows.
    pub fn filters(self, today: jiff::civil::Date) -> Vec<Filter> {
        let Self { year, catalogue, state, never_started, unfinished_and_unreported, hearing } = self;
        let mut filters = Vec::new();
        let listed = || Filter::Eq("state", Value::Text(EntryState::Listed.to_string()));
        filters.extend(year.map(|y| Filter::Eq("year", Value::Int(y.into()))));
        filters.extend(catalogue.map(|c| Filter::Eq("catalogue", Value::Text(c.to_string()))));
        filters.extend(state.map(|s| Filter::Eq("state", Value::Text(s.0.to_string()))));
        if never_started == Some(true) {
            filters.extend([listed(), Filter::Eq("started", Value::Bool(false))]);
        }
        if unfinished_and_unreported == Some(true) {
            filters.extend([
                listed(),
                Filter::Eq("finished", Value::Bool(false)),
                Filter::Eq("reported", Value::Bool(false)),
                Filter::Lt("report_by", Value::Text(today.to_string())),
            ]);
        }
        filters.extend(hearing.map(|h| Filter::Eq("hearing", Value::Bool(h))));
        filters
    }
}

/// A catalogue of the matters that an organ will decide in a year (R713 art. 3).
#[derive(Debug, Clone, Description)]
pub struct Catalogue(CatalogueRow);

impl From<CatalogueRow> for Catalogue {
    fn from(row: CatalogueRow) -> Self {
        Self(row)
    }
}

impl Catalogue {
    /// A catalogue of the reader's organ.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn find(scope: &Scope, id: &str) -> Result<Option<Self>, Failure> {
        let organ = scope.organ().await?.to_string();
        Ok(scope.one::<CatalogueRow>(id).await?.filter(|row| row.organ == organ).map(Self))
    }

    async fn all_versions(&self, scope: &Scope) -> Result<Vec<Version>, Failure> {
        let rows = scope.all(Of::<CatalogueVersionRow>::new("catalogue", &self.0.catalogue, "number")).await?;
        rows.iter().map(|row| scope.read::<_, CatalogueVersionRow>(&row.version_json)).collect()
    }
}

#[Object(use_type_description)]
impl Catalogue {
    /// Its id. Opaque.
    pub async fn id(&self) -> ID {
        self.0.catalogue.as_str().into()
    }

    /// What it is a list of.
    async fn kind(&self) -> Option<Word<CatalogueKind>> {
        Word::of(&self.0.kind)
    }

    /// The year that it is for.
    async fn year(&self) -> i64 {
        self.0.year
    }

    /// Which batch of the year, from 1.
    async fn batch(&self) -> i64 {
        self.0.batch
    }

    /// Title, as printed.
    async fn title(&self) -> &str {
        &self.0.title
    }

    /// Document number of the version in force.
    async fn doc_no(&self) -> Option<&str> {
        self.0.doc_no.as_deref()
    }

    /// Where it stands.
    async fn state(&self) -> Option<Word<CatalogueState>> {
        Word::of(&self.0.state)
    }

    /// Number of the version in force; 0 before the first.
    async fn version(&self) -> i64 {
        self.0.version
    }

    /// Day of publication of the version in force, where known to the day.
    async fn published_on(&self) -> Option<Date> {
        self.0.published_on.as_deref().and_then(|d| d.parse().ok()).map(Date)
    }

    /// Whether the organ's executive meeting consented to the version in force, as far as the record says.
    async fn government_consent(&self) -> bool {
        self.0.government_consent
    }

    /// Whether the Party committee of the same level consented to the version in force, as far as the record says.
    async fn party_consent(&self) -> bool {
        self.0.party_consent
    }

    /// What a reader of the version in force must know.
    async fn flags(&self, ctx: &Context<'_>) -> Result<Option<Vec<Word<CatalogueFlag>>>> {
        let flags: BTreeSet<CatalogueFlag> = Scope::of(ctx)?.read::<_, CatalogueRow>(&self.0.flags_json)?;
        Ok(Some(flags.into_iter().map(Word).collect()))
    }

    /// Last day for reports on unfinished entries, to its end; none where the place has no such rule.
    async fn report_by(&self) -> Option<Date> {
        self.0.report_by.as_deref().and_then(|d| d.parse().ok()).map(Date)
    }

    /// The draft under way.
    async fn draft(&self, ctx: &Context<'_>) -> Result<Option<CatalogueDraft>> {
        let Some(json) = &self.0.draft_json else { return Ok(None) };
        let scope = Scope::of(ctx)?;
        let rules: Rules = scope.read::<_, CatalogueRow>(&self.0.rules_json)?;
        let current = self.all_versions(scope).await?.pop();
        Ok(Some(CatalogueDraft::of(scope.read::<_, CatalogueRow>(json)?, &rules, current.as_ref())))
    }

    /// Versions, the oldest first.
    async fn versions(&self, ctx: &Context<'_>) -> Result<Option<Vec<CatalogueVersion>>> {
        let versions = self.all_versions(Scope::of(ctx)?).await?;
        Ok(Some(versions.into_iter().map(CatalogueVersion::from).collect()))
    }

    /// What differs between two versions.
    async fn differences(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Number of the earlier version.")] from: u32,
        #[graphql(desc = "Number of the later version.")] to: u32,
    ) -> Result<Option<Vec<CatalogueDifference>>> {
        let versions = self.all_versions(Scope::of(ctx)?).await?;
        let of = |number: u32| {
            let missing = || Failure::bad_input(format!("Expected the number of a version, but got {number}."));
            versions.iter().find(|v| v.number == number).ok_or_else(missing)
        };
        let found = differences(&of(from)?.entries, &of(to)?.entries);
        Ok(Some(found.into_iter().map(CatalogueDifference::from).collect()))
    }

    /// What a print says besides; none for catalogues made here.
    async fn print(&self, ctx: &Context<'_>) -> Result<Option<CataloguePrint>> {
        let Some(json) = &self.0.printed_json else { return Ok(None) };
        let PrintedHead {
            organ,
            level: _,
            province: _,
            issued,
            published,
            source_url,
            source_kind,
            columns,
            printed,
            left_out: _,
        } = Scope::of(ctx)?.read::<_, CatalogueRow>(json)?;
        let rest = serde_json::to_string(&printed).unwrap_or_default();
        Ok(Some(CataloguePrint { organ, issued, published, source_url, source_kind, columns, rest }))
    }

    /// Entries that it has or had, in the order of the list.
    async fn entries(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
        #[graphql(desc = "Only those that stand here; those in force if not said.")] state: Option<Word<EntryState>>,
    ) -> Result<Option<Page<CatalogueEntry>>> {
        let state = state.map_or(EntryState::Listed, |s| s.0);
        let mut query = RowQuery::all(EntryRow::TABLE)
            .with(Filter::Eq("catalogue", Value::Text(self.0.catalogue.clone())))
            .with(Filter::Eq("state", Value::Text(state.to_string())));
        query.order = vec!["position"];
        let args = PageArgs::new(first, after, last, before);
        let scope = Scope::of(ctx)?;
        Ok(Some(page(scope, args, query, |row: EntryRow| CatalogueEntry::of(row, scope)).await?))
    }

    /// The number of its last event: what an adjustment by another is told from.
    async fn events(&self) -> Long {
        Long::of(self.0.n)
    }
}

/// A report on an unfinished entry.
#[derive(Debug, Clone, SimpleObject)]
pub struct UnfinishedReport {
    /// When.
    on: Date,
    /// Why it is not finished.
    reason: String,
    /// How far it is.
    progress: String,
    /// Whether it came after the day for it.
    late: bool,
}

/// A case that an entry is tied to.
#[derive(Debug, Clone, SimpleObject)]
pub struct EntryCase {
    /// The case.
    case: DecisionCase,
    /// Why they are tied.
    reason: String,
}

/// An entry that a version of a catalogue has or had.
#[derive(Debug, Clone, Description)]
pub struct CatalogueEntry {
    row: EntryRow,
    entry: Entry,
    progress: Progress,
}

impl CatalogueEntry {
    /// The entry of a row.
    ///
    /// # Errors
    /// Where the row is of another program's shape.
    pub fn of(row: EntryRow, scope: &Scope) -> Result<Self, Failure> {
        let entry = scope.read::<_, EntryRow>(&row.entry_json)?;
        let progress = scope.read::<_, EntryRow>(&row.progress_json)?;
        Ok(Self { row, entry, progress })
    }

    /// An entry of a catalogue of the reader's organ.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn find(scope: &Scope, id: &str) -> Result<Option<Self>, Failure> {
        let organ = scope.organ().await?.to_string();
        let row = scope.one::<EntryRow>(id).await?.filter(|row| row.organ == organ);
        row.map(|row| Self::of(row, scope)).transpose()
    }
}

#[Object(use_type_description)]
impl CatalogueEntry {
    /// Its id; the same in all versions. Opaque.
    pub async fn id(&self) -> ID {
        self.row.entry.as_str().into()
    }

    /// Its number in the list, as printed; empty where none is.
    async fn no(&self) -> &str {
        &self.row.no
    }

    /// Name of the matter.
    async fn title(&self) -> &str {
        &self.row.title
    }

    /// Undertaking unit or units, as printed.
    async fn undertaking_unit(&self) -> Option<&str> {
        self.entry.undertaking_unit.as_deref()
    }

    /// The units of the directory that are meant, several or none.
    async fn units(&self, ctx: &Context<'_>) -> Result<Option<Vec<Unit>>> {
        Ok(Some(units(Scope::of(ctx)?, &self.entry.units).await?))
    }

    /// The entry as the list has it, in full.
    async fn listed(&self) -> ListedEntry {
        self.entry.clone().into()
    }

    /// Whether a hearing is to be held; none where the list does not say.
    async fn hearing(&self) -> Option<bool> {
        self.row.hearing
    }

    /// Planned time, as printed.
    async fn planned_time(&self) -> Option<&str> {
        self.entry.planned_time.as_deref()
    }

    /// Its place in the list, from 0.
    async fn position(&self) -> Long {
        Long::of(self.row.position)
    }

    /// Whether the list in force has it.
    async fn state(&self) -> Option<Word<EntryState>> {
        Word::of(&self.row.state)
    }

    /// Whether a case came of it, or it is finished.
    async fn started(&self) -> bool {
        self.row.started
    }

    /// The day on which it was finished.
    async fn finished_on(&self) -> Option<Date> {
        self.progress.finished.as_ref().map(|(day, _)| Date(*day))
    }

    /// How it was finished.
    async fn finished_how(&self) -> Option<&str> {
        self.progress.finished.as_ref().map(|(_, how)| how.as_str())
    }

    /// Last day for a report while it is not finished, to its end.
    async fn report_by(&self) -> Option<Date> {
        self.row.report_by.as_deref().and_then(|d| d.parse().ok()).map(Date)
    }

    /// Reports while it was not finished.
    async fn reports(&self) -> Vec<UnfinishedReport> {
        let shown = |report: &Report| {
            let Report { on, reason, progress, late } = report.clone();
            UnfinishedReport { on: Date(on), reason, progress, late }
        };
        self.progress.reports.iter().map(shown).collect()
    }

    /// Whether the day for the report passed without one.
    async fn report_missed(&self) -> bool {
        self.progress.missed
    }

    /// The catalogue.
    async fn catalogue(&self, ctx: &Context<'_>) -> Result<Option<Catalogue>> {
        Ok(Catalogue::find(Scope::of(ctx)?, &self.row.catalogue).await?)
    }

    /// The entry of an earlier catalogue that it goes on from.
    async fn carried_from(&self, ctx: &Context<'_>) -> Result<Option<CatalogueEntry>> {
        let Some(from) = &self.entry.carried_from else { return Ok(None) };
        Ok(Self::find(Scope::of(ctx)?, &from.entry.to_string()).await?)
    }

    /// Entries of later catalogues that go on from it.
    async fn carried_to(&self, ctx: &Context<'_>) -> Result<Option<Vec<CatalogueEntry>>> {
        let scope = Scope::of(ctx)?;
        let rows = scope.all(Of::<EntryRow>::new("carried_from", &self.row.entry, "year")).await?;
        Ok(Some(rows.into_iter().map(|row| Self::of(row, scope)).collect::<Result<_, _>>()?))
    }

    /// Proposals that it is tied to, as far as the reader may see them.
    async fn proposals(&self, ctx: &Context<'_>) -> Result<Option<Vec<Proposal>>> {
        Ok(Some(Proposal::tied_to(Scope::of(ctx)?, &self.row.entry).await?))
    }

    /// Determinations that it is tied to, as far as the reader may see them.
    async fn determinations(&self, ctx: &Context<'_>) -> Result<Option<Vec<Determination>>> {
        Ok(Some(Determination::tied_to(Scope::of(ctx)?, &self.row.entry).await?))
    }

    /// Cases that it is tied to, as far as the reader may see them; none yet where the matter was not begun.
    async fn cases(&self, ctx: &Context<'_>) -> Result<Option<Vec<EntryCase>>> {
        let scope = Scope::of(ctx)?;
        let mut cases = Vec::new();
        for link in scope.all(Of::<CatalogueLinkRow>::new("entry", &self.row.entry, "case_id")).await? {
            if let Some(row) = scope.one::<CaseRow>(&link.case_id).await?
                && scope.may_read(&row).await?
            {
                cases.push(EntryCase { case: DecisionCase::of(row, scope)?, reason: link.reason });
            }
        }
        Ok(Some(cases))
    }
}

/// A page of catalogues of the reader's organ, newest year first.
///
/// # Errors
/// `FORBIDDEN`, and `BAD_INPUT` or `BAD_CURSOR` for the arguments.
pub async fn catalogues(
    scope: &Scope,
    args: PageArgs,
    year: Option<i32>,
    filter: CatalogueFilter,
) -> Result<Page<Catalogue>, Failure> {
    let CatalogueFilter { kind, state, consent_missing } = filter;
    let organ = scope.organ().await?;
    let mut query = RowQuery::all(CatalogueRow::TABLE).with(Filter::Eq("organ", Value::Text(organ.to_string())));
    query.filters.extend(year.map(|y| Filter::Eq("year", Value::Int(y.into()))));
    query.filters.extend(kind.map(|k| Filter::Eq("kind", Value::Text(k.0.to_string()))));
    query.filters.extend(state.map(|s| Filter::Eq("state", Value::Text(s.0.to_string()))));
    if let Some(missing) = consent_missing {
        query.filters.push(Filter::Ge("version", Value::Int(1)));
        query.filters.push(Filter::Eq("consent_missing", Value::Bool(missing)));
    }
    query.order = vec!["year"];
    query.direction = Direction::Descending;
    page(scope, args, query, |row: CatalogueRow| Ok(Catalogue::from(row))).await
}

/// A page of entries of catalogues of the reader's organ, by year and place.
///
/// # Errors
/// As [`catalogues`].
pub async fn entries(
    scope: &Scope,
    args: PageArgs,
    filter: CatalogueEntryFilter,
) -> Result<Page<CatalogueEntry>, Failure> {
    let organ = scope.organ().await?;
    let mut query = RowQuery::all(EntryRow::TABLE).with(Filter::Eq("organ", Value::Text(organ.to_string())));
    query.filters.extend(filter.filters(scope.app.today()));
    query.order = vec!["year", "position"];
    page(scope, args, query, |row: EntryRow| CatalogueEntry::of(row, scope)).await
}
