#!/usr/bin/env python3
"""The held-out loss that PyTorch reaches in the setting of examples/nanogpt-cpu.yaml, for comparison with what Granary reaches there; it is written
to nanogpt.json.

    nanogpt.py [--steps 2000] [--seeds 1 2 3] [--text FILE]

A GPT of PyTorch's own modules, trained as nanoGPT trains: windows at uniformly random places of the text's first nine tenths, AdamW
with decay on matrices alone, clipping, a cosine with warm-up. Nothing of it comes from Granary. The held-out loss is the mean over the
text's last tenth, cut into windows side by side. What it finds on another text is printed alone. About a minute for each seed on two cores. Needs Debian's python3-torch.
"""
import argparse
import json
import math
import pathlib
import time

import torch
from torch import nn
from torch.nn import functional

HERE = pathlib.Path(__file__).parent
TEXT = HERE.parent.parent / "examples" / "data" / "granary-source.txt"
LAYERS, HEADS, WIDTH, CONTEXT, BATCH = 4, 4, 128, 64, 12
RATE, LEAST, WARMUP, EVERY = 1e-3, 1e-4, 100, 250


class Norm(nn.Module):
    """A layer norm without an offset."""

    def __init__(self):
        super().__init__()
        self.gain = nn.Parameter(torch.ones(WIDTH))

    def forward(self, x):
        return functional.layer_norm(x, (WIDTH,), self.gain)


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm1, self.norm2 = Norm(), Norm()
        self.qkv, self.into = nn.Linear(WIDTH, 3 * WIDTH, bias=False), nn.Linear(WIDTH, WIDTH, bias=False)
        self.up, self.down = nn.Linear(WIDTH, 4 * WIDTH, bias=False), nn.Linear(4 * WIDTH, WIDTH, bias=False)

    def forward(self, x):  # [B, T, C]
        b, t, c = x.shape
        q, k, v = (p.view(b, t, HEADS, c // HEADS).transpose(1, 2) for p in self.qkv(self.norm1(x)).split(c, dim=2))
        ahead = torch.ones(t, t, dtype=torch.bool).triu(1)
        weights = (q @ k.transpose(2, 3) / math.sqrt(c // HEADS)).masked_fill(ahead, -math.inf).softmax(3)  # [B, H, T, T]
        x = x + self.into((weights @ v).transpose(1, 2).reshape(b, t, c))
        return x + self.down(functional.gelu(self.up(self.norm2(x))))


class Gpt(nn.Module):
    def __init__(self, tokens):
        super().__init__()
        self.tokens, self.positions = nn.Embedding(tokens, WIDTH), nn.Embedding(CONTEXT, WIDTH)
        self.blocks, self.norm = nn.ModuleList(Block() for _ in range(LAYERS)), Norm()
        for name, p in self.named_parameters():
            if p.dim() > 1:
                back = name.endswith(("into.weight", "down.weight"))
                nn.init.normal_(p, 0, 0.02 / math.sqrt(2 * LAYERS) if back else 0.02)

    def forward(self, x):  # [B, T]
        h = self.tokens(x) + self.positions(torch.arange(x.shape[1]))
        for block in self.blocks:
            h = block(h)
        return functional.linear(self.norm(h), self.tokens.weight)  # [B, T, K]

    def loss(self, x, y):
        return functional.cross_entropy(self(x).flatten(0, 1), y.flatten())


def windows(text, starts):
    return torch.stack([text[i:i + CONTEXT] for i in starts]), torch.stack([text[i + 1:i + 1 + CONTEXT] for i in starts])


def held_out(model, text):
    starts, losses = range(0, len(text) - CONTEXT, CONTEXT), []
    with torch.no_grad():
        for i in range(0, len(starts), 64):
            x, y = windows(text, starts[i:i + 64])
            losses.append((model.loss(x, y).item(), len(x)))
    return sum(loss * n for loss, n in losses) / sum(n for _, n in losses)


def rate(step, steps):
    if step < WARMUP:
        return RATE * (step + 1) / WARMUP
    return LEAST + 0.5 * (1 + math.cos(math.pi * (step - WARMUP) / (steps - 1 - WARMUP))) * (RATE - LEAST)


def train(text, seed, steps):
    torch.manual_seed(seed)
    cut = int(len(text) * 0.9)
    ours, theirs = text[:cut], text[cut:]
    model = Gpt(int(text.max()) + 1)
    matrices = [p for p in model.parameters() if p.dim() > 1]
    others = [p for p in model.parameters() if p.dim() < 2]
    optimizer = torch.optim.AdamW(
        [{"params": matrices, "weight_decay": 0.1}, {"params": others, "weight_decay": 0}], lr=RATE, betas=(0.9, 0.99))
    curve, began = [], time.time()
    for step in range(steps):
        for group in optimizer.param_groups:
            group["lr"] = rate(step, steps)
        loss = model.loss(*windows(ours, torch.randint(len(ours) - CONTEXT, (BATCH,)).tolist()))
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1)
        optimizer.step()
        if (step + 1) % EVERY == 0 or step + 1 == steps:
            curve.append([step + 1, round(held_out(model, theirs), 4)])
    print(f"seed {seed}: {curve} in {time.time() - began:.0f} s", flush=True)
    return curve


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--steps", type=int, default=2000)
    arguments.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    arguments.add_argument("--text", type=pathlib.Path, default=TEXT)
    options = arguments.parse_args()
    characters = options.text.read_text(encoding="utf-8")
    ids = {c: i for i, c in enumerate(sorted(set(characters)))}
    text = torch.tensor([ids[c] for c in characters])
    curves = {seed: train(text, seed, options.steps) for seed in options.seeds}
    last = [curve[-1][1] for curve in curves.values()]
    found = {"steps": options.steps, "curves": curves, "mean": round(sum(last) / len(last), 4)}
    print(f"mean {found['mean']}")
    if options.text == TEXT:
        (HERE / "nanogpt.json").write_text(json.dumps(found, indent=1) + "\n")


main()
