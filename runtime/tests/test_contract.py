"""What both languages must agree on."""

import json
from pathlib import Path

import pytest

from aidc_runtime.config import LaunchSpec, load_spec, spec_hash
from aidc_runtime.contract import contract_files, write_contract
from aidc_runtime.environment import PORTS, VARIABLES
from aidc_runtime.exit_codes import FINAL, BadSpec, ExitCode, RunError
from aidc_runtime.observe.catalogue import BASE_LABELS, METRICS, PHASES

RUNTIME = Path(__file__).parents[1]
GOLDEN = RUNTIME.parent / "test" / "training" / "golden"
SPECS, REFUSED = sorted(GOLDEN.glob("*.json")), sorted((GOLDEN / "refused").glob("*.json"))


@pytest.mark.parametrize("name", contract_files())
def test_the_committed_files_are_those_of_the_code(tmp_path: Path, name: str) -> None:
    """Write them anew with `aidc-run schema --write runtime/schema`."""
    write_contract(tmp_path)
    assert (RUNTIME / "schema" / name).read_text() == (tmp_path / name).read_text()


def test_no_file_of_the_contract_is_left_over() -> None:
    assert {file.name for file in (RUNTIME / "schema").iterdir()} == set(contract_files())


def test_there_are_golden_specs() -> None:
    assert len(SPECS) >= 2
    assert len(REFUSED) >= 10


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_what_the_library_writes_is_read_whole(path: Path) -> None:
    """Nothing is lost, and the library states every default, so that both languages have the same ones."""
    spec = load_spec(path)
    assert spec.model_dump(mode="json") == json.loads(path.read_text())


@pytest.mark.parametrize("path", REFUSED, ids=lambda path: path.stem)
def test_what_the_library_refuses_is_refused_here(path: Path) -> None:
    with pytest.raises(BadSpec, match=r"is not valid"):
        load_spec(path)


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_the_hash_of_a_spec_does_not_depend_on_the_order_of_its_members(path: Path, tmp_path: Path) -> None:
    values = json.loads(path.read_text())
    turned = tmp_path / "turned.json"
    turned.write_text(json.dumps(dict(reversed(values.items()))))
    assert spec_hash(load_spec(turned)) == spec_hash(load_spec(path))
    values["train"]["steps"] += 1
    turned.write_text(json.dumps(values))
    assert spec_hash(load_spec(turned)) != spec_hash(load_spec(path))


def test_exit_codes_are_distinct_and_their_own() -> None:
    codes = [int(code) for code in ExitCode]
    assert len(set(codes)) == len(codes)
    # 1 and 2 are those of Python and of a wrong command line, from 126 on those of the shell and of signals.
    assert all(code == 0 or 64 <= code < 126 for code in codes)
    assert {ExitCode.DONE, ExitCode.PREEMPTED} < FINAL
    assert not {ExitCode.CRASHED, ExitCode.STORAGE, ExitCode.FABRIC} & FINAL


def test_every_fault_has_an_exit_code_of_its_own() -> None:
    """Those of exit_codes.py; others, such as a failed save, count as a crash."""
    kinds = [kind for kind in RunError.__subclasses__() if kind.__module__ == RunError.__module__]
    codes = [kind("why").code for kind in kinds]  # type: ignore[call-arg]
    assert len(set(codes)) == len(codes)
    assert set(codes) == set(ExitCode) - {ExitCode.DONE, ExitCode.CRASHED}


def test_names_are_told_once() -> None:
    for names in ([m.name for m in METRICS], [v.name for v in VARIABLES], list(PORTS.values()), PHASES):
        assert len(set(names)) == len(names)
    assert not {label for metric in METRICS for label in metric.labels} & set(BASE_LABELS)


def test_metrics_are_named_as_prometheus_wants() -> None:
    for metric in METRICS:
        assert metric.name.endswith("_total") == (metric.kind == "counter"), metric.name
        if metric.unit:
            assert metric.unit in metric.name, metric.name


def test_an_option_that_a_release_adds_changes_no_hash() -> None:
    path = sorted(GOLDEN.glob("*.json"))[0]

    class Later(LaunchSpec):
        extra: int = 3

    spec = load_spec(path)
    later = Later.model_validate_json(path.read_text())
    assert spec_hash(later) == spec_hash(spec)
    assert spec_hash(later.model_copy(update={"extra": 4})) != spec_hash(spec)
