//! `cargo xtask golden`: the golden files that other programs make, anew.

use crate::run::{command, root, run, target};
use anyhow::{Result, bail};
use std::path::PathBuf;

/// A Python with the packages of tests/golden/requirements.txt, in the target folder.
fn python() -> Result<PathBuf> {
    let venv = target().join("xtask/golden-python");
    let python = venv.join("bin/python");
    if !python.is_file() {
        if crate::run::ask(command("python3").arg("--version")).is_none() {
            bail!(
                "python3 is missing: the golden files come from Python's evtx, libevtx and networkx. Install Python 3.9 or newer"
            );
        }
        run("making a Python environment", command("python3").args(["-m", "venv"]).arg(&venv))?;
    }
    let requirements = root().join("tests/golden/requirements.txt");
    run(
        "installing the Python packages",
        command(&python.to_string_lossy()).args(["-m", "pip", "install", "-q", "-r"]).arg(requirements),
    )?;
    Ok(python)
}

pub fn golden() -> Result<()> {
    let python = python()?;
    for script in ["parsers.py", "pagerank.py"] {
        let path = root().join("tests/golden").join(script);
        run(script, command(&python.to_string_lossy()).arg(path))?;
    }
    Ok(())
}
