//! The analysis as a document: JSON for programs, text for people.

mod json;
mod layer;
mod text;

pub use json::{SCHEMA_VERSION, json};
pub use layer::layer;
pub use text::text;
