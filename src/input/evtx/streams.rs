//! The EventRecordIDs that pass by, by computer and channel. This runs for every record, so finding the stream costs one look.

use crate::store::{RecordIds, Strings};
use std::collections::BTreeMap;

#[derive(Default)]
pub struct Streams {
    all: Vec<Stream>,
    /// By text number of the computer: 1 + the number of its newest stream, 0 for none.
    of_computer: Vec<u32>,
    chunk: u64,
}

struct Stream {
    computer: u32,
    channel: u32,
    /// The chunk its last record was in.
    chunk: u64,
    /// 1 + the number of the same computer's next stream, 0 for none.
    next: u32,
    ids: RecordIds,
}

impl Streams {
    pub fn next_chunk(&mut self) {
        self.chunk += 1;
    }

    /// A record of this computer and channel (texts).
    #[inline]
    pub fn push(&mut self, computer: u32, channel: u32, record_id: u64) {
        let at = self.of_computer.get(computer as usize).map_or(0, |&n| n as usize);
        let known = at.checked_sub(1).is_some_and(|n| self.all[n].channel == channel);
        let n = if known { at - 1 } else { self.find(computer, channel) };
        let s = &mut self.all[n];
        s.ids.push(record_id, s.chunk != self.chunk);
        s.chunk = self.chunk;
    }

    /// The stream, new or known. A computer has few channels in one file.
    #[cold]
    fn find(&mut self, computer: u32, channel: u32) -> usize {
        let slot = computer as usize;
        if self.of_computer.len() <= slot {
            self.of_computer.resize(slot + 1, 0);
        }
        let first = self.of_computer[slot];
        let mut at = first;
        while let Some(n) = (at as usize).checked_sub(1) {
            if self.all[n].channel == channel {
                return n;
            }
            at = self.all[n].next;
        }
        self.all.push(Stream { computer, channel, chunk: 0, next: first, ids: RecordIds::default() });
        self.of_computer[slot] = self.all.len() as u32;
        self.all.len() - 1
    }

    /// Hands over what passed since the last time; `texts` are those the numbers are of.
    pub fn take(&mut self, texts: &Strings, into: &mut BTreeMap<(String, String), RecordIds>) {
        self.of_computer.clear();
        for mut s in self.all.drain(..) {
            s.ids.settle();
            let key = (texts.get(s.computer).to_owned(), texts.get(s.channel).to_owned());
            into.entry(key).or_default().merge(s.ids);
        }
    }
}
