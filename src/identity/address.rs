//! IP addresses as events write them.

use std::net::IpAddr;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Address {
    /// None given (`-`, empty).
    None,
    /// This very machine: loopback, `LOCAL`, `localhost`, or no address at all (`0.0.0.0`, `::`).
    Local,
    Ip(IpAddr),
    /// Something else, to be taken for a host name.
    Name,
}

/// What a field like `IpAddress` says; `::ffff:10.0.0.1` is 10.0.0.1, and an IPv6 zone (`%12`) is left out.
///
/// ```
/// # use logonscope::identity::{Address, parse_address};
/// assert_eq!(parse_address("::ffff:10.0.0.1"), Address::Ip([10, 0, 0, 1].into()));
/// assert_eq!(parse_address("::1"), Address::Local);
/// assert_eq!(parse_address("-"), Address::None);
/// assert_eq!(parse_address("PC-7"), Address::Name);
/// ```
pub fn parse(text: &str) -> Address {
    let text = text.trim();
    if matches!(text, "" | "-") {
        return Address::None;
    }
    if text.eq_ignore_ascii_case("LOCAL") || text.eq_ignore_ascii_case("localhost") {
        return Address::Local;
    }
    let bare = text.split('%').next().unwrap_or(text);
    match bare.parse::<IpAddr>() {
        Ok(ip) => match ip.to_canonical() {
            ip if ip.is_loopback() || ip.is_unspecified() => Address::Local,
            ip => Address::Ip(ip),
        },
        Err(_) => Address::Name,
    }
}
