//! What a rule can match at all, read off its condition: event ids, and fields that must be there. Both err on the side of more events.

use rsigma_parser::{
    ConditionExpr, Detection, DetectionItem, Detections, Modifier, Quantifier, SelectorPattern, SigmaValue,
};
use std::collections::BTreeSet;

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Need {
    /// `None`: any.
    pub ids: Option<BTreeSet<u64>>,
    /// Without a value in each of these it matches nothing.
    pub fields: BTreeSet<String>,
}

impl Need {
    fn nothing() -> Self {
        Self::default()
    }

    fn both(mut self, other: Need) -> Need {
        self.ids = match (self.ids, other.ids) {
            (Some(a), Some(b)) => Some(a.intersection(&b).copied().collect()),
            (a, b) => a.or(b),
        };
        self.fields.extend(other.fields);
        self
    }

    fn either(self, other: Need) -> Need {
        Need {
            ids: match (self.ids, other.ids) {
                (Some(a), Some(b)) => Some(a.union(&b).copied().collect()),
                _ => None,
            },
            fields: self.fields.intersection(&other.fields).cloned().collect(),
        }
    }
}

fn all(needs: impl Iterator<Item = Need>) -> Need {
    needs.fold(Need::nothing(), Need::both)
}

fn any(needs: impl Iterator<Item = Need>) -> Need {
    needs.reduce(Need::either).unwrap_or_default()
}

/// What the rule needs; its conditions are alternatives.
pub fn of(detections: &Detections) -> Need {
    any(detections.conditions.iter().map(|c| condition(c, detections)))
}

fn condition(expr: &ConditionExpr, named: &Detections) -> Need {
    match expr {
        ConditionExpr::And(parts) => all(parts.iter().map(|p| condition(p, named))),
        ConditionExpr::Or(parts) => any(parts.iter().map(|p| condition(p, named))),
        ConditionExpr::Not(_) => Need::nothing(),
        ConditionExpr::Identifier(name) => named.named.get(name).map(detection).unwrap_or_default(),
        ConditionExpr::Selector { quantifier, pattern } => {
            let chosen =
                named.named.iter().filter(|(name, _)| selects(pattern, name)).map(|(_, d)| detection(d));
            let needs: Vec<Need> = chosen.collect();
            match quantifier {
                Quantifier::All => all(needs.into_iter()),
                Quantifier::Count(n) if *n >= needs.len() as u64 => all(needs.into_iter()),
                Quantifier::Any | Quantifier::Count(_) => any(needs.into_iter()),
            }
        }
    }
}

fn selects(pattern: &SelectorPattern, name: &str) -> bool {
    pattern.matches_detection_name(name)
}

fn detection(d: &Detection) -> Need {
    match d {
        Detection::AllOf(items) => all(items.iter().map(item)),
        Detection::And(parts) => all(parts.iter().map(detection)),
        Detection::AnyOf(parts) => any(parts.iter().map(detection)),
        Detection::Keywords(_) | Detection::ArrayMatch { .. } | Detection::Conditional { .. } => {
            Need::nothing()
        }
    }
}

fn item(item: &DetectionItem) -> Need {
    let Some(name) = &item.field.name else { return Need::nothing() };
    let empty = |v: &SigmaValue| match v {
        SigmaValue::Null => true,
        SigmaValue::String(s) => s.original.is_empty(),
        // `exists: false`
        SigmaValue::Bool(b) => !b && item.field.has_modifier(Modifier::Exists),
        _ => false,
    };
    let mut need = Need::nothing();
    if !item.values.iter().any(empty) {
        need.fields.insert(name.clone());
    }
    if name == "EventID" && item.field.modifiers.is_empty() {
        need.ids = item.values.iter().map(number).collect();
    }
    need
}

fn number(value: &SigmaValue) -> Option<u64> {
    match value {
        SigmaValue::Integer(n) => u64::try_from(*n).ok(),
        SigmaValue::String(s) if s.is_plain() => s.original.trim().parse().ok(),
        _ => None,
    }
}

/// Whether some value is a placeholder, which only its author's configuration could fill in.
pub fn has_placeholder(d: &Detection) -> bool {
    match d {
        Detection::AllOf(items) => items.iter().any(|i| i.field.has_modifier(Modifier::Expand)),
        Detection::And(parts) | Detection::AnyOf(parts) => parts.iter().any(has_placeholder),
        Detection::ArrayMatch { body, .. } => has_placeholder(body),
        Detection::Conditional { named, .. } => named.values().any(has_placeholder),
        Detection::Keywords(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn need(detection: &str) -> Need {
        let text = format!("title: t\nlogsource: {{product: windows}}\ndetection: {detection}\n");
        let parsed = rsigma_parser::parse_sigma_yaml(&text).expect("YAML");
        assert!(parsed.errors.is_empty(), "{:?}", parsed.errors);
        of(&parsed.rules[0].detection)
    }

    fn ids(list: &[u64]) -> Option<BTreeSet<u64>> {
        Some(list.iter().copied().collect())
    }

    #[test]
    fn ids_follow_the_condition() {
        let two = "a: {EventID: [1, '2']}, b: {EventID: 2, X: y}, c: {X: z}";
        assert_eq!(need(&format!("{{{two}, condition: a and b}}")).ids, ids(&[2]));
        assert_eq!(need(&format!("{{{two}, condition: a or b}}")).ids, ids(&[1, 2]));
        assert_eq!(need(&format!("{{{two}, condition: a or c}}")).ids, None);
        assert_eq!(need(&format!("{{{two}, condition: a and not b}}")).ids, ids(&[1, 2]));
        assert_eq!(need(&format!("{{{two}, condition: 1 of them}}")).ids, None);
        assert_eq!(need(&format!("{{{two}, condition: all of them}}")).ids, ids(&[2]));
        assert_eq!(need("{a: {EventID|startswith: 47}, condition: a}").ids, None);
        assert_eq!(need("{a: [{EventID: 1}, {EventID: 5, X: y}], condition: a}").ids, ids(&[1, 5]));
    }

    #[test]
    fn fields_that_every_way_needs() {
        let fields = |d| need(d).fields.into_iter().collect::<Vec<_>>();
        assert_eq!(fields("{a: {X: 1, Y|contains: b}, b: {Z: 1}, condition: a and not b}"), ["X", "Y"]);
        assert_eq!(fields("{a: {X: 1, Y: 2}, b: {Y: 3}, condition: a or b}"), ["Y"]);
        assert_eq!(fields("{a: {X: null, Y|exists: false, Z: ''}, condition: a}"), [""; 0]);
    }
}
