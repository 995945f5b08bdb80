//! `logonscope`: the analysis on the command line, with the same core as the page.

mod args;
mod files;
mod read;
#[cfg(feature = "sigma")]
mod sigma;

use args::{Analyze, Call, Format};
use logonscope::analysis::Analysis;
use logonscope::{answer, compatible, export};
use std::io::Write;
use std::process::ExitCode;

/// Nothing of interest in the input.
const NOTHING: u8 = 1;
/// Unusable input or call.
const UNUSABLE: u8 = 2;

fn main() -> ExitCode {
    match args::parse() {
        Ok(Call::Help) => print(args::HELP),
        Ok(Call::Version) => print(concat!("logonscope ", env!("CARGO_PKG_VERSION"), "\n")),
        Ok(Call::Rules) => print(&export::rules()),
        Ok(Call::Analyze(call)) => analyze(&call),
        Err(text) => {
            eprintln!("logonscope: {text}\nTry 'logonscope --help'.");
            ExitCode::from(UNUSABLE)
        }
    }
}

/// Writes to standard output; a reader that has gone away (`| head`) is no error.
fn print(text: &str) -> ExitCode {
    match std::io::stdout().write_all(text.as_bytes()) {
        Err(e) if e.kind() != std::io::ErrorKind::BrokenPipe => {
            eprintln!("logonscope: cannot write the result: {e}");
            ExitCode::from(UNUSABLE)
        }
        _ => ExitCode::SUCCESS,
    }
}

fn analyze(call: &Analyze) -> ExitCode {
    let files = match files::list(&call.paths) {
        Ok(files) => files,
        Err(text) => {
            eprintln!("logonscope: {text}");
            return ExitCode::from(UNUSABLE);
        }
    };
    // Before the logs are read: a wrong path is said at once.
    #[cfg(feature = "sigma")]
    let rules = match sigma::rules(&call.sigma) {
        Ok(rules) => rules,
        Err(text) => {
            eprintln!("logonscope: {text}");
            return ExitCode::from(UNUSABLE);
        }
    };
    let store = read::read(&files, call.threads);
    let analysis = Analysis::of(&store, call.include);
    let detections = analysis.detect(&store, &call.settings);
    #[cfg(feature = "sigma")]
    let found = (!call.sigma.is_empty()).then(|| {
        let is_readable = |n: usize| store.files.get(n).is_some_and(|f| f.refused.is_none());
        sigma::run(rules, &files, is_readable, call.threads)
    });
    let text = match call.format {
        #[cfg(feature = "sigma")]
        Format::Text if found.is_some() => {
            let sigma = found.map(|f| export::sigma_text(&f, &call.zone)).unwrap_or_default();
            export::text(&store, &analysis, &detections, &call.zone) + &sigma
        }
        Format::Text => export::text(&store, &analysis, &detections, &call.zone),
        Format::Layer => format!("{:#}\n", export::layer(&detections)),
        Format::Json => {
            let mut document = export::json(&store, &analysis, &detections);
            if call.compatible {
                document["compatible"] = compatible::json(&store);
            }
            #[cfg(feature = "sigma")]
            if let Some(found) = found {
                document["sigma"] = export::sigma_json(&found);
            }
            // serde_json keeps the order of insertion here, since the crate evtx asks it to.
            document.sort_all_objects();
            format!("{document:#}\n")
        }
    };
    let written = print(&text);
    if written != ExitCode::SUCCESS {
        return written;
    }
    if store.files.iter().all(|f| f.refused.is_some()) {
        eprintln!("logonscope: none of the files could be read.");
        return ExitCode::from(UNUSABLE);
    }
    if store.is_empty() {
        eprintln!("logonscope: {}", answer::empty_reason(&store, &analysis).unwrap_or_default());
        return ExitCode::from(NOTHING);
    }
    ExitCode::SUCCESS
}
