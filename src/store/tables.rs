//! The tables that event columns point into: texts, principals (who), detail sets (the rest).

use super::interner::{Interner, Strings};
use crate::event::Field;

/// Who: SID, domain and name as they stand in one record (texts).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Principal {
    pub sid: u32,
    pub domain: u32,
    pub name: u32,
}

impl Principal {
    fn to_bytes(self) -> [u8; 12] {
        let mut bytes = [0; 12];
        for (piece, n) in bytes.as_chunks_mut::<4>().0.iter_mut().zip([self.sid, self.domain, self.name]) {
            *piece = n.to_le_bytes();
        }
        bytes
    }

    fn from_bytes(bytes: &[u8]) -> Self {
        let mut numbers = bytes.as_chunks::<4>().0.iter().map(|&n| u32::from_le_bytes(n));
        let mut next = || numbers.next().unwrap_or(0);
        Self { sid: next(), domain: next(), name: next() }
    }
}

/// Texts, principals and detail sets. Number 0 of each is the empty one.
#[derive(Clone, Debug)]
pub struct Tables {
    pub strings: Strings,
    principals: Interner,
    details: Interner,
}

impl Default for Tables {
    fn default() -> Self {
        let mut tables = Self {
            strings: Strings::default(),
            principals: Interner::default(),
            details: Interner::default(),
        };
        tables.principal(Principal::default());
        tables.detail_set(&[]);
        tables
    }
}

impl Tables {
    /// The number of a principal.
    pub fn principal(&mut self, who: Principal) -> u32 {
        self.principals.intern(&who.to_bytes())
    }

    pub fn get_principal(&self, number: u32) -> Principal {
        Principal::from_bytes(self.principals.get(number))
    }

    pub fn principals(&self) -> impl Iterator<Item = Principal> {
        self.principals.iter().map(Principal::from_bytes)
    }

    /// The number of a set of details, given as bytes: `(field u8, text u32)*`.
    pub fn detail_set(&mut self, encoded: &[u8]) -> u32 {
        self.details.intern(encoded)
    }

    /// The fields and texts of a detail set.
    pub fn get_details(&self, number: u32) -> impl Iterator<Item = (Field, &str)> {
        self.raw_details(number).map(|(f, text)| (f, self.strings.get(text)))
    }

    /// One detail's text; empty where the event has none.
    pub fn detail(&self, number: u32, field: Field) -> &str {
        self.get_details(number).find(|(f, _)| *f == field).map_or("", |(_, text)| text)
    }

    /// One detail's text number; 0 where the event has none.
    pub fn text_of(&self, number: u32, field: Field) -> u32 {
        self.raw_details(number).find(|(f, _)| *f == field).map_or(0, |(_, text)| text)
    }

    fn raw_details(&self, number: u32) -> impl Iterator<Item = (Field, u32)> {
        let bytes = self.details.get(number);
        bytes
            .as_chunks::<5>()
            .0
            .iter()
            .filter_map(|&[f, a, b, c, d]| Some((Field::from_u8(f)?, u32::from_le_bytes([a, b, c, d]))))
    }

    /// Appends one detail to the bytes of a set.
    pub fn encode_detail(field: Field, text: u32, out: &mut Vec<u8>) {
        out.push(field as u8);
        out.extend_from_slice(&text.to_le_bytes());
    }

    /// Takes in another's entries; tells where each went.
    pub fn merge(&mut self, other: &Tables) -> Moved {
        let texts: Vec<u32> = other.strings.iter().map(|t| self.strings.intern(t)).collect();
        let to = |n: u32| texts.get(n as usize).copied().unwrap_or(0);
        let principals = other
            .principals()
            .map(|p| self.principal(Principal { sid: to(p.sid), domain: to(p.domain), name: to(p.name) }))
            .collect();
        let mut set = Vec::new();
        let details = (0..other.details.len() as u32)
            .map(|n| {
                set.clear();
                other.raw_details(n).for_each(|(f, text)| Self::encode_detail(f, to(text), &mut set));
                self.detail_set(&set)
            })
            .collect();
        Moved { texts, principals, details }
    }

    pub fn memory(&self) -> usize {
        self.strings.memory() + self.principals.memory() + self.details.memory()
    }

    /// Entries as plain lists, for a transfer.
    pub(super) fn parts(&self) -> (Vec<&str>, Vec<&[u8]>, Vec<&[u8]>) {
        (self.strings.iter().collect(), self.principals.iter().collect(), self.details.iter().collect())
    }

    pub(super) fn from_parts(strings: &[&str], principals: &[&[u8]], details: &[&[u8]]) -> Self {
        let mut tables = Self::default();
        strings.iter().for_each(|s| _ = tables.strings.intern(s));
        principals.iter().for_each(|p| _ = tables.principals.intern(p));
        details.iter().for_each(|d| _ = tables.details.intern(d));
        tables
    }
}

/// Old number → new number, for each table.
pub struct Moved {
    pub texts: Vec<u32>,
    pub principals: Vec<u32>,
    pub details: Vec<u32>,
}
