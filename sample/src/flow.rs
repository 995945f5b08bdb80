//! What one act leaves behind on all the hosts it touches: tickets on the DC, the logon on the target, its end.

use logonscope_evtx_writer::time::{HOUR, SECOND};

use crate::event::{LSASS, Logon, Ticket, WINLOGON, Who, status};
use crate::network::Kind;
use crate::sim::{MS, Sim};

/// Where a person or program sits: a host of the domain, or something else with a name and an address.
#[derive(Clone, Debug)]
pub struct Source {
    /// Number for the ticket cache; hosts of the domain have their own index.
    pub key: u32,
    pub name: String,
    pub ip: String,
}

const TGT: u32 = u32::MAX;
/// MaxTicketAge of the default Kerberos policy.
const TICKET_LIFE: u64 = 10 * HOUR;

impl Sim {
    pub fn source(&self, host: usize) -> Source {
        let h = &self.net.hosts[host];
        Source { key: host as u32, name: h.name.clone(), ip: h.ip.clone() }
    }

    /// Something that is no member of the domain.
    pub fn stranger(&self, name: &str, ip: &str) -> Source {
        let key =
            0x8000_0000 | ip.bytes().fold(7u32, |h, b| h.wrapping_mul(31).wrapping_add(u32::from(b))) >> 1;
        Source { key, name: name.to_owned(), ip: ip.to_owned() }
    }

    pub fn next_port(&mut self, source: &Source) -> u64 {
        let host = source.key as usize;
        if host < self.net.hosts.len() { self.em.port(host) } else { 49_152 + self.rng.below(16_000) }
    }

    /// A ticket-granting ticket where the account holds none there; says how long it took.
    pub fn obtain_tgt(&mut self, t: u64, account: usize, source: &Source, dc: usize) -> u64 {
        let key = (account as u32, source.key, TGT);
        if self.tickets.get(&key).is_some_and(|(until, _)| *until > t) {
            return 0;
        }
        self.tickets.insert(key, (t + TICKET_LIFE, [0; 16]));
        let (name, sid) = (self.net.accounts[account].name.clone(), self.net.accounts[account].sid);
        let port = self.next_port(source);
        let ip = if source.key as usize == dc { "::1".to_owned() } else { self.net.ip6(&source.ip) };
        self.tgt(t, dc, &name, Some(sid), &ip, port, Ticket::GOOD);
        15 * MS
    }

    /// A ticket for the host (its machine account), where there is none; the logon's GUID stands in both events.
    pub fn obtain_tgs(
        &mut self,
        t: u64,
        account: usize,
        source: &Source,
        dc: usize,
        target: usize,
    ) -> (u64, [u8; 16]) {
        let key = (account as u32, source.key, target as u32);
        if let Some((until, guid)) = self.tickets.get(&key)
            && *until > t
        {
            return (0, *guid);
        }
        let guid = self.em.guid();
        self.tickets.insert(key, (t + TICKET_LIFE, guid));
        let name = self.net.accounts[account].name.clone();
        let port = self.next_port(source);
        let ip = if source.key as usize == dc { "::1".to_owned() } else { self.net.ip6(&source.ip) };
        let service = self.net.hosts[target].account;
        self.tgs(t, dc, &name, service, &ip, port, Ticket::GOOD, guid);
        (12 * MS, guid)
    }

    /// A Kerberos session over the network that lasts `length`; gives the principal on the target.
    pub fn kerberos(&mut self, t: u64, account: usize, source: &Source, target: usize, length: u64) -> Who {
        let dc = self.dc_of(source, target);
        let wait = self.obtain_tgt(t, account, source, dc);
        let (more, guid) = self.obtain_tgs(t + wait, account, source, dc, target);
        self.kerberos_session(t + wait + more + 3 * MS, account, source, target, length, guid)
    }

    pub fn dc_of(&self, source: &Source, target: usize) -> usize {
        self.net.hosts.get(source.key as usize).map_or(self.net.hosts[target].dc, |h| h.dc)
    }

    /// The part on the target alone.
    pub fn kerberos_session(
        &mut self,
        t: u64,
        account: usize,
        source: &Source,
        target: usize,
        length: u64,
        guid: [u8; 16],
    ) -> Who {
        let logon_id = self.em.logon_id(target);
        let who = self.who(account, logon_id);
        let port = self.next_port(source);
        let elevated = self.elevated(account, target);
        // Windows names the domain by its DNS name here, and by its NetBIOS name in the logoff.
        let seen = Who { domain: self.net.realm.clone(), ..who.clone() };
        self.logged_on(
            t,
            target,
            &Logon {
                subject: Who::nobody(),
                who: seen,
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
                elevated,
                outbound: None,
            },
        );
        self.logged_off(t + length, target, &who, 3);
        who
    }

    /// An NTLM session over the network.
    pub fn ntlm(&mut self, t: u64, account: usize, source: &Source, target: usize, length: u64) -> Who {
        let dc = self.net.hosts[target].dc;
        let name = self.net.accounts[account].name.clone();
        self.ntlm_checked(t, dc, &name, &source.name, 0);
        let logon_id = self.em.logon_id(target);
        let who = self.who(account, logon_id);
        let port = self.next_port(source);
        let elevated = self.elevated(account, target);
        self.logged_on(
            t + 4 * MS,
            target,
            &Logon {
                subject: Who::nobody(),
                who: who.clone(),
                kind: 3,
                process: "NtLmSsp ",
                package: "NTLM",
                workstation: &source.name,
                guid: [0; 16],
                lm: "NTLM V2",
                key_length: 128,
                image: "-",
                ip: &source.ip,
                port,
                elevated,
                outbound: None,
            },
        );
        self.logged_off(t + 4 * MS + length, target, &who, 3);
        who
    }

    /// An NTLM logon refused by the target; the DC says why.
    pub fn ntlm_refused(&mut self, t: u64, name: &str, source: &Source, target: usize, code: u32) {
        let dc = self.net.hosts[target].dc;
        self.ntlm_checked(t, dc, name, &source.name, code);
        let who = Who { name: name.to_owned(), domain: self.net.netbios.clone(), ..Who::nobody() };
        let port = self.next_port(source);
        self.refused(
            t + 3 * MS,
            target,
            &Logon {
                subject: Who::nobody(),
                who,
                kind: 3,
                process: "NtLmSsp ",
                package: "NTLM",
                workstation: &source.name,
                guid: [0; 16],
                lm: "-",
                key_length: 0,
                image: "-",
                ip: &source.ip,
                port,
                elevated: false,
                outbound: None,
            },
            code,
        );
    }

    /// A wrong password at Kerberos: 4771 on the DC for a known name, 4768 for one that is unknown or locked.
    pub fn kerberos_refused(&mut self, t: u64, name: &str, source: &Source, dc: usize, code: u32) {
        let port = self.next_port(source);
        let ip = self.net.ip6(&source.ip);
        if code == status::KDC_PREAUTH_FAILED {
            let sid = self.net.accounts.iter().find(|a| a.name == name).map(|a| a.sid);
            return self.preauth_failed(t, dc, name, sid.unwrap_or(Who::nobody().sid), &ip, port, code);
        }
        self.tgt(t, dc, name, None, &ip, port, Ticket::failed(code));
    }

    /// Somebody sits down at a host: type 2 (at the console), 7 (unlock), 10 (remote desktop) or 11 (cached).
    /// The session is ended by the caller, or by itself after `length`.
    pub fn interactive(
        &mut self,
        t: u64,
        account: usize,
        source: &Source,
        host: usize,
        kind: u8,
        length: Option<u64>,
    ) -> Who {
        let dc = self.net.hosts[host].dc;
        let mut guid = [0; 16];
        let mut wait = 0;
        if kind != 11 {
            let here = self.source(host);
            // A remote session's tickets are fetched by the host logged on to; unlocking asks for a new ticket too.
            if kind != 10 {
                self.tickets.remove(&(account as u32, here.key, TGT));
            }
            wait = self.obtain_tgt(t, account, &here, dc);
            let (more, found) = self.obtain_tgs(t + wait, account, &here, dc, host);
            wait += more;
            guid = found;
        }
        let logon_id = self.em.logon_id(host);
        let who = self.who(account, logon_id);
        let subject = self.computer(host);
        let workstation = self.net.hosts[host].name.clone();
        let at = t + wait + 5 * MS;
        let (ip, port) = if kind == 10 { (source.ip.clone(), 0) } else { ("127.0.0.1".to_owned(), 0) };
        let image = if kind == 10 { "C:\\Windows\\System32\\svchost.exe" } else { WINLOGON };
        let elevated = self.elevated(account, host);
        self.explicit(at - MS, host, &subject, &who, "localhost", image, &ip);
        self.logged_on(
            at,
            host,
            &Logon {
                subject,
                who: who.clone(),
                kind,
                process: "User32 ",
                package: "Negotiate",
                workstation: &workstation,
                guid,
                lm: "-",
                key_length: 0,
                image,
                ip: &ip,
                port,
                elevated,
                outbound: None,
            },
        );
        if let Some(length) = length {
            self.logged_off(at + length, host, &who, kind);
        }
        who
    }

    /// Remote desktop with another account than one's own: the credentials on this side, the session on the other.
    pub fn remote_desktop(
        &mut self,
        t: u64,
        from: &Who,
        account: usize,
        source: &Source,
        target: usize,
        length: u64,
    ) -> Who {
        let to = self.who(account, 0);
        let fqdn = self.net.hosts[target].fqdn.clone();
        if (source.key as usize) < self.net.hosts.len() {
            self.explicit(t, source.key as usize, from, &to, &fqdn, "C:\\Windows\\System32\\mstsc.exe", "-");
        }
        // Network level authentication first, then the session itself.
        self.kerberos(t + 40 * MS, account, source, target, 2 * SECOND);
        self.terminal(t + 700 * MS, target, 1149, &to, 0, &source.ip);
        let who = self.interactive(t + 900 * MS, account, source, target, 10, None);
        let session = 2 + self.rng.below(6) as u32;
        self.terminal(t + 1500 * MS, target, 21, &who, session, &source.ip);
        self.terminal(t + 1600 * MS, target, 22, &who, session, &source.ip);
        if length > HOUR {
            let away = t + length / 2;
            self.session(away, target, &who, false, &source.name, &source.ip);
            self.terminal(away + MS, target, 24, &who, session, &source.ip);
            self.session(away + length / 8, target, &who, true, &source.name, &source.ip);
            self.terminal(away + length / 8 + MS, target, 25, &who, session, &source.ip);
        }
        self.signed_out(t + length, target, &who);
        self.terminal(t + length + 20 * MS, target, 23, &who, session, "");
        self.logged_off(t + length + 300 * MS, target, &who, 10);
        who
    }

    /// A service (type 5) or scheduled task (type 4) starts on its host.
    pub fn started(&mut self, t: u64, account: Option<usize>, host: usize, kind: u8, length: Option<u64>) {
        let subject = self.computer(host);
        let who = match account {
            None => Who::system(),
            Some(account) => {
                let here = self.source(host);
                let dc = self.net.hosts[host].dc;
                self.obtain_tgt(t, account, &here, dc);
                let logon_id = self.em.logon_id(host);
                self.who(account, logon_id)
            }
        };
        let image = if kind == 5 { crate::event::SERVICES } else { crate::event::SVCHOST };
        let workstation = self.net.hosts[host].name.clone();
        let elevated = account.is_none_or(|a| self.elevated(a, host));
        self.logged_on(
            t + 30 * MS,
            host,
            &Logon {
                subject,
                who: who.clone(),
                kind,
                process: "Advapi  ",
                package: "Negotiate",
                workstation: if account.is_none() { "-" } else { &workstation },
                guid: [0; 16],
                lm: "-",
                key_length: 0,
                image,
                ip: "-",
                port: 0,
                elevated,
                outbound: None,
            },
        );
        if let Some(length) = length {
            self.logged_off(t + 30 * MS + length, host, &who, kind);
        }
    }

    /// New credentials for the network only (type 9), as `runas /netonly` and pass-the-hash tools make them.
    pub fn new_credentials(
        &mut self,
        t: u64,
        account: usize,
        host: usize,
        outbound: usize,
        process: &str,
    ) -> Who {
        let logon_id = self.em.logon_id(host);
        let who = self.who(account, logon_id);
        let subject = self.who(account, logon_id - 0x10);
        let out = (self.net.accounts[outbound].name.clone(), self.net.netbios.clone());
        self.logged_on(
            t,
            host,
            &Logon {
                subject,
                who: who.clone(),
                kind: 9,
                process,
                package: "Negotiate",
                workstation: "-",
                guid: [0; 16],
                lm: "-",
                key_length: 0,
                image: if process == "seclogo" { crate::event::SVCHOST } else { LSASS },
                ip: "::1",
                port: 0,
                elevated: true,
                outbound: Some(out),
            },
        );
        who
    }

    /// Whether the session gets special privileges there: administrators, and domain controllers among themselves.
    fn elevated(&self, account: usize, host: usize) -> bool {
        let is_dc = |h: usize| self.net.hosts[h].role == crate::network::Role::DomainController;
        let a = &self.net.accounts[account];
        a.privileged || a.kind == Kind::Machine && is_dc(a.host) && is_dc(host)
    }
}
