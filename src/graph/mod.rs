//! The graph: aggregated logon edges, the network of accounts and hosts they make, and what of it is drawn and where;
//! hops through time, what they reach, and what differs between two periods.

mod community;
mod diff;
mod hops;
mod layout;
mod link;
mod logons;
mod nearest;
mod network;
mod origin;
mod path;
mod period;
mod reach;
mod set_aside;
mod view;

pub use community::communities;
pub use diff::{Change, Diff, Kind as ChangeKind, Logon, Side, diff};
pub use hops::{Exposure, Hop, Hops, Means, WINDOW};
pub use layout::{Point, layout};
pub use link::{Link, Mode, links};
pub use logons::{Edge, Logons};
pub use nearest::{Within, nearest};
pub use network::{Network, Node};
pub use origin::{Departure, Origins, origins};
pub use path::shortest;
pub use period::Period;
pub use reach::{Arrival, Reach, Reading, Start, Step, reach};
pub use set_aside::{Include, Reason, is_logon};
pub use view::{Focus, Limits, View, ViewNode, view};
