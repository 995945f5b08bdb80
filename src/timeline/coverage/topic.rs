//! What cannot be said from these logs, and why.

use super::Coverage;
use super::facts::is_dc;
use crate::event::time::TICKS_PER_DAY;
use crate::identity::{Events, Identity};
use crate::store::Store;

/// Days of log below which nobody's habits are known.
const DAYS: i64 = 3;

/// A field of analysis that lives on certain events.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Topic {
    KerberosTickets,
    DirectoryReplication,
    SessionEnds,
    ChainsAcrossHosts,
    Ntlm,
    Privileges,
    Habits,
}

impl Topic {
    pub const ALL: &'static [Topic] = &[
        Topic::KerberosTickets,
        Topic::DirectoryReplication,
        Topic::SessionEnds,
        Topic::ChainsAcrossHosts,
        Topic::Ntlm,
        Topic::Privileges,
        Topic::Habits,
    ];

    pub const fn label(self) -> &'static str {
        match self {
            Topic::KerberosTickets => "Kerberos tickets (roasting, forged tickets, encryption downgrade)",
            Topic::DirectoryReplication => "Directory replication (DCSync)",
            Topic::SessionEnds => "Ends of sessions",
            Topic::ChainsAcrossHosts => "Chains of logons over several hosts",
            Topic::Ntlm => "NTLM (pass the hash, relaying)",
            Topic::Privileges => "Special privileges of sessions",
            Topic::Habits => "Habits (unusual hours, first-seen logons)",
        }
    }
}

/// An analysis whose silence means nothing here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotEvaluable {
    pub topic: Topic,
    /// A plain sentence.
    pub reason: String,
}

/// By topic; empty where there is no event at all.
pub fn not_evaluable(c: &Coverage, store: &Store, identity: &Identity, events: &Events) -> Vec<NotEvaluable> {
    let Some((first, last)) = c.span else { return Vec::new() };
    let none = |ids: &[u16]| ids.iter().all(|&id| c.count(id) == 0);
    let reason = |topic: Topic| -> Option<String> {
        match topic {
            Topic::KerberosTickets => none(&[4768, 4769]).then(|| {
                "No ticket events (4768, 4769): no domain controller's Security log is loaded, or it does not audit them."
                    .into()
            }),
            Topic::DirectoryReplication => (!c.audited_on_dc(identity, 4662)).then(|| {
                "No domain controller wrote 4662: its log is not loaded, or directory access is not audited.".into()
            }),
            Topic::SessionEnds => (c.count(4624) > 0 && none(&[4634, 4647])).then(|| {
                "No log-offs (4634, 4647): how long sessions lasted is assumed from later logons and boots.".into()
            }),
            Topic::ChainsAcrossHosts => chains(c, identity),
            Topic::Ntlm => (none(&[4776]) && !has_ntlm(store, events)).then(|| {
                "No NTLM validation (4776) and no logon by NTLM: none happened on the loaded hosts, or none is audited.".into()
            }),
            Topic::Privileges => none(&[4672]).then(|| {
                "No 4672: which sessions had special privileges is not audited, so only known groups and names mark the privileged."
                    .into()
            }),
            Topic::Habits => (last.saturating_sub(first) < DAYS * TICKS_PER_DAY).then(|| {
                format!("The logs cover less than {DAYS} days: what is usual for an account is not known.")
            }),
        }
    };
    let found = |&topic: &Topic| Some(NotEvaluable { topic, reason: reason(topic)? });
    Topic::ALL.iter().filter_map(found).collect()
}

fn has_ntlm(store: &Store, events: &Events) -> bool {
    let c = &store.columns;
    events.all.iter().map(|e| e.row as usize).any(|row| {
        c.event_id[row] == 4624 && store.tables.strings.get(c.package[row]).eq_ignore_ascii_case("NTLM")
    })
}

/// A chain needs the logs of the hosts on its way.
fn chains(c: &Coverage, identity: &Identity) -> Option<String> {
    let own = c.own_logs();
    let name = |h: u32| identity.hosts.get(h).map_or("an unnamed host", |h| h.short());
    match own[..] {
        [] => Some("No Security log is loaded.".into()),
        _ if own.iter().all(|&h| is_dc(identity, h)) => {
            let names: Vec<&str> = own.iter().take(3).map(|&h| name(h)).collect();
            let more = if own.len() > 3 { ", …" } else { "" };
            Some(format!(
                "Only domain controllers' logs are loaded ({}{more}): a logon on any other host shows only as the Kerberos service \
                 ticket asked for it (4769), and NTLM logons there as 4776.",
                names.join(", ")
            ))
        }
        [one] => Some(format!(
            "Only the Security log of {} is loaded: what happened before a logon came there and after one left is not known.",
            name(one)
        )),
        _ => None,
    }
}
