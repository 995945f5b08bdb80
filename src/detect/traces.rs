//! Traces wiped: logs cleared, auditing switched off.

use super::changes::{Done, Habits, spells};
use super::context::Context;
use super::rule::{Confidence, Rule, Severity};
use crate::event::time::TICKS_PER_HOUR;
use crate::suspicion::{Change, Map};

pub fn find(ctx: &mut Context, all: &[Done], habits: &Habits) {
    let mut removed: Map<u32, Vec<i64>> = Map::default();
    for done in all.iter().filter(|d| d.change == Change::AuditRemoved) {
        removed.entry(done.actor).or_default().push(done.time);
    }
    for spell in spells(all, |d| d.change == Change::LogCleared) {
        let mut draft = spell.draft(ctx, Rule::LogCleared, "cleared a log");
        let (Some(first), Some(last)) = (spell.all.first(), spell.all.last()) else { continue };
        let around = first.time.saturating_sub(TICKS_PER_HOUR)..=last.time.saturating_add(TICKS_PER_HOUR);
        let blinded = removed.get(&spell.actor).is_some_and(|times| times.iter().any(|t| around.contains(t)));
        let controller = spell.hosts().iter().any(|h| ctx.is_dc(*h));
        if blinded {
            draft = draft
                .severity(Severity::High)
                .confidence(Confidence::High)
                .also("Auditing was switched off within the hour.");
        } else if ctx.is_away(spell.actor, spell.source) {
            draft = draft
                .severity(Severity::High)
                .also("The session came from where the account is not at home.");
        } else if !controller {
            draft = habits.judge(ctx, draft, &spell, Change::LogCleared);
        }
        ctx.found(draft);
    }
    for spell in spells(all, |d| d.change == Change::AuditRemoved) {
        let n = spell.all.len();
        let did = format!("switched off the auditing of {n} subcategor{}", if n == 1 { "y" } else { "ies" });
        let draft = spell.draft(ctx, Rule::AuditRemoved, &did);
        let draft = if ctx.is_system(spell.actor) {
            draft.everyday("The system itself did so: set-up, or a group policy.")
        } else {
            habits.judge(ctx, draft, &spell, Change::AuditRemoved)
        };
        ctx.found(draft);
    }
}
