//! A score opened: its contributions, each with sentences and the rows that show it.

use crate::analysis::Analysis;
use crate::suspicion::{Contribution, Score, points, why};
use serde::Serialize;

/// What one signal adds to a score.
#[derive(Clone, Debug, Serialize)]
pub struct Reason {
    pub name: &'static str,
    pub label: &'static str,
    pub meaning: &'static str,
    /// Points; a score is the sum of them.
    pub value: f64,
    /// The strongest observations in words.
    pub why: Vec<String>,
    /// How many observations there are.
    pub observations: usize,
    /// Rows of the store that show them, in the order of time; at most [`ROWS`].
    pub rows: Vec<u32>,
    /// How many records there are.
    pub total: u64,
}

/// Sentences of one contribution.
const SENTENCES: usize = 3;
/// Rows of one contribution.
const ROWS: usize = 200;

/// The contributions of a score, largest first.
pub fn reasons(analysis: &Analysis, score: Option<&Score>) -> Vec<Reason> {
    score.into_iter().flat_map(|s| &s.contributions).map(|c| reason(analysis, c)).collect()
}

fn reason(analysis: &Analysis, c: &Contribution) -> Reason {
    let seen = || c.observations.iter().filter_map(|n| analysis.suspicion.observations.get(*n as usize));
    let mut rows: Vec<u32> = seen().flat_map(|o| o.rows.iter().copied()).take(ROWS).collect();
    rows.sort_by_key(|r| analysis.suspicion.time_of(*r));
    rows.dedup();
    Reason {
        name: c.signal.name(),
        label: c.signal.label(),
        meaning: c.signal.meaning(),
        value: points(c.value),
        why: seen().take(SENTENCES).map(|o| why(&analysis.identity, o)).collect(),
        observations: c.observations.len(),
        total: seen().map(|o| o.total).sum(),
        rows,
    }
}

/// The strongest reason in one sentence.
pub fn first_reason(analysis: &Analysis, score: Option<&Score>) -> Option<String> {
    let number = *score?.contributions.first()?.observations.first()?;
    Some(why(&analysis.identity, analysis.suspicion.observations.get(number as usize)?))
}
