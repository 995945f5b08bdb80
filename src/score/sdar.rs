//! SDAR: a sequentially discounting autoregressive model (J. Takeuchi, K. Yamanishi, "A unifying framework for detecting outliers and
//! change points from time series", IEEE TKDE 18(4), 2006).
//!
//! Per sample x, with the gain r: μ ← (1−r)μ + r·x; C_i ← (1−r)C_i + r·(x−μ)(x_{−i}−μ) for i = 0…k; the coefficients a from C by
//! Levinson and Durbin's solution of the Yule–Walker equations; the prediction x̂ = μ + Σ a_i (x_{−i}−μ).

/// Mean, autocovariances and the last K samples of a series: an AR(K) model.
#[derive(Clone, Copy, Debug)]
pub struct Sdar<const K: usize> {
    pub mean: f64,
    /// C_0.
    variance: f64,
    /// C_1 … C_K.
    covariance: [f64; K],
    /// The last K samples, newest first.
    past: [f64; K],
    /// How many lags are learnt; see [`Sdar::without_last_lag`].
    lags: usize,
}

impl<const K: usize> Sdar<K> {
    /// Nothing learnt yet but a mean, and K zeros behind it.
    pub const fn new(mean: f64) -> Self {
        Self { mean, variance: 0.0, covariance: [0.0; K], past: [0.0; K], lags: K }
    }

    /// C_K is never learnt, as in the Python package `changefinder` 0.03; with K = 1 the prediction is then the mean.
    pub const fn without_last_lag(mut self) -> Self {
        self.lags = K.saturating_sub(1);
        self
    }

    /// Learns the next sample with gain `r`.
    pub fn learn(&mut self, x: f64, r: f64) {
        self.mean = (1.0 - r) * self.mean + r * x;
        self.variance = (1.0 - r) * self.variance + r * (x - self.mean) * (x - self.mean);
        for (c, before) in self.covariance[..self.lags].iter_mut().zip(&self.past) {
            *c = (1.0 - r) * *c + r * (x - self.mean) * (before - self.mean);
        }
    }

    /// Makes `x` the newest sample of the past.
    pub fn shift(&mut self, x: f64) {
        self.past.rotate_right(K.min(1));
        if let Some(newest) = self.past.first_mut() {
            *newest = x;
        }
    }

    /// `(x̂, variance of the error)` for what follows the past; the variance is Levinson's, C_0 Π (1−κ²).
    pub fn predict(&self) -> (f64, f64) {
        let (a, error) = levinson_durbin(self.variance, &self.covariance);
        let swing: f64 = a.iter().zip(&self.past).map(|(a, x)| a * (x - self.mean)).sum();
        (self.mean + swing, error)
    }

    /// Learns `n` zeros at once: what `n` times `learn(0)` and `shift(0)` come to, in closed form. The past must be zeros already.
    ///
    /// With q = 1−r the mean after n zeros is μqⁿ, and C ← qC + r(μqʲ)² for j = 1…n comes to qⁿ(C + μ²q(1−qⁿ)), since r = 1−q.
    pub fn rest(&mut self, n: u64, r: f64) {
        let q = 1.0 - r;
        let qn = libm::pow(q, n as f64);
        let pull = self.mean * self.mean * q * (1.0 - qn);
        for c in self.covariance[..self.lags].iter_mut().chain([&mut self.variance]) {
            *c = qn * (*c + pull);
        }
        self.mean *= qn;
    }
}

/// The AR coefficients a_1…a_K of the autocovariances C_0 and C_1…C_K, and the variance of the prediction error.
///
/// Durbin's recursion; where C is no autocovariance (noise, or all zeros) it ends at the order it got to.
pub fn levinson_durbin<const K: usize>(variance: f64, c: &[f64; K]) -> ([f64; K], f64) {
    let mut a = [0.0; K];
    let mut error = variance;
    for k in 0..K {
        let known: f64 = (0..k).map(|j| a[j] * c[k - 1 - j]).sum();
        let reflection = (c[k] - known) / error;
        // Not a number where the variance is 0.
        if reflection.is_nan() || reflection.abs() >= 1.0 {
            break;
        }
        let before = a;
        (0..k).for_each(|j| a[j] -= reflection * before[k - 1 - j]);
        a[k] = reflection;
        error *= 1.0 - reflection * reflection;
    }
    (a, error.max(0.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// AR(2) x = 0.6 x₋₁ − 0.2 x₋₂ + e: its autocovariances give its coefficients back.
    #[test]
    fn levinson_durbin_solves_yule_walker() {
        let rho1 = 0.6 / 1.2;
        let rho2 = 0.6 * rho1 - 0.2;
        let rho3 = 0.6 * rho2 - 0.2 * rho1;
        let (a, error) = levinson_durbin(1.0, &[rho1, rho2, rho3]);
        for (a, b) in a.iter().zip([0.6, -0.2, 0.0]) {
            assert!((a - b).abs() < 1e-12, "{a} {b}");
        }
        assert!((error - (1.0 - 0.6 * rho1 + 0.2 * rho2)).abs() < 1e-12);
        assert_eq!(levinson_durbin(0.0, &[0.0]), ([0.0], 0.0));
        assert_eq!(levinson_durbin(2.0, &[]), ([], 2.0));
    }

    fn rest_equals_zeros<const K: usize>() {
        let mut one = Sdar::<K>::new(0.3);
        for x in [3.0, 0.0, 1.5, 2.0, 7.0].into_iter().chain([0.0; K]) {
            one.learn(x, 0.04);
            one.shift(x);
        }
        for n in [0, 1, 2, 50, 10_000] {
            let (mut many, mut at_once) = (one, one);
            for _ in 0..n {
                many.learn(0.0, 0.04);
                many.shift(0.0);
            }
            at_once.rest(n, 0.04);
            assert!((many.mean - at_once.mean).abs() < 1e-12);
            let all = |s: &Sdar<K>| [s.variance].into_iter().chain(s.covariance).collect::<Vec<f64>>();
            for (a, b) in all(&many).into_iter().zip(all(&at_once)) {
                assert!((a - b).abs() < 1e-12, "order {K}, {n} zeros: {a} {b}");
            }
        }
    }

    #[test]
    fn rest_is_many_zeros() {
        rest_equals_zeros::<0>();
        rest_equals_zeros::<1>();
        rest_equals_zeros::<3>();
    }
}
