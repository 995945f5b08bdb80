//! Remote sessions: from outside, through tunnels, taken over.

use super::context::Context;
use super::finding::Draft;
use super::group::Groups;
use super::relay::is_loopback;
use super::rule::{Confidence, Rule};
use crate::event::Field;
use crate::event::time::TICKS_PER_SECOND;
use crate::identity::{Address, NONE, parse_address};
use crate::suspicion::{Map, is_public};
use std::collections::BTreeMap;

pub fn find(ctx: &mut Context) {
    addresses(ctx);
    hijack(ctx);
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Public,
    Loopback,
    Other,
}

/// Successes from routable addresses, and RDP from the host itself.
fn addresses(ctx: &mut Context) {
    let store = ctx.store();
    let c = &store.columns;
    let mut places: Map<u32, Place> = Map::default();
    let mut public: Groups<(u32, u32)> = Groups::default();
    let mut tunnel: BTreeMap<(u32, u32), Vec<u32>> = BTreeMap::new();
    for e in &ctx.scene.events.all {
        let row = e.row as usize;
        let id = c.event_id[row];
        // 4648 names the address of the session, not where it goes from.
        if !matches!(id, 4624 | 4768 | 4769 | 4778 | 21 | 25 | 1149) || c.is_failure(row) {
            continue;
        }
        let text = c.address[row];
        let place = *places.entry(text).or_insert_with(|| {
            let text = store.tables.strings.get(text);
            match parse_address(text) {
                Address::Ip(ip) if is_public(ip) => Place::Public,
                _ if is_loopback(text) => Place::Loopback,
                _ => Place::Other,
            }
        });
        let rdp = id == 4624 && c.logon_type[row] == 10 || matches!(id, 4778 | 21 | 25 | 1149);
        match place {
            Place::Public => {
                public.entry((e.account, e.source)).or_default().add(e.target, e.row);
            }
            Place::Loopback if rdp => tunnel.entry((e.account, e.target)).or_default().push(e.row),
            _ => {}
        }
    }
    for ((account, source), group) in public {
        let (targets, rows) = (group.others, group.rows);
        let rdp = rows.iter().any(|r| c.logon_type[*r as usize] == 10);
        let why = format!(
            "{} came from the internet ({}) to {}{}.",
            ctx.who(account),
            ctx.place(source),
            targets.iter().take(3).map(|t| ctx.place(*t)).collect::<Vec<_>>().join(", "),
            if rdp { " by remote desktop" } else { "" }
        );
        let mut draft = Draft::new(Rule::PublicAddress, why, rows).actor(account).from(source).to(targets);
        if rdp {
            draft = draft.confidence(Confidence::High);
        }
        if ctx.is_home(account, source) {
            draft = draft.everyday("The account comes from there on many days.");
        }
        ctx.found(draft);
    }
    for ((account, host), rows) in tunnel {
        let why = format!(
            "{} opened a remote desktop session at {} from {} itself: something on the host passes it on.",
            ctx.who(account),
            ctx.place(host),
            ctx.place(host)
        );
        ctx.found(Draft::new(Rule::RdpTunnel, why, rows).actor(account).from(host));
    }
}

/// Host, connection, the client's name and address: numbers of connections are used again by others.
type Connection = (u32, String, u32, u32);

/// A session that left its connection.
struct Left {
    time: i64,
    account: u32,
    row: u32,
}

/// One session leaves a connection (4779) and another account's takes it within seconds (4778): `tscon`.
fn hijack(ctx: &mut Context) {
    let c = &ctx.store().columns;
    let mut left: Map<Connection, Left> = Map::default();
    let mut found = Vec::new();
    for e in &ctx.scene.events.all {
        let row = e.row as usize;
        if !matches!(c.event_id[row], 4778 | 4779) {
            continue;
        }
        let session = ctx.detail(e.row, Field::SessionName).to_lowercase();
        if session.is_empty() || session == "console" {
            continue;
        }
        let key = (e.target, session, c.workstation[row], c.address[row]);
        if c.event_id[row] == 4779 {
            left.insert(key, Left { time: c.time[row], account: e.account, row: e.row });
        } else if let Some(Left { time, account, row: before }) = left.remove(&key)
            && account != e.account
            && account != NONE
            && e.account != NONE
            && c.time[row].saturating_sub(time) <= 5 * TICKS_PER_SECOND
        {
            found.push((account, *e, before));
        }
    }
    for (account, e, before) in found {
        let why = format!(
            "At {}, {} left the connection {} and the session of {} had it at once.",
            ctx.place(e.target),
            ctx.who(account),
            ctx.detail(e.row, Field::SessionName),
            ctx.who(e.account)
        );
        ctx.found(
            Draft::new(Rule::RdpHijack, why, vec![before, e.row])
                .actor(account)
                .victims([e.account])
                .from(e.source)
                .to([e.target]),
        );
    }
}
