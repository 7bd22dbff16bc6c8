//! From what an input holds to what an act takes.

use std::collections::BTreeSet;
use std::str::FromStr;

use async_graphql::ID;
use dingce_domain::code::Code;
use dingce_domain::id::Digest;
use dingce_domain::rejection::Rejection;
use dingce_domain::words::{CriterionId, OverlayId, ParameterId, SourceId};
use jiff::{Timestamp, civil};

use super::scalars::{Date, DateTime, Long};
use super::words::Word;

/// A value of an input that becomes a `T` of an act.
pub trait Given<T> {
    /// The value; `at` is its path in the input, dotted, in the domain's spelling.
    ///
    /// # Errors
    /// `INPUT_NOT_ACCEPTABLE` with the path, where it cannot be one.
    fn given(self, at: &str) -> Result<T, Rejection>;
}

macro_rules! as_it_is {
    ($($kind:ty),*) => {$(
        impl Given<$kind> for $kind {
            fn given(self, _: &str) -> Result<$kind, Rejection> {
                Ok(self)
            }
        }
    )*};
}

as_it_is!(String, bool, u16, u32, i16);

/// An id of the domain, told from texts and numbers.
pub trait Id: FromStr {
    /// Its printed prefix.
    const PREFIX: &'static str;
}

macro_rules! ids {
    ($($name:ident),*) => {$(
        impl Id for dingce_domain::id::$name {
            const PREFIX: &'static str = dingce_domain::id::$name::PREFIX;
        }
    )*};
}

ids!(
    CaseId,
    CatalogueId,
    DossierId,
    ProposalId,
    DeterminationId,
    PrintedAgendaId,
    PrintedItemId,
    AdviserId,
    EngagementId,
    AccountabilityFileId,
    SupervisionNoticeId,
    InspectionMandateId,
    SecretStubId,
    ErasureId,
    EventId,
    MeetingId,
    EntryId,
    ConsultationId,
    CommentId,
    HearingId,
    OrganisationId,
    UnitId,
    PostId,
    PersonId,
    DelegationId,
    DraftId,
    IrregularityId
);

impl<T: Id> Given<T> for ID {
    fn given(self, at: &str) -> Result<T, Rejection> {
        self.parse().map_err(|_| {
            Rejection::new(Code::InputNotAcceptable).at(at).given(self.as_str()).needed(format!("{}_…", T::PREFIX))
        })
    }
}

impl Given<Digest> for String {
    fn given(self, at: &str) -> Result<Digest, Rejection> {
        let refuse = || Rejection::new(Code::InputNotAcceptable).at(at).given(&self).needed("sha256:<64 hex digits>");
        self.parse().map_err(|_| refuse())
    }
}

impl Given<civil::Date> for Date {
    fn given(self, _: &str) -> Result<civil::Date, Rejection> {
        Ok(self.0)
    }
}

impl Given<Timestamp> for DateTime {
    fn given(self, _: &str) -> Result<Timestamp, Rejection> {
        Ok(self.0)
    }
}

impl Given<u64> for Long {
    fn given(self, _: &str) -> Result<u64, Rejection> {
        Ok(self.0)
    }
}

impl<T> Given<T> for Word<T> {
    fn given(self, _: &str) -> Result<T, Rejection> {
        Ok(self.0)
    }
}

impl<T, A: Given<T>> Given<Option<T>> for Option<A> {
    fn given(self, at: &str) -> Result<Option<T>, Rejection> {
        self.map(|value| value.given(at)).transpose()
    }
}

impl<T, A: Given<T>> Given<Vec<T>> for Vec<A> {
    fn given(self, at: &str) -> Result<Vec<T>, Rejection> {
        self.into_iter().enumerate().map(|(i, value)| value.given(&format!("{at}.{i}"))).collect()
    }
}

impl Given<CriterionId> for String {
    fn given(self, at: &str) -> Result<CriterionId, Rejection> {
        let needed = "1 to 48 lower-case letters, digits and underscores, a letter first";
        self.parse().map_err(|_| Rejection::new(Code::InputNotAcceptable).at(at).given(&self).needed(needed))
    }
}

impl Given<BTreeSet<OverlayId>> for Vec<String> {
    fn given(self, at: &str) -> Result<BTreeSet<OverlayId>, Rejection> {
        let mut overlays = BTreeSet::new();
        for (i, name) in self.into_iter().enumerate() {
            let refuse = |code: Code| Rejection::new(code).at(format!("{at}.{i}")).given(&name);
            let needed = "1 to 48 lower-case letters, digits and underscores, a letter first";
            let overlay = name.parse().map_err(|_| refuse(Code::InputNotAcceptable).needed(needed))?;
            if !overlays.insert(overlay) {
                return Err(refuse(Code::ListNotAcceptable));
            }
        }
        Ok(overlays)
    }
}

macro_rules! names {
    ($($name:ty),*) => {$(
        impl Given<$name> for String {
            fn given(self, at: &str) -> Result<$name, Rejection> {
                let refuse = || Rejection::new(Code::InputNotAcceptable).at(at).given(&self).needed("a-z, 0-9, _");
                self.parse().map_err(|_| refuse())
            }
        }
    )*};
}

names!(ParameterId, SourceId);
