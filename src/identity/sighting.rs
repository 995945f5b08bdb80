//! What single events say about whose an address is.
//!
//! | event | says | proof |
//! | --- | --- | --- |
//! | 4768, 4769, 4770 that succeeded, 4624 type 3 by Kerberos, account PC7$ | the address is PC7's | machine account: it takes PC7's own password or key |
//! | 4624, 4625 type 3, workstation PC7; 4778, client PC7 | the client calls itself PC7 | workstation name: whatever the client likes to say |
//! | 4624 by NTLM, account DC01$ | nothing, whatever the workstation: machine accounts are relayed by NTLM | |
//! | 4624 types 2, 7, 10, workstation FS01 | nothing: that is the machine logged on to | |

use super::address::{Address, parse};
use crate::event::Field;
use crate::store::Store;
use foldhash::fast::FixedState;
use hashbrown::HashMap;
use std::cmp::Ordering;

/// What ties an address to a host.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Proof {
    /// The client names itself so.
    Workstation,
    /// A machine account's Kerberos traffic.
    Machine,
}

/// Who is said to be at an address: a principal by its machine account, or a text by its workstation name.
pub type Claim = (Proof, u32);

/// First and last sighting, and how many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    /// In ticks.
    pub from: i64,
    pub to: i64,
    /// Rows of the store.
    pub first: u32,
    pub last: u32,
    pub count: u64,
}

impl Seen {
    pub(super) fn once(time: i64, row: u32) -> Self {
        Self { from: time, to: time, first: row, last: row, count: 1 }
    }

    /// Takes another's in, whichever came first.
    pub(super) fn add(&mut self, store: &Store, other: Seen) {
        let earlier = |a: (i64, u32), b: (i64, u32)| {
            a.0.cmp(&b.0).then_with(|| store.order(a.1, b.1)) == Ordering::Less
        };
        if earlier((other.from, other.first), (self.from, self.first)) {
            (self.from, self.first) = (other.from, other.first);
        }
        if earlier((self.to, self.last), (other.to, other.last)) {
            (self.to, self.last) = (other.to, other.last);
        }
        self.count += other.count;
    }
}

/// One look at every event.
pub struct Scan<'s> {
    store: &'s Store,
    /// By text: named as a host (computer, workstation, server).
    pub is_host: Vec<bool>,
    /// By text: it wrote what only domain controllers write.
    pub is_issuer: Vec<bool>,
    /// By text: what it says in an address field, where it stands in one.
    pub address: Vec<Option<Address>>,
    /// By text of an address and claim.
    pub claims: HashMap<(u32, Claim), Seen, FixedState>,
    /// By principal: `name$`.
    is_machine: Vec<bool>,
    /// By text: "Kerberos".
    is_kerberos: Vec<bool>,
}

/// Only a domain controller writes these: Kerberos tickets are issued there, computer accounts kept there (Microsoft, 4741–4743: "generates
/// only on domain controllers"), and "DS Access … events are logged only on domain controllers". 4662 needs a second look, see
/// [`is_directory`]. 4776 is no proof: members write it too, for their local accounts.
const fn is_issuers(event_id: u16) -> bool {
    matches!(event_id, 4768..=4771 | 4741..=4743 | 4662 | 5136 | 5137 | 5141)
}

/// Whether a 4662 is about the directory: its object types are classes, `%{bf967aba-…}`. Every Windows writes the same event about others
/// (`WMI Namespace`).
fn is_directory(object_type: &str) -> bool {
    object_type.trim_start().starts_with("%{")
}

/// The name of an account without what stands after an `@`.
fn user(name: &str) -> &str {
    name.split('@').next().unwrap_or(name)
}

impl<'s> Scan<'s> {
    pub fn of(store: &'s Store) -> Self {
        let strings = &store.tables.strings;
        let machine = |p: crate::store::Principal| user(strings.get(p.name)).ends_with('$');
        let mut scan = Self {
            store,
            is_host: vec![false; strings.len()],
            is_issuer: vec![false; strings.len()],
            address: vec![None; strings.len()],
            claims: HashMap::default(),
            is_machine: store.tables.principals().map(machine).collect(),
            is_kerberos: strings.iter().map(|t| t.eq_ignore_ascii_case("Kerberos")).collect(),
        };
        for i in 0..store.len() {
            scan.look(i);
        }
        scan
    }

    fn look(&mut self, i: usize) {
        let (c, tables) = (&self.store.columns, &self.store.tables);
        set(&mut self.is_host, c.computer[i]);
        set(&mut self.is_host, c.workstation[i]);
        let event_id = c.event_id[i];
        if event_id == 4648 && c.details[i] != 0 {
            let server = tables.detail(c.details[i], Field::TargetServerName);
            tables.strings.find(server).into_iter().for_each(|t| set(&mut self.is_host, t));
        }
        if is_issuers(event_id)
            && (event_id != 4662 || is_directory(tables.detail(c.details[i], Field::ObjectType)))
        {
            set(&mut self.is_issuer, c.computer[i]);
        }
        let text = c.address[i];
        let Some(known) = self.address.get_mut(text as usize) else { return };
        match *known.get_or_insert_with(|| parse(tables.strings.get(text))) {
            Address::Ip(_) => {
                let seen = Seen::once(c.time[i], i as u32);
                for claim in self.claim(i).into_iter().flatten() {
                    let store = self.store;
                    self.claims.entry((text, claim)).and_modify(|s| s.add(store, seen)).or_insert(seen);
                }
            }
            Address::Name => set(&mut self.is_host, text),
            Address::None | Address::Local => {}
        }
    }

    /// Who the event at row `i` says is at its address.
    pub fn claim(&self, i: usize) -> [Option<Claim>; 2] {
        let c = &self.store.columns;
        let (event_id, account) = (c.event_id[i], c.account[i]);
        let is = |flags: &[bool], n: u32| flags.get(n as usize).copied().unwrap_or(false);
        let client = matches!(event_id, 4624 | 4625) && c.logon_type[i] == 3;
        let kerberos = (4768..=4770).contains(&event_id)
            || (event_id == 4624 && client && is(&self.is_kerberos, c.package[i]));
        if !kerberos && !client && event_id != 4778 {
            return [None, None];
        }
        let is_machine = is(&self.is_machine, account);
        let machine = (kerberos && is_machine && !c.is_failure(i)).then_some((Proof::Machine, account));
        let named = (client && !is_machine) || event_id == 4778;
        let workstation = (named && c.workstation[i] != 0).then_some((Proof::Workstation, c.workstation[i]));
        [machine, workstation]
    }

    /// The name a claim gives, and the domain it is said to be in.
    pub fn name(&self, (proof, number): Claim) -> Option<(String, &'s str)> {
        let strings = &self.store.tables.strings;
        match proof {
            Proof::Workstation => Some((super::names::normal(strings.get(number))?, "")),
            Proof::Machine => {
                let who = self.store.tables.get_principal(number);
                let name = strings.get(who.name);
                let machine = super::names::normal(user(name).strip_suffix('$')?)?;
                let realm = name.split_once('@').map_or("", |(_, realm)| realm);
                let domain = strings.get(who.domain).trim();
                Some((machine, if matches!(domain, "" | "-" | ".") { realm } else { domain }))
            }
        }
    }
}

fn set(flags: &mut [bool], n: u32) {
    if let Some(flag) = flags.get_mut(n as usize) {
        *flag = true;
    }
}
