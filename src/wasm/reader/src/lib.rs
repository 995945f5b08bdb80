//! The reader worker's module: bytes of a file in, batches of events out. No logic here.

use logonscope::input::{self, Sniffed};
use serde::Serialize;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(start)]
fn start() {
    console_error_panic_hook::set_once();
}

#[derive(Serialize)]
struct Sniff {
    kind: &'static str,
    message: Option<String>,
}

/// What a file is, told from its first 8192 bytes (or all of a shorter one).
#[wasm_bindgen]
pub fn sniff(head: &[u8], size: f64) -> Result<JsValue, JsError> {
    let (kind, message) = match input::sniff(head, size as u64) {
        Sniffed::Evtx => ("evtx", None),
        Sniffed::Refused(message) => ("refused", Some(message)),
    };
    Ok(serde_wasm_bindgen::to_value(&Sniff { kind, message })?)
}

/// Reads a file, or a run of its chunks.
#[wasm_bindgen]
pub struct Reader(input::Reader);

#[wasm_bindgen]
impl Reader {
    #[wasm_bindgen(constructor)]
    pub fn new(file: u32) -> Self {
        Self(input::Reader::new(file))
    }

    /// Bytes of the file from `offset` on; see `docs/wasm-contract.md`.
    pub fn push(&mut self, bytes: &[u8], offset: f64) {
        self.0.push(bytes, offset as u64);
    }

    pub fn finish(&mut self, at_end: bool) {
        self.0.finish(at_end);
    }

    pub fn pending(&self) -> usize {
        self.0.pending()
    }

    pub fn records(&self) -> f64 {
        self.0.progress().0 as f64
    }

    pub fn events(&self) -> f64 {
        self.0.progress().1 as f64
    }

    /// Everything read since the last take, for `Engine.addBatch`.
    pub fn take(&mut self) -> Result<js_sys::Uint8Array, JsError> {
        let bytes = self.0.take().to_bytes()?;
        Ok(js_sys::Uint8Array::from(bytes.as_slice()))
    }
}
