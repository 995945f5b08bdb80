//! What an ordinary day looks like: the benign part of a simulation, counted.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::io;

use crate::network::Kind;
use crate::sim::{Plan, Sim};

/// Counts of the benign part, gathered as the records are written.
#[derive(Debug, Default)]
pub struct Counts {
    pub by_id: BTreeMap<u16, u64>,
    /// 4624 and 4625 by logon type.
    pub logons: BTreeMap<u8, u64>,
    pub failures: BTreeMap<u8, u64>,
    /// 4624 by kind of account: user or administrator, service, machine, built in.
    pub kinds: [u64; 4],
    /// 4624 of people by hour of the local day, workdays and other days.
    pub hours: [[u64; 24]; 2],
    /// 4624 with Kerberos, NTLM, other.
    pub packages: [u64; 3],
}

/// A logon as it is counted.
#[derive(Clone, Copy, Debug)]
pub struct Counted<'a> {
    pub name: &'a str,
    pub logon_type: u8,
    pub package: &'a str,
    pub failed: bool,
}

/// What an account's name says about it; the simulation names them so that it can be told.
fn kind(name: &str) -> Kind {
    match name {
        n if n.ends_with('$') => Kind::Machine,
        n if n.starts_with("svc-") => Kind::Service,
        "SYSTEM" | "ANONYMOUS LOGON" => Kind::BuiltIn,
        _ => Kind::User,
    }
}

impl Counts {
    /// `hour` of the local day.
    pub fn logon(&mut self, logon: Counted<'_>, hour: usize, workday: bool) {
        let of_type = if logon.failed { &mut self.failures } else { &mut self.logons };
        *of_type.entry(logon.logon_type).or_default() += 1;
        if logon.failed {
            return;
        }
        let (at, person) = match kind(logon.name) {
            Kind::User | Kind::Admin => (0, true),
            Kind::Service => (1, false),
            Kind::Machine => (2, false),
            Kind::BuiltIn => (3, false),
        };
        self.kinds[at] += 1;
        if person {
            self.hours[usize::from(!workday)][hour % 24] += 1;
        }
        self.packages[match logon.package {
            "Kerberos" => 0,
            "NTLM" => 1,
            _ => 2,
        }] += 1;
    }
}

/// Simulates without attacks and reports; the logs are written to the plan's folder, as always.
///
/// # Errors
/// Those of the files.
pub fn report(plan: Plan) -> io::Result<String> {
    let (users, days) = (plan.size.users as u64, plan.days);
    let mut sim = Sim::new(plan)?;
    let workdays = (0..days).filter(|d| sim.is_workday(*d)).count() as u64;
    sim.em.counts = Some(Counts::default());
    let (truth, events, bytes) = sim.run()?;
    let Some(counts) = &truth.counts_of_benign else { return Ok(String::new()) };
    Ok(text(counts, events, bytes, users, days, workdays))
}

fn text(c: &Counts, events: u64, bytes: u64, users: u64, days: u64, workdays: u64) -> String {
    let mut out = String::new();
    let logons: u64 = c.logons.values().sum();
    let failures: u64 = c.failures.values().sum();
    let people: u64 = c.hours.iter().flatten().sum();
    let _ = writeln!(
        out,
        "{events} events, {bytes} bytes, {users} users, {days} days, {workdays} of them workdays"
    );
    let _ = writeln!(out, "{} events per user and day", tenth(events, users * days));
    let _ = writeln!(out, "{} logons (4624) of people per user and workday", tenth(people, users * workdays));
    let _ = writeln!(out, "{} of logons fail (4625 / 4624 + 4625)\n", percent(failures, logons + failures));
    let _ = writeln!(out, "event id      count   share");
    for (id, n) in &c.by_id {
        let _ = writeln!(out, "{id:8} {n:10} {:>7}", percent(*n, events));
    }
    let _ = writeln!(out, "\nlogon type   4624   share     4625");
    for kind in 0..=13u8 {
        let (good, bad) = (c.logons.get(&kind).unwrap_or(&0), c.failures.get(&kind).unwrap_or(&0));
        if good + bad > 0 {
            let _ = writeln!(out, "{kind:10} {good:8} {:>7} {bad:8}", percent(*good, logons));
        }
    }
    let _ = writeln!(out, "\nwhose logons (4624)");
    for (name, n) in ["people", "services", "machines", "built in"].iter().zip(c.kinds) {
        let _ = writeln!(out, "{name:>10} {n:8} {:>7}", percent(n, logons));
    }
    let _ = writeln!(out, "\nauthentication package (4624)");
    for (name, n) in ["Kerberos", "NTLM", "other"].iter().zip(c.packages) {
        let _ = writeln!(out, "{name:>10} {n:8} {:>7}", percent(n, logons));
    }
    let _ = writeln!(out, "\nlogons of people by hour of the local day: workdays, other days");
    let most = c.hours.iter().flatten().copied().max().unwrap_or(0).max(1);
    for hour in 0..24 {
        let (work, rest) = (c.hours[0][hour], c.hours[1][hour]);
        let bar = "#".repeat((work * 40 / most) as usize);
        let _ = writeln!(out, "{hour:5} {work:8} {rest:8}  {bar}");
    }
    out
}

/// A quotient with one decimal, in integers.
fn tenth(a: u64, b: u64) -> String {
    let tenths = a * 10 / b.max(1);
    format!("{}.{}", tenths / 10, tenths % 10)
}

fn percent(a: u64, b: u64) -> String {
    format!("{} %", tenth(a * 100, b))
}
