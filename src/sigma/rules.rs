//! Rules as they were given, compiled and sorted by the events they are about.

use super::archive::{Source, texts};
use super::correlate::Correlations;
use super::document::{parse, short};
use super::logsource::{Route, routes};
use super::need::{self, Need};
use super::report::RuleError;
use super::rewrite;
use rsigma_eval::Engine;
use rsigma_parser::{CorrelationRule, FilterRule, FilterRuleTarget, Level, SigmaRule};
use std::collections::BTreeMap;

/// Every rule that was given, and what was wrong with the rest.
#[derive(Default)]
pub struct Rules {
    pub(super) rules: Vec<Rule>,
    pub(super) groups: Vec<Group>,
    pub(super) correlations: Correlations,
    pub(super) errors: Vec<RuleError>,
    pub(super) filters: u64,
}

pub(super) struct Rule {
    pub id: Option<String>,
    pub title: String,
    pub level: Option<Level>,
    pub tags: Vec<String>,
    pub file: String,
    /// The events it is about, or why there are none.
    pub routes: Result<Vec<Route>, String>,
    pub need: Need,
    pub is_correlation: bool,
    /// Some correlation asks for it, and nothing says that its own hits count too.
    pub only_correlated: bool,
    /// It could not be compiled; the error is listed.
    pub is_broken: bool,
}

/// Rules about the same events.
pub(super) struct Group {
    pub routes: Vec<Route>,
    pub engine: Engine,
    /// Numbers of its rules.
    pub rules: Vec<usize>,
}

/// A rule's name inside the engines: its number.
pub(super) fn key(number: usize) -> String {
    format!("#{number}")
}

pub(super) fn number(key: Option<&str>) -> Option<usize> {
    key?.strip_prefix('#')?.parse().ok()
}

impl Rules {
    /// Reads rules from `files` (name, content): YAML files with one or several documents, and ZIP archives of them. Every file that is no rule
    /// is in the report's errors with the reason; so is a second rule of one id, of which the first by file name counts.
    pub fn load(files: &[(String, Vec<u8>)]) -> Self {
        let mut rules = Self::default();
        let (mut sources, refused) = texts(files);
        rules.errors.extend(refused.into_iter().map(|r| RuleError { file: r.name, reason: r.reason }));
        sources.sort_by(|a, b| (&a.name, &a.text).cmp(&(&b.name, &b.text)));
        let mut given = Given::default();
        for source in &sources {
            rules.read(source, &mut given);
        }
        rules.compile(given);
        rules.errors.sort();
        rules
    }

    /// How many rules there are to run.
    pub fn len(&self) -> usize {
        self.rules.iter().filter(|r| !r.is_broken).count()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub fn errors(&self) -> &[RuleError] {
        &self.errors
    }

    fn error(&mut self, file: &str, reason: String) {
        self.errors.push(RuleError { file: file.to_owned(), reason });
    }

    fn read(&mut self, source: &Source, given: &mut Given) {
        let (collection, errors) = parse(&source.text);
        errors.into_iter().for_each(|e| self.error(&source.name, e));
        for rule in collection.rules {
            let rule_number = self.rules.len();
            if !self.is_new(rule.id.as_deref(), source, given) {
                continue;
            }
            given.refer(rule_number, rule.id.as_deref(), rule.name.as_deref());
            let placeholder = rule.detection.named.values().any(need::has_placeholder);
            self.rules.push(Rule {
                id: rule.id.clone(),
                title: rule.title.clone(),
                level: rule.level,
                tags: rule.tags.clone(),
                file: source.name.clone(),
                routes: match placeholder {
                    true => Err("it has placeholders (|expand) that nobody has filled in".to_owned()),
                    false => routes(&rule.logsource),
                },
                need: need::of(&rule.detection),
                is_correlation: false,
                only_correlated: false,
                is_broken: false,
            });
            given.rules.push((rule_number, rule));
        }
        for rule in collection.correlations {
            let rule_number = self.rules.len();
            if !self.is_new(rule.id.as_deref(), source, given) {
                continue;
            }
            given.refer(rule_number, rule.id.as_deref(), rule.name.as_deref());
            self.rules.push(Rule {
                id: rule.id.clone(),
                title: rule.title.clone(),
                level: rule.level,
                tags: rule.tags.clone(),
                file: source.name.clone(),
                routes: Ok(Vec::new()),
                need: Need::default(),
                is_correlation: true,
                only_correlated: false,
                is_broken: false,
            });
            given.correlations.push((rule_number, rule));
        }
        given.filters.extend(collection.filters.into_iter().map(|f| (source.name.clone(), f)));
    }

    fn is_new(&mut self, id: Option<&str>, source: &Source, given: &mut Given) -> bool {
        let Some(id) = id else { return true };
        if let Some(first) = given.ids.get(id) {
            let reason = format!("its id {id} is that of {first} too, which counts; this one was left out");
            self.error(&source.name, reason);
            return false;
        }
        given.ids.insert(id.to_owned(), source.name.clone());
        true
    }

    fn compile(&mut self, given: Given) {
        let Given { rules, correlations, filters, references, .. } = given;
        let mut grouped: BTreeMap<Vec<Route>, Vec<SigmaRule>> = BTreeMap::new();
        for (n, mut rule) in rules {
            if let Ok(routes) = &self.rules[n].routes {
                rule.id = Some(key(n));
                rule.custom_attributes.clear();
                let named = std::mem::take(&mut rule.detection.named);
                rule.detection.named = named.into_iter().map(|(k, d)| (k, rewrite::detection(d))).collect();
                grouped.entry(routes.clone()).or_default().push(rule);
            }
        }
        self.filters = filters.len() as u64;
        let filters = self.filters(filters, &references);
        for (routes, rules) in grouped {
            let mut engine = Engine::new();
            for (index, error) in engine.add_rules(&rules) {
                if let Some(n) = rules.get(index).and_then(|r| number(r.id.as_deref())) {
                    self.broken(n, &error.to_string());
                }
            }
            for (file, filter) in &filters {
                if let Err(error) = engine.apply_filter(filter) {
                    self.errors.push(RuleError { file: file.clone(), reason: short(&error.to_string()) });
                }
            }
            let rules =
                rules.iter().filter_map(|r| number(r.id.as_deref())).filter(|n| !self.rules[*n].is_broken);
            let rules = rules.collect();
            self.groups.push(Group { routes, engine, rules });
        }
        self.errors.dedup();
        let (correlations, broken) = Correlations::compile(correlations, &references);
        self.correlations = correlations;
        broken.into_iter().for_each(|(n, reason)| self.broken(n, &reason));
        for n in self.correlations.silent.clone() {
            self.rules[n].only_correlated = true;
        }
    }

    fn broken(&mut self, n: usize, reason: &str) {
        self.rules[n].is_broken = true;
        let file = self.rules[n].file.clone();
        self.error(&file, short(reason));
    }

    /// The filters with the rules they name as the engines know them.
    fn filters(
        &mut self,
        filters: Vec<(String, FilterRule)>,
        references: &References,
    ) -> Vec<(String, FilterRule)> {
        let mut out = Vec::new();
        for (file, mut filter) in filters {
            if let FilterRuleTarget::Specific(names) = &mut filter.rules {
                let known: Vec<String> =
                    names.iter().filter_map(|n| references.get(n)).flatten().map(|n| key(*n)).collect();
                if known.is_empty() {
                    let reason = format!("a filter of {}, which is not among the rules", names.join(", "));
                    self.error(&file, short(&reason));
                    continue;
                }
                *names = known;
            }
            let named = std::mem::take(&mut filter.detection.named);
            filter.detection.named = named.into_iter().map(|(k, d)| (k, rewrite::detection(d))).collect();
            out.push((file, filter));
        }
        out
    }
}

/// Numbers of rules by what others may call them: id, name.
pub(super) type References = BTreeMap<String, Vec<usize>>;

/// What was read, before it is compiled.
#[derive(Default)]
struct Given {
    rules: Vec<(usize, SigmaRule)>,
    correlations: Vec<(usize, CorrelationRule)>,
    filters: Vec<(String, FilterRule)>,
    references: References,
    /// Id → file.
    ids: BTreeMap<String, String>,
}

impl Given {
    fn refer(&mut self, n: usize, id: Option<&str>, name: Option<&str>) {
        for by in [id, name].into_iter().flatten() {
            let numbers = self.references.entry(by.to_owned()).or_default();
            if numbers.last() != Some(&n) {
                numbers.push(n);
            }
        }
    }
}
