//! Bytes of an EVTX file, in pieces of any length, → batches of events.

use super::chunk::{self, Found, Walk};
use super::extract::{Kept, Texts};
use super::record::RecordReader;
use super::streams::Streams;
use super::template::Plans;
use super::token::{Broken, Cause};
use super::{FILE_HEADER, MAGIC};
use crate::event::{Field, catalogue};
use crate::store::Batch;
use std::collections::BTreeMap;

/// Reads one file or a run of its chunks. Chunks stand alone, so several readers can share a file.
///
/// ```no_run
/// # use logonscope::input::Reader;
/// # let bytes: &[u8] = &[];
/// let mut reader = Reader::new(0);
/// reader.push(bytes, 0);
/// reader.finish(true);
/// let batch = reader.take();
/// ```
pub struct Reader {
    batch: Batch,
    plans: Plans,
    texts: Texts,
    kept: Kept,
    /// Records of no interest, by channel (text) and event id.
    others: BTreeMap<(u32, u64), u64>,
    streams: Streams,
    /// The beginning of a chunk whose end has not come yet.
    rest: Vec<u8>,
    /// Offset in the file of the next byte to come.
    at: u64,
    records: u64,
    events: u64,
}

impl Reader {
    /// `file` is the number its events will carry.
    pub fn new(file: u32) -> Self {
        Self {
            batch: Batch { file, ..Batch::default() },
            plans: Plans::default(),
            texts: Texts::default(),
            kept: Kept::default(),
            others: BTreeMap::new(),
            streams: Streams::default(),
            rest: Vec::new(),
            at: 0,
            records: 0,
            events: 0,
        }
    }

    /// Bytes of the file from `offset` on. A run starts at the file's beginning or at a chunk (4096 + n·65536); its pieces follow one another.
    pub fn push(&mut self, mut bytes: &[u8], offset: u64) {
        if self.rest.is_empty() {
            self.at = offset;
        }
        if self.at < FILE_HEADER {
            bytes = self.header(bytes);
        }
        if !self.rest.is_empty() {
            let wanted = chunk::SIZE - self.rest.len();
            let (piece, more) = bytes.split_at(wanted.min(bytes.len()));
            self.rest.extend_from_slice(piece);
            if self.rest.len() < chunk::SIZE {
                return;
            }
            let whole = std::mem::take(&mut self.rest);
            self.chunk(&whole);
            self.rest = whole;
            self.rest.clear();
            bytes = more;
        }
        let (chunks, rest) = bytes.as_chunks::<{ chunk::SIZE }>();
        chunks.iter().for_each(|c| self.chunk(c));
        self.rest.extend_from_slice(rest);
    }

    /// The run is over; a chunk cut short is read as far as it goes. `at_end`: it is the end of the file too.
    pub fn finish(&mut self, at_end: bool) {
        let rest = std::mem::take(&mut self.rest);
        if rest.is_empty() {
            return;
        }
        if self.at < FILE_HEADER {
            self.batch.report.damage(0, "the file ends inside its header");
        } else if at_end {
            self.chunk(&rest);
        }
    }

    /// Events not taken yet.
    pub fn pending(&self) -> usize {
        self.batch.columns.len()
    }

    /// Records and events since the reader was made.
    pub fn progress(&self) -> (u64, u64) {
        (self.records, self.events)
    }

    /// What was read since the last take.
    pub fn take(&mut self) -> Batch {
        self.texts.clear();
        self.kept.clear();
        for ((channel, id), n) in std::mem::take(&mut self.others) {
            let channel = self.batch.tables.strings.get(channel).to_owned();
            *self.batch.report.others.entry((channel, id)).or_default() += n;
        }
        self.streams.take(&self.batch.tables.strings, &mut self.batch.report.record_ids);
        let file = self.batch.file;
        std::mem::replace(&mut self.batch, Batch { file, ..Batch::default() })
    }

    /// Takes the file's header off the front of `bytes` and checks it.
    fn header<'b>(&mut self, bytes: &'b [u8]) -> &'b [u8] {
        let wanted = FILE_HEADER as usize - self.rest.len();
        let (piece, more) = bytes.split_at(wanted.min(bytes.len()));
        self.rest.extend_from_slice(piece);
        if self.rest.len() == FILE_HEADER as usize {
            if let Some(reason) = header_damage(&self.rest) {
                self.batch.report.damage(0, reason);
            }
            self.rest.clear();
            self.at = FILE_HEADER;
        }
        more
    }

    /// Reads one chunk, whole or cut short.
    fn chunk(&mut self, bytes: &[u8]) {
        let start = self.at;
        self.at += bytes.len() as u64;
        match chunk::kind(bytes) {
            chunk::Kind::Empty => return,
            chunk::Kind::Chunk => {}
            chunk::Kind::NoMagic => {
                self.batch.report.chunks += 1;
                self.batch.report.damaged_chunks += 1;
                self.batch
                    .report
                    .damage(start, "no chunk where one should start: its first bytes were overwritten");
                return;
            }
        }
        let damaged = self.batch.report.damaged;
        self.batch.report.chunks += 1;
        if bytes.len() < chunk::SIZE {
            self.batch
                .report
                .damage(start, format!("the file ends inside this chunk: {} of 65536 bytes", bytes.len()));
        } else {
            match chunk::wrong_checksums(bytes) {
                (false, false) => {}
                (true, false) => self
                    .batch
                    .report
                    .damage(start, "wrong checksum of the chunk's header (its records were read)"),
                (_, true) => {
                    self.batch.report.damage(start, "wrong checksum of the chunk's records (they were read)")
                }
            }
        }
        let number = start.saturating_sub(FILE_HEADER) / chunk::SIZE as u64;
        self.records_of(bytes, start, u32::try_from(number).unwrap_or(u32::MAX));
        self.batch.report.damaged_chunks += u64::from(self.batch.report.damaged > damaged);
    }

    fn records_of(&mut self, bytes: &[u8], start: u64, number: u32) {
        // Taken out for the while, since the rest of the reader is needed beside it.
        let mut plans = std::mem::take(&mut self.plans);
        let mut record = RecordReader::new(bytes, &mut plans);
        let mut walk = Walk::new(bytes);
        self.streams.next_chunk();
        for found in walk.by_ref() {
            let span = match found {
                Found::Record(span) => span,
                Found::Damage { at, until, reason } => {
                    let lost = until - at;
                    self.batch
                        .report
                        .damage(start + at as u64, format!("{reason}; {lost} bytes passed over"));
                    continue;
                }
            };
            if span.sizes_differ {
                self.batch.report.damage(
                    start + span.at as u64,
                    format!("record {}: its two sizes differ (it was read)", span.id),
                );
            }
            let (from, to) = span.xml();
            let place = (self.batch.file, number, span.at as u16);
            match self.record(&mut record, (from, to), place) {
                Ok(()) => self.batch.report.records += 1,
                Err(broken) => self
                    .batch
                    .report
                    .damage(start + span.at as u64, format!("record {} cannot be read: {broken}", span.id)),
            }
        }
        if walk.behind > 0 {
            let text = format!(
                "{} records stand behind the end that the chunk's header names (they were read)",
                walk.behind
            );
            self.batch.report.damage(start, text);
        }
        self.plans = plans;
    }

    fn record<'c>(
        &mut self,
        record: &mut RecordReader<'c, '_>,
        xml: (usize, usize),
        place: (u32, u32, u16),
    ) -> Result<(), Broken> {
        record.open(xml.0, xml.1)?;
        let missing = |what| Broken { at: xml.0, what: Cause::NoSystem(what) };
        let id = record.fields.get(Field::EventID).number().ok_or(missing("EventID"))?;
        let tables = &mut self.batch.tables;
        let channel = self.texts.text(record.fields.get(Field::Channel), tables);
        let candidate = u16::try_from(id).ok().filter(|&id| catalogue::by_id(id).is_some());
        let kept = candidate.filter(|&id| {
            let provider = self.texts.text(record.fields.get(Field::Provider), tables);
            self.kept.is(id, provider, channel, tables)
        });
        self.records += 1;
        let computer = self.texts.text(record.fields.get(Field::Computer), tables);
        let record_id = record.fields.get(Field::EventRecordID).number().unwrap_or(0);
        let Some(event_id) = kept else {
            *self.others.entry((channel, id)).or_default() += 1;
            self.streams.push(computer, channel, record_id);
            return Ok(());
        };
        record.complete()?;
        let time = record.fields.get(Field::TimeCreated).ticks();
        let time = time.ok_or(Broken { at: xml.0, what: Cause::BadTime })?;
        let row = self.texts.row(&record.fields, event_id, (time, computer, record_id), place, tables);
        self.streams.push(computer, channel, record_id);
        self.batch.columns.push(row);
        self.events += 1;
        Ok(())
    }
}

/// What is wrong with a file's header, if anything is.
///
/// ```text
/// 0 "ElfFile\0"  8 first chunk u64  16 last chunk u64  24 next record id u64  32 header size u32  36 minor u16  38 major u16
/// 40 block size u16  42 chunk count u16  120 flags u32 (1 dirty, 2 full, 4 no checksums)  124 CRC-32 of bytes 0..120
/// ```
fn header_damage(header: &[u8]) -> Option<String> {
    if !header.starts_with(MAGIC) {
        return Some("the file's header is overwritten (its chunks were read)".into());
    }
    let u32_at = |at: usize| Some(u32::from_le_bytes(*header.get(at..)?.first_chunk()?));
    let unchecked = u32_at(120)? & 4 != 0;
    if !unchecked && u32_at(124)? != crc32fast::hash(header.get(..120)?) {
        return Some("wrong checksum of the file's header (its chunks were read)".into());
    }
    None
}
