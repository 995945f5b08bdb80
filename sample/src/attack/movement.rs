//! From host to host with credentials of others.

use logonscope_evtx_writer::time::{HOUR, MINUTE, SECOND};

use super::{Cast, Variant, service};
use crate::event::{Logon, Ticket, Who};
use crate::flow::Source;
use crate::network::Role;
use crate::sim::{MS, Sim};

/// An NTLM session with a hash: key length 0, no subject, a workstation name the tool chose.
pub fn hash_session(sim: &mut Sim, t: u64, account: usize, source: &Source, target: usize) {
    let (dc, name) = (sim.net.hosts[target].dc, sim.net.accounts[account].name.clone());
    sim.ntlm_checked(t, dc, &name, &source.name, 0);
    let logon_id = sim.em.logon_id(target);
    let who = sim.who(account, logon_id);
    let port = sim.next_port(source);
    let logon = Logon {
        subject: Who::nobody(),
        who: who.clone(),
        kind: 3,
        process: "NtLmSsp ",
        package: "NTLM",
        workstation: &source.name,
        guid: [0; 16],
        lm: "NTLM V2",
        key_length: 0,
        image: "-",
        ip: &source.ip,
        port,
        elevated: true,
        outbound: None,
    };
    sim.logged_on(t + 5 * MS, target, &logon);
    sim.logged_off(t + 4 * MINUTE, target, &who, 3);
}

/// A chain over four to six hosts; on each the credentials of somebody else are found.
pub fn pass_the_hash(cast: &mut Cast, mut t: u64, v: Variant) {
    let mut here = cast.foothold();
    let mut targets = cast.servers();
    let hops = cast.rng.range(4, 6).min(targets.len() as u64);
    let (person, mut account) = (cast.user(), cast.admin());
    cast.acts(person);
    cast.acts(account);
    targets.retain(|h| *h != here);
    for hop in 0..hops {
        let target = targets.swap_remove(cast.rng.below(targets.len() as u64) as usize);
        cast.host(target);
        if hop % 2 == 1 {
            // What lies in the memory of this server: an account of its services, then an administrator again.
            account = if hop == 1 { service(cast.sim, 1) } else { cast.admin() };
            cast.acts(account);
        }
        t += v.pause(&mut cast.rng);
        let from = here;
        cast.then(t, move |sim, t| {
            let mut source = sim.source(from);
            if v == Variant::Loud {
                source.name = "WORKSTATION".into();
            }
            sim.new_credentials(t, person, from, account, "seclogo");
            hash_session(sim, t + 3 * SECOND, account, &source, target);
        });
        here = target;
    }
}

/// A ticket from a hash: new credentials (type 9), then an RC4 ticket-granting ticket, then use.
pub fn overpass_the_hash(cast: &mut Cast, t: u64, v: Variant) {
    let (user, admin) = (cast.user(), cast.admin());
    cast.acts(user);
    cast.acts(admin);
    let host = cast.foothold();
    let target = cast.sim.net.one(Role::FileServer, 0);
    cast.host(target);
    let dc = cast.dc();
    let pause = v.pause(&mut cast.rng);
    cast.then(t, move |sim, t| {
        sim.new_credentials(t, user, host, admin, "seclogo");
        let source = sim.source(host);
        let (name, sid) = (sim.net.accounts[admin].name.clone(), sim.net.accounts[admin].sid);
        let (port, ip) = (sim.next_port(&source), sim.net.ip6(&source.ip));
        let ticket = if v == Variant::Slow { Ticket::GOOD } else { Ticket::RC4 };
        sim.tgt(t + 2 * SECOND, dc, &name, Some(sid), &ip, port, ticket);
        sim.tickets.insert((admin as u32, source.key, u32::MAX), (t + 9 * HOUR, [0; 16]));
    });
    cast.then(t + 5 * SECOND + pause, move |sim, t| {
        let source = sim.source(host);
        sim.kerberos(t, admin, &source, target, 6 * MINUTE);
        sim.kerberos(t + MINUTE, admin, &source, dc, 2 * MINUTE);
    });
}

/// An administrator tests with another account: `runas /netonly`.
pub fn runas_netonly(cast: &mut Cast, t: u64, _: Variant) {
    let admin = cast.admin();
    let host = cast.desk(admin);
    cast.host(host);
    let person = cast.user();
    cast.then(t, move |sim, t| {
        sim.new_credentials(t, person, host, admin, "seclogo");
        let source = sim.source(host);
        let target = sim.net.one(Role::WebServer, 0);
        sim.kerberos(t + 4 * SECOND, admin, &source, target, 10 * MINUTE);
    });
}

/// Software is rolled out over NTLM by address: one account on many hosts within minutes.
pub fn software_rollout(cast: &mut Cast, t: u64, _: Variant) {
    let account = service(cast.sim, 3);
    cast.account(account);
    let host = cast.sim.net.accounts[account].host;
    let targets: Vec<usize> = cast.sim.net.with_role(Role::Workstation).into_iter().take(40).collect();
    for (n, target) in targets.into_iter().enumerate() {
        cast.host(target);
        cast.then(t + n as u64 * 4 * SECOND, move |sim, t| {
            let source = sim.source(host);
            sim.ntlm(t, account, &source, target, 20 * SECOND);
        });
    }
}

/// A machine account made to log on to the attacker, who passes the exchange on: DC$ from an address not its own.
pub fn ntlm_relay(cast: &mut Cast, t: u64, v: Variant) {
    let host = cast.foothold();
    let dc = cast.dc();
    let account = cast.sim.net.hosts[dc].account;
    cast.acts(account);
    let target = cast.sim.net.one(Role::WebServer, 0);
    cast.host(target);
    for n in 0..if v == Variant::Loud { 3u64 } else { 1 } {
        cast.then(t + n * 5 * SECOND, move |sim, t| {
            // The coercion itself: a session on the DC's pipe, without a name or with the victim's account.
            let from = sim.source(host);
            if v == Variant::Loud {
                let who = Who { logon_id: sim.em.logon_id(dc), ..Who::anonymous() };
                let port = sim.next_port(&from);
                let logon = Logon {
                    subject: Who::nobody(),
                    who: who.clone(),
                    kind: 3,
                    process: "NtLmSsp ",
                    package: "NTLM",
                    workstation: "",
                    guid: [0; 16],
                    lm: "NTLM V1",
                    key_length: 0,
                    image: "-",
                    ip: &from.ip,
                    port,
                    elevated: false,
                    outbound: None,
                };
                sim.logged_on(t, dc, &logon);
                sim.logged_off(t + 9 * SECOND, dc, &who, 3);
            }
            // The name is the victim's, the address the attacker's.
            let relayed = Source { name: sim.net.hosts[dc].name.clone(), ..from };
            sim.ntlm(t + 400 * MS, account, &relayed, target, 8 * SECOND);
        });
    }
}

/// A laptop takes its sessions along when its address changes: a machine account from two addresses.
pub fn roaming_laptop(cast: &mut Cast, t: u64, _: Variant) {
    let host = cast.foothold();
    let account = cast.sim.net.hosts[host].account;
    cast.account(account);
    let target = cast.sim.net.one(Role::FileServer, 0);
    for (n, ip) in ["10.60.1.17", "10.60.4.90"].into_iter().enumerate() {
        let source = Source { ip: ip.into(), ..cast.sim.source(host) };
        let source = cast.from(source);
        cast.then(t + n as u64 * 20 * MINUTE, move |sim, t| {
            sim.ntlm(t, account, &source, target, MINUTE);
        });
    }
}

/// Remote desktop at night to a host the account never used.
pub fn rdp_from_new_host(cast: &mut Cast, t: u64, v: Variant) {
    let host = cast.foothold();
    let admin = cast.admin();
    cast.acts(admin);
    let day = (t - cast.sim.start) / (24 * HOUR);
    let mut at = cast.sim.local(day, 125) + cast.rng.below(HOUR);
    let mut targets = cast.servers();
    targets.truncate(if v == Variant::Loud { 4 } else { 1 });
    for target in targets {
        cast.host(target);
        cast.then(at, move |sim, t| {
            let source = sim.source(host);
            let from = sim.who(admin, 0x4_4000);
            sim.remote_desktop(t, &from, admin, &source, target, 25 * MINUTE);
        });
        at += v.pause(&mut cast.rng).max(MINUTE);
    }
}

/// Remote desktop from the internet, by somebody who knows the password.
pub fn rdp_from_outside(cast: &mut Cast, t: u64, v: Variant) {
    let user = cast.user();
    cast.acts(user);
    let target = cast.sim.net.one(Role::TerminalServer, 0);
    cast.host(target);
    // TEST-NET-3 (RFC 5737): nobody's address.
    let ip = format!("203.0.113.{}", cast.rng.range(5, 250));
    let source = cast.sim.stranger("DESKTOP-7QK2M9A", &ip);
    let source = cast.acts_from(source);
    for n in 0..if v == Variant::Loud { 5u64 } else { 1 } {
        let source = source.clone();
        cast.then(t + n * 50 * MINUTE, move |sim, t| {
            let who = sim.who(user, 0);
            sim.terminal(t, target, 1149, &who, 0, &source.ip);
            sim.ntlm(t + 10 * MS, user, &source, target, 2 * SECOND);
            let who = sim.interactive(t + SECOND, user, &source, target, 10, None);
            sim.terminal(t + 2 * SECOND, target, 21, &who, 7, &source.ip);
            sim.session(t + 35 * MINUTE, target, &who, false, &source.name, &source.ip);
            sim.terminal(t + 35 * MINUTE + MS, target, 24, &who, 7, &source.ip);
            sim.logged_off(t + 40 * MINUTE, target, &who, 10);
        });
    }
}

/// The administrator on call works at night, from the address the VPN always gives.
pub fn on_call_night(cast: &mut Cast, t: u64, _: Variant) {
    let admin = cast.admin();
    let host = cast.sim.net.accounts[admin].host;
    let target = cast.sim.net.one(Role::SqlServer, 0);
    cast.host(target);
    let day = (t - cast.sim.start) / (24 * HOUR);
    let at = cast.sim.local(day, 165) + cast.rng.below(20 * MINUTE);
    let source = Source { ip: "10.60.0.12".into(), ..cast.sim.source(host) };
    let source = cast.from(source);
    cast.then(at, move |sim, t| {
        let from = sim.who(admin, 0x4_5000);
        sim.remote_desktop(t, &from, admin, &source, target, 50 * MINUTE);
    });
}
