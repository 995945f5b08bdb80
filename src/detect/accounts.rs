//! Accounts and groups: created, hidden, deleted, put into groups that rule, given passwords.

use super::bursts::{Mark, bursts, each};
use super::changes::{Done, Habits, spells};
use super::context::{Context, counted};
use super::finding::Draft;
use super::group::Groups;
use super::rule::{Rule, Severity};
use super::threshold::Threshold as T;
use crate::event::Field;
use crate::event::time::TICKS_PER_HOUR;
use crate::identity::NONE;
use crate::suspicion::{Change, Map, day};
use std::collections::BTreeSet;

pub fn find(ctx: &mut Context, all: &[Done], habits: &Habits) {
    for (change, rule, did) in [
        (Change::HiddenAccount, Rule::HiddenAccount, "created an account whose name ends in $"),
        (Change::AccountCreated, Rule::AccountCreated, "created an account"),
        (Change::PasswordReset, Rule::PasswordReset, "reset a password"),
        (Change::Dsrm, Rule::Dsrm, "set the password of the restore mode (DSRM)"),
    ] {
        for spell in spells(all, |d| d.change == change) {
            let draft = habits.judge(ctx, spell.draft(ctx, rule, did), &spell, change);
            ctx.found(draft);
        }
    }
    short_lived(ctx, all, habits);
    members(ctx, all, habits);
    many_members(ctx);
    switched(ctx);
}

/// Created and deleted within a day.
fn short_lived(ctx: &mut Context, all: &[Done], habits: &Habits) {
    let within = ctx.hours(T::ShortLifeHours);
    let mut made: Map<u32, &Done> = Map::default();
    for done in all {
        match done.change {
            Change::AccountCreated | Change::HiddenAccount => {
                made.insert(done.object, done);
            }
            Change::AccountDeleted => {
                let Some(birth) = made.get(&done.object).filter(|_| done.object != NONE) else { continue };
                let age = done.time.saturating_sub(birth.time);
                let kept = age <= within;
                ctx.tally.count(T::ShortLifeHours, kept);
                if kept {
                    let pair = [(*birth).clone(), done.clone()];
                    for spell in spells(&pair, |d| d.time == done.time) {
                        let why = format!(
                            "{} was created by {} and deleted by {} {} minutes later.",
                            ctx.who(done.object),
                            ctx.who(birth.actor),
                            ctx.who(done.actor),
                            age / (TICKS_PER_HOUR / 60)
                        );
                        let draft = Draft::new(Rule::ShortLivedAccount, why, vec![birth.row, done.row])
                            .actor(done.actor)
                            .actor(birth.actor)
                            .victims([done.object])
                            .from(done.source)
                            .to([done.host]);
                        let draft = if ctx.is_system(birth.actor) {
                            draft.everyday("The system itself created it: set-up, it seems.")
                        } else {
                            habits.judge(ctx, draft, &spell, Change::AccountDeleted)
                        };
                        ctx.found(draft);
                    }
                }
            }
            _ => {}
        }
    }
    for spell in spells(all, |d| d.change == Change::AccountDeleted) {
        let draft = spell.draft(ctx, Rule::AccountDeleted, "deleted an account");
        ctx.found(draft);
    }
}

/// Members of groups that rule; worse where they are taken out again soon after.
fn members(ctx: &mut Context, all: &[Done], habits: &Habits) {
    let within = ctx.hours(T::ShortLifeHours);
    let mut taken: Map<u32, Vec<&Done>> = Map::default();
    for done in all.iter().filter(|d| d.change == Change::PrivilegedMemberRemoved && d.object != NONE) {
        taken.entry(done.object).or_default().push(done);
    }
    for spell in spells(all, |d| d.change == Change::PrivilegedMember) {
        let mut groups: Vec<&str> = spell
            .all
            .iter()
            .map(|d| ctx.detail(d.row, Field::TargetUserName))
            .filter(|g| !g.is_empty())
            .collect();
        groups.sort_unstable();
        groups.dedup();
        let (Some(first), Some(last)) = (spell.all.first(), spell.all.last()) else { continue };
        let objects = spell.objects();
        let removed: Vec<u32> = objects
            .iter()
            .filter_map(|o| taken.get(o))
            .flatten()
            .filter(|d| d.time >= first.time && d.time.saturating_sub(last.time) <= within)
            .map(|d| d.row)
            .collect();
        let mut draft = spell.draft(ctx, Rule::PrivilegedMember, &format!("added to {}", groups.join(", ")));
        if !removed.is_empty() {
            draft = draft.also("The membership was taken back soon after.").severity(Severity::High);
            draft.rows.extend(removed);
        }
        let draft = if ctx.is_system(spell.actor) {
            draft.everyday("The system itself did so: set-up, it seems.")
        } else {
            habits.judge(ctx, draft, &spell, Change::PrivilegedMember)
        };
        ctx.found(draft);
    }
}

/// Many memberships at once, of whatever groups.
fn many_members(ctx: &mut Context) {
    let c = &ctx.store().columns;
    let mut given: Map<u32, Vec<(Mark, u32, u32)>> = Map::default();
    for e in &ctx.scene.events.all {
        let row = e.row as usize;
        if matches!(c.event_id[row], 4728 | 4732 | 4756) {
            let mark = Mark { time: c.time[row], what: 0, row: e.row };
            given.entry(e.subject).or_default().push((mark, e.account, e.target));
        }
    }
    let mut given: Vec<_> = given.into_iter().collect();
    given.sort_by_key(|g| g.0);
    for (subject, given) in given {
        let marks = each(&given.iter().map(|g| g.0).collect::<Vec<_>>());
        let (most, found) = bursts(&marks, TICKS_PER_HOUR / 6, ctx.value(T::ManyMemberships) as usize);
        if most < 3 {
            continue;
        }
        ctx.reaches(T::ManyMemberships, most);
        for burst in found {
            let part = &given[burst.from..burst.to];
            let rows: Vec<u32> = part.iter().map(|g| g.0.row).collect();
            let groups: BTreeSet<&str> = rows.iter().map(|r| ctx.detail(*r, Field::TargetUserName)).collect();
            let members: BTreeSet<u32> = part.iter().map(|g| g.1).collect();
            let some: Vec<&str> = groups.iter().take(4).copied().collect();
            let why = format!(
                "{} gave {} in {} to {} ({}{}).",
                ctx.who(subject),
                counted(rows.len(), "membership"),
                counted(groups.len(), "group"),
                counted(members.len(), "account"),
                some.join(", "),
                if groups.len() > 4 { ", …" } else { "" }
            );
            let mut draft = Draft::new(Rule::ManyMembers, why, rows).actor(subject).victims(members);
            if groups.iter().any(|g| EXCHANGE.iter().any(|e| g.eq_ignore_ascii_case(e))) {
                draft = draft
                    .severity(Severity::High)
                    .also("Among them are groups that rule Exchange, and through it the domain.");
            }
            ctx.found(draft.to(part.iter().map(|g| g.2).collect::<BTreeSet<_>>()));
        }
    }
}

/// Groups of Exchange whose members can make themselves administrators of the domain (Microsoft, "Exchange split permissions").
const EXCHANGE: [&str; 4] = [
    "Organization Management",
    "Exchange Trusted Subsystem",
    "Exchange Windows Permissions",
    "Exchange Servers",
];

/// Accounts enabled or disabled, by who did it and day.
fn switched(ctx: &mut Context) {
    let c = &ctx.store().columns;
    let mut found: Groups<(u32, i64)> = Groups::default();
    for e in &ctx.scene.events.all {
        let row = e.row as usize;
        if matches!(c.event_id[row], 4722 | 4725) && e.subject != e.account && ctx.scene.is_person(e.subject)
        {
            found.entry((e.subject, day(c.time[row]))).or_default().add(e.account, e.row);
        }
    }
    for ((subject, _), g) in found {
        let why = format!("{} enabled or disabled {}.", ctx.who(subject), counted(g.others.len(), "account"));
        ctx.found(Draft::new(Rule::AccountDeleted, why, g.rows).actor(subject).victims(g.others));
    }
}
