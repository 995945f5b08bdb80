//! Machine accounts and the hosts they are accounts of.

use super::NONE;
use super::account::{AccountKind, Accounts};
use super::host::Hosts;
use std::collections::BTreeMap;

/// Ties `name$` to the host of that name, by the name it has now and by those it had.
///
/// | accounts | host | tied |
/// | --- | --- | --- |
/// | CORP\PC7$ | pc7.corp.example | both ways |
/// | CORP\PC9$, until noon CORP\PC7$ | pc7, pc9 | the account to pc9, both hosts to the account |
/// | two accounts PC7$ | pc7 | both accounts to pc7, pc7 to neither |
pub fn tie(accounts: &mut Accounts, hosts: &mut Hosts) {
    // By host: accounts that have its name now (false) or had it (true).
    let mut claims: BTreeMap<u32, Vec<(bool, u32)>> = BTreeMap::new();
    for (account, n) in accounts.all.iter_mut().zip(0..).filter(|(a, _)| a.kind == AccountKind::Machine) {
        let former = account.renames.iter().rev().map(|r| (true, r.from.as_str()));
        for (had, name) in std::iter::once((false, account.name.as_str())).chain(former) {
            let host = hosts.of_machine(name, &account.domain);
            if host == NONE {
                continue;
            }
            account.host.get_or_insert(host);
            let claims = claims.entry(host).or_default();
            if claims.iter().all(|&(_, a)| a != n) {
                claims.push((had, n));
            }
        }
    }
    for (host, mut claims) in claims {
        claims.sort_unstable();
        let best = claims.first().map(|(had, _)| *had);
        claims.retain(|(had, _)| Some(*had) == best);
        if let ([(_, account)], Some(host)) = (claims.as_slice(), hosts.all.get_mut(host as usize)) {
            host.account = Some(*account);
        }
    }
}
