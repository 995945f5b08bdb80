//! Taking over a domain controller by its name or its password: CVE-2021-42278 with CVE-2021-42287, CVE-2020-1472.

use super::changes::{Done, spells};
use super::context::Context;
use super::rule::{Confidence, Rule, Severity};
use crate::event::Field;
use crate::event::time::TICKS_PER_HOUR;
use crate::suspicion::Change;

pub fn find(ctx: &mut Context, all: &[Done]) {
    spoofing(ctx, all);
    zerologon(ctx, all);
}

/// A name with `$` becomes one without; worse where that is a computer's, or a ticket is asked for it.
fn spoofing(ctx: &mut Context, all: &[Done]) {
    let c = &ctx.store().columns;
    for spell in spells(all, |d| d.change == Change::RenamedFromComputer) {
        let mut names: Vec<&str> = spell
            .all
            .iter()
            .flat_map(|d| {
                [ctx.detail(d.row, Field::OldTargetUserName), ctx.detail(d.row, Field::NewTargetUserName)]
            })
            .filter(|n| !n.is_empty() && !n.ends_with('$'))
            .collect();
        names.sort_unstable();
        names.dedup();
        let (Some(first), Some(last)) = (spell.all.first(), spell.all.last()) else { continue };
        let until = last.time.saturating_add(TICKS_PER_HOUR);
        let strings = &ctx.store().tables.strings;
        let is_name = |row: usize| {
            let who = ctx.store().tables.get_principal(c.account[row]);
            let name = strings.get(who.name);
            names.iter().any(|n| name.split('@').next().unwrap_or(name).eq_ignore_ascii_case(n))
        };
        let tickets: Vec<u32> = ctx
            .scene
            .events
            .all
            .iter()
            .filter(|e| {
                let row = e.row as usize;
                matches!(c.event_id[row], 4768 | 4769)
                    && c.time[row] >= first.time
                    && c.time[row] <= until
                    && !c.is_failure(row)
                    && is_name(row)
            })
            .map(|e| e.row)
            .collect();
        let controller = names.iter().any(|n| ctx.is_dc(ctx.scene.host_named(n)));
        let mut draft = spell.draft(
            ctx,
            Rule::SamAccountName,
            &format!("renamed a computer's account to {}, without the $", names.join(", ")),
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
