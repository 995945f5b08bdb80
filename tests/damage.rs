//! Damage of every kind done to the sample log: no panic, no hang, nothing lost beyond what was hit, and said where.

use logonscope::answer;
use logonscope::input::Reader;
use logonscope::store::{Batch, Store};

const HEADER: usize = 4096;
const CHUNK: usize = 65_536;

fn sample() -> Vec<u8> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/sample/Security.evtx");
    std::fs::read(path).expect("the sample is part of the project")
}

fn read(bytes: &[u8]) -> Batch {
    let mut reader = Reader::new(0);
    reader.push(bytes, 0);
    reader.finish(true);
    reader.take()
}

/// xorshift64*: the same damage every time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % below
    }
}

#[test]
fn flipped_bytes_cost_their_record_and_are_reported() {
    let log = sample();
    let whole = read(&log);
    assert_eq!(whole.report.damaged, 0, "the sample is sound");
    let mut dice = Dice(7);
    let chunks = (log.len() - HEADER) / CHUNK;
    let mut lost_with_one_flip = Vec::new();
    for _ in 0..300 {
        let chunk = dice.roll(chunks);
        let mut one = log[HEADER + chunk * CHUNK..HEADER + (chunk + 1) * CHUNK].to_vec();
        let before = read_chunk(&one).report.records;
        let flips = 1 << dice.roll(8);
        for _ in 0..flips {
            let at = 512 + dice.roll(CHUNK - 512);
            one[at] ^= 1 << dice.roll(8);
        }
        let after = read_chunk(&one);
        // A template's damage costs every record that uses it; anything else costs few.
        assert!(after.report.records <= before + 1);
        if after.report.records < before {
            assert!(after.report.damaged > 0, "records are missing and nothing is said");
        }
        if flips == 1 {
            lost_with_one_flip.push(before.saturating_sub(after.report.records));
        }
    }
    lost_with_one_flip.sort_unstable();
    let median = lost_with_one_flip[lost_with_one_flip.len() / 2];
    assert!(median <= 1, "half of the single flips cost more than one record: {median}");
}

fn read_chunk(bytes: &[u8]) -> Batch {
    let mut reader = Reader::new(0);
    reader.push(bytes, HEADER as u64);
    reader.finish(true);
    reader.take()
}

#[test]
fn a_log_cut_anywhere_keeps_what_is_there() {
    let log = sample();
    let mut dice = Dice(11);
    let mut last = 0;
    let mut cuts: Vec<usize> = (0..60).map(|_| dice.roll(log.len())).collect();
    cuts.sort_unstable();
    for cut in cuts {
        let batch = read(&log[..cut]);
        assert!(batch.report.records >= last, "a longer piece has fewer records");
        last = batch.report.records;
    }
    assert!(last > 1000);
}

#[test]
fn noise_is_no_log_and_no_trouble() {
    let mut dice = Dice(13);
    for _ in 0..40 {
        let mut noise: Vec<u8> = (0..CHUNK).map(|_| dice.roll(256) as u8).collect();
        noise[..8].copy_from_slice(b"ElfChnk\0");
        // Records that claim to be some.
        for at in (512..CHUNK - 4096).step_by(1 + dice.roll(3000)) {
            noise[at..at + 8].copy_from_slice(&[0x2a, 0x2a, 0, 0, 0, 4, 0, 0]);
        }
        let batch = read_chunk(&noise);
        assert_eq!(batch.columns.len(), 0);
        assert!(batch.report.damaged > 0);
    }
}

#[test]
fn batches_survive_the_journey_and_damaged_ones_are_refused() {
    let batch = read(&sample());
    let bytes = batch.to_bytes().expect("a batch can be written");
    let again = Batch::from_bytes(&bytes).expect("and read");
    assert_eq!(batch.columns, again.columns);
    assert_eq!(batch.report, again.report);
    let mut dice = Dice(17);
    for _ in 0..200 {
        let mut bad = bytes.clone();
        let at = dice.roll(bad.len());
        bad[at] ^= 1 << dice.roll(8);
        bad.truncate(bad.len() - dice.roll(3));
        // Either refused, or read as something: never a panic.
        if let Ok(batch) = Batch::from_bytes(&bad) {
            let mut store = Store::default();
            if batch.file < 8 {
                store.append(batch);
            }
        }
    }
}

#[test]
fn every_record_of_the_sample_can_be_opened() {
    let log = sample();
    let batch = read(&log);
    let step = batch.columns.len() / 200;
    for i in (0..batch.columns.len()).step_by(step) {
        let row = batch.columns.row(i).expect("a row");
        let start = HEADER + row.chunk as usize * CHUNK;
        let raw = answer::render(&log[start..start + CHUNK], row.offset).expect("a record");
        let field = |name: &str| {
            raw.fields.iter().find(|f| f.section == "System" && f.name == name).map(|f| f.value.clone())
        };
        assert_eq!(field("EventID"), Some(row.event_id.to_string()));
        assert_eq!(field("EventRecordID"), Some(row.record_id.to_string()));
        assert!(raw.xml.contains("<EventID"));
    }
    let nowhere = answer::render(&log[HEADER..HEADER + CHUNK], 513);
    assert!(nowhere.is_err_and(|text| text.contains("no record at this place")));
}
