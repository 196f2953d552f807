using Granary.Inference;
using Granary.Jobs;
using Granary.Sdk;

namespace Docs.Snippets; // no part of Granary, as a stranger's program is none

/// <summary>docs/how-to/programs.md, columns.md and build/package-readme.md: compiled, so that the pages stay true, and never run.</summary>
internal static class Programs
{
    public static async Task Clusters()
    {
        await using var client = await GranaryClient.ConnectAsync();                                            // as the command line would
        await using var local = await GranaryClient.ConnectAsync(new GranaryClientOptions { Home = "/srv/granary" });  // granary up --home /srv/granary
        await using var remote = await GranaryClient.ConnectAsync(new GranaryClientOptions { Redis = "redis:6379" });  // several machines
    }

    public static Job[] Jobs()
    {
        var job = JobBuilder.FromFile("examples/digits-mlp.yaml").Set("training.epochs", 5).Build();
        var same = new JobBuilder("digits").Csv("digits.csv", label: "label").Standardize().Mlp(64).Train(epochs: 5).Build();
        var tickets = new JobBuilder("tickets").Csv("tickets.csv").Labels("urgent", "billing").WeightedBy("hours").Logistic().Train(epochs: 20).Build();
        var regression = new JobBuilder("houses").Csv("houses.csv", label: "price").Numbers().Mlp(64).Train(epochs: 50).Build();
        return [job, same, tickets, regression];
    }

    public static async Task Whole()
    {
        var job = new JobBuilder("iris").Csv("iris.csv", label: "label").Standardize().HoldOut(0.3).Softmax().Train(epochs: 30, batch: 15).Build();

        await using var cluster = await GranaryCluster.StartLocalAsync();
        var training = await cluster.Client.SubmitAsync(job);
        var outcome = await training.WaitAsync();
        Console.WriteLine($"accuracy on held-out flowers: {outcome.Result!.ValidationAccuracy:0.00}");
    }

    public static string? Row()
    {
        using var predictor = Predictor.Load("runs/subscribers-logistic");
        var prediction = predictor.PredictRow(new Dictionary<string, string?>
        {
            ["age"] = "41",
            ["income"] = "",
            ["city"] = "Ulm",
            ["plan"] = "large",
            ["newsletter"] = "yes",
            ["joined"] = "2025-03-01",
            ["note"] = null,
        });
        return prediction.Label;
    }
}
