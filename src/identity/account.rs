//! Accounts: by SID where there is one, by DOMAIN\name otherwise.
//!
//! | in the records | becomes |
//! | --- | --- |
//! | S-1-5-21-…-1104 CORP\bob, later CORP.EXAMPLE\Bob | one account, by its SID |
//! | no SID, CORP\bob (a failure, a 4769) | the account whose SID was seen with CORP\bob, if it is one only at that time |
//! | no SID, no domain, bob (4776) | the account of that name, if it is one only |
//! | bob@CORP.EXAMPLE | CORP\bob |
//! | S-1-5-21-…-1104 renamed from CORP\bob to CORP\rob (4781) | CORP\rob, alias CORP\bob, with time and record of the rename |
//!
//! Which domains are one is told in `spelling.rs`, whose a name was and when in `owner.rs`. Where two accounts could be meant nothing is
//! joined.

use super::NONE;
use super::change::{Rename, changes, renames};
use super::meaning::Meanings;
use super::owner::{Key, Slots, slots};
use super::spelling::{Domains, Spelling};
use crate::event::{Field, sid};
use crate::store::Store;
use std::collections::{BTreeMap, BTreeSet};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum AccountKind {
    User,
    /// A computer's account (`name$`), group-managed service accounts included.
    Machine,
    /// SYSTEM, LOCAL SERVICE, NETWORK SERVICE, window managers, virtual service accounts.
    BuiltIn,
    Anonymous,
    /// A name that was tried and never seen with a SID.
    Unknown,
}

/// Why an account counts as privileged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Privilege {
    /// Special privileges were assigned at a logon (4672).
    Assigned,
    /// The built-in Administrator (RID 500).
    Administrator,
    /// Added to a group that rules a machine or a domain (4728, 4732, 4756).
    Member,
}

#[derive(Clone, Debug)]
pub struct Account {
    pub name: String,
    /// As written; empty where no record has one.
    pub domain: String,
    pub sid: Option<String>,
    pub kind: AccountKind,
    pub privileges: BTreeSet<Privilege>,
    /// Other spellings, as DOMAIN\name.
    pub aliases: BTreeSet<String>,
    /// By rising time.
    pub renames: Vec<Rename>,
    /// Of a machine account (`name$`): the host, by number, where it is known.
    pub host: Option<u32>,
}

impl Account {
    /// `DOMAIN\name`, or the name alone.
    pub fn full(&self) -> String {
        full(&self.domain, &self.name)
    }

    pub fn is_privileged(&self) -> bool {
        !self.privileges.is_empty()
    }
}

/// All accounts, sorted by full name and SID.
#[derive(Clone, Debug, Default)]
pub struct Accounts {
    pub all: Vec<Account>,
    meanings: Meanings,
}

fn full(domain: &str, name: &str) -> String {
    if domain.is_empty() { name.to_owned() } else { format!("{domain}\\{name}") }
}

/// What is known of a key beside its spellings.
#[derive(Default)]
struct Known<'s> {
    proven: bool,
    privileges: BTreeSet<Privilege>,
    /// Names by which no record calls it but a change does.
    names: Vec<(&'s str, &'s str)>,
    renames: Vec<Rename>,
}

impl Accounts {
    /// Linear in events, but for events with a SID whose name had several: those are sorted.
    pub fn resolve(store: &Store) -> Self {
        let spellings: Vec<Option<Spelling>> =
            store.tables.principals().map(|p| Spelling::of(store, p)).collect();
        let domains = Domains::learn(spellings.iter().flatten());
        let changes = changes(store, &spellings);
        let slots = slots(store, &spellings, &domains, &changes);

        let (uses, mut known) = uses(store, &slots);
        let of_sid = |sid: &str| Key::Sid(sid.to_owned());
        for c in &changes {
            known.entry(of_sid(c.sid)).or_default().names.push((c.domain, c.name));
        }
        for (sid, rename) in renames(&changes) {
            known.entry(of_sid(sid)).or_default().renames.push(rename);
        }

        let mut groups: BTreeMap<&Key, Vec<usize>> = BTreeMap::new();
        for (slot, key) in slots.keys.iter().enumerate() {
            // One of several meanings may never have been needed.
            let needed = uses[slot] > 0 || slots.meanings.always(slots.principal[slot]) != NONE;
            if let Some(key) = key.as_ref().filter(|_| needed) {
                groups.entry(key).or_default().push(slot);
            }
        }
        let mut made: Vec<(Account, Vec<usize>)> = groups
            .into_iter()
            .map(|(key, members)| {
                let spelled = members.iter().filter_map(|&m| {
                    let s = spellings[slots.principal[m] as usize].as_ref()?;
                    Some((s.domain, s.name, uses[m]))
                });
                (make(key, spelled, known.remove(key).unwrap_or_default()), members)
            })
            .collect();
        made.sort_by_cached_key(|(a, _)| (a.full().to_lowercase(), a.sid.clone()));

        let mut of_slot = vec![NONE; slots.keys.len()];
        let mut all = Vec::with_capacity(made.len());
        for (n, (account, members)) in made.into_iter().enumerate() {
            members.into_iter().for_each(|m| of_slot[m] = n as u32);
            all.push(account);
        }
        let mut meanings = slots.meanings;
        meanings.map(|slot| of_slot.get(slot as usize).copied().unwrap_or(NONE));
        Self { all, meanings }
    }

    /// The account a principal means at a time (in ticks), or [`NONE`].
    pub fn at(&self, principal: u32, time: i64) -> u32 {
        self.meanings.at(principal, time)
    }

    /// The account where a principal means the same at all times, or [`NONE`].
    pub fn of_principal(&self, principal: u32) -> u32 {
        self.meanings.always(principal)
    }

    pub fn get(&self, number: u32) -> Option<&Account> {
        self.all.get(number as usize)
    }
}

/// How often each slot is named, whose logons succeeded, and who is privileged.
fn uses<'s>(store: &Store, slots: &Slots) -> (Vec<u64>, BTreeMap<Key, Known<'s>>) {
    let len = slots.keys.len();
    let mut uses = vec![0u64; len];
    let (mut succeeded, mut assigned, mut member) = (vec![false; len], vec![false; len], vec![false; len]);
    for row in store.rows() {
        let account = slots.meanings.at(row.account, row.time) as usize;
        let subject = slots.meanings.at(row.subject, row.time) as usize;
        if account >= len || subject >= len {
            continue;
        }
        uses[account] += 1;
        uses[subject] += 1;
        succeeded[subject] = true;
        match row.event_id {
            4672 => assigned[account] = true,
            4728 | 4732 | 4756 => {
                let group = store.tables.detail(row.details, Field::TargetSid);
                member[account] |= sid::is_privileged_group(group);
            }
            _ => {}
        }
        if !row.is_failure() {
            succeeded[account] = true;
        }
    }
    let mut known: BTreeMap<Key, Known> = BTreeMap::new();
    for (slot, key) in slots.keys.iter().enumerate() {
        if let Some(key) = key.as_ref().filter(|_| succeeded[slot] || assigned[slot] || member[slot]) {
            let known = known.entry(key.clone()).or_default();
            known.proven |= succeeded[slot];
            let why = [(assigned[slot], Privilege::Assigned), (member[slot], Privilege::Member)];
            known.privileges.extend(why.into_iter().filter(|(is, _)| *is).map(|(_, p)| p));
        }
    }
    (uses, known)
}

/// One account out of its spellings (domain, name, uses): the last rename gives the name, else the spelling used most.
fn make<'s>(key: &Key, spelled: impl Iterator<Item = (&'s str, &'s str, u64)>, known: Known<'s>) -> Account {
    let mut counts: BTreeMap<(&str, &str), u64> = BTreeMap::new();
    for (domain, name, uses) in spelled.filter(|(_, name, _)| !name.is_empty()) {
        *counts.entry((domain, name)).or_default() += uses;
    }
    for &name in &known.names {
        counts.entry(name).or_default();
    }
    let current = known.renames.last().map(|r| r.to.as_str());
    let is_current = |name: &str| current.is_some_and(|c| c.to_lowercase() == name.to_lowercase());
    // Most used first; a spelling with a domain before one without; then by the alphabet.
    let best = counts
        .iter()
        .max_by_key(|((domain, name), n)| {
            (is_current(name), !domain.is_empty(), **n, std::cmp::Reverse((*domain, *name)))
        })
        .map(|((domain, name), _)| (*domain, *name));
    let sid = match key {
        Key::Sid(sid) => Some(sid.clone()),
        Key::Name(..) => None,
    };
    // SYSTEM acts under the name of its machine (WS1$): it keeps its own.
    let own = sid.as_deref().filter(|s| matches!(*s, "S-1-5-7" | "S-1-5-18" | "S-1-5-19" | "S-1-5-20"));
    let own = own.and_then(sid::well_known).map(|name| ("NT AUTHORITY", name));
    let (domain, name) = own.or(best).unwrap_or_else(|| {
        let sid = sid.as_deref().unwrap_or_default();
        ("", sid::well_known(sid).filter(|_| !sid::is_issued(sid)).unwrap_or(sid))
    });
    let kind = kind(sid.as_deref(), domain, name, &known.renames, known.proven);
    let mut privileges = known.privileges;
    if sid.as_deref().and_then(sid::rid) == Some(500) {
        privileges.insert(Privilege::Administrator);
    }
    let chosen = full(domain, name);
    let aliases = counts.keys().map(|(d, n)| full(d, n)).filter(|f| *f != chosen).collect();
    Account {
        name: name.to_owned(),
        domain: domain.to_owned(),
        aliases,
        kind,
        sid,
        privileges,
        renames: known.renames,
        host: None,
    }
}

fn kind(sid: Option<&str>, domain: &str, name: &str, renames: &[Rename], proven: bool) -> AccountKind {
    let sid = sid.unwrap_or("");
    let is = |a: &str, b: &str| a.eq_ignore_ascii_case(b);
    if sid == "S-1-5-7" || is(name, "ANONYMOUS LOGON") {
        return AccountKind::Anonymous;
    }
    let built_in_sid = ["S-1-5-18", "S-1-5-19", "S-1-5-20"].contains(&sid)
        || ["S-1-5-80-", "S-1-5-82-", "S-1-5-83-", "S-1-5-90-", "S-1-5-96-"]
            .iter()
            .any(|p| sid.starts_with(p));
    let built_in_domain = [
        "NT AUTHORITY",
        "NT SERVICE",
        "Window Manager",
        "Font Driver Host",
        "IIS APPPOOL",
        "NT VIRTUAL MACHINE",
    ]
    .iter()
    .any(|d| is(domain, d));
    if built_in_sid || built_in_domain {
        return AccountKind::BuiltIn;
    }
    // A computer's account that lost its $ is still one (CVE-2021-42278).
    if name.ends_with('$') || renames.iter().any(|r| r.from.ends_with('$') || r.to.ends_with('$')) {
        return AccountKind::Machine;
    }
    if sid.is_empty() && !proven { AccountKind::Unknown } else { AccountKind::User }
}
