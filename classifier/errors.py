"""The classifier's errors.

ClassifierError
├── CorpusError        labelled rows that cannot be used; names every one
├── InputError         a text to classify or evaluate that cannot be read
└── ModelError         a trained version that cannot be served
    ├── ModelMissing   there is no such version, or none at all
    ├── ModelDamaged   the files differ from their manifest
    └── ModelForeign   written by another version of a library, or not by Tocsin
"""

from collections.abc import Sequence


class ClassifierError(Exception):
    """Root of everything that the classifier raises on purpose."""


class CorpusError(ClassifierError):
    """Labelled rows that cannot be used.

    problems: one line each, "FILE:LINE: what is wrong".
    """

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


class InputError(ClassifierError):
    """A text to classify or evaluate that cannot be read."""


class ModelError(ClassifierError):
    """A trained version that cannot be served."""


class ModelMissing(ModelError):
    """There is no such version, or none at all."""


class ModelDamaged(ModelError):
    """The files differ from their manifest."""


class ModelForeign(ModelError):
    """Written by another version of a library, or not by Tocsin."""
