//! What a file is, told from its first bytes and not from its name.

use super::evtx::MAGIC;

/// Bytes of the file's beginning that are enough: its header and the start of its first chunk.
pub const HEAD: usize = 8192;

/// The verdict on a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sniffed {
    Evtx,
    /// It cannot be read; a sentence for the user says what it is and what to do.
    Refused(String),
}

/// Tells what a file is from `head`, its first [`HEAD`] bytes (or all of a shorter one); `size` is the whole file's.
pub fn sniff(head: &[u8], size: u64) -> Sniffed {
    let no = |text: &str| Sniffed::Refused(text.to_owned());
    if size == 0 {
        return no("The file is empty.");
    }
    if head.starts_with(MAGIC) {
        return match size {
            0..4096 => no("An EVTX file cut off inside its header: there is no record in it."),
            _ => Sniffed::Evtx,
        };
    }
    // An overwritten header does not make the chunks unreadable.
    if head.get(4096..).is_some_and(|chunk| chunk.starts_with(b"ElfChnk\0")) {
        return Sniffed::Evtx;
    }
    if head.starts_with(b"\x30\0\0\0LfLe") {
        return no(
            "An old EVT log (Windows XP/2003). Convert it first: wevtutil epl OLD.evt NEW.evtx /lf:true",
        );
    }
    if head.starts_with(b"PK\x03\x04") {
        return no("A ZIP archive. Unpack it and drop the .evtx files.");
    }
    if head.starts_with(b"\x1f\x8b") {
        return no("A gzip file. Unpack it and drop the .evtx file.");
    }
    if head.starts_with(b"version https://git-lfs") {
        return no("A Git LFS pointer, not the log itself. Run “git lfs pull” to get it.");
    }
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let text: Vec<u8> = match text {
        [0xff, 0xfe, rest @ ..] => rest.iter().copied().filter(|&b| b != 0).collect(),
        _ => text.to_vec(),
    };
    match text.trim_ascii_start() {
        [b'<', ..] => no(
            "An XML file. This version reads .evtx files; export the log with: wevtutil epl Security Security.evtx",
        ),
        [b'{' | b'[', ..] => no(
            "A JSON file. This version reads .evtx files; export the log with: wevtutil epl Security Security.evtx",
        ),
        _ => no("Not an EVTX file: it does not start like one."),
    }
}
