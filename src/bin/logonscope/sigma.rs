//! Runs Sigma rules over the files that the analysis read.

use crate::files::walk;
use crate::read::{self, Job};
use logonscope::sigma::{Rules, Scan, SigmaReport};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

/// The rules in `paths`: files, archives, and folders searched for them.
///
/// # Errors
/// A sentence with the path, where one cannot be read or a folder holds no rule.
pub fn rules(paths: &[PathBuf]) -> Result<Rules, String> {
    let mut files = Vec::new();
    for path in paths {
        let say = |e: std::io::Error| format!("{}: {e}", path.display());
        if std::fs::metadata(path).map_err(say)?.is_dir() {
            let before = files.len();
            walk(path, &["yml", "yaml", "zip"], &mut files).map_err(say)?;
            if files.len() == before {
                return Err(format!("{}: no rule (.yml, .yaml, .zip) in this folder", path.display()));
            }
        } else {
            files.push(path.clone());
        }
    }
    files.sort();
    files.dedup();
    let read = |path: PathBuf| match std::fs::read(&path) {
        Ok(bytes) => Ok((path.display().to_string(), bytes)),
        Err(e) => Err(format!("{}: {e}", path.display())),
    };
    let files = files.into_iter().map(read).collect::<Result<Vec<_>, _>>()?;
    Ok(Rules::load(&files))
}

/// Every readable file past the rules, with as many threads as the reading had.
pub fn run(
    rules: Rules,
    files: &[PathBuf],
    is_readable: impl Fn(usize) -> bool,
    threads: usize,
) -> SigmaReport {
    let rules = Arc::new(rules);
    let mut jobs = Vec::new();
    for (number, path) in files.iter().enumerate().filter(|(n, _)| is_readable(*n)) {
        // A file that is gone since is seen when it is opened.
        let bytes = std::fs::metadata(path).map_or(0, |m| m.len());
        jobs.extend(read::split(number, bytes));
    }
    jobs.reverse();
    let jobs = Mutex::new(jobs);
    let scans = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads.max(1))
            .map(|_| {
                let (rules, jobs) = (rules.clone(), &jobs);
                scope.spawn(move || {
                    let mut scan = Scan::new(rules);
                    while let Some(job) = read::next(jobs) {
                        one(&files[job.file], job, &mut scan);
                    }
                    scan
                })
            })
            .collect();
        workers.into_iter().filter_map(|w| w.join().ok()).collect::<Vec<_>>()
    });
    Scan::report(&rules, scans)
}

/// What could not be read was said by the analysis already.
fn one(path: &Path, job: Job, scan: &mut Scan) {
    scan.file(&path.display().to_string());
    let read = read::pieces(path, job, &mut vec![0; read::PIECE], |bytes, at| scan.push(bytes, at));
    scan.finish(job.at_end || read.is_err());
}
