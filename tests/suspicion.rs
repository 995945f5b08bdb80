//! Suspicion on the shipped sample and on small made stores: it points at the intruder, and every point can be traced.

mod common;

use common::said::{Said, analyse, event};
use logonscope::analysis::Analysis;
use logonscope::detect::Settings;
use logonscope::export;
use logonscope::graph::{Include, Node};
use logonscope::input::Reader;
use logonscope::store::Store;
use logonscope::suspicion::{Signal, why};

const LOG: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/sample/Security.evtx");

/// The sample, read in pieces of so many bytes, the batches appended in an order.
fn sample(pieces: usize, backwards: bool) -> Store {
    let bytes = std::fs::read(LOG).expect("the sample is part of the project");
    let head = 4096;
    let chunks = (bytes.len() - head) / 65_536;
    let each = chunks.div_ceil(pieces) * 65_536;
    let mut batches = Vec::new();
    for i in 0..pieces {
        let from = if i == 0 { 0 } else { head + i * each };
        let to = (head + (i + 1) * each).min(bytes.len());
        if from >= to {
            continue;
        }
        let mut reader = Reader::new(0);
        reader.push(&bytes[from..to], from as u64);
        reader.finish(to == bytes.len());
        batches.push(reader.take());
    }
    if backwards {
        batches.reverse();
    }
    let mut store = Store::default();
    store.file(0).name = "Security.evtx".into();
    batches.into_iter().for_each(|b| store.append(b));
    store
}

fn name(a: &Analysis, node: Node) -> String {
    match node {
        Node::Account(n) => a.identity.accounts.get(n).map(|a| a.name.clone()),
        Node::Host(n) => a.identity.hosts.get(n).map(|h| h.short().to_owned()),
    }
    .unwrap_or_default()
}

#[test]
fn the_samples_intruder_comes_first() {
    let store = sample(1, false);
    let a = Analysis::of(&store, Include::default());
    let first: Vec<String> = a.suspicion.accounts().iter().take(5).map(|n| name(&a, *n)).collect();
    // The story of sample/README.md: he comes in as emil.ebner, goes on as adm-anna.adler, and forges svc_helpdesk7.
    for wanted in ["emil.ebner", "adm-anna.adler", "svc_helpdesk7"] {
        assert!(first.iter().any(|n| n == wanted), "{wanted} is not among {first:?}");
    }
    assert_eq!(name(&a, a.suspicion.hosts()[0]), "rds01", "his foothold is the terminal server");
    let chain = a.chains.iter().find(|c| c.hops.len() >= 4).expect("he moved over four hosts");
    assert!(chain.switches() >= 2);
}

#[test]
fn a_score_is_the_sum_of_its_contributions_and_each_opens_to_records() {
    let store = sample(1, false);
    let a = Analysis::of(&store, Include::default());
    let s = &a.suspicion;
    let scores = s.accounts().iter().chain(s.hosts()).filter_map(|n| s.node(*n));
    let mut seen = 0;
    for score in scores.chain(s.edges().map(|(_, score)| score)) {
        seen += 1;
        assert_eq!(score.value(), score.contributions.iter().map(|c| c.value).sum::<u32>());
        for c in &score.contributions {
            assert!(c.value > 0 && f64::from(c.value) <= c.signal.most() * 100.0, "{:?}", c.signal);
            assert!(!c.observations.is_empty());
            for n in &c.observations {
                let o = &s.observations[*n as usize];
                assert_eq!(o.signal, c.signal);
                assert!(!o.rows.is_empty() && o.total >= o.rows.len() as u64, "{o:?} has no record");
                assert!(o.rows.iter().all(|r| (*r as usize) < store.len()));
                assert!(why(&a.identity, o).ends_with('.'), "{}", why(&a.identity, o));
            }
        }
    }
    assert!(seen > 100, "only {seen} scores");
    // In the document the same, with two decimals.
    let document = export::json(&store, &a, &a.detect(&store, &Settings::default()));
    for kind in ["accounts", "hosts", "edges"] {
        for one in document[kind].as_array().expect("a list") {
            let list = one["contributions"].as_array().expect("a list");
            let sum: f64 = list.iter().filter_map(|c| c["value"].as_f64()).sum();
            assert!((one["suspicion"].as_f64().expect("a number") - sum).abs() < 1e-6, "{one}");
            assert!(list.iter().all(|c| !c["records"].as_array().expect("a list").is_empty()), "{one}");
        }
    }
}

#[test]
fn neither_the_order_nor_the_number_of_batches_shows() {
    let whole = sample(1, false);
    let document = |store: &Store| {
        let analysis = Analysis::of(store, Include::default());
        let detections = analysis.detect(store, &Settings::default());
        export::json(store, &analysis, &detections)
    };
    let wanted = document(&whole);
    for (pieces, backwards) in [(3, false), (3, true), (7, true)] {
        let store = sample(pieces, backwards);
        let found = document(&store);
        for key in ["accounts", "hosts", "edges", "chains", "sessions", "coverage"] {
            assert_eq!(found[key], wanted[key], "{key} with {pieces} pieces, backwards: {backwards}");
        }
    }
}

/// A fortnight in which alice works on her own machine every day.
fn fortnight() -> Vec<Said<'static>> {
    (0..14)
        .flat_map(|day| {
            let minute = Some(day * 1440 + 540);
            let who = ("S-1-5-21-1-2-3-1104", "CORP", "alice");
            let other = ("S-1-5-21-1-2-3-1105", "CORP", "bob");
            [
                Said {
                    id: 4624,
                    minute,
                    who,
                    computer: "FS1",
                    address: "10.0.0.1",
                    logon_type: 3,
                    ..event(4624)
                },
                Said {
                    id: 4624,
                    minute,
                    who: other,
                    computer: "FS1",
                    address: "10.0.0.2",
                    logon_type: 3,
                    ..event(4624)
                },
            ]
        })
        .collect()
}

#[test]
fn a_habit_is_no_news_and_a_first_time_is() {
    let (_, quiet) = analyse(&fortnight());
    let new =
        |a: &Analysis, signal: Signal| a.suspicion.observations.iter().filter(|o| o.signal == signal).count();
    assert_eq!(new(&quiet, Signal::NewSource) + new(&quiet, Signal::NewTarget), 0);
    let mut said = fortnight();
    let minute = Some(14 * 1440 + 540);
    let who = ("S-1-5-21-1-2-3-1104", "CORP", "alice");
    said.push(Said {
        id: 4624,
        minute,
        who,
        computer: "HR9",
        address: "10.0.0.9",
        logon_type: 3,
        ..event(4624)
    });
    let (_, loud) = analyse(&said);
    assert_eq!((new(&loud, Signal::NewSource), new(&loud, Signal::NewTarget)), (1, 1));
    assert_eq!(name(&loud, loud.suspicion.accounts()[0]), "alice");
}

#[test]
fn nothing_at_all_is_not_suspicious() {
    let a = Analysis::of(&Store::default(), Include::default());
    assert!(a.suspicion.accounts().is_empty() && a.suspicion.hosts().is_empty() && a.chains.is_empty());
}
