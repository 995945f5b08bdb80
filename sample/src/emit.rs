//! From events in any order within the near future to records in time order in the files of a view.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use logonscope_evtx_writer::time::{DAY, HOUR};
use logonscope_evtx_writer::{Catalog, OuterId, Payload, Provider, Style, System, Writer};
use rustc_hash::FxHashMap;

use crate::network::{Network, Os};
use crate::rng::Rng;
use crate::stats::Counts;
use crate::truth::{Edge, EdgeKey, Truth};

/// Which logs are written.
#[derive(Clone, Copy, PartialEq, Eq, Debug, clap::ValueEnum)]
pub enum View {
    /// The Security log of the first domain controller.
    OneDc,
    /// One file for each domain controller.
    AllDcs,
    /// One file for each host and channel.
    EveryHost,
    /// All hosts in one file, as a collector keeps forwarded events: literal BinXML, every value as text.
    Forwarded,
    /// The Security logs of all hosts in one file, in template form.
    Merged,
}

const PROVIDERS: [Provider; 5] = [
    Provider::Audit,
    Provider::Eventlog,
    Provider::EventlogSystem,
    Provider::LocalSession,
    Provider::RemoteConnection,
];
/// Log of each provider: events of one log share the numbering.
const CHANNEL: [usize; 5] = [0, 0, 1, 2, 3];
const CHANNEL_NAMES: [&str; 4] = [
    "Security",
    "System",
    "Microsoft-Windows-TerminalServices-LocalSessionManager%4Operational",
    "Microsoft-Windows-TerminalServices-RemoteConnectionManager%4Operational",
];
const NO_FILE: u32 = u32::MAX;

/// Numbers a host hands out.
pub struct HostState {
    os: Os,
    outers: [OuterId; 5],
    files: [u32; 4],
    record_ids: [u64; 4],
    logon_id: u64,
    port: u64,
    lsass: u32,
    activity: [u8; 16],
    computer: u32,
}

struct Slot {
    payload: Payload,
    host: u32,
    event: u16,
    failure: bool,
    thread: u32,
    incident: u32,
    edge: Option<EdgeKey>,
}

struct LogFile {
    name: String,
    writer: Writer<Output>,
}

pub struct Emitter {
    catalog: Catalog,
    lookup: FxHashMap<(u16, u8), u16>,
    pending: BinaryHeap<Reverse<(u64, u64, u32)>>,
    slots: Vec<Slot>,
    free: Vec<u32>,
    hosts: Vec<HostState>,
    files: Vec<LogFile>,
    sequence: u64,
    rng: Rng,
    /// The incident whose events are being made; 0: none.
    pub incident: u32,
    pub truth: Truth,
    pub events: u64,
    journal: Option<BufWriter<File>>,
    /// Statistics, where they are asked for.
    pub counts: Option<Counts>,
    calendar: Calendar,
}

/// Enough of the plan to say which hour of which day a time is.
#[derive(Clone, Copy, Debug)]
pub struct Calendar {
    pub start: u64,
    pub first_weekday: u64,
}

impl Emitter {
    /// `journal`: also write every event's fields as lines of JSON, `events.jsonl`.
    pub fn new(
        net: &Network,
        seed: u64,
        view: View,
        folder: &Path,
        journal: bool,
        calendar: Calendar,
    ) -> io::Result<Self> {
        std::fs::create_dir_all(folder)?;
        let mut catalog = Catalog::new();
        let mut lookup = FxHashMap::default();
        for version in 0u8..4 {
            // In rising order of versions: the last that fits stays.
            for (index, event) in catalog.events.iter().enumerate().filter(|(_, e)| e.version <= version) {
                lookup.insert((event.id, version), index as u16);
            }
        }
        let mut truth = Truth::default();
        let mut hosts = Vec::with_capacity(net.hosts.len());
        for (index, host) in net.hosts.iter().enumerate() {
            let mut rng = Rng::stream(seed, 2, index as u64);
            hosts.push(HostState {
                os: host.os,
                outers: PROVIDERS.map(|p| catalog.outer(p, host.os.outer(), &host.fqdn)),
                files: [NO_FILE; 4],
                record_ids: [0; 4].map(|_: u64| rng.range(1, 900_000)),
                logon_id: rng.range(0x4_0000, 0x40_0000),
                port: rng.below(16_000),
                lsass: 4 * rng.range(130, 250) as u32,
                activity: rng.guid(),
                computer: truth.text(&host.fqdn),
            });
        }
        let journal =
            if journal { Some(BufWriter::new(File::create(folder.join("events.jsonl"))?)) } else { None };
        let mut emitter = Self {
            catalog,
            lookup,
            pending: BinaryHeap::new(),
            slots: Vec::new(),
            free: Vec::new(),
            hosts,
            files: Vec::new(),
            sequence: 0,
            rng: Rng::stream(seed, 3, 0),
            incident: 0,
            truth,
            events: 0,
            journal,
            counts: None,
            calendar,
        };
        emitter.open(net, view, folder)?;
        Ok(emitter)
    }

    fn open(&mut self, net: &Network, view: View, folder: &Path) -> io::Result<()> {
        let logged: Vec<usize> = match view {
            View::OneDc => net.dcs[..1].to_vec(),
            View::AllDcs => net.dcs.clone(),
            _ => (0..net.hosts.len()).collect(),
        };
        // With many files, none is held open: each chunk of 64 KiB is appended on its own.
        let hold = logged.len() < 100;
        match view {
            View::Forwarded | View::Merged => {
                let style = if view == View::Merged {
                    Style::Templates
                } else {
                    Style::Forwarded { digits: self.digits() }
                };
                let name = if view == View::Merged { "Security" } else { "ForwardedEvents" };
                let file = self.add_file(folder, name, style, 1, hold)?;
                // A collector takes every channel; a file called Security holds Security.
                let others = if view == View::Merged { NO_FILE } else { file };
                self.hosts.iter_mut().for_each(|h| h.files = [file, others, others, others]);
            }
            _ => {
                for host in &logged {
                    let style = Style::Templates;
                    let (name, minor) = (&net.hosts[*host].name, net.hosts[*host].os.minor());
                    let channels = if view == View::EveryHost { 4 } else { 1 };
                    for (channel, suffix) in CHANNEL_NAMES.iter().enumerate().take(channels) {
                        // Remote Desktop and System logs only where something will stand in them.
                        if channel > 0 && net.hosts[*host].role == crate::network::Role::Workstation {
                            continue;
                        }
                        let name = match view {
                            View::OneDc => "Security".to_owned(),
                            _ => format!("{name}_{suffix}"),
                        };
                        self.hosts[*host].files[channel] =
                            self.add_file(folder, &name, style, minor, hold)?;
                    }
                }
            }
        }
        Ok(())
    }

    /// Windows 10 and later forward seven digits of the second, older releases nine.
    fn digits(&self) -> usize {
        if self.hosts.iter().all(|h| h.os < Os::Win2016) { 9 } else { 7 }
    }

    fn add_file(
        &mut self,
        folder: &Path,
        stem: &str,
        style: Style,
        minor: u16,
        hold: bool,
    ) -> io::Result<u32> {
        let name = format!("{stem}.evtx");
        let writer = Writer::new(Output::create(folder.join(&name), hold)?, style, minor)?;
        self.files.push(LogFile { name, writer });
        Ok((self.files.len() - 1) as u32)
    }

    /// A new logon session on a host.
    pub fn logon_id(&mut self, host: usize) -> u64 {
        let state = &mut self.hosts[host];
        state.logon_id += 0x11 + 2 * self.rng.below(0x900);
        state.logon_id
    }

    /// A source port of a host.
    pub fn port(&mut self, host: usize) -> u64 {
        let state = &mut self.hosts[host];
        state.port = (state.port + 1 + self.rng.below(7)) % 16_383;
        49_152 + state.port
    }

    pub fn guid(&mut self) -> [u8; 16] {
        self.rng.guid()
    }

    pub fn os(&self, host: usize) -> Os {
        self.hosts[host].os
    }

    /// One event on `host` at `time` (not before the present). `fill` gives the values in the order of the
    /// event's fields, for the version it is told.
    pub fn event(
        &mut self,
        time: u64,
        host: usize,
        id: u16,
        failure: bool,
        edge: Option<Edge<'_>>,
        fill: impl FnOnce(&mut Payload, u8),
    ) {
        // Drawn before anything is left out, so that every view of a seed shows the same events.
        let draw = self.rng.next();
        let state = &self.hosts[host];
        let index = self.lookup[&(id, state.os.version())];
        let event = &self.catalog.events[usize::from(index)];
        let provider = PROVIDERS.iter().position(|p| *p == event.provider).unwrap_or(0);
        self.sequence += 1;
        if state.files[CHANNEL[provider]] == NO_FILE {
            return;
        }
        let edge = edge.map(|e| self.truth.key(id, &e, state.computer));
        let slot = self.free.pop().unwrap_or_else(|| {
            self.slots.push(Slot {
                payload: Payload::default(),
                host: 0,
                event: 0,
                failure: false,
                thread: 0,
                incident: 0,
                edge: None,
            });
            (self.slots.len() - 1) as u32
        });
        let target = &mut self.slots[slot as usize];
        target.host = host as u32;
        target.event = index;
        target.failure = failure;
        target.thread = state.lsass + 4 + 4 * (draw % 9) as u32;
        target.incident = self.incident;
        target.edge = edge;
        let nesting = state.os.nesting(draw & 16 != 0);
        target.payload.start(event.template, event.fields.len(), nesting);
        fill(&mut target.payload, event.version);
        let time = time + (draw >> 32) % 9000;
        self.pending.push(Reverse((time, self.sequence, slot)));
    }

    /// Writes what happened before `now`.
    pub fn flush(&mut self, now: u64) -> io::Result<()> {
        while let Some(Reverse((time, _, slot))) = self.pending.peek().copied() {
            if time >= now {
                break;
            }
            self.pending.pop();
            self.record(time, slot)?;
            self.free.push(slot);
        }
        Ok(())
    }

    fn record(&mut self, time: u64, slot: u32) -> io::Result<()> {
        let slot = &self.slots[slot as usize];
        let event = &self.catalog.events[usize::from(slot.event)];
        let host = &mut self.hosts[slot.host as usize];
        let provider = PROVIDERS.iter().position(|p| *p == event.provider).unwrap_or(0);
        let channel = CHANNEL[provider];
        host.record_ids[channel] += 1;
        let record_id = host.record_ids[channel];
        let audit = event.provider == Provider::Audit;
        let keywords = match event.provider {
            Provider::Audit if slot.failure => 0x8010_0000_0000_0000,
            Provider::Audit => 0x8020_0000_0000_0000,
            Provider::Eventlog => 0x4020_0000_0000_0000,
            Provider::EventlogSystem => 0x8000_0000_0000_0000,
            _ => 0x1000_0000_0000_0000,
        };
        let system = System {
            id: event.id,
            version: event.version,
            level: if audit { 0 } else { 4 },
            task: event.task,
            opcode: 0,
            keywords,
            time,
            record_id,
            activity: (host.os >= Os::Win2016 && event.task == 12_544).then_some(host.activity),
            process: host.lsass,
            thread: slot.thread,
        };
        let file = host.files[channel];
        self.files[file as usize].writer.write(
            &self.catalog,
            host.outers[provider],
            &system,
            &slot.payload,
        )?;
        self.events += 1;
        self.truth.count(file, event.id, time);
        if let Some(edge) = slot.edge {
            self.truth.edge(edge, time);
        }
        if let Some(counts) = &mut self.counts {
            *counts.by_id.entry(event.id).or_default() += 1;
            if let (4624 | 4625, Some(edge)) = (event.id, &slot.edge) {
                let since = time.saturating_sub(self.calendar.start);
                let weekday = (since / DAY + self.calendar.first_weekday) % 7;
                counts.logon(self.truth.counted(edge), (since % DAY / HOUR) as usize, weekday < 5);
            }
        }
        if slot.incident > 0 {
            self.truth.evidence(slot.incident, file, host.computer, event.id, record_id, time);
        }
        if let Some(journal) = &mut self.journal {
            let texts = slot.payload.texts().into_iter().map(Option::unwrap_or_default);
            let line = JournalLine {
                file: &self.files[file as usize].name,
                computer: self.truth.string(host.computer),
                channel: event.provider.identity().2,
                record_id,
                id: event.id,
                version: event.version,
                task: event.task,
                keywords: format!("{keywords:#x}"),
                time: logonscope_evtx_writer::time::rfc3339(time, 7),
                process: system.process,
                thread: system.thread,
                fields: event.fields.iter().copied().zip(texts).collect(),
            };
            let line = serde_json::to_string(&line)?;
            writeln!(journal, "{line}")?;
        }
        Ok(())
    }

    /// Bytes in all files.
    pub fn bytes(&self) -> u64 {
        self.files.iter().map(|f| f.writer.bytes()).sum()
    }

    /// Writes everything that is left up to `end` and closes the files; what would come later never happened.
    pub fn finish(mut self, end: u64) -> io::Result<(Truth, u64, u64)> {
        self.flush(end)?;
        let bytes = self.bytes();
        self.truth.counts_of_benign = self.counts.take();
        if let Some(journal) = &mut self.journal {
            journal.flush()?;
        }
        for file in self.files {
            let (name, records) = (file.name, file.writer.next_number() - 1);
            file.writer.finish()?;
            self.truth.file(name, records);
        }
        Ok((self.truth, self.events, bytes))
    }
}

/// What an event was made of, to compare with what a reader finds.
#[derive(serde::Serialize)]
struct JournalLine<'a> {
    file: &'a str,
    computer: &'a str,
    channel: &'a str,
    record_id: u64,
    id: u16,
    version: u8,
    task: u16,
    keywords: String,
    time: String,
    process: u32,
    thread: u32,
    fields: std::collections::BTreeMap<&'static str, String>,
}

/// A file held open, or opened for each chunk where there are many.
enum Output {
    Held(File),
    Appended { path: PathBuf, at: u64 },
}

impl Output {
    fn create(path: PathBuf, hold: bool) -> io::Result<Self> {
        let file = File::create(&path)?;
        Ok(if hold { Self::Held(file) } else { Self::Appended { path, at: 0 } })
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Held(file) => file.write(bytes),
            Self::Appended { path, at } => {
                let mut file = OpenOptions::new().write(true).open(path)?;
                file.seek(SeekFrom::Start(*at))?;
                file.write_all(bytes)?;
                *at += bytes.len() as u64;
                Ok(bytes.len())
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Seek for Output {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        match (self, to) {
            (Self::Held(file), to) => file.seek(to),
            (Self::Appended { at, .. }, SeekFrom::Start(offset)) => {
                *at = offset;
                Ok(offset)
            }
            _ => Err(io::Error::from(io::ErrorKind::Unsupported)),
        }
    }
}
