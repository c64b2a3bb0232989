"""The commands `label` and `labels`, as a Typer app to be joined."""

import os
import re
import sys
import termios
import tty
from collections.abc import Generator, Sequence
from contextlib import closing
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.text import Text

from alerts.cleaning import cut, plain
from alerts.cli_read import ConfigOption, FormatOption
from alerts.listing import Format, show

if TYPE_CHECKING:
    from alerts.feedback import Asked, Draft
    from classifier.audit import Doubt, Twin

SHOWN = 900
"""Characters of a post that the queue shows."""

END = "\x04"
"""What Ctrl-D types."""

NO_KEYS = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|O.)?")
"""What arrows and function keys type (ECMA-48); their digits are no topics."""

app = typer.Typer(no_args_is_help=True)
labels_app = typer.Typer(no_args_is_help=True, help="Labelled posts: exchange and audit.")
app.add_typer(labels_app, name="labels")


class Form(StrEnum):
    """What labels are exchanged in."""

    JSONL = "jsonl"
    CSV = "csv"
    LABEL_STUDIO = "label-studio"


LabelsOption = Annotated[
    Path | None,
    typer.Option("--labels", help="The labels file; by default labels.jsonl beside the config."),
]


@app.command()
def label(
    config: ConfigOption = None,
    labels: LabelsOption = None,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, help="At most so many posts.")] = 50,
    pool: Annotated[
        int, typer.Option("--pool", min=1, help="How many of the newest posts to choose from.")
    ] = 2000,
    suggest: Annotated[
        bool, typer.Option("--suggest", help="Begin each post with the model's verdict.")
    ] = False,
) -> None:
    """Label stored posts, those first whose label would teach most; one key a topic."""
    from alerts import feedback
    from alerts.opening import load_config, models_folder
    from alerts.store.connect import open_store
    from classifier import artefact

    checked = load_config(config, secrets=False)
    file = labels or checked.path.parent / feedback.LABELS_FILE
    done = [example for _, example in feedback.read_labels(file)]
    model = artefact.serve(models_folder(checked))
    store = open_store(checked.service.database)
    try:
        with store.read() as connection:
            queue = feedback.questions(connection, model, done, most=limit, pool=pool)
    finally:
        store.close()
    screen = Screen(model.topics, len(queue), suggest=suggest)
    if not queue:
        screen.say("no unlabelled post: poll some first, or look at more with --pool")
        return
    screen.say(screen.keys)
    with closing(keys()) as typed:
        made = feedback.review(queue, typed, model.topics, file, screen.show, suggest=suggest)
    screen.say(f"{made} labels added to {file}, which holds {len(done) + made}")


def keys() -> Generator[str, None, None]:
    """Yield what is typed key by key; from a pipe, the characters of its lines."""
    if not sys.stdin.isatty():
        for line in sys.stdin:
            yield from line
        return
    terminal = sys.stdin.fileno()
    before = termios.tcgetattr(terminal)
    try:
        # Set once, and without a flush: who types fast loses no key between two posts.
        tty.setcbreak(terminal, termios.TCSANOW)
        while typed := os.read(terminal, 1024):
            ended, _, _ = typed.decode("utf-8", "replace").partition(END)
            yield from NO_KEYS.sub("", ended)
            if END.encode() in typed:
                return
    finally:
        termios.tcsetattr(terminal, termios.TCSANOW, before)


class Screen:
    """What the queue shows, on standard error."""

    def __init__(self, topics: Sequence[str], posts: int, *, suggest: bool) -> None:
        self._console = Console(stderr=True, highlight=False, soft_wrap=True)
        self._topics = topics
        self._posts = posts
        self._suggest = suggest
        self._typing = sys.stdin.isatty()

    @property
    def keys(self) -> str:
        """What each key means."""
        topics = "  ".join(f"{at} {topic}" for at, topic in enumerate(self._topics[:9], 1))
        return (
            f"{topics}\np then 0-3 policy  u then a topic: unsure of it  Enter save  "
            "s skip  z undo  q quit"
        )

    def say(self, line: str) -> None:
        """Print a line as it stands."""
        self._console.print(Text(line))

    def show(self, asked: "Asked", draft: "Draft", happened: str) -> None:
        """Print a post when it comes up, and the label as it grows."""
        if happened == "post":
            self._show_post(asked)
        elif happened == "unknown":
            self.say("  that key means nothing here")
        elif happened == "save":
            self.say(f"  saved: {self._state(draft)}")
        elif happened != "key":
            self.say(f"  {happened}")
        if self._typing and happened in ("key", "post"):
            self.say(f"  {self._state(draft)}")

    def _show_post(self, asked: "Asked") -> None:
        post, question = asked.post, asked.question
        head = f"{plain(post.source)}  {post.published_at:%Y-%m-%d %H:%M}  {plain(post.lang)}"
        self.say(f"\n{head}  ({question.why}: {question.about})")
        paragraphs = (plain(part) for part in cut(post.text, SHOWN).splitlines())
        self.say("\n".join(part for part in paragraphs if part))
        if self._suggest:
            chances = asked.tagging.topics.items()
            self.say("  model: " + "  ".join(f"{topic} {p:.2f}" for topic, p in chances))

    def _state(self, draft: "Draft") -> str:
        said = ", ".join(sorted(draft.topics)) or "no topic"
        unsure = f", unsure of {', '.join(sorted(draft.unsure))}" if draft.unsure else ""
        return f"{said}, policy {draft.policy}{unsure} {draft.pending}".rstrip()


@labels_app.command("import")
def labels_import(
    file: Annotated[str, typer.Argument(metavar="FILE|-", help="What to read.")],
    form: Annotated[Form, typer.Option("--from", help="What FILE is written in.")],
    config: ConfigOption = None,
    labels: LabelsOption = None,
    lang: Annotated[str, typer.Option("--lang", help="For rows that name no language.")] = "",
    style: Annotated[str, typer.Option("--style", help="For rows that name no style.")] = "",
    replace: Annotated[
        bool, typer.Option("--replace", help="Let a row change the label of its id.")
    ] = False,
) -> None:
    """Add labelled rows to the labels file: all of them, or none and what is wrong."""
    from alerts import feedback
    from alerts.opening import known_topics

    content, name = _content(file)
    rows = feedback.parse_labels(form, content, name, note=_note, lang=lang, style=style)
    target, models = _target(config, labels)
    added, changed = feedback.take_in(target, rows, known=known_topics(models), replacing=replace)
    same = len(rows) - added - changed
    _note(f"{added} labels added to {target}, {changed} changed, {same} there already")


@labels_app.command("export")
def labels_export(
    file: Annotated[str, typer.Argument(metavar="FILE|-", help="Where to write.")],
    form: Annotated[Form, typer.Option("--to", help="What to write it in.")],
    config: ConfigOption = None,
    labels: LabelsOption = None,
) -> None:
    """Write the labels file in another format."""
    from alerts import feedback
    from classifier import exchange

    target, _ = _target(config, labels)
    examples = [example for _, example in feedback.read_labels(target)]
    content = exchange.write(form, examples)
    if file == "-":
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
    else:
        feedback.write_whole(Path(file), content)
    _note(f"{len(examples)} labels of {target}")


@labels_app.command("audit")
def labels_audit(
    corpus: Annotated[
        list[Path] | None,
        typer.Option("--corpus", help="Folder or file of labelled JSONL; may be repeated."),
    ] = None,
    gazetteer: Annotated[
        list[Path] | None,
        typer.Option("--gazetteer", help="Folder of NAME.tsv files; may be repeated."),
    ] = None,
    limit: Annotated[
        int, typer.Option("--limit", "-n", min=0, help="At most so many doubtful labels.")
    ] = 50,
    least: Annotated[
        float, typer.Option("--least", min=0, max=1, help="Certainty from which one is told.")
    ] = 0.8,
    quick: Annotated[
        bool, typer.Option("--quick", help="Near-duplicates only: trains nothing.")
    ] = False,
    fmt: FormatOption = Format.TABLE,
) -> None:
    """Find likely label errors, contradicting near-duplicates, and leaks between files."""
    from classifier import audit
    from classifier import corpus as corpora
    from classifier.gazetteer import Gazetteer
    from classifier.resources import shipped

    read = corpora.read(corpus or [shipped("data", "corpus")], repeats=True)
    against = audit.contradictions(read)
    rows = [_twin_row("contradiction", twin) for twin in against]
    rows += [_twin_row("leak", twin) for twin in audit.leaks(read)]
    if not quick:
        terms = Gazetteer.load(*(gazetteer or [shipped("data", "gazetteer")]))
        chances = audit.held_out(read, terms, progress=_progress)
        doubts = audit.doubts(read, chances, least=least)
        rows += [_doubt_row(doubt) for doubt in doubts[:limit]]
        _note(f"{len(doubts)} labels that held-out scores doubt by {least} or more")
    _note(f"{len(read.examples)} rows, {len(against)} contradict a near-duplicate")
    columns = ("kind", "id", "label", "given", "expected", "certainty", "other", "text")
    show(rows, fmt, columns, "nothing found")
    if against:
        raise typer.Exit(1)


def _progress(now: str, done: int, steps: int) -> None:
    if sys.stderr.isatty():
        print(f"\r{now:<40}", end="" if done < steps else "\n", file=sys.stderr, flush=True)


def _doubt_row(doubt: "Doubt") -> dict[str, Any]:
    return {
        "kind": "doubt",
        "id": doubt.example.id,
        "place": doubt.place,
        "label": doubt.label,
        "given": doubt.given,
        "expected": doubt.expected,
        "certainty": round(doubt.certainty, 4),
        "text": cut(plain(doubt.example.text), 200),
    }


def _twin_row(kind: str, twin: "Twin") -> dict[str, Any]:
    return {
        "kind": kind,
        "id": twin.example.id,
        "place": twin.place,
        "label": ", ".join(twin.differ),
        "other": twin.other.id,
        "other_place": twin.other_place,
        "same_text": twin.same,
        "text": cut(plain(twin.example.text), 200),
    }


def _note(line: str) -> None:
    print(line, file=sys.stderr)


def _content(file: str) -> tuple[bytes, str]:
    from classifier.errors import InputError

    if file == "-":
        return sys.stdin.buffer.read(), "standard input"
    try:
        return Path(file).read_bytes(), file
    except OSError as error:
        raise InputError(f"{file}: cannot be read: {error.strerror}") from error


def _target(config: Path | None, labels: Path | None) -> tuple[Path, Path | None]:
    """Return the labels file and the folder of models; without a config where none is needed."""
    from alerts.config import find_config
    from alerts.feedback import LABELS_FILE
    from alerts.opening import load_config, models_folder

    if labels is not None and config is None and not find_config(None).exists():
        return labels, None
    checked = load_config(config, secrets=False)
    return labels or checked.path.parent / LABELS_FILE, models_folder(checked)
