//! What answers point to: nodes by name, and the records that prove something.

use crate::analysis::Analysis;
use crate::event::{catalogue, time};
use crate::graph::Node;
use crate::store::Store;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct NodeName {
    pub id: String,
    pub kind: &'static str,
    pub sub: &'static str,
    pub label: String,
    pub full: String,
    pub privileged: bool,
}

/// One record; `row` is its handle (see [`super::locate`]).
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Evidence {
    pub row: u32,
    pub time: f64,
    pub event_id: u16,
    pub event: &'static str,
    pub file: u32,
    pub record_id: u64,
}

pub fn named(analysis: &Analysis, node: Node) -> NodeName {
    let (kind, sub) = super::kinds(analysis, node);
    let (label, full) = super::names(analysis, node);
    NodeName { id: node.id(), kind, sub, label, full, privileged: super::is_privileged(analysis, node) }
}

pub fn evidence(store: &Store, row: u32) -> Option<Evidence> {
    let r = store.columns.row(row as usize)?;
    Some(Evidence {
        row,
        time: time::millis(r.time),
        event_id: r.event_id,
        event: catalogue::name(r.event_id),
        file: r.file,
        record_id: r.record_id,
    })
}
