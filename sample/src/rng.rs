//! Pseudo-random numbers that are the same on every machine: SplitMix64 (Steele, Lea and Flood, OOPSLA 2014).

#[derive(Clone, Debug)]
pub struct Rng(u64);

impl Rng {
    /// The stream of one thing (`a`) at one time (`b`): what one does never moves what another does.
    pub fn stream(seed: u64, a: u64, b: u64) -> Self {
        let mut rng = Self(seed);
        rng.0 = rng.next() ^ a.wrapping_mul(0xd134_2543_de82_ef95);
        rng.0 = rng.next() ^ b.wrapping_mul(0xaf25_1af3_b0f0_25b5);
        rng
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Uniform in `0..n`; 0 for `n = 0`.
    pub fn below(&mut self, n: u64) -> u64 {
        ((u128::from(self.next()) * u128::from(n)) >> 64) as u64
    }

    pub fn range(&mut self, low: u64, high: u64) -> u64 {
        low + self.below(high - low + 1)
    }

    /// True in `n` of 1000 cases.
    pub fn permille(&mut self, n: u64) -> bool {
        self.below(1000) < n
    }

    /// About normal around `mean`, within `mean ± spread`: the mean of four uniform numbers.
    pub fn around(&mut self, mean: u64, spread: u64) -> u64 {
        let sum: u64 = (0..4).map(|_| self.below(2 * spread + 1)).sum();
        (mean + sum / 4).saturating_sub(spread)
    }

    /// Waiting times with this mean, exponential in 32 steps: a table, because `ln` differs between machines.
    pub fn wait(&mut self, mean: u64) -> u64 {
        // round(-256 · ln((i + 0.5) / 32)), and the value for i = 31 raised so that the mean is 256.
        const STEPS: [u64; 32] = [
            1065, 783, 653, 566, 502, 451, 408, 371, 340, 311, 286, 263, 241, 222, 203, 187, 171, 156, 141,
            128, 115, 103, 91, 80, 70, 60, 50, 41, 31, 23, 24, 56,
        ];
        let step = STEPS[self.below(32) as usize];
        // Spread within the step, so that gaps are not all alike.
        (mean * step / 256).saturating_add(self.below(mean / 16 + 1))
    }

    pub fn guid(&mut self) -> [u8; 16] {
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&self.next().to_le_bytes());
        bytes[8..].copy_from_slice(&self.next().to_le_bytes());
        bytes
    }

    pub fn pick<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[self.below(list.len() as u64) as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_waiting_time_has_its_mean() {
        let mut rng = Rng::stream(1, 2, 3);
        let mean = (0..100_000).map(|_| rng.wait(60_000)).sum::<u64>() / 100_000;
        assert!((57_000..66_000).contains(&mean), "{mean}");
    }

    #[test]
    fn the_stream_is_this_one() {
        let mut rng = Rng::stream(1, 0, 0);
        assert_eq!([rng.next(), rng.next()], [12_793_040_940_332_582_595, 17_925_934_194_126_948_328]);
    }
}
