//! The typed substitutions of one template instance, kept in the form in which they stand in the log:
//! `count u32, count × (size u16, type u8, 0), values`.

use crate::catalog::TemplateId;
use crate::sid::Sid;
use crate::time;

/// BinXML value types ([MS-EVEN6] 2.2.12, as far as logon events use them).
pub mod kind {
    pub const NULL: u8 = 0x00;
    pub const STRING: u8 = 0x01;
    pub const U8: u8 = 0x04;
    pub const U16: u8 = 0x06;
    pub const U32: u8 = 0x08;
    pub const U64: u8 = 0x0a;
    pub const GUID: u8 = 0x0f;
    pub const SIZE_T: u8 = 0x10;
    pub const FILETIME: u8 = 0x11;
    pub const SID: u8 = 0x13;
    pub const HEX32: u8 = 0x14;
    pub const HEX64: u8 = 0x15;
    pub const BINXML: u8 = 0x21;
}

/// How a nested EventData is stored. Both occur, even in one file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Nesting {
    /// A fragment header comes first, strings have no terminator, an empty string has no bytes.
    Fragment,
    /// No fragment header, and strings end in NUL, so an empty one has two bytes.
    Bare,
}

/// A template and its values. Reuse it: [`Payload::start`] keeps the allocation.
#[derive(Debug, Clone)]
pub struct Payload {
    pub(crate) template: TemplateId,
    pub(crate) nesting: Nesting,
    pub(crate) bytes: Vec<u8>,
    filled: usize,
}

impl Default for Payload {
    fn default() -> Self {
        Self { template: TemplateId(0), nesting: Nesting::Fragment, bytes: Vec::new(), filled: 0 }
    }
}

impl Payload {
    /// Empties it and makes room for `count` values of `template`.
    pub fn start(&mut self, template: TemplateId, count: usize, nesting: Nesting) -> &mut Self {
        self.template = template;
        self.nesting = nesting;
        self.filled = 0;
        self.bytes.clear();
        self.bytes.extend_from_slice(&(count as u32).to_le_bytes());
        self.bytes.resize(4 + 4 * count, 0);
        self
    }

    /// Number of values given so far.
    pub fn filled(&self) -> usize {
        self.filled
    }

    pub(crate) fn count(&self) -> usize {
        u32::from_le_bytes([self.bytes[0], self.bytes[1], self.bytes[2], self.bytes[3]]) as usize
    }

    fn describe(&mut self, size: usize, kind: u8) {
        assert!(self.filled < self.count(), "more values than the template has");
        let at = 4 + 4 * self.filled;
        self.bytes[at..at + 2].copy_from_slice(&(size as u16).to_le_bytes());
        self.bytes[at + 2] = kind;
        self.filled += 1;
    }

    fn put(&mut self, kind: u8, value: &[u8]) -> &mut Self {
        self.describe(value.len(), kind);
        self.bytes.extend_from_slice(value);
        self
    }

    /// Text; cut to 32 000 UTF-16 units, which is what a 16-bit size can hold.
    pub fn string(&mut self, text: &str) -> &mut Self {
        let before = self.bytes.len();
        push_utf16(&mut self.bytes, text);
        self.bytes.truncate(before + 64_000);
        if self.nesting == Nesting::Bare {
            self.bytes.extend_from_slice(&[0, 0]);
        }
        let size = self.bytes.len() - before;
        self.describe(size, kind::STRING);
        self
    }

    pub fn u32(&mut self, value: u32) -> &mut Self {
        self.put(kind::U32, &value.to_le_bytes())
    }
    pub fn u64(&mut self, value: u64) -> &mut Self {
        self.put(kind::U64, &value.to_le_bytes())
    }
    pub fn hex32(&mut self, value: u32) -> &mut Self {
        self.put(kind::HEX32, &value.to_le_bytes())
    }
    pub fn hex64(&mut self, value: u64) -> &mut Self {
        self.put(kind::HEX64, &value.to_le_bytes())
    }
    /// A size_t: declared as type 0x10, stored as hexadecimal of four or eight bytes, as Windows does.
    pub fn size_t(&mut self, value: u64, bits64: bool) -> &mut Self {
        if bits64 { self.hex64(value) } else { self.hex32(value as u32) }
    }
    pub fn guid(&mut self, value: &[u8; 16]) -> &mut Self {
        self.put(kind::GUID, value)
    }
    pub fn filetime(&mut self, value: u64) -> &mut Self {
        self.put(kind::FILETIME, &value.to_le_bytes())
    }
    pub fn sid(&mut self, value: &Sid) -> &mut Self {
        self.put(kind::SID, value.as_bytes())
    }

    /// The values as text, as a forwarded event carries them; a null value is `None`.
    pub fn texts(&self) -> Vec<Option<String>> {
        let count = self.count();
        let mut at = 4 + 4 * count;
        let mut texts = Vec::with_capacity(count);
        for descriptor in self.bytes[4..4 + 4 * count].chunks_exact(4) {
            let size = usize::from(u16::from_le_bytes([descriptor[0], descriptor[1]]));
            texts.push(text(descriptor[2], &self.bytes[at..at + size]));
            at += size;
        }
        texts
    }
}

/// Appends a string as UTF-16LE.
pub fn push_utf16(out: &mut Vec<u8>, text: &str) {
    if text.is_ascii() {
        let start = out.len();
        out.resize(start + 2 * text.len(), 0);
        for (unit, byte) in out[start..].chunks_exact_mut(2).zip(text.bytes()) {
            unit[0] = byte;
        }
    } else {
        out.extend(text.encode_utf16().flat_map(u16::to_le_bytes));
    }
}

fn text(kind: u8, value: &[u8]) -> Option<String> {
    let number = || value.iter().rev().fold(0u64, |n, b| n << 8 | u64::from(*b));
    Some(match kind {
        kind::NULL => return None,
        kind::STRING => {
            let value = value.strip_suffix(&[0, 0]).unwrap_or(value);
            if value.chunks_exact(2).all(|c| c[1] == 0 && c[0].is_ascii()) {
                return Some(value.iter().step_by(2).copied().map(char::from).collect());
            }
            let units: Vec<u16> = value.chunks_exact(2).map(|c| u16::from_le_bytes([c[0], c[1]])).collect();
            String::from_utf16_lossy(&units)
        }
        kind::GUID => guid_text(value),
        kind::FILETIME => time::rfc3339(number(), 7),
        kind::SID => Sid::text(value)?,
        kind::HEX32 | kind::HEX64 => format!("{:#x}", number()),
        _ => number().to_string(),
    })
}

/// `{54849625-5478-4994-A5BA-3E3B0328C30D}` from the sixteen bytes as stored.
pub fn guid_text(g: &[u8]) -> String {
    let mut text = String::with_capacity(38);
    text.push('{');
    for (i, at) in [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15].into_iter().enumerate() {
        if matches!(i, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        for nibble in [g[at] >> 4, g[at] & 15] {
            text.push(char::from(b"0123456789ABCDEF"[usize::from(nibble)]));
        }
    }
    text.push('}');
    text
}

/// The sixteen bytes as stored from the text without braces.
///
/// # Panics
/// Where the text is no GUID: it is meant for constants.
pub fn guid(text: &str) -> [u8; 16] {
    let hex: Vec<u8> = text.bytes().filter(|b| *b != b'-').collect();
    assert_eq!(hex.len(), 32, "not a GUID: {text}");
    let mut raw = [0; 16];
    for (byte, pair) in raw.iter_mut().zip(hex.chunks_exact(2)) {
        let digit = |b: u8| char::from(b).to_digit(16).expect("hexadecimal digits in a GUID") as u8;
        *byte = digit(pair[0]) << 4 | digit(pair[1]);
    }
    [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15].map(|at| raw[at])
}
