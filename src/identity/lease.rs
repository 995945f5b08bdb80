//! Whose address it was, and when.
//!
//! | seen | becomes |
//! | --- | --- |
//! | 10.0.0.7 always with PC7$ | PC7's, from beginning to end |
//! | PC7$ until 14:02, PC9$ from 14:30 | PC7's until 14:30, PC9's from then on |
//! | PC7$ until Monday, PC9$ on Thursday | PC7's until ten hours after its last sighting, nobody's until PC9 is seen |
//! | PC7$ at 9:00 and 9:40, DC1$ once at 9:20 | PC7's throughout; DC1$ is a conflict |
//! | DC1$ for a moment, while it is at home at 10.0.0.1 all day | nobody's; DC1$ is a conflict |
//!
//! A running machine asks for a new ticket at least every ten hours (Microsoft, "Maximum lifetime for user ticket"), hence the grace. Machine
//! accounts prove more than the name an NTLM client gives itself: where an address has machine accounts, other names are conflicts; an address
//! that calls itself by many names proves nothing.

use crate::event::time::TICKS_PER_HOUR;
use std::collections::BTreeSet;

/// How long an address stays a host's after its last sighting.
const GRACE: i64 = 10 * TICKS_PER_HOUR;
/// A stay shorter than this within the stay of another is a conflict.
const SHORT: i64 = TICKS_PER_HOUR;
/// More names than this, given by the client itself, prove nothing.
const MOST_NAMES: usize = 8;

/// What ties an address to a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Proof {
    /// The name's machine account in successful Kerberos traffic (4624, 4768–4770).
    MachineAccount,
    /// The name an NTLM client (4624, 4625) or a terminal client (4778) gives itself.
    Workstation,
}

impl Proof {
    /// The name in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Proof::MachineAccount => "machine-account",
            Proof::Workstation => "workstation-name",
        }
    }
}

/// Sightings of one name at one address, one after the other. `H` is what names a host.
#[derive(Clone, Debug, PartialEq)]
pub struct Stay<H> {
    pub host: H,
    pub proof: Proof,
    /// First and last sighting, in ticks, and the rows that show them.
    pub first: i64,
    pub last: i64,
    pub rows: (u32, u32),
    pub count: u64,
}

/// A time in which an address is a host's: `from` inclusive, `to` exclusive.
#[derive(Clone, Debug, PartialEq)]
pub struct Lease<H> {
    pub stay: Stay<H>,
    pub from: i64,
    pub to: i64,
}

/// The sightings at one address, in the order of time.
#[derive(Clone, Debug)]
pub struct Sightings<H> {
    machine: Vec<Stay<H>>,
    workstation: Vec<Stay<H>>,
}

impl<H> Default for Sightings<H> {
    fn default() -> Self {
        Self { machine: Vec::new(), workstation: Vec::new() }
    }
}

impl<H: Clone + Ord> Sightings<H> {
    pub fn add(&mut self, proof: Proof, host: H, time: i64, row: u32) {
        let list = match proof {
            Proof::MachineAccount => &mut self.machine,
            Proof::Workstation => &mut self.workstation,
        };
        match list.last_mut() {
            Some(stay) if stay.host == host => {
                stay.last = time;
                stay.rows.1 = row;
                stay.count += 1;
            }
            _ => list.push(Stay { host, proof, first: time, last: time, rows: (row, row), count: 1 }),
        }
    }

    /// The same with other names for hosts; neighbours that become one are joined.
    pub fn map<K: Clone + Ord>(self, mut name: impl FnMut(&H) -> K) -> Sightings<K> {
        let mut join = |list: Vec<Stay<H>>| {
            let mut out: Vec<Stay<K>> = Vec::new();
            for s in list {
                let host = name(&s.host);
                match out.last_mut().filter(|last| last.host == host) {
                    Some(last) => {
                        last.last = s.last;
                        last.rows.1 = s.rows.1;
                        last.count += s.count;
                    }
                    None => out.push(Stay {
                        host,
                        proof: s.proof,
                        first: s.first,
                        last: s.last,
                        rows: s.rows,
                        count: s.count,
                    }),
                }
            }
            out
        };
        Sightings { machine: join(self.machine), workstation: join(self.workstation) }
    }

    /// Long stays of machine accounts: where a host is known to be.
    pub fn homes(&self) -> impl Iterator<Item = &Stay<H>> {
        self.machine.iter().filter(|s| s.last.saturating_sub(s.first) >= SHORT)
    }

    /// Whose address it was when, and the sightings that contradict that. `elsewhere`: whether that host was at home at another address all the
    /// while.
    pub fn resolve(self, elsewhere: impl Fn(&Stay<H>) -> bool) -> (Vec<Lease<H>>, Vec<Stay<H>>) {
        let Self { machine, workstation } = self;
        if !machine.is_empty() {
            let (stays, mut conflicts) = settle(machine, elsewhere);
            let leases = leases(stays);
            conflicts.extend(workstation.into_iter().filter(|w| {
                leases.iter().any(|l| l.stay.host != w.host && l.from <= w.first && w.first < l.to)
            }));
            conflicts.sort_by(|a, b| (a.first, &a.host).cmp(&(b.first, &b.host)));
            return (leases, conflicts);
        }
        let names: BTreeSet<&H> = workstation.iter().map(|s| &s.host).collect();
        if names.len() > MOST_NAMES {
            return (Vec::new(), workstation);
        }
        let (stays, conflicts) = settle(workstation, |_| false);
        (leases(stays), conflicts)
    }
}

/// Takes short stays within the stay of another host, and short stays of hosts that are at home elsewhere, out as conflicts.
fn settle<H: Clone + Ord>(
    stays: Vec<Stay<H>>,
    elsewhere: impl Fn(&Stay<H>) -> bool,
) -> (Vec<Stay<H>>, Vec<Stay<H>>) {
    let mut kept: Vec<Stay<H>> = Vec::new();
    let mut conflicts = Vec::new();
    let mut waiting: Vec<Stay<H>> = Vec::new();
    for stay in stays {
        let within = |w: &Stay<H>| w.last.saturating_sub(w.first) < SHORT;
        if within(&stay) && elsewhere(&stay) {
            conflicts.push(stay);
            continue;
        }
        match kept.last_mut() {
            // The host from before is back soon enough to have never been away.
            Some(last)
                if last.host == stay.host
                    && stay.first.saturating_sub(last.last) <= GRACE
                    && waiting.iter().all(within) =>
            {
                conflicts.append(&mut waiting);
                last.last = stay.last;
                last.rows.1 = stay.rows.1;
                last.count += stay.count;
            }
            // Seen once, while another is at home here: perhaps back in a moment.
            Some(last) if last.count > 1 && stay.first.saturating_sub(last.last) <= GRACE && within(&stay) => {
                waiting.push(stay);
            }
            _ => {
                kept.append(&mut waiting);
                kept.push(stay);
            }
        }
    }
    // What was still waiting: a single sighting proves nothing against one who was at home.
    for stay in waiting {
        if stay.count > 1 { kept.push(stay) } else { conflicts.push(stay) }
    }
    kept.sort_by(|a, b| (a.first, &a.host).cmp(&(b.first, &b.host)));
    let mut joined: Vec<Stay<H>> = Vec::new();
    for stay in kept {
        match joined.last_mut() {
            Some(last) if last.host == stay.host => {
                last.last = last.last.max(stay.last);
                last.rows.1 = stay.rows.1;
                last.count += stay.count;
            }
            _ => joined.push(stay),
        }
    }
    (joined, conflicts)
}

fn leases<H: Clone + Ord>(stays: Vec<Stay<H>>) -> Vec<Lease<H>> {
    let only = stays.len() == 1;
    let next: Vec<i64> = stays.iter().skip(1).map(|s| s.first).chain([i64::MAX]).collect();
    stays
        .into_iter()
        .zip(next)
        .map(|(stay, next)| {
            let (from, to) = if only {
                (i64::MIN, i64::MAX)
            } else {
                (stay.first, stay.last.saturating_add(GRACE).min(next).max(stay.first))
            };
            Lease { stay, from, to }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use Proof::{MachineAccount, Workstation};

    const HOUR: i64 = TICKS_PER_HOUR;

    fn seen(list: &[(Proof, &'static str, i64)]) -> (Vec<(&'static str, i64, i64)>, Vec<&'static str>) {
        let mut s = Sightings::default();
        for (row, (proof, host, time)) in list.iter().enumerate() {
            s.add(*proof, *host, *time, row as u32);
        }
        let (leases, conflicts) = s.resolve(|_| false);
        let leases = leases.into_iter().map(|l| (l.stay.host, l.from, l.to)).collect();
        (leases, conflicts.into_iter().map(|c| c.host).collect())
    }

    #[test]
    fn one_host_has_its_address_for_ever() {
        let (leases, conflicts) = seen(&[(MachineAccount, "pc7", 5), (MachineAccount, "pc7", 900 * HOUR)]);
        assert_eq!(leases, [("pc7", i64::MIN, i64::MAX)]);
        assert!(conflicts.is_empty());
    }

    #[test]
    fn an_address_moves() {
        let pc7 = (MachineAccount, "pc7");
        let list = [(pc7.0, pc7.1, 0), (pc7.0, pc7.1, 4 * HOUR), (MachineAccount, "pc9", 5 * HOUR), (
            MachineAccount,
            "pc9",
            50 * HOUR,
        )];
        let (leases, conflicts) = seen(&list);
        assert_eq!(leases, [("pc7", 0, 5 * HOUR), ("pc9", 5 * HOUR, 60 * HOUR)]);
        assert!(conflicts.is_empty());
        let (leases, _) = seen(&[list[0], list[1], (MachineAccount, "pc9", 70 * HOUR)]);
        assert_eq!(leases[0], ("pc7", 0, 14 * HOUR), "nobody's until the next is seen");
    }

    #[test]
    fn a_guest_does_not_take_the_address() {
        let (leases, conflicts) = seen(&[
            (MachineAccount, "pc7", 0),
            (MachineAccount, "pc7", HOUR),
            (MachineAccount, "dc1", 2 * HOUR),
            (MachineAccount, "pc7", 3 * HOUR),
        ]);
        assert_eq!(leases, [("pc7", i64::MIN, i64::MAX)]);
        assert_eq!(conflicts, ["dc1"]);
        let (leases, conflicts) = seen(&[
            (MachineAccount, "pc7", 0),
            (MachineAccount, "pc7", HOUR),
            (MachineAccount, "dc1", 2 * HOUR),
        ]);
        assert_eq!((leases.len(), conflicts), (1, vec!["dc1"]), "at the end of the log neither");
    }

    #[test]
    fn who_is_at_home_elsewhere_does_not_move_for_a_moment() {
        let mut s = Sightings::default();
        [0, 1, 2].map(|row| s.add(MachineAccount, "dc1", i64::from(row), row as u32));
        assert_eq!(s.clone().resolve(|_| false).0.len(), 1);
        let (leases, conflicts) = s.resolve(|stay| stay.host == "dc1");
        assert_eq!((leases.len(), conflicts.len()), (0, 1));
    }

    #[test]
    fn a_name_one_gives_oneself_proves_less() {
        let (leases, conflicts) = seen(&[(MachineAccount, "pc7", 0), (Workstation, "kali", HOUR)]);
        assert_eq!(leases, [("pc7", i64::MIN, i64::MAX)]);
        assert_eq!(conflicts, ["kali"]);
        assert_eq!(seen(&[(Workstation, "kali", HOUR)]).0, [("kali", i64::MIN, i64::MAX)]);
        let names = ["a", "b", "c", "d", "e", "f", "g", "h", "i"];
        let list: Vec<_> = names.iter().zip(0..).map(|(n, t)| (Workstation, *n, t * HOUR)).collect();
        assert!(seen(&list).0.is_empty());
    }
}
