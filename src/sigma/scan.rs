//! Logs past the rules: bytes in, hits and counts kept.

use super::correlate::{Correlated, MAX_CORRELATED};
use super::event::SigmaEvent;
use super::logsource::View;
use super::report::{Hit, SigmaReport};
use super::rules::{Rules, number};
use super::verdict::report;
use crate::input::evtx::flat::{Flat, FlatReader, FlatRecord, System};
use foldhash::fast::FixedState;
use hashbrown::{HashMap, HashSet};
use rsigma_eval::{EvaluationResult, Event};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Hits kept of one rule: the earliest. All are counted.
pub const MAX_HITS: usize = 1000;
/// Characters kept of a matched field.
const MAX_TEXT: usize = 500;

/// Reads logs, or runs of their chunks, as [`crate::input::Reader`] does; several can share a file, and are merged in any order.
pub struct Scan {
    reader: FlatReader,
    state: State,
}

/// What one scan found; sums with others.
#[derive(Default)]
pub(super) struct Findings {
    pub records: u64,
    /// By channel and event id.
    pub kinds: BTreeMap<(String, u64), Kind>,
    /// By rule.
    pub hits: Vec<RuleHits>,
    pub correlated: Vec<Correlated>,
    /// Those past the limit counted in.
    pub correlated_total: u64,
}

/// Records of one channel and event id.
#[derive(Default)]
pub(super) struct Kind {
    pub count: u64,
    /// Fields that had a value in one of them.
    pub fields: BTreeSet<String>,
}

#[derive(Default)]
pub(super) struct RuleHits {
    count: u64,
    hits: Vec<Hit>,
}

impl RuleHits {
    fn push(&mut self, hit: Hit) {
        self.count += 1;
        self.hits.push(hit);
        if self.hits.len() >= 2 * MAX_HITS {
            self.cut();
        }
    }

    fn cut(&mut self) {
        self.hits.sort_unstable();
        self.hits.truncate(MAX_HITS);
    }

    fn merge(&mut self, other: RuleHits) {
        self.count += other.count;
        self.hits.extend(other.hits);
        self.cut();
    }

    /// Count and the earliest.
    pub fn take(&mut self) -> (u64, Vec<Hit>) {
        self.cut();
        (self.count, std::mem::take(&mut self.hits))
    }
}

/// What is known while reading.
struct State {
    rules: Arc<Rules>,
    file: Arc<str>,
    channels: Vec<Channel>,
    /// The channel of the record before.
    channel: usize,
    shapes: Vec<Shape>,
    /// The shape of the record at hand.
    shape: usize,
    records: u64,
    hits: Vec<RuleHits>,
    correlated: Vec<Correlated>,
    correlated_total: u64,
    texts: HashSet<Arc<str>, FixedState>,
}

struct Channel {
    name: String,
    /// By event id: number of the shape.
    shapes: HashMap<u64, usize, FixedState>,
}

/// Records of one channel and event id: what to do with them, what there was.
struct Shape {
    channel: usize,
    id: u64,
    count: u64,
    /// Groups of rules that may match, and how they look at the record.
    groups: Vec<(usize, View)>,
    /// Numbers of the names of fields that had a value.
    present: HashSet<u32, FixedState>,
}

impl Scan {
    pub fn new(rules: Arc<Rules>) -> Self {
        let mut hits = Vec::new();
        hits.resize_with(rules.rules.len(), RuleHits::default);
        Self {
            reader: FlatReader::default(),
            state: State {
                rules,
                file: "".into(),
                channels: Vec::new(),
                channel: 0,
                shapes: Vec::new(),
                shape: 0,
                records: 0,
                hits,
                correlated: Vec::new(),
                correlated_total: 0,
                texts: HashSet::default(),
            },
        }
    }

    /// What comes now is of the file with this name.
    pub fn file(&mut self, name: &str) {
        self.reader.next_file();
        self.state.file = name.into();
    }

    /// Bytes of the file from `offset` on; see [`crate::input::Reader::push`].
    pub fn push(&mut self, bytes: &[u8], offset: u64) {
        self.reader.push(bytes, offset, &mut self.state);
    }

    /// The file, or the run of its chunks, is over.
    pub fn finish(&mut self, at_end: bool) {
        self.reader.finish(at_end, &mut self.state);
    }

    /// Records looked at, and hits so far.
    pub fn progress(&self) -> (u64, u64) {
        (self.state.records, self.state.hits.iter().map(|h| h.count).sum())
    }

    /// The report over all `scans` of these rules, whatever shared the work between them.
    pub fn report(rules: &Rules, scans: impl IntoIterator<Item = Scan>) -> SigmaReport {
        let mut sum = Findings::default();
        sum.hits.resize_with(rules.rules.len(), RuleHits::default);
        for scan in scans {
            scan.add_to(&mut sum);
        }
        report(rules, sum)
    }

    fn add_to(self, sum: &mut Findings) {
        let Self { reader, state } = self;
        sum.records += state.records;
        for shape in state.shapes {
            let channel = state.channels.get(shape.channel).map(|c| c.name.clone()).unwrap_or_default();
            let kind = sum.kinds.entry((channel, shape.id)).or_default();
            kind.count += shape.count;
            kind.fields.extend(shape.present.iter().map(|n| reader.name(*n).to_owned()));
        }
        for (all, more) in sum.hits.iter_mut().zip(state.hits) {
            all.merge(more);
        }
        sum.correlated.extend(state.correlated);
        sum.correlated_total += state.correlated_total;
    }
}

impl Flat for State {
    fn wants(&mut self, system: &System) -> bool {
        self.records += 1;
        if self.channels.get(self.channel).is_none_or(|c| c.name != system.channel) {
            let known = self.channels.iter().position(|c| c.name == system.channel);
            self.channel = known.unwrap_or_else(|| {
                self.channels.push(Channel { name: system.channel.to_owned(), shapes: HashMap::default() });
                self.channels.len() - 1
            });
        }
        let known = self.channels[self.channel].shapes.get(&system.event_id).copied();
        self.shape = known.unwrap_or_else(|| self.new_shape(system));
        let shape = &mut self.shapes[self.shape];
        shape.count += 1;
        !shape.groups.is_empty()
    }

    fn record(&mut self, record: &FlatRecord) {
        let shape = &mut self.shapes[self.shape];
        for (name, _, _, value) in record.iter() {
            if value.is_some_and(|v| !v.is_empty()) && !shape.present.contains(&name) {
                shape.present.insert(name);
            }
        }
        for at in 0..self.shapes[self.shape].groups.len() {
            let (group, view) = self.shapes[self.shape].groups[at];
            let event = SigmaEvent { record, view };
            let results = self.rules.groups[group].engine.evaluate(&event);
            if !results.is_empty() {
                self.hit(record, &event, &results);
            }
        }
    }
}

impl State {
    #[cold]
    fn new_shape(&mut self, system: &System) -> usize {
        let id = system.event_id;
        let mut groups = Vec::new();
        for (n, group) in self.rules.groups.iter().enumerate() {
            let Some(route) = group.routes.iter().find(|r| r.takes(system.channel, id)) else { continue };
            let may = |r: &usize| self.rules.rules[*r].need.ids.as_ref().is_none_or(|ids| ids.contains(&id));
            if group.rules.iter().any(may) {
                groups.push((n, route.view));
            }
        }
        self.shapes.push(Shape { channel: self.channel, id, count: 0, groups, present: HashSet::default() });
        self.channels[self.channel].shapes.insert(id, self.shapes.len() - 1);
        self.shapes.len() - 1
    }

    fn hit(&mut self, record: &FlatRecord, event: &SigmaEvent, results: &[EvaluationResult]) {
        let rules = self.rules.clone();
        let shape = &self.shapes[self.shape];
        let (event_id, channel) = (shape.id, &self.channels[shape.channel].name);
        let mut correlated = Vec::new();
        for result in results {
            let Some(n) = number(result.header.rule_id.as_deref()) else { continue };
            let Some(hits) = self.hits.get_mut(n) else { continue };
            hits.push(Hit {
                time: record.time,
                file: self.file.to_string(),
                record_id: record.record_id,
                chunk: record.chunk,
                offset: record.offset,
                computer: record.get("Computer").to_owned(),
                channel: channel.clone(),
                event_id,
                fields: matched(result),
            });
            if rules.correlations.wanted.contains(&n) {
                correlated.push(n);
            }
        }
        if correlated.is_empty() {
            return;
        }
        self.correlated_total += 1;
        if self.correlated.len() >= MAX_CORRELATED {
            return;
        }
        correlated.sort_unstable();
        let texts = &mut self.texts;
        let mut value = |field: &String| {
            let value = event.get_field(field)?;
            let text = match &value {
                rsigma_eval::EventValue::Array(all) => all.first()?.as_str()?,
                one => one.as_str()?,
            };
            Some(texts.get_or_insert_with(text.as_ref(), |t| t.into()).clone())
        };
        self.correlated.push(Correlated {
            time: record.time,
            file: self.file.clone(),
            record_id: record.record_id,
            chunk: record.chunk,
            offset: record.offset,
            rules: correlated,
            values: rules.correlations.fields.iter().map(&mut value).collect(),
        });
    }
}

/// The matched fields, each once, sorted.
fn matched(result: &EvaluationResult) -> Vec<(String, String)> {
    let fields = result.as_detection().map(|d| d.matched_fields.as_slice()).unwrap_or_default();
    let mut out: Vec<(String, String)> = fields.iter().map(|f| (f.field.clone(), text(&f.value))).collect();
    out.sort();
    out.dedup();
    out
}

fn text(value: &serde_json::Value) -> String {
    let text = match value {
        serde_json::Value::String(s) => s.clone(),
        serde_json::Value::Array(all) => all.iter().map(text).collect::<Vec<_>>().join(", "),
        serde_json::Value::Null => String::new(),
        other => other.to_string(),
    };
    match text.char_indices().nth(MAX_TEXT) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text,
    }
}
