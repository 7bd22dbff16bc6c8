//! The two schemas: what officials may ask and do, and what the public may.
//!
//! In reading order: `scope` is one request; `errors` is what people are told; `page` and `loaders` are how rows are
//! read; `case` and its neighbours are types; `query` is what can be asked and followed; `acts` is what can be done, one
//! mutation a legal act. `public` is a type set of its own over the rows that acts of publication fill: nothing of the
//! officials' types is reachable from it.
//!
//! **Invariants.** No rule stands here: resolvers convert, call [`dingce_app::App`], and convert back. What cannot be
//! found and what may not be seen are the same answer. A field that can fail is nullable.

mod accountability;
mod acts;
mod adviser;
mod case;
mod catalogue;
mod changes;
mod clauses;
mod compliance;
mod consultation;
mod deadlines;
mod definition;
mod determination;
mod directory;
mod dossier;
mod drafting;
mod drafts;
mod erasure;
mod errors;
mod expert;
mod figures;
mod gates;
mod hearing;
mod law;
mod legal_bases;
mod legality;
mod loaders;
mod log;
mod meeting;
mod migration;
mod onboarding;
mod page;
mod parts;
mod payload;
mod proposal;
mod public;
mod query;
mod scope;
mod secret;
mod task;
mod timeline;
mod trace;

use std::sync::Arc;

use async_graphql::{EmptySubscription, SDLExportOptions, Schema, SchemaBuilder};
use dingce_app::App;

pub use errors::Lang;
pub use gates::mutation_of;

/// The officials' schema.
pub type OfficialsSchema = Schema<query::Query, acts::Mutation, query::Follow>;
/// The public's schema.
pub type PublicSchema = Schema<public::PublicQuery, public::PublicMutation, EmptySubscription>;

/// How deep fields may stand in each other: what the introspection query needs.
const DEPTH_MAX: usize = 15;
/// How many fields an operation may ask for.
const COMPLEXITY_MAX: usize = 2_000;
/// How deep selections may be nested before anything is looked at.
const RECURSION_MAX: usize = 32;

fn limited<Q, M, S>(builder: SchemaBuilder<Q, M, S>) -> SchemaBuilder<Q, M, S>
where
    Q: async_graphql::ObjectType + 'static,
    M: async_graphql::ObjectType + 'static,
    S: async_graphql::SubscriptionType + 'static,
{
    builder.limit_depth(DEPTH_MAX).limit_complexity(COMPLEXITY_MAX).limit_recursive_depth(RECURSION_MAX)
}

fn officials() -> SchemaBuilder<query::Query, acts::Mutation, query::Follow> {
    limited(Schema::build(query::Query, acts::Mutation::default(), query::Follow))
}

fn public() -> SchemaBuilder<public::PublicQuery, public::PublicMutation, EmptySubscription> {
    limited(Schema::build(public::PublicQuery, public::PublicMutation, EmptySubscription))
}

/// The officials' schema over an application.
///
/// Each request carries a [`dingce_app::Principal`], the [`crate::http::OperationId`] and, optionally, a [`Lang`].
pub fn officials_schema(app: Arc<App>) -> OfficialsSchema {
    officials().data(changes::Tail::default()).extension(scope::Scoping(app)).finish()
}

/// The public's schema over an application.
///
/// Each request carries the [`crate::http::OperationId`] and, optionally, a [`Lang`].
pub fn public_schema(app: Arc<App>) -> PublicSchema {
    public().extension(scope::Scoping(app)).finish()
}

/// The officials' schema without an application: its types can be asked for, and nothing else.
pub fn officials_shape() -> OfficialsSchema {
    officials().finish()
}

/// The public's schema without an application: its types can be asked for, and nothing else.
pub fn public_shape() -> PublicSchema {
    public().finish()
}

fn export() -> SDLExportOptions {
    SDLExportOptions::new().prefer_single_line_descriptions().include_specified_by()
}

/// The officials' schema as SDL, as checked in.
pub fn officials_sdl() -> String {
    officials_shape().sdl_with_options(export())
}

/// The public's schema as SDL, as checked in.
pub fn public_sdl() -> String {
    public_shape().sdl_with_options(export())
}
