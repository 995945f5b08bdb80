//! Writes Windows event logs (EVTX) as the event log service and a collector of forwarded events write them.
//!
//! ```
//! use logonscope_evtx_writer::*;
//! use std::io::Cursor;
//!
//! let mut catalog = Catalog::new();
//! let outer = catalog.outer(Provider::Audit, Outer::Values, "dc01.example.org");
//! let event = catalog.event(4634, 0);
//! let mut payload = Payload::default();
//! payload
//!     .start(event.template, event.fields.len(), Nesting::Fragment)
//!     .sid(&Sid::new(5, &[21, 1, 2, 3, 1104]))
//!     .string("ada")
//!     .string("EXAMPLE")
//!     .hex64(0x5a3f1)
//!     .u32(3);
//! let system = System {
//!     id: 4634, version: 0, level: 0, task: event.task, opcode: 0, keywords: 0x8020_0000_0000_0000,
//!     time: 133_000_000_000_000_000, record_id: 77, activity: None, process: 612, thread: 640,
//! };
//! let mut log = Writer::new(Cursor::new(Vec::new()), Style::Templates, 1).unwrap();
//! log.write(&catalog, outer, &system, &payload).unwrap();
//! assert_eq!(log.finish().unwrap().into_inner().len(), 4096 + 65536);
//! ```
//!
//! Layout: [MS-EVEN6] 2.2.12 for BinXML; the containers as documented by the libevtx project
//! ("Windows XML Event Log (EVTX) format").

mod catalog;
mod chunk;
mod file;
mod payload;
mod sid;
pub mod time;

pub use catalog::{Catalog, Event, Outer, OuterId, Provider, TemplateId, hash};
pub use file::{Style, System, Writer};
pub use payload::{Nesting, Payload, guid, guid_text, kind};
pub use sid::Sid;
