"""Tests of the client against the real program, with the real LightGBM.

EDGESIGNAL names the program. The service is a host with an embedded registry
in a folder of its own, on the demo's bars.
"""

import datetime
import json
import math
import os
import socket
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

import edgesignal

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = os.environ.get("EDGESIGNAL", "edgesignal")
DEMO = ROOT / "artifacts" / "demo"


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Service(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        work = Path(cls.folder.name)
        cls.settings = {
            "STATE_DIR": str(work / "state"), "ARTIFACT_STORE": str(work / "store"), "DATA_DIR": str(DEMO / "bars"),
            "HOST": "127.0.0.1", "PORT": str(free_port()), "DATABASE_URL": "",
        }
        edgesignal.publish(
            DEMO / "models" / "alpha_baseline-v1.0.0.txt", strategy="alpha_baseline", version="v1", activate=True,
            golden=json.loads((DEMO / "golden-v1.0.0.json").read_text()), program=PROGRAM, settings=cls.settings,
        )
        environment = {**os.environ, **cls.settings}
        cls.log = open(work / "log", "w", encoding="utf-8")
        cls.process = subprocess.Popen([PROGRAM, "serve"], env=environment, stderr=cls.log, stdout=cls.log)
        subprocess.run([PROGRAM, "ready", "--port", cls.settings["PORT"], "--wait", "60s"], check=True, stdout=cls.log)
        cls.client = edgesignal.Client(f"http://127.0.0.1:{cls.settings['PORT']}")

    @classmethod
    def tearDownClass(cls):
        cls.process.terminate()
        cls.process.wait(30)
        cls.log.close()
        cls.folder.cleanup()

    def test_signals(self):
        book = self.client.signals()
        self.assertEqual(30, len(book))
        self.assertEqual("v1", book.attrs["metadata"]["model_version"])
        self.assertEqual(0.002284504628093555, book.loc["TSLA", "predicted_return"])
        few = self.client.signals(["aapl", "TSLA"], as_of_date=datetime.date(2024, 12, 31))
        self.assertEqual(["TSLA", "AAPL"], list(few.index))
        self.assertEqual(book.loc["AAPL", "target_weight"], few.loc["AAPL", "target_weight"])

    def test_signals_without_pandas(self):
        with mock.patch.object(edgesignal, "pandas", None):
            plain = edgesignal.Client(self.client.url)
            self.assertEqual("AAPL", plain.signals(["AAPL"])["signals"][0]["symbol"])
            with self.assertRaisesRegex(edgesignal.EdgeSignalError, "needs pandas"):
                edgesignal.Client(frames=True)

    def test_generate(self):
        book = self.client.generate(["AAPL", "AMZN", "GOOGL", "MSFT", "TSLA"], as_of_date="2024-12-31", top_n=2, bottom_n=1)
        self.assertEqual({"AMZN": 0.5, "TSLA": 0.5, "GOOGL": 0, "MSFT": 0, "AAPL": -1}, book["target_weight"].to_dict())
        same = self.client.generate(["AAPL", "AMZN", "GOOGL", "MSFT", "TSLA"], params={"top_n": 2, "bottom_n": 1}, previous_weights={"AAPL": 0.1})
        self.assertTrue(same.equals(book))

    def test_market_and_model(self):
        market = self.client.market()
        self.assertEqual("2024-12-31", market["last_day"])
        self.assertEqual("v1", self.client.model_info()["version"])

    def test_problems(self):
        for call, status, code in [
            (lambda: self.client.signals(strategy="nobody"), 404, "unknown_strategy"),
            (lambda: self.client.generate([]), 422, "invalid"),
            (lambda: self.client.generate(["AAPL"], top_n=-1), 422, "invalid"),
            (lambda: self.client.signals(as_of_date="yesterday"), 400, "bad_request"),
            (lambda: self.client.signals(as_of_date="1980-01-02"), 422, "no_data"),
        ]:
            with self.assertRaises(edgesignal.Problem) as caught:
                call()
            self.assertEqual((status, code), (caught.exception.status, caught.exception.code))
            self.assertTrue(caught.exception.request_id)
        with self.assertRaisesRegex(TypeError, "list of symbols"):
            self.client.signals("AAPL")
        with self.assertRaises(edgesignal.Unreachable):
            edgesignal.Client(f"http://127.0.0.1:{free_port()}").market()

    def test_an_own_model_all_the_way(self):
        import lightgbm
        import numpy as np
        import pandas as pd

        table = Path(self.folder.name) / "features.csv"
        subprocess.run([PROGRAM, "features", "--data", str(DEMO / "bars"), "--from", "2024-06-03", "--out", str(table)], check=True, stdout=self.log, stderr=self.log)
        X = pd.read_csv(table, index_col=["symbol", "date"], float_precision="round_trip").astype("float32")
        y = np.random.default_rng(1).normal(size=len(X))
        booster = lightgbm.train({"verbose": -1, "num_threads": 1, "seed": 1, "num_leaves": 15}, lightgbm.Dataset(X, y), 20)
        file = edgesignal.golden(booster, X, n=40, strategy="own", version="v1")
        self.assertEqual(40, len(file["predictions"]["rows"]))
        said = edgesignal.publish(booster, strategy="own", version="v1", golden=file, rule="builtin:rank_weighted", params={"gross": 1},
                                  activate=True, program=PROGRAM, settings=self.settings)
        self.assertIn("40 golden predictions (worst difference 0)", said)
        self.assertEqual("v1", self.client.reload("own", wait="30s")["version"])
        book = self.client.signals(strategy="own")
        day = book.attrs["metadata"]["data_as_of"]
        for symbol, row in X.xs(day, level="date").iterrows():
            self.assertEqual(booster.predict([row.values])[0], book.loc[symbol, "predicted_return"])

        file["predictions"]["expected"][3] += 1e-9
        with self.assertRaises(edgesignal.PublishError) as caught:
            edgesignal.publish(booster, strategy="own", version="v2", golden=file, program=PROGRAM, settings=self.settings)
        self.assertEqual("golden_mismatch", caught.exception.reason)
        with self.assertRaises(edgesignal.PublishError):
            edgesignal.publish(booster, strategy="own", version="v3", program="/no/such/program")


class Golden(unittest.TestCase):
    class Sum:
        """Stands in for a booster where only the rows are looked at."""

        def predict(self, rows):
            return [sum(v for v in row if not math.isnan(v)) for row in rows]

    def test_rows(self):
        table = [[0.5, None], [0.1, 2.0], [math.nan, 1.5]]
        with self.assertRaisesRegex(ValueError, "row 1, column a: 0.1 is no finite float32"):
            edgesignal.golden(self.Sum(), table, features=["a", "b"])
        with self.assertRaisesRegex(ValueError, "a name for each column"):
            edgesignal.golden(self.Sum(), table)
        table[1][0] = 0.10000000149011612  # the float32 nearest to 0.1
        got = edgesignal.golden(self.Sum(), table, features=["a", "b"])["predictions"]
        self.assertCountEqual([[0.5, None], [0.1, 2.0], [None, 1.5]], got["rows"])
        self.assertEqual(0, got["tolerance"])
        json.dumps(got, allow_nan=False)

    def test_half_of_the_rows_are_those_with_most_missing(self):
        table = [[None if i % 50 == 0 else 1.0] for i in range(1000)]
        got = edgesignal.golden(self.Sum(), table, n=10, features=["a"])["predictions"]["rows"]
        self.assertEqual(10, len(got))
        self.assertGreaterEqual(got.count([None]), 5)


if __name__ == "__main__":
    sys.exit(unittest.main())
