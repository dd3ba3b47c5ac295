//! Two policies that were compared -> the verdict, and for each rule that makes a difference a sentence and a call.

use super::changes::lines_of_changes;
use super::page::{Page, Weight};

use super::words::PolicyWords;
use crate::changes::{Change, ChangeKind};
use crate::engine::{Snapshot, short_digest};
use crate::model::Level;
use crate::proof::{
    AllowedBy, BaseProof, Became, Compared, DifferentSetting, Finding, NotSettled, PartComparison, Shown, ShownPart,
    Standing, Together,
};
use crate::text::{aloud, capitalised, counted, spoken};

/// What came of a comparison, as a page. `folder` is where the cases were written, if they were.
pub fn comparison(compared: &Compared<'_>, folder: Option<&str>, styled: bool) -> String {
    let mut page = Page::new(styled);
    let weight = if compared.finding() == Finding::NeverLower { Weight::Strong } else { Weight::Urgent };
    page.line(&verdict(compared), weight);
    let named = |policy: &Snapshot, digest| format!("{}, {}", policy.name(), short_digest(digest));
    let (old, new) = (named(&compared.old, &compared.old_digest), named(compared.new, compared.new.digest()));
    page.line(&format!("Old: {old}. New: {new}."), Weight::Plain);
    if let Some(note) = &compared.note {
        page.line(note, Weight::Plain);
    }
    flaws(&mut page, compared);
    parts(&mut page, compared);
    if !compared.changes.is_empty() {
        page.heading("WHAT CHANGED");
        lines_of_changes(&compared.changes).iter().for_each(|line| page.item(line));
    }
    if let Some(base) = &compared.base {
        tailored(&mut page, compared, base);
    }
    let (old, new) = compared.labels();
    let sides = [
        (format!("WHERE {} GIVES LESS", new.to_uppercase()), &compared.lower, Side::Lower, (&old, &new)),
        (format!("WHERE {} GIVES MORE", new.to_uppercase()), &compared.higher, Side::Higher, (&new, &old)),
    ];
    let mut files = compared.case_files().map(|(name, _)| name);
    for (heading, all, side, (own, other)) in sides {
        if all.is_empty() {
            continue;
        }
        page.heading(&heading);
        for shown in all {
            let said = SaidCall::of(compared, side, shown, (own, other));
            said.write(&mut page, files.next().zip(folder));
            if side == Side::Lower {
                allowed_by(compared, shown).iter().for_each(|by| page.detail(&format!("Allowed by {by}.")));
            }
        }
    }
    open(&mut page, compared);
    proofs(&mut page, compared);
    page.into_text()
}

/// What a call shows of two policies, and why, in a sentence or two.
pub fn shown_call(compared: &Compared<'_>, shown: &Shown, is_lower: bool) -> String {
    let (old, new) = compared.labels();
    let (side, own, other) = if is_lower { (Side::Lower, old, new) } else { (Side::Higher, new, old) };
    SaidCall::of(compared, side, shown, (&own, &other)).sentence()
}

/// The verdict on one line: the first thing that is read.
pub fn verdict(compared: &Compared<'_>) -> String {
    let (old, new) = compared.labels();
    if let Some(why) = &compared.comparison.not_compared {
        return format!("NOT COMPARED: {why}");
    }
    if compared.certified.as_ref().is_some_and(|certified| !certified.flaws.is_empty()) {
        return "NOT SETTLED: A CERTIFICATE DOES NOT HOLD. Do not rely on any answer below, and report this".to_owned();
    }
    match compared.finding() {
        Finding::Lower => {
            let (calls, show) =
                (counted(compared.lower.len(), "call"), if compared.lower.len() == 1 { "shows" } else { "show" });
            format!("LOWER: {new} can give less than {old}, as {calls} below {show}")
        }
        Finding::NotSettled => format!(
            "NOT SETTLED: no call was found for which {new} gives less than {old}, and it is not proved that there is none"
        ),
        Finding::NeverLower if compared.is_the_same() => {
            format!("THE SAME, PROVED: whatever the call, {new} gives what {old} gives")
        }
        Finding::NeverLower if !compared.lower.is_empty() => format!(
            "NOWHERE WEAKER, PROVED: {new} gives less than {old} only where {old} allows it, as {} below {}",
            counted(compared.lower.len(), "call"),
            if compared.lower.len() == 1 { "shows" } else { "show" }
        ),
        Finding::NeverLower => {
            format!("NOWHERE LOWER, PROVED: whatever the call, {new} gives at least what {old} gives")
        }
    }
}

/// What a policy does otherwise than the one that it tailors.
fn tailored(page: &mut Page, compared: &Compared<'_>, base: &BaseProof) {
    let (old, new) = (compared.old.policy(), compared.new.policy());
    let own = new.rules.iter().filter(|rule| !old.rules.iter().any(|theirs| theirs.name == rule.name));
    let own: Vec<String> = own.map(|rule| rule.name.clone()).collect();
    if base.allowed.is_empty() && own.is_empty() {
        return;
    }
    page.heading(&format!("WHAT {} DOES OTHERWISE", compared.labels().1.to_uppercase()));
    for allowed in &base.allowed {
        match allowed {
            AllowedBy::Setting { name, base, own, range } => {
                page.item(&format!("setting {name}: {own}, in the base {base}; allowed {range}"));
            }
            AllowedBy::Suspension { rule, .. } => page.item(&format!("rule {rule}: suspended, as the base allows")),
        }
    }
    match own.as_slice() {
        [] => {}
        [one] => page.item(&format!("rule {one}: its own")),
        several => page.item(&format!("rules of its own: {}", spoken(several, "and"))),
    }
}

/// The parts of the outcome of which the same is known, together.
fn parts(page: &mut Page, compared: &Compared<'_>) {
    let mut groups: Vec<(String, Vec<String>)> = Vec::new();
    for part in &compared.comparison.parts {
        let Some(outcome) = compared.new.vocabulary().outcomes.get(part.outcome.index()) else { continue };
        let (said, name) = (standing(part), aloud(&outcome.name));
        match groups.iter_mut().find(|(known, _)| *known == said) {
            Some((_, names)) => names.push(name),
            None => groups.push((said, vec![name])),
        }
    }
    if groups.is_empty() {
        return;
    }
    page.heading("THE PARTS OF THE OUTCOME");
    for (said, names) in groups {
        page.item(&format!("{}: {said}", spoken(&names, "and")));
    }
}

fn standing(part: &PartComparison) -> String {
    let one = |standing: Standing, how: &str| match standing {
        Standing::Never => format!("never {how}"),
        Standing::ForSomeCalls => format!("{how} for some calls"),
        Standing::NotSettled => format!("not settled whether ever {how}"),
    };
    match (part.lower.standing(), part.higher.standing()) {
        (Standing::Never, Standing::Never) => "the same for every call".to_owned(),
        (lower, higher) => format!("{}, {}", one(lower, "lower"), one(higher, "higher")),
    }
}

/// What allows a call to be given less than by the base, in words.
pub(super) fn allowed_by(compared: &Compared<'_>, shown: &Shown) -> Option<String> {
    let base = compared.base.as_ref().filter(|base| !base.is_weaker(&shown.rule))?;
    let reads = |name: &str| shown.settings.iter().any(|setting| setting.name == name);
    let by: Vec<String> = base.allows(&shown.rule, reads).into_iter().map(AllowedBy::in_words).collect();
    (!by.is_empty()).then(|| spoken(&by, "and"))
}

fn open(page: &mut Page, compared: &Compared<'_>) {
    let mut said: Vec<(String, Vec<String>)> = Vec::new();
    for (part, NotSettled { rule, why, together }) in compared.open() {
        let outcome = compared.new.vocabulary().outcomes.get(part.outcome.index());
        let outcome = outcome.map_or_else(String::new, |outcome| aloud(&outcome.name));
        let what = match together {
            None => format!("rule {rule}, for the {outcome}"),
            Some(together) => format!("{}, for the {outcome}", of_several(rule, together)),
        };
        match said.iter_mut().find(|(known, _)| known == why) {
            Some((_, all)) if all.contains(&what) => {}
            Some((_, all)) => all.push(what),
            None => said.push((why.clone(), vec![what])),
        }
    }
    if said.is_empty() {
        return;
    }
    page.heading("NOT SETTLED");
    for (why, all) in said {
        page.item(&capitalised(&why));
        all.iter().for_each(|what| page.detail(what));
    }
}

/// `rules hurt and not-hurt together while the fact injury is not known`.
fn of_several(rule: &str, together: &Together) -> String {
    let several = if together.with.is_empty() { "rule" } else { "rules" };
    let rules = together.rules(rule).replace('`', "");
    format!("{several} {rules} together while {} is not known", together.thing())
}

fn flaws(page: &mut Page, compared: &Compared<'_>) {
    let flaws = compared.certified.iter().flat_map(|certified| &certified.flaws);
    flaws.for_each(|flaw| page.weighty_item(flaw, Weight::Urgent));
}

fn proofs(page: &mut Page, compared: &Compared<'_>) {
    let Some(found) = &compared.certified else { return };
    page.heading("PROOFS");
    page.item(&format!("{} asked, of which {} proved:", counted(found.asked, "question"), are(found.proved)));
    page.detail(&format!("{} since both policies have the same rule", found.alike));
    page.detail(&format!("{} by a certificate, each checked independently of the solver", found.certified));
    let calls: usize =
        compared.comparison.parts.iter().map(|part| part.lower.calls.len() + part.higher.calls.len()).sum();
    page.item(&format!(
        "{} disproved by a call, {} not settled",
        are(calls),
        found.asked.saturating_sub(found.proved + calls)
    ));
}

fn are(number: usize) -> String {
    format!("{number} {}", if number == 1 { "is" } else { "are" })
}

/// Which way a call goes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Lower,
    Higher,
}

struct SaidCall<'a> {
    shown: &'a Shown,
    side: Side,
    /// The policy that gives more, and what it is called.
    own: (&'a Snapshot, &'a str),
    /// The one that gives less.
    other: (&'a Snapshot, &'a str),
}

impl<'a> SaidCall<'a> {
    fn of(compared: &'a Compared<'_>, side: Side, shown: &'a Shown, (own, other): (&'a str, &'a str)) -> Self {
        let (more, less) = match side {
            Side::Lower => (&*compared.old, compared.new),
            Side::Higher => (compared.new, &*compared.old),
        };
        Self { shown, side, own: (more, own), other: (less, other) }
    }

    fn write(&self, page: &mut Page, file: Option<(String, &str)>) {
        let Shown { rule, together, title, call, .. } = self.shown;
        match (together, title) {
            (Some(together), _) => page.item(&capitalised(&of_several(rule, together))),
            (None, Some(title)) => page.item(&format!("{title} (rule {rule})")),
            (None, None) => page.item(&format!("Rule {rule}")),
        }
        page.detail(&self.sentence());
        call.in_words(self.own.0).lines().for_each(|line| page.detail(line));
        if let Some((name, folder)) = file {
            page.detail(&format!("Case: {folder}/{name}"));
        }
    }

    /// `The new policy gives grade scheduled where the old policy gives grade priority, because its repeat-window is 12 hours, not 24
    /// hours.`
    fn sentence(&self) -> String {
        let (subject, beside) = match self.side {
            Side::Lower => (self.other, self.own),
            Side::Higher => (self.own, self.other),
        };
        let (mut gives, mut lists) = (Vec::new(), Vec::new());
        for part in &self.shown.parts {
            match part.more.beyond(part.less) {
                Some(missing @ Level::AllThatApply(_)) => lists.extend(self.missing(part, missing)),
                _ if part.less.content().is_nothing() => lists.extend(self.missing(part, part.more)),
                _ => gives.push(self.levels(part)),
            }
        }
        let head = capitalised(subject.1);
        let bear = |also: &[String]| match also {
            [] => String::new(),
            [one] => format!(" Rule {one} bears on this call too."),
            several => format!(" Rules {} bear on this call too.", spoken(several, "and")),
        };
        let also = bear(&self.shown.also);
        let how = if self.side == Side::Lower { "leaves out" } else { "adds" };
        let (because, more) = self.because();
        if gives.is_empty() {
            return format!("{head} {how}, because {because}: {}.{more}{also}", lists.join("; "));
        }
        let (more_of, less_of): (Vec<String>, Vec<String>) = gives.into_iter().unzip();
        let (own, others) = if self.side == Side::Lower { (less_of, more_of) } else { (more_of, less_of) };
        let (own, others) = (spoken(&own, "and"), spoken(&others, "and"));
        let lists = if lists.is_empty() { String::new() } else { format!(" It {how}: {}.", lists.join("; ")) };
        format!("{head} gives {own} where {} gives {others}, because {because}.{more}{lists}{also}", beside.1)
    }

    /// What the other policy leaves out.
    fn missing(&self, part: &ShownPart, missing: Level) -> Option<String> {
        let words = PolicyWords { policy: self.own.0 };
        let outcome = self.own.0.vocabulary().outcomes.get(part.outcome.index())?;
        Some(format!("{} {}", outcome.phrase, words.value(part.outcome, missing)?))
    }

    /// What each gives, in its own words.
    fn levels(&self, part: &ShownPart) -> (String, String) {
        let said = |policy: &Snapshot, level| {
            let words = PolicyWords { policy };
            let name = policy.vocabulary().outcomes.get(part.outcome.index()).map_or("", |outcome| &outcome.name);
            match words.value(part.outcome, level) {
                // Some forces call their grades so.
                Some(value) if value.to_lowercase().starts_with(&aloud(name)) => value,
                _ => words.level(part.outcome, level, None).unwrap_or_default(),
            }
        };
        (said(self.own.0, part.more), said(self.other.0, part.less))
    }

    /// Why: what became of the rule, or which settings are otherwise; and a sentence more, where there is more to say.
    fn because(&self) -> (String, String) {
        let Shown { rule, together, became, settings, changes, .. } = self.shown;
        let there = if self.side == Side::Lower { "there".to_owned() } else { format!("in {}", self.other.1) };
        let open = match became {
            Became::Gone if self.side == Side::Lower => return (format!("it has no rule {rule}"), String::new()),
            Became::Gone => return (format!("{} has no rule {rule}", self.other.1), String::new()),
            Became::OnTrial => return (format!("rule {rule} is on trial {there}, without effect"), String::new()),
            Became::Suspended(until) => {
                let day = self.other.0.zone().date(*until).spoken();
                return (format!("rule {rule} is suspended {there} until the end of {day}"), String::new());
            }
            Became::NotInForce => {
                return (format!("rule {rule} is not in force {there} at the time of this call"), String::new());
            }
            Became::Lacks(_) => format!("the condition of rule {rule} is not met {there}"),
            Became::NotKnown(_) => format!("it is not certain {there} whether rule {rule} applies"),
            Became::GivesLess if self.side == Side::Lower => format!("its rule {rule} gives less"),
            Became::GivesLess => format!("its rule {rule} gives more"),
        };
        let open = match together {
            Some(together) => {
                let thing = together.thing();
                format!("{thing} is not known, and in one way that it may turn out no rule {there} gives as much")
            }
            None => open,
        };
        let mut reasons = Vec::new();
        if !settings.is_empty() {
            reasons.push(self.by_settings(settings));
        }
        if !changes.is_empty() {
            reasons.push(by_changes(changes));
        }
        let more = match became {
            Became::Lacks(Some(needs)) => format!(" {} the rule lacks {needs}.", capitalised(&there)),
            Became::NotKnown(unknown) if together.is_none() => {
                let words = PolicyWords { policy: self.other.0 };
                let unknown: Vec<String> = unknown.iter().map(|path| words.place(path)).collect();
                format!(" {} the rule waits for what is not known: {}.", capitalised(&there), spoken(&unknown, "and"))
            }
            _ => String::new(),
        };
        (if reasons.is_empty() { open } else { reasons.join(", and ") }, more)
    }

    /// `its repeat-window is 12 hours, not 24 hours`: of whoever the sentence is about.
    fn by_settings(&self, settings: &[DifferentSetting]) -> String {
        let said = settings.iter().map(|setting| {
            let value = |value: &Option<String>| value.clone().unwrap_or_else(|| "not set".to_owned());
            let (own, other) = (value(&setting.own), value(&setting.other));
            let (is, is_not) = if self.side == Side::Lower { (other, own) } else { (own, other) };
            format!("its {} is {is}, not {is_not}", setting.name)
        });
        said.collect::<Vec<_>>().join(", and ")
    }
}

/// What is written otherwise and bears on a rule, each thing with the parts of it that are meant.
fn by_changes(changes: &[Change]) -> String {
    let said = changes.iter().map(|change| {
        let thing = super::changes::thing(change);
        match change.how {
            ChangeKind::Added => format!("{thing} is new"),
            ChangeKind::Removed => format!("{thing} is gone"),
            ChangeKind::Changed => {
                let parts: Vec<&str> =
                    change.parts.iter().map(|part| part.name).filter(|name| *name != "meaning").collect();
                let parts = if parts.is_empty() { String::new() } else { format!(" in its {}", spoken(&parts, "and")) };
                format!("{thing} was changed{parts}")
            }
        }
    });
    spoken(&said.collect::<Vec<_>>(), "and")
}
