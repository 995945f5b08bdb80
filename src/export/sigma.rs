//! What Sigma rules found, on a terminal.

use super::text::plain;
use crate::event::zone::Zone;
use crate::sigma::{RuleReport, SigmaReport, Status};
use std::collections::BTreeMap;
use std::fmt::Write;

/// Hits shown of one rule, and errors.
const SHOWN: usize = 5;

/// The section of the text for people, its times in `zone`.
pub fn sigma_text(report: &SigmaReport, zone: &Zone) -> String {
    let mut out = String::new();
    // Writing to a String cannot fail.
    let _ = write_all(report, zone, &mut out);
    out
}

fn write_all(report: &SigmaReport, zone: &Zone, out: &mut String) -> std::fmt::Result {
    let of = |status| report.rules.iter().filter(move |r| r.status == status);
    let (hits, none) = (of(Status::Hits).count(), of(Status::NoHit).count());
    let blind = of(Status::NotEvaluable).count();
    writeln!(
        out,
        "\nSigma: {} rules over {} records: {hits} with hits, {none} without, {blind} not evaluable, {} unreadable",
        report.rules.len(),
        report.records,
        report.errors.len()
    )?;
    for r in of(Status::Hits) {
        rule(r, zone, out)?;
    }
    // Many rules lack the same log.
    let mut reasons: BTreeMap<&str, u64> = BTreeMap::new();
    of(Status::NotEvaluable)
        .filter_map(|r| r.reason.as_deref())
        .for_each(|r| *reasons.entry(r).or_default() += 1);
    if !reasons.is_empty() {
        writeln!(out, "\nSigma rules not evaluable with these logs:")?;
    }
    for (reason, count) in reasons {
        writeln!(out, "  {count:>5} ×  {}", plain(reason))?;
    }
    if !report.errors.is_empty() {
        writeln!(out, "\nSigma files that could not be used:")?;
    }
    for e in report.errors.iter().take(4 * SHOWN) {
        writeln!(out, "  {}: {}", plain(&e.file), plain(&e.reason))?;
    }
    more(report.errors.len().saturating_sub(4 * SHOWN) as u64, out)
}

fn rule(r: &RuleReport, zone: &Zone, out: &mut String) -> std::fmt::Result {
    let silent = if r.only_correlated { ", counted in a correlation only" } else { "" };
    writeln!(
        out,
        "\n  {:<13} {} ({} of {} events read{silent})  {}",
        r.level.unwrap_or("-"),
        plain(&r.title),
        r.count,
        r.read,
        r.techniques.join(" ")
    )?;
    for h in r.hits.iter().take(SHOWN) {
        let fields: Vec<String> =
            h.fields.iter().map(|(name, value)| format!("{}={}", plain(name), plain(value))).collect();
        writeln!(
            out,
            "    {}  {}  {} record {}  {}",
            zone.format(h.time),
            plain(&h.computer),
            h.event_id,
            h.record_id,
            fields.join("  ")
        )?;
    }
    for h in r.correlation_hits.iter().take(SHOWN) {
        let group: Vec<String> =
            h.group.iter().map(|(name, value)| format!("{}={}", plain(name), plain(value))).collect();
        writeln!(
            out,
            "    {} – {}  {}  value {}, {} records",
            zone.format(h.first),
            zone.format(h.last),
            group.join("  "),
            h.value,
            h.records.len()
        )?;
    }
    more(r.count.saturating_sub(SHOWN as u64), out)
}

fn more(count: u64, out: &mut String) -> std::fmt::Result {
    if count > 0 {
        writeln!(out, "    … and {count} more (all of them with --format json, at most 1000 of a rule)")?;
    }
    Ok(())
}
