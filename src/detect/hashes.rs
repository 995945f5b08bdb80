//! Pass the hash: NTLM sessions without a key, and sessions that only carry other credentials (type 9 by seclogo).
//!
//! After the public Sigma rules "Pass the Hash Activity 2" and "Successful Overpass the Hash Attempt".

use super::context::{Context, counted};
use super::finding::Draft;
use super::group::Groups;
use super::rule::{Confidence, Rule, Severity};
use super::threshold::Threshold as T;
use crate::event::{Field, sid};
use crate::identity::{AccountKind, NONE};
use crate::suspicion::Map;

pub fn find(ctx: &mut Context) {
    without_key(ctx);
    new_credentials(ctx);
}

fn without_key(ctx: &mut Context) {
    let store = ctx.store();
    let c = &store.columns;
    let mut all = 0u64;
    let mut without = 0u64;
    let mut keyless: Map<u32, bool> = Map::default();
    let mut nobody: Map<u32, bool> = Map::default();
    // By account and source: the targets.
    let mut found: Groups<(u32, u32)> = Groups::default();
    for e in &ctx.scene.events.all {
        let row = e.row as usize;
        if c.event_id[row] != 4624 || c.logon_type[row] != 3 || e.source == e.target {
            continue;
        }
        if !store.tables.strings.get(c.package[row]).eq_ignore_ascii_case("NTLM") {
            continue;
        }
        if !matches!(ctx.scene.kind(e.account), Some(AccountKind::User | AccountKind::Unknown)) {
            continue;
        }
        all += 1;
        let set = c.details[row];
        let is_keyless = *keyless.entry(set).or_insert_with(|| {
            store.tables.detail(set, Field::KeyLength).trim() == "0"
                && store.tables.detail(set, Field::LogonProcessName).trim().eq_ignore_ascii_case("NtLmSsp")
        });
        if !is_keyless {
            continue;
        }
        let by = c.subject[row];
        let is_nobody = *nobody.entry(by).or_insert_with(|| {
            let text = store.tables.strings.get(store.tables.get_principal(by).sid);
            text.is_empty() || sid::is_null(text)
        });
        if is_nobody {
            without += 1;
            found.entry((e.account, e.source)).or_default().add(e.target, e.row);
        }
    }
    if without == 0 {
        return;
    }
    // In a handful of sessions nothing is common.
    let share = (without * 100 / all) as usize;
    let common = all >= 50 && ctx.reaches(T::HashShare, share);
    for ((account, source), sessions) in found {
        let why = format!(
            "{} came from {} to {} by NTLM in {} without a session key.",
            ctx.who(account),
            ctx.place(source),
            match sessions.others.first() {
                Some(one) if sessions.others.len() == 1 => ctx.place(*one).to_owned(),
                _ => format!("{} hosts", sessions.others.len()),
            },
            counted(sessions.rows.len(), "session")
        );
        let mut draft =
            Draft::new(Rule::PassTheHash, why, sessions.rows).actor(account).from(source).to(sessions.others);
        if common {
            draft = draft.everyday(&format!("But {share} % of all NTLM sessions here have none."));
        } else if ctx.is_home(account, source) {
            draft = draft.everyday("The account is at home there.");
        } else if ctx.is_away(account, source) {
            draft = draft.severity(Severity::High).also("The account is not at home there.");
        }
        ctx.found(draft);
    }
}

fn new_credentials(ctx: &mut Context) {
    let store = ctx.store();
    let c = &store.columns;
    // By who, where, with whose credentials.
    let mut found: Map<(u32, u32, u32), Vec<u32>> = Map::default();
    let mut seclogo: Map<u32, Option<u32>> = Map::default();
    for e in &ctx.scene.events.all {
        let row = e.row as usize;
        if c.event_id[row] != 4624 || c.logon_type[row] != 9 {
            continue;
        }
        let set = c.details[row];
        let object = *seclogo.entry(set).or_insert_with(|| {
            let process = store.tables.detail(set, Field::LogonProcessName).trim();
            let name = store.tables.detail(set, Field::TargetOutboundUserName);
            process.eq_ignore_ascii_case("seclogo").then(|| ctx.scene.account_named(name))
        });
        if let Some(object) = object {
            found.entry((e.account, e.target, object)).or_default().push(e.row);
        }
    }
    let mut found: Vec<_> = found.into_iter().collect();
    found.sort_by_key(|f| f.0);
    for ((account, host, object), rows) in found {
        let named = rows.first().map_or("", |r| ctx.detail(*r, Field::TargetOutboundUserName));
        let whose = match (object, named) {
            (NONE, "" | "-") => "credentials the record does not name".to_owned(),
            (NONE, name) => format!("the credentials of {name}"),
            _ => format!("the credentials of {}", ctx.who(object)),
        };
        let why = format!(
            "{} at {} began a session that uses {whose} for all that leaves the host.",
            ctx.who(account),
            ctx.place(host)
        );
        let mut draft = Draft::new(Rule::NewCredentials, why, rows).actor(account).from(host);
        if ctx.is_home(object, host) {
            draft = draft.everyday("Their owner is at home at this host: runas /netonly, it seems.");
        } else if ctx.is_away(object, host) {
            draft = draft.confidence(Confidence::High).also("Their owner is not at home at this host.");
        }
        // Whoever has another's credentials may act as that one.
        ctx.found(draft.actor(object));
    }
}
