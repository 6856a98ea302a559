"""Records what a real MLflow tracking server answers. See README.md.

record.py URI OUT MODEL: logs the LightGBM text MODEL and some files to the
server at URI, asks what the package asks, and writes each answer to OUT as it
came over the wire: the request's line, then the response.
"""
import http.client, json, pathlib, sys, tempfile, urllib.parse

import lightgbm, mlflow, numpy

uri, out, model = sys.argv[1], pathlib.Path(sys.argv[2]), sys.argv[3]
NAME = "alpha baseline"
mlflow.set_tracking_uri(uri)
mlflow.set_experiment("alpha")
booster = lightgbm.Booster(model_file=model)
pip = ["lightgbm"]  # not inferred: that takes a minute
with mlflow.start_run() as r:
    run = r.info.run_id
    logged = mlflow.lightgbm.log_model(booster, name="model", registered_model_name=NAME, pip_requirements=pip).model_id
    pickled = mlflow.lightgbm.log_model(
        lightgbm.LGBMRegressor(n_estimators=1, min_child_samples=1, verbose=-1).fit(numpy.array([[1.0], [2.0]]), [1, 2]),
        name="pickled", registered_model_name=NAME, pip_requirements=pip).model_id
    with tempfile.TemporaryDirectory() as d:
        mlflow.lightgbm.save_model(booster, d + "/saved", pip_requirements=pip)
        mlflow.log_artifacts(d + "/saved", "saved")
        pathlib.Path(d, "rule notes.txt").write_text("a file of the run\n")
        mlflow.log_artifact(d + "/rule notes.txt", "deep/er")
        mlflow.log_artifact(d + "/rule notes.txt", "model")  # beside the logged model of that name
client = mlflow.MlflowClient()
client.set_registered_model_alias(NAME, "champion", "1")
root = client.get_run(run).info.artifact_uri
of_model = client.get_logged_model(logged).artifact_location
of_pickled = client.get_logged_model(pickled).artifact_location

q = lambda path, **kw: "mlflow/" + path + "?" + urllib.parse.urlencode(kw)
asks = [
    q("runs/get", run_id=run), q("runs/get", run_id="0" * 32),
    *(q("model-versions/get", name=n, version=v) for n, v in [(NAME, 1), (NAME, 2), (NAME, 7), ("nobody", 1)]),
    *(q("model-versions/get-download-uri", name=NAME, version=v) for v in (1, 2)),
    *(q("registered-models/alias", name=n, alias=a) for n, a in [(NAME, "champion"), (NAME, "nobody"), ("nobody", "champion")]),
    *("mlflow/logged-models/" + m for m in (logged, pickled, "m-" + "0" * 32)),
]
if root.startswith("mlflow-artifacts:/"):
    a = lambda where, *names: ["mlflow-artifacts/artifacts/" + where.removeprefix("mlflow-artifacts:/") + "/" + urllib.parse.quote(n) for n in names]
    asks += a(of_model, "MLmodel", "model.lgb", "rule notes.txt", "rule notes.txt/MLmodel") + a(of_pickled, "MLmodel")
    asks += a(root, "saved/MLmodel", "saved/model.lgb", "deep/er", "deep/er/MLmodel", "deep/er/rule notes.txt",
              "deep/er/rule notes.txt/MLmodel", "model/rule notes.txt", "model/rule notes.txt/MLmodel", "none", "none/MLmodel")
    asks += a(of_model, "model.lgb/MLmodel") + a(root, "saved/model.lgb/MLmodel")

out.mkdir(parents=True, exist_ok=True)
netloc = urllib.parse.urlsplit(uri).netloc
for i, ask in enumerate(asks):
    c = http.client.HTTPConnection(netloc)
    c.request("GET", "/api/2.0/" + ask)
    res = c.getresponse()
    head = "".join(f"{k}: {v}\r\n" for k, v in res.getheaders())
    (out / f"{i:02}.http").write_bytes(
        f"GET /api/2.0/{ask}\r\nHTTP/1.1 {res.status} {res.reason}\r\n{head}\r\n".encode() + res.read())
(out / "ids.json").write_text(json.dumps(
    {"mlflow": mlflow.__version__, "run": run, "logged": logged, "pickled": pickled,
     "root": root, "of_model": of_model, "of_pickled": of_pickled}, indent=1) + "\n")
