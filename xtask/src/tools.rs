//! What building and testing need beside cargo: makes sure of it, or says what to do.

use crate::run::{ask, command, root, run};
use anyhow::{Context, Result, bail};
use std::path::PathBuf;

const WASM: &str = "wasm32-unknown-unknown";

/// The standard library for wasm.
pub fn wasm_target() -> Result<()> {
    let Some(installed) = ask(command("rustup").args(["target", "list", "--installed"])) else {
        bail!(
            "rustup is missing, so the {WASM} target cannot be installed. Get it from https://rustup.rs, or install Rust's {WASM} standard library by your system's packages"
        );
    };
    if installed.lines().any(|l| l == WASM) {
        return Ok(());
    }
    run("installing the wasm target", command("rustup").args(["target", "add", WASM]))
}

/// The npm packages, as the lock file has them.
pub fn npm_packages() -> Result<()> {
    let Some(version) = ask(command("node").arg("--version")) else {
        bail!("node is missing: install Node.js 20 or newer (https://nodejs.org, or your system's package)");
    };
    let major = version.trim_start_matches('v').split('.').next().and_then(|m| m.parse::<u32>().ok());
    if major.is_none_or(|m| m < 20) {
        bail!("Node.js {version} is too old: 20 or newer is needed");
    }
    let time = |path: PathBuf| path.metadata().and_then(|m| m.modified()).ok();
    let lock =
        time(root().join("package-lock.json")).context("package-lock.json is missing from the project")?;
    // npm writes this file when it has finished.
    if time(root().join("node_modules/.package-lock.json")).is_some_and(|t| t >= lock) {
        return Ok(());
    }
    // Not "npm ci": it refuses a lock file made where the registry has only this platform's optional packages. The versions are pinned
    // exactly, in package.json and in the lock file, which --no-save leaves alone.
    let mut npm = command("npm");
    run(
        "installing npm packages",
        npm.args(["install", "--no-save", "--no-audit", "--no-fund", "--loglevel=error"]),
    )
}

/// A Chromium for the tests.
pub fn chromium() -> Result<PathBuf> {
    if let Some(path) = std::env::var_os("CHROMIUM").map(PathBuf::from) {
        if path.is_file() {
            return Ok(path);
        }
        bail!("CHROMIUM is set to {}, which is not there", path.display());
    }
    if let Some(path) = find_chromium() {
        return Ok(path);
    }
    let root = ask(command("id").arg("-u")).is_some_and(|id| id == "0");
    if !root || ask(command("apt-get").arg("--version")).is_none() {
        bail!(
            "Chromium is missing and cannot be installed from here. Install it (Debian: sudo apt-get install chromium) or set CHROMIUM to the path of a Chrome or Chromium"
        );
    }
    run("updating the package list", command("apt-get").args(["update", "-qq"]))?;
    let mut install = command("apt-get");
    install.env("DEBIAN_FRONTEND", "noninteractive").args([
        "install",
        "-y",
        "-qq",
        "--no-install-recommends",
    ]);
    run("installing Chromium for the tests", install.args(["chromium", "fonts-dejavu-core"]))?;
    find_chromium().context("Chromium was installed, but there is no chromium on the PATH")
}

fn find_chromium() -> Option<PathBuf> {
    let names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
    let path = std::env::var_os("PATH")?;
    let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    names.iter().flat_map(|n| folders.iter().map(move |f| f.join(n))).find(|p| p.is_file())
}
