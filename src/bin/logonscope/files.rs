//! Which files to read.

use std::path::{Path, PathBuf};

/// The files given, and the `*.evtx` files of the folders given, sorted; each once.
///
/// # Errors
/// A sentence with the path, where one is not there or a folder holds no log.
pub fn list(paths: &[PathBuf]) -> Result<Vec<PathBuf>, String> {
    let mut files = Vec::new();
    for path in paths {
        let say = |e: std::io::Error| format!("{}: {e}", path.display());
        if std::fs::metadata(path).map_err(say)?.is_dir() {
            let before = files.len();
            walk(path, &["evtx"], &mut files).map_err(say)?;
            if files.len() == before {
                return Err(format!("{}: no .evtx file in this folder", path.display()));
            }
        } else {
            files.push(path.clone());
        }
    }
    files.sort();
    files.dedup();
    Ok(files)
}

/// Adds the files under `folder` whose names end so.
pub fn walk(folder: &Path, ends: &[&str], files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        // Links to folders are not followed: they may lead in a circle.
        if entry.file_type()?.is_dir() {
            walk(&entry.path(), ends, files)?;
        } else if entry.path().extension().is_some_and(|e| ends.iter().any(|end| e.eq_ignore_ascii_case(end)))
        {
            files.push(entry.path());
        }
    }
    Ok(())
}
