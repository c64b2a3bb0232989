"""What `tocsin why` found, as lines that a person reads from top to bottom. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from alerts.cleaning import counted, cut, plain

LONGEST = 110
"""Characters of a title or an earlier text."""

ACT_FIELDS = (
    "instrument", "stage", "authority", "jurisdiction", "number", "targets", "items",
    "published_on", "effective_on",
)  # fmt: skip


def tell(found: Mapping[str, Any]) -> Iterator[str]:
    """Yield the lines on an alert, an event or a post."""
    lines = {"alert": _alert, "event": _event, "post": _post}[found["kind"]]
    yield from lines(_cleaned(found))


def _cleaned(value: Any) -> Any:
    """Return what was found without control characters: much of it is text from outside."""
    if isinstance(value, str):
        return plain(value)
    if isinstance(value, Mapping):
        return {key: _cleaned(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_cleaned(inner) for inner in value]
    return value


def _alert(found: Mapping[str, Any]) -> Iterator[str]:
    yield f"ALERT {found['id']}  [{found['severity']}, {found['reason']}]"
    yield f"  {found['headline']}"
    for change in found["changes"]:
        yield f"  changed: {change}"
    yield f"  decided {found['at']} by rule “{found['rule']}”, event {found['event']}"
    for line in _fate(found):
        yield f"  {line}"
    for one in found["deliveries"]:
        tries = "1 try" if one["attempts"] == 1 else f"{one['attempts']} tries"
        error = f": {one['last_error']}" if one.get("last_error") else ""
        yield f"  {one['channel']}: {one['state']} after {tries} ({one['id']}){error}"
    yield ""
    yield "The post that set it off:"
    yield from _post(found["because"])


def _fate(found: Mapping[str, Any]) -> Iterator[str]:
    if found["sent_to"]:
        yield f"sent to {', '.join(found['sent_to'])}"
    if found["not_sent"]:
        yield f"not sent: {found['not_sent']}"
    if found["held_until"]:
        yield f"held until {found['held_until']} ({str(found['held_for']).replace('_', ' ')})"
    if found["told_in"]:
        yield f"told in {found['told_in']}"


def _event(found: Mapping[str, Any]) -> Iterator[str]:
    yield f"EVENT {found['id']}  [relevance {found['relevance']}, stage {found['stage'] or '-'}]"
    yield f"  {found['title']}"
    yield f"  {found['first_seen']} to {found['last_seen']}"
    if found.get("leans_on"):
        yield f"  leans on event {found['leans_on']}: it may be on the same act"
    if found.get("official_url"):
        yield f"  official text: {found['official_url']}"
    yield from _act(found["act"])
    yield from _corrections(found["corrections"])
    yield ""
    yield f"Its {counted(len(found['posts']), 'post')}, and by what each joined:"
    joined = {post["id"]: post["joined_by"] for post in found["posts"]}
    for post in found["because"]:
        by = joined.get(post["id"], "-")
        title = cut(" ".join(post["title"].split()), LONGEST)
        yield f"  {post['published_at']}  by {by}: {title} ({post['source']}, post {post['id']})"
    yield ""
    yield "Its alerts:" if found["alerts"] else "No alert was made on it."
    for one in found["alerts"]:
        yield f"  {one['at']}  {one['reason']:<8} {one['rule']}  {one['id']}"
    yield ""
    if not found["because"]:
        return
    yield "What the rules said of its first post (`tocsin why POST` for another):"
    for verdict in found["because"][0]["rules"]:
        yield from _verdict(verdict)


def _post(found: Mapping[str, Any]) -> Iterator[str]:
    yield f"POST {found['id']}  ({found['external_id']} at {found['source']})"
    yield f"  {cut(' '.join(found['title'].split()), LONGEST)}"
    if found["url"]:
        yield f"  {found['url']}"
    yield f"  published {found['published_at']}"
    event = found["event"]
    posts = counted(event["posts"], "post")
    yield f"  in event {event['id']} ({posts}), joined by: {event['joined_by']}"
    if "leans_on" in event:
        yield f"  which leans on event {event['leans_on']}: it may be on the same act"
    yield from _corrections(found["corrections"])
    for edit in found["edits"]:
        yield f"  edited {edit['at']}; before: {cut(' '.join(edit['before'].split()), LONGEST)}"
    yield ""
    words = "" if found["terms"] else ", not the current one, so without the terms behind them"
    yield f"Scores, by model {found['model']}{words}:"
    for topic, chance in found["topics"].items():
        least = found["thresholds"].get(topic)
        side = "a tag" if topic in found["tags"] else "no tag"
        told = "threshold not known" if least is None else f"threshold {least:.3f}"
        yield f"  {topic:<20} {chance:.3f}  {side} ({told})"
        yield from _terms(found["terms"].get(topic, ()))
    policy = found["policy"]
    yield (
        f"  policy grade {policy['grade']:<7} at least 2: {policy['at_least_2']:.3f}, "
        f"at least 3: {policy['at_least_3']:.3f}"
    )
    yield from _terms(found["terms"].get("policy", ()))
    yield from _act(found["act"])
    yield ""
    yield "Rules:"
    for verdict in found["rules"]:
        yield from _verdict(verdict)


def _terms(terms: Sequence[Sequence[Any]]) -> Iterator[str]:
    if terms:
        yield "      " + ", ".join(f"{term} {weight:+.2f}" for term, weight in terms)


def _act(act: Mapping[str, Any]) -> Iterator[str]:
    read = {name: act.get(name) for name in ACT_FIELDS if act.get(name)}
    yield ""
    if not read:
        yield "No act was read from it."
        return
    yield "The act, with the words that each field was read from:"
    words = act.get("read_from") or {}
    for name, value in read.items():
        said = ", ".join(value) if isinstance(value, list | tuple) else str(value)
        source = " … ".join(words.get(name, ()))
        yield f"  {name.replace('_', ' '):<14} {said}" + (f"  “{source}”" if source else "")


def _corrections(corrections: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for one in corrections:
        told = ", ".join(f"{key} {value}" for key, value in one.items() if value)
        yield f"  corrected by hand: {told}"


def _verdict(verdict: Mapping[str, Any]) -> Iterator[str]:
    if verdict["sent"]:
        fate = f"sent as alert {verdict['alert']}"
    elif verdict.get("held_until") and verdict["alert"]:
        fate = f"held as alert {verdict['alert']} until {verdict['held_until']}"
    else:
        fate = f"not sent: {verdict['not_sent']}"
    if verdict.get("told_in"):
        fate += f", told in {verdict['told_in']}"
    yield f"  “{verdict['rule']}”: {fate}"
    if verdict.get("held"):
        yield f"      what held: {', '.join(verdict['held'])}; relevance {verdict['relevance']}"
    rule = {key: value for key, value in (verdict["rule_then"] or {}).items() if key != "name"}
    if rule:
        asked = "; ".join(f"{key} {_short(value)}" for key, value in rule.items())
        yield f"      the rule then ({verdict['config'][:19]}): {asked}"


def _short(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {_short(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_short(inner) for inner in value) + "]"
    return str(value)
