//! What came of the rules, as plain data.

use crate::event::time;
use serde::{Serialize, Serializer};

/// A file that is no rule, or a rule that cannot be run.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct RuleError {
    pub file: String,
    pub reason: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Status {
    /// It matched something.
    Hits,
    /// What it needs was there, and nothing matched.
    NoHit,
    /// What it needs was not there: no hit means nothing.
    NotEvaluable,
}

/// A record that a rule matched.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Hit {
    /// Ticks of 100 ns since 1970; milliseconds for the page.
    #[serde(serialize_with = "millis")]
    pub time: i64,
    pub file: String,
    #[serde(serialize_with = "number")]
    pub record_id: u64,
    /// Where the record stands in its file: number of the 64 KiB chunk, offset in it.
    pub chunk: u32,
    pub offset: u16,
    pub computer: String,
    pub channel: String,
    #[serde(serialize_with = "number")]
    pub event_id: u64,
    /// The fields that the rule looked at and matched, by name.
    pub fields: Vec<(String, String)>,
}

/// A correlation that fired: one group, from the first of its events to the last.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CorrelationHit {
    #[serde(serialize_with = "millis")]
    pub first: i64,
    #[serde(serialize_with = "millis")]
    pub last: i64,
    /// What it is grouped by.
    pub group: Vec<(String, String)>,
    /// The highest count, or sum.
    pub value: f64,
    /// (file, record id) of its events, at most 100 …
    #[serde(serialize_with = "records")]
    pub records: Vec<(String, u64)>,
    /// … and whether there are more.
    pub more_records: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RuleReport {
    pub id: Option<String>,
    pub title: String,
    /// `informational`, `low`, `medium`, `high`, `critical`.
    pub level: Option<&'static str>,
    pub tags: Vec<String>,
    /// ATT&CK techniques (`T1110.003`) and tactics (`credential-access`) among the tags.
    pub techniques: Vec<String>,
    pub tactics: Vec<String>,
    pub file: String,
    pub status: Status,
    /// Why it is not evaluable.
    pub reason: Option<String>,
    /// The events it is about, in words: `Security 4624, 4625`.
    pub needs: String,
    /// Events of those that were there.
    pub read: u64,
    /// Records matched, or times the correlation fired.
    pub count: u64,
    /// The earliest of them, at most [`super::MAX_HITS`].
    pub hits: Vec<Hit>,
    /// Where it is a correlation.
    pub correlation_hits: Vec<CorrelationHit>,
    /// A correlation asks for it; its own hits are no findings (`generate` is not set).
    pub only_correlated: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SigmaReport {
    /// Those with hits first, then without, then not evaluable; by level (highest first) and title.
    pub rules: Vec<RuleReport>,
    pub errors: Vec<RuleError>,
    /// Filters that were applied.
    pub filters: u64,
    /// Records of any channel that were looked at.
    pub records: u64,
}

// JavaScript's numbers are exact to 2^53; a hostile record id is rounded there.

fn millis<S: Serializer>(ticks: &i64, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_f64(time::millis(*ticks))
}

fn number<S: Serializer>(n: &u64, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_f64(*n as f64)
}

fn records<S: Serializer>(list: &[(String, u64)], to: S) -> Result<S::Ok, S::Error> {
    to.collect_seq(list.iter().map(|(file, id)| (file, *id as f64)))
}
