//! PageRank against networkx, on the random graphs of `tests/golden/pagerank.json`.

use logonscope::score::{PageRank, pagerank};
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
