//! Which EventRecordIDs of one computer's one channel a file holds: runs of consecutive ids, few in a whole log, many in a filtered export.

use serde::{Deserialize, Serialize};

/// A file with more breaks than this inside its chunks was filtered, and its gaps tell nothing; only counts are kept then.
pub const MAX_BREAKS: u64 = 10_000;

/// The ids `first..=last`, all there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Run {
    pub first: u64,
    pub last: u64,
}

/// Adds up over parts of a file in any order: the same parts give the same result.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordIds {
    /// Records, copies of one id included.
    pub records: u64,
    /// Lowest and highest id; meaningless where there are no records.
    pub first: u64,
    pub last: u64,
    /// Places inside a chunk where the next record of this computer and channel has not the next id. Counted by chunk, since a file is
    /// shared out to readers by chunks and this must not depend on how.
    pub breaks: u64,
    /// Rising, apart by at least one missing id; empty past [`MAX_BREAKS`].
    pub runs: Vec<Run>,
}

impl RecordIds {
    /// Whether `runs` says which ids are there.
    pub fn is_exact(&self) -> bool {
        self.breaks <= MAX_BREAKS
    }

    /// The next record of the chunk; `new_chunk` where it is the first one of it.
    #[inline]
    pub fn push(&mut self, id: u64, new_chunk: bool) {
        (self.first, self.last) =
            if self.records == 0 { (id, id) } else { (self.first.min(id), self.last.max(id)) };
        self.records += 1;
        match self.runs.last_mut() {
            Some(run) if run.last.checked_add(1) == Some(id) => run.last = id,
            _ => {
                self.breaks += u64::from(!new_chunk);
                let run = Run { first: id, last: id };
                match self.runs.last_mut() {
                    // No longer kept, but the one before is needed to see the next break.
                    Some(last) if self.breaks > MAX_BREAKS => *last = run,
                    _ => self.runs.push(run),
                }
            }
        }
    }

    /// Brings the runs in order after pushes.
    pub fn settle(&mut self) {
        if !self.is_exact() {
            self.runs = Vec::new();
        } else if !self.runs.is_sorted_by(|a, b| a.last < b.first && b.first - a.last > 1) {
            self.runs.sort_unstable();
            self.runs.dedup_by(|next, run| {
                let joins = next.first <= run.last.saturating_add(1);
                if joins {
                    run.last = run.last.max(next.last);
                }
                joins
            });
        }
    }

    /// Takes in another part's; both settled.
    pub fn merge(&mut self, other: RecordIds) {
        if other.records == 0 {
            return;
        }
        if self.records == 0 {
            *self = other;
            return;
        }
        self.records += other.records;
        self.first = self.first.min(other.first);
        self.last = self.last.max(other.last);
        self.breaks += other.breaks;
        if self.is_exact()
            && other.runs.first().is_some_and(|r| self.runs.last().is_some_and(|l| l.last < r.first))
        {
            // The common case: the next part of a file.
            let mut more = other.runs.into_iter().peekable();
            if let Some(l) = self.runs.last_mut()
                && let Some(r) = more.next_if(|r| l.last + 1 == r.first)
            {
                l.last = r.last;
            }
            self.runs.extend(more);
        } else {
            self.runs.extend(other.runs);
            self.settle();
        }
    }

    /// The missing ids between the lowest and the highest, as runs; none where the runs are not kept.
    pub fn gaps(&self) -> impl Iterator<Item = Run> {
        self.runs.windows(2).map(|w| Run { first: w[0].last + 1, last: w[1].first - 1 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(chunks: &[&[u64]]) -> RecordIds {
        let mut ids = RecordIds::default();
        for chunk in chunks {
            chunk.iter().enumerate().for_each(|(i, &id)| ids.push(id, i == 0));
        }
        ids.settle();
        ids
    }

    #[test]
    fn parts_add_up_in_any_order() {
        let parts: [&[u64]; 5] =
            [&[10, 11, 12], &[13, 14, 20], &[5, 6, 7, 8], &[21, 22, 22, 40], &[u64::MAX, 0]];
        let whole = of(&parts);
        let gaps: Vec<(u64, u64)> = whole.gaps().map(|g| (g.first, g.last)).collect();
        assert_eq!(gaps, [(1, 4), (9, 9), (15, 19), (23, 39), (41, u64::MAX - 1)]);
        assert_eq!((whole.records, whole.first, whole.last), (16, 0, u64::MAX));
        for order in [[0, 1, 2, 3, 4], [4, 3, 2, 1, 0], [2, 0, 4, 1, 3], [1, 3, 0, 4, 2]] {
            let mut sum = RecordIds::default();
            order.iter().for_each(|&i| sum.merge(of(&[parts[i]])));
            assert_eq!(sum, whole, "{order:?}");
        }
    }

    #[test]
    fn a_filtered_file_keeps_counts_only_however_it_is_cut() {
        let every_third: Vec<u64> = (0..30_000).map(|n| n * 3).collect();
        let chunks: Vec<&[u64]> = every_third.chunks(100).collect();
        let whole = of(&chunks);
        assert!(!whole.is_exact() && whole.runs.is_empty());
        assert_eq!((whole.records, whole.breaks, whole.gaps().count()), (30_000, 29_700, 0));
        let mut sum = RecordIds::default();
        chunks.iter().rev().for_each(|c| sum.merge(of(&[c])));
        assert_eq!(sum, whole);
    }
}
