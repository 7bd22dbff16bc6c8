//! `dingce demo`.

use std::sync::Arc;

use super::{assembled, serve};
use crate::assemble::Opening;
use crate::console::Console;
use crate::demo::{self, Played, world::Line};
use crate::settings::Settings;

pub(super) async fn run(settings: Settings, and_serve: bool) -> anyhow::Result<bool> {
    let Played { ending, package, verified } = demo::run(&settings.data, Box::new(tell)).await?;
    Console.result(format!("case     {}", ending.case));
    Console.result(format!("receipt  {}", ending.receipt));
    Console.result(format!("package  {}", package.display()));
    Console.result(format!("{} acts accepted, {} refused as the law demands", ending.accepted, ending.refused.len()));
    Console.result(if verified {
        "核验通过。 The package is whole."
    } else {
        "核验未通过。 The package is not whole."
    });
    if !verified || !and_serve {
        return Ok(verified);
    }
    // The same deployment again, now on the machine's own clock.
    let kept = Settings {
        listen: settings.listen,
        drain_seconds: settings.drain_seconds,
        log_format: settings.log_format,
        log_level: settings.log_level,
        ..Settings::in_folder(&settings.data)
    };
    Console.progress(format!("serving at http://{}/graphql until told to stop", kept.listen));
    let assembled = Arc::new(assembled(kept, Opening::ToServe).await?);
    serve::serve(assembled).await
}

fn tell(line: Line<'_>) {
    let Line { when, who, what, article, refused } = line;
    let refused = refused.map(|code| format!("  ✗ {code}")).unwrap_or_default();
    Console.result(format!("{when}  {who:<18} {what}  ({article}){refused}"));
}
