//! A batch: events of one file as a reader hands them to the store, complete in itself, so that batches can come in any order.

use super::columns::Columns;
use super::report::Report;
use super::tables::Tables;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Default)]
pub struct Batch {
    pub file: u32,
    pub tables: Tables,
    pub columns: Columns,
    pub report: Report,
}

/// What travels between workers: [postcard](https://postcard.jamesmunns.com/wire-format) bytes of this.
#[derive(Serialize, Deserialize)]
struct Wire<'a> {
    file: u32,
    #[serde(borrow)]
    strings: Vec<&'a str>,
    #[serde(borrow)]
    principals: Vec<&'a [u8]>,
    #[serde(borrow)]
    details: Vec<&'a [u8]>,
    columns: std::borrow::Cow<'a, Columns>,
    report: std::borrow::Cow<'a, Report>,
}

impl Batch {
    pub fn to_bytes(&self) -> Result<Vec<u8>, postcard::Error> {
        let (strings, principals, details) = self.tables.parts();
        postcard::to_allocvec(&Wire {
            file: self.file,
            strings,
            principals,
            details,
            columns: std::borrow::Cow::Borrowed(&self.columns),
            report: std::borrow::Cow::Borrowed(&self.report),
        })
    }

    /// The batch in `bytes`; an error where they are not one that [`Self::to_bytes`] made.
    pub fn from_bytes(bytes: &[u8]) -> Result<Batch, postcard::Error> {
        let wire: Wire = postcard::from_bytes(bytes)?;
        let columns = wire.columns.into_owned();
        if !columns.is_even() {
            return Err(postcard::Error::DeserializeBadEncoding);
        }
        Ok(Batch {
            file: wire.file,
            tables: Tables::from_parts(&wire.strings, &wire.principals, &wire.details),
            columns,
            report: wire.report.into_owned(),
        })
    }
}
