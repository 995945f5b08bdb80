//! Kerberoasting and AS-REP roasting: tickets asked for so as to guess the password that encrypts them.
//!
//! Encryption types: RFC 3961 and RFC 4757 (0x17, 0x18 RC4-HMAC), RFC 3961 (0x1, 0x3 DES).

use super::bursts::{Mark, bursts};
use super::context::{Context, counted};
use super::finding::Draft;
use super::rule::{Confidence, Rule, Severity};
use super::threshold::Threshold as T;
use crate::event::time::{TICKS_PER_DAY, TICKS_PER_HOUR};
use crate::event::{Field, words};
use crate::identity::{AccountKind, NONE};
use crate::suspicion::{Map, Service};
use std::collections::BTreeSet;

const TWO_MINUTES: i64 = TICKS_PER_HOUR / 30;

pub fn find(ctx: &mut Context) {
    kerberoasting(ctx);
    as_rep_roasting(ctx);
}

/// RC4 or DES.
pub const fn is_weak(etype: u32) -> bool {
    matches!(etype, 0x1 | 0x3 | 0x17 | 0x18)
}

/// What one account asked from one source.
#[derive(Default)]
struct Asked {
    marks: Vec<Mark>,
    /// Parallel to the marks: weak encryption.
    weak: Vec<bool>,
}

fn kerberoasting(ctx: &mut Context) {
    let store = ctx.store();
    let c = &store.columns;
    // What a detail set says: the service's name, where it runs under an account, and whether the encryption is weak.
    let mut known: Map<u32, Option<(u32, bool)>> = Map::default();
    let mut names: Map<String, u32> = Map::default();
    let mut asked: Map<(u32, u32), Asked> = Map::default();
    // Who asks RC4 tickets for this service at all: where all do, the service knows nothing better.
    let mut users: Map<u32, (BTreeSet<u32>, BTreeSet<u32>)> = Map::default();
    for e in &ctx.scene.events.all {
        let row = e.row as usize;
        if c.event_id[row] != 4769 || c.is_failure(row) || e.account == NONE {
            continue;
        }
        if !ctx.scene.is_person(e.account) {
            continue;
        }
        let details = c.details[row];
        let Some((service, weak)) = *known.entry(details).or_insert_with(|| {
            if ctx.scene.service(details) != Service::User {
                return None;
            }
            let name = store.tables.detail(details, Field::ServiceName).trim().to_lowercase();
            let etype = words::number(store.tables.detail(details, Field::TicketEncryptionType)).unwrap_or(0);
            let next = names.len() as u32;
            (!name.is_empty()).then(|| (*names.entry(name).or_insert(next), is_weak(etype)))
        }) else {
            continue;
        };
        let seen = users.entry(service).or_default();
        if weak {
            seen.0.insert(e.account)
        } else {
            seen.1.insert(e.account)
        };
        let asked = asked.entry((e.account, e.source)).or_default();
        asked.marks.push(Mark { time: c.time[row], what: service, row: e.row });
        asked.weak.push(weak);
    }
    let mut of_number = vec![String::new(); names.len()];
    names.into_iter().for_each(|(name, n)| of_number[n as usize] = name);
    let mut asked: Vec<_> = asked.into_iter().collect();
    asked.sort_by_key(|a| a.0);
    for ((account, source), asked) in asked {
        let home = ctx.is_home(account, source);
        // Where several others are given RC4 for it too and nobody AES, the service knows nothing better.
        let usual = |service: u32| {
            users.get(&service).is_some_and(|(weak, strong)| weak.len() >= 3 && strong.is_empty())
        };
        let weak: Vec<Mark> = asked
            .marks
            .iter()
            .zip(&asked.weak)
            .filter(|(m, weak)| **weak && !usual(m.what))
            .map(|(m, _)| *m)
            .collect();
        let list = |marks: &[Mark]| {
            let mut services: Vec<&str> = marks.iter().map(|m| of_number[m.what as usize].as_str()).collect();
            services.sort_unstable();
            services.dedup();
            let some = services.iter().take(4).copied().collect::<Vec<_>>().join(", ");
            (services.len(), if services.len() > 4 { format!("{some}, …") } else { some })
        };
        let finish = |ctx: &mut Context, draft: Draft, marks: &[Mark]| {
            let owners: BTreeSet<u32> =
                marks.iter().map(|m| ctx.scene.account_named(&of_number[m.what as usize])).collect();
            ctx.found(draft.actor(account).from(source).victims(owners));
        };
        if !weak.is_empty() {
            let (services, names) = list(&weak);
            let why = format!(
                "{} asked from {} for tickets of {} of accounts with RC4 or DES encryption ({names}).",
                ctx.who(account),
                ctx.place(source),
                counted(services, "service")
            );
            let mut draft = Draft::new(Rule::Kerberoasting, why, weak.iter().map(|m| m.row).collect());
            let days: BTreeSet<i64> = weak.iter().map(|m| m.time.div_euclid(TICKS_PER_DAY)).collect();
            if home && days.len() >= 3 {
                draft = draft.everyday("The account does so day after day, from where it is at home.");
            } else if services >= 3 {
                draft = draft.confidence(Confidence::High);
            }
            finish(ctx, draft, &weak);
            continue;
        }
        let (most, fast) = bursts(&asked.marks, TWO_MINUTES, ctx.value(T::RoastServices) as usize);
        if most < 2 {
            continue;
        }
        ctx.reaches(T::RoastServices, most);
        let (most, slow) = bursts(&asked.marks, TICKS_PER_DAY, ctx.value(T::RoastServicesDay) as usize);
        ctx.reaches(T::RoastServicesDay, most);
        let any = if fast.is_empty() { &slow } else { &fast };
        for burst in any {
            let marks = &asked.marks[burst.from..burst.to];
            let (services, names) = list(marks);
            let why = format!(
                "{} asked from {} for tickets of {} of accounts {} ({names}), with strong encryption.",
                ctx.who(account),
                ctx.place(source),
                counted(services, "service"),
                if fast.is_empty() { "within a day" } else { "within two minutes" }
            );
            let mut draft = Draft::new(Rule::Kerberoasting, why, marks.iter().map(|m| m.row).collect())
                .severity(Severity::Medium);
            if home {
                draft = draft.everyday("The account is at home there.");
            } else if !ctx.knows_habits() && services < 2 * ctx.value(T::RoastServices) as usize {
                draft = draft.everyday("The log is too short to know its habits.");
            }
            finish(ctx, draft, marks);
        }
    }
}

fn as_rep_roasting(ctx: &mut Context) {
    let c = &ctx.store().columns;
    // By source: who, whether weak, rows.
    let mut found: Map<(u32, bool), (BTreeSet<u32>, Vec<u32>)> = Map::default();
    for e in &ctx.scene.events.all {
        let row = e.row as usize;
        if c.event_id[row] != 4768 || c.is_failure(row) || ctx.detail(e.row, Field::PreAuthType) != "0" {
            continue;
        }
        if ctx.scene.kind(e.account) == Some(AccountKind::Machine) {
            continue;
        }
        let service = ctx.detail(e.row, Field::ServiceName);
        if !service.is_empty() && !service.to_ascii_lowercase().starts_with("krbtgt") {
            continue;
        }
        let weak = words::number(ctx.detail(e.row, Field::TicketEncryptionType)).is_some_and(is_weak);
        let f = found.entry((e.source, weak)).or_default();
        f.0.insert(e.account);
        f.1.push(e.row);
    }
    let mut found: Vec<_> = found.into_iter().collect();
    found.sort_by_key(|f| f.0);
    for ((source, weak), (accounts, rows)) in found {
        let some: Vec<String> = accounts.iter().take(3).map(|a| ctx.who(*a)).collect();
        let why = format!(
            "A ticket was given without pre-authentication, with {} encryption, to {} asked for from {} ({}).",
            if weak { "RC4 or DES" } else { "strong" },
            if accounts.len() == 1 { "one account".into() } else { format!("{} accounts", accounts.len()) },
            ctx.place(source),
            some.join(", ")
        );
        let mut draft =
            Draft::new(Rule::AsRepRoasting, why, rows).from(source).victims(accounts.iter().copied());
        if !weak {
            draft =
                draft.everyday("Tools ask for RC4; this looks like an account that cannot pre-authenticate.");
        } else if accounts.len() > 1 {
            draft = draft.confidence(Confidence::High);
        }
        ctx.found(draft);
    }
}
