//! Who is who: spellings brought together where one account or host can be meant, and nowhere else.

#[path = "common/said.rs"]
mod said;

use logonscope::analysis::Analysis;
use logonscope::graph::Reason;
use logonscope::identity::{AccountKind, HostKind, Privilege};
use said::{Said, analyse, event};

fn accounts(a: &Analysis) -> Vec<String> {
    a.identity.accounts.all.iter().map(|a| a.full()).collect()
}

fn hosts(a: &Analysis) -> Vec<&str> {
    a.identity.hosts.all.iter().map(|h| h.name.as_str()).collect()
}

const BOB: &str = "S-1-5-21-1-2-3-1104";

#[test]
fn one_account_in_many_spellings() {
    let (_, a) = analyse(&[
        Said { who: (BOB, "CORP", "bob"), ..event(4624) },
        Said { who: ("S-1-0-0", "corp.example", "BOB"), status: 0xC000_006D, ..event(4625) },
        Said { who: ("", "CORP.EXAMPLE", "bob@CORP.EXAMPLE"), status: 0, ..event(4769) },
        Said { who: ("", "", "bob"), status: 0, ..event(4776) },
    ]);
    assert_eq!(accounts(&a), ["CORP\\bob"]);
    let bob = &a.identity.accounts.all[0];
    assert_eq!((bob.sid.as_deref(), bob.kind), (Some(BOB), AccountKind::User));
    assert_eq!(bob.aliases.len(), 3, "{:?}", bob.aliases);
}

#[test]
fn two_accounts_of_one_name_stay_two_and_a_bare_name_joins_neither() {
    let (_, a) = analyse(&[
        Said { who: (BOB, "CORP", "bob"), ..event(4624) },
        Said { who: ("S-1-5-21-9-9-9-1001", "WS7", "bob"), ..event(4624) },
        Said { who: ("", "", "bob"), status: 0, ..event(4776) },
    ]);
    assert_eq!(accounts(&a), ["bob", "CORP\\bob", "WS7\\bob"]);
}

#[test]
fn kinds() {
    let (_, a) = analyse(&[
        Said { who: ("S-1-5-18", "NT AUTHORITY", "SYSTEM"), ..event(4624) },
        Said { who: ("S-1-5-18", "CORP", "WS1$"), ..event(4719) },
        Said { who: ("S-1-5-18", "CORP", "WS2$"), ..event(4719) },
        Said { who: ("S-1-5-18", "CORP", "WS2$"), ..event(4719) },
        Said { who: ("S-1-5-7", "NT AUTHORITY", "ANONYMOUS LOGON"), ..event(4624) },
        Said { who: ("S-1-5-90-0-1", "Window Manager", "DWM-1"), ..event(4624) },
        Said { who: ("S-1-5-21-1-2-3-1000", "CORP", "PC7$"), ..event(4624) },
        Said { who: ("", "CORP", "nosuchuser"), status: 0xC000_0064, ..event(4625) },
    ]);
    let kind = |name: &str| a.identity.accounts.all.iter().find(|a| a.name == name).map(|a| a.kind);
    assert_eq!(kind("SYSTEM"), Some(AccountKind::BuiltIn));
    assert_eq!(kind("DWM-1"), Some(AccountKind::BuiltIn));
    assert_eq!(kind("ANONYMOUS LOGON"), Some(AccountKind::Anonymous));
    assert_eq!(kind("PC7$"), Some(AccountKind::Machine));
    assert_eq!(kind("nosuchuser"), Some(AccountKind::Unknown));
    for (reason, n) in [(Reason::BuiltIn, 2), (Reason::Anonymous, 1), (Reason::MachineAccount, 1)] {
        assert_eq!(a.logons.set_aside(reason), n, "{reason:?}");
    }
    // The failure without address or workstation happened on the machine itself: an edge, not lost.
    assert_eq!(a.logons.edges.len(), 1);
}

#[test]
fn privileges_have_reasons() {
    let group = [(logonscope::event::Field::TargetSid, "S-1-5-21-1-2-3-512")];
    let (_, a) = analyse(&[
        Said { who: (BOB, "CORP", "bob"), ..event(4672) },
        Said { who: ("S-1-5-21-1-2-3-500", "CORP", "root"), ..event(4624) },
        Said { who: ("S-1-5-21-1-2-3-1200", "CORP", "eve"), ..event(4624) },
        Said { who: ("S-1-5-21-1-2-3-1200", "", "CN=Eve E,OU=x"), details: &group, ..event(4728) },
    ]);
    let of = |name: &str| {
        let found = a.identity.accounts.all.iter().find(|a| a.name == name);
        found.map(|a| a.privileges.iter().copied().collect::<Vec<_>>()).unwrap_or_default()
    };
    assert_eq!(of("bob"), [Privilege::Assigned]);
    assert_eq!(of("root"), [Privilege::Administrator]);
    assert_eq!(of("eve"), [Privilege::Member]);
}

#[test]
fn an_address_becomes_a_host_only_where_nothing_contradicts() {
    let ntlm = Said { logon_type: 3, package: "NTLM", who: (BOB, "CORP", "bob"), ..event(4624) };
    let (_, a) = analyse(&[
        // A machine account's ticket proves whose address it is, whatever a client calls itself.
        Said { who: ("", "CORP.EXAMPLE", "PC7$"), address: "::ffff:10.0.0.7", status: 0, ..event(4769) },
        Said { address: "10.0.0.7", workstation: "LIAR", ..ntlm },
        // One workstation name only.
        Said { address: "10.0.0.8", workstation: "PC8", ..ntlm },
        // Two of them: it stays an address.
        Said { address: "10.0.0.9", workstation: "PC9", ..ntlm },
        Said { address: "10.0.0.9", workstation: "KALI", ..ntlm },
        // A machine account by NTLM may be relayed: proves nothing.
        Said {
            address: "10.0.0.66",
            who: ("S-1-5-21-1-2-3-1000", "CORP", "DC01$"),
            logon_type: 3,
            package: "NTLM",
            ..event(4624)
        },
    ]);
    let at = |ip: &str| {
        let ip = ip.parse().expect("an address");
        a.identity.hosts.all.iter().find(|h| h.addresses.contains(&ip)).map(|h| h.name.as_str())
    };
    assert_eq!(at("10.0.0.7"), Some("pc7"));
    assert_eq!(at("10.0.0.8"), Some("pc8"));
    assert_eq!(at("10.0.0.9"), Some("10.0.0.9"));
    assert_eq!(at("10.0.0.66"), Some("10.0.0.66"));
    let dc = a.identity.hosts.all.iter().find(|h| h.name == "dc01.corp.example").expect("the DC");
    assert_eq!(dc.kind, HostKind::DomainController);
}

#[test]
fn short_and_full_host_names() {
    let (_, a) = analyse(&[
        Said { who: (BOB, "CORP", "bob"), workstation: "\\\\dc01", ..event(4776) },
        Said { who: (BOB, "CORP", "bob"), computer: "averylonghostname.corp.example", ..event(4624) },
        Said { who: (BOB, "CORP", "bob"), workstation: "AVERYLONGHOSTNA", ..event(4776) },
        Said { who: (BOB, "CORP", "bob"), computer: "web.a.example", ..event(4624) },
        Said { who: (BOB, "CORP", "bob"), computer: "web.b.example", ..event(4624) },
        Said { who: (BOB, "CORP", "bob"), workstation: "WEB", ..event(4776) },
    ]);
    let expected =
        ["averylonghostname.corp.example", "dc01.corp.example", "web", "web.a.example", "web.b.example"];
    assert_eq!(hosts(&a), expected);
}

#[test]
fn loopback_is_the_machine_itself_and_explicit_credentials_go_to_the_server_named() {
    let server = [(logonscope::event::Field::TargetServerName, "FS01")];
    let (store, a) = analyse(&[
        Said {
            who: (BOB, "CORP", "bob"),
            address: "127.0.0.1",
            workstation: "DC01",
            logon_type: 2,
            ..event(4624)
        },
        Said { who: (BOB, "CORP", "bob"), address: "-", details: &server, ..event(4648) },
        Said { who: (BOB, "CORP", "bob"), computer: "FS01.corp.example", ..event(4624) },
    ]);
    let ways: Vec<(&str, &str)> = store
        .rows()
        .map(|row| {
            let way = a.identity.way(&store, &row);
            let name = |n| a.identity.hosts.get(n).map_or("?", |h| h.short());
            (name(way.source), name(way.target))
        })
        .collect();
    assert_eq!(ways, [("dc01", "dc01"), ("dc01", "fs01"), ("fs01", "fs01")]);
}
