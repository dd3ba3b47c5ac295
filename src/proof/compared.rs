//! Two policies that were compared -> what was found of them, in the order in which it is told.

use super::base::BaseProof;
use super::comparison::{CertifiedRule, Comparison, NotSettled, PartComparison, Verdict};
use super::shown::{Party, Shown, shown};
use crate::changes::{Change, SettingUses};
use crate::engine::{Load, Snapshot, digest};
use crate::text::slug;
use std::borrow::Cow;

/// Two policies beside one another, with all that was found of them.
#[derive(Debug)]
pub struct Compared<'p> {
    /// The first policy; where that was given in other words than the second, as it is under those.
    pub old: Cow<'p, Snapshot>,
    /// The second, of which is asked whether it gives less.
    pub new: &'p Snapshot,
    /// What was asked and answered.
    pub comparison: Comparison,
    /// The calls for which the second gives less, one for each rule that makes it so.
    pub lower: Vec<Shown>,
    /// Those for which it gives more.
    pub higher: Vec<Shown>,
    /// What is written otherwise, of two versions of one policy.
    pub changes: Vec<Change>,
    /// The digest of the first as it was given, whatever words it was read under.
    pub old_digest: String,
    /// How they came to be comparable, where that is not plain.
    pub note: Option<String>,
    /// What the files of its calls and certificates begin with, where several comparisons stand beside one another.
    pub prefix: String,
    /// What came of checking every certificate, where they were asked for.
    pub certified: Option<Certified>,
    /// What the first policy allows, where the second tailors it, and what it allows is not to count.
    pub base: Option<BaseProof>,
}

/// In one word, what came of a comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finding {
    /// The second policy never gives less, which is proved.
    NeverLower,
    /// There is a call for which it gives less.
    Lower,
    /// Neither is known.
    NotSettled,
}

/// Where one policy stands beside the other for a part of the outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It never is so, which is proved.
    Never,
    /// It is so for some call.
    ForSomeCalls,
    /// Neither is known.
    NotSettled,
}

/// What came of checking certificates.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Certified {
    /// How many questions were asked, in both directions.
    pub asked: usize,
    /// How many of them were proved: it never is so.
    pub proved: usize,
    /// How many of these needed no solver, since the other policy has the same rule.
    pub alike: usize,
    /// How many certificates were checked, and hold.
    pub certified: usize,
    /// Those that do not hold, and answers that should have one and have none: one sentence each.
    pub flaws: Vec<String>,
}

impl<'p> Compared<'p> {
    /// Puts together what was found of two policies, each of which stands in a set; `changes` is what is written otherwise, as far as that is known.
    pub fn new(
        (old, old_load): (Cow<'p, Snapshot>, &Load),
        (new, load): (&'p Snapshot, &Load),
        comparison: Comparison,
        changes: Vec<Change>,
    ) -> Self {
        let [old_uses, uses] = [(old_load, &*old), (load, new)].map(|(load, policy)| SettingUses::of(load, policy));
        let parties =
            [Party { policy: &old, load: old_load, uses: &old_uses }, Party { policy: new, load, uses: &uses }];
        let (lower, higher) = shown(&comparison, parties, &changes);
        let (old_digest, prefix) = (old.digest().to_owned(), String::new());
        Self {
            old,
            new,
            comparison,
            lower,
            higher,
            changes,
            old_digest,
            note: None,
            prefix,
            certified: None,
            base: None,
        }
    }

    /// What came of it in one word. A call counts however much else is open, and a certificate that does not hold settles nothing.
    pub fn finding(&self) -> Finding {
        let has_flaw = self.certified.as_ref().is_some_and(|certified| !certified.flaws.is_empty());
        let counts = |shown: &Shown| self.base.as_ref().is_none_or(|base| base.is_weaker(&shown.rule));
        let is_proved = match &self.base {
            Some(base) => base.is_never_weaker(),
            None => self.comparison.is_never_lower(),
        };
        if !has_flaw && self.lower.iter().any(counts) {
            Finding::Lower
        } else if has_flaw || !is_proved {
            Finding::NotSettled
        } else {
            Finding::NeverLower
        }
    }

    /// Whether it is proved that both give the same, whatever the call.
    pub fn is_the_same(&self) -> bool {
        self.finding() == Finding::NeverLower
            && self.lower.is_empty()
            && self.comparison.parts.iter().all(|part| part.higher.is_never())
    }

    /// What is open of whether the second policy ever gives less, or more, of each part of the outcome.
    pub fn open(&self) -> impl Iterator<Item = (&PartComparison, &NotSettled)> {
        let open = |part: &'_ PartComparison| part.lower.not_settled.iter().chain(&part.higher.not_settled).count();
        let parts = self.comparison.parts.iter().filter(move |part| open(part) > 0);
        parts.flat_map(|part| {
            let all = part.lower.not_settled.iter().chain(&part.higher.not_settled);
            all.map(move |open| (part, open))
        })
    }

    /// What each is called beside the other: by its name, or as two versions of one policy.
    pub fn labels(&self) -> (String, String) {
        if self.old.name() == self.new.name() {
            return ("the old policy".to_owned(), "the new policy".to_owned());
        }
        (self.old.name().to_owned(), self.new.name().to_owned())
    }

    /// Every call with the name of its file: `lower-1-repeat-calls.json`.
    pub fn case_files(&self) -> impl Iterator<Item = (String, &Shown)> {
        let named = |lead: &'static str, all: &'_ [Shown]| {
            (1..=all.len()).map(move |at| format!("{lead}-{at}")).collect::<Vec<_>>()
        };
        let lower = named("lower", &self.lower).into_iter().zip(&self.lower);
        let higher = named("higher", &self.higher).into_iter().zip(&self.higher);
        lower.chain(higher).map(|(lead, shown)| (format!("{}{lead}-{}.json", self.prefix, slug(&shown.rule)), shown))
    }

    /// The parts of the outcome with what was proved of each: of the policies as they are, and where the first is a base, of the second
    /// without what the base allows.
    pub fn proofs(&self) -> impl Iterator<Item = (bool, &PartComparison)> {
        let untailored = self.base.iter().filter_map(|base| base.untailored.as_ref()).flat_map(|proof| &proof.parts);
        self.comparison.parts.iter().map(|part| (false, part)).chain(untailored.map(|part| (true, part)))
    }

    /// One digest of every certificate, in the order in which they are told; `None` where there are none.
    pub fn certificates_digest(&self) -> Option<String> {
        let verdicts = self.proofs().flat_map(|(_, part)| [&part.lower, &part.higher]);
        let certificates: Vec<&CertifiedRule> = verdicts.flat_map(|verdict| &verdict.certificates).collect();
        let texts = certificates.iter().flat_map(|it| [&it.certificate.problem, &it.certificate.proof]);
        (!certificates.is_empty()).then(|| digest(texts.map(String::as_bytes)))
    }

    /// Checks every certificate, each by a checker that shares no code with the solver.
    pub fn check_certificates(&mut self) {
        let mut found = Certified::default();
        for (is_untailored, part) in self.proofs() {
            let name = self.old.vocabulary().outcomes.get(part.outcome.index()).map_or("", |outcome| &outcome.name);
            let name = if is_untailored { &format!("{name} without what is allowed") } else { name };
            for (side, verdict) in [("lower", &part.lower), ("higher", &part.higher)] {
                found.asked += verdict.asked();
                found.proved += verdict.proved;
                found.alike += verdict.alike;
                let wanting = verdict.proved.saturating_sub(verdict.alike + verdict.certificates.len());
                if wanting > 0 {
                    found.flaws.push(format!("{name}, never {side}: {wanting} without a certificate"));
                }
                for certified in &verdict.certificates {
                    match certified.certificate.check() {
                        Ok(()) => found.certified += 1,
                        Err(flaw) => found.flaws.push(format!("{name}, never {side}, rule {}: {flaw}", certified.rule)),
                    }
                }
            }
        }
        self.certified = Some(found);
    }
}

impl Verdict {
    /// What came of it in one word.
    pub fn standing(&self) -> Standing {
        match (self.calls.is_empty(), self.not_settled.is_empty()) {
            (false, _) => Standing::ForSomeCalls,
            (true, true) => Standing::Never,
            (true, false) => Standing::NotSettled,
        }
    }
}
