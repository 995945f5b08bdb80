//! The analysis as a document: JSON for programs, text for people.

mod json;
#[cfg(feature = "sigma")]
mod sigma;
mod text;

#[cfg(feature = "sigma")]
pub use json::sigma as sigma_json;
pub use json::{SCHEMA_VERSION, json};
#[cfg(feature = "sigma")]
pub use sigma::sigma_text;
pub use text::text;
