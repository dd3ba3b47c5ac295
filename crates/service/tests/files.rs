//! Tables of what happened, beside what feeds tell: read again when they change; what cannot be read is not whole, and never empty.

use crate::kept::{START, call, clock, generation};
use crate::support::{How, Place, Served, in_each_store, served_in};
use heedful::time::Instant;
use heedful_service::Limits;
use serde_json::{Value, json};
use std::fs;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

const MAP: &str = "tables:\n  - file: incidents.csv\n    record: incident\n    id: ID\n    at: AT\n    values: {caller: WHO, kind: KIND}\n";

fn rows(rows: &[(&str, &str)]) -> String {
    let line = |(who, kind): &(&str, &str)| format!("i-{who},{},{who},{kind}\n", clock(-60));
    "ID,AT,WHO,KIND\n".to_owned() + &rows.iter().map(line).collect::<String>()
}

async fn begun(place: Place, map: &str, rows: &str) -> Served {
    begun_at(place, map, rows, || Instant(START)).await
}

async fn begun_at(place: Place, map: &str, rows: &str, now: fn() -> Instant) -> Served {
    fs::write(place.folder.path().join("map.yaml"), map).expect("a file");
    fs::write(place.folder.path().join("incidents.csv"), rows).expect("a file");
    let limits = Limits { look_every: Duration::from_millis(10), ..Limits::default() };
    let how = How { now, has_policy: false, events: true, limits, ..How::default() };
    let served = served_in(place, how).await;
    served.live.put(generation());
    while served.get("/ready").await.status != 200 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    served.complete("call", 0).await;
    served
}

impl Served {
    /// What is decided of a first call of somebody.
    async fn of(&self, who: &str, id: &str) -> Value {
        self.by_call(&call(id, 0).replace("\"caller\":\"a\"", &format!("\"caller\":\"{who}\""))).await
    }

    /// Decides calls of somebody until what is decided is so.
    async fn until(&self, who: &str, is_so: impl Fn(&Value) -> bool) -> Value {
        for number in 0..1_000 {
            let decision = self.of(who, &format!("call-{who}-{number}")).await;
            if is_so(&decision) {
                return decision;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("{}", self.get("/health").await.body);
    }
}

fn not_whole(decision: &Value) -> &Value {
    &decision["served"]["history"]["not_whole"]
}

fn has_fired(decision: &Value, reason: &str) -> bool {
    decision["fired"].to_string().contains(reason)
}

const ABUSE: &str = "Abuse was reported before";

#[tokio::test]
async fn they_are_history_and_a_change_of_them_is_taken_up() {
    in_each_store(async |place| {
        let served = begun(place, MAP, &rows(&[("a", "abuse"), ("b", "other")])).await;
        let first = served.of("a", "call-1").await;
        assert!(has_fired(&first, ABUSE), "{first}");
        assert_eq!(not_whole(&first), &json!([]), "the file says all that there is: {first}");
        let none = served.of("c", "call-2").await;
        assert_eq!((none["undecided"].to_string(), &none["outcome"]["grade"]), ("[]".to_owned(), &json!("low")));
        // Beside what feeds tell.
        let record = json!({"id": "i-d", "at": clock(-5), "caller": "d", "kind": "abuse"});
        served.tell(&json!({"kind": "incident", "record": record}).to_string()).await;
        assert!(has_fired(&served.of("d", "call-3").await, ABUSE));
        // One more, and one that was taken out.
        let file = served.place.folder.path().join("incidents.csv");
        fs::write(&file, rows(&[("b", "other"), ("c", "abuse"), ("e", "abuse")])).expect("a file");
        served.until("e", |decision| has_fired(decision, ABUSE)).await;
        assert!(has_fired(&served.of("c", "call-4").await, ABUSE));
        assert!(!has_fired(&served.of("a", "call-5").await, ABUSE));
        assert!(has_fired(&served.of("d", "call-6").await, ABUSE), "what a feed told stays");
    })
    .await;
}

#[tokio::test]
async fn one_that_cannot_be_read_keeps_what_it_held_and_is_not_whole() {
    let served = begun(Place::file(), MAP, &rows(&[("a", "abuse")])).await;
    let (file, map) = (served.place.folder.path().join("incidents.csv"), served.place.folder.path().join("map.yaml"));
    let whole = fs::read_to_string(&file).expect("a file");
    let headless = "i-z,2026-05-28T19:00:00Z,A. Marked,abuse\n".to_owned();
    let breaks = [
        ("gone", MAP, None),
        ("without headings", MAP, Some(headless)),
        ("with a row that can no longer be used", MAP, Some(whole.replace(&clock(-60), "when"))),
        ("without a mapping", "tables: [", Some(whole.clone())),
    ];
    for (number, (what, mapping, text)) in breaks.iter().enumerate() {
        fs::write(&map, mapping).expect("a file");
        match text {
            Some(text) => fs::write(&file, text).expect("a file"),
            None => fs::remove_file(&file).expect("a file"),
        }
        let is_said = |decision: &Value| not_whole(decision).to_string().contains("incident");
        let decision = served.until(&format!("nobody-{number}"), is_said).await;
        assert!(decision["undecided"].to_string().contains("abused"), "{what}: not available is not empty: {decision}");
        let known = served.of("a", &format!("known-{number}")).await;
        assert!(has_fired(&known, ABUSE), "{what}: what is known stays: {known}");
        let told = served.get("/health").await.json()["history"]["files"][0].clone();
        let is_named = !told["problem"].is_null()
            || !told["tables"][0]["broken"].is_null()
            || told["tables"][0]["refused"].as_u64() > Some(0);
        assert!(is_named && !told.to_string().contains("Marked"), "{what}: {told}");
        fs::write(&map, MAP).expect("a file");
        fs::write(&file, &whole).expect("a file");
        served.until(&format!("somebody-{number}"), |decision| *not_whole(decision) == json!([])).await;
    }
}

static NOW: AtomicI64 = AtomicI64::new(START);

#[tokio::test]
async fn one_that_is_older_than_it_may_be_is_not_whole() {
    let rows = rows(&[("a", "abuse")]);
    let served = begun_at(Place::file(), MAP, &rows, || Instant(NOW.load(Ordering::Relaxed))).await;
    served.complete("call", 0).await;
    assert_eq!(not_whole(&served.of("b", "call-1").await), &json!([]));
    // A day and a second later, when the calls were told up to then.
    NOW.store(START + 86_401, Ordering::Relaxed);
    served.complete("call", 1_440).await;
    let late = served.of("b", "call-2").await;
    assert_eq!(not_whole(&late), &json!(["incident"]), "{late}");
    assert!(late["undecided"].to_string().contains("abused"), "{late}");
    assert!(has_fired(&served.of("a", "call-3").await, ABUSE), "what is known stays");
    assert_eq!(served.get("/health").await.json()["history"]["files"][0]["tables"][0]["late"], true);
    // Written again.
    fs::write(served.place.folder.path().join("incidents.csv"), format!("{rows}\n")).expect("a file");
    served.until("c", |decision| *not_whole(decision) == json!([])).await;
    // A feed that tells of the same kind has to be whole, too.
    served.complete("incident", 0).await;
    assert_eq!(not_whole(&served.of("d", "call-4").await), &json!(["incident"]));
}

#[tokio::test]
async fn a_row_that_a_feed_corrects_later_counts_as_corrected() {
    let served = begun(Place::file(), MAP, &rows(&[("a", "abuse")])).await;
    assert!(has_fired(&served.of("a", "call-1").await, ABUSE));
    let record = json!({"id": "i-a", "at": clock(-60), "caller": "a", "kind": "other"});
    served.tell(&json!({"kind": "incident", "record": record}).to_string()).await;
    assert!(!has_fired(&served.of("a", "call-2").await, ABUSE));
}

#[tokio::test]
async fn one_that_could_not_be_read_is_tried_again_though_nothing_seems_to_have_changed() {
    let whole = rows(&[("a", "abuse")]);
    let served = begun(Place::file(), MAP, &whole).await;
    let (file, beside) = (served.place.folder.path().join("incidents.csv"), served.place.folder.path().join("beside"));
    let date = std::time::SystemTime::now();
    // As one that another program has locked: of the same length and date.
    let put = |text: &str| {
        fs::write(&beside, text).expect("a file");
        fs::File::options().write(true).open(&beside).and_then(|file| file.set_modified(date)).expect("a date");
        fs::rename(&beside, &file).expect("a file");
    };
    put(&"x".repeat(whole.len()));
    served.until("b", |decision| not_whole(decision).to_string().contains("incident")).await;
    put(&whole);
    served.until("c", |decision| *not_whole(decision) == json!([])).await;
}
