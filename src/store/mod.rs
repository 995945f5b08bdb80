//! Events in columns, with the tables they point into: batches from the readers, appended to one store.

mod batch;
mod columns;
mod interner;
mod record_ids;
mod report;
#[allow(clippy::module_inception)]
mod store;
mod tables;

pub use batch::Batch;
pub use columns::{Columns, NO_STATUS, NO_TYPE, Row};
pub use interner::{Interner, Strings};
pub use record_ids::{MAX_BREAKS, RecordIds, Run};
pub use report::{Damage, Report};
pub use store::{File, Store};
pub use tables::{Principal, Tables};
