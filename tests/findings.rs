//! Findings: the techniques of the shared logs with their actors and records, no high one on innocent logs, and what settings do.

mod common;

use common::said::{Said, analyse, event};
use logonscope::analysis::Analysis;
use logonscope::answer::DetectionSettings;
use logonscope::detect::{Detections, Finding, Rule, Settings, Severity, Suppression, Threshold};
use logonscope::event::Field;
use logonscope::graph::Include;
use logonscope::store::Store;
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;

/// File, rule, who or what it is by (an account that acts, else a source), event ids and number of its records. By hand, from the records
/// as another parser shows them.
const TECHNIQUES: &[(&str, Rule, &str, &[u16], usize)] = &[
    ("DE_RDP_Tunneling_4624", Rule::RdpTunnel, "IEUser", &[4624], 1),
    ("ID4624-Mimikatz_Pass_the_hash", Rule::NewCredentials, "admmig", &[4624], 1),
    ("ID4624-Success_login_with_Golden_ticket", Rule::GoldenTicket, "not_existing_user", &[4624], 1),
    ("ID4625-OpenSSH_brutforce_with_non_existing_users", Rule::BruteForce, "fs01", &[4625, 4776], 10),
    ("ID4662-DCsync_attack_using_Mimikatz", Rule::Dcsync, "admmig", &[4662], 3),
    ("ID4688_4778_4779_RDP_hijack_direct", Rule::RdpHijack, "admmig", &[4778, 4779], 2),
    ("ID4719-Audit_policy_deactivation", Rule::AuditRemoved, "admmig", &[4719], 30),
    ("ID4728-Massive_account_group_membership_change", Rule::ManyMembers, "lambda-user", &[4728], 11),
    ("ID472_4728_Hidden_user_creation", Rule::HiddenAccount, "admmig", &[4720], 1),
    ("ID472_4728_Hidden_user_creation", Rule::PrivilegedMember, "admmig", &[4732, 4733], 2),
    ("ID472_4728_Hidden_user_creation", Rule::ShortLivedAccount, "admmig", &[4720, 4726], 2),
    (
        "ID4742_4935_4662_4661_5137-DCshadow_attack_GLOBAL_failed",
        Rule::DcShadow,
        "admmig",
        &[4742, 5136, 5137],
        5,
    ),
    ("ID4756-Exchange_admin_group_change", Rule::ManyMembers, "admmig", &[4756], 15),
    (
        "ID4768-4771-Kerberos_brutforce_with_non_existing_users",
        Rule::AccountEnumeration,
        "10.23.123.11",
        &[4768],
        47,
    ),
    (
        "ID4768-4771-Kerberos_brutforce_with_non_existing_users",
        Rule::PasswordSpray,
        "10.23.123.11",
        &[4768, 4771],
        49,
    ),
    (
        "ID4768-4771-Kerberos_user_enumeration_Kerbrute_",
        Rule::AccountEnumeration,
        "10.23.123.11",
        &[4768],
        15,
    ),
    (
        "ID4768-4771-Kerberos_user_enumeration_Kerbrute_",
        Rule::PasswordSpray,
        "10.23.123.11",
        &[4768, 4771],
        37,
    ),
    ("ID4768-Kerberos_AS-REP_Roasting", Rule::AsRepRoasting, "10.23.23.9", &[4768], 1),
    ("ID4769-Golden_ticket_issued", Rule::GoldenTicket, "gold-non-existing-user", &[4769], 8),
    ("ID4769-Kerberoast_ticket_with_low_encryption", Rule::Kerberoasting, "admmig", &[4769], 1),
    ("ID4769-Kerberos_TGS_host_enumeration_Bloodhound_", Rule::ManyTickets, "admmig", &[4769], 19),
    ("ID4771-Kerberos_brutforce_with_valid_user", Rule::BruteForce, "10.23.123.11", &[4771], 54),
    (
        "ID47x_4661-4662_5136_4688_4697-SAM_the_admin_CVE-2021-42287_",
        Rule::SamAccountName,
        "hack1",
        &[4768, 4769, 4781],
        4,
    ),
    ("LM_4624_mimikatz_sekurlsa_pth_source_machine", Rule::NewCredentials, "user01", &[4624], 1),
    (
        "Zerologon_VoidSec_CVE-2020-1472_4626_LT3_Anonym_follwedby_4742_DC_Anony_DC",
        Rule::Zerologon,
        "ANONYMOUS LOGON",
        &[4742],
        1,
    ),
    ("kerberos_pwd_spray_4771", Rule::PasswordSpray, "172.16.66.1", &[4768, 4771], 9),
    ("metasploit-psexec-pwshpayload", Rule::OddWorkstation, "sans-tbt570", &[4624], 1),
    (
        "otrf_empire_dcsync_dcerpc_drsuapi_DsGetNCChanges_2020-09-21185829",
        Rule::Dcsync,
        "pgustavo",
        &[4662],
        3,
    ),
    ("otrf_purplesharp_ad_playbook_I_2020-10-22042947", Rule::Kerberoasting, "pgustavo", &[4769], 5),
    (
        "otrf_purplesharp_ad_playbook_I_2020-10-22042947",
        Rule::PasswordSpray,
        "workstation5",
        &[4625, 4776],
        14,
    ),
    (
        "otrf_rdp_interactive_taskmanager_lsass_dump_2020-09-22043748",
        Rule::PublicAddress,
        "pgustavo",
        &[4624, 4778],
        4,
    ),
    ("password-spray", Rule::PasswordSpray, "jwrig", &[4648], 294),
    (
        "samaccount_spoofing_CVE-2021-42287_CVE-2021-42278_DC_securitylogs",
        Rule::SamAccountName,
        "lgrove",
        &[4768, 4769, 4781],
        3,
    ),
    ("smb-password-guessing-security", Rule::BruteForce, "192.168.198.149", &[4625], 3558),
    ("smb-password-guessing-security", Rule::OddWorkstation, "192.168.198.149", &[4625], 3561),
    ("wef_sharphound_11_hosts", Rule::FanOut, "admmig", &[4624], 44),
    ("logontracer_sample_reconstructed", Rule::PrivilegedMember, "sysg.admin", &[4728], 1),
    ("logontracer_sample_reconstructed", Rule::LogCleared, "sysg.admin", &[1102], 1),
];

/// Logs of everyday use, and of techniques that leave nothing a logon event would show.
const INNOCENT: &[&str] = &[
    "win11_2025_security",
    "win7_2016_security",
    "win7_size_t_security",
    "win10_2019_dirty_security",
    "plaso_System2_is_security",
    "security_bad_string_cache",
    "Application_no_crc32",
    "sample_with_a_bad_chunk_magic",
    "sample-with-zero-data-size-event",
    "logontracer_sample_reconstructed",
    "otrf_covenant_dcom_registerxll_2020-09-18145959",
    "LM_WMI_4624_4688_TargetHost",
    "LM_ScheduledTask_ATSVC_target_host",
];

fn found(store: &Store) -> (Analysis, Detections) {
    let analysis = Analysis::of(store, Include::default());
    let detections = analysis.detect(store, &Settings::default());
    (analysis, detections)
}

/// Names of who acts, or of where it came from.
fn by(analysis: &Analysis, f: &Finding) -> Vec<String> {
    let accounts = f.accounts[..f.actors].iter().filter_map(|a| analysis.identity.accounts.get(*a));
    let hosts = f.hosts[..f.sources].iter().filter_map(|h| analysis.identity.hosts.get(*h));
    accounts.map(|a| a.name.clone()).chain(hosts.map(|h| h.short().to_owned())).collect()
}

#[test]
fn techniques_of_real_logs_are_found_with_actors_and_records() {
    let Some(folder) = common::shared("evtx/real") else { return };
    let mut read: BTreeMap<&str, (Store, Analysis, Detections)> = BTreeMap::new();
    let mut missing = Vec::new();
    for (file, rule, who, ids, records) in TECHNIQUES {
        let (store, analysis, detections) = read.entry(*file).or_insert_with(|| {
            let store = common::store(&folder.join(format!("{file}.evtx")));
            let (analysis, detections) = found(&store);
            (store, analysis, detections)
        });
        let fits = |f: &&Finding| {
            let mut of: Vec<u16> = f.rows.iter().map(|r| store.columns.event_id[*r as usize]).collect();
            of.sort_unstable();
            of.dedup();
            // A forged name is in the sentence only: it is no account of its own.
            let named = by(analysis, f).iter().any(|n| n == who) || f.addresses.iter().any(|a| a == who);
            f.rule == *rule && (named || f.why.contains(who)) && of == *ids && f.rows.len() == *records
        };
        if !detections.findings.iter().any(|f| fits(&f)) {
            let all = detections.findings.iter().filter(|f| f.rule == *rule);
            let seen: Vec<String> =
                all.map(|f| format!("{:?} ×{}: {}", by(analysis, f), f.rows.len(), f.why)).collect();
            missing.push(format!(
                "{file}: {} by {who}, {records} records of {ids:?}; there is {seen:?}",
                rule.key()
            ));
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

#[test]
fn innocent_logs_give_nothing_high() {
    let Some(folder) = common::shared("evtx/real") else { return };
    for file in INNOCENT {
        let store = common::store(&folder.join(format!("{file}.evtx")));
        let (_, detections) = found(&store);
        let high: Vec<&str> = detections
            .findings
            .iter()
            .filter(|f| f.severity >= Severity::High)
            .map(|f| f.why.as_str())
            .collect();
        assert!(high.is_empty(), "{file}: {high:?}");
    }
}

/// Runs of numbers, to keep the golden file small: `1-4 9`.
fn runs(mut numbers: Vec<u64>) -> String {
    numbers.sort_unstable();
    let mut out: Vec<(u64, u64)> = Vec::new();
    for n in numbers {
        match out.last_mut() {
            Some(run) if n <= run.1 + 1 => run.1 = n,
            _ => out.push((n, n)),
        }
    }
    let text = |r: &(u64, u64)| if r.0 == r.1 { r.0.to_string() } else { format!("{}-{}", r.0, r.1) };
    out.iter().map(text).collect::<Vec<_>>().join(" ")
}

/// Every finding on every real log. `LOGONSCOPE_WRITE_GOLDEN=1` writes it anew, to be read by eye.
#[test]
fn findings_on_real_logs_are_as_reviewed() {
    let Some(logs) = common::logs("evtx/real") else { return };
    let mut all: BTreeMap<String, Value> = BTreeMap::new();
    for log in logs {
        let store = common::store(&log.path);
        let (analysis, detections) = found(&store);
        let finding = |f: &Finding| {
            let ids = f.rows.iter().map(|r| store.columns.record_id[*r as usize]).collect();
            json!({"rule": f.rule.key(), "severity": f.severity.name(), "by": by(&analysis, f), "records": runs(ids)})
        };
        let list: Vec<Value> = detections.findings.iter().map(finding).collect();
        all.insert(log.name.clone(), list.into());
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/findings.json");
    if std::env::var_os("LOGONSCOPE_WRITE_GOLDEN").is_some() {
        std::fs::write(&path, format!("{:#}\n", json!(all))).expect("written");
    }
    let golden: BTreeMap<String, Value> =
        serde_json::from_str(&std::fs::read_to_string(&path).expect("part of the project")).expect("JSON");
    for (name, findings) in &all {
        assert_eq!(golden.get(name), Some(findings), "{name}");
    }
    assert_eq!(golden.len(), all.len());
}

fn sample() -> Store {
    common::store(&Path::new(env!("CARGO_MANIFEST_DIR")).join("sample/Security.evtx"))
}

#[test]
fn the_samples_attacks_come_before_its_look_alikes() {
    let store = sample();
    let (_, detections) = found(&store);
    let truth: Value = serde_json::from_str(include_str!("../sample/truth.json")).expect("JSON");
    // (computer, record id) of all attacks.
    let mut evil = std::collections::BTreeSet::new();
    for attack in truth["attacks"].as_array().expect("a list") {
        for part in attack["records"].as_array().expect("a list") {
            let computer = part["computer"].as_str().expect("a name").to_owned();
            for id in part["record_ids"].as_array().expect("a list") {
                evil.insert((computer.clone(), id.as_u64().expect("a number")));
            }
        }
    }
    let is_evil = |f: &Finding| {
        f.rows.iter().any(|r| {
            let computer = store.tables.strings.get(store.columns.computer[*r as usize]);
            evil.contains(&(computer.to_owned(), store.columns.record_id[*r as usize]))
        })
    };
    let order: Vec<bool> = detections
        .incidents
        .iter()
        .filter(|i| i.severity >= Severity::Medium)
        .map(|i| i.findings.iter().any(|n| is_evil(&detections.findings[*n])))
        .collect();
    let attacks = order.iter().filter(|e| **e).count();
    assert!(attacks >= 6, "{order:?}");
    assert!(order[..attacks].iter().all(|e| *e), "an innocent incident is before an attack: {order:?}");
    assert!(order.len() - attacks <= 3, "{order:?}");
    let grave = detections.findings.iter().filter(|f| f.severity >= Severity::High);
    assert!(grave.clone().count() >= 8 && grave.clone().all(is_evil), "nothing innocent is high");
}

/// A spray of so many accounts from one strange address, one try a minute.
fn spray(accounts: usize) -> (Store, Analysis) {
    let names: Vec<String> = (0..accounts).map(|n| format!("user{n}")).collect();
    let events: Vec<Said> = names
        .iter()
        .zip(0..)
        .map(|(name, minute)| Said {
            minute: Some(minute),
            who: ("", "CORP", name),
            address: "10.9.9.9",
            status: 0x18,
            ..event(4771)
        })
        .collect();
    analyse(&events)
}

fn with(thresholds: &[(Threshold, u32)], suppressions: Vec<Suppression>) -> Settings {
    let mut settings = Settings { suppressions, ..Settings::default() };
    thresholds.iter().for_each(|(t, n)| settings.thresholds.set(*t, *n));
    settings
}

#[test]
fn thresholds_are_data_and_count_what_they_keep() {
    let (store, analysis) = spray(12);
    let sprays = |d: &Detections| d.findings.iter().filter(|f| f.rule == Rule::PasswordSpray).count();
    let plain = analysis.detect(&store, &Settings::default());
    assert_eq!(sprays(&plain), 1);
    assert_eq!(plain.tally.get(Threshold::SprayAccounts), (1, 0));
    let at = |n| {
        let settings = with(&[(Threshold::SprayAccounts, n), (Threshold::SlowSprayAccounts, 1000)], vec![]);
        analysis.detect(&store, &settings)
    };
    assert_eq!(sprays(&at(12)), 1, "the threshold itself is enough");
    let above = at(13);
    assert_eq!(sprays(&above), 0);
    assert_eq!(above.tally.get(Threshold::SprayAccounts), (0, 1), "what falls below is counted");
    let mut settings = Settings::default();
    settings.thresholds.set(Threshold::SprayAccounts, 0);
    assert_eq!(settings.thresholds.get(Threshold::SprayAccounts), 3, "kept within its bounds");
}

#[test]
fn suppressions_hide_and_say_so() {
    let (store, analysis) = spray(12);
    let of = |kind, value| with(&[], vec![Suppression::parse(kind, value).expect("a suppression")]);
    for (kind, value, hides) in [
        ("rule", "password-spray", true),
        ("address", "10.9.0.0/16", true),
        ("host", "10.9.9.9", true),
        ("address", "10.8.0.0/16", false),
        // One of twelve victims: the others are no less attacked.
        ("account", "CORP\\user3", false),
        ("account", "corp\\user*", true),
    ] {
        let plain = analysis.detect(&store, &Settings::default());
        let d = analysis.detect(&store, &of(kind, value));
        let kept = d.findings.iter().any(|f| f.rule == Rule::PasswordSpray);
        assert_eq!(kept, !hides, "{kind} {value}");
        assert_eq!(d.findings.len() + d.hidden.len(), plain.findings.len(), "nothing is lost");
        assert_eq!(d.hidden.iter().any(|(f, by)| f.rule == Rule::PasswordSpray && *by == 0), hides);
        assert_eq!(d.incidents.iter().map(|i| i.findings.len()).sum::<usize>(), d.findings.len());
    }
}

#[test]
fn a_wrong_setting_is_said_and_does_no_harm() {
    let settings: DetectionSettings = serde_json::from_value(json!({
        "thresholds": {"no-such": 3, "password-spray.accounts": 1e300},
        "suppressions": [{"kind": "address", "value": "10.0.0.0/99"}, {"kind": "rule", "value": "dcsync"}],
    }))
    .expect("settings");
    let (read, numbers) = settings.read();
    assert_eq!(read.thresholds.get(Threshold::SprayAccounts), 10_000);
    assert_eq!(read.suppressions, [Suppression::Rule(Rule::Dcsync)]);
    assert!(numbers[0].as_ref().unwrap_err().contains("10.0.0.0/99"));
    assert_eq!(numbers[1], Ok(0));
}

/// A service ticket of ann at 11:00 on the DC, other people's tickets before.
fn tickets(first_minute: i64) -> (Store, Analysis) {
    let ticket = Said {
        who: ("", "CORP.EXAMPLE", "ann"),
        address: "10.0.0.7",
        status: 0,
        details: &[(Field::ServiceName, "FS01$"), (Field::TicketEncryptionType, "0x12")],
        ..event(4769)
    };
    let other = Said { who: ("", "CORP.EXAMPLE", "bob"), address: "10.0.0.8", ..ticket };
    analyse(&[
        Said { id: 4768, minute: Some(first_minute), ..other },
        Said { minute: Some(first_minute + 1), ..other },
        Said { minute: Some(660), ..ticket },
        Said { id: 4768, minute: Some(680), ..other },
        Said { minute: Some(690), ..other },
    ])
}

#[test]
fn what_needs_complete_logs_looks_at_coverage_first() {
    let golden = |d: &Detections| d.findings.iter().any(|f| f.rule == Rule::GoldenTicket);
    let reason = |d: &Detections| {
        d.not_evaluable.iter().find(|n| n.rule == Rule::GoldenTicket).map(|n| n.reason.clone())
    };
    // The DC's log begins eleven hours before: nobody gave ann a ticket.
    let (store, analysis) = tickets(0);
    let d = analysis.detect(&store, &Settings::default());
    assert!(golden(&d) && reason(&d).is_none(), "{:?}", reason(&d));
    // It begins two hours before: she may have got it earlier.
    let (store, analysis) = tickets(540);
    let d = analysis.detect(&store, &Settings::default());
    assert!(!golden(&d));
    let said = reason(&d).expect("a reason");
    assert!(said.contains("no 4768 from dc01 before 1970-01-01 09:00"), "{said}");
    // With a shorter life of tickets it can be told.
    let d = analysis.detect(&store, &with(&[(Threshold::LifetimeHours, 1)], vec![]));
    assert!(golden(&d) && reason(&d).is_none(), "{:?}", reason(&d));
    // No DC at all.
    let logon =
        Said { who: ("S-1-5-21-1-2-3-1104", "CORP", "ann"), computer: "FS01", logon_type: 3, ..event(4624) };
    let (store, analysis) = analyse(&[logon]);
    let d = analysis.detect(&store, &Settings::default());
    assert!(
        reason(&d).is_some_and(|r| r.starts_with("Tickets without origin: no 4768 or 4769")),
        "{:?}",
        reason(&d)
    );
    let dcsync = d.not_evaluable.iter().find(|n| n.rule == Rule::Dcsync).expect("said");
    assert!(dcsync.reason.contains("no 4662"), "{}", dcsync.reason);
}

#[test]
fn wmi_is_no_dcsync_and_a_controller_may_replicate() {
    let right = "%%7688\r\n\t\t{1131f6ad-9c07-11d1-f79f-00c04fc2dcd2}";
    let details = [(Field::Properties, right)];
    let access = Said { who: ("S-1-5-21-1-2-3-1104", "CORP", "ann"), details: &details, ..event(4662) };
    let critical = |events: &[Said]| {
        let (store, analysis) = analyse(events);
        let d = analysis.detect(&store, &Settings::default());
        d.findings.iter().any(|f| f.rule == Rule::Dcsync && f.severity == Severity::Critical)
    };
    assert!(critical(&[access]));
    let wmi = [(Field::ObjectType, "WMI Namespace"), (Field::Properties, "-")];
    assert!(!critical(&[Said { details: &wmi, ..access }]));
    let controller = Said { who: ("S-1-5-21-1-2-3-1000", "CORP", "DC01$"), ..access };
    let issues = Said { who: ("", "CORP", "bob"), address: "10.0.0.8", status: 0, ..event(4768) };
    assert!(!critical(&[issues, controller]));
}

/// TGTs of ann with AES, one an hour, then one with RC4 from elsewhere; before them bob's.
fn downgrade(aes: i64, etype: &'static str) -> Detections {
    let strong =
        [(Field::ServiceName, "krbtgt"), (Field::TicketEncryptionType, "0x12"), (Field::PreAuthType, "2")];
    let last =
        [(Field::ServiceName, "krbtgt"), (Field::TicketEncryptionType, etype), (Field::PreAuthType, "2")];
    let tgt = Said {
        who: ("S-1-5-21-1-2-3-1104", "CORP", "ann"),
        address: "10.0.0.7",
        status: 0,
        details: &strong,
        ..event(4768)
    };
    let mut events: Vec<Said> = (0..aes).map(|n| Said { minute: Some(n * 60), ..tgt }).collect();
    events.push(Said { minute: Some(aes * 60 + 1), address: "10.0.0.66", details: &last, ..tgt });
    let (store, analysis) = analyse(&events);
    analysis.detect(&store, &Settings::default())
}

#[test]
fn rc4_of_an_account_that_has_aes_is_a_hash_in_use() {
    let of = |d: &Detections| d.findings.iter().filter(|f| f.rule == Rule::NewCredentials).count();
    assert_eq!(of(&downgrade(4, "0x17")), 1);
    assert_eq!(of(&downgrade(4, "0x12")), 0, "AES as ever");
    assert_eq!(of(&downgrade(2, "0x17")), 0, "two tickets are no habit");
}

#[test]
fn a_lock_out_names_the_computer_it_came_from() {
    let locked = Said { who: ("S-1-5-21-1-2-3-1104", "WS7", "ann"), ..event(4740) };
    let at =
        Said { who: ("S-1-5-21-1-2-3-1104", "CORP", "ann"), computer: "WS7", logon_type: 2, ..event(4624) };
    let (store, analysis) = analyse(&[at, locked]);
    let d = analysis.detect(&store, &Settings::default());
    let found = d.findings.iter().find(|f| f.rule == Rule::DeadAccount).expect("a finding");
    assert!(found.why.contains("was locked out 1 time, by tries from ws7"), "{}", found.why);
}

#[test]
fn every_rule_and_threshold_has_a_name_of_its_own() {
    let mut keys: Vec<&str> = Rule::ALL.iter().map(|r| r.key()).collect();
    keys.sort_unstable();
    keys.dedup();
    assert_eq!(keys.len(), Rule::ALL.len());
    for rule in Rule::ALL {
        let e = rule.entry();
        assert_eq!(Rule::from_key(e.key), Some(*rule));
        assert!(
            e.technique.starts_with('T') && e.innocent.ends_with('.') && e.check.ends_with('.'),
            "{}",
            e.key
        );
    }
    for t in Threshold::ALL {
        let e = t.entry();
        assert!((e.min..=e.max).contains(&e.default), "{}", e.key);
        assert!(!t.rules().is_empty() && e.reason.ends_with('.'), "{}", e.key);
        assert_eq!(Threshold::from_key(e.key), Some(*t));
    }
}

const IDS: [u16; 24] = [
    104, 1102, 4624, 4625, 4648, 4649, 4662, 4719, 4720, 4724, 4726, 4728, 4732, 4742, 4768, 4769, 4770,
    4771, 4776, 4778, 4779, 4781, 4794, 5136,
];
const WHO: [(&str, &str, &str); 6] = [
    ("S-1-5-21-1-2-3-1104", "CORP", "ann"),
    ("S-1-5-21-1-2-3-500", "CORP", "Administrator"),
    ("", "corp.example", "<img src=x onerror=alert(1)>"),
    ("S-1-5-21-1-2-3-1000", "CORP", "DC01$"),
    ("S-1-5-7", "NT AUTHORITY", "ANONYMOUS LOGON"),
    ("", "", ""),
];

fn any_event() -> impl Strategy<Value = Said<'static>> {
    (
        prop::sample::select(&IDS[..]),
        prop_oneof![4 => 0..3000i64, 1 => any::<i64>()],
        prop::sample::select(&WHO[..]),
        prop::sample::select(&["10.0.0.7", "203.0.113.9", "::1", "-", ""][..]),
        prop::sample::select(&["DC01.corp.example", "FS01.corp.example"][..]),
        prop::sample::select(&[2u8, 3, 9, 10, 255][..]),
        prop::sample::select(&["NTLM", "Kerberos", ""][..]),
        prop::sample::select(&[0u32, 0x6, 0x18, 0xF, 0xC000_006A, 0xC000_0064][..]),
    )
        .prop_map(|(id, minute, who, address, computer, logon_type, package, status)| Said {
            minute: Some(minute),
            who,
            address,
            computer,
            logon_type,
            package,
            status,
            ..event(id)
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever the events: no panic; every finding has records, in their order; incidents are a partition of the findings; the same again.
    #[test]
    fn findings_hold_together(events in prop::collection::vec(any_event(), 0..120)) {
        let (store, analysis) = analyse(&events);
        let d = analysis.detect(&store, &Settings::default());
        for f in &d.findings {
            prop_assert!(!f.rows.is_empty() && !f.why.is_empty());
            let times: Vec<i64> = f.rows.iter().map(|r| store.columns.time[*r as usize]).collect();
            prop_assert!(times.is_sorted());
            prop_assert_eq!((Some(&f.first), Some(&f.last)), (times.first(), times.last()));
            prop_assert!(f.actors <= f.accounts.len() && f.sources <= f.hosts.len());
        }
        let mut all: Vec<usize> = d.incidents.iter().flat_map(|i| i.findings.clone()).collect();
        all.sort_unstable();
        prop_assert_eq!(all, (0..d.findings.len()).collect::<Vec<_>>());
        for (n, i) in d.incident_of.iter().enumerate() {
            prop_assert!(d.incidents[*i].findings.contains(&n));
        }
        let again = analysis.detect(&store, &Settings::default());
        prop_assert_eq!(d.findings, again.findings);
    }
}
