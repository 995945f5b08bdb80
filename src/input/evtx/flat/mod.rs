//! Every record as a flat list of named values: what rules written by others ask for. The plain route ([`super::Reader`]) knows its fields
//! beforehand and never comes here.
//!
//! ```text
//! <Provider Name="X"/>              → Provider_Name = X       (attributes: Element_Attribute)
//! <EventID Qualifiers="0">4624</…>  → EventID = 4624, EventID_Qualifiers = 0
//! <Data Name="LogonType">3</Data>   → LogonType = 3
//! <Data>a</Data><Data>b</Data>      → Data = a, Data = b
//! <UserData><X><Param1>a</…>        → Param1 = a
//! <RenderingInfo>…                  → nothing: texts that only forwarded events carry
//! ```

mod fields;
mod layout;
mod reader;

pub use fields::{FlatRecord, Text};
pub use layout::Section;
pub use reader::{Flat, FlatReader, System};
