//! Two periods compared: new, gone, changed, and nothing else.

mod common;

use common::told::{Said, Told, logon, told};
use logonscope::event::time::{TICKS_PER_HOUR, TICKS_PER_SECOND};
use logonscope::graph::{Change, ChangeKind, Diff, Include, Node, Period, Reason, Side, diff};
use proptest::prelude::*;
use std::collections::BTreeMap;

const DAY: i64 = 24 * TICKS_PER_HOUR;

fn compare(t: &Told, before: Period, after: Period, include: Include) -> Diff {
    diff(&t.store, &t.identity, &t.events, [before, after], include)
}

#[test]
fn new_gone_and_far_more() {
    let many = |day: i64, n: i64, account: &'static str| {
        (0..n).map(move |i| logon(day * 86_400 + i, 3, account, "ws1", "fs1"))
    };
    let mut said: Vec<Said> = many(0, 5, "same").chain(many(1, 5, "same")).collect();
    said.extend(many(0, 2, "more").chain(many(1, 6, "more")));
    // A factor of four and too few; five and no factor.
    said.extend(many(0, 1, "few").chain(many(1, 4, "few")));
    said.extend(many(0, 5, "steady").chain(many(1, 9, "steady")));
    said.extend(many(0, 1, "left").chain(many(1, 1, "came")));
    said.push(logon(86_400, 3, "WS1$", "ws1", "dc1"));
    said.push(Said { id: 4634, ..logon(86_400, 3, "same", "ws1", "fs1") });
    said.push(Said { id: 4625, ..logon(86_400, 3, "same", "ws1", "fs1") });
    let t = told(&said);
    let (before, after) = (Period { from: 0, to: DAY }, Period { from: DAY, to: 2 * DAY });
    let d = compare(&t, before, after, Include::default());
    let told: Vec<(&str, u16, ChangeKind, bool)> = d
        .logons
        .iter()
        .map(|c| {
            let name = &t.identity.accounts.all[c.what.account as usize].name;
            (name.as_str(), c.what.event_id, c.kind(), c.notable)
        })
        .collect();
    let expected = [
        ("came", 4624, ChangeKind::New, true),
        ("few", 4624, ChangeKind::Changed, false),
        ("left", 4624, ChangeKind::Gone, true),
        ("more", 4624, ChangeKind::Changed, true),
        ("same", 4625, ChangeKind::New, true),
        ("steady", 4624, ChangeKind::Changed, false),
    ];
    assert_eq!(told, expected);
    let nodes: Vec<Node> = d.nodes.iter().map(|c| c.what).collect();
    assert_eq!(nodes, [Node::Account(t.account("came")), Node::Account(t.account("left"))]);
    let more = d.logons[3];
    assert_eq!((more.before.count, more.after.count), (2, 6));
    assert_eq!((more.after.first, more.after.last), (DAY, DAY + 5 * TICKS_PER_SECOND));
    assert_eq!(t.store.columns.time[more.after.last_row as usize], more.after.last);
    // Half the events in half the time are no change.
    let half = compare(&t, before, Period { from: 0, to: DAY / 2 }, Include::default());
    assert!(half.logons.iter().all(|c| c.kind() == ChangeKind::Changed && c.after.count == c.before.count));
    // The machine account comes back when it is asked for, and its domain controller with it.
    let machines = compare(&t, before, after, Include::default().with(Reason::MachineAccount));
    assert_eq!((machines.logons.len(), machines.nodes.len()), (7, 4));
}

fn logons() -> impl Strategy<Value = Vec<Said>> {
    let one = (0i64..40, 0..3u8, 0..3u8, 0..3u8, 0..4usize).prop_map(|(t, a, s, d, kind)| {
        let (source, target) = (format!("h{s}"), format!("h{d}"));
        let account = if a == 2 { "PC2$".to_owned() } else { format!("u{a}") };
        let said = logon(t * 3600, [3, 10, 255, 3][kind], &account, &source, &target);
        Said { id: [4624, 4624, 4634, 4625][kind], ..said }
    });
    proptest::collection::vec(one, 0..80)
}

fn period() -> impl Strategy<Value = Period> {
    (0i64..40, 0i64..45)
        .prop_map(|(from, to)| Period { from: from * TICKS_PER_HOUR, to: to * TICKS_PER_HOUR })
}

fn mirrored<T: Copy>(changes: &[Change<T>]) -> Vec<Change<T>> {
    changes.iter().map(|c| Change { before: c.after, after: c.before, ..*c }).collect()
}

proptest! {
    #[test]
    fn there_and_back_are_mirrors(said in logons(), a in period(), b in period(), machines: bool) {
        let t = told(&said);
        let include = Include::default();
        let include = if machines { include.with(Reason::MachineAccount) } else { include };
        let (there, back) = (compare(&t, a, b, include), compare(&t, b, a, include));
        prop_assert_eq!(mirrored(&there.logons), back.logons);
        prop_assert_eq!(mirrored(&there.nodes), back.nodes);
        prop_assert_eq!(compare(&t, a, a, include), Diff::default());
        prop_assert!(there.logons.is_sorted_by_key(|c| c.what) && there.nodes.is_sorted_by_key(|c| c.what));
    }

    #[test]
    fn counts_are_those_of_the_events(said in logons(), a in period(), b in period()) {
        let t = told(&said);
        let d = compare(&t, a, b, Include::default());
        let mut counts: BTreeMap<_, [u64; 2]> = BTreeMap::new();
        for e in &said {
            if e.id == 4634 || e.account.ends_with('$') {
                continue;
            }
            let key = (t.account(&e.account), t.host(&e.workstation), t.host(&e.computer), e.id, Some(e.logon_type));
            for (n, p) in [a, b].into_iter().enumerate() {
                counts.entry(key).or_default()[n] += u64::from(p.holds(e.time));
            }
        }
        for c in &d.logons {
            let l = c.what;
            let expected = counts.remove(&(l.account, l.source, l.target, l.event_id, l.logon_type));
            prop_assert_eq!(expected, Some([c.before.count, c.after.count]));
            prop_assert_eq!(l.failure, l.event_id == 4625);
            for (side, p) in [(c.before, a), (c.after, b)] {
                prop_assert!(side == Side::default() || p.holds(side.first) && p.holds(side.last) && side.first <= side.last);
            }
        }
        // What is not listed has one rate in both.
        for [before, after] in counts.into_values() {
            let equal = before as f64 * b.ticks() as f64 == after as f64 * a.ticks() as f64;
            prop_assert!(equal && (before > 0) == (after > 0), "{} and {}", before, after);
        }
    }
}

#[test]
fn absurd_periods_are_no_trouble() {
    let t = told(&[
        Said { time: i64::MIN, ..logon(0, 3, "bob", "ws1", "fs1") },
        Said { time: i64::MAX - 1, ..logon(0, 3, "bob", "ws1", "fs1") },
    ]);
    let never = Period { from: i64::MAX, to: i64::MIN };
    let d = compare(&t, Period::ALWAYS, never, Include::default());
    assert_eq!((d.logons.len(), d.nodes.len()), (1, 3));
    assert_eq!((d.logons[0].kind(), d.logons[0].before.count), (ChangeKind::Gone, 2));
    assert!(Period::ALWAYS.per_day(2) > 0.0 && never.per_day(2) == 0.0);
}
