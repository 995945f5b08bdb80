//! `cargo xtask evaluate`: how often the analysis points at the attacker, on simulated networks whose truth is known.

mod cost;
mod findings;
mod measure;
mod methods;
mod show;
mod simulate;

use anyhow::{Result, bail};
use lexopt::prelude::*;
use logonscope_sample::{CATALOGUE, Variant, View};
use measure::{Measured, TOP, measure};
use methods::Method;
use simulate::{Case, SCALES, attacks};
use std::path::Path;
use std::sync::Mutex;

const HELP: &str = "\
cargo xtask evaluate [options]

  --seeds N,N,...     seeds of the networks (default: the tuning seeds 1,2,3)
  --scales NAME,...   small, medium, large (default: all)
  --attacks NAME,...  names from `cargo xtask sample attacks` (default: all)
  --variants NAME,... loud, quiet, slow (default: all)
  --view VIEW         merged (every host's log), all-dcs, one-dc (default: merged)
  --cost MB,MB,...    measure what the analysis costs on logs of these sizes, and nothing else
  --show              print each case's first accounts and hosts with their contributions
  --ours              leave out the other rankings, which take most of the time
  --misses            print the cases in which an actor is not among the first ten, or an attack is not found
  --findings          measure the named findings instead of the rankings: recall, false findings, by technique
";

/// Seeds used while the weights were chosen; the figures in docs/accuracy.md come from others.
const TUNING: [u64; 3] = [1, 2, 3];

fn main() -> Result<()> {
    let mut args = lexopt::Parser::from_env();
    let mut seeds = TUNING.to_vec();
    let mut scales = SCALES.to_vec();
    let mut which = attacks();
    let mut variants = Variant::ALL.to_vec();
    let mut view = View::Merged;
    let (mut show, mut misses, mut named) = (false, false, false);
    let mut methods = Method::ALL.to_vec();
    while let Some(arg) = args.next()? {
        let list = |args: &mut lexopt::Parser| -> Result<Vec<String>> {
            Ok(args.value()?.string()?.split(',').map(str::to_owned).collect())
        };
        match arg {
            Long("seeds") => {
                seeds = list(&mut args)?.iter().map(|s| s.parse()).collect::<Result<_, _>>()?;
            }
            Long("scales") => {
                let names = list(&mut args)?;
                scales.retain(|s| names.iter().any(|n| n == s.name));
            }
            Long("attacks") => {
                let names = list(&mut args)?;
                which.retain(|i| names.iter().any(|n| n == CATALOGUE[*i].name));
            }
            Long("variants") => {
                let names = list(&mut args)?;
                variants.retain(|v| names.iter().any(|n| n == v.name()));
            }
            Long("view") => {
                view = match args.value()?.string()?.as_str() {
                    "merged" => View::Merged,
                    "all-dcs" => View::AllDcs,
                    "one-dc" => View::OneDc,
                    other => bail!("--view is merged, all-dcs or one-dc, not '{other}'"),
                }
            }
            Long("cost") => {
                let sizes: Vec<u64> = list(&mut args)?.iter().map(|s| s.parse()).collect::<Result<_, _>>()?;
                return cost::run(&sizes);
            }
            Long("show") => show = true,
            Long("misses") => misses = true,
            Long("findings") => named = true,
            Long("ours") => methods = vec![Method::Suspicion],
            Long("help") | Short('h') => {
                print!("{HELP}");
                return Ok(());
            }
            other => return Err(other.unexpected().into()),
        }
    }
    let mut cases = Vec::new();
    for &scale in &scales {
        for &seed in &seeds {
            for &attack in &which {
                for &variant in &variants {
                    cases.push(Case { scale, seed, attack: Some((attack, variant)), view });
                }
            }
        }
    }
    if named {
        let found = run(cases, |case, folder| findings::find(case, folder, show, misses))?;
        findings::report(&found);
        return Ok(());
    }
    let measured = run(cases, |case, folder| measure(case, folder, &methods, show))?;
    report(&measured, &methods, show, misses);
    Ok(())
}

/// All cases, on as many threads as there are processors; in the order of the cases.
fn run<T: Send>(cases: Vec<Case>, of: impl Fn(Case, &Path) -> Result<T> + Sync) -> Result<Vec<T>> {
    let jobs = Mutex::new(cases.into_iter().enumerate().collect::<Vec<_>>());
    let done = Mutex::new(Vec::new());
    let folder = std::env::temp_dir().join(format!("logonscope-evaluate-{}", std::process::id()));
    let workers = std::thread::available_parallelism().map_or(1, |n| n.get());
    std::thread::scope(|scope| {
        for worker in 0..workers {
            let (jobs, done, of, folder) = (&jobs, &done, &of, folder.join(worker.to_string()));
            scope.spawn(move || {
                while let Some((number, case)) = jobs.lock().ok().and_then(|mut j| j.pop()) {
                    let result = of(case, &folder);
                    if let Ok(mut done) = done.lock() {
                        done.push((number, result));
                    }
                }
            });
        }
    });
    let _ = std::fs::remove_dir_all(&folder);
    let mut done = done.into_inner().unwrap_or_default();
    done.sort_by_key(|d| d.0);
    done.into_iter().map(|(_, result)| result).collect()
}

fn name(m: &Measured) -> String {
    let Some((attack, variant)) = m.case.attack else { return "none".into() };
    format!("{} {} seed {} {}", CATALOGUE[attack].name, variant.name(), m.case.seed, m.case.scale.name)
}

fn report(all: &[Measured], methods: &[Method], show: bool, misses: bool) {
    for m in all {
        let ours = &m.by_method[0];
        let missed = ours.in_top() < ours.places.len();
        if show || misses && missed {
            let places: Vec<String> = ours
                .places
                .iter()
                .map(|(who, p)| format!("{who} {}", p.map_or("-".into(), |p| p.to_string())))
                .collect();
            let c = m.chains;
            let chain = format!("chain {} of {}, {} others", c.found, c.hops, c.others);
            println!("{}: {} ({} events; {chain})", name(m), places.join(", "), m.events);
        }
        m.shown.iter().for_each(|line| println!("  {line}"));
    }
    println!("| ranking | actors in the first {TOP} | cases with all | cases with one | precision@{TOP} |");
    println!("| --- | ---: | ---: | ---: | ---: |");
    for (i, method) in methods.iter().enumerate() {
        let results: Vec<_> = all.iter().map(|m| &m.by_method[i]).filter(|r| !r.places.is_empty()).collect();
        let actors: usize = results.iter().map(|r| r.places.len()).sum();
        let found: usize = results.iter().map(|r| r.in_top()).sum();
        let whole = results.iter().filter(|r| r.in_top() == r.places.len()).count();
        let any = results.iter().filter(|r| r.in_top() > 0).count();
        let n = results.len().max(1);
        println!(
            "| {} | {found} of {actors}, {} | {} | {} | {} |",
            method.name(),
            percent(found, actors),
            percent(whole, n),
            percent(any, n),
            percent(found, n * 2 * TOP),
        );
    }
    println!();
    chains(all);
    println!("\n{} cases", all.len());
}

/// Lateral chains: how many of the simulated ones were found, and how many others were reported.
fn chains(all: &[Measured]) {
    let simulated: Vec<_> = all.iter().filter(|m| m.chains.hops > 0).collect();
    // Found: most of its hops in one chain.
    let found = simulated.iter().filter(|m| m.chains.found * 2 > m.chains.hops).count();
    let others: usize = all.iter().map(|m| m.chains.others).sum();
    let account_days: u64 = all.iter().map(|m| m.accounts as u64 * m.case.scale.days).sum();
    println!(
        "Lateral chains: {found} of {} found; {others} others, {:.2} a day per 1,000 accounts",
        simulated.len(),
        others as f64 * 1000.0 / account_days.max(1) as f64
    );
}

fn percent(part: usize, whole: usize) -> String {
    format!("{:.1} %", part as f64 * 100.0 / whole.max(1) as f64)
}
