//! Communities by the Louvain method (Blondel, Guillaume, Lambiotte, Lefebvre, "Fast unfolding of communities in large networks", 2008).

use std::collections::BTreeMap;

/// The community of each of `nodes` nodes, numbered from 0 by the size of the community, largest first.
///
/// Nodes are visited in their order, so the same graph gives the same answer everywhere.
pub fn communities(nodes: usize, lines: &[(usize, usize, f64)]) -> Vec<u32> {
    let mut member: Vec<usize> = (0..nodes).collect();
    let mut level =
        Level::new(nodes, lines.iter().filter(|(a, b, w)| *a < nodes && *b < nodes && *w > 0.0).copied());
    // Each level at least halves in practice; the bound is for safety alone.
    for _ in 0..32 {
        let (moved, of) = level.settle();
        if !moved {
            break;
        }
        let (numbered, count) = renumber(&of);
        member.iter_mut().for_each(|m| *m = numbered[*m]);
        level = level.fold(&numbered, count);
    }
    by_size(&member)
}

/// A graph whose nodes are communities of the level below.
struct Level {
    near: Vec<Vec<(usize, f64)>>,
    /// Weight of lines from a node to itself, both ends counted.
    own: Vec<f64>,
    degree: Vec<f64>,
    /// Twice the weight of all lines.
    total: f64,
}

impl Level {
    fn new(nodes: usize, lines: impl Iterator<Item = (usize, usize, f64)>) -> Self {
        let mut near: Vec<Vec<(usize, f64)>> = vec![Vec::new(); nodes];
        let mut own = vec![0.0; nodes];
        for (a, b, w) in lines {
            if a == b {
                own[a] += 2.0 * w;
            } else {
                near[a].push((b, w));
                near[b].push((a, w));
            }
        }
        let degree: Vec<f64> =
            near.iter().zip(&own).map(|(n, o)| o + n.iter().map(|(_, w)| w).sum::<f64>()).collect();
        let total = degree.iter().sum();
        Self { near, own, degree, total }
    }

    /// Moves nodes to the neighbouring community that gains modularity most, until none moves; tells whether any did.
    fn settle(&self) -> (bool, Vec<usize>) {
        let n = self.near.len();
        let mut of: Vec<usize> = (0..n).collect();
        let mut sum = self.degree.clone();
        let mut moved = false;
        let mut weight_to = vec![0.0; n];
        let mut touched: Vec<usize> = Vec::new();
        if self.total <= 0.0 {
            return (false, of);
        }
        for _ in 0..16 {
            let mut changed = false;
            for node in 0..n {
                let home = of[node];
                for &(other, w) in &self.near[node] {
                    let c = of[other];
                    if weight_to[c] == 0.0 {
                        touched.push(c);
                    }
                    weight_to[c] += w;
                }
                sum[home] -= self.degree[node];
                let gain = |c: usize, to: f64, sum: &[f64]| to - sum[c] * self.degree[node] / self.total;
                let mut best = (home, gain(home, weight_to[home], &sum));
                touched.sort_unstable();
                for &c in &touched {
                    let g = gain(c, weight_to[c], &sum);
                    if g > best.1 + 1e-12 {
                        best = (c, g);
                    }
                }
                sum[best.0] += self.degree[node];
                of[node] = best.0;
                changed |= best.0 != home;
                for c in touched.drain(..) {
                    weight_to[c] = 0.0;
                }
            }
            moved |= changed;
            if !changed {
                break;
            }
        }
        (moved, of)
    }

    /// The graph of the communities.
    fn fold(&self, of: &[usize], count: usize) -> Level {
        let mut lines: BTreeMap<(usize, usize), f64> = BTreeMap::new();
        let mut own = vec![0.0; count];
        for (node, near) in self.near.iter().enumerate() {
            own[of[node]] += self.own[node];
            for &(other, w) in near {
                let (a, b) = (of[node], of[other]);
                if a == b {
                    own[a] += w;
                } else if a < b {
                    *lines.entry((a, b)).or_default() += w;
                }
            }
        }
        let mut level = Level::new(count, lines.into_iter().map(|((a, b), w)| (a, b, w)));
        for (c, o) in own.into_iter().enumerate() {
            level.own[c] += o;
            level.degree[c] += o;
            level.total += o;
        }
        level
    }
}

/// Numbers from 0 without gaps, in the order of first use.
fn renumber(of: &[usize]) -> (Vec<usize>, usize) {
    let mut new = vec![usize::MAX; of.len()];
    let mut count = 0;
    let numbered = of
        .iter()
        .map(|&c| {
            if new[c] == usize::MAX {
                new[c] = count;
                count += 1;
            }
            new[c]
        })
        .collect();
    (numbered, count)
}

fn by_size(member: &[usize]) -> Vec<u32> {
    let (member, count) = renumber(member);
    let mut size = vec![0usize; count];
    member.iter().for_each(|&m| size[m] += 1);
    let mut order: Vec<usize> = (0..count).collect();
    order.sort_by_key(|&c| (std::cmp::Reverse(size[c]), c));
    let mut place = vec![0; count];
    order.iter().zip(0u32..).for_each(|(&c, p)| place[c] = p);
    member.iter().map(|&m| place[m]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_cliques_with_one_bridge_are_two_communities() {
        let clique = |from: usize| (0..5).flat_map(move |a| (0..a).map(move |b| (from + a, from + b, 1.0)));
        let lines: Vec<_> = clique(0).chain(clique(5)).chain([(0, 5, 0.5)]).collect();
        let of = communities(10, &lines);
        assert_eq!(of, [0, 0, 0, 0, 0, 1, 1, 1, 1, 1]);
    }

    #[test]
    fn no_lines_no_joining() {
        assert_eq!(communities(3, &[]), [0, 1, 2]);
        assert!(communities(0, &[(0, 1, 1.0)]).is_empty());
    }
}
