//! Hidden Markov model over logon events, discrete (L. R. Rabiner, "A tutorial on hidden Markov models and selected applications in speech
//! recognition", Proc. IEEE 77(2), 1989).
//!
//! The symbols are LogonTracer's: 4776 → 0, 4768 → 1, 4769 → 2, 4624 → 3, 4625 → 4. Viterbi works in logarithms; the forward pass scales
//! each step to a sum of 1 and adds up the logarithms of the scales (Rabiner V.A), which is the same number without underflow.

pub const STATES: usize = 3;
pub const SYMBOLS: usize = 5;
/// The event id of each symbol.
pub const EVENT_IDS: [u16; SYMBOLS] = [4776, 4768, 4769, 4624, 4625];

/// The symbol of an event; `None` for events that are none.
pub fn symbol(event_id: u16) -> Option<u8> {
    EVENT_IDS.iter().position(|id| *id == event_id).map(|i| i as u8)
}

/// Probabilities; every row adds up to 1. Zeros are allowed and mean "never".
#[derive(Clone, Debug, PartialEq)]
pub struct Model {
    pub start: [f64; STATES],
    /// `[from][to]`.
    pub transition: [[f64; STATES]; STATES],
    /// `[state][symbol]`.
    pub emission: [[f64; SYMBOLS]; STATES],
}

impl Model {
    /// The model JPCERT/CC publishes with LogonTracer (`model/hmm.pkl`, BSD-3-Clause, Copyright JPCERT/CC), to the last digit.
    pub const fn published() -> Self {
        Self {
            start: [0.8271864303776253, 0.08900627798842721, 0.08380729163394741],
            transition: [
                [0.9285081369926951, 0.07136798980400684, 0.00012387320329814935],
                [0.0006043833074369117, 0.2571094573062053, 0.7422861593863578],
                [0.28926271838930206, 0.3862413613108813, 0.32449592029981655],
            ],
            emission: [
                [0.0, 1.4535768490755837e-264, 4.3793736402588983e-23, 1.0, 0.0],
                [
                    0.002604292119448158,
                    0.011030434995414156,
                    0.9839241435478312,
                    0.0024411293373065124,
                    1.789768455253447e-104,
                ],
                [
                    2.785027113671527e-125,
                    0.01219694312118351,
                    0.003717164547703703,
                    0.9831959539051414,
                    0.000889938425971406,
                ],
            ],
        }
    }

    /// Mixed with an even model: nothing is impossible any more.
    pub fn smoothed(&self, share: f64) -> Self {
        fn mix<const N: usize>(row: [f64; N], share: f64) -> [f64; N] {
            row.map(|p| (1.0 - share) * p + share / N as f64)
        }
        Self {
            start: mix(self.start, share),
            transition: self.transition.map(|row| mix(row, share)),
            emission: self.emission.map(|row| mix(row, share)),
        }
    }

    /// The likeliest path of states (Viterbi); equals are decided as hmmlearn 0.3.3 does: the first of the last states, then the highest
    /// of the states before. Symbols past the last are taken for the last.
    pub fn viterbi(&self, symbols: &[u8]) -> Vec<u8> {
        let start = self.start.map(libm::log);
        let transition = self.transition.map(|row| row.map(libm::log));
        let emission = self.emission.map(|row| row.map(libm::log));
        let mut lattice: Vec<[f64; STATES]> = Vec::with_capacity(symbols.len());
        for &symbol in symbols {
            let symbol = clamp(symbol);
            let row: [f64; STATES] = std::array::from_fn(|to| {
                let best = match lattice.last() {
                    None => start[to],
                    Some(before) => (0..STATES)
                        .map(|from| before[from] + transition[from][to])
                        .fold(f64::NEG_INFINITY, f64::max),
                };
                best + emission[to][symbol]
            });
            lattice.push(row);
        }
        let mut path = vec![0; lattice.len()];
        let Some((last, before)) = lattice.split_last() else { return path };
        let mut state = 0;
        for s in 1..STATES {
            if last[s] > last[state] {
                state = s;
            }
        }
        path[before.len()] = state as u8;
        for (t, row) in before.iter().enumerate().rev() {
            let reach = |from: usize| row[from] + transition[from][state];
            let best = (0..STATES).max_by(|&a, &b| reach(a).total_cmp(&reach(b)).then(a.cmp(&b)));
            state = best.unwrap_or(0);
            path[t] = state as u8;
        }
        path
    }

    /// ln p(symbols), by the forward pass; 0 for none, −∞ where the model cannot make them.
    pub fn log_likelihood(&self, symbols: &[u8]) -> f64 {
        let mut alpha = self.start;
        let mut sum = 0.0;
        // One logarithm for many steps: the product of the scales stays far from the end of the numbers.
        let mut product = 1.0;
        for (t, &symbol) in symbols.iter().enumerate() {
            let scale = self.forward(&mut alpha, t == 0, symbol);
            if scale == 0.0 {
                return f64::NEG_INFINITY;
            }
            product *= scale;
            if product < 1e-150 {
                sum += libm::log(product);
                product = 1.0;
            }
        }
        sum + libm::log(product)
    }

    /// One step of the forward pass; `alpha` adds up to 1 before and after. The scale is p(symbol | those before).
    pub(super) fn forward(&self, alpha: &mut [f64; STATES], first: bool, symbol: u8) -> f64 {
        let symbol = clamp(symbol);
        let mut next = [0.0; STATES];
        for (to, n) in next.iter_mut().enumerate() {
            let reach = if first {
                alpha[to]
            } else {
                (0..STATES).map(|from| alpha[from] * self.transition[from][to]).sum()
            };
            *n = reach * self.emission[to][symbol];
        }
        let scale: f64 = next.iter().sum();
        *alpha = if scale > 0.0 { next.map(|n| n / scale) } else { next };
        scale
    }

    /// LogonTracer's rule: more than two events, and exactly two of the three states on the likeliest path.
    pub fn flags(&self, symbols: &[u8]) -> bool {
        if symbols.len() < 3 {
            return false;
        }
        let mut seen = [false; STATES];
        self.viterbi(symbols).into_iter().for_each(|s| seen[s as usize] = true);
        seen.iter().filter(|s| **s).count() == 2
    }
}

pub(super) fn clamp(symbol: u8) -> usize {
    usize::from(symbol).min(SYMBOLS - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every path of states, one by one.
    fn by_hand(model: &Model, symbols: &[u8]) -> (f64, f64) {
        let (mut sum, mut best) = (0.0, 0.0);
        for mut n in 0..STATES.pow(symbols.len() as u32) {
            let mut p = 1.0;
            let mut before = None;
            for &symbol in symbols {
                let state = n % STATES;
                n /= STATES;
                p *= before.map_or(model.start[state], |b: usize| model.transition[b][state]);
                p *= model.emission[state][symbol as usize];
                before = Some(state);
            }
            sum += p;
            best = f64::max(best, p);
        }
        (sum, best)
    }

    #[test]
    fn sums_and_maxima_over_all_paths() {
        let model = Model::published().smoothed(0.1);
        for symbols in [&[3, 3, 4][..], &[0, 1, 2, 3, 4, 3], &[2; 8], &[4, 0, 4, 0, 1, 1, 3]] {
            let (sum, best) = by_hand(&model, symbols);
            assert!((model.log_likelihood(symbols) - libm::log(sum)).abs() < 1e-12);
            let path = model.viterbi(symbols);
            let mut p = model.start[path[0] as usize];
            path.windows(2).for_each(|w| p *= model.transition[w[0] as usize][w[1] as usize]);
            path.iter().zip(symbols).for_each(|(s, o)| p *= model.emission[*s as usize][*o as usize]);
            assert!((p / best - 1.0).abs() < 1e-12);
        }
    }

    #[test]
    fn nothing_and_the_impossible() {
        let model = Model::published();
        assert!(model.viterbi(&[]).is_empty());
        assert_eq!(model.log_likelihood(&[]), 0.0);
        let mut never = model.clone();
        never.emission.iter_mut().for_each(|row| row[4] = 0.0);
        assert_eq!(never.log_likelihood(&[3, 4, 3]), f64::NEG_INFINITY);
        assert_eq!(never.viterbi(&[4, 4, 4]).len(), 3);
        assert!(never.smoothed(1e-6).log_likelihood(&[3, 4, 3]).is_finite());
        assert!(model.log_likelihood(&[4; 100_000]).is_finite());
        assert_eq!((symbol(4625), symbol(4634)), (Some(4), None));
    }
}
