//! Where each method puts the attacker.

use crate::methods::{Method, accounts_named, hosts_named};
use crate::simulate::Case;
use anyhow::Result;
use logonscope::analysis::Analysis;
use logonscope::graph::Include;
use logonscope::identity::HostKind;
use logonscope::store::{Row, Store};
use logonscope::suspicion::Chain;
use logonscope_sample::{TrueIncident as Incident, Truth};
use std::collections::BTreeSet;
use std::path::Path;

/// Places are counted among the first so many.
pub const TOP: usize = 10;

/// The place of each actor (accounts he acts as, places he acts from), 1 first; `None`: not in the list.
#[derive(Clone, Debug, Default)]
pub struct Places {
    pub places: Vec<(String, Option<usize>)>,
}

/// Lateral chains of one case.
#[derive(Clone, Copy, Debug, Default)]
pub struct Chains {
    /// Hosts the simulated chain reached; 0 where the attack is none.
    pub hops: usize,
    /// How many of them our best chain names.
    pub found: usize,
    /// Chains that hold no record of the attack.
    pub others: usize,
}

impl Places {
    pub fn in_top(&self) -> usize {
        self.places.iter().filter(|p| p.1.is_some_and(|p| p <= TOP)).count()
    }
}

pub struct Measured {
    pub case: Case,
    pub events: usize,
    pub accounts: usize,
    pub by_method: Vec<Places>,
    pub chains: Chains,
    /// The first accounts and hosts of ours with their contributions, to see what is in the way.
    pub shown: Vec<String>,
}

pub fn measure(case: Case, folder: &Path, methods: &[Method], show: bool) -> Result<Measured> {
    let (store, truth) = case.run(folder)?;
    let analysis = Analysis::of(&store, Include::default());
    let attack = truth.incidents.iter().find(|i| i.attack);
    let sorted = |list: &[String]| {
        let mut list = list.to_vec();
        list.sort();
        list.dedup();
        list
    };
    let actors = attack.map(|a| sorted(&a.actors)).unwrap_or_default();
    let bases = attack.map(|a| sorted(&a.bases)).unwrap_or_default();
    let bare = bare_addresses(&store, &analysis, &truth, attack);
    let by_method = methods
        .iter()
        .map(|m| {
            let (accounts, hosts) = m.rank(&store, &analysis);
            let place =
                |list: &[u32], wanted: &[u32]| list.iter().position(|n| wanted.contains(n)).map(|i| i + 1);
            let of_account =
                actors.iter().map(|a| (a.clone(), place(&accounts, &accounts_named(&analysis, a))));
            let of_host = bases.iter().map(|b| {
                let wanted = [hosts_named(&analysis, b), bare.clone()].concat();
                (b.clone(), place(&hosts, &wanted))
            });
            Places { places: of_account.chain(of_host).collect() }
        })
        .collect();
    let shown = if show { crate::show::top(&analysis) } else { Vec::new() };
    let chains = chains(&store, &analysis, &truth, attack);
    let accounts = analysis.ranks.accounts().len();
    Ok(Measured { case, events: store.len(), accounts, by_method, chains, shown })
}

/// The addresses the attack's own records come from that were nobody's at the time: a machine that is switched off has no address, so the
/// place the attacker acts from is known by its address only.
fn bare_addresses(store: &Store, analysis: &Analysis, truth: &Truth, attack: Option<&Incident>) -> Vec<u32> {
    let evidence = evidence(truth, attack);
    let is_address = |n: &u32| analysis.identity.hosts.get(*n).is_some_and(|h| h.kind == HostKind::Address);
    let sources = store
        .rows()
        .filter(|r| is_evidence(store, &evidence, r))
        .map(|r| analysis.identity.way(store, &r).source);
    sources.filter(is_address).collect::<BTreeSet<u32>>().into_iter().collect()
}

/// Computer, event id, record id.
type Evidence<'t> = BTreeSet<(&'t str, u16, u64)>;

fn evidence<'t>(truth: &'t Truth, attack: Option<&'t Incident>) -> Evidence<'t> {
    attack
        .into_iter()
        .flat_map(|a| truth.records(a))
        .flat_map(|(_, computer, id, records)| records.iter().map(move |r| (computer, id, *r)))
        .collect()
}

fn is_evidence(store: &Store, evidence: &Evidence, row: &Row) -> bool {
    evidence.contains(&(store.tables.strings.get(row.computer), row.event_id, row.record_id))
}

/// The attack whose hops are simulated as a chain.
const CHAIN: &str = "pass-the-hash";

fn chains(store: &Store, analysis: &Analysis, truth: &Truth, attack: Option<&Incident>) -> Chains {
    let evidence = evidence(truth, attack);
    let is_evidence =
        |row: u32| store.columns.row(row as usize).is_some_and(|r| is_evidence(store, &evidence, &r));
    let of_attack = |c: &&Chain| c.hops.iter().any(|h| is_evidence(h.row));
    let hops = match attack {
        // The first host is where it begins.
        Some(a) if a.name == CHAIN => a.hosts.iter().collect::<BTreeSet<_>>().len() - 1,
        _ => 0,
    };
    let best = analysis.chains.iter().filter(of_attack);
    let best = best.map(|c| c.hops.iter().filter(|h| is_evidence(h.row)).count()).max();
    let others = analysis.chains.iter().filter(|c| !of_attack(c)).count();
    Chains { hops, found: if hops > 0 { best.unwrap_or(0) } else { 0 }, others }
}
