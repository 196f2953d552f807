using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Granary.Bench.Training;

/// <summary>The works' models out of torch's own modules, as a user of TorchSharp writes them.</summary>
internal static class Models
{
    public static Module<Tensor, Tensor> Of(TrainingWork work) => work.Name switch
    {
        "logistic" => Linear(100, 1),
        "mlp" => Sequential(Linear(784, 256), ReLU(), Linear(256, 10)),
        "big-mlp" => Sequential(Linear(784, 2048), ReLU(), Linear(2048, 2048), ReLU(), Linear(2048, 10)),
        _ => new Gpt(work.Classes, 128, 4, 4, TrainingWork.Context),
    };

    /// <summary>B batch, T tokens, C width, H heads, D = C / H.</summary>
    private sealed class Gpt : Module<Tensor, Tensor>
    {
        private readonly Embedding _tokens;
        private readonly Embedding _positions;
        private readonly Sequential _blocks;
        private readonly LayerNorm _norm;
        private readonly Linear _unembedding;

        public Gpt(int vocabulary, int width, int heads, int layers, int context)
            : base(nameof(Gpt))
        {
            _tokens = Embedding(vocabulary, width);
            _positions = Embedding(context, width);
            _blocks = Sequential(Enumerable.Range(0, layers).Select(_ => (Module<Tensor, Tensor>)new Block(width, heads)));
            _norm = LayerNorm(width);
            _unembedding = Linear(width, vocabulary, hasBias: false);
            RegisterComponents();
        }

        public override Tensor forward(Tensor input)
        {
            var x = _tokens.forward(input) + _positions.forward(arange(input.shape[1])); // [B, T, C]
            return _unembedding.forward(_norm.forward(_blocks.forward(x))); // [B, T, K]
        }
    }

    private sealed class Block : Module<Tensor, Tensor>
    {
        private readonly LayerNorm _norm1;
        private readonly Linear _qkv;
        private readonly Linear _output;
        private readonly LayerNorm _norm2;
        private readonly Linear _up;
        private readonly Linear _down;
        private readonly int _heads;

        public Block(int width, int heads)
            : base(nameof(Block))
        {
            (_norm1, _norm2, _heads) = (LayerNorm(width), LayerNorm(width), heads);
            (_qkv, _output) = (Linear(width, 3 * width), Linear(width, width));
            (_up, _down) = (Linear(width, 4 * width), Linear(4 * width, width));
            RegisterComponents();
        }

        public override Tensor forward(Tensor x)
        {
            var (b, t, c) = (x.shape[0], x.shape[1], x.shape[2]);
            var qkv = _qkv.forward(_norm1.forward(x)).view(b, t, 3, _heads, c / _heads).unbind(2); // each [B, T, H, D]
            var mixed = functional.scaled_dot_product_attention(
                qkv[0].transpose(1, 2), qkv[1].transpose(1, 2), qkv[2].transpose(1, 2), is_casual: true); // [B, H, T, D]
            x = x + _output.forward(mixed.transpose(1, 2).reshape(b, t, c));
            return x + _down.forward(functional.relu(_up.forward(_norm2.forward(x))));
        }
    }
}
