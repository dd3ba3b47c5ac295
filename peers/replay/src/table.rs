//! Events -> rows of CSV, one file for each kind.

use crate::entity::Named;
use crate::random::Random;
use crate::shape::{DAY, Event, FIRST, Kind, Shape};
use std::fs::{File, create_dir_all};
use std::io::{self, BufWriter, Write};
use std::path::Path;

pub struct Tables {
    files: Vec<(Kind, BufWriter<File>)>,
    /// The numbers of the latest orders, for breaches to be of.
    orders: Vec<u32>,
}

fn heading(kind: Kind) -> &'static str {
    match kind {
        Kind::Call => {
            "id,at,received_by,contact_kind,opening_code,closing_code,flags,waiting,caller,phone,caller_role,location,location_kind,victim,\
             suspect,relationship,suspect_present,injury,weapons,weapon_used,strangulation,threat_to_kill,breach_reported,\
             children_present,frightened,handler_grade,resource_assigned,attendance_due,attended_at"
        }
        Kind::Incident => "id,at,kind,victim,suspect,location,crime_recorded,result",
        Kind::Assessment => "id,at,victim,tool,risk,changed_from,yes_count,answers",
        Kind::Arrest => "id,at,suspect,reason,result",
        Kind::Bail => "id,at,suspect,starts,ends,kind,conditions",
        Kind::Order => "id,at,kind,respondent,protected,made_at,served_at,starts,expires,power_of_arrest",
        Kind::Breach => "id,at,order,kind,dealt_with",
        Kind::Marker => "id,at,person,phone,location,kind,starts,ends",
        Kind::Marac => "id,at,victim,suspect,criterion",
    }
}

impl Tables {
    pub fn create(folder: &Path) -> io::Result<Self> {
        create_dir_all(folder)?;
        let mut files = Vec::new();
        for kind in Kind::ALL {
            let mut file = BufWriter::with_capacity(1 << 20, File::create(folder.join(kind.file()))?);
            writeln!(file, "{}", heading(kind))?;
            files.push((kind, file));
        }
        Ok(Self { files, orders: Vec::new() })
    }

    pub fn finish(self) -> io::Result<()> {
        self.files.into_iter().try_for_each(|(_, mut file)| file.flush())
    }

    pub fn write(&mut self, shape: &Shape, event: &Event) -> io::Result<()> {
        let mut random = Random::new(u64::from(event.number) ^ 0x7ab1e);
        let random = &mut random;
        let named = Named::by(shape, event);
        let (number, at) = (event.number, FIRST + i64::from(event.at));
        let Some((_, out)) = self.files.iter_mut().find(|(kind, _)| *kind == event.kind) else { return Ok(()) };
        let Named { caller, phone, location, victim, suspect } = named;
        match event.kind {
            Kind::Call => return call(out, event, at, random, &Named { caller, phone, location, victim, suspect }),
            Kind::Incident => {
                let kind = match event.is_domestic {
                    true => "domestic-abuse",
                    false => one(random, &[("assault", 25), ("harassment", 10), ("criminal-damage", 20), ("other", 45)]),
                };
                let victim = if event.is_domestic { victim } else { format!("C{}", event.whom) };
                let crime = random.chance(if event.is_domestic { 64 } else { 50 });
                let result = one(random, &[("open", 15), ("charged", 8), ("evidence-difficulties", 50), ("other", 27)]);
                write!(out, "I{number},{},{kind},{victim},{suspect},{location},{},{result}", time(at), yes(crime))?;
            }
            Kind::Assessment => {
                let tool = one(random, &[("DASH", 70), ("DARA", 20), ("SafeLives-Dash", 10)]);
                let risk = one(random, &[("standard", 62), ("medium", 26), ("high", 12)]);
                let changed = one(random, &[("unchanged", 94), ("high", 3), ("medium", 3)]);
                let answers = some(random, &["injury", "frightened", "isolated", "separated", "strangulation", "weapons"]);
                let count = random.below(20);
                write!(out, "R{number},{},{victim},{tool},{risk},{changed},{count},{answers}", time(at))?;
            }
            Kind::Arrest => {
                let result = one(random, &[("charged", 30), ("bailed", 40), ("released", 30)]);
                write!(out, "X{number},{},{suspect},domestic-abuse,{result}", time(at))?;
            }
            Kind::Bail => {
                let ends = time(at + DAY * (28 + random.below(90) as i64));
                let conditions = some(random, &["no-contact", "exclusion-zone", "curfew"]);
                write!(out, "L{number},{},{suspect},{},{ends},pre-charge,{conditions}", time(at), time(at))?;
            }
            Kind::Order => {
                self.orders.push(number);
                let kind = one(random, &[("non-molestation", 50), ("restraining", 30), ("DAPN", 20)]);
                let served = if random.chance(80) { time(at + 3_600 * random.below(72) as i64) } else { "none".to_owned() };
                let expires = if random.chance(90) { time(at + DAY * 365) } else { "none".to_owned() };
                let arrest = yes(random.chance(30));
                write!(out, "O{number},{0},{kind},{suspect},{victim},{0},{served},{0},{expires},{arrest}", time(at))?;
            }
            Kind::Breach => {
                let order = self.orders.get(random.below(self.orders.len().max(1) as u64) as usize);
                let order = order.map_or_else(String::new, |order| format!("O{order}"));
                write!(out, "K{number},{},{order},contact,open", time(at))?;
            }
            Kind::Marker => {
                let kind = one(random, &[("domestic-high", 40), ("domestic-medium", 30), ("MARAC", 20), ("violent", 10)]);
                let ends = if random.chance(70) { time(at + DAY * 180) } else { "none".to_owned() };
                write!(out, "M{number},{0},{victim},{phone},{location},{kind},{0},{ends}", time(at))?;
            }
            Kind::Marac => {
                let criterion = one(random, &[("visible-high-risk", 50), ("repeat", 30), ("escalation", 20)]);
                write!(out, "Q{number},{},{victim},{suspect},{criterion}", time(at))?;
            }
        }
        out.write_all(b"\n")
    }
}

fn call(out: &mut impl Write, event: &Event, at: i64, random: &mut Random, named: &Named) -> io::Result<()> {
    let domestic = event.is_domestic;
    let received = one(random, &[("999", 45), ("101", 40), ("online", 10), ("third-party", 5)]);
    let contact = one(random, &[("spoken", 930), ("abandoned", 40), ("silent", 15), ("cut-off", 10), ("silent-55", 5)]);
    let opening = match domestic && random.chance(70) {
        true => "domestic-incident",
        false => one(
            random,
            &[("suspicious-circumstances", 30), ("violence", 12), ("nuisance", 20), ("concern-for-safety", 15), ("other", 23)],
        ),
    };
    let closing = if domestic { "domestic-incident" } else { opening };
    let flags = match domestic {
        true => some(random, &["domestic", "alcohol", "stalking", "child-at-risk"]),
        false => some(random, &["alcohol", "mental-health"]),
    };
    let waiting = random.below(4);
    let role = if domestic { one(random, &[("victim", 60), ("neighbour", 20), ("family", 20)]) } else { "witness" };
    let place = if domestic { "home" } else { one(random, &[("home", 40), ("street", 40), ("public-place", 20)]) };
    let relationship = if domestic { one(random, &[("partner", 45), ("ex-partner", 40), ("child", 15)]) } else { "" };
    // Boxes of the form: mostly ticked one way or the other, some left out.
    let share = if domestic { 4 } else { 1 };
    let present = ticked(random, share * 9);
    let injury = one(random, &[("uninjured", 70), ("minor", 12), ("serious", 3), ("", 15)]);
    let weapons = if random.chance(5) { "knife" } else { "none" };
    let used = ticked(random, share);
    let neck = ticked(random, share);
    let threat = ticked(random, share);
    let breach = ticked(random, share);
    let children = ticked(random, share * 8);
    let frightened = one(random, &[("not-frightened", 30), ("somewhat", 30), ("very", 15), ("", 25)]);
    let grade = one(random, &[("resolved", 25), ("scheduled", 35), ("priority", 28), ("immediate", 12)]);
    let sent = yes(random.chance(60));
    let due = time(at + 60 * [15, 60, 480][random.weighted(&[12, 28, 60])]);
    let Named { caller, phone, location, victim, suspect } = named;
    writeln!(
        out,
        "C{},{},{received},{contact},{opening},{closing},{flags},{waiting},{caller},{phone},{role},{location},{place},{victim},{suspect},\
         {relationship},{present},{injury},{weapons},{used},{neck},{threat},{breach},{children},{frightened},{grade},{sent},{due},none",
        event.number,
        time(at)
    )
}

fn one(random: &mut Random, choices: &[(&'static str, u32)]) -> &'static str {
    let weights: Vec<u32> = choices.iter().map(|(_, weight)| *weight).collect();
    choices[random.weighted(&weights)].0
}

/// Some of these, with a blank between them.
fn some(random: &mut Random, choices: &[&str]) -> String {
    choices.iter().filter(|_| random.chance(20)).copied().collect::<Vec<_>>().join(" ")
}

fn ticked(random: &mut Random, percent: u64) -> &'static str {
    if random.chance(12) { "" } else { yes(random.chance(percent)) }
}

fn yes(answer: bool) -> &'static str {
    if answer { "yes" } else { "no" }
}

/// `2025-03-01T22:10:00Z`
fn time(at: i64) -> String {
    let (days, seconds) = (at / DAY, at % DAY);
    // Days since 1 March of year 0 (Hinnant, 2013).
    let days = days + 719_468;
    let era = days / 146_097;
    let of_era = days % 146_097;
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    format!("{year}-{month:02}-{day:02}T{:02}:{:02}:{:02}Z", seconds / 3_600, seconds / 60 % 60, seconds % 60)
}
