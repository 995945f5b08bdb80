//! Security identifiers ([MS-DTYP] 2.4.2): revision, sub-authority count, 48-bit authority, sub-authorities.

use std::fmt;

/// A SID in its binary form, at most eight sub-authorities.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Sid {
    bytes: [u8; 40],
    length: u8,
}

impl Sid {
    /// `Sid::new(5, &[21, 1, 2, 3, 500])` is `S-1-5-21-1-2-3-500`.
    ///
    /// # Panics
    /// With more than eight sub-authorities.
    pub fn new(authority: u8, subs: &[u32]) -> Self {
        assert!(subs.len() <= 8, "a SID here has at most 8 sub-authorities");
        let mut bytes = [0; 40];
        bytes[0] = 1;
        bytes[1] = subs.len() as u8;
        bytes[7] = authority;
        for (slot, sub) in bytes[8..].chunks_exact_mut(4).zip(subs) {
            slot.copy_from_slice(&sub.to_le_bytes());
        }
        Self { bytes, length: 8 + 4 * subs.len() as u8 }
    }

    /// A domain SID with a relative identifier appended.
    pub fn with_rid(&self, rid: u32) -> Self {
        let mut sid = *self;
        let end = usize::from(self.length);
        sid.bytes[end..end + 4].copy_from_slice(&rid.to_le_bytes());
        sid.bytes[1] += 1;
        sid.length += 4;
        sid
    }

    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes[..usize::from(self.length)]
    }

    /// The text of a binary SID; `None` where the length does not fit.
    pub fn text(bytes: &[u8]) -> Option<String> {
        use fmt::Write;
        let count = usize::from(*bytes.get(1)?);
        if bytes.len() != 8 + 4 * count {
            return None;
        }
        let authority = bytes[2..8].iter().fold(0u64, |a, b| a << 8 | u64::from(*b));
        let mut text = format!("S-{}-{authority}", bytes[0]);
        for sub in bytes[8..].chunks_exact(4) {
            let _ = write!(text, "-{}", u32::from_le_bytes([sub[0], sub[1], sub[2], sub[3]]));
        }
        Some(text)
    }
}

impl fmt::Display for Sid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&Self::text(self.as_bytes()).unwrap_or_default())
    }
}

impl fmt::Debug for Sid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
