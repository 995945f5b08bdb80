//! `cargo xtask test`: everything that can go wrong, checked. A failed step does not hide the others.

use crate::run::{cargo, command, npx, root, run};
use crate::{build, tools};
use anyhow::{Result, bail};
use std::process::Command;

/// A step: its group, its name, and what it runs.
type Step = (&'static str, &'static str, fn() -> Result<()>);

const STEPS: &[Step] = &[
    ("rust", "Rust: format", || run("cargo fmt", cargo().args(["fmt", "--all", "--check"]))),
    ("rust", "Rust: lints", || {
        run("cargo clippy", cargo().args(["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]))
    }),
    ("rust", "Rust: tests", || run("cargo test", cargo().args(["test", "--workspace", "--no-fail-fast"]))),
    ("web", "npm packages", tools::npm_packages),
    ("web", "the page builds", build::build),
    ("web", "page: format and lints", || run("biome", npx("biome").args(["ci", "--error-on-warnings"]))),
    ("web", "page: types", || {
        run("svelte-check", npx("svelte-check").args(["--fail-on-warnings", "--output", "human"]))
    }),
    ("web", "page: unit tests", || run("vitest", npx("vitest").arg("run"))),
    ("browser", "page in Chromium", browser),
];

pub fn test(only: &[String]) -> Result<()> {
    let groups = ["rust", "web", "browser", "sample"];
    if let Some(unknown) = only.iter().find(|o| !groups.contains(&o.as_str())) {
        bail!("there is no group '{unknown}'; groups: {}", groups.join(", "));
    }
    let mut failed = Vec::new();
    let mut passed = 0;
    for (group, name, step) in STEPS {
        if !only.is_empty() && !only.iter().any(|o| o == group) {
            continue;
        }
        eprintln!("\n═══ {name}");
        match step() {
            Ok(()) => passed += 1,
            Err(e) => {
                eprintln!("xtask: {name}: {e:#}");
                failed.push(*name);
            }
        }
    }
    println!();
    for name in &failed {
        println!("FAILED: {name}");
    }
    println!("steps: {passed} passed, {} failed", failed.len());
    if !failed.is_empty() {
        bail!("{} of {} steps failed", failed.len(), passed + failed.len());
    }
    Ok(())
}

fn node_tests(chromium: &std::path::Path, files: &str) -> Command {
    let mut node = command("node");
    node.env("CHROMIUM", chromium).args(["--test", "--test-concurrency=1", files]);
    node
}

fn browser() -> Result<()> {
    let chromium = tools::chromium()?;
    if !root().join("dist/index.html").is_file() {
        build::build()?;
    }
    run("browser tests", &mut node_tests(&chromium, "tests/browser/"))
}

/// Takes the pictures of docs/images/ anew.
pub fn shots() -> Result<()> {
    let chromium = tools::chromium()?;
    run("screenshots", command("node").env("CHROMIUM", chromium).arg("tests/browser/shots.mjs"))
}
