//! An observation in one sentence.

use super::observation::{Fact, Observation};
use crate::identity::Identity;

/// The sentence. Names are as the log has them: hostile texts, to be shown as text.
pub fn why(identity: &Identity, o: &Observation) -> String {
    let account = || identity.accounts.get(o.account).map_or("somebody".to_owned(), |a| a.full());
    let host = |n| identity.hosts.get(n).map_or("somewhere", |h| h.short()).to_owned();
    let (source, target) = (|| host(o.source), || host(o.target));
    match &o.fact {
        Fact::First { days, users, all } => {
            let way = if o.signal == super::Signal::NewSource {
                format!("{} was used from {}", account(), source())
            } else {
                format!("{} logged on to {}", account(), target())
            };
            format!(
                "{way} for the first time after {}; {users} of {all} accounts do.",
                plural(*days, "active day")
            )
        }
        Fact::FirstWay { days } => {
            let days = plural(*days, "active day");
            format!("First logon from {} to {} by anybody, after {days}.", source(), target())
        }
        Fact::Hour { hour, weekend, days, of } => {
            let when = if *weekend { " on a week-end" } else { "" };
            format!(
                "{} was used at {hour:02}:00–{hour:02}:59 UTC{when}, as on {days} of its {of} other active days.",
                account()
            )
        }
        Fact::Burst { count, usual } => match o.signal {
            super::Signal::FanOut => format!(
                "{} reached {count} hosts within an hour; in nine of ten hours it reaches at most {usual:.0}.",
                account()
            ),
            super::Signal::FailuresOfMany => {
                format!(
                    "{count} accounts failed from {} within a day; {usual:.1} on its other days.",
                    source()
                )
            }
            _ => {
                format!(
                    "{} failed {count} times within a day; {usual:.1} times on its other days.",
                    account()
                )
            }
        },
        Fact::Services { count, usual } => format!(
            "{} asked for tickets of {count} services that run under accounts within a day; at most {usual:.0} on other days.",
            account()
        ),
        Fact::After { failures } => {
            format!("{} logged on from {} after {failures} failures from there.", account(), source())
        }
        Fact::Form { form, users, all, days } => {
            let who = if o.account == crate::identity::NONE {
                format!("Anonymous sessions from {}", source())
            } else {
                account()
            };
            format!(
                "{who}: {form}; seen with {users} of {all} of its kind, here on {}.",
                plural(*days, "day")
            )
        }
        Fact::Change { what, object, days } => {
            let times = if *days > 1 { format!(", on {days} days") } else { String::new() };
            format!("{} {what}: {object}{times}.", account())
        }
        Fact::Tgt => format!(
            "{} asked for service tickets from {} without a TGT in the ten hours before.",
            account(),
            source()
        ),
        Fact::ServiceTicket => format!(
            "{} opened a Kerberos session on {} without a service ticket in the ten hours before.",
            account(),
            target()
        ),
        Fact::Machine => format!("The machine account {} was used from {}.", account(), source()),
        Fact::Name { name } => format!("The SID of {} appeared under the name {name}.", account()),
        Fact::Outside => format!("{} logged on from the public address of {}.", account(), source()),
        Fact::Workstation { name } => {
            format!("The client at {} calls itself {name}, which is no known computer.", source())
        }
        Fact::Workstations { names } => {
            format!("The client at {} called itself by {names} names that are no known computers.", source())
        }
        Fact::Chain { hops, switches } => format!(
            "Part of a chain of {hops} hops from {}, with {}.",
            source(),
            plural(*switches, "change of credentials")
        ),
        Fact::Jump { score } => {
            format!("The number of events of {} per hour jumped (ChangeFinder {score:.1} nats).", account())
        }
        Fact::Sequence { events, nats, usual } => format!(
            "A sequence of {events} events of {} surprises by {nats:.1} nats per event; {usual:.1} is usual.",
            account()
        ),
    }
}

fn plural(n: u32, what: &str) -> String {
    match (n, what.strip_prefix("change of ")) {
        (1, _) => format!("1 {what}"),
        (_, Some(rest)) => format!("{n} changes of {rest}"),
        _ => format!("{n} {what}s"),
    }
}
