//! Sigma rules (<https://sigmahq.io>, specification 2) run over the logs: what each of them found, and for those that found nothing whether
//! they could have.
//!
//! ```text
//! files ─load─▶ Rules ─┐
//! logs ─FlatReader─▶ Scan (hits, what was there) ─report─▶ SigmaReport
//! ```
//!
//! Parsing and matching are done by the crates `rsigma-parser` and `rsigma-eval`; what they leave open is done here: which log a rule is about
//! ([`logsource`]), what it needs ([`need`]), where they differ from the specification ([`rewrite`]), hostile rules ([`document`], [`archive`]).

mod archive;
mod correlate;
mod document;
mod event;
mod logsource;
mod need;
mod report;
mod rewrite;
mod rules;
mod scan;
mod verdict;

pub use event::flatten;
pub use report::{CorrelationHit, Hit, RuleError, RuleReport, SigmaReport, Status};
pub use rules::Rules;
pub use scan::{MAX_HITS, Scan};
