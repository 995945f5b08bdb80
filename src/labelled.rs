//! A labelled set: simulated logs as the reader's batches, with the truth, packed to be measured again and again with other settings.

use crate::analysis::Analysis;
use crate::detect::{Case, Detections, Label, Outcome, Settings, measure};
use crate::graph::Include;
use crate::store::{Batch, Store};
use serde::{Deserialize, Serialize};

/// One log as it is packed.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Packed {
    /// Each as [`Batch::to_bytes`] gives it.
    pub batches: Vec<Vec<u8>>,
    pub labels: Vec<Label>,
}

/// Logs analysed once; only the rules run again.
#[derive(Default)]
pub struct Labelled {
    cases: Vec<(Store, Analysis, Vec<Label>)>,
}

impl Labelled {
    /// Of postcard bytes of `Vec<Packed>`.
    ///
    /// # Errors
    /// Where the bytes are another version's, or damaged.
    pub fn open(bytes: &[u8]) -> Result<Self, postcard::Error> {
        let packed: Vec<Packed> = postcard::from_bytes(bytes)?;
        let mut cases = Vec::with_capacity(packed.len());
        for case in packed {
            let mut store = Store::default();
            for batch in &case.batches {
                store.append(Batch::from_bytes(batch)?);
            }
            let analysis = Analysis::of(&store, Include::default());
            cases.push((store, analysis, case.labels));
        }
        Ok(Self { cases })
    }

    /// # Errors
    /// Where postcard cannot write it, which no set is known to cause.
    pub fn pack(packed: &[Packed]) -> Result<Vec<u8>, postcard::Error> {
        postcard::to_allocvec(packed)
    }

    pub fn measure(&self, settings: &Settings) -> Outcome {
        let mut outcome = Outcome::default();
        for (store, analysis, labels) in &self.cases {
            let detections: Detections = analysis.detect(store, settings);
            measure(&Case { store, labels, detections: &detections }, &mut outcome);
        }
        outcome
    }
}
