//! Kerberos tickets asked for, forged and replayed.

use logonscope_evtx_writer::time::{HOUR, MINUTE, SECOND};

use super::{Cast, Variant, service};
use crate::event::{Ticket, Who};
use crate::network::{Kind, Role};
use crate::sim::{MS, Sim};

/// A ticket for the service of an account, whatever the cache says; its GUID, for sessions that rest on it.
fn ask(sim: &mut Sim, t: u64, name: &str, host: usize, service: usize, ticket: Ticket) -> [u8; 16] {
    let (source, dc) = (sim.source(host), sim.net.hosts[host].dc);
    let (port, ip, guid) = (sim.next_port(&source), sim.net.ip6(&source.ip), sim.em.guid());
    sim.tgs(t, dc, name, service, &ip, port, ticket, guid);
    guid
}

/// Tickets for every service account. Loud: all with RC4 within seconds; slow: AES, hours apart.
pub fn kerberoasting(cast: &mut Cast, mut t: u64, v: Variant) {
    let user = cast.user();
    cast.acts(user);
    let host = cast.foothold();
    cast.dc();
    let name = cast.sim.net.accounts[user].name.clone();
    cast.then(t, move |sim, t| {
        let (source, dc) = (sim.source(host), sim.net.hosts[host].dc);
        sim.obtain_tgt(t, user, &source, dc);
    });
    for target in cast.sim.net.services.clone() {
        let (name, ticket) = (name.clone(), if v == Variant::Slow { Ticket::GOOD } else { Ticket::RC4 });
        cast.account(target);
        t += v.pause(&mut cast.rng);
        cast.then(t, move |sim, t| {
            ask(sim, t, &name, host, target, ticket);
        });
    }
}

/// An inventory asks for each service once a week, with AES, from the scanner.
pub fn service_inventory(cast: &mut Cast, t: u64, _: Variant) {
    let account = service(cast.sim, 3);
    cast.account(account);
    let host = cast.sim.net.accounts[account].host;
    cast.host(host);
    let name = cast.sim.net.accounts[account].name.clone();
    for (n, target) in cast.sim.net.services.clone().into_iter().enumerate() {
        let name = name.clone();
        cast.then(t + n as u64 * 900 * MS, move |sim, t| {
            ask(sim, t, &name, host, target, Ticket::GOOD);
        });
    }
}

/// AS-REQ without pre-authentication for accounts that allow it.
pub fn as_rep_roasting(cast: &mut Cast, mut t: u64, v: Variant) {
    let host = cast.foothold();
    let dc = cast.dc();
    for user in cast.people(if v == Variant::Loud { 5 } else { 2 }) {
        t += v.pause(&mut cast.rng);
        cast.then(t, move |sim, t| {
            let source = sim.source(host);
            let (name, sid) = (sim.net.accounts[user].name.clone(), sim.net.accounts[user].sid);
            let (port, ip) = (sim.next_port(&source), sim.net.ip6(&source.ip));
            let ticket = Ticket { preauth: 0, options: 0x4080_0010, ..Ticket::RC4 };
            sim.tgt(t, dc, &name, Some(sid), &ip, port, ticket);
        });
    }
}

/// An old appliance cannot pre-authenticate; its account is exempt, and uses AES.
pub fn legacy_account(cast: &mut Cast, t: u64, _: Variant) {
    let account = service(cast.sim, 7);
    cast.account(account);
    let source = cast.sim.stranger("PRINTCTL", "10.20.9.40");
    let source = cast.from(source);
    let dc = cast.dc();
    for n in 0..4u64 {
        let source = source.clone();
        cast.then(t + n * 3 * HOUR, move |sim, t| {
            let (name, sid) = (sim.net.accounts[account].name.clone(), sim.net.accounts[account].sid);
            let (port, ip) = (sim.next_port(&source), sim.net.ip6(&source.ip));
            sim.tgt(t, dc, &name, Some(sid), &ip, port, Ticket { preauth: 0, ..Ticket::GOOD });
        });
    }
}

/// Service tickets without any ticket-granting ticket before. Loud: RC4 and a name that does not exist.
pub fn golden_ticket(cast: &mut Cast, mut t: u64, v: Variant) {
    let host = cast.foothold();
    let mut name = cast.sim.net.accounts[cast.sim.net.administrator].name.clone();
    if v == Variant::Loud {
        name = "svc_helpdesk7".to_owned();
    }
    cast.acts_as(&name);
    let mut targets = cast.servers();
    targets.truncate(4);
    targets.insert(0, cast.sim.net.dcs[0]);
    for target in targets {
        cast.host(target);
        let name = name.clone();
        t += v.pause(&mut cast.rng);
        cast.then(t, move |sim, t| {
            let ticket = if v == Variant::Loud { Ticket::RC4 } else { Ticket::GOOD };
            let (source, dc) = (sim.source(host), sim.net.hosts[host].dc);
            let (port, ip, guid) = (sim.next_port(&source), sim.net.ip6(&source.ip), sim.em.guid());
            let service = sim.net.hosts[target].account;
            sim.tgs(t, dc, &name, service, &ip, port, ticket, guid);
            forged(sim, t + 20 * MS, &name, host, target, guid, "");
        });
    }
}

/// A Kerberos session of RID 500 under whatever name the ticket bears; `domain` empty: as it should be.
fn forged(sim: &mut Sim, t: u64, name: &str, host: usize, target: usize, guid: [u8; 16], domain: &str) {
    let source = sim.source(host);
    let logon_id = sim.em.logon_id(target);
    let sid = sim.net.accounts[sim.net.administrator].sid;
    let domain = if domain.is_empty() { sim.net.realm.clone() } else { domain.to_owned() };
    let who = Who { sid, name: name.to_owned(), domain, logon_id };
    let port = sim.next_port(&source);
    let logon = crate::event::Logon {
        subject: Who::nobody(),
        who: who.clone(),
        kind: 3,
        process: "Kerberos",
        package: "Kerberos",
        workstation: "-",
        guid,
        lm: "-",
        key_length: 0,
        image: "-",
        ip: &source.ip,
        port,
        elevated: true,
        outbound: None,
    };
    sim.logged_on(t, target, &logon);
    sim.logged_off(t + 45 * SECOND, target, &who, 3);
}

/// A ticket got before and renewed since: service tickets with no 4768 near them.
pub fn renewed_ticket(cast: &mut Cast, t: u64, _: Variant) {
    let user = cast.user();
    let host = cast.desk(user);
    cast.host(host);
    let name = cast.sim.net.accounts[user].name.clone();
    for n in 0..3u64 {
        let name = name.clone();
        cast.then(t + n * 9 * HOUR, move |sim, t| {
            let (source, dc) = (sim.source(host), sim.net.hosts[host].dc);
            let (port, ip) = (sim.next_port(&source), sim.net.ip6(&source.ip));
            sim.renewed(t, dc, &name, &ip, port);
            let target = sim.net.one(Role::FileServer, user);
            let service = sim.net.hosts[target].account;
            let guid = ask(sim, t + 60 * MS, &name, host, service, Ticket::GOOD);
            sim.kerberos_session(t + 90 * MS, user, &source, target, 4 * MINUTE, guid);
        });
    }
}

/// A session on a server for which no DC gave a ticket. Loud: the domain in its short form and lower case.
pub fn silver_ticket(cast: &mut Cast, mut t: u64, v: Variant) {
    let host = cast.foothold();
    let target = cast.sim.net.one(Role::SqlServer, 0);
    cast.host(target);
    let name = cast.sim.net.accounts[cast.sim.net.administrator].name.clone();
    cast.acts_as(&name);
    let domain = if v == Variant::Loud { cast.sim.net.netbios.to_lowercase() } else { String::new() };
    for _ in 0..3 {
        let (name, domain) = (name.clone(), domain.clone());
        t += v.pause(&mut cast.rng);
        cast.then(t, move |sim, t| {
            let guid = sim.em.guid();
            forged(sim, t, &name, host, target, guid, &domain);
        });
    }
}

/// A session with a service ticket from before the logs begin.
pub fn ticket_from_before(cast: &mut Cast, _: u64, _: Variant) {
    let user = cast.user();
    let host = cast.desk(user);
    let target = cast.sim.net.one(Role::WebServer, 0);
    cast.host(host);
    cast.host(target);
    let early = cast.sim.start + 20 * MINUTE;
    cast.then(early, move |sim, t| {
        let (source, guid) = (sim.source(host), sim.em.guid());
        sim.kerberos_session(t, user, &source, target, 5 * MINUTE, guid);
    });
}

/// A request captured and sent again; the second is noticed.
pub fn replay(cast: &mut Cast, mut t: u64, v: Variant) {
    let user = cast.user();
    cast.acts(user);
    let host = cast.foothold();
    let target = cast.sim.net.one(Role::WebServer, 0);
    cast.host(target);
    for _ in 0..if v == Variant::Loud { 6 } else { 2 } {
        t += v.pause(&mut cast.rng);
        cast.then(t, move |sim, t| {
            let who = sim.who(user, 0);
            let workstation = sim.net.hosts[host].name.clone();
            sim.replayed(t, target, &who, &workstation);
        });
    }
}

/// A load balancer sends a request twice.
pub fn clock_skew_replay(cast: &mut Cast, t: u64, _: Variant) {
    let target = cast.sim.net.one(Role::WebServer, 0);
    cast.host(target);
    let host = cast.sim.net.one(Role::MailServer, 0);
    let account = cast.sim.net.hosts[host].account;
    debug_assert_eq!(cast.sim.net.accounts[account].kind, Kind::Machine);
    cast.account(account);
    cast.then(t, move |sim, t| {
        let who = sim.who(account, 0);
        let workstation = sim.net.hosts[host].name.clone();
        sim.replayed(t, target, &who, &workstation);
    });
}
