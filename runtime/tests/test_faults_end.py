"""How processes are told to leave, and what they leave behind."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from aidc_runtime.exit_codes import BadData, ExitCode, Preempted
from aidc_runtime.faults.outcome import (
    Outcome,
    ended,
    ending_with_outcome,
    joint,
    read_outcomes,
    write_outcome,
    write_termination_message,
)
from aidc_runtime.faults.stop import DEADLINE, NONE, SIGNAL, StopSignal

SOURCE = str(Path(__file__).parents[1] / "src")


def test_a_signal_is_noted_and_handlers_are_put_back():
    before = signal.getsignal(signal.SIGTERM)
    with StopSignal() as stop:
        assert (stop.value, stop.requested) == (NONE, False)
        os.kill(os.getpid(), signal.SIGTERM)
        assert (stop.value, stop.requested, stop.reason) == (SIGNAL, True, "signal")
    assert signal.getsignal(signal.SIGTERM) == before


def test_a_second_ctrl_c_does_not_wait():
    with StopSignal(signals=(signal.SIGINT,)) as stop:
        os.kill(os.getpid(), signal.SIGINT)
        assert stop.requested
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)


def test_the_deadline_counts_early():
    now = [0.0]
    stop = StopSignal("1970-01-01T00:10:00Z", save_seconds=90, clock=lambda: now[0])
    now[0] = 509
    assert stop.value == NONE
    now[0] = 510
    assert (stop.value, stop.reason) == (DEADLINE, "deadline")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("AIDC_OUTCOME_DIR", str(tmp_path))
    monkeypatch.setenv("RANK", "3")
    return tmp_path


def test_an_outcome_is_read_back(folder):
    outcome = Outcome(ExitCode.PREEMPTED, "told to", "signal", 7, 1.5, "step-7")
    write_outcome(outcome)
    assert [file.name for file in folder.iterdir()] == ["rank-3.json"]
    assert read_outcomes(folder) == [outcome]


def test_outcomes_that_cannot_be_written_or_read_are_told(folder, monkeypatch, capsys):
    (folder / "rank-0.json").write_text("{")
    assert read_outcomes(folder) == []
    monkeypatch.setenv("AIDC_OUTCOME_DIR", str(folder / "none"))
    write_outcome(Outcome(ExitCode.CRASHED))
    errors = capsys.readouterr().err
    assert "rank-0.json cannot be read" in errors
    assert "cannot be written" in errors
    monkeypatch.delenv("AIDC_OUTCOME_DIR")
    write_outcome(Outcome(ExitCode.CRASHED))  # nobody waits for it
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("codes", "together"),
    [
        ([70, 65, 75], 65),
        ([75, 70, 0], 75),
        ([70, 74], 74),
        ([0, 70], 70),
        ([70, 64, 76], 64),
        ([0, 0], 0),
    ],
)
def test_what_stands_for_all(codes, together):
    assert joint([Outcome(ExitCode(code)) for code in codes]).code == together


@pytest.mark.parametrize(
    ("outcomes", "codes", "together", "words"),
    [
        ([], [0, 0], 0, ""),
        ([], [0, -9], 70, "SIGKILL"),
        ([], [1, None], 70, "exit codes [1, None]"),
        ([], [65, None], 65, "ended with code 65"),
        ([75], [75, -9], 75, ""),
        ([0], [0, -11], 70, "SIGSEGV"),
        ([], [None, None], 70, "failed"),
    ],
)
def test_exit_codes_speak_where_files_do_not(outcomes, codes, together, words):
    outcome = ended([Outcome(ExitCode(code)) for code in outcomes], codes)
    assert outcome.code == together
    assert words in outcome.message


def test_exceptions_become_outcomes(folder, capsys):
    left = []
    with ending_with_outcome(left.append) as words:
        words.step, words.checkpoint = 7, "step-7"
        raise Preempted("told to stop")
    assert left == [75]
    assert read_outcomes(folder) == [Outcome(ExitCode.PREEMPTED, "told to stop", "", 7, None, "step-7")]
    with ending_with_outcome(left.append):
        raise BadData("shard-3 is torn")
    with ending_with_outcome(left.append):
        raise KeyError("loss")
    assert left == [75, 65, 70]
    assert read_outcomes(folder)[0].message == "KeyError: 'loss'"
    errors = capsys.readouterr().err
    assert "aidc-run: shard-3 is torn" in errors
    assert "Traceback" in errors
    with ending_with_outcome(left.append):
        pass
    assert len(left) == 3
    assert read_outcomes(folder)[0].code == ExitCode.DONE


def test_the_termination_message_fits(tmp_path, monkeypatch):
    monkeypatch.setenv("AIDC_TERMINATION_LOG", str(tmp_path / "log"))
    write_termination_message(Outcome(ExitCode.CRASHED, 'früh "' * 2000 + "the cause", "hang", 3, 1.5, "s3://b/step-3"))
    text = (tmp_path / "log").read_bytes()
    assert 1900 < len(text) <= 2048
    said = json.loads(text)
    assert said["message"].endswith("the cause")
    assert (said["code"], said["reason"], said["step"], said["checkpoint"]) == (70, "hang", 3, "s3://b/step-3")


HANG = """
import sys, time
from aidc_runtime.faults.watchdog import Watchdog
def stuck():
    time.sleep(100)
with Watchdog(0.5) as dog:
    dog.beat(step=4)
    stuck() if sys.argv[1] == "hang" else [dog.beat() or time.sleep(0.1) for _ in range(12)]
"""

HOLD = """
import ctypes
from aidc_runtime.faults.watchdog import Watchdog
with Watchdog(0.5) as dog:
    import time; time.sleep(0.2)  # the watchdog's thread has begun
    ctypes.PyDLL(None).sleep(100)  # and the interpreter's lock is not given back
"""


def run(code: str, folder: Path, *arguments: str) -> subprocess.CompletedProcess:
    environment = os.environ | {"PYTHONPATH": SOURCE, "AIDC_OUTCOME_DIR": str(folder)}
    return subprocess.run(
        [sys.executable, "-c", code, *arguments], env=environment, capture_output=True, text=True, timeout=60
    )


def test_who_hangs_is_ended_with_its_stacks(folder):
    ended = run(HANG, folder, "hang")
    assert ended.returncode == 70
    assert "in stuck" in ended.stderr
    (outcome,) = read_outcomes(folder)
    assert (outcome.code, outcome.reason, outcome.step) == (ExitCode.CRASHED, "hang", 4)


def test_who_beats_lives_on(folder):
    assert run(HANG, folder, "work").returncode == 0
    assert read_outcomes(folder) == []


def test_who_hangs_with_the_interpreters_lock_is_ended_too(folder):
    ended = run(HOLD, folder)
    assert ended.returncode == 1
    assert "most recent call first" in ended.stderr
