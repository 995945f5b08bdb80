//! Hosts: computers by name, addresses where no name is known for them.
//!
//! | in the records | becomes |
//! | --- | --- |
//! | Computer `DC01.corp.example`, workstation `DC01` | one host, by its first label |
//! | `dc01.a.example` and `dc01.b.example` | two hosts; a bare `DC01` stays a third |
//! | 10.0.0.7 with machine account PC7$ (4768, 4769, 4624) or workstation PC7 (NTLM, type 3), and no other name | PC7 |
//! | 10.0.0.7 with two names | the host 10.0.0.7: nothing is guessed |

use super::NONE;
use super::address::{Address, parse};
use crate::event::Field;
use crate::store::{Row, Store};
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
}

/// What an address field says about the source.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
enum From {
    #[default]
    Nothing,
    Here,
    Host(u32),
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

impl Hosts {
    pub fn resolve(store: &Store) -> Self {
        let strings = &store.tables.strings;
        let mut texts: BTreeSet<u32> = BTreeSet::new();
        let mut machine: BTreeMap<IpAddr, BTreeSet<String>> = BTreeMap::new();
        let mut workstation: BTreeMap<IpAddr, BTreeSet<String>> = BTreeMap::new();
        let mut addresses: BTreeSet<IpAddr> = BTreeSet::new();
        let mut issuers: BTreeSet<u32> = BTreeSet::new();
        let mut known: HashMap<u32, Address> = HashMap::new();
        let mut seen_ties = std::collections::HashSet::new();
        for row in store.rows() {
            texts.insert(row.computer);
            texts.insert(row.workstation);
            if row.event_id == 4648 && row.details != 0 {
                let server = store.tables.detail(row.details, Field::TargetServerName);
                texts.extend(strings.find(server));
            }
            if (4768..=4771).contains(&row.event_id) {
                issuers.insert(row.computer);
            }
            match *known.entry(row.address).or_insert_with(|| parse(strings.get(row.address))) {
                Address::Ip(ip) => {
                    addresses.insert(ip);
                    if seen_ties.insert((row.event_id, row.logon_type, ip, row.account, row.workstation)) {
                        tie(store, &row, ip, &mut machine, &mut workstation);
                    }
                }
                Address::Name => _ = texts.insert(row.address),
                Address::None | Address::Local => {}
            }
        }

        let mut names = Names::default();
        texts.iter().filter_map(|&t| normal(strings.get(t))).for_each(|n| names.add(n));
        machine.values().flatten().for_each(|n| names.add(n.clone()));

        let mut tied: BTreeMap<String, BTreeSet<IpAddr>> = BTreeMap::new();
        for ip in &addresses {
            let one = |ties: &BTreeMap<IpAddr, BTreeSet<String>>| -> Option<String> {
                let keys: BTreeSet<String> = ties.get(ip)?.iter().map(|n| names.key(n)).collect();
                keys.first().filter(|_| keys.len() == 1).cloned()
            };
            // A machine account proves more than a name the client gives itself.
            let name = if machine.contains_key(ip) { one(&machine) } else { one(&workstation) };
            if let Some(name) = name {
                tied.entry(name).or_default().insert(*ip);
            }
        }
        let issuers: BTreeSet<String> =
            issuers.iter().filter_map(|&t| normal(strings.get(t))).map(|n| names.key(&n)).collect();
        let all = list(&names, tied, &addresses, &issuers);

        let by_name: HashMap<&str, u32> = all.iter().zip(0..).map(|(h, n)| (h.name.as_str(), n)).collect();
        let by_ip: HashMap<IpAddr, u32> =
            all.iter().zip(0..).flat_map(|(h, n)| h.addresses.iter().map(move |a| (*a, n))).collect();
        let mut by_text = vec![NONE; strings.len()];
        for text in texts {
            let host = normal(strings.get(text)).and_then(|n| by_name.get(names.key(&n).as_str()).copied());
            by_text[text as usize] = host.unwrap_or(NONE);
        }
        let mut by_address = vec![From::Nothing; strings.len()];
        for (text, address) in known {
            by_address[text as usize] = match address {
                Address::None => From::Nothing,
                Address::Local => From::Here,
                Address::Ip(ip) => by_ip.get(&ip).map_or(From::Nothing, |&n| From::Host(n)),
                Address::Name => From::Host(by_text[text as usize]),
            };
        }
        Self { all, by_text, by_address }
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

/// The hosts by name, with the addresses tied to them, and the addresses without a name.
fn list(
    names: &Names,
    mut tied: BTreeMap<String, BTreeSet<IpAddr>>,
    addresses: &BTreeSet<IpAddr>,
    issuers: &BTreeSet<String>,
) -> Vec<Host> {
    let mut spelled: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for name in &names.all {
        spelled.entry(names.key(name)).or_default().insert(name.clone());
    }
    let named: BTreeSet<IpAddr> = tied.values().flatten().copied().collect();
    let mut hosts: Vec<Host> = spelled
        .into_iter()
        .map(|(key, mut aliases)| {
            aliases.remove(&key);
            let kind = if issuers.contains(&key) { HostKind::DomainController } else { HostKind::Computer };
            Host { addresses: tied.remove(&key).unwrap_or_default(), kind, aliases, name: key }
        })
        .collect();
    hosts.extend(addresses.difference(&named).map(|ip| Host {
        name: ip.to_string(),
        kind: HostKind::Address,
        addresses: [*ip].into(),
        aliases: BTreeSet::new(),
    }));
    hosts.sort_by(|a, b| a.name.cmp(&b.name));
    hosts
}

/// Notes what an event says about whose address `ip` is.
fn tie(
    store: &Store,
    row: &Row,
    ip: IpAddr,
    machine: &mut BTreeMap<IpAddr, BTreeSet<String>>,
    workstation: &mut BTreeMap<IpAddr, BTreeSet<String>>,
) {
    let strings = &store.tables.strings;
    let account = strings.get(store.tables.get_principal(row.account).name);
    let account = account.split('@').next().unwrap_or(account);
    // A machine account's tickets and Kerberos logons come from that machine; its NTLM logons may be relayed.
    let kerberos = strings.get(row.package).eq_ignore_ascii_case("Kerberos");
    if ((4768..=4770).contains(&row.event_id) || (row.event_id == 4624 && row.logon_type == 3 && kerberos))
        && let Some(name) = account.strip_suffix('$').and_then(normal).filter(|_| !row.is_failure())
    {
        machine.entry(ip).or_default().insert(name);
    }
    // With type 3 the workstation is the client; with types 2, 7, 10 it is the machine that was logged on to.
    let client = matches!(row.event_id, 4624 | 4625) && row.logon_type == 3;
    if (client || row.event_id == 4778)
        && let Some(name) = normal(strings.get(row.workstation))
    {
        workstation.entry(ip).or_default().insert(name);
    }
}
