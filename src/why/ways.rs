//! Near misses with the cases that they lead to, so that tests can look for nearer ones by themselves.

use super::candidates::Move;
use super::miss::{WaySearch, higher};
use super::shape::Draft;
use crate::check::Policy;
use crate::compile::Program;
use crate::model::{Case, Level, OutcomeId};

/// A way to a higher value: which changes, and the case with them made.
#[derive(Debug)]
pub struct Way {
    pub reaches: Level,
    pub changes: usize,
    pub changed: Case,
}

/// All the single changes that ways are made of, for those who would look for a nearer way themselves.
pub struct SingleChanges {
    draft: Draft,
    moves: Vec<Move>,
}

impl SingleChanges {
    pub fn of(policy: &Policy, program: &Program, case: &Case, outcome: OutcomeId) -> Self {
        let WaySearch { draft, moves, .. } = WaySearch::new(policy, program, case, outcome);
        Self { draft, moves }
    }

    pub fn len(&self) -> usize {
        self.moves.len()
    }

    pub fn is_empty(&self) -> bool {
        self.moves.is_empty()
    }

    /// The case with some of them made; `None` when two of them are about one thing.
    pub fn made(&self, which: &[usize]) -> Option<Case> {
        let moves: Vec<Move> = which.iter().filter_map(|at| self.moves.get(*at).cloned()).collect();
        let clash = (0..moves.len())
            .any(|at| moves.iter().skip(at + 1).any(|other| moves.get(at).is_some_and(|one| other.excludes(one))));
        (!clash).then(|| self.draft.with(&moves, self.draft.case.at))
    }
}

/// The nearest way to each higher value.
pub fn ways(policy: &Policy, program: &Program, case: &Case, outcome: OutcomeId) -> Vec<Way> {
    let levels = higher(policy, program, case, outcome);
    let mut search = WaySearch::new(policy, program, case, outcome);
    let found = levels.into_iter().filter_map(|level| Some((level, search.nearest(level, false)?)));
    let found: Vec<(Level, (usize, Vec<Move>))> = found.collect();
    let way = |(reaches, (_, moves)): (Level, (usize, Vec<Move>))| Way {
        reaches,
        changes: moves.len(),
        changed: search.draft.with(&moves, case.at),
    };
    found.into_iter().map(way).collect()
}
