//! How central an account or host is.

mod pagerank;
mod ranks;

pub use pagerank::{PageRank, pagerank};
pub use ranks::{Rank, Ranks};
