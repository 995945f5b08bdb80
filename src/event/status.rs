//! Failure codes in words: NTSTATUS (MS-ERREF 2.3.1) for logons and NTLM, Kerberos error codes (RFC 4120 7.5.9) for the KDC's events.

/// The events whose status is a Kerberos error code.
pub const fn is_kerberos(event_id: u16) -> bool {
    matches!(event_id, 4768..=4771)
}

/// Whether the event tells of a failure. `status` is `None` where the event has none.
pub const fn is_failure(event_id: u16, status: Option<u32>) -> bool {
    match event_id {
        4625 | 4771 => true,
        4768 | 4769 | 4770 | 4776 => !matches!(status, None | Some(0)),
        _ => false,
    }
}

/// What a status of this event means; empty where we do not know it.
pub const fn text(event_id: u16, status: u32) -> &'static str {
    if is_kerberos(event_id) { kerberos(status) } else { ntstatus(status) }
}

/// The status as it is written: NTSTATUS with eight digits, Kerberos codes short.
///
/// ```
/// # use logonscope::event::status::format;
/// assert_eq!(format(4625, 0xC000006A), "0xC000006A");
/// assert_eq!(format(4771, 0x18), "0x18");
/// ```
pub fn format(event_id: u16, status: u32) -> String {
    if is_kerberos(event_id) || status == 0 { format!("0x{status:X}") } else { format!("0x{status:08X}") }
}

const fn kerberos(code: u32) -> &'static str {
    match code {
        0x0 => "success",
        0x1 => "client's entry in the database has expired",
        0x2 => "server's entry in the database has expired",
        0x3 => "protocol version not supported",
        0x6 => "account does not exist",
        0x7 => "service does not exist",
        0x8 => "several entries for one principal",
        0x9 => "client or server has no key",
        0xA => "ticket not eligible for postdating",
        0xB => "requested start time is later than end time",
        0xC => "policy rejects the request (workstation or hours)",
        0xD => "KDC cannot fulfil the requested option",
        0xE => "encryption type not supported",
        0xF => "checksum type not supported",
        0x10 => "pre-authentication type not supported",
        0x12 => "account disabled, expired or locked out",
        0x13 => "credentials for the server were revoked",
        0x14 => "TGT was revoked",
        0x17 => "password expired",
        0x18 => "wrong password",
        0x19 => "pre-authentication required",
        0x1A => "ticket is for another server",
        0x1B => "user-to-user authentication needed",
        0x1D => "KDC not available",
        0x1F => "integrity check failed",
        0x20 => "ticket expired",
        0x21 => "ticket not yet valid",
        0x22 => "replay",
        0x23 => "ticket is not for us",
        0x24 => "ticket and authenticator do not match",
        0x25 => "clock skew too great",
        0x26 => "wrong network address in the ticket",
        0x28 => "wrong message type",
        0x29 => "message was modified",
        0x32 => "integrity of the checksum failed",
        0x34 => "response too big for UDP",
        0x3C => "generic error",
        0x3E => "client is not trusted (certificate)",
        0x44 => "wrong realm",
        0x4B => "smart card logon not trusted",
        _ => "",
    }
}

const fn ntstatus(code: u32) -> &'static str {
    match code {
        0x0 => "success",
        0xC000_005E => "no logon server available",
        0xC000_0064 => "account does not exist",
        0xC000_006A => "wrong password",
        0xC000_006C => "password does not meet the policy",
        0xC000_006D => "wrong user name or password",
        0xC000_006E => "account restriction",
        0xC000_006F => "outside permitted logon hours",
        0xC000_0070 => "workstation not permitted",
        0xC000_0071 => "password expired",
        0xC000_0072 => "account disabled",
        0xC000_009A => "insufficient resources",
        0xC000_00DC => "server in the wrong state",
        0xC000_0133 => "clocks too far apart",
        0xC000_015B => "logon type not granted",
        0xC000_018C => "trust relationship failed",
        0xC000_018D => "trusted domain relationship failed",
        0xC000_0192 => "Netlogon service not started",
        0xC000_0193 => "account expired",
        0xC000_0224 => "password must be changed",
        0xC000_0225 => "not found (Windows defect, no risk)",
        0xC000_0234 => "account locked out",
        0xC000_02EE => "failure",
        0xC000_0371 => "no secrets for this account on the read-only DC",
        0xC000_0413 => "authentication firewall: not allowed to this machine",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_number_means_another_thing_to_another_event() {
        assert_eq!(text(4771, 0x18), "wrong password");
        assert_eq!(text(4625, 0xC000_006A), "wrong password");
        assert_eq!(text(4625, 0x18), "");
        assert!(is_failure(4769, Some(0x20)) && !is_failure(4769, Some(0)));
        assert!(is_failure(4625, None) && !is_failure(4624, None));
    }
}
