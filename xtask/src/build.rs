//! `cargo xtask build`: everything into `dist/`. The old `dist/` stays until the new one is whole.

use crate::run::{cargo, npx, root, run};
use crate::{tools, wasm};
use anyhow::{Context, Result, bail};
use std::fs;
use std::path::Path;

/// The log that the page offers to try; it stands at the same path in `dist/`.
const SAMPLE: &str = "sample/Security.evtx";

/// `debug`: quick to build and easy to step through, slow to run; nothing optimised, names and source maps kept.
pub fn build(debug: bool) -> Result<()> {
    // First what may be missing, before minutes of compiling.
    tools::npm_packages()?;
    if !root().join(SAMPLE).is_file() {
        bail!("{SAMPLE} is missing: `git checkout {SAMPLE}`, or make it with `cargo xtask sample`");
    }
    wasm::modules(debug)?;
    // Inside the project, so that renaming it never crosses file systems.
    let making = root().join("target/xtask-dist");
    let made = page(&making, debug).and_then(|()| replace(&making, &root().join("dist")));
    if made.is_err() {
        remove(&making)?;
        return made;
    }
    wasm::sizes()?;
    eprintln!("   dist/ is ready: put it on any static host, under any path");
    Ok(())
}

fn page(making: &Path, debug: bool) -> Result<()> {
    let mut vite = npx("vite");
    vite.args(["build", "--logLevel", "warn", "--emptyOutDir", "--outDir"]).arg(making);
    if debug {
        vite.args(["--mode", "development", "--sourcemap", "--minify", "false"]);
    }
    run("building the page", &mut vite)?;
    let sample = making.join(SAMPLE);
    fs::create_dir_all(sample.parent().unwrap_or(making))?;
    fs::copy(root().join(SAMPLE), sample).with_context(|| format!("{SAMPLE} cannot be copied"))?;
    // Made at each build: its batches are of the very reader that the page has.
    let mut labelled = cargo();
    labelled.args(["run", "--quiet", "--package", "logonscope-evaluate", "--", "--labelled"]);
    run("the labelled set for tuning", labelled.arg(making.join("tuning/labelled.bin.gz")))
}

/// Puts the folder `new` where `old` was.
pub fn replace(new: &Path, old: &Path) -> Result<()> {
    remove(old).with_context(|| format!("does another program use {}?", old.display()))?;
    fs::rename(new, old).with_context(|| format!("{} cannot be renamed to {}", new.display(), old.display()))
}

pub fn remove(folder: &Path) -> Result<()> {
    match fs::remove_dir_all(folder) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => {
            Err(e).with_context(|| format!("{} cannot be removed", folder.display()))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_takes_the_place_of_another() {
        let base = crate::run::scratch("replace");
        let (new, old) = (base.join("new"), base.join("old"));
        fs::create_dir_all(&new).expect("made");
        fs::create_dir_all(&old).expect("made");
        fs::write(new.join("a"), "new").expect("written");
        fs::write(old.join("b"), "old").expect("written");
        replace(&new, &old).expect("replaced");
        assert!(old.join("a").is_file() && !old.join("b").exists() && !new.exists());
        remove(&old).expect("removed");
        remove(&old).expect("nothing to remove is no error");
        replace(&new, &old).expect_err("nothing to put there");
        remove(&base).expect("tidied");
    }
}
