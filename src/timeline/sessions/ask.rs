//! Questions to the sessions.

use super::{Certainty, Session, Sessions};
use crate::event::time::TICKS_PER_SECOND;
use crate::identity::{Events, HostKind, Identity};
use crate::store::Store;
use crate::timeline::written;

/// One account interactive at two hosts from two places at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Overlap {
    /// Numbers of [`Sessions::all`]; `second` started while `first` went on.
    pub first: u32,
    pub second: u32,
    /// Ticks.
    pub from: i64,
    pub to: i64,
    /// The two sources are known to be two: not an address without a name here and a machine whose addresses nobody knows there.
    pub apart: bool,
    /// A record says that `first` ended after `second` began; otherwise nothing but the lack of a log-off says so.
    pub certain: bool,
}

/// Somebody was connected to the session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// Ticks.
    pub from: i64,
    pub to: i64,
    /// Row of the logon or reconnection, which says from where.
    pub row: u32,
}

impl Sessions {
    pub fn get(&self, number: u32) -> Option<&Session> {
        self.all.get(number as usize)
    }

    /// Numbers of an account's sessions by start.
    pub fn of_account(&self, account: u32) -> &[u32] {
        self.by_account.get(account)
    }

    /// Numbers of the sessions on a host by start.
    pub fn of_host(&self, host: u32) -> &[u32] {
        self.by_host.get(host)
    }

    /// Who was on this machine at `time` (ticks)? Numbers by start; see [`super::End`] for how sure their ends are. Linear in the host's
    /// sessions up to then.
    pub fn open_at(&self, host: u32, time: i64) -> Vec<u32> {
        let of_host = self.of_host(host);
        let until = of_host.partition_point(|&n| self.all[n as usize].start <= time);
        of_host[..until].iter().copied().filter(|&n| self.all[n as usize].end >= time).collect()
    }

    /// Where the account was interactive at two hosts from two sources at once; by the second's start, then the first's number. A session
    /// that came from a host at which the account was already is a next step and no second place. Of several sessions at one host from one
    /// source the one that lasts longest is compared.
    pub fn overlaps(&self, identity: &Identity, account: u32) -> Vec<Overlap> {
        let mut found = Vec::new();
        // One for each host and source, so that this grows with places and not with sessions.
        let mut running: Vec<u32> = Vec::new();
        for &second in self.of_account(account).iter().filter(|&&n| self.all[n as usize].is_interactive()) {
            let b = &self.all[second as usize];
            running.retain(|&n| self.all[n as usize].end > b.start);
            let is_next_step =
                b.source != b.host && running.iter().any(|&n| self.all[n as usize].host == b.source);
            for &first in running.iter().filter(|_| !is_next_step) {
                let a = &self.all[first as usize];
                if a.host != b.host && a.source != b.source {
                    found.push(Overlap {
                        first,
                        second,
                        from: b.start,
                        to: a.end.min(b.end).max(b.start),
                        apart: apart(identity, a.source, b.source),
                        certain: a.end_kind.certainty() == Certainty::Certain,
                    });
                }
            }
            let place = |n: &u32| (self.all[*n as usize].host, self.all[*n as usize].source);
            match running.iter_mut().find(|n| place(n) == (b.host, b.source)) {
                Some(n) if self.all[*n as usize].end < b.end => *n = second,
                Some(_) => {}
                None => running.push(second),
            }
        }
        found.sort_unstable_by_key(|o| (o.second, o.first));
        found
    }

    /// When somebody was connected to the session: from its start, broken by 4779 or RDP 24, on again with 4778 or RDP 25.
    pub fn connected(&self, store: &Store, number: u32) -> Vec<Span> {
        let Some(session) = self.get(number) else { return Vec::new() };
        let from = self.changes.partition_point(|c| c.session < number);
        let changes = self.changes[from..].iter().take_while(|c| c.session == number);
        let mut spans = vec![Span { from: session.start, to: session.end, row: session.start_row }];
        let mut connected = true;
        for c in changes {
            let time = store.columns.time[c.row as usize];
            // Both logs tell of one change; the first is heard.
            if c.connected == connected || time < session.start {
                continue;
            }
            connected = c.connected;
            if connected {
                spans.push(Span { from: time, to: session.end.max(time), row: c.row });
            } else if let Some(span) = spans.last_mut() {
                span.to = time;
            }
        }
        spans
    }

    /// The other half of a logon under User Account Control: Windows opens two sessions at once, one with special privileges and one
    /// without. Found by account, type, source and time, since the records' TargetLinkedLogonId is missing before Windows 10.
    pub fn linked(&self, number: u32) -> Option<u32> {
        let session = self.get(number).filter(|s| s.is_interactive() && !s.terminal)?;
        let of_host = self.of_host(session.host);
        let at = of_host.binary_search(&number).ok()?;
        let near = at.saturating_sub(4)..(at + 5).min(of_host.len());
        let mut twins = of_host[near].iter().copied().filter(|&n| {
            let s = &self.all[n as usize];
            s.privileged != session.privileged
                && (s.account, s.source, s.logon_type)
                    == (session.account, session.source, session.logon_type)
                && s.start.abs_diff(session.start) <= TICKS_PER_SECOND as u64
        });
        twins.next().filter(|_| twins.next().is_none())
    }

    /// Rows of the Security log that carry the session's LogonId, its start and end included, in the order of time; linear in the events of
    /// all hosts meanwhile. A session of a standing id (SYSTEM's and the services') has only its start.
    pub fn rows(&self, store: &Store, events: &Events, number: u32) -> Vec<u32> {
        let Some(s) = self.get(number) else { return Vec::new() };
        let c = &store.columns;
        let logon_id = c.logon_id[s.start_row as usize];
        if s.terminal || logon_id <= 0x3e7 {
            return vec![s.start_row];
        }
        // The 4672 of a network logon is written just before its 4624.
        let (from, to) = (s.start.min(s.end).saturating_sub(TICKS_PER_SECOND), s.end.max(s.start));
        let first = events.all.partition_point(|e| c.time[e.row as usize] < from);
        let meanwhile = events.all[first..].iter().take_while(|e| c.time[e.row as usize] <= to);
        let own = meanwhile.filter(|e| {
            let row = e.row as usize;
            c.logon_id[row] == logon_id
                && written::host(store, e) == s.host
                && (c.event_id[row] != 4624 || e.row == s.start_row)
        });
        own.map(|e| e.row).collect()
    }
}

/// Whether two hosts are surely two machines.
fn apart(identity: &Identity, a: u32, b: u32) -> bool {
    let (Some(a), Some(b)) = (identity.hosts.get(a), identity.hosts.get(b)) else { return false };
    match (a.kind, b.kind) {
        (HostKind::Address, HostKind::Address) => true,
        (HostKind::Address, _) => !b.addresses.is_empty(),
        (_, HostKind::Address) => !a.addresses.is_empty(),
        _ => true,
    }
}
