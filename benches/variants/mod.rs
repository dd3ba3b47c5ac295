//! The shipped policy -> policies of as many rules as are asked for.
//!
//! The rules are the first thirty of the shipped policies, as often as it takes, each time under other names, with other numbers and spans.

use heedful::engine::Input;
use heedful::syntax;
use heedful::syntax::tree::{
    Amount, Comments, Condition, ConditionKind, File, Item, LengthAt, LengthRef, Line, Number, Quantifier, Quantity,
    RuleItem, RuleLine, Scope, SettingItem, Word,
};
use heedful::text::{Source, SourceId};
use heedful::time::{Length, Unit};
use heedful_live::files::read_policies;
use std::collections::BTreeMap;
use std::path::Path;

/// How many rules make one variant, and one file.
pub(crate) const VARIANT: usize = 30;

/// The shipped vocabulary, the shipped policy without its rules, and so many variants of thirty of these. Each number and each span of a variant
/// is so many more than it would be.
pub(crate) fn policy(variants: usize, more: u32) -> Vec<Input> {
    let rules = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules");
    let read = |folder: &str| read_policies(&[rules.join(folder)]).expect("the shipped policies");
    let mut inputs = read("vocabulary");
    let mut templates: Vec<Line<Item>> = Vec::new();
    for input in read("national") {
        let source = Source::new(SourceId(0), &input.name, String::from_utf8(input.bytes).expect("a text"));
        let (mut file, _) = syntax::parse(&source);
        templates.extend(file.items.extract_if(.., |item| matches!(item.node, Item::Rule(_))));
        inputs.push(Input { name: input.name, bytes: syntax::print(&file).into_bytes() });
    }
    templates.truncate(VARIANT);
    for variant in 0..variants {
        let number = u32::try_from(variant).unwrap_or(0);
        let mut varied = Variant { number, more, settings: BTreeMap::new() };
        let mut items = templates.clone();
        for item in &mut items {
            if let Item::Rule(rule) = &mut item.node {
                varied.rule(rule);
            }
        }
        items.splice(0..0, varied.settings.into_values());
        let text = syntax::print(&File { items, ..File::default() });
        let bytes = format!("part of policy \"National baseline\"\n\n{text}").into_bytes();
        inputs.push(Input { name: format!("variant-{variant}.heed"), bytes });
    }
    inputs
}

/// The rules once more, with other names, and with settings of their own for how many and how far back.
struct Variant {
    number: u32,
    more: u32,
    settings: BTreeMap<String, Line<Item>>,
}

impl Variant {
    fn rule(&mut self, rule: &mut RuleItem) {
        rule.name.text = format!("{}-{}", rule.name.text, self.number);
        for line in &mut rule.lines {
            if let RuleLine::When(condition) = &mut line.node {
                self.condition(condition);
            }
        }
    }

    fn condition(&mut self, condition: &mut Condition) {
        match &mut condition.kind {
            ConditionKind::Group { items, .. } => items.iter_mut().for_each(|item| self.condition(&mut item.node)),
            ConditionKind::Chain { items, .. } => items.iter_mut().for_each(|item| self.condition(item)),
            ConditionKind::Count(count) => {
                if let Quantifier::HowMany { amount: Amount::Name(word), .. } = &mut count.quantifier {
                    let number = Number { value: i64::from(self.number % 9 + 2 + self.more), at: word.at };
                    self.setting(word, Quantity::Number { number, unit: None });
                }
                for scope in &mut count.of.scopes {
                    if let Scope::Within(LengthRef::Name(word)) = scope {
                        let length = Length::new(self.number % 300 + 2 + self.more, Unit::Days);
                        self.setting(word, Quantity::Length(LengthAt { length, at: word.at }));
                    }
                }
            }
            _ => {}
        }
    }

    fn setting(&mut self, word: &mut Word, value: Quantity) {
        word.text = format!("{}-{}", word.text, self.number);
        let setting = SettingItem { name: word.clone(), value, range: None, never: None, help: None };
        let node = Item::Setting(setting.into());
        self.settings.insert(word.text.clone(), Line { node, at: word.at, comments: Comments::default() });
    }
}
