//! What is written is read back by the crate `evtx`, and the tables of the chunks are whole.

use std::io::Cursor;

use evtx::{EvtxParser, ParserSettings};
use logonscope_evtx_writer::*;

const COMPUTERS: [&str; 3] = ["dc01.example.org", "fs01.example.org", "Büro-7.example.org"];

/// Every event of the table, `rounds` times, with values that depend on the field's position.
fn log(style: Style, shape: Outer, nesting: Nesting, rounds: u64) -> (Vec<u8>, Vec<Vec<(String, String)>>) {
    let mut catalog = Catalog::new();
    let providers = [
        Provider::Audit,
        Provider::Eventlog,
        Provider::EventlogSystem,
        Provider::LocalSession,
        Provider::RemoteConnection,
    ];
    let outers: Vec<Vec<OuterId>> =
        COMPUTERS.iter().map(|c| providers.iter().map(|p| catalog.outer(*p, shape, c)).collect()).collect();
    let mut writer = Writer::new(Cursor::new(Vec::new()), style, 1).unwrap();
    let mut payload = Payload::default();
    let mut expected = Vec::new();
    let mut record_id = 5000;
    for round in 0..rounds {
        for event in &catalog.events {
            let computer = (record_id % 3) as usize;
            let outer = outers[computer][providers.iter().position(|p| *p == event.provider).unwrap()];
            payload.start(event.template, event.fields.len(), nesting);
            let mut fields = Vec::new();
            for (i, (name, kind)) in event.fields.iter().zip(&event.kinds).enumerate() {
                let n = round * 100 + i as u64;
                let value = match *kind {
                    kind::SID => {
                        let sid = Sid::new(5, &[21, 7, 8, 9]).with_rid(n as u32);
                        payload.sid(&sid);
                        sid.to_string()
                    }
                    kind::HEX64 => {
                        payload.hex64(n);
                        format!("{n:#x}")
                    }
                    kind::SIZE_T => {
                        payload.size_t(n, round % 2 == 0);
                        format!("{n:#x}")
                    }
                    kind::HEX32 => {
                        payload.hex32(0xc000_006d);
                        "0xc000006d".into()
                    }
                    kind::GUID => {
                        let guid = [n as u8; 16];
                        payload.guid(&guid);
                        guid_text(&guid)
                    }
                    kind::U32 => {
                        payload.u32(n as u32);
                        n.to_string()
                    }
                    kind::U64 => {
                        payload.u64(n);
                        n.to_string()
                    }
                    kind::FILETIME => {
                        payload.filetime(n);
                        time::rfc3339(n, 7)
                    }
                    _ => {
                        let text = match i % 4 {
                            0 => String::new(),
                            1 => "<img src=x onerror=alert(1)>&\"'".to_owned(),
                            2 => "Zoë 𝄞 Ψ".to_owned(),
                            _ => format!("text {n}"),
                        };
                        payload.string(&text);
                        text
                    }
                };
                fields.push(((*name).to_owned(), value));
            }
            let system = System {
                id: event.id,
                version: event.version,
                level: 0,
                task: event.task,
                opcode: 0,
                keywords: 0x8020_0000_0000_0000,
                time: time::days(2025, 3, 1) * time::DAY + record_id * time::SECOND,
                record_id,
                activity: (record_id % 2 == 0).then_some([record_id as u8; 16]),
                process: 612,
                thread: 640,
            };
            writer.write(&catalog, outer, &system, &payload).unwrap();
            expected.push(fields);
            record_id += 1;
        }
    }
    (writer.finish().unwrap().into_inner(), expected)
}

fn plain(value: &serde_json::Value) -> String {
    match value {
        serde_json::Value::String(text) => text.clone(),
        serde_json::Value::Null => String::new(),
        other => other.to_string(),
    }
}

/// Text that two writings of one value share: GUIDs without braces, in one case; times to 100 ns.
fn canonical(text: &str) -> String {
    let inner = text.trim_matches(['{', '}']);
    if inner.len() == 36 && inner.split('-').count() == 5 {
        return inner.to_ascii_uppercase();
    }
    if let Some((seconds, fraction)) = text.strip_suffix('Z').and_then(|t| t.split_once('.')) {
        return format!("{seconds}.{:.6}", format!("{fraction:0<9}"));
    }
    text.to_owned()
}

#[test]
fn every_event_reads_back_in_every_style() {
    for (style, shape, nesting) in [
        (Style::Templates, Outer::Values, Nesting::Fragment),
        (Style::Templates, Outer::Values, Nesting::Bare),
        (Style::Templates, Outer::Literal, Nesting::Fragment),
        (Style::Templates, Outer::Literal, Nesting::Bare),
        (Style::Forwarded { digits: 7 }, Outer::Values, Nesting::Fragment),
        (Style::Forwarded { digits: 9 }, Outer::Values, Nesting::Bare),
    ] {
        let (bytes, expected) = log(style, shape, nesting, 7);
        let settings = ParserSettings::default().separate_json_attributes(true).validate_checksums(true);
        let mut parser = EvtxParser::from_buffer(bytes).unwrap().with_configuration(settings);
        let mut read = 0;
        for record in parser.records_json_value() {
            let record =
                record.unwrap_or_else(|e| panic!("{style:?} {shape:?} {nesting:?} record {read}: {e}"));
            let system = &record.data["Event"]["System"];
            assert_eq!(plain(&system["EventRecordID"]), (5000 + read).to_string());
            assert_eq!(plain(&system["Computer"]), COMPUTERS[((5000 + read) % 3) as usize]);
            let event = &record.data["Event"];
            let user_data =
                || event["UserData"].as_object()?.iter().find(|(k, _)| !k.ends_with("_attributes"));
            let data = event.get("EventData").or_else(|| user_data().map(|(_, v)| v));
            for (name, value) in &expected[read as usize] {
                let got = data.and_then(|d| d.get(name)).map(plain).unwrap_or_default();
                assert_eq!(
                    canonical(&got),
                    canonical(value),
                    "{style:?} {nesting:?} {name} of {}",
                    system["EventID"]
                );
            }
            read += 1;
        }
        assert_eq!(read as usize, expected.len());
    }
}

#[test]
fn tables_and_checksums_are_whole() {
    let u32_at = |b: &[u8], at: usize| u32::from_le_bytes(b[at..at + 4].try_into().unwrap());
    for style in [Style::Templates, Style::Forwarded { digits: 7 }] {
        let (bytes, expected) = log(style, Outer::Values, Nesting::Fragment, 5);
        assert_eq!(u32_at(&bytes, 124), crc32fast::hash(&bytes[..120]));
        let chunks: Vec<&[u8]> = bytes[4096..].chunks(65_536).collect();
        assert!(chunks.len() > 1);
        assert_eq!(usize::from(u16::from_le_bytes([bytes[42], bytes[43]])), chunks.len());
        let mut records = 0;
        for chunk in chunks {
            let free = u32_at(chunk, 48) as usize;
            assert_eq!(u32_at(chunk, 52), crc32fast::hash(&chunk[512..free]));
            let mut crc = crc32fast::Hasher::new();
            crc.update(&chunk[..120]);
            crc.update(&chunk[128..512]);
            assert_eq!(u32_at(chunk, 124), crc.finalize());
            let mut names = 0;
            for bucket in 0..64 {
                let mut at = u32_at(chunk, 128 + 4 * bucket) as usize;
                while at != 0 {
                    let length = usize::from(u16::from_le_bytes([chunk[at + 6], chunk[at + 7]]));
                    let hash = hash(&chunk[at + 8..at + 8 + 2 * length]);
                    assert_eq!(hash as u16, u16::from_le_bytes([chunk[at + 4], chunk[at + 5]]));
                    assert_eq!(hash as usize % 64, bucket);
                    let next = u32_at(chunk, at) as usize;
                    assert!(next < at, "a chain leads backwards");
                    names += 1;
                    at = next;
                }
            }
            assert!(names > 20);
            let mut templates = 0;
            for bucket in 0..32 {
                let mut at = u32_at(chunk, 384 + 4 * bucket) as usize;
                while at != 0 {
                    assert_eq!(hash(&chunk[at + 4..at + 20]) as usize % 32, bucket);
                    at = u32_at(chunk, at) as usize;
                    templates += 1;
                }
            }
            assert_eq!(templates > 0, style == Style::Templates);
            let mut at = 512;
            while at < free {
                assert_eq!(&chunk[at..at + 4], b"**\0\0");
                let size = u32_at(chunk, at + 4) as usize;
                assert_eq!(size % 8, 0);
                assert_eq!(u32_at(chunk, at + size - 4) as usize, size);
                records += 1;
                assert_eq!(u64::from_le_bytes(chunk[at + 8..at + 16].try_into().unwrap()), records);
                at += size;
            }
            assert_eq!(at, free);
            assert_eq!(u64::from_le_bytes(chunk[16..24].try_into().unwrap()), records);
        }
        assert_eq!(records as usize, expected.len());
    }
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let make = || log(Style::Templates, Outer::Values, Nesting::Bare, 3).0;
    assert_eq!(make(), make());
}

#[test]
fn a_record_no_chunk_can_hold_is_refused() {
    let mut catalog = Catalog::new();
    let outer = catalog.outer(Provider::Audit, Outer::Values, "dc01");
    let event = catalog.event(4672, 0);
    let mut payload = Payload::default();
    payload.start(event.template, 5, Nesting::Fragment);
    payload.sid(&Sid::new(5, &[18])).string("a").string("b").hex64(1).string(&"x".repeat(40_000));
    let system = System {
        id: 4672,
        version: 0,
        level: 0,
        task: event.task,
        opcode: 0,
        keywords: 0,
        time: 1,
        record_id: 1,
        activity: None,
        process: 4,
        thread: 4,
    };
    let mut writer = Writer::new(Cursor::new(Vec::new()), Style::Templates, 1).unwrap();
    let error = writer.write(&catalog, outer, &system, &payload).unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::InvalidInput);
}
