//! GraphQL enums made of the domain's words, without listing a variant again.

use std::borrow::Cow;
use std::str::FromStr;

use async_graphql::parser::types::Field;
use async_graphql::registry::{MetaEnumValue, MetaType, MetaTypeId, Registry};
use async_graphql::{
    ContextSelectionSet, InputType, InputValueError, InputValueResult, Name, OutputType, Positioned, ServerResult,
    Value,
};
use dingce_app::language::Language;
use dingce_domain::words;

/// A finite set of words of the domain that the schema shows as an enum.
pub trait Words: Copy + Send + Sync + 'static {
    /// Name of the enum.
    const NAME: &'static str;
    /// What it is.
    const ABOUT: &'static str;
    /// The section of the language file that names its values.
    const SECTION: &'static str;
    /// Every value.
    fn all() -> &'static [Self];
    /// The stored word.
    fn word(self) -> &'static str;
    /// What a value is that the language file does not name.
    fn about(self) -> Option<&'static str> {
        None
    }
}

/// A word of the domain as a value of a GraphQL enum: the stored word in capitals, e.g. `AGREE_IN_PRINCIPLE`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Word<T>(pub T);

impl<T: Words> Word<T> {
    /// The value with this stored word.
    pub fn of(word: &str) -> Option<Self> {
        T::all().iter().copied().find(|v| v.word() == word).map(Self)
    }

    fn name(self) -> String {
        self.0.word().to_uppercase()
    }

    fn register(_: &mut Registry) -> MetaType {
        let value = |word: &T| {
            let text = Language::shipped().word(T::SECTION, word.word());
            let name = Word(*word).name();
            let about = if text.zh == word.word() {
                word.about().map(str::to_owned)
            } else {
                Some(format!("{} {}", text.en, text.zh))
            };
            let value = MetaEnumValue {
                name: name.clone(),
                description: about,
                deprecation: Default::default(),
                visible: None,
                inaccessible: false,
                tags: Vec::new(),
                directive_invocations: Vec::new(),
            };
            (name, value)
        };
        MetaType::Enum {
            name: T::NAME.to_owned(),
            description: Some(T::ABOUT.to_owned()),
            enum_values: T::all().iter().map(value).collect(),
            visible: None,
            inaccessible: false,
            tags: Vec::new(),
            rust_typename: Some(std::any::type_name::<Self>()),
            directive_invocations: Vec::new(),
            requires_scopes: Vec::new(),
        }
    }
}

impl<T: Words> FromStr for Word<T> {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        Self::of(text).ok_or_else(|| format!("no {} is stored as {text}", T::NAME))
    }
}

impl<T: Words> InputType for Word<T> {
    type RawValueType = Self;

    fn type_name() -> Cow<'static, str> {
        Cow::Borrowed(T::NAME)
    }

    fn create_type_info(registry: &mut Registry) -> String {
        registry.create_input_type::<Self, _>(MetaTypeId::Enum, Self::register)
    }

    fn parse(value: Option<Value>) -> InputValueResult<Self> {
        let value = value.unwrap_or_default();
        let name = match &value {
            Value::Enum(name) => name.as_str(),
            Value::String(name) => name.as_str(),
            _ => return Err(InputValueError::expected_type(value)),
        };
        T::all()
            .iter()
            .copied()
            .map(Word)
            .find(|w| w.name() == name)
            .ok_or_else(|| InputValueError::custom(format!("Expected a value of {}, but got {name:?}.", T::NAME)))
    }

    fn to_value(&self) -> Value {
        Value::Enum(Name::new(self.name()))
    }

    fn as_raw_value(&self) -> Option<&Self> {
        Some(self)
    }
}

impl<T: Words> OutputType for Word<T> {
    fn type_name() -> Cow<'static, str> {
        Cow::Borrowed(T::NAME)
    }

    fn create_type_info(registry: &mut Registry) -> String {
        registry.create_output_type::<Self, _>(MetaTypeId::Enum, Self::register)
    }

    async fn resolve(&self, _: &ContextSelectionSet<'_>, _: &Positioned<Field>) -> ServerResult<Value> {
        Ok(InputType::to_value(self))
    }
}

macro_rules! enums {
    ($($path:path as $name:literal in $section:literal: $about:literal
        $({ $($value:ident: $said:literal,)* })?;)*) => {$(
        impl Words for $path {
            const NAME: &'static str = $name;
            const ABOUT: &'static str = $about;
            const SECTION: &'static str = $section;
            fn all() -> &'static [Self] {
                Self::ALL
            }
            fn word(self) -> &'static str {
                self.as_str()
            }
            $(fn about(self) -> Option<&'static str> {
                Some(match self {
                    $(Self::$value => $said,)*
                })
            })?
        }
    )*};
}

words! {
    /// What the end of a period means.
    ClockKind {
        /// At least this long.
        Floor = "floor",
        /// At most this long.
        Cap = "cap",
        /// Delivery at least this long before an event.
        Backward = "backward",
        /// A floor owed to its holder.
        Guaranteed = "guaranteed",
    }

    /// Whether a clock counts.
    ClockState {
        /// Counting.
        Running = "running",
        /// Not counting until what was asked for is supplied.
        Paused = "paused",
        /// Waiting for the holiday arrangement of a year.
        Pending = "pending",
        /// Its last day passed without the act: that is on the record.
        Overdue = "overdue",
        /// The act that it waited for was done.
        Met = "met",
        /// Its time is over, or nobody waits for it any more.
        Ended = "ended",
    }

    /// Where a catalogue stands.
    CatalogueState {
        /// Nothing is published yet.
        Draft = "draft",
        /// A version is in force.
        Published = "published",
        /// A version is in force, and an adjustment is under way.
        Adjusting = "adjusting",
    }

    /// Where a meeting stands.
    MeetingState {
        /// It is to come.
        Called = "called",
        /// Attendance was taken.
        Held = "held",
        /// It does not take place.
        CalledOff = "called_off",
        /// The minutes are issued.
        Closed = "closed",
    }

    /// Whether the list in force has an entry.
    EntryState {
        /// It has.
        Listed = "listed",
        /// An earlier version had it.
        Dropped = "dropped",
    }

    /// How a file of catalogues is written.
    CatalogueFileFormat {
        /// JSON.
        Json = "json",
        /// Comma-separated values.
        Csv = "csv",
    }

    /// What the public sees of a decision.
    PublicState {
        /// Comments are or were asked for.
        Consulting = "consulting",
        /// The decision is published.
        Published = "published",
    }
}

enums! {
    dingce_domain::verb::Verb as "Verb" in "verb":
        "An act of law. Each that people do has a mutation of its own; ADOPT_DRAFT and DECLINE_DRAFT are `recordHeadDecision`, CHAIR_HEARING is asked of whoever is named, and CLOSE_SOLICITATION and SETTLE_COMMENTS are the system's.";
    words::StageKind as "StageKind" in "stage_kind":
        "The kinds of stages that the engine knows. A definition may have several stages of one kind.";
    words::Status as "Status" in "status": "What a case is at in one stage.";
    words::Evidence as "Evidence" in "evidence":
        "Whether a stage has produced what a gate asks for, and on which version of the draft.";
    words::DraftingItem as "DraftingItem" in "drafting_item":
        "What drafting answers for besides the draft itself (R713 arts. 12, 13).";
    dingce_domain::drafting::DepartmentStance as "DepartmentStance" in "department_stance":
        "Where a department that was asked stands at the end of the talks (R713 art. 13).";
    dingce_domain::drafting::MeasureIssuer as "MeasureIssuer" in "measure_issuer":
        "Who issues a measure that touches operators: it decides who reviews it.";
    dingce_domain::drafting::FairCompetitionReviewer as "FairCompetitionReviewer" in "fair_competition_reviewer":
        "Who reviewed a measure for fair competition.";
    dingce_domain::drafting::FairCompetitionConclusion as "FairCompetitionConclusion" in "fair_competition_conclusion":
        "What the fair-competition review found. With FAILS nothing is tabled or issued.";
    dingce_domain::drafting::FairCompetitionGround as "FairCompetitionGround" in "fair_competition_ground":
        "On which ground an exception holds (Fair Competition Review Regulation art. 12).";
    dingce_domain::legal_bases::LegalBasisKind as "LegalBasisKind" in "legal_basis_kind":
        "What a document is in the order of law.";
    dingce_domain::legal_bases::BasisState as "BasisState" in "basis_state":
        "How a cited document stood on a day. NOT_YET and REPEALED are stale.";
    dingce_domain::law_in_force::LawUse as "LawUse" in "law_use":
        "For what of an act a definition names an article.";
    dingce_domain::compliance::Verdict as "ComplianceVerdict" in "verdict":
        "What became of a rule in a decision. ADVISED is a departure from a number that binds nobody; UNTOLD accuses nobody.";
    dingce_domain::compliance::Finding as "ComplianceFindingKind" in "finding":
        "In which way the record departs from a rule.";
    dingce_domain::compliance::ExcuseGround as "ComplianceGround" in "excuse_ground":
        "On which ground a rule was excused.";
    dingce_domain::figures::FigureMeasure as "FigureMeasure" in "figure_measure": "What the things of a figure are.";
    dingce_domain::figures::Apart as "FigureApart" in "apart":
        "Why a thing of a figure is in no number. None of them says that something was done wrong.";
    words::Disclosure as "Disclosure" in "disclosure":
        "Whether and how a document is disclosed (Open Government Information Regulation arts. 14-17).";
    words::DraftChange as "DraftChange" in "draft_change":
        "How a version of a draft relates to the one before it.";
    words::RiskLevel as "RiskLevel" in "risk_level": "Level of risk found by an assessment.";
    words::LegalityConclusion as "LegalityConclusion" in "legality_conclusion":
        "Conclusion of a legality review (R713 arts. 25, 27). Only LAWFUL and RISK_STATED let a draft be tabled.";
    words::LegalityFinding as "LegalityFinding" in "legality_finding":
        "What one line of a legality review finds.";
    words::LegalityAspect as "LegalityAspect" in "legality_aspect":
        "What a line of a legality review looks at (R713 art. 27).";
    words::AdviserKind as "AdviserKind" in "adviser_kind": "Who advised the reviewer (R713 art. 28).";
    words::Uptake as "Uptake" in "uptake": "How advice, an opinion or a comment was taken up.";
    words::ParticipationForm as "ParticipationForm" in "participation_form":
        "Forms of public participation besides the solicitation of comments and the hearing (R713 art. 14).";
    words::ExpertReviewForm as "ExpertReviewForm" in "expert_review_form": "In which way experts review (R713 art. 20).";
    words::ExpertSelection as "ExpertSelection" in "expert_selection":
        "How experts were selected from the candidates. A draw can be computed again by anyone: docs/formats/draw.md.";
    words::ExpertStance as "ExpertStance" in "expert_stance": "Where an expert stands. OPPOSE is a dissent.";
    words::Position as "Position" in "position":
        "A member's position at the meeting. Only DISAGREE, recorded, is a dissent (R713 art. 38).";
    dingce_domain::holding::ConflictKind as "ConflictKind" in "conflict_kind":
        "Which fact on the record may mean that somebody had more than one interest. None of them is a finding.";
    words::Outcome as "Outcome" in "outcome":
        "The head's decision after the discussion. AGREE and AGREE_IN_PRINCIPLE adopt the draft.";
    words::ReportReply as "ReportReply" in "report_reply":
        "How the body asked before issuance replied.";
    words::AbsenceGround as "AbsenceGround" in "absence_ground": "Why a stage does not run.";
    dingce_domain::definition::Family as "ProcedureFamily" in "family":
        "The family of a procedure: the legal floor that the engine adds.";
    dingce_domain::task::LeadKind as "LeadKind" in "lead_kind": "Where a result of a task, or a refused approval, leads.";
    words::Volume as "Volume" in "volume": "Volumes of a file, each closed on its own.";
    words::ExecutionTrouble as "ExecutionTrouble" in "execution_trouble":
        "What the executing unit must report at once (R713 art. 35).";
    words::EvaluationTrigger as "EvaluationTrigger" in "evaluation_trigger":
        "Why a decision is evaluated (R713 art. 36).";
    words::EvaluationVoice as "EvaluationVoice" in "evaluation_voice":
        "Whose voices an evaluation hears or draws in (R713 art. 36).";
    words::EvaluationConclusion as "EvaluationConclusion" in "evaluation_conclusion":
        "What an evaluation proposes, and what the organ concludes. AMEND and STOP are the meeting's to decide.";
    words::Retention as "Retention" in "retention": "How long a volume is kept.";
    words::MatterClass as "MatterClass" in "matter_class":
        "The five classes of major decisions (R713 art. 3).";
    words::Proposer as "Proposer" in "proposer": "Who proposed a matter (R713 art. 10).";
    words::SecretLevel as "SecretLevel" in "secret_level": "Level of a state secret.";
    words::SecretStep as "SecretStep" in "secret_step": "What a secret matter goes through offline.";
    words::SecretOutcome as "SecretOutcome" in "secret_outcome": "How the stub of a secret matter ended.";
    dingce_domain::erasure::ErasurePart as "ErasurePart" in "erasure_part": "What of a body of the record is erased.";
    dingce_domain::erasure::ErasureGround as "ErasureGround" in "erasure_ground":
        "On which ground personal data are erased (PIPL art. 47 para. 1, items 1 to 5 in their order).";
    dingce_domain::erasure::ErasureState as "ErasureState" in "erasure_state": "Where a request for erasure stands.";
    dingce_domain::migration::MigrationChange as "MigrationChange" in "migration_change":
        "What differs between two versions of a definition.";
    dingce_domain::migration::MigrationObstacle as "MigrationObstacle" in "migration_obstacle":
        "Why a case cannot be moved to another version of its definition.";
    dingce_domain::control::Adoption as "Adoption" in "adoption": "Whether a decision adopts the draft.";
    dingce_domain::control::Ending as "Ending" in "ending": "Whether a case still runs.";
    dingce_domain::consultation::Channel as "Channel" in "channel": "How a comment came.";
    dingce_domain::hearing::HearingGroupKind as "HearingGroupKind" in "hearing_group_kind":
        "For whom seats of a hearing are.";
    dingce_domain::hearing::SeatSelection as "SeatSelection" in "seat_selection":
        "How the seats of a group are filled. A draw can be computed again by anyone: docs/formats/draw.md.";
    dingce_domain::hearing::HearingRole as "HearingRole" in "hearing_role":
        "What somebody does at a hearing besides taking part.";
    dingce_domain::hearing::HearingState as "HearingState" in "hearing_state": "How far a hearing is.";
    dingce_domain::hearing::PostponementGround as "PostponementGround" in "postponement_ground":
        "Why a hearing is put off.";
    dingce_domain::hearing::CancellationGround as "CancellationGround" in "cancellation_ground":
        "Why a hearing that was announced, or held, does not count.";
    dingce_domain::hearing::Speech as "Speech" in "speech":
        "What somebody does when they speak at a hearing (R713 art. 17).";
    dingce_domain::definition::PostKind as "PostKind" in "post_kind": "What kind of post somebody holds.";
    dingce_domain::organisation::UnitKind as "UnitKind" in "unit_kind": "What a unit is for the decision organ.";
    dingce_domain::organisation::UnitRelation as "UnitRelation" in "unit_relation":
        "How one unit stands to another.";
    dingce_app::streams::SaidPart as "SaidPart" in "said_part": "What is said beside the main text of an act.";
    ClockKind as "ClockKind" in "clock_kind": "What the end of a period means.";
    ClockState as "ClockState" in "clock_state": "Whether a clock counts." {
        Running: "Counting",
        Paused: "Not counting until what was asked for is supplied",
        Pending: "Waiting for the holiday arrangement of a year",
        Overdue: "Its last day passed without the act: that is on the record",
        Met: "The act that it waited for was done",
        Ended: "Its time is over, or nobody waits for it any more",
    };
    dingce_domain::catalogue::CatalogueKind as "CatalogueKind" in "catalogue_kind": "What a list is a list of.";
    dingce_domain::catalogue::ConsentBody as "ConsentBody" in "consent_body":
        "Whose consent a catalogue needs (R713 art. 3): two facts, never one.";
    dingce_domain::catalogue::CatalogueFlag as "CatalogueFlag" in "catalogue_flag":
        "What a reader of a version of a catalogue must know of it.";
    dingce_domain::catalogue::ScreeningResult as "ScreeningResult" in "screening_result":
        "What screening found of an entry.";
    dingce_domain::catalogue::ChangeKind as "CatalogueChange" in "change_kind":
        "What differs between two versions in one entry.";
    dingce_domain::proposal::ProposalOutcome as "ProposalOutcome" in "proposal_outcome":
        "What is decided on a proposal, or recommended (R713 art. 10).";
    dingce_domain::proposal::ProposalState as "ProposalState" in "proposal_state": "Where a proposal stands.";
    dingce_domain::proposal::ArgumentPart as "ArgumentPart" in "argument_part":
        "What a unit argues for its proposal (R713 art. 10).";
    dingce_domain::proposal::Decider as "Decider" in "decider": "Who decided.";
    dingce_domain::determination::ExclusionGround as "ExclusionGround" in "exclusion_ground":
        "Why a matter is no major decision (R713 art. 3).";
    dingce_domain::determination::DeterminationFlag as "DeterminationFlag" in "determination_flag":
        "What a reader of a determination must know.";
    dingce_domain::engagement::EngagementState as "EngagementState" in "engagement_state":
        "Where an engagement of a legal adviser stands.";
    dingce_domain::accountability::ClueSource as "ClueSource" in "clue_source": "Where a clue came from.";
    dingce_domain::accountability::AccountabilityState as "AccountabilityState" in "accountability_state":
        "Where an accountability file stands.";
    dingce_domain::accountability::HarmKind as "HarmKind" in "harm_kind":
        "What came of a decision or of its absence, as somebody found it (R713 art. 38).";
    dingce_domain::accountability::PostCategory as "PostCategory" in "post_category":
        "In which class of persons of R713 art. 38 a post falls. It classes a post, and finds nothing.";
    dingce_app::use_cases::LookupKind as "LookupKind" in "lookup_kind": "What was looked up.";
    dingce_domain::supervision::NoticeKind as "NoticeKind" in "notice_kind": "Which kind of supervision notice.";
    dingce_domain::supervision::NoticeState as "NoticeState" in "notice_state": "Where a supervision notice stands.";
    MeetingState as "MeetingState" in "meeting_state": "Where a meeting stands." {
        Called: "It is to come",
        Held: "Attendance was taken",
        CalledOff: "It does not take place",
        Closed: "The minutes are issued",
    };
    dingce_domain::meeting::ItemState as "AgendaItemState" in "item_state":
        "What became of a matter on the agenda of a meeting.";
    CatalogueState as "CatalogueState" in "catalogue_state": "Where a catalogue stands." {
        Draft: "Nothing is published yet",
        Published: "A version is in force",
        Adjusting: "A version is in force, and an adjustment is under way",
    };
    EntryState as "EntryState" in "entry_state": "Whether the list in force has an entry." {
        Listed: "It has",
        Dropped: "An earlier version had it",
    };
    CatalogueFileFormat as "CatalogueFileFormat" in "catalogue_file_format": "How a file of catalogues is written." {
        Json: "JSON: {\"catalogues\": [...]}, a list, or one catalogue",
        Csv: "Comma-separated values, one line an entry",
    };
    PublicState as "DecisionState" in "public_state": "What the public sees of a decision." {
        Consulting: "Comments are or were asked for",
        Published: "The decision is published",
    };
}
