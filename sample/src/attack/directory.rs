//! The directory itself: replication, accounts, groups, attributes, audit.

use logonscope_evtx_writer::Sid;
use logonscope_evtx_writer::time::{DAY, MINUTE, SECOND};

use super::{Cast, Variant, service};
use crate::event::{Logon, Ticket, Who};
use crate::network::{Kind, Role};
use crate::sim::{MS, Sim};

const GET_CHANGES: &str = "1131f6aa-9c07-11d1-f79f-00c04fc2dcd2";
const GET_CHANGES_ALL: &str = "1131f6ad-9c07-11d1-f79f-00c04fc2dcd2";
const SPN_SYNTAX: &str = "2.5.5.12";

fn domain_admins(sim: &Sim) -> Sid {
    sim.net.sid.with_rid(512)
}

/// A session of `account` on the DC from `host`.
fn on_dc(sim: &mut Sim, t: u64, account: usize, host: usize, dc: usize) -> Who {
    let source = sim.source(host);
    sim.kerberos(t, account, &source, dc, 5 * MINUTE)
}

/// Replication asked for by somebody who is no DC.
pub fn dcsync(cast: &mut Cast, t: u64, v: Variant) {
    let admin = cast.admin();
    cast.acts(admin);
    let host = cast.foothold();
    let dc = cast.dc();
    let rounds = if v == Variant::Loud { 6 } else { 1 };
    cast.then(t, move |sim, t| {
        let who = on_dc(sim, t, admin, host, dc);
        for n in 0..rounds {
            let at = t + SECOND + n * 700 * MS;
            sim.directory_access(at, dc, &who, GET_CHANGES);
            sim.directory_access(at + 3 * MS, dc, &who, GET_CHANGES_ALL);
        }
    });
}

/// The directory synchronisation to the cloud, after a restart: the whole domain once more.
pub fn sync_service(cast: &mut Cast, t: u64, _: Variant) {
    let account = service(cast.sim, 4);
    cast.account(account);
    let host = cast.sim.net.accounts[account].host;
    cast.host(host);
    let dc = cast.dc();
    cast.then(t, move |sim, t| {
        let who = on_dc(sim, t, account, host, dc);
        for n in 0..5 {
            sim.directory_access(t + SECOND + n * SECOND, dc, &who, GET_CHANGES);
            sim.directory_access(t + SECOND + n * SECOND + 2 * MS, dc, &who, GET_CHANGES_ALL);
        }
    });
}

fn server_dn(sim: &Sim, name: &str) -> String {
    format!("CN={name},CN=Servers,CN=Hauptsitz,CN=Sites,CN=Configuration,{}", sim.net.dn)
}

/// A workstation made a domain controller for a minute: SPNs, a server object, replication, all taken back.
pub fn dcshadow(cast: &mut Cast, t: u64, v: Variant) {
    let admin = cast.admin();
    cast.acts(admin);
    let host = cast.foothold();
    let dc = cast.dc();
    let stay = if v == Variant::Loud { 20 * SECOND } else { 4 * MINUTE };
    cast.then(t, move |sim, t| {
        let who = on_dc(sim, t, admin, host, dc);
        let name = sim.net.hosts[host].name.clone();
        let spn = format!("GC/{}/{}", sim.net.hosts[host].fqdn, sim.net.dns);
        let dn = format!("CN={name},OU=Computers,{}", sim.net.dn);
        let computer = sim.who(sim.net.hosts[host].account, 0);
        let object = server_dn(sim, &name);
        sim.directory_object(t + SECOND, dc, 5137, &who, &object, "server");
        let set = format!("\r\n\t\tHOST/{name}\r\n\t\t{spn}");
        let attribute = ("servicePrincipalName", SPN_SYNTAX, spn.as_str());
        sim.directory_changed(t + 2 * SECOND, dc, &who, (&dn, "computer"), attribute, true);
        sim.attributes(t + 2 * SECOND + MS, dc, 4742, &computer, &who, &[("ServicePrincipalNames", &set)]);
        sim.directory_access(t + 4 * SECOND, dc, &who, GET_CHANGES);
        sim.directory_changed(t + stay, dc, &who, (&dn, "computer"), attribute, false);
        sim.directory_object(t + stay + SECOND, dc, 5141, &who, &object, "server");
    });
}

/// A server joins: a machine account with its SPNs.
pub fn new_server(cast: &mut Cast, t: u64, _: Variant) {
    let admin = cast.admin();
    let host = cast.desk(admin);
    let dc = cast.dc();
    let account = cast.sim.net.create("APP09$", Kind::Machine, host);
    cast.account(account);
    cast.then(t, move |sim, t| {
        let who = on_dc(sim, t, admin, host, dc);
        let computer = sim.who(account, 0);
        let set = "\r\n\t\tHOST/APP09\r\n\t\tRestrictedKrbHost/APP09\r\n\t\tTERMSRV/APP09";
        let made = [("SamAccountName", "APP09$"), ("PrimaryGroupId", "515"), ("NewUacValue", "0x80")];
        sim.attributes(t + 5 * SECOND, dc, 4741, &computer, &who, &made);
        sim.attributes(t + 9 * SECOND, dc, 4742, &computer, &who, &[("ServicePrincipalNames", set)]);
        // A decommissioned predecessor goes.
        let old = Who { name: "APP04$".into(), sid: sim.net.sid.with_rid(2204), ..sim.who(account, 0) };
        sim.managed(t + 5 * MINUTE, dc, 4743, &old, &who);
    });
}

fn create(sim: &mut Sim, t: u64, dc: usize, target: &Who, subject: &Who) {
    let name = target.name.clone();
    let set = [
        ("SamAccountName", name.as_str()),
        ("DisplayName", name.as_str()),
        ("PrimaryGroupId", "513"),
        ("OldUacValue", "0x0"),
        ("NewUacValue", "0x15"),
        ("UserAccountControl", "\r\n\t\t%%2080\r\n\t\t%%2082\r\n\t\t%%2084"),
        ("LogonHours", "%%1793"),
    ];
    sim.attributes(t, dc, 4720, target, subject, &set);
    sim.managed(t + 4 * MS, dc, 4722, target, subject);
    sim.managed(t + 8 * MS, dc, 4724, target, subject);
    sim.attributes(
        t + 9 * MS,
        dc,
        4738,
        target,
        subject,
        &[("OldUacValue", "0x15"), ("NewUacValue", "0x10")],
    );
}

/// An account of the attacker's, made an administrator of the domain, used, and removed.
pub fn account_persistence(cast: &mut Cast, t: u64, v: Variant) {
    let admin = cast.admin();
    cast.acts(admin);
    let host = cast.foothold();
    let dc = cast.dc();
    let name = if v == Variant::Loud { "support_388$" } else { "svc-update" };
    let account = cast.sim.net.create(name, Kind::Admin, host);
    cast.acts(account);
    let pause = v.pause(&mut cast.rng).max(20 * SECOND);
    let steps = move |sim: &mut Sim, t: u64, step: usize| {
        let who = on_dc(sim, t, admin, host, dc);
        let target = sim.who(account, 0);
        let (at, group) = (t + SECOND, domain_admins(sim));
        match step {
            0 => create(sim, at, dc, &target, &who),
            1 => {
                sim.member(at, dc, 4728, &target, "Domain Admins", group, &who);
                sim.member(at + MS, dc, 4732, &target, "Administrators", Sid::new(5, &[32, 544]), &who);
                let universal = sim.net.sid.with_rid(519);
                sim.member(at + 2 * MS, dc, 4756, &target, "Enterprise Admins", universal, &who);
            }
            2 => {
                sim.net.accounts[account].privileged = true;
                let source = sim.source(host);
                sim.kerberos(at, account, &source, dc, 90 * SECOND);
            }
            _ => {
                sim.member(at, dc, 4729, &target, "Domain Admins", group, &who);
                sim.member(at + MS, dc, 4733, &target, "Administrators", Sid::new(5, &[32, 544]), &who);
                let universal = sim.net.sid.with_rid(519);
                sim.member(at + 2 * MS, dc, 4757, &target, "Enterprise Admins", universal, &who);
                sim.managed(at + 20 * MS, dc, 4725, &target, &who);
                sim.managed(at + 30 * MS, dc, 4726, &target, &who);
            }
        }
    };
    for step in 0..4usize {
        cast.then(t + step as u64 * pause, move |sim, t| steps(sim, t, step));
    }
}

/// Somebody begins work, helps out in the domain's administration for a week, and gives that back.
pub fn new_employee(cast: &mut Cast, t: u64, _: Variant) {
    let admin = cast.admin();
    let host = cast.desk(admin);
    let dc = cast.dc();
    let account = cast.sim.net.create("lotte.winter", Kind::User, host);
    cast.account(account);
    cast.then(t, move |sim, t| {
        let who = on_dc(sim, t, admin, host, dc);
        let target = sim.who(account, 0);
        create(sim, t + SECOND, dc, &target, &who);
        let group = sim.net.sid.with_rid(1190);
        sim.member(t + 40 * SECOND, dc, 4728, &target, "Einkauf", group, &who);
        sim.member(t + 45 * SECOND, dc, 4756, &target, "VPN-Benutzer", sim.net.sid.with_rid(1191), &who);
    });
    for (day, id) in [(1, 4728), (6, 4729)] {
        cast.then(t + day * DAY, move |sim, t| {
            let who = on_dc(sim, t, admin, host, dc);
            let target = sim.who(account, 0);
            sim.member(t + SECOND, dc, id, &target, "Domain Admins", domain_admins(sim), &who);
        });
    }
}

/// CVE-2021-42278 and -42287: a machine account created, renamed to a DC's name without `$`, a ticket, renamed back.
pub fn samaccountname_spoofing(cast: &mut Cast, t: u64, v: Variant) {
    let user = cast.user();
    cast.acts(user);
    let host = cast.foothold();
    let dc = cast.dc();
    let account = cast.sim.net.create("WIN-TEMP7$", Kind::Machine, host);
    cast.acts(account);
    let stem = cast.sim.net.hosts[dc].name.clone();
    cast.account_name(&stem);
    let pause = v.pause(&mut cast.rng).min(MINUTE);
    cast.then(t, move |sim, t| {
        let who = on_dc(sim, t, user, host, dc);
        let target = sim.who(account, 0);
        let set = [("SamAccountName", "WIN-TEMP7$"), ("PrimaryGroupId", "515"), ("NewUacValue", "0x80")];
        sim.attributes(t + SECOND, dc, 4741, &target, &who, &set);
        let at = t + SECOND + pause;
        sim.renamed(at, dc, &target, &stem, &who);
        let (source, sid) = (sim.source(host), target.sid);
        let (port, ip, guid) = (sim.next_port(&source), sim.net.ip6(&source.ip), sim.em.guid());
        sim.tgt(at + 200 * MS, dc, &stem, Some(sid), &ip, port, Ticket::GOOD);
        let back = Who { name: stem.clone(), ..target.clone() };
        sim.renamed(at + 900 * MS, dc, &back, "WIN-TEMP7$", &who);
        let service = sim.net.hosts[dc].account;
        sim.tgs(at + 1400 * MS, dc, &stem, service, &ip, port + 1, Ticket::GOOD, guid);
        sim.managed(at + 90 * SECOND, dc, 4743, &target, &who);
    });
}

/// A computer gets another name, `$` and all.
pub fn computer_renamed(cast: &mut Cast, t: u64, _: Variant) {
    let admin = cast.admin();
    let host = cast.desk(admin);
    let dc = cast.dc();
    let renamed = cast.foothold();
    cast.then(t, move |sim, t| {
        let who = on_dc(sim, t, admin, host, dc);
        let target = sim.who(sim.net.hosts[renamed].account, 0);
        let old = Who { name: "LAPTOP-ALT3$".into(), ..target.clone() };
        let new = target.name.clone();
        sim.renamed(t + SECOND, dc, &old, &new, &who);
        sim.attributes(t + SECOND + MS, dc, 4742, &target, &who, &[("SamAccountName", &new)]);
    });
}

/// CVE-2020-1472: the DC's password set to nothing by nobody.
pub fn zerologon(cast: &mut Cast, t: u64, v: Variant) {
    let host = cast.foothold();
    let dc = cast.dc();
    let account = cast.sim.net.hosts[dc].account;
    cast.acts(account);
    let tries = if v == Variant::Loud { 9 } else { 2 };
    cast.then(t, move |sim, t| {
        let source = sim.source(host);
        for n in 0..tries {
            let who = Who { logon_id: sim.em.logon_id(dc), ..Who::anonymous() };
            let port = sim.next_port(&source);
            let logon = Logon {
                subject: Who::nobody(),
                who: who.clone(),
                kind: 3,
                process: "NtLmSsp ",
                package: "NTLM",
                workstation: "mimikatz",
                guid: [0; 16],
                lm: "NTLM V1",
                key_length: 128,
                image: "-",
                ip: &source.ip,
                port,
                elevated: false,
                outbound: None,
            };
            sim.logged_on(t + n * 120 * MS, dc, &logon);
            sim.logged_off(t + n * 120 * MS + 20 * SECOND, dc, &who, 3);
        }
        let target = sim.who(account, 0);
        let now = sim.wall_clock(t + 3 * SECOND);
        let set = [("PasswordLastSet", now.as_str())];
        sim.attributes(t + 3 * SECOND, dc, 4742, &target, &Who::anonymous(), &set);
        sim.kerberos(t + 20 * SECOND, account, &source, dc, 9 * SECOND);
    });
}

/// The domain controller changes its own password, as every month.
pub fn machine_password(cast: &mut Cast, t: u64, _: Variant) {
    let dc = cast.dc();
    let account = cast.sim.net.hosts[dc].account;
    cast.account(account);
    cast.then(t, move |sim, t| {
        let target = sim.who(account, 0);
        let subject = Who { sid: Sid::new(5, &[18]), logon_id: 0x3e7, ..target.clone() };
        let now = sim.wall_clock(t);
        sim.attributes(t, dc, 4742, &target, &subject, &[("PasswordLastSet", now.as_str())]);
    });
}

fn key_credential(sim: &mut Sim, t: u64, dc: usize, subject: &Who, account: usize) {
    let dn = format!("CN={},OU=People,{}", sim.net.accounts[account].display, sim.net.dn);
    let value = format!("B:828:0002000020000146A9{:032X}:{dn}", u128::from_le_bytes(sim.em.guid()));
    let attribute = ("msDS-KeyCredentialLink", "2.5.5.7", value.as_str());
    sim.directory_changed(t, dc, subject, (&dn, "user"), attribute, true);
}

/// A key the attacker holds, written to somebody else's account, then a certificate logon.
pub fn shadow_credentials(cast: &mut Cast, t: u64, v: Variant) {
    let (user, victim) = (cast.user(), cast.admin());
    cast.acts(user);
    cast.acts(victim);
    let host = cast.foothold();
    let dc = cast.dc();
    let pause = v.pause(&mut cast.rng);
    cast.then(t, move |sim, t| {
        let who = on_dc(sim, t, user, host, dc);
        key_credential(sim, t + SECOND, dc, &who, victim);
    });
    cast.then(t + 2 * SECOND + pause, move |sim, t| {
        let source = sim.source(host);
        let (name, sid) = (sim.net.accounts[victim].name.clone(), sim.net.accounts[victim].sid);
        let (port, ip) = (sim.next_port(&source), sim.net.ip6(&source.ip));
        sim.tgt(t, dc, &name, Some(sid), &ip, port, Ticket { preauth: 16, ..Ticket::GOOD });
    });
}

/// Windows Hello: the device registration writes the key of the person who sits there.
pub fn hello_enrolment(cast: &mut Cast, t: u64, _: Variant) {
    let sync = service(cast.sim, 4);
    let host = cast.sim.net.accounts[sync].host;
    let dc = cast.dc();
    for (n, user) in cast.people(5).into_iter().enumerate() {
        cast.then(t + n as u64 * 13 * MINUTE, move |sim, t| {
            let who = on_dc(sim, t, sync, host, dc);
            key_credential(sim, t + SECOND, dc, &who, user);
        });
    }
}

/// The SID of the built-in Administrator added to the history of an ordinary account.
pub fn sid_history(cast: &mut Cast, t: u64, v: Variant) {
    let (admin, user) = (cast.admin(), cast.user());
    cast.acts(admin);
    let host = cast.foothold();
    let dc = cast.dc();
    cast.then(t, move |sim, t| {
        let who = on_dc(sim, t, admin, host, dc);
        let (source, target) = (sim.who(sim.net.administrator, 0), sim.who(user, 0));
        if v == Variant::Loud {
            sim.sid_history(t + SECOND, dc, &source, &target, &who, false);
        }
        sim.sid_history(t + 5 * SECOND, dc, &source, &target, &who, true);
        let history = format!("%{{{}}}", source.sid);
        sim.attributes(t + 5 * SECOND + MS, dc, 4738, &target, &who, &[("SidHistory", &history)]);
    });
}

/// A subsidiary's accounts are moved into the domain, each with the SID it had there.
pub fn domain_migration(cast: &mut Cast, t: u64, _: Variant) {
    let admin = cast.admin();
    let host = cast.desk(admin);
    let dc = cast.dc();
    for (n, user) in cast.people(3).into_iter().enumerate() {
        cast.then(t + n as u64 * MINUTE, move |sim, t| {
            let who = on_dc(sim, t, admin, host, dc);
            let target = sim.who(user, 0);
            let old = Who {
                sid: Sid::new(5, &[21, 11, 22, 33, 1500 + n as u32]),
                domain: "TOCHTER".into(),
                ..target.clone()
            };
            sim.sid_history(t + SECOND, dc, &old, &target, &who, true);
        });
    }
}

/// The restore mode's password set: a way back in.
pub fn dsrm_password(cast: &mut Cast, t: u64, _: Variant) {
    let admin = cast.admin();
    cast.acts(admin);
    let host = cast.foothold();
    let dc = cast.dc();
    cast.then(t, move |sim, t| {
        let who = on_dc(sim, t, admin, host, dc);
        let workstation = sim.net.hosts[host].name.clone();
        sim.dsrm_set(t + SECOND, dc, &who, &workstation);
    });
}

/// The yearly recovery drill, from the DC itself.
pub fn dc_recovery_drill(cast: &mut Cast, t: u64, _: Variant) {
    let admin = cast.admin();
    let dc = cast.dc();
    let host = cast.desk(admin);
    cast.then(t, move |sim, t| {
        let (source, from) = (sim.source(host), sim.who(admin, 0x4_6000));
        let who = sim.remote_desktop(t, &from, admin, &source, dc, 30 * MINUTE);
        let workstation = sim.net.hosts[dc].name.clone();
        sim.dsrm_set(t + 10 * MINUTE, dc, &who, &workstation);
    });
}

/// Auditing switched off, then the log cleared.
pub fn log_cleared(cast: &mut Cast, t: u64, v: Variant) {
    let admin = cast.admin();
    cast.acts(admin);
    let host = cast.foothold();
    let mut targets = vec![cast.dc()];
    if v == Variant::Loud {
        targets.push(cast.sim.net.one(Role::FileServer, 0));
    }
    for target in targets {
        cast.host(target);
        cast.then(t, move |sim, t| {
            let who = on_dc(sim, t, admin, host, target);
            for (n, sub) in AUDITED.iter().enumerate() {
                sim.audit_changed(
                    t + SECOND + n as u64 * MS,
                    target,
                    &who,
                    sub.0,
                    (sub.1, sub.2),
                    "%%8448, %%8450",
                );
            }
            sim.cleared(t + 40 * SECOND, target, &who, 1102);
            sim.cleared(t + 41 * SECOND, target, &who, 104);
        });
    }
}

/// Category, subcategory and its GUID: logon, special logon, account management, Kerberos authentication.
const AUDITED: [(&str, &str, &str); 4] = [
    ("%%8273", "%%12544", "0cce9215-69ae-11d9-bed3-505054503030"),
    ("%%8273", "%%12548", "0cce921b-69ae-11d9-bed3-505054503030"),
    ("%%8278", "%%13824", "0cce9235-69ae-11d9-bed3-505054503030"),
    ("%%8280", "%%14339", "0cce9242-69ae-11d9-bed3-505054503030"),
];

/// An administrator archives the log of a test server and clears it, and widens what is audited.
pub fn log_archived(cast: &mut Cast, t: u64, _: Variant) {
    let admin = cast.admin();
    let host = cast.desk(admin);
    let target = cast.sim.net.one(Role::Scanner, 0);
    cast.host(target);
    cast.then(t, move |sim, t| {
        let (source, from) = (sim.source(host), sim.who(admin, 0x4_7000));
        let who = sim.remote_desktop(t, &from, admin, &source, target, 15 * MINUTE);
        let sub = AUDITED[0];
        sim.audit_changed(t + 5 * MINUTE, target, &who, sub.0, (sub.1, sub.2), "%%8449, %%8451");
        sim.cleared(t + 8 * MINUTE, target, &who, 1102);
    });
}
