"""The computation of an entry as a graph, with its gradients running back: as SVG, and as Mermaid text.

Names are nodes, one above the next as they are computed; an edge runs from what is used to what uses it, and a dashed
one back where the gradient of both is derived.
"""

from __future__ import annotations

from html import escape

from cli.sheet.scripts import in_svg

TYPE_CHECKING = False
if TYPE_CHECKING:    # importing typing costs more than printing a list
    from typing import Any

MOST_NODES = 40             # a larger graph is a picture of nothing
WIDE, HIGH, GAP, MARGIN = 92, 30, 44, 8


class Graph:
    """Nodes by name with their displayed text, edges between names, and the edges that a gradient runs back along."""

    def __init__(self, document: dict[str, Any]):
        self.name = document["name"]
        forward = {e["name"]: e for e in document["forward"]}
        self.shown = {name: e["formula"]["matrix"]["left"][0].partition("[")[0] for name, e in forward.items()}
        self.edges: list[tuple[str, str]] = []
        for name, equation in forward.items():
            for used in equation.get("uses", []):
                self.shown.setdefault(used["name"], used["shown"])
                if used["name"] != name and (used["name"], name) not in self.edges:
                    self.edges.append((used["name"], name))
        self.inputs = [name for name in self.shown if name not in forward]
        derived = {d["name"] for d in document["derivatives"]}
        gradients = {name for name in self.shown if derived & {f"∂{name}", *_called(document, name)}}
        self.back = [(a, b) for a, b in self.edges if a in gradients]
        self.layers = self._layers(list(forward))

    def _layers(self, order: list[str]) -> list[list[str]]:
        """Each name below all that it uses and that is computed before it; what comes from an earlier step of a
        recurrence runs upwards."""
        depth = dict.fromkeys(self.inputs, 0)
        for name in order:
            depth[name] = 1 + max((depth[a] for a, b in self.edges if b == name and a in depth), default=-1)
        layers: list[list[str]] = [[] for _ in range(max(depth.values(), default=-1) + 1)]
        for name, k in depth.items():
            layers[k].append(name)
        for k, layer in enumerate(layers):
            layers[k] = self._ordered(layer, layers[k - 1] if k else [])
        return layers

    def _ordered(self, layer: list[str], above: list[str]) -> list[str]:
        """Near what is used, so that few edges cross."""
        def middle(name: str) -> float:
            places = [above.index(a) for a, b in self.edges if b == name and a in above]
            return sum(places) / len(places) if places else len(above) / 2

        return sorted(layer, key=middle)


def _called(document: dict[str, Any], name: str) -> set[str]:
    """The names that the derivatives by a name have."""
    return {d["name"] for d in document["derivatives"] if name in d["aliases"]}


def graph_of(document: dict[str, Any]) -> Graph | None:
    """The graph; none where there is nothing to draw, or too much."""
    graph = Graph(document)
    return graph if graph.edges and len(graph.shown) <= MOST_NODES else None


def svg(graph: Graph, title: str, style: str = "") -> str:
    """The graph as an SVG element. It is drawn by the style sheet around it, or by a `style` of its own."""
    width, height = width_of(graph), len(graph.layers) * (HIGH + GAP) - GAP + 2 * MARGIN
    at = {name: ((k + 0.5) * width / len(layer), row * (HIGH + GAP) + HIGH / 2 + MARGIN)
          for row, layer in enumerate(graph.layers) for k, name in enumerate(layer)}
    lines = [_edge(at[a], at[b], "forward", 0, graph.name) for a, b in graph.edges]
    lines += [_edge(at[b], at[a], "back", 9, graph.name) for a, b in graph.back]
    nodes = [_node(at[name], graph.shown[name], "input" if name in graph.inputs else "value") for name in graph.shown]
    told = escape(title)
    return (f'<svg class="graph" viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" role="img" '
            f'xmlns="http://www.w3.org/2000/svg" aria-label="{told}: {escape(_told(graph))}">'
            f'{f"<style>{style}</style>" if style else ""}{_markers(graph.name)}{"".join(lines)}{"".join(nodes)}</svg>')


def width_of(graph: Graph) -> int:
    """In pixels."""
    return max(map(len, graph.layers)) * (WIDE + 24) + 24


def _markers(name: str) -> str:
    """The heads of the arrows; several graphs on a page must not share an id."""
    return "<defs>" + "".join(
        f'<marker id="{name}-{kind}" class="{kind}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="6" '
        'markerHeight="6" orient="auto-start-reverse"><path d="M0 0 8 4 0 8z"/></marker>'
        for kind in ("forward", "back")) + "</defs>"


def _edge(start: tuple[float, float], end: tuple[float, float], kind: str, aside: float, name: str) -> str:
    """A curve between two nodes; one that runs back is set aside, so that it does not hide the other."""
    (x1, y1), (x2, y2) = start, end
    down = 1 if y2 > y1 else -1
    y1, y2, x1, x2 = y1 + down * HIGH / 2, y2 - down * HIGH / 2, x1 + aside, x2 + aside
    bend = (y2 - y1) * 0.45
    return (f'<path class="{kind}" d="M{x1:.1f} {y1:.1f}C{x1:.1f} {y1 + bend:.1f} {x2:.1f} {y2 - bend:.1f} '
            f'{x2:.1f} {y2:.1f}" marker-end="url(#{name}-{kind})"/>')


def _node(at: tuple[float, float], shown: str, kind: str) -> str:
    x, y = at
    return (f'<g class="{kind}"><rect x="{x - WIDE / 2:.1f}" y="{y - HIGH / 2:.1f}" width="{WIDE}" height="{HIGH}" '
            f'rx="6"/><text x="{x:.1f}" y="{y + 5:.1f}">{in_svg(shown)}</text></g>')


def _told(graph: Graph) -> str:
    """The graph in words, for who cannot see it."""
    used: dict[str, list[str]] = {}
    for a, b in graph.edges:
        used.setdefault(b, []).append(graph.shown[a])
    return "; ".join(f"{graph.shown[b]} ← {', '.join(names)}" for b, names in used.items())


def mermaid(graph: Graph) -> str:
    """The graph as Mermaid text, as GitHub draws it."""
    key = {name: f"n{k}" for k, name in enumerate(graph.shown)}
    lines = [f'  {key[name]}["{_quoted(shown)}"]' for name, shown in graph.shown.items()]
    lines += [f"  {key[a]} --> {key[b]}" for a, b in graph.edges]
    lines += [f"  {key[b]} -. ∂ .-> {key[a]}" for a, b in graph.back]
    return "\n".join(["flowchart TB", *lines])


def _quoted(text: str) -> str:
    """Text within quotes of Mermaid, which knows entity codes only."""
    return "".join(c if c.isalnum() or c in " _^()+−" else f"#{ord(c)};" for c in text)
