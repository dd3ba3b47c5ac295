//! A verifier that shares no code with heedful (`aics-tlog` from `PyPI`, where it is installed) accepts an export, and refuses one that was altered.

use crate::support::record;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Where `.ci/verifier` installs it, or where `HEEDFUL_TLOG_VERIFIER` says.
fn verifier() -> Option<PathBuf> {
    let told = std::env::var_os("HEEDFUL_TLOG_VERIFIER").map(PathBuf::from);
    let usual = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/tools/tlog/bin/aics-tlog");
    told.or(Some(usual)).filter(|path| path.exists())
}

#[tokio::test]
async fn another_verifier_agrees() {
    let Some(verifier) = verifier() else {
        println!("NOT CHECKED: aics-tlog is not installed; .ci/verifier installs it");
        return;
    };
    let record = record().await;
    record.fill(300).await;
    let old = record.folder.path().join("old-checkpoint");
    fs::write(&old, record.store.head().await.expect("a head").checkpoint).expect("a file");
    record.fill(700).await;
    let log = record.folder.path().join("log");
    record.store.export(&log).await.expect("an export");
    let key = record.folder.path().join("record.key.pub");
    let run = |args: &[&str]| {
        let mut command = Command::new(&verifier);
        let told = command.args(args).arg("--tiles").arg(&log).arg("--vkey-file").arg(&key).output().expect("it runs");
        let said = String::from_utf8_lossy(&told.stdout).into_owned();
        (told.status.success(), said)
    };
    let path = |path: &Path| path.to_str().expect("a path").to_owned();

    let (is_sound, said) = run(&["verify-checkpoint"]);
    assert!(is_sound, "{said}");
    for place in [0, 299, 699] {
        let leaf = record.folder.path().join("leaf");
        fs::write(&leaf, record.store.entry(place).await.expect("an entry").leaf).expect("a file");
        let (is_sound, said) = run(&["verify-inclusion", "--leaf", &path(&leaf), "--index", &place.to_string()]);
        assert!(is_sound, "{said}");
        fs::write(&leaf, "{}").expect("a file");
        let (is_sound, said) = run(&["verify-inclusion", "--leaf", &path(&leaf), "--index", &place.to_string()]);
        assert!(!is_sound, "{said}");
    }
    let (is_sound, said) = run(&["verify-consistency", "--old-checkpoint", &path(&old)]);
    assert!(is_sound, "{said}");

    let tile = log.join("tile/0/000");
    let mut altered = fs::read(&tile).expect("a tile");
    altered[40] ^= 1;
    fs::write(&tile, altered).expect("a tile");
    let (is_sound, said) = run(&["verify-consistency", "--old-checkpoint", &path(&old)]);
    assert!(!is_sound, "{said}");
}
