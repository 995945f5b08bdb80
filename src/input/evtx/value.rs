//! Typed values of a record (MS-EVEN6 2.2.18, WinEvt variant types) as numbers, times and text.

use crate::event::{sid, time};
use std::fmt::Write;
use std::sync::Arc;

/// A value where it stands in the chunk, or a text put together from several literal pieces.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Value<'a> {
    #[default]
    Absent,
    /// The variant type and its bytes, not decoded.
    Raw { kind: u8, bytes: &'a [u8] },
    /// Literal text with character references in it; rare.
    Owned(String),
    /// Text that stands in a template.
    Shared(Arc<str>),
}

pub mod kind {
    pub const NULL: u8 = 0x00;
    pub const STRING: u8 = 0x01;
    pub const ANSI: u8 = 0x02;
    pub const INT8: u8 = 0x03;
    pub const UINT8: u8 = 0x04;
    pub const INT16: u8 = 0x05;
    pub const UINT16: u8 = 0x06;
    pub const INT32: u8 = 0x07;
    pub const UINT32: u8 = 0x08;
    pub const INT64: u8 = 0x09;
    pub const UINT64: u8 = 0x0a;
    pub const BOOL: u8 = 0x0d;
    pub const BINARY: u8 = 0x0e;
    pub const GUID: u8 = 0x0f;
    pub const SIZE: u8 = 0x10;
    pub const FILETIME: u8 = 0x11;
    pub const SYSTEMTIME: u8 = 0x12;
    pub const SID: u8 = 0x13;
    pub const HEX32: u8 = 0x14;
    pub const HEX64: u8 = 0x15;
    pub const BINXML: u8 = 0x21;
    pub const ARRAY: u8 = 0x80;
}

impl<'a> Value<'a> {
    /// Adds a piece of literal text.
    pub fn push_text(&mut self, piece: &'a [u8]) {
        match self {
            Value::Absent => *self = Value::Raw { kind: kind::STRING, bytes: piece },
            Value::Raw { .. } | Value::Shared(_) => {
                let mut text = String::new();
                self.write(&mut text);
                utf16(piece, &mut text);
                *self = Value::Owned(text);
            }
            Value::Owned(text) => utf16(piece, text),
        }
    }

    pub fn push_char(&mut self, c: char) {
        let mut text = match std::mem::take(self) {
            Value::Owned(text) => text,
            other => {
                let mut text = String::new();
                other.write(&mut text);
                text
            }
        };
        text.push(c);
        *self = Value::Owned(text);
    }

    pub fn is_absent(&self) -> bool {
        match self {
            Value::Absent | Value::Raw { kind: kind::NULL, .. } => true,
            Value::Raw { bytes, .. } => bytes.is_empty(),
            Value::Owned(text) => text.is_empty(),
            Value::Shared(text) => text.is_empty(),
        }
    }

    /// A whole number, also from decimal or `0x` text.
    pub fn number(&self) -> Option<u64> {
        match self {
            Value::Raw { kind: kind::STRING, .. } | Value::Owned(_) | Value::Shared(_) => {
                let mut text = String::new();
                self.write(&mut text);
                let text = text.trim();
                match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
                    Some(hex) => u64::from_str_radix(hex, 16).ok(),
                    None => text.parse().ok(),
                }
            }
            // Declared sizes and stored ones differ (a 0x10 stored as 4 or 8 bytes): the bytes there are count.
            Value::Raw {
                kind: kind::INT8..=kind::UINT64 | kind::BOOL | kind::SIZE | kind::HEX32 | kind::HEX64,
                bytes,
            } => unsigned(bytes),
            _ => None,
        }
    }

    /// The first half of a GUID, as its first sixteen digits are written; 0 where it is none.
    pub fn half_guid(&self) -> u64 {
        match self {
            Value::Raw { kind: kind::GUID, bytes } => match bytes.first_chunk() {
                Some(&[a, b, c, d, e, f, g, h]) => u64::from_be_bytes([d, c, b, a, f, e, h, g]),
                None => 0,
            },
            Value::Absent => 0,
            _ => {
                let mut text = String::new();
                self.write(&mut text);
                let digits: String = text.chars().filter(char::is_ascii_hexdigit).take(16).collect();
                if digits.len() == 16 { u64::from_str_radix(&digits, 16).unwrap_or(0) } else { 0 }
            }
        }
    }

    /// Ticks since 1970 (see [`time`]), from a FILETIME, a SYSTEMTIME or RFC 3339 text.
    pub fn ticks(&self) -> Option<i64> {
        match self {
            Value::Raw { kind: kind::FILETIME, bytes } => {
                time::from_filetime(u64::from_le_bytes(*bytes.first_chunk()?))
            }
            Value::Raw { kind: kind::SYSTEMTIME | kind::STRING, .. } | Value::Owned(_) | Value::Shared(_) => {
                let mut text = String::new();
                self.write(&mut text);
                time::parse(&text)
            }
            _ => None,
        }
    }

    /// Appends the value as text, as Windows' own XML shows it.
    pub fn write(&self, out: &mut String) {
        let (kind, bytes) = match self {
            Value::Absent => return,
            Value::Owned(text) => return out.push_str(text),
            Value::Shared(text) => return out.push_str(text),
            Value::Raw { kind, bytes } => (*kind, *bytes),
        };
        if kind & kind::ARRAY != 0 {
            return array(kind & !kind::ARRAY, bytes, out);
        }
        // Writing to a String cannot fail.
        let _ = match kind {
            kind::STRING => {
                utf16(bytes, out);
                Ok(())
            }
            kind::ANSI => {
                out.extend(bytes.iter().take_while(|&&b| b != 0).map(|&b| char::from(b)));
                Ok(())
            }
            kind::INT8 | kind::INT16 | kind::INT32 | kind::INT64 => match signed(bytes) {
                Some(n) => write!(out, "{n}"),
                None => Ok(()),
            },
            kind::UINT8 | kind::UINT16 | kind::UINT32 | kind::UINT64 => match unsigned(bytes) {
                Some(n) => write!(out, "{n}"),
                None => Ok(()),
            },
            kind::BOOL => {
                out.push_str(if bytes.iter().any(|&b| b != 0) { "true" } else { "false" });
                Ok(())
            }
            kind::SIZE | kind::HEX32 | kind::HEX64 => match unsigned(bytes) {
                Some(n) => write!(out, "0x{n:x}"),
                None => Ok(()),
            },
            kind::GUID => guid(bytes, out),
            kind::FILETIME => {
                if let Some(t) = self.ticks() {
                    out.push_str(&time::format(t));
                }
                Ok(())
            }
            kind::SYSTEMTIME => system_time(bytes, out),
            kind::SID => {
                sid::write(bytes, out);
                Ok(())
            }
            kind::BINARY => bytes.iter().try_for_each(|b| write!(out, "{b:02X}")),
            _ => Ok(()),
        };
    }
}

/// UTF-16LE without the NULs that end it; lone surrogates become U+FFFD, a NUL inside stays (it is evidence).
pub fn utf16(bytes: &[u8], out: &mut String) {
    let mut units = bytes.as_chunks::<2>().0;
    while let [rest @ .., [0, 0]] = units {
        units = rest;
    }
    let units = units.iter().map(|&u| u16::from_le_bytes(u));
    out.extend(char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)));
}

fn unsigned(bytes: &[u8]) -> Option<u64> {
    let mut wide = [0; 8];
    if bytes.is_empty() || bytes.len() > 8 {
        return None;
    }
    wide.iter_mut().zip(bytes).for_each(|(w, b)| *w = *b);
    Some(u64::from_le_bytes(wide))
}

fn signed(bytes: &[u8]) -> Option<i64> {
    let wide = unsigned(bytes)?;
    let shift = 64 - 8 * bytes.len(); // 1 to 8 bytes, or there were no number
    Some((wide << shift) as i64 >> shift)
}

fn guid(bytes: &[u8], out: &mut String) -> std::fmt::Result {
    let Some(&[a, b, c, d, e, f, g, h, rest @ ..]) = bytes.first_chunk::<16>() else {
        return Ok(());
    };
    let (x, y, z) =
        (u32::from_le_bytes([a, b, c, d]), u16::from_le_bytes([e, f]), u16::from_le_bytes([g, h]));
    write!(out, "{{{x:08x}-{y:04x}-{z:04x}-{:02x}{:02x}-", rest[0], rest[1])?;
    rest[2..].iter().try_for_each(|b| write!(out, "{b:02x}"))?;
    out.push('}');
    Ok(())
}

fn system_time(bytes: &[u8], out: &mut String) -> std::fmt::Result {
    let mut part = [0u16; 8];
    for (p, b) in part.iter_mut().zip(bytes.as_chunks::<2>().0) {
        *p = u16::from_le_bytes(*b);
    }
    let [y, mo, _, d, h, mi, s, ms] = part;
    write!(out, "{y:04}-{mo:02}-{d:02}T{h:02}:{mi:02}:{s:02}.{ms:03}Z")
}

/// Arrays as their members with commas between; strings are NUL-separated, the rest of fixed size.
fn array(kind: u8, bytes: &[u8], out: &mut String) {
    let size = match kind {
        kind::STRING => {
            let mut text = String::new();
            utf16(bytes, &mut text);
            return out.push_str(&text.replace('\0', ","));
        }
        kind::INT8 | kind::UINT8 => 1,
        kind::INT16 | kind::UINT16 => 2,
        kind::INT32 | kind::UINT32 | kind::HEX32 | kind::BOOL => 4,
        kind::INT64 | kind::UINT64 | kind::HEX64 | kind::FILETIME => 8,
        kind::GUID | kind::SYSTEMTIME => 16,
        _ => return,
    };
    for (i, piece) in bytes.chunks_exact(size).enumerate() {
        if i > 0 {
            out.push(',');
        }
        Value::Raw { kind, bytes: piece }.write(out);
    }
}
