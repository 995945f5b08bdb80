//! Sensitive changes as findings: who did what to whom, from where. What counts as one is told by [`crate::suspicion::Change`].

use super::context::Context;
use super::finding::Draft;
use super::rule::{Rule, Severity};
use super::threshold::Threshold as T;
use crate::identity::NONE;
use crate::suspicion::{Change, Map, change, change_object, day, may_be_change, session_sources};
use std::collections::{BTreeMap, BTreeSet};

/// One change.
#[derive(Clone, Debug)]
pub struct Done {
    pub change: Change,
    pub time: i64,
    pub row: u32,
    /// Who did it, and to which account.
    pub actor: u32,
    pub object: u32,
    /// Where it was done, and where its session came from.
    pub host: u32,
    pub source: u32,
    /// What was changed, as the record names it.
    pub what: String,
}

/// All sensitive changes in the order of time.
pub fn gather(ctx: &Context) -> Vec<Done> {
    let mut all = Vec::new();
    let mut sessions = Vec::new();
    for e in &ctx.scene.events.all {
        let id = ctx.scene.id(e);
        if !may_be_change(id) {
            continue;
        }
        let Some(row) = ctx.row(e.row) else { continue };
        let Some(what) = change(ctx.scene, &row, e.subject, e.account) else { continue };
        // 1102, 4649, 4662, 4719 name one account: who acted.
        let actor = if e.subject == NONE { e.account } else { e.subject };
        sessions.push((e.target, row.logon_id));
        all.push(Done {
            change: what,
            time: row.time,
            row: e.row,
            actor,
            object: if e.account == actor { NONE } else { e.account },
            host: e.target,
            source: if e.source == e.target { NONE } else { e.source },
            what: change_object(ctx.scene, &row, e.account),
        });
    }
    let sources = session_sources(ctx.scene, sessions.iter().copied());
    for (done, session) in all.iter_mut().zip(&sessions) {
        if let Some(&source) = sources.get(session)
            && source != NONE
        {
            done.source = source;
        }
    }
    all
}

/// Changes of one kind by one account from one place, without a pause longer than a day.
#[derive(Clone, Debug)]
pub struct Spell<'d> {
    pub actor: u32,
    pub source: u32,
    pub all: Vec<&'d Done>,
}

/// By actor, source and time.
pub fn spells<'d>(all: &'d [Done], of: impl Fn(&Done) -> bool) -> Vec<Spell<'d>> {
    let mut spells: BTreeMap<(u32, u32), Vec<Spell>> = BTreeMap::new();
    for done in all.iter().filter(|d| of(d)) {
        let list = spells.entry((done.actor, done.source)).or_default();
        match list.last_mut() {
            Some(spell)
                if spell.all.last().is_some_and(|l| {
                    done.time.saturating_sub(l.time) <= crate::event::time::TICKS_PER_DAY
                }) =>
            {
                spell.all.push(done);
            }
            _ => list.push(Spell { actor: done.actor, source: done.source, all: vec![done] }),
        }
    }
    spells.into_values().flatten().collect()
}

impl Spell<'_> {
    pub fn rows(&self) -> Vec<u32> {
        self.all.iter().map(|d| d.row).collect()
    }

    pub fn objects(&self) -> BTreeSet<u32> {
        self.all.iter().map(|d| d.object).filter(|o| *o != NONE).collect()
    }

    pub fn hosts(&self) -> BTreeSet<u32> {
        self.all.iter().map(|d| d.host).collect()
    }

    /// What was changed, the first three.
    pub fn what(&self) -> String {
        let all: BTreeSet<&str> =
            self.all.iter().map(|d| d.what.as_str()).filter(|w| !w.is_empty()).collect();
        let some: Vec<&str> = all.iter().take(3).copied().collect();
        let more = if all.len() > 3 { format!(" and {} more", all.len() - 3) } else { String::new() };
        format!("{}{more}", some.join(", "))
    }

    pub fn draft(&self, ctx: &Context, rule: Rule, did: &str) -> Draft {
        let from =
            if self.source == NONE { String::new() } else { format!(" from {}", ctx.place(self.source)) };
        let what = self.what();
        let what = if what.is_empty() { String::new() } else { format!(": {what}") };
        Draft::new(rule, format!("{} {did}{from}{what}.", ctx.who(self.actor)), self.rows())
            .actor(self.actor)
            .victims(self.objects())
            .from(self.source)
            .to(self.hosts())
    }
}

/// How usual it is for who does it: the ground on which a rule lowers its severity.
pub struct Habits {
    /// (actor, kind) → days on which it was done.
    days: Map<(u32, Change), BTreeSet<i64>>,
}

impl Habits {
    pub fn of(all: &[Done]) -> Self {
        let mut days: Map<(u32, Change), BTreeSet<i64>> = Map::default();
        for done in all {
            days.entry((done.actor, done.change)).or_default().insert(day(done.time));
        }
        Self { days }
    }

    fn is_habit(&self, ctx: &Context, actor: u32, change: Change) -> bool {
        self.days.get(&(actor, change)).is_some_and(|d| d.len() > ctx.value(T::HomeDays) as usize)
    }

    /// Severity for the setting: everyday where the account does so on many days, or sits at home; raised in confidence where it does not.
    pub fn judge(&self, ctx: &Context, draft: Draft, spell: &Spell, change: Change) -> Draft {
        if self.is_habit(ctx, spell.actor, change) {
            return draft.everyday("The account does so on many days.");
        }
        let home = ctx.is_home(spell.actor, spell.source);
        let critical = draft.severity >= Severity::Critical;
        if home && (!critical || ctx.is_service(spell.actor)) {
            return draft.everyday("The session came from where the account is at home.");
        }
        if ctx.is_away(spell.actor, spell.source) {
            return draft
                .confidence(super::rule::Confidence::High)
                .also("The session came from where the account is not at home.");
        }
        draft
    }
}
