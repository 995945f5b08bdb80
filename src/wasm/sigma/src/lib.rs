//! Loaded when Sigma rules are given: rules and bytes of files in, a report out. No logic here.

use logonscope::sigma::{Rules, Scan};
use serde::Serialize;
use std::sync::Arc;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(start)]
fn start() {
    console_error_panic_hook::set_once();
}

fn write(value: &impl Serialize) -> Result<JsValue, JsError> {
    Ok(value.serialize(&serde_wasm_bindgen::Serializer::json_compatible())?)
}

/// Rules on their way in: `add` every file, then make a [`Sigma`] of them.
#[wasm_bindgen]
#[derive(Default)]
pub struct RuleFiles(Vec<(String, Vec<u8>)>);

#[wasm_bindgen]
impl RuleFiles {
    #[wasm_bindgen(constructor)]
    pub fn new() -> Self {
        Self::default()
    }

    /// A rule (`.yml`, `.yaml`) or an archive (`.zip`) of rules.
    pub fn add(&mut self, name: String, bytes: &[u8]) {
        self.0.push((name, bytes.to_vec()));
    }
}

/// Loaded rules and what they have found so far.
#[wasm_bindgen]
pub struct Sigma {
    rules: Arc<Rules>,
    scan: Scan,
}

#[wasm_bindgen]
impl Sigma {
    #[wasm_bindgen(constructor)]
    pub fn new(files: RuleFiles) -> Self {
        let rules = Arc::new(Rules::load(&files.0));
        Self { scan: Scan::new(rules.clone()), rules }
    }

    /// Rules that can be run.
    pub fn rules(&self) -> usize {
        self.rules.len()
    }

    /// Files that are no rules, and why.
    pub fn errors(&self) -> Result<JsValue, JsError> {
        write(&self.rules.errors())
    }

    /// What comes now is of the file with this name.
    pub fn file(&mut self, name: &str) {
        self.scan.file(name);
    }

    /// Bytes of the file from `offset` on; as `Reader.push`.
    pub fn push(&mut self, bytes: &[u8], offset: f64) {
        self.scan.push(bytes, offset as u64);
    }

    pub fn finish(&mut self, at_end: bool) {
        self.scan.finish(at_end);
    }

    /// Records looked at.
    pub fn records(&self) -> f64 {
        self.scan.progress().0 as f64
    }

    /// Records that matched, each once per rule.
    pub fn hits(&self) -> f64 {
        self.scan.progress().1 as f64
    }

    /// The report over all files; nothing is left to push to afterwards.
    pub fn report(self) -> Result<JsValue, JsError> {
        write(&Scan::report(&self.rules, [self.scan]))
    }
}
