//! Identifiers: one type per thing, each printed with its own prefix.
//!
//! A printed id is `<prefix>_<32 lower-case hex digits>`. Parsing refuses any other prefix, so an id of one kind can
//! never be taken for another, neither in an API call nor in a stored event.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

/// Why a text is not an id of the wanted kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected an identifier of the form {prefix}_<32 hex digits>, but got {given:?}")]
pub struct IdError {
    /// The prefix that was wanted, without the underscore.
    pub prefix: &'static str,
    /// The text given, cut to 80 characters.
    pub given: String,
}

fn parse(prefix: &'static str, text: &str) -> Result<Uuid, IdError> {
    let refuse = || IdError { prefix, given: text.chars().take(80).collect() };
    let hex = text.strip_prefix(prefix).and_then(|rest| rest.strip_prefix('_')).ok_or_else(refuse)?;
    let plain = hex.len() == 32 && hex.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
    if !plain {
        return Err(refuse());
    }
    Uuid::try_parse(hex).map_err(|_| refuse())
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Uuid);

        impl $name {
            /// The printed prefix, without the underscore.
            pub const PREFIX: &'static str = $prefix;

            /// The id that stands for this value.
            pub const fn new(value: Uuid) -> Self {
                Self(value)
            }

            /// The value behind the id.
            pub const fn uuid(self) -> Uuid {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}_{}", $prefix, self.0.simple())
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = IdError;
            fn from_str(text: &str) -> Result<Self, IdError> {
                parse($prefix, text).map(Self)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    )*};
}

ids! {
    /// A major decision matter (决策事项) and its stream.
    CaseId = "case";
    /// A yearly catalogue (决策事项目录) and its stream.
    CatalogueId = "cat";
    /// One entry of a catalogue.
    EntryId = "entry";
    /// One public consultation (公开征求意见) and its stream.
    ConsultationId = "cons";
    /// One public comment (公众意见).
    CommentId = "cmt";
    /// One hearing (听证会) and the stream of applications to take part in it.
    HearingId = "hear";
    /// One application to take part in a hearing (听证报名).
    ApplicationId = "appl";
    /// A directory of units, posts and persons (组织机构) and its stream.
    OrganisationId = "org";
    /// A unit (单位): an organ, a department, a section, an outside body.
    UnitId = "unit";
    /// A post (岗位) in a unit.
    PostId = "post";
    /// A natural person; never recycled.
    PersonId = "person";
    /// A delegation (代理) from one post-holder to another.
    DelegationId = "deleg";
    /// A published workflow definition and its stream.
    DefinitionId = "def";
    /// A historical dossier (历史决策案卷) and its stream.
    DossierId = "dossier";
    /// A proposal to decide (决策建议) and its stream.
    ProposalId = "prop";
    /// A determination whether a matter is a major decision (认定) and its stream.
    DeterminationId = "det";
    /// A printed agenda of a session (会议议题) and its stream.
    PrintedAgendaId = "agenda";
    /// One item of a printed agenda.
    PrintedItemId = "item";
    /// A legal adviser (法律顾问) and their stream.
    AdviserId = "adv";
    /// An engagement of a legal adviser and its stream.
    EngagementId = "eng";
    /// The stub of a secret matter (涉密事项存根) and its stream.
    SecretStubId = "secret";
    /// The register of legal bases (法律依据库) of an organ and its stream; it bears the number of the organ.
    LegalBasesId = "bases";
    /// An accountability file (责任追究案卷) and its stream.
    AccountabilityFileId = "acct";
    /// A supervision notice (督察建议书、督办通知) and its stream.
    SupervisionNoticeId = "notice";
    /// An inspection mandate (督察授权) and its stream.
    InspectionMandateId = "mandate";
    /// A note that the log has of itself, and its stream of one event.
    LogNoteId = "lognote";
    /// An entry of the register of erasures (个人信息删除) and its stream.
    ErasureId = "erase";
    /// One version of a draft (决策草案版本).
    DraftId = "draft";
    /// One meeting of the deciding body (会议) and its stream.
    MeetingId = "meet";
    /// One recorded opinion, report or conclusion.
    OpinionId = "opin";
    /// One recorded irregularity (违规情形).
    IrregularityId = "irreg";
    /// One recorded event.
    EventId = "evt";
}

/// What kind of thing a stream of events is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StreamKind {
    /// A decision matter.
    Case,
    /// A yearly catalogue.
    Catalogue,
    /// A public consultation.
    Consultation,
    /// Applications to take part in a hearing.
    Hearing,
    /// The directory of units, posts and persons.
    Organisation,
    /// A workflow definition.
    Definition,
    /// A decision finished before it was entered.
    Dossier,
    /// A proposal to decide.
    Proposal,
    /// A determination whether a matter is a major decision.
    Determination,
    /// A printed agenda.
    PrintedAgenda,
    /// A legal adviser.
    Adviser,
    /// An engagement of a legal adviser.
    Engagement,
    /// The stub of a secret matter.
    SecretStub,
    /// A meeting of the deciding body.
    Meeting,
    /// The register of legal bases.
    LegalBases,
    /// An accountability file.
    AccountabilityFile,
    /// A supervision notice.
    SupervisionNotice,
    /// An inspection mandate.
    InspectionMandate,
    /// A note that the log has of itself.
    LogNote,
    /// An entry of the register of erasures.
    Erasure,
}

impl StreamKind {
    /// Every kind, in a fixed order.
    pub const ALL: [Self; 20] = [
        Self::Case,
        Self::Catalogue,
        Self::Consultation,
        Self::Hearing,
        Self::Organisation,
        Self::Definition,
        Self::Dossier,
        Self::Proposal,
        Self::Determination,
        Self::PrintedAgenda,
        Self::Adviser,
        Self::Engagement,
        Self::SecretStub,
        Self::Meeting,
        Self::LegalBases,
        Self::AccountabilityFile,
        Self::SupervisionNotice,
        Self::InspectionMandate,
        Self::LogNote,
        Self::Erasure,
    ];

    /// The printed prefix of ids of this kind.
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::Case => CaseId::PREFIX,
            Self::Catalogue => CatalogueId::PREFIX,
            Self::Consultation => ConsultationId::PREFIX,
            Self::Hearing => HearingId::PREFIX,
            Self::Organisation => OrganisationId::PREFIX,
            Self::Definition => DefinitionId::PREFIX,
            Self::Dossier => DossierId::PREFIX,
            Self::Proposal => ProposalId::PREFIX,
            Self::Determination => DeterminationId::PREFIX,
            Self::PrintedAgenda => PrintedAgendaId::PREFIX,
            Self::Adviser => AdviserId::PREFIX,
            Self::Engagement => EngagementId::PREFIX,
            Self::SecretStub => SecretStubId::PREFIX,
            Self::Meeting => MeetingId::PREFIX,
            Self::LegalBases => LegalBasesId::PREFIX,
            Self::AccountabilityFile => AccountabilityFileId::PREFIX,
            Self::SupervisionNotice => SupervisionNoticeId::PREFIX,
            Self::InspectionMandate => InspectionMandateId::PREFIX,
            Self::LogNote => LogNoteId::PREFIX,
            Self::Erasure => ErasureId::PREFIX,
        }
    }
}

/// The name of one stream of events, printed like the id of the thing it is about.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StreamId {
    /// What the stream is about.
    pub kind: StreamKind,
    /// Which one.
    pub value: Uuid,
}

impl fmt::Display for StreamId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}_{}", self.kind.prefix(), self.value.simple())
    }
}

impl fmt::Debug for StreamId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for StreamId {
    type Err = IdError;
    fn from_str(text: &str) -> Result<Self, IdError> {
        StreamKind::ALL
            .into_iter()
            .find_map(|kind| parse(kind.prefix(), text).ok().map(|value| Self { kind, value }))
            .ok_or_else(|| IdError { prefix: "the id of a stream", given: text.chars().take(80).collect() })
    }
}

impl Serialize for StreamId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for StreamId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

macro_rules! streams {
    ($($id:ident => $kind:ident;)*) => {$(
        impl From<$id> for StreamId {
            fn from(id: $id) -> Self {
                Self { kind: StreamKind::$kind, value: id.uuid() }
            }
        }
    )*};
}

streams! {
    CaseId => Case;
    CatalogueId => Catalogue;
    ConsultationId => Consultation;
    HearingId => Hearing;
    OrganisationId => Organisation;
    DefinitionId => Definition;
    DossierId => Dossier;
    ProposalId => Proposal;
    DeterminationId => Determination;
    PrintedAgendaId => PrintedAgenda;
    AdviserId => Adviser;
    EngagementId => Engagement;
    SecretStubId => SecretStub;
    MeetingId => Meeting;
    LegalBasesId => LegalBases;
    AccountabilityFileId => AccountabilityFile;
    SupervisionNoticeId => SupervisionNotice;
    InspectionMandateId => InspectionMandate;
    LogNoteId => LogNote;
    ErasureId => Erasure;
}

/// The SHA-256 digest of some bytes, printed `sha256:<64 hex digits>`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest([u8; 32]);

impl Digest {
    /// The digest with these bytes.
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The 32 bytes.
    pub const fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "sha256:{}", hex::encode(self.0))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Digest {
    type Err = IdError;
    fn from_str(text: &str) -> Result<Self, IdError> {
        let refuse = || IdError { prefix: "sha256:", given: text.chars().take(80).collect() };
        let mut bytes = [0; 32];
        let digits = text.strip_prefix("sha256:").ok_or_else(refuse)?;
        hex::decode_to_slice(digits, &mut bytes).map_err(|_| refuse())?;
        Ok(Self(bytes))
    }
}

impl Serialize for Digest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_printed_id_comes_back_and_another_prefix_is_refused() {
        let case = CaseId::new(Uuid::from_u128(7));
        assert_eq!(case.to_string().parse::<CaseId>(), Ok(case));
        assert!(case.to_string().parse::<DraftId>().is_err());
        assert!("case_00".parse::<CaseId>().is_err());
        assert!("case_0000000000000000000000000000000G".parse::<CaseId>().is_err());
        let stream = StreamId::from(case);
        assert_eq!(stream.to_string().parse::<StreamId>(), Ok(stream));
    }
}
