//! Many things in a short time: stretches of a sorted list in which some window holds enough different ones.

use crate::suspicion::Map;

/// One thing that happened: when, to whom (what is counted as different), and its row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    pub time: i64,
    pub what: u32,
    pub row: u32,
}

/// Positions `from..to` of the marks: overlapping windows joined.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Burst {
    pub from: usize,
    pub to: usize,
    /// Different things in its fullest window.
    pub most: usize,
}

/// The fullest window, and every burst with `least` different things in a window of `window` ticks. Marks are by rising time; linear.
pub fn bursts(marks: &[Mark], window: i64, least: usize) -> (usize, Vec<Burst>) {
    let mut inside: Map<u32, u32> = Map::default();
    let (mut start, mut most) = (0, 0);
    let mut found: Vec<Burst> = Vec::new();
    for (end, mark) in marks.iter().enumerate() {
        *inside.entry(mark.what).or_default() += 1;
        while mark.time.saturating_sub(marks[start].time) > window {
            if let Some(n) = inside.get_mut(&marks[start].what) {
                *n -= 1;
                if *n == 0 {
                    inside.remove(&marks[start].what);
                }
            }
            start += 1;
        }
        let now = inside.len();
        most = most.max(now);
        if now < least.max(1) {
            continue;
        }
        match found.last_mut() {
            Some(burst) if start < burst.to => {
                burst.to = end + 1;
                burst.most = burst.most.max(now);
            }
            _ => found.push(Burst { from: start, to: end + 1, most: now }),
        }
    }
    (most, found)
}

/// Numbers the marks by themselves, to count how many rather than how many different.
pub fn each(marks: &[Mark]) -> Vec<Mark> {
    (0u32..).zip(marks).map(|(n, m)| Mark { what: n, ..*m }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marks(list: &[(i64, u32)]) -> Vec<Mark> {
        list.iter().map(|&(time, what)| Mark { time, what, row: 0 }).collect()
    }

    #[test]
    fn counts_different_things_in_a_window() {
        let m = marks(&[(0, 1), (1, 1), (2, 2), (50, 3), (51, 4), (52, 5), (200, 1)]);
        let (most, found) = bursts(&m, 10, 3);
        assert_eq!(most, 3);
        assert_eq!(found, [Burst { from: 3, to: 6, most: 3 }]);
        assert_eq!(bursts(&m, 10, 4), (3, Vec::new()));
        assert_eq!(bursts(&each(&m), 2, 3).1.len(), 2);
    }

    #[test]
    fn windows_that_overlap_are_one_burst() {
        let m: Vec<Mark> = (0..100).map(|n| Mark { time: n * 5, what: n as u32, row: n as u32 }).collect();
        assert_eq!(bursts(&m, 50, 10).1, [Burst { from: 0, to: 100, most: 11 }]);
        assert_eq!(bursts(&[], 50, 1), (0, Vec::new()));
    }
}
