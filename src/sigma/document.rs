//! One rule file → its parsed documents, with guards against files made to exhaust the parser.
//!
//! The YAML reader itself limits depth (128) and aliases; it is quadratic in open brackets, and the condition's grammar recurses by
//! parentheses and `not`, so that those are counted before it is called.

use rsigma_parser::{SigmaCollection, parse_sigma_yaml};
use serde::Deserialize;
use yaml_serde::Value;

/// Brackets open at once, counted without regard to quotes: regular expressions leave some open.
const MAX_BRACKETS: i64 = 1000;
/// Parentheses open at once in a condition, and `not`s in all.
const MAX_PARENTHESES: usize = 64;
const MAX_NOTS: usize = 256;
/// A reason longer than this is cut: the parser shows the whole condition.
const MAX_REASON: usize = 300;

/// The documents in `text`, and what is wrong with those that are no rule. Errors are sentences.
pub fn parse(text: &str) -> (SigmaCollection, Vec<String>) {
    match guard(text).and_then(|()| parse_sigma_yaml(text).map_err(|e| e.to_string())) {
        Ok(mut collection) => {
            let mut errors: Vec<String> =
                std::mem::take(&mut collection.errors).into_iter().map(|e| short(&e)).collect();
            if collection.is_empty() && errors.is_empty() {
                errors.push("there is no rule in it".to_owned());
            }
            (collection, errors)
        }
        Err(error) => (SigmaCollection::new(), vec![short(&error)]),
    }
}

/// One line of bounded length.
pub fn short(reason: &str) -> String {
    let line: String = reason.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(MAX_REASON) {
        Some((at, _)) => format!("{}…", &line[..at]),
        None => line,
    }
}

fn guard(text: &str) -> Result<(), String> {
    let mut open = 0i64;
    for b in text.bytes() {
        match b {
            b'[' | b'{' => open += 1,
            b']' | b'}' => open = (open - 1).max(0),
            _ => {}
        }
        if open > MAX_BRACKETS {
            return Err(format!("more than {MAX_BRACKETS} brackets open at once"));
        }
    }
    for document in yaml_serde::Deserializer::from_str(text) {
        // What is no YAML is reported by the rule's parser, which stops there too.
        let Ok(value) = Value::deserialize(document) else { break };
        for part in ["detection", "filter", "correlation"] {
            value.get(part).map_or(Ok(()), conditions)?;
        }
    }
    Ok(())
}

/// Looks at every condition in `value`; YAML's own limit bounds the depth.
fn conditions(value: &Value) -> Result<(), String> {
    match value {
        Value::Mapping(map) => map.iter().try_for_each(|(key, value)| match key.as_str() {
            Some("condition") => condition(value),
            _ => conditions(value),
        }),
        Value::Sequence(list) => list.iter().try_for_each(conditions),
        _ => Ok(()),
    }
}

fn condition(value: &Value) -> Result<(), String> {
    match value {
        Value::String(text) => {
            let (mut open, mut deepest) = (0usize, 0);
            for c in text.chars() {
                match c {
                    '(' => open += 1,
                    ')' => open = open.saturating_sub(1),
                    _ => {}
                }
                deepest = deepest.max(open);
            }
            let nots =
                text.split(|c: char| !c.is_alphanumeric()).filter(|w| w.eq_ignore_ascii_case("not")).count();
            if deepest > MAX_PARENTHESES || nots > MAX_NOTS {
                return Err("its condition is nested too deep".to_owned());
            }
            Ok(())
        }
        Value::Sequence(list) => list.iter().try_for_each(condition),
        other => conditions(other),
    }
}
