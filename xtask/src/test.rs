//! `cargo xtask test`: everything that can go wrong, checked. A failed step does not hide the others.

use crate::run::{cargo, command, npx, root, run};
use crate::{build, golden, tools, wasm};
use anyhow::{Result, bail};
use std::collections::BTreeSet;
use std::process::Command;
use std::time::Instant;

struct Step {
    group: &'static str,
    name: &'static str,
    /// CI reads the closing lines of this step's runner itself.
    counted_by_ci: bool,
    run: fn() -> Result<()>,
}

const fn step(group: &'static str, name: &'static str, run: fn() -> Result<()>) -> Step {
    Step { group, name, counted_by_ci: false, run }
}

const fn tests(group: &'static str, name: &'static str, run: fn() -> Result<()>) -> Step {
    Step { group, name, counted_by_ci: true, run }
}

/// The quick and strict first; the types of the page need the wasm bindings, so the build comes before them.
const STEPS: &[Step] = &[
    step("rust", "rustfmt and clippy", tools::rust_components),
    step("rust", "Rust: format", || run("cargo fmt", cargo().args(["fmt", "--all", "--check"]))),
    step("rust", "Rust: lints", || {
        run("cargo clippy", cargo().args(["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]))
    }),
    step("rust", "Rust: lints of the wasm modules", || {
        tools::wasm_target()?;
        let packages = wasm::MODULES.map(|module| format!("--package=logonscope-wasm-{module}"));
        let mut clippy = cargo();
        clippy.args(["clippy", "--target", tools::WASM]).args(packages).args(["--", "-D", "warnings"]);
        run("cargo clippy for wasm", &mut clippy)
    }),
    step("web", "npm packages", tools::npm_packages),
    step("web", "the page builds", || build::build(false)),
    step("web", "page: format and lints", || run("biome", npx("biome").args(["ci", "--error-on-warnings"]))),
    step("web", "page: types", || {
        run("svelte-check", npx("svelte-check").args(["--fail-on-warnings", "--output", "human"]))
    }),
    step("web", "page: unit tests", || run("vitest", npx("vitest").arg("run"))),
    step("golden", "golden files, made again", golden::check),
    step("sample", "generated logs, read by three other parsers", verify),
    tests("rust", "Rust: tests", || {
        run("cargo test", cargo().args(["test", "--workspace", "--no-fail-fast"]))
    }),
    tests("browser", "page in Chromium", browser),
];

/// Runs the steps of the groups in `only`, or all; says whether all went well.
pub fn test(only: &[String]) -> Result<bool> {
    let groups: BTreeSet<_> = STEPS.iter().map(|step| step.group).collect();
    if let Some(unknown) = only.iter().find(|o| !groups.contains(o.as_str())) {
        bail!("there is no group '{unknown}'; groups: {}", groups.into_iter().collect::<Vec<_>>().join(", "));
    }
    let (mut passed, mut failed, mut lines) = (0, 0, Vec::new());
    for step in STEPS.iter().filter(|s| only.is_empty() || only.iter().any(|o| o == s.group)) {
        eprintln!("\n═══ {}", step.name);
        let start = Instant::now();
        let went_well = (step.run)().inspect_err(|e| eprintln!("xtask: {}: {e:#}", step.name)).is_ok();
        lines.push(format!(
            "{} {:7.1} s  {}",
            if went_well { "ok    " } else { "FAILED" },
            start.elapsed().as_secs_f64(),
            step.name
        ));
        // Its own tests are not counted again; that it failed is, since a runner that never started closes with nothing.
        passed += usize::from(went_well && !step.counted_by_ci);
        failed += usize::from(!went_well);
    }
    eprintln!("\n{}\n", lines.join("\n"));
    println!("{passed} passed, {failed} failed");
    Ok(failed == 0)
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
    // What is tested is what the sources say now; where nothing changed this takes seconds.
    build::build(false)?;
    run("browser tests", &mut node_tests(&chromium)?)
}

/// Takes the pictures of docs/images/ anew.
pub fn shots() -> Result<()> {
    let chromium = tools::chromium()?;
    run("screenshots", command("node").env("CHROMIUM", chromium).arg("tests/browser/shots.mjs"))
}
