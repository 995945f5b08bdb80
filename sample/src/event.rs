//! The events, each with its fields as Windows fills them in.

// An event has as many parts as it has; structs for each would only move the list.
#![allow(clippy::too_many_arguments)]

use logonscope_evtx_writer::{Payload, Sid};

use crate::network::Os;
use crate::sim::Sim;
use crate::truth::{Edge, NO_STATUS, NO_TYPE};

/// A security principal as an event names it.
#[derive(Clone, Debug)]
pub struct Who {
    pub sid: Sid,
    pub name: String,
    pub domain: String,
    pub logon_id: u64,
}

impl Who {
    pub fn nobody() -> Self {
        Self { sid: Sid::new(0, &[0]), name: "-".into(), domain: "-".into(), logon_id: 0 }
    }

    pub fn anonymous() -> Self {
        Self {
            sid: Sid::new(5, &[7]),
            name: "ANONYMOUS LOGON".into(),
            domain: "NT AUTHORITY".into(),
            logon_id: 0x3e6,
        }
    }

    pub fn system() -> Self {
        Self {
            sid: Sid::new(5, &[18]),
            name: "SYSTEM".into(),
            domain: "NT AUTHORITY".into(),
            logon_id: 0x3e7,
        }
    }

    pub fn put<'p>(&self, p: &'p mut Payload) -> &'p mut Payload {
        p.sid(&self.sid).string(&self.name).string(&self.domain).hex64(self.logon_id)
    }

    /// Target-style order: name, domain, SID.
    fn put_target<'p>(&self, p: &'p mut Payload) -> &'p mut Payload {
        p.string(&self.name).string(&self.domain).sid(&self.sid)
    }
}

/// A logon as the target sees it.
#[derive(Clone, Debug)]
pub struct Logon<'a> {
    pub subject: Who,
    pub who: Who,
    pub kind: u8,
    pub process: &'a str,
    pub package: &'a str,
    pub workstation: &'a str,
    pub guid: [u8; 16],
    pub lm: &'a str,
    pub key_length: u32,
    pub image: &'a str,
    pub ip: &'a str,
    pub port: u64,
    pub elevated: bool,
    /// TargetOutboundUserName and -DomainName: credentials for the network (type 9).
    pub outbound: Option<(String, String)>,
}

/// An answer of the Kerberos distribution centre.
#[derive(Clone, Copy, Debug)]
pub struct Ticket {
    pub status: u32,
    pub encryption: u32,
    pub options: u32,
    pub preauth: u32,
}

impl Ticket {
    pub const GOOD: Self = Self { status: 0, encryption: 0x12, options: 0x4081_0010, preauth: 2 };
    pub const RC4: Self = Self { encryption: 0x17, ..Self::GOOD };
    pub fn failed(status: u32) -> Self {
        Self { status, encryption: 0xffff_ffff, ..Self::GOOD }
    }
}

/// Status codes ([MS-ERREF], [RFC 4120] 7.5.9).
pub mod status {
    pub const NO_SUCH_USER: u32 = 0xc000_0064;
    pub const WRONG_PASSWORD: u32 = 0xc000_006a;
    pub const LOGON_FAILURE: u32 = 0xc000_006d;
    pub const LOCKED_OUT: u32 = 0xc000_0234;
    pub const DISABLED: u32 = 0xc000_0072;
    pub const KDC_UNKNOWN: u32 = 0x6;
    pub const KDC_REVOKED: u32 = 0x12;
    pub const KDC_PREAUTH_FAILED: u32 = 0x18;
}

pub const PRIVILEGES: &str = "SeSecurityPrivilege\r\n\t\t\tSeBackupPrivilege\r\n\t\t\tSeRestorePrivilege\r\n\t\t\tSeTakeOwnershipPrivilege\r\n\t\t\tSeDebugPrivilege\r\n\t\t\tSeSystemEnvironmentPrivilege\r\n\t\t\tSeLoadDriverPrivilege\r\n\t\t\tSeImpersonatePrivilege";
pub const LSASS: &str = "C:\\Windows\\System32\\lsass.exe";
pub const SERVICES: &str = "C:\\Windows\\System32\\services.exe";
pub const WINLOGON: &str = "C:\\Windows\\System32\\winlogon.exe";
pub const SVCHOST: &str = "C:\\Windows\\System32\\svchost.exe";

fn or<'a>(text: &'a str, other: &'a str) -> &'a str {
    if text.is_empty() || text == "-" { other } else { text }
}

impl Sim {
    pub fn who(&self, account: usize, logon_id: u64) -> Who {
        let a = &self.net.accounts[account];
        Who { sid: a.sid, name: a.name.clone(), domain: self.net.netbios.clone(), logon_id }
    }

    /// The computer itself, as the subject of what it does.
    pub fn computer(&self, host: usize) -> Who {
        let name = format!("{}$", self.net.hosts[host].name);
        Who { sid: Sid::new(5, &[18]), name, domain: self.net.netbios.clone(), logon_id: 0x3e7 }
    }

    fn bits64(&self, host: usize) -> bool {
        self.em.os(host) != Os::Win2008R2
    }

    /// 4624, and 4672 where the session is privileged.
    pub fn logged_on(&mut self, t: u64, host: usize, l: &Logon<'_>) {
        let port = if l.ip == "-" { "-".to_owned() } else { l.port.to_string() };
        let bits64 = self.bits64(host);
        let pid = if l.image == "-" { 0 } else { 0x2d4 };
        let edge = Edge {
            domain: &l.who.domain,
            name: &l.who.name,
            source: or(l.ip, or(l.workstation, &self.net.hosts[host].fqdn)),
            target: "",
            logon_type: l.kind,
            package: l.package,
            status: NO_STATUS,
        };
        self.em.event(t, host, 4624, false, Some(edge), |p, version| {
            l.subject.put(p);
            l.who.put(p).u32(u32::from(l.kind)).string(l.process).string(l.package).string(l.workstation);
            p.guid(&l.guid).string("-").string(l.lm).u32(l.key_length).size_t(pid, bits64).string(l.image);
            p.string(l.ip).string(&port);
            if version >= 1 {
                p.string("%%1833");
            }
            if version >= 2 {
                p.string("-");
                if version >= 3 {
                    p.string("-");
                }
                let (user, domain) = l.outbound.as_ref().map_or(("-", "-"), |(u, d)| (u, d));
                p.string(user).string(domain).string("%%1843").hex64(0);
                p.string(if l.elevated { "%%1842" } else { "%%1843" });
            }
        });
        if l.elevated && l.who.logon_id != 0 {
            self.em.event(t + 12 * crate::sim::MS / 10, host, 4672, false, None, |p, _| {
                l.who.put(p).string(PRIVILEGES);
            });
        }
    }

    /// 4634.
    pub fn logged_off(&mut self, t: u64, host: usize, who: &Who, kind: u8) {
        self.em.event(t, host, 4634, false, None, |p, _| {
            who.put(p).u32(u32::from(kind));
        });
    }

    /// 4647: the person chose to.
    pub fn signed_out(&mut self, t: u64, host: usize, who: &Who) {
        self.em.event(t, host, 4647, false, None, |p, _| {
            who.put(p);
        });
    }

    /// 4625.
    pub fn refused(&mut self, t: u64, host: usize, l: &Logon<'_>, sub_status: u32) {
        let port = if l.ip == "-" { "-".to_owned() } else { l.port.to_string() };
        let bits64 = self.bits64(host);
        let (code, reason, sub) = match sub_status {
            status::LOCKED_OUT => (status::LOCKED_OUT, "%%2307", 0),
            status::DISABLED => (0xc000_006e, "%%2310", status::DISABLED),
            sub => (status::LOGON_FAILURE, "%%2313", sub),
        };
        let edge = Edge {
            domain: &l.who.domain,
            name: &l.who.name,
            source: or(l.ip, or(l.workstation, &self.net.hosts[host].fqdn)),
            target: "",
            logon_type: l.kind,
            package: l.package,
            status: if sub == 0 { code } else { sub },
        };
        self.em.event(t, host, 4625, true, Some(edge), |p, _| {
            l.subject.put(p).sid(&Sid::new(0, &[0])).string(&l.who.name).string(&l.who.domain);
            p.hex32(code)
                .string(reason)
                .hex32(sub)
                .u32(u32::from(l.kind))
                .string(l.process)
                .string(l.package);
            p.string(l.workstation).string("-").string(l.lm).u32(l.key_length);
            p.size_t(if l.image == "-" { 0 } else { 0x2d4 }, bits64)
                .string(l.image)
                .string(l.ip)
                .string(&port);
        });
    }

    /// 4648: credentials other than one's own were used.
    pub fn explicit(
        &mut self,
        t: u64,
        host: usize,
        subject: &Who,
        target: &Who,
        server: &str,
        image: &str,
        ip: &str,
    ) {
        let info = if server == "localhost" { server.to_owned() } else { format!("HOST/{server}") };
        let bits64 = self.bits64(host);
        let guid = [0; 16];
        let fqdn = &self.net.hosts[host].fqdn;
        let edge = Edge {
            domain: &target.domain,
            name: &target.name,
            source: fqdn,
            target: if server == "localhost" { "" } else { server },
            logon_type: NO_TYPE,
            package: "",
            status: NO_STATUS,
        };
        self.em.event(t, host, 4648, false, Some(edge), |p, _| {
            subject.put(p).guid(&guid).string(&target.name).string(&target.domain).guid(&guid);
            p.string(server).string(&info).size_t(0x9c4, bits64).string(image);
            p.string(ip).string(if ip == "-" { "-" } else { "0" });
        });
    }

    fn kerberos_edge<'a>(domain: &'a str, name: &'a str, source: &'a str, status: u32) -> Edge<'a> {
        Edge { domain, name, source, target: "", logon_type: NO_TYPE, package: "Kerberos", status }
    }

    /// 4768 on a DC. `name`, `domain` as the client wrote them; `sid` of the account, where it exists.
    pub fn tgt(&mut self, t: u64, dc: usize, name: &str, sid: Option<Sid>, ip: &str, port: u64, k: Ticket) {
        let failed = k.status != 0;
        let krbtgt = self.net.accounts[self.net.krbtgt].sid;
        let domain = if failed { &self.net.realm } else { &self.net.dns };
        let nil = Sid::new(0, &[0]);
        let service = if failed { format!("krbtgt/{}", self.net.realm) } else { "krbtgt".to_owned() };
        let edge = Self::kerberos_edge(domain, name, ip, k.status);
        self.em.event(t, dc, 4768, failed, Some(edge), |p, _| {
            p.string(name).string(domain).sid(&sid.unwrap_or(nil)).string(&service);
            p.sid(if failed { &nil } else { &krbtgt }).hex32(k.options).hex32(k.status).hex32(k.encryption);
            p.string(&if failed { "-".to_owned() } else { k.preauth.to_string() });
            p.string(ip).string(&port.to_string()).string("").string("").string("");
        });
    }

    /// 4769 on a DC, for the service of an account.
    pub fn tgs(
        &mut self,
        t: u64,
        dc: usize,
        name: &str,
        service: usize,
        ip: &str,
        port: u64,
        k: Ticket,
        guid: [u8; 16],
    ) {
        let user = format!("{name}@{}", self.net.realm);
        let service = &self.net.accounts[service];
        let failed = k.status != 0;
        let nil = Sid::new(0, &[0]);
        let edge = Self::kerberos_edge(&self.net.realm, &user, ip, k.status);
        self.em.event(t, dc, 4769, failed, Some(edge), |p, _| {
            p.string(&user).string(&self.net.realm).string(&service.name);
            p.sid(if failed { &nil } else { &service.sid });
            p.hex32(k.options & !0x10)
                .hex32(k.encryption)
                .string(ip)
                .string(&port.to_string())
                .hex32(k.status);
            p.guid(&guid).string("-");
        });
    }

    /// 4770: a ticket-granting ticket renewed.
    pub fn renewed(&mut self, t: u64, dc: usize, name: &str, ip: &str, port: u64) {
        let user = format!("{name}@{}", self.net.realm);
        let krbtgt = self.net.accounts[self.net.krbtgt].sid;
        let edge = Self::kerberos_edge(&self.net.realm, &user, ip, NO_STATUS);
        self.em.event(t, dc, 4770, false, Some(edge), |p, _| {
            p.string(&user).string(&self.net.realm).string("krbtgt").sid(&krbtgt);
            p.hex32(0x2).hex32(0x12).string(ip).string(&port.to_string());
        });
    }

    /// 4771: pre-authentication failed.
    pub fn preauth_failed(
        &mut self,
        t: u64,
        dc: usize,
        name: &str,
        sid: Sid,
        ip: &str,
        port: u64,
        code: u32,
    ) {
        let service = format!("krbtgt/{}", self.net.netbios);
        let edge = Self::kerberos_edge("", name, ip, code);
        self.em.event(t, dc, 4771, true, Some(edge), |p, _| {
            p.string(name).sid(&sid).string(&service).hex32(0x4081_0010).hex32(code).string("2");
            p.string(ip).string(&port.to_string()).string("").string("").string("");
        });
    }

    /// 4776: NTLM validated, on the DC (or on the host, for its own accounts).
    pub fn ntlm_checked(&mut self, t: u64, host: usize, name: &str, workstation: &str, code: u32) {
        const PACKAGE: &str = "MICROSOFT_AUTHENTICATION_PACKAGE_V1_0";
        let source = or(workstation, &self.net.hosts[host].fqdn);
        let edge = Edge {
            domain: "",
            name,
            source,
            target: "",
            logon_type: NO_TYPE,
            package: PACKAGE,
            status: code,
        };
        self.em.event(t, host, 4776, code != 0, Some(edge), |p, _| {
            p.string(PACKAGE).string(name).string(workstation).hex32(code);
        });
    }

    /// 4778 (`reconnected`) or 4779: a session changes hands.
    pub fn session(&mut self, t: u64, host: usize, who: &Who, reconnected: bool, client: &str, ip: &str) {
        let edge = Edge {
            domain: &who.domain,
            name: &who.name,
            source: ip,
            target: "",
            logon_type: NO_TYPE,
            package: "",
            status: NO_STATUS,
        };
        self.em.event(t, host, if reconnected { 4778 } else { 4779 }, false, Some(edge), |p, _| {
            p.string(&who.name)
                .string(&who.domain)
                .hex64(who.logon_id)
                .string("RDP-Tcp#4")
                .string(client)
                .string(ip);
        });
    }

    /// LocalSessionManager 21–25; 1149 of the RemoteConnectionManager.
    pub fn terminal(&mut self, t: u64, host: usize, id: u16, who: &Who, session: u32, ip: &str) {
        let user = format!("{}\\{}", who.domain, who.name);
        self.em.event(t, host, id, false, None, |p, _| match id {
            1149 => {
                p.string(&who.name).string(&who.domain).string(ip);
            }
            23 => {
                p.string(&user).u32(session);
            }
            _ => {
                p.string(&user).u32(session).string(ip);
            }
        });
    }

    /// Account management whose fields are the target and the subject: 4722–4726, 4740, 4743, 4767.
    pub fn managed(&mut self, t: u64, host: usize, id: u16, target: &Who, subject: &Who) {
        self.em.event(t, host, id, false, None, |p, _| {
            target.put_target(p);
            subject.put(p);
            if matches!(id, 4723 | 4726 | 4743) {
                p.string("-");
            }
        });
    }

    /// 4720, 4738, 4741 and 4742: an account's attributes as set; a name not in `set` is unchanged (`-`).
    pub fn attributes(
        &mut self,
        t: u64,
        host: usize,
        id: u16,
        target: &Who,
        subject: &Who,
        set: &[(&str, &str)],
    ) {
        const NAMES: [&str; 19] = [
            "PrivilegeList",
            "SamAccountName",
            "DisplayName",
            "UserPrincipalName",
            "HomeDirectory",
            "HomePath",
            "ScriptPath",
            "ProfilePath",
            "UserWorkstations",
            "PasswordLastSet",
            "AccountExpires",
            "PrimaryGroupId",
            "AllowedToDelegateTo",
            "OldUacValue",
            "NewUacValue",
            "UserAccountControl",
            "UserParameters",
            "SidHistory",
            "LogonHours",
        ];
        let value = |name: &str| set.iter().find(|(n, _)| *n == name).map_or("-", |(_, v)| v);
        self.em.event(t, host, id, false, None, |p, _| {
            if matches!(id, 4738 | 4742) {
                p.string("-");
            }
            target.put_target(p);
            subject.put(p);
            for name in NAMES {
                p.string(value(name));
            }
            if matches!(id, 4741 | 4742) {
                p.string(value("DnsHostName")).string(value("ServicePrincipalNames"));
            }
        });
    }

    /// 4728/4729 (global), 4732/4733 (local), 4756/4757 (universal): a member joins or leaves a group.
    pub fn member(
        &mut self,
        t: u64,
        host: usize,
        id: u16,
        member: &Who,
        group: &str,
        group_sid: Sid,
        subject: &Who,
    ) {
        let builtin = group_sid.as_bytes().len() == 16;
        let dn = format!("CN={},OU=People,{}", member.name, self.net.dn);
        let domain = if builtin { "Builtin" } else { &self.net.netbios };
        self.em.event(t, host, id, false, None, |p, _| {
            p.string(&dn).sid(&member.sid).string(group).string(domain).sid(&group_sid);
            subject.put(p).string("-");
        });
    }

    /// 4662 on the domain object: a control access right was used.
    pub fn directory_access(&mut self, t: u64, dc: usize, subject: &Who, right: &str) {
        const DOMAIN_DNS: &str = "{19195a5b-6da0-11d0-afd3-00c04fd930c9}";
        let properties = format!("%%7688\r\n\t\t{{{right}}}\r\n\t{DOMAIN_DNS}\r\n");
        self.em.event(t, dc, 4662, false, None, |p, _| {
            subject.put(p).string("DS").string(&format!("%{DOMAIN_DNS}"));
            p.string("%{0b32719a-29a5-4ad5-b9dc-56200eba0ce0}").string("Object Access").size_t(0, true);
            p.string("%%7688\r\n\t\t\t\t").hex32(0x100).string(&properties).string("-").string("");
        });
    }

    /// 5136: an attribute's value added (`%%14674`) or deleted (`%%14675`).
    pub fn directory_changed(
        &mut self,
        t: u64,
        dc: usize,
        subject: &Who,
        object: (&str, &str),
        attribute: (&str, &str, &str),
        added: bool,
    ) {
        let (correlation, guid) = (self.em.guid(), self.em.guid());
        let (name, syntax, value) = attribute;
        self.em.event(t, dc, 5136, false, None, |p, _| {
            p.guid(&correlation).string("-");
            subject
                .put(p)
                .string(&self.net.dns)
                .string("%%14676")
                .string(object.0)
                .guid(&guid)
                .string(object.1);
            p.string(name).string(syntax).string(value).string(if added { "%%14674" } else { "%%14675" });
        });
    }

    /// 5137: a directory object created; 5141: deleted.
    pub fn directory_object(&mut self, t: u64, dc: usize, id: u16, subject: &Who, dn: &str, class: &str) {
        let (correlation, guid) = (self.em.guid(), self.em.guid());
        self.em.event(t, dc, id, false, None, |p, _| {
            p.guid(&correlation).string("-");
            subject.put(p).string(&self.net.dns).string("%%14676").string(dn).guid(&guid).string(class);
            if id == 5141 {
                p.string("%%14679");
            }
        });
    }

    /// 4781: an account renamed.
    pub fn renamed(&mut self, t: u64, dc: usize, target: &Who, new: &str, subject: &Who) {
        self.em.event(t, dc, 4781, false, None, |p, _| {
            p.string(&target.name).string(new).string(&target.domain).sid(&target.sid);
            subject.put(p).string("-");
        });
    }

    /// 4765: SID history added; 4766: the attempt failed.
    pub fn sid_history(&mut self, t: u64, dc: usize, source: &Who, target: &Who, subject: &Who, done: bool) {
        self.em.event(t, dc, if done { 4765 } else { 4766 }, !done, None, |p, _| {
            p.string(&source.name);
            if done {
                p.sid(&source.sid);
            }
            target.put_target(p);
            subject.put(p).string("-");
            if done {
                p.string("-");
            }
        });
    }

    /// 4794: the password of the directory services restore mode set.
    pub fn dsrm_set(&mut self, t: u64, dc: usize, subject: &Who, workstation: &str) {
        self.em.event(t, dc, 4794, false, None, |p, _| {
            subject.put(p).string(workstation).hex32(0);
        });
    }

    /// 4649: a request was seen twice.
    pub fn replayed(&mut self, t: u64, host: usize, target: &Who, workstation: &str) {
        let subject = self.computer(host);
        let bits64 = self.bits64(host);
        self.em.event(t, host, 4649, true, None, |p, _| {
            subject.put(p).string(&target.name).string(&target.domain).string("%%1").string("Kerberos");
            p.string("Kerberos").string(workstation).string("-").size_t(0x2d4, bits64).string(LSASS);
        });
    }

    /// 4719: an audit setting changed; `%%8448` success removed, `%%8449` added, `%%8450`/`%%8451` for failure.
    pub fn audit_changed(
        &mut self,
        t: u64,
        host: usize,
        subject: &Who,
        category: &str,
        subcategory: (&str, &str),
        change: &str,
    ) {
        let guid = logonscope_evtx_writer::guid(subcategory.1);
        self.em.event(t, host, 4719, false, None, |p, _| {
            subject.put(p).string(category).string(subcategory.0).guid(&guid).string(change);
        });
    }

    /// 1102 (Security) or 104 (System): the log was cleared.
    pub fn cleared(&mut self, t: u64, host: usize, subject: &Who, id: u16) {
        self.em.event(t, host, id, false, None, |p, version| {
            if id == 104 {
                p.string(&subject.name).string(&subject.domain).string("System").string("");
                return;
            }
            subject.put(p);
            if version >= 1 {
                p.u32(0x1a2c).u64(14_073_748_835_533);
            }
        });
    }

    /// 1100: the event log service stopped.
    pub fn log_stopped(&mut self, t: u64, host: usize) {
        self.em.event(t, host, 1100, false, None, |_, _| {});
    }

    /// 4616: the clock was set.
    pub fn clock_set(&mut self, t: u64, host: usize, before: u64) {
        let bits64 = self.bits64(host);
        let subject = Who {
            sid: Sid::new(5, &[19]),
            name: "LOCAL SERVICE".into(),
            domain: "NT AUTHORITY".into(),
            logon_id: 0x3e5,
        };
        self.em.event(t, host, 4616, false, None, |p, version| {
            subject.put(p);
            if version == 0 {
                for time in [before, t] {
                    let text = logonscope_evtx_writer::time::rfc3339(time, 1);
                    p.string(&text[..10]).string(&text[11..19]);
                }
            } else {
                p.filetime(before).filetime(t);
            }
            p.size_t(0x4b0, bits64).string(SVCHOST);
        });
    }
}
