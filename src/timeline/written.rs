//! Events in the order in which their host wrote them: by EventRecordID, since the clock may have been set meanwhile.
//!
//! ```text
//! record 153   15:02:03  event log stopped       ← the clock was two hours ahead until 15:01
//! record 133   17:01:06  event log stopped       by time this one comes last, yet it was written first
//! ```
//!
//! A host installed anew counts from 1 again. The ids of two installations in one collection interleave and time goes back at every
//! other record; for such a host the order of time is kept.

use crate::event::catalogue::{self, Source};
use crate::event::time::TICKS_PER_SECOND;
use crate::identity::{Event, Events};
use crate::store::Store;
use foldhash::fast::FixedState;
use hashbrown::HashMap;

/// Less than this is no set clock: threads hand in their records a little out of order.
const MINUTE: i64 = 60 * TICKS_PER_SECOND;
/// So many set clocks, and one more in a thousand events, are believed of one host.
const FEW: usize = 32;

/// Time goes back from one record to the next of a higher id, by more than a minute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Back {
    pub host: u32,
    /// Rows of the two records.
    pub before: u32,
    pub after: u32,
    /// Ticks, more than a minute's.
    pub by: i64,
}

/// The Security log's events by host, each host's in the order of writing.
#[derive(Clone, Debug, Default)]
pub struct Written {
    /// Numbers of [`Events::all`].
    order: Vec<u32>,
    /// Host and the end of its part of `order`, by host.
    hosts: Vec<(u32, u32)>,
    /// By host and record id.
    pub back: Vec<Back>,
}

/// The host whose computer wrote the event.
pub fn host(store: &Store, e: &Event) -> u32 {
    // Explicit credentials point away from the machine that tells of them.
    if store.columns.event_id[e.row as usize] == 4648 { e.source } else { e.target }
}

/// Whether the event is of the channel Security.
pub fn is_security(event_id: u16) -> bool {
    catalogue::by_id(event_id)
        .is_some_and(|e| matches!(e.source, Source::Security | Source::EventLogSecurity))
}

impl Written {
    /// Linear where the files are in order already, n log n at worst.
    pub fn of(store: &Store, events: &Events) -> Self {
        let c = &store.columns;
        let all = &events.all;
        let at = |n: u32| all[n as usize].row as usize;
        // In the order of time for each host: what has no order of its own stays in it.
        let mut parts: HashMap<u32, Vec<u32>, FixedState> = HashMap::default();
        for (e, n) in all.iter().zip(0u32..).filter(|(e, _)| is_security(c.event_id[e.row as usize])) {
            parts.entry(host(store, e)).or_default().push(n);
        }
        let mut parts: Vec<(u32, Vec<u32>)> = parts.into_iter().collect();
        parts.sort_unstable_by_key(|p| p.0);
        let mut written = Self::default();
        for (number, mut part) in parts {
            let by_time = part.clone();
            let id = |n: &u32| c.record_id[at(*n)];
            if !part.is_sorted_by_key(id) {
                part.sort_by_key(id);
            }
            let known = written.back.len();
            for w in part.windows(2) {
                let (a, b) = (at(w[0]), at(w[1]));
                let by = c.time[a].saturating_sub(c.time[b]);
                if by > MINUTE && c.record_id[a] < c.record_id[b] {
                    written.back.push(Back { host: number, before: a as u32, after: b as u32, by });
                }
            }
            if written.back.len() - known > FEW + part.len() / 1000 {
                written.back.truncate(known);
                part = by_time;
            }
            written.order.append(&mut part);
            written.hosts.push((number, written.order.len() as u32));
        }
        written
    }

    /// Each host with its events' numbers in [`Events::all`]; [`crate::identity::NONE`] for those without a computer.
    pub fn hosts(&self) -> impl Iterator<Item = (u32, &[u32])> {
        let mut start = 0;
        self.hosts.iter().map(move |&(host, end)| {
            let part = self.order.get(start as usize..end as usize).unwrap_or_default();
            start = end;
            (host, part)
        })
    }

    /// One host's events' numbers; empty for a host that wrote none.
    pub fn of_host(&self, host: u32) -> &[u32] {
        let Ok(i) = self.hosts.binary_search_by_key(&host, |h| h.0) else { return &[] };
        let start = i.checked_sub(1).map_or(0, |i| self.hosts[i].1);
        self.order.get(start as usize..self.hosts[i].1 as usize).unwrap_or_default()
    }
}
