//! Counts by hour and ChangeFinder scores as LogonTracer makes them.

use super::edges::Edges;
use crate::score::{ChangeFinder, Start};
use crate::timeline::hour_of;
use std::collections::BTreeMap;

/// The events it counts by hour.
pub const COUNTED: [u16; 5] = [4624, 4625, 4768, 4769, 4776];
/// More hours than this (57 years) are a forged or broken clock: no scores then.
const HOURS_AT_MOST: i64 = 500_000;

/// Events of a user by event id (in the order of [`COUNTED`]), by hour since the start.
pub type ByHour = [BTreeMap<u32, u64>; COUNTED.len()];

/// From the hour of the first to the hour of the last event it looks at.
#[derive(Clone, Debug, Default)]
pub struct Series {
    /// Hours since 1970 UTC.
    pub start: i32,
    pub hours: u32,
    /// By its key, the lower-case name with `@`.
    pub users: BTreeMap<String, ByHour>,
}

impl Series {
    /// `None` where there is no event, or where they lie more than 500,000 hours apart.
    pub fn of(edges: &Edges) -> Option<Self> {
        let (first, last) = edges.span?;
        let (first, last) = (hour_of(first), hour_of(last));
        let hours = i64::from(last) - i64::from(first) + 1;
        if hours > HOURS_AT_MOST {
            return None;
        }
        let mut users: BTreeMap<String, ByHour> = BTreeMap::new();
        for (edge, count) in &edges.by_hour {
            let Some(column) = COUNTED.iter().position(|id| *id == edge.event_id) else { continue };
            let hour = edge.hour.div_euclid(3600) - i64::from(first);
            let by_hour = users.entry(edge.user.clone()).or_default();
            *by_hour[column].entry(hour as u32).or_default() += count;
        }
        Some(Self { start: first, hours: hours as u32, users })
    }

    /// A user's events in every hour, of one event id or of all.
    pub fn dense(&self, user: &str, event_id: Option<u16>) -> Vec<u64> {
        let mut counts = vec![0; self.hours as usize];
        let columns = self.users.get(user).into_iter().flatten().zip(COUNTED);
        for (by_hour, _) in columns.filter(|(_, id)| event_id.is_none_or(|wanted| wanted == *id)) {
            for (&hour, &n) in by_hour {
                counts[hour as usize] += n;
            }
        }
        counts
    }

    /// A finder that was fed the mean of all users, hour by hour, as each user's is.
    pub fn finder(&self, start: Start) -> ChangeFinder {
        let mut total = vec![0u64; self.hours as usize];
        for (&hour, &n) in self.users.values().flatten().flatten() {
            total[hour as usize] += n;
        }
        let mut finder = ChangeFinder::new(start);
        total.iter().for_each(|&n| _ = finder.update(n as f64 / self.users.len().max(1) as f64));
        finder
    }

    /// A user's score in every hour, rounded to 2 decimals; `finder` is one that knows the mean ([`Series::finder`]).
    pub fn scores(&self, user: &str, mut finder: ChangeFinder) -> Vec<f64> {
        let counts = self.dense(user, None);
        counts.iter().map(|&n| libm::rint(finder.update(n as f64) * 100.0) / 100.0).collect()
    }
}
