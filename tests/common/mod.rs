//! Logs outside the project that tests read in place.

#![allow(dead_code)] // each test binary uses its own part

pub mod said;
pub mod told;

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
