//! Time as LogonScope keeps it: 100-nanosecond ticks since 1970-01-01 UTC, the resolution of Windows.
//!
//! FILETIME (MS-DTYP 2.3.3) counts the same ticks from 1601-01-01.

use jiff::Timestamp;

pub const TICKS_PER_SECOND: i64 = 10_000_000;
pub const TICKS_PER_HOUR: i64 = 3600 * TICKS_PER_SECOND;
pub const TICKS_PER_DAY: i64 = 24 * TICKS_PER_HOUR;
/// Ticks from 1601-01-01 to 1970-01-01.
const EPOCH: i64 = 116_444_736_000_000_000;

/// Ticks of a FILETIME; `None` past the year 30828, which no clock shows.
pub const fn from_filetime(filetime: u64) -> Option<i64> {
    if filetime > i64::MAX as u64 {
        return None;
    }
    Some(filetime as i64 - EPOCH)
}

/// Ticks of an RFC 3339 text with any number of fraction digits (`2021-05-03T08:58:25.123456700Z`).
pub fn parse(text: &str) -> Option<i64> {
    let nanos = text.trim().parse::<Timestamp>().ok()?.as_nanosecond();
    i64::try_from(nanos.div_euclid(100)).ok()
}

/// RFC 3339 in UTC with as many fraction digits as are needed; the tick number itself where a date cannot be written.
pub fn format(ticks: i64) -> String {
    match Timestamp::from_nanosecond(i128::from(ticks) * 100) {
        Ok(t) => t.to_string(),
        Err(_) => format!("{ticks}"),
    }
}

/// The UTC day of a time, in days since 1970-01-01.
pub const fn day(ticks: i64) -> i64 {
    ticks.div_euclid(TICKS_PER_DAY)
}

/// Milliseconds since 1970, for JavaScript's `Date`; rounded down.
pub const fn millis(ticks: i64) -> f64 {
    ticks.div_euclid(10_000) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back() {
        let t = parse("2021-05-03T08:58:25.123456700Z").unwrap();
        assert_eq!(format(t), "2021-05-03T08:58:25.1234567Z");
        assert_eq!(from_filetime(116_444_736_000_000_000), Some(0));
        assert_eq!(format(0), "1970-01-01T00:00:00Z");
        assert_eq!(from_filetime(u64::MAX), None);
        assert_eq!(parse("yesterday"), None);
        assert_eq!(format(i64::MAX), i64::MAX.to_string());
    }
}
