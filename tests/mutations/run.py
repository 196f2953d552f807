#!/usr/bin/env python3
"""Breaks each formula of docs/notes.md on purpose, in a scratch clone, and sees its test fail.

    tests/mutations/run.py [TEXT ...]     only mutations whose row holds one of the texts; RUN="nice -n 5" goes before every dotnet command

A mutation is one text of one file for another; it must be there exactly once. What was found is kept in tests/mutations/results.md. The
clone is of the last commit."""
import os
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
RUN = shlex.split(os.environ.get("RUN", ""))
RESULTS = HERE / "results.md"
NET = "src/Model/Networks/"

# (row of docs/notes.md, file, text, its replacement, test project, tests that must fail)
MUTATIONS = [
    ("sigma", NET + "ActivationFunction.cs", "z.sigmoid()", "z.tanh()", "Model", "Sigma_is_1_over_1_plus_e_to_the_minus_z_and_its_derivative_sigma_times_1_minus_sigma"),
    ("P(y = 1 given x)", "src/Model/Prediction/Outputs.cs", "1 / (1 + Math.Exp(-z))", "1 / (2 + Math.Exp(-z))", "Model", "The_class_is_1_from_a_probability_of_one_half_on"),
    ("decision at 0.5", NET + "LogisticRegression.cs", ".ge(Zero)", ".gt(Zero)", "Model", "The_class_is_1_from_a_probability_of_one_half_on"),
    ("likelihood, BCE", NET + "LogisticRegression.cs", "targets.to(outputs.dtype), reduction: nn.Reduction.Sum", "targets.to(outputs.dtype), reduction: nn.Reduction.Mean", "Model", "The_loss_is_minus_the_logarithm_of_the_likelihood"),
    ("gradient x (y^ - y)", NET + "LogisticRegression.cs", "linear(inputs, parameters[0]", "linear(inputs * inputs, parameters[0]", "Model", "Logistic_gradient_is_the_error_times_the_input"),
    ("average over the batch", "src/Grains/Exchange/BlockPass.cs", "(T*)stack[0], length), weight, average)", "(T*)stack[0], length), weight + T.One, average)", "Grains", "The_average_is_over_the_union_of_uneven_shards"),
    ("softmax in base e^beta", "src/Model/Prediction/Softmax.cs", "Math.Exp(z[k] - greatest)", "Math.Pow(2, z[k] - greatest)", "Model", "In_the_base_e_to_the_beta_it_is_the_softmax_of_beta_z"),
    ("softmax of (1, 2, 8)", "src/Model/Prediction/Softmax.cs", "powers[k] /= sum", "powers[k] /= sum + 1", "Model", "Of_1_2_8_it_is_about_0_001_0_002_0_997"),
    ("Jacobian of softmax", "src/Model/Prediction/Softmax.cs", "powers[k] /= sum", "powers[k] /= Math.Sqrt(sum)", "Model", "Its_jacobian_is_y_i_times_delta_ij_minus_y_j"),
    ("negative log-likelihood", NET + "SoftmaxRegression.cs", "reduction: nn.Reduction.Sum); // [B, K] [B] -> scalar", "reduction: nn.Reduction.Mean);", "Model", "The_loss_is_the_negative_log_likelihood_and_its_gradient_y_minus_one_hot"),
    ("gradient (p - onehot) x", NET + "SoftmaxRegression.cs", "linear(inputs, parameters[0]", "linear(inputs * inputs, parameters[0]", "Model", "Softmax_gradient_is_probabilities_minus_one_hot_times_the_input"),
    ("a' = sigma(W a + b)", NET + "Mlp.cs", "z : activation.Apply(z)", "z : z", "Model", "Weights_biases_and_the_activations_before_them_follow_the_recurrences"),
    ("ReLU", NET + "ActivationFunction.cs", "z.relu()", "z.abs()", "Model", "Weights_biases_and_the_activations_before_them_follow_the_recurrences"),
    ("sum of squares", NET + "Mlp.cs", "(error * error).sum()", "(error * error * error).sum()", "Model", "Squared_error_gradient_is_the_chain_rule_s"),
    ("back-propagation", NET + "GradientPass.cs", "gradient.Views[i].copy_(made);", "gradient.Views[i].copy_(made.abs());", "Model", "Gradients_are_the_finite_differences"),
    ("noise falls with batch size", NET + "GradientPass.cs", "new GradientResult(batch.Count, batch.Weight,", "new GradientResult(batch.Count, 1,", "Model", "The_variance_of_a_batch_s_gradient_falls_as_one_over_its_size"),
    ("W_E", NET + "Transformer.cs", "tokens.Plus(positions)", "tokens.Plus(tokens)", "Model", "Logits_are_those_of_the_formulas_written_out"),
    ("unembedding", NET + "Transformer.cs", "linear(x, model.TiedUnembedding ? embedding : p.Next())", "linear(x, embedding)", "Model", "Logits_are_those_of_the_formulas_written_out"),
    ("query and key", NET + "Transformer.cs", "heads[0].matmul(heads[1]", "heads[0].matmul(heads[0]", "Model", "Logits_are_those_of_the_formulas_written_out"),
    ("scores over sqrt(d_key)", NET + "Transformer.cs", "Math.Pow(model.HeadWidth(), -0.5)", "Math.Pow(model.HeadWidth(), -1)", "Model", "Logits_are_those_of_the_formulas_written_out"),
    ("value-down, value-up", NET + "Transformer.cs", "matmul(heads[2]); // [B, H, T, D]", "matmul(heads[1]); // [B, H, T, D]", "Model", "Attention_is_the_sum_over_heads_of_value_up_times_value_down"),
    ("mask: minus infinity before the softmax", NET + "Transformer.cs", "scores.masked_fill(Mask(t, x.device), MinusInfinity).softmax(-1)", "scores.softmax(-1).masked_fill(Mask(t, x.device), 0)", "Model", "Logits_are_those_of_the_formulas_written_out"),
    ("a token looks back alone", NET + "Transformer.cs", "MinusInfinity = double.NegativeInfinity", "MinusInfinity = 0", "Model", "A_token_changes_no_output_before_it"),
    ("heads' sum added to the stream", NET + "Transformer.cs", "x = x.Plus(dropout.Apply(Attention(Norm(x, p), p, dropout)));", "x = dropout.Apply(Attention(Norm(x, p), p, dropout));", "Model", "Logits_are_those_of_the_formulas_written_out"),
    ("up, ReLU, down, added", NET + "Transformer.cs", "x = x.Plus(dropout.Apply(FeedForward(Norm(x, p), p)));", "x = dropout.Apply(FeedForward(Norm(x, p), p));", "Model", "Logits_are_those_of_the_formulas_written_out"),
    ("every prefix at once", NET + "Transformer.cs", "nn.Reduction.Sum) / tokens;", "nn.Reduction.Sum);", "Model", "Every_prefix_is_trained_on_at_once"),
    ("dropout", NET + "DropoutMasks.cs", "1 / (1 - rate)", "1 / (1 + rate)", "Model", "TransformerOptionTests"),
    ("sampling temperature", "src/Model/Generation/Sampler.cs", "(values[kept[i]] - values[order[0]]) / _temperature", "(values[kept[i]] - values[order[0]]) * _temperature", "Model", "Sampling_at_a_temperature_is_drawing_in_the_base_e_to_one_over_it"),
    ("skip-gram: one-hot input", NET + "SkipGram.cs", "linear(embedding.index_select(0, inputs), context)", "linear(context.index_select(0, inputs), context)", "Model", "A_one_hot_input_picks_its_row_of_the_matrix"),
    ("negative sampling", NET + "SkipGram.cs", "one_hot(targets, negatives + 1).to(outputs.dtype), reduction: nn.Reduction.Sum)", "one_hot(targets, negatives + 1).to(outputs.dtype) * 0, reduction: nn.Reduction.Sum)", "Model", "Negative_sampling_gradient_is_sigma_minus_truth_times_the_other_vector"),
    ("count^(3/4)", "src/Model/Data/NegativeSampler.cs", "(root * Math.Sqrt(root))", "(root * root)", "Model", "Negatives_are_drawn_by_count_to_the_three_quarters"),
    ("window k", "src/Jobs/Plans/PairPlan.cs", "i <= k + 1 ? i * (i - 1) / 2", "i <= k + 2 ? i * (i - 1) / 2", "Jobs", "Pairs_are_numbered_as_two_loops_would_list_them"),
    ("similarity by dot product", NET + "WordNeighbours.cs", "TensorPrimitives.Dot(own,", "-TensorPrimitives.Dot(own,", "Model", "The_sign_of_a_dot_product_tells_the_angle"),
    ("GPT-3's inventory", "src/Jobs/Inventory/ModelPresets.cs", "layers: 96, width: 12_288, heads: 96", "layers: 96, width: 12_288, heads: 64", "Jobs", "Gpt_3_has_175_181_291_520_weights_in_27_938_matrices"),
    ("GPT-2's sizes", "src/Jobs/Inventory/ModelPresets.cs", "layers: 24, width: 1024", "layers: 25, width: 1024", "Jobs", "InventoryTests"),
    ("weighted classes", "src/Jobs/ClassWeightPlan.cs", "((double)present * n)", "((double)n)", "Jobs", "ClassWeightPlanTests"),
    ("missing values", "src/Jobs/FeaturePlan.cs", "a.Mean[i] + (delta * b.Counts[i] / counts[i])", "a.Mean[i] + (delta / 2)", "Jobs", "FeaturePlanTests"),
    ("every example once an epoch", "src/Jobs/Plans/BatchPlan.cs", "Dealt(shard, batch + 1));", "Dealt(shard, batch + 1) + 1);", "Jobs", "Every_row_is_taken_exactly_once_an_epoch"),
    ("SGD", "src/Model/Training/Sgd.cs", "w - (vAlpha * g)", "w + (vAlpha * g)", "Model", "Updates_are_those_of_torch"),
]


def dotnet(clone, *arguments):
    return subprocess.run([*RUN, "dotnet", *arguments], cwd=clone, capture_output=True, text=True)


def tests(clone, project, name):
    kind = "--filter-class" if name.endswith("Tests") else "--filter-method"
    pattern = f"*{name}" if kind == "--filter-class" else f"*.{name}*"
    found = dotnet(clone, "test", "--no-build", "--project", f"tests/{project}.Tests", "--", kind, pattern)
    counts = dict(re.findall(r"^ *(failed|succeeded): (\d+)", found.stdout, re.M))
    return int(counts.get("failed", 0)), int(counts.get("succeeded", 0))


def tried(clone, file, text, replacement, project, name):
    path = clone / file
    whole = path.read_text(encoding="utf-8")
    if whole.count(text) != 1:
        return f"the text is there {whole.count(text)} times"
    path.write_text(whole.replace(text, replacement), encoding="utf-8")
    try:
        build = dotnet(clone, "build", f"tests/{project}.Tests", "-v", "q", "-p:TreatWarningsAsErrors=false")
        if build.returncode != 0:
            return "does not build: " + "; ".join(sorted(set(re.findall(r"error [^\[]*", build.stdout))))[:200]
        failed, succeeded = tests(clone, project, name)
        return "fails" if failed > 0 else f"DOES NOT FAIL ({succeeded} succeeded)"
    finally:
        path.write_text(whole, encoding="utf-8")


def known():
    """What the last runs found, by row."""
    lines = RESULTS.read_text(encoding="utf-8").splitlines() if RESULTS.exists() else []
    return {line.split(" | ")[0][2:]: line for line in lines if line.startswith("| ")}


def main():
    chosen = [m for m in MUTATIONS if len(sys.argv) < 2 or any(a in m[0] for a in sys.argv[1:])]
    bad = 0
    with tempfile.TemporaryDirectory(prefix="granary-mutations-") as folder:
        clone = pathlib.Path(folder) / "clone"
        subprocess.run(["git", "clone", "-q", ROOT, clone], check=True)
        for row, file, text, replacement, project, name in chosen:
            verdict = tried(clone, file, text, replacement, project, name)
            bad += verdict != "fails"
            print(f"{row}: {name}: {verdict}", flush=True)
            found = known() | {row: f"| {row} | {file} | `{text}` | `{replacement}` | {name} | {verdict} |"}
            RESULTS.write_text(
                "# Formulas broken on purpose\n\nWritten by tests/mutations/run.py: each text of a file is replaced, alone, and its test must fail.\n\n"
                "| row | file | text | replaced by | test | it |\n| --- | --- | --- | --- | --- | --- |\n"
                + "".join(found[m[0]] + "\n" for m in MUTATIONS if m[0] in found), encoding="utf-8")
    sys.exit(1 if bad else 0)


main()
