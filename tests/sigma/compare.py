#!/usr/bin/env python3
"""What another engine finds with the same rules on the same logs: tests/golden/sigma_hits.json.

Events are parsed by the Python package evtx, put flat into an SQLite table as Zircolite does, and asked with the queries
that pySigma's SQLite backend makes of the rules and correlations. `cargo xtask golden` runs it; with --check it writes nothing and compares.
"""
import glob, importlib.metadata, json, os, pathlib, re, sqlite3, sys
from evtx import PyEvtxParser
from sigma.backends.sqlite import sqliteBackend
from sigma.collection import SigmaCollection

HERE = pathlib.Path(__file__).resolve().parent
GOLDEN = HERE.parent / "golden/sigma_hits.json"
LOGS = pathlib.Path(os.environ.get("LOGONSCOPE_SHARED", HERE.parents[2] / "shared")) / "evtx/real"
# What the crate of LogonScope does not share with the other parser: the damaged ones, where both recover differently.
SKIPPED = {"sample_with_a_bad_chunk_magic.evtx", "plaso_System2_is_security.evtx"}


def flat(event):
    """One level: System's attributes as Element_Attribute, the rest by name; lists one value a line."""
    out = {}

    def put(name, value):
        if isinstance(value, list):
            value = "\n".join(str(v) for v in value)
        if isinstance(value, bool):
            value = str(value).lower()
        out.setdefault(name, value)

    def leaf(name, value, container=False):
        if not isinstance(value, dict):
            put(name, value)
            return
        for key, inner in value.items():
            if key == "#attributes":
                for a, v in inner.items():
                    if not a.startswith("xmlns"):
                        put(f"{name}_{a}", v)
            elif key == "#text":
                put(name, inner)
            else:
                leaf(key, inner)

    for name, value in event["System"].items():
        leaf(name, value)
    for body in ("EventData", "UserData"):
        for name, value in (event.get(body) or {}).items():
            leaf(name, value) if name != "#attributes" else None
    if out.get("Channel") == "Security" and str(out.get("EventID")) == "4688":
        # Sysmon's names, which rules of the category process_creation use.
        for sigma, windows in [("Image", "NewProcessName"), ("ParentImage", "ParentProcessName"), ("User", "SubjectUserName")]:
            out[sigma] = out.get(windows)
    out["all_text"] = "\n".join(str(v) for v in out.values() if v is not None)
    return out


def table(folder):
    rows, skipped = [], []
    for path in sorted(glob.glob(os.path.join(folder, "*.evtx"))):
        name = os.path.basename(path)
        if name in SKIPPED:
            continue
        try:
            for record in PyEvtxParser(path).records_json():
                row = flat(json.loads(record["data"])["Event"])
                row["file"] = name
                rows.append(row)
        except RuntimeError as error:
            skipped.append(f"{name}: {error}")
    columns, known = [], {}
    for row in rows:
        for name in row:
            if name.lower() not in known:
                known[name.lower()] = name
                columns.append(name)
    db = sqlite3.connect(":memory:")
    db.execute("PRAGMA case_sensitive_like = 0")
    db.create_function("REGEXP", 2, lambda p, v: v is not None and re.search(p, str(v)) is not None)
    quoted = ", ".join(f'"{c}" NUMERIC COLLATE NOCASE' if c != "all_text" else '"all_text" TEXT' for c in columns)
    db.execute(f"CREATE TABLE logs ({quoted})")
    marks = ", ".join("?" * len(columns))
    db.executemany(
        f"INSERT INTO logs VALUES ({marks})",
        ([{k.lower(): v for k, v in row.items()}.get(c.lower()) for c in columns] for row in rows),
    )
    return db, skipped


def scope(rule):
    source = rule.logsource
    if source.category == "process_creation":
        return "Channel = 'Security' AND EventID = 4688"
    return f"Channel = '{source.service}'"


def main():
    check = "--check" in sys.argv[1:]
    if not LOGS.is_dir():
        if check:
            return print(f"skipped: {LOGS} is missing")
        sys.exit(f"{LOGS} is missing: set LOGONSCOPE_SHARED to the folder that holds evtx/real")
    db, skipped = table(LOGS)
    backend = sqliteBackend(fulltext_field="all_text", collate_nocase=True)
    rules = {}
    for path in sorted(glob.glob(os.path.join(HERE, "rules/*.yml"))):
        collection = SigmaCollection.from_yaml(open(path))
        (query,) = backend.convert(collection)
        where = query.split(" WHERE ", 1)[1]
        sql = f"SELECT file, EventRecordID FROM logs WHERE ({where}) AND {scope(collection.rules[0])}"
        hits = {}
        for file, record in db.execute(sql):
            hits.setdefault(file, []).append(record)
        rules[os.path.basename(path)] = {file: spans(sorted(ids)) for file, ids in sorted(hits.items())}
    correlations = {}
    backend = sqliteBackend(fulltext_field="all_text", collate_nocase=True, timestamp_field="TimeCreated_SystemTime")
    for path in sorted(glob.glob(os.path.join(HERE, "correlations/*.yml"))):
        groups = {}
        for query in backend.convert(SigmaCollection.from_yaml(open(path))):
            cursor = db.execute(query)
            names = [d[0] for d in cursor.description]
            for row in cursor:
                row = dict(zip(names, row))
                group = " | ".join(f"{k}={v}" for k, v in sorted(json.loads(row["group_keys"]).items()))
                last, value = groups.get(group, (0, 0))
                groups[group] = (max(last, round(row["occurrence_time"] * 1000)), max(value, row["metric_value"]))
        correlations[os.path.basename(path)] = {g: {"last": last, "value": value} for g, (last, value) in sorted(groups.items())}
    versions = {p: importlib.metadata.version(p) for p in ("pysigma", "pysigma-backend-sqlite", "evtx")}
    out = {"engine": versions, "skipped": sorted(SKIPPED | set(skipped)), "rules": rules, "correlations": correlations}
    text = json.dumps(out, indent=1, sort_keys=True) + "\n"
    if check and GOLDEN.read_text() != text:
        sys.exit("sigma_hits.json is not what the other engine says; `cargo xtask golden` makes it anew")
    if not check:
        GOLDEN.write_text(text)
    print(f"sigma_hits.json: {len(rules)} rules, {len(correlations)} correlations")


def spans(ids):
    """[1, 2, 3, 7] → "1-3 7": small, and still every record id. One that stands twice comes twice."""
    out, i = [], 0
    while i < len(ids):
        j = i
        while j + 1 < len(ids) and ids[j + 1] == ids[j] + 1:
            j += 1
        out.append(str(ids[i]) if i == j else f"{ids[i]}-{ids[j]}")
        i = j + 1
    return " ".join(out)


main()
