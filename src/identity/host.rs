//! Hosts: computers by name, addresses where no name is known for them.
//!
//! | in the records | becomes |
//! | --- | --- |
//! | Computer `DC01.corp.example`, workstation `DC01` | one host, by its first label |
//! | `dc01.a.example` and `dc01.b.example` | two hosts; a bare `DC01` stays a third |
//! | 10.0.0.7 with machine account PC7$ or workstation PC7, and no other name | PC7 |
//! | 10.0.0.7 with several names | each at its time, the host 10.0.0.7 where nothing proves whose it was |
//!
//! What ties an address to a host is told in `sighting.rs`, from when to when in `lease.rs`.

use super::NONE;
use super::address::Address;
use super::lease::{self, Conflict, Lease, Span};
use super::names::{Names, normal};
use super::sighting::{Claim, Proof, Scan};
use super::tenancy::{Owner, Owners};
use crate::event::Field;
use crate::store::{Row, Store};
use foldhash::fast::FixedState;
use hashbrown::HashMap;
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum HostKind {
    /// It wrote what only domain controllers write (see `sighting.rs`).
    DomainController,
    Computer,
    /// An address without a name.
    Address,
}

#[derive(Clone, Debug)]
pub struct Host {
    /// The longest spelling, lower-case: the FQDN where there is one.
    pub name: String,
    pub kind: HostKind,
    /// Addresses that were its at some time, and for an address itself.
    pub addresses: BTreeSet<IpAddr>,
    /// Other spellings.
    pub aliases: BTreeSet<String>,
    /// Its machine account, by number, where it is known and one only.
    pub account: Option<u32>,
}

impl Host {
    /// The name's first label, or the address.
    pub fn short(&self) -> &str {
        match self.kind {
            HostKind::Address => &self.name,
            _ => self.name.split('.').next().unwrap_or(&self.name),
        }
    }
}

/// All hosts, sorted by name.
#[derive(Clone, Debug, Default)]
pub struct Hosts {
    pub all: Vec<Host>,
    names: Names,
    leases: Vec<Lease>,
    conflicts: Vec<Conflict>,
    /// By text number, for names (Computer, workstation, server): the host.
    by_text: Vec<u32>,
    /// By text number, for what stands in an address field.
    by_address: Vec<From>,
    /// Of addresses whose host depends on the time.
    spans: Vec<Span>,
}

/// What an address field says about the source.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
enum From {
    #[default]
    Nothing,
    Here,
    Host(u32),
    /// By the time: one of these spans, or else the bare address.
    Spans {
        start: u32,
        end: u32,
        bare: u32,
    },
}

impl Hosts {
    /// Linear in events, but for those at addresses with several names: these are sorted.
    pub fn resolve(store: &Store) -> Self {
        let strings = &store.tables.strings;
        let scan = Scan::of(store);
        let texts = |flags: &[bool]| -> Vec<u32> {
            (0..).zip(flags).filter(|(_, is)| **is).map(|(t, _)| t).collect()
        };
        let named = texts(&scan.is_host);
        let mut names = Names::default();
        named.iter().filter_map(|&t| normal(strings.get(t))).for_each(|n| names.add(n));
        let claimed: BTreeSet<Claim> = scan.claims.keys().map(|(_, claim)| *claim).collect();
        for (_, claim) in scan.claims.keys().filter(|(_, (proof, _))| *proof == Proof::Machine) {
            scan.name(*claim).into_iter().for_each(|(name, _)| names.add(name));
        }
        let spelled = names.hosts();
        let number: BTreeMap<&str, u32> = spelled.keys().map(String::as_str).zip(0..).collect();
        let claimed: HashMap<Claim, u32, FixedState> = claimed
            .into_iter()
            .filter_map(|claim| {
                let (name, domain) = scan.name(claim)?;
                Some((claim, *number.get(names.machine(&name, domain).as_str())?))
            })
            .collect();

        let mut hosts = Self::default();
        let Owners { of: owners, leases, conflicts } = Owners::of(store, &scan, &claimed);
        (hosts.leases, hosts.conflicts) = (leases, conflicts);

        // Named hosts and bare addresses, sorted by name together.
        let issuers: BTreeSet<String> = texts(&scan.is_issuer)
            .iter()
            .filter_map(|&t| normal(strings.get(t)))
            .map(|n| names.key(&n))
            .collect();
        let mut addresses: Vec<BTreeSet<IpAddr>> = vec![BTreeSet::new(); spelled.len()];
        for lease in &hosts.leases {
            addresses[lease.host as usize].insert(lease.address);
        }
        let computers = spelled.iter().zip(addresses).zip(0..).map(|(((key, spellings), addresses), n)| {
            let kind = if issuers.contains(key) { HostKind::DomainController } else { HostKind::Computer };
            let aliases = spellings.iter().filter(|s| *s != key).cloned().collect();
            (Host { name: key.clone(), kind, addresses, aliases, account: None }, Ok(n))
        });
        let bare =
            owners.iter().filter(|(_, o)| matches!(o, Owner::Nobody | Owner::ByTime { bare: true, .. }));
        let bare = bare.map(|(&ip, _)| {
            let (addresses, aliases) = (BTreeSet::from([ip]), BTreeSet::new());
            (
                Host { name: ip.to_string(), kind: HostKind::Address, addresses, aliases, account: None },
                Err(ip),
            )
        });
        let mut all: Vec<(Host, Result<usize, IpAddr>)> = computers.chain(bare).collect();
        all.sort_by(|(a, _), (b, _)| a.name.cmp(&b.name));
        let mut of_named = vec![NONE; spelled.len()];
        let mut of_bare: BTreeMap<IpAddr, u32> = BTreeMap::new();
        for ((host, was), n) in all.into_iter().zip(0..) {
            match was {
                Ok(named) => of_named[named] = n,
                Err(ip) => _ = of_bare.insert(ip, n),
            }
            hosts.all.push(host);
        }

        hosts.by_text = vec![NONE; strings.len()];
        for text in named {
            let key = normal(strings.get(text)).map(|n| names.key(&n));
            let host = key.and_then(|key| number.get(key.as_str()).map(|&n| of_named[n as usize]));
            hosts.by_text[text as usize] = host.unwrap_or(NONE);
        }
        hosts.names = names;
        hosts.settle(&scan, owners, &of_named, &of_bare);
        hosts
    }

    /// Puts the hosts' numbers in, now that they are known.
    fn settle(
        &mut self,
        scan: &Scan,
        owners: BTreeMap<IpAddr, Owner>,
        of_named: &[u32],
        of_bare: &BTreeMap<IpAddr, u32>,
    ) {
        let named = |n: u32| of_named.get(n as usize).copied().unwrap_or(NONE);
        self.leases.iter_mut().for_each(|l| l.host = named(l.host));
        for conflict in &mut self.conflicts {
            conflict.host = named(conflict.host);
            conflict.claimed.iter_mut().for_each(|n| *n = named(*n));
        }
        let mut of_ip: BTreeMap<IpAddr, From> = BTreeMap::new();
        for (ip, owner) in owners {
            let bare = of_bare.get(&ip).copied().unwrap_or(NONE);
            let from = match owner {
                Owner::Nobody => From::Host(bare),
                Owner::Always(host) => From::Host(named(host)),
                Owner::ByTime { spans, .. } => {
                    let start = self.spans.len() as u32;
                    self.spans.extend(spans.into_iter().map(|s| Span { host: named(s.host), ..s }));
                    From::Spans { start, end: self.spans.len() as u32, bare }
                }
            };
            of_ip.insert(ip, from);
        }
        let from = |(address, text): (&Option<Address>, u32)| match address {
            None | Some(Address::None) => From::Nothing,
            Some(Address::Local) => From::Here,
            Some(Address::Ip(ip)) => of_ip.get(ip).copied().unwrap_or_default(),
            Some(Address::Name) => From::Host(self.of_text(text)),
        };
        self.by_address = scan.address.iter().zip(0..).map(from).collect();
    }

    pub fn get(&self, number: u32) -> Option<&Host> {
        self.all.get(number as usize)
    }

    /// Whose an address was and when, sorted by address and time.
    pub fn leases(&self) -> &[Lease] {
        &self.leases
    }

    /// Where clients called themselves other than a machine account proves, sorted by address and time.
    pub fn conflicts(&self) -> &[Conflict] {
        &self.conflicts
    }

    /// The host of a name given as text number, or [`NONE`].
    pub fn of_text(&self, text: u32) -> u32 {
        self.by_text.get(text as usize).copied().unwrap_or(NONE)
    }

    /// The host of a machine account (`PC7$` of `CORP`), or [`NONE`].
    pub fn of_machine(&self, account: &str, domain: &str) -> u32 {
        let name = account.strip_suffix('$').and_then(normal);
        let Some(key) = name.map(|name| self.names.machine(&name, domain)) else { return NONE };
        self.all.binary_search_by(|h| h.name.as_str().cmp(&key)).map_or(NONE, |n| n as u32)
    }

    /// From where to where a logon went. The target is the computer that wrote the event, but for 4648 the server it names.
    pub fn way(&self, store: &Store, row: &Row) -> super::Way {
        let here = self.of_text(row.computer);
        let strings = &store.tables.strings;
        if row.event_id == 4648 {
            let server = store.tables.detail(row.details, Field::TargetServerName);
            let target = strings.find(server).map_or(NONE, |t| self.of_text(t));
            return super::Way { source: here, target: if target == NONE { here } else { target } };
        }
        let source = match self.by_address.get(row.address as usize).copied().unwrap_or_default() {
            From::Host(host) => host,
            From::Spans { start, end, bare } => {
                let spans = self.spans.get(start as usize..end as usize).unwrap_or_default();
                lease::at(spans, row.time).unwrap_or(bare)
            }
            From::Here => here,
            From::Nothing => match self.of_text(row.workstation) {
                // Neither address nor name: on the machine itself.
                NONE => here,
                host => host,
            },
        };
        super::Way { source, target: here }
    }
}
