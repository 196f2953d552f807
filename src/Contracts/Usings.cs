global using Granary.Jobs;
