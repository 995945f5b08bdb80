//! One simulated network with every innocent look-alike and one attack, read back as any log is.

use anyhow::{Context, Result};
use logonscope::input::Reader;
use logonscope::store::{Batch, Store};
use logonscope_sample::{CATALOGUE, Plan, Sim, Size, Truth, Variant, View, play, schedule};
use std::path::{Path, PathBuf};

/// How large the network is, and for how long it is watched.
#[derive(Clone, Copy, Debug)]
pub struct Scale {
    pub name: &'static str,
    pub users: usize,
    pub servers: usize,
    pub dcs: usize,
    pub days: u64,
}

pub const SCALES: [Scale; 3] = [
    Scale { name: "small", users: 40, servers: 8, dcs: 2, days: 28 },
    Scale { name: "medium", users: 200, servers: 16, dcs: 2, days: 21 },
    Scale { name: "large", users: 1000, servers: 40, dcs: 4, days: 14 },
];

/// What is simulated.
#[derive(Clone, Copy, Debug)]
pub struct Case {
    pub scale: Scale,
    pub seed: u64,
    /// Numbers of the catalogue, each at its own time.
    pub attack: Option<(usize, Variant)>,
    pub view: View,
}

/// Numbers of the attacks, in the order of the catalogue.
pub fn attacks() -> Vec<usize> {
    (0..CATALOGUE.len()).filter(|i| CATALOGUE[*i].attack).collect()
}

impl Case {
    /// Simulates into `folder` and reads what was written.
    pub fn run(&self, folder: &Path) -> Result<(Store, Truth)> {
        let days = self.scale.days;
        let mut sim = Sim::new(plan(self.scale, self.seed, self.view, folder))?;
        innocents(&mut sim);
        if let Some((attack, variant)) = self.attack {
            // Somewhere from the second third on, at any hour: by a rule that depends on nothing but the case.
            let draw = (self.seed * 7919 + attack as u64 * 104_729 + variant as u64 * 1299) % 10_000;
            let (from, to) = (days / 3, days - 2);
            let day = from + draw % (to - from);
            let time = sim.local(day, draw * 1440 / 10_000);
            play(&mut sim, attack, time, variant);
        }
        let (truth, ..) = sim.run()?;
        Ok((read(folder)?, truth))
    }
}

/// The plan of a network of a German company in the spring of 2025.
pub fn plan(scale: Scale, seed: u64, view: View, folder: &Path) -> Plan {
    let Scale { users, servers, dcs, days, .. } = scale;
    Plan {
        seed,
        size: Size { users, workstations: users, servers, dcs },
        days,
        start: (2025, 3, 3),
        utc_offset: 1,
        os: None,
        view,
        hostile: false,
        activity: 100,
        background: 100,
        journal: false,
        folder: folder.to_owned(),
        stop_at: None,
    }
}

/// Puts every innocent look-alike on the stage.
pub fn innocents(sim: &mut Sim) {
    let innocent: Vec<usize> = (0..CATALOGUE.len()).filter(|i| !CATALOGUE[*i].attack).collect();
    schedule(sim, &innocent, None);
}

/// Every log of a folder.
pub fn read(folder: &Path) -> Result<Store> {
    let mut store = Store::default();
    for (number, path) in (0u32..).zip(logs(folder)?) {
        store.file(number).name = path.display().to_string();
        store.append(batch(number, &path)?);
    }
    Ok(store)
}

/// Every log of a folder as one batch each.
pub fn batches(folder: &Path) -> Result<Vec<Batch>> {
    (0u32..).zip(logs(folder)?).map(|(number, path)| batch(number, &path)).collect()
}

fn logs(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut names: Vec<_> = std::fs::read_dir(folder)?.filter_map(|e| Some(e.ok()?.path())).collect();
    names.retain(|p| p.extension().is_some_and(|e| e == "evtx"));
    names.sort();
    Ok(names)
}

fn batch(number: u32, path: &Path) -> Result<Batch> {
    let bytes = std::fs::read(path).with_context(|| path.display().to_string())?;
    let mut reader = Reader::new(number);
    reader.push(&bytes, 0);
    reader.finish(true);
    Ok(reader.take())
}
