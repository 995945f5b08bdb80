//! One record: its binary XML run through the compiled templates into the fields we keep, as raw values still in the chunk.

use super::locator::{Locator, Place};
use super::template::{Piece, Plans, Sink, Slot, Templates, walk};
use super::token::{Cause, Cursor, Result, Tokens, instance_head};
use super::value::{Value, kind};
use crate::event::Field;

/// The values of one record, by field. Reused from record to record.
pub struct Fields<'a> {
    values: [Value<'a>; Field::COUNT],
    /// Which are set, so that clearing costs only those.
    set: Vec<Field>,
}

impl Default for Fields<'_> {
    fn default() -> Self {
        Self { values: std::array::from_fn(|_| Value::Absent), set: Vec::new() }
    }
}

impl<'a> Fields<'a> {
    pub fn clear(&mut self) {
        for f in self.set.drain(..) {
            self.values[f as usize] = Value::Absent;
        }
    }

    pub fn get(&self, field: Field) -> &Value<'a> {
        &self.values[field as usize]
    }

    /// Sets a field unless an earlier value of the record did.
    fn put(&mut self, field: Field, value: Value<'a>) {
        if self.get(field) == &Value::Absent {
            self.set.push(field);
            self.values[field as usize] = value;
        }
    }

    fn append(&mut self, field: Field, piece: Piece<'a>) {
        if self.get(field) == &Value::Absent {
            self.set.push(field);
        }
        piece.append_to(&mut self.values[field as usize]);
    }
}

/// Nested binary XML is one level deep in every known log; more is no event of Windows.
const MAX_NESTING: u8 = 4;

/// Reads the records of one chunk.
pub struct RecordReader<'a, 'p> {
    chunk: &'a [u8],
    plans: &'p mut Plans,
    templates: Templates,
    pub fields: Fields<'a>,
    /// Values that hold nested XML, put off until the event is known to be wanted: span in the chunk, place, depth.
    nested: Vec<(usize, usize, Place, u8)>,
    depth: u8,
}

impl<'a, 'p> RecordReader<'a, 'p> {
    pub fn new(chunk: &'a [u8], plans: &'p mut Plans) -> Self {
        Self {
            chunk,
            plans,
            templates: Templates::default(),
            fields: Fields::default(),
            nested: Vec::new(),
            depth: 0,
        }
    }

    /// Reads the binary XML at `start..end` of the chunk as far as its `System` part.
    pub fn open(&mut self, start: usize, end: usize) -> Result<()> {
        self.fields.clear();
        self.nested.clear();
        self.depth = 0;
        self.fragment(Cursor::new(self.chunk, start, end), Place::Outside)
    }

    /// Reads what [`Self::open`] put off: `EventData` or `UserData`.
    pub fn complete(&mut self) -> Result<()> {
        while let Some((start, end, place, depth)) = self.nested.pop() {
            let cursor = Cursor::new(self.chunk, start, end);
            if depth > MAX_NESTING {
                return Err(cursor.broken(Cause::TooDeep));
            }
            self.depth = depth;
            self.fragment(cursor, place)?;
        }
        Ok(())
    }

    fn fragment(&mut self, cursor: Cursor<'a>, place: Place) -> Result<()> {
        // The common case, a lone template instance, needs no locator.
        let mut c = cursor;
        if c.chunk.get(c.at) == Some(&0x0f) {
            c.take(4)?;
        }
        if c.at < c.end && c.chunk.get(c.at) == Some(&0x0c) {
            c.at += 1;
            self.instance(c, place)?;
            return Ok(());
        }
        walk(Tokens::new(cursor, false), &mut Locator::new(place), self)
    }
}

impl<'a> Sink<'a> for RecordReader<'a, '_> {
    fn literal(&mut self, field: Field, piece: Piece<'a>) {
        self.fields.append(field, piece);
    }

    fn substitution(&mut self, _: u16, _: Option<Field>, _: Place) {
        // Outside a template there is nothing to substitute.
    }

    fn instance(&mut self, mut c: Cursor<'a>, place: Place) -> Result<usize> {
        let (offset, table) = instance_head(&mut c)?;
        let plan = self.templates.plan(self.plans, self.chunk, offset, place)?;
        for (field, text) in &plan.literals {
            self.fields.put(*field, Value::Shared(text.clone()));
        }
        for (index, [lo, hi, kind, _]) in table.iter().enumerate() {
            let at = c.at;
            let bytes = c.take(usize::from(u16::from_le_bytes([*lo, *hi])))?;
            if *kind == kind::NULL || bytes.is_empty() {
                continue;
            }
            match plan.slots.get(index) {
                Some(Slot::Field(field)) => self.fields.put(*field, Value::Raw { kind: *kind, bytes }),
                Some(Slot::Nested(place)) if *kind == kind::BINXML => {
                    self.nested.push((at, c.at, *place, self.depth + 1));
                }
                _ => {}
            }
            for (_, field) in plan.repeats.iter().filter(|(i, _)| usize::from(*i) == index) {
                self.fields.put(*field, Value::Raw { kind: *kind, bytes });
            }
        }
        Ok(c.at)
    }
}
