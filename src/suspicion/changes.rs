//! Sensitive changes: what gives power over accounts and the directory, or hides traces.
//!
//! Each kind has a base of bits for what it makes possible. To it comes how few accounts ever do it, log₂((N+1)/actors); from it goes how
//! habitual it is for this one, 2·log₂ of the days on which it does it, and it counts where the session came from. Meanings: Microsoft, "Advanced security audit policy settings".

use super::change::{Change, change};
use super::observation::{Evidence, Fact, Observation};
use super::scene::{Map, Scene, day};
use super::signal::Signal;
use crate::identity::NONE;

const MOST: f64 = 16.0;
/// For a session from where the account is at home, less; from elsewhere, more.
const HOME: f64 = 3.0;

#[derive(Default)]
struct Habit {
    days: u32,
    last: i64,
    object: String,
    /// The account it was done to.
    on: u32,
    source: u32,
    session: (u32, u64),
    evidence: Evidence,
}

pub fn observe(scene: &Scene, out: &mut Vec<Observation>) {
    let mut habits: Map<(u32, Change), Habit> = Map::default();
    for e in &scene.events.all {
        let id = scene.id(e);
        if !super::change::may_be(id) {
            continue;
        }
        let Some(row) = scene.store.columns.row(e.row as usize) else { continue };
        let Some(what) = change(scene, &row, e.subject, e.account) else { continue };
        // 1102, 4649, 4662, 4719 name one account: who acted.
        let actor = if e.subject == NONE { e.account } else { e.subject };
        let actor = if id == 4649 { e.account } else { actor };
        let habit = habits.entry((actor, what)).or_insert_with(|| Habit {
            last: i64::MIN,
            object: super::change::object(scene, &row, e.account),
            on: if e.account == actor { NONE } else { e.account },
            // 4649 and 4794 name the workstation themselves.
            source: if e.source == e.target { NONE } else { e.source },
            session: (e.target, row.logon_id),
            ..Habit::default()
        });
        if habit.last != day(row.time) {
            habit.last = day(row.time);
            habit.days += 1;
        }
        habit.evidence.add(e.row);
    }
    let sources = session_sources(scene, habits.values().map(|h| h.session));
    let people = (0..scene.identity.accounts.all.len() as u32).filter(|a| scene.is_person(*a)).count();
    let mut actors: Map<Change, u32> = Map::default();
    habits.keys().for_each(|(_, what)| *actors.entry(*what).or_default() += 1);
    let mut habits: Vec<_> = habits.into_iter().collect();
    habits.sort_by_key(|h| h.0);
    for ((actor, what), habit) in habits {
        let few = libm::log2((people + 1) as f64 / f64::from(actors.get(&what).copied().unwrap_or(1)));
        let source = match sources.get(&habit.session) {
            Some(&source) if source != NONE => source,
            _ => habit.source,
        };
        let place = match source {
            NONE => 0.0,
            _ if scene.is_home(actor, source) => -HOME,
            _ => HOME,
        };
        let habitual = 2.0 * libm::log2(f64::from(habit.days));
        let bits = (what.bits() + few.max(0.0) + place - habitual).min(MOST);
        if bits < 1.0 {
            continue;
        }
        let fact = Fact::Change { what: what.words(), object: habit.object, days: habit.days };
        out.push(
            Observation::new(Signal::SensitiveChange, bits, fact, 0)
                .account(actor)
                .source(source)
                .target(habit.session.0)
                .object(habit.on)
                .rows(habit.evidence),
        );
    }
}

/// Logon ids up to SYSTEM's are the same on every host, at every time.
const SYSTEM: u64 = 0x3e7;

/// Where these sessions, by host and logon id, came from.
pub fn session_sources(scene: &Scene, sessions: impl Iterator<Item = (u32, u64)>) -> Map<(u32, u64), u32> {
    let mut sources: Map<(u32, u64), u32> = sessions.filter(|s| s.1 > SYSTEM).map(|s| (s, NONE)).collect();
    let c = &scene.store.columns;
    for e in &scene.events.all {
        let row = e.row as usize;
        if c.event_id[row] == 4624
            && let Some(source) = sources.get_mut(&(e.target, c.logon_id[row]))
        {
            *source = e.source;
        }
    }
    sources
}
