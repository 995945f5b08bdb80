//! An EVTX file written as a stream of chunks; the header is filled in at the end.

use std::io::{self, Seek, SeekFrom, Write};

use crate::catalog::{Catalog, Outer, OuterId, OuterTemplate};
use crate::chunk::{Chunk, HEADER, SIZE};
use crate::payload::{Nesting, Payload, guid_text, kind};
use crate::time;

/// The values of an event's System element that change from record to record.
#[derive(Clone, Copy, Debug)]
pub struct System {
    pub id: u16,
    pub version: u8,
    pub level: u8,
    pub task: u16,
    pub opcode: u8,
    pub keywords: u64,
    /// TimeCreated, FILETIME.
    pub time: u64,
    /// EventRecordID.
    pub record_id: u64,
    pub activity: Option<[u8; 16]>,
    pub process: u32,
    pub thread: u32,
}

/// How records stand in the file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Style {
    /// Instances of templates, as the event log service writes its own events.
    Templates,
    /// Literal BinXML with every value as text, as a collector writes forwarded events. The number of digits of
    /// SystemTime's fraction is 7 (Windows 10 and later) or 9.
    Forwarded { digits: usize },
}

/// Writes one EVTX file. Memory: one chunk.
pub struct Writer<W: Write + Seek> {
    out: W,
    chunk: Chunk,
    style: Style,
    minor: u16,
    chunks: u64,
    /// Record numbers given so far, and those before the open chunk.
    numbers: u64,
    sealed: u64,
    texts: Vec<Option<String>>,
}

impl<W: Write + Seek> Writer<W> {
    /// `minor`: 1, or 2 for Windows 11 and Server 2022 on.
    pub fn new(mut out: W, style: Style, minor: u16) -> io::Result<Self> {
        out.write_all(&[0; 4096])?;
        let chunk = Chunk::new();
        Ok(Self { out, chunk, style, minor, chunks: 0, numbers: 0, sealed: 0, texts: Vec::new() })
    }

    /// Appends a record.
    ///
    /// # Errors
    /// Those of the output, and `InvalidInput` for a record that no chunk can hold.
    pub fn write(
        &mut self,
        catalog: &Catalog,
        outer: OuterId,
        system: &System,
        payload: &Payload,
    ) -> io::Result<()> {
        if payload.filled() != payload.count() {
            return Err(too("values are missing", system));
        }
        match self.style {
            Style::Templates => self.instance(catalog, outer, system, payload)?,
            Style::Forwarded { digits } => self.inline(catalog, outer, system, payload, digits)?,
        }
        self.numbers += 1;
        Ok(())
    }

    /// The number the next record gets in its header; it counts from 1.
    pub fn next_number(&self) -> u64 {
        self.numbers + 1
    }

    fn instance(
        &mut self,
        catalog: &Catalog,
        outer: OuterId,
        s: &System,
        payload: &Payload,
    ) -> io::Result<()> {
        let outer = &catalog.outers[usize::from(outer.0)];
        // Header, two fragment headers, outer values, paddings: 400 bytes hold them for the longest provider.
        let bound = |c: &Chunk| {
            let definitions =
                c.instance_bound(catalog, outer.template) + c.instance_bound(catalog, payload.template);
            c.bytes.len() + definitions + payload.bytes.len() + 500
        };
        if bound(&self.chunk) > SIZE && !self.chunk.is_empty() {
            self.flush()?;
        }
        if bound(&self.chunk) > SIZE {
            return Err(too("the record is too long for a chunk", s));
        }
        let chunk = &mut self.chunk;
        // Windows stamps the record a moment after the event; any delay will do, if it is the same every time.
        let delay = s.record_id.wrapping_mul(7919) % 9973;
        let record = chunk.begin_record(self.numbers + 1, s.time + delay);
        chunk.fragment();
        chunk.instance(catalog, outer.template);
        let nested_at = outer_values(&mut chunk.bytes, outer, s);
        let before = chunk.bytes.len();
        if payload.nesting == Nesting::Fragment {
            chunk.fragment();
        }
        chunk.instance(catalog, payload.template);
        chunk.bytes.extend_from_slice(&payload.bytes);
        chunk.bytes.push(0);
        let size = (chunk.bytes.len() - before) as u16;
        chunk.bytes[nested_at..nested_at + 2].copy_from_slice(&size.to_le_bytes());
        chunk.end_record(record);
        Ok(())
    }

    fn inline(
        &mut self,
        catalog: &Catalog,
        outer: OuterId,
        s: &System,
        payload: &Payload,
        digits: usize,
    ) -> io::Result<()> {
        let values = payload.texts();
        let outer = &catalog.outers[usize::from(outer.0)];
        let outer_root = &catalog.templates[usize::from(outer.template.0)];
        let inner_root = &catalog.templates[usize::from(payload.template.0)];
        let text: usize = values.iter().flatten().map(|t| 2 * t.len() + 4).sum();
        let bound = outer_root.bound + inner_root.bound + text + 1000;
        if self.chunk.bytes.len() + bound > SIZE && !self.chunk.is_empty() {
            self.flush()?;
        }
        if self.chunk.bytes.len() + bound > SIZE {
            return Err(too("the record is too long for a chunk", s));
        }
        self.texts = system_texts(outer, s, digits);
        let record = self.chunk.begin_record(self.numbers + 1, s.time + time::SECOND);
        self.chunk.fragment();
        self.chunk.inline(catalog, &outer_root.root, &self.texts, Some((&inner_root.root, &values)));
        self.chunk.end_record(record);
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.write_all(self.chunk.seal(self.sealed + 1))?;
        self.chunks += 1;
        self.sealed = self.numbers;
        self.chunk.clear();
        Ok(())
    }

    /// Writes the last chunk and the file header; gives the output back.
    pub fn finish(mut self) -> io::Result<W> {
        if !self.chunk.is_empty() || self.chunks == 0 {
            self.flush()?;
        }
        let mut head = [0u8; 128];
        head[..8].copy_from_slice(b"ElfFile\0");
        head[16..24].copy_from_slice(&(self.chunks - 1).to_le_bytes());
        head[24..32].copy_from_slice(&(self.numbers + 1).to_le_bytes());
        head[32..36].copy_from_slice(&128u32.to_le_bytes());
        head[36..38].copy_from_slice(&self.minor.to_le_bytes());
        head[38..40].copy_from_slice(&3u16.to_le_bytes());
        head[40..42].copy_from_slice(&4096u16.to_le_bytes());
        // The field has 16 bits: above 4 GiB a reader must go by the length of the file.
        head[42..44].copy_from_slice(&(self.chunks.min(0xffff) as u16).to_le_bytes());
        let crc = crc32fast::hash(&head[..120]);
        head[124..].copy_from_slice(&crc.to_le_bytes());
        self.out.seek(SeekFrom::Start(0))?;
        self.out.write_all(&head)?;
        self.out.flush()?;
        Ok(self.out)
    }

    /// Bytes written once [`Writer::finish`] has run, if nothing more comes.
    pub fn bytes(&self) -> u64 {
        4096 + SIZE as u64 * (self.chunks + u64::from(self.chunk.bytes.len() > HEADER))
    }
}

/// Descriptors and values of the outer template; says where the size of the nested value stands.
fn outer_values(out: &mut Vec<u8>, outer: &OuterTemplate, s: &System) -> usize {
    let (name, _, channel) = outer.provider.identity();
    let values = outer.shape == Outer::Values;
    let count: u32 = if values { 18 } else { 20 };
    out.extend_from_slice(&count.to_le_bytes());
    let activity = s.activity.map_or((0, kind::NULL), |_| (16, kind::GUID));
    let provider = if values {
        [(2 * name.len() as u16, kind::STRING), (16, kind::GUID), (2 * channel.len() as u16, kind::STRING)]
    } else {
        [(0, kind::NULL); 3]
    };
    let common = [
        (1, kind::U8),
        (1, kind::U8),
        (2, kind::U16),
        (2, kind::U16),
        (0, kind::NULL),
        (8, kind::HEX64),
        (8, kind::FILETIME),
        activity,
        (4, kind::U32),
        (4, kind::U32),
        (8, kind::U64),
        (1, kind::U8),
        (0, kind::NULL),
        (0, kind::NULL),
    ];
    let rest: &[(u16, u8)] = if values { &[] } else { &[(0, kind::NULL); 2] };
    for (size, kind) in common.iter().chain(&provider).chain(rest).chain(&[(0, kind::BINXML)]) {
        let [low, high] = size.to_le_bytes();
        out.extend_from_slice(&[low, high, *kind, 0]);
    }
    let nested_at = out.len() - 4;
    out.extend_from_slice(&[s.level, s.opcode]);
    out.extend_from_slice(&s.task.to_le_bytes());
    out.extend_from_slice(&s.id.to_le_bytes());
    out.extend_from_slice(&s.keywords.to_le_bytes());
    out.extend_from_slice(&s.time.to_le_bytes());
    if let Some(activity) = &s.activity {
        out.extend_from_slice(activity);
    }
    out.extend_from_slice(&s.process.to_le_bytes());
    out.extend_from_slice(&s.thread.to_le_bytes());
    out.extend_from_slice(&s.record_id.to_le_bytes());
    out.push(s.version);
    out.extend_from_slice(&outer.tail);
    nested_at
}

fn system_texts(outer: &OuterTemplate, s: &System, digits: usize) -> Vec<Option<String>> {
    let mut texts: Vec<Option<String>> = vec![
        Some(s.level.to_string()),
        Some(s.opcode.to_string()),
        Some(s.task.to_string()),
        Some(s.id.to_string()),
        None,
        Some(format!("{:#018x}", s.keywords)),
        Some(time::rfc3339(s.time, digits)),
        s.activity.map(|a| guid_text(&a)),
        Some(s.process.to_string()),
        Some(s.thread.to_string()),
        Some(s.record_id.to_string()),
        Some(s.version.to_string()),
        None,
        None,
    ];
    texts.extend_from_slice(&outer.tail_texts);
    texts
}

fn too(what: &str, s: &System) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, format!("event {} (record {}): {what}", s.id, s.record_id))
}
