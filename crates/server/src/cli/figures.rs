//! `dingce figures`: what an appraisal asks for.

use std::path::Path;

use anyhow::Context;
use clap::ValueEnum;
use dingce_app::figures::{name, standing};
use dingce_app::figures_file::{self, FigureFormat, per_cent};
use dingce_app::use_cases::{Asking, TakenFigures};
use dingce_domain::figures::{Figure, Period, Standing};
use dingce_domain::id::UnitId;
use jiff::civil::Date;

use super::assembled;
use crate::assemble::{Assembled, Opening};
use crate::console::Console;
use crate::directory;
use crate::settings::Settings;
use crate::{setup, whole};

/// How figures are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Form {
    /// Canonical JSON, with the acts behind each figure
    Json,
    /// The figures, one line each
    Csv,
    /// The acts behind the figures, one line each
    ActsCsv,
    /// A workbook: figures, acts, and what both are
    Xlsx,
}

impl From<Form> for FigureFormat {
    fn from(form: Form) -> Self {
        match form {
            Form::Json => Self::Json,
            Form::Csv => Self::Csv,
            Form::ActsCsv => Self::ActsCsv,
            Form::Xlsx => Self::Xlsx,
        }
    }
}

/// What is asked for.
pub(super) struct Asked {
    /// The organ.
    pub organ: Option<String>,
    /// First day.
    pub from: Date,
    /// Last day.
    pub to: Date,
    /// As they were taken before.
    pub taken_as: Option<String>,
}

pub(super) async fn run(settings: Settings, asked: Asked, form: Form, out: Option<&Path>) -> anyhow::Result<bool> {
    let organ = asked.organ.as_deref().map(|organ| directory::resolve(&settings, UnitId::PREFIX, organ)).transpose()?;
    let period = Period::new(asked.from, asked.to).map_err(dingce_app::AppError::from)?;
    let mark = asked.taken_as.map(|mark| mark.parse()).transpose().map_err(dingce_app::AppError::from)?;
    let assembled = assembled(settings, Opening::ToServe).await?;
    let app = &assembled.app;
    let organ = organ_of(&assembled, organ).await?;
    let taken = app.figures_unchecked(organ, Asking { period, mark }).await?;
    match out {
        Some(path) => {
            let bytes = figures_file::write(&taken, form.into())?;
            whole::write(path, bytes).with_context(|| format!("{} cannot be written", path.display()))?;
            Console.result(format!("{}  {}", path.display(), taken.mark));
        }
        None => print(&taken),
    }
    Ok(true)
}

async fn organ_of(assembled: &Assembled, given: Option<String>) -> anyhow::Result<UnitId> {
    if let Some(given) = given {
        return given.parse().with_context(|| format!("{given} is not the id of a unit"));
    }
    match setup::organs(assembled).await?.as_slice() {
        [only] => Ok(*only),
        [] => anyhow::bail!("no organ is known here: set one up with `dingce organisation`"),
        [_, _, ..] => anyhow::bail!("more than one organ is kept here: say which with --organ"),
    }
}

fn print(taken: &TakenFigures) {
    let (from, to) = (taken.period.from(), taken.period.to());
    Console.result(format!("{}  {from} – {to}  {}", taken.unit(taken.organ), taken.mark));
    for figure in &taken.figures.list {
        Console.result(line(figure, taken));
    }
}

fn line(figure: &Figure, taken: &TakenFigures) -> String {
    let numbers = match (figure.denominator(), per_cent(figure)) {
        (None, _) => figure.numerator().to_string(),
        (Some(whole), Some(share)) => format!("{} / {whole} = {share}", figure.numerator()),
        (Some(_), None) => "无 none".to_owned(),
    };
    let apart: Vec<String> = figure
        .apart()
        .into_iter()
        .map(|(why, count)| format!("{} {count}", standing(Standing::Apart(why)).zh))
        .collect();
    let apart = if apart.is_empty() { String::new() } else { format!("（{}）", apart.join("，")) };
    let told = name(figure.code);
    match (&figure.about.clock, figure.about.unit) {
        (None, _) => format!("{} / {}: {numbers}{apart}", told.zh, told.en),
        (Some(clock), unit) => {
            let unit = unit.map(|unit| taken.unit(unit)).unwrap_or_default();
            let told = taken.clocks.get(clock).map_or_else(|| clock.clock.to_string(), |told| told.text.zh.clone());
            format!("    {unit} {told}: {numbers}{apart}")
        }
    }
}
