//! Lateral chains (see [`crate::suspicion::Chain`]) as findings.

use super::context::{Context, counted};
use super::finding::Draft;
use super::rule::{Confidence, Rule, Severity};
use crate::identity::NONE;

/// A chain of this weight or more has changes of credentials at hosts where nobody expects them.
const HEAVY: f64 = 12.0;

pub fn find(ctx: &mut Context) {
    for chain in ctx.chains {
        let way: Vec<String> =
            chain.hops.iter().map(|h| format!("{} to {}", ctx.who(h.account), ctx.place(h.target))).collect();
        let start = chain.hops.first().map_or(NONE, |h| h.source);
        let switches = chain.switches();
        let why = format!(
            "From {}: {}, with {} of credentials.",
            ctx.place(start),
            way.join(", then "),
            counted(switches, "change")
        );
        let mut draft =
            Draft::new(Rule::LateralChain, why, chain.hops.iter().map(|h| h.row).collect()).from(start);
        for hop in &chain.hops {
            draft = draft.actor(hop.account).to([hop.target]);
        }
        if switches == 0 {
            draft = draft.severity(Severity::Low);
        } else if chain.weight >= HEAVY {
            draft = draft.confidence(Confidence::High);
        } else {
            draft = draft.severity(Severity::Medium);
        }
        ctx.found(draft);
    }
}
