//! `cargo xtask test`: everything that can go wrong, checked. A failed step does not hide the others.

use crate::run::{cargo, command, npx, root, run};
use crate::{build, tools};
use anyhow::{Result, bail};
use std::process::Command;

/// A step: its group, its name, and what it runs.
type Step = (&'static str, &'static str, fn() -> Result<()>);

const STEPS: &[Step] = &[
    ("rust", "rustfmt and clippy", tools::rust_components),
    ("rust", "Rust: format", || run("cargo fmt", cargo().args(["fmt", "--all", "--check"]))),
    ("rust", "Rust: lints", || {
        run("cargo clippy", cargo().args(["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]))
    }),
    ("rust", "Rust: tests", || run("cargo test", cargo().args(["test", "--workspace", "--no-fail-fast"]))),
    ("sample", "generated logs, read by three other parsers", verify),
    ("web", "npm packages", tools::npm_packages),
    ("web", "the page builds", || build::build(false)),
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

/// Every record, field, count and edge of generated logs against three independent parsers, which are Python packages.
fn verify() -> Result<()> {
    if crate::run::ask(command("python3").args(["-c", "import venv, ensurepip"])).is_none() {
        println!(
            "skipped: the check of generated logs by three other parsers, since python3 with venv is missing"
        );
        return Ok(());
    }
    run("sample/verify/verify.py --small", command("python3").args(["sample/verify/verify.py", "--small"]))
}

/// Node's runner over every `*.test.mjs`; named one by one, since the versions of Node differ in what they take for a folder or a pattern.
fn node_tests(chromium: &std::path::Path) -> Result<Command> {
    let mut node = command("node");
    node.env("CHROMIUM", chromium).args(["--test", "--test-concurrency=1"]);
    let folder = std::fs::read_dir(root().join("tests/browser"))?;
    let mut files: Vec<_> = folder.filter_map(|e| Some(e.ok()?.path())).collect();
    files.retain(|f| f.to_string_lossy().ends_with(".test.mjs"));
    files.sort();
    node.args(files);
    Ok(node)
}

fn browser() -> Result<()> {
    let chromium = tools::chromium()?;
    if !root().join("dist/index.html").is_file() {
        build::build(false)?;
    }
    run("browser tests", &mut node_tests(&chromium)?)
}

/// Takes the pictures of docs/images/ anew.
pub fn shots() -> Result<()> {
    let chromium = tools::chromium()?;
    run("screenshots", command("node").env("CHROMIUM", chromium).arg("tests/browser/shots.mjs"))
}
