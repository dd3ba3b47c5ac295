# What schemathesis cannot read in a description, for .ci/described.
import datetime
import json

import schemathesis


@schemathesis.serializer("application/x-ndjson")
def lines(context, value):
    """A list goes one on each line."""
    if isinstance(value, list):
        return "".join(json.dumps(item) + "\n" for item in value).encode()
    return json.dumps(value).encode()


@schemathesis.deserializer("application/x-ndjson")
def answered(context, response):
    return [json.loads(line) for line in response.text.split("\n") if line]


def is_ahead(time):
    """Nothing is known of what is yet to come, which no schema can say."""
    return isinstance(time, str) and time[:4] >= str(datetime.date.today().year)


def is_wrong(case):
    return case.meta is not None and case.meta.generation.mode == schemathesis.GenerationMode.NEGATIVE


@schemathesis.hook
def filter_case(context, case):
    # Where lines are sent, what is wrong with one is said in its place, and the others are decided.
    if case.media_type == "application/x-ndjson" and is_wrong(case):
        return False
    bodies = case.body if isinstance(case.body, list) else [case.body]
    bodies = [body for body in bodies if isinstance(body, dict)]
    # A history that was sent is refused where the one that is kept is asked for.
    if (case.query or {}).get("history") == "kept" and any("history" in body for body in bodies):
        return False
    return not any(is_ahead(body.get(key)) for body in bodies for key in ("known", "complete_to"))
