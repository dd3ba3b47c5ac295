//! The page of a policy with what is proved of it, made once for each generation and day: a proof takes longer than a decision.

use crate::answer::ProblemAnswer;
use heedful::engine::Snapshot;
use heedful::live::Generation;
use heedful::proof::prove_policy;
use heedful::report::SignedPage;
use heedful::time::Instant;
use heedful::workers::Sequential;
use std::sync::Arc;
use tokio::sync::Mutex;

/// The pages that were asked for, all of one generation. Whoever asks for another while one is made waits for it.
#[derive(Default)]
pub(crate) struct SignedPages(Mutex<Pages>);

#[derive(Default)]
struct Pages {
    /// The digest of the generation.
    of: String,
    /// The place of each policy, the day on which its page was made, and the page.
    made: Vec<(usize, String, Arc<str>)>,
}

impl SignedPages {
    /// The page of a policy of a generation, as it is on the day of a moment.
    pub(crate) async fn page(
        &self,
        generation: Arc<Generation>,
        place: usize,
        now: Instant,
    ) -> Result<Arc<str>, ProblemAnswer> {
        let day = policy_at(&generation, place)?.zone().date(now);
        let named = day.to_string();
        let mut pages = self.0.lock().await;
        if pages.of != generation.bytes() {
            *pages = Pages { of: generation.bytes().to_owned(), made: Vec::new() };
        }
        pages.made.retain(|(known, on, _)| *known != place || *on == named);
        if let Some((.., page)) = pages.made.iter().find(|(known, ..)| *known == place) {
            return Ok(Arc::clone(page));
        }
        let make = move || -> Result<Arc<str>, ProblemAnswer> {
            let (policy, load) = (policy_at(&generation, place)?, generation.load());
            let proof = prove_policy(load, policy, false, &Sequential);
            Ok(SignedPage::proved(&load.explain(policy), policy, &proof, Some(day)).html().into())
        };
        // Decisions go on meanwhile.
        let made = tokio::task::spawn_blocking(make).await;
        let page =
            made.map_err(|error| ProblemAnswer::new("failed", format!("the page could not be made: {error}")))??;
        pages.made.push((place, named, Arc::clone(&page)));
        Ok(page)
    }
}

/// A policy of a generation by its place.
pub(crate) fn policy_at(generation: &Generation, place: usize) -> Result<&Snapshot, ProblemAnswer> {
    generation.policies().get(place).ok_or_else(|| ProblemAnswer::new("failed", "the policy is gone"))
}
