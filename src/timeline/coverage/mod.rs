//! What the loaded logs cover: by host, day and event id, with every known reason why something may be missing.
//!
//! A log that says nothing is no proof that nothing happened. An analysis asks here first whether the events it lives on are there at all.

mod build;
mod facts;
mod topic;

pub use facts::Issuer;
pub use topic::{NotEvaluable, Topic};

pub use crate::event::time::day;
use crate::identity::{Events, Identity};
use crate::store::Store;
use crate::timeline::written::{Back, Written};

/// Gaps listed one by one for each log; past this they are only counted.
pub const MAX_GAPS: usize = 10_000;

/// Events of one id that one host wrote on one UTC day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cell {
    pub host: u32,
    /// Days since 1970-01-01, UTC.
    pub day: i64,
    pub event_id: u16,
    pub count: u64,
    /// Ticks.
    pub first: i64,
    pub last: i64,
}

/// One channel of one computer, over all files that hold a part of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Log {
    /// As written.
    pub computer: String,
    pub channel: String,
    /// [`crate::identity::NONE`] where no kept event is of this computer.
    pub host: u32,
    /// Records, kept or not; copies count.
    pub records: u64,
    /// Lowest and highest EventRecordID.
    pub first_id: u64,
    pub last_id: u64,
    /// Ids missing between the two; `None` where a file was filtered and gaps tell nothing.
    pub missing: Option<u64>,
    /// The missing ids as runs, the first [`MAX_GAPS`].
    pub gaps: Vec<Gap>,
    pub more_gaps: u64,
}

/// Records that are in no file: overwritten between two exports, not exported, deleted, or damaged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gap {
    pub first_id: u64,
    pub last_id: u64,
    /// Ticks of the last kept event before it and the first one after it, where there are such.
    pub after: Option<i64>,
    pub before: Option<i64>,
}

impl Gap {
    pub fn missing(&self) -> u64 {
        (self.last_id - self.first_id).saturating_add(1)
    }
}

/// Something was done to a log or to the clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    pub host: u32,
    pub kind: MarkKind,
    /// Ticks.
    pub time: i64,
    pub row: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum MarkKind {
    /// 1102: the Security log was cleared.
    SecurityCleared,
    /// 104: the System log was cleared, or another one but Security.
    Cleared,
    /// 1100: the event log service stopped, at a shutdown or by hand.
    Stopped,
    /// 4616: the clock was set by so many ticks, more than a minute's.
    ClockSet(i64),
}

/// Damage in one file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Damaged {
    /// Number in [`Store::files`].
    pub file: u32,
    /// Places, listed in the file's report.
    pub places: u64,
    pub chunks: u64,
}

/// See the module.
#[derive(Clone, Debug, Default)]
pub struct Coverage {
    /// By host, day and event id.
    pub cells: Vec<Cell>,
    /// By computer and channel.
    pub logs: Vec<Log>,
    /// By host, time and kind.
    pub marks: Vec<Mark>,
    /// Where a host's time goes back from one record to the next, by host and record id.
    pub back: Vec<Back>,
    /// By the files' names.
    pub damaged: Vec<Damaged>,
    /// First and last time of all events, in ticks.
    pub span: Option<(i64, i64)>,
    pub not_evaluable: Vec<NotEvaluable>,
}

impl Coverage {
    /// Linear in events but for sorting what is nearly sorted.
    pub fn of(store: &Store, identity: &Identity, events: &Events) -> Self {
        let written = Written::of(store, events);
        let mut coverage = Self {
            cells: build::cells(store, events),
            logs: build::logs(store, identity, events, &written),
            marks: build::marks(store, events),
            damaged: build::damaged(store),
            back: written.back,
            span: store.span(),
            not_evaluable: Vec::new(),
        };
        coverage.not_evaluable = topic::not_evaluable(&coverage, store, identity, events);
        coverage
    }

    /// The cells of one host and day.
    pub fn day(&self, host: u32, day: i64) -> &[Cell] {
        let from = self.cells.partition_point(|c| (c.host, c.day) < (host, day));
        let to = self.cells.partition_point(|c| (c.host, c.day) <= (host, day));
        &self.cells[from..to]
    }

    /// All cells of one host.
    pub fn of_host(&self, host: u32) -> &[Cell] {
        let from = self.cells.partition_point(|c| c.host < host);
        let to = self.cells.partition_point(|c| c.host <= host);
        &self.cells[from..to]
    }
}
