//! PageRank (S. Brin, L. Page, "The anatomy of a large-scale hypertextual Web search engine", 1998), as networkx `pagerank` computes it.

/// Settings; the defaults are networkx's.
#[derive(Clone, Debug)]
pub struct PageRank {
    /// Chance of following an arrow rather than starting anew.
    pub damping: f64,
    /// The rounds end when the ranks of all nodes together change by less than nodes × this.
    pub tolerance: f64,
    /// At most so many rounds.
    pub rounds: usize,
    /// Where a walk starts anew, one weight per node; `None`: anywhere alike.
    pub restart: Option<Vec<f64>>,
    /// The ranks before the first round (networkx's `nstart`), one per node; `None`: all alike. Begun at the restart vector, what it does not lead
    /// to has rank 0 exactly, and not just nearly.
    pub start: Option<Vec<f64>>,
}

impl Default for PageRank {
    fn default() -> Self {
        Self { damping: 0.85, tolerance: 1e-6, rounds: 100, restart: None, start: None }
    }
}

/// The rank of each of `nodes` nodes given weighted arrows `(from, to, weight)`; the ranks add up to 1 (to nothing where there is no node).
///
/// A node without arrows hands its rank to the restart vector. Arrows to or from nodes past the end, and weights that are not positive, are
/// left out.
///
/// ```
/// # use logonscope::score::{PageRank, pagerank};
/// let ranks = pagerank(3, &[(0, 1, 1.0), (1, 0, 1.0), (2, 0, 1.0)], &PageRank::default());
/// assert!(ranks[0] > ranks[1] && ranks[1] > ranks[2]);
/// ```
pub fn pagerank(nodes: usize, arrows: &[(usize, usize, f64)], settings: &PageRank) -> Vec<f64> {
    if nodes == 0 {
        return Vec::new();
    }
    let restart = scaled(nodes, settings.restart.as_deref());
    let arrows: Vec<_> = arrows.iter().filter(|(a, b, w)| *a < nodes && *b < nodes && *w > 0.0).collect();
    let mut out = vec![0.0; nodes];
    arrows.iter().for_each(|(a, _, w)| out[*a] += w);
    let mut ranks = scaled(nodes, settings.start.as_deref());
    let mut next = vec![0.0; nodes];
    for _ in 0..settings.rounds {
        let dangling: f64 = ranks.iter().zip(&out).filter(|(_, o)| **o == 0.0).map(|(r, _)| r).sum();
        next.fill(0.0);
        for (a, b, w) in &arrows {
            next[*b] += ranks[*a] * w / out[*a];
        }
        let mut change = 0.0;
        for ((n, r), p) in next.iter_mut().zip(&ranks).zip(&restart) {
            *n = settings.damping * (*n + dangling * p) + (1.0 - settings.damping) * p;
            change += (*n - r).abs();
        }
        std::mem::swap(&mut ranks, &mut next);
        if change < nodes as f64 * settings.tolerance {
            break;
        }
    }
    ranks
}

/// The vector scaled to a sum of 1; even where none is given or nothing in it is positive.
fn scaled(nodes: usize, given: Option<&[f64]>) -> Vec<f64> {
    let given = given.unwrap_or_default();
    let weight = |i| given.get(i).copied().filter(|w: &f64| *w > 0.0 && w.is_finite()).unwrap_or(0.0);
    let sum: f64 = (0..nodes).map(weight).sum();
    if sum > 0.0 { (0..nodes).map(|i| weight(i) / sum).collect() } else { vec![1.0 / nodes as f64; nodes] }
}
