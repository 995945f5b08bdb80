//! Hosts: computers by name, addresses where no name is known for them.
//!
//! | in the records | becomes |
//! | --- | --- |
//! | Computer `DC01.corp.example`, workstation `DC01` | one host, by its first label |
//! | `dc01.a.example` and `dc01.b.example` | two hosts; a bare `DC01` stays a third |
//! | 10.0.0.7 with machine account PC7$ (4768, 4769, 4624) or workstation PC7 (NTLM, type 3), and no other name | PC7 |
//! | 10.0.0.7 with two names, one after the other | each in its time (see `lease.rs`) |
//! | 10.0.0.7 while nobody was seen there | the host 10.0.0.7: nothing is guessed |

use super::NONE;
use super::address::{Address, parse};
use super::lease::{self, Proof, Sightings, Stay};
use crate::event::{Field, status};
use crate::store::{NO_STATUS, Row, Store, Strings};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::net::IpAddr;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum HostKind {
    /// It issues Kerberos tickets (wrote 4768, 4769, 4770 or 4771).
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
    /// Addresses tied to it, and for an address itself.
    pub addresses: BTreeSet<IpAddr>,
    /// Other spellings.
    pub aliases: BTreeSet<String>,
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
    /// By text number, for names (Computer, workstation, server): the host.
    by_text: Vec<u32>,
    /// By text number, for what stands in an address field.
    by_address: Vec<From>,
    /// By address and time.
    pub leases: Vec<Lease>,
    pub conflicts: Vec<Conflict>,
}

/// What an address field says about the source.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
enum From {
    #[default]
    Nothing,
    Here,
    Host(u32),
    /// Of these leases the one of the time, and where there is none this host.
    Leases { from: u32, to: u32, otherwise: u32 },
}

/// The sightings behind a lease or a conflict.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Seen {
    pub proof: Proof,
    /// First and last sighting, in ticks, and the rows that show them.
    pub first: i64,
    pub last: i64,
    pub rows: (u32, u32),
    pub count: u64,
}

impl<H> std::convert::From<Stay<H>> for Seen {
    fn from(s: Stay<H>) -> Self {
        Self { proof: s.proof, first: s.first, last: s.last, rows: s.rows, count: s.count }
    }
}

/// An address that was a host's for a time: `from` inclusive, `to` exclusive; `i64::MIN` and `i64::MAX` where there is no other host.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lease {
    pub address: IpAddr,
    pub host: u32,
    pub from: i64,
    pub to: i64,
    pub seen: Seen,
}

/// A host seen at an address that was another's at the time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Conflict {
    pub address: IpAddr,
    pub host: u32,
    pub seen: Seen,
}

/// Names seen as hosts, and how they belong together.
#[derive(Default)]
struct Names {
    /// First label → the full spellings with a domain.
    full: BTreeMap<String, BTreeSet<String>>,
    /// Every spelling, lower-case.
    all: BTreeSet<String>,
}

/// NetBIOS names end here.
const NETBIOS: usize = 15;

fn label(name: &str) -> &str {
    name.split('.').next().unwrap_or(name)
}

/// A host name as one compares it: no leading `\\`, lower-case; `None` for what is no name.
fn normal(text: &str) -> Option<String> {
    let name = text.trim().trim_start_matches('\\').to_lowercase();
    let name = name.trim_end_matches('.');
    (!matches!(name, "" | "-" | "localhost") && parse(name) == Address::Name).then(|| name.to_owned())
}

impl Names {
    fn add(&mut self, name: String) {
        if name.contains('.') {
            self.full.entry(label(&name).to_owned()).or_default().insert(name.clone());
        }
        self.all.insert(name);
    }

    /// The spelling that stands for the host `name`.
    fn key(&self, name: &str) -> String {
        let first = label(name);
        match self.full.get(first) {
            // One full name: the bare label means it too.
            Some(full) if full.len() == 1 => full.first().cloned().unwrap_or_default(),
            Some(_) => name.to_owned(),
            None if first.len() == NETBIOS => self.cut(first).unwrap_or_else(|| name.to_owned()),
            None => name.to_owned(),
        }
    }

    /// The one longer name that a NetBIOS name of full length was cut from.
    fn cut(&self, first: &str) -> Option<String> {
        let mut longer = self.full.range(first.to_owned()..).take_while(|(l, _)| l.starts_with(first));
        let (_, full) = longer.next()?;
        (longer.next().is_none() && full.len() == 1).then(|| full.first().cloned())?
    }
}

/// Names as numbers: what a text, or a machine account's, means as a host name.
struct Normal<'s> {
    strings: &'s Strings,
    ids: HashMap<String, u32>,
    names: Vec<String>,
    /// By text number, for names and for accounts: the name's number, [`NONE`] for no name.
    of_text: [HashMap<u32, u32>; 2],
}

impl Normal<'_> {
    fn number(&mut self, text: u32, account: bool) -> u32 {
        if let Some(&n) = self.of_text[usize::from(account)].get(&text) {
            return n;
        }
        let whole = self.strings.get(text);
        let name = if account {
            whole.split('@').next().unwrap_or(whole).strip_suffix('$').and_then(normal)
        } else {
            normal(whole)
        };
        let n = name.map_or(NONE, |name| {
            *self.ids.entry(name).or_insert_with_key(|name| {
                self.names.push(name.clone());
                self.names.len() as u32 - 1
            })
        });
        self.of_text[usize::from(account)].insert(text, n);
        n
    }
}

/// Where hosts are known to be at home: address, first and last time.
struct Homes(HashMap<String, Vec<(IpAddr, i64, i64)>>);

impl Homes {
    fn of(sightings: &[(IpAddr, Sightings<String>)]) -> Self {
        let mut homes: HashMap<String, Vec<(IpAddr, i64, i64)>> = HashMap::new();
        for (ip, s) in sightings {
            for stay in s.homes() {
                homes.entry(stay.host.clone()).or_default().push((*ip, stay.first, stay.last));
            }
        }
        Self(homes)
    }

    /// Whether the host was at home at another address all this time.
    fn elsewhere(&self, here: IpAddr, host: &str, first: i64, last: i64) -> bool {
        let homes = self.0.get(host).map_or(&[][..], Vec::as_slice);
        homes.iter().any(|(ip, from, to)| *ip != here && *from <= first && last <= *to)
    }
}

/// What an address field says, before hosts have numbers.
#[derive(Clone, Copy)]
enum Spoken {
    Unread,
    Nothing,
    Here,
    Name,
    /// Number among the addresses.
    Ip(u32),
}

impl Hosts {
    /// All hosts of the store. `order`: its rows by time (see [`Store::in_order`]).
    pub fn resolve(store: &Store, order: &[u32]) -> Self {
        let strings = &store.tables.strings;
        let c = &store.columns;
        let mut texts: BTreeSet<u32> = BTreeSet::new();
        let mut issuers: BTreeSet<u32> = BTreeSet::new();
        let mut spoken = vec![Spoken::Unread; strings.len()];
        let mut addresses: Vec<IpAddr> = Vec::new();
        let mut numbers: HashMap<IpAddr, u32> = HashMap::new();
        let mut sightings: Vec<Sightings<u32>> = Vec::new();
        let mut names_of = Normal {
            strings,
            ids: HashMap::new(),
            names: Vec::new(),
            of_text: [HashMap::new(), HashMap::new()],
        };
        let mut named = vec![false; strings.len()];
        for &n in order {
            let row = n as usize;
            let id = c.event_id[row];
            for text in [c.computer[row], c.workstation[row]] {
                if let Some(known) = named.get_mut(text as usize)
                    && !std::mem::replace(known, true)
                {
                    texts.insert(text);
                }
            }
            if id == 4648 && c.details[row] != 0 {
                let server = store.tables.detail(c.details[row], Field::TargetServerName);
                texts.extend(strings.find(server));
            }
            if (4768..=4771).contains(&id) {
                issuers.insert(c.computer[row]);
            }
            let text = c.address[row];
            let Some(meaning) = spoken.get_mut(text as usize) else { continue };
            if matches!(meaning, Spoken::Unread) {
                *meaning = match parse(strings.get(text)) {
                    Address::None => Spoken::Nothing,
                    Address::Local => Spoken::Here,
                    Address::Name => {
                        texts.insert(text);
                        Spoken::Name
                    }
                    Address::Ip(ip) => Spoken::Ip(*numbers.entry(ip).or_insert_with(|| {
                        addresses.push(ip);
                        sightings.push(Sightings::default());
                        addresses.len() as u32 - 1
                    })),
                };
            }
            if let Spoken::Ip(ip) = *meaning
                && let Some((proof, name)) = tie(store, row, &mut names_of)
            {
                sightings[ip as usize].add(proof, name, c.time[row], n);
            }
        }

        let mut names = Names::default();
        texts.iter().filter_map(|&t| normal(strings.get(t))).for_each(|n| names.add(n));
        names_of.of_text[1].values().filter(|n| **n != NONE).for_each(|n| {
            names.add(names_of.names[*n as usize].clone());
        });
        let issuers: BTreeSet<String> =
            issuers.iter().filter_map(|&t| normal(strings.get(t))).map(|n| names.key(&n)).collect();

        // The addresses in their own order: numbers go by the order of reading.
        let mut sightings: Vec<(IpAddr, Sightings<String>)> = addresses
            .into_iter()
            .zip(sightings)
            .map(|(ip, s)| (ip, s.map(|n| names.key(&names_of.names[*n as usize]))))
            .collect();
        sightings.sort_by_key(|s| s.0);
        let homes = Homes::of(&sightings);
        let resolved: Vec<(IpAddr, Resolved)> = sightings
            .into_iter()
            .map(|(ip, s)| (ip, s.resolve(|stay| homes.elsewhere(ip, &stay.host, stay.first, stay.last))))
            .collect();
        let all = list(&names, &resolved, &issuers);

        let by_name: HashMap<&str, u32> = all.iter().zip(0..).map(|(h, n)| (h.name.as_str(), n)).collect();
        let number = |name: &str| by_name.get(name).copied().unwrap_or(NONE);
        let mut hosts = Hosts::default();
        let mut by_ip: HashMap<IpAddr, From> = HashMap::new();
        for (ip, (leases, conflicts)) in resolved {
            let own = number(&ip.to_string());
            let from = hosts.leases.len() as u32;
            for l in leases {
                hosts.leases.push(Lease { address: ip, host: number(&l.stay.host), from: l.from, to: l.to, seen: l.stay.into() });
            }
            for c in conflicts {
                hosts.conflicts.push(Conflict { address: ip, host: number(&c.host), seen: c.into() });
            }
            let to = hosts.leases.len() as u32;
            by_ip.insert(ip, if from == to { From::Host(own) } else { From::Leases { from, to, otherwise: own } });
        }
        hosts.by_text = vec![NONE; strings.len()];
        for text in texts {
            let host = normal(strings.get(text)).map_or(NONE, |n| number(&names.key(&n)));
            hosts.by_text[text as usize] = host;
        }
        hosts.by_address = spoken
            .iter()
            .enumerate()
            .map(|(text, meaning)| match meaning {
                Spoken::Unread | Spoken::Nothing => From::Nothing,
                Spoken::Here => From::Here,
                Spoken::Name => From::Host(hosts.by_text[text]),
                Spoken::Ip(_) => match parse(strings.get(text as u32)) {
                    Address::Ip(ip) => by_ip.get(&ip).copied().unwrap_or_default(),
                    _ => From::Nothing,
                },
            })
            .collect();
        hosts.all = all;
        hosts
    }

    /// The host an address belonged to at a time, where that is known.
    fn lessee(&self, from: u32, to: u32, time: i64) -> Option<u32> {
        let leases = self.leases.get(from as usize..to as usize)?;
        let at = leases.partition_point(|l| l.from <= time);
        leases.get(at.checked_sub(1)?).filter(|l| time < l.to || l.to == i64::MAX).map(|l| l.host)
    }

    pub fn get(&self, number: u32) -> Option<&Host> {
        self.all.get(number as usize)
    }

    /// The host of a name given as text number, or [`NONE`].
    pub fn of_text(&self, text: u32) -> u32 {
        self.by_text.get(text as usize).copied().unwrap_or(NONE)
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
            From::Leases { from, to, otherwise } => self.lessee(from, to, row.time).unwrap_or(otherwise),
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

/// Whose address it was, and what contradicts that, by name.
type Resolved = (Vec<lease::Lease<String>>, Vec<Stay<String>>);

/// The hosts by name, with the addresses tied to them, and the addresses that are nobody's, at least for a time.
fn list(names: &Names, resolved: &[(IpAddr, Resolved)], issuers: &BTreeSet<String>) -> Vec<Host> {
    let mut spelled: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for name in &names.all {
        spelled.entry(names.key(name)).or_default().insert(name.clone());
    }
    let mut tied: BTreeMap<&str, BTreeSet<IpAddr>> = BTreeMap::new();
    for (ip, (leases, _)) in resolved {
        leases.iter().for_each(|l| _ = tied.entry(&l.stay.host).or_default().insert(*ip));
    }
    let mut hosts: Vec<Host> = spelled
        .into_iter()
        .map(|(key, mut aliases)| {
            aliases.remove(&key);
            let kind = if issuers.contains(&key) { HostKind::DomainController } else { HostKind::Computer };
            let addresses = tied.get(key.as_str()).cloned().unwrap_or_default();
            Host { addresses, kind, aliases, name: key }
        })
        .collect();
    let whole = |leases: &[lease::Lease<String>]| leases.len() == 1 && leases[0].to == i64::MAX;
    hosts.extend(resolved.iter().filter(|(_, (leases, _))| !whole(leases)).map(|(ip, _)| Host {
        name: ip.to_string(),
        kind: HostKind::Address,
        addresses: [*ip].into(),
        aliases: BTreeSet::new(),
    }));
    hosts.sort_by(|a, b| a.name.cmp(&b.name));
    hosts
}

/// What an event says about whose address its address is: the number of the name, and how well that proves it.
fn tie(store: &Store, row: usize, names: &mut Normal) -> Option<(Proof, u32)> {
    let c = &store.columns;
    let id = c.event_id[row];
    let status = (c.status[row] != NO_STATUS).then_some(c.status[row]);
    // A machine account's tickets and Kerberos logons come from that machine; its NTLM logons may be relayed.
    let kerberos = || store.tables.strings.get(c.package[row]).eq_ignore_ascii_case("Kerberos");
    if (4768..=4770).contains(&id) && !status::is_failure(id, status)
        || id == 4624 && c.logon_type[row] == 3 && kerberos()
    {
        let account = store.tables.get_principal(c.account[row]).name;
        let name = names.number(account, true);
        if name != NONE {
            return Some((Proof::MachineAccount, name));
        }
    }
    // With type 3 the workstation is the client; with types 2, 7, 10 it is the machine that was logged on to.
    let client = matches!(id, 4624 | 4625) && c.logon_type[row] == 3;
    let name = if client || id == 4778 { names.number(c.workstation[row], false) } else { NONE };
    (name != NONE).then_some((Proof::Workstation, name))
}
