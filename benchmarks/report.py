"""How a benchmark says what it found: a row per figure, with its target, and whether it was reached."""

from dataclasses import dataclass, field


@dataclass
class Report:
    """The rows of one benchmark."""

    name: str
    rows: list[tuple[str, str, str, bool | None]] = field(default_factory=list)

    def add(self, figure: str, value: str, target: str = "", reached: bool | None = None) -> None:
        self.rows.append((figure, value, target, reached))

    def print(self) -> None:
        """One table; the last column says yes or NO where there is a target."""
        words = {True: "yes", False: "NO", None: ""}
        table = [("figure", "measured", "to reach", "reached")]
        table += [(figure, value, target, words[reached]) for figure, value, target, reached in self.rows]
        widths = [max(len(row[column]) for row in table) for column in range(4)]
        print(f"\n{self.name}")
        for number, row in enumerate(table):
            print(
                "  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
            )
            if number == 0:
                print("  " + "  ".join("-" * width for width in widths))

    @property
    def reached(self) -> bool:
        return all(row[3] is not False for row in self.rows)
