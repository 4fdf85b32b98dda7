"""Compares the expressions of `imageswap policy` with golden cases: agree.py PROGRAM SWAP.JSONL"""

import json
import re
import subprocess
import sys
import tempfile

import celpy
import yaml
from celpy import celtypes


def text(value):
    return celtypes.StringType(value)


def plus(one, other):
    """cel-python's own gives a str for two strings, which has none of CEL's methods."""
    if isinstance(one, str) and isinstance(other, str):
        return text(str(one) + str(other))
    return one + other


# What Kubernetes' CEL has beyond cel-python's, as cel-go defines it.
FUNCTIONS = {
    "_+_": plus,
    "substring": lambda s, start, end=None: text(str(s)[int(start):None if end is None else int(end)]),
    "indexOf": lambda s, part: celtypes.IntType(str(s).find(str(part))),
    "lastIndexOf": lambda s, part: celtypes.IntType(str(s).rfind(str(part))),
    "lowerAscii": lambda s: text(re.sub("[A-Z]", lambda m: m[0].lower(), str(s))),
    "split": lambda s, mark: celtypes.ListType([text(part) for part in str(s).split(str(mark))]),
}

environment = celpy.Environment()
programs = {}


def evaluate(expression, activation):
    if expression not in programs:
        programs[expression] = environment.program(environment.compile(expression), FUNCTIONS)
    return programs[expression].evaluate(activation)


def results(policy, images):
    """What the policy makes of a pod's images."""
    pod = {"metadata": {"name": "p"}, "spec": {"containers": [{"name": "c", "image": image} for image in images]}}
    activation = {"object": celpy.json_to_cel(pod), "oldObject": None}
    for condition in policy["spec"]["matchConditions"]:
        assert evaluate(condition["expression"], activation), condition
    variables = celtypes.MapType()
    for variable in policy["spec"]["variables"]:
        value = evaluate(variable["expression"], activation | {"variables": variables})
        variables[text(variable["name"])] = value
    assert [str(image) for image in variables[text("images")]] == images
    return [str(image) for image in variables[text("results")]]


def main(program, golden):
    groups = {}
    for line in open(golden, encoding="utf-8"):
        case = json.loads(line)
        if case["mode"] == "MAPS":
            groups.setdefault(case["maps"], []).append(case)
    said = refused = wrong = 0
    for maps, cases in groups.items():
        with tempfile.NamedTemporaryFile("w", encoding="utf-8", newline="") as file:
            file.write(maps)
            file.flush()
            run = subprocess.run([program, "policy", "--maps", file.name], capture_output=True, text=True)
        if run.returncode == 65 and ": no policy can say this line: the pattern " in run.stderr:
            refused += len(cases)
            continue
        assert run.returncode == 0, run.stderr
        policy, binding = yaml.safe_load_all(run.stdout)
        assert binding["spec"]["policyName"] == policy["metadata"]["name"]
        for case, result in zip(cases, results(policy, [case["image"] for case in cases]), strict=True):
            said += 1
            if result != case["expected"]:
                wrong += 1
                print(f"{case['image']!r} became {result!r} instead of {case['expected']!r} under\n{maps}")
    print(f"policy: {said} golden cases agree but for {wrong}; {refused} have a pattern that no policy can say")
    return wrong > 0 or said < 2000


sys.exit(main(*sys.argv[1:]))
