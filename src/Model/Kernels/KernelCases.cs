using Granary.Model.Networks;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace Granary.Model.Kernels;

/// <summary>The computations that models are made of, in sizes that are no multiples of anything: kernels go wrong at the edges of
/// their vectors and blocks.</summary>
internal static class KernelCases
{
    /// <summary>What the built-in kinds use.</summary>
    public static IReadOnlyList<KernelCase> BuiltIn { get; } =
    [
        .. Products(5, 7, 3), .. Products(33, 65, 17), .. Products(64, 20, 10), .. Products(130, 301, 67), .. Products(1, 129, 257), .. Products(257, 129, 1),
        new("product 65 x 515 x 129", [[65, 515], [515, 129]], x => x[0].matmul(x[1])), // more than a block in each direction
        new("linear", [[9, 13], [6, 13], [6]], x => linear(x[0], x[1], x[2])),
        new("batched product", [[3, 5, 9], [3, 9, 4]], x => x[0].bmm(x[1])),
        new("batched product, both transposed", [[2, 3, 9, 5], [2, 3, 4, 9]], x => x[0].transpose(-2, -1).matmul(x[1].transpose(-2, -1))),
        new("softmax", [[7, 19]], x => x[0].softmax(-1)),
        new("cross entropy", [[7, 19]], x => cross_entropy(x[0], Places(7, 19), reduction: nn.Reduction.None)),
        .. new[] { (Width: 8, Tokens: 16), (Width: 33, Tokens: 17), (Width: 5, Tokens: 1), (Width: 16, Tokens: 70), (Width: 3, Tokens: 530) }.SelectMany(s => new[] { false, true }.Select(causal => new KernelCase(
            $"attention of {s.Tokens} tokens, {s.Width} wide{(causal ? ", causal" : "")}",
            [.. Enumerable.Repeat<long[]>([2, 2, s.Tokens, s.Width], 3)],
            x => scaled_dot_product_attention(x[0], x[1], x[2], is_casual: causal)))),
        new("layer norm", [[5, 37], [37], [37]], x => layer_norm(x[0], [37], x[1], x[2], 1e-5)),
        .. new (string Name, Func<Tensor, Tensor> Apply)[]
        {
            ("sigmoid", z => z.sigmoid()), ("tanh", z => z.tanh()), ("relu", z => z.relu()), ("gelu", z => z.gelu()),
        }.Select(a => new KernelCase(a.Name, [[5, 21]], x => a.Apply(x[0]))),
        new("embedding", [[11, 6]], x => x[0].index_select(0, Places(17, 11))),
        .. new[] { 1, 3, 8, 13 }.Select(c => new KernelCase($"convolution as a product, {c} to {c + 3} channels", [[3, c, 7, 9], [c + 3, c, 3, 3], [c + 3]], x => Convolution.Of(x[0], x[1], x[2]))),
        new("max pooling", [[2, 3, 9, 9]], x => max_pool2d(x[0], 2)),
    ];

    /// <summary>What models of one's own use besides.</summary>
    public static IReadOnlyList<KernelCase> OwnModels { get; } =
    [
        .. new[] { 1, 2, 3, 4, 5, 6, 7, 12, 16 }.SelectMany(c => new[]
        {
            Convolution2(c, 2 * c, 8, kernel: 3, padding: 1), Convolution2(c, c + 3, 9, kernel: 3, stride: 2), Convolution2(c, 2 * c, 4, kernel: 3, padding: 1),
        }),
        Convolution2(3, 16, 16, kernel: 5, padding: 2), Convolution2(6, 5, 7, kernel: 1), Convolution2(7, 7, 9, kernel: 2, padding: 1),
        Convolution2(4, 6, 8, kernel: 3, padding: 1, groups: 2), Convolution2(5, 10, 6, kernel: 3, padding: 1, groups: 5), Convolution2(8, 8, 5, kernel: 3, padding: 1, groups: 8),
        .. new[] { 1, 3, 4, 6, 12 }.Select(c => new KernelCase(
            $"conv1d {c} to {2 * c} channels", [[3, c, 17], [2 * c, c, 3], [2 * c]], x => conv1d(x[0], x[1], x[2], stride: 1, padding: 1))),
        new("conv3d 3 to 4 channels", [[2, 3, 5, 4, 6], [4, 3, 3, 3, 3], [4]], x => conv3d(x[0], x[1], x[2], padding: [1, 1, 1])),
        new("conv2d 3 to 4 channels, dilated", [[2, 3, 9, 9], [4, 3, 3, 3], [4]], x => conv2d(x[0], x[1], x[2], dilation: [2, 2])),
        new("transposed conv2d 3 to 5 channels", [[2, 3, 5, 5], [3, 5, 3, 3], [5]], x => conv_transpose2d(x[0], x[1], x[2], strides: [2, 2])),
        new("average pooling", [[2, 3, 9, 9]], x => avg_pool2d(x[0], 3)),
        new("adaptive average pooling", [[2, 5, 7, 7]], x => adaptive_avg_pool2d(x[0], 3)),
        new("batch norm", [[6, 5, 4, 4], [5], [5]], x => batch_norm(x[0], zeros(5, x[0].dtype), ones(5, x[0].dtype), x[1], x[2], training: true)),
        new("group norm", [[3, 6, 5], [6], [6]], x => group_norm(x[0], 2, x[1], x[2])),
        new("embedding by rows", [[11, 6]], x => x[0][TensorIndex.Tensor(Places(17, 11))]),
    ];

    private static IEnumerable<KernelCase> Products(int m, int k, int n) =>
    [
        new($"product {m} x {k} x {n}", [[m, k], [k, n]], x => x[0].matmul(x[1])),
        new($"product {m} x {k} x {n}, left transposed", [[k, m], [k, n]], x => x[0].t().matmul(x[1])),
        new($"product {m} x {k} x {n}, right transposed", [[m, k], [n, k]], x => x[0].matmul(x[1].t())),
        new($"product {m} x {k} x {n}, both transposed", [[k, m], [n, k]], x => x[0].t().matmul(x[1].t())),
        new($"matrix {m} x {k} times vector", [[m, k], [k]], x => x[0].matmul(x[1])),
    ];

    private static KernelCase Convolution2(int from, int to, int side, int kernel, int stride = 1, int padding = 0, int groups = 1) => new(
        $"conv2d {from} to {to} channels, {side} x {side}, kernel {kernel}, stride {stride}, padding {padding}, groups {groups}",
        [[4, from, side, side], [to, from / groups, kernel, kernel], [to]],
        x => conv2d(x[0], x[1], x[2], strides: [stride, stride], padding: [padding, padding], groups: groups));

    // So many numbers below a bound, each of them several times or never.
    private static Tensor Places(int count, int bound) => tensor([.. Enumerable.Range(0, count).Select(i => (long)(i * 7 % bound))], ScalarType.Int64);
}
