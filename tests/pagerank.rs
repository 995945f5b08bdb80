//! PageRank against networkx, on the random graphs of `tests/golden/pagerank.json`.

use logonscope::graph::{Edge, Network, Node};
use logonscope::score::{PageRank, Ranks, pagerank};
use proptest::{collection, prelude::*};
use serde_json::Value;

#[test]
fn the_same_ranks_as_networkx() {
    let cases: Vec<Value> = serde_json::from_str(include_str!("golden/pagerank.json")).expect("JSON");
    assert!(cases.len() > 50);
    for (i, case) in cases.iter().enumerate() {
        let numbers = |v: &Value| -> Vec<f64> {
            v.as_array().into_iter().flatten().filter_map(Value::as_f64).collect()
        };
        let arrows: Vec<(usize, usize, f64)> = case["arrows"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|a| {
                (
                    a[0].as_u64().unwrap_or(0) as usize,
                    a[1].as_u64().unwrap_or(0) as usize,
                    a[2].as_f64().unwrap_or(0.0),
                )
            })
            .collect();
        let settings = PageRank {
            damping: case["alpha"].as_f64().expect("alpha"),
            tolerance: case["tol"].as_f64().expect("tol"),
            rounds: 1000,
            restart: case["restart"].as_array().map(|_| numbers(&case["restart"])),
            start: None,
        };
        let nodes = case["nodes"].as_u64().expect("nodes") as usize;
        let ours = pagerank(nodes, &arrows, &settings);
        let theirs = numbers(&case["ranks"]);
        assert_eq!(ours.len(), theirs.len());
        let worst = ours.iter().zip(&theirs).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        assert!(worst < 1e-8, "case {i} ({nodes} nodes): off by {worst}");
        assert!((ours.iter().sum::<f64>() - 1.0).abs() < 1e-9, "case {i}: the ranks do not add up to 1");
    }
}

#[test]
fn odd_input_is_no_trouble() {
    let default = PageRank::default();
    assert!(pagerank(0, &[(0, 0, 1.0)], &default).is_empty());
    // Arrows from nowhere, and weights that are none, are left out.
    let ranks = pagerank(2, &[(0, 9, 1.0), (0, 1, f64::NAN), (1, 0, -3.0)], &default);
    assert_eq!(ranks, [0.5, 0.5]);
    // A restart vector of nothing is an even one.
    let nothing = PageRank { restart: Some(vec![0.0, f64::NAN]), ..default };
    assert_eq!(pagerank(2, &[], &nothing), [0.5, 0.5]);
}

/// Nodes, arrows, and a weight for some nodes.
fn any_graph() -> impl Strategy<Value = (usize, Vec<(usize, usize, f64)>, Vec<f64>)> {
    (1usize..30).prop_flat_map(|nodes| {
        let arrow = (0..nodes, 0..nodes, 0.0..5.0);
        let weight = prop_oneof![3 => Just(0.0), 1 => 0.1..9.0];
        (Just(nodes), collection::vec(arrow, 0..60), collection::vec(weight, nodes))
    })
}

/// What the arrows lead to from the marked nodes.
fn reached(arrows: &[(usize, usize, f64)], marked: &[f64]) -> Vec<bool> {
    let mut reached: Vec<bool> = marked.iter().map(|w| *w > 0.0).collect();
    for _ in 0..marked.len() {
        for &(a, b, _) in arrows.iter().filter(|(.., w)| *w > 0.0) {
            reached[b] |= reached[a];
        }
    }
    reached
}

proptest! {
    #[test]
    fn ranks_add_up_to_one((nodes, arrows, weights) in any_graph(), damping in 0.0..1.0, rounds in 0usize..100) {
        for restart in [None, Some(weights)] {
            let settings = PageRank { damping, rounds, restart, ..PageRank::default() };
            let ranks = pagerank(nodes, &arrows, &settings);
            prop_assert!((ranks.iter().sum::<f64>() - 1.0).abs() < 1e-9);
            prop_assert!(ranks.iter().all(|r| *r >= 0.0));
        }
    }

    #[test]
    fn what_cannot_be_reached_has_no_rank((nodes, arrows, weights) in any_graph()) {
        prop_assume!(weights.iter().any(|w| *w > 0.0));
        let (restart, start) = (Some(weights.clone()), Some(weights.clone()));
        let ranks = pagerank(nodes, &arrows, &PageRank { restart, start, ..PageRank::default() });
        for (rank, reached) in ranks.iter().zip(reached(&arrows, &weights)) {
            prop_assert_eq!(*rank > 0.0, reached);
        }
    }
}

#[test]
fn ranks_by_nearness_to_marked_nodes() {
    let edge = |account, source, target| Edge {
        account,
        source,
        target,
        event_id: 4624,
        logon_type: Some(3),
        package: 0,
        status: None,
        failure: false,
        count: 1,
        first: 0,
        last: 0,
    };
    // a0 – h0 – a1 – h1 – a2, and apart from them a3 – h2.
    let network = Network::build(&[edge(0, 0, 0), edge(1, 0, 1), edge(2, 1, 1), edge(3, 2, 2)]);
    let (a, h) = (Node::Account, Node::Host);
    let near = |marked: &[(Node, f64)]| Ranks::personalised(&network, &PageRank::default(), marked);
    let ranks = near(&[(a(0), 2.0), (h(77), 1.0)]).expect("a0 is in the network");
    let value = |n| ranks.get(n).expect("a rank").value;
    assert!(value(h(0)) > value(h(1)) && value(a(1)) > value(a(2)));
    assert_eq!((value(a(3)), value(h(2))), (0.0, 0.0));
    assert!(
        (ranks.accounts().iter().chain(ranks.hosts()).map(|n| value(*n)).sum::<f64>() - 1.0).abs() < 1e-9
    );
    // Marked twice is marked with both weights.
    let twice = near(&[(a(0), 1.0), (a(3), 1.0), (a(0), 1.0)]).expect("marks");
    let once = near(&[(a(3), 1.0), (a(0), 2.0)]).expect("marks");
    assert_eq!(twice.get(a(1)), once.get(a(1)));
    assert!(near(&[]).is_none() && near(&[(h(77), 1.0), (a(0), -1.0), (a(1), f64::NAN)]).is_none());
}
