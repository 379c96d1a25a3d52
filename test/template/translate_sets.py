"""Translates the template with each parameter set, in each form in which CloudFormation can hand parameters to SAM.

    python translate_sets.py TEMPLATE < SETS

SETS is JSON: name of a set -> {parameters: name -> value, overrides: arguments of `sam deploy --parameter-overrides`}.
Prints JSON: name of a set -> form -> {parameters, error, template}.
`template` is present only if it differs from the translation without parameters.
"""

import json
import sys

from samcli.cli.types import CfnParameterOverridesType
from samcli.commands.deploy.deploy_context import DeployContext
from samtranslator.model.exceptions import InvalidDocumentException

from translate import read_template, translate


def handed_over(template, given):
    """The values in the change set of `sam deploy`, by SAM CLI's own code. Others are defaults, or previous values."""
    parsed = CfnParameterOverridesType().convert(tuple(given["overrides"]), None, None)
    merged = DeployContext.merge_parameters(template, parsed)
    return {one["ParameterKey"]: one["ParameterValue"] for one in merged if "ParameterValue" in one}


def every_value(template, given):
    """Every value as text, as the console and CreateChangeSet send them, and as updates keep previous ones."""
    values = given["parameters"]
    return {name: values.get(name, str(one["Default"])) for name, one in template["Parameters"].items()}


def as_macro_values(template, given):
    """Numbers and lists as such, as CloudFormation hands macros the parameters of these types."""

    def typed(name, value):
        kind = template["Parameters"][name]["Type"]
        if kind == "CommaDelimitedList":
            return [item.strip() for item in value.split(",")]
        return int(value) if kind == "Number" else value

    return {name: typed(name, value) for name, value in every_value(template, given).items()}


FORMS = {
    "sam deploy": handed_over,
    "console": every_value,
    "macro": as_macro_values,
}


def attempt(template, parameters, expected):
    try:
        translated = translate(template, parameters)
    except InvalidDocumentException as error:
        return {"parameters": parameters, "error": "; ".join(cause.message for cause in error.causes)}
    different = {} if translated == expected else {"template": translated}
    return {"parameters": parameters, "error": None, **different}


def main():
    template = read_template(sys.argv[1])
    expected = translate(template, {})
    sets = json.load(sys.stdin)
    print(
        json.dumps(
            {
                name: {form: attempt(template, values(template, given), expected) for form, values in FORMS.items()}
                for name, given in sets.items()
            }
        )
    )


main()
