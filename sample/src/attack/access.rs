//! Guessing passwords and names.

use logonscope_evtx_writer::time::{MINUTE, SECOND};

use super::{Cast, Variant, service};
use crate::event::status::{KDC_PREAUTH_FAILED, KDC_UNKNOWN, WRONG_PASSWORD};
use crate::flow::Source;
use crate::network::Role;

/// A place in the company's network that belongs to nobody.
fn intruder(cast: &mut Cast, name: &str) -> Source {
    let last = 100 + cast.rng.below(100);
    let ip = format!("10.31.7.{}", if cast.stage().is_some() { 66 } else { last });
    let source = cast.sim.stranger(name, &ip);
    cast.acts_from(source)
}

/// One password for many accounts. Loud: NTLM from a strange machine, with its name; otherwise Kerberos. One of the
/// accounts has the password.
pub fn password_spray(cast: &mut Cast, mut t: u64, v: Variant) {
    let count = if v == Variant::Slow { 14 } else { 60 };
    let mut people = cast.people(count);
    let lucky = cast.stage().map_or(people[people.len() * 2 / 3], |s| s.user);
    cast.acts(lucky);
    if people.len() < count {
        // A small company: every name there is.
        let others = [&cast.sim.net.services[..], &cast.sim.net.admins[..]].concat();
        people.extend(others.iter().map(|a| cast.account(*a)));
    }
    let stranger = (v == Variant::Loud).then(|| intruder(cast, "KALI"));
    let host = if stranger.is_none() { cast.foothold() } else { 0 };
    let target = cast.sim.net.one(Role::FileServer, 0);
    let dc = cast.dc();
    cast.host(target);
    for user in people {
        let (stranger, name) = (stranger.clone(), cast.sim.net.accounts[user].name.clone());
        t += v.pause(&mut cast.rng);
        cast.then(t, move |sim, t| {
            // The address the host has then, not now.
            let source = stranger.unwrap_or_else(|| sim.source(host));
            match (user == lucky, v) {
                (true, Variant::Loud) => {
                    sim.ntlm(t, user, &source, target, 2 * SECOND);
                }
                (true, _) => {
                    sim.kerberos(t, user, &source, target, 40 * SECOND);
                }
                (false, Variant::Loud) => sim.ntlm_refused(t, &name, &source, target, WRONG_PASSWORD),
                (false, _) => sim.kerberos_refused(t, &name, &source, dc, KDC_PREAUTH_FAILED),
            }
        });
    }
}

/// Many passwords for one account, the last is right. Loud: SMB, a new random workstation name each time.
pub fn brute_force(cast: &mut Cast, mut t: u64, v: Variant) {
    let user = cast.user();
    cast.acts(user);
    let name = cast.sim.net.accounts[user].name.clone();
    let target = cast.sim.net.one(Role::TerminalServer, 0);
    cast.host(target);
    let dc = cast.dc();
    let first = intruder(cast, "WIN-8F3KQ2L5N7P");
    let tries = match v {
        Variant::Loud => cast.rng.range(180, 400),
        Variant::Quiet => cast.rng.range(25, 40),
        Variant::Slow => cast.rng.range(12, 20),
    };
    for n in 0..=tries {
        let mut source = first.clone();
        if v == Variant::Loud {
            source.name = random_name(cast);
        }
        let name = name.clone();
        t += v.pause(&mut cast.rng);
        cast.then(t, move |sim, t| {
            if n == tries {
                sim.ntlm(t, user, &source, target, 3 * MINUTE);
            } else if v == Variant::Slow {
                sim.kerberos_refused(t, &name, &source, dc, KDC_PREAUTH_FAILED);
            } else {
                sim.ntlm_refused(t, &name, &source, target, WRONG_PASSWORD);
            }
        });
    }
}

fn random_name(cast: &mut Cast) -> String {
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    (0..16).map(|_| char::from(*cast.rng.pick(LETTERS))).collect()
}

/// Names tried at the DC, some of which exist.
pub fn enumeration(cast: &mut Cast, mut t: u64, v: Variant) {
    const STEMS: [&str; 12] = [
        "admin",
        "test",
        "backup",
        "scanner",
        "info",
        "sales",
        "m.mueller",
        "j.smith",
        "root",
        "oracle",
        "vpn",
        "guest",
    ];
    let source = intruder(cast, "PARROT");
    let dc = cast.dc();
    let count = if v == Variant::Slow { 16 } else { 90 };
    let known = cast.people((count + 7) / 15);
    for n in 0..count {
        let mut name =
            format!("{}{}", cast.rng.pick(&STEMS), if n < 12 { String::new() } else { n.to_string() });
        let exists = n % 15 == 7 && n / 15 < known.len();
        if exists {
            name.clone_from(&cast.sim.net.accounts[known[n / 15]].name);
        } else {
            cast.account_name(&name);
        }
        let source = source.clone();
        t += v.pause(&mut cast.rng);
        cast.then(t, move |sim, t| {
            // A name that exists is answered with a demand for pre-authentication, which is no event of its own.
            let code = if exists { KDC_PREAUTH_FAILED } else { KDC_UNKNOWN };
            sim.kerberos_refused(t, &name, &source, dc, code);
        });
    }
}

/// After a weekend on which passwords expired, many people fail from one address: the terminal server.
pub fn terminal_server_morning(cast: &mut Cast, mut t: u64, _: Variant) {
    let host = cast.sim.net.one(Role::TerminalServer, 0);
    cast.host(host);
    let source = cast.sim.source(host);
    let source = cast.from(source);
    let dc = cast.dc();
    for user in cast.people(14) {
        t += cast.rng.range(20, 150) * SECOND;
        let (source, name) = (source.clone(), cast.sim.net.accounts[user].name.clone());
        cast.then(t, move |sim, t| {
            sim.kerberos_refused(t, &name, &source, dc, KDC_PREAUTH_FAILED);
            sim.kerberos(t + 25 * SECOND, user, &source, dc, 20 * SECOND);
        });
    }
}

/// A service keeps trying the password it had until somebody tells it the new one.
pub fn stale_service_password(cast: &mut Cast, t: u64, _: Variant) {
    let account = service(cast.sim, 6);
    cast.account(account);
    let host = cast.sim.net.accounts[account].host;
    cast.host(host);
    let name = cast.sim.net.accounts[account].name.clone();
    let dc = cast.dc();
    for n in 0..30u64 {
        let name = name.clone();
        cast.then(t + n * 5 * MINUTE, move |sim, t| {
            let source = sim.source(host);
            sim.kerberos_refused(t, &name, &source, dc, KDC_PREAUTH_FAILED);
        });
    }
    cast.then(t + 151 * MINUTE, move |sim, t| {
        let source = sim.source(host);
        sim.kerberos(t, account, &source, dc, 30 * SECOND);
    });
}

/// A script of personnel still asks for people who have left.
pub fn leavers_in_a_script(cast: &mut Cast, t: u64, _: Variant) {
    let host = cast.sim.net.one(Role::SqlServer, 0);
    cast.host(host);
    let dc = cast.dc();
    for n in 0..12u64 {
        let name = format!("former.employee{n:02}");
        cast.account_name(&name);
        cast.then(t + n * 400 * crate::sim::MS, move |sim, t| {
            let source = sim.source(host);
            sim.kerberos_refused(t, &name, &source, dc, KDC_UNKNOWN);
        });
    }
}
