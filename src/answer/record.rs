//! One record whole, for people: the XML and every field of it. The crate `evtx` renders it, so that it is a second pair of eyes too.

use crate::event::words;
use crate::input::evtx::chunk;
use serde::Serialize;
use std::sync::Arc;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RawRecord {
    pub xml: String,
    pub fields: Vec<RecordField>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RecordField {
    /// `System`, `EventData`, `UserData` or `Other`.
    pub section: &'static str,
    pub name: String,
    pub value: String,
    /// In words, where we know them.
    pub meaning: Option<String>,
}

/// The record at `offset` of a 64 KiB chunk.
///
/// # Errors
/// A sentence, where the chunk has no such record or it cannot be rendered.
pub fn render(chunk: &[u8], offset: u16) -> Result<RawRecord, String> {
    let span = chunk::span(chunk, usize::from(offset))
        .ok_or("There is no record at this place any more: has the file changed since it was read?")?;
    let xml = xml(chunk, span.xml().0 as u64)?;
    let fields = fields(&xml)?;
    Ok(RawRecord { xml, fields })
}

/// The record whose binary XML starts at `at`, as XML.
fn xml(bytes: &[u8], at: u64) -> Result<String, String> {
    let mut whole = bytes.to_vec();
    whole.resize(chunk::SIZE, 0);
    match find(whole.clone(), at) {
        // A damaged string table stops the crate before the first record, which does not need it.
        Err(_) => {
            whole[chunk::TABLES].fill(0);
            find(whole, at)
        }
        found => found,
    }
}

fn find(chunk: Vec<u8>, at: u64) -> Result<String, String> {
    let say = |e: &dyn std::fmt::Display| format!("The record cannot be rendered: {e}");
    let mut data = evtx::EvtxChunkData::new(chunk, false).map_err(|e| say(&e))?;
    // A stale header hides records; every record of the chunk is to be found, wherever it stands.
    data.header.free_space_offset = chunk::SIZE as u32;
    data.header.last_event_record_id = u64::MAX;
    data.header.last_event_record_data_offset = chunk::SIZE as u32;
    let settings = evtx::ParserSettings::new().recover_records(true).indent(true);
    let mut parsed = data.parse(Arc::new(settings)).map_err(|e| say(&e))?;
    let record = parsed.iter().flatten().find(|r| r.binxml_offset == at);
    let record =
        record.ok_or("The record cannot be rendered: the crate evtx does not find it in its chunk.")?;
    record.into_xml().map(|r| r.data).map_err(|e| say(&e))
}

/// Every value in document order.
fn fields(xml: &str) -> Result<Vec<RecordField>, String> {
    // Control characters that a log may hold and XML may not.
    let clean = xml.replace(|c: char| c.is_control() && !matches!(c, '\t' | '\n' | '\r'), "\u{fffd}");
    let document =
        roxmltree::Document::parse(&clean).map_err(|e| format!("The record's XML cannot be read: {e}"))?;
    let mut out = Vec::new();
    for part in document.root_element().children().filter(|n| n.is_element()) {
        let section = match part.tag_name().name() {
            "System" => "System",
            "EventData" => "EventData",
            "UserData" => "UserData",
            _ => "Other",
        };
        for node in part.descendants().filter(|n| n.is_element() && *n != part) {
            let tag = node.tag_name().name();
            let label = node.attribute("Name").filter(|_| tag == "Data").unwrap_or(tag);
            let text: String = node.children().filter(|n| n.is_text()).filter_map(|n| n.text()).collect();
            let leaf = !node.children().any(|n| n.is_element());
            if leaf && (!text.is_empty() || node.attributes().len() == 0 || tag == "Data") {
                out.push((section, label.to_owned(), text));
            }
            for a in node.attributes().filter(|a| !(tag == "Data" && a.name() == "Name")) {
                out.push((section, format!("{label} {}", a.name()), a.value().to_owned()));
            }
        }
    }
    let id = out.iter().find(|(s, n, _)| *s == "System" && n == "EventID");
    let id = id.and_then(|(.., v)| v.parse().ok()).unwrap_or(0);
    Ok(out
        .into_iter()
        .map(|(section, name, value)| RecordField {
            meaning: words::meaning(id, &name, &value),
            section,
            name,
            value,
        })
        .collect())
}
