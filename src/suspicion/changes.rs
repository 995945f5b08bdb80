//! Sensitive changes: what gives power over accounts and the directory, or hides traces.
//!
//! Each kind has a base of bits for what it makes possible. To it comes how few accounts ever do it, log₂((N+1)/actors); from it goes how
//! habitual it is for this one, 2·log₂ of the days on which it does it, and it counts where the session came from. Meanings: Microsoft, "Advanced security audit policy settings".

use super::observation::{Evidence, Fact, Observation};
use super::scene::{Map, Scene, day};
use super::signal::Signal;
use crate::event::{Field, sid};
use crate::identity::{AccountKind, NONE};
use crate::store::Row;

const MOST: f64 = 16.0;
/// For a session from where the account is at home, less; from elsewhere, more.
const HOME: f64 = 3.0;

/// Extended rights to replicate (MS-ADTS 5.1.3.2.1): DS-Replication-Get-Changes, -All, -In-Filtered-Set.
const REPLICATION: [&str; 3] = [
    "1131f6aa-9c07-11d1-f79f-00c04fc2dcd2",
    "1131f6ad-9c07-11d1-f79f-00c04fc2dcd2",
    "89e95b76-444d-4c62-991a-0facbeda640c",
];

/// A kind of change: what it is, and its base.
type Kind = (&'static str, f64);

/// The kind of change an event is; `None` for one that is everyday.
fn kind(scene: &Scene, row: &Row, subject: u32, account: u32) -> Option<Kind> {
    let detail = |f| scene.store.tables.detail(row.details, f);
    let has = |f, text: &str| detail(f).to_ascii_lowercase().contains(text);
    let set = |f| !matches!(detail(f).trim(), "" | "-");
    let group = || sid::is_privileged_group(detail(Field::TargetSid));
    let by_machine = matches!(scene.kind(subject), Some(AccountKind::Machine | AccountKind::BuiltIn));
    let by_nobody = scene.kind(subject) == Some(AccountKind::Anonymous);
    Some(match row.event_id {
        4662 if !by_machine && REPLICATION.iter().any(|g| has(Field::Properties, g)) => {
            ("replicated the directory", 6.0)
        }
        4728 | 4732 | 4756 if group() => ("added a member to a privileged group", 4.0),
        4729 | 4733 | 4757 if group() => ("removed a member from a privileged group", 1.0),
        4720 if scene.kind(account) == Some(AccountKind::Machine) => ("created a user with a name in $", 6.0),
        4720 => ("created an account", 1.0),
        4726 => ("deleted an account", 1.0),
        4724 if subject != account && scene.is_person(subject) => ("reset another's password", 0.0),
        4738 if set(Field::SidHistory) => ("set a SID history", 5.0),
        4738 | 4742 if set(Field::AllowedToDelegateTo) => ("changed a delegation", 4.0),
        4741 if !by_machine => ("created a computer account", 1.0),
        4742 if by_nobody => ("changed a computer account without being anybody", 8.0),
        4742 if has(Field::ServicePrincipalNames, "gc/") => {
            ("gave a computer a global catalogue's name", 6.0)
        }
        4765 | 4766 => ("added a SID history", 5.0),
        4781 if detail(Field::OldTargetUserName).ends_with('$')
            != detail(Field::NewTargetUserName).ends_with('$') =>
        {
            ("renamed an account from or to a computer's name", 8.0)
        }
        4794 => ("set the password of the restore mode (DSRM)", 5.0),
        4649 => ("replayed a Kerberos request", 4.0),
        4719 if ["%%8448", "%%8450"].iter().any(|c| has(Field::AuditPolicyChanges, c)) => {
            ("removed auditing", 4.0)
        }
        1102 | 104 => ("cleared a log", 5.0),
        5136 if has(Field::AttributeLDAPDisplayName, "msds-keycredentiallink") => {
            ("wrote key credentials", 4.0)
        }
        5136 if has(Field::AttributeLDAPDisplayName, "msds-allowedto") => ("changed a delegation", 4.0),
        5136 if has(Field::AttributeLDAPDisplayName, "ntsecuritydescriptor")
            && REPLICATION.iter().any(|g| has(Field::AttributeValue, g)) =>
        {
            ("granted the right to replicate", 6.0)
        }
        5136 if has(Field::AttributeLDAPDisplayName, "serviceprincipalname")
            && has(Field::AttributeValue, "gc/") =>
        {
            ("gave a computer a global catalogue's name", 6.0)
        }
        5137 | 5141 if detail(Field::ObjectClass).eq_ignore_ascii_case("server") => {
            ("made or removed a domain controller's object", 6.0)
        }
        _ => return None,
    })
}

/// What was changed, as the record names it.
fn object(scene: &Scene, row: &Row, account: u32) -> String {
    let detail = |f| scene.store.tables.detail(row.details, f);
    match row.event_id {
        5136 | 5137 | 5141 => detail(Field::ObjectDN).to_owned(),
        4662 => detail(Field::ObjectName).to_owned(),
        1102 | 104 | 4719 | 4794 => scene.store.tables.strings.get(row.computer).to_owned(),
        _ => scene.identity.accounts.get(account).map(|a| a.full()).unwrap_or_default(),
    }
}

#[derive(Default)]
struct Habit {
    days: u32,
    last: i64,
    base: f64,
    object: String,
    /// The account it was done to.
    on: u32,
    source: u32,
    session: (u32, u64),
    evidence: Evidence,
}

pub fn observe(scene: &Scene, out: &mut Vec<Observation>) {
    let mut habits: Map<(u32, &'static str), Habit> = Map::default();
    for e in &scene.events.all {
        let id = scene.id(e);
        if !matches!(id, 104 | 1102 | 4649 | 4662 | 4719..=4794 | 5136..=5141) {
            continue;
        }
        let Some(row) = scene.store.columns.row(e.row as usize) else { continue };
        let Some((what, base)) = kind(scene, &row, e.subject, e.account) else { continue };
        // 1102, 4649, 4662, 4719 name one account: who acted.
        let actor = if e.subject == NONE { e.account } else { e.subject };
        let actor = if id == 4649 { e.account } else { actor };
        let habit = habits.entry((actor, what)).or_insert_with(|| Habit {
            last: i64::MIN,
            base,
            object: object(scene, &row, e.account),
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
    let sources = sources(scene, habits.values().map(|h| h.session));
    let people = (0..scene.identity.accounts.all.len() as u32).filter(|a| scene.is_person(*a)).count();
    let mut actors: Map<&str, u32> = Map::default();
    habits.keys().for_each(|(_, what)| *actors.entry(what).or_default() += 1);
    let mut habits: Vec<_> = habits.into_iter().collect();
    habits.sort_by_key(|h| h.0);
    for ((actor, what), habit) in habits {
        let few = libm::log2((people + 1) as f64 / f64::from(actors.get(what).copied().unwrap_or(1)));
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
        let bits = (habit.base + few.max(0.0) + place - habitual).min(MOST);
        if bits < 1.0 {
            continue;
        }
        let fact = Fact::Change { what, object: habit.object, days: habit.days };
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
fn sources(scene: &Scene, sessions: impl Iterator<Item = (u32, u64)>) -> Map<(u32, u64), u32> {
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
