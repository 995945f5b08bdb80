//! What the reading of a file has to tell beside its events: what was damaged, what was left unread and why.

use super::record_ids::RecordIds;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One damaged place in a file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Damage {
    /// Byte offset in the file.
    pub offset: u64,
    pub reason: String,
}

/// Damage listed one by one; past this it is only counted.
pub const MAX_LISTED: usize = 1000;

/// Counts and damage; reports of parts of a file add up to that of the whole, in any order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// Records read whole, of any event.
    pub records: u64,
    /// 64 KiB chunks that hold records, or should.
    pub chunks: u64,
    pub damaged_chunks: u64,
    /// The places, by rising offset, at most `MAX_LISTED`.
    pub damage: Vec<Damage>,
    /// All damaged places, listed or not.
    pub damaged: u64,
    /// Records of no interest here, by channel and event id.
    pub others: BTreeMap<(String, u64), u64>,
    /// EventRecordIDs of all records, kept or not, by computer and channel.
    pub record_ids: BTreeMap<(String, String), RecordIds>,
}

impl Report {
    pub fn damage(&mut self, offset: u64, reason: impl Into<String>) {
        self.damaged += 1;
        if self.damage.len() < MAX_LISTED {
            self.damage.push(Damage { offset, reason: reason.into() });
        }
    }

    pub fn merge(&mut self, other: Report) {
        self.records += other.records;
        self.chunks += other.chunks;
        self.damaged_chunks += other.damaged_chunks;
        self.damaged += other.damaged;
        self.damage.extend(other.damage);
        self.damage.sort();
        self.damage.truncate(MAX_LISTED);
        for (key, n) in other.others {
            *self.others.entry(key).or_default() += n;
        }
        for (key, ids) in other.record_ids {
            self.record_ids.entry(key).or_default().merge(ids);
        }
    }
}
