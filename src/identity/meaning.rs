//! Whom a principal means, which may depend on the time.

use super::NONE;

/// Among the numbers of [`Meanings::always`]: it depends on the time.
const BY_TIME: u32 = u32::MAX - 1;

/// From principal and time to a number, in O(1), or O(log k) for the few that depend on the time.
#[derive(Clone, Debug, Default)]
pub struct Meanings {
    /// By principal.
    always: Vec<u32>,
    /// `(principal, from, number)`, sorted; the first of each principal is from the beginning of time.
    by_time: Vec<(u32, i64, u32)>,
}

impl Meanings {
    pub fn push(&mut self, number: u32) {
        self.always.push(number);
    }

    /// The next principal means each number from its time on; by rising time, the first from `i64::MIN`.
    pub fn push_by_time(&mut self, periods: impl Iterator<Item = (i64, u32)>) {
        let principal = self.always.len() as u32;
        self.always.push(BY_TIME);
        self.by_time.extend(periods.map(|(from, number)| (principal, from, number)));
    }

    pub fn at(&self, principal: u32, time: i64) -> u32 {
        match self.always.get(principal as usize) {
            Some(&BY_TIME) => {
                let after = self.by_time.partition_point(|&(p, from, _)| (p, from) <= (principal, time));
                after.checked_sub(1).map_or(NONE, |i| self.by_time[i].2)
            }
            Some(&number) => number,
            None => NONE,
        }
    }

    /// The number where it is one at all times.
    pub fn always(&self, principal: u32) -> u32 {
        self.always.get(principal as usize).copied().filter(|&n| n != BY_TIME).unwrap_or(NONE)
    }

    /// Puts `to(number)` in the place of every number.
    pub fn map(&mut self, to: impl Fn(u32) -> u32) {
        self.always.iter_mut().filter(|n| **n != BY_TIME).for_each(|n| *n = to(*n));
        self.by_time.iter_mut().for_each(|(.., n)| *n = to(*n));
    }
}
