//! What the analysis costs, step by step, on logs of ten times the size: `cargo xtask bench`.

use crate::simulate::read;
use anyhow::Result;
use logonscope::analysis::Analysis;
use logonscope::detect::Settings;
use logonscope::graph::{Hops, Include, Logons, Network};
use logonscope::identity::{Events, Identity};
use logonscope::score::{PageRank, Ranks, Unusual, changes, pagerank};
use logonscope::suspicion::suspicion;
use logonscope::timeline::{Coverage, Hours, Sessions, hour_of};
use logonscope_sample::{Plan, Size, View};
use std::path::Path;
use std::time::Instant;

/// Runs of each step; the median counts.
const RUNS: usize = 5;

fn seconds(mut step: impl FnMut()) -> f64 {
    let mut times: Vec<f64> = (0..RUNS)
        .map(|_| {
            let start = Instant::now();
            step();
            start.elapsed().as_secs_f64()
        })
        .collect();
    times.sort_by(f64::total_cmp);
    times[RUNS / 2]
}

/// Steps and what each costs, in seconds, on a log of so many megabytes.
struct Cost {
    megabytes: u64,
    events: usize,
    bytes: usize,
    steps: Vec<(&'static str, f64)>,
}

fn measure(megabytes: u64, folder: &Path) -> Result<Cost> {
    let folder = folder.join(megabytes.to_string());
    let plan = Plan {
        seed: 7,
        size: Size { users: 400, workstations: 400, servers: 20, dcs: 3 },
        days: 36_500,
        start: (2025, 3, 3),
        utc_offset: 1,
        os: None,
        view: View::Merged,
        hostile: false,
        activity: 100,
        background: 100,
        journal: false,
        folder: folder.clone(),
        stop_at: Some(megabytes * 1_000_000),
    };
    logonscope_sample::story::generate(plan, 20, "all", None)?;
    let reading = seconds(|| drop(std::hint::black_box(read(&folder))));
    let store = read(&folder)?;
    let identity = Identity::resolve(&store);
    let events = Events::resolve(&store, &identity);
    let logons = Logons::build(&store, &identity, &events, Include::default());
    let network = Network::build(&logons.edges);
    let (accounts, hosts) = (identity.accounts.all.len(), identity.hosts.all.len());
    let last = store.span().map_or(0, |s| hour_of(s.1));
    let keep = std::hint::black_box::<usize>;
    let mut steps = vec![("reading, one thread", reading)];
    let mut step = |name, f: &mut dyn FnMut()| steps.push((name, seconds(f)));
    step("whole analysis", &mut || _ = keep(Analysis::of(&store, Include::default()).chains.len()));
    step("  identity", &mut || _ = keep(Identity::resolve(&store).hosts.all.len()));
    step("  events in order", &mut || _ = keep(Events::resolve(&store, &identity).all.len()));
    step("  edges", &mut || {
        _ = keep(Logons::build(&store, &identity, &events, Include::default()).edges.len())
    });
    step("  ranks", &mut || _ = keep(Ranks::compute(&network, &PageRank::default()).accounts().len()));
    step("  suspicion", &mut || _ = keep(suspicion(&store, &identity, &events).1.len()));
    step("    hours and ChangeFinder", &mut || {
        _ = keep(changes(&Hours::of(&store, &events, accounts, 0), last).len());
    });
    step("    hidden Markov model", &mut || _ = keep(Unusual::of(&store, &events, accounts).sequences));
    step("hours of hosts too", &mut || {
        _ = keep(Hours::of(&store, &events, accounts, hosts).accounts().count());
    });
    step("sessions", &mut || _ = keep(Sessions::of(&store, &events).all.len()));
    step("coverage", &mut || _ = keep(Coverage::of(&store, &identity, &events).cells.len()));
    step("hops for paths", &mut || _ = keep(Hops::build(&store, &identity, &events).all.len()));
    // What a change of a threshold costs: all rules again.
    let analysis = Analysis::of(&store, Include::default());
    analysis.coverage(&store);
    step("findings, all rules again", &mut || {
        _ = keep(analysis.detect(&store, &Settings::default()).findings.len());
    });
    let bytes = store.memory() + events.all.capacity() * size_of::<logonscope::identity::Event>();
    Ok(Cost { megabytes, events: store.len(), bytes, steps })
}

/// PageRank alone on a million arrows both ways.
fn million_edges() -> f64 {
    let mut state = 1u64;
    let mut random = move |n: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((state >> 33) % n) as usize
    };
    let arrows: Vec<(usize, usize, f64)> = (0..1_000_000)
        .map(|_| (random(100_000), random(20_000) + 100_000, 1.0))
        .flat_map(|(a, b, w)| [(a, b, w), (b, a, w)])
        .collect();
    seconds(|| drop(std::hint::black_box(pagerank(120_000, &arrows, &PageRank::default()))))
}

/// Measures and prints the table of docs/performance.md.
pub fn run(sizes: &[u64]) -> Result<()> {
    let folder = std::env::temp_dir().join(format!("logonscope-cost-{}", std::process::id()));
    let costs: Vec<Cost> = sizes.iter().map(|&m| measure(m, &folder)).collect::<Result<_>>()?;
    let _ = std::fs::remove_dir_all(&folder);
    let head = |c: &Cost| format!(" {} MB, {} events |", c.megabytes, c.events);
    println!("| step (median of {RUNS}, seconds) |{} growth |", costs.iter().map(head).collect::<String>());
    println!("| --- |{} ---: |", " ---: |".repeat(costs.len()));
    let times = |a: f64, b: f64| if a > 0.0 { format!("{:.1} ×", b / a) } else { String::new() };
    let events: Vec<f64> = costs.iter().map(|c| c.events as f64).collect();
    println!(
        "| events |{} {} |",
        costs.iter().map(|c| format!(" {} |", c.events)).collect::<String>(),
        times(events[0], events[events.len() - 1])
    );
    for i in 0..costs[0].steps.len() {
        let cells: String = costs.iter().map(|c| format!(" {:.3} |", c.steps[i].1)).collect();
        let growth = times(costs[0].steps[i].1, costs[costs.len() - 1].steps[i].1);
        println!("| {} |{cells} {growth} |", costs[0].steps[i].0);
    }
    let cells: String = costs.iter().map(|c| format!(" {:.0} MB |", c.bytes as f64 / 1e6)).collect();
    println!(
        "| memory of events |{cells} {} |",
        times(costs[0].bytes as f64, costs[costs.len() - 1].bytes as f64)
    );
    println!("\nPageRank of 1,000,000 edges between 120,000 nodes: {:.3} s", million_edges());
    Ok(())
}
