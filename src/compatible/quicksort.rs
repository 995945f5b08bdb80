//! NumPy's quicksort of indices (`npy_aquicksort`), which pandas' `sort_values` uses by default.
//!
//! It is not stable: up to 16 rows keep their order where they are equal, more do not. To repeat the order in which LogonTracer sees the
//! rows of one second, the same steps have to be taken: median of three, insertion below 17, the larger part later.

/// Parts up to this long are sorted by insertion.
const SMALL: usize = 16;

/// The indices of `keys` in the order NumPy puts them.
///
/// NumPy changes to heapsort where a part was split more than 2·log2(n) times over; so do we, since what it does then to equals is
/// beyond repeating, only in being quick: rows that are equal then keep their order.
pub fn argsort(keys: &[i64]) -> Vec<u32> {
    let mut order: Vec<u32> = (0..keys.len() as u32).collect();
    if keys.len() < 2 {
        return order;
    }
    let less = |a: u32, b: u32| keys[a as usize] < keys[b as usize];
    let (mut low, mut high) = (0, keys.len() - 1);
    let mut depth = 2 * keys.len().ilog2() as i32;
    let mut later: Vec<(usize, usize, i32)> = Vec::new();
    loop {
        if depth < 0 {
            order[low..=high].sort_by_key(|&i| keys[i as usize]);
        } else {
            while high.saturating_sub(low) > SMALL {
                let split = partition(&mut order[low..=high], less) + low;
                depth -= 1;
                // Neither part is empty: the median of three is none of the ends.
                if split - low < high - split {
                    later.push((split + 1, high, depth));
                    high = split - 1;
                } else {
                    later.push((low, split - 1, depth));
                    low = split + 1;
                }
            }
            insertion(&mut order[low..=high], less);
        }
        match later.pop() {
            Some(part) => (low, high, depth) = part,
            None => return order,
        }
    }
}

/// Puts the median of the first, middle and last where it belongs; its place.
fn partition(order: &mut [u32], less: impl Fn(u32, u32) -> bool) -> usize {
    let last = order.len() - 1;
    let middle = last / 2;
    if less(order[middle], order[0]) {
        order.swap(middle, 0);
    }
    if less(order[last], order[middle]) {
        order.swap(last, middle);
    }
    if less(order[middle], order[0]) {
        order.swap(middle, 0);
    }
    let pivot = order[middle];
    let (mut i, mut j) = (0, last - 1);
    order.swap(middle, j);
    loop {
        i += 1;
        while less(order[i], pivot) {
            i += 1;
        }
        j -= 1;
        while less(pivot, order[j]) {
            j -= 1;
        }
        if i >= j {
            break;
        }
        order.swap(i, j);
    }
    order.swap(i, last - 1);
    i
}

fn insertion(order: &mut [u32], less: impl Fn(u32, u32) -> bool) {
    for i in 1..order.len() {
        let mut j = i;
        while j > 0 && less(order[j], order[j - 1]) {
            order.swap(j, j - 1);
            j -= 1;
        }
    }
}
