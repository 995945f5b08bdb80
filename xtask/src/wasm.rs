//! The wasm modules: compiled, bound to JavaScript, made small.

use crate::run::{ask, cargo, command, root, run, target};
use crate::{build, tools};
use anyhow::{Context, Result, bail};
use std::fs;
use std::hash::{DefaultHasher, Hasher};
use std::path::{Path, PathBuf};
use wasm_bindgen_cli_support::Bindgen;

/// Built in this order, all of a row at once. `sigma` stands alone: Cargo gives packages that are built together one set of the core's
/// features, and the others are to be without that one.
const ROWS: [&[&str]; 2] = [&["reader", "engine", "render"], &["sigma"]];
pub const MODULES: [&str; 4] = ["reader", "engine", "render", "sigma"];
/// The file that says what a module was made from.
const STAMP: &str = ".made-from";
/// Must be the version the crates are built with: the two halves of a binding speak one dialect.
const BINDGEN: &str = "0.2.130";

/// Makes `www/pkg/{reader,engine,render,sigma}/`; a module whose binary has not changed is left as it is.
pub fn modules(debug: bool) -> Result<()> {
    check_version()?;
    tools::wasm_target()?;
    let profile = if debug { "dev" } else { "wasm" };
    for row in ROWS {
        let mut build = cargo();
        build.args(["build", "--locked", "--profile", profile, "--target", "wasm32-unknown-unknown"]);
        for module in row {
            build.args(["--package", &format!("logonscope-wasm-{module}")]);
        }
        run(&format!("compiling the wasm modules {}", row.join(", ")), &mut build)?;
    }
    for module in MODULES {
        bind(module, debug).with_context(|| format!("binding the module {module}"))?;
    }
    Ok(())
}

fn bind(module: &str, debug: bool) -> Result<()> {
    let profile = if debug { "debug" } else { "wasm" };
    let binary = target().join("wasm32-unknown-unknown").join(profile).join(format!("{module}.wasm"));
    let packages = root().join("www/pkg");
    let (folder, making) = (packages.join(module), packages.join(format!(".{module}-making")));
    // What the module was made from, kept beside it: a target directory may serve several clones.
    let source = fs::read(&binary).with_context(|| format!("{} cannot be read", binary.display()))?;
    let stamp = format!("wasm-bindgen {BINDGEN}, {profile}, {:016x}\n", digest(&source));
    if fs::read_to_string(folder.join(STAMP)).is_ok_and(|made_from| made_from == stamp) {
        return Ok(());
    }
    // Made aside and moved into place, so that a failure leaves no half of it.
    build::remove(&making)?;
    let made = Bindgen::new()
        .input_path(&binary)
        .web(true)?
        .typescript(true)
        .keep_debug(debug)
        .generate(&making)
        .and_then(|()| if debug { Ok(()) } else { shrink(&making.join(format!("{module}_bg.wasm"))) })
        .and_then(|()| Ok(fs::write(making.join(STAMP), stamp)?))
        .and_then(|()| build::replace(&making, &folder));
    if made.is_err() {
        build::remove(&making)?;
    }
    made
}

fn digest(bytes: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    hasher.write(bytes);
    hasher.finish()
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
    if interface(&small)? != interface(wasm)? {
        bail!("wasm-opt changed what {name} imports or exports");
    }
    fs::rename(&small, wasm)?;
    Ok(())
}

/// What JavaScript sees of a module, as V8 tells it.
fn interface(wasm: &Path) -> Result<String> {
    const SCRIPT: &str = "const m = new WebAssembly.Module(require('fs').readFileSync(process.argv[1]));
        const sorted = list => list.map(e => JSON.stringify(e)).sort().join();
        console.log(sorted(WebAssembly.Module.imports(m)), sorted(WebAssembly.Module.exports(m)))";
    ask(command("node").args(["--eval", SCRIPT]).arg(wasm))
        .with_context(|| format!("V8 does not take {} for a module", wasm.display()))
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
