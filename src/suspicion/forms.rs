//! Rare forms: ways of logging on that few accounts of the same kind ever use.
//!
//! The form of an event is its id, logon type, package and process, encryption, pre-authentication and status: what an attacker's tool
//! chooses, not where it goes. Wrong passwords are left to `failures`. Its surprise is log₂((N+1)/users), with N accounts of the kind, less the logarithm of the days on which this
//! account does it: a habit is no surprise. Sessions of nobody (anonymous) are compared by the host they come from.

use super::observation::{Evidence, Fact, Observation};
use super::scene::{Map, Scene, Service, Set, day};
use super::signal::Signal;
use crate::event::{Field, status, words};
use crate::identity::{AccountKind, Event, NONE};
use crate::store::Row;

/// The logon type of `runas /netonly` and its like.
const NEW_CREDENTIALS: u8 = 9;
const LEAST: f64 = 2.0;
const MOST: f64 = 8.0;

/// Who is compared with whom.
type Class = u8;

fn class(kind: AccountKind) -> Option<Class> {
    match kind {
        AccountKind::User => Some(0),
        AccountKind::Machine => Some(1),
        AccountKind::Anonymous => Some(2),
        AccountKind::BuiltIn | AccountKind::Unknown => None,
    }
}

/// The form in words; `None` for events that have none worth comparing.
fn form(scene: &Scene, row: &Row) -> Option<String> {
    let detail = |f| scene.store.tables.detail(row.details, f).trim();
    let encryption = || {
        let etype = words::number(detail(Field::TicketEncryptionType)).map_or("", words::encryption);
        if etype.is_empty() { "unknown encryption" } else { etype }
    };
    Some(match row.event_id {
        // Services and tasks start by themselves.
        4624 if matches!(row.logon_type, 0 | 4 | 5) => return None,
        4624 => {
            let package = match detail(Field::LmPackageName) {
                "" | "-" => scene.store.tables.strings.get(row.package),
                lm => lm,
            };
            let key = if detail(Field::KeyLength) == "0" && package.starts_with("NTLM") {
                ", no session key"
            } else {
                ""
            };
            format!(
                "logon type {} by {} with {package}{key}",
                row.logon_type,
                detail(Field::LogonProcessName)
            )
        }
        4768 if row.is_failure() => return None,
        4768 => {
            let how = match detail(Field::PreAuthType) {
                "0" => "no pre-authentication",
                "2" => "password",
                "15" | "16" | "17" => "a certificate",
                _ => "another pre-authentication",
            };
            format!("TGT by {how}, {}", encryption())
        }
        4769 if row.is_failure() => format!("service ticket refused, {}", reason(row)),
        4769 => {
            let whose = match scene.service(row.details) {
                Service::User => "an account's service",
                _ => "a computer",
            };
            format!("ticket for {whose}, {}", encryption())
        }
        _ => return None,
    })
}

fn reason(row: &Row) -> &'static str {
    row.reason().map_or("", |s| status::text(row.event_id, s))
}

/// One account's (or for anonymous sessions one source's) uses of a form.
#[derive(Default)]
struct Habit {
    days: u32,
    last: i64,
    source: u32,
    target: u32,
    /// Whose credentials a new-credentials logon took.
    object: u32,
    evidence: Evidence,
}

/// What determines the form, before it is put in words.
type Key = (u16, u8, u32, u32, u32, u32);

pub fn observe(scene: &Scene, out: &mut Vec<Observation>) {
    let mut forms: Vec<String> = Vec::new();
    let mut numbers: Map<String, u32> = Map::default();
    let mut known: Map<Key, u32> = Map::default();
    let mut habits: Map<(u32, Class, u32), Habit> = Map::default();
    let mut members: Set<(Class, u32)> = Set::default();
    let c = &scene.store.columns;
    let mut number = |e: &Event| {
        let row = e.row as usize;
        let reason = (c.status[row], c.sub_status[row]);
        let key = (c.event_id[row], c.logon_type[row], c.package[row], c.details[row], reason.0, reason.1);
        *known.entry(key).or_insert_with(|| {
            let Some(text) = c.row(row).and_then(|row| form(scene, &row)) else { return NONE };
            *numbers.entry(text).or_insert_with_key(|text| {
                forms.push(text.clone());
                forms.len() as u32 - 1
            })
        })
    };
    for e in &scene.events.all {
        let Some(class) = scene.kind(e.account).and_then(class) else { continue };
        let n = number(e);
        if n == NONE {
            continue;
        }
        let who = if class == 2 { e.source } else { e.account };
        if who == NONE || (class == 2 && e.source == e.target) {
            continue;
        }
        members.insert((class, who));
        let habit = habits.entry((n, class, who)).or_insert_with(|| Habit {
            last: i64::MIN,
            source: e.source,
            target: e.target,
            object: NONE,
            ..Habit::default()
        });
        let today = day(c.time[e.row as usize]);
        if habit.last != today {
            habit.last = today;
            habit.days += 1;
        }
        habit.evidence.add(e.row);
        if c.logon_type[e.row as usize] == NEW_CREDENTIALS {
            let name = scene.store.tables.detail(c.details[e.row as usize], Field::TargetOutboundUserName);
            habit.object = scene.account_named(name);
        }
    }
    let mut size = [0u32; 3];
    members.iter().for_each(|(class, _)| size[*class as usize] += 1);
    let mut users: Map<(u32, Class), u32> = Map::default();
    habits.keys().for_each(|(form, class, _)| *users.entry((*form, *class)).or_default() += 1);
    let mut habits: Vec<_> = habits.into_iter().collect();
    // By the form's words: numbers go by the order of reading.
    habits.sort_by(|a, b| {
        let key = |h: &(u32, Class, u32)| (h.2, h.1);
        key(&a.0).cmp(&key(&b.0)).then_with(|| forms[a.0.0 as usize].cmp(&forms[b.0.0 as usize]))
    });
    for ((form, class, who), habit) in habits {
        let (users, all) = (users.get(&(form, class)).copied().unwrap_or(1), size[class as usize]);
        let bits = libm::log2(f64::from(all + 1) / f64::from(users)) - libm::log2(f64::from(habit.days));
        if bits < LEAST {
            continue;
        }
        let fact = Fact::Form { form: forms[form as usize].clone(), users, all, days: habit.days };
        let seen = Observation::new(Signal::UnusualForm, bits.min(MOST), fact, 0)
            .source(habit.source)
            .target(habit.target)
            .object(habit.object)
            .rows(habit.evidence);
        out.push(if class == 2 { seen } else { seen.account(who) });
    }
}
