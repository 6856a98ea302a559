"""Writes columns.csv: the extra columns of a few symbols and days of the demo's
bars, by the formulas in plain floats, one operation after the other, so that
every bit is decided by IEEE 754. pandas then says whether they are the
statistics that their names promise.

    pip install pandas==3.1.1 pyarrow==26.0.1 && python columns.py

A column "universe" names the symbols that beta is measured against; empty =
all of the demo. An empty value is a missing one.
"""
import csv
import math
from pathlib import Path

import numpy as np
import pandas as pd

HERE = Path(__file__).parent
BARS = HERE / "../../../artifacts/demo/bars"
MONTH, QUARTER = 20, 60
MONTH_ENOUGH, QUARTER_ENOUGH = 14, 40
ROWS = [
    # universe, symbols, days
    ("", ["AAPL", "JPM", "TSLA", "XOM"], ["2021-03-31", "2023-06-30", "2024-12-31"]),
    # META begins on 2021-06-01, GE has no bars from 2022-06-13 to 06-17.
    ("", ["META"], ["2021-08-25", "2021-08-26", "2021-09-30"]),
    ("", ["GE"], ["2022-06-10", "2022-06-20", "2022-06-21", "2022-07-08", "2022-07-15", "2022-07-18", "2022-08-31", "2022-09-12"]),
    ("GE META MSFT", ["GE", "META", "XOM"], ["2021-08-26", "2022-06-21", "2024-12-31"]),
    ("GE", ["GE", "AAPL"], ["2022-06-21", "2022-08-31", "2024-12-31"]),
]


def load():
    close, volume = {}, {}
    for file in sorted((BARS / "2024-12-31").glob("*.parquet")):
        bars = pd.read_parquet(file).set_index("date")
        close[file.stem] = bars["close"].astype(np.float32).astype(float)
        volume[file.stem] = bars["volume"].astype(np.float32).astype(float)
    # The union of the days; a day without a bar is NaN.
    close, volume = pd.DataFrame(close).sort_index(), pd.DataFrame(volume).sort_index()
    close.index = volume.index = [pd.Timestamp(d).strftime("%Y-%m-%d") for d in close.index]
    return close, volume


def known(values):
    return [v for v in values if not math.isnan(v)]


def mean(values):
    total = 0.0
    for v in values:
        total += v
    return total / len(values)


def window_returns(c, day, n):
    """r_t = c_t / c_(t-1) - 1 of the n rows up to a day; before the first row there is nothing."""
    return [c[t] / c[t - 1] - 1 if t > 0 else math.nan for t in range(day - n + 1, day + 1)]


def volatility(c, day):
    r = known(window_returns(c, day, MONTH))
    if len(r) < MONTH_ENOUGH:
        return None
    center, squares = mean(r), 0.0
    for v in r:
        squares += (v - center) * (v - center)
    return math.sqrt(squares / (len(r) - 1))


def dollar_volume(c, v, day):
    products = known([c[t] * v[t] for t in range(day - MONTH + 1, day + 1)])
    return mean(products) if len(products) >= MONTH_ENOUGH else None


def universe_returns(closes, day):
    columns = zip(*(window_returns(c, day, QUARTER) for c in closes))
    return [mean(known(rs)) if known(rs) else math.nan for rs in columns]


def beta(c, closes, day):
    pairs = [p for p in zip(window_returns(c, day, QUARTER), universe_returns(closes, day)) if known(p) == list(p)]
    if len(pairs) < QUARTER_ENOUGH:
        return None
    r, u = [p[0] for p in pairs], [p[1] for p in pairs]
    center_r, center_u, covariance, variance = mean(r), mean(u), 0.0, 0.0
    for a, b in zip(r, u):
        covariance += (a - center_r) * (b - center_u)
        variance += (b - center_u) * (b - center_u)
    return covariance / variance


def same(ours, theirs, what):
    if ours is None:
        assert math.isnan(theirs), (what, theirs)
    else:
        assert math.isclose(ours, theirs, rel_tol=1e-9), (what, ours, theirs)


def main():
    close, volume = load()
    days = list(close.index)
    sector_of = dict(csv.reader(open(BARS / "symbols.csv")))
    del sector_of["symbol"]
    sectors = sorted(set(sector_of.values()))
    lists = {s: close[s].tolist() for s in close}

    r = close / close.shift(1) - 1
    volatilities = r.rolling(MONTH, min_periods=MONTH_ENOUGH).std()
    dollars = (close * volume).rolling(MONTH, min_periods=MONTH_ENOUGH).mean()

    with open(HERE / "columns.csv", "w", newline="") as out:
        table = csv.writer(out, lineterminator="\n")
        table.writerow(["universe", "symbol", "date", "close", "volatility_20d", "dollar_volume_20d", "sector", "beta_60d"])
        for universe, symbols, dates in ROWS:
            names = universe.split() or sorted(close)
            u = r[names].mean(axis=1)
            for symbol in symbols:
                x = r[symbol]
                betas = x.rolling(QUARTER, min_periods=QUARTER_ENOUGH).cov(u) / u.where(x.notna()).rolling(QUARTER, min_periods=QUARTER_ENOUGH).var()
                for date in dates:
                    day, c = days.index(date), lists[symbol]
                    row = [
                        volatility(c, day), dollar_volume(c, volume[symbol].tolist(), day),
                        beta(c, [lists[s] for s in names], day),
                    ]
                    for ours, theirs in zip(row, [volatilities[symbol], dollars[symbol], betas]):
                        same(ours, theirs[date], (symbol, date))
                    last = None if math.isnan(c[day]) else c[day]
                    values = [last, row[0], row[1], sectors.index(sector_of[symbol]), row[2]]
                    table.writerow([universe, symbol, date] + ["" if v is None else repr(v) for v in values])


main()
