//! Sessions out of one Security log after the other, each read in the order in which it was written.

use super::{Change, Counts, End, NO_ROW, Session};
use crate::event::time::TICKS_PER_SECOND;
use crate::identity::{Event, Events};
use crate::store::Store;
use crate::timeline::written::Written;
use foldhash::fast::FixedState;
use hashbrown::HashMap;

/// Default idle limit of the SMB server.
const IDLE: i64 = 15 * 60 * TICKS_PER_SECOND;
/// Longest time between a 4672 and the 4624 that follows it: they are made together.
const ANNOUNCED: u64 = 10 * TICKS_PER_SECOND as u64;
/// Types that an idle limit ends.
const NETWORK: u8 = 3;

/// Sessions in the making, in no order yet.
#[derive(Default)]
pub struct Found {
    pub sessions: Vec<Session>,
    pub changes: Vec<Change>,
    pub counts: Counts,
}

/// A LogonId that is in use.
struct Live {
    session: u32,
    /// Ticks of the last event with this id.
    sign: i64,
    ended: bool,
}

/// One host's log between two boots.
#[derive(Default)]
struct Uptime {
    live: HashMap<u64, Live, FixedState>,
    /// Sessions of ids that stand from boot to boot, or without an id: only a boot ends them.
    standing: Vec<u32>,
    /// 4672 without a session yet, by LogonId, with their ticks: of a network logon it is written just before the 4624.
    announced: HashMap<u64, i64, FixedState>,
    highest: u64,
    /// The log service stopped and nothing has started since.
    stopped: bool,
}

/// NETWORK SERVICE, LOCAL SERVICE, ANONYMOUS and SYSTEM: one id for all their logons (winnt.h, `*_LUID`).
const fn is_standing(logon_id: u64) -> bool {
    matches!(logon_id, 0 | 0x3e4..=0x3e7)
}

pub fn build(store: &Store, events: &Events, found: &mut Found) {
    let written = Written::of(store, events);
    for (host, part) in written.hosts() {
        let mut up = Uptime::default();
        let mut before: Option<usize> = None;
        let mut last = i64::MIN;
        for &number in part {
            let e = &events.all[number as usize];
            let row = e.row as usize;
            if before.is_some_and(|b| is_copy(store, b, row)) {
                match store.columns.event_id[row] {
                    4624 => found.counts.copied_logons += u64::from(store.columns.logon_type[row] != 0),
                    4634 | 4647 => found.counts.copied_ends += 1,
                    _ => {}
                }
                continue;
            }
            event(store, e, host, last, &mut up, found);
            before = Some(row);
            last = store.columns.time[row];
        }
        up.close(End::Open, last, NO_ROW, found);
    }
}

/// The same record, out of another file.
fn is_copy(store: &Store, a: usize, b: usize) -> bool {
    let c = &store.columns;
    c.record_id[a] == c.record_id[b]
        && c.record_id[a] != 0
        && c.time[a] == c.time[b]
        && c.event_id[a] == c.event_id[b]
        && c.logon_id[a] == c.logon_id[b]
        && c.computer[a] == c.computer[b]
        && c.account[a] == c.account[b]
}

/// `last`: time of the event before.
fn event(store: &Store, e: &Event, host: u32, last: i64, up: &mut Uptime, found: &mut Found) {
    let c = &store.columns;
    let row = e.row as usize;
    let (time, logon_id) = (c.time[row], c.logon_id[row]);
    match c.event_id[row] {
        4624 if c.logon_type[row] == 0 => {
            found.counts.boots += 1;
            up.boot(last, e.row, found);
        }
        4624 => {
            found.counts.logons += 1;
            // Ids only rise: a lower one after the log service had stopped is another boot's.
            if up.stopped && !is_standing(logon_id) && logon_id < up.highest {
                found.counts.boots_inferred += 1;
                up.boot(last, e.row, found);
            }
            up.start(store, e, host, found);
        }
        1100 => up.stopped = true,
        id @ (4634 | 4647) => {
            let Some(live) = up.live.get_mut(&logon_id) else {
                found.counts.orphan_ends += 1;
                return;
            };
            live.sign = time;
            if live.ended {
                found.counts.later_ends += 1;
            } else {
                live.ended = true;
                let s = &mut found.sessions[live.session as usize];
                (s.end, s.end_row) = (time, e.row);
                s.end_kind = if id == 4634 { End::Logoff } else { End::SignOut };
                found.counts.ends += 1;
            }
        }
        id => {
            // 4624's own id aside, this is the session in which the thing was done.
            let live = up.live.get_mut(&logon_id);
            // Privileges come with a logon: those of an ended session are the next one's.
            let live = live.filter(|live| logon_id != 0 && !(id == 4672 && live.ended));
            let session = live.map(|live| {
                live.sign = time;
                live.session
            });
            if id == 4672 && session.is_none() && up.announced.insert(logon_id, time).is_none() {
                return;
            }
            act(id, e.row, session, found);
        }
    }
}

fn act(id: u16, row: u32, session: Option<u32>, found: &mut Found) {
    let Found { sessions, changes, counts } = found;
    match (id, session) {
        (4672, Some(n)) => sessions[n as usize].privileged = true,
        (4672, None) => counts.orphan_privileges += 1,
        (4648, Some(n)) => {
            let s = &mut sessions[n as usize];
            s.credentials = s.credentials.saturating_add(1);
        }
        (4648, None) => counts.orphan_credentials += 1,
        (4778 | 4779, Some(session)) => changes.push(Change { session, row, connected: id == 4778 }),
        (4778 | 4779, None) => counts.orphan_changes += 1,
        _ => {}
    }
}

impl Uptime {
    fn start(&mut self, store: &Store, e: &Event, host: u32, found: &mut Found) {
        let c = &store.columns;
        let row = e.row as usize;
        let (time, logon_id) = (c.time[row], c.logon_id[row]);
        let session = found.sessions.len() as u32;
        let announced = self.announced.remove(&logon_id).map(|at| at.abs_diff(time) <= ANNOUNCED);
        found.counts.orphan_privileges += u64::from(announced == Some(false));
        found.sessions.push(Session {
            start: time,
            end: time,
            account: e.account,
            host,
            source: e.source,
            start_row: e.row,
            end_row: NO_ROW,
            credentials: 0,
            logon_type: c.logon_type[row],
            end_kind: End::Open,
            privileged: announced == Some(true),
            terminal: false,
        });
        if is_standing(logon_id) {
            self.standing.push(session);
        } else {
            self.highest = self.highest.max(logon_id);
        }
        if logon_id == 0 {
            return;
        }
        let before = self.live.insert(logon_id, Live { session, sign: time, ended: false });
        if let Some(live) = before.filter(|live| !live.ended && !is_standing(logon_id)) {
            assume(&live, End::Reused, time, e.row, found);
        }
    }

    /// The machine started; all that was open is over. `last`: the last event before.
    fn boot(&mut self, last: i64, row: u32, found: &mut Found) {
        self.close(End::Boot, last, row, found);
        (self.highest, self.stopped) = (0, false);
    }

    fn close(&mut self, kind: End, at: i64, row: u32, found: &mut Found) {
        found.counts.orphan_privileges += self.announced.drain().count() as u64;
        for (id, live) in self.live.drain().filter(|(_, live)| !live.ended) {
            if !is_standing(id) {
                assume(&live, kind, at, row, found);
            }
        }
        for n in self.standing.drain(..) {
            let s = &mut found.sessions[n as usize];
            if s.end_row == NO_ROW {
                (s.end, s.end_kind, s.end_row) = (at.max(s.start), kind, row);
            }
        }
    }
}

/// Ends a session without a log-off: by its idle limit, or by what happened at `at` if that came first.
fn assume(live: &Live, kind: End, at: i64, row: u32, found: &mut Found) {
    let s = &mut found.sessions[live.session as usize];
    let idle = live.sign.saturating_add(IDLE);
    (s.end, s.end_kind, s.end_row) = if s.logon_type == NETWORK && idle <= at {
        (idle, End::Idle, NO_ROW)
    } else {
        (at.max(s.start), kind, row)
    };
}
