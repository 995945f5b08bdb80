//! LogonTracer's own results against our compatible reading: edges by hour, rights and ranks of every reference run that succeeded.

mod common;

use common::{references, store};
use logonscope::compatible::{Edges, Flags, HourEdge, ranks};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

fn str(v: &Value) -> String {
    v.as_str().unwrap_or_default().to_owned()
}

fn edge(e: &Value) -> HourEdge {
    HourEdge {
        event_id: e["event"].as_u64().unwrap_or(0) as u16,
        host: str(&e["host"]),
        user: str(&e["user"]),
        logon_type: e["logintype"].as_u64().unwrap_or(0) as u8,
        status: str(&e["status"]),
        package: str(&e["authname"]),
        hour: e["date"].as_i64().unwrap_or(0),
    }
}

fn reference_edges(doc: &Value) -> BTreeMap<HourEdge, u64> {
    let rows = doc["edges_by_hour"].as_array().into_iter().flatten();
    rows.map(|e| (edge(e), e["count"].as_u64().unwrap_or(0))).collect()
}

fn names(list: &Value) -> BTreeSet<String> {
    list.as_array().into_iter().flatten().map(str).collect()
}

#[test]
fn edges_by_hour_are_logontracers() {
    let Some(references) = references() else {
        return;
    };
    // Rows of LogonTracer's that we do not make, each with its reason.
    let known: Value = serde_json::from_str(include_str!("golden/compatible.json")).expect("JSON");
    let mut wrong = Vec::new();
    for (name, doc, path) in &references {
        let ours = Edges::read(&store(path));
        let theirs = reference_edges(doc);
        let events: u64 = ours.by_hour.values().sum();
        println!("{name}: {} rows, {events} events", ours.by_hour.len());
        let known = known[name.as_str()].as_array().into_iter().flatten();
        let known: Vec<(u64, String, i64, u64)> = known
            .map(|k| {
                (
                    k["event"].as_u64().unwrap_or(0),
                    str(&k["host"]),
                    k["date"].as_i64().unwrap_or(0),
                    k["count"].as_u64().unwrap_or(0),
                )
            })
            .collect();
        for (e, n) in &theirs {
            if known.contains(&(u64::from(e.event_id), e.host.clone(), e.hour, *n)) {
                assert_eq!(ours.by_hour.get(e), None, "{name}: a listed difference is none any more");
                continue;
            }
            if ours.by_hour.get(e) != Some(n) {
                wrong.push(format!("{name}: theirs {n} ours {:?}: {e:?}", ours.by_hour.get(e)));
            }
        }
        for (e, n) in ours.by_hour.iter().filter(|(e, _)| !theirs.contains_key(e)) {
            wrong.push(format!("{name}: only ours {n}: {e:?}"));
        }
        if ours.admins != names(&doc["admins"]) {
            wrong.push(format!("{name}: admins {:?} {:?}", ours.admins, names(&doc["admins"])));
        }
    }
    println!("{} runs", references.len());
    assert!(wrong.is_empty(), "{} differences\n{}", wrong.len(), wrong[..wrong.len().min(60)].join("\n"));
}

#[test]
fn ranks_are_logontracers() {
    let Some(references) = references() else {
        return;
    };
    let mut wrong = Vec::new();
    for (name, doc, _) in &references {
        let edges = Edges { by_hour: reference_edges(doc), ..Edges::default() };
        let users = doc["users"].as_array().into_iter().flatten();
        let flags = Flags {
            admins: names(&doc["admins"]),
            hmm: names(&doc["hmm_detected"]),
            ntlm: names(&doc["ntmlauth"]),
            changefinder: users
                .clone()
                .map(|u| (str(&u["key"]), u["changefinder_max"].as_f64().unwrap_or(0.0)))
                .collect(),
            substring: true,
        };
        let ours = ranks(&edges, &flags);
        let hosts = doc["hosts"].as_array().into_iter().flatten();
        let theirs =
            users.map(|u| (str(&u["key"]), &u["rank"])).chain(hosts.map(|h| (str(&h["node"]), &h["rank"])));
        for (node, rank) in theirs {
            let Some(rank) = rank.as_f64() else { continue };
            let error = (ours.get(&node).copied().unwrap_or(f64::NAN) - rank).abs();
            if error.is_nan() || error >= 1e-9 {
                wrong.push(format!("{name}: {node} theirs {rank} ours {:?}", ours.get(&node)));
            }
        }
    }
    assert!(wrong.is_empty(), "{} differences\n{}", wrong.len(), wrong[..wrong.len().min(60)].join("\n"));
}

/// JPCERT/CC's published sample case: its edges (4771 included), rights, and the HMM set inferred for it.
#[test]
fn published_ranks_of_the_sample_case() {
    let Some(folder) = common::shared("reference") else {
        return;
    };
    let text =
        std::fs::read(folder.join("logontracer_sample_graph.json")).expect("the published graph is there");
    let doc: Value = serde_json::from_slice(&text).expect("JSON");
    let user = |u: &Value| format!("{}@", str(u));
    let events = doc["events"].as_array().expect("events");
    let by_hour = events.iter().map(|e| {
        let row = HourEdge {
            event_id: e["id"].as_u64().unwrap_or(0) as u16,
            host: str(&e["host"]),
            user: user(&e["user"]),
            logon_type: e["logintype"].as_u64().unwrap_or(0) as u8,
            status: str(&e["status"]),
            package: str(&e["authname"]),
            hour: e["date"].as_i64().unwrap_or(0),
        };
        (row, e["count"].as_u64().unwrap_or(0))
    });
    let edges = Edges { by_hour: by_hour.collect(), ..Edges::default() };
    let users = doc["nodes"]["Username"].as_array().expect("users");
    let maximum = |u: &Value| {
        u["detect"].as_array().into_iter().flatten().filter_map(Value::as_f64).fold(0.0, f64::max)
    };
    let inferred =
        ["chiyoda.tokyo", "hakata.fukuoka", "machida.kanagawa", "nagoya.aichi", "naha.okinawa", "sysg.admin"];
    let flags = Flags {
        admins: users.iter().filter(|u| u["rights"] == "system").map(|u| user(&u["user"])).collect(),
        hmm: inferred.iter().map(|u| format!("{u}@")).collect(),
        changefinder: users.iter().map(|u| (user(&u["user"]), maximum(u))).collect(),
        substring: true,
        ..Flags::default()
    };
    let ours = ranks(&edges, &flags);
    let hosts = doc["nodes"]["IPAddress"].as_array().expect("hosts");
    let theirs = users
        .iter()
        .map(|u| (user(&u["user"]), &u["rank"]))
        .chain(hosts.iter().map(|h| (str(&h["IP"]), &h["rank"])));
    let mut checked = 0;
    for (node, rank) in theirs {
        let rank = rank.as_f64().expect("a rank");
        let error = (ours[&node] - rank).abs();
        assert!(error < 1e-9, "{node}: {rank} published, {} ours", ours[&node]);
        checked += 1;
    }
    assert_eq!(checked, 28);
}
