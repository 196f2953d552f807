using Granary.Model.Custom;
using Granary.Samples;
using Granary.Silo;

OwnModels.Add("digits-cnn", (options, input) => new DigitsCnn(options, input));
return await SiloProgram.Run(args);
