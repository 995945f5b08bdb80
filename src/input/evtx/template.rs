//! Templates: the XML of an event with holes, stored once per chunk. Compiled to "which value goes into which field", so that an
//! instance costs one look per wanted value.

use super::locator::{Locator, Place};
use super::token::{Broken, Cause, Cursor, Result, Token, Tokens, name_bytes};
use super::value::{Value, utf16};
use crate::event::Field;

/// A template compiled for one place in the XML.
#[derive(Default)]
pub struct Plan<'a> {
    /// By the number of the substitution: what to do with its value.
    pub slots: Vec<Slot>,
    /// Fields that share a value with a slot: hardly ever any.
    pub repeats: Vec<(u16, Field)>,
    /// Fields that are written out in the template itself.
    pub literals: Vec<(Field, Value<'a>)>,
}

/// What becomes of a substitution's value.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Slot {
    #[default]
    Unwanted,
    Field(Field),
    /// Binary XML, where the value is that, standing in this place.
    Nested(Place),
}

/// The plans of one chunk, by the offset of the definition and the place it is used in.
#[derive(Default)]
pub struct Templates<'a> {
    plans: Vec<(u32, Place, Plan<'a>)>,
}

/// Bytes before a definition's tokens: next definition u32, GUID, size u32.
const DEFINITION_HEADER: usize = 24;

impl<'a> Templates<'a> {
    /// The number of the plan for the definition at `offset`.
    pub fn plan(&mut self, chunk: &'a [u8], offset: u32, place: Place) -> Result<usize> {
        let known = self.plans.iter().position(|(o, p, _)| *o == offset && *p == place);
        if let Some(i) = known {
            return Ok(i);
        }
        let plan = compile(definition(chunk, offset)?, place)?;
        self.plans.push((offset, place, plan));
        Ok(self.plans.len() - 1)
    }

    pub fn get(&self, number: usize) -> &Plan<'a> {
        &self.plans[number].2
    }
}

/// The tokens of the definition at `offset`.
fn definition(chunk: &[u8], offset: u32) -> Result<Cursor<'_>> {
    let at = offset as usize;
    let outside = Broken { at, what: Cause::TemplateOutside(offset) };
    if at < super::chunk::HEADER_SIZE {
        return Err(outside);
    }
    let mut c = Cursor::new(chunk, at, chunk.len());
    let size = c.take(DEFINITION_HEADER - 4).and_then(|_| c.u32()).map_err(|_| outside.clone())?;
    let start = at + DEFINITION_HEADER;
    match start.checked_add(size as usize) {
        Some(end) if end <= chunk.len() => Ok(Cursor::new(chunk, start, end)),
        _ => Err(outside),
    }
}

fn compile<'a>(cursor: Cursor<'a>, place: Place) -> Result<Plan<'a>> {
    let mut plan = Plan::default();
    walk(Tokens::new(cursor, true), &mut Locator::new(place), &mut plan)?;
    Ok(plan)
}

/// What a walk over tokens hands on: values to their fields.
pub trait Sink<'a> {
    fn literal(&mut self, field: Field, piece: Piece<'a>);
    /// A substitution; `field` is its target, `place` the element it stands in.
    fn substitution(&mut self, index: u16, field: Option<Field>, place: Place);
    /// A template instance whose body starts at `at`; returns where it ends.
    fn instance(&mut self, at: Cursor<'a>, place: Place) -> Result<usize>;
}

#[derive(Clone, Copy)]
pub enum Piece<'a> {
    Text(&'a [u8]),
    Char(char),
}

impl<'a> Piece<'a> {
    pub fn append_to(self, value: &mut Value<'a>) {
        match self {
            Piece::Text(t) => value.push_text(t),
            Piece::Char(c) => value.push_char(c),
        }
    }
}

/// Walks tokens and tells `sink` what belongs to which field.
pub fn walk<'a>(mut tokens: Tokens<'a>, locator: &mut Locator, sink: &mut impl Sink<'a>) -> Result<()> {
    let chunk = tokens.cursor.chunk;
    let mut name = String::new();
    while let Some(token) = tokens.next()? {
        let piece = match token {
            Token::OpenElement { name: offset } => {
                name.clear();
                utf16(name_bytes(chunk, offset)?, &mut name);
                locator.open(&name, tokens.cursor.at)?;
                continue;
            }
            Token::Attribute { name: offset } => {
                name.clear();
                utf16(name_bytes(chunk, offset)?, &mut name);
                locator.attribute(&name);
                continue;
            }
            Token::CloseStart => {
                locator.close_start();
                continue;
            }
            Token::CloseEmpty | Token::CloseElement => {
                locator.close();
                continue;
            }
            Token::Substitution { index } => {
                sink.substitution(index, locator.target(), locator.place());
                continue;
            }
            Token::TemplateInstance { at } => {
                let cursor = Cursor { at, ..tokens.cursor };
                tokens.cursor.at = sink.instance(cursor, locator.place())?;
                continue;
            }
            Token::Text(bytes) => Piece::Text(bytes),
            Token::Char(c) => Piece::Char(c),
        };
        if let Some(data_name) = locator.data_name() {
            match piece {
                Piece::Text(t) => utf16(t, data_name),
                Piece::Char(c) => data_name.push(c),
            }
        } else if let Some(field) = locator.target() {
            sink.literal(field, piece);
        }
    }
    Ok(())
}

impl<'a> Sink<'a> for Plan<'a> {
    fn literal(&mut self, field: Field, piece: Piece<'a>) {
        match self.literals.iter_mut().find(|(f, _)| *f == field) {
            Some((_, value)) => piece.append_to(value),
            None => {
                let mut value = Value::Absent;
                piece.append_to(&mut value);
                self.literals.push((field, value));
            }
        }
    }

    fn substitution(&mut self, index: u16, field: Option<Field>, place: Place) {
        let slot = match (field, place) {
            (Some(field), _) => Slot::Field(field),
            (None, Place::Ignored | Place::Value(_) | Place::System | Place::Data) => return,
            (None, place) => Slot::Nested(place),
        };
        let number = usize::from(index);
        if self.slots.len() <= number {
            self.slots.resize(number + 1, Slot::Unwanted);
        }
        match (self.slots[number], slot) {
            (Slot::Unwanted, slot) => self.slots[number] = slot,
            (_, Slot::Field(field)) => self.repeats.push((index, field)),
            // The same XML a second time tells nothing new.
            (_, _) => {}
        }
    }

    fn instance(&mut self, at: Cursor<'a>, _: Place) -> Result<usize> {
        // A definition holds no instances; they come as values.
        Err(at.broken(Cause::UnknownToken(0x0c)))
    }
}
