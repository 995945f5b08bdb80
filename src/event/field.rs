//! The named values of a record that LogonScope keeps, and how to tell them from the element and attribute names of the XML.

/// Makes the enum, its names and the look-up from one list.
macro_rules! fields {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {
        /// A value of a record, named as Microsoft's event schema names it.
        ///
        /// The `System` values come first; the rest are `Data Name="…"` of `EventData` or elements of `UserData`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum Field { $($(#[$doc])* $name),* }

        impl Field {
            /// Every field, in declaration order: `ALL[f as usize] == f`.
            pub const ALL: &'static [Field] = &[$(Field::$name),*];

            /// The name in the event schema.
            pub const fn name(self) -> &'static str {
                match self { $(Field::$name => stringify!($name)),* }
            }

            /// The field of a `Data` name or `UserData` element; `None` for one that is not kept.
            pub fn from_data_name(name: &str) -> Option<Field> {
                match name {
                    // Other spellings of the same value in other events or versions.
                    "FailureCode" => Some(Field::Status),
                    "User" => Some(Field::AccountName),
                    "Param1" => Some(Field::AccountName),
                    "Param2" => Some(Field::AccountDomain),
                    "Param3" | "Address" => Some(Field::ClientAddress),
                    "BackupPath" | "Channel" => None,
                    $(n if n == stringify!($name) && (Field::$name as u8) > Field::LAST_SYSTEM => Some(Field::$name),)*
                    _ => None,
                }
            }
        }
    };
}

fields! {
    Provider, EventID, Version, TimeCreated, EventRecordID, Channel, Computer,
    // the account an event is about
    TargetUserSid, TargetUserName, TargetDomainName, TargetLogonId, TargetSid,
    AccountName, AccountDomain, LogonID, MemberSid, MemberName,
    // the account that acted
    SubjectUserSid, SubjectUserName, SubjectDomainName, SubjectLogonId,
    // where from
    IpAddress, IpPort, WorkstationName, Workstation, ClientAddress, ClientName,
    // how
    LogonType, LogonGuid, Status, SubStatus, AuthenticationPackageName, PackageName,
    // details, kept per event as an interned set
    LogonProcessName, LmPackageName, TargetOutboundUserName, KeyLength, ProcessName, TargetServerName, TargetInfo,
    ServiceName, ServiceSid, TicketEncryptionType, TicketOptions, PreAuthType, CertThumbprint,
    PrivilegeList, SessionName, SessionID,
    ObjectName, ObjectType, ObjectDN, ObjectClass, Properties, AccessMask,
    AttributeLDAPDisplayName, AttributeValue, OperationType,
    CategoryId, SubcategoryId, SubcategoryGuid, AuditPolicyChanges,
    OldTargetUserName, NewTargetUserName, SidHistory, AllowedToDelegateTo, ServicePrincipalNames,
    PasswordLastSet, NewUacValue, DnsHostName, SourceUserName, SourceSid, PreviousTime, NewTime,
}

impl Field {
    pub const COUNT: usize = Self::ALL.len();
    /// `System` values are recognised by their place, not by a `Data` name.
    const LAST_SYSTEM: u8 = Field::Computer as u8;
    /// From here on a field is a detail (see [`crate::store::Tables::detail_set`]).
    pub const FIRST_DETAIL: Field = Field::LogonProcessName;

    /// The detail fields.
    pub fn details() -> &'static [Field] {
        &Self::ALL[Self::FIRST_DETAIL as usize..]
    }

    /// The field with this number, if there is one.
    pub fn from_u8(n: u8) -> Option<Field> {
        Self::ALL.get(n as usize).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_names_and_look_up_agree() {
        for (i, &f) in Field::ALL.iter().enumerate() {
            assert_eq!(f as usize, i);
            assert_eq!(Field::from_u8(i as u8), Some(f));
            let found = Field::from_data_name(f.name());
            if (f as u8) > Field::LAST_SYSTEM {
                assert_eq!(found, Some(f), "{}", f.name());
            } else {
                assert_eq!(found, None, "{} is a System value", f.name());
            }
        }
        assert_eq!(Field::from_u8(Field::COUNT as u8), None);
    }
}
