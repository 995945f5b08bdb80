//! Where `rsigma` 0.23 reads a rule otherwise than the specification has it, the rule is put so that both agree.
//!
//! - Wildcards become regular expressions of ours: its own do not cross line ends (a privilege list has some), are anchored at the wrong end
//!   under `startswith` and `endswith`, and bind a keyword to the whole value.
//! - A list with `null` in it also matches where the field is missing; there only a lone `null` does.
//! - Of several keywords under `all` each may stand in another field; there one field must hold them all.
//! - Numbers as keywords match their digits; there they match nothing.
//! - `rsigma.*` attributes are taken out: a rule does not steer the engine.

use rsigma_parser::{
    ConditionExpr, Detection, DetectionItem, FieldSpec, Modifier, SigmaString, SigmaValue, SpecialChar,
    StringPart,
};
use std::fmt::Write;

pub fn detection(detection: Detection) -> Detection {
    match detection {
        Detection::AllOf(items) => {
            let mut parts: Vec<Detection> = Vec::new();
            let mut plain = Vec::new();
            for item in items {
                match rewritten(item) {
                    Detection::AllOf(items) => plain.extend(items),
                    other => parts.push(other),
                }
            }
            if parts.is_empty() {
                return Detection::AllOf(plain);
            }
            if !plain.is_empty() {
                parts.insert(0, Detection::AllOf(plain));
            }
            Detection::And(parts)
        }
        Detection::AnyOf(parts) => Detection::AnyOf(parts.into_iter().map(self::detection).collect()),
        Detection::And(parts) => Detection::And(parts.into_iter().map(self::detection).collect()),
        Detection::Keywords(values) => {
            let spec = FieldSpec::new(None, vec![Modifier::Contains]);
            let any =
                values.into_iter().map(|v| rewritten(DetectionItem { field: spec.clone(), values: vec![v] }));
            Detection::AnyOf(any.collect())
        }
        Detection::ArrayMatch { field, quantifier, body } => {
            Detection::ArrayMatch { field, quantifier, body: Box::new(self::detection(*body)) }
        }
        Detection::Conditional { named, condition } => {
            let named = named.into_iter().map(|(name, d)| (name, self::detection(d))).collect();
            Detection::Conditional { named, condition }
        }
    }
}

/// Modifiers that give a value another meaning than text with wildcards.
fn is_text(modifiers: &[Modifier]) -> bool {
    use Modifier::{All, Cased, Contains, EndsWith, Neq, StartsWith};
    modifiers.iter().all(|m| matches!(m, Contains | StartsWith | EndsWith | All | Cased | Neq))
}

fn rewritten(mut item: DetectionItem) -> Detection {
    let modifiers = &item.field.modifiers;
    let all = item.field.has_modifier(Modifier::All);
    let is_null = |v: &SigmaValue| matches!(v, SigmaValue::Null);
    if !all
        && !item.field.has_modifier(Modifier::Neq)
        && item.values.len() > 1
        && item.values.iter().any(is_null)
    {
        item.values.retain(|v| !is_null(v));
        let null = DetectionItem {
            field: FieldSpec::new(item.field.name.clone(), Vec::new()),
            values: vec![SigmaValue::Null],
        };
        let null = Detection::AllOf(vec![null]);
        return if item.values.is_empty() { null } else { Detection::AnyOf(vec![null, rewritten(item)]) };
    }
    if all && item.field.is_keyword() && item.values.len() > 1 {
        let mut field = item.field;
        field.modifiers.retain(|m| *m != Modifier::All);
        let one = |value| rewritten(DetectionItem { field: field.clone(), values: vec![value] });
        return Detection::And(item.values.into_iter().map(one).collect());
    }
    if !is_text(modifiers) {
        return Detection::AllOf(vec![item]);
    }
    if item.field.is_keyword() {
        for value in &mut item.values {
            let digits = match value {
                SigmaValue::Integer(n) => n.to_string(),
                SigmaValue::Float(n) => n.to_string(),
                SigmaValue::Bool(b) => b.to_string(),
                _ => continue,
            };
            *value = SigmaValue::String(SigmaString::from_raw(&digits));
        }
        // Words are looked for anywhere in a value.
        if !item
            .field
            .modifiers
            .iter()
            .any(|m| matches!(m, Modifier::StartsWith | Modifier::EndsWith | Modifier::Contains))
        {
            item.field.modifiers.push(Modifier::Contains);
        }
    }
    let has_wildcards = |v: &SigmaValue| matches!(v, SigmaValue::String(s) if s.contains_wildcards());
    if !item.values.iter().any(has_wildcards) {
        return Detection::AllOf(vec![item]);
    }
    let modifiers = item.field.modifiers.clone();
    let has = |m| modifiers.contains(&m);
    let ends = (
        !has(Modifier::Contains) && !has(Modifier::EndsWith),
        !has(Modifier::Contains) && !has(Modifier::StartsWith),
    );
    for value in &mut item.values {
        let text = match &*value {
            SigmaValue::String(s) => regex(s, ends, has(Modifier::Cased)),
            SigmaValue::Integer(n) => regex(&SigmaString::from_raw(&n.to_string()), ends, false),
            SigmaValue::Float(n) => regex(&SigmaString::from_raw(&n.to_string()), ends, false),
            SigmaValue::Bool(_) | SigmaValue::Null => continue,
        };
        *value = SigmaValue::String(SigmaString::from_raw(&text));
    }
    item.field.modifiers = vec![Modifier::Re];
    item.field.modifiers.extend(modifiers.into_iter().filter(|m| matches!(m, Modifier::All | Modifier::Neq)));
    Detection::AllOf(vec![item])
}

/// The regular expression of a text with wildcards; `ends`: bound to the value's beginning, to its end.
fn regex(text: &SigmaString, ends: (bool, bool), cased: bool) -> String {
    let mut parts = &text.parts[..];
    let many = |p: &StringPart| *p == StringPart::Special(SpecialChar::WildcardMulti);
    let (mut from_start, mut to_end) = ends;
    while let [first, rest @ ..] = parts
        && many(first)
    {
        (parts, from_start) = (rest, false);
    }
    while let [rest @ .., last] = parts
        && many(last)
    {
        (parts, to_end) = (rest, false);
    }
    let mut out = String::from(if cased { "(?s)" } else { "(?is)" });
    if from_start {
        out.push_str("\\A");
    }
    for part in parts {
        match part {
            StringPart::Special(SpecialChar::WildcardMulti) => out.push_str(".*"),
            StringPart::Special(SpecialChar::WildcardSingle) => out.push('.'),
            StringPart::Plain(text) => {
                for c in text.chars() {
                    match c {
                        c if c.is_ascii_alphanumeric() || !c.is_ascii() => out.push(c),
                        // Writing to a String cannot fail.
                        c => drop(write!(out, "\\x{:02x}", u32::from(c))),
                    }
                }
            }
        }
    }
    if to_end {
        out.push_str("\\z");
    }
    out
}

/// The condition with its rule references exchanged; for the extended conditions of correlations.
pub fn references(condition: &mut ConditionExpr, exchange: &dyn Fn(&str) -> String) {
    match condition {
        ConditionExpr::And(parts) | ConditionExpr::Or(parts) => {
            parts.iter_mut().for_each(|p| references(p, exchange));
        }
        ConditionExpr::Not(inner) => references(inner, exchange),
        ConditionExpr::Identifier(name) => *name = exchange(name),
        ConditionExpr::Selector { .. } => {}
    }
}
