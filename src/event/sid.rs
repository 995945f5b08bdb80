//! Security identifiers: binary to text (MS-DTYP 2.4.2) and the well-known ones by name (Microsoft, "Security identifiers").

use std::fmt::Write;

/// Appends the text of a binary SID (`S-1-5-21-…`); `false` and nothing appended where the bytes are no SID.
pub fn write(bytes: &[u8], out: &mut String) -> bool {
    let [1, count, authority @ ..] = bytes else {
        return false;
    };
    let (Some(authority), subs) = (authority.first_chunk::<6>(), authority.get(6..)) else {
        return false;
    };
    let subs = subs.unwrap_or_default();
    let count = usize::from(*count);
    if count > 15 || subs.len() < count * 4 {
        return false;
    }
    let [a, b, c, d, e, f] = *authority;
    let authority = u64::from_be_bytes([0, 0, a, b, c, d, e, f]);
    // Writing to a String cannot fail.
    let _ = write!(out, "S-1-{authority}");
    for sub in subs.as_chunks::<4>().0.iter().take(count) {
        let _ = write!(out, "-{}", u32::from_le_bytes(*sub));
    }
    true
}

/// No account at all: what Windows writes where it could not tell the account.
pub fn is_null(sid: &str) -> bool {
    matches!(sid, "" | "-" | "S-1-0-0")
}

/// Whether this is an account of a domain or a machine's own (`S-1-5-21-…`), not a well-known one.
pub fn is_issued(sid: &str) -> bool {
    sid.starts_with("S-1-5-21-")
}

/// The last number of an issued SID (500 = built-in Administrator, 512 = Domain Admins, ≥ 1000 made later).
pub fn rid(sid: &str) -> Option<u32> {
    is_issued(sid).then(|| sid.rsplit('-').next()?.parse().ok())?
}

/// Groups whose members rule a machine or a domain, by RID or by alias SID.
pub fn is_privileged_group(sid: &str) -> bool {
    matches!(rid(sid), Some(512 | 516 | 518 | 519 | 520 | 526 | 527))
        || matches!(sid, "S-1-5-32-544" | "S-1-5-32-548" | "S-1-5-32-549" | "S-1-5-32-550" | "S-1-5-32-551")
}

/// The name of a well-known SID.
pub fn well_known(sid: &str) -> Option<&'static str> {
    Some(match sid {
        "S-1-0-0" => "nobody",
        "S-1-1-0" => "Everyone",
        "S-1-5-7" => "ANONYMOUS LOGON",
        "S-1-5-9" => "Enterprise Domain Controllers",
        "S-1-5-10" => "Self",
        "S-1-5-11" => "Authenticated Users",
        "S-1-5-18" => "SYSTEM",
        "S-1-5-19" => "LOCAL SERVICE",
        "S-1-5-20" => "NETWORK SERVICE",
        "S-1-5-32-544" => "Administrators",
        "S-1-5-32-545" => "Users",
        "S-1-5-32-546" => "Guests",
        "S-1-5-32-547" => "Power Users",
        "S-1-5-32-548" => "Account Operators",
        "S-1-5-32-549" => "Server Operators",
        "S-1-5-32-550" => "Print Operators",
        "S-1-5-32-551" => "Backup Operators",
        "S-1-5-32-555" => "Remote Desktop Users",
        "S-1-5-32-580" => "Remote Management Users",
        _ if sid.starts_with("S-1-5-80-") => "a service's own account",
        _ if sid.starts_with("S-1-5-82-") => "an IIS application pool",
        _ if sid.starts_with("S-1-5-83-") => "a virtual machine",
        _ if sid.starts_with("S-1-5-90-") => "Window Manager",
        _ if sid.starts_with("S-1-5-96-") => "Font Driver Host",
        _ => match rid(sid)? {
            500 => "built-in Administrator",
            501 => "built-in Guest",
            502 => "krbtgt",
            512 => "Domain Admins",
            513 => "Domain Users",
            515 => "Domain Computers",
            516 => "Domain Controllers",
            518 => "Schema Admins",
            519 => "Enterprise Admins",
            520 => "Group Policy Creator Owners",
            526 => "Key Admins",
            527 => "Enterprise Key Admins",
            _ => return None,
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn binary_to_text() {
        let mut out = String::new();
        assert!(write(&[1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0], &mut out));
        assert_eq!(out, "S-1-5-18");
        for bad in [&[][..], &[1, 2, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0], &[2, 0, 0, 0, 0, 0, 0, 5], &[1, 1, 0, 0]]
        {
            let mut out = String::new();
            assert!(!write(bad, &mut out) && out.is_empty(), "{bad:?}");
        }
    }

    #[test]
    fn names_and_rids() {
        assert_eq!(well_known("S-1-5-21-1-2-3-500"), Some("built-in Administrator"));
        assert_eq!(well_known("S-1-5-21-1-2-3-1104"), None);
        assert_eq!(rid("S-1-5-32-544"), None);
        assert!(is_privileged_group("S-1-5-21-1-2-3-512") && !is_privileged_group("S-1-5-21-1-2-3-513"));
    }
}
