"""`aidc-run`: the command of the pods, and of people who try a launch spec at their desk."""

import argparse
import json
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path

from aidc_runtime.config import LaunchSpec, load_spec
from aidc_runtime.config.load import schema
from aidc_runtime.exit_codes import BadSpec, ExitCode, Preempted, RunError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; the exit code of `exit_codes.py`."""
    options = _parser().parse_args(arguments)
    command: Callable[[argparse.Namespace], int] = options.run
    try:
        return command(options)
    except RunError as error:
        print(f"aidc-run: {error}", file=sys.stderr)
        return int(error.code)
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    except Exception:
        traceback.print_exc()
        return int(ExitCode.CRASHED)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="aidc-run", description="Training runtime of cdktf-ai-datacenter.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, run, help_text in (
        ("launch", _launch, "start a node's processes and see them through (the command of a pod)"),
        ("run", _run, "run in this one process"),
        ("check", _check, "check a launch spec, estimate its memory, and see whether its places can be reached"),
        ("worker", _worker, argparse.SUPPRESS),
    ):
        command = commands.add_parser(name, help=help_text)
        command.add_argument(
            "spec",
            nargs="?",
            default=os.environ.get("AIDC_SPEC"),
            help="launch spec, a JSON file (default: $AIDC_SPEC)",
        )
        command.set_defaults(run=run)
        if name == "check":
            command.add_argument("--offline", action="store_true", help="do not look at the places")
    exporting = commands.add_parser("export", help="write the newest checkpoint of a run as safetensors")
    exporting.add_argument("spec", nargs="?", default=os.environ.get("AIDC_SPEC"), help="launch spec of the run")
    exporting.set_defaults(run=_export)
    describing = commands.add_parser("schema", help="print the JSON Schema of launch specs")
    describing.add_argument("--write", metavar="FOLDER", type=Path, help="write all files of the contract there")
    describing.set_defaults(run=_schema)
    return parser


def _path(options: argparse.Namespace) -> Path:
    if options.spec is None:
        raise BadSpec("no launch spec: name its file, or set AIDC_SPEC")
    return Path(options.spec)


def _launch(options: argparse.Namespace) -> int:
    from aidc_runtime.checkpoint.store import CheckpointStore
    from aidc_runtime.launchers.launcher import find_launcher

    spec = load_spec(_path(options))
    done = CheckpointStore.of(spec).completed()
    if done is not None:
        print(f"aidc-run: run {spec.run.id} is complete already: {json.dumps(done)}")
        return int(ExitCode.DONE)
    _wait_out_deadline(spec)
    return int(find_launcher(spec.launcher.name).launch(spec, _path(options)))


def _wait_out_deadline(spec: LaunchSpec) -> None:
    """Past the deadline there is nothing to start. To leave at once would only have the job started again and again until the
    capacity is gone, so the pod stays until it is told to go. Raises Preempted."""
    from aidc_runtime.faults.stop import DEADLINE, StopSignal

    resilience = spec.resilience
    with StopSignal(resilience.deadline, resilience.save_seconds, (signal.SIGTERM, signal.SIGINT)) as stop:
        if stop.value != DEADLINE:
            return
        print(
            f"aidc-run: the capacity ends at {resilience.deadline}; nothing is started, waiting to be told to go",
            flush=True,
        )
        while not stop.signalled:
            time.sleep(0.5)
    raise Preempted(f"the capacity ended at {resilience.deadline}; the run goes on with its next start")


def _run(options: argparse.Namespace) -> int:
    from aidc_runtime.faults.outcome import LastWords
    from aidc_runtime.worker import train

    train(load_spec(_path(options)), LastWords(), alone=True)
    return int(ExitCode.DONE)


def _worker(options: argparse.Namespace) -> int:
    from aidc_runtime.faults.outcome import ending_with_outcome
    from aidc_runtime.worker import train

    with ending_with_outcome() as words:
        train(load_spec(_path(options)), words)
    return int(ExitCode.DONE)


def _check(options: argparse.Namespace) -> int:
    from aidc_runtime.check import check

    return check(load_spec(_path(options)), offline=options.offline)


def _export(options: argparse.Namespace) -> int:
    from aidc_runtime.worker import export

    print(export(load_spec(_path(options))))
    return int(ExitCode.DONE)


def _schema(options: argparse.Namespace) -> int:
    if options.write is None:
        print(json.dumps(schema(), indent=2))
    else:
        from aidc_runtime.contract import write_contract

        write_contract(options.write)
    return int(ExitCode.DONE)


if __name__ == "__main__":
    sys.exit(main())
