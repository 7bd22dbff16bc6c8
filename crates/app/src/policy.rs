//! Rights outside the acts of a case: policies as data, default deny.

use std::collections::BTreeMap;

use dingce_domain::definition::PostKind;
use dingce_domain::organisation::UnitKind;
use dingce_domain::words;
use serde::Deserialize;

words! {
    /// What may be done outside the acts of a case.
    Right {
        /// Read a case and all on file.
        ReadCase = "read_case",
        /// Export a closed volume.
        ExportVolume = "export_volume",
        /// Draw up a catalogue: begin it, call for entries, change its draft, take over a printed one.
        CompileCatalogue = "compile_catalogue",
        /// Name an entry for a catalogue.
        NominateEntry = "nominate_entry",
        /// Screen entries of a catalogue.
        ScreenEntry = "screen_entry",
        /// Record the consents to a catalogue.
        RecordConsent = "record_consent",
        /// Tie entries to cases, report and finish them.
        FollowEntry = "follow_entry",
        /// Publish a catalogue.
        PublishCatalogue = "publish_catalogue",
        /// Enter historical dossiers and explain their departures.
        KeepDossiers = "keep_dossiers",
        /// Read historical dossiers.
        ReadDossiers = "read_dossiers",
        /// Enter a proposal.
        EnterProposal = "enter_proposal",
        /// Read the organ's proposals.
        ReadProposals = "read_proposals",
        /// Hand proposals over, answer and tie them.
        HandleProposal = "handle_proposal",
        /// Give the opinion on a proposal handed to one's unit.
        GiveProposalOpinion = "give_proposal_opinion",
        /// Record what was decided on a proposal.
        DecideProposal = "decide_proposal",
        /// Determine whether a matter is a major decision.
        Determine = "determine",
        /// Take agendas over, and say what their items belong to.
        KeepAgendas = "keep_agendas",
        /// Read determinations and agendas.
        ReadRegisters = "read_registers",
        /// Keep the roster of legal advisers, and assess them.
        KeepAdvisers = "keep_advisers",
        /// Read the roster of legal advisers.
        ReadAdvisers = "read_advisers",
        /// Ask a legal adviser.
        AskAdviser = "ask_adviser",
        /// Enter the opinion of a legal adviser who did not enter it themself.
        EnterAdvice = "enter_advice",
        /// Say how the opinion of a legal adviser was taken up.
        DisposeAdvice = "dispose_advice",
        /// Read what legal advisers were asked.
        ReadEngagements = "read_engagements",
        /// Enter, follow and end stubs of secret matters.
        KeepSecretStubs = "keep_secret_stubs",
        /// Read stubs of secret matters.
        ReadSecretStubs = "read_secret_stubs",
        /// Call meetings, take attendance, issue minutes.
        KeepMeetings = "keep_meetings",
        /// Read meetings and their agendas.
        ReadMeetings = "read_meetings",
        /// Move a case to another version of its definition.
        MigrateCase = "migrate_case",
        /// Keep the register of legal bases.
        KeepLegalBases = "keep_legal_bases",
        /// Read the register of legal bases.
        ReadLegalBases = "read_legal_bases",
        /// Publish a definition.
        PublishDefinition = "publish_definition",
        /// Confirm that a value of a definition binds one's organ, and withdraw that.
        ConfirmParameter = "confirm_parameter",
        /// Make entries into the directory.
        KeepDirectory = "keep_directory",
        /// Read the directory.
        ReadDirectory = "read_directory",
        /// Read compliance sheets.
        ReadCompliance = "read_compliance",
        /// Read the figures for an appraisal.
        ReadFigures = "read_figures",
        /// Upload documents.
        UploadDocument = "upload_document",
        /// Read what a person did in any case.
        Trace = "trace",
        /// Receive clues, and keep accountability files.
        KeepAccountability = "keep_accountability",
        /// Read accountability files.
        ReadAccountability = "read_accountability",
        /// Issue supervision notices, and look at corrections again.
        IssueNotices = "issue_notices",
        /// Answer a supervision notice sent to one's unit.
        AnswerNotices = "answer_notices",
        /// Read supervision notices.
        ReadNotices = "read_notices",
        /// Enter and revoke inspection mandates.
        KeepMandates = "keep_mandates",
        /// Read inspection mandates.
        ReadMandates = "read_mandates",
        /// Read who looked what up, and what the log has on record about itself.
        ReadLookups = "read_lookups",
        /// Ask that what somebody of the public gave of themselves be erased, and withdraw that.
        RequestErasure = "request_erasure",
        /// Approve or refuse an erasure that somebody else asked for.
        ApproveErasure = "approve_erasure",
        /// Read the register of erasures.
        ReadErasures = "read_erasures",
    }
}

/// One line that allows.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Allow {
    /// Kinds of unit; empty for any.
    #[serde(default)]
    pub units: Vec<UnitKind>,
    /// Kinds of post; empty for any.
    #[serde(default)]
    pub posts: Vec<PostKind>,
    /// Whether the unit must be the undertaking unit of the case.
    #[serde(default)]
    pub undertaking: bool,
    /// Whether the person must be appointed as an expert in the case.
    #[serde(default)]
    pub appointed: bool,
}

/// The rights of a deployment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy(BTreeMap<Right, Vec<Allow>>);

/// Why a policy cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("the policy cannot be read: {0}")]
pub struct PolicyError(String);

impl Policy {
    /// The policy that is shipped.
    pub const SHIPPED: &'static str = include_str!("../policy.yaml");

    /// Reads a policy.
    ///
    /// # Errors
    /// Where it is no YAML, names an unknown right, or allows everybody by an empty line.
    pub fn parse(yaml: &str) -> Result<Self, PolicyError> {
        let rights: BTreeMap<Right, Vec<Allow>> =
            serde_saphyr::from_str(yaml).map_err(|error| PolicyError(error.to_string()))?;
        for (right, lines) in &rights {
            if lines.iter().any(|l| l.units.is_empty() && l.posts.is_empty() && !l.undertaking && !l.appointed) {
                return Err(PolicyError(format!("{right}: a line without members would allow everybody")));
            }
        }
        Ok(Self(rights))
    }

    /// Whether somebody in such a post of such a unit has a right.
    ///
    /// `undertaking` says whether the unit undertakes the case, `appointed` whether the person is an expert appointed in it.
    pub fn allows(&self, right: Right, unit: UnitKind, post: PostKind, undertaking: bool, appointed: bool) -> bool {
        self.0.get(&right).is_some_and(|lines| {
            lines.iter().any(|line| {
                (line.units.is_empty() || line.units.contains(&unit))
                    && (line.posts.is_empty() || line.posts.contains(&post))
                    && (!line.undertaking || undertaking)
                    && (!line.appointed || appointed)
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_policy_denies_by_default() {
        let policy = Policy::parse(Policy::SHIPPED).expect("the shipped policy can be read");
        assert!(policy.allows(Right::ReadCase, UnitKind::Justice, PostKind::Officer, false, false));
        assert!(policy.allows(Right::ReadCase, UnitKind::Department, PostKind::Officer, true, false));
        assert!(!policy.allows(Right::ReadCase, UnitKind::Department, PostKind::Officer, false, false));
        assert!(policy.allows(Right::ReadCase, UnitKind::Section, PostKind::Expert, false, true));
        assert!(!policy.allows(Right::ReadCase, UnitKind::Section, PostKind::Expert, false, false));
        assert!(!policy.allows(Right::ReadCase, UnitKind::Department, PostKind::Officer, false, true));
        assert!(!policy.allows(Right::KeepDirectory, UnitKind::Organ, PostKind::Head, true, false));
        assert!(policy.allows(Right::ReadFigures, UnitKind::Supervision, PostKind::Auditor, false, false));
        assert!(policy.allows(Right::ReadFigures, UnitKind::Department, PostKind::Officer, true, false));
        assert!(!policy.allows(Right::ReadFigures, UnitKind::Department, PostKind::Officer, false, false));
        assert!(!policy.allows(Right::ReadFigures, UnitKind::Department, PostKind::Expert, true, false));
        assert!(!policy.allows(Right::RecordConsent, UnitKind::Justice, PostKind::UnitLeader, false, false));
        assert!(!policy.allows(Right::FollowEntry, UnitKind::Department, PostKind::Officer, false, false));
        assert!(policy.allows(Right::FollowEntry, UnitKind::Department, PostKind::Officer, true, false));
        assert!(Right::ALL.iter().all(|r| !policy.allows(*r, UnitKind::Outside, PostKind::Officer, false, false)));
    }

    #[test]
    fn a_line_that_would_allow_everybody_is_refused() {
        assert!(Policy::parse("read_case:\n  - {}\n").is_err());
        assert!(Policy::parse("read_everything:\n  - {undertaking: true}\n").is_err());
    }
}
