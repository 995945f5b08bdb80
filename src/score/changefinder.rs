//! ChangeFinder (J. Takeuchi, K. Yamanishi, IEEE TKDE 18(4), 2006) as the Python package `changefinder` 0.03 computes it and LogonTracer
//! uses it: r = 0.04, order 1, windows of 5 and 2.
//!
//! Sample → SDAR → score −ln p(x) → sum of the last 5 → a second SDAR → score → sum of the last 2. What the package does otherwise than the
//! paper is kept: sums in place of means; the mean is updated before the prediction, so that (x−x̂)²/σ² ≤ 1/r and no spike is worth more than
//! 1/(2r) nats a stage; C_1 is never learnt, so that the prediction is the mean.
//!
//! The package starts each stage with a random mean and variance between 0 and 1, so that its scores differ from run to run (by up to some
//! tenths in the first days; after some hundred hours no more). Ours starts with [`Start::default`]. The measure of our own is
//! [`super::change`].

use super::sdar::Sdar;
use super::window::Window;

const GAIN: f64 = 0.04;
const SMOOTH: usize = 5;
/// Python's `round(5 / 2)`: half to even.
const SMOOTH_AGAIN: usize = 2;

/// Mean and variance that the two stages start with.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Start {
    pub mean: [f64; 2],
    pub variance: [f64; 2],
}

impl Default for Start {
    /// One half each: what the package's random numbers are on the average.
    fn default() -> Self {
        Self { mean: [0.5; 2], variance: [0.5; 2] }
    }
}

#[derive(Clone, Copy, Debug)]
struct Stage {
    model: Sdar<1>,
    variance: f64,
    /// Whether there is a sample behind it already.
    primed: bool,
}

impl Stage {
    const fn new(mean: f64, variance: f64) -> Self {
        Self { model: Sdar::new(mean).without_last_lag(), variance, primed: false }
    }

    /// −ln of the normal density of `x`, in nats; `None` for the first sample, which only begins the past.
    fn update(&mut self, x: f64) -> Option<f64> {
        if !self.primed {
            self.primed = true;
            self.model.shift(x);
            return None;
        }
        self.model.learn(x, GAIN);
        let error = x - self.model.predict().0;
        // After 17,000 hours of nothing the variance would run dry; the package's score is then not a number.
        self.variance = ((1.0 - GAIN) * self.variance + GAIN * error * error).max(f64::MIN_POSITIVE);
        self.model.shift(x);
        let spread = std::f64::consts::TAU * self.variance;
        Some(0.5 * (error * error / self.variance + libm::log(spread)))
    }
}

/// Samples in, scores out.
#[derive(Clone, Copy, Debug)]
pub struct ChangeFinder {
    first: Stage,
    second: Stage,
    scores: Window<SMOOTH>,
    again: Window<SMOOTH_AGAIN>,
}

impl ChangeFinder {
    pub const fn new(start: Start) -> Self {
        Self {
            first: Stage::new(start.mean[0], start.variance[0]),
            second: Stage::new(start.mean[1], start.variance[1]),
            scores: Window::new(),
            again: Window::new(),
        }
    }

    /// The score after this sample, in nats (those of two scores together); 0 until the windows are full.
    pub fn update(&mut self, x: f64) -> f64 {
        let smooth = self.first.update(x).and_then(|score| self.scores.push(score));
        let Some(smooth) = smooth else { return 0.0 };
        // A sum of exactly 0 counts as none, as in the package.
        if smooth != 0.0
            && let Some(score) = self.second.update(smooth)
        {
            self.again.push(score);
        }
        match self.again.values() {
            [a, b] => a + b,
            _ => 0.0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_constant_series_never_alarms() {
        let mut finder = ChangeFinder::new(Start::default());
        let scores: Vec<f64> = (0..3000).map(|_| finder.update(4.0)).collect();
        // What the package says after 850 hours of it; falls when the numbers' resolution ends its variance's fall.
        assert!((scores[850] - 4.6295).abs() < 1e-3, "{}", scores[850]);
        assert!(scores[200..].iter().all(|s| *s < 4.65));
    }

    #[test]
    fn a_spike_scores_highest() {
        let mut finder = ChangeFinder::new(Start::default());
        let scores: Vec<f64> = (0..1000)
            .map(|hour| finder.update(if hour == 700 { 90.0 } else { f64::from(hour % 5) }))
            .collect();
        let top = (100..1000).max_by(|&a, &b| scores[a].total_cmp(&scores[b]));
        assert!(matches!(top, Some(700..=706)), "{top:?}");
    }

    #[test]
    fn ever_so_many_hours_of_nothing_give_numbers() {
        let mut finder = ChangeFinder::new(Start::default());
        assert!((0..50_000).all(|_| finder.update(0.0).is_finite()));
        assert!(finder.update(3.0).is_finite());
    }
}
