//! What all signals look at: the events in order, who counts as a person, which service belongs to which host.

use crate::event::Field;
use crate::identity::{AccountKind, Event, Events, Identity, NONE};
use crate::store::Store;
use foldhash::fast::FixedState;
use hashbrown::{HashMap, HashSet};

pub type Map<K, V> = HashMap<K, V, FixedState>;
pub type Set<K> = HashSet<K, FixedState>;

/// Days on which an account must have been used from a host for that to be usual.
const HOME: u32 = 3;

pub use crate::event::time::{TICKS_PER_DAY as DAY, day};

pub struct Scene<'a> {
    pub store: &'a Store,
    pub identity: &'a Identity,
    pub events: &'a Events,
    /// By first label, lower-case; [`NONE`] where two hosts share it.
    labels: Map<String, u32>,
    /// Accounts by bare name, lower-case; [`NONE`] where two share it.
    names: Map<String, u32>,
    /// (account, source) → days on which it was used from there, and days from the first of them to the last.
    haunts: Map<(u32, u32), (u32, i64)>,
    /// Days from the first event to the last.
    days: i64,
    /// Account → days on which it was used from anywhere known.
    active: Map<u32, u32>,
    /// Hosts with a machine account.
    members: Set<u32>,
}

/// The service a ticket is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Service {
    /// The ticket-granting service itself.
    Krbtgt,
    /// A computer (its account is name$), known by this number or [`NONE`].
    Host(u32),
    /// A service that runs under a user's account: what Kerberoasting asks for.
    User,
}

/// One use of an account: a success that says where from, where to, or both.
#[derive(Clone, Copy, Debug)]
pub struct Use {
    pub row: u32,
    pub time: i64,
    pub account: u32,
    pub source: u32,
    /// [`NONE`] where the event only tells where from (a TGT, an NTLM check).
    pub target: u32,
}

impl<'a> Scene<'a> {
    pub fn new(store: &'a Store, identity: &'a Identity, events: &'a Events) -> Self {
        let mut labels: Map<String, u32> = Map::default();
        for (n, host) in identity.hosts.all.iter().enumerate() {
            labels.entry(host.short().to_lowercase()).and_modify(|known| *known = NONE).or_insert(n as u32);
        }
        let mut names: Map<String, u32> = Map::default();
        for (n, account) in identity.accounts.all.iter().enumerate() {
            let known = names.entry(account.name.to_lowercase());
            known.and_modify(|known| *known = NONE).or_insert(n as u32);
        }
        let mut scene = {
            let time = |e: Option<&Event>| e.map_or(0, |e| day(store.columns.time[e.row as usize]));
            let days = time(events.all.last()).saturating_sub(time(events.all.first()));
            let members = identity.accounts.all.iter().filter_map(|a| a.host).collect();
            Self {
                store,
                identity,
                events,
                labels,
                names,
                haunts: Map::default(),
                days,
                active: Map::default(),
                members,
            }
        };
        // Days so far, the first and the last of them.
        let mut haunts: Map<(u32, u32), (u32, i64, i64)> = Map::default();
        let mut active: Map<u32, (u32, i64)> = Map::default();
        for u in scene.uses().filter(|u| u.source != NONE) {
            let today = day(u.time);
            let h = haunts.entry((u.account, u.source)).or_insert((0, today, i64::MIN));
            if h.2 != today {
                *h = (h.0 + 1, h.1, today);
                let a = active.entry(u.account).or_insert((0, i64::MIN));
                if a.1 != today {
                    *a = (a.0 + 1, today);
                }
            }
        }
        scene.active = active.into_iter().map(|(account, (days, _))| (account, days)).collect();
        scene.haunts = haunts
            .into_iter()
            .map(|(key, (days, first, last))| (key, (days, last.saturating_sub(first))))
            .collect();
        scene
    }

    /// Whether the account is at home at this source: used from there on [`HOME`] days or more in the whole log.
    pub fn is_home(&self, account: u32, source: u32) -> bool {
        self.haunts.get(&(account, source)).is_some_and(|(days, _)| *days >= HOME)
    }

    /// Whether the account lives at this source: used from there on most of its days, or on a quarter of them over a third of the log. An
    /// intruder who comes back for some days does not make it his home.
    pub fn lives(&self, account: u32, source: u32) -> bool {
        let (days, span) = self.haunts.get(&(account, source)).copied().unwrap_or((0, 0));
        let active = self.active.get(&account).copied().unwrap_or(0);
        let most = u64::from(days) * 5 >= u64::from(active) * 3;
        let steady = u64::from(days) * 4 >= u64::from(active) && span.saturating_mul(3) >= self.days;
        days >= HOME && (most || steady)
    }

    /// Whether the host is a computer of a domain whose account is in the logs.
    pub fn is_member(&self, host: u32) -> bool {
        self.members.contains(&host)
    }

    pub fn time(&self, e: &Event) -> i64 {
        self.store.columns.time[e.row as usize]
    }

    pub fn id(&self, e: &Event) -> u16 {
        self.store.columns.event_id[e.row as usize]
    }

    pub fn is_failure(&self, e: &Event) -> bool {
        self.store.columns.is_failure(e.row as usize)
    }

    pub fn kind(&self, account: u32) -> Option<AccountKind> {
        self.identity.accounts.get(account).map(|a| a.kind)
    }

    /// Users and names nobody could place; not machines, built-in accounts, anonymous.
    pub fn is_person(&self, account: u32) -> bool {
        matches!(self.kind(account), Some(AccountKind::User | AccountKind::Unknown))
    }

    /// The host of this name or of its first label.
    pub fn host_named(&self, name: &str) -> u32 {
        let label = name.split('.').next().unwrap_or(name).to_lowercase();
        self.labels.get(&label).copied().unwrap_or(NONE)
    }

    /// The account of this bare name, if there is one only.
    pub fn account_named(&self, name: &str) -> u32 {
        self.names.get(&name.to_lowercase()).copied().unwrap_or(NONE)
    }

    /// The service a 4769 names, by its detail set.
    pub fn service(&self, details: u32) -> Service {
        let name = self.store.tables.detail(details, Field::ServiceName);
        let name = name.split(['@', '/']).next().unwrap_or(name);
        match name.strip_suffix('$') {
            Some(host) => Service::Host(self.host_named(host)),
            None if name.eq_ignore_ascii_case("krbtgt") => Service::Krbtgt,
            None => Service::User,
        }
    }

    /// Every use of an account in the order of time. A DC that only checks a password or issues a ticket is no target.
    pub fn uses(&self) -> impl Iterator<Item = Use> {
        let mut services: Map<u32, Service> = Map::default();
        let c = &self.store.columns;
        self.events.all.iter().filter_map(move |e| {
            if e.account == NONE {
                return None;
            }
            let row = e.row as usize;
            let target = match c.event_id[row] {
                4624 | 4648 | 21 | 25 | 1149 | 4778 => e.target,
                4768 | 4770 | 4776 => NONE,
                4769 => {
                    let details = c.details[row];
                    match *services.entry(details).or_insert_with(|| self.service(details)) {
                        Service::Host(host) => host,
                        _ => NONE,
                    }
                }
                _ => return None,
            };
            if self.is_failure(e) {
                return None;
            }
            Some(Use { row: e.row, time: c.time[row], account: e.account, source: e.source, target })
        })
    }
}

/// log₂ of one more than there are, over one more than usual: what a burst is worth.
pub fn doublings(count: f64, usual: f64) -> f64 {
    libm::log2((1.0 + count) / (1.0 + usual))
}
