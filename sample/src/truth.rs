//! What is known about a log because we made it: counts, edges, incidents with their evidence.

use std::collections::BTreeMap;
use std::io::{self, Write};

use logonscope_evtx_writer::time::rfc3339;
use rustc_hash::FxHashMap;
use serde::Serialize;

use crate::stats::{Counted, Counts};

pub const NO_TYPE: u8 = u8::MAX;
pub const NO_STATUS: u32 = u32::MAX;

/// Who came from where to where, as the event says it. `target` empty: the computer that wrote the event.
#[derive(Clone, Copy, Debug)]
pub struct Edge<'a> {
    pub domain: &'a str,
    pub name: &'a str,
    pub source: &'a str,
    pub target: &'a str,
    pub logon_type: u8,
    pub package: &'a str,
    pub status: u32,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct EdgeKey {
    domain: u32,
    name: u32,
    source: u32,
    target: u32,
    package: u32,
    status: u32,
    id: u16,
    logon_type: u8,
}

#[derive(Clone, Copy, Debug)]
struct Span {
    count: u64,
    first: u64,
    last: u64,
}

impl Span {
    fn add(&mut self, time: u64) {
        self.count += 1;
        self.first = self.first.min(time);
        self.last = self.last.max(time);
    }
}

const EMPTY: Span = Span { count: 0, first: u64::MAX, last: 0 };

/// An attack, or something innocent that looks like one.
#[derive(Debug)]
pub struct Incident {
    pub attack: bool,
    /// Its name in the catalogue of `attack`.
    pub name: &'static str,
    pub technique: &'static str,
    pub variant: &'static str,
    pub accounts: Vec<String>,
    pub hosts: Vec<String>,
    pub addresses: Vec<String>,
    /// Accounts the attacker acts as; the others are his victims.
    pub actors: Vec<String>,
    /// Hosts and addresses he acts from.
    pub bases: Vec<String>,
    span: Span,
    records: BTreeMap<(u32, u32, u16), Vec<u64>>,
}

#[derive(Default)]
pub struct Truth {
    texts: Vec<Box<str>>,
    ids: FxHashMap<Box<str>, u32>,
    edges: FxHashMap<EdgeKey, Span>,
    counts: BTreeMap<(u32, u16), u64>,
    files: Vec<(String, u64)>,
    pub incidents: Vec<Incident>,
    first: Option<u64>,
    last: u64,
    pub counts_of_benign: Option<Counts>,
}

impl Truth {
    /// A logon's edge, for the statistics.
    pub fn counted(&self, key: &EdgeKey) -> Counted<'_> {
        Counted {
            name: self.string(key.name),
            logon_type: key.logon_type,
            package: self.string(key.package),
            failed: key.id == 4625,
        }
    }

    pub fn text(&mut self, text: &str) -> u32 {
        if let Some(id) = self.ids.get(text) {
            return *id;
        }
        self.texts.push(text.into());
        let id = (self.texts.len() - 1) as u32;
        self.ids.insert(text.into(), id);
        id
    }

    pub fn string(&self, id: u32) -> &str {
        &self.texts[id as usize]
    }

    pub fn key(&mut self, id: u16, edge: &Edge<'_>, computer: u32) -> EdgeKey {
        EdgeKey {
            domain: self.text(edge.domain),
            name: self.text(edge.name),
            source: self.text(edge.source),
            target: if edge.target.is_empty() { computer } else { self.text(edge.target) },
            package: self.text(edge.package),
            status: edge.status,
            id,
            logon_type: edge.logon_type,
        }
    }

    pub fn count(&mut self, file: u32, id: u16, time: u64) {
        *self.counts.entry((file, id)).or_default() += 1;
        self.first.get_or_insert(time);
        self.last = time;
    }

    pub fn edge(&mut self, key: EdgeKey, time: u64) {
        self.edges.entry(key).or_insert(EMPTY).add(time);
    }

    pub fn file(&mut self, name: String, records: u64) {
        self.files.push((name, records));
    }

    /// Opens an incident and gives its number (from 1).
    pub fn incident(
        &mut self,
        attack: bool,
        name: &'static str,
        technique: &'static str,
        variant: &'static str,
    ) -> u32 {
        self.incidents.push(Incident {
            attack,
            name,
            technique,
            variant,
            accounts: Vec::new(),
            hosts: Vec::new(),
            addresses: Vec::new(),
            actors: Vec::new(),
            bases: Vec::new(),
            span: EMPTY,
            records: BTreeMap::new(),
        });
        self.incidents.len() as u32
    }

    pub fn evidence(&mut self, incident: u32, file: u32, computer: u32, id: u16, record_id: u64, time: u64) {
        let incident = &mut self.incidents[incident as usize - 1];
        incident.span.add(time);
        incident.records.entry((file, computer, id)).or_default().push(record_id);
    }

    /// The evidence of an incident: file, computer, event id, record ids.
    pub fn records<'a>(
        &'a self,
        incident: &'a Incident,
    ) -> impl Iterator<Item = (&'a str, &'a str, u16, &'a [u64])> {
        incident.records.iter().map(|((file, computer, id), records)| {
            (self.files[*file as usize].0.as_str(), self.string(*computer), *id, records.as_slice())
        })
    }

    pub fn edge_count(&self) -> usize {
        self.edges.len()
    }

    /// Writes `truth.json`: keys in a fixed order, lists sorted, one entry a line.
    pub fn write(&self, out: &mut impl Write, parameters: &impl Serialize) -> io::Result<()> {
        let files = self.files.iter().enumerate().map(|(i, (name, records))| {
            let of_file = self.counts.iter().filter(|((f, _), _)| *f as usize == i);
            FileLine {
                name,
                records: *records,
                events_by_id: of_file.map(|((_, id), n)| (*id, *n)).collect(),
            }
        });
        let mut totals: BTreeMap<u16, u64> = BTreeMap::new();
        for ((_, id), n) in &self.counts {
            *totals.entry(*id).or_default() += n;
        }
        let span = SpanLine { first: self.first.map(time), last: self.first.map(|_| time(self.last)) };
        writeln!(out, "{{\n\"schema_version\": 1,\n\"parameters\": {},", text(parameters))?;
        writeln!(out, "\"span\": {},\n\"events_by_id\": {},", text(&span), text(&totals))?;
        list(out, "files", files)?;
        list(out, "attacks", self.incidents.iter().filter(|i| i.attack).map(|i| self.incident_line(i)))?;
        list(out, "lookalikes", self.incidents.iter().filter(|i| !i.attack).map(|i| self.incident_line(i)))?;
        let mut edges: Vec<EdgeLine> =
            self.edges.iter().map(|(key, span)| self.edge_line(key, span)).collect();
        edges.sort_unstable();
        list(out, "edges", edges.iter())?;
        writeln!(out, "\"complete\": true\n}}")
    }

    fn incident_line<'a>(&'a self, incident: &'a Incident) -> IncidentLine<'a> {
        let seen = incident.span.count > 0;
        let records = self.records(incident).map(|(file, computer, event_id, record_ids)| RecordLine {
            file,
            computer,
            event_id,
            record_ids,
        });
        IncidentLine {
            name: incident.name,
            technique: incident.technique,
            variant: incident.variant,
            first: seen.then(|| time(incident.span.first)),
            last: seen.then(|| time(incident.span.last)),
            events: incident.span.count,
            accounts: sorted(&incident.accounts),
            hosts: sorted(&incident.hosts),
            addresses: sorted(&incident.addresses),
            actors: sorted(&incident.actors),
            bases: sorted(&incident.bases),
            records: records.collect(),
        }
    }

    fn edge_line(&self, key: &EdgeKey, span: &Span) -> EdgeLine<'_> {
        let (domain, name) = (self.string(key.domain), self.string(key.name));
        EdgeLine {
            account: if domain.is_empty() { name.to_owned() } else { format!("{domain}\\{name}") },
            source: self.string(key.source),
            target: self.string(key.target),
            event_id: key.id,
            logon_type: (key.logon_type != NO_TYPE).then_some(key.logon_type),
            package: self.string(key.package),
            status: (key.status != NO_STATUS).then(|| format!("{:#x}", key.status)),
            count: span.count,
            first: time(span.first),
            last: time(span.last),
        }
    }
}

#[derive(Serialize)]
struct SpanLine {
    first: Option<String>,
    last: Option<String>,
}

#[derive(Serialize)]
struct FileLine<'a> {
    name: &'a str,
    records: u64,
    events_by_id: BTreeMap<u16, u64>,
}

#[derive(Serialize)]
struct IncidentLine<'a> {
    name: &'a str,
    technique: &'a str,
    variant: &'a str,
    first: Option<String>,
    last: Option<String>,
    events: u64,
    accounts: Vec<&'a String>,
    hosts: Vec<&'a String>,
    addresses: Vec<&'a String>,
    actors: Vec<&'a String>,
    bases: Vec<&'a String>,
    records: Vec<RecordLine<'a>>,
}

#[derive(Serialize)]
struct RecordLine<'a> {
    file: &'a str,
    computer: &'a str,
    event_id: u16,
    record_ids: &'a [u64],
}

#[derive(Serialize, PartialEq, Eq, PartialOrd, Ord)]
struct EdgeLine<'a> {
    account: String,
    source: &'a str,
    target: &'a str,
    event_id: u16,
    logon_type: Option<u8>,
    package: &'a str,
    status: Option<String>,
    count: u64,
    first: String,
    last: String,
}

fn time(filetime: u64) -> String {
    rfc3339(filetime, 7)
}

fn text(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

fn sorted(list: &[String]) -> Vec<&String> {
    let mut list: Vec<_> = list.iter().collect();
    list.sort_unstable();
    list.dedup();
    list
}

fn list<T: Serialize>(out: &mut impl Write, name: &str, lines: impl Iterator<Item = T>) -> io::Result<()> {
    write!(out, "\"{name}\": [")?;
    for (i, line) in lines.enumerate() {
        write!(out, "{}\n{}", if i == 0 { "" } else { "," }, text(&line))?;
    }
    writeln!(out, "\n],")
}
