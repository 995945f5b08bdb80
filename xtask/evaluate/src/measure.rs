//! Where each method puts the attacker.

use crate::methods::{Method, accounts_named, hosts_named};
use crate::simulate::Case;
use anyhow::Result;
use logonscope::analysis::Analysis;
use logonscope::graph::Include;
use std::path::Path;

/// Places are counted among the first so many.
pub const TOP: usize = 10;

/// What one method made of one case.
#[derive(Clone, Debug, Default)]
pub struct Result1 {
    /// The place of each actor (accounts he acts as, places he acts from), 1 first; `None`: not in the list.
    pub places: Vec<(String, Option<usize>)>,
    /// Actors among the first ten accounts and the first ten hosts.
    pub found: usize,
}

impl Result1 {
    pub fn in_top(&self) -> usize {
        self.places.iter().filter(|p| p.1.is_some_and(|p| p <= TOP)).count()
    }
}

pub struct Measured {
    pub case: Case,
    pub events: usize,
    pub by_method: Vec<Result1>,
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
    let by_method = methods
        .iter()
        .map(|m| {
            let (accounts, hosts) = m.rank(&store, &analysis);
            let place = |list: &[u32], wanted: &[u32]| {
                list.iter().position(|n| wanted.contains(n)).map(|i| i + 1)
            };
            let of_account = actors.iter().map(|a| (a.clone(), place(&accounts, &accounts_named(&analysis, a))));
            let of_host = bases.iter().map(|b| (b.clone(), place(&hosts, &hosts_named(&analysis, b))));
            let mut result = Result1 { places: of_account.chain(of_host).collect(), found: 0 };
            result.found = result.in_top();
            result
        })
        .collect();
    let shown = if show { crate::show::top(&analysis) } else { Vec::new() };
    Ok(Measured { case, events: store.len(), by_method, shown })
}
