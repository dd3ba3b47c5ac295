#!/usr/bin/env python3
"""Replays a made year of events beside DuckDB and Polars, which count five rules by hand over the same files.

    python3 -m venv /tmp/replay-peers && /tmp/replay-peers/bin/pip install duckdb==2.0.1 polars==2.1.0
    cargo build --release --locked -p heedful-cli
    /tmp/replay-peers/bin/python peers/replay/compare.py 10000000

heedful reads all tables and decides every call under every rule of the shipped baseline, and writes its whole report. DuckDB and Polars read
what five rules need and count the calls for which these apply. All must agree on every call: each of the five is compared by the SHA-256 of
its calls' ids, sorted. Each runs in a process of its own; its time is from start to end, its memory the most that it held.
"""

import hashlib
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
RULES = ["repeat-phone", "repeat-calls", "prior-incidents", "repeat-pair", "previous-high-risk"]

# A rule that counts at least three within 24 hours, this one included, holds where the third latest is not older. Counting at least two incidents
# within a year looks at the second latest before the call.
SQL = """
set timezone = 'UTC';
create temp table call as
select id, epoch("at"::timestamp)::bigint as moment,
       epoch(timezone('Europe/London', timezone('Europe/London', "at"::timestamptz) - interval 12 months))::bigint as year_ago,
       caller, phone, victim, suspect, row_number() over () as told,
       coalesce(opening_code = 'domestic-incident', false) or list_contains(string_split(coalesce(flags, ''), ' '), 'domestic') as domestic
from read_csv('{folder}/calls.csv', all_varchar = true);
create temp table incident as
select epoch("at"::timestamp)::bigint as moment, kind, victim, suspect from read_csv('{folder}/incidents.csv', all_varchar = true);
create temp table assessment as
select epoch("at"::timestamp)::bigint as moment, victim, risk from read_csv('{folder}/risk-assessments.csv', all_varchar = true);
create temp table domestic as
select victim, moment, lag(moment) over (partition by victim order by moment) as before from incident
where kind = 'domestic-abuse' and victim is not null;
create temp table pair as
select victim, suspect, moment from incident
where kind in ('domestic-abuse', 'stalking', 'harassment', 'assault', 'sexual', 'criminal-damage', 'threats', 'child-contact')
  and victim is not null and suspect is not null;
create temp table known as
select c.*, v.moment as latest, v.before,
       c.domestic or coalesce(v.moment >= c.year_ago, false) or coalesce(o.moment >= c.year_ago, false) as known
from call c
asof left join domestic v on c.victim = v.victim and c.moment > v.moment
asof left join domestic o on c.caller = o.victim and c.moment > o.moment;
create temp table found as
select 'repeat-phone' as rule, id from
  (select id, moment, lag(moment, 2) over (partition by phone order by moment, told) as third from call where phone is not null)
where third >= moment - 86400
union all
select 'repeat-calls', id from
  (select id, moment, known, lag(moment, 2) over (partition by caller order by moment, told) as third from known where caller is not null)
where known and third >= moment - 86400
union all
select 'prior-incidents', id from known where domestic and before >= year_ago
union all
select 'repeat-pair', c.id from call c asof join pair p on c.victim = p.victim and c.suspect = p.suspect and c.moment > p.moment
where c.domestic and p.moment >= c.year_ago
union all
select 'previous-high-risk', c.id from known c asof join assessment a on c.victim = a.victim and c.moment > a.moment
where c.known and a.moment >= c.year_ago and a.risk = 'high';
"""


def duckdb(folder):
    import duckdb

    db = duckdb.connect()
    db.execute(f"set threads = {os.cpu_count()}")
    db.execute(SQL.format(folder=folder))
    counts = dict(db.execute("select rule, count(*) from found group by rule").fetchall())
    return counts, lambda rule: [row[0] for row in db.execute("select id from found where rule = ?", [rule]).fetchall()]


def polars(folder):
    import polars as pl

    def read(name, columns):
        table = pl.scan_csv(f"{folder}/{name}", infer_schema=False).select(["at", *columns])
        return table.with_columns(pl.col("at").str.to_datetime("%Y-%m-%dT%H:%M:%SZ", time_zone="UTC", time_unit="ms"))

    call = read("calls.csv", ["id", "caller", "phone", "victim", "suspect", "opening_code", "flags"])
    local = pl.col("at").dt.convert_time_zone("Europe/London")
    flag = pl.col("flags").fill_null("").str.split(" ").list.contains("domestic")
    call = call.with_columns(
        domestic=pl.col("opening_code").eq("domestic-incident").fill_null(False) | flag,
        year_ago=local.dt.offset_by("-12mo").dt.convert_time_zone("UTC"),
    ).drop("opening_code", "flags").sort("at", maintain_order=True).collect()
    incident = read("incidents.csv", ["kind", "victim", "suspect"]).sort("at").collect()
    assessment = read("risk-assessments.csv", ["victim", "risk"]).sort("at").collect()
    domestic = incident.filter(pl.col("kind") == "domestic-abuse", pl.col("victim").is_not_null()).select(
        "victim", "at", latest="at", before=pl.col("at").shift(1).over("victim")
    )
    abuse = ["domestic-abuse", "stalking", "harassment", "assault", "sexual", "criminal-damage", "threats", "child-contact"]
    pair = incident.filter(pl.col("kind").is_in(abuse), pl.col("victim").is_not_null(), pl.col("suspect").is_not_null())
    pair = pair.select("victim", "suspect", "at", latest="at")
    earlier = dict(on="at", strategy="backward", allow_exact_matches=False, check_sortedness=False)
    own = domestic.select("at", caller="victim", own="latest")
    known = call.join_asof(domestic, by="victim", **earlier).join_asof(own, by="caller", **earlier)
    recent = lambda column: (pl.col(column) >= pl.col("year_ago")).fill_null(False)
    known = known.with_columns(known=pl.col("domestic") | recent("latest") | recent("own"))
    third = lambda column: pl.col("at").shift(2).over(column) >= pl.col("at") - pl.duration(hours=24)
    high = assessment.select("victim", "at", "risk", assessed="at")
    found = {
        "repeat-phone": call.filter(pl.col("phone").is_not_null() & third("phone")),
        "repeat-calls": known.filter(pl.col("caller").is_not_null() & third("caller") & pl.col("known")),
        "prior-incidents": known.filter(pl.col("domestic") & recent("before")),
        "repeat-pair": call.join_asof(pair, by=["victim", "suspect"], **earlier).filter(pl.col("domestic") & recent("latest")),
        "previous-high-risk": known.join_asof(high, by="victim", **earlier).filter(
            pl.col("known") & recent("assessed") & (pl.col("risk") == "high")
        ),
    }
    return {rule: len(calls) for rule, calls in found.items()}, lambda rule: found[rule]["id"].to_list()


def digest(ids):
    return hashlib.sha256("".join(f"{one}\n" for one in sorted(ids)).encode()).hexdigest()


def count_by_hand(engine, folder):
    began = time.monotonic()
    counts, ids = {"duckdb": duckdb, "polars": polars}[engine](folder)
    taken = time.monotonic() - began
    if os.environ.get("ONLY_TIME"):
        return print(json.dumps({"counts": counts, "seconds": taken}))
    print(json.dumps({"counts": counts, "seconds": taken, "sha256": {rule: digest(ids(rule)) for rule in RULES}}))


def measured(command, **more):
    """What a process prints, its seconds from start to end, and the most memory that it held, in MB."""
    began = time.monotonic()
    with tempfile.TemporaryFile() as out:
        process = subprocess.Popen(command, stdout=out, cwd=ROOT, env={**os.environ, **more})
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        seconds = time.monotonic() - began
        out.seek(0)
        if process.returncode != 0:
            sys.exit(f"{command[0]} ended with {process.returncode}")
        return json.loads(out.read()), seconds, usage.ru_maxrss / 1024


def compare(events, folder, binary):
    generator = ["cargo", "run", "--quiet", "--release", "--locked", "--manifest-path", str(HERE / "Cargo.toml"), "--"]
    subprocess.run([*generator, str(events), folder], check=True, cwd=ROOT)
    replay = [binary, "replay", "--policy", "rules", "--force", "national-baseline", "--map", str(HERE / "map.yaml"), folder]
    report, *heedful = measured([*replay, "--format", "json"])
    rules = {rule["rule"]: rule for rule in report["policies"][0]["rules"]}
    swept, *with_sweep = measured([*replay, "--format", "json", "--sweep", "high-ticks", "--sweep", "repeat-calls"])
    values = len(swept["sweep"]) - 1
    rows = [("heedful, every rule and the report", *heedful), (f"the same with a sweep of {values} values", *with_sweep)]
    for engine in ["duckdb", "polars"]:
        command = [sys.executable, str(Path(__file__).resolve()), "--count", engine, folder]
        checked, *_ = measured(command)
        for rule in RULES:
            if checked["sha256"][rule] != rules[rule]["ids_sha256"]:
                sys.exit(f"{engine} finds other calls than heedful for {rule}: {checked['counts'].get(rule)}, {rules[rule]['fired']}")
        _, *taken = measured(command, ONLY_TIME="1")
        rows.append((f"{engine}, five counts", *taken))
    print(f"{events:,} events, {report['calls']:,} calls to decide; all agree on the calls of {', '.join(RULES)}")
    print({rule: rules[rule]["fired"] for rule in RULES})
    for name, seconds, memory in rows:
        print(f"{name:40} {seconds:8.1f} s {memory:8.0f} MB")


if __name__ == "__main__":
    if sys.argv[1] == "--count":
        count_by_hand(sys.argv[2], sys.argv[3])
    else:
        binary = os.environ.get("HEEDFUL", str(ROOT / "target/release/heedful"))
        with tempfile.TemporaryDirectory() as folder:
            compare(int(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else folder, binary)
