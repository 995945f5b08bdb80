//! Sessions, and what the logs cover.

use super::nodes::host_name;
use super::record;
use crate::analysis::Analysis;
use crate::answer::{certainty, ended_by};
use crate::event::{logon_type, time};
use crate::identity::Account;
use crate::store::{NO_TYPE, Store};
use crate::timeline::Session;
use crate::timeline::coverage::{Cell, Log, Mark, MarkKind};
use crate::timeline::sessions::NO_ROW;
use serde_json::{Value, json};

pub(super) fn session(store: &Store, analysis: &Analysis, s: &Session) -> Value {
    let host = |n| host_name(analysis, n);
    let rows = [s.start_row, s.end_row];
    let is_row = |row: &&u32| **row != NO_ROW;
    json!({
        "account": analysis.identity.accounts.get(s.account).map(Account::full),
        "host": host(s.host),
        "source": host(s.source),
        "logon_type": (s.logon_type != NO_TYPE).then_some(s.logon_type),
        "logon_type_name": if s.logon_type == NO_TYPE { "" } else { logon_type::name(s.logon_type) },
        "start": time::format(s.start),
        "end": time::format(s.end),
        "ended_by": ended_by(s.end_kind),
        "end_is": certainty(s.end_kind),
        "privileged": s.privileged,
        "explicit_credentials": s.credentials,
        "records": rows.iter().filter(is_row).map(|&row| record(store, row)).collect::<Vec<_>>(),
    })
}

/// What is there, by host, day and event id; what is missing; what was done to logs and clocks; what therefore says nothing.
pub(super) fn coverage(store: &Store, analysis: &Analysis) -> Value {
    let c = analysis.coverage(store);
    json!({
        "days": c.cells.iter().map(|c| cell(analysis, c)).collect::<Vec<_>>(),
        "logs": c.logs.iter().map(log).collect::<Vec<_>>(),
        "marks": c.marks.iter().map(|m| mark(store, analysis, m)).collect::<Vec<_>>(),
        "time_goes_back": c.back.iter().map(|b| json!({
            "host": host_name(analysis, b.host),
            "seconds": b.by / time::TICKS_PER_SECOND,
            "records": [record(store, b.before), record(store, b.after)],
        })).collect::<Vec<_>>(),
        "not_evaluable": c.not_evaluable.iter()
            .map(|n| json!({"analysis": n.topic.label(), "reason": n.reason})).collect::<Vec<_>>(),
    })
}

fn cell(analysis: &Analysis, c: &Cell) -> Value {
    let day = time::format(c.day.saturating_mul(time::TICKS_PER_DAY));
    json!({
        "host": host_name(analysis, c.host),
        "day": day.get(..10).unwrap_or(&day),
        "event_id": c.event_id,
        "count": c.count,
        "first": time::format(c.first),
        "last": time::format(c.last),
    })
}

fn log(l: &Log) -> Value {
    json!({
        "computer": l.computer,
        "channel": l.channel,
        "records": l.records,
        "first_id": l.first_id,
        "last_id": l.last_id,
        "missing": l.missing,
        "gaps": l.gaps.iter().map(|g| json!({
            "first_id": g.first_id,
            "last_id": g.last_id,
            "after": g.after.map(time::format),
            "before": g.before.map(time::format),
        })).collect::<Vec<_>>(),
        "more_gaps": l.more_gaps,
    })
}

fn mark(store: &Store, analysis: &Analysis, m: &Mark) -> Value {
    let (what, seconds) = match m.kind {
        MarkKind::SecurityCleared => ("security-log-cleared", None),
        MarkKind::Cleared => ("other-log-cleared", None),
        MarkKind::Stopped => ("event-log-stopped", None),
        MarkKind::ClockSet(by) => ("clock-set", Some(by / time::TICKS_PER_SECOND)),
    };
    json!({
        "host": host_name(analysis, m.host),
        "what": what,
        "seconds": seconds,
        "time": time::format(m.time),
        "record": record(store, m.row),
    })
}
