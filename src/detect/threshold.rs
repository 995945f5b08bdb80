//! Thresholds as data: one table, with the reason of each default. The rules count what stays above and what falls below.

use super::rule::Rule;

/// What is fixed about a threshold.
pub struct Entry {
    /// Its name in settings: rule, dot, quantity.
    pub key: &'static str,
    pub label: &'static str,
    pub unit: &'static str,
    pub default: u32,
    pub min: u32,
    pub max: u32,
    /// Why the default is what it is.
    pub reason: &'static str,
}

macro_rules! thresholds {
    ($($name:ident $key:literal $label:literal $unit:literal $default:literal in $min:literal..$max:literal $reason:literal)*) => {
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Threshold { $($name),* }

        impl Threshold {
            pub const ALL: &'static [Threshold] = &[$(Threshold::$name),*];

            pub const fn entry(self) -> Entry {
                match self {
                    $(Threshold::$name => Entry {
                        key: $key,
                        label: $label,
                        unit: $unit,
                        default: $default,
                        min: $min,
                        max: $max,
                        reason: $reason,
                    }),*
                }
            }
        }
    };
}

thresholds! {
    BruteFailures "brute-force.failures" "Failures of one account" "failures" 5 in 3..10000
        "Lock-out policies stop people at 5 to 10."
    BruteMany "brute-force.many" "Failures that make it medium" "failures" 10 in 3..10000
        "Elastic's and Splunk's rules start at 10 to 30; fewer are shown as low."
    BruteMinutes "brute-force.minutes" "Time in which they fail" "minutes" 10 in 1..1440
        "A person gives up within minutes; tools do hundreds of tries in this time."
    SlowFailures "brute-force.slow-failures" "Failures of one account, slowly" "failures" 10 in 3..10000
        "From a place where the account is not at home nobody mistypes ten times in three days."
    SlowHours "brute-force.slow-hours" "Time for what is done slowly" "hours" 72 in 1..720
        "One try every few hours stays below lock-out counters (30 minutes by default)."
    AfterFailures "success-after-failures.failures" "Failures before the success" "failures" 5 in 2..1000
        "Two or three wrong tries before the right one are everyday."
    AfterMinutes "success-after-failures.minutes" "Time from the last failure to the success" "minutes" 10 in 1..1440
        "Longer, and the success has other reasons."
    SprayAccounts "password-spray.accounts" "Accounts that failed from one source" "accounts" 5 in 3..10000
        "People who fail and then succeed are not counted, nor those at home at the source: few are left."
    SprayMany "password-spray.many" "Accounts that make it high" "accounts" 10 in 3..10000
        "Splunk and Microsoft Sentinel use 10 to 30; fewer are shown as low."
    SprayMinutes "password-spray.minutes" "Time in which they fail" "minutes" 60 in 1..1440
        "Sprays go through the list once per lock-out window."
    SlowSprayAccounts "password-spray.slow-accounts" "Accounts that failed from one source, slowly" "accounts" 8 in 3..10000
        "Only accounts that are not at home at the source count, so few are enough."
    EnumeratedNames "account-enumeration.names" "Unknown names from one source" "names" 10 in 3..10000
        "A mistyped name is one name; stale scripts ask for a handful."
    EnumeratedByMember "account-enumeration.names-member" "Unknown names from a computer of the domain" "names" 25 in 3..10000
        "Scripts on servers ask for people who have left; a foothold guesses more names."
    DeadTries "dead-account.tries" "Tries of a closed account" "tries" 3 in 1..1000
        "Once or twice is a mistake of a person."
    RoastServices "kerberoasting.services" "Services of accounts asked for in two minutes" "services" 4 in 2..1000
        "People use one or two such services; tools ask for all."
    RoastServicesDay "kerberoasting.services-day" "Services of accounts asked for in a day" "services" 6 in 2..1000
        "The same, spread over a day so as not to be seen."
    HashShare "pass-the-hash.share" "Share at which sessions without a key are common" "% of NTLM sessions" 20 in 1..100
        "Where a fifth of all NTLM sessions have no key, it is how clients are set, and says nothing."
    OrphanShare "golden-ticket.share" "Share at which tickets without origin are common" "% of accounts" 10 in 1..100
        "Where many accounts have such tickets, a log is missing; forged ones are few."
    LifetimeHours "golden-ticket.lifetime" "Life of a ticket" "hours" 10 in 1..240
        "The default of \"Maximum lifetime for user ticket\"; set it as the domain has it."
    ManyMemberships "many-members.groups" "Memberships given by one account in ten minutes" "memberships" 8 in 3..1000
        "A new colleague is put into a few groups."
    ShortLifeHours "short-lived.hours" "Time until it is taken back" "hours" 24 in 1..720
        "Attackers clean up; a temporary administrator stays for days."
    FanOutHosts "fan-out.hosts" "Hosts reached in an hour" "hosts" 10 in 3..10000
        "Only where it is three times what is usual for the account."
    TicketHosts "many-tickets.hosts" "Hosts asked tickets for in two minutes" "hosts" 12 in 3..10000
        "Opening a console asks for a few; mapping a domain for all."
    OddNames "odd-workstation.names" "Names one client gave itself" "names" 3 in 2..1000
        "A computer has one name; tools make one per try."
    ServiceShare "service-by-hand.share" "Logons of a service account that are by machine" "% of its logons" 95 in 50..100
        "Accounts of people log on at desks more often."
    ServiceLogons "service-by-hand.logons" "Logons of a service account, at least" "logons" 20 in 5..10000
        "Fewer say nothing about a habit."
    HomeDays "habits.days" "Days after which habits are known" "active days" 3 in 1..30
        "Before, everything is the first time."
}

impl Threshold {
    pub const fn key(self) -> &'static str {
        self.entry().key
    }

    /// The rules it belongs to.
    pub const fn rules(self) -> &'static [Rule] {
        use Threshold as T;
        match self {
            T::BruteFailures | T::BruteMany | T::BruteMinutes | T::SlowFailures => &[Rule::BruteForce],
            T::SlowHours => &[Rule::BruteForce, Rule::PasswordSpray, Rule::AccountEnumeration],
            T::AfterFailures | T::AfterMinutes => &[Rule::SuccessAfterFailures],
            T::SprayAccounts | T::SprayMany | T::SprayMinutes | T::SlowSprayAccounts => {
                &[Rule::PasswordSpray]
            }
            T::EnumeratedNames | T::EnumeratedByMember => &[Rule::AccountEnumeration],
            T::DeadTries => &[Rule::DeadAccount],
            T::RoastServices | T::RoastServicesDay => &[Rule::Kerberoasting],
            T::HashShare => &[Rule::PassTheHash],
            T::OrphanShare | T::LifetimeHours => {
                &[Rule::GoldenTicket, Rule::SilverTicket, Rule::PassTheTicket]
            }
            T::ManyMemberships => &[Rule::ManyMembers],
            T::ShortLifeHours => &[Rule::ShortLivedAccount, Rule::PrivilegedMember],
            T::FanOutHosts => &[Rule::FanOut],
            T::TicketHosts => &[Rule::ManyTickets],
            T::OddNames => &[Rule::OddWorkstation],
            T::ServiceShare | T::ServiceLogons => &[Rule::ServiceByHand],
            T::HomeDays => {
                &[Rule::FirstSeenSensitive, Rule::RdpNew, Rule::InteractiveOnDc, Rule::LateralChain]
            }
        }
    }

    /// Whether candidates are counted that reach it or fall below; spans of time and what is only a condition are not.
    pub const fn is_counted(self) -> bool {
        use Threshold as T;
        !matches!(
            self,
            T::BruteMinutes
                | T::SlowHours
                | T::AfterMinutes
                | T::SprayMinutes
                | T::LifetimeHours
                | T::ServiceLogons
                | T::HomeDays
        )
    }

    pub fn from_key(key: &str) -> Option<Threshold> {
        Threshold::ALL.iter().copied().find(|t| t.key() == key)
    }
}

/// Values of all thresholds; the default has each at its default.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Thresholds(Vec<u32>);

impl Default for Thresholds {
    fn default() -> Self {
        Self(Threshold::ALL.iter().map(|t| t.entry().default).collect())
    }
}

impl Thresholds {
    pub fn get(&self, threshold: Threshold) -> u32 {
        self.0.get(threshold as usize).copied().unwrap_or(threshold.entry().default)
    }

    /// Sets it within its bounds.
    pub fn set(&mut self, threshold: Threshold, value: u32) {
        let Entry { min, max, .. } = threshold.entry();
        if let Some(v) = self.0.get_mut(threshold as usize) {
            *v = value.clamp(min, max);
        }
    }
}

/// How many candidates each threshold kept and how many it left out.
#[derive(Clone, Debug)]
pub struct Tally(Vec<(u64, u64)>);

impl Default for Tally {
    fn default() -> Self {
        Self(vec![(0, 0); Threshold::ALL.len()])
    }
}

impl Tally {
    pub fn count(&mut self, threshold: Threshold, kept: bool) {
        if let Some((above, below)) = self.0.get_mut(threshold as usize) {
            *above += u64::from(kept);
            *below += u64::from(!kept);
        }
    }

    /// Candidates at or above it, and below it.
    pub fn get(&self, threshold: Threshold) -> (u64, u64) {
        self.0.get(threshold as usize).copied().unwrap_or_default()
    }
}
