"""Counts the JUnit files of a test run: a line a file, every failure and skip by name, one closing line.
Exit 1 when something failed, nothing ran, or (with CI set) something was skipped."""
import os
import pathlib
import sys
import xml.etree.ElementTree as tree

passed = failed = skipped = 0
for path in sorted(pathlib.Path(sys.argv[1]).glob("*.xml")):
    here = [0, 0, 0]
    for case in tree.parse(path).iter("testcase"):
        name = f"{case.get('classname', '')}::{case.get('name')}"
        if case.find("failure") is not None or case.find("error") is not None or case.get("status") == "fail":
            here[1] += 1
            print(f"FAILED  {path.stem}: {name}")
        elif case.find("skipped") is not None or case.get("status") in ("notrun", "disabled"):
            here[2] += 1
            why = case.find("skipped")
            print(f"SKIPPED {path.stem}: {name} {why.get('message', '') if why is not None else ''}")
        else:
            here[0] += 1
    print(f"{path.stem:24} {here[0]:5} passed {here[1]:4} failed {here[2]:4} skipped")
    passed, failed, skipped = passed + here[0], failed + here[1], skipped + here[2]
print(f"{passed} passed, {failed} failed, {skipped} skipped")
sys.exit(1 if failed or not passed or (skipped and os.environ.get("CI")) else 0)
