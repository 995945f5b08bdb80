//! First visits: a session with a screen at a domain controller, at a host never used so before, or at an hour at which the account never is.
//!
//! A visit announced by explicit credentials (4648) from where the account is at home comes from there, whatever address the host sees (a VPN's).

use super::context::Context;
use super::finding::Draft;
use super::rule::{Confidence, Rule, Severity};
use super::threshold::Threshold as T;
use crate::event::time::{TICKS_PER_DAY, TICKS_PER_HOUR};
use crate::identity::NONE;
use crate::suspicion::{Map, Use, day};
use std::collections::BTreeMap;

/// What follows the first session within this time is the same visit.
const VISIT: i64 = 6 * TICKS_PER_HOUR;
/// From the explicit credentials to the session.
const ANNOUNCED: i64 = TICKS_PER_HOUR / 30;

/// Days on which an account is active in each hour of the day (UTC).
#[derive(Clone, Default)]
struct Hours {
    days: [u16; 24],
    last: [i64; 24],
    active: u32,
    today: i64,
}

impl Hours {
    fn add(&mut self, time: i64) {
        let today = day(time);
        if self.active == 0 || self.today != today {
            self.active += 1;
            self.today = today;
        }
        let hour = hour(time);
        if self.days[hour] == 0 || self.last[hour] != today {
            self.days[hour] = self.days[hour].saturating_add(1);
            self.last[hour] = today;
        }
    }

    /// Whether on at most a tenth of its other days the account was active in this hour or one beside it.
    fn is_odd(&self, time: i64) -> bool {
        let others = |h: usize| {
            let today = u32::from(self.days[h] > 0 && self.last[h] == day(time));
            u32::from(self.days[h]) - today
        };
        let most = [23, 0, 1].iter().map(|h| others((hour(time) + h) % 24)).max().unwrap_or(0);
        most * 10 <= self.active.saturating_sub(1)
    }
}

fn hour(time: i64) -> usize {
    time.div_euclid(TICKS_PER_HOUR).rem_euclid(24) as usize
}

/// What an account did at a host on its first visit.
#[derive(Default)]
struct Visit {
    rows: Vec<u32>,
    /// The account's habits are known.
    known: bool,
    odd: bool,
    /// For the first time at this host, from this source.
    new_target: bool,
    new_source: bool,
    /// The credentials were given at the account's own desk.
    announced: bool,
}

pub fn find(ctx: &mut Context) {
    let c = &ctx.store().columns;
    let mut hours: Map<u32, Hours> = Map::default();
    let person = |u: &Use| ctx.scene.is_person(u.account);
    for u in ctx.scene.uses().filter(person) {
        hours.entry(u.account).or_default().add(u.time);
    }
    let days = i64::from(ctx.value(T::HomeDays));
    let learned =
        ctx.coverage.span.map_or(i64::MAX, |s| s.0.saturating_add(days.saturating_mul(TICKS_PER_DAY)));
    // When first: account and target in a session with a screen; account and source.
    let mut targets: Map<(u32, u32), i64> = Map::default();
    let mut sources: Map<(u32, u32), i64> = Map::default();
    // (account, target) → when explicit credentials were last given for it at the account's own desk.
    let mut announced: Map<(u32, u32), i64> = Map::default();
    let mut visits: BTreeMap<(u32, u32, u32), Visit> = BTreeMap::new();
    for u in ctx.scene.uses().filter(person) {
        let row = u.row as usize;
        if c.event_id[row] == 4648 {
            // Winlogon writes one on the host that is visited, too.
            if u.source != u.target && ctx.is_home(u.account, u.source) {
                announced.insert((u.account, u.target), u.time);
            }
            continue;
        }
        let since_source = *sources.entry((u.account, u.source)).or_insert(u.time);
        if u.target == NONE || u.target == u.source {
            continue;
        }
        let rdp =
            c.event_id[row] == 4624 && c.logon_type[row] == 10 || matches!(c.event_id[row], 21 | 25 | 1149);
        let desk = c.event_id[row] == 4624 && c.logon_type[row] == 2;
        if !rdp && !desk {
            continue;
        }
        let since_target = *targets.entry((u.account, u.target)).or_insert(u.time);
        let is_new = |since: i64| since > learned && u.time.saturating_sub(since) <= VISIT;
        let (new_target, new_source) = (is_new(since_target), is_new(since_source));
        let first_at_controller = ctx.is_dc(u.target) && u.time.saturating_sub(since_target) <= VISIT;
        if !new_target && !new_source && !first_at_controller {
            continue;
        }
        let habits = hours.get(&u.account);
        let known = u.time > learned && habits.is_some_and(|h| h.active > ctx.value(T::HomeDays));
        let visit = visits.entry((u.account, u.source, u.target)).or_default();
        visit.rows.push(u.row);
        visit.known |= known;
        visit.odd |= known && habits.is_some_and(|h| h.is_odd(u.time));
        visit.new_target |= new_target;
        visit.new_source |= new_source;
        visit.announced |=
            announced.get(&(u.account, u.target)).is_some_and(|t| u.time.saturating_sub(*t) <= ANNOUNCED);
    }
    for ((account, source, target), visit) in visits {
        report(ctx, account, source, target, visit);
    }
}

fn report(ctx: &mut Context, account: u32, source: u32, target: u32, visit: Visit) {
    let (who, from, to) = (ctx.who(account), ctx.place(source), ctx.place(target));
    let time = visit.rows.first().map_or(0, |r| ctx.store().columns.time[*r as usize]);
    let at = crate::event::time::format(time).get(11..16).unwrap_or_default().to_owned();
    let home = visit.announced || ctx.is_home(account, source);
    let (rule, why) = if visit.odd && !home {
        let first = if visit.new_target { "to that host" } else { "from there" };
        let why = format!(
            "{who} came from {from} to {to}, for the first time {first}, at {at} UTC: an hour at which it is not used."
        );
        (Rule::FirstSeenSensitive, why)
    } else if ctx.is_dc(target) {
        let first = if visit.known { " for the first time" } else { "" };
        (
            Rule::InteractiveOnDc,
            format!("{who} opened a session at the domain controller {to}{first}, from {from}."),
        )
    } else if visit.known && visit.new_target {
        (Rule::RdpNew, format!("{who} opened a session at {to} for the first time, from {from}."))
    } else {
        return;
    };
    let mut draft = Draft::new(rule, why, visit.rows).actor(account).from(source).to([target]);
    if rule == Rule::InteractiveOnDc && !visit.known {
        draft = draft.severity(Severity::Informational).confidence(Confidence::Low);
    } else if visit.odd && home {
        draft = draft.also("The hour is odd, but the account is at home there.");
    }
    ctx.found(draft);
}
