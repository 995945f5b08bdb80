//! Attacks and the innocent things that look like them, each as a script in several variants.

mod access;
mod directory;
mod movement;
mod tickets;

use logonscope_evtx_writer::time::{DAY, HOUR, MINUTE};

use crate::flow::Source;
use crate::network::Kind;
use crate::rng::Rng;
use crate::sim::{MS, Sim};

/// How hard an attacker tries not to be seen.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Variant {
    Loud,
    Quiet,
    /// Quiet, and spread over days.
    Slow,
}

impl Variant {
    pub const ALL: [Self; 3] = [Self::Loud, Self::Quiet, Self::Slow];

    pub fn name(self) -> &'static str {
        match self {
            Self::Loud => "loud",
            Self::Quiet => "quiet",
            Self::Slow => "slow",
        }
    }

    /// The pause between two acts.
    pub fn pause(self, rng: &mut Rng) -> u64 {
        match self {
            Self::Loud => rng.range(80 * MS, 900 * MS),
            Self::Quiet => rng.range(2 * MINUTE, 9 * MINUTE),
            Self::Slow => rng.range(40 * MINUTE, 200 * MINUTE),
        }
    }
}

/// One kind of incident.
#[derive(Debug)]
pub struct Incident {
    pub name: &'static str,
    /// ATT&CK technique; the same for what looks like it.
    pub technique: &'static str,
    /// False: innocent.
    pub attack: bool,
    play: fn(&mut Cast, u64, Variant),
}

const fn attack(name: &'static str, technique: &'static str, play: fn(&mut Cast, u64, Variant)) -> Incident {
    Incident { name, technique, attack: true, play }
}

const fn innocent(
    name: &'static str,
    technique: &'static str,
    play: fn(&mut Cast, u64, Variant),
) -> Incident {
    Incident { name, technique, attack: false, play }
}

/// Everything that can be played, attacks first, each innocent twin in the order of its attack.
pub const CATALOGUE: &[Incident] = &[
    attack("password-spray", "T1110.003", access::password_spray),
    attack("brute-force", "T1110.001", access::brute_force),
    attack("account-enumeration", "T1087.002", access::enumeration),
    attack("kerberoasting", "T1558.003", tickets::kerberoasting),
    attack("as-rep-roasting", "T1558.004", tickets::as_rep_roasting),
    attack("golden-ticket", "T1558.001", tickets::golden_ticket),
    attack("silver-ticket", "T1558.002", tickets::silver_ticket),
    attack("overpass-the-hash", "T1550.002", movement::overpass_the_hash),
    attack("pass-the-hash", "T1550.002", movement::pass_the_hash),
    attack("ntlm-relay", "T1557.001", movement::ntlm_relay),
    attack("rdp-from-new-host", "T1021.001", movement::rdp_from_new_host),
    attack("rdp-from-outside", "T1133", movement::rdp_from_outside),
    attack("replay", "T1550", tickets::replay),
    attack("dcsync", "T1003.006", directory::dcsync),
    attack("dcshadow", "T1207", directory::dcshadow),
    attack("account-persistence", "T1136.002", directory::account_persistence),
    attack("samaccountname-spoofing", "T1068", directory::samaccountname_spoofing),
    attack("zerologon", "T1210", directory::zerologon),
    attack("shadow-credentials", "T1556", directory::shadow_credentials),
    attack("sid-history", "T1134.005", directory::sid_history),
    attack("dsrm-password", "T1098", directory::dsrm_password),
    attack("log-cleared", "T1070.001", directory::log_cleared),
    innocent("terminal-server-morning", "T1110.003", access::terminal_server_morning),
    innocent("stale-service-password", "T1110.001", access::stale_service_password),
    innocent("leavers-in-a-script", "T1087.002", access::leavers_in_a_script),
    innocent("service-inventory", "T1558.003", tickets::service_inventory),
    innocent("legacy-account", "T1558.004", tickets::legacy_account),
    innocent("renewed-ticket", "T1558.001", tickets::renewed_ticket),
    innocent("ticket-from-before", "T1558.002", tickets::ticket_from_before),
    innocent("runas-netonly", "T1550.002", movement::runas_netonly),
    innocent("software-rollout", "T1550.002", movement::software_rollout),
    innocent("roaming-laptop", "T1557.001", movement::roaming_laptop),
    innocent("on-call-night", "T1021.001", movement::on_call_night),
    innocent("clock-skew-replay", "T1550", tickets::clock_skew_replay),
    innocent("sync-service", "T1003.006", directory::sync_service),
    innocent("new-server", "T1207", directory::new_server),
    innocent("new-employee", "T1136.002", directory::new_employee),
    innocent("computer-renamed", "T1068", directory::computer_renamed),
    innocent("machine-password", "T1210", directory::machine_password),
    innocent("hello-enrolment", "T1556", directory::hello_enrolment),
    innocent("domain-migration", "T1134.005", directory::domain_migration),
    innocent("dc-recovery-drill", "T1098", directory::dc_recovery_drill),
    innocent("log-archived", "T1070.001", directory::log_archived),
];

/// The simulation, the incident that is being written, and its own chance.
pub struct Cast<'a> {
    pub sim: &'a mut Sim,
    pub incident: u32,
    pub rng: Rng,
    /// When the script begins.
    begins: u64,
}

impl Cast<'_> {
    /// A step of the script.
    pub fn then(&mut self, time: u64, step: impl FnOnce(&mut Sim, u64) + 'static) {
        self.sim.script(time, self.incident, step);
    }

    /// The intruder of the story, in an attack that belongs to it.
    fn stage(&self) -> Option<crate::sim::Stage> {
        self.sim.stage.filter(|_| self.sim.em.truth.incidents[self.incident as usize - 1].attack)
    }

    fn truth(&mut self) -> &mut crate::truth::Incident {
        &mut self.sim.em.truth.incidents[self.incident as usize - 1]
    }

    /// Notes an account as part of the incident.
    pub fn account(&mut self, account: usize) -> usize {
        let name = self.sim.net.accounts[account].name.clone();
        self.truth().accounts.push(name);
        account
    }

    pub fn account_name(&mut self, name: &str) {
        self.truth().accounts.push(name.to_owned());
    }

    /// Notes that the attacker acts as this account, not only against it.
    pub fn acts(&mut self, account: usize) -> usize {
        let name = self.sim.net.accounts[account].name.clone();
        self.truth().actors.push(name);
        self.account(account)
    }

    pub fn acts_as(&mut self, name: &str) {
        self.truth().actors.push(name.to_owned());
        self.account_name(name);
    }

    pub fn host(&mut self, host: usize) -> usize {
        let name = self.sim.net.hosts[host].fqdn.clone();
        self.truth().hosts.push(name);
        host
    }

    pub fn from(&mut self, source: Source) -> Source {
        let ip = source.ip.clone();
        self.truth().addresses.push(ip);
        source
    }

    /// Notes a strange machine as the place the attacker acts from.
    pub fn acts_from(&mut self, source: Source) -> Source {
        let ip = source.ip.clone();
        self.truth().bases.push(ip);
        self.from(source)
    }

    /// The host an account sits at, switched on.
    pub fn desk(&mut self, account: usize) -> usize {
        let host = self.sim.net.accounts[account].host;
        self.wake(host);
        host
    }

    /// A workstation that is used is on, also at night: it has asked for its own tickets a while before.
    fn wake(&mut self, host: usize) {
        if self.sim.net.hosts[host].role == crate::network::Role::Workstation {
            let before = self.begins.saturating_sub(5 * MINUTE).max(self.sim.start);
            self.sim.at(before, crate::sim::Action::Machine(host as u32));
        }
    }

    /// A member of the domain as the place from which all begins; what an attack does, it does from there.
    pub fn foothold(&mut self) -> usize {
        let all = self.sim.net.with_role(crate::network::Role::Workstation);
        let host = self.stage().map_or(*self.rng.pick(&all), |s| s.foothold);
        let name = self.sim.net.hosts[host].fqdn.clone();
        self.truth().bases.push(name);
        self.wake(host);
        self.host(host)
    }

    pub fn user(&mut self) -> usize {
        let user = self.stage().map_or(*self.rng.pick(&self.sim.net.users), |s| s.user);
        self.account(user)
    }

    pub fn admin(&mut self) -> usize {
        let admin = self.stage().map_or(*self.rng.pick(&self.sim.net.admins), |s| s.admin);
        self.account(admin)
    }

    pub fn dc(&mut self) -> usize {
        let dc = self.sim.net.dcs[0];
        self.host(dc)
    }

    /// Different accounts of people, up to `n`.
    pub fn people(&mut self, n: usize) -> Vec<usize> {
        let mut all = self.sim.net.users.clone();
        for i in 0..all.len() {
            let j = i + self.rng.below((all.len() - i) as u64) as usize;
            all.swap(i, j);
        }
        all.truncate(n);
        all.iter().for_each(|a| {
            self.account(*a);
        });
        all
    }

    pub fn servers(&self) -> Vec<usize> {
        let net = &self.sim.net;
        (net.dcs.len()..net.hosts.len())
            .filter(|h| net.hosts[*h].role != crate::network::Role::Workstation)
            .collect()
    }
}

/// Puts one incident on the stage, beginning at `time`.
pub fn play(sim: &mut Sim, index: usize, time: u64, variant: Variant) {
    let entry = &CATALOGUE[index];
    let incident = sim.em.truth.incident(entry.attack, entry.name, entry.technique, variant.name());
    let mut rng = Rng::stream(sim.plan.seed, 7, u64::from(incident));
    let time = time + rng.below(MINUTE);
    (entry.play)(&mut Cast { sim, incident, rng, begins: time }, time, variant);
}

/// The position of a name in [`CATALOGUE`].
pub fn find(name: &str) -> Option<usize> {
    CATALOGUE.iter().position(|i| i.name == name)
}

/// Spreads the named incidents over the simulated days, in turn through the variants. The first day is left
/// alone, so that there is a past to compare with.
pub fn schedule(sim: &mut Sim, names: &[usize], variant: Option<Variant>) {
    let mut rng = Rng::stream(sim.plan.seed, 8, 0);
    let days = sim.plan.days.max(1);
    for (n, index) in names.iter().enumerate() {
        let mut day = if days > 1 { 1 + n as u64 * (days - 1) / names.len() as u64 } else { 0 };
        // What is innocent is done at work, where there is a workday left.
        while !CATALOGUE[*index].attack && !sim.is_workday(day) && day + 1 < days {
            day += 1;
        }
        let variant = variant.unwrap_or(Variant::ALL[(n + sim.plan.seed as usize) % 3]);
        let hour = if CATALOGUE[*index].attack { rng.range(1, 21) } else { rng.range(8, 15) };
        let time = sim.start + day * DAY + hour * HOUR + rng.below(HOUR);
        play(sim, *index, time, variant);
    }
}

/// A service account among the eight.
pub fn service(sim: &Sim, n: usize) -> usize {
    let account = sim.net.services[n];
    debug_assert_eq!(sim.net.accounts[account].kind, Kind::Service);
    account
}
