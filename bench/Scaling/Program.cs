using Granary.Scaling;

// The figures of docs/explanation/scaling.md.
//   dotnet run --project bench/Scaling -c Release -- measure                        predictions beside measurements, on this machine
//   dotnet run --project bench/Scaling -c Release -- overlap                        steps that exchange beside the backward pass, and after it
//   dotnet run --project bench/Scaling -c Release -- curve docs/plots/scaling.png   presets on up to 10,000 silos
switch (args)
{
    case ["measure"]:
        await Measurements.Run();
        return 0;
    case ["overlap"]:
        await OverlapTrials.Run();
        return 0;
    case ["curve", var path]:
        PresetCurves.Draw(path);
        return 0;
    default:
        await Console.Error.WriteLineAsync("usage: measure | overlap | curve FILE.png");
        return 2;
}
