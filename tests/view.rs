//! What is drawn: the limits hold, and what is cut is said.

use logonscope::analysis::Analysis;
use logonscope::graph::{Focus, Include, Limits, Mode, Node, view};
use logonscope::input::Reader;
use logonscope::store::Store;
use std::collections::BTreeSet;

fn analysis() -> Analysis {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/sample/Security.evtx");
    let log = std::fs::read(path).expect("the sample is part of the project");
    let mut reader = Reader::new(0);
    reader.push(&log, 0);
    reader.finish(true);
    let mut store = Store::default();
    store.append(reader.take());
    Analysis::of(&store, Include::default())
}

const MODES: [Mode; 4] = [Mode::Both, Mode::Source, Mode::Target, Mode::Hosts];

#[test]
fn everything_is_drawn_where_it_fits() {
    let a = analysis();
    for mode in MODES {
        let v = view(&a.logons, &a.ranks, &[], mode, None, Limits { nodes: 3000, edges: 10_000 });
        assert_eq!((v.nodes.len(), v.links.len()), (v.total_nodes, v.total_links), "{mode:?}");
        let nodes: BTreeSet<Node> = v.nodes.iter().map(|n| n.node).collect();
        assert!(v.links.iter().all(|((a, b), _)| nodes.contains(a) && nodes.contains(b)));
        assert!(v.nodes.iter().all(|n| n.at.x.is_finite() && n.at.y.is_finite()));
        if mode == Mode::Hosts {
            assert!(
                v.links.iter().all(|((a, b), _)| a != b && matches!((a, b), (Node::Host(_), Node::Host(_))))
            );
        }
    }
    // Every logon is on a line, once as to and once as from unless it stayed on its host.
    let to = view(&a.logons, &a.ranks, &[], Mode::Target, None, Limits { nodes: 3000, edges: 10_000 });
    assert_eq!(to.links.iter().map(|(_, l)| l.count).sum::<u64>(), a.logons.drawn());
}

#[test]
fn limits_hold_and_totals_stay() {
    let a = analysis();
    let all = view(&a.logons, &a.ranks, &[], Mode::Both, None, Limits { nodes: 3000, edges: 10_000 });
    for (nodes, edges) in [(0, 0), (1, 5), (10, 1000), (1000, 30), (20, 12)] {
        let v = view(&a.logons, &a.ranks, &[], Mode::Both, None, Limits { nodes, edges });
        assert!(v.nodes.len() <= nodes && v.links.len() <= edges);
        assert_eq!((v.total_nodes, v.total_links), (all.total_nodes, all.total_links));
    }
    // With room for few lines, those that fail take a third, not all.
    let v = view(&a.logons, &a.ranks, &[], Mode::Both, None, Limits { nodes: 1000, edges: 30 });
    let failing = v.links.iter().filter(|(_, l)| l.failures * 10 >= l.count && l.failures > 0).count();
    assert!((10..20).contains(&failing), "{failing} of 30 lines fail");
}

#[test]
fn the_focus_is_drawn_with_its_neighbours_alone() {
    let a = analysis();
    let node = a.ranks.accounts()[0];
    let limits = Limits { nodes: 3000, edges: 10_000 };
    let v = view(&a.logons, &a.ranks, &[], Mode::Both, Some(Focus { node, hops: 1 }), limits);
    let near: BTreeSet<Node> = v.links.iter().flat_map(|((a, b), _)| [*a, *b]).collect();
    assert!(near.contains(&node));
    let of = |n: Node| v.links.iter().any(|((a, b), _)| (*a == n && *b == node) || (*b == n && *a == node));
    assert!(near.iter().all(|n| *n == node || of(*n)));
    let tight = view(
        &a.logons,
        &a.ranks,
        &[],
        Mode::Both,
        Some(Focus { node, hops: 1 }),
        Limits { nodes: 3, edges: 9 },
    );
    assert!(tight.nodes.iter().any(|n| n.node == node), "the node in focus is never cut");
}
