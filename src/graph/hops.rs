//! Hops: an account moves from one host to another. What paths through time are made of.
//!
//! | event | hop | what it proves |
//! | --- | --- | --- |
//! | 4624 type 10, 12; 7, 13 (unlocked from afar); 21, 25, 4778 | client → computer | a desktop on the target |
//! | 4624 type 8 | client → computer | a logon whose password the target saw |
//! | 4624 type 3 | client → computer | a network logon |
//! | 4769 for a computer's account (`FS01$`) | client → FS01 | a ticket was issued; that it was used, only the target's own log can say |
//! | 4648 | computer → server named | other credentials were tried; whether they were right is not said |
//! | 1149 | client → computer | an RDP connection; written before the logon is decided |
//!
//! Tickets matter where domain controllers' logs are all there is: they name client and server of every Kerberos logon in the domain. Types 2,
//! 4, 5, 9 and 11 happen on the machine itself; 4768 and 4776 name no place to go to. Failures are no hops, nor is what stays on one host.
//!
//! One move leaves several of these: 4648 on the source, 4769 on the domain controller, 4624 on the target. What names the same account, source
//! and target within [`WINDOW`] is one hop, its events listed with the strongest first.
//!
//! Beside the hops stand exposures: where a credential lay open to whoever ruled the host. Interactive, batch, service, cleartext, explicit and
//! RDP logons leave reusable credentials behind, network logons do not (Microsoft, "Administrative tools and logon types").
//! A 4648 is written before the credentials are tried: a password guessed in vain from a host lies open on it all the same.

use super::period::Period;
use super::set_aside::{Include, Reason, of_account};
use crate::event::{Field, time::TICKS_PER_SECOND};
use crate::identity::{Event, Events, HostKind, Identity, NONE};
use crate::store::Store;
use foldhash::fast::FixedState;
use hashbrown::HashMap;
use std::ops::Range;

/// Events of one move lie no further apart: an RDP logon takes some seconds from the network authentication to the desktop, and clocks of a domain
/// differ a little.
pub const WINDOW: i64 = 10 * TICKS_PER_SECOND;

/// How a hop shows, strongest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Means {
    Desktop,
    Cleartext,
    Network,
    Ticket,
    Explicit,
    Connection,
}

impl Means {
    /// The name in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Means::Desktop => "desktop",
            Means::Cleartext => "cleartext",
            Means::Network => "network",
            Means::Ticket => "ticket",
            Means::Explicit => "explicit",
            Means::Connection => "connection",
        }
    }

    fn of(event_id: u16, logon_type: u8) -> Option<Means> {
        Some(match (event_id, logon_type) {
            (4624, 7 | 10 | 12 | 13) | (21 | 25 | 4778, _) => Means::Desktop,
            (4624, 8) => Means::Cleartext,
            (4624, 3) => Means::Network,
            (4769, _) => Means::Ticket,
            (4648, _) => Means::Explicit,
            (1149, _) => Means::Connection,
            _ => return None,
        })
    }
}

/// One account moving between two hosts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hop {
    /// Of its first event, in ticks.
    pub time: i64,
    /// The account whose credentials were used.
    pub account: u32,
    pub source: u32,
    pub target: u32,
    /// The strongest event.
    pub row: u32,
    /// Where its events start in [`Hops::evidence`].
    events: u32,
    pub means: Means,
    /// Why queries leave it out unless asked.
    pub aside: Option<Reason>,
}

/// A credential that lay open on a host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exposure {
    pub time: i64,
    pub account: u32,
    pub host: u32,
    pub row: u32,
    pub aside: Option<Reason>,
}

/// All hops and exposures in the order of time: 32 bytes a hop and 4 an event of one, 24 an exposure.
#[derive(Clone, Debug, Default)]
pub struct Hops {
    pub all: Vec<Hop>,
    pub exposures: Vec<Exposure>,
    rows: Vec<u32>,
    /// One more than the highest number in use.
    pub(super) accounts: usize,
    pub(super) hosts: usize,
}

impl Hops {
    /// Linear in events.
    pub fn build(store: &Store, identity: &Identity, events: &Events) -> Self {
        let mut hops = Hops {
            accounts: identity.accounts.all.len(),
            hosts: identity.hosts.all.len(),
            ..Hops::default()
        };
        let aside: Vec<Option<Reason>> = (0..hops.accounts as u32).map(|a| of_account(identity, a)).collect();
        let mut servers = Servers::of(identity);
        let mut shown: Vec<(u32, Means, u32)> = Vec::new();
        let mut open: HashMap<(u32, u32, u32), u32, FixedState> = HashMap::default();
        let c = &store.columns;
        for e in &events.all {
            let Some(&aside) = aside.get(e.account as usize) else { continue };
            let row = e.row as usize;
            let (time, event_id, logon_type) = (c.time[row], c.event_id[row], c.logon_type[row]);

            let host = exposes(event_id, logon_type, e);
            if host != NONE {
                hops.exposures.push(Exposure { time, account: e.account, host, row: e.row, aside });
            }

            let Some(means) = Means::of(event_id, logon_type) else { continue };
            let Some((source, target)) = way(store, &mut servers, e, means) else { continue };
            let number = hops.all.len() as u32;
            let hop = *open
                .entry((e.account, source, target))
                .and_modify(|n| {
                    if time.saturating_sub(hops.all[*n as usize].time) >= WINDOW {
                        *n = number;
                    }
                })
                .or_insert(number);
            if hop == number {
                let (account, row, events) = (e.account, e.row, 0);
                hops.all.push(Hop { time, account, source, target, row, events, means, aside });
            }
            shown.push((hop, means, e.row));
        }
        // Stable: equally strong events stay in the order of time.
        shown.sort_by_key(|&(hop, means, _)| (hop, means));
        // From the end, so that the first of a hop is what stays.
        for (i, &(hop, means, row)) in shown.iter().enumerate().rev() {
            let hop = &mut hops.all[hop as usize];
            (hop.events, hop.means, hop.row) = (i as u32, means, row);
        }
        hops.rows = shown.into_iter().map(|(.., row)| row).collect();
        hops
    }

    /// The rows of all events of a hop, strongest first.
    pub fn evidence(&self, hop: u32) -> &[u32] {
        let from = |n: usize| self.all.get(n).map_or(self.rows.len(), |h| h.events as usize);
        self.rows.get(from(hop as usize)..from(hop as usize + 1)).unwrap_or_default()
    }

    /// The numbers of the hops in a period.
    pub(super) fn within(&self, period: Period) -> Range<usize> {
        let at = |time| self.all.partition_point(|h| h.time < time);
        at(period.from)..at(period.to).max(at(period.from))
    }

    /// Hops and exposures of a period, in the order of time.
    pub(super) fn moments(&self, period: Period) -> Moments<'_> {
        let at = |time| self.exposures.partition_point(|x| x.time < time);
        let exposures = at(period.from)..at(period.to).max(at(period.from));
        Moments { of: self, hops: self.within(period), exposures }
    }
}

/// Whether a query asks for the account: one that is set aside is there where it was brought back, and where the question is about it.
pub(super) fn wanted(account: u32, aside: Option<Reason>, include: Include, about: Option<u32>) -> bool {
    aside.is_none_or(|reason| include.has(reason)) || about == Some(account)
}

/// A hop or an exposure, with its number.
pub(super) enum Moment<'h> {
    Hop(u32, &'h Hop),
    Exposure(u32, &'h Exposure),
}

/// Two lists as one, from either end.
pub(super) struct Moments<'h> {
    of: &'h Hops,
    hops: Range<usize>,
    exposures: Range<usize>,
}

impl<'h> Moments<'h> {
    fn hop(&self, number: usize) -> Moment<'h> {
        Moment::Hop(number as u32, &self.of.all[number])
    }

    fn exposure(&self, number: usize) -> Moment<'h> {
        Moment::Exposure(number as u32, &self.of.exposures[number])
    }

    fn hop_first(&self, hop: usize, exposure: usize) -> bool {
        self.of.all[hop].time <= self.of.exposures[exposure].time
    }
}

impl<'h> Iterator for Moments<'h> {
    type Item = Moment<'h>;

    fn next(&mut self) -> Option<Moment<'h>> {
        let take_hop = match (self.hops.is_empty(), self.exposures.is_empty()) {
            (false, false) => self.hop_first(self.hops.start, self.exposures.start),
            (no_hops, _) => !no_hops,
        };
        if take_hop {
            self.hops.next().map(|n| self.hop(n))
        } else {
            self.exposures.next().map(|n| self.exposure(n))
        }
    }
}

impl DoubleEndedIterator for Moments<'_> {
    fn next_back(&mut self) -> Option<Self::Item> {
        let take_hop = match (self.hops.is_empty(), self.exposures.is_empty()) {
            (false, false) => !self.hop_first(self.hops.end - 1, self.exposures.end - 1),
            (no_hops, _) => !no_hops,
        };
        if take_hop {
            self.hops.next_back().map(|n| self.hop(n))
        } else {
            self.exposures.next_back().map(|n| self.exposure(n))
        }
    }
}

/// The host where this event lays the account's credentials open, or [`NONE`].
fn exposes(event_id: u16, logon_type: u8, e: &Event) -> u32 {
    match (event_id, logon_type) {
        (4624, 2 | 4 | 5 | 7..=13) | (21 | 25 | 4778, _) => e.target,
        // They were typed or kept where they were used from.
        (4648, _) => e.source,
        _ => NONE,
    }
}

/// From where to where the event takes the account; `None` where it stays, fails, or a place is not known.
fn way<'s>(store: &'s Store, servers: &mut Servers<'s>, e: &Event, means: Means) -> Option<(u32, u32)> {
    let c = &store.columns;
    let row = e.row as usize;
    let target = if means == Means::Ticket {
        // Without an address the source would be the domain controller.
        let nowhere = matches!(store.tables.strings.get(c.address[row]).trim(), "" | "-");
        if nowhere || c.is_failure(row) {
            return None;
        }
        servers.named(store.tables.detail(c.details[row], Field::ServiceName))
    } else {
        e.target
    };
    (e.source != target && e.source != NONE && target != NONE).then_some((e.source, target))
}

/// Hosts by the names of their machine accounts.
struct Servers<'s> {
    /// First label, lower-case, as long as an account's name can be → the host; [`NONE`] where two could be meant.
    hosts: HashMap<String, u32, FixedState>,
    /// Service names as written, so that each is looked up once.
    known: HashMap<&'s str, u32, FixedState>,
}

/// A machine account's name without its `$` is a NetBIOS name.
const NETBIOS: usize = 15;

impl<'s> Servers<'s> {
    fn of(identity: &Identity) -> Self {
        let mut hosts: HashMap<String, u32, FixedState> = HashMap::default();
        for (host, number) in identity.hosts.all.iter().zip(0..) {
            if host.kind != HostKind::Address {
                let name = host.short().chars().take(NETBIOS).collect();
                hosts.entry(name).and_modify(|n| *n = NONE).or_insert(number);
            }
        }
        Self { hosts, known: HashMap::default() }
    }

    fn named(&mut self, service: &'s str) -> u32 {
        let Self { hosts, known } = self;
        *known.entry(service).or_insert_with(|| {
            let name = service.strip_suffix('$').map(str::to_lowercase);
            name.and_then(|n| hosts.get(&n).copied()).unwrap_or(NONE)
        })
    }
}
