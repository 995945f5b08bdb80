//! The days of people and machines: what happens where nothing is wrong.

use logonscope_evtx_writer::time::{HOUR, MINUTE, SECOND};

use crate::event::{Logon, Who, status};
use crate::network::{Kind, Role};
use crate::rng::Rng;
use crate::sim::{Action, MS, Sim};

impl Sim {
    pub fn act(&mut self, t: u64, action: Action) {
        match action {
            Action::Day(day) => self.day(t, u64::from(day)),
            Action::Arrive(user) => self.arrive(t, user as usize),
            Action::Work(user, until) => self.work(t, user as usize, until),
            Action::Machine(host) => self.machine(t, host as usize),
            Action::Administer(admin, left) => self.administer(t, admin as usize, left),
            Action::Task(service) => self.task(t, service as usize),
            Action::Script(_) => {}
        }
    }

    fn day(&mut self, t: u64, day: u64) {
        let mut rng = Rng::stream(self.plan.seed, 5, day);
        self.at(self.local(day + 1, 0), Action::Day(day as u32 + 1));
        if day == 0 {
            for host in 0..self.net.hosts.len() {
                let always = self.net.hosts[host].role != Role::Workstation;
                if always {
                    let at = t + rng.below(4 * HOUR);
                    self.at(at, Action::Machine(host as u32));
                }
            }
        }
        self.churn(&mut rng);
        for service in 0..self.net.services.len() {
            // The scanner keeps its Sunday.
            if service != 3 && !rng.permille(10 * self.plan.background.min(100)) {
                continue;
            }
            self.at(
                self.local(day, 60 + 47 * service as u64 % 300) + rng.below(MINUTE),
                Action::Task(service as u32),
            );
        }
        let (_, _, date) = self.date(day);
        // The second Tuesday is Microsoft's; the company follows in the night to Thursday.
        if self.weekday(day) == 2 && (9..=15).contains(&date) {
            self.patch_night(day, &mut rng);
        }
        if !self.is_workday(day) {
            return;
        }
        let machines: Vec<u32> = self.net.with_role(Role::Workstation).iter().map(|h| *h as u32).collect();
        for host in machines {
            // Switched on in the morning: renews its tickets, starts its services.
            let at = self.local(day, rng.around(470, 60));
            if rng.permille(10 * self.plan.background.min(100)) {
                self.at(at, Action::Machine(host));
            }
        }
        for user in self.net.users.clone() {
            let account = &self.net.accounts[user];
            let away = (account.holiday..account.holiday + 14).contains(&day) || rng.permille(25);
            let minute = rng.around(account.shift, 40);
            if !away {
                let at = self.local(day, minute) + rng.below(MINUTE);
                self.at(at, Action::Arrive(user as u32));
            }
        }
        for admin in self.net.admins.clone() {
            let minute = rng.around(self.net.accounts[admin].shift + 90, 60);
            let at = self.local(day, minute) + rng.below(MINUTE);
            if rng.permille(8 * self.plan.activity.min(100)) {
                let sessions = rng.range(1, 3) as u32;
                self.at(at, Action::Administer(admin as u32, sessions));
            }
        }
    }

    /// DHCP: in the night some workstations get the address another had, one of the eight that share a segment, so
    /// that the number of (host, address) pairs stays bounded however long it goes on.
    fn churn(&mut self, rng: &mut Rng) {
        let all = self.net.with_role(Role::Workstation);
        for _ in 0..all.len().div_ceil(12) {
            let segment = rng.pick(&all.chunks(8).collect::<Vec<_>>()).to_vec();
            let (a, b) = (*rng.pick(&segment), *rng.pick(&segment));
            let ip = self.net.hosts[a].ip.clone();
            self.net.hosts[a].ip = std::mem::replace(&mut self.net.hosts[b].ip, ip);
        }
    }

    fn arrive(&mut self, t: u64, user: usize) {
        let mut rng = Rng::stream(self.plan.seed, 6 + user as u64, t);
        let host = self.net.accounts[user].host;
        let source = self.source(host);
        let dc = self.net.hosts[host].dc;
        let mut at = t;
        let home = rng.permille(120);
        let name = self.net.accounts[user].name.clone();
        let subject = self.computer(host);
        let mut tries = if rng.permille(45) { rng.range(1, 2) } else { 0 };
        let locked = rng.permille(2);
        if locked {
            tries = 5;
        }
        for _ in 0..tries {
            self.mistype(at, &name, host, &subject, status::WRONG_PASSWORD);
            self.kerberos_refused(at - MS, &name, &source, dc, status::KDC_PREAUTH_FAILED);
            at += rng.range(3, 12) * SECOND;
        }
        if locked {
            self.lock_out(at, user, host, &mut rng);
            at += rng.range(8, 30) * MINUTE;
        }
        // At home the desk is reached by a cached logon, then the tunnel, then the domain.
        let kind = if home { 11 } else { 2 };
        let who = self.interactive(at, user, &source, host, kind, None);
        self.desk.insert(user as u32, who.logon_id);
        self.policy(at + 3 * SECOND, user, host);
        let until = (t - self.start) / MINUTE + rng.around(510, 60);
        let wait = rng.wait(10 * MINUTE);
        self.at(at + wait + 5 * SECOND, Action::Work(user as u32, until as u32));
        if rng.permille(12) {
            // A new password, as asked for at logon.
            let who = Who { logon_id: self.desk[&(user as u32)], ..self.who(user, 0) };
            let now = self.wall_clock(at + 20 * SECOND);
            self.managed(at + 20 * SECOND, dc, 4723, &who, &who);
            self.attributes(
                at + 20 * SECOND + MS,
                dc,
                4738,
                &who,
                &who,
                &[("PasswordLastSet", now.as_str())],
            );
        }
    }

    /// 4625 at the console.
    fn mistype(&mut self, t: u64, name: &str, host: usize, subject: &Who, code: u32) {
        let who = Who { name: name.to_owned(), domain: self.net.netbios.clone(), ..Who::nobody() };
        let workstation = self.net.hosts[host].name.clone();
        let logon = Logon {
            subject: subject.clone(),
            who,
            kind: 2,
            process: "User32 ",
            package: "Negotiate",
            workstation: &workstation,
            guid: [0; 16],
            lm: "-",
            key_length: 0,
            image: crate::event::SVCHOST,
            ip: "127.0.0.1",
            port: 0,
            elevated: false,
            outbound: None,
        };
        self.refused(t, host, &logon, code);
    }

    fn lock_out(&mut self, t: u64, user: usize, host: usize, rng: &mut Rng) {
        let (dc, source) = (self.net.hosts[host].dc, self.source(host));
        let name = self.net.accounts[user].name.clone();
        let target = Who { domain: self.net.hosts[host].name.clone(), ..self.who(user, 0) };
        let subject = self.computer(dc);
        self.managed(t, dc, 4740, &target, &subject);
        let computer = self.computer(host);
        self.mistype(t + 9 * SECOND, &name, host, &computer, status::LOCKED_OUT);
        self.kerberos_refused(t + 9 * SECOND - MS, &name, &source, dc, status::KDC_REVOKED);
        let admin = *rng.pick(&self.net.admins);
        let subject = self.who(admin, 0x5_1234);
        let target = self.who(user, 0);
        self.managed(t + 6 * MINUTE, dc, 4767, &target, &subject);
    }

    /// Group policy of the person: a session on the DC.
    fn policy(&mut self, t: u64, account: usize, host: usize) {
        let source = self.source(host);
        let dc = self.net.hosts[host].dc;
        let length = self.rng.range(1, 30) * SECOND;
        self.kerberos(t, account, &source, dc, length);
    }

    fn work(&mut self, t: u64, user: usize, until: u32) {
        let mut rng = Rng::stream(self.plan.seed, 0x1_0000_0000 + user as u64, t);
        let host = self.net.accounts[user].host;
        let source = self.source(host);
        if (t - self.start) / MINUTE >= u64::from(until) {
            let logon_id = self.desk.remove(&(user as u32)).unwrap_or_default();
            let who = self.who(user, logon_id);
            self.signed_out(t, host, &who);
            return self.logged_off(t + 200 * MS, host, &who, 2);
        }
        match rng.below(100) {
            0..=44 => {
                let target = self.net.one(Role::FileServer, user);
                let length = rng.range(1, 15) * MINUTE;
                self.kerberos(t, user, &source, target, length);
            }
            45..=62 => {
                let target = self.net.one(Role::MailServer, user);
                let length = rng.range(1, 20) * MINUTE;
                self.kerberos(t, user, &source, target, length);
            }
            63..=76 => {
                let target = self.net.one(Role::WebServer, user);
                let length = rng.range(20, 300) * SECOND;
                self.kerberos(t, user, &source, target, length);
            }
            77..=81 => {
                // By address instead of by name: no service ticket can be had, so NTLM.
                let target = self.net.one(Role::FileServer, user + 1);
                self.ntlm(t, user, &source, target, 90 * SECOND);
            }
            82..=86 => {
                let target = self.net.one(Role::SqlServer, user);
                let length = rng.range(5, 60) * MINUTE;
                self.kerberos(t, user, &source, target, length);
            }
            87..=89 => {
                let target = self.net.one(Role::TerminalServer, user);
                let from = self.who(user, 0x3_1000);
                let length = rng.range(10, 150) * MINUTE;
                self.remote_desktop(t, &from, user, &source, target, length);
            }
            90 => {
                let name = self.net.accounts[user].name.clone();
                self.ntlm_refused(
                    t,
                    &name,
                    &source,
                    self.net.one(Role::WebServer, user),
                    status::WRONG_PASSWORD,
                );
            }
            91 => {
                let (dc, name) = (self.net.hosts[host].dc, self.net.accounts[user].name.clone());
                let (port, ip) = (self.next_port(&source), self.net.ip6(&source.ip));
                self.renewed(t, dc, &name, &ip, port);
            }
            _ => {
                // Back from coffee. The unlocking session ends at once, the old one goes on.
                self.interactive(t, user, &source, host, 7, Some(300 * MS));
            }
        }
        let mean = 2500 * MINUTE / self.plan.activity.max(1);
        let next = t + rng.wait(mean) + SECOND;
        self.at(next, Action::Work(user as u32, until));
    }

    /// A host by itself: its machine account on the DC, its services.
    fn machine(&mut self, t: u64, host: usize) {
        let mut rng = Rng::stream(self.plan.seed, 0x2_0000_0000 + host as u64, t);
        let (account, dc) = (self.net.hosts[host].account, self.net.hosts[host].dc);
        let source = self.source(host);
        let length = rng.range(1, 15) * SECOND;
        self.kerberos(t, account, &source, dc, length);
        for n in 0..rng.range(1, 5) {
            self.started(t + (2 + 40 * n) * SECOND, None, host, 5, None);
        }
        if self.net.hosts[host].role == Role::DomainController && self.net.dcs.len() > 1 {
            // Replication between domain controllers is what DCSync imitates.
            let partner = *rng.pick(&self.net.dcs);
            if partner != host {
                let who = self.kerberos(t + 8 * SECOND, account, &source, partner, 20 * SECOND);
                self.directory_access(t + 9 * SECOND, partner, &who, "1131f6aa-9c07-11d1-f79f-00c04fc2dcd2");
            }
        }
        let every = if self.net.hosts[host].role == Role::Workstation { 150 } else { 240 };
        let next = t + rng.around(every * MINUTE * 100 / self.plan.background.max(1), 15 * MINUTE);
        let minute = (next - self.start) / MINUTE % 1440;
        if self.net.hosts[host].role != Role::Workstation || (400..1100).contains(&minute) {
            self.at(next, Action::Machine(host as u32));
        }
        if rng.permille(3) {
            // The monthly password of the machine account.
            let who = self.who(account, 0);
            let now = self.wall_clock(t + 5 * SECOND);
            let computer = Who { logon_id: 0x3e7, ..self.who(account, 0) };
            self.attributes(t + 5 * SECOND, dc, 4742, &who, &computer, &[("PasswordLastSet", now.as_str())]);
        }
    }

    fn administer(&mut self, t: u64, admin: usize, left: u32) {
        let mut rng = Rng::stream(self.plan.seed, 0x3_0000_0000 + admin as u64, t);
        let host = self.net.accounts[admin].host;
        let source = self.source(host);
        let person = self.net.users.iter().copied().find(|u| self.net.accounts[*u].host == host);
        let from = self.who(person.unwrap_or(admin), 0x3_2000);
        let dc = *rng.pick(&self.net.dcs);
        match rng.below(10) {
            0..=4 => {
                let target = self.net.server(rng.below(1000) as usize);
                let length = rng.range(5, 120) * MINUTE;
                self.remote_desktop(t, &from, admin, &source, target, length);
            }
            5 => {
                let length = rng.range(5, 40) * MINUTE;
                self.remote_desktop(t, &from, admin, &source, dc, length);
            }
            6..=7 => {
                let target = self.net.server(rng.below(1000) as usize);
                self.kerberos(t, admin, &source, target, 10 * MINUTE);
            }
            _ => {
                let who = self.kerberos(t, admin, &source, dc, 20 * MINUTE);
                let user = *rng.pick(&self.net.users);
                let target = self.who(user, 0);
                self.managed(t + 40 * SECOND, dc, 4724, &target, &who);
                self.attributes(
                    t + 40 * SECOND + MS,
                    dc,
                    4738,
                    &target,
                    &who,
                    &[("PasswordLastSet", "%%1794")],
                );
            }
        }
        if left > 1 {
            self.at(t + rng.wait(100 * MINUTE) + MINUTE, Action::Administer(admin as u32, left - 1));
        }
    }

    /// The nightly tasks of service accounts.
    fn task(&mut self, t: u64, n: usize) {
        let service = self.net.services[n];
        let host = self.net.accounts[service].host;
        let source = self.source(host);
        let day = (t - self.start) / (24 * HOUR);
        match n {
            1 => {
                // Backup: one server after the other.
                self.started(t, Some(service), host, 4, Some(3 * HOUR));
                let servers: Vec<usize> = (0..self.net.hosts.len())
                    .filter(|h| self.net.hosts[*h].role != Role::Workstation)
                    .collect();
                for (i, server) in servers.into_iter().filter(|s| *s != host).enumerate() {
                    self.script(t + MINUTE + i as u64 * 7 * MINUTE, 0, move |sim, at| {
                        let source = sim.source(host);
                        sim.kerberos(at, service, &source, server, 6 * MINUTE);
                    });
                }
            }
            3 if self.weekday(day) == 6 => {
                // The scanner knocks at every door, with NTLM, and at some without a name.
                for target in 0..self.net.hosts.len() {
                    if target == host {
                        continue;
                    }
                    self.script(t + target as u64 * 6 * SECOND, 0, move |sim, at| {
                        let source = sim.source(host);
                        sim.ntlm(at, service, &source, target, 4 * SECOND);
                        if target % 7 == 3 {
                            sim.ntlm_refused(at + SECOND, "guest", &source, target, status::NO_SUCH_USER);
                        }
                    });
                }
            }
            4 => {
                // The directory synchronisation replicates like a DC, and is none.
                let dc = self.net.dcs[0];
                let who = self.kerberos(t, service, &source, dc, 10 * MINUTE);
                self.directory_access(t + SECOND, dc, &who, "1131f6aa-9c07-11d1-f79f-00c04fc2dcd2");
                self.directory_access(t + 2 * SECOND, dc, &who, "1131f6ad-9c07-11d1-f79f-00c04fc2dcd2");
            }
            _ => {
                self.started(
                    t,
                    Some(service),
                    host,
                    if n.is_multiple_of(2) { 5 } else { 4 },
                    Some(20 * MINUTE),
                );
                let target = self.net.one(Role::SqlServer, n);
                if target != host {
                    self.kerberos(t + 3 * SECOND, service, &source, target, 5 * MINUTE);
                }
            }
        }
    }

    /// Servers and domain controllers restart one after the other.
    fn patch_night(&mut self, day: u64, rng: &mut Rng) {
        let servers: Vec<usize> =
            (0..self.net.hosts.len()).filter(|h| self.net.hosts[*h].role != Role::Workstation).collect();
        for (i, host) in servers.into_iter().enumerate() {
            let at = self.local(day, 22 * 60) + i as u64 * 9 * MINUTE + rng.below(MINUTE);
            self.script(at, 0, move |sim, t| sim.restart(t, host));
        }
    }

    fn restart(&mut self, t: u64, host: usize) {
        self.log_stopped(t, host);
        let up = t + 140 * SECOND;
        let boot = Logon {
            subject: Who::nobody(),
            who: Who::system(),
            kind: 0,
            process: "-",
            package: "-",
            workstation: "-",
            guid: [0; 16],
            lm: "-",
            key_length: 0,
            image: "",
            ip: "-",
            port: 0,
            elevated: false,
            outbound: None,
        };
        self.logged_on(up, host, &boot);
        for i in 0..6 {
            self.started(up + SECOND + i * 800 * MS, None, host, 5, None);
        }
        self.clock_set(up + 20 * SECOND, host, up + 20 * SECOND - 37 * MS);
        let account = self.net.hosts[host].account;
        self.tickets.retain(|key, _| key.1 as usize != host);
        let (source, dc) = (self.source(host), self.net.hosts[host].dc);
        self.kerberos(up + 30 * SECOND, account, &source, dc, 5 * SECOND);
        for service in self.net.services.clone() {
            if self.net.accounts[service].host == host && self.net.accounts[service].kind == Kind::Service {
                self.started(up + 40 * SECOND, Some(service), host, 5, None);
            }
        }
    }
}
