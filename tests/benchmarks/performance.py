"""Measures how fast posts are classified, beside other ways, and how the cost grows.

make bench                     all of it, a few minutes; writes docs/performance.md
python tests/benchmarks/performance.py --short      a minute; fails only if scores are wrong
python tests/benchmarks/performance.py --only batches single      some sections, printed only

A section is a function from Bench to lines of Markdown; SECTIONS lists them. Times are processor
seconds of this process, which uses one core, so that other work on the machine counts little;
ways are run in turn, and a ratio is the median of the ratios of the rounds.
"""

import argparse
import os
import platform
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from importlib import metadata
from multiprocessing import get_context
from pathlib import Path
from random import Random

import numpy as np
import orjson
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from classifier import artefact, corpus
from classifier.compiled import Compiled, unpack
from classifier.gazetteer import Gazetteer
from classifier.model import Parameters
from classifier.scorer import Scorer
from classifier.train import train

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.benchmarks.performance_ways import Way, make_ways, tile  # noqa: E402

SHARED = ROOT.parent / "shared"
CLOSE = 1e-6
OURS, NUMPY = "Tocsin", "Tocsin without numba"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """What the sections share.

    texts: name of a collection -> its texts. rounds: how often each way runs. short: sizes are
    small and times mean nothing. reached: section and way -> ratios, one a collection.
    """

    ways: dict[str, Way]
    texts: dict[str, list[str]]
    rounds: int
    short: bool
    reached: dict[tuple[str, str], list[float]]


def demo_texts() -> list[str]:
    """Return the posts of the demo: lines of JSON, and titles of feeds and of its JSON."""
    folder = ROOT / "data" / "demo"
    texts = [
        str(orjson.loads(line).get("text", ""))
        for file in sorted(folder.rglob("*.jsonl"))
        for line in file.read_text(encoding="utf-8").splitlines()
    ]
    for file in sorted([*folder.rglob("*.xml"), *folder.rglob("v1.json")]):
        held = file.read_text(encoding="utf-8")
        texts += re.findall(r"<title>(.*?)</title>|\"post_title\": ?\"(.*?)\"", held) and [
            one or two
            for one, two in re.findall(r"<title>(.*?)</title>|\"post_title\": ?\"(.*?)\"", held)
        ]
    return [text for text in texts if text]


def federal_texts() -> list[str]:
    """Return titles and abstracts of the Federal Register, where they are."""
    file = SHARED / "streams" / "federal_register_2024.jsonl"
    if not file.exists():
        return []
    rows = map(orjson.loads, file.read_bytes().splitlines())
    texts = [f"{row['title']}\n{row.get('abstract') or ''}" for row in rows]
    return texts[::10]


def reuters_texts(most: int = 1000) -> list[str]:
    """Return articles of Reuters-21578, where they are."""
    texts: list[str] = []
    for file in sorted((SHARED / "benchmarks" / "reuters21578").glob("*.sgm")):
        if len(texts) >= most:
            break
        held = file.read_text(encoding="latin-1")
        for article in re.findall(r"<REUTERS.*?</REUTERS>", held, re.DOTALL):
            title = re.search(r"<TITLE>(.*?)</TITLE>", article, re.DOTALL)
            body = re.search(r"<BODY>(.*?)</BODY>", article, re.DOTALL)
            if title and body:
                texts.append(f"{title[1]}\n{body[1]}")
    return texts[:most]


def seconds(work: Callable[[], object]) -> float:
    """Return the processor time of a piece of work."""
    began = time.process_time()
    work()
    return time.process_time() - began


def in_turn(ways: dict[str, Way], texts: list[str], rounds: int) -> dict[str, list[float]]:
    """Return the seconds of each round of each way; the first, which warms up, is left out."""
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for turn in range(rounds + 1):
        for name, way in ways.items():
            spent = seconds(partial(way, texts))
            if turn:
                taken[name].append(spent)
    return taken


def spread(values: Sequence[float], form: str = ",.0f") -> str:
    """Return the median with the range."""
    low, high = min(values), max(values)
    return f"{statistics.median(values):{form}} ({low:{form}} to {high:{form}})"


def machine(bench: Bench) -> Iterator[str]:
    """What it was measured on."""
    model = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists() and (found := re.search(r"model name\s*:\s*(.*)", info.read_text())):
        model = found[1]
    names = ["numpy", "scipy", "scikit-learn", "numba", "fasttext-numpy2-wheel", "fasttext-wheel"]
    known = [f"{name} {version}" for name in names if (version := _version(name))]
    python = platform.python_version()
    today = datetime.now(UTC).date().isoformat()
    yield f"{today}: {model}, {os.cpu_count()} cores, {platform.system()}, Python {python}"
    yield f"with {', '.join(known)}; model {artefact.current(ROOT / 'models')}."
    if hasattr(os, "getloadavg"):
        yield f"Other work ran beside it: load {os.getloadavg()[0]:.1f} when this began."
    yield f"Medians of {bench.rounds} rounds in turn, with the range, on one core."


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""


def batches(bench: Bench) -> Iterator[str]:
    """All posts of a collection at once."""
    for name, texts in bench.texts.items():
        some = texts[:200] if bench.short else texts
        yield ""
        yield f"{name}: {len(some):,} texts, {np.mean(list(map(len, some))):,.0f} characters each"
        yield ""
        yield from table(bench, "batches", in_turn(bench.ways, some, bench.rounds), len(some))


def table(bench: Bench, section: str, taken: dict[str, list[float]], count: int) -> Iterator[str]:
    """Yield the rows: posts a second, and how many times as many Tocsin does."""
    ours = taken[OURS]
    yield "| way | posts/s | Tocsin does so many times as many |"
    yield "| --- | --- | --- |"
    for name, spent in taken.items():
        ratios = [theirs / own for theirs, own in zip(spent, ours, strict=True)]
        bench.reached.setdefault((section, name), []).append(statistics.median(ratios))
        shown = "" if name == OURS else spread(ratios, ".1f")
        yield f"| {name} | {spread([count / one for one in spent])} | {shown} |"


def _alone(way: Way, texts: list[str]) -> None:
    for text in texts:
        way([text])


def single(bench: Bench) -> Iterator[str]:
    """Posts that come one at a time."""
    texts = [text for some in bench.texts.values() for text in some[:50]]
    texts = texts[:20] if bench.short else texts
    alone: dict[str, Way] = {name: partial(_alone, way) for name, way in bench.ways.items()}
    yield from table(bench, "single", in_turn(alone, texts, bench.rounds), len(texts))


def posts(bench: Bench) -> Iterator[str]:
    """More posts, recombined from sentences of all collections."""
    random = Random(1)
    parts = [part for some in bench.texts.values() for text in some for part in text.split(". ")]
    scorer = bench.ways[OURS]
    yield "| posts | posts/s |"
    yield "| --- | --- |"
    for power in (3,) if bench.short else (3, 4, 5, 6):
        spent, left = 0.0, 10**power
        while left:
            count = min(left, 10_000)
            some = [". ".join(random.choices(parts, k=2)) for _ in range(count)]
            spent += seconds(partial(scorer, some))
            left -= count
        yield f"| {10**power:,} | {10**power / spent:,.0f} |"


def topics(bench: Bench) -> Iterator[str]:
    """More topics. What a topic costs does not depend on what it learned, so the weights of the
    four are repeated, in Tocsin and in the plain pipeline alike."""
    texts = max(bench.texts.values(), key=len)[: 100 if bench.short else 1000]
    yield "| topics | Tocsin, posts/s | plain pipeline, posts/s | times as many |"
    yield "| --- | --- | --- | --- |"
    for count in (4, 90) if bench.short else (4, 10, 30, 90):
        ways = tile(bench.ways, count)
        taken = in_turn(ways, texts, bench.rounds)
        ours, plain = taken.values()
        ratios = [theirs / own for theirs, own in zip(plain, ours, strict=True)]
        rates = [spread([len(texts) / one for one in spent]) for spent in (ours, plain)]
        yield f"| {count} | {rates[0]} | {rates[1]} | {spread(ratios, '.1f')} |"


_scorer: list[Scorer] = []


def _open(core: int) -> None:
    _pin(core)
    _scorer.append(Scorer(_compiled(), kernel=_has_numba()))
    _scorer[0].probabilities(["warm"])


def _work(texts: list[str]) -> int:
    return len(_scorer[0].probabilities(texts))


def processes(bench: Bench) -> Iterator[str]:
    """Two processes against one, by the clock on the wall: it needs two idle cores."""
    texts = [text for some in bench.texts.values() for text in some]
    parts = [texts[at : at + 500] for at in range(0, len(texts), 500)] * (1 if bench.short else 5)
    rates: dict[int, list[float]] = {1: [], 2: []}
    pools = {
        many: [ProcessPoolExecutor(1, get_context("spawn"), _open, (core,)) for core in range(many)]
        for many in rates
    }
    for _ in range(bench.rounds + 1):
        for many, pool in pools.items():
            began = time.perf_counter()
            jobs = [pool[at % many].submit(_work, part) for at, part in enumerate(parts)]
            done = sum(job.result() for job in jobs)
            rates[many].append(done / (time.perf_counter() - began))
    for pool in pools.values():
        for one in pool:
            one.shutdown()
    ratios = [two / one for one, two in zip(rates[1][1:], rates[2][1:], strict=True)]
    bench.reached["processes", "one process"] = [statistics.median(ratios)]
    if hasattr(os, "getloadavg"):
        load = os.getloadavg()[0]
        yield f"By the clock, so this means little unless both cores are idle. Load: {load:.1f}."
    yield f"Two processes classify {spread(ratios, '.2f')} times as many posts as one."


def start(bench: Bench) -> Iterator[str]:
    """What a process pays before its first post."""
    program = (
        "import os, sys, time; first = time.process_time(); import alerts.cli\n"
        "imported = time.process_time() - first\n"
        "page = os.sysconf('SC_PAGE_SIZE') / 1e6\n"
        "use = lambda: int(open('/proc/self/statm').read().split()[1]) * page\n"
        "from classifier import artefact; before = use(); first = time.process_time()\n"
        "served = artefact.serve(artefact.home()); opened = time.process_time() - first\n"
        "served.probabilities(['China curbs exports of gallium']); numpy = use() - before\n"
        "scikit = 'sklearn' in sys.modules; first = time.process_time()\n"
        "kernel = 0.0\n"
        "if sys.argv[1] == '1':\n"
        "    from classifier.scorer import Scorer\n"
        "    kept = Scorer(served._compiled, kernel=True); kept.probabilities(['China'])\n"
        "    kernel = time.process_time() - first\n"
        "print(imported, opened, numpy, kernel, use() - before, scikit)"
    )
    runs = []
    for _ in range(1 if bench.short else bench.rounds):
        done = subprocess.run(
            [sys.executable, "-c", program, str(int(_has_numba()))],
            capture_output=True, check=True, cwd=ROOT, text=True,
        )  # fmt: skip
        *numbers, scikit = done.stdout.split()
        assert scikit == "False", "serving loaded scikit-learn"
        runs.append([float(number) for number in numbers])
    imported, opened, numpy, kernel, whole = (spread(one, ".2f") for one in zip(*runs, strict=True))
    yield "| what | seconds or MB |"
    yield "| --- | --- |"
    yield f"| import of the command | {imported} s |"
    yield f"| opening the model, verified | {opened} s |"
    yield f"| its memory, NumPy | {numpy} MB |"
    if _has_numba():
        yield f"| taking the kernel, once compiled | {kernel} s |"
        yield f"| memory with the kernel and numba | {whole} MB |"


def training(bench: Bench) -> Iterator[str]:
    """What a training costs, without report and plots."""
    labelled = corpus.read([ROOT / "data" / "corpus"])
    if bench.short:
        labelled = replace(labelled, examples=labelled.examples[::20], places=labelled.places[::20])
    terms = Gazetteer.load(ROOT / "data" / "gazetteer")
    with threadpool_limits(limits=1):
        spent = seconds(partial(train, labelled, terms, Parameters(), version="v", processes=1))
    yield (
        f"{len(labelled.examples):,} rows: {spent:.1f} s of one core, cross-validation included, "
        "report, plots and gate not. The whole command: [measurements](measurements.md#training)."
    )


AIMS = (
    ("batches", "its model through scikit-learn", 8.0),
    ("batches", "plain pipeline", 8.0),
    ("batches", "fastText", 2.5),
    ("single", "its model through scikit-learn", 40.0),
    ("single", "plain pipeline", 40.0),
    ("processes", "one process", 1.6),
)


def aims(bench: Bench) -> Iterator[str]:
    """What was aimed at, and what is reached."""
    yield "| section | against | aim, times as many | reached, lowest to highest collection |"
    yield "| --- | --- | --- | --- |"
    for section, name, aim in AIMS:
        found = bench.reached.get((section, name))
        if found:
            low, high = f"{min(found):.1f}", f"{max(found):.1f}"
            shown = low if low == high else f"{low} to {high}"
            verdict = (
                "reached" if min(found) >= aim else "missed" if max(found) < aim else "in part"
            )
            yield f"| {section} | {name} | {aim:g} | {shown}: {verdict} |"


SECTIONS: dict[str, tuple[str, Callable[[Bench], Iterator[str]]]] = {
    "machine": ("Machine", machine),
    "batches": ("In batches", batches),
    "single": ("One at a time", single),
    "posts": ("More posts", posts),
    "topics": ("More topics", topics),
    "processes": ("Two processes", processes),
    "start": ("Start and memory", start),
    "training": ("Training", training),
    "aims": ("Aims", aims),
}


def check(bench: Bench) -> None:
    """Raise AssertionError if a way of ours says something else than the trained model."""
    texts = [text for some in bench.texts.values() for text in some[:100]] + ["", "Σ", "中" * 99]
    expected = bench.ways["its model through scikit-learn"](texts)
    for name in (OURS, NUMPY):
        if name in bench.ways:
            apart = float(np.abs(np.asarray(bench.ways[name](texts)) - expected).max())
            assert apart < CLOSE, f"{name} is {apart} away from the trained model"


def _compiled() -> Compiled:
    held = artefact.read_file(ROOT / "models", artefact.current(ROOT / "models"), "scorer.npz")
    assert held is not None, "the shipped model holds no scorer.npz"
    return unpack(held)


def _has_numba() -> bool:
    return bool(_version("numba"))


def _pin(core: int) -> None:
    if hasattr(os, "sched_setaffinity"):
        cores = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(0, {cores[core % len(cores)]})


def main() -> None:
    """Run the sections and write what they say."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--short", action="store_true", help="Small sizes, for correctness only.")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", nargs="*", choices=SECTIONS, help="Sections to run.")
    parser.add_argument("--write", type=Path, help="File for the result, such as docs/x.md.")
    asked = parser.parse_args()
    everything = {
        "demo": demo_texts(), "Federal Register": federal_texts(), "Reuters": reuters_texts()
    }  # fmt: skip
    collections = {name: texts for name, texts in everything.items() if texts}
    labelled = corpus.read([ROOT / "data" / "corpus"])
    if asked.short:
        labelled = replace(labelled, examples=labelled.examples[::20], places=labelled.places[::20])
    bench = Bench(
        ways=make_ways(labelled, _compiled(), artefact.load(ROOT / "models"), _has_numba()),
        texts=collections,
        rounds=1 if asked.short else asked.rounds,
        short=asked.short,
        reached={},
    )
    check(bench)
    lines = [HEAD]
    print(HEAD, flush=True)
    for name in asked.only or SECTIONS:
        title, section = SECTIONS[name]
        for line in ("", f"## {title}", "", *section(bench)):
            print(line, flush=True)
            lines.append(line)
    if asked.write:
        # The whole pipeline is measured by end_to_end.py, and its part of the page written by hand.
        held = asked.write.read_text(encoding="utf-8") if asked.write.exists() else ""
        lines += ["", f"{BY_HAND}{held.partition(BY_HAND)[2]}".rstrip()]
        asked.write.write_text("\n".join(lines) + "\n", encoding="utf-8")


BY_HAND = "## The whole pipeline"

HEAD = """# Performance

`make bench` measures this again and writes this page, up to its last section, which \
`make bench-stream-speed` measures.

The ways that are compared all give every topic and policy grade with its probability:

- **Tocsin**: what `classify` and the service run, with numba (`pip install 'tocsin[fast]'`). \
Every round has the same texts, so words that the model lacks were met before: where all of them \
are new, a post takes 2 to 14 % longer.
- **Tocsin without numba**: the same on NumPy alone.
- **its model through scikit-learn**: the same features, weights and scores, by scikit-learn's own \
vectorisers. The fair comparison.
- **plain pipeline**: scikit-learn's TF-IDF of words and pairs of words with one logistic \
regression a head, trained on the same corpus. It sees neither parts of words nor the gazetteer \
nor Chinese words: it has far less to do.
- **plain pipeline, stacked**: the same with one product instead of one a head.
- **fastText**: 100 dimensions, pairs of words, the same labels and corpus; likewise without \
gazetteer and Chinese words."""

if __name__ == "__main__":
    main()
