using Granary.Inference;
using Granary.Jobs;
using Granary.Sdk;

// Which file to learn from, and where the model goes.
var data = args.ElementAtOrDefault(0) ?? "examples/data/iris.csv";
var output = args.ElementAtOrDefault(1) ?? "runs/iris";

var job = new JobBuilder("iris")
    .Csv(data, label: "label").Standardize().HoldOut(0.3).Shards(4)
    .Softmax()
    .Train(epochs: 30, batch: 15).Optimizer(OptimizerKind.Sgd, learningRate: 0.2)
    .Build();

await using var cluster = await GranaryCluster.StartLocalAsync(new LocalClusterOptions { Silos = 1 });
var training = await cluster.Client.SubmitAsync(job, new SubmitOptions { Output = output, Overwrite = true });
await foreach (var status in training.WatchAsync())
{
    Console.WriteLine($"step {status.Step} of {status.Steps}: {status.Activity}");
}

var outcome = await training.WaitAsync();
Console.WriteLine($"accuracy on held-out flowers: {outcome.Result!.ValidationAccuracy:0.00}");

using var predictor = Predictor.Load(outcome.Artifacts!.ModelPath);
var flower = predictor.Predict(5.1, 3.5, 1.4, 0.2);
Console.WriteLine($"this one is {flower.Label}, with probability {flower.Values[flower.Class]:0.00}");
