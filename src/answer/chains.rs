//! Lateral chains in words.

use crate::analysis::Analysis;
use crate::event::time;
use crate::graph::Node;
use serde::Serialize;

#[derive(Clone, Debug, Serialize)]
pub struct ChainRow {
    /// The sum of what is new on its hops and of the changes of credentials.
    pub weight: f64,
    pub first: f64,
    pub last: f64,
    pub switches: usize,
    pub hops: Vec<HopRow>,
}

#[derive(Clone, Debug, Serialize)]
pub struct HopRow {
    /// Row of the store that shows it.
    pub row: u32,
    pub time: f64,
    pub account: String,
    #[serde(rename = "accountNode")]
    pub account_node: String,
    pub source: String,
    #[serde(rename = "sourceNode")]
    pub source_node: String,
    pub target: String,
    #[serde(rename = "targetNode")]
    pub target_node: String,
    /// Another account than on the hop before.
    pub switched: bool,
    /// First seen within the last day: `source`, `target`, `way`.
    pub new: Vec<&'static str>,
}

/// All chains, heaviest first.
pub fn chains(analysis: &Analysis) -> Vec<ChainRow> {
    let account = |n| analysis.identity.accounts.get(n).map(|a| a.full()).unwrap_or_default();
    let host = |n| analysis.identity.hosts.get(n).map(|h| h.short().to_owned()).unwrap_or_default();
    let hop = |h: &crate::suspicion::ChainHop| HopRow {
        row: h.row,
        time: time::millis(h.time),
        account: account(h.account),
        account_node: Node::Account(h.account).id(),
        source: host(h.source),
        source_node: Node::Host(h.source).id(),
        target: host(h.target),
        target_node: Node::Host(h.target).id(),
        switched: h.switched,
        new: [(h.new_source, "source"), (h.new_target, "target"), (h.new_way, "way")]
            .into_iter()
            .filter(|n| n.0)
            .map(|n| n.1)
            .collect(),
    };
    let chain = |c: &crate::suspicion::Chain| ChainRow {
        weight: c.weight,
        first: c.hops.first().map_or(0.0, |h| time::millis(h.time)),
        last: c.hops.last().map_or(0.0, |h| time::millis(h.time)),
        switches: c.switches(),
        hops: c.hops.iter().map(hop).collect(),
    };
    analysis.chains.iter().map(chain).collect()
}
