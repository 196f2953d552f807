namespace Granary.Bench.Data;

/// <summary>A generated table in two files, and what the law says of the rows that are held out.</summary>
internal sealed class TableFiles
{
    private const int Buffer = 1 << 20;

    private TableFiles(TableLaw law, string folder) => (Law, Folder) = (law, folder);

    /// <summary>What the rows are drawn from.</summary>
    public TableLaw Law { get; }

    /// <summary>Where the files are, and nothing else is.</summary>
    public string Folder { get; }

    /// <summary>Rows to train on.</summary>
    public required int Rows { get; init; }

    /// <summary>The file of the rows to train on.</summary>
    public string Train => Path.Combine(Folder, "train.csv");

    /// <summary>The file of the rows that are held out.</summary>
    public string HeldOut => Path.Combine(Folder, "held-out.csv");

    /// <summary>The targets of the rows that are held out, in the file's order.</summary>
    public required IReadOnlyList<double> Targets { get; init; }

    /// <summary>Their means by the law.</summary>
    public required IReadOnlyList<double> Means { get; init; }

    /// <summary>The figure of the law's own means on the rows held out: what a model comes to that knows the law.</summary>
    public double Optimum => Figure(Means);

    /// <summary>The same on average over all targets that these rows could have had.</summary>
    public double Expected => Law.Response.Of(Means.Average(Law.Response.Least));

    /// <summary>The figure of some predictions for the rows held out.</summary>
    /// <param name="predicted">As many as there are rows.</param>
    public double Figure(IReadOnlyList<double> predicted) => predicted.Count == Targets.Count
        ? Law.Response.Of(Targets.Zip(predicted, Law.Response.Loss).Average())
        : throw new ArgumentException($"{predicted.Count} predictions for {Targets.Count} rows", nameof(predicted));

    /// <summary>Draws the rows one after the other, and holds out some of them, drawn as well.</summary>
    /// <param name="law">What they are drawn from.</param>
    /// <param name="seed">The same seed gives the same bytes.</param>
    /// <param name="rows">Rows to train on.</param>
    /// <param name="heldOut">Rows that are held out.</param>
    /// <param name="folder">Where the files go.</param>
    public static TableFiles Write(TableLaw law, int seed, int rows, int heldOut, string folder)
    {
        var files = Directory.CreateDirectory(folder).FullName;
        var draws = new Draws(seed);
        var (targets, means) = (new List<double>(heldOut), new List<double>(heldOut));
        var table = new TableFiles(law, files) { Rows = rows, Targets = targets, Means = means };
        using var train = new FileStream(table.Train, FileMode.Create, FileAccess.Write, FileShare.Read, Buffer);
        using var held = new FileStream(table.HeldOut, FileMode.Create, FileAccess.Write, FileShare.Read, Buffer);
        var (trainRow, heldRow) = (new RowWriter(train), new RowWriter(held));
        train.Write(System.Text.Encoding.ASCII.GetBytes(law.Header + "\n"));
        held.Write(System.Text.Encoding.ASCII.GetBytes(law.Header + "\n"));
        for (var (i, all) = (0, rows + heldOut); i < all; i++)
        {
            if (draws.Happens((double)(heldOut - targets.Count) / (all - i)))
            {
                var (target, mean) = law.Write(heldRow, draws, i);
                targets.Add(target);
                means.Add(mean);
            }
            else
            {
                law.Write(trainRow, draws, i);
            }
        }

        return table;
    }
}
