//! Sessions of an account or on a host: who was there, from when to when.

use super::evidence::{NodeName, named};
use crate::analysis::Analysis;
use crate::event::{logon_type, time};
use crate::graph::Node;
use crate::identity::NONE;
use crate::store::{NO_TYPE, Store};
use crate::timeline::sessions::NO_ROW;
use crate::timeline::{Certainty, End, Session};
use serde::Serialize;

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SessionRow {
    pub account: Option<NodeName>,
    pub host: Option<NodeName>,
    pub source: Option<NodeName>,
    pub logon_type: Option<u8>,
    pub logon_type_name: &'static str,
    pub start: f64,
    pub end: f64,
    /// `certain`: a record says so; `assumed`: at the latest then; `unknown`: the log ends first.
    pub end_is: &'static str,
    pub ended_by: &'static str,
    pub privileged: bool,
    /// How often other credentials were used in it.
    pub credentials: u16,
    /// Rows of its start and its end.
    pub rows: Vec<u32>,
}

#[derive(Clone, Debug, Serialize)]
pub struct SessionList {
    pub total: usize,
    /// Sessions of people at a desk or over RDP.
    pub interactive: usize,
    pub rows: Vec<SessionRow>,
}

/// The sessions of a node, people's (interactive and RDP) before services' and network logons, later ones first.
pub fn sessions(store: &Store, analysis: &Analysis, node: Node, limit: usize) -> SessionList {
    let all = analysis.sessions(store);
    let numbers = match node {
        Node::Account(n) => all.of_account(n),
        Node::Host(n) => all.of_host(n),
    };
    let mut found: Vec<&Session> = numbers.iter().filter_map(|&n| all.get(n)).collect();
    found.sort_by_key(|s| (!s.is_interactive(), std::cmp::Reverse(s.start)));
    let interactive = found.iter().filter(|s| s.is_interactive()).count();
    let rows = found.iter().take(limit).map(|s| row(analysis, s)).collect();
    SessionList { total: found.len(), interactive, rows }
}

fn row(analysis: &Analysis, s: &Session) -> SessionRow {
    let name = |node: Node, n: u32| (n != NONE).then(|| named(analysis, node));
    SessionRow {
        account: name(Node::Account(s.account), s.account),
        host: name(Node::Host(s.host), s.host),
        source: name(Node::Host(s.source), s.source),
        logon_type: (s.logon_type != NO_TYPE).then_some(s.logon_type),
        logon_type_name: if s.logon_type == NO_TYPE { "RDP" } else { logon_type::name(s.logon_type) },
        start: time::millis(s.start),
        end: time::millis(s.end),
        end_is: certainty(s.end_kind),
        ended_by: ended_by(s.end_kind),
        privileged: s.privileged,
        credentials: s.credentials,
        rows: [s.start_row, s.end_row].into_iter().filter(|r| *r != NO_ROW).collect(),
    }
}

/// How sure an end is, as JSON names it.
pub const fn certainty(end: End) -> &'static str {
    match end.certainty() {
        Certainty::Certain => "certain",
        Certainty::Assumed => "assumed",
        Certainty::Unknown => "unknown",
    }
}

/// What ended a session, as JSON names it.
pub const fn ended_by(end: End) -> &'static str {
    match end {
        End::Logoff => "log-off",
        End::SignOut => "sign-out",
        End::TerminalLogoff => "terminal-log-off",
        End::Boot => "boot",
        End::Reused => "logon-id-reused",
        End::Idle => "idle",
        End::Open => "end-of-log",
    }
}
