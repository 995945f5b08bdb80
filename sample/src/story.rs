//! Whole logs: of any network, and the one that is shipped.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use logonscope_evtx_writer::time::MINUTE;
use serde::Serialize;

use crate::attack::{CATALOGUE, Variant, find, play, schedule};
use crate::emit::View;
use crate::network::{Role, Size};
use crate::sim::{Plan, Sim, Stage};
use crate::truth::Truth;

/// Writes logs and `truth.json`; `attacks` is `all`, `none` or names. Incidents are spread over `days`.
///
/// # Errors
/// Those of the files, and `InvalidInput` for a name that is not in the catalogue.
pub fn generate(plan: Plan, days: u64, attacks: &str, variant: Option<&str>) -> io::Result<(u64, u64)> {
    let names: Vec<usize> = match attacks {
        "none" => Vec::new(),
        "all" => (0..CATALOGUE.len()).collect(),
        list => list.split(',').map(|n| find(n).ok_or_else(|| unknown(n))).collect::<Result<_, _>>()?,
    };
    let variant = variant.and_then(|name| Variant::ALL.into_iter().find(|v| v.name() == name));
    let parameters = format!("{} attacks={attacks} days={days}", plan.describe());
    let folder = plan.folder.clone();
    let mut sim = Sim::new(plan)?;
    let whole = std::mem::replace(&mut sim.plan.days, days);
    schedule(&mut sim, &names, variant);
    sim.plan.days = whole;
    let (truth, events, bytes) = sim.run()?;
    save(&truth, &folder, &parameters)?;
    Ok((events, bytes))
}

fn unknown(name: &str) -> io::Error {
    let text = format!("no attack is called {name}; `logonscope-sample attacks` lists them");
    io::Error::new(io::ErrorKind::InvalidInput, text)
}

fn save(truth: &Truth, folder: &Path, parameters: &impl Serialize) -> io::Result<()> {
    let mut out = BufWriter::new(File::create(folder.join("truth.json"))?);
    truth.write(&mut out, parameters)?;
    out.flush()
}

/// The seed of the shipped sample.
const SEED: u64 = 20_250_303;

/// The shipped sample: see `sample/README.md` for what happens in it.
///
/// # Errors
/// Those of the files.
pub fn write(folder: &Path) -> io::Result<(u64, u64)> {
    let plan = Plan {
        seed: SEED,
        size: Size { users: 7, workstations: 7, servers: 6, dcs: 1 },
        days: 28,
        start: (2025, 3, 3),
        utc_offset: 1,
        os: None,
        view: View::Merged,
        hostile: false,
        activity: 7,
        background: 4,
        journal: false,
        folder: folder.to_owned(),
        stop_at: None,
    };
    let mut sim = Sim::new(plan)?;
    // Day and local minute of each act; day 0 is Monday, 3 March 2025.
    let acts: [(&str, u64, u64, Variant); 16] = [
        ("new-employee", 2, 560, Variant::Loud),
        ("hello-enrolment", 4, 610, Variant::Loud),
        ("stale-service-password", 8, 480, Variant::Loud),
        ("legacy-account", 9, 420, Variant::Loud),
        ("service-inventory", 11, 540, Variant::Loud),
        ("log-archived", 15, 600, Variant::Loud),
        // The intrusion, from Tuesday of the third week.
        ("account-enumeration", 15, 1290, Variant::Slow),
        ("password-spray", 16, 1310, Variant::Loud),
        ("rdp-from-outside", 17, 1350, Variant::Quiet),
        ("kerberoasting", 18, 95, Variant::Loud),
        ("on-call-night", 19, 170, Variant::Quiet),
        ("pass-the-hash", 21, 150, Variant::Quiet),
        ("dcsync", 22, 170, Variant::Quiet),
        ("account-persistence", 22, 215, Variant::Quiet),
        ("golden-ticket", 24, 130, Variant::Loud),
        ("log-cleared", 25, 185, Variant::Quiet),
    ];
    // He comes in over the terminal server, as one person, and goes on as one administrator.
    let (user, admin) = (sim.net.users[4], sim.net.admins[0]);
    sim.stage = Some(Stage { foothold: sim.net.one(Role::TerminalServer, 0), user, admin });
    for (name, day, minute, variant) in acts {
        let time = sim.local(day, 0) + minute * MINUTE;
        let index = find(name).ok_or_else(|| unknown(name))?;
        play(&mut sim, index, time, variant);
    }
    let (truth, events, bytes) = sim.run()?;
    save(&truth, folder, &format!("story seed={SEED}"))?;
    Ok((events, bytes))
}
