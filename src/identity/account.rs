//! Accounts: by SID where there is one, by DOMAIN\name otherwise.
//!
//! | in the records | becomes |
//! | --- | --- |
//! | S-1-5-21-…-1104 CORP\bob, later CORP.EXAMPLE\Bob | one account, by its SID |
//! | no SID, CORP\bob (a failure, a 4769) | the account whose SID was seen with CORP\bob, if it is one only |
//! | no SID, no domain, bob (4776) | the account of that name, if it is one only |
//! | bob@CORP.EXAMPLE | CORP\bob |
//!
//! A DNS domain counts as its first label. Where two accounts could be meant nothing is joined.

use super::NONE;
use crate::event::{Field, sid};
use crate::store::{Principal, Store};
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
    /// By principal number: the account, or [`NONE`].
    by_principal: Vec<u32>,
}

fn full(domain: &str, name: &str) -> String {
    if domain.is_empty() { name.to_owned() } else { format!("{domain}\\{name}") }
}

/// A principal's spelling.
struct Spelling<'s> {
    sid: Option<&'s str>,
    domain: &'s str,
    name: &'s str,
    /// `(first label of the domain, name)`, both lower-case.
    key: (String, String),
}

fn spelling<'s>(store: &'s Store, who: Principal) -> Option<Spelling<'s>> {
    let text =
        |n| Some(store.tables.strings.get(n).trim()).filter(|t| !matches!(*t, "-" | ".")).unwrap_or("");
    // A domain of "." is whatever machine it is said on.
    let (sid_text, mut domain, mut name) = (text(who.sid), text(who.domain), text(who.name));
    if let Some((user, realm)) = name.split_once('@') {
        name = user;
        if domain.is_empty() {
            domain = realm;
        }
    }
    if let Some((d, user)) = name.split_once('\\') {
        name = user;
        if domain.is_empty() {
            domain = d;
        }
    }
    // A member's distinguished name: CN=Bob Smith,OU=…
    if let Some(cn) = name.strip_prefix("CN=").or_else(|| name.strip_prefix("cn=")) {
        name = cn.split(',').next().unwrap_or(cn);
    }
    let sid = (!sid::is_null(sid_text)).then_some(sid_text);
    if sid.is_none() && name.is_empty() {
        return None;
    }
    let label = domain.split('.').next().unwrap_or(domain);
    Some(Spelling { sid, domain, name, key: (label.to_lowercase(), name.to_lowercase()) })
}

/// What identifies an account.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Sid(String),
    Name(String, String),
}

/// The only member, if there is just one.
fn only<T: Clone + Ord>(set: Option<&BTreeSet<T>>) -> Option<T> {
    set.filter(|s| s.len() == 1)?.first().cloned()
}

impl Accounts {
    pub fn resolve(store: &Store) -> Self {
        let spellings: Vec<Option<Spelling>> =
            store.tables.principals().map(|p| spelling(store, p)).collect();
        let keys = keys(&spellings);
        let (uses, proven, privileges) = uses(store, &keys);

        let mut groups: BTreeMap<&Key, Vec<usize>> = BTreeMap::new();
        for (n, key) in keys.iter().enumerate() {
            if let Some(key) = key {
                groups.entry(key).or_default().push(n);
            }
        }
        let mut made: Vec<(Account, Vec<usize>)> = groups
            .into_iter()
            .map(|(key, members)| {
                let mut account = make(key, &members, &spellings, &uses, proven.contains(key));
                account.privileges.extend(privileges.get(key).into_iter().flatten());
                if account.sid.as_deref().and_then(sid::rid) == Some(500) {
                    account.privileges.insert(Privilege::Administrator);
                }
                (account, members)
            })
            .collect();
        made.sort_by_cached_key(|(a, _)| (a.full().to_lowercase(), a.sid.clone()));

        let mut accounts = Accounts { all: Vec::new(), by_principal: vec![NONE; spellings.len()] };
        for (n, (account, members)) in made.into_iter().enumerate() {
            members.into_iter().for_each(|m| accounts.by_principal[m] = n as u32);
            accounts.all.push(account);
        }
        accounts
    }

    pub fn of_principal(&self, principal: u32) -> u32 {
        self.by_principal.get(principal as usize).copied().unwrap_or(NONE)
    }

    pub fn get(&self, number: u32) -> Option<&Account> {
        self.all.get(number as usize)
    }
}

/// The key of every principal; `None` for nobody.
fn keys(spellings: &[Option<Spelling>]) -> Vec<Option<Key>> {
    let mut sids_of_key: BTreeMap<&(String, String), BTreeSet<&str>> = BTreeMap::new();
    let mut sids_of_name: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let mut domains_of_name: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for s in spellings.iter().flatten().filter(|s| !s.name.is_empty()) {
        if let Some(sid) = s.sid {
            sids_of_key.entry(&s.key).or_default().insert(sid);
            sids_of_name.entry(&s.key.1).or_default().insert(sid);
        }
    }
    // Domains that know the name without a SID of their own for it.
    for s in spellings.iter().flatten().filter(|s| s.sid.is_none() && !s.key.0.is_empty()) {
        if !sids_of_key.contains_key(&s.key) {
            domains_of_name.entry(&s.key.1).or_default().insert(&s.key.0);
        }
    }
    let key = |s: &Spelling| -> Key {
        if let Some(sid) = s.sid {
            return Key::Sid(sid.to_owned());
        }
        if let Some(sid) = only(sids_of_key.get(&s.key)) {
            return Key::Sid(sid.to_owned());
        }
        if s.key.0.is_empty() {
            let name = s.key.1.as_str();
            match (sids_of_name.get(name), domains_of_name.get(name)) {
                (sids @ Some(_), None) => {
                    if let Some(sid) = only(sids) {
                        return Key::Sid(sid.to_owned());
                    }
                }
                (None, domains) => {
                    if let Some(domain) = only(domains) {
                        return Key::Name(domain.to_owned(), name.to_owned());
                    }
                }
                // Known by a SID and by another domain's name: who is meant cannot be told.
                (Some(_), Some(_)) => {}
            }
        }
        Key::Name(s.key.0.clone(), s.key.1.clone())
    };
    spellings.iter().map(|s| s.as_ref().map(key)).collect()
}

type Privileges = BTreeMap<Key, BTreeSet<Privilege>>;

/// How often each principal is named, whose logons succeeded, and who is privileged.
fn uses(store: &Store, keys: &[Option<Key>]) -> (Vec<u64>, BTreeSet<Key>, Privileges) {
    let mut uses = vec![0u64; keys.len()];
    let mut succeeded = vec![false; keys.len()];
    let mut privileges = Privileges::new();
    let mut assigned = vec![false; keys.len()];
    for row in store.rows() {
        let (account, subject) = (row.account as usize, row.subject as usize);
        uses[account] += 1;
        uses[subject] += 1;
        succeeded[subject] = true;
        match row.event_id {
            4672 => assigned[account] = true,
            4728 | 4732 | 4756 => {
                let group = store.tables.detail(row.details, Field::TargetSid);
                if let Some(key) = keys[account].as_ref().filter(|_| sid::is_privileged_group(group)) {
                    privileges.entry(key.clone()).or_default().insert(Privilege::Member);
                }
            }
            _ => {}
        }
        if !row.is_failure() {
            succeeded[account] = true;
        }
    }
    let those = |flags: &[bool]| -> BTreeSet<Key> {
        flags.iter().zip(keys).filter(|(f, _)| **f).filter_map(|(_, k)| k.clone()).collect()
    };
    for key in those(&assigned) {
        privileges.entry(key).or_default().insert(Privilege::Assigned);
    }
    (uses, those(&succeeded), privileges)
}

/// One account out of its spellings: the one used most gives the name.
fn make(key: &Key, members: &[usize], spellings: &[Option<Spelling>], uses: &[u64], proven: bool) -> Account {
    let mut counts: BTreeMap<(&str, &str), u64> = BTreeMap::new();
    for &m in members {
        if let Some(s) = spellings[m].as_ref().filter(|s| !s.name.is_empty()) {
            *counts.entry((s.domain, s.name)).or_default() += uses[m];
        }
    }
    // Most used first; a spelling with a domain before one without; then by the alphabet.
    let best = counts
        .iter()
        .max_by_key(|((domain, name), n)| (!domain.is_empty(), **n, std::cmp::Reverse((*domain, *name))))
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
    let kind = kind(sid.as_deref(), domain, name, proven);
    let chosen = full(domain, name);
    let aliases = counts.keys().map(|(d, n)| full(d, n)).filter(|f| *f != chosen).collect();
    Account {
        name: name.to_owned(),
        domain: domain.to_owned(),
        aliases,
        kind,
        sid,
        privileges: BTreeSet::new(),
    }
}

fn kind(sid: Option<&str>, domain: &str, name: &str, proven: bool) -> AccountKind {
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
    if name.ends_with('$') {
        return AccountKind::Machine;
    }
    if sid.is_empty() && !proven { AccountKind::Unknown } else { AccountKind::User }
}
