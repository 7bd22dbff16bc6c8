//! The fixed tables of the store, as the database library sees them. `docs/formats/store.md` says what each means.

pub(crate) mod event;
pub(crate) mod ledger;
pub(crate) mod work;
