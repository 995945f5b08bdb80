//! Ways through the network: the shortest in time, what can be reached, from where, and the privileged accounts nearby.

use super::evidence::{Evidence, NodeName, evidence, named};
use crate::analysis::Analysis;
use crate::event::time;
use crate::graph::{self, Hops, Node, Period, Reading, Start, Step};
use crate::store::Store;
use serde::{Deserialize, Serialize};

/// Events listed per step; the rest is counted.
const EVIDENCE: usize = 10;

/// Times in milliseconds; `None` for no limit. `to` is past the end.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Span {
    pub from: Option<f64>,
    pub to: Option<f64>,
}

impl Span {
    pub(super) fn period(self) -> Period {
        // `as` saturates: an absurd time is the end of time.
        let ticks = |ms: f64| (ms * 10_000.0) as i64;
        let all = Period::ALWAYS;
        Period { from: self.from.map_or(all.from, ticks), to: self.to.map_or(all.to, ticks) }
    }
}

/// From one node to another.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PathQuery {
    pub from: String,
    pub to: String,
    #[serde(default)]
    pub span: Span,
}

/// What can be reached from an account, a host or an account on a host, or, with `back`, from where that account or host can be reached.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ReachQuery {
    #[serde(default)]
    pub account: Option<String>,
    #[serde(default)]
    pub host: Option<String>,
    #[serde(default)]
    pub back: bool,
    /// `strict` (also where it is nothing known) or `exposed`: see [`Reading`].
    #[serde(default)]
    pub reading: String,
    #[serde(default)]
    pub span: Span,
    /// So many nodes are listed.
    pub limit: usize,
    /// The way to (with `back`: from) this node is told step by step.
    #[serde(default)]
    pub way: Option<String>,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Path {
    /// Whether there is one; a path of no steps is one from a node to itself.
    pub found: bool,
    /// Moves from host to host.
    pub moves: usize,
    pub start: Option<f64>,
    pub end: Option<f64>,
    pub steps: Vec<PathStep>,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PathStep {
    /// `move`: from source to target. `used`: the account is in use on the source on its way to the target. `exposed`: it lies open on the source.
    pub kind: &'static str,
    pub time: f64,
    pub account: NodeName,
    /// The account of the step before, where it is another: a credential switch.
    pub switched_from: Option<NodeName>,
    pub source: NodeName,
    pub target: NodeName,
    /// How a hop shows (see [`crate::graph::Means`]); empty for an exposure.
    pub means: &'static str,
    /// Strongest first.
    pub evidence: Vec<Evidence>,
    pub more_evidence: usize,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Reached {
    pub reading: &'static str,
    pub back: bool,
    /// How many there are besides what was asked about.
    pub accounts: usize,
    pub hosts: usize,
    /// Earliest first; with `back` latest first.
    pub nodes: Vec<ReachedNode>,
    pub way: Option<Path>,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ReachedNode {
    pub node: NodeName,
    /// When it was reached at the earliest; with `back`, when it had to be left at the latest.
    pub time: f64,
    /// The step it was reached or left by.
    pub by: Option<PathStep>,
}

/// The shortest path through time; `None` where an id is no node.
pub fn path(store: &Store, analysis: &Analysis, hops: &Hops, q: &PathQuery) -> Option<Path> {
    let (from, to) = (known(analysis, &q.from)?, known(analysis, &q.to)?);
    let steps = graph::shortest(hops, from, to, q.span.period(), analysis.include);
    Some(told(store, analysis, hops, steps, account(from)))
}

/// What can be reached or from where; `None` where no node is named, or one that is not there. Going back, `host` counts before `account`.
pub fn reach(store: &Store, analysis: &Analysis, hops: &Hops, q: &ReachQuery) -> Option<Reached> {
    let node = |id: &Option<String>| id.as_deref().map(|id| known(analysis, id).ok_or(())).transpose().ok();
    let start = match (node(&q.account)?, node(&q.host)?) {
        (Some(Node::Account(account)), Some(Node::Host(host))) => Start::On { account, host },
        (Some(Node::Account(account)), None) => Start::Account(account),
        (None, Some(Node::Host(host))) => Start::Host(host),
        _ => return None,
    };
    let reading = Reading::from_name(&q.reading).unwrap_or_default();
    let (period, include) = (q.span.period(), analysis.include);
    let way = q.way.as_deref().and_then(|id| known(analysis, id));
    let (all, steps): (Vec<(Node, i64, Step)>, _) = if q.back {
        let goal = start.host().map(Node::Host).or(start.account().map(Node::Account))?;
        let origins = graph::origins(hops, goal, period, reading, include);
        let all = origins.all().into_iter().filter_map(|(n, d)| Some((n, d.time, d.by?))).collect();
        (all, way.map(|n| origins.steps(hops, n)))
    } else {
        let reach = graph::reach(hops, start, period, reading, include);
        let all = reach.all().into_iter().filter_map(|(n, a)| Some((n, a.time, a.by?))).collect();
        (all, way.map(|n| reach.steps(hops, n)))
    };
    let hosts = all.iter().filter(|(n, ..)| matches!(n, Node::Host(_))).count();
    let first = if q.back { way.and_then(account) } else { start.account() };
    Some(Reached {
        reading: reading.name(),
        back: q.back,
        accounts: all.len() - hosts,
        hosts,
        nodes: all
            .iter()
            .take(q.limit)
            .map(|&(n, t, step)| ReachedNode {
                node: named(analysis, n),
                time: time::millis(t),
                by: step_told(store, analysis, hops, step, None),
            })
            .collect(),
        way: steps.map(|steps| told(store, analysis, hops, steps, first)),
    })
}

/// The node of an id, if the log has it.
pub(super) fn known(analysis: &Analysis, id: &str) -> Option<Node> {
    let node = Node::from_id(id)?;
    match node {
        Node::Account(n) => analysis.identity.accounts.get(n).map(|_| node),
        Node::Host(n) => analysis.identity.hosts.get(n).map(|_| node),
    }
}

fn account(node: Node) -> Option<u32> {
    match node {
        Node::Account(n) => Some(n),
        Node::Host(_) => None,
    }
}

/// The steps in words; `account` is the one in hand before the first.
fn told(
    store: &Store,
    analysis: &Analysis,
    hops: &Hops,
    steps: Option<Vec<Step>>,
    mut account: Option<u32>,
) -> Path {
    let found = steps.is_some();
    let steps = steps.unwrap_or_default();
    let time = |step: Option<&Step>| step.and_then(|s| s.time(hops)).map(time::millis);
    let (start, end) = (time(steps.first()), time(steps.last()));
    let moves = steps.iter().filter(|s| matches!(s, Step::Move(_))).count();
    let tell = |&step: &Step| {
        let told = step_told(store, analysis, hops, step, account);
        account = match step {
            Step::Move(n) | Step::Used(n) => hops.all.get(n as usize).map(|h| h.account),
            Step::Exposed(n) => hops.exposures.get(n as usize).map(|x| x.account),
        };
        told
    };
    let told = steps.iter().filter_map(tell).collect();
    Path { found, moves, start, end, steps: told }
}

fn step_told(
    store: &Store,
    analysis: &Analysis,
    hops: &Hops,
    step: Step,
    before: Option<u32>,
) -> Option<PathStep> {
    let (kind, at, account, source, target, means, rows) = match step {
        Step::Move(n) | Step::Used(n) => {
            let hop = hops.all.get(n as usize)?;
            let kind = if matches!(step, Step::Move(_)) { "move" } else { "used" };
            (kind, hop.time, hop.account, hop.source, hop.target, hop.means.name(), hops.evidence(n))
        }
        Step::Exposed(n) => {
            let x = hops.exposures.get(n as usize)?;
            ("exposed", x.time, x.account, x.host, x.host, "", std::slice::from_ref(&x.row))
        }
    };
    Some(PathStep {
        kind,
        time: time::millis(at),
        account: named(analysis, Node::Account(account)),
        switched_from: before.filter(|b| *b != account).map(|b| named(analysis, Node::Account(b))),
        source: named(analysis, Node::Host(source)),
        target: named(analysis, Node::Host(target)),
        means,
        evidence: rows.iter().take(EVIDENCE).filter_map(|&row| evidence(store, row)).collect(),
        more_evidence: rows.len().saturating_sub(EVIDENCE),
    })
}
