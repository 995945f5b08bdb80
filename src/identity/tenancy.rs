//! The owners of all addresses: at once where one host only was seen, by a second look at the events where there were several.

use super::address::Address;
use super::lease::{self, Conflict, History, Lease, MAX_NAMES, Sighting, Span};
use super::sighting::{Claim, Proof, Scan, Seen};
use crate::event::time::TICKS_PER_HOUR;
use crate::store::Store;
use foldhash::fast::FixedState;
use hashbrown::HashMap;
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

/// Claims at one address: by host and proof.
type Claims = BTreeMap<(u32, Proof), Seen>;

/// What became of one address; hosts by their numbers among the named ones.
pub enum Owner {
    Nobody,
    Always(u32),
    ByTime { spans: Vec<Span>, bare: bool },
}

/// Of all addresses; leases and conflicts sorted by address and time.
#[derive(Default)]
pub struct Owners {
    pub of: BTreeMap<IpAddr, Owner>,
    pub leases: Vec<Lease>,
    pub conflicts: Vec<Conflict>,
}

impl Owners {
    /// `claimed` is the host of each claim, by its number among the named ones.
    pub fn of(store: &Store, scan: &Scan, claimed: &HashMap<Claim, u32, FixedState>) -> Self {
        let ip = |text: u32| match scan.address.get(text as usize) {
            Some(Some(Address::Ip(ip))) => Some(*ip),
            _ => None,
        };
        let mut claims: BTreeMap<IpAddr, Claims> = scan
            .address
            .iter()
            .flatten()
            .filter_map(|a| if let Address::Ip(ip) = a { Some((*ip, Claims::new())) } else { None })
            .collect();
        for ((text, claim), seen) in &scan.claims {
            if let (Some(at), Some(&host)) =
                (ip(*text).and_then(|ip| claims.get_mut(&ip)), claimed.get(claim))
            {
                at.entry((host, claim.0)).and_modify(|s| s.add(store, *seen)).or_insert(*seen);
            }
        }
        let homes = Homes::of(&claims);
        let contested: BTreeMap<IpAddr, usize> = claims
            .iter()
            .filter(|(ip, claims)| {
                claims.keys().any(|(host, _)| claims.keys().next().is_some_and(|first| first.0 != *host))
                    || claims.iter().any(|((host, _), seen)| homes.visits(**ip, *host, seen))
            })
            .map(|(&ip, _)| ip)
            .zip(0..)
            .collect();
        let contested_text: Vec<usize> = (0..scan.address.len() as u32)
            .map(|text| ip(text).and_then(|ip| contested.get(&ip).copied()).unwrap_or(usize::MAX))
            .collect();
        let visitors: Vec<BTreeSet<u32>> = contested
            .keys()
            .map(|ip| {
                let visits = claims[ip].iter().filter(|((host, _), seen)| homes.visits(*ip, *host, seen));
                visits.map(|((host, _), _)| *host).collect()
            })
            .collect();
        let mut histories = histories(store, scan, claimed, &contested_text, &visitors);
        let needs_bare = needs_bare(store, &contested_text, &histories);

        let mut owners = Self::default();
        for (address, claims) in claims {
            let lease = |(host, proof, seen)| Lease { address, host, proof, seen };
            let owner = if let Some(&n) = contested.get(&address) {
                let History { leases, conflicts, spans } = std::mem::take(&mut histories[n]);
                owners.leases.extend(leases.into_iter().map(lease));
                owners.conflicts.extend(conflicts.into_iter().map(|(host, claimed, seen)| Conflict {
                    address,
                    host,
                    names: claimed.len() as u64,
                    claimed: claimed.into_iter().take(MAX_NAMES).collect(),
                    seen,
                }));
                Owner::ByTime { spans, bare: needs_bare[n] }
            } else {
                // One host, by one proof or both.
                let one = claims.into_iter().map(|((host, proof), seen)| (host, proof, seen));
                let one = one.reduce(|(host, a, mut seen), (_, b, more)| {
                    seen.add(store, more);
                    (host, a.max(b), seen)
                });
                owners.leases.extend(one.map(lease));
                one.map_or(Owner::Nobody, |(host, ..)| Owner::Always(host))
            };
            owners.of.insert(address, owner);
        }
        owners
    }
}

/// Addresses at which one host only was seen by its machine account, for an hour at least: there it is at home.
struct Homes(BTreeMap<u32, Vec<(IpAddr, Seen)>>);

/// A stay shorter than this, while the host is at home elsewhere, is a visit: by somebody who has its key, more likely than by itself.
const VISIT: i64 = TICKS_PER_HOUR;

impl Homes {
    fn of(claims: &BTreeMap<IpAddr, Claims>) -> Self {
        let mut homes: BTreeMap<u32, Vec<(IpAddr, Seen)>> = BTreeMap::new();
        for (ip, claims) in claims {
            let mut hosts = claims.iter().filter(|((_, proof), _)| *proof == Proof::Machine);
            if let (Some(((host, _), seen)), None) = (hosts.next(), hosts.next())
                && seen.to.saturating_sub(seen.from) >= VISIT
            {
                homes.entry(*host).or_default().push((*ip, *seen));
            }
        }
        Self(homes)
    }

    fn visits(&self, here: IpAddr, host: u32, seen: &Seen) -> bool {
        let homes = self.0.get(&host).map_or(&[][..], Vec::as_slice);
        seen.to.saturating_sub(seen.from) < VISIT
            && homes.iter().any(|(ip, home)| *ip != here && home.from <= seen.from && seen.to <= home.to)
    }
}

/// The histories of the addresses with several names, out of a second look at their events.
fn histories(
    store: &Store,
    scan: &Scan,
    claimed: &HashMap<Claim, u32, FixedState>,
    contested: &[usize],
    visitors: &[BTreeSet<u32>],
) -> Vec<History> {
    let c = &store.columns;
    let mut sightings: Vec<Vec<Sighting>> = vec![Vec::new(); visitors.len()];
    for i in 0..if visitors.is_empty() { 0 } else { store.len() } {
        let Some(&n) = contested.get(c.address[i] as usize) else { continue };
        let Some(at) = sightings.get_mut(n) else { continue };
        for claim in scan.claim(i).into_iter().flatten() {
            if let Some(&host) = claimed.get(&claim) {
                let visitor = visitors[n].contains(&host);
                at.push(Sighting { time: c.time[i], host, proof: claim.0, visitor, row: i as u32 });
            }
        }
    }
    sightings.iter_mut().map(|s| lease::history(store, s)).collect()
}

/// At which of these addresses something happened while they were nobody's.
fn needs_bare(store: &Store, contested: &[usize], histories: &[History]) -> Vec<bool> {
    let c = &store.columns;
    let mut needs = vec![false; histories.len()];
    for i in 0..if histories.is_empty() { 0 } else { store.len() } {
        let n = contested.get(c.address[i] as usize).copied().unwrap_or(usize::MAX);
        if let Some(history) = histories.get(n) {
            needs[n] |= lease::at(&history.spans, c.time[i]).is_none();
        }
    }
    needs
}
