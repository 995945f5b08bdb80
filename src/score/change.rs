//! How abruptly an account's activity rose: ChangeFinder (Takeuchi & Yamanishi 2006, see [`super::changefinder`]) made fit for ranking.
//!
//! Every hour since the account's first event counts, idle ones too, through these steps:
//!
//! 1. x = ln(1 + events): ten times as many is as much for a quiet account as for a busy one.
//! 2. SDAR of order 1 predicts x from the hours *before* it; what is above the prediction is its surprise, ½z² with
//!    z = (x − x̂)/√(σ² + ¼), in nats: −ln p(x) less what the likeliest value would have had. One size fits all accounts.
//! 3. y = the mean surprise of the last 5 hours; a second SDAR predicts it; its surprise is ½z² with z = (y − ŷ)/√(σ² + 1).
//! 4. The score is the mean of the last 2 of these; the account's is the highest.
//!
//! Where it departs from the package: the prediction comes before the learning, so that a spike does not pay for its own variance and
//! scores are not bounded; C_1 is learnt; only rises count, so that an idle hour surprises nobody; the gain is 1/n in the n-th hour until
//! that is [`Change::MEMORY`], and the first day is learnt and not scored; the noise of a count (variance n/(1+n)² ≤ ¼ in ln(1+n) for a
//! Poisson count) bounds the variance from below, so that an account that slept for months is not alarmed by one logon.
//!
//! Idle hours after the windows have run empty are zeros in both stages, and many zeros come to a closed form ([`Sdar::rest`]): the cost
//! is linear in the hours with events, and a gap costs some 10 steps (100 in the first four days).

use super::sdar::Sdar;
use super::window::Window;
use crate::timeline::{Hours, active};

/// The events it counts: every use of credentials, successful or not.
pub const COUNTED: [u16; 7] = [4624, 4625, 4648, 4768, 4769, 4771, 4776];

const SMOOTH: usize = 5;
const SMOOTH_AGAIN: usize = 2;
/// Hours that are learnt and not scored.
const LEARNING: u64 = 24;
/// The least variance of ln(1 + events).
const NOISE: f64 = 0.25;
/// The least variance of a mean surprise, in nats².
const NOISE_AGAIN: f64 = 1.0;
/// So many idle hours empty the windows and the past of both stages.
const EMPTY: u64 = (SMOOTH + SMOOTH_AGAIN + 1) as u64;

/// The most abrupt rise of an account.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Change {
    /// In nats, 0 and more: comparable between accounts; a day's usual rise is below 3.
    pub score: f64,
    /// The hour that rose most, of those that made the score; since 1970 UTC.
    pub hour: i32,
    /// Events in that hour.
    pub events: u64,
}

impl Change {
    /// Hours after which the past has half an influence, about: 1/gain is 100.
    pub const MEMORY: f64 = 0.01;
}

/// The biggest change of each account, by account number; `None` where nothing was scored: all of it happened within a day.
///
/// `last` is the last hour of the logs. Linear in hours with events.
pub fn changes(hours: &Hours, last: i32) -> Vec<Option<Change>> {
    hours.accounts().map(|cells| change(active(cells, &COUNTED), last)).collect()
}

/// The biggest change of a series of `(hour, events)` in the order of time, which goes on without events until `last`.
pub fn change(series: impl IntoIterator<Item = (i32, u64)>, last: i32) -> Option<Change> {
    let mut series = series.into_iter();
    let (first, events) = series.next()?;
    let mut finder = Finder::new(first, events);
    for (hour, events) in series {
        finder.idle_until(hour);
        finder.step(hour, events);
    }
    // What comes after the windows are empty scores nothing.
    finder.idle_until(last.saturating_add(1).min(finder.next.saturating_add(EMPTY as i32)));
    finder.best
}

#[derive(Clone, Copy, Debug)]
struct Finder {
    first: Sdar<1>,
    second: Sdar<1>,
    scores: Window<SMOOTH>,
    again: Window<SMOOTH_AGAIN>,
    /// Hours seen.
    hours: u64,
    /// The hour to come.
    next: i32,
    /// `(surprise, hour, events)` of the hours in the windows, newest last.
    recent: [(f64, i32, u64); SMOOTH + SMOOTH_AGAIN - 1],
    best: Option<Change>,
}

impl Finder {
    /// The first hour is the first thing known of the account, hence its mean.
    fn new(hour: i32, events: u64) -> Self {
        let x = libm::log1p(events as f64);
        let mut first = Sdar::new(x);
        first.shift(x);
        Self {
            first,
            second: Sdar::new(0.0),
            scores: Window::of_zeros(),
            again: Window::of_zeros(),
            hours: 1,
            next: hour.saturating_add(1),
            recent: [(0.0, hour, events); SMOOTH + SMOOTH_AGAIN - 1],
            best: None,
        }
    }

    /// The share of the newest hour: 1/n while that is more than 1/100.
    fn gain(&self) -> f64 {
        (1.0 / (self.hours as f64 + 1.0)).max(Change::MEMORY)
    }

    fn step(&mut self, hour: i32, events: u64) {
        let gain = self.gain();
        let scored = self.hours >= LEARNING;
        let x = libm::log1p(events as f64);
        let surprise = surprise(&mut self.first, x, gain, NOISE);
        let surprise = if scored { surprise } else { 0.0 };
        self.recent.rotate_left(1);
        self.recent[SMOOTH + SMOOTH_AGAIN - 2] = (surprise, hour, events);
        let mean = self.scores.push(surprise).unwrap_or(0.0) / SMOOTH as f64;
        let again = self::surprise(&mut self.second, mean, gain, NOISE_AGAIN);
        let score = self.again.push(again).unwrap_or(0.0) / SMOOTH_AGAIN as f64;
        if scored && self.best.is_none_or(|best| score > best.score) {
            // The first of the most surprising.
            let top = self.recent.iter().rev().max_by(|a, b| a.0.total_cmp(&b.0));
            self.best = top.map(|&(_, hour, events)| Change { score, hour, events });
        }
        self.hours += 1;
        self.next = hour.saturating_add(1);
    }

    /// Hours without events up to the one before `hour`.
    fn idle_until(&mut self, hour: i32) {
        let mut steps = 0;
        while self.next < hour && (steps < EMPTY || self.gain() > Change::MEMORY) {
            self.step(self.next, 0);
            steps += 1;
        }
        let rest = (i64::from(hour) - i64::from(self.next)).max(0) as u64;
        if rest > 0 {
            self.first.rest(rest, Change::MEMORY);
            self.second.rest(rest, Change::MEMORY);
            self.hours += rest;
            self.next = hour;
        }
    }
}

/// How far `x` is above what the model expects, ½z² in nats; then the model learns it.
fn surprise(model: &mut Sdar<1>, x: f64, gain: f64, noise: f64) -> f64 {
    let (expected, variance) = model.predict();
    let above = (x - expected.max(0.0)).max(0.0);
    model.learn(x, gain);
    model.shift(x);
    0.5 * above * above / (variance + noise)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every idle hour as a step of its own.
    fn dense(series: &[(i32, u64)], last: i32) -> Option<Change> {
        let (first, events) = *series.first()?;
        let mut finder = Finder::new(first, events);
        let mut rest = series[1..].iter().peekable();
        for hour in first + 1..=last {
            let events = rest.next_if(|(h, _)| *h == hour).map_or(0, |(_, n)| *n);
            finder.step(hour, events);
        }
        finder.best
    }

    fn random(seed: u32) -> impl FnMut(u32) -> u32 {
        let mut state = seed.wrapping_mul(2_654_435_761).wrapping_add(12_345);
        move |n| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 16) % n
        }
    }

    #[test]
    fn sparse_is_dense() {
        for seed in 0..200 {
            let mut random = random(seed);
            let mut hour = -500;
            let series: Vec<(i32, u64)> = (0..1 + random(60))
                .map(|_| {
                    hour += 1 + [0, 0, 3, 14, 200, 5000][random(6) as usize] + random(3) as i32;
                    let size = 1 << random(12);
                    (hour, 1 + u64::from(random(size)))
                })
                .collect();
            let last = hour + random(300) as i32;
            let (sparse, dense) = (change(series.iter().copied(), last), dense(&series, last));
            match (sparse, dense) {
                (Some(a), Some(b)) => {
                    assert!((a.score - b.score).abs() < 1e-9, "seed {seed}: {a:?} {b:?}");
                    if a.score > 0.0 {
                        assert_eq!((a.hour, a.events), (b.hour, b.events), "seed {seed}");
                    }
                }
                (a, b) => assert_eq!(a.map_or(0.0, |c| c.score), b.map_or(0.0, |c| c.score), "seed {seed}"),
            }
        }
    }

    #[test]
    fn a_constant_series_never_alarms() {
        for events in [1, 50, 100_000] {
            let score = change((0..2000).map(|hour| (hour, events)), 2000).expect("scored").score;
            assert!(score < 1e-9, "{events}: {score}");
        }
        // Nor does going to work.
        let days = (0..60).filter(|day| day % 7 < 5).flat_map(|day| (8..17).map(move |h| (day * 24 + h, 4)));
        let score = change(days, 60 * 24).expect("scored").score;
        assert!(score < 3.0, "{score}");
    }

    #[test]
    fn a_spike_scores_highest() {
        for at in [30, 200, 999] {
            let mut random = random(at as u32);
            let series =
                (0..1000).map(|hour| (hour, if hour == at { 900 } else { 1 + u64::from(random(5)) }));
            let found = change(series, 1000).expect("scored");
            assert_eq!((found.hour, found.events), (at, 900));
            assert!(found.score > 5.0, "{found:?}");
        }
        // A bigger one scores more: it does not saturate.
        let score =
            |n| change((0..300).map(|h| (h, if h == 200 { n } else { 3 })), 300).expect("scored").score;
        assert!(score(30) < score(300) && score(300) < score(30_000));
    }

    #[test]
    fn idle_months_cost_nothing_and_do_not_alarm() {
        // Three hours of a century, and absurd clocks.
        let found = change([(0, 2), (400_000, 3), (876_000, 2)], 876_000).expect("scored");
        assert!(found.score < 3.0, "{found:?}");
        let attack = change([(0, 2), (400_000, 3), (876_000, 4000)], 876_000).expect("scored");
        assert!(attack.score > 5.0 && attack.hour == 876_000, "{attack:?}");
        assert!(change([(i32::MIN, 1), (i32::MAX, u64::MAX)], i32::MAX).is_some_and(|c| c.score.is_finite()));
        assert_eq!(change([], 0), None);
        assert_eq!(change([(5, 900), (9, 2)], 9), None, "within a day there is nothing to compare with");
    }
}
