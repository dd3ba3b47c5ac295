//! Sentences of the language -> lines and lists for people.

use super::document::{Piece, Sentence, Statement};
use super::lift::Lift;
use super::words::DEFINED;
use crate::check;
use crate::semantics;
use crate::syntax::{self, tree};

impl Lift<'_> {
    /// What must be so, with the lists under it.
    pub(super) fn statement(&self, condition: &semantics::Condition) -> Statement {
        self.laid_out(&self.condition(condition))
    }

    fn laid_out(&self, condition: &tree::Condition) -> Statement {
        let under = syntax::listed(condition);
        // A list of one is that one.
        if let (tree::ConditionKind::Group { group: tree::Group::All | tree::Group::Any, .. }, [only]) =
            (&condition.kind, under)
        {
            return self.laid_out(&only.node);
        }
        Statement {
            said: self.sentence(&spelt_out(&syntax::print_head(condition))),
            under: under.iter().map(|item| self.laid_out(&item.node)).collect(),
        }
    }

    /// Which records a group holds, with the lists under it.
    pub(super) fn records(&self, group: &check::RecordGroup) -> Statement {
        let selection = self.group(group);
        let under = selection.filter.as_ref().map_or(&[][..], syntax::listed);
        Statement {
            said: self.sentence(&spelt_out(&syntax::print_selection(&selection))),
            under: under.iter().map(|item| self.laid_out(&item.node)).collect(),
        }
    }

    pub(super) fn effects(&self, effects: &[check::Effect]) -> Vec<Sentence> {
        effects.iter().map(|effect| self.sentence(&syntax::print_effect(&self.effect(effect)))).collect()
    }

    /// Cuts a line at the names that are marked as defined elsewhere.
    pub(super) fn sentence(&self, said: &str) -> Sentence {
        let mut pieces = Vec::new();
        let mut rest = said;
        while let Some((before, after)) = rest.split_once(DEFINED) {
            let name = before.rsplit(|letter: char| !is_of_name(letter)).next().unwrap_or("");
            let plain = before.strip_suffix(name).unwrap_or(before);
            pieces.extend((!plain.is_empty()).then(|| Piece::Text(plain.to_owned())));
            pieces.push(Piece::Name { said: name.to_owned(), of: self.singular(name) });
            rest = after;
        }
        pieces.extend((!rest.is_empty()).then(|| Piece::Text(rest.to_owned())));
        pieces
    }

    /// The name under which a plural is explained.
    fn singular(&self, name: &str) -> String {
        let is_definition = self.policy.definitions.iter().any(|definition| definition.name == name);
        let group = self.policy.groups.iter().find(|group| group.name == name);
        let group = group.or_else(|| self.policy.groups.iter().find(|group| group.plural == name));
        group.filter(|_| !is_definition).map_or_else(|| name.to_owned(), |group| group.name.clone())
    }

    /// The reason that a rule gives, with a blank where each call has its own.
    pub(super) fn reason(&self, pieces: &[check::ReasonPart]) -> Sentence {
        let mut said: Sentence = Vec::new();
        let blank = |words: String| Piece::Blank(words);
        for piece in pieces {
            match piece {
                check::ReasonPart::Text(text) => said.push(Piece::Text(text.to_string())),
                check::ReasonPart::Count(_, None) => said.push(blank("number".to_owned())),
                check::ReasonPart::Count(_, Some(words)) => {
                    said.extend([blank("number".to_owned()), Piece::Text(format!(" {}", words.1))]);
                }
                check::ReasonPart::Ids(_) => said.push(blank("which records".to_owned())),
                check::ReasonPart::Latest(_) => said.push(blank("when the latest was".to_owned())),
                check::ReasonPart::Field(count, field) => {
                    said.push(blank(self.field(count.of.record, *field).to_owned()));
                }
                check::ReasonPart::Answers(_, words) => {
                    said.push(blank("number".to_owned()));
                    said.extend(words.as_ref().map(|words| Piece::Text(format!(" {}", words.1))));
                }
                check::ReasonPart::Fact(fact) => said.push(blank(self.fact(*fact).to_owned())),
                check::ReasonPart::Score(score) => {
                    let name = self.policy.score(*score).map_or("", |score| score.name.as_str());
                    said.push(blank(format!("points of {name}")));
                }
            }
        }
        said
    }
}

fn is_of_name(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || letter == '-' || letter == '_'
}

/// The head of a list as somebody says it who does not know the language: `all of:` is `all of these are so:`.
fn spelt_out(head: &str) -> String {
    let Some(before) = head.strip_suffix(" of:").or_else(|| head.strip_suffix("of:")) else {
        return head.to_owned();
    };
    match before.rsplit_once(' ').map_or(("", before), |(rest, last)| (rest, last)) {
        (rest, "any") => format!("{}at least one of these is so:", spaced(rest)),
        (rest, "none") => format!("{}none of these is so:", spaced(rest)),
        (rest, "all") => format!("{}all of these are so:", spaced(rest)),
        _ if before.ends_with(" 1") || before == "1" => format!("{before} of these is so:"),
        _ => format!("{before} of these are so:"),
    }
}

fn spaced(words: &str) -> String {
    if words.is_empty() { String::new() } else { format!("{words} ") }
}

#[cfg(test)]
mod tests {
    use super::spelt_out;

    #[test]
    fn heads_of_lists_are_spelt_out() {
        for (head, said) in [
            ("all of:", "all of these are so:"),
            ("any of:", "at least one of these is so:"),
            ("none of:", "none of these is so:"),
            ("at least 3 of:", "at least 3 of these are so:"),
            ("exactly 1 of:", "exactly 1 of these is so:"),
            ("an order in force where all of:", "an order in force where all of these are so:"),
            ("injury is serious", "injury is serious"),
        ] {
            assert_eq!(spelt_out(head), said);
        }
    }
}
