//! `logonscope-sample`: logs of a simulated domain.

use std::io;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use clap::{Args, Parser, Subcommand};
use logonscope_sample::{CATALOGUE, Os, Plan, Size, View, stats, story};

/// Simulates a Windows domain and writes the Security logs it would leave, with attacks whose truth is known.
///
/// The same seed and options give the same bytes on any machine.
#[derive(Parser)]
#[command(name = "logonscope-sample", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Write the shipped sample: Security.evtx and truth.json of a small company and one intrusion.
    Story {
        /// Folder to write to.
        #[arg(long, default_value = "sample")]
        out: PathBuf,
    },
    /// Write logs of a network of any size.
    Generate(Generate),
    /// Simulate without attacks and print what an ordinary day looks like: events per user, ids, failures, hours.
    Stats(Generate),
    /// List the attacks and their innocent twins.
    Attacks,
}

#[derive(Args)]
struct Generate {
    /// Folder to write to; it is made where it is missing.
    #[arg(long, default_value = "generated")]
    out: PathBuf,
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// People; each has a workstation unless --workstations says otherwise.
    #[arg(long, default_value_t = 40)]
    users: usize,
    #[arg(long)]
    workstations: Option<usize>,
    #[arg(long, default_value_t = 8)]
    servers: usize,
    #[arg(long, default_value_t = 2)]
    dcs: usize,
    #[arg(long, default_value_t = 28)]
    days: u64,
    /// First day, YYYY-MM-DD.
    #[arg(long, default_value = "2025-03-03", value_parser = date)]
    start: (u32, u32, u32),
    /// Hours by which the company's clock is ahead of UTC.
    #[arg(long, default_value_t = 1)]
    utc_offset: u64,
    /// Which logs are written.
    #[arg(long, value_enum, default_value = "every-host")]
    view: View,
    /// One Windows release for all hosts; a mixture otherwise.
    #[arg(long, value_enum)]
    os: Option<Os>,
    /// How much people do, in percent.
    #[arg(long, default_value_t = 100)]
    activity: u64,
    /// How much machines do by themselves, in percent.
    #[arg(long, default_value_t = 100)]
    background: u64,
    /// What happens besides: `all`, `none`, or names from `attacks`, separated by commas.
    #[arg(long, default_value = "all")]
    attacks: String,
    /// How the attacker goes about it: loud, quiet, slow; in turn otherwise.
    #[arg(long, value_parser = ["loud", "quiet", "slow"])]
    variant: Option<String>,
    /// Give the first accounts names that try to break whoever shows them.
    #[arg(long)]
    hostile: bool,
    /// Go on until the files hold this many megabytes (10^6 bytes), whatever --days says.
    #[arg(long)]
    megabytes: Option<u64>,
    /// Also write every event with every field to events.jsonl.
    #[arg(long)]
    journal: bool,
}

fn date(text: &str) -> Result<(u32, u32, u32), String> {
    let part: Vec<u32> = text.split('-').filter_map(|p| p.parse().ok()).collect();
    match part[..] {
        [y @ 1970..=2200, m @ 1..=12, d @ 1..=31] => Ok((y, m, d)),
        _ => Err("a date like 2025-03-03 is needed".into()),
    }
}

impl Generate {
    fn plan(&self) -> Plan {
        let workstations = self.workstations.unwrap_or(self.users);
        Plan {
            seed: self.seed,
            size: Size { users: self.users, workstations, servers: self.servers, dcs: self.dcs },
            days: if self.megabytes.is_some() { 36_500 } else { self.days },
            start: self.start,
            utc_offset: self.utc_offset,
            os: self.os,
            view: self.view,
            hostile: self.hostile,
            activity: self.activity,
            background: self.background,
            journal: self.journal,
            folder: self.out.clone(),
            stop_at: self.megabytes.map(|m| m * 1_000_000),
        }
    }
}

fn main() -> ExitCode {
    match run(&Cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("logonscope-sample: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(cli: &Cli) -> io::Result<()> {
    match &cli.command {
        Command::Story { out } => {
            let (events, bytes) = story::write(out)?;
            println!("{events} events, {bytes} bytes in {}", out.join("Security.evtx").display());
        }
        Command::Generate(options) => {
            let began = Instant::now();
            let days = options.days;
            let (events, bytes) =
                story::generate(options.plan(), days, &options.attacks, options.variant.as_deref())?;
            let seconds = began.elapsed().as_secs_f64();
            println!(
                "{events} events, {bytes} bytes in {seconds:.2} s: {:.0} events/s, {:.0} MB/s, in {}",
                events as f64 / seconds,
                bytes as f64 / seconds / 1e6,
                options.out.display()
            );
        }
        Command::Stats(options) => print!("{}", stats::report(options.plan())?),
        Command::Attacks => {
            for entry in CATALOGUE {
                println!(
                    "{:10} {:26} {}",
                    if entry.attack { "attack" } else { "innocent" },
                    entry.name,
                    entry.technique
                );
            }
        }
    }
    Ok(())
}
