//! Suspicion: how unusual an account, a host or an edge is, as a sum of named contributions that each open to their records.
//!
//! Signals look at the events and report observations; [`sum`](Suspicion::of) hands them to whom they concern. Nothing else adds to a score.

mod chains;
mod change;
mod changes;
mod failures;
mod fan_out;
mod forms;
mod impostor;
mod novelty;
mod observation;
mod off_hours;
mod outside;
mod rhythm;
mod scene;
mod signal;
mod sum;
mod tickets;
mod why;

pub use chains::{Chain, ChainHop, chains};
pub use change::{Change, change, may_be as may_be_change, object as change_object};
pub use changes::session_sources;
pub use observation::{Fact, Observation};
pub use outside::{is_public, known_names};
pub use scene::{Map, Scene, Service, Set, Use, day};
pub use signal::Signal;
pub use sum::{Contribution, EdgeKey, Score, Suspicion, points};
pub use why::why;

use crate::identity::{Events, Identity};
use crate::store::Store;

/// Every signal, one after the other; linear in events.
pub fn suspicion(store: &Store, identity: &Identity, events: &Events) -> (Suspicion, Vec<Chain>) {
    let scene = Scene::new(store, identity, events);
    let chains = chains(&scene);
    let mut found = Vec::new();
    chains::observe(&chains, &mut found);
    for observe in [
        novelty::observe,
        off_hours::observe,
        fan_out::observe,
        failures::observe,
        forms::observe,
        changes::observe,
        tickets::observe,
        impostor::observe,
        outside::observe,
        rhythm::observe,
    ] {
        observe(&scene, &mut found);
    }
    (Suspicion::of(found, events, &store.columns.event_id), chains)
}
