using Granary.Jobs;
using Granary.Sdk.Submitting;

namespace Granary.Sdk;

/// <summary>Makes a job: from a job file, or key by key. The keys are those of job files, and are checked as strictly.</summary>
public sealed class JobBuilder
{
    private readonly string? _file;
    private readonly string _name = "";
    private readonly List<string> _settings = [];

    /// <summary>A job without a file.</summary>
    /// <param name="name">Its name: letters, digits, '-', '_' and '.'.</param>
    public JobBuilder(string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        _name = name;
    }

    private JobBuilder(FileInfo file) => _file = file.ToString();

    /// <summary>The job of a job file; what is set here goes over it.</summary>
    /// <param name="path">The file. Relative paths in it start at its folder.</param>
    /// <returns>The builder.</returns>
    public static JobBuilder FromFile(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        return new JobBuilder(new FileInfo(UserPath.Expand(path)));
    }

    /// <summary>Sets any key. The last value of a key counts.</summary>
    /// <param name="key">The key with its sections: "training.optimizer.kind".</param>
    /// <param name="value">A text, a number, a truth value, or a list of them. Relative paths start at the current folder.</param>
    /// <returns>This builder.</returns>
    public JobBuilder Set(string key, object value)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(key);
        ArgumentNullException.ThrowIfNull(value);
        _settings.Add($"{key}={KeyValueText.Of(value)}");
        return this;
    }

    /// <summary>Trains on CSV files.</summary>
    /// <param name="path">A file, a folder or a glob.</param>
    /// <param name="label">The label's column.</param>
    /// <returns>This builder.</returns>
    public JobBuilder Csv(string path, string label) => Source("csv", path).Set("data.label", label);

    /// <summary>Trains on CSV files whose label is said otherwise: see <see cref="Labels"/>.</summary>
    /// <param name="path">A file, a folder or a glob.</param>
    /// <returns>This builder.</returns>
    public JobBuilder Csv(string path) => Source("csv", path);

    /// <summary>Trains on Parquet files.</summary>
    /// <param name="path">A file, a folder or a glob.</param>
    /// <param name="label">The label's column.</param>
    /// <returns>This builder.</returns>
    public JobBuilder Parquet(string path, string label) => Source("parquet", path).Set("data.label", label);

    /// <summary>Trains on Parquet files whose label is said otherwise: see <see cref="Labels"/>.</summary>
    /// <param name="path">A file, a folder or a glob.</param>
    /// <returns>This builder.</returns>
    public JobBuilder Parquet(string path) => Source("parquet", path);

    /// <summary>Trains on images in IDX files.</summary>
    /// <param name="images">The images' file.</param>
    /// <param name="labels">The labels' file.</param>
    /// <returns>This builder.</returns>
    public JobBuilder Idx(string images, string labels) => Source("idx", images).Set("data.labels", labels);

    /// <summary>Trains on PNG and JPEG files.</summary>
    /// <param name="folder">A folder with a folder of images for each class.</param>
    /// <param name="height">Rows of pixels that all images are resized to, with <paramref name="width"/>; null: all images must be of one size.</param>
    /// <param name="width">Pixels in a row.</param>
    /// <param name="channels">1: they become grey; 3: red, green and blue.</param>
    /// <returns>This builder.</returns>
    public JobBuilder Images(string folder, int? height = null, int? width = null, int channels = 3)
    {
        var builder = Source("images", folder).Set("data.channels", channels);
        builder = height is { } rows ? builder.Set("data.height", rows) : builder;
        return width is { } columns ? builder.Set("data.width", columns) : builder;
    }

    /// <summary>Trains on LIBSVM files.</summary>
    /// <param name="path">A file, a folder or a glob.</param>
    /// <returns>This builder.</returns>
    public JobBuilder Libsvm(string path) => Source("libsvm", path);

    /// <summary>Trains on text.</summary>
    /// <param name="path">A file, a folder or a glob.</param>
    /// <param name="tokens">What a token is.</param>
    /// <returns>This builder.</returns>
    public JobBuilder Text(string path, TokenKind tokens = TokenKind.Char) => Source("text", path).Set("data.tokens", Kebab.Name(tokens));

    /// <summary>Standardises the features by mean and deviation of the training part.</summary>
    /// <returns>This builder.</returns>
    public JobBuilder Standardize() => Set("data.standardize", true);

    /// <summary>Takes several columns for labels, of which a row has any number.</summary>
    /// <param name="columns">A column for each label: 1 where a row has it, else 0.</param>
    /// <returns>This builder.</returns>
    public JobBuilder Labels(params string[] columns) => Set("data.target", "labels").Set("data.labelColumns", columns);

    /// <summary>Has each row's loss count as often as a column says.</summary>
    /// <param name="column">The column: numbers of 0 or more.</param>
    /// <returns>This builder.</returns>
    public JobBuilder WeightedBy(string column) => Set("data.weight", column);

    /// <summary>Holds examples out, for evaluations.</summary>
    /// <param name="fraction">Part of the source, in [0, 1).</param>
    /// <returns>This builder.</returns>
    public JobBuilder HoldOut(double fraction) => Set("data.validation.fraction", fraction);

    /// <summary>Cuts the training data into parts: a constant of the job, whatever cluster it runs on.</summary>
    /// <param name="count">How many.</param>
    /// <returns>This builder.</returns>
    public JobBuilder Shards(int count) => Set("data.shards", count);

    /// <summary>Trains a logistic regression.</summary>
    /// <returns>This builder.</returns>
    public JobBuilder Logistic() => Model("logistic");

    /// <summary>Trains a softmax regression.</summary>
    /// <returns>This builder.</returns>
    public JobBuilder Softmax() => Model("softmax");

    /// <summary>Trains a linear regression: every label is a number that is to be predicted.</summary>
    /// <returns>This builder.</returns>
    public JobBuilder Linear() => Model("linear").Numbers();

    /// <summary>Takes every label for a number that is to be predicted, and no class.</summary>
    /// <returns>This builder.</returns>
    public JobBuilder Numbers() => Set("data.target", "number");

    /// <summary>Trains a multi-layer perceptron.</summary>
    /// <param name="hidden">Widths of its hidden layers, first to last.</param>
    /// <returns>This builder.</returns>
    public JobBuilder Mlp(params int[] hidden) => Model("mlp").Set("model.hidden", hidden);

    /// <summary>Trains a convolutional network of images.</summary>
    /// <param name="channels">Filters of each convolution, first to last; none: 16 and 32.</param>
    /// <returns>This builder.</returns>
    public JobBuilder Cnn(params int[] channels)
    {
        ArgumentNullException.ThrowIfNull(channels);
        return channels.Length == 0 ? Model("cnn") : Model("cnn").Set("model.channels", channels);
    }

    /// <summary>Trains a transformer that goes on from a text.</summary>
    /// <param name="layers">Blocks.</param>
    /// <param name="width">Width of the stream.</param>
    /// <param name="heads">Attention heads of a block.</param>
    /// <param name="context">Tokens that attention looks back over.</param>
    /// <returns>This builder.</returns>
    public JobBuilder Transformer(int layers = 4, int width = 128, int heads = 4, int context = 64) =>
        Model("transformer").Set("model.layers", layers).Set("model.width", width).Set("model.heads", heads).Set("model.context", context);

    /// <summary>How long and in which steps to train.</summary>
    /// <param name="epochs">Passes over the training data.</param>
    /// <param name="batch">Examples per step over all shards; 64 if left out.</param>
    /// <param name="seed">Decides initial weights, permutations and the held-out part; 1 if left out.</param>
    /// <returns>This builder.</returns>
    public JobBuilder Train(int epochs, int? batch = null, long? seed = null)
    {
        Measure("epochs", epochs, instead: "steps");
        return SetIfGiven("training.batch", batch).SetIfGiven("training.seed", seed);
    }

    /// <summary>How long and in which steps to train, measured in steps.</summary>
    /// <param name="steps">Steps of the whole job.</param>
    /// <param name="batch">Examples per step over all shards; 64 if left out.</param>
    /// <param name="seed">Decides initial weights, permutations, windows and the held-out part; 1 if left out.</param>
    /// <returns>This builder.</returns>
    public JobBuilder TrainSteps(int steps, int? batch = null, long? seed = null) =>
        Measure("steps", steps, instead: "epochs").SetIfGiven("training.batch", batch).SetIfGiven("training.seed", seed);

    /// <summary>The rule that turns gradients into new weights.</summary>
    /// <param name="kind">The rule.</param>
    /// <param name="learningRate">Its learning rate; the rule's own default if left out.</param>
    /// <returns>This builder.</returns>
    public JobBuilder Optimizer(OptimizerKind kind, double? learningRate = null) =>
        Set("training.optimizer.kind", Kebab.Name(kind)).SetIfGiven("training.optimizer.learningRate", learningRate);

    /// <summary>The job, checked, with every default filled in and every path absolute.</summary>
    /// <returns>The job.</returns>
    /// <exception cref="JobRefusedException">The file cannot be read, or a key is wrong or missing.</exception>
    public Job Build()
    {
        var here = Environment.CurrentDirectory;
        try
        {
            return _file is not null
                ? JobFile.Load(_file, _settings, here, anyKind: true)
                : JobFile.Parse($"version: 1\nname: {KeyValueText.Of(_name)}\n", _name, here, _settings, here, anyKind: true);
        }
        catch (JobException e)
        {
            throw _file is null && SourcePlace.Of(e.Message) is { File: { } name, Line: { } line }
                ? new JobRefusedException($"{name}: {e.Message[$"{name}:{line}: ".Length..]}", e) // there is no such file
                : new JobRefusedException(e);
        }
    }

    private JobBuilder Source(string format, string path) => Set("data.format", format).Set("data.path", path);

    private JobBuilder Model(string kind) => Set("model.kind", kind);

    // A job has one of the two, whichever its file has.
    private JobBuilder Measure(string key, int count, string instead)
    {
        _settings.Add($"training.{instead}=null");
        return Set($"training.{key}", count);
    }

    private JobBuilder SetIfGiven(string key, object? value) => value is null ? this : Set(key, value);
}
