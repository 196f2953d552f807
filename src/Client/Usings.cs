global using Granary.Sdk;
global using Granary.Sdk.Local;
