"""The ten blocks of Python in the course's projects, in outline: what is left out here is left out there, imports too."""

BLOCKS = {
    "Tensor": """
class Tensor:
    def __init__(self, data, requires_grad=False):
        self.data, self.grad, self.requires_grad, self.grad_fn = data, None, requires_grad, None
    def backward(self, grad=None):
        pass
""",
    "Function": """
class Function:
    def forward(self, *args):
        raise NotImplementedError
    def backward(self, grad_output):
        raise NotImplementedError
""",
    "Linear": """
class Linear:
    def __init__(self, m, n):
        self.weight, self.bias = Tensor(init_weights(n, m)), Tensor(init_bias(n))
    def forward(self, x):
        return x @ self.weight.T + self.bias
""",
    "BasicBlock": """
class BasicBlock(nn.Module):
    def __init__(self, m, n, stride):
        super().__init__()
        self.body = nn.Sequential(nn.Conv2d(m, n, 3, stride, 1), nn.BatchNorm2d(n), nn.ReLU(), nn.Conv2d(n, n, 3, 1, 1))
        self.short = nn.Conv2d(m, n, 1, stride)
    def forward(self, x):
        return F.relu(self.body(x) + self.short(x))
""",
    "train_epoch": """
def train_epoch(model, batches, optimiser, criterion):
    total = right = 0
    for x, y in batches:
        optimiser.zero_grad()
        z = model(x)
        loss = criterion(z, y)
        loss.backward()
        optimiser.step()
        total, right = total + loss.item(), right + (z.argmax(1) == y).sum().item()
    return total / len(batches), right / len(batches.dataset)
""",
    "Encoder": """
class Encoder(nn.Module):
    def __init__(self, words, n, h):
        super().__init__()
        self.look_up, self.lstm = nn.Embedding(words, n), nn.LSTM(n, h, batch_first=True)
    def forward(self, x):
        out, (h, c) = self.lstm(self.look_up(x))
        return out, h, c
""",
    "Attention": """
class Attention(nn.Module):
    def __init__(self, h):
        super().__init__()
        self.first, self.second = nn.Linear(2 * h, h), nn.Linear(h, 1, bias=False)
    def forward(self, s, out):
        both = torch.cat([s.unsqueeze(1).expand_as(out), out], dim=2)
        return F.softmax(self.second(torch.tanh(self.first(both))).squeeze(2), dim=1)
""",
    "Decoder": """
class Decoder(nn.Module):
    def __init__(self, words, n, h):
        super().__init__()
        self.look_up, self.attention = nn.Embedding(words, n), Attention(h)
        self.lstm, self.last = nn.LSTM(n + h, h, batch_first=True), nn.Linear(h, words)
    def forward(self, y, h, c, out):
        seen = torch.bmm(self.attention(h[-1], out).unsqueeze(1), out)
        z, (h, c) = self.lstm(torch.cat([self.look_up(y.unsqueeze(1)), seen], dim=2), (h, c))
        return self.last(z.squeeze(1)), h, c
""",
    "MultiHeadAttention": """
class MultiHeadAttention(nn.Module):
    def __init__(self, n, heads):
        super().__init__()
        self.heads, self.w = heads, nn.ModuleList(nn.Linear(n, n) for _ in "qkvo")
    def forward(self, x):
        q, k, v = (w(x).unflatten(-1, (self.heads, -1)).transpose(1, 2) for w in self.w[:3])
        p = F.softmax(q @ k.transpose(2, 3) / math.sqrt(k.shape[-1]), dim=-1)
        return self.w[3](torch.matmul(p, v).transpose(1, 2).flatten(2))
""",
    "PositionalEncoding": """
class PositionalEncoding(nn.Module):
    def __init__(self, n, longest=50):
        super().__init__()
        angle = torch.outer(torch.arange(longest), torch.exp(-math.log(1e4) / n * torch.arange(0, n, 2)))
        self.register_buffer("pe", torch.stack([angle.sin(), angle.cos()], dim=2).flatten(1))
    def forward(self, x):
        return x + self.pe[:x.shape[1]]
""",
}
