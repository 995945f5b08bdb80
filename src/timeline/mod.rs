//! When an account or a host was active.

mod hours;

pub use hours::{Cell, Hours, Point, Step, active, dense, format, hour_of, steps};
