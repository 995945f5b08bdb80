//! Bytes of an EVTX file, in pieces of any length, → batches of events.

use super::chunk::{Found, Walk};
use super::extract::{Kept, Texts};
use super::pieces::{ChunkSink, Pieces};
use super::record::RecordReader;
use super::streams::Streams;
use super::template::Plans;
use super::token::{Broken, Cause};
use crate::event::{Field, catalogue};
use crate::store::{Batch, Report};
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
    pieces: Pieces,
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
            pieces: Pieces::default(),
            records: 0,
            events: 0,
        }
    }

    /// Bytes of the file from `offset` on. A run starts at the file's beginning or at a chunk (4096 + n·65536); its pieces follow one another.
    pub fn push(&mut self, bytes: &[u8], offset: u64) {
        // Taken out for the while, since the chunks it cuts come back to the rest of the reader.
        let mut pieces = std::mem::take(&mut self.pieces);
        pieces.push(bytes, offset, self);
        self.pieces = pieces;
    }

    /// The run is over; a chunk cut short is read as far as it goes. `at_end`: it is the end of the file too.
    pub fn finish(&mut self, at_end: bool) {
        std::mem::take(&mut self.pieces).finish(at_end, self);
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

impl ChunkSink for Reader {
    fn report(&mut self) -> &mut Report {
        &mut self.batch.report
    }

    fn chunk(&mut self, bytes: &[u8], start: u64, number: u32) {
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
}
