//! A record as the matcher sees it.

use super::logsource::View;
use crate::input::evtx::flat::FlatRecord;
use rsigma_eval::{Event, EventValue};
use serde_json::{Map, Value};
use std::borrow::Cow;

pub struct SigmaEvent<'r> {
    pub record: &'r FlatRecord<'r>,
    pub view: View,
}

/// The record's fields that answer to a rule's field; several: each is tried.
///
/// Sysmon's names for a process creation are Microsoft's of Security 4688 ("4688(S) A new process has been created").
pub fn sources(view: View, field: &str) -> &[&str] {
    match (view, field) {
        (View::Process, "Image") => &["NewProcessName"],
        (View::Process, "ParentImage") => &["ParentProcessName"],
        (View::Process, "ProcessId") => &["NewProcessId"],
        (View::Process, "ParentProcessId") => &["ProcessId"],
        (View::Process, "LogonId") => &["SubjectLogonId"],
        (View::Process, "IntegrityLevel") => &["MandatoryLabel"],
        (View::Process, "User") => &["SubjectUserName"],
        (_, "ComputerName") => &["ComputerName", "Computer"],
        (_, "TimeCreated" | "SystemTime") => &["TimeCreated", "SystemTime", "TimeCreated_SystemTime"],
        _ => &[],
    }
}

/// MS-DTYP 2.4.2.4, well-known SIDs of mandatory levels.
fn integrity(sid: &str) -> &str {
    match sid {
        "S-1-16-0" => "Untrusted",
        "S-1-16-4096" => "Low",
        "S-1-16-8192" => "Medium",
        "S-1-16-8448" => "MediumPlus",
        "S-1-16-12288" => "High",
        "S-1-16-16384" => "System",
        other => other,
    }
}

/// One value as it is, several as a list of which any may match; a value that Windows did not write is as none.
fn answer<'r>(record: &FlatRecord<'r>, name: &str) -> Option<EventValue<'r>> {
    let mut values = record.values(name).flatten().map(|v| EventValue::Str(Cow::Borrowed(v)));
    let first = values.next()?;
    match values.next() {
        None => Some(first),
        Some(second) => Some(EventValue::Array([first, second].into_iter().chain(values).collect())),
    }
}

impl Event for SigmaEvent<'_> {
    fn get_field(&self, path: &str) -> Option<EventValue<'_>> {
        let value = match sources(self.view, path) {
            [] => answer(self.record, path)?,
            names => names.iter().find_map(|name| answer(self.record, name))?,
        };
        if self.view == View::Process {
            match (path, &value) {
                ("IntegrityLevel", EventValue::Str(sid)) => {
                    return Some(EventValue::Str(Cow::Owned(integrity(sid).to_owned())));
                }
                // Sysmon writes DOMAIN\name; rules ask for either.
                ("User", EventValue::Str(name)) => {
                    let full = format!("{}\\{name}", self.record.get("SubjectDomainName"));
                    return Some(EventValue::Array(vec![value, EventValue::Str(Cow::Owned(full))]));
                }
                _ => {}
            }
        }
        Some(value)
    }

    fn any_string_value(&self, pred: &dyn Fn(&str) -> bool) -> bool {
        self.record.iter().any(|(.., value)| value.is_some_and(pred))
    }

    fn all_string_values(&self) -> Vec<Cow<'_, str>> {
        self.record.iter().filter_map(|(.., value)| value.map(Cow::Borrowed)).collect()
    }

    fn visit_string_values(&self, visit: &mut dyn FnMut(&str)) {
        self.record.iter().filter_map(|(.., value)| value).for_each(visit);
    }

    fn to_json(&self) -> Value {
        flatten(self.record)
    }
}

/// The record's fields as one flat object: a text, `null` where Windows wrote no value, a list where a name stands several times.
pub fn flatten(record: &FlatRecord) -> Value {
    let mut map = Map::new();
    for (_, name, ..) in record.iter() {
        if !map.contains_key(name) {
            let mut values: Vec<Value> = record.values(name).map(Value::from).collect();
            let value = if values.len() == 1 { values.remove(0) } else { Value::Array(values) };
            map.insert(name.to_owned(), value);
        }
    }
    Value::Object(map)
}
