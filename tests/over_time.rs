//! Who was who, and where, at which time.

#[path = "common/said.rs"]
mod said;

use logonscope::analysis::Analysis;
use logonscope::detect::Settings;
use logonscope::event::Field;
use logonscope::export;
use logonscope::graph::Include;
use logonscope::identity::{AccountKind, HostKind, Identity, Proof};
use logonscope::store::Store;
use said::{SECOND, Said, analyse, batch, event};

const BOB: &str = "S-1-5-21-1-2-3-1104";
const EVE: &str = "S-1-5-21-1-2-3-1200";

/// A machine account's ticket from an address.
fn ticket<'t>(minute: i64, address: &'t str, machine: &'t str) -> Said<'t> {
    Said { minute: Some(minute), who: ("", "CORP.EXAMPLE", machine), address, status: 0, ..event(4769) }
}

/// An NTLM logon of a user with the client's word for its own name.
fn ntlm<'t>(minute: i64, address: &'t str, workstation: &'t str) -> Said<'t> {
    let who = (BOB, "CORP", "bob");
    Said { minute: Some(minute), who, address, workstation, logon_type: 3, package: "NTLM", ..event(4624) }
}

/// Bob from an address by Kerberos: says nothing about whose it is.
fn bob(minute: i64, address: &str) -> Said<'_> {
    Said { package: "Kerberos", ..ntlm(minute, address, "") }
}

/// Where each event with an address came from, by minute.
fn sources(store: &Store, a: &Analysis) -> Vec<(i64, String)> {
    let source = |row| a.identity.hosts.get(a.identity.way(store, &row).source).map(|h| h.short().to_owned());
    store.rows().map(|row| (row.time / 60 / SECOND, source(row).unwrap_or_default())).collect()
}

fn leases(a: &Analysis) -> Vec<(String, &str, i64, i64, Proof, u64)> {
    let hosts = &a.identity.hosts;
    let minute = |t: i64| t / 60 / SECOND;
    hosts
        .leases()
        .iter()
        .map(|l| {
            let host = hosts.get(l.host).map_or("?", |h| h.short());
            (l.address.to_string(), host, minute(l.seen.from), minute(l.seen.to), l.proof, l.seen.count)
        })
        .collect()
}

/// DOMAIN\name of the account of each event.
fn named(store: &Store, a: &Analysis) -> Vec<String> {
    let account = |row| a.identity.accounts.get(a.identity.account(&row)).map(|a| a.full());
    store.rows().map(|row| account(row).unwrap_or_default()).collect()
}

fn expect(found: Vec<(i64, String)>, wanted: &[(i64, &str)]) {
    let found: Vec<(i64, &str)> = found.iter().map(|(m, h)| (*m, h.as_str())).collect();
    assert_eq!(found, wanted);
}

#[test]
fn dhcp_moves_an_address_from_one_host_to_another() {
    let ip = "10.0.0.7";
    let (store, a) = analyse(&[
        bob(470, ip),
        ticket(480, ip, "PC7$"),
        bob(600, ip),
        ticket(842, "::ffff:10.0.0.7", "PC7$"),
        bob(852, ip),
        bob(853, ip),
        ticket(870, ip, "PC9$@CORP.EXAMPLE"),
        bob(871, ip),
        ticket(900, ip, "PC9$"),
        bob(911, ip),
        bob(1500, ip),
        bob(1501, ip),
    ]);
    let wanted = [
        // Before the first sighting: two hosts had it, so nothing is guessed.
        (470, ip),
        (480, "pc7"),
        (600, "pc7"),
        (842, "pc7"),
        // Machines ask for tickets at least every ten hours: so long it stays the last one's, until another is seen.
        (852, "pc7"),
        (853, "pc7"),
        (870, "pc9"),
        (871, "pc9"),
        (900, "pc9"),
        (911, "pc9"),
        // Ten hours, both ends included.
        (1500, "pc9"),
        (1501, ip),
    ];
    expect(sources(&store, &a), &wanted);
    let wanted = [
        (ip.to_owned(), "pc7", 480, 842, Proof::Machine, 2),
        (ip.to_owned(), "pc9", 870, 900, Proof::Machine, 2),
    ];
    assert_eq!(leases(&a), wanted);
    let first = &a.identity.hosts.leases()[0].seen;
    assert_eq!(
        (store.columns.record_id[first.first as usize], store.columns.record_id[first.last as usize]),
        (2, 4)
    );
    // The graph follows: bob came from three places.
    let from = |name: &str| {
        a.logons
            .edges
            .iter()
            .filter(|e| a.identity.hosts.get(e.source).is_some_and(|h| h.short() == name))
            .map(|e| e.count)
            .sum::<u64>()
    };
    assert_eq!((from("pc7"), from("pc9"), from(ip)), (3, 3, 2));
}

#[test]
fn grace_ends_where_another_is_seen() {
    let ip = "10.0.0.7";
    let (store, a) =
        analyse(&[ticket(0, ip, "PC7$"), bob(4, ip), ticket(5, ip, "PC9$"), bob(6, ip), bob(606, ip)]);
    expect(sources(&store, &a), &[(0, "pc7"), (4, "pc7"), (5, "pc9"), (6, "pc9"), (606, ip)]);
}

#[test]
fn an_address_with_one_host_is_its_at_all_times() {
    let ip = "10.0.0.7";
    let (store, a) = analyse(&[bob(0, ip), ticket(5000, ip, "PC7$"), ntlm(5001, ip, "PC7"), bob(90000, ip)]);
    expect(sources(&store, &a), &[(0, "pc7"), (5000, "pc7"), (5001, "pc7"), (90000, "pc7")]);
    assert_eq!(leases(&a), [(ip.to_owned(), "pc7", 5000, 5001, Proof::Machine, 2)]);
    assert!(a.identity.hosts.all.iter().all(|h| h.kind != HostKind::Address));
}

#[test]
fn a_workstation_name_inside_a_machine_accounts_lease_is_a_conflict() {
    let ip = "10.0.0.7";
    let (store, a) = analyse(&[
        ticket(0, ip, "PC7$"),
        ntlm(100, ip, "KALI"),
        ntlm(101, ip, "PC7"),
        ntlm(120, ip, "kali"),
        ntlm(130, ip, "WIN-X"),
        ticket(300, ip, "PC7$"),
        ntlm(305, ip, "KALI"),
        bob(9000, ip),
    ]);
    assert!(sources(&store, &a).iter().all(|(_, host)| host == "pc7"), "{:?}", sources(&store, &a));
    let [conflict] = a.identity.hosts.conflicts() else { panic!("{:?}", a.identity.hosts.conflicts()) };
    let name = |n: u32| a.identity.hosts.get(n).map_or("?", |h| h.short());
    let claimed: Vec<&str> = conflict.claimed.iter().map(|&n| name(n)).collect();
    assert_eq!((name(conflict.host), claimed, conflict.names), ("pc7", vec!["kali", "win-x"], 2));
    let record = |row: u32| store.columns.record_id[row as usize];
    assert_eq!((record(conflict.seen.first), record(conflict.seen.last), conflict.seen.count), (2, 7, 4));
}

#[test]
fn outside_a_machine_accounts_lease_a_workstation_name_counts() {
    let ip = "10.0.0.7";
    let (store, a) =
        analyse(&[ticket(0, ip, "PC7$"), ntlm(660, ip, "GUEST"), bob(665, ip), ticket(720, ip, "PC9$")]);
    expect(sources(&store, &a), &[(0, "pc7"), (660, "guest"), (665, "guest"), (720, "pc9")]);
    assert!(a.identity.hosts.conflicts().is_empty());
    assert_eq!(leases(&a)[1], (ip.to_owned(), "guest", 660, 660, Proof::Workstation, 1));
}

#[test]
fn who_is_at_home_elsewhere_takes_no_address_for_a_moment() {
    // The key of DC1 in other hands: its account from 10.0.0.7, while DC1 is at home at 10.0.0.1 all day.
    let (home, ip) = ("10.0.0.1", "10.0.0.7");
    let (store, a) = analyse(&[
        ticket(0, home, "DC1$"),
        ticket(5, ip, "PC7$"),
        ticket(300, ip, "DC1$"),
        ticket(301, ip, "DC1$"),
        ticket(900, home, "DC1$"),
    ]);
    expect(sources(&store, &a), &[(0, "dc1"), (5, "pc7"), (300, "pc7"), (301, "pc7"), (900, "dc1")]);
    let hosts = &a.identity.hosts;
    let name = |n: u32| hosts.get(n).map_or("", |h| h.short());
    let conflicts: Vec<_> =
        hosts.conflicts().iter().map(|c| (name(c.host), name(c.claimed[0]), c.seen.count)).collect();
    assert_eq!(conflicts, [("pc7", "dc1", 2)]);
    // And where nobody else is known at the address, it is nobody's.
    let (store, a) = analyse(&[ticket(0, home, "DC1$"), ticket(300, ip, "DC1$"), ticket(900, home, "DC1$")]);
    expect(sources(&store, &a), &[(0, "dc1"), (300, ip), (900, "dc1")]);
}

#[test]
fn names_that_take_turns_share_the_address() {
    let ip = "10.0.0.1";
    // NAT: two machines by turns, then one of them alone.
    let (store, a) = analyse(&[
        ticket(0, ip, "PC7$"),
        ticket(3, ip, "PC9$"),
        ticket(6, ip, "PC7$"),
        bob(7, ip),
        ticket(200, ip, "PC9$"),
    ]);
    expect(sources(&store, &a), &[(0, ip), (3, ip), (6, ip), (7, ip), (200, "pc9")]);
    // A laptop that gets its address back hours later does not.
    let (store, a) = analyse(&[ticket(0, ip, "PC7$"), ticket(300, ip, "PC9$"), ticket(600, ip, "PC7$")]);
    expect(sources(&store, &a), &[(0, "pc7"), (300, "pc9"), (600, "pc7")]);
    // Workstation names need not even come back: two within ten minutes contradict each other.
    let (store, a) = analyse(&[ntlm(0, ip, "PC7"), ntlm(9, ip, "PC9"), ntlm(100, ip, "PC9")]);
    expect(sources(&store, &a), &[(0, ip), (9, ip), (100, ip)]);
    let (store, a) = analyse(&[ntlm(0, ip, "PC7"), ntlm(100, ip, "PC9")]);
    expect(sources(&store, &a), &[(0, "pc7"), (100, "pc9")]);
}

#[test]
fn invented_names_prove_nothing() {
    let ip = "10.0.0.66";
    let names: Vec<String> = (0..40).map(|n| format!("RND{n:03}")).collect();
    // An hour apart each: no two contradict each other.
    let spray: Vec<Said> = names.iter().zip(0..).map(|(name, n)| ntlm(n * 60, ip, name)).collect();
    let (store, a) = analyse(&spray);
    assert!(sources(&store, &a).iter().all(|(_, host)| host == ip));
    assert!(leases(&a).is_empty());
    // Sixteen might be guests of a year.
    let (store, a) = analyse(&spray[..16]);
    assert!(sources(&store, &a).iter().all(|(_, host)| host.starts_with("rnd")));
    // They cannot unseat a machine account, and one conflict tells of them all.
    let mut told = vec![ticket(-10, ip, "PC66$"), ticket(4000, ip, "PC66$")];
    told.extend(&spray);
    let (store, a) = analyse(&told);
    assert!(sources(&store, &a).iter().all(|(_, host)| host == "pc66"));
    let [conflict] = a.identity.hosts.conflicts() else { panic!("one") };
    assert_eq!((conflict.names, conflict.claimed.len(), conflict.seen.count), (40, 16, 40));
}

#[test]
fn a_relayed_machine_account_ties_nothing() {
    let relayed = Said { who: ("S-1-5-21-1-2-3-1000", "CORP", "DC01$"), ..ntlm(5, "10.0.0.66", "DC01") };
    let failed = Said { status: 0x1f, ..ticket(6, "10.0.0.66", "PC1$") };
    let (store, a) = analyse(&[relayed, failed]);
    expect(sources(&store, &a), &[(5, "10.0.0.66"), (6, "10.0.0.66")]);
}

#[test]
fn only_what_domain_controllers_alone_write_makes_one() {
    let class = [(Field::ObjectType, "%{19195a5b-6da0-11d0-afd3-00c04fd930c9}")];
    let wmi = [(Field::ObjectType, "WMI Namespace")];
    let by = |id, computer| Said { who: (BOB, "CORP", "bob"), computer, ..event(id) };
    let (_, a) = analyse(&[
        by(4742, "dc1.x"),
        by(5136, "dc2.x"),
        Said { details: &class, ..by(4662, "dc3.x") },
        Said { details: &wmi, ..by(4662, "web.x") },
        by(4776, "member.x"),
        by(4720, "ws.x"),
    ]);
    let dcs = a.identity.hosts.all.iter().filter(|h| h.kind == HostKind::DomainController);
    assert_eq!(dcs.map(|h| h.name.as_str()).collect::<Vec<_>>(), ["dc1.x", "dc2.x", "dc3.x"]);
}

/// 4781; `who` has the new name, as the reader gives it.
fn rename<'t>(minute: i64, sid: &'t str, old: &'t [(Field, &'t str)], new: &'t str) -> Said<'t> {
    Said { minute: Some(minute), who: (sid, "CORP", new), details: old, ..event(4781) }
}

fn logon<'t>(minute: i64, sid: &'t str, name: &'t str) -> Said<'t> {
    Said { minute: Some(minute), who: (sid, "CORP", name), logon_type: 2, ..event(4624) }
}

/// Without a SID, as 4769 has it.
fn asked(minute: i64, name: &str) -> Said<'_> {
    Said { minute: Some(minute), who: ("", "CORP.EXAMPLE", name), status: 0, ..event(4769) }
}

const OLD_BOB: [(Field, &str); 1] = [(Field::OldTargetUserName, "bob")];
const OLD_EVE: [(Field, &str); 1] = [(Field::OldTargetUserName, "eve")];

#[test]
fn a_renamed_account_stays_one() {
    let (store, a) = analyse(&[
        logon(0, BOB, "bob"),
        logon(1, BOB, "bob"),
        asked(2, "bob"),
        rename(10, BOB, &OLD_BOB, "rob"),
        logon(11, BOB, "rob"),
        asked(12, "rob"),
        // Its ticket keeps the name, and nobody else ever had it.
        asked(13, "bob"),
    ]);
    assert!(named(&store, &a).iter().all(|n| n == "CORP\\rob"), "{:?}", named(&store, &a));
    let rob = &a.identity.accounts.all[0];
    assert!(rob.aliases.contains("CORP\\bob"), "{:?}", rob.aliases);
    let [rename] = rob.renames.as_slice() else { panic!("{:?}", rob.renames) };
    assert_eq!((rename.from.as_str(), rename.to.as_str(), rename.time), ("bob", "rob", 600 * SECOND));
    assert_eq!(store.columns.event_id[rename.row as usize], 4781);
}

#[test]
fn a_rename_to_the_same_name_is_none() {
    // Windows setup writes one for every built-in group.
    let (_, a) = analyse(&[logon(0, BOB, "bob"), rename(10, BOB, &OLD_BOB, "bob")]);
    assert!(a.identity.accounts.all[0].renames.is_empty());
}

#[test]
fn a_rename_alone_gives_the_old_name_as_alias() {
    let (store, a) = analyse(&[rename(10, BOB, &OLD_BOB, "rob"), asked(1, "bob")]);
    assert_eq!(named(&store, &a), ["CORP\\rob", "CORP\\rob"]);
    assert!(a.identity.accounts.all[0].aliases.contains("CORP\\bob"));
}

#[test]
fn a_name_that_passed_to_another_account_means_who_had_it_at_the_time() {
    let swap = [
        logon(0, BOB, "bob"),
        asked(5, "bob"),
        rename(10, BOB, &OLD_BOB, "rob"),
        asked(12, "bob"),
        rename(15, EVE, &OLD_EVE, "bob"),
        asked(16, "bob"),
        // A session keeps the name it began with.
        Said { id: 4634, ..logon(17, BOB, "bob") },
        Said { who: ("", "", "bob"), ..Said { id: 4776, ..asked(18, "bob") } },
        asked(19, "rob"),
    ];
    let (store, a) = analyse(&swap);
    let sids: Vec<Option<&str>> = store
        .rows()
        .map(|row| a.identity.accounts.get(a.identity.account(&row)).and_then(|a| a.sid.as_deref()))
        .collect();
    let (b, e) = (Some(BOB), Some(EVE));
    assert_eq!(sids, [b, b, b, None, e, e, b, e, b]);
    // Without the renames nothing tells who of the two is meant.
    let (store, a) =
        analyse(&[logon(0, BOB, "bob"), asked(5, "bob"), logon(10, EVE, "bob"), asked(16, "bob")]);
    let unknown = a.identity.account(&store.columns.row(1).expect("four rows"));
    assert_eq!(
        a.identity.accounts.get(unknown).map(|a| (a.sid.clone(), a.full())),
        Some((None, "CORP.EXAMPLE\\bob".into()))
    );
    assert_eq!(a.identity.account(&store.columns.row(3).expect("four rows")), unknown);
}

#[test]
fn a_deleted_accounts_name_used_again() {
    let deleted = Said { id: 4726, ..logon(10, BOB, "bob") };
    let (store, a) = analyse(&[
        logon(0, BOB, "bob"),
        asked(5, "bob"),
        deleted,
        asked(15, "bob"),
        logon(20, EVE, "bob"),
        asked(25, "bob"),
    ]);
    let sid = |i: usize| {
        let row = store.columns.row(i).expect("six rows");
        a.identity.accounts.get(a.identity.account(&row)).and_then(|a| a.sid.as_deref())
    };
    // After the deletion only one of the two can be meant.
    assert_eq!([sid(1), sid(3), sid(5)], [Some(BOB), Some(EVE), Some(EVE)]);
    // Where the log tells when the second was made, nobody had the name in between.
    let created = Said { id: 4720, ..logon(18, EVE, "bob") };
    let (store, a) = analyse(&[logon(0, BOB, "bob"), deleted, asked(15, "bob"), created, asked(25, "bob")]);
    let sid = |i: usize| {
        let row = store.columns.row(i).expect("five rows");
        a.identity.accounts.get(a.identity.account(&row)).and_then(|a| a.sid.as_deref())
    };
    assert_eq!([sid(2), sid(4)], [None, Some(EVE)]);
}

#[test]
fn names_seen_by_turns_are_nobodys() {
    let (store, a) = analyse(&[
        logon(0, BOB, "bob"),
        logon(1, EVE, "bob"),
        logon(2, BOB, "bob"),
        asked(3, "bob"),
        Said { id: 4726, ..logon(4, BOB, "bob") },
        logon(5, EVE, "bob"),
        asked(6, "bob"),
    ]);
    for i in [3, 6] {
        let row = store.columns.row(i).expect("seven rows");
        assert_eq!(a.identity.accounts.get(a.identity.account(&row)).and_then(|a| a.sid.clone()), None);
    }
}

#[test]
fn samaccountname_spoofing_keeps_the_machine() {
    let old = [(Field::OldTargetUserName, "WIN-X$")];
    let back = [(Field::OldTargetUserName, "DC01")];
    let machine = "S-1-5-21-1-2-3-1500";
    let (store, a) = analyse(&[
        logon(0, "S-1-5-21-1-2-3-1000", "DC01$"),
        logon(0, machine, "WIN-X$"),
        rename(1, machine, &old, "DC01"),
        asked(2, "DC01"),
        rename(3, machine, &back, "WIN-X$"),
        asked(4, "DC01$"),
    ]);
    assert_eq!(
        named(&store, &a),
        ["CORP\\DC01$", "CORP\\WIN-X$", "CORP\\WIN-X$", "CORP\\WIN-X$", "CORP\\WIN-X$", "CORP\\DC01$"]
    );
    let spoof = a.identity.accounts.all.iter().find(|a| a.name == "WIN-X$").expect("it is there");
    assert_eq!((spoof.kind, spoof.renames.len(), spoof.host), (AccountKind::Machine, 2, None));
    // Caught in the middle it is a machine still, though its name has no $.
    let (_, a) = analyse(&[logon(0, machine, "WIN-X$"), rename(1, machine, &old, "DC01")]);
    let spoof = &a.identity.accounts.all[0];
    assert_eq!((spoof.full(), spoof.kind), ("CORP\\DC01".to_owned(), AccountKind::Machine));
}

#[test]
fn machine_accounts_and_hosts_belong_together() {
    let (_, a) = analyse(&[
        logon(0, "S-1-5-21-1-2-3-1000", "DC01$"),
        Said { computer: "web.corp.example", ..logon(1, BOB, "bob") },
        Said { computer: "web.other.example", ..logon(1, BOB, "bob") },
        logon(1, "S-1-5-21-1-2-3-1001", "WEB$"),
        Said { who: ("S-1-5-21-9-9-9-1001", "OTHER.EXAMPLE", "WEB$"), ..event(4624) },
        logon(2, "S-1-5-21-1-2-3-1002", "GONE$"),
    ]);
    let host = |name: &str| a.identity.hosts.all.iter().position(|h| h.name == name).map(|n| n as u32);
    let tied: Vec<(String, Option<u32>)> = a
        .identity
        .accounts
        .all
        .iter()
        .filter(|a| a.name.ends_with('$'))
        .map(|a| (a.full(), a.host))
        .collect();
    let wanted = [
        ("CORP\\DC01$", host("dc01.corp.example")),
        ("CORP\\GONE$", None),
        ("CORP\\WEB$", host("web.corp.example")),
        ("OTHER.EXAMPLE\\WEB$", host("web.other.example")),
    ];
    assert_eq!(tied, wanted.map(|(name, host)| (name.to_owned(), host)));
    for h in &a.identity.hosts.all {
        let account = h.account.and_then(|n| a.identity.accounts.get(n)).expect("each has one");
        assert_eq!(account.host.and_then(|n| a.identity.hosts.get(n)).map(|h| &h.name), Some(&h.name));
    }
}

#[test]
fn a_netbios_name_that_is_not_the_first_label() {
    let carol = "S-1-5-21-1-2-3-1300";
    let (store, a) = analyse(&[
        // The pair is learned from any account of the domain …
        Said { who: (BOB, "CONTOSO", "bob"), ..event(4624) },
        Said { who: (BOB, "ad.firm.example", "bob"), ..event(4768) },
        // … and serves every other.
        Said { who: (carol, "CONTOSO", "carol"), ..event(4624) },
        Said { who: ("", "AD.FIRM.EXAMPLE", "carol@AD.FIRM.EXAMPLE"), status: 0, ..event(4769) },
        Said { who: ("", "CONTOSO", "nosuch"), status: 0xC000_0064, ..event(4625) },
        Said { who: ("", "ad.firm.example", "nosuch"), status: 6, ..event(4768) },
        // A UPN suffix of its own.
        Said { who: (BOB, "CONTOSO", "bob@mail.example"), ..event(4624) },
        Said { who: ("", "", "carol@mail.example"), status: 0xC000_006A, ..event(4625) },
    ]);
    assert_eq!(a.identity.accounts.all.len(), 3, "{:?}", a.identity.accounts.all);
    let names = named(&store, &a);
    assert!(names[3] == names[2] && names[7] == names[2], "{names:?}");
    assert_eq!(names[4], names[5]);
}

#[test]
fn a_suffix_of_two_domains_proves_nothing() {
    let (store, a) = analyse(&[
        Said { who: (BOB, "A", "bob@mail.example"), ..event(4624) },
        Said { who: ("S-1-5-21-9-9-9-1104", "B", "carol@mail.example"), ..event(4624) },
        Said { who: ("S-1-5-21-9-9-9-1105", "B", "dan"), ..event(4624) },
        Said { who: ("", "", "dan@mail.example"), status: 0xC000_006A, ..event(4625) },
    ]);
    assert_eq!(named(&store, &a)[3], "mail.example\\dan");
}

/// Everything of an identity that can be seen, with rows as record ids.
fn shown(store: &Store, identity: &Identity) -> String {
    let record = |row: u32| store.columns.record_id[row as usize];
    let mut out = String::new();
    for a in &identity.accounts.all {
        let renames: Vec<_> = a.renames.iter().map(|r| (r.time, &r.from, &r.to, record(r.row))).collect();
        out += &format!("{:?}\n", (a.full(), &a.sid, a.kind, &a.aliases, renames, a.host));
    }
    for h in &identity.hosts.all {
        out += &format!("{:?}\n", (&h.name, h.kind, &h.addresses, &h.aliases, h.account));
    }
    for l in identity.hosts.leases() {
        out += &format!(
            "{:?}\n",
            (
                l.address,
                l.host,
                l.proof,
                l.seen.from,
                l.seen.to,
                record(l.seen.first),
                record(l.seen.last),
                l.seen.count
            )
        );
    }
    for c in identity.hosts.conflicts() {
        out += &format!(
            "{:?}\n",
            (c.address, c.host, &c.claimed, c.names, record(c.seen.first), record(c.seen.last), c.seen.count)
        );
    }
    let mut rows: Vec<_> = store
        .rows()
        .map(|row| {
            (
                row.record_id,
                identity.account(&row),
                identity.way(store, &row).source,
                identity.way(store, &row).target,
            )
        })
        .collect();
    rows.sort_unstable();
    out + &format!("{rows:?}")
}

#[test]
fn neither_the_order_of_files_nor_of_batches_shows() {
    let (ip, nat) = ("10.0.0.7", "10.0.0.1");
    let first = [
        ticket(0, ip, "PC7$"),
        ntlm(0, ip, "KALI"),
        logon(0, BOB, "bob"),
        rename(10, BOB, &OLD_BOB, "rob"),
        ticket(30, ip, "PC7$"),
        ticket(30, nat, "PC7$"),
        ntlm(33, "10.0.0.9", "PC1"),
        asked(5, "bob"),
    ];
    let second = [
        ticket(0, ip, "PC7$"),
        ntlm(20, ip, "AAA"),
        ticket(31, nat, "PC9$"),
        ticket(32, nat, "PC7$"),
        rename(15, EVE, &OLD_EVE, "bob"),
        ticket(90, ip, "PC9$"),
        bob(60, ip),
        ntlm(99, "10.0.0.9", "PC2"),
        asked(16, "bob"),
        asked(12, "bob"),
    ];
    let identity = |order: [(u32, u64, &[Said]); 2]| {
        let mut store = Store::default();
        for (file, record, events) in order {
            store.append(batch(file, record, events));
            store.file(file).name = format!("from {record}");
        }
        let identity = Identity::resolve(&store);
        shown(&store, &identity)
    };
    let straight = identity([(0, 1, &first), (1, 101, &second)]);
    assert_eq!(straight, identity([(0, 101, &second), (1, 1, &first)]));
    assert_eq!(straight, identity([(1, 101, &second), (0, 1, &first)]));
    // And what is compared is not empty.
    for part in ["PC7", "rob", "10.0.0.9"] {
        assert!(straight.contains(part) || straight.contains(&part.to_lowercase()), "{part}: {straight}");
    }
}

#[test]
fn absurd_times_do_no_harm() {
    let at = |minute| {
        [
            ticket(minute, "10.0.0.7", "PC7$"),
            ticket(minute, "10.0.0.7", "PC9$"),
            ntlm(minute, "10.0.0.7", "X"),
        ]
    };
    let events: Vec<Said> = [i64::MIN, i64::MAX, 0].into_iter().flat_map(at).collect();
    let mut names =
        vec![logon(i64::MIN, BOB, "bob"), rename(i64::MAX, BOB, &OLD_BOB, "rob"), asked(i64::MAX, "bob")];
    names.extend([rename(i64::MAX, EVE, &OLD_EVE, "bob"), asked(i64::MIN, "bob")]);
    let (store, a) = analyse(&[events, names].concat());
    assert_eq!(sources(&store, &a).len(), 14);
}

#[test]
fn the_document_shows_renames_leases_and_conflicts() {
    let ip = "10.0.0.7";
    let mut store = Store::default();
    store.append(batch(
        0,
        1,
        &[
            ticket(0, ip, "PC7$"),
            ntlm(1, ip, "KALI"),
            rename(10, BOB, &OLD_BOB, "rob"),
            ticket(60, ip, "PC9$"),
        ],
    ));
    store.file(0).name = "Security.evtx".into();
    let analysis = Analysis::of(&store, Include::default());
    let detections = analysis.detect(&store, &Settings::default());
    let json = export::json(&store, &analysis, &detections);
    let find = |list: &str, name: &str| {
        json[list].as_array().and_then(|l| l.iter().find(|v| v["name"] == name)).cloned().unwrap_or_default()
    };
    let rename = &find("accounts", "rob")["renames"][0];
    assert_eq!((&rename["from"], &rename["to"]), (&"bob".into(), &"rob".into()));
    assert_eq!(rename["record"], serde_json::json!({"file": "Security.evtx", "record_id": 3}));
    assert_eq!(find("accounts", "PC7$")["host"], "pc7");
    let pc7 = find("hosts", "pc7");
    assert_eq!(pc7["account"], "CORP.EXAMPLE\\PC7$");
    assert_eq!(pc7["leases"][0]["address"], ip);
    assert_eq!(
        (&pc7["leases"][0]["evidence"], &pc7["leases"][0]["count"]),
        (&"machine-account".into(), &1.into())
    );
    assert_eq!(json["address_conflicts"][0]["claimed"], serde_json::json!(["kali"]));
    assert_eq!(json["address_conflicts"][0]["first_record"]["record_id"], 2);
}
