"""Writes long.parquet and hive/ beside it: three symbols of four days, as pandas and Spark lay tables out. Run by hand: python make.py (pandas 3.1.1, pyarrow 26.0.1)."""
import os
import pandas as pd

rows = []
for i, symbol in enumerate(["AAPL", "MSFT", "TSLA"]):
    for d in range(4):
        base = 100 * (i + 1) + d
        rows.append((symbol, pd.Timestamp("2024-01-02") + pd.Timedelta(days=d), base, base + 1.0, base - 1.0, base + 0.5, (base + 0.5) / 2, 1000 * (i + 1) + d, "tech"))
f = pd.DataFrame(rows, columns=["ticker", "Date", "Open", "High", "Low", "Close", "Adj Close", "Volume", "sector"])
f.sample(frac=1, random_state=1).to_parquet("long.parquet", row_group_size=5)
for symbol, part in f.groupby("ticker"):
    os.makedirs(f"hive/ticker={symbol}", exist_ok=True)
    part.drop(columns="ticker").to_parquet(f"hive/ticker={symbol}/part-0.parquet")
