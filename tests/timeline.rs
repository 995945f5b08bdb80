//! Counts by hour, the biggest changes and the most unusual sequences, from the shipped sample and from stores made by hand.

mod common;

use logonscope::analysis::Analysis;
use logonscope::event::time::{TICKS_PER_HOUR, TICKS_PER_SECOND};
use logonscope::graph::{Include, Node};
use logonscope::identity::{Events, Identity};
use logonscope::score::{Unusual, changes};
use logonscope::store::{Batch, NO_STATUS, NO_TYPE, Principal, Row, Store};
use logonscope::timeline::{Hours, Step, dense, hour_of, steps};
use std::path::Path;

/// `(time, event id, name, address)` as a store.
fn made(file: u32, events: &[(i64, u16, &str, &str)]) -> Batch {
    let mut batch = Batch { file, ..Batch::default() };
    for (i, &(time, event_id, name, address)) in events.iter().enumerate() {
        let strings = &mut batch.tables.strings;
        let (name, domain) = (strings.intern(name), strings.intern("CORP"));
        let (computer, address) = (strings.intern("DC1.corp.example"), strings.intern(address));
        let account = batch.tables.principal(Principal { sid: 0, domain, name });
        batch.columns.push(Row {
            time,
            event_id,
            record_id: i as u64,
            file,
            chunk: 0,
            offset: 0,
            computer,
            account,
            subject: 0,
            address,
            port: 0,
            workstation: 0,
            logon_type: NO_TYPE,
            status: NO_STATUS,
            sub_status: NO_STATUS,
            package: 0,
            logon_id: 0,
            ticket: 0,
            details: 0,
        });
    }
    batch
}

fn loaded(batches: Vec<Batch>) -> (Store, Identity, Events) {
    let mut store = Store::default();
    batches.into_iter().for_each(|b| store.append(b));
    let identity = Identity::resolve(&store);
    let events = Events::resolve(&store, &identity);
    (store, identity, events)
}

fn hours(store: &Store, identity: &Identity, events: &Events) -> Hours {
    Hours::of(store, events, identity.accounts.all.len(), identity.hosts.all.len())
}

fn account(identity: &Identity, name: &str) -> u32 {
    identity.accounts.all.iter().position(|a| a.name == name).expect("it is there") as u32
}

#[test]
fn the_sample_adds_up() {
    let store = common::store(&Path::new(env!("CARGO_MANIFEST_DIR")).join("sample/Security.evtx"));
    let analysis = Analysis::of(&store, Include::default());
    let identity = &analysis.identity;
    let events = Events::resolve(&store, identity);
    let hours = hours(&store, identity, &events);
    let (first, last) = store.span().expect("it has events");
    let (first, last) = (hour_of(first), hour_of(last));
    let accounts = (0..identity.accounts.all.len() as u32).map(|n| (Node::Account(n), hours.account(n)));
    let hosts = (0..identity.hosts.all.len() as u32).map(|n| (Node::Host(n), hours.host(n)));
    for (node, cells) in accounts.chain(hosts) {
        let activity = analysis.activity(node);
        for step in [Step::Hour, Step::Day] {
            let points = dense(cells, first, last, step, None).expect("a sample is short");
            assert_eq!(points.iter().map(|p| p.events).sum::<u64>(), activity.events);
            assert_eq!(points.iter().map(|p| p.failures).sum::<u64>(), activity.failures);
            let sparse: Vec<_> = steps(cells, first, last, step, None).collect();
            assert!(points.iter().filter(|p| p.events > 0).eq(&sparse), "dense is sparse and zeros");
        }
        if let (Some(a), Some(b)) = (cells.first(), cells.last()) {
            assert_eq!((a.hour, b.hour), (hour_of(activity.first), hour_of(activity.last)));
        }
        let key = |w: &[logonscope::timeline::Cell]| (w[0].hour, w[0].event_id) < (w[1].hour, w[1].event_id);
        assert!(cells.windows(2).all(key), "each hour and event id once, in order");
    }
    let changes = changes(&hours, last);
    let unusual = Unusual::of(&store, &events, identity.accounts.all.len());
    assert_eq!((changes.len(), unusual.by_account.len()), (identity.accounts.all.len(), changes.len()));
    println!("{} sequences, {:.3} nats per event", unusual.sequences, unusual.mean);
    for (n, a) in identity.accounts.all.iter().enumerate() {
        println!(
            "{:32} {:?} {:?}",
            a.full(),
            changes[n],
            unusual.by_account[n].as_ref().map(|s| (s.nats, s.events))
        );
    }
    for sequence in unusual.by_account.iter().flatten() {
        assert!(sequence.nats.is_finite() && sequence.nats >= 0.0);
        for &row in &sequence.rows {
            let row = store.columns.row(row as usize).expect("evidence is in the store");
            assert_eq!(identity.account(&row), sequence.account);
            assert_eq!(row.time.div_euclid(24 * TICKS_PER_HOUR) as i32, sequence.day);
        }
    }
}

#[test]
fn three_hours_of_a_year_cost_three_hours() {
    let year = 365 * 24 * TICKS_PER_HOUR;
    let rare = [
        (0, 4624, "rare", "10.0.0.7"),
        (year / 2, 4624, "rare", "10.0.0.7"),
        (year, 4625, "rare", "10.0.0.7"),
    ];
    let (store, identity, events) = loaded(vec![made(0, &rare)]);
    let hours = hours(&store, &identity, &events);
    let rare = account(&identity, "rare");
    assert_eq!(hours.account(rare).len(), 3);
    assert!(hours.memory() < 500, "{} bytes", hours.memory());
    let days = dense(hours.account(rare), 0, hour_of(year), Step::fitting(0, hour_of(year)), None);
    assert_eq!(days.map(|d| (d.len(), d.iter().map(|p| p.failures).sum::<u64>())), Some((366, 1)));
}

#[test]
fn neither_order_nor_absurd_times_matter() {
    let a = [(5 * TICKS_PER_HOUR, 4624, "bob", "10.0.0.7"), (i64::MAX, 4625, "bob", "10.0.0.8")];
    let b = [(i64::MIN, 4768, "eve", "10.0.0.9"), (5 * TICKS_PER_HOUR + 1, 4625, "bob", "10.0.0.7")];
    let cells = |batches| {
        let (store, identity, events) = loaded(batches);
        let hours = hours(&store, &identity, &events);
        let changes = changes(&hours, hour_of(i64::MAX));
        let unusual = Unusual::of(&store, &events, identity.accounts.all.len());
        (hours.accounts().map(<[_]>::to_vec).collect::<Vec<_>>(), changes, unusual.mean)
    };
    assert_eq!(cells(vec![made(0, &a), made(1, &b)]), cells(vec![made(1, &b), made(0, &a)]));
}

/// Thirty people who ask for a ticket and log on, and one whose password is guessed: that sequence stands out, that hour too.
#[test]
fn a_guessing_attack_stands_out_in_both() {
    let names: Vec<String> = (0..30).map(|n| format!("user{n:02}")).collect();
    let mut list: Vec<(i64, u16, &str, &str)> = Vec::new();
    for day in 0..20 {
        for (n, name) in names.iter().enumerate() {
            for hour in 8..16 {
                let time = (day * 24 + hour) * TICKS_PER_HOUR + n as i64 * TICKS_PER_SECOND;
                list.push((time, 4769, name, "10.0.0.7"));
                list.push((time + TICKS_PER_SECOND / 2, 4624, name, "10.0.0.7"));
            }
        }
    }
    let attack = (15 * 24 + 3) * TICKS_PER_HOUR;
    list.extend((0..200).map(|i| (attack + i * TICKS_PER_SECOND, 4625, "user17", "10.0.0.66")));
    let (store, identity, events) = loaded(vec![made(0, &list)]);
    let victim = account(&identity, "user17") as usize;

    let changes = changes(&hours(&store, &identity, &events), 20 * 24);
    let top = (0..changes.len()).max_by(|&a, &b| {
        let score = |i: usize| changes[i].map_or(0.0, |c| c.score);
        score(a).total_cmp(&score(b))
    });
    assert_eq!(top, Some(victim));
    let change = changes[victim].expect("scored");
    assert_eq!((change.hour, change.events), (15 * 24 + 3, 200));
    let usual = changes.iter().enumerate().filter(|(i, _)| *i != victim).filter_map(|(_, c)| *c);
    assert!(usual.map(|c| c.score).fold(0.0, f64::max) < change.score / 3.0);

    let unusual = Unusual::of(&store, &events, identity.accounts.all.len());
    let found = unusual.by_account[victim].as_ref().expect("it has sequences");
    assert_eq!((found.day, found.events, found.rows.len()), (15, 200, 20));
    assert!(found.rows.iter().all(|&r| store.columns.event_id[r as usize] == 4625));
    assert_eq!(identity.hosts.get(found.host).map(|h| h.name.as_str()), Some("10.0.0.66"));
    let others = unusual.by_account.iter().flatten().filter(|s| s.account as usize != victim);
    let most = others.map(|s| s.nats).fold(0.0, f64::max);
    println!("victim {}, others {most}, mean {}", found.nats, unusual.mean);
    assert!(found.nats > most);
}
