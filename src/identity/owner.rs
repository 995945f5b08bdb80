//! Whose name it was: what principals without a SID mean.
//!
//! | in the records | CORP\bob without a SID means |
//! | --- | --- |
//! | one SID only was ever seen with CORP\bob | that account, at any time: a ticket keeps its name |
//! | 1104 renamed from bob to rob at 14:00, 1200 renamed to bob at 14:05 | until 14:00 1104, from 14:05 on 1200, in between nobody known |
//! | 1104 deleted at 14:00, 1200 seen as bob from 16:00 on | until 14:00 1104, then 1200: no other could be meant |
//! | 1104 seen until 14:00, 1200 from 16:00 on, nothing tells of a change | nobody known, at any time |
//! | 1104 and 1200 seen by turns | nobody known, at any time |
//!
//! Events with a SID need none of this. A session keeps the name it began with, so that 1104 seen as bob after its rename says nothing.

use super::change::{Change, What};
use super::meaning::Meanings;
use super::spelling::{Domains, Spelling, issuer, label, only};
use crate::store::Store;
use std::collections::{BTreeMap, BTreeSet};

/// What identifies an account.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Key {
    Sid(String),
    /// Domain and name, as one compares them.
    Name(String, String),
}

/// A place for every principal, or several where it means another account at another time.
#[derive(Default)]
pub struct Slots {
    pub keys: Vec<Option<Key>>,
    /// By slot.
    pub principal: Vec<u32>,
    /// From principal and time to the slot.
    pub meanings: Meanings,
}

impl Slots {
    fn push(&mut self, principal: usize, key: Option<Key>) -> u32 {
        self.keys.push(key);
        self.principal.push(principal as u32);
        self.keys.len() as u32 - 1
    }
}

type Name = (String, String);

/// Which SIDs had a name, in a domain or anywhere.
#[derive(Default)]
struct Holders<'s> {
    of_name: BTreeMap<Name, BTreeSet<&'s str>>,
    anywhere: BTreeMap<String, BTreeSet<&'s str>>,
}

/// What a principal without a SID may mean.
enum Meant<'s> {
    One(&'s str),
    /// One of several, by the time.
    ByTime(Name),
    Unknown(Name),
}

/// The names under which a spelling with a SID is found: by its domain as written, as learned, and by the SID's own part.
fn names<'a>(domains: &'a Domains, domain: &'a str, sid: &'a str, name: &'a str) -> [Option<Name>; 3] {
    let (label, canonical) = (label(domain), domains.canonical(domain));
    let issuer = issuer(sid).filter(|i| *i != canonical);
    let name = name.to_lowercase();
    let other = (canonical != label).then(|| (canonical, name.clone()));
    [Some((label, name.clone())), other, issuer.map(|i| (i.to_owned(), name))]
}

pub fn slots<'s>(
    store: &Store,
    spellings: &[Option<Spelling<'s>>],
    domains: &Domains,
    changes: &[Change<'s>],
) -> Slots {
    let mut holders = Holders::default();
    let with_sid = spellings.iter().flatten().filter(|s| !s.name.is_empty() && !s.is_common_name);
    let with_sid = with_sid.filter_map(|s| Some((s.sid?, s.domain, s.name)));
    for (sid, domain, name) in with_sid.chain(changes.iter().map(|c| (c.sid, c.domain, c.name))) {
        holders.anywhere.entry(name.to_lowercase()).or_default().insert(sid);
        for name in names(domains, domain, sid, name).into_iter().flatten() {
            holders.of_name.entry(name).or_default().insert(sid);
        }
    }
    // Domains that know a name without a SID of their own for it.
    let mut strangers: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for s in spellings.iter().flatten().filter(|s| s.sid.is_none() && !s.domain.is_empty()) {
        if holders.find(domains, s).is_none() {
            strangers.entry(&s.lower).or_default().insert(domains.canonical(s.domain));
        }
    }
    let meant: Vec<Option<Meant>> = spellings
        .iter()
        .map(|s| s.as_ref().filter(|s| s.sid.is_none()).map(|s| holders.meant(domains, &strangers, s)))
        .collect();
    let wanted: BTreeSet<&Name> = meant
        .iter()
        .flatten()
        .filter_map(|m| if let Meant::ByTime(name) = m { Some(name) } else { None })
        .collect();
    let periods = by_time(store, spellings, domains, changes, &wanted);

    let mut slots = Slots::default();
    for (p, (spelling, meant)) in spellings.iter().zip(meant).enumerate() {
        let key = match meant {
            Some(Meant::One(sid)) => Some(Key::Sid(sid.to_owned())),
            Some(Meant::Unknown((domain, name))) => Some(Key::Name(domain, name)),
            Some(Meant::ByTime(name)) => match periods.get(&name) {
                Some(periods) => {
                    let slot = |&(from, sid): &(i64, Option<&str>)| {
                        let key = sid.map_or_else(
                            || Key::Name(name.0.clone(), name.1.clone()),
                            |sid| Key::Sid(sid.to_owned()),
                        );
                        (from, slots.push(p, Some(key)))
                    };
                    let numbers: Vec<(i64, u32)> = periods.iter().map(slot).collect();
                    slots.meanings.push_by_time(numbers.into_iter());
                    continue;
                }
                None => Some(Key::Name(name.0, name.1)),
            },
            None => spelling.as_ref().and_then(|s| s.sid).map(|sid| Key::Sid(sid.to_owned())),
        };
        let slot = slots.push(p, key);
        slots.meanings.push(slot);
    }
    slots
}

impl<'s> Holders<'s> {
    /// The SIDs a spelling without one may stand for, with the name they are found under.
    fn find(&self, domains: &Domains, s: &Spelling) -> Option<(Name, &BTreeSet<&'s str>)> {
        [domains.canonical(s.domain), label(s.domain)].into_iter().find_map(|domain| {
            let name = (domain, s.lower.clone());
            self.of_name.get(&name).map(|sids| (name, sids))
        })
    }

    fn meant(
        &self,
        domains: &Domains,
        strangers: &BTreeMap<&str, BTreeSet<String>>,
        s: &Spelling,
    ) -> Meant<'s> {
        let one_or = |sids: &BTreeSet<&'s str>, name: Name| match only(sids) {
            Some(sid) => Meant::One(sid),
            None => Meant::ByTime(name),
        };
        if !s.domain.is_empty() {
            return match self.find(domains, s) {
                Some((name, sids)) => one_or(sids, name),
                None => Meant::Unknown((domains.canonical(s.domain), s.lower.clone())),
            };
        }
        match (self.anywhere.get(&s.lower), strangers.get(s.lower.as_str())) {
            (Some(sids), None) => {
                let issuers: BTreeSet<Option<&str>> = sids.iter().map(|sid| issuer(sid)).collect();
                match only(&issuers) {
                    // One domain's, whichever of them.
                    Some(&Some(issuer)) => one_or(sids, (issuer.to_owned(), s.lower.clone())),
                    _ => only(sids)
                        .map_or_else(|| Meant::Unknown((String::new(), s.lower.clone())), |s| Meant::One(s)),
                }
            }
            (None, Some(domains)) => {
                let domain = only(domains).cloned().unwrap_or_default();
                Meant::Unknown((domain, s.lower.clone()))
            }
            // Known by a SID and by another domain's name: who is meant cannot be told.
            _ => Meant::Unknown((String::new(), s.lower.clone())),
        }
    }
}

/// Something said of a name.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Said<'s> {
    time: i64,
    what: What,
    sid: &'s str,
}

/// For the names wanted that can be told by the time: from when on whose each was.
fn by_time<'s>(
    store: &Store,
    spellings: &[Option<Spelling<'s>>],
    domains: &Domains,
    changes: &[Change<'s>],
    wanted: &BTreeSet<&Name>,
) -> BTreeMap<Name, Vec<(i64, Option<&'s str>)>> {
    if wanted.is_empty() {
        return BTreeMap::new();
    }
    let number: BTreeMap<&Name, usize> = wanted.iter().zip(0..).map(|(name, n)| (*name, n)).collect();
    let concerned = |domain, sid, name| {
        let names = names(domains, domain, sid, name);
        names.into_iter().flatten().filter_map(|name| number.get(&name).copied()).collect::<Vec<_>>()
    };
    let mut said: Vec<Vec<Said>> = vec![Vec::new(); wanted.len()];
    for c in changes {
        for n in concerned(c.domain, c.sid, c.name) {
            said[n].push(Said { time: c.time, what: c.what, sid: c.sid });
        }
    }
    let of_principal: Vec<Vec<usize>> = spellings
        .iter()
        .map(|s| match s {
            Some(Spelling { sid: Some(sid), domain, name, is_common_name: false, .. })
                if !name.is_empty() =>
            {
                concerned(domain, sid, name)
            }
            _ => Vec::new(),
        })
        .collect();
    let c = &store.columns;
    for i in 0..store.len() {
        // What changes a name is counted above; its record may already write the new one for what it ends.
        let mut see = |principal: u32| {
            let p = principal as usize;
            for &n in of_principal.get(p).into_iter().flatten() {
                if let Some(sid) = spellings[p].as_ref().and_then(|s| s.sid) {
                    said[n].push(Said { time: c.time[i], what: What::Seen, sid });
                }
            }
        };
        if !matches!(c.event_id[i], 4720 | 4726 | 4741 | 4743 | 4781) {
            see(c.account[i]);
        }
        see(c.subject[i]);
    }
    let told = wanted.iter().zip(said).filter_map(|(name, said)| Some(((*name).clone(), periods(said)?)));
    told.collect()
}

/// Somebody's having a name, without a break by another.
struct Run<'s> {
    sid: &'s str,
    from: i64,
    to: i64,
    /// It is known to begin at `from`.
    starts: bool,
    /// It is known to end at `to`.
    ends: bool,
}

/// From when on whose the name was, the first from the beginning of time; `None` where it cannot be told.
fn periods<'s>(mut said: Vec<Said<'s>>) -> Option<Vec<(i64, Option<&'s str>)>> {
    said.sort_unstable();
    let mut ended: BTreeSet<&str> = BTreeSet::new();
    let mut runs: Vec<Run> = Vec::new();
    for Said { time, what, sid } in said {
        match what {
            What::Seen if ended.contains(sid) => continue,
            What::Seen => {}
            What::Starts => _ = ended.remove(sid),
            What::Ends => _ = ended.insert(sid),
        }
        if runs.last().is_none_or(|run| run.sid != sid) {
            runs.push(Run { sid, from: time, to: time, starts: false, ends: false });
        }
        let run = runs.last_mut()?;
        run.to = time;
        run.starts |= what == What::Starts && run.from == time;
        run.ends = what == What::Ends;
    }
    let first = runs.first()?;
    let mut periods = vec![(i64::MIN, (!first.starts).then_some(first.sid))];
    if first.starts {
        periods.push((first.from, Some(first.sid)));
    }
    for pair in runs.windows(2) {
        let (a, b) = (&pair[0], &pair[1]);
        if !a.ends && !b.starts {
            return None;
        }
        if a.ends && b.starts && a.to < b.from {
            periods.push((a.to.saturating_add(1), None));
        }
        periods.push((if b.starts { b.from } else { a.to.saturating_add(1) }, Some(b.sid)));
    }
    if let Some(last) = runs.last().filter(|r| r.ends) {
        periods.push((last.to.saturating_add(1), None));
    }
    Some(periods)
}
