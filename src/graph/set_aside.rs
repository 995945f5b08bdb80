//! What the graph leaves out, and why: nothing vanishes without a reason and a count.

use crate::event::{Kind, catalogue};
use crate::identity::{AccountKind, Identity, NONE};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    MachineAccount,
    Anonymous,
    BuiltIn,
    NotALogon,
    NoAccount,
    NoHost,
}

impl Reason {
    pub const ALL: [Reason; 6] = [
        Reason::MachineAccount,
        Reason::BuiltIn,
        Reason::Anonymous,
        Reason::NoAccount,
        Reason::NoHost,
        Reason::NotALogon,
    ];

    /// The name in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Reason::MachineAccount => "machine-account",
            Reason::Anonymous => "anonymous",
            Reason::BuiltIn => "built-in",
            Reason::NotALogon => "not-a-logon",
            Reason::NoAccount => "no-account",
            Reason::NoHost => "no-host",
        }
    }

    pub fn from_name(name: &str) -> Option<Reason> {
        Self::ALL.into_iter().find(|r| r.name() == name)
    }

    pub const fn label(self) -> &'static str {
        match self {
            Reason::MachineAccount => "Machine accounts",
            Reason::Anonymous => "Anonymous logons",
            Reason::BuiltIn => "Built-in accounts",
            Reason::NotALogon => "Events that are no logon",
            Reason::NoAccount => "No account named",
            Reason::NoHost => "No host named",
        }
    }

    pub const fn why(self) -> &'static str {
        match self {
            Reason::MachineAccount => {
                "Computers log on to each other all day (name$); bring them back to look for relayed machine accounts."
            }
            Reason::Anonymous => "ANONYMOUS LOGON: null sessions, mostly browsing and old protocols.",
            Reason::BuiltIn => {
                "SYSTEM, LOCAL SERVICE, NETWORK SERVICE, window managers and virtual service accounts act on their own machine."
            }
            Reason::NotALogon => {
                "Log-offs, privileges, account, policy and directory changes tell about accounts, not about a way from host to host."
            }
            Reason::NoAccount => "The record names no account.",
            Reason::NoHost => "The record names neither a source nor the computer that wrote it.",
        }
    }

    /// Whether it can be drawn when the user asks for it.
    pub const fn can_include(self) -> bool {
        matches!(self, Reason::MachineAccount | Reason::Anonymous | Reason::BuiltIn)
    }
}

/// The reasons that are brought back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Include(u8);

impl Include {
    pub fn with(self, reason: Reason) -> Self {
        if reason.can_include() { Self(self.0 | 1 << reason as u8) } else { self }
    }

    pub fn has(self, reason: Reason) -> bool {
        self.0 & 1 << reason as u8 != 0
    }

    /// From names as JSON has them; unknown ones are ignored.
    pub fn from_names<'n>(names: impl IntoIterator<Item = &'n str>) -> Self {
        names.into_iter().filter_map(Reason::from_name).fold(Self::default(), Self::with)
    }
}

/// Whether events of this id are edges at all.
pub fn is_logon(event_id: u16) -> bool {
    catalogue::by_id(event_id).is_some_and(|e| e.kind == Kind::Logon)
}

/// Why the logons of this account are set aside, if they are.
pub fn of_account(identity: &Identity, account: u32) -> Option<Reason> {
    match identity.accounts.get(account)?.kind {
        AccountKind::Anonymous => Some(Reason::Anonymous),
        AccountKind::BuiltIn => Some(Reason::BuiltIn),
        AccountKind::Machine => Some(Reason::MachineAccount),
        AccountKind::User | AccountKind::Unknown => None,
    }
}

/// The same for events that lack an account or a host.
pub fn incomplete(account: u32, way: crate::identity::Way) -> Option<Reason> {
    if account == NONE {
        Some(Reason::NoAccount)
    } else if way.source == NONE || way.target == NONE {
        Some(Reason::NoHost)
    } else {
        None
    }
}
