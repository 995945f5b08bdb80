//! Time zones, for showing times to people; inside everything is UTC.
//!
//! The rules come with the program (IANA Time Zone Database through `jiff`), so that a log reads the same on every machine. Only the command
//! carries them, as the feature `zones`; the page formats times with the browser's `Intl`.

use super::time;
use jiff::Timestamp;
use jiff::tz::{TimeZone, TimeZoneDatabase};

/// A zone by its IANA name.
#[derive(Clone, Debug, PartialEq)]
pub struct Zone {
    zone: TimeZone,
}

impl Zone {
    pub fn utc() -> Self {
        Self { zone: TimeZone::UTC }
    }

    /// The zone of an IANA name such as `Europe/Berlin`, upper or lower case.
    ///
    /// # Errors
    /// A sentence, where there is no such zone.
    pub fn named(name: &str) -> Result<Self, String> {
        if name.eq_ignore_ascii_case("UTC") {
            return Ok(Self::utc());
        }
        let zone = TimeZoneDatabase::bundled().get(name);
        zone.map(|zone| Self { zone }).map_err(|_| {
            format!("there is no time zone '{name}'; zones have names such as Europe/Berlin, America/New_York or UTC")
        })
    }

    pub fn name(&self) -> &str {
        self.zone.iana_name().unwrap_or("UTC")
    }

    /// RFC 3339 with the offset that held then (`2025-03-30T03:00:00+02:00`; `Z` for UTC), with as many fraction digits as are needed; the
    /// tick number itself where a date cannot be written.
    pub fn format(&self, ticks: i64) -> String {
        match Timestamp::from_nanosecond(i128::from(ticks) * 100) {
            Ok(at) if self.zone != TimeZone::UTC => {
                at.display_with_offset(self.zone.to_offset(at)).to_string()
            }
            _ => time::format(ticks),
        }
    }

    /// Hours since Monday 00:00 on the clock there, 0 to 167; `None` where no date can be written.
    pub fn hour_of_week(&self, ticks: i64) -> Option<u8> {
        let at = Timestamp::from_nanosecond(i128::from(ticks) * 100).ok()?;
        let local = self.zone.to_datetime(at);
        u8::try_from(i16::from(local.weekday().to_monday_zero_offset()) * 24 + i16::from(local.hour())).ok()
    }
}

#[cfg(all(test, feature = "zones"))]
mod tests {
    use super::*;

    fn at(zone: &str, utc: &str) -> (String, u8) {
        let zone = Zone::named(zone).expect("a zone");
        let ticks = time::parse(utc).expect("a time");
        (zone.format(ticks), zone.hour_of_week(ticks).expect("an hour"))
    }

    /// Sunday is the last day of the week: hours 144 to 167.
    #[test]
    fn summer_time_begins_and_ends() {
        for (zone, utc, local, hour) in [
            ("Europe/Berlin", "2025-03-30T00:59:59.9999999Z", "2025-03-30T01:59:59.9999999+01:00", 145),
            ("Europe/Berlin", "2025-03-30T01:00:00Z", "2025-03-30T03:00:00+02:00", 147),
            ("Europe/Berlin", "2025-10-26T00:30:00Z", "2025-10-26T02:30:00+02:00", 146),
            ("Europe/Berlin", "2025-10-26T01:30:00Z", "2025-10-26T02:30:00+01:00", 146),
            ("Europe/Berlin", "2025-10-26T22:59:00Z", "2025-10-26T23:59:00+01:00", 167),
            ("Europe/Berlin", "2025-10-26T23:00:00Z", "2025-10-27T00:00:00+01:00", 0),
            ("america/new_york", "2025-03-09T06:59:59Z", "2025-03-09T01:59:59-05:00", 145),
            ("America/New_York", "2025-03-09T07:00:00Z", "2025-03-09T03:00:00-04:00", 147),
            ("America/New_York", "2025-11-02T05:30:00Z", "2025-11-02T01:30:00-04:00", 145),
            ("America/New_York", "2025-11-02T06:30:00Z", "2025-11-02T01:30:00-05:00", 145),
            ("Asia/Kolkata", "2025-01-05T18:30:00Z", "2025-01-06T00:00:00+05:30", 0),
            ("UTC", "2025-01-06T00:00:00.5Z", "2025-01-06T00:00:00.5Z", 0),
        ] {
            assert_eq!(at(zone, utc), (local.to_owned(), hour), "{zone} {utc}");
        }
    }

    #[test]
    fn unknown_zones_and_absurd_times() {
        for name in ["", "Mars/Olympus", "CEST+99", "../../etc/passwd"] {
            assert!(Zone::named(name).is_err_and(|text| text.contains(name)), "{name}");
        }
        let berlin = Zone::named("Europe/Berlin").expect("a zone");
        assert_eq!(berlin.name(), "Europe/Berlin");
        assert_eq!((berlin.format(i64::MAX), berlin.hour_of_week(i64::MAX)), (i64::MAX.to_string(), None));
        assert_eq!(berlin.hour_of_week(i64::MIN), None);
        // Before there were zones: local mean time, shown with an offset to the minute.
        assert!(berlin.format(-40_000_000_000_000_000).starts_with("18"));
    }
}
