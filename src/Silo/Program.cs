using TorchSharp; System.Console.WriteLine(torch.ones(3).sum().item<float>());
