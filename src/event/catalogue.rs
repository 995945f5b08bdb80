//! The events LogonScope keeps: which provider and channel they come from, what they mean, what they tell about.
//!
//! Names follow Microsoft's "Audit logon events" / "Security auditing" reference and the TerminalServices operational logs.

/// What kind of thing an event tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// An account was used from somewhere on some host: an edge of the graph.
    Logon,
    /// The end of a logon, or rights given to one: belongs to a session.
    Session,
    /// An account, computer or group was changed.
    Account,
    /// The directory was changed or replicated.
    Directory,
    /// The log, the audit policy or the clock was changed.
    System,
}

/// One kept event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EventType {
    pub id: u16,
    pub source: Source,
    pub kind: Kind,
    /// Short title, as an analyst would say it.
    pub name: &'static str,
}

/// Which provider writes an event into which channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    Security,
    EventLogSecurity,
    EventLogSystem,
    SessionManager,
    ConnectionManager,
}

impl Source {
    /// `(provider, channel)` as they stand in `System/Provider@Name` and `System/Channel`.
    pub const fn names(self) -> (&'static str, &'static str) {
        match self {
            Source::Security => ("Microsoft-Windows-Security-Auditing", "Security"),
            Source::EventLogSecurity => ("Microsoft-Windows-Eventlog", "Security"),
            Source::EventLogSystem => ("Microsoft-Windows-Eventlog", "System"),
            Source::SessionManager => (
                "Microsoft-Windows-TerminalServices-LocalSessionManager",
                "Microsoft-Windows-TerminalServices-LocalSessionManager/Operational",
            ),
            Source::ConnectionManager => (
                "Microsoft-Windows-TerminalServices-RemoteConnectionManager",
                "Microsoft-Windows-TerminalServices-RemoteConnectionManager/Operational",
            ),
        }
    }
}

const fn event(id: u16, source: Source, kind: Kind, name: &'static str) -> EventType {
    EventType { id, source, kind, name }
}

use Kind::{Account, Directory, Logon, Session, System};
use Source::{ConnectionManager, EventLogSecurity, EventLogSystem, Security, SessionManager};

/// Every kept event, by rising id; an id stands here once.
pub const EVENTS: &[EventType] = &[
    event(21, SessionManager, Logon, "RDP session logon"),
    event(22, SessionManager, Session, "RDP shell started"),
    event(23, SessionManager, Session, "RDP session logoff"),
    event(24, SessionManager, Session, "RDP session disconnected"),
    event(25, SessionManager, Logon, "RDP session reconnected"),
    event(104, EventLogSystem, System, "System log cleared"),
    event(1100, EventLogSecurity, System, "Event logging service shut down"),
    event(1102, EventLogSecurity, System, "Audit log cleared"),
    event(1149, ConnectionManager, Logon, "RDP user authenticated"),
    event(4616, Security, System, "System time changed"),
    event(4624, Security, Logon, "Logon"),
    event(4625, Security, Logon, "Logon failed"),
    event(4634, Security, Session, "Logoff"),
    event(4647, Security, Session, "User-initiated logoff"),
    event(4648, Security, Logon, "Explicit credentials used"),
    event(4649, Security, System, "Replay attack detected"),
    event(4662, Security, Directory, "Directory object accessed"),
    event(4672, Security, Session, "Special privileges assigned"),
    event(4719, Security, System, "Audit policy changed"),
    event(4720, Security, Account, "Account created"),
    event(4722, Security, Account, "Account enabled"),
    event(4723, Security, Account, "Password change attempted"),
    event(4724, Security, Account, "Password reset attempted"),
    event(4725, Security, Account, "Account disabled"),
    event(4726, Security, Account, "Account deleted"),
    event(4728, Security, Account, "Member added to global group"),
    event(4729, Security, Account, "Member removed from global group"),
    event(4732, Security, Account, "Member added to local group"),
    event(4733, Security, Account, "Member removed from local group"),
    event(4738, Security, Account, "Account changed"),
    event(4740, Security, Account, "Account locked out"),
    event(4741, Security, Account, "Computer account created"),
    event(4742, Security, Account, "Computer account changed"),
    event(4743, Security, Account, "Computer account deleted"),
    event(4756, Security, Account, "Member added to universal group"),
    event(4757, Security, Account, "Member removed from universal group"),
    event(4765, Security, Account, "SID history added"),
    event(4766, Security, Account, "SID history addition failed"),
    event(4767, Security, Account, "Account unlocked"),
    event(4768, Security, Logon, "Kerberos TGT requested"),
    event(4769, Security, Logon, "Kerberos service ticket requested"),
    event(4770, Security, Logon, "Kerberos ticket renewed"),
    event(4771, Security, Logon, "Kerberos pre-authentication failed"),
    event(4776, Security, Logon, "NTLM credential validation"),
    event(4778, Security, Logon, "Session reconnected"),
    event(4779, Security, Session, "Session disconnected"),
    event(4781, Security, Account, "Account renamed"),
    event(4794, Security, Account, "DSRM password set"),
    event(5136, Security, Directory, "Directory object modified"),
    event(5137, Security, Directory, "Directory object created"),
    event(5141, Security, Directory, "Directory object deleted"),
];

/// The kept event with this id, whatever provider it claims.
pub fn by_id(id: u16) -> Option<&'static EventType> {
    EVENTS.binary_search_by_key(&id, |e| e.id).ok().map(|i| &EVENTS[i])
}

/// The kept event that this record is; `None` where the id is not kept or another provider or channel uses the same number.
pub fn kept(id: u64, provider: &str, channel: &str) -> Option<&'static EventType> {
    let e = by_id(u16::try_from(id).ok()?)?;
    let (p, c) = e.source.names();
    (p.eq_ignore_ascii_case(provider) && c.eq_ignore_ascii_case(channel)).then_some(e)
}

/// The title of an event id, or an empty text.
pub fn name(id: u16) -> &'static str {
    by_id(id).map_or("", |e| e.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_rise_so_that_the_search_works() {
        assert!(EVENTS.windows(2).all(|w| w[0].id < w[1].id));
    }

    #[test]
    fn provider_and_channel_count() {
        let auditing = "Microsoft-Windows-Security-Auditing";
        assert_eq!(kept(4624, auditing, "Security").map(|e| e.id), Some(4624));
        assert_eq!(kept(4624, "Somebody", "Security"), None);
        assert_eq!(kept(4624, auditing, "Application"), None);
        assert_eq!(kept(104, "Microsoft-Windows-Eventlog", "Security"), None);
        assert_eq!(kept(65536 + 4624, auditing, "Security"), None);
    }
}
