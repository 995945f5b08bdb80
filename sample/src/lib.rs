//! A Windows domain in motion, and the Security logs it would leave. Deterministic: a seed and a size are the log.

mod attack;
mod daily;
mod emit;
mod event;
mod flow;
mod network;
mod rng;
mod sim;
pub mod stats;
pub mod story;
mod truth;

pub use attack::{CATALOGUE, Incident, Variant, play, schedule};
pub use emit::View;
pub use network::{HOSTILE, Os, Size};
pub use sim::{Plan, Sim};
pub use truth::{Incident as TrueIncident, Truth};
