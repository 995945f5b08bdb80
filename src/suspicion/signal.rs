//! The signals suspicion is made of: their names, how much each may count, and what they mean.
//!
//! Every signal measures surprise in bits, −log₂ of how likely the thing is for this account given its own past and its peers, or the
//! logarithm of how many times more often it happened than usual. Bits of one signal are bounded, so that none can outshout all others.

/// A kind of observation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Signal {
    NewTarget,
    NewSource,
    NewWay,
    OffHours,
    FanOut,
    FailuresOfMany,
    FailuresOfOne,
    Guessed,
    UnusualForm,
    SensitiveChange,
    NoTicket,
    Impostor,
    Outside,
    StrangeWorkstation,
    LateralChain,
    ChangePoint,
    OddSequence,
}

/// What is fixed about a signal.
struct Entry {
    name: &'static str,
    label: &'static str,
    meaning: &'static str,
    /// Points per bit.
    weight: f64,
    /// Points it gives at most.
    most: f64,
    /// Shares of the points that the host it came from and the host it went to are given; the account has all of them.
    source: f64,
    target: f64,
}

const fn entry(
    name: &'static str,
    label: &'static str,
    (weight, most): (f64, f64),
    (source, target): (f64, f64),
    meaning: &'static str,
) -> Entry {
    Entry { name, label, meaning, weight, most, source, target }
}

use Signal as S;

impl Signal {
    pub const ALL: [Signal; 17] = [
        S::NewTarget,
        S::NewSource,
        S::NewWay,
        S::OffHours,
        S::FanOut,
        S::FailuresOfMany,
        S::FailuresOfOne,
        S::Guessed,
        S::UnusualForm,
        S::SensitiveChange,
        S::NoTicket,
        S::Impostor,
        S::Outside,
        S::StrangeWorkstation,
        S::LateralChain,
        S::ChangePoint,
        S::OddSequence,
    ];

    const fn entry(self) -> Entry {
        match self {
            S::NewTarget => entry(
                "new-target",
                "New target",
                (1.0, 20.0),
                (0.6, 0.3),
                "The account logged on to a host it had not used before, and that few others use.",
            ),
            S::NewSource => entry(
                "new-source",
                "New source",
                (1.0, 20.0),
                (0.8, 0.0),
                "The account was used from a host it had not been used from before, and that few others use.",
            ),
            S::NewWay => entry(
                "new-way",
                "New way between hosts",
                (0.5, 12.0),
                (1.0, 0.5),
                "Nobody had gone from this host to that one before.",
            ),
            S::OffHours => entry(
                "off-hours",
                "Off its hours",
                (0.8, 10.0),
                (0.6, 0.0),
                "The account was used at an hour of the week at which it, and its peers, usually are not.",
            ),
            S::FanOut => entry(
                "fan-out",
                "Fan-out",
                (2.0, 16.0),
                (0.8, 0.0),
                "Within an hour the account reached far more hosts than it usually does.",
            ),
            S::FailuresOfMany => entry(
                "failures-many-accounts",
                "Failures of many accounts",
                (3.5, 24.0),
                (1.0, 0.0),
                "Many different accounts failed from one source within a day.",
            ),
            S::FailuresOfOne => entry(
                "failures-one-account",
                "Failures of one account",
                (1.5, 14.0),
                (1.0, 0.0),
                "One account failed much more often within a day than it usually does.",
            ),
            S::Guessed => entry(
                "success-after-failures",
                "Success after failures",
                (3.0, 16.0),
                (0.8, 0.2),
                "A logon succeeded from a source that had failed many times within the day before.",
            ),
            S::UnusualForm => entry(
                "unusual-form",
                "Unusual form",
                (1.2, 16.0),
                (0.8, 0.2),
                "A way of logging on (type, package, process, encryption, status) that few accounts of its kind ever use.",
            ),
            S::SensitiveChange => entry(
                "sensitive-change",
                "Sensitive change",
                (1.0, 40.0),
                (0.8, 0.0),
                "A change to accounts, groups, the directory, auditing or the log that gives power or hides traces.",
            ),
            S::NoTicket => entry(
                "no-ticket",
                "Ticket without origin",
                (1.8, 24.0),
                (0.8, 0.2),
                "A Kerberos ticket was used that no loaded domain controller issued, although their logs cover the time.",
            ),
            S::Impostor => entry(
                "impostor",
                "Not who it says",
                (2.0, 24.0),
                (1.0, 0.2),
                "A machine account from a host that is not its own, or one SID under several names.",
            ),
            S::Outside => entry(
                "outside-address",
                "From outside",
                (1.5, 14.0),
                (1.0, 0.2),
                "A logon from an address that is routed on the internet.",
            ),
            S::StrangeWorkstation => entry(
                "strange-workstation",
                "Strange workstation name",
                (1.0, 14.0),
                (1.0, 0.0),
                "The client called itself by a name that no known computer has, or by many names.",
            ),
            S::LateralChain => entry(
                "lateral-chain",
                "Lateral chain",
                (1.5, 24.0),
                (0.8, 0.4),
                "One of several hops, each from the host the hop before ended on, with a change of credentials.",
            ),
            S::ChangePoint => entry(
                "change-point",
                "Change point",
                (0.3, 3.0),
                (0.0, 0.0),
                "The number of its events per hour changed abruptly (ChangeFinder).",
            ),
            S::OddSequence => entry(
                "odd-sequence",
                "Odd sequence",
                (0.5, 3.0),
                (0.0, 0.0),
                "The order of its authentication events is unlike the rest of the log (hidden Markov model).",
            ),
        }
    }

    /// The name in JSON.
    pub const fn name(self) -> &'static str {
        self.entry().name
    }

    pub const fn label(self) -> &'static str {
        self.entry().label
    }

    pub const fn meaning(self) -> &'static str {
        self.entry().meaning
    }

    /// Points per bit.
    pub const fn weight(self) -> f64 {
        self.entry().weight
    }

    /// Points it gives at most.
    pub const fn most(self) -> f64 {
        self.entry().most
    }

    pub const fn source_share(self) -> f64 {
        self.entry().source
    }

    pub const fn target_share(self) -> f64 {
        self.entry().target
    }
}
