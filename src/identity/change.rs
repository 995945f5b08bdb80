//! What the log says about names themselves: accounts renamed, created, deleted.

use super::spelling::Spelling;
use crate::event::Field;
use crate::store::Store;

/// An account got another name (4781).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rename {
    /// In ticks.
    pub time: i64,
    pub from: String,
    pub to: String,
    /// The row of the store that says so.
    pub row: u32,
}

/// What happened to a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum What {
    /// Taken away: the account was deleted (4726, 4743) or renamed to something else (4781).
    Ends,
    /// Used, with the SID.
    Seen,
    /// Given: the account was created (4720, 4741) or renamed to it (4781).
    Starts,
}

/// A name of an account with a SID is given or taken.
pub struct Change<'s> {
    pub row: u32,
    pub time: i64,
    pub what: What,
    pub sid: &'s str,
    pub domain: &'s str,
    pub name: &'s str,
}

/// All of them, in the order of time; of a rename first what it ends, then what it starts.
pub fn changes<'s>(store: &'s Store, spellings: &[Option<Spelling<'s>>]) -> Vec<Change<'s>> {
    let c = &store.columns;
    let mut rows: Vec<u32> = (0..store.len() as u32)
        .filter(|&i| matches!(c.event_id[i as usize], 4720 | 4726 | 4741 | 4743 | 4781))
        .collect();
    rows.sort_by(|&a, &b| store.order(a, b));
    let mut changes = Vec::new();
    for row in rows {
        let i = row as usize;
        let Some(spelling) = spellings.get(c.account[i] as usize).and_then(Option::as_ref) else { continue };
        let Some(sid) = spelling.sid else { continue };
        let change = |what, name| Change { row, time: c.time[i], what, sid, domain: spelling.domain, name };
        match c.event_id[i] {
            4781 => {
                let old = store.tables.detail(c.details[i], Field::OldTargetUserName).trim();
                // Setup "renames" every built-in group to what it is called already.
                if !matches!(old, "" | "-") && !spelling.name.is_empty() && old != spelling.name {
                    changes.push(change(What::Ends, old));
                    changes.push(change(What::Starts, spelling.name));
                }
            }
            4720 | 4741 => changes.push(change(What::Starts, spelling.name)),
            _ => changes.push(change(What::Ends, spelling.name)),
        }
    }
    changes
}

/// The renames among the changes, with the SID; one that two copies of a log tell counts once.
pub fn renames<'s>(changes: &[Change<'s>]) -> Vec<(&'s str, Rename)> {
    let mut renames: Vec<(&str, Rename)> = Vec::new();
    for pair in changes.windows(2).filter(|p| p[0].row == p[1].row) {
        let (old, new) = (&pair[0], &pair[1]);
        let rename = Rename { time: old.time, from: old.name.into(), to: new.name.into(), row: old.row };
        let known = renames.iter().rev().take_while(|(_, r)| r.time == rename.time);
        let mut known =
            known.filter(|(sid, r)| *sid == old.sid && r.from == rename.from && r.to == rename.to);
        if known.next().is_none() {
            renames.push((old.sid, rename));
        }
    }
    renames
}
