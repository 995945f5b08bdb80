//! Taking over a domain controller by its name or its password: CVE-2021-42278 with CVE-2021-42287, CVE-2020-1472.

use super::changes::{Done, Spell, spells};
use super::context::Context;
use super::rule::{Confidence, Rule, Severity};
use crate::event::Field;
use crate::event::time::TICKS_PER_HOUR;
use crate::suspicion::{Change, Map};
use std::collections::BTreeSet;

pub fn find(ctx: &mut Context, all: &[Done]) {
    spoofing(ctx, all);
    zerologon(ctx, all);
}

/// A name with `$` becomes one without; worse where that is a computer's, or a ticket is asked for it.
fn spoofing(ctx: &mut Context, all: &[Done]) {
    let spells = spells(all, |d| d.change == Change::RenamedFromComputer);
    let tickets_of = tickets(ctx, spells.iter().flat_map(|s| names(ctx, s)));
    for spell in spells {
        let names = names(ctx, &spell);
        let (Some(first), Some(last)) = (spell.all.first(), spell.all.last()) else { continue };
        let until = last.time.saturating_add(TICKS_PER_HOUR);
        let tickets: Vec<u32> = names
            .iter()
            .filter_map(|n| tickets_of.get(&n.to_lowercase()))
            .flatten()
            .filter(|(time, _)| *time >= first.time && *time <= until)
            .map(|(_, row)| *row)
            .collect();
        let controller = names.iter().any(|n| ctx.is_dc(ctx.scene.host_named(n)));
        let mut draft = spell.draft(
            ctx,
            Rule::SamAccountName,
            &format!(
                "renamed a computer's account to {}, without the $",
                names.iter().copied().collect::<Vec<_>>().join(", ")
            ),
        );
        if controller {
            draft = draft.also("That is the name of a domain controller.");
        }
        draft = match (controller, tickets.is_empty()) {
            (_, false) => draft.confidence(Confidence::High).also("Tickets were given to that name."),
            (true, true) => draft.confidence(Confidence::High),
            (false, true) => draft.severity(Severity::Medium),
        };
        draft.rows.extend(tickets);
        ctx.found(draft);
    }
}

/// The names without `$` of a renaming.
fn names<'a>(ctx: &Context<'a>, spell: &Spell) -> BTreeSet<&'a str> {
    let both = |d: &&Done| {
        [ctx.detail(d.row, Field::OldTargetUserName), ctx.detail(d.row, Field::NewTargetUserName)]
    };
    spell.all.iter().flat_map(both).filter(|n| !n.is_empty() && !n.ends_with('$')).collect()
}

/// Tickets given to these names, in lower case: when, and the record. One pass, however many names.
fn tickets<'a>(ctx: &Context<'a>, names: impl Iterator<Item = &'a str>) -> Map<String, Vec<(i64, u32)>> {
    let mut of: Map<String, Vec<(i64, u32)>> = names.map(|n| (n.to_lowercase(), Vec::new())).collect();
    if of.is_empty() {
        return of;
    }
    let c = &ctx.store().columns;
    let strings = &ctx.store().tables.strings;
    for e in &ctx.scene.events.all {
        let row = e.row as usize;
        if !matches!(c.event_id[row], 4768 | 4769) || c.is_failure(row) {
            continue;
        }
        let name = strings.get(ctx.store().tables.get_principal(c.account[row]).name);
        if let Some(list) = of.get_mut(&name.split('@').next().unwrap_or(name).to_lowercase()) {
            list.push((c.time[row], e.row));
        }
    }
    of
}

/// 4742 by nobody that sets a password.
fn zerologon(ctx: &mut Context, all: &[Done]) {
    for spell in spells(all, |d| d.change == Change::ComputerByNobody) {
        let set = spell.all.iter().any(|d| !matches!(ctx.detail(d.row, Field::PasswordLastSet), "" | "-"));
        let controller = spell
            .objects()
            .iter()
            .any(|o| ctx.is_dc(ctx.identity().accounts.get(*o).and_then(|a| a.host).unwrap_or(u32::MAX)));
        let mut draft =
            spell.draft(ctx, Rule::Zerologon, "changed a computer's account without being anybody");
        if !set {
            draft = draft.severity(Severity::High);
        } else if controller {
            draft = draft
                .confidence(Confidence::High)
                .also("It is a domain controller's, and the password was set.");
        }
        // Who was changed is in fact the one that was taken over.
        let objects = spell.objects();
        ctx.found(objects.into_iter().fold(draft, |d, o| d.actor(o)));
    }
}
