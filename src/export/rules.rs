//! The rules and thresholds as Markdown tables: `logonscope rules`, and the document that repeats them.

use crate::detect::{Rule, Threshold};
use std::fmt::Write;

pub fn rules() -> String {
    let mut out = String::new();
    // Writing to a String cannot fail.
    let _ = write_all(&mut out);
    out
}

fn write_all(out: &mut String) -> std::fmt::Result {
    writeln!(out, "| rule | finds | severity | ATT&CK | innocent, if | check next |")?;
    writeln!(out, "| --- | --- | --- | --- | --- | --- |")?;
    for e in Rule::ALL.iter().map(|r| r.entry()) {
        writeln!(
            out,
            "| `{}` | {} | {} | {} {}, {} | {} | {} |",
            e.key,
            e.title,
            e.severity.name(),
            e.technique,
            e.technique_name,
            e.tactic,
            e.innocent,
            e.check
        )?;
    }
    writeln!(out, "\n| threshold | what | default | from, to | why |")?;
    writeln!(out, "| --- | --- | ---: | --- | --- |")?;
    for e in Threshold::ALL.iter().map(|t| t.entry()) {
        writeln!(
            out,
            "| `{}` | {} | {} {} | {}, {} | {} |",
            e.key, e.label, e.default, e.unit, e.min, e.max, e.reason
        )?;
    }
    Ok(())
}
