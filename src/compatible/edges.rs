//! Logon rows as LogonTracer makes them: user ↔ host by hour.

use crate::event::time::{TICKS_PER_HOUR, TICKS_PER_SECOND};
use crate::store::{Row, Store};
use std::collections::{BTreeMap, BTreeSet};

/// A row of its edge table; users end in `@`, as in its own keys.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct HourEdge {
    pub event_id: u16,
    pub host: String,
    pub user: String,
    pub logon_type: u8,
    pub status: String,
    pub package: String,
    /// Start of the hour, seconds since 1970 UTC.
    pub hour: i64,
}

/// A logon as its hidden Markov model sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Since 1970 UTC.
    pub second: i64,
    pub event_id: u16,
    /// Numbers of [`Edges::names`].
    pub user: u32,
    pub host: u32,
}

#[derive(Clone, Debug, Default)]
pub struct Edges {
    pub by_hour: BTreeMap<HourEdge, u64>,
    /// Users with a 4672 ("system" rights).
    pub admins: BTreeSet<String>,
    /// First and last time of an event it looks at, in ticks.
    pub span: Option<(i64, i64)>,
    /// Every logon row in the order of the file.
    pub steps: Vec<Step>,
    /// Users and hosts of the steps.
    pub names: Vec<String>,
}

/// The events it looks at; its time runs from the first of them to the last.
const LOOKED_AT: [u16; 19] = [
    1102, 4624, 4625, 4662, 4672, 4719, 4720, 4726, 4728, 4729, 4732, 4733, 4756, 4757, 4768, 4769, 4776,
    5137, 5141,
];

/// A user name with one of these is dropped.
const NO_USER: &[char] =
    &['%', '*', '+', '=', '[', ']', '\\', '/', '|', ';', ':', '"', '<', '>', '?', ',', '&'];
/// A host with one of these is no host name; an address may have a colon.
const NO_HOST: &[char] = &['*', '\\', '/', '|', ':', '"', '<', '>', '?', '&'];

impl Edges {
    /// Reads the events in the order of the file, as LogonTracer does: the last name of an address wins everywhere.
    pub fn read(store: &Store) -> Self {
        let mut order: Vec<(u32, u32, u16, usize)> =
            store.rows().enumerate().map(|(i, r)| (r.file, r.chunk, r.offset, i)).collect();
        order.sort_unstable();
        let mut names: BTreeMap<String, String> = BTreeMap::new();
        let mut rows: Vec<(i64, HourEdge)> = Vec::new();
        let mut edges = Edges::default();
        for row in order.iter().filter_map(|&(.., i)| store.columns.row(i)) {
            if LOOKED_AT.contains(&row.event_id) {
                let (first, last) = edges.span.unwrap_or((row.time, row.time));
                edges.span = Some((first.min(row.time), last.max(row.time)));
            }
            match row.event_id {
                4624 | 4625 | 4768 | 4769 | 4776 => {
                    let second = row.time.div_euclid(TICKS_PER_SECOND);
                    rows.extend(edge(store, &row, &mut names).map(|e| (second, e)));
                }
                4672 => edges.admins.extend(admin(store, &row)),
                _ => {}
            }
        }
        let mut numbers: BTreeMap<String, u32> = BTreeMap::new();
        for (second, mut row) in rows {
            // The replacement is of whole cells, in every column.
            for cell in [&mut row.host, &mut row.user, &mut row.status, &mut row.package] {
                if let Some(name) = names.get(cell) {
                    cell.clone_from(name);
                }
            }
            let mut number = |name: &String| match numbers.get(name) {
                Some(&n) => n,
                None => {
                    let n = edges.names.len() as u32;
                    edges.names.push(name.clone());
                    numbers.insert(name.clone(), n);
                    n
                }
            };
            let (user, host) = (number(&row.user), number(&row.host));
            edges.steps.push(Step { second, event_id: row.event_id, user, host });
            *edges.by_hour.entry(row).or_default() += 1;
        }
        edges
    }
}

fn text(store: &Store, n: u32) -> &str {
    store.tables.strings.get(n)
}

fn user(name: &str) -> Option<String> {
    if name.is_empty() || name.contains(NO_USER) {
        return None;
    }
    let name = name.split('@').next().unwrap_or(name);
    (!name.ends_with('$') && name != "-").then(|| format!("{}@", name.to_lowercase()))
}

fn admin(store: &Store, row: &Row) -> Option<String> {
    let name = text(store, store.tables.get_principal(row.subject).name);
    let name = name.split('@').next().unwrap_or(name);
    (!name.is_empty() && name != "-" && !name.ends_with('$')).then(|| format!("{}@", name.to_lowercase()))
}

/// `IpAddress` or `Workstation` as it takes it; `-` for none.
fn host(value: &str) -> String {
    let is_address = || {
        let bare = value.strip_prefix("::ffff:").unwrap_or(value);
        bare.parse::<std::net::Ipv4Addr>().is_ok()
            || value.parse::<std::net::Ipv6Addr>().is_ok()
                && !value.contains(|c: char| c.is_ascii_uppercase())
    };
    if value.is_empty() || value.contains(NO_HOST) && !is_address() {
        return "-".into();
    }
    value.to_lowercase().replace("::ffff:", "").replace('\\', "")
}

fn edge(store: &Store, row: &Row, names: &mut BTreeMap<String, String>) -> Option<HourEdge> {
    let user = user(text(store, store.tables.get_principal(row.account).name))?;
    let workstation = text(store, row.workstation);
    let given = if row.event_id == 4776 { workstation } else { text(store, row.address) };
    let mut host = host(given);
    let own = match row.event_id {
        4776 => "-".to_owned(),
        _ => workstation.split('@').next().unwrap_or_default().to_lowercase(),
    };
    let own = if own.is_empty() { "-".to_owned() } else { own };
    if matches!(host.as_str(), "::1" | "127.0.0.1") {
        return None;
    }
    if host == "-" {
        host = own;
    } else if own != "-" {
        names.insert(host.clone(), own);
    }
    if host == "-" {
        return None;
    }
    // Only statuses of eight digits are seen; Kerberos' short codes are not.
    let status = match row.status() {
        Some(s) if s >= 0x1000_0000 => format!("0x{s:x}"),
        _ => "-".into(),
    };
    let package = text(store, row.package);
    Some(HourEdge {
        event_id: row.event_id,
        host,
        user,
        logon_type: row.logon_type().unwrap_or(0),
        status,
        package: if package.is_empty() { "-".into() } else { package.to_owned() },
        hour: row.time.div_euclid(TICKS_PER_HOUR) * (TICKS_PER_HOUR / TICKS_PER_SECOND),
    })
}
