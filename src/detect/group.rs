//! Records gathered for one finding, and whom or what else they name.

use crate::identity::NONE;
use std::collections::{BTreeMap, BTreeSet};

#[derive(Clone, Debug, Default)]
pub struct Group {
    /// Hosts, accounts or texts, by what the rule gathers.
    pub others: BTreeSet<u32>,
    pub rows: Vec<u32>,
}

impl Group {
    pub fn add(&mut self, other: u32, row: u32) {
        if other != NONE {
            self.others.insert(other);
        }
        self.rows.push(row);
    }
}

/// By what makes them one finding, in its order.
pub type Groups<K> = BTreeMap<K, Group>;
