//! Logs with any fields at all: records of literal binary XML, without templates, as a collector of forwarded events writes them.

use logonscope::event::time;
use serde_json::{Map, Value};

/// A log with these events, record ids from 1 on. The keys `EventID`, `Channel`, `Provider_Name`, `Computer`, `Level` and `TimeCreated` go to
/// the System part, or have defaults; every other is a `Data` element, a list several of them, `null` one without a value.
pub fn log(events: &[Map<String, Value>]) -> Vec<u8> {
    let mut file = vec![0; 4096];
    file[..8].copy_from_slice(b"ElfFile\0");
    file[120] = 4; // no checksums
    let mut chunk = new_chunk();
    let mut first = 1;
    for (id, event) in (1u64..).zip(events) {
        let before = chunk.len();
        record(&mut chunk, id, event);
        if chunk.len() > 65_536 {
            chunk.truncate(before);
            seal(&mut file, chunk, first, id - 1);
            (chunk, first) = (new_chunk(), id);
            record(&mut chunk, id, event);
        }
    }
    seal(&mut file, chunk, first, events.len() as u64);
    file
}

fn new_chunk() -> Vec<u8> {
    let mut chunk = vec![0; 512];
    chunk[..8].copy_from_slice(b"ElfChnk\0");
    chunk[120] = 4;
    chunk
}

fn seal(file: &mut Vec<u8>, mut chunk: Vec<u8>, first: u64, last: u64) {
    let end = chunk.len() as u32;
    chunk[24..32].copy_from_slice(&first.to_le_bytes());
    chunk[32..40].copy_from_slice(&last.to_le_bytes());
    chunk[48..52].copy_from_slice(&end.to_le_bytes());
    chunk.resize(65_536, 0);
    file.extend(chunk);
}

fn record(chunk: &mut Vec<u8>, id: u64, event: &Map<String, Value>) {
    let at = chunk.len();
    chunk.extend([0x2a, 0x2a, 0, 0, 0, 0, 0, 0]);
    chunk.extend(id.to_le_bytes());
    chunk.extend([0; 8]);
    chunk.extend([0x0f, 1, 1, 0]);
    let system = |name: &str, default: &str| match event.get(name) {
        Some(Value::String(s)) => s.clone(),
        Some(other) => other.to_string(),
        None => default.to_owned(),
    };
    open(chunk, "Event", None);
    open(chunk, "System", None);
    let provider = system("Provider_Name", "Microsoft-Windows-Security-Auditing");
    leaf(chunk, "Provider", Some(("Name", &provider)), None);
    leaf(chunk, "EventID", None, Some(&system("EventID", "4624")));
    leaf(chunk, "Level", None, Some(&system("Level", "0")));
    let when = system("TimeCreated", &time::format(id as i64 * time::TICKS_PER_SECOND));
    leaf(chunk, "TimeCreated", Some(("SystemTime", &when)), None);
    leaf(chunk, "EventRecordID", None, Some(&id.to_string()));
    leaf(chunk, "Channel", None, Some(&system("Channel", "Security")));
    leaf(chunk, "Computer", None, Some(&system("Computer", "ws01")));
    chunk.push(4);
    open(chunk, "EventData", None);
    for (name, value) in event {
        if matches!(
            name.as_str(),
            "EventID" | "Channel" | "Provider_Name" | "Computer" | "Level" | "TimeCreated"
        ) {
            continue;
        }
        let data = Some(("Name", name.as_str()));
        match value {
            Value::Array(all) => all.iter().for_each(|v| leaf(chunk, "Data", data, v.as_str())),
            Value::Null => leaf(chunk, "Data", data, None),
            Value::String(s) => leaf(chunk, "Data", data, Some(s)),
            other => leaf(chunk, "Data", data, Some(&other.to_string())),
        }
    }
    chunk.extend([4, 4, 0]);
    let size = (chunk.len() - at + 4) as u32;
    chunk[at + 4..at + 8].copy_from_slice(&size.to_le_bytes());
    chunk.extend(size.to_le_bytes());
}

fn leaf(chunk: &mut Vec<u8>, name: &str, attribute: Option<(&str, &str)>, text: Option<&str>) {
    open(chunk, name, attribute);
    if let Some(t) = text {
        literal(chunk, t);
    }
    chunk.push(4);
}

fn open(chunk: &mut Vec<u8>, name: &str, attribute: Option<(&str, &str)>) {
    chunk.push(if attribute.is_some() { 0x41 } else { 1 });
    chunk.extend([0; 4]);
    self::name(chunk, name);
    if let Some((key, value)) = attribute {
        chunk.extend([0; 4]);
        chunk.push(6);
        self::name(chunk, key);
        literal(chunk, value);
    }
    chunk.push(2);
}

fn name(chunk: &mut Vec<u8>, text: &str) {
    let at = chunk.len() as u32 + 4;
    chunk.extend(at.to_le_bytes());
    chunk.extend([0; 6]);
    chunk.extend((text.encode_utf16().count() as u16).to_le_bytes());
    text.encode_utf16().for_each(|u| chunk.extend(u.to_le_bytes()));
    chunk.extend([0, 0]);
}

fn literal(chunk: &mut Vec<u8>, text: &str) {
    chunk.extend([5, 1]);
    chunk.extend((text.encode_utf16().count() as u16).to_le_bytes());
    text.encode_utf16().for_each(|u| chunk.extend(u.to_le_bytes()));
}
