//! Which changes are sensitive: to accounts, groups, the directory, auditing, the log. Meanings: Microsoft, "Advanced security audit policy
//! settings"; replication rights: MS-ADTS 5.1.3.2.1.

use super::scene::Scene;
use crate::event::{Field, sid};
use crate::identity::{AccountKind, HostKind, NONE};
use crate::store::Row;

/// DS-Replication-Get-Changes, -All, -In-Filtered-Set.
const REPLICATION: [&str; 3] = [
    "1131f6aa-9c07-11d1-f79f-00c04fc2dcd2",
    "1131f6ad-9c07-11d1-f79f-00c04fc2dcd2",
    "89e95b76-444d-4c62-991a-0facbeda640c",
];

macro_rules! changes {
    ($($name:ident $bits:literal $words:literal,)*) => {
        /// A kind of sensitive change.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Change { $($name),* }

        impl Change {
            /// What somebody did, to follow a name.
            pub const fn words(self) -> &'static str {
                match self { $(Change::$name => $words),* }
            }

            /// Bits for what it makes possible.
            pub const fn bits(self) -> f64 {
                match self { $(Change::$name => $bits),* }
            }
        }
    };
}

changes! {
    Replicated 6.0 "replicated the directory",
    ReplicationGranted 6.0 "granted the right to replicate",
    CatalogueName 6.0 "gave a computer a global catalogue's name",
    ServerObject 6.0 "made or removed a domain controller's object",
    PrivilegedMember 4.0 "added a member to a privileged group",
    PrivilegedMemberRemoved 1.0 "removed a member from a privileged group",
    HiddenAccount 6.0 "created a user with a name in $",
    AccountCreated 1.0 "created an account",
    AccountDeleted 1.0 "deleted an account",
    PasswordReset 0.0 "reset another's password",
    SidHistory 5.0 "set a SID history",
    Delegation 4.0 "changed a delegation",
    ComputerCreated 1.0 "created a computer account",
    ComputerByNobody 8.0 "changed a computer account without being anybody",
    RenamedFromComputer 8.0 "renamed an account from or to a computer's name",
    Dsrm 5.0 "set the password of the restore mode (DSRM)",
    Replay 4.0 "replayed a Kerberos request",
    AuditRemoved 4.0 "removed auditing",
    LogCleared 5.0 "cleared a log",
    KeyCredential 4.0 "wrote key credentials",
}

/// Events that may be one.
pub const fn may_be(event_id: u16) -> bool {
    matches!(event_id, 104 | 1102 | 4649 | 4662 | 4719..=4794 | 5136..=5141)
}

/// The kind of change an event is; `None` for one that is everyday.
pub fn change(scene: &Scene, row: &Row, subject: u32, account: u32) -> Option<Change> {
    // 1102, 4662 and their like name one account: who acted.
    let subject = if subject == NONE { account } else { subject };
    let detail = |f| scene.store.tables.detail(row.details, f);
    let has = |f, text: &str| contains(detail(f), text);
    let set = |f| !matches!(detail(f).trim(), "" | "-" | "%%1793");
    let group = || sid::is_privileged_group(detail(Field::TargetSid));
    let by_system = matches!(scene.kind(subject), Some(AccountKind::Machine | AccountKind::BuiltIn));
    Some(match row.event_id {
        4662 if replicates(detail(Field::Properties)) && !may_replicate(scene, subject) => Change::Replicated,
        4728 | 4732 | 4756 if group() => Change::PrivilegedMember,
        4729 | 4733 | 4757 if group() => Change::PrivilegedMemberRemoved,
        4720 if scene.kind(account) == Some(AccountKind::Machine) => Change::HiddenAccount,
        4720 => Change::AccountCreated,
        4726 => Change::AccountDeleted,
        4724 if subject != account && scene.is_person(subject) => Change::PasswordReset,
        4738 if set(Field::SidHistory) => Change::SidHistory,
        4765 | 4766 => Change::SidHistory,
        4738 | 4742 if set(Field::AllowedToDelegateTo) => Change::Delegation,
        4741 if !by_system => Change::ComputerCreated,
        4742 if scene.kind(subject) == Some(AccountKind::Anonymous) => Change::ComputerByNobody,
        4742 if has(Field::ServicePrincipalNames, "gc/") && !by_system => Change::CatalogueName,
        4781 if detail(Field::OldTargetUserName).ends_with('$')
            != detail(Field::NewTargetUserName).ends_with('$') =>
        {
            Change::RenamedFromComputer
        }
        4794 => Change::Dsrm,
        4649 => Change::Replay,
        4719 if has(Field::AuditPolicyChanges, "%%8448") || has(Field::AuditPolicyChanges, "%%8450") => {
            Change::AuditRemoved
        }
        1102 | 104 => Change::LogCleared,
        5136 => attribute(scene, row, by_system)?,
        5137 | 5141 if detail(Field::ObjectClass).eq_ignore_ascii_case("server") => Change::ServerObject,
        _ => return None,
    })
}

/// What writing this attribute of the directory is.
fn attribute(scene: &Scene, row: &Row, by_system: bool) -> Option<Change> {
    let detail = |f| scene.store.tables.detail(row.details, f);
    let name = detail(Field::AttributeLDAPDisplayName);
    let value = detail(Field::AttributeValue);
    if contains(name, "msds-keycredentiallink") {
        Some(Change::KeyCredential)
    } else if contains(name, "msds-allowedto") {
        Some(Change::Delegation)
    } else if contains(name, "ntsecuritydescriptor") && replicates(value) {
        Some(Change::ReplicationGranted)
    } else if contains(name, "serviceprincipalname") && contains(value, "gc/") && !by_system {
        Some(Change::CatalogueName)
    } else {
        None
    }
}

/// Whether a list of GUIDs (4662 Properties, a security descriptor in SDDL) names a right to replicate.
fn replicates(text: &str) -> bool {
    REPLICATION.iter().any(|guid| contains(text, guid))
}

/// Domain controllers replicate; SYSTEM on them too. A machine account that is none does not.
fn may_replicate(scene: &Scene, subject: u32) -> bool {
    match scene.kind(subject) {
        Some(AccountKind::BuiltIn) => true,
        Some(AccountKind::Machine) => {
            let own = scene.identity.accounts.get(subject).and_then(|a| a.host).unwrap_or(NONE);
            scene.identity.hosts.get(own).is_none_or(|h| h.kind == HostKind::DomainController)
        }
        _ => false,
    }
}

/// What was changed, as the record names it.
pub fn object(scene: &Scene, row: &Row, account: u32) -> String {
    let detail = |f| scene.store.tables.detail(row.details, f);
    match row.event_id {
        5136 | 5137 | 5141 => detail(Field::ObjectDN).to_owned(),
        4662 => detail(Field::ObjectName).to_owned(),
        1102 | 104 | 4719 | 4794 => scene.store.tables.strings.get(row.computer).to_owned(),
        _ => scene.identity.accounts.get(account).map(|a| a.full()).unwrap_or_default(),
    }
}

/// `part` in lower-case ASCII.
fn contains(text: &str, part: &str) -> bool {
    text.len() >= part.len()
        && text.as_bytes().windows(part.len()).any(|w| w.eq_ignore_ascii_case(part.as_bytes()))
}
