//! Rules come as single files or as the ZIP of a release; out of both come texts with names.

use std::io::{Cursor, Read};

/// A rule file is a few KB; a megabyte is none.
pub const MAX_FILE: u64 = 1 << 20;
/// All files together. The whole of SigmaHQ's rules is some 15 MB.
pub const MAX_TOTAL: u64 = 64 << 20;
/// Entries of an archive; SigmaHQ's has some 4,000.
const MAX_ENTRIES: usize = 50_000;

pub struct Source {
    pub name: String,
    pub text: String,
}

/// A file that cannot be read, and why.
pub struct Refused {
    pub name: String,
    pub reason: String,
}

/// The texts in `files`, archives unpacked. Folders and files of other kinds inside an archive (pictures, licences) are passed over: a release
/// has many, and none of them is meant as a rule.
pub fn texts(files: &[(String, Vec<u8>)]) -> (Vec<Source>, Vec<Refused>) {
    let (mut sources, mut refused) = (Vec::new(), Vec::new());
    let mut total = 0;
    let mut take = |name: String, bytes: Result<Vec<u8>, String>, refused: &mut Vec<Refused>| {
        let text = bytes.and_then(|bytes| {
            total += bytes.len() as u64;
            match bytes.len() as u64 {
                n if n > MAX_FILE => Err("larger than 1 MB, which no rule is".to_owned()),
                _ if total > MAX_TOTAL => Err("more than 64 MB of rules: this one was left out".to_owned()),
                _ => text(bytes),
            }
        });
        match text {
            Ok(text) => sources.push(Source { name, text }),
            Err(reason) => refused.push(Refused { name, reason }),
        }
    };
    for (name, bytes) in files {
        if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") {
            if let Err(reason) = unpack(name, bytes, &mut |name, bytes| take(name, bytes, &mut refused)) {
                refused.push(Refused { name: name.clone(), reason });
            }
        } else if is_rule(name) {
            take(name.clone(), Ok(bytes.clone()), &mut refused);
        } else {
            let reason = "not a rule: neither .yml, .yaml nor a ZIP archive".to_owned();
            refused.push(Refused { name: name.clone(), reason });
        }
    }
    (sources, refused)
}

fn is_rule(name: &str) -> bool {
    name.rsplit_once('.')
        .is_some_and(|(_, e)| e.eq_ignore_ascii_case("yml") || e.eq_ignore_ascii_case("yaml"))
}

fn text(bytes: Vec<u8>) -> Result<String, String> {
    let text = String::from_utf8(bytes).map_err(|e| {
        let at = e.utf8_error().valid_up_to();
        format!("not UTF-8 text (byte {at}): save it as UTF-8")
    })?;
    Ok(match text.strip_prefix('\u{feff}') {
        Some(rest) => rest.to_owned(),
        None => text,
    })
}

/// Hands every rule file of an archive to `take`, at most [`MAX_FILE`] + 1 bytes of it: what an entry claims to be is not believed.
fn unpack(
    archive: &str,
    bytes: &[u8],
    take: &mut dyn FnMut(String, Result<Vec<u8>, String>),
) -> Result<(), String> {
    let broken = |e: zip::result::ZipError| format!("a broken ZIP archive: {e}");
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).map_err(broken)?;
    if zip.len() > MAX_ENTRIES {
        return Err(format!("an archive of {} files; at most {MAX_ENTRIES} are read", zip.len()));
    }
    let mut unpacked = 0;
    for number in 0..zip.len() {
        let mut entry = match zip.by_index(number) {
            Ok(entry) => entry,
            Err(e) => {
                take(format!("{archive}/(entry {number})"), Err(format!("cannot be unpacked: {e}")));
                continue;
            }
        };
        let name = format!("{archive}/{}", String::from_utf8_lossy(entry.name_raw()));
        if !entry.is_file() || !is_rule(&name) {
            continue;
        }
        let mut content = Vec::new();
        let read = entry.by_ref().take(MAX_FILE + 1).read_to_end(&mut content);
        unpacked += content.len() as u64;
        if unpacked > MAX_TOTAL {
            return Err("more than 64 MB of rules when unpacked: the rest of it was left out".to_owned());
        }
        take(name, read.map(|_| content).map_err(|e| format!("cannot be unpacked: {e}")));
    }
    Ok(())
}
