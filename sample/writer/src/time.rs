//! FILETIME: 100 ns since 1601-01-01 UTC, and its calendar form, in integers only.

/// Ticks of 100 ns in a second.
pub const SECOND: u64 = 10_000_000;
pub const MINUTE: u64 = 60 * SECOND;
pub const HOUR: u64 = 60 * MINUTE;
pub const DAY: u64 = 24 * HOUR;

/// Year, month 1–12 and day 1–31 of a number of days since 1601-01-01 (proleptic Gregorian).
pub fn civil(days: u64) -> (u32, u32, u32) {
    // Shifted to eras of 400 years that begin on 1 March: the leap day is then the last of its year.
    let z = days + 584_694;
    let era = z / 146_097;
    let day_of_era = z % 146_097;
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    (year as u32, month as u32, day as u32)
}

/// Days since 1601-01-01 of a date; the inverse of [`civil`].
pub fn days(year: u32, month: u32, day: u32) -> u64 {
    let y = u64::from(year) - u64::from(month <= 2);
    let era = y / 400;
    let year_of_era = y % 400;
    let shifted = (u64::from(month) + 9) % 12;
    let day_of_year = (153 * shifted + 2) / 5 + u64::from(day) - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 584_694
}

/// `2021-05-03T08:58:25.9210336Z`; `digits` of the second's fraction, at most 9 (Windows forwards 7 or 9).
pub fn rfc3339(time: u64, digits: usize) -> String {
    let (year, month, day) = civil(time / DAY);
    let (h, m, s) = (time % DAY / HOUR, time % HOUR / MINUTE, time % MINUTE / SECOND);
    let fraction = format!("{:07}00", time % SECOND);
    format!("{year:04}-{month:02}-{day:02}T{h:02}:{m:02}:{s:02}.{}Z", &fraction[..digits.clamp(1, 9)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_go_there_and_back() {
        assert_eq!(civil(0), (1601, 1, 1));
        assert_eq!(days(1970, 1, 1) * DAY / SECOND, 11_644_473_600);
        for day in 0..300_000 {
            let (y, m, d) = civil(day);
            assert_eq!(days(y, m, d), day);
        }
        assert_eq!(rfc3339(days(2024, 2, 29) * DAY + 12_345_678, 7), "2024-02-29T00:00:01.2345678Z");
    }
}
