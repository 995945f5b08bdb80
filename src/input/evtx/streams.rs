//! The EventRecordIDs that pass by, by computer and channel. This runs for every record, so it does nothing but look at the one before.

use crate::store::{RecordIds, Strings};
use std::collections::{BTreeMap, HashMap};

#[derive(Default)]
pub struct Streams {
    all: Vec<Stream>,
    /// Computer and channel (texts) → number in `all`.
    index: HashMap<(u32, u32), usize, foldhash::fast::FixedState>,
    chunk: u64,
    /// The stream of the record before.
    last: usize,
}

struct Stream {
    computer: u32,
    channel: u32,
    /// The chunk its last record was in.
    chunk: u64,
    ids: RecordIds,
}

impl Streams {
    pub fn next_chunk(&mut self) {
        self.chunk += 1;
    }

    pub fn push(&mut self, computer: u32, channel: u32, record_id: u64) {
        let same = self.all.get(self.last).is_some_and(|s| (s.computer, s.channel) == (computer, channel));
        if !same {
            let all = &mut self.all;
            self.last = *self.index.entry((computer, channel)).or_insert_with(|| {
                all.push(Stream { computer, channel, chunk: 0, ids: RecordIds::default() });
                all.len() - 1
            });
        }
        if let Some(s) = self.all.get_mut(self.last) {
            s.ids.push(record_id, s.chunk != self.chunk);
            s.chunk = self.chunk;
        }
    }

    /// Hands over what passed since the last time; `texts` are those the numbers are of.
    pub fn take(&mut self, texts: &Strings, into: &mut BTreeMap<(String, String), RecordIds>) {
        self.index.clear();
        for mut s in self.all.drain(..) {
            s.ids.settle();
            let key = (texts.get(s.computer).to_owned(), texts.get(s.channel).to_owned());
            into.entry(key).or_default().merge(s.ids);
        }
    }
}
