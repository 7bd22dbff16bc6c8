//! Small words that the whole core shares: texts in two languages, names of stages, roles, facts and clocks, documents.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::id::Digest;

/// A text for people, in Simplified Chinese and in English.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Text {
    /// Simplified Chinese; what officials and citizens see first.
    pub zh: String,
    /// English.
    pub en: String,
}

/// A word that is not of the form that names in definitions have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "expected a name of 1 to 48 lower-case letters, digits and underscores that begins with a letter, but got {0:?}"
)]
pub struct NameError(pub String);

fn name(text: &str) -> Result<Arc<str>, NameError> {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
    let fits = (1..=48).contains(&text.len()) && text.bytes().all(plain) && text.as_bytes()[0].is_ascii_lowercase();
    if fits { Ok(text.into()) } else { Err(NameError(text.chars().take(80).collect())) }
}

macro_rules! names {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        ///
        /// 1 to 48 lower-case letters, digits and underscores, beginning with a letter.
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Arc<str>);

        impl $name {
            /// The name as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = NameError;
            fn from_str(text: &str) -> Result<Self, NameError> {
                name(text).map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
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

names! {
    /// The name of a stage in a definition.
    StageId;
    /// The name of a role in a definition.
    RoleId;
    /// The name of a declared fact.
    FactId;
    /// The name of a clock.
    ClockId;
    /// The name of a parameter.
    ParameterId;
    /// The name of a criterion of a gate, or of an invariant.
    CriterionId;
    /// The name of a legal source in a definition.
    SourceId;
    /// The name of a special law that prevails over part of a definition.
    OverlayId;
}

/// Declares a finite set of words with one stored spelling each.
#[macro_export]
macro_rules! words {
    ($($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:literal,)+ })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        pub enum $name {
            $($(#[$variant_doc])* #[serde(rename = $word)] $variant,)+
        }

        impl $name {
            /// Every value, in a fixed order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The stored word.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)+
                }
            }

            /// The value with this stored word.
            pub fn from_word(word: &str) -> Option<Self> {
                match word {
                    $($word => Some(Self::$variant),)+
                    _ => None,
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    )*};
}

/// A document in the file store, named by its digest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DocumentRef {
    /// Digest of its bytes.
    pub digest: Digest,
    /// Its name as people know it, 1 to 200 characters.
    pub name: String,
    /// Media type, e.g. `application/pdf`.
    pub media_type: String,
    /// Size in bytes.
    pub size_bytes: u64,
}

words! {
    /// What a case is at in one stage.
    Status {
        /// Not begun, or open again after a return.
        Available = "available",
        /// Begun and not finished.
        Active = "active",
        /// Finished.
        Completed = "completed",
        /// Does not run for this matter; who, why and on what basis is on the record.
        Absent = "absent",
    }

    /// Whether a stage has produced what a gate asks for, and on which draft.
    Evidence {
        /// Nothing yet.
        None = "none",
        /// On an earlier draft that differs in substance.
        Stale = "stale",
        /// On the current draft.
        Current = "current",
    }

    /// The kinds of stages the engine knows. Each knows the shape of its law, not its numbers.
    StageKind {
        /// Proposal, study and the decision to begin 决策启动.
        Initiation = "initiation",
        /// Drafting and the unit's own checks 拟订草案.
        Drafting = "drafting",
        /// Public participation 公众参与.
        PublicParticipation = "public_participation",
        /// Expert review 专家论证.
        ExpertReview = "expert_review",
        /// Risk assessment 风险评估.
        RiskAssessment = "risk_assessment",
        /// Legality review 合法性审查.
        LegalityReview = "legality_review",
        /// Tabling for the meeting 提请审议.
        Tabling = "tabling",
        /// Collective deliberation and decision 集体讨论决定.
        CollectiveDeliberation = "collective_deliberation",
        /// Reporting before issuance 出台前请示报告.
        PreIssuanceReporting = "pre_issuance_reporting",
        /// Issuance 印发.
        Issuance = "issuance",
        /// Publication 公布.
        Publication = "publication",
        /// Carrying out the decision 决策执行.
        Implementation = "implementation",
        /// Evaluation after the decision 决策后评估.
        PostEvaluation = "post_evaluation",
        /// Archiving 归档.
        Archiving = "archiving",
        /// Something that is done and recorded on a form, as the definition says 事项办理.
        Task = "task",
        /// Something that several people of named roles approve 审批.
        Approval = "approval",
    }

    /// Items that drafting answers for besides the draft itself.
    DraftingItem {
        /// List of the legal and policy bases 依据清单 (R713 art. 12).
        BasisList = "basis_list",
        /// Consultation of departments whose duties are touched 部门征求意见 (R713 art. 13).
        DepartmentConsultation = "department_consultation",
        /// Fair-competition review 公平竞争审查 (Fair Competition Review Regulation arts. 13-18).
        FairCompetition = "fair_competition",
        /// The unit's own legal check 承办单位合法性初审.
        UnitLegalCheck = "unit_legal_check",
        /// The unit's leadership meeting 承办单位集体研究.
        LeadershipMeeting = "leadership_meeting",
        /// Analysis of costs and benefits 成本效益分析 (R713 art. 12).
        CostBenefit = "cost_benefit",
        /// Several solutions, where views differ widely 备选方案 (R713 art. 12).
        Alternatives = "alternatives",
        /// Countersigning by the departments concerned 会签.
        Countersign = "countersign",
    }

    /// Whether and how a document is disclosed (Open Government Information Regulation arts. 14-17).
    Disclosure {
        /// Published of the organ's own motion 主动公开.
        Public = "public",
        /// Given to who applies for it 依申请公开.
        OnRequest = "on_request",
        /// Not disclosed 不予公开.
        Withheld = "withheld",
    }

    /// How a version of a draft relates to the one before it.
    DraftChange {
        /// There is none before it.
        First = "first",
        /// Changes the substance: evidence on the earlier version goes stale and gates open again.
        Material = "material",
        /// Changes wording only; the reviewer must still confirm it.
        WordingOnly = "wording_only",
        /// Carries out what the meeting decided; the reviewer must confirm it before issuance.
        CarriesOutDecision = "carries_out_decision",
    }

    /// Level of risk found by an assessment.
    RiskLevel {
        /// Low.
        Low = "low",
        /// Medium.
        Medium = "medium",
        /// High.
        High = "high",
    }

    /// Conclusion of a legality review (R713 arts. 25, 27).
    LegalityConclusion {
        /// Lawful: may be tabled.
        Lawful = "lawful",
        /// Exploratory reform on which the state has no clear rule: may be tabled with the risk stated openly.
        RiskStated = "risk_stated",
        /// Particular provisions are unlawful: to be amended.
        Amend = "amend",
        /// A required procedure is missing: to be completed.
        ProcedureMissing = "procedure_missing",
        /// Outside authority, or unlawful in the main: must not be tabled.
        MustNotBeTabled = "must_not_be_tabled",
    }

    /// What one line of a legality review finds.
    LegalityFinding {
        /// In accordance with law.
        Lawful = "lawful",
        /// In conflict with law in force, or without authority.
        Conflict = "conflict",
        /// The state has no clear rule.
        NoRule = "no_rule",
    }

    /// What a line of a legality review looks at (R713 art. 27).
    LegalityAspect {
        /// Whether the organ has the authority.
        Authority = "authority",
        /// Whether the procedure was kept.
        Procedure = "procedure",
        /// Whether the content accords with law and state policy.
        Substance = "substance",
    }

    /// Who gave advice to the reviewer (R713 art. 28).
    AdviserKind {
        /// Legal adviser 法律顾问.
        LegalAdviser = "legal_adviser",
        /// Government lawyer 公职律师.
        GovernmentLawyer = "government_lawyer",
    }

    /// How advice or an opinion was taken up.
    Uptake {
        /// In full.
        Full = "full",
        /// In part.
        Partial = "partial",
        /// Not.
        None = "none",
    }

    /// Forms of public participation besides the solicitation of comments and the hearing (R713 art. 14).
    ParticipationForm {
        /// Symposium 座谈会.
        Symposium = "symposium",
        /// Field visit 实地走访.
        FieldVisit = "field_visit",
        /// Written consultation of certain people or bodies 书面征求意见.
        WrittenConsultation = "written_consultation",
        /// Questionnaire 问卷调查.
        Questionnaire = "questionnaire",
        /// Opinion poll 民意调查.
        Poll = "poll",
    }

    /// In which way experts review (R713 art. 20).
    ExpertReviewForm {
        /// A meeting of experts 专家论证会.
        Meeting = "meeting",
        /// Written consultation 书面咨询.
        Written = "written",
        /// A commissioned study 委托咨询论证.
        Commissioned = "commissioned",
    }

    /// How experts were selected from the candidates.
    ExpertSelection {
        /// By a draw that anyone can compute again.
        Drawn = "drawn",
        /// By a rule, with reasons.
        Chosen = "chosen",
    }

    /// Where an expert stands.
    ExpertStance {
        /// Supports the draft.
        Support = "support",
        /// Supports it with changes.
        SupportWithChanges = "support_with_changes",
        /// Opposes it: a dissent, kept apart in the report.
        Oppose = "oppose",
    }

    /// A member's position at the meeting.
    Position {
        /// Agrees.
        Agree = "agree",
        /// Agrees with changes.
        AgreeWithChanges = "agree_with_changes",
        /// Disagrees. Only this, recorded, is a dissent (R713 art. 38).
        Disagree = "disagree",
        /// Reserves an opinion 保留意见.
        Reserve = "reserve",
    }

    /// On which side the members other than the head stand.
    Majority {
        /// More for than against.
        For = "for",
        /// More against than for.
        Against = "against",
        /// As many for as against.
        Even = "even",
    }

    /// The head's decision after the discussion.
    Outcome {
        /// Agree 同意.
        Agree = "agree",
        /// Agree in principle: text to be revised and verified 原则同意.
        AgreeInPrinciple = "agree_in_principle",
        /// Disagree 不同意: the matter ends without a decision being adopted.
        Disagree = "disagree",
        /// Amend in substance and go through the procedure again 修改.
        Amend = "amend",
        /// Defer 暂缓.
        Defer = "defer",
        /// Discuss again 再次讨论.
        DiscussAgain = "discuss_again",
    }

    /// How the body asked before issuance replied.
    ReportReply {
        /// Agrees.
        Agreed = "agreed",
        /// Agrees and comments: the text must be revised and verified.
        WithComments = "with_comments",
        /// Does not agree: not to be issued.
        NotAgreed = "not_agreed",
        /// Returned for discussion again.
        Returned = "returned",
    }

    /// Why a stage does not run.
    AbsenceGround {
        /// The law does not ask for it in this matter.
        NotApplicable = "not_applicable",
        /// Lawfully not public.
        NotPublic = "not_public",
    }

    /// Relations of a person to a case that separate duties.
    Relation {
        /// Added a version of the draft.
        Drafted = "drafted",
        /// Reported the risk assessment.
        AssessedRisk = "assessed_risk",
        /// Concluded or confirmed in the legality review.
        ReviewedLegality = "reviewed_legality",
        /// Advised the reviewer.
        Advised = "advised",
        /// Belongs to the undertaking unit.
        OfUndertakingUnit = "of_undertaking_unit",
        /// Was appointed as an expert; also after a declared interest took them out again.
        AppointedExpert = "appointed_expert",
        /// Had a part of their own at the hearing: chaired, presented, kept the record.
        ServedAtHearing = "served_at_hearing",
        /// Belongs to a unit that did the main assessment before the decision (R713 art. 36).
        OfAssessingUnit = "of_assessing_unit",
    }

    /// Volumes of a file, each closed on its own.
    Volume {
        /// From opening to publication 决策卷.
        Decision = "decision",
        /// Carrying out the decision 执行卷.
        Execution = "execution",
        /// Evaluation after the decision 评估卷.
        Evaluation = "evaluation",
    }

    /// Why a decision is evaluated (R713 art. 36).
    EvaluationTrigger {
        /// Its effect is clearly below what was expected.
        BelowExpectation = "below_expectation",
        /// Citizens, legal persons or other organisations say much about it.
        ManyOpinions = "many_opinions",
        /// The organ thinks it necessary.
        ThoughtNecessary = "thought_necessary",
        /// The law or the facts on which it rests changed.
        BasisChanged = "basis_changed",
    }

    /// Whose voices an evaluation hears or draws in (R713 art. 36).
    EvaluationVoice {
        /// The public.
        Public = "public",
        /// Deputies of the people's congress.
        Deputies = "deputies",
        /// Members of the consultative conference.
        ConferenceMembers = "conference_members",
        /// People's organisations 人民团体.
        PeoplesOrganisations = "peoples_organisations",
        /// Grass-roots bodies 基层组织.
        GrassRoots = "grass_roots",
        /// Social organisations 社会组织.
        SocialOrganisations = "social_organisations",
    }

    /// What an evaluation proposes, and what the organ concludes from it.
    EvaluationConclusion {
        /// The decision goes on.
        Continue = "continue",
        /// It is amended: by a new case that names it.
        Amend = "amend",
        /// Its execution ends.
        Stop = "stop",
        /// Its execution is suspended.
        Suspend = "suspend",
    }

    /// How long a volume is kept 保管期限.
    Retention {
        /// For ever 永久.
        Permanent = "permanent",
        /// Thirty years.
        Years30 = "years_30",
        /// Ten years.
        Years10 = "years_10",
    }

    /// What the executing unit must report at once (R713 art. 35).
    ExecutionTrouble {
        /// A problem in carrying it out.
        Problem = "problem",
        /// The circumstances on which it rests changed greatly.
        ChangeOfCircumstances = "change_of_circumstances",
        /// Force majeure.
        ForceMajeure = "force_majeure",
    }

    /// The five classes of major decisions (R713 art. 3).
    MatterClass {
        /// Public services, market regulation, social management, environment.
        PublicPolicy = "public_policy",
        /// Economic and social plans.
        Plan = "plan",
        /// Natural and cultural resources.
        Resources = "resources",
        /// Public construction projects.
        Construction = "construction",
        /// Other matters of major effect.
        Other = "other",
    }

    /// Who proposed a matter (R713 art. 10).
    Proposer {
        /// A leader of the decision organ.
        Leader = "leader",
        /// A department or a lower government.
        Unit = "unit",
        /// A deputy of the people's congress.
        Deputy = "deputy",
        /// A member of the consultative conference.
        ConferenceMember = "conference_member",
        /// A citizen, legal person or other organisation, in writing.
        Public = "public",
    }

    /// Level of a state secret 密级.
    SecretLevel {
        /// Top secret 绝密.
        TopSecret = "top_secret",
        /// Secret 机密.
        Secret = "secret",
        /// Confidential 秘密.
        Confidential = "confidential",
    }

    /// What a secret matter goes through offline; participation and publication do not apply to it.
    SecretStep {
        /// Expert review.
        ExpertReview = "expert_review",
        /// Risk assessment.
        RiskAssessment = "risk_assessment",
        /// Legality review.
        LegalityReview = "legality_review",
        /// Collective deliberation and decision.
        CollectiveDeliberation = "collective_deliberation",
    }

    /// How the stub of a secret matter ended.
    SecretOutcome {
        /// Decided, offline.
        Decided = "decided",
        /// Given up before a decision.
        GivenUp = "given_up",
        /// Declassified: it may come in as any other matter.
        Declassified = "declassified",
    }
}

impl Outcome {
    /// Whether the draft is adopted by it.
    pub const fn adopts(self) -> bool {
        matches!(self, Self::Agree | Self::AgreeInPrinciple)
    }
}

impl EvaluationConclusion {
    /// Whether only the meeting decides so: what changes or ends a decision (R713 art. 37).
    pub const fn needs_meeting(self) -> bool {
        matches!(self, Self::Amend | Self::Stop)
    }
}

impl StageKind {
    /// Whether it is one of the general kinds, with which procedures are written that the engine does not know.
    pub const fn is_general(self) -> bool {
        matches!(self, Self::Task | Self::Approval)
    }

    /// The volume in which the events of such a stage are filed, where the definition names no other; `None` for
    /// archiving, whose events are filed in the volume that they name.
    pub const fn volume(self) -> Option<Volume> {
        match self {
            Self::Initiation
            | Self::Drafting
            | Self::PublicParticipation
            | Self::ExpertReview
            | Self::RiskAssessment
            | Self::LegalityReview
            | Self::Tabling
            | Self::CollectiveDeliberation
            | Self::PreIssuanceReporting
            | Self::Issuance
            | Self::Publication
            | Self::Task
            | Self::Approval => Some(Volume::Decision),
            Self::Implementation => Some(Volume::Execution),
            Self::PostEvaluation => Some(Volume::Evaluation),
            Self::Archiving => None,
        }
    }
}

impl LegalityConclusion {
    /// Whether the draft may be tabled after it.
    pub const fn clears(self) -> bool {
        matches!(self, Self::Lawful | Self::RiskStated)
    }
}
