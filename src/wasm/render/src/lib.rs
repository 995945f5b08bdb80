//! Loaded when a record is first opened: renders it whole with the crate `evtx`. No logic here.

use logonscope::answer;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(start)]
fn start() {
    console_error_panic_hook::set_once();
}

/// The record at `record_offset` of the 64 KiB chunk at `chunk_offset` of `file`, read here and now. For workers: it waits for the disk.
#[wasm_bindgen]
pub fn render(file: &web_sys::Blob, chunk_offset: f64, record_offset: u16) -> Result<JsValue, JsError> {
    let gone = |_| {
        JsError::new("The file cannot be read any more: it was moved or changed. Drop it on the page again.")
    };
    let piece = file.slice_with_f64_and_f64(chunk_offset, chunk_offset + 65_536.0).map_err(gone)?;
    let buffer = web_sys::FileReaderSync::new().and_then(|r| r.read_as_array_buffer(&piece)).map_err(gone)?;
    let chunk = js_sys::Uint8Array::new(&buffer).to_vec();
    let record = answer::render(&chunk, record_offset).map_err(|text| JsError::new(&text))?;
    Ok(serde_wasm_bindgen::to_value(&record)?)
}
