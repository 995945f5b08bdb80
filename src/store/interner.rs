//! A table of distinct byte strings, each with a small number. Texts, raw values, principals and detail sets are all kept this way.

use foldhash::quality::FixedState;
use hashbrown::HashTable;
use std::hash::BuildHasher;

/// Distinct byte strings numbered from 0 in the order they came.
///
/// ```
/// # use logonscope::store::Interner;
/// let mut names = Interner::default();
/// assert_eq!((names.intern(b"bob"), names.intern(b"eve"), names.intern(b"bob")), (0, 1, 0));
/// assert_eq!(names.get(1), b"eve");
/// ```
#[derive(Clone, Debug)]
pub struct Interner {
    bytes: Vec<u8>,
    /// Where each string ends in `bytes`; it starts where the one before ends.
    ends: Vec<u32>,
    index: HashTable<u32>,
    hasher: FixedState,
}

impl Default for Interner {
    fn default() -> Self {
        Self {
            bytes: Vec::new(),
            ends: Vec::new(),
            index: HashTable::new(),
            hasher: FixedState::with_seed(0x4c53),
        }
    }
}

fn slice<'a>(bytes: &'a [u8], ends: &[u32], number: u32) -> &'a [u8] {
    let i = number as usize;
    let start = if i == 0 { 0 } else { ends.get(i - 1).map_or(0, |&e| e as usize) };
    let end = ends.get(i).map_or(start, |&e| e as usize);
    bytes.get(start..end).unwrap_or_default()
}

impl Interner {
    /// The number of `value`, new or known.
    pub fn intern(&mut self, value: &[u8]) -> u32 {
        self.intern_with(value, || ()).0
    }

    /// The number of `value` and, where it is new, what `made` returns.
    pub fn intern_with<T>(&mut self, value: &[u8], made: impl FnOnce() -> T) -> (u32, Option<T>) {
        let Self { bytes, ends, index, hasher } = self;
        let hash = hasher.hash_one(value);
        if let Some(&n) = index.find(hash, |&n| slice(bytes, ends, n) == value) {
            return (n, None);
        }
        let n = ends.len() as u32;
        bytes.extend_from_slice(value);
        ends.push(bytes.len() as u32);
        index.insert_unique(hash, n, |&n| hasher.hash_one(slice(bytes, ends, n)));
        (n, Some(made()))
    }

    /// The number of `value` if it is known.
    pub fn find(&self, value: &[u8]) -> Option<u32> {
        let hash = self.hasher.hash_one(value);
        self.index.find(hash, |&n| slice(&self.bytes, &self.ends, n) == value).copied()
    }

    /// The string with this number; empty for a number never given out.
    pub fn get(&self, number: u32) -> &[u8] {
        slice(&self.bytes, &self.ends, number)
    }

    pub fn len(&self) -> usize {
        self.ends.len()
    }

    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Forgets all, keeping the memory.
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.ends.clear();
        self.index.clear();
    }

    pub fn iter(&self) -> impl Iterator<Item = &[u8]> {
        (0..self.len() as u32).map(|n| self.get(n))
    }

    /// Bytes of memory held.
    pub fn memory(&self) -> usize {
        self.bytes.capacity() + 4 * self.ends.capacity() + 5 * self.index.capacity()
    }
}

/// Texts; number 0 is always the empty one.
#[derive(Clone, Debug)]
pub struct Strings(Interner);

impl Default for Strings {
    fn default() -> Self {
        let mut table = Interner::default();
        table.intern(b"");
        Self(table)
    }
}

impl Strings {
    pub fn intern(&mut self, text: &str) -> u32 {
        self.0.intern(text.as_bytes())
    }

    pub fn find(&self, text: &str) -> Option<u32> {
        self.0.find(text.as_bytes())
    }

    pub fn get(&self, number: u32) -> &str {
        std::str::from_utf8(self.0.get(number)).unwrap_or_default()
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() <= 1
    }

    pub fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.len() as u32).map(|n| self.get(n))
    }

    pub fn memory(&self) -> usize {
        self.0.memory()
    }
}
