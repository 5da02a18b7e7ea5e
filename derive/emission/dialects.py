"""How NumPy, torch and JAX spell what the emitted code needs."""

from __future__ import annotations

from dataclasses import dataclass, field

from derive.emission.code import ATOM, PRODUCT, Code, EmissionError

_NUMPY_FUNCTIONS = {name: f"np.{name}({{}})" for name in (
    "exp", "log", "tanh", "sin", "cos", "tan", "sinh", "cosh", "abs", "sign", "floor")} | {
    "max": "np.maximum({}, {})", "min": "np.minimum({}, {})", "relu": "np.maximum({}, 0)",
    "sigmoid": "(1 + np.tanh({} / 2)) / 2", "softplus": "np.logaddexp(0, {})", "step": "np.heaviside({}, 0.0)",
    "normal_pdf": "np.exp(-{}**2 / 2) / math.sqrt(2 * math.pi)",
    "normal_cdf": "(1 + np.vectorize(math.erf)({} / math.sqrt(2))) / 2"}
_JAX_FUNCTIONS = {name: text.replace("np.", "jnp.") for name, text in _NUMPY_FUNCTIONS.items()} | {
    "sigmoid": "jax.nn.sigmoid({})", "softplus": "jax.nn.softplus({})", "relu": "jax.nn.relu({})",
    "normal_cdf": "jax.scipy.stats.norm.cdf({})", "normal_pdf": "jax.scipy.stats.norm.pdf({})"}
_TORCH_FUNCTIONS = {name: f"torch.{name}({{}})" for name in (
    "exp", "log", "tanh", "sin", "cos", "tan", "sinh", "cosh", "abs", "sign", "floor", "sigmoid", "relu")} | {
    "max": "torch.maximum({}, {})", "min": "torch.minimum({}, {})", "softplus": "F.softplus({})",
    "step": "torch.heaviside({}, {like}.new_zeros(()))",
    "normal_cdf": "torch.special.ndtr({})", "normal_pdf": "torch.exp(-{}**2 / 2) / math.sqrt(2 * math.pi)"}


@dataclass(frozen=True)
class Dialect:
    """One library: its namespace, and the spelling of what differs. `{like}` is an input whose dtype and device new
    arrays take."""

    library: str
    namespace: str
    functions: dict[str, str]
    array: str
    taken: frozenset[str] = field(default=frozenset())

    def call(self, function: str, arguments: list[Code], like: str) -> Code:
        """A function's value; the axes are the caller's to say."""
        if function not in self.functions:
            raise EmissionError(f"the function '{function}' has no spelling in {self.library}")
        pattern = self.functions[function].replace("{like}", like)
        inside = _is_call(pattern) and pattern.endswith("({})")
        shown = [a.text if inside or pattern.endswith("({}, {})") else a.within(ATOM) for a in arguments]
        return Code(pattern.format(*shown), ATOM if _is_call(pattern) else PRODUCT)

    def sqrt(self, value: Code) -> Code:
        return Code(f"{self.namespace}.sqrt({value.text})", ATOM, value.labels)

    def einsum(self, pattern: str, operands: list[Code]) -> str:
        return f"{self.namespace}.einsum({', '.join([repr(pattern), *(o.text for o in operands)])})"

    def stack(self, text: str, place: int) -> str:
        if not place:
            return f"{self.namespace}.stack({text})"
        return f"{self.namespace}.stack({text}, {'dim' if self.library == 'torch' else 'axis'}={place})"

    def concatenate(self, parts: list[str], place: int) -> str:
        word, axis = ("cat", "dim") if self.library == "torch" else ("concatenate", "axis")
        end = f", {axis}={place}" if place else ""
        return f"{self.namespace}.{word}([{', '.join(parts)}]{end})"

    def permuted(self, value: Code, order: list[int]) -> str:
        if order == [1, 0]:
            return f"{value.within(ATOM)}.T"
        word = "permute" if self.library == "torch" else "transpose"
        return f"{value.within(ATOM)}.{word}({', '.join(map(str, order))})"

    def arange(self, low: str, stop: str, like: str, floating: bool = False) -> str:
        ends = stop if low == "0" else f"{low}, {stop}"
        kind = f", dtype={like}.dtype" if floating else ""
        device = f", device={like}.device" if self.library == "torch" else ""
        return f"{self.namespace}.arange({ends}{kind}{device})"

    def zeros(self, shape: list[str], like: str) -> str:
        return self._filled("zeros", shape, like)

    def ones(self, shape: list[str], like: str) -> str:
        return self._filled("ones", shape, like)

    def _filled(self, word: str, shape: list[str], like: str) -> str:
        sides = f"({', '.join(shape)}{',' if len(shape) == 1 else ''})"
        if self.library == "torch":
            return f"{like}.new_{word}({sides})"
        return f"{self.namespace}.{word}({sides}, dtype={like}.dtype)"

    def softmax(self, value: Code, place: int) -> Code | None:
        """The library's own softmax along one axis, which does not overflow; None where it has none."""
        if self.library == "torch":
            return Code(f"torch.softmax({value.text}, dim={place})", ATOM, value.labels)
        if self.library == "jax":
            return Code(f"jax.nn.softmax({value.text}, axis={place})", ATOM, value.labels)
        return None

    def greatest(self, value: Code, place: int) -> str:
        """The greatest along one axis."""
        return f"{value.within(ATOM)}.{'amax' if self.library == 'torch' else 'max'}({place})"

    def clip(self, text: str, high: str) -> str:
        if self.library == "torch":
            return f"({text}).clamp(0, {high})"
        return f"{self.namespace}.clip({text}, 0, {high})"


def _is_call(text: str) -> bool:
    """Whether a text is one call: its first parenthesis closes at its end."""
    depth = 0
    for k, c in enumerate(text):
        depth += (c == "(") - (c == ")")
        if depth == 0 and c == ")":
            return k == len(text) - 1 and text[0] != "("
    return False


_TAKEN = frozenset(["ctx", "saved", "math", "sum", "range", "len", "grad", "float", "int"])
DIALECTS = {
    "numpy": Dialect("numpy", "np", _NUMPY_FUNCTIONS, "numpy.ndarray", _TAKEN | {"np"}),
    "torch": Dialect("torch", "torch", _TORCH_FUNCTIONS, "torch.Tensor", _TAKEN | {"torch", "F"}),
    "jax": Dialect("jax", "jnp", _JAX_FUNCTIONS, "jax.Array", _TAKEN | {"jax", "jnp"}),
}
