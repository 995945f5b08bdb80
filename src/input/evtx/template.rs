//! Templates: the XML of an event with holes, stored once per chunk. Compiled once per file to "which value goes into which field", so that an
//! instance costs one look per wanted value.

use super::locator::{Locator, Place};
use super::token::{Broken, Cause, Cursor, Result, Token, Tokens, name_bytes};
use super::value::{Value, utf16};
use crate::event::Field;
use foldhash::fast::FixedState;
use hashbrown::HashMap;
use std::sync::Arc;

/// A template compiled for one place in the XML.
#[derive(Default)]
pub struct Plan {
    /// By the number of the substitution: what to do with its value.
    pub slots: Vec<Slot>,
    /// Fields that share a value with a slot: hardly ever any.
    pub repeats: Vec<(u16, Field)>,
    /// Fields that are written out in the template itself.
    pub literals: Vec<(Field, Arc<str>)>,
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

/// A template's name: GUID and size of its definition. The GUID alone is none: 40 GUIDs were seen with several sizes, no pair of the two with
/// several contents (over 242 templates of real logs).
type Name = ([u8; 16], u32, Place);

/// Every plan of a file, compiled once.
#[derive(Default)]
pub struct Plans {
    by_name: HashMap<Name, usize, FixedState>,
    plans: Vec<Plan>,
}

/// The plans in use in one chunk, by the offset of the definition and the place it is used in.
#[derive(Default)]
pub struct Templates {
    known: Vec<(u32, Place, usize)>,
}

/// Bytes before a definition's tokens: next definition u32, GUID, size u32.
const DEFINITION_HEADER: usize = 24;

impl Templates {
    /// The plan for the definition at `offset`.
    pub fn plan<'p>(
        &mut self,
        plans: &'p mut Plans,
        chunk: &[u8],
        offset: u32,
        place: Place,
    ) -> Result<&'p Plan> {
        let known = self.known.iter().find(|(o, p, _)| *o == offset && *p == place);
        if let Some((.., number)) = known {
            return Ok(&plans.plans[*number]);
        }
        let (guid, tokens) = definition(chunk, offset)?;
        let name = (guid, (tokens.end - tokens.at) as u32, place);
        let number = match plans.by_name.get(&name) {
            Some(number) => *number,
            None => {
                plans.plans.push(compile(tokens, place)?);
                plans.by_name.insert(name, plans.plans.len() - 1);
                plans.plans.len() - 1
            }
        };
        self.known.push((offset, place, number));
        Ok(&plans.plans[number])
    }
}

/// GUID and tokens of the definition at `offset`.
pub fn definition(chunk: &[u8], offset: u32) -> Result<([u8; 16], Cursor<'_>)> {
    let at = offset as usize;
    let outside = Broken { at, what: Cause::TemplateOutside(offset) };
    if at < super::chunk::HEADER_SIZE {
        return Err(outside);
    }
    let mut c = Cursor::new(chunk, at, chunk.len());
    let mut header = || {
        c.u32()?;
        Ok((c.array::<16>()?, c.u32()?))
    };
    let (guid, size) = header().map_err(|_: Broken| outside.clone())?;
    let start = at + DEFINITION_HEADER;
    match start.checked_add(size as usize) {
        Some(end) if end <= chunk.len() => Ok((guid, Cursor::new(chunk, start, end))),
        _ => Err(outside),
    }
}

fn compile(cursor: Cursor<'_>, place: Place) -> Result<Plan> {
    let mut compiler = Compiler::default();
    walk(Tokens::new(cursor, true), &mut Locator::new(place), &mut compiler)?;
    let Compiler { mut plan, literals } = compiler;
    plan.literals = literals.into_iter().map(|(f, text)| (f, text.into())).collect();
    Ok(plan)
}

/// A plan in the making.
#[derive(Default)]
struct Compiler {
    plan: Plan,
    literals: Vec<(Field, String)>,
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

impl<'a> Sink<'a> for Compiler {
    fn literal(&mut self, field: Field, piece: Piece<'a>) {
        if self.literals.last().is_none_or(|(f, _)| *f != field) {
            self.literals.push((field, String::new()));
        }
        if let Some((_, text)) = self.literals.last_mut() {
            match piece {
                Piece::Text(t) => utf16(t, text),
                Piece::Char(c) => text.push(c),
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
        let plan = &mut self.plan;
        if plan.slots.len() <= number {
            plan.slots.resize(number + 1, Slot::Unwanted);
        }
        match (plan.slots[number], slot) {
            (Slot::Unwanted, slot) => plan.slots[number] = slot,
            (_, Slot::Field(field)) => plan.repeats.push((index, field)),
            // The same XML a second time tells nothing new.
            (_, _) => {}
        }
    }

    fn instance(&mut self, at: Cursor<'a>, _: Place) -> Result<usize> {
        // A definition holds no instances; they come as values.
        Err(at.broken(Cause::UnknownToken(0x0c)))
    }
}
