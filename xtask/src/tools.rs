//! What building and testing need beside cargo: makes sure of it, or says what to do.

use crate::run::{ask, command, root, run};
use anyhow::{Context, Result, bail};
use std::path::PathBuf;

pub const WASM: &str = "wasm32-unknown-unknown";

/// The oldest Node.js that Vite 8 runs on.
const NODE: (u32, u32) = (20, 19);

/// The standard library for wasm.
pub fn wasm_target() -> Result<()> {
    // A Rust from elsewhere than rustup may have it too.
    let libraries = ask(command("rustc").args(["--print", "target-libdir", "--target", WASM]));
    if libraries.is_some_and(|folder| PathBuf::from(folder).is_dir()) {
        return Ok(());
    }
    rustup(&["target", "add", WASM], WASM)
}

/// rustfmt and clippy, for the tests.
pub fn rust_components() -> Result<()> {
    for (verb, component) in [("fmt", "rustfmt"), ("clippy", "clippy")] {
        if ask(crate::run::cargo().args([verb, "--version"])).is_none() {
            rustup(&["component", "add", component], component)?;
        }
    }
    Ok(())
}

fn rustup(args: &[&str], what: &str) -> Result<()> {
    if ask(command("rustup").arg("--version")).is_none() {
        bail!(
            "Rust's {what} is missing, and so is rustup, which would install it. Get rustup from https://rustup.rs, or {what} from your system's packages"
        );
    }
    run(&format!("installing Rust's {what}: rustup {}", args.join(" ")), command("rustup").args(args))
}

/// The npm packages, as the lock file has them.
pub fn npm_packages() -> Result<()> {
    let Some(version) = ask(command("node").arg("--version")) else {
        bail!(
            "Node.js is missing; it builds and tests the page. Install {}.{} or newer from https://nodejs.org",
            NODE.0,
            NODE.1
        );
    };
    if !new_enough(&version) {
        bail!("Node.js {version} is too old: install {}.{} or newer from https://nodejs.org", NODE.0, NODE.1);
    }
    let time = |path: PathBuf| path.metadata().and_then(|m| m.modified()).ok();
    let lock =
        time(root().join("package-lock.json")).context("package-lock.json is missing from the project")?;
    // npm writes this file when it has finished.
    if time(root().join("node_modules/.package-lock.json")).is_some_and(|t| t >= lock) {
        return Ok(());
    }
    let npm = if cfg!(windows) { "npm.cmd" } else { "npm" };
    if ask(command(npm).arg("--version")).is_none() {
        bail!(
            "npm is missing; it comes with Node.js from https://nodejs.org, or is a package of its own: install it"
        );
    }
    // Not "npm ci": it refuses a lock file made where the registry has only this platform's optional packages. The versions are pinned
    // exactly, in package.json and in the lock file, which --no-save leaves alone.
    let mut install = command(npm);
    install.args(["install", "--no-save", "--no-audit", "--no-fund", "--loglevel=error"]);
    run("installing npm packages", &mut install)
}

fn new_enough(version: &str) -> bool {
    let mut numbers = version.trim_start_matches('v').split('.').map(|n| n.parse().unwrap_or(0));
    (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0)) >= NODE
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

#[cfg(test)]
mod tests {
    use super::new_enough;

    #[test]
    fn versions_are_compared_as_numbers() {
        assert!(new_enough("v20.19.0") && new_enough("v22.2.1") && new_enough("v100.0.0"));
        assert!(!new_enough("v20.9.0") && !new_enough("v18.20.4") && !new_enough(""));
    }
}
