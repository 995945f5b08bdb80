//! The three wasm modules: compiled, bound to JavaScript, made small.

use crate::run::{ask, cargo, command, root, run, target};
use crate::tools;
use anyhow::{Context, Result, bail};
use std::fs;
use std::path::{Path, PathBuf};
use wasm_bindgen_cli_support::Bindgen;

pub const MODULES: [&str; 3] = ["reader", "engine", "render"];
/// Must be the version the crates are built with: the two halves of a binding speak one dialect.
const BINDGEN: &str = "0.2.130";

/// Makes `www/pkg/{reader,engine,render}/`; a module whose binary has not changed is left as it is.
pub fn modules() -> Result<()> {
    check_version()?;
    tools::wasm_target()?;
    let mut build = cargo();
    build.args(["build", "--profile", "wasm", "--target", "wasm32-unknown-unknown"]);
    for module in MODULES {
        build.args(["--package", &format!("logonscope-wasm-{module}")]);
    }
    run("compiling the wasm modules", &mut build)?;
    for module in MODULES {
        bind(module).with_context(|| format!("binding the module {module}"))?;
    }
    Ok(())
}

fn bind(module: &str) -> Result<()> {
    let binary = target().join("wasm32-unknown-unknown/wasm").join(format!("{module}.wasm"));
    let folder = root().join("www/pkg").join(module);
    let stamp = target().join("xtask").join(format!("{module}.wasm"));
    if folder.join(format!("{module}.js")).is_file() && same(&binary, &stamp) {
        return Ok(());
    }
    // Made aside and moved into place, so that a failure leaves no half of it.
    let fresh = target().join("xtask").join(format!("{module}-pkg"));
    if fresh.exists() {
        fs::remove_dir_all(&fresh)?;
    }
    fs::create_dir_all(&fresh)?;
    Bindgen::new().input_path(&binary).web(true)?.typescript(true).generate(&fresh)?;
    shrink(&fresh.join(format!("{module}_bg.wasm")))?;
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    for entry in fs::read_dir(&fresh)? {
        let path = entry?.path();
        fs::copy(&path, folder.join(path.file_name().unwrap_or_default()))?;
    }
    fs::copy(&binary, &stamp)?;
    Ok(())
}

fn same(a: &Path, b: &Path) -> bool {
    matches!((fs::read(a), fs::read(b)), (Ok(a), Ok(b)) if a == b)
}

/// wasm-opt from the npm package `binaryen`; it reads the features in use from the module itself.
fn shrink(wasm: &Path) -> Result<()> {
    let small: PathBuf = wasm.with_extension("small");
    let mut opt = command("node");
    opt.arg(root().join("node_modules/binaryen/bin/wasm-opt"))
        .args(["-O3", "--strip-producers", "--strip-debug", "-o"])
        .arg(&small)
        .arg(wasm);
    let name = wasm.file_name().unwrap_or_default().to_string_lossy().into_owned();
    run(&format!("optimising {name}"), &mut opt)?;
    fs::rename(&small, wasm)?;
    Ok(())
}

/// Compares the version in Cargo.lock with ours.
fn check_version() -> Result<()> {
    let lock = fs::read_to_string(root().join("Cargo.lock")).context("Cargo.lock is missing")?;
    match locked(&lock, "wasm-bindgen") {
        Some(v) if v == BINDGEN => Ok(()),
        Some(v) => {
            bail!("Cargo.lock has wasm-bindgen {v}, xtask binds for {BINDGEN}: set both to one version")
        }
        None => bail!("Cargo.lock has no wasm-bindgen; run cargo update"),
    }
}

/// The version of a package in a lock file.
fn locked<'l>(lock: &'l str, package: &str) -> Option<&'l str> {
    let at = lock.find(&format!("name = \"{package}\"\n"))?;
    lock[at..].lines().nth(1)?.strip_prefix("version = \"")?.strip_suffix('"')
}

/// Sizes for people, after a build.
pub fn sizes() -> Result<()> {
    for module in MODULES {
        let path = root().join("www/pkg").join(module).join(format!("{module}_bg.wasm"));
        let bytes = fs::metadata(&path)?.len();
        let gzip =
            ask(command("sh").arg("-c").arg("gzip -9 -c \"$0\" | wc -c").arg(&path)).unwrap_or_default();
        eprintln!("   {module}: {} KB ({} KB gzip)", bytes / 1000, gzip.parse::<u64>().unwrap_or(0) / 1000);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::locked;

    #[test]
    fn finds_a_locked_version() {
        let lock = "[[package]]\nname = \"wasm-bindgen-macro\"\nversion = \"1.0.0\"\n\n[[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.130\"\n";
        assert_eq!(locked(lock, "wasm-bindgen"), Some("0.2.130"));
        assert_eq!(locked(lock, "other"), None);
    }
}
