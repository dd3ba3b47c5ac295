//! Calls as they come -> what is kept of every call: its id, what it was given, and whom it may be followed by.

use heedful::model::{Case, FactId, OutcomeId};
use heedful::text::hex;
use heedful::time::{Instant, Length, Zone};
use heedful_history::Call;
use sha2::{Digest, Sha256};
use std::cmp::Ordering;
use std::collections::{BTreeMap, HashMap};

/// The ids of all calls by their numbers, and the numbers in the order of ids.
#[derive(Debug, Default)]
pub(crate) struct CallIds {
    /// One after the other.
    text: String,
    ends: Vec<usize>,
    in_order: Vec<u32>,
}

impl CallIds {
    pub(crate) fn push(&mut self, id: &str) {
        self.text.push_str(id);
        self.ends.push(self.text.len());
    }

    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    /// Finds the order of ids, once all are there.
    pub(crate) fn put_in_order(&mut self) {
        let head = |id: &str| {
            let mut head = [0; 8];
            head.iter_mut().zip(id.bytes()).for_each(|(place, byte)| *place = byte);
            u64::from_be_bytes(head)
        };
        let mut order: Vec<(u64, u32)> = (0u32..).zip(self.all()).map(|(number, id)| (head(id), number)).collect();
        let id = |number: u32| self.of(number);
        order.sort_unstable_by(|(head, one), (other_head, other)| {
            head.cmp(other_head).then_with(|| id(*one).cmp(id(*other))).then(one.cmp(other))
        });
        self.in_order = order.into_iter().map(|(_, number)| number).collect();
    }

    /// All ids, in the order of the calls.
    pub(crate) fn all(&self) -> impl Iterator<Item = &str> {
        let starts = std::iter::once(&0).chain(&self.ends);
        starts.zip(&self.ends).map(|(start, end)| self.text.get(*start..*end).unwrap_or(""))
    }

    /// The id of the call with a number.
    pub(crate) fn of(&self, number: u32) -> &str {
        let place = usize::try_from(number).unwrap_or(usize::MAX);
        let start = place.checked_sub(1).map_or(Some(0), |before| self.ends.get(before).copied());
        let range = start.zip(self.ends.get(place).copied());
        range.and_then(|(start, end)| self.text.get(start..end)).unwrap_or("")
    }

    /// SHA-256 of the ids of some calls, sorted, one a line.
    pub(crate) fn hash_of(&self, calls: &[u32]) -> String {
        let place = |number: u32| usize::try_from(number).unwrap_or(usize::MAX);
        let mut is_meant = vec![false; self.len()];
        for number in calls {
            is_meant.get_mut(place(*number)).into_iter().for_each(|slot| *slot = true);
        }
        let mut hash = Sha256::new();
        for number in self.in_order.iter().filter(|number| is_meant.get(place(**number)) == Some(&true)) {
            hash.update(self.of(*number).as_bytes());
            hash.update(b"\n");
        }
        hex(&hash.finalize())
    }
}

/// What the calls were given, call by call, for each outcome of which some table says it.
#[derive(Debug, Default)]
pub(crate) struct GivenAnswers(BTreeMap<OutcomeId, Vec<Option<u64>>>);

impl GivenAnswers {
    pub(crate) fn new(outcomes: impl Iterator<Item = OutcomeId>) -> Self {
        Self(outcomes.map(|outcome| (outcome, Vec::new())).collect())
    }

    pub(crate) fn push(&mut self, call: Call<'_>) {
        self.0.iter_mut().for_each(|(outcome, answers)| answers.push(call.given(*outcome)));
    }

    pub(crate) fn of(&self, outcome: OutcomeId) -> Vec<Option<u64>> {
        self.0.get(&outcome).cloned().unwrap_or_default()
    }
}

/// Whom the calls name in a fact, to find those that were followed by another.
#[derive(Debug, Default)]
pub(crate) struct FollowedCalls(Vec<NamingCall>);

#[derive(Debug)]
pub(crate) struct NamingCall {
    pub(crate) number: u32,
    at: Instant,
    names: Vec<String>,
    /// Whether each policy had raised it, where it says anything of the first outcome.
    pub(crate) raised: [Option<bool>; 2],
}

impl FollowedCalls {
    /// Adds a call, where the fact is known.
    pub(crate) fn add(&mut self, number: u32, case: &Case, fact: FactId, raised: [Option<bool>; 2]) {
        let value = case.fact(fact);
        if value == heedful::model::Value::Unknown {
            return;
        }
        let names = case.identities(&value).iter().map(|name| case.name(*name).to_owned()).collect();
        self.0.push(NamingCall { number, at: case.at, names, raised });
    }

    pub(crate) fn append(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    /// Whether each call was followed within a span by another that names one of the same. Of those whose span ends after the last
    /// event nobody can say.
    pub(crate) fn each(mut self, within: Length, zone: &Zone, last: Option<Instant>) -> Vec<([Option<bool>; 2], bool)> {
        self.0.sort_by_key(|call| std::cmp::Reverse(call.number));
        let mut next: HashMap<&str, Instant> = HashMap::new();
        let mut found = Vec::new();
        for call in &self.0 {
            let until = zone.after(call.at, within);
            let follows = |name: &String| next.get(name.as_str()).is_some_and(|next| *next <= until);
            let is_followed = call.names.iter().any(follows);
            if last.is_some_and(|last| until.cmp(&last) != Ordering::Greater) {
                found.push((call.raised, is_followed));
            }
            next.extend(call.names.iter().map(|name| (name.as_str(), call.at)));
        }
        found
    }
}
