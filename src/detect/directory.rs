//! The directory: replication and its rights, rogue domain controllers, key credentials, SID history, delegation.

use super::changes::{Done, Habits, spells};
use super::context::Context;
use super::rule::{Rule, Severity};
use crate::event::{Field, sid};
use crate::suspicion::Change;

pub fn find(ctx: &mut Context, all: &[Done], habits: &Habits) {
    replication(ctx, all, habits);
    simple(ctx, all, habits);
    shadow_controllers(ctx, all, habits);
    key_credentials(ctx, all, habits);
    sid_history(ctx, all, habits);
}

fn replication(ctx: &mut Context, all: &[Done], habits: &Habits) {
    if !ctx.coverage.audited_on_dc(ctx.identity(), 4662) {
        ctx.cannot(
            Rule::Dcsync,
            "no 4662 from any domain controller: its log is not loaded, or access to the directory is not audited.",
        );
    }
    for spell in spells(all, |d| d.change == Change::Replicated) {
        let draft = spell.draft(ctx, Rule::Dcsync, "replicated the directory, as only domain controllers do");
        let draft = habits.judge(ctx, draft, &spell, Change::Replicated);
        ctx.found(draft);
    }
}

/// Kinds of changes that are a rule each.
fn simple(ctx: &mut Context, all: &[Done], habits: &Habits) {
    for (change, rule, did) in [
        (
            Change::ReplicationGranted,
            Rule::ReplicationGranted,
            "granted the right to replicate the directory",
        ),
        (Change::Delegation, Rule::Delegation, "changed for whom an account may act"),
    ] {
        for spell in spells(all, |d| d.change == change) {
            let draft = spell.draft(ctx, rule, did);
            let draft = habits.judge(ctx, draft, &spell, change);
            ctx.found(draft);
        }
    }
}

fn shadow_controllers(ctx: &mut Context, all: &[Done], habits: &Habits) {
    let is = |d: &Done| matches!(d.change, Change::CatalogueName | Change::ServerObject);
    for spell in spells(all, is) {
        let named = spell.all.iter().any(|d| d.change == Change::CatalogueName);
        let removed = spell.all.iter().any(|d| ctx.scene.store.columns.event_id[d.row as usize] == 5141);
        let did = match (named, removed) {
            (true, true) => "made a computer a domain controller and took it back",
            (true, false) => "gave a computer the names of a domain controller",
            (false, _) => "made or removed the object of a domain controller",
        };
        let mut draft = spell.draft(ctx, Rule::DcShadow, did);
        if !named {
            // Promoting and demoting do that too.
            draft = draft.severity(Severity::Medium);
        }
        let draft = habits.judge(ctx, draft, &spell, Change::CatalogueName);
        ctx.found(draft);
    }
}

fn key_credentials(ctx: &mut Context, all: &[Done], habits: &Habits) {
    for spell in spells(all, |d| d.change == Change::KeyCredential) {
        let mut draft = spell.draft(ctx, Rule::ShadowCredentials, "wrote keys that log on");
        // The directory names the owner, not the account: a self-service enrolment writes one's own.
        let own = ctx.identity().accounts.get(spell.actor).map(|a| a.name.to_lowercase()).unwrap_or_default();
        let only_own = !own.is_empty() && spell.all.iter().all(|d| d.what.to_lowercase().contains(&own));
        if only_own {
            draft = draft.everyday("The key is the account's own.");
        } else if ctx.is_service(spell.actor) && ctx.is_home(spell.actor, spell.source) {
            draft =
                draft.everyday("A service does so from its own host: the registration of devices, it seems.");
        } else if ctx.is_service(spell.actor) || !ctx.is_home(spell.actor, spell.source) {
            draft = habits.judge(ctx, draft, &spell, Change::KeyCredential);
        }
        // A person has no business with another's keys, at home or not.
        ctx.found(draft);
    }
}

fn sid_history(ctx: &mut Context, all: &[Done], habits: &Habits) {
    for spell in spells(all, |d| d.change == Change::SidHistory) {
        let privileged = spell.all.iter().any(|d| is_privileged(ctx, d));
        let mut draft = spell.draft(ctx, Rule::SidHistory, "set the SID history of an account");
        draft = if privileged {
            draft.severity(Severity::Critical).also("The SID is privileged, or of this very domain.")
        } else {
            habits.judge(ctx, draft, &spell, Change::SidHistory)
        };
        ctx.found(draft);
    }
}

/// Whether the SID put into the history rules something, or comes from the domain it is put into (no migration does that).
fn is_privileged(ctx: &Context, done: &Done) -> bool {
    let texts = [ctx.detail(done.row, Field::SourceSid), ctx.detail(done.row, Field::SidHistory)];
    let domain = |s: &str| s.rsplit_once('-').map(|(d, _)| d.to_owned());
    let own = ctx.identity().accounts.get(done.object).and_then(|a| a.sid.as_deref()).and_then(domain);
    texts.iter().flat_map(|t| t.split(|ch: char| !(ch.is_ascii_alphanumeric() || ch == '-'))).any(|text| {
        sid::is_issued(text)
            && (matches!(sid::rid(text), Some(500 | 502 | 512 | 516 | 518 | 519))
                || own.is_some() && domain(text) == own)
    })
}
