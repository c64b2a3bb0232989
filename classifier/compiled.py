"""A trained model as plain arrays: all that serving needs, without scikit-learn or pickle.

    TopicModel | compile_model | pack | scorer.npz | unpack | Scorer

Features keep the columns that they have in the model. Texts are compared as token numbers: a
pair of words is the number `first * tokens + second`, and the gazetteer is a tree whose edges are
`node * tokens + token`. Inverse document frequency is folded into the weights.
"""

import io
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson
from numpy.typing import NDArray

from classifier.gazetteer import EXCEPTION, Gazetteer
from classifier.tagging import Floats, Verdict

if TYPE_CHECKING:
    from classifier.model import TopicModel

FORMAT = 1
"""Raised when a change of code makes older compiled files unreadable, or mean something else."""

NONE = -1
"""No column, no set of concepts."""

EXCEPTED = -1
"""The concept of a term that counts for nothing."""

Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Compiled:
    """The arrays.

    blocks, sizes, lengths: of features, in order: name, columns, and length of its vector.
    tokens: words and the gazetteer's atoms. words, opening: their columns.
    pairs, pair_columns: of two words, sorted. pieces, piece_columns: of letters.
    concepts, concept_columns: columns of concepts (on the diagonal) and of pairs of them.
    edges, targets: of the tree of terms, sorted; its root is node 0.
    plain_sets: node -> set of concepts in any case. cased_nodes, surfaces, cased_sets: only so.
    set_sizes, set_members: the sets of concepts. handles, handle_sets: of #hashtags and @mentions.
    rarity: inverse document frequency of each column. weights: of it, columns x heads.
    """

    verdict: Verdict
    blocks: tuple[str, ...]
    sizes: tuple[int, ...]
    lengths: tuple[float, ...]
    concepts: tuple[str, ...]
    tokens: list[str]
    pieces: list[str]
    surfaces: list[str]
    handles: list[str]
    words: NDArray[np.int32]
    opening: NDArray[np.int32]
    pairs: Integers
    pair_columns: NDArray[np.int32]
    piece_columns: NDArray[np.int32]
    concept_columns: NDArray[np.int32]
    edges: Integers
    targets: NDArray[np.int32]
    plain_sets: NDArray[np.int32]
    cased_nodes: NDArray[np.int32]
    cased_sets: NDArray[np.int32]
    set_sizes: NDArray[np.int32]
    set_members: NDArray[np.int32]
    handle_sets: NDArray[np.int32]
    rarity: Floats
    weights: NDArray[np.float32]
    starts: Floats


FACTS = ("blocks", "sizes", "lengths", "concepts")
LISTS = ("tokens", "pieces", "surfaces", "handles")
ARRAYS = tuple(one.name for one in fields(Compiled) if one.name not in ("verdict", *FACTS, *LISTS))


def compile_model(model: "TopicModel") -> Compiled:
    """Return a model's arrays."""
    blocks: list[str] = []
    sizes: list[int] = []
    lengths: list[float] = []
    rarities: list[Floats] = []
    columns: dict[str, dict[str, int]] = {}
    scales = model.features.transformer_weights or {}
    for name, steps in model.features.transformer_list:
        found, first = steps.named_steps["count"].vocabulary_, sum(sizes)
        columns[name] = {feature: first + int(at) for feature, at in found.items()}
        blocks.append(name)
        sizes.append(len(found))
        lengths.append(float(scales.get(name, 1.0)))
        rarities.append(steps.named_steps["weigh"].idf_)
    rarity = np.concatenate(rarities)
    tree = _Tree(model.gazetteer)
    words, opening = columns.get("words", {}), columns.get("opening", {})
    pairs = {tuple(gram.split(" ")): at for gram, at in words.items() if " " in gram}
    numbers = _number([*words, *opening, *tree.tokens, *(one for pair in pairs for one in pair)])
    pieces = columns.get("pieces", {})
    return Compiled(
        verdict=model.verdict,
        blocks=tuple(blocks),
        sizes=tuple(sizes),
        lengths=tuple(lengths),
        concepts=tree.concepts,
        tokens=list(numbers),
        pieces=list(pieces),
        piece_columns=_narrow(pieces.values()),
        words=_narrow(words.get(token, NONE) for token in numbers),
        opening=_narrow(opening.get(token, NONE) for token in numbers),
        concept_columns=_concept_columns(tree.concepts, columns.get("concepts", {})),
        rarity=rarity,
        weights=(model.weights.T * rarity[:, None]).astype(np.float32),
        starts=np.asarray(model.starts, float),
        **_sorted(
            "pairs",
            "pair_columns",
            {numbers[a] * len(numbers) + numbers[b]: at for (a, b), at in pairs.items()},
        ),
        **tree.arrays(numbers),
    )


class _Tree:
    """The gazetteer's tree of terms, its nodes and sets of concepts numbered."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self.concepts = gazetteer.concepts
        self._concept = {EXCEPTION: EXCEPTED} | {c: at for at, c in enumerate(self.concepts)}
        self._sets: dict[tuple[str, ...], int] = {}
        self._edges: list[tuple[int, str, int]] = []
        self._plain: list[int] = []
        self._cased: list[tuple[int, str, int]] = []
        self._grow(gazetteer._root)
        self._handles = {
            handle: self._set(concepts) for handle, concepts in gazetteer._handles.items()
        }

    @property
    def tokens(self) -> list[str]:
        """Every atom of a term."""
        return [token for _, token, _ in self._edges]

    def arrays(self, numbers: Mapping[str, int]) -> dict[str, Any]:
        """Return the tree as arrays, its tokens numbered so."""
        edges = {at * len(numbers) + numbers[token]: to for at, token, to in self._edges}
        return {
            **_sorted("edges", "targets", edges),
            "plain_sets": _narrow(self._plain),
            "cased_nodes": _narrow(node for node, _, _ in self._cased),
            "surfaces": [surface for _, surface, _ in self._cased],
            "cased_sets": _narrow(one for _, _, one in self._cased),
            "set_sizes": _narrow(len(members) for members in self._sets),
            "set_members": _narrow(self._concept[one] for members in self._sets for one in members),
            "handles": list(self._handles),
            "handle_sets": _narrow(self._handles.values()),
        }

    def _grow(self, root: dict[str, Any]) -> None:
        left = [root]
        for at, node in enumerate(left):  # grows while it is walked
            plain = NONE
            for surface, concepts in node.get("", {}).items():
                if surface:
                    self._cased.append((at, surface, self._set(concepts)))
                elif concepts:
                    plain = self._set(concepts)
            self._plain.append(plain)
            for token, child in node.items():
                if token:
                    self._edges.append((at, token, len(left)))
                    left.append(child)

    def _set(self, concepts: tuple[str, ...]) -> int:
        return self._sets.setdefault(concepts, len(self._sets))


def pack(compiled: Compiled) -> bytes:
    """Return the arrays as the content of a file."""
    verdict = compiled.verdict
    head = {
        "format": FORMAT,
        "version": verdict.version,
        "topics": verdict.topics,
        "thresholds": dict(verdict.thresholds),
        "grade_thresholds": verdict.grade_thresholds,
        **{name: getattr(compiled, name) for name in FACTS},
    }
    buffer = io.BytesIO()
    np.savez_compressed(
        buffer,
        allow_pickle=False,
        head=_to_bytes(orjson.dumps(head)),
        **{name: getattr(compiled, name) for name in ARRAYS},
        **{name: _to_bytes("\n".join(getattr(compiled, name)).encode()) for name in LISTS},
    )
    return buffer.getvalue()


def unpack(held: bytes) -> Compiled:
    """Return the arrays from a file's content. Raise ValueError if they are none of this format."""
    try:
        with np.load(io.BytesIO(held), allow_pickle=False) as file:
            head = orjson.loads(file["head"].tobytes())
            if head["format"] != FORMAT:
                raise ValueError(f"has format {head['format']} and this Tocsin reads {FORMAT}")
            one, two, three = head["grade_thresholds"]
            rest: dict[str, Any] = {
                **{name: tuple(head[name]) for name in FACTS},
                **{name: file[name] for name in ARRAYS},
                **{name: _to_list(file[name].tobytes()) for name in LISTS},
            }
            return Compiled(
                verdict=Verdict(
                    version=head["version"],
                    topics=tuple(head["topics"]),
                    thresholds=head["thresholds"],
                    grade_thresholds=(one, two, three),
                ),
                **rest,
            )
    except (KeyError, TypeError, zipfile.BadZipFile, EOFError) as error:
        raise ValueError(f"holds no compiled model ({error})") from error


def _to_bytes(held: bytes) -> NDArray[np.uint8]:
    return np.frombuffer(held, np.uint8)


def _to_list(held: bytes) -> list[str]:
    return held.decode().split("\n") if held else []


def _narrow(values: Iterable[int]) -> NDArray[np.int32]:
    return np.fromiter(values, np.int32)


def _number(tokens: Iterable[str]) -> dict[str, int]:
    """Return a number for each token that is no pair, in order of first sight."""
    single = dict.fromkeys(token for token in tokens if " " not in token)
    return {token: at for at, token in enumerate(single)}


def _sorted(keys: str, values: str, found: Mapping[int, int]) -> dict[str, Any]:
    """Return two arrays, named so, of a mapping sorted by key."""
    order = sorted(found)
    return {keys: np.array(order, np.int64), values: _narrow(found[key] for key in order)}


def _concept_columns(concepts: tuple[str, ...], columns: Mapping[str, int]) -> NDArray[np.int32]:
    found = np.full((len(concepts), len(concepts)), NONE, np.int32)
    at = {concept: number for number, concept in enumerate(concepts)}
    for feature, column in columns.items():
        one, _, two = feature.partition("+")
        # A concept that the gazetteer has no more cannot occur.
        if one in at and (two or one) in at:
            found[at[one], at[two or one]] = column
    return found
