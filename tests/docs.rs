//! Documents that repeat what the code says are held to it.

use logonscope::event::EVENTS;
use logonscope::graph::Reason;

#[test]
fn every_kept_event_is_in_the_list_and_no_other() {
    let list = include_str!("../docs/events.md");
    for e in EVENTS {
        let row = list.lines().find(|l| l.starts_with(&format!("| {} |", e.id)));
        let row = row.unwrap_or_else(|| panic!("docs/events.md lacks {}", e.id));
        assert!(row.contains(e.name), "{row}: it is {:?}", e.name);
    }
    let rows = list.lines().filter(|l| l.starts_with("| ") && l.as_bytes()[2].is_ascii_digit()).count();
    assert_eq!(rows, EVENTS.len());
}

#[test]
fn every_reason_is_explained() {
    let text = include_str!("../docs/output.md");
    for reason in Reason::ALL {
        assert!(text.contains(&format!("`{}`", reason.name())), "docs/output.md lacks {}", reason.name());
    }
}

#[test]
fn the_rules_and_thresholds_are_as_in_the_code() {
    let text = include_str!("../docs/findings.md");
    let table = logonscope::export::rules();
    let written =
        text.split_once("<!-- logonscope rules -->\n").and_then(|(_, rest)| rest.split_once("<!-- end -->"));
    let written = written.expect("docs/findings.md has the mark").0;
    assert_eq!(written, table, "paste what `logonscope rules` prints between the marks of docs/findings.md");
}
