//! What the user has looked at and wants hidden. Nothing is lost: hidden findings are counted by the suppression that hides them.

use super::context::Context;
use super::finding::Finding;
use super::rule::Rule;
use ipnet::IpNet;
use std::net::IpAddr;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Suppression {
    /// `DOMAIN\name` or a name alone, `*` for any letters: hides findings in which it acts, or that name nobody else.
    Account(String),
    /// A host's name in full or its first label: hides findings that come from it, or that name no other.
    Host(String),
    /// Hides findings all of whose addresses lie in it.
    Address(IpNet),
    Rule(Rule),
}

impl Suppression {
    /// From a kind and a value as a user writes them.
    ///
    /// # Errors
    /// A sentence that says what is wrong.
    pub fn parse(kind: &str, value: &str) -> Result<Self, String> {
        let value = value.trim();
        if value.is_empty() {
            return Err("There is nothing to suppress: the value is empty.".into());
        }
        match kind {
            "account" => Ok(Self::Account(value.to_lowercase())),
            "host" => Ok(Self::Host(value.to_lowercase())),
            "address" => value
                .parse::<IpNet>()
                .or_else(|_| value.parse::<IpAddr>().map(IpNet::from))
                .map(Self::Address)
                .map_err(|_| format!("'{value}' is no address or range (10.0.0.0/8).")),
            "rule" => {
                Rule::from_key(value).map(Self::Rule).ok_or_else(|| format!("There is no rule '{value}'."))
            }
            _ => Err(format!("There is no suppression of '{kind}': account, host, address or rule.")),
        }
    }

    pub fn hides(&self, ctx: &Context, finding: &Finding) -> bool {
        // Those that act or where it came from; where there are none, all.
        let lead = |all: usize, lead: usize| if lead == 0 { all } else { lead };
        match self {
            Self::Rule(rule) => finding.rule == *rule,
            Self::Account(pattern) => {
                let n = lead(finding.accounts.len(), finding.actors);
                let is = |a: &u32| {
                    ctx.identity().accounts.get(*a).is_some_and(|a| {
                        matches(pattern, &a.full().to_lowercase()) || matches(pattern, &a.name.to_lowercase())
                    })
                };
                any_or_all(&finding.accounts[..n], finding.actors > 0, is)
            }
            Self::Host(pattern) => {
                let n = lead(finding.hosts.len(), finding.sources);
                let is = |h: &u32| {
                    ctx.identity().hosts.get(*h).is_some_and(|h| {
                        matches(pattern, &h.name.to_lowercase())
                            || matches(pattern, &h.short().to_lowercase())
                    })
                };
                any_or_all(&finding.hosts[..n], finding.sources > 0, is)
            }
            Self::Address(net) => {
                let inside =
                    |a: &String| a.parse::<IpAddr>().is_ok_and(|ip| net.contains(&ip.to_canonical()));
                !finding.addresses.is_empty() && finding.addresses.iter().all(inside)
            }
        }
    }
}

fn any_or_all(list: &[u32], any: bool, is: impl Fn(&u32) -> bool) -> bool {
    if any { list.iter().any(is) } else { !list.is_empty() && list.iter().all(is) }
}

/// `*` stands for any letters, none included. Linear but for backtracking to the last star.
fn matches(pattern: &str, text: &str) -> bool {
    let (p, t): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
    let (mut i, mut j, mut star) = (0, 0, None);
    while j < t.len() {
        if p.get(i) == Some(&'*') {
            star = Some((i, j));
            i += 1;
        } else if p.get(i) == Some(&t[j]) {
            (i, j) = (i + 1, j + 1);
        } else if let Some((at, from)) = star {
            star = Some((at, from + 1));
            (i, j) = (at + 1, from + 1);
        } else {
            return false;
        }
    }
    p[i..].iter().all(|c| *c == '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards() {
        for (pattern, text, is) in [
            ("svc*", "svc-backup", true),
            ("*\\svc*", "corp\\svc-backup", true),
            ("svc*x", "svc-backup", false),
            ("svc-backup", "svc-backup", true),
            ("*", "", true),
            ("a*b*c", "a-b-b-c", true),
            ("", "a", false),
        ] {
            assert_eq!(matches(pattern, text), is, "{pattern} {text}");
        }
    }

    #[test]
    fn what_cannot_be_suppressed_is_said() {
        assert!(Suppression::parse("address", "10.0.0.0/8").is_ok());
        assert!(Suppression::parse("address", "10.1.2.3").is_ok());
        assert!(Suppression::parse("address", "10.0.0.0/99").unwrap_err().contains("10.0.0.0/99"));
        assert!(Suppression::parse("rule", "dcsync").is_ok());
        assert!(Suppression::parse("rule", "nonsense").is_err());
        assert!(Suppression::parse("colour", "red").is_err());
        assert!(Suppression::parse("host", " ").is_err());
    }
}
