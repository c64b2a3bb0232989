"""One CEL expression of a rule: checked when the config is loaded, bounded when it runs. Pure.

The checker knows every variable and its type. The loops map() and filter() are left out, since
with them a short line can ask for any amount of memory; exists() and all() run one level deep,
so that a line of MAX_EXPRESSION characters takes well under a second on the longest text.
"""

import difflib
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Annotated, Any

import re2
from pydantic import AfterValidator

MAX_EXPRESSION = 1000
"""Characters of an expression."""

TEXT_READS = 20_000
"""Characters of a text that an expression sees, as many as the classifier reads."""

VARIABLES: Mapping[str, str] = {
    "topics": "map<string,double>",
    "tags": "list<string>",
    "policy": "int",
    "policy.at_least_2": "double",
    "policy.at_least_3": "double",
    "relevance": "int",
    "engagement": "int",
    "followers": "int",
    "official": "bool",
    "limited": "bool",
    "source": "string",
    "author": "string",
    "lang": "string",
    "title": "string",
    "text": "string",
    "published": "timestamp",
    "platform_tags": "list<string>",
    "act.instrument": "string",
    "act.stage": "string",
    "act.authority": "string",
    "act.jurisdiction": "string",
    "act.number": "string",
    "act.effective_on": "string",
    "act.targets": "list<string>",
    "act.items": "list<string>",
    "event.posts": "int",
    "event.sources": "list<string>",
    "event.relevance": "int",
    "event.official": "bool",
    "event.first_seen": "timestamp",
}
"""What an expression may name, with its CEL type."""

LOOP = re.compile(r"\.\s*(?:all|exists|exists_one)\s*\(")
QUOTED = re.compile(
    r"'''(?:\\.|[^\\])*?'''|\"\"\"(?:\\.|[^\\])*?\"\"\""
    r"|'(?:\\.|[^'\\\n])*'|\"(?:\\.|[^\"\\\n])*\""
    r"|(?P<name>`[^`\n]*`)|(?P<comment>//[^\n]*)",
    re.DOTALL,
)
"""A text or a comment, in which nothing is code, or a name in backticks, which is some."""

MATCHES = re.compile(r"\.\s*matches\s*\(\s*(r?)(?:'([^'\n]*)'|\"([^\"\n]*)\")\s*\)")
FIELD = re.compile(r"(?<![\w.])topics\s*\.\s*(?:`([^`\n]*)`|([A-Za-z_]\w*)(?!\w|\s*\())")
TOPIC = re.compile(r"\btopics\s*\[\s*(?:'([^'\n]*)'|\"([^\"\n]*)\")\s*\]")
COMPLAINT = re.compile(r"<input>:(-?\d+):(-?\d+): (.*)")
UNDECLARED = re.compile(r"undeclared reference to '([^']*)'")
OVERLOAD = re.compile(r"found no matching overload for '([^']*)' applied to '([^']*)'")
ABSENT = re.compile(r'No value with name "([^"]*)"|Key not found in map : "?([^"]*)')

HABITS = {
    r"\b(?:and|or|not)\b": "CEL writes && for and, || for or, ! for not",
    r"(?<![&|])[&|](?![&|])": "CEL writes && and ||",
    r"(?<![=!<>])=(?!=)": "CEL compares with ==",
}
"""What other languages write -> what CEL writes."""


@lru_cache(maxsize=1)
def _environment() -> Any:
    # Loaded when a rule needs it: most configs have no expression.
    from cel_expr_python import cel

    variables = "".join(f"\n- {{name: {n}, type: '{t}'}}" for n, t in VARIABLES.items())
    return cel.NewEnv(
        config=cel.NewEnvConfigFromYaml(
            f"name: rule\nstdlib: {{exclude_macros: [map, filter]}}\nvariables:{variables}"
        )
    )


@lru_cache(maxsize=8192)
def compiled(written: str) -> Any:
    """Return an expression ready to run. Raises ValueError with every mistake in it."""
    if len(written) > MAX_EXPRESSION:
        raise ValueError(f"is longer than {MAX_EXPRESSION:,} characters")
    if not written.strip():
        raise ValueError("must not be empty")
    _check_loops(written)
    try:
        expression = _environment().compile(written)
    except RuntimeError as error:
        raise ValueError(_told(str(error), written)) from error
    kind = expression.return_type().name()
    if kind != "BOOL":
        raise ValueError(f"gives {kind.lower()}, not true or false: compare it with something")
    _check_patterns(written)
    return expression


def check_expression(written: str) -> str:
    """Refuse an expression that does not compile, names what is not there or mixes types."""
    compiled(written)
    return written


Expression = Annotated[str, AfterValidator(check_expression)]


def topics_named(written: str) -> list[str]:
    """Return the topics that an expression asks for by name."""
    found = [*TOPIC.findall(written), *FIELD.findall(_bare(written))]
    return [one or other for one, other in found]


def _bare(written: str) -> str:
    """Return an expression without its comments and what its texts say."""
    return QUOTED.sub(lambda one: one["name"] or (" " if one["comment"] else "''"), written)


def activate(values: Mapping[str, Any]) -> Any:
    """Make values ready for several expressions; what is not known is left out."""
    known = {name: value for name, value in values.items() if value is not None}
    return _environment().Activation(data=known)


def run(written: str, activation: Any) -> bool | str:
    """Return whether an expression holds, or in a few words why that can't be told."""
    try:
        value = compiled(written).eval(activation)
    except RuntimeError as error:
        return _reason(str(error))
    if value.type().name() == "BOOL":
        return bool(value.value())
    return _reason(str(value.value()))


def _reason(said: str) -> str:
    absent = ABSENT.search(said)
    if absent:
        return f"missing field {absent[1] or f'topics.{absent[2]}'}"
    if "budget" in said:
        return "too many steps"
    plain = re.sub(r"^[A-Z_]+: |\s*\[[A-Z_]+\]$", "", said.splitlines()[0] if said else "")
    return plain[:200] or "no answer"


def _check_loops(written: str) -> None:
    """Refuse a loop within a loop: their steps multiply."""
    bare = _bare(written)
    depth, loops = 0, list[int]()
    for found in re.finditer(rf"{LOOP.pattern}|[()]", bare):
        if found[0] == ")":
            if loops and loops[-1] == depth:
                loops.pop()
            depth -= 1
            continue
        depth += 1
        if found[0] != "(":
            if loops:
                raise ValueError("has exists() or all() within another: one level is allowed")
            loops.append(depth)


def _check_patterns(written: str) -> None:
    """Refuse matches('...') with a pattern that re2 does not take."""
    options = re2.Options()
    options.log_errors = False
    for raw, single, double in MATCHES.findall(written):
        pattern = single or double
        if "\\" in pattern and not raw:
            continue
        try:
            re2.compile(pattern, options)
        except re2.error as error:
            raise ValueError(f"has a pattern that re2 does not take: {pattern!r}") from error


def _told(said: str, written: str) -> str:
    """Turn the checker's complaints into one line."""
    complaints = COMPLAINT.findall(said)
    if "recursion" in said:
        return "is nested too deeply"
    left_out = re.search(r"\.\s*(map|filter)\s*\(", _bare(written))
    if left_out:
        return f"has {left_out[1]}(), which is not available here: exists() and all() are"
    told = [f"near character {place}: {_plain(message)}" for _, place, message in complaints]
    habit = next((one for one in HABITS if re.search(one, _bare(written))), None)
    if habit and any("Syntax error" in message for _, _, message in complaints):
        return f"{told[0]}; {HABITS[habit]}"
    return "; ".join(list(dict.fromkeys(told))[:5]) or "is not a CEL expression"


def _plain(message: str) -> str:
    unknown = UNDECLARED.match(message)
    if unknown:
        return _unknown(unknown[1])
    overload = OVERLOAD.match(message)
    if overload:
        operator = overload[1].strip("_@").replace("_", " ")
        kinds = overload[2].strip("()")
        hint = ""
        if set(kinds.split(", ")) == {"int", "double"}:
            hint = ": compare whole numbers with whole numbers, or double(...) with 0.5"
        return f"{operator} does not go with {kinds.replace(', ', ' and ')}{hint}"
    if message.startswith("Syntax error"):
        cause = message.removeprefix("Syntax error: ").partition(" expecting")[0]
        cause = cause.replace("'<EOF>'", "the end")
        return f"cannot be read here: {cause}"
    if message.startswith("has() argument"):
        return "has() asks only for a topic, as in has(topics.china)"
    return message.removesuffix(" [INVALID_ARGUMENT]")


def _unknown(name: str) -> str:
    inside = [known for known in VARIABLES if known.startswith(f"{name}.")]
    close = inside or difflib.get_close_matches(name, VARIABLES, n=1, cutoff=0.6)
    hint = f"did you mean {close[0]}?" if close else "docs/rules.md lists what there is"
    return f"{name!r} is not known: {hint}"
