//! All events of the loaded files, appended batch by batch.

use super::batch::Batch;
use super::columns::{Columns, Row};
use super::report::Report;
use super::tables::Tables;
use std::cmp::Ordering;

/// A loaded file.
#[derive(Clone, Debug, Default)]
pub struct File {
    pub name: String,
    pub bytes: u64,
    pub report: Report,
    /// Events kept of it.
    pub events: u64,
    /// Why it was not read, or not to its end.
    pub refused: Option<String>,
    pub cancelled: bool,
}

#[derive(Clone, Debug, Default)]
pub struct Store {
    pub files: Vec<File>,
    pub tables: Tables,
    pub columns: Columns,
}

impl Store {
    /// The file with this number, made where it is new.
    pub fn file(&mut self, number: u32) -> &mut File {
        let i = number as usize;
        if self.files.len() <= i {
            self.files.resize_with(i + 1, File::default);
        }
        &mut self.files[i]
    }

    pub fn append(&mut self, batch: Batch) {
        let moved = self.tables.merge(&batch.tables);
        let text = |n: u32| moved.texts.get(n as usize).copied().unwrap_or(0);
        let who = |n: u32| moved.principals.get(n as usize).copied().unwrap_or(0);
        let file = self.file(batch.file);
        file.events += batch.columns.len() as u64;
        file.report.merge(batch.report);
        for row in (0..batch.columns.len()).filter_map(|i| batch.columns.row(i)) {
            self.columns.push(Row {
                file: batch.file,
                computer: text(row.computer),
                account: who(row.account),
                subject: who(row.subject),
                address: text(row.address),
                workstation: text(row.workstation),
                package: text(row.package),
                details: moved.details.get(row.details as usize).copied().unwrap_or(0),
                ..row
            });
        }
    }

    /// Which of two rows comes first: by time; where times are equal, by record id, computer and file, so that neither the order of the
    /// files nor that of the readers shows.
    pub fn order(&self, a: u32, b: u32) -> Ordering {
        let c = &self.columns;
        let computer = |i: usize| self.tables.strings.get(c.computer[i]);
        let file = |i: usize| self.files.get(c.file[i] as usize).map(|f| f.name.as_str());
        let (a, b) = (a as usize, b as usize);
        (c.time[a], c.record_id[a])
            .cmp(&(c.time[b], c.record_id[b]))
            .then_with(|| computer(a).cmp(computer(b)))
            .then_with(|| file(a).cmp(&file(b)))
            .then_with(|| (c.chunk[a], c.offset[a]).cmp(&(c.chunk[b], c.offset[b])))
    }

    /// All rows in this order.
    pub fn in_order(&self) -> Vec<u32> {
        let mut rows: Vec<u32> = (0..self.len() as u32).collect();
        // Stable, and quick where runs are in order already.
        rows.sort_by(|&a, &b| self.order(a, b));
        rows
    }

    pub fn len(&self) -> usize {
        self.columns.len()
    }

    pub fn is_empty(&self) -> bool {
        self.columns.is_empty()
    }

    pub fn rows(&self) -> impl Iterator<Item = Row> {
        (0..self.len()).filter_map(|i| self.columns.row(i))
    }

    /// First and last time, in ticks.
    pub fn span(&self) -> Option<(i64, i64)> {
        let times = &self.columns.time;
        Some((*times.iter().min()?, *times.iter().max()?))
    }

    /// Bytes of memory the events take.
    pub fn memory(&self) -> usize {
        self.columns.memory() + self.tables.memory()
    }
}
