//! A span of time.

use crate::event::time::TICKS_PER_DAY;

/// `from` ≤ time < `to`, in ticks; empty where `to` is not later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    pub from: i64,
    pub to: i64,
}

impl Period {
    /// All of time.
    pub const ALWAYS: Period = Period { from: i64::MIN, to: i64::MAX };

    pub const fn holds(self, time: i64) -> bool {
        self.from <= time && time < self.to
    }

    /// Its length in ticks; a span of all time does not fit into 64 bits.
    pub const fn ticks(self) -> u128 {
        if self.to <= self.from { 0 } else { self.to.abs_diff(self.from) as u128 }
    }

    /// Events per day where the period holds `count` of them.
    ///
    /// ```
    /// # use logonscope::graph::Period;
    /// let two_days = Period { from: 0, to: 2 * 24 * 36_000_000_000 };
    /// assert_eq!(two_days.per_day(3), 1.5);
    /// assert_eq!(Period { from: 5, to: 5 }.per_day(3), 0.0);
    /// ```
    pub fn per_day(self, count: u64) -> f64 {
        match self.ticks() {
            0 => 0.0,
            ticks => count as f64 * TICKS_PER_DAY as f64 / ticks as f64,
        }
    }
}
