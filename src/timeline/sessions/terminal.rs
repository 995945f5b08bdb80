//! Sessions as the TerminalServices LocalSessionManager tells of them: 21 logon, 23 logoff, 24 disconnect, 25 reconnect, by SessionID.
//!
//! It has a log of its own, with its own record ids, often kept for longer than Security. What it says of a session that Security has too is
//! added there; the rest are sessions by themselves.

use super::build::Found;
use super::{Certainty, Change, End, NO_ROW, Session};
use crate::event::Field;
use crate::event::time::TICKS_PER_SECOND;
use crate::identity::{Event, Events, NONE};
use crate::store::{NO_TYPE, Store};
use foldhash::fast::FixedState;
use hashbrown::HashMap;

/// A desktop is ready at most this long after its logon.
const READY: i64 = 120 * TICKS_PER_SECOND;

/// The sessions as they are at one moment.
#[derive(Default)]
struct Now {
    /// Host and SessionID → session.
    live: HashMap<(u32, u32), u32, FixedState>,
    /// Host and account → its last interactive session of the Security log.
    latest: HashMap<(u32, u32), u32, FixedState>,
}

pub fn add(store: &Store, events: &Events, found: &mut Found) {
    let c = &store.columns;
    let is_terminal = |e: &&Event| matches!(c.event_id[e.row as usize], 21 | 23..=25);
    let mut interactive: Vec<u32> = (0..found.sessions.len() as u32).collect();
    interactive.retain(|&n| found.sessions[n as usize].is_interactive());
    interactive.sort_by_key(|&n| found.sessions[n as usize].start);
    let mut coming = interactive.into_iter().peekable();
    let mut now = Now::default();
    // By host: where its log ends.
    let mut last: HashMap<u32, i64, FixedState> = HashMap::default();
    let mut before: Option<usize> = None;
    for e in events.all.iter().filter(is_terminal) {
        let row = e.row as usize;
        if before.is_some_and(|b| is_copy(store, b, row)) {
            continue;
        }
        before = Some(row);
        while let Some(n) = coming.next_if(|&n| found.sessions[n as usize].start <= c.time[row]) {
            let s = &found.sessions[n as usize];
            now.latest.insert((s.host, s.account), n);
        }
        event(store, e, &mut now, found);
        last.insert(e.target, c.time[row]);
    }
    for s in found.sessions.iter_mut().filter(|s| s.terminal && s.end_kind == End::Open) {
        s.end = last.get(&s.host).copied().unwrap_or(s.start).max(s.start);
    }
}

fn is_copy(store: &Store, a: usize, b: usize) -> bool {
    let c = &store.columns;
    (c.record_id[a], c.time[a], c.event_id[a]) == (c.record_id[b], c.time[b], c.event_id[b])
        && (c.computer[a], c.account[a]) == (c.computer[b], c.account[b])
        && c.record_id[a] != 0
}

fn event(store: &Store, e: &Event, now: &mut Now, found: &mut Found) {
    let row = e.row as usize;
    let (time, id) = (store.columns.time[row], store.columns.event_id[row]);
    let number = store.tables.detail(store.columns.details[row], Field::SessionID).trim().parse();
    let key = (e.target, number.unwrap_or(NONE));
    if id == 21 {
        // A SessionID is given anew once its session is over; the host was started since, or the 23 is missing.
        if let Some(old) = now.live.remove(&key) {
            assume(&mut found.sessions[old as usize], time, e.row);
        }
    }
    let live = now.live.get(&key).copied().filter(|&n| found.sessions[n as usize].account == e.account);
    let session = live.or_else(|| {
        let n = *now.latest.get(&(e.target, e.account))?;
        let s = &found.sessions[n as usize];
        let recent = time.saturating_sub(s.start) <= READY;
        let lasts = s.end_kind.certainty() != Certainty::Certain || s.end.saturating_add(READY) >= time;
        (recent || id != 21 && lasts).then_some(n)
    });
    let session = match (session, id) {
        (Some(n), _) => n,
        (None, 21 | 25) => {
            found.counts.terminal += 1;
            found.sessions.push(start(e, time));
            found.sessions.len() as u32 - 1
        }
        (None, 23) => {
            found.counts.orphan_terminal_ends += 1;
            return;
        }
        (None, _) => {
            found.counts.orphan_changes += 1;
            return;
        }
    };
    match id {
        23 => {
            now.live.remove(&key);
            let s = &mut found.sessions[session as usize];
            if s.end_kind.certainty() != Certainty::Certain {
                (s.end, s.end_kind, s.end_row) = (time, End::TerminalLogoff, e.row);
            }
        }
        _ => {
            now.live.insert(key, session);
            if id != 21 {
                found.changes.push(Change { session, row: e.row, connected: id == 25 });
            }
        }
    }
}

/// The SessionID has gone to another session.
fn assume(s: &mut Session, time: i64, row: u32) {
    if s.terminal && s.end_kind == End::Open {
        (s.end, s.end_kind, s.end_row) = (time, End::Reused, row);
    }
}

fn start(e: &Event, time: i64) -> Session {
    Session {
        start: time,
        end: time,
        account: e.account,
        host: e.target,
        source: e.source,
        start_row: e.row,
        end_row: NO_ROW,
        credentials: 0,
        logon_type: NO_TYPE,
        end_kind: End::Open,
        privileged: false,
        terminal: true,
    }
}
