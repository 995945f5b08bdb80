//! Logs outside the project that tests read in place.

#![allow(dead_code)] // each test binary uses its own part

pub mod said;
pub mod told;
pub mod xml_log;

use logonscope::input::Reader;
use logonscope::store::Store;
use serde_json::Value;
use std::path::{Path, PathBuf};

pub struct Log {
    pub name: String,
    pub path: PathBuf,
    pub bytes: Vec<u8>,
}

/// The folder of shared logs: `LOGONSCOPE_SHARED`, or `shared` beside the project.
pub fn shared(folder: &str) -> Option<PathBuf> {
    let root = std::env::var_os("LOGONSCOPE_SHARED")
        .map(PathBuf::from)
        .unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared"));
    let path = root.join(folder);
    if !path.is_dir() {
        println!("skipped: {} is missing", path.display());
        return None;
    }
    Some(path)
}

/// Every `.evtx` file of a shared folder, by name.
pub fn logs(folder: &str) -> Option<Vec<Log>> {
    let mut logs: Vec<Log> = std::fs::read_dir(shared(folder)?)
        .expect("a folder that is there can be listed")
        .filter_map(|e| {
            let path = e.ok()?.path();
            let name = path.file_name()?.to_str()?.to_owned();
            let bytes = name.ends_with(".evtx").then(|| std::fs::read(&path).ok())??;
            Some(Log { name, path, bytes })
        })
        .collect();
    logs.sort_by(|a, b| a.name.cmp(&b.name));
    Some(logs)
}

/// A log's events.
pub fn store(path: &Path) -> Store {
    let bytes = std::fs::read(path).expect("a log can be read");
    let mut reader = Reader::new(0);
    reader.push(&bytes, 0);
    reader.finish(true);
    let mut store = Store::default();
    store.append(reader.take());
    store
}

/// (log, LogonTracer's result, path of the log) of every run of LogonTracer's that succeeded and whose log is at hand.
pub fn references() -> Option<Vec<(String, Value, PathBuf)>> {
    let logs = shared("evtx/real")?;
    let mut out = Vec::new();
    for entry in
        std::fs::read_dir(shared("reference")?).expect("a folder that is there can be listed").flatten()
    {
        let name = entry.file_name().to_string_lossy().into_owned();
        let Some(log) = name.strip_suffix(".json").filter(|n| n.ends_with(".evtx")) else {
            continue;
        };
        let doc: Value =
            serde_json::from_slice(&std::fs::read(entry.path()).expect("readable")).expect("JSON");
        let path = logs.join(log);
        if doc["status"] == "ok" && path.is_file() {
            out.push((log.to_owned(), doc, path));
        }
    }
    out.sort_by(|a, b| a.0.cmp(&b.0));
    Some(out)
}
