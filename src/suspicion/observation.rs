//! One surprising thing: who, from where, to where, how surprising, and the records that show it.

use super::signal::Signal;
use crate::identity::NONE;

/// What was seen, in numbers; put in words only for those who ask (see [`super::why`]).
#[derive(Clone, Debug, PartialEq)]
pub enum Fact {
    /// First use after `days` active days; `users` of `all` accounts use the host.
    First {
        days: u32,
        users: u32,
        all: u32,
    },
    /// First logon from the source host to the target after the source had been active for `days` days.
    FirstWay {
        days: u32,
    },
    /// Seen in this hour (UTC) on `days` of its `of` active days, `weekend` or not.
    Hour {
        hour: u8,
        weekend: bool,
        days: u32,
        of: u32,
    },
    /// So many in a stretch of time where `usual` is usual.
    Burst {
        count: u32,
        usual: f64,
    },
    /// Tickets for so many services of accounts in a day.
    Services {
        count: u32,
        usual: f64,
    },
    /// A success after `failures` from the same source.
    After {
        failures: u32,
    },
    /// Only `users` of `all` accounts of its kind have this form, this one on `days` days.
    Form {
        form: String,
        users: u32,
        all: u32,
        days: u32,
    },
    /// A change, with what it changed.
    Change {
        what: &'static str,
        object: String,
        days: u32,
    },
    /// No TGT request, or no service ticket, in the ten hours before.
    Tgt,
    ServiceTicket,
    /// The machine account of another host.
    Machine,
    /// The name this SID had here, which is not its own.
    Name {
        name: String,
    },
    Outside,
    Workstation {
        name: String,
    },
    Workstations {
        names: u32,
    },
    /// `hops` hops, changing credentials `switches` times.
    Chain {
        hops: u32,
        switches: u32,
    },
    /// Highest score of the improved ChangeFinder, in nats.
    Jump {
        score: f64,
    },
    /// A sequence of so many events, its nats per event, and the mean of all.
    Sequence {
        events: u32,
        nats: f64,
        usual: f64,
    },
}

#[derive(Clone, Debug, PartialEq)]
pub struct Observation {
    pub signal: Signal,
    /// [`NONE`] where it concerns nobody, or no place.
    pub account: u32,
    pub source: u32,
    pub target: u32,
    /// An account to which it was done.
    pub object: u32,
    /// Surprise.
    pub bits: f64,
    pub fact: Fact,
    /// Rows of the store that show it, in the order of time; at most [`EVIDENCE`].
    pub rows: Vec<u32>,
    /// How many rows there are.
    pub total: u64,
}

/// Rows kept of one observation.
pub const EVIDENCE: usize = 100;

impl Observation {
    pub fn new(signal: Signal, bits: f64, fact: Fact, row: u32) -> Self {
        let (account, source, target, object) = (NONE, NONE, NONE, NONE);
        Self { signal, account, source, target, object, bits, fact, rows: vec![row], total: 1 }
    }

    pub fn account(self, account: u32) -> Self {
        Self { account, ..self }
    }

    pub fn source(self, source: u32) -> Self {
        Self { source, ..self }
    }

    pub fn target(self, target: u32) -> Self {
        Self { target, ..self }
    }

    pub fn object(self, object: u32) -> Self {
        Self { object, ..self }
    }

    pub fn rows(self, evidence: Evidence) -> Self {
        Self { rows: evidence.rows, total: evidence.total, ..self }
    }
}

/// Rows gathered one by one, the first ones kept.
#[derive(Clone, Debug, Default)]
pub struct Evidence {
    pub rows: Vec<u32>,
    pub total: u64,
}

impl Evidence {
    pub fn add(&mut self, row: u32) {
        self.total += 1;
        if self.rows.len() < EVIDENCE {
            self.rows.push(row);
        }
    }
}
