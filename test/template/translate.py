"""Prints the template as CloudFormation gets it: SAM's resources expanded, intrinsic functions left as they are.

    python translate.py TEMPLATE
"""

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


with open(sys.argv[1], encoding="utf-8") as file:
    # Written out and read again, as by `sam build`: aliases are copies then, and the translation of one changes no other.
    template = yaml_parse(yaml_dump(yaml_parse(file.read())))
for resource in template["Resources"].values():
    for name in ("CodeUri", "ContentUri"):
        if name in resource.get("Properties", {}):
            resource["Properties"][name] = "s3://bucket/key"
template["Globals"]["Function"]["CodeUri"] = "s3://bucket/key"
print(json.dumps(transform(template, {}, NoManagedPolicies())))
