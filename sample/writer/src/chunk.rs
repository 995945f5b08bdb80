//! One chunk of 64 KiB: header, string and template tables, records.

use crate::catalog::{Catalog, Content, Element, NameId, Part, TemplateId};
use crate::payload::push_utf16;

/// Bytes of a chunk.
pub const SIZE: usize = 0x1_0000;
/// Where the records begin.
pub const HEADER: usize = 0x200;
const STRINGS: usize = 0x80;
const TEMPLATES: usize = 0x180;

/// BinXML tokens; 0x40 added: more follows (attributes of an element, attributes of a list).
mod token {
    pub const END_OF_STREAM: u8 = 0x00;
    pub const OPEN: u8 = 0x01;
    pub const CLOSE_START: u8 = 0x02;
    pub const CLOSE_EMPTY: u8 = 0x03;
    pub const END: u8 = 0x04;
    pub const VALUE: u8 = 0x05;
    pub const ATTRIBUTE: u8 = 0x06;
    pub const SUBSTITUTION: u8 = 0x0d;
    pub const OPTIONAL: u8 = 0x0e;
    pub const MORE: u8 = 0x40;
}
pub(crate) const FRAGMENT: [u8; 4] = [0x0f, 1, 1, 0];

pub(crate) struct Chunk {
    pub bytes: Vec<u8>,
    /// Offset of each name of the catalogue in this chunk, 0: not there yet.
    names: Vec<u32>,
    strings: [u32; 64],
    templates: Vec<(TemplateId, u32)>,
    heads: [u32; 32],
    first: u64,
    last: u64,
    last_offset: u32,
}

impl Chunk {
    pub fn new() -> Self {
        let mut bytes = Vec::with_capacity(SIZE + 1024);
        bytes.resize(HEADER, 0);
        Self {
            bytes,
            names: Vec::new(),
            strings: [0; 64],
            templates: Vec::new(),
            heads: [0; 32],
            first: 0,
            last: 0,
            last_offset: 0,
        }
    }

    pub fn clear(&mut self) {
        self.bytes.clear();
        self.bytes.resize(HEADER, 0);
        self.names.fill(0);
        self.strings = [0; 64];
        self.templates.clear();
        self.heads = [0; 32];
        self.first = 0;
    }

    pub fn is_empty(&self) -> bool {
        self.bytes.len() == HEADER
    }

    /// Bytes a use of the template takes at most before its values.
    pub fn instance_bound(&self, catalog: &Catalog, id: TemplateId) -> usize {
        let there = self.templates.iter().any(|(t, _)| *t == id);
        10 + if there { 0 } else { catalog.templates[usize::from(id.0)].bound }
    }

    /// Writes the header of a record and says where it begins; [`Chunk::end_record`] completes it.
    pub fn begin_record(&mut self, number: u64, time: u64) -> usize {
        let at = self.bytes.len();
        self.bytes.extend_from_slice(b"**\0\0\0\0\0\0");
        self.bytes.extend_from_slice(&number.to_le_bytes());
        self.bytes.extend_from_slice(&time.to_le_bytes());
        if self.first == 0 {
            self.first = number;
        }
        self.last = number;
        self.last_offset = at as u32;
        at
    }

    /// Ends the BinXML, pads to eight bytes, writes both copies of the size.
    pub fn end_record(&mut self, at: usize) {
        self.bytes.push(token::END_OF_STREAM);
        let size = (self.bytes.len() - at + 4).next_multiple_of(8);
        self.bytes.resize(at + size - 4, 0);
        self.bytes.extend_from_slice(&(size as u32).to_le_bytes());
        self.bytes[at + 4..at + 8].copy_from_slice(&(size as u32).to_le_bytes());
    }

    /// `0c 01 id offset`, with the definition where this chunk has none yet.
    pub fn instance(&mut self, catalog: &Catalog, id: TemplateId) {
        let template = &catalog.templates[usize::from(id.0)];
        self.bytes.extend_from_slice(&[0x0c, 0x01]);
        self.bytes.extend_from_slice(&template.guid[..4]);
        if let Some((_, offset)) = self.templates.iter().find(|(t, _)| *t == id) {
            let offset = *offset;
            self.u32(offset);
            return;
        }
        let offset = self.bytes.len() as u32 + 4;
        self.u32(offset);
        self.templates.push((id, offset));
        let next = std::mem::replace(&mut self.heads[template.bucket], offset);
        self.u32(next);
        self.bytes.extend_from_slice(&template.guid);
        let size_at = self.reserve_size();
        self.bytes.extend_from_slice(&FRAGMENT);
        self.define(catalog, &template.root);
        self.bytes.push(token::END_OF_STREAM);
        self.fill_size(size_at);
    }

    fn define(&mut self, catalog: &Catalog, element: &Element) {
        let attributes = &element.attributes;
        let size_at = self.open(catalog, element.name, Some(element.depends), !attributes.is_empty());
        if !attributes.is_empty() {
            let list_at = self.reserve_size();
            for (i, (name, part)) in attributes.iter().enumerate() {
                self.attribute(catalog, *name, i + 1 < attributes.len());
                self.part(part);
            }
            self.fill_size(list_at);
        }
        match &element.content {
            Content::Closed => {
                self.bytes.push(token::CLOSE_EMPTY);
                return self.fill_size(size_at);
            }
            Content::Part(part) => {
                self.bytes.push(token::CLOSE_START);
                self.part(part);
            }
            Content::Elements(list) | Content::ElementsThen(list, _) => {
                self.bytes.push(token::CLOSE_START);
                list.iter().for_each(|e| self.define(catalog, e));
                if let Content::ElementsThen(_, part) = &element.content {
                    self.part(part);
                }
            }
        }
        self.bytes.push(token::END);
        self.fill_size(size_at);
    }

    fn part(&mut self, part: &Part) {
        match part {
            Part::Text(text) => self.value(text),
            Part::Substitution { index, kind, optional } => {
                self.bytes.push(if *optional { token::OPTIONAL } else { token::SUBSTITUTION });
                self.bytes.extend_from_slice(&index.to_le_bytes());
                self.bytes.push(*kind);
            }
        }
    }

    /// An element written out, with the values as text: the style of forwarded events. `nested` is what
    /// stands in place of a substitution of type BinXML.
    pub fn inline(
        &mut self,
        catalog: &Catalog,
        element: &Element,
        texts: &[Option<String>],
        nested: Option<(&Element, &[Option<String>])>,
    ) {
        let attributes: Vec<(NameId, &str)> =
            element.attributes.iter().filter_map(|(name, part)| Some((*name, shown(part, texts)?))).collect();
        let size_at = self.open(catalog, element.name, None, !attributes.is_empty());
        if !attributes.is_empty() {
            let list_at = self.reserve_size();
            for (i, (name, text)) in attributes.iter().enumerate() {
                self.attribute(catalog, *name, i + 1 < attributes.len());
                self.value(text);
            }
            self.fill_size(list_at);
        }
        if matches!(element.content, Content::Closed) {
            self.bytes.push(token::CLOSE_EMPTY);
            return self.fill_size(size_at);
        }
        self.bytes.push(token::CLOSE_START);
        if let Content::Elements(list) | Content::ElementsThen(list, _) = &element.content {
            list.iter().for_each(|e| self.inline(catalog, e, texts, nested));
        }
        if let Content::Part(part) | Content::ElementsThen(_, part) = &element.content {
            match (part, nested) {
                (Part::Substitution { kind: crate::payload::kind::BINXML, .. }, Some((body, values))) => {
                    self.inline(catalog, body, values, None);
                }
                _ => {
                    if let Some(text) = shown(part, texts).filter(|t| !t.is_empty()) {
                        self.value(text);
                    }
                }
            }
        }
        self.bytes.push(token::END);
        self.fill_size(size_at);
    }

    pub fn fragment(&mut self) {
        self.bytes.extend_from_slice(&FRAGMENT);
    }

    fn open(&mut self, catalog: &Catalog, name: NameId, depends: Option<u16>, attributes: bool) -> usize {
        self.bytes.push(token::OPEN | if attributes { token::MORE } else { 0 });
        if let Some(depends) = depends {
            self.bytes.extend_from_slice(&depends.to_le_bytes());
        }
        let size_at = self.reserve_size();
        self.name(catalog, name);
        size_at
    }

    fn attribute(&mut self, catalog: &Catalog, name: NameId, more: bool) {
        self.bytes.push(token::ATTRIBUTE | if more { token::MORE } else { 0 });
        self.name(catalog, name);
    }

    fn value(&mut self, text: &str) {
        self.bytes.extend_from_slice(&[token::VALUE, 0x01, 0, 0]);
        let at = self.bytes.len();
        push_utf16(&mut self.bytes, text);
        let units = ((self.bytes.len() - at) / 2) as u16;
        self.bytes[at - 2..at].copy_from_slice(&units.to_le_bytes());
    }

    fn name(&mut self, catalog: &Catalog, id: NameId) {
        let index = usize::from(id.0);
        if self.names.len() < catalog.names.len() {
            self.names.resize(catalog.names.len(), 0);
        }
        if self.names[index] != 0 {
            return self.u32(self.names[index]);
        }
        let name = &catalog.names[index];
        let offset = self.bytes.len() as u32 + 4;
        self.u32(offset);
        self.names[index] = offset;
        let next = std::mem::replace(&mut self.strings[usize::from(name.hash) % 64], offset);
        self.u32(next);
        self.bytes.extend_from_slice(&name.hash.to_le_bytes());
        self.bytes.extend_from_slice(&((name.utf16.len() / 2) as u16).to_le_bytes());
        self.bytes.extend_from_slice(&name.utf16);
        self.bytes.extend_from_slice(&[0, 0]);
    }

    fn u32(&mut self, value: u32) {
        self.bytes.extend_from_slice(&value.to_le_bytes());
    }

    fn reserve_size(&mut self) -> usize {
        self.u32(0);
        self.bytes.len()
    }

    fn fill_size(&mut self, at: usize) {
        let size = (self.bytes.len() - at) as u32;
        self.bytes[at - 4..at].copy_from_slice(&size.to_le_bytes());
    }

    /// Fills in the header and the checksums and pads to 64 KiB. `number`: records before this chunk plus one.
    pub fn seal(&mut self, number: u64) -> &[u8] {
        let free = self.bytes.len();
        let data_crc = crc32fast::hash(&self.bytes[HEADER..]);
        self.bytes.resize(SIZE, 0);
        let head = &mut self.bytes[..HEADER];
        head[..8].copy_from_slice(b"ElfChnk\0");
        let count = self.last - self.first;
        for (i, value) in [number, number + count, self.first, self.last].into_iter().enumerate() {
            head[8 + 8 * i..16 + 8 * i].copy_from_slice(&value.to_le_bytes());
        }
        for (i, value) in [0x80, self.last_offset, free as u32, data_crc].into_iter().enumerate() {
            head[40 + 4 * i..44 + 4 * i].copy_from_slice(&value.to_le_bytes());
        }
        head[120..124].copy_from_slice(&1u32.to_le_bytes());
        for (i, offset) in self.strings.iter().enumerate() {
            head[STRINGS + 4 * i..STRINGS + 4 * i + 4].copy_from_slice(&offset.to_le_bytes());
        }
        for (i, offset) in self.heads.iter().enumerate() {
            head[TEMPLATES + 4 * i..TEMPLATES + 4 * i + 4].copy_from_slice(&offset.to_le_bytes());
        }
        let mut crc = crc32fast::Hasher::new();
        crc.update(&head[..120]);
        crc.update(&head[128..]);
        head[124..128].copy_from_slice(&crc.finalize().to_le_bytes());
        &self.bytes
    }
}

fn shown<'a>(part: &'a Part, texts: &'a [Option<String>]) -> Option<&'a str> {
    match part {
        Part::Text(text) => Some(text),
        Part::Substitution { index, .. } => texts.get(usize::from(*index))?.as_deref(),
    }
}
