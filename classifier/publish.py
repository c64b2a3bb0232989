"""Train and save a version: corpus and gazetteer -> models/<version>/ with its metrics."""

from collections.abc import Sequence
from pathlib import Path

import orjson

from classifier import artefact, corpus
from classifier.evaluate import Figures, decide, with_baselines
from classifier.gazetteer import Gazetteer
from classifier.model import Parameters
from classifier.train import Progress, train


def publish(
    corpora: Sequence[Path],
    gazetteers: Sequence[Path],
    models_dir: Path,
    *,
    version: str,
    progress: Progress,
    parameters: Parameters | None = None,
) -> Figures:
    """Train on these files, save the version whole, make it current; return its figures."""
    labelled = corpus.read(corpora)
    terms = Gazetteer.load(*gazetteers)
    trained = train(labelled, terms, parameters or Parameters(), version=version, progress=progress)
    model = trained.model
    verdicts = decide(model.topics, trained.held_out, model.thresholds, model.grade_thresholds)
    figures = with_baselines(labelled.examples, verdicts, terms, model=version)
    for topic, one in figures["topics"].items():
        one["threshold"] = model.thresholds[topic]
    artefact.save(
        models_dir,
        model,
        facts={
            "corpus": {"fingerprint": labelled.fingerprint, "rows": len(labelled.examples)},
            "gazetteer": {"fingerprint": terms.fingerprint, "terms": len(terms.entries)},
            "metrics": {"macro_f1": figures["macro_f1"]},
        },
        files={"metrics.json": orjson.dumps(figures, option=orjson.OPT_INDENT_2)},
    )
    artefact.use(models_dir, version)
    return figures
