//! The engine worker's module: batches in, answers out. It holds the store, the analysis of it and the current query; no logic of its own.

use logonscope::analysis::Analysis;
use logonscope::answer::{
    self, By, DetectionSettings, DiffQuery, EventQuery, EventResult, GraphOptions, NearestQuery, PathQuery,
    Ranked, ReachQuery,
};
use logonscope::detect::{Detections, Settings};
use logonscope::graph::{Include, Node};
use logonscope::labelled::Labelled;
use logonscope::store::{Batch, Store};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use wasm_bindgen::prelude::*;

#[wasm_bindgen(start)]
fn start() {
    console_error_panic_hook::set_once();
}

#[wasm_bindgen]
#[derive(Default)]
pub struct Engine {
    store: Store,
    /// Of the store as it is now; `None` when events came since it was made.
    analysis: Option<Analysis>,
    /// Of the analysis at hand, with the settings last asked for.
    detections: Option<Detections>,
    result: EventResult,
}

#[derive(Serialize)]
struct Page {
    total: usize,
    rows: Vec<Ranked>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RecordName {
    file: u32,
    record_id: u64,
}

#[derive(Serialize)]
struct Count {
    total: usize,
}

fn read<T: DeserializeOwned>(value: JsValue) -> Result<T, JsError> {
    Ok(serde_wasm_bindgen::from_value(value)?)
}

fn write(value: &impl Serialize) -> Result<JsValue, JsError> {
    Ok(value.serialize(&serde_wasm_bindgen::Serializer::json_compatible())?)
}

/// The analysis with these reasons brought back, made anew where it is not the one at hand. Given the fields, not the engine, so that the
/// store can be read beside it.
fn analysed<'a>(store: &Store, at_hand: &'a mut Option<Analysis>, include: Include) -> &'a Analysis {
    if at_hand.as_ref().is_some_and(|a| a.include != include) {
        *at_hand = None;
    }
    at_hand.get_or_insert_with(|| Analysis::of(store, include))
}

/// The analysis as it was last asked for.
fn at_hand<'a>(store: &Store, at_hand: &'a mut Option<Analysis>) -> &'a Analysis {
    at_hand.get_or_insert_with(|| Analysis::of(store, Include::default()))
}

/// The reasons to bring back, as the page names them.
fn include(names: JsValue) -> Result<Include, JsError> {
    let names: Vec<String> = read(names)?;
    Ok(Include::from_names(names.iter().map(String::as_str)))
}

impl Engine {
    /// The findings with these settings; made anew where others are at hand. What is set aside in the graph is not set aside here.
    fn detected(&mut self, settings: &Settings) -> (&Analysis, &Detections) {
        let analysis = at_hand(&self.store, &mut self.analysis);
        if self.detections.as_ref().is_some_and(|d| d.settings != *settings) {
            self.detections = None;
        }
        (analysis, self.detections.get_or_insert_with(|| analysis.detect(&self.store, settings)))
    }
}

#[wasm_bindgen]
impl Engine {
    #[wasm_bindgen(constructor)]
    pub fn new() -> Self {
        Self::default()
    }

    #[wasm_bindgen(js_name = addFile)]
    pub fn add_file(&mut self, id: u32, name: String, bytes: f64) {
        let file = self.store.file(id);
        file.name = name;
        file.bytes = bytes as u64;
    }

    #[wasm_bindgen(js_name = refuseFile)]
    pub fn refuse_file(&mut self, id: u32, name: String, bytes: f64, message: String) {
        self.add_file(id, name, bytes);
        self.store.file(id).refused = Some(message);
    }

    #[wasm_bindgen(js_name = addBatch)]
    pub fn add_batch(&mut self, batch: &[u8]) -> Result<(), JsError> {
        self.store.append(Batch::from_bytes(batch)?);
        self.analysis = None;
        self.detections = None;
        Ok(())
    }

    /// A damage that no reader could report, since it ended the reader.
    #[wasm_bindgen(js_name = addDamage)]
    pub fn add_damage(&mut self, id: u32, offset: f64, reason: String) {
        self.store.file(id).report.damage(offset as u64, reason);
    }

    #[wasm_bindgen(js_name = fileDone)]
    pub fn file_done(&mut self, id: u32, cancelled: bool) {
        self.store.file(id).cancelled = cancelled;
    }

    pub fn overview(&mut self, with: JsValue) -> Result<JsValue, JsError> {
        let analysis = analysed(&self.store, &mut self.analysis, include(with)?);
        write(&answer::overview(&self.store, analysis))
    }

    pub fn graph(&mut self, options: JsValue) -> Result<JsValue, JsError> {
        let options: GraphOptions = read(options)?;
        let include = Include::from_names(options.include.iter().map(String::as_str));
        let analysis = analysed(&self.store, &mut self.analysis, include);
        write(&answer::graph(&self.store, analysis, &options))
    }

    pub fn ranked(
        &mut self,
        kind: &str,
        by: &str,
        with: JsValue,
        offset: usize,
        limit: usize,
    ) -> Result<JsValue, JsError> {
        let (total, rows) = answer::ranked(
            analysed(&self.store, &mut self.analysis, include(with)?),
            kind,
            By::from_name(by),
            offset,
            limit,
        );
        write(&Page { total, rows })
    }

    pub fn chains(&mut self, with: JsValue) -> Result<JsValue, JsError> {
        write(&answer::chains(analysed(&self.store, &mut self.analysis, include(with)?)))
    }

    pub fn reach(&mut self, query: JsValue) -> Result<JsValue, JsError> {
        let query: ReachQuery = read(query)?;
        let analysis = at_hand(&self.store, &mut self.analysis);
        write(&answer::reach(&self.store, analysis, analysis.hops(&self.store), &query))
    }

    pub fn path(&mut self, query: JsValue) -> Result<JsValue, JsError> {
        let query: PathQuery = read(query)?;
        let analysis = at_hand(&self.store, &mut self.analysis);
        write(&answer::path(&self.store, analysis, analysis.hops(&self.store), &query))
    }

    pub fn nearest(&mut self, query: JsValue) -> Result<JsValue, JsError> {
        let query: NearestQuery = read(query)?;
        let analysis = at_hand(&self.store, &mut self.analysis);
        write(&answer::nearest(&self.store, analysis, &analysis.events, &query))
    }

    pub fn diff(&mut self, query: JsValue) -> Result<JsValue, JsError> {
        let query: DiffQuery = read(query)?;
        let analysis = at_hand(&self.store, &mut self.analysis);
        write(&answer::diff(&self.store, analysis, &analysis.events, &query))
    }

    pub fn findings(&mut self, settings: JsValue) -> Result<JsValue, JsError> {
        let settings: DetectionSettings = read(settings)?;
        let (analysis, detections) = self.detected(&settings.read().0);
        write(&answer::findings(analysis, detections, &settings))
    }

    /// A layer of the ATT&CK Navigator, as JSON text.
    pub fn layer(&mut self, settings: JsValue) -> Result<String, JsError> {
        let settings: DetectionSettings = read(settings)?;
        let (_, detections) = self.detected(&settings.read().0);
        Ok(format!("{:#}", logonscope::export::layer(detections)))
    }

    /// The row of each record `{file, recordId}`, -1 where it is not kept.
    #[wasm_bindgen(js_name = rowsOf)]
    pub fn rows_of(&self, records: JsValue) -> Result<JsValue, JsError> {
        let records: Vec<RecordName> = read(records)?;
        let records: Vec<(u32, u64)> = records.iter().map(|r| (r.file, r.record_id)).collect();
        let rows = answer::rows_of(&self.store, &records);
        write(&rows.into_iter().map(|r| r.map_or(-1, i64::from)).collect::<Vec<_>>())
    }

    pub fn sessions(&mut self, node: &str, limit: usize) -> Result<JsValue, JsError> {
        let analysis = at_hand(&self.store, &mut self.analysis);
        write(&Node::from_id(node).map(|node| answer::sessions(&self.store, analysis, node, limit)))
    }

    pub fn search(&mut self, text: &str, with: JsValue, limit: usize) -> Result<JsValue, JsError> {
        write(&answer::search(analysed(&self.store, &mut self.analysis, include(with)?), text, limit))
    }

    pub fn query(&mut self, query: JsValue) -> Result<JsValue, JsError> {
        let query: EventQuery = read(query)?;
        let analysis = at_hand(&self.store, &mut self.analysis);
        self.result = answer::query(&self.store, analysis, &query);
        write(&Count { total: self.result.total() })
    }

    pub fn rows(&mut self, offset: usize, limit: usize) -> Result<JsValue, JsError> {
        let analysis = at_hand(&self.store, &mut self.analysis);
        write(&self.result.page(&self.store, analysis, offset, limit))
    }

    pub fn details(&mut self, node: &str, with: JsValue) -> Result<JsValue, JsError> {
        let analysis = analysed(&self.store, &mut self.analysis, include(with)?);
        write(&Node::from_id(node).and_then(|node| answer::details(&self.store, analysis, node)))
    }

    pub fn locate(&self, row: u32) -> Result<JsValue, JsError> {
        let place =
            answer::locate(&self.store, row).ok_or_else(|| JsError::new("There is no such event."))?;
        write(&place)
    }

    /// Bytes of memory the events take.
    pub fn memory(&self) -> f64 {
        self.store.memory() as f64
    }
}

/// Measures settings on a labelled set (see `logonscope::labelled`).
#[wasm_bindgen]
pub struct Tuning(Labelled);

#[wasm_bindgen]
impl Tuning {
    #[wasm_bindgen(constructor)]
    pub fn new(bytes: &[u8]) -> Result<Self, JsError> {
        Ok(Self(Labelled::open(bytes)?))
    }

    pub fn measure(&self, settings: JsValue) -> Result<JsValue, JsError> {
        let settings: DetectionSettings = read(settings)?;
        write(&answer::tuning(&self.0.measure(&settings.read().0)))
    }
}
