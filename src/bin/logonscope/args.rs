//! The command line.

use lexopt::prelude::*;
use logonscope::event::zone::Zone;
use logonscope::graph::{Include, Reason};
use std::path::PathBuf;

pub const HELP: &str = "\
logonscope: who logged on where, from Windows event logs

Usage: logonscope analyze FILE_OR_FOLDER... [options]

  --format text|json     text for people (default), or one JSON document (docs/output.md)
  --include REASON,...   bring back what the graph leaves out: machine-account, built-in, anonymous
  --zone NAME            time zone of the text's times, as Europe/Berlin (default: UTC; JSON is always UTC)
  --compatible           add LogonTracer's own reading of the log to the JSON, for comparison
  --sigma PATH           run Sigma rules: a .yml, a folder of them, the .zip of a rules release (may be repeated)
  --threads N            readers at once (default: one per processor)
  -h, --help             this text
  -V, --version          the version

A folder is searched for *.evtx files, folders in it included.
Exit status: 0 done, 1 nothing of interest in the input, 2 unusable input.
";

pub enum Call {
    Help,
    Version,
    Analyze(Analyze),
}

pub struct Analyze {
    pub paths: Vec<PathBuf>,
    pub format: Format,
    pub include: Include,
    pub zone: Zone,
    pub compatible: bool,
    pub threads: usize,
    /// Where Sigma rules are.
    #[cfg(feature = "sigma")]
    pub sigma: Vec<PathBuf>,
}

#[derive(Clone, Copy, PartialEq)]
pub enum Format {
    Text,
    Json,
}

/// What the command line asks for.
///
/// # Errors
/// A sentence about what is wrong with it.
pub fn parse() -> Result<Call, String> {
    let mut parser = lexopt::Parser::from_env();
    let mut command = None;
    let mut call = Analyze {
        paths: Vec::new(),
        format: Format::Text,
        include: Include::default(),
        zone: Zone::utc(),
        compatible: false,
        threads: std::thread::available_parallelism().map_or(1, |n| n.get()),
        #[cfg(feature = "sigma")]
        sigma: Vec::new(),
    };
    while let Some(arg) = parser.next().map_err(|e| e.to_string())? {
        match arg {
            Short('h') | Long("help") => return Ok(Call::Help),
            Short('V') | Long("version") => return Ok(Call::Version),
            Long("format") => {
                call.format = match value(&mut parser)?.as_str() {
                    "text" => Format::Text,
                    "json" => Format::Json,
                    other => return Err(format!("--format is text or json, not '{other}'")),
                }
            }
            Long("include") => {
                for name in value(&mut parser)?.split(',') {
                    let reason = Reason::from_name(name).filter(|r| r.can_include());
                    let reason = reason.ok_or_else(|| {
                        format!("--include takes machine-account, built-in and anonymous, not '{name}'")
                    })?;
                    call.include = call.include.with(reason);
                }
            }
            Long("zone") => {
                call.zone = Zone::named(&value(&mut parser)?).map_err(|e| format!("--zone: {e}"))?
            }
            #[cfg(feature = "sigma")]
            Long("sigma") => call.sigma.push(parser.value().map_err(|e| e.to_string())?.into()),
            Long("compatible") => call.compatible = true,
            Long("threads") => {
                let text = value(&mut parser)?;
                let number = text.parse().ok().filter(|n| (1..=256).contains(n));
                call.threads =
                    number.ok_or_else(|| format!("--threads takes a number from 1 to 256, not '{text}'"))?;
            }
            Value(word) if command.is_none() => command = Some(word),
            Value(path) => call.paths.push(path.into()),
            other => return Err(other.unexpected().to_string()),
        }
    }
    match command {
        Some(c) if c == "analyze" && call.paths.is_empty() => {
            Err("which files? Give at least one file or folder.".into())
        }
        Some(c) if c == "analyze" => Ok(Call::Analyze(call)),
        Some(c) => Err(format!("unknown command '{}'; there is 'analyze'", c.to_string_lossy())),
        None => Err("what to do? 'logonscope analyze FILE' reads a log.".into()),
    }
}

fn value(parser: &mut lexopt::Parser) -> Result<String, String> {
    let value = parser.value().map_err(|e| e.to_string())?;
    value.into_string().map_err(|v| format!("'{}' is not a value", v.to_string_lossy()))
}
