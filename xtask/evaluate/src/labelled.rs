//! The labelled set that the page measures its settings on: small simulated networks, each with every innocent look-alike and half of the
//! attacks in one variant, as the reader's batches with the truth.

use crate::findings::labels;
use crate::simulate::{self, Scale, attacks};
use anyhow::{Context, Result};
use flate2::{Compression, write::GzEncoder};
use logonscope::labelled::{Labelled, Packed};
use logonscope::store::Store;
use logonscope_sample::{Sim, Variant, View, play};
use std::io::Write;
use std::path::Path;

/// Small, so that it is fetched and analysed in seconds; long enough for habits.
const SCALE: Scale = Scale { name: "labelled", users: 24, servers: 6, dcs: 2, days: 14 };
/// None of the seeds that figures are published for.
const SEED: u64 = 40;
/// Networks per variant: attacks in one network must not be taken for one another.
const PARTS: usize = 2;
/// Nothing bad happens before habits are known.
const QUIET_DAYS: u64 = 4;

/// Simulates, packs and writes the set; the same bytes each time.
pub fn write(path: &Path) -> Result<()> {
    let folder = std::env::temp_dir().join(format!("logonscope-labelled-{}", std::process::id()));
    let mut packed = Vec::new();
    for (number, variant) in (0..).zip(Variant::ALL) {
        for part in 0..PARTS {
            let seed = SEED + number * PARTS as u64 + part as u64;
            packed.push(case(&folder, seed, part, variant)?);
        }
    }
    let _ = std::fs::remove_dir_all(&folder);
    let bytes = Labelled::pack(&packed)?;
    if let Some(parent) = path.parent() {
        std::fs::create_dir_all(parent)?;
    }
    let file = std::fs::File::create(path).with_context(|| path.display().to_string())?;
    let mut gzip = GzEncoder::new(file, Compression::best());
    gzip.write_all(&bytes)?;
    gzip.finish()?;
    Ok(())
}

fn case(folder: &Path, seed: u64, part: usize, variant: Variant) -> Result<Packed> {
    let mut sim = Sim::new(simulate::plan(SCALE, seed, View::Merged, folder))?;
    simulate::innocents(&mut sim);
    let own: Vec<usize> = attacks().into_iter().filter(|n| n % PARTS == part).collect();
    for (n, attack) in own.iter().enumerate() {
        let day = QUIET_DAYS + n as u64 * (SCALE.days - QUIET_DAYS - 2) / own.len() as u64;
        // At any hour, by a rule that depends on nothing else.
        let minute = (seed * 7919 + *attack as u64 * 104_729) % 1440;
        let time = sim.local(day, minute);
        play(&mut sim, *attack, time, variant);
    }
    let (truth, ..) = sim.run()?;
    let mut store = Store::default();
    let mut batches = Vec::new();
    for batch in simulate::batches(folder)? {
        batches.push(batch.to_bytes()?);
        store.append(batch);
    }
    Ok(Packed { batches, labels: labels(&store, &truth) })
}
