"""An automatic differentiation of one's own: what its tensors and its linear layer must do, and what a sketch does not."""

import ast
import builtins
import symtable

from sympy import Sum

from derive.catalogue._blocks import BLOCKS
from derive.entry import entry
from derive.sympy_functions import sigmoid


@entry(
    name="own_autodiff",
    title={"en": "An automatic differentiation of one's own", "zh": "自己实现自动微分"},
    section="项目一",
    source="Griewank & Walther 2008, section 3.2; torch.autograd.Function",
    facts={
        "code-tensor": {"kind": "code", "en": "A tensor's backward: gradients of all its uses add up; the class in the course leaves it empty",
                        "zh": "张量的反向传播：各处使用的梯度相加；课程中的类未实现"},
        "code-function": {"kind": "code", "en": "A function's interface, which by itself connects nothing", "zh": "函数接口，本身并不连接前向与反向"},
        "code-linear": {"kind": "code", "en": "A linear layer learns where its parameters ask for gradients",
                        "zh": "线性层的参数需要梯度才能学习"},
        "code-inventory": {"kind": "code", "en": "The ten blocks of the projects: each compiles, none imports what it names",
                           "zh": "各项目的十段代码：均可编译，均未导入所用的名称"},
    },
)
def own_autodiff(page):
    m, n = page.sizes("m n")
    i, j = page.index("i", m), page.index("j", n)
    x, W, b = page.input("x", j), page.input("W", i, j), page.input("b", i)
    z = page.let("z", [i], Sum(W[i, j] * x[j], j) + b[i], fact="code-linear")
    y = page.let("y", [i], z[i] * sigmoid(z[i]), fact="code-tensor")
    page.output(y)
    dy, dz = page.gradient(y), page.want(z, fact="code-tensor")
    dW, db, dx = (page.want(name, fact="code-linear") for name in (W, b, x))

    page.claim(dz[i], dy[i] * sigmoid(z[i]) + dy[i] * z[i] * sigmoid(z[i]) * (1 - sigmoid(z[i])), fact="code-tensor")
    page.claim(dW[i, j], dz[i] * x[j], fact="code-linear")
    page.claim(db[i], dz[i], fact="code-linear")
    page.claim(dx[j], Sum(W[i, j] * dz[i], i), fact="code-linear")
    page.mistake(dz[i], 0, fact="code-tensor", en="takes the printed class for an implementation: its backward does nothing",
                 zh="把印出的类当作实现：其 backward 什么也不做")
    page.mistake(dz[i], dy[i] * z[i] * sigmoid(z[i]) * (1 - sigmoid(z[i])),
                 en="overwrites the gradient of one use by that of the next", zh="后一处使用的梯度覆盖了前一处")
    page.mistake(dW[i, j], 0, fact="code-linear", en="makes parameters that ask for no gradient, as the printed layer does",
                 zh="像印出的层那样，参数不要求梯度")
    page.mistake(dx[j], Sum(W[i, j] * dy[i], i), en="skips the function behind the layer", zh="跳过了层后的函数")
    page.convention(
        en="y = z σ(z) uses z twice. torch adds into .grad, over passes too, until it is set to zero; JAX returns gradients.",
        zh="y = z σ(z) 两次使用 z。torch 把梯度累加进 .grad，多次反向亦然，直到清零；JAX 则返回梯度。")


own_autodiff.sized(m=4, n=3)
own_autodiff.sized(m=2, n=5)


@own_autodiff.reference("torch", "torch.nn.functional.linear, silu")
def _(torch, v):
    z = torch.nn.functional.linear(v["x"], v["W"], v["b"])
    return {"z": z, "y": torch.nn.functional.silu(z)}


@own_autodiff.reference("jax", "flax.linen.Dense, jax.nn.silu")
def _(jax, v):
    from flax import linen

    dense = linen.Dense(len(v["b"]), param_dtype=v["x"].dtype)
    z = dense.apply({"params": {"kernel": v["W"].T, "bias": v["b"]}}, v["x"])
    return {"z": z, "y": jax.nn.silu(z)}


def _defined(*blocks, **scope):
    """What the blocks define when they are run one after the other, as printed, with these names in scope."""
    for block in blocks:
        exec(compile(BLOCKS[block], block, "exec"), scope)
    return [scope[block] for block in blocks]


def _unknown(text):
    """The names that a block uses and neither defines nor Python has, by Python's own symbol table."""
    tables = [symtable.symtable(text, "block", "exec")]
    own = {s.get_name() for s in tables[0].get_symbols() if s.is_assigned()}
    for table in tables:
        tables += table.get_children()
    used = {s.get_name() for table in tables for s in table.get_symbols() if s.is_global() and s.is_referenced()}
    return used - own - set(dir(builtins))


def _raised(call, *arguments, **named):
    """The name of the error that a call raises, or "none"."""
    try:
        call(*arguments, **named)
    except Exception as error:
        return type(error).__name__
    return "none"


@own_autodiff.experiment("torch", "torch.Tensor", fact="code-tensor")
def _(torch, see):
    (Tensor,) = _defined("Tensor")
    ours, theirs = Tensor([1.0, 2.0], requires_grad=True), torch.tensor([1.0, 2.0], requires_grad=True)
    ours.backward()
    (theirs * theirs.sigmoid()).sum().backward()
    see(_raised(lambda: ours * ours), "=", "TypeError", en="a product of the printed tensors", zh="印出的张量相乘")
    see(_raised(lambda: ours.T), "=", "AttributeError", en="their transpose", zh="求转置")
    see(str(theirs.grad is None), "=", "False", en="torch's gradient is None after backward", zh="torch 在 backward 之后的梯度为 None")
    see.wrongly(str(ours.grad is None), "=", "False", en="so is the printed class's", zh="印出的类亦然")


@own_autodiff.experiment("torch", "torch.autograd.Function", fact="code-function")
def _(torch, see):
    (Function,) = _defined("Function")
    for name, function in (("the printed function", Function()), ("torch's", torch.autograd.Function())):
        see(_raised(function.forward, 1), "=", "NotImplementedError", en=f"forward of {name}", zh=f"forward：{name}")
        see(_raised(function.backward, 1), "=", "NotImplementedError", en=f"backward of {name}", zh=f"backward：{name}")
    see(str(hasattr(torch.autograd.Function, "apply")), "=", "True", en="torch's has an apply, which connects the two", zh="torch 有 apply 连接两者")
    see.wrongly(str(hasattr(Function, "apply")), "=", "True", en="the printed one has it", zh="印出的也有")


@own_autodiff.experiment("torch", "torch.nn.Linear", fact="code-linear")
def _(torch, see):
    Tensor, Linear = _defined("Tensor", "Linear")
    see(_raised(Linear, 3, 2), "=", "NameError", en="the printed layer, made", zh="创建印出的层")
    see(_raised(torch.nn.Linear, 3, 2), "=", "none", en="torch's", zh="创建 torch 的层")
    see(str(torch.nn.Linear(3, 2).weight.requires_grad), "=", "True", en="torch's weight asks for a gradient", zh="torch 的权重要求梯度")
    see.wrongly(str(Tensor([0.0]).requires_grad), "=", "True", en="so does the printed one", zh="印出的亦然")


@own_autodiff.experiment("torch", "compile, symtable; torch.nn", fact="code-inventory")
def _(torch, see):
    nn, imported = torch.nn, {"torch": torch, "nn": torch.nn, "F": torch.nn.functional, "math": __import__("math")}
    alone = {name: _raised(_defined, name) for name in BLOCKS}
    modules = [name for name, text in BLOCKS.items() if "nn" in _unknown(text)]
    trees = [ast.walk(ast.parse(text)) for text in BLOCKS.values()]
    see(sum(_raised(compile, text, name, "exec") == "none" for name, text in BLOCKS.items()), "=", 10, en="blocks that compile", zh="可编译的代码段")
    see(sum(isinstance(node, ast.Import | ast.ImportFrom) for tree in trees for node in tree), "=", 0, en="imports in them", zh="其中的导入语句")
    see(" ".join(name for name in BLOCKS if alone[name] == "NameError"), "=", " ".join(modules),
        en="blocks that raise a NameError as printed: those that name nn", zh="照印原样运行即报 NameError 的代码段：使用 nn 者")
    see(" ".join(sorted(set.union(*map(_unknown, BLOCKS.values())) - {*imported, *BLOCKS})), "=", "init_bias init_weights",
        en="names that no block defines and torch, nn, F, math are not", zh="torch、nn、F、math 之外无处定义的名称")
    see(_raised(_defined, *BLOCKS, **imported), "=", "none", en="all ten with the imports in scope", zh="导入之后运行十段代码")
    see.wrongly(sum(error == "none" for error in alone.values()), "=", 10, en="it compiles, so it runs as printed", zh="能编译，便能照印原样运行")

    block, epoch, encoder, attention, decoder, heads, position = _defined(*list(BLOCKS)[3:], **imported)
    out, h, c = encoder(7, 3, 4)(torch.zeros(2, 5, dtype=torch.long))
    data = torch.utils.data.TensorDataset(torch.rand(6, 3), torch.tensor([0, 1] * 3))
    model = nn.Linear(3, 2)
    _, share = epoch(model, torch.utils.data.DataLoader(data, 3), torch.optim.SGD(model.parameters()), nn.functional.cross_entropy)
    see(block(2, 3, 2)(torch.rand(2, 2, 6, 6)).shape, "=", (2, 3, 3, 3), en="then: BasicBlock", zh="其后：BasicBlock")
    see(share, "≤", 1, en="train_epoch, its accuracy", zh="train_epoch 的准确率")
    see(out.shape, "=", (2, 5, 4), en="Encoder", zh="Encoder")
    see(attention(4)(h[-1], out).sum(1), "=", (1, 1), within=1e-5, en="Attention: the weights add up", zh="Attention 的权重之和")
    see(decoder(7, 3, 4)(torch.zeros(2, dtype=torch.long), h, c, out)[0].shape, "=", (2, 7), en="Decoder", zh="Decoder")
    see(heads(4, 2)(out).shape, "=", (2, 5, 4), en="MultiHeadAttention", zh="MultiHeadAttention")
    see(position(4)(out).shape, "=", (2, 5, 4), en="PositionalEncoding", zh="PositionalEncoding")
