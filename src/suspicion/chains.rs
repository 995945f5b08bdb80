//! Lateral chains: hops, each from the host the hop before ended on and later in time, that are new for who makes them, with a change of
//! credentials on the way. After Hopper (Ho et al., "Hopper: Modeling and Detecting Lateral Movement", USENIX Security 2021), which alerts on
//! paths of logins that switch credentials and reach a machine their first user had no access to.
//!
//! A hop is *odd* if within the last day the account was first used from its source, or first reached its target, or nobody had gone this way
//! before. What an administrator does every week is not odd, and forms no chain; it may only join two odd hops. Of all ways to continue, the heaviest is kept, so
//! that a chain costs as much as it has odd hops. Chains that share a hop are one report.

use super::observation::{Evidence, Fact, Observation};
use super::scene::{DAY, Map, Scene, Use, day};
use super::signal::Signal;
use crate::identity::NONE;
use std::collections::VecDeque;

/// A hop follows another within this time.
const WINDOW: i64 = DAY;
/// Nothing is new in the first week of the log, or in its first quarter where it is shorter than four.
const LEARNING: i64 = 7 * DAY;
/// Weights of what is new: the source, the target, the way.
const NEW: [f64; 3] = [2.0, 1.0, 1.0];
/// What a change of credentials adds.
const SWITCH: f64 = 3.0;
const USUAL_SWITCH: f64 = 0.5;
/// A chain lighter than this is not reported.
const LEAST: f64 = 6.5;
/// Earlier hops looked at for one hop; more than this arrive at one host in a day only where everything is new.
const CANDIDATES: usize = 64;

/// One hop of a chain.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ChainHop {
    pub row: u32,
    pub time: i64,
    pub account: u32,
    pub source: u32,
    pub target: u32,
    /// First seen within the last day.
    pub new_source: bool,
    pub new_target: bool,
    pub new_way: bool,
    /// Another account than on the hop before.
    pub switched: bool,
}

/// A chain of hops in the order of time.
#[derive(Clone, Debug, PartialEq)]
pub struct Chain {
    pub hops: Vec<ChainHop>,
    /// The sum of what is new and of the changes of credentials.
    pub weight: f64,
}

impl Chain {
    pub fn switches(&self) -> usize {
        self.hops.iter().filter(|h| h.switched).count()
    }
}

/// A hop and the best chain that ends with it.
struct Link {
    hop: ChainHop,
    odd: bool,
    before: Option<u32>,
    weight: f64,
    length: u32,
    switches: u32,
    /// Some chain goes on from here.
    continued: bool,
}

/// When pairs were first seen.
#[derive(Default)]
struct FirstSeen(Map<(u32, u32), i64>);

impl FirstSeen {
    /// Whether the pair was first seen within the last day.
    fn is_new(&mut self, a: u32, b: u32, time: i64) -> bool {
        let first = *self.0.entry((a, b)).or_insert(time);
        time.saturating_sub(first) < WINDOW
    }
}

/// All chains, heaviest first.
pub fn chains(scene: &Scene) -> Vec<Chain> {
    let links = links(scene);
    let mut tails: Vec<u32> = (0u32..)
        .zip(&links)
        .filter(|(_, l)| !l.continued && l.length > 1 && l.switches > 0 && l.weight >= LEAST)
        .map(|(n, _)| n)
        .collect();
    let weight = |n: &u32| links[*n as usize].weight;
    tails.sort_by(|a, b| weight(b).total_cmp(&weight(a)).then(a.cmp(b)));
    // The heaviest chain takes its hops; one that shares any of them is the same story.
    let mut taken = vec![false; links.len()];
    let mut found = Vec::new();
    for tail in tails {
        let mut numbers = Vec::new();
        let mut next = Some(tail);
        while let Some(n) = next {
            numbers.push(n as usize);
            next = links[n as usize].before;
        }
        if numbers.iter().any(|n| taken[*n]) {
            continue;
        }
        numbers.iter().for_each(|n| taken[*n] = true);
        let hops = numbers.iter().rev().map(|n| links[*n].hop).collect();
        found.push(Chain { hops, weight: links[tail as usize].weight });
    }
    found
}

fn links(scene: &Scene) -> Vec<Link> {
    let (mut sources, mut targets, mut ways) =
        (FirstSeen::default(), FirstSeen::default(), FirstSeen::default());
    let mut seen: Map<(u32, u32, u32), i64> = Map::default();
    // Links by the host they ended on, oldest first.
    let mut arrivals: Map<u32, VecDeque<u32>> = Map::default();
    let mut links: Vec<Link> = Vec::new();
    let Some((start, end)) = scene.store.span() else { return links };
    let learnt = start.saturating_add((end.saturating_sub(start) / 4).min(LEARNING));
    for u in scene.uses() {
        let Use { row, time, account, source, target } = u;
        if source == NONE || !scene.is_person(account) {
            continue;
        }
        let new_source = sources.is_new(account, source, time);
        if target == NONE || source == target {
            continue;
        }
        let new_target = targets.is_new(account, target, time);
        let new_way = ways.is_new(source, target, time);
        // The first use of the day stands for all of them.
        let today = day(time);
        if seen.insert((account, source, target), today) == Some(today) || time < learnt {
            continue;
        }
        let hop =
            ChainHop { row, time, account, source, target, new_source, new_target, new_way, switched: false };
        let own: f64 = [new_source, new_target, new_way].iter().zip(NEW).filter(|n| *n.0).map(|n| n.1).sum();
        let odd = own > 0.0;
        let mut link = Link { hop, odd, before: None, weight: own, length: 1, switches: 0, continued: false };
        if let Some(at) = arrivals.get_mut(&source) {
            while at.front().is_some_and(|n| time.saturating_sub(links[*n as usize].hop.time) > WINDOW) {
                at.pop_front();
            }
            for &n in at.iter().rev().take(CANDIDATES) {
                extend(&mut link, n, &links[n as usize], own);
            }
        }
        match link.before {
            Some(n) => links[n as usize].continued = true,
            None if !odd => continue,
            None => {}
        }
        arrivals.entry(target).or_default().push_back(links.len() as u32);
        links.push(link);
    }
    links
}

/// Lets `link` follow the chain that ends with `before`, where that is heavier and does not go back to where the account came from.
fn extend(link: &mut Link, number: u32, before: &Link, own: f64) {
    let back = before.hop.source == link.hop.target || before.hop.time > link.hop.time;
    if back || !(link.odd || before.odd) {
        return;
    }
    let switched = before.hop.account != link.hop.account;
    // Credentials that are usual here may be somebody else's who works on this host too.
    let change = match (switched, link.hop.new_source) {
        (false, _) => 0.0,
        (true, false) => USUAL_SWITCH,
        (true, true) => SWITCH,
    };
    let weight = before.weight + own + change;
    if weight > link.weight || link.before.is_none() && !link.odd {
        link.weight = weight;
        link.before = Some(number);
        link.length = before.length + 1;
        link.switches = before.switches + u32::from(switched);
        link.hop.switched = switched;
    }
}

/// One observation for each hop of each chain.
pub fn observe(chains: &[Chain], out: &mut Vec<Observation>) {
    for chain in chains {
        let fact = Fact::Chain { hops: chain.hops.len() as u32, switches: chain.switches() as u32 };
        let bits = libm::log2(1.0 + chain.weight);
        for hop in &chain.hops {
            let mut evidence = Evidence::default();
            evidence.add(hop.row);
            out.push(
                Observation::new(Signal::LateralChain, bits, fact.clone(), hop.row)
                    .account(hop.account)
                    .source(hop.source)
                    .target(hop.target)
                    .rows(evidence),
            );
        }
    }
}
