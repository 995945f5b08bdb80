//! Bytes of a file, in pieces of any length → flat records, the wanted ones only.

use super::super::chunk::{Found, Walk};
use super::super::pieces::{ChunkSink, Pieces};
use super::super::token::{Broken, Cause, Cursor, Result, Tokens, instance_head};
use super::super::value::{Value, kind, utf16};
use super::fields::{Field, FlatRecord, write_time};
use super::layout::{Layout, Layouts, Names, Piece, Section, build};
use crate::store::Report;
use std::sync::Arc;

/// What a record is, known before its data are touched.
pub struct System<'r> {
    pub event_id: u64,
    pub channel: &'r str,
}

/// Who is handed the records.
pub trait Flat {
    /// Whether the record is to be decoded; asked for every one.
    fn wants(&mut self, system: &System) -> bool;
    fn record(&mut self, record: &FlatRecord);
}

/// Reads one file or a run of its chunks, record by record; damage costs what it costs in [`super::super::Reader`].
#[derive(Default)]
pub struct FlatReader {
    pieces: Pieces,
    layouts: Layouts,
    scratch: Scratch,
    pub report: Report,
}

/// Buffers used again from record to record.
#[derive(Default)]
struct Scratch {
    fields: Vec<Field>,
    buffer: String,
    channel: Channel,
}

/// The channel of the record before, so that it is decoded where it changes.
#[derive(Default)]
struct Channel {
    raw: Vec<u8>,
    text: String,
}

impl FlatReader {
    /// Forgets the file before; names keep their numbers.
    pub fn next_file(&mut self) {
        self.pieces = Pieces::default();
        self.layouts.forget();
    }

    /// The name with this number.
    pub fn name(&self, number: u32) -> &str {
        self.layouts.names.get(number)
    }

    /// Bytes of the file from `offset` on; see [`super::super::Reader::push`].
    pub fn push(&mut self, bytes: &[u8], offset: u64, to: &mut impl Flat) {
        let mut pieces = std::mem::take(&mut self.pieces);
        pieces.push(bytes, offset, &mut Sink { reader: self, to });
        self.pieces = pieces;
    }

    pub fn finish(&mut self, at_end: bool, to: &mut impl Flat) {
        std::mem::take(&mut self.pieces).finish(at_end, &mut Sink { reader: self, to });
    }
}

struct Sink<'s, F> {
    reader: &'s mut FlatReader,
    to: &'s mut F,
}

impl<F: Flat> ChunkSink for Sink<'_, F> {
    fn report(&mut self) -> &mut Report {
        &mut self.reader.report
    }

    fn chunk(&mut self, bytes: &[u8], start: u64, number: u32) {
        let FlatReader { layouts, scratch, report, .. } = &mut *self.reader;
        let mut chunk =
            ChunkReader { chunk: bytes, layouts, known: Vec::new(), values: Vec::new(), nested: Vec::new() };
        for found in Walk::new(bytes) {
            let span = match found {
                Found::Record(span) => span,
                Found::Damage { at, reason, .. } => {
                    report.damage(start + at as u64, reason);
                    continue;
                }
            };
            match chunk.record(span.xml(), (number, span.at as u16), scratch, self.to) {
                Ok(()) => report.records += 1,
                Err(broken) => report
                    .damage(start + span.at as u64, format!("record {} cannot be read: {broken}", span.id)),
            }
        }
    }
}

/// Nested binary XML is one level deep in every known log; more is no event of Windows.
const MAX_NESTING: u8 = 4;
/// Fields of a record; Windows' largest have some 200.
const MAX_VALUES: usize = 10_000;
/// Bytes of text of a record, which itself has at most 64 KiB. A forged template may ask for the same value again and again.
const MAX_TEXT: usize = 1 << 20;

struct Named<'c> {
    name: u32,
    section: Section,
    value: Value<'c>,
}

struct ChunkReader<'c, 'l> {
    chunk: &'c [u8],
    layouts: &'l mut Layouts,
    /// The layouts in use in this chunk, by the offset of the definition and the section it is used in.
    known: Vec<(u32, Section, Arc<Layout>)>,
    values: Vec<Named<'c>>,
    /// Nested XML, put off until the event is known to be wanted: span in the chunk, section, depth.
    nested: Vec<(usize, usize, Section, u8)>,
}

impl<'c> ChunkReader<'c, '_> {
    fn record(
        &mut self,
        (start, end): (usize, usize),
        (chunk, offset): (u32, u16),
        scratch: &mut Scratch,
        to: &mut impl Flat,
    ) -> Result<()> {
        self.values.clear();
        self.nested.clear();
        self.fragment(Cursor::new(self.chunk, start, end), Section::Event, 0)?;
        let missing = |what| Broken { at: start, what: Cause::NoSystem(what) };
        let names = &self.layouts.names;
        let event_id = self.system(names, "EventID").and_then(Value::number).ok_or(missing("EventID"))?;
        if let Some(channel) = self.system(names, "Channel") {
            scratch.channel.set(channel);
        }
        if !to.wants(&System { event_id, channel: &scratch.channel.text }) {
            return Ok(());
        }
        while let Some((start, end, section, depth)) = self.nested.pop() {
            let cursor = Cursor::new(self.chunk, start, end);
            if depth > MAX_NESTING {
                return Err(cursor.broken(Cause::TooDeep));
            }
            self.fragment(cursor, section, depth)?;
        }
        let names = &self.layouts.names;
        let time = self.system(names, "TimeCreated_SystemTime").and_then(Value::ticks);
        let time = time.ok_or(Broken { at: start, what: Cause::BadTime })?;
        let record_id = self.system(names, "EventRecordID").and_then(Value::number).unwrap_or(0);
        scratch.decode(&self.values);
        let Scratch { fields, buffer, .. } = scratch;
        to.record(&FlatRecord { time, record_id, chunk, offset, names, fields, buffer });
        Ok(())
    }

    fn system(&self, names: &Names, name: &str) -> Option<&Value<'c>> {
        let number = names.find(name)?;
        self.values.iter().find(|v| v.name == number && v.section == Section::System).map(|v| &v.value)
    }

    fn fragment(&mut self, cursor: Cursor<'c>, section: Section, depth: u8) -> Result<()> {
        let mut c = cursor;
        if c.chunk.get(c.at) == Some(&0x0f) {
            c.take(4)?;
        }
        if c.at < c.end && c.chunk.get(c.at) == Some(&0x0c) {
            c.at += 1;
            self.instance(c, section, depth)?;
            return Ok(());
        }
        // The record's own text; the instances in it come after it, which no event of Windows has.
        let mut instances = Vec::new();
        let layout =
            build(Tokens::new(cursor, false), section, &mut self.layouts.names, &mut |c, section| {
                instances.push((c.at, section));
                instance_end(c)
            })?;
        self.put(&layout, &[], cursor, depth)?;
        for (at, section) in instances {
            self.instance(Cursor { at, ..cursor }, section, depth)?;
        }
        Ok(())
    }

    fn instance(&mut self, mut c: Cursor<'c>, section: Section, depth: u8) -> Result<()> {
        let (offset, table) = instance_head(&mut c)?;
        let layout = match self.known.iter().find(|(o, s, _)| *o == offset && *s == section) {
            Some((.., layout)) => layout.clone(),
            None => {
                let layout = self.layouts.layout(self.chunk, offset, section)?;
                self.known.push((offset, section, layout.clone()));
                layout
            }
        };
        self.put(&layout, table, c, depth)
    }

    /// Adds a layout's fields; their values stand one after another at the cursor, sizes and types in `table`.
    fn put(&mut self, layout: &Layout, table: &'c [[u8; 4]], c: Cursor<'c>, depth: u8) -> Result<()> {
        let mut spans = [(0usize, 0usize, kind::NULL); 64];
        let mut many = Vec::new();
        let spans: &mut [(usize, usize, u8)] = if table.len() <= spans.len() {
            &mut spans[..table.len()]
        } else {
            many.resize(table.len(), (0, 0, kind::NULL));
            &mut many
        };
        let mut values = c;
        for (span, [lo, hi, kind, _]) in spans.iter_mut().zip(table) {
            let from = values.at;
            values.take(usize::from(u16::from_le_bytes([*lo, *hi])))?;
            *span = (from, values.at, *kind);
        }
        let before = self.nested.len();
        if self.values.len() + layout.entries.len() > MAX_VALUES {
            return Err(c.broken(Cause::TooManyValues((self.values.len() + layout.entries.len()) as u32)));
        }
        for entry in &layout.entries {
            if let [Piece::Value(n)] = entry.pieces[..]
                && let Some(&(from, to, kind::BINXML)) = spans.get(usize::from(n))
            {
                // The same XML a second time tells nothing new, and a forged template may name it a thousand times.
                if !self.nested[before..].iter().any(|n| n.0 == from) {
                    self.nested.push((from, to, entry.section, depth + 1));
                }
                continue;
            }
            let Some(name) = entry.name else { continue };
            let mut value = Value::Absent;
            for piece in &entry.pieces {
                let next = match piece {
                    Piece::Text(text) => Value::Shared(text.clone()),
                    Piece::Value(n) => match spans.get(usize::from(*n)) {
                        Some(&(from, to, kind)) if kind != kind::NULL => {
                            Value::Raw { kind, bytes: self.chunk.get(from..to).unwrap_or_default() }
                        }
                        _ => continue,
                    },
                };
                value = match value {
                    Value::Absent => next,
                    before => {
                        let mut text = String::new();
                        before.write(&mut text);
                        if text.len() < MAX_TEXT {
                            next.write(&mut text);
                        }
                        Value::Owned(text)
                    }
                };
            }
            self.values.push(Named { name, section: entry.section, value });
        }
        Ok(())
    }
}

impl Scratch {
    fn decode(&mut self, values: &[Named]) {
        self.fields.clear();
        self.buffer.clear();
        for v in values {
            let from = self.buffer.len();
            if from > MAX_TEXT {
                self.fields.push(Field { name: v.name, section: v.section, text: None });
                continue;
            }
            match &v.value {
                // Each member is an element of its own in Windows' XML.
                Value::Raw { kind, bytes } if *kind == kind::STRING | kind::ARRAY => {
                    utf16(bytes, &mut self.buffer);
                    let mut at = from;
                    while let Some(length) = self.buffer.get(at..).and_then(|rest| rest.find('\0')) {
                        let text = Some((at as u32, (at + length) as u32));
                        self.fields.push(Field { name: v.name, section: v.section, text });
                        at += length + 1;
                    }
                    let text = Some((at as u32, self.buffer.len() as u32));
                    self.fields.push(Field { name: v.name, section: v.section, text });
                    continue;
                }
                Value::Raw { kind: kind::FILETIME, .. } => {
                    if let Some(ticks) = v.value.ticks() {
                        write_time(ticks, &mut self.buffer);
                    }
                }
                value => value.write(&mut self.buffer),
            }
            let text = (v.value != Value::Absent).then_some((from as u32, self.buffer.len() as u32));
            self.fields.push(Field { name: v.name, section: v.section, text });
        }
    }
}

impl Channel {
    fn set(&mut self, value: &Value) {
        match value {
            Value::Raw { kind: kind::STRING, bytes } if *bytes == self.raw && !bytes.is_empty() => {}
            _ => {
                self.raw.clear();
                if let Value::Raw { kind: kind::STRING, bytes } = value {
                    self.raw.extend_from_slice(bytes);
                }
                self.text.clear();
                value.write(&mut self.text);
            }
        }
    }
}

fn instance_end(mut c: Cursor) -> Result<usize> {
    let (_, table) = instance_head(&mut c)?;
    for [lo, hi, ..] in table {
        c.take(usize::from(u16::from_le_bytes([*lo, *hi])))?;
    }
    Ok(c.at)
}
