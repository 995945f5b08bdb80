//! `cargo xtask build`: everything into `dist/`.

use crate::run::{npx, root, run};
use crate::{tools, wasm};
use anyhow::Result;
use std::fs;

pub fn build() -> Result<()> {
    // First what may be missing, before minutes of compiling.
    tools::npm_packages()?;
    wasm::modules()?;
    run("building the page", npx("vite").args(["build", "--logLevel", "warn"]))?;
    let sample = root().join("sample/Security.evtx");
    let folder = root().join("dist/sample");
    fs::create_dir_all(&folder)?;
    fs::copy(&sample, folder.join("Security.evtx"))?;
    wasm::sizes()?;
    eprintln!("   dist/ is ready: put it on any static host, under any path");
    Ok(())
}
