//! Conditions: a small part of CEL, compiled to [`Condition`].
//!
//! `&&`, `||`, `!`, `==`, `!=`, `in [..]`, `<`, `<=`, `>`, `>=` with constants, over the paths that
//! `docs/formats/definition.md` lists. Everything else of CEL is refused at load, with its column: a condition must be
//! total and finite, so that the proof can explore it.

use std::collections::BTreeSet;

use cel::common::ast::{CallExpr, Expr, IdedExpr, LiteralValue, SourceInfo, operators};
use cel::parser::Parser;
use dingce_domain::condition::{Condition, FactValue, Path, Test};
use dingce_domain::control::{Adoption, ApprovalProgress, DraftState};
use dingce_domain::definition::FactKind;
use dingce_domain::words::{DraftingItem, Evidence, FactId, ReportReply, RiskLevel, StageId, StageKind, Status, Text};

use crate::problem::{Place, Problems, among, instead, nearest, perhaps, say, written};
use crate::slips;

/// Longest condition, in characters.
pub const CONDITION_MAX: usize = 2_000;

/// The names that conditions may use, gathered before the first condition is read.
#[derive(Debug, Default)]
pub(crate) struct Scope {
    pub stages: Vec<(StageId, StageKind)>,
    /// The results of each stage that has some, in their order.
    pub results: Vec<(StageId, Vec<String>)>,
    pub facts: Vec<(FactId, FactKind)>,
    /// `facts.<name>` and `stages.<name>` of all that is declared, also with a mistake in it: a path to such a thing is
    /// not a second mistake.
    pub declared: BTreeSet<String>,
    /// Sections of names that are not there or cannot be read.
    pub told: BTreeSet<&'static str>,
}

/// What values a path can have.
enum Range {
    Bool,
    Words(Vec<String>),
    Number(i64, i64),
}

/// Compiles one condition. Problems name the column; `at` is where the text begins in its file.
pub(crate) fn compile(text: &str, at: Place, scope: &Scope, problems: &mut Problems) -> Option<Condition> {
    if text.chars().count() > CONDITION_MAX {
        let needed = instead(format!("不超过 {CONDITION_MAX} 个字符"), format!("at most {CONDITION_MAX} characters"));
        problems.add("D-COND-SYNTAX", at, say("条件过长。", "The condition is too long."), needed);
        return None;
    }
    let mended = slips::condition(text, at, problems);
    if let Some((i, c)) = mended.chars().enumerate().find(|(_, c)| !c.is_ascii()) {
        let at = Place { column: at.column.saturating_add(u32::try_from(i).unwrap_or(u32::MAX)), ..at };
        let message = say(format!("条件中不能有 {c}。"), format!("A condition cannot have {c} in it."));
        problems.add("D-COND-SYNTAX", at, message, instead("ASCII 字符", "ASCII characters"));
        return None;
    }
    match Parser::new().max_recursion_depth(40).parse_with_source_info(&mended) {
        Ok((expr, source)) => Compiler { source, at, scope, problems }.condition(&expr),
        Err(errors) => {
            for error in errors.errors.iter().take(1) {
                let column = u32::try_from(error.pos.1.max(1) - 1).unwrap_or(0);
                let message = say(
                    "条件从这里起无法读懂。",
                    format!("The condition cannot be read: {}.", error.msg.trim_end_matches('.')),
                );
                let needed = instead(
                    "比较写 ==，与写 &&，或写 ||，词写在引号中，括号成对",
                    "== to compare, && for and, || for or, words in quotes, brackets in pairs",
                );
                problems.add("D-COND-SYNTAX", Place { column: at.column + column, ..at }, message, needed);
            }
            None
        }
    }
}

struct Compiler<'a> {
    source: SourceInfo,
    at: Place,
    scope: &'a Scope,
    problems: &'a mut Problems,
}

/// A path or a constant, where a comparison stands.
enum Side<'e> {
    Path(Path, Range),
    Constant(FactValue),
    List(&'e [IdedExpr]),
}

impl Compiler<'_> {
    fn place(&self, expr: &IdedExpr) -> Place {
        let offset = self.source.offset_for(expr.id).map_or(0, |(start, _)| start);
        Place { column: self.at.column + offset, ..self.at }
    }

    fn refuse<T>(
        &mut self,
        rule: &'static str,
        expr: &IdedExpr,
        zh: impl Into<String>,
        en: impl Into<String>,
        needed: Option<Text>,
    ) -> Option<T> {
        let at = self.place(expr);
        self.problems.add(rule, at, say(zh, en), needed);
        None
    }

    fn condition(&mut self, expr: &IdedExpr) -> Option<Condition> {
        match &expr.expr {
            Expr::Call(call) => self.call(expr, call),
            Expr::Select(_) | Expr::Ident(_) => match self.side(expr)? {
                Side::Path(path, Range::Bool) => Some(Condition::Test(path, Test::In(vec![FactValue::Bool(true)]))),
                _ => self.refuse(
                    "D-COND-TYPE",
                    expr,
                    "这里需要真假值。",
                    "This is not true or false by itself.",
                    instead("一个比较，例如 == '...'", "a comparison, such as == '...'"),
                ),
            },
            Expr::Literal(_) => {
                self.refuse("D-COND-CONSTANT", expr, "条件不能是常量。", "A condition cannot be a constant.", None)
            }
            _ => self.unsupported(expr),
        }
    }

    fn unsupported<T>(&mut self, expr: &IdedExpr) -> Option<T> {
        self.refuse(
            "D-COND-UNSUPPORTED",
            expr,
            "条件中只能使用比较、in、与、或、非。",
            "Conditions have comparisons, in, and, or, not; nothing else.",
            written("&& || ! == != < <= > >= in"),
        )
    }

    fn call(&mut self, expr: &IdedExpr, call: &CallExpr) -> Option<Condition> {
        match (call.func_name.as_str(), call.target.as_deref(), call.args.as_slice()) {
            (operators::LOGICAL_AND, None, args) => self.all(args).map(Condition::All),
            (operators::LOGICAL_OR, None, args) => self.all(args).map(Condition::Any),
            (operators::LOGICAL_NOT, None, [inner]) => self.condition(inner).map(|c| Condition::Not(Box::new(c))),
            (operators::EQUALS, None, [a, b]) => self.equals(a, b),
            (operators::NOT_EQUALS, None, [a, b]) => self.equals(a, b).map(|c| Condition::Not(Box::new(c))),
            (operators::IN, None, [a, b]) => self.one_of(a, b),
            (
                op @ (operators::LESS | operators::LESS_EQUALS | operators::GREATER | operators::GREATER_EQUALS),
                None,
                [a, b],
            ) => self.ordered(op, a, b),
            _ => self.unsupported(expr),
        }
    }

    /// Both sides are looked at even if the first is wrong, so that all mistakes are told.
    fn all(&mut self, args: &[IdedExpr]) -> Option<Vec<Condition>> {
        let read: Vec<_> = args.iter().map(|a| self.condition(a)).collect();
        read.into_iter().collect()
    }

    fn equals(&mut self, a: &IdedExpr, b: &IdedExpr) -> Option<Condition> {
        let (left, right) = (self.side(a), self.side(b));
        match (left?, right?) {
            (Side::Path(path, range), Side::Constant(value)) => self.test(path, &range, vec![value], b),
            (Side::Constant(value), Side::Path(path, range)) => self.test(path, &range, vec![value], a),
            _ => self.refuse(
                "D-COND-TYPE",
                a,
                "比较的一边必须是路径，另一边必须是常量。",
                "A comparison has a path on one side and a constant on the other.",
                None,
            ),
        }
    }

    fn one_of(&mut self, a: &IdedExpr, b: &IdedExpr) -> Option<Condition> {
        let (left, right) = (self.side(a), self.side(b));
        match (left?, right?) {
            (Side::Path(path, range), Side::List(list)) => {
                let mut values = Vec::new();
                for item in list {
                    match self.side(item)? {
                        Side::Constant(value) => {
                            self.fits(&path, &range, &value, item)?;
                            values.push(value);
                        }
                        _ => {
                            return self.refuse(
                                "D-COND-TYPE",
                                item,
                                "列表中只能有常量。",
                                "A list holds constants.",
                                None,
                            );
                        }
                    }
                }
                Some(Condition::Test(path, Test::In(values)))
            }
            _ => self.refuse("D-COND-TYPE", b, "in 的右边必须是列表。", "`in` needs a list on its right.", None),
        }
    }

    fn ordered(&mut self, op: &str, a: &IdedExpr, b: &IdedExpr) -> Option<Condition> {
        let (left, right) = (self.side(a), self.side(b));
        let (path, range, bound, where_) = match (left?, right?) {
            (Side::Path(path, range), Side::Constant(FactValue::Number(n))) => (path, range, n, b),
            _ => {
                return self.refuse(
                    "D-COND-TYPE",
                    b,
                    "大小比较的左边是数字事实，右边是整数。",
                    "An order is between a number on the left and a whole number on the right.",
                    None,
                );
            }
        };
        if !matches!(range, Range::Number(..)) {
            return self.refuse("D-COND-TYPE", a, "这不是数字。", "This is not a number.", None);
        }
        self.fits(&path, &range, &FactValue::Number(bound), where_)?;
        let test = match op {
            operators::LESS => Test::Less(bound),
            operators::LESS_EQUALS => Test::AtMost(bound),
            operators::GREATER => Test::Greater(bound),
            _ => Test::AtLeast(bound),
        };
        Some(Condition::Test(path, test))
    }

    fn test(&mut self, path: Path, range: &Range, values: Vec<FactValue>, at: &IdedExpr) -> Option<Condition> {
        for value in &values {
            self.fits(&path, range, value, at)?;
        }
        Some(Condition::Test(path, Test::In(values)))
    }

    fn fits(&mut self, path: &Path, range: &Range, value: &FactValue, at: &IdedExpr) -> Option<()> {
        let rule = match (range, value) {
            (Range::Bool, FactValue::Bool(_)) => return Some(()),
            (Range::Words(words), FactValue::Word(word)) if words.contains(word) => return Some(()),
            (Range::Number(from, to), FactValue::Number(n)) if (from..=to).contains(&n) => return Some(()),
            (Range::Bool, _) => "D-COND-TYPE",
            (Range::Words(_), FactValue::Word(_)) => "D-COND-WORD",
            (Range::Number(..), FactValue::Number(_)) => "D-COND-BOUNDS",
            (Range::Words(_) | Range::Number(..), _) => "D-COND-TYPE",
        };
        let given = match value {
            FactValue::Bool(b) => b.to_string(),
            FactValue::Number(n) => n.to_string(),
            FactValue::Word(word) => format!("{word:?}"),
        };
        let close = match (range, value) {
            (Range::Words(words), FactValue::Word(word)) => nearest(word, words.iter().map(String::as_str)),
            _ => None,
        };
        let needed = match (range, close) {
            (_, Some(word)) => perhaps(format_args!("'{word}'")),
            (Range::Bool, _) => among(["true", "false"]),
            (Range::Words(words), _) => among(words.iter().map(String::as_str)),
            (Range::Number(from, to), _) => instead(format!("{from} 至 {to}"), format!("{from} to {to}")),
        };
        let (zh, en) = (format!("这里不可能是 {given}。"), format!("The path can never be {given}."));
        match (path, value) {
            // A result that is not there is one mistake wherever it is asked for.
            (Path::Result { stage, .. }, FactValue::Word(word)) => {
                let place = self.place(at);
                self.problems.add_once(format!("stages.{stage}.{word}"), rule, place, say(zh, en), needed);
                None
            }
            _ => self.refuse(rule, at, zh, en, needed),
        }
    }

    fn side<'e>(&mut self, expr: &'e IdedExpr) -> Option<Side<'e>> {
        match &expr.expr {
            Expr::Literal(LiteralValue::Boolean(b)) => Some(Side::Constant(FactValue::Bool(*b.inner()))),
            Expr::Literal(LiteralValue::Int(n)) => Some(Side::Constant(FactValue::Number(*n.inner()))),
            Expr::Literal(LiteralValue::String(s)) => Some(Side::Constant(FactValue::Word(s.inner().to_owned()))),
            Expr::List(list) if list.optional_indices.is_empty() => Some(Side::List(&list.elements)),
            Expr::Ident(_) | Expr::Select(_) => {
                let Some(segments) = segments(expr) else { return self.unsupported(expr) };
                self.path(expr, &segments)
            }
            _ => self.unsupported(expr),
        }
    }

    fn path<'e>(&mut self, expr: &IdedExpr, segments: &[&str]) -> Option<Side<'e>> {
        let found = match segments {
            ["draft"] => (Path::Draft, words(DraftState::ALL, DraftState::as_str)),
            ["adoption"] => (Path::Adoption, words(Adoption::ALL, Adoption::as_str)),
            ["irregular"] => (Path::Irregular, Range::Bool),
            ["cleared"] => (Path::Cleared, Range::Bool),
            ["drafting", item] => match DraftingItem::from_word(item) {
                Some(item) => (Path::Item(item), words(Evidence::ALL, Evidence::as_str)),
                None => return self.unknown(expr, segments, DraftingItem::ALL.iter().map(|i| i.as_str())),
            },
            ["fact", fact] => match self.scope.facts.iter().find(|(id, _)| id.as_str() == *fact) {
                Some((id, kind)) => {
                    let range = match kind {
                        FactKind::Bool => Range::Bool,
                        FactKind::Word(list) => Range::Words(list.clone()),
                        FactKind::Number(from, to) => Range::Number(*from, *to),
                    };
                    (Path::Fact(id.clone()), range)
                }
                None => {
                    let known: Vec<_> = self.scope.facts.iter().map(|(id, _)| id.to_string()).collect();
                    return self.unknown(expr, segments, known.iter().map(String::as_str));
                }
            },
            ["stage", stage, word] => match self.scope.stages.iter().find(|(id, _)| id.as_str() == *stage) {
                Some((id, StageKind::Task)) if *word == "result" => {
                    let results = self.scope.results.iter().find(|(of, _)| of == id);
                    let results = results.map(|(_, names)| names.clone()).unwrap_or_default();
                    // A task without results, or whose results cannot be read, is told as that.
                    if results.is_empty() {
                        return None;
                    }
                    let range = results.iter().cloned().chain(["none".to_owned()]).collect();
                    (Path::Result { stage: id.clone(), results }, Range::Words(range))
                }
                Some((id, StageKind::Approval)) if *word == "result" => {
                    let range = ApprovalProgress::ALL.iter().map(|p| p.as_str().to_owned()).collect();
                    (Path::Result { stage: id.clone(), results: Vec::new() }, Range::Words(range))
                }
                Some((id, kind)) => match stage_path(id, *kind, word) {
                    Some(found) => found,
                    None => return self.unknown(expr, segments, stage_words(*kind).iter().copied()),
                },
                None => {
                    let known: Vec<_> = self.scope.stages.iter().map(|(id, _)| id.to_string()).collect();
                    return self.unknown(expr, segments, known.iter().map(String::as_str));
                }
            },
            _ => {
                let known = ["stage.", "drafting.", "fact.", "draft", "adoption", "irregular", "cleared"];
                return self.unknown(expr, segments, known);
            }
        };
        Some(Side::Path(found.0, found.1))
    }

    fn unknown<'e, 'k>(
        &mut self,
        expr: &IdedExpr,
        segments: &[&str],
        known: impl IntoIterator<Item = &'k str>,
    ) -> Option<Side<'e>> {
        let broken = match segments {
            ["fact", name] => {
                self.scope.told.contains("facts") || self.scope.declared.contains(&format!("facts.{name}"))
            }
            ["stage", name, _] => {
                let read = self.scope.stages.iter().any(|(id, _)| id.as_str() == *name);
                let declared = self.scope.declared.contains(&format!("stages.{name}"));
                !read && (declared || self.scope.told.contains("stages"))
            }
            _ => false,
        };
        if broken {
            return None;
        }
        let known: Vec<_> = known.into_iter().collect();
        // A word without its quotes reads as a path.
        let words = self.scope.results.iter().flat_map(|(_, names)| names);
        if let [word] = segments
            && words.into_iter().any(|name| name == word)
        {
            let (zh, en) = (format!("{word} 是词，应当加引号。"), format!("`{word}` is a word and stands in quotes."));
            return self.refuse("D-COND-PATH", expr, zh, en, written(format_args!("'{word}'")));
        }
        let needed = segments
            .iter()
            .find_map(|s| nearest(s, known.iter().copied()).filter(|k| k != s))
            .map_or_else(|| among(known.iter().copied()), perhaps);
        let path = segments.join(".");
        // The place of a selection is its last dot; the path begins where its first name stands.
        let mut first = expr;
        while let Expr::Select(select) = &first.expr {
            first = &select.operand;
        }
        let at = self.place(first);
        let message = say(format!("没有 {path} 这个路径。"), format!("There is no path {path}."));
        // A name that is not there is one mistake wherever it is used.
        let what = match segments {
            ["fact", name] => format!("facts.{name}"),
            ["stage", name, _] if !self.scope.stages.iter().any(|(id, _)| id.as_str() == *name) => {
                format!("stages.{name}")
            }
            _ => format!("{at:?} {path}"),
        };
        self.problems.add_once(what, "D-COND-PATH", at, message, needed);
        None
    }
}

/// The names of `a.b.c`; `None` for anything that is not plain selection.
fn segments(expr: &IdedExpr) -> Option<Vec<&str>> {
    match &expr.expr {
        Expr::Ident(name) => Some(vec![name]),
        Expr::Select(select) if !select.test => {
            let mut list = segments(&select.operand)?;
            list.push(&select.field);
            Some(list)
        }
        _ => None,
    }
}

fn words<T: Copy>(all: &[T], name: impl Fn(T) -> &'static str) -> Range {
    Range::Words(all.iter().map(|w| name(*w).to_owned()).collect())
}

fn or_none<T: Copy>(all: &[T], name: impl Fn(T) -> &'static str) -> Range {
    Range::Words(all.iter().map(|w| name(*w).to_owned()).chain(["none".to_owned()]).collect())
}

fn stage_path(id: &StageId, kind: StageKind, word: &str) -> Option<(Path, Range)> {
    let id = id.clone();
    Some(match (word, kind) {
        ("status", _) => (Path::Status(id), words(Status::ALL, Status::as_str)),
        ("evidence", _) => (Path::Evidence(id), words(Evidence::ALL, Evidence::as_str)),
        ("level", StageKind::RiskAssessment) => (Path::RiskLevel(id), or_none(RiskLevel::ALL, RiskLevel::as_str)),
        ("reply", StageKind::PreIssuanceReporting) => (Path::Reply(id), or_none(ReportReply::ALL, ReportReply::as_str)),
        ("response_due", StageKind::LegalityReview) => (Path::ResponseDue(id), Range::Bool),
        ("groups_heard", StageKind::PublicParticipation) => (Path::GroupsHeard(id), Range::Bool),
        ("risk_controllable", StageKind::CollectiveDeliberation) => {
            (Path::RiskControllable(id), Range::Words(["yes", "no", "none"].map(str::to_owned).to_vec()))
        }
        _ => return None,
    })
}

fn stage_words(kind: StageKind) -> &'static [&'static str] {
    match kind {
        StageKind::PublicParticipation => &["status", "evidence", "groups_heard"],
        StageKind::RiskAssessment => &["status", "evidence", "level"],
        StageKind::PreIssuanceReporting => &["status", "evidence", "reply"],
        StageKind::LegalityReview => &["status", "evidence", "response_due"],
        StageKind::CollectiveDeliberation => &["status", "evidence", "risk_controllable"],
        StageKind::Task | StageKind::Approval => &["status", "evidence", "result"],
        _ => &["status", "evidence"],
    }
}
