"""The works' models and data for the PyTorch peers: the same files and shapes as the other sides."""
import torch
from torch import nn

CONTEXT = 64
# rows of a rank in a step, examples of a rank, features or None for text, classes
WORKS = {
    "logistic": (1024, 32768, 100, 2),
    "mlp": (128, 16384, 784, 10),
    "big-mlp": (128, 8192, 784, 10),
    "gpt": (16, 1024, None, 65),
}


class Block(nn.Module):
    """B batch, T tokens, C width, H heads."""

    def __init__(self, width, heads):
        super().__init__()
        self.norm1, self.norm2, self.heads = nn.LayerNorm(width), nn.LayerNorm(width), heads
        self.qkv, self.output = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.up, self.down = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)
        self.mask = torch.ones(CONTEXT, CONTEXT, dtype=torch.bool).triu(1)  # no buffer: DDP cannot send bools over gloo

    def forward(self, x):
        b, t, c = x.shape
        q, k, v = self.qkv(self.norm1(x)).view(b, t, 3, self.heads, c // self.heads).permute(2, 0, 3, 1, 4).unbind(0)
        scores = (q @ k.transpose(-2, -1)) * (c // self.heads) ** -0.5  # [B, H, T, T]
        mixed = scores.masked_fill(self.mask, float("-inf")).softmax(-1) @ v
        x = x + self.output(mixed.transpose(1, 2).reshape(b, t, c))
        return x + self.down(torch.relu(self.up(self.norm2(x))))


class Gpt(nn.Module):
    def __init__(self, vocabulary=65, width=128, heads=4, layers=4):
        super().__init__()
        self.tokens, self.positions = nn.Embedding(vocabulary, width), nn.Embedding(CONTEXT, width)
        self.blocks = nn.Sequential(*[Block(width, heads) for _ in range(layers)])
        self.norm, self.unembedding = nn.LayerNorm(width), nn.Linear(width, vocabulary, bias=False)

    def forward(self, x):
        x = self.tokens(x) + self.positions(torch.arange(x.shape[1]))
        return self.unembedding(self.norm(self.blocks(x)))


def model(name):
    if name == "logistic":
        return nn.Linear(100, 1)
    if name == "mlp":
        return nn.Sequential(nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))
    if name == "big-mlp":
        return nn.Sequential(nn.Linear(784, 2048), nn.ReLU(), nn.Linear(2048, 2048), nn.ReLU(), nn.Linear(2048, 10))
    return Gpt()


def loss(name, outputs, targets):
    if name == "logistic":
        return nn.functional.binary_cross_entropy_with_logits(outputs.squeeze(1), targets)
    return nn.functional.cross_entropy(outputs.flatten(0, -2), targets.flatten())


def resident(name, data, labels, half):
    """This rank's half of the examples as tensors in memory."""
    _, n, features, _ = WORKS[name]
    if features is None:
        with open(data, encoding="utf-8") as file:
            text = file.read()
        ids = {c: i for i, c in enumerate(sorted(set(text)))}
        start = half * len(text) // 2
        tokens = torch.tensor([ids[c] for c in text[start : start + n * CONTEXT + 1]])
        return tokens[:-1].view(n, CONTEXT).contiguous(), tokens[1:].view(n, CONTEXT).contiguous()
    with open(data, "rb") as file:
        file.seek(16 + half * n * features)
        images = torch.frombuffer(bytearray(file.read(n * features)), dtype=torch.uint8)
    with open(labels, "rb") as file:
        file.seek(8 + half * n)
        classes = torch.frombuffer(bytearray(file.read(n)), dtype=torch.uint8)
    return images.view(n, features).float() / 255, classes.float() if name == "logistic" else classes.long()
