//! How a record spells somebody, and which spellings of a domain are one domain.
//!
//! | in the records | means |
//! | --- | --- |
//! | CORP, corp.example | one domain: a DNS name counts as its first label |
//! | CONTOSO\bob and ad.contoso.com\bob, both S-1-5-21-1-2-3-… | one domain: the SIDs it issued say so |
//! | bob@mail.example with S-1-5-21-1-2-3-1104 | mail.example is a UPN suffix of that domain |
//! | one suffix with SIDs of two domains | proves nothing: its first label counts |

use crate::event::sid;
use crate::store::{Principal, Store};
use std::collections::{BTreeMap, BTreeSet};

/// A principal's spelling.
pub struct Spelling<'s> {
    pub sid: Option<&'s str>,
    pub domain: &'s str,
    pub name: &'s str,
    /// The suffix of a UPN that stands beside a domain (`CORP`, `bob@mail.example`).
    suffix: &'s str,
    /// Out of a distinguished name: a person's name rather than a logon name.
    pub is_common_name: bool,
    /// The name as one compares it.
    pub lower: String,
}

impl<'s> Spelling<'s> {
    /// `None` for nobody.
    pub fn of(store: &'s Store, who: Principal) -> Option<Self> {
        let strings = &store.tables.strings;
        // A domain of "." is whatever machine it is said on.
        let text = |n| Some(strings.get(n).trim()).filter(|t| !matches!(*t, "-" | ".")).unwrap_or("");
        let (sid_text, mut domain, mut name, mut suffix) =
            (text(who.sid), text(who.domain), text(who.name), "");
        if let Some((user, realm)) = name.split_once('@') {
            name = user;
            if domain.is_empty() {
                domain = realm;
            } else {
                suffix = realm;
            }
        }
        if let Some((d, user)) = name.split_once('\\') {
            name = user;
            if domain.is_empty() {
                domain = d;
            }
        }
        // A member's distinguished name: CN=Bob Smith,OU=…
        let common = name.strip_prefix("CN=").or_else(|| name.strip_prefix("cn="));
        let is_common_name = common.is_some();
        if let Some(cn) = common {
            name = cn.split(',').next().unwrap_or(cn);
        }
        let sid = (!sid::is_null(sid_text)).then_some(sid_text);
        if sid.is_none() && name.is_empty() {
            return None;
        }
        Some(Self { sid, domain, name, suffix, is_common_name, lower: name.to_lowercase() })
    }
}

/// A domain's part of a SID: all but the last number of `S-1-5-21-…`.
pub fn issuer(sid: &str) -> Option<&str> {
    sid::is_issued(sid).then(|| sid.rsplit_once('-'))?.map(|(issuer, _)| issuer)
}

/// The first label, as one compares it.
pub fn label(domain: &str) -> String {
    domain.split('.').next().unwrap_or(domain).to_lowercase()
}

/// Which domain a text means, learned from the SIDs that stand beside it.
#[derive(Default)]
pub struct Domains {
    by_text: BTreeMap<String, BTreeSet<String>>,
    by_label: BTreeMap<String, BTreeSet<String>>,
}

impl Domains {
    pub fn learn<'s>(spellings: impl Iterator<Item = &'s Spelling<'s>>) -> Self {
        let mut domains = Self::default();
        let mut seen: BTreeSet<(&str, &str)> = BTreeSet::new();
        for s in spellings {
            let Some(issuer) = s.sid.and_then(issuer) else { continue };
            for text in [s.domain, s.suffix].into_iter().filter(|t| !t.is_empty()) {
                if seen.insert((text, issuer)) {
                    domains.by_text.entry(text.to_lowercase()).or_default().insert(issuer.to_owned());
                    domains.by_label.entry(label(text)).or_default().insert(issuer.to_owned());
                }
            }
        }
        domains
    }

    /// The domain's part of its SIDs where one domain only can be meant, else the first label.
    pub fn canonical(&self, domain: &str) -> String {
        let label = label(domain);
        let known = self.by_text.get(&domain.to_lowercase()).or_else(|| self.by_label.get(&label));
        known.and_then(|issuers| only(issuers).cloned()).unwrap_or(label)
    }
}

/// The only member, if there is just one.
pub fn only<T: Ord>(set: &BTreeSet<T>) -> Option<&T> {
    set.first().filter(|_| set.len() == 1)
}
