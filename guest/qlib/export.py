#!/usr/bin/env python3
"""Write what a model of Qlib needs to be served by EdgeSignal.

    python export.py --recorder ID --provider ~/.qlib/qlib_data/cn_data --out DIR
    python export.py --workflow workflow.yaml --out DIR [--golden 50]
    edgesignal publish --qlib DIR --strategy S --version V --activate

Run it where you run Qlib: it uses the Qlib, LightGBM and pandas that are
installed there, and never the network. With --workflow it trains the task of
the file as qrun does; with --recorder it takes what a run has left.

It writes into DIR:

    model.txt        the booster, as LightGBM itself saves it
    features.json    the feature set: fields, processors with their fitted
                     state, universe, which pandas computed them
    golden.json      bars of a few symbols, and what Qlib predicts on them
    instruments/     the universe as an instruments file, where it has a name
    columns/         columns of a StaticDataLoader, as Qlib's .day.bin files
    strategy.json    the settings of the strategy, for people
    export.json      what was exported, with which versions
    predictions.csv  with --predictions: Qlib's own, for the whole segment

What cannot be served ends the export with one line that says what and why.
Tested with pyqlib 0.9.7, LightGBM 4 and pandas 2 and 3 on Python 3.11.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import logging
import os
import re
import sys
import tempfile
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, Iterable

import lightgbm
import numpy as np
import pandas as pd
import qlib
from qlib.config import C
from qlib.contrib.data.loader import Alpha158DL, Alpha360DL
from qlib.data import D
from qlib.data.dataset import loader as loaders
from qlib.data.dataset import processor as processors
from qlib.data.dataset.handler import DataHandler, DataHandlerLP
from qlib.utils import init_instance_by_config

FIELD = re.compile(r"\$(\w+)")
GROUP = "feature"
EARLIER = 60  # days of the golden file's bars before any that its predictions need


class CannotServe(Exception):
    """A part of the workflow that EdgeSignal does not compute."""


# ---------------------------------------------------------------- the source


def from_workflow(path: Path) -> tuple[Any, Any, dict]:
    """Trains the task of a workflow file. Returns model, dataset, configuration."""
    from qlib.workflow import R

    config = read_workflow(path)
    places = config.get("sys") or {}
    sys.path += [str(extra) for extra in as_list(places.get("path") or [])]
    sys.path += [str(path.parent.resolve() / extra) for extra in as_list(places.get("rel_path") or [])]
    with tempfile.TemporaryDirectory() as runs:  # the run itself is not kept
        init_qlib(config.get("qlib_init", {}), runs)
        task = config["task"]
        model = init_instance_by_config(task["model"])
        dataset = init_instance_by_config(task["dataset"])
        with R.start(experiment_name="export"):
            model.fit(dataset)
    return model, dataset, config


def read_workflow(path: Path) -> dict:
    """Reads a workflow file as qrun does: rendered, and on top of its base."""
    from qlib.cli.run import render_template
    from qlib.utils.data import update_config
    from ruamel.yaml import YAML

    config = YAML(typ="safe", pure=True).load(render_template(str(path)))
    base = config.get("BASE_CONFIG_PATH")
    if base:
        found = Path(base) if Path(base).exists() else path.parent / base
        config = update_config(YAML(typ="safe", pure=True).load(found.read_text()), config)
    return config


def from_recorder(args: argparse.Namespace) -> tuple[Any, Any, dict]:
    """Takes model and dataset from a run. Returns model, dataset, configuration."""
    from qlib.workflow import R

    if not args.provider:
        raise CannotServe("--recorder needs --provider, the directory of Qlib's data that the model was trained on")
    init_qlib({"provider_uri": args.provider, "region": args.region}, args.runs)
    recorder = find_recorder(R, args.recorder)
    saved = set(recorder.list_artifacts())

    def load(*names: str) -> Any:
        for name in names:
            if name in saved:
                return recorder.load_object(name)
        return None

    model = load(*filter(None, [args.model]), "params.pkl", "trained_model", "trained_model.pkl", "model.pkl")
    if model is None:
        raise CannotServe(f"the recorder has no model among {sorted(saved)}; name it with --model")
    task = load("task") or {}
    dataset = load("dataset")
    if dataset is not None:  # fitted, but without its data
        dataset.setup_data(handler_kwargs={"init_type": DataHandlerLP.IT_LS})
    elif "dataset" in task:
        print("the recorder keeps no dataset: made anew, and its processors fitted again, by the task", file=sys.stderr)
        dataset = init_instance_by_config(task["dataset"])
    else:
        raise CannotServe("the recorder keeps neither a dataset nor a task that says how to make it")
    return model, dataset, {"task": task, **(load("config") or {})}


def find_recorder(r: Any, wanted: str) -> Any:
    """Returns the recorder of that id, whatever its experiment."""
    for name in r.list_experiments():
        experiment = r.get_exp(experiment_name=name, create=False)
        if wanted in experiment.list_recorders(rtype=experiment.RT_D):
            return r.get_recorder(recorder_id=wanted, experiment_name=name)
    raise CannotServe(f"no recorder {wanted} in {C.exp_manager['kwargs']['uri']}; --runs names another directory")


def init_qlib(settings: dict, runs: str | None) -> None:
    """Starts Qlib with its runs in a directory of their own."""
    settings = {k: v for k, v in settings.items() if k != "exp_manager"}
    if runs:
        manager = {**C["exp_manager"], "kwargs": {**C["exp_manager"]["kwargs"], "uri": "file:" + str(Path(runs).resolve())}}
        settings["exp_manager"] = manager
    qlib.init(**settings, logging_level=logging.WARNING)


# ----------------------------------------------------------------- the model


def booster_of(model: Any) -> lightgbm.Booster:
    """Returns the one LightGBM booster of a model."""
    for candidate in (model, getattr(model, "model", None), getattr(getattr(model, "model", None), "booster_", None), getattr(model, "booster_", None)):
        if isinstance(candidate, lightgbm.Booster):
            return candidate
    raise CannotServe(f"{describe(model)} holds no LightGBM booster")


def check_model(model: Any, booster: lightgbm.Booster, dataset: Any, segment: str) -> pd.Series:
    """Returns what Qlib predicts; it must be what the booster alone predicts."""
    theirs = model.predict(dataset, segment=segment)
    inputs = dataset.prepare(segment, col_set=GROUP, data_key=DataHandlerLP.DK_I)
    ours = booster.predict(inputs.values)
    if len(theirs) != len(ours) or not np.array_equal(np.asarray(theirs, dtype=np.float64), ours, equal_nan=True):
        raise CannotServe(f"{describe(model)} predicts something else than its booster does: its own code comes after it")
    return pd.Series(ours, index=inputs.index)


# -------------------------------------------------------------- the features


def check_handler(handler: Any) -> None:
    """Refuses a handler whose own code comes between the loader and the model."""
    if not isinstance(handler, DataHandler):
        raise CannotServe(f"{describe(handler)} is no DataHandler of Qlib")
    base = DataHandlerLP if isinstance(handler, DataHandlerLP) else DataHandler
    refuse_overrides(handler, base, ["setup_data", "fetch", "fit", "fit_process_data", "process_data", "_run_proc_l", "_get_df_by_key", "_fetch_data"])


def refuse_overrides(thing: Any, base: type, methods: Iterable[str]) -> None:
    for name in methods:
        if hasattr(base, name) and getattr(type(thing), name) is not getattr(base, name):
            raise CannotServe(f"{describe(thing)} has its own {name}(): only which fields are computed may be its own")


def fields_of(loader: Any) -> tuple[dict[str, str], dict[str, pd.Series]]:
    """Returns the expressions by name, and the columns that a file gives."""
    if isinstance(loader, loaders.NestedDataLoader):
        refuse_overrides(loader, loaders.NestedDataLoader, ["load"])
        fields: dict[str, str] = {}
        columns: dict[str, pd.Series] = {}
        for inner in loader.data_loader_l:
            f, c = fields_of(inner)
            for name in f:  # of two with one name, Qlib keeps the later one
                fields.pop(name, None)
                columns.pop(name, None)
            fields.update(f)
            columns.update(c)
        return fields, columns
    if isinstance(loader, loaders.StaticDataLoader):
        refuse_overrides(loader, loaders.StaticDataLoader, ["load", "_maybe_load_raw_data"])
        return static_fields(loader)
    if not isinstance(loader, loaders.QlibDataLoader):
        raise CannotServe(f"the data come from {describe(loader)}, which computes no fields of expressions")
    refuse_overrides(loader, loaders.QlibDataLoader, ["load", "load_group_df"])
    freq = loader.freq.get(GROUP) if isinstance(loader.freq, dict) else loader.freq
    if freq != "day":
        raise CannotServe(f"the features are of frequency {freq}; the market is daily bars")
    if loader.inst_processors:
        raise CannotServe("inst_processors change a symbol's bars before any feature is computed")
    if not loader.is_group or GROUP not in loader.fields:
        if loader.is_group:
            return {}, {}  # labels alone
        raise CannotServe('the loader has no group "feature"')
    expressions, names = loader.fields[GROUP]
    if len(set(names)) != len(names):
        raise CannotServe(f"two fields are named {next(n for n in names if list(names).count(n) > 1)}")
    return dict(zip(names, expressions)), {}


def static_fields(loader: Any) -> tuple[dict[str, str], dict[str, pd.Series]]:
    """Makes each column of a file a column of the bars."""
    frame = loader.load()
    if frame.columns.nlevels != 2 or GROUP not in frame.columns.get_level_values(0):
        return {}, {}
    fields, columns = {}, {}
    for name in frame[GROUP].columns:
        series = frame[(GROUP, name)]
        narrow = series.astype("float32")
        if not np.array_equal(narrow.astype("float64").values, series.astype("float64").values, equal_nan=True):
            raise CannotServe(f"column {name} of the StaticDataLoader is no float32: bars are, so the model would see other numbers")
        field = re.sub(r"\W", "_", str(name)).lower()
        fields[str(name)] = "$" + field
        columns[field] = narrow
    return fields, columns


def short_form(fields: dict[str, str]) -> tuple[str | None, list[dict]]:
    """Names the feature set that the fields begin with, and lists the others."""
    listed = [{"name": n, "expression": e} for n, e in fields.items()]
    for extend, table in (("alpha158", alpha158_fields()), ("alpha360", Alpha360DL.get_feature_config())):
        begin = [{"name": n, "expression": e} for e, n in zip(*table)]
        if listed[: len(begin)] == begin:
            return extend, listed[len(begin) :]
    return None, listed


def alpha158_fields() -> tuple[list, list]:
    return Alpha158DL.get_feature_config({"kbar": {}, "price": {"windows": [0], "feature": ["OPEN", "HIGH", "LOW", "VWAP"]}, "rolling": {}})


# ------------------------------------------------------------ the processors


def processor_entry(p: Any) -> dict | None:
    """Returns class, kwargs and state; None for one that changes no input."""
    name = type(p).__name__
    if type(p) is not getattr(processors, name, None):
        raise CannotServe(f"processor {describe(p)} is not Qlib's own")
    if name == "HashStockFormat":
        return None
    groups = as_list(getattr(p, "fields_group", None))
    named = [g for g in groups if g is not None]
    if named and GROUP not in named and name != "DropnaProcessor":
        return None
    if name in ("DropnaLabel",) or name == "DropnaProcessor" and named != [GROUP]:
        raise CannotServe(f"processor {name} drops rows without a label, and no new day has one")
    kwargs: dict[str, Any] = {}
    if hasattr(p, "fields_group"):
        kwargs["fields_group"] = GROUP if named else None
    if name == "Fillna":
        kwargs["fill_value"] = number(p.fill_value)
    elif name == "RobustZScoreNorm":
        kwargs["clip_outlier"] = bool(p.clip_outlier)
    elif name == "CSZScoreNorm":
        kwargs["method"] = "robust" if p.zscore_func.__name__ == "robust_zscore" else "zscore"
    elif name in ("DropCol", "FilterCol"):
        kwargs["col_list"] = [str(c) for c in p.col_list]
    elif name not in ("ProcessInf", "ZScoreNorm", "MinMaxNorm", "CSRankNorm", "CSZFillna", "TanhProcess", "DropnaProcessor"):
        raise CannotServe(f"processor {name} is not computed here")
    entry = {"class": name, "kwargs": kwargs}
    attributes = {"ZScoreNorm": ["mean_train", "std_train"], "RobustZScoreNorm": ["mean_train", "std_train"], "MinMaxNorm": ["min_val", "max_val"]}
    if name in attributes:
        entry["state"] = {a: state_of(p, a) for a in attributes[name]}
    return entry


def state_of(p: Any, attribute: str) -> dict[str, Any]:
    """Returns a fitted array by column, of the features alone."""
    if not hasattr(p, attribute):
        raise CannotServe(f"processor {type(p).__name__} is not fitted")
    values = getattr(p, attribute)
    if values.dtype != np.float32 and not np.array_equal(values.astype("float32").astype("float64"), values, equal_nan=True):
        raise CannotServe(f"the state of {type(p).__name__} is {values.dtype}, not float32")
    columns = [c if isinstance(c, tuple) else (GROUP, c) for c in p.cols]
    return {str(name): number(v) for (group, name), v in zip(columns, values) if group == GROUP}


def number(v: Any) -> Any:
    """Returns a float32 as the shortest decimal that reads back to its bits."""
    v = np.float32(v)
    if not np.isfinite(v):
        return "nan" if np.isnan(v) else "inf" if v > 0 else "-inf"
    short = float(np.format_float_scientific(v, unique=True))
    return int(short) if short.is_integer() and abs(short) < 1e6 and not np.signbit(v) else short


# -------------------------------------------------------------- the universe


def universe_of(handler: Any) -> tuple[Any, dict[str, list] | None]:
    """Returns what features.json says, and the ranges of a named universe."""
    instruments = handler.instruments
    filters = filters_of(handler.data_loader)
    if instruments is None:
        instruments = "all"
    if isinstance(instruments, str):
        if instruments == "all" and not filters:
            return "all", None
        name, config = instruments, D.instruments(instruments, filter_pipe=filters)
    elif isinstance(instruments, dict) and "market" in instruments:
        name, config, filters = instruments["market"], instruments, instruments.get("filter_pipe")
    elif isinstance(instruments, dict):
        return "exported", {s: list(ranges) for s, ranges in instruments.items()}
    else:
        return sorted(str(s).upper() for s in instruments), None
    name = name.lower() + ("_filtered" if filters else "")
    return name, D.list_instruments(config, as_list=False)


def filters_of(loader: Any) -> list | None:
    found = [filters_of(inner) for inner in getattr(loader, "data_loader_l", [])] + [getattr(loader, "filter_pipe", None)]
    distinct = {json.dumps(f, default=str) for f in found if f}
    if len(distinct) > 1:
        raise CannotServe("the loaders have different filters")
    return next((f for f in found if f), None)


def write_instruments(path: Path, ranges: dict[str, list]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [f"{s.upper()}\t{pd.Timestamp(a):%Y-%m-%d}\t{pd.Timestamp(b):%Y-%m-%d}\n" for s in sorted(ranges) for a, b in ranges[s]]
    path.write_text("".join(lines))


# ----------------------------------------------------------- the golden file


def golden(booster: Any, handler: Any, features: dict, columns: dict[str, pd.Series], ranges: dict | None, wanted: int, until: Any) -> dict:
    """Cuts bars of a few symbols out of the data, and lets Qlib predict on them.

    Qlib runs on a directory of these bars alone, so that values which depend on
    where a query begins, or on which symbols a day has, are those of the file.
    """
    expressions = fields_of(handler.data_loader)[0]
    names = sorted({f.lower() for e in expressions.values() for f in FIELD.findall(e)} - set(columns))
    calendar = [d for d in D.calendar(freq="day") if d <= pd.Timestamp(until)]
    symbols = pick_symbols(handler, ranges, calendar[-1])
    days = -(-wanted // len(symbols))
    calendar = calendar[-(days + EARLIER + look_back(expressions.values())) :]
    bars = D.features(symbols, ["$" + n for n in names] or ["$close"], calendar[0], calendar[-1]).astype("float32")
    bars.columns = names or ["close"]
    for name, series in columns.items():
        bars[name] = series.reorder_levels(["instrument", "datetime"]).reindex(bars.index) if series.index.names[0] == "datetime" else series.reindex(bars.index)
    bars = bars[bars.index.get_level_values("datetime").isin(calendar)]
    series = {s: bars.loc[s].reindex(spread(bars.loc[s].index, calendar)) for s in symbols if s in bars.index.get_level_values(0)}
    part = None if ranges is None else {s: ranges[s] for s in series}
    with tempfile.TemporaryDirectory() as provider:
        write_provider(Path(provider), calendar, series, part)
        predictions = predict_there(provider, booster, handler, features, list(series), part is not None, calendar)
    expected = []
    for day in calendar[-days:]:
        said = {}
        for s, frame in series.items():
            bar = day in frame.index and not frame.loc[day].isna().all()
            value = predictions.get((day, s)) if bar else None
            said[s.upper()] = None if value is None else float(value)
        expected.append({"date": f"{day:%Y-%m-%d}", "predictions": said})
    out = {
        "calendar": [f"{d:%Y-%m-%d}" for d in calendar],
        "symbols": {
            s.upper(): {"first": f"{f.index[0]:%Y-%m-%d}", "fields": {c: [cell(v) for v in f[c]] for c in f.columns}} for s, f in series.items()
        },
        "expected": expected,
        "tolerance": 0,
    }
    if part is not None:
        out["instruments"] = {s.upper(): [[f"{pd.Timestamp(a):%Y-%m-%d}", f"{pd.Timestamp(b):%Y-%m-%d}"] for a, b in r] for s, r in part.items()}
    return {"source": versions(), "bars": out}


def pick_symbols(handler: Any, ranges: dict | None, day: Any) -> list[str]:
    """Returns up to eight symbols, spread over those of the universe that trade on the day."""
    if ranges is not None:
        alive = [s for s, r in ranges.items() if any(pd.Timestamp(a) <= day <= pd.Timestamp(b) for a, b in r)]
    else:
        index = handler._infer.index
        alive = list(index.get_level_values("instrument")[index.get_level_values("datetime") == day])
    if not alive:
        raise CannotServe(f"no symbol of the universe has data on {day:%Y-%m-%d}; --golden 0 writes no golden file")
    alive = sorted(set(map(str, alive)))
    return [alive[i] for i in sorted({round(k * (len(alive) - 1) / 7) for k in range(8)})]


def look_back(expressions: Iterable[str]) -> int:
    """Returns how many rows Qlib loads before a query's first day."""
    from qlib.data.data import ExpressionD

    return max(int(ExpressionD.get_expression_instance(e).get_extended_window_size()[0]) for e in expressions)


def spread(index: pd.Index, calendar: list) -> list:
    return [d for d in calendar if index[0] <= d <= index[-1]]


def write_provider(root: Path, calendar: list, series: dict[str, pd.DataFrame], ranges: dict | None) -> None:
    """Writes bars as a directory of Qlib's: calendars, instruments, features."""
    (root / "calendars").mkdir()
    (root / "calendars" / "day.txt").write_text("".join(f"{d:%Y-%m-%d}\n" for d in calendar))
    write_instruments(root / "instruments" / "all.txt", {s: [(f.index[0], f.index[-1])] for s, f in series.items()})
    if ranges is not None:
        write_instruments(root / "instruments" / "golden.txt", ranges)
    for s, frame in series.items():
        write_bins(root / "features", s, frame, calendar.index(frame.index[0]))


def write_bins(root: Path, symbol: str, frame: pd.DataFrame, first: int) -> None:
    from qlib.utils import code_to_fname

    folder = root / code_to_fname(symbol).lower()
    folder.mkdir(parents=True, exist_ok=True)
    for name in frame.columns:
        np.concatenate([[first], frame[name].values]).astype("<f4").tofile(folder / f"{name}.day.bin")


def predict_there(provider: str, booster: Any, handler: Any, features: dict, symbols: list[str], named: bool, calendar: list) -> dict:
    """Returns Qlib's predictions on another directory, by day and symbol."""
    before = {k: C[k] for k in ("provider_uri", "region", "kernels")}
    qlib.init(provider_uri=provider, region=C["region"], kernels=1, logging_level=logging.WARNING)
    with_filters = [x for x in all_loaders(handler.data_loader) if getattr(x, "filter_pipe", None)]
    kept = [x.filter_pipe for x in with_filters]
    try:
        for x in with_filters:  # the ranges say already what they leave
            x.filter_pipe = None
        frame = handler.data_loader.load("golden" if named else symbols, calendar[0], calendar[-1]).sort_index()
        if isinstance(handler, DataHandlerLP):
            frame = DataHandlerLP._run_proc_l(frame.copy(), handler.shared_processors + handler.infer_processors, with_fit=False, check_for_infer=True)
    finally:
        for x, pipe in zip(with_filters, kept):
            x.filter_pipe = pipe
        qlib.init(**before, logging_level=logging.WARNING)
    inputs = frame[GROUP]
    if list(inputs.columns) != features["inputs"]:
        raise CannotServe("the columns of a few symbols are not those of all: a processor looks at more than a day")
    return dict(zip(inputs.index, booster.predict(inputs.values)))


def all_loaders(loader: Any) -> list:
    return [loader] + [x for inner in getattr(loader, "data_loader_l", []) for x in all_loaders(inner)]


def cell(v: Any) -> Any:
    return None if np.isnan(v) else number(v)


# ------------------------------------------------------------------- writing


def strategy_of(config: dict) -> dict | None:
    """Returns the settings of the strategy, wherever the file keeps them."""
    places = [config.get("port_analysis_config"), config.get("task", {}).get("port_analysis_config")]
    for record in as_list(config.get("task", {}).get("record") or []):
        if isinstance(record, dict):
            places.append((record.get("kwargs") or {}).get("config"))
    for place in places:
        if isinstance(place, dict) and isinstance(place.get("strategy"), dict):
            s = place["strategy"]
            kwargs = {k: v for k, v in (s.get("kwargs") or {}).items() if k != "signal"}
            return {"class": s.get("class"), "module_path": s.get("module_path"), "kwargs": kwargs}
    return None


def versions() -> str:
    return f"pyqlib {qlib.__version__}, LightGBM {lightgbm.__version__}, pandas {pd.__version__}, NumPy {np.__version__}"


def describe(thing: Any) -> str:
    return f"{type(thing).__module__}.{type(thing).__name__}"


def as_list(v: Any) -> list:
    return list(v) if isinstance(v, (list, tuple)) else [v]


def write_json(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value, indent=1, default=str) + "\n")


def export(args: argparse.Namespace) -> None:
    out = Path(args.out)
    if out.exists() and any(out.iterdir()):
        raise CannotServe(f"{out} is not empty")
    with contextlib.redirect_stdout(sys.stderr):  # Qlib and LightGBM are talkative
        model, dataset, config = from_workflow(Path(args.workflow)) if args.workflow else from_recorder(args)
        handler = dataset.handler
        check_handler(handler)
        booster = booster_of(model)
        fields, columns = fields_of(handler.data_loader)
        if not fields:
            raise CannotServe("the handler computes no features")
        predictions = check_model(model, booster, dataset, args.segment)
        inputs = list(dataset.prepare(args.segment, col_set=GROUP, data_key=DataHandlerLP.DK_I).columns)
        extend, own = short_form(fields)
        universe, ranges = universe_of(handler)
        chain = getattr(handler, "shared_processors", []) + getattr(handler, "infer_processors", [])
        features = {
            "feature_set": 1,
            "name": args.name,
            **({"extend": extend} if extend else {}),
            "fields": own,
            "numerics": "pandas2" if int(pd.__version__.split(".")[0]) < 3 else "pandas3",
            "history": "full",
            "universe": universe,
            "processors": [e for e in map(processor_entry, chain) if e],
            "inputs": [str(n) for n in inputs],
        }
        until = dataset.segments[args.segment][1] or D.calendar(freq="day")[-1]
        file = golden(booster, handler, features, columns, ranges, args.golden, until) if args.golden else None

    out.mkdir(parents=True, exist_ok=True)
    booster.save_model(str(out / "model.txt"))
    write_json(out / "features.json", features)
    if file:
        write_json(out / "golden.json", file)
    if ranges is not None:
        write_instruments(out / "instruments" / f"{universe}.txt", ranges)
    write_columns(out / "columns", columns)
    strategy = strategy_of(config)
    if strategy:
        write_json(out / "strategy.json", strategy)
    if args.predictions:
        rows = (f"{d:%Y-%m-%d},{str(s).upper()},{float(v)!r}\n" for (d, s), v in predictions.items())
        (out / "predictions.csv").write_text("date,symbol,prediction\n" + "".join(rows))
    write_json(out / "export.json", {
        "export": 1, "made": datetime.now(timezone.utc).isoformat(timespec="seconds"), "with": versions(),
        "from": {"recorder": args.recorder} if args.recorder else {"workflow": Path(args.workflow).name},
        "model": "model.txt", "features": "features.json", "golden": "golden.json" if file else None,
    })
    print(f"{out}: {len(inputs)} inputs, {booster.num_trees()} trees, {len(features['processors'])} processors, universe {universe if isinstance(universe, str) else len(universe)}")
    print(f"edgesignal publish --qlib {out} --strategy NAME --version VERSION --activate")


def write_columns(root: Path, columns: dict[str, pd.Series]) -> None:
    calendar = list(D.calendar(freq="day"))
    for field, series in columns.items():
        frame = series.unstack("instrument") if series.index.names[0] == "datetime" else series.unstack(0)
        for symbol in frame.columns:
            values = frame[symbol].dropna()
            if len(values):
                rows = values.reindex(spread(values.index, calendar)).to_frame(field)
                write_bins(root, str(symbol), rows, calendar.index(rows.index[0]))


def main(argv: list[str] | None = None) -> int:
    p = argparse.ArgumentParser(description=__doc__.split("\n")[0], epilog="exit status: 0 written, 1 it cannot be served or failed, 2 wrong usage")
    source = p.add_mutually_exclusive_group(required=True)
    source.add_argument("--recorder", metavar="ID", help="the id of a run")
    source.add_argument("--workflow", metavar="FILE", help="a workflow file, which is trained")
    p.add_argument("--out", required=True, metavar="DIR", help="a new or an empty directory")
    p.add_argument("--golden", type=int, default=50, metavar="N", help="predictions in the golden file; 0 = none (default 50)")
    p.add_argument("--predictions", action="store_true", help="also write every prediction of the segment")
    p.add_argument("--segment", default="test", help="of the dataset (default test)")
    p.add_argument("--name", default="exported", help="of the feature set")
    p.add_argument("--runs", default="mlruns", metavar="DIR", help="where Qlib keeps its runs, for --recorder (default mlruns)")
    p.add_argument("--provider", metavar="DIR", help="Qlib's data, for --recorder")
    p.add_argument("--region", default="cn", help="for --recorder (default cn)")
    p.add_argument("--model", metavar="NAME", help="the model's name among the run's objects")
    args = p.parse_args(argv)
    if args.golden < 0:
        p.error("--golden is below 0")
    if args.workflow and not Path(args.workflow).is_file():
        p.error(f"--workflow {args.workflow}: no such file")
    try:
        export(args)
    except CannotServe as why:
        print(f"export.py: {why}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    os.environ.setdefault("MLFLOW_ALLOW_FILE_STORE", "true")
    sys.exit(main())
