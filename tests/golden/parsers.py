"""What two independent parsers say about every shared log: records, and records per channel, provider and event id.

PyPI `evtx` (the Rust crate, bound to Python) and `libevtx-python` (Joachim Metz's C library). Writes parsers.json: one line a log,

    "real/NAME.evtx": {"evtx": {"records": 52, "errors": 0, "ids": {"Security/4768": 50, …}}, "libevtx": {…}}

With --check nothing is written: what the parsers say is compared with parsers.json.
libevtx's recovered records (found outside the chunks' live part) are counted apart, as "recovered".
"""

import collections
import json
import os
import pathlib
import re
import sys

import evtx
import pyevtx

HERE = pathlib.Path(__file__).parent
SHARED = pathlib.Path(os.environ.get("LOGONSCOPE_SHARED", HERE.parents[2] / "shared")) / "evtx"

EVENT_ID = re.compile(r"<EventID[^>]*>\s*(\d+)\s*</EventID>")
CHANNEL = re.compile(r"<Channel>([^<]*)</Channel>")


def key(xml):
    """Channel/EventID out of the record's System element."""
    system = xml[xml.find("<System") : xml.find("</System>")]
    event_id = EVENT_ID.search(system)
    channel = CHANNEL.search(system)
    return f"{channel[1] if channel else '?'}/{event_id[1] if event_id else '?'}"


def with_evtx(path):
    ids, errors = collections.Counter(), 0
    try:
        records = iter(evtx.PyEvtxParser(str(path)).records())
    except Exception as e:  # the binding raises RuntimeError for a file it cannot open
        return {"refused": type(e).__name__}
    while True:
        try:
            ids[key(next(records)["data"])] += 1
        except StopIteration:
            break
        except Exception:
            errors += 1
    return {"records": sum(ids.values()), "errors": errors, "ids": dict(sorted(ids.items()))}


def with_libevtx(path):
    log = pyevtx.file()
    try:
        log.open(str(path))
    except OSError as e:
        return {"refused": type(e).__name__}
    ids, errors = collections.Counter(), 0
    for i in range(log.get_number_of_records()):
        try:
            ids[key(log.get_record(i).get_xml_string())] += 1
        except Exception:  # libevtx raises OSError, the XML may be no UTF-8
            errors += 1
    recovered = log.get_number_of_recovered_records()
    log.close()
    return {"records": sum(ids.values()), "errors": errors, "recovered": recovered, "ids": dict(sorted(ids.items()))}


def main():
    check = "--check" in sys.argv[1:]
    if check and not SHARED.is_dir():
        return print(f"skipped: {SHARED} is missing")
    if not SHARED.is_dir():
        sys.exit(f"{SHARED} is missing: set LOGONSCOPE_SHARED to the folder that holds evtx/real and evtx/damaged")
    logs = sorted(p for folder in ("real", "damaged") for p in (SHARED / folder).glob("*.evtx"))
    lines = []
    for path in logs:
        said = {"evtx": with_evtx(path), "libevtx": with_libevtx(path)}
        lines.append(f"{json.dumps(f'{path.parent.name}/{path.name}')}: {json.dumps(said, sort_keys=True)}")
    text = "{\n" + ",\n".join(sorted(lines)) + "\n}\n"
    if check:
        kept = (HERE / "parsers.json").read_text().splitlines()
        for line in sorted(set(kept) ^ set(text.splitlines())):
            print("kept:" if line in kept else "made:", line)
        if kept != text.splitlines():
            sys.exit("parsers.json is not what the parsers say; `cargo xtask golden` makes it anew")
    else:
        (HERE / "parsers.json").write_text(text)
    print(f"parsers.json: {len(lines)} logs")


main()
