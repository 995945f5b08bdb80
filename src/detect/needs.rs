//! What a rule lives on: where no such event is in the logs, its silence means nothing, and that is said.

use super::context::Context;
use super::rule::Rule;
use super::threshold::Threshold as T;

/// Whose logs hold the events.
enum Logs {
    Controllers,
    Anyone,
    /// Days of them.
    Habits,
}

/// The events one of which must be there for the rule to find anything.
const fn needs(rule: Rule) -> (&'static [u16], Logs) {
    use Logs::{Anyone, Controllers, Habits};
    match rule {
        Rule::BruteForce | Rule::PasswordSpray | Rule::SuccessAfterFailures => (&[4625, 4771, 4776], Anyone),
        Rule::DeadAccount => (&[4625, 4740, 4768, 4771, 4776], Anyone),
        Rule::AccountEnumeration => (&[4625, 4768, 4771, 4776], Anyone),
        Rule::Kerberoasting
        | Rule::GoldenTicket
        | Rule::PassTheTicket
        | Rule::Ms14068
        | Rule::ManyTickets => (&[4769], Controllers),
        Rule::AsRepRoasting => (&[4768], Controllers),
        Rule::SilverTicket | Rule::KerberosRelay | Rule::PassTheHash | Rule::NewCredentials => {
            (&[4624], Anyone)
        }
        Rule::NtlmRelay | Rule::AnonymousLogon | Rule::PublicAddress | Rule::OddWorkstation => {
            (&[4624], Anyone)
        }
        Rule::Replay => (&[4649], Anyone),
        Rule::Dcsync => (&[4662], Controllers),
        Rule::ReplicationGranted | Rule::ShadowCredentials => (&[5136], Controllers),
        Rule::DcShadow => (&[4742, 5136, 5137], Controllers),
        Rule::SidHistory => (&[4738, 4765, 4766], Controllers),
        Rule::Delegation => (&[4738, 4742, 5136], Controllers),
        Rule::SamAccountName => (&[4781], Controllers),
        Rule::Zerologon => (&[4742], Controllers),
        Rule::LogCleared | Rule::Dsrm => (&[], Anyone),
        Rule::AuditRemoved => (&[4719], Anyone),
        Rule::AccountCreated | Rule::HiddenAccount | Rule::ShortLivedAccount => (&[4720], Anyone),
        Rule::AccountDeleted => (&[4722, 4725, 4726], Anyone),
        Rule::PrivilegedMember | Rule::ManyMembers => (&[4728, 4732, 4756], Anyone),
        Rule::PasswordReset => (&[4724], Anyone),
        Rule::ExplicitCredentials => (&[4648], Anyone),
        Rule::RdpTunnel | Rule::InteractiveOnDc | Rule::ServiceByHand | Rule::FanOut => (&[4624], Anyone),
        Rule::RdpHijack => (&[4778, 4779], Anyone),
        Rule::RdpNew | Rule::FirstSeenSensitive | Rule::LateralChain => (&[4624], Habits),
    }
}

/// A clean log has no failures and no changes: what is audited only when it happens is missing only where nothing of its kind is there.
pub fn check(ctx: &mut Context) {
    for &rule in Rule::ALL {
        let (ids, logs) = needs(rule);
        if ids.is_empty() || ids.iter().any(|id| ctx.coverage.count(*id) > 0) {
            if matches!(logs, Logs::Habits) && !ctx.knows_habits() {
                let days = ctx.value(T::HomeDays);
                ctx.cannot(rule, format!("the logs cover less than {days} days: nobody's habits are known."));
            }
            continue;
        }
        let list = match ids {
            [one] => one.to_string(),
            [rest @ .., last] => {
                format!("{} or {last}", rest.iter().map(u16::to_string).collect::<Vec<_>>().join(", "))
            }
            [] => continue,
        };
        let reason = match logs {
            Logs::Controllers => format!(
                "no {list}: no domain controller's Security log is loaded, it does not audit them, or none happened."
            ),
            Logs::Anyone | Logs::Habits => {
                format!("no {list}: not audited on the loaded hosts, or none happened.")
            }
        };
        ctx.cannot(rule, reason);
    }
}
