"""Writes one set of eight bars as many writers and settings write it, and expected.csv.

Run by hand, in an empty folder: python make.py; python make.py spark; python make.py NAME... for single files.
It needs pandas, pyarrow, polars, duckdb and fastparquet; Spark's files need pyspark and Java 17.
"""
import datetime as dt, decimal, os, shutil, sys, warnings
import numpy as np, pandas as pd, pyarrow as pa, pyarrow.parquet as pq, polars as pl, duckdb
warnings.simplefilter("ignore")
days = [dt.date(2024, 3, 28), dt.date(2024, 3, 29), dt.date(2024, 4, 1), dt.date(2024, 6, 28), dt.date(2024, 7, 1), dt.date(2024, 11, 4), dt.date(2024, 12, 30), dt.date(2024, 12, 31)]
nan = float("nan")
close = [100.25, 101.5, 100.25, 103.0625, nan, 99.99, 0.1, 101.5]
open_ = [100.0, 100.25, 101.5, 100.25, 103.0, 100.5, 0.3, 100.0]
high = [101.25, 102.5, 101.5, 104.0, 103.5, 101.0, 0.7, 102.0]
low = [99.75, 100.0, 100.0, 100.0, 102.0, 99.0, 0.05, 99.5]
volume = [1000, 16777217, 0, 2500, 1234567890123, 17, 1000, 2500]

def frame(**over):
    d = dict(symbol=["BRK-B"] * 8, date=pd.to_datetime(days), open=open_, high=high, low=low, close=close, volume=volume)
    d.update(over)
    return pd.DataFrame(d)

def at(zone, hour=0):
    return pd.to_datetime([dt.datetime.combine(d, dt.time(hour)) for d in days]).tz_localize(zone)

def table(schema_metadata=None, **over):
    d = dict(symbol=pa.array(["BRK-B"] * 8), date=pa.array(days, pa.date32()), open=pa.array(open_), high=pa.array(high), low=pa.array(low),
             close=pa.array(close, from_pandas=True), volume=pa.array(volume))
    d.update(over)
    return pa.table({k: v for k, v in d.items() if v is not None}, metadata=schema_metadata)

def dec(values, p, s):
    return pa.array([None if v != v else decimal.Decimal(repr(v)) for v in values], pa.decimal128(p, s))

duck = duckdb.connect()
def duckdb_write(path, select="*", options="", f=None):
    src = f if f is not None else frame()
    duck.register("src", src)
    duck.execute(f"COPY (SELECT {select} FROM src) TO '{path}' (FORMAT PARQUET{options})")

def row_groups_with_empty(path):
    t = table()
    w = pq.ParquetWriter(path, t.schema)
    w.write_table(t.slice(0, 4)); w.write_table(t.slice(0, 0)); w.write_table(t.slice(4)); w.close()

def one_group_a_row(path): pq.write_table(table(), path, row_group_size=1)

def wide(path):
    t = table(date=pa.array(days, pa.date32()))
    for i in range(60): t = t.append_column(f"f{i}", pa.array([i * 1.0] * 8))
    t = t.append_column("map", pa.array([[("a", 1)]] * 8, pa.map_(pa.string(), pa.int64())))
    t = t.append_column("dur", pa.array([1] * 8, pa.duration("ns")))
    t = t.append_column("half", pa.array(np.zeros(8, np.float16)))
    t = t.append_column("nothing", pa.nulls(8))
    pq.write_table(t, path)

def fp(path, f, **kw):
    import fastparquet  # writes datetime64[s], what pandas 3 makes of dates, as milliseconds of January 1970
    f["date"] = f["date"].dt.as_unit("ns")
    fastparquet.write(path, f, **kw)

def polars_frame(**over):
    d = dict(symbol=["BRK-B"] * 8, date=days, open=open_, high=high, low=low, close=[None if c != c else c for c in close], volume=volume)
    d.update(over)
    return pl.DataFrame(d)

DD = "symbol, CAST(date AS DATE) AS date, open, high, low, CASE WHEN isnan(close) THEN NULL ELSE close END AS close, volume"
made = {
 # pandas and pyarrow
 "pandas-3": lambda p: frame().to_parquet(p),
 "pandas-date-index": lambda p: frame().set_index("date").to_parquet(p),
 "pandas-yfinance-names": lambda p: frame().rename(columns=str.title).set_index("Date").assign(**{"Adj Close": 1.0, "Dividends": 0.0}).to_parquet(p),
 "pandas-strings": lambda p: frame(date=[d.isoformat() for d in days]).to_parquet(p),
 "pandas-category": lambda p: frame().astype({"symbol": "category"}).to_parquet(p),
 "pandas-nullable": lambda p: frame().convert_dtypes().to_parquet(p),
 "pandas-null-vwap": lambda p: frame(vwap=None).to_parquet(p),
 "pandas-tokyo": lambda p: frame(date=at("Asia/Tokyo")).to_parquet(p),
 "pandas-shanghai": lambda p: frame(date=at("Asia/Shanghai", 15)).to_parquet(p),
 "pandas-london": lambda p: frame(date=at("Europe/London")).to_parquet(p),
 "pandas-new-york-midnight": lambda p: frame(date=at("America/New_York")).to_parquet(p),
 "pandas-new-york-16": lambda p: frame(date=at("America/New_York", 16)).to_parquet(p),
 "pandas-new-york-20": lambda p: frame(date=at("America/New_York", 20)).to_parquet(p),
 "pandas-sydney": lambda p: frame(date=at("Australia/Sydney")).to_parquet(p),
 "pandas-utc": lambda p: frame(date=at("UTC")).to_parquet(p),
 "pandas-offset": lambda p: frame(date=at(dt.timezone(dt.timedelta(hours=8)))).to_parquet(p),
 "pandas-tokyo-index": lambda p: frame(date=at("Asia/Tokyo")).set_index("date").to_parquet(p),
 "arrow-tokyo-without-pandas": lambda p: pq.write_table(table(date=pa.array(at("Asia/Tokyo"))), p),
 "arrow-brotli": lambda p: pq.write_table(table(), p, compression="brotli"),
 "arrow-lz4": lambda p: pq.write_table(table(), p, compression="lz4"),
 "arrow-int96": lambda p: pq.write_table(table(date=pa.array(pd.to_datetime(days))), p, use_deprecated_int96_timestamps=True),
 "arrow-int96-tokyo": lambda p: pq.write_table(table(date=pa.array(at("Asia/Tokyo"))), p, use_deprecated_int96_timestamps=True),
 "arrow-unsigned": lambda p: pq.write_table(table(volume=pa.array(volume, pa.uint64())), p),
 "arrow-decimal": lambda p: pq.write_table(table(open=dec(open_, 12, 6), high=dec(high, 38, 10), low=dec(low, 8, 4), close=dec(close, 18, 4)), p),
 "arrow-decimal-as-integer": lambda p: pq.write_table(table(open=dec(open_, 9, 4), close=dec(close, 18, 4)), p, store_decimal_as_integer=True),
 "arrow-delta-byte-array": lambda p: pq.write_table(table(date=pa.array([d.isoformat() for d in days])), p, use_dictionary=False, column_encoding={"symbol": "DELTA_BYTE_ARRAY", "date": "DELTA_BYTE_ARRAY"}),
 "arrow-delta-length-byte-array": lambda p: pq.write_table(table(date=pa.array([d.isoformat() for d in days])), p, use_dictionary=False, column_encoding={"symbol": "DELTA_LENGTH_BYTE_ARRAY", "date": "DELTA_LENGTH_BYTE_ARRAY"}),
 "arrow-delta-binary-packed": lambda p: pq.write_table(table(), p, use_dictionary=False, column_encoding={"volume": "DELTA_BINARY_PACKED", "date": "DELTA_BINARY_PACKED"}),
 "arrow-empty-row-group": row_groups_with_empty,
 "arrow-row-group-a-row": one_group_a_row,
 "arrow-other-columns": wide,
 "arrow-dictionary-string": lambda p: pq.write_table(table(symbol=pa.array(["BRK-B"] * 7 + [None]).dictionary_encode()), p),
 "arrow-large-string-view": lambda p: pq.write_table(table(symbol=pa.array(["BRK-B"] * 8, pa.large_string())), p),
 "arrow-fixed-size": lambda p: pq.write_table(table(symbol=pa.array([b"BRK-B"] * 8, pa.binary(5)), open=pa.array(open_)), p, column_encoding={"symbol": "BYTE_STREAM_SPLIT", "open": "BYTE_STREAM_SPLIT"}, use_dictionary=False),
 "arrow-required": lambda p: pq.write_table(table().cast(pa.schema([f.with_nullable(f.name == "close") for f in table().schema])), p, data_page_version="2.0"),
 "arrow-checksums-v2-gzip": lambda p: pq.write_table(table(), p, compression="gzip", data_page_version="2.0", write_page_checksum=True),
 "arrow-version-1": lambda p: pq.write_table(table(), p, version="1.0"),
 "arrow-list-view": lambda p: pq.write_table(table().append_column("tags", pa.array([["a"]] * 8)), p),
 # polars
 "polars": lambda p: polars_frame().write_parquet(p),
 "polars-datetime": lambda p: polars_frame(date=[dt.datetime.combine(d, dt.time()) for d in days]).write_parquet(p),
 "polars-shanghai": lambda p: polars_frame(date=[dt.datetime.combine(d, dt.time()) for d in days]).with_columns(pl.col("date").dt.replace_time_zone("Asia/Shanghai")).write_parquet(p),
 "polars-brotli": lambda p: polars_frame().write_parquet(p, compression="brotli"),
 "polars-lz4": lambda p: polars_frame().write_parquet(p, compression="lz4"),
 "polars-uncompressed-u32": lambda p: polars_frame().with_columns(pl.col("volume").cast(pl.UInt64), pl.col("symbol").cast(pl.Categorical), pl.col("open").cast(pl.Decimal(18, 4))).write_parquet(p, compression="uncompressed"),
 "polars-row-groups": lambda p: polars_frame().write_parquet(p, row_group_size=3, statistics="full"),
 # DuckDB
 "duckdb": lambda p: duckdb_write(p, DD),
 "duckdb-null-and-dictionary": lambda p: duckdb_write(p, DD + ", NULL AS vwap"),
 "duckdb-v2": lambda p: duckdb_write(p, DD, ", PARQUET_VERSION V2"),
 "duckdb-zstd-decimal": lambda p: duckdb_write(p, "symbol, CAST(date AS DATE) AS date, CAST(open AS DECIMAL(12,4)) AS open, CAST(high AS DECIMAL(30,8)) AS high, CAST(low AS DECIMAL(9,4)) AS low, CASE WHEN isnan(close) THEN NULL ELSE close END AS close, CAST(volume AS UBIGINT) AS volume", ", CODEC ZSTD"),
 "duckdb-lz4": lambda p: duckdb_write(p, DD, ", CODEC LZ4_RAW"),
 "duckdb-brotli": lambda p: duckdb_write(p, DD, ", CODEC BROTLI"),
 "duckdb-timestamp": lambda p: duckdb_write(p, DD.replace("CAST(date AS DATE) AS date", "CAST(date AS TIMESTAMP) AS date")),
 "duckdb-timestamptz": lambda p: duckdb_write(p, DD.replace("CAST(date AS DATE) AS date", "(CAST(date AS TIMESTAMP) AT TIME ZONE 'UTC') AS date")),
 "duckdb-hugeint-and-text-date": lambda p: duckdb_write(p, DD.replace("CAST(date AS DATE) AS date", "CAST(CAST(date AS DATE) AS VARCHAR) AS date")),
 # fastparquet
 "fastparquet": lambda p: fp(p, frame()),
 "fastparquet-gzip-nullable": lambda p: fp(p, frame().convert_dtypes(), compression="GZIP"),
 "fastparquet-int96": lambda p: fp(p, frame(), times="int96"),
 "fastparquet-has-nulls-zstd": lambda p: fp(p, frame(), compression="ZSTD", has_nulls=True),
 "fastparquet-row-groups": lambda p: fp(p, frame(), row_group_offsets=[0, 3, 6], compression="SNAPPY"),
 "fastparquet-category": lambda p: fp(p, frame().astype({"symbol": "category"})),
 "fastparquet-tokyo": lambda p: fp(p, frame(date=at("Asia/Tokyo"))),
 "fastparquet-brotli": lambda p: fp(p, frame(), compression="BROTLI"),
 "fastparquet-lz4": lambda p: fp(p, frame(), compression="LZ4_RAW"),
}

def spark():
    from pyspark.sql import SparkSession, functions as F
    from pyspark.sql.types import DecimalType
    s = SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false").config("spark.sql.session.timeZone", "UTC").getOrCreate()
    f = frame().assign(date=[d for d in days])
    d = s.createDataFrame([tuple(None if v != v else v for v in r) for r in f.itertuples(index=False)], list(f.columns)).coalesce(1)
    def one(name, d, **o):
        w = d.write.mode("overwrite")
        for k, v in o.items(): w = w.option(k, v)
        w.parquet("spark-tmp")
        part = [n for n in os.listdir("spark-tmp") if n.endswith(".parquet")][0]
        shutil.copy("spark-tmp/" + part, name + ".parquet"); shutil.rmtree("spark-tmp")
    one("spark", d)
    one("spark-timestamp", d.withColumn("date", F.col("date").cast("timestamp")))
    s.conf.set("spark.sql.parquet.outputTimestampType", "TIMESTAMP_MICROS")
    one("spark-timestamp-micros", d.withColumn("date", F.col("date").cast("timestamp")))
    one("spark-timestamp-ntz", d.withColumn("date", F.col("date").cast("timestamp_ntz")))
    one("spark-decimal-zstd", d.withColumn("open", F.col("open").cast(DecimalType(18, 6))).withColumn("low", F.col("low").cast(DecimalType(38, 10))), compression="zstd")
    one("spark-lz4raw", d, compression="lz4_raw")
    s.conf.set("spark.sql.parquet.writeLegacyFormat", "true")
    one("spark-legacy-decimal", d.withColumn("open", F.col("open").cast(DecimalType(9, 4))))
    s._jsc.hadoopConfiguration().set("parquet.writer.version", "v2")
    one("spark-v2", d)
    s.stop()

with open("expected.csv", "w") as f:
    f.write("date,open,high,low,close,volume\n")
    for row in zip(days, open_, high, low, close, volume):
        f.write(",".join(str(v) for v in row) + "\n")
names = sys.argv[1:] or list(made)
for n in names:
    if n == "spark": spark(); continue
    try: made[n](n + ".parquet")
    except Exception as e: print(n, "not made:", type(e).__name__, str(e)[:200])
