//! The company: its domain, accounts, hosts and addresses. Built from a seed and a size.

use logonscope_evtx_writer::{Nesting, Outer, Sid};

use crate::rng::Rng;

/// Windows releases whose logs differ.
#[derive(Clone, Copy, PartialEq, Eq, Debug, PartialOrd, Ord, clap::ValueEnum)]
pub enum Os {
    /// Windows 7 / Server 2008 R2: 4624 v0, provider and channel as text in the template.
    #[value(name = "2008r2")]
    Win2008R2,
    /// Windows 8.1 / Server 2012 R2: 4624 v1.
    #[value(name = "2012r2")]
    Win2012R2,
    /// Windows 10 / Server 2016: 4624 v2; both nestings in one file.
    #[value(name = "2016")]
    Win2016,
    /// Windows 10 / Server 2019: 4624 v2; nested values without a fragment header.
    #[value(name = "2019")]
    Win2019,
    /// Windows 11 / Server 2022: 4624 v2, file format 3.2.
    #[value(name = "2022")]
    Win2022,
    /// Windows 11 24H2 / Server 2025: 4624 v3, 1102 v1, file format 3.2.
    #[value(name = "2025")]
    Win2025,
}

impl Os {
    /// The highest event version it writes.
    pub fn version(self) -> u8 {
        match self {
            Self::Win2008R2 => 0,
            Self::Win2012R2 => 1,
            Self::Win2016 | Self::Win2019 | Self::Win2022 => 2,
            Self::Win2025 => 3,
        }
    }

    pub fn outer(self) -> Outer {
        if self == Self::Win2008R2 { Outer::Literal } else { Outer::Values }
    }

    /// `odd`: whether the sequence number of the record is odd, for releases that mix.
    pub fn nesting(self, odd: bool) -> Nesting {
        match self {
            Self::Win2019 => Nesting::Bare,
            Self::Win2016 if odd => Nesting::Bare,
            _ => Nesting::Fragment,
        }
    }

    pub fn minor(self) -> u16 {
        if self >= Self::Win2022 { 2 } else { 1 }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Role {
    DomainController,
    FileServer,
    WebServer,
    MailServer,
    SqlServer,
    BackupServer,
    TerminalServer,
    Scanner,
    Workstation,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    User,
    Admin,
    Service,
    Machine,
    BuiltIn,
}

#[derive(Clone, Debug)]
pub struct Account {
    pub name: String,
    pub sid: Sid,
    pub kind: Kind,
    pub display: String,
    /// The host it sits at (users, admins) or is (machines).
    pub host: usize,
    /// Minute of the local day at which work begins.
    pub shift: u64,
    /// First day of two weeks of holidays, counted from the first day.
    pub holiday: u64,
    /// It holds privileges on the hosts it logs on to.
    pub privileged: bool,
}

#[derive(Clone, Debug)]
pub struct Host {
    pub name: String,
    pub fqdn: String,
    pub role: Role,
    pub os: Os,
    pub ip: String,
    /// Its machine account.
    pub account: usize,
    /// The DC it talks to.
    pub dc: usize,
}

/// How large the company is.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    pub users: usize,
    pub workstations: usize,
    pub servers: usize,
    pub dcs: usize,
}

#[derive(Clone, Debug)]
pub struct Network {
    pub dns: String,
    pub realm: String,
    pub netbios: String,
    pub dn: String,
    pub sid: Sid,
    pub accounts: Vec<Account>,
    pub hosts: Vec<Host>,
    pub dcs: Vec<usize>,
    /// People, without their administrative accounts.
    pub users: Vec<usize>,
    pub admins: Vec<usize>,
    pub services: Vec<usize>,
    /// The built-in Administrator and krbtgt.
    pub administrator: usize,
    pub krbtgt: usize,
    next_rid: u32,
    next_address: u64,
}

const FIRST: [&str; 40] = [
    "Anna", "Ben", "Clara", "David", "Elena", "Felix", "Greta", "Hugo", "Ines", "Jonas", "Karin", "Lukas",
    "Mara", "Nils", "Olga", "Paul", "Rosa", "Simon", "Tina", "Uwe", "Vera", "Willem", "Yara", "Zeno", "Amir",
    "Bianca", "Carlos", "Dunja", "Emil", "Fatma", "Goran", "Hanna", "Ivan", "Julia", "Kemal", "Lena",
    "Milan", "Nora", "Oskar", "Petra",
];
const LAST: [&str; 40] = [
    "Adler", "Berger", "Conti", "Dorn", "Ebner", "Fuchs", "Gruber", "Hofer", "Iseli", "Jung", "Keller",
    "Lang", "Moser", "Novak", "Ott", "Pichler", "Quint", "Reiter", "Sommer", "Thaler", "Ulrich", "Vogel",
    "Weber", "Xander", "Yilmaz", "Zeller", "Bauer", "Costa", "Demir", "Eder", "Frank", "Graf", "Huber",
    "Jansen", "Kraus", "Lehner", "Maier", "Nagel", "Peters", "Roth",
];

/// Account names an attacker chose to hurt whoever shows them.
pub const HOSTILE: [&str; 6] = [
    "<img src=x onerror=alert(1)>",
    "\"><script>alert(1)</script>",
    "a'; DROP TABLE accounts;--",
    "=HYPERLINK(\"http://evil.example\")",
    "admin\u{202e}nimda",
    "x\ty\nz]]>&amp;%00",
];

impl Network {
    /// `os`: one release for every host; otherwise a mixture.
    pub fn build(seed: u64, size: Size, os: Option<Os>, hostile: bool) -> Self {
        let mut rng = Rng::stream(seed, 1, 0);
        let sid = Sid::new(5, &[21, rng.next() as u32, rng.next() as u32, rng.next() as u32]);
        let mut net = Self {
            dns: "lindenhof.example".into(),
            realm: "LINDENHOF.EXAMPLE".into(),
            netbios: "LINDENHOF".into(),
            dn: "DC=lindenhof,DC=example".into(),
            sid,
            accounts: Vec::new(),
            hosts: Vec::new(),
            dcs: Vec::new(),
            users: Vec::new(),
            admins: Vec::new(),
            services: Vec::new(),
            administrator: 0,
            krbtgt: 1,
            next_rid: 1103,
            next_address: 20,
        };
        net.push("Administrator".into(), "Administrator", Kind::BuiltIn, 0, Some(500));
        net.push("krbtgt".into(), "krbtgt", Kind::BuiltIn, 0, Some(502));
        net.accounts[0].privileged = true;
        for i in 0..size.dcs.max(1) {
            let release = os.unwrap_or([Os::Win2019, Os::Win2016, Os::Win2022][i % 3]);
            net.host(
                format!("DC{:02}", i + 1),
                Role::DomainController,
                release,
                format!("10.20.0.{}", 10 + i % 200),
            );
        }
        net.dcs = (0..size.dcs.max(1)).collect();
        const SERVERS: [(&str, Role, Os); 8] = [
            ("FS", Role::FileServer, Os::Win2019),
            ("WEB", Role::WebServer, Os::Win2022),
            ("SQL", Role::SqlServer, Os::Win2016),
            ("MAIL", Role::MailServer, Os::Win2012R2),
            ("BKP", Role::BackupServer, Os::Win2008R2),
            ("RDS", Role::TerminalServer, Os::Win2025),
            ("SCAN", Role::Scanner, Os::Win2022),
            ("FS", Role::FileServer, Os::Win2025),
        ];
        for i in 0..size.servers.max(1) {
            let (stem, role, release) = SERVERS[i % 8];
            let number = i / 8 * 2 + if i % 8 == 7 { 2 } else { 1 };
            let ip = format!("10.20.{}.{}", 1 + i / 200, 10 + i % 200);
            net.host(format!("{stem}{number:02}"), role, os.unwrap_or(release), ip);
        }
        for i in 0..size.workstations.max(1) {
            let release =
                os.unwrap_or([Os::Win2019, Os::Win2022, Os::Win2022, Os::Win2025, Os::Win2016][i % 5]);
            let ip = net.lease();
            net.host(format!("WS{:04}", i + 1), Role::Workstation, release, ip);
        }
        let workstations: Vec<usize> = net.with_role(Role::Workstation);
        for i in 0..size.users.max(1) {
            // Every one of the 1,600 pairs once: 7·2 − 11·1 has no factor in common with 40.
            let (first, last) = (FIRST[(i * 7 + i / 40) % 40], LAST[(i * 11 + i / 40 * 2) % 40]);
            let stem = format!("{}.{}", first.to_lowercase(), last.to_lowercase());
            let mut name = if i >= 1600 { format!("{stem}{}", i / 1600) } else { stem };
            if hostile && i < HOSTILE.len() {
                name = HOSTILE[i].into();
            }
            let host = workstations[i % workstations.len()];
            let user = net.push(name, &format!("{first} {last}"), Kind::User, host, None);
            // Most begin around eight, some early, a few in a late shift.
            net.accounts[user].shift = match rng.below(20) {
                0..=2 => rng.around(375, 30),
                18 => rng.around(810, 45),
                _ => rng.around(500, 75),
            };
            net.accounts[user].holiday = rng.below(365);
            net.users.push(user);
        }
        for i in 0..(size.users / 40 + 2).min(size.users) {
            let user = net.users[i];
            let (name, display) =
                (format!("adm-{}", net.accounts[user].name), net.accounts[user].display.clone());
            let name = if hostile { format!("adm-{i:02}") } else { name };
            let host = net.accounts[user].host;
            let admin = net.push(name, &display, Kind::Admin, host, None);
            net.accounts[admin].privileged = true;
            net.accounts[admin].shift = net.accounts[user].shift;
            net.accounts[admin].holiday = net.accounts[user].holiday;
            net.admins.push(admin);
        }
        const SERVICES: [&str; 8] = [
            "svc-sql",
            "svc-backup",
            "svc-web",
            "svc-scan",
            "svc-sync",
            "svc-print",
            "svc-report",
            "svc-legacy",
        ];
        for (i, name) in SERVICES.into_iter().enumerate() {
            let host = net.server(i);
            let service = net.push(name.into(), name, Kind::Service, host, None);
            net.accounts[service].privileged = i == 1 || i == 3;
            net.services.push(service);
        }
        net
    }

    fn push(&mut self, name: String, display: &str, kind: Kind, host: usize, rid: Option<u32>) -> usize {
        let rid = rid.unwrap_or_else(|| {
            self.next_rid += 1;
            self.next_rid
        });
        let sid = self.sid.with_rid(rid);
        let display = display.to_owned();
        self.accounts.push(Account {
            name,
            sid,
            kind,
            display,
            host,
            shift: 500,
            holiday: 999,
            privileged: false,
        });
        self.accounts.len() - 1
    }

    fn host(&mut self, name: String, role: Role, os: Os, ip: String) -> usize {
        let index = self.hosts.len();
        let fqdn = format!("{name}.{}", self.dns);
        let account = self.push(format!("{name}$"), &name, Kind::Machine, index, None);
        let dc = self.dcs.get(index % self.dcs.len().max(1)).copied().unwrap_or(index);
        self.hosts.push(Host { name, fqdn, role, os, ip, account, dc });
        index
    }

    /// A new account, as an administrator creates one.
    pub fn create(&mut self, name: &str, kind: Kind, host: usize) -> usize {
        self.push(name.to_owned(), name, kind, host, None)
    }

    /// A host that is no member of the domain and writes no log we have: a name and an address.
    pub fn lease(&mut self) -> String {
        self.next_address += 1;
        let n = self.next_address;
        format!("10.{}.{}.{}", 30 + n / 50_000 % 64, n / 200 % 250, 20 + n % 200)
    }

    pub fn with_role(&self, role: Role) -> Vec<usize> {
        (0..self.hosts.len()).filter(|h| self.hosts[*h].role == role).collect()
    }

    /// The n-th server, counted round.
    pub fn server(&self, n: usize) -> usize {
        let first = self.dcs.len();
        let count = self.hosts[first..].iter().take_while(|h| h.role != Role::Workstation).count();
        first + n % count
    }

    /// A server of this role, or the first one.
    pub fn one(&self, role: Role, n: usize) -> usize {
        let all = self.with_role(role);
        if all.is_empty() { self.server(0) } else { all[n % all.len()] }
    }

    pub fn ip6(&self, ip: &str) -> String {
        format!("::ffff:{ip}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn no_two_accounts_have_one_name() {
        let size = Size { users: 3500, workstations: 10, servers: 9, dcs: 2 };
        let net = Network::build(1, size, None, false);
        let names: BTreeSet<&str> = net.accounts.iter().map(|a| a.name.as_str()).collect();
        assert_eq!(names.len(), net.accounts.len());
    }
}
