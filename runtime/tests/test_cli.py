"""The commands of `aidc-run`: what they say, and with which code they end."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from samples import (
    TINY_BERT,
    TINY_LLAMA,
    TINY_VIT,
    digit_records,
    documents,
    make_spec,
    pair_records,
    sentiment_records,
    write_jsonl,
)

from aidc_runtime.cli import main
from aidc_runtime.config.load import schema


@pytest.fixture(autouse=True)
def _no_spec_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AIDC_SPEC", "AIDC_OUTCOME_DIR", "RANK", "WORLD_SIZE"):
        monkeypatch.delenv(name, raising=False)


def spec_file(
    folder: Path, name: str = "causal_lm", records: list[dict[str, Any]] | None = None, /, **parts: Any
) -> Path:
    """A launch spec in a file, of a small run whose data and results lie in the folder."""
    data = write_jsonl(folder / "train.jsonl", records if records is not None else documents(40))
    parts = {
        "run": {"id": "try", "output": str(folder / "runs")},
        "model": {"config": TINY_LLAMA, "vocabulary_size": 300},
        "observe": {"port": 0, "address": "127.0.0.1", "log_every": 1},
        "train": {"steps": 3, "global_batch": 4, "micro_batch": 2, "precision": "fp32"},
        **parts,
    }
    path = folder / "spec.json"
    path.write_text(make_spec(name, data, **parts).model_dump_json())
    return path


def run(*arguments: Any) -> int:
    return main([str(argument) for argument in arguments])


# check


def test_check_tells_what_a_run_needs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("check", spec_file(tmp_path)) == 0
    said = capsys.readouterr().out
    assert "run try: 3 steps of 4 samples on 1 processes" in said
    assert "GiB on each device" in said
    assert "data.train: 1 files" in said
    assert said.endswith("the spec is good\n")


def test_check_finds_the_spec_in_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIDC_SPEC", str(spec_file(tmp_path)))
    assert run("check") == 0


def test_check_offline_looks_at_no_place(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = spec_file(tmp_path)
    (tmp_path / "train.jsonl").unlink()
    assert run("check", path, "--offline") == 0
    assert "data.train" not in capsys.readouterr().out


def test_check_says_that_data_are_missing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = spec_file(tmp_path)
    (tmp_path / "train.jsonl").unlink()
    assert run("check", path) == 65
    assert f"data.train {tmp_path / 'train.jsonl'}" in capsys.readouterr().err


def test_check_says_that_a_prefix_is_empty(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "empty").mkdir()
    assert run("check", spec_file(tmp_path, data={"eval": str(tmp_path / "empty")})) == 65
    assert "holds no files" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ({"parallel": {"shard": 3}}, "does not make 1 processes"),
        ({"model": {"config": {"model_type": "no-such-model"}}}, "no-such-model"),
        ({"model": {"config": {"model_type": "llama", "hidden_size": 33, "num_attention_heads": 2}}}, "llama"),
    ],
)
def test_check_refuses_what_cannot_work(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], parts: dict[str, Any], words: str
) -> None:
    assert run("check", spec_file(tmp_path, **parts), "--offline") == 64
    said = capsys.readouterr().err
    assert said.startswith("aidc-run: ")
    assert words in said


def test_all_faults_of_a_spec_are_told_at_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = spec_file(tmp_path)
    values = json.loads(path.read_text())
    values["train"]["steps"] = 0
    values["run"]["id"] = "Upper"
    values["colour"] = "red"
    path.write_text(json.dumps(values))
    assert run("check", path) == 64
    said = capsys.readouterr().err
    for words in ("train.steps", "got 0", "run.id", '"Upper"', "colour"):
        assert words in said


@pytest.mark.parametrize("command", ["check", "run", "launch", "export"])
def test_a_missing_spec_is_told_by_every_command(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(command, "/no/such/spec.json") == 64
    assert "/no/such/spec.json cannot be read" in capsys.readouterr().err
    assert run(command) == 64
    assert "AIDC_SPEC" in capsys.readouterr().err


def test_a_spec_that_is_no_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "spec.json").write_text("{")
    assert run("check", tmp_path / "spec.json") == 64
    assert "is not valid" in capsys.readouterr().err


# schema


def test_schema_prints_the_schema_and_writes_the_contract(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("schema") == 0
    assert json.loads(capsys.readouterr().out) == schema()
    assert run("schema", "--write", tmp_path / "there") == 0
    assert sorted(file.name for file in (tmp_path / "there").iterdir()) == [
        "environment.v1.json",
        "exit-codes.v1.json",
        "launch-spec.v1.json",
        "metrics.v1.json",
    ]


def test_the_command_needs_no_torch_to_say_what_is_wrong() -> None:
    code = "import sys; from aidc_runtime.cli import main; code = main(['schema']) or main(['launch', '/none']);"
    code += "sys.exit(1 if 'torch' in sys.modules else code)"
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1] / "src")}
    ended = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True)
    assert ended.returncode == 64, ended.stderr


# run, launch and export


TASKS = {
    "causal_lm": (documents(40), {"model": {"config": TINY_LLAMA, "vocabulary_size": 300}}),
    "sequence_classification": (sentiment_records(40), {"model": {"config": TINY_BERT, "vocabulary_size": 200}}),
    "pair_ranking": (pair_records(10), {"model": {"config": TINY_BERT, "vocabulary_size": 200}}),
    "image_classification": (
        digit_records()[:100],
        {"model": {"config": TINY_VIT}, "task": {"options": {"scale": 16}}},
    ),
}


@pytest.mark.parametrize("task", TASKS)
def test_a_run_in_one_process_and_all_after_it(
    tmp_path: Path, task: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Learned, judged, exported; then the run is complete, whoever would launch it again; and it can be exported anew."""
    records, parts = TASKS[task]
    parts = {**parts, "data": {"eval": str(tmp_path / "train.jsonl")}}
    path = spec_file(tmp_path, task, records, **parts)
    assert run("run", path) == 0
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    steps = [event["fields"]["step"] for event in events if event["message"] == "step"]
    assert steps == [1, 2, 3]
    assert [event["message"] for event in events].count("evaluated") == 1
    here = tmp_path / "runs" / "try"
    done = json.loads((here / "complete.json").read_text())
    assert (done["step"], done["samples"]) == (3, 12)
    assert "score" in done["report"]
    manifest = (here / "export" / "MANIFEST.json").read_text()
    assert "model.safetensors" in manifest

    assert run("launch", path) == 0
    said = capsys.readouterr().out
    assert said.startswith("aidc-run: run try is complete already: ")

    weights = (here / "export" / "model.safetensors").read_bytes()
    (here / "export" / "model.safetensors").unlink()
    assert run("export", path) == 0
    assert capsys.readouterr().out.splitlines()[-1] == str(here / "export")
    assert (here / "export" / "model.safetensors").read_bytes() == weights


def test_export_without_a_checkpoint(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("export", spec_file(tmp_path)) == 64
    assert "checkpoint" in capsys.readouterr().err


def test_a_fault_that_nobody_thought_of_is_a_crash(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import aidc_runtime.worker as worker

    def broken(*_: Any, **__: Any) -> None:
        raise ZeroDivisionError("by zero")

    monkeypatch.setattr(worker, "train", broken)
    assert run("run", spec_file(tmp_path)) == 70
    assert "ZeroDivisionError: by zero" in capsys.readouterr().err


# launchers from outside

OUTSIDE = """
from pathlib import Path
from aidc_runtime.launchers.launcher import Launcher

class Plain(Launcher):
    def launch(self, spec, spec_path):
        Path(spec.launcher.options["note"]).write_text(f"{spec.run.id} {spec_path}")
        return 69
"""


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A package with an entry point, as pip installs it."""
    site = tmp_path / "site"
    (site / "launcher_from_outside-1.0.dist-info").mkdir(parents=True)
    (site / "launcher_from_outside.py").write_text(OUTSIDE)
    metadata = site / "launcher_from_outside-1.0.dist-info"
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: launcher-from-outside\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text("[aidc_runtime.launchers]\nplain = launcher_from_outside:Plain\n")
    monkeypatch.syspath_prepend(str(site))


@pytest.mark.usefixtures("installed")
def test_a_launcher_of_another_package_takes_over(tmp_path: Path) -> None:
    note = tmp_path / "note"
    path = spec_file(tmp_path, launcher={"name": "plain", "options": {"note": str(note)}})
    assert run("launch", path) == 69
    assert note.read_text() == f"try {path}"


@pytest.mark.usefixtures("installed")
def test_an_unknown_launcher_lists_the_known_ones(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("launch", spec_file(tmp_path, launcher={"name": "ray"})) == 64
    assert "launcher.name is 'ray', but the image has only plain, torch" in capsys.readouterr().err
