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

use crate::score::Start;
use crate::store::Store;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// More scores than this are not written one by one, only each user's highest.
const SCORES_AT_MOST: usize = 2_000_000;

/// Everything LogonTracer computes of a log, as JSON: edges by hour, rights, hourly counts, ChangeFinder, the hidden Markov model's flags, and
/// the ranks that come of them. `docs/compatible.md` has the shape.
pub fn json(store: &Store) -> Value {
    let edges = Edges::read(store);
    let series = Series::of(&edges).unwrap_or_default();
    let finder = series.finder(Start::default());
    let hmm = flagged(&edges);
    let all_scores = series.users.len().saturating_mul(series.hours as usize) <= SCORES_AT_MOST;
    let mut maxima: BTreeMap<String, f64> = BTreeMap::new();
    let mut users = Vec::new();
    for (key, by_hour) in &series.users {
        let scores = series.scores(key, finder);
        let maximum = scores.iter().copied().fold(0.0, f64::max);
        maxima.insert(key.clone(), maximum);
        let hourly = COUNTED.iter().zip(by_hour).map(|(id, counts)| {
            let points = counts.iter().map(|(&hour, &n)| json!([seconds(series.start, hour), n]));
            (id.to_string(), Value::Array(points.collect()))
        });
        users.push(json!({
            "user": key,
            "hourly": hourly.collect::<Map<_, _>>(),
            "changefinder": all_scores.then_some(scores),
            "changefinder_max": maximum,
            "hmm": hmm.contains(key),
        }));
    }
    let flags = Flags {
        admins: edges.admins.clone(),
        hmm,
        changefinder: maxima,
        substring: true,
        ..Flags::default()
    };
    json!({
        "edges_by_hour": edges.by_hour.iter().map(|(e, count)| json!({
            "event": e.event_id, "host": e.host, "user": e.user, "logintype": e.logon_type,
            "status": e.status, "authname": e.package, "date": e.hour, "count": count,
        })).collect::<Vec<_>>(),
        "admins": edges.admins,
        "start": (series.hours > 0).then(|| seconds(series.start, 0)),
        "hours": series.hours,
        "users": users,
        "ranks": ranks(&edges, &flags),
    })
}

/// The beginning of an hour after the start, in seconds since 1970 UTC, as in the edges.
fn seconds(start: i32, hour: u32) -> i64 {
    (i64::from(start) + i64::from(hour)) * 3600
}
