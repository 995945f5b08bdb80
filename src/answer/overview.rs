//! What was read, what came of it, and what was left out.

use crate::analysis::Analysis;
use crate::event::{catalogue, time};
use crate::graph::Reason;
use crate::store::{File, Store};
use serde::Serialize;
use std::collections::BTreeMap;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Overview {
    pub files: Vec<FileReport>,
    pub span: Option<Span>,
    pub records: u64,
    pub events: u64,
    pub events_by_id: Vec<EventCount>,
    pub set_aside: Vec<SetAside>,
    pub accounts: usize,
    pub hosts: usize,
    pub edges: usize,
    pub chains: usize,
    pub not_evaluable: Vec<NotEvaluable>,
    pub empty_reason: Option<String>,
}

/// An analysis whose silence means nothing here, and why.
#[derive(Serialize)]
pub struct NotEvaluable {
    pub analysis: &'static str,
    pub reason: String,
}

#[derive(Serialize)]
pub struct Span {
    pub first: f64,
    pub last: f64,
}

#[derive(Serialize)]
pub struct EventCount {
    pub id: u16,
    pub name: &'static str,
    pub count: u64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FileReport {
    pub id: usize,
    pub name: String,
    pub bytes: u64,
    pub records: u64,
    pub events: u64,
    pub damaged_chunks: u64,
    pub chunks: u64,
    pub damage: Vec<DamageAt>,
    pub more_damage: u64,
    pub others: Vec<Other>,
    pub message: Option<String>,
}

#[derive(Serialize)]
pub struct DamageAt {
    pub offset: u64,
    pub reason: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Other {
    pub channel: String,
    pub event_id: u64,
    pub count: u64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SetAside {
    pub reason: &'static str,
    pub label: &'static str,
    pub why: &'static str,
    pub count: u64,
    pub included: bool,
    pub can_include: bool,
}

pub fn overview(store: &Store, analysis: &Analysis) -> Overview {
    let files: Vec<FileReport> = store.files.iter().enumerate().map(|(id, f)| file(id, f)).collect();
    let records = files.iter().map(|f| f.records).sum();
    let empty_reason = empty_reason(store, analysis);
    Overview {
        span: store.span().map(|(first, last)| Span { first: time::millis(first), last: time::millis(last) }),
        records,
        events: store.len() as u64,
        events_by_id: count_by_id(store.columns.event_id.iter().copied()),
        set_aside: set_aside(analysis),
        accounts: analysis.ranks.accounts().len(),
        hosts: analysis.ranks.hosts().len(),
        edges: analysis.logons.edges.len(),
        chains: analysis.chains.len(),
        not_evaluable: analysis
            .coverage(store)
            .not_evaluable
            .iter()
            .map(|n| NotEvaluable { analysis: n.topic.label(), reason: n.reason.clone() })
            .collect(),
        empty_reason,
        files,
    }
}

/// Events by id, with names, by rising id.
pub fn count_by_id(ids: impl Iterator<Item = u16>) -> Vec<EventCount> {
    let mut counts: BTreeMap<u16, u64> = BTreeMap::new();
    ids.for_each(|id| *counts.entry(id).or_default() += 1);
    counts.into_iter().map(|(id, count)| EventCount { id, name: catalogue::name(id), count }).collect()
}

/// Every reason that concerns an event.
pub fn set_aside(analysis: &Analysis) -> Vec<SetAside> {
    Reason::ALL
        .into_iter()
        .map(|reason| SetAside {
            reason: reason.name(),
            label: reason.label(),
            why: reason.why(),
            count: analysis.logons.set_aside(reason),
            included: analysis.include.has(reason),
            can_include: reason.can_include(),
        })
        .filter(|s| s.count > 0)
        .collect()
}

fn file(id: usize, file: &File) -> FileReport {
    let report = &file.report;
    let mut others: Vec<Other> = report
        .others
        .iter()
        .map(|((channel, event_id), count)| Other {
            channel: channel.clone(),
            event_id: *event_id,
            count: *count,
        })
        .collect();
    others.sort_by_key(|o| std::cmp::Reverse(o.count));
    others.truncate(100);
    FileReport {
        id,
        name: file.name.clone(),
        bytes: file.bytes,
        records: report.records,
        events: file.events,
        damaged_chunks: report.damaged_chunks,
        chunks: report.chunks,
        damage: report
            .damage
            .iter()
            .map(|d| DamageAt { offset: d.offset, reason: d.reason.clone() })
            .collect(),
        more_damage: report.damaged - report.damage.len() as u64,
        others,
        message: message(file),
    }
}

/// What the user should know about a file, in one or two sentences; `None` where all is well.
pub fn message(file: &File) -> Option<String> {
    if let Some(refused) = &file.refused {
        return Some(refused.clone());
    }
    let report = &file.report;
    let mut parts = Vec::new();
    if file.cancelled {
        parts.push("Cancelled; what was read is kept.".to_owned());
    }
    if report.records == 0 && !file.cancelled {
        parts.push("There is no readable record in it.".to_owned());
    } else if file.events == 0 && report.records > 0 {
        parts.push(format!("No logon events in it: it holds {}.", channels(file)));
    }
    match (report.damaged, report.damaged_chunks, report.chunks) {
        (0, ..) => {}
        (_, 0, _) => parts.push("Damaged: the file's header.".to_owned()),
        (_, damaged, 1) => parts.push(format!("Damaged: {damaged} of 1 chunk.")),
        (_, damaged, chunks) => parts.push(format!("Damaged: {damaged} of {chunks} chunks.")),
    }
    (!parts.is_empty()).then(|| parts.join(" "))
}

/// "Application events", "System and Setup events": the channels of the records that are of no interest here.
fn channels(file: &File) -> String {
    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    for ((channel, _), n) in &file.report.others {
        *counts.entry(channel).or_default() += n;
    }
    let mut names: Vec<(&str, u64)> = counts.into_iter().collect();
    names.sort_by_key(|(name, n)| (std::cmp::Reverse(*n), *name));
    match names.as_slice() {
        [] => "nothing else".to_owned(),
        [(one, _)] => format!("{one} events"),
        [(one, _), (two, _)] => format!("{one} and {two} events"),
        [(one, _), (two, _), rest @ ..] => {
            format!("{one}, {two} and {} other kinds of events", rest.len())
        }
    }
}

/// Why there is no graph, where there is none.
pub fn empty_reason(store: &Store, analysis: &Analysis) -> Option<String> {
    if !analysis.logons.edges.is_empty() {
        return None;
    }
    let read: Vec<&File> = store.files.iter().filter(|f| f.refused.is_none()).collect();
    Some(if store.files.is_empty() {
        "No file was given.".into()
    } else if read.is_empty() {
        "None of the files could be read; see what is said about each.".into()
    } else if read.iter().all(|f| f.report.records == 0) {
        "There is no readable record in the files.".into()
    } else if store.is_empty() {
        let others: Vec<String> =
            read.iter().filter(|f| f.report.records > 0).map(|f| channels(f)).take(3).collect();
        format!(
            "No logon events in the files: they hold {}. Logons are in Security.evtx (on a domain controller for Kerberos and NTLM).",
            others.join("; ")
        )
    } else {
        let reasons: Vec<String> = set_aside(analysis)
            .iter()
            .map(|s| format!("{} of {}", s.count, s.label.to_lowercase()))
            .collect();
        format!("All {} events were set aside: {}.", store.len(), reasons.join(", "))
    })
}
