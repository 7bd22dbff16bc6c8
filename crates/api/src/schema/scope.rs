//! One request: who asks, in which language, and what is read once for all its fields.

use std::any::{Any, TypeId};
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::Arc;

use async_graphql::dataloader::DataLoader;
use async_graphql::extensions::{Extension, ExtensionContext, ExtensionFactory, NextPrepareRequest};
use async_graphql::{Context, Request, ServerResult};
use async_trait::async_trait;
use dingce_app::policy::Right;
use dingce_app::ports::{Filter, ReadRow, RowQuery, Value};
use dingce_app::principal::{FoundHats, Hat, Past};
use dingce_app::read_rows::{CaseRow, ConsultationRow};
use dingce_app::use_cases::{CaseGlance, RegisterHistory};
use dingce_app::{App, AppError, Principal};
use dingce_domain::code::Code;
use dingce_domain::definition::{Definition, PostKind};
use dingce_domain::file::CaseUnits;
use dingce_domain::id::{Digest, UnitId};
use dingce_domain::legal_bases::LegalBases;
use dingce_domain::rejection::Rejection;
use jiff::Timestamp;
use serde::de::DeserializeOwned;
use tokio::sync::{Mutex, OnceCell};

use super::errors::{Failure, Lang};
use super::loaders::{Key, Of, Rows};
use crate::http::OperationId;

/// What the fields of one request share.
pub struct Scope {
    /// The application.
    pub app: Arc<App>,
    /// The language of the request.
    pub lang: Lang,
    principal: Option<Principal>,
    operation: String,
    /// The posts that an act of this request found for the asker.
    pub(super) found: FoundHats,
    hats: OnceCell<Result<Arc<Vec<Hat>>, Failure>>,
    rows: DataLoader<Rows>,
    registers: Mutex<BTreeMap<UnitId, Register>>,
}

/// A register of legal bases that was read for this request, and as it was at the instants that were asked.
struct Register {
    history: RegisterHistory,
    after: BTreeMap<usize, Arc<LegalBases>>,
}

impl Register {
    fn after(&mut self, entries: usize) -> Result<Arc<LegalBases>, AppError> {
        if let Some(known) = self.after.get(&entries) {
            return Ok(Arc::clone(known));
        }
        let made = Arc::new(self.history.after(entries)?);
        self.after.insert(entries, Arc::clone(&made));
        Ok(made)
    }
}

impl Scope {
    /// A request of somebody, or of the public.
    pub fn new(app: Arc<App>, principal: Option<Principal>, lang: Lang, operation: String) -> Self {
        let rows = Rows { app: Arc::clone(&app), lang, operation: operation.clone() };
        let rows = DataLoader::new(rows, tokio::spawn).max_batch_size(1000);
        Self {
            app,
            lang,
            principal,
            operation,
            found: FoundHats::default(),
            hats: OnceCell::new(),
            rows,
            registers: Mutex::default(),
        }
    }

    /// The same request anew: nothing that was read is remembered.
    pub fn afresh(&self) -> Self {
        Self::new(Arc::clone(&self.app), self.principal, self.lang, self.operation.clone())
    }

    /// The scope of an official's request.
    ///
    /// # Errors
    /// `NOT_AUTHENTICATED` where nobody is known to ask.
    pub fn of<'a>(ctx: &Context<'a>) -> Result<&'a Self, Failure> {
        if ctx.data_opt::<Principal>().is_none() {
            let lang = ctx.data_opt::<Lang>().copied().unwrap_or_default();
            return Err(Failure::of_code("NOT_AUTHENTICATED", lang));
        }
        Self::of_anybody(ctx)
    }

    /// The scope of a request of anybody.
    ///
    /// # Errors
    /// Where the schema was made without an application.
    pub fn of_anybody<'a>(ctx: &Context<'a>) -> Result<&'a Self, Failure> {
        ctx.data_opt::<Arc<Self>>().map(AsRef::as_ref).ok_or_else(|| {
            Failure::of(AppError::internal("serving a request", "the schema has no application"), Lang::Zh, "")
        })
    }

    /// Who asks.
    ///
    /// # Errors
    /// `NOT_AUTHENTICATED`.
    pub fn principal(&self) -> Result<Principal, Failure> {
        self.principal.ok_or_else(|| Failure::of_code("NOT_AUTHENTICATED", self.lang))
    }

    /// A failure of a use case, told to the asker.
    pub fn fail(&self, error: impl Into<AppError>) -> Failure {
        Failure::of(error.into(), self.lang, &self.operation)
    }

    /// The id of the request, under which failures are logged.
    pub fn operation(&self) -> &str {
        &self.operation
    }

    /// In which posts the asker may act today; found out once a request, or by the last act of it.
    ///
    /// # Errors
    /// `FORBIDDEN` where they hold none.
    pub async fn hats(&self) -> Result<Arc<Vec<Hat>>, Failure> {
        let principal = self.principal()?;
        if let Some(found) = self.found.get() {
            return Ok(found);
        }
        let hats = self.hats.get_or_init(|| async {
            self.app.hats(principal, self.app.today()).await.map(Arc::new).map_err(|error| self.fail(error))
        });
        hats.await.clone()
    }

    /// The asker's organ.
    ///
    /// # Errors
    /// As [`Scope::hats`].
    pub async fn organ(&self) -> Result<UnitId, Failure> {
        let hats = self.hats().await?;
        hats.first().map(|h| h.organ).ok_or_else(|| Failure::of_code("FORBIDDEN", self.lang))
    }

    /// That one of the asker's posts has a right.
    ///
    /// # Errors
    /// `FORBIDDEN`.
    pub async fn entitled(&self, right: Right) -> Result<(), Failure> {
        let hats = self.hats().await?;
        if self.app.allowed(&hats, right) {
            return Ok(());
        }
        Err(self.fail(Rejection::new(Code::Forbidden).needed(right)))
    }

    /// Whether the asker may read the case of this row.
    ///
    /// # Errors
    /// As [`Scope::hats`].
    pub async fn may_read(&self, row: &CaseRow) -> Result<bool, Failure> {
        let hats = self.hats().await?;
        let (Ok(organ), Ok(units)) = (row.organ.parse(), row.units()) else { return Ok(false) };
        // Only an expert's right depends on what they are to the case: the state is read for them alone.
        let past = if hats.iter().any(|h| h.post_kind == PostKind::Expert) {
            CaseGlance::of(row).map_err(|error| self.fail(error))?.state.hats
        } else {
            Past::new()
        };
        if self.app.may_read(&hats, organ, units, &past) {
            return Ok(true);
        }
        // What an inspection mandate lets its team see, beside what their posts do.
        let Ok(case) = row.case_id.parse() else { return Ok(false) };
        self.app.mandated(&hats, organ, case, units).await.map_err(|error| self.fail(error))
    }

    /// The conditions under which lists of cases and of clocks hold only what the asker may read: the same rule as
    /// [`App::may_read`], asked of each of their posts.
    ///
    /// # Errors
    /// As [`Scope::hats`].
    pub async fn readable(&self) -> Result<Vec<Filter>, Failure> {
        let hats = self.hats().await?;
        let organ = self.organ().await?;
        let mut filters = vec![Filter::Eq("organ", Value::Text(organ.to_string()))];
        if !self.reads_all().await? {
            let past = Past::new();
            let of_own = |h: &Hat| CaseUnits { undertaking: h.unit, executing: None, evaluating: None };
            let own = hats.iter().filter(|h| self.app.may_read(std::slice::from_ref(h), h.organ, of_own(h), &past));
            // An expert reads the cases in which they were appointed. Ids of cases and of units are never the same.
            let mut values = units(own);
            values.extend(self.app.appointed_in(&hats).await.map_err(|error| self.fail(error))?);
            values.extend(self.app.mandated_scope(&hats).await.map_err(|error| self.fail(error))?);
            filters.push(Filter::AnyIn([&UNITS[..], &["case_id"]].concat(), values));
        }
        Ok(filters)
    }

    /// Whether the asker may read every case of their organ.
    ///
    /// # Errors
    /// As [`Scope::hats`].
    pub async fn reads_all(&self) -> Result<bool, Failure> {
        Ok(self.app.allowed(&self.hats().await?, Right::ReadCase))
    }

    /// The row with this key.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn one<R: ReadRow + Clone + Sync>(&self, key: impl ToString) -> Result<Option<R>, Failure> {
        self.rows.load_one(Key::<R>::new(key)).await
    }

    /// The rows with this value in a column, in the order of another; all of a case's or consultation's.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn all<R: ReadRow + Clone + Sync>(&self, of: Of<R>) -> Result<Vec<R>, Failure> {
        Ok(self.rows.load_one(of).await?.unwrap_or_default())
    }

    /// The rows of a query.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn rows<R: ReadRow>(&self, query: RowQuery) -> Result<Vec<R>, Failure> {
        self.app.rows(query).await.map_err(|error| self.fail(error))
    }

    /// What the JSON of a row of `R` holds.
    ///
    /// # Errors
    /// Where the row is of another program's shape.
    pub fn read<T: DeserializeOwned, R: ReadRow>(&self, json: &str) -> Result<T, Failure> {
        serde_json::from_str(json)
            .map_err(|error| self.fail(AppError::internal(format!("reading {}", R::TABLE.name), error)))
    }

    /// The row of a case that the asker may read; `None` where it is not there or not for them.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn case_row(&self, case: impl ToString) -> Result<Option<CaseRow>, Failure> {
        match self.one::<CaseRow>(case).await? {
            Some(row) if self.may_read(&row).await? => Ok(Some(row)),
            _ => Ok(None),
        }
    }

    /// The row of a consultation of a case that the asker may read.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn consultation_row(&self, consultation: impl ToString) -> Result<Option<ConsultationRow>, Failure> {
        let Some(row) = self.one::<ConsultationRow>(consultation).await? else { return Ok(None) };
        Ok(self.case_row(&row.case_id).await?.map(|_| row))
    }

    /// The register of legal bases of an organ as it was at an instant, and as it is now; read once a request.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn registers(&self, organ: UnitId, at: Timestamp) -> Result<(Arc<LegalBases>, Arc<LegalBases>), Failure> {
        let mut registers = self.registers.lock().await;
        let register = match registers.entry(organ) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(place) => {
                let history = self.app.register_history(organ).await.map_err(|error| self.fail(error))?;
                place.insert(Register { history, after: BTreeMap::new() })
            }
        };
        let (then, now) = (register.history.entries_at(at), register.history.entries());
        let mut read = |entries| register.after(entries).map_err(|error| self.fail(error));
        Ok((read(then)?, read(now)?))
    }

    /// A definition by its printed hash.
    ///
    /// # Errors
    /// `NOT_FOUND`.
    pub async fn definition(&self, hash: &str) -> Result<Arc<Definition>, Failure> {
        let hash: Digest = hash.parse().map_err(|_| self.fail(AppError::not_found(hash)))?;
        self.app.definition(hash).await.map_err(|error| self.fail(error))
    }
}

/// All units that hats are of, as values.
pub fn units<'a>(hats: impl Iterator<Item = &'a Hat>) -> Vec<Value> {
    let units: std::collections::BTreeSet<UnitId> = hats.flat_map(|h| h.units.iter().copied()).collect();
    units.into_iter().map(|u| Value::Text(u.to_string())).collect()
}

/// Columns of a case's row that name the units whose people may read it.
pub const UNITS: [&str; 3] = ["undertaking_unit", "executing_unit", "evaluating_unit"];

/// Gives every request its [`Scope`].
pub struct Scoping(pub Arc<App>);

impl ExtensionFactory for Scoping {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Self(Arc::clone(&self.0)))
    }
}

#[async_trait]
impl Extension for Scoping {
    async fn prepare_request(
        &self,
        ctx: &ExtensionContext<'_>,
        request: Request,
        next: NextPrepareRequest<'_>,
    ) -> ServerResult<Request> {
        let principal = datum::<Principal>(&request).copied();
        let lang = datum::<Lang>(&request).copied().unwrap_or_default();
        let operation = datum::<OperationId>(&request).map(|id| id.0.clone()).unwrap_or_default();
        let scope = Scope::new(Arc::clone(&self.0), principal, lang, operation);
        next.run(ctx, request.data(Arc::new(scope))).await
    }
}

fn datum<T: Any>(request: &Request) -> Option<&T> {
    request.data.get(&TypeId::of::<T>())?.downcast_ref()
}
