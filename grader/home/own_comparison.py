"""`compare`: what one's own RNN, GRU and LSTM cost, and how far back their gradients reach."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from grader.architectures import own_networks
from grader.architectures.own_networks import BATCH, LAG_SIZES, OwnCost, OwnNetwork
from grader.contract import GRU, LSTM, RNN
from grader.home import own_work
from grader.language import Message, say
from grader.records import Submission
from grader.reports.clean_message import words
from grader.reports.wording import Wording
from grader.reports.writer import TerminalWriter
from grader.results.files import write_atomically
from grader.sandbox.session import session

FOLDER = "plots"  # where `grade --plots` writes as well
SHOWN = (1, 5, 10, 20, 40)  # lags in the table


def compare_here(paths: tuple[Path, ...], language: str, console: Console) -> int:
    """Measure, print, and draw into `plots/` beside the program. Give the exit code.

    Raises KitFault where the kit fails, click.UsageError where there is nothing to measure.
    """
    submission = own_work.read(paths or (Path(),), language=language)
    writer = TerminalWriter(console, Wording(language))
    networks, notes = _measure(submission, writer)
    for note in (*notes, *_missing(networks)):
        console.print(Text(writer.fold(words(note, language)), "yellow"))
    found = [network for network in networks if network.fault is None]
    if not found:
        return 1
    _print_costs(found, writer)
    _print_reach(found, writer)
    folder = paths[0] if paths and paths[0].is_dir() else paths[0].parent if paths else Path()
    for path in _draw(found, folder / FOLDER, language):
        console.print(Text(str(path)), soft_wrap=True)
    return 0


def _measure(
    submission: Submission, writer: TerminalWriter
) -> tuple[tuple[OwnNetwork, ...], list[Message]]:
    """The networks, and what else there is to say of loading them."""
    with session(submission.source or "", bonus=submission.bonus) as student:
        faults = [fault for fault in (student.load_fault, student.bonus_fault) if fault is not None]

        def tell(name: str) -> None:
            writer.console.print(Text(f"{name} ...", "dim"))

        networks = own_networks.measured(student.environment(), tell)
    return networks, [*submission.notes, *(fault.message for fault in faults)]


def _missing(networks: Sequence[OwnNetwork]) -> Iterable[Message]:
    """Why one of the three is not in the tables."""
    names = {network.name for network in networks}
    for name in (RNN, LSTM):
        if name not in names:
            yield say("{name} is not defined in your file.", name=name)
    if GRU not in names:
        yield say("There is no GRUCell to compare: it is optional, and would stand in bonus.py.")
    for network in networks:
        if network.fault is not None:
            yield network.fault.message


def _print_costs(networks: Sequence[OwnNetwork], writer: TerminalWriter) -> None:
    title = say("Parameters, and the time of one step of a batch of {batch}", batch=BATCH)
    table = _table(writer, title, ("network", "I", "H"))
    for heading in (
        say("parameters"),
        say("of {name}", name=RNN),
        say("time"),
        say("of {name}", name=RNN),
    ):
        table.add_column(writer.say(heading), justify="right")
    for group in zip(*(network.costs for network in networks), strict=True):
        base = group[0] if networks[0].name == RNN else None
        for network, cost in zip(networks, group, strict=True):
            table.add_row(
                network.name,
                str(cost.input_size),
                str(cost.hidden_size),
                *_cells(cost, base, writer),
            )
        table.add_section()
    writer.console.print(table)
    _note(
        writer,
        say(
            "What counts are the numbers that change the hidden states, without SimpleRNN's output layer."
        ),
    )


def _cells(cost: OwnCost, base: OwnCost | None, writer: TerminalWriter) -> tuple[str, ...]:
    times = writer.sign("×", "x")
    parameters, time = f"{cost.parameters:,}", f"{cost.seconds * 1e6:,.0f} {writer.sign('µ', 'u')}s"
    if base is None or not (base.parameters and base.seconds):
        return parameters, "", time, ""
    return (
        parameters,
        f"{times} {cost.parameters / base.parameters:.1f}",
        time,
        f"{times} {cost.seconds / base.seconds:.1f}",
    )


def _print_reach(networks: Sequence[OwnNetwork], writer: TerminalWriter) -> None:
    I, H = LAG_SIZES  # noqa: E741  # sizes as in the equations
    title = say(
        "Gradient by lag: the norm of dh(t)/dx(t-k), 1 for k = 0 (I = {I}, H = {H}, initial weights)",
        I=I,
        H=H,
    )
    table = _table(writer, title, ("network",))
    for lag in SHOWN:
        table.add_column(writer.say(say("lag {lag}", lag=lag)), justify="right")
    for network in networks:
        table.add_row(network.name, *(f"{network.norms[lag]:.2g}" for lag in SHOWN))
    writer.console.print(table)
    _note(
        writer,
        say(
            "Along the cell state an LSTM's gradient is multiplied by the forget gate at every step, about "
            "one half where b_f starts at 0. Let b_f start at 1 or 2, or W_hh at another scale, and compare again."
        ),
    )


def _table(writer: TerminalWriter, title: Message, left: tuple[str, ...]) -> Table:
    console = writer.console
    console.print()
    console.print(Text(writer.fold(writer.say(title)), "bold"))
    table = Table(box=writer.box, padding=(0, 1), pad_edge=False)
    headings = {"network": writer.say(say("network"))}
    for name in left:
        table.add_column(headings.get(name, name), justify="left" if name in headings else "right")
    return table


def _note(writer: TerminalWriter, note: Message) -> None:
    writer.console.print(Text(writer.fold(writer.say(note)), "dim"))


def _draw(networks: Sequence[OwnNetwork], folder: Path, language: str) -> Iterable[Path]:
    """Write the plots; the paths that were written."""
    from grader.home.comparison_plots import plots  # noqa: PLC0415  # matplotlib takes a second

    for name, drawn in plots(networks, language).items():
        path = folder / f"compare-{name}.svg"
        write_atomically(path, drawn.svg.encode())
        yield path
