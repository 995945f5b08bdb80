//! Ways through time: what hops are made of, and that reach, origins and shortest paths are what a search by definition finds.

mod common;

use common::told::{Said, Told, explicit, logon, told};
use logonscope::event::Field;
use logonscope::event::time::TICKS_PER_SECOND;
use logonscope::graph::{
    Hops, Include, Means, Network, Node, Period, Reading, Reason, Start, Step, Within, nearest, origins,
    reach, shortest,
};
use proptest::prelude::*;
use std::collections::BTreeSet;

fn hops(t: &Told) -> Hops {
    Hops::build(&t.store, &t.identity, &t.events)
}

fn ticket(second: i64, account: &str, address: &str, service: &str) -> Said {
    let details = vec![(Field::ServiceName, service.into())];
    Said { id: 4769, status: 0, address: address.into(), details, ..logon(second, 255, account, "", "dc1") }
}

/// Hops as `account: source>target means [event ids]`.
fn listed(t: &Told) -> Vec<String> {
    let h = hops(t);
    let host = |n: u32| &t.identity.hosts.all[n as usize].name;
    (0u32..)
        .zip(&h.all)
        .map(|(n, hop)| {
            let ids: Vec<u16> = h.evidence(n).iter().map(|&r| t.store.columns.event_id[r as usize]).collect();
            let account = &t.identity.accounts.all[hop.account as usize].name;
            assert_eq!(h.evidence(n)[0], hop.row);
            format!("{account}: {}>{} {} {ids:?}", host(hop.source), host(hop.target), hop.means.name())
        })
        .collect()
}

#[test]
fn one_move_is_one_hop_with_the_strongest_event_first() {
    let rdp = |second, id| Said { id, ..logon(second, 255, "bob", "ws1", "fs1") };
    let t = told(&[
        explicit(100, "bob", "ws1", "fs1"),
        ticket(101, "bob@CORP.EXAMPLE", "10.0.0.1", "FS1$"),
        logon(102, 3, "bob", "ws1", "fs1"),
        logon(103, 10, "bob", "ws1", "fs1"),
        rdp(104, 1149),
        // Another account, the other direction, and the same a window later are hops of their own.
        logon(105, 3, "eve", "ws1", "fs1"),
        logon(106, 3, "bob", "fs1", "ws1"),
        logon(110, 3, "bob", "ws1", "fs1"),
        // A machine's ticket tells whose address 10.0.0.1 is.
        ticket(200, "WS1$", "10.0.0.1", "DC1$"),
    ]);
    let expected = [
        "bob: ws1>fs1 desktop [4624, 4624, 4769, 4648, 1149]",
        "eve: ws1>fs1 network [4624]",
        "bob: fs1>ws1 network [4624]",
        "bob: ws1>fs1 network [4624]",
        "WS1$: ws1>dc1 ticket [4769]",
    ];
    assert_eq!(listed(&t), expected);
    assert_eq!(hops(&t).all[4].aside, Some(Reason::MachineAccount));
    assert_eq!(hops(&t).all[0].aside, None);
    assert!(size_of::<logonscope::graph::Hop>() <= 32);
}

#[test]
fn what_stays_fails_or_names_no_place_is_no_hop() {
    let t = told(&[
        logon(1, 2, "bob", "ws1", "ws1"),
        logon(2, 5, "svc", "", "fs1"),
        Said { id: 4625, status: 0xC000_006D, ..logon(3, 3, "bob", "ws1", "fs1") },
        Said { status: 0x20, ..ticket(4, "bob", "10.0.0.1", "FS1$") },
        // The ticket-granting service, a service account, a host nobody saw, no client address.
        ticket(5, "bob", "10.0.0.1", "krbtgt"),
        ticket(6, "bob", "10.0.0.1", "svc-sql"),
        ticket(7, "bob", "10.0.0.1", "NOWHERE$"),
        ticket(8, "bob", "", "FS1$"),
        explicit(9, "bob", "ws1", "localhost"),
        Said { id: 4768, status: 0, ..logon(10, 255, "bob", "ws1", "dc1") },
        Said { id: 4776, status: 0, ..logon(11, 255, "bob", "ws1", "dc1") },
    ]);
    assert_eq!(listed(&t), [] as [&str; 0]);
    let h = hops(&t);
    let open: Vec<(u32, u32)> = h.exposures.iter().map(|x| (x.account, x.host)).collect();
    let (bob, svc, ws1, fs1) = (t.account("bob"), t.account("svc"), t.host("ws1"), t.host("fs1"));
    assert_eq!(open, [(bob, ws1), (svc, fs1), (bob, ws1)]);
}

#[test]
fn two_readings_of_one_night() {
    let t = told(&[
        logon(50, 3, "eve", "ws2", "fs1"),
        logon(100, 10, "bob", "kali", "ws1"),
        logon(200, 2, "adm", "ws1", "ws1"),
        // With the password found on ws1, from a host that was never reached.
        logon(300, 3, "adm", "ws9", "dc1"),
        logon(400, 3, "bob", "ws1", "fs1"),
        logon(500, 3, "PC5$", "fs1", "pc5"),
        logon(600, 3, "eve", "fs1", "ws2"),
    ]);
    let h = hops(&t);
    let start = Start::Host(t.host("kali"));
    let names = |reading, include| -> Vec<(String, i64)> {
        let r = reach(&h, start, Period::ALWAYS, reading, include);
        let all = r.all().into_iter().map(|(n, a)| (n, a.time));
        all.filter_map(|(n, time)| match n {
            Node::Host(n) => Some((t.identity.hosts.all[n as usize].name.clone(), time / TICKS_PER_SECOND)),
            Node::Account(_) => None,
        })
        .skip(1)
        .collect()
    };
    let is = |found: Vec<(String, i64)>, expected: &[(&str, i64)]| {
        assert_eq!(found.iter().map(|(n, t)| (n.as_str(), *t)).collect::<Vec<_>>(), expected);
    };
    let none = Include::default();
    is(names(Reading::Strict, none), &[("ws1", 100), ("fs1", 400), ("ws2", 600)]);
    is(names(Reading::Exposed, none), &[("ws1", 100), ("dc1", 300), ("fs1", 400), ("ws2", 600)]);
    let machines = none.with(Reason::MachineAccount);
    is(names(Reading::Strict, machines), &[("ws1", 100), ("fs1", 400), ("pc5", 500), ("ws2", 600)]);

    let r = reach(&h, start, Period::ALWAYS, Reading::Exposed, none);
    let dc = Node::Host(t.host("dc1"));
    let exposure = h.exposures.iter().position(|x| x.account == t.account("adm")).expect("adm") as u32;
    assert_eq!(r.steps(&h, dc), Some(vec![Step::Move(1), Step::Exposed(exposure), Step::Move(2)]));
    let o = origins(&h, dc, Period::ALWAYS, Reading::Exposed, none);
    assert_eq!(o.steps(&h, Node::Host(t.host("kali"))), r.steps(&h, dc));
    // A machine account asked about is not left out of its own question.
    let pc5 = reach(&h, Start::Account(t.account("PC5$")), Period::ALWAYS, Reading::Strict, none);
    assert!(pc5.at(Node::Host(t.host("pc5"))).is_some());
    assert!(pc5.at(Node::Host(t.host("ws2"))).is_some(), "it is on fs1 when eve leaves it");
}

#[test]
fn the_nearest_privileged_accounts() {
    let t = told(&[
        logon(1, 3, "bob", "ws1", "fs1"),
        logon(2, 3, "adm1", "ws2", "fs1"),
        logon(3, 3, "adm2", "ws1", "dc1"),
        logon(4, 3, "adm3", "ws3", "ws4"),
        logon(5, 3, "adm4", "dc1", "ws4"),
    ]);
    let logons = logonscope::graph::Logons::build(&t.store, &t.identity, &t.events, Include::default());
    let network = Network::build(&logons.edges);
    let privileged = |n: u32| t.identity.accounts.all[n as usize].name.starts_with("adm");
    let account = |name| Node::Account(t.account(name));
    let host = |name| Node::Host(t.host(name));
    let within = |accounts, lines| nearest(&network, account("bob"), privileged, Within { accounts, lines });
    let adm1 = vec![account("bob"), host("fs1"), account("adm1")];
    let adm2 = vec![account("bob"), host("ws1"), account("adm2")];
    let adm4 = vec![account("bob"), host("ws1"), account("adm2"), host("dc1"), account("adm4")];
    let all = within(9, 99);
    assert_eq!(all[..3], [adm1.clone(), adm2.clone(), adm4]);
    assert_eq!((all.len(), all[3].last().copied()), (4, Some(account("adm3"))));
    assert_eq!(within(1, 99), std::slice::from_ref(&adm1));
    assert_eq!(within(9, 2), [adm1, adm2.clone()]);
    assert!(within(9, 1).is_empty() && within(0, 99).is_empty());
    // From a privileged account to the others.
    let others = nearest(&network, account("adm2"), privileged, Within { accounts: 1, lines: 99 });
    assert_eq!(others, [[account("adm2"), host("dc1"), account("adm4")]]);
}

const HOSTS: usize = 5;
const ACCOUNTS: usize = 4;

/// A few logons between few hosts in few moments, so that much meets: also in one tick, and within one window.
fn few_logons(most: usize) -> impl Strategy<Value = Vec<Said>> {
    let one = (0i64..25, 0usize..5, 0..ACCOUNTS, 0..HOSTS, 0..HOSTS).prop_map(|(t, kind, a, s, d)| {
        let (second, account) = (t * 7, format!("u{a}"));
        let (source, target) = (format!("h{s}"), format!("h{d}"));
        match kind {
            0..=1 => logon(second, 3, &account, &source, &target),
            2 => logon(second, 10, &account, &source, &target),
            3 => logon(second, 2, &account, &target, &target),
            _ => explicit(second, &account, &source, &target),
        }
    });
    // Everybody is there, whatever the rest is.
    let roll: Vec<Said> = (0..HOSTS.max(ACCOUNTS))
        .map(|n| Said { id: 4634, ..logon(0, 255, &format!("u{}", n % ACCOUNTS), "", &format!("h{n}")) })
        .collect();
    proptest::collection::vec(one, 0..most).prop_map(move |mut logons| {
        logons.extend(roll.iter().cloned());
        logons
    })
}

/// What is ruled and since when, by definition: rules are applied to all hops and exposures in any order until nothing improves.
fn fixpoint(h: &Hops, start: Start, period: Period, reading: Reading) -> [Vec<Option<i64>>; 2] {
    let mut hosts: Vec<Option<i64>> = vec![None; HOSTS];
    let mut accounts: Vec<Option<i64>> = vec![None; ACCOUNTS];
    // Ruled from the beginning: also the first tick counts.
    let begin = Some(period.from - 1);
    start.host().into_iter().for_each(|n| hosts[n as usize] = begin);
    start.account().into_iter().for_each(|n| accounts[n as usize] = begin);
    loop {
        let was = (hosts.clone(), accounts.clone());
        let better = |slot: &mut Option<i64>, time| {
            if slot.is_none_or(|t| time < t) {
                *slot = Some(time);
            }
        };
        for hop in h.all.iter().rev().filter(|hop| period.holds(hop.time)) {
            let ruled = hosts[hop.source as usize].is_some_and(|t| t < hop.time);
            let roaming = start == Start::Account(hop.account);
            let known = accounts[hop.account as usize].is_some_and(|t| t < hop.time);
            if ruled || known && (roaming || reading == Reading::Exposed) {
                better(&mut hosts[hop.target as usize], hop.time);
            }
            if ruled {
                better(&mut accounts[hop.account as usize], hop.time);
            }
            if roaming {
                better(&mut hosts[hop.source as usize], hop.time);
            }
        }
        for x in h.exposures.iter().filter(|x| reading == Reading::Exposed && period.holds(x.time)) {
            if hosts[x.host as usize].is_some_and(|t| t < x.time) {
                better(&mut accounts[x.account as usize], x.time);
            }
        }
        if was == (hosts.clone(), accounts.clone()) {
            return [hosts, accounts];
        }
    }
}

/// Whether each step is allowed by those before it, and later than they are.
fn assert_allowed(h: &Hops, start: Start, steps: &[Step], goal: Node) {
    let mut ruled: BTreeSet<Node> =
        start.host().map(Node::Host).into_iter().chain(start.account().map(Node::Account)).collect();
    let mut last = i64::MIN;
    for step in steps {
        let time = step.time(h).expect("a step is of a hop or an exposure");
        assert!(last < time, "{steps:?} goes back in time");
        last = time;
        match *step {
            Step::Move(n) | Step::Used(n) => {
                let hop = h.all[n as usize];
                let (source, account) = (Node::Host(hop.source), Node::Account(hop.account));
                assert!(ruled.contains(&source) || ruled.contains(&account), "{steps:?} jumps");
                match step {
                    Step::Move(_) => ruled.insert(Node::Host(hop.target)),
                    _ => ruled.insert(account) | ruled.insert(source),
                };
            }
            Step::Exposed(n) => {
                let x = h.exposures[n as usize];
                assert!(ruled.contains(&Node::Host(x.host)), "{steps:?} finds what lies elsewhere");
                ruled.insert(Node::Account(x.account));
            }
        }
    }
    assert!(ruled.contains(&goal), "{steps:?} ends elsewhere");
}

/// Fewest moves and earliest arrival of all chains of ever later hops, tried one by one.
fn every_chain(h: &Hops, from: Node, to: Node, period: Period) -> Option<(usize, i64)> {
    fn go(
        h: &Hops,
        at: u32,
        time: i64,
        moves: usize,
        to: Node,
        period: Period,
        best: &mut Option<(usize, i64)>,
    ) {
        let mut found = |moves, time| {
            if best.is_none_or(|b| (moves, time) < b) {
                *best = Some((moves, time));
            }
        };
        if Node::Host(at) == to {
            found(moves, time);
        }
        let on = h.all.iter().filter(|hop| hop.source == at && hop.time > time && period.holds(hop.time));
        for hop in on.clone().filter(|hop| Node::Account(hop.account) == to) {
            found(moves, hop.time);
        }
        for hop in on {
            go(h, hop.target, hop.time, moves + 1, to, period, best);
        }
    }
    let mut best = None;
    match from {
        Node::Host(at) => go(h, at, period.from - 1, 0, to, period, &mut best),
        Node::Account(a) => {
            for hop in h.all.iter().filter(|hop| hop.account == a && period.holds(hop.time)) {
                go(h, hop.source, hop.time, 0, to, period, &mut best);
                go(h, hop.target, hop.time, 1, to, period, &mut best);
            }
        }
    }
    best
}

fn nodes() -> impl Iterator<Item = Node> {
    (0..HOSTS as u32).map(Node::Host).chain((0..ACCOUNTS as u32).map(Node::Account))
}

fn period() -> impl Strategy<Value = Period> {
    (0i64..60, 0i64..200)
        .prop_map(|(from, to)| Period { from: from * TICKS_PER_SECOND, to: to * TICKS_PER_SECOND })
}

proptest! {
    #[test]
    fn reach_is_what_the_rules_say(logons in few_logons(30), period in period(), exposed: bool, a in 0..ACCOUNTS as u32, s in 0..HOSTS as u32) {
        let h = hops(&told(&logons));
        let reading = if exposed { Reading::Exposed } else { Reading::Strict };
        for start in [Start::Host(s), Start::Account(a), Start::On { account: a, host: s }] {
            let r = reach(&h, start, period, reading, Include::default());
            let [hosts, accounts] = fixpoint(&h, start, period, reading);
            for node in nodes() {
                let expected = match node {
                    Node::Host(n) => hosts[n as usize],
                    Node::Account(n) => accounts[n as usize],
                };
                // The beginning is itself no tick before it.
                let found = r.at(node).map(|a| a.time - i64::from(a.by.is_none()));
                prop_assert_eq!(found, expected, "{:?} from {:?}", node, start);
                if let Some(steps) = r.steps(&h, node) {
                    assert_allowed(&h, start, &steps, node);
                }
            }
        }
    }

    #[test]
    fn origins_are_reach_turned_round(logons in few_logons(30), from in 0i64..60, to in 0i64..200, exposed: bool) {
        let h = hops(&told(&logons));
        let reading = if exposed { Reading::Exposed } else { Reading::Strict };
        let (from, to) = (from * TICKS_PER_SECOND, to * TICKS_PER_SECOND);
        let include = Include::default();
        for goal in (0..HOSTS as u32).map(Node::Host) {
            let o = origins(&h, goal, Period { from: i64::MIN, to }, reading, include);
            for start in 0..HOSTS as u32 {
                let reached = reach(&h, Start::Host(start), Period { from, to }, reading, include).at(goal).is_some();
                let in_time = o.at(Node::Host(start)).is_some_and(|d| from <= d.time);
                prop_assert_eq!(reached || Node::Host(start) == goal, in_time || Node::Host(start) == goal);
                if let Some(steps) = o.steps(&h, Node::Host(start)) {
                    assert_allowed(&h, Start::Host(start), &steps, goal);
                }
            }
        }
    }

    #[test]
    fn no_chain_of_hops_is_shorter(logons in few_logons(16), period in period()) {
        let h = hops(&told(&logons));
        for from in nodes() {
            for to in nodes() {
                let found = shortest(&h, from, to, period, Include::default());
                if from == to {
                    prop_assert_eq!(found, Some(vec![]));
                    continue;
                }
                let measure = found.as_ref().map(|steps| {
                    let moves = steps.iter().filter(|s| matches!(s, Step::Move(_))).count();
                    (moves, steps.last().and_then(|s| s.time(&h)).expect("a step"))
                });
                prop_assert_eq!(measure, every_chain(&h, from, to, period), "{:?} to {:?}", from, to);
                let start = match from {
                    Node::Host(n) => Start::Host(n),
                    Node::Account(n) => Start::Account(n),
                };
                if let Some(steps) = found {
                    assert_allowed(&h, start, &steps, to);
                }
            }
        }
    }
}

#[test]
fn absurd_times_are_no_trouble() {
    let at = |time, s: &str, d: &str| Said { time, ..logon(0, 3, "bob", s, d) };
    let t = told(&[
        at(i64::MIN, "h0", "h1"),
        at(0, "h1", "h2"),
        at(i64::MAX, "h2", "h3"),
        at(i64::MAX - 1, "h2", "h4"),
    ]);
    let h = hops(&t);
    let from = Start::Host(t.host("h0"));
    let r = reach(&h, from, Period::ALWAYS, Reading::Exposed, Include::default());
    assert_eq!(r.steps(&h, Node::Host(t.host("h4"))).map(|s| s.len()), Some(3));
    let back = Period { from: i64::MAX, to: i64::MIN };
    let r = reach(&h, from, back, Reading::Exposed, Include::default());
    assert_eq!(r.all().len(), 1);
    assert_eq!(h.all[0].means, Means::Network);
    // Numbers that nobody has.
    let nobody = Start::On { account: 99, host: u32::MAX };
    assert!(reach(&h, nobody, Period::ALWAYS, Reading::Strict, Include::default()).all().is_empty());
    assert_eq!(shortest(&h, Node::Host(77), Node::Account(99), Period::ALWAYS, Include::default()), None);
    assert!(
        origins(&h, Node::Host(77), Period::ALWAYS, Reading::Strict, Include::default()).all().is_empty()
    );
}
