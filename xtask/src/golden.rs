//! `cargo xtask golden`: the golden files that other programs make, anew.

use crate::run::{ask, command, root, run, target};
use anyhow::{Result, bail};
use std::path::PathBuf;

const SCRIPTS: [&str; 4] = ["parsers.py", "pagerank.py", "viterbi.py", "../sigma/compare.py"];

/// A Python with the packages of tests/golden/requirements.txt, in the target folder.
fn python() -> Result<PathBuf> {
    if !has_venv() {
        bail!(
            "Python 3.11 or newer with venv is missing: the golden files come from its evtx, libevtx, networkx, hmmlearn and pysigma. Install it (Debian: apt-get install python3-venv)"
        );
    }
    let venv = target().join("xtask/golden-python");
    let python = venv.join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" });
    if !python.is_file() {
        run("making a Python environment", command("python3").args(["-m", "venv", "--clear"]).arg(&venv))?;
    }
    let requirements = root().join("tests/golden/requirements.txt");
    run(
        "installing the Python packages",
        command(&python.to_string_lossy())
            .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"])
            .arg(requirements),
    )?;
    Ok(python)
}

/// networkx 3.6 wants Python 3.11.
fn has_venv() -> bool {
    let probe = "import venv, ensurepip, sys; sys.exit(sys.version_info < (3, 11))";
    ask(command("python3").args(["-c", probe])).is_some()
}

/// `cargo xtask golden`.
pub fn golden() -> Result<()> {
    let python = python()?;
    for script in SCRIPTS {
        let path = root().join("tests/golden").join(script);
        run(script, command(&python.to_string_lossy()).arg(path))?;
    }
    Ok(())
}

/// Makes them again and compares; writes nothing. Left out, with a word, where there is no Python to do it with.
pub fn check() -> Result<()> {
    if !has_venv() {
        println!("skipped: the golden files are not made again, since Python 3.11 with venv is missing");
        return Ok(());
    }
    let python = match python() {
        Ok(python) => python,
        Err(e) => {
            println!("skipped: the golden files are not made again: {e:#}");
            return Ok(());
        }
    };
    for script in SCRIPTS {
        let path = root().join("tests/golden").join(script);
        run(&format!("{script} --check"), command(&python.to_string_lossy()).arg(path).arg("--check"))?;
    }
    Ok(())
}
