"""Writes the .parquet files beside it, as pandas users write daily bars, and
expected.csv, what a reader must find in each of them, as float32.

    pip install pandas==3.1.1 pyarrow==26.0.1 && python make.py
"""
import numpy as np
import pandas as pd

PRICES = ["open", "high", "low", "close"]


def bars(volume="Int64"):
    n = 24
    close = np.round(100 + np.cumsum(np.sin(np.arange(n))), 2)
    df = pd.DataFrame({
        "symbol": "BRK-B",
        "date": pd.bdate_range("2024-12-02", periods=n),
        "open": close - 0.13, "high": close + 1.7, "low": close - 1.9, "close": close,
        "volume": pd.array(20_000_000 + 7_654_321 * np.arange(n), dtype="Int64"),
    })
    df.loc[3, "open"] = np.nan
    df.loc[23, "close"] = np.nan
    df.loc[7, "volume"] = pd.NA
    df["volume"] = df["volume"].astype(volume)
    return df


def save(name, df, **options):
    df.to_parquet(name + ".parquet", **options)


b = bars()
expected = pd.DataFrame({"date": b.date.dt.strftime("%Y-%m-%d")})
for c in PRICES + ["volume"]:
    expected[c] = [str(np.float32(np.nan if pd.isna(x) else x)) for x in b[c]]
expected.to_csv("expected.csv", index=False)

save("default", b)
save("float_volume_zstd", bars("float64"), compression="zstd")
save("int32_volume_gzip", bars("Int32"), compression="gzip")
save("uncompressed_plain_v2", b, compression=None, use_dictionary=False, data_page_version="2.0")
save("date_index", b.set_index("date"))
f = bars()
f.index = range(100, 124)
save("numbered_index", f)
f = bars()
f["date"] = f.date.dt.date
save("date32", f)
for unit in ["ms", "us", "ns"]:
    f = bars()
    f["date"] = (f.date + pd.Timedelta("20:59:59.5")).astype(f"datetime64[{unit}]").dt.tz_localize("UTC")
    f["timestamp"] = f["date"]
    save("timestamp_" + unit, f)
f = bars().astype({c: "float32" for c in PRICES})
f["vwap"] = f["close"]
save("float32_vwap", f)
f = bars()
f["symbol"] = f["symbol"].astype("category")
save("category_row_groups", f, row_group_size=7)
save("small_pages_checksums", b, data_page_size=32, write_batch_size=4, write_page_checksum=True)
save("byte_stream_split", bars("float64"), use_dictionary=["symbol"],
     column_encoding={c: "BYTE_STREAM_SPLIT" for c in PRICES + ["volume"]})
save("delta", b, use_dictionary=["symbol"],
     column_encoding={c: "DELTA_BINARY_PACKED" for c in ["date", "volume"]})
f = bars()
f.insert(0, "tags", [["a", "b"]] * 24)
f.insert(1, "nested", [{"close": 1.0, "more": [1]}] * 24)
save("nested_extras", f)
