//! A template compiled to the list of its fields: each a name and the pieces its text is put together from.

use super::super::template::definition;
use super::super::token::{Broken, Cause, Cursor, Result, Token, Tokens, name_bytes};
use super::super::value::utf16;
use foldhash::fast::FixedState;
use hashbrown::HashMap;
use std::sync::Arc;

/// The part of an event that a value stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Section {
    /// Around or directly in `Event`: values here are nested XML or nothing.
    Event,
    System,
    /// `EventData` or `UserData`.
    Body,
    /// `RenderingInfo` and whatever else stands in an event.
    Ignored,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Piece {
    Text(Arc<str>),
    /// The number of a substitution.
    Value(u16),
}

#[derive(Clone, Debug)]
pub struct Entry {
    /// Number in [`Names`]; `None` where only nested XML can stand.
    pub name: Option<u32>,
    pub section: Section,
    pub pieces: Vec<Piece>,
}

/// The fields of a template in the order of the document.
#[derive(Clone, Debug, Default)]
pub struct Layout {
    pub entries: Vec<Entry>,
}

/// Field names by number, in the order they were met.
#[derive(Default)]
pub struct Names {
    by_text: HashMap<Arc<str>, u32, FixedState>,
    texts: Vec<Arc<str>>,
}

impl Names {
    pub fn intern(&mut self, text: &str) -> u32 {
        if let Some(n) = self.by_text.get(text) {
            return *n;
        }
        let text: Arc<str> = text.into();
        self.texts.push(text.clone());
        let n = (self.texts.len() - 1) as u32;
        self.by_text.insert(text, n);
        n
    }

    pub fn get(&self, n: u32) -> &str {
        self.texts.get(n as usize).map_or("", |t| t)
    }

    pub fn find(&self, text: &str) -> Option<u32> {
        self.by_text.get(text).copied()
    }
}

/// Every layout of a file, compiled once; by GUID and size of the definition (see [`super::super::template`]) and the section it is used in.
#[derive(Default)]
pub struct Layouts {
    by_name: HashMap<([u8; 16], u32, Section), Arc<Layout>, FixedState>,
    pub names: Names,
}

impl Layouts {
    /// Forgets the layouts, not the names.
    pub fn forget(&mut self) {
        self.by_name.clear();
    }

    /// The layout of the definition at `offset` of the chunk.
    pub fn layout(&mut self, chunk: &[u8], offset: u32, section: Section) -> Result<Arc<Layout>> {
        let (guid, tokens) = definition(chunk, offset)?;
        let key = (guid, (tokens.end - tokens.at) as u32, section);
        if let Some(known) = self.by_name.get(&key) {
            return Ok(known.clone());
        }
        let none = &mut |c: Cursor, _| Err(c.broken(Cause::UnknownToken(0x0c)));
        let layout = Arc::new(build(Tokens::new(tokens, true), section, &mut self.names, none)?);
        self.by_name.insert(key, layout.clone());
        Ok(layout)
    }
}

/// Deeper than any event's XML.
const MAX_DEPTH: usize = 32;

/// An open element.
struct Element {
    name: String,
    section: Section,
    has_children: bool,
    has_attributes: bool,
    /// The value of `Data @Name`.
    data_name: Option<String>,
    /// Number of the entry that holds its text.
    entry: Option<usize>,
}

/// Where text goes now.
enum Target {
    Nowhere,
    DataName,
    Entry(usize),
}

/// Walks over tokens; `instance` is told where template instances stand (a record's own text may hold some) and says where they end.
pub fn build(
    mut tokens: Tokens,
    section: Section,
    names: &mut Names,
    instance: &mut dyn FnMut(Cursor, Section) -> Result<usize>,
) -> Result<Layout> {
    let chunk = tokens.cursor.chunk;
    let mut layout = Layout::default();
    let mut open: Vec<Element> = Vec::new();
    let mut target = Target::Nowhere;
    let mut in_start = false;
    let mut text = String::new();
    while let Some(token) = tokens.next()? {
        let at = tokens.cursor.at;
        let here = open.last().map_or(section, |e| e.section);
        match token {
            Token::OpenElement { name } => {
                if open.len() >= MAX_DEPTH {
                    return Err(Broken { at, what: Cause::TooDeep });
                }
                text.clear();
                utf16(name_bytes(chunk, name)?, &mut text);
                if let Some(parent) = open.last_mut() {
                    parent.has_children = true;
                }
                open.push(Element {
                    section: enter(here, &text),
                    name: std::mem::take(&mut text),
                    has_children: false,
                    has_attributes: false,
                    data_name: None,
                    entry: None,
                });
                (target, in_start) = (Target::Nowhere, true);
            }
            Token::Attribute { name } => {
                text.clear();
                utf16(name_bytes(chunk, name)?, &mut text);
                target = match open.last_mut() {
                    Some(e) if e.section == Section::Body && e.name == "Data" && text == "Name" => {
                        e.data_name = Some(String::new());
                        Target::DataName
                    }
                    Some(e)
                        if matches!(e.section, Section::System | Section::Body)
                            && !text.starts_with("xmlns") =>
                    {
                        e.has_attributes = true;
                        let name = names.intern(&format!("{}_{text}", e.name));
                        layout.entries.push(Entry {
                            name: Some(name),
                            section: e.section,
                            pieces: Vec::new(),
                        });
                        Target::Entry(layout.entries.len() - 1)
                    }
                    _ => Target::Nowhere,
                };
            }
            Token::CloseStart => (target, in_start) = (Target::Nowhere, false),
            Token::CloseEmpty | Token::CloseElement => {
                (target, in_start) = (Target::Nowhere, false);
                if let Some(e) = open.pop()
                    && is_field(&e, &open)
                    && e.entry.is_none()
                    && !e.has_attributes
                {
                    // An element with nothing in it is there all the same.
                    layout.entries.push(named(&e, names));
                }
            }
            Token::TemplateInstance { at } => {
                let cursor = Cursor { at, ..tokens.cursor };
                tokens.cursor.at = instance(cursor, here)?;
            }
            Token::Text(_) | Token::Char(_) | Token::Substitution { .. } => {
                if let Target::DataName = target
                    && let Some(name) = open.last_mut().and_then(|e| e.data_name.as_mut())
                {
                    match token {
                        Token::Text(bytes) => utf16(bytes, name),
                        Token::Char(c) => name.push(c),
                        _ => {}
                    }
                    continue;
                }
                let piece = match token {
                    Token::Substitution { index } => Piece::Value(index),
                    Token::Char(c) => Piece::Text(c.to_string().into()),
                    Token::Text(bytes) => {
                        text.clear();
                        utf16(bytes, &mut text);
                        Piece::Text(text.as_str().into())
                    }
                    _ => continue,
                };
                if let Target::Entry(n) = target {
                    layout.entries[n].pieces.push(piece);
                } else if !in_start && here != Section::Ignored {
                    add(&mut open, here, piece, &mut layout, names);
                }
            }
        }
    }
    Ok(layout)
}

/// Adds a piece to the text of the element at hand.
fn add(open: &mut [Element], here: Section, piece: Piece, layout: &mut Layout, names: &mut Names) {
    let last = match open.split_last_mut() {
        Some((last, parents)) if is_field(last, parents) => last,
        _ => {
            // Not a field: only nested XML counts here.
            if matches!(piece, Piece::Value(_)) {
                layout.entries.push(Entry { name: None, section: here, pieces: vec![piece] });
            }
            return;
        }
    };
    match last.entry {
        Some(n) => layout.entries[n].pieces.push(piece),
        None => {
            last.entry = Some(layout.entries.len());
            layout.entries.push(Entry { pieces: vec![piece], ..named(last, names) });
        }
    }
}

fn named(e: &Element, names: &mut Names) -> Entry {
    let name = e.data_name.as_deref().filter(|n| !n.is_empty()).unwrap_or(&e.name);
    Entry { name: Some(names.intern(name)), section: e.section, pieces: Vec::new() }
}

/// Whether the element's text is a field's value. The containers are none, nor is an element with others in it.
fn is_field(e: &Element, parents: &[Element]) -> bool {
    let container = matches!(e.name.as_str(), "Event" | "System" | "EventData" | "UserData")
        && parents.last().is_none_or(|p| p.name == "Event");
    !container && !e.has_children && matches!(e.section, Section::System | Section::Body)
}

fn enter(here: Section, name: &str) -> Section {
    match (here, name) {
        (Section::Event, "Event") => Section::Event,
        (Section::Event, "System") => Section::System,
        (Section::Event, "EventData" | "UserData") => Section::Body,
        (Section::Event, _) => Section::Ignored,
        (section, _) => section,
    }
}
