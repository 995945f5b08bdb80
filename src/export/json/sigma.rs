//! What Sigma rules found: the key `sigma` of the document, where rules were given.

use crate::event::time;
use crate::sigma::{CorrelationHit, Hit, RuleReport, SigmaReport, Status};
use serde_json::{Map, Value, json};

/// Times are RFC 3339 in UTC, as in the rest of the document.
pub fn sigma(report: &SigmaReport) -> Value {
    let of = |status| report.rules.iter().filter(|r| r.status == status).count();
    json!({
        "rules": report.rules.iter().map(rule).collect::<Vec<_>>(),
        "errors": report.errors.iter().map(|e| json!({"file": e.file, "reason": e.reason})).collect::<Vec<_>>(),
        "filters": report.filters,
        "records": report.records,
        "with_hits": of(Status::Hits),
        "without_hits": of(Status::NoHit),
        "not_evaluable": of(Status::NotEvaluable),
    })
}

fn rule(r: &RuleReport) -> Value {
    json!({
        "id": r.id,
        "title": r.title,
        "level": r.level,
        "tags": r.tags,
        "techniques": r.techniques,
        "tactics": r.tactics,
        "file": r.file,
        "status": match r.status {
            Status::Hits => "hits",
            Status::NoHit => "no_hit",
            Status::NotEvaluable => "not_evaluable",
        },
        "reason": r.reason,
        "needs": r.needs,
        "read": r.read,
        "count": r.count,
        "hits": r.hits.iter().map(hit).collect::<Vec<_>>(),
        "correlation_hits": r.correlation_hits.iter().map(correlation).collect::<Vec<_>>(),
        "only_correlated": r.only_correlated,
    })
}

fn hit(h: &Hit) -> Value {
    json!({
        "time": time::format(h.time),
        "file": h.file,
        "record_id": h.record_id,
        "computer": h.computer,
        "channel": h.channel,
        "event_id": h.event_id,
        "fields": pairs(&h.fields),
    })
}

fn correlation(h: &CorrelationHit) -> Value {
    json!({
        "first": time::format(h.first),
        "last": time::format(h.last),
        "group": pairs(&h.group),
        "value": h.value,
        "records": h.records.iter().map(|(file, id)| json!({"file": file, "record_id": id})).collect::<Vec<_>>(),
        "more_records": h.more_records,
    })
}

fn pairs(list: &[(String, String)]) -> Map<String, Value> {
    list.iter().map(|(name, value)| (name.clone(), Value::from(value.as_str()))).collect()
}
