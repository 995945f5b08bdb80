//! Names of computers, and how they belong together.

use super::address::{Address, parse};
use std::collections::{BTreeMap, BTreeSet};

/// Names seen as hosts.
#[derive(Clone, Debug, Default)]
pub struct Names {
    /// First label → the full spellings with a domain.
    full: BTreeMap<String, BTreeSet<String>>,
    /// Every spelling, lower-case.
    all: BTreeSet<String>,
}

/// NetBIOS names end here.
const NETBIOS: usize = 15;

fn label(name: &str) -> &str {
    name.split('.').next().unwrap_or(name)
}

/// A host name as one compares it: no leading `\\`, lower-case; `None` for what is no name.
pub fn normal(text: &str) -> Option<String> {
    let name = text.trim().trim_start_matches('\\').to_lowercase();
    let name = name.trim_end_matches('.');
    (!matches!(name, "" | "-" | "localhost") && parse(name) == Address::Name).then(|| name.to_owned())
}

impl Names {
    pub fn add(&mut self, name: String) {
        if name.contains('.') {
            self.full.entry(label(&name).to_owned()).or_default().insert(name.clone());
        }
        self.all.insert(name);
    }

    /// Every host by the spelling that stands for it, with all its spellings.
    pub fn hosts(&self) -> BTreeMap<String, BTreeSet<String>> {
        let mut hosts: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for name in &self.all {
            hosts.entry(self.key(name)).or_default().insert(name.clone());
        }
        hosts
    }

    /// The spelling that stands for the host `name`.
    pub fn key(&self, name: &str) -> String {
        let first = label(name);
        match self.full.get(first) {
            // One full name: the bare label means it too.
            Some(full) if full.len() == 1 => full.first().cloned().unwrap_or_default(),
            Some(_) => name.to_owned(),
            None if first.len() == NETBIOS => self.cut(first).unwrap_or_else(|| name.to_owned()),
            None => name.to_owned(),
        }
    }

    /// The host of a machine account, its name without the `$`: of several full names the one in the account's domain.
    pub fn machine(&self, name: &str, domain: &str) -> String {
        let domain = domain.to_lowercase();
        let fits = |full: &&String| {
            let suffix = full.split_once('.').map_or("", |(_, suffix)| suffix);
            suffix == domain || label(suffix) == domain
        };
        if let Some(full) = self.full.get(name).filter(|full| full.len() > 1 && !domain.is_empty()) {
            let mut fitting = full.iter().filter(fits);
            if let (Some(one), None) = (fitting.next(), fitting.next()) {
                return one.clone();
            }
        }
        self.key(name)
    }

    /// The one longer name that a NetBIOS name of full length was cut from.
    fn cut(&self, first: &str) -> Option<String> {
        let mut longer = self.full.range(first.to_owned()..).take_while(|(l, _)| l.starts_with(first));
        let (_, full) = longer.next()?;
        (longer.next().is_none() && full.len() == 1).then(|| full.first().cloned())?
    }
}
