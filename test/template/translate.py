"""Prints the template as CloudFormation gets it: SAM's resources expanded, intrinsic functions left as they are.

    python translate.py TEMPLATE
"""

import copy
import json
import os
import sys

from samcli.yamlhelper import yaml_dump, yaml_parse
from samtranslator.translator.transform import transform


os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")


class NoManagedPolicies:
    """The template names no managed policy. If it ever does, this fails."""

    def load(self):
        return {}


def read_template(path):
    """The template as `sam build` and `sam package` write it."""
    with open(path, encoding="utf-8") as file:
        # Written out and read again: aliases are copies then, and the translation of one changes no other.
        template = yaml_parse(yaml_dump(yaml_parse(file.read())))
    for resource in template["Resources"].values():
        for name in ("CodeUri", "ContentUri"):
            if name in resource.get("Properties", {}):
                resource["Properties"][name] = "s3://bucket/key"
    template["Globals"]["Function"]["CodeUri"] = "s3://bucket/key"
    return template


def translate(template, parameters):
    return transform(copy.deepcopy(template), parameters, NoManagedPolicies())


if __name__ == "__main__":
    print(json.dumps(translate(read_template(sys.argv[1]), {})))
