//! The answers about paths and periods, on the shipped sample: what its story says can be found, and the shapes the page reads.

use logonscope::analysis::Analysis;
use logonscope::answer::{DiffQuery, NearestQuery, PathQuery, ReachQuery, Span, diff, nearest, path, reach};
use logonscope::event::time;
use logonscope::graph::{Hops, Include, Node};
use logonscope::identity::Events;
use logonscope::input::Reader;
use logonscope::store::Store;

struct Sample {
    store: Store,
    analysis: Analysis,
    events: Events,
    hops: Hops,
}

fn sample() -> Sample {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/sample/Security.evtx");
    let log = std::fs::read(path).expect("the sample is part of the project");
    let mut reader = Reader::new(0);
    reader.push(&log, 0);
    reader.finish(true);
    let mut store = Store::default();
    store.append(reader.take());
    let analysis = Analysis::of(&store, Include::default());
    let events = Events::resolve(&store, &analysis.identity);
    let hops = Hops::build(&store, &analysis.identity, &events);
    Sample { store, analysis, events, hops }
}

fn ms(text: &str) -> Option<f64> {
    Some(time::millis(time::parse(text).expect("a time")))
}

impl Sample {
    fn host(&self, name: &str) -> String {
        let n = self.analysis.identity.hosts.all.iter().position(|h| h.short() == name);
        Node::Host(n.unwrap_or_else(|| panic!("no host {name}")) as u32).id()
    }

    fn account(&self, name: &str) -> String {
        let n = self.analysis.identity.accounts.all.iter().position(|a| a.name == name);
        Node::Account(n.unwrap_or_else(|| panic!("no account {name}")) as u32).id()
    }
}

#[test]
fn the_story_of_the_intruder() {
    let s = sample();
    // 203.0.113.244, which called itself so.
    let outside = s.host("desktop-7qk2m9a");
    let span = Span { from: ms("2025-03-20T00:00:00Z"), to: None };
    let q = PathQuery { from: outside.clone(), to: s.host("sql01"), span };
    let p = path(&s.store, &s.analysis, &s.hops, &q).expect("both are there");
    let told: Vec<String> = p
        .steps
        .iter()
        .map(|s| {
            let switch = s.switched_from.as_ref().map_or("", |a| &a.label);
            format!("{} {}>{} {} ({switch})", s.account.label, s.source.label, s.target.label, s.means)
        })
        .collect();
    assert!(p.found && p.moves == 2, "{told:?}");
    assert!(told[0].starts_with("emil.ebner desktop-7qk2m9a>rds01"), "{told:?}");
    assert!(p.steps[1].switched_from.is_some(), "from emil.ebner to who goes on");
    assert!(p.start < p.end && p.start > ms("2025-03-20T00:00:00Z"));
    for e in p.steps.iter().flat_map(|s| &s.evidence) {
        let row = s.store.columns.row(e.row as usize).expect("a row");
        assert_eq!((row.event_id, row.record_id, row.file), (e.event_id, e.record_id, e.file));
    }

    // Before anyone came in, nothing.
    let early = Span { from: None, to: ms("2025-03-20T00:00:00Z") };
    let none = path(&s.store, &s.analysis, &s.hops, &PathQuery { span: early, ..q.clone() });
    assert!(none.is_some_and(|p| !p.found && p.steps.is_empty()));
    assert!(path(&s.store, &s.analysis, &s.hops, &PathQuery { from: "h9999".into(), ..q }).is_none());

    let all = ReachQuery {
        account: None,
        host: Some(outside.clone()),
        back: false,
        reading: "strict".into(),
        span: Span::default(),
        limit: 1000,
        way: Some(s.host("dc01")),
    };
    let r = reach(&s.store, &s.analysis, &s.hops, &all).expect("the host is there");
    let found: Vec<&str> = r.nodes.iter().map(|n| n.node.label.as_str()).collect();
    assert_eq!((r.nodes.len(), &found[..2]), (r.accounts + r.hosts, &["emil.ebner", "rds01"][..]));
    for victim in ["fs01", "web01", "sql01", "bkp01", "dc01", "adm-anna.adler", "svc-backup"] {
        assert!(found.contains(&victim), "{victim} is not reached");
    }
    assert!(r.nodes.is_sorted_by(|a, b| a.time <= b.time));
    assert!(r.way.is_some_and(|w| w.found && w.steps.first().is_some_and(|s| s.target.label == "rds01")));

    let back =
        ReachQuery { host: Some(s.host("sql01")), back: true, way: Some(outside.clone()), ..all.clone() };
    let o = reach(&s.store, &s.analysis, &s.hops, &back).expect("the host is there");
    assert!(o.nodes.iter().any(|n| n.node.id == outside));
    assert!(o.way.is_some_and(|w| w.steps.last().is_some_and(|s| s.target.label == "sql01")));
    assert!(reach(&s.store, &s.analysis, &s.hops, &ReachQuery { host: None, ..all }).is_none());
}

#[test]
fn the_nearest_privileged_account_with_its_lines() {
    let s = sample();
    let q = NearestQuery { from: s.host("desktop-7qk2m9a"), limit: 3, max_lines: 9, failures: false };
    let ways = nearest(&s.store, &s.analysis, &s.events, &q).expect("the host is there");
    assert!(!ways.is_empty() && ways.len() <= 3);
    for way in &ways {
        assert!(way.account.privileged && way.nodes.first().is_some_and(|n| n.id == q.from));
        assert_eq!(way.nodes.last(), Some(&way.account));
        assert_eq!(way.lines.len() + 1, way.nodes.len());
        for (line, ends) in way.lines.iter().zip(way.nodes.windows(2)) {
            let ends: Vec<&str> = ends.iter().map(|n| n.id.as_str()).collect();
            assert!(ends.contains(&line.account.as_str()) && ends.contains(&line.host.as_str()));
            assert!(line.count > line.failures, "only successes join");
            assert!(line.evidence.is_some() && line.first <= line.last);
        }
    }
    // The sprayer tried many in vain and one with success: the others are near only where failures count.
    let at_hand = |failures| -> Vec<String> {
        let q = NearestQuery { from: s.host("kali"), limit: 99, max_lines: 1, failures };
        let ways = nearest(&s.store, &s.analysis, &s.events, &q).expect("the host is there");
        ways.into_iter().map(|w| w.account.label).collect()
    };
    assert_eq!(at_hand(false), ["emil.ebner"]);
    assert!(at_hand(true).iter().any(|name| name == "adm-anna.adler"));
}

#[test]
fn what_the_last_week_brought() {
    let s = sample();
    let half = ms("2025-03-18T00:00:00Z");
    let (before, after) = (Span { from: None, to: half }, Span { from: half, to: None });
    let q = DiffQuery { before, after, limit: 1000, all: false };
    let d = diff(&s.store, &s.analysis, &s.events, &q);
    let new: Vec<&str> =
        d.node_changes.iter().filter(|c| c.kind == "new").map(|c| c.node.label.as_str()).collect();
    for name in ["desktop-7qk2m9a", "svc-update", "svc_helpdesk7"] {
        assert!(new.contains(&name), "{name} is not new among {new:?}");
    }
    assert_eq!(new.len(), d.accounts.new + d.hosts.new);
    let [kinds, mut sorted] = [(); 2].map(|()| d.logon_changes.iter().map(|c| c.kind).collect::<Vec<_>>());
    sorted.sort_by_key(|k| ["new", "gone", "changed"].iter().position(|x| x == k));
    assert_eq!(kinds, sorted);
    assert!(d.logon_changes.iter().all(|c| c.notable && c.before.is_some() == (c.kind != "new")));
    assert_eq!(d.logon_changes.len(), d.logons.new + d.logons.gone + d.logons.changed);
    let anna = s.account("adm-anna.adler");
    let pth = d.logon_changes.iter().find(|c| c.account.id == anna && c.source.label == "rds01");
    assert!(pth.is_some_and(|c| c.kind == "new"), "the administrator from the remote desktop server");
    let json = serde_json::to_value(&d).expect("JSON");
    assert!(json["logonChanges"][0]["after"]["perDay"].as_f64() > Some(0.0));
    assert!(json["logonChanges"][0]["after"]["evidence"][0]["recordId"].is_u64());
}

#[test]
fn questions_as_the_page_asks_them() {
    let q: ReachQuery =
        serde_json::from_str(r#"{"host":"h1","limit":5,"span":{"from":1.5}}"#).expect("a question");
    assert!(!q.back && q.span.from == Some(1.5) && q.span.to.is_none() && q.reading.is_empty());
    let _: DiffQuery = serde_json::from_str(r#"{"before":{"to":1},"after":{"from":1,"to":2},"limit":5}"#)
        .expect("a question");
    let s = sample();
    let q = ReachQuery {
        account: Some(s.account("emil.ebner")),
        host: None,
        reading: "exposed".into(),
        way: Some(s.host("dc01")),
        ..q
    };
    let span = Span { from: Some(f64::NAN), to: Some(f64::INFINITY) };
    let r = reach(&s.store, &s.analysis, &s.hops, &ReachQuery { span, ..q }).expect("an answer");
    let json = serde_json::to_value(&r).expect("JSON");
    assert_eq!((&json["reading"], &json["back"]), (&"exposed".into(), &false.into()));
    let step = &json["way"]["steps"][0];
    for key in
        ["kind", "time", "account", "switchedFrom", "source", "target", "means", "evidence", "moreEvidence"]
    {
        assert!(step.get(key).is_some(), "{key} of {step}");
    }
}
