//! The compliance sheet 程序体检表 of a decision.

use async_graphql::{ID, SimpleObject};
use dingce_app::compliance::{article, title, told};
use dingce_domain::compliance::{Evidence, Excuse, ExcuseGround, Finding, Found, Line, Sheet, Verdict, Who};
use dingce_domain::definition::{Authority, Definition};

use super::errors::{Lang, StatuteRef};
use super::parts::Document;
use crate::convert::{Date, Long, Word};

/// What the record of a decision shows, rule by rule, on the day on which it is asked for. It is made from the record alone,
/// apart from the gates that judged the acts when they were done, and says nothing of anybody's liability.
#[derive(Debug, Clone, SimpleObject)]
pub struct ComplianceSheet {
    /// The day on which it was looked at: what was due before it and is not on record is late.
    pub as_of: Date,
    /// Hash of the definition whose numbers it was held against.
    pub definition_hash: String,
    /// One line a rule, in the order of the procedure.
    pub lines: Vec<ComplianceLine>,
    /// How many rules the record shows to be kept.
    pub passed: Long,
    /// How many it shows to be broken.
    pub failed: Long,
    /// How many were excused on a ground that the law knows.
    pub excused: Long,
    /// In how many the record departs from a number that only advises.
    pub advised: Long,
    /// Of how many the record does not tell.
    pub untold: Long,
}

/// A rule and what became of it.
#[derive(Debug, Clone, SimpleObject)]
pub struct ComplianceLine {
    /// Name of the rule; stable.
    pub rule: String,
    /// What must hold, in the language of the request.
    pub title: String,
    /// The article that it rests on; none where it rests on practice alone.
    pub article: Option<StatuteRef>,
    /// Where its number stands in the definition; none where it has none.
    pub source: Option<StatuteRef>,
    /// How far that number may be enforced: a departure from what only advises is told as ADVISED.
    pub authority: Option<String>,
    /// What became of it.
    pub verdict: Word<Verdict>,
    /// What was found; empty unless the verdict is FAILED or ADVISED.
    pub found: Vec<ComplianceFinding>,
    /// Who excused what on which ground; also where something else of it failed.
    pub excused_by: Vec<ComplianceExcuse>,
    /// The events that show it, in the order of the record.
    pub evidence: Vec<ComplianceEvidence>,
}

/// What the record shows and the rule does not allow.
#[derive(Debug, Clone, SimpleObject)]
pub struct ComplianceFinding {
    /// In which way.
    pub finding: Word<Finding>,
    /// What the record says: a day, a number, a name; none where it says nothing.
    pub given: Option<String>,
    /// What the rule asks; none where its title says it.
    pub needed: Option<String>,
    /// The same as a sentence, in the language of the request.
    pub text: String,
}

/// Who excused something.
#[derive(Debug, Clone, SimpleObject)]
pub struct ComplianceExcuse {
    /// On which ground.
    pub ground: Word<ExcuseGround>,
    /// Id of the person; none where the record names nobody.
    pub person: Option<ID>,
    /// Their name, as of the act.
    pub name: Option<String>,
    /// Their post, as of the act.
    pub post_title: Option<String>,
    /// Their unit, as of the act.
    pub unit_name: Option<String>,
    /// Why, as recorded.
    pub reason: String,
    /// The article that they cite; empty where they cite none.
    pub basis: String,
    /// Number of the event in its stream.
    pub n: Long,
}

/// An event that shows something.
#[derive(Debug, Clone, SimpleObject)]
pub struct ComplianceEvidence {
    /// Its number in the case; in a historical dossier the place of the printed event, from 1.
    pub n: Long,
    /// Its kind; in a historical dossier the word of whoever collected it.
    pub kind: String,
    /// The day on which it happened; none where that is not known to the day.
    pub day: Option<Date>,
    /// Documents that came with it.
    pub documents: Vec<Document>,
}

impl ComplianceSheet {
    /// A sheet as people read it.
    pub fn of(sheet: Sheet, def: &Definition, lang: Lang) -> Self {
        let count = |verdict| Long(sheet.count(verdict) as u64);
        Self {
            as_of: Date(sheet.as_of),
            definition_hash: def.hash.to_string(),
            passed: count(Verdict::Passed),
            failed: count(Verdict::Failed),
            excused: count(Verdict::Excused),
            advised: count(Verdict::Advised),
            untold: count(Verdict::Untold),
            lines: sheet.lines.into_iter().map(|line| ComplianceLine::of(line, def, lang)).collect(),
        }
    }
}

impl ComplianceLine {
    fn of(line: Line, def: &Definition, lang: Lang) -> Self {
        let Line { rule, verdict, source, authority, found, excused, evidence } = line;
        let source = source.and_then(|at| {
            let known = def.sources.get(&at.source)?;
            Some(StatuteRef { cite: lang.of(known.cite.clone()), article: at.article })
        });
        Self {
            rule: rule.to_string(),
            title: lang.of(title(rule)),
            article: article(rule, def).and_then(|cited| StatuteRef::list(vec![cited], lang).pop()),
            source,
            authority: authority.map(|a: Authority| a.to_string()),
            verdict: Word(verdict),
            found: found.into_iter().map(|found| ComplianceFinding::of(found, lang)).collect(),
            excused_by: excused.into_iter().map(ComplianceExcuse::from).collect(),
            evidence: evidence.into_iter().map(ComplianceEvidence::from).collect(),
        }
    }
}

impl ComplianceFinding {
    fn of(found: Found, lang: Lang) -> Self {
        let text = lang.of(told(&found));
        let Found { finding, given, needed } = found;
        let said = |text: String| Some(text).filter(|t| !t.is_empty());
        Self { finding: Word(finding), given: said(given), needed: said(needed), text }
    }
}

impl From<Excuse> for ComplianceExcuse {
    fn from(excuse: Excuse) -> Self {
        let Excuse { ground, by, reason, basis, n } = excuse;
        let (person, name, post_title, unit_name) = match by {
            Some(Who { person, name, post_title, unit_name }) => {
                (Some(ID(person.to_string())), Some(name), Some(post_title), Some(unit_name))
            }
            None => (None, None, None, None),
        };
        Self { ground: Word(ground), person, name, post_title, unit_name, reason, basis, n: Long(n) }
    }
}

impl From<Evidence> for ComplianceEvidence {
    fn from(evidence: Evidence) -> Self {
        let Evidence { n, kind, day, documents } = evidence;
        Self { n: Long(n), kind, day: day.map(Date), documents: documents.into_iter().map(Document::from).collect() }
    }
}
