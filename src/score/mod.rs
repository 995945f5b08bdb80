//! How central an account or host is, and how unusual what an account does.

mod baum_welch;
mod change;
mod changefinder;
pub mod hmm;
mod pagerank;
mod ranks;
mod sdar;
mod unusual;
mod window;

pub use baum_welch::{Training, train};
pub use change::{Change, change, changes};
pub use changefinder::{ChangeFinder, Start};
pub use pagerank::{PageRank, pagerank};
pub use ranks::{Rank, Ranks};
pub use sdar::{Sdar, levinson_durbin};
pub use unusual::{Sequence, Unusual};
