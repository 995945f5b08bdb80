//! The analysis as a document: JSON for programs, text for people.

mod json;
mod text;

pub use json::{SCHEMA_VERSION, json};
pub use text::text;
