//! The stable list of codes, and a refusal made before any resolver ran.

use super::PARTIAL_STATUS;
use async_graphql::{ErrorExtensionValues, Pos, ServerError, Value};
use poem::http::StatusCode;

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $text:literal, $status:ident;)*) => {
        /// What went wrong, as written in `errors[].extensions.code`. Codes are added, never renamed.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Code { $($(#[$doc])* $name,)* }

        impl Code {
            /// Every code, in the order of `docs/formats/http.md`.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The text clients see.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }

            /// The status for clients that accept `application/graphql-response+json`.
            #[must_use]
            pub const fn status(self) -> StatusCode {
                match self { $(Self::$name => StatusCode::$status,)* }
            }
        }
    };
}

codes! {
    /// Another method than GET or POST, or a mutation or subscription by GET.
    MethodNotAllowed = "METHOD_NOT_ALLOWED", METHOD_NOT_ALLOWED;
    /// No media type we can answer in is acceptable.
    NotAcceptable = "NOT_ACCEPTABLE", NOT_ACCEPTABLE;
    /// The body is not `application/json` in UTF-8.
    UnsupportedMediaType = "UNSUPPORTED_MEDIA_TYPE", UNSUPPORTED_MEDIA_TYPE;
    /// The body is over its limit.
    BodyTooLarge = "BODY_TOO_LARGE", PAYLOAD_TOO_LARGE;
    /// The query string is over its limit.
    UrlTooLong = "URL_TOO_LONG", URI_TOO_LONG;
    /// The body did not arrive in time.
    RequestTimeout = "REQUEST_TIMEOUT", REQUEST_TIMEOUT;
    /// The body, or a GET parameter, is not JSON.
    BadJson = "BAD_JSON", BAD_REQUEST;
    /// JSON, but not a GraphQL request.
    BadRequest = "BAD_REQUEST", UNPROCESSABLE_ENTITY;
    /// A batch, or a batch larger than allowed.
    BatchRefused = "BATCH_REFUSED", UNPROCESSABLE_ENTITY;
    /// The document is not GraphQL.
    SyntaxError = "SYNTAX_ERROR", BAD_REQUEST;
    /// The document does not fit the schema, or the variables do not fit the document.
    ValidationFailed = "VALIDATION_FAILED", UNPROCESSABLE_ENTITY;
    /// Which operation to execute cannot be determined.
    UnknownOperation = "UNKNOWN_OPERATION", UNPROCESSABLE_ENTITY;
    /// A subscription at the plain endpoint, or a mutation at the stream.
    WrongEndpoint = "WRONG_ENDPOINT", UNPROCESSABLE_ENTITY;
    /// The document has too many bytes.
    DocumentTooLarge = "DOCUMENT_TOO_LARGE", UNPROCESSABLE_ENTITY;
    /// The document has too many tokens.
    TokensExceeded = "TOKENS_EXCEEDED", UNPROCESSABLE_ENTITY;
    /// Fields, fragments or brackets are nested too deep.
    DepthExceeded = "DEPTH_EXCEEDED", UNPROCESSABLE_ENTITY;
    /// Too many aliases.
    AliasesExceeded = "ALIASES_EXCEEDED", UNPROCESSABLE_ENTITY;
    /// Too many fields at the root.
    RootFieldsExceeded = "ROOT_FIELDS_EXCEEDED", UNPROCESSABLE_ENTITY;
    /// Too many directives.
    DirectivesExceeded = "DIRECTIVES_EXCEEDED", UNPROCESSABLE_ENTITY;
    /// The operation could return too much.
    CostExceeded = "COST_EXCEEDED", UNPROCESSABLE_ENTITY;
    /// A fragment contains itself.
    FragmentCycle = "FRAGMENT_CYCLE", UNPROCESSABLE_ENTITY;
    /// No valid proof of who is calling.
    NotAuthenticated = "NOT_AUTHENTICATED", UNAUTHORIZED;
    /// The caller is known and may not use this endpoint.
    Forbidden = "FORBIDDEN", FORBIDDEN;
    /// Too many requests from this caller.
    RateLimited = "RATE_LIMITED", TOO_MANY_REQUESTS;
    /// The node is full, stopping, or lacks something it needs. Trying again later can help.
    Unavailable = "UNAVAILABLE", SERVICE_UNAVAILABLE;
    /// An argument could not be read by its scalar.
    BadInput = "BAD_INPUT", OK;
    /// Execution took longer than allowed.
    Timeout = "TIMEOUT", OK;
    /// A fault of ours. The operation id leads to the log.
    Internal = "INTERNAL", OK;
}

impl Code {
    /// Whether the fault lies in the content of a well-formed GraphQL request, so that
    /// [`LEGACY_REFUSAL_STATUS`](super::LEGACY_REFUSAL_STATUS) applies to clients of `application/json`.
    #[must_use]
    pub fn is_about_the_document(self) -> bool {
        use Code::*;
        match self {
            SyntaxError | ValidationFailed | UnknownOperation | WrongEndpoint | DocumentTooLarge | TokensExceeded
            | DepthExceeded | AliasesExceeded | RootFieldsExceeded | DirectivesExceeded | CostExceeded
            | FragmentCycle => true,
            MethodNotAllowed | NotAcceptable | UnsupportedMediaType | BodyTooLarge | UrlTooLong | RequestTimeout
            | BadJson | BadRequest | BatchRefused | NotAuthenticated | Forbidden | RateLimited | Unavailable
            | BadInput | Timeout | Internal => false,
        }
    }
}

/// A request refused before any resolver ran.
#[derive(Clone, Debug)]
pub struct Refusal {
    /// What went wrong.
    pub code: Code,
    /// One or two English sentences: what was expected, what was given, what to do.
    pub message: String,
    /// What was given and what is allowed, where the refusal is about a number.
    pub bound: Option<(u64, u64)>,
    /// Where in the document, if known.
    pub locations: Vec<Pos>,
    /// For `Allow`, with 405.
    pub allow: Option<&'static str>,
    /// For `Retry-After`. Unit: seconds.
    pub retry_after_s: Option<u32>,
}

impl Refusal {
    /// A refusal with a code and its sentence.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), bound: None, locations: Vec::new(), allow: None, retry_after_s: None }
    }

    /// A refusal because `given` of `what` is more than `allowed`.
    pub(crate) fn over(code: Code, what: &str, given: u64, allowed: u64) -> Self {
        let message = format!("Expected at most {allowed} {what}, but {given} were given.");
        Self { bound: Some((given, allowed)), ..Self::new(code, message) }
    }

    pub(crate) fn allow(self, methods: &'static str) -> Self {
        Self { allow: Some(methods), ..self }
    }

    /// Advises when to try again. Unit: seconds.
    #[must_use]
    pub fn retry_after_s(self, seconds: u32) -> Self {
        Self { retry_after_s: Some(seconds), ..self }
    }

    /// The same, as it appears under `errors`.
    pub(crate) fn to_error(&self) -> ServerError {
        let mut error = ServerError::new(self.message.clone(), None);
        error.locations = self.locations.clone();
        let mut values = ErrorExtensionValues::default();
        values.set("code", self.code.as_str());
        if let Some((given, allowed)) = self.bound {
            values.set("given", Value::from(given));
            values.set("allowed", Value::from(allowed));
        }
        error.extensions = Some(values);
        error
    }
}

const _: () = assert!(PARTIAL_STATUS.as_u16() / 100 == 2, "a partial result is a success");
