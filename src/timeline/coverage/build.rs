//! The parts of the coverage, each from one pass.

use super::{Cell, Damaged, Gap, Log, MAX_GAPS, Mark, MarkKind, day};
use crate::event::time::TICKS_PER_SECOND;
use crate::event::{Field, time};
use crate::identity::{Event, Events, Identity, NONE};
use crate::store::{RecordIds, Store};
use crate::timeline::written::{self, Written};
use foldhash::fast::FixedState;
use hashbrown::HashMap;
use std::collections::BTreeMap;

/// A clock that is kept right is set by less.
const CLOCK: i64 = 60 * TICKS_PER_SECOND;

pub fn cells(store: &Store, events: &Events) -> Vec<Cell> {
    let c = &store.columns;
    let mut cells: HashMap<(u32, i64, u16), Cell, FixedState> = HashMap::default();
    for e in &events.all {
        let row = e.row as usize;
        let (host, time, event_id) = (written::host(store, e), c.time[row], c.event_id[row]);
        let key = (host, day(time), event_id);
        let cell = cells.entry(key).or_insert_with(|| Cell {
            host,
            day: key.1,
            event_id,
            count: 0,
            first: time,
            last: time,
        });
        cell.count += 1;
        // In the order of time.
        cell.last = time;
    }
    let mut cells: Vec<Cell> = cells.into_values().collect();
    cells.sort_unstable_by_key(|c| (c.host, c.day, c.event_id));
    cells
}

pub fn logs(store: &Store, identity: &Identity, events: &Events, written: &Written) -> Vec<Log> {
    let mut all: BTreeMap<(&str, &str), RecordIds> = BTreeMap::new();
    for ((computer, channel), ids) in store.files.iter().flat_map(|f| &f.report.record_ids) {
        all.entry((computer, channel)).or_default().merge(ids.clone());
    }
    let strings = &store.tables.strings;
    all.into_iter()
        .map(|((computer, channel), ids)| {
            let host = strings.find(computer).map_or(NONE, |text| identity.hosts.of_text(text));
            // Times are known of the Security log alone, whose events are at hand in the order of their ids.
            let part = if channel.eq_ignore_ascii_case("Security") { written.of_host(host) } else { &[] };
            let mut gaps = ids.gaps();
            let listed: Vec<Gap> = gaps
                .by_ref()
                .take(MAX_GAPS)
                .map(|g| {
                    let (after, before) = around(store, events, part, g.first);
                    Gap { first_id: g.first, last_id: g.last, after, before }
                })
                .collect();
            let more_gaps = gaps.count() as u64;
            let missing = ids.gaps().map(|g| (g.last - g.first).saturating_add(1));
            Log {
                computer: computer.to_owned(),
                channel: channel.to_owned(),
                host,
                records: ids.records,
                first_id: ids.first,
                last_id: ids.last,
                missing: ids.is_exact().then(|| missing.fold(0, u64::saturating_add)),
                gaps: listed,
                more_gaps,
            }
        })
        .collect()
}

/// Times of the kept events on both sides of a missing id.
fn around(store: &Store, events: &Events, part: &[u32], id: u64) -> (Option<i64>, Option<i64>) {
    let c = &store.columns;
    let row = |n: &u32| events.all[*n as usize].row as usize;
    let at = part.partition_point(|n| c.record_id[row(n)] < id);
    let time = |i: usize| part.get(i).map(|n| c.time[row(n)]);
    (at.checked_sub(1).and_then(time), time(at))
}

pub fn marks(store: &Store, events: &Events) -> Vec<Mark> {
    let c = &store.columns;
    let kind = |e: &Event| -> Option<MarkKind> {
        let row = e.row as usize;
        match c.event_id[row] {
            1102 => Some(MarkKind::SecurityCleared),
            104 => Some(MarkKind::Cleared),
            1100 => Some(MarkKind::Stopped),
            4616 => {
                let at = |field| time::parse(store.tables.detail(c.details[row], field));
                let by = at(Field::NewTime)?.saturating_sub(at(Field::PreviousTime)?);
                (by.saturating_abs() > CLOCK).then_some(MarkKind::ClockSet(by))
            }
            _ => None,
        }
    };
    let mut marks: Vec<Mark> = events
        .all
        .iter()
        .filter_map(|e| {
            Some(Mark { host: e.target, kind: kind(e)?, time: c.time[e.row as usize], row: e.row })
        })
        .collect();
    marks.sort_by_key(|m| (m.host, m.time, m.kind));
    marks
}

pub fn damaged(store: &Store) -> Vec<Damaged> {
    let mut damaged: Vec<Damaged> = store
        .files
        .iter()
        .zip(0..)
        .filter(|(f, _)| f.report.damaged > 0)
        .map(|(f, file)| Damaged { file, places: f.report.damaged, chunks: f.report.damaged_chunks })
        .collect();
    damaged.sort_by_key(|d| store.files.get(d.file as usize).map(|f| &f.name));
    damaged
}
