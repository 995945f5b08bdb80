//! Answers to the page's questions, as plain data ready to be handed over (`www/engine/protocol.ts` describes the shapes).
//!
//! Times are milliseconds since 1970 UTC.

mod chains;
mod details;
mod diff;
mod events;
mod evidence;
mod findings;
mod graph;
mod nearest;
mod overview;
mod paths;
mod ranked;
mod record;
mod sessions;
mod suspicion;

pub use chains::{ChainRow, HopRow, chains};
pub use details::{NodeDetails, details};
pub use diff::{Counts, DiffQuery, Difference, Half, LogonChange, NodeChange, diff};
pub use events::{EventQuery, EventRow, Location, Result as EventResult, locate, query, rows_of};
pub use evidence::{Evidence, NodeName};
pub use findings::{
    DetectionSettings, Finding, Findings, Incident, RuleState, Suppression, ThresholdState, Tuning, cast,
    findings, title, tuning,
};
pub use graph::{GraphNode, GraphOptions, GraphView, graph};
pub use nearest::{Line, NearestQuery, Way, nearest};
pub use overview::{Overview, empty_reason, message, overview};
pub use paths::{Path, PathQuery, PathStep, ReachQuery, Reached, ReachedNode, Span, path, reach};
pub use ranked::{By, Ranked, ranked, search};
pub use record::{RawRecord, render};
pub use sessions::{SessionList, SessionRow, certainty, ended_by, sessions};
pub use suspicion::{Reason, first_reason, reasons};

use crate::analysis::Analysis;
use crate::graph::Node;
use crate::identity::{AccountKind, HostKind};

/// How the page names a node's kind: `(kind, sub)`.
fn kinds(analysis: &Analysis, node: Node) -> (&'static str, &'static str) {
    match node {
        Node::Account(n) => ("account", account_kind(analysis.identity.accounts.get(n).map(|a| a.kind))),
        Node::Host(n) => ("host", host_kind(analysis.identity.hosts.get(n).map(|h| h.kind))),
    }
}

/// The name of an account kind in JSON.
pub fn account_kind(kind: Option<AccountKind>) -> &'static str {
    match kind {
        Some(AccountKind::User) => "user",
        Some(AccountKind::Machine) => "machine",
        Some(AccountKind::BuiltIn) => "built-in",
        Some(AccountKind::Anonymous) => "anonymous",
        Some(AccountKind::Unknown) | None => "unknown",
    }
}

/// The name of a host kind in JSON.
pub fn host_kind(kind: Option<HostKind>) -> &'static str {
    match kind {
        Some(HostKind::DomainController) => "dc",
        Some(HostKind::Address) => "address",
        Some(HostKind::Computer) | None => "computer",
    }
}

/// Short and full name of a node.
fn names(analysis: &Analysis, node: Node) -> (String, String) {
    match node {
        Node::Account(n) => analysis.identity.accounts.get(n).map(|a| (a.name.clone(), a.full())),
        Node::Host(n) => analysis.identity.hosts.get(n).map(|h| (h.short().to_owned(), h.name.clone())),
    }
    .unwrap_or_default()
}

fn is_privileged(analysis: &Analysis, node: Node) -> bool {
    match node {
        Node::Account(n) => analysis.identity.accounts.get(n).is_some_and(|a| a.is_privileged()),
        Node::Host(_) => false,
    }
}
