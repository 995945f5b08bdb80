//! Incidents and their findings on a terminal.

use super::text::{TOP, plain};
use crate::analysis::Analysis;
use crate::answer::{cast, title};
use crate::detect::{Detections, Severity};
use crate::event::zone::Zone;
use crate::store::Store;
use std::fmt::Write;

/// Incidents by suspicion, each with its findings of medium severity or more; the rest is counted.
pub(super) fn incidents(
    store: &Store,
    analysis: &Analysis,
    detections: &Detections,
    zone: &Zone,
    out: &mut String,
) -> std::fmt::Result {
    let of = |s: Severity| detections.findings.iter().filter(|f| f.severity == s).count();
    let counts: Vec<String> = Severity::ALL
        .into_iter()
        .rev()
        .filter(|s| of(*s) > 0)
        .map(|s| format!("{} {}", of(s), s.name()))
        .collect();
    let counts = if counts.is_empty() { "none".into() } else { counts.join(", ") };
    writeln!(out, "\nFindings: {counts}; {} incidents", detections.incidents.len())?;
    if !detections.hidden.is_empty() {
        writeln!(out, "  {} more are suppressed", detections.hidden.len())?;
    }
    let severe = detections.incidents.iter().filter(|i| i.severity >= Severity::Medium);
    for incident in severe.clone().take(TOP) {
        let (who, from) = cast(detections, incident);
        let accounts = who.iter().take(4).filter_map(|a| Some(analysis.identity.accounts.get(*a)?.full()));
        let hosts =
            from.iter().take(4).filter_map(|h| Some(analysis.identity.hosts.get(*h)?.short().to_owned()));
        let cast: Vec<String> = accounts.chain(hosts).collect();
        writeln!(
            out,
            "\n  [{}] {} (suspicion {:.2})\n    {} to {}: {}",
            incident.severity.name(),
            plain(&title(detections, incident)),
            incident.suspicion,
            zone.format(incident.first),
            zone.format(incident.last),
            plain(&cast.join(", "))
        )?;
        let all = incident.findings.iter().filter_map(|n| detections.findings.get(*n));
        let mut minor = 0;
        for f in all {
            if f.severity < Severity::Medium {
                minor += 1;
                continue;
            }
            let e = f.rule.entry();
            let c = &store.columns;
            let records: Vec<String> =
                f.rows.iter().take(5).map(|r| c.record_id[*r as usize].to_string()).collect();
            let more = if f.rows.len() > 5 { ", …" } else { "" };
            let file = f.rows.first().and_then(|r| store.files.get(c.file[*r as usize] as usize));
            writeln!(
                out,
                "    {} {} {}, {}\n      {}\n      innocent, if: {}\n      next: {}\n      {} records ({}: {}{more})",
                e.technique,
                e.title,
                f.severity.name(),
                zone.format(f.first),
                plain(&f.why),
                e.innocent,
                e.check,
                f.rows.len(),
                plain(file.map_or("", |f| f.name.as_str())),
                records.join(", ")
            )?;
        }
        if minor > 0 {
            writeln!(out, "    and {minor} minor (all of them with --format json)")?;
        }
    }
    let more = severe.count().saturating_sub(TOP);
    if more > 0 {
        writeln!(out, "  … and {more} more incidents (all of them with --format json)")?;
    }
    if !detections.not_evaluable.is_empty() {
        writeln!(out, "\nRules that these logs cannot answer:")?;
    }
    for n in &detections.not_evaluable {
        writeln!(out, "  {}: {}", n.rule.entry().title, plain(&n.reason))?;
    }
    Ok(())
}
