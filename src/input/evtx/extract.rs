//! Fields of a record → one row of columns.

use super::record::Fields;
use super::value::{Value, kind};
use crate::event::{Field, catalogue};
use crate::store::{Interner, NO_STATUS, NO_TYPE, Principal, Row, Tables};

/// Raw values seen before, so that each distinct one is decoded once per batch.
#[derive(Default)]
pub struct Texts {
    seen: Interner,
    /// By number in `seen`: the text's number in the tables.
    text: Vec<u32>,
    key: Vec<u8>,
    scratch: String,
    set: Vec<u8>,
}

impl Texts {
    /// Starts anew, for new tables.
    pub fn clear(&mut self) {
        self.seen.clear();
        self.text.clear();
    }

    /// The number of the value's text.
    pub fn text(&mut self, value: &Value, tables: &mut Tables) -> u32 {
        match value {
            Value::Absent => 0,
            Value::Owned(text) => tables.strings.intern(text),
            Value::Shared(text) => tables.strings.intern(text),
            Value::Raw { kind, bytes } => {
                self.key.clear();
                self.key.push(*kind);
                self.key.extend_from_slice(bytes);
                let Self { seen, text, key, scratch, .. } = self;
                let (n, new) = seen.intern_with(key, || {
                    scratch.clear();
                    value.write(scratch);
                    tables.strings.intern(scratch)
                });
                text.extend(new);
                text.get(n as usize).copied().unwrap_or(0)
            }
        }
    }

    fn principal(&mut self, fields: &Fields, of: Names, tables: &mut Tables) -> u32 {
        let who = Principal {
            sid: self.text(first(fields, of.sid), tables),
            domain: self.text(first(fields, of.domain), tables),
            name: self.text(first(fields, of.name), tables),
        };
        tables.principal(who)
    }

    fn details(&mut self, fields: &Fields, about: Names, tables: &mut Tables) -> u32 {
        let mut set = std::mem::take(&mut self.set);
        set.clear();
        for &field in about.group.iter().chain(Field::details()) {
            let value = fields.get(field);
            if !value.is_absent() {
                Tables::encode_detail(field, self.text(value, tables), &mut set);
            }
        }
        let n = tables.detail_set(&set);
        self.set = set;
        n
    }

    /// The row of a kept event. `system` = TimeCreated, Computer (text) and EventRecordID; `place` = file, chunk and offset.
    pub fn row(
        &mut self,
        fields: &Fields,
        event_id: u16,
        system: (i64, u32, u64),
        place: (u32, u32, u16),
        tables: &mut Tables,
    ) -> Row {
        let about = about(event_id, fields);
        let small = |f: Field| fields.get(f).number();
        Row {
            time: system.0,
            event_id,
            record_id: system.2,
            file: place.0,
            chunk: place.1,
            offset: place.2,
            computer: system.1,
            account: self.principal(fields, about, tables),
            subject: self.principal(fields, SUBJECT, tables),
            address: self.text(first(fields, &[Field::IpAddress, Field::ClientAddress]), tables),
            port: small(Field::IpPort).and_then(|n| n.try_into().ok()).unwrap_or(0),
            workstation: self.text(
                first(fields, &[Field::WorkstationName, Field::Workstation, Field::ClientName]),
                tables,
            ),
            logon_type: small(Field::LogonType).and_then(|n| n.try_into().ok()).unwrap_or(NO_TYPE),
            status: status(fields.get(Field::Status)),
            sub_status: status(fields.get(Field::SubStatus)),
            package: self
                .text(first(fields, &[Field::AuthenticationPackageName, Field::PackageName]), tables),
            logon_id: first(fields, about.logon_id).number().unwrap_or(0),
            ticket: fields.get(Field::LogonGuid).half_guid(),
            details: self.details(fields, about, tables),
        }
    }
}

/// Which fields name somebody; the first that is there counts.
#[derive(Clone, Copy)]
struct Names {
    sid: &'static [Field],
    domain: &'static [Field],
    name: &'static [Field],
    logon_id: &'static [Field],
    /// Fields of a group, kept as details since somebody else is the account.
    group: &'static [Field],
}

const SUBJECT: Names = Names {
    sid: &[Field::SubjectUserSid],
    domain: &[Field::SubjectDomainName],
    name: &[Field::SubjectUserName],
    logon_id: &[Field::SubjectLogonId],
    group: &[],
};
const TARGET: Names = Names {
    sid: &[Field::TargetUserSid, Field::TargetSid],
    domain: &[Field::TargetDomainName],
    name: &[Field::TargetUserName],
    // 4648, 4720 and others name a target without a session: what counts is in which session it was done.
    logon_id: &[Field::TargetLogonId, Field::SubjectLogonId],
    group: &[],
};
const SESSION: Names = Names {
    sid: &[],
    domain: &[Field::AccountDomain],
    name: &[Field::AccountName],
    logon_id: &[Field::LogonID],
    group: &[],
};
/// A group's new or former member.
const MEMBER: Names = Names {
    sid: &[Field::MemberSid],
    domain: &[],
    name: &[Field::MemberName],
    logon_id: &[Field::SubjectLogonId],
    group: &[Field::TargetSid, Field::TargetDomainName, Field::TargetUserName],
};
const RENAMED: Names = Names {
    sid: &[Field::TargetSid],
    domain: &[Field::TargetDomainName],
    name: &[Field::NewTargetUserName],
    logon_id: &[Field::SubjectLogonId],
    group: &[],
};

/// Who the event is about.
fn about(event_id: u16, fields: &Fields) -> Names {
    match event_id {
        4728 | 4729 | 4732 | 4733 | 4756 | 4757 => MEMBER,
        4781 => RENAMED,
        21..=25 | 1149 | 4778 | 4779 => SESSION,
        _ if !first(fields, &[Field::TargetUserName, Field::TargetUserSid, Field::TargetSid]).is_absent() => {
            TARGET
        }
        _ => SUBJECT,
    }
}

fn first<'f, 'a>(fields: &'f Fields<'a>, of: &[Field]) -> &'f Value<'a> {
    const ABSENT: &Value<'static> = &Value::Absent;
    of.iter().map(|&f| fields.get(f)).find(|v| !v.is_absent()).unwrap_or(ABSENT)
}

fn status(value: &Value) -> u32 {
    match value {
        // Sign-extended where a template declares it so: the low 32 bits are the status.
        Value::Raw { kind: kind::INT32, .. } => value.number().map_or(NO_STATUS, |n| n as u32),
        _ => value.number().and_then(|n| n.try_into().ok()).unwrap_or(NO_STATUS),
    }
}

/// Which kept event a record is, remembered by raw provider and channel.
#[derive(Default)]
pub struct Kept {
    known: Vec<(u16, u32, u32, bool)>,
}

impl Kept {
    pub fn clear(&mut self) {
        self.known.clear();
    }

    /// Whether `(id, provider text, channel text)` is a kept event.
    pub fn is(&mut self, id: u16, provider: u32, channel: u32, tables: &Tables) -> bool {
        if let Some(&(.., kept)) = self.known.iter().find(|k| (k.0, k.1, k.2) == (id, provider, channel)) {
            return kept;
        }
        let (p, c) = (tables.strings.get(provider), tables.strings.get(channel));
        let kept = catalogue::kept(u64::from(id), p, c).is_some();
        self.known.push((id, provider, channel, kept));
        kept
    }
}
