//! The part of the graph that is drawn.

use crate::analysis::Analysis;
use crate::event::time;
use crate::graph::{Focus, Limits, Mode, Node, Point, view};
use crate::store::Store;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GraphOptions {
    pub mode: String,
    #[serde(default)]
    pub include: Vec<String>,
    pub max_nodes: usize,
    pub max_edges: usize,
    #[serde(default)]
    pub focus: Option<FocusOn>,
    /// Drawn whatever their rank: what the user looks at.
    #[serde(default)]
    pub first: Vec<String>,
}

#[derive(Clone, Debug, Deserialize)]
pub struct FocusOn {
    pub node: String,
    pub hops: u32,
}

#[derive(Clone, Debug, Serialize)]
pub struct GraphNode {
    pub id: String,
    pub kind: &'static str,
    pub sub: &'static str,
    pub label: String,
    pub full: String,
    pub privileged: bool,
    pub rank: f64,
    pub place: u32,
    /// Points, and 1 for the most suspicious of its kind; 0 where nothing speaks against it.
    pub suspicion: f64,
    #[serde(rename = "suspicionPlace")]
    pub suspicion_place: usize,
    pub events: u64,
    pub failures: u64,
    pub x: f64,
    pub y: f64,
    pub community: u32,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct GraphEdge {
    pub id: String,
    pub source: String,
    pub target: String,
    pub count: u64,
    pub failures: u64,
    pub first: f64,
    pub last: f64,
    pub event_ids: Vec<u16>,
    pub logon_types: Vec<u8>,
    pub packages: Vec<String>,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct GraphView {
    pub nodes: Vec<GraphNode>,
    pub edges: Vec<GraphEdge>,
    pub shown_nodes: usize,
    pub total_nodes: usize,
    pub shown_edges: usize,
    pub total_edges: usize,
    pub mode: &'static str,
}

pub fn graph(store: &Store, analysis: &Analysis, options: &GraphOptions) -> GraphView {
    let mode = Mode::from_name(&options.mode).unwrap_or_default();
    let focus =
        options.focus.as_ref().and_then(|f| Some(Focus { node: Node::from_id(&f.node)?, hops: f.hops }));
    let limits = Limits { nodes: options.max_nodes, edges: options.max_edges };
    let mut first: Vec<Node> = options.first.iter().filter_map(|id| Node::from_id(id)).collect();
    for node in suspects(analysis, limits.nodes / 4) {
        if !first.contains(&node) {
            first.push(node);
        }
    }
    let v = view(&analysis.logons, &analysis.ranks, &first, mode, focus, limits);
    let edges = v.links.iter().map(|((a, b), link)| {
        let (source, target) = (a.id(), b.id());
        let mut packages: Vec<String> = link
            .packages
            .iter()
            .map(|&p| store.tables.strings.get(p).to_owned())
            .filter(|p| !matches!(p.as_str(), "" | "-"))
            .collect();
        packages.sort();
        GraphEdge {
            id: format!("{source}-{target}"),
            source,
            target,
            count: link.count,
            failures: link.failures,
            first: time::millis(link.first),
            last: time::millis(link.last),
            event_ids: link.event_ids.iter().copied().collect(),
            logon_types: link.logon_types.iter().copied().collect(),
            packages,
        }
    });
    GraphView {
        edges: edges.collect(),
        nodes: v.nodes.iter().map(|n| node(analysis, n.node, n.at, n.community)).collect(),
        shown_nodes: v.nodes.len(),
        total_nodes: v.total_nodes,
        shown_edges: v.links.len(),
        total_edges: v.total_links,
        mode: mode.name(),
    }
}

pub(super) fn node(analysis: &Analysis, node: Node, at: Point, community: u32) -> GraphNode {
    let (kind, sub) = super::kinds(analysis, node);
    let (label, full) = super::names(analysis, node);
    let rank = analysis.ranks.get(node);
    let activity = analysis.activity(node);
    GraphNode {
        id: node.id(),
        kind,
        sub,
        label,
        full,
        privileged: super::is_privileged(analysis, node),
        rank: rank.map_or(0.0, |r| r.scaled),
        place: rank.map_or(0, |r| r.place),
        suspicion: analysis.suspicion.node(node).map_or(0.0, |s| s.points()),
        suspicion_place: analysis.suspicion.place(node).unwrap_or(0),
        events: activity.events,
        failures: activity.failures,
        x: at.x,
        y: at.y,
        community,
    }
}

/// The most suspicious nodes, accounts and hosts in turn: they are drawn whatever their rank.
fn suspects(analysis: &Analysis, most: usize) -> Vec<Node> {
    let half = most.div_ceil(2);
    let (accounts, hosts) = (analysis.suspicion.accounts(), analysis.suspicion.hosts());
    accounts.iter().take(half).chain(hosts.iter().take(half)).copied().collect()
}
