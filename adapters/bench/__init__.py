"""`llm-tutor bench`: the promised figures, as ratios to a floor taken in the same run."""

from collections.abc import Callable, Mapping

from adapters.bench.answer import answer
from adapters.bench.memory import memory
from adapters.bench.retrieval import retrieval
from adapters.bench.review import review
from adapters.bench.start import start

BENCHES: dict[str, Callable[[], Mapping[str, float]]] = {
    "start": start,
    "retrieval": retrieval,
    "answer": answer,
    "review": review,
    "memory": memory,
}
