//! The tree and the tiles of an export, reckoned anew from RFC 9162 and C2SP tlog-tiles, with nothing of the library that makes them.

use crate::support::record;
use sha2::{Digest, Sha256};
use std::fs;
use std::path::Path;

type Hash = [u8; 32];

/// RFC 9162, section 2.1.1: the hash of a list of entries.
fn tree(leaves: &[Vec<u8>]) -> Hash {
    match leaves {
        [] => Sha256::digest([]).into(),
        [leaf] => Sha256::new().chain_update([0]).chain_update(leaf).finalize().into(),
        _ => {
            // The largest power of two that is smaller than their number.
            let half = (leaves.len().next_power_of_two() / 2).max(1);
            let (left, right) = leaves.split_at(half);
            Sha256::new().chain_update([1]).chain_update(tree(left)).chain_update(tree(right)).finalize().into()
        }
    }
}

/// The leaves in the bundles of an export.
fn leaves(folder: &Path, size: usize) -> Vec<Vec<u8>> {
    let mut leaves = Vec::new();
    for first in (0..size).step_by(256) {
        let (number, width) = (first / 256, (size - first).min(256));
        let partial = if width < 256 { format!(".p/{width}") } else { String::new() };
        let bundle = fs::read(folder.join(format!("tile/entries/{number:03}{partial}"))).expect("a bundle");
        let mut rest = bundle.as_slice();
        while let [high, low, after @ ..] = rest {
            let (leaf, after) = after.split_at(usize::from(*high) << 8 | usize::from(*low));
            leaves.push(leaf.to_vec());
            rest = after;
        }
    }
    leaves
}

#[tokio::test]
async fn an_export_is_what_the_specifications_say() {
    let record = record().await;
    let folder = record.folder.path().join("log");
    for size in [1usize, 2, 255, 256, 257, 700] {
        record.fill(size).await;
        record.store.export(&folder).await.expect("an export");
        let head = record.store.head().await.expect("a head");
        let told = leaves(&folder, size);
        assert_eq!((head.size, told.len()), (size as u64, size));
        let root = tree(&told);
        assert_eq!(head.root(), root.iter().map(|byte| format!("{byte:02x}")).collect::<String>());
        let checkpoint = fs::read_to_string(folder.join("checkpoint")).expect("a checkpoint");
        let lines: Vec<&str> = checkpoint.lines().collect();
        assert_eq!(lines[..2], [crate::support::NAME, &size.to_string()]);
        // Level 0 holds the hashes of the leaves, level 1 those of each 256 of them.
        let level =
            fs::read(folder.join(if size < 256 { format!("tile/0/000.p/{size}") } else { "tile/0/000".to_owned() }));
        assert_eq!(level.expect("a tile")[..32], tree(&told[..1]));
        if size >= 256 {
            let level = fs::read(folder.join(format!("tile/1/000.p/{}", size / 256))).expect("a tile");
            assert_eq!(level[..32], tree(&told[..256]));
        }
    }
}

#[tokio::test]
async fn a_path_of_the_log_gives_the_bytes_of_the_export() {
    let record = record().await;
    record.fill(300).await;
    let folder = record.folder.path().join("log");
    record.store.export(&folder).await.expect("an export");
    for path in
        ["checkpoint", "tile/0/000", "tile/0/001.p/44", "tile/1/000.p/1", "tile/entries/000", "tile/entries/001.p/44"]
    {
        let served = record.store.at_path(path).await.expect("an answer");
        assert_eq!(served, Some(fs::read(folder.join(path)).expect("a file")), "{path}");
    }
    for path in [
        "",
        "tile/0/001",
        "tile/0/001.p/45",
        "tile/2/000",
        "tile/9/000",
        "tile/0/x001/000",
        "tile/entries/002",
        "../record.key",
        "tile/0/000.p/0",
        "tile/0/000.p/+0",
        "tile/entries/000.p/000",
        "tile/63/000",
        "tile/64/000",
        "tile/255/000.p/1",
        "tile/7/001.p/1",
        "tile/0/x018/x446/x744/x073/x709/x551/615",
        "tile/entries/x018/x446/x744/x073/x709/x551/615",
    ] {
        assert_eq!(record.store.at_path(path).await.expect("an answer"), None, "{path}");
    }
}
