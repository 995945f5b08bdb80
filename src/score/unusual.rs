//! Each account's most unusual sequence of logon events: per-event surprise against a hidden Markov model trained on the loaded log itself.
//!
//! A sequence is what one account did from one host on one UTC day, three events or more of those in [`hmm::EVENT_IDS`], in the order of
//! time. Its surprise is −ln p(sequence)/length, in nats per event: 0 for what never is otherwise, ln 5 ≈ 1.6 for rolling dice.

use super::baum_welch::{Training, train};
use super::hmm::{self, Model};
use crate::event::time::day;
use crate::identity::{Events, NONE};
use crate::store::Store;
use foldhash::fast::FixedState;
use hashbrown::HashMap;

/// Shorter ones say too little.
const EVENTS_AT_LEAST: usize = 3;
/// The model is trained on so many symbols at most: every n-th sequence, and the beginning of long ones.
const TRAINED_ON_AT_MOST: usize = 100_000;
const LENGTH_AT_MOST: usize = 500;
/// Rows kept as evidence.
const EVIDENCE: usize = 20;
/// How much of an even model is mixed into the published one before training.
const SMOOTHING: f64 = 0.02;

/// What one account did from one host on one day.
#[derive(Clone, Debug, PartialEq)]
pub struct Sequence {
    pub account: u32,
    /// Where it came from; [`NONE`] where no record says.
    pub host: u32,
    /// Days since 1970 UTC.
    pub day: i32,
    /// −ln p per event.
    pub nats: f64,
    pub events: u32,
    /// Its first 20 rows in the store.
    pub rows: Vec<u32>,
}

/// The model and what stands out against it.
#[derive(Clone, Debug)]
pub struct Unusual {
    pub model: Model,
    /// Of all sequences together: what is usual, in nats per event; 0 where there are none.
    pub mean: f64,
    /// Sequences of three events and more.
    pub sequences: usize,
    /// By account number; `None` for an account without a sequence.
    pub by_account: Vec<Option<Sequence>>,
}

/// All sequences, one after the other.
struct Sequences {
    /// `(account, host, day)` by sequence number, in the order of their first events.
    keys: Vec<(u32, u32, i32)>,
    /// Where each begins in `symbols` and `rows`, and where the last ends.
    starts: Vec<usize>,
    symbols: Vec<u8>,
    rows: Vec<u32>,
}

impl Unusual {
    /// `accounts` is how many there are. Linear in events; training takes a bounded number of rounds over a bounded number of symbols and
    /// begins with LogonTracer's published model, so that the same log always gives the same model.
    pub fn of(store: &Store, events: &Events, accounts: usize) -> Self {
        let all = Sequences::of(store, events);
        let long: Vec<usize> =
            (0..all.keys.len()).filter(|&i| all.symbols(i).len() >= EVENTS_AT_LEAST).collect();
        let start = Model::published().smoothed(SMOOTHING);
        let (model, _) = train(&start, &all.sample(&long), &Training::default());
        let mut by_account: Vec<Option<Sequence>> = vec![None; accounts];
        let (mut total, mut symbols) = (0.0, 0);
        for &i in &long {
            let (account, host, day) = all.keys[i];
            let length = all.symbols(i).len();
            let likelihood = model.log_likelihood(all.symbols(i));
            (total, symbols) = (total - likelihood, symbols + length);
            let nats = -likelihood / length as f64;
            let Some(best) = by_account.get_mut(account as usize) else { continue };
            // The first of equals.
            if best.as_ref().is_none_or(|b| nats > b.nats) {
                let rows = &all.rows[all.starts[i]..all.starts[i + 1]];
                let rows = rows[..rows.len().min(EVIDENCE)].to_vec();
                *best = Some(Sequence { account, host, day, nats, events: length as u32, rows });
            }
        }
        let mean = if symbols > 0 { total / symbols as f64 } else { 0.0 };
        Self { model, mean, sequences: long.len(), by_account }
    }
}

impl Sequences {
    /// Two passes: which sequence each event belongs to, then each to its place.
    fn of(store: &Store, events: &Events) -> Self {
        let mut open: HashMap<(u32, u32), (i32, u32), FixedState> = HashMap::default();
        let mut keys = Vec::new();
        let mut lengths: Vec<usize> = Vec::new();
        let mut places: Vec<(u32, u32, u8)> = Vec::new();
        for event in &events.all {
            let row = event.row as usize;
            let Some(symbol) = hmm::symbol(store.columns.event_id[row]) else { continue };
            if event.account == NONE {
                continue;
            }
            let day = day(store.columns.time[row]) as i32;
            let mut begin = || {
                keys.push((event.account, event.source, day));
                lengths.push(0);
                (day, (lengths.len() - 1) as u32)
            };
            let current = open.entry((event.account, event.source)).or_insert_with(&mut begin);
            if current.0 != day {
                *current = begin();
            }
            lengths[current.1 as usize] += 1;
            places.push((current.1, event.row, symbol));
        }
        let mut starts = vec![0];
        let mut end = 0;
        starts.extend(lengths.iter().map(|length| {
            end += length;
            end
        }));
        let mut next = starts.clone();
        let (mut symbols, mut rows) = (vec![0; end], vec![0; end]);
        for (sequence, row, symbol) in places {
            let at = &mut next[sequence as usize];
            (symbols[*at], rows[*at]) = (symbol, row);
            *at += 1;
        }
        Self { keys, starts, symbols, rows }
    }

    fn symbols(&self, i: usize) -> &[u8] {
        &self.symbols[self.starts[i]..self.starts[i + 1]]
    }

    /// Every n-th of these sequences, so that no more symbols than are wanted come together.
    fn sample(&self, long: &[usize]) -> Vec<&[u8]> {
        let cut = |i: usize| &self.symbols(i)[..self.symbols(i).len().min(LENGTH_AT_MOST)];
        let symbols: usize = long.iter().map(|&i| cut(i).len()).sum();
        let stride = symbols.div_ceil(TRAINED_ON_AT_MOST).max(1);
        let mut room = TRAINED_ON_AT_MOST;
        let fits = |sequence: &&[u8]| {
            let fits = sequence.len() <= room;
            room -= if fits { sequence.len() } else { room };
            fits
        };
        long.iter().step_by(stride).map(|&i| cut(i)).take_while(fits).collect()
    }
}
