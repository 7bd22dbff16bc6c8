//! Inputs that several mutations share.

use std::collections::BTreeMap;
use std::str::FromStr;

use async_graphql::{ID, InputObject};
use dingce_domain::act::{
    AbsentMember, Entrusted, ExpertAdoption, ExpertCandidate, MaterialAnswer, Observer, RecusedMember, SheetLine,
    SubmittedMaterial,
};
use dingce_domain::code::Code;
use dingce_domain::condition::{FactValue, Facts};
use dingce_domain::occasion::Manner;
use dingce_domain::rejection::Rejection;
use dingce_domain::task::Answers;
use dingce_domain::words::{DocumentRef, LegalityAspect, LegalityFinding, Uptake};

use super::{Date, Given, Long, Word};

/// A document that was uploaded before.
#[derive(Debug, Clone, InputObject)]
pub struct DocumentInput {
    /// SHA-256 of its bytes, `sha256:` and 64 hex digits, as the upload answered.
    pub digest: String,
    /// Its name as people know it, 1 to 200 characters.
    pub name: String,
    /// Media type, e.g. `application/pdf`.
    pub media_type: String,
    /// Its size. Unit: bytes. Must be the size of the upload.
    pub size_bytes: Long,
}

impl Given<DocumentRef> for DocumentInput {
    fn given(self, at: &str) -> Result<DocumentRef, Rejection> {
        let Self { digest, name, media_type, size_bytes } = self;
        let digest = digest.parse().map_err(|_| {
            Rejection::new(Code::InputNotAcceptable)
                .at(format!("{at}.digest"))
                .given(&digest)
                .needed("sha256:<64 hex digits>")
        })?;
        Ok(DocumentRef { digest, name, media_type, size_bytes: size_bytes.0 })
    }
}

/// An act done earlier, on paper or in a room, and entered afterwards as it was. An act that broke a rule is then
/// recorded as an irregularity, without effect.
#[derive(Debug, Clone, InputObject)]
pub struct OfflineInput {
    /// The day on which it happened; not in the future.
    pub occurred_on: Date,
    /// What shows it, at least one document.
    pub evidence: Vec<DocumentInput>,
}

impl OfflineInput {
    /// How an act was done.
    ///
    /// # Errors
    /// Where a document of the evidence cannot be read.
    pub fn manner(offline: Option<Self>) -> Result<Manner, Rejection> {
        Ok(match offline {
            None => Manner::Online,
            Some(Self { occurred_on, evidence }) => {
                Manner::Offline { occurred_on: occurred_on.0, evidence: evidence.given("offline.evidence")? }
            }
        })
    }
}

/// The value of a declared fact: its name and exactly one of `bool`, `word` and `number`.
#[derive(Debug, Clone, InputObject)]
pub struct FactInput {
    /// Its name in the definition.
    pub name: String,
    /// True or false, for a fact of that kind.
    pub bool: Option<bool>,
    /// One of the words that the definition declares.
    pub word: Option<String>,
    /// A whole number between the bounds that the definition declares.
    pub number: Option<i32>,
}

/// Values under their names, none twice. `code` refuses what is no name; of each value exactly one of `kinds` is needed.
fn named<K: FromStr + Ord>(
    at: &str,
    code: Code,
    kinds: &str,
    list: impl Iterator<Item = (String, Option<FactValue>)>,
) -> Result<BTreeMap<K, FactValue>, Rejection> {
    let mut values = BTreeMap::new();
    for (i, (name, value)) in list.enumerate() {
        let refuse = |code: Code| Rejection::new(code).at(format!("{at}.{i}")).given(&name);
        let value = value.ok_or_else(|| refuse(Code::InputNotAcceptable).needed(kinds))?;
        let id = name.parse().map_err(|_| refuse(code))?;
        if values.insert(id, value).is_some() {
            return Err(refuse(Code::ListNotAcceptable));
        }
    }
    Ok(values)
}

/// The one that is given, where exactly one is.
fn one_value(word: Option<String>, number: Option<i32>, truth: Option<bool>) -> Option<FactValue> {
    match (word, number, truth) {
        (Some(word), None, None) => Some(FactValue::Word(word)),
        (None, Some(number), None) => Some(FactValue::Number(number.into())),
        (None, None, Some(truth)) => Some(FactValue::Bool(truth)),
        _ => None,
    }
}

impl Given<Facts> for Vec<FactInput> {
    fn given(self, at: &str) -> Result<Facts, Rejection> {
        let list = self.into_iter().map(|FactInput { name, bool, word, number }| (name, one_value(word, number, bool)));
        named(at, Code::FactNotAcceptable, "bool | word | number", list)
    }
}

/// What is written into a field of a form: its name and exactly one of `text`, `number` and `flag`. A day is a text of the form
/// `YYYY-MM-DD`, a choice the word of the definition.
#[derive(Debug, Clone, InputObject)]
pub struct AnswerInput {
    /// Name of the field in the definition.
    pub field: String,
    /// A text, a day or a choice.
    pub text: Option<String>,
    /// A whole number.
    pub number: Option<i32>,
    /// Yes or no.
    pub flag: Option<bool>,
}

impl Given<Answers> for Vec<AnswerInput> {
    fn given(self, at: &str) -> Result<Answers, Rejection> {
        let list =
            self.into_iter().map(|AnswerInput { field, text, number, flag }| (field, one_value(text, number, flag)));
        named(at, Code::InputNotAcceptable, "text | number | flag", list)
    }
}

/// One line of the review sheet (R713 art. 27).
#[derive(Debug, Clone, InputObject)]
pub struct SheetLineInput {
    /// What it looks at.
    pub aspect: Word<LegalityAspect>,
    /// Which clause of the draft; empty for the whole.
    #[graphql(default)]
    pub clause: String,
    /// What it finds.
    pub finding: Word<LegalityFinding>,
    /// By which law.
    pub basis: String,
    /// Remark; empty where there is none.
    #[graphql(default)]
    pub remark: String,
}

impl Given<SheetLine> for SheetLineInput {
    fn given(self, _: &str) -> Result<SheetLine, Rejection> {
        let Self { aspect, clause, finding, basis, remark } = self;
        Ok(SheetLine { aspect: aspect.0, clause, finding: finding.0, basis, remark })
    }
}

/// What becomes of a material that is demanded of a submission (R713 art. 26).
#[derive(Debug, Clone, InputObject)]
pub struct SubmittedMaterialInput {
    /// Its name in the definition.
    pub material: String,
    /// Whether it is enclosed.
    pub enclosed: bool,
    /// Where it lies; or, where it is not enclosed, why.
    #[graphql(default)]
    pub note: String,
}

impl Given<SubmittedMaterial> for SubmittedMaterialInput {
    fn given(self, at: &str) -> Result<SubmittedMaterial, Rejection> {
        let Self { material, enclosed, note } = self;
        let refuse = || {
            let at = format!("{at}.material");
            Rejection::new(Code::InputNotAcceptable).at(at).given(&material).needed("a-z, 0-9, _")
        };
        Ok(SubmittedMaterial { material: material.parse().map_err(|_| refuse())?, enclosed, note })
    }
}

/// A member of the body who is not there.
#[derive(Debug, Clone, InputObject)]
pub struct AbsentMemberInput {
    /// Who.
    pub person: ID,
    /// Why.
    pub reason: String,
    /// What they sent in writing, to be read out; heard and not counted.
    #[graphql(default)]
    pub written_view: String,
}

impl Given<AbsentMember> for AbsentMemberInput {
    fn given(self, at: &str) -> Result<AbsentMember, Rejection> {
        let Self { person, reason, written_view } = self;
        Ok(AbsentMember { person: person.given(&format!("{at}.person"))?, reason, written_view })
    }
}

/// A member who is there and withdraws from a matter 回避.
#[derive(Debug, Clone, InputObject)]
pub struct RecusedMemberInput {
    /// Who.
    pub person: ID,
    /// Which interest.
    pub reason: String,
}

impl Given<RecusedMember> for RecusedMemberInput {
    fn given(self, at: &str) -> Result<RecusedMember, Rejection> {
        let Self { person, reason } = self;
        Ok(RecusedMember { person: person.given(&format!("{at}.person"))?, reason })
    }
}

/// Who decides in the head's place.
#[derive(Debug, Clone, InputObject)]
pub struct EntrustedInput {
    /// A member present.
    pub person: ID,
    /// By which instrument of the head.
    pub basis: String,
}

impl Given<Entrusted> for EntrustedInput {
    fn given(self, at: &str) -> Result<Entrusted, Rejection> {
        let Self { person, basis } = self;
        Ok(Entrusted { person: person.given(&format!("{at}.person"))?, basis })
    }
}

/// Somebody who attends without being a member 列席.
#[derive(Debug, Clone, InputObject)]
pub struct ObserverInput {
    /// Unit.
    pub unit: String,
    /// Name and post.
    pub name: String,
}

impl Given<Observer> for ObserverInput {
    fn given(self, _: &str) -> Result<Observer, Rejection> {
        let Self { unit, name } = self;
        Ok(Observer { unit, name })
    }
}

/// Somebody who could be an expert of a review.
#[derive(Debug, Clone, InputObject)]
pub struct ExpertCandidateInput {
    /// Code under which they stand in the pool, or any other that is theirs alone in this review.
    pub code: String,
    /// Id of the person, if they have an account here: they then declare and give their opinion themselves.
    pub person: Option<ID>,
    /// Name.
    pub name: String,
    /// Field of knowledge.
    pub field: String,
    /// Where they work.
    #[graphql(default)]
    pub employer: String,
    /// Id of the same as a unit of the directory, if it is one.
    pub unit: Option<ID>,
    /// Why they are left out before the selection; absent where they are not.
    pub excluded: Option<String>,
}

impl Given<ExpertCandidate> for ExpertCandidateInput {
    fn given(self, at: &str) -> Result<ExpertCandidate, Rejection> {
        let Self { code, person, name, field, employer, unit, excluded } = self;
        let person = person.given(&format!("{at}.person"))?;
        let unit = unit.given(&format!("{at}.unit"))?;
        Ok(ExpertCandidate { code, person, name, field, employer, unit, excluded })
    }
}

/// How one expert's opinion was taken up.
#[derive(Debug, Clone, InputObject)]
pub struct ExpertAdoptionInput {
    /// Code of the expert.
    pub expert: String,
    /// How.
    pub uptake: Word<Uptake>,
    /// What was changed, or why not; required unless in full.
    #[graphql(default)]
    pub reason: String,
}

impl Given<ExpertAdoption> for ExpertAdoptionInput {
    fn given(self, _: &str) -> Result<ExpertAdoption, Rejection> {
        let Self { expert, uptake, reason } = self;
        Ok(ExpertAdoption { expert, uptake: uptake.0, reason })
    }
}

/// What becomes of a material that the definition demands of a volume (R713 art. 33).
#[derive(Debug, Clone, InputObject)]
pub struct MaterialAnswerInput {
    /// Name of the stage that demands it.
    pub stage: String,
    /// Its name there, as `WorkflowDefinition.stages.materials` tells it.
    pub material: String,
    /// Whether it is on file; if not, it is not applicable.
    pub on_file: bool,
    /// Where it lies; or, where it is not applicable, why.
    #[graphql(default)]
    pub note: String,
}

impl Given<MaterialAnswer> for MaterialAnswerInput {
    fn given(self, at: &str) -> Result<MaterialAnswer, Rejection> {
        let Self { stage, material, on_file, note } = self;
        let refuse = |member: &str, name: &str| {
            Rejection::new(Code::InputNotAcceptable).at(format!("{at}.{member}")).given(name).needed("a-z, 0-9, _")
        };
        Ok(MaterialAnswer {
            stage: stage.parse().map_err(|_| refuse("stage", &stage))?,
            material: material.parse().map_err(|_| refuse("material", &material))?,
            on_file,
            note,
        })
    }
}
