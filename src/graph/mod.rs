//! The graph: aggregated logon edges, the network of accounts and hosts they make, and what of it is drawn and where.

mod community;
mod layout;
mod link;
mod logons;
mod network;
mod set_aside;
mod view;

pub use community::communities;
pub use layout::{Point, layout};
pub use link::{Link, Mode, links};
pub use logons::{Edge, Logons};
pub use network::{Network, Node};
pub use set_aside::{Include, Reason};
pub use view::{Focus, Limits, View, ViewNode, view};
