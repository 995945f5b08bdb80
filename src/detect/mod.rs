//! Findings: from "unusual" to "this is a password spray, these records". Rules look at the events, the coverage and what suspicion knows of
//! habits; each says on whom, when, why, what an innocent cause would be, and which records show it.
//!
//! Every rule but those of bursts is one pass over the events; all together cost less than the suspicion. Thresholds are data
//! ([`Threshold`]); what the user hides is counted ([`Suppression`]); what cannot be told from these logs is said ([`NotEvaluable`]).

mod accounts;
mod bursts;
mod chain;
mod changes;
mod clients;
mod context;
mod directory;
mod finding;
mod forged;
mod group;
mod guessing;
mod habits;
mod hashes;
mod incident;
mod measure;
mod needs;
mod relay;
mod remote;
mod roasting;
mod rule;
mod spray;
mod suppression;
mod takeover;
mod threshold;
mod tickets;
mod traces;
mod tries;
mod visits;

pub use context::NotEvaluable;
pub use finding::Finding;
pub use incident::Incident;
pub use measure::{Case, Label, Outcome, RuleCount, measure};
pub use rule::{Confidence, Rule, Severity};
pub use suppression::Suppression;
pub use threshold::{Tally, Threshold, Thresholds};

use crate::graph::Node;
use crate::identity::{Events, Identity};
use crate::store::Store;
use crate::suspicion::{Chain, Scene, Suspicion};
use crate::timeline::Coverage;
use context::Context;

/// What the user may change.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Settings {
    pub thresholds: Thresholds,
    pub suppressions: Vec<Suppression>,
}

/// What the rules look at.
#[derive(Clone, Copy)]
pub struct Evidence<'a> {
    pub store: &'a Store,
    pub identity: &'a Identity,
    pub events: &'a Events,
    pub coverage: &'a Coverage,
    pub suspicion: &'a Suspicion,
    pub chains: &'a [Chain],
}

/// All findings with one choice of settings.
#[derive(Clone, Debug, Default)]
pub struct Detections {
    pub settings: Settings,
    /// By severity, then suspicion, then time.
    pub findings: Vec<Finding>,
    /// What suppressions hide, with the number of the suppression; in the same order.
    pub hidden: Vec<(Finding, usize)>,
    pub incidents: Vec<Incident>,
    /// By finding.
    pub incident_of: Vec<usize>,
    /// By rule.
    pub not_evaluable: Vec<NotEvaluable>,
    pub tally: Tally,
}

/// Runs every rule.
pub fn detect(evidence: Evidence, settings: &Settings) -> Detections {
    let scene = Scene::new(evidence.store, evidence.identity, evidence.events);
    let mut ctx = Context::new(&scene, evidence.coverage, evidence.chains, &settings.thresholds);
    if !evidence.events.all.is_empty() {
        run(&mut ctx);
    }
    let points = |f: &Finding| {
        let accounts = f.accounts[..f.actors].iter().map(|a| Node::Account(*a));
        let hosts = f.hosts[..f.sources].iter().map(|h| Node::Host(*h));
        let points = accounts.chain(hosts).filter_map(|n| Some(evidence.suspicion.node(n)?.points()));
        points.fold(0.0, f64::max)
    };
    let mut all = std::mem::take(&mut ctx.findings);
    all.sort_by_cached_key(|f| {
        // Points are whole hundredths.
        let points = (points(f) * 100.0) as i64;
        (
            std::cmp::Reverse(f.severity),
            std::cmp::Reverse(points),
            f.first,
            f.rule,
            f.accounts.clone(),
            f.hosts.clone(),
            f.why.clone(),
        )
    });
    let (mut findings, mut hidden) = (Vec::new(), Vec::new());
    for finding in all {
        match settings.suppressions.iter().position(|s| s.hides(&ctx, &finding)) {
            Some(by) => hidden.push((finding, by)),
            None => findings.push(finding),
        }
    }
    let incidents = incident::incidents(&ctx, &findings, points);
    let mut incident_of = vec![0; findings.len()];
    for (number, incident) in incidents.iter().enumerate() {
        incident.findings.iter().for_each(|f| incident_of[*f] = number);
    }
    ctx.not_evaluable.sort();
    Detections {
        settings: settings.clone(),
        findings,
        hidden,
        incidents,
        incident_of,
        not_evaluable: ctx.not_evaluable,
        tally: ctx.tally,
    }
}

fn run(ctx: &mut Context) {
    let guesses = tries::gather(ctx);
    guessing::find(ctx, &guesses);
    spray::find(ctx, &guesses);
    roasting::find(ctx);
    hashes::find(ctx);
    tickets::find(ctx);
    forged::find(ctx);
    let changes = changes::gather(ctx);
    let habits = changes::Habits::of(&changes);
    directory::find(ctx, &changes, &habits);
    takeover::find(ctx, &changes);
    accounts::find(ctx, &changes, &habits);
    traces::find(ctx, &changes, &habits);
    relay::find(ctx);
    remote::find(ctx);
    clients::find(ctx);
    habits::find(ctx);
    visits::find(ctx);
    chain::find(ctx);
    needs::check(ctx);
}
