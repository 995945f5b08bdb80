//! From what was found to what is said: hits, none, or that there could be none.

use super::correlate::MAX_CORRELATED;
use super::event::sources;
use super::logsource::{Route, label};
use super::report::{RuleReport, SigmaReport, Status};
use super::rules::{Rule, Rules};
use super::scan::{Findings, Kind};
use rsigma_parser::Level;
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn report(rules: &Rules, mut findings: Findings) -> SigmaReport {
    let too_many = findings.correlated_total > MAX_CORRELATED as u64;
    let mut fired = if too_many { BTreeMap::new() } else { rules.correlations.run(&mut findings.correlated) };
    let mut out: Vec<(usize, RuleReport)> = Vec::new();
    for (n, rule) in rules.rules.iter().enumerate().filter(|(_, r)| !r.is_broken) {
        let (count, hits) = findings.hits.get_mut(n).map(|h| h.take()).unwrap_or_default();
        let correlation_hits = fired.remove(&n).unwrap_or_default();
        let mut r = RuleReport {
            id: rule.id.clone(),
            title: rule.title.clone(),
            level: rule.level.as_ref().map(Level::as_str),
            tags: rule.tags.clone(),
            techniques: attack(&rule.tags, true),
            tactics: attack(&rule.tags, false),
            file: rule.file.clone(),
            status: Status::NoHit,
            reason: None,
            needs: String::new(),
            read: 0,
            count: if rule.is_correlation { correlation_hits.len() as u64 } else { count },
            hits,
            correlation_hits,
            only_correlated: rule.only_correlated,
        };
        if !rule.is_correlation {
            r.needs = needs(rule);
            r.read = matching(rule, &findings).map(|(_, shape)| shape.count).sum();
            judge(&mut r, lacks(rule, &findings));
        }
        out.push((n, r));
    }
    correlations(rules, &mut out, too_many);
    let mut reports: Vec<RuleReport> = out.into_iter().map(|(_, r)| r).collect();
    let level = |r: &RuleReport| match r.level {
        Some("critical") => 0,
        Some("high") => 1,
        Some("medium") => 2,
        Some("low") => 3,
        Some(_) => 4,
        None => 5,
    };
    reports.sort_by(|a, b| {
        let key = |r: &RuleReport| (r.status as u8, level(r));
        (key(a), &a.title, &a.file, &a.id).cmp(&(key(b), &b.title, &b.file, &b.id))
    });
    SigmaReport {
        rules: reports,
        errors: rules.errors.clone(),
        filters: rules.filters,
        records: findings.records,
    }
}

fn judge(r: &mut RuleReport, lack: Option<String>) {
    (r.status, r.reason) = match lack {
        _ if r.count > 0 => (Status::Hits, None),
        Some(reason) => (Status::NotEvaluable, Some(reason)),
        None => (Status::NoHit, None),
    };
}

/// Correlations are as evaluable as what they ask for: one that waits for several rules needs each, one that counts needs any.
fn correlations(rules: &Rules, out: &mut [(usize, RuleReport)], too_many: bool) {
    let of = |out: &[(usize, RuleReport)], n: usize| out.iter().position(|(m, _)| *m == n);
    for (n, asked) in &rules.correlations.asks {
        let Some(at) = of(out, *n) else { continue };
        let asked: Vec<usize> = asked.iter().filter_map(|a| of(out, *a)).collect();
        let single = asked.iter().filter(|a| !rules.rules[out[**a].0].is_correlation);
        let read = single.clone().map(|a| out[*a].1.read).sum();
        let lacking: Vec<&str> =
            single.filter_map(|a| out[*a].1.reason.as_deref()).collect::<BTreeSet<_>>().into_iter().collect();
        let titles: Vec<&str> = asked.iter().map(|a| out[*a].1.title.as_str()).collect();
        let needs = titles.join(", ");
        let lack = match lacking.first() {
            _ if too_many => Some(format!("more than {MAX_CORRELATED} events to correlate")),
            Some(reason) if rules.correlations.needs_all(*n) || lacking.len() == asked.len() => {
                Some((*reason).to_owned())
            }
            _ => None,
        };
        let r = &mut out[at].1;
        (r.read, r.needs) = (read, needs);
        judge(r, lack);
    }
}

/// The kinds of records that a rule is about.
fn matching<'f>(rule: &Rule, findings: &'f Findings) -> impl Iterator<Item = (Route, &'f Kind)> {
    let routes = rule.routes.as_deref().unwrap_or_default().to_vec();
    let ids = rule.need.ids.clone();
    findings.kinds.iter().filter_map(move |((channel, id), kind)| {
        let route = routes.iter().find(|r| r.takes(channel, *id))?;
        ids.as_ref().is_none_or(|ids| ids.contains(id)).then_some((*route, kind))
    })
}

/// Why a rule could find nothing, if so.
fn lacks(rule: &Rule, findings: &Findings) -> Option<String> {
    let routes = match &rule.routes {
        Ok(routes) => routes,
        Err(reason) => return Some(reason.clone()),
    };
    let mut kinds = matching(rule, findings).peekable();
    let wanted = needs(rule);
    if kinds.peek().is_none() {
        let of_channel: u64 = findings
            .kinds
            .iter()
            .filter(|((channel, _), _)| routes.iter().any(|r| r.channel.eq_ignore_ascii_case(channel)))
            .map(|(_, kind)| kind.count)
            .sum();
        return Some(match (routes.first(), of_channel) {
            (Some(r), 0) if !r.channel.is_empty() => {
                let labels: BTreeSet<&str> = routes.iter().map(|r| label(r.channel)).collect();
                let labels: Vec<&str> = labels.into_iter().collect();
                format!("needs the {} log: not among the files", labels.join(" or "))
            }
            _ => format!("needs {wanted}: read 0 events of those"),
        });
    }
    let kinds: Vec<_> = kinds.collect();
    let read: u64 = kinds.iter().map(|(_, kind)| kind.count).sum();
    let missing: Vec<&str> = rule
        .need
        .fields
        .iter()
        .filter(|field| {
            !kinds.iter().any(|(route, kind)| match sources(route.view, field) {
                [] => kind.fields.contains(*field),
                names => names.iter().any(|n| kind.fields.contains(*n)),
            })
        })
        .map(String::as_str)
        .collect();
    (!missing.is_empty()).then(|| {
        let missing = missing.join(" and ");
        format!("needs {wanted} with {missing}: read {read} events of those, none with {missing}")
    })
}

/// `Security 4624, 4625 or Sysmon 1`.
fn needs(rule: &Rule) -> String {
    let Ok(routes) = &rule.routes else { return String::new() };
    let mut out: Vec<String> = Vec::new();
    for route in routes {
        let channel = if route.channel.is_empty() { "any log" } else { label(route.channel) };
        let ids: Vec<u64> = match (&rule.need.ids, route.ids) {
            (Some(ids), []) => ids.iter().copied().collect(),
            (Some(ids), of_route) => of_route.iter().copied().filter(|id| ids.contains(id)).collect(),
            (None, of_route) => of_route.to_vec(),
        };
        let ids: Vec<String> = ids.iter().map(u64::to_string).collect();
        let text = if ids.is_empty() { channel.to_owned() } else { format!("{channel} {}", ids.join(", ")) };
        if !out.contains(&text) {
            out.push(text);
        }
    }
    out.join(" or ")
}

/// Tags are `attack.t1110.003` and `attack.credential-access` (older: with `_`).
fn attack(tags: &[String], techniques: bool) -> Vec<String> {
    let names = tags.iter().filter_map(|t| t.strip_prefix("attack."));
    let is_technique =
        |n: &&str| n.strip_prefix(['t', 'T']).is_some_and(|n| n.starts_with(|c: char| c.is_ascii_digit()));
    let is_other = |n: &str| {
        // Groups and software: g0016, s0002.
        n.strip_prefix(['g', 's', 'G', 'S'])
            .is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()))
    };
    let mut out: Vec<String> = if techniques {
        names.filter(is_technique).map(str::to_ascii_uppercase).collect()
    } else {
        names.filter(|n| !is_technique(n) && !is_other(n)).map(|n| n.replace('_', "-")).collect()
    };
    out.sort();
    out.dedup();
    out
}
