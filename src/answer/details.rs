//! Everything about one account or host.

use super::Reason;
use super::graph::{GraphNode, node as graph_node};
use super::overview::{EventCount, count_by_id};
use crate::analysis::Analysis;
use crate::event::{logon_type, status, time};
use crate::graph::{Node, Point};
use crate::store::{Row, Store};
use serde::Serialize;
use std::collections::BTreeMap;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NodeDetails {
    pub node: GraphNode,
    pub sid: Option<String>,
    pub aliases: Vec<String>,
    /// What its suspicion is made of, largest first.
    pub reasons: Vec<Reason>,
    pub first: f64,
    pub last: f64,
    pub events_by_id: Vec<EventCount>,
    pub logon_types: Vec<TypeCount>,
    pub packages: Vec<NameCount>,
    pub failures: Vec<FailureCount>,
    pub neighbours: Vec<Neighbour>,
    pub more_neighbours: usize,
    pub hours: Vec<u64>,
    pub series: Vec<u64>,
    pub bucket_ms: f64,
    pub bucket_start: f64,
}

#[derive(Serialize)]
pub struct TypeCount {
    #[serde(rename = "type")]
    pub logon_type: u8,
    pub name: &'static str,
    pub count: u64,
}

#[derive(Serialize)]
pub struct NameCount {
    pub name: String,
    pub count: u64,
}

#[derive(Serialize)]
pub struct FailureCount {
    pub status: String,
    pub text: &'static str,
    pub count: u64,
}

#[derive(Serialize)]
pub struct Neighbour {
    pub id: String,
    pub kind: &'static str,
    pub label: String,
    /// An account came `from` a host and went `to` one; a host was reached `as` an account, `from` and `to` hosts.
    pub direction: &'static str,
    pub count: u64,
    pub first: f64,
    pub last: f64,
}

const NEIGHBOURS: usize = 50;
/// Points of the sparkline.
const BUCKETS: i64 = 60;

/// What the events of `node` say; `None` for a node that is not there. Linear in events.
pub fn details(store: &Store, analysis: &Analysis, node: Node) -> Option<NodeDetails> {
    let (sid, aliases) = match node {
        Node::Account(n) => {
            let a = analysis.identity.accounts.get(n)?;
            (a.sid.clone(), a.aliases.iter().cloned().collect())
        }
        Node::Host(n) => {
            let h = analysis.identity.hosts.get(n)?;
            let addresses = h.addresses.iter().map(ToString::to_string).filter(|a| *a != h.name);
            (None, h.aliases.iter().cloned().chain(addresses).collect())
        }
    };
    let (first, last) = store.span().unwrap_or_default();
    let bucket = ((last - first) / BUCKETS + 1).max(time::TICKS_PER_SECOND);
    let mut d = Counts { series: vec![0; BUCKETS as usize], ..Counts::default() };
    for row in store.rows() {
        let way = analysis.identity.way(store, &row);
        let is_ours = match node {
            Node::Account(n) => analysis.identity.account(&row) == n,
            Node::Host(n) => way.source == n || way.target == n,
        };
        if is_ours {
            d.add(&row, ((row.time - first) / bucket) as usize);
        }
    }
    let (neighbours, more_neighbours) = neighbours(analysis, node);
    let activity = analysis.activity(node);
    let mut packages: Vec<NameCount> = d
        .packages
        .iter()
        .map(|(&p, &count)| NameCount { name: store.tables.strings.get(p).to_owned(), count })
        .filter(|p| !matches!(p.name.as_str(), "" | "-"))
        .collect();
    packages.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.name.cmp(&b.name)));
    let mut failures: Vec<FailureCount> = d
        .failures
        .iter()
        .map(|(&(id, s), &count)| FailureCount {
            status: status::format(id, s),
            text: status::text(id, s),
            count,
        })
        .collect();
    failures.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.status.cmp(&b.status)));
    Some(NodeDetails {
        node: graph_node(analysis, node, Point::default(), 0),
        sid,
        aliases,
        reasons: super::reasons(analysis, analysis.suspicion.node(node)),
        first: time::millis(activity.first),
        last: time::millis(activity.last),
        events_by_id: count_by_id(d.ids.iter().copied()),
        logon_types: d
            .types
            .iter()
            .map(|(&t, &count)| TypeCount { logon_type: t, name: logon_type::name(t), count })
            .collect(),
        packages,
        failures,
        neighbours,
        more_neighbours,
        hours: d.hours.to_vec(),
        series: d.series,
        bucket_ms: (bucket / 10_000) as f64,
        bucket_start: time::millis(first),
    })
}

#[derive(Default)]
struct Counts {
    ids: Vec<u16>,
    types: BTreeMap<u8, u64>,
    packages: BTreeMap<u32, u64>,
    /// By event id (only whether Kerberos matters) and reason.
    failures: BTreeMap<(u16, u32), u64>,
    hours: [u64; 24],
    series: Vec<u64>,
}

impl Counts {
    fn add(&mut self, row: &Row, bucket: usize) {
        self.ids.push(row.event_id);
        if let Some(t) = row.logon_type() {
            *self.types.entry(t).or_default() += 1;
        }
        *self.packages.entry(row.package).or_default() += 1;
        if let Some(reason) = row.reason().filter(|_| row.is_failure()) {
            let scheme = if status::is_kerberos(row.event_id) { 4771 } else { 4625 };
            *self.failures.entry((scheme, reason)).or_default() += 1;
        }
        let hour = row.time.div_euclid(time::TICKS_PER_HOUR).rem_euclid(24);
        self.hours[hour as usize] += 1;
        if let Some(n) = self.series.get_mut(bucket) {
            *n += 1;
        }
    }
}

/// Who and what the edges join the node with, busiest first, and how many more there are.
fn neighbours(analysis: &Analysis, node: Node) -> (Vec<Neighbour>, usize) {
    let mut found: BTreeMap<(Node, &'static str), (u64, i64, i64)> = BTreeMap::new();
    let mut add = |other: Node, direction, e: &crate::graph::Edge| {
        let n = found.entry((other, direction)).or_insert((0, e.first, e.last));
        *n = (n.0 + e.count, n.1.min(e.first), n.2.max(e.last));
    };
    for e in &analysis.logons.edges {
        match node {
            Node::Account(a) if e.account == a => {
                add(Node::Host(e.source), "from", e);
                add(Node::Host(e.target), "to", e);
            }
            Node::Host(h) if e.source == h || e.target == h => {
                add(Node::Account(e.account), "as", e);
                if e.source != h {
                    add(Node::Host(e.source), "from", e);
                }
                if e.target != h {
                    add(Node::Host(e.target), "to", e);
                }
            }
            _ => {}
        }
    }
    let mut all: Vec<_> = found.into_iter().collect();
    all.sort_by_key(|(key, (count, ..))| (std::cmp::Reverse(*count), *key));
    let more = all.len().saturating_sub(NEIGHBOURS);
    let listed =
        all.into_iter().take(NEIGHBOURS).map(|((other, direction), (count, first, last))| Neighbour {
            id: other.id(),
            kind: super::kinds(analysis, other).0,
            label: super::names(analysis, other).1,
            direction,
            count,
            first: time::millis(first),
            last: time::millis(last),
        });
    (listed.collect(), more)
}
