"""Labelled rows in the formats that people exchange: JSONL, CSV, and Label Studio's JSON.

CSV has the columns of a row, topics joined by ";". A cell that a spreadsheet would take for a
formula gets a ' in front, which reading takes off again.
Label Studio (https://labelstud.io/guide/export): a list of tasks, `data` with the row's fields,
`annotations` with the choices of "topics", "policy" and "unsure".
"""

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import orjson

from classifier.corpus import parse
from classifier.labels import Example

FIELDS = ("id", "text", "lang", "style", "topics", "policy", "unsure")
LISTS = ("topics", "unsure")
FORMULA = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
"""What a spreadsheet may run, with the quotes that already stand before it."""

LONGEST_CELL = 64 * 2**20

Row = tuple[str, dict[str, Any]]
"""Where a row stands, and its fields."""

Complain = Callable[[str], None]
Placed = tuple[str, Example]


def to_row(example: Example) -> dict[str, Any]:
    """Return an example as a row; `unsure` only where there is something to say."""
    row: dict[str, Any] = {
        "id": example.id,
        "text": example.text,
        "lang": example.lang,
        "style": example.style,
        "topics": sorted(example.topics),
        "policy": example.policy,
    }
    return {**row, "unsure": sorted(example.unsure)} if example.unsure else row


def write(form: str, examples: Iterable[Example]) -> bytes:
    """Return examples written as "jsonl", "csv" or "label-studio"."""
    return WRITERS[form](to_row(example) for example in examples)


def read(
    form: str,
    content: bytes,
    name: str,
    complain: Complain,
    note: Complain,
    *,
    defaults: Mapping[str, str],
) -> list[Placed]:
    """Read "jsonl", "csv" or "label-studio".

    defaults: fields for rows that lack them. complain: told of each bad row, with its place;
    note: told of each task without an annotation, which is left out.
    """
    found: list[Placed] = []
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        complain(f"{name}: is not UTF-8 (byte {error.start + 1})")
        return found
    for place, row in READERS[form](text, name, complain, note):
        whole = {**{k: v for k, v in defaults.items() if v}, **row}
        try:
            found.append((place, parse(orjson.dumps(whole))))
        except (ValueError, TypeError) as error:
            complain(f"{place}: {error}")
    return found


def _write_jsonl(rows: Iterator[dict[str, Any]]) -> bytes:
    return b"".join(orjson.dumps(row) + b"\n" for row in rows)


def _read_jsonl(text: str, name: str, complain: Complain, note: Complain) -> Iterator[Row]:
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            row = orjson.loads(line)
        except orjson.JSONDecodeError as error:
            complain(f"{name}:{number}: is not JSON: {error}")
            continue
        if isinstance(row, dict):
            yield f"{name}:{number}", row
        else:
            complain(f"{name}:{number}: is not a JSON object")


def _write_csv(rows: Iterator[dict[str, Any]]) -> bytes:
    # Spreadsheets read a file without the byte order mark in the local encoding.
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(FIELDS)
    for row in rows:
        writer.writerow([_cell(row.get(field, [])) for field in FIELDS])
    return out.getvalue().encode("utf-8-sig")


def _cell(value: Any) -> str:
    text = ";".join(value) if isinstance(value, list) else str(value)
    return f"'{text}" if FORMULA.match(text) else text


def _read_csv(text: str, name: str, complain: Complain, note: Complain) -> Iterator[Row]:
    csv.field_size_limit(LONGEST_CELL)
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    place = f"{name}:1"
    try:
        missing = {"id", "text", "topics", "policy"} - set(reader.fieldnames or ())
        if missing:
            complain(f"{place}: has no column {', '.join(sorted(missing))}")
            return
        place = f"{name}:{reader.line_num + 1}"
        for cells in reader:
            if None in cells or None in cells.values():
                complain(f"{place}: has another number of cells than the first line")
            else:
                yield place, _from_cells(cells)
            place = f"{name}:{reader.line_num + 1}"
    except csv.Error as error:
        complain(f"{place}: is not CSV: {error}")


def _from_cells(cells: Mapping[str, str]) -> dict[str, Any]:
    row: dict[str, Any] = {}
    for field in FIELDS:
        cell = cells.get(field, "")
        value = cell[1:] if cell.startswith("'") and FORMULA.match(cell) else cell
        if field in LISTS:
            row[field] = [slug.strip() for slug in value.split(";") if slug.strip()]
        elif field == "policy":
            row[field] = _grade(value)
        elif value:
            row[field] = value
    return row


def _grade(value: str) -> Any:
    """Return the grade at the beginning of what was chosen, or the value as it stands."""
    found = re.match(r"\s*([0-9]+)(?:\D|$)", value)
    return int(found[1]) if found else value


def _write_label_studio(rows: Iterator[dict[str, Any]]) -> bytes:
    tasks = [
        {
            "id": number,
            "data": {field: row[field] for field in ("id", "text", "lang", "style")},
            "annotations": [
                {
                    "result": [
                        _chosen("topics", row["topics"]),
                        _chosen("policy", [str(row["policy"])]),
                        _chosen("unsure", row.get("unsure", [])),
                    ],
                    "was_cancelled": False,
                }
            ],
        }
        for number, row in enumerate(rows, 1)
    ]
    return orjson.dumps(tasks, option=orjson.OPT_INDENT_2) + b"\n"


def _chosen(name: str, choices: list[str]) -> dict[str, Any]:
    value = {"choices": choices}
    return {"from_name": name, "to_name": "text", "type": "choices", "value": value}


def _read_label_studio(text: str, name: str, complain: Complain, note: Complain) -> Iterator[Row]:
    try:
        tasks = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        complain(f"{name}: is not JSON: {error}")
        return
    if not isinstance(tasks, list):
        complain(f"{name}: is not a list of tasks")
        return
    for number, task in enumerate(tasks, 1):
        place = f"{name}: task {number}"
        try:
            row = _from_task(task)
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            told = error if isinstance(error, ValueError) else "is not a task of Label Studio"
            complain(f"{place}: {told}")
            continue
        if row is None:
            note(f"{place}: has no annotation, left out")
        else:
            yield place, row


def _from_task(task: dict[str, Any]) -> dict[str, Any] | None:
    data = task["data"]
    answers = [
        {part["from_name"]: part["value"]["choices"] for part in annotation["result"]}
        for annotation in task.get("annotations", [])
        if not annotation.get("was_cancelled")
    ]
    if not answers:
        return None
    labels = [_from_choices(choices) for choices in answers]
    if any(other != labels[0] for other in labels):
        raise ValueError("its annotations disagree: settle them first")
    known = {field: data[field] for field in ("text", "lang", "style") if data.get(field)}
    own = data.get("id") or f"label-studio-{task['id']}"
    return {"id": str(own), **known, **labels[0]}


def _from_choices(choices: Mapping[str, list[str]]) -> dict[str, Any]:
    grades = choices.get("policy", [])
    if len(grades) != 1:
        raise ValueError("needs exactly one choice of policy")
    return {
        "topics": sorted(choices.get("topics", [])),
        "policy": _grade(grades[0]),
        "unsure": sorted(choices.get("unsure", [])),
    }


Writer = Callable[[Iterator[dict[str, Any]]], bytes]
Reader = Callable[[str, str, Complain, Complain], Iterator[Row]]
WRITERS: Mapping[str, Writer] = {
    "jsonl": _write_jsonl,
    "csv": _write_csv,
    "label-studio": _write_label_studio,
}
READERS: Mapping[str, Reader] = {
    "jsonl": _read_jsonl,
    "csv": _read_csv,
    "label-studio": _read_label_studio,
}
