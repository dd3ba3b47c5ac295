//! The rules of the house: which stage may know of which, where each library lives, and how files are kept. Each rule
//! comes with a house that breaks it, so that a rule which can no longer fail is noticed.

use crate::support::root;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// No source file is longer than this.
const MAX_LINES: usize = 600;

/// Names that say nothing of what is inside, so that strangers move in.
const EMPTY_NAMES: [&str; 7] = ["util", "utils", "helper", "helpers", "common", "misc", "manager"];

/// Files, the network, the environment, threads, the clock, the terminal: what only the crates around the library may touch.
const OUTSIDE: [&str; 8] =
    ["std::fs", "std::net", "std::env", "std::process", "std::thread", "SystemTime", "Instant::now", "Timestamp::now"];

/// The stages that reckon in whole numbers, so that every machine decides and explains alike.
const WHOLE_NUMBERS: [&str; 7] = ["time", "model", "semantics", "check", "explain", "compile", "eval"];

/// Where a library may be at home.
const HOMES: [&str; 4] = ["src/", "crates", "tests", "examples"];

/// The story of an edit, and lines drawn across a file.
const NOT_FOR_COMMENTS: [&str; 9] = [
    "now uses",
    "refactored",
    "as requested",
    "previously",
    "was changed",
    "old version",
    "new version",
    "// ==",
    "// --",
];

struct House {
    manifest: String,
    files: Vec<File>,
}

struct File {
    /// From the repository's root on, such as `src/text/source.rs`.
    path: String,
    text: String,
}

struct Rule {
    name: &'static str,
    faults: fn(&House) -> Vec<String>,
    /// A file that breaks the rule.
    broken_by: (&'static str, &'static str),
}

const RULES: [Rule; 13] = [
    Rule {
        name: "stages look up the page, never down",
        faults: layers,
        broken_by: ("src/text/a.rs", "use crate::eval::run;"),
    },
    Rule {
        name: "one `use` for each stage",
        faults: grouped,
        broken_by: ("src/eval/a.rs", "use crate::{text, time};"),
    },
    Rule {
        name: "examples name open stages",
        faults: closed,
        broken_by: ("src/text/a.rs", "//! use heedful::eval::run;"),
    },
    Rule {
        name: "`super` stays in its stage",
        faults: escapes,
        broken_by: ("src/text/a.rs", "use super::super::eval;"),
    },
    Rule { name: "no circles inside a stage", faults: circles, broken_by: ("src/text/a.rs", "use super::a::A;\n") },
    Rule {
        name: "each library has one home",
        faults: homes,
        broken_by: ("crates/cli/src/a.rs", "fn f(p: pest::Span<'_>) {}"),
    },
    Rule {
        name: "the library touches nothing outside",
        faults: outside,
        broken_by: ("src/text/a.rs", "use std::fs::File;"),
    },
    Rule { name: "whole numbers decide", faults: floats, broken_by: ("src/eval/a.rs", "const HALF: f64 = 0.5;") },
    Rule { name: "a stage says what it makes of what", faults: arrows, broken_by: ("src/text/mod.rs", "//! Texts.") },
    Rule { name: "files are short", faults: lengths, broken_by: ("src/text/a.rs", LONG) },
    Rule { name: "file names mean something", faults: names, broken_by: ("src/text/utils.rs", "") },
    Rule {
        name: "comments are about the code that is there",
        faults: comments,
        broken_by: ("src/text/a.rs", "// This now uses a map."),
    },
    Rule {
        name: "each dependency has its reason",
        faults: reasons,
        broken_by: ("Cargo.toml", "[workspace.dependencies]\npest = \"2\"\n"),
    },
];

const LONG: &str = match std::str::from_utf8(&[b'\n'; MAX_LINES + 1]) {
    Ok(lines) => lines,
    Err(_) => "",
};

const LIB: &str = "pub mod text;\npub mod time;\n#[cfg(inside)]\npub mod eval;\n#[cfg(not(inside))]\nmod eval;\n";
const MANIFEST: &str = "[workspace.dependencies]\n# The grammar: src/syntax.\npest = \"2\"\n";

#[test]
fn the_house_keeps_its_rules() {
    let house = House::read();
    let faults: Vec<String> = RULES
        .iter()
        .flat_map(|rule| (rule.faults)(&house).into_iter().map(|fault| format!("{fault}  ({})", rule.name)))
        .collect();
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
}

#[test]
fn every_rule_can_be_broken() {
    for rule in &RULES {
        let (path, text) = rule.broken_by;
        let mut house = House { manifest: MANIFEST.to_owned(), files: vec![File::new("src/lib.rs", LIB)] };
        assert!((rule.faults)(&house).is_empty(), "{}: an empty house keeps it", rule.name);
        match path {
            "Cargo.toml" => text.clone_into(&mut house.manifest),
            _ => house.files.push(File::new(path, text)),
        }
        assert_eq!((rule.faults)(&house).len(), 1, "{}: {path} breaks it once", rule.name);
    }
}

/// The order of stages in `lib.rs` is the order of the data.
fn layers(house: &House) -> Vec<String> {
    let stages = house.stages();
    house.every_line(|file, line| {
        let own = stages.iter().position(|stage| Some(*stage) == file.stage())?;
        let below = after(line, "crate::").find_map(|rest| {
            let named = first_word(rest);
            match stages.iter().position(|stage| *stage == named) {
                Some(at) => (at > own).then_some(named),
                None => (!named.is_empty()).then_some(named),
            }
        })?;
        let known = stages.get(..=own)?.join(", ");
        Some(format!(
            "names `crate::{below}`; {} may name {known}: move what both need to the earlier stage",
            stages.get(own)?
        ))
    })
}

/// What documentation shows to other programs, they can do too: a stage that `lib.rs` also declares without `pub` is not for them.
fn closed(house: &House) -> Vec<String> {
    let front = house.front();
    let closed: Vec<&str> =
        front.text.lines().filter_map(|line| line.strip_prefix("mod ")?.strip_suffix(';')).collect();
    let lines =
        house.files.iter().flat_map(|file| (1..).zip(file.text.lines()).map(move |(at, line)| (file, at, line)));
    let shown = lines.filter_map(|(file, at, line)| {
        let named = first_word(line.trim_start().strip_prefix("//! use heedful::")?);
        closed.contains(&named).then(|| file.fault(at, &format!("shows `{named}`, which other programs do not have")))
    });
    shown.collect()
}

fn grouped(house: &House) -> Vec<String> {
    house.every_line(|_, line| {
        let is_group = line.contains("crate::{") || line.contains("crate::*");
        is_group.then(|| "groups stages in one `use`: write one line for each stage".to_owned())
    })
}

/// `super` climbs one folder from `src/a/b.rs`, and none from `src/a/mod.rs`.
fn escapes(house: &House) -> Vec<String> {
    house.every_line(|file, line| {
        let folders = file.inside().matches('/').count();
        let levels = folders.saturating_sub(usize::from(file.path.ends_with("/mod.rs")));
        let climbs = line.contains(&"super::".repeat(levels + 1));
        (climbs && file.stage().is_some())
            .then(|| "climbs out of its stage: name the other stage with `crate::`".to_owned())
    })
}

/// Ids and types below, functions above: no file of a stage names, over however many others, one that names it.
fn circles(house: &House) -> Vec<String> {
    let mut faults = Vec::new();
    for stage in house.stages() {
        let named = house.named_in(stage);
        for (file, reached) in &named {
            let mut known: BTreeSet<&str> = reached.iter().copied().collect();
            let mut to_do: Vec<&str> = reached.iter().copied().collect();
            while let Some(next) = to_do.pop() {
                to_do.extend(named.get(next).into_iter().flatten().filter(|further| known.insert(*further)));
            }
            if known.contains(file) {
                faults.push(format!(
                    "src/{stage}/{file}.rs is in a circle: move the type that both need to a file below"
                ));
            }
        }
    }
    faults
}

/// The home of a library is the path that the comment above it in `Cargo.toml` ends with.
fn homes(house: &House) -> Vec<String> {
    let dependencies = house.dependencies();
    house.every_line(|file, line| {
        let own = &file.path;
        let (library, home) = dependencies.iter().find_map(|(name, reason)| {
            let (library, home) = (name.replace('-', "_"), home((*reason)?)?);
            let at_home = home.split(", ").any(|home| own == home || own.starts_with(&format!("{home}/")));
            (!at_home && names_library(line, &library)).then_some((library, home))
        })?;
        Some(format!("names `{library}`, whose home is {home}: give that stage a function for it"))
    })
}

fn outside(house: &House) -> Vec<String> {
    house.every_line(|file, line| {
        let found = OUTSIDE.iter().find(|name| line.contains(*name))?;
        let inner = file.path.starts_with("src/");
        inner.then(|| {
            format!("names `{found}`: take it as an argument, and let a crate around the library touch the world")
        })
    })
}

fn floats(house: &House) -> Vec<String> {
    house.every_line(|file, line| {
        let float = ["f32", "f64"].into_iter().find(|float| has_word(line, float))?;
        let whole = file.stage().is_some_and(|stage| WHOLE_NUMBERS.contains(&stage));
        whole.then(|| format!("names `{float}`, which rounds: use a whole number of the smallest unit"))
    })
}

fn arrows(house: &House) -> Vec<String> {
    let stage_files = house.files.iter().filter(|file| file.path.ends_with("/mod.rs"));
    let silent = stage_files.filter(|file| {
        let first = file.text.lines().next().unwrap_or("");
        !first.strip_prefix("//! ").is_some_and(|said| said.contains(" -> "))
    });
    silent.map(|file| file.fault(1, "does not say what it makes of what: begin with `//! Source -> Tree: …`")).collect()
}

fn lengths(house: &House) -> Vec<String> {
    let long = house.files.iter().map(|file| (file, file.text.lines().count())).filter(|(_, lines)| *lines > MAX_LINES);
    long.map(|(file, lines)| {
        file.fault(
            lines,
            &format!("has {lines} lines, of {MAX_LINES} at most: move one of its concepts to a file of its own"),
        )
    })
    .collect()
}

fn names(house: &House) -> Vec<String> {
    let parts = |file: &File| file.path.trim_end_matches(".rs").split('/').map(str::to_owned).collect::<Vec<_>>();
    let empty = house.files.iter().filter(|file| parts(file).iter().any(|part| EMPTY_NAMES.contains(&part.as_str())));
    empty.map(|file| file.fault(1, "has a name that says nothing: name it for what it holds")).collect()
}

fn comments(house: &House) -> Vec<String> {
    let comments = house
        .files
        .iter()
        .flat_map(|file| (1..).zip(file.text.lines()).map(move |(number, line)| (file, number, line)));
    comments
        .filter_map(|(file, number, line)| {
            let comment = line.get(line.find("//")?..)?.to_lowercase();
            let found = NOT_FOR_COMMENTS.iter().find(|words| comment.contains(*words))?;
            let advice =
                "say what holds for a reader who never saw the code before; a file that needs banners is two files";
            Some(file.fault(number, &format!("has a comment with `{}`: {advice}", found.trim_start_matches("// "))))
        })
        .collect()
}

fn reasons(house: &House) -> Vec<String> {
    let bare =
        house.dependencies().into_iter().filter(|(_, reason)| reason.is_none_or(|reason| home(reason).is_none()));
    bare.map(|(name, _)| {
        format!("Cargo.toml: {name} has no reason and home: write `# Why it is needed: src/stage.` or `: crates/name.` above it")
    })
    .collect()
}

impl House {
    fn read() -> Self {
        let read = |path: &Path| fs::read_to_string(path).expect("a readable file");
        let (here, rooms) = (root(""), ["src", "crates"]);
        let entries = rooms.into_iter().flat_map(|room| walkdir::WalkDir::new(here.join(room)).sort_by_file_name());
        let mut files: Vec<File> = entries
            .map(|entry| entry.expect("a readable folder").into_path())
            .filter(|path| path.extension().is_some_and(|ending| ending == "rs"))
            .map(|path| {
                let parts = path.strip_prefix(&here).expect("inside").iter().map(|part| part.to_string_lossy());
                File::new(&parts.collect::<Vec<_>>().join("/"), &read(&path))
            })
            .filter(|file| file.path.starts_with("src/") || file.path.contains("/src/"))
            .collect();
        files.sort_by(|one, other| one.path.cmp(&other.path));
        assert!(files.len() > 20, "the house has rooms");
        Self { manifest: read(&root("Cargo.toml")), files }
    }

    fn front(&self) -> &File {
        self.files.iter().find(|file| file.path == "src/lib.rs").expect("src/lib.rs")
    }

    /// The stages in the order of `lib.rs`.
    fn stages(&self) -> Vec<&str> {
        self.front().text.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';')).collect()
    }

    /// For each file of a stage, or folder in it, the others that its code names: by their own names, or by that of something
    /// which the stage's `mod.rs` hands on from them.
    fn named_in(&self, stage: &str) -> BTreeMap<&str, BTreeSet<&str>> {
        let files = self.files.iter().filter(|file| file.stage() == Some(stage));
        let modules: BTreeSet<&str> = files.clone().map(File::module).collect();
        let mut handed_on: BTreeMap<&str, &str> = BTreeMap::new();
        for line in files.clone().filter(|file| file.module() == "mod").flat_map(|file| statements(&file.text)) {
            let Some(rest) = line.strip_prefix("pub use ").or_else(|| line.strip_prefix("pub(crate) use ")) else {
                continue;
            };
            let Some((from, names)) = rest.split_once("::") else { continue };
            for name in names.split(|character: char| !is_of_word(character)).filter(|name| !name.is_empty()) {
                handed_on.insert(name, from);
            }
        }
        let mut named: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for file in files.filter(|file| file.module() != "mod" && !file.module().is_empty()) {
            let own = file.module();
            let depth = file.inside().matches('/').count() - usize::from(file.path.ends_with("/mod.rs"));
            let climb = "super::".repeat(depth);
            let all = named.entry(own).or_default();
            for statement in statements(&file.text) {
                let uses = statement.strip_prefix("use ").or_else(|| statement.strip_prefix("pub use "));
                let Some(rest) = uses.and_then(|rest| rest.strip_prefix(climb.as_str())) else { continue };
                let words = match rest.split_once("::") {
                    Some((module, _)) => vec![module],
                    None => rest.split(|character: char| !is_of_word(character)).collect(),
                };
                let found =
                    words.into_iter().filter_map(|word| modules.get(word).or_else(|| handed_on.get(word)).copied());
                all.extend(found);
            }
        }
        named
    }

    /// What a check says of each line of code, comments left out.
    fn every_line(&self, check: impl Fn(&File, &str) -> Option<String>) -> Vec<String> {
        let mut faults = Vec::new();
        for file in &self.files {
            for (number, line) in (1..).zip(file.text.lines()) {
                let code =
                    if line.trim_start().starts_with("//") { "" } else { line.split(" // ").next().unwrap_or("") };
                faults.extend(check(file, code).map(|said| file.fault(number, &said)));
            }
        }
        faults
    }

    /// The libraries that are used anywhere, each with the comment right above it.
    fn dependencies(&self) -> Vec<(&str, Option<&str>)> {
        let from = self.manifest.lines().skip_while(|line| *line != "[workspace.dependencies]").skip(1);
        let section: Vec<&str> = from.take_while(|line| !line.starts_with('[')).collect();
        let entries = section.iter().enumerate().filter_map(|(at, line)| {
            let (name, _) = line.split_once(" = ").filter(|_| !line.starts_with('#'))?;
            let above = at.checked_sub(1).and_then(|above| section.get(above)?.strip_prefix("# "));
            Some((name, above))
        });
        entries.collect()
    }
}

impl File {
    fn new(path: &str, text: &str) -> Self {
        Self { path: path.to_owned(), text: text.to_owned() }
    }

    /// Its path inside its crate's `src`.
    fn inside(&self) -> &str {
        self.path.split_once("src/").map_or("", |(_, inside)| inside)
    }

    /// The stage of the library that it is in; none for `lib.rs`, and for what is in another crate.
    fn stage(&self) -> Option<&str> {
        let (stage, _) = self.path.strip_prefix("src/")?.split_once('/')?;
        Some(stage)
    }

    /// The file or folder of its stage that it is in: `b` for `src/a/b.rs` and `src/a/b/c.rs`.
    fn module(&self) -> &str {
        let inside = self.inside().split_once('/').map_or("", |(_, inside)| inside);
        inside.split('/').next().unwrap_or("").trim_end_matches(".rs")
    }

    fn fault(&self, line: usize, said: &str) -> String {
        format!("{}:{line} {said}", self.path)
    }
}

/// Each `use` of a file, whole, also over several lines.
fn statements(text: &str) -> impl Iterator<Item = &str> {
    let code = text.split("#[cfg(test)]").next().unwrap_or("");
    let starts = ["use ", "pub use ", "pub(crate) use "];
    code.split(';').filter_map(move |statement| {
        let from = statement.rfind("\n\n").map_or(0, |at| at + 2);
        let statement = statement.get(from..)?.trim_start();
        let line = statement.lines().position(|line| starts.iter().any(|start| line.starts_with(start)))?;
        let skipped: usize = statement.split_inclusive('\n').take(line).map(str::len).sum();
        statement.get(skipped..)
    })
}

/// `The grammar: src/syntax.` gives `src/syntax`.
fn home(reason: &str) -> Option<&str> {
    let (_, home) = reason.strip_suffix('.')?.rsplit_once(": ")?;
    Some(home).filter(|home| {
        home.split(", ").all(|path| HOMES.iter().any(|home| path.starts_with(home)) && !path.contains(' '))
    })
}

/// What follows each place where `mark` stands.
fn after<'l>(line: &'l str, mark: &'static str) -> impl Iterator<Item = &'l str> {
    line.split(mark).skip(1)
}

fn first_word(text: &str) -> &str {
    text.split(|character: char| !is_of_word(character)).next().unwrap_or("")
}

/// Whether a line names a library by a path, as in `pest::Parser` or `use pest;`.
fn names_library(line: &str, library: &str) -> bool {
    line.match_indices(library).any(|(at, _)| {
        let (before, rest) = line.split_at(at);
        let rest = rest.trim_start_matches(library);
        let starts = !before.ends_with(|character: char| is_of_word(character) || character == ':' || character == '.');
        let imported = before.trim_end().ends_with("use") && !rest.starts_with(is_of_word);
        starts && (rest.starts_with("::") || imported)
    })
}

fn has_word(line: &str, word: &str) -> bool {
    line.split(|character: char| !is_of_word(character)).any(|found| found == word)
}

fn is_of_word(character: char) -> bool {
    character.is_ascii_alphanumeric() || character == '_'
}
