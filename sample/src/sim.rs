//! The clock: actions in time order, each making events now or soon.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::io;
use std::path::PathBuf;

use logonscope_evtx_writer::time::{DAY, SECOND, civil, days};
use rustc_hash::FxHashMap;

use crate::emit::{Calendar, Emitter, View};
use crate::network::{Network, Os, Size};
use crate::rng::Rng;
use crate::truth::Truth;

/// Milliseconds in FILETIME ticks.
pub const MS: u64 = 10_000;

/// What happens of itself.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Action {
    /// Midnight, local time: the day's plan.
    Day(u32),
    /// A person comes to work.
    Arrive(u32),
    /// A person does something; the second number is the minute at which the day ends.
    Work(u32, u32),
    /// A host renews its policy and its tickets; a service of it starts.
    Machine(u32),
    /// An administrator works on a server.
    Administer(u32, u32),
    /// A scheduled task of a service account.
    Task(u32),
    /// A step of a script.
    Script(u32),
}

type Step = Box<dyn FnOnce(&mut Sim, u64)>;

/// What the simulation is asked for.
#[derive(Clone, Debug)]
pub struct Plan {
    pub seed: u64,
    pub size: Size,
    pub days: u64,
    /// First day, a date.
    pub start: (u32, u32, u32),
    /// Local time ahead of UTC, hours.
    pub utc_offset: u64,
    pub os: Option<Os>,
    pub view: View,
    pub hostile: bool,
    /// Share of the usual activity, in percent.
    pub activity: u64,
    /// Share of what machines do of themselves, in percent.
    pub background: u64,
    pub journal: bool,
    pub folder: PathBuf,
    /// Stop once the files hold this much.
    pub stop_at: Option<u64>,
}

impl Plan {
    /// The options that make the log what it is.
    pub fn describe(&self) -> String {
        let Size { users, workstations, servers, dcs } = self.size;
        let os = self.os.map_or("mixed".to_owned(), |os| format!("{os:?}"));
        let (y, m, d) = self.start;
        format!(
            "seed={} users={users} workstations={workstations} servers={servers} dcs={dcs} start={y}-{m:02}-{d:02} \
             utc_offset={} view={:?} os={os} activity={} background={} hostile={}",
            self.seed, self.utc_offset, self.view, self.activity, self.background, self.hostile
        )
    }
}

/// One intruder for all attacks, instead of another for each.
#[derive(Clone, Copy, Debug)]
pub struct Stage {
    pub foothold: usize,
    pub user: usize,
    pub admin: usize,
}

pub struct Sim {
    pub plan: Plan,
    pub net: Network,
    pub em: Emitter,
    pub rng: Rng,
    /// Midnight of the first day, local time, as FILETIME in UTC.
    pub start: u64,
    queue: BinaryHeap<Reverse<(u64, u64, Action)>>,
    sequence: u64,
    scripts: Vec<Option<(u32, Step)>>,
    spare: Vec<u32>,
    /// The session each person has at the desk.
    pub desk: FxHashMap<u32, u64>,
    pub stage: Option<Stage>,
    /// Until when an account on a source holds a ticket for a host (`u32::MAX`: the ticket-granting ticket), and the
    /// GUID by which logons with it can be told.
    pub tickets: FxHashMap<(u32, u32, u32), (u64, [u8; 16])>,
}

/// Public holidays the company keeps, month and day.
const HOLIDAYS: [(u32, u32); 6] = [(1, 1), (1, 6), (5, 1), (10, 26), (12, 25), (12, 26)];

impl Sim {
    pub fn new(plan: Plan) -> io::Result<Self> {
        let net = Network::build(plan.seed, plan.size, plan.os, plan.hostile);
        let (y, m, d) = plan.start;
        let start = days(y, m, d) * DAY - plan.utc_offset * logonscope_evtx_writer::time::HOUR;
        let calendar = Calendar { start, first_weekday: days(y, m, d) % 7 };
        let em = Emitter::new(&net, plan.seed, plan.view, &plan.folder, plan.journal, calendar)?;
        let mut sim = Self {
            rng: Rng::stream(plan.seed, 4, 0),
            net,
            em,
            start,
            queue: BinaryHeap::new(),
            sequence: 0,
            scripts: Vec::new(),
            spare: Vec::new(),
            desk: FxHashMap::default(),
            stage: None,
            tickets: FxHashMap::default(),
            plan,
        };
        sim.at(start, Action::Day(0));
        Ok(sim)
    }

    pub fn at(&mut self, time: u64, action: Action) {
        self.sequence += 1;
        self.queue.push(Reverse((time, self.sequence, action)));
    }

    /// Runs `step` at `time` as part of an incident (0: of none).
    pub fn script(&mut self, time: u64, incident: u32, step: impl FnOnce(&mut Sim, u64) + 'static) {
        let index = self.spare.pop().unwrap_or_else(|| {
            self.scripts.push(None);
            (self.scripts.len() - 1) as u32
        });
        self.scripts[index as usize] = Some((incident, Box::new(step)));
        self.at(time, Action::Script(index));
    }

    /// The time of a local day and minute.
    pub fn local(&self, day: u64, minute: u64) -> u64 {
        self.start + day * DAY + minute * logonscope_evtx_writer::time::MINUTE
    }

    /// A time as account events show it: local, American, `3/14/2025 8:12:09 AM`.
    pub fn wall_clock(&self, time: u64) -> String {
        let since = time.saturating_sub(self.start);
        let (year, month, day) = self.date(since / DAY);
        let seconds = since % DAY / SECOND;
        let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
        let half = if hour < 12 { "AM" } else { "PM" };
        format!("{month}/{day}/{year} {}:{minute:02}:{second:02} {half}", (hour + 11) % 12 + 1)
    }

    /// Day of the week of a local day: 0 Monday … 6 Sunday.
    pub fn weekday(&self, day: u64) -> u64 {
        let (y, m, d) = self.plan.start;
        (days(y, m, d) + day) % 7
    }

    pub fn date(&self, day: u64) -> (u32, u32, u32) {
        let (y, m, d) = self.plan.start;
        civil(days(y, m, d) + day)
    }

    pub fn is_workday(&self, day: u64) -> bool {
        let (_, month, date) = self.date(day);
        self.weekday(day) < 5 && !HOLIDAYS.contains(&(month, date))
    }

    /// Runs to the end, or until the files are as large as asked; gives truth, events and bytes.
    pub fn run(mut self) -> io::Result<(Truth, u64, u64)> {
        let mut end = self.start + self.plan.days * DAY;
        while let Some(Reverse((time, _, action))) = self.queue.pop() {
            if time >= end {
                break;
            }
            self.em.flush(time)?;
            if self.plan.stop_at.is_some_and(|limit| self.em.bytes() >= limit) {
                end = time;
                break;
            }
            if let Action::Script(index) = action {
                self.spare.push(index);
                if let Some((incident, step)) = self.scripts[index as usize].take() {
                    self.em.incident = incident;
                    step(&mut self, time);
                    self.em.incident = 0;
                }
            } else {
                self.act(time, action);
            }
        }
        self.em.finish(end)
    }
}
