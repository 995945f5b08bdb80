//! The command line.

use lexopt::prelude::*;
use logonscope::detect::{Settings, Suppression, Threshold};
use logonscope::event::zone::Zone;
use logonscope::graph::{Include, Reason};
use std::path::PathBuf;

pub const HELP: &str = "\
logonscope: who logged on where, from Windows event logs

Usage: logonscope analyze FILE_OR_FOLDER... [options]
       logonscope rules        the rules of the findings and their thresholds, as Markdown

  --format FORMAT        text for people (default), json: one document (docs/output.md), or layer: what was found
                         for the MITRE ATT&CK Navigator
  --threshold KEY=N,...  change thresholds of the findings (docs/findings.md)
  --suppress KIND=VALUE  hide findings of an account, host, address or rule; may be given again
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
    Rules,
    Analyze(Analyze),
}

pub struct Analyze {
    pub paths: Vec<PathBuf>,
    pub format: Format,
    pub include: Include,
    pub zone: Zone,
    pub settings: Settings,
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
    Layer,
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
        settings: Settings::default(),
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
                    "layer" => Format::Layer,
                    other => return Err(format!("--format is text, json or layer, not '{other}'")),
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
            Long("threshold") => {
                for setting in value(&mut parser)?.split(',') {
                    let (threshold, n) = threshold(setting)?;
                    call.settings.thresholds.set(threshold, n);
                }
            }
            Long("suppress") => {
                let text = value(&mut parser)?;
                let (kind, what) = text.split_once('=').ok_or_else(|| {
                    format!("--suppress takes KIND=VALUE, as account=CORP\\svc-scan, not '{text}'")
                })?;
                let suppression = Suppression::parse(kind, what).map_err(|e| format!("--suppress: {e}"))?;
                call.settings.suppressions.push(suppression);
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
        Some(c) if c == "rules" => Ok(Call::Rules),
        Some(c) => Err(format!("unknown command '{}'; there are 'analyze' and 'rules'", c.to_string_lossy())),
        None => Err("what to do? 'logonscope analyze FILE' reads a log.".into()),
    }
}

/// `password-spray.accounts=20`
fn threshold(setting: &str) -> Result<(Threshold, u32), String> {
    let (key, n) = setting.split_once('=').ok_or_else(|| {
        format!("--threshold takes KEY=NUMBER, as password-spray.accounts=20, not '{setting}'")
    })?;
    let threshold = Threshold::from_key(key).ok_or_else(|| {
        let keys: Vec<&str> = Threshold::ALL.iter().map(|t| t.key()).collect();
        format!("there is no threshold '{key}'; there are {}", keys.join(", "))
    })?;
    let e = threshold.entry();
    let n = n.parse().ok().filter(|n| (e.min..=e.max).contains(n));
    let n = n.ok_or_else(|| format!("{key} takes a number from {} to {}", e.min, e.max))?;
    Ok((threshold, n))
}

fn value(parser: &mut lexopt::Parser) -> Result<String, String> {
    let value = parser.value().map_err(|e| e.to_string())?;
    value.into_string().map_err(|v| format!("'{}' is not a value", v.to_string_lossy()))
}
