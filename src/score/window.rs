//! The last N values of a series, for moving averages.

#[derive(Clone, Copy, Debug)]
pub struct Window<const N: usize> {
    /// Oldest first once it is full.
    values: [f64; N],
    len: usize,
}

impl<const N: usize> Window<N> {
    pub const fn new() -> Self {
        Self { values: [0.0; N], len: 0 }
    }

    /// A window that has seen nothing but zeros.
    pub const fn of_zeros() -> Self {
        Self { values: [0.0; N], len: N }
    }

    /// Takes the next value; the sum of the last N, once there are N.
    pub fn push(&mut self, value: f64) -> Option<f64> {
        if self.len == N {
            self.values.rotate_left(1);
            self.values[N - 1] = value;
        } else {
            self.values[self.len] = value;
            self.len += 1;
        }
        (self.len == N).then(|| self.values.iter().sum())
    }

    pub fn values(&self) -> &[f64] {
        &self.values[..self.len]
    }
}
