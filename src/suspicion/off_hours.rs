//! Hours of the week at which an account is not usually used.
//!
//! For each account the active days are counted on which it was used in an hour (UTC, workdays and week-ends apart), the hour before or
//! after counting half. With its own count leaving this day out, and the peers' share as a prior worth one day, P = (days + share) / (D −
//! 1 + 1); the surprise is −log₂ P less three bits, since an hour used once a week is no news.

use super::observation::{Fact, Observation};
use super::scene::{Map, Scene, day};
use super::signal::Signal;
use crate::event::time::TICKS_PER_HOUR;

const USUAL: f64 = 3.0;
const MOST: f64 = 8.0;
/// An account has to be known on so many days.
const LEAST_DAYS: u32 = 4;

/// 0–23 on workdays, 24–47 on Saturday and Sunday. 1970-01-01 was a Thursday.
fn bin(time: i64) -> u8 {
    let hour = time.div_euclid(TICKS_PER_HOUR).rem_euclid(24) as u8;
    if matches!((day(time) + 4).rem_euclid(7), 0 | 6) { hour + 24 } else { hour }
}

fn next_to(bin: u8) -> [u8; 2] {
    let (week, hour) = (bin / 24 * 24, bin % 24);
    [week + (hour + 23) % 24, week + (hour + 1) % 24]
}

pub fn observe(scene: &Scene, out: &mut Vec<Observation>) {
    // (account, bin) → days, last day; account → days, last day.
    let mut bins: Map<(u32, u8), (u32, i64)> = Map::default();
    let mut days: Map<u32, (u32, i64)> = Map::default();
    let mut hits: Vec<(u32, u8, i64, u32, u32)> = Vec::new();
    for u in scene.uses().filter(|u| scene.is_person(u.account)) {
        let (today, bin) = (day(u.time), bin(u.time));
        let d = days.entry(u.account).or_insert((0, i64::MIN));
        if d.1 != today {
            *d = (d.0 + 1, today);
        }
        let b = bins.entry((u.account, bin)).or_insert((0, i64::MIN));
        if b.1 != today {
            *b = (b.0 + 1, today);
            hits.push((u.account, bin, today, u.row, u.source));
        }
    }
    let mut peers = [0.0; 48];
    for ((_, bin), (n, _)) in &bins {
        peers[*bin as usize] += f64::from(*n);
    }
    let all: f64 = days.values().map(|d| f64::from(d.0)).sum();
    let of = |account, bin| bins.get(&(account, bin)).map_or(0.0, |b| f64::from(b.0));
    // The most surprising hour of each account's day.
    let mut best: Map<(u32, i64), (f64, u8, u32, u32)> = Map::default();
    for &(account, bin, today, row, source) in &hits {
        let active = days.get(&account).map_or(0, |d| d.0);
        if active < LEAST_DAYS {
            continue;
        }
        let near: f64 = next_to(bin).iter().map(|&b| of(account, b)).sum::<f64>() / 2.0;
        // Neighbours count only by other days: those of this day are the same stay.
        let own = (of(account, bin) - 1.0) + (near - 1.0).max(0.0);
        let p = (own + peers[bin as usize] / all) / f64::from(active);
        let bits = (-libm::log2(p.clamp(1e-9, 1.0)) - USUAL).min(MOST);
        if bits >= 1.0 && best.get(&(account, today)).is_none_or(|b| b.0 < bits) {
            best.insert((account, today), (bits, bin, row, source));
        }
    }
    let mut best: Vec<_> = best.into_iter().collect();
    best.sort_by_key(|(key, _)| *key);
    for ((account, _), (bits, bin, row, source)) in best {
        let used = bins.get(&(account, bin)).map_or(1, |b| b.0) - 1;
        let of = days.get(&account).map_or(1, |d| d.0) - 1;
        let fact = Fact::Hour { hour: bin % 24, weekend: bin >= 24, days: used, of };
        out.push(Observation::new(Signal::OffHours, bits, fact, row).account(account).source(source));
    }
}
