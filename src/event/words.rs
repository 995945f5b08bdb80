//! What a single field's value means, for people: logon types, statuses, encryption types, well-known SIDs, message codes.

use super::{logon_type, status};

/// The meaning of `value` in the field `name` of event `event_id`; `None` where the value speaks for itself or is not known to us.
pub fn meaning(event_id: u16, name: &str, value: &str) -> Option<String> {
    let text = match name {
        "EventID" => super::catalogue::name(value.parse().ok()?),
        "LogonType" => logon_type::name(value.parse().ok()?),
        "Status" | "SubStatus" | "FailureCode" => status::text(event_id, number(value)?),
        "TicketEncryptionType" | "SessionKeyEncryptionType" | "PreAuthEncryptionType" => {
            encryption(number(value)?)
        }
        "PreAuthType" => pre_auth(number(value)?),
        "ElevatedToken" | "VirtualAccount" => yes_no(value),
        "FailureReason" | "AuditPolicyChanges" | "ImpersonationLevel" | "OperationType" => {
            return codes(value);
        }
        n if n.ends_with("Sid") => super::sid::well_known(value).unwrap_or(""),
        _ => yes_no(value),
    };
    (!text.is_empty()).then(|| text.to_owned())
}

/// A decimal or `0x` number.
pub fn number(value: &str) -> Option<u32> {
    match value.strip_prefix("0x").or_else(|| value.strip_prefix("0X")) {
        Some(hex) => u32::from_str_radix(hex, 16).ok(),
        None => value.parse().ok(),
    }
}

/// Kerberos encryption types (RFC 3961, 3962, 4757, 8009).
pub const fn encryption(etype: u32) -> &'static str {
    match etype {
        0x1 => "DES-CBC-CRC",
        0x3 => "DES-CBC-MD5",
        0x11 => "AES128-CTS-HMAC-SHA1-96",
        0x12 => "AES256-CTS-HMAC-SHA1-96",
        0x13 => "AES128-CTS-HMAC-SHA256-128",
        0x14 => "AES256-CTS-HMAC-SHA384-192",
        0x17 => "RC4-HMAC",
        0x18 => "RC4-HMAC-EXP",
        0xFFFF_FFFF => "none (the request failed)",
        _ => "",
    }
}

/// Kerberos pre-authentication types (RFC 4120, 4556, 6113).
const fn pre_auth(kind: u32) -> &'static str {
    match kind {
        0 => "none: logon without pre-authentication",
        2 => "encrypted timestamp (password)",
        15 | 16 => "certificate (smart card)",
        17 => "certificate (smart card)",
        20 => "referral",
        138 => "encrypted challenge (FAST)",
        _ => "",
    }
}

fn yes_no(value: &str) -> &'static str {
    match value {
        "%%1842" => "yes",
        "%%1843" => "no",
        _ => "",
    }
}

/// Message codes of the Security provider's message table; a value may hold several.
fn codes(value: &str) -> Option<String> {
    let known: Vec<&str> = value
        .split([',', ' ', '\t', '\n', '\r'])
        .filter_map(|code| {
            Some(match code {
                "%%1832" => "identification",
                "%%1833" => "impersonation",
                "%%1840" => "delegation",
                "%%2304" => "an error occurred during logon",
                "%%2305" => "the account has expired",
                "%%2306" => "the NetLogon component is not active",
                "%%2307" => "account locked out",
                "%%2308" => "logon type not granted at this machine",
                "%%2309" => "the password has expired",
                "%%2310" => "account currently disabled",
                "%%2311" => "outside permitted hours",
                "%%2312" => "not allowed to log on at this computer",
                "%%2313" => "unknown user name or bad password",
                "%%14674" => "value added",
                "%%14675" => "value deleted",
                "%%8448" => "success auditing removed",
                "%%8449" => "success auditing added",
                "%%8450" => "failure auditing removed",
                "%%8451" => "failure auditing added",
                _ => return None,
            })
        })
        .collect();
    (!known.is_empty()).then(|| known.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_in_words() {
        let say = |id, name, value| meaning(id, name, value).unwrap_or_default();
        assert_eq!(say(4624, "LogonType", "10"), "RemoteInteractive (RDP)");
        assert_eq!(say(4625, "SubStatus", "0xc000006a"), "wrong password");
        assert_eq!(say(4771, "Status", "0x18"), "wrong password");
        assert_eq!(say(4769, "TicketEncryptionType", "0x17"), "RC4-HMAC");
        assert_eq!(
            say(4719, "AuditPolicyChanges", "%%8448, %%8450"),
            "success auditing removed, failure auditing removed"
        );
        assert_eq!(say(4624, "SubjectUserSid", "S-1-5-18"), "SYSTEM");
        assert_eq!(meaning(4624, "TargetUserName", "bob"), None);
    }
}
