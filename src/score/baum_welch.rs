//! Baum–Welch: fits a hidden Markov model to sequences (Rabiner 1989, III.C and V.A–B), with a prior so that nothing becomes impossible.

use super::hmm::{Model, STATES, SYMBOLS, clamp};

/// How to train.
#[derive(Clone, Copy, Debug)]
pub struct Training {
    /// At most so many rounds.
    pub rounds: usize,
    /// Ends when a round gains less than this, in nats per symbol.
    pub gain: f64,
    /// Added to every expected count (a Dirichlet prior of 1 + this): 0 is plain maximum likelihood.
    pub prior: f64,
}

impl Default for Training {
    fn default() -> Self {
        Self { rounds: 12, gain: 1e-5, prior: 0.1 }
    }
}

/// Expected counts of one round.
#[derive(Default)]
struct Counts {
    start: [f64; STATES],
    transition: [[f64; STATES]; STATES],
    emission: [[f64; SYMBOLS]; STATES],
    likelihood: f64,
}

/// The model that fits better, and what was maximised before each round and after the last: ln p(sequences) + prior · Σ ln of all
/// probabilities, which never falls. Linear in symbols and rounds; sequences the model cannot make are passed over.
pub fn train(model: &Model, sequences: &[&[u8]], how: &Training) -> (Model, Vec<f64>) {
    let symbols: usize = sequences.iter().map(|s| s.len()).sum();
    let mut model = model.clone();
    let mut history = Vec::new();
    let mut room = Vec::new();
    for round in 0..=how.rounds {
        let mut counts = Counts::default();
        for sequence in sequences {
            expect(&model, sequence, &mut counts, &mut room);
        }
        let value = counts.likelihood + prior(&model, how.prior);
        let gained = history.last().map_or(f64::INFINITY, |before| value - before);
        history.push(value);
        if round == how.rounds || gained < how.gain * symbols as f64 || symbols == 0 {
            break;
        }
        model = Model {
            start: share(counts.start, how.prior, model.start),
            transition: std::array::from_fn(|s| share(counts.transition[s], how.prior, model.transition[s])),
            emission: std::array::from_fn(|s| share(counts.emission[s], how.prior, model.emission[s])),
        };
    }
    (model, history)
}

/// Counts plus prior, as shares; as it was where nothing was counted.
fn share<const N: usize>(counts: [f64; N], prior: f64, before: [f64; N]) -> [f64; N] {
    let sum: f64 = counts.iter().map(|c| c + prior).sum();
    if sum > 0.0 { counts.map(|c| (c + prior) / sum) } else { before }
}

fn prior(model: &Model, weight: f64) -> f64 {
    if weight == 0.0 {
        return 0.0;
    }
    let all =
        model.start.iter().chain(model.transition.iter().flatten()).chain(model.emission.iter().flatten());
    weight * all.map(|p| libm::log(*p)).sum::<f64>()
}

/// Adds the expected counts of one sequence; `room` is scratch: the forward values and scales.
fn expect(model: &Model, symbols: &[u8], counts: &mut Counts, room: &mut Vec<([f64; STATES], f64)>) {
    room.clear();
    let mut alpha = model.start;
    for (t, &symbol) in symbols.iter().enumerate() {
        let scale = model.forward(&mut alpha, t == 0, symbol);
        if scale == 0.0 {
            return;
        }
        room.push((alpha, scale));
    }
    counts.likelihood += room.iter().map(|(_, scale)| libm::log(*scale)).sum::<f64>();
    // β of the last step is 1; with these scales γ = α·β.
    let mut beta = [1.0; STATES];
    for t in (0..symbols.len()).rev() {
        let (symbol, (alpha, scale)) = (clamp(symbols[t]), room[t]);
        for s in 0..STATES {
            counts.emission[s][symbol] += alpha[s] * beta[s];
        }
        let Some(&(before, _)) = t.checked_sub(1).and_then(|i| room.get(i)) else {
            (0..STATES).for_each(|s| counts.start[s] += alpha[s] * beta[s]);
            break;
        };
        let ahead: [f64; STATES] = std::array::from_fn(|s| model.emission[s][symbol] * beta[s] / scale);
        beta = std::array::from_fn(|from| {
            let row = &model.transition[from];
            for to in 0..STATES {
                counts.transition[from][to] += before[from] * row[to] * ahead[to];
            }
            (0..STATES).map(|to| row[to] * ahead[to]).sum()
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sequences of two habits: bursts of failures, and ticket–logon pairs.
    fn sequences() -> Vec<Vec<u8>> {
        let mut seed = 7u32;
        let mut random = move |n: u32| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (seed >> 16) % n
        };
        (0..60)
            .map(|i| {
                let length = 3 + random(20);
                (0..length)
                    .map(|t| {
                        if i % 4 == 0 { 4 - (random(6) == 0) as u8 } else { 2 + ((t + random(2)) % 2) as u8 }
                    })
                    .collect()
            })
            .collect()
    }

    #[test]
    fn each_round_fits_better() {
        let sequences = sequences();
        let slices: Vec<&[u8]> = sequences.iter().map(Vec::as_slice).collect();
        for prior in [0.0, 0.1, 1.0] {
            let how = Training { rounds: 40, gain: f64::NEG_INFINITY, prior };
            let (model, history) = train(&Model::published().smoothed(0.05), &slices, &how);
            assert_eq!(history.len(), 41);
            for pair in history.windows(2) {
                assert!(
                    pair[1] >= pair[0] - 1e-9 * pair[0].abs(),
                    "prior {prior}: {} then {}",
                    pair[0],
                    pair[1]
                );
            }
            assert!(history[40] > history[0] + 100.0);
            for row in model.transition.iter().chain([&model.start]) {
                assert!((row.iter().sum::<f64>() - 1.0).abs() < 1e-12);
            }
            assert!(model.emission.iter().all(|row| (row.iter().sum::<f64>() - 1.0).abs() < 1e-12));
            // What was maximised is what the forward pass says.
            let likelihood: f64 = slices.iter().map(|s| model.log_likelihood(s)).sum();
            assert!((likelihood + super::prior(&model, prior) - history[40]).abs() < 1e-9 * likelihood.abs());
            if prior > 0.0 {
                assert!(model.log_likelihood(&[0, 1, 0, 4, 2]).is_finite(), "nothing is impossible");
            }
        }
    }

    #[test]
    fn nothing_to_learn_changes_nothing() {
        let model = Model::published().smoothed(0.05);
        assert_eq!(train(&model, &[], &Training::default()).0, model);
        let (same, history) = train(&model, &[&[]], &Training::default());
        assert_eq!((same, history.len()), (model, 1));
    }
}
