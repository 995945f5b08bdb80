#!/usr/bin/env python3
"""Makes logs and reads them with three independent parsers; every record, field, count and edge must be as known.

    python3 sample/verify/verify.py           several seeds, sizes, styles and Windows releases (five minutes)
    python3 sample/verify/verify.py --small   a small case of each style (half a minute)

Parsers: the crate `evtx` (PyPI `evtx`), libyal's libevtx (PyPI `libevtx-python`), and python-evtx, which is not
asked about forwarded style: it cannot read records without templates. A virtual environment with the pinned
requirements.txt is made under target/ where it is missing.
"""

import argparse
import calendar
import collections
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ElementTree

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
TARGET = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
VENV = TARGET / "verify-venv"
NAMESPACE = re.compile(r"^\{[^}]*\}")

# options of `generate`, and whether python-evtx (hundreds of records a second) reads it too
SMALL = [
    ("--users 5 --servers 6 --days 3 --seed 11 --view every-host --hostile", True),
    ("--users 5 --servers 6 --days 2 --seed 12 --view forwarded --os 2012r2", False),
    ("--users 4 --servers 4 --days 2 --seed 13 --view merged --os 2008r2", True),
]
FULL = SMALL + [
    (f"--users 8 --servers 8 --dcs 3 --days 5 --seed {seed} --view {view} --os {release}", view != "forwarded")
    for seed, view, release in [
        (21, "every-host", "2008r2"),
        (22, "all-dcs", "2012r2"),
        (23, "one-dc", "2016"),
        (24, "every-host", "2019"),
        (25, "merged", "2022"),
        (26, "every-host", "2025"),
        (27, "forwarded", "2016"),
        (28, "forwarded", "2025"),
    ]
] + [("--users 60 --servers 12 --dcs 3 --days 14 --seed 31 --view every-host", False)]


def enter_environment():
    """Starts this script again inside the virtual environment, making it first where it is missing."""
    wanted = (HERE / "requirements.txt").read_text()
    stamp = VENV / "requirements.txt"
    if not stamp.exists() or stamp.read_text() != wanted:
        print(f"making {VENV} with the parsers", flush=True)
        shutil.rmtree(VENV, ignore_errors=True)
        made = subprocess.run([sys.executable, "-m", "venv", str(VENV)], capture_output=True, text=True)
        if made.returncode:
            sys.exit(f"no virtual environment: {made.stderr or made.stdout}\non Debian: apt-get install python3-venv")
        pip = [str(VENV / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        if subprocess.run(pip + ["-r", str(HERE / "requirements.txt")]).returncode:
            sys.exit("the parsers could not be installed: is there a way to PyPI?")
        stamp.write_text(wanted)
    if pathlib.Path(sys.prefix).resolve() != VENV.resolve():
        os.execv(str(VENV / "bin" / "python"), [str(VENV / "bin" / "python"), __file__, *sys.argv[1:]])


# --- three readers, one shape: system values and fields of each record, as text ---------------------------------


def from_xml(text):
    event = ElementTree.fromstring(text)
    tag = lambda element: NAMESPACE.sub("", element.tag)
    system, fields = {}, {}
    for part in event:
        if tag(part) == "System":
            for element in part:
                system[tag(element)] = element.text or ""
                for name, value in element.attrib.items():
                    system[f"{tag(element)}.{name}"] = value
        elif tag(part) == "EventData":
            for element in part:
                fields[element.attrib["Name"]] = element.text or ""
        elif tag(part) == "UserData":
            for element in part[0]:
                fields[tag(element)] = element.text or ""
    return system, fields


def read_crate(path):
    import evtx

    for record in evtx.PyEvtxParser(str(path)).records_json():
        event = json.loads(record["data"])["Event"]
        system, fields = {}, {}
        for name, value in event["System"].items():
            if isinstance(value, dict):
                for key, inner in value.get("#attributes", {}).items():
                    system[f"{name}.{key}"] = str(inner)
                value = value.get("#text", "")
            if not name.endswith("_attributes"):
                system[name] = "" if value is None else str(value)
        data = event.get("EventData")
        if data is None:
            data = next((v for k, v in (event.get("UserData") or {}).items() if not k.endswith("_attributes")), None)
        for name, value in (data or {}).items():
            if name != "#attributes":
                fields[name] = "" if value is None else str(value)
        yield system, fields


def read_libevtx(path):
    import pyevtx

    log = pyevtx.file()
    log.open(str(path))
    if log.is_corrupted():
        raise ValueError("libevtx calls the file corrupted")
    for index in range(log.get_number_of_records()):
        yield from_xml(log.get_record(index).get_xml_string())
    log.close()


def read_python_evtx(path):
    import Evtx.Evtx

    with Evtx.Evtx.Evtx(str(path)) as log:
        # Its verify() also demands format 3.1 and knows nothing of 3.2, which Windows 11 writes.
        header = log.get_file_header()
        if header.checksum() != header.calculate_checksum():
            raise ValueError("python-evtx does not accept the file header")
        for chunk in log.chunks():
            if not chunk.verify():
                raise ValueError("python-evtx does not accept a chunk's checksums")
            for record in chunk.records():
                yield from_xml(record.xml())


# --- one writing for values that parsers write differently -------------------------------------------------------

GUID = re.compile(r"^\{?([0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})\}?$")
HEX = re.compile(r"^0x[0-9a-fA-F]+$")
TIME = re.compile(r"^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.(\d+))?(?:Z|\+00:00)$")


def microseconds(text):
    """Microseconds since 1970; digits beyond are cut, so two parsers may differ by one."""
    match = TIME.match(text)
    if not match:
        return None
    seconds = calendar.timegm(time.strptime(f"{match[1]} {match[2]}", "%Y-%m-%d %H:%M:%S"))
    return seconds * 1_000_000 + int((match[3] or "0").ljust(6, "0")[:6])


def canonical(text):
    if match := GUID.match(text):
        return match[1].lower()
    if HEX.match(text):
        return hex(int(text, 16))
    return text.replace("\r\n", "\n").replace("\r", "\n")


def same(known, found, slack):
    """`slack`: by how many microseconds the parser may be wrong about a time."""
    if TIME.match(known) and TIME.match(found):
        return abs(microseconds(known) - microseconds(found)) <= slack
    return canonical(known) == canonical(found)


# --- edges, from the fields a parser found: the definition, a second time -----------------------------------------


def given(*texts):
    return next((t for t in texts if t not in ("", "-", None)), "")


def edge(event_id, computer, f):
    account = lambda domain, name: f"{domain}\\{name}" if domain else name
    number = lambda text: canonical(text)
    target, kind, status = computer, None, None
    if event_id in (4624, 4625):
        who, package, kind = account(f["TargetDomainName"], f["TargetUserName"]), f["AuthenticationPackageName"], int(f["LogonType"])
        source = given(f["IpAddress"], f["WorkstationName"], computer)
        if event_id == 4625:
            status = number(f["Status"] if int(f["SubStatus"], 16) == 0 else f["SubStatus"])
    elif event_id == 4648:
        who, package, source = account(f["TargetDomainName"], f["TargetUserName"]), "", computer
        target = computer if f["TargetServerName"] == "localhost" else f["TargetServerName"]
    elif event_id in (4768, 4769, 4770):
        who, package, source = account(f["TargetDomainName"], f["TargetUserName"]), "Kerberos", f["IpAddress"]
        status = number(f["Status"]) if event_id != 4770 else None
    elif event_id == 4771:
        who, package, source, status = f["TargetUserName"], "Kerberos", f["IpAddress"], number(f["Status"])
    elif event_id == 4776:
        who, package, status = f["TargetUserName"], f["PackageName"], number(f["Status"])
        source = given(f["Workstation"], computer)
    elif event_id in (4778, 4779):
        who, package, source = account(f["AccountDomain"], f["AccountName"]), "", f["ClientAddress"]
    else:
        return None
    return (canonical(who), source, target, event_id, kind, package.strip(), status)


# --- the comparison -----------------------------------------------------------------------------------------------


class Case:
    def __init__(self, folder):
        self.folder = folder
        self.truth = json.loads((folder / "truth.json").read_text())
        self.known = {}
        with open(folder / "events.jsonl", encoding="utf-8") as lines:
            for line in lines:
                event = json.loads(line)
                self.known[event["file"], event["computer"], event["channel"], event["record_id"]] = event
        self.edges = {}
        for e in self.truth["edges"]:
            key = (canonical(e["account"]), e["source"], e["target"], e["event_id"], e["logon_type"], e["package"], e["status"])
            self.edges[key] = (e["count"], microseconds(e["first"]), microseconds(e["last"]))

    def check(self, name, reader, slack):
        faults, records, fields_seen = [], 0, 0
        edges, left = {}, dict(self.known)
        evidence = {}
        for entry in self.truth["files"]:
            counts = collections.Counter()
            for system, fields in reader(self.folder / entry["name"]):
                records += 1
                event_id, computer = int(system["EventID"]), system["Computer"]
                key = (entry["name"], computer, system["Channel"], int(system["EventRecordID"]))
                counts[str(event_id)] += 1
                known = left.pop(key, None)
                if known is None:
                    faults.append(f"{key}: no such event was written, or it was read twice")
                    continue
                evidence[key[0], computer, event_id, key[3]] = True
                wanted = {
                    "EventID": str(known["id"]), "Version": str(known["version"]), "Task": str(known["task"]),
                    "Keywords": known["keywords"], "TimeCreated.SystemTime": known["time"],
                    "Execution.ProcessID": str(known["process"]), "Execution.ThreadID": str(known["thread"]),
                }
                for what, value in wanted.items():
                    if not same(value, system.get(what, ""), slack):
                        faults.append(f"{key}: {what} is {system.get(what)!r}, written was {value!r}")
                if set(fields) - {"xmlns"} != set(known["fields"]):
                    faults.append(f"{key}: fields {sorted(set(fields) ^ set(known['fields']))} differ")
                    continue
                for field, value in known["fields"].items():
                    fields_seen += 1
                    if not same(value, fields[field], slack):
                        faults.append(f"{key}: {field} is {fields[field]!r}, written was {value!r}")
                if found := edge(event_id, computer, fields):
                    when = microseconds(system["TimeCreated.SystemTime"])
                    count, first, last = edges.get(found, (0, when, when))
                    edges[found] = (count + 1, min(first, when), max(last, when))
            if dict(counts) != entry["events_by_id"] or sum(counts.values()) != entry["records"]:
                faults.append(f"{entry['name']}: counts {dict(counts)} instead of {entry['events_by_id']}")
        faults += [f"{key}: written, not read" for key in left]
        close = lambda a, b: abs(a - b) <= slack
        for key in self.edges.keys() | edges.keys():
            a, b = self.edges.get(key), edges.get(key)
            if not a or not b or a[0] != b[0] or not close(a[1], b[1]) or not close(a[2], b[2]):
                faults.append(f"edge {key}: {b} instead of {a}")
        for incident in self.truth["attacks"] + self.truth["lookalikes"]:
            for at in incident["records"]:
                for record_id in at["record_ids"]:
                    if (at["file"], at["computer"], at["event_id"], record_id) not in evidence:
                        faults.append(f"{incident['name']}: record {record_id} of {at['file']} is not there")
        print(f"  {name:12} {records:8} records {fields_seen:9} fields {len(edges):6} edges {len(faults):4} faults", flush=True)
        for fault in faults[:12]:
            print(f"    {fault}")
        return not faults and records > 0


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--small", action="store_true", help="a small case of each style only")
    arguments.add_argument("--keep", metavar="FOLDER", help="leave the generated logs there")
    options = arguments.parse_args()
    enter_environment()
    build = ["cargo", "build", "--quiet", "--release", "-p", "logonscope-sample"]
    if subprocess.run(build, cwd=ROOT).returncode:
        sys.exit("the generator does not build")
    program = TARGET / "release" / "logonscope-sample"
    good = True
    with tempfile.TemporaryDirectory(prefix="logonscope-verify-") as temporary:
        for number, (case, slow_too) in enumerate(SMALL if options.small else FULL):
            folder = pathlib.Path(options.keep or temporary) / f"case-{number}"
            print(f"generate {case}", flush=True)
            subprocess.run([program, "generate", "--journal", "--out", folder, *case.split()], check=True)
            checked = Case(folder)
            # python-evtx reckons with times as floating-point numbers, which costs it two microseconds.
            readers = [("evtx", read_crate, 1), ("libevtx", read_libevtx, 1), ("python-evtx", read_python_evtx, 3)]
            for name, reader, slack in readers if slow_too else readers[:2]:
                good &= checked.check(name, reader, slack)
            if not options.keep:
                shutil.rmtree(folder)
    print("all parsers find what was written" if good else "FAILED: see the faults above")
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
