//! Measures a parsed document: depth, aliases, root fields, directives and cost, through fragments.
//!
//! Each fragment is measured once and its numbers are added wherever it is spread, so a document whose fragments
//! double at every level is refused in time proportional to its length. Sums saturate.

use super::{Code, Limits, Refusal, limits::PAGE_UNKNOWN};
use async_graphql::{Name, Number, Value as ConstValue, Variables};
use async_graphql_parser::types::{Directive, ExecutableDocument, Field, OperationDefinition, Selection, SelectionSet};
use async_graphql_parser::{Pos, Positioned};
use async_graphql_value::Value;
use std::collections::HashMap;

/// How many selection sets may enclose one another, fragments included. Bounds the recursion below, and lies under
/// the bound of the schema's own recursive checks.
const LEVELS_MAX: u64 = 32;

/// The numbers of one selection set.
#[derive(Clone, Copy, Default)]
struct Measure {
    depth: u64,
    levels: u64,
    aliases: u64,
    fields: u64,
    directives: u64,
    cost: u64,
    has_page: bool,
}

impl Measure {
    /// Takes in what stands beside.
    fn add(&mut self, other: Self) {
        let Self { depth, levels, aliases, fields, directives, cost, has_page } = other;
        self.depth = self.depth.max(depth);
        self.levels = self.levels.max(levels);
        self.aliases = self.aliases.saturating_add(aliases);
        self.fields = self.fields.saturating_add(fields);
        self.directives = self.directives.saturating_add(directives);
        self.cost = self.cost.saturating_add(cost);
        self.has_page |= has_page;
    }
}

/// What measuring a whole document found.
pub(super) struct Measured {
    /// The highest cost among the operations.
    pub(super) cost: u64,
    /// Whether other variables could give another cost.
    pub(super) depends_on_variables: bool,
}

/// Measures every operation of a document against the limits.
///
/// All operations are measured, not only the one to be executed: validation walks through all of them.
pub(super) fn measure(
    document: &ExecutableDocument,
    variables: &Variables,
    limits: &Limits,
) -> Result<Measured, Refusal> {
    let mut found = Measured { cost: 0, depends_on_variables: false };
    let mut operations: Vec<_> = document.operations.iter().collect();
    operations.sort_by_key(|(_, operation)| operation.pos);
    for (_, operation) in operations {
        let mut walk =
            Walk { document, operation: &operation.node, variables, fragments: HashMap::new(), used_variable: false };
        let mut total = walk.set(&operation.node.selection_set.node, 1)?;
        total.directives = total.directives.saturating_add(walk.operation.directives.len() as u64);
        for variable in &walk.operation.variable_definitions {
            total.directives = total.directives.saturating_add(variable.node.directives.len() as u64);
        }
        compare(total, limits)?;
        found.cost = found.cost.max(total.cost);
        found.depends_on_variables |= walk.used_variable;
    }
    Ok(found)
}

fn compare(total: Measure, limits: &Limits) -> Result<(), Refusal> {
    for (code, what, given, allowed) in [
        (Code::DepthExceeded, "nested selection sets", total.levels, LEVELS_MAX),
        (Code::DepthExceeded, "levels of fields", total.depth, limits.depth_max),
        (Code::AliasesExceeded, "aliases", total.aliases, limits.aliases_max),
        (Code::RootFieldsExceeded, "root fields", total.fields, limits.root_fields_max),
        (Code::DirectivesExceeded, "directives", total.directives, limits.directives_max),
        (Code::CostExceeded, "values by cost", total.cost, limits.cost_max),
    ] {
        if given > allowed {
            return Err(Refusal::over(code, what, given, allowed));
        }
    }
    Ok(())
}

enum Seen {
    /// Being measured: meeting it again is a cycle.
    Open,
    Done(Measure),
}

struct Walk<'a> {
    document: &'a ExecutableDocument,
    operation: &'a OperationDefinition,
    variables: &'a Variables,
    fragments: HashMap<&'a Name, Seen>,
    used_variable: bool,
}

impl<'a> Walk<'a> {
    fn set(&mut self, set: &'a SelectionSet, level: u64) -> Result<Measure, Refusal> {
        if level > LEVELS_MAX {
            return Err(Refusal::over(Code::DepthExceeded, "nested selection sets", level, LEVELS_MAX));
        }
        let mut sum = Measure::default();
        for item in &set.items {
            sum.add(match &item.node {
                Selection::Field(field) => self.field(&field.node, level)?,
                Selection::InlineFragment(inline) => {
                    let inner = self.set(&inline.node.selection_set.node, level + 1)?;
                    with_directives(inner, &inline.node.directives)
                }
                Selection::FragmentSpread(spread) => {
                    let inner = self.fragment(&spread.node.fragment_name.node, spread.pos, level)?;
                    with_directives(inner, &spread.node.directives)
                }
            });
        }
        sum.levels += 1;
        Ok(sum)
    }

    fn field(&mut self, field: &'a Field, level: u64) -> Result<Measure, Refusal> {
        let inner = if field.selection_set.node.items.is_empty() {
            Measure::default()
        } else {
            self.set(&field.selection_set.node, level + 1)?
        };
        let pages = self.page_size(field, inner.has_page);
        Ok(Measure {
            depth: inner.depth + 1,
            levels: inner.levels,
            aliases: inner.aliases.saturating_add(u64::from(field.alias.is_some())),
            fields: 1,
            directives: inner.directives.saturating_add(field.directives.len() as u64),
            cost: inner.cost.saturating_mul(pages).saturating_add(1),
            has_page: matches!(field.name.node.as_str(), "edges" | "nodes"),
        })
    }

    fn fragment(&mut self, name: &'a Name, pos: Pos, level: u64) -> Result<Measure, Refusal> {
        match self.fragments.get(name) {
            Some(Seen::Done(measure)) => return Ok(*measure),
            Some(Seen::Open) => {
                let message = format!("Expected fragments that end, but {name} contains itself.");
                return Err(Refusal { locations: vec![pos], ..Refusal::new(Code::FragmentCycle, message) });
            }
            None => {}
        }
        // A fragment that does not exist has no cost: validation reports it.
        let Some(fragment) = self.document.fragments.get(name) else { return Ok(Measure::default()) };
        self.fragments.insert(name, Seen::Open);
        let inner = self.set(&fragment.node.selection_set.node, level + 1)?;
        let measure = with_directives(inner, &fragment.node.directives);
        self.fragments.insert(name, Seen::Done(measure));
        Ok(measure)
    }

    /// By how much the children of a field multiply: at least 1, so that a page of none hides nothing.
    fn page_size(&mut self, field: &'a Field, has_page: bool) -> u64 {
        let asked = ["first", "last"]
            .into_iter()
            .filter_map(|name| field.get_argument(name))
            .map(|value| self.number(&value.node))
            .max();
        let size = asked.unwrap_or(if has_page { PAGE_UNKNOWN } else { 1 });
        let ids = field.get_argument("ids").map_or(1, |value| self.length(&value.node));
        size.max(1).saturating_mul(ids.max(1))
    }

    fn number(&mut self, value: &'a Value) -> u64 {
        match self.resolve(value) {
            Some(Resolved::Number(number)) => number,
            Some(Resolved::Length(_)) | None => PAGE_UNKNOWN,
        }
    }

    fn length(&mut self, value: &'a Value) -> u64 {
        match self.resolve(value) {
            Some(Resolved::Length(length)) => length,
            Some(Resolved::Number(_)) | None => 1,
        }
    }

    fn resolve(&mut self, value: &'a Value) -> Option<Resolved> {
        match value {
            Value::Variable(name) => {
                self.used_variable = true;
                let definition = self.operation.variable_definitions.iter().find(|one| one.node.name.node == *name);
                let default = definition.and_then(|one| one.node.default_value.as_ref()).map(|one| &one.node);
                Resolved::of(self.variables.get(name).or(default)?)
            }
            Value::Number(number) => Resolved::number(number),
            Value::List(items) => Some(Resolved::Length(items.len() as u64)),
            _ => None,
        }
    }
}

/// A value that a size can be read from.
enum Resolved {
    Number(u64),
    Length(u64),
}

impl Resolved {
    fn of(value: &ConstValue) -> Option<Self> {
        match value {
            ConstValue::Number(number) => Self::number(number),
            ConstValue::List(items) => Some(Self::Length(items.len() as u64)),
            _ => None,
        }
    }

    /// Negative numbers count as none: the resolver refuses them.
    fn number(number: &Number) -> Option<Self> {
        number.as_u64().or_else(|| number.as_i64().map(|_| 0)).map(Self::Number)
    }
}

fn with_directives(inner: Measure, directives: &[Positioned<Directive>]) -> Measure {
    Measure { directives: inner.directives.saturating_add(directives.len() as u64), ..inner }
}
