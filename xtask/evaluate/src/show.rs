//! The first lines of our lists, for tuning by eye.

use logonscope::analysis::Analysis;
use logonscope::graph::Node;
use logonscope::suspicion::why;

/// Accounts and hosts with their contributions.
pub fn top(analysis: &Analysis) -> Vec<String> {
    let s = &analysis.suspicion;
    let mut out = Vec::new();
    for node in s.accounts().iter().take(14).chain(s.hosts().iter().take(14)) {
        let name = match *node {
            Node::Account(n) => analysis.identity.accounts.get(n).map(|a| a.full()),
            Node::Host(n) => analysis.identity.hosts.get(n).map(|h| h.name.clone()),
        };
        let Some(score) = s.node(*node) else { continue };
        out.push(format!("{:7.2}  {}", score.points(), name.unwrap_or_default()));
        for c in score.contributions.iter().take(7) {
            let o = c.observations.first().and_then(|n| s.observations.get(*n as usize));
            let why = o.map(|o| why(&analysis.identity, o)).unwrap_or_default();
            let value = f64::from(c.value) / 100.0;
            out.push(format!("           {value:6.2} {} ×{}: {why}", c.signal.name(), c.observations.len()));
        }
    }
    for chain in &analysis.chains {
        out.push(format!("chain {:.1}", chain.weight));
        for h in &chain.hops {
            let host = |n| analysis.identity.hosts.get(n).map_or("?", |h| h.short());
            out.push(format!(
                "   {} {} {} -> {} {}{}{}{}",
                logonscope::event::time::format(h.time),
                analysis.identity.accounts.get(h.account).map(|a| a.full()).unwrap_or_default(),
                host(h.source),
                host(h.target),
                if h.new_source { "S" } else { "" },
                if h.new_target { "T" } else { "" },
                if h.new_way { "W" } else { "" },
                if h.switched { " switched" } else { "" },
            ));
        }
    }
    out
}
