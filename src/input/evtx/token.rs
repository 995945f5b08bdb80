//! Binary XML as a stream of tokens (MS-EVEN6 2.2.12, libevtx's format notes), read in place from one 64 KiB chunk.
//!
//! ```text
//! 0f 01 01 00                      fragment header
//! 01 [dep] size name               <name          (41: attributes follow)
//! 06 name                           name=         (46: more follow)
//! 05 01 len utf16…                  literal text
//! 0d id type / 0e id type           a substitution, normal or optional
//! 02                               >
//! 04                               </name>
//! 00                               end
//! ```
//! All offsets are into the chunk, so that a hit can be reported by its place in the file.

use std::fmt;

/// One token. Names are offsets of string-table entries in the chunk; texts are UTF-16LE.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Token<'a> {
    OpenElement {
        name: u32,
    },
    CloseStart,
    CloseEmpty,
    CloseElement,
    Attribute {
        name: u32,
    },
    Text(&'a [u8]),
    /// A character or entity reference, as the character it stands for.
    Char(char),
    Substitution {
        index: u16,
    },
    /// The byte after the token: where a template instance's body starts.
    TemplateInstance {
        at: usize,
    },
}

/// Why a record could not be read.
#[derive(Clone, Debug, PartialEq)]
pub struct Broken {
    /// Where, as an offset into the chunk.
    pub at: usize,
    pub what: Cause,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Cause {
    CutShort,
    UnknownToken(u8),
    NameOutside(u32),
    TemplateOutside(u32),
    TooManyValues(u32),
    TooDeep,
    NoSystem(&'static str),
    BadTime,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.what {
            Cause::CutShort => write!(f, "the record's data end too early"),
            Cause::UnknownToken(t) => write!(f, "unknown binary XML token 0x{t:02x}"),
            Cause::NameOutside(o) => write!(f, "a name points to 0x{o:x}, outside the chunk"),
            Cause::TemplateOutside(o) => {
                write!(f, "the template points to 0x{o:x}, where none can be")
            }
            Cause::TooManyValues(n) => {
                write!(f, "the record claims {n} values, more than fit in it")
            }
            Cause::TooDeep => write!(f, "elements nested too deep"),
            Cause::NoSystem(name) => write!(f, "the record has no System/{name}"),
            Cause::BadTime => write!(f, "the record's TimeCreated is no time"),
        }?;
        write!(f, " (at 0x{:x} of its chunk)", self.at)
    }
}

pub type Result<T> = std::result::Result<T, Broken>;

/// A bounded cursor over the chunk: nothing is read at or past `end`.
#[derive(Clone, Copy)]
pub struct Cursor<'a> {
    pub chunk: &'a [u8],
    pub at: usize,
    pub end: usize,
}

impl<'a> Cursor<'a> {
    pub fn new(chunk: &'a [u8], at: usize, end: usize) -> Self {
        let end = end.min(chunk.len());
        Self { chunk, at: at.min(end), end }
    }

    pub fn broken(&self, what: Cause) -> Broken {
        Broken { at: self.at, what }
    }

    pub fn take(&mut self, len: usize) -> Result<&'a [u8]> {
        let stop = self.at.checked_add(len).filter(|&s| s <= self.end);
        let Some(bytes) = stop.and_then(|s| self.chunk.get(self.at..s)) else {
            return Err(self.broken(Cause::CutShort));
        };
        self.at += len;
        Ok(bytes)
    }

    pub fn array<const N: usize>(&mut self) -> Result<[u8; N]> {
        let broken = self.broken(Cause::CutShort);
        self.take(N)?.first_chunk().copied().ok_or(broken)
    }

    pub fn u8(&mut self) -> Result<u8> {
        Ok(self.array::<1>()?[0])
    }

    pub fn u16(&mut self) -> Result<u16> {
        Ok(u16::from_le_bytes(self.array()?))
    }

    pub fn u32(&mut self) -> Result<u32> {
        Ok(u32::from_le_bytes(self.array()?))
    }

    /// A name reference; where the string-table entry stands right here, it is stepped over.
    fn name(&mut self) -> Result<u32> {
        let offset = self.u32()?;
        if offset as usize == self.at {
            self.take(6)?; // next entry, hash
            let chars = usize::from(self.u16()?);
            self.take(chars * 2 + 2)?;
        }
        Ok(offset)
    }
}

/// Reads tokens one by one. `in_template`: element starts carry a dependency id (in a template definition, not in a record's own text).
pub struct Tokens<'a> {
    pub cursor: Cursor<'a>,
    in_template: bool,
}

impl<'a> Tokens<'a> {
    pub fn new(cursor: Cursor<'a>, in_template: bool) -> Self {
        Self { cursor, in_template }
    }

    /// The next token; `None` at the end-of-stream token or where the stream's bytes are used up.
    pub fn next(&mut self) -> Result<Option<Token<'a>>> {
        let c = &mut self.cursor;
        loop {
            if c.at >= c.end {
                return Ok(None);
            }
            let start = c.at;
            return Ok(Some(match c.u8()? {
                0x00 => return Ok(None),
                0x0f => {
                    c.take(3)?;
                    continue;
                }
                t @ (0x01 | 0x41) => {
                    if self.in_template {
                        c.u16()?;
                    }
                    c.u32()?; // size of the element
                    let name = c.name()?;
                    if t == 0x41 {
                        c.u32()?; // size of the attribute list
                    }
                    Token::OpenElement { name }
                }
                0x02 => Token::CloseStart,
                0x03 => Token::CloseEmpty,
                0x04 => Token::CloseElement,
                0x05 | 0x45 => {
                    c.u8()?; // always a string
                    let chars = usize::from(c.u16()?);
                    Token::Text(c.take(chars * 2)?)
                }
                0x06 | 0x46 => Token::Attribute { name: c.name()? },
                0x07 | 0x47 => {
                    let chars = usize::from(c.u16()?);
                    Token::Text(c.take(chars * 2)?)
                }
                0x08 | 0x48 => {
                    let code = u32::from(c.u16()?);
                    Token::Char(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER))
                }
                0x09 | 0x49 => {
                    let name = c.name()?;
                    Token::Char(entity(c.chunk, name)?)
                }
                0x0a => {
                    c.name()?; // processing instructions carry nothing of interest
                    continue;
                }
                0x0b => {
                    let chars = usize::from(c.u16()?);
                    c.take(chars * 2)?;
                    continue;
                }
                0x0c => Token::TemplateInstance { at: c.at },
                0x0d | 0x0e => {
                    let index = c.u16()?;
                    c.u8()?; // the type; the value's own descriptor counts
                    Token::Substitution { index }
                }
                t => {
                    return Err(Broken { at: start, what: Cause::UnknownToken(t) });
                }
            }));
        }
    }
}

/// The UTF-16LE characters of the string-table entry at `offset`: next u32, hash u16, length u16, characters.
pub fn name_bytes(chunk: &[u8], offset: u32) -> Result<&[u8]> {
    let at = offset as usize;
    let outside = Broken { at, what: Cause::NameOutside(offset) };
    // Names never stand in the chunk's header.
    if at < super::chunk::HEADER_SIZE {
        return Err(outside);
    }
    let mut c = Cursor::new(chunk, at, chunk.len());
    let text = (|| {
        c.take(6)?;
        let chars = usize::from(c.u16()?);
        c.take(chars * 2)
    })();
    text.map_err(|_| outside)
}

fn entity(chunk: &[u8], name: u32) -> Result<char> {
    Ok(match name_bytes(chunk, name)? {
        b"l\0t\0" => '<',
        b"g\0t\0" => '>',
        b"a\0m\0p\0" => '&',
        b"q\0u\0o\0t\0" => '"',
        b"a\0p\0o\0s\0" => '\'',
        _ => char::REPLACEMENT_CHARACTER,
    })
}

/// ```text
/// 01 id offset [definition, at its first use] count (size type 00)*count value*count
/// ```
/// Offset of the definition and the table; the cursor then stands at the first value.
#[inline]
pub fn instance_head<'c>(c: &mut Cursor<'c>) -> Result<(u32, &'c [[u8; 4]])> {
    c.u8()?;
    c.u32()?;
    let offset = c.u32()?;
    if offset as usize == c.at {
        c.take(20)?;
        let size = c.u32()? as usize;
        c.take(size)?;
    }
    let count = c.u32()?;
    let Some(bytes) = (count as usize).checked_mul(4).filter(|&n| n <= c.end - c.at) else {
        return Err(c.broken(Cause::TooManyValues(count)));
    };
    Ok((offset, c.take(bytes)?.as_chunks::<4>().0))
}
