//! Events as columns: one array per property, so that a scan touches only what it asks for.

use serde::{Deserialize, Serialize};

/// "No status": a value no Windows status has.
pub const NO_STATUS: u32 = u32::MAX;
/// "No logon type".
pub const NO_TYPE: u8 = u8::MAX;

macro_rules! columns {
    ($($(#[$doc:meta])* $name:ident: $ty:ty),* $(,)?) => {
        /// One event. Texts, principals and detail sets are numbers of the tables beside the columns.
        #[derive(Clone, Copy, Debug, PartialEq)]
        pub struct Row { $($(#[$doc])* pub $name: $ty),* }

        /// Many events, column by column; all columns are of one length.
        #[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
        pub struct Columns { $($(#[$doc])* pub $name: Vec<$ty>),* }

        impl Columns {
            pub fn push(&mut self, row: Row) { $(self.$name.push(row.$name);)* }

            /// The event at `i`; `None` past the end.
            pub fn row(&self, i: usize) -> Option<Row> {
                Some(Row { $($name: *self.$name.get(i)?),* })
            }

            /// Bytes of memory held.
            pub fn memory(&self) -> usize {
                0 $(+ self.$name.capacity() * size_of::<$ty>())*
            }

            /// Whether all columns are of one length, as they must be after a transfer.
            pub fn is_even(&self) -> bool {
                let len = self.len();
                true $(&& self.$name.len() == len)*
            }
        }
    };
}

columns! {
    /// `System/TimeCreated` in ticks (see [`crate::event::time`]).
    time: i64,
    event_id: u16,
    /// `System/EventRecordID`.
    record_id: u64,
    /// Number of the file.
    file: u32,
    /// Number of the 64 KiB chunk in the file.
    chunk: u32,
    /// Offset of the record in its chunk.
    offset: u16,
    /// `System/Computer`: who wrote the event (text).
    computer: u32,
    /// The account the event is about (principal).
    account: u32,
    /// The account that acted (principal).
    subject: u32,
    /// `IpAddress` or `ClientAddress` (text, as written).
    address: u32,
    /// `IpPort`; 0 for none.
    port: u16,
    /// `WorkstationName`, `Workstation` or `ClientName` (text, as written).
    workstation: u32,
    /// [`NO_TYPE`] for none.
    logon_type: u8,
    /// `Status` or `FailureCode`; [`NO_STATUS`] for none.
    status: u32,
    /// `SubStatus`; [`NO_STATUS`] for none.
    sub_status: u32,
    /// `AuthenticationPackageName` or `PackageName` (text).
    package: u32,
    /// `TargetLogonId` or `LogonID`, the session the event is about; else `SubjectLogonId`, the session it was done in; 0 for none.
    logon_id: u64,
    /// The first half of `LogonGuid`, which a Kerberos session (4624) shares with its ticket (4769); 0 for none. Half of it tells tickets
    /// of one log apart: a million random ones collide with odds of 1 to 30 million.
    ticket: u64,
    /// The other values of interest (detail set).
    details: u32,
}

impl Columns {
    pub fn len(&self) -> usize {
        self.time.len()
    }

    pub fn is_empty(&self) -> bool {
        self.time.is_empty()
    }

    /// Whether the event at `i`, which must be there, tells of a failure: [`Row::is_failure`] without the rest of the row.
    pub fn is_failure(&self, i: usize) -> bool {
        let status = self.status[i];
        crate::event::status::is_failure(self.event_id[i], (status != NO_STATUS).then_some(status))
    }
}

impl Row {
    /// `Status`, if the event has one.
    pub fn status(&self) -> Option<u32> {
        (self.status != NO_STATUS).then_some(self.status)
    }

    /// The reason of a failure: `SubStatus` where it says more than `Status` ("wrong password" rather than "wrong name or password").
    pub fn reason(&self) -> Option<u32> {
        match self.sub_status {
            0 | NO_STATUS => self.status(),
            sub => Some(sub),
        }
    }

    pub fn logon_type(&self) -> Option<u8> {
        (self.logon_type != NO_TYPE).then_some(self.logon_type)
    }

    pub fn is_failure(&self) -> bool {
        crate::event::status::is_failure(self.event_id, self.status())
    }
}
