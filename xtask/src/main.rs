//! `cargo xtask`: one command for everything there is to do with the project.

mod build;
mod golden;
mod run;
mod serve;
mod server;
mod test;
mod tools;
mod wasm;

use anyhow::{Result, bail};
use lexopt::prelude::*;
use std::process::ExitCode;

const HELP: &str = "\
cargo xtask COMMAND

  serve [--port N] [--no-open]  build everything, serve dist/ on 127.0.0.1 and open it
  build [--debug]               make dist/, ready for any static host under any path
  test [--only GROUP]...        run every test; groups: rust, web, golden, sample, browser
  sample [ARGS]...              make logs with the network simulator (cargo xtask sample --help)
  evaluate [ARGS]...            how often the analysis points at the attacker (cargo xtask evaluate --help)
  bench [--megabytes MB,MB]     what the analysis costs, on simulated logs of 100 and 1,000 MB unless said otherwise
  golden                        make the golden files of tests/golden/ anew (needs python3)
  shots                         take the screenshots of docs/images/ anew

What is missing (the wasm target, npm packages, Chromium for the tests) is installed on the way.
";

fn main() -> ExitCode {
    match command() {
        Ok(()) => ExitCode::SUCCESS,
        Err(e) => {
            eprintln!("xtask: {e:#}");
            ExitCode::FAILURE
        }
    }
}

fn command() -> Result<()> {
    let mut args = lexopt::Parser::from_env();
    let name = match args.next()? {
        None | Some(Short('h') | Long("help")) => {
            print!("{HELP}");
            return Ok(());
        }
        Some(Value(name)) => name.string()?,
        Some(other) => return Err(other.unexpected().into()),
    };
    match name.as_str() {
        "build" => {
            let mut debug = false;
            while let Some(arg) = args.next()? {
                match arg {
                    Long("debug") => debug = true,
                    other => return Err(other.unexpected().into()),
                }
            }
            build::build(debug)
        }
        "serve" => {
            let (mut port, mut open) = (8787, true);
            while let Some(arg) = args.next()? {
                match arg {
                    Long("port") => port = args.value()?.parse()?,
                    Long("no-open") => open = false,
                    other => return Err(other.unexpected().into()),
                }
            }
            build::build(false)?;
            serve::serve(port, open)
        }
        "test" => {
            let mut only = Vec::new();
            while let Some(arg) = args.next()? {
                match arg {
                    Long("only") => only.push(args.value()?.string()?),
                    other => return Err(other.unexpected().into()),
                }
            }
            if test::test(&only)? { Ok(()) } else { std::process::exit(1) }
        }
        "sample" => {
            let rest: Vec<_> = args.raw_args()?.collect();
            let mut cargo = run::cargo();
            cargo.args(["run", "--quiet", "--release", "--package", "logonscope-sample", "--"]).args(rest);
            run::run("sample", &mut cargo)
        }
        "evaluate" => {
            let rest: Vec<_> = args.raw_args()?.collect();
            evaluate(rest)
        }
        "bench" => {
            let mut sizes = "100,1000".to_owned();
            while let Some(arg) = args.next()? {
                match arg {
                    Long("megabytes") => sizes = args.value()?.string()?,
                    other => return Err(other.unexpected().into()),
                }
            }
            evaluate(vec!["--cost".into(), sizes.into()])
        }
        "golden" => {
            nothing_more(&mut args)?;
            golden::golden()
        }
        "shots" => {
            nothing_more(&mut args)?;
            build::build(false)?;
            test::shots()
        }
        other => bail!("unknown command '{other}'; see cargo xtask --help"),
    }
}

/// The evaluator is a crate of its own, so that the other commands need not wait for it to be built.
fn evaluate(arguments: Vec<std::ffi::OsString>) -> Result<()> {
    let mut cargo = run::cargo();
    cargo.args(["run", "--quiet", "--release", "--package", "logonscope-evaluate", "--"]).args(arguments);
    run::run("evaluate", &mut cargo)
}

fn nothing_more(args: &mut lexopt::Parser) -> Result<()> {
    match args.next()? {
        None => Ok(()),
        Some(other) => Err(other.unexpected().into()),
    }
}
