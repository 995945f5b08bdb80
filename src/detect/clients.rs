//! NTLM clients with strange names (`WorkstationName`, `Workstation`): tools bring their own, or a random one at each try.

use super::context::Context;
use super::finding::Draft;
use super::group::Groups;
use super::rule::{Confidence, Rule, Severity};
use super::threshold::Threshold as T;
use crate::identity::{Address, NONE, parse_address};
use crate::suspicion::{Map, known_names};
use std::collections::BTreeSet;

/// Names that tools for attack give their clients, or that come with their distributions.
const TOOLS: [&str; 6] = ["kali", "parrot", "mimikatz", "impacket", "responder", "rockyou"];

/// What a client's name is, if it is no known computer's.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Name {
    Known,
    /// Nothing odd but that nobody knows it.
    Unknown,
    /// As Windows names itself when nobody does; or as Metasploit's psexec does.
    Default,
    Tool,
    Random,
}

fn name(text: &str, known: &BTreeSet<String>) -> Name {
    let text = text.trim_start_matches('\\');
    let label = text.split('.').next().unwrap_or(text);
    let lower = label.to_lowercase();
    if matches!(label, "" | "-") || parse_address(text) != Address::Name || known.contains(&lower) {
        Name::Known
    } else if is_random(label) {
        Name::Random
    } else if TOOLS
        .iter()
        .any(|t| lower.strip_prefix(t).is_some_and(|rest| rest.is_empty() || rest.starts_with('-')))
    {
        Name::Tool
    } else if lower.starts_with("desktop-") || lower.starts_with("win-") || lower == "workstation" {
        Name::Default
    } else {
        Name::Unknown
    }
}

/// Sixteen letters and digits without order, as Metasploit names itself.
fn is_random(name: &str) -> bool {
    let has = |f: fn(&char) -> bool| name.chars().any(|c| f(&c));
    name.len() == 16
        && name.chars().all(|c| c.is_ascii_alphanumeric())
        && has(char::is_ascii_lowercase)
        && has(char::is_ascii_uppercase)
}

pub fn find(ctx: &mut Context) {
    let store = ctx.store();
    let c = &store.columns;
    let known = known_names(ctx.scene);
    let mut names: Map<u32, Name> = Map::default();
    // By kind, the name (as text, since numbers of texts go by the order of reading) and the source: the accounts.
    let mut found: Groups<(Name, &str, u32)> = Groups::default();
    // By source: the names.
    let mut many: Groups<u32> = Groups::default();
    for e in &ctx.scene.events.all {
        let row = e.row as usize;
        if !matches!((c.event_id[row], c.logon_type[row]), (4624 | 4625, 3) | (4776, _)) {
            continue;
        }
        let text = c.workstation[row];
        let named = store.tables.strings.get(text);
        let kind = *names.entry(text).or_insert_with(|| name(named, &known));
        if kind == Name::Known {
            continue;
        }
        // 4776 gives no address: the name is all there is, and a random one would be a place of its own.
        let checked = c.event_id[row] == 4776;
        if !checked && e.source != NONE && e.source != e.target {
            many.entry(e.source).or_default().add(text, e.row);
        }
        match kind {
            Name::Random => {
                let source = if checked { NONE } else { e.source };
                found.entry((kind, "", source)).or_default().add(e.account, e.row);
            }
            Name::Tool | Name::Default => {
                found.entry((kind, named, e.source)).or_default().add(e.account, e.row);
            }
            Name::Known | Name::Unknown => {}
        }
    }
    let mut legion: BTreeSet<u32> = BTreeSet::new();
    for (source, group) in many {
        let n = group.others.len();
        if n < 2 || !ctx.reaches(T::OddNames, n) {
            continue;
        }
        legion.insert(source);
        let place = ctx.place(source);
        let why = format!("The client at {place} gave itself {n} different names, none of a known computer.");
        let identity = ctx.identity();
        let accounts: BTreeSet<u32> =
            group.rows.iter().filter_map(|r| ctx.row(*r)).map(|row| identity.account(&row)).collect();
        ctx.found(
            Draft::new(Rule::OddWorkstation, why, group.rows)
                .confidence(Confidence::High)
                .from(source)
                .victims(accounts),
        );
    }
    for ((kind, named, source), group) in found.into_iter().filter(|f| !legion.contains(&f.0.2)) {
        let (called, what) = match kind {
            Name::Random => ("something random", ", as tools do"),
            Name::Tool => (named, ": a name that tools bring"),
            _ => (named, ", a name that nobody chose"),
        };
        let why = format!(
            "A client at {} called itself {called}, which is no known computer{what}.",
            ctx.place(source)
        );
        let severity = if kind == Name::Default { Severity::Low } else { Severity::Medium };
        ctx.found(
            Draft::new(Rule::OddWorkstation, why, group.rows)
                .severity(severity)
                .confidence(Confidence::Low)
                .from(source)
                .victims(group.others),
        );
    }
}
