//! The values of one record, decoded to text in one buffer that is used again for the next.

use super::layout::{Names, Section};
use std::fmt::Write;

/// A field of a record.
#[derive(Clone, Copy)]
pub(super) struct Field {
    pub name: u32,
    pub section: Section,
    /// Where its text stands in the buffer; `None` where Windows wrote no value.
    pub text: Option<(u32, u32)>,
}

/// The text of a value; `None` where there is the field but no value in it (a NULL of the binary XML).
pub type Text<'r> = Option<&'r str>;

/// A record with every value as text, as Windows' own XML shows it.
pub struct FlatRecord<'r> {
    /// Ticks since 1970 ([`crate::event::time`]).
    pub time: i64,
    pub record_id: u64,
    /// Number of the chunk in its file, and the record's offset in it.
    pub chunk: u32,
    pub offset: u16,
    pub(super) names: &'r Names,
    pub(super) fields: &'r [Field],
    pub(super) buffer: &'r str,
}

impl<'r> FlatRecord<'r> {
    /// Every field in the order of the document: its name's number, name, section, value.
    pub fn iter(&self) -> impl Iterator<Item = (u32, &'r str, Section, Text<'r>)> {
        let (names, buffer) = (self.names, self.buffer);
        self.fields.iter().map(move |f| (f.name, names.get(f.name), f.section, text(buffer, f)))
    }

    /// The values of the field with this name. A name of the System part means that one alone, whatever the event's data call their own.
    pub fn values(&self, name: &str) -> impl Iterator<Item = Text<'r>> {
        let number = self.names.find(name);
        let of = move |f: &&Field| Some(f.name) == number;
        let section = self.fields.iter().find(of).map(|f| f.section);
        let buffer = self.buffer;
        self.fields
            .iter()
            .filter(of)
            .filter(move |f| Some(f.section) == section)
            .map(move |f| text(buffer, f))
    }

    /// The first value of a field, or an empty text.
    pub fn get(&self, name: &str) -> &'r str {
        self.values(name).next().flatten().unwrap_or("")
    }
}

fn text<'r>(buffer: &'r str, f: &Field) -> Text<'r> {
    let (from, to) = f.text?;
    buffer.get(from as usize..to as usize)
}

/// FILETIMEs with the seven digits of a tick, as Windows' XML has them.
pub(super) fn write_time(ticks: i64, out: &mut String) {
    let from = out.len();
    let text = crate::event::time::format(ticks);
    let Some((seconds, fraction)) = text.strip_suffix('Z').map(|t| t.split_once('.').unwrap_or((t, "")))
    else {
        return out.push_str(&text);
    };
    // Writing to a String cannot fail.
    let _ = write!(out, "{seconds}.{fraction:0<7}Z");
    debug_assert!(out.len() > from);
}
