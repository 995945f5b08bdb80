//! Logon sessions: each successful logon (4624) with what ended it and what was done in it.
//!
//! | in the log of one host, between two boots | becomes |
//! | --- | --- |
//! | 4624 with TargetLogonId L | a session's start |
//! | 4647 or 4634 with L, or RDP 23 | its end, certain; a 4634 after the 4647 ends nothing more |
//! | 4672 with SubjectLogonId L, after the 4624 or, of a network logon, just before it | the session is privileged |
//! | 4648 with SubjectLogonId L | other credentials were used in it |
//! | 4778, 4779 with LogonID L; RDP 24, 25 | reconnected, disconnected |
//! | RDP 21 or 25, and no 4624 of this account shortly before | a session of its own (`terminal`) |
//! | 4624 of type 0 | no session: the machine started |
//!
//! A LogonId is a locally unique id: it rises from boot to boot and is unique between two boots only (Microsoft, "4624(S): An account was
//! successfully logged on", field Logon ID; "LUID", winnt.h). 4634 says that a session is gone, 4647 that its user asked for it (Microsoft,
//! "4634(S)", "4647(S)"), so the first of the two is the end.

mod ask;
mod build;
mod terminal;

pub use ask::{Overlap, Span};

use crate::identity::Events;
use crate::store::Store;

/// What ended a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum End {
    /// 4634.
    Logoff,
    /// 4647.
    SignOut,
    /// Event 23 of the LocalSessionManager.
    TerminalLogoff,
    /// The machine started anew; `end` is the last event it wrote before.
    Boot,
    /// The LogonId was given to another session: a boot that left no trace lies between. `end` is the new session's start.
    Reused,
    /// A network logon (type 3) without any further sign: `end` is its last sign and the 15 minutes after which an SMB server cuts off
    /// an idle client by default (Microsoft, "Microsoft network server: Amount of idle time required before suspending session").
    Idle,
    /// The log ends first; `end` is the last event the host wrote.
    Open,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Certainty {
    /// A record says so.
    Certain,
    /// It must have ended, at the latest then.
    Assumed,
    Unknown,
}

impl End {
    pub const fn certainty(self) -> Certainty {
        match self {
            End::Logoff | End::SignOut | End::TerminalLogoff => Certainty::Certain,
            End::Boot | End::Reused | End::Idle => Certainty::Assumed,
            End::Open => Certainty::Unknown,
        }
    }
}

/// One session; 48 bytes. Account and host numbers are the [`crate::identity::Identity`]'s, [`crate::identity::NONE`] where the record
/// names nobody or no place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Session {
    /// Ticks.
    pub start: i64,
    /// Ticks; before `start` where the clock was set back meanwhile.
    pub end: i64,
    pub account: u32,
    /// Where the session is: the host that wrote its start.
    pub host: u32,
    /// Where it came from.
    pub source: u32,
    /// Row of the 4624, or of the RDP event.
    pub start_row: u32,
    /// Row of what ended it: the log-off, the boot's 4624, the next use of the LogonId; [`NO_ROW`] for `Idle` and `Open`.
    pub end_row: u32,
    /// How often other credentials were used in it (4648), at most 65,535.
    pub credentials: u16,
    /// [`crate::store::NO_TYPE`] for a session that only RDP events tell of.
    pub logon_type: u8,
    pub end_kind: End,
    /// Special privileges were assigned to it (4672).
    pub privileged: bool,
    /// Only the TerminalServices logs tell of it.
    pub terminal: bool,
}

/// "No row".
pub const NO_ROW: u32 = u32::MAX;

impl Session {
    /// Somebody at the machine's screen, or at a remote one: types 2, 7, 10 and 11, cached forms included, and RDP sessions.
    pub const fn is_interactive(&self) -> bool {
        self.terminal || matches!(self.logon_type, 2 | 7 | 10..=13)
    }

    /// Ticks; 0 where the clock was set back meanwhile.
    pub fn duration(&self) -> i64 {
        self.end.saturating_sub(self.start).max(0)
    }
}

/// How the records were used; every one is in one of these.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// 4624 not of type 0: as many sessions.
    pub logons: u64,
    /// 4624 of type 0.
    pub boots: u64,
    /// Boots told only by a LogonId below earlier ones after the log service had stopped (1100).
    pub boots_inferred: u64,
    /// Sessions that only TerminalServices events tell of.
    pub terminal: u64,
    /// 4634 and 4647 that ended a session.
    pub ends: u64,
    /// 4634 and 4647 of a session that had ended before: mostly the 4634 after a 4647.
    pub later_ends: u64,
    /// 4634 and 4647 whose 4624 is not in the logs.
    pub orphan_ends: u64,
    /// RDP 23 that belong to no session.
    pub orphan_terminal_ends: u64,
    /// 4672 whose session is not in the logs.
    pub orphan_privileges: u64,
    /// 4648 whose session is not in the logs.
    pub orphan_credentials: u64,
    /// 4778, 4779, RDP 24 and 25 whose session is not in the logs.
    pub orphan_changes: u64,
    /// Second copies of 4624 (the same record in two files); no session of their own.
    pub copied_logons: u64,
    /// Second copies of 4634 and 4647.
    pub copied_ends: u64,
}

/// A session was disconnected, or connected again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Change {
    session: u32,
    row: u32,
    connected: bool,
}

/// All sessions by start, with the ways to them.
#[derive(Clone, Debug, Default)]
pub struct Sessions {
    pub all: Vec<Session>,
    pub counts: Counts,
    /// By session, in the order of time.
    changes: Vec<Change>,
    by_account: Index,
    by_host: Index,
}

impl Sessions {
    /// Sessions of every host whose events are in the store. Linear in events but for sorting what is nearly sorted.
    pub fn of(store: &Store, events: &Events) -> Self {
        let mut found = build::Found::default();
        build::build(store, events, &mut found);
        terminal::add(store, events, &mut found);
        let build::Found { sessions, changes, counts } = found;

        let key = |n: u32| {
            let s = &sessions[n as usize];
            (s.start, s.host, store.columns.record_id[s.start_row as usize])
        };
        let mut order: Vec<u32> = (0..sessions.len() as u32).collect();
        order.sort_by_key(|&n| key(n));
        let mut place = vec![0; sessions.len()];
        order.iter().zip(0..).for_each(|(&n, to)| place[n as usize] = to);
        let mut changes: Vec<Change> =
            changes.into_iter().map(|c| Change { session: place[c.session as usize], ..c }).collect();
        changes.sort_by_key(|c| (c.session, store.columns.time[c.row as usize]));
        let all: Vec<Session> = order.iter().map(|&n| sessions[n as usize]).collect();
        Self {
            by_account: Index::of(all.iter().map(|s| s.account)),
            by_host: Index::of(all.iter().map(|s| s.host)),
            all,
            counts,
            changes,
        }
    }

    /// Bytes of memory held.
    pub fn memory(&self) -> usize {
        self.all.capacity() * size_of::<Session>()
            + self.changes.capacity() * size_of::<Change>()
            + 4 * (self.by_account.memory() + self.by_host.memory())
    }
}

/// The members of each group, all in one array.
#[derive(Clone, Debug, Default)]
struct Index {
    /// Where each group's members start; one more for the end.
    starts: Vec<u32>,
    members: Vec<u32>,
}

impl Index {
    /// Members are numbered in the order given; those of [`crate::identity::NONE`] are in no group.
    fn of(groups: impl Iterator<Item = u32> + Clone) -> Self {
        let known = || groups.clone().zip(0u32..).filter(|(g, _)| *g != crate::identity::NONE);
        let len = known().map(|(g, _)| g as usize + 1).max().unwrap_or(0);
        let mut starts = vec![0u32; len + 1];
        known().for_each(|(g, _)| starts[g as usize + 1] += 1);
        (1..starts.len()).for_each(|i| starts[i] += starts[i - 1]);
        let mut next = starts.clone();
        let mut members = vec![0; starts.last().map_or(0, |&n| n as usize)];
        for (g, n) in known() {
            members[next[g as usize] as usize] = n;
            next[g as usize] += 1;
        }
        Self { starts, members }
    }

    fn get(&self, group: u32) -> &[u32] {
        let g = group as usize;
        match (self.starts.get(g), g.checked_add(1).and_then(|g| self.starts.get(g))) {
            (Some(&from), Some(&to)) => self.members.get(from as usize..to as usize).unwrap_or_default(),
            _ => &[],
        }
    }

    fn memory(&self) -> usize {
        self.starts.capacity() + self.members.capacity()
    }
}
