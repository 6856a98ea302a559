"""EdgeSignal's service and program, from Python.

One file that needs nothing but Python 3.9: copy it beside your own. Where
pandas is installed, signals come as DataFrames, else as the dicts that the
service answers with.

    import edgesignal

    service = edgesignal.Client("http://localhost:8001")
    book = service.signals()                        # the strategy's own book
    book.loc["AAPL", "target_weight"]
    book.attrs["metadata"]["release"]               # what made it

    service.generate(["AAPL", "MSFT", "TSLA"], as_of_date="2024-12-31", top_n=1, bottom_n=1)

    edgesignal.publish(booster, strategy="alpha_baseline", version="v2",
                       golden=edgesignal.golden(booster, X), activate=True)
    service.reload(wait="30s")

Whatever the service refuses is a Problem, with its stable code; a service
that does not answer is Unreachable; what the program refuses is PublishError.
"""

from __future__ import annotations

import json
import math
import os
import random
import struct
import subprocess
import tempfile
import urllib.error
import urllib.parse
import urllib.request
from typing import Any, Iterable, Mapping, Optional, Sequence, Union

try:
    import pandas
except ImportError:
    pandas = None  # type: ignore[assignment]

__all__ = ["Client", "EdgeSignalError", "Problem", "PublishError", "Unreachable", "golden", "publish"]

#: Signals: a DataFrame where pandas is installed, else the answer as a dict.
Book = Union["pandas.DataFrame", dict]


class EdgeSignalError(Exception):
    """The base of all errors of this module."""


class Problem(EdgeSignalError):
    """An answer that is an error, as application/problem+json (RFC 9457).

    ``code`` is a stable word such as ``unknown_strategy``; ``body`` is the
    whole answer, with members that only some problems have (``reason``,
    ``serving_version``, ``hosts``).
    """

    def __init__(self, status: int, body: Mapping[str, Any], request_id: Optional[str] = None):
        self.status = status
        self.body = dict(body)
        self.code: str = str(body.get("code", f"http_{status}"))
        self.title: str = str(body.get("title", ""))
        self.detail: str = str(body.get("detail", ""))
        self.errors: list = list(body.get("errors") or [])
        self.request_id = request_id
        text = f"{status} {self.code}: {self.detail or self.title}"
        for e in self.errors:
            text += f"; {e.get('field', '')}: {e.get('detail', '')}" if isinstance(e, Mapping) else f"; {e}"
        super().__init__(text)


class Unreachable(EdgeSignalError):
    """No answer: nobody listens there, the connection broke, or it took too long."""


class PublishError(EdgeSignalError):
    """``edgesignal publish`` failed. ``reason`` is the gate's word, such as ``golden_mismatch``, where it has one."""

    def __init__(self, message: str, status: int):
        super().__init__(message)
        self.status = status
        words = message.split(": ")
        self.reason: Optional[str] = next((w for w in words if w.replace("_", "").isalpha() and w.islower() and "_" in w), None)


class Client:
    """One host of the service.

    url:      where it listens, such as ``http://localhost:8001``
    token:    sent as a bearer token; default: the environment's EDGESIGNAL_TOKEN
    timeout:  seconds that one answer may take
    frames:   True = DataFrames, False = dicts; default: DataFrames where pandas is installed
    """

    def __init__(self, url: str = "http://localhost:8001", token: Optional[str] = None, timeout: float = 30.0, frames: Optional[bool] = None):
        if frames and pandas is None:
            raise EdgeSignalError("frames=True needs pandas, which is not installed")
        self.url = url.rstrip("/")
        self.token = token if token is not None else os.environ.get("EDGESIGNAL_TOKEN")
        self.timeout = timeout
        self.frames = pandas is not None if frames is None else frames

    def signals(self, symbols: Optional[Iterable[str]] = None, strategy: Optional[str] = None, as_of_date: Any = None) -> Book:
        """Returns the strategy's own book, or the lines of it that symbols names.

        What it says of a symbol does not depend on which others are asked for.
        as_of_date is a date, a datetime or ``YYYY-MM-DD``; default: the newest day.
        """
        query = {"symbols": list(_symbols(symbols)) if symbols is not None else None, "strategy": strategy, "as_of_date": _day(as_of_date)}
        return self._book(self._call("GET", "/api/v1/signals", query))

    def generate(
        self,
        symbols: Iterable[str],
        as_of_date: Any = None,
        strategy: Optional[str] = None,
        top_n: Optional[int] = None,
        bottom_n: Optional[int] = None,
        params: Optional[Mapping[str, Any]] = None,
        previous_weights: Optional[Mapping[str, float]] = None,
    ) -> Book:
        """Returns a book over exactly these symbols: each weight depends on all of them.

        params are laid over those of the release. previous_weights is for rules
        that look at the positions that are held.
        """
        body = {
            "symbols": list(_symbols(symbols)), "as_of_date": _day(as_of_date), "strategy": strategy, "top_n": top_n, "bottom_n": bottom_n,
            "params": dict(params) if params is not None else None,
            "previous_weights": {k: float(v) for k, v in previous_weights.items()} if previous_weights is not None else None,
        }
        return self._book(self._call("POST", "/api/v1/signals/generate", body={k: v for k, v in body.items() if v is not None}))

    def market(self) -> dict:
        """Returns which bars the host answers from: revision, days, symbols, failed files."""
        return self._call("GET", "/api/v1/market")

    def model_info(self, strategy: Optional[str] = None) -> dict:
        """Returns the release that the host serves for a strategy."""
        return self._call("GET", "/api/v1/model/info", {"strategy": strategy})

    def reload(self, strategy: Optional[str] = None, wait: Union[str, float, None] = None) -> dict:
        """Lets the host look at the registry now, and returns what came of it.

        wait, seconds or such as ``"30s"``: return only once every live host
        serves the release. A release that is refused is a Problem, as is a
        fleet that does not follow in time.
        """
        query: dict = {"strategy": strategy}
        timeout = self.timeout
        if wait is not None:
            seconds = _seconds(wait)
            query.update(wait="converged", timeout=f"{seconds:g}s")
            timeout += seconds
        return self._call("POST", "/api/v1/model/reload", query, timeout=timeout)

    def _book(self, answer: dict) -> Book:
        if not self.frames:
            return answer
        columns = ["symbol", "predicted_return", "rank", "target_weight"]
        frame = pandas.DataFrame(answer["signals"], columns=columns).set_index("symbol")
        frame.attrs["metadata"] = answer["metadata"]
        return frame

    def _call(self, method: str, path: str, query: Optional[Mapping[str, Any]] = None, body: Optional[dict] = None, timeout: Optional[float] = None) -> dict:
        given = {k: v for k, v in (query or {}).items() if v is not None}
        url = self.url + path + ("?" + urllib.parse.urlencode(given, doseq=True) if given else "")
        request = urllib.request.Request(url, method=method, headers={"Accept": "application/json"})
        if self.token:
            request.add_unredirected_header("Authorization", "Bearer " + self.token)
        if body is not None:
            request.data = json.dumps(body, allow_nan=False).encode()
            request.add_header("Content-Type", "application/json")
        try:
            with urllib.request.urlopen(request, timeout=timeout or self.timeout) as response:
                return json.load(response)
        except urllib.error.HTTPError as e:
            with e:
                raise _problem(e) from None
        except (urllib.error.URLError, OSError, ValueError) as e:
            raise Unreachable(f"{method} {self.url}{path}: {getattr(e, 'reason', None) or e}") from e


def golden(
    booster: Any,
    X: Any,
    n: int = 50,
    features: Optional[Sequence[str]] = None,
    seed: int = 0,
    portfolios: Optional[Sequence[Mapping[str, Any]]] = None,
    strategy: Optional[str] = None,
    version: Optional[str] = None,
) -> dict:
    """Returns a golden file: n rows of X, and what LightGBM predicts for them.

    X holds model inputs, one row a symbol and day: a DataFrame, or anything
    with rows of numbers together with features, the names of its columns.
    Inputs are float32, as research trains on them; a value that is none is an
    error, since the service would score another row. Half of the rows are
    those with most missing values, so that these are checked too.
    """
    names = [str(c[-1] if isinstance(c, tuple) else c) for c in (features if features is not None else getattr(X, "columns", []))]
    index = list(X.index) if hasattr(X, "index") and hasattr(X, "columns") else None
    table = X.values if hasattr(X, "values") and hasattr(X, "columns") else X
    count = len(table)
    if not names or any(len(row) != len(names) for row in table):
        raise ValueError(f"X needs a name for each column: it has rows of {len(table[0]) if count else 0} values and {len(names)} names")
    order = list(range(count))
    random.Random(seed).shuffle(order)
    missing = sorted(order, key=lambda i: -sum(1 for v in table[i] if v is None or v != v))
    chosen = sorted(list(dict.fromkeys(missing[: n // 2] + order))[:n])
    rows = [[_float32(v, i, name) for v, name in zip(table[i], names)] for i in chosen]
    inputs = [[math.nan if v is None else v for v in row] for row in rows]
    expected = [float(v) for v in booster.predict(inputs)]
    predictions: dict = {"features": names, "rows": rows, "expected": expected, "tolerance": 0}
    if index is not None:
        predictions["keys"] = [[str(k) for k in (index[i] if isinstance(index[i], tuple) else (index[i],))] for i in chosen]
    out: dict = {"source": _library(booster), "predictions": predictions, "portfolios": [dict(p) for p in portfolios or []]}
    out.update({k: v for k, v in (("strategy", strategy), ("version", version)) if v is not None})
    return out


def publish(
    booster: Any,
    strategy: str,
    version: str,
    features: Union[str, Mapping[str, Any], None] = None,
    rule: Optional[str] = None,
    params: Optional[Mapping[str, Any]] = None,
    golden: Optional[Mapping[str, Any]] = None,
    status: Optional[str] = None,
    notes: Optional[str] = None,
    metrics: Optional[Mapping[str, Any]] = None,
    config: Optional[Mapping[str, Any]] = None,
    mlflow_run_id: Optional[str] = None,
    activate: bool = False,
    wait: Union[str, float, None] = None,
    program: str = "edgesignal",
    settings: Optional[Mapping[str, Any]] = None,
    timeout: float = 300.0,
) -> str:
    """Publishes a release through the program, and returns what it says.

    booster:   a LightGBM booster, a model of its scikit-learn interface, the
               model's text, or a path of it
    features:  ``"alpha158"``, ``"alpha360"``, a path, or a feature set as a dict
    rule:      a path of a module, or ``builtin:NAME``
    golden:    what golden() returns
    settings:  of the program, such as ``{"DATABASE_URL": ...}``, over the environment's

    The program runs the gate first. Errors: PublishError.
    """
    with tempfile.TemporaryDirectory(prefix="edgesignal-") as folder:

        def file(name: str, text: str) -> str:
            path = os.path.join(folder, name)
            with open(path, "w", encoding="utf-8") as f:
                f.write(text)
            return path

        command = [program, "publish", "--strategy", strategy, "--version", version, "--model", _model_file(booster, file)]
        if isinstance(features, Mapping):
            features = file("features.json", json.dumps(features, allow_nan=False))
        for flag, value in (("--features", features), ("--rule", rule), ("--status", status), ("--notes", notes), ("--mlflow-run-id", mlflow_run_id)):
            if value is not None:
                command += [flag, value]
        for flag, value in (("--params", params), ("--metrics", metrics), ("--config", config)):
            if value is not None:
                command += [flag, json.dumps(value, allow_nan=False)]
        if golden is not None:
            command += ["--golden", file("golden.json", json.dumps(golden, allow_nan=False))]
        if activate:
            command.append("--activate")
        if wait is not None:
            command += ["--wait", f"{_seconds(wait):g}s"]
        environment = {**os.environ, **{k: str(v) for k, v in (settings or {}).items()}}
        try:
            done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=timeout, check=False)
        except (OSError, subprocess.TimeoutExpired) as e:
            raise PublishError(f"{program}: {e}", 1) from e
    if done.returncode != 0:
        raise PublishError(done.stderr.strip() or f"{program} publish: exit status {done.returncode}", done.returncode)
    return done.stdout.strip()


def _model_file(booster: Any, file: Any) -> str:
    booster = getattr(booster, "booster_", booster)
    if hasattr(booster, "model_to_string"):
        return file("model.txt", booster.model_to_string())
    if isinstance(booster, os.PathLike):
        return os.fspath(booster)
    if isinstance(booster, str):
        return file("model.txt", booster) if booster.startswith("tree\n") else booster
    raise TypeError(f"{type(booster).__name__} is neither a LightGBM model nor its text or path")


def _float32(v: Any, row: int, name: str) -> Optional[float]:
    """Returns the shortest decimal that reads back to the float32; None = missing."""
    if v is None or v != v:
        return None
    wide = float(v)
    try:
        narrow = struct.unpack("<f", struct.pack("<f", wide))[0]
    except OverflowError:
        narrow = math.inf
    if narrow != wide or math.isinf(wide):
        raise ValueError(f"row {row}, column {name}: {wide!r} is no finite float32; convert X with astype('float32') before training and predicting")
    for digits in range(6, 10):
        short = float(f"{narrow:.{digits}g}")
        if struct.unpack("<f", struct.pack("<f", short))[0] == narrow:
            return short
    return narrow


def _library(booster: Any) -> str:
    module = type(getattr(booster, "booster_", booster)).__module__.split(".")[0]
    try:
        return f"{module} {__import__(module).__version__}"
    except (ImportError, AttributeError, ValueError):
        return module


def _symbols(symbols: Iterable[str]) -> Iterable[str]:
    if isinstance(symbols, str):
        raise TypeError("symbols is a list of symbols, not one string")
    return symbols


def _day(v: Any) -> Optional[str]:
    """Returns a date as the service reads it: the day on its own clock."""
    if v is None or isinstance(v, str):
        return v
    return f"{v.year:04d}-{v.month:02d}-{v.day:02d}"


def _seconds(v: Union[str, float]) -> float:
    if isinstance(v, str):
        unit = {"s": 1.0, "m": 60.0}.get(v[-1:], None)
        return float(v[:-1]) * unit if unit else float(v)
    return float(v)


def _problem(e: urllib.error.HTTPError) -> Problem:
    try:
        body = json.load(e)
    except (ValueError, OSError):
        body = None
    if not isinstance(body, dict):  # something in between, a proxy for one
        body = {"title": e.reason}
    return Problem(e.code, body, e.headers.get("X-Request-Id"))
