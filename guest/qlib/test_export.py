"""Tests of the exporter with the real pyqlib, LightGBM and pandas.

EDGESIGNAL names the program. Qlib's data are the demo's bars, written as a
provider directory; each workflow is run in Qlib, exported, and what was
exported is held against Qlib's own values.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import lightgbm
import numpy as np
import pandas as pd

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
PROGRAM = os.environ.get("EDGESIGNAL", "edgesignal")

ROBUST = [
    {"class": "RobustZScoreNorm", "kwargs": {"fields_group": "feature", "clip_outlier": True}},
    {"class": "Fillna", "kwargs": {"fields_group": "feature"}},
]
FIELDS = [
    ["Mean($close,10)/$close", "EMA($close,12)/EMA($close,26)-1", "Std($close/Ref($close,1)-1,20)", "Corr($close,Log($volume+1),15)"],
    ["M10", "MACD", "VOL", "CORR"],
]
LABEL = [["Ref($close,-2)/Ref($close,-1)-1"], ["LABEL0"]]
LEARN = [{"class": "DropnaLabel"}]


def write_provider(root: Path) -> None:
    """Writes the demo's bars from 2023 on as a provider directory."""
    frames = {f.stem: pd.read_parquet(f) for f in sorted((ROOT / "artifacts/demo/bars/2024-12-31").glob("*.parquet"))}
    for s, frame in frames.items():
        frame = frame.set_index(pd.to_datetime(frame["date"]))[["open", "high", "low", "close", "volume"]]
        frames[s] = frame[frame.index >= "2023-01-01"]
    calendar = sorted(set().union(*(f.index for f in frames.values())))
    (root / "calendars").mkdir(parents=True)
    (root / "calendars/day.txt").write_text("".join(f"{d:%Y-%m-%d}\n" for d in calendar))
    (root / "instruments").mkdir()
    (root / "instruments/all.txt").write_text("".join(f"{s}\t{f.index[0]:%Y-%m-%d}\t{f.index[-1]:%Y-%m-%d}\n" for s, f in frames.items()))
    some = sorted(frames)[::2]
    (root / "instruments/half.txt").write_text(
        "".join(f"{s}\t2023-01-01\t2024-03-28\n{s}\t2024-05-02\t2024-12-31\n" if i % 3 == 0 else f"{s}\t2023-01-01\t2024-12-31\n" for i, s in enumerate(some)))
    for s, frame in frames.items():
        rows = frame.reindex([d for d in calendar if frame.index[0] <= d <= frame.index[-1]])
        folder = root / "features" / s.lower()
        folder.mkdir(parents=True)
        for field in rows.columns:
            np.concatenate([[calendar.index(rows.index[0])], rows[field]]).astype("<f4").tofile(folder / f"{field}.day.bin")


def handler(name: str, **kwargs) -> dict:
    return {"class": name, "module_path": "qlib.contrib.data.handler", "kwargs": {**DAYS, "learn_processors": LEARN, **kwargs}}


def loader(fields: list, **kwargs) -> dict:
    config = {"class": "QlibDataLoader", "module_path": "qlib.data.dataset.loader", "kwargs": {"config": {"feature": fields, "label": LABEL}, **kwargs}}
    return config


def handler_of(data_loader: dict, **kwargs) -> dict:
    days = {k: v for k, v in DAYS.items() if not k.startswith("fit_")}
    return {"class": "DataHandlerLP", "module_path": "qlib.data.dataset.handler", "kwargs": {**days, "data_loader": data_loader, "learn_processors": LEARN, **kwargs}}


DAYS = {"start_time": "2023-01-01", "end_time": "2024-12-31", "fit_start_time": "2023-01-01", "fit_end_time": "2024-03-28", "instruments": "all"}
SEGMENTS = {"train": ["2023-01-01", "2024-03-28"], "valid": ["2024-04-01", "2024-06-28"], "test": ["2024-09-02", "2024-12-31"]}


class Export(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.work = Path(cls.folder.name)
        cls.provider = cls.work / "provider"
        write_provider(cls.provider)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def workflow(self, name: str, h: dict, segments: dict = SEGMENTS, **extra) -> Path:
        task = {
            "model": {"class": "LGBModel", "module_path": "qlib.contrib.model.gbdt", "kwargs": {
                "loss": "mse", "num_leaves": 15, "learning_rate": 0.1, "num_boost_round": 20, "num_threads": 1, "seed": 7}},
            "dataset": {"class": "DatasetH", "module_path": "qlib.data.dataset", "kwargs": {"handler": h, "segments": segments}},
        }
        path = self.work / f"{name}.yaml"
        path.write_text(json.dumps({"qlib_init": {"provider_uri": str(self.provider), "region": "us", "kernels": 1}, "task": task, **extra}))
        return path

    def run_export(self, *args: str) -> subprocess.CompletedProcess:
        return subprocess.run([sys.executable, str(HERE / "export.py"), *args], capture_output=True, text=True, cwd=self.work)

    def exported(self, name: str, h: dict, **extra) -> Path:
        out = self.work / name
        done = self.run_export("--workflow", str(self.workflow(name, h, **extra)), "--out", str(out), "--golden", "40", "--predictions")
        self.assertEqual(0, done.returncode, done.stderr[-3000:])
        self.check(out)
        return out

    def check(self, out: Path) -> None:
        """Holds what every export must be."""
        features = json.loads((out / "features.json").read_text())
        golden = json.loads((out / "golden.json").read_text())
        booster = lightgbm.Booster(model_file=str(out / "model.txt"))
        self.assertEqual(booster.num_feature(), len(features["inputs"]))
        self.assertEqual("pandas2" if pd.__version__ < "3" else "pandas3", features["numerics"])
        self.assertEqual(json.loads((out / "export.json").read_text())["golden"], "golden.json")
        said = [v for e in golden["bars"]["expected"] for v in e["predictions"].values() if v is not None]
        self.assertGreaterEqual(len(said), 30)
        self.assertGreater(len(set(said)), 5)
        for symbol in golden["bars"]["symbols"].values():
            lengths = {len(column) for column in symbol["fields"].values()}
            self.assertEqual(1, len(lengths))
        self.compare(out, features, booster)

    def compare(self, out: Path, features: dict, booster: lightgbm.Booster) -> None:
        """Computes every prediction of the segment from the exported files; each has Qlib's bits."""
        for f in (out / "instruments").glob("*.txt"):  # where the README says that they belong
            shutil.copy(f, self.provider / "instruments")
        for f in (out / "columns").glob("*/*.bin"):
            shutil.copy(f, self.provider / "features" / f.parent.name)
        table = out / "table.csv"
        done = subprocess.run([PROGRAM, "features", "--data", str(self.provider), "--features", str(out / "features.json"), "--out", str(table)],
                              capture_output=True, text=True)
        self.assertEqual(0, done.returncode, done.stderr[-2000:])
        read = lambda f: pd.read_csv(f, index_col=["symbol", "date"], float_precision="round_trip")
        theirs, columns = read(out / "predictions.csv")["prediction"], read(table)
        self.assertGreater(len(theirs), 150)
        self.assertEqual(features["inputs"], list(columns.columns))
        self.assertTrue(theirs.index.isin(columns.index).all())
        ours = booster.predict(columns.loc[theirs.index].values)
        self.assertEqual(0, int((ours != theirs.values).sum()), f"of {len(ours)} predictions")

    def features(self, out: Path) -> dict:
        return json.loads((out / "features.json").read_text())

    def test_alpha158_normalised(self):
        strategy = {"class": "TopkDropoutStrategy", "module_path": "qlib.contrib.strategy", "kwargs": {"signal": "<PRED>", "topk": 5, "n_drop": 1}}
        out = self.exported("robust", handler("Alpha158", infer_processors=ROBUST), port_analysis_config={"strategy": strategy})
        f = self.features(out)
        self.assertEqual(("alpha158", [], "all"), (f["extend"], f["fields"], f["universe"]))
        self.assertEqual(["RobustZScoreNorm", "Fillna"], [p["class"] for p in f["processors"]])
        self.assertEqual(158, len(f["processors"][0]["state"]["std_train"]))
        self.assertEqual({"topk": 5, "n_drop": 1}, json.loads((out / "strategy.json").read_text())["kwargs"])

    def test_alpha360_with_its_own_processors(self):
        # Few days of few symbols, for ProcessInf is slow in Qlib.
        few = {"start_time": "2024-09-02", "fit_start_time": "2024-09-02", "fit_end_time": "2024-10-31", "instruments": ["AAPL", "KO", "V", "XOM"]}
        segments = {"train": ["2024-09-02", "2024-10-31"], "test": ["2024-11-01", "2024-12-31"]}
        f = self.features(self.exported("alpha360", handler("Alpha360", **few), segments=segments))
        self.assertEqual(["AAPL", "KO", "V", "XOM"], f["universe"])
        self.assertEqual(("alpha360", []), (f["extend"], f["fields"]))
        self.assertEqual(["ProcessInf", "ZScoreNorm", "Fillna"], [p["class"] for p in f["processors"]])
        self.assertEqual(360, len(f["processors"][1]["state"]["mean_train"]), "the label's state is not the features'")

    def test_fields_ranked_over_a_universe(self):
        out = self.exported("ranked", handler_of(loader(FIELDS), instruments="half", infer_processors=[{"class": "CSRankNorm", "kwargs": {"fields_group": "feature"}}]))
        f = self.features(out)
        self.assertEqual(("half", FIELDS[1]), (f["universe"], [x["name"] for x in f["fields"]]))
        self.assertIn("AAPL\t2023-01-02\t2024-03-28\nAAPL\t2024-05-02\t2024-12-31\n", (out / "instruments/half.txt").read_text())
        golden = json.loads((out / "golden.json").read_text())
        self.assertEqual(set(golden["bars"]["symbols"]), set(golden["bars"]["instruments"]))

    def test_some_of_the_columns(self):
        keep = [{"class": "FilterCol", "kwargs": {"fields_group": "feature", "col_list": ["ROC60", "KLEN", "STD5"]}}, *ROBUST]
        f = self.features(self.exported("some", handler("Alpha158", infer_processors=keep)))
        self.assertEqual(["KLEN", "ROC60", "STD5"], f["inputs"])
        self.assertEqual(3, len(f["processors"][1]["state"]["mean_train"]))

    def test_loaders_within_a_loader(self):
        nested = {"class": "NestedDataLoader", "module_path": "qlib.data.dataset.loader", "kwargs": {"dataloader_l": [
            {"class": "qlib.contrib.data.loader.Alpha158DL"}, loader(FIELDS)]}}
        f = self.features(self.exported("nested", handler_of(nested)))
        self.assertEqual(("alpha158", 4), (f["extend"], len(f["fields"])))
        self.assertEqual(sorted(f["inputs"]), f["inputs"])

    def test_a_filtered_universe(self):
        pipe = [{"filter_type": "ExpressionDFilter", "rule_expression": "$close > Mean($close,20)", "filter_start_time": None, "filter_end_time": None, "keep": False}]
        out = self.exported("filtered", handler("Alpha158", filter_pipe=pipe, infer_processors=[{"class": "CSZScoreNorm", "kwargs": {"fields_group": "feature"}}]))
        self.assertEqual("all_filtered", self.features(out)["universe"])
        self.assertGreater(len((out / "instruments/all_filtered.txt").read_text().splitlines()), 100)

    def test_columns_of_a_file(self):
        index = pd.MultiIndex.from_product([pd.bdate_range("2023-01-02", "2024-12-31"), ["AAPL", "KO", "V"]], names=["datetime", "instrument"])
        values = np.random.default_rng(3).normal(size=(len(index), 1)).astype("float32")
        frame = pd.DataFrame(values, index=index, columns=pd.MultiIndex.from_tuples([("feature", "News Score")]))
        frame.to_pickle(self.work / "news.pkl")
        nested = {"class": "NestedDataLoader", "module_path": "qlib.data.dataset.loader", "kwargs": {"dataloader_l": [
            loader(FIELDS), {"class": "StaticDataLoader", "module_path": "qlib.data.dataset.loader", "kwargs": {"config": str(self.work / "news.pkl")}}]}}
        out = self.exported("static", handler_of(nested))
        self.assertEqual({"name": "News Score", "expression": "$news_score"}, self.features(out)["fields"][-1])
        self.assertTrue((out / "columns/aapl/news_score.day.bin").exists())

    def test_a_recorder(self):
        run = self.work / "run.py"
        run.write_text(
            "import sys, json, qlib\nfrom qlib.config import C\nfrom qlib.model.trainer import task_train\n"
            "config = json.load(open(sys.argv[1]))\n"
            "manager = {**C['exp_manager'], 'kwargs': {**C['exp_manager']['kwargs'], 'uri': 'file:' + sys.argv[2]}}\n"
            "if __name__ == '__main__':\n"
            "    qlib.init(**config['qlib_init'], exp_manager=manager)\n"
            "    print('RECORDER', task_train(config['task'], experiment_name='tests').info['id'])\n")
        path = self.workflow("recorded", handler("Alpha158", infer_processors=ROBUST))
        environment = {**os.environ, "MLFLOW_ALLOW_FILE_STORE": "true"}
        done = subprocess.run([sys.executable, str(run), str(path), str(self.work / "mlruns")], capture_output=True, text=True, cwd=self.work, env=environment)
        self.assertEqual(0, done.returncode, done.stderr[-3000:])
        recorder = next(line.split()[1] for line in done.stdout.splitlines() if line.startswith("RECORDER"))
        out = self.work / "recorded"
        done = self.run_export("--recorder", recorder, "--runs", str(self.work / "mlruns"), "--provider", str(self.provider), "--region", "us",
                               "--out", str(out), "--golden", "40", "--predictions")
        self.assertEqual(0, done.returncode, done.stderr[-3000:])
        self.check(out)
        again = self.exported("recorded_again", handler("Alpha158", infer_processors=ROBUST))
        for name in ("features.json", "golden.json", "predictions.csv"):
            self.assertEqual((again / name).read_text(), (out / name).read_text(), name)

    def test_refusals(self):
        (self.work / "mine.py").write_text(
            "from qlib.data.dataset.processor import Processor, Fillna\nfrom qlib.contrib.data.handler import Alpha158\n"
            "from qlib.contrib.model.gbdt import LGBModel\n"
            "class Own(Processor):\n    def __call__(self, df):\n        return df\n"
            "class Looks(Alpha158):\n    def fetch(self, *args, **kwargs):\n        return super().fetch(*args, **kwargs)\n"
            "class Fields(Alpha158):\n    def get_feature_config(self):\n        return ['$close/Ref($close,5)', '$high/$low'], ['A', 'B']\n"
            "class Twice(LGBModel):\n    def predict(self, *args, **kwargs):\n        return 2 * super().predict(*args, **kwargs)\n")
        own = lambda name, **kwargs: {"class": name, "module_path": "mine", "kwargs": {**DAYS, "learn_processors": LEARN, **kwargs}}
        here = {"sys": {"path": [str(self.work)]}}
        for name, h, extra, want in [
            ("own processor", handler("Alpha158", infer_processors=[{"class": "Own", "module_path": "mine"}]), here, "processor mine.Own is not Qlib's own"),
            ("own fetch", own("Looks"), here, "mine.Looks has its own fetch()"),
            ("minutes", handler_of(loader(FIELDS, freq="1min")), {}, None),
            ("rows without a label", handler_of(loader(FIELDS), infer_processors=[{"class": "DropnaProcessor"}]), {}, "no new day has one"),
            ("names twice", handler_of(loader([["$close", "$open"], ["A", "A"]])), {}, "two fields are named A"),
        ]:
            with self.subTest(name):
                out = self.work / ("refused " + name)
                done = self.run_export("--workflow", str(self.workflow(name, h, **extra)), "--out", str(out))
                self.assertEqual(1, done.returncode)
                if want:
                    self.assertIn(want, done.stderr.splitlines()[-1])
                self.assertFalse(out.exists(), "nothing is written")
        f = self.features(self.exported("own_fields", own("Fields"), **here))
        self.assertEqual(["A", "B"], f["inputs"])
        path = self.workflow("twice", handler("Alpha158"), **here)
        config = json.loads(path.read_text())
        config["task"]["model"].update({"class": "Twice", "module_path": "mine"})
        path.write_text(json.dumps(config))
        done = self.run_export("--workflow", str(path), "--out", str(self.work / "twice"))
        self.assertIn("predicts something else than its booster", done.stderr.splitlines()[-1])


if __name__ == "__main__":
    sys.exit(unittest.main())
