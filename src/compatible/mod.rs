//! LogonTracer's own reading of a log (JPCERT/CC, v1.6), defects included: for comparison and for people who come from there.
//!
//! What it does differently from the rest of LogonScope is listed in `docs/compatible.md`. Nothing else in the project builds on this.

mod edges;
mod hmm;
mod pagerank;
mod quicksort;
mod series;

pub use edges::{Edges, HourEdge, Step};
pub use hmm::flagged;
pub use pagerank::{Flags, ranks};
pub use series::{COUNTED, Series};

use crate::store::Store;
use serde_json::{Value, json};

/// Edges by hour, accounts with system rights, and the ranks without anomaly flags, as JSON.
pub fn json(store: &Store) -> Value {
    let edges = Edges::read(store);
    let flags = Flags { admins: edges.admins.clone(), ..Flags::default() };
    json!({
        "edges_by_hour": edges.by_hour.iter().map(|(e, count)| json!({
            "event": e.event_id, "host": e.host, "user": e.user, "logintype": e.logon_type,
            "status": e.status, "authname": e.package, "date": e.hour, "count": count,
        })).collect::<Vec<_>>(),
        "admins": edges.admins,
        "ranks": ranks(&edges, &flags),
    })
}
