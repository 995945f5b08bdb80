//! The analysis on a terminal: where to look first, and what was left out.

use super::incidents::incidents;
use crate::analysis::Analysis;
use crate::answer::{By, Overview, overview, ranked};
use crate::detect::Detections;
use crate::event::zone::Zone;
use crate::store::Store;
use std::fmt::Write;

/// Rows of each ranked list.
pub(super) const TOP: usize = 15;

/// A page of text, its times in `zone`. Control characters of the log are shown as `\u{…}`, so that an account's name cannot steer the terminal.
pub fn text(store: &Store, analysis: &Analysis, detections: &Detections, zone: &Zone) -> String {
    let o = overview(store, analysis);
    let mut out = String::new();
    // Writing to a String cannot fail.
    let _ = write_all(store, analysis, detections, &o, zone, &mut out);
    out
}

fn write_all(
    store: &Store,
    analysis: &Analysis,
    detections: &Detections,
    o: &Overview,
    zone: &Zone,
    out: &mut String,
) -> std::fmt::Result {
    for f in &o.files {
        writeln!(out, "{}: {} records, {} events", plain(&f.name), f.records, f.events)?;
        if let Some(message) = &f.message {
            writeln!(out, "  {}", plain(message))?;
        }
        for d in f.damage.iter().take(5) {
            writeln!(out, "  damage at byte {}: {}", d.offset, d.reason)?;
        }
        let more = f.damage.len().saturating_sub(5) as u64 + f.more_damage;
        if more > 0 {
            writeln!(out, "  … and {more} more damaged places (all of them with --format json)")?;
        }
    }
    if let Some((first, last)) = store.span() {
        let (first, last) = (zone.format(first), zone.format(last));
        writeln!(out, "\n{} events from {first} to {last} (times: {})", o.events, zone.name())?;
        for e in &o.events_by_id {
            writeln!(out, "  {:>9}  {:>5} {}", e.count, e.id, e.name)?;
        }
    }
    if !o.set_aside.is_empty() {
        writeln!(out, "\nNot in the graph:")?;
        for s in &o.set_aside {
            let state = if s.included { " (brought back)" } else { "" };
            writeln!(out, "  {:>9}  {}{state}", s.count, s.label)?;
        }
    }
    if let Some(reason) = &o.empty_reason {
        return writeln!(out, "\n{}", plain(reason));
    }
    writeln!(out, "\nGraph: {} accounts, {} hosts, {} edges", o.accounts, o.hosts, o.edges)?;
    incidents(store, analysis, detections, zone, out)?;
    for (kind, title) in [("account", "accounts"), ("host", "hosts")] {
        let (total, rows) = ranked(analysis, kind, By::Suspicion, 0, TOP);
        writeln!(out, "\nWhere to look first: {title} by suspicion ({} of {total})", rows.len())?;
        for (place, r) in rows.iter().enumerate() {
            let name = match &r.domain {
                Some(domain) => format!("{domain}\\{}", r.name),
                None => r.name.clone(),
            };
            let mark = if r.privileged { "privileged" } else { "" };
            writeln!(
                out,
                "  {:>3}  {:>6.2}  {:<42} {:>8} events {:>6} failures  {} {mark}",
                place + 1,
                r.suspicion,
                plain(&name),
                r.events,
                r.failures,
                r.sub
            )?;
            if let Some(why) = &r.why {
                writeln!(out, "               {}", plain(why))?;
            }
        }
    }
    let blind = &analysis.coverage(store).not_evaluable;
    if !blind.is_empty() {
        writeln!(out, "\nNot evaluable with these logs:")?;
    }
    for n in blind {
        writeln!(out, "  {}: {}", n.topic.label(), plain(&n.reason))?;
    }
    if !analysis.chains.is_empty() {
        writeln!(out, "\nLateral chains ({})", analysis.chains.len())?;
    }
    for chain in analysis.chains.iter().take(TOP) {
        let host = |n| analysis.identity.hosts.get(n).map_or("?", |h| h.short());
        writeln!(out, "  weight {:.1}", chain.weight)?;
        for h in &chain.hops {
            let account = analysis.identity.accounts.get(h.account).map(|a| a.full()).unwrap_or_default();
            let change = if h.switched { ", other credentials" } else { "" };
            let (from, to) = (plain(host(h.source)), plain(host(h.target)));
            writeln!(out, "    {}  {from} → {to} as {}{change}", zone.format(h.time), plain(&account))?;
        }
    }
    Ok(())
}

/// Control characters made visible.
pub fn plain(text: &str) -> String {
    text.chars()
        .flat_map(|c| {
            let escaped: Vec<char> = if c.is_control() { c.escape_unicode().collect() } else { vec![c] };
            escaped
        })
        .collect()
}
