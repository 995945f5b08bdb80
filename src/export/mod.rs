//! The analysis as a document: JSON for programs, text for people.

mod incidents;
mod json;
mod layer;
mod rules;
#[cfg(feature = "sigma")]
mod sigma;
mod text;

#[cfg(feature = "sigma")]
pub use json::sigma as sigma_json;
pub use json::{SCHEMA_VERSION, json};
pub use layer::layer;
pub use rules::rules;
#[cfg(feature = "sigma")]
pub use sigma::sigma_text;
pub use text::text;
