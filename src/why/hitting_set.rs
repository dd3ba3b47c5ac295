//! The smallest set that has what it takes, when having more never hurts: a lightest hitting set of those that are too small.
//!
//! Things that can stand for one another form a class, and a set takes from a class its first few. So a set is how many
//! it takes of each class, and ten records that count alike are one question, not a thousand. Each thing has a weight.

/// How many are taken of each class.
pub(super) type Set = Vec<usize>;

/// The answer, and whether it is known that no lighter set will do.
pub(super) struct Smallest {
    pub set: Set,
    pub proved: bool,
}

/// After so many steps the search for a set that answers all that is known so far is given up.
const MOST_STEPS: usize = 200_000;

/// Things that can stand for one another: how many, and the weight of each.
#[derive(Clone, Copy)]
pub(super) struct Class {
    pub size: usize,
    pub weight: usize,
}

/// Finds a set of the least weight for which `enough` says yes; all of everything must be enough. The search for a smaller
/// one is given up after so many questions.
pub(super) fn smallest(classes: &[Class], questions: usize, enough: impl FnMut(&[usize]) -> bool) -> Smallest {
    let sizes: Vec<usize> = classes.iter().map(|class| class.size).collect();
    let mut search = HittingSetSearch { sizes: &sizes, enough, asked: 0, short: Vec::new() };
    let spare = search.without_spare();
    let weight = |set: &[usize]| classes.iter().zip(set).map(|(class, taken)| class.weight * taken).sum::<usize>();
    let most = weight(&spare);
    // Every set that is too small, made as large as can be while still too small, says: take more of one of these
    // classes. A smallest set that heeds all of those and is enough is a smallest set there is.
    loop {
        let Some(set) = cheapest(classes, &search.short, most) else { return Smallest { set: spare, proved: false } };
        if weight(&set) >= most {
            return Smallest { set: spare, proved: true };
        }
        if search.asked > questions {
            return Smallest { set: spare, proved: false };
        }
        if search.ask(&set) {
            return Smallest { set, proved: true };
        }
        let short = search.largest_short(set);
        search.short.push(short);
    }
}

struct HittingSetSearch<'s, F> {
    sizes: &'s [usize],
    enough: F,
    asked: usize,
    /// Sets that are too small, and would be enough with one more of any class.
    short: Vec<Set>,
}

impl<F: FnMut(&[usize]) -> bool> HittingSetSearch<'_, F> {
    fn ask(&mut self, set: &[usize]) -> bool {
        self.asked += 1;
        (self.enough)(set)
    }

    /// All, less what can be left out, the last classes first.
    fn without_spare(&mut self) -> Set {
        let mut set = self.sizes.to_vec();
        self.drop_from(&mut set, 0, self.sizes.len());
        set
    }

    /// Leaves out all that it can of a run of classes: the whole run at once where that does no harm.
    fn drop_from(&mut self, set: &mut Set, start: usize, end: usize) {
        let mut without = set.clone();
        without.get_mut(start..end).unwrap_or_default().fill(0);
        if start >= end || without == *set {
            return;
        }
        if self.ask(&without) {
            *set = without;
        } else if end - start > 1 {
            let middle = start + (end - start) / 2;
            self.drop_from(set, middle, end);
            self.drop_from(set, start, middle);
        } else {
            let most = set.get(start).copied().unwrap_or(0);
            // Too few at `low`, enough at `high`.
            let (mut low, mut high) = (0, most);
            while high - low > 1 {
                let half = low + (high - low) / 2;
                if self.ask(&put(set, start, half)) { high = half } else { low = half }
            }
            *set = put(set, start, high);
        }
    }

    /// A set that is too small, with as much added as leaves it too small.
    fn largest_short(&mut self, set: Set) -> Set {
        let mut set = set;
        self.add_to(&mut set, 0, self.sizes.len());
        set
    }

    fn add_to(&mut self, set: &mut Set, start: usize, end: usize) {
        let mut with = set.clone();
        for (slot, size) in with.iter_mut().zip(self.sizes).skip(start).take(end - start) {
            *slot = *size;
        }
        if start >= end || with == *set {
            return;
        }
        if !self.ask(&with) {
            *set = with;
        } else if end - start > 1 {
            let middle = start + (end - start) / 2;
            self.add_to(set, start, middle);
            self.add_to(set, middle, end);
        } else {
            let (mut low, mut high) =
                (set.get(start).copied().unwrap_or(0), self.sizes.get(start).copied().unwrap_or(0));
            while high - low > 1 {
                let half = low + (high - low) / 2;
                if self.ask(&put(set, start, half)) { high = half } else { low = half }
            }
            *set = put(set, start, low);
        }
    }
}

fn put(set: &[usize], class: usize, take: usize) -> Set {
    let mut changed = set.to_vec();
    if let Some(slot) = changed.get_mut(class) {
        *slot = take;
    }
    changed
}

/// The lightest set that takes more of some class than each of the sets that are too small; of no more than `most`.
/// `None` when the search took too long.
fn cheapest(classes: &[Class], short: &[Set], most: usize) -> Option<Set> {
    let mut steps = 0;
    (0..=most).find_map(|budget| {
        let mut set = vec![0; classes.len()];
        match take_more(classes, short, &mut set, budget, &mut steps) {
            Some(true) => Some(Some(set)),
            Some(false) => None,
            None => Some(None),
        }
    })?
}

fn take_more(classes: &[Class], short: &[Set], set: &mut Set, budget: usize, steps: &mut usize) -> Option<bool> {
    *steps += 1;
    if *steps > MOST_STEPS {
        return None;
    }
    let heeded = |short: &&Set| set.iter().zip(*short).any(|(taken, few)| taken > few);
    let Some(first) = short.iter().find(|short| !heeded(short)) else { return Some(true) };
    for (class, (few, Class { size, weight })) in first.iter().zip(classes).enumerate() {
        let taken = set.get(class).copied().unwrap_or(0);
        let price = (few + 1 - taken) * weight;
        if few >= size || price > budget {
            continue;
        }
        *set = put(set, class, few + 1);
        if take_more(classes, short, set, budget - price, steps)? {
            return Some(true);
        }
        *set = put(set, class, taken);
    }
    Some(false)
}
