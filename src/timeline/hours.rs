//! Events by hour, account and host; an hour in which nothing happened costs nothing.
//!
//! ```text
//! CORP\bob:  (419544, 4624) 3 events, 0 failures · (419544, 4625) 1, 1 · (428301, 4624) 2, 0
//! ```
//!
//! An hour is a number: whole hours since 1970-01-01 UTC, rounded down ([`hour_of`]). Ticks are 64 bits wide, so it fits 32.

use crate::event::time;
use crate::event::time::TICKS_PER_HOUR;
use crate::identity::{Event, Events, NONE};
use crate::store::Store;

/// What happened in one hour with one event id; never without an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cell {
    /// Hours since 1970 UTC.
    pub hour: i32,
    pub event_id: u16,
    pub events: u32,
    /// Those of them that tell of a failure (see [`status::is_failure`]).
    pub failures: u32,
}

/// A step of a series: all events, or those of one id, in one hour or one day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Point {
    /// The step's first hour since 1970 UTC.
    pub hour: i32,
    pub events: u64,
    pub failures: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    Hour,
    /// UTC days.
    Day,
}

/// A chart of more hours than two months has is easier to read, and lighter, by day.
const HOURS_AT_MOST: i64 = 62 * 24;
/// More points than this nobody draws: 547 years by day.
const POINTS_AT_MOST: i64 = 200_000;

impl Step {
    /// Hours in it.
    pub const fn hours(self) -> i32 {
        match self {
            Step::Hour => 1,
            Step::Day => 24,
        }
    }

    /// By hour while that is short, else by day.
    pub fn fitting(first: i32, last: i32) -> Self {
        if i64::from(last) - i64::from(first) < HOURS_AT_MOST { Step::Hour } else { Step::Day }
    }

    /// The first hour of the step that `hour` lies in.
    const fn start(self, hour: i32) -> i32 {
        hour.div_euclid(self.hours()).saturating_mul(self.hours())
    }
}

/// The hour a time in ticks lies in.
pub const fn hour_of(ticks: i64) -> i32 {
    ticks.div_euclid(TICKS_PER_HOUR) as i32
}

/// All accounts' and hosts' hours.
#[derive(Clone, Debug, Default)]
pub struct Hours {
    accounts: Vec<Vec<Cell>>,
    hosts: Vec<Vec<Cell>>,
}

impl Hours {
    /// Counts every event with its account, and with the hosts it came from and went to (once where they are one), as
    /// [`crate::analysis::Activity`] does. `accounts` and `hosts` are how many there are. Linear in events.
    pub fn of(store: &Store, events: &Events, accounts: usize, hosts: usize) -> Self {
        let mut hours = Self { accounts: vec![Vec::new(); accounts], hosts: vec![Vec::new(); hosts] };
        for &Event { row, account, source, target, .. } in &events.all {
            let row = row as usize;
            let columns = &store.columns;
            let event_id = columns.event_id[row];
            let failures = u32::from(columns.is_failure(row));
            let cell = Cell { hour: hour_of(columns.time[row]), event_id, events: 1, failures };
            add(&mut hours.accounts, account, cell);
            add(&mut hours.hosts, target, cell);
            if source != target {
                add(&mut hours.hosts, source, cell);
            }
        }
        // The hours rise already; the event ids of an hour stand as they first came.
        for cells in hours.accounts.iter_mut().chain(&mut hours.hosts) {
            cells.sort_unstable_by_key(|c| (c.hour, c.event_id));
            cells.shrink_to_fit();
        }
        hours
    }

    /// An account's cells by hour and event id; none for a number that is nobody's.
    pub fn account(&self, number: u32) -> &[Cell] {
        self.accounts.get(number as usize).map_or(&[], Vec::as_slice)
    }

    /// A host's cells by hour and event id.
    pub fn host(&self, number: u32) -> &[Cell] {
        self.hosts.get(number as usize).map_or(&[], Vec::as_slice)
    }

    /// Accounts, in the order of their numbers.
    pub fn accounts(&self) -> impl Iterator<Item = &[Cell]> {
        self.accounts.iter().map(Vec::as_slice)
    }

    /// Bytes of memory held.
    pub fn memory(&self) -> usize {
        let lists = self.accounts.iter().chain(&self.hosts);
        lists.map(|cells| size_of::<Vec<Cell>>() + cells.capacity() * size_of::<Cell>()).sum()
    }
}

/// Events come in the order of time, so the cell to add to is among the last few.
fn add(lists: &mut [Vec<Cell>], owner: u32, one: Cell) {
    let Some(cells) = (owner != NONE).then(|| lists.get_mut(owner as usize)).flatten() else {
        return;
    };
    let hour = cells.iter_mut().rev().take_while(|c| c.hour == one.hour);
    match hour.into_iter().find(|c| c.event_id == one.event_id) {
        Some(cell) => {
            cell.events = cell.events.saturating_add(1);
            cell.failures = cell.failures.saturating_add(one.failures);
        }
        None => cells.push(one),
    }
}

/// The cells of the hours `first..=last`.
fn between(cells: &[Cell], first: i32, last: i32) -> &[Cell] {
    let from = cells.partition_point(|c| c.hour < first);
    let to = cells.partition_point(|c| c.hour <= last).max(from);
    &cells[from..to]
}

/// The steps in `first..=last` in which something happened, in the order of time; `event_id` limits them to one kind.
pub fn steps(
    cells: &[Cell],
    first: i32,
    last: i32,
    step: Step,
    event_id: Option<u16>,
) -> impl Iterator<Item = Point> {
    let wanted =
        between(cells, first, last).iter().filter(move |c| event_id.is_none_or(|id| id == c.event_id));
    let mut wanted = wanted.peekable();
    std::iter::from_fn(move || {
        let mut point = Point { hour: step.start(wanted.peek()?.hour), ..Point::default() };
        while let Some(cell) = wanted.next_if(|c| step.start(c.hour) == point.hour) {
            point.events += u64::from(cell.events);
            point.failures += u64::from(cell.failures);
        }
        Some(point)
    })
}

/// One point for every step of `first..=last`, empty ones too; `None` where that would be more than 200,000 points.
///
/// `event_id` limits it to one kind. A step that begins before `first` holds only what happened from `first` on.
pub fn dense(cells: &[Cell], first: i32, last: i32, step: Step, event_id: Option<u16>) -> Option<Vec<Point>> {
    if last < first {
        return Some(Vec::new());
    }
    let start = step.start(first);
    let size = (i64::from(last) - i64::from(start)) / i64::from(step.hours()) + 1;
    if size > POINTS_AT_MOST {
        return None;
    }
    let at = |i: i64| (i64::from(start) + i * i64::from(step.hours())) as i32;
    let mut points: Vec<Point> = (0..size).map(|i| Point { hour: at(i), ..Point::default() }).collect();
    for point in steps(cells, first, last, step, event_id) {
        let i = (i64::from(point.hour) - i64::from(start)) / i64::from(step.hours());
        points[i as usize] = point;
    }
    Some(points)
}

/// `(hour, events)` of every hour with an event of one of `event_ids`, in the order of time.
pub fn active(cells: &[Cell], event_ids: &[u16]) -> impl Iterator<Item = (i32, u64)> {
    let mut wanted = cells.iter().filter(|c| event_ids.contains(&c.event_id)).peekable();
    std::iter::from_fn(move || {
        let hour = wanted.peek()?.hour;
        let mut events = 0;
        while let Some(cell) = wanted.next_if(|c| c.hour == hour) {
            events += u64::from(cell.events);
        }
        Some((hour, events))
    })
}

/// When an hour begins, in words.
pub fn format(hour: i32) -> String {
    time::format(i64::from(hour).saturating_mul(TICKS_PER_HOUR))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(list: &[(i32, u16, u32)]) -> Vec<Cell> {
        list.iter().map(|&(hour, event_id, events)| Cell { hour, event_id, events, failures: 0 }).collect()
    }

    #[test]
    fn any_tick_has_an_hour() {
        assert_eq!(hour_of(0), 0);
        assert_eq!(hour_of(-1), -1);
        assert_eq!(i64::from(hour_of(i64::MAX)), i64::MAX.div_euclid(TICKS_PER_HOUR));
        assert_eq!(i64::from(hour_of(i64::MIN)), i64::MIN.div_euclid(TICKS_PER_HOUR));
        assert_eq!(format(hour_of(time::parse("2021-05-03T08:58:25Z").unwrap())), "2021-05-03T08:00:00Z");
    }

    #[test]
    fn a_series_by_hour_and_by_day() {
        let cells = cells(&[(-1, 4624, 2), (0, 4624, 1), (0, 4625, 4), (3, 4624, 1), (30, 4625, 7)]);
        let events = |step, id| -> Vec<(i32, u64)> {
            let points = dense(&cells, -1, 30, step, id).expect("it is short");
            points.iter().filter(|p| p.events > 0).map(|p| (p.hour, p.events)).collect()
        };
        assert_eq!(events(Step::Hour, None), [(-1, 2), (0, 5), (3, 1), (30, 7)]);
        assert_eq!(events(Step::Hour, Some(4625)), [(0, 4), (30, 7)]);
        assert_eq!(events(Step::Day, None), [(-24, 2), (0, 6), (24, 7)]);
        assert_eq!(dense(&cells, -1, 30, Step::Hour, None).map(|p| p.len()), Some(32));
        assert_eq!(dense(&cells, -1, 30, Step::Day, None).map(|p| p.len()), Some(3));
        // A part of a day holds that part.
        assert_eq!(
            steps(&cells, 1, 24, Step::Day, None).map(|p| (p.hour, p.events)).collect::<Vec<_>>(),
            [(0, 1)]
        );
        assert_eq!(active(&cells, &[4624]).collect::<Vec<_>>(), [(-1, 2), (0, 1), (3, 1)]);
        assert_eq!(dense(&cells, 5, 4, Step::Hour, None), Some(Vec::new()));
    }

    #[test]
    fn absurd_spans_are_refused_dense_and_cheap_sparse() {
        let cells = cells(&[(hour_of(i64::MIN), 4624, 1), (hour_of(i64::MAX), 4624, 1)]);
        assert_eq!(dense(&cells, i32::MIN, i32::MAX, Step::Hour, None), None);
        assert_eq!(steps(&cells, i32::MIN, i32::MAX, Step::Day, None).count(), 2);
        assert_eq!(Step::fitting(i32::MIN, i32::MAX), Step::Day);
        assert_eq!(Step::fitting(0, 24), Step::Hour);
    }
}
